//! The scenarios of a study in one file beside it, `scenarios.gpkg`: a GeoPackage whose layers `sites` and
//! `streets` show in any GIS what the scenarios open, close and move.
//!
//! What was acknowledged is on the disk: the file is in write-ahead mode, every change is one transaction that
//! waits for the disk. Several programs may have the file open; a change says which revision it was made on and
//! is refused when another came first. After every change all of it is in the file itself, so that a copy of the file
//! is a copy of the scenarios. A file that is removed or replaced while it is open is noticed, and what was
//! acknowledged is kept (`rescue`).

mod mark;
mod rescue;
mod rows;
mod schema;
mod time;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

pub use mark::{EditMark, MarkShape};
pub use rows::{HistoryEntry, StoredScenario};

use crate::scenario::{Edit, Scenario};

/// Name of the file in a study's folder.
pub const SCENARIOS_FILE: &str = "scenarios.gpkg";
/// How long a change waits for another program that is writing.
const WAIT_MS: u32 = 5_000;

/// Why scenarios could not be kept or found. Nothing is changed then.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioStoreError {
    /// The file cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was said.
        source: rusqlite::Error,
    },
    /// A newer walkshed made the file.
    #[error("{} was made by a newer walkshed (layout {found}, this one knows {known}); use that one", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its layout.
        found: i64,
        /// The newest layout known.
        known: i64,
    },
    /// Another program's file.
    #[error("{} is not a file of scenarios; move it elsewhere", .0.display())]
    Foreign(PathBuf),
    /// No such scenario.
    #[error("no scenario {0:?}")]
    Missing(String),
    /// Another change came first.
    #[error(
        "scenario {id} was changed elsewhere in the meantime (revision {found}, not {expected})"
    )]
    Stale {
        /// The scenario.
        id: i64,
        /// The revision that the change was made on.
        expected: u64,
        /// The revision in the file.
        found: u64,
    },
    /// Another scenario has the name.
    #[error("a scenario {0:?} is there already; choose another name")]
    NameTaken(String),
    /// The file contradicts itself.
    #[error(
        "{} cannot be believed: {reason}; restore the file from a copy, or mend that row", path.display()
    )]
    Contradiction {
        /// The file.
        path: PathBuf,
        /// Which row says what.
        reason: String,
    },
    /// Nothing to undo or redo.
    #[error("there is nothing to {0}")]
    Nothing(&'static str),
}

/// A change with the revision it was made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The scenario.
    pub id: i64,
    /// Its revision before the change.
    pub revision: u64,
}

/// An edit to be kept.
#[derive(Clone, Copy, Debug)]
pub struct KeptEdit<'a> {
    /// The edit.
    pub edit: &'a Edit,
    /// How a GIS shows it.
    pub mark: &'a EditMark,
    /// What it does, in a few words.
    pub summary: &'a str,
}

type Result<T> = std::result::Result<T, ScenarioStoreError>;

/// The scenarios of one study.
#[derive(Debug)]
pub struct ScenarioStore {
    path: PathBuf,
    kept: Mutex<Option<Opened>>,
    notices: Mutex<Vec<String>>,
}

/// The file as it was opened.
#[derive(Debug)]
struct Opened {
    connection: Connection,
    /// Which file it is, where the system tells; none is kept in memory.
    file: Option<rescue::FileIdentity>,
}

impl ScenarioStore {
    /// The scenarios kept in `path`; the file is made with the first of them.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), kept: Mutex::new(None), notices: Mutex::default() }
    }

    /// Scenarios that are forgotten with the program.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub fn in_memory() -> Result<Self> {
        let path = PathBuf::from(":memory:");
        let fault = |source| ScenarioStoreError::File { path: path.clone(), source };
        let connection = Connection::open_in_memory().map_err(fault)?;
        schema::prepare(&connection, &path)?;
        let kept = Mutex::new(Some(Opened { connection, file: None }));
        Ok(Self { path, kept, notices: Mutex::default() })
    }

    /// What happened to the file while it was open, oldest first: told to whoever lists the scenarios.
    pub fn notices(&self) -> Vec<String> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every scenario, in the order they were made; those deleted only when `deleted`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self, which: Which) -> Result<Vec<StoredScenario>> {
        self.reading(Vec::new, |connection| rows::list(connection, which))
    }

    /// One scenario, deleted or not.
    ///
    /// # Errors
    /// When it is not there or the file cannot be read.
    pub fn get(&self, id: i64) -> Result<StoredScenario> {
        let found = self.reading(|| None, |connection| rows::find(connection, id))?;
        found.ok_or_else(|| ScenarioStoreError::Missing(id.to_string()))
    }

    /// The scenario that `words` name: by id, or by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find(&self, words: &str) -> Result<Option<StoredScenario>> {
        let all = self.list(Which::Kept)?;
        let named = all.iter().position(|known| known.name == words);
        let found = named.or_else(|| all.iter().position(|known| known.id.to_string() == words));
        Ok(found.and_then(|index| all.into_iter().nth(index)))
    }

    /// Revision of a scenario that is not deleted: the cheapest way to see whether somebody changed it.
    ///
    /// # Errors
    /// When it is not there or the file cannot be read.
    pub fn revision(&self, id: i64) -> Result<u64> {
        let found = self.reading(
            || None,
            |connection| {
                let row =
                    "SELECT revision FROM walkshed_scenario WHERE id = ?1 AND deleted IS NULL";
                let found: Option<i64> =
                    connection.query_row(row, [id], |row| row.get(0)).optional()?;
                Ok(found.map(|revision| revision as u64))
            },
        )?;
        found.ok_or_else(|| ScenarioStoreError::Missing(id.to_string()))
    }

    /// Revision of every scenario by id, and whether it is deleted.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn revisions(&self) -> Result<BTreeMap<i64, (u64, bool)>> {
        self.reading(BTreeMap::new, rows::revisions)
    }

    /// Makes a scenario with its edits. A name that is taken gets a number.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(&self, scenario: &Scenario, marks: &[EditMark]) -> Result<i64> {
        self.writing(|change| {
            let name = rows::free_name(change, &scenario.name)?;
            let now = time::now();
            change.execute(
                "INSERT INTO walkshed_scenario (name, notes, revision, applied, created, changed) \
                 VALUES (?1, ?2, 1, ?3, ?4, ?4)",
                params![name, scenario.notes, scenario.edits.len() as i64, now],
            )?;
            let id = change.last_insert_rowid();
            for ((edit, mark), position) in scenario.edits.iter().zip(marks).zip(0_i64..) {
                rows::insert_edit(change, (id, position), (edit, mark))?;
                rows::show(change, (id, &name, position), (edit, mark))?;
            }
            let summary = format!("{} edits", scenario.edits.len());
            rows::note(change, (id, 1), ("create", None, &summary))?;
            Ok(Ok(id))
        })
    }

    /// Appends an edit; what was undone before can no longer be redone.
    ///
    /// # Errors
    /// When another change came first, or it cannot be written.
    pub fn push(&self, at: At, kept: KeptEdit) -> Result<u64> {
        self.changing(at, |change, stored| {
            let position = stored.applied as i64;
            change.execute(
                "DELETE FROM walkshed_edit WHERE scenario = ?1 AND position >= ?2",
                params![at.id, position],
            )?;
            rows::insert_edit(change, (at.id, position), (kept.edit, kept.mark))?;
            rows::show(change, (at.id, &stored.name, position), (kept.edit, kept.mark))?;
            rows::move_on(change, (at.id, stored.revision + 1), position + 1)?;
            let told = ("edit", Some(kept.edit), kept.summary);
            rows::note(change, (at.id, stored.revision + 1), told)?;
            Ok(Ok(stored.revision + 1))
        })
    }

    /// Takes the last edit back.
    ///
    /// # Errors
    /// When there is none, another change came first, or it cannot be written.
    pub fn undo(&self, at: At) -> Result<u64> {
        self.changing(at, |change, stored| {
            let Some(last) = stored.applied.checked_sub(1) else {
                return Ok(Err(ScenarioStoreError::Nothing("undo")));
            };
            rows::hide(change, at.id, last as i64)?;
            rows::move_on(change, (at.id, stored.revision + 1), last as i64)?;
            let undone = rows::edit_at(change, (at.id, last as i64))?;
            let told = ("undo", undone.as_ref(), "");
            rows::note(change, (at.id, stored.revision + 1), told)?;
            Ok(Ok(stored.revision + 1))
        })
    }

    /// Makes the edit again that was taken back last.
    ///
    /// # Errors
    /// When there is none, another change came first, or it cannot be written.
    pub fn redo(&self, at: At) -> Result<u64> {
        self.changing(at, |change, stored| {
            let position = stored.applied as i64;
            let Some(edit) = rows::edit_at(change, (at.id, position))? else {
                return Ok(Err(ScenarioStoreError::Nothing("redo")));
            };
            rows::show_again(change, (at.id, &stored.name, position), &edit)?;
            rows::move_on(change, (at.id, stored.revision + 1), position + 1)?;
            rows::note(change, (at.id, stored.revision + 1), ("redo", Some(&edit), ""))?;
            Ok(Ok(stored.revision + 1))
        })
    }

    /// Gives a scenario another name or other notes.
    ///
    /// # Errors
    /// When it is not there, another change came first, the name is taken, or it cannot be written.
    pub fn describe(&self, at: At, name: Option<&str>, notes: Option<&str>) -> Result<u64> {
        self.changing(at, |change, stored| {
            let (id, revision) = (at.id, stored.revision + 1);
            if let Some(name) = name.filter(|name| **name != stored.name)
                && rows::is_taken(change, name)?
            {
                return Ok(Err(ScenarioStoreError::NameTaken(name.to_owned())));
            }
            let (name, notes) = (name.unwrap_or(&stored.name), notes.unwrap_or(&stored.notes));
            change.execute(
                "UPDATE walkshed_scenario SET name = ?2, notes = ?3, changed = ?4, revision = ?5 WHERE id = ?1",
                params![id, name, notes, time::now(), revision as i64],
            )?;
            for layer in schema::LAYERS {
                change.execute(
                    &format!("UPDATE {layer} SET scenario = ?2 WHERE scenario_id = ?1"),
                    params![id, name],
                )?;
            }
            rows::note(change, (id, revision), ("describe", None, name))?;
            Ok(Ok(revision))
        })
    }

    /// Puts a scenario out of sight, or back.
    ///
    /// # Errors
    /// When it is not there (or already as asked), its name was taken meanwhile, or it cannot be written.
    pub fn set_deleted(&self, id: i64, which: Which) -> Result<()> {
        self.writing(|change| {
            let stored = rows::find(change, id)?;
            let is_there = |stored: &StoredScenario| stored.is_deleted == (which == Which::Kept);
            let Some(stored) = stored.filter(is_there) else {
                return Ok(Err(ScenarioStoreError::Missing(id.to_string())));
            };
            let now = time::now();
            let (deleted, what) = match which {
                Which::Deleted => (Some(now.as_str()), "delete"),
                Which::Kept => (None, "restore"),
            };
            let name = match which {
                Which::Deleted => stored.name.clone(),
                Which::Kept => rows::free_name(change, &stored.name)?,
            };
            change.execute(
                "UPDATE walkshed_scenario SET deleted = ?2, name = ?3, changed = ?4 WHERE id = ?1",
                params![id, deleted, name, now],
            )?;
            for layer in schema::LAYERS {
                change.execute(&format!("DELETE FROM {layer} WHERE scenario_id = ?1"), [id])?;
            }
            if which == Which::Kept {
                for (edit, position) in stored.edits[..stored.applied].iter().zip(0_i64..) {
                    rows::show_again(change, (id, &name, position), edit)?;
                }
            }
            rows::note(change, (id, stored.revision), (what, None, ""))?;
            Ok(Ok(()))
        })
    }

    /// Everything that happened to a scenario, oldest first.
    ///
    /// # Errors
    /// When it is not there or the file cannot be read.
    pub fn history(&self, id: i64) -> Result<Vec<HistoryEntry>> {
        self.get(id)?;
        self.reading(Vec::new, |connection| rows::history(connection, id))
    }

    fn changing<T>(
        &self,
        at: At,
        work: impl FnOnce(&Transaction, &StoredScenario) -> rusqlite::Result<Result<T>>,
    ) -> Result<T> {
        self.writing(|change| {
            let stored = rows::find(change, at.id)?.filter(|stored| !stored.is_deleted);
            let Some(stored) = stored else {
                return Ok(Err(ScenarioStoreError::Missing(at.id.to_string())));
            };
            if stored.revision != at.revision {
                let (id, expected, found) = (at.id, at.revision, stored.revision);
                return Ok(Err(ScenarioStoreError::Stale { id, expected, found }));
            }
            work(change, &stored)
        })
    }

    /// One transaction: all of it, on the disk, or nothing.
    fn writing<T>(
        &self,
        work: impl FnOnce(&Transaction) -> rusqlite::Result<Result<T>>,
    ) -> Result<T> {
        let mut kept = self.kept();
        self.notice_replaced(&mut kept)?;
        let opened = match &mut *kept {
            Some(opened) => opened,
            none => none.insert(self.open()?),
        };
        let connection = &mut opened.connection;
        let change = || -> rusqlite::Result<Result<T>> {
            let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&change)?;
            if done.is_ok() {
                change.commit()?;
            }
            Ok(done)
        };
        let done = change().map_err(|source| self.fault(source))?;
        // What is in the log beside the file is safe there; another program that reads only delays this.
        let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        done
    }

    fn reading<T>(
        &self,
        nothing: impl FnOnce() -> T,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let mut kept = self.kept();
        self.notice_replaced(&mut kept)?;
        if kept.is_none() {
            if !self.path.exists() {
                return Ok(nothing());
            }
            *kept = Some(self.open()?);
        }
        match &*kept {
            Some(opened) => work(&opened.connection).map_err(|source| self.fault(source)),
            None => Ok(nothing()),
        }
    }

    fn open(&self) -> Result<Opened> {
        let connection = Connection::open(&self.path).map_err(|source| self.fault(source))?;
        let waits = std::time::Duration::from_millis(u64::from(WAIT_MS));
        connection.busy_timeout(waits).map_err(|source| self.fault(source))?;
        schema::prepare(&connection, &self.path)?;
        Ok(Opened { connection, file: rescue::identity(&self.path) })
    }

    fn fault(&self, source: rusqlite::Error) -> ScenarioStoreError {
        let path = self.path.clone();
        match rows::contradiction(&source) {
            Some(reason) => ScenarioStoreError::Contradiction { path, reason },
            None => ScenarioStoreError::File { path, source },
        }
    }

    fn kept(&self) -> MutexGuard<'_, Option<Opened>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which scenarios are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those in use.
    Kept,
    /// Those deleted, which can be restored.
    Deleted,
}

#[cfg(test)]
mod tests;
