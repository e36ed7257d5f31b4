//! Plans and audits as jobs: what they tell, what can be taken away, what becomes of a plan.

use std::sync::Arc;
use std::time::Duration;

use super::town::{app, ask, call, get};
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

/// The plan that `more` beside the promise asks for, verified.
async fn plan(server: &Arc<Server>, more: Value) -> (String, Value) {
    let mut body = json!({
        "function": "childcare", "profile": "adult", "group": "all", "cutoff_min": 3.0,
        "candidates": ["junctions"], "time_limit_s": 10.0,
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let job = started(server, "place", body).await;
    assert_eq!(job["state"], "done", "{more}: {job}");
    let id = job["id"].as_str().unwrap().to_owned();
    let found = get(server, &format!("/api/v1/jobs/{id}/result")).await;
    let trail = job["trail"].as_array().unwrap();
    assert!(!trail.is_empty(), "{more}: {job}");
    let last = &trail[trail.len() - 1];
    assert_eq!((&last["value"], &last["gap"]), (&found["value"], &found["gap"]), "{more}");
    let (_, verified) = call(server, "POST", &format!("/api/v1/jobs/{id}/verify"), None).await;
    assert_eq!(verified["valid"], true, "{more}: {verified}");
    let files = get(server, &format!("/api/v1/jobs/{id}/files")).await;
    let named = |name: &str| files["files"].as_array().unwrap().iter().any(|f| f["name"] == name);
    assert!(named("solution.json") && named("sites.geojson"), "{more}: {files}");
    (id, found)
}

#[tokio::test]
async fn every_problem_of_the_shell_is_answered_verified_and_taken_into_a_scenario() {
    let server = app();
    for more in [
        json!({ "problem": "lscp", "target_share": 0.5 }),
        json!({ "problem": "cost-to-target", "target_share": 0.5 }),
        json!({ "problem": "p-median", "sites": 1, "cutoff_min": null }),
        json!({ "problem": "p-center", "sites": 1, "cutoff_min": null }),
        json!({ "problem": "capacitated", "sites": 1, "places_per_1000": 5.0, "capacity": 1.0 }),
        json!({ "problem": "worst-zone", "sites": 1 }),
        json!({ "problem": "pareto", "sites": 2 }),
        json!({ "problem": "gates", "gates": 1, "sites": 1, "gate_gap_m": 100.0, "gate_walk_m": 100.0 }),
        json!({ "problem": "mclp", "yearly_sites": [1, 1], "first_year": 2027 }),
    ] {
        let (id, found) = plan(&server, more.clone()).await;
        assert_eq!(found["problem"], more["problem"], "{found}");
        assert!(!found["sites"].as_array().unwrap().is_empty(), "{more}: {found}");
        let accept = format!("/api/v1/jobs/{id}/accept");
        let (status, scenario) = call(&server, "POST", &accept, None).await;
        assert_eq!(status, StatusCode::CREATED, "{more}: {scenario}");
        let opened = scenario["edits"].as_array().unwrap().len();
        assert_eq!(opened, found["sites"].as_array().unwrap().len(), "{more}: {scenario}");
    }
}

#[tokio::test]
async fn years_add_up_and_sites_say_when_they_open() {
    let server = app();
    let asked = json!({
        "problem": "mclp", "phases": 2, "sites": 2, "first_year": 2027,
        "milestones": [{ "year": 2, "share": 0.1 }],
    });
    let (_, found) = plan(&server, asked).await;
    let phases = found["phases"].as_array().unwrap();
    assert_eq!((&phases[0]["year"], &phases[1]["year"]), (&json!(2027), &json!(2028)), "{found}");
    let sum: f64 = phases.iter().map(|row| row["gained_persons"].as_f64().unwrap()).sum();
    assert!((sum - found["value"].as_f64().unwrap()).abs() < 1e-6, "{found}");
    let mut years: Vec<i64> =
        found["sites"].as_array().unwrap().iter().map(|s| s["year"].as_i64().unwrap()).collect();
    years.sort_unstable();
    assert_eq!(years, [2027, 2028]);
    assert_eq!(found["years"]["status"], "optimal", "{}", found["years"]);
}

#[tokio::test]
async fn candidates_that_come_with_the_question_keep_their_states() {
    let server = app();
    let feature = |id: &str, (column, row): (f64, f64), more: Value| {
        let mut properties = json!({ "id": id, "name": format!("Room {id}") });
        for (name, value) in more.as_object().unwrap() {
            properties[name] = value.clone();
        }
        let place = super::town::spot(column, row);
        json!({
            "type": "Feature", "properties": properties,
            "geometry": { "type": "Point", "coordinates": [place.lon(), place.lat()] },
        })
    };
    let given = json!({ "type": "FeatureCollection", "features": [
        feature("r1", (0.0, 0.0), json!({ "cost": 2.0 })),
        feature("r2", (1.0, 1.0), json!({ "cost": 3.0 })),
        feature("r3", (4.0, 2.0), json!({})),
        feature("r4", (8.0, 0.0), json!({ "status": "forbidden" })),
    ]});
    let asked = json!({
        "problem": "mclp", "sites": 2, "candidates": [], "candidates_given": given,
        "required": ["r1"], "forbidden": ["r3"],
    });
    let (id, found) = plan(&server, asked).await;
    let mut ids: Vec<&str> =
        found["sites"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids[0], "r1", "{found}");
    assert!(!ids.contains(&"r3") && !ids.contains(&"r4"), "{ids:?}");
    assert_eq!(found["candidates"]["count"], 4);
    let (_, made) =
        call(&server, "POST", &format!("{S}/scenarios"), Some(json!({ "name": "Mine" }))).await;
    let accept = format!("/api/v1/jobs/{id}/accept");
    let into = json!({ "scenario": made["id"] });
    for times in 1..=2 {
        let (status, taken) = call(&server, "POST", &accept, Some(into.clone())).await;
        assert_eq!((status, &taken["id"]), (StatusCode::OK, &made["id"]), "{taken}");
        assert_eq!(taken["edits"].as_array().unwrap().len(), times * ids.len(), "{taken}");
    }
    let both = json!({ "scenario": made["id"], "name": "Another" });
    let (status, _) = call(&server, "POST", &accept, Some(both)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn bounds_hold_whatever_the_problem_and_members_are_named_that_it_does_not_know() {
    let server = app();
    let place = format!("{S}/place");
    let base = json!({ "function": "childcare", "profile": "adult", "group": "all", "sites": 1 });
    for (problem, member, value) in [
        ("lscp", "sites", json!(100_001)),
        ("mclp", "phases", json!(31)),
        ("p-median", "reach_min", json!(-1.0)),
        ("lscp", "target_share", json!(1.5)),
        ("p-median", "budget", json!(3.0)),
        ("p-center", "unserved_min", json!(70.0)),
        ("gates", "yearly_sites", json!([1, 2])),
        ("mclp", "gates", json!(2)),
        ("mclp", "candidates_given", json!({ "type": "Point" })),
        ("mclp", "milestones", json!([{ "year": 1, "share": 2.0 }])),
        ("lscp", "zone_min", json!({ "Atlantis": 1 })),
        ("worst-zone", "zone_max", json!({ "Atlantis": 1 })),
        ("mclp", "min_spacing_m", json!(-1.0)),
        ("p-median", "min_spacing_m", json!(10.0)),
    ] {
        let mut body = base.clone();
        body["problem"] = json!(problem);
        body[member] = value;
        let (status, told) = call(&server, "POST", &place, Some(body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem} {member}: {told}");
        assert!(told["detail"].as_str().unwrap().contains(member), "{problem} {member}: {told}");
    }
    for (years, said) in [
        (json!({ "milestones": [{ "year": 1, "share": 0.5 }] }), "phases YEARS"),
        (json!({ "phases": 2, "milestones": [{ "year": 3, "share": 0.5 }] }), "no such year"),
        (json!({ "phases": 2, "yearly_sites": [1] }), "yearly_sites names 1 years"),
        (json!({ "zone_min": { "*": 2 }, "zone_max": { "*": 1 } }), "zone_min, zone_max"),
    ] {
        let mut body = base.clone();
        body["problem"] = json!("mclp");
        for (name, value) in years.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (status, told) = call(&server, "POST", &place, Some(body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{years}: {told}");
        assert!(told["detail"].as_str().unwrap().contains(said), "{years}: {told}");
    }
    let mut body = wanted();
    body["candidates"] = json!(["../study.toml"]);
    let job = started(&server, "place", body).await;
    assert_eq!(job["state"], "failed");
    assert!(job["problem"].as_str().unwrap().contains("neither a file"), "{job}");
}
