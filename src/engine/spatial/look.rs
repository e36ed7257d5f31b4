//! Straight looks from one place to another: what they cross and run along.

use rstar::AABB;

use super::index::{Corner, corner};
use super::{LonLat, PlanarPoint};

/// From how many metres on two lines that lie on each other run along each other.
pub(super) const ALONG_M: f64 = 1.0;
/// How far apart lines that lie on each other may be, in metres, and more than that in 1e-7 degrees of latitude.
const BESIDE_M: f64 = 0.2;
pub(super) const BESIDE_E7: i32 = 200;

/// A straight look from one place to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    from: LonLat,
    to: LonLat,
    /// `to` as seen from `from`.
    delta: [i64; 2],
}

impl Look {
    pub(super) fn new(from: LonLat, to: LonLat) -> Self {
        Self { from, to, delta: seen_from(from, to) }
    }

    /// The boxes it passes: two over the antimeridian.
    pub(super) fn boxes(self) -> impl Iterator<Item = AABB<Corner>> {
        let (a, b) = (corner(self.from), corner(self.to));
        let whole = a[0].abs_diff(b[0]) <= 1_800_000_000;
        let (west, east) = (a[0].min(b[0]), a[0].max(b[0]));
        let spans = if whole {
            [Some([west, east]), None]
        } else {
            [Some([east, 1_800_000_000]), Some([-1_800_000_000, west])]
        };
        let (south, north) = (a[1].min(b[1]), a[1].max(b[1]));
        let span = move |[west, east]: [i32; 2]| AABB::from_corners([west, south], [east, north]);
        spans.into_iter().flatten().map(span)
    }

    /// Where the segment from `a` to `b` is crossed; one that ends on the line of the look counts on one side
    /// only, so that nobody looks through a corner.
    pub(super) fn crossed(self, a: LonLat, b: LonLat) -> Option<f64> {
        let (a, b) = (seen_from(self.from, a), seen_from(self.from, b));
        let cross = |u: [i64; 2], v: [i64; 2]| {
            i128::from(u[0]) * i128::from(v[1]) - i128::from(u[1]) * i128::from(v[0])
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
    const TURN: i64 = 3_600_000_000;
    let lon = i64::from(place.lon_e7()) - i64::from(origin.lon_e7());
    let lon = match lon {
        lon if lon > TURN / 2 => lon - TURN,
        lon if lon < -TURN / 2 => lon + TURN,
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
