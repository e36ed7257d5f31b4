//! `--phases`: what opens in which year, and how good the order is.

use std::time::Duration;

use anyhow::{Context, anyhow, bail};

use crate::placement::candidate::COST_UNIT;
use crate::placement::phases::{PhasesProblem, Unspent, Year};
use crate::placement::plan::Need;
use crate::placement::program::Effort;
use crate::placement::schedule::{
    Schedule, Scope, pool, pool_instance, pool_rules, question, relaxed, rules_in_all, schedule,
};
use crate::placement::{
    CoverInstance, CoverProblem, Objective, PlacementSolution, SiteRules, SiteStatus,
    SolutionStatus,
};

use super::Desk;
use super::cover::solved;
use super::host::Scale;
use super::problem::ProblemKind;
use super::watch::Watch;
use super::wish::{Goal, Wish, YearsWish};

/// Years of a programme at most.
const YEARS_MAX: usize = 30;
/// The part of the time that finding the sites may take; the rest is for the bounds of the years and the order.
const TIME_FOR_SITES: f64 = 0.5;
/// Work on the order: small proofs, as every leaf is checked again against all rows.
const EFFORT: Effort = Effort { nodes: 4_000, iterations: 4_000, proof_numbers: 2_000_000 };

/// Everybody, and those covered today, in millionths of a person: what a share is of.
#[derive(Clone, Copy)]
pub(crate) struct Today {
    pub(crate) total: i64,
    pub(crate) covered: i64,
}

impl Today {
    pub(crate) fn of(need: &Need) -> Self {
        Self { total: need.total.as_micro(), covered: need.covered.as_micro() }
    }
}

impl YearsWish {
    /// How many years; `None` without phases.
    fn years(&self) -> anyhow::Result<Option<usize>> {
        let (sites, money) = (self.yearly_sites.len(), self.yearly_budget.len());
        let years = self.phases.map_or(sites.max(money), |years| years as usize);
        if years == 0 {
            return Ok(None);
        }
        for (option, given) in [("--yearly-sites", sites), ("--yearly-budget", money)] {
            if given != 0 && given != years {
                bail!("{option} names {given} years, but there are {years}");
            }
        }
        if years > YEARS_MAX {
            bail!("a programme has at most {YEARS_MAX} years, not {years}");
        }
        Ok(Some(years))
    }

    /// Whether the years themselves say how much there is to spend.
    pub(crate) fn have_limits(&self) -> bool {
        !self.yearly_sites.is_empty() || !self.yearly_budget.is_empty()
    }

    /// Puts the milestones into their years.
    fn set_milestones(&self, years: &mut [Year], today: Today) -> anyhow::Result<()> {
        for text in &self.milestone {
            let said = || format!("--milestone {text:?}: write YEAR=SHARE, for example 2=80%");
            let (year, share) = text.split_once('=').with_context(said)?;
            let number: u32 = year.trim().parse().with_context(said)?;
            let share = self::share(share).map_err(|fault| anyhow!("{}: {fault}", said()))?;
            let first = self.first_year.unwrap_or(1);
            let counted = if number >= first { number - first } else { number.wrapping_sub(1) };
            let Some(year) = years.get_mut(counted as usize) else {
                bail!("--milestone {text:?}: there is no such year among the {}", years.len());
            };
            let people = (today.total as f64 * share).ceil() as i64 - today.covered;
            year.milestone = Some(people.max(0));
        }
        Ok(())
    }

    /// Checks years and milestones against each other, whoever the people are.
    pub(crate) fn check(&self, sites: Option<u32>) -> anyhow::Result<()> {
        self.problem(sites, Today { total: 0, covered: 0 }).map(|_| ())
    }

    /// The years for `sites` sites in all; `None` without phases.
    fn problem(&self, sites: Option<u32>, today: Today) -> anyhow::Result<Option<PhasesProblem>> {
        let Some(count) = self.years()? else {
            if !self.milestone.is_empty() {
                bail!("a --milestone is of a year; give --phases YEARS too");
            }
            return Ok(None);
        };
        let mut years = vec![Year::default(); count];
        for (year, &sites) in years.iter_mut().zip(&self.yearly_sites) {
            year.sites = Some(sites);
        }
        for (year, &budget) in years.iter_mut().zip(&self.yearly_budget) {
            if !(0.0..=1e12).contains(&budget) {
                bail!("a yearly budget must lie in 0 to 1e12, not {budget}");
            }
            year.budget = Some((budget * COST_UNIT as f64).round() as i64);
        }
        if let Some(sites) = sites.filter(|_| !self.have_limits()) {
            let (each, rest) = (sites as usize / count, sites as usize % count);
            for (t, year) in years.iter_mut().enumerate() {
                year.sites = Some((each + usize::from(t < rest)) as u32);
            }
        }
        self.set_milestones(&mut years, today)?;
        Ok(Some(PhasesProblem {
            rules: SiteRules::default(),
            years,
            unspent: Unspent::CarriedOver,
        }))
    }
}

/// The rules with what all years may spend; those of a covering problem are left as they are, as its sites come
/// first and their years after.
pub(crate) fn in_all(goal: &Goal, rules: SiteRules, today: Today) -> anyhow::Result<SiteRules> {
    match goal.phases.problem(goal.sites, today)? {
        Some(years) if goal.problem == ProblemKind::Mclp => Ok(rules_in_all(&rules, &years)),
        _ => Ok(rules),
    }
}

/// How long the sites may be searched for.
pub(crate) fn time_for_sites(wish: &Wish) -> Duration {
    let part = match wish.goal.phases.years() {
        Ok(Some(_)) => TIME_FOR_SITES,
        _ => 1.0,
    };
    Duration::from_secs_f64(wish.search.time_limit_s * part)
}

/// The years of `solution`'s sites, or of better ones for the years; `solution` is then the plan of those.
pub(crate) fn plan(
    desk: &Desk,
    (instance, keys): (&CoverInstance, &[String]),
    (solution, today): (&mut PlacementSolution, Today),
) -> anyhow::Result<Option<Schedule>> {
    let sites = match desk.wish.goal.problem {
        ProblemKind::Mclp => desk.wish.goal.sites,
        _ => Some(solution.chosen.len() as u32),
    };
    let Some(problem) = desk.wish.goal.phases.problem(sites, today)? else { return Ok(None) };
    if !solution.has_plan() || solution.chosen.is_empty() {
        return Ok(None);
    }
    let rules = rules_in_all(&solution.problem.rules, &problem);
    let scope = match desk.wish.goal.problem {
        ProblemKind::Mclp => Scope::Sites,
        _ => Scope::Order,
    };
    let asked = Asked { desk, scope, rules: &rules, problem: &problem };
    let mut found = match scope {
        Scope::Order => asked.order(instance, keys, solution),
        Scope::Sites => asked.sites(instance, keys, solution),
    }?;
    found.first_year = desk.wish.goal.phases.first_year;
    if !desk.host.is_cancelled()
        && found.plan.status == SolutionStatus::Cancelled
        && !found.plan.openings.is_empty()
    {
        found.plan.status = SolutionStatus::Feasible;
    }
    if scope == Scope::Sites && found.has_plan() {
        retell(instance, &found, solution);
    }
    Ok(Some(found))
}

/// The plan of the sites that open over the years; bound and certificate stay.
fn retell(instance: &CoverInstance, found: &Schedule, solution: &mut PlacementSolution) {
    let chosen = found.chosen();
    if chosen == solution.chosen {
        return;
    }
    let bonus: i64 = chosen.iter().map(|&site| instance.bonus(site)).sum();
    solution.value = instance.covered_weight(&chosen) + bonus;
    solution.chosen = chosen;
    solution.status = if solution.value == solution.bound {
        SolutionStatus::Optimal
    } else {
        SolutionStatus::Feasible
    };
}

struct Asked<'a> {
    desk: &'a Desk<'a>,
    scope: Scope,
    rules: &'a SiteRules,
    problem: &'a PhasesProblem,
}

impl Asked<'_> {
    /// Years for the sites of a covering plan.
    fn order(
        &self,
        instance: &CoverInstance,
        keys: &[String],
        solution: &PlacementSolution,
    ) -> anyhow::Result<Schedule> {
        let pool = solution.chosen.clone();
        let own = relaxed(&pool_instance(instance, &pool, self.scope)?)?;
        let names: Vec<String> = pool.iter().map(|s| keys[s.0 as usize].clone()).collect();
        let rules = pool_rules(self.rules, &pool, self.scope);
        let yearly = self.yearly((&own, &names), &rules, None);
        self.finish(instance, keys, (pool, yearly))
    }

    /// Sites and years together.
    fn sites(
        &self,
        instance: &CoverInstance,
        keys: &[String],
        solution: &PlacementSolution,
    ) -> anyhow::Result<Schedule> {
        let all = relaxed(instance)?;
        let free = |site| {
            let facts = instance.facts(site);
            facts.status != SiteStatus::Required && facts.bonus == 0
        };
        let known = instance.sites().all(free).then_some(solution);
        let yearly = self.yearly((&all, keys), self.rules, known);
        let mut plans: Vec<&[_]> = yearly.iter().map(|most| most.chosen.as_slice()).collect();
        plans.push(&solution.chosen);
        let pool = pool(instance, (self.rules, self.problem), &plans);
        self.finish(instance, keys, (pool, yearly))
    }

    fn limit(&self, part: f64) -> Duration {
        Duration::from_secs_f64(self.desk.wish.search.time_limit_s * (1.0 - TIME_FOR_SITES) * part)
    }

    /// The most that can be covered by the end of each year; `known` answers the same question in full.
    fn yearly(
        &self,
        (instance, keys): (&CoverInstance, &[String]),
        rules: &SiteRules,
        known: Option<&PlacementSolution>,
    ) -> Vec<PlacementSolution> {
        let years = self.problem.years.len();
        let limit = self.limit(0.6 / years as f64);
        (0..years)
            .map(|t| {
                let asked: CoverProblem = question(rules, self.problem, t);
                if let Some(known) = known.filter(|known| known.problem == asked) {
                    return known.clone();
                }
                solved(
                    (self.desk.wish.search, self.desk.host),
                    (instance, &asked),
                    (keys, None, limit),
                )
            })
            .collect()
    }

    fn finish(
        &self,
        instance: &CoverInstance,
        keys: &[String],
        (pool, yearly): (Vec<crate::ids::SiteId>, Vec<PlacementSolution>),
    ) -> anyhow::Result<Schedule> {
        let names: Vec<String> = pool.iter().map(|s| keys[s.0 as usize].clone()).collect();
        let scale = Scale { divisor: 1e6, unit: "person-years" };
        let watch = Watch::new(self.desk.host, (&names, scale), self.limit(0.4), None);
        let asked = (self.rules, self.problem);
        Ok(schedule(instance, (self.scope, pool), asked, yearly, (EFFORT, &watch))?)
    }
}

/// The weight that the goal asks to be newly covered: the target, or everybody.
pub(crate) fn target(solution: &PlacementSolution, instance: &CoverInstance) -> i64 {
    match solution.problem.objective {
        Objective::CoverWeight { target, .. } => target,
        _ => instance.total_weight(),
    }
}

/// A share of all: `0.8` or `80%`.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let percent = text.trim().strip_suffix('%').map(str::trim);
    let number: f64 = percent.unwrap_or(text.trim()).parse().map_err(|fault| format!("{fault}"))?;
    let share = if percent.is_some() { number / 100.0 } else { number };
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("must lie in 0 to 1, or 0% to 100%".to_owned())
    }
}
