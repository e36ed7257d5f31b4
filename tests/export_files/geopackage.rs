//! `walkshed.gpkg`, read back with `SQLite` and compared with the `GeoJSON` files.

use std::io::Write;

use geojson::JsonValue;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use walkshed::export::{self, DemandDetail};

use super::features::collection;
use super::town::{Town, written};

/// The file on disk, as a reader meets it.
fn opened(bytes: &[u8]) -> (Connection, tempfile::NamedTempFile) {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("written");
    (Connection::open(file.path()).expect("a database"), file)
}

fn one<T: rusqlite::types::FromSql>(db: &Connection, sql: &str) -> T {
    db.query_row(sql, [], |row| row.get(0)).expect(sql)
}

/// Every feature's properties stand in the row of the same place, and geometry where there is geometry.
fn same_as(db: &Connection, layer: &str, geojson: &[u8]) {
    let features = collection(geojson).features;
    assert_eq!(one::<i64>(db, &format!("SELECT count(*) FROM {layer}")), features.len() as i64);
    let mut rows = db.prepare(&format!("SELECT * FROM {layer} ORDER BY fid")).expect("a layer");
    let names: Vec<String> = rows.column_names().map(str::to_owned).collect();
    let mut rows = rows.query([]).expect("rows");
    let mut drawn = 0;
    for feature in &features {
        let row = rows.next().expect("a row").expect("as many as features");
        drawn += i64::from(feature.geometry.is_some());
        assert_eq!(
            row.get_ref("geom").expect("a geometry column") == ValueRef::Null,
            feature.geometry.is_none()
        );
        for (name, value) in feature.properties.as_ref().expect("properties") {
            assert!(names.contains(name), "{layer} has no column {name}");
            let found = row.get_ref(name.as_str()).expect("a cell");
            let is_same = match (found, value) {
                (ValueRef::Null, JsonValue::Null) => true,
                (ValueRef::Integer(is), JsonValue::Bool(was)) => (is == 1) == *was,
                (ValueRef::Integer(is), JsonValue::Number(was)) => Some(is) == was.as_i64(),
                (ValueRef::Real(is), JsonValue::Number(was)) => {
                    was.as_f64().is_some_and(|was| is.to_bits() == was.to_bits())
                }
                (ValueRef::Text(is), JsonValue::String(was)) => is == was.as_bytes(),
                (ValueRef::Text(is), list) => is == list.to_string().as_bytes(),
                _ => false,
            };
            assert!(is_same, "{layer}.{name}: {found:?}, {value}");
        }
    }
    let boxed: i64 = one(db, &format!("SELECT count(*) FROM rtree_{layer}_geom"));
    assert_eq!(boxed, drawn, "every geometry is in the R-tree");
}

fn gpkg(town: &Town) -> Vec<u8> {
    written(|out| export::write_geopackage(out, &town.results()))
}

#[test]
fn layers_hold_what_the_geojson_files_hold() {
    let town = Town::new();
    let results = town.results();
    let (db, _file) = opened(&gpkg(&town));
    same_as(&db, "zones", &written(|out| export::write_zones(out, &results)));
    let times = |out: &mut dyn Write| export::write_demand(out, &results, DemandDetail::Times);
    same_as(&db, "demand", &written(times));
    same_as(&db, "gaps", &written(|out| export::write_gaps(out, &results)));
    same_as(&db, "facilities", &written(|out| export::write_facilities(out, &results)));
    let rules: i64 = one(&db, "SELECT count(*) FROM rules");
    assert_eq!(rules, town.audit.rules.len() as i64);
    let shares: f64 = one(&db, "SELECT sum(covered_persons) FROM rules");
    let covered: f64 = town.audit.rules.iter().map(|rule| rule.summary.total.covered.count()).sum();
    assert!((shares - covered).abs() < 1e-6);
    for (column, key) in export::names::CAPACITY_SPLIT.iter().zip(0..) {
        let told: Option<f64> = one(&db, &format!("SELECT sum({column}) FROM rules"));
        let counted: f64 = town
            .audit
            .rules
            .iter()
            .filter_map(|rule| Some(rule.capacity.as_ref()?.total.parts()[key].count()))
            .sum();
        assert!((told.unwrap_or(f64::NAN) - counted).abs() < 1e-6, "{column}: {told:?}");
    }
    let places: i64 = one(
        &db,
        "SELECT count(*) FROM pragma_table_info('zones') WHERE name LIKE '%.served_persons'",
    );
    assert!(places > 0, "zones have the places of each rule that counts them");
    let hash: String = one(&db, "SELECT value FROM provenance WHERE name = 'study_hash'");
    assert_eq!(hash, "00ff");
}

#[test]
fn the_file_is_a_geopackage_of_sound_columns() {
    let (db, _file) = opened(&gpkg(&Town::new()));
    assert_eq!(one::<i64>(&db, "PRAGMA application_id"), 0x4750_4B47);
    assert_eq!(one::<i64>(&db, "PRAGMA user_version"), 10_300);
    assert_eq!(one::<String>(&db, "PRAGMA integrity_check"), "ok");
    let systems: i64 =
        one(&db, "SELECT count(*) FROM gpkg_spatial_ref_sys WHERE srs_id IN (-1, 0, 4326)");
    assert_eq!(systems, 3);
    for layer in ["zones", "demand", "gaps", "facilities"] {
        let mut columns = db.prepare(&format!("PRAGMA table_info({layer})")).unwrap();
        let columns: Vec<(String, String)> = columns
            .query_map([], |row| Ok((row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for (name, declared) in columns.iter().skip(2) {
            let allowed = match declared.as_str() {
                "INTEGER" | "BOOLEAN" => "'integer'",
                "REAL" => "'real'",
                "TEXT" => "'text'",
                _ => "'nothing of the sort'",
            };
            let sql = format!(
                "SELECT count(*) FROM {layer} WHERE \"{name}\" NOT NULL AND typeof(\"{name}\") <> {allowed}"
            );
            assert_eq!(
                one::<i64>(&db, &sql),
                0,
                "{layer}.{name}, declared {declared}, holds something else"
            );
        }
        let listed: i64 = one(
            &db,
            &format!(
                "SELECT count(*) FROM gpkg_contents WHERE table_name = '{layer}' AND min_x < max_x"
            ),
        );
        assert_eq!(listed, 1, "{layer} states its extent");
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    assert!(gpkg(&Town::new()) == gpkg(&Town::new()));
}
