//! `…/gaps`: where the people live who are not covered, most people first.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::coverage::CoverageGap;
use crate::ids::Id;
use crate::server::app::{App, Sweep};
use crate::server::ask::{Asked, GEOJSON};
use crate::server::describe::{Feature, FeatureCollection, SelectionQuery, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::{Query, Selection};
use crate::server::shape;
use crate::units::{Persons, WalkTime};

/// What is said of a coverage gap.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct GapProperties {
    /// Its place in the list; most people first.
    rank: u32,
    /// People of the group in it.
    #[schema(value_type = f64)]
    persons: Persons,
    /// Demand points in it.
    points: usize,
    /// Minutes from the best of it.
    nearest_min: Option<f64>,
    /// Mean minutes of those who reach a facility at all.
    mean_min: Option<f64>,
    /// Name of the zone it lies in.
    zone: Option<String>,
    /// Longitude of its middle.
    lon: f64,
    /// Latitude of its middle.
    lat: f64,
}

/// Where people live who are not covered
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/gaps", tag = "results", params(StudyPath, SelectionQuery),
    responses(
        (status = 200, description = "The gaps", body = FeatureCollection<GapProperties>,
         content_type = "application/geo+json"),
        Refusals
    )
)]
pub(in crate::server) async fn list(asked: Asked<SelectionQuery>) -> Response {
    asked.answer(GEOJSON, answer).await
}

fn answer(app: &App, query: &Query) -> Result<FeatureCollection<GapProperties>, Problem> {
    let asked = query.selection(app)?;
    let gaps = app.gaps(&asked);
    let sweep = app.sweep((asked.function, asked.walker));
    let features = gaps.iter().zip(1_u32..).map(|(gap, rank)| {
        let properties = GapProperties {
            rank,
            persons: gap.persons,
            points: gap.points.len(),
            nearest_min: gap.nearest.and_then(shape::minutes),
            mean_min: mean(app, (&asked, &sweep), gap).and_then(shape::minutes),
            zone: gap.zone.map(|zone| app.baseline().zones.zones[zone].name.clone()),
            lon: gap.center.lon(),
            lat: gap.center.lat(),
        };
        Feature::new(shape::area(&gap.area), properties)
    });
    Ok(FeatureCollection::new(features.collect()))
}

/// Mean time of those in the gap who reach a facility at all, weighted by people, to the millisecond.
fn mean(app: &App, (asked, sweep): (&Selection, &Sweep), gap: &CoverageGap) -> Option<WalkTime> {
    let points = &app.baseline().demand.points;
    let (mut people, mut weighted) = (0_i128, 0_i128);
    for &point in &gap.points {
        if let Some(time) = sweep.times.time(point).reached() {
            let persons = i128::from(points[point].persons[asked.group.index()].as_micro());
            people += persons;
            weighted += persons * i128::from(time.as_ms());
        }
    }
    (people > 0).then(|| WalkTime::from_ms(((weighted + people / 2) / people) as u32))
}
