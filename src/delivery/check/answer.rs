//! What can be checked without the study: the record, the answer with its bound, and what is told of it.

use std::collections::BTreeMap;

use anyhow::Context;

use crate::coverage::capacity::{InReach, Serves, allocate};
use crate::ids::{DemandPointId, SiteId};
use crate::import::plan_file::{InstanceRecord, PlanFile};
use crate::import::program_file::{PlacesRecord, ProgramFile, Work};
use crate::placement::capacitated::CapacitatedInstance;
use crate::placement::equity::ZoneShare;
use crate::placement::explain::{Step, in_order, in_phases};
use crate::placement::gates::GateEvaluator;
use crate::placement::openings::taken_in_order;
use crate::placement::places::served_in_order;
use crate::placement::schedule::rules_in_all;
use crate::placement::verify_capacitated::verify_capacitated;
use crate::placement::verify_equity::{verify_front_point, verify_worst_zone};
use crate::placement::verify_gates::verify_gates;
use crate::placement::verify_multi_function::verify_multi_function;
use crate::placement::verify_schedule::verify_schedule;
use crate::placement::verify_tree::PlanFault;
use crate::placement::verify_two_tier::verify_two_tier;
use crate::placement::{CoverInstance, InstanceError, Measure, Proof, SiteStatus, verify};
use crate::units::Persons;

use super::super::programs::solved_as;
use super::super::text::count;
use super::differ::same;
use super::file::Head;
use super::told::{Figures, Sent, Told, status_zh};
use super::{Checked, Log, Reject, form, reject, told};

/// What the answer comes to, worked out again.
pub(in crate::delivery) struct Found {
    /// Sites as they must be told, in order.
    pub(in crate::delivery) told: Vec<Told>,
    pub(in crate::delivery) proof: Proof,
    /// Sites that the summary counts, and what they cost in thousandths.
    pub(in crate::delivery) counted: (usize, i64),
    /// Micro-persons that the first promise newly covers.
    pub(in crate::delivery) newly: i64,
    /// The people with a place today, where places are counted.
    pub(in crate::delivery) today: Option<Persons>,
    /// Promise by promise, the homes that must be claimed, each with the choices it may go to.
    pub(in crate::delivery) homes: Vec<BTreeMap<u32, Vec<u32>>>,
    /// Sites before the first place among the choices: what is open today, or gates.
    pub(in crate::delivery) first: u32,
}

pub(in crate::delivery) type Answer = Result<Found, Reject>;

/// A covering plan by itself.
pub(super) fn cover(file: &PlanFile, log: &mut Log) -> Checked {
    let Some(instance) = form::cover(file)? else {
        let chosen = file.solution.chosen.iter().map(|site| site.0);
        let mut named: Vec<u32> = file.sites.iter().map(|site| site.site).collect();
        named.sort_unstable();
        return if chosen.eq(named) {
            Ok(())
        } else {
            reject("the list of sites is not the list of chosen sites")
        };
    };
    let (sites, homes) = (instance.site_count(), instance.row_count());
    let pairs = instance.pair_count();
    log.holds(
        format!("the instance: {sites} sites, {homes} homes, {pairs} pairs"),
        format!("算例：{sites} 个点位、{homes} 处住所、{pairs} 对"),
    );
    let solution = &file.solution;
    verify(&instance, &solution.problem, solution).map_err(|fault| Reject(fault.to_string()))?;
    let proof = Proof::of(solution);
    let steps = match &file.phases {
        None => in_order(&instance, &solution.chosen),
        Some(schedule) => {
            let rules = rules_in_all(&solution.problem.rules, &schedule.problem);
            verify_schedule(&instance, (&rules, &solution.chosen), schedule)
                .map_err(|fault| Reject(fault.to_string()))?;
            if schedule.has_plan() {
                in_phases(&instance, &schedule.sites_by_year())
            } else {
                in_order(&instance, &solution.chosen)
            }
        }
    };
    let ids = &file.instance.sites;
    let is_study = !file.instance.points.is_empty();
    let homes = if is_study {
        reached((&file.instance, &instance), &solution.chosen, 0)
    } else {
        BTreeMap::new()
    };
    let found = Found {
        told: steps
            .iter()
            .map(|step| Told::of((step.site, step.gain), &instance, (0, ids)))
            .collect(),
        counted: (solution.chosen.len(), cost_of(&instance, &solution.chosen)),
        newly: instance.covered_weight(&solution.chosen),
        today: None,
        homes: vec![homes],
        first: 0,
        proof,
    };
    say(&found.proof, log);
    years(file, log);
    follows(&file.into(), &found, (std::slice::from_ref(&file.claims), Sent::Together), log)?;
    told::figures(&file.summary, &found.figures())
}

/// The years hold: says so.
fn years(file: &PlanFile, log: &mut Log) {
    let Some(schedule) = &file.phases else { return };
    let years = schedule.problem.years.len();
    if !schedule.has_plan() {
        log.holds(
            format!("the years: {years} of them, and no order of the sites that keeps what is asked of them was found"),
            format!("年度：共 {years} 年，未找到满足要求的开设次序"),
        );
        return;
    }
    let value = count(schedule.plan.value as f64 / 1e6);
    let bound = count(schedule.bound as f64 / 1e6);
    log.holds(
        format!("the years: {years} of them, {value} person-years of at most {bound}"),
        format!("年度：共 {years} 年，{value} 人年，至多 {bound}"),
    );
    if schedule.first_year.is_some() {
        log.leaves(
            "the calendar year of the first phase (phases.first_year): it is as it was asked",
            "首期的公历年份（phases.first_year）：按提问所写",
        );
    }
}

/// A plan that was solved as a program, by itself.
pub(super) fn program(file: &ProgramFile, log: &mut Log) -> Checked {
    let fingerprint = file.work.fingerprint().context("the fingerprint");
    let fingerprint = fingerprint.map_err(|fault| Reject(format!("{fault:#}")))?;
    if fingerprint != file.fingerprint {
        return reject(format!(
            "the instance or the question is another than the plan was made for: its fingerprint is {fingerprint}, \
             the file says {}",
            file.fingerprint
        ));
    }
    let found = (solved_as(&file.work)?.answer)(&file.work, log)?;
    let found = match file.format_version {
        1 => as_once(&file.work, found)?,
        _ => found,
    };
    if file.promises.len() != found.homes.len() {
        return reject("there are more or fewer promises than were solved for");
    }
    say(&found.proof, log);
    let is_split = matches!(file.work, Work::Capacitated { .. });
    let sent = if is_split { Sent::Split } else { Sent::Together };
    follows(&file.into(), &found, (&file.claims, sent), log)?;
    if let Some(today) = found.today {
        same("summary.covered_before", &file.summary.covered_before, &today.count())?;
    }
    told::figures(&file.summary, &found.figures())
}

impl Found {
    fn figures(&self) -> Figures<'_> {
        let (sites, cost) = self.counted;
        Figures { proof: &self.proof, sites, cost, newly: self.newly }
    }
}

fn say(proof: &Proof, log: &mut Log) {
    let divisor = proof.measure.divisor();
    let (value, bound) = (proof.value as f64 / divisor, proof.bound as f64 / divisor);
    let (status, told) = (proof.status.id(), status_zh(&proof.status));
    log.holds(
        format!("the rules, the value {value}, the bound {bound} ({status})"),
        format!("规则、数值 {value} 与界 {bound}（{told}）"),
    );
}

/// Sites and claims follow from the answer.
fn follows(
    head: &Head,
    found: &Found,
    (claims, sent): (&[Vec<told::Claim>], Sent),
    log: &mut Log,
) -> Checked {
    told::sites(head, &found.told, &|site| site.checked_sub(found.first).map(|at| at as usize))?;
    told::claims(claims, &found.homes, sent)?;
    let homes: usize = claims.iter().map(Vec::len).sum();
    log.holds(
        format!("the claims: {homes} homes, each in the list of its site"),
        format!("声明：{homes} 处住所，均在其点位的可达名单中"),
    );
    Ok(())
}

pub(in crate::delivery) fn faulty(fault: &PlanFault) -> Reject {
    Reject(fault.to_string())
}

pub(in crate::delivery) fn other() -> Reject {
    Reject("another problem".to_owned())
}

pub(in crate::delivery) fn cost_of(instance: &CoverInstance, sites: &[SiteId]) -> i64 {
    sites.iter().map(|&site| instance.cost(site)).sum()
}

pub(in crate::delivery) fn told_of(
    steps: &[Step],
    instance: &CoverInstance,
    place: (u32, &[String]),
) -> Vec<Told> {
    steps.iter().map(|step| Told::of((step.site, step.gain), instance, place)).collect()
}

/// For each home the sites of `chosen` that cover it, those settled left out.
pub(in crate::delivery) fn reached(
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

pub(in crate::delivery) fn places(work: &Work) -> Answer {
    let Work::Capacitated { instance: record, problem, plan } = work else { return Err(other()) };
    let instance = form::places(record)?;
    verify_capacitated(&instance, problem, plan).map_err(|fault| faulty(&fault))?;
    let cover = instance.cover();
    let mut homes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for sent in &plan.allocation {
        homes.entry(record.cover.points[sent.row as usize]).or_default().push(sent.site.0);
    }
    let today = served_today(record, cover);
    let ids = &record.cover.sites;
    let order = served_in_order(&instance, &plan.chosen);
    Ok(Found {
        told: order.into_iter().map(|step| Told::of(step, cover, (0, ids))).collect(),
        proof: Proof::of_most(&plan.status, (plan.served, plan.bound), Measure::Served),
        counted: (plan.chosen.len(), cost_of(cover, &plan.chosen)),
        newly: plan.served - today.as_micro(),
        today: Some(today),
        homes: vec![homes],
        first: record.facilities.len() as u32,
    })
}

/// What a file of version 1 told otherwise: walks where places were counted, the stations of two tiers, the first of
/// several promises.
fn as_once(work: &Work, found: Found) -> Answer {
    match work {
        Work::Capacitated { instance: record, plan, .. } => {
            let instance = form::places(record)?;
            let beyond = beyond_today(&instance).map_err(|error| Reject(error.to_string()))?;
            let order = in_order(&beyond, &plan.chosen);
            let newly = beyond.covered_weight(&plan.chosen);
            let told = told_of(&order, &beyond, (0, &record.cover.sites));
            Ok(Found { told, newly, today: None, ..found })
        }
        Work::TwoTier { instance: record, plan, .. } => {
            let stations = form::nested(record)?.stations;
            let counted = (plan.stations.len(), cost_of(&stations, &plan.stations));
            Ok(Found { counted, ..found })
        }
        Work::Centers { instance: record, plan, .. } => {
            let functions = form::several(record)?.functions;
            let counted = (plan.chosen.len(), cost_of(&functions[0], &plan.chosen));
            Ok(Found { counted, newly: plan.reached[0], ..found })
        }
        Work::WorstZone { plan, .. } => {
            let value = (plan.worst.map_or(0, ZoneShare::ppb), plan.worst_bound_ppb);
            let proof = Proof::of_most(&plan.worst_status, value, Measure::WorstShare);
            Ok(Found { proof, ..found })
        }
        _ => Ok(found),
    }
}

/// The people beyond the cutoff of everything open today, as rows that are not settled.
fn beyond_today(instance: &CapacitatedInstance) -> Result<CoverInstance, InstanceError> {
    let cover = instance.cover();
    let mut builder = CoverInstance::builder(cover.weights().to_vec())?;
    for site in cover.sites() {
        let mut facts = cover.facts(site);
        if instance.is_existing(site) {
            facts.status = SiteStatus::Existing;
        }
        builder.add_site(cover.rows_of(site), facts)?;
    }
    Ok(builder.build())
}

/// The people with a place today: by the code of the audit, not that of the solver.
fn served_today(record: &PlacesRecord, cover: &CoverInstance) -> Persons {
    let serves: Vec<Serves> = record.serves.iter().map(|&s| Some(Persons::from_micro(s))).collect();
    let open = |site: &u32| (*site as usize) < record.facilities.len();
    let rows: Vec<InReach> = (0..cover.row_count())
        .map(|row| InReach {
            point: DemandPointId(row as u32),
            persons: Persons::from_micro(cover.weight(row)),
            facilities: cover.sites_of(row).iter().copied().filter(open).collect(),
        })
        .collect();
    allocate(&serves, &rows).iter().map(|split| split.served).sum()
}

pub(in crate::delivery) fn tiers(work: &Work) -> Answer {
    let Work::TwoTier { instance: record, problem, plan } = work else { return Err(other()) };
    let instance = form::nested(record)?;
    verify_two_tier(&instance, problem, plan).map_err(|fault| faulty(&fault))?;
    let first = instance.stations.site_count() as u32;
    let (stations, centers) = (&instance.stations, &instance.centers);
    let ids = [&record.stations.sites[..], &record.centers.sites].concat();
    let mut told = told_of(&in_order(stations, &plan.stations), stations, (0, &ids));
    told.extend(told_of(&in_order(centers, &plan.centers), centers, (first, &ids)));
    Ok(Found {
        told,
        proof: Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::Promises),
        counted: (
            plan.stations.len() + plan.centers.len(),
            cost_of(stations, &plan.stations) + cost_of(centers, &plan.centers),
        ),
        newly: stations.covered_weight(&plan.stations),
        today: None,
        homes: vec![
            reached((&record.stations, stations), &plan.stations, 0),
            reached((&record.centers, centers), &plan.centers, first),
        ],
        first: 0,
    })
}

pub(in crate::delivery) fn gates(work: &Work) -> Answer {
    let Work::Gates { instance: record, rules, plan } = work else { return Err(other()) };
    let instance = form::gates(record)?;
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
    let order = taken_in_order(&instance, &plan.chosen);
    let place = (0, &record.choices.sites[..]);
    let facts = instance.facts();
    Ok(Found {
        told: order
            .iter()
            .map(|taken| Told::of((taken.choice, taken.gain), facts, place))
            .collect(),
        proof: Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::People),
        counted: (plan.chosen.len(), cost_of(facts, &plan.chosen)),
        newly: instance.newly_covered(&plan.chosen),
        today: None,
        homes: vec![homes],
        first: record.gates.len() as u32,
    })
}

pub(in crate::delivery) fn zones(work: &Work, log: &mut Log) -> Answer {
    let (record, instance, chosen, proof) = match work {
        Work::WorstZone { instance: record, rules, plan } => {
            let instance = form::zoned(record)?;
            verify_worst_zone(&instance, rules, plan).map_err(|fault| faulty(&fault))?;
            (record, instance, plan.chosen.clone(), plan.proof())
        }
        Work::Pareto { instance: record, rules, front, picked } => {
            let instance = form::zoned(record)?;
            for point in &front.points {
                verify_front_point(&instance, rules, point).map_err(|fault| faulty(&fault))?;
            }
            check_front(front)?;
            log.leaves(
                "that no point is missing from the front (work.front.complete): each point is proven by itself",
                "前沿上没有遗漏的点（work.front.complete）：各点只单独得到证明",
            );
            let point = front.point((&instance, rules), *picked);
            let (chosen, status, value) =
                point.ok_or_else(|| Reject("the plan is no point of the front".to_owned()))?;
            (record, instance, chosen, Proof::of_most(&status, value, Measure::People))
        }
        _ => return Err(other()),
    };
    let cover = &instance.cover;
    Ok(Found {
        told: told_of(&in_order(cover, &chosen), cover, (0, &record.cover.sites)),
        counted: (chosen.len(), cost_of(cover, &chosen)),
        newly: cover.covered_weight(&chosen),
        today: None,
        homes: vec![reached((&record.cover, cover), &chosen, 0)],
        first: 0,
        proof,
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
    let is_proven = points.iter().all(|point| point.people == point.people_bound);
    if front.complete && !is_proven {
        return reject("the front is said to be complete, but a point of it is not proven");
    }
    Ok(())
}

pub(in crate::delivery) fn centers(work: &Work) -> Answer {
    let Work::Centers { instance: record, problem, plan } = work else { return Err(other()) };
    let instance = form::several(record)?;
    verify_multi_function(&instance, problem, plan).map_err(|fault| faulty(&fault))?;
    let housing = |function: usize| -> Vec<SiteId> {
        let housed = plan.modules.iter().filter(|module| module.function as usize == function);
        housed.map(|module| module.site).collect()
    };
    let parts: i64 = plan.modules.iter().map(|module| module.cost).sum();
    let homes = record.functions.iter().zip(&instance.functions).enumerate();
    let first = &instance.functions[0];
    Ok(Found {
        told: told_of(&in_order(first, &plan.chosen), first, (0, &record.functions[0].sites)),
        proof: Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::Promises),
        counted: (plan.chosen.len(), cost_of(first, &plan.chosen) + parts),
        newly: plan.completed,
        today: None,
        homes: homes.map(|(f, (record, cover))| reached((record, cover), &housing(f), 0)).collect(),
        first: 0,
    })
}
