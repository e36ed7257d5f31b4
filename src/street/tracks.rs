//! The walkable arcs of one walker, packed for searching.

use super::graph::StreetGraph;

/// One walkable arc: where it leads and what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    /// Index of the node at the other end.
    pub target: u32,
    /// Walking time in ms, at most `i32::MAX`.
    pub cost: u32,
}

/// For every node its walkable arcs with their times side by side, 8 bytes an arc: what a search reads.
///
/// Arcs that may not be walked and arcs back to the same node are left out: neither is part of a fastest walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracks {
    first: Vec<u32>,
    arcs: Vec<Track>,
    mean_ms: u32,
}

impl Tracks {
    /// Packs the arcs of `graph`; `cost` gives the time in ms of an arc's slot, `u32::MAX` for none.
    pub(super) fn pack(graph: &StreetGraph, cost: impl Fn(u32) -> u32) -> Self {
        let mut first = Vec::with_capacity(graph.node_count() + 1);
        let mut arcs = Vec::with_capacity(graph.edge_count() * 2);
        let mut sum = 0_u64;
        first.push(0);
        for node in graph.places().ids() {
            for arc in graph.arcs(node) {
                let cost = cost(arc.slot);
                if cost != u32::MAX && arc.target != node {
                    arcs.push(Track { target: arc.target.0, cost });
                    sum += u64::from(cost);
                }
            }
            first.push(arcs.len() as u32);
        }
        let mean_ms = sum.checked_div(arcs.len() as u64).unwrap_or(0) as u32;
        Self { first, arcs, mean_ms }
    }

    /// The arcs of the node at `index`.
    #[inline]
    pub fn of(&self, index: u32) -> &[Track] {
        let index = index as usize;
        &self.arcs[self.first[index] as usize..self.first[index + 1] as usize]
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.first.len().saturating_sub(1)
    }

    /// Mean time of an arc in ms, 0 when there is none.
    pub fn mean_ms(&self) -> u32 {
        self.mean_ms
    }

    /// Bytes held by the arrays.
    pub fn memory_bytes(&self) -> usize {
        self.first.len() * 4 + self.arcs.len() * size_of::<Track>()
    }
}
