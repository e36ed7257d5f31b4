//! Random damage never ends in a panic.

use proptest::prelude::*;

use super::{demand, facilities, polygon, zones};

const GOOD_CSV: &str =
    "id,name,lon,lat,population,capacity,type\n1,\"a, b\",8.5,50.25,12,3,x;y\n2,园,8.6,50.2,5,,\n";
const GOOD_JSON: &str = r#"{"type":"FeatureCollection","crs":null,"features":[{"type":"Feature","id":1,
"properties":{"id":"a","population":5,"level":2,"parent":"b"},"geometry":{"type":"Polygon","coordinates":
[[[8,50],[8.1,50],[8.1,50.1],[8,50.1],[8,50]],[[8.02,50.02],[8.04,50.02],[8.04,50.04],[8.02,50.02]]]}},
{"type":"Feature","properties":{"id":"b","population":1e3,"level":1},"geometry":{"type":"MultiPolygon",
"coordinates":[[[[8,50],[9,50],[9,51],[8,50]]]]}}]}"#;

/// Reads bytes in every way; only a panic fails.
fn read_all(bytes: &[u8]) {
    let _ = (facilities(bytes).is_ok(), demand(bytes).is_ok());
    if let Ok((found, _)) = zones(bytes) {
        let place = walkshed::spatial::LonLat::new(8.05, 50.05).unwrap();
        let _ = found.find(place);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_files_never_panic(
        json in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let mut bytes = if json { GOOD_JSON } else { GOOD_CSV }.as_bytes().to_vec();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                _ => bytes.insert(at, b"\",;{}[]-e9\n"[usize::from(byte) % 11]),
            }
        }
        read_all(&bytes);
    }

    #[test]
    fn any_polygon_of_small_numbers_is_kept_valid_or_said(
        corners in prop::collection::vec((0..6_i32, 0..6_i32), 0..12),
    ) {
        let ring: Vec<String> = corners
            .iter()
            .map(|(x, y)| format!("[{},{}]", 8.0 + f64::from(*x) * 0.001, 50.0 + f64::from(*y) * 0.001))
            .collect();
        match zones(polygon(&format!("[[{}]]", ring.join(","))).as_bytes()) {
            Ok((found, _)) => {
                for zone in &found.zones {
                    prop_assert!(zone.area.area_m2() > 0.0);
                }
            }
            Err(error) => prop_assert!(error.to_string().contains("usable polygon")),
        }
    }
}

#[test]
fn the_undamaged_files_are_read() {
    assert_eq!(facilities(GOOD_CSV.as_bytes()).unwrap().0.len(), 2);
    assert_eq!(zones(GOOD_JSON.as_bytes()).unwrap().0.zones.len(), 2);
}
