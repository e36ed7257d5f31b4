//! What proves a bound: integer multipliers and a branch tree.
//!
//! **One multiplier set.** Write the problem as a minimum: `min sum k_j x_j - sum w_i y_i`, with `k_j` minus the
//! bonus (most weight), or the payment. Relax `y_i <= sum of x_j over the sites of row i` with `row_i >= 0`
//! and every other rule with its own multiplier `>= 0`. What is left separates by site and by row, so
//!
//! ```text
//! L = constant + sum over rows of min over y in {0,1} of (row_i - t w_i) y      (y = 1 when all must be covered)
//!              + sum over sites of min over x in {0,1} of r_j x
//! r_j = k_j - sum of row_i over the rows of j + count + budget cost_j + group maxima - group minima + conflicts
//! constant = t target - count max_sites - budget limit - sum maximum_g max_g + sum minimum_g min_g - sum conflict
//! ```
//!
//! is a lower bound for any multipliers (Lagrange; Church and `ReVelle` 1974 for the problem, Galvão and
//! `ReVelle` 1996 for the relaxation). `t` is 1 for most weight (no target), the target's multiplier for a
//! partial cover and absent for a full cover. Fixing a site only replaces its minimum by 0 or `r_j`.
//!
//! All multipliers are whole numbers, `scale` times the real ones, so a check is exact. `L / scale` is rounded
//! towards the plan, to a multiple of the greatest common divisor of what a value is summed from.

use serde::{Deserialize, Serialize};

use crate::ids::SiteId;

/// Multipliers, all `scale` times the real ones and not negative.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Multipliers {
    /// Whether the objective counts: 1, or 0 when the set proves that nothing keeps the rules (`L > 0`).
    pub objective: u8,
    /// Of each row class, in order; shorter than the classes means 0 for the rest.
    pub rows: Vec<i64>,
    /// Of the number of sites.
    pub count: i64,
    /// Of the budget.
    pub budget: i64,
    /// Of the target weight (a partial cover only).
    pub target: i64,
    /// Of group maxima: index of the group and multiplier.
    pub maxima: Vec<(u32, i64)>,
    /// Of group minima: index of the group and multiplier.
    pub minima: Vec<(u32, i64)>,
    /// Of conflicts: index of the pair and multiplier.
    pub conflicts: Vec<(u32, i64)>,
}

/// A node of the branch tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "node", rename_all = "snake_case")]
pub enum ProofNode {
    /// Every plan has the site (`inside`) or has it not (`outside`).
    Branch {
        /// The site.
        site: SiteId,
        /// Node of the plans that have it.
        inside: u32,
        /// Node of the plans that have it not.
        outside: u32,
    },
    /// Reduced-cost fixing: with the site the other way, the multipliers' bound is no better than the claim.
    Fix {
        /// Index of the multiplier set.
        multipliers: u32,
        /// The sites fixed, and whether inside.
        sites: Vec<(SiteId, bool)>,
        /// Node of the plans left.
        then: u32,
    },
    /// The rules fix sites: the other way would break one at once (a conflict with a site inside, a full count,
    /// group or budget, a group that needs all its sites left, a row whose only site left this is).
    Propagate {
        /// The sites fixed, and whether inside, each on top of the earlier ones.
        sites: Vec<(SiteId, bool)>,
        /// Node of the plans left.
        then: u32,
    },
    /// The multipliers' bound is no better than the claim here.
    Bounded {
        /// Index of the multiplier set.
        multipliers: u32,
    },
    /// No plan is left here: a row that must be covered has all its sites outside.
    RowUnreached {
        /// The row.
        row: u32,
    },
    /// No plan is left here: more sites are inside than may be chosen.
    OverCount,
    /// No plan is left here: the sites inside cost more than the budget.
    OverBudget,
    /// No plan is left here: both sites of a conflict are inside.
    Conflict {
        /// Index of the pair.
        conflict: u32,
    },
    /// No plan is left here: a group has too many inside or too few not outside.
    GroupCount {
        /// Index of the group.
        group: u32,
    },
    /// No plan is left here: all sites not outside together miss the target weight.
    TargetMissed,
}

/// A step that makes the problem smaller without losing every best plan; steps are taken in order, each on what
/// the earlier ones left: sites not left out, rows not yet implied or covered by required and forced sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Reduction {
    /// `site` is left out: `by` covers all that is left of it, costs no more and has no smaller bonus, and `site`
    /// is in no group and `by` in no group and no conflict. `by` is `site` itself when nothing is left of it and its bonus is 0.
    Dominated {
        /// The site left out.
        site: SiteId,
        /// The site that does at least as well.
        by: SiteId,
    },
    /// Full cover only: `row` is covered whenever `by` is, because every site left of `by` also covers `row`.
    Implied {
        /// The row left out.
        row: u32,
        /// The row that implies it.
        by: u32,
    },
    /// Full cover only: `site` is the only site left of `row`, so every plan has it.
    Forced {
        /// The row.
        row: u32,
        /// Its only site.
        site: SiteId,
    },
}

/// What proves the bound of a solution.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Certificate {
    /// How many times the real multipliers the whole numbers are; at least 1.
    pub scale: i64,
    /// What was left out or forced first, in this order.
    pub reductions: Vec<Reduction>,
    /// The class of each row: rows of one class have the same sites left. [`Certificate::NO_CLASS`] for a row
    /// whose multiplier is always 0. Empty when each row is its own class.
    pub classes: Vec<u32>,
    /// The multiplier sets.
    pub multipliers: Vec<Multipliers>,
    /// The branch tree, its root first; each other node is the child of exactly one earlier node. Empty when the
    /// bound needs no proof: the reachable weight and bonuses, or the payment of required and forced sites.
    pub nodes: Vec<ProofNode>,
}

impl Certificate {
    /// The class of a row whose multiplier is 0 in every set.
    pub const NO_CLASS: u32 = u32::MAX;
}
