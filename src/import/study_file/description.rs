//! What a study is made of: the description that the rest of `import` reads its inputs by.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::coverage::Standard;
use crate::demand::{DemandGroup, Origin};
use crate::facility::Function;
use crate::spatial::Crs;
use crate::street::WalkProfile;

/// A study: every input, who walks, what is asked for. Checked, with all paths resolved and every file there.
#[derive(Clone, Debug)]
pub struct Study {
    /// The `study.toml` it was read from.
    pub file: PathBuf,
    /// The folder it lies in.
    pub folder: PathBuf,
    /// Short name; the `name` when none is given.
    pub id: String,
    /// Title.
    pub name: String,
    /// Language of reports, unless the user asks for another.
    pub language: Language,
    /// Where the streets come from.
    pub streets: StreetsSource,
    /// How high the streets lie; the first file that knows a place counts. Empty: everything is flat.
    pub elevation: Vec<ElevationSource>,
    /// Who walks, in the order of the study; at least one, ids unique.
    pub profiles: Vec<WalkProfile>,
    /// Functions the study adds to the shipped ones, or replaces (same id).
    pub functions: Vec<Function>,
    /// The facility layers, ids unique; one from OpenStreetMap when the study names none.
    pub facilities: Vec<FacilitySource>,
    /// Where people are.
    pub demand: DemandSource,
    /// What results are summed up for.
    pub zones: ZonesSource,
    /// The standards, ids unique, with the study's own targets in place; at least one.
    pub standards: Vec<Standard>,
    /// Limits of snapping and islands.
    pub limits: StudyLimits,
    /// Where results go unless the user says otherwise.
    pub output: PathBuf,
    /// The text of `study.toml`, for messages that name a line.
    pub(super) text: String,
    /// The description in its one canonical form, without places on disk.
    pub(super) canonical: String,
}

/// Language of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

/// An input file with what must be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its path as the study writes it.
    pub written: String,
    /// The SHA-256 the study states, in lower case.
    pub sha256: Option<String>,
    /// Its license; may be empty.
    pub license: String,
    /// Who must be named where its data is shown; may be empty.
    pub attribution: String,
}

/// An input file with coordinates and text: CSV or GeoJSON, told apart by the ending of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInput {
    /// The file.
    pub file: InputFile,
    /// Its coordinate system in lower case: `auto`, `wgs84`, `cgcs2000`, `gcj02`, `bd09` or `epsg:<number>`.
    pub crs: String,
    /// Whether it is read although more than a tenth of its rows come to nothing.
    pub accept_losses: bool,
}

/// The OSM file that streets, and whatever has no source of its own, come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreetsSource {
    /// OSM PBF or XML (`.osm.pbf`, `.osm`, `.osm.gz`, `.osm.bz2`); WGS 84.
    pub osm: InputFile,
}

/// A file of heights.
#[derive(Clone, Debug, PartialEq)]
pub struct ElevationSource {
    /// GeoTIFF, or an SRTM tile (`.hgt`, plain, gzip or zip).
    pub file: InputFile,
    /// Its coordinate system; `None`: the one it names.
    pub crs: Option<Crs>,
    /// Metres of one unit; `None`: what the file says, else 1.
    pub unit_m: Option<f64>,
}

/// A layer of facilities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacilitySource {
    /// Short name, unique in the study.
    pub id: String,
    /// Where it comes from.
    pub from: FacilityFrom,
    /// OSM: the functions taken (empty: all that are known). Table: the functions of every place whose own are
    /// not told by its `function` column.
    pub functions: Vec<String>,
    /// Tier of every place whose own is not told (tables only).
    pub tier: Option<String>,
    /// Functions left out.
    pub exclude: Vec<String>,
    /// Keys of places left out (`node/12`, or the id of a row).
    pub skip: Vec<String>,
}

/// Where a layer of facilities comes from.
#[expect(clippy::large_enum_variant, reason = "a study has a handful of these")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FacilityFrom {
    /// The OSM file of the streets.
    Osm,
    /// A CSV or GeoJSON file.
    Table(TableInput, FacilityColumns),
}

/// Columns (or properties) of a facility table; one not named is found by common Chinese and English headers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FacilityColumns {
    /// Id of the place.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Longitude or easting.
    #[serde(alias = "x")]
    pub lon: Option<String>,
    /// Latitude or northing.
    #[serde(alias = "y")]
    pub lat: Option<String>,
    /// Functions, one or several.
    pub function: Option<String>,
    /// Places (of children, beds, seats …).
    pub capacity: Option<String>,
    /// Opening hours.
    #[serde(alias = "opening_hours")]
    pub hours: Option<String>,
    /// Tier.
    pub tier: Option<String>,
    /// Whether it is open, planned or closed.
    pub status: Option<String>,
    /// Year it opened or will open.
    #[serde(alias = "opening_year")]
    pub year: Option<String>,
}

impl FacilityColumns {
    /// The columns the study names, by what they hold.
    pub fn named(&self) -> BTreeMap<String, String> {
        named(&[
            ("id", &self.id),
            ("name", &self.name),
            ("lon", &self.lon),
            ("lat", &self.lat),
            ("function", &self.function),
            ("capacity", &self.capacity),
            ("hours", &self.hours),
            ("tier", &self.tier),
            ("status", &self.status),
            ("year", &self.year),
        ])
    }
}

fn named(columns: &[(&str, &Option<String>)]) -> BTreeMap<String, String> {
    let named = columns.iter().filter_map(|(role, name)| Some((role, name.as_ref()?)));
    named.map(|(&role, name)| (role.to_owned(), name.clone())).collect()
}

/// Where people are, and which groups they fall in.
#[derive(Clone, Debug, PartialEq)]
pub struct DemandSource {
    /// Where the numbers come from.
    pub from: DemandFrom,
    /// Where walks from homes in compounds begin.
    pub origin: Origin,
    /// The groups; the first is `all`, ids unique. Empty when the study names none: then whatever groups the table
    /// is seen to have, at least `all`.
    pub groups: Vec<GroupSource>,
}

/// Where the numbers of people come from.
#[derive(Clone, Debug, PartialEq)]
pub enum DemandFrom {
    /// Points, hexagons or polygons with people (CSV or GeoJSON).
    Table {
        /// The file.
        table: TableInput,
        /// Its columns.
        columns: DemandColumns,
        /// How people of a polygon are placed (a point stays where it is).
        spread: Spread,
    },
    /// A table of people per zone without geometry, joined to the zones by name or id.
    ZoneTable {
        /// The file.
        table: TableInput,
        /// Its columns; `zone` is the one to join by.
        columns: DemandColumns,
        /// Name of the zone level to join to; `None`: the deepest.
        zone_level: Option<String>,
        /// How people of a zone are placed.
        spread: Spread,
    },
    /// Residential floor area of the OSM buildings; people estimated.
    OsmBuildings(FloorAreaSource),
    /// No people known: metres of street stand in.
    Streets,
}

/// How people are estimated from residential floor area.
#[derive(Clone, Debug, PartialEq)]
pub struct FloorAreaSource {
    /// People per zone, by zone name or id, in the order of the names; zones not named share `total_persons`
    /// less these.
    pub zone_totals: Vec<(String, f64)>,
    /// People in all zones together; `None`: floor area over `floor_area_per_person_m2`.
    pub total_persons: Option<f64>,
    /// Name of the zone level of `zone_totals`; `None`: the deepest.
    pub zone_level: Option<String>,
    /// Residential floor area of one person, in square metres, where no total is known.
    pub floor_area_per_person_m2: f64,
}

/// How people of a polygon are placed within it; the total of each polygon is kept exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Over residential buildings by floor area; over streets where a polygon has none.
    #[default]
    Buildings,
    /// Along streets by length.
    Streets,
    /// All in the middle (hexagons, small grid squares).
    Center,
}

/// Columns (or properties) of a demand table; one not named is found by common Chinese and English headers.
/// The column of each group is named by the group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DemandColumns {
    /// Id of the place.
    pub id: Option<String>,
    /// Longitude or easting.
    #[serde(alias = "x")]
    pub lon: Option<String>,
    /// Latitude or northing.
    #[serde(alias = "y")]
    pub lat: Option<String>,
    /// Name or id of the zone (only where a table is joined to zones).
    pub zone: Option<String>,
    /// People of all groups, unless the group `all` names its column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<String>,
}

impl DemandColumns {
    /// The columns the study names, by what they hold; without those of the other groups.
    pub fn named(&self) -> BTreeMap<String, String> {
        named(&[
            ("id", &self.id),
            ("lon", &self.lon),
            ("lat", &self.lat),
            ("zone", &self.zone),
            ("population", &self.population),
        ])
    }
}

/// A demand group and where its numbers come from.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSource {
    /// The group.
    pub group: DemandGroup,
    /// Where its numbers come from.
    pub from: GroupFrom,
    /// On whose word; may be empty.
    pub source: String,
}

/// Where the numbers of a group come from.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupFrom {
    /// Everybody, found by looking (the column with a common header for people; the estimate).
    Everybody,
    /// A column of the demand table.
    Column(String),
    /// The same share (0 to 1) of everybody, everywhere.
    ShareOfAll(f64),
}

/// What results are summed up for.
#[expect(clippy::large_enum_variant, reason = "a study has a handful of these")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZonesSource {
    /// Whatever the OSM file has: administrative boundaries, else places, else one zone for all.
    Auto,
    /// One zone for all.
    Whole,
    /// Administrative boundaries of the OSM file.
    Osm {
        /// `admin_level` of each level, coarsest first (rising); at least one.
        admin_levels: Vec<u8>,
        /// Name of each level, as many as `admin_levels`.
        level_names: Vec<String>,
    },
    /// Polygons of a GeoJSON file.
    Table {
        /// The file.
        table: TableInput,
        /// Its properties.
        columns: ZoneColumns,
        /// Name of each level, coarsest first; empty: by number.
        level_names: Vec<String>,
    },
}

/// Properties of a zone file; one not named is found by common Chinese and English headers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ZoneColumns {
    /// Id of the zone.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Id of the zone it is part of.
    pub parent: Option<String>,
    /// Level: a number from 0 (coarsest) or a level name.
    pub level: Option<String>,
    /// What kind of community it is.
    pub kind: Option<String>,
}

impl ZoneColumns {
    /// The properties the study names, by what they hold.
    pub fn named(&self) -> BTreeMap<String, String> {
        named(&[
            ("id", &self.id),
            ("name", &self.name),
            ("parent", &self.parent),
            ("level", &self.level),
            ("kind", &self.kind),
        ])
    }
}

/// Limits of snapping and islands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudyLimits {
    /// Farthest a point may lie from its street, in metres, inclusive.
    pub snap_distance_m: f64,
    /// Street pieces cut off from the rest and shorter than this, in metres, are islands.
    pub island_length_m: f64,
}
