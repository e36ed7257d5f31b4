//! What the map draws below the numbers: plain shapes, whatever file they came from.

use std::borrow::Cow;

use crate::spatial::{Area, LonLat};

/// An area with a word for what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindArea {
    /// What it is, as the map names it: `water`, `river`, `park`, `forest` …
    pub kind: Cow<'static, str>,
    /// Its ground.
    pub area: Area,
}

/// A line with a word for what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindLine {
    /// What it is, as the map names it: `river`, `stream`, `canal` …
    pub kind: Cow<'static, str>,
    /// Its places in order; at least two.
    pub line: Vec<LonLat>,
}

/// A name on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceName {
    /// The name.
    pub name: String,
    /// What it names: `city`, `town`, `suburb`, `village` …
    pub kind: Cow<'static, str>,
    /// Where it is written.
    pub place: LonLat,
}

/// The shapes of the base map. Streets, zones, facilities and people come from the baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapContent {
    /// Lakes, rivers drawn as areas, the sea.
    pub water: Vec<KindArea>,
    /// Rivers and streams drawn as lines.
    pub water_lines: Vec<KindLine>,
    /// Parks, woods, meadows.
    pub green: Vec<KindArea>,
    /// Railways.
    pub rail: Vec<Vec<LonLat>>,
    /// Motorways and other roads nobody walks on.
    pub motorways: Vec<Vec<LonLat>>,
    /// Outlines of buildings.
    pub buildings: Vec<Area>,
    /// Names of settlements and quarters.
    pub places: Vec<PlaceName>,
}
