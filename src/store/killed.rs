//! A run that ends amid moving its files, at every step of it: what is there is all old or all new, at the latest when the
//! next run has begun.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Outputs;

/// The step at which a run of these tests ends, counted from 1.
const DIE_AT: &str = "WALKSHED_TEST_DIE_AT";
/// Where that run writes.
const OUT: &str = "WALKSHED_TEST_OUT";
const NAMES: [&str; 3] = ["audit.json", "maps/zones.geojson", "zones.csv"];

/// Ends the program there and then, as SIGKILL would, when it is told to by the environment.
pub(super) fn may_die() {
    static STEPS: AtomicUsize = AtomicUsize::new(0);
    let at = std::env::var(DIE_AT).ok().and_then(|at| at.parse::<usize>().ok());
    if at.is_some_and(|at| STEPS.fetch_add(1, Ordering::SeqCst) + 1 == at) {
        std::process::abort();
    }
}

/// The run that is ended; on its own it does nothing.
#[test]
fn a_run_that_is_told_where_it_ends() {
    let Some(out) = std::env::var_os(OUT) else { return };
    let outputs = Outputs::begin(Path::new(&out)).unwrap();
    for name in NAMES {
        outputs.write(name, b"new").unwrap();
    }
    outputs.commit().unwrap();
}

/// What the results in `out` hold, each text once.
fn texts(out: &Path) -> BTreeSet<String> {
    NAMES.iter().map(|name| fs::read_to_string(out.join(name)).unwrap()).collect()
}

/// Ends a run into a folder with old results at every step, and counts the steps. Without `more`, which keeps the folder
/// from being exchanged, the results are never mixed; with it they are not after the next run has begun.
fn ended_everywhere(more: Option<&str>) -> usize {
    for step in 1.. {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        fs::create_dir_all(out.join("maps")).unwrap();
        for name in NAMES.iter().copied().chain(more) {
            fs::write(out.join(name), "old").unwrap();
        }
        fs::write(out.join("notes.txt"), "mine").unwrap();
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::killed::a_run_that_is_told_where_it_ends"])
            .env(DIE_AT, step.to_string())
            .env(OUT, &out)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        if more.is_none() {
            assert_eq!(texts(&out).len(), 1, "mixed after step {step}");
        }
        drop(Outputs::begin(&out).unwrap());
        let kept = texts(&out);
        assert_eq!(kept.len(), 1, "mixed after step {step} and another run: {kept:?}");
        assert_eq!(fs::read_to_string(out.join("notes.txt")).unwrap(), "mine");
        for folder in [place.path(), &out] {
            let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
            let left: Vec<_> =
                names.filter(|name| name.to_string_lossy().starts_with('.')).collect();
            assert!(left.is_empty(), "step {step} left {left:?}");
        }
        if ended.success() {
            assert!(kept.contains("new"));
            return step - 1;
        }
    }
    0
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_is_exchanged_is_never_mixed() {
    let steps = ended_everywhere(None);
    assert!(steps >= 2, "{steps}");
}

#[test]
fn files_that_move_one_by_one_are_all_old_or_all_new_after_the_next_run() {
    // A folder with a study in it is not exchanged.
    let steps = ended_everywhere(Some("study.toml"));
    assert!(steps >= 2 * NAMES.len() + 2, "{steps}");
}
