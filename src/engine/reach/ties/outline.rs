//! The outline of a place as where access legs begin.

use crate::spatial::{Area, LocalFrame, LonLat, PlanarPoint};

/// Straight parts of a ring that are looked at together.
const RUN: usize = 12;
/// An outline that goes farther than this from its middle is long: one steps out at its other end as well, in metres.
const LONG_M: f64 = 30.0;
/// How far apart the places are, at most, that one steps out of a long outline at, in metres.
const STRIDE_M: f64 = 20.0;

/// An outline in metres around its middle.
#[derive(Debug)]
pub(super) struct Outline {
    frame: LocalFrame,
    runs: Vec<Run>,
    radius: f64,
    /// Places on a long outline that legs begin at too.
    stops: Vec<PlanarPoint>,
}

/// Some corners of a ring in a row, in their box.
#[derive(Debug)]
struct Run {
    corners: Vec<PlanarPoint>,
    low: PlanarPoint,
    high: PlanarPoint,
}

impl Run {
    fn new(corners: &[PlanarPoint]) -> Self {
        let (mut low, mut high) = (corners[0], corners[0]);
        for corner in corners {
            low = PlanarPoint { x: low.x.min(corner.x), y: low.y.min(corner.y) };
            high = PlanarPoint { x: high.x.max(corner.x), y: high.y.max(corner.y) };
        }
        Self { corners: corners.to_vec(), low, high }
    }

    /// The square of a distance that no place of the run is nearer than to the straight piece from `a` to `b`.
    fn gap(&self, a: PlanarPoint, b: PlanarPoint) -> f64 {
        let apart =
            |low: f64, high: f64, p: f64, q: f64| (low - p.max(q)).max(p.min(q) - high).max(0.0);
        let x = apart(self.low.x, self.high.x, a.x, b.x);
        let y = apart(self.low.y, self.high.y, a.y, b.y);
        x * x + y * y
    }
}

impl Outline {
    /// `None` when the area has no place.
    pub(super) fn new(area: &Area) -> Option<Self> {
        let frame = LocalFrame::at(area.bounding_box()?.center());
        let mut runs = Vec::new();
        for ring in area.rings().filter(|ring| ring.len() > 1) {
            let corners: Vec<PlanarPoint> = ring.iter().map(|&at| frame.to_planar(at)).collect();
            let starts = (0..corners.len() - 1).step_by(RUN);
            runs.extend(starts.map(|at| Run::new(&corners[at..(at + RUN + 1).min(corners.len())])));
        }
        let far = |corner: &PlanarPoint| corner.x.hypot(corner.y);
        let radius = runs.iter().flat_map(|run| &run.corners).map(far).fold(0.0, f64::max) * 1.001;
        let pairs = runs.iter().flat_map(|run| run.corners.windows(2));
        let stops = if radius > LONG_M {
            pairs.flat_map(|pair| stops_between(pair[0], pair[1])).collect()
        } else {
            Vec::new()
        };
        Some(Self { frame, runs, radius, stops })
    }

    /// The middle of its box.
    pub(super) fn middle(&self) -> LonLat {
        self.frame.origin()
    }

    /// How far it goes from its middle, in metres.
    pub(super) fn radius(&self) -> f64 {
        self.radius
    }

    /// The places of the outline and of the straight street piece from `a` to `b` that are nearest to each other:
    /// on the outline, how far along the piece (0 to 1), and on the piece. `None` when they are farther apart than
    /// `limit` metres.
    pub(super) fn nearest(
        &self,
        (a, b): (LonLat, LonLat),
        limit: f64,
    ) -> Option<(LonLat, f64, LonLat)> {
        let (start, end) = (self.frame.to_planar(a), self.frame.to_planar(b));
        let mut best: Option<(f64, PlanarPoint, f64)> = None;
        for run in &self.runs {
            let bound = best.map_or(limit * limit, |(square, ..)| square);
            if run.gap(start, end) <= bound {
                for pair in run.corners.windows(2) {
                    offer_all(&mut best, (start, end), (pair[0], pair[1]));
                }
            }
        }
        let (_, door, along) = best.filter(|&(square, ..)| square <= limit * limit)?;
        let on_piece = self.frame.to_lonlat(between(start, end, along))?;
        Some((self.frame.to_lonlat(door)?, along, on_piece))
    }

    /// As [`Outline::nearest`] from every place that one steps out of a long outline at besides.
    pub(super) fn stop_legs(
        &self,
        (a, b): (LonLat, LonLat),
        limit: f64,
    ) -> impl Iterator<Item = (LonLat, f64, LonLat)> {
        let piece = (self.frame.to_planar(a), self.frame.to_planar(b));
        self.stops.iter().filter_map(move |&stop| {
            let (along, square) = project(stop, piece);
            if square > limit * limit {
                return None;
            }
            let place = self.frame.to_lonlat(between(piece.0, piece.1, along))?;
            Some((self.frame.to_lonlat(stop)?, along, place))
        })
    }

    /// For every corner within `limit` metres of the straight street piece from `a` to `b`, nearest first: the corner,
    /// how far along the piece (0 to 1) the nearest place is, and that place.
    pub(super) fn corner_legs(
        &self,
        (a, b): (LonLat, LonLat),
        limit: f64,
    ) -> Vec<(LonLat, f64, LonLat)> {
        let piece = (self.frame.to_planar(a), self.frame.to_planar(b));
        let near = self.runs.iter().filter(|run| run.gap(piece.0, piece.1) <= limit * limit);
        let leg = |&corner: &PlanarPoint| {
            let (along, square) = project(corner, piece);
            let foot = self.frame.to_lonlat(between(piece.0, piece.1, along))?;
            let leg = (self.frame.to_lonlat(corner)?, along, foot);
            (square <= limit * limit).then_some((square, leg))
        };
        let mut legs: Vec<(f64, (LonLat, f64, LonLat))> =
            near.flat_map(|run| &run.corners).filter_map(leg).collect();
        legs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.0.cmp(&b.1.0)));
        legs.into_iter().map(|(_, leg)| leg).collect()
    }
}

/// Offers the nearest places of a street piece and a part of an outline. Of several as near the first on the piece
/// counts, so that it is the same wherever a ring begins.
fn offer_all(
    best: &mut Option<(f64, PlanarPoint, f64)>,
    piece: (PlanarPoint, PlanarPoint),
    part: (PlanarPoint, PlanarPoint),
) {
    let mut offer = |square: f64, door: PlanarPoint, along: f64| {
        let key = (square, along, door.x, door.y);
        if best.is_none_or(|(s, d, t)| key < (s, t, d.x, d.y)) {
            *best = Some((square, door, along));
        }
    };
    for corner in [part.0, part.1] {
        let (along, square) = project(corner, piece);
        offer(square, corner, along);
    }
    for (along, piece_end) in [(0.0, piece.0), (1.0, piece.1)] {
        let (t, square) = project(piece_end, part);
        offer(square, between(part.0, part.1, t), along);
    }
    if let Some(along) = crossing(piece, part) {
        offer(0.0, between(piece.0, piece.1, along), along);
    }
}

/// The first of two corners, and places between them [`STRIDE_M`] apart or less; the same from either side.
fn stops_between(a: PlanarPoint, b: PlanarPoint) -> impl Iterator<Item = PlanarPoint> {
    let parts = (a.distance(b).0 / STRIDE_M).ceil().max(1.0) as u32;
    (0..parts).map(move |part| between(a, b, f64::from(part) / f64::from(parts)))
}

fn between(a: PlanarPoint, b: PlanarPoint, along: f64) -> PlanarPoint {
    PlanarPoint { x: a.x + (b.x - a.x) * along, y: a.y + (b.y - a.y) * along }
}

/// How far along a segment (0 to 1) it is nearest to `point`, and the square of the distance.
fn project(point: PlanarPoint, (a, b): (PlanarPoint, PlanarPoint)) -> (f64, f64) {
    let (along, foot) = point.nearest_on((a, b));
    let (ex, ey) = (foot.x - point.x, foot.y - point.y);
    (along, ex * ex + ey * ey)
}

/// How far along the first segment (0 to 1) the second crosses it.
fn crossing((a, b): (PlanarPoint, PlanarPoint), (c, d): (PlanarPoint, PlanarPoint)) -> Option<f64> {
    let side = |p: PlanarPoint, q: PlanarPoint, r: PlanarPoint| {
        (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
    };
    let (first, last) = (side(c, d, a), side(c, d, b));
    let parted = (first > 0.0) != (last > 0.0) && (side(a, b, c) > 0.0) != (side(a, b, d) > 0.0);
    (parted && (first - last).abs() > 0.0).then(|| first / (first - last))
}
