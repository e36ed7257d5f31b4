//! Files of this run that belong to no study: those that were sent and wait, those of jobs. They stand in one folder with a
//! lock; what a killed run left is taken away by the next.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use crate::import::plain::open_plain;

/// How the folder of a run is called.
const PREFIX: &str = "walkshed-run-";
/// The file in it that its run keeps locked.
const HOLD: &str = ".hold";
/// How the folders in it are called.
const PART_PREFIX: &str = "walkshed-";
/// Letters by which two of them differ.
const LETTERS: usize = 16;

static HOME: Mutex<Option<Home>> = Mutex::new(None);

/// The folder of this run.
#[derive(Debug)]
struct Home {
    folder: TempDir,
    _hold: File,
}

impl Home {
    fn new(place: &Path) -> io::Result<Self> {
        sweep(place);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
        let hold = File::create_new(folder.path().join(HOLD))?;
        hold.lock()?;
        Ok(Self { folder, _hold: hold })
    }
}

fn home() -> MutexGuard<'static, Option<Home>> {
    HOME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new folder; it goes when it is dropped, or at the latest with the run.
pub(super) fn folder() -> io::Result<TempDir> {
    let mut home = home();
    let place = std::env::temp_dir();
    // Somebody who tidies up may have taken it away.
    let known = home.take().filter(|home| home.folder.path().is_dir());
    let home = home.insert(known.map_or_else(|| Home::new(&place), Ok)?);
    tempfile::Builder::new().prefix(PART_PREFIX).rand_bytes(LETTERS).tempdir_in(home.folder.path())
}

/// The random letters of such a folder.
pub(super) fn letters_of(folder: &TempDir) -> String {
    let name = folder.path().file_name().unwrap_or_default().to_string_lossy();
    name.trim_start_matches(PART_PREFIX).to_owned()
}

/// Where the folders stand, when there are any: no message tells it.
pub(super) fn place() -> Option<PathBuf> {
    home().as_ref().map(|home| home.folder.path().to_owned())
}

/// Takes everything away, at the end of a run.
pub(super) fn leave() {
    drop(home().take());
}

/// Takes away what runs that are no more have left in `place`.
fn sweep(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_ours
            && is_folder
            && let Ok(left) = open_plain(&entry.path().join(HOLD))
            && left.try_lock().is_ok()
        {
            // Another user's folder stays where it is.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_taken_away_and_a_living_one_is_not() {
        let place = tempfile::tempdir().unwrap();
        let killed = place.path().join("walkshed-run-abc");
        fs::create_dir_all(killed.join("walkshed-x")).unwrap();
        fs::write(killed.join(HOLD), "").unwrap();
        let foreign = place.path().join("walkshed-run-of-somebody");
        fs::create_dir(&foreign).unwrap();
        let living = Home::new(place.path()).unwrap();
        let next = Home::new(place.path()).unwrap();
        assert!(!killed.exists());
        assert!(foreign.exists(), "without a lock it may be anybody's");
        assert!(living.folder.path().exists());
        drop(living);
        assert!(next.folder.path().exists());
    }
}
