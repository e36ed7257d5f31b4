//! Elevation from SRTM tiles: `N43E007.hgt`, one degree a side, 1201 or 3601 numbers of 16 bits in each of as
//! many rows, north first, high byte first (USGS, SRTM topography, 2015).

use std::io::Read;
use std::path::Path;

use flate2::bufread::{DeflateDecoder, GzDecoder};

use super::layout::{Cells, Layout};
use super::{Elevation, ElevationFacts, Wanted};
use crate::import::plain::open_plain;
use crate::import::{ImportError, format};
use crate::spatial::{Crs, RasterFrame};

/// Sides of a tile at 3″ and 1″.
const SIDES: [usize; 2] = [1201, 3601];
/// Bytes of the largest tile, and one more to notice a larger one.
const TILE_BYTES_MAX: u64 = 3601 * 3601 * 2 + 1;
/// Bytes of a packed tile that are read at most.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Numbers of this value are unknown.
const VOID: f64 = -32_768.0;

/// A tile, unpacked.
struct Tile {
    bytes: Vec<u8>,
    frame: RasterFrame,
}

/// What the file says about itself.
pub(super) fn look(path: &Path) -> Result<ElevationFacts, ImportError> {
    let frame = open(path)?.frame;
    Ok(ElevationFacts {
        size: (frame.width, frame.height),
        crs: Some(Crs::Wgs84),
        unit_m: Some(1.0),
        is_8_bit: false,
    })
}

/// The heights around the streets; `None` when the tile does not reach them.
pub(super) fn read(path: &Path, wanted: &Wanted) -> Result<Option<Elevation>, ImportError> {
    let Tile { bytes, frame } = open(path)?;
    let unit_m = wanted.unit_m.unwrap_or(1.0);
    let crs = wanted.crs.unwrap_or(Crs::Wgs84);
    let cells = Cells { frame, crs, unit_m, void: Some(VOID) };
    let Some(mut layout) = Layout::new(path, cells, wanted)? else { return Ok(None) };
    for (at, &number) in bytes.as_chunks().0.iter().enumerate() {
        let number = f64::from(i16::from_be_bytes(number));
        layout.put(at % frame.width, at / frame.width, number);
    }
    Ok(Some(layout.finish(Vec::new())))
}

fn open(path: &Path) -> Result<Tile, ImportError> {
    let malformed = |reason: &str| ImportError::malformed(path, reason);
    let mut packed = Vec::new();
    open_plain(path)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut packed))
        .map_err(|error| ImportError::read(path, error))?;
    let mut name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = if packed.starts_with(b"PK\x03\x04") {
        let (inner, bytes) =
            unzip(&packed).ok_or_else(|| malformed("is a zip without an .hgt file"))?;
        name = inner;
        bytes
    } else if packed.starts_with(&[0x1f, 0x8b]) {
        unpack(GzDecoder::new(&packed[..]))
            .ok_or_else(|| malformed("is damaged: cannot be unpacked"))?
    } else {
        packed
    };
    let side = SIDES.into_iter().find(|side| side * side * 2 == bytes.len()).ok_or_else(|| {
        let text = || format::find_text(&String::from_utf8_lossy(&bytes));
        match format::find_binary(&bytes).or_else(text) {
            Some((what, _)) => malformed(&format!(
                "this is {what}, no heights; give a GeoTIFF or an SRTM tile of 1201 or 3601 rows (.hgt)"
            )),
            None => malformed("is neither a GeoTIFF nor an SRTM tile of 1201 or 3601 rows (.hgt)"),
        }
    })?;
    let (west, south) = corner(&name)
        .ok_or_else(|| malformed("must be named by its south-west corner, such as N43E007.hgt"))?;
    let step = 1.0 / (side as f64 - 1.0);
    let frame = RasterFrame {
        first_x: f64::from(west),
        first_y: f64::from(south) + 1.0,
        step_x: step,
        step_y: -step,
        width: side,
        height: side,
    };
    Ok(Tile { bytes, frame })
}

fn unpack(packed: impl Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    packed.take(TILE_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Name and contents of the first `.hgt` file of a zip (PKWARE APPNOTE 6.3.10, stored or deflated).
fn unzip(zip: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut at = 0_usize;
    loop {
        let head = zip.get(at..at.checked_add(30)?)?;
        if !head.starts_with(b"PK\x03\x04") {
            return None;
        }
        let short = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
        let packed_size = short(18) | short(20) << 16;
        let (method, has_later_size) = (short(8), short(6) & 8 != 0);
        let name = zip.get(at + 30..at + 30 + short(26))?;
        let start = at + 30 + short(26) + short(28);
        let rest = zip.get(start..)?;
        let name = String::from_utf8_lossy(name).into_owned();
        if name.to_ascii_lowercase().ends_with(".hgt") {
            let bytes = match method {
                0 => rest.get(..packed_size)?.to_vec(),
                8 => unpack(DeflateDecoder::new(rest))?,
                _ => return None,
            };
            return Some((name, bytes));
        }
        if has_later_size {
            return None;
        }
        at = start.checked_add(packed_size)?;
    }
}

/// Longitude and latitude of the south-west corner that a name such as `N43E007` gives.
fn corner(name: &str) -> Option<(i16, i16)> {
    let name = name.rsplit(['/', '\\']).next()?.to_ascii_uppercase();
    let degrees = |digits: &str, negative: char, sign: char| {
        let degrees: i16 = digits.parse().ok()?;
        Some(if sign == negative { -degrees } else { degrees })
    };
    let (north, rest) = (name.chars().next()?, name.get(1..)?);
    let (east, after) = (rest.chars().nth(2)?, rest.get(3..6)?);
    if !"NS".contains(north) || !"EW".contains(east) {
        return None;
    }
    let (lat, lon) = (degrees(rest.get(..2)?, 'S', north)?, degrees(after, 'W', east)?);
    ((-90..90).contains(&lat) && (-180..180).contains(&lon)).then_some((lon, lat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_named_by_its_corner() {
        assert_eq!(corner("N43E007.hgt"), Some((7, 43)));
        assert_eq!(corner("tiles/s31w052.hgt.zip"), Some((-52, -31)));
        for odd in ["", "N4", "X43E007", "N43Q007", "N99E007", "N43E200", "Nä3E007", "N43E0é"] {
            assert_eq!(corner(odd), None, "{odd}");
        }
    }
}
