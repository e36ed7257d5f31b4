//! Geometry objects of RFC 7946.

use crate::spatial::{Area, LonLat};

use super::antimeridian::{Line, cut_line, cut_polygon};
use super::json::Json;

/// A `Point`.
pub(super) fn point(json: &mut Json, place: LonLat) {
    json.object(|json| {
        json.key("type").string("Point");
        json.key("coordinates").place(place);
    });
}

/// Rings of polygons in whole 1e-7 degrees, none across the antimeridian, each closed; the outer ring of a
/// polygon comes first and runs counter-clockwise, its holes run clockwise (RFC 7946, section 3.1.6 and 3.1.9).
pub fn rings_of(area: &Area) -> Vec<Vec<Vec<(i64, i64)>>> {
    area.polygons.iter().flat_map(cut_polygon).collect()
}

/// A `MultiPolygon`, also of one polygon; `null` when there is no ground.
pub(super) fn area(json: &mut Json, area: &Area) {
    let polygons = rings_of(area);
    if polygons.is_empty() {
        return json.null();
    }
    json.object(|json| {
        json.key("type").string("MultiPolygon");
        json.key("coordinates").array(|json| {
            for rings in &polygons {
                json.array(|json| rings.iter().for_each(|ring| positions(json, ring)));
            }
        });
    });
}

/// A `LineString`, or a `MultiLineString` across the antimeridian; a line of one place is drawn there and
/// back, and of none is `null`.
pub(super) fn line(json: &mut Json, places: &[LonLat]) {
    let parts = parts_of(places);
    match parts.as_slice() {
        [] => json.null(),
        [part] => json.object(|json| {
            json.key("type").string("LineString");
            positions(json.key("coordinates"), part);
        }),
        parts => multi_line(json, parts),
    }
}

/// A `MultiLineString`; `null` of no line.
pub(super) fn lines<'a>(json: &mut Json, lines: impl Iterator<Item = &'a [LonLat]>) {
    let parts: Vec<Line> = lines.flat_map(parts_of).collect();
    if parts.is_empty() { json.null() } else { multi_line(json, &parts) }
}

fn parts_of(places: &[LonLat]) -> Vec<Line> {
    if places.is_empty() {
        return Vec::new();
    }
    let mut parts = cut_line(places);
    for part in parts.iter_mut().filter(|part| part.len() == 1) {
        part.extend_from_within(..);
    }
    parts
}

fn multi_line(json: &mut Json, parts: &[Line]) {
    json.object(|json| {
        json.key("type").string("MultiLineString");
        json.key("coordinates").array(|json| parts.iter().for_each(|part| positions(json, part)));
    });
}

fn positions(json: &mut Json, line: &[(i64, i64)]) {
    json.array(|json| line.iter().for_each(|&position| json.position(position)));
}
