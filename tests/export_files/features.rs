//! The `GeoJSON` files, read back with the geojson crate.

use std::collections::BTreeSet;
use std::str::FromStr;

use geojson::{FeatureCollection, GeoJson, Geometry, GeometryValue};
use serde_json::Value;
use walkshed::coverage::CoverageSum;
use walkshed::export::{self, DemandDetail};
use walkshed::units::WalkTime;

use super::town::{Town, written};

/// Parses a file and checks what all of them promise.
pub(crate) fn collection(bytes: &[u8]) -> FeatureCollection {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let parsed = GeoJson::from_str(text).expect("GeoJSON");
    let all = FeatureCollection::try_from(parsed).expect("a feature collection");
    let members = all.foreign_members.as_ref().expect("foreign members");
    assert!(!members.contains_key("crs"));
    assert_eq!(members["attribution"], "© OpenStreetMap contributors");
    assert_eq!(members["provenance"]["study_hash"], "00ff");
    assert_eq!(members["provenance"]["version"], env!("CARGO_PKG_VERSION"));
    for feature in &all.features {
        feature.geometry.iter().for_each(check_geometry);
    }
    check_box(&all);
    all
}

/// The box holds every position and touches one on each side (RFC 7946, section 5), also where its west is
/// greater than its east (section 5.2).
fn check_box(all: &FeatureCollection) {
    let mut places = Vec::new();
    for geometry in all.features.iter().filter_map(|feature| feature.geometry.as_ref()) {
        let value: Value = serde_json::to_value(geometry).expect("JSON");
        gather(&value["coordinates"], &mut places);
    }
    let Some(bounds) = &all.bbox else { return assert!(places.is_empty(), "a box around places") };
    let bounds: Vec<i64> = bounds.iter().map(|&degrees| e7(degrees)).collect();
    let [west, south, east, north] = bounds.try_into().expect("four numbers");
    let across = west > east;
    let inside =
        |lon: i64| if across { lon >= west || lon <= east } else { (west..=east).contains(&lon) };
    assert!(places.iter().all(|&(lon, lat)| inside(lon) && (south..=north).contains(&lat)));
    let touches = |test: &dyn Fn((i64, i64)) -> bool| places.iter().any(|&place| test(place));
    assert!(touches(&|(lon, _)| lon == west) && touches(&|(lon, _)| lon == east));
    assert!(touches(&|(_, lat)| lat == south) && touches(&|(_, lat)| lat == north));
    assert!((east - west).rem_euclid(3_600_000_000) < 10_000_000, "the town is small");
}

fn e7(degrees: f64) -> i64 {
    (degrees * 1e7).round() as i64
}

fn gather(value: &Value, places: &mut Vec<(i64, i64)>) {
    let items = value.as_array().expect("an array");
    match (items[0].as_f64(), items.get(1).and_then(Value::as_f64)) {
        (Some(lon), Some(lat)) => places.push((e7(lon), e7(lat))),
        _ => items.iter().for_each(|item| gather(item, places)),
    }
}

fn check_geometry(geometry: &Geometry) {
    let value: Value = serde_json::to_value(geometry).expect("JSON");
    check_positions(&value["coordinates"]);
    if value["type"] == "MultiPolygon" {
        for polygon in value["coordinates"].as_array().expect("polygons") {
            for (index, ring) in polygon.as_array().expect("rings").iter().enumerate() {
                check_ring(ring, if index == 0 { 1.0 } else { -1.0 });
            }
        }
    }
}

fn check_positions(value: &Value) {
    let items = value.as_array().expect("an array");
    if items[0].is_number() {
        let (lon, lat) = (items[0].as_f64().expect("lon"), items[1].as_f64().expect("lat"));
        assert!(items.len() == 2 && lon.abs() <= 180.0 && lat.abs() <= 90.0);
    } else {
        items.iter().for_each(check_positions);
    }
}

fn check_ring(ring: &Value, turn: f64) {
    let ring: Vec<(f64, f64)> = ring
        .as_array()
        .expect("a ring")
        .iter()
        .map(|p| (p[0].as_f64().expect("lon"), p[1].as_f64().expect("lat")))
        .collect();
    assert!(ring.len() >= 4 && ring.first() == ring.last(), "closed");
    let origin = ring[0];
    let area: f64 = ring
        .windows(2)
        .map(|w| {
            (w[0].0 - origin.0) * (w[1].1 - origin.1) - (w[1].0 - origin.0) * (w[0].1 - origin.1)
        })
        .sum();
    assert!(area * turn > 0.0, "outer rings run counter-clockwise, holes clockwise");
    assert!(ring.windows(2).all(|w| (w[0].0 - w[1].0).abs() < 180.0), "no jump across the earth");
}

fn number(feature: &geojson::Feature, name: &str) -> f64 {
    feature.property(name).and_then(Value::as_f64).expect(name)
}

fn text<'a>(feature: &'a geojson::Feature, name: &str) -> &'a str {
    feature.property(name).and_then(Value::as_str).expect(name)
}

fn micro(count: f64) -> i64 {
    (count * 1e6).round() as i64
}

#[test]
fn zones_have_all_their_people_at_every_level_and_remainders_have_no_ground() {
    let town = Town::new();
    let all = collection(&written(|out| export::write_zones(out, &town.results())));
    assert_eq!(all.features.len(), town.baseline.zones.zones.len());
    assert_eq!(all.features.len(), 4, "the town, two quarters and the rest");
    for name in [
        "persons_all",
        "persons_age_0_3",
        "test-1.childcare-5.covered_persons",
        "test-1.composite.covered_persons",
    ] {
        let (mut whole, mut parts) = (0, 0);
        for zone in &all.features {
            let sum = if number(zone, "level") == 0.0 { &mut whole } else { &mut parts };
            *sum += micro(number(zone, name));
        }
        assert_eq!(whole, parts, "{name}");
        assert!(whole > 0, "{name}");
    }
    let rest: Vec<_> = all.features.iter().filter(|zone| zone.geometry.is_none()).collect();
    assert_eq!(rest.len(), 1);
    assert_eq!((text(rest[0], "id"), text(rest[0], "parent")), ("town/rest", "town"));
    let rule = &town.audit.rules[1];
    let share = rule.summary.zones.iter().next().and_then(CoverageSum::share).unwrap().0;
    assert!((number(&all.features[0], "test-1.meals-400.share") - share).abs() < 1e-15);
    assert!(all.features[0].property("test-1.meals-400.mean_m").is_some());
    assert!(all.features[0].property("test-1.childcare-5.mean_min").is_some());
}

#[test]
fn every_demand_point_says_how_far_it_walks_and_to_whom() {
    let town = Town::new();
    let write = |detail| written(|out| export::write_demand(out, &town.results(), detail));
    let all = collection(&write(DemandDetail::Full));
    assert_eq!(all.features.len(), town.baseline.demand.points.len());
    let rules = &town.audit.rules;
    for (id, point) in town.baseline.demand.points.enumerate() {
        let feature = &all.features[id.0 as usize];
        assert_eq!(
            (number(feature, "id"), text(feature, "key")),
            (f64::from(id.0), point.key.as_str())
        );
        let minutes = feature.property("test-1.childcare-5.min").unwrap().as_f64();
        let ms = minutes.map(|minutes| (minutes * 60_000.0).round() as u32);
        assert_eq!(ms, rules[0].times.time(id).reached().map(WalkTime::as_ms));
        let meters = feature.property("test-1.meals-400.m").unwrap().as_f64();
        let mm = meters.map(|meters| (meters * 1000.0).round() as u32);
        assert_eq!(mm, rules[1].times.time(id).reached().map(WalkTime::as_ms));
        assert_eq!(feature.property("test-1.meals-400.covered").unwrap(), rules[1].covers(id));
        let facility = feature.property("test-1.childcare-5.facility").unwrap().as_u64();
        assert_eq!(facility, rules[0].times.facility(id).map(|f| u64::from(f.0)));
        let missing = feature.property("test-1.composite.missing").unwrap().as_array().unwrap();
        let has_street = rules[0].times.walk(id).is_some();
        assert_eq!(feature.property("has_street").unwrap(), has_street);
        assert_eq!(
            missing.contains(&Value::from("childcare-5")),
            has_street && !rules[0].covers(id)
        );
        let complete = if has_street { Value::from(missing.is_empty()) } else { Value::Null };
        assert_eq!(*feature.property("test-1.composite.complete").unwrap(), complete);
    }
    assert!(all.features.iter().any(|f| f.property("test-1.any-day.min").unwrap().is_null()));
    let short = collection(&write(DemandDetail::Times));
    assert!(short.features[0].property("test-1.childcare-5.min").is_some());
    assert!(short.features[0].property("test-1.childcare-5.facility").is_none());
}

#[test]
fn gaps_hold_everybody_who_is_left_out_ranked_by_people() {
    let town = Town::new();
    let all = collection(&written(|out| export::write_gaps(out, &town.results())));
    let of =
        |rule: &str| all.features.iter().filter(|f| text(f, "rule") == rule).collect::<Vec<_>>();
    for rule in &town.audit.rules {
        let gaps = of(&rule.rule.id);
        assert_eq!(gaps.len(), rule.gaps.len());
        let persons: i64 = gaps.iter().map(|gap| micro(number(gap, "persons"))).sum();
        assert_eq!(persons, rule.summary.total.left_out().as_micro(), "{}", rule.rule.id);
        let ranked: Vec<(bool, f64)> = gaps
            .iter()
            .map(|gap| (text(gap, "kind") == "scattered", -number(gap, "persons")))
            .collect();
        assert!(ranked.is_sorted());
        let ids: BTreeSet<&str> = gaps.iter().map(|gap| text(gap, "id")).collect();
        let names: BTreeSet<&str> = gaps.iter().map(|gap| text(gap, "name")).collect();
        assert_eq!((ids.len(), names.len()), (gaps.len(), gaps.len()));
        assert!(
            gaps.iter().zip(1..).all(|(gap, rank)| micro(number(gap, "rank")) == rank * 1_000_000)
        );
    }
    let broken = of("composite");
    let composite = &town.audit.composites[0];
    let persons: i64 = broken.iter().map(|gap| micro(number(gap, "persons"))).sum();
    assert_eq!(persons, composite.summary.total.left_out().as_micro());
    for gap in broken {
        let missing = gap.property("missing").unwrap().as_array().unwrap();
        let counts = gap.property("missing_persons").unwrap().as_array().unwrap();
        assert!(!missing.is_empty() && missing.len() == counts.len());
        let most = counts.iter().map(|count| micro(count.as_f64().unwrap())).sum::<i64>();
        assert!(most >= micro(number(gap, "persons")), "everybody in a gap lacks something");
    }
}

#[test]
fn facilities_say_what_they_offer_and_where_they_meet_the_streets() {
    let town = Town::new();
    let all = collection(&written(|out| export::write_facilities(out, &town.results())));
    assert_eq!(all.features.len(), 7);
    let of = |key: &str| all.features.iter().find(|f| text(f, "key") == key).unwrap();
    let both = of("way/2");
    assert_eq!(both.property("functions").unwrap(), &serde_json::json!(["childcare", "meals"]));
    assert_eq!(both.property("capacity").unwrap(), 12.0);
    assert_eq!(both.property("entrances").unwrap(), 2);
    assert_eq!(text(both, "name"), "way/2, \"the\" 中心");
    assert!(number(both, "access_m") > 0.0);
    assert_eq!(text(of("node/5"), "status"), "planned");
    assert!(of("node/4").property("access_m").unwrap().is_null());
}

#[test]
fn streets_carry_times_of_the_walker_and_each_ground_once() {
    let town = Town::new();
    let baseline = &town.baseline;
    let walker = baseline.find_walker("wheelchair").unwrap();
    let serving = export::facilities_called(baseline, "meals").unwrap();
    let asked = export::StreetTimes {
        baseline,
        walker,
        serving: &serving,
        yardstick: walkshed::units::Yardstick::Minutes,
        bound: walkshed::units::WalkTime::from_ms(600_000),
        title: "meals",
        provenance: &town.provenance,
    };
    let all = collection(&written(|out| export::write_streets(out, &asked)));
    assert!(all.features.iter().all(|street| text(street, "class") != "steps"), "no stairs");
    let meters: f64 = all.features.iter().map(|street| number(street, "length_m")).sum();
    let graph = &baseline.graph;
    let expected: f64 = graph
        .edges()
        .enumerate()
        .filter(|&(id, _)| walker.impedance.is_walkable(id) && !graph.is_entering_side(id))
        .map(|(_, edge)| f64::from(edge.length_mm) / 1000.0)
        .sum();
    assert!((meters - expected).abs() < 0.001);
    let times: Vec<Option<f64>> =
        all.features.iter().map(|street| street.property("mid_min").unwrap().as_f64()).collect();
    assert!(times.iter().flatten().all(|&time| time <= 10.0));
    assert!(times.contains(&None) && times.iter().any(Option::is_some));
}

#[test]
fn a_town_on_the_antimeridian_is_written_in_valid_pieces() {
    let town = Town::at(179.993, -16.5);
    let zones = collection(&written(|out| export::write_zones(out, &town.results())));
    let Some(GeometryValue::MultiPolygon { coordinates }) =
        zones.features[0].geometry.as_ref().map(|geometry| &geometry.value)
    else {
        panic!("a multi-polygon")
    };
    assert_eq!(coordinates.len(), 2, "one part on each side");
    collection(&written(|out| export::write_gaps(out, &town.results())));
    collection(&written(|out| export::write_demand(out, &town.results(), DemandDetail::Full)));
}
