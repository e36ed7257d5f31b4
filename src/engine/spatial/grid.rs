//! A raster of square cells around a place, and outlines of sets of cells.

use super::{Area, AreaPolygon, LocalFrame, LonLat, PlanarPoint};

/// Square cells of a [`LocalFrame`], counted from its south-west corner.
#[derive(Clone, Debug)]
pub struct Grid {
    frame: LocalFrame,
    cell_m: f64,
    /// Cells from the origin's cell to the first column and row. Everything is reckoned from the origin, so
    /// that a cell has the same corners to the last bit on another grid.
    first: [f64; 2],
    /// Cells from west to east.
    pub width: usize,
    /// Cells from south to north.
    pub height: usize,
}

/// No side of a dual square.
const NOWHERE: [i64; 2] = [i64::MIN; 2];

/// A cell by column and row.
pub type Cell = (usize, usize);

impl Grid {
    /// A grid of cells of `cell_m` metres over the square of `half_m` metres around the frame's origin; the
    /// origin is the middle of a cell, so grids of different size share their cells.
    pub fn around(frame: LocalFrame, cell_m: f64, half_m: f64) -> Self {
        let half_cells = (half_m / cell_m).ceil().max(1.0);
        let side = half_cells as usize * 2 + 1;
        Self { frame, cell_m, first: [-half_cells; 2], width: side, height: side }
    }

    /// Those of the same cells that the rectangle from `low` to `high` touches.
    pub fn window(frame: LocalFrame, cell_m: f64, low: PlanarPoint, high: PlanarPoint) -> Self {
        let cell = |meters: f64| (meters / cell_m + 0.5).floor();
        let first = [cell(low.x), cell(low.y)];
        let side = |last: f64, first: f64| (last - first).max(0.0) as usize + 1;
        let (width, height) = (side(cell(high.x), first[0]), side(cell(high.y), first[1]));
        Self { frame, cell_m, first, width, height }
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.width * self.height
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The frame the cells lie in.
    pub fn frame(&self) -> &LocalFrame {
        &self.frame
    }

    /// Side of a cell in metres.
    pub fn cell_m(&self) -> f64 {
        self.cell_m
    }

    /// Position of a cell in arrays over the grid.
    pub fn index(&self, (column, row): Cell) -> usize {
        row * self.width + column
    }

    /// The cell that holds `point`, if it lies on the grid.
    pub fn find_cell(&self, point: PlanarPoint) -> Option<Cell> {
        let (column, row) = (self.count(point.x, 0), self.count(point.y, 1));
        let fits =
            column >= 0.0 && row >= 0.0 && column < self.width as f64 && row < self.height as f64;
        fits.then_some((column as usize, row as usize))
    }

    /// Middle of a cell.
    pub fn center(&self, (column, row): Cell) -> PlanarPoint {
        PlanarPoint { x: self.middle(column as f64, 0), y: self.middle(row as f64, 1) }
    }

    /// Column or row of a coordinate; may lie off the grid.
    fn count(&self, meters: f64, axis: usize) -> f64 {
        (meters / self.cell_m + 0.5).floor() - self.first[axis]
    }

    /// Coordinate of the middle of a column or row.
    fn middle(&self, count: f64, axis: usize) -> f64 {
        (count + self.first[axis]) * self.cell_m
    }

    /// The outline of the cells for which `inside` holds, as valid polygons with holes.
    ///
    /// The outline runs half-way between the middles of inside and outside cells (marching squares; cells
    /// that touch only at a corner are apart), so the outline of more cells contains that of fewer, exactly.
    /// Runs along the axes are merged; nothing else is simplified.
    pub fn outline(&self, inside: &dyn Fn(Cell) -> bool) -> Area {
        let rings = self.trace_rings(inside);
        let mut outers: Vec<(f64, Vec<[i64; 2]>)> = Vec::new();
        let mut holes: Vec<Vec<[i64; 2]>> = Vec::new();
        for ring in rings {
            let area = signed_area(&ring);
            if area > 0.0 { outers.push((area, ring)) } else { holes.push(ring) }
        }
        let mut polygons: Vec<AreaPolygon> = outers
            .iter()
            .map(|(_, ring)| AreaPolygon { outer: self.to_places(ring), holes: Vec::new() })
            .collect();
        // The smallest ring around a hole is its own; most rings are told apart by their boxes.
        let mut by_area: Vec<(usize, [i64; 4])> =
            outers.iter().enumerate().map(|(index, (_, ring))| (index, box_of(ring))).collect();
        by_area.sort_by(|a, b| outers[a.0].0.total_cmp(&outers[b.0].0).then(a.0.cmp(&b.0)));
        for hole in holes {
            let [x, y] = hole[0];
            let around = |[west, south, east, north]: [i64; 4]| {
                west <= x && x <= east && south <= y && y <= north
            };
            let home = by_area
                .iter()
                .find(|&&(index, bounds)| around(bounds) && ring_holds(&outers[index].1, [x, y]));
            if let Some(&(home, _)) = home {
                polygons[home].holes.push(self.to_places(&hole));
            }
        }
        Area { polygons }
    }

    /// Closed rings in half-cell units, inside to the left.
    fn trace_rings(&self, inside: &dyn Fn(Cell) -> bool) -> Vec<Vec<[i64; 2]>> {
        let holds = |column: i64, row: i64| {
            let fits =
                column >= 0 && row >= 0 && column < self.width as i64 && row < self.height as i64;
            fits && inside((column as usize, row as usize))
        };
        // Each dual square has its corners at four cell middles; sides are named by the doubled coordinates
        // of their middle. `next` leads from the side where the outline enters a square to where it leaves.
        let across = 2 * self.width + 2;
        let number = |[x, y]: [i64; 2]| ((y + 2) as usize * across) + (x + 2) as usize;
        let mut next: Vec<[i64; 2]> = vec![NOWHERE; across * (2 * self.height + 4)];
        let mut starts: Vec<[i64; 2]> = Vec::new();
        for row in -1..self.height as i64 {
            // Corners are handed on from square to square: each cell is asked twice, not four times.
            let mut east = [holds(-1, row), holds(-1, row + 1)];
            for column in -1..self.width as i64 {
                let west = std::mem::replace(
                    &mut east,
                    [holds(column + 1, row), holds(column + 1, row + 1)],
                );
                let corners = [west[0], east[0], east[1], west[1]];
                if corners[0] == corners[1] && corners[1] == corners[2] && corners[2] == corners[3]
                {
                    continue;
                }
                let (x, y) = (2 * column + 1, 2 * row + 1);
                let sides = [[x, y - 1], [x + 1, y], [x, y + 1], [x - 1, y]];
                for corner in 0..4 {
                    // The outline leaves a run of inside corners after its last corner and enters before
                    // its first: walk each run once, from its first corner.
                    let before = (corner + 3) % 4;
                    if corners[corner] && !corners[before] {
                        let mut last = corner;
                        while corners[(last + 1) % 4] {
                            last = (last + 1) % 4;
                        }
                        next[number(sides[last])] = sides[before];
                        starts.push(sides[last]);
                    }
                }
            }
        }
        let mut rings = Vec::new();
        for start in starts {
            let mut ring = vec![start];
            let mut at = start;
            loop {
                let to = std::mem::replace(&mut next[number(at)], NOWHERE);
                if to == NOWHERE {
                    break;
                }
                ring.push(to);
                at = to;
            }
            if ring.len() > 1 {
                rings.push(merge_straight(&ring));
            }
        }
        rings
    }

    /// Doubled dual coordinates (cell middles are even) to places.
    fn to_places(&self, ring: &[[i64; 2]]) -> Vec<LonLat> {
        ring.iter()
            .filter_map(|&[x, y]| {
                let (x, y) = (self.middle(x as f64 / 2.0, 0), self.middle(y as f64 / 2.0, 1));
                self.frame.to_lonlat(PlanarPoint { x, y })
            })
            .collect()
    }
}

/// Leaves out the points in the middle of east-west and north-south runs of a closed ring. Slanted runs keep
/// theirs: rounded to degrees, the ends of a slanted run would no longer pass exactly through its middle, and
/// nested outlines would cross by a centimetre.
fn merge_straight(ring: &[[i64; 2]]) -> Vec<[i64; 2]> {
    let points = &ring[..ring.len() - 1];
    let count = points.len();
    let keeps = |index: usize| {
        let (before, here, after) =
            (points[(index + count - 1) % count], points[index], points[(index + 1) % count]);
        !(0..2).any(|axis| before[axis] == here[axis] && here[axis] == after[axis])
    };
    let mut merged: Vec<[i64; 2]> =
        (0..count).filter(|&index| keeps(index)).map(|index| points[index]).collect();
    merged.extend(merged.first().copied());
    merged
}

/// West, south, east and north of a ring.
fn box_of(ring: &[[i64; 2]]) -> [i64; 4] {
    ring.iter().fold([i64::MAX, i64::MAX, i64::MIN, i64::MIN], |[w, s, e, n], &[x, y]| {
        [w.min(x), s.min(y), e.max(x), n.max(y)]
    })
}

fn signed_area(ring: &[[i64; 2]]) -> f64 {
    ring.windows(2)
        .map(|pair| (pair[0][0] * pair[1][1] - pair[1][0] * pair[0][1]) as f64)
        .sum::<f64>()
        / 2.0
}

/// Whether a ring in half-cell units holds a point that lies on no side of it.
fn ring_holds(ring: &[[i64; 2]], [x, y]: [i64; 2]) -> bool {
    let mut inside = false;
    for pair in ring.windows(2) {
        let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
        let cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
        if (ay > y) != (by > y) && ((cross > 0) == (by > ay)) {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid::around(LocalFrame::at(LonLat::new(10.0, 45.0).unwrap()), 10.0, 200.0)
    }

    /// A seeded blob: a walk over the grid.
    fn blob(grid: &Grid, seed: u64, steps: usize) -> Vec<bool> {
        let mut state = seed;
        let mut mask = vec![false; grid.len()];
        let (mut column, mut row) = (grid.width / 2, grid.height / 2);
        for _ in 0..steps {
            mask[grid.index((column, row))] = true;
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            match state >> 62 {
                0 => column = (column + 1).min(grid.width - 1),
                1 => column = column.saturating_sub(1),
                2 => row = (row + 1).min(grid.height - 1),
                _ => row = row.saturating_sub(1),
            }
        }
        mask
    }

    #[test]
    fn one_cell_gives_a_diamond_around_its_middle() {
        let grid = grid();
        let middle = (grid.width / 2, grid.height / 2);
        let area = grid.outline(&|cell| cell == middle);
        assert_eq!(area.polygons.len(), 1);
        assert_eq!(area.polygons[0].outer.len(), 5);
        assert!(area.contains(LonLat::new(10.0, 45.0).unwrap()));
        assert!((area.area_m2() - 50.0).abs() < 0.5);
    }

    #[test]
    fn outlines_are_valid_and_more_cells_contain_fewer() {
        let grid = grid();
        for seed in 1..40 {
            let many = blob(&grid, seed, 900);
            let few = blob(&grid, seed, 400);
            let outer = grid.outline(&|cell| many[grid.index(cell)]);
            let inner = grid.outline(&|cell| few[grid.index(cell)]);
            assert_eq!(outer.find_fault(), None, "seed {seed}");
            assert_eq!(inner.find_fault(), None, "seed {seed}");
            for polygon in &inner.polygons {
                for &place in polygon.outer.iter().chain(polygon.holes.iter().flatten()) {
                    assert!(outer.contains(place), "seed {seed}: {place}");
                }
            }
            for row in 0..grid.height {
                for column in 0..grid.width {
                    let place = grid.frame().to_lonlat(grid.center((column, row))).unwrap();
                    assert_eq!(
                        outer.contains(place),
                        many[grid.index((column, row))],
                        "seed {seed} {column},{row}"
                    );
                }
            }
        }
    }
}
