//! A raster of numbers over the ground, in any coordinate system, read between its cells.

use super::{BoundingBox, Crs, CrsError, CrsTransform, LonLat};

/// Places along each side of a box that are looked at to find its window.
const SIDE_PLACES: i32 = 16;
/// Cells around a window that are kept besides.
const MARGIN_CELLS: f64 = 3.0;

/// Where the cells of a raster lie: the middle of the first one and the way to the next, in the units of its
/// coordinate system. Rows mostly go south (`step_y` below 0).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RasterFrame {
    /// First number of the middle of the first cell.
    pub first_x: f64,
    /// Second number of the middle of the first cell.
    pub first_y: f64,
    /// From one column to the next.
    pub step_x: f64,
    /// From one row to the next.
    pub step_y: f64,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// Columns and rows of a raster, as half-open ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RasterWindow {
    /// The columns.
    pub columns: std::ops::Range<usize>,
    /// The rows.
    pub rows: std::ops::Range<usize>,
}

impl RasterFrame {
    /// Column and row of `(x, y)`, counted from the middle of the first cell.
    fn position(&self, (x, y): (f64, f64)) -> (f64, f64) {
        ((x - self.first_x) / self.step_x, (y - self.first_y) / self.step_y)
    }

    /// The part of the raster that holds `bounds`, a few cells wider; `None` when they do not meet.
    ///
    /// # Errors
    /// When `crs` does not reach `bounds`.
    pub fn window(
        &self,
        bounds: BoundingBox,
        crs: &CrsTransform,
    ) -> Result<Option<RasterWindow>, CrsError> {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for place in outline(bounds) {
            let (column, row) = self.position(crs.from_wgs84(place)?);
            for (axis, value) in [column, row].into_iter().enumerate() {
                low[axis] = low[axis].min(value - MARGIN_CELLS);
                high[axis] = high[axis].max(value + MARGIN_CELLS);
            }
        }
        let range = |axis: usize, count: usize| {
            let start = low[axis].floor().max(0.0);
            let end = (high[axis].ceil() + 1.0).min(count as f64);
            (start < end).then_some(start as usize..end as usize)
        };
        let window = range(0, self.width).zip(range(1, self.height));
        Ok(window.map(|(columns, rows)| RasterWindow { columns, rows }))
    }

    /// The frame of `window` taken in blocks of `block` × `block` cells; what is left over at the far sides is
    /// not in it.
    #[must_use]
    pub fn blocks(&self, window: &RasterWindow, block: usize) -> Self {
        let middle = (block as f64 - 1.0) / 2.0;
        Self {
            first_x: self.first_x + (window.columns.start as f64 + middle) * self.step_x,
            first_y: self.first_y + (window.rows.start as f64 + middle) * self.step_y,
            step_x: self.step_x * block as f64,
            step_y: self.step_y * block as f64,
            width: window.columns.len() / block,
            height: window.rows.len() / block,
        }
    }
}

/// Places on the edge of `bounds`.
fn outline(bounds: BoundingBox) -> impl Iterator<Item = LonLat> {
    let between = |low: i32, high: i32, part: i32| {
        let span = i64::from(high) - i64::from(low);
        (i64::from(low) + span * i64::from(part) / i64::from(SIDE_PLACES)) as i32
    };
    let (west, south) = (bounds.min.lon_e7(), bounds.min.lat_e7());
    let (east, north) = (bounds.max.lon_e7(), bounds.max.lat_e7());
    (0..=SIDE_PLACES).flat_map(move |part| {
        let (lon, lat) = (between(west, east, part), between(south, north, part));
        [(lon, south), (lon, north), (west, lat), (east, lat)]
            .into_iter()
            .filter_map(|(lon, lat)| LonLat::from_e7(lon, lat))
    })
}

/// A raster of numbers; NaN where nothing is known.
pub struct Raster {
    frame: RasterFrame,
    cells: Vec<f32>,
    transform: CrsTransform,
}

impl std::fmt::Debug for Raster {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Raster").field("frame", &self.frame).finish_non_exhaustive()
    }
}

impl Raster {
    /// A raster of `cells`, row by row; cells that are missing are unknown.
    pub fn new(frame: RasterFrame, mut cells: Vec<f32>, transform: CrsTransform) -> Self {
        cells.resize(frame.width * frame.height, f32::NAN);
        Self { frame, cells, transform }
    }

    /// The coordinate system.
    pub fn crs(&self) -> Crs {
        self.transform.crs()
    }

    /// The cells, row by row.
    pub fn cells(&self) -> &[f32] {
        &self.cells
    }

    /// The same raster without spikes and pits: a cell higher than all its known neighbors (of up to eight)
    /// gets the height of the highest, one lower than all that of the lowest. What lies on a plane stays.
    #[must_use]
    pub fn without_spikes(mut self) -> Self {
        let (width, height) = (self.frame.width, self.frame.height);
        let cells = &self.cells;
        let smooth = |index: usize| {
            let (column, row) = (index % width, index / width);
            let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
            for y in row.saturating_sub(1)..(row + 2).min(height) {
                for x in column.saturating_sub(1)..(column + 2).min(width) {
                    let value = cells[y * width + x];
                    if (x, y) != (column, row) && !value.is_nan() {
                        (low, high) = (low.min(value), high.max(value));
                    }
                }
            }
            let is_inner = column > 0 && row > 0 && column + 1 < width && row + 1 < height;
            if is_inner && low <= high { cells[index].clamp(low, high) } else { cells[index] }
        };
        self.cells = (0..cells.len()).map(smooth).collect();
        self
    }

    /// The value at `place`, bilinear between the middles of the four cells around it, unknown ones left out;
    /// up to half a cell beyond the outer middles theirs is taken. `None` where the nearest cell is unknown or
    /// there is none.
    pub fn sample(&self, place: LonLat) -> Option<f64> {
        let (column, row) = self.frame.position(self.transform.from_wgs84(place).ok()?);
        let (width, height) = (self.frame.width as f64, self.frame.height as f64);
        let inside = column >= -0.5 && row >= -0.5 && column <= width - 0.5 && row <= height - 0.5;
        if !inside {
            return None;
        }
        let (column, row) = (column.clamp(0.0, width - 1.0), row.clamp(0.0, height - 1.0));
        let (x, y) = (column.floor(), row.floor());
        let (right, down) = (column - x, row - y);
        let (x, y) = (x as usize, y as usize);
        let (next_x, next_y) =
            ((x + 1).min(self.frame.width - 1), (y + 1).min(self.frame.height - 1));
        let corners = [
            (x, y, (1.0 - right) * (1.0 - down)),
            (next_x, y, right * (1.0 - down)),
            (x, next_y, (1.0 - right) * down),
            (next_x, next_y, right * down),
        ];
        let value = |x: usize, y: usize| f64::from(self.cells[y * self.frame.width + x]);
        let near_x = if right < 0.5 { x } else { next_x };
        let near_y = if down < 0.5 { y } else { next_y };
        if value(near_x, near_y).is_nan() {
            return None;
        }
        let (sum, weights) = corners
            .into_iter()
            .map(|(x, y, weight)| (value(x, y), weight))
            .filter(|(value, _)| !value.is_nan())
            .fold((0.0, 0.0), |(sum, all), (value, weight)| (sum + value * weight, all + weight));
        (weights > 0.0).then(|| sum / weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    fn frame(width: usize, height: usize) -> RasterFrame {
        RasterFrame { first_x: 10.0, first_y: 50.0, step_x: 0.001, step_y: -0.001, width, height }
    }

    fn raster(width: usize, height: usize, value: impl Fn(usize, usize) -> f32) -> Raster {
        let cells = (0..width * height).map(|at| value(at % width, at / width)).collect();
        Raster::new(frame(width, height), cells, Crs::Wgs84.transform().unwrap())
    }

    #[test]
    fn a_plane_is_read_exactly_between_its_cells() {
        let plane = raster(8, 6, |x, y| 100.0 + x as f32 * 4.0 - y as f32 * 2.0).without_spikes();
        for (x, y) in [(0.0, 0.0), (1.25, 2.5), (6.9, 4.9), (3.5, 0.125)] {
            let height = plane.sample(at(10.0 + x * 0.001, 50.0 - y * 0.001)).unwrap();
            assert!((height - (100.0 + x * 4.0 - y * 2.0)).abs() < 1e-3, "{x} {y}: {height}");
        }
    }

    #[test]
    fn half_a_cell_beyond_the_outer_middles_is_the_end() {
        let plane = raster(4, 4, |x, _| x as f32);
        assert_eq!(plane.sample(at(9.999_6, 50.0)), Some(0.0));
        assert_eq!(plane.sample(at(9.999_4, 50.0)), None);
        assert_eq!(plane.sample(at(10.003_4, 50.000_4)), Some(3.0));
        assert_eq!(plane.sample(at(10.003_6, 50.0)), None);
    }

    #[test]
    fn a_spike_goes_and_a_ridge_stays() {
        let spiked = raster(5, 5, |x, y| if (x, y) == (2, 2) { 90.0 } else { x as f32 });
        let cut = spiked.without_spikes().sample(at(10.002, 49.998)).unwrap();
        assert!((cut - 3.0).abs() < 1e-9, "{cut}");
        let ridge = raster(5, 5, |x, _| if x == 2 { 90.0 } else { 0.0 });
        let kept = ridge.without_spikes().sample(at(10.002, 49.998)).unwrap();
        assert!((kept - 90.0).abs() < 1e-6, "{kept}");
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        let holed = raster(4, 4, |x, y| if (x, y) == (1, 1) { f32::NAN } else { 7.0 });
        assert_eq!(holed.sample(at(10.001_4, 49.998_6)), None);
        assert_eq!(holed.sample(at(10.001_6, 49.998_6)), Some(7.0));
    }

    #[test]
    fn a_window_holds_its_box_and_blocks_keep_their_middles() {
        let frame = frame(1000, 1000);
        let bounds = BoundingBox::around([at(10.1, 49.9), at(10.2, 49.8)]).unwrap();
        let crs = Crs::Wgs84.transform().unwrap();
        let window = frame.window(bounds, &crs).unwrap().unwrap();
        assert!(
            window.columns.start <= 97 && window.columns.end >= 203 && window.columns.len() < 115
        );
        assert!(window.rows.start <= 97 && window.rows.end >= 203);
        let blocks = frame.blocks(&RasterWindow { columns: 10..20, rows: 0..9 }, 4);
        assert_eq!((blocks.width, blocks.height), (2, 2));
        assert!((blocks.first_x - 10.011_5).abs() < 1e-9 && (blocks.step_y + 0.004).abs() < 1e-12);
        let far = BoundingBox::around([at(20.0, 20.0), at(21.0, 21.0)]).unwrap();
        assert_eq!(frame.window(far, &crs).unwrap(), None);
    }
}
