//! Where walks over a square begin and end: ways, doors and other squares on its outline, loose ends of ways on it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::outline::{Groups, bounds_of, edges_of, sight_of};
use super::sight::Sight;
use super::{Plaza, Spots};
use crate::import::osm::streets::Piece;
use crate::spatial::{BoundingBox, BoxIndex, LonLat};
use crate::street::{StreetClass, StreetTraits};

/// The places where walks over squares begin and end.
pub(super) struct Ends {
    /// On outlines, where something reaches the square.
    pub(super) entries: BTreeSet<u32>,
    /// On long edges, see [`super::outline::add_stops`].
    pub(super) stops: BTreeSet<u32>,
    /// On a square: its number and the slot, sorted.
    pub(super) reached: Vec<(usize, u32)>,
}

type Edge = [u32; 2];

fn sorted([from, to]: Edge) -> Edge {
    [from.min(to), from.max(to)]
}

fn mark(spots: &Spots<'_>, plazas: &[Plaza]) -> Vec<bool> {
    let mut marks = vec![false; spots.len()];
    for &slot in plazas.iter().flat_map(|plaza| &plaza.rings).flatten() {
        marks[slot as usize] = true;
    }
    marks
}

/// The slots on outlines where a way leaves the outline, a door is, or a lift. A way that runs along an outline
/// reaches it where it comes to it.
pub(super) fn entries_of(
    spots: &Spots<'_>,
    lines: &[Piece],
    (plazas, shafts): (&[Plaza], &[Plaza]),
) -> BTreeSet<u32> {
    let on_ring = mark(spots, plazas);
    let edges: BTreeSet<Edge> = plazas.iter().flat_map(edges_of).map(sorted).collect();
    let mut entries = BTreeSet::new();
    for line in lines {
        for pair in line.slots.windows(2) {
            let on = [pair[0], pair[1]].map(|slot| on_ring[slot as usize]);
            if on == [false, false]
                || on == [true, true] && edges.contains(&sorted([pair[0], pair[1]]))
            {
                continue;
            }
            entries.extend([pair[0], pair[1]].into_iter().filter(|&slot| on_ring[slot as usize]));
        }
    }
    let nodes = spots.ground.nodes.iter().filter(|node| node.door || node.way_in);
    let doors = nodes.filter_map(|node| node.slot);
    let lifts = shafts.iter().flat_map(|shaft| &shaft.rings).flatten().copied();
    entries.extend(doors.chain(lifts).filter(|&slot| on_ring[slot as usize]));
    entries
}

/// Adds the slots where squares touch: those of different kinds, and those of one kind that share no edge there.
pub(super) fn add_shared(plazas: &[Plaza], groups: &Groups, entries: &mut BTreeSet<u32>) {
    let mut users: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut uses: BTreeMap<Edge, u32> = BTreeMap::new();
    for (at, plaza) in plazas.iter().enumerate() {
        for edge in edges_of(plaza) {
            *uses.entry(sorted(edge)).or_default() += 1;
            let users = users.entry(edge[0]).or_default();
            if users.last() != Some(&at) {
                users.push(at);
            }
        }
    }
    let along: BTreeSet<u32> =
        uses.iter().filter(|(_, uses)| **uses > 1).flat_map(|(edge, _)| *edge).collect();
    for (slot, users) in users {
        let group = groups.of(users[0]);
        let is_one = users.iter().all(|&user| groups.of(user) == group);
        if users.len() > 1 && (!is_one || !along.contains(&slot)) {
            entries.insert(slot);
        }
    }
}

/// How many parts of lines end at each slot, up to 3.
fn arms_of(spots: &Spots<'_>, lines: &[Piece]) -> Vec<u8> {
    let mut arms = vec![0_u8; spots.len()];
    for slot in lines.iter().flat_map(|line| line.slots.windows(2)).flatten() {
        let count = &mut arms[*slot as usize];
        *count = (*count + 1).min(3);
    }
    arms
}

fn point_box(place: LonLat) -> BoundingBox {
    BoundingBox { min: place, max: place }
}

/// Slots within the boxes of squares, sorted: where a line begins or ends, or lines meet.
fn ends_near(spots: &Spots<'_>, lines: &[Piece], index: &BoxIndex) -> Vec<u32> {
    let arms = arms_of(spots, lines);
    let slots: Vec<u32> =
        (0_u32..).zip(&arms).filter(|(_, arms)| [1, 3].contains(*arms)).map(|end| end.0).collect();
    let is_near = |&slot: &u32| {
        let place = spots.place(slot);
        place.is_some_and(|place| !index.touching(point_box(place)).is_empty())
    };
    slots.into_par_iter().filter(is_near).collect()
}

fn boxes_of(spots: &Spots<'_>, plazas: &[Plaza]) -> BoxIndex {
    let bounds = plazas.iter().map(|plaza| bounds_of(spots, plaza));
    BoxIndex::new((0_u32..).zip(bounds).filter_map(|(at, bounds)| Some((at, bounds?))))
}

/// The lines that meet at each of `slots`, which are sorted.
fn lines_at<'a>(lines: &'a [Piece], slots: &[u32]) -> BTreeMap<u32, Vec<&'a Piece>> {
    let mut found: BTreeMap<u32, Vec<&Piece>> = BTreeMap::new();
    if slots.is_empty() {
        return found;
    }
    for line in lines {
        for slot in line.slots.iter().filter(|slot| slots.binary_search(slot).is_ok()) {
            found.entry(*slot).or_default().push(line);
        }
    }
    found
}

/// Whether lines that meet at one place on the ground of a square meet the square: the loose end of a way on its
/// storey, the end of stairs at most a storey away, or a meeting of ways that all lie on it.
fn stands_on(plaza: &Piece, lines: &[&Piece]) -> bool {
    let apart = StreetTraits::BRIDGE | StreetTraits::TUNNEL | StreetTraits::INDOOR;
    let is_stairs = |line: &Piece| {
        matches!(line.class, StreetClass::Steps | StreetClass::Escalator | StreetClass::Elevator)
    };
    match lines {
        [line] if is_stairs(line) => line.level.abs_diff(plaza.level) <= 2,
        [line] => line.level == plaza.level,
        _ => lines
            .iter()
            .all(|line| line.level == plaza.level && line.traits & apart == plaza.traits & apart),
    }
}

/// Squares whose ground is asked about more than once.
#[derive(Default)]
struct Sights(BTreeMap<usize, Sight>);

impl Sights {
    fn holds(&mut self, spots: &Spots<'_>, plazas: &[Plaza], (at, place): (usize, LonLat)) -> bool {
        let sight = self.0.entry(at).or_insert_with(|| sight_of(spots, &plazas[at]));
        sight.is_within_rim((i64::from(place.lon_e7()), i64::from(place.lat_e7())))
    }
}

/// The places on squares where walks begin and end, as (number of the square, slot).
pub(super) fn find_inside(
    spots: &Spots<'_>,
    lines: &[Piece],
    plazas: &[Plaza],
) -> Vec<(usize, u32)> {
    let index = boxes_of(spots, plazas);
    let near = ends_near(spots, lines, &index);
    let mut sights = Sights::default();
    let mut found = Vec::new();
    for (slot, lines) in lines_at(lines, &near) {
        let Some(place) = spots.place(slot) else { continue };
        for at in index.touching(point_box(place)) {
            let plaza = &plazas[at as usize];
            let is_own = || plaza.rings.iter().any(|ring| ring.contains(&slot));
            if stands_on(&plaza.template, &lines)
                && sights.holds(spots, plazas, (at as usize, place))
                && !is_own()
            {
                found.push((at as usize, slot));
            }
        }
    }
    found.sort_unstable();
    found
}

/// The slots by which each lift drawn as an area is entered: where lines or squares meet its ring, and the ends of
/// lines in it.
pub(super) fn doors_of_shafts(
    spots: &Spots<'_>,
    lines: &[Piece],
    (plazas, shafts): (&[Plaza], &[Plaza]),
) -> Vec<BTreeSet<u32>> {
    let mut doors = vec![BTreeSet::new(); shafts.len()];
    if shafts.is_empty() {
        return doors;
    }
    let mut on_street = mark(spots, plazas);
    for &slot in lines.iter().flat_map(|line| &line.slots) {
        on_street[slot as usize] = true;
    }
    for (doors, shaft) in doors.iter_mut().zip(shafts) {
        let ring = shaft.rings.iter().flatten().copied();
        doors.extend(ring.filter(|&slot| on_street[slot as usize]));
    }
    let index = boxes_of(spots, shafts);
    let mut sights = Sights::default();
    for (slot, lines) in lines_at(lines, &ends_near(spots, lines, &index)) {
        let Some(place) = spots.place(slot) else { continue };
        for at in index.touching(point_box(place)).into_iter().map(|at| at as usize) {
            if lines.len() == 1 && sights.holds(spots, shafts, (at, place)) {
                doors[at].insert(slot);
            }
        }
    }
    doors
}
