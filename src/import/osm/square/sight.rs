//! Does a straight line between two places stay on open ground? Crossings are told in whole 1e-7 degrees, without
//! rounding.

use std::collections::BTreeSet;

use super::grid::{Point, SegmentGrid, cross, lies_between, side};

/// Whose edge a wall is: of the rim of the ground.
pub(super) const RIM: u32 = 0;
/// Whose edge a wall is: nobody's, it has no inside.
pub(super) const LINE: u32 = u32::MAX;

/// A straight piece that cannot be crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wall {
    pub(super) ends: [Point; 2],
    /// [`RIM`], [`LINE`], or the number of the thing whose outline it is.
    pub(super) owner: u32,
}

/// The edges around and on a piece of open ground.
pub(super) struct Sight {
    walls: Vec<Wall>,
    grid: SegmentGrid,
}

/// What a straight piece of an outline meets on its way, the rim left out. Shares of it run from 0 to 1.
pub(super) struct Course {
    ends: [Point; 2],
    /// Where something begins or ends between its ends, in order, and whether a line crosses there.
    pub(super) breaks: Vec<(f64, bool)>,
    /// Whether a line crosses at its ends.
    pub(super) is_cut: [bool; 2],
    /// The walls that it runs along, and between which shares.
    along: Vec<(u32, [f64; 2])>,
}

impl Sight {
    /// Ground within the rim among `walls` and outside the things that the others go round; of rings inside each
    /// other every second bounds a hole.
    pub(super) fn new(walls: Vec<Wall>) -> Self {
        let pieces: Vec<[Point; 2]> = walls.iter().map(|wall| wall.ends).collect();
        Self { grid: SegmentGrid::new(&pieces), walls }
    }

    /// Whether the straight line lies on the ground and meets no wall between its ends; one that runs along walls
    /// needs ground on one side. A line that touches a corner on its way is none: the two lines to that corner are
    /// there instead.
    pub(super) fn is_clear(&self, a: Point, b: Point) -> bool {
        let ends = [a, b];
        let mut along: Vec<u32> = Vec::new();
        let meets = |wall: u32| {
            let other = self.walls[wall as usize].ends;
            if side(a, b, other[0]) * side(a, b, other[1]) > 0 {
                return false;
            }
            if other.iter().any(|&corner| lies_between(ends, corner)) {
                return true;
            }
            if runs_along(other, ends) {
                along.push(wall);
            }
            cross(ends, other)
        };
        if a == b || self.grid.any_along(ends, meets) {
            return false;
        }
        let origin = self.grid.origin();
        let middle =
            [(a.0 + b.0 - 2 * origin.0) as f64 / 2.0, (a.1 + b.1 - 2 * origin.1) as f64 / 2.0];
        let is_open = |is_before| self.owners_beside(middle, (&along, is_before)) == [RIM];
        is_open(false) || !along.is_empty() && is_open(true)
    }

    /// Whether a place is on the ground.
    pub(super) fn is_open_at(&self, place: Point) -> bool {
        let origin = self.grid.origin();
        let local = [(place.0 - origin.0) as f64, (place.1 - origin.1) as f64];
        self.owners_beside(local, (&[], false)) == [RIM]
    }

    /// Whether a place is inside the rim, whatever stands there.
    pub(super) fn is_within_rim(&self, place: Point) -> bool {
        let origin = self.grid.origin();
        let local = [(place.0 - origin.0) as f64, (place.1 - origin.1) as f64];
        self.owners_beside(local, (&[], false)).binary_search(&RIM).is_ok()
    }

    /// Whether anything stands on the ground.
    pub(super) fn is_stood_upon(&self) -> bool {
        self.walls.iter().any(|wall| wall.owner != RIM)
    }

    /// What the straight piece between `ends` meets.
    pub(super) fn course(&self, ends: [Point; 2]) -> Course {
        let mut near: BTreeSet<u32> = BTreeSet::new();
        self.grid.any_along(ends, |wall| {
            if self.walls[wall as usize].owner != RIM {
                near.insert(wall);
            }
            false
        });
        let mut course = Course { ends, breaks: Vec::new(), is_cut: [false; 2], along: Vec::new() };
        for wall in near {
            let Wall { ends: other, owner } = self.walls[wall as usize];
            let sides = other.map(|corner| side(ends[0], ends[1], corner));
            if sides == [0, 0] {
                course.along.push((wall, other.map(|corner| share_of(ends, corner))));
            } else if cross(ends, other) {
                course.breaks.push((share_of_crossing(ends, other), owner == LINE));
            } else if owner == LINE {
                for (is_cut, end) in course.is_cut.iter_mut().zip(ends) {
                    *is_cut |= lies_between(other, end);
                }
            }
            let touching = other.into_iter().filter(|&corner| lies_between(ends, corner));
            course.breaks.extend(touching.map(|corner| (share_of(ends, corner), false)));
        }
        course.breaks.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        course
    }

    /// Whether something stands on both sides of the place at `share` of a piece, which is no break of it.
    pub(super) fn is_stood_on(&self, course: &Course, share: f64) -> bool {
        let origin = self.grid.origin();
        let [a, b] = course.ends.map(|end| [(end.0 - origin.0) as f64, (end.1 - origin.1) as f64]);
        let local = [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
        let holds = |span: &[f64; 2]| (span[0] < share) != (span[1] < share);
        let along: Vec<u32> =
            course.along.iter().filter(|wall| holds(&wall.1)).map(|wall| wall.0).collect();
        let is_stood_on = |is_before| {
            let owners = self.owners_beside(local, (&along, is_before));
            owners.into_iter().any(|owner| owner != RIM)
        };
        is_stood_on(false) && (along.is_empty() || is_stood_on(true))
    }

    /// Those around whose inside a place beside one `local` to the origin lies, in order. `along` are the walls that
    /// run through that one: a hair after it is east of them, or north of level ones, a hair before it west or south.
    fn owners_beside(
        &self,
        [east, north]: [f64; 2],
        (along, is_before): (&[u32], bool),
    ) -> Vec<u32> {
        let origin = self.grid.origin();
        let is_above = |row: f64| row > north || is_before && row >= north;
        let mut passed: Vec<u32> = Vec::new();
        for &at in self.grid.in_row(north) {
            let Wall { ends, owner } = self.walls[at as usize];
            let [a, b] = ends.map(|end| [(end.0 - origin.0) as f64, (end.1 - origin.1) as f64]);
            if owner != LINE && is_above(a[1]) != is_above(b[1]) {
                let crossing = || a[0] + (b[0] - a[0]) * ((north - a[1]) / (b[1] - a[1]));
                // Those it lies on are told without rounding.
                let is_passed = if along.contains(&at) { is_before } else { crossing() > east };
                if is_passed {
                    passed.push(owner);
                }
            }
        }
        passed.sort_unstable();
        // Passed an odd number of times.
        let odd = passed.chunk_by(|a, b| a == b).filter(|run| run.len() % 2 == 1);
        odd.map(|run| run[0]).collect()
    }
}

/// How far along a segment the place beside it is.
fn share_of([a, b]: [Point; 2], place: Point) -> f64 {
    let [(x, y), (dx, dy)] = [(place.0 - a.0, place.1 - a.1), (b.0 - a.0, b.1 - a.1)]
        .map(|(east, north)| (east as f64, north as f64));
    (x * dx + y * dy) / (dx * dx + dy * dy).max(1.0)
}

/// How far along the first segment the second crosses it.
fn share_of_crossing([a, b]: [Point; 2], [p, q]: [Point; 2]) -> f64 {
    let [(dx, dy), (ex, ey), (x, y)] =
        [(b.0 - a.0, b.1 - a.1), (q.0 - p.0, q.1 - p.1), (p.0 - a.0, p.1 - a.1)]
            .map(|(east, north)| (east as f64, north as f64));
    (x * ey - y * ex) / (dx * ey - dy * ex)
}

/// Whether a segment, which has no end of the wall between its own, is a part of the wall.
fn runs_along([p, q]: [Point; 2], ends: [Point; 2]) -> bool {
    let is_on = |place: Point| place == p || place == q || lies_between([p, q], place);
    side(p, q, ends[0]) == 0 && ends.into_iter().all(is_on)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spatial::{Area, AreaPolygon, LonLat};

    fn ring(corners: &[Point]) -> Vec<Point> {
        corners.iter().chain(corners.first()).copied().collect()
    }

    fn walls(rings: &[Vec<Point>]) -> Vec<Wall> {
        let pairs = rings.iter().flat_map(|ring| ring.windows(2));
        pairs.map(|pair| Wall { ends: [pair[0], pair[1]], owner: RIM }).collect()
    }

    #[test]
    fn a_line_across_a_notch_leaves_the_ground() {
        // A square with a notch cut into its northern edge.
        let notched = [(0, 0), (8, 0), (8, 8), (5, 8), (4, 4), (3, 8), (0, 8)];
        let sight = Sight::new(walls(&[ring(&notched)]));
        assert!(!sight.is_clear((0, 0), (8, 8)), "through the tip of the notch at 4, 4");
        assert!(sight.is_clear((0, 0), (4, 4)) && sight.is_clear((4, 4), (8, 8)), "to the tip");
        assert!(!sight.is_clear((0, 8), (8, 8)), "over the notch");
        assert!(!sight.is_clear((3, 8), (5, 8)), "the mouth of the notch");
        assert!(sight.is_clear((4, 4), (4, 0)));
        assert!(sight.is_clear((0, 4), (8, 3)), "below the tip");
    }

    #[test]
    fn holes_things_and_fences_stand_in_the_way() {
        let outer = ring(&[(0, 0), (80, 0), (80, 80), (0, 80)]);
        let hole = ring(&[(30, 30), (50, 30), (50, 50), (30, 50)]);
        let mut built = walls(&[outer, hole]);
        let fence = Wall { ends: [(60, 0), (60, 70)], owner: LINE };
        built.push(fence);
        let kiosk = ring(&[(10, 60), (20, 60), (20, 70), (10, 70)]);
        built.extend(walls(&[kiosk]).into_iter().map(|wall| Wall { owner: 7, ..wall }));
        let sight = Sight::new(built);
        assert!(!sight.is_clear((0, 1), (80, 80)), "through the hole");
        assert!(sight.is_clear((0, 20), (59, 21)));
        assert!(!sight.is_clear((0, 20), (80, 21)), "through the fence");
        assert!(sight.is_clear((0, 75), (80, 76)), "past its end");
        assert!(!sight.is_clear((0, 65), (30, 66)), "through the kiosk");
        assert!(sight.is_clear((30, 5), (30, 30)) && sight.is_clear((30, 50), (30, 75)));
        assert!(!sight.is_clear((30, 5), (30, 75)), "along the edge of the hole: by its corners");
        assert!(sight.is_within_rim((15, 65)) && !sight.is_within_rim((40, 40)));
    }

    #[test]
    fn one_walks_along_each_edge_of_what_stands_there() {
        let outer = [(0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000)];
        // A kiosk, upright and askew, and one beside the first.
        let upright = [(200, 200), (300, 200), (300, 301), (200, 301)];
        let askew = [(600, 203), (707, 600), (311, 707), (204, 310)];
        let beside = [(300, 200), (400, 200), (400, 301), (300, 301)];
        for (thing, next) in [(upright, None), (askew, None), (upright, Some(beside))] {
            let mut built = walls(&[ring(&outer)]);
            for (ring, owner) in std::iter::once(thing).chain(next).map(|c| ring(&c)).zip(1..) {
                built.extend(walls(&[ring]).into_iter().map(|wall| Wall { owner, ..wall }));
            }
            let sight = Sight::new(built);
            for (a, b) in (0..4).map(|at| (thing[at], thing[(at + 1) % 4])) {
                let is_between = next.is_some() && a.0 == 300 && b.0 == 300;
                assert_eq!(sight.is_clear(a, b), !is_between, "{a:?} {b:?}");
                assert_eq!(sight.is_clear(b, a), !is_between, "{b:?} {a:?}");
            }
            assert!(!sight.is_clear(thing[0], thing[2]) && !sight.is_clear(thing[1], thing[3]));
        }
    }

    fn lonlat((x, y): Point) -> LonLat {
        LonLat::from_e7(x as i32, y as i32).unwrap()
    }

    proptest! {
        /// Random stars with a hole, against the geometry library: no grid, no whole numbers.
        #[test]
        fn the_answer_is_that_of_the_geometry_library(
            spokes in prop::collection::vec(2_i64..100, 5..40),
            hole in prop::collection::vec(1_i64..9, 3..8),
            from in 0_usize..48,
            to in 0_usize..48,
        ) {
            let star = |lengths: &[i64], scale: f64| -> Vec<Point> {
                let corner = |(at, &length): (usize, &i64)| {
                    let angle = at as f64 / lengths.len() as f64 * std::f64::consts::TAU;
                    let out = (length as f64 + 10.0) * scale;
                    ((angle.cos() * out) as i64, (angle.sin() * out) as i64)
                };
                let corners: Vec<Point> = lengths.iter().enumerate().map(corner).collect();
                ring(&corners)
            };
            let (outer, inner) = (star(&spokes, 99_991.0), star(&hole, 40_009.0));
            let corners: Vec<Point> =
                outer[1..].iter().chain(&inner[1..]).copied().collect();
            let (a, b) = (corners[from % corners.len()], corners[to % corners.len()]);
            let is_edge = |ring: &Vec<Point>| ring.windows(2).any(|pair| pair == [a, b] || pair == [b, a]);
            prop_assume!(a != b && !is_edge(&outer) && !is_edge(&inner));
            let touched = corners.iter().any(|&corner| lies_between([a, b], corner));
            let places = |ring: &[Point]| ring.iter().map(|&place| lonlat(place)).collect();
            let area = Area {
                polygons: vec![AreaPolygon { outer: places(&outer), holes: vec![places(&inner)] }],
            };
            let sight = Sight::new(walls(&[outer, inner]));
            let peer = area.contains_segment(lonlat(a), lonlat(b)) && !touched;
            prop_assert_eq!(sight.is_clear(a, b), peer);
        }
    }
}
