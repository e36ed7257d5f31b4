//! A feature collection as a layer: what the `GeoJSON` writers write, feature by feature, becomes rows.
//!
//! So a property has the same name and the same number in both formats.

use std::io::{self, Write};

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, Statement, params_from_iter};
use serde_json::{Map, Value};

use super::blob::{Envelope, GpkgGeometry, Position, gpkg_blob};
use super::rtree::index_boxes;
use super::tables::{ColumnKind, GeometryKind, GpkgTable, add_feature_table, quoted};
use crate::export::names;

/// A layer being filled; a stream of `GeoJSON` text with one feature a line goes in.
pub(super) struct Layer<'a> {
    connection: &'a Connection,
    name: &'a str,
    /// Property and column: another word where two properties differ only in case.
    columns: Vec<(String, String)>,
    /// The insertion of a row with these columns.
    row: Option<Statement<'a>>,
    line: Vec<u8>,
    count: i64,
    boxes: Vec<(i64, Envelope)>,
}

impl<'a> Layer<'a> {
    /// A layer without columns: each comes with the first feature that has it.
    pub(super) fn begin(
        connection: &'a Connection,
        (name, description): (&'a str, &str),
        geometry: GeometryKind,
    ) -> rusqlite::Result<Self> {
        let table = GpkgTable { name, description, columns: &[] };
        add_feature_table(connection, &table, geometry)?;
        Ok(Self {
            connection,
            name,
            columns: Vec::new(),
            row: None,
            line: Vec::new(),
            count: 0,
            boxes: Vec::new(),
        })
    }

    /// Adds the R-tree.
    pub(super) fn finish(self) -> rusqlite::Result<()> {
        index_boxes(self.connection, self.name, &self.boxes)
    }

    fn take_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let text = line.strip_suffix(b",").unwrap_or(&line);
        if text.starts_with(b"{\"type\":\"Feature\",") {
            let feature: Feature = serde_json::from_slice(text)?;
            self.insert(feature).map_err(io::Error::other)?;
        }
        self.line = line;
        self.line.clear();
        Ok(())
    }

    fn insert(&mut self, feature: Feature) -> rusqlite::Result<()> {
        self.count += 1;
        let geometry = feature.geometry.map(GpkgGeometry::from);
        if let Some(envelope) = geometry.as_ref().and_then(GpkgGeometry::envelope) {
            self.boxes.push((self.count, envelope));
        }
        let mut properties = feature.properties;
        self.add_columns(&properties)?;
        let blob = geometry.map_or(Cell::Null, |geometry| Cell::Blob(gpkg_blob(&geometry)));
        let cells = self.columns.iter().map(|(name, _)| cell(properties.get_mut(name)));
        let cells = [Cell::Integer(self.count), blob].into_iter().chain(cells);
        let row = match &mut self.row {
            Some(row) => row,
            None => self.row.insert(self.connection.prepare(&insertion(self.name, &self.columns))?),
        };
        row.execute(params_from_iter(cells)).map(|_| ())
    }

    fn add_columns(&mut self, properties: &Map<String, Value>) -> rusqlite::Result<()> {
        if self.columns.iter().map(|(name, _)| name).eq(properties.keys()) {
            return Ok(());
        }
        for (name, value) in properties {
            if !self.columns.iter().any(|(known, _)| known == name) {
                self.row = None;
                let column = self.free_column(name);
                let kind = kind_of(name, value).sql();
                let (table, quoted_column) = (quoted(self.name), quoted(&column));
                self.connection.execute_batch(&format!(
                    "ALTER TABLE {table} ADD COLUMN {quoted_column} {kind}"
                ))?;
                self.columns.push((name.clone(), column));
            }
        }
        Ok(())
    }

    /// The property's name, with a number behind it when the database would take it for another column's.
    fn free_column(&self, name: &str) -> String {
        let taken = |word: &str| {
            let other = |(_, column): &(String, String)| column.eq_ignore_ascii_case(word);
            ["fid", "geom"].iter().any(|own| own.eq_ignore_ascii_case(word))
                || self.columns.iter().any(other)
        };
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        std::iter::once(name.to_owned())
            .chain(numbered)
            .find(|word| !taken(word))
            .unwrap_or_default()
    }
}

impl Write for Layer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = bytes.split(|&byte| byte == b'\n');
        self.line.extend_from_slice(lines.next().unwrap_or_default());
        for next in lines {
            self.take_line()?;
            self.line.extend_from_slice(next);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn insertion(table: &str, columns: &[(String, String)]) -> String {
    let names: Vec<String> =
        columns.iter().map(|(_, column)| format!(",{}", quoted(column))).collect();
    let marks = vec!["?"; columns.len() + 2].join(",");
    format!("INSERT INTO {} (fid,geom{}) VALUES ({marks})", quoted(table), names.concat())
}

#[derive(serde::Deserialize)]
struct Feature {
    geometry: Option<Shape>,
    properties: Map<String, Value>,
}

type Degrees = [f64; 2];

#[derive(serde::Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Shape {
    Point(Degrees),
    LineString(Vec<Degrees>),
    MultiLineString(Vec<Vec<Degrees>>),
    MultiPolygon(Vec<Vec<Vec<Degrees>>>),
}

impl From<Shape> for GpkgGeometry {
    fn from(shape: Shape) -> Self {
        let place = |[lon, lat]: Degrees| -> Position {
            ((lon * 1e7).round() as i64, (lat * 1e7).round() as i64)
        };
        let line = |line: Vec<Degrees>| line.into_iter().map(place).collect::<Vec<_>>();
        let lines = |lines: Vec<Vec<Degrees>>| lines.into_iter().map(line).collect::<Vec<_>>();
        match shape {
            Shape::Point(at) => Self::Point(place(at)),
            Shape::LineString(one) => Self::Lines(vec![line(one)]),
            Shape::MultiLineString(several) => Self::Lines(lines(several)),
            Shape::MultiPolygon(polygons) => {
                Self::Polygons(polygons.into_iter().map(lines).collect())
            }
        }
    }
}

/// What the column of a property holds: as the table of names says; an `id` is a number in one layer and a key
/// in another.
fn kind_of(name: &str, value: &Value) -> ColumnKind {
    let what = name.rsplit('.').next().unwrap_or(name);
    if value.is_string() || value.is_array() || names::TEXTS.contains(&what) {
        ColumnKind::Text
    } else if value.is_boolean() || names::FLAGS.contains(&what) {
        ColumnKind::Flag
    } else if names::WHOLE.contains(&what) {
        ColumnKind::Whole
    } else {
        ColumnKind::Real
    }
}

fn cell(value: Option<&mut Value>) -> Cell {
    match value.map(Value::take) {
        None | Some(Value::Null) => Cell::Null,
        Some(Value::Bool(is)) => Cell::Integer(i64::from(is)),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(whole) => Cell::Integer(whole),
            None => number.as_f64().map_or(Cell::Null, Cell::Real),
        },
        Some(Value::String(text)) => Cell::Text(text),
        Some(list) => Cell::Text(list.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tables::prepare_geopackage;
    use super::*;

    type Row = (Option<f64>, f64, Option<String>, Option<bool>);

    #[test]
    fn properties_that_differ_only_in_case_get_columns_of_their_own() {
        let connection = Connection::open_in_memory().unwrap();
        prepare_geopackage(&connection).unwrap();
        let mut layer = Layer::begin(&connection, ("a", ""), GeometryKind::Point).unwrap();
        layer
            .write_all(
                "{\"type\":\"Feature\",\"properties\":{\"p_A\":1,\"p_a\":2.5,\"名\":\"一\"},\"geometry\":null},\n\
                 {\"type\":\"Feature\",\"properties\":{\"p_a\":3,\"new\":true},\"geometry\":null}\n"
                    .as_bytes(),
            )
            .unwrap();
        layer.finish().unwrap();
        let mut rows =
            connection.prepare("SELECT p_A, p_a_2, 名, new FROM a ORDER BY fid").unwrap();
        let rows: Vec<Row> = rows
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        assert_eq!(
            rows,
            [(Some(1.0), 2.5, Some("一".into()), None), (None, 3.0, None, Some(true))]
        );
    }
}
