//! Places counted, two tiers, gates, the worst zone, the front and centers with several functions, from the shell: each
//! plan is valid with its study, and no tampered one is.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn study() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/karhula")
}

/// Exit code, answer, messages.
fn run(words: &[&str]) -> (i32, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_walkshed")).args(words).output().unwrap();
    let Output { status, stdout, stderr } = done;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn place(&self, more: &[&str]) -> (i32, String, String) {
        let (study, out) = (study().display().to_string(), self.path("out"));
        let words = ["place", &study, "--time-limit-s", "6", "-q", "--out", &out];
        run(&[&words, more].concat())
    }

    /// Places, and checks on the streets that what came out is valid; the plan.
    fn valid(&self, more: &[&str]) -> (String, Value) {
        let (code, said, errors) = self.place(more);
        assert_eq!(code, 0, "{said}{errors}");
        let (file, study) = (self.path("out/solution.json"), study().display().to_string());
        let (code, checked, errors) = run(&["verify", &file, "--study", &study]);
        assert_eq!((code, checked.contains("the plan is valid")), (0, true), "{checked}{errors}");
        (said, serde_json::from_slice(&fs::read(file).unwrap()).unwrap())
    }

    /// Every change of `plan` is found out.
    fn assert_rejected(&self, plan: &Value, changes: &[Forgery]) {
        assert!(changes.len() >= 20, "{} kinds of tampering are too few", changes.len());
        for (name, path, change) in changes {
            let mut forged = plan.clone();
            let at = format!("/{path}");
            assert!(forged.pointer(&at).is_some(), "{name}: nothing at {path}");
            change(forged.pointer_mut(&at).unwrap());
            assert_ne!(&forged, plan, "{name} changes nothing");
            let file = self.path("forged.json");
            fs::write(&file, forged.to_string()).unwrap();
            let (code, said, errors) = run(&["verify", &file]);
            assert_eq!((code, said.contains("rejected")), (1, true), "{name}: {said}{errors}");
        }
    }
}

/// What is changed, where, and how.
type Forgery = (&'static str, String, fn(&mut Value));

fn more(number: &mut Value) {
    *number = json!(number.as_i64().unwrap() + 1);
}

fn less(number: &mut Value) {
    *number = json!(number.as_i64().unwrap() - 1);
}

fn large(number: &mut Value) {
    *number = json!(123_456.5);
}

fn shorter(list: &mut Value) {
    list.as_array_mut().unwrap().pop().unwrap();
}

fn twice(list: &mut Value) {
    let first = list[0].clone();
    list.as_array_mut().unwrap().push(first);
}

fn words(text: &mut Value) {
    *text = json!("something else");
}

/// What can be tampered with in every plan; `answer` is where the answer stands, `value` and `bound` its numbers.
fn everywhere(answer: &str, value: &str, bound: &str, tree: &str) -> Vec<Forgery> {
    let at = |path: &str| path.to_owned();
    let of = |path: &str| format!("{answer}/{path}");
    vec![
        ("fingerprint", at("fingerprint"), words),
        ("status in words", at("summary/status"), words),
        ("number of sites", at("summary/sites"), more),
        ("people after", at("summary/covered_after"), large),
        ("people before", at("summary/covered_before"), large),
        ("cost", at("summary/cost"), large),
        ("gap", at("summary/optimality_gap"), large),
        ("share", at("summary/share_after"), large),
        ("id of a site", at("sites/0/id"), words),
        ("number of a site", at("sites/0/site"), more),
        ("a site less", at("sites"), shorter),
        ("a site twice", at("sites"), twice),
        ("a claim less", at("claims/0"), shorter),
        ("a claim twice", at("claims/0"), twice),
        ("a claim of another site", at("claims/0/0/1"), |site| *site = json!(999_999)),
        ("a claim of another home", at("claims/0/0/0"), |home| *home = json!(999_999)),
        ("no claims", at("claims"), shorter),
        ("no promise", at("promises"), shorter),
        ("a larger value", of(value), more),
        ("a smaller bound", of(bound), less),
        ("a site of the answer less", of("chosen"), shorter),
        ("a site of the answer twice", of("chosen"), twice),
        ("no proof", of(tree), |tree| tree["nodes"] = json!([])),
    ]
}

#[test]
fn places_are_counted_and_no_tampered_plan_is_believed() {
    let desk = Desk::new();
    let asked = ["--problem", "capacitated", "--places-per-1000", "4.5", "--capacity", "9"];
    let promise = ["--function", "childcare", "--candidates", "grid:700", "--sites", "2"];
    let (said, plan) = desk.valid(&[&asked[..], &promise].concat());
    assert!(said.contains("in reach, but full"), "{said}");
    let split = fs::read_to_string(desk.path("out/split.csv")).unwrap();
    assert_eq!(split.lines().count(), 3, "{split}");
    assert!(fs::read_to_string(desk.path("out/plan.html")).unwrap().contains("id=\"split\""));
    // 9 places serve 2,000 people each.
    let sent = |site: &Value| -> i64 {
        let all = plan["work"]["plan"]["allocation"].as_array().unwrap().iter();
        all.filter(|a| a["site"] == *site).map(|a| a["persons"].as_i64().unwrap()).sum()
    };
    for site in plan["work"]["plan"]["chosen"].as_array().unwrap() {
        assert!((1..=2_000_000_000).contains(&sent(site)), "{}", sent(site));
    }
    let mut changes = everywhere("work/plan", "served", "bound", "certificate");
    changes.extend([
        ("people full", "work/plan/full".to_owned(), more as fn(&mut Value)),
        ("people out of reach", "work/plan/out_of_reach".to_owned(), less),
        ("more people sent", "work/plan/allocation/0/persons".to_owned(), more),
        ("more places", "work/instance/serves/1".to_owned(), more),
    ]);
    desk.assert_rejected(&plan, &changes);
}

#[test]
fn the_worst_zone_comes_first_and_no_tampered_plan_is_believed() {
    let desk = Desk::new();
    let asked = ["--problem", "max-min", "--function", "childcare", "--candidates", "grid:900"];
    let (said, plan) = desk.valid(&[&asked[..], &["--sites", "1"]].concat());
    assert!(said.contains("worst-off"), "{said}");
    assert_eq!(fs::read_to_string(desk.path("out/deciles.csv")).unwrap().lines().count(), 11);
    let mut changes = everywhere("work/plan", "people", "people_bound", "people_certificate");
    changes.extend([
        ("worst share", "work/plan/worst/covered".to_owned(), more as fn(&mut Value)),
        ("bound of the worst", "work/plan/worst_bound_ppb".to_owned(), less),
        ("a share", "work/plan/shares/0/covered".to_owned(), more),
        ("zone of a home", "work/instance/zone_of/0".to_owned(), |zone| *zone = json!(77)),
    ]);
    desk.assert_rejected(&plan, &changes);
}

#[test]
fn the_front_is_proven_and_no_tampered_one_is_believed() {
    let desk = Desk::new();
    let asked = ["--problem", "pareto", "--function", "childcare", "--candidates", "grid:900"];
    let (said, plan) = desk.valid(&[&asked[..], &["--sites", "2"]].concat());
    assert!(said.contains("Cost, people, worst-off"), "{said}");
    let points = plan["work"]["front"]["points"].as_array().unwrap().len();
    let file = fs::read_to_string(desk.path("out/front.csv")).unwrap();
    assert_eq!(file.lines().count(), points + 1, "{file}");
    let mut changes = everywhere("work/front/points/0", "people", "people_bound", "certificate");
    changes.extend([
        ("cost of a point", "work/front/points/0/cost".to_owned(), more as fn(&mut Value)),
        ("a point twice", "work/front/points".to_owned(), twice),
        ("no such point", "work/picked".to_owned(), |at| *at = json!(99)),
    ]);
    desk.assert_rejected(&plan, &changes);
}

#[test]
fn gates_are_found_and_no_tampered_plan_is_believed() {
    let desk = Desk::new();
    let asked = ["--problem", "gates", "--function", "childcare", "--gates", "2"];
    let (said, plan) = desk.valid(&asked);
    assert!(said.contains("Gates to open"), "{said}");
    let layer: Value =
        serde_json::from_slice(&fs::read(desk.path("out/gates.geojson")).unwrap()).unwrap();
    let gates = plan["work"]["instance"]["gates"].as_array().unwrap().len();
    assert_eq!(layer["features"].as_array().unwrap().len(), gates);
    let mut changes = everywhere("work/plan", "value", "bound", "certificate");
    changes.extend([
        ("a shorter gate", "work/instance/gates/0/crossing_ms".to_owned(), less as fn(&mut Value)),
        ("a way less", "work/instance/ways".to_owned(), shorter),
    ]);
    desk.assert_rejected(&plan, &changes);
    // With sites beside them, on the streets: a claim's time is walked again.
    let mixed = ["--candidates", "grid:1200", "--sites", "1"];
    let (_, plan) = desk.valid(&[&asked[..], &mixed].concat());
    let mut forged = plan.clone();
    less(&mut forged["claims"][0][0][2]);
    let file = desk.path("forged.json");
    fs::write(&file, forged.to_string()).unwrap();
    let (code, said, _) = run(&["verify", &file, "--study", &study().display().to_string()]);
    assert_eq!((code, said.contains("through the gates")), (1, true), "{said}");
}

/// Karhula with two promises of its own.
const TWO: [&str; 2] = ["childcare-15/on-foot", "childcare-15/ten-minutes"];

#[test]
fn stations_hang_under_centers_and_no_tampered_plan_is_believed() {
    let desk = Desk::new();
    let asked = ["--problem", "two-tier", "--rule", TWO[1], "--center-rule", TWO[0]];
    let limits = ["--candidates", "grid:900", "--sites", "2", "--centers", "1"];
    let (said, plan) = desk.valid(&[&asked[..], &limits].concat());
    assert!(said.contains("New stations and their centers"), "{said}");
    let mut changes = everywhere("work/plan", "value", "bound", "certificate");
    changes.retain(|change| !change.1.ends_with("/chosen"));
    changes.extend([
        ("a station less", "work/plan/stations".to_owned(), shorter as fn(&mut Value)),
        ("people by stations", "work/plan/by_stations".to_owned(), more),
        ("people by centers", "work/plan/by_centers".to_owned(), more),
        ("a duty less", "work/instance/over".to_owned(), shorter),
    ]);
    desk.assert_rejected(&plan, &changes);
}

#[test]
fn centers_keep_several_promises_and_no_tampered_plan_is_believed() {
    let desk = Desk::new();
    let asked = ["--problem", "centre", "--rule", TWO[0], "--also", "childcare-15/ten-minutes=0.5"];
    let limits = ["--candidates", "grid:900", "--sites", "2"];
    let (said, plan) = desk.valid(&[&asked[..], &limits].concat());
    assert!(said.contains("all of them"), "{said}");
    let mut changes = everywhere("work/plan", "value", "bound", "certificate");
    changes.extend([
        ("a function less", "work/plan/modules".to_owned(), shorter as fn(&mut Value)),
        ("people reached", "work/plan/reached/1".to_owned(), more),
        ("people with all", "work/plan/completed".to_owned(), more),
    ]);
    desk.assert_rejected(&plan, &changes);
}

#[test]
fn the_fewest_sites_have_most_backup_and_no_tampered_plan_is_believed() {
    let desk = Desk::new();
    let asked = ["--problem", "lscp-b", "--function", "childcare", "--candidates", "grid:700"];
    let (said, plan) = desk.valid(&[&asked[..], &["--target-share", "80%"]].concat());
    assert!(said.contains("within reach of two or more"), "{said}");
    let first = &plan["work"]["plan"]["first"];
    assert_eq!(first["value"], first["bound"]);
    let sites = plan["work"]["plan"]["chosen"].as_array().unwrap().len();
    assert_eq!(first["value"].as_u64(), Some(sites as u64));
    let alone = desk.place(&[
        "--problem",
        "lscp",
        "--function",
        "childcare",
        "--candidates",
        "grid:700",
        "--target-share",
        "80%",
        "--json",
    ]);
    let alone: Value = serde_json::from_str(&alone.1).unwrap();
    assert_eq!(alone["summary"]["sites"].as_u64(), Some(sites as u64), "as few as lscp finds");
    let (_, plan) = desk.valid(&[&asked[..], &["--target-share", "80%"]].concat());
    assert_eq!(fs::read_to_string(desk.path("out/backup.csv")).unwrap().lines().count(), 4);
    let mut changes = everywhere("work/plan", "backup", "backup_bound", "backup_certificate");
    changes.extend([
        ("fewer sites", "work/plan/first/value".to_owned(), less as fn(&mut Value)),
        ("a bound of the fewest", "work/plan/first/bound".to_owned(), more),
        ("who is covered twice", "work/instance/twice".to_owned(), |rows| *rows = json!([0])),
        ("who is covered again", "work/instance/again/0".to_owned(), |rows| *rows = json!([0])),
        ("another share", "ask/target_share".to_owned(), |share| *share = json!(0.5)),
    ]);
    desk.assert_rejected(&plan, &changes);
    // With the study, who has two open places in reach today is counted again.
    let mut forged = plan.clone();
    forged["work"]["instance"]["twice"] = json!([0]);
    let file = desk.path("forged.json");
    fs::write(&file, forged.to_string()).unwrap();
    let (code, said, _) = run(&["verify", &file, "--study", &study().display().to_string()]);
    assert_eq!((code, said.contains("rejected")), (1, true), "{said}");
}

#[test]
fn sites_are_far_apart_and_no_tampered_plan_is_believed() {
    let desk = Desk::new();
    let asked = ["--problem", "p-dispersion", "--function", "childcare"];
    let limits = ["--candidates", "grid:900", "--sites", "3"];
    let (said, plan) = desk.valid(&[&asked[..], &limits].concat());
    assert!(said.contains("nearest two"), "{said}");
    let found = &plan["work"]["plan"];
    assert_eq!(found["value"], found["bound"]);
    assert_eq!(fs::read_to_string(desk.path("out/apart.csv")).unwrap().lines().count(), 4);
    let mut changes = everywhere("work/plan", "value", "bound", "certificate");
    changes.extend([
        ("a longer walk", "work/instance/to_open/0".to_owned(), more as fn(&mut Value)),
        ("a walk less", "work/instance/apart/1".to_owned(), shorter),
        ("one site more", "work/rules/max_sites".to_owned(), more),
    ]);
    desk.assert_rejected(&plan, &changes);
}

#[test]
fn what_is_missing_is_said() {
    let desk = Desk::new();
    let function = ["--function", "childcare", "--candidates", "grid:900"];
    for (asked, said) in [
        (vec!["--problem", "capacitated", "--sites", "1"], "give --places-per-1000"),
        (vec!["--problem", "capacitated"], "give --sites P, --budget B or both"),
        (vec!["--problem", "two-tier", "--sites", "1"], "give --center-rule"),
        (vec!["--problem", "gates", "--sites", "1"], "give --gates K"),
        (vec!["--problem", "p-dispersion"], "give --sites P"),
        (vec!["--problem", "center", "--sites", "1"], "give --also"),
        (vec!["--problem", "worst-zone", "--sites", "1", "--phases", "2"], "knows no --phases"),
        (vec!["--problem", "pareto", "--sites", "999"], "up to 50 sites"),
    ] {
        let (code, _, errors) = desk.place(&[&function[..], &asked].concat());
        assert_eq!((code, errors.contains(said)), (2, true), "{asked:?}: {errors}");
    }
}
