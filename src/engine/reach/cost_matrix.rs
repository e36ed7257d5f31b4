//! Sparse walking times between facilities (or candidate sites) and demand points within a cutoff.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::ids::Id;
use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::buckets::finite;
use super::landing::{Landings, Placed};
use super::{Ground, Search, Seeds};

/// Bytes of one (point, time) pair.
const PAIR_BYTES: usize = size_of::<(u32, WalkTime)>();
/// Rows worked out at once at most, whatever the memory allows.
const WAVE_ROWS: usize = 4_096;

/// Rows of (demand point, time), one row a facility, each row sorted by point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostMatrix {
    first: Vec<u64>,
    entries: Vec<(u32, WalkTime)>,
}

/// Why a matrix could not be streamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError<E> {
    /// One row alone is larger than the limit.
    #[error(
        "row {row} of the cost matrix takes {bytes} bytes, the limit is {limit}: raise the limit or shorten \
         the cutoff"
    )]
    RowTooLarge {
        /// The row.
        row: usize,
        /// What it takes.
        bytes: usize,
        /// What was allowed.
        limit: usize,
    },
    /// The receiver of the rows stopped.
    #[error(transparent)]
    Sink(E),
}

/// What streaming took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamReport {
    /// Rows delivered.
    pub rows: usize,
    /// Pairs delivered.
    pub pairs: u64,
    /// Most bytes of rows that were held at any time.
    pub peak_bytes: usize,
}

impl CostMatrix {
    /// One bounded search a row, in parallel; `cutoff` is inclusive and counts both access legs.
    pub fn within(ground: &Ground, rows: &[Seeds], columns: &Placed, cutoff: WalkTime) -> Self {
        let walks = Walks::new(ground, columns, cutoff);
        let lists = walks.rows(rows, Some);
        let lists: Vec<Vec<(u32, WalkTime)>> = lists.into_iter().flatten().collect();
        let mut matrix =
            Self { first: vec![0], entries: Vec::with_capacity(lists.iter().map(Vec::len).sum()) };
        for list in lists {
            matrix.entries.extend(list);
            matrix.first.push(matrix.entries.len() as u64);
        }
        matrix
    }

    /// As [`CostMatrix::within`], but the rows are handed to `sink` in order (row, its pairs by point) and at
    /// most `limit` bytes of rows are held at any time, so that a matrix larger than memory finishes. The
    /// searches themselves hold about 4 bytes a node and 4 bytes a point a thread beside that.
    ///
    /// # Errors
    /// When one row alone is larger than `limit`, or what `sink` says.
    pub fn stream<E>(
        ground: &Ground,
        rows: &[Seeds],
        columns: &Placed,
        (cutoff, limit): (WalkTime, usize),
        mut sink: impl FnMut(usize, &[(u32, WalkTime)]) -> Result<(), E>,
    ) -> Result<StreamReport, StreamError<E>> {
        let walks = Walks::new(ground, columns, cutoff);
        let budget = Budget::new(limit);
        let mut report = StreamReport::default();
        let mut wave = rayon::current_num_threads();
        while report.rows < rows.len() {
            let next = &rows[report.rows..rows.len().min(report.rows + wave)];
            let lists = walks.rows(next, |pairs| budget.take(pairs));
            let before = report.rows;
            for list in lists.into_iter().map_while(|list| list) {
                sink(report.rows, &list).map_err(StreamError::Sink)?;
                report.pairs += list.len() as u64;
                report.rows += 1;
            }
            budget.clear();
            if report.rows == before {
                // Others of the wave took the room: this row once more, alone.
                let list = Desk::new(&walks).row(&walks, &rows[before], |n| budget.take(n));
                let Some(list) = list else {
                    let bytes = budget.refused.load(Ordering::Relaxed);
                    return Err(StreamError::RowTooLarge { row: before, bytes, limit });
                };
                sink(before, &list).map_err(StreamError::Sink)?;
                report.pairs += list.len() as u64;
                report.rows += 1;
                budget.clear();
            }
            let mean = (report.pairs as usize / report.rows + 1) * PAIR_BYTES;
            wave = (limit / 2 / mean).clamp(1, WAVE_ROWS);
        }
        Ok(StreamReport { peak_bytes: budget.peak.load(Ordering::Relaxed), ..report })
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.first.len().saturating_sub(1)
    }

    /// The (point, time) pairs of one row, by point.
    pub fn row(&self, row: usize) -> &[(u32, WalkTime)] {
        &self.entries[self.first[row] as usize..self.first[row + 1] as usize]
    }

    /// How many pairs lie within the cutoff.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no pair does.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Bytes of rows held, and the most there ever were.
#[derive(Debug)]
struct Budget {
    limit: usize,
    held: AtomicUsize,
    peak: AtomicUsize,
    refused: AtomicUsize,
}

impl Budget {
    fn new(limit: usize) -> Self {
        let zero = || AtomicUsize::new(0);
        Self { limit, held: zero(), peak: zero(), refused: zero() }
    }

    /// Room for a row of `pairs`, if there is.
    fn take(&self, pairs: usize) -> Option<usize> {
        let bytes = pairs * PAIR_BYTES;
        let take = |held: usize| held.checked_add(bytes).filter(|&held| held <= self.limit);
        if let Ok(before) = self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            self.peak.fetch_max(before + bytes, Ordering::Relaxed);
            return Some(pairs);
        }
        self.refused.store(bytes, Ordering::Relaxed);
        None
    }

    fn clear(&self) {
        self.held.store(0, Ordering::Relaxed);
    }
}

/// What all rows of one matrix share.
struct Walks<'a> {
    ground: Ground<'a>,
    columns: &'a Placed,
    landings: Landings,
    cutoff: WalkTime,
}

impl<'a> Walks<'a> {
    fn new(ground: &Ground<'a>, columns: &'a Placed, cutoff: WalkTime) -> Self {
        let landings = Landings::new(ground, columns, finite(cutoff), |_| true);
        // Packed once here, not by every thread that comes to need it.
        ground.tracks();
        Self { ground: *ground, columns, landings, cutoff }
    }

    /// The rows of `seeds` that there is room for, in order; worked out along the space-filling curve, so that
    /// one finds in the cache what the one before it read.
    fn rows(
        &self,
        seeds: &[Seeds],
        room: impl Fn(usize) -> Option<usize> + Sync,
    ) -> Vec<Option<Vec<(u32, WalkTime)>>> {
        let mut order: Vec<usize> = (0..seeds.len()).collect();
        order.sort_by_key(|&row| seeds[row].all().first().map(|seed| seed.position));
        let found: Vec<_> = order
            .par_iter()
            .map_init(|| Desk::new(self), |desk, &row| desk.row(self, &seeds[row], &room))
            .collect();
        let mut rows = vec![None; seeds.len()];
        for (row, found) in order.into_iter().zip(found) {
            rows[row] = found;
        }
        rows
    }
}

/// What one thread works a row out with.
struct Desk {
    search: Search,
    tally: Tally,
}

/// The points one row reaches.
struct Tally {
    /// Least time of every point, `u32::MAX` where it was not reached.
    best: Vec<u32>,
    /// One bit a point that was reached.
    reached: Vec<u64>,
    count: usize,
}

impl Desk {
    fn new(walks: &Walks) -> Self {
        let points = walks.columns.points();
        let tally =
            Tally { best: vec![u32::MAX; points], reached: vec![0; points.div_ceil(64)], count: 0 };
        Self { search: Search::new(walks.ground.graph.node_count()), tally }
    }

    /// The points within the cutoff of `seeds`, by point, if `room` has room for so many.
    fn row(
        &mut self,
        walks: &Walks,
        seeds: &Seeds,
        room: impl Fn(usize) -> Option<usize>,
    ) -> Option<Vec<(u32, WalkTime)>> {
        let bound = finite(walks.cutoff);
        self.search.run(&walks.ground, seeds, walks.cutoff);
        for node in self.search.touched() {
            let time = self.search.time(node).as_ms();
            for &(rest, point) in walks.landings.of(node.index() as u32) {
                self.tally.land(point, time + rest, bound);
            }
        }
        for seed in seeds.all() {
            self.tally.land_along(walks, seed, bound);
        }
        let row = room(self.tally.count).map(Vec::with_capacity);
        self.tally.take(row)
    }
}

impl Tally {
    /// Points on the seed's own edge, reached along it.
    fn land_along(&mut self, walks: &Walks, seed: &super::Seed, bound: u32) {
        let edge = seed.position.edge;
        let ground = &walks.ground;
        let home = ground.home(edge);
        for edge_of_point in std::iter::once(edge).chain(home) {
            for &(placed, access, point) in walks.columns.on(edge_of_point) {
                let at = EdgePosition { edge, ..placed };
                let along = ground.along(edge, seed.position.offset_mm, at.offset_mm);
                let time = seed.access.plus(along).plus(access);
                if time.is_reachable() {
                    self.land(point, time.as_ms(), bound);
                }
            }
        }
    }

    #[inline]
    fn land(&mut self, point: u32, time: u32, bound: u32) {
        let best = &mut self.best[point as usize];
        if time <= bound && time < *best {
            if *best == u32::MAX {
                self.reached[point as usize / 64] |= 1 << (point % 64);
                self.count += 1;
            }
            *best = time;
        }
    }

    /// Moves what was reached into `row` and leaves the desk clean.
    fn take(&mut self, mut row: Option<Vec<(u32, WalkTime)>>) -> Option<Vec<(u32, WalkTime)>> {
        for (word, bits) in self.reached.iter_mut().enumerate() {
            while *bits != 0 {
                let point = word as u32 * 64 + bits.trailing_zeros();
                *bits &= *bits - 1;
                let time = std::mem::replace(&mut self.best[point as usize], u32::MAX);
                if let Some(row) = &mut row {
                    row.push((point, WalkTime::from_ms(time)));
                }
            }
        }
        self.count = 0;
        row
    }
}
