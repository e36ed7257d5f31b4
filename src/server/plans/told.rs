//! What the page is told of a plan.

use serde::Serialize;

use super::search::divisor;
use crate::ids::{Id, SiteId};
use crate::placement::candidate::Candidate;
use crate::placement::explain::{Explained, Step};
use crate::placement::{Infeasibility, Objective, Payment, PlacementSolution, SolutionStatus};
use crate::server::app::App;
use crate::spatial::LonLat;
use crate::units::Persons;

/// Steps of the curve that are told.
const CURVE_MAX: usize = 60;
/// Candidates that are drawn.
const DRAWN_MAX: usize = 5_000;

/// A plan.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    problem: &'static str,
    unit: &'static str,
    value: Option<f64>,
    bound: Option<f64>,
    gap: Option<f64>,
    optimal: bool,
    status: &'static str,
    reason: Option<String>,
    seconds: f64,
    persons: f64,
    before: Standing,
    after: Standing,
    sites: Vec<Site>,
    curve: Vec<CurveStep>,
    phases: [(); 0],
    runners_up: Vec<Runner>,
    zones: Vec<Zone>,
    sensitivity: Vec<Speed>,
    candidates: Drawn,
}

#[derive(Debug, Serialize)]
struct Standing {
    covered_persons: f64,
    share: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Site {
    order: usize,
    id: String,
    name: String,
    street: Option<String>,
    zone: Option<String>,
    place: LonLat,
    cost: f64,
    phase: Option<u32>,
    year: Option<u32>,
    status: &'static str,
    gained_persons: f64,
    cumulative_persons: f64,
}

#[derive(Debug, Serialize)]
struct CurveStep {
    sites: usize,
    id: String,
    gained_persons: f64,
    cumulative_persons: f64,
    share: Option<f64>,
    in_plan: bool,
}

#[derive(Debug, Serialize)]
struct Runner {
    rank: usize,
    id: String,
    name: String,
    place: LonLat,
    instead_of: Option<String>,
    lost_persons: f64,
    extra_cost: f64,
    on_top_persons: f64,
}

#[derive(Debug, Serialize)]
struct Zone {
    id: String,
    name: String,
    level: String,
    persons: f64,
    before_share: Option<f64>,
    after_share: Option<f64>,
    gained_persons: f64,
}

#[derive(Debug, Serialize)]
struct Speed {
    walk_speed_m_s: f64,
    before_share: Option<f64>,
    share: Option<f64>,
    gained_persons: f64,
}

#[derive(Debug, Serialize)]
struct Drawn {
    count: usize,
    from: String,
    places: Vec<(String, f64, f64)>,
}

fn people(weight: i64) -> f64 {
    Persons::from_micro(weight).count()
}

/// What a candidate is called: its name, else its street, else its id.
pub(super) fn name_of(app: &App, candidate: &Candidate) -> String {
    if !candidate.name.is_empty() {
        return candidate.name.clone();
    }
    street_of(app, candidate).unwrap_or_else(|| candidate.key.clone())
}

fn street_of(app: &App, candidate: &Candidate) -> Option<String> {
    let stand = candidate.stands.first()?;
    let name = app.baseline().graph.name(stand.position.edge);
    (!name.is_empty()).then(|| name.to_owned())
}

/// Shapes a plan.
pub(super) fn told(
    (app, plan): (&App, &Explained),
    solution: &PlacementSolution,
    (from, seconds): (&str, f64),
) -> Told {
    let need = plan.need;
    let scale = divisor(&solution.problem);
    let has_plan = solution.has_plan();
    let share = |covered: Persons| covered.share_of(need.total).map(|share| share.0);
    let after = need.covered + plan.gain();
    let (problem, unit) = match solution.problem.objective {
        Objective::MostWeight => ("mclp", "persons"),
        Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => match payment {
            Payment::PerSite => ("lscp", "sites"),
            Payment::Cost => ("lscp", "cost"),
        },
    };
    let (status, reason) = status_of(solution);
    Told {
        problem,
        unit,
        value: has_plan.then_some(solution.value as f64 / scale),
        bound: has_plan.then_some(solution.bound as f64 / scale),
        gap: has_plan.then(|| solution.optimality_gap()),
        optimal: solution.status == SolutionStatus::Optimal,
        status,
        reason,
        seconds: (seconds * 1e3).round() / 1e3,
        persons: need.total.count(),
        before: Standing { covered_persons: need.covered.count(), share: share(need.covered) },
        after: Standing { covered_persons: after.count(), share: share(after) },
        sites: plan.steps.iter().enumerate().map(|step| site(app, plan, step)).collect(),
        curve: curve(plan, &solution.chosen),
        phases: [],
        runners_up: runners(app, plan),
        zones: zones(app, plan),
        sensitivity: plan
            .speeds
            .iter()
            .map(|at| Speed {
                walk_speed_m_s: at.speed.0,
                before_share: at.before.share().map(|share| share.0),
                share: at.after.share().map(|share| share.0),
                gained_persons: (at.after.covered - at.before.covered).count(),
            })
            .collect(),
        candidates: Drawn {
            count: plan.candidates.len(),
            from: from.to_owned(),
            places: plan
                .candidates
                .iter()
                .take(DRAWN_MAX)
                .map(|one| (one.key.clone(), one.place.lon(), one.place.lat()))
                .collect(),
        },
    }
}

/// What is said of an answer without a plan, or with one that is not proven.
fn status_of(solution: &PlacementSolution) -> (&'static str, Option<String>) {
    match &solution.status {
        SolutionStatus::Optimal => ("optimal", None),
        SolutionStatus::Feasible => ("feasible", None),
        SolutionStatus::Cancelled if solution.has_plan() => ("feasible", None),
        SolutionStatus::Infeasible { reason } => ("infeasible", Some(sentence(reason))),
        SolutionStatus::Cancelled | SolutionStatus::Unsolved => {
            let said =
                "in the time given no plan that keeps all rules was found, and none was ruled out";
            ("unsolved", Some(said.to_owned()))
        }
    }
}

fn sentence(reason: &Infeasibility) -> String {
    match reason {
        Infeasibility::UnreachedRows { rows } => {
            format!("no candidate reaches {} homes; name a share instead of everybody", rows.len())
        }
        Infeasibility::TargetOutOfReach { reachable } => {
            format!("all candidates together newly cover {:.0} people at most", people(*reachable))
        }
        Infeasibility::RequiredOverCount { required } => {
            format!("{required} sites are required, more than may be opened")
        }
        Infeasibility::RequiredOverBudget { cost } => {
            format!("the required sites cost {}, more than the budget", *cost as f64 / 1e3)
        }
        _ => "no plan keeps all the rules that were set".to_owned(),
    }
}

fn site(app: &App, plan: &Explained, (index, step): (usize, &Step)) -> Site {
    let candidate = &plan.candidates[step.site.index()];
    let zone = candidate.zone.map(|zone| app.baseline().zones.zones[zone].name.clone());
    Site {
        order: index + 1,
        id: candidate.key.clone(),
        name: name_of(app, candidate),
        street: street_of(app, candidate),
        zone,
        place: candidate.place,
        cost: step.cost as f64 / 1e3,
        phase: candidate.phase,
        year: None,
        status: candidate.standing.id(),
        gained_persons: people(step.gain),
        cumulative_persons: people(step.cumulative),
    }
}

fn curve(plan: &Explained, chosen: &[SiteId]) -> Vec<CurveStep> {
    let need = plan.need;
    let steps = plan.curve.iter().take(CURVE_MAX).enumerate();
    steps
        .map(|(index, step)| {
            let covered = need.covered + Persons::from_micro(step.cumulative);
            CurveStep {
                sites: index + 1,
                id: plan.candidates[step.site.index()].key.clone(),
                gained_persons: people(step.gain),
                cumulative_persons: people(step.cumulative),
                share: covered.share_of(need.total).map(|share| share.0),
                in_plan: chosen.binary_search(&step.site).is_ok(),
            }
        })
        .collect()
}

fn runners(app: &App, plan: &Explained) -> Vec<Runner> {
    let candidate = |site: SiteId| &plan.candidates[site.index()];
    let runners = plan.runners_up.iter().enumerate();
    runners
        .map(|(index, runner)| Runner {
            rank: index + 1,
            id: candidate(runner.site).key.clone(),
            name: name_of(app, candidate(runner.site)),
            place: candidate(runner.site).place,
            instead_of: runner.instead_of.map(|site| candidate(site).key.clone()),
            lost_persons: people(runner.loss),
            extra_cost: runner.extra_cost as f64 / 1e3,
            on_top_persons: people(runner.on_top),
        })
        .collect()
}

/// Zones of the plan's group, most gained first.
fn zones(app: &App, plan: &Explained) -> Vec<Zone> {
    let zones = &app.baseline().zones;
    let mut rows: Vec<Zone> = plan
        .zones
        .iter()
        .filter(|gain| gain.group == plan.need.group)
        .filter_map(|gain| {
            let zone = &zones.zones[gain.zone?];
            let level = zones.level_names.get(usize::from(zone.level));
            Some(Zone {
                id: zone.key.clone(),
                name: zone.name.clone(),
                level: level.cloned().unwrap_or_default(),
                persons: gain.after.persons.count(),
                before_share: gain.before.share().map(|share| share.0),
                after_share: gain.after.share().map(|share| share.0),
                gained_persons: (gain.after.covered - gain.before.covered).count(),
            })
        })
        .collect();
    rows.sort_by(|a, b| {
        b.gained_persons.total_cmp(&a.gained_persons).then_with(|| a.id.cmp(&b.id))
    });
    rows
}
