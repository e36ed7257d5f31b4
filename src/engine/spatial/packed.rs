//! Boxes over a row of things, packed in levels: quick to make, for what never changes.
//!
//! As in packed Hilbert R-trees (I. Kamel and C. Faloutsos, On packing R-trees, CIKM 1993), but the order is
//! that of the things themselves, which the caller gives in an order along the ground.

use std::ops::{ControlFlow, Range};

/// Boxes, or things, under one box of the level above.
const UNDER_ONE: usize = 16;

/// A box in whole 1e-7 degrees, edges included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) min: [i32; 2],
    pub(super) max: [i32; 2],
}

impl Bounds {
    /// Whether both share a place.
    pub(super) fn touches(self, other: Self) -> bool {
        self.min[0] <= other.max[0]
            && other.min[0] <= self.max[0]
            && self.min[1] <= other.max[1]
            && other.min[1] <= self.max[1]
    }

    /// The box with a margin all around.
    pub(super) fn grown(self, margin: i32) -> Self {
        Self {
            min: self.min.map(|at| at.saturating_sub(margin)),
            max: self.max.map(|at| at.saturating_add(margin)),
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            min: [self.min[0].min(other.min[0]), self.min[1].min(other.min[1])],
            max: [self.max[0].max(other.max[0]), self.max[1].max(other.max[1])],
        }
    }
}

/// Levels of boxes; those of the first hold [`UNDER_ONE`] things each.
#[derive(Debug, Default)]
pub(super) struct PackedBoxes {
    levels: Vec<Vec<Bounds>>,
    things: usize,
}

impl PackedBoxes {
    /// Boxes over `things` things, each with its own.
    pub(super) fn new(things: usize, bounds: impl Fn(usize) -> Bounds) -> Self {
        let around = |count: usize, each: &dyn Fn(usize) -> Bounds| -> Vec<Bounds> {
            let first = (0..count).step_by(UNDER_ONE);
            let whole = |first: usize| {
                let rest = first + 1..(first + UNDER_ONE).min(count);
                rest.fold(each(first), |whole, next| whole.with(each(next)))
            };
            first.map(whole).collect()
        };
        let mut levels: Vec<Vec<Bounds>> = Vec::new();
        let mut level = around(things, &bounds);
        while level.len() > 1 {
            let above = around(level.len(), &|index| level[index]);
            levels.push(level);
            level = above;
        }
        levels.push(level);
        Self { levels, things }
    }

    /// Calls `each` with every row of things whose box touches `window`.
    pub(super) fn visit(&self, window: Bounds, mut each: impl FnMut(Range<usize>)) {
        let _ = self.try_visit(window, |rows| {
            each(rows);
            ControlFlow::Continue(())
        });
    }

    /// As [`PackedBoxes::visit`], until `each` says to stop.
    pub(super) fn try_visit(
        &self,
        window: Bounds,
        mut each: impl FnMut(Range<usize>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(top) = self.levels.len().checked_sub(1) else {
            return ControlFlow::Continue(());
        };
        let mut open: Vec<(usize, usize)> = Vec::with_capacity(4 * UNDER_ONE);
        let look = |level: usize, rows: Range<usize>, open: &mut Vec<(usize, usize)>| {
            let first = rows.start;
            for (bounds, index) in self.levels[level][rows].iter().zip(first..) {
                if bounds.touches(window) {
                    open.push((level, index));
                }
            }
        };
        look(top, 0..self.levels[top].len(), &mut open);
        while let Some((level, index)) = open.pop() {
            let first = index * UNDER_ONE;
            match level.checked_sub(1) {
                None => each(first..(first + UNDER_ONE).min(self.things))?,
                Some(below) => {
                    let last = (first + UNDER_ONE).min(self.levels[below].len());
                    look(below, first..last, &mut open);
                }
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thing_in_a_window_is_visited_and_few_others() {
        let point = |index: usize| {
            let place = [(index % 100) as i32 * 10, (index / 100) as i32 * 10];
            Bounds { min: place, max: place }
        };
        for count in [0, 1, 15, 16, 17, 257, 10_000] {
            let boxes = PackedBoxes::new(count, point);
            let window = Bounds { min: [200, 100], max: [300, 130] };
            let mut seen = vec![false; count];
            boxes.visit(window, |rows| rows.for_each(|index| seen[index] = true));
            for (index, seen) in seen.iter().enumerate() {
                assert!(*seen || !point(index).touches(window), "{index} of {count}");
            }
            assert!(seen.iter().filter(|&&seen| seen).count() <= 4 * 3 * UNDER_ONE);
        }
    }
}
