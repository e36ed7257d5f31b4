//! The tables of a file of scenarios, and how older files become newer ones.
//!
//! `user_version` belongs to the format (it says which GeoPackage it is), so the layout of our own tables has
//! its number in `walkshed_layout`.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use super::{Result, ScenarioStoreError};
use crate::export::{ColumnKind, GeometryKind, GpkgTable, add_feature_table, prepare_geopackage};

/// Layers that a GIS shows.
pub(super) const LAYERS: [&str; 2] = ["sites", "streets"];

/// Columns of both layers.
const COLUMNS: [(&str, ColumnKind); 7] = [
    ("scenario_id", ColumnKind::Whole),
    ("scenario", ColumnKind::Text),
    ("edit", ColumnKind::Whole),
    ("change", ColumnKind::Text),
    ("key", ColumnKind::Text),
    ("name", ColumnKind::Text),
    ("functions", ColumnKind::Text),
];

/// Each takes a file from the layout of its position to the next.
const MIGRATIONS: [fn(&Connection) -> rusqlite::Result<()>; 2] = [first, second];

/// Makes the file what this program works with: new, or brought up to date.
pub(super) fn prepare(connection: &Connection, path: &Path) -> Result<()> {
    let fault = |source| ScenarioStoreError::File { path: path.to_owned(), source };
    connection.pragma_update(None, "journal_mode", "WAL").map_err(fault)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(fault)?;
    let known = MIGRATIONS.len() as i64;
    let begin = || connection.execute_batch("BEGIN IMMEDIATE");
    begin().map_err(fault)?;
    let found = layout(connection).map_err(fault)?;
    let done = match found {
        Some(found) if found > known => {
            Err(ScenarioStoreError::TooNew { path: path.to_owned(), found, known })
        }
        None if !is_empty(connection).map_err(fault)? => {
            Err(ScenarioStoreError::Foreign(path.to_owned()))
        }
        found => migrate(connection, found.unwrap_or(0)).map_err(fault),
    };
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    connection.execute_batch(end).map_err(fault)?;
    done
}

/// The layout of a file; `None` when it has none.
fn layout(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let table = "SELECT 1 FROM sqlite_master WHERE name = 'walkshed_layout'";
    if connection.query_row(table, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    connection.query_row("SELECT number FROM walkshed_layout", [], |row| row.get(0)).optional()
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_master", [], |row| row.get(0))
}

fn migrate(connection: &Connection, from: i64) -> rusqlite::Result<()> {
    for (step, migrate) in (0_i64..).zip(MIGRATIONS).skip(from as usize) {
        migrate(connection)?;
        connection.execute("UPDATE walkshed_layout SET number = ?1", [step + 1])?;
    }
    Ok(())
}

/// Layout 2: the list of scenarios is told to readers; GDAL then leaves our other tables, which it cannot read, alone.
fn second(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description)
         VALUES ('walkshed_scenario', 'attributes', 'scenarios', 'names and notes of the scenarios')",
    )
}

/// Layout 1.
fn first(connection: &Connection) -> rusqlite::Result<()> {
    prepare_geopackage(connection)?;
    let sites = GpkgTable {
        name: LAYERS[0],
        description: "facilities that scenarios open, close, move or upgrade",
        columns: &COLUMNS,
    };
    add_feature_table(connection, &sites, GeometryKind::Point)?;
    let streets = GpkgTable {
        name: LAYERS[1],
        description: "streets and gates that scenarios open, close or add",
        columns: &COLUMNS,
    };
    add_feature_table(connection, &streets, GeometryKind::Lines)?;
    connection.execute_batch(
        "CREATE INDEX sites_of ON sites (scenario_id, edit);
         CREATE INDEX streets_of ON streets (scenario_id, edit);
         CREATE TABLE walkshed_layout (number INTEGER NOT NULL);
         INSERT INTO walkshed_layout VALUES (0);
         CREATE TABLE walkshed_scenario (
           id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, notes TEXT NOT NULL,
           revision INTEGER NOT NULL, applied INTEGER NOT NULL,
           created TEXT NOT NULL, changed TEXT NOT NULL, deleted TEXT);
         CREATE UNIQUE INDEX walkshed_scenario_name ON walkshed_scenario (name) WHERE deleted IS NULL;
         CREATE TABLE walkshed_edit (
           scenario INTEGER NOT NULL REFERENCES walkshed_scenario (id), position INTEGER NOT NULL,
           edit TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (scenario, position)) WITHOUT ROWID;
         CREATE TABLE walkshed_history (
           id INTEGER PRIMARY KEY AUTOINCREMENT, scenario INTEGER NOT NULL REFERENCES walkshed_scenario (id),
           revision INTEGER NOT NULL, at TEXT NOT NULL, what TEXT NOT NULL, edit TEXT, summary TEXT NOT NULL);
         CREATE INDEX walkshed_history_of ON walkshed_history (scenario, id);",
    )
}
