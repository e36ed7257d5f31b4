//! The outline of a place as where access legs begin.

use crate::spatial::{Area, LocalFrame, LonLat, PlanarPoint};

/// An outline in metres around its middle.
#[derive(Debug)]
pub(super) struct Outline {
    frame: LocalFrame,
    rings: Vec<Vec<PlanarPoint>>,
    radius: f64,
}

impl Outline {
    /// `None` when the area has no place.
    pub(super) fn new(area: &Area) -> Option<Self> {
        let frame = LocalFrame::at(area.bounding_box()?.center());
        let planar = |ring: &[LonLat]| ring.iter().map(|&place| frame.to_planar(place)).collect();
        let rings: Vec<Vec<PlanarPoint>> = area.rings().map(planar).collect();
        let far = |corner: &PlanarPoint| corner.x.hypot(corner.y);
        let radius = rings.iter().flatten().map(far).fold(0.0, f64::max) * 1.001;
        Some(Self { frame, rings, radius })
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
    /// on the outline, how far along the piece (0 to 1), and on the piece. `None` when the outline has no place.
    pub(super) fn nearest(&self, a: LonLat, b: LonLat) -> Option<(LonLat, f64, LonLat)> {
        let (start, end) = (self.frame.to_planar(a), self.frame.to_planar(b));
        let mut best: Option<(f64, PlanarPoint, f64)> = None;
        let mut offer = |square: f64, door: PlanarPoint, along: f64| {
            // Of several as near the first on the piece counts, so that it is the same wherever a ring begins.
            let key = (square, along, door.x, door.y);
            let nearer = best.is_none_or(|(s, d, t)| key < (s, t, d.x, d.y));
            if nearer {
                best = Some((square, door, along));
            }
        };
        for ring in &self.rings {
            for (corner, pair) in ring.iter().zip(ring.windows(2)) {
                let (along, square) = project(*corner, (start, end));
                offer(square, *corner, along);
                for (along, piece_end) in [(0.0, start), (1.0, end)] {
                    let (t, square) = project(piece_end, (pair[0], pair[1]));
                    offer(square, between(pair[0], pair[1], t), along);
                }
                if let Some(along) = crossing((start, end), (pair[0], pair[1])) {
                    offer(0.0, between(start, end, along), along);
                }
            }
        }
        let (_, door, along) = best?;
        let on_piece = self.frame.to_lonlat(between(start, end, along))?;
        Some((self.frame.to_lonlat(door)?, along, on_piece))
    }
}

fn between(a: PlanarPoint, b: PlanarPoint, along: f64) -> PlanarPoint {
    PlanarPoint { x: a.x + (b.x - a.x) * along, y: a.y + (b.y - a.y) * along }
}

/// How far along a segment (0 to 1) it is nearest to `point`, and the square of the distance.
fn project(point: PlanarPoint, (a, b): (PlanarPoint, PlanarPoint)) -> (f64, f64) {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let square = dx * dx + dy * dy;
    let along = (point.x - a.x) * dx + (point.y - a.y) * dy;
    let along = if square > 0.0 { (along / square).clamp(0.0, 1.0) } else { 0.0 };
    let foot = between(a, b, along);
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
