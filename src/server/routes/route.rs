//! `…/route`: the walk that explains a time.

use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::place::{Walked, arrival, departure, doors, must_snap, starts};
use crate::ids::FacilityId;
use crate::reach::{Ground, LinkedWalker, Route, RouteTree};
use crate::server::app::App;
use crate::server::ask::{Asked, GEOJSON};
use crate::server::describe::{Feature, StudyPath};
use crate::server::problem::{Problem, ProblemKind, Refusals};
use crate::server::query::Query;
use crate::server::shape;
use crate::spatial::LonLat;
use crate::units::WalkTime;

/// From where to where.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct RouteQuery {
    /// Longitude in degrees.
    #[param(minimum = -180, maximum = 180)]
    lon: f64,
    /// Latitude in degrees.
    #[param(minimum = -90, maximum = 90)]
    lat: f64,
    /// Number of the facility, as `why` and `facilities` tell it.
    facility: u32,
    /// Id of a walk profile.
    profile: Option<String>,
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
}

/// What is said of a walk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct RouteProperties {
    /// Number of the facility.
    facility: u32,
    /// Its name.
    name: String,
    min: f64,
    /// Length, access legs included.
    m: f64,
    /// Both access legs.
    access_m: f64,
    /// The streets, in order.
    streets: Vec<StreetWalked>,
}

/// A street on a walk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct StreetWalked {
    /// Its name, when it has one.
    name: Option<String>,
    m: f64,
    min: f64,
}

/// The fastest walk from a place to the best entrance of a facility
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/route", tag = "results", params(StudyPath, RouteQuery),
    responses(
        (status = 200, description = "The walk", body = Feature<RouteProperties>,
         content_type = "application/geo+json"),
        Refusals
    )
)]
pub(in crate::server) async fn show(asked: Asked<RouteQuery>) -> Response {
    asked.answer(GEOJSON, answer).await
}

fn answer(app: &App, query: &Query) -> Result<Feature<RouteProperties>, Problem> {
    let (place, walker_id) = (query.place()?, query.walker(app)?);
    let id = facility(app, query)?;
    let (walker, baseline) = (app.walker(walker_id), app.baseline());
    let snapped = must_snap(app, walker, place)?;
    let ground = Ground::from(&baseline.graph, &walker.impedance);
    let ends = doors(app, (walker, &walker.impedance), id);
    let from = starts(&walker.impedance, &snapped);
    let tree = RouteTree::grow(&ground, &from, WalkTime::LONGEST);
    let route = tree.route_to(&ends).ok_or_else(|| unreachable(app, walker, (place, id)))?;
    let length = Walked::of(app, walker, (&route, &snapped, id));
    let facility = &baseline.facilities.facilities[id];
    let properties = RouteProperties {
        facility: id.0,
        name: facility.name.clone(),
        min: route.time.as_minutes(),
        m: length.whole_m(),
        access_m: length.access_m(),
        streets: streets(app, &route),
    };
    let mut line = vec![place];
    line.extend(
        departure(walker, &snapped, &route).into_iter().flat_map(|tie| [tie.door, tie.place]),
    );
    for leg in &route.legs {
        line.extend(baseline.graph.shape_between(leg.edge, leg.from_mm, leg.to_mm));
    }
    line.extend(
        arrival(app, walker, (&route, id)).into_iter().flat_map(|tie| [tie.place, tie.door]),
    );
    line.dedup();
    Ok(Feature::new(shape::line(&line), properties))
}

fn facility(app: &App, query: &Query) -> Result<FacilityId, Problem> {
    let text = query.text("facility");
    let text = text.ok_or_else(|| Problem::parameter("facility is missing; give its id"))?;
    let layer = &app.baseline().facilities.facilities;
    let number = text.parse().ok().map(FacilityId);
    let text: String = text.chars().take(60).collect();
    let last = layer.len().saturating_sub(1);
    let detail = format!("facility is {text:?}; give an id from 0 to {last}");
    let id = number.ok_or_else(|| Problem::parameter(detail.clone()))?;
    if layer.get(id).is_some() { Ok(id) } else { Err(Problem::not_found(detail)) }
}

fn unreachable(app: &App, walker: &LinkedWalker, (place, id): (LonLat, FacilityId)) -> Problem {
    let facility = &app.baseline().facilities.facilities[id];
    let profile = &walker.profile.id;
    let why = if walker.facilities.of(id).is_empty() {
        "it has no walkable street within the snap distance"
    } else {
        "no walkable streets join the two"
    };
    let detail = format!(
        "no walk for profile {profile:?} leads from {place} to facility {} ({:?}): {why}",
        id.0, facility.name
    );
    Problem::new(ProblemKind::Unreachable, detail)
}

/// The streets walked, in order; parts of one name in a row are one.
fn streets(app: &App, route: &Route) -> Vec<StreetWalked> {
    let graph = &app.baseline().graph;
    let mut streets: Vec<(&str, u64, WalkTime)> = Vec::new();
    for leg in &route.legs {
        let (name, mm) = (graph.name(leg.edge), u64::from(leg.from_mm.abs_diff(leg.to_mm)));
        match streets.last_mut() {
            Some(last) if last.0 == name => *last = (name, last.1 + mm, last.2.plus(leg.time)),
            _ => streets.push((name, mm, leg.time)),
        }
    }
    streets
        .into_iter()
        .map(|(name, mm, time)| {
            let name = (!name.is_empty()).then(|| name.to_owned());
            StreetWalked { name, m: mm as f64 / 1000.0, min: time.as_minutes() }
        })
        .collect()
}
