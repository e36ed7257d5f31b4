//! How long the walk from each demand row to each candidate site is, for problems where everybody goes to
//! the nearest chosen site (p-median, p-center).

use serde::{Deserialize, Serialize};

use super::instance::{SUM_LIMIT, SiteStatus};
use crate::ids::{Id, SiteId};
use crate::units::WalkTime;

/// Why an instance cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// A weight is negative.
    #[error("demand row {row} has the negative weight {weight}")]
    NegativeWeight {
        /// The row.
        row: usize,
        /// Its weight.
        weight: i64,
    },
    /// A time names a row that is not there.
    #[error("site {site} has a time to demand row {row}, but there are only {rows} rows")]
    RowOutOfRange {
        /// The site.
        site: usize,
        /// The row it names.
        row: u32,
        /// How many rows there are.
        rows: usize,
    },
    /// A time is longer than a time can be.
    #[error(
        "the walk between demand row {row} and site {site} takes {ms} ms, longer than a time can be"
    )]
    TimeTooLong {
        /// The site.
        site: usize,
        /// The row.
        row: u32,
        /// The time.
        ms: u32,
    },
    /// A table of times has not one number for each row and site.
    #[error("the table of times holds {found} numbers, but rows times sites are {expected}")]
    TableShape {
        /// Rows times sites.
        expected: usize,
        /// How many numbers there are.
        found: usize,
    },
    /// More rows or sites than an id can name.
    #[error("there are more {what} than can be numbered; leave some out")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
    },
    /// Weights, or weights times their longest walks, sum to more than [`SUM_LIMIT`].
    #[error("the {what} sum to more than {SUM_LIMIT}; use a coarser unit of weight")]
    SumTooLarge {
        /// Which numbers.
        what: &'static str,
    },
}

/// A site a row may be served from, and how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Walk {
    /// Walking time in milliseconds.
    pub ms: u32,
    /// The site.
    pub site: SiteId,
}

/// Demand rows with weights, sites with states, and the walking times between them, as sparse lists.
///
/// A row's list is sorted by time, then site. It holds only sites open to choice that are nearer than the
/// nearest existing site; a pair that is not there is out of reach. 8 bytes a pair. Rows of weight 0 are
/// nobody and count in no problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignInstance {
    start: Vec<u64>,
    walks: Vec<Walk>,
    weights: Vec<i64>,
    existing: Vec<WalkTime>,
    statuses: Vec<SiteStatus>,
    total_weight: i64,
}

impl AssignInstance {
    /// A builder over demand rows with these weights (whole numbers of the caller's unit, not negative).
    ///
    /// # Errors
    /// [`AssignError`] for a negative weight, too many rows or a sum above [`SUM_LIMIT`].
    pub fn builder(weights: Vec<i64>) -> Result<AssignInstanceBuilder, AssignError> {
        if weights.len() >= u32::MAX as usize {
            return Err(AssignError::TooMany { what: "demand rows" });
        }
        let mut total = 0_i64;
        for (row, &weight) in weights.iter().enumerate() {
            if weight < 0 {
                return Err(AssignError::NegativeWeight { row, weight });
            }
            total = bounded_sum(total, weight, "weights")?;
        }
        let existing = vec![WalkTime::UNREACHABLE; weights.len()];
        Ok(AssignInstanceBuilder {
            weights,
            total,
            triples: Vec::new(),
            existing,
            statuses: Vec::new(),
        })
    }

    /// An instance from a full table: `times[row * statuses.len() + site]`,
    /// [`WalkTime::UNREACHABLE`] for out of reach.
    ///
    /// # Errors
    /// [`AssignError`] when the table has another size, and as for the builder.
    pub fn from_table(
        times: &[WalkTime],
        weights: Vec<i64>,
        statuses: &[SiteStatus],
    ) -> Result<Self, AssignError> {
        let expected = weights.len().saturating_mul(statuses.len());
        if times.len() != expected {
            return Err(AssignError::TableShape { expected, found: times.len() });
        }
        let rows = weights.len();
        let mut builder = Self::builder(weights)?;
        let mut column = Vec::with_capacity(rows);
        for (site, &status) in statuses.iter().enumerate() {
            column.clear();
            column.extend((0..rows).map(|row| (row as u32, times[row * statuses.len() + site])));
            builder.add_site(&column, status)?;
        }
        builder.build()
    }

    /// How many sites there are, of any state.
    pub fn site_count(&self) -> usize {
        self.statuses.len()
    }

    /// How many demand rows there are.
    pub fn row_count(&self) -> usize {
        self.weights.len()
    }

    /// How many pairs of a row and a site within its reach there are.
    pub fn pair_count(&self) -> usize {
        self.walks.len()
    }

    /// The sites that may serve `row`, nearest first.
    pub fn walks(&self, row: usize) -> &[Walk] {
        &self.walks[self.start[row] as usize..self.start[row + 1] as usize]
    }

    /// The weight of `row`.
    pub fn weight(&self, row: usize) -> i64 {
        self.weights[row]
    }

    /// The weight of all rows.
    pub fn total_weight(&self) -> i64 {
        self.total_weight
    }

    /// The time from `row` to its nearest existing site, [`WalkTime::UNREACHABLE`] when there is none.
    pub fn existing_time(&self, row: usize) -> WalkTime {
        self.existing[row]
    }

    /// The state of `site`.
    pub fn status(&self, site: SiteId) -> SiteStatus {
        self.statuses[site.index()]
    }

    /// The sites that must be chosen, in order.
    pub fn required(&self) -> impl Iterator<Item = SiteId> + '_ {
        self.with_status(SiteStatus::Required)
    }

    /// The sites of one state, in order.
    pub fn with_status(&self, status: SiteStatus) -> impl Iterator<Item = SiteId> + '_ {
        let all = self.statuses.iter().enumerate();
        all.filter(move |(_, found)| **found == status).map(|(site, _)| SiteId::from_index(site))
    }

    /// The same where nothing stands yet, with some sites in other states.
    ///
    /// # Errors
    /// [`AssignError`], as for the builder; the walks of a valid instance give none.
    pub fn with_statuses(&self, statuses: &[(u32, SiteStatus)]) -> Result<Self, AssignError> {
        let mut own = self.statuses.clone();
        for &(site, status) in statuses {
            if let Some(own) = own.get_mut(site as usize) {
                *own = status;
            }
        }
        let mut times: Vec<Vec<(u32, WalkTime)>> = vec![Vec::new(); own.len()];
        for row in 0..self.row_count() {
            for walk in self.walks(row) {
                times[walk.site.index()].push((row as u32, WalkTime::from_ms(walk.ms)));
            }
        }
        let mut builder = Self::builder(self.weights.clone())?;
        for (times, status) in times.iter().zip(own) {
            builder.add_site(times, status)?;
        }
        builder.build()
    }

    /// The time of each row to the nearest of `chosen` and the existing sites.
    pub fn nearest(&self, chosen: &[SiteId]) -> Vec<WalkTime> {
        let mut open = vec![false; self.site_count()];
        for &site in chosen {
            open[site.index()] = true;
        }
        let row_time = |row| {
            let walk = self.walks(row).iter().find(|walk| open[walk.site.index()]);
            walk.map_or(self.existing[row], |walk| WalkTime::from_ms(walk.ms))
        };
        (0..self.row_count()).map(row_time).collect()
    }
}

/// Takes the sites of an [`AssignInstance`] one by one.
#[derive(Clone, Debug)]
pub struct AssignInstanceBuilder {
    weights: Vec<i64>,
    total: i64,
    triples: Vec<(u32, Walk)>,
    existing: Vec<WalkTime>,
    statuses: Vec<SiteStatus>,
}

impl AssignInstanceBuilder {
    /// Adds a site with its times to rows (any order; the least time of a repeated row counts, unreachable
    /// ones are left out) and returns its id.
    ///
    /// # Errors
    /// [`AssignError`] for a row out of range, a time too long, or too many sites.
    pub fn add_site(
        &mut self,
        times: &[(u32, WalkTime)],
        status: SiteStatus,
    ) -> Result<SiteId, AssignError> {
        let site = self.statuses.len();
        if site >= u32::MAX as usize {
            return Err(AssignError::TooMany { what: "candidate sites" });
        }
        for &(row, time) in times {
            if row as usize >= self.weights.len() {
                return Err(AssignError::RowOutOfRange { site, row, rows: self.weights.len() });
            }
            if time.is_reachable() && time > WalkTime::LONGEST {
                return Err(AssignError::TimeTooLong { site, row, ms: time.as_ms() });
            }
        }
        let id = SiteId::from_index(site);
        for &(row, time) in times.iter().filter(|(_, time)| time.is_reachable()) {
            match status {
                SiteStatus::Forbidden => {}
                SiteStatus::Existing => {
                    let nearest = &mut self.existing[row as usize];
                    *nearest = time.min(*nearest);
                }
                SiteStatus::Free | SiteStatus::Required => {
                    self.triples.push((row, Walk { ms: time.as_ms(), site: id }));
                }
            }
        }
        self.statuses.push(status);
        Ok(id)
    }

    /// The finished instance.
    ///
    /// # Errors
    /// [`AssignError::SumTooLarge`] when weights times longest walks sum to more than [`SUM_LIMIT`].
    pub fn build(self) -> Result<AssignInstance, AssignError> {
        let rows = self.weights.len();
        let mut start = vec![0_u64; rows + 1];
        for (row, _) in &self.triples {
            start[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            start[row + 1] += start[row];
        }
        let mut next = start.clone();
        let mut sorted = vec![Walk { ms: 0, site: SiteId(0) }; self.triples.len()];
        for (row, walk) in &self.triples {
            let place = &mut next[*row as usize];
            sorted[*place as usize] = *walk;
            *place += 1;
        }
        drop(self.triples);
        let mut walks = Vec::with_capacity(sorted.len());
        let mut seen = vec![u32::MAX; self.statuses.len()];
        let mut begin = 0;
        for row in 0..rows {
            let end = start[row + 1] as usize;
            let list = &mut sorted[begin..end];
            list.sort_unstable();
            for walk in list.iter() {
                let nearer = walk.ms < self.existing[row].as_ms();
                let first =
                    std::mem::replace(&mut seen[walk.site.index()], row as u32) != row as u32;
                if nearer && first {
                    walks.push(*walk);
                }
            }
            begin = end;
            start[row + 1] = walks.len() as u64;
        }
        let instance = AssignInstance {
            start,
            walks,
            weights: self.weights,
            existing: self.existing,
            statuses: self.statuses,
            total_weight: self.total,
        };
        instance.check_sums()?;
        Ok(instance)
    }
}

impl AssignInstance {
    /// The longest walk of `row` to any site it may be served from, in milliseconds; `None` when there is none.
    pub(super) fn longest_ms(&self, row: usize) -> Option<u32> {
        let existing = self.existing[row].reached().map(WalkTime::as_ms);
        existing.or_else(|| self.walks(row).last().map(|walk| walk.ms))
    }

    fn check_sums(&self) -> Result<(), AssignError> {
        let what = "weights times their longest walks";
        let mut sum = 0_i64;
        for (row, &weight) in self.weights.iter().enumerate() {
            let longest = i64::from(self.longest_ms(row).unwrap_or(0));
            let most = weight.checked_mul(longest).ok_or(AssignError::SumTooLarge { what })?;
            sum = bounded_sum(sum, most, what)?;
        }
        Ok(())
    }
}

fn bounded_sum(sum: i64, more: i64, what: &'static str) -> Result<i64, AssignError> {
    sum.checked_add(more).filter(|&sum| sum <= SUM_LIMIT).ok_or(AssignError::SumTooLarge { what })
}

/// What an assignment plan is to reach, everybody going to the nearest site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AssignGoal {
    /// The least sum of weight times walking time (p-median).
    Median {
        /// Whoever has no nearer site counts as if this far; without it everybody must be served.
        unserved: Option<WalkTime>,
    },
    /// The least longest walk (p-center).
    Center,
}

/// An assignment problem on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AssignProblem {
    /// What is minimized.
    pub goal: AssignGoal,
    /// At most so many sites may be chosen; required ones count, existing ones do not.
    pub max_sites: u32,
}

impl AssignProblem {
    /// The p-median problem: everybody must be served.
    pub const fn median(max_sites: u32) -> Self {
        Self { goal: AssignGoal::Median { unserved: None }, max_sites }
    }

    /// The p-center problem.
    pub const fn center(max_sites: u32) -> Self {
        Self { goal: AssignGoal::Center, max_sites }
    }

    /// Whether a plan must serve every row with people.
    pub fn serves_everybody(&self) -> bool {
        self.unserved().is_none()
    }

    /// The time that whoever is not served counts as, if there is one.
    pub fn unserved(&self) -> Option<WalkTime> {
        match self.goal {
            AssignGoal::Median { unserved } => unserved.filter(|time| time.is_reachable()),
            AssignGoal::Center => None,
        }
    }

    /// What `chosen` reaches: milliseconds times weight, or milliseconds; `None` when somebody is not served.
    pub fn value(&self, instance: &AssignInstance, chosen: &[SiteId]) -> Option<i64> {
        let times = instance.nearest(chosen);
        let somebody = times.iter().enumerate().filter(|(row, _)| instance.weight(*row) > 0);
        match self.goal {
            AssignGoal::Center => somebody
                .map(|(_, time)| time.reached().map(|time| i64::from(time.as_ms())))
                .try_fold(0, |most, time| Some(time?.max(most))),
            AssignGoal::Median { .. } => somebody
                .map(|(row, time)| {
                    let time = time.reached().into_iter().chain(self.unserved()).min()?;
                    instance.weight(row).checked_mul(i64::from(time.as_ms()))
                })
                .try_fold(0_i64, |sum, cost| sum.checked_add(cost?)),
        }
    }
}
