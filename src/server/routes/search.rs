//! `…/search`: things by their names.

use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::server::app::App;
use crate::server::ask::{Asked, JSON};
use crate::server::describe::StudyPath;
use crate::server::names::NameKind;
use crate::server::problem::{Problem, Refusals};
use crate::server::query::Query;
use crate::server::shape::position;
use crate::units::Ranged;

/// How many may be told.
const LIMIT: Ranged = Ranged { min: 1.0, default: 12.0, max: 50.0 };
/// Longest text that is looked for, in characters.
const TYPED_MAX: usize = 100;

/// What is looked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct SearchQuery {
    /// Part of a name; Chinese also by pinyin, whole or by initials.
    q: String,
    /// How many are told at most.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Found {
    /// The best first.
    results: Vec<FoundName>,
}

/// Something that has a name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct FoundName {
    kind: NameKind,
    name: String,
    /// What it is, more closely: the level of a zone, the functions of a facility, the class of a street.
    detail: String,
    /// Longitude and latitude.
    place: [f64; 2],
    /// West, south, east, north in degrees, of what has an extent.
    bounds: Option<[f64; 4]>,
}

/// Zones, facilities, streets and places by parts of their names
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/search", tag = "results", params(StudyPath, SearchQuery),
    responses((status = 200, description = "What was found", body = Found), Refusals)
)]
pub(in crate::server) async fn show(asked: Asked<SearchQuery>) -> Response {
    asked.answer(JSON, answer).await
}

fn answer(app: &App, query: &Query) -> Result<Found, Problem> {
    let typed =
        query.given("q").ok_or_else(|| Problem::parameter("q is needed; it may be empty"))?;
    let typed: String = typed.chars().take(TYPED_MAX).collect();
    let limit = query.number("limit", LIMIT)?;
    if limit.fract() > 0.0 {
        return Err(Problem::parameter(format!("limit is {limit}; give a whole number")));
    }
    let found = app.names().find(&typed, limit as usize).into_iter().map(|named| FoundName {
        kind: named.kind,
        name: named.name.clone(),
        detail: named.detail.clone(),
        place: position(named.place),
        bounds: named.bounds.map(crate::spatial::BoundingBox::to_degrees),
    });
    Ok(Found { results: found.collect() })
}
