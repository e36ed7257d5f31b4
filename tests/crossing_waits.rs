//! Waits at crossings: whole milliseconds on plain edges, where a way of walkers runs over a carriageway.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use crate::support;

use std::io::Write;

use walkshed::import::osm::{OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::progress::Silent;
use walkshed::reach::{Ground, NearestField, Seed, Seeds};
use walkshed::street::{
    EdgePosition, Impedance, StreetClass, StreetGraph, StreetOverlay, StreetTraits, WalkProfile,
};
use walkshed::units::{MetersPerSecond, WalkTime};

use support::walkers::adult;

/// Signals cost 20 s, other crossings 5.001 s: an odd number of milliseconds, so halves are rounded.
fn waiting() -> WalkProfile {
    WalkProfile { signal_wait_s: 20.0, crossing_wait_s: 5.001, ..adult() }
}

/// The graph of a map of nodes `id lon lat tags` (1e-4 degrees, some 11 m) and ways `id nodes tags`.
fn graph(nodes: &[(i64, i32, i32, &str)], ways: &[(i64, &[i64], &str)]) -> StreetGraph {
    let tags = |text: &str| -> String {
        let pairs = text.split_whitespace().map(|tag| tag.split_once('=').unwrap());
        pairs.fold(String::new(), |all, (key, value)| format!("{all}<tag k='{key}' v='{value}'/>"))
    };
    let mut parts = vec!["<osm version='0.6'>".to_owned()];
    for &(id, x, y, marks) in nodes {
        let (lon, lat) = (f64::from(x) / 1e4, f64::from(y) / 1e4);
        let tags = tags(marks);
        parts.push(format!("<node id='{id}' lon='{lon:.7}' lat='{lat:.7}'>{tags}</node>"));
    }
    for &(id, refs, marks) in ways {
        let refs = refs.iter().fold(String::new(), |all, id| format!("{all}<nd ref='{id}'/>"));
        parts.push(format!("<way id='{id}'>{refs}{}</way>", tags(marks)));
    }
    parts.push("</osm>".to_owned());
    let text = parts.concat();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let taxonomy = standard_functions().unwrap();
    let wants = OsmWants::new(&taxonomy, OsmParts::STREETS);
    StreetGraph::build(&read_osm(file.path(), &wants, &Silent).unwrap().streets)
}

/// Milliseconds from one corner of the map to another.
fn walk(graph: &StreetGraph, profile: &WalkProfile, from: (i32, i32), to: (i32, i32)) -> u32 {
    let impedance = Impedance::new(graph, profile);
    let at = |(x, y): (i32, i32)| -> EdgePosition {
        let is_there = |node: walkshed::ids::NodeId| {
            let place = graph.places()[node];
            (place.lon_e7(), place.lat_e7()) == (x * 1000, y * 1000)
        };
        let (edge, part) = graph
            .edges()
            .enumerate()
            .find(|(_, edge)| is_there(edge.from) || is_there(edge.to))
            .unwrap();
        EdgePosition { edge, offset_mm: if is_there(part.from) { 0 } else { part.length_mm } }
    };
    let seeds = Seeds::new(vec![Seed { position: at(to), access: WalkTime::ZERO, owner: 0 }]);
    let ground = Ground::toward(graph, &impedance);
    let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
    field.at(&ground, &seeds, at(from)).unwrap().0.as_ms()
}

/// Milliseconds that waits add to a walk.
fn wait(graph: &StreetGraph, from: (i32, i32), to: (i32, i32)) -> u32 {
    walk(graph, &waiting(), from, to) - walk(graph, &adult(), from, to)
}

const ROAD: (i64, &[i64], &str) = (10, &[1, 2, 3], "highway=primary");
const PATH: (i64, &[i64], &str) = (11, &[4, 2, 5], "highway=footway");

/// A road west to east, a path south to north over it; the crossing is tagged so.
fn cross(node_tags: &str, path_tags: &str) -> StreetGraph {
    graph(
        &[(1, 0, 5, ""), (2, 5, 5, node_tags), (3, 10, 5, ""), (4, 5, 0, ""), (5, 5, 10, "")],
        &[ROAD, (PATH.0, PATH.1, path_tags)],
    )
}

const WEST: (i32, i32) = (0, 5);
const EAST: (i32, i32) = (10, 5);
const SOUTH: (i32, i32) = (5, 0);
const NORTH: (i32, i32) = (5, 10);

#[test]
fn who_crosses_waits_once_and_who_walks_along_the_road_does_not() {
    // https://wiki.openstreetmap.org/wiki/Tag:highway=crossing
    let signals = cross("highway=crossing crossing=traffic_signals", PATH.2);
    assert_eq!(wait(&signals, SOUTH, NORTH), 20_000);
    assert_eq!(wait(&signals, NORTH, SOUTH), 20_000);
    assert_eq!(wait(&signals, WEST, EAST), 0);
    assert_eq!(wait(&signals, SOUTH, EAST), 10_000, "half a crossing is half a wait");
    // Half of 5,001 ms is 2,501 ms, rounded half up, twice.
    let plain = cross("highway=crossing", PATH.2);
    assert_eq!(wait(&plain, SOUTH, NORTH), 5_002);
}

#[test]
fn signals_of_the_junction_hold_walkers_too() {
    // https://wiki.openstreetmap.org/wiki/Tag:highway=traffic_signals
    assert_eq!(wait(&cross("highway=traffic_signals", PATH.2), SOUTH, NORTH), 20_000);
    assert_eq!(wait(&cross("highway=crossing crossing=no", PATH.2), SOUTH, NORTH), 0);
    assert_eq!(wait(&cross("", PATH.2), SOUTH, NORTH), 0);
}

#[test]
fn a_way_drawn_as_a_crossing_needs_no_tag_on_its_node() {
    // https://wiki.openstreetmap.org/wiki/Tag:footway=crossing
    let drawn = cross("", "highway=footway footway=crossing crossing=traffic_signals");
    assert_eq!(wait(&drawn, SOUTH, NORTH), 20_000);
    // The node says plain, the way says signals: signals.
    let both = cross("highway=crossing", "highway=footway footway=crossing crossing:signals=yes");
    assert_eq!(wait(&both, SOUTH, NORTH), 20_000);
}

#[test]
fn two_carriageways_are_two_waits() {
    let tags = "highway=crossing crossing=traffic_signals";
    let dual = graph(
        &[
            (1, 0, 4, ""),
            (2, 5, 4, tags),
            (3, 10, 4, ""),
            (6, 0, 6, ""),
            (7, 5, 6, tags),
            (8, 10, 6, ""),
            (4, 5, 0, ""),
            (5, 5, 10, ""),
        ],
        &[
            (10, &[1, 2, 3], "highway=primary oneway=yes"),
            (12, &[8, 7, 6], "highway=primary oneway=yes"),
            (11, &[4, 2, 7, 5], "highway=footway"),
        ],
    );
    assert_eq!(wait(&dual, SOUTH, NORTH), 40_000);
}

#[test]
fn a_road_that_nobody_may_walk_is_still_crossed() {
    let road = (10, ROAD.1, "highway=motorway");
    let nodes = [
        (1, 0, 5, ""),
        (2, 5, 5, "highway=crossing"),
        (3, 10, 5, ""),
        (4, 5, 0, ""),
        (5, 5, 10, ""),
    ];
    let map = graph(&nodes, &[road, PATH]);
    assert_eq!(wait(&map, SOUTH, NORTH), 5_002);
}

#[test]
fn a_cut_street_keeps_its_wait_at_its_own_end() {
    let map = cross("highway=crossing crossing=traffic_signals", PATH.2);
    let (edge, part) = map
        .edges()
        .enumerate()
        .find(|(_, edge)| edge.class == StreetClass::Footway)
        .map(|(id, edge)| (id, *edge))
        .unwrap();
    let mut overlay = StreetOverlay::new(&map);
    let middle = EdgePosition { edge, offset_mm: part.length_mm / 2 };
    let far = map.edges().enumerate().find(|(_, edge)| edge.class == StreetClass::Primary).unwrap();
    let end = EdgePosition { edge: far.0, offset_mm: 0 };
    let (a, b) = (map.place_at(middle.edge, middle.offset_mm), map.place_at(end.edge, 0));
    let street = walkshed::street::NewStreet {
        class: StreetClass::Footway,
        traits: StreetTraits::empty(),
        length_mm: 100_000,
        shape: vec![a, b],
    };
    overlay.link([middle, end], &street);
    let cut = overlay.graph();
    let waits: Vec<u32> = cut
        .edges()
        .iter()
        .filter(|piece| piece.source_id == part.source_id && piece.length_mm < part.length_mm)
        .map(|piece| waiting().fixed_time(piece.class, piece.traits).as_ms())
        .collect();
    assert_eq!(waits.len(), 2);
    assert_eq!(waits.iter().sum::<u32>(), 10_000, "one of the two pieces ends at the road");
}

#[test]
fn speed_does_not_change_a_wait_and_metres_have_none() {
    let map = cross("highway=crossing crossing=traffic_signals", PATH.2);
    let fast = waiting().at_speed(MetersPerSecond(2.0));
    let still = WalkProfile { signal_wait_s: 0.0, ..fast.clone() };
    assert_eq!(walk(&map, &fast, SOUTH, NORTH) - walk(&map, &still, SOUTH, NORTH), 20_000);
    let meters = waiting().metre_yardstick();
    assert_eq!(
        walk(&map, &meters, SOUTH, NORTH),
        walk(&map, &adult().metre_yardstick(), SOUTH, NORTH)
    );
}
