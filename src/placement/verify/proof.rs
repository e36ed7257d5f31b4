//! Whether the certificate proves the bound: reductions, classes, and a walk through the branch tree.

use super::plan::price;
use super::rejection::Rejection;
use super::state::{Side, State};
use super::weigh::Weighing;
use crate::ids::{Id, SiteId};
use crate::placement::certificate::{Certificate, ProofNode, Reduction};
use crate::placement::instance::{CoverInstance, SiteStatus};
use crate::placement::problem::{CoverProblem, Objective};
use crate::placement::solution::PlacementSolution;

/// Checks that the certificate proves that no plan is better than the claimed bound.
pub(super) fn bound_holds(
    instance: &CoverInstance,
    problem: &CoverProblem,
    solution: &PlacementSolution,
) -> Result<(), Rejection> {
    let claim = i128::from(solution.bound) * if problem.maximizes() { -1 } else { 1 };
    check(instance, problem, &solution.certificate, Some(claim))?
        .ok_or(Rejection::NoProof { bound: solution.bound })
}

/// Checks that the certificate proves that no plan keeps all rules.
pub(super) fn no_plan_left(
    instance: &CoverInstance,
    problem: &CoverProblem,
    solution: &PlacementSolution,
) -> Result<(), Rejection> {
    check(instance, problem, &solution.certificate, None)?.ok_or(Rejection::ReasonDoesNotHold)
}

/// `claim`: the bound as a minimum; `None` when there is to be no plan. `None` back: there is no tree.
fn check(
    instance: &CoverInstance,
    problem: &CoverProblem,
    certificate: &Certificate,
    claim: Option<i128>,
) -> Result<Option<()>, Rejection> {
    let mut state = State::new(instance, problem);
    for site in instance.sites().filter(|site| instance.status(*site) == SiteStatus::Required) {
        state.require(site);
    }
    for (step, reduction) in certificate.reductions.iter().enumerate() {
        if !reduce(&mut state, *reduction) {
            return Err(Rejection::BadReduction { step });
        }
    }
    if certificate.nodes.is_empty() {
        let trivial = claim.is_some_and(|claim| trivial_bound(&state) >= claim);
        return Ok(trivial.then_some(()));
    }
    if certificate.scale < 1 {
        return Err(Rejection::BadScale { scale: certificate.scale });
    }
    let weighing = Weighing::new(&state, certificate, claim)?;
    Walk { state, weighing, seen: vec![false; certificate.nodes.len()], certificate }.tree()?;
    Ok(Some(()))
}

/// What holds without multipliers, as a minimum.
fn trivial_bound(state: &State<'_>) -> i128 {
    let instance = state.instance;
    match state.problem.objective {
        Objective::MostWeight => {
            let reachable = |row: &usize| {
                instance.sites_of(*row).iter().any(|&site| instance.is_open_to_choice(SiteId(site)))
            };
            let rows = (0..instance.row_count()).filter(reachable);
            let weight: i64 = rows.map(|row| instance.weight(row)).sum();
            let open = instance.sites().filter(|site| instance.is_open_to_choice(*site));
            -i128::from(weight + open.map(|site| instance.bonus(site)).sum::<i64>())
        }
        Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => instance
            .sites()
            .filter(|site| state.side(*site) == Side::Inside)
            .map(|site| i128::from(price(instance, payment, site)))
            .sum(),
    }
}

/// Takes a reduction step if it holds.
fn reduce(state: &mut State<'_>, reduction: Reduction) -> bool {
    let cover_all = matches!(state.problem.objective, Objective::CoverAll { .. });
    match reduction {
        Reduction::Dominated { site, by } => {
            let holds = state.is_open(site) && dominated(state, site, by);
            if holds {
                state.decide(site, Side::Outside);
            }
            holds
        }
        Reduction::Implied { row, by } => {
            let holds = cover_all
                && row != by
                && state.is_left(row)
                && state.is_left(by)
                && state
                    .open_sites(by)
                    .all(|site| state.instance.rows_of(site).binary_search(&row).is_ok());
            if holds {
                state.drop_row(row);
            }
            holds
        }
        Reduction::Forced { row, site } => {
            let holds =
                cover_all && state.is_left(row) && state.open_sites(row).eq(std::iter::once(site));
            if holds {
                state.require(site);
            }
            holds
        }
    }
}

fn dominated(state: &State<'_>, site: SiteId, by: SiteId) -> bool {
    let instance = state.instance;
    let payment = match state.problem.objective {
        Objective::MostWeight if instance.bonus(site) > 0 => return false,
        Objective::MostWeight => None,
        Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => Some(payment),
    };
    if state.in_group(site) {
        return false;
    }
    let mut left = instance.rows_of(site).iter().filter(|row| state.is_left(**row));
    if site == by {
        return left.next().is_none();
    }
    if !state.is_open(by) || state.in_group(by) || state.in_conflict(by) {
        return false;
    }
    let dearer = payment
        .is_some_and(|payment| price(instance, payment, by) > price(instance, payment, site))
        || (state.problem.rules.budget.is_some() && instance.cost(by) > instance.cost(site));
    let covering = instance.rows_of(by);
    !dearer && left.all(|row| covering.binary_search(row).is_ok())
}

/// A walk through the branch tree.
struct Walk<'a> {
    state: State<'a>,
    weighing: Weighing<'a>,
    seen: Vec<bool>,
    certificate: &'a Certificate,
}

/// What is still to be done: a node under decisions of this many sites.
struct Pending {
    node: u32,
    parent: Option<u32>,
    depth: usize,
    decide: Option<(SiteId, Side)>,
}

impl Walk<'_> {
    fn tree(mut self) -> Result<(), Rejection> {
        let mut stack =
            vec![Pending { node: 0, parent: None, depth: self.state.depth(), decide: None }];
        while let Some(next) = stack.pop() {
            self.state.undo_to(next.depth);
            if let Some((site, side)) = next.decide {
                self.decide(next.parent.unwrap_or(0) as usize, site, side)?;
            }
            self.visit(&next, &mut stack)?;
        }
        match self.seen.iter().position(|seen| !seen) {
            Some(node) => Err(Rejection::BrokenTree { node }),
            None => Ok(()),
        }
    }

    fn visit(&mut self, at: &Pending, stack: &mut Vec<Pending>) -> Result<(), Rejection> {
        let node = at.node as usize;
        match self.seen.get_mut(node) {
            None => return Err(Rejection::DanglingNode { node: at.parent.unwrap_or(0) as usize }),
            Some(seen) if *seen || at.parent.is_some_and(|parent| parent >= at.node) => {
                return Err(Rejection::BrokenTree { node });
            }
            Some(seen) => *seen = true,
        }
        let child = |child: u32, depth, decide| Pending {
            node: child,
            parent: Some(at.node),
            depth,
            decide,
        };
        match &self.certificate.nodes[node] {
            ProofNode::Branch { site, inside, outside } => {
                let depth = self.state.depth();
                stack.push(child(*outside, depth, Some((*site, Side::Outside))));
                stack.push(child(*inside, depth, Some((*site, Side::Inside))));
                Ok(())
            }
            ProofNode::Fix { multipliers, sites, then } => {
                self.fix(node, *multipliers as usize, sites)?;
                stack.push(child(*then, self.state.depth(), None));
                Ok(())
            }
            ProofNode::Propagate { sites, then } => {
                for &(site, inside) in sites {
                    if !self.state.is_open(site) {
                        return Err(Rejection::DecidedTwice { node, site });
                    }
                    let to = if inside { Side::Inside } else { Side::Outside };
                    if !self.state.must_be(site, to) {
                        return Err(Rejection::UnprovenFix { node, site });
                    }
                    self.decide(node, site, to)?;
                }
                stack.push(child(*then, self.state.depth(), None));
                Ok(())
            }
            ProofNode::Bounded { multipliers } => {
                let low = self.weighing.bound(&self.state, node, *multipliers as usize)?;
                let proven = self.weighing.proves(*multipliers as usize, low);
                if proven { Ok(()) } else { Err(Rejection::LeafTooWeak { node }) }
            }
            leaf => {
                let ruled_out = match leaf {
                    ProofNode::RowUnreached { row } => self.state.row_unreached(*row),
                    ProofNode::OverCount => self.state.over_count(),
                    ProofNode::OverBudget => self.state.over_budget(),
                    ProofNode::Conflict { conflict } => {
                        self.state.conflict_broken(*conflict as usize)
                    }
                    ProofNode::GroupCount { group } => self.state.group_broken(*group as usize),
                    _ => self.state.target_missed(),
                };
                if ruled_out { Ok(()) } else { Err(Rejection::RuleAllows { node }) }
            }
        }
    }

    fn decide(&mut self, node: usize, site: SiteId, to: Side) -> Result<(), Rejection> {
        if !self.state.is_open(site) {
            return Err(Rejection::DecidedTwice { node, site });
        }
        self.state.decide(site, to);
        Ok(())
    }

    fn fix(&mut self, node: usize, set: usize, sites: &[(SiteId, bool)]) -> Result<(), Rejection> {
        let low = self.weighing.bound(&self.state, node, set)?;
        for &(site, inside) in sites {
            if !self.state.is_open(site) {
                return Err(Rejection::DecidedTwice { node, site });
            }
            let reduced = self.weighing.reduced(set, site.index());
            let other = low - reduced.min(0) + if inside { 0 } else { reduced };
            if !self.weighing.proves(set, other) {
                return Err(Rejection::UnprovenFix { node, site });
            }
            self.state.decide(site, if inside { Side::Inside } else { Side::Outside });
        }
        Ok(())
    }
}
