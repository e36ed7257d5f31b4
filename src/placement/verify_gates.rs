//! Re-checks a plan of gates and sites.

use crate::ids::{Id, SiteId};

use super::gates::{GateInstance, GatePlan};
use super::instance::SiteStatus;
use super::problem::SiteRules;
use super::solution::Infeasibility;
use super::verify_tree::{
    Claim, PlanFault, Statement, check_rules, divisor, flags, is_to_blame, misfit, refused, same,
};

/// Checks choices, people and the bound of `plan`.
///
/// # Errors
/// [`PlanFault`], the first fault found.
pub fn verify_gates(
    instance: &GateInstance,
    rules: &SiteRules,
    plan: &GatePlan,
) -> Result<(), PlanFault> {
    let facts = instance.facts();
    let rows = 0..instance.weights().len();
    let names_standing = |choice: &u32| facts.status(SiteId(*choice)) == SiteStatus::Existing;
    let odd = rows.clone().any(|row| instance.ways(row).iter().flatten().any(names_standing));
    let odd = odd.then_some("a way leads through what stands already");
    if let Some(what) = odd.or_else(|| misfit(facts, rules)) {
        let nothing = plan.chosen.is_empty() && (plan.value, plan.bound) == (0, 0);
        return refused(what, (&plan.status, nothing));
    }
    let blame = |reason: &Infeasibility| is_to_blame(facts, rules, reason);
    let open = flags(&plan.chosen, facts.site_count())?;
    let mut rows: Vec<(Vec<&Vec<u32>>, usize)> = rows
        .filter(|&row| instance.weights()[row] > 0)
        .filter(|&row| !instance.ways(row).iter().any(Vec::is_empty))
        .map(|row| {
            let may = |way: &&Vec<u32>| way.iter().all(|&c| facts.is_open_to_choice(SiteId(c)));
            (instance.ways(row).iter().filter(may).collect(), row)
        })
        .filter(|(ways, _): &(Vec<_>, usize)| !ways.is_empty())
        .collect();
    let is_open = |open: &[bool], way: &Vec<u32>| way.iter().all(|&choice| open[choice as usize]);
    let covered = |open: &[bool]| -> i64 {
        let covered = rows.iter().filter(|(ways, _)| ways.iter().any(|way| is_open(open, way)));
        covered.map(|&(_, row)| instance.weights()[row]).sum()
    };
    same("the people", plan.value, covered(&open))?;
    let counted = rows.clone();
    let value_of = |open: &[bool]| -> Option<i64> {
        check_rules(facts, rules, open).ok()?;
        let covered = counted.iter().filter(|(ways, _)| ways.iter().any(|way| is_open(open, way)));
        Some(covered.map(|&(_, row)| instance.weights()[row]).sum())
    };
    rows.sort();
    let mut groups: Vec<(usize, Vec<&Vec<u32>>, i64)> = Vec::new();
    for (ways, row) in rows {
        match groups.last_mut() {
            Some(group) if group.1 == ways => group.2 += instance.weights()[row],
            _ => groups.push((row, ways, instance.weights()[row])),
        }
    }
    groups.sort();
    let weights: Vec<i64> = groups.iter().map(|group| group.2).collect();
    Claim {
        value: plan.value,
        bound: plan.bound,
        status: &plan.status,
        tree: &plan.certificate,
        is_empty: plan.chosen.is_empty(),
        known: i64::MAX,
        unit: divisor(&weights),
        kept: check_rules(facts, rules, &open),
    }
    .check(&statement(instance, rules, &groups), blame, &value_of)
}

fn statement(
    instance: &GateInstance,
    rules: &SiteRules,
    groups: &[(usize, Vec<&Vec<u32>>, i64)],
) -> Statement {
    let mut statement = Statement::with_decisions(instance.facts().site_count());
    let mut joint: Vec<(&Vec<u32>, usize)> = Vec::new();
    let find = |joint: &[(&Vec<u32>, usize)], way: &Vec<u32>| {
        joint.iter().find(|(known, _)| *known == way).map(|&(_, part)| part)
    };
    for way in groups.iter().flat_map(|group| &group.1).filter(|way| way.len() > 1) {
        if find(&joint, way).is_none() {
            let part = statement.variable(0);
            joint.push((way, part));
            for &choice in *way {
                statement.row(vec![(part, 1), (choice as usize, -1)], 0);
            }
        }
    }
    for (_, ways, weight) in groups {
        let by: Vec<usize> = ways
            .iter()
            .map(|way| find(&joint, way).unwrap_or_else(|| SiteId(way[0]).index()))
            .collect();
        statement.covered(*weight, by.into_iter());
    }
    statement.rules(instance.facts(), rules, 0);
    statement
}
