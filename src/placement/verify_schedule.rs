//! Re-checks a plan in yearly phases, without any code of the solvers.

use crate::ids::{Id, SiteId};

use super::instance::CoverInstance;
use super::problem::SiteRules;
use super::schedule::{Schedule, Scope, bound, pool_instance, pool_rules, question, relaxed};
use super::solution::SolutionStatus;
use super::verify::{Rejection, verify};
use super::verify_phases::verify_phases;
use super::verify_tree::PlanFault;

/// Why a phased plan is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleFault {
    /// Sites that are not there, out of order or named twice.
    #[error("the sites among which the years were chosen are not sites of the instance, each once")]
    Pool,
    /// The rules on the pool are not those of the plan.
    #[error("the rules of the years are not those of the plan")]
    Rules,
    /// The order or its bound.
    #[error("the years: {0}")]
    Years(#[from] PlanFault),
    /// More or fewer bounds than years.
    #[error("there are {found} yearly bounds for {years} years")]
    Bounds {
        /// How many there are.
        found: usize,
        /// How many there must be.
        years: usize,
    },
    /// The bound of a year.
    #[error("the bound of year {year}: {fault}")]
    Yearly {
        /// The year, from 1.
        year: usize,
        /// What is wrong.
        fault: Rejection,
    },
    /// The bound in all.
    #[error("no plan is said to be better than {said}, but the bounds prove {proven}")]
    Bound {
        /// As said.
        said: i64,
        /// As proven.
        proven: i64,
    },
    /// The sites that open are not those of the plan.
    #[error("the sites that open over the years are not the chosen sites")]
    Chosen,
    /// An instance that cannot be built again.
    #[error("the instance is none: {0}")]
    Instance(#[from] super::instance::InstanceError),
}

/// Checks `schedule` against the plan of `chosen` sites (sorted) under `rules` (those in all years).
///
/// # Errors
/// [`ScheduleFault`], the first fault found.
pub fn verify_schedule(
    instance: &CoverInstance,
    (rules, chosen): (&SiteRules, &[SiteId]),
    schedule: &Schedule,
) -> Result<(), ScheduleFault> {
    let Schedule { scope, pool, problem, plan, yearly, .. } = schedule;
    if !pool.is_sorted_by(|a, b| a < b) || pool.iter().any(|s| s.index() >= instance.site_count()) {
        return Err(ScheduleFault::Pool);
    }
    if problem.rules != pool_rules(rules, pool, *scope) {
        return Err(ScheduleFault::Rules);
    }
    let own = pool_instance(instance, pool, *scope)?;
    verify_phases(&own, problem, plan)?;
    let years = problem.years.len();
    if yearly.len() != years {
        return Err(ScheduleFault::Bounds { found: yearly.len(), years });
    }
    let (base, rules) = match scope {
        Scope::Order => (relaxed(&own)?, &problem.rules),
        Scope::Sites => (relaxed(instance)?, rules),
    };
    for (t, most) in yearly.iter().enumerate() {
        let asked = question(rules, problem, t);
        let fault = |fault| ScheduleFault::Yearly { year: t + 1, fault };
        verify(&base, &asked, most).map_err(fault)?;
    }
    let proven = bound(*scope, problem, (plan, yearly));
    if proven != schedule.bound {
        return Err(ScheduleFault::Bound { said: schedule.bound, proven });
    }
    let has_plan =
        !matches!(plan.status, SolutionStatus::Infeasible { .. } | SolutionStatus::Unsolved);
    if has_plan && schedule.chosen() != chosen {
        return Err(ScheduleFault::Chosen);
    }
    Ok(())
}
