//! Re-checks a plan with places.

use crate::ids::{Id, SiteId};

use super::capacitated::{CapacitatedInstance, CapacitatedPlan, CapacitatedProblem};
use super::instance::CoverInstance;
use super::problem::{CoverProblem, Objective, SiteRules};
use super::solution::Infeasibility;
use super::verify::verify;
use super::verify_tree::{
    Claim, PlanFault, Statement, check_rules, divisor, flags, groups_of_rows, is_to_blame, misfit,
    refused, same,
};

/// Checks sites, allocation, the three-way split and the bound of `plan`.
///
/// # Errors
/// [`PlanFault`], the first fault found.
pub fn verify_capacitated(
    instance: &CapacitatedInstance,
    problem: &CapacitatedProblem,
    plan: &CapacitatedPlan,
) -> Result<(), PlanFault> {
    let cover = &instance.cover;
    let rules = widened(instance, &problem.rules);
    if let Some(what) = misfit(cover, &problem.rules) {
        let nothing = plan.chosen.is_empty() && (plan.served, plan.bound) == (0, 0);
        return refused(what, (&plan.status, nothing));
    }
    let blame = |reason: &Infeasibility| is_to_blame(cover, &rules, reason);
    let mut open = flags(&plan.chosen, instance.site_count())?;
    for site in cover.sites().filter(|&site| instance.is_existing(site)) {
        if std::mem::replace(&mut open[site.index()], true) {
            return Err(PlanFault::Site(site));
        }
    }
    check_allocation(instance, plan, &open)?;
    let reached: i64 = (0..cover.row_count())
        .filter(|&row| cover.sites_of(row).iter().any(|&site| open[site as usize]))
        .map(|row| cover.weight(row))
        .sum();
    same("the people in reach of a full site", plan.full, reached - plan.served)?;
    same("the people out of reach", plan.out_of_reach, cover.total_weight() - reached)?;
    let known = bound_without_places(cover, &rules, plan)?;
    let groups = groups_of_rows(cover);
    let mut numbers: Vec<i64> = groups.iter().map(|group| group.1).collect();
    numbers.extend(cover.sites().map(|site| instance.serves(site)));
    let worth = |open: &[bool]| -> Option<i64> {
        check_rules(cover, &rules, open).ok()?;
        Some(most_served(instance, &groups, open))
    };
    Claim {
        value: plan.served,
        bound: plan.bound,
        status: &plan.status,
        tree: &plan.certificate,
        is_empty: plan.chosen.is_empty(),
        known,
        unit: divisor(&numbers),
        kept: check_rules(cover, &rules, &open),
    }
    .check(&statement(instance, &rules, &groups), blame, &worth)
}

/// What the plan without places proves: nobody is served who is not in reach, so its bound holds with places too.
fn bound_without_places(
    cover: &CoverInstance,
    rules: &SiteRules,
    plan: &CapacitatedPlan,
) -> Result<i64, PlanFault> {
    let Some(eased) = &plan.without_places else { return Ok(i64::MAX) };
    let problem = CoverProblem { objective: Objective::MostWeight, rules: rules.clone() };
    // A plan is there, so that its bound is among what is checked.
    if !eased.has_plan() || eased.chosen.is_empty() {
        return Err(PlanFault::Status);
    }
    match verify(cover, &problem, eased) {
        Ok(()) => Ok(eased.bound),
        Err(_) => Err(PlanFault::Rule("the plan without places does not prove its bound")),
    }
}

/// The rules with room for the sites that stand.
fn widened(instance: &CapacitatedInstance, rules: &SiteRules) -> SiteRules {
    let standing: Vec<SiteId> =
        instance.cover.sites().filter(|&site| instance.is_existing(site)).collect();
    let mut rules = rules.clone();
    rules.max_sites = rules.max_sites.map(|most| most.saturating_add(standing.len() as u32));
    for group in &mut rules.groups {
        let more = standing.iter().filter(|site| group.sites.contains(site)).count() as u32;
        (group.min, group.max) = (group.min.saturating_add(more), group.max.saturating_add(more));
    }
    rules
}

fn check_allocation(
    instance: &CapacitatedInstance,
    plan: &CapacitatedPlan,
    open: &[bool],
) -> Result<(), PlanFault> {
    let cover = &instance.cover;
    let mut room: Vec<i64> = cover.sites().map(|site| instance.serves(site)).collect();
    let mut people = cover.weights().to_vec();
    let mut served = 0;
    if !plan.allocation.is_sorted_by(|a, b| (a.row, a.site) < (b.row, b.site)) {
        return Err(PlanFault::Rule("who is sent where is told in order, each once"));
    }
    for sent in &plan.allocation {
        let (row, site) = (sent.row as usize, sent.site.index());
        if site >= room.len() || row >= people.len() || !open[site] {
            return Err(PlanFault::Site(sent.site));
        }
        if cover.rows_of(sent.site).binary_search(&sent.row).is_err() {
            return Err(PlanFault::Rule("people are sent beyond the cutoff"));
        }
        if sent.persons <= 0 || sent.persons > room[site] || sent.persons > people[row] {
            return Err(PlanFault::Rule("more people are sent than there are people or places"));
        }
        room[site] -= sent.persons;
        people[row] -= sent.persons;
        served += sent.persons;
    }
    same("the people served", plan.served, served)
}

/// The most people open sites can serve: paths found one by one, depth first (L. R. Ford and D. R. Fulkerson,
/// "Maximal flow through a network", Canadian J. Mathematics 8, 1956).
fn most_served(instance: &CapacitatedInstance, groups: &[(Vec<u32>, i64)], open: &[bool]) -> i64 {
    let mut sent: Vec<Vec<i64>> = groups.iter().map(|group| vec![0; group.0.len()]).collect();
    let mut room: Vec<i64> = instance.cover.sites().map(|site| instance.serves(site)).collect();
    let mut served = 0;
    for (start, group) in groups.iter().enumerate() {
        let mut left = group.1;
        while left > 0 {
            let mut seen = vec![false; room.len()];
            let Some(path) = find_path(groups, (&sent, &room, open), start, &mut seen) else {
                break;
            };
            let mut amount =
                path.last().map_or(0, |&(g, at)| room[groups[g].0[at] as usize]).min(left);
            for pair in path.windows(2) {
                let site = groups[pair[0].0].0[pair[0].1];
                let back = groups[pair[1].0].0.binary_search(&site).unwrap_or(0);
                amount = amount.min(sent[pair[1].0][back]);
            }
            for (step, &(g, at)) in path.iter().enumerate() {
                if step > 0 {
                    let (before, place) = path[step - 1];
                    let site = groups[before].0[place];
                    let back = groups[g].0.binary_search(&site).unwrap_or(0);
                    sent[g][back] -= amount;
                }
                sent[g][at] += amount;
            }
            if let Some(&(g, at)) = path.last() {
                room[groups[g].0[at] as usize] -= amount;
            }
            left -= amount;
            served += amount;
        }
    }
    served
}

/// Groups and the place of the site each goes to: the last site has room, each other one gives up people of the
/// group after it.
fn find_path(
    groups: &[(Vec<u32>, i64)],
    (sent, room, open): (&[Vec<i64>], &[i64], &[bool]),
    start: usize,
    seen: &mut [bool],
) -> Option<Vec<(usize, usize)>> {
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut stack: Vec<(usize, usize, usize)> = vec![(start, 0, 0)];
    while let Some((group, at, depth)) = stack.pop() {
        path.truncate(depth);
        let Some(&site) = groups[group].0.get(at) else { continue };
        stack.push((group, at + 1, depth));
        let site = site as usize;
        if !open[site] || std::mem::replace(&mut seen[site], true) {
            continue;
        }
        path.push((group, at));
        if room[site] > 0 {
            return Some(path);
        }
        for (other, sent) in sent.iter().enumerate() {
            let holds = groups[other].0.binary_search(&(site as u32));
            if other != group && holds.is_ok_and(|at| sent[at] > 0) {
                stack.push((other, 0, depth + 1));
            }
        }
    }
    None
}

fn statement(
    instance: &CapacitatedInstance,
    rules: &SiteRules,
    groups: &[(Vec<u32>, i64)],
) -> Statement {
    let sites = instance.site_count();
    let mut statement = Statement::with_decisions(sites);
    let mut at_site: Vec<Vec<(usize, i64)>> = vec![Vec::new(); sites];
    let mut pairs = Vec::new();
    for (reached, weight) in groups {
        let mut once = Vec::new();
        for &site in reached {
            let part = statement.variable(*weight);
            once.push((part, 1));
            at_site[site as usize].push((part, *weight));
            pairs.push(vec![(part, 1), (site as usize, -1)]);
        }
        statement.row(once, 1);
    }
    for (site, mut terms) in at_site.into_iter().enumerate() {
        let reach: i64 = terms.iter().map(|term| term.1).sum();
        terms.push((site, -reach.min(instance.serves(SiteId::from_index(site)))));
        statement.row(terms, 0);
    }
    for pair in pairs {
        statement.row(pair, 0);
    }
    statement.rules(&instance.cover, rules, 0);
    statement
}
