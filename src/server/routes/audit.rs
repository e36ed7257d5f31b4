//! `…/audit`: the audit as the command line writes it.

use axum::response::{IntoResponse, Response};

use crate::server::ask::{Asked, JSON, fresh};
use crate::server::describe::{NoParameters, StudyPath};
use crate::server::problem::{Problem, Refusals};

/// The audit of the study, byte for byte as the command line writes `audit.json`
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/audit", tag = "results", params(StudyPath),
    responses((status = 200, description = "The audit", body = Object), Refusals)
)]
pub(in crate::server) async fn show(asked: Asked<NoParameters>) -> Response {
    match asked.study.baseline().audit_json() {
        Some(body) => fresh(JSON, body),
        None => Problem::not_found(
            "this study was served without an audit; POST …/audit makes one as a job",
        )
        .into_response(),
    }
}
