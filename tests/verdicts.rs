//! What the program's verdict rests on: places where they are counted, and people who are there at all.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const RULE: &str = r#"
[[standard]]
id = "s"
en = "S"
zh = "S"
source = "a test"
[[standard.rule]]
id = "places"
en = "Places"
zh = "位"
functions = ["childcare"]
cutoff_min = 30.0
profile = "adult"
group = "all"
pass_share = 0.9
benchmark_share = 0.99
capacity_per_1000 = 100.0
source = "a test"
"#;

/// A street of 900 m with a home every 100 m, ten people each, and a nursery of `places` in its middle.
fn study(folder: &Path, (places, persons): (&str, u32)) {
    let mut osm = "<osm version=\"0.6\">".to_owned();
    let mut people = "id,lon,lat,population\n".to_owned();
    let mut way = String::new();
    for at in 0..10 {
        let lon = 8.0 + f64::from(at) * 0.001_33;
        write!(osm, "<node id=\"{}\" lat=\"47.5\" lon=\"{lon:.5}\"/>", at + 1).unwrap();
        write!(way, "<nd ref=\"{}\"/>", at + 1).unwrap();
        writeln!(people, "h{at},{lon:.5},47.50005,{persons}").unwrap();
    }
    write!(osm, "<way id=\"1\">{way}<tag k=\"highway\" v=\"residential\"/></way></osm>").unwrap();
    let nursery = format!("id,lon,lat,function,capacity\nn,8.00600,47.50005,childcare,{places}\n");
    let toml = format!(
        "version = 1\nname = \"street\"\n[streets]\nosm = \"street.osm\"\n[[facilities]]\nid = \"f\"\n\
         path = \"f.csv\"\ncrs = \"wgs84\"\n[demand]\nsource = \"file\"\npath = \"people.csv\"\n\
         crs = \"wgs84\"\n[limits]\nisland_length_m = 100.0\n{RULE}"
    );
    for (name, text) in
        [("street.osm", osm), ("people.csv", people), ("f.csv", nursery), ("study.toml", toml)]
    {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// Exit code, what was printed and said, and what `audit.json` says of the rule.
fn audit(folder: &Path) -> (i32, String, serde_json::Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkshed"));
    let out = folder.join("out");
    command
        .args(["-q", "--no-cache", "audit", "--accept-losses"])
        .arg(folder)
        .arg("--out")
        .arg(&out);
    let Output { status, stdout, stderr } = command.env_remove("WALKSHED_LANG").output().unwrap();
    let told = String::from_utf8([stdout, stderr].concat()).unwrap();
    let text = fs::read(out.join("audit.json")).unwrap();
    let written: serde_json::Value = serde_json::from_slice(&text).unwrap();
    (status.code().unwrap(), told, written["rules"][0].clone())
}

#[test]
fn a_promise_of_places_is_kept_by_places_not_by_walks() {
    // 100 people all within reach; 100 places per 1000 people, so a place serves ten.
    for (places, code, outcome, served) in [
        ("1", 1, "fail", 10.0),
        ("9", 0, "pass", 90.0),
        ("10", 0, "benchmark", 100.0),
        ("", 1, "fail", 0.0),
    ] {
        let folder = tempfile::tempdir().unwrap();
        study(folder.path(), (places, 10));
        let (ended, told, rule) = audit(folder.path());
        assert_eq!(rule["share"], 1.0, "everybody walks there in time");
        assert_eq!(rule["capacity"]["served_persons"], served, "{places} places");
        assert_eq!(rule["outcome"], outcome, "{places} places");
        assert_eq!(rule["zones"][0]["outcome"], outcome, "{places} places");
        assert_eq!(rule["full_coverage"], outcome == "benchmark", "{places} places");
        assert_eq!(ended, code, "{told}");
        assert!(told.contains(&format!("with a place {served}")), "{told}");
    }
}

#[test]
fn promises_to_nobody_are_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path(), ("10", 0));
    let (ended, told, rule) = audit(folder.path());
    assert_eq!(rule["outcome"], "not_assessable");
    assert_eq!(ended, 2, "{told}");
    assert!(told.contains("nobody is counted in this study"), "{told}");
}

#[test]
fn every_sort_of_loss_in_the_inputs_is_told_not_only_the_first() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path(), ("10", 10));
    let rows = "id,lon,lat,function,capacity\n1,8.006,47.5,childcare,x\n2,8.001,47.5,childcare,\n3,,,childcare,3\n\
                4,999,47.5,childcare,3\n5,8.003,47.5,childcare,-4\n";
    fs::write(folder.path().join("f.csv"), rows).unwrap();
    let (_, told, _) = audit(folder.path());
    for part in [
        "f.csv row 2: capacity \"x\"",
        "f.csv row 3: capacity is empty",
        "f.csv row 6: capacity -4",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}
