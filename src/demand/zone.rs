//! Zones in a hierarchy: street → community → grid → building, or whatever levels a study has.

use crate::ids::{IdVec, ZoneId};
use crate::spatial::{Area, LonLat};

/// A polygon that results are summed up for.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Id at the source, unique in the study.
    pub key: String,
    /// Name.
    pub name: String,
    /// The zone it is part of.
    pub parent: Option<ZoneId>,
    /// Depth in the hierarchy: 0 for the coarsest level.
    pub level: u8,
    /// What kind of community it is (`old_town`, `urban_village` …), when known.
    pub kind: Option<String>,
    /// Its ground; empty for the remainder of a parent that its children leave over.
    pub area: Area,
}

/// All zones of a study, parents before children.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ZoneHierarchy {
    /// The zones, sorted by level then key.
    pub zones: IdVec<ZoneId, Zone>,
    /// Name of each level, coarsest first.
    pub level_names: Vec<String>,
}

impl ZoneHierarchy {
    /// The deepest zone that contains `place` (boundary included); ties by id.
    pub fn find(&self, place: LonLat) -> Option<ZoneId> {
        let mut deepest: Option<(u8, ZoneId)> = None;
        for (id, zone) in self.zones.enumerate() {
            let deeper = deepest.is_none_or(|(level, _)| zone.level > level);
            if deeper && zone.area.contains(place) {
                deepest = Some((zone.level, id));
            }
        }
        deepest.map(|(_, id)| id)
    }

    /// `zone` and all zones above it, deepest first.
    pub fn ancestry(&self, zone: ZoneId) -> impl Iterator<Item = ZoneId> + '_ {
        std::iter::successors(Some(zone), |&id| self.zones[id].parent)
    }
}
