//! Re-checks a phased plan.

use crate::ids::{Id, SiteId};

use super::instance::{CoverInstance, SUM_LIMIT};
use super::phases::{PhasedPlan, PhasesProblem, Unspent, open_year_by_year};
use super::solution::Infeasibility;
use super::verify_tree::{
    Claim, PlanFault, Statement, check_rules, divisor, groups_of_rows, is_to_blame, misfit,
    refused, same,
};

/// Years of a programme at most.
const YEARS_MAX: usize = 1_000;

/// Checks sites, years, money, milestones, values and the bound of `plan`.
///
/// # Errors
/// [`PlanFault`], the first fault found.
pub fn verify_phases(
    instance: &CoverInstance,
    problem: &PhasesProblem,
    plan: &PhasedPlan,
) -> Result<(), PlanFault> {
    let groups = groups_of_rows(instance);
    let reachable: i64 = groups.iter().map(|group| group.1).sum();
    let blame = |reason: &Infeasibility| match reason {
        Infeasibility::TargetOutOfReach { reachable: said } => {
            *said == reachable
                && problem.years.iter().any(|y| y.milestone.is_some_and(|m| m > reachable))
        }
        _ => is_to_blame(instance, &problem.rules, reason),
    };
    let nothing = plan.openings.is_empty() && plan.value == 0;
    if let Some(what) = misfit_of(instance, problem) {
        return refused(what, (&plan.status, nothing && plan.bound == 0));
    }
    if !plan.status.has_plan() && !nothing {
        return Err(PlanFault::NoPlan);
    }
    let open_from = opening_years(instance, problem, plan)?;
    let covered = covered(instance, problem, &open_from);
    if plan.covered != covered {
        return Err(PlanFault::Rule("the people covered in each year"));
    }
    if plan.spent != spent(instance, problem, &open_from) {
        return Err(PlanFault::Rule("the money spent in each year"));
    }
    let worth = |covered: &[i64]| -> i64 {
        problem.years.iter().zip(covered).map(|(year, covered)| year.worth * covered).sum()
    };
    same("the value", plan.value, worth(&covered))?;
    let greedy: Vec<Option<usize>> = open_year_by_year(instance, problem)
        .into_iter()
        .map(|year| year.map(|year| year as usize))
        .collect();
    let is_allowed = check(instance, problem, &greedy).is_ok();
    let by_year = is_allowed.then(|| worth(&self::covered(instance, problem, &greedy)));
    if plan.year_by_year != by_year || !plan.openings.is_sorted() {
        return Err(PlanFault::Rule("the years of opening the best sites year by year"));
    }
    let weights: Vec<i64> = groups.iter().map(|group| group.1).collect();
    let worths: Vec<i64> = problem.years.iter().map(|year| year.worth).collect();
    let value_of = |decisions: &[bool]| -> Option<i64> {
        let open_from = read_decisions(instance.site_count(), decisions)?;
        check(instance, problem, &open_from).ok()?;
        Some(worth(&self::covered(instance, problem, &open_from)))
    };
    Claim {
        value: plan.value,
        bound: plan.bound,
        status: &plan.status,
        tree: &plan.certificate,
        is_empty: plan.openings.is_empty(),
        known: i64::MAX,
        unit: divisor(&weights) * divisor(&worths),
        kept: check(instance, problem, &open_from),
    }
    .check(&statement(instance, problem, &groups), blame, &value_of)
}

/// Why the question is none on this instance.
fn misfit_of(instance: &CoverInstance, problem: &PhasesProblem) -> Option<&'static str> {
    let years = &problem.years;
    let money = |amount: Option<i64>| amount.is_none_or(|money| (0..=SUM_LIMIT).contains(&money));
    if years.is_empty() || years.iter().any(|y| y.worth < 0 || !money(y.budget)) {
        return Some("there is no year, or one with less than no money or worth");
    }
    let worth: i128 = years.iter().map(|year| i128::from(year.worth)).sum();
    if worth * i128::from(instance.total_weight()) > i128::from(SUM_LIMIT)
        || years.len() > YEARS_MAX
    {
        return Some("the years count for too much");
    }
    misfit(instance, &problem.rules)
}

fn opening_years(
    instance: &CoverInstance,
    problem: &PhasesProblem,
    plan: &PhasedPlan,
) -> Result<Vec<Option<usize>>, PlanFault> {
    let mut open_from = vec![None; instance.site_count()];
    for &(year, site) in &plan.openings {
        let there = open_from.get_mut(site.index()).ok_or(PlanFault::Site(site))?;
        if there.is_some() || year as usize >= problem.years.len() {
            return Err(PlanFault::Site(site));
        }
        *there = Some(year as usize);
    }
    Ok(open_from)
}

/// The year each site opens in; `None` when one closes again.
fn read_decisions(sites: usize, decisions: &[bool]) -> Option<Vec<Option<usize>>> {
    let years = decisions.len() / sites.max(1);
    (0..sites)
        .map(|site| {
            let open: Vec<bool> = (0..years).map(|t| decisions[t * sites + site]).collect();
            open.is_sorted().then(|| open.iter().position(|&open| open))
        })
        .collect()
}

fn covered(instance: &CoverInstance, problem: &PhasesProblem, from: &[Option<usize>]) -> Vec<i64> {
    (0..problem.years.len())
        .map(|t| {
            let open = |site: &&u32| from[**site as usize].is_some_and(|year| year <= t);
            let rows = (0..instance.row_count())
                .filter(|&row| instance.sites_of(row).iter().any(|site| open(&site)));
            rows.map(|row| instance.weight(row)).sum()
        })
        .collect()
}

fn spent(instance: &CoverInstance, problem: &PhasesProblem, from: &[Option<usize>]) -> Vec<i64> {
    let in_year = |t: usize| instance.sites().filter(move |site| from[site.index()] == Some(t));
    (0..problem.years.len()).map(|t| in_year(t).map(|site| instance.cost(site)).sum()).collect()
}

fn check(
    instance: &CoverInstance,
    problem: &PhasesProblem,
    from: &[Option<usize>],
) -> Result<(), PlanFault> {
    let open: Vec<bool> = from.iter().map(Option::is_some).collect();
    check_rules(instance, &problem.rules, &open)?;
    let money = spent(instance, problem, from);
    let (mut left_sites, mut left_money) = (Some(0_i64), Some(0_i64));
    for (t, year) in problem.years.iter().enumerate() {
        if problem.unspent == Unspent::Lapses {
            (left_sites, left_money) = (Some(0), Some(0));
        }
        let opened = from.iter().filter(|&&year| year == Some(t)).count() as i64;
        left_sites = left_sites
            .zip(year.sites)
            .map(|(left, more)| left.saturating_add(i64::from(more)) - opened);
        left_money =
            left_money.zip(year.budget).map(|(left, more)| left.saturating_add(more) - money[t]);
        if left_sites.is_some_and(|left| left < 0) || left_money.is_some_and(|left| left < 0) {
            return Err(PlanFault::Rule("the sites or money of a year"));
        }
    }
    let covered = covered(instance, problem, from);
    let missed =
        problem.years.iter().zip(&covered).any(|(y, &c)| y.milestone.is_some_and(|m| c < m));
    if missed { Err(PlanFault::Rule("a milestone")) } else { Ok(()) }
}

fn statement(
    instance: &CoverInstance,
    problem: &PhasesProblem,
    groups: &[(Vec<u32>, i64)],
) -> Statement {
    let (n, years) = (instance.site_count(), problem.years.len());
    let mut statement = Statement::with_decisions(n * years);
    let mut parts = vec![Vec::new(); years];
    for (t, parts) in parts.iter_mut().enumerate() {
        for (sites, weight) in groups {
            let by = sites.iter().map(|&site| t * n + site as usize);
            let part = statement.covered(problem.years[t].worth * weight, by);
            parts.push((part, -weight));
        }
    }
    for t in 0..years.saturating_sub(1) {
        for site in 0..n {
            statement.row(vec![(t * n + site, 1), ((t + 1) * n + site, -1)], 0);
        }
    }
    let carried = problem.unspent == Unspent::CarriedOver;
    for (t, covered) in parts.into_iter().enumerate() {
        let since = if carried { 0 } else { t };
        let window = &problem.years[since..=t];
        let sum = |of: &dyn Fn(usize) -> Option<i64>| -> Option<i64> {
            (since..=t).try_fold(0_i64, |sum, y| Some(sum.saturating_add(of(y)?)))
        };
        let count = sum(&|y| problem.years[y].sites.map(i64::from));
        let money = sum(&|y| problem.years[y].budget);
        let terms = |cost: &dyn Fn(SiteId) -> i64| -> Vec<(usize, i64)> {
            let now = instance.sites().map(|site| (t * n + site.index(), cost(site)));
            let before =
                instance.sites().map(|site| ((t.max(1) - 1) * n + site.index(), -cost(site)));
            if t > 0 && window.len() == 1 && !carried {
                now.chain(before).collect()
            } else {
                now.collect()
            }
        };
        if let Some(count) = count {
            statement.row(terms(&|_| 1), count);
        }
        if let Some(money) = money {
            statement.row(terms(&|site| instance.cost(site)), money);
        }
        if let Some(milestone) = problem.years[t].milestone {
            statement.row(covered, -milestone);
        }
    }
    statement.rules(instance, &problem.rules, years.saturating_sub(1) * n);
    statement
}
