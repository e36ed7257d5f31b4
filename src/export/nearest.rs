//! `export nearest`: the time of every node and demand point to its nearest facility.

use std::io::Write;

use crate::facility::FacilityStatus;
use crate::ids::{DemandPointId, FacilityId};
use crate::reach::{DemandTimes, Ground, LinkedWalker, NearestField};
use crate::scenario::Baseline;
use crate::units::WalkTime;

use super::ExportResult;
use super::number::push_integer;
use super::table::{Rows, push_time};

/// Ids of the open facilities of the layer called `word`, or else of those that offer the function it stands
/// for; `None` when it is neither a layer nor a function of the study.
pub fn facilities_called(baseline: &Baseline, word: &str) -> Option<Vec<FacilityId>> {
    let layer = &baseline.facilities;
    if layer.facilities.iter().any(|facility| facility.layer == word) {
        let open = layer
            .facilities
            .enumerate()
            .filter(|(_, f)| f.layer == word && f.status == FacilityStatus::Open)
            .map(|(id, _)| id);
        return Some(open.collect());
    }
    Some(layer.offering(&[baseline.taxonomy.find_word(word)?]))
}

/// Times to the nearest of some facilities, ready to be written.
#[derive(Clone, Debug)]
pub struct NearestExport {
    field: NearestField,
    nodes: usize,
    times: DemandTimes,
    points: usize,
}

impl NearestExport {
    /// Sweeps from the entrances of `serving` as far as `cutoff` (inclusive).
    pub fn find(
        baseline: &Baseline,
        walker: &LinkedWalker,
        serving: &[FacilityId],
        cutoff: WalkTime,
    ) -> Self {
        let graph = &baseline.graph;
        let ground = Ground::toward(graph, &walker.impedance);
        let seeds = walker.seeds(graph, &walker.impedance, serving);
        let field = NearestField::sweep(&ground, &seeds, cutoff);
        let times = walker.read(&ground, &seeds, &field);
        Self { field, nodes: graph.node_count(), times, points: walker.demand.len() }
    }

    /// `node,time_ms,facility`, one row a node in id order; both empty when no facility is within the cutoff.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_nodes(&self, out: &mut dyn Write) -> ExportResult {
        let mut rows = Rows::new(out, "node,time_ms,facility");
        for node in 0..self.nodes as u32 {
            let (time, facility) = self
                .field
                .label(crate::ids::NodeId(node))
                .map_or((WalkTime::UNREACHABLE, None), |(time, owner)| (time, Some(owner)));
            write_row(&mut rows, node, (time, facility))?;
        }
        rows.finish()
    }

    /// `demand,time_ms,facility`, one row a demand point in id order; both empty when no facility is within
    /// the cutoff, access legs counted.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_demand(&self, out: &mut dyn Write) -> ExportResult {
        let mut rows = Rows::new(out, "demand,time_ms,facility");
        for point in 0..self.points as u32 {
            let id = DemandPointId(point);
            let facility = self.times.facility(id).map(|facility| facility.0);
            write_row(&mut rows, point, (self.times.time(id), facility))?;
        }
        rows.finish()
    }
}

fn write_row(
    rows: &mut Rows,
    id: u32,
    (time, facility): (WalkTime, Option<u32>),
) -> std::io::Result<()> {
    rows.row(|text| {
        push_integer(text, i64::from(id));
        text.push(b',');
        push_time(text, time);
        text.push(b',');
        if let Some(facility) = facility {
            push_integer(text, i64::from(facility));
        }
    })
}
