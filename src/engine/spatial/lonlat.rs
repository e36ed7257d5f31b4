//! Checked WGS 84 degrees.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Half a turn in whole 1e-7 degrees.
const HALF_TURN_E7: u32 = 1_800_000_000;

/// A place in WGS 84 degrees, kept in whole 1e-7 degrees (about 1 cm) as OpenStreetMap does.
///
/// Longitude lies in [-180, 180], latitude in [-90, 90]; nothing else can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LonLat {
    lon_e7: i32,
    lat_e7: i32,
}

/// Why two numbers are not a place.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum LonLatError {
    /// A coordinate is NaN or infinite.
    #[error("coordinate is not a finite number")]
    NotFinite,
    /// Longitude outside -180..180.
    #[error("longitude {0} is outside -180..180")]
    Longitude(f64),
    /// Latitude outside -90..90.
    #[error("latitude {0} is outside -90..90")]
    Latitude(f64),
}

impl LonLat {
    /// A place from degrees, rounded to 1e-7.
    ///
    /// # Errors
    /// When a number is not finite or outside its range.
    pub fn new(lon: f64, lat: f64) -> Result<Self, LonLatError> {
        if !lon.is_finite() || !lat.is_finite() {
            return Err(LonLatError::NotFinite);
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(LonLatError::Longitude(lon));
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(LonLatError::Latitude(lat));
        }
        Ok(Self { lon_e7: (lon * 1e7).round() as i32, lat_e7: (lat * 1e7).round() as i32 })
    }

    /// The place at 1e-7 degrees that may go on beyond the antimeridian; latitudes beyond a pole are the pole's.
    pub(super) fn around_the_world(lon_e7: i64, lat_e7: i64) -> Self {
        let half = i64::from(HALF_TURN_E7);
        let lon_e7 = ((lon_e7 + half).rem_euclid(2 * half) - half) as i32;
        Self { lon_e7, lat_e7: lat_e7.clamp(-half / 2, half / 2) as i32 }
    }

    /// A place from whole 1e-7 degrees; `None` when outside the range.
    pub const fn from_e7(lon_e7: i32, lat_e7: i32) -> Option<Self> {
        if lon_e7.unsigned_abs() <= 1_800_000_000 && lat_e7.unsigned_abs() <= 900_000_000 {
            Some(Self { lon_e7, lat_e7 })
        } else {
            None
        }
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e7) / 1e7
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e7) / 1e7
    }

    /// Longitude in whole 1e-7 degrees.
    pub const fn lon_e7(self) -> i32 {
        self.lon_e7
    }

    /// Latitude in whole 1e-7 degrees.
    pub const fn lat_e7(self) -> i32 {
        self.lat_e7
    }

    /// Position on a Hilbert curve of order 31 over the whole earth; near places get near numbers.
    pub fn hilbert(self) -> u64 {
        let x = (i64::from(self.lon_e7) + 1_800_000_000) as u64 * ((1 << 31) - 1) / 3_600_000_000;
        let y = (i64::from(self.lat_e7) + 900_000_000) as u64 * ((1 << 31) - 1) / 1_800_000_000;
        // 31 levels: three by one table, 28 by seven of four.
        let (mut place, mut turn) = (0, 0);
        let mut level = |steps: &[[u16; 256]; 4], at: u32, bits: u32| {
            let mask = (1_u64 << bits) - 1;
            let (right, up) = (x >> at & mask, y >> at & mask);
            let step = steps[turn][(right << bits | up) as usize];
            place = place << (2 * bits) | u64::from(step & 0xff);
            turn = usize::from(step >> 8);
        };
        level(&HILBERT_3, 28, 3);
        for at in (0..28).step_by(4).rev() {
            level(&HILBERT_4, at, 4);
        }
        place
    }
}

/// The curve over three and over four levels; see [`hilbert_steps`].
static HILBERT_3: [[u16; 256]; 4] = hilbert_steps(3);
static HILBERT_4: [[u16; 256]; 4] = hilbert_steps(4);

/// The Hilbert curve over `levels` halvings at once: by how it is turned (1: mirrored on the diagonal, 2: rotated by
/// half a turn) and by the bits of x over those of y, the position on it in the low byte, and how it is turned then.
const fn hilbert_steps(levels: u32) -> [[u16; 256]; 4] {
    let mut steps = [[0; 256]; 4];
    let mut turn = 0;
    while turn < 4 {
        let mut bits = 0;
        while bits < 1 << (2 * levels) {
            let (mut mirrored, mut rotated, mut place) = (turn & 1, turn >> 1, 0);
            let mut level = levels;
            while level > 0 {
                level -= 1;
                let (x, y) = (bits >> (levels + level) & 1, bits >> level & 1);
                let (right, up) = if mirrored == 1 { (y, x) } else { (x, y) };
                let (right, up) = (right ^ rotated, up ^ rotated);
                place = place << 2 | ((3 * right) ^ up);
                if up == 0 {
                    rotated ^= right;
                    mirrored ^= 1;
                }
            }
            steps[turn][bits] = place as u16 | ((mirrored | rotated << 1) as u16 * 256);
            bits += 1;
        }
        turn += 1;
    }
    steps
}

impl fmt::Display for LonLat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.7},{:.7}", self.lon(), self.lat())
    }
}

impl Serialize for LonLat {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        [self.lon(), self.lat()].serialize(to)
    }
}

impl<'de> Deserialize<'de> for LonLat {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let [lon, lat] = <[f64; 2]>::deserialize(from)?;
        Self::new(lon, lat).map_err(serde::de::Error::custom)
    }
}

/// A box in degrees, edges included. A box never spans the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundingBox {
    /// South-west corner.
    pub min: LonLat,
    /// North-east corner.
    pub max: LonLat,
}

impl BoundingBox {
    /// The smallest box around `places`, or `None` when there are none.
    pub fn around(places: impl IntoIterator<Item = LonLat>) -> Option<Self> {
        let mut places = places.into_iter();
        let first = places.next()?;
        Some(places.fold(Self { min: first, max: first }, Self::with))
    }

    /// The smallest box around this one and `place`.
    #[must_use]
    pub fn with(self, place: LonLat) -> Self {
        let min = LonLat {
            lon_e7: self.min.lon_e7.min(place.lon_e7),
            lat_e7: self.min.lat_e7.min(place.lat_e7),
        };
        let max = LonLat {
            lon_e7: self.max.lon_e7.max(place.lon_e7),
            lat_e7: self.max.lat_e7.max(place.lat_e7),
        };
        Self { min, max }
    }

    /// Whether `place` lies in the box or on its edge.
    pub fn contains(self, place: LonLat) -> bool {
        (self.min.lon_e7..=self.max.lon_e7).contains(&place.lon_e7)
            && (self.min.lat_e7..=self.max.lat_e7).contains(&place.lat_e7)
    }

    /// The box that both share, edges included; `None` when they do not touch.
    pub fn shared(self, other: Self) -> Option<Self> {
        let min = LonLat {
            lon_e7: self.min.lon_e7.max(other.min.lon_e7),
            lat_e7: self.min.lat_e7.max(other.min.lat_e7),
        };
        let max = LonLat {
            lon_e7: self.max.lon_e7.min(other.max.lon_e7),
            lat_e7: self.max.lat_e7.min(other.max.lat_e7),
        };
        (min.lon_e7 <= max.lon_e7 && min.lat_e7 <= max.lat_e7).then_some(Self { min, max })
    }

    /// The middle.
    pub fn center(self) -> LonLat {
        LonLat {
            lon_e7: i32::midpoint(self.min.lon_e7, self.max.lon_e7),
            lat_e7: i32::midpoint(self.min.lat_e7, self.max.lat_e7),
        }
    }

    /// The middle of the box around `places`; of places on both sides of the antimeridian the one between them, not
    /// the one on the far side of the earth. `None` when there are no places.
    pub fn center_of(places: impl IntoIterator<Item = LonLat> + Clone) -> Option<LonLat> {
        let plain = Self::around(places.clone())?;
        if plain.max.lon_e7.abs_diff(plain.min.lon_e7) <= HALF_TURN_E7 {
            return Some(plain.center());
        }
        let eastward = |place: LonLat| {
            let lon = i64::from(place.lon_e7);
            if lon < 0 { lon + 2 * i64::from(HALF_TURN_E7) } else { lon }
        };
        let lons = places.into_iter().map(eastward);
        let (west, east) =
            lons.fold((i64::MAX, i64::MIN), |(low, high), lon| (low.min(lon), high.max(lon)));
        let middle = i64::midpoint(west, east);
        let home = if middle > i64::from(HALF_TURN_E7) {
            middle - 2 * i64::from(HALF_TURN_E7)
        } else {
            middle
        };
        LonLat::from_e7(home as i32, plain.center().lat_e7)
    }

    /// `[west, south, east, north]` in degrees.
    pub fn to_degrees(self) -> [f64; 4] {
        [self.min.lon(), self.min.lat(), self.max.lon(), self.max.lat()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_on_earth_can_be_made() {
        assert_eq!(LonLat::new(f64::NAN, 0.0), Err(LonLatError::NotFinite));
        assert_eq!(LonLat::new(180.1, 0.0), Err(LonLatError::Longitude(180.1)));
        assert_eq!(LonLat::new(0.0, -90.5), Err(LonLatError::Latitude(-90.5)));
        assert!(LonLat::new(-180.0, 90.0).is_ok());
    }

    #[test]
    fn degrees_survive_the_round_trip_to_1e_7() {
        let place = LonLat::new(-4.482_123_4, 54.150_987_6).unwrap();
        assert_eq!((place.lon_e7(), place.lat_e7()), (-44_821_234, 541_509_876));
    }

    /// The curve level by level, as its definition says.
    fn hilbert_slowly(at: LonLat) -> u64 {
        let side = (1_u64 << 31) - 1;
        let mut x = (i64::from(at.lon_e7) + 1_800_000_000) as u64 * side / 3_600_000_000;
        let mut y = (i64::from(at.lat_e7) + 900_000_000) as u64 * side / 1_800_000_000;
        let mut place = 0;
        for level in (0..31).rev() {
            let (right, up) = (x >> level & 1, y >> level & 1);
            place += (1_u64 << (2 * level)) * ((3 * right) ^ up);
            if up == 0 {
                if right == 1 {
                    (x, y) = (side - x, side - y);
                }
                (x, y) = (y, x);
            }
        }
        place
    }

    #[test]
    fn the_tables_are_the_curve() {
        let mut seed = 7_u64;
        let mut below = |bound: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 20) % bound) as i64
        };
        for _ in 0..20_000 {
            let (lon, lat) = (below(3_600_000_001), below(1_800_000_001));
            let at =
                LonLat::from_e7((lon - 1_800_000_000) as i32, (lat - 900_000_000) as i32).unwrap();
            assert_eq!(at.hilbert(), hilbert_slowly(at), "{at}");
        }
    }

    #[test]
    fn hilbert_neighbours_stay_near() {
        let here = LonLat::new(10.0, 10.0).unwrap();
        let near = LonLat::new(10.000_1, 10.0).unwrap();
        let far = LonLat::new(-120.0, 40.0).unwrap();
        assert!(here.hilbert().abs_diff(near.hilbert()) < here.hilbert().abs_diff(far.hilbert()));
    }
}
