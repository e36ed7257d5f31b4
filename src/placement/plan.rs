//! From a study to an instance: who still needs a site, and which candidates are within the cutoff of whom.
//!
//! What the open facilities cover already is settled: only people beyond the cutoff make rows. Times are those of
//! the audit: whole milliseconds along the streets with both access legs, to the nearest door of a candidate.

use crate::coverage::assess::{Site, serving};
use crate::coverage::summary::counting;
use crate::coverage::{CutoffError, Rule};
use crate::ids::{DemandPointId, FacilityId, GroupId, Id, SiteId};
use crate::progress::{Cancelled, Progress, Stage};
use crate::reach::{CostMatrix, DemandTimes, Ground, LinkedWalker, NearestField, Placed, Seeds};
use crate::street::{EdgePosition, Impedance};
use crate::units::{Persons, WalkTime, Yardstick};

use super::candidate::Candidate;
use super::{CoverInstance, CoverInstanceBuilder, InstanceError};

/// Most pairs of candidate and home within the cutoff that are held: 12 bytes each.
pub const PAIRS_MAX: usize = 200_000_000;
/// Candidates searched from at once.
const BATCH: usize = 2_048;

/// Why there is no instance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// The rule has no usable cutoff.
    #[error(transparent)]
    Cutoff(#[from] CutoffError),
    /// The numbers do not fit.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// Too many pairs.
    #[error(
        "more than {PAIRS_MAX} pairs of candidate and home lie within the cutoff; take fewer candidates \
         (`grid:` with a wider mesh) or a smaller cutoff"
    )]
    TooManyPairs,
    /// The user asked to stop.
    #[error("{0}")]
    Cancelled(Cancelled),
}

impl From<Cancelled> for PlanError {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

/// Who needs a site under a rule: everybody of its group beyond the cutoff of what is open.
#[derive(Clone, Debug)]
pub struct Need<'a> {
    /// The study's streets, facilities, people and zones.
    pub site: Site<'a>,
    /// Who walks.
    pub walker: &'a LinkedWalker,
    /// The rule.
    pub rule: &'a Rule,
    /// What the cutoff is counted in.
    pub yardstick: Yardstick,
    /// The cutoff, inclusive.
    pub cutoff: WalkTime,
    /// Whose people count: the rule's group, or everybody when the study lacks it.
    pub group: GroupId,
    /// Whether the study lacks the rule's group.
    pub group_lacking: bool,
    /// What is open and serves the rule already.
    pub serving: Vec<FacilityId>,
    /// Time of every demand point to the nearest of them.
    pub times: DemandTimes,
    /// The demand points that are not covered, by id: the rows of the instance.
    pub rows: Vec<DemandPointId>,
    /// People of each row.
    pub persons: Vec<Persons>,
    /// Everybody of the group with street data, as an audit counts them.
    pub total: Persons,
    /// Those covered already.
    pub covered: Persons,
}

impl<'a> Need<'a> {
    /// Who needs a site under `rule` on foot as `walker`.
    ///
    /// # Errors
    /// When the rule has no usable cutoff.
    pub fn find(
        site: Site<'a>,
        walker: &'a LinkedWalker,
        rule: &'a Rule,
    ) -> Result<Self, CutoffError> {
        let (yardstick, cutoff) = rule.cutoff()?;
        let found = site.demand.find_group(&rule.group);
        let group = found.unwrap_or(GroupId(0));
        let mut serving = serving(&site, rule);
        serving.retain(|&id| !walker.is_off_network(id));
        let times =
            walker.nearest(site.graph, walker.impedance_in(yardstick), &serving, WalkTime::LONGEST);
        let mut need = Self {
            site,
            walker,
            rule,
            yardstick,
            cutoff,
            group,
            group_lacking: found.is_none(),
            serving,
            times,
            rows: Vec::new(),
            persons: Vec::new(),
            total: Persons::ZERO,
            covered: Persons::ZERO,
        };
        for (id, persons) in counting(site.demand, group) {
            let Some(time) = need.times.walk(id) else { continue };
            need.total += persons;
            if time <= cutoff {
                need.covered += persons;
            } else {
                need.rows.push(id);
                need.persons.push(persons);
            }
        }
        Ok(need)
    }

    /// The walker's times in the rule's yardstick.
    pub fn impedance(&self) -> &'a Impedance {
        self.walker.impedance_in(self.yardstick)
    }

    /// Those not covered.
    pub fn left_out(&self) -> Persons {
        self.total - self.covered
    }

    /// Where the rows live on the streets: position, time of the access leg, row.
    pub fn homes(&self) -> Vec<(EdgePosition, WalkTime, u32)> {
        let impedance = self.impedance();
        let mut homes = Vec::with_capacity(self.rows.len());
        for (row, &id) in self.rows.iter().enumerate() {
            for snap in self.walker.demand.of(id) {
                homes.push((snap.position, impedance.access(snap.access_mm), row as u32));
            }
        }
        homes
    }

    /// Seeds at the doors of `candidate`, owned by `owner`.
    pub fn seeds(&self, candidate: &Candidate, owner: u32) -> Seeds {
        let doors = candidate.stands.iter().map(|stand| (owner, stand));
        Seeds::of_snaps(self.site.graph, self.impedance(), doors)
    }

    /// The rows within the cutoff of each candidate. Forbidden candidates reach nobody.
    ///
    /// # Errors
    /// [`PlanError::TooManyPairs`] beyond [`PAIRS_MAX`], or when the user asked to stop.
    pub fn reach(
        &self,
        candidates: &[Candidate],
        progress: &dyn Progress,
    ) -> Result<ReachLists, PlanError> {
        let ground = Ground::toward(self.site.graph, self.impedance());
        let columns = Placed::new(self.site.graph.edge_count(), self.rows.len(), self.homes());
        let mut lists = ReachLists::default();
        let total = candidates.len() as u64;
        for (batch, some) in candidates.chunks(BATCH).enumerate() {
            progress.step(Stage::Reaching, (batch * BATCH) as u64, total)?;
            let seeds: Vec<Seeds> = some
                .iter()
                .map(|candidate| match candidate.standing {
                    super::candidate::SiteStanding::Forbidden => Seeds::default(),
                    _ => self.seeds(candidate, 0),
                })
                .collect();
            let matrix = CostMatrix::within(&ground, &seeds, &columns, self.cutoff);
            if lists.pairs.len() + matrix.len() > PAIRS_MAX {
                return Err(PlanError::TooManyPairs);
            }
            for row in 0..matrix.rows() {
                lists.push(matrix.row(row));
            }
        }
        progress.step(Stage::Reaching, total, total)?;
        Ok(lists)
    }

    /// The instance of these candidates: a row for everybody not covered, weights in millionths of a person.
    ///
    /// # Errors
    /// When a number does not fit: a negative cost, sums beyond all measure.
    pub fn instance(
        &self,
        candidates: &[Candidate],
        reach: &ReachLists,
    ) -> Result<CoverInstance, InstanceError> {
        Ok(self.sites(candidates, reach)?.build())
    }

    /// The rows with these candidates as sites, to which others may be added.
    pub(super) fn sites(
        &self,
        candidates: &[Candidate],
        reach: &ReachLists,
    ) -> Result<CoverInstanceBuilder, InstanceError> {
        let weights = self.persons.iter().map(|persons| persons.as_micro()).collect();
        let mut builder = CoverInstance::builder(weights)?;
        let mut rows: Vec<u32> = Vec::new();
        for (site, candidate) in candidates.iter().enumerate() {
            rows.clear();
            rows.extend(reach.of(SiteId(site as u32)).iter().map(|&(row, _)| row));
            builder.add_site(&rows, candidate.facts())?;
        }
        Ok(builder)
    }

    /// Time of every demand point to the nearest of what is open and of `chosen`, and which of the two that is:
    /// the facility stays when it is not farther.
    pub fn times_with(&self, candidates: &[Candidate], chosen: &[SiteId]) -> DemandTimes {
        let planned = self.planned(candidates, chosen);
        self.times.shortened(self.site.demand.points.ids().map(|point| planned.time(point)))
    }

    /// Time of every demand point to the nearest of `chosen` alone, however far; the owner is the site.
    pub fn planned(&self, candidates: &[Candidate], chosen: &[SiteId]) -> DemandTimes {
        self.planned_under(self.impedance(), candidates, (chosen, WalkTime::LONGEST))
    }

    /// As [`Need::planned`] under other times, within `bound`.
    pub fn planned_under(
        &self,
        impedance: &Impedance,
        candidates: &[Candidate],
        (chosen, bound): (&[SiteId], WalkTime),
    ) -> DemandTimes {
        let ground = Ground::toward(self.site.graph, impedance);
        let stands = chosen.iter().flat_map(|&site| {
            candidates[site.index()].stands.iter().map(move |stand| (site.0, stand))
        });
        let seeds = Seeds::of_snaps(self.site.graph, impedance, stands);
        let field = NearestField::sweep(&ground, &seeds, bound);
        self.walker.read(&ground, &seeds, &field)
    }
}

/// The rows within the cutoff of each candidate with their times, sorted by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachLists {
    first: Vec<u64>,
    pairs: Vec<(u32, WalkTime)>,
}

impl Default for ReachLists {
    fn default() -> Self {
        Self { first: vec![0], pairs: Vec::new() }
    }
}

impl ReachLists {
    /// The lists of no candidate at all.
    pub fn none() -> &'static Self {
        static NONE: std::sync::LazyLock<ReachLists> =
            std::sync::LazyLock::new(ReachLists::default);
        &NONE
    }

    /// Appends the list of the next candidate; must be sorted by row.
    pub fn push(&mut self, list: &[(u32, WalkTime)]) {
        self.pairs.extend_from_slice(list);
        self.first.push(self.pairs.len() as u64);
    }

    /// The rows that `site` reaches, each with its time.
    pub fn of(&self, site: SiteId) -> &[(u32, WalkTime)] {
        let index = site.index();
        &self.pairs[self.first[index] as usize..self.first[index + 1] as usize]
    }

    /// How many candidates there are.
    pub fn sites(&self) -> usize {
        self.first.len() - 1
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether no candidate reaches anybody.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}
