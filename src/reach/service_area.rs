//! The street parts within a cutoff: the exact service area.

use crate::ids::{EdgeId, NodeId};
use crate::street::{EdgePosition, StreetGraph, part_of};
use crate::units::{Meters, WalkTime};

use super::{Ground, NearestField, Seeds};

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
        let parts = ground
            .graph
            .edges()
            .ids()
            .flat_map(|edge| parts_on(ground, seeds, (field, cutoff), edge))
            .collect();
        Self { parts }
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

fn parts_on(
    ground: &Ground,
    seeds: &Seeds,
    (field, cutoff): (&NearestField, WalkTime),
    edge: EdgeId,
) -> Vec<StreetPart> {
    let ends = ground.graph.edges()[edge];
    let length = ends.length_mm;
    let (whole_from_end, whole_from_beginning) = {
        let (from_beginning, from_end) = (
            ground.into(EdgePosition { edge, offset_mm: length }).0,
            ground.into(EdgePosition { edge, offset_mm: 0 }).1,
        );
        (from_end, from_beginning)
    };
    let left = |time: WalkTime| {
        (time.is_reachable() && time <= cutoff).then(|| cutoff.as_ms() - time.as_ms())
    };
    let mut spans: Vec<(u32, u32)> = Vec::new();
    // An end of a street is reached over that street only where the street may be walked that way.
    let over =
        |end: NodeId, whole: WalkTime| left(field.time(end)).filter(|_| whole.is_reachable());
    if let Some(left) = over(ends.from, whole_from_beginning) {
        spans.push((0, farthest(whole_from_beginning, left, length)));
    }
    if let Some(left) = over(ends.to, whole_from_end) {
        spans.push((length - farthest(whole_from_end, left, length), length));
    }
    for seed in seeds.on(edge) {
        if let Some(left) = left(seed.access) {
            let at = seed.position.offset_mm.min(length);
            let down = farthest(whole_from_end, left, length).min(at);
            let up = farthest(whole_from_beginning, left, length).min(length - at);
            spans.push((at - down, at + up));
        }
    }
    merge(spans).into_iter().map(|(from_mm, to_mm)| StreetPart { edge, from_mm, to_mm }).collect()
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
