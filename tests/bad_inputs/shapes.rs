//! Bad GeoJSON, above all of zones.

use walkshed::import::IssueKind;

use super::{demand, facilities, noted, points, polygon, refused, said, zones};

#[test]
fn truncated_json_is_refused_with_line_and_column() {
    let whole = polygon("[[[8,50],[9,50],[9,51],[8,50]]]");
    for end in [1, 10, 30, whole.len() / 2, whole.len() - 1] {
        refused(zones(&whole.as_bytes()[..end]), "line 1 column");
    }
}

#[test]
fn text_after_the_json_is_refused() {
    refused(facilities(format!("{} x", points("null")).as_bytes()), "trailing");
}

/// A sound point beside a feature with this geometry.
fn beside(geometry: &str) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{geometry}}},
        {{"type":"Feature","properties":{{}},"geometry":{{"type":"Point","coordinates":[8,50]}}}}]}}"#
    )
}

#[test]
fn two_hundred_deep_nesting_is_no_geometry() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let text = beside(&format!(r#"{{"type":"Polygon","coordinates":{deep}}}"#));
    assert_eq!(noted(facilities(text.as_bytes()), IssueKind::GeometryInvalid, 1).len(), 1);
    refused(facilities("[".repeat(1_000_000).as_bytes()), "GeoJSON");
    let collections = r#"{"type":"GeometryCollection","geometries":["#.repeat(200);
    refused(facilities(points(&collections).as_bytes()), "not valid GeoJSON");
}

#[test]
fn properties_that_cannot_be_read_are_said_and_lose_their_feature_only() {
    let deep = format!("{}{}", "[".repeat(9_000), "]".repeat(9_000));
    for odd in [format!(r#"{{"a":{deep}}}"#), r#"{"\ud800":1}"#.to_owned()] {
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{{"id":{deep},"properties":{odd},"geometry":null}},
            {{"type":"Feature","properties":{{}},"geometry":{{"type":"Point","coordinates":[8,50]}}}}]}}"#
        );
        assert_eq!(
            noted(facilities(text.as_bytes()), IssueKind::DataDamaged, 1).len(),
            1,
            "{odd:.20}"
        );
    }
}

#[test]
fn geojson_with_nan_is_read_and_said() {
    let text = points(r#"{"type":"Point","coordinates":[NaN,5]}"#);
    noted(facilities(text.as_bytes()), IssueKind::ValueUnreadable, 1);
    noted(facilities(text.as_bytes()), IssueKind::GeometryInvalid, 1);
    let text = r#"{"type":"Feature","properties":{"population":NaN},"geometry":{"type":"Point","coordinates":[8,5]}}"#;
    let found = noted(demand(text.as_bytes()), IssueKind::PopulationBad, 1);
    assert_eq!(found.points[0].persons[0].as_micro(), 0);
}

#[test]
fn numbers_too_large_for_json_are_no_places() {
    let text = beside(r#"{"type":"Point","coordinates":[1e999,5]}"#);
    assert_eq!(noted(facilities(text.as_bytes()), IssueKind::GeometryInvalid, 1).len(), 1);
}

#[test]
fn a_null_geometry_or_one_of_no_known_shape_is_skipped_and_said() {
    let bad = beside;
    assert_eq!(noted(facilities(bad("null").as_bytes()), IssueKind::GeometryMissing, 1).len(), 1);
    for geometry in [
        r#"{"type":"Point","coordinates":[]}"#,
        r#"{"type":"Point","coordinates":[8]}"#,
        r#"{"type":"Point","coordinates":["8","50"]}"#,
        r#"{"type":"Point"}"#,
        r#"{"type":"Circle","coordinates":[8,50]}"#,
        r#"{"type":"MultiPoint","coordinates":[]}"#,
        r#"{"type":"Polygon","coordinates":[]}"#,
        r#"{"type":"Polygon","coordinates":[[]]}"#,
        r#"{"type":"Polygon","coordinates":[[[8,50],[9,50],[8,50]]]}"#,
        r#"{"type":"Polygon","coordinates":[[[8,50],[8,50],[8,50],[8,50]]]}"#,
        r#"{"type":"GeometryCollection","geometries":[]}"#,
        r#""POINT (8 50)""#,
        "7",
    ] {
        let found = noted(facilities(bad(geometry).as_bytes()), IssueKind::GeometryInvalid, 1);
        assert_eq!(found.len(), 1, "{geometry}");
    }
}

#[test]
fn what_is_json_but_not_geojson_is_refused() {
    refused(facilities(br#"{"type":"Topology","objects":{}}"#), "TopoJSON");
    refused(facilities(br#"{"rows":[1,2]}"#), "type");
    refused(facilities(br#"{"type":"FeatureCollection","features":{}}"#), "list of features");
    refused(facilities(b"[{\"lon\":1}]"), "GeoJSON");
}

#[test]
fn self_crossing_zones_are_mended_and_said() {
    let bow = polygon("[[[8,50],[8.01,50.01],[8.01,50],[8,50.01],[8,50]]]");
    let found = noted(zones(bow.as_bytes()), IssueKind::GeometryInvalid, 1);
    assert_eq!(found.zones.iter().next().unwrap().area.polygons.len(), 2);
}

#[test]
fn holes_outside_and_flat_polygons_are_mended_or_refused() {
    let outside = polygon(
        "[[[8,50],[8.1,50],[8.1,50.1],[8,50.1],[8,50]],[[9,50],[9.1,50],[9.1,50.1],[9,50]]]",
    );
    noted(zones(outside.as_bytes()), IssueKind::GeometryInvalid, 1);
    refused(
        zones(polygon("[[[8,50],[9,50],[8.5,50],[8,50]]]").as_bytes()),
        "no row is a usable polygon",
    );
}

#[test]
fn an_unclosed_ring_is_closed() {
    let open = polygon("[[[8,50],[8.1,50],[8.1,50.1],[8,50.1]]]");
    let found = zones(open.as_bytes()).unwrap().0;
    let zone = found.zones.iter().next().unwrap();
    assert!(zone.area.contains(walkshed::spatial::LonLat::new(8.05, 50.05).unwrap()));
}

#[test]
fn a_zone_across_the_antimeridian_is_refused_with_what_to_do() {
    let across = polygon("[[[179.9,-16],[-179.9,-16],[-179.9,-17],[179.9,-17],[179.9,-16]]]");
    refused(zones(across.as_bytes()), "no row is a usable polygon");
}

#[test]
fn a_zone_around_the_earth_is_refused_with_its_feature_and_reason() {
    let read = zones(polygon("[[[-179,-80],[179,-80],[179,80],[-179,80],[-179,-80]]]").as_bytes());
    let message = said(read);
    assert!(message.contains("no row is a usable polygon, so there are no zones: "), "{message}");
    assert!(message.contains("feature 1: ") && message.contains("antimeridian"), "{message}");
}

#[test]
fn zones_that_are_parts_of_each_other_are_refused_by_name() {
    let zone = |id: &str, parent: &str, side: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"id":"{id}","name":"{id}","parent":"{parent}"}},"geometry":{{"type":"Polygon","coordinates":[[[0,0],[{side},0],[{side},{side}],[0,{side}],[0,0]]]}}}}"#
        )
    };
    let both = [zone("a", "b", 0.1), zone("b", "a", 0.2)].join(",");
    let text = format!(r#"{{"type":"FeatureCollection","features":[{both}]}}"#);
    refused(zones(text.as_bytes()), "a → b → a");
}

#[test]
fn overlapping_zones_of_one_level_are_said_and_count_nobody_twice() {
    let zone = |id: u32, west: f64| {
        let east = west + 0.1;
        format!(
            r#"{{"type":"Feature","properties":{{"id":{id}}},"geometry":{{"type":"Polygon","coordinates":[[[{west},0],[{east},0],[{east},0.1],[{west},0.1],[{west},0]]]}}}}"#
        )
    };
    let both = [zone(1, 0.0), zone(2, 0.05)].join(",");
    let text = format!(r#"{{"type":"FeatureCollection","features":[{both}]}}"#);
    let (_, issues) = zones(text.as_bytes()).unwrap();
    assert!(issues.issues().iter().any(|i| i.reason.contains("overlaps \"1\"")), "{issues:?}");
}
