//! `walkshed verify` of p-median and p-center plans.

use std::collections::BTreeMap;

use anyhow::{Context, bail};

use crate::ids::{DemandPointId, Id};
use crate::import::assign_file::{
    ASSIGN_FORMAT_VERSION, AssignFile, AssignSummary, assign_fingerprint,
};
use crate::placement::nearest_site::{WhoCounts, served};
use crate::placement::plan::Need;
use crate::placement::recheck::{Claim, Retrace};
use crate::placement::{AssignInstance, verify_assignment};
use crate::reach::{Ground, NearestField, Seeds};
use crate::report::sheet::Both;
use crate::units::WalkTime;

use super::super::plan::{assign_summary, assign_units, walker_of};
use super::ground::{Doors, doors_of, reject, same_instance, same_sites, same_study};
use super::{Against, Case, Checked, FetchStudy};

/// Checks the file by itself, then against its instance file or study when one is named.
pub(crate) fn check(case: &Case, held: &mut Vec<Both>) -> anyhow::Result<Checked> {
    let Case { bytes, shown, other, .. } = case;
    let plan: AssignFile = serde_json::from_slice(bytes)
        .with_context(|| format!("{shown} is not a plan that `walkshed place` wrote"))?;
    if plan.format_version != ASSIGN_FORMAT_VERSION {
        bail!(
            "{shown} is of version {}; this program reads {ASSIGN_FORMAT_VERSION}",
            plan.format_version
        );
    }
    if let Err(reason) = check_shape(&plan) {
        return Ok(Err(reason));
    }
    let instance = match plan.instance.build() {
        Ok(instance) => instance,
        Err(error) => return Ok(reject(format!("the instance in the file is none: {error}"))),
    };
    let checked = check_alone(&plan, &instance, held);
    if checked.is_err() {
        return Ok(checked);
    }
    match case.against {
        Against::Instance(found) => {
            Ok(check_instance((&plan, &instance), (&found()?, other.as_str()), held))
        }
        Against::Study(study) => check_on_streets(&plan, (study, other.as_str()), held),
        Against::Itself => Ok(checked),
    }
}

/// The parts of the file are as long as each other and name what is there.
fn check_shape(plan: &AssignFile) -> Checked {
    let (record, chosen) = (&plan.instance, &plan.solution.chosen);
    let (rows, sites) = (record.weights.len(), record.sites.len());
    let outside = |site: u32| site as usize >= sites;
    if record.walks.len() != rows
        || !(record.existing.is_empty() || record.existing.len() == rows)
        || !(record.points.is_empty() || record.points.len() == rows)
    {
        return reject("the instance has lists for more or fewer rows than it has");
    }
    if record.walks.iter().flatten().any(|walk| outside(walk.0))
        || record.statuses.iter().any(|entry| outside(entry.0))
        || chosen.iter().any(|site| outside(site.0))
    {
        return reject("a site is named that is not in the instance");
    }
    same_sites(&plan.sites, chosen, &record.sites)
}

/// What can be checked without study or instance file: plan, bound, claims, figures.
fn check_alone(plan: &AssignFile, instance: &AssignInstance, held: &mut Vec<Both>) -> Checked {
    same_instance(&assign_fingerprint(instance), &plan.instance.fingerprint)?;
    let (rows, pairs) = (instance.row_count(), instance.pair_count());
    let sites = instance.site_count();
    held.push(Both::new(
        format!("the instance: {sites} sites, {rows} rows, {pairs} pairs"),
        format!("算例：{sites} 个点位、{rows} 行、{pairs} 对"),
    ));
    let solution = &plan.solution;
    if let Err(fault) = verify_assignment(instance, solution) {
        return reject(fault.to_string());
    }
    let (value, bound, status) = (solution.value, solution.bound, &plan.summary.status);
    held.push(Both::new(
        format!("the sites, the value {value}, the bound {bound} ({status})"),
        format!("点位、数值 {value} 与界 {bound}（{status}）"),
    ));
    let walks = if solution.has_plan() { served(instance, &solution.chosen) } else { Vec::new() };
    let goes = walks.iter().map(|w| (w.row, w.site.map(|site| site.0), w.time.as_ms()));
    if !goes.eq(plan.claims.iter().copied()) {
        return reject("somebody is said to go elsewhere than to the nearest site of the instance");
    }
    check_figures(plan, instance)?;
    let rows = plan.claims.len();
    held.push(Both::new(
        format!("the claims: {rows} rows, each at the nearest site"),
        format!("声明：{rows} 行，均归最近点位"),
    ));
    Ok(())
}

fn check_figures(plan: &AssignFile, instance: &AssignInstance) -> Checked {
    let unit = &plan.instance.weight_unit;
    let (said, found) = (&plan.summary, assign_summary(instance, &plan.solution, unit));
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + b.abs());
    let both = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => near(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    let figures = |a: &AssignSummary, b: &AssignSummary| {
        let pairs = [(a.before, b.before), (a.after, b.after)];
        pairs.iter().all(|(a, b)| {
            near(a.served, b.served) && both(a.mean, b.mean) && both(a.longest, b.longest)
        }) && near(a.persons, b.persons)
            && near(a.optimality_gap, b.optimality_gap)
    };
    let words = said.status == found.status && said.unit == found.unit && said.sites == found.sites;
    if !words || !figures(said, &found) {
        return reject("the figures of the summary do not follow from the plan");
    }
    let people = assign_units(unit).0;
    let mut goes = vec![0_i64; instance.site_count()];
    for &(row, site, _) in &plan.claims {
        if let Some(site) = site {
            goes[site as usize] += instance.weight(row as usize);
        }
    }
    for site in &plan.sites {
        let found = goes[site.site as usize] as f64 / people;
        if !near(site.gain_persons, found) {
            return reject(format!(
                "{} people are said to go to site {:?}, but it is {found}",
                site.gain_persons, site.id
            ));
        }
    }
    Ok(())
}

/// The instance is that of a published file.
fn check_instance(
    (plan, instance): (&AssignFile, &AssignInstance),
    ((hash, found), shown): (&(String, AssignInstance), &str),
    held: &mut Vec<Both>,
) -> Checked {
    if *hash != plan.study_hash {
        return reject(format!(
            "the plan is for another instance: its hash is {}, that of {shown} is {hash}",
            plan.study_hash
        ));
    }
    let asked = found.with_statuses(&plan.instance.statuses);
    if asked.as_ref() != Ok(instance) {
        return reject(format!("the distances of the file are not those of {shown}"));
    }
    held.push(Both::new(
        format!("the distances: worked out again from {shown}"),
        format!("距离：由 {shown} 重新算出"),
    ));
    Ok(())
}

/// On the streets of the study: rows, people and today's walks are as said, nobody walks farther or less.
fn check_on_streets(
    plan: &AssignFile,
    (study, shown): (FetchStudy<'_>, &str),
    held: &mut Vec<Both>,
) -> anyhow::Result<Checked> {
    let baseline = match same_study(&plan.study_hash, (study, shown), held)? {
        Ok(baseline) => baseline,
        Err(reason) => return Ok(Err(reason)),
    };
    let rule = plan.ask.rule.as_ref().context("the file names no rule")?;
    let walker = walker_of(&baseline, Some(&rule.profile))?;
    let need = Need::find(baseline.site(), walker, rule)?.of_everybody();
    let doors = match doors_of(&need, &plan.sites) {
        Ok(doors) => doors,
        Err(reason) => return Ok(Err(reason)),
    };
    let checked = check_people(plan, &need)
        .and_then(|()| check_nearest(plan, &need, &doors))
        .and_then(|()| walk_again(plan, &need, &doors));
    if checked.is_ok() {
        let homes = plan.claims.len();
        held.push(Both::new(
            format!(
                "the walks: {homes} homes walked again from their doors, none has a nearer site"
            ),
            format!("步行：{homes} 处住所从门口重新步行，均无更近的点位"),
        ));
    }
    Ok(checked)
}

/// The rows and those left out are everybody of the group, with their people and their walks today.
fn check_people(plan: &AssignFile, need: &Need) -> Checked {
    let record = &plan.instance;
    let mut all: Vec<u32> = record.points.iter().chain(&plan.left_out).copied().collect();
    all.sort_unstable();
    if !record.points.is_sorted() || !all.iter().copied().eq(need.rows.iter().map(|id| id.0)) {
        return reject("the homes of the instance are not those of the study");
    }
    for (row, &point) in record.points.iter().enumerate() {
        let id = DemandPointId(point);
        let persons = need.site.demand.points[id].persons[need.group.index()].count() * 1e3;
        if (record.weights[row] as f64 - persons).abs() > 1.0 {
            return reject(format!("demand point {point} has other people in the study"));
        }
        let today = need.times.time(id).reached().map(WalkTime::as_ms);
        if record.existing.get(row).copied().flatten() != today {
            return reject(format!("demand point {point} walks otherwise today"));
        }
    }
    let who = WhoCounts::of(&plan.solution.problem);
    match plan.left_out.iter().find(|point| who.holds(need, DemandPointId(**point))) {
        Some(point) => reject(format!("demand point {point} is left out, but counts")),
        None => Ok(()),
    }
}

/// Nobody lives nearer to a chosen site than is said, by one sweep out of all of them.
fn check_nearest(plan: &AssignFile, need: &Need, doors: &[Doors]) -> Checked {
    let (graph, impedance) = (need.site.graph, need.impedance());
    let ground = Ground::toward(graph, impedance);
    let stands = doors.iter().flat_map(|(site, all)| all.iter().map(move |stand| (*site, stand)));
    let seeds = Seeds::of_snaps(graph, impedance, stands);
    let field = NearestField::sweep(&ground, &seeds, need.cutoff);
    let planned = need.walker.read(&ground, &seeds, &field);
    let has_plan = plan.solution.has_plan();
    let mut said = vec![u32::MAX; plan.instance.points.len()];
    for &(row, _, ms) in &plan.claims {
        said[row as usize] = ms;
    }
    let price = plan.solution.problem.unserved().map_or(u32::MAX, WalkTime::as_ms);
    for (row, &point) in plan.instance.points.iter().enumerate() {
        let found = planned.time(DemandPointId(point));
        let is_nearer = found <= need.cutoff && found.as_ms() < said[row].min(price);
        if has_plan && is_nearer {
            return reject(format!(
                "demand point {point} has a chosen site within {} ms, nearer than the file says",
                found.as_ms()
            ));
        }
    }
    Ok(())
}

/// Each home walks out of its own door to the site it is said to go to.
fn walk_again(plan: &AssignFile, need: &Need, doors: &[Doors]) -> Checked {
    // Claims of about the same length are searched together, none farther than twice its length.
    let mut classes: BTreeMap<u32, Vec<(usize, Claim)>> = BTreeMap::new();
    for (index, &(row, site, ms)) in plan.claims.iter().enumerate() {
        let point = DemandPointId(plan.instance.points[row as usize]);
        let doors = match site {
            Some(site) => match doors.binary_search_by_key(&site, |entry| entry.0) {
                Ok(at) => doors[at].1.as_slice(),
                Err(_) => return reject(format!("site {site} is not chosen")),
            },
            None => match need.times.facility(point) {
                Some(facility) => need.walker.facilities.of(facility),
                None => return reject(format!("demand point {} has nothing open", point.0)),
            },
        };
        let claim = Claim { point, doors, time: Some(WalkTime::from_ms(ms)) };
        let longest = ms.checked_next_power_of_two().unwrap_or(u32::MAX);
        classes.entry(longest).or_default().push((index, claim));
    }
    for (longest, class) in classes {
        let retrace = Retrace {
            graph: need.site.graph,
            impedance: need.impedance(),
            homes: &need.walker.demand,
            cutoff: WalkTime::from_ms(longest).min(WalkTime::LONGEST),
        };
        let (indices, claims): (Vec<usize>, Vec<Claim>) = class.into_iter().unzip();
        if let Some(first) = retrace.refute(&claims).first() {
            let (row, _, ms) = plan.claims[indices[first.claim]];
            let point = plan.instance.points[row as usize];
            return reject(format!("demand point {point} is said to walk {ms} ms, but does not"));
        }
    }
    Ok(())
}
