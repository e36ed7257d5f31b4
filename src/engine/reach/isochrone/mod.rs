//! Isochrone polygons: drawings of what is reached, never the ground for a decision.
//!
//! A [`Sheet`] knows for the samples of a lattice which street they belong to: the nearest one they can see,
//! within the buffer, past no obstacle (water, rail, motorway, wall). A drawing marks the samples of reached
//! street parts, each by the place on the street it is nearest to, and takes their [outline][Canvas]. So a
//! street beyond the cutoff keeps its ground free, a larger cutoff contains a smaller one to the last digit,
//! cutoffs asked for one by one give the same drawings, and every ring is valid by construction.

mod sheet;
mod sight;
mod tile;

use rayon::prelude::*;

use crate::spatial::LonLat;
use crate::spatial::contour::Canvas;
use crate::spatial::{Area, lattice::Sample};
use crate::street::{Obstacles, StreetGraph};
use crate::units::{Meters, WalkTime};

use super::{Ground, Search, Seeds, ServiceArea, StreetPart};

pub use sheet::Sheet;
use tile::Run;

/// How an isochrone is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IsochroneOptions {
    /// Side of a square of the lattice in metres.
    pub cell_m: f64,
    /// How far from a reached street the drawing goes, in metres.
    pub buffer_m: f64,
}

impl Default for IsochroneOptions {
    fn default() -> Self {
        Self { cell_m: 20.0, buffer_m: 30.0 }
    }
}

/// The drawing of one cutoff.
#[derive(Clone, Debug, PartialEq)]
pub struct Isochrone {
    /// The cutoff, inclusive.
    pub cutoff: WalkTime,
    /// The drawing; empty only when there is no start. When not even the access leg fits the cutoff, it is
    /// the part of that leg that does.
    pub area: Area,
    /// Distance between the lines of the lattice it was drawn on.
    pub cell: Meters,
}

impl Isochrone {
    /// One drawing for each cutoff and what is reached within it, on a sheet laid for the farthest of them.
    pub fn draw(
        scene: &Scene,
        obstacles: &Obstacles,
        reached: &[(WalkTime, &ServiceArea)],
        options: IsochroneOptions,
    ) -> Vec<Self> {
        let Some((_, farthest)) = reached.iter().max_by_key(|(cutoff, _)| *cutoff) else {
            return Vec::new();
        };
        let sheet = Sheet::lay_around(scene.graph, obstacles, options, farthest);
        let mut pen = Pen::default();
        reached.iter().map(|&(cutoff, area)| pen.draw(&sheet, scene, (area, cutoff))).collect()
    }

    /// No drawing.
    pub fn blank(cutoff: WalkTime) -> Self {
        Self { cutoff, area: Area::default(), cell: Meters(0.0) }
    }

    /// How far the outline may lie from the edge of the ground it stands for: the diagonal of a square.
    pub fn tolerance(&self) -> Meters {
        Meters(self.cell.0 * std::f64::consts::SQRT_2)
    }
}

/// What is drawn: where the walk starts and what it reaches.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The streets, the same as the sheet's.
    pub graph: &'a StreetGraph,
    /// Starts of the search.
    pub seeds: &'a Seeds,
    /// The place asked for; the drawing contains it.
    pub origin: LonLat,
}

/// Draws, keeping its memory from one drawing to the next.
#[derive(Debug, Default)]
pub struct Pen {
    canvas: Canvas,
    /// From columns and rows of the sheet to those of the canvas.
    shift: [isize; 2],
}

impl Pen {
    /// The drawing of what is `reached` within `cutoff`; see [`Sheet::fits`].
    pub fn draw(
        &mut self,
        sheet: &Sheet,
        scene: &Scene,
        (reached, cutoff): (&ServiceArea, WalkTime),
    ) -> Isochrone {
        let legs = legs(sheet, scene, cutoff);
        self.stretch(sheet, scene.graph, reached, &legs);
        for part in &reached.parts {
            self.mark_part(sheet, scene.graph, *part);
        }
        for sample in legs {
            self.canvas.mark_sample(sample);
        }
        Isochrone { cutoff, area: self.canvas.outline(&sheet.frame), cell: sheet.cell() }
    }

    /// Lays the canvas over all that is to be marked.
    fn stretch(
        &mut self,
        sheet: &Sheet,
        graph: &StreetGraph,
        reached: &ServiceArea,
        legs: &[Sample],
    ) {
        let bounds = sheet.bounds_of(graph, reached);
        let (mut low, mut high) = ([i64::MAX; 2], [i64::MIN; 2]);
        if bounds[0] <= bounds[2] {
            low = [0, 1].map(|side| sheet.corner[side] + i64::from(bounds[side]));
            high = [0, 1].map(|side| sheet.corner[side] + i64::from(bounds[side + 2]));
        }
        for sample in legs {
            low = [0, 1].map(|axis| low[axis].min(sample.node[axis]));
            high = [0, 1].map(|axis| high[axis].max(sample.node[axis]));
        }
        if low[0] > high[0] {
            (low, high) = ([0; 2], [0; 2]);
        }
        self.shift = [0, 1].map(|axis| (sheet.corner[axis] - low[axis]) as isize);
        self.canvas.stretch(low, high);
    }

    fn mark_part(&mut self, sheet: &Sheet, graph: &StreetGraph, part: StreetPart) {
        let edge = drawn_edge(graph, part);
        let length = graph.edges()[edge].length_mm;
        let (runs, places) = sheet.runs(edge);
        let (first, row) = self.canvas.first();
        let index = |run: &Run| {
            let [east, north] = [
                usize::from(run.column).wrapping_add_signed(self.shift[0]),
                usize::from(run.row).wrapping_add_signed(self.shift[1]),
            ];
            first + north * row + east
        };
        if part.from_mm == 0 && part.to_mm >= length {
            for run in runs {
                self.canvas.mark(index(run), run.samples);
            }
            return;
        }
        let scaled = |mm: u32| f64::from(mm) * f64::from(tile::WHOLE) / f64::from(length.max(1));
        // An outline cuts off the tip of what is marked by up to half a square, so that much is marked beyond.
        let tip = (sheet.cell().0 * 500.0) as u32;
        let (from, to) = (part.from_mm.saturating_sub(tip), (part.to_mm + tip).min(length));
        let within = scaled(from).floor() as u16..=scaled(to).ceil() as u16;
        let mut places = places.iter();
        for run in runs {
            let mut samples = 0;
            for (bit, place) in run.singles().zip(&mut places) {
                if within.contains(place) {
                    samples |= if bit == 0 { 0x101 } else { 1 << bit };
                }
            }
            self.canvas.mark(index(run), samples);
        }
    }
}

/// The edge whose samples stand for a part: private ground is drawn once, on the side that homes lie on.
fn drawn_edge(graph: &StreetGraph, part: StreetPart) -> crate::ids::EdgeId {
    graph.find_leaving_side(part.edge).unwrap_or(part.edge)
}

/// Samples of the access legs that fit the cutoff, and a bar through the origin, which thereby lies inside.
fn legs(sheet: &Sheet, scene: &Scene, cutoff: WalkTime) -> Vec<Sample> {
    let origin = sheet.frame.offset(scene.origin);
    let mut samples = Vec::new();
    for seed in scene.seeds.all().iter().filter(|seed| seed.access.is_reachable()) {
        let foot = scene.graph.place_at(seed.position.edge, seed.position.offset_mm);
        let foot = sheet.frame.offset(foot);
        let access = f64::from(seed.access.as_ms());
        sheet.frame.crossings(origin, foot, |sample, along| {
            if access * along <= f64::from(cutoff.as_ms()) {
                samples.push(sample);
            }
        });
        let [east, north] = [0, 1].map(|axis| (foot[axis] - origin[axis]).abs());
        samples.extend(sheet.frame.bar(origin, usize::from(north > east)));
    }
    samples
}

/// The drawings of many origins, one list of `cutoffs` each; the same for any number of threads.
///
/// What is too far-flung for the sheet is drawn on one of its own with wider squares ([`Sheet::fits`]).
pub fn draw_many(
    (sheet, obstacles): (&Sheet, &Obstacles),
    ground: &Ground,
    starts: &[(LonLat, Seeds)],
    cutoffs: &[WalkTime],
) -> Vec<Vec<Isochrone>> {
    let largest = cutoffs.iter().copied().max().unwrap_or(WalkTime::ZERO);
    let fresh = || (Search::new(ground.graph.node_count()), Pen::default());
    let draw = |(search, pen): &mut (Search, Pen), (origin, seeds): &(LonLat, Seeds)| {
        search.run(ground, seeds, largest);
        let scene = Scene { graph: ground.graph, seeds, origin: *origin };
        let within =
            |&cutoff: &WalkTime| (cutoff, ServiceArea::of_search(ground, seeds, search, cutoff));
        let reached: Vec<(WalkTime, ServiceArea)> = cutoffs.iter().map(within).collect();
        if reached.iter().all(|(_, area)| sheet.fits(ground.graph, area)) {
            let one =
                |(cutoff, area): &(WalkTime, ServiceArea)| pen.draw(sheet, &scene, (area, *cutoff));
            return reached.iter().map(one).collect();
        }
        let reached: Vec<_> = reached.iter().map(|(cutoff, area)| (*cutoff, area)).collect();
        Isochrone::draw(&scene, obstacles, &reached, sheet.options())
    };
    starts.par_iter().map_init(fresh, draw).collect()
}
