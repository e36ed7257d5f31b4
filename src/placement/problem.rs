//! What is asked of a covering plan: the objective and the rules a plan must keep.

use serde::{Deserialize, Serialize};

use super::instance::CoverInstance;
use crate::ids::{Id, SiteId};

/// What one chosen site counts as when cost is minimized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// Each site counts 1: the fewest sites.
    #[default]
    PerSite,
    /// Each site counts its cost.
    Cost,
}

/// What a plan is to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Objective {
    /// Cover every unsettled row at the least payment (LSCP).
    CoverAll {
        /// What is minimized.
        payment: Payment,
    },
    /// Cover at least `target` more weight than existing sites do, at the least payment.
    CoverWeight {
        /// The weight to be newly covered.
        target: i64,
        /// What is minimized.
        payment: Payment,
    },
    /// Cover the most weight, bonuses of chosen sites added (MCLP).
    MostWeight,
}

impl Payment {
    /// What an objective keeps least; sites where it keeps nothing least.
    pub const fn of(objective: Objective) -> Self {
        match objective {
            Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => payment,
            Objective::MostWeight => Self::PerSite,
        }
    }
}

/// How many of some sites may be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupRule {
    /// The sites of the group (a zone), sorted without repeats.
    pub sites: Vec<SiteId>,
    /// At least so many must be chosen (existing ones not counted).
    pub min: u32,
    /// At most so many may be chosen (existing ones not counted).
    pub max: u32,
}

/// The rules a plan must keep beside the states of the sites.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct SiteRules {
    /// At most so many sites.
    pub max_sites: Option<u32>,
    /// At most this cost in all.
    pub budget: Option<i64>,
    /// Pairs too close to each other: at most one of the two.
    pub conflicts: Vec<(SiteId, SiteId)>,
    /// Counts by group; a site may be in several groups.
    pub groups: Vec<GroupRule>,
}

impl SiteRules {
    /// Whether every site named is one of `instance`, each pair is of two sites and each group sorted.
    pub fn fit(&self, instance: &CoverInstance) -> bool {
        let count = instance.site_count();
        let pairs = self.conflicts.iter().flat_map(|&(a, b)| [a, b]);
        let grouped = self.groups.iter().flat_map(|group| group.sites.iter().copied());
        pairs.chain(grouped).all(|site| site.index() < count)
            && self.conflicts.iter().all(|(a, b)| a != b)
            && self.groups.iter().all(|group| group.sites.is_sorted_by(|a, b| a < b))
    }
}

/// A covering problem on an instance: everything the verifier needs to know beside the instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CoverProblem {
    /// What a plan is to reach.
    pub objective: Objective,
    /// The rules it must keep.
    pub rules: SiteRules,
}

impl CoverProblem {
    /// Whether a larger value is better.
    pub const fn maximizes(&self) -> bool {
        matches!(self.objective, Objective::MostWeight)
    }
}
