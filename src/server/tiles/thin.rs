//! Drawing a pixel once: far out, streets that would lie on streets already drawn are left out.

use super::grid::{EXTENT, MARGIN, Unit};

/// Which cells of a tile are drawn on.
#[derive(Debug)]
pub(super) struct Thinning {
    cell: f64,
    side: usize,
    taken: Vec<bool>,
    passed: Vec<usize>,
}

impl Thinning {
    /// An empty tile of cells of `cell` units; a pixel of 512 has 8.
    pub(super) fn new(cell: f64) -> Self {
        let side = ((EXTENT + 2.0 * MARGIN) / cell) as usize + 1;
        Self { cell, side, taken: vec![false; side * side], passed: Vec::new() }
    }

    /// Whether to draw `line`: at least half of the cells it passes are free. They are taken then.
    pub(super) fn take(&mut self, line: &[Unit]) -> bool {
        self.passed.clear();
        for pair in line.windows(2) {
            self.pass(pair[0], pair[1]);
        }
        self.passed.sort_unstable();
        self.passed.dedup();
        let free = self.passed.iter().filter(|&&cell| !self.taken[cell]).count();
        if free == 0 || free * 2 < self.passed.len() {
            return false;
        }
        for &cell in &self.passed {
            self.taken[cell] = true;
        }
        true
    }

    fn pass(&mut self, from: Unit, to: Unit) {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let steps = (dx.abs().max(dy.abs()) / self.cell * 2.0).ceil().clamp(1.0, 4_096.0) as u32;
        for step in 0..=steps {
            let part = f64::from(step) / f64::from(steps);
            let cell = |value: f64| ((value + MARGIN) / self.cell).floor();
            let (x, y) = (cell(from[0] + dx * part), cell(from[1] + dy * part));
            let side = 0.0..self.side as f64;
            if side.contains(&x) && side.contains(&y) {
                self.passed.push(y as usize * self.side + x as usize);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_on_a_drawn_line_is_left_out_and_one_across_is_not() {
        let mut drawn = Thinning::new(16.0);
        assert!(drawn.take(&[[0.0, 100.0], [1000.0, 100.0]]));
        assert!(!drawn.take(&[[100.0, 101.0], [900.0, 103.0]]));
        assert!(drawn.take(&[[500.0, 0.0], [500.0, 1000.0]]));
        assert!(!drawn.take(&[[-9000.0, 0.0], [-8000.0, 0.0]]));
    }
}
