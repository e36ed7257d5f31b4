//! What is not known is not called failed: streets, places and verified numbers that the data lack are classes of their
//! own, in every file, in no headline, no gap and no exit code.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const HOMES: u32 = 10;
const PERSONS: u32 = 10;

/// A rule of `function` for everybody within half an hour.
fn rule(id: &str, function: &str, more: &str) -> String {
    format!(
        "[[standard.rule]]\nid = \"{id}\"\nen = \"{id}\"\nzh = \"{id}\"\nfunctions = [\"{function}\"]\n\
         cutoff_min = 30.0\nprofile = \"adult\"\ngroup = \"all\"\nsource = \"a test\"\n{more}\n"
    )
}

const STANDARD: &str = "[[standard]]\nid = \"s\"\nen = \"S\"\nzh = \"S\"\nsource = \"a test\"\n";

/// A street of 900 m with a home every 100 m, ten people each, and one of 50 people 20 km from any street. The places
/// are rows of `facilities`: id, longitude, latitude, function, status.
fn study(folder: &Path, facilities: &str, tail: &str) {
    let mut osm = "<osm version=\"0.6\">".to_owned();
    let mut people = "id,lon,lat,population\n".to_owned();
    let mut way = String::new();
    for at in 0..HOMES {
        let lon = 8.0 + f64::from(at) * 0.001_33;
        write!(osm, "<node id=\"{}\" lat=\"47.5\" lon=\"{lon:.5}\"/>", at + 1).unwrap();
        write!(way, "<nd ref=\"{}\"/>", at + 1).unwrap();
        writeln!(people, "h{at},{lon:.5},47.50005,{PERSONS}").unwrap();
    }
    people.push_str("far,8.006,47.68,50\n");
    write!(osm, "<way id=\"1\">{way}<tag k=\"highway\" v=\"residential\"/></way></osm>").unwrap();
    let toml = format!(
        "version = 1\nname = \"street\"\nprofiles = [\"adult\"]\n[streets]\nosm = \"street.osm\"\n\
         [[facilities]]\nid = \"f\"\npath = \"f.csv\"\ncrs = \"wgs84\"\n[demand]\nsource = \"file\"\n\
         path = \"people.csv\"\ncrs = \"wgs84\"\n[limits]\nisland_length_m = 100.0\n{tail}"
    );
    let facilities = format!("id,lon,lat,function,status\n{facilities}");
    for (name, text) in
        [("street.osm", osm), ("people.csv", people), ("f.csv", facilities), ("study.toml", toml)]
    {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// A run of the program: exit code and all it said.
fn walkshed(arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkshed"));
    command.args(["-q", "--no-cache"]).args(arguments).env_remove("WALKSHED_LANG");
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

/// Exit code, what was said, and `audit.json`.
fn audit(folder: &Path) -> (i32, String, Value) {
    let out = folder.join("out");
    let (code, told) =
        walkshed(&["audit", folder.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let text = fs::read(out.join("audit.json")).unwrap_or_else(|_| b"null".to_vec());
    (code, told, serde_json::from_slice(&text).unwrap())
}

fn file(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("out").join(name)).unwrap()
}

/// The study at `path` without a population: metres of street stand in for people.
fn count_meters(path: &Path) {
    let text = fs::read_to_string(path.join("study.toml")).unwrap();
    let told = "source = \"file\"\npath = \"people.csv\"\ncrs = \"wgs84\"\n";
    fs::write(path.join("study.toml"), text.replace(told, "source = \"streets\"\n")).unwrap();
}

const NURSERY: &str = "n,8.006,47.50005,childcare,open\n";

#[test]
fn homes_without_street_data_are_counted_apart_and_sums_stay_exact() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path(), NURSERY, &format!("{STANDARD}{}", rule("care", "childcare", "")));
    let (code, told, audit) = audit(folder.path());
    let rule = &audit["rules"][0];
    assert_eq!(code, 0, "{told}");
    assert_eq!(rule["outcome"], "pass", "all with street data are within reach");
    let people = ["persons", "covered_persons", "left_out_persons", "no_street_persons"];
    assert_eq!(people.map(|name| rule[name].as_i64()), [Some(150), Some(100), Some(0), Some(50)]);
    assert_eq!((&rule["share"], &rule["gaps"]), (&Value::from(1.0), &Value::from(0)));
    assert_eq!(rule["share_of_all"], Value::from(0.666_666_666_666_666_6));
    assert_eq!(rule["full_coverage"], false, "nobody knows about 50 of them");
    assert_eq!(rule["histogram"]["unreached_persons"], 0);
    assert_eq!(audit["completeness"]["no_street_persons"], 50);
    assert!(told.contains("50 people (33.3%) have no street data"), "{told}");
    let statement = file(folder.path(), "statement.csv");
    assert_eq!(statement.matches("s,care,covered,").count(), HOMES as usize, "{statement}");
    assert_eq!(statement.matches("s,care,no_street,").count(), 1, "{statement}");
    let zones = file(folder.path(), "zones.csv");
    let mut rows = csv::Reader::from_reader(zones.as_bytes());
    let header = rows.headers().unwrap().clone();
    for row in rows.records().map(Result::unwrap) {
        let number = |name: &str| {
            let at = header.iter().position(|column| column == name).unwrap();
            row[at].parse::<f64>().unwrap()
        };
        let parts = people[1..].iter().map(|name| number(name)).sum::<f64>();
        assert!((parts - number("persons")).abs() < 1e-9, "{row:?}");
    }
    let html = file(folder.path(), "report.html");
    assert!(html.find("have no street data") < html.find("Every rule with a verdict"), "first");
}

#[test]
fn without_any_place_recorded_there_is_no_verdict_no_gap_and_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    let rules = [rule("care", "childcare", ""), rule("meals", "elder_meals", "")].concat();
    study(folder.path(), NURSERY, &format!("{STANDARD}{rules}"));
    let (code, told, audit) = audit(folder.path());
    let meals = &audit["rules"][1];
    assert_eq!((code, &meals["outcome"]), (0, &Value::from("not_recorded")), "{told}");
    assert_eq!(
        (&meals["gaps"], &audit["findings"]),
        (&Value::from(0), &Value::from(Vec::<i32>::new()))
    );
    assert_eq!(audit["completeness"]["rules_not_recorded"], Value::from(vec!["s/meals"]));
    assert_eq!(
        (&audit["tally"]["judged"], &audit["tally"]["not_recorded"]),
        (&1.into(), &1.into())
    );
    for name in ["covered_persons", "left_out_persons", "share", "share_of_all", "judged_share"] {
        let of_zones = meals["zones"].as_array().unwrap().iter().map(|zone| &zone[name]);
        assert!(
            meals[name].is_null() && of_zones.into_iter().all(Value::is_null),
            "{name}: {meals}"
        );
    }
    let row =
        |zones: &str| zones.lines().find(|row| row.starts_with("s,meals,")).map(str::to_owned);
    let total = row(&file(folder.path(), "zones.csv")).unwrap();
    assert!(total.contains(",150,,,50,,,,,not_recorded"), "{total}");
    let zones: Value = serde_json::from_str(&file(folder.path(), "zones.geojson")).unwrap();
    let zone = &zones["features"][0]["properties"];
    assert!(zone["s.meals.share"].is_null() && zone["s.meals.covered_persons"].is_null(), "{zone}");
    assert_eq!(zone["s.care.share"], 1.0);
    let statement = file(folder.path(), "statement.csv");
    assert!(statement.contains("s,meals,not_recorded,,,,150,"), "{statement}");
    assert!(!file(folder.path(), "gaps.geojson").contains("elder_meals"));
    for part in ["no place is recorded for Meals for older people", "not recorded"] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

/// A file with a place on the street where a site could be.
fn candidate(folder: &Path) -> String {
    let path = folder.join("candidates.csv");
    fs::write(&path, "id,lon,lat\nc1,8.0020,47.50005\n").unwrap();
    path.to_str().unwrap().to_owned()
}

/// A study with rules that count places, and a scenario of a nursery of two places.
fn study_with_a_nursery_to_open(folder: &Path) {
    let places = rule("places", "childcare", "capacity_per_1000 = 50.0\npass_share = 1.0");
    let rules = [places, rule("meals", "elder_meals", ""), rule("care", "childcare", "")].concat();
    study(folder, NURSERY, &format!("{STANDARD}{rules}"));
    let scenario = serde_json::json!({"name": "one more", "edits": [{
        "edit": "open_facility", "key": "new", "place": [8.002, 47.50005],
        "offers": [{"function": "childcare", "capacity": 2}],
    }]});
    fs::create_dir(folder.join("scenarios")).unwrap();
    fs::write(folder.join("scenarios/more.json"), scenario.to_string()).unwrap();
}

#[test]
fn a_comparison_rests_on_places_where_a_rule_counts_them_as_the_audit_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    study_with_a_nursery_to_open(path);
    let (_, _, before) = audit(path);
    let out = path.join("out-more");
    let words = ["audit", path.to_str().unwrap(), "--scenario", "more", "--out"];
    let (_, told) = walkshed(&[&words[..], &[out.to_str().unwrap()]].concat());
    let after: Value = serde_json::from_slice(&fs::read(out.join("audit.json")).unwrap()).unwrap();
    let (_, json) = walkshed(&["compare", path.to_str().unwrap(), "more", "--json"]);
    let compared: Value = serde_json::from_str(&json).unwrap();
    let rule = &compared["rules"][0];
    assert_eq!(rule["share_before"], before["rules"][0]["judged_share"], "{told}");
    assert_eq!(rule["share_after"], after["rules"][0]["judged_share"], "{rule}");
    assert_eq!((&rule["share_after"], &rule["covered_after"]), (&0.4.into(), &40.0.into()));
    assert_eq!((&rule["gained_persons"], &rule["lost_persons"]), (&40.0.into(), &0.0.into()));
    assert_eq!(rule["zones"][0]["gained_persons"], 40.0);
    assert_eq!(rule["on_foot"]["share_before"], 1.0);
    assert_eq!(rule["name_en"], before["rules"][0]["name_en"]);
    assert!(compared["rules"][2].get("on_foot").is_none());
    let (_, told) = walkshed(&["compare", path.to_str().unwrap(), "more", "--lang", "en"]);
    let name = before["rules"][0]["name_en"].as_str().unwrap();
    let line = told.lines().find(|line| line.contains(name)).unwrap();
    assert!(line.contains("0.0 %") && line.contains("40.0 %") && line.contains("+40"), "{told}");
}

#[test]
fn a_comparison_and_a_plan_say_when_no_place_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    study_with_a_nursery_to_open(path);
    let (_, json) = walkshed(&["compare", path.to_str().unwrap(), "more", "--json"]);
    let compared: Value = serde_json::from_str(&json).unwrap();
    let meals = &compared["rules"][1];
    for name in ["share_before", "share_after", "covered_after", "gained_persons"] {
        assert!(meals[name].is_null(), "{name}: {meals}");
    }
    let (_, told) = walkshed(&["compare", path.to_str().unwrap(), "more", "--lang", "en"]);
    let line = told.lines().find(|line| line.contains("meals")).unwrap();
    assert!(line.contains("not recorded") && !line.contains("0.0 %"), "{told}");
    let out = path.join("plan");
    let sites = candidate(path);
    let place = ["place", path.to_str().unwrap(), "--sites", "1", "--candidates", &sites];
    let place = [&place[..], &["--out", out.to_str().unwrap()]].concat();
    let plan = |rule| walkshed(&[&place[..], &["--lang", "en", "--rule", rule]].concat()).1;
    let told = plan("s/meals");
    let said = "no place is recorded for this";
    assert!(told.contains(said) && !told.contains("covered 0.0 %"), "{told}");
    assert!(fs::read_to_string(out.join("plan.html")).unwrap().contains(said));
    let told = plan("s/care");
    assert!(!told.contains(said), "{told}");
}

#[test]
fn a_study_without_places_is_told_that_it_gets_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path(), "", &format!("{STANDARD}{}", rule("care", "childcare", "")));
    let (_, told) = walkshed(&["check", folder.path().to_str().unwrap(), "--lang", "en"]);
    assert!(told.contains("an audit gives no verdict") && !told.contains("0 %"), "{told}");
}

#[test]
fn a_place_that_is_known_to_be_shut_is_a_broken_promise_and_one_off_the_network_is_not() {
    let cases = [
        ("n,8.006,47.50005,childcare,closed\n", 1, "fail", 0),
        ("n,8.006,47.60,childcare,open\n", 0, "not_recorded", 1),
    ];
    for (row, code, outcome, off) in cases {
        let folder = tempfile::tempdir().unwrap();
        study(folder.path(), row, &format!("{STANDARD}{}", rule("care", "childcare", "")));
        let (ended, told, audit) = audit(folder.path());
        let rule = &audit["rules"][0];
        assert_eq!((ended, &rule["outcome"]), (code, &Value::from(outcome)), "{told}");
        assert_eq!(
            (&rule["facilities"], &rule["off_network_facilities"]),
            (&0.into(), &off.into())
        );
        assert_eq!(audit["totals"]["open_facilities"], 0);
        assert!(!told.contains("cut off"), "no place exists that no way leads to: {told}");
    }
}

#[test]
fn rules_that_ask_for_no_share_are_counted_only() {
    let folder = tempfile::tempdir().unwrap();
    let rules = rule("care", "childcare", "pass_share = 0.0");
    study(folder.path(), NURSERY, &format!("{STANDARD}{rules}"));
    let (code, told, audit) = audit(folder.path());
    assert_eq!((code, &audit["rules"][0]["outcome"]), (0, &Value::from("counted_only")));
    assert_eq!(audit["rules"][0]["zones"][0]["outcome"], "counted_only");
    assert!(told.contains("counted only") && !told.contains("pass"), "{told}");
}

#[test]
fn a_rule_whose_number_nobody_checked_gets_a_verdict_when_the_study_takes_it() {
    // Nobody is within a minute, so the rule fails as soon as it is judged.
    let standard = format!("{STANDARD}{}", rule("care", "childcare", ""))
        .replace("[[standard]]\n", "")
        .replace("standard.rule", "rule")
        .replace("30.0", "0.1");
    for (accepted, code, outcome) in [
        ("", 0, "unverified"),
        ("accept_unverified = [\"s\"]", 1, "fail"),
        ("accept_unverified = [\"s/care\"]", 1, "fail"),
        ("accept_unverified = [\"s/car\"]", 2, ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        study(folder.path(), NURSERY, &format!("[standards]\nfiles = [\"s.toml\"]\n{accepted}\n"));
        fs::write(folder.path().join("s.toml"), &standard).unwrap();
        let (ended, told, audit) = audit(folder.path());
        assert_eq!(ended, code, "{accepted}: {told}");
        if code < 2 {
            assert_eq!(audit["rules"][0]["outcome"], outcome, "{accepted}");
        } else {
            assert!(told.contains("did you mean \"s/care\"?"), "{told}");
        }
    }
}

#[test]
fn metres_of_street_are_called_metres_and_stand_behind_people() {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people");
    let meters = folder.path().join("meters");
    let rules = format!("{STANDARD}{}", rule("care", "childcare", "").replace("30.0", "5.0"));
    for (path, source) in [(&people, ""), (&meters, "streets")] {
        fs::create_dir(path).unwrap();
        study(path, NURSERY, &rules);
        if !source.is_empty() {
            count_meters(path);
        }
    }
    let out = folder.path().join("all");
    let (_, told) = walkshed(&[
        "batch",
        meters.to_str().unwrap(),
        people.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ]);
    let rows: Value = serde_json::from_slice(&fs::read(out.join("batch.json")).unwrap()).unwrap();
    let units: Vec<&str> =
        rows.as_array().unwrap().iter().filter_map(|row| row["unit"].as_str()).collect();
    assert_eq!(units, ["persons", "street_meters"], "{told}");
    assert!(
        rows[1]["worst_left_out_street_m"].as_f64() > rows[0]["worst_left_out_persons"].as_f64()
    );
    assert!(rows[1].get("worst_left_out_persons").is_none());
    for name in [
        "audit.json",
        "zones.csv",
        "zones.geojson",
        "demand.geojson",
        "gaps.geojson",
        "statement.csv",
    ] {
        let of = |study: &str| fs::read_to_string(out.join(study).join(name)).unwrap();
        let counts = |text: &str, word: &str| text.matches(word).count();
        assert_eq!(
            counts(&of("people"), "street_m"),
            counts(&of("people"), "\"unit\": \"street_m")
        );
        assert!(counts(&of("people"), "persons") > 0, "{name}");
        assert_eq!(counts(&of("meters"), "persons"), 0, "{name}: {}", of("meters"));
        assert!(counts(&of("meters"), "street_m") > 0, "{name}");
    }
}

/// That `text` counts metres and nobody.
fn counts_meters(text: &str, what: &str) {
    for word in ["persons", "people", "person-years", "per_person", "per person"] {
        assert!(!text.contains(word), "{what} says {word}: {text}");
    }
}

#[test]
fn plans_checks_and_comparisons_count_metres_of_street_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let rules = format!("{STANDARD}{}", rule("care", "childcare", "").replace("30.0", "2.0"));
    study(path, NURSERY, &rules);
    count_meters(path);
    let study = path.to_str().unwrap();
    let scenario = r#"{"name": "none", "edits": []}"#;
    fs::create_dir(path.join("scenarios")).unwrap();
    fs::write(path.join("scenarios/none.json"), scenario).unwrap();
    for words in [&["check", study][..], &["compare", study, "none"]] {
        let (_, told) = walkshed(&[words, &["--lang", "en"]].concat());
        counts_meters(&told, words[0]);
        assert!(told.contains("m of street"), "{told}");
        let (_, json) = walkshed(&[words, &["--json"]].concat());
        counts_meters(&json, words[0]);
        assert!(json.contains("street_m"), "{json}");
    }
    let out = path.join("plan");
    let sites = candidate(path);
    let place = ["place", study, "--rule", "s/care", "--sites", "1", "--candidates", &sites];
    let place = [&place[..], &["--out", out.to_str().unwrap()]].concat();
    let more: [&[&str]; 2] = [&[], &["--problem", "p-median"]];
    for problem in more {
        let (_, told) = walkshed(&[&place[..], problem, &["--lang", "en"]].concat());
        counts_meters(&told, "place");
        assert!(told.contains("m of street"), "{told}");
        for entry in fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.extension().is_some_and(|kind| kind == "csv") {
                counts_meters(&fs::read_to_string(&entry).unwrap(), entry.to_str().unwrap());
            }
        }
        let (_, told) = walkshed(&[&place[..], problem, &["--lang", "zh"]].concat());
        assert!(told.contains("米街道") && !told.contains(" 人"), "{told}");
        fs::remove_dir_all(&out).unwrap();
    }
    let words = ["--problem", "capacitated", "--capacity", "10", "--places-per-1000", "4"];
    let (code, told) = walkshed(&[&place[..], &words].concat());
    assert!(code == 2 && told.contains("metres of street in place of people"), "{code} {told}");
}
