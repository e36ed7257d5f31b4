//! The files as GDAL sees them; skipped where `ogrinfo` is not installed.

use std::process::Command;

use serde_json::Value;
use walkshed::export::{self, DemandDetail};

use super::town::{Town, written};

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn has_gdal() -> bool {
    let found =
        Command::new("ogrinfo").arg("--version").output().is_ok_and(|run| run.status.success());
    if !found {
        eprintln!("skipped: ogrinfo is not installed");
    }
    found
}

/// What `ogrinfo` says about a file.
fn ogrinfo(path: &std::path::Path, more: &[&str]) -> String {
    let run = Command::new("ogrinfo").args(["-ro", "-al", "-so"]).args(more).arg(path).output();
    let run = run.expect("ogrinfo runs");
    let faults = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success() && faults.is_empty(), "{}: {faults}", path.display());
    String::from_utf8_lossy(&run.stdout).into_owned()
}

#[test]
fn gdal_opens_every_file_with_the_right_count_and_coordinate_system() {
    if !has_gdal() {
        return;
    }
    let town = Town::new();
    let results = town.results();
    let gaps: usize = town.audit.rules.iter().map(|rule| rule.gaps.len()).sum::<usize>()
        + town.audit.composites[0].gaps.len();
    let files = [
        ("zones", written(|out| export::write_zones(out, &results)), 4, "Multi Polygon"),
        (
            "demand",
            written(|out| export::write_demand(out, &results, DemandDetail::Full)),
            town.baseline.demand.points.len(),
            "Point",
        ),
        ("gaps", written(|out| export::write_gaps(out, &results)), gaps, "Multi Polygon"),
        ("facilities", written(|out| export::write_facilities(out, &results)), 7, "Point"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, count, shape) in files {
        let path = folder.path().join(format!("{name}.geojson"));
        std::fs::write(&path, bytes).unwrap();
        let said = ogrinfo(&path, &[]);
        for words in [
            format!("Layer name: {name}"),
            format!("Feature Count: {count}"),
            format!("Geometry: {shape}"),
            "ID[\"EPSG\",4326]".to_owned(),
        ] {
            assert!(said.contains(&words), "{name}: no {words:?} in\n{said}");
        }
    }
}

#[test]
fn gdal_reads_the_columns_with_their_types() {
    if !has_gdal() {
        return;
    }
    let town = Town::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demand.geojson");
    let bytes = written(|out| export::write_demand(out, &town.results(), DemandDetail::Full));
    std::fs::write(&path, &bytes).unwrap();
    let said = ogrinfo(&path, &[]);
    for column in [
        "test-1.childcare-5.min: Real",
        "test-1.childcare-5.covered: Integer(Boolean)",
        "test-1.childcare-5.facility: Integer",
        "test-1.composite.missing: StringList",
        "persons_age_0_3: Real",
    ] {
        assert!(said.contains(column), "no {column:?} in\n{said}");
    }
    // The whole goes through GDAL and back with nothing lost.
    let back = folder.path().join("back.geojson");
    let run =
        Command::new("ogr2ogr").args(["-f", "GeoJSON"]).arg(&back).arg(&path).output().unwrap();
    assert!(run.status.success());
    let features = |bytes: &[u8]| {
        serde_json::from_slice::<Value>(bytes).unwrap()["features"].as_array().unwrap().len()
    };
    assert_eq!(features(&std::fs::read(&back).unwrap()), features(&bytes));
}
