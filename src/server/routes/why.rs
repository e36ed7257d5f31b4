//! `…/why`: what a place reaches, and which rules it breaks.

use std::collections::BTreeMap;

use axum::response::Response;
use rayon::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::place::{Walked, doors, no_street, snap, starts};
use crate::coverage::{Rule, Standard, assess};
use crate::ids::{FacilityId, FunctionId};
use crate::reach::{Ground, LinkedWalker, RouteTree};
use crate::server::app::{App, WalkerId};
use crate::server::ask::{Asked, JSON};
use crate::server::describe::{PlaceQuery, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::Query;
use crate::server::shape::{minutes, position};
use crate::spatial::LonLat;
use crate::street::Snapped;
use crate::units::{Meters, WalkTime, Yardstick};

/// Facilities told of each function.
const NEAREST_TOLD: usize = 2;

/// Where walks are counted from: nothing when the place meets no street.
type Tree<'a> = Option<RouteTree<'a>>;

/// Walks by walker and yardstick.
type Trees<'a> = BTreeMap<(WalkerId, Yardstick), Tree<'a>>;

/// What a place reaches.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Why {
    /// The place asked for: longitude and latitude.
    place: [f64; 2],
    /// Where it meets the streets by the shortest access leg.
    snapped: Option<SnappedAnswer>,
    /// Every street place it is tied to; a walk takes the best of them.
    ties: Vec<SnappedAnswer>,
    /// Why it meets none.
    reason: Option<String>,
    /// Name of the zone it lies in.
    zone: Option<String>,
    /// Every function with its nearest facilities.
    functions: Vec<FunctionReach>,
    /// Every rule.
    rules: Vec<RuleReach>,
}

/// Where a place meets the streets.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Snapped)]
pub(in crate::server) struct SnappedAnswer {
    /// Longitude and latitude on the street.
    place: [f64; 2],
    /// Where the access leg begins: the place asked for, or a door of the building it lies in.
    door: [f64; 2],
    #[schema(value_type = f64)]
    access_m: Meters,
    access_min: Option<f64>,
    /// Whether the leg goes over an obstacle because nothing else is near.
    forced: bool,
}

/// A function from a place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct FunctionReach {
    function: String,
    /// Whether the nearest is within the cutoff.
    within: bool,
    /// The nearest and the runner-up.
    nearest: Vec<NearFacility>,
}

/// A facility near a place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct NearFacility {
    /// Its number.
    facility: u32,
    key: String,
    name: String,
    /// Longitude and latitude.
    place: [f64; 2],
    min: Option<f64>,
    m: Option<f64>,
}

/// A rule from a place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct RuleReach {
    standard: String,
    rule: String,
    en: String,
    zh: String,
    cutoff_min: Option<f64>,
    cutoff_m: Option<f64>,
    found_min: Option<f64>,
    found_m: Option<f64>,
    passes: bool,
}

/// What a place reaches, and which rules it breaks
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/why", tag = "results", params(StudyPath, PlaceQuery),
    responses((status = 200, description = "Functions and rules", body = Why), Refusals)
)]
pub(in crate::server) async fn show(asked: Asked<PlaceQuery>) -> Response {
    asked.answer(JSON, answer).await
}

/// Times to the nearest facilities of every function, and every rule.
fn answer(app: &App, query: &Query) -> Result<Why, Problem> {
    let (place, walker_id) = (query.place()?, query.walker(app)?);
    let cutoff = query.cutoff(app)?;
    let walker = app.walker(walker_id);
    let snapped = snap(app, walker, place);
    let trees = grow(app, place, walker_id);
    let tree = trees.get(&(walker_id, Yardstick::Minutes)).and_then(Option::as_ref);
    let here = tree.map(|tree| (tree, snapped.as_slice()));
    let functions = app.functions().map(|(id, function, _)| {
        let nearest = here.map_or(Vec::new(), |(tree, _)| nearest(app, (walker, tree), id));
        let told = here.map(|(tree, start)| told(app, (walker, tree, start), &nearest));
        FunctionReach {
            function: function.id.clone(),
            within: nearest.first().is_some_and(|(time, _)| *time <= cutoff.time),
            nearest: told.unwrap_or_default(),
        }
    });
    let zones = &app.baseline().zones;
    let answered = |tie: &Snapped| SnappedAnswer {
        place: position(tie.place),
        door: position(tie.door),
        access_m: Meters::from_mm(tie.access_mm),
        access_min: minutes(walker.impedance.access(tie.access_mm)),
        forced: tie.forced,
    };
    Ok(Why {
        place: position(place),
        snapped: snapped.iter().min_by_key(|tie| tie.access_mm).map(answered),
        ties: snapped.iter().map(answered).collect(),
        reason: snapped.is_empty().then(|| no_street(app, walker, place)),
        zone: zones.find(place).map(|zone| zones.zones[zone].name.clone()),
        functions: functions.collect(),
        rules: rules(app, &trees),
    })
}

/// One search for the walker asked for, and one for each walker and yardstick of a rule.
fn grow(app: &App, place: LonLat, asked: WalkerId) -> Trees<'_> {
    let rules = app.baseline().standards.iter().flat_map(|standard| &standard.rules);
    let mut keys: Vec<(WalkerId, Yardstick)> = rules
        .filter_map(|rule| Some((app.find_walker(&rule.profile).ok()?, rule.cutoff().ok()?.0)))
        .chain([(asked, Yardstick::Minutes)])
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let trees = keys.into_par_iter().map(|key| {
        let walker = app.walker(key.0);
        let impedance = walker.impedance_in(key.1);
        let snapped = snap(app, walker, place);
        let tree = (!snapped.is_empty()).then(|| {
            let ground = Ground::from(&app.baseline().graph, impedance);
            RouteTree::grow(&ground, &starts(impedance, &snapped), WalkTime::LONGEST)
        });
        (key, tree)
    });
    trees.collect::<Vec<_>>().into_iter().collect()
}

/// The nearest facilities of a function with their times, ties by id.
fn nearest(
    app: &App,
    (walker, tree): (&LinkedWalker, &RouteTree),
    function: FunctionId,
) -> Vec<(WalkTime, FacilityId)> {
    let offering = app.baseline().facilities.offering(&[function]);
    let mut found: Vec<(WalkTime, FacilityId)> = offering
        .into_iter()
        .map(|id| (time_to(app, (walker, tree, Yardstick::Minutes), id), id))
        .filter(|(time, _)| time.is_reachable())
        .collect();
    found.sort_unstable();
    found.truncate(NEAREST_TOLD);
    found
}

/// Time to the best door of a facility.
fn time_to(
    app: &App,
    (walker, tree, yardstick): (&LinkedWalker, &RouteTree, Yardstick),
    facility: FacilityId,
) -> WalkTime {
    let doors = doors(app, (walker, walker.impedance_in(yardstick)), facility);
    doors.into_iter().map(|door| tree.time_to(door)).min().unwrap_or(WalkTime::UNREACHABLE)
}

fn told(
    app: &App,
    (walker, tree, start): (&LinkedWalker, &RouteTree, &[Snapped]),
    nearest: &[(WalkTime, FacilityId)],
) -> Vec<NearFacility> {
    let row = |&(time, id): &(WalkTime, FacilityId)| {
        let facility = &app.baseline().facilities.facilities[id];
        let route = tree.route_to(&doors(app, (walker, &walker.impedance), id));
        NearFacility {
            facility: id.0,
            key: facility.key.clone(),
            name: facility.name.clone(),
            place: position(facility.place),
            min: minutes(time),
            m: route.map(|route| Walked::of(app, walker, (&route, start, id)).whole_m()),
        }
    };
    nearest.iter().map(row).collect()
}

fn rules(app: &App, trees: &Trees) -> Vec<RuleReach> {
    let standards = app.baseline().standards.iter();
    standards
        .flat_map(|standard| standard.rules.iter().map(move |rule| (standard, rule)))
        .map(|(standard, rule)| rule_row(app, trees, (standard, rule)))
        .collect()
}

fn rule_row(app: &App, trees: &Trees, (standard, rule): (&Standard, &Rule)) -> RuleReach {
    let found = find(app, trees, rule);
    let (time, passes) = found.unwrap_or((WalkTime::UNREACHABLE, false));
    let time = time.reached();
    RuleReach {
        standard: standard.id.clone(),
        rule: rule.id.clone(),
        en: rule.en.clone(),
        zh: rule.zh.clone(),
        cutoff_min: rule.cutoff_min,
        cutoff_m: rule.cutoff_m,
        found_min: rule.cutoff_min.and(time).map(WalkTime::as_minutes),
        found_m: rule.cutoff_m.and(time).map(WalkTime::as_seconds),
        passes,
    }
}

/// The least walk to a facility that satisfies the rule, in its own yardstick, and whether it is within the
/// cutoff; `None` when the rule cannot be assessed or the place meets no street.
fn find(app: &App, trees: &Trees, rule: &Rule) -> Option<(WalkTime, bool)> {
    let (yardstick, cutoff) = rule.cutoff().ok()?;
    let walker_id = app.find_walker(&rule.profile).ok()?;
    let walker = app.walker(walker_id);
    let tree = trees.get(&(walker_id, yardstick))?.as_ref()?;
    let serving = assess::serving(&app.baseline().site(), rule);
    let times = serving.into_iter().map(|id| time_to(app, (walker, tree, yardstick), id));
    let best = times.min().unwrap_or(WalkTime::UNREACHABLE);
    Some((best, best <= cutoff))
}
