//! Good plans: greedy, then interchange, then perturbed interchange.
//!
//! Interchange after Teitz and Bart (1968) with the bookkeeping of Whitaker (1983) and Resende and Werneck
//! (2007): each row knows its nearest and second nearest chosen site, each chosen site what its loss would
//! cost; the worth of bringing a site in for the best one out takes one pass over the rows it is near to.

use std::collections::BinaryHeap;

use super::model::{Model, NONE};
use crate::placement::assign_solution::Budget;

/// `SplitMix64` (Steele, Lea and Flood 2014): a small seeded generator.
#[derive(Clone, Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((u128::from(z ^ (z >> 31)) * limit as u128) >> 64) as usize
    }
}

/// A plan with each row's two nearest chosen sites.
#[derive(Clone, Debug)]
pub(super) struct Plan<'a> {
    model: &'a Model,
    open: Vec<bool>,
    chosen: Vec<u32>,
    /// Site and time of the nearest and second nearest; [`NONE`] and the way out where there is none.
    first: Vec<(u32, i64)>,
    second: Vec<(u32, i64)>,
    /// What removing each site costs.
    loss: Vec<i64>,
    /// Scratch: what bringing one site in saves of each loss.
    saved: Vec<i64>,
    cost: i64,
}

impl<'a> Plan<'a> {
    pub(super) fn new(model: &'a Model, chosen: &[u32]) -> Self {
        let mut open = vec![false; model.site_count()];
        for &site in chosen {
            open[site as usize] = true;
        }
        let rows = model.row_count();
        let mut plan = Self {
            model,
            open,
            chosen: chosen.to_vec(),
            first: vec![(NONE, 0); rows],
            second: vec![(NONE, 0); rows],
            loss: vec![0; model.site_count()],
            saved: vec![0; model.site_count()],
            cost: 0,
        };
        for row in 0..rows {
            plan.rescan(row);
            plan.count_in(row);
        }
        plan
    }

    pub(super) fn cost(&self) -> i64 {
        self.cost
    }

    /// Prices half way between the nearest and the second nearest: what an optimal dual is near to.
    pub(super) fn prices(&self, scale: i64) -> Vec<i64> {
        self.first
            .iter()
            .zip(&self.second)
            .map(|(first, second)| i64::midpoint(first.1, second.1) * scale)
            .collect()
    }

    pub(super) fn chosen(&self) -> &[u32] {
        &self.chosen
    }

    fn rescan(&mut self, row: usize) {
        let way_out = (NONE, self.model.way_out[row]);
        let mut near =
            self.model.rows.get(row).iter().filter(|link| self.open[link.other as usize]);
        self.first[row] = near.next().map_or(way_out, |link| (link.other, i64::from(link.ms)));
        self.second[row] = near.next().map_or(way_out, |link| (link.other, i64::from(link.ms)));
    }

    fn count_in(&mut self, row: usize) {
        let (site, ms) = self.first[row];
        let weight = self.model.weights[row];
        self.cost += weight * ms;
        if site != NONE {
            self.loss[site as usize] += weight * (self.second[row].1 - ms);
        }
    }

    fn count_out(&mut self, row: usize) {
        let (site, ms) = self.first[row];
        let weight = self.model.weights[row];
        self.cost -= weight * ms;
        if site != NONE {
            self.loss[site as usize] -= weight * (self.second[row].1 - ms);
        }
    }

    pub(super) fn add(&mut self, site: u32) {
        self.open[site as usize] = true;
        self.chosen.push(site);
        let model = self.model;
        for link in model.columns.get(site as usize) {
            let (row, new) = (link.other as usize, (i64::from(link.ms), site));
            let (first, second) = (self.first[row], self.second[row]);
            if new < (first.1, first.0) {
                self.count_out(row);
                self.second[row] = first;
                self.first[row] = (site, new.0);
                self.count_in(row);
            } else if new < (second.1, second.0) {
                self.count_out(row);
                self.second[row] = (site, new.0);
                self.count_in(row);
            }
        }
    }

    pub(super) fn remove(&mut self, site: u32) {
        self.open[site as usize] = false;
        self.chosen.retain(|&other| other != site);
        let model = self.model;
        for link in model.columns.get(site as usize) {
            let row = link.other as usize;
            if self.first[row].0 == site || self.second[row].0 == site {
                self.count_out(row);
                self.rescan(row);
                self.count_in(row);
            }
        }
    }

    /// What bringing `site` in saves (before one goes out); fills `saved`.
    fn gain(&mut self, site: u32) -> i64 {
        let mut gain = 0;
        let model = self.model;
        for link in model.columns.get(site as usize) {
            let row = link.other as usize;
            let ms = i64::from(link.ms);
            let second = self.second[row].1;
            if ms < second {
                let (nearest, first) = self.first[row];
                let weight = model.weights[row];
                gain += weight * (first - ms).max(0);
                if nearest != NONE {
                    self.saved[nearest as usize] += weight * (second - ms.max(first));
                }
            }
        }
        gain
    }

    /// The most that bringing `site` in for one site out saves, and that site.
    fn best_swap(&mut self, site: u32) -> Option<(i64, u32)> {
        let gain = self.gain(site);
        let mut best: Option<(i64, u32)> = None;
        for &out in &self.chosen {
            let saved = std::mem::take(&mut self.saved[out as usize]);
            if !self.model.required[out as usize] {
                let worth = gain + saved - self.loss[out as usize];
                let better = best
                    .is_none_or(|(found, other)| worth > found || (worth == found && out < other));
                if better {
                    best = Some((worth, out));
                }
            }
        }
        best
    }

    /// Swaps until no swap makes the plan cheaper; sites are tried in turn from `start`. Ends early when the
    /// budget is over.
    pub(super) fn interchange(&mut self, start: usize, budget: &mut Budget<'_>) {
        let sites = self.model.site_count();
        let mut idle = 0;
        let mut at = start;
        while idle < sites && !budget.is_over() {
            at = if at + 1 >= sites { 0 } else { at + 1 };
            idle += 1;
            if self.open[at] {
                continue;
            }
            budget.spend(self.model.columns.get(at).len() + self.chosen.len());
            if let Some((worth, out)) = self.best_swap(at as u32)
                && worth > 0
            {
                self.remove(out);
                self.add(at as u32);
                idle = 0;
            }
        }
    }

    /// Swaps `count` random sites for random others.
    pub(super) fn shake(&mut self, count: usize, random: &mut Random) {
        for _ in 0..count {
            let out = self.chosen[random.below(self.chosen.len())];
            let site = random.below(self.model.site_count());
            if !self.model.required[out as usize] && !self.open[site] {
                self.remove(out);
                self.add(site as u32);
            }
        }
    }

    /// Adds the sites that save most, one by one, up to `most` sites; stops when none saves anything.
    pub(super) fn fill(&mut self, most: usize, budget: &mut Budget<'_>) {
        let mut heap: BinaryHeap<(i64, std::cmp::Reverse<u32>, usize)> = BinaryHeap::new();
        for site in (0..self.model.site_count() as u32).filter(|&site| !self.open[site as usize]) {
            heap.push((i64::MAX, std::cmp::Reverse(site), usize::MAX));
        }
        while self.chosen.len() < most && !budget.is_over() {
            let Some((gain, std::cmp::Reverse(site), round)) = heap.pop() else { return };
            if round == self.chosen.len() {
                if gain == 0 {
                    return;
                }
                self.add(site);
            } else {
                budget.spend(self.model.columns.get(site as usize).len());
                let gain = self.plain_gain(site);
                heap.push((gain, std::cmp::Reverse(site), self.chosen.len()));
            }
        }
    }

    fn plain_gain(&self, site: u32) -> i64 {
        let column = self.model.columns.get(site as usize).iter();
        column
            .map(|link| {
                let row = link.other as usize;
                self.model.weights[row] * (self.first[row].1 - i64::from(link.ms)).max(0)
            })
            .sum()
    }
}

/// The required sites, filled up greedily to `most`, then interchanged.
pub(super) fn first_plan<'a>(model: &'a Model, most: usize, budget: &mut Budget<'_>) -> Plan<'a> {
    let required: Vec<u32> =
        (0..model.site_count() as u32).filter(|&site| model.required[site as usize]).collect();
    let mut plan = Plan::new(model, &required);
    plan.fill(most, budget);
    plan.interchange(0, budget);
    plan
}

/// Perturbs and interchanges `rounds` times; keeps what is no worse.
pub(super) fn perturb<'a>(
    plan: Plan<'a>,
    most: usize,
    rounds: usize,
    random: &mut Random,
    budget: &mut Budget<'_>,
) -> Plan<'a> {
    let mut best = plan;
    for _ in 0..rounds {
        if budget.is_over()
            || best.chosen.is_empty()
            || best.model.site_count() <= best.chosen.len()
        {
            break;
        }
        let mut next = best.clone();
        let strength = 1 + random.below(2 + next.chosen.len() / 10);
        next.shake(strength, random);
        next.fill(most, budget);
        next.interchange(random.below(next.model.site_count()), budget);
        if next.cost <= best.cost {
            best = next;
        }
    }
    best
}
