//! Re-checks plans for the worst-off, and points of the front.

use crate::ids::{Id, SiteId, ZoneId};

use super::equity::{EquityInstance, EquityPlan, WHOLE_PPB, ZoneShare};
use super::pareto::FrontPoint;
use super::problem::SiteRules;
use super::program::BranchTree;
use super::solution::{Infeasibility, SolutionStatus};
use super::verify_tree::{
    Claim, PlanFault, Statement, check_rules, divisor, flags, is_to_blame, misfit, refused, same,
};

/// Checks sites, shares, people and both bounds of `plan`.
///
/// # Errors
/// [`PlanFault`], the first fault found.
pub fn verify_worst_zone(
    instance: &EquityInstance,
    rules: &SiteRules,
    plan: &EquityPlan,
) -> Result<(), PlanFault> {
    let blame = |reason: &Infeasibility| is_to_blame(&instance.cover, rules, reason);
    if let Some(what) = misfit_of(instance, rules) {
        let bounds = [plan.people, plan.worst_bound_ppb, plan.people_bound];
        let nothing = plan.chosen.is_empty() && bounds == [0; 3];
        return refused(what, (&plan.worst_status, nothing && plan.shares.is_empty()));
    }
    let towns = Towns::new(instance);
    let open = flags(&plan.chosen, instance.cover.site_count())?;
    if plan.shares != towns.shares(&open) || plan.not_helped != towns.not_helped() {
        return Err(PlanFault::Rule("the shares of the zones"));
    }
    let worst = towns.worst(&open);
    if plan.worst != worst {
        return Err(PlanFault::Rule("the worst zone"));
    }
    same("the people", plan.people, instance.cover.covered_weight(&plan.chosen))?;
    let kept = check_rules(&instance.cover, rules, &open);
    let of_worst = |open: &[bool]| -> Option<i64> {
        check_rules(&instance.cover, rules, open).ok()?;
        Some(towns.worst(open).map_or(WHOLE_PPB, ZoneShare::ppb))
    };
    let without_plan = !plan.worst_status.has_plan();
    Claim {
        value: if without_plan { 0 } else { worst.map_or(WHOLE_PPB, ZoneShare::ppb) },
        bound: plan.worst_bound_ppb,
        status: &plan.worst_status,
        tree: &plan.worst_certificate,
        is_empty: plan.chosen.is_empty(),
        known: i64::MAX,
        unit: 1,
        kept: kept.clone(),
    }
    .check(&towns.statement(rules, None), blame, &of_worst)?;
    if without_plan {
        let silent = plan.people_bound == 0
            && plan.people_status == plan.worst_status
            && plan.people_certificate == BranchTree::default();
        return if silent { Ok(()) } else { Err(PlanFault::NoPlan) };
    }
    // The people's bound holds among plans whose shares are at least the worst one's here.
    let needs = towns.needs(worst, Asked::AtLeast);
    towns.check_people(
        (rules, &needs),
        &open,
        (plan.people, plan.people_bound),
        (&plan.people_status, &plan.people_certificate),
    )
}

/// Checks sites, cost, shares, people and the bound of a point of the front.
///
/// # Errors
/// [`PlanFault`], the first fault found.
pub fn verify_front_point(
    instance: &EquityInstance,
    rules: &SiteRules,
    point: &FrontPoint,
) -> Result<(), PlanFault> {
    if let Some(what) = misfit_of(instance, rules) {
        return Err(PlanFault::Question(what));
    }
    if !point.status.has_plan() {
        return Err(PlanFault::NoPlan);
    }
    let towns = Towns::new(instance);
    if let Some(above) = point.above
        && (above.zone.index() >= instance.zones
            || above.persons != towns.people_of(above.zone)
            || !(0..=above.persons).contains(&above.covered)
            || above.persons == 0)
    {
        return Err(PlanFault::Rule("the share that a point of the front is above"));
    }
    let open = flags(&point.chosen, instance.cover.site_count())?;
    let mut rules = rules.clone();
    if let Some(most) = point.ceiling.sites {
        rules.max_sites = Some(rules.max_sites.map_or(most, |m| m.min(most)));
    }
    if let Some(most) = point.ceiling.budget {
        rules.budget = Some(rules.budget.map_or(most, |m| m.min(most)));
    }
    let cost = point.chosen.iter().map(|&site| instance.cover.cost(site)).sum();
    same("the cost", point.cost, cost)?;
    same("the people", point.people, instance.cover.covered_weight(&point.chosen))?;
    if point.worst != towns.worst(&open) {
        return Err(PlanFault::Rule("the worst zone"));
    }
    let needs = towns.needs(point.above, Asked::More);
    towns.check_people(
        (&rules, &needs),
        &open,
        (point.people, point.people_bound),
        (&point.status, &point.certificate),
    )
}

/// Why the question is none on this instance.
fn misfit_of(instance: &EquityInstance, rules: &SiteRules) -> Option<&'static str> {
    let there = |zone: &ZoneId| zone.index() < instance.zones;
    let zoned = instance.zone_of.len() == instance.cover.row_count();
    if !zoned || !instance.zone_of.iter().flatten().all(there) {
        return Some("a row lies in a zone that is not there");
    }
    misfit(&instance.cover, rules)
}

/// How a share is asked for.
#[derive(Clone, Copy)]
enum Asked {
    AtLeast,
    More,
}

/// Rows by zone and sites.
struct Towns<'a> {
    instance: &'a EquityInstance,
    /// Zone, sites and weight of each group, by first row.
    groups: Vec<(Option<ZoneId>, Vec<u32>, i64)>,
    counted: Vec<ZoneId>,
}

impl<'a> Towns<'a> {
    fn new(instance: &'a EquityInstance) -> Self {
        let cover = &instance.cover;
        let mut rows: Vec<(Option<ZoneId>, Vec<u32>, usize)> = (0..cover.row_count())
            .filter(|&row| cover.weight(row) > 0)
            .map(|row| {
                let sites = cover.sites_of(row).iter().copied();
                let open = sites.filter(|&site| cover.is_open_to_choice(SiteId(site)));
                (instance.zone_of[row], open.collect(), row)
            })
            .filter(|(_, sites, _): &(_, Vec<u32>, _)| !sites.is_empty())
            .collect();
        rows.sort();
        let mut groups: Vec<(usize, Option<ZoneId>, Vec<u32>, i64)> = Vec::new();
        for (zone, sites, row) in rows {
            match groups.last_mut() {
                Some(g) if g.1 == zone && g.2 == sites => g.3 += cover.weight(row),
                _ => groups.push((row, zone, sites, cover.weight(row))),
            }
        }
        groups.sort();
        let groups: Vec<_> = groups.into_iter().map(|(_, z, s, w)| (z, s, w)).collect();
        let mut counted: Vec<ZoneId> = groups.iter().filter_map(|group| group.0).collect();
        counted.sort_unstable();
        counted.dedup();
        Self { instance, groups, counted }
    }

    fn people_of(&self, zone: ZoneId) -> i64 {
        let rows = (0..self.instance.cover.row_count())
            .filter(|&row| self.instance.zone_of[row] == Some(zone));
        rows.map(|row| self.instance.cover.weight(row)).sum()
    }

    fn settled_in(&self, zone: ZoneId) -> i64 {
        let rows = (0..self.instance.cover.row_count()).filter(|&row| {
            self.instance.zone_of[row] == Some(zone) && self.instance.cover.is_settled(row)
        });
        rows.map(|row| self.instance.cover.weight(row)).sum()
    }

    fn share(&self, zone: ZoneId, open: &[bool]) -> ZoneShare {
        let newly = self.groups.iter().filter(|(z, sites, _)| {
            *z == Some(zone) && sites.iter().any(|&site| open[site as usize])
        });
        let covered = self.settled_in(zone) + newly.map(|group| group.2).sum::<i64>();
        ZoneShare { zone, covered, persons: self.people_of(zone) }
    }

    fn shares(&self, open: &[bool]) -> Vec<ZoneShare> {
        let zones = (0..self.instance.zones).map(ZoneId::from_index);
        zones.map(|zone| self.share(zone, open)).filter(|share| share.persons > 0).collect()
    }

    fn not_helped(&self) -> Vec<ZoneId> {
        let zones = (0..self.instance.zones).map(ZoneId::from_index);
        zones
            .filter(|zone| !self.counted.contains(zone))
            .filter(|&zone| self.settled_in(zone) < self.people_of(zone))
            .collect()
    }

    fn worst(&self, open: &[bool]) -> Option<ZoneShare> {
        let shares = self.counted.iter().map(|&zone| self.share(zone, open));
        shares.min_by(|a, b| {
            let (left, right) = (
                i128::from(a.covered) * i128::from(b.persons),
                i128::from(b.covered) * i128::from(a.persons),
            );
            left.cmp(&right).then(a.zone.cmp(&b.zone))
        })
    }

    /// Newly covered people each counted zone needs for a share at least (or above) that of `floor`.
    fn needs(&self, floor: Option<ZoneShare>, asked: Asked) -> Vec<i64> {
        let need = |&zone: &ZoneId| {
            let Some(floor) = floor else { return 0 };
            let product = i128::from(floor.covered) * i128::from(self.people_of(zone));
            let whole = i128::from(floor.persons);
            let people = match asked {
                Asked::More => product / whole + 1,
                Asked::AtLeast => (product + whole - 1) / whole,
            };
            (people as i64 - self.settled_in(zone)).max(0)
        };
        self.counted.iter().map(need).collect()
    }

    /// The rows: with `needs` for people, without for the share.
    fn statement(&self, rules: &SiteRules, needs: Option<&[i64]>) -> Statement {
        let mut statement = Statement::with_decisions(self.instance.cover.site_count());
        let parts: Vec<usize> = self
            .groups
            .iter()
            .map(|(_, sites, weight)| {
                let profit = if needs.is_some() { *weight } else { 0 };
                statement.covered(profit, sites.iter().map(|&site| site as usize))
            })
            .collect();
        let share = if needs.is_none() { Some(statement.variable(WHOLE_PPB)) } else { None };
        for (at, &zone) in self.counted.iter().enumerate() {
            let inside = self.groups.iter().zip(&parts).filter(|(group, _)| group.0 == Some(zone));
            let mut row: Vec<(usize, i64)> =
                inside.map(|(group, &part)| (part, -group.2)).collect();
            match (share, needs) {
                (Some(share), _) => {
                    row.push((share, self.people_of(zone)));
                    statement.row(row, self.settled_in(zone));
                }
                (None, needs) => statement.row(row, -needs.map_or(0, |needs| needs[at])),
            }
        }
        statement.rules(&self.instance.cover, rules, 0);
        statement
    }

    fn check_people(
        &self,
        (rules, needs): (&SiteRules, &[i64]),
        open: &[bool],
        (people, bound): (i64, i64),
        (status, tree): (&SolutionStatus, &BranchTree),
    ) -> Result<(), PlanFault> {
        let check = |open: &[bool]| -> Result<(), PlanFault> {
            check_rules(&self.instance.cover, rules, open)?;
            let enough = self.counted.iter().zip(needs).all(|(&zone, &need)| {
                self.share(zone, open).covered - self.settled_in(zone) >= need
            });
            if enough { Ok(()) } else { Err(PlanFault::Rule("the least share of a zone")) }
        };
        let value_of = |open: &[bool]| -> Option<i64> {
            check(open).ok()?;
            let groups = self.groups.iter();
            let covered = groups.filter(|(_, sites, _)| sites.iter().any(|&s| open[s as usize]));
            Some(covered.map(|group| group.2).sum())
        };
        let weights: Vec<i64> = self.groups.iter().map(|group| group.2).collect();
        Claim {
            value: people,
            bound,
            status,
            tree,
            is_empty: false,
            known: i64::MAX,
            unit: divisor(&weights),
            kept: check(open),
        }
        .check(&self.statement(rules, Some(needs)), |_| false, &value_of)
    }
}
