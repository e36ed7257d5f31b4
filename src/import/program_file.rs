//! `solution.json` of plans that are solved as a binary program: places counted, two tiers, gates, the worst zone,
//! the front of cost, people and worst-off, centers with several functions, backup.

use serde::{Deserialize, Serialize};

use crate::coverage::Rule;
use crate::ids::{Id, SiteId, ZoneId};
use crate::placement::backup::{BackupInstance, BackupPlan};
use crate::placement::capacitated::{
    CapacitatedInstance, CapacitatedPlan, CapacitatedProblem, CapacitatedSite,
};
use crate::placement::dispersion::{DispersionInstance, DispersionPlan};
use crate::placement::equity::{EquityInstance, EquityPlan};
use crate::placement::gates::{GateInstance, GatePlan};
use crate::placement::multi_function::{
    Module, MultiFunctionInstance, MultiFunctionPlan, MultiFunctionProblem,
};
use crate::placement::pareto::ParetoFront;
use crate::placement::two_tier::{TwoTierInstance, TwoTierPlan, TwoTierProblem};
use crate::placement::{CoverInstance, InstanceError, SiteFacts, SiteRules, SiteStatus};

use super::hash::text_sha256;
use super::plan_file::{
    Choice, ChosenSite, InstanceRecord, PAIRS_IN_FILE_MAX, PlanAsk, PlanSummary,
};

/// What the file says it is.
pub const PROGRAM_FORMAT: &str = "walkshed-program-plan";
/// The version of the format: 2 since all places among which was chosen are listed; 1 is read too.
pub const PROGRAM_FORMAT_VERSION: u32 = 2;

/// Number of a demand point, position of the choice that serves it, time in whole milliseconds.
pub type HomeClaim = (u32, u32, u32);

/// A plan on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProgramFile {
    /// [`PROGRAM_FORMAT`].
    pub format: String,
    /// [`PROGRAM_FORMAT_VERSION`].
    pub format_version: u32,
    /// Hash of the study.
    pub study_hash: String,
    /// What was asked, as it was asked.
    pub ask: PlanAsk,
    /// The promises: one, those of stations and centers, or one a function.
    pub promises: Vec<Rule>,
    /// The figures a reader wants first; coverage is that of the first promise.
    pub summary: PlanSummary,
    /// What is chosen; `site` is its position among the choices.
    pub sites: Vec<ChosenSite>,
    /// Who goes where, promise by promise.
    pub claims: Vec<Vec<HomeClaim>>,
    /// The places among which was chosen: of two tiers those of stations, then those of centers; of gates only the
    /// sites beside them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// SHA-256 over [`Work`] without the answer, in its own text.
    pub fingerprint: String,
    /// What was solved, and the answer.
    pub work: Work,
    /// SHA-256 over question, places and instance ([`super::plan_file::seal`]); empty in version 1.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal: String,
    /// Where the numbers come from.
    #[serde(default)]
    pub provenance: serde_json::Value,
}

/// What was solved, and the answer with its certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Places are counted.
    Capacitated {
        /// What was solved.
        instance: PlacesRecord,
        /// What was asked.
        problem: CapacitatedProblem,
        /// The answer.
        plan: CapacitatedPlan,
    },
    /// Stations under centers.
    TwoTier {
        /// What was solved.
        instance: NestedRecord,
        /// What was asked.
        problem: TwoTierProblem,
        /// The answer.
        plan: TwoTierPlan,
    },
    /// Gates to open.
    Gates {
        /// What was solved.
        instance: GateRecord,
        /// What was asked.
        rules: SiteRules,
        /// The answer.
        plan: GatePlan,
    },
    /// The worst-off zone first.
    WorstZone {
        /// What was solved.
        instance: ZonedRecord,
        /// What was asked.
        rules: SiteRules,
        /// The answer.
        plan: EquityPlan,
    },
    /// The front of cost, people and worst-off.
    Pareto {
        /// What was solved.
        instance: ZonedRecord,
        /// What was asked.
        rules: SiteRules,
        /// The answer.
        front: ParetoFront,
        /// The point of the front that the sites of the file are.
        picked: usize,
    },
    /// Centers with several functions.
    Centers {
        /// What was solved.
        instance: SeveralRecord,
        /// What was asked.
        problem: MultiFunctionProblem,
        /// The answer.
        plan: MultiFunctionPlan,
    },
    /// The fewest sites, then the most people within reach of two.
    Backup {
        /// What was solved.
        instance: BackupRecord,
        /// The answer; its first stage holds what was asked.
        plan: BackupPlan,
    },
    /// So many sites, as far apart as may be.
    Dispersion {
        /// What was solved.
        instance: DispersionRecord,
        /// What was asked.
        rules: SiteRules,
        /// The answer.
        plan: DispersionPlan,
    },
}

impl Work {
    /// The id of the problem whose answer it is.
    pub const fn problem(&self) -> &'static str {
        match self {
            Self::Capacitated { .. } => "capacitated",
            Self::TwoTier { .. } => "two-tier",
            Self::Gates { .. } => "gates",
            Self::WorstZone { .. } => "worst-zone",
            Self::Pareto { .. } => "pareto",
            Self::Centers { .. } => "center",
            Self::Backup { .. } => "lscp-b",
            Self::Dispersion { .. } => "p-dispersion",
        }
    }

    /// The covering instances in it.
    pub fn covers_mut(&mut self) -> Vec<&mut InstanceRecord> {
        match self {
            Self::Capacitated { instance, .. } => vec![&mut instance.cover],
            Self::TwoTier { instance, .. } => vec![&mut instance.stations, &mut instance.centers],
            Self::Gates { .. } => Vec::new(),
            Self::WorstZone { instance, .. } | Self::Pareto { instance, .. } => {
                vec![&mut instance.cover]
            }
            Self::Centers { instance, .. } => instance.functions.iter_mut().collect(),
            Self::Backup { instance, .. } => vec![&mut instance.cover],
            Self::Dispersion { instance, .. } => vec![&mut instance.cover],
        }
    }

    /// SHA-256 over the instance and the question.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn fingerprint(&self) -> serde_json::Result<String> {
        let text = match self {
            Self::Capacitated { instance, problem, .. } => {
                serde_json::to_string(&(instance, problem))
            }
            Self::TwoTier { instance, problem, .. } => serde_json::to_string(&(instance, problem)),
            Self::Gates { instance, rules, .. } => serde_json::to_string(&(instance, rules)),
            Self::WorstZone { instance, rules, .. } | Self::Pareto { instance, rules, .. } => {
                serde_json::to_string(&(instance, rules))
            }
            Self::Centers { instance, problem, .. } => serde_json::to_string(&(instance, problem)),
            Self::Backup { instance, plan } => {
                serde_json::to_string(&(instance, &plan.first.problem))
            }
            Self::Dispersion { instance, rules, .. } => serde_json::to_string(&(instance, rules)),
        }?;
        Ok(text_sha256(&text))
    }
}

/// Sites with places on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlacesRecord {
    /// People and sites; what is open today comes first, and is required.
    pub cover: InstanceRecord,
    /// Most micro-persons each site serves.
    pub serves: Vec<i64>,
    /// The facilities that are the first sites.
    pub facilities: Vec<u32>,
    /// Places that 1000 people need.
    pub per_1000: f64,
    /// Places of a candidate that does not tell how many it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
}

/// Stations and centers on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NestedRecord {
    /// Stations.
    pub stations: InstanceRecord,
    /// Centers: candidates, then what is open today.
    pub centers: InstanceRecord,
    /// The centers over each station.
    pub over: Vec<Vec<u32>>,
    /// The facilities that are the last centers.
    pub facilities: Vec<u32>,
}

/// A gate on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GateSpot {
    /// Edge and millimetres from its beginning, on one side.
    pub from: (u32, u32),
    /// The same on the other side.
    pub to: (u32, u32),
    /// Milliseconds to pass.
    pub crossing_ms: u32,
}

/// Gates, sites and who needs which on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GateRecord {
    /// People; the choices are its sites, without lists: gates first.
    pub choices: InstanceRecord,
    /// Smallest sets of choices for each row.
    pub ways: Vec<Vec<Vec<u32>>>,
    /// The gates.
    pub gates: Vec<GateSpot>,
    /// Whether no set of choices is missing.
    pub complete: bool,
    /// How gates were looked for; `None` in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<GateSought>,
}

/// How gates were looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GateSought {
    /// Longest straight line between the two sides, in metres.
    pub gap_m: f64,
    /// Shortest walk today between the two sides, in metres.
    pub walk_m: f64,
    /// Gates that are weighed at most.
    pub most: usize,
}

/// Zones on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ZonedRecord {
    /// People and sites; the last site is all that is open today.
    pub cover: InstanceRecord,
    /// Zone of each row.
    pub zone_of: Vec<Option<ZoneId>>,
    /// Key of each zone.
    pub zones: Vec<String>,
}

/// Centers with several functions on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeveralRecord {
    /// People and sites, promise by promise; the last site is all that is open today.
    pub functions: Vec<InstanceRecord>,
    /// What can be housed where.
    pub modules: Vec<Module>,
    /// People of each row for whom completeness counts.
    pub persons: Vec<i64>,
}

/// People and who is covered twice today, on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BackupRecord {
    /// People and sites; the last site is all that is open today.
    pub cover: InstanceRecord,
    /// Rows that two open facilities or more cover today.
    pub twice: Vec<u32>,
    /// For each site the rows in its reach that just one open facility covers today.
    pub again: Vec<Vec<u32>>,
}

/// Sites and the walks between them on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DispersionRecord {
    /// People and sites.
    pub cover: InstanceRecord,
    /// Milliseconds between a site and each one before it; 4294967295 for no way on foot.
    pub apart: Vec<Vec<u32>>,
    /// Milliseconds between a site and the nearest of what is open today, likewise.
    pub to_open: Vec<u32>,
}

/// Why a record is no instance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It has no lists.
    #[error("the lists of sites and homes are missing")]
    NoLists,
    /// Parts are not as long as each other, or name what is not there.
    #[error("{0}")]
    Shape(&'static str),
    /// The numbers do not fit.
    #[error(transparent)]
    Instance(#[from] InstanceError),
}

/// The record of an instance with its demand points and the ids of its sites; `None` when it has more than
/// [`PAIRS_IN_FILE_MAX`] pairs. What is settled is listed under the last site when that stands already.
pub fn record_of(
    instance: &CoverInstance,
    points: &[crate::ids::DemandPointId],
    sites: Vec<String>,
) -> Option<InstanceRecord> {
    if instance.pair_count() > PAIRS_IN_FILE_MAX {
        return None;
    }
    let mut record = InstanceRecord::of(instance, "micro-persons");
    let stands = instance.sites().next_back().map(|site| instance.status(site));
    if let (Some(SiteStatus::Existing), Some(list)) =
        (stands, record.lists.as_mut().and_then(|lists| lists.last_mut()))
    {
        *list = (0..instance.row_count() as u32)
            .filter(|&row| instance.is_settled(row as usize))
            .collect();
    }
    Some(InstanceRecord { points: points.iter().map(|id| id.0).collect(), sites, ..record })
}

/// The instance of a record whose parts fit.
fn cover_of(record: &InstanceRecord) -> Result<CoverInstance, RecordError> {
    let (rows, sites) = (record.weights.len(), record.costs.len());
    if record.points.len() != rows || record.sites.len() != sites {
        return Err(RecordError::Shape("the instance has more or fewer ids than rows or sites"));
    }
    if record.lists.as_ref().is_some_and(|lists| lists.len() != sites) {
        return Err(RecordError::Shape("the instance has more or fewer lists than sites"));
    }
    let outside = |site: u32| site as usize >= sites;
    if record.statuses.iter().any(|entry| outside(entry.0))
        || record.bonuses.iter().any(|entry| outside(entry.0))
    {
        return Err(RecordError::Shape("a site is named that is not in the instance"));
    }
    Ok(record.build().ok_or(RecordError::NoLists)??)
}

impl PlacesRecord {
    /// The instance.
    ///
    /// # Errors
    /// When it is none.
    pub fn build(&self) -> Result<CapacitatedInstance, RecordError> {
        let cover = cover_of(&self.cover)?;
        if self.serves.len() != cover.site_count() || self.facilities.len() > cover.site_count() {
            return Err(RecordError::Shape("the instance has places for more or fewer sites"));
        }
        let stands = |site: SiteId| site.index() < self.facilities.len();
        let sites: Vec<CapacitatedSite> = cover
            .sites()
            .map(|site| CapacitatedSite {
                rows: cover.rows_of(site).to_vec(),
                serves: Some(self.serves[site.index()]),
                facts: match cover.facts(site) {
                    facts if stands(site) => SiteFacts { status: SiteStatus::Existing, ..facts },
                    facts => facts,
                },
            })
            .collect();
        if cover.sites().any(|site| cover.status(site) == SiteStatus::Existing) {
            return Err(RecordError::Shape("what is open today comes first, and is required"));
        }
        Ok(CapacitatedInstance::new(self.cover.weights.clone(), &sites)?)
    }
}

impl NestedRecord {
    /// The instance.
    ///
    /// # Errors
    /// When it is none.
    pub fn build(&self) -> Result<TwoTierInstance, RecordError> {
        let (stations, centers) = (cover_of(&self.stations)?, cover_of(&self.centers)?);
        let free = centers.site_count().checked_sub(self.facilities.len());
        let standing = |site: SiteId| centers.status(site) == SiteStatus::Existing;
        if free.is_none_or(|free| centers.sites().any(|s| standing(s) != (s.index() >= free))) {
            return Err(RecordError::Shape("what is open today does not come last"));
        }
        let outside = |&center: &u32| center as usize >= centers.site_count();
        if self.over.len() != stations.site_count() || self.over.iter().flatten().any(outside) {
            return Err(RecordError::Shape("a station hangs under a center that is not there"));
        }
        let over = |list: &Vec<u32>| list.iter().map(|&center| SiteId(center)).collect();
        Ok(TwoTierInstance { over: self.over.iter().map(over).collect(), stations, centers })
    }
}

impl GateRecord {
    /// The instance.
    ///
    /// # Errors
    /// When it is none.
    pub fn build(&self) -> Result<GateInstance, RecordError> {
        let choices = cover_of(&self.choices)?;
        if self.gates.len() > choices.site_count() || self.ways.len() != choices.row_count() {
            return Err(RecordError::Shape("there are more gates than choices, or more rows"));
        }
        let facts: Vec<SiteFacts> = choices.sites().map(|choice| choices.facts(choice)).collect();
        let counts = (self.gates.len() as u32, facts.as_slice());
        Ok(GateInstance::new(self.choices.weights.clone(), self.ways.clone(), counts)?)
    }
}

impl ZonedRecord {
    /// The instance.
    ///
    /// # Errors
    /// When it is none.
    pub fn build(&self) -> Result<EquityInstance, RecordError> {
        let cover = cover_of(&self.cover)?;
        let outside = |zone: &ZoneId| zone.index() >= self.zones.len();
        if self.zone_of.len() != cover.row_count() || self.zone_of.iter().flatten().any(outside) {
            return Err(RecordError::Shape("a row lies in a zone that is not there"));
        }
        Ok(EquityInstance { cover, zone_of: self.zone_of.clone(), zones: self.zones.len() })
    }
}

impl BackupRecord {
    /// The instance.
    ///
    /// # Errors
    /// When it is none.
    pub fn build(&self) -> Result<BackupInstance, RecordError> {
        let (twice, again) = (self.twice.clone(), self.again.clone());
        Ok(BackupInstance { cover: cover_of(&self.cover)?, twice, again })
    }
}

impl DispersionRecord {
    /// The instance.
    ///
    /// # Errors
    /// When it is none.
    pub fn build(&self) -> Result<DispersionInstance, RecordError> {
        let (apart, to_open) = (self.apart.clone(), self.to_open.clone());
        let instance = DispersionInstance { cover: cover_of(&self.cover)?, apart, to_open };
        let shape = RecordError::Shape("the walks between sites are more or fewer than sites");
        if instance.fits() { Ok(instance) } else { Err(shape) }
    }
}

impl SeveralRecord {
    /// The instance.
    ///
    /// # Errors
    /// When it is none.
    pub fn build(&self) -> Result<MultiFunctionInstance, RecordError> {
        let functions: Vec<CoverInstance> =
            self.functions.iter().map(cover_of).collect::<Result<_, _>>()?;
        let Some(first) = functions.first() else {
            return Err(RecordError::Shape("there is no function"));
        };
        let same = |other: &InstanceRecord| {
            other.points == self.functions[0].points && other.sites == self.functions[0].sites
        };
        if !self.functions.iter().all(same) || self.persons.len() != first.row_count() {
            return Err(RecordError::Shape("the functions speak of different homes or sites"));
        }
        let instance = MultiFunctionInstance {
            modules: self.modules.clone(),
            persons: self.persons.clone(),
            functions,
        };
        Ok(instance)
    }
}
