//! What a search for sites is asked.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::delivery::plan::ProblemKind as Kind;

/// Sites, gates, centers at most.
pub(super) const COUNT_MAX: u32 = 100_000;

/// Which problem is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) struct PlaceProblem(Kind);

impl PlaceProblem {
    /// The same, as plans are asked.
    pub(super) const fn kind(self) -> Kind {
        self.0
    }
}

impl<'de> Deserialize<'de> for PlaceProblem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let found = Kind::named(&word).filter(|kind| kind.id() == word);
        found.map(Self).ok_or_else(|| D::Error::unknown_variant(&word, &Kind::IDS))
    }
}

impl PartialSchema for PlaceProblem {
    fn schema() -> RefOr<Schema> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Which problem is solved."))
            .enum_values(Some(Kind::IDS));
        schema.into()
    }
}

impl ToSchema for PlaceProblem {}

/// What a covering plan keeps least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::server) enum PlaceLeast {
    /// The number of sites.
    Sites,
    /// Their cost.
    Cost,
}

/// How a center opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::server) enum PlaceHouse {
    /// With all its functions.
    All,
    /// With some of them.
    Some,
}

/// The language of what people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::server) enum PlaceLanguage {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// A share that is to be covered by the end of a year.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct PlaceMilestone {
    /// The year: its number from 1, or the calendar year.
    #[schema(minimum = 1, maximum = 9999)]
    pub(super) year: u32,
    /// Share of people, those covered today included.
    #[schema(minimum = 0, maximum = 1)]
    pub(super) share: f64,
}

/// A further promise that a center keeps.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct PlaceAlso {
    /// `standard/rule`.
    pub(super) rule: String,
    /// What its part costs beside the site; 0 when absent.
    #[schema(minimum = 0, maximum = 1e12)]
    pub(super) cost: Option<f64>,
}

/// What is looked for. Members are those of `walkshed place`, with `_` for `-`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "function": "childcare", "profile": "adult", "group": "all", "cutoff_min": 15.0,
    "problem": "mclp", "sites": 3, "candidates": ["grid:5000"], "time_limit_s": 2.0
}))]
pub(in crate::server) struct PlaceRequest {
    /// The promise, as `standard/rule`; else the four after it.
    pub(super) rule: Option<String>,
    /// Id of a function.
    pub(super) function: Option<String>,
    /// Id of a walk profile.
    pub(super) profile: Option<String>,
    /// Id of a demand group.
    pub(super) group: Option<String>,
    /// Cutoff in minutes, inclusive; p-median and p-center know none.
    #[schema(minimum = 0, maximum = 1440)]
    pub(super) cutoff_min: Option<f64>,
    /// Which problem.
    pub(super) problem: PlaceProblem,
    /// Sites at most; for two-tier: stations.
    #[schema(minimum = 0, maximum = 100_000)]
    pub(super) sites: Option<u32>,
    /// Money at most, in the unit of the candidates' cost (1 where none is told).
    #[schema(minimum = 0, maximum = 1e12)]
    pub(super) budget: Option<f64>,
    /// For lscp, lscp-b and cost-to-target: share that is to be covered; everybody when absent.
    #[schema(minimum = 0, maximum = 1)]
    pub(super) target_share: Option<f64>,
    /// For lscp and lscp-b: what is to be least; the number of sites when absent.
    pub(super) least: Option<PlaceLeast>,
    /// For p-median and p-center: the longest walk to a candidate that is looked at, in minutes; 60 when absent.
    #[schema(minimum = 0, maximum = 1440)]
    pub(super) reach_min: Option<f64>,
    /// For p-median: whoever reaches no site counts as if walking so many minutes, `reach_min` or more; `reach_min`
    /// when absent.
    #[schema(minimum = 0, maximum = 1440)]
    pub(super) unserved_min: Option<f64>,
    /// For covering problems: open the sites over so many years, those that bring most people-years first.
    #[schema(minimum = 1, maximum = 30)]
    pub(super) phases: Option<u32>,
    /// Sites to open in each year; what one year leaves may open later.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub(super) yearly_sites: Vec<u32>,
    /// Money of each year; what one year leaves may be spent later.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub(super) yearly_budget: Vec<f64>,
    /// Calendar year of the first phase.
    #[schema(minimum = 1, maximum = 9999)]
    pub(super) first_year: Option<u32>,
    /// Shares that are to be covered by the end of a year.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub(super) milestones: Vec<PlaceMilestone>,
    /// Where a site could be: `junctions`, `midblocks`, `network`, `grid:METRES`, `facilities:LAYER`, `file:TOKEN` (a
    /// file sent as `kind=candidates`), or the path of a CSV or GeoJSON file in the folder of the study; junctions,
    /// thinned, when nothing is named or given.
    #[serde(default)]
    pub(super) candidates: Vec<String>,
    /// Where a site could be: a GeoJSON `FeatureCollection` of places or parcels; properties `id`, `name`, `cost`,
    /// `capacity`, `status` (candidate, required, forbidden, applied), `bonus`, `phase`.
    #[schema(value_type = Option<Object>)]
    pub(super) candidates_given: Option<Value>,
    /// Coordinate system of files of candidates: auto, wgs84, cgcs2000, gcj02, bd09, epsg:NUMBER; auto when absent.
    pub(super) candidates_crs: Option<String>,
    /// Parcels of less ground are left out, in square metres.
    #[schema(minimum = 0, maximum = 1e9)]
    pub(super) area_min_m2: Option<f64>,
    /// Ids of candidates that must be chosen.
    #[serde(default)]
    pub(super) required: Vec<String>,
    /// Ids of candidates that must not.
    #[serde(default)]
    pub(super) forbidden: Vec<String>,
    /// People that count for a candidate besides those it covers, by id.
    #[serde(default)]
    pub(super) bonuses: BTreeMap<String, f64>,
    /// Least straight-line distance between two chosen sites, in metres.
    #[schema(minimum = 0, maximum = 1e6)]
    pub(super) min_spacing_m: Option<f64>,
    /// Least number of chosen sites in a zone, by key or name; `*` for every zone of the deepest level.
    #[serde(default)]
    pub(super) zone_min: BTreeMap<String, u32>,
    /// Greatest number of chosen sites in a zone, likewise.
    #[serde(default)]
    pub(super) zone_max: BTreeMap<String, u32>,
    /// Whether what is open today and serves the promise counts in both.
    #[serde(default)]
    pub(super) zone_counts_open: bool,
    /// For capacitated: places that 1000 people need; what the rule says when absent.
    #[schema(minimum = 0, maximum = 1e9)]
    pub(super) places_per_1000: Option<f64>,
    /// For capacitated: places of a candidate that does not say how many; none when absent.
    #[schema(minimum = 0, maximum = 1e9)]
    pub(super) capacity: Option<f64>,
    /// For two-tier: the promise that centers keep, as `standard/rule`; `rule` is that of the stations.
    pub(super) center_rule: Option<String>,
    /// For two-tier: centers at most.
    #[schema(minimum = 0, maximum = 100_000)]
    pub(super) centers: Option<u32>,
    /// For two-tier: where centers could be, as `candidates`; where stations could be when empty.
    #[serde(default)]
    pub(super) center_candidates: Vec<String>,
    /// For gates: gates at most; candidate sites come in with `sites`.
    #[schema(minimum = 0, maximum = 100_000)]
    pub(super) gates: Option<u32>,
    /// For gates: what a gate costs; 1 when absent.
    #[schema(minimum = 0, maximum = 1e9)]
    pub(super) gate_cost: Option<f64>,
    /// For gates: longest straight line between the two sides, in metres; 30 when absent.
    #[schema(minimum = 0, maximum = 100)]
    pub(super) gate_gap_m: Option<f64>,
    /// For gates: shortest walk today between the two sides, in metres; 400 when absent.
    #[schema(minimum = 0, maximum = 1e6)]
    pub(super) gate_walk_m: Option<f64>,
    /// For gates: candidate gates that are weighed at most; 2000 when absent.
    #[schema(minimum = 1, maximum = 100_000)]
    pub(super) gates_most: Option<u32>,
    /// For center: further promises that a center keeps.
    #[serde(default)]
    pub(super) also: Vec<PlaceAlso>,
    /// For center: what one person counts who has all functions within reach, beside 1 for each; 1 when absent.
    #[schema(minimum = 0, maximum = 1000)]
    pub(super) complete_worth: Option<u32>,
    /// For center: whether a site opens with all its functions or with some of them.
    pub(super) house: Option<PlaceHouse>,
    /// Id of a scenario; the baseline when absent.
    pub(super) scenario: Option<String>,
    /// Longest search in seconds; 30 when absent.
    #[schema(minimum = 0, maximum = 3600)]
    pub(super) time_limit_s: Option<f64>,
    /// Begins the chance that searches use; the same seed gives the same plan when the search is proven.
    pub(super) seed: Option<u64>,
    /// The language of the report and of reasons; the study's when absent.
    pub(super) language: Option<PlaceLanguage>,
}

impl PlaceRequest {
    /// Id of the scenario that is asked, if any.
    pub(in crate::server) fn scenario(&self) -> Option<&str> {
        self.scenario.as_deref()
    }
}
