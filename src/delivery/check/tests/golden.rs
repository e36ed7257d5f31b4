//! Plan files that are kept, of every problem, in both versions of the format: read, and held against themselves.

use std::path::{Path, PathBuf};

use super::desk::Bench;

fn kept(version: &str) -> Vec<PathBuf> {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/plans").join(version);
    let entries = std::fs::read_dir(plans).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn kept_plans_of_both_versions_are_read_and_hold_by_themselves() {
    for version in ["v1", "v2"] {
        let files = kept(version);
        assert!(files.len() >= 12, "{version}: {files:?}");
        for file in files {
            let plan = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            let log = Bench::alone(&plan);
            let log = log.unwrap_or_else(|reason| panic!("{}: {reason}", file.display()));
            assert!(log.held.len() >= 2, "{}", file.display());
        }
    }
}
