//! The sheet isochrones are drawn on: a lattice over the streets that knows which street each sample belongs to.
//!
//! It depends on the streets and obstacles alone, not on who walks or from where: laid once, a drawing only
//! marks the samples of the reached street parts.

use rayon::prelude::*;

use crate::ids::{EdgeId, Id};
use crate::spatial::lattice::{LatticeFrame, SAMPLES};
use crate::spatial::{BoundingBox, LonLat};
use crate::street::{Obstacles, StreetClass, StreetGraph};
use crate::units::Meters;

use super::IsochroneOptions;
use super::tile::{Bench, Ground, Labels, Piece, Run, TILE};
use crate::reach::ServiceArea;

/// Most squares to a side, whose numbers have 16 bits: beyond, squares are doubled in size.
const SIDE_MAX: i64 = 65_504;
/// Most squares that a drawing may lie on, 4 bytes each while it is made.
const SQUARES_MAX: u64 = 1 << 24;
/// Longest straight piece, in squares, that is looked at as one.
const PIECE_SQUARES: i64 = 16;
/// Widest buffer, in squares: a sample farther from a street than this is nobody's.
const BUFFER_PITCHES_MAX: f64 = 16.0;

/// The samples near the streets and whose they are.
#[derive(Debug)]
pub struct Sheet {
    pub(super) frame: LatticeFrame,
    /// South-west node.
    pub(super) corner: [i64; 2],
    first_run: Vec<u32>,
    runs: Vec<Run>,
    first_place: Vec<u32>,
    places: Vec<u16>,
    boxes: Vec<[u16; 4]>,
    cell: Meters,
    options: IsochroneOptions,
}

/// Nodes from south-west to north-east.
#[derive(Clone, Copy, Debug)]
struct Extent {
    low: [i64; 2],
    high: [i64; 2],
}

impl Sheet {
    /// The sheet over all streets.
    ///
    /// Squares are at least a metre wide, and wider than asked for when there were more than 65,504 of them to
    /// a side (1,300 km at 20 m).
    pub fn lay(graph: &StreetGraph, obstacles: &Obstacles, options: IsochroneOptions) -> Self {
        Self::lay_over((graph, obstacles), options, u64::MAX, &|_| true)
    }

    /// The sheet over what is reached, for a drawing or a few: the same drawings as on a sheet over all
    /// streets, as long as the squares of neither had to be doubled: here they are when there were more than
    /// 16 million of them (a square of 82 km at 20 m), which bounds the memory of a drawing.
    pub fn lay_around(
        graph: &StreetGraph,
        obstacles: &Obstacles,
        options: IsochroneOptions,
        reached: &ServiceArea,
    ) -> Self {
        let is_reached =
            |edge: EdgeId| reached.parts.binary_search_by_key(&edge, |part| part.edge).is_ok();
        Self::lay_over((graph, obstacles), options, SQUARES_MAX, &is_reached)
    }

    fn lay_over(
        (graph, obstacles): (&StreetGraph, &Obstacles),
        options: IsochroneOptions,
        squares_max: u64,
        within: &(dyn Fn(EdgeId) -> bool + Sync),
    ) -> Self {
        let reference = reference_of(graph);
        let mut pitch_m = options.cell_m.clamp(1.0, 1e6);
        loop {
            let frame = LatticeFrame::around(reference, pitch_m);
            let buffer_m = options.buffer_m.clamp(0.0, pitch_m * BUFFER_PITCHES_MAX);
            let margin = (buffer_m / frame.pitch_m()[0].min(frame.pitch_m()[1])).ceil() as i64 + 1;
            let extent = Extent::of(graph, &frame, within, margin);
            if extent.side() <= SIDE_MAX && extent.squares() <= squares_max {
                let draft =
                    Draft { frame, extent, margin, buffer_m, options, cell: Meters(pitch_m) };
                return draft.finish(graph, obstacles);
            }
            pitch_m *= 2.0;
        }
    }

    /// Distance between the lines of the lattice, at the middle of the streets.
    pub fn cell(&self) -> Meters {
        self.cell
    }

    /// How it was asked to be laid.
    pub fn options(&self) -> IsochroneOptions {
        self.options
    }

    /// Whether what is reached can be drawn on this sheet within 64 MB; [`Isochrone::draw`] lays a coarser one.
    ///
    /// [`Isochrone::draw`]: super::Isochrone::draw
    pub fn fits(&self, graph: &StreetGraph, reached: &ServiceArea) -> bool {
        let [west, south, east, north] = self.bounds_of(graph, reached).map(u64::from);
        west > east || (east - west + 4) * (north - south + 4) <= SQUARES_MAX
    }

    /// West, south, east and north of all that is reached; west above east when that is nothing.
    pub(super) fn bounds_of(&self, graph: &StreetGraph, reached: &ServiceArea) -> [u16; 4] {
        reached.parts.iter().fold([u16::MAX, u16::MAX, 0, 0], |bounds, part| {
            let own = self.boxes[super::drawn_edge(graph, *part).index()];
            [
                bounds[0].min(own[0]),
                bounds[1].min(own[1]),
                bounds[2].max(own[2]),
                bounds[3].max(own[3]),
            ]
        })
    }

    /// Bytes held.
    pub fn memory_bytes(&self) -> usize {
        self.runs.len() * size_of::<Run>()
            + self.places.len() * 2
            + self.boxes.len() * size_of::<[u16; 4]>()
            + (self.first_run.len() + self.first_place.len()) * 4
    }

    /// The runs of a street, and the places on it of their samples.
    pub(super) fn runs(&self, edge: EdgeId) -> (&[Run], &[u16]) {
        let (here, next) = (edge.index(), edge.index() + 1);
        (
            &self.runs[self.first_run[here] as usize..self.first_run[next] as usize],
            &self.places[self.first_place[here] as usize..self.first_place[next] as usize],
        )
    }
}

/// Latitude at the middle of the streets and longitude of one of them: no street lies half around the earth.
fn reference_of(graph: &StreetGraph) -> LonLat {
    let bounds = BoundingBox::around(graph.places().iter().copied());
    let first = graph.places().iter().next();
    let reference = bounds
        .zip(first)
        .and_then(|(bounds, first)| LonLat::from_e7(first.lon_e7(), bounds.center().lat_e7()));
    reference.or_else(|| LonLat::from_e7(0, 0)).unwrap_or_else(|| unreachable!("0,0 is on earth"))
}

impl Extent {
    /// The nodes around the streets that `within` takes, with room for the buffer, in whole tiles.
    fn of(
        graph: &StreetGraph,
        frame: &LatticeFrame,
        within: &(dyn Fn(EdgeId) -> bool + Sync),
        margin: i64,
    ) -> Self {
        let mut extent = Self { low: [i64::MAX; 2], high: [i64::MIN; 2] };
        for edge in graph.edges().ids().filter(|&edge| within(edge)) {
            for &place in graph.shape(edge) {
                let node = frame.node_below(frame.offset(place));
                extent.low = [extent.low[0].min(node[0]), extent.low[1].min(node[1])];
                extent.high = [extent.high[0].max(node[0]), extent.high[1].max(node[1])];
            }
        }
        if extent.low[0] > extent.high[0] {
            return Self { low: [0; 2], high: [TILE as i64 - 1; 2] };
        }
        let tile = TILE as i64;
        Self {
            low: extent.low.map(|node| (node - margin).div_euclid(tile) * tile),
            high: extent.high.map(|node| (node + margin).div_euclid(tile) * tile + tile - 1),
        }
    }

    /// Nodes to the longer side.
    fn side(&self) -> i64 {
        (self.high[0] - self.low[0]).max(self.high[1] - self.low[1]) + 1
    }

    fn squares(&self) -> u64 {
        let side = |axis: usize| (self.high[axis] - self.low[axis] + 1) as u64;
        side(0) * side(1)
    }

    fn tiles(&self) -> [usize; 2] {
        [0, 1].map(|axis| (self.high[axis] - self.low[axis] + 1) as usize / TILE)
    }
}

/// What a sheet is laid with.
struct Draft {
    frame: LatticeFrame,
    extent: Extent,
    /// Squares around a tile in which streets and obstacles matter to it.
    margin: i64,
    buffer_m: f64,
    options: IsochroneOptions,
    cell: Meters,
}

impl Draft {
    fn finish(&self, graph: &StreetGraph, obstacles: &Obstacles) -> Sheet {
        let streets = self.pieces_of(graph);
        let walls: Vec<[[i64; 2]; 2]> = obstacles
            .pieces()
            .map(|piece| piece.map(|end| self.frame.offset(end)))
            .filter(|piece| self.is_near(piece))
            .flat_map(|piece| self.split(piece).map(|(ends, _)| ends))
            .filter(|piece| self.is_near(piece))
            .collect();
        let near_streets = self.by_tile(streets.iter().map(|piece| [piece.from, piece.to]));
        let near_walls = self.by_tile(walls.iter().copied());
        let water = self.water(obstacles.waters());
        let [across, down] = self.extent.tiles();
        let labels: Vec<Labels> = (0..across * down)
            .into_par_iter()
            .map_init(Bench::default, |bench, tile| {
                let [column, row] = [tile % across, tile / across].map(|side| side * TILE);
                let corner = [self.extent.low[0] + column as i64, self.extent.low[1] + row as i64];
                bench.label(Ground {
                    frame: self.frame,
                    corner,
                    sheet_corner: self.extent.low,
                    buffer_m: self.buffer_m as f32,
                    streets: &mut near_streets.of(tile).map(|number| streets[number]),
                    walls: &mut near_walls.of(tile).map(|number| walls[number]),
                    water: &|wet| water.on_tile([column, row], wet),
                })
            })
            .collect();
        self.gather(graph.edge_count(), &labels)
    }

    /// The straight pieces of all streets near the sheet that ground can belong to: not of passages through a
    /// barrier, nor of the second drawing of private ground.
    fn pieces_of(&self, graph: &StreetGraph) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut places = Vec::new();
        for (edge, street) in graph.edges().enumerate() {
            places.clear();
            places.extend(graph.shape(edge).iter().map(|&place| self.frame.offset(place)));
            let is_drawn = street.class != StreetClass::Gate && self.is_near(&places);
            if !is_drawn || graph.is_entering_side(edge) {
                continue;
            }
            let meters = |pair: &[[i64; 2]]| {
                let [a, b] = [pair[0], pair[1]].map(|place| self.frame.to_planar(place, [0; 2]));
                a.distance(b).0
            };
            let whole = places.windows(2).map(meters).sum::<f64>().max(f64::MIN_POSITIVE);
            let mut before = 0.0;
            for pair in places.windows(2) {
                let after = before + meters(pair);
                for (ends, along) in self.split([pair[0], pair[1]]) {
                    if self.is_near(&ends) {
                        let along =
                            along.map(|part| ((before + (after - before) * part) / whole) as f32);
                        pieces.push(Piece { edge: edge.0, from: ends[0], to: ends[1], along });
                    }
                }
                before = after;
            }
        }
        pieces
    }

    /// A straight piece in parts no longer than a few squares, each with where on the piece it begins and ends.
    fn split(&self, [from, to]: [[i64; 2]; 2]) -> impl Iterator<Item = ([[i64; 2]; 2], [f64; 2])> {
        let squares = |axis: usize| (to[axis] - from[axis]).abs() / self.frame.pitch()[axis];
        let count = squares(0).max(squares(1)) / PIECE_SQUARES + 1;
        let at = move |number: i64| {
            let between = |axis: usize| {
                let run = i128::from(to[axis] - from[axis]) * i128::from(number);
                from[axis] + (run / i128::from(count)) as i64
            };
            [between(0), between(1)]
        };
        (0..count).map(move |number| {
            let along = [number, number + 1].map(|end| end as f64 / count as f64);
            ([at(number), at(number + 1)], along)
        })
    }

    /// Whether the box of some places touches the sheet and the squares around it that matter to it.
    fn is_near(&self, places: &[[i64; 2]]) -> bool {
        let pitch = self.frame.pitch();
        (0..2).all(|axis| {
            let low = (self.extent.low[axis] - self.margin) * pitch[axis];
            let high = (self.extent.high[axis] + 1 + self.margin) * pitch[axis];
            let at = || places.iter().map(|place| place[axis]);
            at().min().is_some_and(|west| west <= high)
                && at().max().is_some_and(|east| east >= low)
        })
    }

    /// The numbers of the pieces near each tile, ascending.
    fn by_tile(&self, pieces: impl Iterator<Item = [[i64; 2]; 2]> + Clone) -> Buckets {
        let [across, down] = self.extent.tiles();
        let spans = pieces.map(|ends| {
            [0, 1].map(|axis| {
                let nodes = ends.map(|end| self.frame.node_below(end)[axis]);
                let tile = |node: i64| (node - self.extent.low[axis]).div_euclid(TILE as i64);
                let (low, high) = (nodes[0].min(nodes[1]), nodes[0].max(nodes[1]));
                let count = [across, down][axis] as i64;
                let (first, last) = (tile(low - self.margin), tile(high + self.margin));
                first.clamp(0, count) as usize..(last + 1).clamp(0, count) as usize
            })
        });
        let tiles = |[columns, rows]: [std::ops::Range<usize>; 2]| {
            rows.flat_map(move |row| columns.clone().map(move |column| row * across + column))
        };
        let mut first = vec![0_u32; across * down + 1];
        for span in spans.clone() {
            tiles(span).for_each(|tile| first[tile + 1] += 1);
        }
        for tile in 0..across * down {
            first[tile + 1] += first[tile];
        }
        let mut next = first.clone();
        let mut numbers = vec![0; first[across * down] as usize];
        for (number, span) in (0_u32..).zip(spans) {
            for tile in tiles(span) {
                numbers[next[tile] as usize] = number;
                next[tile] += 1;
            }
        }
        Buckets { first, numbers }
    }

    /// Sorts the labels of all tiles by street.
    fn gather(&self, edges: usize, labels: &[Labels]) -> Sheet {
        let (mut first_run, mut first_place) = (vec![0_u32; edges + 1], vec![0_u32; edges + 1]);
        let mut boxes = vec![[u16::MAX, u16::MAX, 0, 0]; edges];
        let all = || labels.iter().flat_map(|labels| &labels.runs);
        for &(edge, run) in all() {
            let edge = edge as usize;
            first_run[edge + 1] += 1;
            first_place[edge + 1] += run.singles().count() as u32;
            let [west, south, east, north] = boxes[edge];
            boxes[edge] = [
                west.min(run.column),
                south.min(run.row),
                east.max(run.column),
                north.max(run.row),
            ];
        }
        for edge in 0..edges {
            first_run[edge + 1] += first_run[edge];
            first_place[edge + 1] += first_place[edge];
        }
        let blank = Run { column: 0, row: 0, samples: 0 };
        let mut runs = vec![blank; first_run[edges] as usize];
        let mut places = vec![0; first_place[edges] as usize];
        let (mut next_run, mut next_place) = (first_run.clone(), first_place.clone());
        for labels in labels {
            let mut from = 0;
            for &(edge, run) in &labels.runs {
                let edge = edge as usize;
                let (count, at) = (run.singles().count(), next_place[edge] as usize);
                runs[next_run[edge] as usize] = run;
                places[at..at + count].copy_from_slice(&labels.places[from..from + count]);
                from += count;
                next_run[edge] += 1;
                next_place[edge] += count as u32;
            }
        }
        let Self { frame, extent, cell, options, .. } = *self;
        let corner = extent.low;
        Sheet { frame, corner, first_run, runs, first_place, places, boxes, cell, options }
    }

    /// The samples in water, line by line.
    fn water(&self, areas: &[crate::spatial::Area]) -> Water {
        let count =
            [0, 1].map(|axis| (self.extent.high[axis] - self.extent.low[axis] + 1) as usize);
        let mut water = Water { lines: [vec![Vec::new(); count[1]], vec![Vec::new(); count[0]]] };
        let mut meetings: Vec<(usize, f64)> = Vec::new();
        for area in areas {
            for (direction, nodes) in count.into_iter().enumerate() {
                let last = (nodes * SAMPLES as usize) as f64 - 1.0;
                meetings.clear();
                for pair in area.rings().flat_map(|ring| ring.windows(2)) {
                    self.meet(direction, [pair[0], pair[1]], &mut meetings);
                }
                meetings.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
                for line in meetings.chunk_by(|a, b| a.0 == b.0) {
                    for span in line.chunks_exact(2) {
                        let (from, to) = (span[0].1.ceil().max(0.0), span[1].1.floor().min(last));
                        if from <= to {
                            water.lines[direction][line[0].0].push([from as u32, to as u32]);
                        }
                    }
                }
            }
        }
        water
    }

    /// Where a piece of an outline meets the lines of one direction, in steps from the sheet's corner.
    fn meet(&self, direction: usize, ends: [LonLat; 2], meetings: &mut Vec<(usize, f64)>) {
        let other = 1 - direction;
        let pitch = self.frame.pitch();
        let [a, b] = ends.map(|end| {
            let offset = self.frame.offset(end);
            [0, 1].map(|axis| offset[axis] - self.extent.low[axis] * pitch[axis])
        });
        let (low, high) = (a[other].min(b[other]), a[other].max(b[other]));
        let lines = self.extent.high[other] - self.extent.low[other] + 1;
        // Half-open: a corner on a line counts for one of its two pieces.
        let first = (-(-low).div_euclid(pitch[other])).max(0);
        let end = (-(-high).div_euclid(pitch[other])).min(lines);
        let step = pitch[direction] as f64 / SAMPLES as f64;
        for line in first..end {
            let along = (line * pitch[other] - a[other]) as f64 / (b[other] - a[other]) as f64;
            let at = a[direction] as f64 + (b[direction] - a[direction]) as f64 * along;
            meetings.push((line as usize, at / step));
        }
    }
}

/// Numbers by tile.
struct Buckets {
    first: Vec<u32>,
    numbers: Vec<u32>,
}

impl Buckets {
    fn of(&self, tile: usize) -> impl Iterator<Item = usize> {
        let (from, to) = (self.first[tile] as usize, self.first[tile + 1] as usize);
        self.numbers[from..to].iter().map(|&number| number as usize)
    }
}

/// First and last sample of every stretch of water, by direction and line.
struct Water {
    lines: [Vec<Vec<[u32; 2]>>; 2],
}

impl Water {
    /// Calls `wet` with the stretches on the tile whose corner is so many nodes from the sheet's.
    fn on_tile(&self, corner: [usize; 2], wet: &mut dyn FnMut(usize, usize, [usize; 2])) {
        let steps = SAMPLES as usize;
        for direction in 0..2 {
            let (from, to) = (corner[direction] * steps, (corner[direction] + TILE) * steps - 1);
            for line in 0..TILE {
                for &[first, last] in &self.lines[direction][corner[1 - direction] + line] {
                    let (first, last) = ((first as usize).max(from), (last as usize).min(to));
                    if first <= last {
                        wet(direction, line, [first - from, last - from]);
                    }
                }
            }
        }
    }
}
