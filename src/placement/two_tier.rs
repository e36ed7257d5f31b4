//! Community stations nested under street centers.
//!
//! Stations `s` cover homes within a small cutoff, centers `c` within a large one. A station may only open when
//! one of the centers it can hang under (within reach of it, or that of its zone) is open or stands already:
//!
//! ```text
//! max  station_worth Σ_i w_i y_i + center_worth Σ_i v_i u_i
//!      y_i ≤ Σ_{s covers i} x_s             by stations
//!      u_i ≤ Σ_{c covers i} z_c             by centers
//!      x_s ≤ Σ_{c over s} z_c               the duty; no row when a standing center takes it
//!      the rules of each tier, and one budget for both;  x, z ∈ {0, 1},  0 ≤ y, u ≤ 1
//! ```
//!
//! Source: G. C. Moore and C. ReVelle, "The hierarchical service location problem", Management Science 28,
//! 1982, made successively inclusive only through the duty of a station to its center.

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId};

use super::instance::{CoverInstance, SUM_LIMIT, SiteStatus};
use super::outcome::{Relay, blame, chosen_from, status};
use super::problem::SiteRules;
use super::program::rules::{
    add_rules, better, classes, common_unit, keeps_rules, keeps_upper_rules, take_in_order,
};
use super::program::{BranchTree, Effort, Found, Judge, Program, search};
use super::solution::{Infeasibility, Monitor, SolutionStatus};

/// Stations, centers and who may hang under whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoTierInstance {
    /// Stations over their demand rows.
    pub stations: CoverInstance,
    /// Centers over theirs; rows and weights may differ from the stations'.
    pub centers: CoverInstance,
    /// For each station the centers it can hang under, of any state.
    pub over: Vec<Vec<SiteId>>,
}

/// What is asked of a two-tier plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoTierProblem {
    /// What a micro-person newly covered by a station counts, not negative.
    pub station_worth: i64,
    /// What a micro-person newly covered by a center counts, not negative.
    pub center_worth: i64,
    /// Rules for stations.
    pub stations: SiteRules,
    /// Rules for centers.
    pub centers: SiteRules,
    /// At most this cost for both tiers together.
    pub budget: Option<i64>,
}

impl Default for TwoTierProblem {
    fn default() -> Self {
        let (stations, centers) = (SiteRules::default(), SiteRules::default());
        Self { station_worth: 1, center_worth: 1, stations, centers, budget: None }
    }
}

/// A two-tier plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoTierPlan {
    /// New stations, sorted.
    pub stations: Vec<SiteId>,
    /// New centers, sorted.
    pub centers: Vec<SiteId>,
    /// Micro-persons newly covered by stations.
    pub by_stations: i64,
    /// Micro-persons newly covered by centers.
    pub by_centers: i64,
    /// Both, each times its worth.
    pub value: i64,
    /// No plan has a larger value.
    pub bound: i64,
    /// How far the solver came.
    pub status: SolutionStatus,
    /// What proves the bound. Decisions: stations, then centers. Rows: classes of stations' rows, classes of
    /// centers' rows, duties in station order, the joint budget, the rules of stations, those of centers.
    pub certificate: BranchTree,
}

/// The two-tier plan of the highest value; streams to `monitor` (stations, then centers numbered after them),
/// which may stop it and keep the best plan.
pub fn solve_two_tier(
    instance: &TwoTierInstance,
    problem: &TwoTierProblem,
    effort: Effort,
    monitor: &dyn Monitor,
) -> TwoTierPlan {
    let classes = (classes(&instance.stations), classes(&instance.centers));
    let judge = TwoTierJudge { instance, problem, classes: &classes };
    if let Some(reason) = why(instance, problem) {
        let mut plan = judge.plan(Found::refused());
        plan.status = SolutionStatus::Infeasible { reason };
        return plan;
    }
    let program = program(instance, problem, &classes);
    let worths = |classes: &[(Vec<u32>, i64)], worth: i64| -> Vec<i64> {
        classes.iter().map(|class| class.1 * worth).collect()
    };
    let unit = common_unit(
        [worths(&classes.0, problem.station_worth), worths(&classes.1, problem.center_worth)]
            .concat(),
    );
    let count = instance.stations.site_count() + instance.centers.site_count();
    let sites = |plan: &[bool]| chosen_from(plan, 0, count);
    let relay = Relay { monitor, sites: &sites };
    let start = judge.round(&judge.reach());
    judge.plan(search(&program, &judge, (start, unit), effort, &relay))
}

fn why(instance: &TwoTierInstance, problem: &TwoTierProblem) -> Option<Infeasibility> {
    let centers = instance.centers.site_count();
    let total = i128::from(problem.station_worth) * i128::from(instance.stations.total_weight())
        + i128::from(problem.center_worth) * i128::from(instance.centers.total_weight());
    let fits = instance.over.len() == instance.stations.site_count()
        && instance.over.iter().flatten().all(|center| center.index() < centers)
        && problem.station_worth >= 0
        && problem.center_worth >= 0
        && total <= i128::from(SUM_LIMIT);
    if !fits {
        return Some(Infeasibility::RulesDoNotFit);
    }
    let orphan = instance.stations.sites().find(|&station| {
        instance.stations.status(station) == SiteStatus::Required
            && !instance.over[station.index()]
                .iter()
                .any(|&center| instance.centers.status(center) != SiteStatus::Forbidden)
    });
    if let Some(station) = orphan {
        return Some(Infeasibility::NoCenterOver { station });
    }
    blame(&instance.stations, &problem.stations)
        .or_else(|| blame(&instance.centers, &problem.centers))
}

/// Whether a standing center takes the duty of `station`, so that it needs no new one.
fn stands_under(instance: &TwoTierInstance, station: SiteId) -> bool {
    let stands = |&center: &SiteId| instance.centers.status(center) == SiteStatus::Existing;
    instance.over[station.index()].iter().any(stands)
}

type Classes = Vec<(Vec<u32>, i64)>;

fn program(
    instance: &TwoTierInstance,
    problem: &TwoTierProblem,
    classes: &(Classes, Classes),
) -> Program {
    let mut program = Program::new();
    let stations = instance.stations.site_count() as u32;
    for _ in 0..stations + instance.centers.site_count() as u32 {
        program.decide(0);
    }
    let tiers =
        [(&classes.0, problem.station_worth, 0), (&classes.1, problem.center_worth, stations)];
    for (classes, worth, first) in tiers {
        for (reached, weight) in classes {
            let part = program.part(worth * weight);
            let open = reached.iter().map(|&site| (first + site, -1));
            program.at_most(open.chain([(part, 1)]), 0);
        }
    }
    for station in instance.stations.sites().filter(|&station| !stands_under(instance, station)) {
        let mut over = instance.over[station.index()].clone();
        over.sort_unstable();
        over.dedup();
        let centers = over.iter().map(|&center| (stations + center.0, -1));
        program.at_most(centers.chain([(station.0, 1)]), 0);
    }
    if let Some(budget) = problem.budget {
        let below = instance.stations.sites().map(|site| (site.0, instance.stations.cost(site)));
        let above =
            instance.centers.sites().map(|site| (stations + site.0, instance.centers.cost(site)));
        program.at_most(below.chain(above).filter(|term| term.1 != 0), budget);
    }
    add_rules(&mut program, &instance.stations, &problem.stations, 0);
    add_rules(&mut program, &instance.centers, &problem.centers, stations);
    program
}

struct TwoTierJudge<'a> {
    instance: &'a TwoTierInstance,
    problem: &'a TwoTierProblem,
    classes: &'a (Classes, Classes),
}

impl TwoTierJudge<'_> {
    fn split<'p, T>(&self, plan: &'p [T]) -> (&'p [T], &'p [T]) {
        plan.split_at(self.instance.stations.site_count())
    }

    fn cost(&self, plan: &[bool]) -> i64 {
        let (stations, centers) = self.split(plan);
        let of = |instance: &CoverInstance, open: &[bool]| -> i64 {
            instance.sites().filter(|s| open[s.index()]).map(|site| instance.cost(site)).sum()
        };
        of(&self.instance.stations, stations) + of(&self.instance.centers, centers)
    }

    fn affordable(&self, plan: &[bool]) -> bool {
        self.problem.budget.is_none_or(|most| self.cost(plan) <= most)
    }

    fn has_center(&self, station: SiteId, centers: &[bool]) -> bool {
        stands_under(self.instance, station)
            || self.instance.over[station.index()].iter().any(|center| centers[center.index()])
    }

    fn covered(&self, plan: &[bool]) -> (i64, i64) {
        let (stations, centers) = self.split(plan);
        (weight(&self.classes.0, stations), weight(&self.classes.1, centers))
    }

    fn worth(&self, (by_stations, by_centers): (i64, i64)) -> i64 {
        self.problem.station_worth * by_stations + self.problem.center_worth * by_centers
    }

    /// A guide for the first plan: the people each site reaches, as a part of the most.
    fn reach(&self) -> Vec<f64> {
        let of = |instance: &CoverInstance, worth: i64| -> Vec<f64> {
            let one = |site| instance.covered_weight(&[site]) as f64 * worth as f64;
            instance.sites().map(one).collect()
        };
        let mut reach = of(&self.instance.centers, self.problem.center_worth);
        // A center counts with the best of the stations it lets open.
        let stations = of(&self.instance.stations, self.problem.station_worth);
        for (station, over) in self.instance.over.iter().enumerate() {
            for center in over {
                reach[center.index()] += stations[station];
            }
        }
        let all = [stations, reach].concat();
        let most = all.iter().copied().fold(1.0, f64::max);
        all.iter().map(|reach| reach / most).collect()
    }

    fn plan(&self, found: Found) -> TwoTierPlan {
        let status = status(&found);
        let count = self.instance.stations.site_count() + self.instance.centers.site_count();
        let plan = found.best.map_or_else(|| vec![false; count], |best| best.0);
        let covered = self.covered(&plan);
        let stations = self.instance.stations.site_count();
        TwoTierPlan {
            stations: chosen_from(&plan, 0, stations),
            centers: chosen_from(&plan, stations, count - stations),
            by_stations: covered.0,
            by_centers: covered.1,
            value: self.worth(covered),
            bound: found.bound.max(0),
            status,
            certificate: found.tree,
        }
    }
}

/// The weight of the classes that have an open site.
fn weight(classes: &[(Vec<u32>, i64)], open: &[bool]) -> i64 {
    let covered = classes.iter().filter(|(sites, _)| sites.iter().any(|&site| open[site as usize]));
    covered.map(|class| class.1).sum()
}

impl Judge for TwoTierJudge<'_> {
    fn value(&self, plan: &[bool]) -> Option<i64> {
        let (stations, centers) = self.split(plan);
        let duty =
            |station: SiteId| !stations[station.index()] || self.has_center(station, centers);
        let allowed = self.affordable(plan)
            && self.instance.stations.sites().all(duty)
            && keeps_rules(&self.instance.stations, &self.problem.stations, stations)
            && keeps_rules(&self.instance.centers, &self.problem.centers, centers);
        allowed.then(|| self.worth(self.covered(plan)))
    }

    fn round(&self, guide: &[f64]) -> Option<Vec<bool>> {
        let (station_guide, center_guide) = self.split(guide);
        let centers = take_in_order(&self.instance.centers, &self.problem.centers, center_guide);
        let mut stations: Vec<bool> = vec![false; station_guide.len()];
        let mut order: Vec<usize> = (0..stations.len())
            .filter(|&station| self.instance.stations.is_open_to_choice(SiteId(station as u32)))
            .collect();
        let must = |station: usize| {
            self.instance.stations.status(SiteId(station as u32)) == SiteStatus::Required
        };
        order.sort_by(|&a, &b| {
            must(b)
                .cmp(&must(a))
                .then(station_guide[b].total_cmp(&station_guide[a]))
                .then(a.cmp(&b))
        });
        for station in order {
            stations[station] = true;
            let mut all = stations.clone();
            all.extend_from_slice(&centers);
            if !self.has_center(SiteId(station as u32), &centers)
                || !self.affordable(&all)
                || !keeps_upper_rules(&self.instance.stations, &self.problem.stations, &stations)
            {
                stations[station] = false;
            }
        }
        let plan = [stations, centers].concat();
        self.value(&plan)?;
        let pairs = self.instance.stations.pair_count() + self.instance.centers.pair_count();
        Some(better(self, plan, 5_000_000 / (pairs + 1) + 50))
    }
}
