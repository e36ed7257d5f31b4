//! Bad tables: each gives a clear error or an issue; no panic, no wrong number in silence.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

mod random;
mod shapes;

use std::fmt::Write;
use std::path::Path;

use walkshed::demand::ZoneHierarchy;
use walkshed::facility::{Facility, Taxonomy};
use walkshed::ids::FunctionId;
use walkshed::import::crs_detect::CrsChoice;
use walkshed::import::demand::{DemandIngredients, DemandSpec, read_demand};
use walkshed::import::facilities::{FacilityLayerSpec, read_facilities};
use walkshed::import::join::join_population;
use walkshed::import::table::{parse_table, read_table};
use walkshed::import::zones::{ZonesSpec, read_zones};
use walkshed::import::{ImportError, IssueKind, IssueLog};
use walkshed::spatial::Crs;

type Read<T> = Result<(T, IssueLog), ImportError>;

fn facilities_in(bytes: &[u8], crs: CrsChoice) -> Read<Vec<Facility>> {
    let (table, mut issues) = parse_table(Path::new("folder/file"), bytes.to_vec())?;
    let spec = FacilityLayerSpec {
        id: "layer".into(),
        functions: vec![FunctionId(0)],
        crs,
        ..FacilityLayerSpec::default()
    };
    let (found, more) = read_facilities(&table, &spec, &Taxonomy::default(), None)?;
    issues.append(more);
    Ok((found, issues))
}

fn facilities(bytes: &[u8]) -> Read<Vec<Facility>> {
    facilities_in(bytes, CrsChoice::Auto)
}

fn demand(bytes: &[u8]) -> Read<DemandIngredients> {
    let (table, mut issues) = parse_table(Path::new("folder/file"), bytes.to_vec())?;
    let (found, more) = read_demand(&table, &DemandSpec::default(), None)?;
    issues.append(more);
    Ok((found, issues))
}

fn zones(bytes: &[u8]) -> Read<ZoneHierarchy> {
    let (table, mut issues) = parse_table(Path::new("folder/file"), bytes.to_vec())?;
    let (found, more) = read_zones(&table, &ZonesSpec::default(), None)?;
    issues.append(more);
    Ok((found, issues))
}

/// The message of an error, which names the file and is not a debug dump.
fn said<T>(read: Read<T>) -> String {
    let message = read.err().expect("this input should be refused").to_string();
    assert!(message.starts_with("folder/file: "), "{message}");
    message
}

fn refused<T>(read: Read<T>, part: &str) {
    let message = said(read);
    assert!(message.contains(part), "{message:?} does not say {part:?}");
}

/// What was kept, after checking that issues of `kind` are as many as told and name their feature.
fn noted<T>(read: Read<T>, kind: IssueKind, times: usize) -> T {
    let (found, issues) = read.map_err(|error| error.to_string()).unwrap();
    let count = issues.counts().get(&kind).copied().unwrap_or(0);
    assert_eq!(count, times, "{kind:?} in {:?}", issues.issues());
    assert!(issues.issues().iter().all(|issue| issue.source == "file" && !issue.reason.is_empty()));
    found
}

fn points(coordinates: &str) -> String {
    let feature = |c: &str| format!(r#"{{"type":"Feature","properties":{{}},"geometry":{c}}}"#);
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, feature(coordinates))
}

fn polygon(rings: &str) -> String {
    points(&format!(r#"{{"type":"Polygon","coordinates":{rings}}}"#))
}

#[test]
fn an_empty_file_is_refused() {
    refused(facilities(b""), "empty");
    refused(facilities(b" \r\n\t\n"), "empty");
    refused(facilities(b"\xEF\xBB\xBF"), "empty");
}

#[test]
fn a_missing_file_is_refused_with_its_path() {
    let error = read_table(Path::new("no/such/file.csv")).unwrap_err().to_string();
    assert!(error.contains("no/such/file.csv"), "{error}");
}

#[test]
fn binary_junk_is_refused_by_its_format_or_its_byte() {
    refused(facilities(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "PNG picture");
    refused(facilities(b"PK\x03\x04\x14\0\x06\0"), "zip file");
    refused(facilities(b"id,lon,lat\n\xFF\xFF\xFF\x80\x80,1,2\n"), "at byte 11");
}

#[test]
fn gbk_text_is_read_and_said() {
    let (bytes, _, _) =
        encoding_rs::GB18030.encode("编号,名称,经度,纬度\n1,红星幼儿园,118.6,24.9\n");
    let found = noted(facilities(&bytes), IssueKind::EncodingDetected, 1);
    assert_eq!(found[0].name, "红星幼儿园");
}

#[test]
fn utf16_text_is_read() {
    let text = "\u{feff}id,名称,lon,lat\n1,园,118.6,24.9\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(facilities(&bytes).unwrap().0[0].name, "园");
    refused(facilities(&bytes[..bytes.len() - 1]), "UTF-16");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_column() {
    let found = facilities("\u{feff}id,lon,lat\nq,1,2\n".as_bytes()).unwrap().0;
    assert_eq!(found[0].key, "q");
}

#[test]
fn only_a_header_is_no_facility_and_said() {
    let found = noted(facilities(b"id,lon,lat\n"), IssueKind::InputLacking, 1);
    assert!(found.is_empty());
    let none = br#"{"type":"FeatureCollection","features":[]}"#;
    assert!(noted(facilities(none), IssueKind::InputLacking, 1).is_empty());
}

#[test]
fn a_file_without_header_is_refused() {
    refused(facilities(b"1,118.5,24.9\n2,118.6,24.8\n"), "header");
}

#[test]
fn missing_coordinate_columns_are_refused_with_what_is_there() {
    refused(facilities(b"id,address\n1,somewhere\n"), "\"address\"");
}

#[test]
fn two_columns_of_one_name_are_told_apart_and_said() {
    let found = noted(facilities(b"id,lon,lat,lon\n1,5,6,7\n"), IssueKind::Duplicate, 1);
    assert!((found[0].place.lon() - 5.0).abs() < 1e-9);
}

#[test]
fn ragged_rows_are_said_and_shifted_ones_skipped() {
    let bytes = b"id,name,lon,lat\n1,Main St, 5,8,50\n2,x,8\n3,y,8,50\n";
    let found = noted(facilities(bytes), IssueKind::DataDamaged, 1);
    assert_eq!(found.iter().map(|f| f.key.as_str()).collect::<Vec<_>>(), ["3"]);
    noted(facilities(bytes), IssueKind::GeometryMissing, 1);
}

#[test]
fn an_open_quote_is_refused_with_its_row() {
    refused(facilities(b"id,name,lon,lat\n1,a,8,50\n2,\"b,8,50\n3,c,8,50\n"), "row 3");
}

#[test]
fn semicolons_and_decimal_commas_are_read_and_said() {
    let found = noted(
        facilities(b"id;lon;lat;capacity\n1;8,5123;50,25;12,5\n"),
        IssueKind::EncodingDetected,
        1,
    );
    assert!((found[0].place.lon() - 8.5123).abs() < 1e-9);
    assert_eq!(found[0].offers[0].capacity, Some(12.5));
}

#[test]
fn latitudes_and_longitudes_off_the_earth_are_skipped_and_said() {
    let bytes = b"id,lon,lat\n1,8,91\n2,181,50\n3,-180.5,0\n4,8,50\n5,8,51\n6,8,52\n7,8,53\n";
    assert_eq!(noted(facilities(bytes), IssueKind::GeometryInvalid, 3).len(), 4);
}

#[test]
fn points_on_the_antimeridian_are_two_places_next_to_each_other() {
    let found = facilities(b"id,name,lon,lat\n1,a,180,-16\n2,a,-180,-16\n").unwrap().0;
    assert_eq!(found.len(), 2);
    let apart = walkshed::spatial::frame::ground_distance(found[0].place, found[1].place).0;
    assert!(apart < 0.01);
}

#[test]
fn swapped_axes_are_put_right_and_said_when_only_that_gives_places() {
    let bytes = b"id,lon,lat\n1,24.9,118.5\n2,24.8,118.6\n";
    let found = noted(facilities(bytes), IssueKind::AxesSwapped, 1);
    assert!((found[0].place.lon() - 118.5).abs() < 1e-9);
}

#[test]
fn projected_numbers_without_a_declared_system_never_become_degrees() {
    let bytes = b"id,lon,lat\n1,512345,3379000\n2,512400,3379100\n";
    refused(facilities(bytes), "declare `crs`");
}

#[test]
fn an_unknown_system_is_refused() {
    let with_crs = |name: &str| {
        format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}},
            "features":[{{"type":"Feature","properties":{{}},"geometry":{{"type":"Point","coordinates":[1,2]}}}}]}}"#
        )
    };
    refused(facilities(with_crs("urn:ogc:def:crs:MARS::1").as_bytes()), "MARS");
    refused(facilities(with_crs("urn:ogc:def:crs:EPSG::999999").as_bytes()), "EPSG:999999");
    refused(facilities_in(b"lon,lat\n1,2\n", CrsChoice::Declared(Crs::Epsg(1))), "EPSG:1 ");
    assert!("EPSG:twelve".parse::<Crs>().is_err());
}

#[test]
fn numbers_outside_a_projection_are_skipped_and_said() {
    let bytes = b"id,x,y\n1,1e300,5\n2,99999999,99999999\n3,500000,3379000\n";
    let read = facilities_in(bytes, CrsChoice::Declared(Crs::Epsg(4547)));
    let (found, issues) = read.unwrap();
    assert!(found.iter().any(|f| f.key == "3"));
    assert!(issues.counts()[&IssueKind::GeometryInvalid] >= 1);
}

#[test]
fn a_table_of_people_without_rows_says_that_nobody_is_counted() {
    let empty = r#"{"type":"FeatureCollection","features":[]}"#;
    let (table, _) = parse_table(Path::new("folder/file"), empty.into()).unwrap();
    let (zones, _) = zones(polygon("[[[0,0],[1,0],[1,1],[0,0]]]").as_bytes()).unwrap();
    let joined = join_population(&table, &DemandSpec::default(), (&zones, None));
    refused(joined, "the file has no rows, so nobody is counted");
}

#[test]
fn one_id_for_several_places_is_said_and_each_place_counts_once() {
    let text = "id,name,lon,lat\n1,a,118.60,24.90\n1,a,118.60,24.90\n1,b,118.70,24.90\n";
    let (found, issues) = facilities(text.as_bytes()).unwrap();
    assert_eq!(found.len(), 2, "two places");
    assert!(issues.counts().contains_key(&IssueKind::Duplicate), "{issues:?}");
}

#[test]
fn endless_and_worded_counts_of_people_are_nobody_and_said() {
    let text = "id,lon,lat,persons\n1,0,0,inf\n2,0,0,NaN\n3,0,0,twelve\n4,0,0,-5\n5,0,0,7\n";
    let found = demand(text.as_bytes()).unwrap();
    let bad = found.1.counts().get(&IssueKind::PopulationBad).copied();
    assert_eq!(bad, Some(4), "{:?}", found.1.issues());
}

#[test]
fn zones_of_points_are_refused() {
    refused(zones(b"id,lon,lat\n1,8,50\n"), "polygon");
}

#[test]
fn bad_counts_of_people_are_nobody_and_said() {
    let bytes = b"id,lon,lat,population\n1,8,50,-5\n2,8,51,NaN\n3,8,52,\n4,8,53,1e308\n5,8,54,inf\n6,8,55,many\n7,8,56,10\n";
    let found = noted(demand(bytes), IssueKind::PopulationBad, 6);
    let people: Vec<i64> = found.points.iter().map(|p| p.persons[0].as_micro()).collect();
    assert_eq!(people, [0, 0, 0, 0, 0, 0, 10_000_000]);
}

#[test]
fn more_people_than_live_on_earth_are_said_and_do_not_overflow() {
    let mut text = "id,lon,lat,population\n".to_owned();
    for row in 0..3_000 {
        writeln!(text, "{row},8,50.{row:04},8000000000").unwrap();
    }
    let found = noted(demand(text.as_bytes()), IssueKind::PopulationBad, 2_999);
    let all: walkshed::units::Persons = found.points.iter().map(|p| p.persons[0]).sum();
    assert_eq!(all.count() as i64, 8_000_000_000);
}

#[test]
fn negative_zero_and_worded_capacities_are_unknown_and_said() {
    let bytes = b"id,lon,lat,capacity\n1,8,50,-5\n2,8,51,0\n3,8,52,n/a\n4,8,53,20\n";
    let found = noted(facilities(bytes), IssueKind::CapacityBad, 3);
    assert_eq!(found.iter().filter_map(|f| f.offers[0].capacity).collect::<Vec<_>>(), [20.0]);
}

#[test]
fn a_join_without_any_partner_is_refused() {
    let (zones, _) = zones(polygon("[[[8,50],[8.1,50],[8.1,50.1],[8,50]]]").as_bytes()).unwrap();
    let (table, _) =
        parse_table(Path::new("folder/file"), b"zone,population\nx,5\n".to_vec()).unwrap();
    refused(join_population(&table, &DemandSpec::default(), (&zones, None)), "columns.zone");
}

#[test]
fn thousands_of_property_names_stay_bounded() {
    let properties: Vec<String> = (0..6_000).map(|i| format!("\"p{i}\":{i}")).collect();
    let text = format!(
        r#"{{"type":"Feature","properties":{{{}}},"geometry":{{"type":"Point","coordinates":[8,50]}}}}"#,
        properties.join(",")
    );
    assert_eq!(noted(facilities(text.as_bytes()), IssueKind::DataDamaged, 1_904).len(), 1);
    refused(facilities(",".repeat(5_000).as_bytes()), "columns");
}
