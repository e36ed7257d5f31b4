//! Heights sampled along the streets of a graph.
//!
//! Every node gets the height of its place. Between its ends an edge is divided into equal parts of at most
//! 30 m, and each inner height is the mean of five samples along the street within 12 m to both sides (a window
//! of 24 m), so that one odd sample does not make a ramp. On an even slope that changes nothing. Bridges,
//! tunnels and ways indoors do not follow the ground: they rise evenly between their ends, and where several
//! of them meet above or below the ground, at the mean of their other ends weighted by nearness. Stairs and lifts
//! lead to a bridge and do not bring it down, nor does a ramp that meets a bridge between its ends.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

use crate::ids::{EdgeId, Id, NodeId};
use crate::spatial::LonLat;
use crate::spatial::frame::ground_distance;

use super::graph::{Edge, StreetGraph, interpolate};
use super::heights::{Heights, UNKNOWN};
use super::slope::has_slope;
use super::{StreetClass, StreetTraits};

/// Longest part of an edge between two heights, in millimetres.
const STEP_MM: u32 = 30_000;
/// Where around an inner height samples are taken, in metres along the street.
const WINDOW_M: [f64; 5] = [-12.0, -6.0, 0.0, 6.0, 12.0];
/// Grade above which streets are hardly real, where heights are metres.
const STEEP_GRADE: f64 = 0.5;
/// No height on earth is beyond this many metres.
const HEIGHT_MAX_M: f64 = 1e6;
/// Rounds after which heights between bridges are good enough.
const ROUNDS_MAX: usize = 1_000;

/// What sampling found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeightsFound {
    /// Edges with an end of unknown height, taken as flat.
    pub unknown_edges: usize,
    /// Their length in millimetres.
    pub unknown_mm: u64,
    /// Length of all edges in millimetres.
    pub total_mm: u64,
    /// Length of edges whose slope matters and is above 50 % from end to end, in millimetres.
    pub steep_mm: u64,
    /// Lowest and highest known node in centimetres.
    pub range_cm: Option<(i32, i32)>,
}

impl StreetGraph {
    /// The same graph with heights from `sample`, which answers in metres.
    #[must_use]
    pub fn with_heights(
        mut self,
        sample: &(impl Fn(LonLat) -> Option<f64> + Sync),
    ) -> (Self, HeightsFound) {
        let spots = Spots::new(&self);
        let nodes_cm = node_heights(&self, &spots, sample);
        let edges: Vec<EdgeId> = self.edges.ids().collect();
        let inner: Vec<Vec<i32>> = edges
            .par_iter()
            .map(|&edge| {
                let Edge { from, to, .. } = self.edges[edge];
                // Between a deck and the ground a ramp rises evenly.
                let follows = spots.is_on_ground(from) && spots.is_on_ground(to);
                let heights = || inner_heights(&self, edge, &nodes_cm, sample);
                follows.then(heights).flatten().unwrap_or_default()
            })
            .collect();
        let mut first = Vec::with_capacity(edges.len() + 1);
        first.push(0);
        for heights in &inner {
            first.push(first.last().copied().unwrap_or(0) + heights.len() as u32);
        }
        let heights = Heights { nodes_cm, first, inner_cm: inner.concat() };
        let found = look_over(&self, &heights);
        self.heights = Some(heights);
        (self, found)
    }
}

/// Whether an edge joins two heights by its nature, whatever the ground does.
fn is_between_heights(edge: &Edge) -> bool {
    matches!(edge.class, StreetClass::Steps | StreetClass::Escalator | StreetClass::Elevator)
}

/// Whether an edge lies on the ground.
fn is_on_ground(edge: &Edge) -> bool {
    let apart = StreetTraits::BRIDGE | StreetTraits::TUNNEL | StreetTraits::INDOOR;
    let moving = matches!(
        edge.class,
        StreetClass::Elevator | StreetClass::Escalator | StreetClass::Corridor | StreetClass::Ferry
    );
    !moving && !edge.traits.intersects(apart)
}

fn centimetres(meters: f64) -> i32 {
    (meters.clamp(-HEIGHT_MAX_M, HEIGHT_MAX_M) * 100.0).round() as i32
}

/// Nodes that share a height, and which of them lie on the ground.
struct Spots {
    /// The spot of each node, which is one of the nodes.
    of: Vec<u32>,
    /// For each spot.
    on_ground: Vec<bool>,
}

impl Spots {
    fn new(graph: &StreetGraph) -> Self {
        // Nodes that a gate joins share their height; the landings of a lift do not.
        let mut joined = UnionFind::<u32>::new(graph.node_count());
        let is_gate = |edge: &&Edge| edge.length_mm == 0 && !is_between_heights(edge);
        for edge in graph.edges.iter().filter(is_gate) {
            joined.union(edge.from.0, edge.to.0);
        }
        let of = joined.into_labeling();
        let decks = decks_of(graph, &of);
        // What nothing but stairs meets lies on the ground as what a street meets does.
        let (mut is_met, mut is_off) = (vec![false; of.len()], vec![false; of.len()]);
        for edge in graph.edges.iter().filter(|edge| edge.length_mm > 0) {
            for node in [edge.from, edge.to] {
                let spot = of[node.index()] as usize;
                is_met[spot] |= is_on_ground(edge) && !is_between_heights(edge);
                is_off[spot] |= !is_on_ground(edge);
            }
        }
        let on_ground = (0..of.len()).map(|spot| !decks[spot] && (is_met[spot] || !is_off[spot]));
        Self { on_ground: on_ground.collect(), of }
    }

    fn of(&self, node: NodeId) -> u32 {
        self.of[node.index()]
    }

    fn is_on_ground(&self, node: NodeId) -> bool {
        self.on_ground[self.of(node) as usize]
    }
}

/// The spots between the ends of one bridge or tunnel: two parts of one way meet there.
fn decks_of(graph: &StreetGraph, spots: &[u32]) -> Vec<bool> {
    let apart = StreetTraits::BRIDGE | StreetTraits::TUNNEL;
    let is_deck = |edge: &&Edge| {
        edge.length_mm > 0 && edge.traits.intersects(apart) && !is_between_heights(edge)
    };
    let mut ends: Vec<(u32, i64)> = graph
        .edges
        .iter()
        .filter(is_deck)
        .flat_map(|edge| [edge.from, edge.to].map(|node| (spots[node.index()], edge.source_id)))
        .collect();
    ends.sort_unstable();
    let mut decks = vec![false; spots.len()];
    for pair in ends.windows(2).filter(|pair| pair[0] == pair[1]) {
        decks[pair[0].0 as usize] = true;
    }
    decks
}

/// The height of every node in centimetres.
fn node_heights(
    graph: &StreetGraph,
    spots: &Spots,
    sample: &(impl Fn(LonLat) -> Option<f64> + Sync),
) -> Vec<i32> {
    let sampled: Vec<Option<f64>> =
        graph.places.as_slice().par_iter().map(|&place| sample(place)).collect();
    let mut heights: Vec<Option<f64>> = sampled
        .iter()
        .zip(&spots.on_ground)
        .map(|(&height, &ground)| height.filter(|_| ground))
        .collect();
    hang_between(graph, spots, &mut heights);
    spots
        .of
        .iter()
        .map(|&spot| heights[spot as usize].or(sampled[spot as usize]).map_or(UNKNOWN, centimetres))
        .collect()
}

/// Gives the spots off the ground the mean of their neighbors, weighted by nearness, until nothing changes: along
/// a row of bridges that is an even rise. Where bridges meet, only bridges count.
fn hang_between(graph: &StreetGraph, spots: &Spots, heights: &mut [Option<f64>]) {
    let mut links: BTreeMap<u32, Vec<(u32, f64, bool)>> = BTreeMap::new();
    for edge in graph.edges.iter().filter(|edge| edge.length_mm > 0) {
        let (from, to) = (spots.of(edge.from), spots.of(edge.to));
        // Nearer than a metre counts as a metre, so that the rounds come to an end.
        let weight = 1.0 / f64::from(edge.length_mm.max(1000));
        let is_deck = !is_on_ground(edge) && !is_between_heights(edge);
        for (spot, other) in [(from, to), (to, from)] {
            if !spots.on_ground[spot as usize] && spot != other {
                links.entry(spot).or_default().push((other, weight, is_deck));
            }
        }
    }
    for others in links.values_mut() {
        if others.iter().any(|link| link.2) {
            others.retain(|link| link.2);
        }
    }
    for _ in 0..ROUNDS_MAX {
        let mut moved = 0.0_f64;
        for (&spot, others) in &links {
            let known = others
                .iter()
                .filter_map(|&(other, weight, _)| Some((heights[other as usize]?, weight)));
            let (sum, weights) = known.fold((0.0, 0.0), |(sum, all), (height, weight)| {
                (sum + height * weight, all + weight)
            });
            if weights > 0.0 {
                let height = sum / weights;
                let before = heights[spot as usize].replace(height);
                moved = moved.max(before.map_or(f64::INFINITY, |before| (height - before).abs()));
            }
        }
        if moved < 1e-4 {
            return;
        }
    }
}

/// The heights inside `edge`; `None` where it has none or they are not known.
fn inner_heights(
    graph: &StreetGraph,
    edge: EdgeId,
    nodes_cm: &[i32],
    sample: &(impl Fn(LonLat) -> Option<f64> + Sync),
) -> Option<Vec<i32>> {
    let street = &graph.edges[edge];
    let known = |node: NodeId| nodes_cm[node.index()] != UNKNOWN;
    let parts = street.length_mm.div_ceil(STEP_MM);
    if parts < 2 || !is_on_ground(street) || !known(street.from) || !known(street.to) {
        return None;
    }
    let line = Line::new(graph.shape(edge));
    (1..parts)
        .map(|part| {
            let middle = line.length * f64::from(part) / f64::from(parts);
            let sum: Option<f64> =
                WINDOW_M.iter().map(|offset| sample(line.place(middle + offset))).sum();
            Some(centimetres(sum? / WINDOW_M.len() as f64))
        })
        .collect()
}

/// A line measured on the ground.
struct Line<'a> {
    shape: &'a [LonLat],
    /// Metres from the beginning to each place.
    along: Vec<f64>,
    length: f64,
}

impl<'a> Line<'a> {
    fn new(shape: &'a [LonLat]) -> Self {
        let mut along = Vec::with_capacity(shape.len());
        let mut length = 0.0;
        along.push(0.0);
        for pair in shape.windows(2) {
            length += ground_distance(pair[0], pair[1]).0;
            along.push(length);
        }
        Self { shape, along, length }
    }

    /// The place `meters` from the beginning.
    fn place(&self, meters: f64) -> LonLat {
        let after = self.along.partition_point(|&at| at <= meters).clamp(1, self.shape.len() - 1);
        let (start, end) = (self.along[after - 1], self.along[after]);
        let part =
            if end > start { ((meters - start) / (end - start)).clamp(0.0, 1.0) } else { 0.0 };
        interpolate(self.shape[after - 1], self.shape[after], part)
    }
}

fn look_over(graph: &StreetGraph, heights: &Heights) -> HeightsFound {
    let mut found = HeightsFound::default();
    for (id, edge) in graph.edges.enumerate() {
        let length = graph.street_mm(id);
        found.total_mm += length;
        if let (Some(start), Some(end)) = (heights.node(edge.from), heights.node(edge.to)) {
            let rise_mm = (f64::from(end) - f64::from(start)) * 10.0;
            if has_slope(edge.class) && rise_mm.abs() > STEEP_GRADE * f64::from(edge.length_mm) {
                found.steep_mm += length;
            }
        } else {
            found.unknown_edges += 1;
            found.unknown_mm += length;
        }
    }
    let known = || heights.nodes_cm.iter().copied().filter(|&height| height != UNKNOWN);
    found.range_cm = known().min().zip(known().max());
    found
}
