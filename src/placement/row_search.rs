//! Cheap plans that cover all rows, or a target weight: greedy, then a row-weighting search.
//!
//! Gao, Weise and Li 2015 (row weighting for unicost set cover), with prices: whenever a plan covers enough it is kept and
//! a site is taken out; then a site is exchanged in each step. Rows that stay uncovered weigh more and more, so the search
//! leaves where it is stuck. For a target the weights stay as they are and exchanged sites rest for some steps.

use super::cover_state::CoverState;
use super::ledger::Ledger;
use super::model::{Kind, Model, Random};

const NOWHERE: u32 = u32::MAX;

/// A search for the least price.
pub(super) struct RowSearch<'m, 'r> {
    state: CoverState<'m, 'r>,
    random: Random,
    target: i64,
    price: i64,
    chosen: Vec<usize>,
    place: Vec<u32>,
    uncovered: Vec<u32>,
    row_place: Vec<u32>,
    /// Step from which a site may move again.
    rests: Vec<u64>,
    moved: Vec<u64>,
    now: u64,
    best: Option<(Vec<usize>, i64)>,
}

impl<'m, 'r> RowSearch<'m, 'r> {
    /// A greedy plan; `target` is the weight still to be covered beyond what is inside.
    pub(super) fn new(model: &'m Model, ledger: Ledger<'r>, seed: u64, target: i64) -> Self {
        let sites = model.site_count();
        let mut search = Self {
            state: CoverState::new(model, ledger),
            random: Random::new(seed),
            target,
            price: 0,
            chosen: Vec::new(),
            place: vec![NOWHERE; sites],
            uncovered: (0..model.class_count() as u32).collect(),
            row_place: (0..model.class_count() as u32).collect(),
            rests: vec![0; sites],
            moved: vec![0; sites],
            now: 0,
            best: None,
        };
        while !search.reaches()
            && let Some(site) = search.best_to_add(i64::MAX)
        {
            search.add(site);
        }
        search.prune();
        search.note();
        search
    }

    /// The best plan with its price, beyond what is inside.
    pub(super) fn best(&self) -> Option<(&[usize], i64)> {
        self.best.as_ref().map(|(plan, price)| (plan.as_slice(), *price))
    }

    /// Work done so far.
    pub(super) const fn work(&self) -> u64 {
        self.state.work
    }

    fn reaches(&self) -> bool {
        let enough = match self.state.model.kind {
            Kind::All => self.uncovered.is_empty(),
            _ => self.state.covered >= self.target,
        };
        enough && self.state.ledger.is_complete()
    }

    fn add(&mut self, site: usize) {
        self.state.add(site);
        self.price += self.state.model.price[site];
        self.place[site] = self.chosen.len() as u32;
        self.chosen.push(site);
        let model = self.state.model;
        for &class in model.rows_of.get(site as u32) {
            let at = self.row_place[class as usize];
            if at != NOWHERE {
                self.row_place[class as usize] = NOWHERE;
                self.uncovered.swap_remove(at as usize);
                if let Some(&moved) = self.uncovered.get(at as usize) {
                    self.row_place[moved as usize] = at;
                }
            }
        }
        self.moved[site] = self.now;
    }

    fn remove(&mut self, site: usize) {
        self.state.remove(site);
        self.price -= self.state.model.price[site];
        let at = std::mem::replace(&mut self.place[site], NOWHERE) as usize;
        self.chosen.swap_remove(at);
        if let Some(&moved) = self.chosen.get(at) {
            self.place[moved] = at as u32;
        }
        let model = self.state.model;
        for &class in model.rows_of.get(site as u32) {
            if !self.state.is_covered(class) {
                self.row_place[class as usize] = self.uncovered.len() as u32;
                self.uncovered.push(class);
            }
        }
        self.moved[site] = self.now;
    }

    /// `a` gained for `price_a` is more for the money than `b` for `price_b`.
    fn is_better(a: i64, price_a: i64, b: i64, price_b: i64) -> bool {
        i128::from(a) * i128::from(price_b.max(0)) > i128::from(b) * i128::from(price_a.max(0))
            || (i128::from(a) * i128::from(price_b.max(0))
                == i128::from(b) * i128::from(price_a.max(0))
                && price_a < price_b)
    }

    fn better_of(&self, best: Option<usize>, site: usize) -> Option<usize> {
        let price = |site: usize| self.state.model.price[site];
        let gain = |site: usize| self.state.gain[site];
        match best {
            None => Some(site),
            Some(best) if Self::is_better(gain(site), price(site), gain(best), price(best)) => {
                Some(site)
            }
            Some(best)
                if gain(site) == gain(best)
                    && price(site) == price(best)
                    && self.moved[site] < self.moved[best] =>
            {
                Some(site)
            }
            best => best,
        }
    }

    fn may_add(&self, site: usize, below: i64) -> bool {
        self.rests[site] <= self.now
            && self.price.saturating_add(self.state.model.price[site]) < below
            && self.state.allows(site)
            && self.state.leaves_room(site)
    }

    fn best_to_add(&mut self, below: i64) -> Option<usize> {
        let sites = self.state.model.site_count();
        self.state.work += sites as u64;
        let lacking = !self.state.ledger.is_complete();
        let mut best = None;
        for site in 0..sites {
            if (self.state.gain[site] > 0 || lacking) && self.may_add(site, below) {
                best = self.better_of(best, site);
            }
        }
        best
    }

    /// The chosen site whose removal costs least for its price.
    fn cheapest_to_remove(&mut self) -> Option<usize> {
        self.state.work += self.chosen.len() as u64;
        let mut best: Option<usize> = None;
        let price = |site: usize| self.state.model.price[site];
        for &site in self.chosen.iter().filter(|site| self.rests[**site] <= self.now) {
            let loss = self.state.loss[site];
            let better = best.is_none_or(|best| {
                let other = self.state.loss[best];
                Self::is_better(other, price(best), loss, price(site))
                    || (loss == other
                        && price(site) == price(best)
                        && (self.moved[site], site) < (self.moved[best], best))
            });
            if better {
                best = Some(site);
            }
        }
        best
    }

    /// Takes out sites that are not needed, dearest first.
    fn prune(&mut self) {
        let mut order = self.chosen.clone();
        order.sort_by_key(|&site| (std::cmp::Reverse(self.state.model.price[site]), site));
        for site in order {
            self.remove(site);
            if !self.reaches() {
                self.add(site);
            }
        }
    }

    fn note(&mut self) -> bool {
        let better =
            self.reaches() && self.best.as_ref().is_none_or(|(_, price)| self.price < *price);
        if better {
            let mut plan = self.chosen.clone();
            plan.sort_unstable();
            self.best = Some((plan, self.price));
        }
        better
    }

    /// Searches for `units` of work; whether a cheaper plan was found.
    pub(super) fn run(&mut self, units: u64) -> bool {
        let until = self.state.work.saturating_add(units);
        let mut improved = false;
        while self.state.work < until {
            if self.reaches() {
                improved |= self.note();
                if self.price == 0 || self.chosen.is_empty() {
                    return improved;
                }
                if let Some(site) = self.cheapest_to_remove() {
                    self.remove(site);
                }
            }
            self.exchange();
        }
        improved
    }

    fn exchange(&mut self) {
        self.now += 1;
        self.state.work += 1;
        let below = self.best.as_ref().map_or(i64::MAX, |(_, price)| *price);
        if let Some(site) = self.cheapest_to_remove() {
            self.remove(site);
            let rest = if self.state.model.kind == Kind::All {
                1
            } else {
                2 + self.random.below(8) as u64
            };
            self.rests[site] = self.now + rest;
        }
        let next = if self.state.model.kind == Kind::All && !self.uncovered.is_empty() {
            self.best_of_row(below)
        } else {
            self.best_to_add(below)
        };
        if let Some(site) = next {
            self.add(site);
            self.rests[site] = self.now + 2;
        } else if let Some(site) = self.cheapest_to_remove() {
            self.remove(site);
        }
        if self.state.model.kind == Kind::All {
            for at in 0..self.uncovered.len() {
                self.state.raise(self.uncovered[at]);
            }
        }
    }

    /// The best site of a random uncovered class.
    fn best_of_row(&mut self, below: i64) -> Option<usize> {
        let class = self.uncovered[self.random.below(self.uncovered.len())];
        let model = self.state.model;
        let sites = model.sites_of.get(class);
        self.state.work += sites.len() as u64;
        let mut best = None;
        for &site in sites {
            if self.may_add(site as usize, below) {
                best = self.better_of(best, site as usize);
            }
        }
        best
    }
}
