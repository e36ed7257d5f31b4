//! The walkable arcs of one walker, packed for searching.

use super::graph::StreetGraph;

/// Marks the cost of an arc behind which there is nothing but the way back.
const DEAD_END: u32 = 1 << 31;
/// The other end of a node without arcs.
const NO_NODE: u32 = u32::MAX;

/// One walkable arc: where it leads and what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    /// Index of the node at the other end.
    pub target: u32,
    /// Walking time in ms, at most `i32::MAX`; above it the mark of a dead end.
    cost: u32,
}

impl Track {
    /// Walking time in ms, at most `i32::MAX`.
    #[inline]
    pub const fn cost(self) -> u32 {
        self.cost & !DEAD_END
    }

    /// 0 when every arc of the node at the other end leads straight back, so that a label carried there need not
    /// be carried on; else 1.
    #[inline]
    pub const fn goes_on(self) -> u32 {
        (self.cost >> 31) ^ 1
    }
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
        let mut tracks = Self { first, arcs, mean_ms };
        tracks.mark_dead_ends();
        tracks
    }

    fn mark_dead_ends(&mut self) {
        // The one node that all arcs of a node lead to; the node itself when they lead to several.
        let only: Vec<u32> = (0..self.node_count() as u32)
            .map(|node| match self.of(node) {
                [] => NO_NODE,
                [one, rest @ ..] if rest.iter().all(|arc| arc.target == one.target) => one.target,
                _ => node,
            })
            .collect();
        for node in 0..only.len() {
            let (from, to) = (self.first[node] as usize, self.first[node + 1] as usize);
            for arc in &mut self.arcs[from..to] {
                let beyond = only[arc.target as usize];
                if beyond == node as u32 || beyond == NO_NODE {
                    arc.cost |= DEAD_END;
                }
            }
        }
    }

    /// The arcs of the node at `index`.
    #[inline]
    pub fn of(&self, index: u32) -> &[Track] {
        let index = index as usize;
        &self.arcs[self.first[index] as usize..self.first[index + 1] as usize]
    }

    /// Reads the arcs of some nodes in a row, so that they are at hand when they are asked for in another order;
    /// the sum says nothing.
    pub fn read_ahead(&self, nodes: std::ops::Range<usize>) -> u32 {
        let first = &self.first[nodes.start..=nodes.end];
        let arcs = &self.arcs[first[0] as usize..first[first.len() - 1] as usize];
        let sum = first.iter().step_by(16).fold(0, |sum, &first| sum ^ first);
        arcs.iter().step_by(8).fold(sum, |sum, arc| sum ^ arc.target)
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
