//! The drawing of a coverage gap, on squares that stay where they are whoever is left out.

use crate::spatial::grid::{Cell, Grid};
use crate::spatial::{Area, LocalFrame, LonLat, PlanarPoint, Tile, Tiling};

use super::GAP_DRAW_M;

/// Side of the squares a gap is drawn in, in metres; doubled until a wide one has few enough.
const SQUARE_M: f64 = 75.0;
/// Squares across a gap at most.
const SQUARES_MAX: f64 = 500.0;

/// The ground within [`GAP_DRAW_M`] of the homes, squares in another rectangle of `cut` left to that one.
pub(super) fn draw(homes: &[LonLat], origin: LonLat, cut: Option<(&Tiling, Tile)>) -> Area {
    let frame = LocalFrame::at(origin);
    let places: Vec<PlanarPoint> = homes.iter().map(|&home| frame.to_planar(home)).collect();
    let Some(&first) = places.first() else { return Area::default() };
    let (low, high) = places.iter().fold((first, first), |(low, high), at| {
        let low = PlanarPoint { x: low.x.min(at.x), y: low.y.min(at.y) };
        (low, PlanarPoint { x: high.x.max(at.x), y: high.y.max(at.y) })
    });
    let mut square = SQUARE_M;
    while (high.x - low.x).max(high.y - low.y) > square * SQUARES_MAX {
        square *= 2.0;
    }
    let margin = GAP_DRAW_M.max(square);
    let low = PlanarPoint { x: low.x - margin, y: low.y - margin };
    let high = PlanarPoint { x: high.x + margin, y: high.y + margin };
    let grid = Grid::window(frame, square, low, high);
    let inside = mark(&grid, &places, |cell| {
        let Some((tiling, tile)) = cut else { return true };
        frame.to_lonlat(grid.center(cell)).is_some_and(|place| tiling.tile(place) == tile)
    });
    grid.outline(&|cell| inside[grid.index(cell)])
}

/// The squares around homes, so that no outline leaves a home out, and those about them that `takes` allows.
fn mark(grid: &Grid, places: &[PlanarPoint], takes: impl Fn(Cell) -> bool) -> Vec<bool> {
    let mut inside = vec![false; grid.len()];
    let mut cells: Vec<Cell> = Vec::with_capacity(places.len());
    // An outline runs between the middles of squares: the four middles around a home hold it.
    let half = grid.cell_m() / 2.0;
    for &at in places {
        cells.extend(grid.find_cell(at));
        for (x, y) in [(-half, -half), (half, -half), (-half, half), (half, half)] {
            let near = PlanarPoint { x: at.x + x, y: at.y + y };
            if let Some(cell) = grid.find_cell(near) {
                inside[grid.index(cell)] = true;
            }
        }
    }
    cells.sort_unstable();
    cells.dedup();
    let reach = (GAP_DRAW_M / grid.cell_m()).floor() as i64;
    let limit = (GAP_DRAW_M / grid.cell_m()).powi(2);
    for &(column, row) in &cells {
        for (dy, dx) in (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dy, dx))) {
            let (x, y) = (column as i64 + dx, row as i64 + dy);
            let fits = x >= 0 && y >= 0 && x < grid.width as i64 && y < grid.height as i64;
            if !fits || (dx * dx + dy * dy) as f64 > limit {
                continue;
            }
            let around = (x as usize, y as usize);
            let index = grid.index(around);
            inside[index] = inside[index] || takes(around);
        }
    }
    inside
}
