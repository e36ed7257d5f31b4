//! Re-checks plans with backup coverage, both stages, without any code of the solver.

use crate::ids::SiteId;

use super::backup::{BackupInstance, BackupPlan};
use super::problem::{Objective, Payment, SiteRules};
use super::program::BranchTree;
use super::solution::{Infeasibility, SolutionStatus};
use super::verify::{Rejection, verify};
use super::verify_tree::{Claim, PlanFault, Statement, check_rules, divisor, flags, same};

/// Why a plan with backup is not accepted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BackupFault {
    /// The first stage does not hold.
    #[error("the fewest sites: {0}")]
    First(#[from] Rejection),
    /// The second stage does not hold.
    #[error("the backup: {0}")]
    Second(#[from] PlanFault),
}

/// Checks the fewest sites, then sites, backup and bound of the second stage.
///
/// # Errors
/// [`BackupFault`], the first fault found.
pub fn verify_backup(instance: &BackupInstance, plan: &BackupPlan) -> Result<(), BackupFault> {
    let first = &plan.first;
    let (payment, target) = match first.problem.objective {
        Objective::CoverAll { payment } => (payment, None),
        Objective::CoverWeight { target, payment } => (payment, Some(target)),
        Objective::MostWeight => {
            return Err(PlanFault::Question("what is least is not said").into());
        }
    };
    let is_settled = |&row: &u32| {
        (row as usize) < instance.cover.row_count() && instance.cover.is_settled(row as usize)
    };
    if !instance.twice.iter().all(is_settled) || !instance.twice.is_sorted_by(|a, b| a < b) {
        return Err(PlanFault::Question("who is covered twice today is not covered").into());
    }
    let is_once = |row: &u32| is_settled(row) && instance.twice.binary_search(row).is_err();
    let fits = |rows: &Vec<u32>| rows.is_sorted_by(|a, b| a < b) && rows.iter().all(is_once);
    if instance.again.len() != instance.cover.site_count() || !instance.again.iter().all(fits) {
        return Err(PlanFault::Question("whom sites cover again is not covered once").into());
    }
    verify(&instance.cover, &first.problem, first)?;
    let silent = (plan.backup, plan.backup_bound) == (0, 0)
        && plan.chosen.is_empty()
        && plan.backup_status == first.status
        && plan.backup_certificate == BranchTree::default();
    let nothing = || if silent { Ok(()) } else { Err(PlanFault::NoPlan.into()) };
    if !first.has_plan() {
        return nothing();
    }
    let open = flags(&plan.chosen, instance.cover.site_count())?;
    let mut rules = first.problem.rules.clone();
    match payment {
        Payment::PerSite => {
            let most = u32::try_from(first.value).unwrap_or(u32::MAX);
            rules.max_sites = Some(rules.max_sites.unwrap_or(u32::MAX).min(most));
        }
        Payment::Cost => rules.budget = Some(rules.budget.unwrap_or(i64::MAX).min(first.value)),
    }
    let homes = Homes { instance, rules: &rules, groups: groups(instance, target), target };
    let kept = homes.check(&open);
    // A search stopped before its first plan has none to build on.
    if first.status == SolutionStatus::Cancelled && first.chosen.is_empty() && kept.is_err() {
        return nothing();
    }
    kept?;
    same("the backup", plan.backup, homes.backup(&open))?;
    if matches!(plan.backup_status, SolutionStatus::Infeasible { .. } | SolutionStatus::Unsolved) {
        return Err(PlanFault::Status.into());
    }
    let weights: Vec<i64> = homes.groups.iter().map(|group| group.weight).collect();
    let claim = Claim {
        value: plan.backup,
        bound: plan.backup_bound,
        status: &plan.backup_status,
        tree: &plan.backup_certificate,
        is_empty: plan.chosen.is_empty(),
        known: i64::MAX,
        unit: divisor(&weights),
        kept: Ok(()),
    };
    let worth = |open: &[bool]| homes.check(open).ok().map(|()| homes.backup(open));
    Ok(claim.check(&homes.statement(), |_: &Infeasibility| false, &worth)?)
}

/// Homes with the same sites, of which as many open facilities are in reach.
struct Group {
    sites: Vec<u32>,
    /// Open facilities in reach: none or one.
    today: usize,
    weight: i64,
}

struct Homes<'a> {
    instance: &'a BackupInstance,
    rules: &'a SiteRules,
    groups: Vec<Group>,
    target: Option<i64>,
}

/// The groups in the order of their first row.
fn groups(instance: &BackupInstance, target: Option<i64>) -> Vec<Group> {
    let cover = &instance.cover;
    let mut again: Vec<Vec<u32>> = vec![Vec::new(); cover.row_count()];
    for site in cover.sites() {
        for &row in &instance.again[site.0 as usize] {
            again[row as usize].push(site.0);
        }
    }
    let mut rows: Vec<(usize, Vec<u32>, usize)> = Vec::new();
    for (row, again) in again.iter().enumerate() {
        let today = match (cover.is_settled(row), instance.twice.contains(&(row as u32))) {
            (_, true) => continue,
            (settled, false) => usize::from(settled),
        };
        let sites = if today == 0 { cover.sites_of(row).to_vec() } else { again.clone() };
        let sites: Vec<u32> =
            sites.into_iter().filter(|&site| cover.is_open_to_choice(SiteId(site))).collect();
        // Whoever must be covered counts, though nobody lives there or nothing reaches it.
        let must = today == 0 && target.is_none();
        if must || (cover.weight(row) > 0 && !sites.is_empty()) {
            rows.push((today, sites, row));
        }
    }
    rows.sort();
    let mut groups: Vec<(usize, Group)> = Vec::new();
    for (today, sites, row) in rows {
        let weight = cover.weight(row);
        match groups.last_mut() {
            Some((_, group)) if group.today == today && group.sites == sites => {
                group.weight += weight;
            }
            _ => groups.push((row, Group { sites, today, weight })),
        }
    }
    groups.sort_by_key(|entry| entry.0);
    groups.into_iter().map(|entry| entry.1).collect()
}

impl Homes<'_> {
    fn in_reach(group: &Group, open: &[bool]) -> usize {
        group.today + group.sites.iter().filter(|&&site| open[site as usize]).count()
    }

    /// Micro-persons with two or more in reach who have not so many today.
    fn backup(&self, open: &[bool]) -> i64 {
        let twice = self.groups.iter().filter(|group| Self::in_reach(group, open) >= 2);
        twice.map(|group| group.weight).sum()
    }

    /// Whether the rules are kept, the payment is not exceeded, and as many are covered as asked.
    fn check(&self, open: &[bool]) -> Result<(), PlanFault> {
        check_rules(&self.instance.cover, self.rules, open)?;
        let left = self.groups.iter().filter(|group| Self::in_reach(group, open) == 0);
        let enough = match self.target {
            None => left.count() == 0,
            Some(target) => {
                let newly = self
                    .groups
                    .iter()
                    .filter(|group| group.today == 0 && Self::in_reach(group, open) > 0);
                newly.map(|group| group.weight).sum::<i64>() >= target
            }
        };
        if enough { Ok(()) } else { Err(PlanFault::Rule("who must be covered")) }
    }

    fn statement(&self) -> Statement {
        let mut statement = Statement::with_decisions(self.instance.cover.site_count());
        let mut reached: Vec<(usize, i64)> = Vec::new();
        for group in &self.groups {
            let mut row: Vec<(usize, i64)> =
                group.sites.iter().map(|&site| (site as usize, -1)).collect();
            let may_twice = group.weight > 0 && group.today + group.sites.len() > 1;
            if group.today == 0 && self.target.is_some() {
                let covered = statement.variable(0);
                reached.push((covered, -group.weight));
                row.push((covered, 1));
                if may_twice {
                    let twice = statement.variable(group.weight);
                    row.push((twice, 1));
                    statement.row(row, 0);
                    statement.row(vec![(twice, 1), (covered, -1)], 0);
                } else {
                    statement.row(row, 0);
                }
            } else {
                if may_twice {
                    row.push((statement.variable(group.weight), 1));
                }
                statement.row(row, group.today as i64 - 1);
            }
        }
        if let Some(target) = self.target {
            statement.row(reached, -target);
        }
        statement.rules(&self.instance.cover, self.rules, 0);
        statement
    }
}
