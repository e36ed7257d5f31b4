//! Straight looks from one place to another: what they cross and run along.

use super::index::corner;
use super::packed::Bounds;
use super::{LonLat, PlanarPoint};

/// From how many metres on two lines that lie on each other run along each other.
pub(super) const ALONG_M: f64 = 1.0;
/// How far apart lines that lie on each other may be, in metres, and more than that in 1e-7 degrees of latitude.
const BESIDE_M: f64 = 0.2;
pub(super) const BESIDE_E7: i32 = 200;
/// How far one box of a look goes at most, in 1e-7 degrees: some 30 m.
const STRIDE_E7: i64 = 3_000;
/// Boxes of a look, however far it goes.
const MOST_BOXES: i64 = 64;
/// All around the earth, in 1e-7 degrees.
const TURN_E7: i64 = 3_600_000_000;

/// A straight look from one place to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    from: LonLat,
    /// The other place as seen from there.
    delta: [i64; 2],
}

impl Look {
    pub(crate) fn new(from: LonLat, to: LonLat) -> Self {
        Self { from, delta: seen_from(from, to) }
    }

    /// The boxes it passes, each with a margin, those of its beginning first. What it passes may touch several of
    /// them. Small ones hold little that the look does not meet, and what is near is met first.
    pub(super) fn boxes(self, margin: i32) -> impl Iterator<Item = Bounds> {
        let steps = (self.delta[0].abs().max(self.delta[1].abs()) / STRIDE_E7 + 1).min(MOST_BOXES);
        let at = move |step: i64| self.delta.map(|all| all * step / steps);
        let from = corner(self.from);
        (0..steps).flat_map(move |step| {
            let (a, b) = (at(step), at(step + 1));
            let low = [0, 1].map(|axis| i64::from(from[axis]) + a[axis].min(b[axis]));
            let high = [0, 1].map(|axis| i64::from(from[axis]) + a[axis].max(b[axis]));
            // A step may lead over the antimeridian, or lie beyond it.
            [0, -TURN_E7, TURN_E7].into_iter().filter_map(move |turn| {
                let west = (low[0] + turn).max(-TURN_E7 / 2);
                let east = (high[0] + turn).min(TURN_E7 / 2);
                let whole = Bounds {
                    min: [west as i32, low[1] as i32],
                    max: [east as i32, high[1] as i32],
                };
                (west <= east).then(|| whole.grown(margin + 1))
            })
        })
    }

    /// Where the segment from `a` to `b` is crossed; one that ends on the line of the look counts on one side
    /// only, so that nobody looks through a corner.
    pub(crate) fn crossed(self, a: LonLat, b: LonLat) -> Option<f64> {
        let (a, b) = (seen_from(self.from, a), seen_from(self.from, b));
        // Near by, the products have room in 64 bits.
        let is_near = self.delta.iter().chain(&a).chain(&b).all(|part| part.abs() < 1 << 29);
        let cross = |u: [i64; 2], v: [i64; 2]| {
            if is_near {
                i128::from(u[0] * v[1] - u[1] * v[0])
            } else {
                i128::from(u[0]) * i128::from(v[1]) - i128::from(u[1]) * i128::from(v[0])
            }
        };
        if (cross(self.delta, a) >= 0) == (cross(self.delta, b) >= 0) {
            return None;
        }
        let along = [b[0] - a[0], b[1] - a[1]];
        let eye = cross(along, [-a[0], -a[1]]);
        let foot = cross(along, [self.delta[0] - a[0], self.delta[1] - a[1]]);
        let parted = (eye > 0 && foot < 0) || (eye < 0 && foot > 0);
        parted.then(|| eye as f64 / (eye - foot) as f64)
    }
}

/// `place` less `origin` in whole 1e-7 degrees, the short way round.
fn seen_from(origin: LonLat, place: LonLat) -> [i64; 2] {
    let lon = i64::from(place.lon_e7()) - i64::from(origin.lon_e7());
    let lon = match lon {
        lon if lon > TURN_E7 / 2 => lon - TURN_E7,
        lon if lon < -TURN_E7 / 2 => lon + TURN_E7,
        lon => lon,
    };
    [lon, i64::from(place.lat_e7()) - i64::from(origin.lat_e7())]
}

/// Whether the straight way from the origin to `end` and a straight piece lie on each other, [`BESIDE_M`] apart at most,
/// for [`ALONG_M`] or more.
pub(super) fn runs_along(end: PlanarPoint, (a, b): (PlanarPoint, PlanarPoint)) -> bool {
    let length = end.distance(PlanarPoint::default()).0;
    if length < ALONG_M {
        return false;
    }
    let (x, y) = (end.x / length, end.y / length);
    let beside = |p: PlanarPoint| (x * p.y - y * p.x).abs() <= BESIDE_M;
    let along = |p: PlanarPoint| x * p.x + y * p.y;
    let (low, high) = (along(a).min(along(b)), along(a).max(along(b)));
    beside(a) && beside(b) && high.min(length) - low.max(0.0) >= ALONG_M
}
