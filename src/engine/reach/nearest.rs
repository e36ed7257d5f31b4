//! The nearest facility of every node, in one sweep from all facilities at once.

use rayon::prelude::*;

use crate::ids::{Id, NodeId};
use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::buckets::finite;
use super::sweep::{NO_LABEL, NOBODY, pack, sweep, unpack};
use super::{Ground, Seeds};

/// For every node, the time to the nearest seed within the bound, and whose seed that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearestField {
    labels: Vec<u64>,
    bound: WalkTime,
}

impl NearestField {
    /// One sweep from all `seeds`; nodes farther than `bound` (inclusive) stay unreached.
    pub fn sweep(ground: &Ground, seeds: &Seeds, bound: WalkTime) -> Self {
        Self { labels: sweep(ground, seeds, finite(bound)), bound }
    }

    /// One sweep for each (ground, seeds, bound) asked for (layers, profiles, yardsticks), in parallel; in order.
    pub fn sweep_all(asked: &[(Ground, &Seeds, WalkTime)]) -> Vec<Self> {
        asked.par_iter().map(|&(ground, seeds, bound)| Self::sweep(&ground, seeds, bound)).collect()
    }

    /// Time of `node`, unreachable beyond the bound.
    pub fn time(&self, node: NodeId) -> WalkTime {
        WalkTime::from_ms(self.raw(node).0)
    }

    /// Time and owner of `node`, if within the bound.
    pub fn label(&self, node: NodeId) -> Option<(WalkTime, u32)> {
        let (time, owner) = self.raw(node);
        (owner != NOBODY).then(|| (WalkTime::from_ms(time), owner))
    }

    /// The nodes whose label is another than in `other`, in order; a node that one of them does not know has none
    /// there.
    pub fn differing<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = NodeId> + 'a {
        let nodes = (0..self.labels.len().max(other.labels.len()) as u32).map(NodeId);
        let label =
            |of: &Self, node: NodeId| of.labels.get(node.index()).copied().unwrap_or(NO_LABEL);
        nodes.filter(move |&node| label(self, node) != label(other, node))
    }

    /// Time and owner at a mid-edge position, without its own access leg; `None` beyond the bound. On
    /// private ground with two sides ([`Ground::sides`]) the sooner one counts.
    pub fn at(
        &self,
        ground: &Ground,
        seeds: &Seeds,
        position: EdgePosition,
    ) -> Option<(WalkTime, u32)> {
        ground.sides(position).filter_map(|side| self.on_side(ground, seeds, side)).min()
    }

    fn on_side(
        &self,
        ground: &Ground,
        seeds: &Seeds,
        position: EdgePosition,
    ) -> Option<(WalkTime, u32)> {
        let edge = ground.graph.edges()[position.edge];
        let (beginning, end) = ground.into(position);
        let over = |node: NodeId, part: WalkTime| {
            let (time, owner) = self.raw(node);
            (WalkTime::from_ms(time).plus(part), owner)
        };
        let mut best = over(edge.from, beginning).min(over(edge.to, end));
        for seed in seeds.on(position.edge) {
            let along = ground.along(position.edge, seed.position.offset_mm, position.offset_mm);
            best = best.min((seed.access.plus(along), seed.owner));
        }
        (best.0.is_reachable() && best.0 <= self.bound).then_some(best)
    }

    /// The label of `node` as (ms, owner), both `u32::MAX` where there is none.
    pub(super) fn raw(&self, node: NodeId) -> (u32, u32) {
        unpack(self.labels[node.index()])
    }

    /// Gives `node` another label.
    pub(super) fn set_raw(&mut self, node: NodeId, label: (u32, u32)) {
        self.labels[node.index()] = pack(label);
    }

    /// How many nodes have room for a label.
    pub(super) fn nodes(&self) -> usize {
        self.labels.len()
    }

    /// Makes room for `nodes` nodes, the new ones unreached, and goes as far as `bound`.
    pub(super) fn resize(&mut self, nodes: usize, bound: WalkTime) {
        self.labels.resize(nodes, NO_LABEL);
        self.bound = bound;
    }

    /// How far the sweep went, inclusive.
    pub fn bound(&self) -> WalkTime {
        self.bound
    }
}
