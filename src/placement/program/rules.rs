//! Rows for the rules that plans of every problem keep: states of sites, counts, budget, spacing, groups.

use super::Program;
use crate::ids::{Id, SiteId};
use crate::placement::explain::marginal_curve;
use crate::placement::instance::{CoverInstance, SiteStatus};
use crate::placement::problem::SiteRules;

/// Adds one row for each rule, over decisions `first + site`: states in site order, number of sites, budget,
/// conflicts, group maxima, group minima.
pub(in crate::placement) fn add_rules(
    program: &mut Program,
    instance: &CoverInstance,
    rules: &SiteRules,
    first: u32,
) {
    let of = |site: SiteId| first + site.0;
    for site in instance.sites() {
        match instance.status(site) {
            SiteStatus::Free => {}
            SiteStatus::Required => {
                program.at_least([(of(site), 1)], 1);
            }
            SiteStatus::Forbidden | SiteStatus::Existing => {
                program.at_most([(of(site), 1)], 0);
            }
        }
    }
    if let Some(most) = rules.max_sites {
        program.at_most(instance.sites().map(|site| (of(site), 1)), i64::from(most));
    }
    if let Some(budget) = rules.budget {
        let costs = instance.sites().map(|site| (of(site), instance.cost(site)));
        program.at_most(costs.filter(|&(_, cost)| cost != 0), budget);
    }
    for &(a, b) in &rules.conflicts {
        program.at_most([(of(a), 1), (of(b), 1)], 1);
    }
    for group in &rules.groups {
        program.at_most(group.sites.iter().map(|&s| (of(s), 1)), i64::from(group.max));
    }
    for group in &rules.groups {
        program.at_least(group.sites.iter().map(|&s| (of(s), 1)), i64::from(group.min));
    }
}

/// Whether a plan keeps all rules; `open[site]` says what is chosen.
pub(in crate::placement) fn keeps_rules(
    instance: &CoverInstance,
    rules: &SiteRules,
    open: &[bool],
) -> bool {
    let state = instance.sites().all(|site| match instance.status(site) {
        SiteStatus::Free => true,
        SiteStatus::Required => open[site.index()],
        SiteStatus::Forbidden | SiteStatus::Existing => !open[site.index()],
    });
    state && keeps_upper_rules(instance, rules, open) && keeps_minima(rules, open)
}

/// Whether what is chosen breaks no rule that more sites could only break further.
pub(in crate::placement) fn keeps_upper_rules(
    instance: &CoverInstance,
    rules: &SiteRules,
    open: &[bool],
) -> bool {
    let count = open.iter().filter(|&&open| open).count();
    let chosen = || instance.sites().filter(|site| open[site.index()]);
    rules.max_sites.is_none_or(|most| count <= most as usize)
        && rules
            .budget
            .is_none_or(|budget| chosen().map(|site| instance.cost(site)).sum::<i64>() <= budget)
        && rules.conflicts.iter().all(|&(a, b)| !(open[a.index()] && open[b.index()]))
        && rules.groups.iter().all(|group| inside(&group.sites, open) <= group.max as usize)
}

fn keeps_minima(rules: &SiteRules, open: &[bool]) -> bool {
    rules.groups.iter().all(|group| inside(&group.sites, open) >= group.min as usize)
}

fn inside(sites: &[SiteId], open: &[bool]) -> usize {
    sites.iter().filter(|site| open[site.index()]).count()
}

/// Sites taken in order of `guide` (then of id) while the upper rules are kept; required ones first.
pub(in crate::placement) fn take_in_order(
    instance: &CoverInstance,
    rules: &SiteRules,
    guide: &[f64],
) -> Vec<bool> {
    let mut open = vec![false; instance.site_count()];
    let mut order: Vec<SiteId> =
        instance.sites().filter(|&site| instance.is_open_to_choice(site)).collect();
    let required = |site: SiteId| instance.status(site) == SiteStatus::Required;
    let needed = |site: SiteId| {
        rules.groups.iter().any(|group| group.min > 0 && group.sites.binary_search(&site).is_ok())
    };
    order.sort_by(|&a, &b| {
        (required(b), needed(b))
            .cmp(&(required(a), needed(a)))
            .then(guide[b.index()].total_cmp(&guide[a.index()]).then(a.cmp(&b)))
    });
    for site in order {
        open[site.index()] = true;
        let useful = required(site) || guide[site.index()] > 1e-6 || needed(site);
        if !useful || !keeps_upper_rules(instance, rules, &open) {
            open[site.index()] = false;
        }
    }
    open
}

/// A guide for a first plan: sites in the order in which each next one newly covers most, 1 for the first and less for
/// each after it; 0 for those that add nothing.
pub(in crate::placement) fn greedy_guide(instance: &CoverInstance) -> Vec<f64> {
    let mut guide = vec![0.0; instance.site_count()];
    for (place, step) in marginal_curve(instance).iter().enumerate() {
        guide[step.site.index()] = 1.0 / (1.0 + place as f64);
    }
    guide
}

/// Rows with the same sites, merged: sites and weight of each class, in the order of its first row.
/// Settled rows and rows nobody may reach are left out.
pub(in crate::placement) fn classes(instance: &CoverInstance) -> Vec<(Vec<u32>, i64)> {
    let mut seen: std::collections::BTreeMap<Vec<u32>, usize> = std::collections::BTreeMap::new();
    let mut classes: Vec<(Vec<u32>, i64)> = Vec::new();
    for row in 0..instance.row_count() {
        let weight = instance.weight(row);
        let sites: Vec<u32> = instance
            .sites_of(row)
            .iter()
            .copied()
            .filter(|&site| instance.is_open_to_choice(SiteId(site)))
            .collect();
        if sites.is_empty() || weight == 0 {
            continue;
        }
        if let Some(&class) = seen.get(&sites) {
            classes[class].1 += weight;
        } else {
            seen.insert(sites.clone(), classes.len());
            classes.push((sites, weight));
        }
    }
    classes
}

/// The greatest common divisor of `numbers`, at least 1.
pub(in crate::placement) fn common_unit(numbers: impl IntoIterator<Item = i64>) -> i64 {
    let gcd = |mut a: i64, mut b: i64| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a.abs()
    };
    numbers.into_iter().fold(0, gcd).max(1)
}

/// Betters a plan by single flips and by swaps of one site in for one out, first gain taken, until none is left
/// or so many plans were valued.
pub(in crate::placement) fn better(
    judge: &dyn super::Judge,
    mut plan: Vec<bool>,
    most: usize,
) -> Vec<bool> {
    let Some(mut value) = judge.value(&plan) else { return plan };
    let mut valued = 0;
    let mut improved = true;
    while improved && valued < most {
        improved = false;
        for a in 0..plan.len() {
            // `b == a` is a flip; the others change two places in opposite ways.
            for b in a..plan.len() {
                if valued >= most || (b != a && plan[a] == plan[b]) {
                    continue;
                }
                flip(&mut plan, a, b);
                valued += 1;
                match judge.value(&plan) {
                    Some(now) if now > value => {
                        value = now;
                        improved = true;
                    }
                    _ => flip(&mut plan, a, b),
                }
            }
        }
    }
    plan
}

fn flip(plan: &mut [bool], a: usize, b: usize) {
    plan[a] = !plan[a];
    if b != a {
        plan[b] = !plan[b];
    }
}
