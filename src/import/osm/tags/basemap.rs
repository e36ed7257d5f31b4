//! What is drawn below the results, and what a walker cannot cross without a crossing.

use super::Tags;

/// What a piece of the basemap belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Theme {
    /// Water.
    Water,
    /// Parks, woods, fields.
    Green,
    /// Tracks of trains and trams.
    Rail,
    /// Walls and fences.
    Wall,
    /// Roads for motors alone.
    Motor,
}

/// Where a line lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// On the ground: one walks around it.
    Ground,
    /// On a bridge: one walks below.
    Bridge,
    /// In a tunnel: one walks above.
    Tunnel,
}

/// Whether a closed way is an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Always a line.
    Line,
    /// An area when closed, else nothing.
    Area,
    /// An area when closed, else a line.
    Either,
}

/// A piece of the basemap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaseTag {
    /// What it belongs to.
    pub theme: Theme,
    /// What it is: `river`, `park`, `wall` …
    pub kind: &'static str,
    /// Whether it is a line or an area.
    pub extent: Extent,
    /// Where it lies.
    pub grade: Grade,
}

/// Key, value, theme, kind, extent; the first that fits is taken. Wiki: Key:natural, Key:waterway,
/// Key:leisure, Key:landuse, Key:railway, Key:barrier, Key:motorroad.
const RULES: &[(&str, &str, Theme, &str, Extent)] = &[
    ("natural", "water", Theme::Water, "water", Extent::Area),
    ("natural", "coastline", Theme::Water, "coastline", Extent::Line),
    ("natural", "bay", Theme::Water, "water", Extent::Area),
    ("landuse", "reservoir", Theme::Water, "water", Extent::Area),
    ("landuse", "basin", Theme::Water, "water", Extent::Area),
    ("waterway", "riverbank", Theme::Water, "river", Extent::Area),
    ("waterway", "dock", Theme::Water, "water", Extent::Area),
    ("waterway", "river", Theme::Water, "river", Extent::Line),
    ("waterway", "canal", Theme::Water, "canal", Extent::Line),
    ("waterway", "tidal_channel", Theme::Water, "canal", Extent::Line),
    ("waterway", "stream", Theme::Water, "stream", Extent::Line),
    ("leisure", "swimming_pool", Theme::Water, "water", Extent::Area),
    ("amenity", "fountain", Theme::Water, "water", Extent::Area),
    ("leisure", "park", Theme::Green, "park", Extent::Area),
    ("leisure", "garden", Theme::Green, "garden", Extent::Area),
    ("leisure", "pitch", Theme::Green, "pitch", Extent::Area),
    ("leisure", "playground", Theme::Green, "playground", Extent::Area),
    ("leisure", "nature_reserve", Theme::Green, "nature_reserve", Extent::Area),
    ("leisure", "golf_course", Theme::Green, "golf_course", Extent::Area),
    ("natural", "wood", Theme::Green, "wood", Extent::Area),
    ("natural", "scrub", Theme::Green, "scrub", Extent::Area),
    ("natural", "grassland", Theme::Green, "grass", Extent::Area),
    ("landuse", "forest", Theme::Green, "forest", Extent::Area),
    ("landuse", "grass", Theme::Green, "grass", Extent::Area),
    ("landuse", "meadow", Theme::Green, "meadow", Extent::Area),
    ("landuse", "recreation_ground", Theme::Green, "recreation_ground", Extent::Area),
    ("landuse", "village_green", Theme::Green, "village_green", Extent::Area),
    ("landuse", "cemetery", Theme::Green, "cemetery", Extent::Area),
    ("railway", "rail", Theme::Rail, "rail", Extent::Line),
    ("railway", "light_rail", Theme::Rail, "light_rail", Extent::Line),
    ("railway", "subway", Theme::Rail, "subway", Extent::Line),
    ("railway", "tram", Theme::Rail, "tram", Extent::Line),
    ("railway", "monorail", Theme::Rail, "monorail", Extent::Line),
    ("railway", "narrow_gauge", Theme::Rail, "narrow_gauge", Extent::Line),
    ("railway", "funicular", Theme::Rail, "funicular", Extent::Line),
    ("railway", "preserved", Theme::Rail, "rail", Extent::Line),
    ("barrier", "wall", Theme::Wall, "wall", Extent::Line),
    ("barrier", "fence", Theme::Wall, "fence", Extent::Line),
    ("barrier", "city_wall", Theme::Wall, "city_wall", Extent::Line),
    ("barrier", "retaining_wall", Theme::Wall, "retaining_wall", Extent::Line),
    ("barrier", "hedge", Theme::Wall, "hedge", Extent::Line),
    ("barrier", "hedge_bank", Theme::Wall, "hedge", Extent::Line),
    ("barrier", "guard_rail", Theme::Wall, "fence", Extent::Line),
    ("barrier", "cable_barrier", Theme::Wall, "fence", Extent::Line),
    ("barrier", "wire_fence", Theme::Wall, "fence", Extent::Line),
    ("barrier", "handrail", Theme::Wall, "fence", Extent::Line),
    ("barrier", "yes", Theme::Wall, "fence", Extent::Line),
    ("barrier", "jersey_barrier", Theme::Wall, "wall", Extent::Line),
    ("barrier", "ditch", Theme::Wall, "wall", Extent::Line),
    ("barrier", "haha", Theme::Wall, "wall", Extent::Line),
    ("natural", "cliff", Theme::Wall, "wall", Extent::Line),
    ("highway", "motorway", Theme::Motor, "motorway", Extent::Line),
    ("highway", "motorway_link", Theme::Motor, "motorway", Extent::Line),
    // For motors alone, as a motorway is (Key:motorroad).
    ("motorroad", "yes", Theme::Motor, "motorway", Extent::Line),
    ("highway", "bus_guideway", Theme::Motor, "motorway", Extent::Line),
    ("highway", "raceway", Theme::Motor, "motorway", Extent::Line),
];

/// Kinds of place nodes that are worth a name.
const PLACES: [&str; 9] = [
    "city",
    "town",
    "suburb",
    "borough",
    "village",
    "hamlet",
    "quarter",
    "neighbourhood",
    "island",
];

/// The decision on the tags of a way or multipolygon; `None` when it is not drawn.
pub fn base_of(tags: Tags<'_>) -> Option<BaseTag> {
    let (_, _, theme, kind, extent) = RULES.iter().find(|(key, value, ..)| tags.is(key, value))?;
    Some(BaseTag { theme: *theme, kind, extent: *extent, grade: grade_of(tags, *theme) })
}

/// The wall or fence on the edge of something else, such as `leisure=park` with `barrier=fence`.
pub fn wall_of(tags: Tags<'_>) -> Option<BaseTag> {
    let (_, _, theme, kind, extent) = RULES
        .iter()
        .find(|(key, value, theme, ..)| *theme == Theme::Wall && tags.is(key, value))?;
    Some(BaseTag { theme: *theme, kind, extent: *extent, grade: grade_of(tags, *theme) })
}

fn grade_of(tags: Tags<'_>, theme: Theme) -> Grade {
    // One walks over covered water; tracks under a roof are tracks.
    let is_covered = theme == Theme::Water && tags.is_set("covered");
    if tags.is_set("tunnel") || is_covered || tags.is("location", "underground") {
        Grade::Tunnel
    } else if tags.is_set("bridge") || tags.is("railway", "monorail") {
        Grade::Bridge
    } else {
        Grade::Ground
    }
}

/// The kind of a place node that is worth a name on the map
/// (<https://wiki.openstreetmap.org/wiki/Key:place>).
pub fn place_of(tags: Tags<'_>) -> Option<&'static str> {
    let place = tags.get("place")?;
    PLACES.into_iter().find(|&kind| kind == place)
}

/// The kind called `word`, one of those that [`base_of`] and [`place_of`] give.
pub fn kind_named(word: &str) -> Option<&'static str> {
    RULES.iter().map(|rule| rule.3).chain(PLACES).find(|&kind| kind == word)
}
