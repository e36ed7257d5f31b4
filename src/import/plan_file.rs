//! `solution.json`: a plan with all that is needed to check it again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::facility::Taxonomy;
use crate::placement::candidate::{Candidate, SiteStanding};
use crate::placement::schedule::Schedule;
use crate::placement::{CoverInstance, InstanceError, PlacementSolution, SiteFacts, SiteStatus};
use crate::spatial::LonLat;
use crate::street::Snapped;

use super::hash::text_sha256;

/// What the file says it is.
pub const FORMAT: &str = "walkshed-plan";
/// The version of the format: 2 since all places among which was chosen are listed; 1 is read too.
pub const FORMAT_VERSION: u32 = 2;
/// Pairs of site and row that a file holds at most; of larger instances only the fingerprint is kept.
pub const PAIRS_IN_FILE_MAX: usize = 20_000_000;

/// A plan on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFile {
    /// [`FORMAT`].
    pub format: String,
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// Hash of the study, or of the instance file.
    pub study_hash: String,
    /// What was asked, as it was asked.
    pub ask: PlanAsk,
    /// The figures a reader wants first; every one can be recomputed from the rest.
    pub summary: PlanSummary,
    /// The chosen sites, in the order in which they bring most.
    pub sites: Vec<ChosenSite>,
    /// Who is newly covered: number of the demand point, position of the site among the instance's, time in
    /// whole milliseconds (millimetres under the metre yardstick).
    pub claims: Vec<(u32, u32, u32)>,
    /// The places among which was chosen, as the sites of the instance; empty for a published instance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What was solved.
    pub instance: InstanceRecord,
    /// The answer: problem, chosen sites, value, bound, status, certificate.
    pub solution: PlacementSolution,
    /// What opens in which year, when that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<Schedule>,
    /// SHA-256 over question, places and instance ([`seal`]); empty in version 1.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal: String,
    /// Where the numbers come from.
    #[serde(default)]
    pub provenance: serde_json::Value,
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanAsk {
    /// Id of the standard; empty for a rule made up on the command line.
    pub standard: String,
    /// The rule.
    pub rule: Option<crate::coverage::Rule>,
    /// What was changed of the rule.
    #[serde(default, skip_serializing_if = "RuleAsk::is_plain")]
    pub changed: RuleAsk,
    /// Id of the problem: `mclp`, `lscp` …
    pub problem: String,
    /// Where candidates came from, in the words of the command line.
    pub candidates: Vec<String>,
    /// SHA-256 of each candidate or instance file.
    pub candidate_hashes: Vec<String>,
    /// Share of people to be covered, when that was the goal.
    pub target_share: Option<f64>,
    /// Least distance between two chosen sites in metres.
    pub min_spacing_m: f64,
    /// Further terms on the sites.
    #[serde(default, skip_serializing_if = "SiteAsk::is_plain")]
    pub terms: SiteAsk,
    /// Seed of the search.
    pub seed: u64,
    /// Time limit in seconds.
    pub time_limit_s: f64,
}

/// What was asked of a rule otherwise than it is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleAsk {
    /// Id of the walk profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Id of the demand group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Cutoff in minutes, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoff_min: Option<f64>,
    /// Cutoff in metres, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoff_m: Option<f64>,
}

impl RuleAsk {
    /// Whether the rule is as it is written.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// Terms on the sites that most plans do without, as they were asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteAsk {
    /// Ids that must be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    /// Ids that must not be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forbidden: Vec<String>,
    /// People that count for a candidate beside those it covers, by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub bonuses: BTreeMap<String, f64>,
    /// `ZONE=N`: least number of chosen sites in a zone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zone_min: Vec<String>,
    /// `ZONE=N`: greatest number of chosen sites in a zone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zone_max: Vec<String>,
    /// Whether zone rules count what is open today.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub zone_counts_open: bool,
    /// Coordinate system of the tables, when it is named.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub candidates_crs: String,
    /// Parcels of less ground are left out, in square metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_min_m2: Option<f64>,
    /// Where centers could be, when not where stations could.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub center_candidates: Vec<String>,
}

impl SiteAsk {
    /// Whether nothing is asked.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// The figures of a plan, weights as people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanSummary {
    /// `optimal`, `feasible`, `infeasible`, `cancelled`, `unsolved`.
    pub status: String,
    /// Everybody of the group.
    pub persons: f64,
    /// Covered today.
    pub covered_before: f64,
    /// Covered with the plan.
    pub covered_after: f64,
    /// Share covered today.
    pub share_before: Option<f64>,
    /// Share covered with the plan.
    pub share_after: Option<f64>,
    /// Sites to open.
    pub sites: usize,
    /// What they cost.
    pub cost: f64,
    /// Relative distance between value and bound; 0 is proven optimal.
    pub optimality_gap: f64,
}

/// A chosen site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenSite {
    /// Its position among the sites of the instance.
    pub site: u32,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is drawn, in WGS 84 degrees.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// `candidate`, `required`, `applied`, `upgrade`.
    pub standing: String,
    /// What it costs.
    pub cost: f64,
    /// People it newly covers beyond the sites before it.
    pub gain_persons: f64,
    /// Where it meets the streets: edge number, millimetres from its beginning, access leg in millimetres.
    pub stands: Vec<(u32, u32, u32)>,
}

/// A place among which was chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Where it is drawn: longitude and latitude in whole 1e-7 degrees.
    pub place: (i32, i32),
    /// Where one enters, when not where it is drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doors: Vec<(i32, i32)>,
    /// Where it meets the streets: edge number, millimetres from its beginning, access leg in millimetres.
    pub stands: Vec<(u32, u32, u32)>,
    /// Whether it may, must or must not be chosen.
    #[serde(default)]
    pub standing: SiteStanding,
    /// What it costs, in thousandths.
    pub cost: i64,
    /// Places it would have, when that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
    /// People that count in its favor, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<i64>,
    /// Functions it could offer, by id; empty when that is not told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
    /// The facility that would be upgraded, by number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<u32>,
}

impl Choice {
    /// That of a candidate, whose functions are those of `taxonomy`.
    pub fn of(candidate: &Candidate, taxonomy: &Taxonomy) -> Self {
        let e7 = |place: &LonLat| (place.lon_e7(), place.lat_e7());
        let is_plain = candidate.doors == [candidate.place];
        let doors = if is_plain { &[][..] } else { &candidate.doors };
        let functions = candidate.functions.iter();
        Self {
            id: candidate.key.clone(),
            name: candidate.name.clone(),
            place: e7(&candidate.place),
            doors: doors.iter().map(e7).collect(),
            stands: candidate.stands.iter().map(stand_of).collect(),
            standing: candidate.standing,
            cost: candidate.cost,
            capacity: candidate.capacity,
            bonus: Some(candidate.bonus.as_micro()).filter(|&bonus| bonus != 0),
            functions: functions.map(|&id| taxonomy.functions()[id].id.clone()).collect(),
            facility: candidate.facility.map(|id| id.0),
        }
    }
}

/// Where a site meets the streets, as files hold it.
pub fn stand_of(stand: &Snapped) -> (u32, u32, u32) {
    (stand.position.edge.0, stand.position.offset_mm, stand.access_mm)
}

/// SHA-256 over what was asked, the places among which was chosen and the fingerprint of the instance.
///
/// # Errors
/// When they cannot be written as JSON.
pub fn seal(ask: &PlanAsk, choices: &[Choice], fingerprint: &str) -> serde_json::Result<String> {
    Ok(text_sha256(&serde_json::to_string(&(ask, choices, fingerprint))?))
}

/// An instance on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InstanceRecord {
    /// What weights are counted in: `micro-persons` or `demand`.
    pub weight_unit: String,
    /// SHA-256 over weights, sites and lists in their canonical text.
    pub fingerprint: String,
    /// Weight of each row.
    pub weights: Vec<i64>,
    /// Number of the demand point of each row; empty for a published instance.
    pub points: Vec<u32>,
    /// Id of each site.
    pub sites: Vec<String>,
    /// Cost of each site in thousandths.
    pub costs: Vec<i64>,
    /// Sites with a bonus: position and bonus.
    pub bonuses: Vec<(u32, i64)>,
    /// Sites that are not free: position and what may be done with them.
    pub statuses: Vec<(u32, SiteStatus)>,
    /// The rows that each site covers, sorted; `null` when there are more than [`PAIRS_IN_FILE_MAX`].
    pub lists: Option<Vec<Vec<u32>>>,
}

impl InstanceRecord {
    /// The record of `instance`, its lists included while they fit.
    pub fn of(instance: &CoverInstance, weight_unit: &str) -> Self {
        let facts = || instance.sites().map(|site| (site, instance.facts(site)));
        let lists = (instance.pair_count() <= PAIRS_IN_FILE_MAX)
            .then(|| instance.sites().map(|site| instance.rows_of(site).to_vec()).collect());
        Self {
            weight_unit: weight_unit.to_owned(),
            fingerprint: fingerprint(instance),
            weights: instance.weights().to_vec(),
            points: Vec::new(),
            sites: Vec::new(),
            costs: facts().map(|(_, facts)| facts.cost).collect(),
            bonuses: facts().filter(|f| f.1.bonus > 0).map(|(s, f)| (s.0, f.bonus)).collect(),
            statuses: facts()
                .filter(|(_, facts)| facts.status != SiteStatus::Free)
                .map(|(site, facts)| (site.0, facts.status))
                .collect(),
            lists,
        }
    }

    /// The instance, with the lists of the file.
    ///
    /// # Errors
    /// When the numbers do not fit together; `None` when the file has no lists.
    pub fn build(&self) -> Option<Result<CoverInstance, InstanceError>> {
        let lists = self.lists.as_ref()?;
        Some(self.build_from(lists))
    }

    fn build_from(&self, lists: &[Vec<u32>]) -> Result<CoverInstance, InstanceError> {
        let mut facts: Vec<SiteFacts> =
            self.costs.iter().map(|&cost| SiteFacts { cost, ..SiteFacts::default() }).collect();
        for &(site, bonus) in &self.bonuses {
            if let Some(facts) = facts.get_mut(site as usize) {
                facts.bonus = bonus;
            }
        }
        for &(site, status) in &self.statuses {
            if let Some(facts) = facts.get_mut(site as usize) {
                facts.status = status;
            }
        }
        let mut builder = CoverInstance::builder(self.weights.clone())?;
        for (site, facts) in facts.into_iter().enumerate() {
            builder.add_site(lists.get(site).map_or(&[], Vec::as_slice), facts)?;
        }
        Ok(builder.build())
    }
}

/// SHA-256 over the instance: weights, then cost, bonus, status and rows of each site.
pub fn fingerprint(instance: &CoverInstance) -> String {
    let mut text = String::with_capacity(instance.pair_count() * 7 + 64);
    let push = |text: &mut String, number: i64| {
        text.push_str(&number.to_string());
        text.push(' ');
    };
    for &weight in instance.weights() {
        push(&mut text, weight);
    }
    for site in instance.sites() {
        let facts = instance.facts(site);
        text.push('\n');
        push(&mut text, facts.cost);
        push(&mut text, facts.bonus);
        push(&mut text, facts.status as i64);
        for &row in instance.rows_of(site) {
            push(&mut text, i64::from(row));
        }
    }
    text_sha256(&text)
}

impl ChosenSite {
    /// Where it is drawn, when the numbers are degrees.
    pub fn place(&self) -> Option<LonLat> {
        LonLat::new(self.lon, self.lat).ok()
    }
}
