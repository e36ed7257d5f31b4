//! The k nearest facilities of every node, in one sweep.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::ids::{Id, NodeId};
use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::{Ground, Seeds};

/// For every node, up to k owners with their times, nearest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KNearestField {
    k: usize,
    labels: Vec<(WalkTime, u32)>,
    counts: Vec<u8>,
    bound: WalkTime,
}

impl KNearestField {
    /// One sweep from all `seeds`: every node keeps its `k` (1 to 255) nearest different owners within
    /// `bound` (inclusive).
    ///
    /// A node is settled once per owner it keeps; a label that comes after k others is never carried on,
    /// for whoever lies behind it has those k before.
    pub fn sweep(ground: &Ground, seeds: &Seeds, k: u8, bound: WalkTime) -> Self {
        let nodes = ground.graph.node_count();
        let k = usize::from(k.max(1));
        let mut field = Self {
            k,
            labels: vec![(WalkTime::UNREACHABLE, u32::MAX); nodes * k],
            counts: vec![0; nodes],
            bound,
        };
        let mut queue = BinaryHeap::new();
        let offer = |queue: &mut BinaryHeap<_>, time: WalkTime, owner: u32, node: NodeId| {
            if time.is_reachable() && time <= bound {
                queue.push(Reverse((time, owner, node)));
            }
        };
        for seed in seeds.all() {
            let edge = ground.graph.edges()[seed.position.edge];
            let (beginning, end) = ground.out_of(seed.position);
            offer(&mut queue, seed.access.plus(beginning), seed.owner, edge.from);
            offer(&mut queue, seed.access.plus(end), seed.owner, edge.to);
        }
        while let Some(Reverse((time, owner, node))) = queue.pop() {
            if field.settle(node, time, owner) {
                for &arc in ground.graph.arcs(node) {
                    offer(&mut queue, time.plus(ground.step(arc)), owner, arc.target);
                }
            }
        }
        field
    }

    fn settle(&mut self, node: NodeId, time: WalkTime, owner: u32) -> bool {
        let count = usize::from(self.counts[node.index()]);
        if count == self.k || self.of(node).iter().any(|&(_, known)| known == owner) {
            return false;
        }
        self.labels[node.index() * self.k + count] = (time, owner);
        self.counts[node.index()] += 1;
        true
    }

    /// The labels of `node`, nearest first.
    pub fn of(&self, node: NodeId) -> &[(WalkTime, u32)] {
        let first = node.index() * self.k;
        &self.labels[first..first + usize::from(self.counts[node.index()])]
    }

    /// Up to k (time, owner) at a mid-edge position, nearest first, without its own access leg. On private
    /// ground with two sides ([`Ground::sides`]) both count.
    pub fn at(
        &self,
        ground: &Ground,
        seeds: &Seeds,
        position: EdgePosition,
    ) -> Vec<(WalkTime, u32)> {
        let mut found = Vec::new();
        for side in ground.sides(position) {
            let edge = ground.graph.edges()[side.edge];
            let (beginning, end) = ground.into(side);
            let over = |node: NodeId, part: WalkTime| {
                self.of(node).iter().map(move |&(t, owner)| (t.plus(part), owner))
            };
            let along = |seed: &super::Seed| {
                let time = ground.along(side.edge, seed.position.offset_mm, side.offset_mm);
                (seed.access.plus(time), seed.owner)
            };
            found.extend(over(edge.from, beginning));
            found.extend(over(edge.to, end));
            found.extend(seeds.on(side.edge).iter().map(along));
        }
        found.retain(|&(time, _): &(WalkTime, u32)| time.is_reachable() && time <= self.bound);
        found.sort_unstable_by_key(|&(time, owner)| (owner, time));
        found.dedup_by_key(|label| label.1);
        found.sort_unstable();
        found.truncate(self.k);
        found
    }
}
