//! `--phases`: what opens in which year, and how good the order is.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args as ClapArgs;

use crate::placement::candidate::COST_UNIT;
use crate::placement::explain::Explained;
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
use crate::progress::Progress;
use crate::units::Persons;

use super::super::args::Lang;
use super::super::console::Console;
use super::super::table::{Align, Table, count, percent};
use super::args::{GoalArgs, PlaceArgs, ProblemKind};
use super::watch::{Scale, Watch};

/// Years of a programme at most.
const YEARS_MAX: usize = 30;
/// The part of the time that finding the sites may take; the rest is for the bounds of the years and the order.
const TIME_FOR_SITES: f64 = 0.5;
/// Work on the order: small proofs, as every leaf is checked again against all rows.
const EFFORT: Effort = Effort { nodes: 4_000, iterations: 4_000, proof_numbers: 2_000_000 };

/// The years.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Phases")]
pub(super) struct PhaseArgs {
    /// Open the sites over so many years, those that bring most people-years first; nothing closes
    #[arg(long, value_name = "YEARS", value_parser = clap::value_parser!(u32).range(1..=30))]
    pub(super) phases: Option<u32>,
    /// Sites to open in each year, for example 2,2,3 (default: the same number every year, the rest early); what
    /// one year leaves may open later
    #[arg(long, value_name = "N,N,…", value_delimiter = ',')]
    pub(super) yearly_sites: Vec<u32>,
    /// Money of each year; what one year leaves may be spent later
    #[arg(long, value_name = "COST,COST,…", value_delimiter = ',')]
    pub(super) yearly_budget: Vec<f64>,
    /// Calendar year of the first phase
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u32).range(1..=9999))]
    pub(super) first_year: Option<u32>,
    /// A share of people, those covered today included, that is to be covered by the end of a year (its number, or
    /// the calendar year); may be given several times
    #[arg(long, value_name = "YEAR=SHARE")]
    pub(super) milestone: Vec<String>,
}

/// Everybody, and those covered today, in millionths of a person: what a share is of.
#[derive(Clone, Copy)]
pub(super) struct Today {
    pub(super) total: i64,
    pub(super) covered: i64,
}

impl Today {
    pub(super) fn of(need: &Need) -> Self {
        Self { total: need.total.as_micro(), covered: need.covered.as_micro() }
    }
}

impl PhaseArgs {
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

    /// Whether anything of it is asked.
    pub(super) fn are_asked(&self) -> bool {
        let asked = self.phases.is_some() || self.first_year.is_some();
        asked || self.have_limits() || !self.milestone.is_empty()
    }

    /// Whether the years themselves say how much there is to spend.
    pub(super) fn have_limits(&self) -> bool {
        !self.yearly_sites.is_empty() || !self.yearly_budget.is_empty()
    }

    /// Puts the milestones into their years.
    fn set_milestones(&self, years: &mut [Year], today: Today) -> anyhow::Result<()> {
        for text in &self.milestone {
            let said = || format!("--milestone {text:?}: write YEAR=SHARE, for example 2=80%");
            let (year, share) = text.split_once('=').with_context(said)?;
            let number: u32 = year.trim().parse().with_context(said)?;
            let share =
                super::args::share(share).map_err(|fault| anyhow!("{}: {fault}", said()))?;
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
pub(super) fn in_all(goal: &GoalArgs, rules: SiteRules, today: Today) -> anyhow::Result<SiteRules> {
    match goal.phases.problem(goal.sites, today)? {
        Some(years) if goal.problem == ProblemKind::Mclp => Ok(rules_in_all(&rules, &years)),
        _ => Ok(rules),
    }
}

/// How long the sites may be searched for.
pub(super) fn time_for_sites(args: &PlaceArgs) -> Duration {
    let part = match args.goal.phases.years() {
        Ok(Some(_)) => TIME_FOR_SITES,
        _ => 1.0,
    };
    Duration::from_secs_f64(args.search.time_limit_s * part)
}

/// The years of `solution`'s sites, or of better ones for the years; `solution` is then the plan of those.
pub(super) fn plan(
    args: &PlaceArgs,
    console: &Console,
    (instance, keys): (&CoverInstance, &[String]),
    (solution, today): (&mut PlacementSolution, Today),
) -> anyhow::Result<Option<Schedule>> {
    let sites = match args.goal.problem {
        ProblemKind::Mclp => args.goal.sites,
        _ => Some(solution.chosen.len() as u32),
    };
    let Some(problem) = args.goal.phases.problem(sites, today)? else { return Ok(None) };
    if !solution.has_plan() || solution.chosen.is_empty() {
        return Ok(None);
    }
    let rules = rules_in_all(&solution.problem.rules, &problem);
    let scope = match args.goal.problem {
        ProblemKind::Mclp => Scope::Sites,
        _ => Scope::Order,
    };
    let asked = Asked { args, console, scope, rules: &rules, problem: &problem };
    let mut found = match scope {
        Scope::Order => asked.order(instance, keys, solution),
        Scope::Sites => asked.sites(instance, keys, solution),
    }?;
    found.first_year = args.goal.phases.first_year;
    if !console.is_cancelled()
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
    args: &'a PlaceArgs,
    console: &'a Console,
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
        Duration::from_secs_f64(self.args.search.time_limit_s * (1.0 - TIME_FOR_SITES) * part)
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
                super::solved(self.args, self.console, (instance, &asked), (keys, None, limit))
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
        let watch = Watch::new(self.console, (&names, scale), self.limit(0.4), None);
        let asked = (self.rules, self.problem);
        Ok(schedule(instance, (self.scope, pool), asked, yearly, (EFFORT, &watch))?)
    }
}

/// The weight that the goal asks to be newly covered: the target, or everybody.
pub(super) fn target(solution: &PlacementSolution, instance: &CoverInstance) -> i64 {
    match solution.problem.objective {
        Objective::CoverWeight { target, .. } => target,
        _ => instance.total_weight(),
    }
}

/// The years as text.
pub(super) fn text((found, plan): (&Schedule, &Explained), target: i64, lang: Lang) -> String {
    let pick = |en: &'static str, zh: &'static str| match lang {
        Lang::En => en,
        Lang::Zh => zh,
    };
    if let SolutionStatus::Infeasible { reason } = &found.plan.status {
        return super::reason::no_years(reason, found, lang);
    }
    let need = plan.need;
    let mut table = Table::new(&[
        (pick("year", "年度"), Align::Right),
        (pick("sites", "点位"), Align::Right),
        (pick("cost", "造价"), Align::Right),
        (pick("newly covered", "新增覆盖"), Align::Right),
        (pick("in all", "累计"), Align::Right),
        (pick("covered", "覆盖率"), Align::Right),
        (pick("at most", "上界"), Align::Right),
        (pick("gap", "差距"), Align::Right),
    ]);
    let people = |micro: i64| count(Persons::from_micro(micro).count());
    let share = |micro: i64| {
        let covered = need.covered + Persons::from_micro(micro);
        percent(covered.share_of(need.total).map(|share| share.0))
    };
    for row in &plan.phases {
        table.push(vec![
            row.year.unwrap_or(row.phase).to_string(),
            row.sites.to_string(),
            (row.cost as f64 / COST_UNIT as f64).to_string(),
            people(row.gain),
            people(row.cumulative),
            share(row.cumulative),
            share(row.bound),
            format!("{:.2} %", row.optimality_gap() * 100.0),
        ]);
    }
    let mut text = table.render();
    let _ = writeln!(text, "{}", verdict(found, lang));
    let _ = writeln!(text, "{}", milestone(found, (target, &share(target)), lang));
    text
}

fn verdict(found: &Schedule, lang: Lang) -> String {
    let value = count(found.plan.value as f64 / 1e6);
    let greedy = found.plan.year_by_year.map_or("–".to_owned(), |g| count(g as f64 / 1e6));
    let (en, zh) = match (found.is_proven(), found.scope) {
        (true, Scope::Order) => (
            "proven: no order of these sites is better".to_owned(),
            "已证明：这些点位没有更好的先后次序".to_owned(),
        ),
        (true, Scope::Sites) => (
            "proven: no choice of sites and years is better".to_owned(),
            "已证明：没有更好的选点与时序".to_owned(),
        ),
        (false, _) => {
            let gap = found.optimality_gap() * 100.0;
            let bound = count(found.bound as f64 / 1e6);
            (
                format!("no plan has more than {bound} (gap {gap:.2} %)"),
                format!("任何方案都不超过 {bound}（差距 {gap:.2} %）"),
            )
        }
    };
    match lang {
        Lang::En => {
            format!("{value} person-years; year by year without looking ahead {greedy}; {en}")
        }
        Lang::Zh => format!("{value} 人年；逐年贪心 {greedy} 人年；{zh}"),
    }
}

/// When the target is met, and when it could be at the earliest.
fn milestone(found: &Schedule, (target, share): (i64, &str), lang: Lang) -> String {
    let (met, earliest) = found.first_year(target);
    let year = |phase: u32| found.first_year.map_or(phase, |first| first + phase - 1).to_string();
    match (met.map(year), earliest.map(year), lang) {
        (Some(met), Some(could), Lang::En) if met == could => {
            format!("{share} covered by the end of year {met}, and no earlier year is possible")
        }
        (Some(met), Some(could), Lang::Zh) if met == could => {
            format!("第 {met} 年末覆盖率达到 {share}，已证明不可能更早")
        }
        (Some(met), could, Lang::En) => {
            format!(
                "{share} covered by the end of year {met}; not before year {}",
                could.unwrap_or_default()
            )
        }
        (Some(met), could, Lang::Zh) => {
            format!("第 {met} 年末覆盖率达到 {share}；不会早于第 {} 年", could.unwrap_or_default())
        }
        (None, Some(could), Lang::En) => {
            format!(
                "{share} is not covered within these years; not before year {could} in any plan"
            )
        }
        (None, Some(could), Lang::Zh) => {
            format!("这些年度内未达到 {share}；任何方案都不早于第 {could} 年")
        }
        (None, None, Lang::En) => format!("{share} cannot be covered within these years: proven"),
        (None, None, Lang::Zh) => format!("这些年度内不可能达到 {share}：已证明"),
    }
}
