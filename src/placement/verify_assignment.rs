//! Re-checks an assignment plan and its proof in whole numbers, without any code of the solvers.
//!
//! A list of prices `v_i >= 0` turns each site into a number `r_j <= 0` such that, whatever sites inside and
//! at most `k` others are chosen, a plan costs at least
//!
//! ```text
//! base + sum of r_j over the sites inside + sum of the k least r_j of the sites undecided
//! ```
//!
//! *Median*: `base = sum w_i v_i`, `r_j = sum w_i min(0, scale d_ij - v_i)`; existing sites and the time of the
//! unserved are sites always inside. *Center*, for plans shorter than the bound: `base = sum v_i`,
//! `r_j = - sum v_i` over the rows nearer than the bound; above 0 it says that `k` sites cannot serve all the
//! rows inside sites leave. Each list is priced once, each node of the tree read once.

mod checker;

use super::assign_solution::AssignSolution;
use super::assignment::{AssignGoal, AssignInstance};
use super::instance::{SUM_LIMIT, SiteStatus};
use super::solution::{Infeasibility, SolutionStatus};
use crate::ids::{Id, SiteId};
use crate::units::WalkTime;
use checker::Checker;

/// What is wrong with a solution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignFault {
    /// The chosen sites are not sorted, repeat, or do not exist.
    #[error("the chosen sites are not a sorted list of sites of the instance")]
    ChosenList,
    /// A chosen site is forbidden or exists already.
    #[error("site {0} is chosen, but forbidden or existing")]
    NotOpen(u32),
    /// A required site is not chosen.
    #[error("site {0} is required, but not chosen")]
    RequiredMissing(u32),
    /// More sites than may be chosen.
    #[error("{0} sites are chosen, more than may be")]
    TooManySites(usize),
    /// A demand row with people is not served.
    #[error("demand row {0} is not served")]
    Unserved(u32),
    /// The value is not what the sites reach.
    #[error("the value is said to be {said}, but the sites reach {found}")]
    Value {
        /// What the solution says.
        said: i64,
        /// What the sites reach.
        found: i64,
    },
    /// The status does not go with value and bound.
    #[error("the status does not go with the value and the bound")]
    Status,
    /// The reason given for having no plan does not hold.
    #[error("the reason given for having no plan does not hold")]
    Reason,
    /// The scale, a list of prices, or a site left out is malformed.
    #[error("the certificate is malformed: {0}")]
    Malformed(&'static str),
    /// A site is left out that its stand-in does not replace.
    #[error("site {0} is left out, but the site named does not serve all it serves")]
    Dominance(u32),
    /// The nodes are not one tree.
    #[error("node {0} of the proof does not belong to one tree")]
    Tree(u32),
    /// A node does not prove what it says.
    #[error("node {0} of the proof does not prove the bound")]
    Unproven(u32),
}

/// How many times the real prices those of a certificate are, at most.
const SCALE_MAX: i64 = 1 << 30;

/// Checks the plan, its value, its status and the proof of its bound.
///
/// # Errors
/// The first [`AssignFault`] found.
pub fn verify_assignment(
    instance: &AssignInstance,
    solution: &AssignSolution,
) -> Result<(), AssignFault> {
    let nothing = solution.chosen.is_empty() && solution.value == 0;
    match &solution.status {
        SolutionStatus::Infeasible { reason } => {
            let certificate = &solution.certificate;
            let is_plain =
                solution.bound == 0 && certificate.nodes.len() + certificate.prices.len() == 0;
            if !nothing || !(is_plain || *reason == Infeasibility::Together) {
                return Err(AssignFault::Status);
            }
            verify_reason(instance, solution, reason)
        }
        SolutionStatus::Unsolved => {
            if !nothing {
                return Err(AssignFault::Status);
            }
            verify_bound(instance, solution, solution.bound)
        }
        status => {
            if *status != SolutionStatus::Cancelled || !nothing {
                verify_plan(instance, solution)?;
                let gap = solution.bound < solution.value;
                if solution.bound > solution.value || (*status == SolutionStatus::Optimal) == gap {
                    return Err(AssignFault::Status);
                }
            }
            verify_bound(instance, solution, solution.bound)
        }
    }
}

fn verify_plan(instance: &AssignInstance, solution: &AssignSolution) -> Result<(), AssignFault> {
    let chosen = &solution.chosen;
    let in_range = chosen.last().is_none_or(|site| site.index() < instance.site_count());
    if !chosen.is_sorted_by(|a, b| a < b) || !in_range {
        return Err(AssignFault::ChosenList);
    }
    let open = |site: &&SiteId| {
        !matches!(instance.status(**site), SiteStatus::Free | SiteStatus::Required)
    };
    if let Some(site) = chosen.iter().find(open) {
        return Err(AssignFault::NotOpen(site.0));
    }
    if let Some(site) = instance.required().find(|site| chosen.binary_search(site).is_err()) {
        return Err(AssignFault::RequiredMissing(site.0));
    }
    if chosen.len() as u64 > u64::from(solution.problem.max_sites) {
        return Err(AssignFault::TooManySites(chosen.len()));
    }
    let found = reached(instance, solution)?;
    if found != i128::from(solution.value) {
        let found = i64::try_from(found).unwrap_or(i64::MAX);
        return Err(AssignFault::Value { said: solution.value, found });
    }
    Ok(())
}

/// What the chosen sites reach.
fn reached(instance: &AssignInstance, solution: &AssignSolution) -> Result<i128, AssignFault> {
    let mut value = 0_i128;
    for row in 0..instance.row_count() {
        let weight = i128::from(instance.weight(row));
        if weight == 0 {
            continue;
        }
        let mut least = i128::from(instance.existing_time(row).as_ms());
        if let AssignGoal::Median { unserved: Some(time) } = solution.problem.goal {
            least = least.min(i128::from(time.as_ms()));
        }
        for walk in instance.walks(row) {
            if solution.chosen.binary_search(&walk.site).is_ok() {
                least = least.min(i128::from(walk.ms));
            }
        }
        if least == i128::from(u32::MAX) {
            return Err(AssignFault::Unserved(row as u32));
        }
        match solution.problem.goal {
            AssignGoal::Median { .. } => value += weight * least,
            AssignGoal::Center => value = value.max(least),
        }
    }
    Ok(value)
}

fn verify_reason(
    instance: &AssignInstance,
    solution: &AssignSolution,
    reason: &Infeasibility,
) -> Result<(), AssignFault> {
    let holds = match reason {
        Infeasibility::RulesDoNotFit => {
            let ms = solution.problem.unserved().map_or(0, |time| i128::from(time.as_ms()));
            ms * i128::from(instance.total_weight()) > i128::from(SUM_LIMIT)
        }
        Infeasibility::RequiredOverCount { required } => {
            *required == instance.required().count() as u64
                && *required > u64::from(solution.problem.max_sites)
        }
        Infeasibility::UnreachedRows { rows } => {
            let lost = |row: usize| {
                instance.weight(row) > 0
                    && instance.walks(row).is_empty()
                    && !instance.existing_time(row).is_reachable()
            };
            let found = (0..instance.row_count()).filter(|&row| lost(row)).map(|row| row as u32);
            solution.problem.serves_everybody()
                && !rows.is_empty()
                && found.eq(rows.iter().copied())
        }
        Infeasibility::Together => {
            let most = dearest(instance, solution);
            return if i128::from(solution.bound) == most + 1 {
                verify_bound(instance, solution, solution.bound)
            } else {
                Err(AssignFault::Reason)
            };
        }
        _ => false,
    };
    if holds { Ok(()) } else { Err(AssignFault::Reason) }
}

/// No plan that serves everybody has a larger value.
fn dearest(instance: &AssignInstance, solution: &AssignSolution) -> i128 {
    let longest = |row: usize| {
        let existing = instance.existing_time(row).reached().map(WalkTime::as_ms);
        let last = instance.walks(row).iter().map(|walk| walk.ms).max();
        i128::from(existing.or(last).unwrap_or(0))
    };
    let rows = (0..instance.row_count()).filter(|&row| instance.weight(row) > 0);
    match solution.problem.goal {
        AssignGoal::Median { .. } => {
            rows.map(|row| i128::from(instance.weight(row)) * longest(row)).sum()
        }
        AssignGoal::Center => rows.map(longest).max().unwrap_or(0),
    }
}

/// Checks the proof that no plan has a value below `bound`.
fn verify_bound(
    instance: &AssignInstance,
    solution: &AssignSolution,
    bound: i64,
) -> Result<(), AssignFault> {
    let certificate = &solution.certificate;
    // Sums of a weight times a scaled time then stay within 128 bits.
    if !(1..=SCALE_MAX).contains(&certificate.scale) {
        return Err(AssignFault::Malformed("the scale is not 1 to 2^30"));
    }
    if certificate.nodes.is_empty() {
        let plain = i128::from(bound) <= plain_bound(instance, solution);
        return if plain { Ok(()) } else { Err(AssignFault::Unproven(0)) };
    }
    let mut checker = Checker::new(instance, solution, bound)?;
    checker.leave_out(&certificate.dominated)?;
    checker.walk(&certificate.nodes)
}

/// The value if every site open to choice were chosen.
fn plain_bound(instance: &AssignInstance, solution: &AssignSolution) -> i128 {
    let all: Vec<SiteId> = (0..instance.site_count() as u32)
        .map(SiteId)
        .filter(|&site| matches!(instance.status(site), SiteStatus::Free | SiteStatus::Required))
        .collect();
    let all = AssignSolution { chosen: all, ..solution.clone() };
    reached(instance, &all).unwrap_or(0)
}
