//! The best plan so far, and the search that looks for better ones.

use super::effort::SearchOptions;
use super::instance::CoverInstance;
use super::ledger::Ledger;
use super::model::{Kind, Model};
use super::problem::CoverProblem;
use super::reduce::price_of;
use super::row_search::RowSearch;
use super::swap::SwapSearch;
use crate::ids::{Id, SiteId};

/// The search for a kind of problem.
enum Search<'a> {
    Swap(SwapSearch<'a, 'a>),
    Row(RowSearch<'a, 'a>),
}

/// The best plan so far, as a minimum, and the search.
pub(super) struct Finder<'a> {
    instance: &'a CoverInstance,
    problem: &'a CoverProblem,
    model: &'a Model,
    inside: Vec<SiteId>,
    search: Search<'a>,
    best: Option<(Vec<SiteId>, i64)>,
    bound: Option<i64>,
    idle: u64,
}

impl<'a> Finder<'a> {
    /// A first plan by greedy.
    pub(super) fn new(
        instance: &'a CoverInstance,
        problem: &'a CoverProblem,
        (model, inside): (&'a Model, Vec<SiteId>),
        ledger: Ledger<'a>,
        options: SearchOptions,
    ) -> Self {
        let target = match problem.objective {
            super::problem::Objective::CoverWeight { target, .. } => target - model.covered,
            _ => 0,
        };
        let search = match model.kind {
            Kind::Gain => Search::Swap(SwapSearch::new(model, ledger, options.seed)),
            Kind::All | Kind::Target => {
                Search::Row(RowSearch::new(model, ledger, options.seed, target))
            }
        };
        let mut finder =
            Self { instance, problem, model, inside, search, best: None, bound: None, idle: 0 };
        finder.take_best();
        finder
    }

    /// The best plan, sorted, with its value as a minimum.
    pub(super) fn best(&self) -> Option<(Vec<SiteId>, i64)> {
        self.best.clone()
    }

    /// The value of the best plan as a minimum.
    pub(super) fn value(&self) -> Option<i64> {
        self.best.as_ref().map(|(_, value)| *value)
    }

    /// The best bound so far, as a minimum.
    pub(super) const fn bound(&self) -> Option<i64> {
        self.bound
    }

    /// Notes a bound that holds for every plan.
    pub(super) fn note_bound(&mut self, low: i64) {
        self.bound = Some(self.bound.map_or(low, |bound| bound.max(low)));
    }

    /// Work since the last better plan.
    pub(super) const fn idle(&self) -> u64 {
        self.idle
    }

    /// Work done so far.
    pub(super) const fn work(&self) -> u64 {
        match &self.search {
            Search::Swap(search) => search.work(),
            Search::Row(search) => search.work(),
        }
    }

    /// Searches for `units` of work; whether a better plan was found.
    pub(super) fn run(&mut self, units: u64) -> bool {
        let before = self.work();
        let found = match &mut self.search {
            Search::Swap(search) => search.run(units),
            Search::Row(search) => search.run(units),
        };
        self.idle = if found { 0 } else { self.idle + self.work() - before };
        found && self.take_best()
    }

    /// Tries the plan made of `sites` (ids, the most promising first) beside those inside; whether it was better.
    pub(super) fn suggest(&mut self, sites: &[u32]) -> bool {
        let Search::Swap(search) = &mut self.search else { return false };
        let order: Vec<usize> =
            sites.iter().filter_map(|site| self.model.sites.binary_search(site).ok()).collect();
        search.suggest(&order) && self.take_best()
    }

    fn take_best(&mut self) -> bool {
        let found = match &self.search {
            Search::Swap(search) => search.best().map(|(plan, worth)| (plan, -worth)),
            Search::Row(search) => search.best(),
        };
        let Some((plan, value)) = found else { return false };
        let value = value + self.model.base;
        if self.best.as_ref().is_some_and(|(_, best)| *best <= value) {
            return false;
        }
        let mut plan: Vec<SiteId> =
            plan.iter().map(|&site| SiteId(self.model.sites[site])).collect();
        plan.extend_from_slice(&self.inside);
        plan.sort_unstable();
        self.best = Some((plan, value));
        true
    }

    /// Takes `plan` (sorted) if it keeps all rules and is better; whether it was.
    pub(super) fn offer_exact(&mut self, plan: &[SiteId]) -> bool {
        let Some(value) = self.value_of(plan) else { return false };
        let better = self.value().is_none_or(|best| value < best);
        if better {
            self.best = Some((plan.to_vec(), value));
            self.idle = 0;
        }
        better
    }

    /// The value of `plan` as a minimum; `None` when it breaks a rule or covers too little.
    fn value_of(&self, plan: &[SiteId]) -> Option<i64> {
        let mut ledger = Ledger::new(&self.problem.rules, self.instance.site_count());
        for site in plan {
            if !ledger.allows(site.index() as u32, self.instance.cost(*site)) {
                return None;
            }
            ledger.add(site.0, self.instance.cost(*site));
        }
        let price: i64 =
            plan.iter().map(|&site| price_of(self.instance, self.problem.objective, site)).sum();
        let covered = self.instance.covered_weight(plan);
        let enough = match self.problem.objective {
            super::problem::Objective::MostWeight => {
                return ledger.is_complete().then_some(price - covered);
            }
            super::problem::Objective::CoverWeight { target, .. } => covered >= target,
            super::problem::Objective::CoverAll { .. } => self.covers_all(plan),
        };
        (enough && ledger.is_complete()).then_some(price)
    }

    fn covers_all(&self, plan: &[SiteId]) -> bool {
        let mut covered: Vec<bool> =
            (0..self.instance.row_count()).map(|row| self.instance.is_settled(row)).collect();
        for &site in plan {
            self.instance.rows_of(site).iter().for_each(|&row| covered[row as usize] = true);
        }
        !covered.contains(&false)
    }
}
