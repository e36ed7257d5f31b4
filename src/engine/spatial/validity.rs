//! Whether an area is a valid polygon: exact in whole 1e-7 degrees, and quick on rings of many corners.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::area::Side;
use super::locator::StripedPolygon;
use super::{Area, LonLat};

/// Neighbors of an edge that are looked at, on average; beyond, an area is tangled.
const PAIRS_PER_EDGE: usize = 200;
/// Crossings an area may have, beside one for each edge, and still be mended.
const CROSSINGS_MAX: usize = 10_000;

/// What is wrong with an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Something that can be mended.
    Mendable(String),
    /// Rings that cross so often that mending has no bound.
    Tangled,
}

/// An edge with the ring it is of and its place in it; rings count through all polygons.
#[derive(Clone, Copy)]
struct Edge {
    from: LonLat,
    to: LonLat,
    polygon: usize,
    ring: usize,
    at: usize,
}

/// How two edges meet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meeting {
    Apart,
    Touch,
    Cross,
    Overlap,
}

/// The first fault of `area`: rings of less than three corners, rings that cross or touch themselves, that cross or
/// run along each other, holes outside or inside each other, parts inside each other.
pub(super) fn find_fault(area: &Area) -> Option<Fault> {
    if area.polygons.is_empty() {
        return Some(Fault::Mendable("it has no ring".to_owned()));
    }
    let rings = || area.polygons.iter().flat_map(|p| std::iter::once(&p.outer).chain(&p.holes));
    if let Some(short) = rings().find(|ring| ring.len() < 4 || ring.first() != ring.last()) {
        let place = short.first().map(|place| format!(" at {place}")).unwrap_or_default();
        let fault = format!("a ring{place} is not closed or has fewer than three corners");
        return Some(Fault::Mendable(fault));
    }
    find_crossing(&edges_of(area)).or_else(|| find_misplaced(area).map(Fault::Mendable))
}

fn edges_of(area: &Area) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut ring = 0;
    for (polygon, part) in area.polygons.iter().enumerate() {
        for places in std::iter::once(&part.outer).chain(&part.holes) {
            let mut corners = places.clone();
            corners.dedup();
            let pairs = corners.windows(2).enumerate();
            edges.extend(pairs.map(|(at, pair)| Edge {
                from: pair[0],
                to: pair[1],
                polygon,
                ring,
                at,
            }));
            ring += 1;
        }
    }
    edges
}

fn find_crossing(edges: &[Edge]) -> Option<Fault> {
    let corner = |place: LonLat| [place.lon_e7(), place.lat_e7()];
    let boxes = edges
        .iter()
        .enumerate()
        .map(|(id, e)| GeomWithData::new(Rectangle::from_corners(corner(e.from), corner(e.to)), id))
        .collect();
    let tree = RTree::bulk_load(boxes);
    let last_of_ring = last_places(edges);
    let (mut pairs, mut faults) = (0, 0);
    // The first by the order of the edges: a tree promises none.
    let mut first: Option<(usize, usize, String)> = None;
    for (id, edge) in edges.iter().enumerate() {
        let around = AABB::from_corners(corner(edge.from), corner(edge.to));
        for other in tree.locate_in_envelope_intersecting(around).map(|found| found.data) {
            pairs += 1;
            if other <= id {
                continue;
            }
            if let Some(fault) = judge(edge, &edges[other], &last_of_ring) {
                faults += 1;
                if first.as_ref().is_none_or(|&(a, b, _)| (id, other) < (a, b)) {
                    first = Some((id, other, fault));
                }
            }
        }
        if pairs > PAIRS_PER_EDGE * edges.len() + CROSSINGS_MAX
            || faults > CROSSINGS_MAX + edges.len()
        {
            return Some(Fault::Tangled);
        }
    }
    first.map(|(_, _, fault)| Fault::Mendable(fault))
}

/// Place of the last edge of each ring.
fn last_places(edges: &[Edge]) -> Vec<usize> {
    let mut last = Vec::new();
    for edge in edges {
        last.resize(last.len().max(edge.ring + 1), 0);
        last[edge.ring] = edge.at;
    }
    last
}

fn judge(edge: &Edge, other: &Edge, last_of_ring: &[usize]) -> Option<String> {
    let meeting = meet(edge, other);
    let same_ring = edge.ring == other.ring;
    let gap = edge.at.abs_diff(other.at);
    let neighbors = same_ring && (gap == 1 || gap == last_of_ring[edge.ring]);
    let how = match meeting {
        Meeting::Apart => return None,
        Meeting::Touch if !same_ring || neighbors => return None,
        Meeting::Touch => "touches itself",
        Meeting::Cross if same_ring => "crosses itself",
        Meeting::Overlap if same_ring => "runs back along itself",
        Meeting::Cross => "crosses another",
        Meeting::Overlap if edge.polygon == other.polygon => "runs along another",
        Meeting::Overlap => "runs along another part",
    };
    Some(format!("a ring {how} at {}", edge.from))
}

/// On which side of `from`–`to` the place lies: -1, 0 or 1.
fn side_of(from: LonLat, to: LonLat, place: LonLat) -> i128 {
    let offset = |other: LonLat| {
        let east = i64::from(other.lon_e7()) - i64::from(from.lon_e7());
        let north = i64::from(other.lat_e7()) - i64::from(from.lat_e7());
        (i128::from(east), i128::from(north))
    };
    let (along, aside) = (offset(to), offset(place));
    (along.0 * aside.1 - along.1 * aside.0).signum()
}

fn meet(e: &Edge, f: &Edge) -> Meeting {
    let (e_from, e_to) = (side_of(f.from, f.to, e.from), side_of(f.from, f.to, e.to));
    let (f_from, f_to) = (side_of(e.from, e.to, f.from), side_of(e.from, e.to, f.to));
    if [e_from, e_to, f_from, f_to] == [0; 4] {
        let low = e.from.min(e.to).max(f.from.min(f.to));
        let high = e.from.max(e.to).min(f.from.max(f.to));
        return match low.cmp(&high) {
            std::cmp::Ordering::Less => Meeting::Overlap,
            std::cmp::Ordering::Equal => Meeting::Touch,
            std::cmp::Ordering::Greater => Meeting::Apart,
        };
    }
    match (e_from * e_to, f_from * f_to) {
        (-1, -1) => Meeting::Cross,
        (1, _) | (_, 1) => Meeting::Apart,
        _ => Meeting::Touch,
    }
}

/// Holes outside their ring or inside another hole, and parts inside another part, where no edges cross.
fn find_misplaced(area: &Area) -> Option<String> {
    let striped: Vec<StripedPolygon> = area.polygons.iter().map(StripedPolygon::new).collect();
    let boxes = |places: &[LonLat]| {
        let bounds = super::BoundingBox::around(places.iter().copied())?;
        let corner = |place: LonLat| [place.lon_e7(), place.lat_e7()];
        Some(Rectangle::from_corners(corner(bounds.min), corner(bounds.max)))
    };
    let at = |place: LonLat| AABB::from_point([place.lon_e7(), place.lat_e7()]);
    let parts = area.polygons.iter().enumerate();
    let parts = RTree::bulk_load(
        parts.filter_map(|(id, p)| Some(GeomWithData::new(boxes(&p.outer)?, id))).collect(),
    );
    for (id, part) in area.polygons.iter().enumerate() {
        let holes = part.holes.iter().enumerate();
        let holes = RTree::bulk_load(
            holes.filter_map(|(id, hole)| Some(GeomWithData::new(boxes(hole)?, id))).collect(),
        );
        for (own, hole) in part.holes.iter().enumerate() {
            for &place in hole {
                if striped[id].outer.side(place) == Side::Outside {
                    return Some(format!("a hole lies outside its ring at {place}"));
                }
                let mut around = holes.locate_in_envelope_intersecting(at(place));
                if around
                    .any(|h| h.data != own && striped[id].holes[h.data].side(place) == Side::Inside)
                {
                    return Some(format!("a hole lies inside another at {place}"));
                }
            }
        }
        for &place in &part.outer {
            let mut around = parts.locate_in_envelope_intersecting(at(place));
            if around.any(|other| other.data != id && striped[other.data].holds_inside(place)) {
                return Some(format!("a part lies inside another at {place}"));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::AreaPolygon;
    use crate::spatial::area::ring_area_m2;
    use proptest::prelude::*;

    fn ring(corners: &[(i32, i32)]) -> Vec<LonLat> {
        let place = |&(x, y): &(i32, i32)| LonLat::from_e7(x * 1_000, y * 1_000).unwrap();
        corners.iter().chain(corners.first()).map(place).collect()
    }

    fn square(x: i32, y: i32, side: i32) -> Vec<LonLat> {
        ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
    }

    fn area(parts: &[(Vec<LonLat>, Vec<Vec<LonLat>>)]) -> Area {
        let part = |(outer, holes): &(Vec<LonLat>, Vec<Vec<LonLat>>)| AreaPolygon {
            outer: outer.clone(),
            holes: holes.clone(),
        };
        Area { polygons: parts.iter().map(part).collect() }
    }

    fn fault(parts: &[(Vec<LonLat>, Vec<Vec<LonLat>>)]) -> String {
        match find_fault(&area(parts)) {
            None => String::new(),
            Some(Fault::Mendable(text)) => text,
            Some(Fault::Tangled) => "tangled".to_owned(),
        }
    }

    #[test]
    fn valid_areas_have_no_fault() {
        let lake = vec![square(2, 2, 6)];
        for parts in [
            vec![(square(0, 0, 10), vec![])],
            vec![(square(0, 0, 10), lake.clone())],
            vec![(square(0, 0, 10), lake), (square(4, 4, 2), vec![])],
            vec![(square(0, 0, 10), vec![square(1, 1, 2), square(3, 3, 2)])],
            vec![(square(0, 0, 10), vec![]), (square(10, 10, 5), vec![])],
            vec![(square(0, 0, 10), vec![ring(&[(0, 0), (5, 2), (2, 5)])])],
        ] {
            assert_eq!(fault(&parts), "");
        }
    }

    #[test]
    fn each_fault_is_called_by_its_name() {
        let bow = ring(&[(0, 0), (10, 10), (10, 0), (0, 10)]);
        let pinched = ring(&[(0, 0), (10, 0), (5, 5), (10, 10), (0, 10), (5, 5)]);
        let spike = ring(&[(0, 0), (10, 0), (20, 0), (10, 0), (10, 10)]);
        for (parts, name) in [
            (vec![(bow, vec![])], "crosses itself"),
            (vec![(pinched, vec![])], "touches itself"),
            (vec![(spike, vec![])], "itself"),
            (vec![(square(0, 0, 10), vec![square(5, 5, 10)])], "crosses another"),
            (vec![(square(0, 0, 10), vec![square(0, 0, 5)])], "runs along another"),
            (vec![(square(0, 0, 10), vec![square(20, 0, 5)])], "hole lies outside"),
            (vec![(square(0, 0, 10), vec![square(1, 1, 6), square(2, 2, 2)])], "inside another"),
            (vec![(square(0, 0, 10), vec![]), (square(2, 2, 2), vec![])], "part lies inside"),
            (vec![(square(0, 0, 10), vec![]), (square(10, 0, 10), vec![])], "along another part"),
        ] {
            let found = fault(&parts);
            assert!(found.contains(name), "{found:?} is not {name:?}");
        }
    }

    #[test]
    fn a_tangle_is_given_up_on() {
        let tangle: Vec<(i32, i32)> =
            (0..2_000).map(|i| (i * 7_919 % 10_007, i * 104_729 % 10_009)).collect();
        assert_eq!(fault(&[(ring(&tangle), vec![])]), "tangled");
    }

    proptest! {
        #[test]
        fn a_ring_without_fault_is_left_alone_by_mending(
            corners in prop::collection::vec((0..12_i32, 0..12_i32), 3..9),
        ) {
            let area = area(&[(ring(&corners), vec![])]);
            if find_fault(&area).is_none() {
                let frame = crate::spatial::LocalFrame::at(LonLat::from_e7(0, 0).unwrap());
                let plain = ring_area_m2(&frame, &area.polygons[0].outer).abs();
                let mended = area.mended().map_or(0.0, |mended| mended.area_m2());
                prop_assert!((plain - mended).abs() < 1e-3 * plain.max(1.0), "{plain} {mended}");
            }
        }
    }
}
