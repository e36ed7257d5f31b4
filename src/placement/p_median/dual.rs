//! Bounds: the Lagrangian of the assignment rule, improved by deflected subgradients.
//!
//! With a price `v_i` on serving row `i` once, what is left of the p-median problem separates by site:
//!
//! ```text
//! L(v) = sum w_i v_i + sum of the p least r_j,   r_j = sum over i of w_i min(0, d_ij - v_i)
//! ```
//!
//! is a lower bound for any prices up to the way out (Geoffrion 1974; Cornuéjols, Fisher and Nemhauser 1977;
//! Beasley 1993), here in whole numbers, `scale` times the real ones. A site inside is a way out for
//! every row near it; a site outside is in no list. Forcing a site the other way raises `L` by its distance
//! from the p-th least `r_j`: reduced-cost fixing.

use super::model::{Link, Links, Model};
use crate::placement::assign_solution::Budget;

/// The prices of one bound and what they prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// Price of each model row.
    pub(super) prices: Vec<i64>,
    /// `L`, scaled.
    pub(super) value: i128,
}

/// What is left of the problem once some sites are inside and some outside.
#[derive(Clone, Debug)]
pub(super) struct Rest {
    pub(super) scale: i64,
    rows: Links,
    weights: Vec<i64>,
    /// Scaled time of each row to its nearest inside site or way out.
    way_out: Vec<i64>,
    /// Sites inside.
    pub(super) inside: Vec<u32>,
    /// Sites neither inside nor outside.
    pub(super) free: Vec<u32>,
    /// How many of them may be chosen.
    pub(super) count: usize,
    /// `r_j` by model site.
    reduced: Vec<i64>,
    /// Scratch: the free sites, the `count` least `r_j` first.
    order: Vec<u32>,
    taken: Vec<bool>,
    /// How often each site was among the least lately, 0 to 1.
    often: Vec<f64>,
}

impl Rest {
    /// The whole problem; no site decided.
    pub(super) fn whole(model: &Model, count: usize, scale: i64) -> Self {
        let sites = model.site_count();
        Self {
            scale,
            rows: model.rows.clone(),
            weights: model.weights.clone(),
            way_out: model.way_out.iter().map(|ms| ms * scale).collect(),
            inside: Vec::new(),
            free: (0..sites as u32).collect(),
            often: vec![0.0; sites],
            count: count.min(sites),
            reduced: vec![0; sites],
            order: Vec::with_capacity(sites),
            taken: vec![false; sites],
        }
    }

    /// The rest after deciding more sites; `None` when more are inside than may be chosen.
    pub(super) fn decided(&self, decisions: &[(u32, bool)]) -> Option<Self> {
        let mut state = vec![0_u8; self.reduced.len()];
        for &(site, inside) in decisions {
            state[site as usize] = if inside { 1 } else { 2 };
        }
        let mut inside = self.inside.clone();
        inside.extend(decisions.iter().filter(|(_, inside)| *inside).map(|(site, _)| *site));
        let count = (self.count + self.inside.len()).checked_sub(inside.len())?;
        let mut rows = Links::new();
        let mut way_out = Vec::with_capacity(self.way_out.len());
        for row in 0..self.weights.len() {
            let list = self.rows.get(row);
            let own = list.iter().find(|link| state[link.other as usize] == 1);
            let end = own.map_or(self.way_out[row], |link| i64::from(link.ms) * self.scale);
            way_out.push(end);
            let near = list.iter().take_while(|link| i64::from(link.ms) * self.scale < end);
            rows.push_list(near.filter(|link| state[link.other as usize] == 0).copied());
        }
        let free = self.free.iter().copied().filter(|&site| state[site as usize] == 0).collect();
        Some(Self {
            scale: self.scale,
            rows,
            weights: self.weights.clone(),
            way_out,
            inside,
            often: self.often.clone(),
            free,
            count,
            reduced: vec![0; state.len()],
            order: Vec::new(),
            taken: vec![false; state.len()],
        })
    }

    pub(super) fn pairs(&self) -> usize {
        self.rows.len()
    }

    /// Prices lowered to the way out, which never lowers the bound.
    pub(super) fn clamp(&self, prices: &mut [i64]) {
        for (price, &most) in prices.iter_mut().zip(&self.way_out) {
            *price = (*price).clamp(0, most);
        }
    }

    /// `L` at these prices (at most the ways out); leaves `r_j` and the least of them behind.
    pub(super) fn evaluate(&mut self, prices: &[i64]) -> i128 {
        for &site in &self.free {
            self.reduced[site as usize] = 0;
        }
        let mut sum = 0_i128;
        for (row, &price) in prices.iter().enumerate() {
            let weight = self.weights[row];
            sum += i128::from(weight * price);
            for &Link { other, ms } in self.rows.get(row) {
                let over = i64::from(ms) * self.scale - price;
                if over >= 0 {
                    break;
                }
                self.reduced[other as usize] += weight * over;
            }
        }
        for &site in self.order.iter().take(self.count) {
            self.taken[site as usize] = false;
        }
        self.order.clear();
        self.order.extend_from_slice(&self.free);
        let reduced = &self.reduced;
        if self.count > 0 && self.count < self.order.len() {
            self.order
                .select_nth_unstable_by_key(self.count - 1, |&site| (reduced[site as usize], site));
        }
        for &site in self.order.iter().take(self.count) {
            self.taken[site as usize] = true;
            sum += i128::from(self.reduced[site as usize]);
        }
        sum
    }

    /// How often each row is served too little (1) or too often (below 0) at the prices last evaluated.
    fn slopes(&self, prices: &[i64], slopes: &mut [i32]) {
        for (row, &price) in prices.iter().enumerate() {
            let list = self.rows.get(row).iter();
            let near = list.take_while(|link| i64::from(link.ms) * self.scale < price);
            let served = near.filter(|link| self.taken[link.other as usize]).count();
            slopes[row] = 1 - served as i32;
        }
    }

    /// Prices that make the bound the cost of the one plan left: nobody else may be chosen, or all may.
    pub(super) fn exact_prices(&self) -> Option<Vec<i64>> {
        let all = self.count >= self.free.len();
        if all {
            Some(self.nearest_prices())
        } else {
            (self.count == 0).then(|| self.way_out.clone())
        }
    }

    /// The time of each row to the nearest site not outside.
    pub(super) fn nearest_prices(&self) -> Vec<i64> {
        let nearest = |row: usize| {
            let first = self.rows.get(row).first();
            first.map_or(self.way_out[row], |link| i64::from(link.ms) * self.scale)
        };
        (0..self.weights.len()).map(nearest).collect()
    }

    /// The free site the bound is least sure about.
    pub(super) fn doubtful(&self) -> u32 {
        let doubt = |site: u32| (self.often[site as usize] - 0.3).abs();
        let least = self
            .free
            .iter()
            .copied()
            .min_by(|&a, &b| doubt(a).total_cmp(&doubt(b)).then(a.cmp(&b)));
        least.unwrap_or(0)
    }

    fn remember(&mut self) {
        for &site in &self.free {
            let taken = if self.taken[site as usize] { 1.0 } else { 0.0 };
            self.often[site as usize] = 0.95 * self.often[site as usize] + 0.05 * taken;
        }
    }

    /// The sites with the least `r_j` at the prices last evaluated.
    pub(super) fn least(&self) -> &[u32] {
        &self.order[..self.count.min(self.order.len())]
    }

    /// Free sites that must be inside or outside in any plan cheaper than `roof` (scaled), at the prices last
    /// evaluated with the bound `value`.
    pub(super) fn fixed(&self, value: i128, roof: i128) -> Vec<(u32, bool)> {
        let (inside, outside) = self.order.split_at(self.count.min(self.order.len()));
        let last = inside.iter().map(|&site| self.reduced[site as usize]).max().unwrap_or(0);
        let next = outside.iter().map(|&site| self.reduced[site as usize]).min().unwrap_or(0);
        let mut fixed = Vec::new();
        for &site in inside {
            if value - i128::from(self.reduced[site as usize]) + i128::from(next) >= roof {
                fixed.push((site, true));
            }
        }
        for &site in outside {
            let raised = i128::from(self.reduced[site as usize]) - i128::from(last);
            if self.count == 0 || value + raised >= roof {
                fixed.push((site, false));
            }
        }
        fixed.sort_unstable();
        fixed
    }
}

/// How long to improve prices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// At most so many evaluations.
    pub(super) rounds: usize,
    /// The step is halved after so many without a better bound.
    pub(super) idle: usize,
    /// Gives up once the step factor is below this.
    pub(super) least_step: f64,
}

impl Patience {
    /// For the whole problem.
    pub(super) const ROOT: Self = Self { rounds: 3000, idle: 20, least_step: 1e-4 };
    /// For a branch, which starts from its parent's prices.
    pub(super) const NODE: Self = Self { rounds: 100, idle: 8, least_step: 1e-2 };
}

/// Improves `start` until the bound reaches `goal` (scaled) or patience ends; steps aim at `target` (scaled).
/// The rest is left evaluated at the best prices.
pub(super) fn improve(
    rest: &mut Rest,
    start: &[i64],
    (goal, target): (i128, i128),
    patience: Patience,
    budget: &mut Budget<'_>,
) -> Bound {
    let mut best = Bound { prices: start.to_vec(), value: 0 };
    rest.clamp(&mut best.prices);
    let mut prices = best.prices.clone();
    let mut exact: Vec<f64> = prices.iter().map(|&price| price as f64).collect();
    let mut slopes = vec![0_i32; prices.len()];
    let mut direction = vec![0.0_f64; prices.len()];
    let mut step = 1.0;
    let mut idle = 0;
    best.value = rest.evaluate(&prices);
    let mut value = best.value;
    for _ in 0..patience.rounds {
        if best.value >= goal || step < patience.least_step || budget.is_over() {
            break;
        }
        rest.slopes(&prices, &mut slopes);
        let mut norm = 0.0;
        for (row, slope) in slopes.iter().enumerate() {
            direction[row] = 0.7 * direction[row] + f64::from(*slope);
            let free = exact[row] < rest.way_out[row] as f64 || direction[row] < 0.0;
            if !free {
                direction[row] = 0.0;
            }
            norm += rest.weights[row] as f64 * direction[row] * direction[row];
        }
        if norm == 0.0 {
            break;
        }
        let length = step * ((target - value) as f64).max(1.0) / norm;
        for (row, price) in prices.iter_mut().enumerate() {
            exact[row] =
                (exact[row] + length * direction[row]).clamp(0.0, rest.way_out[row] as f64);
            *price = exact[row] as i64;
        }
        value = rest.evaluate(&prices);
        rest.remember();
        budget.spend(rest.pairs() / 2 + prices.len());
        if value > best.value {
            best.value = value;
            best.prices.copy_from_slice(&prices);
            idle = 0;
        } else {
            idle += 1;
            if idle >= patience.idle {
                idle = 0;
                step /= 2.0;
                for (exact, &price) in exact.iter_mut().zip(&best.prices) {
                    *exact = price as f64;
                }
                prices.copy_from_slice(&best.prices);
                direction.fill(0.0);
                value = rest.evaluate(&prices);
            }
        }
    }
    rest.evaluate(&best.prices);
    best
}
