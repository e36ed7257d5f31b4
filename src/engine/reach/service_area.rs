//! The street parts within a cutoff: the exact service area.

use crate::ids::{EdgeId, NodeId};
use crate::street::{StreetGraph, part_of};
use crate::units::{Meters, WalkTime};

use super::{Direction, Ground, NearestField, Search, Seeds};

/// A stretch of an edge that is within the cutoff, in millimetres from the edge's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreetPart {
    /// The edge.
    pub edge: EdgeId,
    /// Where the stretch begins.
    pub from_mm: u32,
    /// Where it ends; at least `from_mm`.
    pub to_mm: u32,
}

/// All street parts within a cutoff, sorted by edge; parts of one edge do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceArea {
    /// The parts.
    pub parts: Vec<StreetPart>,
}

impl ServiceArea {
    /// The parts whose every position is within `cutoff` (inclusive) of a seed, to the millimetre.
    ///
    /// `field` must have been swept at least as far as `cutoff`.
    pub fn find(ground: &Ground, seeds: &Seeds, field: &NearestField, cutoff: WalkTime) -> Self {
        let mut area = Self::default();
        let walk = Walk { ground, seeds, cutoff, time: |node| field.time(node) };
        for edge in ground.graph.edges().ids() {
            walk.add_parts(edge, &mut area.parts);
        }
        area
    }

    /// The same parts from a search that went at least as far as `cutoff`; looks only at what the search touched.
    pub fn of_search(ground: &Ground, seeds: &Seeds, search: &Search, cutoff: WalkTime) -> Self {
        let mut area = Self::default();
        let walk = Walk { ground, seeds, cutoff, time: |node| search.time(node) };
        let is_within = |node: NodeId| search.time(node) <= cutoff;
        for node in search.touched().filter(|&node| is_within(node)) {
            // An edge between two such nodes is met twice: its own direction counts.
            for arc in ground.graph.arcs(node) {
                if arc.is_forward() || !is_within(arc.target) {
                    walk.add_parts(arc.edge(), &mut area.parts);
                }
            }
        }
        let lonely = |edge: EdgeId| {
            let ends = ground.graph.edges()[edge];
            !is_within(ends.from) && !is_within(ends.to)
        };
        for pair in seeds.all().chunk_by(|a, b| a.position.edge == b.position.edge) {
            let edge = pair[0].position.edge;
            if lonely(edge) {
                walk.add_parts(edge, &mut area.parts);
            }
        }
        area.parts.sort_unstable();
        area
    }

    /// Length of all streets in the parts. Where private ground has two sides, what is reached on either
    /// counts, and once: walkers from inside are on the leaving side, walkers from outside on the other.
    pub fn length(&self, graph: &StreetGraph) -> Meters {
        let plain = self.parts.iter().filter(|part| {
            graph.find_twin(part.edge).is_none() && !graph.is_entering_side(part.edge)
        });
        let plain_mm: u64 = plain.map(|part| u64::from(part.to_mm - part.from_mm)).sum();
        let spans = |edge: EdgeId| {
            let first = self.parts.partition_point(|part| part.edge < edge);
            let own = self.parts[first..].iter().take_while(move |part| part.edge == edge);
            own.map(|part| (part.from_mm, part.to_mm))
        };
        let private_mm: u64 = graph
            .twins()
            .iter()
            .flat_map(|&(leaving, entering)| merge(spans(leaving).chain(spans(entering)).collect()))
            .map(|(from, to)| u64::from(to - from))
            .sum();
        Meters((plain_mm + private_mm) as f64 / 1000.0)
    }
}

/// A walk and how far it may go.
struct Walk<'a, Time> {
    ground: &'a Ground<'a>,
    seeds: &'a Seeds,
    cutoff: WalkTime,
    time: Time,
}

impl<Time: Fn(NodeId) -> WalkTime> Walk<'_, Time> {
    /// What is left of the cutoff at a time.
    fn left(&self, time: WalkTime) -> Option<u32> {
        (time <= self.cutoff && time.is_reachable()).then(|| self.cutoff.as_ms() - time.as_ms())
    }

    fn add_parts(&self, edge: EdgeId, parts: &mut Vec<StreetPart>) {
        let ends = self.ground.graph.edges()[edge];
        let length = ends.length_mm;
        let (forward, backward) =
            (self.ground.impedance.forward(edge), self.ground.impedance.backward(edge));
        // How long the whole edge takes to whom a label comes from its beginning, or from its end.
        let (onward, back) = match self.ground.direction {
            Direction::From => (forward, backward),
            Direction::Toward => (backward, forward),
        };
        // An end of a street is reached over that street only where the street may be walked that way.
        let over = |end: NodeId, whole: WalkTime| {
            self.left((self.time)(end)).filter(|_| whole.is_reachable())
        };
        let first = over(ends.from, onward).map(|left| (0, farthest(onward, left, length)));
        let last = over(ends.to, back).map(|left| (length - farthest(back, left, length), length));
        let mut add = |(from_mm, to_mm)| parts.push(StreetPart { edge, from_mm, to_mm });
        let seeds = self.seeds.on(edge);
        if seeds.is_empty() {
            match (first, last) {
                (Some(a), Some(b)) if a.1.saturating_add(1) >= b.0 => add((0, length)),
                (a, b) => a.into_iter().chain(b).for_each(add),
            }
            return;
        }
        let mut spans: Vec<(u32, u32)> = first.into_iter().chain(last).collect();
        for seed in seeds {
            if let Some(left) = self.left(seed.access) {
                let at = seed.position.offset_mm.min(length);
                let down = farthest(back, left, length).min(at);
                let up = farthest(onward, left, length).min(length - at);
                spans.push((at - down, at + up));
            }
        }
        merge(spans).into_iter().for_each(add);
    }
}

/// The longest part of an edge of `length` mm, taking `whole` in all, that takes at most `left` ms.
fn farthest(whole: WalkTime, left: u32, length: u32) -> u32 {
    if !whole.is_reachable() {
        return 0;
    }
    if whole.as_ms() <= left {
        return length;
    }
    // part_of(whole, x, length) <= left holds up to x = ((2 left + 1) length - 1) / (2 whole), rounded down.
    let estimate = ((2 * u64::from(left) + 1) * u64::from(length)).saturating_sub(1)
        / (2 * u64::from(whole.as_ms()));
    let mut part = estimate.min(u64::from(length)) as u32;
    while part > 0 && part_of(whole, part, length).as_ms() > left {
        part -= 1;
    }
    part
}

fn merge(mut spans: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    spans.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match merged.last_mut() {
            Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}
