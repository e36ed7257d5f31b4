//! `walkshed place` where things go wrong or to the edge, from the shell; published instances of every layout.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn study() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/karhula").display().to_string()
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

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    fn out(&self) -> String {
        self.path("out").display().to_string()
    }

    fn place(&self, more: &[&str]) -> (i32, String, String) {
        let (study, out) = (study(), self.out());
        let words = ["place", &study, "--function", "childcare", "-q", "--out", &out];
        run(&[&words, more].concat())
    }

    fn verify(&self) -> i32 {
        let file = self.path("out/solution.json").display().to_string();
        run(&["verify", &file, "--study", &study()]).0
    }
}

#[test]
fn odd_candidates_are_refused_with_the_row_and_the_reason() {
    let desk = Desk::new();
    let head = "id,lon,lat,cost,capacity\n";
    for (rows, said) in [
        ("", "no candidates"),
        ("a,26.95,60.53,NaN,\n", "cost"),
        ("a,26.95,60.53,-1,\n", "cost"),
        ("a,26.95,60.53,1,-5\n", "capacity"),
        ("a,26.95,60.53,1,\na,26.96,60.53,1,\n", "is used twice"),
    ] {
        let file = desk.write("c.csv", &format!("{head}{rows}"));
        let (code, answer, errors) = desk.place(&["--sites", "1", "--candidates", &file]);
        assert_eq!((code, errors.contains(said)), (2, true), "{rows:?}: {answer}{errors}");
    }
}

#[test]
fn nothing_to_spend_opens_nothing_and_more_sites_than_candidates_open_all_that_help() {
    let desk = Desk::new();
    let file = desk.write("c.csv", "id,lon,lat\na,26.9521,60.5345\nb,26.9664,60.5273\n");
    for problem in ["mclp", "capacitated", "worst-zone", "pareto"] {
        let places = ["--places-per-1000", "4.5", "--capacity", "9"];
        let more = if problem == "capacitated" { &places[..] } else { &[] };
        let asked = ["--problem", problem, "--candidates", &file];
        let (code, said, errors) = desk.place(&[&asked[..], more, &["--sites", "9"]].concat());
        assert_eq!((code, said.contains("optimal")), (0, true), "{problem}: {said}{errors}");
        assert_eq!(desk.verify(), 0, "{problem}");
        let (code, said, errors) = desk.place(&[&asked[..], more, &["--budget", "0"]].concat());
        assert_eq!(code, 0, "{problem}: {said}{errors}");
        assert_eq!(desk.verify(), 0, "{problem} with nothing to spend");
        let sites = fs::read_to_string(desk.path("out/sites.csv")).unwrap();
        assert_eq!(sites.lines().count(), 1, "{problem}: {sites}");
    }
}

#[test]
fn without_any_place_nobody_is_newly_served() {
    let desk = Desk::new();
    let asked = ["--problem", "capacitated", "--places-per-1000", "4.5", "--capacity", "0"];
    let (code, said, errors) =
        desk.place(&[&asked[..], &["--candidates", "grid:900", "--sites", "2"]].concat());
    assert_eq!((code, said.contains("optimal")), (0, true), "{said}{errors}");
    assert_eq!(desk.verify(), 0);
    let split = fs::read_to_string(desk.path("out/split.csv")).unwrap();
    let served = |line: usize| split.lines().nth(line).unwrap().split(',').nth(1).unwrap();
    assert_eq!(served(1), served(2), "{split}");
}

#[test]
fn a_milestone_is_kept_or_said_to_be_out_of_reach() {
    let desk = Desk::new();
    let asked = ["--problem", "mclp", "--yearly-sites", "1,1", "--first-year", "2026"];
    let few = ["--candidates", "grid:700", "--time-limit-s", "6"];
    let (code, said, errors) =
        desk.place(&[&asked[..], &few, &["--milestone", "2026=40%"]].concat());
    assert_eq!(code, 0, "{said}{errors}");
    assert_eq!(desk.verify(), 0);
    let bytes = fs::read(desk.path("out/solution.json")).unwrap();
    let plan: Value = serde_json::from_slice(&bytes).unwrap();
    let year = &plan["phases"]["problem"]["years"][0];
    assert!(plan["phases"]["plan"]["covered"][0].as_i64() >= year["milestone"].as_i64());
    let (code, said, errors) = desk.place(&[&asked[..], &few, &["--milestone", "1=100%"]].concat());
    assert_eq!((code, said.contains("milestones")), (1, true), "{said}{errors}");
    for (asked, said) in
        [("7=50%", "no such year"), ("x", "write YEAR=SHARE"), ("1=300%", "0 to 1")]
    {
        let (code, _, errors) = desk.place(&[
            "--yearly-sites",
            "1,1",
            "--milestone",
            asked,
            "--candidates",
            "grid:900",
        ]);
        assert_eq!((code, errors.contains(said)), (2, true), "{asked}: {errors}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_search_keeps_its_best_plan_and_it_is_valid() {
    let desk = Desk::new();
    let (study, out) = (study(), desk.out());
    let words = ["place", &study, "--function", "childcare", "--problem", "capacitated"];
    let more = ["--places-per-1000", "4.5", "--capacity", "7", "--candidates", "grid:500"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_walkshed"))
        .args(
            [&words[..], &more, &["--sites", "6", "--time-limit-s", "300", "--out", &out]].concat(),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (journal, begun) = (desk.path("out/progress.jsonl"), Instant::now());
    let is_begun = || fs::metadata(&journal).is_ok_and(|found| found.len() > 0);
    while !is_begun() && begun.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let ended = child.wait().unwrap();
    assert!(ended.code().is_some(), "{ended:?}");
    assert_eq!(desk.verify(), 0);
}

#[test]
fn published_instances_of_every_layout_are_told_apart_and_solved() {
    let desk = Desk::new();
    // Two stores; the far one is nearer to the third customer only.
    let table = "distance,name,DestinationName,demand\n\
                 1.5,A,1,10\n4,B,1,10\n2,A,2,20\n6,B,2,20\n9,A,3,5\n2.25,B,3,5\n";
    let graph = "4\t4\t0\t0\n1\t2\t3\t5\n2\t3\t3\t1\n3\t4\t3\t1\n1\t4\t9\t7\n";
    let plane = "3\t9999\tp\tS\n0\t0\t4\n3\t4\t2\n90\t90\t1\n";
    for (name, text, words, said) in [
        ("t.csv", table, &["--radius", "2", "--sites", "1"][..], "value 30 "),
        ("t.csv", table, &["--radius", "2.25", "--problem", "lscp"], "value 2 "),
        ("t.csv", table, &["--problem", "p-median", "--sites", "1"], "value 100 "),
        ("t.csv", table, &["--problem", "p-center", "--sites", "2"], "value 2.25 "),
        ("g.txt", graph, &["--radius", "3", "--sites", "1"], "value 9 "),
        ("p.txt", plane, &["--radius", "5", "--sites", "1"], "value 6 "),
        ("p.txt", plane, &["--problem", "p-median", "--sites", "2"], "value 10 "),
        ("r.txt", "3 3 1\n1 2 9\n2 3 5\n3 1 3\n", &[], "value 8 "),
        ("r.txt", "3 3 1\n1 2 9\n2 3 5\n3 1 3\n", &["--radius", "5", "--sites", "1"], "value 3 "),
    ] {
        let (file, out) = (desk.write(name, text), desk.out());
        let (code, answer, errors) =
            run(&[&["place", "--instance", &file, "--out", &out], words].concat());
        assert_eq!((code, answer.contains(said)), (0, true), "{name} {words:?}: {answer}{errors}");
        let plan = desk.path("out/solution.json").display().to_string();
        assert_eq!(run(&["verify", &plan]).0, 0, "{name} {words:?}");
    }
    for (name, text, words, said) in [
        ("t.csv", table, &["--sites", "1"][..], "give --radius"),
        ("t.csv", "a,b\n1,2\n", &["--radius", "1", "--sites", "1"], "no column of distances"),
        ("x.txt", "hello\n", &["--radius", "1", "--sites", "1"], "no instance that is known"),
        ("p.txt", plane, &["--problem", "gates", "--gates", "1"], "needs a study"),
        ("p.txt", plane, &["--radius", "5", "--sites", "1", "--metric", "geographic"], ""),
        (
            "q.txt",
            "1\n500 500 1\n",
            &["--radius", "5", "--sites", "1", "--metric", "geographic"],
            "degrees",
        ),
    ] {
        let (file, out) = (desk.write(name, text), desk.out());
        let (code, answer, errors) =
            run(&[&["place", "--instance", &file, "--out", &out], words].concat());
        let wanted = if said.is_empty() { 0 } else { 2 };
        assert_eq!(
            (code, errors.contains(said)),
            (wanted, true),
            "{name} {words:?}: {answer}{errors}"
        );
    }
}
