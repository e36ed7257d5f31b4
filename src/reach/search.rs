//! The search all kernels share: Dijkstra's with many seeds, a bound, and labels of (time, owner).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::ids::{Id, NodeId};
use crate::units::WalkTime;

use super::{Ground, Seeds};

/// No owner.
pub(super) const NOBODY: u32 = u32::MAX;

/// Reusable state of a search; cleaning up costs only what the last search touched.
///
/// Reference: E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1,
/// 1959. Labels are compared as (time, owner), so the answer does not depend on the order of the queue.
#[derive(Debug, Default)]
pub struct Search {
    pub(super) times: Vec<u32>,
    pub(super) owners: Vec<u32>,
    touched: Vec<u32>,
    queue: BinaryHeap<Reverse<(u32, u32, u32)>>,
}

impl Search {
    /// State for a graph of `nodes` nodes.
    pub fn new(nodes: usize) -> Self {
        Self { times: vec![u32::MAX; nodes], owners: vec![NOBODY; nodes], ..Self::default() }
    }

    /// Labels every node within `bound` (inclusive) of the nearest seed.
    pub fn run(&mut self, ground: &Ground, seeds: &Seeds, bound: WalkTime) {
        self.clear();
        for seed in seeds.all() {
            let edge = ground.graph.edges()[seed.position.edge];
            let (beginning, end) = ground.out_of(seed.position);
            self.offer(edge.from, seed.access.plus(beginning), (seed.owner, bound));
            self.offer(edge.to, seed.access.plus(end), (seed.owner, bound));
        }
        while let Some(Reverse((time, owner, node))) = self.queue.pop() {
            if (self.times[node as usize], self.owners[node as usize]) != (time, owner) {
                continue;
            }
            for &arc in ground.graph.arcs(NodeId(node)) {
                let arrival = WalkTime::from_ms(time).plus(ground.step(arc));
                self.offer(arc.target, arrival, (owner, bound));
            }
        }
    }

    /// Time of `node` in the last search; [`WalkTime::UNREACHABLE`] beyond its bound.
    pub fn time(&self, node: NodeId) -> WalkTime {
        WalkTime::from_ms(self.times[node.index()])
    }

    /// Nodes labelled by the last search, in the order they were first touched.
    pub fn touched(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.touched.iter().map(|&node| NodeId(node))
    }

    fn offer(&mut self, node: NodeId, time: WalkTime, (owner, bound): (u32, WalkTime)) {
        let index = node.index();
        let label = (time.as_ms(), owner);
        if time <= bound && time.is_reachable() && label < (self.times[index], self.owners[index]) {
            if self.times[index] == u32::MAX {
                self.touched.push(node.0);
            }
            (self.times[index], self.owners[index]) = label;
            self.queue.push(Reverse((label.0, owner, node.0)));
        }
    }

    fn clear(&mut self) {
        for &node in &self.touched {
            self.times[node as usize] = u32::MAX;
            self.owners[node as usize] = NOBODY;
        }
        self.touched.clear();
        self.queue.clear();
    }
}
