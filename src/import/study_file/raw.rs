//! `study.toml` as it is written: one struct per table, unknown keys refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::demand::Origin;

use super::{DemandColumns, FacilityColumns, Language, Spread, ZoneColumns};
use crate::coverage::Standard;
use crate::facility::Function;

/// The whole file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StudyToml {
    pub(super) version: u32,
    pub(super) id: Option<String>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) language: Language,
    #[serde(default)]
    pub(super) profiles: Vec<String>,
    pub(super) streets: StreetsToml,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) elevation: Vec<ElevationToml>,
    #[serde(default)]
    pub(super) profile: Vec<toml::Table>,
    #[serde(default)]
    pub(super) function: Vec<Function>,
    #[serde(default)]
    pub(super) facilities: Vec<FacilitiesToml>,
    #[serde(default)]
    pub(super) demand: DemandToml,
    #[serde(default)]
    pub(super) zones: ZonesToml,
    #[serde(default)]
    pub(super) standards: StandardsToml,
    #[serde(default)]
    pub(super) standard: Vec<Standard>,
    #[serde(default)]
    pub(super) targets: BTreeMap<String, f64>,
    #[serde(default)]
    pub(super) benchmarks: BTreeMap<String, f64>,
    #[serde(default)]
    pub(super) limits: LimitsToml,
    #[serde(default)]
    pub(super) output: OutputToml,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StreetsToml {
    pub(super) osm: String,
    pub(super) sha256: Option<String>,
    #[serde(default, alias = "licence")]
    pub(super) license: String,
    #[serde(default)]
    pub(super) attribution: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ElevationToml {
    pub(super) path: String,
    pub(super) sha256: Option<String>,
    #[serde(default, alias = "licence")]
    pub(super) license: String,
    #[serde(default)]
    pub(super) attribution: String,
    pub(super) crs: Option<String>,
    pub(super) unit_m: Option<f64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FacilitiesToml {
    pub(super) id: String,
    pub(super) source: Option<FacilitiesFrom>,
    pub(super) path: Option<String>,
    pub(super) sha256: Option<String>,
    #[serde(default, alias = "licence")]
    pub(super) license: String,
    #[serde(default)]
    pub(super) attribution: String,
    pub(super) crs: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) accept_losses: bool,
    pub(super) columns: Option<FacilityColumns>,
    pub(super) tier: Option<String>,
    #[serde(default)]
    pub(super) functions: Vec<String>,
    #[serde(default)]
    pub(super) exclude: Vec<String>,
    #[serde(default)]
    pub(super) skip: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FacilitiesFrom {
    Osm,
    File,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemandToml {
    pub(super) source: Option<DemandFromToml>,
    pub(super) path: Option<String>,
    pub(super) sha256: Option<String>,
    #[serde(default, alias = "licence")]
    pub(super) license: String,
    #[serde(default)]
    pub(super) attribution: String,
    pub(super) crs: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) accept_losses: bool,
    pub(super) columns: Option<DemandColumns>,
    pub(super) zone_level: Option<String>,
    pub(super) spread: Option<Spread>,
    pub(super) origin: Option<Origin>,
    pub(super) total_persons: Option<f64>,
    #[serde(default)]
    pub(super) totals: BTreeMap<String, f64>,
    pub(super) floor_area_per_person_m2: Option<f64>,
    #[serde(default)]
    pub(super) group: Vec<GroupToml>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DemandFromToml {
    File,
    Population,
    OsmBuildings,
    Streets,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupToml {
    pub(super) id: String,
    pub(super) en: Option<String>,
    pub(super) zh: Option<String>,
    pub(super) column: Option<String>,
    pub(super) share_of_all: Option<f64>,
    pub(super) estimated: Option<bool>,
    #[serde(default)]
    pub(super) source: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ZonesToml {
    pub(super) source: Option<ZonesFrom>,
    #[serde(default)]
    pub(super) admin_levels: Vec<u8>,
    #[serde(default)]
    pub(super) level_names: Vec<String>,
    pub(super) path: Option<String>,
    pub(super) sha256: Option<String>,
    #[serde(default, alias = "licence")]
    pub(super) license: String,
    #[serde(default)]
    pub(super) attribution: String,
    pub(super) crs: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) accept_losses: bool,
    pub(super) columns: Option<ZoneColumns>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ZonesFrom {
    Auto,
    None,
    Osm,
    File,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StandardsToml {
    #[serde(default, rename = "use")]
    pub(super) shipped: Vec<String>,
    #[serde(default)]
    pub(super) files: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) accept_unverified: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsToml {
    pub(super) snap_distance_m: Option<f64>,
    pub(super) island_length_m: Option<f64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutputToml {
    pub(super) folder: Option<String>,
}
