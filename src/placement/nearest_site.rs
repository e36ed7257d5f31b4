//! From a study to an assignment instance: everybody of a group walks to the nearest open or chosen site.

use crate::coverage::summary::counting;
use crate::ids::{DemandPointId, Id, SiteId};
use crate::progress::{Progress, Stage};
use crate::reach::{CostMatrix, DemandTimes, Ground, Placed, Seeds};
use crate::units::{Persons, WalkTime};

use super::assignment::{AssignError, AssignInstance, AssignProblem};
use super::candidate::{Candidate, SiteStanding};
use super::instance::SiteStatus;
use super::plan::{Need, PlanError};

/// Most pairs of candidate and home that are held.
pub const WALKS_MAX: usize = 20_000_000;
/// Candidates searched from at once.
const BATCH: usize = 256;
/// Millionths of a person in one unit of weight: sums of people times milliseconds stay below 2⁶⁰ for 80 million
/// people an hour away each.
const MICRO_IN_UNIT: i64 = 1_000;

/// Why there is no instance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WalksError {
    /// Too many pairs.
    #[error(
        "more than {WALKS_MAX} pairs of candidate and home lie within the reach; take fewer candidates \
         (`grid:` with a wider mesh) or a smaller --reach-min"
    )]
    TooManyPairs,
    /// The numbers do not fit.
    #[error(transparent)]
    Instance(#[from] AssignError),
    /// The user asked to stop.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// Whose walks count. The study alone decides: candidates come and go, and who counts stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoCounts {
    /// Everybody with a street near home: whoever reaches nothing counts at a price.
    WithStreet,
    /// Everybody on the main network of streets, and who reaches something open today: all must be reached.
    OnMainNetwork,
}

impl WhoCounts {
    /// Those of a problem.
    pub fn of(problem: &AssignProblem) -> Self {
        if problem.serves_everybody() { Self::OnMainNetwork } else { Self::WithStreet }
    }

    /// Whether the people of `point` count.
    pub fn holds(self, need: &Need, point: DemandPointId) -> bool {
        let snaps = need.walker.demand.of(point);
        match self {
            Self::WithStreet => !snaps.is_empty(),
            Self::OnMainNetwork => {
                need.times.time(point).is_reachable()
                    || snaps.iter().any(|snap| need.walker.islands.is_main(snap.position.edge))
            }
        }
    }
}

/// Everybody of a group, of whom each walks to the nearest site; the cutoff of the need is the longest walk to
/// a candidate that is looked at.
#[derive(Clone, Debug)]
pub struct Everybody<'a> {
    /// The rows are everybody who counts.
    pub need: Need<'a>,
    /// The others, by id: the streets lead nowhere for them.
    pub left_out: Vec<DemandPointId>,
}

/// Where a row goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// The row.
    pub row: u32,
    /// The chosen site; `None` for what is open today.
    pub site: Option<SiteId>,
    /// How far it is.
    pub time: WalkTime,
}

impl Need<'_> {
    /// The same need with everybody of the group as rows, covered or not.
    #[must_use]
    pub fn of_everybody(mut self) -> Self {
        let known = |&(id, _): &(DemandPointId, Persons)| self.times.walk(id).is_some();
        (self.rows, self.persons) = counting(self.site.demand, self.group).filter(known).unzip();
        self
    }
}

impl<'a> Everybody<'a> {
    /// Takes out of `need` whoever does not count.
    pub fn find(mut need: Need<'a>, who: WhoCounts) -> Self {
        let all = std::mem::take(&mut need.rows).into_iter().zip(std::mem::take(&mut need.persons));
        let mut left_out = Vec::new();
        for (point, persons) in all {
            if who.holds(&need, point) {
                need.rows.push(point);
                need.persons.push(persons);
            } else {
                left_out.push(point);
            }
        }
        Self { need, left_out }
    }

    /// The people left out.
    pub fn persons_left_out(&self) -> Persons {
        let points = &self.need.site.demand.points;
        self.left_out.iter().map(|&id| points[id].persons[self.need.group.index()]).sum()
    }

    /// The instance: a site for each candidate, then one for all that is open today. Weights are thousandths of
    /// a person, at least one where somebody lives. Whoever is not served counts as `unserved` away.
    ///
    /// # Errors
    /// [`WalksError::TooManyPairs`] beyond [`WALKS_MAX`], when sums leave all measure, or when the user asked to
    /// stop.
    pub fn instance(
        &self,
        candidates: &[Candidate],
        unserved: Option<WalkTime>,
        progress: &dyn Progress,
    ) -> Result<AssignInstance, WalksError> {
        let need = &self.need;
        let unit = |persons: &Persons| {
            let micro = persons.as_micro();
            ((micro + MICRO_IN_UNIT / 2) / MICRO_IN_UNIT).max(i64::from(micro > 0))
        };
        let mut builder = AssignInstance::builder(need.persons.iter().map(unit).collect())?;
        let ground = Ground::toward(need.site.graph, need.impedance());
        let columns = Placed::new(need.site.graph.edge_count(), need.rows.len(), need.homes());
        let existing: Vec<WalkTime> = need.rows.iter().map(|&id| need.times.time(id)).collect();
        let is_nearer = |row: u32, time: WalkTime| {
            time < existing[row as usize] && unserved.is_none_or(|price| time < price)
        };
        let (mut list, mut pairs, total) = (Vec::new(), 0, candidates.len() as u64);
        for (batch, some) in candidates.chunks(BATCH).enumerate() {
            progress
                .step(Stage::Reaching, (batch * BATCH) as u64, total)
                .map_err(PlanError::from)?;
            let may = |candidate: &&Candidate| candidate.standing != SiteStanding::Forbidden;
            let seeds: Vec<Seeds> = some
                .iter()
                .map(|one| Some(one).filter(may).map_or_else(Seeds::default, |c| need.seeds(c, 0)))
                .collect();
            let matrix = CostMatrix::within(&ground, &seeds, &columns, need.cutoff);
            for (row, candidate) in some.iter().enumerate() {
                list.clear();
                list.extend(matrix.row(row).iter().filter(|pair| is_nearer(pair.0, pair.1)));
                pairs += list.len();
                if pairs > WALKS_MAX {
                    return Err(WalksError::TooManyPairs);
                }
                builder.add_site(&list, candidate.standing.status())?;
            }
        }
        progress.step(Stage::Reaching, total, total).map_err(PlanError::from)?;
        let open: Vec<(u32, WalkTime)> = (0..).zip(existing.iter().copied()).collect();
        builder.add_site(&open, SiteStatus::Existing)?;
        Ok(builder.build()?)
    }

    /// The least reach at which every row has a candidate that may be chosen or something open, and the rows
    /// among `rows` with their people.
    pub fn least_reach(&self, candidates: &[Candidate], rows: &[u32]) -> (WalkTime, Persons) {
        let open: Vec<SiteId> = (0..candidates.len())
            .filter(|&site| candidates[site].standing != SiteStanding::Forbidden)
            .map(SiteId::from_index)
            .collect();
        let times: DemandTimes = self.need.times_with(candidates, &open);
        let least = rows.iter().map(|&row| times.time(self.need.rows[row as usize])).max();
        let persons = rows.iter().map(|&row| self.need.persons[row as usize]).sum();
        (least.unwrap_or(WalkTime::ZERO), persons)
    }
}

/// Rows whose people count at the price of `problem` when `chosen` are open beside what exists, with their weight.
pub fn at_price(
    instance: &AssignInstance,
    problem: &AssignProblem,
    chosen: &[SiteId],
) -> (usize, i64) {
    let Some(price) = problem.unserved() else { return (0, 0) };
    let times = instance.nearest(chosen);
    let far = times.iter().enumerate().filter(|(row, time)| {
        instance.weight(*row) > 0 && time.reached().is_none_or(|time| time > price)
    });
    far.fold((0, 0), |(rows, weight), (row, _)| (rows + 1, weight + instance.weight(row)))
}

/// Where every row goes when `chosen` are open beside what exists: rows that nobody serves are left out. Of
/// sites equally near, the one of the smaller id.
pub fn served(instance: &AssignInstance, chosen: &[SiteId]) -> Vec<Served> {
    let mut open = vec![false; instance.site_count()];
    for &site in chosen {
        open[site.index()] = true;
    }
    let goes = |row: usize| {
        let nearest = instance.walks(row).iter().find(|walk| open[walk.site.index()]);
        let to_site = nearest.map(|walk| (Some(walk.site), WalkTime::from_ms(walk.ms)));
        let (site, time) =
            to_site.or_else(|| Some((None, instance.existing_time(row).reached()?)))?;
        Some(Served { row: row as u32, site, time })
    };
    (0..instance.row_count()).filter_map(goes).collect()
}
