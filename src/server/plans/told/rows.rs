//! Rows that are told of a plan: sites, what comes next, who gains, tables.

use serde::Serialize;

use super::people;
use crate::delivery::plan::Opening;
use crate::ids::{Id, SiteId};
use crate::import::program_file::ProgramFile;
use crate::placement::candidate::Candidate;
use crate::placement::explain::Explained;
use crate::placement::schedule::Schedule;
use crate::report::Language;
use crate::report::sheet::Sheet;
use crate::server::app::App;
use crate::spatial::LonLat;
use crate::units::Persons;

/// Steps of the curve that are told.
const CURVE_MAX: usize = 60;
/// Candidates that are drawn.
const DRAWN_MAX: usize = 5_000;

#[derive(Debug, Serialize)]
pub(super) struct Site {
    pub(super) order: usize,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) street: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) place: LonLat,
    pub(super) cost: f64,
    pub(super) phase: Option<u32>,
    pub(super) year: Option<u32>,
    pub(super) status: &'static str,
    /// `site`, `center` or `gate`.
    pub(super) kind: &'static str,
    /// Ids of the functions it opens with, when there are several promises.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) functions: Vec<String>,
    /// The two sides of a gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sides: Option<[LonLat; 2]>,
    pub(super) gained_persons: Option<f64>,
    pub(super) cumulative_persons: Option<f64>,
    /// People whose nearest it is (p-median, p-center).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) served_persons: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct CurveStep {
    sites: usize,
    id: String,
    gained_persons: f64,
    cumulative_persons: f64,
    share: Option<f64>,
    in_plan: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Runner {
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
pub(super) struct Zone {
    id: String,
    name: String,
    level: String,
    persons: f64,
    before_share: Option<f64>,
    after_share: Option<f64>,
    gained_persons: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct Speed {
    walk_speed_m_s: f64,
    before_share: Option<f64>,
    share: Option<f64>,
    gained_persons: f64,
}

/// A further table of a plan, as the report shows it.
#[derive(Debug, Serialize)]
pub(super) struct Table {
    id: &'static str,
    title: String,
    text: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct Column {
    id: &'static str,
    title: &'static str,
    is_number: bool,
}

impl Table {
    pub(super) fn of(sheet: &Sheet, language: Language) -> Self {
        let columns = sheet.columns.iter().enumerate();
        let rows = sheet.rows.iter();
        Self {
            id: sheet.name,
            title: sheet.title.pick(language).to_owned(),
            text: sheet.text.pick(language).to_owned(),
            columns: columns
                .map(|(at, column)| Column {
                    id: column.id,
                    title: language.pick(column.en, column.zh),
                    is_number: sheet.is_number(at),
                })
                .collect(),
            rows: rows.map(|row| row.iter().map(|cell| cell.shown(language)).collect()).collect(),
        }
    }
}

/// What a candidate is called: its name, else its street, else its id.
pub(in crate::server::plans) fn name_of(app: &App, candidate: &Candidate) -> String {
    if !candidate.name.is_empty() {
        return candidate.name.clone();
    }
    street_of(app, candidate).unwrap_or_else(|| candidate.key.clone())
}

fn street_of(app: &App, candidate: &Candidate) -> Option<String> {
    let stand = candidate.nearest_stand()?;
    let name = app.baseline().graph.name(stand.position.edge);
    (!name.is_empty()).then(|| name.to_owned())
}

/// A site as its candidate tells it, without what it brings.
pub(super) fn site(app: &App, candidate: &Candidate, order: usize) -> Site {
    let zone = candidate.zone.map(|zone| app.baseline().zones.zones[zone].name.clone());
    Site {
        order,
        id: candidate.key.clone(),
        name: name_of(app, candidate),
        street: street_of(app, candidate),
        zone,
        place: candidate.place,
        cost: candidate.cost as f64 / 1e3,
        phase: candidate.phase,
        year: None,
        status: candidate.standing.id(),
        kind: "site",
        functions: Vec::new(),
        sides: None,
        gained_persons: None,
        cumulative_persons: None,
        served_persons: None,
    }
}

/// The sites in the order in which they bring most, year by year when there are years.
pub(super) fn sites(app: &App, plan: &Explained, years: Option<&Schedule>) -> Vec<Site> {
    let first = years.and_then(|schedule| schedule.first_year);
    let steps = plan.steps.iter().enumerate();
    steps
        .map(|(index, step)| {
            let candidate = &plan.candidates[step.site.index()];
            // Without years a phase is a wish of the candidate's file, and opens nothing.
            let phase = candidate.phase.filter(|_| years.is_some());
            Site {
                cost: step.cost as f64 / 1e3,
                phase,
                year: first.zip(phase).map(|(first, phase)| first + phase - 1),
                gained_persons: Some(people(step.gain)),
                cumulative_persons: Some(people(step.cumulative)),
                ..site(app, candidate, index + 1)
            }
        })
        .collect()
}

/// What only a plan solved as a program knows: gates, centers, several functions.
pub(super) fn complete(
    app: &App,
    sites: &mut Vec<Site>,
    (file, opens): (&ProgramFile, &[Opening]),
) {
    let (is_nested, several) = (file.ask.problem == "two-tier", file.promises.len() > 1);
    for opening in opens {
        match opening {
            Opening::Site { candidate, promises } => {
                let is_center = is_nested && promises.contains(&1);
                let functions =
                    promises.iter().filter_map(|&at| file.promises[at].functions.first());
                let functions: Vec<String> = functions.filter(|_| several).cloned().collect();
                if is_center {
                    let order = sites.len() + 1;
                    sites.push(Site { kind: "center", functions, ..site(app, candidate, order) });
                } else if let Some(known) = sites.iter_mut().find(|one| one.id == candidate.key) {
                    known.functions = functions;
                }
            }
            Opening::Gate { key, sides } => {
                if let Some(known) = sites.iter_mut().find(|one| one.id == *key) {
                    (known.kind, known.sides) = ("gate", Some(*sides));
                }
            }
        }
    }
}

/// What one gets by opening one site after the other.
pub(super) fn curve(plan: &Explained, mut chosen: Vec<SiteId>) -> Vec<CurveStep> {
    chosen.sort_unstable();
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

/// What was not chosen, and what choosing it would cost.
pub(super) fn runners(app: &App, plan: &Explained) -> Vec<Runner> {
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

/// The same sites for slower and faster walkers.
pub(super) fn speeds(plan: &Explained) -> Vec<Speed> {
    let speeds = plan.speeds.iter().map(|at| Speed {
        walk_speed_m_s: at.speed.0,
        before_share: at.before.share().map(|share| share.0),
        share: at.after.share().map(|share| share.0),
        gained_persons: (at.after.covered - at.before.covered).count(),
    });
    speeds.collect()
}

/// Where the candidates are, the first of them.
pub(super) fn places(candidates: &[Candidate]) -> Vec<(String, f64, f64)> {
    let drawn = candidates.iter().take(DRAWN_MAX);
    drawn.map(|one| (one.key.clone(), one.place.lon(), one.place.lat())).collect()
}

/// Zones of the plan's group, most gained first.
pub(super) fn zones(app: &App, plan: &Explained) -> Vec<Zone> {
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
