//! From what the search over a program found to the words of a plan.

use super::instance::{CoverInstance, SiteStatus};
use super::problem::SiteRules;
use super::program::{Found, Signal};
use super::solution::{Improvement, Infeasibility, Monitor, SolutionStatus, relative_gap};
use crate::ids::SiteId;

/// Tells a [`Monitor`] what the search finds.
pub(super) struct Relay<'a> {
    pub(super) monitor: &'a dyn Monitor,
    pub(super) sites: &'a dyn Fn(&[bool]) -> Vec<SiteId>,
}

impl Signal for Relay<'_> {
    fn improved(&self, value: Option<i64>, bound: i64, plan: &[bool]) {
        let chosen = if value.is_some() { (self.sites)(plan) } else { Vec::new() };
        let gap = value.map_or(1.0, |value| relative_gap(value, bound, bound));
        self.monitor.improved(&Improvement { value, bound, gap, chosen: &chosen });
    }

    fn stop(&self) -> bool {
        self.monitor.is_cancelled()
    }
}

/// How far the solver came.
pub(super) fn status(found: &Found) -> SolutionStatus {
    match &found.best {
        Some((_, value)) if *value == found.bound => SolutionStatus::Optimal,
        None if found.infeasible => SolutionStatus::Infeasible { reason: Infeasibility::Together },
        _ if found.stopped => SolutionStatus::Cancelled,
        Some(_) => SolutionStatus::Feasible,
        None => SolutionStatus::Unsolved,
    }
}

/// The sites of a plan whose decision `first + site` is taken.
pub(super) fn chosen_from(plan: &[bool], first: usize, sites: usize) -> Vec<SiteId> {
    let taken = plan[first..first + sites].iter().enumerate().filter(|(_, open)| **open);
    taken.map(|(site, _)| SiteId(site as u32)).collect()
}

/// A single rule that no plan can keep, if there is one.
pub(super) fn blame(instance: &CoverInstance, rules: &SiteRules) -> Option<Infeasibility> {
    if !rules.fit(instance) {
        return Some(Infeasibility::RulesDoNotFit);
    }
    let needed = |site: SiteId| instance.status(site) == SiteStatus::Required;
    let required: Vec<SiteId> = instance.sites().filter(|&site| needed(site)).collect();
    if rules.max_sites.is_some_and(|most| required.len() > most as usize) {
        return Some(Infeasibility::RequiredOverCount { required: required.len() as u64 });
    }
    let cost: i64 = required.iter().map(|&site| instance.cost(site)).sum();
    if rules.budget.is_some_and(|budget| cost > budget) {
        return Some(Infeasibility::RequiredOverBudget { cost });
    }
    if let Some(&sites) = rules.conflicts.iter().find(|&&(a, b)| a != b && needed(a) && needed(b)) {
        return Some(Infeasibility::RequiredTooClose { sites });
    }
    for (index, group) in rules.groups.iter().enumerate() {
        let open = group.sites.iter().filter(|&&site| instance.is_open_to_choice(site)).count();
        let forced = group.sites.iter().filter(|&&site| needed(site)).count();
        if open < group.min as usize {
            return Some(Infeasibility::GroupTooSmall { group: index as u32 });
        }
        if forced > group.max as usize {
            return Some(Infeasibility::GroupOverfull { group: index as u32 });
        }
    }
    None
}
