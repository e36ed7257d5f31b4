//! Candidate sites and the demand rows each would cover.

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId};

/// Weights, costs and bonuses of one instance each sum to at most this, so that no sum overflows.
pub const SUM_LIMIT: i64 = 1 << 60;

/// What may be done with a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteStatus {
    /// May be chosen.
    #[default]
    Free,
    /// Must be chosen; its cost counts.
    Required,
    /// May not be chosen.
    Forbidden,
    /// Stands already: what it covers is settled; it is never chosen and costs nothing.
    Existing,
}

/// What choosing a site means, beside what it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SiteFacts {
    /// Cost in whole units of the caller's choice, not negative.
    pub cost: i64,
    /// Worth of the choice itself in the unit of the weights (an applied-for site), not negative.
    pub bonus: i64,
    /// What may be done with the site.
    pub status: SiteStatus,
}

impl Default for SiteFacts {
    fn default() -> Self {
        Self { cost: 1, bonus: 0, status: SiteStatus::Free }
    }
}

/// Why an instance cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstanceError {
    /// A weight is negative.
    #[error("demand row {row} has the negative weight {weight}")]
    NegativeWeight {
        /// The row.
        row: usize,
        /// Its weight.
        weight: i64,
    },
    /// A cost is negative.
    #[error("site {site} has the negative cost {cost}")]
    NegativeCost {
        /// The site.
        site: usize,
        /// Its cost.
        cost: i64,
    },
    /// A site can serve fewer than nobody.
    #[error("site {site} serves {serves} people; a capacity is 0 or more")]
    NegativeCapacity {
        /// The site.
        site: usize,
        /// Its capacity in micro-persons.
        serves: i64,
    },
    /// A bonus is negative.
    #[error("site {site} has the negative bonus {bonus}")]
    NegativeBonus {
        /// The site.
        site: usize,
        /// Its bonus.
        bonus: i64,
    },
    /// A site covers a row that is not there.
    #[error("site {site} covers demand row {row}, but there are only {rows} rows")]
    RowOutOfRange {
        /// The site.
        site: usize,
        /// The row it names.
        row: u32,
        /// How many rows there are.
        rows: usize,
    },
    /// More rows than an id can name.
    #[error("{rows} demand rows are more than can be numbered; merge some")]
    TooManyRows {
        /// How many.
        rows: usize,
    },
    /// More sites than an id can name.
    #[error("there are more candidate sites than can be numbered; leave some out")]
    TooManySites,
    /// The weights, costs or bonuses sum to more than [`SUM_LIMIT`].
    #[error("the {what} sum to more than {SUM_LIMIT}; use a coarser unit")]
    SumTooLarge {
        /// Which numbers.
        what: &'static str,
    },
}

/// Lists of ids, one list a key, in one array (compressed rows).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lists {
    /// Where the list of each key begins; one more than there are keys.
    start: Vec<u64>,
    items: Vec<u32>,
}

impl Lists {
    fn get(&self, key: usize) -> &[u32] {
        &self.items[self.start[key] as usize..self.start[key + 1] as usize]
    }

    /// The lists the other way round, each sorted because keys are met in order.
    fn transposed(&self, keys: usize) -> Self {
        let mut start = vec![0_u64; keys + 1];
        for &item in &self.items {
            start[item as usize + 1] += 1;
        }
        for key in 0..keys {
            start[key + 1] += start[key];
        }
        let mut next = start.clone();
        let mut items = vec![0_u32; self.items.len()];
        for key in 0..self.start.len() - 1 {
            for &item in self.get(key) {
                let place = &mut next[item as usize];
                items[*place as usize] = key as u32;
                *place += 1;
            }
        }
        Self { start, items }
    }
}

/// Which demand rows each candidate site would cover, with weights, costs and states.
///
/// Rows that an [`SiteStatus::Existing`] site covers are *settled*: they are in no list, their weight counts
/// as [`CoverInstance::settled_weight`] and not in any solution's value. All lists are sorted, without
/// repeats; sizes are 4 bytes a covered pair and direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverInstance {
    rows_of: Lists,
    sites_of: Lists,
    weights: Vec<i64>,
    settled: Vec<bool>,
    facts: Vec<SiteFacts>,
    settled_weight: i64,
    total_weight: i64,
}

impl CoverInstance {
    /// A builder over demand rows with these weights (whole micro-persons, not negative).
    ///
    /// # Errors
    /// [`InstanceError`] for a negative weight, too many rows or a sum above [`SUM_LIMIT`].
    pub fn builder(weights: Vec<i64>) -> Result<CoverInstanceBuilder, InstanceError> {
        if weights.len() >= u32::MAX as usize {
            return Err(InstanceError::TooManyRows { rows: weights.len() });
        }
        let mut total = 0_i64;
        for (row, &weight) in weights.iter().enumerate() {
            if weight < 0 {
                return Err(InstanceError::NegativeWeight { row, weight });
            }
            total = bounded_sum(total, weight, "weights")?;
        }
        Ok(CoverInstanceBuilder {
            weights,
            total,
            start: vec![0],
            items: Vec::new(),
            facts: Vec::new(),
            costs: 0,
            bonuses: 0,
        })
    }

    /// How many sites there are, of any state.
    pub fn site_count(&self) -> usize {
        self.facts.len()
    }

    /// How many demand rows there are, settled ones included.
    pub fn row_count(&self) -> usize {
        self.weights.len()
    }

    /// How many pairs of site and unsettled row there are.
    pub fn pair_count(&self) -> usize {
        self.rows_of.items.len()
    }

    /// All sites in order.
    pub fn sites(&self) -> impl DoubleEndedIterator<Item = SiteId> + ExactSizeIterator + use<> {
        (0..self.facts.len()).map(SiteId::from_index)
    }

    /// The unsettled rows `site` covers, sorted.
    pub fn rows_of(&self, site: SiteId) -> &[u32] {
        self.rows_of.get(site.index())
    }

    /// The sites that cover `row`, sorted, as indices; none for a settled row.
    pub fn sites_of(&self, row: usize) -> &[u32] {
        self.sites_of.get(row)
    }

    /// The weight of each row, settled ones included.
    pub fn weights(&self) -> &[i64] {
        &self.weights
    }

    /// The weight of `row`.
    pub fn weight(&self, row: usize) -> i64 {
        self.weights[row]
    }

    /// Whether an existing site covers `row` already.
    pub fn is_settled(&self, row: usize) -> bool {
        self.settled[row]
    }

    /// The weight existing sites cover already.
    pub fn settled_weight(&self) -> i64 {
        self.settled_weight
    }

    /// The weight of all rows.
    pub fn total_weight(&self) -> i64 {
        self.total_weight
    }

    /// Cost, bonus and state of `site`.
    pub fn facts(&self, site: SiteId) -> SiteFacts {
        self.facts[site.index()]
    }

    /// The cost of `site`.
    pub fn cost(&self, site: SiteId) -> i64 {
        self.facts[site.index()].cost
    }

    /// The bonus of `site`.
    pub fn bonus(&self, site: SiteId) -> i64 {
        self.facts[site.index()].bonus
    }

    /// The state of `site`.
    pub fn status(&self, site: SiteId) -> SiteStatus {
        self.facts[site.index()].status
    }

    /// Whether `site` may be or must be chosen.
    pub fn is_open_to_choice(&self, site: SiteId) -> bool {
        matches!(self.status(site), SiteStatus::Free | SiteStatus::Required)
    }

    /// The same where nothing stands yet, with some sites in other states.
    ///
    /// # Errors
    /// [`InstanceError`], as for the builder; a list of a valid instance gives none.
    pub fn with_statuses(&self, statuses: &[(u32, SiteStatus)]) -> Result<Self, InstanceError> {
        let mut facts = self.facts.clone();
        for &(site, status) in statuses {
            if let Some(facts) = facts.get_mut(site as usize) {
                facts.status = status;
            }
        }
        let mut builder = Self::builder(self.weights.clone())?;
        for (site, facts) in self.sites().zip(facts) {
            builder.add_site(self.rows_of(site), facts)?;
        }
        Ok(builder.build())
    }

    /// The weight newly covered by `chosen`, each row once.
    pub fn covered_weight(&self, chosen: &[SiteId]) -> i64 {
        let mut seen = vec![false; self.row_count()];
        let mut sum = 0;
        for &site in chosen {
            for &row in self.rows_of(site) {
                if !std::mem::replace(&mut seen[row as usize], true) {
                    sum += self.weights[row as usize];
                }
            }
        }
        sum
    }
}

/// Takes the sites of a [`CoverInstance`] one by one.
#[derive(Clone, Debug)]
pub struct CoverInstanceBuilder {
    weights: Vec<i64>,
    total: i64,
    start: Vec<u64>,
    items: Vec<u32>,
    facts: Vec<SiteFacts>,
    costs: i64,
    bonuses: i64,
}

impl CoverInstanceBuilder {
    /// Adds a site that covers `rows` (any order, repeats allowed) and returns its id.
    ///
    /// # Errors
    /// [`InstanceError`] for a row out of range, a negative cost or bonus, too many sites or too large a sum.
    pub fn add_site(&mut self, rows: &[u32], facts: SiteFacts) -> Result<SiteId, InstanceError> {
        let site = self.facts.len();
        if site >= u32::MAX as usize {
            return Err(InstanceError::TooManySites);
        }
        if facts.cost < 0 {
            return Err(InstanceError::NegativeCost { site, cost: facts.cost });
        }
        if facts.bonus < 0 {
            return Err(InstanceError::NegativeBonus { site, bonus: facts.bonus });
        }
        let count = self.weights.len();
        if let Some(&row) = rows.iter().find(|&&row| row as usize >= count) {
            return Err(InstanceError::RowOutOfRange { site, row, rows: count });
        }
        let costs = bounded_sum(self.costs, facts.cost, "costs")?;
        self.bonuses = bounded_sum(self.bonuses, facts.bonus, "bonuses")?;
        self.costs = costs;
        let begin = self.items.len();
        self.items.extend_from_slice(rows);
        if !rows.is_sorted_by(|a, b| a < b) {
            self.items[begin..].sort_unstable();
            self.drop_repeats(begin);
        }
        self.start.push(self.items.len() as u64);
        self.facts.push(facts);
        Ok(SiteId::from_index(site))
    }

    /// The finished instance, with the rows of existing sites settled.
    pub fn build(self) -> CoverInstance {
        let mut settled = vec![false; self.weights.len()];
        let mut lists = Lists { start: self.start, items: self.items };
        let mut some_settled = false;
        for (site, facts) in self.facts.iter().enumerate() {
            if facts.status == SiteStatus::Existing {
                for &row in lists.get(site) {
                    settled[row as usize] = true;
                    some_settled = true;
                }
            }
        }
        if some_settled {
            drop_settled(&mut lists, &settled);
        }
        let settled_weight = self
            .weights
            .iter()
            .zip(&settled)
            .filter(|(_, settled)| **settled)
            .map(|(weight, _)| weight)
            .sum();
        let sites_of = lists.transposed(self.weights.len());
        CoverInstance {
            rows_of: lists,
            sites_of,
            weights: self.weights,
            settled,
            facts: self.facts,
            settled_weight,
            total_weight: self.total,
        }
    }

    fn drop_repeats(&mut self, begin: usize) {
        let mut write = begin;
        for read in begin..self.items.len() {
            if write == begin || self.items[write - 1] != self.items[read] {
                self.items[write] = self.items[read];
                write += 1;
            }
        }
        self.items.truncate(write);
    }
}

fn drop_settled(lists: &mut Lists, settled: &[bool]) {
    let mut write = 0_usize;
    let mut begin = 0_usize;
    for key in 0..lists.start.len() - 1 {
        let end = lists.start[key + 1] as usize;
        for read in begin..end {
            let row = lists.items[read];
            if !settled[row as usize] {
                lists.items[write] = row;
                write += 1;
            }
        }
        begin = end;
        lists.start[key + 1] = write as u64;
    }
    lists.items.truncate(write);
}

fn bounded_sum(sum: i64, more: i64, what: &'static str) -> Result<i64, InstanceError> {
    sum.checked_add(more).filter(|&sum| sum <= SUM_LIMIT).ok_or(InstanceError::SumTooLarge { what })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(status: SiteStatus) -> SiteFacts {
        SiteFacts { status, ..SiteFacts::default() }
    }

    #[test]
    fn lists_are_sorted_without_repeats_and_agree_both_ways() {
        let mut builder = CoverInstance::builder(vec![1, 2, 3, 4]).unwrap();
        builder.add_site(&[3, 0, 3, 1], SiteFacts::default()).unwrap();
        builder.add_site(&[], SiteFacts::default()).unwrap();
        builder.add_site(&[1, 2], SiteFacts::default()).unwrap();
        let instance = builder.build();
        assert_eq!(instance.rows_of(SiteId(0)), [0, 1, 3]);
        assert_eq!(instance.rows_of(SiteId(1)), [0_u32; 0]);
        assert_eq!(instance.sites_of(1), [0, 2]);
        assert_eq!(instance.covered_weight(&[SiteId(0), SiteId(2)]), 10);
    }

    #[test]
    fn what_existing_sites_cover_is_settled() {
        let mut builder = CoverInstance::builder(vec![1, 2, 4]).unwrap();
        builder.add_site(&[0, 1], SiteFacts::default()).unwrap();
        builder.add_site(&[1], facts(SiteStatus::Existing)).unwrap();
        builder.add_site(&[1, 2], facts(SiteStatus::Forbidden)).unwrap();
        let instance = builder.build();
        assert_eq!(instance.rows_of(SiteId(0)), [0]);
        assert_eq!(instance.rows_of(SiteId(1)), [0_u32; 0]);
        assert_eq!(instance.rows_of(SiteId(2)), [2]);
        assert_eq!((instance.settled_weight(), instance.total_weight()), (2, 7));
        assert!(instance.is_settled(1) && instance.sites_of(1).is_empty());
    }

    #[test]
    fn bad_numbers_are_named() {
        let negative = CoverInstance::builder(vec![1, -2]).map(|_| ());
        assert_eq!(negative, Err(InstanceError::NegativeWeight { row: 1, weight: -2 }));
        let large = CoverInstance::builder(vec![SUM_LIMIT, 1]).map(|_| ());
        assert_eq!(large, Err(InstanceError::SumTooLarge { what: "weights" }));
        let mut builder = CoverInstance::builder(vec![1]).unwrap();
        let out = builder.add_site(&[1], SiteFacts::default());
        assert_eq!(out, Err(InstanceError::RowOutOfRange { site: 0, row: 1, rows: 1 }));
        let cost = builder.add_site(&[0], SiteFacts { cost: -1, ..SiteFacts::default() });
        assert_eq!(cost, Err(InstanceError::NegativeCost { site: 0, cost: -1 }));
        let bonus = builder.add_site(&[0], SiteFacts { bonus: -1, ..SiteFacts::default() });
        assert_eq!(bonus, Err(InstanceError::NegativeBonus { site: 0, bonus: -1 }));
        let sum = builder.add_site(&[0], SiteFacts { cost: i64::MAX, ..SiteFacts::default() });
        assert_eq!(sum, Err(InstanceError::SumTooLarge { what: "costs" }));
        assert_eq!(builder.build().site_count(), 0);
    }
}
