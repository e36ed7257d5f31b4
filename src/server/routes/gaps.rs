//! `…/gaps`: where the people live who are not covered, most people first.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::coverage::GapWords;
use crate::server::app::App;
use crate::server::ask::{Asked, GEOJSON};
use crate::server::describe::{Feature, FeatureCollection, SelectionQuery, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::Query;
use crate::server::shape;
use crate::units::Persons;

/// What is said of a coverage gap.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct GapProperties {
    /// Its ground, the same whatever is edited: key of the zone, geohash.
    id: String,
    /// Its place in the list; places first, most people first.
    rank: u32,
    /// `place` when one new site could serve it, `scattered` for homes spread over a zone.
    kind: &'static str,
    /// What it is called: zone, rectangle of the zone, quarter or street.
    name: String,
    /// The zone it is called after; empty in a study without zones.
    community: String,
    /// People of the group in it.
    #[schema(value_type = f64)]
    persons: Persons,
    /// Demand points in it.
    points: usize,
    /// Minutes from its best home.
    nearest_min: Option<f64>,
    /// Mean minutes of its people who reach a facility at all.
    mean_min: Option<f64>,
    /// Name of the zone most of its people live in.
    zone: Option<String>,
    /// Longitude of where most of its people live.
    lon: f64,
    /// Latitude of that place.
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
    let features = gaps.iter().zip(1_u32..).map(|(gap, rank)| {
        let properties = GapProperties {
            id: gap.key.clone(),
            rank,
            kind: gap.kind.id(),
            name: gap.title(GapWords::ENGLISH),
            community: gap.name.community.clone(),
            persons: gap.persons,
            points: gap.points.len(),
            nearest_min: gap.nearest.and_then(shape::minutes),
            mean_min: gap.mean.and_then(shape::minutes),
            zone: gap.zone.map(|zone| app.baseline().zones.zones[zone].name.clone()),
            lon: gap.center.lon(),
            lat: gap.center.lat(),
        };
        Feature::new(shape::area(&gap.area), properties)
    });
    Ok(FeatureCollection::new(features.collect()))
}
