//! What the rules and reduced costs say at a node, and what an exploration starts from.

use super::certificate::ProofNode;
use super::instance::CoverInstance;
use super::ledger::Ledger;
use super::model::{Csr, DEAD, Fate, Kind, Model};
use super::problem::CoverProblem;
use super::reduce::price_of;
use crate::ids::SiteId;

/// Where a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    Below,
}

/// What is decided at a node.
pub(super) struct Outlook<'n> {
    pub(super) ledger: &'n Ledger<'n>,
    pub(super) inside: &'n [u32],
    /// A row of each root class.
    pub(super) first_row: &'n [u32],
    /// The whole target weight.
    pub(super) target: i64,
}

impl Outlook<'_> {
    /// What the rules fix at once, or the rule that leaves nothing.
    pub(super) fn propagate(&self, model: &Model) -> Result<Vec<(usize, Fate)>, ProofNode> {
        let rules = self.ledger.rules();
        if self.ledger.is_broken() {
            return Err(self.broken_rule());
        }
        if model.kind == Kind::All
            && let Some(class) = model.place.iter().position(|place| *place == DEAD)
        {
            return Err(ProofNode::RowUnreached { row: self.first_row[class] });
        }
        if model.kind == Kind::Target {
            let reachable: i64 = model.weight.iter().sum();
            if model.covered + reachable < self.target {
                return Err(ProofNode::TargetMissed);
            }
        }
        if self.ledger.places_left().is_some_and(|left| left == 0 && model.site_count() > 0) {
            return Ok((0..model.site_count()).map(|site| (site, Fate::Outside)).collect());
        }
        let mut fixed = Vec::new();
        for (group, rule) in rules.groups.iter().enumerate() {
            let free: Vec<usize> = rule
                .sites
                .iter()
                .filter_map(|site| model.sites.binary_search(&site.0).ok())
                .collect();
            let left = self.ledger.in_group(group) + free.len() as u32;
            if left < rule.min {
                return Err(ProofNode::GroupCount { group: group as u32 });
            }
            let full = self.ledger.in_group(group) == rule.max;
            if !free.is_empty() && (full || left == rule.min) {
                // One site at a time: each may change what the rules say of the others.
                fixed.push((free[0], if full { Fate::Outside } else { Fate::Inside }));
                return Ok(self.unless_forbidden(model, fixed));
            }
        }
        for site in 0..model.site_count() {
            if !self.ledger.allows(model.sites[site], model.cost[site]) {
                fixed.push((site, Fate::Outside));
            }
        }
        if fixed.is_empty()
            && model.kind == Kind::All
            && let Some(class) =
                (0..model.class_count() as u32).find(|class| model.sites_of.get(*class).len() == 1)
        {
            fixed.push((model.sites_of.get(class)[0] as usize, Fate::Inside));
        }
        Ok(self.unless_forbidden(model, fixed))
    }

    /// The rule that the sites inside break.
    fn broken_rule(&self) -> ProofNode {
        if self.ledger.is_over_count() {
            return ProofNode::OverCount;
        }
        if self.ledger.is_over_budget() {
            return ProofNode::OverBudget;
        }
        let rules = self.ledger.rules();
        let has = |site: SiteId| self.inside.contains(&site.0);
        if let Some(pair) = rules.conflicts.iter().position(|(a, b)| has(*a) && has(*b)) {
            return ProofNode::Conflict { conflict: pair as u32 };
        }
        let over = |group: &usize| self.ledger.in_group(*group) > rules.groups[*group].max;
        let group = (0..rules.groups.len()).find(over).unwrap_or(0) as u32;
        ProofNode::GroupCount { group }
    }

    /// A site that one rule puts inside and another outside goes outside: the first rule then ends the node.
    fn unless_forbidden(&self, model: &Model, mut fixed: Vec<(usize, Fate)>) -> Vec<(usize, Fate)> {
        if let [(site, Fate::Inside)] = fixed[..]
            && !self.ledger.allows(model.sites[site], model.cost[site])
        {
            fixed[0].1 = Fate::Outside;
        }
        fixed
    }
}

/// What reduced costs say of a site: with it the other way nothing better is left.
pub(super) fn fate_of(reduced: i128, low: i128, goal: Option<i128>) -> Fate {
    match goal {
        Some(goal) if reduced >= 0 && low + reduced >= goal => Fate::Outside,
        Some(goal) if reduced < 0 && low - reduced >= goal => Fate::Inside,
        _ => Fate::Free,
    }
}

/// The site whose averaged relaxed value is nearest to one half; ties by smaller reduced cost, then id.
pub(super) fn least_sure(mean: &[f64], reduced: &[i128]) -> usize {
    let doubt = |site: usize| (mean[site].min(1.0 - mean[site]) * 50.0).round() as i64;
    (0..mean.len()).min_by_key(|&site| (-doubt(site), reduced[site], site)).unwrap_or(0)
}

pub(super) fn empty_model() -> Model {
    Model {
        kind: Kind::Gain,
        sites: Vec::new(),
        price: Vec::new(),
        cost: Vec::new(),
        rows_of: Csr::new(),
        sites_of: Csr::new(),
        weight: Vec::new(),
        place: Vec::new(),
        base: 0,
        covered: 0,
    }
}

/// Multipliers to start from: a feasible dual when all must be covered, else a share of each weight.
pub(super) fn first_share(model: &Model) -> Vec<f64> {
    if model.kind != Kind::All {
        return vec![0.6; model.class_count()];
    }
    let part = |site: &u32| {
        model.price[*site as usize] as f64 / model.rows_of.get(*site).len().max(1) as f64
    };
    (0..model.class_count() as u32)
        .map(|class| model.sites_of.get(class).iter().map(part).fold(f64::INFINITY, f64::min))
        .collect()
}

/// How many times the real multipliers the whole numbers are: as fine as sums allow.
pub(super) fn scale_of(instance: &CoverInstance, model: &Model) -> i64 {
    let prices: i64 = model.price.iter().map(|price| price.saturating_abs()).sum::<i64>().max(1);
    match model.kind {
        Kind::Gain => {
            ((1 << 60) / instance.total_weight().saturating_add(prices)).clamp(1, 1 << 20)
        }
        Kind::All => ((1 << 60) / prices).clamp(1, 1 << 24),
        Kind::Target => ((1 << 60) / prices).clamp(1, 1 << 44),
    }
}

/// What every value is a multiple of.
pub(super) fn step_of(instance: &CoverInstance, problem: &CoverProblem) -> i64 {
    let mut step = 0_u64;
    let mut with = |value: i64| {
        let (mut a, mut b) = (step, value.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        step = a;
    };
    for site in instance.sites() {
        with(price_of(instance, problem.objective, site));
    }
    if problem.maximizes() {
        (0..instance.row_count())
            .filter(|row| !instance.is_settled(*row))
            .for_each(|row| with(instance.weight(row)));
    }
    step.max(1) as i64
}

/// The first row of each of `count` classes.
pub(super) fn first_rows(classes: &[u32], count: usize) -> Vec<u32> {
    let mut first = vec![0; count];
    for (row, class) in classes.iter().enumerate().rev() {
        if let Some(first) = first.get_mut(*class as usize) {
            *first = row as u32;
        }
    }
    first
}
