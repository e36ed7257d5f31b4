//! Isochrone polygons: drawings of what is reached, never the ground for a decision.
//!
//! Reached street parts are laid on a grid and grow by a buffer that never passes an obstacle (water, rail,
//! motorway, wall): only a street crosses one. All cutoffs are cut from one field, so a larger cutoff
//! contains a smaller one, and every origin lies inside.

use std::collections::BTreeMap;

use crate::ids::EdgeId;
use crate::spatial::grid::{Cell, Grid};
use crate::spatial::{Area, LocalFrame, LonLat, PlanarPoint, SegmentIndex};
use crate::street::EdgePosition;
use crate::units::{Meters, WalkTime};

use super::{Ground, NearestField, Seeds};

/// What cannot be crossed off the streets.
#[derive(Debug, Default)]
pub struct Obstacles {
    lines: Vec<Vec<LonLat>>,
    areas: Vec<Area>,
    line_index: SegmentIndex,
    outline_index: SegmentIndex,
}

impl Obstacles {
    /// Lines (rails, motorways, walls, streams) and areas (water) that only streets cross.
    pub fn new(lines: Vec<Vec<LonLat>>, areas: Vec<Area>) -> Self {
        let number = |index: usize| index as u32;
        let line_index = SegmentIndex::new(
            lines.iter().enumerate().map(|(i, line)| (number(i), line.as_slice())),
        );
        let outlines = areas.iter().enumerate().flat_map(|(i, area)| {
            area.polygons.iter().map(move |polygon| (number(i), polygon.outer.as_slice()))
        });
        let outline_index = SegmentIndex::new(outlines);
        Self { lines, areas, line_index, outline_index }
    }

    /// Marks the cells that hold an obstacle.
    fn mark(&self, grid: &Grid) -> Vec<bool> {
        let mut blocked = vec![false; grid.len()];
        let half = Meters(grid.cell_m() * grid.width as f64 / 2.0);
        let origin = grid.frame().origin();
        for line in self.line_index.lines_near(origin, half) {
            for pair in self.lines[line as usize].windows(2) {
                let (a, b) = (grid.frame().to_planar(pair[0]), grid.frame().to_planar(pair[1]));
                grid.walk_segment(a, b, |cell| blocked[grid.index(cell)] = true);
            }
        }
        for area in self.outline_index.lines_near(origin, half) {
            grid.fill(&self.areas[area as usize], |cell| blocked[grid.index(cell)] = true);
        }
        blocked
    }
}

/// How an isochrone is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IsochroneOptions {
    /// Side of a cell in metres.
    pub cell_m: f64,
    /// How far from a reached street the drawing goes, in metres.
    pub buffer_m: f64,
}

impl Default for IsochroneOptions {
    fn default() -> Self {
        Self { cell_m: 10.0, buffer_m: 25.0 }
    }
}

/// The drawing of one cutoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isochrone {
    /// The cutoff, inclusive.
    pub cutoff: WalkTime,
    /// The drawing; empty when not even the access leg fits.
    pub area: Area,
}

/// Where the drawing is made: streets, starts, times and what cannot be crossed.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The streets in the direction of the search.
    pub ground: Ground<'a>,
    /// Starts of the search.
    pub seeds: &'a Seeds,
    /// Times, swept at least as far as the largest cutoff.
    pub field: &'a NearestField,
    /// What only streets cross.
    pub obstacles: &'a Obstacles,
    /// The place asked for; the drawing contains it.
    pub origin: LonLat,
}

impl Isochrone {
    /// One drawing a cutoff, in the order of `cutoffs`.
    pub fn draw(scene: &Scene, cutoffs: &[WalkTime], options: IsochroneOptions) -> Vec<Self> {
        let largest = cutoffs.iter().copied().max().unwrap_or(WalkTime::ZERO);
        let lines = timed_lines(scene, largest);
        let frame = LocalFrame::at(scene.origin);
        let far =
            lines.iter().flat_map(|line| line.iter().map(|&(place, _)| frame.to_planar(place)));
        let half = far.map(|p| p.x.abs().max(p.y.abs())).fold(0.0, f64::max)
            + options.buffer_m
            + 2.0 * options.cell_m;
        let grid = Grid::around(frame, options.cell_m, half);
        let streets = lay_streets(&grid, &lines, scene);
        let field = grow(&grid, &streets, &scene.obstacles.mark(&grid), options.buffer_m);
        cutoffs
            .iter()
            .map(|&cutoff| Self {
                cutoff,
                area: grid.outline(&|cell| field[grid.index(cell)] <= cutoff.as_ms()),
            })
            .collect()
    }
}

/// Reached street parts as lines of (place, time), cut finely enough for the grid.
fn timed_lines(scene: &Scene, cutoff: WalkTime) -> Vec<Vec<(LonLat, WalkTime)>> {
    let ground = &scene.ground;
    let mut lines = Vec::new();
    let area = super::ServiceArea::find(ground, scene.seeds, scene.field, cutoff);
    for part in area.parts {
        let samples = ((part.to_mm - part.from_mm) / 5_000 + 1).min(100_000);
        let line = (0..=samples).filter_map(|sample| {
            let span =
                u64::from(part.to_mm - part.from_mm) * u64::from(sample) / u64::from(samples);
            let position = EdgePosition { edge: part.edge, offset_mm: part.from_mm + span as u32 };
            let (time, _) = scene.field.at(ground, scene.seeds, position)?;
            Some((position, time))
        });
        lines.push(place_samples(ground, part.edge, line));
    }
    lines
}

/// Places of positions on one edge, in one pass over its shape.
fn place_samples(
    ground: &Ground,
    edge: EdgeId,
    samples: impl Iterator<Item = (EdgePosition, WalkTime)>,
) -> Vec<(LonLat, WalkTime)> {
    samples
        .map(|(position, time)| (ground.graph.place_at(edge, position.offset_mm), time))
        .collect()
}

/// The least time of each cell that a reached street or an access leg passes.
fn lay_streets(
    grid: &Grid,
    lines: &[Vec<(LonLat, WalkTime)>],
    scene: &Scene,
) -> BTreeMap<Cell, u32> {
    let mut streets: BTreeMap<Cell, u32> = BTreeMap::new();
    let mut lay = |cell: Cell, time: WalkTime| {
        let known = streets.entry(cell).or_insert(u32::MAX);
        *known = (*known).min(time.as_ms());
    };
    let frame = grid.frame();
    for line in lines {
        for pair in line.windows(2) {
            let later = pair[0].1.max(pair[1].1);
            grid.walk_segment(frame.to_planar(pair[0].0), frame.to_planar(pair[1].0), |cell| {
                lay(cell, later);
            });
        }
    }
    for seed in scene.seeds.all() {
        let foot = frame
            .to_planar(scene.ground.graph.place_at(seed.position.edge, seed.position.offset_mm));
        grid.walk_segment(PlanarPoint::default(), foot, |cell| lay(cell, WalkTime::ZERO));
    }
    streets
}

/// Spreads every street cell over the cells within `buffer_m` that no obstacle parts from it; each cell keeps
/// the least time.
fn grow(grid: &Grid, streets: &BTreeMap<Cell, u32>, blocked: &[bool], buffer_m: f64) -> Vec<u32> {
    let mut field = vec![u32::MAX; grid.len()];
    let reach = (buffer_m / grid.cell_m() * 10.0) as u32;
    let mut by_time: Vec<(u32, Cell)> = streets.iter().map(|(&cell, &time)| (time, cell)).collect();
    by_time.sort_unstable();
    let mut spread = Vec::new();
    for (time, cell) in by_time {
        let index = grid.index(cell);
        field[index] = field[index].min(time);
        if !blocked[index] {
            flood(grid, (cell, reach), blocked, &mut spread);
            for &(near, _) in &spread {
                let near = grid.index(near);
                field[near] = field[near].min(time);
            }
        }
    }
    field
}

/// Cells within `reach` (tenths of a cell; a diagonal step counts 14) of `start` over unblocked cells.
fn flood(grid: &Grid, (start, reach): (Cell, u32), blocked: &[bool], found: &mut Vec<(Cell, u32)>) {
    found.clear();
    found.push((start, 0));
    let mut next = 0;
    while next < found.len() {
        let ((column, row), gone) = found[next];
        next += 1;
        let free = |dx: i64, dy: i64| {
            let (x, y) = (column as i64 + dx, row as i64 + dy);
            let fits = x >= 0 && y >= 0 && x < grid.width as i64 && y < grid.height as i64;
            fits && !blocked[grid.index((x as usize, y as usize))]
        };
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)] {
            let step = if dx != 0 && dy != 0 { 14 } else { 10 };
            let cornering = dx != 0 && dy != 0 && !(free(dx, 0) && free(0, dy));
            if gone + step > reach || !free(dx, dy) || cornering {
                continue;
            }
            let cell = ((column as i64 + dx) as usize, (row as i64 + dy) as usize);
            match found.iter_mut().position(|entry| entry.0 == cell) {
                Some(known) if found[known].1 <= gone + step => {}
                Some(known) if known >= next => found[known].1 = gone + step,
                _ => found.push((cell, gone + step)),
            }
        }
    }
}
