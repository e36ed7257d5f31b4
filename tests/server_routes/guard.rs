//! Refusals, headers and the page.

use super::town::{Answer, app, ask, send};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

fn assert_problem(answer: &Answer, status: u16, words: &[&str]) {
    assert_eq!(answer.status.as_u16(), status, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    assert_eq!(body["status"], status);
    assert!(body["type"].as_str().unwrap().starts_with("urn:walkshed:problem:"));
    assert!(!body["title"].as_str().unwrap().is_empty());
    let detail = body["detail"].as_str().unwrap();
    for word in words {
        assert!(detail.contains(word), "{detail:?} does not say {word:?}");
    }
}

#[tokio::test]
async fn a_bad_parameter_is_named_with_its_value_and_what_is_allowed() {
    let app = app();
    for (query, words) in [
        ("coverage?cutoff_min=NaN", &["cutoff_min is \"NaN\"", "0 to 1440"][..]),
        ("coverage?cutoff_min=inf", &["cutoff_min is \"inf\""]),
        ("coverage?cutoff_min=-1", &["cutoff_min is \"-1\""]),
        ("coverage?cutoff_min=1441", &["cutoff_min is \"1441\"", "1440"]),
        ("coverage?cutoff=15", &["parameter \"cutoff\"", "cutoff_min"]),
        ("coverage?cutoff_min=5&cutoff_min=6", &["cutoff_min is given twice"]),
        ("why?lat=0.1", &["lon is missing", "-180 to 180"]),
        ("why?lon=200&lat=0", &["lon is \"200\"", "-180 to 180"]),
        ("why?lon=0&lat=nan", &["lat is \"nan\"", "-90 to 90"]),
        ("why?lon=10,5&lat=0", &["lon is \"10,5\""]),
        ("route?lon=10&lat=0", &["facility is missing"]),
        ("route?lon=10&lat=0&facility=-1", &["facility is \"-1\""]),
        ("reach?lon=10&lat=0&cutoff_min=5,x", &["cutoff_min is \"x\""]),
        ("reach?lon=10&lat=0&cutoff_min=500", &["cutoff_min is \"500\"", "120"]),
        ("reach?lon=10&lat=0&cutoff_min=1,2,3,4,5,6,7", &["7 values", "at most 6"]),
        ("zones?level=2", &["parameter \"level\""]),
    ] {
        let answer = ask(&app, &format!("/api/v1/studies/drawnton/{query}"), &[]).await;
        assert_problem(&answer, 400, words);
    }
    for (query, words) in [
        (
            "coverage?function=childcar",
            &["function \"childcar\"", "did you mean \"childcare\"", "clinic"][..],
        ),
        ("coverage?profile=Adult", &["profile \"Adult\"", "did you mean \"adult\"", "wheelchair"]),
        ("coverage?group=everybody", &["group \"everybody\"", "all, age_0_3"]),
        ("route?lon=10&lat=0&facility=99", &["facility is \"99\"", "0 to 3"]),
    ] {
        let answer = ask(&app, &format!("/api/v1/studies/drawnton/{query}"), &[]).await;
        assert_problem(&answer, 404, words);
    }
    let long = "x".repeat(4000);
    let answer =
        ask(&app, &format!("/api/v1/studies/drawnton/coverage?function={long}"), &[]).await;
    assert_problem(&answer, 404, &["…"]);
    assert!(answer.body.len() < 1000, "a long value is not echoed whole");
}

#[tokio::test]
async fn what_is_not_there_and_what_cannot_be_walked_to_is_said() {
    let app = app();
    for uri in [
        "/api/v1/nothing",
        "/api/v2/study",
        "/nothing.js",
        "/tiles/drawnton/base/3/1.mvt",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
    ] {
        assert_problem(&ask(&app, uri, &[]).await, 404, &["nothing"]);
    }
    let far = ask(&app, "/api/v1/studies/drawnton/route?lon=10&lat=0&facility=2", &[]).await;
    assert_problem(&far, 404, &["adult", "House c", "no walkable streets join the two"]);
    let wild = ask(&app, "/api/v1/studies/drawnton/route?lon=11&lat=0&facility=0", &[]).await;
    assert_problem(&wild, 422, &["no walkable street within 250 m", "snap_distance_m"]);
    let wild = ask(&app, "/api/v1/studies/drawnton/reach?lon=180&lat=-90", &[]).await;
    assert_problem(&wild, 422, &["no walkable street"]);
}

#[tokio::test]
async fn only_reading_is_answered_and_a_body_has_a_limit() {
    let app = app();
    let post = |uri: &str, body: Vec<u8>| {
        Request::post(uri).header(header::HOST, "localhost").body(Body::from(body)).unwrap()
    };
    let answer = send(&app, post("/api/v1/studies/drawnton/coverage", vec![])).await;
    assert_problem(&answer, 405, &["/api/v1/studies/drawnton/coverage", "GET"]);
    assert!(answer.header("allow").contains("GET"));
    assert_problem(&send(&app, post("/", vec![])).await, 405, &["GET"]);
    let heavy = Request::post("/api/v1/studies/drawnton").header(header::HOST, "localhost");
    let heavy =
        heavy.header(header::CONTENT_LENGTH, "99999999").body(Body::from(vec![0; 99])).unwrap();
    assert_problem(&send(&app, heavy).await, 413, &[]);
    let head = Request::head("/api/v1/studies/drawnton")
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap();
    assert_eq!(send(&app, head).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_names_another_host_is_refused() {
    let app = app();
    for host in ["evil.example", "127.0.0.1.evil.example:80", "0.0.0.0"] {
        let request = Request::get("/api/v1/studies/drawnton")
            .header(header::HOST, host)
            .body(Body::empty())
            .unwrap();
        assert_problem(&send(&app, request).await, 421, &["127.0.0.1"]);
    }
    let nameless = Request::get("/api/v1/studies/drawnton").body(Body::empty()).unwrap();
    assert_problem(&send(&app, nameless).await, 421, &[]);
    for host in ["localhost:3000", "[::1]:3000", "127.0.0.1"] {
        let request = Request::get("/api/v1/studies/drawnton")
            .header(header::HOST, host)
            .body(Body::empty())
            .unwrap();
        assert_eq!(send(&app, request).await.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn every_answer_tells_browsers_to_take_nothing_from_elsewhere() {
    let app = app();
    for uri in [
        "/",
        "/api/v1/studies/drawnton",
        "/api/v1/nothing",
        "/tiles/drawnton/base/16/34588/32767.mvt",
    ] {
        let answer = ask(&app, uri, &[]).await;
        let policy = answer.header("content-security-policy");
        for rule in [
            "default-src 'self'",
            "worker-src 'self' blob:",
            "img-src 'self' data: blob:",
            "style-src 'self' 'unsafe-inline'",
            "connect-src 'self'",
        ] {
            assert!(policy.split("; ").any(|part| part.trim() == rule), "{uri}: {policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask() {
    let app = app();
    let answer =
        ask(&app, "/api/v1/studies/drawnton/coverage", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(
        ask(&app, "/api/v1/studies/drawnton/coverage", &[]).await.header("content-encoding"),
        ""
    );
}

#[tokio::test]
async fn the_page_is_there_or_says_how_it_is_made() {
    let answer = ask(&app(), "/", &[]).await;
    assert!(answer.header("content-type").starts_with("text/html"));
    if answer.status == StatusCode::OK {
        assert_eq!(answer.header("cache-control"), "no-cache");
        let tag = answer.header("etag").to_owned();
        let again = ask(&app(), "/index.html", &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    } else {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(String::from_utf8_lossy(&answer.body).contains("make web"));
    }
}
