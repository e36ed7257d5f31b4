//! What matters to some walkers on a way: wheels, light, ground, direction.

use super::Tags;
use super::crossing::crossing_way;
use crate::street::{StreetClass, StreetTraits};

/// The traits of a way of `class`, but for access (see [`super::access`]).
pub fn traits_of(tags: Tags<'_>, class: StreetClass) -> StreetTraits {
    let mut traits = direction_of(tags) | wheels_of(tags, class);
    traits.set(StreetTraits::NO_SIDEWALK, lacks_sidewalk(tags, class));
    traits.set(StreetTraits::ROUGH, is_rough(tags, class));
    traits.set(StreetTraits::ALPINE, is_alpine(tags));
    traits.set(StreetTraits::INDOOR, is_indoor(tags, class));
    // https://wiki.openstreetmap.org/wiki/Key:tunnel, Key:covered, Key:bridge
    traits.set(StreetTraits::TUNNEL, tags.is_set("tunnel") || tags.is_set("covered"));
    traits.set(StreetTraits::BRIDGE, tags.is_set("bridge"));
    traits | crossing_way(tags)
}

/// `sidewalk=no|none`, or `no` on both sides, on a motor road of class secondary and up
/// (<https://wiki.openstreetmap.org/wiki/Key:sidewalk>). `separate` means the pavement is mapped by itself.
fn lacks_sidewalk(tags: Tags<'_>, class: StreetClass) -> bool {
    let motor_road =
        matches!(class, StreetClass::Secondary | StreetClass::Primary | StreetClass::Trunk);
    let none = |key: &str| tags.is_any(key, &["no", "none"]);
    motor_road
        && (none("sidewalk")
            || none("sidewalk:both")
            || (none("sidewalk:left") && none("sidewalk:right")))
}

/// One-way streets do not bind walkers; `oneway:foot`, `foot:backward` and moving stairs do
/// (<https://wiki.openstreetmap.org/wiki/Key:oneway#Pedestrians>,
/// <https://wiki.openstreetmap.org/wiki/Key:conveying>).
fn direction_of(tags: Tags<'_>) -> StreetTraits {
    if tags.is("oneway:foot", "yes") || tags.is("foot:backward", "no") {
        return StreetTraits::FORWARD_ONLY;
    }
    if tags.is_any("oneway:foot", &["-1", "reverse"]) || tags.is("foot:forward", "no") {
        return StreetTraits::BACKWARD_ONLY;
    }
    match (tags.text("conveying"), tags.text("oneway")) {
        ("" | "no", _) => StreetTraits::empty(),
        ("backward", _) | (_, "-1") => StreetTraits::BACKWARD_ONLY,
        ("forward", _) | (_, "yes" | "1" | "true") => StreetTraits::FORWARD_ONLY,
        // `reversible` and a bare `yes`: the direction is not known, so neither is refused.
        _ => StreetTraits::empty(),
    }
}

/// Ramps and `wheelchair=*` (<https://wiki.openstreetmap.org/wiki/Key:ramp>,
/// <https://wiki.openstreetmap.org/wiki/Key:wheelchair>).
fn wheels_of(tags: Tags<'_>, class: StreetClass) -> StreetTraits {
    let mut traits = StreetTraits::empty();
    let ramp_for_wheelchair = tags.is("ramp:wheelchair", "yes");
    let plain_ramp = tags.is("ramp", "yes")
        && !["ramp:stroller", "ramp:wheelchair", "ramp:bicycle", "ramp:luggage"]
            .iter()
            .any(|key| tags.has(key));
    let is_steps = class == StreetClass::Steps;
    traits.set(StreetTraits::WHEELCHAIR_NO, tags.is("wheelchair", "no") && !ramp_for_wheelchair);
    traits.set(
        StreetTraits::WHEELCHAIR_YES,
        tags.is_any("wheelchair", &["yes", "designated"]) || is_steps && ramp_for_wheelchair,
    );
    traits.set(
        StreetTraits::STROLLER_RAMP,
        is_steps && (tags.is("ramp:stroller", "yes") || ramp_for_wheelchair || plain_ramp),
    );
    traits
}

/// Ground that is bad for small wheels (<https://wiki.openstreetmap.org/wiki/Key:surface>,
/// <https://wiki.openstreetmap.org/wiki/Key:smoothness>): smoothness from `bad` on, else a loose or broken
/// surface, else a track of grade 4 or 5 (<https://wiki.openstreetmap.org/wiki/Key:tracktype>).
fn is_rough(tags: Tags<'_>, class: StreetClass) -> bool {
    match tags.text("smoothness") {
        "bad" | "very_bad" | "horrible" | "very_horrible" | "impassable" => return true,
        "excellent" | "good" | "intermediate" => return false,
        _ => {}
    }
    match tags.get("surface") {
        Some(surface) => matches!(
            surface.split([';', ':']).next().unwrap_or(""),
            "unpaved"
                | "gravel"
                | "pebblestone"
                | "cobblestone"
                | "unhewn_cobblestone"
                | "sand"
                | "grass"
                | "grass_paver"
                | "dirt"
                | "earth"
                | "ground"
                | "mud"
                | "rock"
                | "rocks"
                | "stone"
                | "woodchips"
                | "snow"
                | "ice"
                | "stepping_stones"
                | "soil"
                | "clay"
                | "shells"
        ),
        None => class == StreetClass::Track && tags.is_any("tracktype", &["grade4", "grade5"]),
    }
}

/// `sac_scale` beyond `hiking`: surefootedness needed
/// (<https://wiki.openstreetmap.org/wiki/Key:sac_scale>).
fn is_alpine(tags: Tags<'_>) -> bool {
    matches!(
        tags.text("sac_scale"),
        "mountain_hiking"
            | "demanding_mountain_hiking"
            | "alpine_hiking"
            | "demanding_alpine_hiking"
            | "difficult_alpine_hiking"
    )
}

/// Inside a building (<https://wiki.openstreetmap.org/wiki/Key:indoor>,
/// <https://wiki.openstreetmap.org/wiki/Key:tunnel#Building_passages> are not).
fn is_indoor(tags: Tags<'_>, class: StreetClass) -> bool {
    class == StreetClass::Corridor || tags.is_set("indoor")
}
