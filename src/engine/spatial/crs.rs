//! Coordinate systems: what the two numbers of a point mean, and the way to WGS 84 and back.
//!
//! Axis order is always x then y (longitude then latitude, easting then northing), whatever the register
//! says. CGCS2000 is taken as WGS 84: the two differ by well under the 1 cm that a place is kept to.

use std::fmt;
use std::str::FromStr;

use proj4rs::Proj;
use proj4rs::transform::transform;
use serde::{Deserialize, Serialize};

use super::china::{self, Degrees};
use super::{LonLat, LonLatError};

/// Coordinates beyond this are no place in any system.
const COORDINATE_MAX: f64 = 1e8;
/// Semi-major axis shared by WGS 84, GRS 80 and the spheres of web maps.
const MODERN_SEMI_MAJOR_M: f64 = 6_378_137.0;

/// A coordinate system.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub enum Crs {
    /// Degrees on WGS 84.
    #[default]
    Wgs84,
    /// Degrees on China Geodetic Coordinate System 2000; equal to WGS 84 here.
    Cgcs2000,
    /// Degrees shifted as in `AMap` and Tencent maps.
    Gcj02,
    /// Degrees shifted as in Baidu maps.
    Bd09,
    /// A code of the EPSG register, other than 4326 and 4490.
    Epsg(u32),
}

/// Why coordinates have no place.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CrsError {
    /// A name nobody knows.
    #[error(
        "unknown coordinate system {0:?}; write WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:<code>, \
         or auto to have it detected"
    )]
    Unknown(String),
    /// A code that is not in the built-in register or cannot be computed.
    #[error("EPSG:{code} cannot be used: {reason}; convert the file to EPSG:4326 first")]
    Unsupported {
        /// The code.
        code: u32,
        /// What the projection library said.
        reason: String,
    },
    /// A number that is NaN, infinite or absurd.
    #[error("coordinates ({x}, {y}) are not finite or far too large")]
    NotANumber {
        /// First number.
        x: f64,
        /// Second number.
        y: f64,
    },
    /// Numbers outside where the system is defined.
    #[error("coordinates ({x}, {y}) lie outside {crs}: {reason}")]
    OutsideDomain {
        /// The system.
        crs: Crs,
        /// First number.
        x: f64,
        /// Second number.
        y: f64,
        /// What the projection library said.
        reason: String,
    },
    /// Degrees outside their range.
    #[error(transparent)]
    Degrees(#[from] LonLatError),
}

impl Crs {
    /// The system with EPSG code `code`.
    pub fn from_epsg(code: u32) -> Self {
        match code {
            4326 | 4979 => Self::Wgs84,
            4490 | 4480 => Self::Cgcs2000,
            // What web mercator was called before it had a code, and what Esri calls it.
            3785 | 102_100 | 102_113 | 900_913 => Self::Epsg(3857),
            other => Self::Epsg(other),
        }
    }

    /// The EPSG code, when the register has one.
    pub fn epsg(self) -> Option<u32> {
        match self {
            Self::Wgs84 => Some(4326),
            Self::Cgcs2000 => Some(4490),
            Self::Gcj02 | Self::Bd09 => None,
            Self::Epsg(code) => Some(code),
        }
    }

    /// The transform between this system and WGS 84, made once for many points.
    ///
    /// # Errors
    /// [`CrsError::Unsupported`] when the code is not known.
    pub fn transform(self) -> Result<CrsTransform, CrsError> {
        let way = match self {
            Self::Wgs84 | Self::Cgcs2000 => Way::Same,
            Self::Gcj02 => Way::China(china::gcj02_to_wgs84, china::wgs84_to_gcj02),
            Self::Bd09 => Way::China(china::bd09_to_wgs84, china::wgs84_to_bd09),
            Self::Epsg(code) => Way::Projected(Box::new(Projection::new(code)?)),
        };
        Ok(CrsTransform { crs: self, way })
    }

    /// The place at `(x, y)`; for many points make one [`Crs::transform`].
    ///
    /// # Errors
    /// When the system is unsupported or the point is not in it.
    pub fn to_wgs84(self, x: f64, y: f64) -> Result<LonLat, CrsError> {
        self.transform()?.to_wgs84(x, y)
    }

    /// The numbers of `place` in this system; for many points make one [`Crs::transform`].
    ///
    /// # Errors
    /// When the system is unsupported or does not reach the place.
    pub fn from_wgs84(self, place: LonLat) -> Result<(f64, f64), CrsError> {
        self.transform()?.from_wgs84(place)
    }

    /// The other numbering of a CGCS2000 Gauss–Krüger zone: eastings with the zone number in front
    /// (EPSG 4491–4501, 4513–4533) ↔ without (4502–4512, 4534–4554).
    pub fn zone_prefix_sibling(self) -> Option<Self> {
        match self {
            Self::Epsg(code @ 4491..=4501) => Some(Self::Epsg(code + 11)),
            Self::Epsg(code @ 4502..=4512) => Some(Self::Epsg(code - 11)),
            Self::Epsg(code @ 4513..=4533) => Some(Self::Epsg(code + 21)),
            Self::Epsg(code @ 4534..=4554) => Some(Self::Epsg(code - 21)),
            _ => None,
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wgs84 => out.write_str("WGS84"),
            Self::Cgcs2000 => out.write_str("CGCS2000"),
            Self::Gcj02 => out.write_str("GCJ-02"),
            Self::Bd09 => out.write_str("BD-09"),
            Self::Epsg(code) => write!(out, "EPSG:{code}"),
        }
    }
}

impl FromStr for Crs {
    type Err = CrsError;

    fn from_str(text: &str) -> Result<Self, CrsError> {
        let unknown = || CrsError::Unknown(text.chars().take(60).collect());
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
            .flat_map(char::to_uppercase)
            .collect();
        match plain.as_str() {
            "WGS84" | "WGS1984" | "GCSWGS1984" | "GPS" | "WGS" => return Ok(Self::Wgs84),
            "CGCS2000"
            | "国家2000"
            | "2000国家大地坐标系"
            | "GCSCHINAGEODETICCOORDINATESYSTEM2000" => {
                return Ok(Self::Cgcs2000);
            }
            "GCJ02" | "GCJ" | "火星" | "火星坐标" | "火星坐标系" | "高德" | "腾讯" | "AMAP" =>
            {
                return Ok(Self::Gcj02);
            }
            "BD09" | "BD09LL" | "BD" | "百度" | "百度坐标" | "百度坐标系" | "BAIDU" => {
                return Ok(Self::Bd09);
            }
            other if other.ends_with("CRS84") => return Ok(Self::Wgs84),
            _ => {}
        }
        let whole = text.trim().to_uppercase();
        let code = whole.rsplit([':', '/']).next().unwrap_or(&whole);
        let named = whole.contains("EPSG") || code.len() == whole.len();
        let code = code.strip_prefix("EPSG").unwrap_or(code);
        match code.parse::<u32>() {
            Ok(code) if named && code > 0 => Ok(Self::from_epsg(code)),
            _ => Err(unknown()),
        }
    }
}

impl TryFrom<String> for Crs {
    type Error = CrsError;
    fn try_from(text: String) -> Result<Self, CrsError> {
        text.parse()
    }
}

impl From<Crs> for String {
    fn from(crs: Crs) -> Self {
        crs.to_string()
    }
}

/// The way between one system and WGS 84.
pub struct CrsTransform {
    crs: Crs,
    way: Way,
}

enum Way {
    Same,
    China(fn(Degrees) -> Degrees, fn(Degrees) -> Degrees),
    Projected(Box<Projection>),
}

struct Projection {
    system: Proj,
    wgs84: Proj,
}

impl Projection {
    fn new(code: u32) -> Result<Self, CrsError> {
        let unsupported =
            |error: proj4rs::errors::Error| CrsError::Unsupported { code, reason: reason(&error) };
        let Ok(short) = u16::try_from(code) else {
            let reason = "it is not in the built-in register".to_owned();
            return Err(CrsError::Unsupported { code, reason });
        };
        let system = Proj::from_epsg_code(short).map_err(unsupported)?;
        let wgs84 =
            Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").map_err(unsupported)?;
        if system.is_geocent() || !system.has_inverse() || !system.has_forward() {
            let reason = "it is not a system of flat or geographic coordinates".to_owned();
            return Err(CrsError::Unsupported { code, reason });
        }
        Ok(Self { system, wgs84 })
    }
}

fn reason(error: &proj4rs::errors::Error) -> String {
    match error {
        proj4rs::errors::Error::ProjectionNotFound => {
            "it is not in the built-in register".to_owned()
        }
        other => other.to_string().to_lowercase(),
    }
}

impl CrsTransform {
    /// The system this leads from.
    pub fn crs(&self) -> Crs {
        self.crs
    }

    /// The place at `(x, y)`.
    ///
    /// # Errors
    /// When a number is not finite or the point is not in the system.
    pub fn to_wgs84(&self, x: f64, y: f64) -> Result<LonLat, CrsError> {
        if !(x.abs() <= COORDINATE_MAX && y.abs() <= COORDINATE_MAX) {
            return Err(CrsError::NotANumber { x, y });
        }
        let (lon, lat) = match &self.way {
            Way::Same => (x, y),
            Way::China(back, _) => {
                LonLat::new(x, y)?;
                back((x, y))
            }
            Way::Projected(projection) => {
                self.project(&projection.system, &projection.wgs84, (x, y))?
            }
        };
        Ok(LonLat::new(lon, lat)?)
    }

    /// The numbers of `place` in the system.
    ///
    /// # Errors
    /// When the system does not reach the place.
    pub fn from_wgs84(&self, place: LonLat) -> Result<(f64, f64), CrsError> {
        let degrees = (place.lon(), place.lat());
        match &self.way {
            Way::Same => Ok(degrees),
            Way::China(_, forth) => Ok(forth(degrees)),
            Way::Projected(projection) => {
                self.project(&projection.wgs84, &projection.system, degrees)
            }
        }
    }

    /// Why places may be off although the code is known: an old ellipsoid whose shift to WGS 84 is not in
    /// the register. `None` when they are not.
    pub fn find_caveat(&self) -> Option<String> {
        let Way::Projected(projection) = &self.way else { return None };
        let (a, b) = projection.system.ellipse_parameters();
        if (a - MODERN_SEMI_MAJOR_M).abs() < 0.5 {
            return None;
        }
        let plain =
            Proj::from_proj_string(&format!("+proj=longlat +a={a} +b={b} +no_defs")).ok()?;
        let data = projection.system.longitude_of_origin().to_degrees();
        let center = LonLat::new(data, projection.system.latitude_of_origin().to_degrees()).ok()?;
        let point = self.from_wgs84(center).ok()?;
        let unshifted = self.project(&projection.system, &plain, point).ok()?;
        let same =
            (unshifted.0 - center.lon()).abs().max((unshifted.1 - center.lat()).abs()) < 1e-8;
        same.then(|| {
            format!(
                "{} lies on an old ellipsoid whose shift to WGS 84 is not known here; places may be off by \
                 up to some 200 m, convert the file to EPSG:4326 with local parameters",
                self.crs
            )
        })
    }

    fn project(&self, from: &Proj, to: &Proj, (x, y): Degrees) -> Result<Degrees, CrsError> {
        let mut point = if from.is_latlong() { (x.to_radians(), y.to_radians()) } else { (x, y) };
        let outside = |reason: String| CrsError::OutsideDomain { crs: self.crs, x, y, reason };
        transform(from, to, &mut point).map_err(|error| outside(reason(&error)))?;
        if !point.0.is_finite() || !point.1.is_finite() {
            return Err(outside("the projection gives no finite place".to_owned()));
        }
        Ok(if to.is_latlong() { (point.0.to_degrees(), point.1.to_degrees()) } else { point })
    }
}

impl fmt::Debug for CrsTransform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("CrsTransform").field("crs", &self.crs).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::frame::ground_distance;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn a_system_is_known_by_its_many_names() {
        for (text, crs) in [
            ("EPSG:4326", Crs::Wgs84),
            ("wgs84", Crs::Wgs84),
            ("WGS 84", Crs::Wgs84),
            ("CRS84", Crs::Wgs84),
            ("urn:ogc:def:crs:OGC:1.3:CRS84", Crs::Wgs84),
            ("urn:ogc:def:crs:EPSG::4326", Crs::Wgs84),
            ("http://www.opengis.net/def/crs/EPSG/0/4547", Crs::Epsg(4547)),
            ("GCJ-02", Crs::Gcj02),
            ("bd09", Crs::Bd09),
            ("CGCS2000", Crs::Cgcs2000),
            ("4490", Crs::Cgcs2000),
            ("epsg:4547", Crs::Epsg(4547)),
            ("EPSG:900913", Crs::Epsg(3857)),
            ("EPSG:102100", Crs::Epsg(3857)),
        ] {
            assert_eq!(text.parse::<Crs>().as_ref(), Ok(&crs), "{text}");
            assert_eq!(crs.to_string().parse::<Crs>(), Ok(crs));
        }
        for text in ["", "mars", "EPSG:", "EPSG:-1", "EPSG:4326x", "urn:x:4326", "0"] {
            assert!(matches!(text.parse::<Crs>(), Err(CrsError::Unknown(_))), "{text}");
        }
    }

    #[test]
    fn published_points_of_projected_systems_are_met() {
        // EPSG guidance note 7-2: British National Grid, 577274.99 E 69740.50 N is 50°30' N 0°30' E on
        // OSGB 36, some 120 m from the same degrees on WGS 84.
        let place = Crs::Epsg(27700).to_wgs84(577_274.99, 69_740.50).unwrap();
        let apart = ground_distance(place, at(0.5, 50.5)).0;
        assert!((80.0..140.0).contains(&apart), "{apart}");
        // Web Mercator of 100° W 20° N: -11131949.08, 2273030.93 (EPSG guidance note 7-2 style check).
        let place = Crs::Epsg(3857).to_wgs84(-11_131_949.079, 2_273_030.927).unwrap();
        assert!(ground_distance(place, at(-100.0, 20.0)).0 < 0.02, "{place}");
        // The middle of a Gauss–Krüger zone lies on its meridian, with and without the zone in front.
        for (crs, x) in [(4547, 500_000.0), (4526, 38_500_000.0)] {
            let place = Crs::Epsg(crs).to_wgs84(x, 3_379_000.0).unwrap();
            assert!((place.lon() - 114.0).abs() < 1e-7 && (place.lat() - 30.5).abs() < 0.1);
        }
    }

    #[test]
    fn every_cgcs2000_zone_and_its_sibling_agree() {
        for code in (4491..=4501).chain(4513..=4533) {
            let with_zone = Crs::Epsg(code);
            let plain = with_zone.zone_prefix_sibling().unwrap();
            assert_eq!(plain.zone_prefix_sibling(), Some(with_zone));
            let zone = if code <= 4501 { code - 4491 + 13 } else { code - 4513 + 25 };
            let (x, y) = (f64::from(zone) * 1e6 + 512_345.6, 3_000_000.0);
            let prefixed = with_zone.to_wgs84(x, y).unwrap();
            assert_eq!(prefixed, plain.to_wgs84(512_345.6, y).unwrap(), "EPSG:{code}");
        }
        assert_eq!(Crs::Wgs84.zone_prefix_sibling(), None);
    }

    #[test]
    fn a_place_survives_the_way_there_and_back() {
        let wuhan = at(114.305_6, 30.593_1);
        for crs in [
            Crs::Wgs84,
            Crs::Cgcs2000,
            Crs::Gcj02,
            Crs::Bd09,
            Crs::Epsg(3857),
            Crs::Epsg(32650),
            Crs::Epsg(4547),
            Crs::Epsg(4526),
            Crs::Epsg(4508),
            Crs::Epsg(4214),
        ] {
            let (x, y) = crs.from_wgs84(wuhan).unwrap();
            let back = crs.to_wgs84(x, y).unwrap();
            assert!(ground_distance(back, wuhan).0 < 0.03, "{crs}: {back}");
        }
    }

    #[test]
    fn what_is_no_coordinate_or_no_known_code_is_said() {
        for (x, y) in [(f64::NAN, 0.0), (f64::INFINITY, 0.0), (1e308, 1.0)] {
            for crs in [Crs::Wgs84, Crs::Gcj02, Crs::Epsg(3857)] {
                assert!(matches!(crs.to_wgs84(x, y), Err(CrsError::NotANumber { .. })));
            }
        }
        for code in [1, 65_535, 70_000, u32::MAX] {
            assert!(matches!(
                Crs::Epsg(code).to_wgs84(0.0, 0.0),
                Err(CrsError::Unsupported { .. })
            ));
        }
        assert!(matches!(Crs::Gcj02.to_wgs84(500_000.0, 3e6), Err(CrsError::Degrees(_))));
        assert!(Crs::Wgs84.to_wgs84(24.9, 118.6).is_err());
    }

    #[test]
    fn an_old_ellipsoid_without_a_known_shift_is_said() {
        assert_eq!(Crs::Epsg(4547).transform().unwrap().find_caveat(), None);
        assert_eq!(Crs::Epsg(27700).transform().unwrap().find_caveat(), None);
        // Xi'an 1980 / 3-degree Gauss–Krüger CM 114E.
        let caveat = Crs::Epsg(2383).transform().unwrap().find_caveat();
        assert!(caveat.is_some_and(|text| text.contains("EPSG:2383")));
    }
}
