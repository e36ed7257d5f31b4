//! `walkshed place --phases` and `walkshed verify`, as they are run from the shell.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn walkshed(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_walkshed")).args(args).output().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&path).ok();
    path
}

/// Places in phases on the Isle of Man; the folder, what was said, and the plan as JSON.
fn place(name: &str, args: &[&str]) -> (PathBuf, String, Value) {
    let out = folder(name);
    let study = concat!(env!("CARGO_MANIFEST_DIR"), "/data/isle-of-man");
    let shown = out.to_str().unwrap();
    let mut all = vec!["place", study, "--rule", "childcare-15/on-foot", "-q", "--out", shown];
    all.extend(["--time-limit-s", "4"]);
    all.extend(args);
    let done = walkshed(&all);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{text}{}", String::from_utf8_lossy(&done.stderr));
    let plan = std::fs::read(out.join("solution.json")).unwrap();
    (out, text, serde_json::from_slice(&plan).unwrap())
}

/// The exit code of `walkshed verify` on `plan`.
fn verified(folder: &std::path::Path, plan: &Value) -> Option<i32> {
    let file = folder.join("again.json");
    std::fs::write(&file, serde_json::to_vec(plan).unwrap()).unwrap();
    walkshed(&["verify", file.to_str().unwrap()]).status.code()
}

/// What is changed in a plan, and how.
type Forgery<'a> = (&'a str, fn(&mut Value));

/// Every change of the plan that `changes` makes is found out.
fn assert_rejected(folder: &std::path::Path, plan: &Value, changes: &[Forgery]) {
    for (what, change) in changes {
        let mut forged = plan.clone();
        change(&mut forged["phases"]);
        assert_ne!(&forged, plan, "{what} changes nothing");
        assert_eq!(verified(folder, &forged), Some(1), "{what} was believed");
    }
}

fn add(value: &mut Value, more: i64) {
    *value = json!(value.as_i64().unwrap() + more);
}

#[test]
fn a_covering_plan_opens_over_the_years_and_a_forged_order_is_rejected() {
    let asked =
        ["--problem", "lscp", "--target-share", "10%", "--phases", "3", "--first-year", "2026"];
    let (out, text, plan) =
        place("phases-lscp", &[&asked[..], &["--candidates", "grid:2500"]].concat());
    assert!(text.contains("2028") && text.contains("person-years"), "{text}");
    let table = std::fs::read_to_string(out.join("phases.csv")).unwrap();
    assert_eq!(table.lines().count(), 4, "{table}");
    let last: Vec<&str> = table.lines().last().unwrap().split(',').collect();
    assert!(last[7].parse::<f64>().unwrap() >= 0.1, "{table}");
    let years = plan["phases"]["plan"]["openings"].as_array().unwrap().len();
    assert_eq!(years, plan["solution"]["chosen"].as_array().unwrap().len());
    let sites = std::fs::read_to_string(out.join("sites.csv")).unwrap();
    assert_eq!(sites.lines().count(), years + 1);
    assert!(std::fs::read_to_string(out.join("plan.html")).unwrap().contains("id=\"phases\""));
    assert_eq!(verified(&out, &plan), Some(0));
    assert_rejected(
        &out,
        &plan,
        &[
            ("the value", |p| add(&mut p["plan"]["value"], 1)),
            ("people of a year", |p| add(&mut p["plan"]["covered"][0], 1)),
            ("money of a year", |p| add(&mut p["plan"]["spent"][1], -1)),
            ("the bound in all", |p| add(&mut p["bound"], -1)),
            ("the bound of a year", |p| add(&mut p["yearly"][1]["bound"], -1)),
            ("a bound left out", |p| {
                p["yearly"].as_array_mut().unwrap().pop();
            }),
            ("a later opening", |p| p["plan"]["openings"][0][0] = json!(2)),
            ("a site never opened", |p| {
                p["plan"]["openings"].as_array_mut().unwrap().pop();
            }),
            ("a site that is not there", |p| p["pool"][0] = json!(4_000_000)),
            ("more sites in a year", |p| p["problem"]["years"][0]["sites"] = json!(0)),
        ],
    );
}

#[test]
fn sites_and_years_are_chosen_together_and_never_worse_than_year_by_year() {
    let asked = ["--problem", "mclp", "--yearly-sites", "2,1,2", "--candidates", "grid:2500"];
    let (out, _, plan) = place("phases-mclp", &asked);
    let phases = &plan["phases"];
    let value = phases["plan"]["value"].as_i64().unwrap();
    assert!(value >= phases["plan"]["year_by_year"].as_i64().unwrap());
    assert!(value <= phases["bound"].as_i64().unwrap());
    assert_eq!(verified(&out, &plan), Some(0));
    assert_rejected(
        &out,
        &plan,
        &[
            ("fewer sites allowed", |p| p["problem"]["years"][0]["sites"] = json!(1)),
            ("a smaller bound", |p| add(&mut p["yearly"][0]["bound"], -1)),
            ("another question", |p| p["yearly"][0]["problem"]["rules"]["max_sites"] = json!(1)),
            ("another scope", |p| p["scope"] = json!("order")),
        ],
    );
}

#[test]
fn years_that_open_too_few_sites_say_so_in_both_languages() {
    let study = concat!(env!("CARGO_MANIFEST_DIR"), "/data/isle-of-man");
    let out = folder("phases-few");
    let asked = ["--problem", "lscp", "--target-share", "10%", "--yearly-sites", "1,1"];
    for (lang, said) in [("en", "the years together open only 2"), ("zh", "各年合计只能开设 2 个")]
    {
        let mut all = vec!["place", study, "--rule", "childcare-15/on-foot", "-q", "--lang", lang];
        all.extend(["--candidates", "grid:2500", "--time-limit-s", "2"]);
        all.extend(["--out", out.to_str().unwrap()]);
        all.extend(asked);
        let done = walkshed(&all);
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        assert_eq!(done.status.code(), Some(1), "{text}");
        assert!(text.contains(said), "{text}");
    }
}
