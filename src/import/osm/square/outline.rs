//! Outlines of open ground: in one form wherever they begin, cut where they cross each other, and joined where
//! they overlap.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::{Point, SegmentGrid, cross};
use super::sight::{RIM, Sight, Wall};
use super::{Plaza, Spots};
use crate::spatial::{BoundingBox, BoxIndex, LonLat};
use crate::street::{StreetClass, StreetTraits};

/// Other squares that one is compared with; the rest of a heap of squares on one spot stays apart.
const TOUCHING_MAX: usize = 24;
/// Degrees that a square may be wide, in whole 1e-7; wider ones are walked along their edge.
const WIDE: i64 = 100_000_000;
/// Distance between places on a long edge where lines over the square may end, in 1e-7 degrees of latitude: 20 m.
const STEP: i64 = 1_800;
/// Such places on one square.
const STOPS_MAX: i64 = 64;

/// A closed ring in the one form that all its beginnings and both its directions share; `None` with no corner.
pub(super) fn in_one_form(ring: &[u32]) -> Option<Vec<u32>> {
    let mut corners = ring.to_vec();
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    let forward = from_least(&corners);
    corners.reverse();
    let mut least = forward.min(from_least(&corners));
    least.extend(least.first().copied());
    (least.len() > 2).then_some(least)
}

/// The rotation of a circle of numbers that comes first, in linear time (two candidates, the worse one skipped).
fn from_least(circle: &[u32]) -> Vec<u32> {
    let count = circle.len();
    let (mut best, mut other, mut same) = (0, 1, 0);
    while best < count && other < count && same < count {
        let at = |start: usize| circle[(start + same) % count];
        match at(best).cmp(&at(other)) {
            std::cmp::Ordering::Equal => {
                same += 1;
                continue;
            }
            std::cmp::Ordering::Greater => best += same + 1,
            std::cmp::Ordering::Less => other += same + 1,
        }
        if best == other {
            other += 1;
        }
        same = 0;
    }
    let start = best.min(other);
    circle.iter().cycle().skip(start).take(count).copied().collect()
}

/// The box around a square, when lines are drawn over it: not over the antimeridian, nor where it is no square.
pub(super) fn bounds_of(spots: &Spots<'_>, plaza: &Plaza) -> Option<BoundingBox> {
    let places = plaza.rings.iter().flatten().filter_map(|&slot| spots.place(slot));
    BoundingBox::around(places).filter(|bounds| {
        let wide = i64::from(bounds.max.lon_e7()) - i64::from(bounds.min.lon_e7());
        wide < WIDE && i64::from(bounds.max.lat_e7()) - i64::from(bounds.min.lat_e7()) < WIDE
    })
}

/// The edges of a square's rings, as slots.
pub(super) fn edges_of(plaza: &Plaza) -> impl Iterator<Item = [u32; 2]> {
    plaza.rings.iter().flat_map(|ring| ring.windows(2).map(|pair| [pair[0], pair[1]]))
}

/// The ground of one square, whatever stands on it.
pub(super) fn sight_of(spots: &Spots<'_>, plaza: &Plaza) -> Sight {
    let wall = |ends: [u32; 2]| Wall { ends: ends.map(|slot| spots.point(slot)), owner: RIM };
    Sight::new(edges_of(plaza).map(wall).collect())
}

/// Squares that are one piece of ground: for each square the first of its group.
pub(super) struct Groups(Vec<usize>);

impl Groups {
    fn apart(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The first square of the group of `plaza`.
    pub(super) fn of(&self, mut plaza: usize) -> usize {
        while self.0[plaza] != plaza {
            plaza = self.0[plaza];
        }
        plaza
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// Whether two squares that overlap are one: walked alike, on one storey.
fn is_one_ground(a: &Plaza, b: &Plaza) -> bool {
    let kind = |plaza: &Plaza| (plaza.template.class, plaza.template.traits, plaza.template.level);
    kind(a) == kind(b)
}

/// Whether one steps from one square onto the other where their edges cross.
fn is_stepped_over(a: &Plaza, b: &Plaza) -> bool {
    let apart = StreetTraits::PRIVATE
        | StreetTraits::BRIDGE
        | StreetTraits::TUNNEL
        | StreetTraits::INDOOR
        | StreetTraits::CLOSED;
    let kind = |plaza: &Plaza| (plaza.template.traits & apart, plaza.template.level);
    let is_level =
        |plaza: &Plaza| matches!(plaza.template.class, StreetClass::Plaza | StreetClass::Platform);
    is_level(a) && is_level(b) && kind(a) == kind(b)
}

/// A place to be put into an edge of a ring.
struct Cut {
    ring: usize,
    edge: usize,
    /// Distance from the beginning of the edge, squared.
    along: i64,
    slot: u32,
}

/// Joins the squares that overlap or share an edge, and puts the places where edges cross into both outlines;
/// these places are added to `entries` when the squares stay apart.
pub(super) fn join_overlapping(
    spots: &mut Spots<'_>,
    plazas: &mut [Plaza],
    entries: &mut BTreeSet<u32>,
) -> Groups {
    let mut groups = Groups::apart(plazas.len());
    let bounds: Vec<Option<BoundingBox>> =
        plazas.iter().map(|plaza| bounds_of(spots, plaza)).collect();
    let boxes = (0_u32..).zip(&bounds).filter_map(|(at, bounds)| Some((at, (*bounds)?)));
    let index = BoxIndex::new(boxes);
    let mut cuts: BTreeMap<usize, Vec<Cut>> = BTreeMap::new();
    for (at, bounds) in bounds.iter().enumerate() {
        let Some(bounds) = *bounds else { continue };
        let others = index.touching(bounds).into_iter().map(|other| other as usize);
        for other in others.filter(|&other| other > at).take(TOUCHING_MAX) {
            let (a, b) = (&plazas[at], &plazas[other]);
            let (is_one, is_stepped) = (is_one_ground(a, b), is_stepped_over(a, b));
            if !is_one && !is_stepped {
                continue;
            }
            let met = meet(spots, a, b);
            if is_one && (!met.is_empty() || overlaps(spots, a, b)) {
                groups.join(at, other);
            }
            for [cut, other_cut] in met {
                if !is_one {
                    entries.insert(cut.slot);
                }
                cuts.entry(at).or_default().push(cut);
                cuts.entry(other).or_default().push(other_cut);
            }
        }
    }
    for (at, cuts) in cuts {
        insert(&mut plazas[at], cuts);
    }
    groups
}

fn point_distance(a: Point, b: Point) -> i64 {
    (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2)
}

/// Where the edges of two squares cross, as a place for each; a number of crossings beyond all sense is left.
fn meet(spots: &mut Spots<'_>, a: &Plaza, b: &Plaza) -> Vec<[Cut; 2]> {
    let numbered = |plaza: &Plaza| -> Vec<(usize, usize, [Point; 2])> {
        let rings = plaza.rings.iter().enumerate();
        let edges = rings.flat_map(|(ring, slots)| {
            slots.windows(2).enumerate().map(move |(edge, pair)| (ring, edge, [pair[0], pair[1]]))
        });
        edges.map(|(ring, edge, ends)| (ring, edge, ends.map(|slot| spots.point(slot)))).collect()
    };
    let (of_a, of_b) = (numbered(a), numbered(b));
    let grid = SegmentGrid::new(&of_b.iter().map(|edge| edge.2).collect::<Vec<_>>());
    let most = 2 * (of_a.len() + of_b.len()) + 64;
    let mut found: BTreeSet<(usize, u32)> = BTreeSet::new();
    for (at, &(.., ends)) in of_a.iter().enumerate() {
        grid.any_along(ends, |other| {
            if cross(ends, of_b[other as usize].2) {
                found.insert((at, other));
            }
            false
        });
        if found.len() > most {
            break;
        }
    }
    let mut cuts = Vec::with_capacity(found.len());
    for (at, other) in found {
        let (edge, across) = (of_a[at], of_b[other as usize]);
        let Some(place) = crossing_of(edge.2, across.2) else { continue };
        let slot = spots.add(place);
        let cut = |(ring, edge, [start, _]): (usize, usize, [Point; 2])| Cut {
            ring,
            edge,
            along: point_distance(start, spots.point(slot)),
            slot,
        };
        cuts.push([cut(edge), cut(across)]);
    }
    cuts
}

fn crossing_of([a, b]: [Point; 2], [p, q]: [Point; 2]) -> Option<LonLat> {
    let [d, e] = [(b.0 - a.0, b.1 - a.1), (q.0 - p.0, q.1 - p.1)];
    let whole = (d.0 * e.1 - d.1 * e.0) as f64;
    let along = ((p.0 - a.0) * e.1 - (p.1 - a.1) * e.0) as f64 / whole;
    let between = |from: i64, by: i64| from + (by as f64 * along).round() as i64;
    LonLat::from_e7(between(a.0, d.0) as i32, between(a.1, d.1) as i32)
}

/// Whether two squares whose edges do not cross share an edge, or one lies in the other.
fn overlaps(spots: &Spots<'_>, a: &Plaza, b: &Plaza) -> bool {
    let sorted = |[from, to]: [u32; 2]| [from.min(to), from.max(to)];
    let edges: BTreeSet<[u32; 2]> = edges_of(a).map(sorted).collect();
    if edges_of(b).any(|edge| edges.contains(&sorted(edge))) {
        return true;
    }
    let holds = |outer: &Plaza, inner: &Plaza| {
        let ground = sight_of(spots, outer);
        let own: BTreeSet<u32> = outer.rings.iter().flatten().copied().collect();
        let firsts =
            inner.rings.iter().filter_map(|ring| ring.iter().find(|slot| !own.contains(slot)));
        firsts.map(|&slot| spots.point(slot)).any(|place| ground.is_within_rim(place))
    };
    holds(a, b) || holds(b, a)
}

/// Puts places into the rings of a square.
fn insert(plaza: &mut Plaza, mut cuts: Vec<Cut>) {
    cuts.sort_by_key(|cut| (cut.ring, cut.edge, cut.along, cut.slot));
    for (at, ring) in plaza.rings.iter_mut().enumerate() {
        let mut own = cuts.iter().filter(|cut| cut.ring == at).peekable();
        if own.peek().is_none() {
            continue;
        }
        let mut longer = Vec::with_capacity(ring.len() + cuts.len());
        for (edge, &slot) in ring.iter().enumerate() {
            longer.push(slot);
            while let Some(cut) = own.next_if(|cut| cut.edge == edge) {
                longer.push(cut.slot);
            }
        }
        *ring = longer;
    }
}

/// Puts places into the long edges of squares, so that lines over a square also end where only homes and shops
/// stand: where an edge crosses every 20 m of latitude or longitude, so that cutting an edge anew moves none.
/// Returns them.
pub(super) fn add_stops(spots: &mut Spots<'_>, plazas: &mut [Plaza]) -> BTreeSet<u32> {
    let mut on_edge: BTreeMap<[u32; 2], Vec<u32>> = BTreeMap::new();
    for plaza in plazas.iter().filter(|plaza| plaza.template.class == StreetClass::Plaza) {
        if bounds_of(spots, plaza).is_none() {
            continue;
        }
        let mut step = STEP;
        let count = |step: i64| -> i64 {
            let ends = edges_of(plaza).map(|edge| edge.map(|slot| spots.point(slot)));
            ends.map(|ends| Stops::of(ends, step).count()).sum()
        };
        while count(step) > STOPS_MAX {
            step *= 2;
        }
        let edges: Vec<[u32; 2]> = edges_of(plaza).collect();
        for [from, to] in edges {
            let key = [from.min(to), from.max(to)];
            on_edge.entry(key).or_insert_with(|| {
                let ends = key.map(|slot| spots.point(slot));
                Stops::of(ends, step).places().map(|place| spots.add(place)).collect()
            });
        }
    }
    for ring in plazas.iter_mut().flat_map(|plaza| &mut plaza.rings) {
        let mut longer = Vec::with_capacity(ring.len());
        for pair in ring.windows(2) {
            longer.push(pair[0]);
            let stops = on_edge.get(&[pair[0].min(pair[1]), pair[0].max(pair[1])]);
            let stops = stops.map_or(&[][..], Vec::as_slice);
            if pair[0] < pair[1] {
                longer.extend(stops);
            } else {
                longer.extend(stops.iter().rev());
            }
        }
        longer.extend(ring.last());
        *ring = longer;
    }
    on_edge.into_values().flatten().collect()
}

/// The places where an edge crosses lines of equal latitude, or of equal longitude when it runs east and west.
struct Stops {
    ends: [Point; 2],
    is_steep: bool,
    step: i64,
    /// The first and last line crossed, an end left out.
    lines: (i64, i64),
}

impl Stops {
    fn of(ends: [Point; 2], step: i64) -> Self {
        let [a, b] = ends;
        // One degree of latitude has one width of cells, so that parts of an edge share them.
        let cosine = (((a.1.div_euclid(10_000_000)) as f64 + 0.5).to_radians()).cos().max(0.05);
        let wide = (step as f64 / cosine).round() as i64;
        let is_steep = (b.1 - a.1).abs() as f64 >= (b.0 - a.0).abs() as f64 * cosine;
        let (step, low, high) = if is_steep {
            (step, a.1.min(b.1), a.1.max(b.1))
        } else {
            (wide, a.0.min(b.0), a.0.max(b.0))
        };
        // A tenth of a step from an end one stops at the end.
        let lines =
            ((low + step / 10).div_euclid(step) + 1, (high - step / 10 - 1).div_euclid(step));
        Self { ends, is_steep, step, lines }
    }

    fn count(&self) -> i64 {
        (self.lines.1 - self.lines.0 + 1).max(0)
    }

    /// From the first end to the second.
    fn places(self) -> impl Iterator<Item = LonLat> {
        let [a, b] = self.ends;
        let rises = if self.is_steep { b.1 > a.1 } else { b.0 > a.0 };
        let (first, last) = self.lines;
        (0..self.count()).filter_map(move |at| {
            let line = if rises { first + at } else { last - at } * self.step;
            let part = |from: i64, to: i64, low: i64, by: i64| {
                from + ((to - from) as f64 * (line - low) as f64 / by as f64).round() as i64
            };
            let (lon, lat) = if self.is_steep {
                (part(a.0, b.0, a.1, b.1 - a.1), line)
            } else {
                (line, part(a.1, b.1, a.0, b.0 - a.0))
            };
            LonLat::from_e7(lon as i32, lat as i32)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_the_same_wherever_it_begins_and_whichever_way_it_goes() {
        let ring = [7, 3, 9, 3, 5, 8];
        let form = in_one_form(&[7, 3, 9, 3, 5, 8, 7]).unwrap();
        for start in 0..ring.len() {
            let mut turned: Vec<u32> = ring.iter().cycle().skip(start).take(7).copied().collect();
            assert_eq!(in_one_form(&turned).unwrap(), form);
            turned.reverse();
            assert_eq!(in_one_form(&turned).unwrap(), form);
        }
        assert_eq!(form, [3, 5, 8, 7, 3, 9, 3]);
        assert_eq!(in_one_form(&[4, 4, 4]), None);
    }

    #[test]
    fn stops_stay_when_their_edge_is_cut() {
        let (a, b) = ((80_000_000, 500_000_000), (80_013_000, 500_007_777));
        let whole: Vec<LonLat> = Stops::of([a, b], STEP).places().collect();
        assert_eq!(whole.len(), 5);
        // Cut at the middle: the same places, but where one is near the cut.
        let middle = (80_006_500, 500_003_888);
        let parts: Vec<LonLat> = Stops::of([a, middle], STEP)
            .places()
            .chain(Stops::of([middle, b], STEP).places())
            .collect();
        assert!(parts.iter().all(|place| whole.iter().any(|other| {
            (place.lon_e7() - other.lon_e7()).abs() + (place.lat_e7() - other.lat_e7()).abs() <= 2
        })));
        let backward: Vec<LonLat> = Stops::of([b, a], STEP).places().collect();
        assert!(backward.iter().rev().eq(&whole));
    }
}
