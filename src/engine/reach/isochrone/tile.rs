//! One tile of a drawing sheet: which street each sample belongs to.
//!
//! A sample belongs to the nearest street it can see within the buffer, and to every street that crosses the
//! lattice at it, whether it can be seen or not: bridges and streets along a wall are never lost.

use crate::spatial::contour::bits;
use crate::spatial::lattice::{LatticeFrame, SAMPLES, Sample};

use super::sight::Sight;

/// Squares to a side of a tile.
pub(super) const TILE: usize = 32;
/// Samples on one line across a tile.
const LINE: usize = TILE * SAMPLES as usize;
/// Samples on all lines of one direction.
const FIELD: usize = TILE * LINE;
/// No street.
const NOBODY: u32 = u32::MAX;
/// What a position on a street is counted in: the whole street is this much.
pub(super) const WHOLE: f32 = 65_535.0;

/// A straight piece of a street, offsets from the frame's reference, with the parts of the street before its
/// two ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) edge: u32,
    pub(super) from: [i64; 2],
    pub(super) to: [i64; 2],
    pub(super) along: [f32; 2],
}

/// Samples of one node that belong to one street; the places on it that they are nearest to are kept apart, in
/// the order of bits, the node once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) column: u16,
    pub(super) row: u16,
    pub(super) samples: u16,
}

impl Run {
    /// Its samples, one bit each, lowest first.
    pub(super) fn singles(self) -> impl Iterator<Item = u32> {
        let mut left = self.samples;
        if left & 1 != 0 {
            left &= !0x100;
        }
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros())?;
            left &= left - 1;
            Some(bit)
        })
    }
}

/// What a tile is made from.
pub(super) struct Ground<'a> {
    pub(super) frame: LatticeFrame,
    /// The tile's south-west node.
    pub(super) corner: [i64; 2],
    /// Node of the sheet's corner.
    pub(super) sheet_corner: [i64; 2],
    pub(super) buffer_m: f32,
    /// Streets near the tile, by edge.
    pub(super) streets: &'a mut dyn Iterator<Item = Piece>,
    /// Obstacles near the tile: offsets from the reference.
    pub(super) walls: &'a mut dyn Iterator<Item = [[i64; 2]; 2]>,
    /// The samples of the tile that lie in water.
    pub(super) water: Wetting<'a>,
}

/// Calls back with stretches of samples: direction and number of the line, first and last step.
type Wetting<'a> = &'a dyn Fn(&mut dyn FnMut(usize, usize, [usize; 2]));

/// Streets and their runs, with the places on the streets.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) runs: Vec<(u32, Run)>,
    pub(super) places: Vec<u16>,
}

/// Working memory of a tile.
#[derive(Debug, Default)]
pub(super) struct Bench {
    /// Squared distance to the nearest street in sight; what lies in water is never nearer to any.
    squares: Vec<f32>,
    edges: Vec<u32>,
    along: Vec<f32>,
    sight: Sight,
    pieces: Vec<Piece>,
}

/// A piece in metres from the tile's corner: along the line's direction first, then across it.
struct Turned {
    a: [f32; 2],
    delta: [f32; 2],
    per_square: f32,
}

impl Bench {
    /// The labels of a tile.
    pub(super) fn label(&mut self, ground: Ground) -> Labels {
        let mut streets = ground.streets.peekable();
        if streets.peek().is_none() {
            return Labels::default();
        }
        let pitch = ground.frame.pitch_m().map(|meters| meters as f32);
        self.prepare((ground.buffer_m, pitch), ground.water);
        for wall in ground.walls {
            let [from, to] = wall.map(|end| ground.frame.to_planar(end, ground.corner));
            self.sight.add(from, to);
        }
        self.pieces.clear();
        for piece in streets {
            let [a, b] = [piece.from, piece.to].map(|end| {
                let at = ground.frame.to_planar(end, ground.corner);
                [at.x as f32, at.y as f32]
            });
            for axis in 0..2 {
                self.splat((a, b), piece, axis, (pitch, ground.buffer_m));
            }
            self.pieces.push(piece);
        }
        let low = [0, 1].map(|axis| (ground.corner[axis] - ground.sheet_corner[axis]) as u16);
        let mut labels = Labels::default();
        self.emit(low, &mut labels);
        self.emit_crossings(&ground.frame, ground.corner, low, &mut labels);
        labels
    }

    fn prepare(&mut self, (buffer, pitch): (f32, [f32; 2]), water: Wetting) {
        let nearest = buffer * buffer;
        self.squares.clear();
        self.squares.resize(2 * FIELD, nearest);
        self.edges.clear();
        self.edges.resize(2 * FIELD, NOBODY);
        self.along.resize(2 * FIELD, 0.0);
        water(&mut |line_direction, line, [first, last]| {
            let start = line_direction * FIELD + line * LINE;
            self.squares[start + first..=start + last].fill(-1.0);
        });
        let margin = (buffer / pitch[0].min(pitch[1])).ceil() as usize + 1;
        self.sight.clear(TILE + 2 * margin, margin, pitch);
    }

    /// Offers a piece to every sample on the lines of one direction within the buffer.
    fn splat(
        &mut self,
        (a, b): ([f32; 2], [f32; 2]),
        piece: Piece,
        axis: usize,
        (pitch, buffer): ([f32; 2], f32),
    ) {
        let other = 1 - axis;
        let delta = [b[axis] - a[axis], b[other] - a[other]];
        let square = delta[0] * delta[0] + delta[1] * delta[1];
        let per_square = if square > 0.0 { 1.0 / square } else { 0.0 };
        let turned = Turned { a: [a[axis], a[other]], delta, per_square };
        let step = pitch[axis] / SAMPLES as f32;
        let span = |low: f32, high: f32, unit: f32, count: usize| {
            let first = ((low - buffer) / unit).ceil().max(0.0) as usize;
            let last = ((high + buffer) / unit).floor();
            first..if last < 0.0 { 0 } else { (last as usize + 1).min(count) }
        };
        let samples = span(a[axis].min(b[axis]), a[axis].max(b[axis]), step, LINE);
        for line in span(a[other].min(b[other]), a[other].max(b[other]), pitch[other], TILE) {
            let across = line as f32 * pitch[other];
            for sample in samples.clone() {
                let at = axis * FIELD + line * LINE + sample;
                let point = [sample as f32 * step, across];
                let (foot, along) = turned.foot(point);
                let (ex, ey) = (foot[0] - point[0], foot[1] - point[1]);
                let square = ex * ex + ey * ey;
                if square < self.squares[at] && self.is_seen(point, foot, axis) {
                    self.squares[at] = square;
                    self.edges[at] = piece.edge;
                    self.along[at] = piece.along[0] + (piece.along[1] - piece.along[0]) * along;
                }
            }
        }
    }

    fn is_seen(&self, eye: [f32; 2], foot: [f32; 2], axis: usize) -> bool {
        let upright = |[along, across]: [f32; 2]| {
            if axis == 0 { [along, across] } else { [across, along] }
        };
        self.sight.is_open() || self.sight.sees(upright(eye), upright(foot))
    }

    /// Gathers the samples of each node by street.
    fn emit(&self, low: [u16; 2], labels: &mut Labels) {
        let mut own: Vec<(u32, u32, u16)> = Vec::with_capacity(16);
        for row in 0..TILE {
            for column in 0..TILE {
                own.clear();
                let east = row * LINE + column * SAMPLES as usize;
                let north = FIELD + column * LINE + row * SAMPLES as usize;
                let east_steps = (0..8).map(|step| (east + step, step as u32));
                let north_steps = (1..8).map(|step| (north + step, 8 + step as u32));
                for (at, bit) in east_steps.chain(north_steps) {
                    if self.edges[at] != NOBODY {
                        own.push((self.edges[at], bit, scaled(self.along[at])));
                    }
                }
                own.sort_unstable();
                for group in own.chunk_by(|a, b| a.0 == b.0) {
                    let samples = group.iter().fold(0, |all, &(_, bit, _)| all | 1_u16 << bit);
                    let samples = samples | (samples & 1) << 8;
                    let (column, row) = (low[0] + column as u16, low[1] + row as u16);
                    labels.runs.push((group[0].0, Run { column, row, samples }));
                    labels.places.extend(group.iter().map(|&(.., place)| place));
                }
            }
        }
    }

    /// Adds the samples at which streets cross the lattice and that are not theirs yet.
    fn emit_crossings(
        &self,
        frame: &LatticeFrame,
        corner: [i64; 2],
        low: [u16; 2],
        labels: &mut Labels,
    ) {
        for piece in &self.pieces {
            frame.crossings(piece.from, piece.to, |sample, along| {
                let [column, row] = [0, 1].map(|axis| sample.node[axis] - corner[axis]);
                let side = 0..TILE as i64;
                if !side.contains(&column) || !side.contains(&row) {
                    return;
                }
                let (column, row) = (column as usize, row as usize);
                if self.owner([column, row], sample) == piece.edge {
                    return;
                }
                let along = piece.along[0] + (piece.along[1] - piece.along[0]) * along as f32;
                let (column, row) = (low[0] + column as u16, low[1] + row as u16);
                labels.runs.push((piece.edge, Run { column, row, samples: bits(sample) }));
                labels.places.push(scaled(along));
            });
        }
    }

    fn owner(&self, [column, row]: [usize; 2], sample: Sample) -> u32 {
        let step = sample.step as usize;
        let (line, at) = if sample.line == 0 || step == 0 {
            (0, row * LINE + column * SAMPLES as usize + step)
        } else {
            (1, column * LINE + row * SAMPLES as usize + step)
        };
        self.edges[line * FIELD + at]
    }
}

impl Turned {
    /// The place on the piece nearest to a point, and how far along the piece it is (0 to 1).
    fn foot(&self, point: [f32; 2]) -> ([f32; 2], f32) {
        let (px, py) = (point[0] - self.a[0], point[1] - self.a[1]);
        let along = (px * self.delta[0] + py * self.delta[1]) * self.per_square;
        let along = along.clamp(0.0, 1.0);
        ([self.a[0] + along * self.delta[0], self.a[1] + along * self.delta[1]], along)
    }
}

fn scaled(along: f32) -> u16 {
    (along * WHOLE).round().clamp(0.0, WHOLE) as u16
}
