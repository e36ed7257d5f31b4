//! What stands in the way at a node (<https://wiki.openstreetmap.org/wiki/Key:barrier>,
//! <https://wiki.openstreetmap.org/wiki/Barriers>).

use super::Tags;
use super::access::{Access, access_of, foot_access_with_conditions};
use crate::street::BarrierKind;

/// The decision on the tags of a node; `None` when nothing stands there.
///
/// `foot` and `access` come before the kind of barrier: `foot=yes` makes an opening of any wall, `access=no`
/// shuts any gate. `locked=yes` shuts a gate that has no access tag and makes one with an access tag private
/// (<https://wiki.openstreetmap.org/wiki/Key:locked>).
pub fn barrier_of(tags: Tags<'_>) -> Option<BarrierKind> {
    let Some(barrier) = tags.get("barrier") else { return entrance_barrier(tags) };
    let by_kind = kind_of(barrier)?;
    let implied = if by_kind == BarrierKind::Closed { Access::No } else { Access::Allowed };
    let (access, conditional) = foot_access_with_conditions(tags, implied);
    let tagged = ["foot", "access"].into_iter().find_map(|key| tags.get(key).and_then(access_of));
    let locked = tags.is("locked", "yes") && !tags.get("foot").is_some_and(is_open);
    Some(match access {
        Access::No => BarrierKind::Closed,
        Access::Allowed if locked && tagged.is_none() => BarrierKind::Closed,
        Access::Allowed if locked => BarrierKind::Private,
        Access::Private => BarrierKind::Private,
        Access::Allowed if conditional => BarrierKind::Conditional,
        Access::Allowed if by_kind == BarrierKind::Closed => BarrierKind::Gate,
        Access::Allowed => by_kind,
    })
}

fn is_open(value: &str) -> bool {
    access_of(value) == Some(Access::Allowed)
}

/// A door that a way goes through binds when its access is tagged
/// (<https://wiki.openstreetmap.org/wiki/Key:entrance>).
fn entrance_barrier(tags: Tags<'_>) -> Option<BarrierKind> {
    if !tags.has("entrance") && !tags.has("door") {
        return None;
    }
    match foot_access_with_conditions(tags, Access::Allowed) {
        (Access::No, _) => Some(BarrierKind::Closed),
        (Access::Private, _) => Some(BarrierKind::Private),
        (Access::Allowed, _) => None,
    }
}

/// What a barrier is to a walker when no access is tagged.
fn kind_of(barrier: &str) -> Option<BarrierKind> {
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
    let gate = tags.is_any(
        "barrier",
        &[
            "gate",
            "entrance",
            "lift_gate",
            "swing_gate",
            "sliding_gate",
            "kissing_gate",
            "turnstile",
        ],
    );
    let open = match barrier_of(tags) {
        Some(kind) => !matches!(kind, BarrierKind::Closed | BarrierKind::Private),
        None => true,
    };
    (door || gate) && open
}

/// Whether a node is a door people live or work behind, also a private one (for demand).
pub fn is_door(tags: Tags<'_>) -> bool {
    tags.get("entrance").is_some_and(|kind| !matches!(kind, "no" | "emergency" | "exit" | "garage"))
}
