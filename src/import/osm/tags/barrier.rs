//! What stands in the way at a node (<https://wiki.openstreetmap.org/wiki/Key:barrier>,
//! <https://wiki.openstreetmap.org/wiki/Barriers>).

use super::Tags;
use super::access::{Access, access_of, depends_on_nature, walk_access};
use crate::street::BarrierKind;

/// The decision on the tags of a node; `None` when nothing stands there.
///
/// `foot` and `access` come before the kind of barrier: `foot=yes` makes an opening of any wall, `access=no`
/// shuts any gate. `locked=yes` shuts a gate that has no access tag and makes one with an access tag private
/// (<https://wiki.openstreetmap.org/wiki/Key:locked>).
pub fn barrier_of(tags: Tags<'_>) -> Option<BarrierKind> {
    let Some(barrier) = tags.get("barrier") else { return other_barrier(tags) };
    let by_kind = match kind_of(barrier) {
        None => return other_barrier(tags),
        // What a wheelchair passes is no passage on foot only.
        Some(BarrierKind::Narrow) if tags.is_any("wheelchair", &["yes", "designated"]) => {
            BarrierKind::Gate
        }
        Some(other) => other,
    };
    let implied = if by_kind == BarrierKind::Closed { Access::No } else { Access::Allowed };
    let verdict = walk_access(tags, implied);
    let conditional = verdict.conditional || depends_on_nature(tags);
    if let Some(lock) = lock_of(tags).filter(|_| verdict.access == Access::Allowed) {
        return Some(lock);
    }
    Some(match verdict.access {
        Access::No => BarrierKind::Closed,
        Access::Private => BarrierKind::Private,
        Access::Allowed if conditional => BarrierKind::Conditional,
        Access::Allowed if by_kind == BarrierKind::Closed => BarrierKind::Gate,
        Access::Allowed => by_kind,
    })
}

/// What a lock makes of a gate or door that one may go through.
fn lock_of(tags: Tags<'_>) -> Option<BarrierKind> {
    if !tags.is("locked", "yes") || tags.get("foot").is_some_and(is_open) {
        return None;
    }
    let tagged = ["foot", "access"].into_iter().find_map(|key| tags.get(key).and_then(access_of));
    Some(if tagged.is_none() { BarrierKind::Closed } else { BarrierKind::Private })
}

fn is_open(value: &str) -> bool {
    access_of(value) == Some(Access::Allowed)
}

/// Keys that make the access of a node that of a thing that stands there, not of the way over it.
const THINGS: [&str; 14] = [
    "amenity",
    "crossing",
    "emergency",
    "highway",
    "leisure",
    "man_made",
    "natural",
    "office",
    "parking",
    "place",
    "public_transport",
    "railway",
    "shop",
    "tourism",
];

/// A node that is no barrier by name binds when its access is tagged: a door that a way goes through
/// (<https://wiki.openstreetmap.org/wiki/Key:entrance>), a ford (<https://wiki.openstreetmap.org/wiki/Key:ford>),
/// stepping stones, or nothing but `access=*` or `foot=*` (<https://wiki.openstreetmap.org/wiki/Key:access>).
fn other_barrier(tags: Tags<'_>) -> Option<BarrierKind> {
    let is_door = tags.has("entrance") || tags.has("door");
    let is_told = is_door || tags.is_set("ford") || !is_thing(tags);
    if !is_told {
        return None;
    }
    let verdict = walk_access(tags, Access::Allowed);
    if let Some(lock) = lock_of(tags).filter(|_| is_door && verdict.access == Access::Allowed) {
        return Some(lock);
    }
    match verdict.access {
        Access::No => Some(BarrierKind::Closed),
        Access::Private => Some(BarrierKind::Private),
        Access::Allowed if verdict.conditional || depends_on_nature(tags) => {
            Some(BarrierKind::Conditional)
        }
        Access::Allowed if tags.is("ford", "stepping_stones") => Some(BarrierKind::Narrow),
        Access::Allowed => None,
    }
}

/// What a barrier is to a walker when no access is tagged.
pub(super) fn kind_of(barrier: &str) -> Option<BarrierKind> {
    match barrier {
        // Nothing to a walker, or a step that other tags tell about.
        "no" | "kerb" | "height_restrictor" | "lowered_kerb" | "traffic_calming" => None,
        // Passages on foot only.
        "stile"
        | "kissing_gate"
        | "turnstile"
        | "full-height_turnstile"
        | "cycle_barrier"
        | "motorcycle_barrier"
        | "horse_stile"
        | "squeeze"
        | "step"
        | "steps"
        | "ladder"
        | "cattle_grid"
        | "chain"
        | "rope"
        | "log"
        | "debris"
        | "jersey_barrier"
        | "tyres"
        | "guard_rail" => Some(BarrierKind::Narrow),
        // A way that meets a wall at a node tagged as one stops there.
        "wall" | "fence" | "city_wall" | "retaining_wall" | "hedge" | "wire_fence" | "ditch"
        | "cable_barrier" | "handrail" | "hedge_bank" => Some(BarrierKind::Closed),
        // gate, lift_gate, swing_gate, sliding_gate, bollard, block, entrance, toll_booth, border_control,
        // sally_port, planter, yes … and unknown words: a way drawn through it is the better witness.
        _ => Some(BarrierKind::Gate),
    }
}

/// Whether a node is a door or gate through which the public enters what it stands on the edge of
/// (<https://wiki.openstreetmap.org/wiki/Key:entrance>): not an emergency exit, not shut, not private.
pub fn is_way_in(tags: Tags<'_>) -> bool {
    let door = match tags.get("entrance") {
        Some(kind) => !matches!(kind, "no" | "emergency" | "exit" | "service" | "garage"),
        None => tags.is_set("building:entrance"),
    };
    let open = !matches!(barrier_of(tags), Some(BarrierKind::Closed | BarrierKind::Private));
    (door || is_gate(tags)) && open
}

/// Whether a node is a gate in a wall by its name, whoever may pass it
/// (<https://wiki.openstreetmap.org/wiki/Key:barrier#Values>).
pub fn is_gate(tags: Tags<'_>) -> bool {
    let gates = [
        "gate",
        "entrance",
        "lift_gate",
        "swing_gate",
        "sliding_gate",
        "hampshire_gate",
        "kissing_gate",
        "wicket_gate",
        "sally_port",
        "turnstile",
        "full-height_turnstile",
    ];
    tags.is_any("barrier", &gates) && !tags.is_out_of_use()
}

/// Whether a node is a door people live or work behind, also a private one (for demand); not one that is shut.
pub fn is_door(tags: Tags<'_>) -> bool {
    let door = match tags.get("entrance") {
        Some(kind) => !matches!(kind, "no" | "emergency" | "exit" | "garage"),
        None => tags.is_set("building:entrance"),
    };
    door && barrier_of(tags) != Some(BarrierKind::Closed)
}

/// Whether something stands at a node whose access and hours are its own, not those of the door it is at.
pub(super) fn is_thing(tags: Tags<'_>) -> bool {
    THINGS.iter().any(|key| tags.has(key))
}
