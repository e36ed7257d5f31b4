//! Rules as rows of the relaxation, and relaxed solutions under one rule with a multiplier found by sorting.

use super::certificate::Multipliers;
use super::ledger::Ledger;
use super::model::Model;

/// A rule of the form `sum a x <= most`, relaxed.
#[derive(Clone, Debug)]
pub(super) struct SideRow {
    pub(super) rule: SideRule,
    pub(super) terms: Vec<(u32, i64)>,
    pub(super) most: i64,
}

/// Which rule a side row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SideRule {
    Count,
    Budget,
    Maximum(u32),
    Minimum(u32),
    Conflict(u32),
}

/// A relaxed solution.
pub(super) struct Relaxed {
    pub(super) low: f64,
    pub(super) theta: f64,
    pub(super) picks: Vec<(u32, f64)>,
    pub(super) reduced: Vec<f64>,
}

impl SideRow {
    pub(super) fn size(&self) -> f64 {
        self.terms.iter().map(|(_, a)| (*a as f64) * (*a as f64)).sum::<f64>().max(1.0)
    }
}

impl SideRule {
    pub(super) fn note(self, set: &mut Multipliers, price: i64) {
        match self {
            Self::Count => set.count = price,
            Self::Budget => set.budget = price,
            Self::Maximum(group) => set.maxima.push((group, price)),
            Self::Minimum(group) => set.minima.push((group, price)),
            Self::Conflict(pair) => set.conflicts.push((pair, price)),
        }
    }
}

/// Cheapest way to reach `need` when sites may be taken in part, its multiplier and its bound.
pub(super) fn relax_target(
    need: f64,
    base: f64,
    active: &[u32],
    terms: (&[f64], &[f64]),
) -> Relaxed {
    let (own, worth) = terms;
    let mut order: Vec<u32> =
        active.iter().copied().filter(|site| worth[*site as usize] > 0.0).collect();
    let ratio = |site: u32| own[site as usize] / worth[site as usize];
    order.sort_unstable_by(|a, b| ratio(*a).total_cmp(&ratio(*b)).then(a.cmp(b)));
    let (mut left, mut theta, mut low) = (need, 0.0, base);
    let mut picks = Vec::new();
    for site in order {
        let at = site as usize;
        if left <= 0.0 && own[at] >= 0.0 {
            break;
        }
        let part = if own[at] < 0.0 { 1.0 } else { (left / worth[at]).min(1.0) };
        theta = ratio(site).max(0.0);
        left -= part * worth[at];
        low += part * own[at];
        picks.push((site, part));
    }
    if need <= 0.0 {
        theta = 0.0;
    }
    Relaxed { low, theta, picks, reduced: Vec::new() }
}

/// Keeps the best part of `picks` that a budget of `most` pays for, the last in part.
pub(super) fn fill_budget(picks: &mut Vec<(u32, f64)>, most: i64, reduced: &[f64], cost: &[i64]) {
    let ratio = |site: u32| {
        let cost = cost[site as usize] as f64;
        if cost > 0.0 { reduced[site as usize] / cost } else { f64::NEG_INFINITY }
    };
    picks.sort_unstable_by(|a, b| ratio(a.0).total_cmp(&ratio(b.0)).then(a.0.cmp(&b.0)));
    let mut left = most.max(0) as f64;
    for (site, part) in picks.iter_mut() {
        let cost = cost[*site as usize] as f64;
        if cost > left {
            *part = if cost > 0.0 { left / cost } else { 1.0 };
        }
        left -= cost * *part;
    }
    picks.retain(|(_, part)| *part > 0.0);
}

/// The multiplier of the budget: the ratio of the site that is taken in part.
pub(super) fn budget_price(most: i64, reduced: &[f64], cost: &[i64]) -> f64 {
    let mut order: Vec<u32> = (0..reduced.len() as u32)
        .filter(|site| reduced[*site as usize] < 0.0 && cost[*site as usize] > 0)
        .collect();
    let ratio = |site: u32| -reduced[site as usize] / cost[site as usize] as f64;
    order.sort_unstable_by(|a, b| ratio(*b).total_cmp(&ratio(*a)).then(a.cmp(b)));
    let mut left = i128::from(most.max(0));
    for site in order {
        left -= i128::from(cost[site as usize]);
        if left < 0 {
            return ratio(site).round();
        }
    }
    0.0
}

/// The rules that still bind on the free sites; the count first, then the budget.
pub(super) fn side_rows(model: &Model, ledger: &Ledger<'_>) -> Vec<SideRow> {
    let sites = model.site_count() as u32;
    let mut rows = Vec::new();
    if let Some(places) = ledger.places_left()
        && places < sites
    {
        let terms = (0..sites).map(|site| (site, 1)).collect();
        rows.push(SideRow { rule: SideRule::Count, terms, most: i64::from(places) });
    }
    if let Some(money) = ledger.money_left()
        && model.cost.iter().map(|cost| i128::from(*cost)).sum::<i128>() > i128::from(money)
    {
        let terms = (0..sites).map(|site| (site, model.cost[site as usize])).collect();
        rows.push(SideRow { rule: SideRule::Budget, terms, most: money });
    }
    let rules = ledger.rules();
    let local = |id: u32| model.sites.binary_search(&id).ok().map(|site| site as u32);
    for (group, rule) in rules.groups.iter().enumerate() {
        let own = rule.sites.iter().filter_map(|site| local(site.0));
        let (terms, inside) =
            (own.map(|site| (site, 1)).collect::<Vec<_>>(), ledger.in_group(group));
        let (most, least) =
            (i64::from(rule.max) - i64::from(inside), i64::from(rule.min) - i64::from(inside));
        let minus = terms.iter().map(|(site, _)| (*site, -1)).collect();
        if most < terms.len() as i64 {
            rows.push(SideRow { rule: SideRule::Maximum(group as u32), terms, most });
        }
        if least > 0 {
            rows.push(SideRow {
                rule: SideRule::Minimum(group as u32),
                terms: minus,
                most: -least,
            });
        }
    }
    for (pair, (a, b)) in rules.conflicts.iter().enumerate() {
        if let (Some(a), Some(b)) = (local(a.0), local(b.0)) {
            let rule = SideRule::Conflict(pair as u32);
            rows.push(SideRow { rule, terms: vec![(a, 1), (b, 1)], most: 1 });
        }
    }
    rows
}
