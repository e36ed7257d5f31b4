//! What can be checked without the study: instance, answer, bound, claims, figures.

use std::collections::{BTreeMap, BTreeSet};

use crate::coverage::capacity::{InReach, Serves, allocate};
use crate::ids::{DemandPointId, SiteId};
use crate::import::plan_file::InstanceRecord;
use crate::import::program_file::{ProgramFile, Work};
use crate::placement::equity::ZoneShare;
use crate::placement::gates::GateEvaluator;
use crate::placement::verify_capacitated::verify_capacitated;
use crate::placement::verify_equity::{verify_front_point, verify_worst_zone};
use crate::placement::verify_gates::verify_gates;
use crate::placement::verify_multi_function::verify_multi_function;
use crate::placement::verify_tree::PlanFault;
use crate::placement::verify_two_tier::verify_two_tier;
use crate::placement::{CoverInstance, Measure, Proof, SolutionStatus};
use crate::report::sheet::Both;
use crate::units::Persons;

use super::super::ground::reject;
use super::super::{Checked, Reject};

/// What the answer comes to, worked out again.
struct Found {
    /// Choices that are taken, sorted, numbered as in the file.
    chosen: Vec<u32>,
    proof: Proof,
    /// What they cost, in thousandths.
    cost: i64,
    /// Micro-persons that are newly covered, or served, by what the summary counts.
    newly: i64,
    /// Promise by promise, the homes that must be claimed, each with the choices it may go to.
    homes: Vec<BTreeMap<u32, Vec<u32>>>,
    /// Ids of the choices.
    ids: Vec<String>,
}

type Answer = Result<Found, Reject>;

pub(crate) fn check(plan: &ProgramFile, held: &mut Vec<Both>) -> Checked {
    let found = answer(&plan.work)?;
    let (value, bound) = (found.proof.value, found.proof.bound);
    let status = found.proof.status.id();
    held.push(Both::new(
        format!("the answer: value {value}, bound {bound} ({status})"),
        format!("答案：数值 {value}，界 {bound}（{status}）"),
    ));
    check_sites(plan, &found)?;
    check_claims(plan, &found)?;
    check_figures(plan, &found)?;
    let homes: usize = plan.claims.iter().map(Vec::len).sum();
    held.push(Both::new(
        format!("the claims: {homes}, each within reach of what is chosen"),
        format!("声明：{homes} 处，均在所选点位可达范围内"),
    ));
    Ok(())
}

fn broken(error: &impl ToString) -> Reject {
    Reject(format!("the instance in the file is none: {}", error.to_string()))
}

fn faulty(fault: &PlanFault) -> Reject {
    Reject(fault.to_string())
}

fn answer(work: &Work) -> Answer {
    match work {
        Work::Capacitated { .. } => places(work),
        Work::TwoTier { .. } => tiers(work),
        Work::Gates { .. } => gates(work),
        Work::WorstZone { .. } | Work::Pareto { .. } => zones(work),
        Work::Centers { .. } => centers(work),
    }
}

fn numbers(sites: &[SiteId]) -> Vec<u32> {
    sites.iter().map(|site| site.0).collect()
}

fn cost_of(instance: &CoverInstance, sites: &[SiteId]) -> i64 {
    sites.iter().map(|&site| instance.cost(site)).sum()
}

/// For each home the sites of `chosen` that cover it, those settled left out.
fn reached(
    (record, instance): (&InstanceRecord, &CoverInstance),
    chosen: &[SiteId],
    first: u32,
) -> BTreeMap<u32, Vec<u32>> {
    let mut homes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &site in chosen {
        let open = instance.rows_of(site).iter().filter(|&&row| !instance.is_settled(row as usize));
        for &row in open {
            homes.entry(record.points[row as usize]).or_default().push(first + site.0);
        }
    }
    homes
}

fn places(work: &Work) -> Answer {
    let Work::Capacitated { instance: record, problem, plan } = work else {
        return Err(Reject("another problem".to_owned()));
    };
    let instance = record.build().map_err(|error| broken(&error))?;
    verify_capacitated(&instance, problem, plan).map_err(|fault| faulty(&fault))?;
    let cover = instance.cover();
    let mut homes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for sent in &plan.allocation {
        homes.entry(record.cover.points[sent.row as usize]).or_default().push(sent.site.0);
    }
    let today = record.facilities.len();
    // By the code of the audit, not that of the solver.
    let serves: Vec<Serves> = record.serves.iter().map(|&s| Some(Persons::from_micro(s))).collect();
    let rows: Vec<InReach> = (0..cover.row_count())
        .map(|row| InReach {
            point: DemandPointId(row as u32),
            persons: Persons::from_micro(cover.weight(row)),
            facilities: cover
                .sites_of(row)
                .iter()
                .copied()
                .filter(|&s| (s as usize) < today)
                .collect(),
        })
        .collect();
    let served: Persons = allocate(&serves, &rows).iter().map(|split| split.served).sum();
    Ok(Found {
        chosen: numbers(&plan.chosen),
        proof: Proof::of_most(&plan.status, (plan.served, plan.bound), Measure::Served),
        cost: cost_of(cover, &plan.chosen),
        newly: plan.served - served.as_micro(),
        homes: vec![homes],
        ids: record.cover.sites.clone(),
    })
}

fn tiers(work: &Work) -> Answer {
    let Work::TwoTier { instance: record, problem, plan } = work else {
        return Err(Reject("another problem".to_owned()));
    };
    let instance = record.build().map_err(|error| broken(&error))?;
    verify_two_tier(&instance, problem, plan).map_err(|fault| faulty(&fault))?;
    let first = instance.stations.site_count() as u32;
    let (stations, centers) = (&instance.stations, &instance.centers);
    let above = plan.centers.iter().map(|center| first + center.0);
    Ok(Found {
        chosen: numbers(&plan.stations).into_iter().chain(above).collect(),
        proof: Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::Promises),
        cost: cost_of(stations, &plan.stations) + cost_of(centers, &plan.centers),
        newly: stations.covered_weight(&plan.stations),
        homes: vec![
            reached((&record.stations, stations), &plan.stations, 0),
            reached((&record.centers, centers), &plan.centers, first),
        ],
        ids: record.stations.sites.iter().chain(&record.centers.sites).cloned().collect(),
    })
}

fn gates(work: &Work) -> Answer {
    let Work::Gates { instance: record, rules, plan } = work else {
        return Err(Reject("another problem".to_owned()));
    };
    let instance = record.build().map_err(|error| broken(&error))?;
    verify_gates(&instance, rules, plan).map_err(|fault| faulty(&fault))?;
    let mut homes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let is_taken = |choice: &u32| plan.chosen.binary_search(&SiteId(*choice)).is_ok();
    for (row, &point) in record.choices.points.iter().enumerate() {
        let there = instance.ways(row).iter().filter(|way| way.iter().all(is_taken));
        let named: Vec<u32> = there.flatten().copied().collect();
        if !named.is_empty() {
            homes.insert(point, named);
        }
    }
    Ok(Found {
        chosen: numbers(&plan.chosen),
        proof: Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::People),
        cost: cost_of(instance.facts(), &plan.chosen),
        newly: instance.newly_covered(&plan.chosen),
        homes: vec![homes],
        ids: record.choices.sites.clone(),
    })
}

fn zones(work: &Work) -> Answer {
    let (record, instance, chosen, proof) = match work {
        Work::WorstZone { instance: record, rules, plan } => {
            let instance = record.build().map_err(|error| broken(&error))?;
            verify_worst_zone(&instance, rules, plan).map_err(|fault| faulty(&fault))?;
            let proof = plan.proof();
            (record, instance, plan.chosen.clone(), proof)
        }
        Work::Pareto { instance: record, rules, front, picked } => {
            let instance = record.build().map_err(|error| broken(&error))?;
            for point in &front.points {
                verify_front_point(&instance, rules, point).map_err(|fault| faulty(&fault))?;
            }
            check_front(front)?;
            let none = (Vec::new(), SolutionStatus::Unsolved, (0, 0));
            let (chosen, status, value) = match front.points.get(*picked) {
                Some(p) => (p.chosen.clone(), p.status.clone(), (p.people, p.people_bound)),
                None if front.points.is_empty() => none,
                None => return Err(Reject("the plan is no point of the front".to_owned())),
            };
            (record, instance, chosen, Proof::of_most(&status, value, Measure::People))
        }
        _ => return Err(Reject("another problem".to_owned())),
    };
    let cover = &instance.cover;
    Ok(Found {
        cost: cost_of(cover, &chosen),
        newly: cover.covered_weight(&chosen),
        homes: vec![reached((&record.cover, cover), &chosen, 0)],
        chosen: numbers(&chosen),
        proof,
        ids: record.cover.sites.clone(),
    })
}

/// No point is as good as another in cost, people and worst-off.
fn check_front(front: &crate::placement::pareto::ParetoFront) -> Checked {
    let points = &front.points;
    for (a, first) in points.iter().enumerate() {
        for (b, second) in points.iter().enumerate() {
            let share = |zone: Option<ZoneShare>| zone.map_or((1, 1), |z| (z.covered, z.persons));
            let ((ac, ap), (bc, bp)) = (share(first.worst), share(second.worst));
            let fairer = i128::from(ac) * i128::from(bp) >= i128::from(bc) * i128::from(ap);
            if a != b && first.cost <= second.cost && first.people >= second.people && fairer {
                return reject(format!("point {} of the front is no better than {}", b + 1, a + 1));
            }
        }
    }
    Ok(())
}

fn centers(work: &Work) -> Answer {
    let Work::Centers { instance: record, problem, plan } = work else {
        return Err(Reject("another problem".to_owned()));
    };
    let instance = record.build().map_err(|error| broken(&error))?;
    verify_multi_function(&instance, problem, plan).map_err(|fault| faulty(&fault))?;
    let housing = |function: usize| -> Vec<SiteId> {
        let housed = plan.modules.iter().filter(|module| module.function as usize == function);
        housed.map(|module| module.site).collect()
    };
    let homes = record.functions.iter().zip(&instance.functions).enumerate();
    Ok(Found {
        chosen: numbers(&plan.chosen),
        proof: Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::Promises),
        cost: cost_of(&instance.functions[0], &plan.chosen)
            + plan.modules.iter().map(|module| module.cost).sum::<i64>(),
        newly: plan.completed,
        homes: homes.map(|(f, (record, cover))| reached((record, cover), &housing(f), 0)).collect(),
        ids: record.functions[0].sites.clone(),
    })
}

/// The list of sites is that of what is chosen, by the ids of the instance.
fn check_sites(plan: &ProgramFile, found: &Found) -> Checked {
    let mut named: Vec<u32> = plan.sites.iter().map(|site| site.site).collect();
    named.sort_unstable();
    if named != found.chosen {
        return reject("the list of sites is not the list of chosen sites");
    }
    for site in &plan.sites {
        if found.ids.get(site.site as usize).is_none_or(|id| *id != site.id) {
            return reject(format!("site {} is called {:?} elsewhere", site.site, site.id));
        }
    }
    let ids: BTreeSet<&String> = found.ids.iter().collect();
    if ids.len() < found.chosen.len() {
        return reject("several chosen sites have one id");
    }
    Ok(())
}

/// Every home that the answer covers is claimed, by a choice that covers it, and no other.
fn check_claims(plan: &ProgramFile, found: &Found) -> Checked {
    if plan.claims.len() != found.homes.len() || plan.promises.len() != found.homes.len() {
        return reject("there are claims for more or fewer promises than there are");
    }
    let split = matches!(plan.work, Work::Capacitated { .. });
    for (claims, homes) in plan.claims.iter().zip(&found.homes) {
        let mut left: BTreeMap<u32, Vec<u32>> = homes.clone();
        for &(point, site, _) in claims {
            let Some(may) = left.get_mut(&point) else {
                return reject(format!("demand point {point} is claimed twice, or not covered"));
            };
            let Some(at) = may.iter().position(|&other| other == site) else {
                return reject(format!("demand point {point} is not within reach of site {site}"));
            };
            // Where places are counted a home may be sent to several sites, each once.
            if split {
                may.swap_remove(at);
            } else {
                may.clear();
            }
            if may.is_empty() {
                left.remove(&point);
            }
        }
        if let Some((point, _)) = left.first_key_value() {
            return reject(format!("demand point {point} is covered, but not claimed"));
        }
    }
    Ok(())
}

/// The figures of the summary follow from the answer.
fn check_figures(plan: &ProgramFile, found: &Found) -> Checked {
    let summary = &plan.summary;
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-5 * (1.0 + b.abs());
    let newly = found.newly as f64 / 1e6;
    let said = summary.covered_after - summary.covered_before;
    if !near(said, newly) {
        return reject(format!("{said} people are said to be newly covered, but it is {newly}"));
    }
    if summary.sites != found.chosen.len() || !near(summary.cost, found.cost as f64 / 1e3) {
        return reject("the number of sites or their cost is not what is said");
    }
    let share = |part: f64| (summary.persons > 0.0).then(|| part / summary.persons);
    let alike = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => near(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    if !alike(summary.share_before, share(summary.covered_before))
        || !alike(summary.share_after, share(summary.covered_after))
    {
        return reject("the shares of the summary do not follow from its people");
    }
    if summary.status != found.proof.status.id() {
        return reject(format!("the plan is said to be {}", summary.status));
    }
    if (summary.optimality_gap - found.proof.gap).abs() > 1e-9 {
        return reject(format!("the optimality gap is said to be {}", summary.optimality_gap));
    }
    Ok(())
}
