//! Every refusal the server gives, from one table, as RFC 9457 problem details.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Media type of a problem.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// What sort of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProblemKind {
    /// A query parameter is missing, unknown or unusable.
    BadParameter,
    /// Nothing is kept at this address.
    NotFound,
    /// The place lies too far from any street that the profile may use.
    NoStreet,
    /// No walk leads there.
    Unreachable,
    /// The method is not one of the resource's.
    MethodNotAllowed,
    /// The request body is too long.
    TooLarge,
    /// The host asked for is not this machine.
    HostRefused,
    /// The request cannot be understood.
    BadRequest,
    /// The answer took too long.
    TookTooLong,
    /// The program failed.
    Failed,
}

impl ProblemKind {
    /// Status, last part of the type URN, title.
    const fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadParameter => {
                (StatusCode::BAD_REQUEST, "bad-parameter", "a parameter cannot be used")
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "nothing at this address"),
            Self::NoStreet => {
                (StatusCode::UNPROCESSABLE_ENTITY, "no-street", "no walkable street nearby")
            }
            Self::Unreachable => {
                (StatusCode::NOT_FOUND, "unreachable", "no walk leads to the facility")
            }
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "only GET and HEAD are answered",
            ),
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the request body is too long")
            }
            Self::HostRefused => (
                StatusCode::MISDIRECTED_REQUEST,
                "host-refused",
                "this server answers its own machine only",
            ),
            Self::BadRequest => {
                (StatusCode::BAD_REQUEST, "bad-request", "the request cannot be understood")
            }
            Self::TookTooLong => {
                (StatusCode::SERVICE_UNAVAILABLE, "took-too-long", "the answer took too long")
            }
            Self::Failed => {
                (StatusCode::INTERNAL_SERVER_ERROR, "failed", "walkshed could not answer")
            }
        }
    }

    /// The refusal that goes with a bare status from a lower layer.
    pub(super) const fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            413 => Self::TooLarge,
            408 | 503 | 504 => Self::TookTooLong,
            400..=499 => Self::BadRequest,
            _ => Self::Failed,
        }
    }
}

/// A refusal: what sort, and what happened and what to do about it.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) kind: ProblemKind,
    pub(super) detail: String,
}

impl Problem {
    /// A refusal of `kind`.
    pub(super) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// A parameter that cannot be used.
    pub(super) fn parameter(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::BadParameter, detail)
    }

    /// An address without anything.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::NotFound, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, slug, title) = self.kind.row();
        let body = json!({
            "type": format!("urn:walkshed:problem:{slug}"),
            "title": title,
            "status": status.as_u16(),
            "detail": self.detail,
        });
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
