//! The program itself and its bound in exact arithmetic.

/// Multipliers are kept in these parts of a unit of value per unit of a row (2²⁰).
pub const SCALE: i64 = 1 << 20;

/// `max Σ c x`, rows `Σ a x ≤ b`, every variable within 0 to 1; decisions are 0 or 1.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub(super) profits: Vec<i64>,
    pub(super) decisions: usize,
    pub(super) first: Vec<u32>,
    pub(super) terms: Vec<(u32, i64)>,
    pub(super) limits: Vec<i64>,
}

impl Program {
    /// A program without variables and rows.
    pub fn new() -> Self {
        Self { first: vec![0], ..Self::default() }
    }

    /// Adds a variable that is 0 or 1; returns its position. All decisions come before all parts.
    pub fn decide(&mut self, profit: i64) -> u32 {
        debug_assert_eq!(self.decisions, self.profits.len(), "decisions come before parts");
        self.profits.push(profit);
        self.decisions += 1;
        self.profits.len() as u32 - 1
    }

    /// Adds a variable within 0 to 1; returns its position.
    pub fn part(&mut self, profit: i64) -> u32 {
        self.profits.push(profit);
        self.profits.len() as u32 - 1
    }

    /// Adds the row `Σ coefficient × variable ≤ limit`; returns its position.
    pub fn at_most(&mut self, terms: impl IntoIterator<Item = (u32, i64)>, limit: i64) -> u32 {
        self.terms.extend(terms);
        self.first.push(self.terms.len() as u32);
        self.limits.push(limit);
        self.limits.len() as u32 - 1
    }

    /// Adds the row `Σ coefficient × variable ≥ limit`, kept with its signs turned.
    pub fn at_least(&mut self, terms: impl IntoIterator<Item = (u32, i64)>, limit: i64) -> u32 {
        self.at_most(terms.into_iter().map(|(v, a)| (v, -a)), -limit)
    }

    /// How many variables there are.
    pub fn variables(&self) -> usize {
        self.profits.len()
    }

    /// How many decisions there are: the first variables.
    pub fn decisions(&self) -> usize {
        self.decisions
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.limits.len()
    }

    /// Terms of a row.
    pub fn row(&self, row: usize) -> &[(u32, i64)] {
        &self.terms[self.first[row] as usize..self.first[row + 1] as usize]
    }

    /// `D(λ)` rounded down, with some decisions fixed; `None` when the numbers are too large to add up.
    ///
    /// `multipliers` are whole [`SCALE`]ths, one for each row, none negative.
    pub fn bound(&self, multipliers: &[i64], fixed: &[(u32, bool)]) -> Option<i64> {
        let mut total: i128 = 0;
        let mut reduced: Vec<i128> =
            self.profits.iter().map(|&c| i128::from(c) * i128::from(SCALE)).collect();
        for (row, &multiplier) in multipliers.iter().enumerate() {
            if multiplier <= 0 {
                continue;
            }
            let k = i128::from(multiplier);
            total = total.checked_add(k.checked_mul(i128::from(self.limits[row]))?)?;
            for &(variable, a) in self.row(row) {
                let r = &mut reduced[variable as usize];
                *r = r.checked_sub(k.checked_mul(i128::from(a))?)?;
            }
        }
        let mut state = vec![None; self.profits.len()];
        for &(variable, one) in fixed {
            state[variable as usize] = Some(one);
        }
        for (r, fixed) in reduced.into_iter().zip(state) {
            let most = match fixed {
                None => r.max(0),
                Some(true) => r,
                Some(false) => 0,
            };
            total = total.checked_add(most)?;
        }
        let floor = total.div_euclid(i128::from(SCALE));
        Some(floor.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
    }
}

impl Program {
    /// Lowers `D(λ)` row by row: along one multiplier it is convex and piecewise linear, so its minimum is found
    /// among the points where a reduced profit changes its sign.
    pub(super) fn polish(&self, multipliers: &mut [f64], fixed: &[Option<bool>], sweeps: u32) {
        let mut reduced: Vec<f64> = self.profits.iter().map(|&c| c as f64).collect();
        for (row, &multiplier) in multipliers.iter().enumerate() {
            for &(variable, a) in self.row(row) {
                reduced[variable as usize] -= multiplier * a as f64;
            }
        }
        let mut bends: Vec<(f64, f64)> = Vec::new();
        for _ in 0..sweeps {
            for (row, multiplier) in multipliers.iter_mut().enumerate() {
                let best = self.lowest(row, *multiplier, (&reduced, fixed), &mut bends);
                let moved = best - *multiplier;
                if moved.abs() > 0.0 {
                    for &(variable, a) in self.row(row) {
                        reduced[variable as usize] -= moved * a as f64;
                    }
                    *multiplier = best;
                }
            }
        }
    }

    /// The multiplier of `row`, 0 or more, where `D` is lowest with all others as they are; the one at hand when
    /// it is as good as any.
    fn lowest(
        &self,
        row: usize,
        at: f64,
        (reduced, fixed): (&[f64], &[Option<bool>]),
        bends: &mut Vec<(f64, f64)>,
    ) -> f64 {
        bends.clear();
        // The slope at multiplier 0, and how much it rises at each bend.
        let mut slope = self.limits[row] as f64;
        for &(variable, a) in self.row(row) {
            let a = a as f64;
            let without = reduced[variable as usize] + at * a;
            match fixed[variable as usize] {
                Some(true) => slope -= a,
                Some(false) => {}
                None => {
                    if without > 0.0 || (without >= 0.0 && a < 0.0) {
                        slope -= a;
                    }
                    let bend = without / a;
                    if bend > 0.0 || (bend >= 0.0 && a < 0.0 && without < 0.0) {
                        bends.push((bend, a.abs()));
                    }
                }
            }
        }
        if slope >= 0.0 {
            return 0.0;
        }
        bends.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for &(bend, rise) in bends.iter() {
            slope += rise;
            if slope >= 0.0 {
                return bend;
            }
        }
        // No plan can keep this row: the bound falls without end.
        let size: f64 = self.profits.iter().map(|c| c.unsigned_abs() as f64).sum();
        at.max(bends.last().map_or(0.0, |bend| bend.0)) + 2.0 * (1.0 + size)
    }
}

/// A multiplier in whole [`SCALE`]ths.
pub(super) fn multiplier(value: f64) -> i64 {
    let scaled = (value * SCALE as f64).round();
    if scaled > 0.0 { scaled.min(4.0e18) as i64 } else { 0 }
}
