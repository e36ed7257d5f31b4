//! Straight pieces sorted into the cells of a grid: what a segment may meet is found without a look at the rest.

/// A place in whole 1e-7 degrees, east and north.
pub(super) type Point = (i64, i64);

/// Cells that the pieces may fill, for each piece; a finer grid is made coarser.
const FILLED_PER_PIECE: usize = 8;

/// Which side of the line `a`–`b` the point `p` lies on: above 0 left, below 0 right, 0 on it; without rounding.
pub(super) fn side(a: Point, b: Point, p: Point) -> i64 {
    let cross = i128::from(b.0 - a.0) * i128::from(p.1 - a.1)
        - i128::from(b.1 - a.1) * i128::from(p.0 - a.0);
    cross.signum() as i64
}

/// Whether two segments cross, each at a place between its ends.
pub(super) fn cross([a, b]: [Point; 2], [p, q]: [Point; 2]) -> bool {
    side(a, b, p) * side(a, b, q) < 0 && side(p, q, a) * side(p, q, b) < 0
}

/// Whether `p` lies on the segment, its ends left out.
pub(super) fn lies_between([a, b]: [Point; 2], p: Point) -> bool {
    p != a
        && p != b
        && side(a, b, p) == 0
        && p.0 >= a.0.min(b.0)
        && p.0 <= a.0.max(b.0)
        && p.1 >= a.1.min(b.1)
        && p.1 <= a.1.max(b.1)
}

/// Straight pieces in a grid.
pub(super) struct SegmentGrid {
    origin: Point,
    /// Width and height of a cell.
    cell: [f64; 2],
    /// Columns and rows.
    size: [usize; 2],
    cells: Buckets,
    rows: Buckets,
}

/// Numbers in buckets, bucket by bucket.
struct Buckets {
    first: Vec<u32>,
    items: Vec<u32>,
}

impl Buckets {
    /// Buckets from pairs (bucket, item), made twice by `each`.
    fn fill(count: usize, each: impl Fn(&mut dyn FnMut(usize, u32))) -> Self {
        let mut first = vec![0_u32; count + 1];
        each(&mut |bucket, _| first[bucket + 1] += 1);
        for bucket in 0..count {
            first[bucket + 1] += first[bucket];
        }
        let mut next = first.clone();
        let mut items = vec![0; first[count] as usize];
        each(&mut |bucket, item| {
            items[next[bucket] as usize] = item;
            next[bucket] += 1;
        });
        Self { first, items }
    }

    fn of(&self, bucket: usize) -> &[u32] {
        &self.items[self.first[bucket] as usize..self.first[bucket + 1] as usize]
    }
}

impl SegmentGrid {
    /// A grid of `pieces`, each known by its position.
    pub(super) fn new(pieces: &[[Point; 2]]) -> Self {
        let ends = || pieces.iter().flatten();
        let low = |axis: fn(&Point) -> i64| ends().map(axis).min().unwrap_or(0);
        let high = |axis: fn(&Point) -> i64| ends().map(axis).max().unwrap_or(0);
        let origin = (low(|p| p.0), low(|p| p.1));
        let span = [high(|p| p.0) - origin.0 + 1, high(|p| p.1) - origin.1 + 1];
        let mut across = ((pieces.len() as f64).sqrt().ceil() as usize).clamp(1, 2048);
        loop {
            let cell = span.map(|whole| whole as f64 / across as f64);
            let mut grid = Self {
                origin,
                cell,
                size: [across; 2],
                cells: Buckets { first: Vec::new(), items: Vec::new() },
                rows: Buckets { first: Vec::new(), items: Vec::new() },
            };
            let mut filled = 0;
            for &piece in pieces {
                grid.each_run(piece, &mut |_, columns| {
                    filled += columns.len();
                    false
                });
            }
            if across > 1 && filled > FILLED_PER_PIECE * pieces.len() + 64 {
                across /= 2;
                continue;
            }
            let numbered = || pieces.iter().zip(0_u32..);
            grid.cells = Buckets::fill(across * across, |put| {
                for (&piece, number) in numbered() {
                    grid.each_run(piece, &mut |row, columns| {
                        columns.for_each(|column| put(row * across + column, number));
                        false
                    });
                }
            });
            grid.rows = Buckets::fill(across, |put| {
                for (&piece, number) in numbered() {
                    grid.each_run(piece, &mut |row, _| {
                        put(row, number);
                        false
                    });
                }
            });
            return grid;
        }
    }

    /// The row or column of an offset from the origin, kept on the grid.
    fn slot(&self, axis: usize, offset: f64) -> usize {
        ((offset / self.cell[axis]).floor().max(0.0) as usize).min(self.size[axis] - 1)
    }

    /// Calls `each` with every row that a segment runs through and the columns it may touch there, until it says
    /// that this is enough; tells whether it did.
    fn each_run(
        &self,
        [a, b]: [Point; 2],
        each: &mut dyn FnMut(usize, std::ops::Range<usize>) -> bool,
    ) -> bool {
        let local = |p: Point| [(p.0 - self.origin.0) as f64, (p.1 - self.origin.1) as f64];
        let (low, high) = if a.1 <= b.1 { (local(a), local(b)) } else { (local(b), local(a)) };
        let rise = high[1] - low[1];
        let east_at = |y: f64| {
            if rise > 0.0 {
                low[0] + (high[0] - low[0]) * ((y - low[1]) / rise).clamp(0.0, 1.0)
            } else {
                low[0]
            }
        };
        (self.slot(1, low[1])..=self.slot(1, high[1])).any(|row| {
            let (bottom, top) = (row as f64 * self.cell[1], (row + 1) as f64 * self.cell[1]);
            let (start, end) = if rise > 0.0 {
                (east_at(bottom - 1.0), east_at(top + 1.0))
            } else {
                (low[0], high[0])
            };
            let (west, east) = (start.min(end) - 1.0, start.max(end) + 1.0);
            each(row, self.slot(0, west)..self.slot(0, east) + 1)
        })
    }

    /// Whether `test` holds for a piece that the segment `a`–`b` may meet; a piece may be asked about twice.
    pub(super) fn any_along(&self, ends: [Point; 2], mut test: impl FnMut(u32) -> bool) -> bool {
        self.each_run(ends, &mut |row, mut columns| {
            columns.any(|column| {
                self.cells.of(row * self.size[0] + column).iter().any(|&piece| test(piece))
            })
        })
    }

    /// The pieces that reach the row of a place `north` of the origin.
    pub(super) fn in_row(&self, north: f64) -> &[u32] {
        let inside = north >= 0.0 && north <= self.cell[1] * self.size[1] as f64;
        if inside { self.rows.of(self.slot(1, north)) } else { &[] }
    }

    /// The place from which offsets are counted: the south-western corner.
    pub(super) fn origin(&self) -> Point {
        self.origin
    }
}
