//! Can at most p sites cover all rows within a time? Rows as bit sets of sites, and what can be left out.
//!
//! A row is left out when the sites of another row are among its own (it is covered with that one); a site
//! when another covers all it covers (Toregas and `ReVelle` 1972). The first needs no proof, the second is told
//! in the certificate.

use crate::ids::{Id, SiteId};
use crate::placement::assign_solution::Dominance;
use crate::placement::assignment::{AssignInstance, AssignProblem};
use crate::placement::instance::SiteStatus;

/// So many words may be compared to find rows or sites to leave out.
const REDUCTION_WORDS: usize = 100_000_000;

/// Fixed-width bit sets in one array.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    words: Vec<u64>,
    width: usize,
}

impl Bits {
    pub(super) fn new(sets: usize, bits: usize) -> Self {
        let width = bits.div_ceil(64).max(1);
        Self { words: vec![0; sets * width], width }
    }

    pub(super) fn get(&self, set: usize) -> &[u64] {
        &self.words[set * self.width..(set + 1) * self.width]
    }

    fn insert(&mut self, set: usize, bit: usize) {
        self.words[set * self.width + bit / 64] |= 1 << (bit % 64);
    }

    fn len(&self, set: usize) -> u32 {
        self.get(set).iter().map(|word| word.count_ones()).sum()
    }

    /// Whether all of `small` is in `large`.
    fn is_subset(&self, small: usize, large: usize) -> bool {
        self.get(small).iter().zip(self.get(large)).all(|(small, large)| small & !large == 0)
    }
}

/// The covering problem of one time.
#[derive(Clone, Debug)]
pub(super) struct Cover {
    /// How many demand rows the instance has.
    instance_rows: usize,
    /// Ids of the sites that may be chosen, required ones aside.
    pub(super) sites: Vec<SiteId>,
    /// The required sites.
    pub(super) required: Vec<SiteId>,
    /// How many sites may be chosen beside the required ones.
    pub(super) count: usize,
    /// Demand row of each row to be covered.
    pub(super) rows: Vec<u32>,
    /// Sites of each row, as positions in `sites`, sorted.
    pub(super) sites_of: Vec<Vec<u32>>,
    /// Sites left out, in order.
    pub(super) dominated: Vec<Dominance>,
}

impl Cover {
    /// Rows with people not within `time` of an existing or required site, and the free sites near them.
    pub(super) fn new(instance: &AssignInstance, problem: &AssignProblem, time: u32) -> Self {
        let required: Vec<SiteId> = instance.required().collect();
        let sites: Vec<SiteId> = instance.with_status(SiteStatus::Free).collect();
        let mut number = vec![u32::MAX; instance.site_count()];
        for (at, site) in sites.iter().enumerate() {
            number[site.index()] = at as u32;
        }
        let (mut rows, mut sites_of) = (Vec::new(), Vec::new());
        for row in (0..instance.row_count()).filter(|&row| instance.weight(row) > 0) {
            if instance.existing_time(row).as_ms() <= time {
                continue;
            }
            let near = instance.walks(row).partition_point(|walk| walk.ms <= time);
            let near = &instance.walks(row)[..near];
            let mut list: Vec<u32> = near.iter().map(|walk| number[walk.site.index()]).collect();
            if list.contains(&u32::MAX) {
                continue;
            }
            list.sort_unstable();
            rows.push(row as u32);
            sites_of.push(list);
        }
        let count = (problem.max_sites as usize).saturating_sub(required.len()).min(sites.len());
        Self {
            instance_rows: instance.row_count(),
            sites,
            required,
            count,
            rows,
            sites_of,
            dominated: Vec::new(),
        }
    }

    pub(super) fn pairs(&self) -> usize {
        self.sites_of.iter().map(Vec::len).sum()
    }

    /// The prices of these rows, for each demand row.
    pub(super) fn spread(&self, prices: &[(usize, i64)]) -> Vec<i64> {
        let mut spread = vec![0; self.instance_rows];
        for &(row, price) in prices {
            spread[self.rows[row] as usize] = price;
        }
        spread
    }

    /// The rows of each site, sorted.
    pub(super) fn rows_of(&self) -> Vec<Vec<u32>> {
        let mut rows_of = vec![Vec::new(); self.sites.len()];
        for (row, sites) in self.sites_of.iter().enumerate() {
            for &site in sites {
                rows_of[site as usize].push(row as u32);
            }
        }
        rows_of
    }

    /// The required sites and the greedy choice, when that covers all rows with few enough sites.
    pub(super) fn greedy(&self) -> Option<Vec<SiteId>> {
        let rows_of = self.rows_of();
        let chosen = greedy_cover(&self.sites_of, &rows_of, self.count)?;
        Some(self.plan(&chosen))
    }

    /// The plan of the required sites and these.
    pub(super) fn plan(&self, chosen: &[u32]) -> Vec<SiteId> {
        let chosen = chosen.iter().map(|&site| self.sites[site as usize]);
        self.required.iter().copied().chain(chosen).collect()
    }

    /// Leaves out rows and sites until nothing changes.
    pub(super) fn reduce(&mut self) {
        loop {
            let before = (self.rows.len(), self.dominated.len());
            self.leave_out_rows();
            self.leave_out_sites();
            if before.1 == self.dominated.len() {
                return;
            }
        }
    }

    fn leave_out_rows(&mut self) {
        let kept = minimal_rows(&self.sites_of, self.sites.len());
        let lists = std::mem::take(&mut self.sites_of);
        let rows = std::mem::take(&mut self.rows);
        for ((list, row), kept) in lists.into_iter().zip(rows).zip(kept) {
            if kept {
                self.rows.push(row);
                self.sites_of.push(list);
            }
        }
    }

    fn leave_out_sites(&mut self) {
        let rows_of = self.rows_of();
        let mut bits = Bits::new(self.sites.len(), self.rows.len());
        for (site, rows) in rows_of.iter().enumerate() {
            for &row in rows {
                bits.insert(site, row as usize);
            }
        }
        let mut order: Vec<u32> = (0..self.sites.len() as u32)
            .filter(|&site| !rows_of[site as usize].is_empty())
            .collect();
        order.sort_by_key(|&site| (std::cmp::Reverse(rows_of[site as usize].len()), site));
        let mut kept: Vec<u32> = Vec::new();
        let mut gone = vec![false; self.sites.len()];
        let mut words = REDUCTION_WORDS;
        for site in order {
            let by = kept.iter().find(|&&other| {
                words = words.saturating_sub(1);
                words > 0 && bits.is_subset(site as usize, other as usize)
            });
            match by {
                Some(&by) => {
                    gone[site as usize] = true;
                    let (site, by) = (self.sites[site as usize], self.sites[by as usize]);
                    self.dominated.push(Dominance { site, by });
                }
                None => kept.push(site),
            }
        }
        for list in &mut self.sites_of {
            list.retain(|&site| !gone[site as usize]);
        }
    }
}

/// Marks rows that have no other row's sites among their own; of equal rows the first stays.
pub(super) fn minimal_rows(sites_of: &[Vec<u32>], sites: usize) -> Vec<bool> {
    let mut bits = Bits::new(sites_of.len(), sites);
    for (row, list) in sites_of.iter().enumerate() {
        for &site in list {
            bits.insert(row, site as usize);
        }
    }
    let mut order: Vec<u32> = (0..sites_of.len() as u32).collect();
    order.sort_by_key(|&row| (bits.len(row as usize), row));
    let mut kept: Vec<u32> = Vec::new();
    let mut marks = vec![false; sites_of.len()];
    let mut words = REDUCTION_WORDS;
    for row in order {
        let covered = kept.iter().any(|&other| {
            words = words.saturating_sub(1);
            words > 0 && bits.is_subset(other as usize, row as usize)
        });
        if !covered {
            kept.push(row);
            marks[row as usize] = true;
        }
    }
    marks
}

/// The site that covers most new rows, again and again; then sites not needed are dropped. `None` when more
/// than `most` remain or a row has no site.
pub(super) fn greedy_cover(
    sites_of: &[Vec<u32>],
    rows_of: &[Vec<u32>],
    most: usize,
) -> Option<Vec<u32>> {
    let mut times = vec![0_u32; sites_of.len()];
    let mut gain: Vec<u32> = rows_of.iter().map(|rows| rows.len() as u32).collect();
    let mut left = sites_of.len();
    let mut chosen: Vec<u32> = Vec::new();
    while left > 0 {
        let site = (0..gain.len()).max_by_key(|&site| (gain[site], std::cmp::Reverse(site)))?;
        if gain[site] == 0 {
            return None;
        }
        chosen.push(site as u32);
        for &row in &rows_of[site] {
            times[row as usize] += 1;
            if times[row as usize] == 1 {
                left -= 1;
                for &other in &sites_of[row as usize] {
                    gain[other as usize] -= 1;
                }
            }
        }
        if chosen.len() > most + most / 4 + 2 {
            return None;
        }
    }
    let mut at = 0;
    while at < chosen.len() {
        let rows = &rows_of[chosen[at] as usize];
        if rows.iter().all(|&row| times[row as usize] > 1) {
            for &row in rows {
                times[row as usize] -= 1;
            }
            chosen.remove(at);
        } else {
            at += 1;
        }
    }
    (chosen.len() <= most).then_some(chosen)
}
