//! Makes a covering problem smaller without losing every best plan.
//!
//! Rows with equal sites become one class; a site whose rows another covers at no higher price is left out; when
//! all rows must be covered, a row whose sites include all sites of another is implied by it, and the only site
//! of a row is forced (Toregas and `ReVelle` 1972; Beasley 1987). Each step is noted for the certificate.

use super::certificate::{Certificate, Reduction};
use super::instance::{CoverInstance, SiteStatus};
use super::model::{COVERED, Csr, Kind, Model};
use super::problem::{CoverProblem, Objective, Payment};
use crate::ids::{Id, SiteId};

/// Comparisons a pass may take for each pair of site and row, so that dense instances stay quick.
const EFFORT_PER_PAIR: u64 = 6;

/// A reduced problem.
pub(super) struct Reduced {
    pub(super) steps: Vec<Reduction>,
    /// Required and forced sites, sorted.
    pub(super) inside: Vec<SiteId>,
    /// Class of each row; [`Certificate::NO_CLASS`] when its multiplier is always 0.
    pub(super) classes: Vec<u32>,
    pub(super) model: Model,
    /// Weight of the class after the last of the model: rows that no site may cover.
    pub(super) unreached: i64,
}

/// What `site` adds to the minimum.
pub(super) fn price_of(instance: &CoverInstance, objective: Objective, site: SiteId) -> i64 {
    match objective {
        Objective::MostWeight => -instance.bonus(site),
        Objective::CoverAll { payment: Payment::PerSite }
        | Objective::CoverWeight { payment: Payment::PerSite, .. } => 1,
        Objective::CoverAll { .. } | Objective::CoverWeight { .. } => instance.cost(site),
    }
}

/// Reduces `problem` on `instance`.
pub(super) fn reduce(instance: &CoverInstance, problem: &CoverProblem) -> Reduced {
    let mut work = Work::new(instance, problem);
    if work.kind == Kind::All {
        while work.round() {}
    } else {
        work.leave_out_sites();
    }
    work.finished()
}

/// Lists over what is left. Rows are lines: one line stands for all rows with the same sites.
struct Work<'a> {
    instance: &'a CoverInstance,
    problem: &'a CoverProblem,
    kind: Kind,
    /// Instance id of each site in the lists.
    sites: Vec<u32>,
    /// First row of each line.
    first: Vec<u32>,
    weight: Vec<i64>,
    sites_of: Csr,
    rows_of: Csr,
    line: Vec<u32>,
    steps: Vec<Reduction>,
    inside: Vec<SiteId>,
    bound_by_rules: Vec<(bool, bool)>,
    covered: i64,
    unreached: Vec<u32>,
}

impl<'a> Work<'a> {
    fn new(instance: &'a CoverInstance, problem: &'a CoverProblem) -> Self {
        let kind = match problem.objective {
            Objective::MostWeight => Kind::Gain,
            Objective::CoverAll { .. } => Kind::All,
            Objective::CoverWeight { .. } => Kind::Target,
        };
        let inside: Vec<SiteId> = instance
            .sites()
            .filter(|site| instance.status(*site) == SiteStatus::Required)
            .collect();
        let mut place = vec![u32::MAX; instance.site_count()];
        let free = instance.sites().filter(|site| instance.status(*site) == SiteStatus::Free);
        let sites: Vec<u32> = free.map(|site| site.0).collect();
        for (index, &site) in sites.iter().enumerate() {
            place[site as usize] = index as u32;
        }
        let mut done: Vec<bool> =
            (0..instance.row_count()).map(|row| instance.is_settled(row)).collect();
        for &site in &inside {
            instance.rows_of(site).iter().for_each(|&row| done[row as usize] = true);
        }
        let covered = instance.covered_weight(&inside);
        let mut lists = Csr::new();
        let mut rows = Vec::new();
        let mut unreached = Vec::new();
        for row in (0..instance.row_count()).filter(|row| !done[*row]) {
            let before = lists.pairs();
            let is_idle = kind != Kind::All && instance.weight(row) == 0;
            let listed = instance.sites_of(row).iter().map(|&site| place[site as usize]);
            lists.push(listed.filter(|site| !is_idle && *site != u32::MAX));
            if lists.pairs() == before {
                lists.pop_empty();
                if !is_idle {
                    unreached.push(row as u32);
                }
            } else {
                rows.push(row as u32);
            }
        }
        let bound_by_rules = bound_by_rules(instance, problem);
        let mut work = Self {
            instance,
            problem,
            kind,
            first: rows.clone(),
            weight: rows.iter().map(|&row| instance.weight(row as usize)).collect(),
            sites_of: lists,
            rows_of: Csr::new(),
            line: vec![Certificate::NO_CLASS; instance.row_count()],
            sites,
            steps: Vec::new(),
            inside,
            bound_by_rules,
            covered,
            unreached,
        };
        for (line, &row) in rows.iter().enumerate() {
            work.line[row as usize] = line as u32;
        }
        work.merge_lines();
        work.rows_of = work.sites_of.transposed(work.sites.len());
        work
    }

    /// Puts lines with equal sites together.
    fn merge_lines(&mut self) {
        let same = self.sites_of.same_as();
        let mut place = vec![0_u32; same.len()];
        let mut lists = Csr::new();
        let (mut first, mut weight): (Vec<u32>, Vec<i64>) = (Vec::new(), Vec::new());
        for (line, &twin) in same.iter().enumerate() {
            if twin as usize == line {
                place[line] = first.len() as u32;
                lists.push(self.sites_of.get(line as u32).iter().copied());
                first.push(self.first[line]);
                weight.push(self.weight[line]);
            } else {
                place[line] = place[twin as usize];
                weight[place[line] as usize] += self.weight[line];
                if self.kind == Kind::All {
                    let by = self.first[twin as usize];
                    self.steps.push(Reduction::Implied { row: self.first[line], by });
                }
            }
        }
        for line in self.line.iter_mut().filter(|line| **line != Certificate::NO_CLASS) {
            *line = place[*line as usize];
        }
        (self.sites_of, self.first, self.weight) = (lists, first, weight);
    }

    /// One round of rows, sites and forced sites; whether anything changed.
    fn round(&mut self) -> bool {
        let rows = self.leave_out_lines();
        let sites = self.leave_out_sites();
        let forced = self.force_sites();
        rows || sites || forced
    }

    fn leave_out_sites(&mut self) -> bool {
        let count = self.sites.len();
        let mut keep = vec![true; count];
        let mut effort = self.rows_of.pairs() as u64 * EFFORT_PER_PAIR + 1000;
        for site in (0..count as u32).rev() {
            if let Some(by) = self.dominating(site, &keep, &mut effort) {
                keep[site as usize] = false;
                let by = SiteId(self.sites[by as usize]);
                self.steps
                    .push(Reduction::Dominated { site: SiteId(self.sites[site as usize]), by });
            }
        }
        let changed = keep.contains(&false);
        if changed {
            self.keep_only(&keep, &vec![true; self.first.len()]);
        }
        changed
    }

    fn dominating(&self, site: u32, keep: &[bool], effort: &mut u64) -> Option<u32> {
        let id = SiteId(self.sites[site as usize]);
        let gained = self.kind == Kind::Gain;
        if self.bound_by_rules[id.index()].0 || (gained && self.instance.bonus(id) > 0) {
            return None;
        }
        let rows = self.rows_of.get(site);
        let Some(&rarest) = rows.iter().min_by_key(|row| self.sites_of.get(**row).len()) else {
            return Some(site);
        };
        *effort = effort.saturating_sub(rows.len() as u64);
        let objective = self.problem.objective;
        for &by in self.sites_of.get(rarest) {
            let list = self.rows_of.get(by);
            if by == site || !keep[by as usize] || list.len() < rows.len() || *effort == 0 {
                continue;
            }
            let other = SiteId(self.sites[by as usize]);
            let free = self.bound_by_rules[other.index()] == (false, false);
            let cheap = gained
                || price_of(self.instance, objective, other)
                    <= price_of(self.instance, objective, id);
            let within = self.problem.rules.budget.is_none()
                || self.instance.cost(other) <= self.instance.cost(id);
            if free && cheap && within && is_subset(rows, list, effort) {
                return Some(by);
            }
        }
        None
    }

    fn leave_out_lines(&mut self) -> bool {
        let count = self.first.len();
        let mut keep = vec![true; count];
        let mut effort = self.rows_of.pairs() as u64 * EFFORT_PER_PAIR * 4 + 1000;
        let mut order: Vec<u32> = (0..count as u32).collect();
        order.sort_by_key(|&line| (self.sites_of.get(line).len(), line));
        for &by in &order {
            let sites = self.sites_of.get(by);
            let rarest = sites.iter().min_by_key(|site| self.rows_of.get(**site).len());
            let (true, Some(&rarest)) = (keep[by as usize], rarest) else { continue };
            for &row in self.rows_of.get(rarest) {
                let list = self.sites_of.get(row);
                effort = effort.saturating_sub(1);
                let may =
                    row != by && keep[row as usize] && list.len() >= sites.len() && effort > 0;
                if may && is_subset(sites, list, &mut effort) {
                    keep[row as usize] = false;
                    let (row, by) = (self.first[row as usize], self.first[by as usize]);
                    self.steps.push(Reduction::Implied { row, by });
                }
            }
        }
        let changed = keep.contains(&false);
        if changed {
            self.keep_only(&vec![true; self.sites.len()], &keep);
        }
        changed
    }

    fn force_sites(&mut self) -> bool {
        let mut keep_sites = vec![true; self.sites.len()];
        let mut keep_lines = vec![true; self.first.len()];
        for line in 0..self.first.len() as u32 {
            if let ([site], true) = (self.sites_of.get(line), keep_lines[line as usize]) {
                keep_sites[*site as usize] = false;
                self.rows_of.get(*site).iter().for_each(|&row| keep_lines[row as usize] = false);
                let id = SiteId(self.sites[*site as usize]);
                self.inside.push(id);
                self.steps.push(Reduction::Forced { row: self.first[line as usize], site: id });
            }
        }
        let changed = keep_sites.contains(&false);
        if changed {
            self.keep_only(&keep_sites, &keep_lines);
        }
        changed
    }

    fn keep_only(&mut self, keep_sites: &[bool], keep_lines: &[bool]) {
        let mut place = vec![u32::MAX; self.sites.len()];
        let mut sites = Vec::new();
        for (site, _) in keep_sites.iter().enumerate().filter(|(_, keep)| **keep) {
            place[site] = sites.len() as u32;
            sites.push(self.sites[site]);
        }
        let mut line_place = vec![Certificate::NO_CLASS; self.first.len()];
        let mut lists = Csr::new();
        let (mut first, mut weight) = (Vec::new(), Vec::new());
        for (line, _) in keep_lines.iter().enumerate().filter(|(_, keep)| **keep) {
            line_place[line] = first.len() as u32;
            first.push(self.first[line]);
            weight.push(self.weight[line]);
            let kept = self.sites_of.get(line as u32).iter().map(|&site| place[site as usize]);
            lists.push(kept.filter(|site| *site != u32::MAX));
        }
        for line in self.line.iter_mut().filter(|line| **line != Certificate::NO_CLASS) {
            *line = line_place[*line as usize];
        }
        (self.sites, self.first, self.weight, self.sites_of) = (sites, first, weight, lists);
        self.merge_lines();
        self.rows_of = self.sites_of.transposed(self.sites.len());
    }

    fn finished(mut self) -> Reduced {
        self.inside.sort_unstable();
        let objective = self.problem.objective;
        let ids: Vec<SiteId> = self.sites.iter().map(|&site| SiteId(site)).collect();
        let base: i64 =
            self.inside.iter().map(|&site| price_of(self.instance, objective, site)).sum();
        let all = self.kind == Kind::All;
        let count = self.first.len();
        let model = Model {
            kind: self.kind,
            price: ids.iter().map(|&site| price_of(self.instance, objective, site)).collect(),
            cost: ids.iter().map(|&site| self.instance.cost(site)).collect(),
            sites: self.sites,
            rows_of: self.rows_of,
            sites_of: self.sites_of,
            weight: if all { vec![1; count] } else { self.weight },
            place: (0..count as u32).collect(),
            base: if self.kind == Kind::Gain { base - self.covered } else { base },
            covered: self.covered,
        };
        debug_assert!(model.place.iter().all(|place| *place != COVERED));
        self.unreached.iter().for_each(|&row| self.line[row as usize] = count as u32);
        let unreached = self.unreached.iter().map(|&row| self.instance.weight(row as usize)).sum();
        Reduced { steps: self.steps, inside: self.inside, classes: self.line, model, unreached }
    }
}

/// For each site whether it is in a group, and whether in a conflict.
fn bound_by_rules(instance: &CoverInstance, problem: &CoverProblem) -> Vec<(bool, bool)> {
    let mut bound = vec![(false, false); instance.site_count()];
    for site in problem.rules.groups.iter().flat_map(|group| &group.sites) {
        bound[site.index()].0 = true;
    }
    for (a, b) in &problem.rules.conflicts {
        bound[a.index()].1 = true;
        bound[b.index()].1 = true;
    }
    bound
}

/// Whether every item of `small` is in `large`; both sorted.
fn is_subset(small: &[u32], large: &[u32], effort: &mut u64) -> bool {
    let mut rest = large;
    for item in small {
        *effort = effort.saturating_sub(1);
        match rest.binary_search(item) {
            Ok(at) => rest = &rest[at + 1..],
            Err(_) => return false,
        }
    }
    true
}
