//! Re-checks bounds of plans over programs, without any code of the solvers.
//!
//! Each problem states its rows anew (`verify_*.rs`), in the order its plan documents; here the branching tree is
//! walked and every leaf's bound is added up in whole numbers: `Σ λ_i b_i + Σ_j max over what the leaf leaves of
//! (c_j − Σ λ_i a_ij) x_j`. Time is linear in the certificate for each leaf, plus one pass over the rows.

use std::collections::BTreeMap;

use crate::ids::{Id, SiteId};

use super::instance::{CoverInstance, SUM_LIMIT, SiteStatus};
use super::problem::SiteRules;
use super::program::{BranchTree, Leaf, SCALE, TreeNode};
use super::solution::{Infeasibility, SolutionStatus};

/// Why a plan is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// It names a site that is not there, twice, or out of order.
    #[error("site {0:?} is not there, named twice, or out of order")]
    Site(SiteId),
    /// It breaks a rule.
    #[error("the plan breaks a rule: {0}")]
    Rule(&'static str),
    /// A number is not what the sites make it.
    #[error("{what} is said to be {said}, but is {found}")]
    Number {
        /// Which number.
        what: &'static str,
        /// As the plan says.
        said: i64,
        /// As re-counted.
        found: i64,
    },
    /// The certificate proves less than the plan claims.
    #[error("no plan is said to be better than {said}, but the certificate proves only {proven}")]
    Bound {
        /// As the plan says.
        said: i64,
        /// As the certificate proves.
        proven: i64,
    },
    /// The status does not follow from value and bound.
    #[error("the status does not follow from value, bound and certificate")]
    Status,
    /// The question does not fit the instance.
    #[error("the question does not fit the instance: {0}")]
    Question(&'static str),
    /// It gives sites or numbers although it says that there is no plan.
    #[error("no plan is said to be possible, but sites or numbers of one are given")]
    NoPlan,
    /// The certificate is not a branching tree with multipliers.
    #[error("the certificate is broken: {0}")]
    Certificate(&'static str),
}

/// The program of a problem, stated anew.
#[derive(Debug, Default)]
pub(super) struct Statement {
    pub(super) decisions: usize,
    pub(super) profits: Vec<i64>,
    pub(super) rows: Vec<(Vec<(usize, i64)>, i64)>,
}

impl Statement {
    pub(super) fn with_decisions(decisions: usize) -> Self {
        Self { decisions, profits: vec![0; decisions], rows: Vec::new() }
    }

    pub(super) fn variable(&mut self, profit: i64) -> usize {
        self.profits.push(profit);
        self.profits.len() - 1
    }

    /// A covered part of `weight`: at most the sum of what may cover it.
    pub(super) fn covered(&mut self, profit: i64, by: impl Iterator<Item = usize>) -> usize {
        let part = self.variable(profit);
        let mut row: Vec<(usize, i64)> = by.map(|open| (open, -1)).collect();
        row.push((part, 1));
        self.rows.push((row, 0));
        part
    }

    pub(super) fn row(&mut self, terms: Vec<(usize, i64)>, limit: i64) {
        self.rows.push((terms, limit));
    }

    /// The rules on sites whose decisions begin at `first`.
    pub(super) fn rules(&mut self, instance: &CoverInstance, rules: &SiteRules, first: usize) {
        for site in instance.sites() {
            let at = first + site.index();
            match instance.status(site) {
                SiteStatus::Required => self.row(vec![(at, -1)], -1),
                SiteStatus::Forbidden | SiteStatus::Existing => self.row(vec![(at, 1)], 0),
                SiteStatus::Free => {}
            }
        }
        let every = |worth: &dyn Fn(SiteId) -> i64| -> Vec<(usize, i64)> {
            instance.sites().map(|site| (first + site.index(), worth(site))).collect()
        };
        if let Some(most) = rules.max_sites {
            self.row(every(&|_| 1), i64::from(most));
        }
        if let Some(most) = rules.budget {
            self.row(every(&|site| instance.cost(site)), most);
        }
        for pair in &rules.conflicts {
            self.row(vec![(first + pair.0.index(), 1), (first + pair.1.index(), 1)], 1);
        }
        let inside = |sites: &[SiteId], sign: i64| -> Vec<(usize, i64)> {
            sites.iter().map(|site| (first + site.index(), sign)).collect()
        };
        for group in &rules.groups {
            self.row(inside(&group.sites, 1), i64::from(group.max));
        }
        for group in &rules.groups {
            self.row(inside(&group.sites, -1), -i64::from(group.min));
        }
    }

    /// The most any plan can reach by `tree`, rounded down to a multiple of `unit`; less than 0 when it leaves no
    /// plan. `worth` values a plan of which every decision is fixed.
    pub(super) fn proven(
        &self,
        tree: &BranchTree,
        unit: i64,
        worth: &dyn Fn(&[bool]) -> Option<i64>,
    ) -> Result<i64, PlanFault> {
        let mut met = vec![false; tree.nodes.len()];
        let mut most = -1;
        let mut open: Vec<(u32, Vec<(usize, bool)>)> = vec![(0, Vec::new())];
        while let Some((node, fixed)) = open.pop() {
            let seen =
                met.get_mut(node as usize).ok_or(PlanFault::Certificate("a node is missing"))?;
            if std::mem::replace(seen, true) {
                return Err(PlanFault::Certificate("a node has two parents"));
            }
            match tree.nodes[node as usize] {
                TreeNode::Branch { decision, zero, one } => {
                    let decision = decision as usize;
                    if decision >= self.decisions || fixed.iter().any(|&(d, _)| d == decision) {
                        return Err(PlanFault::Certificate("a branch is not on an open decision"));
                    }
                    let mut other = fixed.clone();
                    other.push((decision, true));
                    open.push((one, other));
                    let mut fixed = fixed;
                    fixed.push((decision, false));
                    open.push((zero, fixed));
                }
                TreeNode::Leaf(Leaf::Bounded(row)) => {
                    let multipliers = tree
                        .multipliers
                        .get(row as usize)
                        .ok_or(PlanFault::Certificate("multipliers are missing"))?;
                    let bound = self.leaf(multipliers, &fixed)?;
                    most = most.max(bound.div_euclid(unit).saturating_mul(unit));
                }
                TreeNode::Leaf(Leaf::Complete) => {
                    if fixed.len() != self.decisions {
                        return Err(PlanFault::Certificate("a leaf leaves decisions open"));
                    }
                    let mut plan = vec![false; self.decisions];
                    for &(decision, one) in &fixed {
                        plan[decision] = one;
                    }
                    most = most.max(worth(&plan).unwrap_or(-1));
                }
            }
        }
        if met.contains(&false) {
            return Err(PlanFault::Certificate("a node belongs to no branch"));
        }
        Ok(most)
    }

    fn leaf(&self, multipliers: &[(u32, i64)], fixed: &[(usize, bool)]) -> Result<i64, PlanFault> {
        const LARGE: PlanFault = PlanFault::Certificate("multipliers are too large to add up");
        let scale = i128::from(SCALE);
        let mut sum = 0_i128;
        let mut left: BTreeMap<usize, i128> = BTreeMap::new();
        for &(row, multiplier) in multipliers {
            let (terms, limit) =
                self.rows.get(row as usize).ok_or(PlanFault::Certificate("a row is missing"))?;
            if multiplier < 0 {
                return Err(PlanFault::Certificate("a multiplier is negative"));
            }
            let multiplier = i128::from(multiplier);
            sum = sum.checked_add(multiplier * i128::from(*limit)).ok_or(LARGE)?;
            for &(variable, a) in terms {
                let taken = left.entry(variable).or_default();
                *taken = taken.checked_add(multiplier * i128::from(a)).ok_or(LARGE)?;
            }
        }
        let fixed: BTreeMap<usize, bool> = fixed.iter().copied().collect();
        for (variable, &profit) in self.profits.iter().enumerate() {
            let taken = left.get(&variable).copied().unwrap_or(0);
            let reduced = (i128::from(profit) * scale).checked_sub(taken).ok_or(LARGE)?;
            let counts = match fixed.get(&variable) {
                Some(&one) => one,
                None => reduced > 0,
            };
            if counts {
                sum = sum.checked_add(reduced).ok_or(LARGE)?;
            }
        }
        let whole = sum.div_euclid(scale);
        Ok(i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX }))
    }
}

/// What a plan claims of itself.
pub(super) struct Claim<'a> {
    pub(super) value: i64,
    pub(super) bound: i64,
    pub(super) status: &'a SolutionStatus,
    pub(super) tree: &'a BranchTree,
    /// Whether nothing is chosen.
    pub(super) is_empty: bool,
    /// A bound that was proven otherwise; [`i64::MAX`] when there is none.
    pub(super) known: i64,
    pub(super) unit: i64,
    /// Whether the plan keeps all rules, as re-checked.
    pub(super) kept: Result<(), PlanFault>,
}

impl Claim<'_> {
    /// Checks value, bound and status against the certificate.
    pub(super) fn check(
        self,
        statement: &Statement,
        blame: impl Fn(&Infeasibility) -> bool,
        worth: &dyn Fn(&[bool]) -> Option<i64>,
    ) -> Result<(), PlanFault> {
        if !self.status.has_plan() && !self.is_empty {
            return Err(PlanFault::NoPlan);
        }
        if let SolutionStatus::Infeasible { reason } = self.status {
            if self.bound != 0 {
                return Err(PlanFault::NoPlan);
            }
            if *reason != Infeasibility::Together {
                let is_plain = self.tree.nodes.is_empty() && self.tree.multipliers.is_empty();
                let proven = is_plain && blame(reason);
                return if proven { Ok(()) } else { Err(PlanFault::Status) };
            }
            let proven = statement.proven(self.tree, 1, worth)?;
            return if proven < 0 { Ok(()) } else { Err(PlanFault::Status) };
        }
        let proven = statement.proven(self.tree, self.unit, worth)?.min(self.known);
        if self.bound < proven {
            return Err(PlanFault::Bound { said: self.bound, proven });
        }
        if *self.status == SolutionStatus::Unsolved {
            return Ok(());
        }
        // A search stopped before its first plan has none to check.
        if *self.status == SolutionStatus::Cancelled && self.kept.is_err() && self.is_empty {
            return Ok(());
        }
        self.kept?;
        if self.value > self.bound {
            return Err(PlanFault::Bound { said: self.bound, proven: self.value });
        }
        if (*self.status == SolutionStatus::Optimal) != (self.value == self.bound) {
            return Err(PlanFault::Status);
        }
        Ok(())
    }
}

/// Sites as flags; they must be there, in order, each once.
pub(super) fn flags(sites: &[SiteId], count: usize) -> Result<Vec<bool>, PlanFault> {
    let mut open = vec![false; count];
    let mut last = None;
    for &site in sites {
        if site.index() >= count || last.is_some_and(|last| last >= site) {
            return Err(PlanFault::Site(site));
        }
        open[site.index()] = true;
        last = Some(site);
    }
    Ok(open)
}

/// Whether flags keep the rules on sites.
pub(super) fn check_rules(
    instance: &CoverInstance,
    rules: &SiteRules,
    open: &[bool],
) -> Result<(), PlanFault> {
    let (mut count, mut cost) = (0_u64, 0_i64);
    for (site, &open) in instance.sites().zip(open) {
        let allowed = match instance.status(site) {
            SiteStatus::Free => true,
            SiteStatus::Required => open,
            SiteStatus::Forbidden | SiteStatus::Existing => !open,
        };
        if !allowed {
            return Err(PlanFault::Rule("the state of a site"));
        }
        if open {
            count += 1;
            cost += instance.cost(site);
        }
    }
    if rules.max_sites.is_some_and(|most| count > u64::from(most)) {
        return Err(PlanFault::Rule("the number of sites"));
    }
    if rules.budget.is_some_and(|most| cost > most) {
        return Err(PlanFault::Rule("the budget"));
    }
    if rules.conflicts.iter().any(|pair| open[pair.0.index()] && open[pair.1.index()]) {
        return Err(PlanFault::Rule("the spacing"));
    }
    for group in &rules.groups {
        let inside = group.sites.iter().filter(|site| open[site.index()]).count() as u64;
        if inside < u64::from(group.min) || inside > u64::from(group.max) {
            return Err(PlanFault::Rule("the number of sites of a group"));
        }
    }
    Ok(())
}

/// Rows with the same sites among those that may be chosen, by their first row: sites and weight.
pub(super) fn groups_of_rows(instance: &CoverInstance) -> Vec<(Vec<u32>, i64)> {
    let mut rows: Vec<(Vec<u32>, usize)> = (0..instance.row_count())
        .filter(|&row| instance.weight(row) > 0)
        .map(|row| {
            let sites = instance.sites_of(row).iter().copied();
            (sites.filter(|&site| instance.is_open_to_choice(SiteId(site))).collect(), row)
        })
        .filter(|(sites, _): &(Vec<u32>, usize)| !sites.is_empty())
        .collect();
    rows.sort();
    let mut groups: Vec<(usize, Vec<u32>, i64)> = Vec::new();
    for (sites, row) in rows {
        match groups.last_mut() {
            Some(group) if group.1 == sites => group.2 += instance.weight(row),
            _ => groups.push((row, sites, instance.weight(row))),
        }
    }
    groups.sort();
    groups.into_iter().map(|(_, sites, weight)| (sites, weight)).collect()
}

/// What of the rules names no site of the instance, or is no amount; `None` when they fit.
pub(super) fn misfit(instance: &CoverInstance, rules: &SiteRules) -> Option<&'static str> {
    if !rules.fit(instance) {
        return Some("a rule names a site that is not there, twice, or out of order");
    }
    let is_amount = rules.budget.is_none_or(|budget| (0..=SUM_LIMIT).contains(&budget));
    (!is_amount).then_some("a budget is no amount of money")
}

/// A question that does not fit (`what`) has no other answer than this, with no plan and no numbers beside it.
pub(super) fn refused(
    what: &'static str,
    (status, says_nothing): (&SolutionStatus, bool),
) -> Result<(), PlanFault> {
    match status {
        SolutionStatus::Infeasible { reason: Infeasibility::RulesDoNotFit } if says_nothing => {
            Ok(())
        }
        _ => Err(PlanFault::Question(what)),
    }
}

/// The greatest whole number that divides all, at least 1.
pub(super) fn divisor(numbers: &[i64]) -> i64 {
    let mut all = 0_i64;
    for &number in numbers {
        let (mut a, mut b) = (all.max(number.abs()), all.min(number.abs()));
        while b > 0 {
            (a, b) = (b, a % b);
        }
        all = a;
    }
    all.max(1)
}

/// Whether a single rule is broken by every plan, as said.
pub(super) fn is_to_blame(
    instance: &CoverInstance,
    rules: &SiteRules,
    reason: &Infeasibility,
) -> bool {
    let must: Vec<SiteId> =
        instance.sites().filter(|&s| instance.status(s) == SiteStatus::Required).collect();
    match reason {
        Infeasibility::RequiredOverCount { required } => {
            *required == must.len() as u64
                && rules.max_sites.is_some_and(|most| *required > u64::from(most))
        }
        Infeasibility::RequiredOverBudget { cost } => {
            *cost == must.iter().map(|&site| instance.cost(site)).sum::<i64>()
                && rules.budget.is_some_and(|most| *cost > most)
        }
        Infeasibility::RequiredTooClose { sites } => {
            rules.conflicts.contains(sites) && must.contains(&sites.0) && must.contains(&sites.1)
        }
        Infeasibility::GroupTooSmall { group } => {
            rules.groups.get(*group as usize).is_some_and(|g| {
                let open = g.sites.iter().filter(|&&site| instance.is_open_to_choice(site)).count();
                open < g.min as usize
            })
        }
        Infeasibility::GroupOverfull { group } => {
            rules.groups.get(*group as usize).is_some_and(|g| {
                g.sites.iter().filter(|site| must.contains(site)).count() > g.max as usize
            })
        }
        _ => false,
    }
}

/// Compares a number of a plan with the one re-counted.
pub(super) fn same(what: &'static str, said: i64, found: i64) -> Result<(), PlanFault> {
    if said == found { Ok(()) } else { Err(PlanFault::Number { what, said, found }) }
}
