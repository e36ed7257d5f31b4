//! What stands before and behind every route: who may ask, what a refusal looks like, how browsers must
//! treat the answers.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use tokio::sync::Semaphore;

use super::Server;
use super::problem::{PROBLEM_JSON, Problem, ProblemKind};

/// Everything from this server, nothing from elsewhere; map workers and images may be made in the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; worker-src 'self' blob:; \
     img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Requests answered at once; more are told to come again.
const REQUESTS_MAX: usize = 512;
/// Name of the cookie with the token.
const COOKIE: &str = "walkshed_token";

static REQUESTS: Semaphore = Semaphore::const_new(REQUESTS_MAX);

/// Turns away who may not ask, and what may not be asked for.
pub(super) async fn admitted(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(_place) = REQUESTS.try_acquire() else {
        let detail = "too many requests at once; try again in a moment";
        return Problem::new(ProblemKind::Busy, detail).into_response();
    };
    if let Some(token) = &server.access.token {
        if let Some(clean) = given_by_address(&request, token) {
            return clean;
        }
        if !shows(&request, token) {
            let detail =
                "show the token: open the page by /?token=… or send `Authorization: Bearer …`";
            return Problem::new(ProblemKind::Unauthorized, detail).into_response();
        }
    } else if !host(&request).is_some_and(is_own) {
        // A page elsewhere could make its name point here (DNS rebinding) and read the study.
        let detail =
            "the request names another host; open the page by http://127.0.0.1 or http://localhost";
        return Problem::new(ProblemKind::HostRefused, detail).into_response();
    }
    if makes_work(&request) {
        if is_foreign(&request) {
            let detail = "the request comes from a page of another address; nothing was done";
            return Problem::new(ProblemKind::Forbidden, detail).into_response();
        }
        if server.access.read_only && keeps(&request) {
            let detail = "this server is read-only; nothing was changed";
            return Problem::new(ProblemKind::ReadOnly, detail).into_response();
        }
    }
    next.run(request).await
}

fn host(request: &Request) -> Option<&str> {
    let named = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    named.or(request.uri().authority().map(Authority::as_str))
}

/// Last parts of the addresses that are asked by POST and keep nothing in the study: a preview, a study opened, an audit, a
/// search for sites and the check of its proof.
const KEEP_NOTHING: [&str; 5] = ["preview", "open", "audit", "place", "verify"];

/// Whether a request may cost or change anything: everything but reading.
fn makes_work(request: &Request) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD)
}

/// Whether anything that is kept may be another after a request that is not reading. A job may be cancelled by whoever may
/// begin one.
fn keeps(request: &Request) -> bool {
    let path = request.uri().path();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let of_a_job = path.starts_with("/api/v1/jobs/") && *request.method() == Method::DELETE;
    let works_only = *request.method() == Method::POST && KEEP_NOTHING.contains(&last);
    !(of_a_job || works_only)
}

/// Whether a browser says that a page of another address sends it.
fn is_foreign(request: &Request) -> bool {
    let said = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let elsewhere = said("sec-fetch-site").is_some_and(|site| site.ends_with("-site"));
    let origin = said("origin").map(|origin| origin.split_once("://").map_or("", |(_, host)| host));
    elsewhere || origin.is_some_and(|origin| Some(origin) != host(request))
}

/// Whether the token is shown, by header or cookie.
fn shows(request: &Request, token: &str) -> bool {
    let text = |name: HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let bearer = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let cookies = text(header::COOKIE).unwrap_or("").split(';').map(str::trim);
    let kept = cookies.filter_map(|cookie| cookie.strip_prefix(COOKIE)?.strip_prefix('='));
    bearer.into_iter().chain(kept).any(|shown| is_same(shown.trim(), token))
}

/// The answer to an address with the right token: the same address without it, the token in a cookie.
fn given_by_address(request: &Request, token: &str) -> Option<Response> {
    let query = request.uri().query().filter(|_| *request.method() == Method::GET)?;
    let given = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    if !is_same(given, token) {
        return None;
    }
    let rest: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("token=")).collect();
    let path = request.uri().path().trim_start_matches('/');
    let there =
        if rest.is_empty() { format!("/{path}") } else { format!("/{path}?{}", rest.join("&")) };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
    Some(
        (StatusCode::SEE_OTHER, [(header::LOCATION, there), (header::SET_COOKIE, cookie)])
            .into_response(),
    )
}

/// Compares in a time that does not tell how much is right.
fn is_same(shown: &str, token: &str) -> bool {
    let (shown, token) = (shown.as_bytes(), token.as_bytes());
    let differ = shown.iter().zip(token).fold(0_u8, |differ, (a, b)| differ | (a ^ b));
    shown.len() == token.len() && differ == 0
}

/// Whether `named` is this machine: `localhost`, or any of its loopback addresses, which no other name can stand for.
fn is_own(named: &str) -> bool {
    named.parse::<Authority>().is_ok_and(|authority| {
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        !named.contains('@')
            && (host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip.is_loopback()))
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
        ProblemKind::MethodNotAllowed => {
            let allow = response.headers().get(header::ALLOW).and_then(|v| v.to_str().ok());
            format!("{path} answers {} only", allow.unwrap_or("GET and HEAD"))
        }
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
        for own in [
            "127.0.0.1",
            "127.0.0.1:8787",
            "localhost:1",
            "LOCALHOST",
            "[::1]:80",
            "[::1]",
            "127.0.0.2",
            "127.9.9.9:80",
        ] {
            assert!(is_own(own), "{own}");
        }
        for other in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost@evil.example",
            "",
            "128.0.0.1",
            "0.0.0.0",
            "[::2]",
            "127.1",
            "x y",
        ] {
            assert!(!is_own(other), "{other}");
        }
    }
}
