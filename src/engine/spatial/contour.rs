//! Outlines of what is marked on the samples of a lattice.
//!
//! On the sides of each square of the lattice some stretches are marked; what is drawn of the square is the
//! convex hull of them, bounded by a straight piece from the end of each stretch to the beginning of the next.
//! So the outline has corners on the lattice's lines only and lies within a square's diagonal of what is
//! marked; more marks give an outline that contains that of fewer, exactly; and no ring touches or crosses
//! another, for two rings would have to share a gap between two samples.

use super::lattice::{LatticeFrame, SAMPLES, Sample};
use super::{Area, AreaPolygon, LonLat};

/// All samples of a node: the low byte runs east, the high byte north; the node is the first of both.
pub type Samples = u16;

/// A rectangle of a lattice whose samples can be marked. Its outermost nodes stay free.
#[derive(Clone, Debug, Default)]
pub struct Canvas {
    corner: [i64; 2],
    width: usize,
    height: usize,
    marks: Vec<Samples>,
    /// Gaps between samples at which a ring has begun or gone on: bit 8 × line + step.
    seen: Vec<Samples>,
}

/// Squares looked over at once.
const STRIDE: usize = 8;

/// A square, or the node at its south-west corner.
#[derive(Clone, Copy, Debug)]
struct Square {
    index: usize,
    column: usize,
    row: usize,
}

/// A gap between two samples, as the ring goes: its node and bit 8 × line + step.
type Gap = (Square, u32);

impl Canvas {
    /// Clears the canvas and lays it over the nodes from `low` to `high`, both of which may be marked.
    pub fn stretch(&mut self, low: [i64; 2], high: [i64; 2]) {
        let side = |axis: usize| (high[axis] - low[axis]).max(0) as usize + 4;
        self.corner = [low[0] - 1, low[1] - 1];
        (self.width, self.height) = (side(0), side(1));
        self.marks.clear();
        self.marks.resize(self.width * self.height, 0);
        self.seen.clear();
        self.seen.resize(self.width * self.height, 0);
    }

    /// Index of the node `low` that the canvas was stretched from, and how much further the next row is.
    pub fn first(&self) -> (usize, usize) {
        (self.width + 1, self.width)
    }

    /// Index of a node, if it is on the canvas and not at its edge.
    pub fn index(&self, node: [i64; 2]) -> Option<usize> {
        let (column, row) = (node[0] - self.corner[0], node[1] - self.corner[1]);
        let fits =
            column > 0 && row > 0 && column < self.width as i64 - 2 && row < self.height as i64 - 2;
        fits.then(|| row as usize * self.width + column as usize)
    }

    /// Marks samples of the node at `index`.
    #[inline]
    pub fn mark(&mut self, index: usize, samples: Samples) {
        self.marks[index] |= samples;
    }

    /// Marks one sample, if its node is on the canvas.
    pub fn mark_sample(&mut self, sample: Sample) {
        if let Some(index) = self.index(sample.node) {
            self.mark(index, bits(sample));
        }
    }

    /// The outline of all that is marked: valid polygons with holes, in the order of their southernmost rows.
    pub fn outline(&mut self, frame: &LatticeFrame) -> Area {
        self.each_mixed(1, Self::close_gaps);
        let mut rings: Vec<Ring> = Vec::new();
        self.each_mixed(0, |canvas, square| {
            let sides = canvas.sides(square.index);
            if sides != 0 && sides != u32::MAX {
                canvas.trace_from(square, sides, &mut rings);
            }
        });
        assemble(rings, |corner| frame.place(corner))
    }

    /// Calls `act` with every square from row `first` on, but those in the middle of blank or full ground.
    fn each_mixed(&mut self, first: usize, mut act: impl FnMut(&mut Self, Square)) {
        for row in first..self.height - 1 {
            let mut column = 0;
            while column + 1 < self.width {
                let index = row * self.width + column;
                if self.is_plain(index, column) {
                    column += STRIDE;
                } else {
                    act(self, Square { index, column, row });
                    column += 1;
                }
            }
        }
    }

    /// Whether the squares of a stride are all empty or all full.
    fn is_plain(&self, index: usize, column: usize) -> bool {
        if column + STRIDE >= self.width {
            return false;
        }
        let value = self.marks[index];
        let same = |from: usize| {
            let stretch = &self.marks[from..=from + STRIDE];
            stretch.iter().fold(0, |all, &samples| all | (samples ^ value)) == 0
        };
        (value == 0 || value == u16::MAX) && same(index) && same(index + self.width)
    }

    /// Fills what is free between two marks on the lines from one node to the next: both neighbors draw over it.
    fn close_gaps(&mut self, square: Square) {
        let index = square.index;
        let samples = self.marks[index];
        if samples == 0 || samples == u16::MAX {
            return;
        }
        let next = |at: usize| u32::from(self.marks[at] & 1) << SAMPLES;
        let east = u32::from(samples & 0xFF) | next(index + 1);
        let north = u32::from(samples >> 8) | next(index + self.width);
        self.marks[index] = (closed(east) | (closed(north) << 8)) as u16;
    }

    /// The samples around a square, counter-clockwise from its south-west node.
    fn sides(&self, index: usize) -> u32 {
        let here = self.marks[index];
        let east = self.marks[index + 1];
        let north = self.marks[index + self.width];
        let across = self.marks[index + self.width + 1];
        let reversed = |samples: u16| u32::from((samples as u8).reverse_bits());
        u32::from(here & 0xFF)
            | u32::from(east >> 8) << 8
            | u32::from(across & 1) << 16
            | reversed(north) << 17
            | reversed(here >> 8) << 25
    }

    /// Follows every ring that has a marked stretch ending on the sides of this square and is not known yet.
    fn trace_from(&mut self, square: Square, sides: u32, rings: &mut Vec<Ring>) {
        let mut ends = sides & !sides.rotate_right(1);
        while ends != 0 {
            let end = ends.trailing_zeros();
            ends &= ends - 1;
            let (node, gap) = self.gap(square, end);
            if self.seen[node.index] & (1 << gap) == 0 {
                let ring = self.trace(square, end);
                rings.extend(ring);
            }
        }
    }

    /// Follows one ring, what is marked to its left; `None` when it holds no ground.
    fn trace(&mut self, mut square: Square, mut end: u32) -> Option<Ring> {
        let mut ring = Ring::default();
        loop {
            let (node, gap) = self.gap(square, end);
            if self.seen[node.index] & (1 << gap) != 0 {
                return ring.closed();
            }
            self.seen[node.index] |= 1 << gap;
            ring.push(self.corner_at((node, gap)));
            // On to the beginning of the next stretch; there the neighbor's stretch ends.
            let sides = self.sides(square.index).rotate_right(end + 1);
            let before = (end + sides.trailing_zeros()) % 32;
            (square, end) = match before {
                0..8 => (self.south(square), 23 - before),
                8..16 => (square.east(), 39 - before),
                16..24 => (self.north(square), 23 - before),
                _ => (square.west(), 39 - before),
            };
        }
    }

    fn north(&self, from: Square) -> Square {
        Square { index: from.index + self.width, row: from.row + 1, ..from }
    }

    fn south(&self, from: Square) -> Square {
        Square { index: from.index - self.width, row: from.row - 1, ..from }
    }

    /// The gap after the sample at place `at` (0 to 31) around a square.
    fn gap(&self, square: Square, at: u32) -> Gap {
        match at {
            0..8 => (square, at),
            8..16 => (square.east(), at),
            16..24 => (self.north(square), 23 - at),
            _ => (square, 8 + 31 - at),
        }
    }

    /// Where a gap is, in half steps of the whole lattice.
    fn corner_at(&self, (node, gap): Gap) -> [i64; 2] {
        let mut halves = [
            (self.corner[0] + node.column as i64) * 2 * SAMPLES,
            (self.corner[1] + node.row as i64) * 2 * SAMPLES,
        ];
        halves[(gap / 8) as usize] += 2 * i64::from(gap % 8) + 1;
        halves
    }
}

impl Square {
    fn east(self) -> Self {
        Self { index: self.index + 1, column: self.column + 1, ..self }
    }

    fn west(self) -> Self {
        Self { index: self.index - 1, column: self.column - 1, ..self }
    }
}

/// The bits of a sample; a node has two.
pub fn bits(sample: Sample) -> Samples {
    if sample.step == 0 { 0x101 } else { 1 << (8 * sample.line + sample.step as usize) }
}

/// All from the lowest to the highest of nine bits, without the ninth.
fn closed(bits: u32) -> u32 {
    if bits == 0 {
        return 0;
    }
    let (low, high) = (bits.trailing_zeros(), bits.ilog2());
    ((2 << high) - (1 << low)) & 0xFF
}

/// A ring in half steps, without corners in the middle of straight runs.
#[derive(Clone, Debug, Default)]
struct Ring {
    corners: Vec<[i64; 2]>,
    twice_area: i64,
    low: [i64; 2],
    high: [i64; 2],
}

impl Ring {
    fn push(&mut self, corner: [i64; 2]) {
        if let [.., a, b] = self.corners.as_slice()
            && is_straight(*a, *b, corner)
        {
            self.corners.pop();
        }
        self.corners.push(corner);
    }

    /// The ring with its first corner last; `None` when it holds no ground.
    fn closed(mut self) -> Option<Self> {
        while let [first, .., before, last] = *self.corners.as_slice()
            && is_straight(before, last, first)
        {
            self.corners.pop();
        }
        if let [first, second, .., last] = *self.corners.as_slice()
            && is_straight(last, first, second)
        {
            self.corners.remove(0);
        }
        self.corners.extend(self.corners.first().copied());
        let cross = |pair: &[[i64; 2]]| pair[0][0] * pair[1][1] - pair[1][0] * pair[0][1];
        self.twice_area = self.corners.windows(2).map(cross).sum();
        let corners = self.corners.iter();
        (self.low, self.high) = corners.fold(([i64::MAX; 2], [i64::MIN; 2]), |(low, high), at| {
            ([low[0].min(at[0]), low[1].min(at[1])], [high[0].max(at[0]), high[1].max(at[1])])
        });
        (self.twice_area != 0).then_some(self)
    }

    /// Whether another ring lies in the box of this one.
    fn frames(&self, other: &Self) -> bool {
        let within =
            |axis: usize| self.low[axis] <= other.low[axis] && other.high[axis] <= self.high[axis];
        within(0) && within(1)
    }

    /// Whether the ring goes around a place that lies on no side of it.
    fn surrounds(&self, [x, y]: [i64; 2]) -> bool {
        let crosses = |pair: &&[[i64; 2]]| {
            let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
            let cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
            (ay > y) != (by > y) && ((cross > 0) == (by > ay))
        };
        self.corners.windows(2).filter(crosses).count() % 2 == 1
    }
}

/// Whether one goes straight on at `at`.
fn is_straight(from: [i64; 2], at: [i64; 2], to: [i64; 2]) -> bool {
    let before = [at[0] - from[0], at[1] - from[1]];
    let after = [to[0] - at[0], to[1] - at[1]];
    before[0] * after[1] == before[1] * after[0] && before[0] * after[0] + before[1] * after[1] > 0
}

/// Puts every hole into the smallest ring around it.
fn assemble(rings: Vec<Ring>, place: impl Fn([i64; 2]) -> LonLat) -> Area {
    let places = |ring: &Ring| ring.corners.iter().map(|&corner| place(corner)).collect();
    let (outers, holes): (Vec<Ring>, Vec<Ring>) =
        rings.into_iter().partition(|ring| ring.twice_area > 0);
    let mut polygons: Vec<AreaPolygon> =
        outers.iter().map(|ring| AreaPolygon { outer: places(ring), holes: Vec::new() }).collect();
    for hole in &holes {
        let may = |outer: &&Ring| outer.twice_area > -hole.twice_area && outer.frames(hole);
        // Every hole has a ring around it: what alone may be, is.
        let is_sure = outers.iter().filter(may).nth(1).is_none();
        let around = outers
            .iter()
            .enumerate()
            .filter(|(_, outer)| may(outer) && (is_sure || outer.surrounds(hole.corners[0])));
        if let Some((home, _)) = around.min_by_key(|(home, outer)| (outer.twice_area, *home)) {
            polygons[home].holes.push(places(hole));
        }
    }
    Area { polygons }
}
