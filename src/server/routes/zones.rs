//! `…/zones`: the zones as drawn.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::coverage::level_name;
use crate::server::app::App;
use crate::server::ask::{Asked, GEOJSON};
use crate::server::describe::{Feature, FeatureCollection, NoParameters, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::Query;
use crate::server::shape;

/// What is said of a zone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct ZoneProperties {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Name of its level.
    level: String,
    /// Id of the zone it is part of.
    parent: Option<String>,
}

/// Every zone that has ground
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/zones", tag = "results", params(StudyPath),
    responses(
        (status = 200, description = "The zones", body = FeatureCollection<ZoneProperties>,
         content_type = "application/geo+json"),
        Refusals
    )
)]
pub(in crate::server) async fn list(asked: Asked<NoParameters>) -> Response {
    asked.answer(GEOJSON, answer).await
}

/// The remainders of zones have no ground and are left out.
#[expect(clippy::unnecessary_wraps, reason = "every resource answers alike")]
fn answer(app: &App, _: &Query) -> Result<FeatureCollection<ZoneProperties>, Problem> {
    let zones = &app.baseline().zones;
    let drawn = zones.zones.iter().filter(|zone| !zone.area.polygons.is_empty());
    let features = drawn.map(|zone| {
        let properties = ZoneProperties {
            id: zone.key.clone(),
            name: zone.name.clone(),
            level: level_name(zones, zone.level).to_owned(),
            parent: zone.parent.map(|parent| zones.zones[parent].key.clone()),
        };
        Feature::new(shape::area(&zone.area), properties)
    });
    Ok(FeatureCollection::new(features.collect()))
}
