//! Polygons on the ground.

use geo::{Contains, Intersects, MakeValid};

use super::validity::{Fault, find_fault};
use super::{BoundingBox, LocalFrame, LonLat, PlanarPoint};
use crate::units::Meters;

/// One polygon: an outer ring and holes, each closed (last place = first place).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AreaPolygon {
    /// Outer ring, closed, counter-clockwise in exports.
    pub outer: Vec<LonLat>,
    /// Rings of the holes, closed.
    pub holes: Vec<Vec<LonLat>>,
}

/// A polygon or several.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Area {
    /// The parts.
    pub polygons: Vec<AreaPolygon>,
}

impl Area {
    /// An area of one polygon without holes from a ring, which is closed if it is not.
    pub fn from_ring(mut ring: Vec<LonLat>) -> Self {
        if ring.first() != ring.last() {
            ring.extend(ring.first().copied());
        }
        Self { polygons: vec![AreaPolygon { outer: ring, holes: Vec::new() }] }
    }

    /// The box around all parts.
    pub fn bounding_box(&self) -> Option<BoundingBox> {
        BoundingBox::around(self.polygons.iter().flat_map(|polygon| polygon.outer.iter().copied()))
    }

    /// Whether `place` lies inside or on the boundary.
    pub fn contains(&self, place: LonLat) -> bool {
        self.polygons.iter().any(|polygon| {
            ring_side(&polygon.outer, place) != Side::Outside
                && polygon.holes.iter().all(|hole| ring_side(hole, place) != Side::Inside)
        })
    }

    /// Whether `place` lies inside, not on any ring.
    pub fn holds_inside(&self, place: LonLat) -> bool {
        self.polygons.iter().any(|polygon| {
            ring_side(&polygon.outer, place) == Side::Inside
                && polygon.holes.iter().all(|hole| ring_side(hole, place) == Side::Outside)
        })
    }

    /// Whether `place` lies inside, farther than `margin` from every ring.
    pub(crate) fn holds_deep(&self, place: LonLat, margin: Meters) -> bool {
        let frame = LocalFrame::at(place);
        let is_far = |pair: &[LonLat]| {
            let piece = (frame.to_planar(pair[0]), frame.to_planar(pair[1]));
            let (_, foot) = PlanarPoint::default().nearest_on(piece);
            foot.x * foot.x + foot.y * foot.y > margin.0 * margin.0
        };
        self.holds_inside(place) && self.rings().all(|ring| ring.windows(2).all(is_far))
    }

    /// All its rings, outer ones and holes.
    pub fn rings(&self) -> impl Iterator<Item = &[LonLat]> {
        self.polygons.iter().flat_map(|polygon| {
            std::iter::once(&polygon.outer).chain(&polygon.holes).map(Vec::as_slice)
        })
    }

    /// Ground area in square metres (holes taken off), in a frame at the middle of the box.
    pub fn area_m2(&self) -> f64 {
        let Some(bounds) = self.bounding_box() else { return 0.0 };
        let frame = LocalFrame::at(bounds.center());
        let ring = |ring: &[LonLat]| ring_area_m2(&frame, ring).abs();
        self.polygons
            .iter()
            .map(|p| ring(&p.outer) - p.holes.iter().map(|h| ring(h)).sum::<f64>())
            .sum()
    }

    /// A place inside for a label: the middle of the longest stretch of a line from west to east through the
    /// middle of the box, of the part where that is longest.
    pub fn label_place(&self) -> Option<LonLat> {
        let frame = LocalFrame::at(self.bounding_box()?.center());
        let parts = self.polygons.iter().filter_map(|part| longest_stretch(&frame, part));
        // Of equal ones the first.
        let longest = parts.reduce(|best, next| if next.1 > best.1 { next } else { best });
        frame.to_lonlat(longest?.0)
    }

    /// Why the area is not a valid polygon (self-crossing ring, hole outside …), or `None` when it is.
    pub fn find_fault(&self) -> Option<String> {
        find_fault(self).map(|fault| match fault {
            Fault::Mendable(text) => text,
            Fault::Tangled => "its rings cross too often".to_owned(),
        })
    }

    /// The same ground as a valid area, when it can be mended (a self-crossing ring is split); `None` also for
    /// rings that cross so often that mending has no bound. Its rings stand in one order, whatever order the
    /// library found them in.
    pub fn mended(&self) -> Option<Self> {
        if find_fault(self) == Some(Fault::Tangled) {
            return None;
        }
        let frame = LocalFrame::at(self.bounding_box()?.center());
        let mended = self.to_geo(&frame).make_valid().ok()?;
        let area = Self::from_geo(&frame, &mended).in_one_order();
        (!area.polygons.is_empty()).then_some(area)
    }

    /// The same rings in one order: outer rings counter-clockwise, holes clockwise, each from its least corner on;
    /// every hole in the smallest ring around it; parts and holes sorted.
    fn in_one_order(self) -> Self {
        let rings = self.polygons.into_iter().map(|part| (part.outer, part.holes));
        let (outers, holes): (Vec<Ring>, Vec<Vec<Ring>>) = rings.unzip();
        let order = |outer: &Ring| (twice_area_e7(outer).unsigned_abs(), from_least_corner(outer));
        let mut sized: Vec<(u128, Ring)> =
            outers.into_iter().map(turned).map(|ring| order(&ring)).collect();
        sized.sort();
        let mut polygons: Vec<AreaPolygon> =
            sized.into_iter().map(|(_, outer)| AreaPolygon { outer, holes: Vec::new() }).collect();
        for hole in holes.into_iter().flatten() {
            let mut hole = turned(hole);
            hole.reverse();
            let lies_in = |part: &&mut AreaPolygon| {
                let mut sides = hole.iter().map(|&place| ring_side(&part.outer, place));
                sides.find(|&side| side != Side::Boundary) == Some(Side::Inside)
            };
            if let Some(part) = polygons.iter_mut().find(lies_in) {
                part.holes.push(from_least_corner(&hole));
            }
        }
        for part in &mut polygons {
            part.holes.sort();
        }
        polygons.sort_by(|a, b| (&a.outer, &a.holes).cmp(&(&b.outer, &b.holes)));
        Self { polygons }
    }

    /// How far `place` lies from the nearest border, inside or outside; endless for an area without any.
    pub fn border_distance(&self, place: LonLat) -> Meters {
        let frame = LocalFrame::at(place);
        let rings =
            self.polygons.iter().flat_map(|part| std::iter::once(&part.outer).chain(&part.holes));
        let nearest = rings
            .flat_map(|ring| ring.windows(2))
            .map(|side| {
                let (a, b) = (frame.to_planar(side[0]), frame.to_planar(side[1]));
                let (dx, dy) = (b.x - a.x, b.y - a.y);
                let square = dx * dx + dy * dy;
                let along = if square > 0.0 { -(a.x * dx + a.y * dy) / square } else { 0.0 };
                let along = along.clamp(0.0, 1.0);
                (a.x + along * dx).hypot(a.y + along * dy)
            })
            .fold(f64::INFINITY, f64::min);
        Meters(nearest)
    }

    /// Whether two areas share ground.
    pub fn overlaps(&self, other: &Self) -> bool {
        let Some(bounds) = self.bounding_box() else { return false };
        let frame = LocalFrame::at(bounds.center());
        self.to_geo(&frame).intersects(&other.to_geo(&frame))
    }

    /// Whether the segment `from`–`to` lies wholly inside.
    pub fn contains_segment(&self, from: LonLat, to: LonLat) -> bool {
        let frame = LocalFrame::at(from);
        let (a, b) = (frame.to_planar(from), frame.to_planar(to));
        self.to_geo(&frame).contains(&geo::Line::new((a.x, a.y), (b.x, b.y)))
    }

    fn to_geo(&self, frame: &LocalFrame) -> geo::MultiPolygon<f64> {
        let line = |ring: &[LonLat]| -> geo::LineString<f64> {
            ring.iter()
                .map(|&place| frame.to_planar(place))
                .map(|p| geo::Coord { x: p.x, y: p.y })
                .collect()
        };
        self.polygons
            .iter()
            .map(|p| {
                geo::Polygon::new(line(&p.outer), p.holes.iter().map(|hole| line(hole)).collect())
            })
            .collect()
    }

    pub(super) fn from_geo(frame: &LocalFrame, shape: &geo::MultiPolygon<f64>) -> Self {
        let ring = |line: &geo::LineString<f64>| -> Vec<LonLat> {
            line.coords().filter_map(|c| frame.to_lonlat(PlanarPoint { x: c.x, y: c.y })).collect()
        };
        let polygons = shape
            .iter()
            .map(|p| AreaPolygon {
                outer: ring(p.exterior()),
                holes: p.interiors().iter().map(ring).collect(),
            })
            .filter(|p| p.outer.len() >= 4)
            .collect();
        Self { polygons }
    }
}

/// A closed ring.
type Ring = Vec<LonLat>;

/// Twice the signed area of a closed ring in square 1e-7 degrees, exact: positive when counter-clockwise.
fn twice_area_e7(ring: &[LonLat]) -> i128 {
    let at = |place: LonLat| (i128::from(place.lon_e7()), i128::from(place.lat_e7()));
    let cross = |pair: &[LonLat]| {
        let ((ax, ay), (bx, by)) = (at(pair[0]), at(pair[1]));
        ax * by - bx * ay
    };
    ring.windows(2).map(cross).sum()
}

/// A closed ring, turned counter-clockwise.
fn turned(mut ring: Ring) -> Ring {
    if twice_area_e7(&ring) < 0 {
        ring.reverse();
    }
    ring
}

/// A closed ring from its least corner on; where that corner comes twice, the least of the rings from it.
fn from_least_corner(ring: &[LonLat]) -> Ring {
    let corners = &ring[..ring.len().saturating_sub(1)];
    let from = |start: usize| corners[start..].iter().chain(&corners[..start]).copied();
    let least = corners.iter().min();
    let starts = (0..corners.len()).filter(|&at| Some(&corners[at]) == least);
    let mut turned: Ring =
        starts.map(|at| from(at).collect()).min().unwrap_or_else(|| corners.to_vec());
    turned.extend(turned.first().copied());
    turned
}

/// The middle of the longest stretch inside `part` of the line from west to east through the middle of its box,
/// and its length; a corner and 0 where it has no ground.
fn longest_stretch(frame: &LocalFrame, part: &AreaPolygon) -> Option<(PlanarPoint, f64)> {
    let planar = |ring: &Vec<LonLat>| -> Vec<PlanarPoint> {
        ring.iter().map(|&place| frame.to_planar(place)).collect()
    };
    let rings: Vec<Vec<PlanarPoint>> =
        std::iter::once(&part.outer).chain(&part.holes).map(planar).collect();
    let first = *rings[0].first()?;
    let heights = || rings.iter().flatten().map(|corner| corner.y);
    let (low, high) = rings[0]
        .iter()
        .fold((first.y, first.y), |(low, high), corner| (low.min(corner.y), high.max(corner.y)));
    let middle = f64::midpoint(low, high);
    // Through a corner the line would touch two edges at once: it moves half way to the next corner.
    let off = |y: f64| (y - middle).abs();
    let is_at = |y: f64| off(y) <= 0.0;
    let next = heights().filter(|&y| !is_at(y)).min_by(|&a, &b| off(a).total_cmp(&off(b)));
    let line =
        if heights().any(is_at) { f64::midpoint(middle, next.unwrap_or(middle)) } else { middle };
    let mut cuts: Vec<f64> = rings
        .iter()
        .flat_map(|ring| ring.windows(2))
        .filter(|pair| (pair[0].y > line) != (pair[1].y > line))
        .map(|pair| {
            let along = (line - pair[0].y) / (pair[1].y - pair[0].y);
            pair[0].x + (pair[1].x - pair[0].x) * along
        })
        .collect();
    cuts.sort_by(f64::total_cmp);
    let stretches = cuts.chunks_exact(2).map(|ends| {
        (PlanarPoint { x: f64::midpoint(ends[0], ends[1]), y: line }, ends[1] - ends[0])
    });
    stretches.reduce(|best, next| if next.1 > best.1 { next } else { best }).or(Some((first, 0.0)))
}

/// Where a place lies to a ring.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Inside,
    Boundary,
    Outside,
}

/// Where `place` lies to a closed ring, exact in whole 1e-7 degrees.
fn ring_side(ring: &[LonLat], place: LonLat) -> Side {
    edge_side(ring.windows(2).map(|pair| (pair[0], pair[1])), place)
}

/// Where `place` lies to a ring, from those of its edges that reach the place's latitude (others change
/// nothing); exact in whole 1e-7 degrees.
pub(super) fn edge_side(edges: impl Iterator<Item = (LonLat, LonLat)>, place: LonLat) -> Side {
    let (px, py) = (i64::from(place.lon_e7()), i64::from(place.lat_e7()));
    let mut inside = false;
    for (a, b) in edges {
        let (ax, ay) = (i64::from(a.lon_e7()), i64::from(a.lat_e7()));
        let (bx, by) = (i64::from(b.lon_e7()), i64::from(b.lat_e7()));
        let cross =
            i128::from(bx - ax) * i128::from(py - ay) - i128::from(by - ay) * i128::from(px - ax);
        let between = px >= ax.min(bx) && px <= ax.max(bx) && py >= ay.min(by) && py <= ay.max(by);
        if cross == 0 && between {
            return Side::Boundary;
        }
        if (ay > py) != (by > py) && ((cross > 0) == (by > ay)) {
            inside = !inside;
        }
    }
    if inside { Side::Inside } else { Side::Outside }
}

/// Signed area of a ring in square metres: positive when counter-clockwise.
pub fn ring_area_m2(frame: &LocalFrame, ring: &[LonLat]) -> f64 {
    let twice: f64 = ring
        .windows(2)
        .map(|pair| (frame.to_planar(pair[0]), frame.to_planar(pair[1])))
        .map(|(a, b)| a.x * b.y - b.x * a.y)
        .sum();
    twice / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(west: f64, south: f64, side: f64) -> Vec<LonLat> {
        [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)]
            .map(|(x, y)| LonLat::new(west + x, south + y).unwrap())
            .to_vec()
    }

    #[test]
    fn the_boundary_is_inside_and_a_hole_is_not() {
        let area = Area {
            polygons: vec![AreaPolygon {
                outer: square(0.0, 0.0, 1.0),
                holes: vec![square(0.4, 0.4, 0.2)],
            }],
        };
        for (lon, lat, inside) in [
            (0.1, 0.1, true),
            (0.0, 0.5, true),
            (0.5, 0.5, false),
            (0.4, 0.5, true),
            (1.1, 0.5, false),
        ] {
            assert_eq!(area.contains(LonLat::new(lon, lat).unwrap()), inside, "{lon},{lat}");
        }
    }

    #[test]
    fn a_bow_tie_is_found_and_mended() {
        let bow = [(0.0, 0.0), (0.01, 0.01), (0.01, 0.0), (0.0, 0.01), (0.0, 0.0)]
            .map(|(lon, lat)| LonLat::new(lon, lat).unwrap());
        let area = Area::from_ring(bow.to_vec());
        assert!(area.find_fault().is_some());
        let mended = area.mended().unwrap();
        assert_eq!(mended.find_fault(), None);
        assert_eq!(mended.polygons.len(), 2);
    }

    /// Squares in squares: ground in a lake on ground in a lake, and two parts that meet at corners.
    fn nested() -> Area {
        let ring = |west: f64, side: f64| AreaPolygon {
            outer: square(west, west, side),
            holes: Vec::new(),
        };
        let mut polygons: Vec<AreaPolygon> = (0..6)
            .map(|depth| ring(f64::from(depth) * 0.01, 0.3 - f64::from(depth) * 0.02))
            .collect();
        polygons.extend((0..8).map(|step| ring(0.4 + f64::from(step) * 0.01, 0.01)));
        Area { polygons }
    }

    #[test]
    fn mended_rings_stand_in_one_order_however_they_were_given() {
        let area = nested();
        let mended = area.mended().unwrap();
        assert_eq!(mended.find_fault(), None);
        // Every other square is a lake: 0.30² − 0.28² + 0.26² − 0.24² + 0.22² − 0.20², and eight small ones.
        let expected = (0.3_f64.powi(2) - 0.28_f64.powi(2) + 0.26_f64.powi(2) - 0.24_f64.powi(2)
            + 0.22_f64.powi(2)
            - 0.2_f64.powi(2)
            + 8.0 * 1e-4)
            * 111_319.0
            * 110_574.0;
        assert!((mended.area_m2() / expected - 1.0).abs() < 1e-3, "{}", mended.area_m2());
        for turn in 0..40 {
            let mut other = area.clone();
            let parts = other.polygons.len();
            other.polygons.rotate_left(turn % parts);
            for (at, part) in other.polygons.iter_mut().enumerate() {
                part.outer.pop();
                part.outer.rotate_left((turn + at) % 4);
                part.outer.extend(part.outer.first().copied());
                if (turn + at) % 3 == 0 {
                    part.outer.reverse();
                }
            }
            assert_eq!(other.mended().as_ref(), Some(&mended), "turn {turn}");
        }
        for part in &mended.polygons {
            assert!(twice_area_e7(&part.outer) > 0);
            assert!(part.holes.iter().all(|hole| twice_area_e7(hole) < 0));
        }
    }

    #[test]
    fn the_label_place_of_any_shape_is_that_of_the_geometry_library() {
        use geo::InteriorPoint;
        // Stars of pseudo-random spikes, some with a hole around the middle.
        for seed in 1..200_u32 {
            let spike = |at: u32| f64::from((seed * 7919 + at * 104_729) % 97 + 20) / 1e5;
            let corners = 5 + seed % 23;
            let angle = |at: u32| f64::from(at) / f64::from(corners) * std::f64::consts::TAU;
            let star = |scale: f64| -> Vec<LonLat> {
                let ring = (0..corners).chain([0]).map(|at| {
                    let (sin, cos) = angle(at).sin_cos();
                    let out = if scale < 1.0 { 2e-4 * scale } else { spike(at) };
                    LonLat::new(24.0 + cos * out, 60.0 + sin * out).unwrap()
                });
                ring.collect()
            };
            let holes = if seed % 3 == 0 { vec![star(0.1)] } else { Vec::new() };
            let area = Area { polygons: vec![AreaPolygon { outer: star(1.0), holes }] };
            let frame = LocalFrame::at(area.bounding_box().unwrap().center());
            let peer = area.to_geo(&frame).interior_point().unwrap();
            let ours = frame.to_planar(area.label_place().unwrap());
            assert!((peer.x() - ours.x).hypot(peer.y() - ours.y) < 0.03, "seed {seed}");
            assert!(area.contains(area.label_place().unwrap()), "seed {seed}");
        }
    }

    #[test]
    fn a_ring_that_runs_to_and_fro_has_a_label_place_at_once() {
        // 1, 2, 1, 2, … 100,001 times: with a look at every pair of edges this takes minutes.
        let ends = [LonLat::new(8.0, 50.0).unwrap(), LonLat::new(8.001, 50.001).unwrap()];
        let ring = (0..=100_000).map(|at| ends[at % 2]).collect();
        let started = std::time::Instant::now();
        assert!(Area::from_ring(ring).label_place().is_some());
        assert!(started.elapsed().as_secs() < 5);
    }

    #[test]
    fn a_hundredth_of_a_degree_on_the_equator_has_its_area() {
        let area = Area::from_ring(square(0.0, 0.0, 0.01));
        assert!((area.area_m2() - 1_113.195 * 1_105.744).abs() < 50.0);
    }
}
