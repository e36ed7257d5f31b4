//! The part of an elevation file that is kept, and the numbers put into it.

use std::path::Path;

use super::{Elevation, Wanted};
use crate::import::ImportError;
use crate::limits::ELEVATION_CELLS_MAX;
use crate::spatial::frame::ground_distance;
use crate::spatial::{Crs, CrsTransform, Raster, RasterFrame, RasterWindow};

/// Cells finer than this many metres are averaged.
const CELL_M: f64 = 10.0;
/// Heights on land, in metres: the Dead Sea lies at −430 m, Mount Everest is 8,849 m high.
const HEIGHT_M: std::ops::RangeInclusive<f64> = -500.0..=9_000.0;
/// What files without a word on it mean by "unknown".
const VOIDS: [f64; 3] = [-32_768.0, -32_767.0, -9_999.0];

/// Numbers being gathered.
pub(super) struct Layout {
    pub(super) window: RasterWindow,
    frame: RasterFrame,
    transform: CrsTransform,
    block: usize,
    sums: Vec<f64>,
    counts: Vec<u32>,
    unit_m: f64,
    void: Option<f64>,
    impossible: usize,
}

/// What a file says about its cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells {
    pub(super) frame: RasterFrame,
    pub(super) crs: Crs,
    /// Metres of one unit.
    pub(super) unit_m: f64,
    /// The number that means "unknown".
    pub(super) void: Option<f64>,
}

impl Layout {
    /// A layout for the part of the file at `path` that `wanted` needs; `None` when there is none.
    pub(super) fn new(
        path: &Path,
        cells: Cells,
        wanted: &Wanted,
    ) -> Result<Option<Self>, ImportError> {
        let malformed = |reason: String| ImportError::malformed(path, reason);
        let transform = cells.crs.transform().map_err(|error| malformed(error.to_string()))?;
        let window = cells
            .frame
            .window(wanted.bounds, &transform)
            .map_err(|error| malformed(format!("does not fit the streets: {error}")))?;
        let Some(window) = window else { return Ok(None) };
        let block = block_of(&cells.frame, &window, &transform);
        let frame = cells.frame.blocks(&window, block);
        let count = frame.width * frame.height;
        if count == 0 {
            return Ok(None);
        }
        if count > ELEVATION_CELLS_MAX {
            return Err(malformed(format!(
                "{count} cells lie around the streets, more than {ELEVATION_CELLS_MAX}; take a coarser model"
            )));
        }
        Ok(Some(Self {
            window,
            frame,
            transform,
            block,
            sums: vec![0.0; count],
            counts: vec![0; count],
            unit_m: cells.unit_m,
            void: cells.void,
            impossible: 0,
        }))
    }

    /// Takes the number of one cell, when it lies in the window.
    pub(super) fn put(&mut self, column: usize, row: usize, number: f64) {
        if !self.window.columns.contains(&column) || !self.window.rows.contains(&row) {
            return;
        }
        let is = |void: f64| number.to_bits() == void.to_bits();
        if !number.is_finite()
            || self.void.is_some_and(is)
            || VOIDS.into_iter().any(is)
            || number.abs() > 1e30
        {
            return;
        }
        let height = number * self.unit_m;
        if !HEIGHT_M.contains(&height) {
            self.impossible += 1;
            return;
        }
        let column = (column - self.window.columns.start) / self.block;
        let row = (row - self.window.rows.start) / self.block;
        if column < self.frame.width && row < self.frame.height {
            let cell = row * self.frame.width + column;
            self.sums[cell] += height;
            self.counts[cell] += 1;
        }
    }

    /// The heights gathered, and what is odd about them.
    pub(super) fn finish(self, mut doubts: Vec<String>) -> Elevation {
        if self.impossible > 0 {
            doubts.push(format!(
                "{} cells have heights outside {} to {} m and are taken as unknown; state what one unit is with \
                 `unit_m`",
                self.impossible,
                HEIGHT_M.start(),
                HEIGHT_M.end()
            ));
        }
        let mean = |(&sum, &count): (&f64, &u32)| {
            if count > 0 { (sum / f64::from(count)) as f32 } else { f32::NAN }
        };
        let cells = self.sums.iter().zip(&self.counts).map(mean).collect();
        Elevation {
            raster: Raster::new(self.frame, cells, self.transform).without_spikes(),
            doubts,
        }
    }
}

/// How many cells a side are averaged into one.
fn block_of(frame: &RasterFrame, window: &RasterWindow, transform: &CrsTransform) -> usize {
    let (column, row) = (window.columns.start as f64, window.rows.start as f64);
    let at = |column: f64, row: f64| {
        let (x, y) = (frame.first_x + column * frame.step_x, frame.first_y + row * frame.step_y);
        transform.to_wgs84(x, y).ok()
    };
    let Some(corner) = at(column, row) else { return 1 };
    let sides = [at(column + 1.0, row), at(column, row + 1.0)];
    let longest = sides.into_iter().flatten().map(|side| ground_distance(corner, side).0);
    let longest = longest.fold(0.0, f64::max);
    let most = window.columns.len().min(window.rows.len()).max(1);
    if longest > 0.0 { ((CELL_M / longest).floor() as usize).clamp(1, most) } else { 1 }
}
