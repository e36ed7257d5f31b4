//! Areas for a map: zones, water and coverage gaps as path texts.

use crate::coverage::CoverageGap;
use crate::demand::ZoneHierarchy;
use crate::ids::{IdVec, ZoneId};
use crate::spatial::{Area, LonLat};

use super::canvas::{Canvas, Dot, MAP_WIDTH, PathText, simplify};

/// Bytes that all zone outlines of a report may take.
const ZONE_BYTES_MAX: usize = 350_000;
/// Bytes that all water of a report may take.
const WATER_BYTES_MAX: usize = 150_000;
/// Zones that one map shows at most.
const ZONES_SHOWN_MAX: usize = 1_200;
/// Holes in a coverage gap shorter than this many units either way are not drawn.
const SMALLEST_HOLE: i32 = 30;
/// Tolerances in units, tried until the drawing fits.
const TOLERANCES: [f64; 6] = [0.7, 1.5, 3.0, 6.0, 12.0, 24.0];

/// The zones that maps color: those of the deepest level that is still readable, and shallower ones without
/// parts.
pub(in crate::report) fn zones_to_show(zones: &ZoneHierarchy) -> Vec<ZoneId> {
    let drawn = |id: ZoneId| !zones.zones[id].area.polygons.is_empty();
    let mut has_parts: IdVec<ZoneId, bool> = vec![false; zones.zones.len()].into();
    for (id, zone) in zones.zones.enumerate() {
        if let Some(parent) = zone.parent
            && drawn(id)
        {
            has_parts[parent] = true;
        }
    }
    let deepest = zones.zones.iter().map(|zone| zone.level).max().unwrap_or(0);
    (0..=deepest)
        .rev()
        .map(|level| {
            zones
                .zones
                .ids()
                .filter(|&id| {
                    let own = zones.zones[id].level;
                    drawn(id) && (own == level || (own < level && !has_parts[id]))
                })
                .collect::<Vec<_>>()
        })
        .find(|shown| shown.len() <= ZONES_SHOWN_MAX)
        .unwrap_or_default()
}

/// Path texts of `areas`, simplified until all of them fit into `bytes_max`; what does not fit is empty.
fn draw_areas(areas: &[&Area], canvas: &Canvas, bytes_max: usize) -> Vec<String> {
    let rings: Vec<Vec<Vec<Dot>>> = areas.iter().map(|area| rings_of(area, canvas)).collect();
    for tolerance in TOLERANCES {
        let paths: Vec<String> = rings.iter().map(|rings| outline(rings, tolerance)).collect();
        if paths.iter().map(String::len).sum::<usize>() <= bytes_max {
            return paths;
        }
    }
    let mut left = bytes_max;
    rings
        .iter()
        .map(|rings| {
            let path = outline(rings, 24.0);
            if path.len() > left {
                return String::new();
            }
            left -= path.len();
            path
        })
        .collect()
}

/// Path texts of the zones, in the order given.
pub(in crate::report) fn draw_zones(
    zones: &ZoneHierarchy,
    shown: &[ZoneId],
    canvas: &Canvas,
) -> Vec<String> {
    let areas: Vec<&Area> = shown.iter().map(|&id| &zones.zones[id].area).collect();
    draw_areas(&areas, canvas, ZONE_BYTES_MAX)
}

/// One path text of all water.
pub(in crate::report) fn draw_water(water: &[Area], canvas: &Canvas) -> String {
    let areas: Vec<&Area> = water.iter().collect();
    join(&draw_areas(&areas, canvas, WATER_BYTES_MAX))
}

/// One path of many: each begins with a relative move, which would count from where the last ended, and is
/// made absolute.
pub(super) fn join(paths: &[String]) -> String {
    let mut all = String::new();
    for path in paths {
        if let Some(rest) = path.strip_prefix('m') {
            all.push('M');
            all.push_str(rest);
        }
    }
    all
}

/// The coverage gaps that fit into `bytes_max`, most people first: path text of each, and how many are left
/// out of the drawing.
pub(in crate::report) fn draw_gaps(
    gaps: &[CoverageGap],
    canvas: &Canvas,
    bytes_max: usize,
) -> (Vec<String>, usize) {
    let mut paths = Vec::new();
    let mut used = 0;
    for gap in gaps {
        let path = outline(&gap_rings(gap, canvas), 1.5);
        used += path.len();
        if used > bytes_max {
            break;
        }
        paths.push(path);
    }
    let left_out = gaps.len() - paths.len();
    (paths, left_out)
}

fn rings_of(area: &Area, canvas: &Canvas) -> Vec<Vec<Dot>> {
    area.polygons
        .iter()
        .flat_map(|polygon| std::iter::once(&polygon.outer).chain(&polygon.holes))
        .map(|ring| dots(ring, canvas))
        .filter(|ring| meets_sheet(ring, canvas))
        .collect()
}

/// The outer rings of a coverage gap and its holes that are large enough to see.
fn gap_rings(gap: &CoverageGap, canvas: &Canvas) -> Vec<Vec<Dot>> {
    let mut rings = Vec::new();
    for polygon in &gap.area.polygons {
        let holes = polygon.holes.iter().map(|hole| dots(hole, canvas));
        rings.push(dots(&polygon.outer, canvas));
        rings.extend(holes.filter(|hole| span(hole) >= SMALLEST_HOLE));
    }
    rings.retain(|ring| meets_sheet(ring, canvas));
    rings
}

fn dots(ring: &[LonLat], canvas: &Canvas) -> Vec<Dot> {
    ring.iter().map(|&place| canvas.dot(place)).collect()
}

/// Width or height of the box around `ring`, whichever is greater.
fn span(ring: &[Dot]) -> i32 {
    let long = |values: &mut dyn Iterator<Item = i32>| {
        let (low, high) =
            values.fold((i32::MAX, i32::MIN), |(low, high), v| (low.min(v), high.max(v)));
        high.saturating_sub(low)
    };
    long(&mut ring.iter().map(|dot| dot.0)).max(long(&mut ring.iter().map(|dot| dot.1)))
}

/// Whether the box around `ring` meets the sheet.
fn meets_sheet(ring: &[Dot], canvas: &Canvas) -> bool {
    let ends = |values: &mut dyn Iterator<Item = i32>| {
        values.fold((i32::MAX, i32::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let across = ends(&mut ring.iter().map(|dot| dot.0));
    let down = ends(&mut ring.iter().map(|dot| dot.1));
    across.0 <= MAP_WIDTH && across.1 >= 0 && down.0 <= canvas.height && down.1 >= 0
}

fn outline(rings: &[Vec<Dot>], tolerance: f64) -> String {
    let mut path = PathText::default();
    for ring in rings {
        path.ring(&simplify_ring(ring, tolerance));
    }
    path.into_text()
}

/// A closed ring simplified from two far corners, so that it does not collapse.
fn simplify_ring(ring: &[Dot], tolerance: f64) -> Vec<Dot> {
    let Some(&first) = ring.first() else { return Vec::new() };
    let square = |dot: Dot| {
        let (dx, dy) = (i64::from(dot.0 - first.0), i64::from(dot.1 - first.1));
        dx * dx + dy * dy
    };
    let far = (0..ring.len()).max_by_key(|&at| (square(ring[at]), ring.len() - at)).unwrap_or(0);
    let mut line = simplify(&ring[..=far], tolerance);
    line.extend(simplify(&ring[far..], tolerance).into_iter().skip(1));
    line
}
