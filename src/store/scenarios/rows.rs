//! Rows of the tables, in and out.

use std::collections::BTreeMap;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Which;
use super::mark::EditMark;
use super::schema::LAYERS;
use super::time::now;
use crate::scenario::{Edit, Scenario};

/// A scenario as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredScenario {
    /// Its number, never given again.
    pub id: i64,
    /// Its name; no other scenario in use has it.
    pub name: String,
    /// Remarks of the planner.
    pub notes: String,
    /// Grows with every edit, undo and redo.
    pub revision: u64,
    /// How many of `edits` are in force; the rest was undone and can be redone.
    pub applied: usize,
    /// The edits, in order.
    pub edits: Vec<Edit>,
    /// When it was made (RFC 3339, UTC).
    pub created: String,
    /// When it was changed last.
    pub changed: String,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

impl StoredScenario {
    /// The scenario with the edits that are in force.
    pub fn scenario(&self) -> Scenario {
        Scenario {
            name: self.name.clone(),
            notes: self.notes.clone(),
            edits: self.edits[..self.applied.min(self.edits.len())].to_vec(),
        }
    }
}

/// Something that happened to a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    /// The revision after it.
    pub revision: u64,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// `create`, `edit`, `undo`, `redo`, `describe`, `delete`, `restore`.
    pub what: String,
    /// The edit it was about.
    pub edit: Option<Edit>,
    /// In a few words.
    pub summary: String,
}

const COLUMNS: &str = "id, name, notes, revision, applied, created, changed, deleted IS NOT NULL";

/// What a file says that cannot be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Contradiction(String);

fn contradicts<T>(column: usize, reason: String) -> rusqlite::Result<T> {
    let fault = Box::new(Contradiction(reason));
    Err(rusqlite::Error::FromSqlConversionFailure(column, Type::Null, fault))
}

/// Which row of the file cannot be believed, when that is what a fault says.
pub(super) fn contradiction(fault: &rusqlite::Error) -> Option<String> {
    use rusqlite::Error as E;
    match fault {
        E::FromSqlConversionFailure(_, _, why) => Some(why.to_string()),
        E::InvalidColumnType(_, name, kind) => Some(format!("column {name} holds {kind}")),
        E::IntegralValueOutOfRange(_, value) => Some(format!("the number {value} is too large")),
        _ => None,
    }
}

/// A number that counts something.
fn count(row: &Row, (column, name): (usize, &str)) -> rusqlite::Result<u64> {
    let (id, number): (i64, i64) = (row.get(0)?, row.get(column)?);
    match u64::try_from(number) {
        Ok(number) => Ok(number),
        Err(_) => contradicts(column, format!("scenario {id}: {name} is {number}")),
    }
}

fn scenario(row: &Row) -> rusqlite::Result<StoredScenario> {
    Ok(StoredScenario {
        id: row.get(0)?,
        name: row.get(1)?,
        notes: row.get(2)?,
        revision: count(row, (3, "revision"))?,
        applied: count(row, (4, "applied"))? as usize,
        edits: Vec::new(),
        created: row.get(5)?,
        changed: row.get(6)?,
        is_deleted: row.get(7)?,
    })
}

fn from_json<T: serde::de::DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|fault| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, fault.into())
    })
}

fn to_json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|fault| rusqlite::Error::ToSqlConversionFailure(fault.into()))
}

/// `stored` with its edits, which have to be all there.
fn with_edits(connection: &Connection, stored: StoredScenario) -> rusqlite::Result<StoredScenario> {
    let id = stored.id;
    let mut rows = connection.prepare(
        "SELECT position, edit FROM walkshed_edit WHERE scenario = ?1 ORDER BY position",
    )?;
    let found = rows.query_map([id], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let mut edits = Vec::new();
    for row in found {
        let (position, text): (i64, String) = row?;
        if position != edits.len() as i64 {
            let wanted = edits.len() + 1;
            return contradicts(0, format!("scenario {id}: edit {wanted} is missing"));
        }
        let edit = serde_json::from_str(&text).map_err(|fault| {
            let fault = Contradiction(format!("scenario {id}, edit {}: {fault}", position + 1));
            rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(fault))
        })?;
        edits.push(edit);
    }
    if stored.applied > edits.len() {
        let (applied, there) = (stored.applied, edits.len());
        let reason =
            format!("scenario {id} says that {applied} edits are in force and has {there}");
        return contradicts(4, reason);
    }
    Ok(StoredScenario { edits, ..stored })
}

pub(super) fn list(connection: &Connection, which: Which) -> rusqlite::Result<Vec<StoredScenario>> {
    let deleted = if which == Which::Kept { "IS NULL" } else { "IS NOT NULL" };
    let mut rows = connection.prepare(&format!(
        "SELECT {COLUMNS} FROM walkshed_scenario WHERE deleted {deleted} ORDER BY id"
    ))?;
    let found: Vec<StoredScenario> =
        rows.query_map([], scenario)?.collect::<rusqlite::Result<_>>()?;
    found.into_iter().map(|stored| with_edits(connection, stored)).collect()
}

pub(super) fn revisions(connection: &Connection) -> rusqlite::Result<BTreeMap<i64, (u64, bool)>> {
    let mut rows =
        connection.prepare("SELECT id, revision, deleted IS NOT NULL FROM walkshed_scenario")?;
    let row = |row: &Row| Ok((row.get(0)?, (count(row, (1, "revision"))?, row.get(2)?)));
    rows.query_map([], row)?.collect()
}

/// A scenario without its edits.
pub(super) fn head(connection: &Connection, id: i64) -> rusqlite::Result<Option<StoredScenario>> {
    let mut row =
        connection.prepare(&format!("SELECT {COLUMNS} FROM walkshed_scenario WHERE id = ?1"))?;
    row.query_row([id], scenario).optional()
}

pub(super) fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<StoredScenario>> {
    head(connection, id)?.map(|stored| with_edits(connection, stored)).transpose()
}

/// The edit at a position, in force or undone.
pub(super) fn edit_at(
    connection: &Connection,
    (id, position): (i64, i64),
) -> rusqlite::Result<Option<Edit>> {
    let row = "SELECT edit FROM walkshed_edit WHERE scenario = ?1 AND position = ?2";
    let text: Option<String> =
        connection.query_row(row, [id, position], |row| row.get(0)).optional()?;
    text.map(|text| from_json(0, &text)).transpose()
}

pub(super) fn is_taken(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let row = "SELECT 1 FROM walkshed_scenario WHERE name = ?1 AND deleted IS NULL";
    Ok(connection.query_row(row, [name], |_| Ok(())).optional()?.is_some())
}

/// `name`, with a number behind it when it is taken.
pub(super) fn free_name(connection: &Connection, name: &str) -> rusqlite::Result<String> {
    let mut free = name.to_owned();
    let mut number = 2;
    while is_taken(connection, &free)? {
        free = format!("{name} {number}");
        number += 1;
    }
    Ok(free)
}

pub(super) fn insert_edit(
    connection: &Connection,
    (scenario, position): (i64, i64),
    (edit, mark): (&Edit, &EditMark),
) -> rusqlite::Result<()> {
    connection
        .prepare("INSERT INTO walkshed_edit VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![scenario, position, to_json(edit)?, to_json(mark)?])
        .map(|_| ())
}

/// Puts an edit into the layers; edits count from 1 there.
pub(super) fn show(
    connection: &Connection,
    (id, name, position): (i64, &str, i64),
    (_, mark): (&Edit, &EditMark),
) -> rusqlite::Result<()> {
    let Some((layer, geometry)) = mark.drawn() else { return Ok(()) };
    let row = format!(
        "INSERT INTO {layer} (geom, scenario_id, scenario, edit, change, key, name, functions) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    );
    let EditMark { change, key, name: named, functions, .. } = mark;
    connection
        .prepare(&row)?
        .execute(params![geometry, id, name, position + 1, change, key, named, functions])
        .map(|_| ())
}

/// The same with the mark that was kept.
pub(super) fn show_again(
    connection: &Connection,
    (id, name, position): (i64, &str, i64),
    edit: &Edit,
) -> rusqlite::Result<()> {
    let row = "SELECT mark FROM walkshed_edit WHERE scenario = ?1 AND position = ?2";
    let mark: String = connection.query_row(row, [id, position], |row| row.get(0))?;
    show(connection, (id, name, position), (edit, &from_json(0, &mark)?))
}

pub(super) fn hide(connection: &Connection, id: i64, position: i64) -> rusqlite::Result<()> {
    for layer in LAYERS {
        let row = format!("DELETE FROM {layer} WHERE scenario_id = ?1 AND edit = ?2");
        connection.prepare(&row)?.execute([id, position + 1])?;
    }
    Ok(())
}

pub(super) fn move_on(
    connection: &Connection,
    (id, revision): (i64, u64),
    applied: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare(
            "UPDATE walkshed_scenario SET revision = ?2, applied = ?3, changed = ?4 WHERE id = ?1",
        )?
        .execute(params![id, revision as i64, applied, now()])
        .map(|_| ())
}

pub(super) fn note(
    connection: &Connection,
    (id, revision): (i64, u64),
    (what, edit, summary): (&str, Option<&Edit>, &str),
) -> rusqlite::Result<()> {
    let edit = edit.map(to_json).transpose()?;
    connection
        .prepare(
            "INSERT INTO walkshed_history (scenario, revision, at, what, edit, summary) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![id, revision as i64, now(), what, edit, summary])
        .map(|_| ())
}

pub(super) fn history(connection: &Connection, id: i64) -> rusqlite::Result<Vec<HistoryEntry>> {
    let mut rows = connection.prepare(
        "SELECT revision, at, what, edit, summary FROM walkshed_history WHERE scenario = ?1 ORDER BY id",
    )?;
    let entry = |row: &Row| {
        let edit: Option<String> = row.get(3)?;
        Ok(HistoryEntry {
            revision: row.get::<_, i64>(0)? as u64,
            at: row.get(1)?,
            what: row.get(2)?,
            edit: edit.map(|text| from_json(3, &text)).transpose()?,
            summary: row.get(4)?,
        })
    };
    rows.query_map([id], entry)?.collect()
}
