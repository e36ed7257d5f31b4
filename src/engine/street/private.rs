//! Private ground: one may leave it or arrive in it, never pass through.
//!
//! Ground is private where its streets are tagged so, and where streets can be reached from the rest of the
//! network only through private streets or private gates (an estate behind its gates). Ground with a single
//! way out needs nothing. Ground with several gets its streets twice: a *leaving* side, on which homes lie
//! and from which passages lead only outward, and an *entering* side, to which passages lead only inward. A
//! facility on such ground sits on both sides, so neighbours inside reach it too. Plain shortest paths on
//! the result then obey the rule, with any tool.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use super::StreetTraits;
use super::builder::RawGraph;
use crate::spatial::{LocalFrame, PlanarPoint};

/// Makes through walks over private ground impossible.
pub(super) fn forbid_passing_through(raw: &mut RawGraph) {
    if !raw.edges.iter().any(|edge| edge.traits.contains(StreetTraits::PRIVATE)) {
        return;
    }
    let is_private = find_private_edges(raw);
    let mut is_public_node = vec![false; raw.places.len()];
    for (index, edge) in raw.edges.iter().enumerate() {
        if !is_private[index] && is_open(edge.traits) {
            is_public_node[edge.from as usize] = true;
            is_public_node[edge.to as usize] = true;
        }
    }
    for edges in regions(raw, &is_private) {
        part_region(raw, &edges, &is_public_node);
    }
}

/// Whether an edge counts as a street at all when ground is divided.
fn is_open(traits: StreetTraits) -> bool {
    !traits.intersects(StreetTraits::CLOSED | StreetTraits::PLANNED)
}

/// Edges tagged private, and those of public streets enclosed by them.
fn find_private_edges(raw: &RawGraph) -> Vec<bool> {
    let tagged = |index: usize| raw.edges[index].traits.contains(StreetTraits::PRIVATE);
    let mut public = UnionFind::<u32>::new(raw.places.len());
    let mut whole = UnionFind::<u32>::new(raw.places.len());
    for (index, edge) in raw.edges.iter().enumerate() {
        if is_open(edge.traits) {
            whole.union(edge.from, edge.to);
            if !tagged(index) {
                public.union(edge.from, edge.to);
            }
        }
    }
    let mut parts: BTreeMap<(u32, u32), Part> = BTreeMap::new();
    let compass = compass();
    let Some(frame) = raw.places.first().map(|&first| LocalFrame::at(first)) else {
        return Vec::new();
    };
    for (index, edge) in raw.edges.iter().enumerate() {
        let is_street = !edge.traits.contains(StreetTraits::CHORD);
        if is_open(edge.traits) && !tagged(index) && is_street {
            let key = (whole.find(edge.from), public.find(edge.from));
            let ends = [edge.from, edge.to].map(|node| frame.to_planar(raw.places[node as usize]));
            parts.entry(key).or_default().add(edge.length_mm, (ends, &compass));
        }
    }
    let main_of = street_networks(&parts);
    let enclosed =
        |node: u32| main_of.get(&whole.find(node)).is_some_and(|&main| main != public.find(node));
    (0..raw.edges.len())
        .map(|index| {
            let edge = &raw.edges[index];
            is_open(edge.traits) && (tagged(index) || enclosed(edge.from))
        })
        .collect()
}

/// How much longer the longest part must be than another for its place not to matter.
const DWARFED: u64 = 20;

/// Directions in which it is asked how far streets spread.
const DIRECTIONS: usize = 64;
/// How much less far counts as far, in metres: places are rounded.
const AS_FAR_M: f64 = 0.5;

/// How far places spread in each of [`DIRECTIONS`], in metres.
#[derive(Clone, Copy, Debug)]
struct Spread([f64; DIRECTIONS]);

impl Default for Spread {
    fn default() -> Self {
        Self([f64::NEG_INFINITY; DIRECTIONS])
    }
}

/// The directions, as steps of a metre.
fn compass() -> [PlanarPoint; DIRECTIONS] {
    std::array::from_fn(|number| {
        let (y, x) = (number as f64 * std::f64::consts::TAU / DIRECTIONS as f64).sin_cos();
        PlanarPoint { x, y }
    })
}

impl Spread {
    fn add(&mut self, place: PlanarPoint, compass: &[PlanarPoint; DIRECTIONS]) {
        for (far, way) in self.0.iter_mut().zip(compass) {
            *far = far.max(way.x * place.x + way.y * place.y);
        }
    }

    fn with(mut self, other: &Self) -> Self {
        for (far, also) in self.0.iter_mut().zip(other.0) {
            *far = far.max(also);
        }
        self
    }

    /// In how many directions it goes as far as `all` does.
    fn reaches(&self, all: &Self) -> usize {
        self.0.iter().zip(all.0).filter(|&(own, all)| *own >= all - AS_FAR_M).count()
    }
}

/// A connected part of the public streets: how long, and how far it spreads.
#[derive(Clone, Debug, Default)]
struct Part {
    length_mm: u64,
    spread: Spread,
}

impl Part {
    fn add(
        &mut self,
        length_mm: u32,
        (ends, compass): ([PlanarPoint; 2], &[PlanarPoint; DIRECTIONS]),
    ) {
        self.length_mm += u64::from(length_mm);
        for end in ends {
            self.spread.add(end, compass);
        }
    }
}

/// Which public part of each connected whole is the street network; the others hang on it only through private
/// edges and are enclosed. It lies around what it encloses: the part that reaches the edge of the map in most
/// directions, of several the longest. A part that another dwarfs is not asked where it lies.
fn street_networks(parts: &BTreeMap<(u32, u32), Part>) -> BTreeMap<u32, u32> {
    let mut wholes: BTreeMap<u32, Vec<(u32, &Part)>> = BTreeMap::new();
    for (&(whole, part), told) in parts {
        wholes.entry(whole).or_default().push((part, told));
    }
    let main = |parts: &[(u32, &Part)]| {
        let all = parts.iter().fold(Spread::default(), |all, (_, part)| all.with(&part.spread));
        let longest = parts.iter().map(|part| part.1.length_mm).max()?;
        let rank =
            |(id, part): (u32, &Part)| (part.spread.reaches(&all), part.length_mm, Reverse(id));
        let counts = parts
            .iter()
            .copied()
            .filter(|part| part.1.length_mm * DWARFED > longest || longest == 0);
        counts.max_by_key(|&part| rank(part)).map(|part| part.0)
    };
    wholes.into_iter().filter_map(|(whole, parts)| Some((whole, main(&parts)?))).collect()
}

/// The private edges, grouped by connected ground, in edge order.
fn regions(raw: &RawGraph, is_private: &[bool]) -> Vec<Vec<u32>> {
    let mut joined = UnionFind::<u32>::new(raw.places.len());
    let private = || raw.edges.iter().enumerate().filter(|&(index, _)| is_private[index]);
    for (_, edge) in private() {
        joined.union(edge.from, edge.to);
    }
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (index, edge) in private() {
        groups.entry(joined.find(edge.from)).or_default().push(index as u32);
    }
    let mut groups: Vec<Vec<u32>> = groups.into_values().collect();
    groups.sort_unstable();
    groups
}

/// Gives a region with two or more ways out its leaving and entering sides.
fn part_region(raw: &mut RawGraph, edges: &[u32], is_public_node: &[bool]) {
    let inside: BTreeSet<u32> = edges
        .iter()
        .flat_map(|&e| [raw.edges[e as usize].from, raw.edges[e as usize].to])
        .collect();
    let gates: BTreeSet<u32> =
        inside.iter().copied().filter(|&node| is_public_node[node as usize]).collect();
    if gates.len() < 2 {
        return;
    }
    let leaving: BTreeMap<u32, u32> = inside
        .iter()
        .map(|&node| if gates.contains(&node) { (node, raw.copy_node(node)) } else { (node, node) })
        .collect();
    let entering: BTreeMap<u32, u32> =
        inside.iter().map(|&node| (node, raw.copy_node(node))).collect();
    for &index in edges {
        let mut twin = raw.edges[index as usize].clone();
        twin.from = entering[&twin.from];
        twin.to = entering[&twin.to];
        raw.twins.push((index, raw.edges.len() as u32));
        raw.edges.push(twin);
        let edge = &mut raw.edges[index as usize];
        edge.from = leaving[&edge.from];
        edge.to = leaving[&edge.to];
    }
    for gate in gates {
        raw.push_passage(
            leaving[&gate],
            gate,
            StreetTraits::PRIVATE | StreetTraits::FORWARD_ONLY,
            0,
        );
        raw.push_passage(
            gate,
            entering[&gate],
            StreetTraits::PRIVATE | StreetTraits::FORWARD_ONLY,
            0,
        );
    }
}
