//! Plans that cover much weight: lazy greedy, swaps, and an iterated local search of removals and swaps.
//!
//! Lazy greedy: Minoux 1978. Swaps: Teitz and Bart 1968, with the weight each move changes kept up to date, so
//! that the best partner of a removed site is one scan.

use std::collections::BinaryHeap;

use super::cover_state::CoverState;
use super::ledger::Ledger;
use super::model::{Model, Random};

/// A plan worse by at most one part in so many is gone on from.
const WORSE_PART: i64 = 1500;
/// After so many steps without a better plan the search goes back to the best.
const PATIENCE: u32 = 60;

/// How much a search that gains weight has found.
pub(super) struct SwapSearch<'m, 'r> {
    state: CoverState<'m, 'r>,
    random: Random,
    plan: Vec<usize>,
    /// Covered weight minus prices of `plan`, beyond what is inside already.
    worth: i64,
    best: Vec<usize>,
    best_worth: i64,
    complete: bool,
    dirty: Vec<bool>,
    /// The removed site that may not come back at once.
    barred: Vec<usize>,
    descended: bool,
    /// Shakes since the last better plan.
    fails: u32,
}

impl<'m, 'r> SwapSearch<'m, 'r> {
    /// A greedy plan.
    pub(super) fn new(model: &'m Model, ledger: Ledger<'r>, seed: u64) -> Self {
        let mut search = Self {
            state: CoverState::new(model, ledger),
            random: Random::new(seed),
            plan: Vec::new(),
            worth: 0,
            best: Vec::new(),
            best_worth: i64::MIN / 4,
            complete: false,
            dirty: vec![false; model.site_count()],
            barred: Vec::new(),
            descended: false,
            fails: 0,
        };
        search.fill();
        search.keep();
        search.note_best();
        search
    }

    /// The best plan that keeps all rules, with its covered weight minus prices beyond what is inside.
    pub(super) fn best(&self) -> Option<(&[usize], i64)> {
        self.complete.then_some((self.best.as_slice(), self.best_worth))
    }

    /// Work done so far.
    pub(super) const fn work(&self) -> u64 {
        self.state.work
    }

    fn value_of(&self, site: usize) -> i64 {
        self.state.gain[site] - self.state.model.price[site]
    }

    fn plan_worth(&self) -> i64 {
        let price: i64 = self.state.plan().iter().map(|&site| self.state.model.price[site]).sum();
        self.state.covered - price
    }

    /// Adds sites greedily: first what groups lack, then by worth while anything is gained.
    fn fill(&mut self) {
        let sites = self.state.model.site_count();
        let mut heap: BinaryHeap<(i64, std::cmp::Reverse<usize>)> = (0..sites)
            .filter(|&site| self.state.allows(site))
            .map(|site| (self.value_of(site), std::cmp::Reverse(site)))
            .collect();
        self.state.work += sites as u64;
        let mut later = Vec::new();
        while let Some((value, std::cmp::Reverse(site))) = heap.pop() {
            let now = self.value_of(site);
            let needed = !self.state.ledger.is_complete();
            if (now <= 0 && !needed) || !self.state.allows(site) || self.barred.contains(&site) {
                continue;
            }
            if now < value {
                heap.push((now, std::cmp::Reverse(site)));
            } else if self.state.leaves_room(site) {
                self.state.add(site);
                if needed {
                    heap.extend(later.drain(..));
                }
            } else {
                later.push((now, std::cmp::Reverse(site)));
            }
        }
    }

    fn keep(&mut self) {
        self.plan = self.state.plan();
        self.worth = self.plan_worth();
    }

    fn note_best(&mut self) -> bool {
        let better =
            self.state.ledger.is_complete() && (!self.complete || self.worth > self.best_worth);
        if better {
            self.best.clone_from(&self.plan);
            self.best_worth = self.worth;
            self.complete = true;
        }
        better
    }

    /// Starts anew from the sites of `order` that keep the rules, filled up and swapped; whether that gave a better
    /// plan. Otherwise the search goes on from where it was.
    pub(super) fn suggest(&mut self, order: &[usize]) -> bool {
        for site in self.state.plan() {
            self.state.remove(site);
        }
        for &site in order {
            if self.state.allows(site) && self.state.leaves_room(site) {
                self.state.add(site);
            }
        }
        self.fill();
        self.descend_all();
        let worth = self.plan_worth();
        if self.state.ledger.is_complete() && (!self.complete || worth > self.best_worth) {
            self.keep();
            return self.note_best();
        }
        let plan = std::mem::take(&mut self.plan);
        self.state.become_plan(&plan);
        self.plan = plan;
        false
    }

    fn best_to_add(&mut self) -> Option<usize> {
        self.state.work += self.state.model.site_count() as u64;
        let mut best: Option<(i64, usize)> = None;
        for site in 0..self.state.model.site_count() {
            let value = self.value_of(site);
            let wanted = value > 0 || !self.state.ledger.is_complete();
            let better = wanted && best.is_none_or(|(most, _)| value > most);
            if better
                && self.state.allows(site)
                && self.state.leaves_room(site)
                && !self.barred.contains(&site)
            {
                best = Some((value, site));
            }
        }
        best.map(|(_, site)| site)
    }

    /// Swaps until no swap of a marked site is better.
    fn descend(&mut self) {
        while let Some(site) = self.next_dirty() {
            self.dirty[site] = false;
            if !self.state.chosen[site] {
                continue;
            }
            let before = self.state.loss[site] - self.state.model.price[site];
            self.state.remove(site);
            match self.best_to_add() {
                Some(other) if self.value_of(other) > before || !self.state.allows(site) => {
                    self.state.add(other);
                    self.mark_around(site);
                    self.mark_around(other);
                    self.fill_one();
                }
                _ => self.state.add(site),
            }
        }
    }

    /// Adds what still fits (a swap may free money).
    fn fill_one(&mut self) {
        if self.state.ledger.places_left() != Some(0)
            && let Some(site) = self.best_to_add()
        {
            self.state.add(site);
            self.mark_around(site);
        }
    }

    fn next_dirty(&mut self) -> Option<usize> {
        let chosen =
            (0..self.dirty.len()).filter(|&site| self.dirty[site] && self.state.chosen[site]);
        chosen.min_by_key(|&site| self.state.loss[site])
    }

    fn mark_around(&mut self, site: usize) {
        let model = self.state.model;
        for &class in model.rows_of.get(site as u32) {
            if self.state.is_covered(class) {
                let sites = model.sites_of.get(class);
                for &other in sites {
                    self.dirty[other as usize] = true;
                }
                self.state.work += sites.len() as u64;
            }
        }
    }

    fn descend_all(&mut self) {
        self.dirty.iter_mut().for_each(|dirty| *dirty = true);
        self.descend();
    }

    /// Searches for `units` of work; whether a better plan was found.
    pub(super) fn run(&mut self, units: u64) -> bool {
        let until = self.state.work.saturating_add(units);
        let mut improved = false;
        if self.state.model.site_count() == 0 {
            return false;
        }
        if !self.descended {
            self.descended = true;
            self.descend_all();
            self.accept(&mut improved);
        }
        while self.state.work < until && !self.plan.is_empty() {
            self.shake();
            self.descend();
            self.accept(&mut improved);
        }
        improved
    }

    /// Goes on from a plan that is not much worse; after many such steps, from the best.
    fn accept(&mut self, improved: &mut bool) {
        let worth = self.plan_worth();
        self.state.work += self.state.model.site_count() as u64;
        let least = self.best_worth - self.best_worth.abs() / WORSE_PART;
        if self.fails < PATIENCE
            && (worth >= least && self.state.ledger.is_complete() || !self.complete)
        {
            self.keep();
            let better = self.note_best();
            *improved |= better;
            self.fails = if better { 0 } else { self.fails + 1 };
            return;
        }
        let plan = if self.fails < PATIENCE {
            std::mem::take(&mut self.plan)
        } else {
            self.fails = 0;
            self.best.clone()
        };
        self.fails += 1;
        self.state.become_plan(&plan);
        self.worth = self.plan_worth();
        self.plan = plan;
    }

    /// Removes a few chosen sites near each other and fills up without the first of them.
    fn shake(&mut self) {
        let model = self.state.model;
        let first = self.plan[self.random.below(self.plan.len())];
        let extra = 1 + self.random.below(3);
        self.dirty.iter_mut().for_each(|dirty| *dirty = false);
        self.barred.clear();
        self.barred.push(first);
        self.mark_around(first);
        self.state.remove(first);
        for _ in 0..extra {
            let rows = model.rows_of.get(first as u32);
            let near = if rows.is_empty() || self.random.below(4) == 0 {
                self.plan[self.random.below(self.plan.len())]
            } else {
                self.neighbour(rows)
            };
            if self.state.chosen[near] {
                self.mark_around(near);
                self.state.remove(near);
                if self.random.below(2) == 0 {
                    self.barred.push(near);
                }
            }
        }
        while let Some(site) = self.best_to_add() {
            self.state.add(site);
            self.mark_around(site);
        }
        self.barred.clear();
        if self.state.ledger.places_left() != Some(0) {
            while let Some(site) = self.best_to_add() {
                self.state.add(site);
                self.mark_around(site);
            }
        }
    }

    /// A chosen site that shares a neighbour with one of `rows`, or any.
    fn neighbour(&mut self, rows: &[u32]) -> usize {
        let model = self.state.model;
        for _ in 0..8 {
            let class = rows[self.random.below(rows.len())];
            let sites = model.sites_of.get(class);
            let via = sites[self.random.below(sites.len())];
            let around = model.rows_of.get(via);
            let class = around[self.random.below(around.len())];
            let chosen =
                model.sites_of.get(class).iter().find(|&&site| self.state.chosen[site as usize]);
            self.state.work += model.sites_of.get(class).len() as u64;
            if let Some(&site) = chosen {
                return site as usize;
            }
        }
        self.plan[self.random.below(self.plan.len())]
    }
}
