//! Who may ask, and for what.

use std::sync::Arc;

use super::town::{Answer, app_with, closed_with, send};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;
use walkshed::server::{Access, Server};

const TOKEN: &str = "a-token-of-letters";
const STUDY: &str = "/api/v1/studies/drawnton";

async fn asked(
    server: &Arc<Server>,
    (method, uri): (&str, &str),
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(server, request.body(Body::empty()).unwrap()).await
}

fn guarded() -> Arc<Server> {
    app_with(Access { token: Some(TOKEN.into()), read_only: false })
}

#[tokio::test]
async fn with_a_token_only_those_who_show_it_are_answered() {
    let server = guarded();
    let host = ("host", "planner.example:8731");
    for headers in [
        &[host][..],
        &[host, ("authorization", "Bearer a-token-of-lettert")],
        &[host, ("authorization", "Bearer a-token-of-letters-and-more")],
        &[host, ("cookie", "walkshed_token=")],
    ] {
        let refused = asked(&server, ("GET", STUDY), headers).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{headers:?}");
        assert_eq!(refused.header("www-authenticate"), "Bearer");
        assert_eq!(refused.header("content-type"), "application/problem+json");
    }
    let bearer = format!("Bearer {TOKEN}");
    let cookie = format!("other=1; walkshed_token={TOKEN}");
    for shown in [("authorization", bearer.as_str()), ("cookie", cookie.as_str())] {
        let told = asked(&server, ("GET", STUDY), &[host, shown]).await;
        assert_eq!(told.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_page_opened_with_the_token_keeps_it_in_a_cookie_and_out_of_its_address() {
    let server = guarded();
    let uri = format!("/?lang=en&token={TOKEN}");
    let there = asked(&server, ("GET", &uri), &[("host", "x")]).await;
    assert_eq!(there.status, StatusCode::SEE_OTHER);
    assert_eq!(there.header("location"), "/?lang=en");
    let cookie = there.header("set-cookie");
    assert!(cookie.starts_with(&format!("walkshed_token={TOKEN};")), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let wrong = asked(&server, ("GET", "/?token=wrong"), &[("host", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let away = asked(&server, ("GET", &format!("//evil.example/?token={TOKEN}")), &[]).await;
    assert_eq!(away.header("location"), "/evil.example/", "never to another host");
}

#[tokio::test]
async fn a_read_only_server_answers_and_changes_nothing() {
    let server = app_with(Access { token: None, read_only: true });
    let host = ("host", "localhost");
    let told: Value = asked(&server, ("GET", STUDY), &[host]).await.json();
    assert_eq!(told["read_only"], true);
    let library: Value = asked(&server, ("GET", "/api/v1/studies"), &[host]).await.json();
    assert_eq!(library["read_only"], true);
    for (method, path) in [
        ("POST", "/scenarios"),
        ("DELETE", "/scenarios/1"),
        ("PATCH", "/scenarios/1"),
        ("POST", "/scenarios/1/edits"),
        ("POST", "/scenarios/1/undo"),
    ] {
        let refused = asked(&server, (method, &format!("{STUDY}{path}")), &[host]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
        assert!(refused.json()["detail"].as_str().unwrap().contains("read-only"));
    }
    let again = asked(&server, ("POST", &format!("{STUDY}/open")), &[host]).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN, "an open study is not loaded anew");
    let audited = asked(&server, ("POST", &format!("{STUDY}/audit")), &[host]).await;
    assert_ne!(audited.status, StatusCode::FORBIDDEN, "whoever reads may audit");
    for path in ["/api/v1/jobs/1/accept", "/api/v1/studies/drawnton/layers/x/accept"] {
        let refused = asked(&server, ("POST", path), &[host]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    let job = asked(&server, ("DELETE", "/api/v1/jobs/99"), &[host]).await;
    assert_eq!(job.status, StatusCode::NOT_FOUND, "a job may be cancelled");
}

#[tokio::test]
async fn a_read_only_server_opens_what_is_closed() {
    let server = closed_with(Access { token: None, read_only: true });
    let opened = asked(&server, ("POST", &format!("{STUDY}/open")), &[("host", "localhost")]).await;
    assert_eq!(opened.status, StatusCode::ACCEPTED);
}

/// Every route of the description that is not reading.
fn every_way_to_make_work() -> Vec<(String, String)> {
    let description: Value = serde_json::from_str(&walkshed::server::openapi_json()).unwrap();
    let mut ways = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        let path = path.replace("{study}", "drawnton").replace(['{', '}'], "");
        let asked = methods.as_object().unwrap().keys().filter(|method| *method != "get");
        ways.extend(asked.map(|method| (method.to_uppercase(), path.clone())));
    }
    assert!(ways.iter().any(|(_, path)| path.ends_with("/open")) && ways.len() > 12);
    ways
}

#[tokio::test]
async fn pages_of_other_addresses_make_no_work_and_change_nothing() {
    let server = app_with(Access::default());
    let uri = format!("{STUDY}/scenarios/1/restore");
    let own = ("host", "localhost:8731");
    for foreign in [
        ("origin", "https://evil.example"),
        ("origin", "http://localhost:9"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for (method, path) in every_way_to_make_work() {
            let refused = asked(&server, (&method, &path), &[own, foreign]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path} {foreign:?}");
        }
    }
    let same = [own, ("origin", "http://localhost:8731"), ("sec-fetch-site", "same-origin")];
    assert_eq!(asked(&server, ("POST", &uri), &same).await.status, StatusCode::NOT_FOUND);
    let read = asked(&server, ("GET", STUDY), &[own, ("sec-fetch-site", "cross-site")]).await;
    assert_eq!(read.status, StatusCode::OK, "a link from elsewhere may be followed");
    assert_eq!(read.header(header::ACCESS_CONTROL_ALLOW_ORIGIN.as_str()), "");
}
