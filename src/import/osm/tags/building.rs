//! What a building is used for and how high it is (<https://wiki.openstreetmap.org/wiki/Key:building>).

use super::Tags;

/// Whether people live in a building.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BuildingUse {
    /// They do (apartments, house, terrace …).
    Residential,
    /// They do not (school, shop, shed …).
    NonResidential,
    /// `building=yes` and nothing that tells.
    Unknown,
}

/// The tags of a building, condensed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BuildingTag {
    /// Storeys above ground, when tagged.
    pub levels: Option<f32>,
    /// Whether people live there.
    pub usage: BuildingUse,
    /// Whether it has walls on the ground: no roof on posts, bridge, or storey above a passage.
    pub on_ground: bool,
}

/// Most storeys a number is believed for.
const LEVELS_MAX: f32 = 200.0;

/// The decision on the tags of a way or multipolygon; `None` when it is no building that stands.
pub fn building_of(tags: Tags<'_>) -> Option<BuildingTag> {
    let building = tags.get("building")?;
    let gone = matches!(
        building,
        "no" | "construction"
            | "proposed"
            | "ruins"
            | "collapsed"
            | "demolished"
            | "destroyed"
            | "razed"
            | "abandoned"
    );
    if gone || tags.is_out_of_use() && !tags.is("disused", "yes") {
        return None;
    }
    let (levels, usage) = (levels_of(tags), use_of(tags, building));
    Some(BuildingTag { levels, usage, on_ground: is_on_ground(tags, building) })
}

/// Roofs on posts (<https://wiki.openstreetmap.org/wiki/Tag:building=roof>), building bridges, what lies on another
/// layer or under the ground, and what begins above the first storey
/// (<https://wiki.openstreetmap.org/wiki/Key:building:min_level>) stop nobody.
fn is_on_ground(tags: Tags<'_>, building: &str) -> bool {
    let open = matches!(building, "roof" | "carport" | "bridge" | "canopy" | "tent");
    let zero = |key: &str| tags.get(key).is_none_or(|text| text.trim() == "0");
    !open
        && zero("layer")
        && zero("building:min_level")
        && !tags.is_set("bridge")
        && !tags.is("location", "underground")
        && !tags.is_any("wall", &["no", "none"])
}

/// `building:levels`: storeys above ground, `roof:levels` not counted
/// (<https://wiki.openstreetmap.org/wiki/Key:building:levels>). `5;6` reads as the first, `1.5` is kept.
fn levels_of(tags: Tags<'_>) -> Option<f32> {
    let text = tags.get("building:levels")?;
    let first = text.split([';', ',', '-', '–']).next().unwrap_or("").trim();
    let levels: f32 = first.parse().ok()?;
    (levels > 0.0 && levels <= LEVELS_MAX).then_some(levels)
}

fn use_of(tags: Tags<'_>, building: &str) -> BuildingUse {
    // building:use tells what it is now, building what it was built as
    // (https://wiki.openstreetmap.org/wiki/Key:building:use).
    let word = tags.get("building:use").unwrap_or(building);
    match word {
        "apartments" | "residential" | "house" | "detached" | "semidetached_house" | "terrace"
        | "terraced_house" | "bungalow" | "dormitory" | "cabin" | "farm" | "static_caravan"
        | "houseboat" | "ger" | "stilt_house" | "tree_house" | "annexe" | "villa" | "flats"
        | "duplex" | "semi" | "trullo" => BuildingUse::Residential,
        "yes" | "mixed" | "mixed_use" | "multifunctional" => use_by_other_tags(tags),
        _ => BuildingUse::NonResidential,
    }
}

/// Keys that make the whole building something else than a home.
const USES: [&str; 14] = [
    "amenity",
    "shop",
    "office",
    "tourism",
    "leisure",
    "public_transport",
    "railway",
    "man_made",
    "power",
    "aeroway",
    "military",
    "healthcare",
    "industrial",
    "historic",
];

/// `building=yes` that is an amenity, shop, office … as a whole is none to live in.
fn use_by_other_tags(tags: Tags<'_>) -> BuildingUse {
    if tags.is_set("building:flats") || tags.is("residential", "apartments") {
        return BuildingUse::Residential;
    }
    if USES.iter().any(|key| tags.is_set(key)) {
        BuildingUse::NonResidential
    } else {
        BuildingUse::Unknown
    }
}
