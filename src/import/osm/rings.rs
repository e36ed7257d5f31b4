//! Member ways → closed rings → areas (<https://wiki.openstreetmap.org/wiki/Relation:multipolygon>).

use std::collections::BTreeMap;

use super::locate::Ground;
use super::members::Role;
use super::scan::KeptRelation;
use crate::spatial::{Area, AreaPolygon, BoundingBox, BoxIndex, LocalFrame, LonLat, PlanarPoint};

/// Rings of a relation and how much of it is missing.
#[derive(Debug, Default)]
pub(super) struct Rings {
    pub(super) outer: Vec<Vec<u32>>,
    pub(super) inner: Vec<Vec<u32>>,
    /// Member ways that are not in the file, lack nodes, or do not close.
    pub(super) faults: usize,
    /// Places of members that are there, when no ring closes.
    pub(super) loose: Vec<u32>,
}

/// Joins the member ways of a relation by their end nodes.
pub(super) fn rings_of(ground: &Ground, relation: &KeptRelation) -> Rings {
    let mut rings = Rings::default();
    let mut outer = Vec::new();
    let mut inner = Vec::new();
    for &(id, role) in &relation.members {
        match ground.find_way(id) {
            Some(way) if ground.is_whole(way) => {
                let lines = if role == Role::Outer { &mut outer } else { &mut inner };
                lines.push(ground.slots(way));
            }
            Some(way) => {
                rings.faults += 1;
                rings
                    .loose
                    .extend(ground.slots(way).iter().filter(|&&slot| ground.place(slot).is_some()));
            }
            None => rings.faults += 1,
        }
    }
    let (closed, open) = join(&outer);
    rings.outer = closed;
    rings.faults += open.len();
    rings.loose.extend(open.into_iter().flatten());
    let (closed, open) = join(&inner);
    rings.inner = closed;
    rings.faults += open.len();
    rings
}

/// All rings of a relation, and how much is missing.
pub(super) fn slot_rings(ground: &Ground, relation: &KeptRelation) -> (Vec<Vec<u32>>, usize) {
    let mut rings = rings_of(ground, relation);
    rings.outer.append(&mut rings.inner);
    (rings.outer, rings.faults)
}

/// Joins lines end to end: closed rings, and what does not close.
fn join(lines: &[&[u32]]) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
    let mut by_end: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut used = vec![false; lines.len()];
    let (mut closed, mut open) = (Vec::new(), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        let ends = [line[0], line[line.len() - 1]];
        if ends[0] == ends[1] {
            used[at] = true;
            if line.len() >= 4 {
                closed.push(line.to_vec());
            }
            continue;
        }
        for end in ends {
            by_end.entry(end).or_default().push(at);
        }
    }
    // Candidates are taken from the back, in the order of the relation.
    for candidates in by_end.values_mut() {
        candidates.reverse();
    }
    for start in 0..lines.len() {
        if used[start] {
            continue;
        }
        used[start] = true;
        let mut ring = lines[start].to_vec();
        while let Some(end) = ring.last().copied()
            && ring[0] != end
            && let Some(next) = next_unused(&mut by_end, end, &used)
        {
            used[next] = true;
            append(&mut ring, lines[next], end);
        }
        let is_ring = ring.len() >= 4 && ring.first() == ring.last();
        if is_ring { closed.push(ring) } else { open.push(ring) }
    }
    (closed, open)
}

/// The next line at `end` that is not used yet.
fn next_unused(by_end: &mut BTreeMap<u32, Vec<usize>>, end: u32, used: &[bool]) -> Option<usize> {
    let candidates = by_end.get_mut(&end)?;
    while let Some(candidate) = candidates.pop() {
        if !used[candidate] {
            return Some(candidate);
        }
    }
    None
}

fn append(ring: &mut Vec<u32>, line: &[u32], end: u32) {
    if line[0] == end {
        ring.extend_from_slice(&line[1..]);
    } else {
        ring.extend(line.iter().rev().skip(1));
    }
}

/// The places of a ring of slots; consecutive doubles dropped, `None` when less than a triangle is left.
pub(super) fn ring_places(ground: &Ground, slots: &[u32]) -> Option<Vec<LonLat>> {
    let mut places: Vec<LonLat> =
        slots.iter().map(|&slot| ground.place(slot)).collect::<Option<_>>()?;
    places.dedup();
    (places.len() >= 4 && places.first() == places.last()).then_some(places)
}

/// The area of rings with roles; a hole goes to the outer ring around it. Rings over the antimeridian are cut
/// there.
pub(super) fn area_of(ground: &Ground, rings: &Rings) -> Option<Area> {
    let places = |slots: &Vec<u32>| ring_places(ground, slots);
    let mut polygons: Vec<AreaPolygon> = rings
        .outer
        .iter()
        .filter_map(places)
        .map(|outer| AreaPolygon { outer, holes: Vec::new() })
        .collect();
    let whole: Vec<Area> = match polygons.len() {
        // The usual case: there is nothing to choose.
        1 => Vec::new(),
        _ => polygons.iter().map(|polygon| Area::from_ring(polygon.outer.clone())).collect(),
    };
    let boxes = (0_u32..).zip(&whole).filter_map(|(at, area)| Some((at, area.bounding_box()?)));
    let index = BoxIndex::new(boxes);
    for hole in rings.inner.iter().filter_map(places) {
        // Two of its places tell, also when it touches the outline at one.
        let holds = |area: &Area| area.contains(hole[0]) && area.contains(hole[hole.len() / 2]);
        let spot = BoundingBox { min: hole[0], max: hole[0] };
        let mut near = index.touching(spot).into_iter().map(|at| at as usize);
        let at = if whole.is_empty() { Some(0) } else { near.find(|&at| holds(&whole[at])) };
        if let Some(polygon) = at.and_then(|at| polygons.get_mut(at)) {
            polygon.holes.push(hole);
        }
    }
    (!polygons.is_empty()).then(|| cut_at_antimeridian(Area { polygons }))
}

/// An area whose rings run over the antimeridian, cut into a part on either side.
pub(super) fn cut_at_antimeridian(area: Area) -> Area {
    let crosses = |ring: &[LonLat]| {
        ring.windows(2).any(|pair| pair[0].lon_e7().abs_diff(pair[1].lon_e7()) > 1_800_000_000)
    };
    if !area.polygons.iter().any(|polygon| crosses(&polygon.outer)) {
        return area;
    }
    let mut polygons = Vec::new();
    for polygon in area.polygons {
        if !crosses(&polygon.outer) {
            polygons.push(polygon);
            continue;
        }
        for side in [Side::West, Side::East] {
            let Some(outer) = clip(&polygon.outer, side) else { continue };
            let holes = polygon.holes.iter().filter_map(|hole| clip(hole, side)).collect();
            polygons.push(AreaPolygon { outer, holes });
        }
    }
    Area { polygons }
}

/// Which part of a ring around longitude 180 is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Up to 180 degrees.
    West,
    /// From -180 degrees on.
    East,
}

/// The part of a ring on one side of the antimeridian (Sutherland and Hodgman's clip by one line).
fn clip(ring: &[LonLat], side: Side) -> Option<Vec<LonLat>> {
    const HALF: i64 = 1_800_000_000;
    const TURN: i64 = 3_600_000_000;
    // Longitudes from 0 to 360: the antimeridian is in the middle.
    let wide: Vec<(i64, i64)> = ring
        .iter()
        .map(|place| (i64::from(place.lon_e7()).rem_euclid(TURN), i64::from(place.lat_e7())))
        .collect();
    let inside = |point: &(i64, i64)| match side {
        Side::West => point.0 <= HALF,
        Side::East => point.0 >= HALF,
    };
    let mut kept: Vec<(i64, i64)> = Vec::new();
    for pair in wide.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if inside(&a) {
            kept.push(a);
        }
        if inside(&a) != inside(&b) && a.0 != b.0 {
            let lat = a.1 + (b.1 - a.1) * (HALF - a.0) / (b.0 - a.0);
            kept.push((HALF, lat));
        }
    }
    let turn = if side == Side::East { TURN } else { 0 };
    let mut places: Vec<LonLat> = kept
        .into_iter()
        .filter_map(|(lon, lat)| LonLat::from_e7(i32::try_from(lon - turn).ok()?, lat as i32))
        .collect();
    places.extend(places.first().copied());
    places.dedup();
    (places.len() >= 4).then_some(places)
}

/// The distance in metres from `place` to a line.
pub(super) fn distance_to_line_m(place: LonLat, line: &[LonLat]) -> f64 {
    let frame = LocalFrame::at(place);
    line.windows(2)
        .map(|pair| {
            let piece = (frame.to_planar(pair[0]), frame.to_planar(pair[1]));
            let (_, foot) = PlanarPoint::default().nearest_on(piece);
            foot.x.hypot(foot.y)
        })
        .fold(f64::INFINITY, f64::min)
}
/// The length of a line in metres.
pub(super) fn length_m(line: &[LonLat]) -> f64 {
    line.windows(2).map(|pair| crate::spatial::frame::ground_distance(pair[0], pair[1]).0).sum()
}
