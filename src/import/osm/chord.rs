//! Does a straight line between two corners of an area stay on it? In whole 1e-7 degrees, without rounding.

use crate::spatial::{Area, LonLat};

type Point = (i64, i64);

fn point(place: LonLat) -> Point {
    (i64::from(place.lon_e7()), i64::from(place.lat_e7()))
}

/// Which side of the line `a`–`b` the point `p` lies on: above 0 left, below 0 right, 0 on it.
fn side(a: Point, b: Point, p: Point) -> i64 {
    let cross = i128::from(b.0 - a.0) * i128::from(p.1 - a.1)
        - i128::from(b.1 - a.1) * i128::from(p.0 - a.0);
    cross.signum() as i64
}

/// Whether the segment `from`–`to` lies wholly on `area`, its edge included. A segment over the antimeridian
/// never does.
pub(super) fn stays_on(area: &Area, from: LonLat, to: LonLat) -> bool {
    let (a, b) = (point(from), point(to));
    if (a.0 - b.0).abs() > 1_800_000_000 {
        return false;
    }
    // How far along the segment a ring touches it, to look between the touches.
    let along = |p: Point| {
        let (dx, dy) = ((b.0 - a.0) as f64, (b.1 - a.1) as f64);
        ((p.0 - a.0) as f64 * dx + (p.1 - a.1) as f64 * dy) / (dx * dx + dy * dy)
    };
    let mut touches = vec![0.0, 1.0];
    let rings =
        area.polygons.iter().flat_map(|part| std::iter::once(&part.outer).chain(&part.holes));
    for pair in rings.flat_map(|ring| ring.windows(2)) {
        let (p, q) = (point(pair[0]), point(pair[1]));
        let (side_p, side_q) = (side(a, b, p), side(a, b, q));
        if side_p * side_q < 0 && side(p, q, a) * side(p, q, b) < 0 {
            return false;
        }
        if side_p == 0 {
            touches.push(along(p));
        }
    }
    touches.retain(|at| (0.0..=1.0).contains(at));
    touches.sort_by(f64::total_cmp);
    touches.windows(2).filter(|pair| pair[1] - pair[0] > 1e-12).all(|pair| {
        let at = f64::midpoint(pair[0], pair[1]);
        let mix = |a: i64, b: i64| (a as f64 + (b - a) as f64 * at).round() as i32;
        LonLat::from_e7(mix(a.0, b.0), mix(a.1, b.1)).is_some_and(|place| area.contains(place))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spatial::AreaPolygon;

    fn at(x: i32, y: i32) -> LonLat {
        LonLat::from_e7(x * 10_000, y * 10_000).unwrap()
    }

    fn ring(corners: &[(i32, i32)]) -> Vec<LonLat> {
        let mut ring: Vec<LonLat> = corners.iter().map(|&(x, y)| at(x, y)).collect();
        ring.push(ring[0]);
        ring
    }

    #[test]
    fn a_line_across_a_notch_leaves_the_area() {
        // A square with a notch cut into its northern edge.
        let area = Area::from_ring(ring(&[(0, 0), (8, 0), (8, 8), (5, 8), (4, 4), (3, 8), (0, 8)]));
        assert!(stays_on(&area, at(0, 0), at(8, 8)));
        assert!(!stays_on(&area, at(0, 8), at(8, 8)), "over the notch");
        assert!(!stays_on(&area, at(3, 8), at(5, 8)), "the mouth of the notch");
        assert!(stays_on(&area, at(4, 4), at(4, 0)));
        assert!(stays_on(&area, at(0, 4), at(8, 4)), "touches the tip of the notch");
    }

    #[test]
    fn a_line_through_a_hole_leaves_the_area() {
        let holes = vec![ring(&[(3, 3), (5, 3), (5, 5), (3, 5)])];
        let outer = ring(&[(0, 0), (8, 0), (8, 8), (0, 8)]);
        let area = Area { polygons: vec![AreaPolygon { outer, holes }] };
        assert!(!stays_on(&area, at(0, 0), at(8, 8)));
        assert!(stays_on(&area, at(0, 8), at(8, 7)));
        assert!(stays_on(&area, at(3, 0), at(3, 8)), "along the edge of the hole");
    }

    proptest! {
        #[test]
        fn the_answer_is_that_of_the_geometry_library(
            spokes in prop::collection::vec(2_i32..100, 5..12),
            from in 0_usize..12,
            to in 0_usize..12,
        ) {
            // A star-shaped ring around the origin.
            let count = spokes.len();
            let corners: Vec<(i32, i32)> = spokes
                .iter()
                .enumerate()
                .map(|(at, &radius)| {
                    let angle = at as f64 / count as f64 * std::f64::consts::TAU;
                    let scaled = f64::from(radius) * 10.0;
                    ((angle.cos() * scaled) as i32, (angle.sin() * scaled) as i32)
                })
                .collect();
            let area = Area::from_ring(ring(&corners));
            let [a, b] = [from, to].map(|corner| area.polygons[0].outer[corner % count]);
            let apart = (from % count).abs_diff(to % count);
            prop_assume!(apart > 1 && apart < count - 1);
            prop_assert_eq!(stays_on(&area, a, b), area.contains_segment(a, b));
        }
    }
}
