//! GeoJSON → rows, feature by feature: a bad feature is said and the others are kept.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use geojson::{Geometry, GeometryValue, Position};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Deserializer, Map, Value};

use super::table::{FeatureRow, FeatureTable, FieldValue, RawGeometry, RawPoint};
use super::{ImportError, IssueKind, IssueLog, format};

/// Most property names that are read.
const COLUMNS_MAX: usize = 4_096;
/// Whole numbers up to here are exact as floating numbers.
const EXACT_MAX: u64 = 1 << 53;

/// Fills `table` from GeoJSON text: a feature collection, a feature, a geometry, or one feature a line.
///
/// Bare `NaN` and `Infinity`, which are not JSON, are read as missing values and said.
///
/// # Errors
/// When the text is not JSON or not GeoJSON; the error names line and column.
pub fn fill(
    table: &mut FeatureTable,
    text: &str,
    issues: &mut IssueLog,
) -> Result<(), ImportError> {
    table.has_geometries = true;
    let empty = table.clone();
    let mut first = IssueLog::default();
    let error = match read(table, text, &mut first) {
        Ok(()) => {
            issues.append(first);
            return Ok(());
        }
        Err(error) => error,
    };
    let Some((mended, count, line)) = without_bare_words(text) else {
        return Err(table.malformed(error));
    };
    *table = empty;
    let reason = format!(
        "{count} bare NaN or Infinity, which JSON does not have, are read as missing; the first is in line {line}"
    );
    issues.note(IssueKind::ValueUnreadable, table.source.clone(), "", reason);
    read(table, &mended, issues).map_err(|error| table.malformed(error))
}

fn read(table: &mut FeatureTable, text: &str, issues: &mut IssueLog) -> Result<(), String> {
    let mut rows = Rows { columns: HashMap::new(), table, issues };
    let mut json = Deserializer::from_str(text);
    let not_json = |error: serde_json::Error| format!("not valid GeoJSON: {error}");
    loop {
        let top = TopLevel { rows: &mut rows }.deserialize(&mut json).map_err(not_json)?;
        let kind = rows.finish(top)?;
        match json.end() {
            Ok(()) => return Ok(()),
            Err(_) if kind == "Feature" => {}
            Err(error) => return Err(not_json(error)),
        }
    }
}

/// The rows read so far.
struct Rows<'a> {
    columns: HashMap<String, u32>,
    table: &'a mut FeatureTable,
    issues: &'a mut IssueLog,
}

/// Members of an object as they are written.
type Members<'t> = BTreeMap<String, &'t RawValue>;

/// Members of the top-level object, features taken out.
#[derive(Default)]
struct TopMembers<'t> {
    kind: Option<String>,
    has_features: bool,
    crs: Option<Value>,
    others: Members<'t>,
    /// The other format of JSON that a member belongs to.
    other_format: Option<format::Named>,
}

impl Rows<'_> {
    /// Takes what the top-level object holds beside a list of features; gives its type.
    fn finish(&mut self, mut top: TopMembers<'_>) -> Result<String, String> {
        if let Some(crs) = top.crs.take() {
            self.take_crs(&crs);
        }
        let kind = top.kind.unwrap_or_default();
        match kind.as_str() {
            "" | "Topology" | "CityJSON" if top.other_format.is_some() => {
                Err(top.other_format.map(format::refusal).unwrap_or_default())
            }
            "FeatureCollection" if !top.has_features => {
                Err("a FeatureCollection without a list of features".to_owned())
            }
            "FeatureCollection" => Ok(kind),
            "" if top.has_features => Ok(kind),
            "Feature" => {
                self.push(&top.others);
                Ok(kind)
            }
            "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon"
            | "MultiPolygon" | "GeometryCollection" => {
                let held = top.others.iter().find(|(name, _)| name.starts_with("coord"));
                let held =
                    held.or_else(|| top.others.iter().find(|(name, _)| **name == "geometries"));
                let member = held.map(|(name, value)| format!(",\"{name}\":{}", value.get()));
                let written = format!("{{\"type\":\"{kind}\"{}}}", member.unwrap_or_default());
                let row = self.row();
                let geometry = Some(raw_geometry(&written));
                self.table.rows.push(FeatureRow { geometry, ..row });
                Ok(kind)
            }
            "" => Err("not GeoJSON: the object has no member \"type\"".to_owned()),
            other => Err(format!(
                "not GeoJSON: type {:?} is none of FeatureCollection, Feature or a geometry",
                other.chars().take(40).collect::<String>()
            )),
        }
    }

    fn take_crs(&mut self, crs: &Value) {
        match crs.pointer("/properties/name").and_then(Value::as_str) {
            Some(name) => self.table.crs = Some(name.to_owned()),
            None if crs.is_null() => {}
            None => self.issues.note(
                IssueKind::CrsWrong,
                self.table.source.clone(),
                "",
                "the member \"crs\" names no system and is left aside; declare `crs` for this input",
            ),
        }
    }

    /// The next row, empty.
    fn row(&self) -> FeatureRow {
        let name = format!("feature {}", self.table.rows.len() + 1);
        FeatureRow { name, feature_id: None, fields: Vec::new(), geometry: None }
    }

    /// Reads a feature as it is written.
    fn push_written(&mut self, feature: &RawValue) {
        let text = feature.get();
        if !text.starts_with('{') {
            let row = self.row();
            self.note(IssueKind::DataDamaged, &row.name, "is not an object".to_owned());
            self.table.rows.push(row);
            return;
        }
        match serde_json::from_str(text) {
            Ok(members) => self.push(&members),
            // A name with half a letter, as only a whole reading finds out.
            Err(error) => {
                let row = self.row();
                self.unread(&row.name, &error);
                self.table.rows.push(row);
            }
        }
    }

    fn unread(&mut self, row: &str, error: &serde_json::Error) {
        let reason = format!("its properties cannot be read: {}", plain(error));
        self.note(IssueKind::DataDamaged, row, reason);
    }

    fn push(&mut self, members: &Members<'_>) {
        let mut row = self.row();
        let id = members.get("id").and_then(|id| serde_json::from_str::<Value>(id.get()).ok());
        row.feature_id = id.and_then(|id| to_field(&id).to_text());
        let properties = members.get("properties").map_or("", |found| found.get());
        if properties.starts_with('{') {
            match serde_json::from_str::<Map<String, Value>>(properties) {
                Ok(properties) => row.fields = self.take_fields(&row.name, &properties),
                Err(error) => self.unread(&row.name, &error),
            }
        }
        let geometry = members.get("geometry").map_or("null", |found| found.get());
        row.geometry = (geometry != "null").then(|| raw_geometry(geometry));
        self.table.rows.push(row);
    }

    fn take_fields(
        &mut self,
        row: &str,
        properties: &Map<String, Value>,
    ) -> Vec<(u32, FieldValue)> {
        let mut fields = Vec::with_capacity(properties.len());
        for (name, value) in properties {
            let next = self.columns.len();
            let column = match self.columns.get(name) {
                Some(&column) => column,
                None if next >= COLUMNS_MAX => {
                    let reason =
                        format!("more than {COLUMNS_MAX} property names; {name:?} is left out");
                    self.note(IssueKind::DataDamaged, row, reason);
                    continue;
                }
                None => {
                    self.columns.insert(name.clone(), next as u32);
                    self.table.columns.push(name.clone());
                    next as u32
                }
            };
            let value = to_field(value);
            if value != FieldValue::Missing {
                fields.push((column, value));
            }
        }
        fields.sort_by_key(|field| field.0);
        fields
    }

    fn note(&mut self, kind: IssueKind, row: &str, reason: String) {
        self.issues.note(kind, self.table.source.clone(), row, reason);
    }
}

fn to_field(value: &Value) -> FieldValue {
    match value {
        Value::Null => FieldValue::Missing,
        Value::String(text) => FieldValue::from_text(text),
        Value::Bool(flag) => FieldValue::Text(flag.to_string()),
        Value::Number(number) => {
            let exact = number.as_u64().is_none_or(|n| n <= EXACT_MAX)
                && number.as_i64().is_none_or(|n| n.unsigned_abs() <= EXACT_MAX);
            match number.as_f64() {
                Some(float) if exact && float.is_finite() => FieldValue::Number(float),
                _ => FieldValue::Text(number.to_string()),
            }
        }
        Value::Array(items) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            if texts.len() == items.len() {
                FieldValue::from_text(&texts.join(";"))
            } else {
                FieldValue::Text(value.to_string())
            }
        }
        // Overture writes a name as {"primary": …, "common": …}.
        Value::Object(members) => match members.get("primary") {
            Some(Value::String(main)) => FieldValue::from_text(main),
            _ => FieldValue::Text(value.to_string()),
        },
    }
}

/// The geometry that `text` writes, or why it is none.
fn raw_geometry(text: &str) -> RawGeometry {
    let read = serde_json::from_str::<Geometry>(text);
    let read = read.map_err(|error| format!("its geometry is no GeoJSON: {}", plain(&error)));
    read.and_then(|geometry| to_raw(&geometry)).unwrap_or_else(RawGeometry::Unreadable)
}

/// An error without the place, which would be one within the feature.
fn plain(error: &serde_json::Error) -> String {
    let said = error.to_string();
    said.split_once(" at line ").map_or(said.as_str(), |(what, _)| what).to_owned()
}

fn to_raw(geometry: &Geometry) -> Result<RawGeometry, String> {
    let line = |line: &Vec<Position>| -> Vec<RawPoint> { line.iter().map(to_point).collect() };
    let polygon =
        |rings: &Vec<Vec<Position>>| -> Vec<Vec<RawPoint>> { rings.iter().map(line).collect() };
    Ok(match &geometry.value {
        GeometryValue::Point { coordinates } => RawGeometry::Points(vec![to_point(coordinates)]),
        GeometryValue::MultiPoint { coordinates } => RawGeometry::Points(line(coordinates)),
        GeometryValue::LineString { coordinates } => RawGeometry::Lines(vec![line(coordinates)]),
        GeometryValue::MultiLineString { coordinates } => {
            RawGeometry::Lines(coordinates.iter().map(line).collect())
        }
        GeometryValue::Polygon { coordinates } => RawGeometry::Polygons(vec![polygon(coordinates)]),
        GeometryValue::MultiPolygon { coordinates } => {
            RawGeometry::Polygons(coordinates.iter().map(polygon).collect())
        }
        GeometryValue::GeometryCollection { .. } => {
            return Err("a GeometryCollection is not read; split it into features".to_owned());
        }
    })
}

/// The first two numbers; what is missing becomes NaN and is refused when the point is placed.
fn to_point(position: &Position) -> RawPoint {
    let number = |at: usize| position.as_slice().get(at).copied().unwrap_or(f64::NAN);
    [number(0), number(1)]
}

/// `text` with bare `NaN` and `Infinity` outside strings turned into `null`, how many, and the first's line.
fn without_bare_words(text: &str) -> Option<(String, usize, usize)> {
    const WORDS: [&str; 5] = ["-Infinity", "Infinity", "-NaN", "NaN", "nan"];
    let (mut mended, mut copied) = (String::new(), 0);
    let (mut count, mut first_line, mut line) = (0, 0, 1);
    let (mut quoted, mut escaped, mut skip_to) = (false, false, 0);
    for (at, byte) in text.bytes().enumerate() {
        line += usize::from(byte == b'\n');
        if at < skip_to {
            continue;
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'-' | b'I' | b'N' | b'n' if !quoted => {
                let rest = &text[at..];
                if let Some(word) = WORDS.iter().find(|word| rest.starts_with(**word)) {
                    mended.push_str(&text[copied..at]);
                    mended.push_str("null");
                    copied = at + word.len();
                    skip_to = copied;
                    first_line = if count == 0 { line } else { first_line };
                    count += 1;
                }
            }
            _ => {}
        }
    }
    mended.push_str(&text[copied..]);
    (count > 0).then_some((mended, count, first_line))
}

/// Reads a top-level object, its features one at a time.
struct TopLevel<'a, 'b> {
    rows: &'a mut Rows<'b>,
}

impl<'de> DeserializeSeed<'de> for TopLevel<'_, '_> {
    type Value = TopMembers<'de>;
    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TopLevel<'_, '_> {
    type Value = TopMembers<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<TopMembers<'de>, A::Error> {
        let mut top = TopMembers::default();
        while let Some(key) = members.next_key::<String>()? {
            match key.as_str() {
                "type" => top.kind = Some(members.next_value()?),
                "crs" => top.crs = Some(members.next_value()?),
                "features" => {
                    top.has_features = true;
                    members.next_value_seed(Features { rows: self.rows })?;
                }
                "geometry" | "properties" | "id" | "coordinates" | "geometries" => {
                    top.others.insert(key, members.next_value()?);
                }
                _ => {
                    top.other_format = top.other_format.or(format::find_json(&key));
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(top)
    }
}

/// Reads a list of features one at a time.
struct Features<'a, 'b> {
    rows: &'a mut Rows<'b>,
}

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut features: A) -> Result<(), A::Error> {
        while let Some(feature) = features.next_element::<&RawValue>()? {
            self.rows.push_written(feature);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn parse(text: &str) -> Result<(FeatureTable, IssueLog), ImportError> {
        let mut table = FeatureTable::new(Path::new("t.geojson"));
        let mut issues = IssueLog::default();
        fill(&mut table, text, &mut issues)?;
        Ok((table, issues))
    }

    fn collection(features: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
    }

    #[test]
    fn features_keep_their_fields_ids_and_geometry() {
        let (table, issues) = parse(&collection(
            r#"{"type":"Feature","id":7,"properties":{"名称":" 一园 ","n":60,"x":null,"f":["a","b"]},
                "geometry":{"type":"Point","coordinates":[118.5,24.9,3]}},
               {"type":"Feature","properties":{"n":12345678901234567890},"geometry":null}"#,
        ))
        .unwrap();
        assert_eq!(issues.total(), 0);
        let row = &table.rows[0];
        assert_eq!(row.feature_id.as_deref(), Some("7"));
        let of = |name: &str| row.value(table.find_column(name).unwrap()).to_text();
        assert_eq!(of("名称").as_deref(), Some("一园"));
        assert_eq!(of("n").as_deref(), Some("60"));
        assert_eq!((of("x"), of("f").as_deref()), (None, Some("a;b")));
        assert_eq!(row.geometry, Some(RawGeometry::Points(vec![[118.5, 24.9]])));
        let big = table.rows[1].value(table.find_column("n").unwrap()).to_text();
        assert_eq!(big.as_deref(), Some("12345678901234567890"));
    }

    #[test]
    fn one_bad_feature_does_not_stop_the_others() {
        let (table, issues) = parse(&collection(
            r#"5, {"geometry":{"type":"Point","coordinates":["x",1]}},
               {"geometry":{"type":"GeometryCollection","geometries":[]}},
               {"geometry":{"type":"Point","coordinates":[1,2]}}"#,
        ))
        .unwrap();
        assert_eq!(table.rows.len(), 4);
        assert_eq!(issues.total(), 1);
        for row in &table.rows[1..3] {
            assert!(matches!(row.geometry, Some(RawGeometry::Unreadable(_))));
        }
        assert_eq!(table.rows[3].geometry, Some(RawGeometry::Points(vec![[1.0, 2.0]])));
    }

    #[test]
    fn a_lone_feature_geometry_or_one_feature_a_line_is_read() {
        let point = r#"{"type":"Point","coordinates":[1,2]}"#;
        let feature = format!(r#"{{"type":"Feature","properties":{{}},"geometry":{point}}}"#);
        assert_eq!(parse(point).unwrap().0.rows.len(), 1);
        assert_eq!(parse(&feature).unwrap().0.rows.len(), 1);
        assert_eq!(parse(&format!("{feature}\n{feature}\n")).unwrap().0.rows.len(), 2);
        assert!(parse(&format!("{point} {point}")).is_err());
    }

    #[test]
    fn bare_nan_is_missing_and_said_with_its_line() {
        let text = collection(
            "{\"properties\":{\"a\":\"NaN \\\" NaN\",\"b\":\nNaN},\"geometry\":{\"type\":\"Point\",\
             \"coordinates\":[-Infinity,2]}}",
        );
        let (table, issues) = parse(&text).unwrap();
        assert_eq!(table.rows[0].value(0).to_text().as_deref(), Some("NaN \" NaN"));
        assert_eq!(table.rows[0].value(1), &FieldValue::Missing);
        assert!(
            issues.issues()[0].reason.contains("2 bare")
                && issues.issues()[0].reason.contains("line 2")
        );
        assert!(matches!(table.rows[0].geometry, Some(RawGeometry::Unreadable(_))));
    }

    #[test]
    fn the_system_a_file_names_is_kept() {
        let text = r#"{"features":[],"type":"FeatureCollection",
            "crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}}}"#;
        assert_eq!(parse(text).unwrap().0.crs.as_deref(), Some("urn:ogc:def:crs:EPSG::4547"));
    }

    #[test]
    fn what_is_not_geojson_is_an_error_with_its_place() {
        for (text, part) in [
            (r#"{"type":"FeatureCollection","features":[{"type":"#, "line 1 column"),
            ("{}", "no member"),
            (
                r#"{"geometryType":"esriGeometryPoint","features":[{"attributes":{},"geometry":{"x":1,"y":2}}]}"#,
                "Esri JSON",
            ),
            ("[1,2]", "line 1"),
            (r#"{"type":"Topology","objects":{}}"#, "TopoJSON"),
            (r#"{"type":"FeatureCollection"}"#, "without a list"),
            (&format!(r#"{{"id":{}"#, "[".repeat(300)), "EOF"),
            (&format!(r#"{{"type":"Polygon","coordinates":{}"#, "[".repeat(100_000)), "EOF"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
