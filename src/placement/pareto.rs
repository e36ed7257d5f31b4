//! The front of cost, people and worst-off.
//!
//! For one ceiling of cost after the other: most people covered; then most people with the least share above the
//! one just found, again and again until nothing is left (the ε-constraint method: Y. Y. Haimes, L. S. Lasdon and
//! D. A. Wismer, "On a bicriterion formulation of the problems of integrated system identification and system
//! optimization", IEEE Transactions on Systems, Man, and Cybernetics 1, 1971). Points another is as good as in all
//! three are left out.

use serde::{Deserialize, Serialize};

use super::equity::{EquityInstance, PeopleJudge, View, ZoneShare, refuse, run};
use super::outcome::{chosen_from, status};
use super::problem::SiteRules;
use super::program::{BranchTree, Effort, Judge};
use super::solution::{Monitor, SolutionStatus};
use crate::ids::SiteId;

/// A limit on cost for one part of the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ceiling {
    /// At most so many sites.
    pub sites: Option<u32>,
    /// At most this cost.
    pub budget: Option<i64>,
}

/// A point of the front of cost, people and worst-off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontPoint {
    /// The ceiling it was found under.
    pub ceiling: Ceiling,
    /// The least share asked for: above that of this zone; `None` when none was.
    pub above: Option<ZoneShare>,
    /// Sites to add, sorted.
    pub chosen: Vec<SiteId>,
    /// What they cost.
    pub cost: i64,
    /// Micro-persons newly covered.
    pub people: i64,
    /// No plan under the ceiling and above the share covers more.
    pub people_bound: i64,
    /// The worst counted zone.
    pub worst: Option<ZoneShare>,
    /// Whether the people are proven the most.
    pub status: SolutionStatus,
    /// What proves the bound, as in [`super::equity::EquityPlan::people_certificate`].
    pub certificate: BranchTree,
}

/// The front of cost, people and worst-off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParetoFront {
    /// Points none of which is as good as another in all three; by ceiling, then by falling people.
    pub points: Vec<FrontPoint>,
    /// Whether every point under the ceilings is proven to be there: each search ended with a proof.
    pub complete: bool,
}

/// The front under each of `ceilings` in turn, at most `most_points` searches for each.
pub fn pareto_front(
    instance: &EquityInstance,
    rules: &SiteRules,
    (ceilings, most_points): (&[Ceiling], usize),
    (effort, monitor): (Effort, &dyn Monitor),
) -> ParetoFront {
    let view = View::new(instance);
    let mut front = ParetoFront { points: Vec::new(), complete: true };
    for &ceiling in ceilings {
        let rules = SiteRules {
            max_sites: least(rules.max_sites, ceiling.sites),
            budget: least(rules.budget, ceiling.budget),
            ..rules.clone()
        };
        if refuse(instance, &rules).is_some() {
            continue;
        }
        let mut above = None;
        for turn in 0.. {
            if turn == most_points {
                front.complete = false;
                break;
            }
            let found = point(&view, &rules, (ceiling, above), (effort, monitor));
            front.complete &= !matches!(
                found.status,
                SolutionStatus::Unsolved | SolutionStatus::Cancelled | SolutionStatus::Feasible
            );
            if matches!(found.status, SolutionStatus::Infeasible { .. } | SolutionStatus::Unsolved)
                || (found.status == SolutionStatus::Cancelled && found.chosen.is_empty())
            {
                break;
            }
            let worst = found.worst;
            front.points.push(found);
            if worst.is_none_or(|worst| worst.covered >= worst.persons) || monitor.is_cancelled() {
                break;
            }
            above = worst;
        }
    }
    let points = std::mem::take(&mut front.points);
    let beaten = |at: usize| {
        points.iter().enumerate().any(|(other, p)| {
            other != at && dominates(p, &points[at]) && (other < at || !dominates(&points[at], p))
        })
    };
    let kept: Vec<bool> = (0..points.len()).map(|at| !beaten(at)).collect();
    front.points = points.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(p, _)| p).collect();
    front
}

impl ParetoFront {
    /// How far the search came with the point at `picked`: its sites, its status, its people and the most there can
    /// be. A front without a point is impossible where a single rule is to blame.
    pub fn point(
        &self,
        (instance, rules): (&EquityInstance, &SiteRules),
        picked: usize,
    ) -> Option<(Vec<SiteId>, SolutionStatus, (i64, i64))> {
        if let Some(point) = self.points.get(picked) {
            let people = (point.people, point.people_bound);
            return Some((point.chosen.clone(), point.status.clone(), people));
        }
        let blamed = refuse(instance, rules);
        let status =
            blamed.map_or(SolutionStatus::Unsolved, |reason| SolutionStatus::Infeasible { reason });
        (self.points.is_empty() && picked == 0).then_some((Vec::new(), status, (0, 0)))
    }
}

fn least<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Whether `a` is at least as good as `b` in all three.
fn dominates(a: &FrontPoint, b: &FrontPoint) -> bool {
    let share = |point: &FrontPoint| point.worst.map_or((1, 1), |w| (w.covered, w.persons));
    let ((ac, ap), (bc, bp)) = (share(a), share(b));
    a.cost <= b.cost
        && a.people >= b.people
        && i128::from(ac) * i128::from(bp) >= i128::from(bc) * i128::from(ap)
}

fn point(
    view: &View,
    rules: &SiteRules,
    (ceiling, above): (Ceiling, Option<ZoneShare>),
    (effort, monitor): (Effort, &dyn Monitor),
) -> FrontPoint {
    let needs = view.needs(above, ZoneShare::more_in);
    let judge = PeopleJudge { view, rules, needs: &needs };
    let program = view.people_program(rules, &needs);
    let start = judge.round(&view.reach());
    let found = run((&program, &judge), (start, view.unit()), effort, monitor);
    let status = status(&found);
    let plan = found.best.map_or_else(|| vec![false; view.cover.site_count()], |best| best.0);
    let chosen = chosen_from(&plan, 0, plan.len());
    FrontPoint {
        ceiling,
        above,
        cost: chosen.iter().map(|&site| view.cover.cost(site)).sum(),
        chosen,
        people: view.people(&plan),
        people_bound: found.bound.max(0),
        worst: view.worst(&plan),
        status,
        certificate: found.tree,
    }
}
