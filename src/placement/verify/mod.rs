//! Re-checks a solution without any solver code: the plan, its value, and the certificate of its bound.
//!
//! Everything is whole-number arithmetic. The time is linear in the size of the instance for the plan, and in
//! the size of the certificate times what its multiplier sets touch for the proof.

mod plan;
mod proof;
mod rejection;
mod state;
mod weigh;

pub use rejection::Rejection;

use super::instance::{CoverInstance, SUM_LIMIT};
use super::problem::{CoverProblem, Objective};
use super::solution::{Infeasibility, PlacementSolution, SolutionStatus};

/// Checks that `solution` answers `problem` on `instance`: its plan keeps every rule and has the value claimed,
/// and its certificate proves the bound (or that there is no plan).
///
/// # Errors
/// [`Rejection`]: the first thing found wrong.
pub fn verify(
    instance: &CoverInstance,
    problem: &CoverProblem,
    solution: &PlacementSolution,
) -> Result<(), Rejection> {
    if *problem != solution.problem {
        return Err(Rejection::OtherProblem);
    }
    let fits = fits(instance, problem);
    match &solution.status {
        SolutionStatus::Infeasible { reason } => {
            no_plan(solution)?;
            if solution.bound != 0 {
                return Err(Rejection::PlanWithoutPlan);
            }
            if *reason != Infeasibility::Together
                && solution.certificate.nodes.len() + solution.certificate.multipliers.len() > 0
            {
                return Err(Rejection::PlanWithoutPlan);
            }
            plan::reason_holds(instance, problem, reason)?;
            match reason {
                Infeasibility::Together => proof::no_plan_left(instance, problem, solution),
                _ => Ok(()),
            }
        }
        _ if !fits => Err(Rejection::RulesDoNotFit),
        SolutionStatus::Unsolved => only_bound(instance, problem, solution),
        SolutionStatus::Cancelled if solution.chosen.is_empty() => {
            if plan::value(instance, problem, &[]).is_ok()
                && plan::keeps_rules(instance, problem, &[]).is_ok()
            {
                check_both(instance, problem, solution)
            } else {
                only_bound(instance, problem, solution)
            }
        }
        SolutionStatus::Optimal | SolutionStatus::Feasible | SolutionStatus::Cancelled => {
            check_both(instance, problem, solution)
        }
    }
}

fn no_plan(solution: &PlacementSolution) -> Result<(), Rejection> {
    let nothing = solution.chosen.is_empty() && solution.value == 0;
    if nothing { Ok(()) } else { Err(Rejection::PlanWithoutPlan) }
}

/// A search that ended without a plan has its bound alone to show; 0 says that it has none.
fn only_bound(
    instance: &CoverInstance,
    problem: &CoverProblem,
    solution: &PlacementSolution,
) -> Result<(), Rejection> {
    no_plan(solution)?;
    if solution.bound == 0 { Ok(()) } else { proof::bound_holds(instance, problem, solution) }
}

/// Whether the rules name sites of the instance, and amounts are amounts.
fn fits(instance: &CoverInstance, problem: &CoverProblem) -> bool {
    let amount = |number: i64| (0..=SUM_LIMIT).contains(&number);
    let target = match problem.objective {
        Objective::CoverWeight { target, .. } => amount(target),
        Objective::CoverAll { .. } | Objective::MostWeight => true,
    };
    target && problem.rules.budget.is_none_or(amount) && problem.rules.fit(instance)
}

fn check_both(
    instance: &CoverInstance,
    problem: &CoverProblem,
    solution: &PlacementSolution,
) -> Result<(), Rejection> {
    plan::keeps_rules(instance, problem, &solution.chosen)?;
    let found = plan::value(instance, problem, &solution.chosen)?;
    let (value, bound) = (solution.value, solution.bound);
    if found != value {
        return Err(Rejection::WrongValue { claimed: value, found });
    }
    if (problem.maximizes() && value > bound) || (!problem.maximizes() && value < bound) {
        return Err(Rejection::BoundBeaten { value, bound });
    }
    if solution.status == SolutionStatus::Optimal && value != bound {
        return Err(Rejection::OptimalWithGap { value, bound });
    }
    proof::bound_holds(instance, problem, solution)
}

#[cfg(test)]
mod tests;
