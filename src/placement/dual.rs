//! Bounds from multipliers, improved by the volume algorithm.
//!
//! The relaxation is the one of [`certificate`](super::certificate). Barahona and Anbil 2000: each step goes from the best multipliers along what the
//! *averaged* relaxed solutions leave uncovered, so the average tends to a solution of the linear relaxation (which
//! guides the branching). A step on a class is proportional to its weight: merging classes does not change the path. The multiplier of one
//! rule (count, budget or target) is found exactly in each step by sorting. On many sites most steps look only
//! at the promising ones; every bound that is used looked at all of them, in whole numbers.

mod whole;

use rayon::prelude::*;

use super::certificate::Multipliers;
use super::ledger::Ledger;
use super::model::{Kind, Model};
use super::side_rows::{Relaxed, SideRow, SideRule, fill_budget, relax_target, side_rows};

/// From this many free sites on, most steps look at the promising ones only.
const MANY_SITES: usize = 1500;
/// From this many pairs on, sites are summed by all threads.
const MANY_PAIRS: usize = 2_000_000;
/// Steps between two looks at all sites.
const SIFT_STEPS: usize = 20;

/// Steps between two looks at how much a step's solution counts for in the average, and the least of that.
const REVIEW_STEPS: u32 = 40;
const LEAST_PART: f64 = 0.002;

/// Which sites a step looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    All,
    Active,
}

/// The rule whose multiplier is found exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Primary {
    None,
    Count(i64),
    Budget(i64),
    Target(i64),
}

/// Multipliers in whole numbers with the bound they prove.
#[derive(Clone, Debug)]
pub(super) struct Proven {
    /// The set; its `rows` are those of the model's classes.
    pub(super) set: Multipliers,
    /// The bound times the scale, everything inside included.
    pub(super) low: i128,
    /// Reduced cost of each free site, times the scale.
    pub(super) reduced: Vec<i128>,
}

/// Multipliers of a model, and how they are improved.
pub(super) struct Dual<'m> {
    model: &'m Model,
    scale: i64,
    sides: Vec<SideRow>,
    primary: Primary,
    /// Multiplier of each class as a share of its weight (times the target's multiplier).
    pub(super) share: Vec<f64>,
    pub(super) prices: Vec<f64>,
    low: f64,
    theta: f64,
    /// Averaged relaxed solution.
    pub(super) mean: Vec<f64>,
    mean_count: Vec<f64>,
    mean_side: Vec<f64>,
    factor: f64,
    fails: u32,
    /// Most that a step's solution counts for in the average.
    part: f64,
    /// Steps until `part` is looked at again, and the bound when it was last.
    review: (u32, f64),
    active: Vec<u32>,
    /// Reduced costs of all sites under the multipliers, when they were looked at.
    looked: Vec<f64>,
    pub(super) work: u64,
}

impl<'m> Dual<'m> {
    /// Multipliers starting at `share`, with rules as `ledger` leaves them; `target` is the whole target weight.
    pub(super) fn new(
        model: &'m Model,
        ledger: &Ledger<'_>,
        start: (Vec<f64>, &[(SideRule, f64)]),
        scale: i64,
        target: i64,
    ) -> Self {
        let mut sides = side_rows(model, ledger);
        let first = sides.first().map(|row| (row.rule, row.most));
        let primary = match (model.kind, first) {
            (Kind::Gain, Some((SideRule::Count, most))) => Primary::Count(most),
            (Kind::Gain, Some((SideRule::Budget, most))) => Primary::Budget(most),
            (Kind::Target, _) => Primary::Target(target - model.covered),
            _ => Primary::None,
        };
        if matches!(primary, Primary::Count(_) | Primary::Budget(_)) {
            sides.remove(0);
        }
        let (share, known) = start;
        let prices = sides
            .iter()
            .map(|row| {
                known.iter().find(|(rule, _)| *rule == row.rule).map_or(0.0, |(_, price)| *price)
            })
            .collect();
        let mut dual = Self {
            model,
            scale,
            primary,
            share,
            prices,
            low: f64::NEG_INFINITY,
            theta: 1.0,
            mean: vec![0.0; model.site_count()],
            mean_count: vec![0.0; model.class_count()],
            mean_side: vec![0.0; sides.len()],
            sides,
            factor: 0.3,
            fails: 0,
            part: 0.1,
            review: (REVIEW_STEPS, f64::NEG_INFINITY),
            active: (0..model.site_count() as u32).collect(),
            looked: Vec::new(),
            work: 0,
        };
        let start = dual.relaxed(&dual.share, &dual.prices, Look::All);
        dual.low = start.low;
        dual.theta = start.theta;
        dual.average(&start, 1.0);
        dual.looked = start.reduced;
        dual.work += model.rows_of.pairs() as u64;
        dual
    }

    /// The bound, not yet in whole numbers.
    pub(super) const fn low(&self) -> f64 {
        self.low
    }

    /// The model it bounds.
    pub(super) const fn model(&self) -> &'m Model {
        self.model
    }

    /// The side rules with their multipliers.
    pub(super) fn side_prices(&self) -> Vec<(SideRule, f64)> {
        self.sides.iter().zip(&self.prices).map(|(row, price)| (row.rule, *price)).collect()
    }

    /// Takes `steps` steps aiming at `target`; stops early when the bound reaches it.
    pub(super) fn improve(&mut self, steps: usize, target: f64) {
        let sifts = self.model.kind == Kind::Gain && self.model.site_count() > MANY_SITES;
        let mut done = 0;
        while done < steps && self.low < target {
            if !sifts {
                self.step(target);
                done += 1;
                continue;
            }
            let kept = (self.share.clone(), self.prices.clone(), self.low);
            self.sift();
            self.low = self.relaxed(&self.share, &self.prices, Look::Active).low;
            for _ in 0..SIFT_STEPS {
                self.step(target);
            }
            done += SIFT_STEPS;
            let whole = self.relaxed(&self.share, &self.prices, Look::All);
            self.work += self.model.rows_of.pairs() as u64;
            self.low = whole.low;
            if whole.low < kept.2 - (target - kept.2).abs() * 0.5 {
                (self.share, self.prices, self.low) = kept;
                self.factor *= 0.5;
            } else {
                self.looked = whole.reduced;
            }
        }
    }

    /// Makes the promising sites the active ones.
    fn sift(&mut self) {
        let reduced = std::mem::take(&mut self.looked);
        let mut order: Vec<u32> = (0..self.model.site_count() as u32).collect();
        let places = match self.primary {
            Primary::Count(places) => places.max(0) as usize,
            _ => order.len() / 20,
        };
        let keep = (places * 6 + 300).max(order.len() / 4).min(order.len() - 1);
        order.select_nth_unstable_by(keep, |a, b| {
            reduced[*a as usize].total_cmp(&reduced[*b as usize]).then(a.cmp(b))
        });
        order.truncate(keep);
        let is_active = |site: &u32| self.mean[*site as usize] > 1e-3;
        let mut active: Vec<u32> = order;
        active.extend((0..self.model.site_count() as u32).filter(is_active));
        active.sort_unstable();
        active.dedup();
        self.active = active;
        self.looked = reduced;
    }

    fn step(&mut self, target: f64) {
        let (mut norm, gap) = (0.0, (target - self.low).max(1e-9));
        let weight = |class: usize| self.model.weight[class] as f64;
        let bounded = self.model.kind != Kind::All;
        for class in 0..self.share.len() {
            let toward = 1.0 - self.mean_count[class];
            let share = self.share[class];
            if (toward < 0.0 && share > 0.0) || (toward > 0.0 && (share < 1.0 || !bounded)) {
                norm += self.theta * weight(class) * toward * toward;
            }
        }
        let unit = self.side_unit();
        for (side, row) in self.sides.iter().enumerate() {
            let toward = self.mean_side[side] - row.most as f64;
            if toward > 0.0 || self.prices[side] > 0.0 {
                norm += toward * toward * unit / row.size();
            }
        }
        if norm <= 0.0 {
            norm = 1.0;
        }
        let length = self.factor * gap / norm;
        let top = if bounded { 1.0 } else { f64::INFINITY };
        let share: Vec<f64> = self
            .share
            .iter()
            .zip(&self.mean_count)
            .map(|(share, count)| (share + length * (1.0 - count)).clamp(0.0, top))
            .collect();
        let prices: Vec<f64> = (0..self.sides.len())
            .map(|side| {
                let toward = self.mean_side[side] - self.sides[side].most as f64;
                (self.prices[side] + length * toward * unit / self.sides[side].size()).max(0.0)
            })
            .collect();
        let next = self.relaxed(&share, &prices, Look::Active);
        self.work += self.share.len() as u64 * 4 + self.active_pairs();
        let part = self.best_part(&next);
        self.average(&next, part);
        self.review_part(target);
        if next.low > self.low {
            let gained = next.low - self.low;
            (self.share, self.prices, self.low, self.theta) = (share, prices, next.low, next.theta);
            self.fails = 0;
            if gained > 0.02 * gap {
                self.factor = (self.factor * 1.2).min(1.8);
            }
        } else {
            self.fails += 1;
            if self.fails >= 8 {
                self.fails = 0;
                self.factor = (self.factor * 0.7).max(1e-4);
            }
        }
    }

    /// The part of a step's solution that leaves least uncovered or covered twice, weighted as steps are; between a
    /// tenth of the most and the most.
    fn best_part(&self, relaxed: &Relaxed) -> f64 {
        let mut count = vec![0.0; self.share.len()];
        for &(site, x) in &relaxed.picks {
            for &class in self.model.rows_of.get(site) {
                count[class as usize] += x;
            }
        }
        let (mut along, mut size) = (0.0, 0.0);
        for ((mean, count), weight) in self.mean_count.iter().zip(&count).zip(&self.model.weight) {
            let change = mean - count;
            along -= *weight as f64 * (1.0 - mean) * change;
            size += *weight as f64 * change * change;
        }
        if size > 0.0 { (along / size).clamp(self.part * 0.1, self.part) } else { self.part }
    }

    /// Lets a step's solution count for less when the bound has hardly moved for a while.
    fn review_part(&mut self, target: f64) {
        self.review.0 -= 1;
        if self.review.0 > 0 {
            return;
        }
        let (before, gap) = (self.review.1, target - self.low);
        if self.low - before < 0.02 * gap {
            self.part = (self.part * 0.5).max(LEAST_PART);
        }
        self.review = (REVIEW_STEPS, self.low);
    }

    fn active_pairs(&self) -> u64 {
        let sites = self.model.site_count().max(1) as u64;
        self.model.rows_of.pairs() as u64 * self.active.len() as u64 / sites
    }

    /// A typical reduced cost: the unit of side multipliers.
    fn side_unit(&self) -> f64 {
        let sum: f64 = self
            .share
            .iter()
            .zip(&self.model.weight)
            .map(|(s, w)| s * *w as f64 * self.theta)
            .sum();
        (sum / self.model.site_count().max(1) as f64).max(1.0)
    }

    fn average(&mut self, relaxed: &Relaxed, part: f64) {
        self.mean.iter_mut().for_each(|mean| *mean *= 1.0 - part);
        self.mean_count.iter_mut().for_each(|mean| *mean *= 1.0 - part);
        for &(site, x) in &relaxed.picks {
            self.mean[site as usize] += part * x;
            for &class in self.model.rows_of.get(site) {
                self.mean_count[class as usize] += part * x;
            }
        }
        if !self.sides.is_empty() {
            let mut x = vec![0.0; self.model.site_count()];
            relaxed.picks.iter().for_each(|(site, value)| x[*site as usize] = *value);
            for (mean, row) in self.mean_side.iter_mut().zip(&self.sides) {
                let now: f64 =
                    row.terms.iter().map(|(site, a)| *a as f64 * x[*site as usize]).sum();
                *mean = *mean * (1.0 - part) + now * part;
            }
        }
    }

    /// Price of each site with the side multipliers, minus the multipliers of its rows when `rows`.
    fn reduced(&self, share: &[f64], prices: &[f64], active: Option<&[u32]>) -> Vec<f64> {
        let value: Vec<f64> =
            share.iter().zip(&self.model.weight).map(|(s, w)| s * *w as f64).collect();
        let mut reduced = self.site_prices(prices);
        let worth = |site: u32| -> f64 {
            self.model.rows_of.get(site).iter().map(|&class| value[class as usize]).sum()
        };
        let every: Vec<u32> =
            if active.is_none() { (0..reduced.len() as u32).collect() } else { Vec::new() };
        let looked = active.unwrap_or(&every);
        // Each site is summed by itself, so that the threads do not change a bit.
        let worths: Vec<f64> = if self.model.rows_of.pairs() > MANY_PAIRS {
            looked.par_iter().with_min_len(64).map(|&site| worth(site)).collect()
        } else {
            looked.iter().map(|&site| worth(site)).collect()
        };
        looked.iter().zip(worths).for_each(|(&site, worth)| reduced[site as usize] -= worth);
        reduced
    }

    fn site_prices(&self, prices: &[f64]) -> Vec<f64> {
        let mut own: Vec<f64> = self.model.price.iter().map(|price| *price as f64).collect();
        for (row, price) in self.sides.iter().zip(prices).filter(|(_, price)| **price > 0.0) {
            row.terms.iter().for_each(|(site, a)| own[*site as usize] += price * *a as f64);
        }
        own
    }

    fn relaxed(&self, share: &[f64], prices: &[f64], look: Look) -> Relaxed {
        let every: Vec<u32>;
        let active: &[u32] = if look == Look::All {
            every = (0..self.model.site_count() as u32).collect();
            &every
        } else {
            &self.active
        };
        let weights = self.model.weight.iter();
        let value: f64 = share.iter().zip(weights).map(|(s, w)| s * *w as f64).sum();
        let whole: f64 = self.model.weight.iter().map(|weight| *weight as f64).sum();
        let side: f64 =
            self.sides.iter().zip(prices).map(|(row, price)| price * row.most as f64).sum();
        let base = self.model.base as f64 - side;
        if let Primary::Target(target) = self.primary {
            let own = self.site_prices(prices);
            let mut reduced = self.reduced(share, prices, Some(active));
            reduced.iter_mut().zip(&own).for_each(|(reduced, own)| *reduced = own - *reduced);
            return relax_target(target as f64 - whole + value, base, active, (&own, &reduced));
        }
        let reduced = self.reduced(share, prices, Some(active));
        let base = base + if self.model.kind == Kind::All { value } else { value - whole };
        let mut picks: Vec<(u32, f64)> = active
            .iter()
            .filter(|site| reduced[**site as usize] < 0.0)
            .map(|site| (*site, 1.0))
            .collect();
        match self.primary {
            Primary::Count(places) => {
                let places = places.max(0) as usize;
                if picks.len() > places {
                    picks.select_nth_unstable_by(places, |a, b| {
                        reduced[a.0 as usize].total_cmp(&reduced[b.0 as usize]).then(a.0.cmp(&b.0))
                    });
                    picks.truncate(places);
                }
            }
            Primary::Budget(most) => fill_budget(&mut picks, most, &reduced, &self.model.cost),
            _ => {}
        }
        let low = base + picks.iter().map(|(site, x)| reduced[*site as usize] * x).sum::<f64>();
        Relaxed { low, theta: 1.0, picks, reduced }
    }
}
