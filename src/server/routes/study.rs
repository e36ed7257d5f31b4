//! `…/studies/{study}`: what there is to choose from.

use std::collections::BTreeMap;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::audit::full_name;
use crate::coverage::{Composite, Rule, Standard};
use crate::ids::GroupId;
use crate::scenario::Baseline;
use crate::server::Server;
use crate::server::app::App;
use crate::server::ask::{Asked, JSON};
use crate::server::describe::{NoParameters, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::Query;
use crate::spatial::BoundingBox;

/// A study, its vocabulary and what to show first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Study)]
pub(in crate::server) struct StudyAnswer {
    /// Its id, as addresses have it.
    id: String,
    /// Its name.
    name: String,
    /// `en` or `zh`.
    language: String,
    /// Version of walkshed.
    version: String,
    /// Hash of the study and its inputs.
    study_hash: String,
    /// Who made the data, a line each.
    attribution: Vec<String>,
    /// West, south, east, north in degrees.
    bounds: [f64; 4],
    /// Who walks.
    profiles: Vec<Profile>,
    /// What facilities offer.
    functions: Vec<FunctionAnswer>,
    /// Whom it is for; the first is everybody.
    groups: Vec<Group>,
    /// The people in numbers.
    demand: Demand,
    /// Names of the levels of zones, coarsest first.
    zone_levels: Vec<String>,
    /// The promises.
    standards: Vec<StandardAnswer>,
    /// What to show first.
    default: Default,
    /// What was noticed when the inputs were read.
    issues: Issues,
    /// Words of the edits that a scenario may have.
    edits: Vec<&'static str>,
    /// Whether every change is refused.
    read_only: bool,
}

/// A walk profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Profile {
    id: String,
    en: String,
    zh: String,
    walk_speed_m_s: f64,
}

/// A function.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Function)]
pub(in crate::server) struct FunctionAnswer {
    id: String,
    en: String,
    zh: String,
    /// Open facilities that offer it.
    facilities: usize,
}

/// A demand group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Group {
    id: String,
    en: String,
    zh: String,
    /// Whether the numbers were estimated, not counted.
    estimated: bool,
}

/// The people in numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Demand {
    /// `persons`, `persons_estimated` or `street_meters`.
    #[schema(value_type = String)]
    unit: crate::demand::DemandUnit,
    /// How many places people live at.
    points: usize,
    /// Everybody, inside the zones or not.
    persons_total: f64,
}

/// A service standard.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Standard)]
pub(in crate::server) struct StandardAnswer {
    id: String,
    en: String,
    zh: String,
    /// Where it is written.
    source: String,
    /// The same in Chinese; empty when there is none.
    source_zh: String,
    note: String,
    /// The same in Chinese; empty when there is none.
    note_zh: String,
    rules: Vec<RuleAnswer>,
    /// Which rules a complete home needs.
    composite: Option<CompositeAnswer>,
}

/// A rule of a standard.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Rule)]
pub(in crate::server) struct RuleAnswer {
    id: String,
    en: String,
    zh: String,
    /// What it asks for in full: title, walker, group, cutoff and the places it counts.
    name_en: String,
    /// The same in Chinese.
    name_zh: String,
    /// Ids of functions; one of them is enough.
    functions: Vec<String>,
    tier: Option<String>,
    /// The cutoff in minutes, or
    cutoff_min: Option<f64>,
    /// the cutoff in metres.
    cutoff_m: Option<f64>,
    profile: String,
    group: String,
    /// Share (0 to 1) that must be covered.
    pass_share: f64,
    /// Whether the number was checked at its source.
    verified: bool,
    source: String,
    /// The same in Chinese; empty when there is none.
    source_zh: String,
}

/// What a complete home needs.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Composite)]
pub(in crate::server) struct CompositeAnswer {
    en: String,
    zh: String,
    /// Ids of rules: the "1".
    anchor: Vec<String>,
    /// Ids of rules: the "6".
    required: Vec<String>,
    /// Ids of rules: the "X".
    optional: Vec<String>,
}

/// What to show first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DefaultSelection)]
pub(in crate::server) struct Default {
    function: String,
    profile: String,
    group: String,
    cutoff_min: f64,
}

/// What was noticed when the inputs were read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Issues {
    total: usize,
    /// By kind.
    counts: BTreeMap<String, usize>,
}

/// What there is to choose from in a study
#[utoipa::path(
    get, path = "/api/v1/studies/{study}", tag = "library", params(StudyPath),
    responses((status = 200, description = "The study", body = StudyAnswer), Refusals)
)]
pub(in crate::server) async fn show(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    asked: Asked<NoParameters>,
) -> Response {
    let read_only = server.access.read_only;
    // As addresses name it, which is not always how the study names itself.
    let answer =
        move |app: &App, query: &Query| Ok(StudyAnswer { id, read_only, ..answer(app, query)? });
    asked.answer(JSON, answer).await
}

#[expect(clippy::unnecessary_wraps, reason = "every resource answers alike")]
fn answer(app: &App, _: &Query) -> Result<StudyAnswer, Problem> {
    let (baseline, meta, default) = (app.baseline(), app.meta(), app.default_selection());
    let functions = app.functions().map(|(_, f, facilities)| FunctionAnswer {
        id: f.id.clone(),
        en: f.en.clone(),
        zh: f.zh.clone(),
        facilities,
    });
    let groups = baseline.demand.groups.iter().map(|group| Group {
        id: group.id.clone(),
        en: group.en.clone(),
        zh: group.zh.clone(),
        estimated: group.estimated,
    });
    Ok(StudyAnswer {
        id: String::new(),
        name: meta.name.clone(),
        language: meta.language.clone(),
        version: meta.version.clone(),
        study_hash: meta.study_hash.clone(),
        attribution: meta.attribution.clone(),
        bounds: app.bounds().map_or([-180.0, -85.0, 180.0, 85.0], BoundingBox::to_degrees),
        profiles: profiles(app),
        functions: functions.collect(),
        groups: groups.collect(),
        demand: Demand {
            unit: baseline.demand.unit,
            points: baseline.demand.points.len(),
            persons_total: baseline.demand.total(GroupId(0)).count(),
        },
        zone_levels: baseline.zones.level_names.clone(),
        standards: baseline.standards.iter().map(|one| standard(baseline, one)).collect(),
        default: Default {
            function: baseline.taxonomy.functions()[default.function].id.clone(),
            profile: app.walker(default.walker).profile.id.clone(),
            group: baseline.demand.groups[default.group].id.clone(),
            cutoff_min: default.cutoff.min,
        },
        issues: Issues {
            total: meta.issue_counts.iter().map(|(_, count)| count).sum(),
            counts: meta.issue_counts.iter().cloned().collect(),
        },
        edits: crate::scenario::EDIT_WORDS.to_vec(),
        read_only: false,
    })
}

fn profiles(app: &App) -> Vec<Profile> {
    let profiles = app.baseline().walkers().iter().map(|walker| &walker.profile);
    let row = |p: &crate::street::WalkProfile| Profile {
        id: p.id.clone(),
        en: p.en.clone(),
        zh: p.zh.clone(),
        walk_speed_m_s: p.walk_speed_m_s,
    };
    profiles.map(row).collect()
}

fn standard(baseline: &Baseline, standard: &Standard) -> StandardAnswer {
    StandardAnswer {
        id: standard.id.clone(),
        en: standard.en.clone(),
        zh: standard.zh.clone(),
        source: standard.source.clone(),
        source_zh: standard.source_zh.clone(),
        note: standard.note.clone(),
        note_zh: standard.note_zh.clone(),
        rules: standard.rules.iter().map(|one| rule(baseline, one)).collect(),
        composite: standard.composite.as_ref().map(composite),
    }
}

fn composite(composite: &Composite) -> CompositeAnswer {
    CompositeAnswer {
        en: composite.en.clone(),
        zh: composite.zh.clone(),
        anchor: composite.anchor.clone(),
        required: composite.required.clone(),
        optional: composite.optional.clone(),
    }
}

fn rule(baseline: &Baseline, rule: &Rule) -> RuleAnswer {
    let name = full_name(baseline, rule);
    RuleAnswer {
        name_en: name.en,
        name_zh: name.zh,
        id: rule.id.clone(),
        en: rule.en.clone(),
        zh: rule.zh.clone(),
        functions: rule.functions.clone(),
        tier: rule.tier.clone(),
        cutoff_min: rule.cutoff_min,
        cutoff_m: rule.cutoff_m,
        profile: rule.profile.clone(),
        group: rule.group.clone(),
        pass_share: rule.pass_share,
        verified: rule.verified,
        source: rule.source.clone(),
        source_zh: rule.source_zh.clone(),
    }
}
