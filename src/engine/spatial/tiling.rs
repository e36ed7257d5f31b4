//! An area cut into even rectangles that are no wider than asked for.

use super::frame::meters_per_degree;
use super::{Area, LonLat};
use crate::units::Meters;

const TURN_E7: i64 = 3_600_000_000;
const DEGREE_E7: i64 = 10_000_000;

/// A difference of longitudes in 1e-7 degrees, the short way round.
fn wrapped(difference: i64) -> i64 {
    (difference + TURN_E7 / 2).rem_euclid(TURN_E7) - TURN_E7 / 2
}

/// A box on the ground; over the antimeridian its eastern edge lies beyond 180°.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// West and south in 1e-7 degrees.
    low: [i64; 2],
    /// East and north.
    high: [i64; 2],
}

impl Span {
    /// The box around `places`, the short way round from the first of them.
    pub fn around(places: impl IntoIterator<Item = LonLat>) -> Option<Self> {
        let mut places = places.into_iter();
        let first = places.next()?;
        let start = [i64::from(first.lon_e7()), i64::from(first.lat_e7())];
        let mut span = Self { low: start, high: start };
        for place in places {
            let lon = start[0] + wrapped(i64::from(place.lon_e7()) - start[0]);
            for (axis, value) in [lon, i64::from(place.lat_e7())].into_iter().enumerate() {
                span.low[axis] = span.low[axis].min(value);
                span.high[axis] = span.high[axis].max(value);
            }
        }
        Some(span)
    }

    /// The box around an area.
    pub fn of(area: &Area) -> Option<Self> {
        Self::around(area.polygons.iter().flat_map(|part| part.outer.iter().copied()))
    }

    /// The longer of its sides; none of it is longer.
    pub fn widest(&self) -> Meters {
        let [lon, lat] = self.meters_per_e7(1);
        Meters(
            ((self.high[0] - self.low[0]) as f64 * lon)
                .max((self.high[1] - self.low[1]) as f64 * lat),
        )
    }

    /// Its middle.
    pub fn middle(&self) -> LonLat {
        let middle = |axis: usize| (self.low[axis] + self.high[axis]).div_euclid(2);
        LonLat::around_the_world(middle(0), middle(1))
    }

    /// Its south-west corner.
    pub fn corner(&self) -> LonLat {
        LonLat::around_the_world(self.low[0], self.low[1])
    }

    /// Metres of a 1e-7 degree of longitude and of latitude, where in the box they are longest; latitudes are taken
    /// outward to the next multiple of `step`.
    fn meters_per_e7(&self, step: i64) -> [f64; 2] {
        let (south, north) = (self.low[1], self.high[1]);
        let near = if south <= 0 && north >= 0 { 0 } else { south.abs().min(north.abs()) };
        let far = south.abs().max(north.abs());
        let near = near.div_euclid(step) * step;
        let far = (-(-far).div_euclid(step) * step).min(900_000_000);
        [meters_per_degree(near as f64 / 1e7).0, meters_per_degree(far as f64 / 1e7).1]
            .map(|degree| degree.max(1.0) / 1e7)
    }
}

/// Column from the west and row from the south of a rectangle.
pub type Tile = [u32; 2];

/// The rectangles that a box is cut into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiling {
    low: [i64; 2],
    middle_lon: i64,
    pitch: [i64; 2],
    counts: [i64; 2],
}

impl Tiling {
    /// `span` as one rectangle.
    pub fn whole(span: &Span) -> Self {
        let pitch = [0, 1].map(|axis| (span.high[axis] - span.low[axis]).max(1));
        Self::new(span.low, pitch, [1, 1])
    }

    /// `span` in the fewest rectangles of one size with sides up to `side`.
    pub fn even(span: &Span, side: Meters) -> Self {
        let most = pitch_of(span.meters_per_e7(1), side);
        let sides = [0, 1].map(|axis| (span.high[axis] - span.low[axis]).max(1));
        let counts = [0, 1].map(|axis| -(-sides[axis]).div_euclid(most[axis]));
        let pitch = [0, 1].map(|axis| -(-sides[axis]).div_euclid(counts[axis]));
        Self::new(span.low, pitch, counts)
    }

    /// The rectangles of a lattice over the whole earth that `span` touches, with sides up to `side`: they stay where
    /// they are when the span grows (within the same whole degrees of latitude).
    pub fn fixed(span: &Span, side: Meters) -> Self {
        let pitch = pitch_of(span.meters_per_e7(DEGREE_E7), side);
        let first = [0, 1].map(|axis| span.low[axis].div_euclid(pitch[axis]));
        let last = [0, 1].map(|axis| span.high[axis].div_euclid(pitch[axis]));
        let low = [0, 1].map(|axis| first[axis] * pitch[axis]);
        Self::new(low, pitch, [0, 1].map(|axis| last[axis] - first[axis] + 1))
    }

    fn new(low: [i64; 2], pitch: [i64; 2], counts: [i64; 2]) -> Self {
        Self { low, middle_lon: low[0] + pitch[0] * counts[0] / 2, pitch, counts }
    }

    /// Rectangles west-east and south-north.
    pub fn counts(&self) -> [u32; 2] {
        self.counts.map(|count| count as u32)
    }

    /// The rectangle that holds `place`; outside, the nearest. A place on a line is in the one east or north of it.
    pub fn tile(&self, place: LonLat) -> Tile {
        let east = self.middle_lon + wrapped(i64::from(place.lon_e7()) - self.middle_lon);
        let at = [east - self.low[0], i64::from(place.lat_e7()) - self.low[1]];
        [0, 1].map(|axis| {
            at[axis].div_euclid(self.pitch[axis]).clamp(0, self.counts[axis] - 1) as u32
        })
    }

    /// The middle of a rectangle.
    pub fn middle(&self, tile: Tile) -> LonLat {
        let at = |axis: usize| {
            self.low[axis] + self.pitch[axis] * i64::from(tile[axis]) + self.pitch[axis] / 2
        };
        LonLat::around_the_world(at(0), at(1))
    }
}

/// The longest whole steps of up to `side`, at least one.
fn pitch_of(meters_per_e7: [f64; 2], side: Meters) -> [i64; 2] {
    meters_per_e7.map(|scale| ((side.0 / scale) as i64).clamp(1, TURN_E7))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::frame::ground_distance;
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    proptest! {
        #[test]
        fn places_of_one_rectangle_lie_within_its_diagonal(
            corner in (-179.9..179.9_f64, -80.0..80.0_f64),
            steps in prop::collection::vec((0..3_000_000_i64, 0..2_000_000_i64), 2..40),
            side in 50.0..3_000.0_f64,
            is_fixed in any::<bool>(),
        ) {
            let start = at(corner.0, corner.1);
            let places: Vec<LonLat> = steps
                .iter()
                .map(|(x, y)| LonLat::around_the_world(i64::from(start.lon_e7()) + x, i64::from(start.lat_e7()) + y))
                .collect();
            let span = Span::around(places.iter().copied()).unwrap();
            let tiling = if is_fixed { Tiling::fixed(&span, Meters(side)) } else { Tiling::even(&span, Meters(side)) };
            let diagonal = side * std::f64::consts::SQRT_2 + 0.01;
            for &a in &places {
                let tile = tiling.tile(a);
                prop_assert!((0..2).all(|axis| tile[axis] < tiling.counts()[axis]));
                prop_assert!(ground_distance(a, tiling.middle(tile)).0 <= diagonal / 2.0 + 0.05);
                for &b in places.iter().filter(|&&b| tiling.tile(b) == tile) {
                    prop_assert!(ground_distance(a, b).0 <= diagonal, "{}", ground_distance(a, b).0);
                }
            }
        }
    }

    #[test]
    fn an_even_cut_is_as_coarse_as_may_be() {
        // 0.01° on the equator: 1,113.2 m by 1,105.7 m.
        let span = Span::around([at(10.0, 0.0), at(10.01, 0.01)]).unwrap();
        assert!((span.widest().0 - 1_113.2).abs() < 0.1);
        assert_eq!(Tiling::even(&span, Meters(1_114.0)).counts(), [1, 1]);
        assert_eq!(Tiling::even(&span, Meters(1_110.0)).counts(), [2, 1]);
        assert_eq!(Tiling::even(&span, Meters(370.0)).counts(), [4, 3]);
        assert_eq!(Tiling::even(&span, Meters(600.0)).tile(at(10.004, 0.006)), [0, 1]);
    }

    #[test]
    fn fixed_lines_stay_when_the_box_grows() {
        let small = Span::around([at(10.101, 45.201), at(10.13, 45.23)]).unwrap();
        let large = Span::around([at(10.02, 45.1), at(10.4, 45.6)]).unwrap();
        let (few, many) =
            (Tiling::fixed(&small, Meters(500.0)), Tiling::fixed(&large, Meters(500.0)));
        let place = at(10.117, 45.219);
        assert_eq!(few.middle(few.tile(place)), many.middle(many.tile(place)));
    }

    #[test]
    fn the_antimeridian_is_no_edge() {
        let span = Span::around([at(179.995, -16.8), at(-179.995, -16.79)]).unwrap();
        assert!(span.widest().0 < 1_200.0);
        let tiling = Tiling::even(&span, Meters(600.0));
        assert_eq!(tiling.counts(), [2, 2]);
        assert_eq!(tiling.tile(at(179.996, -16.799)), [0, 0]);
        assert_eq!(tiling.tile(at(-179.996, -16.791)), [1, 1]);
        assert!(tiling.middle([1, 0]).lon() < -179.99);
    }
}
