//! What matters to some walkers on a way: wheels, light, ground, direction.

use super::Tags;
use super::access::foot_is_tagged;
use super::crossing::crossing_way;
use super::measure::{km_h_of, meters_of, slope_of};
use crate::street::{StreetClass, StreetTraits};

/// The traits of a way of `class`, but for access (see [`super::access`]).
pub fn traits_of(tags: Tags<'_>, class: StreetClass) -> StreetTraits {
    let mut traits = direction_of(tags, class) | wheels_of(tags, class) | ground_of(tags, class);
    traits.set(StreetTraits::NO_SIDEWALK, lacks_sidewalk(tags, class));
    traits.set(StreetTraits::SIDEWALK_APART, is_sidewalk_apart(tags, class));
    traits.set(StreetTraits::EXPRESSWAY, is_expressway(tags, class));
    traits.set(StreetTraits::ROUGH, is_rough(tags, class));
    traits.set(StreetTraits::ALPINE, is_alpine(tags));
    traits.set(StreetTraits::INDOOR, is_indoor(tags, class));
    // https://wiki.openstreetmap.org/wiki/Key:tunnel, Key:covered, Key:bridge
    traits.set(StreetTraits::TUNNEL, tags.is_set("tunnel") || tags.is_set("covered"));
    traits.set(StreetTraits::BRIDGE, tags.is_set("bridge"));
    traits.set(StreetTraits::OFF_GROUND, is_off_ground(tags, class));
    traits | crossing_way(tags)
}

/// On a bridge, in a tunnel (passages through buildings lie on the ground), inside a building, or on another level
/// or layer only (<https://wiki.openstreetmap.org/wiki/Key:level>, <https://wiki.openstreetmap.org/wiki/Key:layer>).
fn is_off_ground(tags: Tags<'_>, class: StreetClass) -> bool {
    let elsewhere = |key: &str| {
        let levels = tags.get(key).map(|text| text.split(';').map(|level| level.trim().parse()));
        levels.is_some_and(|mut levels| {
            levels.all(|level: Result<f32, _>| level.is_ok_and(|level| level != 0.0))
        })
    };
    let below = tags.is_set("tunnel")
        && !tags.is_any("tunnel", &["building_passage", "avalanche_protector", "covered"]);
    // Low water runs over it: it lies on the ground.
    let above = tags.is_set("bridge") && !tags.is("bridge", "low_water_crossing");
    above || below || is_indoor(tags, class) || elsewhere("layer") || elsewhere("level")
}

/// What is told of the pavement on one side: `sidewalk:left` or `:right`, else `sidewalk:both`, else `sidewalk`
/// (<https://wiki.openstreetmap.org/wiki/Key:sidewalk>).
fn sidewalk_on<'a>(tags: Tags<'a>, side: &str) -> Option<&'a str> {
    let own = tags.get_joined("sidewalk:", side).or_else(|| tags.get("sidewalk:both"));
    own.or_else(|| {
        let whole = tags.get("sidewalk")?;
        Some(match whole {
            "both" => "yes",
            "left" | "right" => {
                if whole == side {
                    "yes"
                } else {
                    "no"
                }
            }
            "none" => "no",
            other => other,
        })
    })
}

fn sidewalks(tags: Tags<'_>) -> [Option<&str>; 2] {
    [sidewalk_on(tags, "left"), sidewalk_on(tags, "right")]
}

/// Whether a pavement is tagged on some side, drawn with the road.
pub(super) fn has_sidewalk(tags: Tags<'_>) -> bool {
    sidewalks(tags).into_iter().flatten().any(|side| side == "yes")
}

/// A motor road of class secondary and up that is told to have no pavement on either side.
fn lacks_sidewalk(tags: Tags<'_>, class: StreetClass) -> bool {
    let motor_road =
        matches!(class, StreetClass::Secondary | StreetClass::Primary | StreetClass::Trunk);
    motor_road && sidewalks(tags).into_iter().all(|side| matches!(side, Some("no" | "none")))
}

/// A carriageway whose pavement is drawn beside it, with none of its own: `sidewalk=separate` and its relatives
/// (<https://wiki.openstreetmap.org/wiki/Tag:sidewalk=separate>). A living street is walked in its middle.
fn is_sidewalk_apart(tags: Tags<'_>, class: StreetClass) -> bool {
    let beside = sidewalks(tags).into_iter().flatten().any(|side| side == "separate");
    class.is_carriageway() && class != StreetClass::LivingStreet && beside && !has_sidewalk(tags)
}

/// Fast dual carriageways without anything for walkers: `expressway=yes`, or a one-way trunk road of two lanes
/// and more at 80 km/h and more; unless a pavement or `foot=*` is tagged
/// (<https://wiki.openstreetmap.org/wiki/Key:expressway>, <https://wiki.openstreetmap.org/wiki/Tag:highway=trunk>).
fn is_expressway(tags: Tags<'_>, class: StreetClass) -> bool {
    const FAST_KM_H: f64 = 79.0;
    let major = matches!(class, StreetClass::Trunk | StreetClass::Primary | StreetClass::Secondary);
    if !major || foot_is_tagged(tags) || sidewalks(tags).into_iter().any(is_walked_beside) {
        return false;
    }
    let lanes = tags.get("lanes").and_then(|lanes| lanes.trim().parse::<f64>().ok());
    let speed = tags.get("maxspeed").and_then(km_h_of);
    tags.is("expressway", "yes")
        || class == StreetClass::Trunk
            && tags.is_any("oneway", &["yes", "1", "true", "-1"])
            && lanes.is_some_and(|lanes| lanes >= 2.0)
            && speed.is_some_and(|speed| speed > FAST_KM_H)
}

fn is_walked_beside(side: Option<&str>) -> bool {
    matches!(side, Some("yes" | "separate"))
}

/// Whether a trunk road says nothing of walkers.
pub(super) fn is_silent_trunk(tags: Tags<'_>, class: StreetClass) -> bool {
    class == StreetClass::Trunk
        && !foot_is_tagged(tags)
        && !sidewalks(tags).into_iter().any(is_walked_beside)
}

/// One-way streets do not bind walkers; `oneway:foot`, moving stairs and ferries do
/// (<https://wiki.openstreetmap.org/wiki/Key:oneway#Pedestrians>, <https://wiki.openstreetmap.org/wiki/Key:conveying>,
/// <https://wiki.openstreetmap.org/wiki/Tag:route=ferry>). Nothing but ways of walkers is a conveyor.
fn direction_of(tags: Tags<'_>, class: StreetClass) -> StreetTraits {
    let forward = ["yes", "1", "true"];
    let backward = ["-1", "reverse"];
    if tags.is_any("oneway:foot", &forward) {
        return StreetTraits::FORWARD_ONLY;
    }
    if tags.is_any("oneway:foot", &backward) {
        return StreetTraits::BACKWARD_ONLY;
    }
    let moves = class == StreetClass::Escalator
        || tags.is_set("conveying") && (class.is_own_way() || class == StreetClass::Corridor);
    let told = if moves { tags.text("conveying") } else { "" };
    let bound = moves || class == StreetClass::Ferry && !tags.is("oneway:foot", "no");
    match told {
        "forward" => StreetTraits::FORWARD_ONLY,
        "backward" => StreetTraits::BACKWARD_ONLY,
        // `reversible` and a bare `yes`: the direction is not known, so neither is refused.
        _ if bound && tags.is_any("oneway", &forward) => StreetTraits::FORWARD_ONLY,
        _ if bound && tags.is_any("oneway", &backward) => StreetTraits::BACKWARD_ONLY,
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
        is_steps
            && (tags.is("ramp:stroller", "yes")
                || tags.is("stroller", "yes")
                || ramp_for_wheelchair
                || plain_ramp),
    );
    traits
}

/// Steepest ramp that a wheelchair goes up, 1:12 (<https://wiki.openstreetmap.org/wiki/Key:incline>; the limit is
/// that of the US 2010 ADA standards, 405.2).
const STEEP: f64 = 1.0 / 12.0 + 1e-4;
/// Least clear width of a way for a wheelchair, in metres (DIN 18040-1, 4.3.3.2: doors and passages).
pub(super) const CLEAR_WIDTH_M: f64 = 0.9;

/// What stops wheels on the way itself: kerbs of a crossing, water, slope, width, ground for tractors only
/// (<https://wiki.openstreetmap.org/wiki/Key:kerb>, <https://wiki.openstreetmap.org/wiki/Key:ford>,
/// <https://wiki.openstreetmap.org/wiki/Key:incline>, <https://wiki.openstreetmap.org/wiki/Key:width>,
/// <https://wiki.openstreetmap.org/wiki/Key:smoothness>, <https://wiki.openstreetmap.org/wiki/Key:stroller>).
fn ground_of(tags: Tags<'_>, class: StreetClass) -> StreetTraits {
    let mut traits = ford_of(tags);
    let is_crossing = crossing_way(tags).contains(StreetTraits::CROSSING_WAY);
    traits.set(StreetTraits::RAISED_CURB, is_crossing && has_raised_curb(tags));
    let on_wheels = class.is_own_way() || class.is_carriageway() || class == StreetClass::Corridor;
    let slope = tags.get("incline").and_then(slope_of);
    traits.set(StreetTraits::STEEP, on_wheels && slope.is_some_and(|slope| slope.abs() > STEEP));
    let own = class.is_own_way() || class == StreetClass::Corridor;
    traits.set(StreetTraits::TIGHT, own && is_tight(tags));
    let for_tractors = ["horrible", "very_horrible", "impassable"];
    let off_road = tags.is_any("smoothness", &for_tractors)
        || tags.is("stroller", "no")
        || tags.is("surface", "stepping_stones");
    traits.set(StreetTraits::OFF_ROAD, off_road);
    traits
}

/// Water on the way: one wades, or steps from stone to stone, which is done on foot only
/// (<https://wiki.openstreetmap.org/wiki/Tag:ford=stepping_stones>). A ford of depth 0 is dry.
pub(super) fn ford_of(tags: Tags<'_>) -> StreetTraits {
    let is_dry = tags.get("depth").and_then(meters_of).is_some_and(|depth| depth <= 0.0);
    match tags.text("ford") {
        "" | "no" if tags.is("highway", "ford") => StreetTraits::FORD,
        "" | "no" | "boat" => StreetTraits::empty(),
        "stepping_stones" => StreetTraits::NARROW,
        _ if is_dry => StreetTraits::empty(),
        _ => StreetTraits::FORD,
    }
}

/// A kerb that stops a wheelchair: raised or rolled, or higher than 3 cm
/// (<https://wiki.openstreetmap.org/wiki/Key:kerb#Values>). On a node that stands for both sides of a crossing the
/// worse of the two counts.
pub(super) fn has_raised_curb(tags: Tags<'_>) -> bool {
    const STEP_M: f64 = 0.03;
    let is_high = |value: &str| match value {
        "raised" | "rolled" | "regular" | "normal" => true,
        other => meters_of(other).is_some_and(|height| height > STEP_M),
    };
    let told = ["kerb", "kerb:left", "kerb:right", "kerb:both", "curb"];
    let told: Vec<&str> = told.iter().filter_map(|key| tags.get(key)).collect();
    if told.iter().any(|value| matches!(*value, "lowered" | "flush" | "no")) {
        return told.into_iter().any(is_high);
    }
    let height =
        if tags.is("barrier", "kerb") { ["kerb:height", "height"] } else { ["kerb:height"; 2] };
    let by_height = height.iter().find_map(|key| tags.get(key)).is_some_and(is_high);
    told.into_iter().any(is_high) || by_height || tags.is("sloped_curb", "no")
}

/// Narrower than a wheelchair needs (<https://wiki.openstreetmap.org/wiki/Key:width>,
/// <https://wiki.openstreetmap.org/wiki/Key:maxwidth:physical>).
pub(super) fn is_tight(tags: Tags<'_>) -> bool {
    let width = ["maxwidth:physical", "width"].into_iter().find_map(|key| tags.get(key));
    width.and_then(meters_of).is_some_and(|meters| meters < CLEAR_WIDTH_M)
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
