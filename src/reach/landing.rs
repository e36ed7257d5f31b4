//! Points off the nodes, tied to the nodes a walk reaches them by.

use crate::ids::{EdgeId, NodeId};
use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::Ground;

/// Points placed on edges, found by edge: the columns of a cost matrix, the people of an accumulation.
#[derive(Clone, Debug, Default)]
pub struct Placed {
    /// (position, access leg, point), sorted by edge.
    items: Vec<(EdgePosition, WalkTime, u32)>,
    first: Vec<u32>,
    points: usize,
}

impl Placed {
    /// Points by their position and the time of their access leg; several may lie on one edge, and a point may
    /// have several positions. `points` is above every point's number.
    pub fn new(edges: usize, points: usize, mut items: Vec<(EdgePosition, WalkTime, u32)>) -> Self {
        items.sort_unstable();
        let mut first = vec![0_u32; edges + 1];
        for (position, _, point) in &items {
            debug_assert!((*point as usize) < points);
            first[position.edge.0 as usize + 1] += 1;
        }
        for edge in 0..edges {
            first[edge + 1] += first[edge];
        }
        Self { items, first, points }
    }

    /// How many points there are, placed or not.
    pub fn points(&self) -> usize {
        self.points
    }

    /// All (position, access leg, point), sorted by position.
    pub(super) fn all(&self) -> &[(EdgePosition, WalkTime, u32)] {
        &self.items
    }

    pub(super) fn on(&self, edge: EdgeId) -> &[(EdgePosition, WalkTime, u32)] {
        let index = edge.0 as usize;
        &self.items[self.first[index] as usize..self.first[index + 1] as usize]
    }
}

/// The ends of a position's edge that a walk may land from: at an end of the edge that end alone, for whoever
/// comes over the edge comes by it.
fn needed(ground: &Ground, at: EdgePosition) -> impl Iterator<Item = (NodeId, WalkTime)> + use<> {
    let ways = ground.ways_in(at);
    let length = ground.graph.edges()[at.edge].length_mm;
    let both = length == 0 || ways.iter().any(|(_, rest)| !rest.is_reachable());
    let only = match at.offset_mm {
        0 if !both => Some(0),
        offset if !both && offset >= length => Some(1),
        _ => None,
    };
    ways.into_iter()
        .enumerate()
        .filter(move |&(end, _)| only.is_none_or(|only| only == end))
        .map(|way| way.1)
}

/// For every node the points a walk lands at from there, each with the rest of its way: along the edge and over
/// the access leg.
#[derive(Clone, Debug, Default)]
pub(super) struct Landings {
    first: Vec<u32>,
    /// (rest of the way in ms, point).
    landings: Vec<(u32, u32)>,
}

impl Landings {
    /// The landings of `placed` within `bound` ms (inclusive) from nodes that are wanted; ways that
    /// cannot be walked are left out.
    pub(super) fn new(
        ground: &Ground,
        placed: &Placed,
        bound: u32,
        is_wanted: impl Fn(u32) -> bool,
    ) -> Self {
        let mut found: Vec<(u32, u32, u32)> = Vec::with_capacity(placed.items.len() * 2);
        for &(position, access, point) in &placed.items {
            for side in ground.sides(position) {
                for (node, rest) in needed(ground, side) {
                    let rest = rest.plus(access);
                    if rest.as_ms() <= bound && is_wanted(node.0) {
                        found.push((node.0, rest.as_ms(), point));
                    }
                }
            }
        }
        let mut first = vec![0_u32; ground.graph.node_count() + 1];
        for &(node, _, _) in &found {
            first[node as usize + 1] += 1;
        }
        for node in 1..first.len() {
            first[node] += first[node - 1];
        }
        let mut next = first.clone();
        let mut landings = vec![(0, 0); found.len()];
        for (node, rest, point) in found {
            let free = &mut next[node as usize];
            landings[*free as usize] = (rest, point);
            *free += 1;
        }
        Self { first, landings }
    }

    /// The landings of the node at `index`.
    #[inline]
    pub(super) fn of(&self, index: u32) -> &[(u32, u32)] {
        let index = index as usize;
        &self.landings[self.first[index] as usize..self.first[index + 1] as usize]
    }
}
