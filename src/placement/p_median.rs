//! The p-median problem: at most p sites so that people walk least in all.
//!
//! ```text
//! min sum w_i d_ij x_ij,   sum over j of x_ij = 1,   x_ij <= y_j,   sum of y_j <= p,   y_j in {0, 1}
//! ```
//!
//! (Hakimi 1964; `ReVelle` and Swain 1970.) Existing sites are a way out for each row, and so is the time the
//! unserved count as. Steps: equal rows are merged; a plan by greedy and interchange (`p_median/search.rs`);
//! a Lagrangian bound with reduced-cost fixing (`p_median/dual.rs`); what is left by branch and bound
//! (`p_median/tree.rs`), in the manner of Beasley (1993, "Lagrangean heuristics for location problems").
//! The bound counts as proof only in whole numbers: `verify_assignment` re-checks every node.

mod dual;
mod model;
mod search;
mod tree;

use super::assign_solution::{AssignEffort, AssignSolution, Budget, plain_infeasibility};
use super::assignment::{AssignInstance, AssignProblem};
use super::solution::{Infeasibility, Monitor, SolutionStatus};
use dual::Rest;
use model::Model;
use search::{Random, first_plan, perturb};
use tree::Tree;

/// Perturbations before the first bound.
const FIRST_ROUNDS: usize = 20;

/// Solves a p-median problem; stops early when the monitor says so or the work is used up, and then says
/// how far it came. The same instance, problem and effort give the same answer.
pub fn solve_p_median(
    instance: &AssignInstance,
    problem: &AssignProblem,
    effort: AssignEffort,
    monitor: &dyn Monitor,
) -> AssignSolution {
    if let Some(reason) = plain_infeasibility(instance, problem) {
        return AssignSolution::infeasible(*problem, reason);
    }
    let model = Model::new(instance, problem);
    let most = problem.max_sites as usize;
    let mut budget = Budget::new(effort, monitor);
    let plan = first_plan(&model, most, &mut budget);
    let scale = scale(&model);
    let mut tree = Tree::new(instance, problem, &model, scale, &mut budget);
    tree.offer(&plan);
    let plan = perturb(plan, most, FIRST_ROUNDS, &mut Random(effort.seed), tree.budget);
    tree.offer(&plan);
    let lowest = tree.run(Rest::whole(&model, most, scale), plan.prices(scale));
    finish(problem, tree, lowest)
}

fn finish(problem: &AssignProblem, tree: Tree<'_, '_>, lowest: i128) -> AssignSolution {
    let bound = tree.as_value(lowest);
    let proven = tree.proves(lowest);
    let status = match (tree.best.value, proven) {
        (Some(value), _) if value == bound => SolutionStatus::Optimal,
        (None, true) => SolutionStatus::Infeasible { reason: Infeasibility::Together },
        _ if tree.budget.is_cancelled() => SolutionStatus::Cancelled,
        (Some(_), _) => SolutionStatus::Feasible,
        (None, false) => SolutionStatus::Unsolved,
    };
    AssignSolution {
        problem: *problem,
        chosen: tree.ids(),
        value: tree.best.value.unwrap_or(0),
        bound,
        status,
        certificate: tree.proof.certificate(tree.scale, Vec::new()),
    }
}

/// A power of two that leaves room for the dearest plan, at most 1024.
fn scale(model: &Model) -> i64 {
    let dearest =
        (0..model.row_count()).map(|row| i128::from(model.weights[row] * model.way_out[row]));
    let room = i128::from(i64::MAX / 4) / dearest.sum::<i128>().max(1);
    let mut scale = 1;
    while scale < 1024 && i128::from(scale) * 2 <= room {
        scale *= 2;
    }
    scale
}
