//! Which points stand on which edge, so that only those are read again whose times may have changed.

use std::collections::BTreeMap;

use crate::ids::{DemandPointId, EdgeId};
use crate::street::Linkage;
use crate::units::WalkTime;

use super::{Ground, LinkedWalker, NearestField, Seeds};

/// The points of a linkage by edge. Where a scenario moves points, their new edges are added and the old ones
/// kept: an edge may name a point that stands there no more, never miss one that does.
#[derive(Clone, Debug, Default)]
pub struct EdgePoints {
    first: Vec<u32>,
    points: Vec<u32>,
    more: BTreeMap<EdgeId, Vec<u32>>,
}

impl EdgePoints {
    /// The points of `linkage` on each of `edges` edges.
    pub fn new(edges: usize, linkage: &Linkage) -> Self {
        let mut standing: Vec<(u32, u32)> = (0..linkage.len() as u32)
            .flat_map(|point| {
                let snaps = linkage.of(DemandPointId(point)).iter();
                snaps.map(move |snap| (snap.position.edge.0, point))
            })
            .collect();
        standing.sort_unstable();
        standing.dedup();
        let mut first = vec![0_u32; edges + 1];
        for &(edge, _) in &standing {
            first[edge as usize + 1] += 1;
        }
        for edge in 0..edges {
            first[edge + 1] += first[edge];
        }
        let points = standing.into_iter().map(|(_, point)| point).collect();
        Self { first, points, more: BTreeMap::new() }
    }

    /// Every point on `edge`, in no particular order but always the same.
    pub fn on(&self, edge: EdgeId) -> impl Iterator<Item = u32> + '_ {
        let index = edge.0 as usize;
        let base = match (self.first.get(index), self.first.get(index + 1)) {
            (Some(&from), Some(&to)) => &self.points[from as usize..to as usize],
            _ => &[],
        };
        let more = if self.more.is_empty() { None } else { self.more.get(&edge) };
        base.iter().chain(more.into_iter().flatten()).copied()
    }

    /// Adds a point to an edge.
    pub fn add(&mut self, edge: EdgeId, point: u32) {
        self.more.entry(edge).or_default().push(point);
    }

    /// Takes the last point that was added to an edge away again.
    pub fn take(&mut self, edge: EdgeId) {
        if let Some(points) = self.more.get_mut(&edge) {
            points.pop();
            if points.is_empty() {
                self.more.remove(&edge);
            }
        }
    }
}

impl LinkedWalker {
    /// Reads a field at one demand point, as [`LinkedWalker::read`] does at all.
    pub fn read_point(
        &self,
        ground: &Ground,
        (seeds, field): (&Seeds, &NearestField),
        point: DemandPointId,
    ) -> (WalkTime, u32) {
        let best = self.demand.of(point).iter().filter_map(|snap| {
            let (time, owner) = field.at(ground, seeds, snap.position)?;
            let time = time.plus(ground.impedance.access(snap.access_mm));
            (time <= field.bound()).then_some((time, owner))
        });
        best.min().unwrap_or_else(|| self.nothing_found(point))
    }
}
