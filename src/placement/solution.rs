//! A plan with its value, its bound and its certificate.

use serde::{Deserialize, Serialize};

use super::certificate::Certificate;
use super::problem::CoverProblem;
use crate::ids::SiteId;
use crate::progress::Silent;

/// How far a solver came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SolutionStatus {
    /// The bound proves that no plan is better.
    Optimal,
    /// A plan that keeps all rules; the work budget ended before a proof.
    Feasible,
    /// No plan keeps all rules.
    Infeasible {
        /// Why.
        reason: Infeasibility,
    },
    /// The user stopped it: the best plan so far (none when `chosen` is empty and a rule asks for more).
    Cancelled,
    /// The work budget ended without a plan that keeps all rules, and without a proof that there is none.
    Unsolved,
}

impl SolutionStatus {
    /// Whether there is a plan at all.
    pub const fn has_plan(&self) -> bool {
        !matches!(self, Self::Infeasible { .. } | Self::Unsolved)
    }

    /// Its name in files.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Feasible => "feasible",
            Self::Infeasible { .. } => "infeasible",
            Self::Cancelled => "cancelled",
            Self::Unsolved => "unsolved",
        }
    }
}

/// Why no plan keeps all rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Infeasibility {
    /// No site that may be chosen covers these rows.
    UnreachedRows {
        /// All such rows, sorted.
        rows: Vec<u32>,
    },
    /// All sites that may be chosen together cover less than the target.
    TargetOutOfReach {
        /// The most weight that can be newly covered.
        reachable: i64,
    },
    /// More sites are required than may be chosen.
    RequiredOverCount {
        /// How many are required.
        required: u64,
    },
    /// The required sites cost more than the budget.
    RequiredOverBudget {
        /// What they cost.
        cost: i64,
    },
    /// Two required sites are too close to each other.
    RequiredTooClose {
        /// The two.
        sites: (SiteId, SiteId),
    },
    /// A group has too few sites for its minimum.
    GroupTooSmall {
        /// Index of the group.
        group: u32,
    },
    /// A group has more required sites than its maximum.
    GroupOverfull {
        /// Index of the group.
        group: u32,
    },
    /// The rules name a site that is not in the instance, or a negative budget or target above what exists.
    RulesDoNotFit,
    /// A required station has no center it could hang under.
    NoCenterOver {
        /// The station.
        station: SiteId,
    },
    /// No single rule is to blame: the branch tree of the certificate rules every choice out.
    Together,
}

/// A plan: which sites, how good, and how good it could be at best.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacementSolution {
    /// What was asked.
    pub problem: CoverProblem,
    /// The sites to add, sorted; required ones are among them, existing ones are not.
    pub chosen: Vec<SiteId>,
    /// What the plan reaches: newly covered weight and bonuses, or the payment of a least-cost problem.
    pub value: i64,
    /// No plan has a larger value (a smaller one when a payment is minimized).
    pub bound: i64,
    /// How far the solver came.
    pub status: SolutionStatus,
    /// What proves the bound.
    pub certificate: Certificate,
}

impl PlacementSolution {
    /// `|bound - value| / |bound|` for most weight, `/ |value|` for least payment; 0 when they are equal.
    pub fn optimality_gap(&self) -> f64 {
        optimality_gap(&self.problem, self.value, self.bound)
    }

    /// Whether there is a plan at all.
    pub fn has_plan(&self) -> bool {
        self.status.has_plan()
    }
}

/// The relative gap between a value and its bound: 0 when proven, 1 when the bound says nothing.
pub fn optimality_gap(problem: &CoverProblem, value: i64, bound: i64) -> f64 {
    relative_gap(value, bound, if problem.maximizes() { bound } else { value })
}

/// The gap between a value and its bound as a part of `base`: 0 when proven, 1 when the bound says nothing.
pub(super) fn relative_gap(value: i64, bound: i64, base: i64) -> f64 {
    if value == bound {
        0.0
    } else if base == 0 {
        1.0
    } else {
        ((bound as f64 - value as f64) / base as f64).abs()
    }
}

/// The best plan and bound so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Improvement<'a> {
    /// Value of the best plan, if there is a plan yet.
    pub value: Option<i64>,
    /// The best bound.
    pub bound: i64,
    /// The gap between the two, 1 while there is no plan.
    pub gap: f64,
    /// The best plan, sorted.
    pub chosen: &'a [SiteId],
}

/// Hears of every better plan or bound; may ask to stop, which keeps the best plan.
pub trait Monitor: Sync {
    /// A better plan or a better bound was found.
    fn improved(&self, best: &Improvement<'_>);
    /// Whether to stop as soon as possible (the user's wish, or the shell's time limit).
    fn is_cancelled(&self) -> bool;
}

impl Monitor for Silent {
    fn improved(&self, _: &Improvement<'_>) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_is_relative_to_the_larger_of_value_and_bound() {
        use crate::placement::problem::{Objective, Payment, SiteRules};
        let problem = |objective| CoverProblem { objective, rules: SiteRules::default() };
        let most = problem(Objective::MostWeight);
        let least = problem(Objective::CoverAll { payment: Payment::PerSite });
        assert!((optimality_gap(&most, 90, 100) - 0.1).abs() < 1e-12);
        assert!((optimality_gap(&least, 100, 90) - 0.1).abs() < 1e-12);
        assert!(optimality_gap(&most, 5, 5).abs() < 1e-12);
        assert!((optimality_gap(&most, 5, 0) - 1.0).abs() < 1e-12);
    }
}
