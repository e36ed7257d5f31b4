//! `/api/v1/audit`: the audit as the command line writes it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{JSON, fresh};
use crate::server::app::App;
use crate::server::problem::Problem;

/// `audit.json`, byte for byte.
pub(in crate::server) async fn answer(State(app): State<Arc<App>>) -> Response {
    match app.audit_json() {
        Some(body) => fresh(JSON, body),
        None => Problem::not_found(
            "this study was served without an audit; run `walkshed audit` on it and serve it again",
        )
        .into_response(),
    }
}
