//! `streets.geojson`: the streets with the time to the nearest of some facilities.

use std::io::Write;

use crate::ids::{EdgeId, FacilityId};
use crate::reach::{Ground, LinkedWalker, NearestField};
use crate::scenario::Baseline;
use crate::street::EdgePosition;
use crate::units::{WalkTime, Yardstick};

use super::feature::{Collection, feature};
use super::provenance::Provenance;
use super::{ExportResult, geometry, names};

/// What the streets are written for.
#[derive(Clone, Copy, Debug)]
pub struct StreetTimes<'a> {
    /// The study.
    pub baseline: &'a Baseline,
    /// Who walks.
    pub walker: &'a LinkedWalker,
    /// The facilities walked to.
    pub serving: &'a [FacilityId],
    /// Minutes or metres.
    pub yardstick: Yardstick,
    /// How far, inclusive.
    pub bound: WalkTime,
    /// What the facilities are, for the collection's name: a function, a rule.
    pub title: &'a str,
    /// Where it comes from.
    pub provenance: &'a Provenance,
}

/// Writes every street the walker may use, in edge order, with the time (or length) from its beginning, its
/// middle and its end to the nearest facility; `null` beyond the bound. Barrier passages and the second
/// drawing of private ground are left out.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_streets(out: &mut dyn Write, asked: &StreetTimes) -> ExportResult {
    let graph = &asked.baseline.graph;
    let impedance = match asked.yardstick {
        Yardstick::Minutes => &asked.walker.impedance,
        Yardstick::Meters => &asked.walker.meters,
    };
    let ground = Ground::toward(graph, impedance);
    let seeds = asked.walker.seeds(graph, impedance, asked.serving);
    let field = NearestField::sweep(&ground, &seeds, asked.bound);
    let edges: Vec<EdgeId> = graph
        .edges()
        .ids()
        .filter(|&id| impedance.is_walkable(id) && graph.street_mm(id) > 0)
        .collect();
    let names_of = ["from", "mid", "to"].map(|end| names::in_unit(end, asked.yardstick));
    let mut collection =
        Collection::open(out, &format!("streets {}", asked.title), asked.provenance)?;
    collection.write_all(edges.len(), |index, json| {
        let id = edges[index];
        let edge = &graph.edges()[id];
        feature(
            json,
            |json| geometry::line(json, graph.shape(id)),
            |json| {
                json.key(names::EDGE).integer(i64::from(id.0));
                json.key(names::WAY).integer(edge.source_id);
                json.key(names::CLASS).value(&edge.class);
                json.key(names::NAME).string(graph.name(id));
                json.key(names::LENGTH_M).decimal(i64::from(edge.length_mm), 3);
                let offsets = [0, edge.length_mm / 2, edge.length_mm];
                for (name, offset_mm) in names_of.iter().zip(offsets) {
                    let found = field.at(&ground, &seeds, EdgePosition { edge: id, offset_mm });
                    json.key(name).walked(asked.yardstick, found.map(|(time, _)| time));
                }
            },
        );
    })?;
    collection.close()
}
