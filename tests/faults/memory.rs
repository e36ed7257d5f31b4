//! Little memory: a file that needs more than there is is refused; the program is never ended for it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::{limited, said, text, toy};

/// Most memory that reading a table takes, by the length of its file.
const TIMES_OF_FILE: u64 = 40;
/// What the program takes besides, in kB: its own code, stacks of its threads.
const BASE_KB: u64 = 400_000;

/// A list of places as offices write them.
fn rows(count: usize) -> String {
    let mut text = "id,name,function,lon,lat\n".to_owned();
    for row in 0..count {
        let _ =
            writeln!(text, "n{row},Nursery {row},childcare,{:.7},24.9", 118.6 + row as f64 * 1e-8);
    }
    text
}

/// One outline with so many corners.
fn outline(corners: usize) -> String {
    let mut text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"a","function":"childcare"},"geometry":{"type":"Polygon","coordinates":[["#.to_owned();
    for corner in 0..corners {
        let angle = corner as f64 / corners as f64 * std::f64::consts::TAU;
        let _ =
            write!(text, "[{:.9},{:.9}],", 118.61 + angle.cos() * 0.01, 24.9 + angle.sin() * 0.01);
    }
    text.push_str("[118.62,24.9]]]}}]}");
    text
}

/// The toy with this file in place of its list of facilities.
fn with(name: &str, content: &str) -> tempfile::TempDir {
    let study = toy();
    fs::write(study.path().join(name), content).unwrap();
    let file = study.path().join("study.toml");
    let described = fs::read_to_string(&file).unwrap().replace("fac.csv", name);
    fs::write(file, described).unwrap();
    study
}

/// Ends `check` under a limit of so many kB: its exit code, and what it said.
fn checked(study: &Path, limit_kb: u64) -> (i32, String) {
    let arguments = ["check", text(study), "--no-cache", "--threads", "2", "--lang", "en"];
    let output = limited(&format!("ulimit -v {limit_kb}"), &arguments).output().unwrap();
    let told = said(&output);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code().unwrap(), format!("{told}{shown}"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_table_takes_a_bounded_multiple_of_its_file_or_is_refused() {
    for (name, content) in [("big.csv", rows(60_000)), ("big.geojson", outline(60_000))] {
        let study = with(name, &content);
        let times = content.len() as u64 * TIMES_OF_FILE / 1024;
        let (code, told) = checked(study.path(), BASE_KB + times);
        assert!(code < 2, "{name} within {times} kB: {told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn with_less_memory_than_it_needs_a_file_is_refused_and_nothing_aborts() {
    let study = with("big.csv", &rows(300_000));
    let mut refused = 0;
    for limit_kb in [220_000, 300_000, 400_000] {
        let (code, told) = checked(study.path(), limit_kb);
        if code == 2 {
            assert!(told.contains("of memory") && told.contains("split the file"), "{told}");
            refused += 1;
        }
    }
    assert!(refused > 0);
}
