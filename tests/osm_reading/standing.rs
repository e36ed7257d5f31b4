//! What stands on open ground and around its edge: walked around as closely as can be, and not through.

use super::squares::{Net, at, near};
use super::{node, read, square, way};

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

#[test]
fn the_outline_of_a_square_leads_through_nothing() {
    let across = [(2.0, -1.0), (2.0, 5.0)];
    // Over a place that is put into the edge where a home may be.
    let at_a_stop = [(1.8 + 0.18, -1.0), (1.8 + 0.18, 5.0)];
    for quarters in 0..4 {
        for tags in ["barrier=fence", "waterway=canal", "railway=rail"] {
            assert_eq!(past(&across, tags, quarters), None, "{tags}");
            assert_eq!(past(&at_a_stop, tags, quarters), None, "{tags}");
            assert_eq!(past(&[(1.0, -1.0), (3.0, 5.0)], tags, quarters), None, "{tags}");
        }
        for tags in ["building=yes", "natural=water"] {
            assert_eq!(past(&ring(1.8, -1.0, 2.2, 5.0), tags, quarters), None, "{tags}");
        }
        // Past what stands on one edge one walks on the other side of it.
        let right = 3.0 + 2.0 * 1.5_f64.hypot(0.5);
        near(past(&ring(1.5, 1.5, 2.5, 5.0), "building=yes", quarters).unwrap(), right);
        // Nothing of the outline is lost where something stands beside it.
        near(past(&ring(1.0, 4.0, 3.0, 5.0), "building=yes", quarters).unwrap(), 6.0);
        assert!(past(&across, "waterway=stream", quarters).is_some());
    }
}

#[test]
fn a_passage_that_ends_below_a_building_leads_to_the_square() {
    // The building is drawn a little over the eastern edge; the way through it ends on that edge.
    let reached = past(&ring(3.9, -1.0, 4.5, 5.0), "building=yes", 0).unwrap();
    assert!((6.0..11.0).contains(&(reached / super::squares::UNIT_M)), "{reached}");
}

#[test]
fn a_line_beside_the_outline_leaves_each_side_of_it() {
    let (mut parts, ring) = square(1, 0.0, 0.0, 4.0);
    parts.extend([
        node(11, -1.0, 0.0, ""),
        node(12, 5.0, 0.0, ""),
        node(50, 3.0, -1.0, ""),
        node(51, 3.0, 5.0, ""),
        way(10, &ring, "highway=pedestrian area=yes"),
        way(11, &[11, 1], "highway=footway"),
        way(12, &[2, 12], "highway=footway"),
        way(13, &[50, 51], "barrier=wall"),
    ]);
    let net = Net::of(&read(&parts), |_, _| true);
    // To a hand's breadth before the wall.
    let reached = |from: (f64, f64)| {
        let ends = net.places.iter().filter(|place| place.lat_e7() == 0);
        let places = ends.filter(|&&place| net.walk(at(from.0, from.1), place).is_some());
        let lons: Vec<i32> = places.map(|place| place.lon_e7()).collect();
        (lons.iter().copied().min().unwrap(), lons.iter().copied().max().unwrap())
    };
    assert_eq!(reached((-1.0, 0.0)), (-10_000, 29_990));
    assert_eq!(reached((5.0, 0.0)), (30_010, 50_000));
}
