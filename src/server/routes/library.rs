//! `/api/v1/studies`: what is served.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::server::Server;
use crate::server::ask::{Parameters, reply};
use crate::server::describe::{NoParameters, StudyPath};
use crate::server::library::{Entry, Reopening};
use crate::server::problem::{Problem, Refusals};

/// What is served.
#[derive(Serialize, ToSchema)]
#[schema(as = Library)]
pub(in crate::server) struct LibraryAnswer {
    /// Them, in the order the page lists them.
    studies: Vec<Entry>,
    /// Whether every change is refused.
    read_only: bool,
    /// Version of walkshed.
    version: &'static str,
    /// Languages of the page.
    #[schema(value_type = Vec<String>)]
    languages: [&'static str; 2],
}

/// A job that was begun
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct JobBegun {
    /// Its id.
    pub(in crate::server) id: String,
}

/// The studies that are served
#[utoipa::path(
    get, path = "/api/v1/studies", tag = "library",
    responses((status = 200, description = "The studies", body = LibraryAnswer), Refusals)
)]
pub(in crate::server) async fn list(
    State(server): State<Arc<Server>>,
    _: Parameters<NoParameters>,
) -> Response {
    let answer = LibraryAnswer {
        studies: server.library.entries(),
        read_only: server.access.read_only,
        version: env!("CARGO_PKG_VERSION"),
        languages: ["zh", "en"],
    };
    reply(StatusCode::OK, Ok(answer))
}

/// Open a study, or open it again from its files
///
/// One that is open answers on meanwhile, and stays as it was when that fails. A server that is read-only opens only
/// what is closed.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/open", tag = "library", params(StudyPath),
    responses((status = 202, description = "The job that opens it", body = JobBegun), Refusals)
)]
pub(in crate::server) async fn open(
    State(server): State<Arc<Server>>,
    Path(study): Path<String>,
    _: Parameters<NoParameters>,
) -> Response {
    let again = if server.access.read_only { Reopening::Never } else { Reopening::Wished };
    let begun: Result<JobBegun, Problem> =
        server.library.open(&study, again, &server.jobs).map(|id| JobBegun { id: id.to_string() });
    reply(StatusCode::ACCEPTED, begun)
}
