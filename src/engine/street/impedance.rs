//! Walking time of every edge in each direction under a profile.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::ids::EdgeId;
use crate::units::{MetersPerSecond, WalkTime};

use super::graph::{Arc, Edge, StreetGraph};
use super::heights::Along;
use super::slope::has_slope;
use super::{Slope, StreetTraits, Tracks, WalkProfile};

/// Whole-millisecond times of all edges, both directions, under one profile.
#[derive(Clone, Debug)]
pub struct Impedance {
    /// `[forward, backward]` of each edge in ms; `u32::MAX` where the walker may not go.
    slots: Vec<u32>,
    off_street: MetersPerSecond,
    packed: Packed,
}

/// The same times packed for searching, made when first asked for. A copy of an impedance starts without, so
/// that whoever changes the copy's times never searches on stale ones.
#[derive(Debug, Default)]
struct Packed {
    leaving: OnceLock<Tracks>,
    /// `None` when every edge takes the same time both ways: then `leaving` serves.
    arriving: OnceLock<Option<Tracks>>,
}

impl Clone for Packed {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Impedance {
    /// The times of `profile` on `graph`.
    ///
    /// `length × pace of the slope / speed` rounded to the millisecond, plus fixed times (lifts, ferries, waits at crossings);
    /// see [`WalkProfile`]. Where no heights are known the pace is 1.
    pub fn new(graph: &StreetGraph, profile: &WalkProfile) -> Self {
        let slots = slots_of(graph, |edge| times(graph, edge, profile));
        let off_street = MetersPerSecond(profile.off_street_speed_m_s);
        Self { slots, off_street, packed: Packed::default() }
    }

    /// Times given edge by edge, `[forward, backward]`; [`WalkTime::UNREACHABLE`] where nobody may walk.
    pub fn from_times(
        graph: &StreetGraph,
        off_street: MetersPerSecond,
        times: impl Fn(EdgeId) -> [WalkTime; 2] + Sync,
    ) -> Self {
        let slots = slots_of(graph, |edge| times(edge).map(WalkTime::as_ms));
        Self { slots, off_street, packed: Packed::default() }
    }

    /// For every node the arcs one may leave by; `graph` is the one this was made for.
    pub fn leaving_tracks(&self, graph: &StreetGraph) -> &Tracks {
        self.packed.leaving.get_or_init(|| Tracks::pack(graph, |slot| self.slots[slot as usize]))
    }

    /// For every node the arcs one may arrive by, each with its other end and the time from there; `graph` is
    /// the one this was made for.
    pub fn arriving_tracks(&self, graph: &StreetGraph) -> &Tracks {
        self.uneven(graph).unwrap_or_else(|| self.leaving_tracks(graph))
    }

    /// Whether every edge takes the same time both ways; `graph` is the one this was made for.
    pub fn is_even(&self, graph: &StreetGraph) -> bool {
        self.uneven(graph).is_none()
    }

    /// The arcs one may arrive by, where they are others than those one may leave by.
    fn uneven(&self, graph: &StreetGraph) -> Option<&Tracks> {
        let arriving = self.packed.arriving.get_or_init(|| {
            let is_even = self.slots.chunks_exact(2).all(|ways| ways[0] == ways[1]);
            (!is_even).then(|| Tracks::pack(graph, |slot| self.slots[(slot ^ 1) as usize]))
        });
        arriving.as_ref()
    }

    /// Brings the times up to date after `graph` gained or lost its last edges, or `changed` edges changed.
    pub fn follow(&mut self, graph: &StreetGraph, profile: &WalkProfile, changed: &[EdgeId]) {
        self.slots.truncate(graph.edge_count() * 2);
        for &edge in changed {
            let slot = edge.0 as usize * 2;
            if let Some(known) = self.slots.get_mut(slot..slot + 2) {
                known.copy_from_slice(&times(graph, edge, profile));
            }
        }
        let added = (self.slots.len() / 2..graph.edge_count()).map(|edge| EdgeId(edge as u32));
        self.slots.extend(added.flat_map(|edge| times(graph, edge, profile)));
        self.packed = Packed::default();
    }

    /// Time along `edge` in its direction.
    pub fn forward(&self, edge: EdgeId) -> WalkTime {
        WalkTime::from_ms(self.slots[edge.0 as usize * 2])
    }

    /// Time along `edge` against its direction.
    pub fn backward(&self, edge: EdgeId) -> WalkTime {
        WalkTime::from_ms(self.slots[edge.0 as usize * 2 + 1])
    }

    /// Time of leaving over `arc`.
    pub fn leaving(&self, arc: Arc) -> WalkTime {
        WalkTime::from_ms(self.slots[arc.slot as usize])
    }

    /// Time of arriving over `arc`, from its target.
    pub fn arriving(&self, arc: Arc) -> WalkTime {
        WalkTime::from_ms(self.slots[(arc.slot ^ 1) as usize])
    }

    /// Whether the walker may use `edge` in some direction.
    pub fn is_walkable(&self, edge: EdgeId) -> bool {
        self.forward(edge).is_reachable() || self.backward(edge).is_reachable()
    }

    /// Time of an access leg of `mm` millimetres.
    pub fn access(&self, mm: u32) -> WalkTime {
        self.off_street.time_for_mm(mm)
    }
}

/// `[forward, backward]` of every edge, one after the other.
fn slots_of(graph: &StreetGraph, times: impl Fn(EdgeId) -> [u32; 2] + Sync) -> Vec<u32> {
    let edges = 0..graph.edge_count() as u32;
    let both: Vec<[u32; 2]> = edges.into_par_iter().map(|edge| times(EdgeId(edge))).collect();
    both.into_flattened()
}

/// `[forward, backward]` of one edge in ms.
fn times(graph: &StreetGraph, id: EdgeId, profile: &WalkProfile) -> [u32; 2] {
    let edge = &graph.edges()[id];
    if !profile.may_walk(edge.class, edge.traits) {
        return [u32::MAX; 2];
    }
    let speed = profile.speed_on(edge.class, edge.traits);
    let fixed = profile.fixed_time(edge.class, edge.traits);
    let barred = |what, mm: f64| {
        if edge.traits.contains(what) { u32::MAX } else { speed.time_for(mm).plus(fixed).as_ms() }
    };
    let sloping = !profile.slope.is_level() && has_slope(edge.class);
    let along = if sloping { graph.heights_along(id) } else { None };
    let [forward, backward] = match along {
        None => [f64::from(edge.length_mm); 2],
        Some(along) if is_too_steep(edge, along, &profile.slope) => return [u32::MAX; 2],
        Some(along) => level_lengths(edge, along, &profile.slope),
    };
    [barred(StreetTraits::BACKWARD_ONLY, forward), barred(StreetTraits::FORWARD_ONLY, backward)]
}

/// Where the parts of an edge begin, and where the last one ends: whole millimetres that add up to its length.
fn part_start(edge: &Edge, along: Along<'_>, part: usize) -> f64 {
    (u64::from(edge.length_mm) * part as u64 / along.parts() as u64) as f64
}

/// Millimetres of level street that take as long as the edge, forward and backward.
fn level_lengths(edge: &Edge, along: Along<'_>, slope: &Slope) -> [f64; 2] {
    let mut lengths = [0.0; 2];
    for part in 0..along.parts() {
        let length = part_start(edge, along, part + 1) - part_start(edge, along, part);
        if length > 0.0 {
            let rise = f64::from(along.height(part + 1)) - f64::from(along.height(part));
            let grade = rise * 10.0 / length;
            lengths[0] += length * slope.pace(grade);
            lengths[1] += length * slope.pace(-grade);
        }
    }
    lengths
}

/// Whether a stretch of the edge is too steep: from each height on, the shortest stretch of whole parts that is
/// long enough to count.
fn is_too_steep(edge: &Edge, along: Along<'_>, slope: &Slope) -> bool {
    let Slope { hard_limit: Some(_), hard_run_m, .. } = *slope else { return false };
    (0..along.parts()).any(|first| {
        let start = part_start(edge, along, first);
        let ends = first + 1..=along.parts();
        let stretch = |end| part_start(edge, along, end) - start;
        let end = ends.into_iter().find(|&end| stretch(end) >= hard_run_m * 1000.0);
        end.is_some_and(|end| {
            let rise = f64::from(along.height(end)) - f64::from(along.height(first));
            slope.is_too_steep(rise * 10.0, stretch(end))
        })
    })
}

/// The part of `whole` that `part_mm` of `length_mm` millimetres takes: `whole × part ÷ length`, rounded half
/// up to the millisecond. A slope is spread evenly over its edge.
pub fn part_of(whole: WalkTime, part_mm: u32, length_mm: u32) -> WalkTime {
    if !whole.is_reachable() {
        return WalkTime::UNREACHABLE;
    }
    if length_mm == 0 {
        return if part_mm == 0 { WalkTime::ZERO } else { whole };
    }
    let product = u64::from(whole.as_ms()) * u64::from(part_mm.min(length_mm));
    WalkTime::from_ms(((product + u64::from(length_mm) / 2) / u64::from(length_mm)) as u32)
}
