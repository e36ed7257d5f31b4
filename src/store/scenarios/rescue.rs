//! What happens when the file of scenarios is removed or replaced while it is open: by a backup, a program that keeps
//! folders alike, a checkout.
//!
//! The program still holds the old file, with all that was acknowledged. Where the file is gone it is put back; where
//! another stands in its place, that one is used from then on, and what the old one had is kept beside it under a name
//! of its own, unless both hold the same. Either is told in [`super::ScenarioStore::notices`].

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use rusqlite::Connection;

use super::{Opened, Result, ScenarioStore, Which, rows};

/// Which file stands at a path.
pub(super) type FileIdentity = (u64, u64);

/// Most files of one name, numbered, in one folder.
const NUMBERS_MAX: usize = 1_000;

/// Which file stands at `path`; `None` when there is none.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<FileIdentity> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

/// Which file stands at `path`; `None` when there is none. Windows does not let an open file be replaced.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> Option<FileIdentity> {
    path.exists().then_some((0, 0))
}

impl ScenarioStore {
    /// Looks whether the file at the path is still the one that is open; when it is not, nothing that was acknowledged is
    /// lost, and the file at the path is used from then on.
    pub(super) fn notice_replaced(&self, kept: &mut Option<Opened>) -> Result<()> {
        let Some(opened) = kept.as_ref() else { return Ok(()) };
        let Some(known) = opened.file else { return Ok(()) };
        let found = identity(&self.path);
        if found == Some(known) {
            return Ok(());
        }
        let rescued = self.rescue(&opened.connection, found)?;
        *kept = None;
        let name = |path: &Path| {
            path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        };
        let notice = match rescued {
            Some(path) if path == self.path => {
                format!(
                    "{} was removed while it was open; it was put back with all edits",
                    name(&path)
                )
            }
            Some(path) => format!(
                "{} was replaced by another file while it was open; that one is used, and what was there before is kept \
                 as {}",
                name(&self.path),
                name(&path)
            ),
            None => return Ok(()),
        };
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
        Ok(())
    }

    /// Writes what the open file holds: to its path when nothing is there, else beside it, unless the same is there.
    fn rescue(&self, old: &Connection, found: Option<FileIdentity>) -> Result<Option<PathBuf>> {
        let is_replaced = found.is_some();
        let held = everything(old).map_err(|source| self.fault(source))?;
        let target = if is_replaced {
            if self.found_now().is_some_and(|found| found == held) {
                return Ok(None);
            }
            free_name(&self.path)
        } else {
            self.path.clone()
        };
        let staged = target.with_extension("gpkg.rescue");
        let file = |fault: std::io::Error| {
            self.fault(rusqlite::Error::ToSqlConversionFailure(Box::new(fault)))
        };
        remove(&staged).map_err(file)?;
        old.execute("VACUUM INTO ?1", [staged.to_string_lossy()])
            .map_err(|source| self.fault(source))?;
        std::fs::File::open(&staged).and_then(|written| written.sync_all()).map_err(file)?;
        if !is_replaced {
            // Logs of the file that is gone; the new one holds all that was in them.
            for end in ["-wal", "-shm"] {
                let mut log = self.path.clone().into_os_string();
                log.push(end);
                remove(Path::new(&log)).map_err(file)?;
            }
        }
        std::fs::rename(&staged, &target).map_err(file)?;
        Ok(Some(target))
    }

    /// Everything in the file that stands at the path now; `None` when it cannot be read.
    fn found_now(&self) -> Option<Vec<super::StoredScenario>> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let there = Connection::open_with_flags(&self.path, flags).ok()?;
        everything(&there).ok()
    }
}

fn everything(connection: &Connection) -> rusqlite::Result<Vec<super::StoredScenario>> {
    let mut all = rows::list(connection, Which::Kept)?;
    all.extend(rows::list(connection, Which::Deleted)?);
    Ok(all)
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => Err(fault),
        _ => Ok(()),
    }
}

/// `scenarios-before-N.gpkg` beside the file, a number that no file has.
fn free_name(path: &Path) -> PathBuf {
    let stem =
        path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let named = |number: usize| path.with_file_name(format!("{stem}-before-{number}.gpkg"));
    (1..NUMBERS_MAX).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(NUMBERS_MAX))
}
