//! Same input, same bytes: an audit run again, by one thread or two, with and without the cache, writes the same files.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops at the first surprise and says what it skips"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Threads, and whether the cache is used; the first run with it makes it, the next reads it.
const RUNS: [(&str, bool); 5] = [("1", false), ("2", false), ("2", true), ("1", true), ("2", true)];

/// Name and content of every file that an audit of the study writes.
fn audit(study: &Path, (threads, cached): (&str, bool), format: &str) -> BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().unwrap();
    let results = out.path().join("results");
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkshed"));
    command.args(["-q", "--threads", threads, "audit"]).arg(study);
    command.arg("--out").arg(&results).args(["--format", format]);
    command.env_remove("WALKSHED_LANG").env_remove("WALKSHED_NO_CACHE");
    if !cached {
        command.env("WALKSHED_NO_CACHE", "1");
    }
    let told = command.output().unwrap();
    assert!(matches!(told.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&told.stderr));
    let files = fs::read_dir(&results).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(file).unwrap())
        })
        .collect()
}

fn all_runs_agree(study: &Path, format: &str, least: usize) {
    let first = audit(study, RUNS[0], format);
    assert!(first.len() >= least, "{:?}", first.keys());
    for run in &RUNS[1..] {
        let again = audit(study, *run, format);
        assert!(first.keys().eq(again.keys()), "{run:?}");
        for (name, content) in &first {
            assert!(content == &again[name], "{name} differs at {run:?}");
        }
    }
}

/// Zones as merged from their parts without joining them: squares side by side, and squares in squares.
fn broken_zones() -> String {
    let ring = |west: f64, south: f64, side: f64| {
        let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)];
        let corners = corners.map(|(x, y)| format!("[{:.5},{:.5}]", west + x, south + y));
        format!("[[{}]]", corners.join(","))
    };
    let side_by_side: Vec<String> = (0..36)
        .map(|at| ring(26.90 + f64::from(at % 6) * 0.01, 60.49 + f64::from(at / 6) * 0.01, 0.01))
        .collect();
    let nested: Vec<String> = (0..6)
        .map(|depth| {
            let inward = f64::from(depth) * 0.002;
            ring(26.97 + inward, 60.49 + inward, 0.04 - 2.0 * inward)
        })
        .collect();
    let mut text = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    for (at, (name, parts)) in [("West", side_by_side), ("East", nested)].into_iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        let _ = write!(
            text,
            "{comma}{{\"type\":\"Feature\",\"properties\":{{\"id\":\"{name}\",\"name\":\"{name}\"}},\
             \"geometry\":{{\"type\":\"MultiPolygon\",\"coordinates\":[{}]}}}}",
            parts.join(",")
        );
    }
    text + "]}"
}

#[test]
fn zones_that_had_to_be_mended_give_the_same_bytes_at_every_run() {
    let folder = tempfile::tempdir().unwrap();
    let shipped =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/karhula/karhula_2019-04.osm.pbf");
    fs::copy(shipped, folder.path().join("k.osm.pbf")).unwrap();
    fs::write(folder.path().join("zones.geojson"), broken_zones()).unwrap();
    let study = "version = 1\nname = \"Karhula\"\n[streets]\nosm = \"k.osm.pbf\"\n\
                 [demand]\nsource = \"osm_buildings\"\n[zones]\nsource = \"file\"\npath = \"zones.geojson\"\n\
                 [standards]\nuse = [\"childcare-15\"]\n";
    fs::write(folder.path().join("study.toml"), study).unwrap();
    all_runs_agree(folder.path(), "gpkg,xlsx", 11);
    let written = audit(folder.path(), RUNS[0], "xlsx");
    let zones = String::from_utf8(written["zones.geojson"].clone()).unwrap();
    assert!(zones.contains("West") && zones.contains("East"));
}

#[test]
fn the_district_gives_one_hash_for_each_file_in_five_runs() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let streets = shared.join("data/may-ship/wuhan-streets/wuhan_8989.osm.pbf");
    let case = shared.join("cases/numbers/district");
    if !streets.exists() || !case.exists() {
        eprintln!("skipped: {} or {} is not there", streets.display(), case.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path()) {
        let copy = folder.path().join(file.file_name().unwrap());
        fs::write(copy, fs::read(&file).unwrap()).unwrap();
    }
    fs::write(folder.path().join("wuhan_8989.osm.pbf"), fs::read(&streets).unwrap()).unwrap();
    all_runs_agree(folder.path(), "gpkg,xlsx", 11);
}
