//! Coverage gaps: contiguous uncovered demand, ranked by people.

use std::collections::BTreeMap;

use crate::demand::DemandLayer;
use crate::ids::{DemandPointId, GroupId, Id, ZoneId};
use crate::spatial::grid::Grid;
use crate::spatial::{Area, BoundingBox, LocalFrame, LonLat, PlanarPoint};
use crate::units::{Persons, WalkTime};

/// Side of the cells that uncovered demand is gathered in, in metres.
pub const GAP_CELL_M: f64 = 100.0;
/// How far around a demand point a gap is drawn, in metres.
pub const GAP_DRAW_M: f64 = 75.0;

/// A contiguous area of people who are not covered.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageGap {
    /// The points, in id order.
    pub points: Vec<DemandPointId>,
    /// People of the group in it.
    pub persons: Persons,
    /// Shortest time from any of its points; `None` when none reaches a facility at all.
    pub nearest: Option<WalkTime>,
    /// The zone most of its people live in.
    pub zone: Option<ZoneId>,
    /// Where most of its people live.
    pub center: LonLat,
    /// Its drawing.
    pub area: Area,
}

/// Uncovered people: who and how far from the nearest facility (unreachable allowed).
pub type LeftOut = (DemandPointId, Persons, WalkTime);

/// The gaps among `left_out`, most people first, ties by first point.
///
/// Points belong to one gap when their cells of [`GAP_CELL_M`] metres touch, by a side or a corner.
pub fn find_gaps(demand: &DemandLayer, left_out: &[LeftOut]) -> Vec<CoverageGap> {
    let place = |point: DemandPointId| demand.points[point].place;
    let Some(center) = BoundingBox::center_of(left_out.iter().map(|&(id, _, _)| place(id))) else {
        return Vec::new();
    };
    let frame = LocalFrame::at(center);
    let cell_of = |&(id, _, _): &LeftOut| {
        let point = frame.to_planar(place(id));
        ((point.x / GAP_CELL_M).floor() as i64, (point.y / GAP_CELL_M).floor() as i64)
    };
    let mut cells: BTreeMap<(i64, i64), Vec<LeftOut>> = BTreeMap::new();
    for entry in left_out {
        cells.entry(cell_of(entry)).or_default().push(*entry);
    }
    let keys: Vec<(i64, i64)> = cells.keys().copied().collect();
    let mut group_of: Vec<usize> = (0..keys.len()).collect();
    for (position, &(x, y)) in keys.iter().enumerate() {
        for near in [(x - 1, y - 1), (x - 1, y), (x - 1, y + 1), (x, y - 1)] {
            if let Ok(other) = keys.binary_search(&near) {
                let (a, b) = (root(&mut group_of, position), root(&mut group_of, other));
                group_of[a.max(b)] = a.min(b);
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<LeftOut>> = BTreeMap::new();
    for (position, entries) in cells.into_values().enumerate() {
        members.entry(root(&mut group_of, position)).or_default().extend(entries);
    }
    let mut gaps: Vec<CoverageGap> =
        members.into_values().filter_map(|entries| gap_of(demand, &entries)).collect();
    gaps.sort_by(|a, b| b.persons.cmp(&a.persons).then(a.points.cmp(&b.points)));
    gaps
}

/// All of `left_out` as one gap: what there is when no facility serves anybody, so that no ground is nearer to
/// being covered than any other.
pub fn whole_gap(demand: &DemandLayer, left_out: &[LeftOut]) -> Vec<CoverageGap> {
    gap_of(demand, left_out).into_iter().collect()
}

fn root(group_of: &mut [usize], mut at: usize) -> usize {
    while group_of[at] != at {
        group_of[at] = group_of[group_of[at]];
        at = group_of[at];
    }
    at
}

fn gap_of(demand: &DemandLayer, entries: &[LeftOut]) -> Option<CoverageGap> {
    let mut points: Vec<DemandPointId> = entries.iter().map(|entry| entry.0).collect();
    points.sort_unstable();
    let mut by_zone: BTreeMap<ZoneId, Persons> = BTreeMap::new();
    for &(id, persons, _) in entries {
        if let Some(zone) = demand.points[id].zone {
            *by_zone.entry(zone).or_default() += persons;
        }
    }
    let most = by_zone.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    let heaviest = entries.iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let places: Vec<LonLat> = points.iter().map(|&id| demand.points[id].place).collect();
    Some(CoverageGap {
        persons: entries.iter().map(|entry| entry.1).sum(),
        nearest: entries.iter().map(|entry| entry.2).min().and_then(WalkTime::reached),
        zone: most.map(|(zone, _)| zone),
        center: demand.points[heaviest.0].place,
        area: draw(&places),
        points,
    })
}

/// The ground within [`GAP_DRAW_M`] of the places, on a grid that coarsens for wide gaps.
fn draw(places: &[LonLat]) -> Area {
    let Some(center) = BoundingBox::center_of(places.iter().copied()) else {
        return Area::default();
    };
    let frame = LocalFrame::at(center);
    let off = places.iter().map(|&place| frame.to_planar(place)).map(|p| p.x.abs().max(p.y.abs()));
    let half = off.fold(0.0, f64::max) + GAP_DRAW_M * 2.0;
    let grid = Grid::around(frame, (half / 250.0).max(GAP_DRAW_M), half);
    let mut inside = vec![false; grid.len()];
    let reach = (GAP_DRAW_M / grid.cell_m()).floor() as i64;
    let near =
        |&(dx, dy): &(i64, i64)| (dx * dx + dy * dy) as f64 <= (GAP_DRAW_M / grid.cell_m()).powi(2);
    let disc: Vec<(i64, i64)> = (-reach..=reach)
        .flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)))
        .filter(near)
        .collect();
    for &place in places {
        let Some((column, row)) = grid.find_cell(frame.to_planar(place)) else { continue };
        for (dx, dy) in &disc {
            let (x, y) = (column as i64 + dx, row as i64 + dy);
            if x >= 0 && y >= 0 && x < grid.width as i64 && y < grid.height as i64 {
                inside[grid.index((x as usize, y as usize))] = true;
            }
        }
    }
    debug_assert!(grid.find_cell(PlanarPoint::default()).is_some());
    grid.outline(&|cell| inside[grid.index(cell)])
}

/// The people of `group` whose time exceeds `cutoff`, in id order.
pub fn left_out(
    demand: &DemandLayer,
    group: GroupId,
    times: &crate::reach::DemandTimes,
    cutoff: WalkTime,
) -> Vec<LeftOut> {
    demand
        .points
        .enumerate()
        .filter(|(id, point)| {
            point.zone.is_some()
                && point.persons[group.index()] > Persons::ZERO
                && times.time(*id) > cutoff
        })
        .map(|(id, point)| (id, point.persons[group.index()], times.time(id)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::DemandPoint;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn a_gap_on_both_sides_of_the_antimeridian_is_one_and_as_large_as_elsewhere() {
        let drawn = |places: &[LonLat]| {
            let points = (0..).zip(places).map(|(key, &place)| DemandPoint {
                key: format!("{key}"),
                place,
                persons: vec![Persons::from_micro(1)],
                zone: None,
            });
            let points: Vec<DemandPoint> = points.collect();
            let left_out: Vec<LeftOut> = (0..places.len() as u32)
                .map(|id| (DemandPointId(id), Persons::from_micro(1), WalkTime::UNREACHABLE))
                .collect();
            let demand = DemandLayer { points: points.into(), ..DemandLayer::default() };
            let gaps = find_gaps(&demand, &left_out);
            assert_eq!(gaps.len(), 1);
            let rings = gaps[0].area.polygons.iter().flat_map(|polygon| &polygon.outer);
            let center = BoundingBox::center_of(places.iter().copied()).unwrap();
            let frame = LocalFrame::at(center);
            rings.map(|&corner| frame.to_planar(corner)).map(|p| p.x.abs()).fold(0.0, f64::max)
        };
        let home = drawn(&[at(9.9995, -16.8), at(10.0003, -16.8), at(10.0009, -16.8)]);
        let across = drawn(&[at(179.9995, -16.8), at(-179.9997, -16.8), at(-179.9991, -16.8)]);
        assert!((home - across).abs() < 0.1 && home < 300.0, "{home} {across}");
    }
}
