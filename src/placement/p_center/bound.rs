//! Proof that a few sites cannot cover some rows: prices on rows.
//!
//! With a price `y_i >= 0` on each row, k sites cover rows worth at most the k greatest
//! `c_j = sum of y_i over the rows of j`; when the prices sum to more, k sites cannot cover all rows. Good prices
//! are those of the Lagrangian of the covering problem,
//! `f(y) = sum y_i + sum over j of min(0, 1 - c_j)` (Balas and Ho 1980; Beasley 1987), raised by subgradients:
//! `f(y) > k` implies the above. Prices are whole numbers, `SCALE` times the real ones.

use super::super::assign_solution::Budget;

/// What a price of 1 is.
pub(super) const SCALE: i64 = 1 << 20;

/// Rows still to be covered, and by which sites.
#[derive(Clone, Debug)]
pub(super) struct Rest {
    /// Number of each row in the [`Cover`](super::cover::Cover).
    pub(super) rows: Vec<u32>,
    pub(super) sites_of: Vec<Vec<u32>>,
    /// Undecided sites.
    pub(super) free: Vec<u32>,
    /// How many of them may be chosen.
    pub(super) count: usize,
    /// `c_j` of every site, at the prices last evaluated.
    pub(super) sums: Vec<i64>,
    pub(super) order: Vec<u32>,
}

impl Rest {
    /// Sum of all prices less the `count` greatest `c_j`: above 0 is a proof. Also `f(y)`.
    pub(super) fn evaluate(&mut self, prices: &[i64]) -> (i64, i64) {
        for &site in &self.free {
            self.sums[site as usize] = 0;
        }
        let mut total = 0;
        for (sites, &price) in self.sites_of.iter().zip(prices) {
            total += price;
            for &site in sites {
                self.sums[site as usize] += price;
            }
        }
        self.order.clear();
        self.order.extend_from_slice(&self.free);
        let sums = &self.sums;
        if self.count > 0 && self.count < self.order.len() {
            let key = |&site: &u32| (std::cmp::Reverse(sums[site as usize]), site);
            self.order.select_nth_unstable_by_key(self.count - 1, key);
        }
        let most: i64 = self.order.iter().take(self.count).map(|&site| sums[site as usize]).sum();
        let over: i64 = self.free.iter().map(|&site| (SCALE - sums[site as usize]).min(0)).sum();
        (total - most, total + over)
    }

    /// Prices that are a packing: no site's rows are worth more than 1.
    pub(super) fn packing(&self) -> Vec<i64> {
        let mut sizes = vec![0_i64; self.sums.len()];
        for &site in self.sites_of.iter().flatten() {
            sizes[site as usize] += 1;
        }
        let price = |sites: &Vec<u32>| {
            sites.iter().map(|&site| SCALE / sizes[site as usize]).min().unwrap_or(SCALE)
        };
        self.sites_of.iter().map(price).collect()
    }

    /// Undecided sites that no cover with few enough sites has (false) or that all have (true), at the prices
    /// last evaluated with the surplus `proof`.
    pub(super) fn fixed(&self, proof: i64) -> Vec<(u32, bool)> {
        let (greatest, others) = self.order.split_at(self.count.min(self.order.len()));
        let last = greatest.iter().map(|&site| self.sums[site as usize]).min().unwrap_or(0);
        let next = others.iter().map(|&site| self.sums[site as usize]).max().unwrap_or(0);
        let mut fixed = Vec::new();
        for &site in greatest {
            if proof + self.sums[site as usize] - next > 0 {
                fixed.push((site, true));
            }
        }
        for &site in others {
            if self.count == 0 || proof + last - self.sums[site as usize] > 0 {
                fixed.push((site, false));
            }
        }
        fixed.sort_unstable();
        fixed
    }

    fn slopes(&self, slopes: &mut [i32]) {
        for (sites, slope) in self.sites_of.iter().zip(slopes) {
            *slope =
                1 - sites.iter().filter(|&&site| self.sums[site as usize] > SCALE).count() as i32;
        }
    }
}

/// Raises `prices` for at most `rounds` evaluations or until they are a proof; returns the best prices and
/// their surplus, and leaves the rest evaluated at them.
pub(super) fn improve(
    rest: &mut Rest,
    prices: Vec<i64>,
    rounds: usize,
    budget: &mut Budget<'_>,
) -> (Vec<i64>, i64) {
    let (mut proof, mut value) = rest.evaluate(&prices);
    let mut best = (prices.clone(), value, proof);
    let mut exact: Vec<f64> = prices.iter().map(|&price| price as f64).collect();
    let mut prices = prices;
    let mut slopes = vec![0; prices.len()];
    let mut direction = vec![0.0; prices.len()];
    let goal = (rest.count as f64 + 1.0) * SCALE as f64;
    let (mut step, mut idle) = (1.0, 0);
    for _ in 0..rounds {
        if proof > 0 || step < 1e-3 || budget.is_over() {
            break;
        }
        rest.slopes(&mut slopes);
        let mut norm = 0.0;
        for (row, &slope) in slopes.iter().enumerate() {
            direction[row] = 0.6 * direction[row] + f64::from(slope);
            if exact[row] <= 0.0 && direction[row] < 0.0 {
                direction[row] = 0.0;
            }
            norm += direction[row] * direction[row];
        }
        if norm <= 0.0 {
            break;
        }
        let length = step * (goal - value as f64).max(0.1 * SCALE as f64) / norm;
        for (row, price) in prices.iter_mut().enumerate() {
            exact[row] = (exact[row] + length * direction[row]).clamp(0.0, SCALE as f64);
            *price = exact[row] as i64;
        }
        (proof, value) = rest.evaluate(&prices);
        budget.spend(rest.sites_of.iter().map(Vec::len).sum());
        if proof > 0 || value > best.1 {
            best = (prices.clone(), value, proof);
            idle = 0;
        } else {
            idle += 1;
            if idle >= 8 {
                (idle, step) = (0, step / 2.0);
            }
        }
    }
    rest.evaluate(&best.0);
    (best.0, best.2)
}
