//! An assignment plan with its value, its bound, and what proves the bound.

use serde::{Deserialize, Serialize};

use super::assignment::{AssignInstance, AssignProblem};
use super::certificate::ProofNode;
use super::instance::SUM_LIMIT;
use super::solution::{Improvement, Infeasibility, Monitor, SolutionStatus, relative_gap};
use crate::ids::SiteId;

/// A site that can be left out because another is at least as good in every plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dominance {
    /// The site left out.
    pub site: SiteId,
    /// The site that serves everybody at least as well and may be chosen in its stead.
    pub by: SiteId,
}

/// How hard to try; the same effort gives the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignEffort {
    /// Seed of the perturbed search.
    pub seed: u64,
    /// About how many pairs of row and site may be looked at; a second is some 5e8 of them.
    pub work: u64,
}

impl Default for AssignEffort {
    fn default() -> Self {
        Self { seed: 1, work: 60_000_000_000 }
    }
}

/// What proves the bound of an assignment plan.
///
/// Each node of the tree that is `Bounded` or `Fix` names a list of prices, one a demand row, each `scale`
/// times the real one. What they prove: `p_median/dual.rs` for the median, `p_center/cover.rs` for the center.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AssignCertificate {
    /// How many times the real prices the whole numbers are; at least 1.
    pub scale: i64,
    /// Sites left out first, in this order (p-center only); a dominating site is never one left out earlier.
    pub dominated: Vec<Dominance>,
    /// Lists of prices.
    pub prices: Vec<Vec<i64>>,
    /// The branch tree, its root first; each other node is the child of one earlier node. Empty when the
    /// bound needs no proof: each row served by the nearest of all its sites.
    pub nodes: Vec<ProofNode>,
}

/// A plan for an assignment problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignSolution {
    /// What was asked.
    pub problem: AssignProblem,
    /// The sites to add, sorted; required ones are among them, existing ones are not.
    pub chosen: Vec<SiteId>,
    /// Milliseconds times weight (median), or the longest walk in milliseconds (center); 0 without a plan.
    pub value: i64,
    /// No plan has a smaller value.
    pub bound: i64,
    /// How far the solver came.
    pub status: SolutionStatus,
    /// What proves the bound.
    pub certificate: AssignCertificate,
}

impl AssignSolution {
    /// `|bound - value| / value`; 0 when they are equal.
    pub fn optimality_gap(&self) -> f64 {
        relative_gap(self.value, self.bound, self.value)
    }

    /// Whether there is a plan at all.
    pub fn has_plan(&self) -> bool {
        match self.status {
            SolutionStatus::Infeasible { .. } | SolutionStatus::Unsolved => false,
            SolutionStatus::Cancelled => self.value > 0 || !self.chosen.is_empty(),
            SolutionStatus::Optimal | SolutionStatus::Feasible => true,
        }
    }

    pub(super) fn infeasible(problem: AssignProblem, reason: Infeasibility) -> Self {
        Self {
            problem,
            chosen: Vec::new(),
            value: 0,
            bound: 0,
            status: SolutionStatus::Infeasible { reason },
            certificate: AssignCertificate { scale: 1, ..AssignCertificate::default() },
        }
    }
}

/// A single rule that no plan can keep, if there is one: rows with people that no site may ever serve, or
/// more required sites than may be chosen.
pub(super) fn plain_infeasibility(
    instance: &AssignInstance,
    problem: &AssignProblem,
) -> Option<Infeasibility> {
    if !unserved_fits(instance, problem) {
        return Some(Infeasibility::RulesDoNotFit);
    }
    let required = instance.required().count() as u64;
    if required > u64::from(problem.max_sites) {
        return Some(Infeasibility::RequiredOverCount { required });
    }
    let rows = unreached_rows(instance, problem);
    (!rows.is_empty()).then_some(Infeasibility::UnreachedRows { rows })
}

/// Whether everybody unserved still makes a sum below [`SUM_LIMIT`].
fn unserved_fits(instance: &AssignInstance, problem: &AssignProblem) -> bool {
    let ms = problem.unserved().map_or(0, |time| i128::from(time.as_ms()));
    i128::from(instance.total_weight()) * ms <= i128::from(SUM_LIMIT)
}

/// Rows with people that neither an existing site nor any site open to choice reaches, sorted.
pub(super) fn unreached_rows(instance: &AssignInstance, problem: &AssignProblem) -> Vec<u32> {
    if problem.serves_everybody() {
        let lost = |row: &usize| {
            instance.weight(*row) > 0
                && instance.walks(*row).is_empty()
                && !instance.existing_time(*row).is_reachable()
        };
        (0..instance.row_count()).filter(lost).map(|row| row as u32).collect()
    } else {
        Vec::new()
    }
}

/// Work left, and whether the user wants to stop; also tells the monitor of improvements.
pub(super) struct Budget<'a> {
    left: u64,
    monitor: &'a dyn Monitor,
}

impl<'a> Budget<'a> {
    pub(super) fn new(effort: AssignEffort, monitor: &'a dyn Monitor) -> Self {
        Self { left: effort.work, monitor }
    }

    pub(super) fn spend(&mut self, pairs: usize) {
        self.left = self.left.saturating_sub(pairs as u64);
    }

    pub(super) fn is_over(&self) -> bool {
        self.left == 0 || self.monitor.is_cancelled()
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.monitor.is_cancelled()
    }

    pub(super) fn tell(&self, value: Option<i64>, bound: i64, chosen: &[SiteId]) {
        let gap = value.map_or(1.0, |value| relative_gap(value, bound, value));
        self.monitor.improved(&Improvement { value, bound, gap, chosen });
    }
}

/// A branch tree under construction: nodes to be filled are found by their index.
#[derive(Clone, Debug, Default)]
pub(super) struct Proof {
    pub(super) prices: Vec<Vec<i64>>,
    pub(super) nodes: Vec<ProofNode>,
}

impl Proof {
    /// A place for a node that is filled later.
    pub(super) fn reserve(&mut self) -> u32 {
        self.nodes.push(ProofNode::OverCount);
        self.nodes.len() as u32 - 1
    }

    pub(super) fn fill(&mut self, place: u32, node: ProofNode) {
        self.nodes[place as usize] = node;
    }

    pub(super) fn keep(&mut self, prices: Vec<i64>) -> u32 {
        self.prices.push(prices);
        self.prices.len() as u32 - 1
    }

    /// The finished certificate, without price lists that no node names.
    pub(super) fn certificate(
        mut self,
        scale: i64,
        dominated: Vec<Dominance>,
    ) -> AssignCertificate {
        let mut place = vec![None; self.prices.len()];
        let mut prices = Vec::new();
        for node in &mut self.nodes {
            let (ProofNode::Bounded { multipliers } | ProofNode::Fix { multipliers, .. }) = node
            else {
                continue;
            };
            let list = *multipliers as usize;
            *multipliers = *place[list].get_or_insert_with(|| {
                prices.push(std::mem::take(&mut self.prices[list]));
                prices.len() as u32 - 1
            });
        }
        AssignCertificate { scale, dominated, prices, nodes: self.nodes }
    }
}
