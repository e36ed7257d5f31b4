//! Long work that is stopped at ten moments: it ends soon, by itself, and leaves nothing half done.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use walkshed::audit::Audit;
use walkshed::import::load::{MapDetail, load_study};
use walkshed::progress::{Progress, Silent, Stage};

use super::{all, limited, said, text, toy};

/// Moments at which work is stopped.
const MOMENTS: u64 = 10;

/// Wishes to stop when it was asked so often.
struct StopAt {
    asked: AtomicU64,
    at: u64,
}

impl StopAt {
    fn new(at: u64) -> Self {
        Self { asked: AtomicU64::new(0), at }
    }
}

impl Progress for StopAt {
    fn report(&self, _: Stage, _: u64, _: u64) {}

    fn is_cancelled(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) >= self.at
    }
}

/// Stops `work` at ten moments spread over all at which it asks, and counts those at which it gave up.
fn stopped(work: impl Fn(&StopAt) -> bool) -> u64 {
    let whole = StopAt::new(u64::MAX);
    assert!(work(&whole), "left alone it ends well");
    let asked = whole.asked.load(Ordering::Relaxed);
    assert!(asked > 0, "it never asks");
    let moments = (0..MOMENTS).map(|moment| asked * moment / MOMENTS);
    moments.filter(|&at| !work(&StopAt::new(at))).count() as u64
}

#[test]
fn loading_and_auditing_stop_at_any_moment() {
    let study = toy();
    let load = |progress: &StopAt| load_study(study.path(), MapDetail::Full, progress).is_ok();
    assert_eq!(stopped(load), MOMENTS);
    let loaded = load_study(study.path(), MapDetail::Full, &Silent).unwrap();
    let audit = |progress: &StopAt| Audit::run(&loaded.baseline, progress).is_ok();
    assert_eq!(stopped(audit), MOMENTS);
}

#[cfg(unix)]
#[test]
fn commands_that_are_interrupted_leave_all_or_nothing() {
    let study = toy();
    let candidates = study.path().join("cand.csv");
    let before = all(study.path());
    let place = ["place", text(study.path()), "--candidates", text(&candidates), "--sites", "2"];
    let audit = ["audit", text(study.path())];
    for (command, needed) in [(&place[..], "solution.json"), (&audit[..], "audit.json")] {
        for moment in 0..MOMENTS {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            let arguments = [command, &["--out", text(&out), "--no-cache", "--quiet"]].concat();
            let mut child = limited("true", &arguments)
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            std::thread::sleep(std::time::Duration::from_millis(moment * moment * 8));
            let sent =
                std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            assert!(sent.is_ok() || child.try_wait().unwrap().is_some());
            let output = child.wait_with_output().unwrap();
            if output.status.code().is_some() {
                said(&output);
            }
            // Interrupted before it listens it just ends.
            let names: Vec<String> = fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                .filter(|name| !name.starts_with(".walkshed-"))
                .collect();
            assert!(
                names.is_empty() || out.join(needed).is_file(),
                "{command:?} {moment}: {names:?}"
            );
        }
        assert_eq!(all(study.path()), before);
    }
}
