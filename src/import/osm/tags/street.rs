//! Is this a way to walk on, and of which class?
//! (<https://wiki.openstreetmap.org/wiki/Key:highway>,
//! <https://wiki.openstreetmap.org/wiki/OSM_tags_for_routing/Access_restrictions>)

use super::Tags;
use super::access::{Access, foot_access_with_conditions, foot_is_tagged};
use super::traits::traits_of;
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
}

/// The decision on the tags of a way or multipolygon; `None` when one cannot walk there.
pub fn street_of(tags: Tags<'_>) -> Option<StreetTag> {
    let (class, implied) = class_of(tags)?;
    if tags.is_out_of_use() {
        return None;
    }
    // Motorroads are for motor traffic alone unless foot=* says otherwise
    // (https://wiki.openstreetmap.org/wiki/Key:motorroad).
    let implied = if tags.is("motorroad", "yes") { Access::No } else { implied };
    let blocked = tags.is("motorroad", "yes") && !foot_is_tagged(tags);
    let (access, conditional) = foot_access_with_conditions(tags, implied);
    if access == Access::No || blocked {
        return None;
    }
    let mut traits = traits_of(tags, class);
    traits.set(StreetTraits::PRIVATE, access == Access::Private);
    traits.set(StreetTraits::CONDITIONAL, conditional);
    let shape = shape_of(tags, class);
    let is_ground = shape != Shape::Line && class != StreetClass::Platform;
    let class = if is_ground && tags.is("area", "yes") || shape == Shape::Surface {
        StreetClass::Plaza
    } else {
        class
    };
    Some(StreetTag { class, traits, shape })
}

/// The class of a way and whether walkers may use that kind of way when nothing else is tagged.
fn class_of(tags: Tags<'_>) -> Option<(StreetClass, Access)> {
    let Some(highway) = tags.get("highway") else { return class_without_highway(tags) };
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
        // A road for buses alone: closed to walkers unless tagged
        // (https://wiki.openstreetmap.org/wiki/Tag:highway=busway).
        "busway" => return Some((StreetClass::Service, Access::No)),
        // Never: motorway, bus_guideway, raceway, escape, via_ferrata, construction, proposed, abandoned,
        // razed, disused, planned, and every value that is not a way (services, rest_area, bus_stop …).
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
/// platforms, piers and indoor corridors are areas by nature (<https://wiki.openstreetmap.org/wiki/Key:area>).
fn shape_of(tags: Tags<'_>, class: StreetClass) -> Shape {
    let by_nature = !tags.has("highway")
        && matches!(class, StreetClass::Platform | StreetClass::Footway | StreetClass::Corridor);
    if class == StreetClass::Plaza {
        Shape::Surface
    } else if tags.is("area", "yes") || by_nature && !tags.is("area", "no") {
        Shape::Ground
    } else {
        Shape::Line
    }
}
