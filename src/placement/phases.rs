//! What to open in which year: yearly budgets, dated milestones, nothing closes.
//!
//! With `x_jt = 1` when site `j` is open in year `t`, and `y_it` the covered part of class `i` in year `t`:
//!
//! ```text
//! max  Σ_t worth_t Σ_i w_i y_it
//!      y_it ≤ Σ_{j covers i} x_jt
//!      x_{j,t-1} ≤ x_jt                                nothing closes
//!      Σ_j c_j (x_jt − x_{j,t-1}) ≤ budget_t           unspent money lapses, or
//!      Σ_j c_j x_jt ≤ budget_0 + … + budget_t          is carried over; the same for numbers of sites
//!      Σ_i w_i y_it ≥ milestone_t
//!      the rules on sites hold in the last year;  x_jt ∈ {0, 1},  0 ≤ y_it ≤ 1
//! ```
//!
//! With all worths 1 the value is person-years. Source: G. M. Gunawardane, "Dynamic versions of set covering type
//! public facility location problems", European J. Operational Research 10, 1982, put as maximal covering (R.
//! Church and C. ReVelle, 1974) over years. The bound is at most the sum of each year's own bound with all money
//! so far, since every year's part of a plan keeps that year's rows.

mod judge;

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId};

use self::judge::PhasesJudge;
use super::instance::{CoverInstance, SUM_LIMIT};
use super::outcome::{Relay, blame};
use super::problem::SiteRules;
use super::program::rules::{add_rules, classes, common_unit};
use super::program::{BranchTree, Effort, Found, Program, search};
use super::solution::{Infeasibility, Monitor, SolutionStatus};

/// One year of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Year {
    /// At most so many sites open in this year.
    pub sites: Option<u32>,
    /// At most this cost in this year.
    pub budget: Option<i64>,
    /// What a micro-person covered in this year counts, not negative.
    pub worth: i64,
    /// At least so many micro-persons, beside those existing sites cover, are covered in this year.
    pub milestone: Option<i64>,
}

impl Default for Year {
    fn default() -> Self {
        Self { sites: None, budget: None, worth: 1, milestone: None }
    }
}

/// What becomes of numbers and money a year leaves over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unspent {
    /// It may be spent in a later year.
    #[default]
    CarriedOver,
    /// It is lost.
    Lapses,
}

/// What is asked of a phased plan.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PhasesProblem {
    /// Rules that hold once all years are over.
    pub rules: SiteRules,
    /// The years in order.
    pub years: Vec<Year>,
    /// What becomes of the rest of a year.
    pub unspent: Unspent,
}

/// A phased plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhasedPlan {
    /// Sites with the year (from 0) each opens in; by year, then by site.
    pub openings: Vec<(u32, SiteId)>,
    /// Micro-persons newly covered in each year.
    pub covered: Vec<i64>,
    /// What was spent in each year.
    pub spent: Vec<i64>,
    /// `Σ worth × covered`.
    pub value: i64,
    /// No plan has a larger value.
    pub bound: i64,
    /// Value of opening the best sites year by year, looking no further; `None` when that misses a milestone
    /// or a rule.
    pub year_by_year: Option<i64>,
    /// How far the solver came.
    pub status: SolutionStatus,
    /// What proves the bound. Decisions: year by year, site by site. Rows: year by year the classes; the
    /// pairs of years, site by site; year by year number, budget, milestone as given; the rules of the last year.
    pub certificate: BranchTree,
}

/// No year: the site stays closed.
const NEVER: u32 = u32::MAX;

/// The phased plan of the highest value; streams to `monitor`, which may stop it and keep the best plan.
pub fn solve_phases(
    instance: &CoverInstance,
    problem: &PhasesProblem,
    effort: Effort,
    monitor: &dyn Monitor,
) -> PhasedPlan {
    let classes = classes(instance);
    let judge = PhasesJudge { instance, problem, classes: &classes };
    if let Some(reason) = why(instance, problem, &classes) {
        let mut plan = judge.plan(Found::refused());
        plan.status = SolutionStatus::Infeasible { reason };
        return plan;
    }
    let program = program(instance, problem, &classes);
    let worths = problem.years.iter().map(|year| year.worth);
    let unit = common_unit(classes.iter().map(|class| class.1)) * common_unit(worths);
    let greedy = judge.year_by_year();
    let start = judge.bettered(greedy);
    let start = judge.allowed(&start).then(|| judge.decisions(&start));
    let sites = |plan: &[bool]| {
        let opening = judge.openings(plan);
        let open = instance.sites().filter(|site| opening[site.index()] != NEVER);
        open.collect()
    };
    let relay = Relay { monitor, sites: &sites };
    judge.plan(search(&program, &judge, (start, unit), effort, &relay))
}

/// Sites opened year by year, each year those that newly cover most, without a look at later years: the year
/// each site opens in, `None` when it stays closed.
pub fn open_year_by_year(instance: &CoverInstance, problem: &PhasesProblem) -> Vec<Option<u32>> {
    let classes = classes(instance);
    let judge = PhasesJudge { instance, problem, classes: &classes };
    judge.year_by_year().into_iter().map(|year| (year != NEVER).then_some(year)).collect()
}

/// A single rule or milestone that no plan can keep, if there is one.
fn why(
    instance: &CoverInstance,
    problem: &PhasesProblem,
    classes: &[(Vec<u32>, i64)],
) -> Option<Infeasibility> {
    let reachable: i64 = classes.iter().map(|class| class.1).sum();
    let worths: i128 = problem.years.iter().map(|year| i128::from(year.worth)).sum();
    let bad = problem.years.is_empty()
        || problem.years.iter().any(|year| year.worth < 0 || year.budget.is_some_and(|b| b < 0));
    if bad || worths * i128::from(instance.total_weight()) > i128::from(SUM_LIMIT) {
        return Some(Infeasibility::RulesDoNotFit);
    }
    if problem.years.iter().any(|year| year.milestone.is_some_and(|asked| asked > reachable)) {
        return Some(Infeasibility::TargetOutOfReach { reachable });
    }
    blame(instance, &problem.rules)
}

fn program(
    instance: &CoverInstance,
    problem: &PhasesProblem,
    classes: &[(Vec<u32>, i64)],
) -> Program {
    let mut program = Program::new();
    let (sites, years) = (instance.site_count() as u32, problem.years.len() as u32);
    for _ in 0..sites * years {
        program.decide(0);
    }
    let mut covered = Vec::new();
    for (t, year) in problem.years.iter().enumerate() {
        let first = t as u32 * sites;
        let parts: Vec<(u32, i64)> = classes
            .iter()
            .map(|(reached, weight)| {
                let part = program.part(year.worth * weight);
                let open = reached.iter().map(|&site| (first + site, -1));
                program.at_most(open.chain([(part, 1)]), 0);
                (part, *weight)
            })
            .collect();
        covered.push(parts);
    }
    for t in 1..years {
        for site in 0..sites {
            program.at_most([((t - 1) * sites + site, 1), (t * sites + site, -1)], 0);
        }
    }
    let unit_costs = vec![1; sites as usize];
    let costs: Vec<i64> = instance.sites().map(|site| instance.cost(site)).collect();
    let counts: Vec<Option<i64>> = problem.years.iter().map(|y| y.sites.map(i64::from)).collect();
    let budgets: Vec<Option<i64>> = problem.years.iter().map(|year| year.budget).collect();
    for (t, year) in problem.years.iter().enumerate() {
        add_limit(&mut program, (&unit_costs, &counts), t, problem.unspent);
        add_limit(&mut program, (&costs, &budgets), t, problem.unspent);
        if let Some(milestone) = year.milestone {
            program.at_least(covered[t].iter().copied(), milestone);
        }
    }
    add_rules(&mut program, instance, &problem.rules, years.saturating_sub(1) * sites);
    program
}

impl PhasesProblem {
    /// How many sites may be open at the end of year `t` (from 0), and what they may cost; `None` without a
    /// limit. Each is no less than what any plan of these years can have spent by then.
    pub fn allowance(&self, t: usize) -> (Option<i64>, Option<i64>) {
        let counts: Vec<Option<i64>> = self.years.iter().map(|y| y.sites.map(i64::from)).collect();
        let budgets: Vec<Option<i64>> = self.years.iter().map(|year| year.budget).collect();
        let so_far = |limits: &[Option<i64>]| allowance(limits, t, Unspent::CarriedOver);
        (so_far(&counts), so_far(&budgets))
    }
}

/// What may be spent by the end of year `t` (carried over) or in it alone (lapsing); `None` without a limit.
fn allowance(limits: &[Option<i64>], t: usize, unspent: Unspent) -> Option<i64> {
    match unspent {
        Unspent::Lapses => limits[t],
        Unspent::CarriedOver => {
            limits[..=t].iter().try_fold(0_i64, |sum, limit| Some(sum.saturating_add((*limit)?)))
        }
    }
}

fn add_limit(
    program: &mut Program,
    (costs, limits): (&[i64], &[Option<i64>]),
    t: usize,
    unspent: Unspent,
) {
    let Some(allowed) = allowance(limits, t, unspent) else { return };
    let first = (t * costs.len()) as u32;
    let mut terms: Vec<(u32, i64)> =
        costs.iter().enumerate().map(|(site, &cost)| (first + site as u32, cost)).collect();
    if unspent == Unspent::Lapses && t > 0 {
        let before = first - costs.len() as u32;
        terms.extend(costs.iter().enumerate().map(|(site, &cost)| (before + site as u32, -cost)));
    }
    terms.retain(|term| term.1 != 0);
    program.at_most(terms, allowed);
}
