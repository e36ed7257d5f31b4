//! Whether a plan keeps the rules, and what it reaches.

use super::rejection::Rejection;
use crate::ids::{Id, SiteId};
use crate::placement::instance::{CoverInstance, SiteStatus};
use crate::placement::problem::{CoverProblem, GroupRule, Objective, Payment};
use crate::placement::solution::Infeasibility;

/// Checks states, order, count, budget, spacing and groups of `chosen`.
pub(super) fn keeps_rules(
    instance: &CoverInstance,
    problem: &CoverProblem,
    chosen: &[SiteId],
) -> Result<(), Rejection> {
    let inside = marked(instance, chosen)?;
    let missing = instance
        .sites()
        .find(|site| instance.status(*site) == SiteStatus::Required && !inside[site.index()]);
    if let Some(site) = missing {
        return Err(Rejection::MissingRequired { site });
    }
    let rules = &problem.rules;
    if let Some(allowed) = rules.max_sites
        && chosen.len() > allowed as usize
    {
        return Err(Rejection::TooManySites { chosen: chosen.len(), allowed });
    }
    let cost: i64 = chosen.iter().map(|&site| instance.cost(site)).sum();
    if let Some(budget) = rules.budget
        && cost > budget
    {
        return Err(Rejection::OverBudget { cost, budget });
    }
    let is_inside = |site: SiteId| inside.get(site.index()).copied().unwrap_or(false);
    if let Some(&sites) = rules.conflicts.iter().find(|pair| is_inside(pair.0) && is_inside(pair.1))
    {
        return Err(Rejection::TooClose { sites });
    }
    for (group, rule) in rules.groups.iter().enumerate() {
        let count = rule.sites.iter().filter(|site| is_inside(**site)).count() as u32;
        if count < rule.min {
            return Err(Rejection::GroupBelowMinimum { group, chosen: count });
        }
        if count > rule.max {
            return Err(Rejection::GroupAboveMaximum { group, chosen: count });
        }
    }
    Ok(())
}

fn marked(instance: &CoverInstance, chosen: &[SiteId]) -> Result<Vec<bool>, Rejection> {
    let mut inside = vec![false; instance.site_count()];
    let mut last = None;
    for &site in chosen {
        let Some(mark) = inside.get_mut(site.index()) else {
            return Err(Rejection::UnknownSite { site });
        };
        if std::mem::replace(mark, true) {
            return Err(Rejection::DuplicateSite { site });
        }
        if last.is_some_and(|last| last > site) {
            return Err(Rejection::UnsortedSites { site });
        }
        last = Some(site);
        match instance.status(site) {
            SiteStatus::Forbidden => return Err(Rejection::ForbiddenSite { site }),
            SiteStatus::Existing => return Err(Rejection::ExistingSite { site }),
            SiteStatus::Free | SiteStatus::Required => {}
        }
    }
    Ok(inside)
}

/// What `chosen` reaches; an error when it misses what must be covered.
pub(super) fn value(
    instance: &CoverInstance,
    problem: &CoverProblem,
    chosen: &[SiteId],
) -> Result<i64, Rejection> {
    let mut covered = vec![false; instance.row_count()];
    for &site in chosen {
        for &row in instance.rows_of(site) {
            covered[row as usize] = true;
        }
    }
    let weight: i64 = covered
        .iter()
        .zip(instance.weights())
        .filter(|(covered, _)| **covered)
        .map(|(_, weight)| weight)
        .sum();
    match problem.objective {
        Objective::MostWeight => {
            Ok(weight + chosen.iter().map(|&site| instance.bonus(site)).sum::<i64>())
        }
        Objective::CoverAll { payment } => {
            match (0..covered.len()).find(|&row| !covered[row] && !instance.is_settled(row)) {
                Some(row) => Err(Rejection::RowUncovered { row }),
                None => Ok(paid(instance, payment, chosen)),
            }
        }
        Objective::CoverWeight { target, payment } => {
            if weight < target {
                return Err(Rejection::TargetMissed { covered: weight, target });
            }
            Ok(paid(instance, payment, chosen))
        }
    }
}

fn paid(instance: &CoverInstance, payment: Payment, chosen: &[SiteId]) -> i64 {
    chosen.iter().map(|&site| price(instance, payment, site)).sum()
}

/// What `site` counts as when payment is minimized.
pub(super) fn price(instance: &CoverInstance, payment: Payment, site: SiteId) -> i64 {
    match payment {
        Payment::PerSite => 1,
        Payment::Cost => instance.cost(site),
    }
}

/// Checks a reason of infeasibility that needs no branch tree.
pub(super) fn reason_holds(
    instance: &CoverInstance,
    problem: &CoverProblem,
    reason: &Infeasibility,
) -> Result<(), Rejection> {
    let required =
        || instance.sites().filter(|site| instance.status(*site) == SiteStatus::Required);
    let rules = &problem.rules;
    let holds = match reason {
        Infeasibility::UnreachedRows { rows } => rows_unreached(instance, problem, rows),
        Infeasibility::TargetOutOfReach { reachable } => {
            let open: Vec<_> =
                instance.sites().filter(|site| instance.is_open_to_choice(*site)).collect();
            let found = instance.covered_weight(&open);
            found == *reachable
                && matches!(problem.objective, Objective::CoverWeight { target, .. } if target > found)
        }
        Infeasibility::RequiredOverCount { required: claimed } => {
            let count = required().count() as u64;
            count == *claimed && rules.max_sites.is_some_and(|allowed| count > u64::from(allowed))
        }
        Infeasibility::RequiredOverBudget { cost } => {
            let found: i64 = required().map(|site| instance.cost(site)).sum();
            found == *cost && rules.budget.is_some_and(|budget| found > budget)
        }
        Infeasibility::RequiredTooClose { sites } => {
            let is_required = |site: SiteId| {
                site.index() < instance.site_count()
                    && instance.status(site) == SiteStatus::Required
            };
            rules.conflicts.contains(sites) && is_required(sites.0) && is_required(sites.1)
        }
        Infeasibility::GroupTooSmall { group } => group_count(
            instance,
            rules.groups.get(*group as usize),
            CoverInstance::is_open_to_choice,
        )
        .is_some_and(|(count, rule)| count < rule.min),
        Infeasibility::GroupOverfull { group } => {
            let is_required =
                |instance: &CoverInstance, site| instance.status(site) == SiteStatus::Required;
            group_count(instance, rules.groups.get(*group as usize), is_required)
                .is_some_and(|(count, rule)| count > rule.max)
        }
        Infeasibility::RulesDoNotFit => !super::fits(instance, problem),
        Infeasibility::Together => super::fits(instance, problem),
        // Only plans of two tiers have centers.
        Infeasibility::NoCenterOver { .. } => false,
    };
    if holds { Ok(()) } else { Err(Rejection::ReasonDoesNotHold) }
}

fn rows_unreached(instance: &CoverInstance, problem: &CoverProblem, rows: &[u32]) -> bool {
    let unreached = |row: &u32| {
        (*row as usize) < instance.row_count()
            && !instance.is_settled(*row as usize)
            && instance
                .sites_of(*row as usize)
                .iter()
                .all(|&site| !instance.is_open_to_choice(SiteId(site)))
    };
    matches!(problem.objective, Objective::CoverAll { .. })
        && !rows.is_empty()
        && rows.is_sorted_by(|a, b| a < b)
        && rows.iter().all(unreached)
}

fn group_count<'a>(
    instance: &CoverInstance,
    rule: Option<&'a GroupRule>,
    counts: impl Fn(&CoverInstance, SiteId) -> bool,
) -> Option<(u32, &'a GroupRule)> {
    let rule = rule?;
    if rule.sites.iter().any(|site| site.index() >= instance.site_count()) {
        return None;
    }
    Some((rule.sites.iter().filter(|site| counts(instance, **site)).count() as u32, rule))
}
