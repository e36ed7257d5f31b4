//! Is this a way to walk on, and of which class?
//! (<https://wiki.openstreetmap.org/wiki/Key:highway>,
//! <https://wiki.openstreetmap.org/wiki/OSM_tags_for_routing/Access_restrictions>)

use super::Tags;
use super::access::{
    Access, Heading, Verdict, depends_on_nature, foot_is_tagged, walk_access_heading,
};
use super::traits::{has_sidewalk, is_silent_trunk, traits_of};
use crate::spatial::LonLat;
use crate::spatial::china::is_outside_china;
use crate::street::{StreetClass, StreetTraits};

/// How a way is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line that is walked along.
    Line,
    /// Open ground when closed: one walks across it.
    Ground,
    /// The paved surface of something that is drawn as a line too (`area:highway`): of use only where other
    /// ways end on it.
    Surface,
}

/// The walker's view of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreetTag {
    /// What it is.
    pub class: StreetClass,
    /// What matters to some walkers.
    pub traits: StreetTraits,
    /// How it is drawn.
    pub shape: Shape,
    /// Whether it is a trunk road that says nothing of walkers; see [`elevated_in_china`].
    pub silent_trunk: bool,
}

/// What a trunk road that says nothing of walkers is above the ground of China: an urban expressway, on which
/// nobody walks (<https://wiki.openstreetmap.org/wiki/China_tagging_guidelines>).
pub fn elevated_in_china(street: StreetTag, level: i16, place: LonLat) -> StreetTraits {
    let is_raised = street.traits.contains(StreetTraits::BRIDGE) || level > 0;
    let in_china = !is_outside_china((place.lon(), place.lat()));
    let is_expressway = street.silent_trunk && is_raised && in_china;
    if is_expressway { StreetTraits::EXPRESSWAY } else { StreetTraits::empty() }
}

/// The decision on the tags of a way or multipolygon; `None` when one cannot walk there.
pub fn street_of(tags: Tags<'_>) -> Option<StreetTag> {
    let (class, implied) = class_of(tags)?;
    if tags.is_out_of_use() {
        return None;
    }
    let implied = implied_of(tags, implied)?;
    let (access, way) = access_both_ways(tags, implied)?;
    let mut traits = with_way(traits_of(tags, class), way)?;
    traits.set(StreetTraits::PRIVATE, access.access == Access::Private);
    traits.set(StreetTraits::CONDITIONAL, access.conditional || depends_on_nature(tags));
    let shape = shape_of(tags, class);
    let is_ground = shape != Shape::Line && tags.is("area", "yes");
    let class = if is_ground || shape == Shape::Surface { class_as_ground(class) } else { class };
    let silent_trunk = is_silent_trunk(tags, class);
    Some(StreetTag { class, traits, shape, silent_trunk })
}

/// What a road for motors alone implies, once it is asked whether walkers are let in by a tag of their own:
/// motorways, busways and guideways by `foot=*`, motorways and busways also by a pavement, motorroads by `foot=*`
/// alone. `access=*` does not open motorways, guideways and motorroads, but shuts the pavement. `None` when nobody walks there
/// (<https://wiki.openstreetmap.org/wiki/Key:motorroad>, <https://wiki.openstreetmap.org/wiki/Tag:highway=motorway>,
/// <https://wiki.openstreetmap.org/wiki/Tag:highway=bus_guideway>,
/// <https://wiki.openstreetmap.org/wiki/Tag:highway=raceway>).
fn implied_of(tags: Tags<'_>, implied: Access) -> Option<Access> {
    let is_motorroad = tags.is("motorroad", "yes");
    let is_motorway = tags.is_any("highway", &["motorway", "motorway_link"]);
    let is_track = tags.is_any("highway", &["bus_guideway", "raceway"]);
    if !is_motorroad && !is_motorway && !is_track {
        let walks_beside = tags.is("highway", "busway") && has_sidewalk(tags);
        return Some(if walks_beside { Access::Allowed } else { implied });
    }
    if foot_is_tagged(tags) {
        return Some(Access::No);
    }
    let walks_beside = is_motorway && !is_motorroad && has_sidewalk(tags);
    walks_beside.then_some(Access::Allowed)
}

/// The freer verdict of the two directions, and the one-way trait of a way that one may walk only one way.
fn access_both_ways(tags: Tags<'_>, implied: Access) -> Option<(Verdict, StreetTraits)> {
    let forward = walk_access_heading(tags, Heading::Forward, implied);
    let backward = walk_access_heading(tags, Heading::Backward, implied);
    match (forward.access, backward.access) {
        (Access::No, Access::No) => None,
        (Access::No, _) => Some((backward, StreetTraits::BACKWARD_ONLY)),
        (_, Access::No) => Some((forward, StreetTraits::FORWARD_ONLY)),
        // Private one way counts as private: nobody is led through.
        (one, other) if one >= other => Some((forward, StreetTraits::empty())),
        _ => Some((backward, StreetTraits::empty())),
    }
}

/// `traits` with the direction that access leaves; `None` when the two leave none.
fn with_way(traits: StreetTraits, way: StreetTraits) -> Option<StreetTraits> {
    let one_way = StreetTraits::FORWARD_ONLY | StreetTraits::BACKWARD_ONLY;
    let all = traits | way;
    (!all.contains(one_way)).then_some(all)
}

/// What a street of `class` is when it is drawn as an area: stairs, lifts, platforms and ways indoors keep their
/// nature, all else is open ground (<https://wiki.openstreetmap.org/wiki/Key:area>).
pub fn class_as_ground(class: StreetClass) -> StreetClass {
    match class {
        StreetClass::Steps
        | StreetClass::Escalator
        | StreetClass::Elevator
        | StreetClass::Platform
        | StreetClass::Corridor
        | StreetClass::Ferry => class,
        _ => StreetClass::Plaza,
    }
}

/// The class of a way and whether walkers may use that kind of way when nothing else is tagged.
fn class_of(tags: Tags<'_>) -> Option<(StreetClass, Access)> {
    let Some(highway) = tags.get("highway") else { return class_without_highway(tags) };
    // https://wiki.openstreetmap.org/wiki/Key:ford: a boat provided for crossing.
    if tags.is("ford", "boat") {
        return Some((StreetClass::Ferry, Access::Allowed));
    }
    let class = match highway {
        // https://wiki.openstreetmap.org/wiki/Tag:highway=footway, =crossing is an old way to draw one.
        "footway" | "crossing" | "sidewalk" | "access_ramp" => StreetClass::Footway,
        "pedestrian" => StreetClass::Pedestrian,
        "path" | "trail" => StreetClass::Path,
        "steps" => return Some((steps_class(tags), Access::Allowed)),
        "elevator" => StreetClass::Elevator,
        // https://wiki.openstreetmap.org/wiki/Tag:highway=corridor: a passage inside a building.
        "corridor" => StreetClass::Corridor,
        "living_street" => StreetClass::LivingStreet,
        "residential" => StreetClass::Residential,
        "service" => StreetClass::Service,
        "unclassified" | "road" | "yes" => StreetClass::Unclassified,
        "tertiary" | "tertiary_link" => StreetClass::Tertiary,
        "secondary" | "secondary_link" => StreetClass::Secondary,
        "primary" | "primary_link" => StreetClass::Primary,
        // In many towns a trunk road has pavements; where there is none, sidewalk=no gives it a trait
        // (https://wiki.openstreetmap.org/wiki/Tag:highway=trunk).
        "trunk" | "trunk_link" => StreetClass::Trunk,
        "track" | "byway" => StreetClass::Track,
        // Countries and routers differ. Taken as open unless foot=* or access=* says no: in parks and along
        // rivers they are often the only way
        // (https://wiki.openstreetmap.org/wiki/Tag:highway=cycleway, Tag:highway=bridleway).
        "cycleway" => StreetClass::Cycleway,
        "bridleway" => StreetClass::Bridleway,
        "platform" => StreetClass::Platform,
        // For buses or races alone, closed to walkers unless tagged
        // (https://wiki.openstreetmap.org/wiki/Tag:highway=busway, and see `implied_of`).
        "busway" | "bus_guideway" | "raceway" => return Some((StreetClass::Service, Access::No)),
        // For motors alone unless walkers are let in, see `implied_of`.
        "motorway" | "motorway_link" => return Some((StreetClass::Trunk, Access::No)),
        // Never: escape, via_ferrata, construction, proposed, abandoned, razed, disused, planned, and every
        // value that is not a way (services, rest_area, bus_stop …).
        _ => return None,
    };
    Some((class, Access::Allowed))
}

/// `conveying=*` on steps is a moving stair (<https://wiki.openstreetmap.org/wiki/Key:conveying>).
fn steps_class(tags: Tags<'_>) -> StreetClass {
    if tags.is_set("conveying") { StreetClass::Escalator } else { StreetClass::Steps }
}

fn class_without_highway(tags: Tags<'_>) -> Option<(StreetClass, Access)> {
    let is_platform = tags.is("railway", "platform") || tags.is("public_transport", "platform");
    let class = if is_platform {
        // https://wiki.openstreetmap.org/wiki/Tag:public_transport=platform
        StreetClass::Platform
    } else if tags.is("man_made", "pier") {
        // https://wiki.openstreetmap.org/wiki/Tag:man_made=pier: raised walkways over water.
        StreetClass::Footway
    } else if tags.is("route", "ferry") {
        // https://wiki.openstreetmap.org/wiki/Tag:route=ferry: foot passengers unless foot=no.
        StreetClass::Ferry
    } else if tags.is("indoor", "corridor") {
        // https://wiki.openstreetmap.org/wiki/Simple_Indoor_Tagging
        StreetClass::Corridor
    } else {
        // https://wiki.openstreetmap.org/wiki/Key:area:highway: the ground of a street, drawn as an area.
        let surface = tags.is_any("area:highway", &["pedestrian", "footway"]);
        return surface.then_some((StreetClass::Plaza, Access::Allowed));
    };
    Some((class, Access::Allowed))
}

/// Whether a closed way is ground to walk across. `highway=pedestrian` that closes is a ring to walk around
/// unless `area=yes` (<https://wiki.openstreetmap.org/wiki/Tag:highway=pedestrian#Squares_and_plazas>);
/// platforms, piers, indoor corridors and lifts are areas by nature (<https://wiki.openstreetmap.org/wiki/Key:area>).
fn shape_of(tags: Tags<'_>, class: StreetClass) -> Shape {
    let by_nature = !tags.has("highway")
        && matches!(class, StreetClass::Platform | StreetClass::Footway | StreetClass::Corridor);
    if class == StreetClass::Plaza {
        Shape::Surface
    } else if tags.is("area", "yes")
        || (by_nature || class == StreetClass::Elevator) && !tags.is("area", "no")
    {
        Shape::Ground
    } else {
        Shape::Line
    }
}
