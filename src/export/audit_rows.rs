//! The rows of `audit.json`.

use serde::{Serialize, Serializer};

use crate::audit::Tally;
use crate::coverage::{CapacitySplit, GapKind, Outcome};
use crate::demand::DemandUnit;
use crate::units::{Persons, Share};

use super::IssueCount;
use super::provenance::Provenance;

/// A count of people that is written whole when it is whole: `12`, `12.5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExactPersons(pub Persons);

impl Serialize for ExactPersons {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let micro = self.0.as_micro();
        if micro % 1_000_000 == 0 {
            to.serialize_i64(micro / 1_000_000)
        } else {
            to.serialize_f64(self.0.count())
        }
    }
}

/// People of one group.
#[derive(Clone, Debug, Serialize)]
pub struct GroupTotal {
    /// Id of the group.
    pub id: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// Whether the numbers were estimated.
    pub estimated: bool,
    /// People in the study area.
    pub persons: ExactPersons,
    /// People in no zone: they count nowhere.
    pub outside_persons: ExactPersons,
}

/// What is recorded of a function that a rule asks for.
#[derive(Clone, Debug, Serialize)]
pub struct FunctionRow {
    /// Id of the function.
    pub function: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// Places recorded, in whatever state.
    pub places: usize,
    /// Of those, open and with a street within the limit.
    pub open: usize,
    /// Of those, open but with no street within the limit.
    pub off_network: usize,
    /// Of those open with a street, such as say how many places they have.
    pub with_capacity: usize,
    /// Whether anything is recorded that says whether the function is there.
    pub recorded: bool,
}

/// How complete the layers are that the verdicts rest on.
#[derive(Clone, Debug, Serialize)]
pub struct CompletenessRow {
    /// What the demand counts.
    pub unit: DemandUnit,
    /// Everybody in the study area.
    pub persons: ExactPersons,
    /// Of those, people with no street within the limit for any walker: nothing is known of their walks.
    pub no_street_persons: ExactPersons,
    /// Their share of everybody.
    pub no_street_share: Option<Share>,
    /// Lowest zones in which somebody lives and nobody has street data.
    pub zones_without_street: usize,
    /// The functions that rules ask for.
    pub functions: Vec<FunctionRow>,
    /// `standard/rule` of every rule of which no place is recorded.
    pub rules_not_recorded: Vec<String>,
}

/// How a profile meets the streets.
#[derive(Clone, Debug, Serialize)]
pub struct ProfileTotal {
    /// Id of the profile.
    pub id: String,
    /// Pieces of street network cut off from the rest.
    pub islands: usize,
    /// Their length in all.
    pub island_km: f64,
    /// Facilities with no street within the limit.
    pub unsnapped_facilities: usize,
    /// Demand points with no street within the limit.
    pub unsnapped_demand_points: usize,
}

/// What the study holds.
#[derive(Clone, Debug, Serialize)]
pub struct Totals {
    /// People by group.
    pub groups: Vec<GroupTotal>,
    /// What the demand counts.
    pub unit: DemandUnit,
    /// Demand points.
    pub demand_points: usize,
    /// Facilities.
    pub facilities: usize,
    /// Facilities that are open and have a street within the limit.
    pub open_facilities: usize,
    /// Facilities that are open but have no street within the limit for any walker.
    pub off_network_facilities: usize,
    /// Zones, remainders included.
    pub zones: usize,
    /// Nodes of the street graph.
    pub nodes: usize,
    /// Edges of the street graph.
    pub edges: usize,
    /// Length of all streets, each once.
    pub street_km: f64,
    /// How each profile meets the streets.
    pub profiles: Vec<ProfileTotal>,
}

/// The share at one speed.
#[derive(Clone, Debug, Serialize)]
pub struct SpeedRow {
    /// The speed.
    pub walk_speed_m_s: f64,
    /// People covered at it.
    pub covered_persons: ExactPersons,
    /// Their share.
    pub share: Option<Share>,
}

/// The straight-line circle, for comparison only.
#[derive(Clone, Debug, Serialize)]
pub struct BufferRow {
    /// Its radius.
    pub radius_m: f64,
    /// People inside.
    pub covered_persons: ExactPersons,
    /// Their share.
    pub share: Option<Share>,
    /// Of those, people not covered on foot.
    pub lost_persons: ExactPersons,
}

/// Who gets a place when places are counted.
#[derive(Clone, Debug, Serialize)]
pub struct CapacityRow {
    /// Places asked for.
    pub per_1000: f64,
    /// Where everybody stands.
    #[serde(flatten)]
    pub split: SplitRow,
}

/// People by whether they get a place.
#[expect(clippy::struct_field_names, reason = "units come last in the names of members")]
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SplitRow {
    /// In reach of a place.
    pub served_persons: ExactPersons,
    /// In reach, but all full.
    pub full_persons: ExactPersons,
    /// In reach only of facilities of unknown capacity.
    pub unknown_persons: ExactPersons,
    /// Beyond the cutoff.
    pub out_of_reach_persons: ExactPersons,
}

impl From<CapacitySplit> for SplitRow {
    fn from(split: CapacitySplit) -> Self {
        Self {
            served_persons: ExactPersons(split.served),
            full_persons: ExactPersons(split.full),
            unknown_persons: ExactPersons(split.unknown),
            out_of_reach_persons: ExactPersons(split.out_of_reach),
        }
    }
}

/// People by time or length to the nearest facility.
#[derive(Clone, Debug, Serialize)]
pub struct Histogram {
    /// Width of a bin in minutes, when counted in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bin_min: Option<u32>,
    /// Width of a bin in metres, when counted in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bin_m: Option<u32>,
    /// People in each bin; a bin holds what lies beyond its lower and up to its upper bound, inclusive, so
    /// that the bins up to a cutoff add up to what it covers. The first also holds 0.
    pub persons: Vec<ExactPersons>,
    /// People beyond the last bin.
    pub beyond_persons: ExactPersons,
    /// People with street data who reach no facility at all.
    pub unreached_persons: ExactPersons,
    /// People without street data.
    pub no_street_persons: ExactPersons,
}

/// One zone under one rule or composite.
#[derive(Clone, Debug, Serialize)]
pub struct ZoneRow {
    /// Key of the zone.
    pub zone: String,
    /// Its level.
    pub level: u8,
    /// Key of the zone it is part of.
    pub parent: Option<String>,
    /// People.
    pub persons: ExactPersons,
    /// Of those, within the cutoff; nothing while no place is recorded.
    pub covered_persons: Option<ExactPersons>,
    /// Of those with street data, beyond it; nothing while no place is recorded.
    pub left_out_persons: Option<ExactPersons>,
    /// Of all, without street data.
    pub no_street_persons: ExactPersons,
    /// Covered share of those with street data.
    pub share: Option<Share>,
    /// The share that the outcome rests on: those with a place where places are counted, else `share`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged_share: Option<Share>,
    /// Mean time of those who reach a facility at all, when counted in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_min: Option<f64>,
    /// Mean length of those, when counted in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_m: Option<f64>,
    /// Who gets a place, when the rule asks for some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<SplitRow>,
    /// How the zone alone comes out; a composite states no share to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// One rule, assessed.
#[derive(Clone, Debug, Serialize)]
pub struct RuleRow {
    /// Id of the standard.
    pub standard: String,
    /// Id of the rule.
    pub rule: String,
    /// English title.
    pub en: String,
    /// Chinese title.
    pub zh: String,
    /// What it asks for in full, in English: title, walker, group, cutoff, places.
    pub name_en: String,
    /// The same in Chinese.
    pub name_zh: String,
    /// Functions any of which satisfies it.
    pub functions: Vec<String>,
    /// Tier that a facility must be of when it states one.
    pub tier: Option<String>,
    /// Who walks.
    pub profile: String,
    /// For whom it was assessed.
    pub group: String,
    /// Whether the study lacks the group that the rule is for.
    pub group_lacking: bool,
    /// Cutoff in minutes, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoff_min: Option<f64>,
    /// Cutoff in metres, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoff_m: Option<f64>,
    /// Places asked for per 1,000 people, when places are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_per_1000: Option<f64>,
    /// Open facilities that satisfy it and have a street within the limit.
    pub facilities: usize,
    /// Open facilities that would satisfy it but have no street within the limit.
    pub off_network_facilities: usize,
    /// People of the group.
    pub persons: ExactPersons,
    /// Of those, within the cutoff; nothing while no place is recorded.
    pub covered_persons: Option<ExactPersons>,
    /// Of those with street data, beyond it; nothing while no place is recorded.
    pub left_out_persons: Option<ExactPersons>,
    /// Of all, without street data; covered, left out and these are everybody.
    pub no_street_persons: ExactPersons,
    /// Covered share of those with street data.
    pub share: Option<Share>,
    /// Covered share of everybody, those without street data taken as not covered.
    pub share_of_all: Option<Share>,
    /// The share that the outcome rests on: those with a place where places are counted, else `share`.
    pub judged_share: Option<Share>,
    /// Share promised.
    pub pass_share: f64,
    /// Share from which it is a benchmark.
    pub benchmark_share: Option<f64>,
    /// How it came out.
    pub outcome: Outcome,
    /// Whether everybody is known to be covered, and there is somebody.
    pub full_coverage: bool,
    /// Mean time of those who reach a facility at all, when counted in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_min: Option<f64>,
    /// Mean length of those, when counted in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_m: Option<f64>,
    /// Whether the numbers were checked at their source.
    pub verified: bool,
    /// Where they are written.
    pub source: String,
    /// The same in Chinese; empty when there is none.
    pub source_zh: String,
    /// The share at other speeds; empty in metres and while no place is recorded.
    pub speeds: Vec<SpeedRow>,
    /// The straight-line circle; nothing while no place is recorded.
    pub buffer: Option<BufferRow>,
    /// Places counted, when the rule asks for some.
    pub capacity: Option<CapacityRow>,
    /// How the times are spread; nothing while no place is recorded.
    pub histogram: Option<Histogram>,
    /// How many coverage gaps.
    pub gaps: usize,
    /// The first of them.
    pub largest_gaps: Vec<GapRow>,
    /// Zone by zone.
    pub zones: Vec<ZoneRow>,
}

/// A coverage gap; `gaps.geojson` has all of them with their outlines.
#[derive(Clone, Debug, Serialize)]
pub struct GapRow {
    /// Its lasting id.
    pub id: String,
    /// Whether one site could serve it.
    pub kind: GapKind,
    /// What it is called.
    pub name: String,
    /// People in it.
    pub persons: ExactPersons,
    /// Mean time of those who reach a facility at all, when counted in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_min: Option<f64>,
    /// Mean length of those, when counted in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_m: Option<f64>,
    /// Time of its best home, when counted in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest_min: Option<f64>,
    /// Length from its best home, when counted in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest_m: Option<f64>,
}

/// One composite, assessed.
#[derive(Clone, Debug, Serialize)]
pub struct CompositeRow {
    /// Id of the standard.
    pub standard: String,
    /// English title.
    pub en: String,
    /// Chinese title.
    pub zh: String,
    /// Rule ids that are the anchor.
    pub anchor: Vec<String>,
    /// Rule ids that are required.
    pub required: Vec<String>,
    /// Rule ids that are counted only.
    pub optional: Vec<String>,
    /// Ids of the anchor and required rules of which no place is recorded: who has everything is not known then.
    pub not_recorded: Vec<String>,
    /// Everybody.
    pub persons: ExactPersons,
    /// People who have everything; nothing when that is not known.
    pub complete_persons: Option<ExactPersons>,
    /// People without street data of whom nothing is known to be missing.
    pub no_street_persons: ExactPersons,
    /// Share of those who have everything among those with street data.
    pub share: Option<Share>,
    /// Mean time of those who have everything to the farthest of it, when all is counted in minutes.
    pub mean_min: Option<f64>,
    /// People by how many of the recorded ones of anchor and required are missing, from none on.
    pub persons_by_missing: Vec<ExactPersons>,
    /// How many coverage gaps.
    pub gaps: usize,
    /// The first of them; they have no walks.
    pub largest_gaps: Vec<GapRow>,
    /// Zone by zone.
    pub zones: Vec<ZoneRow>,
}

/// One broken promise.
#[derive(Clone, Debug, Serialize)]
pub struct FindingRow {
    /// Id of the standard.
    pub standard: String,
    /// Id of the rule.
    pub rule: String,
    /// People left out.
    pub left_out_persons: ExactPersons,
    /// The share that the verdict rests on.
    pub share: f64,
    /// Share promised.
    pub pass_share: f64,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct AuditDocument<'a> {
    /// Where it comes from.
    pub provenance: &'a Provenance,
    /// How complete the layers are that all the rest stands on.
    pub completeness: CompletenessRow,
    /// How many rules came out how.
    pub tally: Tally,
    /// What the study holds.
    pub totals: Totals,
    /// Every rule.
    pub rules: Vec<RuleRow>,
    /// Every composite.
    pub composites: Vec<CompositeRow>,
    /// The broken promises, most people first.
    pub findings: Vec<FindingRow>,
    /// What was noticed about the inputs, by kind.
    pub issues: &'a [IssueCount],
}
