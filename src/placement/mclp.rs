//! MCLP: the most people for so many sites or so much money (Church and `ReVelle` 1974).
//!
//! ```text
//! max  sum w_i y_i + sum b_j x_j
//! y_i <= sum of x_j over the sites j of row i      x, y in {0, 1}
//! sum x_j <= p                                      at most p sites (optional)
//! sum c_j x_j <= B                                  within a budget (optional)
//! x_a + x_b <= 1                                    minimum spacing (optional)
//! min_g <= sum of x_j over group g <= max_g         counts by zone (optional)
//! ```
//!
//! Required sites have `x = 1`, forbidden ones `x = 0`; rows of existing sites are covered already and not in the value.

use super::effort::SearchOptions;
use super::instance::CoverInstance;
use super::problem::{CoverProblem, Objective, SiteRules};
use super::solution::{Monitor, PlacementSolution};

/// What an MCLP is asked with.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct MclpOptions {
    /// Number of sites, budget, spacing and groups; without any, every useful site is chosen.
    pub rules: SiteRules,
    /// Seed and work.
    pub search: SearchOptions,
}

impl MclpOptions {
    /// At most `count` sites, nothing else.
    pub fn sites(count: u32) -> Self {
        Self {
            rules: SiteRules { max_sites: Some(count), ..SiteRules::default() },
            ..Self::default()
        }
    }
}

/// The plan that covers the most weight (and bonuses) within the rules.
pub fn solve_mclp(
    instance: &CoverInstance,
    options: &MclpOptions,
    monitor: &dyn Monitor,
) -> PlacementSolution {
    let problem = CoverProblem { objective: Objective::MostWeight, rules: options.rules.clone() };
    super::solve::solve(instance, problem, options.search, monitor)
}
