//! What stands between homes and streets: walls, fences, water, tracks, motorways and buildings on the ground.

use std::collections::BTreeMap;

use super::locate::Ground;
use super::rings::{self, Rings};
use super::scan::{Meaning, Role};
use super::tags::basemap::{BaseTag, Extent, Grade, Theme};
use crate::spatial::{Area, LonLat};
use crate::street::{Footprint, ObstacleKind, Obstacles, StreetClass};

/// Streams and ditches: one steps over them.
const NARROW_WATER: [&str; 3] = ["stream", "ditch", "drain"];

/// Finds the obstacles, in order of ids, ways before relations.
pub(super) fn find_obstacles(ground: &Ground) -> Obstacles {
    let doors = doors_by_slot(ground);
    let (mut lines, mut waters, mut buildings) = (Vec::new(), Vec::new(), Vec::new());
    for way in &ground.ways {
        let slots = ground.slots(way);
        let is_closed = slots.len() >= 4 && slots.first() == slots.last() && ground.is_whole(way);
        for (base, kind) in blocking(&way.meaning) {
            if is_closed && base.extent != Extent::Line {
                waters.extend(rings::area_of(ground, &ring_of(slots)));
            } else if base.extent != Extent::Area {
                lines.extend(runs(ground, slots).map(|line| (kind, line)));
            }
        }
        // The shaft of a lift drawn as a ring: one goes through it by the lift only.
        if is_closed
            && way.meaning.street.is_some_and(|street| street.class == StreetClass::Elevator)
        {
            lines.extend(runs(ground, slots).map(|line| (ObstacleKind::Wall, line)));
        }
        if is_closed && stands(&way.meaning) {
            buildings.extend(footprint(ground, &ring_of(slots), &doors));
        }
    }
    for relation in &ground.relations {
        let areal = |(base, _): &(BaseTag, ObstacleKind)| base.extent != Extent::Line;
        for _ in blocking(&relation.meaning).filter(areal) {
            waters.extend(rings::area_of(ground, &rings::rings_of(ground, relation)));
        }
        if stands(&relation.meaning) {
            buildings.extend(footprint(ground, &rings::rings_of(ground, relation), &doors));
        }
        // The edges of a walled multipolygon are walls.
        for (_, kind) in blocking(&relation.meaning).filter(|found| !areal(found)) {
            let outer = relation.members.iter().filter(|(_, role)| *role == Role::Outer);
            for way in outer.filter_map(|&(id, _)| ground.find_way(id)) {
                lines.extend(runs(ground, ground.slots(way)).map(|line| (kind, line)));
            }
        }
    }
    let limited = ground.nodes.iter().filter(|node| !node.limits.is_empty());
    let limits = limited.map(|node| (node.place, node.limits)).collect();
    Obstacles::new(lines, waters, buildings).with_limits(limits)
}

fn ring_of(slots: &[u32]) -> Rings {
    Rings { outer: vec![slots.to_vec()], ..Rings::default() }
}

/// What the tags of a way or relation put in the way, on the ground.
pub(super) fn blocking(meaning: &Meaning) -> impl Iterator<Item = (BaseTag, ObstacleKind)> {
    let extra = meaning.extra.as_ref();
    let bases = extra.and_then(|x| x.base).into_iter().chain(extra.and_then(|x| x.wall));
    bases.filter(|base| base.grade == Grade::Ground).filter_map(|base| {
        let kind = match (base.theme, base.kind) {
            (Theme::Water, kind) if NARROW_WATER.contains(&kind) => return None,
            (Theme::Rail, "tram") | (Theme::Green, _) => return None,
            (Theme::Water, _) => ObstacleKind::Water,
            (Theme::Rail, _) => ObstacleKind::Rail,
            (Theme::Motor, _) => ObstacleKind::Motorway,
            (Theme::Wall, "fence" | "hedge") => ObstacleKind::Fence,
            (Theme::Wall, _) => ObstacleKind::Wall,
        };
        Some((base, kind))
    })
}

/// Whether it is a building that stands on the ground.
pub(super) fn stands(meaning: &Meaning) -> bool {
    meaning.building.is_some_and(|building| building.on_ground)
}

/// The parts of a way whose nodes are all in the file.
fn runs(ground: &Ground, slots: &[u32]) -> impl Iterator<Item = Vec<LonLat>> {
    let runs = slots.split(|&slot| ground.place(slot).is_none());
    let line = |run: &[u32]| run.iter().filter_map(|&slot| ground.place(slot)).collect();
    runs.map(line).filter(|line: &Vec<LonLat>| line.len() >= 2)
}

/// Slots that are doors, private ones too.
fn doors_by_slot(ground: &Ground) -> BTreeMap<u32, LonLat> {
    let doors = ground.nodes.iter().filter(|node| node.door);
    doors.filter_map(|node| Some((node.slot?, node.place))).collect()
}

fn footprint(ground: &Ground, rings: &Rings, doors: &BTreeMap<u32, LonLat>) -> Option<Footprint> {
    let outline: Area = rings::area_of(ground, rings)?;
    let mut own: Vec<LonLat> = rings
        .outer
        .iter()
        .chain(&rings.inner)
        .flatten()
        .filter_map(|slot| doors.get(slot).copied())
        .collect();
    own.sort_unstable();
    own.dedup();
    Some(Footprint { outline, doors: own })
}
