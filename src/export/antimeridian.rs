//! Shapes across the antimeridian, cut there (RFC 7946, section 3.1.9).
//!
//! Coordinates are whole 1e-7 degrees. A step of more than 180 degrees of longitude is taken to go the other,
//! short way round, so a shape is first laid out without jumps and then cut along 180° where it passes it.

use crate::spatial::{AreaPolygon, LonLat};

/// Longitude and latitude in 1e-7 degrees; while laid out, longitude may pass 180°.
pub(super) type Position = (i64, i64);
/// A closed ring or a line.
pub(super) type Line = Vec<Position>;

const HALF: i64 = 1_800_000_000;
const TURN: i64 = 2 * HALF;

/// The places as they stand.
fn as_given(places: &[LonLat]) -> Line {
    places.iter().map(|place| (i64::from(place.lon_e7()), i64::from(place.lat_e7()))).collect()
}

/// The places without jumps of more than 180 degrees.
fn lay_out(places: &[LonLat]) -> Line {
    let mut line = as_given(places);
    for index in 1..line.len() {
        let before = line[index - 1].0;
        while line[index].0 - before > HALF {
            line[index].0 -= TURN;
        }
        while before - line[index].0 > HALF {
            line[index].0 += TURN;
        }
    }
    line
}

fn shift(line: &mut [Position], by: i64) {
    for position in line {
        position.0 += by;
    }
}

fn west_end(line: &[Position]) -> i64 {
    line.iter().map(|position| position.0).min().unwrap_or(0)
}

fn east_end(line: &[Position]) -> i64 {
    line.iter().map(|position| position.0).max().unwrap_or(0)
}

/// Twice the area of a closed ring; positive when counter-clockwise.
pub(super) fn twice_area(ring: &[Position]) -> i128 {
    let cross = |a: Position, b: Position| {
        i128::from(a.0) * i128::from(b.1) - i128::from(b.0) * i128::from(a.1)
    };
    ring.windows(2).map(|pair| cross(pair[0], pair[1])).sum()
}

/// Latitude where the segment from `a` to `b` passes longitude 180°.
fn crossing_lat(a: Position, b: Position) -> i64 {
    let (run, rise) = (i128::from(b.0 - a.0), i128::from(b.1 - a.1));
    let part = i128::from(HALF - a.0) * rise;
    // Rounded to the nearest, the same from either side.
    let (part, run) = if run < 0 { (-part, -run) } else { (part, run) };
    a.1 + (2 * part + run).div_euclid(2 * run) as i64
}

/// The parts of a line, none of which passes the antimeridian.
pub(super) fn cut_line(places: &[LonLat]) -> Vec<Line> {
    let mut line = lay_out(places);
    while west_end(&line) < -HALF {
        shift(&mut line, TURN);
    }
    let mut parts: Vec<Line> = Vec::new();
    let mut part: Line = Vec::new();
    for (index, &position) in line.iter().enumerate() {
        if index > 0 {
            let before = line[index - 1];
            if (before.0 > HALF) != (position.0 > HALF) && before.0 != position.0 {
                let meeting = (HALF, crossing_lat(before, position));
                part.push(meeting);
                parts.push(std::mem::replace(&mut part, vec![meeting]));
            }
        }
        part.push(position);
    }
    parts.push(part);
    for part in &mut parts {
        part.dedup();
        if east_end(part) > HALF {
            shift(part, -TURN);
        }
    }
    if parts.len() > 1 {
        parts.retain(|part| part.len() > 1);
    }
    parts
}

/// The polygons that `polygon` makes when cut at the antimeridian: rings closed, the outer one first and
/// counter-clockwise, holes clockwise. Empty when the outer ring has no ground.
pub(super) fn cut_polygon(polygon: &AreaPolygon) -> Vec<Vec<Line>> {
    let Some(rings) = laid_rings(polygon) else { return Vec::new() };
    if east_end(&rings[0]) <= HALF {
        return vec![rings];
    }
    if west_end(&rings[0]) >= HALF {
        return vec![moved(rings)];
    }
    // A shape that crosses itself on the line cannot be cut; it stays whole with longitudes that are valid.
    cut_rings(&rings).unwrap_or_else(|| vec![wrapped(rings)])
}

/// All rings without jumps and on one side of -180°, turned as RFC 7946 asks.
fn laid_rings(polygon: &AreaPolygon) -> Option<Vec<Line>> {
    let mut outer = lay_out(&polygon.outer);
    if outer.first() != outer.last() || twice_area(&outer) == 0 {
        // It goes round a pole or round the whole earth: there is no short way.
        outer = as_given(&polygon.outer);
    }
    while west_end(&outer) < -HALF {
        shift(&mut outer, TURN);
    }
    let mut rings = vec![turned(outer, 1)?];
    let (west, east) = (west_end(&rings[0]), east_end(&rings[0]));
    for hole in &polygon.holes {
        let mut hole = lay_out(hole);
        let (hole_west, hole_east) = (west_end(&hole), east_end(&hole));
        let fits = |by: &i64| hole_west + by >= west && hole_east + by <= east;
        let by = [0, TURN, -TURN].into_iter().find(fits).unwrap_or(0);
        shift(&mut hole, by);
        rings.extend(turned(hole, -1));
    }
    Some(rings)
}

/// The ring turned the way `sign` says; `None` when it has no ground.
fn turned(mut ring: Line, sign: i128) -> Option<Line> {
    ring.dedup();
    let area = twice_area(&ring);
    if ring.len() < 4 || ring.first() != ring.last() || area == 0 {
        return None;
    }
    if area.signum() != sign {
        ring.reverse();
    }
    Some(ring)
}

fn moved(mut rings: Vec<Line>) -> Vec<Line> {
    for ring in &mut rings {
        shift(ring, -TURN);
    }
    rings
}

fn wrapped(mut rings: Vec<Line>) -> Vec<Line> {
    for position in rings.iter_mut().flatten() {
        if position.0 > HALF {
            position.0 -= TURN;
        }
    }
    rings
}

/// A stretch of a ring on one side of the line, between two crossings.
struct Stretch {
    from: usize,
    line: Line,
    to: usize,
}

/// Cuts rings along 180°: stretches on either side are joined along the line, between neighboring crossings.
fn cut_rings(rings: &[Line]) -> Option<Vec<Vec<Line>>> {
    let mut crossings: Vec<i64> = Vec::new();
    let (mut stretches, mut whole) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for ring in rings {
        let side = |position: Position| usize::from(position.0 >= HALF);
        let turns = |index: &usize| side(ring[*index]) != side(ring[index + 1]);
        let cuts: Vec<usize> = (0..ring.len() - 1).filter(turns).collect();
        if cuts.is_empty() {
            whole[side(ring[0])].push(ring.clone());
            continue;
        }
        let first = crossings.len();
        crossings.extend(cuts.iter().map(|&cut| crossing_lat(ring[cut], ring[cut + 1])));
        for (order, &cut) in cuts.iter().enumerate() {
            let next = (order + 1) % cuts.len();
            let stop = if next == 0 { cuts[0] + ring.len() - 1 } else { cuts[next] };
            let inner: Line =
                (cut + 1..=stop).map(|index| ring[index % (ring.len() - 1)]).collect();
            let stretch = Stretch { from: first + order, line: inner, to: first + next };
            stretches[side(stretch.line[0])].push(stretch);
        }
    }
    let [west, east] = stretches;
    let [west_whole, east_whole] = whole;
    let mut polygons = nested(join(&west, &crossings)?, west_whole)?;
    polygons.extend(nested(join(&east, &crossings)?, east_whole)?.into_iter().map(moved));
    Some(polygons)
}

/// Joins stretches into closed rings: from each end along the line to the crossing beside it.
fn join(stretches: &[Stretch], crossings: &[i64]) -> Option<Vec<Line>> {
    let mut order: Vec<usize> = (0..crossings.len()).collect();
    order.sort_by_key(|&crossing| (crossings[crossing], crossing));
    let mut beside = vec![0; crossings.len()];
    for pair in order.chunks_exact(2) {
        (beside[pair[0]], beside[pair[1]]) = (pair[1], pair[0]);
    }
    let mut used = vec![false; stretches.len()];
    let mut rings = Vec::new();
    for start in 0..stretches.len() {
        let (mut ring, mut at) = (Line::new(), start);
        while !used[at] {
            used[at] = true;
            let stretch = &stretches[at];
            ring.push((HALF, crossings[stretch.from]));
            ring.extend_from_slice(&stretch.line);
            ring.push((HALF, crossings[stretch.to]));
            at = stretches.iter().position(|next| next.from == beside[stretch.to])?;
        }
        if at != start {
            return None;
        }
        ring.extend(ring.first().copied());
        ring.dedup();
        if ring.len() >= 4 && twice_area(&ring) != 0 {
            rings.push(ring);
        }
    }
    Some(rings)
}

/// Puts every clockwise ring into the counter-clockwise one around it.
fn nested(joined: Vec<Line>, whole: Vec<Line>) -> Option<Vec<Vec<Line>>> {
    let (outer, holes): (Vec<Line>, Vec<Line>) =
        joined.into_iter().chain(whole).partition(|ring| twice_area(ring) > 0);
    let mut polygons: Vec<Vec<Line>> = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in holes {
        polygons.iter_mut().find(|polygon| surrounds(&polygon[0], hole[0]))?.push(hole);
    }
    Some(polygons)
}

/// Whether `position` lies in the ring (even-odd).
fn surrounds(ring: &[Position], position: Position) -> bool {
    let passes = |pair: &&[Position]| {
        let (a, b) = (pair[0], pair[1]);
        let cross = i128::from(b.0 - a.0) * i128::from(position.1 - a.1)
            - i128::from(b.1 - a.1) * i128::from(position.0 - a.0);
        (a.1 > position.1) != (b.1 > position.1) && ((cross > 0) == (b.1 > a.1))
    };
    ring.windows(2).filter(passes).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(corners: &[(f64, f64)]) -> Vec<LonLat> {
        corners.iter().map(|&(lon, lat)| LonLat::new(lon, lat).unwrap()).collect()
    }

    fn square(west: f64, east: f64, south: f64, north: f64) -> Vec<LonLat> {
        ring(&[(west, south), (east, south), (east, north), (west, north), (west, south)])
    }

    fn area(polygons: &[Vec<Line>]) -> i128 {
        polygons.iter().flatten().map(|ring| twice_area(ring)).sum()
    }

    #[test]
    fn rings_turn_as_rfc_7946_asks_whichever_way_they_came() {
        let mut outer = square(0.0, 1.0, 0.0, 1.0);
        outer.reverse();
        let polygon = AreaPolygon { outer, holes: vec![square(0.4, 0.6, 0.4, 0.6)] };
        let cut = cut_polygon(&polygon);
        assert_eq!(cut.len(), 1);
        assert!(twice_area(&cut[0][0]) > 0 && twice_area(&cut[0][1]) < 0);
    }

    #[test]
    fn a_square_on_the_antimeridian_becomes_two_of_the_same_ground() {
        let polygon = AreaPolygon { outer: square(179.9, -179.8, -1.0, 1.0), holes: vec![] };
        let cut = cut_polygon(&polygon);
        assert_eq!(cut.len(), 2);
        assert_eq!(area(&cut), 2 * 3_000_000 * 20_000_000);
        assert!(cut[0][0].iter().all(|p| (1_799_000_000..=HALF).contains(&p.0)));
        assert!(cut[1][0].iter().all(|p| (-HALF..=-1_798_000_000).contains(&p.0)));
    }

    #[test]
    fn a_hole_on_the_line_parts_with_it_and_a_hole_beside_it_stays_in_its_part() {
        let holes = vec![square(179.95, -179.95, -0.5, 0.5), square(-179.9, -179.85, 0.0, 0.1)];
        let polygon = AreaPolygon { outer: square(179.9, -179.8, -1.0, 1.0), holes };
        let cut = cut_polygon(&polygon);
        // The hole across the line eats into both parts; the other one stays a hole of the eastern part.
        assert_eq!(cut.iter().map(Vec::len).sum::<usize>(), 3);
        assert_eq!(
            area(&cut),
            2 * (3_000_000 * 20_000_000 - 1_000_000 * 10_000_000 - 500_000 * 1_000_000)
        );
    }

    #[test]
    fn a_comb_with_teeth_across_the_line_gives_one_part_a_tooth() {
        let comb = ring(&[
            (179.9, 0.0),
            (-179.9, 0.0),
            (-179.9, 1.0),
            (179.95, 1.0),
            (179.95, 2.0),
            (-179.9, 2.0),
            (-179.9, 3.0),
            (179.9, 3.0),
            (179.9, 0.0),
        ]);
        let cut = cut_polygon(&AreaPolygon { outer: comb, holes: vec![] });
        assert_eq!(cut.len(), 3);
        assert_eq!(area(&cut), 2 * (2_000_000 * 30_000_000 - 1_500_000 * 10_000_000));
    }

    #[test]
    fn a_corner_on_the_line_cuts_nothing_off() {
        let touching = ring(&[(179.9, 0.0), (180.0, 0.5), (179.9, 1.0), (179.9, 0.0)]);
        let cut = cut_polygon(&AreaPolygon { outer: touching.clone(), holes: vec![] });
        assert_eq!(cut.len(), 1);
        let beyond = ring(&[(-179.9, 0.0), (180.0, 0.5), (-179.9, 1.0), (-179.9, 0.0)]);
        let cut = cut_polygon(&AreaPolygon { outer: beyond, holes: vec![] });
        assert_eq!(cut.len(), 1);
        assert!(cut[0][0].iter().all(|p| (-HALF..=-1_799_000_000).contains(&p.0)));
    }

    #[test]
    fn a_line_across_the_antimeridian_becomes_two_that_meet_there() {
        let parts = cut_line(&ring(&[(179.9, 0.0), (-179.9, 1.0), (-179.8, 1.0)]));
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], [(1_799_000_000, 0), (HALF, 5_000_000)]);
        assert_eq!(
            parts[1],
            [(-HALF, 5_000_000), (-1_799_000_000, 10_000_000), (-1_798_000_000, 10_000_000)]
        );
        assert_eq!(cut_line(&ring(&[(1.0, 0.0), (2.0, 0.0)])).len(), 1);
    }

    #[test]
    fn a_ring_without_ground_is_no_polygon() {
        let flat = ring(&[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0)]);
        assert!(cut_polygon(&AreaPolygon { outer: flat, holes: vec![] }).is_empty());
    }
}
