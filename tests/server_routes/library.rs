//! The library of studies, jobs, and the description of the routes.

use std::sync::Arc;
use std::time::Duration;

use super::town::{app, ask, closed, get, input, send};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use walkshed::server::{Server, Shelf};

async fn post(server: &Arc<Server>, uri: &str) -> (StatusCode, Value) {
    let request = Request::post(uri).header(header::HOST, "localhost").body(Body::empty()).unwrap();
    let answer = send(server, request).await;
    (answer.status, answer.json())
}

/// The job when it is over.
async fn ended(server: &Arc<Server>, id: &Value) -> Value {
    for _ in 0..500 {
        let job = get(server, &format!("/api/v1/jobs/{}", id.as_str().unwrap())).await;
        if ["done", "failed", "cancelled"].contains(&job["state"].as_str().unwrap()) {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    unreachable!("the job does not end")
}

#[tokio::test]
async fn a_closed_study_is_opened_by_a_job() {
    let server = closed();
    let studies = get(&server, "/api/v1/studies").await;
    assert_eq!(
        studies["studies"][0],
        json!({ "id": "drawnton", "name": "Drawnton", "state": "closed" })
    );
    let early = ask(&server, "/api/v1/studies/drawnton/coverage", &[]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert!(early.json()["detail"].as_str().unwrap().contains("/api/v1/studies/drawnton/open"));
    let (status, begun) = post(&server, "/api/v1/studies/drawnton/open").await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let job = ended(&server, &begun["id"]).await;
    assert_eq!((&job["state"], &job["kind"]), (&json!("done"), &json!("open")));
    assert_eq!(get(&server, "/api/v1/studies").await["studies"][0]["state"], "open");
    get(&server, "/api/v1/studies/drawnton/coverage").await;
}

#[tokio::test]
async fn a_study_is_called_as_its_address_has_it() {
    let open = Arc::new(|_: &dyn walkshed::progress::Progress| Ok(input()));
    let shelf = Shelf {
        id: "Drawn-Ton".into(),
        name: "Drawn Ton".into(),
        folder: None,
        described: None,
        open,
    };
    let server = Arc::new(Server::new(vec![shelf]));
    server.put("Drawn-Ton", input()).unwrap();
    let study = get(&server, "/api/v1/studies/Drawn-Ton").await;
    assert_eq!(study["id"], "Drawn-Ton", "what the page asks for next is found");
}

#[tokio::test]
async fn a_study_that_cannot_be_opened_says_why_in_its_job_and_its_entry() {
    let server = closed();
    let (_, begun) = post(&server, "/api/v1/studies/broken/open").await;
    let job = ended(&server, &begun["id"]).await;
    assert_eq!(job["state"], "failed");
    assert_eq!(job["problem"], "streets.osm.pbf is not there");
    let entry = &get(&server, "/api/v1/studies").await["studies"][1];
    assert_eq!((&entry["state"], &entry["detail"]), (&json!("failed"), &job["problem"]));
    let asked = ask(&server, "/api/v1/studies/broken/zones", &[]).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    let uri = format!("/api/v1/jobs/{}/result", begun["id"].as_str().unwrap());
    let result = ask(&server, &uri, &[]).await;
    assert!(result.json()["detail"].as_str().unwrap().contains("streets.osm.pbf"));
}

/// A library of one study whose files are read when they are let through, and say what they are told to.
fn gated() -> (Arc<Server>, std::sync::mpsc::Sender<Result<(), String>>) {
    let (let_through, gate) = std::sync::mpsc::channel::<Result<(), String>>();
    let gate = std::sync::Mutex::new(gate);
    let shelf = Shelf {
        id: "drawnton".into(),
        name: "Drawnton".into(),
        folder: None,
        described: None,
        open: Arc::new(move |_: &dyn walkshed::progress::Progress| {
            gate.lock().unwrap().recv().unwrap().map(|()| input())
        }),
    };
    let server = Server::new(vec![shelf]);
    server.put("drawnton", input()).unwrap();
    (Arc::new(server), let_through)
}

#[tokio::test]
async fn a_study_answers_on_while_it_is_opened_again_and_when_that_fails() {
    let (server, let_through) = gated();
    for said in [Err("streets.osm.pbf is not there".to_owned()), Ok(())] {
        let (status, begun) = post(&server, "/api/v1/studies/drawnton/open").await;
        assert_eq!(status, StatusCode::ACCEPTED);
        let (_, again) = post(&server, "/api/v1/studies/drawnton/open").await;
        assert_eq!(again["id"], begun["id"], "one job at a time");
        let entry = &get(&server, "/api/v1/studies").await["studies"][0];
        assert_eq!((&entry["state"], &entry["job"]), (&json!("open"), &begun["id"]));
        get(&server, "/api/v1/studies/drawnton/coverage").await;
        let_through.send(said.clone()).unwrap();
        let job = ended(&server, &begun["id"]).await;
        assert_eq!(job["state"], if said.is_ok() { "done" } else { "failed" });
        let entry = &get(&server, "/api/v1/studies").await["studies"][0];
        assert_eq!(entry["state"], "open");
        assert_eq!(entry["detail"].as_str().map(str::to_owned), said.err());
        get(&server, "/api/v1/studies/drawnton/coverage").await;
    }
}

#[tokio::test]
async fn the_events_of_a_job_end_with_the_job() {
    let server = closed();
    let (_, begun) = post(&server, "/api/v1/studies/drawnton/open").await;
    let events =
        ask(&server, &format!("/api/v1/jobs/{}/events", begun["id"].as_str().unwrap()), &[]).await;
    assert_eq!(events.header("content-type"), "text/event-stream");
    let text = String::from_utf8(events.body).unwrap();
    let last = text.trim().rsplit("\n\n").next().unwrap();
    assert!(last.starts_with("event: end\n"), "{text}");
    let data = last.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(data).unwrap()["state"], "done");
}

#[tokio::test]
async fn what_no_study_and_no_job_is_called_is_not_there() {
    let server = app();
    for uri in ["/api/v1/studies/drawntown/zones", "/api/v1/jobs/7", "/api/v1/jobs/x/events"] {
        assert_eq!(ask(&server, uri, &[]).await.status, StatusCode::NOT_FOUND, "{uri}");
    }
    let near = ask(&server, "/api/v1/studies/drawntown", &[]).await;
    assert!(near.json()["detail"].as_str().unwrap().contains("did you mean \"drawnton\""));
    assert_eq!(post(&server, "/api/v1/studies/nowhere/open").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_description_is_served_and_the_page_is_made_of_the_same() {
    let served = ask(&app(), "/api/v1/openapi.json", &[]).await;
    let text = String::from_utf8(served.body).unwrap();
    assert_eq!(text, walkshed::server::openapi_json());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/src/api/openapi.json");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "web/src/api/openapi.json is not what the routes say; write it anew with \
         `cargo run --quiet -- openapi > web/src/api/openapi.json`"
    );
}

#[test]
fn every_shape_that_the_description_names_is_in_it() {
    let text = walkshed::server::openapi_json();
    let description: Value = serde_json::from_str(&text).unwrap();
    let named: Vec<&str> = text.split("\"#/").skip(1).filter_map(|s| s.split('"').next()).collect();
    assert!(named.len() > 100);
    for name in named {
        assert!(
            description.pointer(&format!("/{name}")).is_some(),
            "{name} is named, but not there"
        );
    }
}

#[tokio::test]
async fn every_reading_route_answers_as_described() {
    let description: Value = serde_json::from_str(&walkshed::server::openapi_json()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() > 10);
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            for status in ["400", "404", "421"] {
                assert!(responses.contains_key(status), "{method} {path} does not tell {status}");
            }
            assert!(!operation["summary"].as_str().unwrap().is_empty());
        }
    }
}
