//! Scenarios through the router: edits, undo, previews, and answers as a scenario has them.

use std::path::Path;
use std::sync::Arc;

use super::town::{app, ask, call, get, in_folder, send, spot};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use walkshed::server::Server;

const S: &str = "/api/v1/studies/drawnton";

fn open_at(key: &str, column: f64, row: f64) -> Value {
    let place = spot(column, row);
    json!({
        "edit": "open_facility", "key": key, "name": "Corner", "place": [place.lon(), place.lat()],
        "offers": [{ "function": "childcare" }],
    })
}

const CHOSEN: &str = "function=childcare&profile=adult&group=all&cutoff_min=5";

fn with(edit: &Value) -> Value {
    let mut body = on_screen();
    body["edit"] = edit.clone();
    body
}

fn on_screen() -> Value {
    json!({ "function": "childcare", "profile": "adult", "group": "all", "cutoff_min": 5.0 })
}

async fn created(server: &Arc<Server>, body: Value) -> String {
    let (status, told) = call(server, "POST", &format!("{S}/scenarios"), Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{told}");
    told["id"].as_str().unwrap().to_owned()
}

async fn made(server: &Arc<Server>, path: &str, body: Value) -> Value {
    let (status, told) = call(server, "POST", &format!("{S}/scenarios/{path}"), Some(body)).await;
    assert_eq!(status, StatusCode::OK, "{path}: {told}");
    told
}

#[tokio::test]
async fn an_edit_changes_totals_as_a_coverage_of_the_scenario_tells_them() {
    let server = app();
    let id = created(&server, json!({ "name": "Plan" })).await;
    let before = get(&server, &format!("{S}/coverage?{CHOSEN}")).await;
    let edit = open_at("new", 4.0, 4.0);
    let preview = made(&server, &format!("{id}/preview"), with(&edit)).await;
    let same = get(&server, &format!("{S}/coverage?{CHOSEN}&scenario={id}")).await;
    assert_eq!(same["covered_persons"], before["covered_persons"], "nothing is kept of a preview");
    let effect = made(&server, &format!("{id}/edits"), with(&edit)).await;
    assert_eq!(preview["selection"], effect["selection"]);
    assert_eq!(preview["streets"], effect["streets"]);
    assert_eq!(preview["homes"], effect["homes"]);
    assert!(!effect["homes"]["features"].as_array().unwrap().is_empty());
    assert_eq!((&preview["revision"], &effect["revision"]), (&json!(1), &json!(2)));
    let after = get(&server, &format!("{S}/coverage?{CHOSEN}&scenario={id}")).await;
    let totals = &effect["selection"];
    for key in ["persons", "covered_persons", "share"] {
        assert_eq!(totals[key], after[key], "{key}");
    }
    let number = |value: &Value| value.as_f64().unwrap();
    let gained = number(&effect["gained_persons"]) - number(&effect["lost_persons"]);
    let difference = number(&after["covered_persons"]) - number(&before["covered_persons"]);
    assert!(gained > 0.0 && (gained - difference).abs() < 1e-6);
    for zone in totals["zones"].as_array().unwrap() {
        let zones = after["zones"].as_array().unwrap();
        let found = zones.iter().find(|found| found["id"] == zone["id"]).unwrap();
        assert_eq!(found["covered_persons"], zone["covered_persons"]);
    }
    assert!(!effect["streets"]["features"].as_array().unwrap().is_empty());
    let rule = &effect["rules"][0];
    assert!(number(&rule["covered_persons"]) >= number(&rule["before_covered_persons"]));
    let baseline = get(&server, &format!("{S}/coverage?{CHOSEN}")).await;
    assert_eq!(baseline, before, "the baseline never changes");
    let facilities = get(&server, &format!("{S}/facilities?scenario={id}")).await;
    assert_eq!(facilities["features"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_edit_of_the_study_as_it_stands_is_foreseen_without_a_scenario() {
    let server = app();
    let edit = open_at("new", 4.0, 4.0);
    let uri = format!("{S}/scenarios/baseline/preview");
    let (status, foreseen) = call(&server, "POST", &uri, Some(with(&edit))).await;
    assert_eq!(status, StatusCode::OK, "{foreseen}");
    let listed = get(&server, &format!("{S}/scenarios")).await;
    assert_eq!(listed["scenarios"], json!([]), "nothing begins by looking");
    let id = created(&server, json!({ "name": "Plan" })).await;
    let effect = made(&server, &format!("{id}/edits"), with(&edit)).await;
    for key in ["selection", "streets", "homes", "rules", "gained_persons"] {
        assert_eq!(foreseen[key], effect[key], "{key}");
    }
    let (_, again) = call(&server, "POST", &uri, Some(with(&edit))).await;
    assert_eq!(again, foreseen, "another's edits are not part of it");
    let kept = format!("{S}/scenarios/baseline/edits");
    let (status, _) = call(&server, "POST", &kept, Some(with(&edit))).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "nothing is kept under this name");
}

#[tokio::test]
async fn a_preview_where_no_street_is_says_so_and_tells_the_scenario_as_it_is() {
    let server = app();
    let id = created(&server, json!({ "name": "At sea" })).await;
    let now = made(&server, &format!("{id}/edits"), with(&open_at("new", 4.0, 4.0))).await;
    let afloat = json!({ "edit": "move_facility", "facility": "new", "place": [9.0, 9.0] });
    let told = made(&server, &format!("{id}/preview"), with(&afloat)).await;
    assert_eq!(told["obstacle"]["kind"], "no_street");
    assert!(told["obstacle"]["limit_m"].as_f64().unwrap() > 0.0);
    let detail = told["obstacle"]["detail"].as_str().unwrap();
    assert!(detail.contains("no street that any profile may walk"), "{detail}");
    for key in ["persons", "covered_persons", "share"] {
        assert_eq!(told["selection"][key], now["selection"][key], "{key}");
    }
    assert_eq!((&told["gained_persons"], &told["lost_persons"]), (&json!(0.0), &json!(0.0)));
    assert_eq!(told["streets"]["features"], json!([]));
    let near = json!({ "edit": "move_facility", "facility": "new", "place": open_at("", 3.0, 4.0)["place"] });
    let told = made(&server, &format!("{id}/preview"), with(&near)).await;
    assert_eq!(told["obstacle"], Value::Null, "the next step is an ordinary one");
    let (_, wide) = call(
        &server,
        "POST",
        &format!("{S}/scenarios/baseline/preview"),
        Some(with(&open_at("far", 400.0, 4.0))),
    )
    .await;
    assert_eq!(wide["obstacle"]["kind"], "no_street", "{wide}");
}

#[tokio::test]
async fn undo_and_redo_go_back_and_forth_and_a_new_edit_ends_redoing() {
    let server = app();
    let id = created(&server, json!({ "name": "Back and forth" })).await;
    let first = made(&server, &format!("{id}/edits"), with(&open_at("a", 4.0, 4.0))).await;
    let close = json!({ "edit": "close_facility", "facility": "b" });
    let second = made(&server, &format!("{id}/edits"), with(&close)).await;
    assert!(second["lost_persons"].as_f64().unwrap() > 0.0);
    let back = made(&server, &format!("{id}/undo"), on_screen()).await;
    assert_eq!(back["selection"]["covered_persons"], first["selection"]["covered_persons"]);
    assert_eq!(back["gained_persons"], second["lost_persons"]);
    assert_eq!((&back["can_undo"], &back["can_redo"]), (&json!(true), &json!(true)));
    let again = made(&server, &format!("{id}/redo"), on_screen()).await;
    assert_eq!(again["selection"]["covered_persons"], second["selection"]["covered_persons"]);
    let (status, _) = call(&server, "POST", &format!("{S}/scenarios/{id}/redo"), None).await;
    assert_eq!(status, StatusCode::CONFLICT);
    made(&server, &format!("{id}/undo"), on_screen()).await;
    made(&server, &format!("{id}/edits"), with(&open_at("c", 0.0, 4.0))).await;
    let told = get(&server, &format!("{S}/scenarios/{id}")).await;
    assert_eq!(told["edits"].as_array().unwrap().len(), 2);
    assert_eq!(told["can_redo"], false);
    let history = get(&server, &format!("{S}/scenarios/{id}/history")).await;
    let what: Vec<&str> = history["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["what"].as_str().unwrap())
        .collect();
    assert_eq!(what, ["create", "edit", "edit", "undo", "redo", "undo", "edit"]);
}

#[tokio::test]
async fn an_edit_that_cannot_be_made_changes_nothing_and_says_why() {
    let server = app();
    let id = created(&server, json!({ "name": "Odd" })).await;
    for (edit, words) in [
        (json!({ "edit": "close_facility", "facility": "aa" }), "most similar key is \"a\""),
        (json!({ "edit": "add_street", "line": [] }), "at least two places"),
        (json!({ "edit": "fly" }), "unknown variant `fly`"),
        (json!({ "edit": "open_barrier", "place": [999, 0] }), "the body cannot be used"),
    ] {
        for path in ["edits", "preview"] {
            let uri = format!("{S}/scenarios/{id}/{path}");
            let (status, told) = call(&server, "POST", &uri, Some(with(&edit))).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            assert!(told["detail"].as_str().unwrap().contains(words), "{told}");
        }
    }
    let uri = format!("{S}/scenarios/{id}/edits");
    let (status, told) = call(&server, "POST", &uri, Some(with(&open_at("far", 400.0, 4.0)))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
    assert!(told["detail"].as_str().unwrap().contains("no street that any profile may walk"));
    let told = get(&server, &format!("{S}/scenarios/{id}")).await;
    assert_eq!((&told["revision"], &told["edits"]), (&json!(1), &json!([])));
    let uri = format!("{S}/scenarios/99/edits");
    let (status, _) = call(&server, "POST", &uri, Some(with(&open_at("x", 1.0, 1.0)))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn scenarios_are_named_copied_deleted_and_restored() {
    let server = app();
    let first = created(&server, json!({ "name": "Plan", "notes": "n" })).await;
    made(&server, &format!("{first}/edits"), with(&open_at("a", 4.0, 4.0))).await;
    let copy = created(&server, json!({ "from": first })).await;
    let told = get(&server, &format!("{S}/scenarios/{copy}")).await;
    assert_eq!(told["name"], "Plan 2");
    assert_eq!(told["edits"].as_array().unwrap().len(), 1);
    let uri = format!("{S}/scenarios/{copy}");
    let (status, told) = call(&server, "PATCH", &uri, Some(json!({ "name": "Plan" }))).await;
    assert_eq!(status, StatusCode::CONFLICT, "{told}");
    let (_, told) = call(&server, "PATCH", &uri, Some(json!({ "name": " Other " }))).await;
    assert_eq!((&told["name"], &told["notes"]), (&json!("Other"), &json!("n")));
    let (status, _) = call(&server, "DELETE", &uri, None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(ask(&server, &uri, &[]).await.status, StatusCode::NOT_FOUND);
    let gone = ask(&server, &format!("{S}/coverage?scenario={copy}"), &[]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let list = get(&server, &format!("{S}/scenarios")).await;
    assert_eq!(list["deleted"][0]["id"], json!(copy));
    let (status, told) = call(&server, "POST", &format!("{uri}/restore"), None).await;
    assert_eq!((status, &told["name"]), (StatusCode::OK, &json!("Other")));
    get(&server, &format!("{S}/coverage?scenario={copy}")).await;
}

#[tokio::test]
async fn files_are_taken_in_and_given_out_and_what_is_kept_outlives_the_server() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scenarios")).unwrap();
    let file = json!({ "name": "From a file", "edits": [open_at("f", 4.0, 4.0)] });
    std::fs::write(folder.path().join("scenarios/plan.json"), file.to_string()).unwrap();
    std::fs::write(folder.path().join("secret.json"), "{}").unwrap();
    let server = in_folder(folder.path());
    let list = get(&server, &format!("{S}/scenarios")).await;
    assert_eq!(list["files"], json!(["plan.json"]));
    assert!(!Path::new(&folder.path().join("scenarios.gpkg")).exists(), "reading writes nothing");
    let id = created(&server, json!({ "file": "plan.json" })).await;
    for outside in ["../secret.json", "/etc/passwd", "secret.json"] {
        let uri = format!("{S}/scenarios");
        let (status, _) = call(&server, "POST", &uri, Some(json!({ "file": outside }))).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{outside}");
    }
    made(&server, &format!("{id}/edits"), with(&open_at("g", 1.0, 4.0))).await;
    let whole = get(&server, &format!("{S}/coverage?{CHOSEN}&scenario={id}")).await;
    drop(server);
    let server = in_folder(folder.path());
    let again = get(&server, &format!("{S}/coverage?{CHOSEN}&scenario={id}")).await;
    assert_eq!(whole, again);
    let out = get(&server, &format!("{S}/scenarios/{id}/file")).await;
    assert_eq!(out["name"], "From a file");
    assert_eq!(out["edits"].as_array().unwrap().len(), 2);
    let other = in_folder(folder.path());
    made(&other, &format!("{id}/undo"), on_screen()).await;
    let told = get(&server, &format!("{S}/coverage?{CHOSEN}&scenario={id}")).await;
    assert_ne!(told["covered_persons"], whole["covered_persons"], "two servers share one file");
}

#[tokio::test]
async fn after_an_edit_only_tiles_that_changed_get_another_tag() {
    let server = app();
    let id = created(&server, json!({ "name": "Tiles" })).await;
    let uri =
        |x: u32| format!("/tiles/drawnton/time/childcare/adult/15/{x}/16383.mvt?scenario={id}");
    let columns: Vec<u32> = (17_292..17_300).collect();
    let mut before = Vec::new();
    for &x in &columns {
        before.push(ask(&server, &uri(x), &[]).await);
    }
    let close = json!({ "edit": "close_facility", "facility": "a" });
    made(&server, &format!("{id}/edits"), with(&close)).await;
    let (mut changed, mut same) = (0, 0);
    for (&x, before) in columns.iter().zip(&before) {
        let tag = before.header("etag");
        let after = ask(&server, &uri(x), &[("if-none-match", tag)]).await;
        match after.status {
            StatusCode::OK => changed += 1,
            StatusCode::NOT_MODIFIED => same += 1,
            status => assert_eq!((status, before.status), (StatusCode::NO_CONTENT, status)),
        }
        let bare = ask(&server, &format!("{}&", uri(x)), &[]).await;
        assert_eq!(bare.status == StatusCode::OK, after.status != StatusCode::NO_CONTENT);
    }
    assert!(changed > 0 && same > 0, "{changed} changed, {same} stayed");
    made(&server, &format!("{id}/undo"), on_screen()).await;
    for (&x, before) in columns.iter().zip(&before) {
        let back = ask(&server, &uri(x), &[]).await;
        assert_eq!(back.body, before.body, "undone, every tile is as it was");
    }
}

/// Status of a change that says which revision it was made on.
async fn changed_on(
    server: &Arc<Server>,
    (method, path): (&str, &str),
    (revision, body): (&str, Option<Value>),
) -> (StatusCode, Value) {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{S}/scenarios/{path}"))
        .header(header::HOST, "localhost")
        .header(header::IF_MATCH, revision);
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let answer = send(server, request.body(body).unwrap()).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_change_made_on_an_older_revision_is_refused_and_takes_nothing_of_others_back() {
    let server = app();
    let id = created(&server, json!({ "name": "Shared" })).await;
    let first = made(&server, &format!("{id}/edits"), with(&open_at("mine", 1.0, 1.0))).await;
    assert_eq!(first["revision"], 2);
    // Somebody else adds a site; whoever still looks at revision 2 may change nothing.
    made(&server, &format!("{id}/edits"), with(&open_at("theirs", 7.0, 3.0))).await;
    let edit = Some(with(&open_at("late", 2.0, 2.0)));
    for (way, body) in [
        (("POST", format!("{id}/undo")), Some(on_screen())),
        (("POST", format!("{id}/edits")), edit.clone()),
        (("PATCH", id.clone()), Some(json!({ "notes": "old" }))),
        (("DELETE", id.clone()), None),
    ] {
        let (status, told) = changed_on(&server, (way.0, &way.1), ("\"2\"", body)).await;
        assert_eq!(status, StatusCode::PRECONDITION_FAILED, "{way:?} {told}");
        assert!(told["detail"].as_str().unwrap().contains("its revision is 3"), "{told}");
    }
    let kept = get(&server, &format!("{S}/scenarios/{id}")).await;
    assert_eq!((&kept["revision"], kept["edits"].as_array().unwrap().len()), (&json!(3), 2));
    let (status, _) = changed_on(&server, ("POST", &format!("{id}/edits")), ("3", edit)).await;
    assert_eq!(status, StatusCode::OK);
    let notes = Some(json!({ "notes": "new" }));
    let (status, told) = changed_on(&server, ("PATCH", &id), ("\"4\"", notes)).await;
    assert_eq!((status, &told["revision"]), (StatusCode::OK, &json!(5)), "notes count too");
    let (status, _) = changed_on(&server, ("POST", &format!("{id}/undo")), ("abc", None)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
