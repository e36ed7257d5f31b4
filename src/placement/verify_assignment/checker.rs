//! Reads the branch tree of a proof node by node.

use super::AssignFault;
use crate::ids::{Id, SiteId};
use crate::placement::assign_solution::AssignSolution;
use crate::placement::assign_solution::Dominance;
use crate::placement::assignment::{AssignGoal, AssignInstance};
use crate::placement::certificate::ProofNode;
use crate::placement::instance::SiteStatus;
use crate::placement::solution::SolutionStatus;
use crate::units::WalkTime;

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

pub(super) struct Checker<'a> {
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
    pub(super) fn new(
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
            for ms in fixed.map(WalkTime::as_ms).chain(all) {
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
        let mut list = Priced { base: 0, reduced: vec![0; self.instance.site_count()] };
        for (row, &price) in
            prices.iter().enumerate().filter(|(row, _)| self.instance.weight(*row) > 0)
        {
            match self.solution.problem.goal {
                AssignGoal::Median { .. } => self.price_median(row, i128::from(price), &mut list),
                AssignGoal::Center => self.price_center(row, i128::from(price), &mut list),
            }
        }
        Ok(list)
    }

    fn price_median(&self, row: usize, price: i128, priced: &mut Priced) {
        let scale = i128::from(self.solution.certificate.scale);
        let weight = i128::from(self.instance.weight(row));
        let below = |ms: u32| weight * (scale * i128::from(ms) - price).min(0);
        priced.base += weight * price;
        let always = [self.instance.existing_time(row).reached(), self.solution.problem.unserved()];
        let always = always.into_iter().flatten().map(WalkTime::as_ms).min();
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
    pub(super) fn leave_out(&mut self, dominated: &[Dominance]) -> Result<(), AssignFault> {
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

    pub(super) fn walk(&mut self, nodes: &[ProofNode]) -> Result<(), AssignFault> {
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
        let greatest = least.iter().max().copied();
        let next = others.iter().map(|(reduced, _)| *reduced).min().unwrap_or(0);
        Ok(Some(Standing { value, last: greatest, next, count }))
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
