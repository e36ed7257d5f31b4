//! The relaxation of a program (decisions may be broken), solved approximately by a first-order method.
//!
//! Restarted Halpern iteration of the reflected primal-dual hybrid gradient step: A. Chambolle and T. Pock,
//! "A first-order primal-dual algorithm for convex problems", J. Math. Imaging Vis. 40, 2011; D. Applegate and
//! others, "Practical large-scale linear programming using primal-dual hybrid gradient", 2021; H. Lu
//! and J. Yang, "Restarted Halpern PDHG for linear programming", 2024. Only products with the matrix are
//! needed; every iterate of the multipliers gives a valid bound, so nothing rests on convergence.

use super::Program;

/// A scaled copy of a program in floating numbers, by rows and by columns.
#[derive(Debug, Default)]
pub(super) struct Relaxation {
    row_first: Vec<u32>,
    by_row: Vec<(u32, f64)>,
    column_first: Vec<u32>,
    by_column: Vec<(u32, f64)>,
    row_scale: Vec<f64>,
    column_scale: Vec<f64>,
    profits: Vec<f64>,
    limits: Vec<f64>,
    /// Scale of the profits and of the limits, and the step length.
    profit_scale: f64,
    limit_scale: f64,
    step: f64,
}

/// Where an iteration stands; a child of the branching starts from its parent's.
#[derive(Clone, Debug)]
pub(super) struct Iterate {
    x: Vec<f64>,
    y: Vec<f64>,
    weight: f64,
}

/// What a look at an iterate shows, in the units of the program.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// `D(λ)`.
    pub(super) dual: f64,
    /// `D(λ)` with all profits left out: below 0 it proves that no plan keeps the rows.
    pub(super) ray: f64,
    /// Value of the broken solution.
    pub(super) primal: f64,
    /// Largest excess over a row, relative to its size.
    pub(super) excess: f64,
    /// Iterations so far.
    pub(super) iterations: u64,
}

const LOOK_EVERY: u64 = 20;

impl Relaxation {
    pub(super) fn new(program: &Program) -> Self {
        let (rows, columns) = (program.rows(), program.variables());
        let mut row_scale = vec![1.0; rows];
        let mut column_scale = vec![1.0; columns];
        let each = |program: &Program, see: &mut dyn FnMut(usize, usize, f64)| {
            for row in 0..rows {
                for &(column, a) in program.row(row) {
                    see(row, column as usize, (a as f64).abs());
                }
            }
        };
        for round in 0..9 {
            let mut row_size = vec![0.0_f64; rows];
            let mut column_size = vec![0.0_f64; columns];
            // The last round takes sums instead of maxima: then no step can be longer than the matrix allows.
            let gather = |size: f64, a: f64| if round == 8 { size + a } else { size.max(a) };
            each(program, &mut |row, column, a| {
                let a = a * row_scale[row] * column_scale[column];
                row_size[row] = gather(row_size[row], a);
                column_size[column] = gather(column_size[column], a);
            });
            let shrink = |scales: &mut Vec<f64>, sizes: &[f64]| {
                for (scale, &size) in scales.iter_mut().zip(sizes) {
                    if size > 0.0 {
                        *scale /= size.sqrt();
                    }
                }
            };
            shrink(&mut row_scale, &row_size);
            shrink(&mut column_scale, &column_size);
        }
        Self::scaled(program, row_scale, column_scale)
    }

    fn scaled(program: &Program, row_scale: Vec<f64>, column_scale: Vec<f64>) -> Self {
        let (rows, columns) = (program.rows(), program.variables());
        let by_row: Vec<(u32, f64)> = (0..rows)
            .flat_map(|row| program.row(row).iter().map(move |&(c, a)| (row, c, a)))
            .map(|(row, c, a)| (c, a as f64 * row_scale[row] * column_scale[c as usize]))
            .collect();
        let mut column_first = vec![0_u32; columns + 1];
        for &(column, _) in &by_row {
            column_first[column as usize + 1] += 1;
        }
        for column in 0..columns {
            column_first[column + 1] += column_first[column];
        }
        let mut next = column_first.clone();
        let mut by_column = vec![(0, 0.0); by_row.len()];
        for row in 0..rows {
            for &(column, a) in
                &by_row[program.first[row] as usize..program.first[row + 1] as usize]
            {
                by_column[next[column as usize] as usize] = (row as u32, a);
                next[column as usize] += 1;
            }
        }
        let mut profits: Vec<f64> =
            program.profits.iter().zip(&column_scale).map(|(&c, s)| c as f64 * s).collect();
        let mut limits: Vec<f64> =
            program.limits.iter().zip(&row_scale).map(|(&b, s)| b as f64 * s).collect();
        let profit_scale = 1.0 / (1.0 + norm(&profits));
        let limit_scale = 1.0 / (1.0 + norm(&limits));
        for c in &mut profits {
            *c *= profit_scale;
        }
        for b in &mut limits {
            *b *= limit_scale;
        }
        let mut relaxation = Self {
            row_first: program.first.clone(),
            by_row,
            column_first,
            by_column,
            row_scale,
            column_scale,
            profits,
            limits,
            profit_scale,
            limit_scale,
            step: 1.0,
        };
        relaxation.step = 0.998 / relaxation.largest_singular_value().max(1e-9);
        relaxation
    }

    fn times(&self, row: usize, x: &[f64]) -> f64 {
        self.by_row[self.row_first[row] as usize..self.row_first[row + 1] as usize]
            .iter()
            .map(|&(column, a)| a * x[column as usize])
            .sum()
    }

    fn transposed(&self, column: usize, y: &[f64]) -> f64 {
        self.by_column[self.column_first[column] as usize..self.column_first[column + 1] as usize]
            .iter()
            .map(|&(row, a)| a * y[row as usize])
            .sum()
    }

    /// By power iteration, a little above, never more than the 1 the scaling ensures.
    fn largest_singular_value(&self) -> f64 {
        let columns = self.profits.len();
        let mut x: Vec<f64> = (0..columns).map(|j| 1.0 + (j % 7) as f64 * 0.1).collect();
        let mut size = 1.0;
        for _ in 0..30 {
            let length = norm(&x).max(1e-30);
            for v in &mut x {
                *v /= length;
            }
            let y: Vec<f64> = (0..self.limits.len()).map(|row| self.times(row, &x)).collect();
            size = norm(&y);
            x = (0..columns).map(|column| self.transposed(column, &y)).collect();
        }
        (size * 1.05).min(1.0)
    }

    /// The start when nothing better is known.
    pub(super) fn start(&self) -> Iterate {
        let weight = (norm(&self.profits) / norm(&self.limits).max(1e-9)).clamp(1e-3, 1e3);
        Iterate { x: vec![0.0; self.profits.len()], y: vec![0.0; self.limits.len()], weight }
    }

    /// The broken solution of an iterate.
    pub(super) fn solution(&self, iterate: &Iterate) -> Vec<f64> {
        let scales = iterate.x.iter().zip(&self.column_scale);
        scales.map(|(x, scale)| x * scale / self.limit_scale).collect()
    }

    /// The multipliers of an iterate.
    pub(super) fn multipliers(&self, iterate: &Iterate) -> Vec<f64> {
        let scales = iterate.y.iter().zip(&self.row_scale);
        scales.map(|(y, scale)| y * scale / self.profit_scale).collect()
    }

    /// Iterates from `from` under the bounds of `fixed` until `look` says enough; returns the last iterate.
    pub(super) fn run(
        &self,
        from: &Iterate,
        fixed: &[Option<bool>],
        look: &mut dyn FnMut(&Iterate, &Look) -> bool,
    ) -> Iterate {
        let bounds = self.bounds(fixed);
        let mut at = from.clone();
        let mut anchor = at.clone();
        let mut stepped = at.clone();
        let (mut since, mut restart_error, mut last_error) = (0_u64, f64::INFINITY, f64::INFINITY);
        let mut iterations = 0_u64;
        loop {
            let error = self.step(&at, &bounds, &mut stepped);
            iterations += 1;
            if iterations.is_multiple_of(LOOK_EVERY) || error <= 0.0 {
                let seen = self.look(&stepped, &bounds, iterations);
                if look(&stepped, &seen) || error <= 0.0 {
                    return stepped;
                }
            }
            if since == 0 {
                restart_error = error;
            }
            let decayed = error <= 0.2 * restart_error
                || (error <= 0.8 * restart_error && error > last_error)
                || since >= 100.max(iterations * 36 / 100);
            last_error = error;
            if decayed && since > 0 {
                let moved = (distance(&stepped.x, &anchor.x), distance(&stepped.y, &anchor.y));
                at = stepped.clone();
                if moved.0 > 1e-12 && moved.1 > 1e-12 {
                    let wanted = (moved.1 / moved.0).clamp(1e-4, 1e4);
                    at.weight = (0.5 * wanted.ln() + 0.5 * at.weight.ln()).exp();
                }
                stepped.weight = at.weight;
                anchor = at.clone();
                since = 0;
                continue;
            }
            let (ahead, back) = ((since + 1) as f64 / (since + 2) as f64, 1.0 / (since + 2) as f64);
            halpern(&mut at.x, &stepped.x, &anchor.x, (ahead, back));
            halpern(&mut at.y, &stepped.y, &anchor.y, (ahead, back));
            since += 1;
        }
    }

    fn bounds(&self, fixed: &[Option<bool>]) -> Vec<(f64, f64)> {
        fixed
            .iter()
            .zip(&self.column_scale)
            .map(|(fixed, scale)| {
                let one = self.limit_scale / scale;
                match fixed {
                    None => (0.0, one),
                    Some(true) => (one, one),
                    Some(false) => (0.0, 0.0),
                }
            })
            .collect()
    }

    /// One primal-dual step; returns how far it went.
    fn step(&self, at: &Iterate, bounds: &[(f64, f64)], to: &mut Iterate) -> f64 {
        let (tau, sigma) = (self.step / at.weight, self.step * at.weight);
        let (mut moved_x, mut moved_y) = (0.0, 0.0);
        for (column, &(low, high)) in bounds.iter().enumerate() {
            let gradient = self.profits[column] - self.transposed(column, &at.y);
            let x = (at.x[column] + tau * gradient).clamp(low, high);
            moved_x += (x - at.x[column]).powi(2);
            to.x[column] = x;
        }
        for row in 0..self.limits.len() {
            let terms =
                &self.by_row[self.row_first[row] as usize..self.row_first[row + 1] as usize];
            let ahead: f64 = terms
                .iter()
                .map(|&(column, a)| a * (2.0 * to.x[column as usize] - at.x[column as usize]))
                .sum();
            let y = (at.y[row] + sigma * (ahead - self.limits[row])).max(0.0);
            moved_y += (y - at.y[row]).powi(2);
            to.y[row] = y;
        }
        (at.weight * moved_x + moved_y / at.weight).sqrt()
    }

    fn look(&self, at: &Iterate, bounds: &[(f64, f64)], iterations: u64) -> Look {
        let mut dual: f64 = self.limits.iter().zip(&at.y).map(|(b, y)| b * y).sum();
        let (mut primal, mut ray) = (0.0, dual);
        for (column, &(low, high)) in bounds.iter().enumerate() {
            let taken = self.transposed(column, &at.y);
            let reduced = self.profits[column] - taken;
            dual += (low * reduced).max(high * reduced);
            ray += (-low * taken).max(-high * taken);
            primal += self.profits[column] * at.x[column];
        }
        let mut excess = 0.0_f64;
        for row in 0..self.limits.len() {
            let over = self.times(row, &at.x) - self.limits[row];
            excess = excess.max(over / self.limit_scale);
        }
        let unit = 1.0 / (self.profit_scale * self.limit_scale);
        let (dual, ray, primal) = (dual * unit, ray * unit, primal * unit);
        Look { dual, ray, primal, excess, iterations }
    }
}

fn halpern(at: &mut [f64], stepped: &[f64], anchor: &[f64], (ahead, back): (f64, f64)) {
    for ((at, &stepped), &anchor) in at.iter_mut().zip(stepped).zip(anchor) {
        *at = ahead * (2.0 * stepped - *at) + back * anchor;
    }
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}
