//! Comparing, composites, the gain surface, names: each equals what the core says when asked apart.

use super::town::{app, ask, baseline, call, get, spot};
use axum::http::StatusCode;
use serde_json::{Value, json};
use walkshed::coverage::Rule;
use walkshed::coverage::summary::counting;
use walkshed::ids::{GroupId, Id};
use walkshed::placement::gain::GainSurface;
use walkshed::placement::plan::Need;
use walkshed::progress::Silent;
use walkshed::reach::DemandTimes;
use walkshed::units::{Persons, WalkTime};

const S: &str = "/api/v1/studies/drawnton";
const CHOSEN: &str = "function=childcare&profile=adult&group=all&cutoff_min=5";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// Times to a function, from scratch.
fn times(function: u32) -> DemandTimes {
    let baseline = baseline();
    let walker = &baseline.walkers()[0];
    let serving = baseline.facilities.offering(&[walkshed::ids::FunctionId(function)]);
    walker.nearest(&baseline.graph, &walker.impedance, &serving, WalkTime::LONGEST)
}

#[tokio::test]
async fn a_composite_tells_how_many_functions_each_home_lacks() {
    let server = app();
    let uri =
        format!("{S}/composite?functions=childcare,clinic&profile=adult&group=all&cutoff_min=6");
    let told = get(&server, &uri).await;
    let (baseline, cutoff) = (baseline(), WalkTime::from_minutes(6.0).unwrap());
    let (a, b) = (times(0), times(1));
    let mut core = [Persons::ZERO; 3];
    let mut no_street = Persons::ZERO;
    for (id, persons) in counting(&baseline.demand, GroupId(0)) {
        if a.walk(id).is_none() {
            no_street += persons;
            continue;
        }
        core[usize::from(a.time(id) > cutoff) + usize::from(b.time(id) > cutoff)] += persons;
    }
    assert_eq!(told["missing_persons"], json!(core));
    assert_eq!(told["no_street_persons"], json!(no_street));
    assert!(core.iter().all(|persons| *persons > Persons::ZERO));
    assert_eq!(told["complete_persons"], json!(core[0]));
    let zones = told["zones"].as_array().unwrap();
    let city = zones.iter().find(|zone| zone["id"] == "city").unwrap();
    assert_eq!(city["missing_persons"], told["missing_persons"]);
    let default = get(&server, &format!("{S}/composite")).await;
    assert_eq!(default["functions"].as_array().unwrap().len(), 2, "those of the rules");
    let tile =
        ask(&server, "/tiles/drawnton/composite/childcare,clinic/adult/6/14/8647/8191.mvt", &[]);
    assert_eq!(tile.await.status, StatusCode::OK);
    for (uri, status) in [
        (format!("{S}/composite?functions=childcare,none"), StatusCode::NOT_FOUND),
        (format!("{S}/composite?functions="), StatusCode::OK),
        (
            "/tiles/drawnton/composite/none/adult/6/14/8647/8191.mvt".to_owned(),
            StatusCode::NOT_FOUND,
        ),
    ] {
        assert_eq!(ask(&server, &uri, &[]).await.status, status, "{uri}");
    }
}

#[tokio::test]
async fn the_gain_is_that_of_the_core_and_opening_there_gains_it() {
    let server = app();
    let told = get(&server, &format!("{S}/gain?{CHOSEN}")).await;
    let baseline = baseline();
    let rule: Rule = serde_json::from_value(json!({
        "id": "asked", "en": "", "zh": "", "functions": ["childcare"], "cutoff_min": 5.0,
        "profile": "adult", "group": "all", "source": "",
    }))
    .unwrap();
    let need = Need::find(baseline.site(), &baseline.walkers()[0], &rule).unwrap();
    let (node, gained) = GainSurface::find(&need, &Silent).unwrap().best().unwrap();
    let best = &told["best"][0];
    assert_eq!(best["gained_persons"], json!(gained));
    assert_eq!(told["max_gained_persons"], json!(gained));
    let place = baseline.graph.places()[node];
    assert_eq!(best["place"], json!([place.lon(), place.lat()]));
    let (_, made) =
        call(&server, "POST", &format!("{S}/scenarios"), Some(json!({ "name": "g" }))).await;
    let id = made["id"].as_str().unwrap();
    let edit = json!({
        "edit": "open_facility", "key": "best", "place": best["place"],
        "offers": [{ "function": "childcare" }],
    });
    let body = json!({ "edit": edit, "function": "childcare", "profile": "adult", "group": "all", "cutoff_min": 5 });
    let (_, effect) = call(&server, "POST", &format!("{S}/scenarios/{id}/edits"), Some(body)).await;
    assert_eq!(effect["gained_persons"], best["gained_persons"]);
    let after = get(&server, &format!("{S}/gain?{CHOSEN}&scenario={id}")).await;
    assert!(number(&after["left_out_persons"]) < number(&told["left_out_persons"]));
    let tile = "/tiles/drawnton/gain/childcare/adult/all/5/14/8647/8191.mvt";
    let (bare, edited) =
        (ask(&server, tile, &[]).await, ask(&server, &format!("{tile}?scenario={id}"), &[]).await);
    assert_eq!(bare.status, StatusCode::OK);
    assert_ne!(bare.header("etag"), edited.header("etag"));
}

#[tokio::test]
async fn two_scenarios_are_compared_and_the_points_add_up() {
    let server = app();
    let (_, made) = call(
        &server,
        "POST",
        &format!("{S}/scenarios"),
        Some(json!({
            "name": "closing", "edits": [{ "edit": "close_facility", "facility": "a" }],
        })),
    )
    .await;
    let id = made["id"].as_str().unwrap();
    let told = get(&server, &format!("{S}/compare?b={id}&{CHOSEN}")).await;
    assert_eq!((&told["a"]["name"], &told["b"]["name"]), (&Value::Null, &json!("closing")));
    let lost = number(&told["lost_persons"]);
    assert!(lost > 0.0 && number(&told["gained_persons"]) == 0.0);
    let difference = number(&told["a"]["covered_persons"]) - number(&told["b"]["covered_persons"]);
    assert!((difference - lost).abs() < 1e-6);
    let sum = |level: &str| -> f64 {
        let zones = told["zones"].as_array().unwrap().iter();
        zones.filter(|zone| zone["level"] == level).map(|zone| number(&zone["lost_persons"])).sum()
    };
    assert!((sum("city") - lost).abs() < 1e-6 && (sum("quarter") - lost).abs() < 1e-6);
    assert_eq!(told["groups"][0]["lost_persons"], told["lost_persons"]);
    let rule = &told["rules"][0];
    assert!(number(&rule["after_covered_persons"]) <= number(&rule["before_covered_persons"]));
    let points = get(&server, &format!("{S}/compare/points?a=baseline&b={id}&{CHOSEN}")).await;
    let points = points["features"].as_array().unwrap();
    let of_points: f64 = points.iter().map(|p| number(&p["properties"]["persons"])).sum();
    assert!((of_points - lost).abs() < 1e-6);
    assert!(points.iter().all(|point| point["properties"]["change"] == "lost"));
    let turned = get(&server, &format!("{S}/compare?a={id}&{CHOSEN}")).await;
    assert_eq!(turned["gained_persons"], told["lost_persons"]);
    let missing = ask(&server, &format!("{S}/compare?b=77"), &[]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn names_are_found_by_their_parts() {
    let server = app();
    for (typed, kind, name) in [
        ("drawn", "place", "Drawnton"),
        ("house B", "facility", "House b"),
        ("row 3", "street", "Row 3"),
        ("west", "zone", "Zone west"),
    ] {
        let uri = format!("{S}/search?q={}", typed.replace(' ', "%20"));
        let told = get(&server, &uri).await;
        let first = &told["results"][0];
        assert_eq!((&first["kind"], &first["name"]), (&json!(kind), &json!(name)), "{typed}");
    }
    let all = get(&server, &format!("{S}/search?q=o&limit=2")).await;
    assert_eq!(all["results"].as_array().unwrap().len(), 2);
    assert_eq!(get(&server, &format!("{S}/search?q=%20")).await["results"], json!([]));
    let wrong = ask(&server, &format!("{S}/search?q=a&limit=0"), &[]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn reach_tells_the_circle_and_draws_streets_on_wish() {
    let server = app();
    let uri = format!("{S}/reach?lon=10.0041&lat=0.0021&profile=adult&cutoff_min=5");
    let area = get(&server, &uri).await;
    let told = &area["features"][0]["properties"];
    assert!((number(&told["buffer_m"]) - 375.0).abs() < 1e-9);
    let middle = spot(4.1, 2.1);
    let inside: Persons = baseline()
        .demand
        .points
        .iter()
        .filter(|point| point.zone.is_some())
        .filter(|point| walkshed::spatial::frame::ground_distance(middle, point.place).0 <= 375.0)
        .map(|point| point.persons[GroupId(0).index()])
        .sum();
    assert_eq!(told["buffer_persons"]["all"], json!(inside));
    assert!(number(&told["buffer_persons"]["all"]) > number(&told["persons"]["all"]));
    let streets = get(&server, &format!("{uri}&what=streets")).await;
    let feature = &streets["features"][0];
    assert_eq!(feature["geometry"]["type"], "MultiLineString");
    assert_eq!(feature["properties"], *told);
    let wrong = ask(&server, &format!("{uri}&what=roads"), &[]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}
