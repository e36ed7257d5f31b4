//! LSCP: the fewest sites (or the least cost) that cover everyone, or a share of the weight.
//!
//! Full cover (Toregas, Swain, `ReVelle` and Bergman 1971):
//!
//! ```text
//! min  sum k_j x_j      k_j = 1 or the cost of the site
//! sum of x_j over the sites j of row i >= 1         for every row that existing sites do not cover
//! ```
//!
//! Partial cover, "cost to target" (Daskin and Owen 1999; Cordeau, Furini and Ljubić 2019):
//!
//! ```text
//! min  sum k_j x_j
//! sum w_i y_i >= T,   y_i <= sum of x_j over the sites j of row i      x, y in {0, 1}
//! ```
//!
//! with the same optional rules as the MCLP.

use super::effort::SearchOptions;
use super::instance::CoverInstance;
use super::problem::{CoverProblem, Objective, Payment, SiteRules};
use super::solution::{Monitor, PlacementSolution};

/// How much must be covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Coverage {
    /// Every row, whatever its weight.
    #[default]
    Everyone,
    /// So many parts in a million of the whole weight, rounded up; what existing sites cover counts.
    PartsPerMillion(u32),
    /// So much weight beyond what existing sites cover.
    Weight(i64),
}

/// What an LSCP is asked with.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LscpOptions {
    /// How much must be covered.
    pub coverage: Coverage,
    /// What is minimized.
    pub payment: Payment,
    /// Optional rules.
    pub rules: SiteRules,
    /// Seed and work.
    pub search: SearchOptions,
}

impl LscpOptions {
    /// The problem these options mean on `instance`.
    pub fn problem(&self, instance: &CoverInstance) -> CoverProblem {
        let payment = self.payment;
        let objective = match self.coverage {
            Coverage::Everyone => Objective::CoverAll { payment },
            Coverage::Weight(target) => Objective::CoverWeight { target, payment },
            Coverage::PartsPerMillion(parts) => {
                let whole = i128::from(instance.total_weight()) * i128::from(parts);
                let target =
                    (whole + 999_999).div_euclid(1_000_000) - i128::from(instance.settled_weight());
                let target = target.clamp(0, i128::from(i64::MAX)) as i64;
                Objective::CoverWeight { target, payment }
            }
        };
        CoverProblem { objective, rules: self.rules.clone() }
    }
}

/// The cheapest plan that covers as much as asked.
pub fn solve_lscp(
    instance: &CoverInstance,
    options: &LscpOptions,
    monitor: &dyn Monitor,
) -> PlacementSolution {
    super::solve::solve(instance, options.problem(instance), options.search, monitor)
}
