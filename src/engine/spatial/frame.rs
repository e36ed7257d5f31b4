//! Metres around a place.

use super::{BoundingBox, LonLat};
use crate::units::Meters;

/// WGS 84 semi-major axis in metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// WGS 84 first eccentricity squared.
const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_316;

/// A point in metres east (`x`) and north (`y`) of the origin of a [`LocalFrame`].
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
pub struct PlanarPoint {
    /// Metres east of the frame's origin.
    pub x: f64,
    /// Metres north of the frame's origin.
    pub y: f64,
}

impl PlanarPoint {
    /// Straight-line distance in the frame.
    pub fn distance(self, other: Self) -> Meters {
        let (dx, dy) = (self.x - other.x, self.y - other.y);
        Meters((dx * dx + dy * dy).sqrt())
    }

    /// The place nearest to it on the straight piece from `a` to `b`, and how far along the piece that is, 0 to 1.
    pub fn nearest_on(self, (a, b): (Self, Self)) -> (f64, Self) {
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let square = dx * dx + dy * dy;
        let along = (self.x - a.x) * dx + (self.y - a.y) * dy;
        let along = if square > 0.0 { (along / square).clamp(0.0, 1.0) } else { 0.0 };
        (along, Self { x: a.x + along * dx, y: a.y + along * dy })
    }
}

/// The plane that touches the WGS 84 ellipsoid at an origin.
///
/// Lengths are true to about 1e-6 within a kilometre of the origin and 1e-4 within 30 km at middle
/// latitudes. Longitude differences are taken the short way round, so the antimeridian is no edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalFrame {
    origin: LonLat,
    meters_per_lon_degree: f64,
    meters_per_lat_degree: f64,
}

/// Metres a degree of longitude and of latitude span at latitude `lat`: N·cos φ and M of the ellipsoid.
pub(super) fn meters_per_degree(lat: f64) -> (f64, f64) {
    let (sin, cos) = lat.to_radians().sin_cos();
    let w2 = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let normal = SEMI_MAJOR_M / w2.sqrt();
    let meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (w2 * w2.sqrt());
    ((normal * cos).to_radians(), meridian.to_radians())
}

/// `to - from` in degrees of longitude, the short way round.
fn lon_difference(from: LonLat, to: LonLat) -> f64 {
    let difference = i64::from(to.lon_e7()) - i64::from(from.lon_e7());
    let wrapped = match difference {
        d if d > 1_800_000_000 => d - 3_600_000_000,
        d if d < -1_800_000_000 => d + 3_600_000_000,
        d => d,
    };
    wrapped as f64 / 1e7
}

impl LocalFrame {
    /// The frame around `origin`.
    pub fn at(origin: LonLat) -> Self {
        let (meters_per_lon_degree, meters_per_lat_degree) = meters_per_degree(origin.lat());
        Self { origin, meters_per_lon_degree, meters_per_lat_degree }
    }

    /// The place the frame is drawn around.
    pub fn origin(&self) -> LonLat {
        self.origin
    }

    /// A place in metres from the origin.
    pub fn to_planar(&self, place: LonLat) -> PlanarPoint {
        PlanarPoint {
            x: lon_difference(self.origin, place) * self.meters_per_lon_degree,
            y: (place.lat() - self.origin.lat()) * self.meters_per_lat_degree,
        }
    }

    /// The place at `point`; `None` beyond a pole.
    pub fn to_lonlat(&self, point: PlanarPoint) -> Option<LonLat> {
        let lat = self.origin.lat() + point.y / self.meters_per_lat_degree;
        let mut lon = self.origin.lon() + point.x / self.meters_per_lon_degree;
        if lon > 180.0 {
            lon -= 360.0;
        } else if lon < -180.0 {
            lon += 360.0;
        }
        LonLat::new(lon, lat).ok()
    }

    /// Half the width and height in degrees of a box of `radius` around the origin.
    pub fn degrees_for(&self, radius: Meters) -> (f64, f64) {
        (radius.0 / self.meters_per_lon_degree.max(1e-6), radius.0 / self.meters_per_lat_degree)
    }
}

impl BoundingBox {
    /// The box with a margin of about `distance` on every side, as far as the world goes.
    #[must_use]
    pub fn grown(self, distance: Meters) -> Self {
        let corner = |place: LonLat, way: f64| {
            let (lon, lat) = LocalFrame::at(place).degrees_for(distance);
            let (lon, lat) = (place.lon() + way * lon, place.lat() + way * lat);
            LonLat::new(lon.clamp(-180.0, 180.0), lat.clamp(-90.0, 90.0)).unwrap_or(place)
        };
        Self { min: corner(self.min, -1.0), max: corner(self.max, 1.0) }
    }
}

/// Ground length between two places, from the ellipsoid's radii at their middle latitude.
///
/// Good to a millimetre over the length of a street segment (formula: mid-latitude, with the meridian and
/// prime-vertical radii of WGS 84).
pub fn ground_distance(from: LonLat, to: LonLat) -> Meters {
    let (lon_scale, lat_scale) = meters_per_degree(f64::midpoint(from.lat(), to.lat()));
    Meters((lon_difference(from, to) * lon_scale).hypot((to.lat() - from.lat()) * lat_scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn a_degree_of_latitude_is_what_geodesy_says() {
        // Meridian arc 0..1 degree of WGS 84: 110,574.4 m; 45..46: 111,141.5 m (published tables).
        assert!((ground_distance(at(0.0, 0.0), at(0.0, 1.0)).0 - 110_574.4).abs() < 1.0);
        assert!((ground_distance(at(0.0, 45.0), at(0.0, 46.0)).0 - 111_140.8).abs() < 2.0);
        // One degree of longitude on the equator: 111,319.5 m.
        assert!((ground_distance(at(10.0, 0.0), at(11.0, 0.0)).0 - 111_319.49).abs() < 0.1);
    }

    #[test]
    fn the_antimeridian_is_no_edge() {
        let west = at(179.999, -16.5);
        let east = at(-179.999, -16.5);
        assert!(ground_distance(west, east).0 < 220.0);
        let frame = LocalFrame::at(west);
        let back = frame.to_lonlat(frame.to_planar(east)).unwrap();
        assert_eq!(back, east);
    }

    #[test]
    fn a_frame_gives_back_what_it_took() {
        let frame = LocalFrame::at(at(118.6, 24.9));
        for (lon, lat) in [(118.61, 24.91), (118.59, 24.88), (118.6, 24.9)] {
            assert_eq!(frame.to_lonlat(frame.to_planar(at(lon, lat))), Some(at(lon, lat)));
        }
    }
}
