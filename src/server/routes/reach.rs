//! `…/reach`: how far one gets from a place, and how many people live there.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::place::{must_snap, starts};
use crate::coverage::summary::counting;
use crate::reach::isochrone::Scene;
use crate::reach::{DemandTimes, Ground, Isochrone, IsochroneOptions, NearestField, ServiceArea};
use crate::server::app::App;
use crate::server::ask::{Asked, GEOJSON};
use crate::server::describe::{Feature, FeatureCollection, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::{Cutoff, Query, cutoff};
use crate::server::shape;
use crate::spatial::LonLat;
use crate::spatial::frame::ground_distance;
use crate::units::{Meters, Persons, Ranged, WalkTime};

/// Cutoffs that may be drawn, in minutes.
const REACH_MIN: Ranged = Ranged { min: 0.0, default: 15.0, max: 120.0 };
/// How many may be drawn at once.
const CUTOFFS_MAX: usize = 6;

/// From where, how far.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct ReachQuery {
    /// Longitude in degrees.
    #[param(minimum = -180, maximum = 180)]
    lon: f64,
    /// Latitude in degrees.
    #[param(minimum = -90, maximum = 90)]
    lat: f64,
    /// Id of a walk profile.
    profile: Option<String>,
    /// Up to six cutoffs in minutes (0 to 120), joined by commas; `5,10,15` when absent.
    #[param(pattern = r"^(\d{1,2}(\.\d{1,3})?)(,\d{1,2}(\.\d{1,3})?){0,5}$")]
    cutoff_min: Option<String>,
    /// `area` (the usual) draws polygons, `streets` the street parts within the cutoff.
    #[param(pattern = "^(area|streets)$")]
    what: Option<String>,
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
}

/// What is said of an area in reach.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct ReachProperties {
    cutoff_min: f64,
    /// People by group whose walk from the place is within the cutoff.
    #[schema(value_type = BTreeMap<String, f64>)]
    persons: BTreeMap<String, Persons>,
    /// Radius of the circle of the same minutes.
    buffer_m: f64,
    /// People by group inside that circle, to compare.
    #[schema(value_type = BTreeMap<String, f64>)]
    buffer_persons: BTreeMap<String, Persons>,
    /// Streets within the cutoff.
    street_km: f64,
    /// Side of the cells that the area was drawn from.
    cell_m: f64,
    /// How far the drawing may be off.
    tolerance_m: f64,
}

/// How far one gets from a place, and how many people live there
///
/// One drawing a cutoff, largest first, with the people whose walk from the place is within it.
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/reach", tag = "results", params(StudyPath, ReachQuery),
    responses(
        (status = 200, description = "The areas", body = FeatureCollection<ReachProperties>,
         content_type = "application/geo+json"),
        Refusals
    )
)]
pub(in crate::server) async fn show(asked: Asked<ReachQuery>) -> Response {
    asked.answer(GEOJSON, answer).await
}

fn answer(app: &App, query: &Query) -> Result<FeatureCollection<ReachProperties>, Problem> {
    let (place, walker_id) = (query.place()?, query.walker(app)?);
    let draws_streets = match query.given("what") {
        None | Some("area") => false,
        Some("streets") => true,
        Some(what) => {
            let what = super::super::query::unknown("what", what, ["area", "streets"].into_iter());
            return Err(Problem::parameter(what));
        }
    };
    let mut cutoffs = cutoffs(query)?;
    cutoffs.sort_by_key(|cutoff| std::cmp::Reverse(cutoff.time));
    cutoffs.dedup_by_key(|cutoff| cutoff.time);
    let (walker, baseline) = (app.walker(walker_id), app.baseline());
    let speed_m_s = walker.profile.walk_speed_m_s;
    let buffer_m = |cutoff: &Cutoff| Meters(cutoff.time.as_seconds() * speed_m_s);
    let snapped = must_snap(app, walker, place)?;
    let ground = Ground::from(&baseline.graph, &walker.impedance);
    let seeds = starts(&walker.impedance, &snapped);
    let farthest = cutoffs.first().map_or(WalkTime::ZERO, |cutoff| cutoff.time);
    let field = NearestField::sweep(&ground, &seeds, farthest);
    let times = walker.read(&ground, &seeds, &field);
    let reached: Vec<(WalkTime, ServiceArea)> = cutoffs
        .iter()
        .map(|cutoff| (cutoff.time, ServiceArea::find(&ground, &seeds, &field, cutoff.time)))
        .collect();
    let areas: Vec<_> = reached.iter().map(|(cutoff, area)| (*cutoff, area)).collect();
    let scene = Scene { graph: &baseline.graph, seeds: &seeds, origin: place };
    let drawn = Isochrone::draw(&scene, &baseline.obstacles, &areas, IsochroneOptions::default());
    let features = cutoffs.iter().zip(&reached).zip(drawn).map(|((cutoff, reached), isochrone)| {
        let properties = ReachProperties {
            cutoff_min: cutoff.min,
            persons: persons(app, &times, cutoff.time),
            buffer_m: buffer_m(cutoff).0,
            buffer_persons: circled(app, place, buffer_m(cutoff)),
            street_km: reached.1.length(&baseline.graph).0 / 1000.0,
            cell_m: isochrone.cell.0,
            tolerance_m: isochrone.tolerance().0,
        };
        let drawing = if draws_streets {
            shape::lines(&streets(app, &reached.1))
        } else {
            shape::area(&isochrone.area)
        };
        Feature::new(drawing, properties)
    });
    Ok(FeatureCollection::new(features.collect()))
}

fn cutoffs(query: &Query) -> Result<Vec<Cutoff>, Problem> {
    let text = query.given("cutoff_min").unwrap_or("5,10,15");
    let parts: Vec<&str> = text.split(',').collect();
    if parts.len() > CUTOFFS_MAX {
        let count = parts.len();
        let detail = format!("cutoff_min has {count} values; give at most {CUTOFFS_MAX}");
        return Err(Problem::parameter(detail));
    }
    parts.into_iter().map(|part| cutoff("cutoff_min", part, REACH_MIN)).collect()
}

/// The street parts as lines; the second drawing of private ground is left out.
fn streets(app: &App, area: &ServiceArea) -> Vec<Vec<LonLat>> {
    let graph = &app.baseline().graph;
    let parts = area.parts.iter();
    parts
        .filter(|part| !graph.is_entering_side(part.edge) && part.to_mm > part.from_mm)
        .map(|part| graph.shape_between(part.edge, part.from_mm, part.to_mm))
        .filter(|line| line.len() > 1)
        .collect()
}

/// People of every group inside a circle.
fn circled(app: &App, middle: LonLat, radius: Meters) -> BTreeMap<String, Persons> {
    let demand = &app.baseline().demand;
    let points = demand.points.iter().filter(|point| point.zone.is_some());
    let inside = points.filter(|point| ground_distance(middle, point.place).0 <= radius.0);
    let mut sums = vec![Persons::ZERO; demand.groups.len()];
    for point in inside {
        for (sum, &persons) in sums.iter_mut().zip(&point.persons) {
            *sum += persons;
        }
    }
    demand.groups.iter().map(|group| group.id.clone()).zip(sums).collect()
}

/// People of every group within the cutoff, counted on the streets.
fn persons(app: &App, times: &DemandTimes, cutoff: WalkTime) -> BTreeMap<String, Persons> {
    let demand = &app.baseline().demand;
    let row = demand.groups.enumerate().map(|(id, group)| {
        let within = counting(demand, id).filter(|(point, _)| times.time(*point) <= cutoff);
        (group.id.clone(), within.map(|(_, persons)| persons).sum())
    });
    row.collect()
}
