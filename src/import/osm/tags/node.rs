//! What stops wheels at a node of a way: kerbs, water, what is too tight, and what is told outright.

use super::Tags;
use super::barrier::{barrier_of, is_thing, kind_of};
use super::traits::{ford_of, has_raised_curb, is_tight};
use crate::street::{BarrierKind, StreetTraits};

/// What a walker on wheels meets at a node (<https://wiki.openstreetmap.org/wiki/Key:kerb>,
/// <https://wiki.openstreetmap.org/wiki/Key:ford>, <https://wiki.openstreetmap.org/wiki/Key:maxwidth:physical>,
/// <https://wiki.openstreetmap.org/wiki/Key:wheelchair>). `wheelchair=*` is about the passage only where something
/// stands that one passes; on a shop or a stop it is about that.
pub fn wheels_at(tags: Tags<'_>) -> StreetTraits {
    let told_open = tags.is_any("wheelchair", &["yes", "designated"]);
    let is_passage =
        ["barrier", "kerb", "entrance", "door", "ford"].iter().any(|key| tags.has(key))
            || tags.is_any("highway", &["crossing", "elevator", "steps"]);
    let mut traits = StreetTraits::empty();
    if is_passage && told_open {
        return traits;
    }
    traits.set(StreetTraits::WHEELCHAIR_NO, is_passage && tags.is("wheelchair", "no"));
    traits.set(StreetTraits::RAISED_CURB, has_raised_curb(tags));
    traits.set(StreetTraits::TIGHT, tags.has("barrier") && is_tight(tags));
    // Also where hours or owners make another kind of the barrier.
    let on_foot_only = tags.get("barrier").and_then(kind_of) == Some(BarrierKind::Narrow);
    traits.set(StreetTraits::NARROW, on_foot_only);
    traits | ford_of(tags).intersection(StreetTraits::FORD)
}

/// What a door or gate is to who goes in by it: shut, private (also one for the staff), open at times, and what stops
/// wheels there. The access and hours of a place at the door are those of the place.
pub fn limits_at(tags: Tags<'_>) -> StreetTraits {
    let mut traits = wheels_at(tags).difference(StreetTraits::FORD);
    traits.set(StreetTraits::PRIVATE, tags.is("entrance", "service"));
    if !is_thing(tags) {
        traits |= match barrier_of(tags) {
            Some(BarrierKind::Closed) => StreetTraits::CLOSED,
            Some(BarrierKind::Private) => StreetTraits::PRIVATE,
            Some(BarrierKind::Conditional) => StreetTraits::CONDITIONAL,
            Some(BarrierKind::Gate | BarrierKind::Narrow) | None => StreetTraits::empty(),
        };
    }
    traits
}
