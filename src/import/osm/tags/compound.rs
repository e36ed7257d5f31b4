//! Is this the ground of a walled compound?

use super::Tags;
use super::access::{Access, access_of};

/// The tags of what may be a compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompoundTag {
    /// Whether a wall around it is told; else gates in its outline decide.
    pub walled: bool,
    /// Whether it is no more than a wall or fence around something, which is a compound by the gates in it.
    pub ring: bool,
}

/// The decision on the tags of a way or multipolygon: a wall or fence around anything; or `landuse=residential` with
/// a wall or fence of its own, told to be gated or private, or for gates in its outline to decide
/// (<https://wiki.openstreetmap.org/wiki/Tag:landuse=residential>, <https://wiki.openstreetmap.org/wiki/Key:residential>,
/// <https://wiki.openstreetmap.org/wiki/Gated_communities>).
pub fn compound_of(tags: Tags<'_>) -> Option<CompoundTag> {
    if tags.is_out_of_use() {
        return None;
    }
    let walls = ["wall", "fence", "hedge", "city_wall", "retaining_wall"];
    if !tags.is("landuse", "residential") {
        let is_ring = tags.is_any("barrier", &walls) && !tags.has("building");
        return is_ring.then_some(CompoundTag { walled: false, ring: true });
    }
    let has_wall = tags.is_any("barrier", &walls) || tags.is("barrier", "yes");
    let is_gated = tags.is_any("residential", &["gated", "gated_community"])
        || ["gated", "gated_community"].iter().any(|key| tags.is_set(key));
    let is_private = ["foot", "access"]
        .into_iter()
        .find_map(|key| tags.get(key).and_then(access_of))
        .is_some_and(|access| access != Access::Allowed);
    Some(CompoundTag { walled: has_wall || is_gated || is_private, ring: false })
}
