//! R-trees over points and segments, asked in metres.

use std::ops::ControlFlow;

use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

use super::look::{BESIDE_E7, Look, runs_along};
use super::packed::{Bounds, PackedBoxes};
use super::{LocalFrame, LonLat, PlanarPoint};
use crate::units::Meters;

type Corner = [i32; 2];

pub(super) fn corner(place: LonLat) -> Corner {
    [place.lon_e7(), place.lat_e7()]
}

/// The boxes in whole 1e-7 degrees that hold every place within `radius` of `around`: two at the antimeridian.
fn search_boxes(
    frame: &LocalFrame,
    around: LonLat,
    radius: Meters,
) -> impl Iterator<Item = AABB<Corner>> + use<> {
    let (half_lon, half_lat) = frame.degrees_for(Meters(radius.0 * 1.001 + 0.02));
    let (half_lon, half_lat) =
        ((half_lon * 1e7).min(3.6e9) as i64 + 1, (half_lat * 1e7).min(1.8e9) as i64 + 1);
    let (lon, lat) = (i64::from(around.lon_e7()), i64::from(around.lat_e7()));
    let (south, north) =
        ((lat - half_lat).max(-900_000_000) as i32, (lat + half_lat).min(900_000_000) as i32);
    [0, -3_600_000_000_i64, 3_600_000_000].into_iter().filter_map(move |turn| {
        let (west, east) = (
            (lon - half_lon + turn).max(-1_800_000_000),
            (lon + half_lon + turn).min(1_800_000_000),
        );
        (west <= east).then(|| AABB::from_corners([west as i32, south], [east as i32, north]))
    })
}

/// Points that can be found by distance.
#[derive(Debug, Default)]
pub struct PointIndex {
    tree: RTree<GeomWithData<Corner, u32>>,
}

impl PointIndex {
    /// An index of `places`; each is known by its position in the iterator.
    pub fn new(places: impl IntoIterator<Item = LonLat>) -> Self {
        let items = places
            .into_iter()
            .zip(0_u32..)
            .map(|(place, id)| GeomWithData::new(corner(place), id))
            .collect();
        Self { tree: RTree::bulk_load(items) }
    }

    /// All points within `radius` (inclusive) with their distance, nearest first, ties by position.
    pub fn within(&self, around: LonLat, radius: Meters) -> Vec<(u32, Meters)> {
        let frame = LocalFrame::at(around);
        let mut found: Vec<(u32, Meters)> = Vec::new();
        for window in search_boxes(&frame, around, radius) {
            let items = self.tree.locate_in_envelope_intersecting(window);
            found.extend(items.filter_map(|item| hit(&frame, item, radius)));
        }
        found.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.0.cmp(&b.0)));
        found.dedup_by_key(|hit| hit.0);
        found
    }

    /// Whether any point lies within `radius` (inclusive).
    pub fn has_within(&self, around: LonLat, radius: Meters) -> bool {
        let frame = LocalFrame::at(around);
        search_boxes(&frame, around, radius).any(|window| {
            let mut items = self.tree.locate_in_envelope_intersecting(window);
            items.any(|item| hit(&frame, item, radius).is_some())
        })
    }

    /// The nearest point within `radius` (inclusive), ties by position.
    pub fn nearest_within(&self, around: LonLat, radius: Meters) -> Option<(u32, Meters)> {
        let mut reach = Meters(radius.0.min(100.0));
        loop {
            if let Some(&hit) = self.within(around, reach).first() {
                return Some(hit);
            }
            if reach.0 >= radius.0 {
                return None;
            }
            reach = Meters((reach.0 * 4.0).min(radius.0));
        }
    }
}

/// The item and its distance from the frame's origin, when within `radius` (inclusive).
fn hit(
    frame: &LocalFrame,
    item: &GeomWithData<Corner, u32>,
    radius: Meters,
) -> Option<(u32, Meters)> {
    let place = LonLat::from_e7(item.geom()[0], item.geom()[1])?;
    let distance = frame.to_planar(place).distance(PlanarPoint::default());
    (distance.0 <= radius.0).then_some((item.data, distance))
}

/// A straight piece of a line, known by the id of its line and its position in it.
#[derive(Clone, Copy, Debug)]
struct Segment {
    from: LonLat,
    to: LonLat,
    line: u32,
    piece: u32,
    side: Side,
}

/// Which part of a segment an entry of the tree stands for. A segment over the antimeridian has two entries,
/// both with the whole segment, one box on each side.
#[derive(Clone, Copy, Debug)]
enum Side {
    Whole,
    /// From its western end (a high longitude) up to 180°.
    West,
    /// From -180° to its eastern end.
    East,
}

impl Segment {
    fn bounds(&self) -> Bounds {
        let (a, b) = (corner(self.from), corner(self.to));
        let (low, high) = (a[0].min(b[0]), a[0].max(b[0]));
        let (west, east) = match self.side {
            Side::Whole => (low, high),
            Side::West => (high, 1_800_000_000),
            Side::East => (-1_800_000_000, low),
        };
        Bounds { min: [west, a[1].min(b[1])], max: [east, a[1].max(b[1])] }
    }
}

/// A straight piece of the line `line`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SegmentPiece {
    pub(crate) from: LonLat,
    pub(crate) to: LonLat,
    pub(crate) line: u32,
}

/// Where on a line a point falls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SegmentHit {
    /// Id of the line.
    pub line: u32,
    /// Which segment of the line, from 0.
    pub piece: u32,
    /// How far along the segment, 0 to 1.
    pub along: f64,
    /// Distance from the point to the line.
    pub distance: Meters,
    /// The foot of the perpendicular, or the nearer end.
    pub place: LonLat,
}

/// Lines that can be found by distance, asked segment by segment.
#[derive(Debug, Default)]
pub struct SegmentIndex {
    segments: Vec<Segment>,
    boxes: PackedBoxes,
}

impl SegmentIndex {
    /// An index of lines; each is an id and its places in order. A segment goes the short way round the
    /// earth, over the antimeridian if need be.
    pub fn new<'a>(lines: impl IntoIterator<Item = (u32, &'a [LonLat])>) -> Self {
        // Lines near each other stand near each other, so that boxes of a row of segments are small.
        let mut lines: Vec<(u64, u32, &[LonLat])> = lines
            .into_iter()
            .map(|(line, places)| (places.first().map_or(0, |place| place.hilbert()), line, places))
            .collect();
        lines.sort_by_key(|&(hilbert, ..)| hilbert);
        let mut segments = Vec::new();
        for (_, line, places) in lines {
            for (pair, piece) in places.windows(2).zip(0_u32..) {
                let (from, to) = (pair[0], pair[1]);
                let whole = from.lon_e7().abs_diff(to.lon_e7()) <= 1_800_000_000;
                let sides: &[Side] = if whole { &[Side::Whole] } else { &[Side::West, Side::East] };
                let entries = sides.iter().map(|&side| Segment { from, to, line, piece, side });
                segments.extend(entries);
            }
        }
        let boxes = PackedBoxes::new(segments.len(), |index| segments[index].bounds());
        Self { segments, boxes }
    }

    /// Calls `each` with every segment whose box touches `window`.
    fn visit(&self, window: &AABB<Corner>, mut each: impl FnMut(&Segment)) {
        let window = Bounds { min: window.lower(), max: window.upper() };
        self.boxes.visit(window, |rows| {
            for segment in self.segments[rows].iter().filter(|s| s.bounds().touches(window)) {
                each(segment);
            }
        });
    }

    /// The nearest place within `radius` (inclusive) on any line that `accept` takes; ties by line, then
    /// piece.
    pub fn nearest_within(
        &self,
        around: LonLat,
        radius: Meters,
        accept: impl Fn(u32) -> bool,
    ) -> Option<SegmentHit> {
        let mut reach = Meters(radius.0.min(60.0));
        loop {
            if let Some(hit) = self.best_within(around, reach, &accept) {
                return Some(hit);
            }
            if reach.0 >= radius.0 {
                return None;
            }
            reach = Meters((reach.0 * 4.0).min(radius.0));
        }
    }

    fn best_within(
        &self,
        around: LonLat,
        reach: Meters,
        accept: &impl Fn(u32) -> bool,
    ) -> Option<SegmentHit> {
        let frame = LocalFrame::at(around);
        let mut best: Option<SegmentHit> = None;
        for window in search_boxes(&frame, around, reach) {
            self.visit(&window, |segment| {
                if !accept(segment.line) {
                    return;
                }
                let hit = project(&frame, segment);
                let nearer = best.is_none_or(|b| {
                    hit.distance
                        .0
                        .total_cmp(&b.distance.0)
                        .then((hit.line, hit.piece).cmp(&(b.line, b.piece)))
                        .is_lt()
                });
                if hit.distance.0 <= reach.0 && nearer {
                    best = Some(hit);
                }
            });
        }
        best
    }

    /// Calls `each` with the nearest place of every segment within `radius` (inclusive).
    pub fn each_within(&self, around: LonLat, radius: Meters, mut each: impl FnMut(SegmentHit)) {
        let frame = LocalFrame::at(around);
        for window in search_boxes(&frame, around, radius) {
            self.visit(&window, |segment| {
                let (along, foot) = planar_foot(&frame, segment);
                // Most of what the box touches is farther by far, which costs no root.
                let is_far = foot.x * foot.x + foot.y * foot.y > radius.0 * radius.0 * 1.001;
                if !is_far && foot.distance(PlanarPoint::default()).0 <= radius.0 {
                    each(hit_at(&frame, segment, (along, foot)));
                }
            });
        }
    }

    /// Calls `each` with every segment that the straight look from `from` to `to` crosses, and how
    /// far along the look it does, 0 to 1, until it is told to stop; a long segment may be told of several times.
    /// Touching is no crossing; exact in whole 1e-7 degrees.
    pub(crate) fn each_crossed(
        &self,
        from: LonLat,
        to: LonLat,
        mut each: impl FnMut(SegmentPiece, f64) -> ControlFlow<()>,
    ) {
        let look = Look::new(from, to);
        for window in look.boxes(0) {
            let flow = self.boxes.try_visit(window, |rows| {
                let near = self.segments[rows].iter().filter(|s| s.bounds().touches(window));
                for segment in near {
                    if let Some(along) = look.crossed(segment.from, segment.to) {
                        let Segment { from, to, line, .. } = *segment;
                        each(SegmentPiece { from, to, line }, along)?;
                    }
                }
                ControlFlow::Continue(())
            });
            if flow.is_break() {
                return;
            }
        }
    }

    /// Whether the straight way from `from` to `to` crosses a line that `accept` takes, or runs along one for
    /// a metre or more.
    pub fn is_met(&self, from: LonLat, to: LonLat, accept: impl Fn(u32) -> bool) -> bool {
        let look = Look::new(from, to);
        let frame = LocalFrame::at(from);
        let end = frame.to_planar(to);
        look.boxes(BESIDE_E7).any(|window| {
            let flow = self.boxes.try_visit(window, |rows| {
                let near = self.segments[rows].iter().filter(|s| s.bounds().touches(window));
                let is_met = |s: &Segment| {
                    accept(s.line)
                        && (look.crossed(s.from, s.to).is_some()
                            || runs_along(end, (frame.to_planar(s.from), frame.to_planar(s.to))))
                };
                if near.into_iter().any(is_met) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            flow.is_break()
        })
    }

    /// Ids of the lines with a segment whose box touches the box of `radius` around `around`; sorted, once each.
    pub fn lines_near(&self, around: LonLat, radius: Meters) -> Vec<u32> {
        let mut lines: Vec<u32> = Vec::new();
        for window in search_boxes(&LocalFrame::at(around), around, radius) {
            self.visit(&window, |segment| lines.push(segment.line));
        }
        lines.sort_unstable();
        lines.dedup();
        lines
    }
}

/// The place of `segment` nearest to the frame's origin.
fn project(frame: &LocalFrame, segment: &Segment) -> SegmentHit {
    hit_at(frame, segment, planar_foot(frame, segment))
}

/// How far along `segment` it is nearest to the frame's origin, and where that is.
fn planar_foot(frame: &LocalFrame, segment: &Segment) -> (f64, PlanarPoint) {
    let piece = (frame.to_planar(segment.from), frame.to_planar(segment.to));
    PlanarPoint::default().nearest_on(piece)
}

fn hit_at(frame: &LocalFrame, segment: &Segment, (along, foot): (f64, PlanarPoint)) -> SegmentHit {
    SegmentHit {
        line: segment.line,
        piece: segment.piece,
        along,
        distance: foot.distance(PlanarPoint::default()),
        place: frame.to_lonlat(foot).unwrap_or(segment.from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn the_nearest_place_lies_mid_segment() {
        let street = [at(0.0, 0.0), at(0.01, 0.0)];
        let index = SegmentIndex::new([(7, street.as_slice())]);
        let hit = index.nearest_within(at(0.005, 0.001), Meters(250.0), |_| true).unwrap();
        assert_eq!(hit.line, 7);
        assert!((hit.along - 0.5).abs() < 1e-6);
        assert!((hit.distance.0 - 110.57).abs() < 0.1);
        assert!(index.nearest_within(at(0.005, 0.001), Meters(110.0), |_| true).is_none());
        assert!(index.nearest_within(at(0.005, 0.001), Meters(250.0), |line| line != 7).is_none());
    }

    #[test]
    fn the_nearest_segment_is_the_one_a_plain_scan_finds() {
        let mut state = 7_u64;
        let mut random = |span: f64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 * span
        };
        let lines: Vec<Vec<LonLat>> = (0..700)
            .map(|_| {
                let (lon, lat) = (random(0.05), 45.0 + random(0.05));
                (0..2 + random(4.0) as usize)
                    .map(|_| at(lon + random(0.004), lat + random(0.002)))
                    .collect()
            })
            .collect();
        let index = SegmentIndex::new((0..).zip(lines.iter().map(Vec::as_slice)));
        for _ in 0..300 {
            let around = at(random(0.06) - 0.005, 44.995 + random(0.06));
            let odd = |line: u32| line % 3 != 1;
            let frame = LocalFrame::at(around);
            let mut best: Option<SegmentHit> = None;
            for (line, places) in (0..).zip(&lines).filter(|&(line, _)| odd(line)) {
                for (pair, piece) in places.windows(2).zip(0..) {
                    let side = Side::Whole;
                    let hit =
                        project(&frame, &Segment { from: pair[0], to: pair[1], line, piece, side });
                    let key = |hit: &SegmentHit| (hit.distance.0.to_bits(), hit.line, hit.piece);
                    if hit.distance.0 <= 300.0 && best.is_none_or(|b| key(&hit) < key(&b)) {
                        best = Some(hit);
                    }
                }
            }
            assert_eq!(index.nearest_within(around, Meters(300.0), odd), best);
        }
    }

    #[test]
    fn points_across_the_antimeridian_are_near() {
        let index = PointIndex::new([at(179.999, -16.0), at(0.0, 0.0)]);
        let hits = index.within(at(-179.999, -16.0), Meters(500.0));
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].0, 0);
    }

    #[test]
    fn found_points_are_those_a_plain_scan_finds() {
        let places: Vec<LonLat> = (0..2_000)
            .map(|i| at(f64::from(i % 50) * 0.001, 45.0 + f64::from(i / 50) * 0.001))
            .collect();
        let index = PointIndex::new(places.iter().copied());
        let around = at(0.021_3, 45.017_7);
        let frame = LocalFrame::at(around);
        let scan = places
            .iter()
            .filter(|&&p| frame.to_planar(p).distance(PlanarPoint::default()).0 <= 700.0)
            .count();
        assert_eq!(index.within(around, Meters(700.0)).len(), scan);
        assert!(scan > 50);
    }
}
