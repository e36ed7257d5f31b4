//! Points off the nodes, tied to the nodes a walk reaches them by.

use crate::ids::{EdgeId, NodeId};
use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::Ground;
use super::rows::Rows;

/// Points placed on edges, found by edge: the columns of a cost matrix, the people of an accumulation.
#[derive(Clone, Debug, Default)]
pub struct Placed {
    /// (position, access leg, point), edge by edge.
    items: Rows<(EdgePosition, WalkTime, u32)>,
    points: usize,
}

impl Placed {
    /// Points by their position and the time of their access leg; several may lie on one edge, and a point may
    /// have several positions. `points` is above every point's number.
    pub fn new(edges: usize, points: usize, items: Vec<(EdgePosition, WalkTime, u32)>) -> Self {
        debug_assert!(items.iter().all(|item| (item.2 as usize) < points));
        let by_edge = Rows::gather(edges, items.into_iter().map(|item| (item.0.edge.0, item)));
        Self { items: by_edge.sorted_by_key(|&item| item), points }
    }

    /// The same from points that stand in the order of their edges.
    pub(super) fn laid(
        edges: usize,
        points: usize,
        items: Vec<(EdgePosition, WalkTime, u32)>,
    ) -> Self {
        let by_edge = Rows::laid(edges, items, |item| item.0.edge.0);
        Self { items: by_edge.sorted_by_key(|&item| item), points }
    }

    /// How many points there are, placed or not.
    pub fn points(&self) -> usize {
        self.points
    }

    /// All (position, access leg, point), sorted by position.
    pub(super) fn all(&self) -> &[(EdgePosition, WalkTime, u32)] {
        self.items.all()
    }

    pub(super) fn on(&self, edge: EdgeId) -> &[(EdgePosition, WalkTime, u32)] {
        self.items.of(edge.0)
    }
}

/// The ends of a position's edge that a walk may land from: at an end of the edge that end alone, for whoever
/// comes over the edge comes by it.
pub(super) fn needed(
    ground: &Ground,
    at: EdgePosition,
) -> impl Iterator<Item = (NodeId, WalkTime)> + use<> {
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
pub(super) struct Landings(Rows<(u32, u32)>);

impl Landings {
    /// The landings of `placed` within `bound` ms (inclusive) from nodes that are wanted; ways that
    /// cannot be walked are left out.
    pub(super) fn new(
        ground: &Ground,
        placed: &Placed,
        bound: u32,
        is_wanted: impl Fn(u32) -> bool,
    ) -> Self {
        let mut found: Vec<(u32, (u32, u32))> = Vec::with_capacity(placed.all().len() * 2);
        for &(position, access, point) in placed.all() {
            for side in ground.sides(position) {
                for (node, rest) in needed(ground, side) {
                    let rest = rest.plus(access);
                    if rest.as_ms() <= bound && is_wanted(node.0) {
                        found.push((node.0, (rest.as_ms(), point)));
                    }
                }
            }
        }
        Self(Rows::gather(ground.graph.node_count(), found.into_iter()))
    }

    /// The landings (rest of the way in ms, point) of the node at `index`.
    #[inline]
    pub(super) fn of(&self, index: u32) -> &[(u32, u32)] {
        self.0.of(index)
    }
}
