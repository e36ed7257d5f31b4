//! Shapes that nobody draws but a file may hold: read, and the graph built, in time about linear in the file. The
//! limits are generous; a look at every pair takes a quarter of an hour.

use std::time::Instant;

use walkshed::import::osm::OsmExtract;
use walkshed::spatial::Area;
use walkshed::street::StreetGraph;

use super::{node, read, relation, way};

/// Reads a map and builds its graph within minutes, on a very busy machine without optimization.
fn quickly(what: &str, parts: &[String]) -> (OsmExtract, StreetGraph) {
    let started = Instant::now();
    let extract = read(parts);
    let graph = StreetGraph::build(&extract.streets);
    let _ = extract.buildings.iter().map(|building| building.outline.area_m2()).sum::<f64>();
    let _: Vec<_> =
        extract.basemap.green.iter().map(|green| Area::label_place(&green.area)).collect();
    let took = started.elapsed().as_secs_f64();
    assert!(took < 200.0, "{what}: {took} s");
    (extract, graph)
}

#[test]
fn a_way_that_runs_to_and_fro() {
    let refs: Vec<i64> = (0..20_001).map(|at| 1 + at % 2).collect();
    let (ends, path) = ([node(1, 0.0, 0.0, ""), node(2, 1.0, 1.0, "")], &[1, 2]);
    for tags in [
        "highway=footway",
        "highway=pedestrian area=yes",
        "highway=steps area=yes",
        "highway=elevator",
        "building=apartments",
        "building=school amenity=school",
        "leisure=park",
        "natural=water",
        "barrier=fence",
    ] {
        let mut parts = ends.to_vec();
        parts.extend([way(10, &refs, tags), way(11, path, "highway=residential")]);
        let (_, graph) = quickly(tags, &parts);
        assert!(graph.edge_count() > 0);
    }
}

#[test]
fn ten_thousand_ways_through_one_node() {
    let mut parts = vec![node(1, 0.0, 0.0, "")];
    for id in 2..10_002_i64 {
        let angle = id as f64;
        parts.push(node(id, angle.cos() * 3.0, angle.sin() * 3.0, ""));
        parts.push(way(id, &[id, 1], "highway=footway"));
    }
    assert_eq!(quickly("star of ways", &parts).1.edge_count(), 10_000);
    // The same around a node of a square.
    parts.extend([node(20_001, 1.0, 0.0, ""), node(20_002, 0.0, 1.0, "")]);
    parts.push(way(20_001, &[1, 20_001, 20_002, 1], "highway=pedestrian area=yes"));
    quickly("star of ways on a square", &parts);
}

/// A closed way over `corners` with a path to its first and to its middle corner.
fn ground(corners: &[(f64, f64)], tags: &str) -> Vec<String> {
    let mut parts: Vec<String> =
        corners.iter().zip(1..).map(|(&(x, y), id)| node(id, x, y, "")).collect();
    let count = corners.len() as i64;
    let ring: Vec<i64> = (1..=count).chain([1]).collect();
    parts.extend([
        node(count + 1, 9.0, 9.0, ""),
        way(count + 1, &ring, tags),
        way(count + 2, &[1, count + 1], "highway=footway"),
        way(count + 3, &[count / 2, count + 1], "highway=footway"),
    ]);
    parts
}

#[test]
fn squares_of_five_thousand_corners() {
    let spike = |at: i64| {
        let angle = at as f64 / 5_000.0 * std::f64::consts::TAU;
        let out = if at % 2 == 0 { 2.0 } else { 1.0 };
        (angle.cos() * out, angle.sin() * out)
    };
    let star: Vec<(f64, f64)> = (0..5_000).map(spike).collect();
    let arm = |at: i64, aside: f64| {
        let angle = at as f64 / 100.0 * std::f64::consts::TAU;
        let out = 0.2 + at as f64 / 2_500.0 * 4.0 + aside;
        (angle.cos() * out, angle.sin() * out)
    };
    let spiral: Vec<(f64, f64)> =
        (0..2_500).map(|at| arm(at, 0.0)).chain((0..2_500).rev().map(|at| arm(at, 0.05))).collect();
    let comb: Vec<(f64, f64)> = (0..5_000_i64)
        .map(|at| (at as f64 / 1_000.0, if at % 2 == 0 { 0.0 } else { 3.0 }))
        .chain([(5.0, 4.0), (0.0, 4.0)])
        .collect();
    for (what, corners) in [("star", &star), ("spiral", &spiral), ("comb", &comb)] {
        let (_, graph) = quickly(what, &ground(corners, "highway=pedestrian area=yes"));
        assert!(graph.edge_count() < 600_000, "{what}: {} edges", graph.edge_count());
    }
}

#[test]
fn a_multipolygon_of_two_thousand_rings() {
    for tags in ["highway=pedestrian", "building=yes", "natural=water"] {
        let mut parts = Vec::new();
        let mut members = Vec::new();
        let mut ring = |(x, y): (f64, f64), side: f64, role: &'static str| {
            let first = parts.len() as i64 + 1;
            let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)];
            for ((dx, dy), id) in corners.into_iter().zip(first..) {
                parts.push(node(id, x + dx, y + dy, ""));
            }
            parts.push(way(first, &[first, first + 1, first + 2, first + 3, first], ""));
            members.push((first, role));
        };
        for at in 0..1_000 {
            let corner = (f64::from(at % 40) * 0.1, f64::from(at / 40) * 0.1);
            ring(corner, 0.08, "outer");
            ring((corner.0 + 0.02, corner.1 + 0.02), 0.04, "inner");
        }
        parts.push(relation(1, &members, &format!("type=multipolygon {tags}")));
        parts.extend([node(90_001, -1.0, 0.0, ""), way(90_002, &[90_001, 1], "highway=footway")]);
        quickly(tags, &parts);
    }
}

#[test]
fn a_thousand_squares_on_one_spot() {
    let mut parts = Vec::new();
    for at in 0..1_000_i64 {
        let first = at * 4 + 1;
        let (x, y) = ((at % 37) as f64 * 0.01, (at % 53) as f64 * 0.01);
        for ((dx, dy), id) in
            [(0.0, 0.0), (2.0, 0.1), (2.1, 2.0), (0.1, 2.1)].into_iter().zip(first..)
        {
            parts.push(node(id, x + dx, y + dy, ""));
        }
        let ring = [first, first + 1, first + 2, first + 3, first];
        parts.push(way(first, &ring, "highway=pedestrian area=yes"));
    }
    parts.extend([node(90_001, -1.0, 0.0, ""), way(90_002, &[90_001, 1], "highway=footway")]);
    quickly("heap of squares", &parts);
}
