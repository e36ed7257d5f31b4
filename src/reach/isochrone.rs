//! Isochrone polygons: drawings of what is reached, never the ground for a decision.
//!
//! Reached street parts are laid on a grid and grow by a buffer that never passes an obstacle (water, rail,
//! motorway, wall): only a street crosses one. A cell holds the least time of any street position in it, so
//! its time does not depend on which cutoffs are asked for: all cutoffs are cut from one field, a larger
//! cutoff contains a smaller one, cutoffs asked for one by one give the same drawings, and the origin lies
//! inside every one.

use std::collections::BTreeMap;

use crate::ids::EdgeId;
use crate::spatial::frame::ground_distance;
use crate::spatial::grid::{Cell, Grid};
use crate::spatial::{Area, LocalFrame, LonLat, PlanarPoint, SegmentIndex};
use crate::street::EdgePosition;
use crate::units::{Meters, WalkTime};

use super::{Ground, NearestField, Seeds, ServiceArea};

/// Cells are doubled in size until a drawing has no more of them than this to a side (about 20 km each way
/// of the origin at 10 m), so that a long cutoff does not use unbounded memory.
const SIDE_CELLS_MAX: f64 = 4_001.0;

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
        let outlines =
            areas.iter().enumerate().flat_map(|(i, area)| rings(area).map(move |r| (number(i), r)));
        let outline_index = SegmentIndex::new(outlines);
        Self { lines, areas, line_index, outline_index }
    }

    /// The obstacles on `grid`: an area blocks the cells whose middle it holds and those its outline passes,
    /// so that no area is too narrow to part its sides.
    fn raise(&self, grid: &Grid) -> Walls {
        let mut walls = Walls { blocked: vec![false; grid.len()], pieces: BTreeMap::new() };
        let origin = grid.frame().origin();
        let corner = Meters(grid.cell_m() * grid.width as f64 / 2.0);
        for line in self.line_index.lines_near(origin, corner) {
            walls.lay(grid, &self.lines[line as usize]);
        }
        let with_outline = self.outline_index.lines_near(origin, corner);
        for &area in &with_outline {
            let area = &self.areas[area as usize];
            rings(area).for_each(|ring| walls.lay(grid, ring));
            grid.fill(area, |cell| walls.blocked[grid.index(cell)] = true);
        }
        // An area without an outline here holds all of the grid or nothing of it.
        let is_far = |index: usize| with_outline.binary_search(&(index as u32)).is_err();
        let mut far = self.areas.iter().enumerate().filter(|&(index, _)| is_far(index));
        let around =
            |area: &Area| area.bounding_box().is_some_and(|bounds| bounds.contains(origin));
        if far.any(|(_, area)| around(area) && area.contains(origin)) {
            walls.blocked.fill(true);
        }
        walls
    }
}

fn rings(area: &Area) -> impl Iterator<Item = &[LonLat]> {
    area.polygons.iter().flat_map(|polygon| {
        std::iter::once(&polygon.outer).chain(&polygon.holes).map(Vec::as_slice)
    })
}

/// Obstacles laid on a grid.
struct Walls {
    /// Cells that hold an obstacle.
    blocked: Vec<bool>,
    /// The lines and outlines that pass each of them.
    pieces: BTreeMap<Cell, Vec<[PlanarPoint; 2]>>,
}

impl Walls {
    fn lay(&mut self, grid: &Grid, line: &[LonLat]) {
        for pair in line.windows(2) {
            let piece = [pair[0], pair[1]].map(|place| grid.frame().to_planar(place));
            grid.walk_segment(piece[0], piece[1], |cell| {
                self.blocked[grid.index(cell)] = true;
                self.pieces.entry(cell).or_default().push(piece);
            });
        }
    }

    fn holds(&self, grid: &Grid, cell: Cell) -> bool {
        self.blocked[grid.index(cell)]
    }

    /// Whether one can go straight from `point` in the blocked `cell` to the middle of the free cell beside
    /// it. Inside an area, where no outline passes, one cannot.
    fn lets_out(&self, cell: Cell, point: PlanarPoint, middle: PlanarPoint) -> bool {
        let pieces = self.pieces.get(&cell);
        pieces.is_some_and(|pieces| !pieces.iter().any(|&piece| crosses([point, middle], piece)))
    }
}

/// Whether two straight pieces meet, ends included.
fn crosses(a: [PlanarPoint; 2], b: [PlanarPoint; 2]) -> bool {
    let side = |[from, to]: [PlanarPoint; 2], p: PlanarPoint| {
        (to.x - from.x) * (p.y - from.y) - (to.y - from.y) * (p.x - from.x)
    };
    side(a, b[0]) * side(a, b[1]) <= 0.0 && side(b, a[0]) * side(b, a[1]) <= 0.0
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
    /// The drawing; empty only when there is no start. When not even the access leg fits the cutoff, it is
    /// the part of that leg that does.
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
    ///
    /// Cells are at least a metre wide, and wider than asked for when the drawing reaches farther than about
    /// 2,000 of them.
    pub fn draw(scene: &Scene, cutoffs: &[WalkTime], options: IsochroneOptions) -> Vec<Self> {
        let largest = cutoffs.iter().copied().max().unwrap_or(WalkTime::ZERO);
        let reached = ServiceArea::find(&scene.ground, scene.seeds, scene.field, largest);
        let grid = find_grid(scene, &reached, options);
        let walls = scene.obstacles.raise(&grid);
        let mut streets = Streets::default();
        let mut edges: Vec<EdgeId> = reached.parts.iter().map(|part| part.edge).collect();
        edges.dedup();
        for edge in edges {
            lay_edge((&grid, &walls), scene, edge, &mut streets);
        }
        lay_access((&grid, &walls), scene, &mut streets);
        let field = grow(&grid, &streets, &walls, options.buffer_m);
        cutoffs
            .iter()
            .map(|&cutoff| Self {
                cutoff,
                area: grid.outline(&|cell| field[grid.index(cell)] <= cutoff.as_ms()),
            })
            .collect()
    }
}

/// The grid around the origin that holds all that is reached, with room for the buffer.
fn find_grid(scene: &Scene, reached: &ServiceArea, options: IsochroneOptions) -> Grid {
    let frame = LocalFrame::at(scene.origin);
    let graph = scene.ground.graph;
    let parts = reached.parts.iter();
    let lines = parts.flat_map(|part| graph.shape_between(part.edge, part.from_mm, part.to_mm));
    let feet = scene.seeds.all().iter().map(|seed| seed.position);
    let feet = feet.map(|at| graph.place_at(at.edge, at.offset_mm));
    let far = lines.chain(feet).map(|place| frame.to_planar(place));
    let far = far.map(|p| p.x.abs().max(p.y.abs())).fold(0.0, f64::max);
    let mut cell_m = options.cell_m.max(1.0);
    let half = |cell_m: f64| far + options.buffer_m.max(0.0) + 2.0 * cell_m;
    while half(cell_m) / cell_m * 2.0 > SIDE_CELLS_MAX {
        cell_m *= 2.0;
    }
    Grid::around(frame, cell_m, half(cell_m))
}

/// Streets and access legs on the grid.
#[derive(Debug, Default)]
struct Streets {
    /// The least time of each cell that one passes, in ms.
    cells: BTreeMap<Cell, u32>,
    /// Stretches in blocked cells, each with its own time and a point on it: which side of the obstacle it
    /// lies on decides where it may grow.
    at_walls: Vec<(u32, Cell, PlanarPoint)>,
}

impl Streets {
    fn lay(
        &mut self,
        (grid, walls): (&Grid, &Walls),
        cell: Cell,
        stretch: (WalkTime, PlanarPoint),
    ) {
        let (time, point) = (stretch.0.as_ms(), stretch.1);
        let known = self.cells.entry(cell).or_insert(u32::MAX);
        *known = (*known).min(time);
        if walls.holds(grid, cell) {
            self.at_walls.push((time, cell, point));
        }
    }
}

/// Lays the whole of `edge`, each cell with the least time of the stretch in it. Time has no valley inside a
/// stretch, except at a seed, which its access leg lays.
fn lay_edge((grid, walls): (&Grid, &Walls), scene: &Scene, edge: EdgeId, streets: &mut Streets) {
    let graph = scene.ground.graph;
    let length = f64::from(graph.edges()[edge].length_mm);
    let pieces = || graph.shape(edge).windows(2);
    let meters = |pair: &[LonLat]| ground_distance(pair[0], pair[1]).0;
    let mm_per_meter = length / pieces().map(meters).sum::<f64>().max(f64::MIN_POSITIVE);
    let time_at = |mm: f64| {
        let position = EdgePosition { edge, offset_mm: mm.round().clamp(0.0, length) as u32 };
        let label = scene.field.at(&scene.ground, scene.seeds, position);
        label.map_or(WalkTime::UNREACHABLE, |(time, _)| time)
    };
    let mut before = 0.0;
    for pair in pieces() {
        let here = meters(pair) * mm_per_meter;
        let [a, b] = [pair[0], pair[1]].map(|place| grid.frame().to_planar(place));
        grid.walk_segment_parts(a, b, |cell, [from, to]| {
            let time = time_at(before + here * from).min(time_at(before + here * to));
            if time.is_reachable() {
                let point = between(a, b, f64::midpoint(from, to));
                streets.lay((grid, walls), cell, (time, point));
            }
        });
        before += here;
    }
}

/// Lays the access legs from the origin to the streets, walked at an even pace.
fn lay_access((grid, walls): (&Grid, &Walls), scene: &Scene, streets: &mut Streets) {
    for seed in scene.seeds.all().iter().filter(|seed| seed.access.is_reachable()) {
        let foot = scene.ground.graph.place_at(seed.position.edge, seed.position.offset_mm);
        let (a, b) = (PlanarPoint::default(), grid.frame().to_planar(foot));
        grid.walk_segment_parts(a, b, |cell, [from, to]| {
            let time = WalkTime::from_ms((f64::from(seed.access.as_ms()) * from).floor() as u32);
            let point = between(a, b, f64::midpoint(from, to));
            streets.lay((grid, walls), cell, (time, point));
        });
    }
}

/// The point `along` (0 to 1) the straight piece from `a` to `b`.
fn between(a: PlanarPoint, b: PlanarPoint, along: f64) -> PlanarPoint {
    PlanarPoint { x: a.x + (b.x - a.x) * along, y: a.y + (b.y - a.y) * along }
}

/// Spreads every street cell over the cells within `buffer_m` that no obstacle parts from it; each cell keeps
/// the least time.
fn grow(grid: &Grid, streets: &Streets, walls: &Walls, buffer_m: f64) -> Vec<u32> {
    let mut field = vec![u32::MAX; grid.len()];
    let reach = (buffer_m.max(0.0) / grid.cell_m() * 10.0) as u32;
    let mut spread = Vec::new();
    let mut keep = |spread: &[(Cell, u32)], time: u32| {
        for &(near, _) in spread {
            let near = grid.index(near);
            field[near] = field[near].min(time);
        }
    };
    for (&cell, &time) in &streets.cells {
        spread.clear();
        spread.push((cell, 0));
        if !walls.holds(grid, cell) {
            flood(grid, reach, walls, &mut spread);
        }
        keep(&spread, time);
    }
    for &(time, (column, row), point) in &streets.at_walls {
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
            let beside = (column.wrapping_add_signed(dx), row.wrapping_add_signed(dy));
            if beside.0 >= grid.width || beside.1 >= grid.height || reach < 10 {
                continue;
            }
            if !walls.holds(grid, beside)
                && walls.lets_out((column, row), point, grid.center(beside))
            {
                spread.clear();
                spread.push((beside, 10));
                flood(grid, reach, walls, &mut spread);
                keep(&spread, time);
            }
        }
    }
    field
}

/// Adds to `found`, which holds a free cell and how far it is already gone, the cells within `reach` (tenths
/// of a cell; a diagonal step counts 14) of it over free cells.
fn flood(grid: &Grid, reach: u32, walls: &Walls, found: &mut Vec<(Cell, u32)>) {
    let mut next = 0;
    while next < found.len() {
        let ((column, row), gone) = found[next];
        next += 1;
        let free = |dx: i64, dy: i64| {
            let (x, y) = (column as i64 + dx, row as i64 + dy);
            let fits = x >= 0 && y >= 0 && x < grid.width as i64 && y < grid.height as i64;
            fits && !walls.holds(grid, (x as usize, y as usize))
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
