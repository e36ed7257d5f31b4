//! Elevation models → heights along the streets.
//!
//! GeoTIFF (8, 16 and 32-bit whole numbers, 32 and 64-bit floats; stripped or tiled; plain, DEFLATE or LZW) and
//! SRTM tiles (`.hgt`, plain, gzip or zip). Only the part around the streets is kept; cells finer than 10 m are
//! averaged in whole blocks of up to 10 m, and spikes of single cells are cut off.

mod geotiff;
mod hgt;
mod layout;

use std::path::Path;

use super::study_file::ElevationSource;
use super::{ImportError, IssueKind, IssueLog};
use crate::progress::{Progress, Stage};
use crate::spatial::{BoundingBox, Crs, LonLat, Raster};
use crate::street::{HeightsFound, StreetGraph};

/// Share of the street length steeper than 50 % above which heights are hardly metres.
const STEEP_SHARE_MAX: f64 = 0.01;
/// Metres of a foot.
const FOOT_M: f64 = 0.3048;

/// How an elevation file is to be read.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    /// Where heights are needed.
    bounds: BoundingBox,
    /// The coordinate system stated by the study.
    crs: Option<Crs>,
    /// Metres of one unit of the file, as stated by the study.
    unit_m: Option<f64>,
}

/// What a file gave.
#[derive(Debug)]
struct Elevation {
    /// Heights in metres.
    raster: Raster,
    /// What is odd about them.
    doubts: Vec<String>,
}

/// Whether `path` is named like an elevation model: GeoTIFF or SRTM tile.
///
/// # Errors
/// When it cannot be opened or is neither.
pub fn look_at(path: &Path) -> Result<ElevationFacts, ImportError> {
    let facts = if geotiff::is_tiff(path)? { geotiff::look(path)? } else { hgt::look(path)? };
    Ok(facts)
}

/// What an elevation file says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ElevationFacts {
    /// Columns and rows.
    pub size: (usize, usize),
    /// Its coordinate system, where it names a known one.
    pub crs: Option<Crs>,
    /// Metres of one unit, where it says.
    pub unit_m: Option<f64>,
    /// Whether its numbers are of 8 bits, which are seldom metres.
    pub is_8_bit: bool,
}

/// `graph` with the heights of `sources`, the first that knows a place counting; unchanged when there are none.
///
/// # Errors
/// When a file cannot be read or used, or the user asked to stop.
pub fn raise(
    graph: StreetGraph,
    sources: &[ElevationSource],
    issues: &mut IssueLog,
    progress: &dyn Progress,
) -> Result<StreetGraph, ImportError> {
    let Some(bounds) = graph.bounding_box() else { return Ok(graph) };
    let Some(first) = sources.first() else { return Ok(graph) };
    let total = sources.len() as u64 + 1;
    let mut rasters: Vec<Raster> = Vec::new();
    for (done, source) in sources.iter().enumerate() {
        progress.step(Stage::Building, done as u64, total)?;
        let name = source.file.written.as_str();
        match read(source, bounds)? {
            None => {
                let reason = "does not reach the streets of the study; it was not used";
                issues.note(IssueKind::ElevationMissing, name, "", reason);
            }
            Some(Elevation { raster, doubts }) => {
                for doubt in doubts {
                    issues.note(IssueKind::ElevationDoubtful, name, "", doubt);
                }
                rasters.push(raster);
            }
        }
    }
    let height = |place: LonLat| rasters.iter().find_map(|raster| raster.sample(place));
    let (graph, found) = graph.with_heights(&height);
    note(&found, &first.file.written, issues);
    progress.step(Stage::Building, total, total)?;
    Ok(graph)
}

fn read(source: &ElevationSource, bounds: BoundingBox) -> Result<Option<Elevation>, ImportError> {
    let path = &source.file.path;
    let wanted = Wanted { bounds, crs: source.crs, unit_m: source.unit_m };
    if geotiff::is_tiff(path)? { geotiff::read(path, &wanted) } else { hgt::read(path, &wanted) }
}

/// Says what heights are missing or hardly right.
fn note(found: &HeightsFound, source: &str, issues: &mut IssueLog) {
    let km = |mm: u64| mm as f64 / 1e6;
    if found.unknown_edges > 0 {
        let reason = format!(
            "no height is known for {} edges ({:.1} of {:.1} km of street); they are taken as flat",
            found.unknown_edges,
            km(found.unknown_mm),
            km(found.total_mm)
        );
        issues.note(IssueKind::ElevationMissing, source, "", reason);
    }
    let share = found.steep_mm as f64 / found.total_mm.max(1) as f64;
    if share > STEEP_SHARE_MAX {
        let reason = format!(
            "{:.1} % of the street length is steeper than 50 %, so the heights are hardly metres; state what \
             one unit is with `unit_m` ({FOOT_M} for feet)",
            share * 100.0
        );
        issues.note(IssueKind::ElevationDoubtful, source, "", reason);
    }
}

#[cfg(test)]
mod tests;
