//! What the page is told of a plan.

mod assigned;
mod rows;
mod years;

use serde::Serialize;

use self::rows::{CurveStep, Runner, Site, Speed, Table, Zone};
use self::years::{Phase, Years};
use crate::delivery::plan::{Made, Outcome, sentence};
use crate::ids::SiteId;
use crate::placement::explain::Explained;
use crate::placement::headline::Part;
use crate::placement::{Measure, Proof, SolutionStatus};
use crate::report::{Language, change_line, promise_line};
use crate::server::app::App;
use crate::units::Persons;

pub(super) use self::rows::name_of;

/// Who is told, and of which study.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) app: &'a App,
    pub(super) language: Language,
}

/// A plan.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    problem: String,
    /// What value and bound count: `persons`, `sites`, `cost`, `percent`, `person_min`, `min`.
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
    /// The promise in one line: what, how far, who walks, for whom, whether places are counted.
    promise: String,
    /// What the plan changes, a line each, the question's own first.
    headline: Vec<String>,
    /// What is to be known beside.
    notes: Vec<String>,
    cost: f64,
    sites: Vec<Site>,
    curve: Vec<CurveStep>,
    phases: Vec<Phase>,
    years: Option<Years>,
    runners_up: Vec<Runner>,
    zones: Vec<Zone>,
    sensitivity: Vec<Speed>,
    tables: Vec<Table>,
    candidates: Drawn,
}

/// How people fare.
#[derive(Debug, Default, Serialize)]
struct Standing {
    covered_persons: f64,
    share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_min: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Drawn {
    count: usize,
    from: String,
    places: Vec<(String, f64, f64)>,
}

impl Told {
    /// Value, bound and gap, when there is a plan.
    pub(super) fn proof(&self) -> Option<(f64, f64, f64)> {
        Some((self.value?, self.bound?, self.gap?))
    }
}

fn people(weight: i64) -> f64 {
    Persons::from_micro(weight).count()
}

/// Shapes a plan.
pub(super) fn told(shown: Shown, made: &Made<'_>, seconds: f64) -> Told {
    let seconds = (seconds * 1e3).round() / 1e3;
    match made {
        Made::Cover { outcome, .. } => explained(shown, outcome, seconds),
        Made::Assigned { outcome, file } => assigned::told(shown, (outcome, file), seconds),
        Made::Program { outcome, file, opens } => {
            let mut told = explained(shown, outcome, seconds);
            told.problem.clone_from(&file.ask.problem);
            rows::complete(shown.app, &mut told.sites, (file, opens));
            told
        }
    }
}

/// What value and bound count, as the page says it.
const fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::People | Measure::Served | Measure::Promises => "persons",
        Measure::WorstShare => "percent",
        Measure::Sites => "sites",
        Measure::Cost => "cost",
        Measure::Apart => "min",
    }
}

fn explained(shown: Shown, outcome: &Outcome, seconds: f64) -> Told {
    let Outcome { plan, proof, .. } = outcome;
    let need = plan.need;
    let scale = proof.measure.divisor();
    let people = plan.headline.people();
    let standing = |part: Part| Standing {
        covered_persons: Persons::from_micro(part.covered).count(),
        share: part.share(),
        ..Standing::default()
    };
    let zones = &shown.app.baseline().zones.zones;
    let called = |zone| zones[zone].name.clone();
    let has_plan = proof.has_plan();
    let (status, reason) = status_of(shown, outcome, proof);
    let chosen: Vec<SiteId> = plan.steps.iter().map(|step| step.site).collect();
    let years = outcome.schedule.map(|(schedule, _)| schedule);
    Told {
        problem: outcome.ask.problem.clone(),
        unit: unit(proof.measure),
        value: has_plan.then_some(proof.value as f64 / scale),
        bound: has_plan.then_some(proof.bound as f64 / scale),
        gap: has_plan.then_some(proof.gap),
        optimal: proof.status == SolutionStatus::Optimal,
        status,
        reason,
        seconds,
        persons: need.total.count(),
        before: standing(people.before),
        after: standing(people.after),
        promise: promise_line(need, outcome.places_per_1000, shown.language).unwrap_or_default(),
        headline: (plan.headline.changes.iter())
            .map(|change| change_line(change, &called, shown.language))
            .collect(),
        notes: outcome.notes.iter().map(|note| note.pick(shown.language).to_owned()).collect(),
        cost: plan.headline.cost as f64 / 1e3,
        sites: rows::sites(shown.app, plan, years),
        curve: rows::curve(plan, chosen),
        phases: years::phases(plan, years),
        years: outcome.schedule.map(|schedule| Years::of(shown, plan, schedule)),
        runners_up: rows::runners(shown.app, plan),
        zones: rows::zones(shown.app, plan),
        sensitivity: rows::speeds(plan),
        tables: outcome.sheets.iter().map(|sheet| Table::of(sheet, shown.language)).collect(),
        candidates: drawn(plan, outcome.ask.candidates.join(", ")),
    }
}

fn drawn(plan: &Explained, from: String) -> Drawn {
    Drawn { count: plan.candidates.len(), from, places: rows::places(plan.candidates) }
}

/// How far the solver came, and what is said of an answer without a plan.
fn status_of(shown: Shown, outcome: &Outcome, proof: &Proof) -> (&'static str, Option<String>) {
    match &proof.status {
        SolutionStatus::Infeasible { reason } => {
            let said = sentence(reason, outcome, shown.language);
            ("infeasible", Some(super::words::in_members(&said)))
        }
        status => plain_status(status, shown.language),
    }
}

/// The same where it can be said without the candidates.
fn plain_status(status: &SolutionStatus, language: Language) -> (&'static str, Option<String>) {
    match status {
        SolutionStatus::Optimal => ("optimal", None),
        SolutionStatus::Feasible | SolutionStatus::Cancelled => ("feasible", None),
        _ => {
            let said = language.pick(
                "in the time given no plan that keeps all rules was found, and none was ruled out",
                "在给定时间内未找到满足全部条件的方案，也未能排除",
            );
            ("unsolved", Some(said.to_owned()))
        }
    }
}
