//! Which solver answers which problem.

use super::lscp::{Coverage, LscpOptions, solve_lscp};
use super::mclp::{MclpOptions, solve_mclp};
use super::{CoverInstance, CoverProblem, Monitor, Objective, PlacementSolution, SearchOptions};

/// Solves a covering problem with everything that `monitor` grants.
pub fn solve(
    instance: &CoverInstance,
    problem: &CoverProblem,
    seed: u64,
    monitor: &dyn Monitor,
) -> PlacementSolution {
    let search = SearchOptions { seed, ..SearchOptions::default() };
    let rules = problem.rules.clone();
    let (coverage, payment) = match problem.objective {
        Objective::MostWeight => {
            return solve_mclp(instance, &MclpOptions { rules, search }, monitor);
        }
        Objective::CoverAll { payment } => (Coverage::Everyone, payment),
        Objective::CoverWeight { target, payment } => (Coverage::Weight(target), payment),
    };
    solve_lscp(instance, &LscpOptions { coverage, payment, rules, search }, monitor)
}
