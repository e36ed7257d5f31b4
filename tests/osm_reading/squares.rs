//! Open ground: what one walks over it, told by a slow search that knows nothing of how lines are chosen.

use std::collections::BTreeMap;

use proptest::prelude::*;
use walkshed::import::IssueKind;
use walkshed::import::osm::OsmExtract;
use walkshed::spatial::frame::ground_distance;
use walkshed::spatial::{Area, AreaPolygon, LonLat};
use walkshed::street::{StreetClass, StreetGraph, StreetTraits};

use super::{count, node, read, relation, square, way, ways};
use crate::support::cases;

/// Metres of one unit of [`node`] on the equator.
pub(super) const UNIT_M: f64 = 111.319_491;

pub(super) fn at(x: f64, y: f64) -> LonLat {
    LonLat::new((x * 1e4).round() / 1e7, (y * 1e4).round() / 1e7).unwrap()
}

/// Shortest ways between places by the plainest search over plain lines.
pub(super) struct Net {
    pub(super) places: Vec<LonLat>,
    arms: Vec<Vec<(usize, f64)>>,
}

impl Net {
    fn new(places: Vec<LonLat>, lines: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut arms = vec![Vec::new(); places.len()];
        for (a, b) in lines {
            let length = ground_distance(places[a], places[b]).0;
            arms[a].push((b, length));
            arms[b].push((a, length));
        }
        Self { places, arms }
    }

    /// Everything in `extract` that `takes`.
    pub(super) fn of(
        extract: &OsmExtract,
        takes: impl Fn(StreetClass, StreetTraits) -> bool,
    ) -> Self {
        let streets = &extract.streets;
        let ways = streets.ways.iter().filter(|way| takes(way.class, way.traits));
        let lines = ways.flat_map(|way| {
            let places = &streets.way_places[way.places.clone()];
            places.windows(2).map(|pair| (pair[0] as usize, pair[1] as usize))
        });
        Self::new(streets.places.clone(), lines)
    }

    /// Metres between two places; `None` when no way leads there.
    pub(super) fn walk(&self, from: LonLat, to: LonLat) -> Option<f64> {
        let spot = |place| self.places.iter().position(|&other| other == place).unwrap();
        let mut best = vec![f64::INFINITY; self.places.len()];
        let mut open = vec![spot(from)];
        best[open[0]] = 0.0;
        while let Some(node) = open.pop() {
            for &(next, length) in &self.arms[node] {
                if best[node] + length < best[next] - 1e-9 {
                    best[next] = best[node] + length;
                    open.push(next);
                }
            }
        }
        Some(best[spot(to)]).filter(|meters| meters.is_finite())
    }
}

fn walk(extract: &OsmExtract, from: (f64, f64), to: (f64, f64)) -> f64 {
    Net::of(extract, |_, _| true).walk(at(from.0, from.1), at(to.0, to.1)).unwrap()
}

pub(super) fn near(found: f64, units: f64) {
    let right = units * UNIT_M;
    // A unit of latitude is 0.7 % shorter.
    assert!((found / right - 1.0).abs() < 0.008, "{found} m, right is {right} m");
}

#[test]
fn one_walks_straight_across_a_square_and_around_its_hole() {
    let paths = [
        node(11, -1.0, 0.0, ""),
        node(13, 5.0, 4.0, ""),
        way(11, &[11, 1], "highway=footway"),
        way(13, &[13, 3], "highway=footway"),
    ];
    let (mut parts, ring) = square(1, 0.0, 0.0, 4.0);
    parts.extend(paths.clone());
    parts.push(way(10, &ring, "highway=pedestrian area=yes"));
    let extract = read(&parts);
    near(walk(&extract, (-1.0, 0.0), (5.0, 4.0)), 2.0 + 32_f64.sqrt());
    let lines = |extract: &OsmExtract| {
        let chord = |way: &&walkshed::street::StreetWay| way.traits.contains(StreetTraits::CHORD);
        extract.streets.ways.iter().filter(chord).count()
    };
    assert!(lines(&extract) > 0);

    // From corner to corner around a hole of half the width: by its two other corners.
    let (mut parts, outer) = square(1, 0.0, 0.0, 4.0);
    let (hole_nodes, hole) = square(5, 1.0, 1.0, 2.0);
    parts.extend(hole_nodes);
    parts.extend(paths);
    parts.extend([
        way(20, &outer, ""),
        way(21, &hole, ""),
        relation(7, &[(20, "outer"), (21, "inner")], "type=multipolygon highway=pedestrian"),
    ]);
    near(walk(&read(&parts), (-1.0, 0.0), (5.0, 4.0)), 2.0 + 2.0 * 10_f64.sqrt());
}

/// A round square with a way from every corner.
fn round(corners: u32) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut ring: Vec<i64> = Vec::new();
    for at in 0..corners {
        let angle = f64::from(at) / f64::from(corners) * std::f64::consts::TAU;
        let id = i64::from(at) + 1;
        parts.push(node(id, angle.cos(), angle.sin(), ""));
        parts.push(node(id + 100_000, 2.0 * angle.cos(), 2.0 * angle.sin(), ""));
        parts.push(way(id + 100_000, &[id, id + 100_000], "highway=footway"));
        ring.push(id);
    }
    ring.push(1);
    parts.push(way(10, &ring, "highway=pedestrian area=yes"));
    parts
}

#[test]
fn no_number_of_ways_that_reach_a_square_closes_it() {
    for corners in [24, 26, 60] {
        let extract = read(&round(corners));
        near(walk(&extract, (2.0, 0.0), (-2.0, 0.0)), 4.0);
        assert_eq!(count(&extract, IssueKind::Estimated), 0);
    }
    // So many that not all pairs are joined: said, and hardly longer.
    let extract = read(&round(1_400));
    let walked = walk(&extract, (2.0, 0.0), (-2.0, 0.0)) / UNIT_M;
    assert!(walked < 4.02, "{walked}");
    assert_eq!(count(&extract, IssueKind::Estimated), 1);
    assert!(extract.streets.ways.len() < 600_000);
}

#[test]
fn stairs_end_on_the_square_they_are_drawn_on_and_are_in_the_way() {
    // Stairs begin in the middle and lead down to a tunnel: a junction below that is not on the square.
    let (mut parts, ring) = square(1, 0.0, 0.0, 4.0);
    parts.extend([
        node(11, -1.0, 0.0, ""),
        node(20, 2.0, 2.0, ""),
        node(21, 3.0, 2.0, ""),
        node(22, 9.0, 2.0, ""),
        way(10, &ring, "highway=pedestrian area=yes"),
        way(11, &[11, 1], "highway=footway"),
        way(12, &[20, 21], "highway=steps"),
        way(13, &[21, 22], "highway=footway tunnel=yes layer=-1"),
    ]);
    let extract = read(&parts);
    near(walk(&extract, (-1.0, 0.0), (2.0, 2.0)), 1.0 + 8_f64.sqrt());
    near(walk(&extract, (-1.0, 0.0), (9.0, 2.0)), 1.0 + 8_f64.sqrt() + 7.0);
    // Past the stairs one goes around their end: from the middle of the southern edge to that of the northern.
    let (mut parts, mut ring) = square(1, 0.0, 0.0, 4.0);
    ring.splice(1..1, [30]);
    ring.splice(4..4, [31]);
    parts.extend([
        node(30, 2.5, 0.0, ""),
        node(31, 2.5, 4.0, ""),
        node(32, 2.5, -1.0, ""),
        node(33, 2.5, 5.0, ""),
        node(20, 2.0, 2.0, ""),
        node(21, 4.0, 2.0, ""),
        way(10, &ring, "highway=pedestrian area=yes"),
        way(14, &[32, 30], "highway=footway"),
        way(15, &[31, 33], "highway=footway"),
        way(12, &[20, 21], "highway=steps"),
    ]);
    near(walk(&read(&parts), (2.5, -1.0), (2.5, 5.0)), 2.0 + 2.0 * 4.25_f64.sqrt());
}

#[test]
fn what_stands_on_a_square_is_walked_around() {
    let with = |more: &[String]| {
        let (mut parts, _) = square(1, 0.0, 0.0, 4.0);
        parts.extend([
            node(30, 4.0, 2.0, ""),
            node(31, 0.0, 2.0, ""),
            node(32, 5.0, 2.0, ""),
            node(33, -1.0, 2.0, ""),
            way(10, &[1, 2, 30, 3, 4, 31, 1], "highway=pedestrian area=yes"),
            way(11, &[33, 31], "highway=footway"),
            way(12, &[30, 32], "highway=footway"),
        ]);
        parts.extend_from_slice(more);
        walk(&read(&parts), (-1.0, 2.0), (5.0, 2.0))
    };
    let around = 2.0 + 2.0 + 2.0 * 2_f64.sqrt();
    for (tags, right) in [
        ("building=church", around),
        ("natural=water", around),
        ("highway=steps area=yes", around),
        ("building=roof", 6.0),
        ("building=yes layer=1", 6.0),
        ("leisure=garden", 6.0),
    ] {
        let (mut parts, ring) = square(50, 1.0, 1.0, 2.0);
        parts.push(way(50, &ring, tags));
        near(with(&parts), right);
    }
    // A hall that the square is in stops nobody, nor a lake that holds its box but not the square.
    let (mut hall, ring) = square(50, -9.0, -9.0, 18.0);
    hall.push(way(50, &ring, "building=train_station"));
    near(with(&hall), 6.0);
    // A fence from beyond the southern edge: around its end, or through its gate.
    let fence = |gate: &str| {
        let ends = [node(50, 2.0, -0.5, ""), node(51, 2.0, 2.0, gate), node(52, 2.0, 3.5, "")];
        let mut parts = ends.to_vec();
        parts.push(way(50, &[50, 51, 52], "barrier=fence"));
        with(&parts)
    };
    near(fence(""), 2.0 + 5.0);
    near(fence("barrier=gate"), 6.0);
}

#[test]
fn squares_that_overlap_or_share_an_edge_are_one() {
    let ways_to = [
        node(30, -1.0, 0.0, ""),
        node(31, 8.0, 4.0, ""),
        way(30, &[30, 1], "highway=footway"),
        way(31, &[31, 13], "highway=footway"),
    ];
    // The second begins at 3 and is as high: their edges run along each other and cross nowhere but at the sides.
    let overlapping = |second: &str, low: f64, high: f64| {
        let (mut parts, ring) = square(1, 0.0, 0.0, 4.0);
        parts.extend(ways_to.clone());
        parts.extend([
            node(11, 3.0, low, ""),
            node(12, 7.0, low, ""),
            node(13, 7.0, high, ""),
            node(14, 3.0, high, ""),
            way(10, &ring, "highway=pedestrian area=yes"),
            way(11, &[11, 12, 13, 14, 11], second),
        ]);
        read(&parts)
    };
    let joined = overlapping("highway=pedestrian area=yes", 1.0, 3.0);
    near(walk(&joined, (-1.0, 0.0), (7.0, 3.0)), 1.0 + 58_f64.sqrt());
    // Another kind of ground: over a place where the edges cross, 4, 1 or 4, 3.
    let other = overlapping("highway=pedestrian area=yes wheelchair=no", 1.0, 3.0);
    let over = 17_f64.sqrt() + 13_f64.sqrt();
    near(walk(&other, (-1.0, 0.0), (7.0, 3.0)), 1.0 + over);
    // Another storey: no way at all.
    let above = overlapping("highway=pedestrian area=yes layer=1", 1.0, 3.0);
    assert_eq!(Net::of(&above, |_, _| true).walk(at(-1.0, 0.0), at(7.0, 3.0)), None);

    // Two halves that share the edge 2–3, and a third drawn twice.
    let (mut parts, first) = square(1, 0.0, 0.0, 4.0);
    parts.extend(ways_to);
    parts.extend([
        node(12, 7.0, 0.0, ""),
        node(13, 7.0, 4.0, ""),
        way(10, &first, "highway=pedestrian area=yes"),
        way(11, &[2, 12, 13, 3, 2], "highway=pedestrian area=yes"),
        way(12, &[2, 12, 13, 3, 2], "highway=pedestrian area=yes"),
    ]);
    near(walk(&read(&parts), (-1.0, 0.0), (7.0, 4.0)), 1.0 + 65_f64.sqrt());
}

#[test]
fn a_home_on_the_edge_of_a_square_is_reached_straight() {
    let (mut parts, ring) = square(1, 0.0, 0.0, 4.0);
    parts.extend([
        node(11, -1.0, 0.0, ""),
        way(10, &ring, "highway=pedestrian area=yes"),
        way(11, &[11, 1], "highway=footway"),
    ]);
    let extract = read(&parts);
    // Lines end along its edges, so that the long way around is nobody's.
    let net = Net::of(&extract, |_, _| true);
    let ends: Vec<f64> = extract
        .streets
        .places
        .iter()
        .filter(|place| place.lat_e7() == 40_000 && (1..40_000).contains(&place.lon_e7()))
        .map(|&place| {
            net.walk(at(0.0, 0.0), place).unwrap() - ground_distance(at(0.0, 0.0), place).0
        })
        .collect();
    assert!(ends.len() > 8, "{}", ends.len());
    assert!(ends.iter().all(|&longer| longer < 0.1), "{ends:?}");
}

#[test]
fn stairs_and_lifts_drawn_as_areas_stay_what_they_are() {
    let (mut parts, ring) = square(1, 0.0, 0.0, 1.0);
    parts.extend([
        node(11, -1.0, 0.0, ""),
        node(13, 2.0, 1.0, ""),
        way(11, &[11, 1], "highway=footway level=0"),
        way(13, &[13, 3], "highway=footway level=2"),
    ]);
    let drawn_on = |parts: &[String], tags: &str| {
        let mut parts = parts.to_vec();
        parts.push(way(10, &ring, tags));
        read(&parts)
    };
    let drawn = |tags: &str| drawn_on(&parts, tags);
    for tags in ["highway=steps area=yes", "highway=steps area=yes conveying=forward"] {
        let stairs = drawn(tags);
        let walked = Net::of(&stairs, |class, _| class != StreetClass::Plaza);
        near(walked.walk(at(-1.0, 0.0), at(2.0, 1.0)).unwrap(), 2.0 + 2_f64.sqrt());
        let flat = Net::of(&stairs, |class, _| class == StreetClass::Footway);
        assert_eq!(flat.walk(at(-1.0, 0.0), at(2.0, 1.0)), None);
    }
    for tags in ["highway=elevator area=yes", "highway=elevator"] {
        let lift: Vec<_> = ways(&drawn(tags)).into_iter().filter(|way| way.0 == 10).collect();
        assert_eq!(lift.len(), 1, "one ride and no walk around: {lift:?}");
    }
    let of_class = |extract: &OsmExtract, class| {
        extract.streets.ways.iter().filter(|way| way.class == class).count()
    };
    assert_eq!(of_class(&drawn("highway=elevator wheelchair=yes"), StreetClass::Elevator), 1);
    // Three storeys: each pair is one ride.
    let mut three = parts.clone();
    three.extend([node(12, 2.0, 0.0, ""), way(12, &[12, 2], "highway=footway level=4")]);
    let three = drawn_on(&three, "highway=elevator area=yes");
    assert_eq!(of_class(&three, StreetClass::Elevator), 3);
    let barred = drawn("highway=pedestrian area=yes wheelchair=no");
    let plaza = |way: &&walkshed::street::StreetWay| way.source_id == 10;
    assert!(
        barred
            .streets
            .ways
            .iter()
            .filter(plaza)
            .all(|way| way.traits.contains(StreetTraits::WHEELCHAIR_NO))
    );
}

#[test]
fn lines_over_a_square_are_no_length_of_street() {
    let (mut parts, ring) = square(1, 0.0, 0.0, 4.0);
    parts.extend([
        node(11, -1.0, 0.0, ""),
        node(13, 5.0, 4.0, ""),
        way(10, &ring, "highway=pedestrian area=yes"),
        way(11, &[11, 1], "highway=footway"),
        way(13, &[13, 3], "highway=footway"),
    ]);
    let graph = StreetGraph::build(&read(&parts).streets);
    assert!((graph.street_length().0 - 18.0 * UNIT_M).abs() < 20.0, "{}", graph.street_length().0);
}

/// A ragged square around a ragged hole, and which of its corners ways lead to.
#[derive(Clone, Debug)]
struct Ragged {
    outer: Vec<(f64, f64)>,
    hole: Vec<(f64, f64)>,
    entries: Vec<usize>,
}

fn star(lengths: &[u32], scale: f64) -> Vec<(f64, f64)> {
    let corner = |(at, &length): (usize, &u32)| {
        let angle = (at as f64 + 0.3) / lengths.len() as f64 * std::f64::consts::TAU;
        let round = |offset: f64| (offset * 1e4).round() / 1e4;
        let out = (f64::from(length) + 10.0) * scale;
        (round(angle.cos() * out), round(angle.sin() * out))
    };
    lengths.iter().enumerate().map(corner).collect()
}

fn ragged() -> impl Strategy<Value = Ragged> {
    let outer = prop::collection::vec(8_u32..90, 5..14);
    let hole = prop::collection::vec(1_u32..12, 3..7);
    (outer, hole, prop::collection::vec(0_usize..14, 2..6)).prop_map(|(outer, hole, entries)| {
        let count = outer.len();
        let mut entries: Vec<usize> = entries.into_iter().map(|entry| entry % count).collect();
        entries.sort_unstable();
        entries.dedup();
        Ragged { outer: star(&outer, 0.02), hole: star(&hole, 0.01), entries }
    })
}

impl Ragged {
    /// As a map: `entries` of the corners, the ring begun at `start`, with its hole or not.
    fn parts(&self, entries: &[usize], (start, holed): (usize, bool)) -> Vec<String> {
        let count = self.outer.len();
        let mut parts: Vec<String> = Vec::new();
        for (&(x, y), id) in self.outer.iter().zip(1..) {
            parts.push(node(id, x, y, ""));
        }
        for (&(x, y), id) in self.hole.iter().zip(101..) {
            parts.push(node(id, x, y, ""));
        }
        for &entry in entries {
            let (x, y) = self.outer[entry];
            let id = entry as i64 + 1;
            parts.push(node(id + 200, x * 3.0, y * 3.0, ""));
            parts.push(way(id + 200, &[id, id + 200], "highway=footway"));
        }
        let ring: Vec<i64> = (0..=count).map(|at| ((at + start) % count) as i64 + 1).collect();
        let hole: Vec<i64> =
            (0..=self.hole.len()).map(|at| (at % self.hole.len()) as i64 + 101).collect();
        parts.push(way(20, &ring, ""));
        parts.push(way(21, &hole, ""));
        let members = [(20, "outer"), (21, "inner")];
        let members = if holed { &members[..] } else { &members[..1] };
        parts.push(relation(7, members, "type=multipolygon highway=pedestrian area=yes"));
        parts
    }

    /// Walks between all entries.
    fn walks(&self, net: &Net) -> BTreeMap<(usize, usize), f64> {
        let place = |entry: usize| at(self.outer[entry].0, self.outer[entry].1);
        let pairs = self.entries.iter().flat_map(|&a| self.entries.iter().map(move |&b| (a, b)));
        pairs.map(|(a, b)| ((a, b), net.walk(place(a), place(b)).unwrap())).collect()
    }

    /// Every corner joined with every corner that it sees, by the geometry library.
    fn oracle(&self) -> Net {
        let places = |ring: &[(f64, f64)]| -> Vec<LonLat> {
            ring.iter().chain(ring.first()).map(|&(x, y)| at(x, y)).collect()
        };
        let (outer, hole) = (places(&self.outer), places(&self.hole));
        let area = Area {
            polygons: vec![AreaPolygon { outer: outer.clone(), holes: vec![hole.clone()] }],
        };
        let corners: Vec<LonLat> = outer[1..].iter().chain(&hole[1..]).copied().collect();
        let is_edge = |a: LonLat, b: LonLat| {
            let edges = outer.windows(2).chain(hole.windows(2));
            edges.into_iter().any(|pair| pair == [a, b] || pair == [b, a])
        };
        let count = corners.len();
        let pairs = (0..count).flat_map(|a| (0..a).map(move |b| (a, b)));
        let seen: Vec<(usize, usize)> = pairs
            .filter(|&(a, b)| {
                let (a, b) = (corners[a], corners[b]);
                is_edge(a, b) || area.contains_segment(a, b)
            })
            .collect();
        Net::new(corners, seen.into_iter())
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn walks_over_a_ragged_square_are_the_shortest_there_are(town in ragged()) {
        let extract = read(&town.parts(&town.entries, (0, true)));
        let found = town.walks(&Net::of(&extract, |class, _| class == StreetClass::Plaza));
        for (pair, right) in town.walks(&town.oracle()) {
            prop_assert!((found[&pair] - right).abs() < 0.05, "{pair:?}: {} is {right}", found[&pair]);
        }
    }

    #[test]
    fn where_a_ring_begins_changes_nothing(town in ragged(), start in 1_usize..14) {
        let (first, second) =
            (read(&town.parts(&town.entries, (0, true))), read(&town.parts(&town.entries, (start, true))));
        prop_assert_eq!(&first.streets.ways, &second.streets.ways);
        prop_assert_eq!(&first.streets.way_places, &second.streets.way_places);
        prop_assert_eq!(&first.streets.places, &second.streets.places);
    }

    #[test]
    fn an_entry_a_square_more_or_a_hole_less_lengthens_no_walk(
        town in ragged(),
        more in 0_usize..14,
        (east, north) in (-2.0..2.0_f64, -2.0..2.0_f64),
    ) {
        let all = |_: StreetClass, _: StreetTraits| true;
        let walks = |parts: &[String]| town.walks(&Net::of(&read(parts), all));
        let before = walks(&town.parts(&town.entries, (0, true)));
        let mut entries = town.entries.clone();
        entries.push(more % town.outer.len());
        entries.sort_unstable();
        entries.dedup();
        let mut with_square = town.parts(&town.entries, (0, true));
        for (corner, id) in town.outer.iter().zip(301..) {
            with_square.push(node(id, corner.0 + east, corner.1 + north, ""));
        }
        let ring: Vec<i64> = (301..301 + town.outer.len() as i64).chain([301]).collect();
        with_square.push(way(30, &ring, "highway=pedestrian area=yes"));
        let changed = [
            ("entry", walks(&town.parts(&entries, (0, true)))),
            ("hole", walks(&town.parts(&town.entries, (0, false)))),
            ("square", walks(&with_square)),
        ];
        for (what, after) in changed {
            for (pair, walked) in &before {
                prop_assert!(after[pair] < walked + 0.05, "{what}, {pair:?}: {} after {walked}", after[pair]);
            }
        }
    }
}
