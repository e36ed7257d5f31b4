//! A plan in yearly phases: which of a few sites opens in which year, and how good the order is.
//!
//! The sites to choose among (the *pool*) are few: those of a covering plan, or those of the best plans for what
//! may be spent by the end of each year together with those of opening year by year. [`super::phases`] finds the
//! best order within the pool. What limits every plan, of any sites in scope, is year by year the most that can be
//! covered with all that may be spent so far (MCLP: R. Church and C. ReVelle, "The maximal covering location
//! problem", Papers in Regional Science 32, 1974): whatever a phased plan has open at the end of a year is such a
//! choice, so `Σ worth_t · bound_t` is no less than its value.

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId};

use super::instance::{CoverInstance, InstanceError, SiteFacts, SiteStatus};
use super::phases::{PhasedPlan, PhasesProblem, open_year_by_year, solve_phases};
use super::problem::{CoverProblem, GroupRule, Objective, SiteRules};
use super::program::Effort;
use super::solution::{Monitor, PlacementSolution, SolutionStatus};

/// Sites of a pool at most.
pub const POOL_MAX: usize = 400;

/// Which sites a bound speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The sites are given; only their years are chosen. All of them open.
    Order,
    /// Any site of the instance could have been chosen.
    Sites,
}

/// A phased plan with its bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Which sites the bound speaks of.
    pub scope: Scope,
    /// The sites among which the years were chosen, sorted; a site of `problem` and `plan` is a position here.
    pub pool: Vec<SiteId>,
    /// The years, and the rules on the pool.
    pub problem: PhasesProblem,
    /// Which site of the pool opens when.
    pub plan: PhasedPlan,
    /// For each year the most that can be covered with all that may be spent by then.
    pub yearly: Vec<PlacementSolution>,
    /// No plan in scope has a larger value.
    pub bound: i64,
    /// Calendar year of the first phase, when it is dated.
    #[serde(default)]
    pub first_year: Option<u32>,
}

/// One year of a plan; people in millionths, money in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseRow {
    /// The year, from 1.
    pub phase: u32,
    /// The calendar year, when the phases are dated.
    pub year: Option<u32>,
    /// Sites that open.
    pub sites: usize,
    /// What they cost.
    pub cost: i64,
    /// People newly covered in this year.
    pub gain: i64,
    /// People newly covered by its end.
    pub cumulative: i64,
    /// No plan in scope newly covers more by the end of this year.
    pub bound: i64,
}

impl PhaseRow {
    /// `(bound - cumulative) / bound`; 0 when they are equal.
    pub fn optimality_gap(&self) -> f64 {
        relative(self.cumulative, self.bound)
    }
}

fn relative(value: i64, bound: i64) -> f64 {
    if bound == value || bound == 0 { 0.0 } else { (bound - value) as f64 / bound as f64 }
}

impl Schedule {
    /// The sites of the instance that open in each year, sorted.
    pub fn sites_by_year(&self) -> Vec<Vec<SiteId>> {
        let mut years = vec![Vec::new(); self.problem.years.len()];
        for &(year, site) in &self.plan.openings {
            years[year as usize].push(self.pool[site.index()]);
        }
        years
    }

    /// All sites of the instance that open, sorted.
    pub fn chosen(&self) -> Vec<SiteId> {
        let mut sites: Vec<SiteId> = self.sites_by_year().concat();
        sites.sort_unstable();
        sites
    }

    /// What each year brings.
    pub fn rows(&self, instance: &CoverInstance) -> Vec<PhaseRow> {
        let mut before = 0;
        let years = self.sites_by_year();
        let rows = years.iter().zip(&self.plan.covered).zip(&self.yearly).zip(1..);
        rows.map(|(((sites, &cumulative), most), phase)| {
            let gain = cumulative - std::mem::replace(&mut before, cumulative);
            let cost = sites.iter().map(|&site| instance.cost(site)).sum();
            let bound = most.bound;
            let year = self.first_year.map(|first| first + phase - 1);
            PhaseRow { phase, year, sites: sites.len(), cost, gain, cumulative, bound }
        })
        .collect()
    }

    /// Whether there are years at all.
    pub fn has_plan(&self) -> bool {
        !matches!(self.plan.status, SolutionStatus::Infeasible { .. } | SolutionStatus::Unsolved)
    }

    /// Whether the bound proves that no plan in scope has a larger value.
    pub fn is_proven(&self) -> bool {
        self.plan.value == self.bound
    }

    /// `(bound - value) / bound`; 0 when proven.
    pub fn optimality_gap(&self) -> f64 {
        relative(self.plan.value, self.bound)
    }

    /// The first year (from 1) at whose end so many millionths of people are newly covered, and the first at
    /// whose end any plan in scope could have: `None` where there is none.
    pub fn first_year(&self, target: i64) -> (Option<u32>, Option<u32>) {
        let first = |covered: &[i64]| {
            covered.iter().position(|&covered| covered >= target).map(|year| year as u32 + 1)
        };
        let bounds: Vec<i64> = self.yearly.iter().map(|most| most.bound).collect();
        (first(&self.plan.covered), first(&bounds))
    }
}

/// The sites of `pool` (sorted) alone, over all rows; bonuses left out. Under [`Scope::Order`] all must open.
///
/// # Errors
/// [`InstanceError`] never for sites of `instance`: the numbers were checked there.
pub fn pool_instance(
    instance: &CoverInstance,
    pool: &[SiteId],
    scope: Scope,
) -> Result<CoverInstance, InstanceError> {
    let mut builder = CoverInstance::builder(instance.weights().to_vec())?;
    for &site in pool {
        let mut facts = SiteFacts { bonus: 0, ..instance.facts(site) };
        if scope == Scope::Order {
            facts.status = SiteStatus::Required;
        }
        builder.add_site(instance.rows_of(site), facts)?;
    }
    Ok(builder.build())
}

/// The instance in which nothing must open, as by the end of an early year; bonuses left out.
///
/// # Errors
/// As [`pool_instance`].
pub fn relaxed(instance: &CoverInstance) -> Result<CoverInstance, InstanceError> {
    let mut builder = CoverInstance::builder(instance.weights().to_vec())?;
    for site in instance.sites() {
        let mut facts = SiteFacts { bonus: 0, ..instance.facts(site) };
        if facts.status == SiteStatus::Required {
            facts.status = SiteStatus::Free;
        }
        builder.add_site(instance.rows_of(site), facts)?;
    }
    Ok(builder.build())
}

/// The rules as they are for the sites of `pool`, renumbered; counts and budget are those of the years in all.
pub fn pool_rules(rules: &SiteRules, pool: &[SiteId], scope: Scope) -> SiteRules {
    let place = |site: SiteId| pool.binary_search(&site).ok().map(SiteId::from_index);
    let mut own =
        SiteRules { max_sites: rules.max_sites, budget: rules.budget, ..SiteRules::default() };
    if scope == Scope::Sites {
        let pairs = rules.conflicts.iter();
        own.conflicts = pairs.filter_map(|&(a, b)| Some((place(a)?, place(b)?))).collect();
        let group = |group: &GroupRule| GroupRule {
            sites: group.sites.iter().filter_map(|&site| place(site)).collect(),
            ..*group
        };
        own.groups = rules.groups.iter().map(group).collect();
    }
    own
}

/// The rules of a whole programme: those given, and what all years may spend.
pub fn rules_in_all(rules: &SiteRules, problem: &PhasesProblem) -> SiteRules {
    let last = problem.years.len().saturating_sub(1);
    let (sites, budget) =
        if problem.years.is_empty() { (Some(0), None) } else { problem.allowance(last) };
    let sites = sites.map(|sites| u32::try_from(sites).unwrap_or(u32::MAX));
    let least = |a: Option<i64>, b: Option<i64>| a.into_iter().chain(b).min();
    SiteRules {
        max_sites: rules.max_sites.into_iter().chain(sites).min(),
        budget: least(rules.budget, budget),
        ..rules.clone()
    }
}

/// What is asked of the end of year `t`: the most people with all that may be spent so far. Nothing must be
/// open yet.
pub fn question(rules: &SiteRules, problem: &PhasesProblem, t: usize) -> CoverProblem {
    let (sites, budget) = problem.allowance(t);
    let sites = sites.map(|sites| u32::try_from(sites).unwrap_or(u32::MAX));
    let groups = rules.groups.iter().map(|group| GroupRule { min: 0, ..group.clone() });
    let rules = SiteRules {
        max_sites: rules.max_sites.into_iter().chain(sites).min(),
        budget: rules.budget.into_iter().chain(budget).min(),
        conflicts: rules.conflicts.clone(),
        groups: groups.collect(),
    };
    CoverProblem { objective: Objective::MostWeight, rules }
}

/// The sites among which the years are chosen when any could have been: those of the best plan for each year,
/// of `plan`, of opening year by year, and the required ones; the first [`POOL_MAX`] by that order.
pub fn pool(
    instance: &CoverInstance,
    (rules, problem): (&SiteRules, &PhasesProblem),
    plans: &[&[SiteId]],
) -> Vec<SiteId> {
    let asked = PhasesProblem { rules: rules.clone(), ..problem.clone() };
    let greedy = open_year_by_year(instance, &asked);
    let opened = instance.sites().filter(|site| greedy[site.index()].is_some());
    let required = instance.sites().filter(|&site| instance.status(site) == SiteStatus::Required);
    let mut pool: Vec<SiteId> = required.chain(opened).collect();
    pool.sort_unstable();
    pool.dedup();
    for site in plans.iter().rev().copied().flatten() {
        if let Err(at) = pool.binary_search(site)
            && pool.len() < POOL_MAX
        {
            pool.insert(at, *site);
        }
    }
    pool
}

/// The best years for the sites of `pool`, with the bounds of `yearly` (see [`question`]; under
/// [`Scope::Order`] asked of the pool alone). `rules` are those in all (see [`rules_in_all`]).
///
/// # Errors
/// As [`pool_instance`].
pub fn schedule(
    instance: &CoverInstance,
    (scope, pool): (Scope, Vec<SiteId>),
    (rules, problem): (&SiteRules, &PhasesProblem),
    yearly: Vec<PlacementSolution>,
    (effort, monitor): (Effort, &dyn Monitor),
) -> Result<Schedule, InstanceError> {
    let own = pool_instance(instance, &pool, scope)?;
    let problem = PhasesProblem { rules: pool_rules(rules, &pool, scope), ..problem.clone() };
    let plan = solve_phases(&own, &problem, effort, monitor);
    let bound = bound(scope, &problem, (&plan, &yearly));
    Ok(Schedule { scope, pool, problem, plan, yearly, bound, first_year: None })
}

/// What the bounds of the years, and under [`Scope::Order`] that of the order, prove together.
pub fn bound(
    scope: Scope,
    problem: &PhasesProblem,
    (plan, yearly): (&PhasedPlan, &[PlacementSolution]),
) -> i64 {
    let years = problem.years.iter().zip(yearly);
    let sum = years
        .fold(0_i64, |sum, (year, most)| sum.saturating_add(year.worth.saturating_mul(most.bound)));
    match scope {
        Scope::Order => sum.min(plan.bound),
        Scope::Sites => sum,
    }
}
