//! Re-checks a two-tier plan.

use crate::ids::{Id, SiteId};

use super::instance::{CoverInstance, SUM_LIMIT, SiteStatus};
use super::problem::SiteRules;
use super::solution::Infeasibility;
use super::two_tier::{TwoTierInstance, TwoTierPlan, TwoTierProblem};
use super::verify_tree::{
    Claim, PlanFault, Statement, check_rules, divisor, flags, groups_of_rows, is_to_blame, misfit,
    refused, same,
};

/// Checks both tiers, duties, money, values and the bound of `plan`.
///
/// # Errors
/// [`PlanFault`], the first fault found.
pub fn verify_two_tier(
    instance: &TwoTierInstance,
    problem: &TwoTierProblem,
    plan: &TwoTierPlan,
) -> Result<(), PlanFault> {
    let unfit = misfit_of(instance, problem);
    let blame = |reason: &Infeasibility| match reason {
        Infeasibility::NoCenterOver { station } => {
            station.index() < instance.stations.site_count()
                && instance.stations.status(*station) == SiteStatus::Required
                && instance.over[station.index()]
                    .iter()
                    .all(|&center| instance.centers.status(center) == SiteStatus::Forbidden)
        }
        _ => {
            is_to_blame(&instance.stations, &problem.stations, reason)
                || is_to_blame(&instance.centers, &problem.centers, reason)
        }
    };
    if let Some(what) = unfit {
        return refused(what, (&plan.status, is_nothing(plan)));
    }
    let stations = flags(&plan.stations, instance.stations.site_count())?;
    let centers = flags(&plan.centers, instance.centers.site_count())?;
    let by_stations = instance.stations.covered_weight(&plan.stations);
    let by_centers = instance.centers.covered_weight(&plan.centers);
    same("the people covered by stations", plan.by_stations, by_stations)?;
    same("the people covered by centers", plan.by_centers, by_centers)?;
    let worth = |a: i64, b: i64| problem.station_worth * a + problem.center_worth * b;
    same("the value", plan.value, worth(by_stations, by_centers))?;
    let groups = (groups_of_rows(&instance.stations), groups_of_rows(&instance.centers));
    let mut numbers: Vec<i64> = groups.0.iter().map(|g| g.1 * problem.station_worth).collect();
    numbers.extend(groups.1.iter().map(|g| g.1 * problem.center_worth));
    let value_of = |decisions: &[bool]| -> Option<i64> {
        let (stations, centers) = decisions.split_at(instance.stations.site_count());
        check(instance, problem, stations, centers).ok()?;
        let covered = |cover: &CoverInstance, open: &[bool]| {
            let open: Vec<SiteId> = cover.sites().filter(|site| open[site.index()]).collect();
            cover.covered_weight(&open)
        };
        Some(worth(covered(&instance.stations, stations), covered(&instance.centers, centers)))
    };
    Claim {
        value: plan.value,
        bound: plan.bound,
        status: &plan.status,
        tree: &plan.certificate,
        is_empty: plan.stations.is_empty() && plan.centers.is_empty(),
        known: i64::MAX,
        unit: divisor(&numbers),
        kept: check(instance, problem, &stations, &centers),
    }
    .check(&statement(instance, problem, &groups), blame, &value_of)
}

/// Whether the plan says nothing.
fn is_nothing(plan: &TwoTierPlan) -> bool {
    let numbers = [plan.by_stations, plan.by_centers, plan.value, plan.bound];
    plan.stations.is_empty() && plan.centers.is_empty() && numbers == [0; 4]
}

/// Why the question is none on this instance.
fn misfit_of(instance: &TwoTierInstance, problem: &TwoTierProblem) -> Option<&'static str> {
    let (stations, centers) = (&instance.stations, &instance.centers);
    let there = |center: &SiteId| center.index() < centers.site_count();
    if instance.over.len() != stations.site_count() || !instance.over.iter().flatten().all(there) {
        return Some("a station hangs under a center that is not there");
    }
    let worths = [(problem.station_worth, stations), (problem.center_worth, centers)];
    let total = worths.map(|(worth, cover)| i128::from(worth) * i128::from(cover.total_weight()));
    if worths.iter().any(|worth| worth.0 < 0) || total[0] + total[1] > i128::from(SUM_LIMIT) {
        return Some("what a person counts is below 0 or too large");
    }
    let joint = SiteRules { budget: problem.budget, ..SiteRules::default() };
    misfit(stations, &problem.stations)
        .or_else(|| misfit(centers, &problem.centers))
        .or_else(|| misfit(stations, &joint))
}

fn has_standing_center(instance: &TwoTierInstance, station: SiteId) -> bool {
    instance.over[station.index()]
        .iter()
        .any(|&center| instance.centers.status(center) == SiteStatus::Existing)
}

fn check(
    instance: &TwoTierInstance,
    problem: &TwoTierProblem,
    stations: &[bool],
    centers: &[bool],
) -> Result<(), PlanFault> {
    check_rules(&instance.stations, &problem.stations, stations)?;
    check_rules(&instance.centers, &problem.centers, centers)?;
    for station in instance.stations.sites().filter(|station| stations[station.index()]) {
        let over = instance.over[station.index()].iter().any(|center| centers[center.index()]);
        if !over && !has_standing_center(instance, station) {
            return Err(PlanFault::Rule("a station hangs under no center"));
        }
    }
    let cost = |cover: &CoverInstance, open: &[bool]| -> i64 {
        cover.sites().zip(open).filter(|(_, open)| **open).map(|(site, _)| cover.cost(site)).sum()
    };
    let both = cost(&instance.stations, stations) + cost(&instance.centers, centers);
    if problem.budget.is_some_and(|most| both > most) {
        return Err(PlanFault::Rule("the budget for both tiers"));
    }
    Ok(())
}

type Groups = Vec<(Vec<u32>, i64)>;

fn statement(
    instance: &TwoTierInstance,
    problem: &TwoTierProblem,
    groups: &(Groups, Groups),
) -> Statement {
    let (below, above) = (instance.stations.site_count(), instance.centers.site_count());
    let mut statement = Statement::with_decisions(below + above);
    for (sites, weight) in &groups.0 {
        statement.covered(problem.station_worth * weight, sites.iter().map(|&s| s as usize));
    }
    for (sites, weight) in &groups.1 {
        let by = sites.iter().map(|&site| below + site as usize);
        statement.covered(problem.center_worth * weight, by);
    }
    for station in instance.stations.sites() {
        if !has_standing_center(instance, station) {
            let mut over: Vec<usize> = instance.over[station.index()]
                .iter()
                .map(|center| below + center.index())
                .collect();
            over.sort_unstable();
            over.dedup();
            let mut row: Vec<(usize, i64)> = over.into_iter().map(|center| (center, -1)).collect();
            row.push((station.index(), 1));
            statement.row(row, 0);
        }
    }
    if let Some(most) = problem.budget {
        let stations = instance.stations.sites().map(|s| (s.index(), instance.stations.cost(s)));
        let centers =
            instance.centers.sites().map(|s| (below + s.index(), instance.centers.cost(s)));
        statement.row(stations.chain(centers).collect(), most);
    }
    statement.rules(&instance.stations, &problem.stations, 0);
    statement.rules(&instance.centers, &problem.centers, below);
    statement
}
