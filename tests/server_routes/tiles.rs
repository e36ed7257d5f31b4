//! Tiles: decoded by another reader, they hold what the core says, on the tile and its margin.

use std::collections::BTreeMap;
use std::io::Read;

use axum::http::StatusCode;
use fast_mvt::{MvtFeature, MvtGeometry, MvtReaderRef, MvtValue};
use walkshed::ids::{FunctionId, GroupId, Id};
use walkshed::reach::{Ground, NearestField};
use walkshed::street::StreetClass;
use walkshed::units::{Persons, WalkTime};

use super::town::{Answer, app, ask, baseline, spot};

type Layers = BTreeMap<String, Vec<MvtFeature>>;

/// Tile that holds a place (slippy-map formula).
fn tile_at(z: u32, (lon, lat): (f64, f64)) -> String {
    let side = f64::from(1_u32 << z);
    let x = ((lon + 180.0) / 360.0 * side) as u32;
    let south = 1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI;
    format!("{z}/{x}/{}.mvt", (south / 2.0 * side) as u32)
}

fn town_tile(z: u32) -> String {
    let middle = spot(4.0, 2.0);
    tile_at(z, (middle.lon(), middle.lat()))
}

fn decode(answer: &Answer) -> Layers {
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/vnd.mapbox-vector-tile");
    let reader = MvtReaderRef::new(&answer.body).unwrap();
    let tile = reader.to_tile().unwrap();
    tile.layers.into_iter().map(|layer| (layer.name, layer.features)).collect()
}

fn points(geometry: &MvtGeometry) -> Vec<(i32, i32)> {
    use fast_mvt::MvtGeometry as G;
    let line =
        |line: &fast_mvt::MvtLineString| line.0.iter().map(|c| (c.x, c.y)).collect::<Vec<_>>();
    let polygon = |polygon: &fast_mvt::MvtPolygon| line(polygon.exterior());
    match geometry {
        G::Point(point) => vec![(point.x(), point.y())],
        G::LineString(one) => line(one),
        G::MultiLineString(many) => many.0.iter().flat_map(line).collect(),
        G::Polygon(one) => polygon(one),
        G::MultiPolygon(many) => many.0.iter().flat_map(polygon).collect(),
        other => unreachable!("{other:?} is never drawn"),
    }
}

fn text<'a>(feature: &'a MvtFeature, key: &str) -> Option<&'a str> {
    feature.properties.iter().find_map(|(name, value)| match value {
        MvtValue::String(text) if name == key => Some(text.as_str()),
        _ => None,
    })
}

fn number(feature: &MvtFeature, key: &str) -> Option<f64> {
    feature.properties.iter().find_map(|(name, value)| match value {
        MvtValue::Double(number) if name == key => Some(*number),
        _ => None,
    })
}

#[tokio::test]
async fn the_base_map_holds_every_layer_with_its_properties() {
    let answer = ask(&app(), &format!("/tiles/drawnton/base/{}", town_tile(14)), &[]).await;
    let layers = decode(&answer);
    let first = |layer: &str| layers[layer][0].clone();
    assert_eq!(text(&first("water"), "kind"), Some("water"));
    assert!(layers["water"].iter().any(|water| text(water, "kind") == Some("stream")));
    assert_eq!(text(&first("green"), "kind"), Some("park"));
    assert_eq!(layers["rail"].len(), 1);
    assert_eq!(layers["building"].len(), 1);
    assert_eq!(text(&first("place"), "name"), Some("Drawnton"));
    assert_eq!(text(&first("place"), "kind"), Some("town"));
    let zone = layers["zone"].iter().find(|zone| text(zone, "id") == Some("east")).unwrap();
    assert_eq!((text(zone, "name"), text(zone, "level")), (Some("Zone east"), Some("quarter")));
    assert_eq!(text(&first("boundary"), "level"), Some("city"));
    let class_of = |name| {
        let street = layers["street"].iter().find(|street| text(street, "name") == Some(name));
        street.and_then(|street| text(street, "class"))
    };
    assert_eq!(class_of("Row 0"), Some("major"));
    assert_eq!(class_of("Row 2"), Some("minor"));
    assert_eq!(class_of("Cut"), Some("steps"));
    assert!(layers["street"].iter().any(|street| text(street, "class") == Some("path")));
}

#[tokio::test]
async fn everything_drawn_lies_on_the_tile_or_its_margin() {
    let app = app();
    for z in [0, 5, 9, 11, 13, 14, 15, 16] {
        for set in ["base", "time/childcare/adult"] {
            let answer = ask(&app, &format!("/tiles/drawnton/{set}/{}", town_tile(z)), &[]).await;
            if answer.status == StatusCode::NO_CONTENT {
                assert!(z < 9, "{set} {z}");
                continue;
            }
            for feature in decode(&answer).values().flatten() {
                for (x, y) in points(&feature.geometry) {
                    let inside = -128..=4096 + 128;
                    assert!(inside.contains(&x) && inside.contains(&y), "{set} {z}: {x} {y}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_street_lies_where_the_projection_puts_it() {
    let layers =
        decode(&ask(&app(), &format!("/tiles/drawnton/base/{}", town_tile(16)), &[]).await);
    // Column 4 crosses row 2 at a place whose pixel follows from the slippy-map formula.
    let place = spot(4.0, 2.0);
    let side = f64::from(1_u32 << 16) * 4096.0;
    let x = (place.lon() + 180.0) / 360.0 * side % 4096.0;
    let south = 1.0 - place.lat().to_radians().tan().asinh() / std::f64::consts::PI;
    let y = south / 2.0 * side % 4096.0;
    let streets = &layers["street"];
    let row = streets.iter().find(|street| text(street, "name") == Some("Row 2")).unwrap();
    assert!(matches!(row.geometry, MvtGeometry::LineString(_)), "one line, not one a block");
    let line = points(&row.geometry);
    let (west, east) = (line.iter().map(|p| p.0).min(), line.iter().map(|p| p.0).max());
    assert!(west < Some(x as i32) && east > Some(x as i32));
    assert!(line.iter().all(|point| (f64::from(point.1) - y).abs() <= 1.0));
}

#[tokio::test]
async fn up_close_street_times_are_the_core_s_rounded_up_to_a_tenth() {
    let (app, baseline) = (app(), baseline());
    let walker = baseline.find_walker("wheelchair").unwrap();
    let ground = Ground::toward(&baseline.graph, &walker.impedance);
    let serving = baseline.facilities.offering(&[FunctionId(0)]);
    let seeds = walker.seeds(&baseline.graph, &walker.impedance, &serving);
    let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
    let tenth = |time: WalkTime| (f64::from(time.as_ms()) / 6000.0).ceil() / 10.0;
    let mut expected: Vec<Option<(String, String)>> = Vec::new();
    for (id, edge) in baseline.graph.edges().enumerate() {
        let (a, b) = (field.time(edge.from), field.time(edge.to));
        let known = edge.class != StreetClass::Steps && a.max(b).is_reachable();
        if baseline.graph.shape(id)[0].lon() < 10.02 {
            expected
                .push(known.then(|| (tenth(a.min(b)).to_string(), tenth(a.max(b)).to_string())));
        }
    }
    expected.sort();
    expected.dedup();
    let layers = decode(
        &ask(&app, &format!("/tiles/drawnton/time/childcare/wheelchair/{}", town_tile(14)), &[])
            .await,
    );
    let mut told: Vec<Option<(String, String)>> = layers["street_time"]
        .iter()
        .map(|street| {
            Some((number(street, "min_a")?.to_string(), number(street, "min")?.to_string()))
        })
        .collect();
    told.sort();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn far_out_times_are_whole_minutes_rounded_up_and_nobody_is_lost() {
    let (app, baseline) = (app(), baseline());
    let all = |z: u32| {
        let app = &app;
        async move {
            decode(
                &ask(app, &format!("/tiles/drawnton/time/childcare/adult/{}", town_tile(z)), &[])
                    .await,
            )
        }
    };
    let counted = |layers: &Layers| -> f64 {
        layers["demand"].iter().map(|dot| number(dot, "persons").unwrap()).sum()
    };
    // The margin of either tile ends between the lonely home at 10.02 and the far lane.
    let living = |east: f64| -> f64 {
        let points = baseline.demand.points.iter();
        let counted = points.filter(|point| point.zone.is_some() && point.place.lon() < east);
        counted.map(|point| point.persons[GroupId(0).index()]).sum::<Persons>().count()
    };
    let far = all(11).await;
    assert!((counted(&far) - living(10.021)).abs() < 1e-6);
    for feature in far["street_time"].iter().chain(&far["demand"]) {
        assert!(number(feature, "min").is_none_or(|min| min.fract().abs() < 1e-9));
    }
    assert!(
        far["demand"].iter().any(|dot| number(dot, "min").is_none()),
        "the lonely home reaches nothing"
    );
    let near = all(14).await;
    assert!((counted(&near) - living(10.021)).abs() < 1e-6);
    assert!(near["demand"].len() > far["demand"].len());
    assert!(!all(10).await.contains_key("demand"));
}

#[tokio::test]
async fn a_tile_known_already_is_not_sent_again() {
    let app = app();
    let uri = format!("/tiles/drawnton/time/childcare/adult/{}", town_tile(14));
    let first = ask(&app, &uri, &[]).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "a strong tag: {tag}");
    for known in [tag.clone(), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = ask(&app, &uri, &[("if-none-match", &known)]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(again.header("etag"), tag);
    }
    let other = ask(
        &app,
        &format!("/tiles/drawnton/time/clinic/adult/{}", town_tile(14)),
        &[("if-none-match", &tag)],
    )
    .await;
    assert_eq!(other.status, StatusCode::OK);
    assert_ne!(other.header("etag"), tag);
}

#[tokio::test]
async fn a_tile_is_sent_compressed_to_those_who_ask_and_is_the_same_tile() {
    let app = app();
    let uri = format!("/tiles/drawnton/base/{}", town_tile(13));
    let plain = ask(&app, &uri, &[]).await;
    let packed = ask(&app, &uri, &[("accept-encoding", "br, gzip")]).await;
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
    assert!(packed.header("vary").contains("accept-encoding"));
    assert_ne!(plain.header("etag"), packed.header("etag"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let refused = ask(&app, &uri, &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(refused.header("content-encoding"), "");
}

#[tokio::test]
async fn an_empty_tile_has_no_content_and_one_off_the_pyramid_is_not_there() {
    let app = app();
    let empty = ask(&app, "/tiles/drawnton/base/10/0/0.mvt", &[]).await;
    assert_eq!((empty.status, empty.body.len()), (StatusCode::NO_CONTENT, 0));
    for (uri, word) in [
        ("base/17/0/0.mvt", "z from 0 to 16"),
        ("base/2/4/0.mvt", "below 2^z"),
        ("base/2/-1/0.mvt", "no such tile"),
        ("base/2/1/1.png", "z/x/y.mvt"),
        ("base/2/1/99999999999.mvt", "no such tile"),
        ("time/childcar/adult/2/1/1.mvt", "did you mean \"childcare\""),
        ("time/childcare/elder/2/1/1.mvt", "unknown profile \"elder\""),
    ] {
        let answer = ask(&app, &format!("/tiles/drawnton/{uri}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(word), "{uri}");
    }
}

#[tokio::test]
async fn two_servers_of_one_study_send_the_same_bytes() {
    for set in ["base", "time/clinic/wheelchair"] {
        for z in [8, 12, 15] {
            let uri = format!("/tiles/drawnton/{set}/{}", town_tile(z));
            let (one, two) = (ask(&app(), &uri, &[]).await, ask(&app(), &uri, &[]).await);
            assert_eq!((one.body, one.status), (two.body, two.status));
        }
    }
}
