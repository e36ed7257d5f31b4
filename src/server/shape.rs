//! Places and areas as RFC 7946 GeoJSON.

use serde_json::{Value, json};

use super::describe::Geometry;
use crate::export::rings_of;
use crate::spatial::{Area, LonLat};
use crate::units::WalkTime;

/// A position.
pub(super) fn position(place: LonLat) -> [f64; 2] {
    [place.lon(), place.lat()]
}

/// A point geometry.
pub(super) fn point(place: LonLat) -> Geometry {
    Geometry(json!({ "type": "Point", "coordinates": position(place) }))
}

/// A line geometry; a line of one place is drawn as one of no length.
pub(super) fn line(places: &[LonLat]) -> Geometry {
    let mut coordinates: Vec<[f64; 2]> = places.iter().copied().map(position).collect();
    if let [only] = coordinates.as_slice() {
        coordinates.push(*only);
    }
    Geometry(json!({ "type": "LineString", "coordinates": coordinates }))
}

/// Lines as one geometry.
pub(super) fn lines(lines: &[Vec<LonLat>]) -> Geometry {
    let line = |line: &Vec<LonLat>| line.iter().copied().map(position).collect::<Vec<_>>();
    let coordinates: Vec<Vec<[f64; 2]>> = lines.iter().map(line).collect();
    Geometry(json!({ "type": "MultiLineString", "coordinates": coordinates }))
}

/// A polygon, or several where it has parts or is cut at the antimeridian; outer rings run counter-clockwise
/// and holes clockwise.
pub(super) fn area(area: &Area) -> Geometry {
    let polygons: Vec<Value> = rings_of(area).iter().map(|rings| polygon(rings)).collect();
    Geometry(match <[Value; 1]>::try_from(polygons) {
        Ok([only]) => json!({ "type": "Polygon", "coordinates": only }),
        Err(several) => json!({ "type": "MultiPolygon", "coordinates": several }),
    })
}

/// Minutes, `null` when nothing is reached.
pub(super) fn minutes(time: WalkTime) -> Option<f64> {
    time.reached().map(WalkTime::as_minutes)
}

fn polygon(rings: &[Vec<(i64, i64)>]) -> Value {
    let degrees = |e7: i64| e7 as f64 / 1e7;
    let ring = |ring: &Vec<(i64, i64)>| -> Value {
        ring.iter().map(|&(lon, lat)| json!([degrees(lon), degrees(lat)])).collect()
    };
    rings.iter().map(ring).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::AreaPolygon;

    #[test]
    fn outer_rings_turn_left_and_holes_right_however_they_came() {
        let square = |from: f64, to: f64| {
            [(from, from), (from, to), (to, to), (to, from), (from, from)]
                .map(|(lon, lat)| LonLat::new(lon, lat).unwrap())
                .to_vec()
        };
        let holed = AreaPolygon { outer: square(0.0, 1.0), holes: vec![square(0.4, 0.6)] };
        let shape = area(&Area { polygons: vec![holed] }).0;
        assert_eq!(shape["type"], "Polygon");
        assert_eq!(shape["coordinates"][0][1], json!([1.0, 0.0]));
        assert_eq!(shape["coordinates"][1][1], json!([0.4, 0.6]));
    }

    #[test]
    fn an_area_across_the_antimeridian_comes_in_two_parts() {
        let corners = [(179.9, 0.0), (-179.9, 0.0), (-179.9, 1.0), (179.9, 1.0)];
        let ring = corners.map(|(lon, lat)| LonLat::new(lon, lat).unwrap()).to_vec();
        let shape = area(&Area::from_ring(ring)).0;
        assert_eq!(shape["type"], "MultiPolygon");
        assert_eq!(shape["coordinates"].as_array().unwrap().len(), 2);
    }
}
