//! The k nearest facilities of every node, in one sweep.

use crate::ids::{Id, NodeId};
use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::buckets::{BucketQueue, finite};
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
    /// A label that comes after k others of its node is never carried on, for whoever lies behind it has those
    /// k before; a label that turns out too late is corrected.
    pub fn sweep(ground: &Ground, seeds: &Seeds, k: u8, bound: WalkTime) -> Self {
        let tracks = ground.tracks();
        let nodes = tracks.node_count();
        let k = usize::from(k.max(1));
        let labels = vec![(WalkTime::UNREACHABLE, u32::MAX); nodes * k];
        let mut field = Self { k, labels, counts: vec![0; nodes], bound };
        let bound = finite(bound);
        let mut queue = BucketQueue::new(tracks.mean_ms());
        for seed in seeds.all() {
            for (node, time) in ground.ways_out(seed) {
                if time.as_ms() <= bound && field.improve(node.0, (time, seed.owner)) {
                    queue.push(time.as_ms(), (node.0, seed.owner));
                }
            }
        }
        while let Some((time, (node, owner))) = queue.pop() {
            let label = (WalkTime::from_ms(time), owner);
            if !field.of(NodeId(node)).contains(&label) {
                continue;
            }
            for track in tracks.of(node) {
                let arrival = time + track.cost();
                let label = (WalkTime::from_ms(arrival), owner);
                if arrival <= bound && field.improve(track.target, label) {
                    queue.push(arrival, (track.target, owner));
                }
            }
        }
        field
    }

    /// Takes a label among the k least of different owners, if it belongs there.
    fn improve(&mut self, node: u32, label: (WalkTime, u32)) -> bool {
        let (node, k) = (node as usize, self.k);
        let count = usize::from(self.counts[node]);
        let labels = &mut self.labels[node * k..(node + 1) * k];
        let place = labels[..count].partition_point(|known| *known < label);
        if place == k || labels[..place].iter().any(|known| known.1 == label.1) {
            return false;
        }
        // The owner's later label leaves, or else the last one when all k are taken, or a free place is used.
        let later = labels[place..count].iter().position(|known| known.1 == label.1);
        let free = later.map_or(count.min(k - 1), |later| place + later);
        if labels[free] == label {
            return false;
        }
        if later.is_none() && count < k {
            self.counts[node] += 1;
        }
        labels.copy_within(place..free, place + 1);
        labels[place] = label;
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
