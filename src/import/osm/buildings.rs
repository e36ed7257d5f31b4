//! Buildings as a source of demand: where people live when nobody counted them.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::locate::Ground;
use super::rings::{self, Rings};
use super::scan::Role;
use super::tags::building::BuildingTag;
pub use super::tags::building::BuildingUse;
use crate::import::{IssueKind, IssueLog};
use crate::spatial::{Area, LonLat};

/// A building that stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Building {
    /// `way/123` or `relation/7`.
    pub key: String,
    /// A place inside.
    pub place: LonLat,
    /// Its outline.
    pub outline: Area,
    /// Ground area times storeys in square metres; one storey when none are tagged.
    pub floor_area_m2: f64,
    /// Storeys above ground, when tagged (`building:levels`; roof storeys are not counted).
    pub levels: Option<f64>,
    /// Whether people live there.
    pub usage: BuildingUse,
    /// Doors mapped on its outline, private ones too; often none.
    pub doors: Vec<LonLat>,
}

/// Finds the buildings, sorted by key.
pub(super) fn find_buildings(
    ground: &Ground,
    source: &str,
    issues: &mut IssueLog,
) -> Vec<Building> {
    let mut doors = vec![false; ground.slot_count()];
    for node in ground.nodes.iter().filter(|node| node.door) {
        if let Some(slot) = node.slot {
            doors[slot as usize] = true;
        }
    }
    let outlines = relation_outlines(ground);
    let ways: Vec<Result<Building, String>> = ground
        .ways
        .par_iter()
        .filter(|way| !outlines.contains(&way.id))
        .filter_map(|way| {
            let tag = way.meaning.building?;
            let slots = ground.slots(way);
            let is_closed = slots.first() == slots.last() && ground.is_whole(way);
            let outer = if is_closed { vec![slots.to_vec()] } else { Vec::new() };
            let rings = Rings { outer, ..Rings::default() };
            Some(building_of(ground, format!("way/{}", way.id), tag, &rings, &doors))
        })
        .collect();
    let relations: Vec<Result<Building, String>> = ground
        .relations
        .par_iter()
        .filter_map(|relation| {
            let tag = relation.meaning.building?;
            let rings = rings::rings_of(ground, relation);
            Some(building_of(ground, format!("relation/{}", relation.id), tag, &rings, &doors))
        })
        .collect();
    let mut buildings = Vec::with_capacity(ways.len() + relations.len());
    for found in ways.into_iter().chain(relations) {
        match found {
            Ok(building) => buildings.push(building),
            Err(key) => issues.note(
                IssueKind::GeometryMissing,
                source,
                key,
                "the outline of this building does not close in the file; left out",
            ),
        }
    }
    buildings.sort_by(|a, b| a.key.cmp(&b.key));
    buildings
}

/// Outer ways of building relations: tagged or not, they are not buildings of their own.
fn relation_outlines(ground: &Ground) -> BTreeSet<i64> {
    ground
        .relations
        .iter()
        .filter(|relation| relation.meaning.building.is_some())
        .flat_map(|relation| &relation.members)
        .filter(|member| member.1 == Role::Outer)
        .map(|member| member.0)
        .collect()
}

fn building_of(
    ground: &Ground,
    key: String,
    tag: BuildingTag,
    rings: &Rings,
    doors: &[bool],
) -> Result<Building, String> {
    let Some(outline) = rings::area_of(ground, rings) else { return Err(key) };
    let ring_slots = rings.outer.iter().flat_map(|ring| &ring[..ring.len() - 1]);
    let doors = ring_slots
        .filter(|&&slot| doors[slot as usize])
        .filter_map(|&slot| ground.place(slot))
        .collect();
    let levels = tag.levels.map(f64::from);
    Ok(Building {
        place: outline.label_place().unwrap_or(outline.polygons[0].outer[0]),
        floor_area_m2: outline.area_m2() * levels.unwrap_or(1.0),
        key,
        outline,
        levels,
        usage: tag.usage,
        doors,
    })
}
