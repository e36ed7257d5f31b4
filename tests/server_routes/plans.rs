//! Plans and audits as jobs: what they tell, what can be taken away, what becomes of a plan.

use std::sync::Arc;
use std::time::Duration;

use crate::town::{app, ask, call, get};
use axum::http::StatusCode;
use serde_json::{Value, json};
use walkshed::server::Server;

const S: &str = "/api/v1/studies/drawnton";

async fn started(server: &Arc<Server>, path: &str, body: Value) -> Value {
    let (status, begun) = call(server, "POST", &format!("{S}/{path}"), Some(body)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
    let id = begun["id"].as_str().unwrap().to_owned();
    for _ in 0..2_000 {
        let job = get(server, &format!("/api/v1/jobs/{id}")).await;
        if ["done", "failed", "cancelled"].contains(&job["state"].as_str().unwrap()) {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    unreachable!("the job does not end")
}

fn wanted() -> Value {
    json!({
        "function": "childcare", "profile": "adult", "group": "all", "cutoff_min": 3.0,
        "problem": "mclp", "sites": 1, "candidates": ["junctions"], "required": [], "forbidden": [],
        "time_limit_s": 10.0, "seed": 1,
    })
}

#[tokio::test]
async fn a_plan_covers_whom_it_says_when_it_is_taken_into_a_scenario() {
    let server = app();
    let job = started(&server, "place", wanted()).await;
    assert_eq!((&job["state"], &job["kind"]), (&json!("done"), &json!("place")), "{job}");
    let id = job["id"].as_str().unwrap();
    let plan = get(&server, &format!("/api/v1/jobs/{id}/result")).await;
    assert_eq!((&plan["status"], &plan["optimal"]), (&json!("optimal"), &json!(true)), "{plan}");
    assert_eq!(plan["sites"].as_array().unwrap().len(), 1);
    assert_eq!(plan["value"], plan["bound"]);
    let before = plan["before"]["covered_persons"].as_f64().unwrap();
    let after = plan["after"]["covered_persons"].as_f64().unwrap();
    assert!(after > before && (after - before - plan["value"].as_f64().unwrap()).abs() < 1e-6);
    let (status, verified) =
        call(&server, "POST", &format!("/api/v1/jobs/{id}/verify"), None).await;
    assert_eq!((status, &verified["valid"]), (StatusCode::OK, &json!(true)), "{verified}");
    let accept = format!("/api/v1/jobs/{id}/accept");
    let (status, scenario) = call(&server, "POST", &accept, Some(json!({ "name": "Taken" }))).await;
    assert_eq!(status, StatusCode::CREATED, "{scenario}");
    let chosen = "function=childcare&profile=adult&group=all&cutoff_min=3";
    let at = format!("{S}/coverage?{chosen}&scenario={}", scenario["id"].as_str().unwrap());
    let covered = get(&server, &at).await["covered_persons"].as_f64().unwrap();
    assert!((covered - after).abs() < 1e-6, "{covered} in the scenario, {after} in the plan");
}

#[tokio::test]
async fn what_cannot_be_searched_for_is_refused_in_a_sentence() {
    let server = app();
    let place = format!("{S}/place");
    let mut body = wanted();
    body["sites"] = Value::Null;
    let (status, told) = call(&server, "POST", &place, Some(body)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told["detail"].as_str().unwrap().contains("sites, budget or both"), "{told}");
    let mut body = wanted();
    body["rule"] = json!("none/such");
    assert_eq!(call(&server, "POST", &place, Some(body)).await.0, StatusCode::NOT_FOUND);
    let mut body = wanted();
    body["candidates"] = json!(["nowhere"]);
    let job = started(&server, "place", body).await;
    assert_eq!(job["state"], "failed");
    assert!(job["problem"].as_str().unwrap().contains("grid:METRES"), "{job}");
    let none = ask(&server, "/api/v1/jobs/99/files", &[]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_audit_job_writes_every_file() {
    let server = app();
    let job = started(&server, "audit", json!({})).await;
    assert_eq!(job["state"], "done", "{job}");
    let at = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    let result = get(&server, &format!("{at}/result")).await;
    let files = get(&server, &format!("{at}/files")).await;
    let names: Vec<&str> =
        files["files"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    for name in
        ["audit.json", "audit.zip", "report.html", "tables.xlsx", "walkshed.gpkg", "zones.csv"]
    {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let json = ask(&server, &format!("{at}/files/audit.json"), &[]).await;
    assert_eq!(json.json(), result);
    let gpkg = ask(&server, &format!("{at}/files/walkshed.gpkg"), &[]).await;
    assert!(gpkg.body.starts_with(b"SQLite format 3\0"));
    let zip = ask(&server, &format!("{at}/files/audit.zip"), &[]).await;
    assert!(zip.body.starts_with(b"PK\x03\x04"));
    let none = ask(&server, &format!("{at}/files/..%2Fsecret"), &[]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
