//! The earliest year in which so many people can be covered.

use super::instance::CoverInstance;
use super::phases::{PhasedPlan, PhasesProblem, solve_phases};
use super::program::Effort;
use super::solution::{Monitor, SolutionStatus};

/// When a target can be reached at the earliest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarliestYear {
    /// In this year (from 0), by this plan; proven impossible before.
    Reached {
        /// The year.
        year: u32,
        /// A plan that reaches it then.
        plan: PhasedPlan,
    },
    /// The work ended at this year, without a plan and without a proof that there is none.
    Open {
        /// The first year not decided.
        year: u32,
    },
    /// Proven: not within these years.
    NotWithin,
}

/// The earliest year in which `target` micro-persons (beside those existing sites cover) can be covered, all of
/// them for the date of full coverage. Earlier milestones of `problem` are kept.
pub fn earliest_year(
    instance: &CoverInstance,
    problem: &PhasesProblem,
    target: i64,
    (effort, monitor): (Effort, &dyn Monitor),
) -> EarliestYear {
    for year in 0..problem.years.len() {
        let mut asked = problem.clone();
        let milestone = asked.years[year].milestone.unwrap_or(0).max(target);
        asked.years[year].milestone = Some(milestone);
        let plan = solve_phases(instance, &asked, effort, monitor);
        match plan.status {
            SolutionStatus::Infeasible { .. } => {}
            SolutionStatus::Unsolved => return EarliestYear::Open { year: year as u32 },
            SolutionStatus::Cancelled if plan.covered.get(year).is_none_or(|&c| c < target) => {
                return EarliestYear::Open { year: year as u32 };
            }
            _ => return EarliestYear::Reached { year: year as u32, plan },
        }
    }
    EarliestYear::NotWithin
}
