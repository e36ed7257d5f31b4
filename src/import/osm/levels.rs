//! Places on another level than the ground: where they stand on the lines of their own level
//! (<https://wiki.openstreetmap.org/wiki/Key:level>).

use super::facilities::Candidate;
use super::locate::Ground;
use super::scan::KeptWay;
use super::tags::street::{Shape, StreetTag};
use crate::spatial::{LonLat, SegmentIndex};
use crate::street::{StreetClass, StreetTraits};
use crate::units::Meters;

/// How far a place may lie from a line of its level, in metres.
const NEAR_M: f64 = 75.0;
/// How far from one that is private, in metres.
const PRIVATE_M: f64 = 30.0;

/// Finds the nearest place on a line of its level, public before private, of every candidate on another level than
/// the ground whose doors are not mapped.
pub(super) fn find_feet(ground: &Ground, candidates: &mut [Candidate<'_>]) {
    if candidates.iter().all(|candidate| candidate.tag.levels.is_empty()) {
        return;
    }
    let is_line = |way: &&KeptWay| way.meaning.street.is_some_and(is_on_one_level);
    let ways: Vec<&KeptWay> =
        ground.ways.iter().filter(is_line).filter(|way| ground.is_whole(way)).collect();
    let lines: Vec<Vec<LonLat>> = ways.iter().map(|way| ground.line(way)).collect();
    let index = SegmentIndex::new((0..).zip(lines.iter().map(Vec::as_slice)));
    for candidate in candidates {
        let has_doors = !candidate.entrances.is_empty() && candidate.entrances != [candidate.place];
        if candidate.tag.levels.is_empty() || has_doors {
            continue;
        }
        let mut best: Option<(bool, u32, LonLat)> = None;
        index.each_within(candidate.place, Meters(NEAR_M), |hit| {
            let meaning = &ways[hit.line as usize].meaning;
            let traits = meaning.street.map_or(StreetTraits::empty(), |street| street.traits);
            let is_private = traits.contains(StreetTraits::PRIVATE);
            let found = (is_private, hit.distance.as_mm(), hit.place);
            let is_own = candidate.tag.levels.contains(&meaning.level)
                && !(is_private && hit.distance.0 > PRIVATE_M);
            if is_own && best.is_none_or(|best| found < best) {
                best = Some(found);
            }
        });
        candidate.foot = best.map(|best| best.2);
    }
}

/// Whether it is a line that one may walk on, off the ground and on one level.
fn is_on_one_level(street: StreetTag) -> bool {
    let between =
        [StreetClass::Steps, StreetClass::Elevator, StreetClass::Escalator, StreetClass::Ferry];
    street.shape == Shape::Line
        && street.traits.contains(StreetTraits::OFF_GROUND)
        && !street.traits.contains(StreetTraits::CLOSED)
        && !between.contains(&street.class)
}
