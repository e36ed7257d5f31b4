//! Every problem of `walkshed place` asked of the API: value, bound and sites are those of the shell.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by failing")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use walkshed::delivery::Papers;
use walkshed::import::load::{MapDetail, load_study};
use walkshed::progress::Silent;
use walkshed::server::{AppInput, KindArea, MapContent, Server, Shelf, StudyMeta, router};

/// A shipped city behind a router, and so few candidates on it that every problem is proven in a moment.
struct City {
    id: &'static str,
    grid: &'static str,
    server: Arc<Server>,
}

const ISLE_OF_MAN: (&str, &str) = ("isle-of-man", "grid:5000");
const KARHULA: (&str, &str) = ("karhula", "grid:700");

impl City {
    fn new((id, grid): (&'static str, &'static str)) -> Self {
        Self { id, grid, server: served(id) }
    }
}

fn study(id: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(id)
}

fn served(id: &str) -> Arc<Server> {
    let loaded = load_study(&study(id), MapDetail::Full, &Silent).unwrap();
    let open = |_: &dyn walkshed::progress::Progress| Err("it is open".to_owned());
    let shelf = Shelf {
        id: id.into(),
        name: id.into(),
        folder: None,
        described: None,
        open: Arc::new(open),
    };
    let server = Server::new(vec![shelf]);
    let meta =
        StudyMeta { id: id.into(), name: id.into(), language: "en".into(), ..StudyMeta::default() };
    let area = |base: &walkshed::import::osm::BaseArea| KindArea {
        kind: base.kind.into(),
        area: base.area.clone(),
    };
    let water = loaded.basemap.water_areas.iter().map(area).collect();
    let buildings = loaded.buildings.iter().map(|building| building.outline.clone()).collect();
    let input = AppInput {
        content: MapContent { buildings, water, ..MapContent::default() },
        baseline: loaded.baseline,
        audit_json: None,
        papers: Papers::default(),
        meta,
    };
    server.put(id, input).unwrap();
    Arc::new(server)
}

async fn call(server: &Arc<Server>, method: &str, at: &str, body: Option<&Value>) -> Value {
    let request = Request::builder().method(method).uri(at).header("host", "localhost");
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        None => request.body(Body::empty()).unwrap(),
    };
    let response = router(Arc::clone(server)).oneshot(request).await.unwrap();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

/// What the page is told of the plan that `body` asks for.
async fn by_page(city: &City, body: &Value) -> Value {
    let server = &city.server;
    let place = format!("/api/v1/studies/{}/place", city.id);
    let begun = call(server, "POST", &place, Some(body)).await;
    let id = begun["id"].as_str().unwrap_or_else(|| panic!("{body}: {begun}")).to_owned();
    let at = format!("/api/v1/jobs/{id}");
    loop {
        let job = call(server, "GET", &at, None).await;
        match job["state"].as_str().unwrap() {
            "queued" | "running" => tokio::time::sleep(Duration::from_millis(20)).await,
            "done" => break,
            _ => panic!("{body}: {job}"),
        }
    }
    let verified = call(server, "POST", &format!("{at}/verify"), None).await;
    assert_eq!(verified["valid"], true, "{body}: {verified}");
    call(server, "GET", &format!("{at}/result"), None).await
}

/// What the shell writes for the same: `solution.json`.
fn by_shell(city: &City, (name, args): (&str, &[&str])) -> (Value, Value) {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("place-api").join(name);
    std::fs::remove_dir_all(&out).ok();
    let study = study(city.id).display().to_string();
    let mut all = vec!["place", &study, "-q", "--json", "--out", out.to_str().unwrap()];
    all.extend(args);
    let done = Command::new(env!("CARGO_BIN_EXE_walkshed")).args(&all).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {:?} {said}", done.status.code());
    let file = std::fs::read(out.join("solution.json")).unwrap();
    (serde_json::from_slice(&done.stdout).unwrap(), serde_json::from_slice(&file).unwrap())
}

fn ids(plan: &Value) -> Vec<String> {
    let mut ids: Vec<String> = plan["sites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| site["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort_unstable();
    ids
}

fn divisor(unit: &str) -> f64 {
    match unit {
        "persons" => 1e6,
        "cost" => 1e3,
        "percent" => 1e7,
        "person_min" => 6e7,
        "min" => 6e4,
        _ => 1.0,
    }
}

/// The shell and the page answer `name` alike; the answer of the page.
async fn alike(city: &City, name: &str, (args, body): (&[&str], Value)) -> Value {
    let (said, file) = by_shell(city, (name, args));
    let told = by_page(city, &body).await;
    let scale = divisor(told["unit"].as_str().unwrap());
    for word in ["value", "bound"] {
        let own =
            said.get(word).filter(|value| value.is_number()).unwrap_or(&file["solution"][word]);
        let own = own.as_i64().unwrap_or_else(|| panic!("{name}: {said}")) as f64 / scale;
        let found = told[word].as_f64().unwrap();
        assert!(
            (own - found).abs() <= 1e-9 * (1.0 + own.abs()),
            "{name}: {word} {own} and {found}"
        );
    }
    assert_eq!(said["summary"]["optimality_gap"], told["gap"], "{name}");
    assert_eq!(said["summary"]["status"], told["status"], "{name}");
    assert_eq!(ids(&said), ids(&told), "{name}");
    if let Some(phases) = file["phases"].as_object() {
        let own = phases["plan"]["covered"].as_array().unwrap();
        let rows = told["phases"].as_array().unwrap();
        assert_eq!(own.len(), rows.len(), "{name}");
        let before = told["before"]["covered_persons"].as_f64().unwrap();
        for (own, row) in own.iter().zip(rows) {
            let covered = row["covered_persons"].as_f64().unwrap() - before;
            assert!((own.as_i64().unwrap() as f64 / 1e6 - covered).abs() < 1e-6, "{name}: {row}");
        }
    }
    told
}

const RULE: [&str; 2] = ["--rule", "childcare-15/on-foot"];

fn asked(more: &Value) -> Value {
    let mut body = json!({ "rule": "childcare-15/on-foot", "candidates": [] });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Covering problems: name, words of the shell, body of the page.
fn covering_problems() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("mclp", "--sites 3", json!({ "sites": 3 })),
        (
            "years",
            "--problem mclp --yearly-sites 2,1 --first-year 2027",
            json!({ "problem": "mclp", "yearly_sites": [2, 1], "first_year": 2027 }),
        ),
        (
            "years-budget",
            "--problem mclp --yearly-budget 1,2 --milestone 2=60%",
            json!({ "problem": "mclp", "yearly_budget": [1.0, 2.0], "milestones": [{ "year": 2, "share": 0.6 }] }),
        ),
        (
            "lscp-years",
            "--problem lscp --target-share 0.7 --phases 2",
            json!({ "problem": "lscp", "target_share": 0.7, "phases": 2 }),
        ),
        (
            "cost",
            "--problem cost-to-target --target-share 0.7",
            json!({ "problem": "cost-to-target", "target_share": 0.7 }),
        ),
    ]
}

/// The other problems, alike.
fn other_problems() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "p-median",
            "--problem p-median --sites 3 --unserved-min 90",
            json!({ "problem": "p-median", "sites": 3, "unserved_min": 90.0 }),
        ),
        (
            "p-center",
            "--problem p-center --sites 4 --reach-min 400",
            json!({ "problem": "p-center", "sites": 4, "reach_min": 400.0 }),
        ),
        (
            "capacitated",
            "--problem capacitated --sites 1 --places-per-1000 45 --capacity 60",
            json!({ "problem": "capacitated", "sites": 1, "places_per_1000": 45.0, "capacity": 60.0 }),
        ),
        (
            "worst-zone",
            "--problem worst-zone --sites 2",
            json!({ "problem": "worst-zone", "sites": 2 }),
        ),
        (
            "p-dispersion",
            "--problem p-dispersion --sites 3",
            json!({ "problem": "p-dispersion", "sites": 3 }),
        ),
        (
            "lscp-b",
            "--problem lscp-b --target-share 0.7",
            json!({ "problem": "lscp-b", "target_share": 0.7 }),
        ),
        ("pareto", "--problem pareto --sites 2", json!({ "problem": "pareto", "sites": 2 })),
        (
            "gates",
            "--problem gates --gates 1 --sites 2 --gates-most 40",
            json!({ "problem": "gates", "gates": 1, "sites": 2, "gates_most": 40 }),
        ),
        (
            "two-tier",
            "--problem two-tier --center-rule childcare-15/ten-minutes --sites 2 --centers 1",
            json!({ "problem": "two-tier", "center_rule": "childcare-15/ten-minutes", "sites": 2, "centers": 1 }),
        ),
        (
            "center",
            "--problem center --also childcare-15/ten-minutes=0.5 --sites 2 --complete-worth 2 --house some",
            json!({
                "problem": "center", "sites": 2, "complete_worth": 2, "house": "some",
                "also": [{ "rule": "childcare-15/ten-minutes", "cost": 0.5 }],
            }),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_answers_every_problem_as_the_shell_does() {
    let city = City::new(KARHULA);
    for (name, args, more) in covering_problems().into_iter().chain(other_problems()) {
        let told = asked_of_both(&city, name, (args, &more)).await;
        assert!(!told["sites"].as_array().unwrap().is_empty(), "{name}: {told}");
        if ["two-tier", "center"].contains(&name) {
            assert!(!told["tables"].as_array().unwrap().is_empty(), "{name}: {told}");
        }
    }
}

/// The proven answer of shell and page on the same few candidates.
async fn asked_of_both(city: &City, name: &str, (args, more): (&str, &Value)) -> Value {
    let mut all = [&RULE[..], &["--candidates", city.grid]].concat();
    all.extend(args.split(' '));
    let mut body = asked(more);
    body["candidates"] = json!([city.grid]);
    if body["problem"].is_null() {
        body["problem"] = json!("mclp");
    }
    let told = alike(city, name, (&all, body)).await;
    assert_eq!(told["status"], "optimal", "{name} is small enough to be proven: {told}");
    told
}

/// Three sites without rules: the second and the third are 10 km apart, none is in Onchan.
#[tokio::test(flavor = "multi_thread")]
async fn spacing_zones_and_milestones_change_the_plan_as_they_do_in_the_shell() {
    let city = City::new(ISLE_OF_MAN);
    let free = asked_of_both(&city, "free", ("--sites 3", &json!({ "sites": 3 }))).await;
    let spaced = json!({ "sites": 3, "min_spacing_m": 12_000.0 });
    let spaced = asked_of_both(&city, "spaced", ("--sites 3 --min-spacing-m 12000", &spaced)).await;
    let zoned = json!({ "sites": 3, "zone_max": { "*": 1 }, "zone_min": { "Onchan": 1 } });
    let zoned =
        asked_of_both(&city, "zoned", ("--sites 3 --zone-max *=1 --zone-min Onchan=1", &zoned))
            .await;
    for (name, told) in [("spaced", &spaced), ("zoned", &zoned)] {
        assert_ne!(ids(told), ids(&free), "{name}");
        assert!(told["value"].as_f64() < free["value"].as_f64(), "{name}");
    }
    let zones = zoned["sites"].as_array().unwrap();
    assert_eq!(zones.iter().filter(|site| site["zone"] == "Onchan").count(), 1, "{zoned}");
    let fewest = json!({ "problem": "lscp", "target_share": 0.04, "min_spacing_m": 12_000.0 });
    let words = "--problem lscp --target-share 4% --min-spacing-m 12000";
    asked_of_both(&city, "lscp-spaced", (words, &fewest)).await;
    let dated = json!({
        "yearly_sites": [2, 1], "first_year": 2027,
        "milestones": [{ "year": 2027, "share": 0.03 }, { "year": 2, "share": 0.04 }],
    });
    let words = "--yearly-sites 2,1 --first-year 2027 --milestone 2027=3% --milestone 2=4%";
    let dated = asked_of_both(&city, "dated", (words, &dated)).await;
    for (row, asked) in dated["phases"].as_array().unwrap().iter().zip([0.03, 0.04]) {
        let told = row["milestone_share"].as_f64().unwrap();
        assert!((told - asked).abs() < 1e-9, "{row}");
        assert!(row["share"].as_f64().unwrap() >= told, "{row}");
    }
    let mut late =
        asked(&json!({ "problem": "mclp", "yearly_sites": [1, 1], "candidates": [city.grid] }));
    late["milestones"] = json!([{ "year": 1, "share": 0.5 }]);
    let late = by_page(&city, &late).await;
    assert_eq!(late["years"]["status"], "infeasible", "{late}");
    assert!(late["years"]["reason"].as_str().unwrap().contains("milestone"), "{late}");
}
