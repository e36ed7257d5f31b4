//! p-dispersion: so many sites, the least walk between any two as long as may be.
//!
//! Source: M. J. Kuby, "Programming models for facility dispersion: the p-dispersion and maxisum dispersion problems",
//! Geographical Analysis 19(4), 1987. What is open today is fixed: its nearest counts for each site. The greatest least
//! walk is one of the walks between two places, so it is found by bisection over them; each step asks
//!
//! ```text
//! max  sum x_j
//!      sum of x_j over a clique <= 1      cliques of sites no two of which are farther apart than the walk asked about
//!      x_j <= 0                           for sites no farther than that from something open
//!      the rules on sites;  x in {0, 1}
//! ```
//!
//! and there is a plan whose sites are all farther apart exactly when this reaches the number of sites (an independent set:
//! cliques as rows, M. W. Padberg, "On the facial structure of set packing polyhedra", Mathematical Programming 5, 1973).

use serde::{Deserialize, Serialize};

use super::instance::{CoverInstance, SiteStatus};
use super::outcome::{blame, chosen_from};
use super::problem::SiteRules;
use super::program::rules::{add_rules, better, keeps_rules, keeps_upper_rules};
use super::program::{BranchTree, Effort, Found, Judge, Program, Signal, search};
use super::solution::{Improvement, Infeasibility, Monitor, SolutionStatus, relative_gap};
use crate::ids::{Id, SiteId};

/// The walk between places that no way on foot joins, in milliseconds.
pub const NO_WAY_MS: u32 = u32::MAX;

/// Sites and the walks between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispersionInstance {
    /// Sites, and whom each reaches: what is told beside the walks.
    pub cover: CoverInstance,
    /// Milliseconds between a site and each one before it: the lesser of both directions; [`NO_WAY_MS`] for none.
    pub apart: Vec<Vec<u32>>,
    /// Milliseconds between a site and the nearest of what is open today, likewise.
    pub to_open: Vec<u32>,
}

/// The sites that are farthest apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DispersionPlan {
    /// Sites to add, sorted: as many as asked.
    pub chosen: Vec<SiteId>,
    /// Milliseconds between the nearest two, one of them new.
    pub value: i64,
    /// No plan has its nearest two farther apart; -1 when there is no plan.
    pub bound: i64,
    /// How far the search came.
    pub status: SolutionStatus,
    /// Sites no two of which are farther apart than the bound.
    pub cliques: Vec<Vec<u32>>,
    /// What proves that so many sites are not all farther apart than the bound. Decisions: sites, each worth 1. Rows: the
    /// cliques; sites no farther than the bound from something open, in order; the rules on sites.
    pub certificate: BranchTree,
}

impl DispersionInstance {
    /// Milliseconds between two sites.
    pub fn between(&self, a: usize, b: usize) -> u32 {
        self.apart[a.max(b)][a.min(b)]
    }

    /// Whether the walks are those of the sites.
    pub fn fits(&self) -> bool {
        let sites = self.cover.site_count();
        self.to_open.len() == sites
            && self.apart.len() == sites
            && self.apart.iter().enumerate().all(|(site, walks)| walks.len() == site)
    }

    /// Milliseconds between the nearest two of `chosen` and of what is open, one of them chosen.
    pub fn least_walk(&self, chosen: &[SiteId]) -> u32 {
        let mut least = NO_WAY_MS;
        for (at, &site) in chosen.iter().enumerate() {
            least = least.min(self.to_open[site.index()]);
            for &other in &chosen[..at] {
                least = least.min(self.between(site.index(), other.index()));
            }
        }
        least
    }
}

/// The sites, as many as the rules allow at most, that are farthest apart.
pub fn solve_dispersion(
    instance: &DispersionInstance,
    rules: &SiteRules,
    effort: Effort,
    monitor: &dyn Monitor,
) -> DispersionPlan {
    let asked = rules.max_sites.filter(|_| instance.fits());
    let refused = blame(&instance.cover, rules);
    let (Some(asked), None) = (asked, &refused) else {
        let reason = refused.unwrap_or(Infeasibility::RulesDoNotFit);
        return without(SolutionStatus::Infeasible { reason }, Packed::default());
    };
    let mut walks: Vec<i64> = instance.apart.iter().flatten().map(|&ms| i64::from(ms)).collect();
    walks.extend(instance.to_open.iter().map(|&ms| i64::from(ms)));
    walks.push(-1);
    walks.sort_unstable();
    walks.dedup();
    let bisection = Bisection { instance, rules, asked: asked as usize, effort, monitor };
    bisection.run(&walks)
}

/// What was found of the sites that are farther apart than some walk.
#[derive(Default)]
struct Packed {
    plan: Option<Vec<bool>>,
    is_impossible: bool,
    cliques: Vec<Vec<u32>>,
    tree: BranchTree,
}

struct Bisection<'a> {
    instance: &'a DispersionInstance,
    rules: &'a SiteRules,
    asked: usize,
    effort: Effort,
    monitor: &'a dyn Monitor,
}

impl Bisection<'_> {
    /// `walks` are all there are, -1 first.
    fn run(&self, walks: &[i64]) -> DispersionPlan {
        let last = walks.len() - 1;
        // All plans are farther apart than -1; none farther than the longest walk, when two places have to be apart.
        let mut best: Option<Vec<SiteId>> = None;
        let mut proven = (last, Packed::default());
        let (mut from, mut guess) = (0, 0);
        let mut is_open = false;
        loop {
            let found = self.packed(walks[guess]);
            if let Some(plan) = found.plan {
                let chosen = chosen_from(&plan, 0, plan.len());
                let value = i64::from(self.instance.least_walk(&chosen));
                from = walks.partition_point(|&walk| walk < value);
                best = Some(chosen);
                self.tell(best.as_deref(), walks[proven.0].max(value));
            } else if found.is_impossible {
                proven = (guess, found);
                self.tell(best.as_deref(), walks[guess]);
            } else {
                is_open = true;
                break;
            }
            if best.is_none() || from >= proven.0 {
                break;
            }
            guess = from + (proven.0 - from) / 2;
        }
        let bound = walks[proven.0];
        let Some(chosen) = best else {
            let status = match (is_open, self.monitor.is_cancelled()) {
                (false, _) => SolutionStatus::Infeasible { reason: Infeasibility::Together },
                (true, true) => SolutionStatus::Cancelled,
                (true, false) => SolutionStatus::Unsolved,
            };
            return DispersionPlan { bound, ..without(status, proven.1) };
        };
        let value = i64::from(self.instance.least_walk(&chosen));
        let status = if value == bound {
            SolutionStatus::Optimal
        } else if self.monitor.is_cancelled() {
            SolutionStatus::Cancelled
        } else {
            SolutionStatus::Feasible
        };
        let Packed { cliques, tree, .. } = proven.1;
        DispersionPlan { chosen, value, bound, status, cliques, certificate: tree }
    }

    fn tell(&self, chosen: Option<&[SiteId]>, bound: i64) {
        let value = chosen.map(|chosen| i64::from(self.instance.least_walk(chosen)));
        let gap = value.map_or(1.0, |value| relative_gap(value, bound, bound));
        let chosen = chosen.unwrap_or_default();
        self.monitor.improved(&Improvement { value, bound, gap, chosen });
    }

    /// Looks for as many sites as asked, all farther apart than `walk`.
    fn packed(&self, walk: i64) -> Packed {
        let near = Near::new(self.instance, walk);
        let cliques = near.cliques();
        let mut program = Program::new();
        for _ in 0..self.instance.cover.site_count() {
            program.decide(1);
        }
        for clique in &cliques {
            program.at_most(clique.iter().map(|&site| (site, 1)), 1);
        }
        for (site, &shut) in (0_u32..).zip(&near.shut) {
            if shut {
                program.at_most([(site, 1)], 0);
            }
        }
        add_rules(&mut program, &self.instance.cover, self.rules, 0);
        let judge = PackJudge { near: &near, cover: &self.instance.cover, rules: self.rules };
        let even = vec![0.5; self.instance.cover.site_count()];
        let start = judge.round(&even);
        if let Some(plan) =
            start.as_ref().filter(|plan| judge.value(plan) == Some(self.asked as i64))
        {
            return Packed { plan: Some(plan.clone()), ..Packed::default() };
        }
        let until = Until { monitor: self.monitor, asked: self.asked as i64 };
        let found: Found = search(&program, &judge, (start, 1), self.effort, &until);
        let enough = |best: &(Vec<bool>, i64)| best.1 >= self.asked as i64;
        let is_impossible = found.best.as_ref().is_none_or(|best| !enough(best))
            && (found.infeasible || found.bound < self.asked as i64);
        Packed {
            plan: found.best.filter(enough).map(|best| best.0),
            is_impossible,
            cliques,
            tree: found.tree,
        }
    }
}

fn without(status: SolutionStatus, packed: Packed) -> DispersionPlan {
    DispersionPlan {
        chosen: Vec::new(),
        value: 0,
        bound: -1,
        status,
        cliques: packed.cliques,
        certificate: packed.tree,
    }
}

/// Stops when the user does; as many sites as asked end a search by themselves.
struct Until<'a> {
    monitor: &'a dyn Monitor,
    asked: i64,
}

impl Signal for Until<'_> {
    fn improved(&self, value: Option<i64>, _: i64, _: &[bool]) {
        debug_assert!(value.is_none_or(|value| value <= self.asked), "more sites than asked");
    }

    fn stop(&self) -> bool {
        self.monitor.is_cancelled()
    }
}

/// Which sites are no farther apart than a walk.
struct Near {
    /// For each site the others near it.
    of: Vec<Vec<bool>>,
    /// Sites near something open.
    shut: Vec<bool>,
}

impl Near {
    fn new(instance: &DispersionInstance, walk: i64) -> Self {
        let sites = instance.cover.site_count();
        let is_near = |ms: u32| i64::from(ms) <= walk;
        let row = |a: usize| -> Vec<bool> {
            (0..sites).map(|b| a != b && is_near(instance.between(a, b))).collect()
        };
        Self {
            of: (0..sites).map(row).collect(),
            shut: instance.to_open.iter().map(|&ms| is_near(ms)).collect(),
        }
    }

    /// Cliques that hold every pair of near sites, each as large as sites in order make it.
    fn cliques(&self) -> Vec<Vec<u32>> {
        let sites = self.of.len();
        let mut held = vec![vec![false; sites]; sites];
        let mut cliques = Vec::new();
        for a in (0..sites).filter(|&a| !self.shut[a]) {
            for b in (a + 1..sites).filter(|&b| !self.shut[b]) {
                if !self.of[a][b] || held[a][b] {
                    continue;
                }
                let mut clique = vec![a, b];
                // First those whose pairs nothing holds yet, then whoever fits.
                for is_new in [true, false] {
                    for c in (0..sites).filter(|&c| !self.shut[c]) {
                        let fits = clique.iter().all(|&d| self.of[c][d]);
                        if fits && (!is_new || clique.iter().all(|&d| !held[c][d])) {
                            clique.push(c);
                        }
                    }
                }
                clique.sort_unstable();
                for (at, &c) in clique.iter().enumerate() {
                    for &d in &clique[at + 1..] {
                        held[c][d] = true;
                        held[d][c] = true;
                    }
                }
                cliques.push(clique.into_iter().map(|site| site as u32).collect());
            }
        }
        cliques
    }
}

struct PackJudge<'a> {
    near: &'a Near,
    cover: &'a CoverInstance,
    rules: &'a SiteRules,
}

impl PackJudge<'_> {
    fn are_apart(&self, plan: &[bool]) -> bool {
        let open: Vec<usize> = (0..plan.len()).filter(|&site| plan[site]).collect();
        let apart = |at: usize| open[..at].iter().all(|&other| !self.near.of[open[at]][other]);
        (0..open.len()).all(|at| !self.near.shut[open[at]] && apart(at))
    }
}

impl Judge for PackJudge<'_> {
    fn value(&self, plan: &[bool]) -> Option<i64> {
        let kept = keeps_rules(self.cover, self.rules, plan) && self.are_apart(plan);
        kept.then(|| plan.iter().filter(|&&open| open).count() as i64)
    }

    /// Sites in order of the guide, those with the fewest near them first among equals.
    fn round(&self, guide: &[f64]) -> Option<Vec<bool>> {
        let mut open = vec![false; guide.len()];
        let crowd = |site: usize| self.near.of[site].iter().filter(|&&near| near).count();
        let crowds: Vec<usize> = (0..guide.len()).map(crowd).collect();
        let required = |site: usize| self.cover.status(SiteId(site as u32)) == SiteStatus::Required;
        let mut order: Vec<usize> = (0..guide.len())
            .filter(|&site| self.cover.is_open_to_choice(SiteId(site as u32)))
            .collect();
        order.sort_by(|&a, &b| {
            let firm = required(b).cmp(&required(a));
            firm.then(guide[b].total_cmp(&guide[a])).then(crowds[a].cmp(&crowds[b])).then(a.cmp(&b))
        });
        for site in order {
            let is_free = !self.near.shut[site]
                && (0..open.len()).all(|other| !open[other] || !self.near.of[site][other]);
            open[site] = is_free;
            open[site] = is_free && keeps_upper_rules(self.cover, self.rules, &open);
        }
        self.value(&open)?;
        Some(better(self, open, 2_000))
    }
}
