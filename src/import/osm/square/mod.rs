//! Open ground: its outline is walkable, and so is every straight line that a shortest walk over it may use
//! (<https://wiki.openstreetmap.org/wiki/Key:area>,
//! <https://wiki.openstreetmap.org/wiki/Tag:highway=pedestrian#Squares_and_plazas>).
//!
//! Lines run between the places where ways, doors and other squares reach it, loose ends of ways on it, places along
//! its long edges, and corners that jut into it: its own, those of its holes and of what stands on it. Squares that
//! overlap and are walked alike are one. The lines are marked as [`StreetTraits::CHORD`]: they are no street.
//!
//! | file | what it does |
//! |---|---|
//! | `outline` | rings in one form, crossings, groups of squares, places along edges |
//! | `inside` | where ways begin and end on a square |
//! | `obstacle` | what stands on squares |
//! | `court` | a group of squares with all that bounds its ground |
//! | `border` | which parts of an outline are walked |
//! | `chords` `sight` `grid` | which lines are drawn, whether one is clear, what it may meet |

mod border;
mod chords;
mod court;
mod grid;
mod inside;
mod obstacle;
mod outline;
mod sight;

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::locate::Ground;
use super::streets::{Drawing, Piece};
use super::tags::street::Shape;
use crate::import::{IssueKind, IssueLog};
use crate::spatial::LonLat;
use crate::street::{StreetClass, StreetTraits};

/// Ways that meet one lift drawn as an area, each pair joined by a ride.
const RIDES_MAX: usize = 24;

/// Open ground before it is paved.
#[derive(Clone, Debug)]
pub(super) struct Plaza {
    /// What its lines are made like.
    pub(super) template: Piece,
    /// Whether it counts by itself.
    pub(super) shape: Shape,
    /// Closed rings of slots, outer and inner.
    pub(super) rings: Vec<Vec<u32>>,
}

/// The places of a file by slot, and those added after them.
pub(super) struct Spots<'a> {
    ground: &'a Ground,
    added: Vec<LonLat>,
}

impl<'a> Spots<'a> {
    pub(super) fn new(ground: &'a Ground) -> Self {
        Self { ground, added: Vec::new() }
    }

    /// How many slots there are.
    pub(super) fn len(&self) -> usize {
        self.ground.slot_count() + self.added.len()
    }

    /// Where `slot` lies; `None` when it is not in the file.
    pub(super) fn place(&self, slot: u32) -> Option<LonLat> {
        match (slot as usize).checked_sub(self.ground.slot_count()) {
            Some(at) => self.added.get(at).copied(),
            None => self.ground.place(slot),
        }
    }

    /// The same in whole 1e-7 degrees. Rings of squares have no places that are not in the file.
    fn point(&self, slot: u32) -> grid::Point {
        self.place(slot)
            .map_or((0, 0), |place| (i64::from(place.lon_e7()), i64::from(place.lat_e7())))
    }

    /// A slot of its own for a place.
    fn add(&mut self, place: LonLat) -> u32 {
        self.added.push(place);
        self.len() as u32 - 1
    }
}

/// The lines of `drawing` and those over its squares; places they need are added to `spots`.
pub(super) fn pave(
    spots: &mut Spots<'_>,
    drawing: Drawing,
    source: &str,
    issues: &mut IssueLog,
) -> Vec<Piece> {
    let Drawing { lines, plazas, .. } = drawing;
    if plazas.is_empty() {
        return lines;
    }
    let ways = StreetTraits::FORWARD_ONLY | StreetTraits::BACKWARD_ONLY;
    let (shafts, mut plazas): (Vec<Plaza>, Vec<Plaza>) = plazas
        .into_iter()
        .map(|mut plaza| {
            plaza.rings =
                plaza.rings.iter().filter_map(|ring| outline::in_one_form(ring)).collect();
            plaza.template.traits.remove(ways);
            plaza
        })
        .partition(|plaza| plaza.template.class == StreetClass::Elevator);
    let mut entries = inside::entries_of(spots, &lines, (&plazas, &shafts));
    let groups = outline::join_overlapping(spots, &mut plazas, &mut entries);
    inside::add_shared(&plazas, &groups, &mut entries);
    let reached = inside::find_inside(spots, &lines, &plazas);
    let rides = rides_of(spots, &lines, (&plazas, &shafts));
    let stops = outline::add_stops(spots, &mut plazas);
    let ends = inside::Ends { entries, stops, reached };
    let obstacles = obstacle::find_obstacles(spots, &lines, &plazas);
    let courts = court::gather(spots, &plazas, (&groups, &ends), &obstacles);
    let counts: Vec<usize> = courts.iter().map(court::Court::end_count).collect();
    let most = chords::ends_of_each(&counts);
    let drawn: Vec<court::Drawn> = courts.into_par_iter().map(|court| court.draw(most)).collect();
    let mut pieces = lines;
    pieces.extend(rides);
    for (at, plaza) in plazas.iter().enumerate() {
        let group = &drawn[groups.of(at)];
        if plaza.shape != Shape::Surface || group.entries >= 2 {
            pieces.extend(outlines_of(spots, plaza, group.borders.get(&at)));
        }
    }
    for (plaza, drawn) in plazas.iter().zip(&drawn) {
        note_thinned(drawn, plaza.template.source_id, (source, issues));
        let chord = |slots: &[u32; 2]| Piece {
            slots: slots.to_vec(),
            traits: plaza.template.traits | StreetTraits::CHORD,
            ..plaza.template.clone()
        };
        pieces.extend(drawn.chords.iter().map(chord));
    }
    pieces
}

fn note_thinned(drawn: &court::Drawn, source_id: i64, (source, issues): (&str, &mut IssueLog)) {
    if drawn.is_thinned {
        let reason = format!(
            "{} places on this square are too many to join each with each; one walks by near ones and some far \
             ones, hardly longer",
            drawn.ends
        );
        issues.note(IssueKind::Estimated, source, feature_of(source_id), reason);
    }
}

/// `way/5`, or `relation/5` for made-up negative ids.
pub(super) fn feature_of(source_id: i64) -> String {
    if source_id < 0 { format!("relation/{}", -source_id) } else { format!("way/{source_id}") }
}

/// What is walked of the outline of a square: all of it, where nothing stands on it.
fn outlines_of(
    spots: &mut Spots<'_>,
    plaza: &Plaza,
    border: Option<&Vec<Vec<border::Spot>>>,
) -> Vec<Piece> {
    let mut slot_of = |spot: &border::Spot| match *spot {
        border::Spot::Slot(slot) => slot,
        border::Spot::Place(place) => spots.add(place),
    };
    let lines: Vec<Vec<u32>> = match border {
        Some(parts) => parts.iter().map(|part| part.iter().map(&mut slot_of).collect()).collect(),
        None => plaza.rings.clone(),
    };
    let piece = |slots| Piece { slots, ..plaza.template.clone() };
    lines.into_iter().map(piece).collect()
}

/// Lifts drawn as areas or rings: a ride from each way that reaches one to each other
/// (<https://wiki.openstreetmap.org/wiki/Tag:highway=elevator>).
fn rides_of(
    spots: &Spots<'_>,
    lines: &[Piece],
    (plazas, shafts): (&[Plaza], &[Plaza]),
) -> Vec<Piece> {
    let mut doors: Vec<BTreeSet<u32>> = inside::doors_of_shafts(spots, lines, (plazas, shafts));
    let mut rides = Vec::new();
    for (shaft, doors) in shafts.iter().zip(&mut doors) {
        let doors: Vec<u32> = std::mem::take(doors).into_iter().take(RIDES_MAX).collect();
        for (at, &from) in doors.iter().enumerate() {
            let ride = |&to: &u32| Piece { slots: vec![from, to], ..shaft.template.clone() };
            rides.extend(doors[at + 1..].iter().map(ride));
        }
    }
    rides
}
