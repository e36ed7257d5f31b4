//! What stands on open ground and around its edge: walked around as closely as can be, and not through.

use super::squares::{Net, at, near};
use super::{node, read, way};

/// Turns a place around the middle of the square, a quarter at a time.
fn turned((x, y): (f64, f64), quarters: usize) -> (f64, f64) {
    (0..quarters).fold((x, y), |(x, y), _| (4.0 - y, x))
}

/// Metres from one side of a square to the other past a line over `corners`, all turned by some quarters; closed
/// lines end as they begin.
fn past(corners: &[(f64, f64)], tags: &str, quarters: usize) -> Option<f64> {
    let turn = |place| turned(place, quarters);
    let spots = [
        (0.0, 0.0),
        (4.0, 0.0),
        (4.0, 2.0),
        (4.0, 4.0),
        (0.0, 4.0),
        (0.0, 2.0),
        (-1.0, 2.0),
        (5.0, 2.0),
    ];
    let nodes = spots.into_iter().zip(1..).chain(corners.iter().copied().zip(50..));
    let mut parts: Vec<String> =
        nodes.map(|(place, id)| (turn(place), id)).map(|((x, y), id)| node(id, x, y, "")).collect();
    let mut refs: Vec<i64> = (50..).take(corners.len()).collect();
    if corners.len() > 2 && corners.first() == corners.last() {
        refs.pop();
        refs.push(50);
    }
    parts.extend([
        way(10, &[1, 2, 3, 4, 5, 6, 1], "highway=pedestrian area=yes"),
        way(11, &[7, 6], "highway=footway"),
        way(12, &[3, 8], "highway=footway"),
        way(13, &refs, tags),
    ]);
    let (from, to) = (turn((-1.0, 2.0)), turn((5.0, 2.0)));
    Net::of(&read(&parts), |_, _| true).walk(at(from.0, from.1), at(to.0, to.1))
}

fn ring(west: f64, south: f64, east: f64, north: f64) -> Vec<(f64, f64)> {
    vec![(west, south), (east, south), (east, north), (west, north), (west, south)]
}

#[test]
fn one_walks_along_a_building_on_each_of_its_sides() {
    let right = 3.0 + 2.0 * 1.5_f64.hypot(0.5);
    for quarters in 0..4 {
        for tags in ["building=yes", "natural=water", "highway=steps area=yes"] {
            near(past(&ring(1.5, 1.5, 2.5, 3.5), tags, quarters).unwrap(), right);
        }
    }
}

#[test]
fn one_turns_where_a_wall_bends() {
    let bent = [(1.0, -1.0), (2.0, 3.0), (3.0, -1.0)];
    for quarters in 0..4 {
        for tags in ["barrier=wall", "barrier=hedge"] {
            near(past(&bent, tags, quarters).unwrap(), 2.0 + 2.0 * 2_f64.hypot(1.0));
            let around = 2.0 + 2.0 + 2.0 * 2_f64.sqrt();
            near(past(&ring(1.0, 1.0, 3.0, 3.0), tags, quarters).unwrap(), around);
        }
    }
}
