//! The path that explains a time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::ids::{EdgeId, NodeId};
use crate::street::Arc;
use crate::units::WalkTime;

use super::{Ground, Seed, Seeds};

/// A stretch of one edge, walked from one offset to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteLeg {
    /// The edge.
    pub edge: EdgeId,
    /// Where the stretch begins, in millimetres from the edge's beginning.
    pub from_mm: u32,
    /// Where it ends; smaller than `from_mm` when walked against the edge's direction.
    pub to_mm: u32,
    /// Its time.
    pub time: WalkTime,
}

/// A walk from a start to the nearest of several ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The whole time, both access legs included.
    pub time: WalkTime,
    /// Access leg at the start.
    pub start_access: WalkTime,
    /// Access leg at the end.
    pub end_access: WalkTime,
    /// The end that was taken.
    pub end: Seed,
    /// The streets, in walking order; empty when both lie at one position.
    pub legs: Vec<RouteLeg>,
}

impl Route {
    /// The fastest walk on `ground` (seen in direction [`super::Direction::From`]) from `start` to any of
    /// `ends`, or `None` when none is reached within `bound` (inclusive).
    pub fn find(ground: &Ground, start: Seed, ends: &Seeds, bound: WalkTime) -> Option<Self> {
        let mut best: Option<(WalkTime, Seed, Approach)> = None;
        let mut offer = |time: WalkTime, end: Seed, approach: Approach| {
            let better = best.as_ref().is_none_or(|(known, seed, _)| (time, end) < (*known, *seed));
            if time.is_reachable() && time <= bound && better {
                best = Some((time, end, approach));
            }
        };
        for &end in ends.on(start.position.edge) {
            let along =
                ground.along(start.position.edge, start.position.offset_mm, end.position.offset_mm);
            offer(start.access.plus(along).plus(end.access), end, Approach::Direct);
        }
        let tree = grow(ground, start, bound);
        for &end in ends.all() {
            let edge = ground.graph.edges()[end.position.edge];
            let (beginning, ending) = ground.into(end.position);
            for (node, part, over) in [
                (edge.from, beginning, Approach::Over(edge.from)),
                (edge.to, ending, Approach::Over(edge.to)),
            ] {
                if let Some(&(time, _)) = tree.get(&node) {
                    offer(time.plus(part).plus(end.access), end, over);
                }
            }
        }
        let (time, end, approach) = best?;
        let legs = trace(ground, &tree, (start, end, approach));
        Some(Self { time, start_access: start.access, end_access: end.access, end, legs })
    }

    /// Length of the streets walked, in millimetres.
    pub fn street_mm(&self) -> u64 {
        self.legs.iter().map(|leg| u64::from(leg.from_mm.abs_diff(leg.to_mm))).sum()
    }
}

#[derive(Clone, Copy, Debug)]
enum Approach {
    Direct,
    Over(NodeId),
}

/// Time of each node reached, and the arc it was reached by (`None` straight from the start).
type Tree = BTreeMap<NodeId, (WalkTime, Option<(NodeId, Arc)>)>;

fn grow(ground: &Ground, start: Seed, bound: WalkTime) -> Tree {
    let mut tree = Tree::new();
    let mut queue = BinaryHeap::new();
    let edge = ground.graph.edges()[start.position.edge];
    let (beginning, end) = ground.out_of(start.position);
    let mut offer =
        |queue: &mut BinaryHeap<_>, node: NodeId, time: WalkTime, by: Option<(NodeId, Arc)>| {
            let known = tree.get(&node).map_or(WalkTime::UNREACHABLE, |label| label.0);
            if time <= bound && time < known {
                tree.insert(node, (time, by));
                queue.push(Reverse((time, node)));
            }
        };
    offer(&mut queue, edge.from, start.access.plus(beginning), None);
    offer(&mut queue, edge.to, start.access.plus(end), None);
    let mut settled = std::collections::BTreeSet::new();
    while let Some(Reverse((time, node))) = queue.pop() {
        if !settled.insert(node) {
            continue;
        }
        for &arc in ground.graph.arcs(node) {
            offer(&mut queue, arc.target, time.plus(ground.step(arc)), Some((node, arc)));
        }
    }
    tree
}

fn trace(
    ground: &Ground,
    tree: &Tree,
    (start, end, approach): (Seed, Seed, Approach),
) -> Vec<RouteLeg> {
    let leg = |edge: EdgeId, from_mm: u32, to_mm: u32| RouteLeg {
        edge,
        from_mm,
        to_mm,
        time: ground.along(edge, from_mm, to_mm),
    };
    let Approach::Over(last) = approach else {
        let (from_mm, to_mm) = (start.position.offset_mm, end.position.offset_mm);
        let direct = (from_mm != to_mm).then(|| leg(start.position.edge, from_mm, to_mm));
        return direct.into_iter().collect();
    };
    let edges = ground.graph.edges();
    let mut legs = Vec::new();
    let into = edges[end.position.edge];
    let entry = if last == into.from { 0 } else { into.length_mm };
    // On a loop both ends are one node: enter by the cheaper side, as the search did.
    let (beginning, ending) = ground.into(end.position);
    let entry = if into.from == into.to && ending < beginning { into.length_mm } else { entry };
    legs.push(leg(end.position.edge, entry, end.position.offset_mm));
    let mut node = last;
    while let Some(&(_, Some((before, arc)))) = tree.get(&node) {
        let length = edges[arc.edge()].length_mm;
        let (from_mm, to_mm) = if arc.is_forward() { (0, length) } else { (length, 0) };
        legs.push(RouteLeg { edge: arc.edge(), from_mm, to_mm, time: ground.step(arc) });
        node = before;
    }
    let out = edges[start.position.edge];
    let (to_beginning, to_end) = ground.out_of(start.position);
    let by_beginning = node == out.from && (node != out.to || to_beginning <= to_end);
    let exit = if by_beginning { 0 } else { out.length_mm };
    legs.push(leg(start.position.edge, start.position.offset_mm, exit));
    legs.reverse();
    legs.retain(|leg| leg.from_mm != leg.to_mm || leg.time > WalkTime::ZERO);
    legs
}
