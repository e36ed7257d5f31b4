//! What stands before and behind every route: who may ask, what a refusal looks like, how browsers must
//! treat the answers.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::{PROBLEM_JSON, Problem, ProblemKind};

/// Everything from this server, nothing from elsewhere; map workers and images may be made in the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; worker-src 'self' blob:; \
     img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Names this machine answers to.
const HOSTS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Turns away requests that name another host: a page elsewhere could make its name point here (DNS
/// rebinding) and read the study.
pub(super) async fn own_host_only(request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let named = named.or(request.uri().authority().map(Authority::as_str));
    if named.is_some_and(is_own) {
        return next.run(request).await;
    }
    let detail =
        "the request names another host; open the page by http://127.0.0.1 or http://localhost";
    Problem::new(ProblemKind::HostRefused, detail).into_response()
}

fn is_own(named: &str) -> bool {
    named.parse::<Authority>().is_ok_and(|authority| {
        !named.contains('@') && HOSTS.iter().any(|host| authority.host().eq_ignore_ascii_case(host))
    })
}

/// Gives refusals of lower layers the form of all others.
pub(super) async fn refusals_as_problems(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() || is_told(&response) {
        return response;
    }
    let kind = ProblemKind::of_status(status);
    let detail = match kind {
        ProblemKind::MethodNotAllowed => format!("{path} answers GET and HEAD only"),
        ProblemKind::TookTooLong => {
            format!("{path} was not answered in time; try again, the work done so far is kept")
        }
        _ => format!("{path}: {}", status.canonical_reason().unwrap_or("refused").to_lowercase()),
    };
    let mut problem = Problem::new(kind, detail).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        problem.headers_mut().insert(header::ALLOW, allow.clone());
    }
    if status != StatusCode::BAD_REQUEST && kind == ProblemKind::BadRequest {
        *problem.status_mut() = status;
    }
    problem
}

/// Whether a refusal is already told to whoever reads it.
fn is_told(response: &Response) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    media_type.is_some_and(|told| told.starts_with(PROBLEM_JSON) || told.starts_with("text/html"))
}

/// Tells browsers to take nothing from elsewhere and to guess nothing.
pub(super) async fn with_security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let rows: [(HeaderName, &'static str); 6] = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in rows {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for own in ["127.0.0.1", "127.0.0.1:8787", "localhost:1", "LOCALHOST", "[::1]:80", "[::1]"]
        {
            assert!(is_own(own), "{own}");
        }
        for other in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost@evil.example",
            "",
            "127.0.0.2",
            "x y",
        ] {
            assert!(!is_own(other), "{other}");
        }
    }
}
