//! `solution.json`: a plan with all that is needed to check it again.

use serde::{Deserialize, Serialize};

use crate::placement::schedule::Schedule;
use crate::placement::{CoverInstance, InstanceError, PlacementSolution, SiteFacts, SiteStatus};
use crate::spatial::LonLat;

use super::hash::text_sha256;

/// What the file says it is.
pub const FORMAT: &str = "walkshed-plan";
/// The version of the format.
pub const FORMAT_VERSION: u32 = 1;
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
    /// What was solved.
    pub instance: InstanceRecord,
    /// The answer: problem, chosen sites, value, bound, status, certificate.
    pub solution: PlacementSolution,
    /// What opens in which year, when that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<Schedule>,
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
    /// Seed of the search.
    pub seed: u64,
    /// Time limit in seconds.
    pub time_limit_s: f64,
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
