//! What tags leave to a decision, said once a kind so that no decision is silent.

use std::collections::{BTreeMap, BTreeSet};

use super::locate::Ground;
use crate::import::{IssueKind, IssueLog};
use crate::spatial::LonLat;
use crate::spatial::frame::ground_distance;
use crate::street::{BarrierKind, StreetClass, StreetIngredients, StreetTraits, StreetWay};

/// How far beside a road a path may lie that `foot=use_sidepath` sends walkers to, in metres.
const BESIDE_M: f64 = 40.0;
/// One place every so many metres of a road is asked whether a path lies beside it.
const STEP_M: f64 = 20.0;

/// Notes what was decided about the streets of a file.
pub(super) fn note_decisions(
    ground: &Ground,
    streets: &StreetIngredients,
    source: &str,
    issues: &mut IssueLog,
) {
    let mut note = |reason: String| issues.note(IssueKind::Estimated, source, "", reason);
    note_junction_barriers(streets, &mut note);
    note_lifts(ground, streets, &mut note);
    note_times(streets, &mut note);
    note_expressways(streets, &mut note);
    note_sidepaths(ground, streets, source, issues);
}

fn places<'a>(streets: &'a StreetIngredients, way: &StreetWay) -> &'a [u32] {
    &streets.way_places[way.places.clone()]
}

/// How many street parts meet at each of `asked`.
fn arms_at(streets: &StreetIngredients, asked: &BTreeSet<u32>) -> BTreeMap<u32, usize> {
    let mut arms = BTreeMap::new();
    if asked.is_empty() {
        return arms;
    }
    for way in &streets.ways {
        for pair in places(streets, way).windows(2) {
            for place in pair.iter().filter(|place| asked.contains(place)) {
                *arms.entry(*place).or_default() += 1;
            }
        }
    }
    arms
}

/// A barrier on a node that several ways share is not said to stand in one of them
/// (<https://wiki.openstreetmap.org/wiki/Key:barrier#Routing>).
fn note_junction_barriers(streets: &StreetIngredients, note: &mut impl FnMut(String)) {
    let standing = streets.barriers.iter().filter(|barrier| barrier.kind != BarrierKind::Gate);
    let ids: BTreeMap<u32, i64> =
        standing.map(|barrier| (barrier.place, barrier.source_id)).collect();
    let arms = arms_at(streets, &ids.keys().copied().collect());
    let mut on_junction: Vec<i64> =
        arms.iter().filter(|at| *at.1 > 2).map(|(place, _)| ids[place]).collect();
    on_junction.sort_unstable();
    if let Some(first) = on_junction.first() {
        note(format!(
            "{} gates, walls or other barriers stand on a junction, the first at node/{first}: a street that goes on \
             there stays open, ways that end there are barred; draw each barrier on its own way",
            on_junction.len()
        ));
    }
}

/// A lift on ways of one storey, or without storeys, is no ride
/// (<https://wiki.openstreetmap.org/wiki/Tag:highway=elevator>).
fn note_lifts(ground: &Ground, streets: &StreetIngredients, note: &mut impl FnMut(String)) {
    let rides = streets.ways.iter().filter(|way| way.class == StreetClass::Elevator);
    let ridden: BTreeSet<i64> = rides.map(|way| -way.source_id).collect();
    let idle: Vec<LonLat> = ground
        .nodes
        .iter()
        .filter(|node| node.lift.is_some() && !ridden.contains(&node.id))
        .map(|node| node.place)
        .collect();
    let spots: BTreeSet<LonLat> = idle.into_iter().collect();
    let asked: BTreeSet<u32> = (0_u32..)
        .zip(&streets.places)
        .filter(|(_, place)| spots.contains(place))
        .map(|(at, _)| at)
        .collect();
    let count = arms_at(streets, &asked).values().filter(|arms| **arms > 1).count();
    if count > 0 {
        note(format!(
            "{count} lifts join ways of one storey, or ways without one: no ride is counted; tag the ways with level=*"
        ));
    }
}

fn note_times(streets: &StreetIngredients, note: &mut impl FnMut(String)) {
    let at_times = |traits: StreetTraits| traits.contains(StreetTraits::CONDITIONAL);
    let ways = streets.ways.iter().filter(|way| at_times(way.traits)).count();
    let doors = streets.barriers.iter().filter(|at| at.kind == BarrierKind::Conditional).count();
    if ways + doors > 0 {
        let told = [(ways, "ways"), (doors, "gates or doors")];
        let told: Vec<String> = told
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        note(format!(
            "{} are open only at times, in a season or under conditions; they are walked except by a profile with \
             `conditional = \"forbid\"`",
            told.join(" and ")
        ));
    }
}

fn note_expressways(streets: &StreetIngredients, note: &mut impl FnMut(String)) {
    let fast = |way: &&StreetWay| way.traits.contains(StreetTraits::EXPRESSWAY);
    let length_m: f64 =
        streets.ways.iter().filter(fast).map(|way| length_m(&line_of(streets, way))).sum();
    if length_m > 0.0 {
        note(format!(
            "{:.1} km of fast roads without a pavement or foot=* are walked only by a profile with \
             `expressway = \"allow\"`",
            length_m / 1000.0
        ));
    }
}

fn line_of(streets: &StreetIngredients, way: &StreetWay) -> Vec<LonLat> {
    places(streets, way).iter().map(|&place| streets.places[place as usize]).collect()
}

fn length_m(line: &[LonLat]) -> f64 {
    super::rings::length_m(line)
}

/// Says where `foot=use_sidepath` sends walkers to a path that nobody drew
/// (<https://wiki.openstreetmap.org/wiki/Tag:foot=use_sidepath>).
fn note_sidepaths(
    ground: &Ground,
    streets: &StreetIngredients,
    source: &str,
    issues: &mut IssueLog,
) {
    let sends =
        |way: &&super::scan::KeptWay| way.meaning.extra.as_ref().is_some_and(|e| e.sidepath);
    let roads: Vec<(i64, Vec<LonLat>)> =
        ground.ways.iter().filter(sends).map(|way| (way.id, samples(&ground.line(way)))).collect();
    if roads.is_empty() {
        return;
    }
    let mut asked: BTreeMap<Cell, bool> = roads
        .iter()
        .flat_map(|road| &road.1)
        .flat_map(|&at| around(at))
        .map(|c| (c, false))
        .collect();
    for way in &streets.ways {
        for at in samples(&line_of(streets, way)) {
            if let Some(found) = asked.get_mut(&cell_of(at)) {
                *found = true;
            }
        }
    }
    for (id, places) in roads {
        let beside = |at: &&LonLat| around(**at).any(|cell| asked.get(&cell) == Some(&true));
        // A street that crosses touches a few of them.
        if places.iter().filter(beside).count() * 2 < places.len() {
            let reason = "foot=use_sidepath sends walkers to a path beside, but none is drawn; nobody walks here: \
                          draw the path, or tag foot=yes";
            issues.note(IssueKind::Estimated, source, format!("way/{id}"), reason);
        }
    }
}

/// Places along a line, its ends and one every [`STEP_M`].
fn samples(line: &[LonLat]) -> Vec<LonLat> {
    let mut places: Vec<LonLat> = line.first().copied().into_iter().collect();
    for pair in line.windows(2) {
        let steps = (ground_distance(pair[0], pair[1]).0 / STEP_M).ceil().max(1.0) as i64;
        let along = |from: i32, to: i32, step: i64| {
            (i64::from(from) + (i64::from(to) - i64::from(from)) * step / steps) as i32
        };
        places.extend((1..=steps).filter_map(|step| {
            LonLat::from_e7(
                along(pair[0].lon_e7(), pair[1].lon_e7(), step),
                along(pair[0].lat_e7(), pair[1].lat_e7(), step),
            )
        }));
    }
    places
}

/// A square of [`BESIDE_M`] a side: its row from the south, and its place in the row.
type Cell = (i64, i64);

/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_320.0;

fn cell_of(place: LonLat) -> Cell {
    cell_at(place.lat(), place.lon())
}

fn cell_at(lat: f64, lon: f64) -> Cell {
    let row = (lat * DEGREE_M / BESIDE_M).floor();
    let middle = (row * BESIDE_M / DEGREE_M).to_radians().cos().max(0.01);
    (row as i64, (lon * DEGREE_M * middle / BESIDE_M).floor() as i64)
}

/// The cell of a place and those around it.
fn around(place: LonLat) -> impl Iterator<Item = Cell> {
    let step = BESIDE_M / DEGREE_M;
    let (lat, lon) = (place.lat(), place.lon());
    let wide = step / lat.to_radians().cos().max(0.01);
    let steps = [-1.0, 0.0, 1.0];
    steps.into_iter().flat_map(move |north| {
        steps.into_iter().map(move |east| cell_at(lat + north * step, lon + east * wide))
    })
}
