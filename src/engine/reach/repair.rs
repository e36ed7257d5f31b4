//! The nearest facility of every node after an edit, from the labels before it: only what changes is touched,
//! and every label equals that of a sweep from scratch, bit for bit.
//!
//! First the labels that lost their support are found, then they are forgotten, then the edges of what was
//! forgotten and everything new offer labels again. A label is supported by a seed, or by a neighbor of the
//! same owner that is *strictly* sooner and itself keeps its label: labels are looked at in order of time, so a
//! circle of streets that take no time never supports itself. Reference: G. Ramalingam, T. Reps, "An
//! incremental algorithm for a generalization of the shortest-path problem", Journal of Algorithms 21, 1996.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::ids::{EdgeId, Id, NodeId};
use crate::street::Arc;
use crate::units::WalkTime;

use super::buckets::BucketQueue;
use super::sweep::NOBODY;
use super::{Ground, NearestField, Seed, Seeds};

/// What an edit did to the ground and the seeds of a field.
#[derive(Clone, Copy, Debug, Default)]
pub struct FieldEdit<'a> {
    /// Edges that cost more than before or can no longer be walked.
    pub raised: &'a [EdgeId],
    /// Edges that cost less than before or are new.
    pub lowered: &'a [EdgeId],
    /// Seeds that were there before and are not now.
    pub removed: &'a [Seed],
    /// Seeds that are new.
    pub added: &'a [Seed],
}

/// The labels that a repair changed, enough to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    nodes_before: usize,
    bound_before: WalkTime,
    before: Vec<(NodeId, (u32, u32))>,
}

impl FieldChange {
    /// The nodes whose label is another than before, in no particular order but always the same.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = NodeId> + '_ {
        self.before.iter().map(|&(node, _)| node)
    }
}

/// Time of an arc as the queue is laid out for, in ms: packing all arcs to know it would take longer than a repair.
const ARC_MS: u32 = 60_000;
const SAVED: u8 = 1;
const LOST: u8 = 2;
const NONE: (u32, u32) = (u32::MAX, NOBODY);

/// Reusable state of repairs; cleaning up costs only what the last repair touched.
#[derive(Clone, Debug, Default)]
pub struct FieldRepair {
    marks: Vec<u8>,
    saved: Vec<(NodeId, (u32, u32))>,
    lost: Vec<NodeId>,
    suspects: BinaryHeap<Reverse<(u32, u32)>>,
    /// (owner, node) by time.
    queue: BucketQueue<(u32, u32)>,
}

impl FieldRepair {
    /// Makes `field` what a sweep over `ground` from `seeds`, both as they are after `edit`, would give.
    pub fn repair(
        &mut self,
        field: &mut NearestField,
        ground: &Ground,
        seeds: &Seeds,
        edit: &FieldEdit,
    ) -> FieldChange {
        let (nodes_before, bound) = (field.nodes(), field.bound());
        self.make_room(field, ground, bound);
        self.find_lost(field, ground, seeds, edit);
        self.forget(field);
        self.offer_again(field, ground, seeds);
        for &edge in edit.lowered {
            let ends = ground.graph.edges()[edge];
            let there = Arc { target: ends.to, slot: edge.0 * 2 };
            let back = Arc { target: ends.from, slot: edge.0 * 2 + 1 };
            for (node, arc) in [(ends.from, there), (ends.to, back)] {
                self.carry(field, ground, node, arc);
            }
            for seed in seeds.on(edge) {
                self.start(field, ground, seed);
            }
        }
        for seed in edit.added {
            self.start(field, ground, seed);
        }
        self.settle(field, ground);
        self.finish(field, (nodes_before, bound))
    }

    /// Makes `field` what a sweep as far as `bound` would give.
    pub fn rebound(
        &mut self,
        field: &mut NearestField,
        ground: &Ground,
        seeds: &Seeds,
        bound: WalkTime,
    ) -> FieldChange {
        let (nodes_before, before) = (field.nodes(), field.bound());
        self.make_room(field, ground, bound);
        let nodes = (0..field.nodes() as u32).map(NodeId);
        if bound < before {
            for node in nodes {
                if field.raw(node).1 != NOBODY && field.time(node) > bound {
                    self.save(field, node);
                    field.set_raw(node, NONE);
                }
            }
        } else {
            for node in nodes {
                for &arc in ground.graph.arcs(node) {
                    self.carry(field, ground, node, arc);
                }
            }
            for seed in seeds.all() {
                self.start(field, ground, seed);
            }
            self.settle(field, ground);
        }
        self.finish(field, (nodes_before, before))
    }

    /// Puts `field` back to what it was before `change`, the last one that was not taken back.
    pub fn revert(field: &mut NearestField, change: &FieldChange) {
        for &(node, label) in &change.before {
            if node.index() < field.nodes() {
                field.set_raw(node, label);
            }
        }
        field.resize(change.nodes_before, change.bound_before);
    }

    fn make_room(&mut self, field: &mut NearestField, ground: &Ground, bound: WalkTime) {
        let nodes = ground.graph.node_count();
        field.resize(nodes.max(field.nodes()), bound);
        self.marks.resize(nodes.max(self.marks.len()), 0);
        self.queue.restart(ARC_MS);
    }

    /// Marks every node whose label has no support left.
    fn find_lost(
        &mut self,
        field: &NearestField,
        ground: &Ground,
        seeds: &Seeds,
        edit: &FieldEdit,
    ) {
        let seeded = edit.removed.iter().map(|seed| seed.position.edge);
        for edge in edit.raised.iter().copied().chain(seeded) {
            let ends = ground.graph.edges()[edge];
            for node in [ends.from, ends.to] {
                self.suspect(field, node);
            }
        }
        while let Some(Reverse((time, node))) = self.suspects.pop() {
            let node = NodeId(node);
            if self.marks[node.index()] & LOST != 0 || self.is_supported(field, ground, seeds, node)
            {
                continue;
            }
            self.marks[node.index()] |= LOST;
            self.lost.push(node);
            let owner = field.raw(node).1;
            for &arc in ground.graph.arcs(node) {
                let next = arc.target;
                let carried = WalkTime::from_ms(time).plus(ground.step(arc));
                if field.raw(next) == (carried.as_ms(), owner)
                    && self.marks[next.index()] & LOST == 0
                {
                    self.suspects.push(Reverse((carried.as_ms(), next.0)));
                }
            }
        }
    }

    fn suspect(&mut self, field: &NearestField, node: NodeId) {
        let (time, owner) = field.raw(node);
        if owner != NOBODY {
            self.suspects.push(Reverse((time, node.0)));
        }
    }

    /// Whether the label of `node` comes from a strictly sooner neighbor that keeps its own, or from a seed.
    fn is_supported(
        &self,
        field: &NearestField,
        ground: &Ground,
        seeds: &Seeds,
        node: NodeId,
    ) -> bool {
        let label = field.raw(node);
        let arcs = ground.graph.arcs(node);
        let by_neighbor = arcs.iter().any(|&arc| {
            let (time, owner) = field.raw(arc.target);
            owner == label.1
                && time < label.0
                && self.marks[arc.target.index()] & LOST == 0
                && WalkTime::from_ms(time).plus(ground.step(against(node, arc))).as_ms() == label.0
        });
        by_neighbor
            || arcs.iter().flat_map(|arc| seeds.on(arc.edge())).any(|seed| {
                seed.owner == label.1
                    && labels_of(ground, seed)
                        .iter()
                        .any(|&(at, time)| at == node && time.as_ms() == label.0)
            })
    }

    fn forget(&mut self, field: &mut NearestField) {
        for index in 0..self.lost.len() {
            let node = self.lost[index];
            self.save(field, node);
            field.set_raw(node, NONE);
        }
    }

    /// Offers to every forgotten node what its neighbors and the seeds on its edges have for it.
    fn offer_again(&mut self, field: &mut NearestField, ground: &Ground, seeds: &Seeds) {
        for index in 0..self.lost.len() {
            let node = self.lost[index];
            for &arc in ground.graph.arcs(node) {
                self.carry(field, ground, arc.target, against(node, arc));
                for seed in seeds.on(arc.edge()) {
                    self.start(field, ground, seed);
                }
            }
        }
    }

    fn start(&mut self, field: &mut NearestField, ground: &Ground, seed: &Seed) {
        for (node, time) in labels_of(ground, seed) {
            self.offer(field, node, (time, seed.owner));
        }
    }

    /// Carries the label of `node` over `arc`.
    fn carry(&mut self, field: &mut NearestField, ground: &Ground, node: NodeId, arc: Arc) {
        let (time, owner) = field.raw(node);
        if owner != NOBODY {
            let time = WalkTime::from_ms(time).plus(ground.step(arc));
            self.offer(field, arc.target, (time, owner));
        }
    }

    fn offer(&mut self, field: &mut NearestField, node: NodeId, (time, owner): (WalkTime, u32)) {
        let label = (time.as_ms(), owner);
        if time <= field.bound() && time.is_reachable() && label < field.raw(node) {
            self.save(field, node);
            field.set_raw(node, label);
            self.queue.push(label.0, (owner, node.0));
        }
    }

    fn settle(&mut self, field: &mut NearestField, ground: &Ground) {
        while let Some((time, (owner, node))) = self.queue.pop() {
            if field.raw(NodeId(node)) == (time, owner) {
                for &arc in ground.graph.arcs(NodeId(node)) {
                    let arrival = WalkTime::from_ms(time).plus(ground.step(arc));
                    self.offer(field, arc.target, (arrival, owner));
                }
            }
        }
    }

    fn save(&mut self, field: &NearestField, node: NodeId) {
        let mark = &mut self.marks[node.index()];
        if *mark & SAVED == 0 {
            *mark |= SAVED;
            self.saved.push((node, field.raw(node)));
        }
    }

    fn finish(
        &mut self,
        field: &NearestField,
        (nodes_before, bound_before): (usize, WalkTime),
    ) -> FieldChange {
        for &(node, _) in &self.saved {
            self.marks[node.index()] = 0;
        }
        self.lost.clear();
        let changed = |&(node, label): &(NodeId, (u32, u32))| field.raw(node) != label;
        let before = self.saved.iter().copied().filter(changed).collect();
        self.saved.clear();
        FieldChange { nodes_before, bound_before, before }
    }
}

/// The same street walked from the other end, back to `node`.
fn against(node: NodeId, arc: Arc) -> Arc {
    Arc { target: node, slot: arc.slot ^ 1 }
}

/// What a seed offers to the two ends of its edge.
fn labels_of(ground: &Ground, seed: &Seed) -> [(NodeId, WalkTime); 2] {
    let edge = ground.graph.edges()[seed.position.edge];
    let (beginning, end) = ground.out_of(seed.position);
    [(edge.from, seed.access.plus(beginning)), (edge.to, seed.access.plus(end))]
}
