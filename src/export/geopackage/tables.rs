//! The tables that make a database a GeoPackage, and user tables in it.

use rusqlite::{Connection, Result};

/// `GPKG`, where `SQLite` keeps the kind of a file.
const APPLICATION_ID: i32 = 0x4750_4B47;
/// Version 1.3.
const FORMAT_VERSION: i32 = 10_300;
/// When a layer last changed, in files that hold no time of day.
const NO_TIME: &str = "1970-01-01T00:00:00.000Z";

/// Well-known text of WGS 84, as the format asks for it.
const WGS_84: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,\
AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,\
AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],\
AXIS[\"Latitude\",NORTH],AXIS[\"Longitude\",EAST],AUTHORITY[\"EPSG\",\"4326\"]]";

const SCHEMA: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');
";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    Whole,
    /// Numbers.
    Real,
    /// Text in UTF-8.
    Text,
    /// Yes or no.
    Flag,
}

impl ColumnKind {
    /// Its name in the format.
    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Whole => "INTEGER",
            Self::Real => "REAL",
            Self::Text => "TEXT",
            Self::Flag => "BOOLEAN",
        }
    }
}

/// What the geometries of a layer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeometryKind {
    /// Places.
    Point,
    /// Lines, several to a feature where they must be.
    Lines,
    /// Ground, several polygons to a feature where they must be.
    Polygons,
    /// Any of them.
    Any,
}

impl GeometryKind {
    const fn sql(self) -> &'static str {
        match self {
            Self::Point => "POINT",
            Self::Lines => "MULTILINESTRING",
            Self::Polygons => "MULTIPOLYGON",
            Self::Any => "GEOMETRY",
        }
    }
}

/// A table to be made.
#[derive(Clone, Copy, Debug)]
pub struct GpkgTable<'a> {
    /// Its name, also the layer's.
    pub name: &'a str,
    /// What it holds, in a sentence.
    pub description: &'a str,
    /// Its columns, besides `fid` and `geom`.
    pub columns: &'a [(&'a str, ColumnKind)],
}

/// Makes an empty database a GeoPackage.
///
/// # Errors
/// When `SQLite` refuses, as when it is one already.
pub fn prepare_geopackage(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT_VERSION)?;
    connection.execute_batch(SCHEMA)?;
    let wgs_84 = "INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, ?1, \
                  'longitude and latitude in degrees')";
    connection.execute(wgs_84, [WGS_84]).map(|_| ())
}

/// A name within SQL.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn columns_sql(table: &GpkgTable) -> String {
    let column = |(name, kind): &(&str, ColumnKind)| format!(", {} {}", quoted(name), kind.sql());
    table.columns.iter().map(column).collect::<Vec<_>>().concat()
}

fn list(connection: &Connection, table: &GpkgTable, (kind, srs): (&str, i32)) -> Result<()> {
    let row = "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) \
               VALUES (?1, ?2, ?1, ?3, ?4, ?5)";
    connection.execute(row, (table.name, kind, table.description, NO_TIME, srs)).map(|_| ())
}

/// Makes a layer: `fid`, `geom` (see [`super::gpkg_blob`]) and the table's columns.
///
/// # Errors
/// When `SQLite` refuses, as when there is one of that name.
pub fn add_feature_table(
    connection: &Connection,
    table: &GpkgTable,
    geometry: GeometryKind,
) -> Result<()> {
    connection.execute_batch(&format!(
        "CREATE TABLE {} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {}{})",
        quoted(table.name),
        geometry.sql(),
        columns_sql(table)
    ))?;
    list(connection, table, ("features", 4326))?;
    let row = "INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, 4326, 0, 0)";
    connection.execute(row, (table.name, geometry.sql())).map(|_| ())
}

/// Makes a table without geometry: `fid` and the table's columns.
///
/// # Errors
/// When `SQLite` refuses, as when there is one of that name.
pub fn add_attribute_table(connection: &Connection, table: &GpkgTable) -> Result<()> {
    connection.execute_batch(&format!(
        "CREATE TABLE {} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL{})",
        quoted(table.name),
        columns_sql(table)
    ))?;
    list(connection, table, ("attributes", 0))
}
