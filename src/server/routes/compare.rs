//! `…/compare`: two scenarios of a study, or one and the study itself, side by side.

use std::sync::Arc;

use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::level_name;
use crate::coverage::{CoverageSum, Summary, summary::counting};
use crate::ids::{DemandPointId, Id};
use crate::server::app::{App, Sweep};
use crate::server::ask::{Asked, GEOJSON, JSON};
use crate::server::describe::{Feature, FeatureCollection, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::{Query, Selection};
use crate::server::scenarios::{BASELINE, RuleStanding};
use crate::server::shape;
use crate::server::study::Study;
use crate::units::{Persons, Share, WalkTime};

/// What is compared, and under which selection.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct CompareQuery {
    /// Id of the scenario before; the baseline when absent or `baseline`.
    a: Option<String>,
    /// Id of the scenario after; the baseline when absent or `baseline`.
    b: Option<String>,
    /// Id of a function; the study's default when absent.
    function: Option<String>,
    /// Id of a walk profile.
    profile: Option<String>,
    /// Id of a demand group.
    group: Option<String>,
    /// Cutoff in minutes, inclusive.
    #[param(minimum = 0, maximum = 1440)]
    cutoff_min: Option<f64>,
}

/// Two scenarios side by side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Comparison {
    a: SideTotals,
    b: SideTotals,
    /// People covered in b and not in a.
    #[schema(value_type = f64)]
    gained_persons: Persons,
    /// People covered in a and not in b.
    #[schema(value_type = f64)]
    lost_persons: Persons,
    /// Every zone, coarsest level first.
    zones: Vec<ZoneDifference>,
    /// Every group.
    groups: Vec<GroupDifference>,
    /// Every rule of the study.
    rules: Vec<RuleDifference>,
}

/// One of the two.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct SideTotals {
    /// Id of the scenario; nothing for the baseline.
    id: Option<String>,
    /// Its name; nothing for the baseline.
    name: Option<String>,
    #[schema(value_type = f64)]
    persons: Persons,
    #[schema(value_type = f64)]
    covered_persons: Persons,
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
}

/// A zone in both.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ComparedZone)]
pub(in crate::server) struct ZoneDifference {
    id: String,
    name: String,
    level: String,
    #[schema(value_type = f64)]
    persons: Persons,
    #[schema(value_type = Option<f64>)]
    before_share: Option<Share>,
    #[schema(value_type = Option<f64>)]
    after_share: Option<Share>,
    #[schema(value_type = f64)]
    gained_persons: Persons,
    #[schema(value_type = f64)]
    lost_persons: Persons,
}

/// A group in both.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ComparedGroup)]
pub(in crate::server) struct GroupDifference {
    id: String,
    #[schema(value_type = Option<f64>)]
    before_share: Option<Share>,
    #[schema(value_type = Option<f64>)]
    after_share: Option<Share>,
    #[schema(value_type = f64)]
    gained_persons: Persons,
    #[schema(value_type = f64)]
    lost_persons: Persons,
}

/// A rule in both, each as its scenario has it and as it is judged: by those with a place where it counts places.
/// Nothing is told of it while no place is recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ComparedRule)]
pub(in crate::server) struct RuleDifference {
    standard: String,
    rule: String,
    #[schema(value_type = Option<f64>)]
    before_share: Option<Share>,
    #[schema(value_type = Option<f64>)]
    after_share: Option<Share>,
    #[schema(value_type = Option<f64>)]
    before_covered_persons: Option<Persons>,
    #[schema(value_type = Option<f64>)]
    after_covered_persons: Option<Persons>,
    /// Whether the share is what the rule asks for; nothing where nobody lives.
    before_pass: Option<bool>,
    after_pass: Option<bool>,
}

/// What became of the people of a home.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::server) enum PointChange {
    /// Covered in b and not in a.
    Gained,
    /// Covered in a and not in b.
    Lost,
}

/// What is said of a home.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct ComparedPoint {
    change: PointChange,
    before_min: Option<f64>,
    after_min: Option<f64>,
    #[schema(value_type = f64)]
    persons: Persons,
}

/// Two scenarios side by side, under a selection and every rule
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/compare", tag = "scenarios", params(StudyPath, CompareQuery),
    responses((status = 200, description = "Both, and who gains and loses", body = Comparison), Refusals)
)]
pub(in crate::server) async fn show(asked: Asked<CompareQuery>) -> Response {
    asked.answer_of_study(JSON, answer).await
}

/// The homes that gain or lose coverage
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/compare/points", tag = "scenarios",
    params(StudyPath, CompareQuery),
    responses(
        (status = 200, description = "The homes", body = FeatureCollection<ComparedPoint>,
         content_type = "application/geo+json"),
        Refusals
    )
)]
pub(in crate::server) async fn points(asked: Asked<CompareQuery>) -> Response {
    asked.answer_of_study(GEOJSON, homes).await
}

/// One side of a comparison.
struct Side {
    id: Option<String>,
    name: Option<String>,
    app: Arc<App>,
    sweep: Arc<Sweep>,
    summary: Summary,
}

fn side(study: &Study, query: &Query, key: &str) -> Result<(Side, Selection), Problem> {
    let id = query.text(key).filter(|id| *id != BASELINE);
    let stored = id.map(|id| study.scenarios().get(id)).transpose()?;
    let app = study.as_in(id)?;
    let asked = query.selection(&app)?;
    let sweep = app.sweep((asked.function, asked.walker));
    let (demand, zones) = (&app.baseline().demand, &app.baseline().zones);
    let summary = Summary::of(demand, zones, asked.group, &sweep.times, asked.cutoff.time);
    let (id, name) = (id.map(str::to_owned), stored.map(|stored| stored.name));
    Ok((Side { id, name, app, sweep, summary }, asked))
}

/// Homes with their times in both and what became of them; those covered in both or neither are left out.
fn changed<'a>(
    (a, b): (&'a Side, &'a Side),
    asked: &'a Selection,
) -> impl Iterator<Item = (DemandPointId, PointChange)> + 'a {
    let covered = |side: &Side, point| side.sweep.times.time(point) <= asked.cutoff.time;
    let points = a.app.baseline().demand.points.enumerate();
    points.filter(|(_, point)| point.zone.is_some()).filter_map(move |(id, _)| {
        match (covered(a, id), covered(b, id)) {
            (false, true) => Some((id, PointChange::Gained)),
            (true, false) => Some((id, PointChange::Lost)),
            _ => None,
        }
    })
}

type GainedLost = (Persons, Persons);

fn add(sum: &mut GainedLost, persons: Persons, change: PointChange) {
    match change {
        PointChange::Gained => sum.0 += persons,
        PointChange::Lost => sum.1 += persons,
    }
}

fn answer(study: &Study, query: &Query) -> Result<Comparison, Problem> {
    let ((a, asked), (b, _)) = (side(study, query, "a")?, side(study, query, "b")?);
    let baseline = a.app.baseline();
    let mut zones: Vec<GainedLost> = vec![Default::default(); baseline.zones.zones.len()];
    let mut groups: Vec<GainedLost> = vec![Default::default(); baseline.demand.groups.len()];
    let mut total = GainedLost::default();
    for (id, change) in changed((&a, &b), &asked) {
        let point = &baseline.demand.points[id];
        for (sum, persons) in groups.iter_mut().zip(&point.persons) {
            add(sum, *persons, change);
        }
        let persons = point.persons[asked.group.index()];
        add(&mut total, persons, change);
        let mut next = point.zone;
        while let Some(zone) = next {
            add(&mut zones[zone.index()], persons, change);
            next = baseline.zones.zones[zone].parent;
        }
    }
    let standing = |side: &Side| study.scenarios().rules(study.baseline(), side.id.as_deref());
    let (before, after) = (standing(&a)?, standing(&b)?);
    Ok(Comparison {
        a: totals(&a),
        b: totals(&b),
        gained_persons: total.0,
        lost_persons: total.1,
        zones: zone_rows((&a, &b), &zones),
        groups: group_rows((&a, &b), (&asked, &groups)),
        rules: before.iter().zip(&after).map(|(a, b)| rule_row(a, b)).collect(),
    })
}

fn totals(side: &Side) -> SideTotals {
    let total = side.summary.total;
    SideTotals {
        id: side.id.clone(),
        name: side.name.clone(),
        persons: total.persons,
        covered_persons: total.covered,
        share: total.share(),
    }
}

fn zone_rows((a, b): (&Side, &Side), sums: &[GainedLost]) -> Vec<ZoneDifference> {
    let hierarchy = &a.app.baseline().zones;
    let mut ids: Vec<_> = hierarchy.zones.ids().collect();
    ids.sort_by_key(|&id| (hierarchy.zones[id].level, id.index()));
    let row = |id: crate::ids::ZoneId| {
        let zone = &hierarchy.zones[id];
        let (before, after): (&CoverageSum, &CoverageSum) =
            (&a.summary.zones[id], &b.summary.zones[id]);
        ZoneDifference {
            id: zone.key.clone(),
            name: zone.name.clone(),
            level: level_name(hierarchy, zone.level).to_owned(),
            persons: after.persons,
            before_share: before.share(),
            after_share: after.share(),
            gained_persons: sums[id.index()].0,
            lost_persons: sums[id.index()].1,
        }
    };
    ids.into_iter().map(row).collect()
}

fn group_rows(
    (a, b): (&Side, &Side),
    (asked, sums): (&Selection, &[GainedLost]),
) -> Vec<GroupDifference> {
    let demand = &a.app.baseline().demand;
    let share = |side: &Side, group| {
        let (mut all, mut covered) = (Persons::ZERO, Persons::ZERO);
        for (id, persons) in counting(demand, group) {
            all += persons;
            if side.sweep.times.time(id) <= asked.cutoff.time {
                covered += persons;
            }
        }
        covered.share_of(all)
    };
    let row = |(id, group): (crate::ids::GroupId, &crate::demand::DemandGroup)| GroupDifference {
        id: group.id.clone(),
        before_share: share(a, id),
        after_share: share(b, id),
        gained_persons: sums[id.index()].0,
        lost_persons: sums[id.index()].1,
    };
    demand.groups.enumerate().map(row).collect()
}

fn rule_row(a: &RuleStanding, b: &RuleStanding) -> RuleDifference {
    RuleDifference {
        standard: b.standard.clone(),
        rule: b.rule.id.clone(),
        before_share: a.total.and_then(|total| total.share()),
        after_share: b.total.and_then(|total| total.share()),
        before_covered_persons: a.total.map(|total| total.covered),
        after_covered_persons: b.total.map(|total| total.covered),
        before_pass: a.pass,
        after_pass: b.pass,
    }
}

fn homes(study: &Study, query: &Query) -> Result<FeatureCollection<ComparedPoint>, Problem> {
    let ((a, asked), (b, _)) = (side(study, query, "a")?, side(study, query, "b")?);
    let points = &a.app.baseline().demand.points;
    let minutes = |side: &Side, id| side.sweep.times.time(id).reached().map(WalkTime::as_minutes);
    let feature = |(id, change): (DemandPointId, PointChange)| {
        let properties = ComparedPoint {
            change,
            before_min: minutes(&a, id),
            after_min: minutes(&b, id),
            persons: points[id].persons[asked.group.index()],
        };
        Feature::new(shape::point(points[id].place), properties)
    };
    Ok(FeatureCollection::new(changed((&a, &b), &asked).map(feature).collect()))
}
