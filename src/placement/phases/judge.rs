//! Plans over years as the search sees them: which are allowed, what they are worth, how to better them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::ids::{Id, SiteId};
use crate::placement::instance::{CoverInstance, SiteStatus};
use crate::placement::outcome::status;
use crate::placement::program::rules::{keeps_rules, keeps_upper_rules};
use crate::placement::program::{Found, Judge};

use super::{NEVER, PhasedPlan, PhasesProblem, Unspent, allowance};

pub(super) struct PhasesJudge<'a> {
    pub(super) instance: &'a CoverInstance,
    pub(super) problem: &'a PhasesProblem,
    pub(super) classes: &'a [(Vec<u32>, i64)],
}

impl PhasesJudge<'_> {
    pub(super) fn years(&self) -> usize {
        self.problem.years.len()
    }

    pub(super) fn openings(&self, plan: &[bool]) -> Vec<u32> {
        let sites = self.instance.site_count();
        (0..sites)
            .map(|site| {
                let open = (0..self.years()).find(|t| plan[t * sites + site]);
                open.map_or(NEVER, |t| t as u32)
            })
            .collect()
    }

    pub(super) fn decisions(&self, opening: &[u32]) -> Vec<bool> {
        let years = 0..self.years() as u32;
        years.flat_map(|t| opening.iter().map(move |&year| year <= t)).collect()
    }

    /// Newly covered micro-persons in each year.
    pub(super) fn covered(&self, opening: &[u32]) -> Vec<i64> {
        let mut covered = vec![0; self.years()];
        for (sites, weight) in self.classes {
            let year = sites.iter().map(|&site| opening[site as usize]).min().unwrap_or(NEVER);
            if year != NEVER {
                covered[year as usize] += weight;
            }
        }
        for t in 1..covered.len() {
            covered[t] += covered[t - 1];
        }
        covered
    }

    pub(super) fn worth(&self, covered: &[i64]) -> i64 {
        self.problem.years.iter().zip(covered).map(|(year, covered)| year.worth * covered).sum()
    }

    pub(super) fn spent(&self, opening: &[u32], cost: impl Fn(SiteId) -> i64) -> Vec<i64> {
        let mut spent = vec![0; self.years()];
        for site in self.instance.sites() {
            if opening[site.index()] != NEVER {
                spent[opening[site.index()] as usize] += cost(site);
            }
        }
        spent
    }

    /// Whether the yearly limits are kept and the rules that more sites could only break further.
    pub(super) fn affordable(&self, opening: &[u32]) -> bool {
        let counts: Vec<Option<i64>> =
            self.problem.years.iter().map(|year| year.sites.map(i64::from)).collect();
        let budgets: Vec<Option<i64>> = self.problem.years.iter().map(|year| year.budget).collect();
        let open: Vec<bool> = opening.iter().map(|&year| year != NEVER).collect();
        let fits = |spent: Vec<i64>, limits: &[Option<i64>]| {
            let mut sum = 0;
            (0..self.years()).all(|t| {
                sum = if self.problem.unspent == Unspent::Lapses { 0 } else { sum } + spent[t];
                allowance(limits, t, self.problem.unspent).is_none_or(|most| sum <= most)
            })
        };
        fits(self.spent(opening, |_| 1), &counts)
            && fits(self.spent(opening, |site| self.instance.cost(site)), &budgets)
            && keeps_upper_rules(self.instance, &self.problem.rules, &open)
    }

    pub(super) fn allowed(&self, opening: &[u32]) -> bool {
        let open: Vec<bool> = opening.iter().map(|&year| year != NEVER).collect();
        let covered = self.covered(opening);
        keeps_rules(self.instance, &self.problem.rules, &open)
            && self.affordable(opening)
            && self
                .problem
                .years
                .iter()
                .zip(&covered)
                .all(|(year, &covered)| year.milestone.is_none_or(|asked| covered >= asked))
    }

    /// Each year the site with the largest gain that still fits: required sites first, or among the others and
    /// what is left of them at the end, whichever has the larger value.
    pub(super) fn year_by_year(&self) -> Vec<u32> {
        let none = vec![NEVER; self.instance.site_count()];
        let mut early = none.clone();
        self.open_required(&mut early);
        self.fill_all(&mut early);
        let mut late = none;
        self.fill_all(&mut late);
        self.open_required(&mut late);
        let worth =
            |opening: &[u32]| self.allowed(opening).then(|| self.worth(&self.covered(opening)));
        if worth(&late) > worth(&early) { late } else { early }
    }

    pub(super) fn fill_all(&self, opening: &mut [u32]) {
        for t in 0..self.years() as u32 {
            self.fill(opening, t);
        }
    }

    pub(super) fn open_required(&self, opening: &mut [u32]) {
        for site in self.instance.sites() {
            if self.instance.status(site) == SiteStatus::Required && opening[site.index()] == NEVER
            {
                for t in 0..self.years() as u32 {
                    opening[site.index()] = t;
                    if self.affordable(opening) {
                        break;
                    }
                    opening[site.index()] = NEVER;
                }
            }
        }
    }

    /// Opens sites in year `t`, largest gain first, while they fit.
    pub(super) fn fill(&self, opening: &mut [u32], t: u32) {
        let mut covered = vec![false; self.instance.row_count()];
        for site in self.instance.sites().filter(|site| opening[site.index()] <= t) {
            for &row in self.instance.rows_of(site) {
                covered[row as usize] = true;
            }
        }
        let gain = |site: SiteId, covered: &[bool]| -> i64 {
            let rows = self.instance.rows_of(site).iter().filter(|&&row| !covered[row as usize]);
            rows.map(|&row| self.instance.weight(row as usize)).sum()
        };
        // Gains only fall, so an old gain is a bound on the new one (M. Minoux, 1978).
        let mut queue: BinaryHeap<(i64, Reverse<SiteId>)> = self
            .instance
            .sites()
            .filter(|&site| self.instance.is_open_to_choice(site) && opening[site.index()] == NEVER)
            .map(|site| (gain(site, &covered), Reverse(site)))
            .collect();
        while let Some((old, Reverse(site))) = queue.pop() {
            let now = gain(site, &covered);
            if now <= 0 {
                continue;
            }
            if now < old {
                queue.push((now, Reverse(site)));
                continue;
            }
            opening[site.index()] = t;
            if self.affordable(opening) {
                for &row in self.instance.rows_of(site) {
                    covered[row as usize] = true;
                }
            } else {
                opening[site.index()] = NEVER;
            }
        }
    }

    /// Moves sites to other years, opens, closes and exchanges them while the value rises.
    pub(super) fn bettered(&self, opening: Vec<u32>) -> Vec<u32> {
        if !self.allowed(&opening) {
            return opening;
        }
        let (mut best, mut tried) = (opening, 0);
        let mut value = self.worth(&self.covered(&best));
        let most = 3_000_000 / (self.instance.pair_count() + 1) + 50;
        let mut improved = true;
        while improved && tried < most {
            improved = false;
            for a in 0..best.len() {
                for change in self.changes(&best, a) {
                    if tried >= most {
                        return best;
                    }
                    tried += 1;
                    let before: Vec<(usize, u32)> =
                        change.iter().map(|&(site, _)| (site, best[site])).collect();
                    for &(site, year) in &change {
                        best[site] = year;
                    }
                    let now = self.worth(&self.covered(&best));
                    if now > value && self.allowed(&best) {
                        (value, improved) = (now, true);
                        break;
                    }
                    for &(site, year) in before.iter().rev() {
                        best[site] = year;
                    }
                }
            }
        }
        best
    }

    /// Another year for site `a`, or its year exchanged with another site's.
    pub(super) fn changes(&self, opening: &[u32], a: usize) -> Vec<Vec<(usize, u32)>> {
        if !self.instance.is_open_to_choice(SiteId(a as u32)) {
            return Vec::new();
        }
        let years = (0..self.years() as u32).filter(|&t| t < opening[a]);
        let moves = years.map(|t| vec![(a, t)]);
        let others = (a + 1..opening.len()).filter(|&b| {
            opening[b] != opening[a] && self.instance.is_open_to_choice(SiteId(b as u32))
        });
        let swaps = others.map(|b| vec![(a, opening[b]), (b, opening[a])]);
        moves.chain(swaps).collect()
    }

    pub(super) fn plan(&self, found: Found) -> PhasedPlan {
        let status = status(&found);
        let greedy = self.year_by_year();
        let year_by_year = self.allowed(&greedy).then(|| self.worth(&self.covered(&greedy)));
        let opening = found
            .best
            .as_ref()
            .map_or_else(|| vec![NEVER; self.instance.site_count()], |best| self.openings(&best.0));
        let mut openings: Vec<(u32, SiteId)> = self
            .instance
            .sites()
            .map(|site| (opening[site.index()], site))
            .filter(|&(year, _)| year != NEVER)
            .collect();
        openings.sort_unstable();
        let covered = self.covered(&opening);
        PhasedPlan {
            openings,
            value: self.worth(&covered),
            covered,
            spent: self.spent(&opening, |site| self.instance.cost(site)),
            bound: found.bound.max(0),
            year_by_year,
            status,
            certificate: found.tree,
        }
    }
}

impl Judge for PhasesJudge<'_> {
    fn value(&self, plan: &[bool]) -> Option<i64> {
        let opening = self.openings(plan);
        let closes = self.decisions(&opening) != plan;
        (!closes && self.allowed(&opening)).then(|| self.worth(&self.covered(&opening)))
    }

    fn round(&self, guide: &[f64]) -> Option<Vec<bool>> {
        let sites = self.instance.site_count();
        let mut opening = vec![NEVER; sites];
        self.open_required(&mut opening);
        for t in 0..self.years() {
            let mut order: Vec<usize> = (0..sites)
                .filter(|&site| guide[t * sites + site] > 0.01 && opening[site] == NEVER)
                .filter(|&site| self.instance.is_open_to_choice(SiteId(site as u32)))
                .collect();
            order.sort_by(|&a, &b| {
                guide[t * sites + b].total_cmp(&guide[t * sites + a]).then(a.cmp(&b))
            });
            for site in order {
                opening[site] = t as u32;
                if guide[t * sites + site] < 0.3 || !self.affordable(&opening) {
                    opening[site] = NEVER;
                }
            }
            self.fill(&mut opening, t as u32);
        }
        let opening = self.bettered(opening);
        self.allowed(&opening).then(|| self.decisions(&opening))
    }
}
