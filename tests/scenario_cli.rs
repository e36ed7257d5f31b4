//! The program on scenarios of a real town: what `compare` tells is the difference of two audits.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A copy of the Karhula study in a folder of its own.
fn study() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/karhula");
    for entry in std::fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        // Not what a run before left there.
        if entry.path().is_file() {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    std::fs::create_dir(folder.path().join("scenarios")).unwrap();
    folder
}

fn write(study: &Path, name: &str, scenario: &Value) {
    std::fs::write(study.join("scenarios").join(name), scenario.to_string()).unwrap();
}

fn walkshed(words: &[&str], study: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkshed"));
    command.arg(words[0]).arg(study).args(&words[1..]).arg("--quiet").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn audit(study: &Path, words: &[&str]) -> Value {
    let out = study.join("results");
    let words: Vec<&str> =
        ["audit", "--json", "--out", out.to_str().unwrap()].iter().chain(words).copied().collect();
    let output = walkshed(&words, study);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// People within the cutoff of every rule of an audit; nothing where no place is recorded.
fn covered(audit: &Value) -> Vec<(String, Option<f64>)> {
    let rules = audit["rules"].as_array().unwrap();
    rules
        .iter()
        .map(|rule| {
            let id = rule["rule"].as_str().or(rule["id"].as_str()).unwrap().to_owned();
            (id, rule["covered_persons"].as_f64())
        })
        .collect()
}

#[test]
fn compare_tells_the_difference_of_two_audits() {
    let study = study();
    let first = &audit(study.path(), &[]);
    let middle = json!([26.95014, 60.52918]);
    let offers: Vec<Value> = ["pharmacy", "kindergarten", "childcare"]
        .iter()
        .map(|function| json!({"function": function}))
        .collect();
    let open = json!({"edit": "open_facility", "key": "new", "place": middle, "offers": offers});
    write(study.path(), "site.json", &json!({"name": "one site", "edits": [open]}));
    let second = &audit(study.path(), &["--scenario", "site"]);
    let compared = walkshed(&["compare", "site", "--json"], study.path());
    assert_eq!(compared.status.code(), Some(0), "{}", text(&compared.stderr));
    let compared: Value = serde_json::from_slice(&compared.stdout).unwrap();
    assert_eq!(compared["before"]["scenario"], "baseline");
    assert_eq!(compared["after"]["scenario"], "one site");
    let rules = compared["rules"].as_array().unwrap();
    let (before, after) = (covered(first), covered(second));
    assert_eq!(rules.len(), before.len());
    let mut gained = 0.0;
    for ((rule, (id, before)), (_, after)) in rules.iter().zip(before).zip(after) {
        assert_eq!(rule["rule"], json!(id));
        let (Some(before), Some(after)) = (before, after) else {
            assert!(rule["gained_persons"].is_null(), "{id} is not recorded");
            continue;
        };
        let walks = rule.get("on_foot").unwrap_or(rule);
        let number = |key: &str| walks[key].as_f64().unwrap();
        assert!((number("covered_before") - before).abs() < 0.01, "{id}");
        assert!((number("covered_after") - after).abs() < 0.01, "{id}");
        let net = number("gained_persons") - number("lost_persons");
        assert!((after - before - net).abs() < 0.01, "{id}");
        assert!(number("lost_persons") < 0.01, "{id}");
        gained += number("gained_persons");
    }
    assert!(gained > 0.0, "a site in the middle of town gains nobody");
    let back = walkshed(&["compare", "site", "site"], study.path());
    assert!(text(&back.stdout).contains("+0"), "{}", text(&back.stdout));
}

#[test]
fn an_edit_that_cannot_be_made_is_an_error_that_names_it() {
    let study = study();
    let edits = json!([{"edit": "close_facility", "facility": "node/0"}]);
    write(study.path(), "bad.json", &json!({"name": "bad", "edits": edits}));
    for words in [&["audit", "--scenario", "bad"][..], &["compare", "bad"]] {
        let output = walkshed(words, study.path());
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains("edit 1 of 1") && said.contains("node/0"), "{said}");
    }
    let output = walkshed(&["compare", "absent"], study.path());
    assert!(text(&output.stderr).contains("bad.json"), "{}", text(&output.stderr));
}
