//! The p-median instance as the solver sees it: equal rows merged, sites renumbered, a way out for each row.

use crate::ids::SiteId;
use crate::placement::assignment::{AssignInstance, AssignProblem, Walk};
use crate::placement::instance::SiteStatus;
use crate::units::WalkTime;

/// Marks a row that counts nothing, and a row served by no chosen site.
pub(super) const NONE: u32 = u32::MAX;

/// A site of a row's list, or a row of a site's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The site or row at the other end.
    pub(super) other: u32,
    /// Milliseconds between the two.
    pub(super) ms: u32,
}

/// Lists of links, one list a key.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    start: Vec<usize>,
    links: Vec<Link>,
}

impl Links {
    pub(super) fn new() -> Self {
        Self { start: vec![0], links: Vec::new() }
    }

    pub(super) fn get(&self, key: usize) -> &[Link] {
        &self.links[self.start[key]..self.start[key + 1]]
    }

    pub(super) fn len(&self) -> usize {
        self.links.len()
    }

    pub(super) fn push_list(&mut self, list: impl Iterator<Item = Link>) {
        self.links.extend(list);
        self.start.push(self.links.len());
    }

    /// The lists the other way round.
    pub(super) fn transposed(&self, keys: usize) -> Self {
        let mut start = vec![0_usize; keys + 1];
        for link in &self.links {
            start[link.other as usize + 1] += 1;
        }
        for key in 0..keys {
            start[key + 1] += start[key];
        }
        let mut next = start.clone();
        let mut links = vec![Link { other: 0, ms: 0 }; self.links.len()];
        for key in 0..self.start.len() - 1 {
            for link in self.get(key) {
                let place = &mut next[link.other as usize];
                links[*place] = Link { other: key as u32, ms: link.ms };
                *place += 1;
            }
        }
        Self { start, links }
    }
}

/// Rows with a weight each, the sites nearer than their way out, and the way out: the time to the nearest
/// existing site, the time of the unserved, or one so long that a plan using it costs more than any other.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// Model row of each demand row, [`NONE`] for nobody.
    pub(super) class: Vec<u32>,
    /// Summed weight of each model row.
    pub(super) weights: Vec<i64>,
    /// Sites of each row, nearest first.
    pub(super) rows: Links,
    /// Rows of each site.
    pub(super) columns: Links,
    /// The way out of each row, in milliseconds.
    pub(super) way_out: Vec<i64>,
    /// Id of each model site.
    pub(super) sites: Vec<SiteId>,
    /// Whether each model site must be chosen.
    pub(super) required: Vec<bool>,
    /// A plan of at least this cost leaves somebody unserved; `None` when nobody can be.
    pub(super) served_below: Option<i64>,
}

impl Model {
    pub(super) fn new(instance: &AssignInstance, problem: &AssignProblem) -> Self {
        let mut number = vec![NONE; instance.site_count()];
        let mut sites = Vec::new();
        let mut required = Vec::new();
        for site in (0..instance.site_count() as u32).map(SiteId) {
            let status = instance.status(site);
            if matches!(status, SiteStatus::Free | SiteStatus::Required) {
                number[site.0 as usize] = sites.len() as u32;
                sites.push(site);
                required.push(status == SiteStatus::Required);
            }
        }
        let (class, leaders) = merged_rows(instance);
        let mut weights = vec![0_i64; leaders.len()];
        for (row, &merged) in class.iter().enumerate().filter(|(_, merged)| **merged != NONE) {
            weights[merged as usize] += instance.weight(row);
        }
        let unserved = problem.unserved().map(WalkTime::as_ms);
        let mut rows = Links::new();
        for &row in &leaders {
            let near =
                instance.walks(row).iter().filter(|walk| unserved.is_none_or(|ms| walk.ms < ms));
            rows.push_list(
                near.map(|walk| Link { other: number[walk.site.0 as usize], ms: walk.ms }),
            );
        }
        let columns = rows.transposed(sites.len());
        let mut model = Self {
            class,
            weights,
            rows,
            columns,
            way_out: Vec::new(),
            sites,
            required,
            served_below: None,
        };
        model.find_ways_out(instance, &leaders, problem);
        model
    }

    /// Rows without an existing site and without a time for the unserved get a way out that is never worth
    /// it: one more than the longest walk where every site reaches the row, else one that costs more than
    /// any plan that serves everybody.
    fn find_ways_out(
        &mut self,
        instance: &AssignInstance,
        leaders: &[usize],
        problem: &AssignProblem,
    ) {
        let unserved = problem.unserved().map(WalkTime::as_ms);
        let longest = |row: usize| i64::from(instance.longest_ms(row).unwrap_or(0));
        let most: i64 =
            (0..leaders.len()).map(|row| self.weights[row] * longest(leaders[row])).sum();
        let everywhere = problem.max_sites > 0 && !self.sites.is_empty();
        let roof = (i64::MAX / 4) / (leaders.len() as i64).max(1);
        for (merged, &row) in leaders.iter().enumerate() {
            let settled = instance.existing_time(row).reached().map(WalkTime::as_ms);
            let way_out = match settled.into_iter().chain(unserved).min() {
                Some(ms) => i64::from(ms),
                None if everywhere && self.rows.get(merged).len() == self.sites.len() => {
                    longest(row) + 1
                }
                None => {
                    self.served_below = Some(most + 1);
                    (most / self.weights[merged] + 1).min((roof / self.weights[merged]).max(1))
                }
            };
            self.way_out.push(way_out);
        }
    }

    pub(super) fn row_count(&self) -> usize {
        self.weights.len()
    }

    pub(super) fn site_count(&self) -> usize {
        self.sites.len()
    }

    /// The prices of model rows, for each demand row.
    pub(super) fn spread(&self, prices: &[i64]) -> Vec<i64> {
        let price = |&row: &u32| if row == NONE { 0 } else { prices[row as usize] };
        self.class.iter().map(price).collect()
    }

    pub(super) fn ids(&self, chosen: &[u32]) -> Vec<SiteId> {
        let mut ids: Vec<SiteId> = chosen.iter().map(|&site| self.sites[site as usize]).collect();
        ids.sort_unstable();
        ids
    }
}

/// The greatest number that divides every term a plan's cost can be summed from.
pub(super) fn unit(instance: &AssignInstance, problem: &AssignProblem) -> i64 {
    let mut unit = 0;
    for row in 0..instance.row_count() {
        let fixed = instance.existing_time(row).reached().into_iter().chain(problem.unserved());
        let near = instance.walks(row).iter().map(|walk| walk.ms);
        for ms in fixed.map(WalkTime::as_ms).chain(near) {
            unit = gcd(unit, instance.weight(row).saturating_mul(i64::from(ms)));
            if unit == 1 {
                return 1;
            }
        }
    }
    unit.max(1)
}

/// Classes of rows with the same walks and existing time, and the first row of each class.
fn merged_rows(instance: &AssignInstance) -> (Vec<u32>, Vec<usize>) {
    let mut order: Vec<u32> = (0..instance.row_count() as u32).collect();
    order.retain(|&row| instance.weight(row as usize) > 0);
    let key = |row: u32| -> (WalkTime, &[Walk]) {
        (instance.existing_time(row as usize), instance.walks(row as usize))
    };
    order.sort_by(|&a, &b| key(a).cmp(&key(b)));
    let mut leader = vec![NONE; instance.row_count()];
    let mut previous: Option<u32> = None;
    for &row in &order {
        let same = previous.filter(|&other| key(other) == key(row));
        leader[row as usize] = same.map_or(row, |other| leader[other as usize]);
        previous = Some(row);
    }
    let mut class = vec![NONE; instance.row_count()];
    let mut leaders = Vec::new();
    for row in 0..instance.row_count() {
        match leader[row] {
            NONE => {}
            first if first as usize == row => {
                class[row] = leaders.len() as u32;
                leaders.push(row);
            }
            first => class[row] = class[first as usize],
        }
    }
    (class, leaders)
}

const fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
