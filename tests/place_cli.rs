//! `walkshed place` and `walkshed verify` as programs, on the smallest real study.
#![expect(
    clippy::unwrap_used,
    clippy::fn_params_excessive_bools,
    reason = "a test says what went wrong by failing"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

fn study() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/karhula")
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkshed"));
    command.args(words).stdin(Stdio::null());
    command
}

/// Exit code, answer, messages.
fn run(words: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command(words).output().unwrap();
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

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// Places in Karhula with `more` words on the command line, into `out`.
    fn place(&self, more: &[&str]) -> (i32, String, String) {
        let (study, out) = (study().display().to_string(), self.path("out"));
        let words = ["place", &study, "--function", "childcare", "--out", &out];
        run(&[&words, more].concat())
    }

    fn solution(&self) -> String {
        self.path("out/solution.json")
    }

    fn verify(&self, with_study: bool) -> (i32, String, String) {
        let (file, study) = (self.solution(), study().display().to_string());
        let words: &[&str] =
            if with_study { &["verify", &file, "--study", &study] } else { &["verify", &file] };
        run(words)
    }

    /// Changes the plan on disk, asks the verifier, and puts it back.
    fn tampered(&self, change: impl FnOnce(&mut Value)) -> (i32, String, String) {
        let text = fs::read_to_string(self.solution()).unwrap();
        let mut plan: Value = serde_json::from_str(&text).unwrap();
        change(&mut plan);
        assert_ne!(plan, serde_json::from_str::<Value>(&text).unwrap(), "nothing was changed");
        fs::write(self.solution(), plan.to_string()).unwrap();
        let found = self.verify(false);
        fs::write(self.solution(), text).unwrap();
        found
    }
}

/// What is changed in a plan, and how.
type Forgery = (&'static str, fn(&mut Value));

fn add(number: &mut Value, more: i64) {
    *number = json!(number.as_i64().unwrap() + more);
}

/// A nursery that a scenario opens is there when sites are placed and when they are checked.
#[test]
fn a_plan_on_a_scenario_is_checked_on_it() {
    let desk = Desk::new();
    let scenario = desk.write(
        "nursery.json",
        r#"{"name": "nursery", "edits": [{"edit": "open_facility", "key": "new", "place": [26.95, 60.53],
            "offers": [{"function": "childcare", "capacity": 40}]}]}"#,
    );
    let asked = ["--sites", "1", "--candidates", "grid:700"];
    let covered = |more: &[&str]| {
        let (code, said, errors) = desk.place(&[&asked[..], more].concat());
        assert_eq!(code, 0, "{said}{errors}");
        let plan: Value = serde_json::from_slice(&fs::read(desk.solution()).unwrap()).unwrap();
        plan["summary"]["covered_before"].as_f64().unwrap()
    };
    let (without, with) = (covered(&[]), covered(&["--scenario", &scenario]));
    assert!(with > without, "{with} {without}");
    let study = study().display().to_string();
    let verify = ["verify", &desk.solution(), "--study", &study];
    let (code, said, errors) =
        run(&[&verify[..], &["--scenario", &scenario, "--lang", "zh"]].concat());
    assert_eq!((code, said.contains("方案有效")), (0, true), "{said}{errors}");
    let (code, said, errors) = run(&verify);
    assert_eq!((code, said.contains("rejected: ")), (1, true), "{said}{errors}");
}

#[test]
fn a_covering_plan_is_valid_and_no_tampered_one_is() {
    let desk = Desk::new();
    let (code, said, errors) = desk.place(&["--sites", "2", "--candidates", "grid:400"]);
    assert_eq!(code, 0, "{said}{errors}");
    assert!(said.contains("optimal"), "{said}");
    let (code, said, errors) = desk.verify(true);
    assert_eq!((code, said.contains("the plan is valid")), (0, true), "{said}{errors}");
    let changes: [Forgery; 9] = [
        ("value", |plan| add(&mut plan["solution"]["value"], 1)),
        ("bound", |plan| add(&mut plan["solution"]["bound"], -1)),
        ("status", |plan| plan["summary"]["status"] = json!("feasible")),
        ("sites", |plan| plan["summary"]["sites"] = json!(1)),
        ("people", |plan| plan["summary"]["covered_after"] = json!(1e6)),
        ("weight", |plan| add(&mut plan["instance"]["weights"][0], 1)),
        ("chosen", |plan| plan["solution"]["chosen"][0] = json!(0)),
        ("a claim less", |plan| drop(plan["claims"].as_array_mut().unwrap().pop())),
        ("fingerprint", |plan| plan["instance"]["fingerprint"] = json!("0")),
    ];
    for (name, change) in changes {
        let (code, said, errors) = desk.tampered(change);
        assert_eq!((code, said.contains("rejected")), (1, true), "{name}: {said}{errors}");
    }
}

#[test]
fn p_median_and_p_center_are_valid_and_no_tampered_one_is() {
    let desk = Desk::new();
    for problem in ["p-center", "p-median"] {
        let more = ["--problem", problem, "--sites", "2", "--candidates", "grid:600"];
        let (code, said, errors) = desk.place(&more);
        assert_eq!((code, said.contains("optimal")), (0, true), "{said}{errors}");
        for name in ["sites.csv", "sites.geojson", "assigned.csv", "zones.csv", "progress.jsonl"] {
            assert!(fs::metadata(desk.path(&format!("out/{name}"))).unwrap().len() > 0, "{name}");
        }
        let page = fs::read_to_string(desk.path("out/plan.html")).unwrap();
        assert!(page.contains(problem) && page.contains("<svg class=\"map\""), "{page}");
        let (code, said, errors) = desk.verify(true);
        assert_eq!((code, said.contains("the plan is valid")), (0, true), "{said}{errors}");
    }
    let changes: [Forgery; 8] = [
        ("value", |plan| add(&mut plan["solution"]["value"], -1)),
        ("bound", |plan| add(&mut plan["solution"]["bound"], 1)),
        ("mean", |plan| plan["summary"]["after"]["mean"] = json!(0.5)),
        ("weight", |plan| add(&mut plan["instance"]["weights"][0], 1)),
        ("a walk", |plan| add(&mut plan["claims"][0][2], -1)),
        ("a claim less", |plan| drop(plan["claims"].as_array_mut().unwrap().pop())),
        ("one site too many", |plan| plan["solution"]["problem"]["max_sites"] = json!(1)),
        ("gain", |plan| plan["sites"][0]["gain_persons"] = json!(1e6)),
    ];
    for (name, change) in changes {
        let (code, said, errors) = desk.tampered(change);
        assert_eq!((code, said.contains("rejected")), (1, true), "{name}: {said}{errors}");
    }
}

#[test]
fn an_or_library_file_is_solved_and_its_distances_are_checked_again() {
    let desk = Desk::new();
    // A ring of six with a spoke: two sites serve it at 4 in all, and nobody farther than 1.
    let file = desk.write("ring.txt", "6 6 2\n1 2 1\n2 3 1\n3 4 1\n4 5 1\n5 6 1\n6 1 1\n");
    let out = desk.path("out");
    for (problem, value) in [("p-median", 4), ("p-center", 1)] {
        let words = ["place", "--instance", &file, "--problem", problem, "--out", &out];
        let (code, said, errors) = run(&words);
        assert_eq!(code, 0, "{said}{errors}");
        assert!(said.contains(&format!("value {value}  bound {value}")), "{said}");
        let (code, said, errors) = run(&["verify", &desk.solution(), "--instance", &file]);
        assert_eq!(code, 0, "{said}{errors}");
    }
    let (code, said, _) = run(&["place", "--instance", &file, "--sites", "3", "--out", &out]);
    assert_eq!((code, said.contains("value 3  bound 3")), (0, true), "{said}");
    let other = desk.write("other.txt", "6 5 2\n1 2 1\n2 3 1\n3 4 1\n4 5 1\n5 6 1\n");
    let (code, said, _) = run(&["verify", &desk.solution(), "--instance", &other]);
    assert_eq!((code, said.contains("another instance")), (1, true), "{said}");
    let (code, _, errors) = run(&["place", "--instance", &desk.write("bad.txt", "3 1 x\n")]);
    assert_eq!((code, errors.contains("its first line counts")), (2, true), "{errors}");
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_reason() {
    let desk = Desk::new();
    let none = desk.write("none.csv", "id,lon,lat,cost,status\n");
    let forbidden = desk.write("no.csv", "id,lon,lat,cost,status\na,26.95,60.52,1,forbidden\n");
    let negative = desk.write("minus.csv", "id,lon,lat,cost,status\na,26.95,60.52,-4,\n");
    let cases: [(&[&str], &str); 9] = [
        (&["--sites", "1", "--candidates", &none], "candidates"),
        (&["--sites", "1", "--candidates", &forbidden], "forbidden"),
        (&["--sites", "1", "--candidates", &negative], "cost"),
        (&["--sites", "1", "--candidates", "grid:800", "--zone-max", "Nowhere=1"], "no zone"),
        (&["--candidates", "grid:800"], "--sites P"),
        (&["--problem", "p-median", "--candidates", "grid:800"], "--sites P"),
        (&["--problem", "p-center", "--sites", "1", "--budget", "4"], "--budget"),
        (&["--problem", "p-median", "--sites", "1", "--unserved-min", "5"], "--unserved-min"),
        (&["--problem", "p-median", "--sites", "1", "--candidates", "network"], "junctions"),
    ];
    for (more, reason) in cases {
        let (code, said, errors) = desk.place(more);
        assert_eq!((code, errors.contains(reason)), (2, true), "{more:?}: {said}{errors}");
    }
}

#[test]
fn a_budget_of_nothing_opens_nothing_and_is_valid() {
    let desk = Desk::new();
    let (code, said, errors) = desk.place(&["--budget", "0", "--candidates", "grid:600"]);
    assert_eq!(code, 0, "{said}{errors}");
    let plan: Value = serde_json::from_str(&fs::read_to_string(desk.solution()).unwrap()).unwrap();
    assert_eq!(plan["solution"]["chosen"], json!([]));
    let (code, said, errors) = desk.verify(true);
    assert_eq!(code, 0, "{said}{errors}");
}

#[test]
fn no_plan_says_which_homes_are_to_blame_in_either_language() {
    let desk = Desk::new();
    // One site with a walk of three minutes cannot reach a whole town.
    let lscp = ["--problem", "lscp", "--cutoff-min", "3", "--candidates", "grid:1500"];
    let (code, said, errors) = desk.place(&lscp);
    assert_eq!((code, said.contains("no candidate reaches")), (1, true), "{said}{errors}");
    let (code, said, errors) = desk.place(&[&lscp[..], &["--lang", "zh"]].concat());
    assert_eq!((code, said.contains("没有任何候选点可达")), (1, true), "{said}{errors}");
    assert!(!said.contains("reaches") && !said.contains("candidate"), "{said}");
    assert_eq!(desk.verify(false).0, 0);
    let page = fs::read_to_string(desk.path("out/plan.html")).unwrap();
    for english in
        ["No candidate", "would do", "people", "covered", "Candidates", "Sites", "optimal"]
    {
        let body = page.split("<body").nth(1).unwrap();
        assert!(!body.contains(&format!(">{english}")), "{english} is left in the Chinese report");
    }
    assert!(page.contains("lang=\"zh"), "the language is not said");
    // Nothing is open for a function that Karhula lacks, and candidates are far from most.
    let none = Desk::new();
    let (study, out) = (study().display().to_string(), none.path("out"));
    let words = [
        "place",
        &study,
        "--function",
        "hospital",
        "--problem",
        "p-center",
        "--sites",
        "1",
        "--reach-min",
        "2",
        "--candidates",
        "grid:1500",
        "--out",
        &out,
    ];
    let (code, said, errors) = run(&words);
    assert_eq!((code, said.contains("no candidate is within the reach")), (1, true), "{said}");
    assert!(said.contains("--reach-min 25.5 would do"), "{said}{errors}");
    assert_eq!(none.verify(false).0, 0);
}

#[test]
fn the_gain_surface_is_written_for_a_function_as_for_a_rule() {
    let desk = Desk::new();
    let (study, out) = (study().display().to_string(), desk.path("gain.csv"));
    let more = ["--function", "childcare", "--cutoff-min", "10", "--out", &out];
    let (code, said, errors) = run(&[&["export", "gain", &study], &more[..]].concat());
    assert_eq!(code, 0, "{said}{errors}");
    assert!(errors.contains("most at node"), "{errors}");
    assert!(fs::read_to_string(&out).unwrap().lines().count() > 10);
}

/// Waits for the first line of `progress.jsonl`, or for the end.
fn wait_for_progress(child: &mut Child, journal: &Path) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_mins(1) && child.try_wait().unwrap().is_none() {
        if fs::metadata(journal).is_ok_and(|found| found.len() > 0) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_killed_search_leaves_every_line_of_its_progress_whole() {
    let desk = Desk::new();
    let (study, out) = (study().display().to_string(), desk.path("out"));
    let words = [
        "place",
        &study,
        "--function",
        "childcare",
        "--cutoff-min",
        "4",
        "--sites",
        "9",
        "--out",
        &out,
    ];
    let mut child = command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let journal = PathBuf::from(desk.path("out/progress.jsonl"));
    wait_for_progress(&mut child, &journal);
    drop(child.kill());
    child.wait().unwrap();
    let text = fs::read_to_string(&journal).unwrap();
    assert!(text.lines().count() > 0 && text.ends_with('\n'), "{text:?}");
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["bound"].is_number() && line["gap"].is_number(), "{line}");
    }
}
