//! The way every covering problem takes: checks, reductions, search, bounds, branch and bound.

use super::certificate::Certificate;
use super::effort::{Effort, SearchOptions};
use super::explore::Explorer;
use super::finder::Finder;
use super::instance::{CoverInstance, SiteStatus};
use super::ledger::Ledger;
use super::problem::{CoverProblem, Objective};
use super::reduce::{Reduced, reduce};
use super::solution::{Infeasibility, Monitor, PlacementSolution, SolutionStatus};
use crate::ids::SiteId;

/// Solves `problem` on `instance`.
pub(super) fn solve(
    instance: &CoverInstance,
    problem: CoverProblem,
    options: SearchOptions,
    monitor: &dyn Monitor,
) -> PlacementSolution {
    if let Some(reason) = plain_reason(instance, &problem) {
        return without_plan(
            problem,
            SolutionStatus::Infeasible { reason },
            Certificate::default(),
        );
    }
    let reduced = reduce(instance, &problem);
    let mut effort = Effort::new(options, monitor);
    effort.spend(instance.pair_count() as u64);
    let (solved, steps) = explore(instance, &problem, reduced, (options, &mut effort));
    let Solved { best, bound, complete, mut certificate } = solved;
    certificate.reductions = steps;
    let sign = if problem.maximizes() { -1 } else { 1 };
    let cancelled = effort.is_cancelled();
    match (best, bound) {
        (Some((chosen, value)), bound) => {
            let bound = bound.map_or(value, |bound| bound.min(value));
            let status = if bound == value {
                SolutionStatus::Optimal
            } else if cancelled {
                SolutionStatus::Cancelled
            } else {
                SolutionStatus::Feasible
            };
            PlacementSolution {
                problem,
                chosen,
                value: sign * value,
                bound: sign * bound,
                status,
                certificate,
            }
        }
        (None, _) if complete => {
            let status = SolutionStatus::Infeasible { reason: Infeasibility::Together };
            without_plan(problem, status, certificate)
        }
        (None, bound) => {
            let status =
                if cancelled { SolutionStatus::Cancelled } else { SolutionStatus::Unsolved };
            let mut solution = without_plan(problem, status, certificate);
            solution.bound = sign * bound.unwrap_or(0);
            solution
        }
    }
}

/// What came out of the exploration.
struct Solved {
    best: Option<(Vec<SiteId>, i64)>,
    bound: Option<i64>,
    complete: bool,
    certificate: Certificate,
}

fn explore(
    instance: &CoverInstance,
    problem: &CoverProblem,
    reduced: Reduced,
    (options, effort): (SearchOptions, &mut Effort<'_>),
) -> (Solved, Vec<super::certificate::Reduction>) {
    let mut ledger = Ledger::new(&problem.rules, instance.site_count());
    for site in &reduced.inside {
        ledger.add(site.0, instance.cost(*site));
    }
    let Reduced { steps, inside, classes, model, unreached } = reduced;
    let ids: Vec<u32> = inside.iter().map(|site| site.0).collect();
    let finder = Finder::new(instance, problem, (&model, inside), ledger.clone(), options);
    let explorer =
        Explorer::new(instance, problem, (&model, unreached), (ledger, ids), (finder, effort));
    let (found, finder) = explorer.run(model.clone(), classes);
    let solved = Solved {
        best: finder.best(),
        bound: found.bound,
        complete: found.complete,
        certificate: found.certificate,
    };
    (solved, steps)
}

fn without_plan(
    problem: CoverProblem,
    status: SolutionStatus,
    certificate: Certificate,
) -> PlacementSolution {
    PlacementSolution { problem, chosen: Vec::new(), value: 0, bound: 0, status, certificate }
}

/// A reason of infeasibility that one rule gives.
fn plain_reason(instance: &CoverInstance, problem: &CoverProblem) -> Option<Infeasibility> {
    let rules = &problem.rules;
    if !rules.fit(instance) {
        return Some(Infeasibility::RulesDoNotFit);
    }
    let is_required = |site: SiteId| instance.status(site) == SiteStatus::Required;
    let required: Vec<SiteId> = instance.sites().filter(|site| is_required(*site)).collect();
    let count = required.len() as u64;
    if rules.max_sites.is_some_and(|most| count > u64::from(most)) {
        return Some(Infeasibility::RequiredOverCount { required: count });
    }
    let cost: i64 = required.iter().map(|site| instance.cost(*site)).sum();
    if rules.budget.is_some_and(|budget| cost > budget) {
        return Some(Infeasibility::RequiredOverBudget { cost });
    }
    if let Some(&sites) = rules.conflicts.iter().find(|(a, b)| is_required(*a) && is_required(*b)) {
        return Some(Infeasibility::RequiredTooClose { sites });
    }
    for (group, rule) in rules.groups.iter().enumerate() {
        let group = group as u32;
        let open = rule.sites.iter().filter(|site| instance.is_open_to_choice(**site)).count();
        if open < rule.min as usize {
            return Some(Infeasibility::GroupTooSmall { group });
        }
        if rule.sites.iter().filter(|site| is_required(**site)).count() > rule.max as usize {
            return Some(Infeasibility::GroupOverfull { group });
        }
    }
    coverage_reason(instance, problem)
}

fn coverage_reason(instance: &CoverInstance, problem: &CoverProblem) -> Option<Infeasibility> {
    let open_rows = || {
        let mut reached = vec![false; instance.row_count()];
        for site in instance.sites().filter(|site| instance.is_open_to_choice(*site)) {
            instance.rows_of(site).iter().for_each(|&row| reached[row as usize] = true);
        }
        reached
    };
    match problem.objective {
        Objective::MostWeight => None,
        Objective::CoverAll { .. } => {
            let reached = open_rows();
            let missed = |row: &usize| !reached[*row] && !instance.is_settled(*row);
            let rows: Vec<u32> = (0..reached.len()).filter(missed).map(|row| row as u32).collect();
            (!rows.is_empty()).then_some(Infeasibility::UnreachedRows { rows })
        }
        Objective::CoverWeight { target, .. } => {
            let reached = open_rows();
            let rows = (0..reached.len()).filter(|row| reached[*row]);
            let reachable: i64 = rows.map(|row| instance.weight(row)).sum();
            (reachable < target).then_some(Infeasibility::TargetOutOfReach { reachable })
        }
    }
}
