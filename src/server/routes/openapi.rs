//! `/api/v1/openapi.json`: the description of every route.

use axum::response::Response;

use crate::server::ask::{JSON, Parameters, fresh};
use crate::server::describe::NoParameters;
use crate::server::openapi_json;
use crate::server::problem::Refusals;

/// This description
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "library",
    responses((status = 200, description = "The description", body = Object), Refusals)
)]
pub(in crate::server) async fn answer(_: Parameters<NoParameters>) -> Response {
    fresh(JSON, openapi_json().into())
}
