//! LSCP-B: the fewest sites that cover everybody, or a share, and of all such plans the one with most people within reach
//! of two sites.
//!
//! Source: K. Hogan and C. `ReVelle`, "Concepts and applications of backup coverage", Management Science 32(11), 1986.
//! First the set covering problem of [`super::lscp`] gives the least payment `k*`; then
//!
//! ```text
//! max  sum w_i b_i
//!      b_i <= sum of x_j over the sites j of row i - 1      for rows that nothing open covers
//!      b_i <= sum of x_j over the sites j of row i          for rows that one open facility covers
//!      sum k_j x_j <= k*;  the rules on sites;  x in {0, 1},  0 <= b <= 1
//! ```
//!
//! where the first row, as no `b_i` is below 0, asks that everybody is covered. With a share `T` instead, `y_i` says who is
//! covered: `y_i + b_i <= sum of x_j`, `b_i <= y_i`, `sum w_i y_i >= T`. Rows that two open facilities cover have a
//! backup already and are left out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::instance::{CoverInstance, SiteStatus};
use super::outcome::{Relay, chosen_from, status};
use super::problem::{CoverProblem, Objective, Payment, SiteRules};
use super::program::rules::{add_rules, better, common_unit, keeps_rules, keeps_upper_rules};
use super::program::{BranchTree, Effort, Judge, Program, search};
use super::solution::{Monitor, PlacementSolution, SolutionStatus};
use crate::ids::{Id, SiteId};

/// Plans that a local search may value: so many pairs of site and row, and some more.
const PAIRS_VALUED: usize = 3_000_000;

/// Who is covered, and who twice, today and by each site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupInstance {
    /// Sites and demand rows.
    pub cover: CoverInstance,
    /// Rows that two open facilities or more cover today, sorted.
    pub twice: Vec<u32>,
    /// For each site the rows in its reach that just one open facility covers today, sorted: the lists of `cover` leave
    /// out whoever is covered already.
    pub again: Vec<Vec<u32>>,
}

impl BackupInstance {
    /// For each row the sites that may cover it, or cover it again, sorted.
    fn sites_of_rows(&self) -> Vec<Vec<u32>> {
        let rows = 0..self.cover.row_count();
        let mut sites: Vec<Vec<u32>> = rows.map(|row| self.cover.sites_of(row).to_vec()).collect();
        for (site, rows) in (0_u32..).zip(&self.again) {
            for &row in rows {
                sites[row as usize].push(site);
            }
        }
        sites
    }
}

/// The fewest sites, and of all such plans the one with most backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPlan {
    /// The first stage: what is asked, the least payment, its bound and certificate.
    pub first: PlacementSolution,
    /// Sites to add, sorted: those of the second stage.
    pub chosen: Vec<SiteId>,
    /// Micro-persons that come to be covered twice or more, what is open today counting.
    pub backup: i64,
    /// No plan of at most the payment of the first stage brings more.
    pub backup_bound: i64,
    /// Whether the backup is proven the most.
    pub backup_status: SolutionStatus,
    /// What proves it. Decisions: sites. Rows: classes of rows with the same sites that as many open facilities cover, in
    /// the order of their first row; the share that is to be covered; the rules on sites.
    pub backup_certificate: BranchTree,
}

/// The rules of the second stage: those asked, and no more paid than in the first.
pub(super) fn within_payment(problem: &CoverProblem, payment: i64) -> SiteRules {
    let rules = problem.rules.clone();
    match problem.objective {
        Objective::CoverAll { payment: Payment::Cost }
        | Objective::CoverWeight { payment: Payment::Cost, .. } => {
            SiteRules { budget: Some(rules.budget.map_or(payment, |b| b.min(payment))), ..rules }
        }
        _ => {
            let most = u32::try_from(payment.max(0)).unwrap_or(u32::MAX);
            SiteRules { max_sites: Some(rules.max_sites.map_or(most, |m| m.min(most))), ..rules }
        }
    }
}

/// The plan with most backup that pays no more than `first`, the answer to the covering problem alone.
pub fn solve_backup(
    instance: &BackupInstance,
    first: PlacementSolution,
    effort: Effort,
    monitor: &dyn Monitor,
) -> BackupPlan {
    let rules = within_payment(&first.problem, first.value);
    let view = View::new(instance, first.problem.objective, &rules);
    let start = flags(&first.chosen, instance.cover.site_count());
    if !first.has_plan() || view.value(&start).is_none() {
        // Nothing to build on: the first stage says why.
        return BackupPlan {
            backup_status: first.status.clone(),
            first,
            chosen: Vec::new(),
            backup: 0,
            backup_bound: 0,
            backup_certificate: BranchTree::default(),
        };
    }
    let start = better(&view, start, view.tries());
    let sites = |plan: &[bool]| chosen_from(plan, 0, plan.len());
    let relay = Relay { monitor, sites: &sites };
    let unit = common_unit(view.classes.iter().map(|class| class.weight));
    let found = search(&view.program(), &view, (Some(start.clone()), unit), effort, &relay);
    let backup_status = status(&found);
    let plan = found.best.map_or(start, |best| best.0);
    let chosen = chosen_from(&plan, 0, plan.len());
    BackupPlan {
        backup: view.value(&plan).unwrap_or(0),
        backup_bound: found.bound.max(0),
        backup_status,
        backup_certificate: found.tree,
        first: first_of(&instance.cover, first, &chosen),
        chosen,
    }
}

/// The first stage, with the sites of the second where these pay even less than it found.
fn first_of(
    cover: &CoverInstance,
    first: PlacementSolution,
    chosen: &[SiteId],
) -> PlacementSolution {
    let paid = match Payment::of(first.problem.objective) {
        Payment::PerSite => chosen.len() as i64,
        Payment::Cost => chosen.iter().map(|&site| cover.cost(site)).sum(),
    };
    if paid >= first.value {
        return first;
    }
    let status = if paid == first.bound { SolutionStatus::Optimal } else { first.status.clone() };
    PlacementSolution { chosen: chosen.to_vec(), value: paid, status, ..first }
}

fn flags(sites: &[SiteId], count: usize) -> Vec<bool> {
    let mut open = vec![false; count];
    for site in sites {
        open[site.index()] = true;
    }
    open
}

/// Rows with the same sites that as many open facilities cover.
struct Class {
    sites: Vec<u32>,
    /// Whether something open covers them.
    once: bool,
    weight: i64,
}

struct View<'a> {
    cover: &'a CoverInstance,
    rules: &'a SiteRules,
    classes: Vec<Class>,
    /// The classes of each site.
    of_site: Vec<Vec<u32>>,
    /// Weight to be newly covered; `None` for every row.
    target: Option<i64>,
}

impl<'a> View<'a> {
    fn new(instance: &'a BackupInstance, objective: Objective, rules: &'a SiteRules) -> Self {
        let cover = &instance.cover;
        let target = match objective {
            Objective::CoverWeight { target, .. } => Some(target),
            _ => None,
        };
        let mut seen: BTreeMap<(bool, Vec<u32>), usize> = BTreeMap::new();
        let mut classes: Vec<Class> = Vec::new();
        for (row, mut sites) in instance.sites_of_rows().into_iter().enumerate() {
            let (once, weight) = (cover.is_settled(row), cover.weight(row));
            sites.retain(|&site| cover.is_open_to_choice(SiteId(site)));
            let must = !once && target.is_none();
            if instance.twice.binary_search(&(row as u32)).is_ok() || (weight == 0 && !must) {
                continue;
            }
            if sites.is_empty() && !must {
                continue;
            }
            let class = *seen.entry((once, sites.clone())).or_insert_with(|| {
                classes.push(Class { sites, once, weight: 0 });
                classes.len() - 1
            });
            classes[class].weight += weight;
        }
        let mut of_site = vec![Vec::new(); cover.site_count()];
        for (at, class) in (0_u32..).zip(&classes) {
            for &site in &class.sites {
                of_site[site as usize].push(at);
            }
        }
        Self { cover, rules, classes, of_site, target }
    }

    fn tries(&self) -> usize {
        PAIRS_VALUED / (self.cover.pair_count() + 1) + 50
    }

    fn program(&self) -> Program {
        let mut program = Program::new();
        for _ in 0..self.cover.site_count() {
            program.decide(0);
        }
        let mut reached: Vec<(u32, i64)> = Vec::new();
        for class in &self.classes {
            let open = || class.sites.iter().map(|&site| (site, -1));
            let may_twice = class.weight > 0 && (class.once || class.sites.len() > 1);
            match (class.once, self.target) {
                (false, Some(_)) => {
                    let covered = program.part(0);
                    reached.push((covered, class.weight));
                    if may_twice {
                        let twice = program.part(class.weight);
                        program.at_most(open().chain([(covered, 1), (twice, 1)]), 0);
                        program.at_most([(twice, 1), (covered, -1)], 0);
                    } else {
                        program.at_most(open().chain([(covered, 1)]), 0);
                    }
                }
                (once, _) => {
                    let least = if once { 0 } else { -1 };
                    let twice = may_twice.then(|| (program.part(class.weight), 1));
                    program.at_most(open().chain(twice), least);
                }
            }
        }
        if let Some(target) = self.target {
            program.at_least(reached, target);
        }
        add_rules(&mut program, self.cover, self.rules, 0);
        program
    }

    /// Weight that is newly covered, and weight that comes to be covered twice; `None` when a row lacks that must not.
    fn count(&self, plan: &[bool]) -> Option<(i64, i64)> {
        let (mut covered, mut backup) = (0, 0);
        for class in &self.classes {
            let by = class.sites.iter().filter(|&&site| plan[site as usize]).take(2).count();
            if !class.once {
                if by == 0 && self.target.is_none() {
                    return None;
                }
                covered += if by > 0 { class.weight } else { 0 };
            }
            backup += if by + usize::from(class.once) > 1 { class.weight } else { 0 };
        }
        Some((covered, backup))
    }

    /// Takes sites while the rules allow it: those that cover most first, then those that bring most backup.
    fn take(&self, guide: &[f64]) -> Vec<bool> {
        let required = |site: SiteId| self.cover.status(site) == SiteStatus::Required;
        let mut open: Vec<bool> = self.cover.sites().map(required).collect();
        let mut by: Vec<usize> = self.classes.iter().map(|class| usize::from(class.once)).collect();
        for site in self.cover.sites().filter(|&site| required(site)) {
            self.of_site[site.index()].iter().for_each(|&class| by[class as usize] += 1);
        }
        loop {
            let gain = |site: usize| -> f64 {
                let classes = self.of_site[site].iter().map(|&class| class as usize);
                let worth = |class: usize| match by[class] {
                    0 => 1e6 + self.classes[class].weight as f64,
                    1 => self.classes[class].weight as f64 * 1e-6,
                    _ => 0.0,
                };
                classes.map(worth).sum::<f64>() * (0.1 + guide[site])
            };
            let mut order: Vec<(f64, usize)> = (0..open.len())
                .filter(|&site| !open[site] && self.cover.is_open_to_choice(SiteId(site as u32)))
                .map(|site| (gain(site), site))
                .filter(|&(gain, _)| gain > 0.0)
                .collect();
            order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let fits = order.into_iter().find(|&(_, site)| {
                open[site] = true;
                let fits = keeps_upper_rules(self.cover, self.rules, &open);
                open[site] = false;
                fits
            });
            let Some((_, site)) = fits else { return open };
            open[site] = true;
            self.of_site[site].iter().for_each(|&class| by[class as usize] += 1);
        }
    }
}

impl Judge for View<'_> {
    fn value(&self, plan: &[bool]) -> Option<i64> {
        if !keeps_rules(self.cover, self.rules, plan) {
            return None;
        }
        let (covered, backup) = self.count(plan)?;
        (covered >= self.target.unwrap_or(0)).then_some(backup)
    }

    fn round(&self, guide: &[f64]) -> Option<Vec<bool>> {
        let plan = self.take(guide);
        self.value(&plan)?;
        Some(better(self, plan, self.tries()))
    }
}
