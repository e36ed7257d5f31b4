//! What an edit does, in the words of the page: the selection on screen, the rules, the streets, the homes.

use serde::Serialize;
use utoipa::ToSchema;

use super::live::Live;
use crate::coverage::CoverageSum;
use crate::ids::{DemandPointId, EdgeId, GroupId, Id};
use crate::scenario::{EditEffect, EditError, RuleEffect, ScenarioState, StandingRule};
use crate::server::app::App;
use crate::server::describe::{Feature, FeatureCollection};
use crate::server::shape;
use crate::units::{Persons, Share, WalkTime};

/// Streets told of one edit; more are only counted.
const STREETS_MAX: usize = 1_500;
/// Homes told of one edit, those with most people first.
const HOMES_MAX: usize = 1_500;

/// What an edit does.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Effect)]
pub(in crate::server) struct EffectAnswer {
    /// Revision of the scenario; grows with every edit, undo and redo.
    revision: u64,
    can_undo: bool,
    can_redo: bool,
    /// Edits in force.
    edit_count: usize,
    /// People of the selection newly within the cutoff.
    #[schema(value_type = f64)]
    gained_persons: Persons,
    /// People of the selection no longer within it.
    #[schema(value_type = f64)]
    lost_persons: Persons,
    /// The selection asked for, after the edit.
    selection: SelectionTotals,
    /// Every rule of the study, before and after.
    rules: Vec<RuleChange>,
    /// Street parts whose time under the selection is another; at most 1500.
    streets: FeatureCollection<StreetChangeProperties>,
    /// How many more there are.
    streets_left_out: usize,
    /// Homes whose time under the selection is another; at most 1500, those with most people.
    homes: FeatureCollection<HomeChangeProperties>,
    /// Of a preview: why the edit could not be made at this place. Everything else then tells the scenario as it is.
    obstacle: Option<Obstacle>,
}

/// Why an edit could not be made where it was tried.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Obstacle {
    kind: ObstacleKind,
    /// How far from a street a place may be, in metres.
    limit_m: f64,
    /// The same in words.
    detail: String,
}

/// What stands in the way of an edit.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::server) enum ObstacleKind {
    /// No street near that anybody may walk, as on water.
    NoStreet,
}

impl Obstacle {
    /// What of `error` is only a matter of the place that was tried.
    pub(super) fn of(error: &EditError) -> Option<Self> {
        match error {
            EditError::TooFar { limit_m, .. } => Some(Self {
                kind: ObstacleKind::NoStreet,
                limit_m: *limit_m,
                detail: error.to_string(),
            }),
            _ => None,
        }
    }
}

/// Totals of the selection on screen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct SelectionTotals {
    #[schema(value_type = f64)]
    persons: Persons,
    #[schema(value_type = f64)]
    covered_persons: Persons,
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
    /// Zones whose sums are others than before the edit.
    zones: Vec<ZoneTotals>,
}

/// Totals of a zone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct ZoneTotals {
    id: String,
    #[schema(value_type = f64)]
    covered_persons: Persons,
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
}

/// A rule before and after an edit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct RuleChange {
    standard: String,
    rule: String,
    #[schema(value_type = Option<f64>)]
    before_share: Option<Share>,
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
    #[schema(value_type = f64)]
    before_covered_persons: Persons,
    #[schema(value_type = f64)]
    covered_persons: Persons,
    /// Whether the share is what the rule asks for; nothing where nobody lives.
    pass: Option<bool>,
}

/// What is said of a street part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct StreetChangeProperties {
    /// Minutes from its farther end, rounded up to a tenth; nothing beyond the cutoff and where nobody may walk.
    min: Option<f64>,
}

/// What is said of a home.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct HomeChangeProperties {
    /// Minutes to the nearest facility, rounded up to a tenth; nothing beyond the cutoff.
    min: Option<f64>,
    /// Who lives there.
    #[schema(value_type = f64)]
    persons: Persons,
}

impl EffectAnswer {
    /// The effect of something that was not done.
    pub(super) fn will_be(&mut self, revision: u64) {
        self.revision = revision;
    }

    /// The effect of something that cannot be done there.
    pub(super) fn hindered(&mut self, obstacle: Obstacle) {
        self.obstacle = Some(obstacle);
    }
}

/// What an edit of a live scenario did, under the selection that is watched.
pub(in crate::server) fn effect_of(
    app: &App,
    live: &Live,
    (effect, watch): (&EditEffect, usize),
) -> EffectAnswer {
    let state = live.state();
    let standing = &state.watched()[watch];
    let found = effect.watched.iter().find(|found| found.watch == watch);
    let (gained_persons, lost_persons) =
        found.map_or((Persons::ZERO, Persons::ZERO), |found| (found.gained, found.lost));
    let zones = &app.baseline().zones.zones;
    let summary = standing.live.summary();
    let zone = |id: &crate::ids::ZoneId| ZoneTotals {
        id: zones[*id].key.clone(),
        covered_persons: summary.zones[*id].covered,
        share: summary.zones[*id].share(),
    };
    let total = standing.live.total();
    let selection = SelectionTotals {
        persons: total.persons,
        covered_persons: total.covered,
        share: total.share(),
        zones: found.map_or(&[][..], |found| &found.zones).iter().map(zone).collect(),
    };
    let changed = edges_of(live, (effect, standing));
    let (made, undone) = live.counts();
    let told = changed.iter().take(STREETS_MAX);
    EffectAnswer {
        revision: live.revision(),
        can_undo: made > 0,
        can_redo: undone > 0,
        edit_count: made,
        gained_persons,
        lost_persons,
        selection,
        rules: rules(app, state, &effect.rules),
        streets: FeatureCollection::new(told.map(|&edge| street(live, standing, edge)).collect()),
        streets_left_out: changed.len().saturating_sub(STREETS_MAX),
        homes: FeatureCollection::new(homes(app, live, (effect, standing))),
        obstacle: None,
    }
}

fn rules(app: &App, state: &ScenarioState, effects: &[RuleEffect]) -> Vec<RuleChange> {
    let row = |(index, rule): (usize, &StandingRule)| {
        let after = rule.live.total();
        let before: CoverageSum =
            effects.iter().find(|effect| effect.rule == index).map_or(after, |e| e.before);
        RuleChange {
            standard: rule.standard.clone(),
            rule: rule.rule.id.clone(),
            before_share: before.share(),
            share: after.share(),
            before_covered_persons: before.covered,
            covered_persons: after.covered,
            pass: super::is_kept(app.baseline(), state, rule),
        }
    };
    state.rules().iter().enumerate().map(row).collect()
}

/// Streets that are drawn otherwise under the selection.
fn edges_of(live: &Live, (effect, standing): (&EditEffect, &StandingRule)) -> Vec<EdgeId> {
    let graph = live.state().graph();
    let field = effect.fields.iter().filter(|field| field.field == standing.field).cloned();
    let only = EditEffect {
        fields: field.collect(),
        streets: effect.streets.clone(),
        ..Default::default()
    };
    let mut edges = only.edges(graph);
    edges.retain(|&edge| !graph.is_entering_side(edge) && graph.edges()[edge].length_mm > 0);
    edges
}

fn street(live: &Live, standing: &StandingRule, edge: EdgeId) -> Feature<StreetChangeProperties> {
    let state = live.state();
    let (graph, field) = (state.graph(), state.field(standing).field());
    let ends = graph.edges()[edge];
    let walker = state.walkers().iter().find(|walker| walker.profile.id == standing.rule.profile);
    let is_walkable = walker.is_some_and(|walker| walker.impedance.is_walkable(edge));
    let known = |node: crate::ids::NodeId| -> WalkTime {
        field.label(node).map_or(WalkTime::UNREACHABLE, |(time, _)| time)
    };
    let farther = known(ends.from).max(known(ends.to));
    let is_within = is_walkable && farther <= standing.live.cutoff();
    let min = is_within.then(|| minutes(farther));
    Feature::new(shape::line(graph.shape(edge)), StreetChangeProperties { min })
}

/// Homes that are drawn otherwise under the selection: those in a zone where somebody lives.
fn homes(
    app: &App,
    live: &Live,
    (effect, standing): (&EditEffect, &StandingRule),
) -> Vec<Feature<HomeChangeProperties>> {
    let demand = &app.baseline().demand.points;
    let all = GroupId(0).index();
    let field = live.state().field(standing);
    let changed = effect.fields.iter().filter(|found| found.field == standing.field);
    let mut points: Vec<DemandPointId> = changed
        .flat_map(|found| found.points.iter().copied())
        .filter(|&point| demand[point].zone.is_some() && demand[point].persons[all] > Persons::ZERO)
        .collect();
    points.sort_by_key(|&point| (std::cmp::Reverse(demand[point].persons[all]), point));
    let told = points.into_iter().take(HOMES_MAX).map(|point| {
        let time = field.time(point);
        let min = (time <= standing.live.cutoff()).then(|| minutes(time));
        let persons = demand[point].persons[all];
        Feature::new(shape::point(demand[point].place), HomeChangeProperties { min, persons })
    });
    told.collect()
}

/// Minutes, rounded up to a tenth.
fn minutes(time: WalkTime) -> f64 {
    f64::from(time.as_ms().div_ceil(6_000)) / 10.0
}
