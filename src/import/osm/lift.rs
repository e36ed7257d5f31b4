//! A lift mapped as a node joins the storeys of the ways that meet there
//! (<https://wiki.openstreetmap.org/wiki/Tag:highway=elevator>).
//!
//! The node becomes one place a storey, and each pair of storeys is joined by an elevator way of no length, so
//! that a ride costs what the walk profile says of lifts, once. Ways that all lie on one storey just meet.

use std::collections::BTreeMap;

use super::locate::Ground;
use super::streets::Piece;
use crate::spatial::LonLat;
use crate::street::{StreetClass, StreetTraits};

/// Storeys of one lift that get a place of their own; a lift with more is left as a plain meeting of ways.
const STOREYS_MAX: usize = 12;

/// Splits the lifts in `pieces`, whose slots are places already; gives the number of places added.
pub(super) fn split_lifts(
    ground: &Ground,
    rank: &[u32],
    pieces: &mut Vec<Piece>,
    places: &mut Vec<LonLat>,
) -> usize {
    let lifts: BTreeMap<u32, (i64, StreetTraits)> = ground
        .nodes
        .iter()
        .filter_map(|node| Some((rank[node.slot? as usize], (node.id, node.lift?))))
        .filter(|lift| lift.0 != u32::MAX)
        .collect();
    if lifts.is_empty() {
        return 0;
    }
    let landings = landings_of(&lifts, pieces);
    let before = places.len();
    let mut rides = Vec::new();
    for (place, Landings { mut by_level, meeting }) in landings {
        if by_level.len() < 2 || by_level.len() > STOREYS_MAX {
            continue;
        }
        for (at, copy) in by_level.values_mut().enumerate() {
            if at > 0 {
                *copy = places.len() as u32;
                places.push(places[place as usize]);
            }
        }
        for at in meeting {
            move_piece(&mut pieces[at], place, &by_level);
        }
        let (id, traits) = lifts[&place];
        rides.extend(rides_between(id, traits, &by_level));
    }
    pieces.append(&mut rides);
    places.len() - before
}

/// Where ways meet a lift.
#[derive(Default)]
struct Landings {
    /// The place of each storey; first the lift's own for all.
    by_level: BTreeMap<i16, u32>,
    /// The pieces that meet there.
    meeting: Vec<usize>,
}

fn landings_of(
    lifts: &BTreeMap<u32, (i64, StreetTraits)>,
    pieces: &[Piece],
) -> BTreeMap<u32, Landings> {
    let mut found: BTreeMap<u32, Landings> = BTreeMap::new();
    for (at, piece) in pieces.iter().enumerate() {
        for &place in piece.slots.iter().filter(|place| lifts.contains_key(place)) {
            let landings = found.entry(place).or_default();
            landings.by_level.insert(piece.level, place);
            landings.meeting.push(at);
        }
    }
    found
}

/// Moves a way that meets the lift at `place` to the place of its storey.
fn move_piece(piece: &mut Piece, place: u32, by_level: &BTreeMap<i16, u32>) {
    if let Some(&copy) = by_level.get(&piece.level)
        && copy != place
    {
        piece.slots.iter_mut().filter(|slot| **slot == place).for_each(|slot| *slot = copy);
    }
}

fn rides_between(id: i64, traits: StreetTraits, by_level: &BTreeMap<i16, u32>) -> Vec<Piece> {
    let copies: Vec<u32> = by_level.values().copied().collect();
    let mut rides = Vec::new();
    for (at, &from) in copies.iter().enumerate() {
        for &to in &copies[at + 1..] {
            rides.push(Piece {
                source_id: -id,
                class: StreetClass::Elevator,
                traits,
                name: 0,
                level: 0,
                slots: vec![from, to],
            });
        }
    }
    rides
}
