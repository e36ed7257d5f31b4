//! `…/gain`: where one more site would help most.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::server::app::App;
use crate::server::ask::{Asked, JSON};
use crate::server::describe::{SelectionQuery, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::Query;
use crate::server::shape::position;
use crate::units::Persons;

/// What one more site would gain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Gain {
    /// The best places, apart from each other by at least half of what is walked within the cutoff.
    best: Vec<GainPlace>,
    /// The most that one site can gain.
    #[schema(value_type = f64)]
    max_gained_persons: Persons,
    /// People of the group who are not covered.
    #[schema(value_type = f64)]
    left_out_persons: Persons,
}

/// A place for one more site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct GainPlace {
    rank: u32,
    /// Longitude and latitude.
    place: [f64; 2],
    /// Newly covered people, if one more site stood there.
    #[schema(value_type = f64)]
    gained_persons: Persons,
}

/// Where one more site would help most
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/gain", tag = "results", params(StudyPath, SelectionQuery),
    responses((status = 200, description = "The best places", body = Gain), Refusals)
)]
pub(in crate::server) async fn show(asked: Asked<SelectionQuery>) -> Response {
    asked.answer(JSON, answer).await
}

fn answer(app: &App, query: &Query) -> Result<Gain, Problem> {
    let asked = query.selection(app)?;
    let gains = app.gains(&asked.key())?;
    let places = &app.baseline().graph.places();
    let best = gains.best.iter().zip(1_u32..).map(|(&(node, gained_persons), rank)| GainPlace {
        rank,
        place: position(places[node]),
        gained_persons,
    });
    let most = gains.surface.best().map_or(Persons::ZERO, |(_, gained)| gained);
    Ok(Gain { best: best.collect(), max_gained_persons: most, left_out_persons: gains.left_out })
}
