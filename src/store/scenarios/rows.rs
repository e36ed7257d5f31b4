//! Rows of the tables, in and out.

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

fn scenario(row: &Row) -> rusqlite::Result<StoredScenario> {
    Ok(StoredScenario {
        id: row.get(0)?,
        name: row.get(1)?,
        notes: row.get(2)?,
        revision: row.get::<_, i64>(3)? as u64,
        applied: row.get::<_, i64>(4)? as usize,
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

fn edits(connection: &Connection, id: i64) -> rusqlite::Result<Vec<Edit>> {
    let mut rows = connection
        .prepare("SELECT edit FROM walkshed_edit WHERE scenario = ?1 ORDER BY position")?;
    let texts = rows.query_map([id], |row| row.get::<_, String>(0))?;
    texts.map(|text| from_json(0, &text?)).collect()
}

pub(super) fn list(connection: &Connection, which: Which) -> rusqlite::Result<Vec<StoredScenario>> {
    let deleted = if which == Which::Kept { "IS NULL" } else { "IS NOT NULL" };
    let mut rows = connection.prepare(&format!(
        "SELECT {COLUMNS} FROM walkshed_scenario WHERE deleted {deleted} ORDER BY id"
    ))?;
    let found: Vec<StoredScenario> =
        rows.query_map([], scenario)?.collect::<rusqlite::Result<_>>()?;
    let whole = |stored: StoredScenario| {
        Ok(StoredScenario { edits: edits(connection, stored.id)?, ..stored })
    };
    found.into_iter().map(whole).collect()
}

/// A scenario without its edits.
pub(super) fn head(connection: &Connection, id: i64) -> rusqlite::Result<Option<StoredScenario>> {
    let mut row =
        connection.prepare(&format!("SELECT {COLUMNS} FROM walkshed_scenario WHERE id = ?1"))?;
    row.query_row([id], scenario).optional()
}

pub(super) fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<StoredScenario>> {
    let Some(stored) = head(connection, id)? else { return Ok(None) };
    Ok(Some(StoredScenario { edits: edits(connection, id)?, ..stored }))
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
