//! Elevation from GeoTIFF (OGC 19-008r4).

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::layout::{Cells, Layout};
use super::{Elevation, ElevationFacts, FOOT_M, Wanted};
use crate::import::ImportError;
use crate::import::plain::open_plain;
use crate::spatial::{Crs, RasterFrame};

/// Largest strip or tile that is unpacked, and largest list of tags, in bytes.
const CHUNK_BYTES_MAX: usize = 256 << 20;
const TAG_BYTES_MAX: usize = 64 << 20;

const MODEL_TYPE: u16 = 1024;
const RASTER_TYPE: u16 = 1025;
const GEODETIC_CRS: u16 = 2048;
const PROJECTED_CRS: u16 = 3072;
const VERTICAL_UNITS: u16 = 4099;
/// `GTRasterTypeGeoKey`: numbers stand for points, not for areas.
const PIXEL_IS_POINT: u16 = 2;
/// `GTModelTypeGeoKey`: projected.
const PROJECTED: u16 = 1;

type Tiff = Decoder<BufReader<File>>;

/// Whether the file at `path` begins like a TIFF.
pub(super) fn is_tiff(path: &Path) -> Result<bool, ImportError> {
    let mut start = Vec::new();
    let file = open_plain(path).map_err(|error| ImportError::read(path, error))?;
    file.take(4).read_to_end(&mut start).map_err(|error| ImportError::read(path, error))?;
    Ok([b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| start == magic[..]))
}

/// A file being read.
struct Source<'a> {
    path: &'a Path,
    tiff: Tiff,
    keys: Vec<u16>,
}

impl Source<'_> {
    fn open(path: &Path) -> Result<Source<'_>, ImportError> {
        let file = open_plain(path).map_err(|error| ImportError::read(path, error))?;
        let mut limits = Limits::default();
        limits.decoding_buffer_size = CHUNK_BYTES_MAX;
        limits.intermediate_buffer_size = CHUNK_BYTES_MAX;
        limits.ifd_value_size = TAG_BYTES_MAX;
        let tiff = Decoder::new(BufReader::new(file)).map_err(|error| damaged(path, &error))?;
        let mut tiff = tiff.with_limits(limits);
        let keys = tiff.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default();
        Ok(Source { path, tiff, keys })
    }

    /// The number under a key, where it stands in the directory itself.
    fn key(&self, id: u16) -> Option<u16> {
        let rows = self.keys.get(4..)?.as_chunks::<4>().0;
        rows.iter().find(|row| row[0] == id && row[1] == 0).map(|row| row[3])
    }

    /// The coordinate system the file names.
    fn crs(&self) -> Option<Crs> {
        let key =
            if self.key(MODEL_TYPE) == Some(PROJECTED) { PROJECTED_CRS } else { GEODETIC_CRS };
        self.key(key)
            .filter(|&code| code != 0 && code != 32_767)
            .map(|code| Crs::from_epsg(code.into()))
    }

    /// Metres of one unit, where the file says (EPSG units 9001, 9002 and 9003).
    fn unit_m(&self) -> Option<f64> {
        match self.key(VERTICAL_UNITS)? {
            9001 => Some(1.0),
            9002 => Some(FOOT_M),
            9003 => Some(1200.0 / 3937.0),
            _ => None,
        }
    }

    fn size(&mut self) -> Result<(usize, usize), ImportError> {
        let (width, height) = self.tiff.dimensions().map_err(|error| damaged(self.path, &error))?;
        Ok((width as usize, height as usize))
    }

    fn color(&mut self) -> Result<ColorType, ImportError> {
        self.tiff.colortype().map_err(|error| damaged(self.path, &error))
    }

    /// Where the cells lie.
    fn frame(&mut self) -> Result<RasterFrame, ImportError> {
        let (width, height) = self.size()?;
        let scale = self.tiff.get_tag_f64_vec(Tag::ModelPixelScaleTag).unwrap_or_default();
        let tie = self.tiff.get_tag_f64_vec(Tag::ModelTiepointTag).unwrap_or_default();
        let matrix = self.tiff.get_tag_f64_vec(Tag::ModelTransformationTag).unwrap_or_default();
        let is_upright =
            matches!(&matrix[..], [_, across, _, _, down, ..] if across.abs() + down.abs() <= 0.0);
        let (x, y, step_x, step_y) = match (&scale[..], &tie[..], &matrix[..]) {
            ([wide, high, ..], [column, row, _, x, y, ..], _) => {
                (x - column * wide, y + row * high, *wide, -high)
            }
            (_, _, [wide, _, _, x, _, high, _, y, ..]) if is_upright => (*x, *y, *wide, *high),
            _ => {
                let reason =
                    "does not say where it lies, or lies turned; warp it upright first (gdalwarp)";
                return Err(ImportError::malformed(self.path, reason));
            }
        };
        let numbers = [x, y, step_x, step_y];
        if numbers.iter().any(|n| !n.is_finite()) || step_x.abs() < 1e-12 || step_y.abs() < 1e-12 {
            return Err(ImportError::malformed(self.path, "says that its cells have no size"));
        }
        let half = if self.key(RASTER_TYPE) == Some(PIXEL_IS_POINT) { 0.0 } else { 0.5 };
        let (first_x, first_y) = (x + half * step_x, y + half * step_y);
        Ok(RasterFrame { first_x, first_y, step_x, step_y, width, height })
    }

    /// The number that means "unknown".
    fn void(&mut self) -> Option<f64> {
        let text = self.tiff.get_tag_ascii_string(Tag::GdalNodata).ok()?;
        text.trim_matches(['\0', ' ']).parse().ok()
    }
}

fn damaged(path: &Path, error: &TiffError) -> ImportError {
    let reason = match error {
        TiffError::UnsupportedError(what) => {
            format!(
                "is a TIFF of a kind that is not read here ({what}); make it a plain GeoTIFF first"
            )
        }
        other => format!("is damaged: {other}"),
    };
    ImportError::malformed(path, reason.to_lowercase())
}

/// What the file says about itself.
pub(super) fn look(path: &Path) -> Result<ElevationFacts, ImportError> {
    let mut source = Source::open(path)?;
    source.frame()?;
    Ok(ElevationFacts {
        size: source.size()?,
        crs: source.crs(),
        unit_m: source.unit_m(),
        is_8_bit: source.color()? == ColorType::Gray(8),
    })
}

/// The heights around the streets; `None` when the file does not reach them.
pub(super) fn read(path: &Path, wanted: &Wanted) -> Result<Option<Elevation>, ImportError> {
    let mut source = Source::open(path)?;
    let frame = source.frame()?;
    let color = source.color()?;
    if !matches!(color, ColorType::Gray(_)) {
        let reason = "has several bands or colors; an elevation model has one number a cell";
        return Err(ImportError::malformed(path, reason));
    }
    let crs = wanted.crs.or_else(|| source.crs()).ok_or_else(|| {
        let reason = "does not name its coordinate system; state it with `crs = \"epsg:<number>\"`";
        ImportError::malformed(path, reason)
    })?;
    let unit_m = wanted.unit_m.or_else(|| source.unit_m());
    let mut doubts = Vec::new();
    if color == ColorType::Gray(8) && wanted.unit_m.is_none() {
        doubts.push(
            "has heights of 8 bits, which are mostly shades and not metres; state what one unit is with \
             `unit_m` (1 for metres)"
                .to_owned(),
        );
    }
    let cells = Cells { frame, crs, unit_m: unit_m.unwrap_or(1.0), void: source.void() };
    let Some(mut layout) = Layout::new(path, cells, wanted)? else { return Ok(None) };
    gather(&mut source, &frame, &mut layout)?;
    Ok(Some(layout.finish(doubts)))
}

/// Reads the strips or tiles that touch the window.
fn gather(
    source: &mut Source<'_>,
    frame: &RasterFrame,
    layout: &mut Layout,
) -> Result<(), ImportError> {
    let (chunk_width, chunk_height) = source.tiff.chunk_dimensions();
    let (chunk_width, chunk_height) = (chunk_width as usize, chunk_height as usize);
    if chunk_width == 0 || chunk_height == 0 {
        return Err(ImportError::malformed(source.path, "is damaged: it has strips without rows"));
    }
    let across = frame.width.div_ceil(chunk_width);
    let (columns, rows) = (layout.window.columns.clone(), layout.window.rows.clone());
    for down in rows.start / chunk_height..rows.end.div_ceil(chunk_height) {
        for right in columns.start / chunk_width..columns.end.div_ceil(chunk_width) {
            let index = (down * across + right) as u32;
            let width = source.tiff.chunk_data_dimensions(index).0 as usize;
            let numbers =
                source.tiff.read_chunk(index).map_err(|error| damaged(source.path, &error))?;
            let numbers = to_numbers(numbers).ok_or_else(|| {
                let reason =
                    "has numbers of a kind that is not read here; make it 32-bit floats first";
                ImportError::malformed(source.path, reason)
            })?;
            for (at, number) in numbers.into_iter().enumerate().filter(|_| width > 0) {
                let (column, row) =
                    (right * chunk_width + at % width, down * chunk_height + at / width);
                layout.put(column, row, number);
            }
        }
    }
    Ok(())
}

fn to_numbers(chunk: DecodingResult) -> Option<Vec<f64>> {
    Some(match chunk {
        DecodingResult::U8(numbers) => numbers.into_iter().map(f64::from).collect(),
        DecodingResult::I8(numbers) => numbers.into_iter().map(f64::from).collect(),
        DecodingResult::U16(numbers) => numbers.into_iter().map(f64::from).collect(),
        DecodingResult::I16(numbers) => numbers.into_iter().map(f64::from).collect(),
        DecodingResult::U32(numbers) => numbers.into_iter().map(f64::from).collect(),
        DecodingResult::I32(numbers) => numbers.into_iter().map(f64::from).collect(),
        DecodingResult::F32(numbers) => numbers.into_iter().map(f64::from).collect(),
        DecodingResult::F64(numbers) => numbers,
        _ => return None,
    })
}
