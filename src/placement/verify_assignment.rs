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

use super::assign_solution::AssignSolution;
use super::assign_solution::Dominance;
use super::assignment::{AssignGoal, AssignInstance};
use super::certificate::ProofNode;
use super::instance::{SUM_LIMIT, SiteStatus};
use super::solution::{Infeasibility, SolutionStatus};
use crate::ids::{Id, SiteId};

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

/// Checks the plan, its value, its status and the proof of its bound.
///
/// # Errors
/// The first [`AssignFault`] found.
pub fn verify_assignment(
    instance: &AssignInstance,
    solution: &AssignSolution,
) -> Result<(), AssignFault> {
    match &solution.status {
        SolutionStatus::Infeasible { reason } => {
            if !solution.chosen.is_empty() || solution.value != 0 {
                return Err(AssignFault::Status);
            }
            verify_reason(instance, solution, reason)
        }
        SolutionStatus::Unsolved => {
            if !solution.chosen.is_empty() || solution.value != 0 {
                return Err(AssignFault::Status);
            }
            verify_bound(instance, solution, solution.bound)
        }
        status => {
            let nothing = *status == SolutionStatus::Cancelled && !solution.has_plan();
            if !nothing {
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
        let existing = instance.existing_time(row).reached().map(|time| time.as_ms());
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
    if certificate.scale < 1 {
        return Err(AssignFault::Malformed("the scale is not 1 or more"));
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

/// What a list of prices says.
struct Priced {
    base: i128,
    reduced: Vec<i128>,
}

enum Step {
    Enter(u32),
    Decide(SiteId, bool),
    Undecide(SiteId),
}

struct Checker<'a> {
    instance: &'a AssignInstance,
    solution: &'a AssignSolution,
    bound: i64,
    /// What each leaf must reach.
    least: i128,
    lists: Vec<Priced>,
    /// Whether each site is decided, and how.
    decided: Vec<Option<bool>>,
    inside: usize,
}

impl<'a> Checker<'a> {
    fn new(
        instance: &'a AssignInstance,
        solution: &'a AssignSolution,
        bound: i64,
    ) -> Result<Self, AssignFault> {
        let mut decided = vec![None; instance.site_count()];
        let mut inside = 0;
        for (site, decision) in decided.iter_mut().enumerate() {
            match instance.status(SiteId::from_index(site)) {
                SiteStatus::Free => {}
                SiteStatus::Required => {
                    *decision = Some(true);
                    inside += 1;
                }
                SiteStatus::Forbidden | SiteStatus::Existing => *decision = Some(false),
            }
        }
        let mut checker =
            Self { instance, solution, bound, least: 1, lists: Vec::new(), decided, inside };
        if matches!(solution.problem.goal, AssignGoal::Median { .. }) {
            let scale = i128::from(solution.certificate.scale);
            let infeasible = matches!(solution.status, SolutionStatus::Infeasible { .. });
            let unit = if infeasible { 1 } else { checker.unit() };
            checker.least = (i128::from(bound) - unit) * scale + 1;
        }
        for prices in &solution.certificate.prices {
            let priced = checker.price(prices)?;
            checker.lists.push(priced);
        }
        Ok(checker)
    }

    /// The greatest number that divides every term a median can be summed from.
    fn unit(&self) -> i128 {
        let mut unit = 0_i128;
        for row in 0..self.instance.row_count() {
            let weight = i128::from(self.instance.weight(row));
            let existing = self.instance.existing_time(row).reached();
            let fixed = existing.into_iter().chain(self.solution.problem.unserved());
            let all = self.instance.walks(row).iter().map(|walk| walk.ms);
            for ms in fixed.map(|time| time.as_ms()).chain(all) {
                let (mut a, mut b) = (unit, weight * i128::from(ms));
                while b != 0 {
                    (a, b) = (b, a % b);
                }
                unit = a;
            }
        }
        unit.max(1)
    }

    fn price(&self, prices: &[i64]) -> Result<Priced, AssignFault> {
        if prices.len() != self.instance.row_count() || prices.iter().any(|&price| price < 0) {
            return Err(AssignFault::Malformed(
                "a list of prices has a wrong length or a price below 0",
            ));
        }
        let mut priced = Priced { base: 0, reduced: vec![0; self.instance.site_count()] };
        for (row, &price) in
            prices.iter().enumerate().filter(|(row, _)| self.instance.weight(*row) > 0)
        {
            match self.solution.problem.goal {
                AssignGoal::Median { .. } => self.price_median(row, i128::from(price), &mut priced),
                AssignGoal::Center => self.price_center(row, i128::from(price), &mut priced),
            }
        }
        Ok(priced)
    }

    fn price_median(&self, row: usize, price: i128, priced: &mut Priced) {
        let scale = i128::from(self.solution.certificate.scale);
        let weight = i128::from(self.instance.weight(row));
        let below = |ms: u32| weight * (scale * i128::from(ms) - price).min(0);
        priced.base += weight * price;
        let always = [self.instance.existing_time(row).reached(), self.solution.problem.unserved()];
        let always = always.into_iter().flatten().map(|time| time.as_ms()).min();
        priced.base += always.map_or(0, below);
        for walk in self.instance.walks(row) {
            if scale * i128::from(walk.ms) >= price {
                break;
            }
            priced.reduced[walk.site.index()] += below(walk.ms);
        }
    }

    fn price_center(&self, row: usize, price: i128, priced: &mut Priced) {
        if i64::from(self.instance.existing_time(row).as_ms()) < self.bound {
            return;
        }
        priced.base += price;
        for walk in self.instance.walks(row) {
            if i64::from(walk.ms) >= self.bound {
                break;
            }
            priced.reduced[walk.site.index()] -= price;
        }
    }

    /// Rows that the proof speaks of: priced, or said to be out of reach. Others need not be covered.
    fn used_rows(&self) -> Vec<bool> {
        let certificate = &self.solution.certificate;
        let mut used = vec![false; self.instance.row_count()];
        for prices in &certificate.prices {
            for (used, &price) in used.iter_mut().zip(prices) {
                *used |= price > 0;
            }
        }
        for node in &certificate.nodes {
            if let ProofNode::RowUnreached { row } = node
                && let Some(used) = used.get_mut(*row as usize)
            {
                *used = true;
            }
        }
        used
    }

    /// Checks the sites left out first.
    fn leave_out(&mut self, dominated: &[Dominance]) -> Result<(), AssignFault> {
        if dominated.is_empty() {
            return Ok(());
        }
        if self.solution.problem.goal != AssignGoal::Center {
            return Err(AssignFault::Malformed("sites are left out of a median"));
        }
        let mut rows = vec![Vec::new(); self.instance.site_count()];
        let used = self.used_rows();
        for row in (0..self.instance.row_count()).filter(|&row| used[row]) {
            if i64::from(self.instance.existing_time(row).as_ms()) >= self.bound {
                let near = self.instance.walks(row).iter();
                for walk in near.take_while(|walk| i64::from(walk.ms) < self.bound) {
                    rows[walk.site.index()].push(row);
                }
            }
        }
        for &Dominance { site, by } in dominated {
            let (Some(out), Some(kept)) =
                (self.decided.get(site.index()), self.decided.get(by.index()))
            else {
                return Err(AssignFault::Malformed("a site left out does not exist"));
            };
            let all =
                rows[site.index()].iter().all(|row| rows[by.index()].binary_search(row).is_ok());
            if out.is_some() || *kept == Some(false) || site == by || !all {
                return Err(AssignFault::Dominance(site.0));
            }
            self.decided[site.index()] = Some(false);
        }
        Ok(())
    }

    fn walk(&mut self, nodes: &[ProofNode]) -> Result<(), AssignFault> {
        let mut met = vec![false; nodes.len()];
        let mut steps = vec![Step::Enter(0)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Decide(site, inside) => {
                    self.decided[site.index()] = Some(inside);
                    self.inside += usize::from(inside);
                }
                Step::Undecide(site) => {
                    self.inside -= usize::from(self.decided[site.index()] == Some(true));
                    self.decided[site.index()] = None;
                }
                Step::Enter(at) => {
                    let once = met.get_mut(at as usize).map(|met| !std::mem::replace(met, true));
                    if once != Some(true) {
                        return Err(AssignFault::Tree(at));
                    }
                    self.enter(at, &nodes[at as usize], &mut steps)?;
                }
            }
        }
        met.iter().position(|met| !met).map_or(Ok(()), |lost| Err(AssignFault::Tree(lost as u32)))
    }

    fn enter(&self, at: u32, node: &ProofNode, steps: &mut Vec<Step>) -> Result<(), AssignFault> {
        match node {
            ProofNode::Branch { site, inside, outside } => {
                self.must_be_undecided(at, *site)?;
                for (child, decision) in [(*outside, false), (*inside, true)] {
                    if child <= at {
                        return Err(AssignFault::Tree(child));
                    }
                    steps.push(Step::Undecide(*site));
                    steps.push(Step::Enter(child));
                    steps.push(Step::Decide(*site, decision));
                }
                Ok(())
            }
            ProofNode::Fix { multipliers, sites, then } => {
                if *then <= at {
                    return Err(AssignFault::Tree(*then));
                }
                self.check_fixed(at, *multipliers, sites)?;
                steps.extend(sites.iter().map(|(site, _)| Step::Undecide(*site)));
                steps.push(Step::Enter(*then));
                steps.extend(sites.iter().map(|&(site, inside)| Step::Decide(site, inside)));
                Ok(())
            }
            ProofNode::Bounded { multipliers } => {
                let standing = self.standing(at, *multipliers)?;
                if standing.is_none_or(|standing| standing.value >= self.least) {
                    Ok(())
                } else {
                    Err(AssignFault::Unproven(at))
                }
            }
            ProofNode::OverCount if self.inside > self.solution.problem.max_sites as usize => {
                Ok(())
            }
            ProofNode::RowUnreached { row } if self.is_unreached(*row as usize) => Ok(()),
            _ => Err(AssignFault::Unproven(at)),
        }
    }

    fn must_be_undecided(&self, at: u32, site: SiteId) -> Result<(), AssignFault> {
        match self.decided.get(site.index()) {
            Some(None) => Ok(()),
            _ => Err(AssignFault::Tree(at)),
        }
    }

    /// Whether no site that is not outside may serve `row` (nearer than the bound, for the center).
    fn is_unreached(&self, row: usize) -> bool {
        if row >= self.instance.row_count() || self.instance.weight(row) == 0 {
            return false;
        }
        let most = match self.solution.problem.goal {
            AssignGoal::Median { .. } => i64::MAX,
            AssignGoal::Center => self.bound,
        };
        let near = |ms: u32| i64::from(ms) < most;
        let settled =
            self.instance.existing_time(row).reached().is_some_and(|time| near(time.as_ms()));
        let walks = self.instance.walks(row).iter();
        self.solution.problem.serves_everybody()
            && !settled
            && walks
                .filter(|walk| near(walk.ms))
                .all(|walk| self.decided[walk.site.index()] == Some(false))
    }

    /// The bound of a list of prices here; `None` when more are inside than may be chosen.
    fn standing(&self, at: u32, list: u32) -> Result<Option<Standing>, AssignFault> {
        let Some(priced) = self.lists.get(list as usize) else {
            return Err(AssignFault::Unproven(at));
        };
        let Some(count) = (self.solution.problem.max_sites as usize).checked_sub(self.inside)
        else {
            return Ok(None);
        };
        let mut value = priced.base;
        let mut free: Vec<(i128, usize)> = Vec::new();
        for (site, &reduced) in priced.reduced.iter().enumerate() {
            match self.decided[site] {
                Some(true) => value += reduced,
                Some(false) => {}
                None => free.push((reduced, site)),
            }
        }
        if count > 0 && count < free.len() {
            free.select_nth_unstable(count - 1);
        }
        let (least, others) = free.split_at(count.min(free.len()));
        value += least.iter().map(|(reduced, _)| reduced).sum::<i128>();
        let last = least.iter().max().copied();
        let next = others.iter().map(|(reduced, _)| *reduced).min().unwrap_or(0);
        Ok(Some(Standing { value, last, next, count }))
    }

    /// Each site fixed: with it the other way, the bound reaches what is to be proven.
    fn check_fixed(&self, at: u32, list: u32, sites: &[(SiteId, bool)]) -> Result<(), AssignFault> {
        let Some(standing) = self.standing(at, list)? else {
            return Err(AssignFault::Unproven(at));
        };
        let mut seen: Vec<SiteId> = sites.iter().map(|(site, _)| *site).collect();
        seen.sort_unstable();
        if !seen.is_sorted_by(|a, b| a < b) {
            return Err(AssignFault::Tree(at));
        }
        for &(site, inside) in sites {
            self.must_be_undecided(at, site)?;
            let reduced = self.lists[list as usize].reduced[site.index()];
            let among = standing.last.is_some_and(|last| (reduced, site.index()) <= last);
            let raised = match (inside, among) {
                (true, true) => standing.next - reduced,
                (false, false) => reduced - standing.last.map_or(reduced, |(last, _)| last),
                _ => 0,
            };
            let over = !inside && standing.count == 0;
            if !over && standing.value + raised < self.least {
                return Err(AssignFault::Unproven(at));
            }
        }
        Ok(())
    }
}

/// The bound of a list of prices at a node.
struct Standing {
    value: i128,
    /// The greatest of the least `r_j`, with its site.
    last: Option<(i128, usize)>,
    /// The least of the other undecided `r_j`, 0 when there is none.
    next: i128,
    /// How many undecided sites may be chosen.
    count: usize,
}
