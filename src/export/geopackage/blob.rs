//! Geometries as GeoPackage keeps them: a header with the envelope, then well-known binary.

/// WGS 84, as every layer is.
const SRS_ID: i32 = 4326;
/// Header flags: little endian, no envelope.
const FLAGS_PLAIN: u8 = 0b0000_0001;
/// Header flags: little endian, envelope of two dimensions.
const FLAGS_ENVELOPE: u8 = 0b0000_0011;
/// Header flags: little endian, empty geometry.
const FLAGS_EMPTY: u8 = 0b0001_0001;

/// A position in whole 1e-7 degrees, longitude first.
pub(super) type Position = (i64, i64);

/// A geometry in whole 1e-7 degrees, longitude first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GpkgGeometry {
    /// One place.
    Point(Position),
    /// One line.
    Line(Vec<Position>),
    /// Lines, of one feature.
    Lines(Vec<Vec<Position>>),
    /// One polygon: its outer ring, then its holes, each closed.
    Polygon(Vec<Vec<Position>>),
    /// Polygons, of one feature.
    Polygons(Vec<Vec<Vec<Position>>>),
}

/// Smallest and largest longitude and latitude, in whole 1e-7 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) lon: (i64, i64),
    pub(super) lat: (i64, i64),
}

impl GpkgGeometry {
    fn positions(&self) -> Vec<&[Position]> {
        match self {
            Self::Point(place) => vec![std::slice::from_ref(place)],
            Self::Line(line) => vec![line],
            Self::Lines(lines) | Self::Polygon(lines) => lines.iter().map(Vec::as_slice).collect(),
            Self::Polygons(polygons) => polygons.iter().flatten().map(Vec::as_slice).collect(),
        }
    }

    /// The smallest box around it; `None` when there is nothing in it.
    pub(super) fn envelope(&self) -> Option<Envelope> {
        let mut found: Option<Envelope> = None;
        for &(lon, lat) in self.positions().into_iter().flatten() {
            let of = found.get_or_insert(Envelope { lon: (lon, lon), lat: (lat, lat) });
            of.lon = (of.lon.0.min(lon), of.lon.1.max(lon));
            of.lat = (of.lat.0.min(lat), of.lat.1.max(lat));
        }
        found
    }
}

/// The value of a geometry column.
pub fn gpkg_blob(geometry: &GpkgGeometry) -> Vec<u8> {
    let envelope = geometry.envelope();
    let flags = match (geometry, envelope) {
        (_, None) => FLAGS_EMPTY,
        (GpkgGeometry::Point(_), _) => FLAGS_PLAIN,
        _ => FLAGS_ENVELOPE,
    };
    let mut bytes = vec![b'G', b'P', 0, flags];
    bytes.extend_from_slice(&SRS_ID.to_le_bytes());
    if let (FLAGS_ENVELOPE, Some(Envelope { lon, lat })) = (flags, envelope) {
        for bound in [lon.0, lon.1, lat.0, lat.1] {
            push_degrees(&mut bytes, bound);
        }
    }
    push_wkb(&mut bytes, geometry);
    bytes
}

/// Degrees of whole 1e-7 degrees: the double nearest to the decimal number.
pub(super) fn degrees(e7: i64) -> f64 {
    e7 as f64 / 1e7
}

fn push_degrees(bytes: &mut Vec<u8>, e7: i64) {
    bytes.extend_from_slice(&degrees(e7).to_le_bytes());
}

fn push_count(bytes: &mut Vec<u8>, count: usize) {
    bytes.extend_from_slice(&(count as u32).to_le_bytes());
}

fn push_kind(bytes: &mut Vec<u8>, kind: u32) {
    bytes.push(1);
    bytes.extend_from_slice(&kind.to_le_bytes());
}

fn push_line(bytes: &mut Vec<u8>, line: &[Position]) {
    push_count(bytes, line.len());
    for &(lon, lat) in line {
        push_degrees(bytes, lon);
        push_degrees(bytes, lat);
    }
}

fn push_polygon(bytes: &mut Vec<u8>, rings: &[Vec<Position>]) {
    push_kind(bytes, 3);
    push_count(bytes, rings.len());
    for ring in rings {
        push_line(bytes, ring);
    }
}

fn push_wkb(bytes: &mut Vec<u8>, geometry: &GpkgGeometry) {
    match geometry {
        GpkgGeometry::Point((lon, lat)) => {
            push_kind(bytes, 1);
            push_degrees(bytes, *lon);
            push_degrees(bytes, *lat);
        }
        GpkgGeometry::Line(line) => {
            push_kind(bytes, 2);
            push_line(bytes, line);
        }
        GpkgGeometry::Lines(lines) => {
            push_kind(bytes, 5);
            push_count(bytes, lines.len());
            for line in lines {
                push_kind(bytes, 2);
                push_line(bytes, line);
            }
        }
        GpkgGeometry::Polygon(rings) => push_polygon(bytes, rings),
        GpkgGeometry::Polygons(polygons) => {
            push_kind(bytes, 6);
            push_count(bytes, polygons.len());
            for rings in polygons {
                push_polygon(bytes, rings);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_header_then_well_known_binary() {
        let bytes = gpkg_blob(&GpkgGeometry::Point((-44_820_000, 541_500_000)));
        assert_eq!(bytes[..8], [b'G', b'P', 0, 1, 0xE6, 0x10, 0, 0]);
        assert_eq!(bytes[8..13], [1, 1, 0, 0, 0]);
        assert_eq!(bytes[13..21], (-4.482_f64).to_le_bytes());
        assert_eq!(bytes[21..], 54.15_f64.to_le_bytes());
    }

    #[test]
    fn an_area_carries_its_envelope() {
        let ring = vec![(0, 0), (20_000_000, 0), (20_000_000, 10_000_000), (0, 0)];
        let bytes = gpkg_blob(&GpkgGeometry::Polygons(vec![vec![ring]]));
        assert_eq!(bytes[3], FLAGS_ENVELOPE);
        let numbers: Vec<f64> = bytes[8..40]
            .chunks_exact(8)
            .map(|eight| f64::from_le_bytes(eight.try_into().unwrap()))
            .collect();
        assert_eq!(numbers, [0.0, 2.0, 0.0, 1.0]);
        assert_eq!(bytes[40..49], [1, 6, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(bytes[49..62], [1, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0]);
        assert_eq!(bytes.len(), 62 + 4 * 16);
    }

    #[test]
    fn nothing_is_an_empty_geometry() {
        assert_eq!(gpkg_blob(&GpkgGeometry::Lines(Vec::new()))[3], FLAGS_EMPTY);
    }
}
