//! p-median and p-center: everybody goes to the nearest.

use std::collections::BTreeMap;

use crate::ids::{DemandPointId, Id, SiteId};
use crate::import::assign_file::{AssignFile, AssignSummary};
use crate::placement::nearest_site::{WhoCounts, served};
use crate::placement::plan::Need;
use crate::placement::recheck::{Claim, Retrace};
use crate::placement::{AssignInstance, verify_assignment};
use crate::reach::{Ground, NearestField, Seeds};
use crate::units::WalkTime;

use super::super::plan::{assign_summary, assign_units};
use super::differ::same;
use super::ground::Doors;
use super::told::{Told, status_zh};
use super::{Checked, Log, Reject, form, reject, told};

/// The file by itself: plan, bound, claims, figures.
pub(super) fn alone(file: &AssignFile, log: &mut Log) -> Checked {
    let instance = form::assign(file)?;
    let (rows, pairs) = (instance.row_count(), instance.pair_count());
    let sites = instance.site_count();
    log.holds(
        format!("the instance: {sites} sites, {rows} rows, {pairs} pairs"),
        format!("算例：{sites} 个点位、{rows} 行、{pairs} 对"),
    );
    let solution = &file.solution;
    verify_assignment(&instance, solution).map_err(|fault| Reject(fault.to_string()))?;
    let (value, bound, status) = (solution.value, solution.bound, solution.status.id());
    let zh = status_zh(&solution.status);
    log.holds(
        format!("the sites, the value {value}, the bound {bound} ({status})"),
        format!("点位、数值 {value} 与界 {bound}（{zh}）"),
    );
    let walks = if solution.has_plan() { served(&instance, &solution.chosen) } else { Vec::new() };
    let goes = walks.iter().map(|w| (w.row, w.site.map(|site| site.0), w.time.as_ms()));
    if !goes.eq(file.claims.iter().copied()) {
        return reject("somebody is said to go elsewhere than to the nearest site of the instance");
    }
    told::sites(&file.into(), &told_of(file, &instance), &|site| Some(site as usize))?;
    let found: AssignSummary = assign_summary(&instance, solution, &file.instance.weight_unit);
    same("summary", &file.summary, &found)?;
    let rows = file.claims.len();
    log.holds(
        format!("the claims: {rows} rows, each at the nearest site"),
        format!("声明：{rows} 行，均归最近点位"),
    );
    Ok(())
}

/// The chosen sites by number, each with who goes there.
fn told_of(file: &AssignFile, instance: &AssignInstance) -> Vec<Told> {
    let people = assign_units(&file.instance.weight_unit).0;
    let mut goes = vec![0_i64; instance.site_count()];
    for &(row, site, _) in &file.claims {
        if let Some(site) = site {
            goes[site as usize] += instance.weight(row as usize);
        }
    }
    let told = |&site: &SiteId| Told {
        site: site.0,
        gain: goes[site.index()] as f64 / people,
        id: file.instance.sites.get(site.index()).cloned().unwrap_or_default(),
        cost: None,
        status: instance.status(site),
    };
    file.solution.chosen.iter().map(told).collect()
}

/// On the streets of the study nobody walks farther or less than is said.
pub(super) fn walks(file: &AssignFile, (need, doors): (&Need, &[Doors]), log: &mut Log) -> Checked {
    people(file, need)?;
    nearest(file, need, doors)?;
    again(file, need, doors)?;
    let homes = file.claims.len();
    log.holds(
        format!("the walks: {homes} homes walked again from their doors, none has a nearer site"),
        format!("步行：{homes} 处住所从门口重新步行，均无更近的点位"),
    );
    Ok(())
}

/// The rows and those left out are everybody of the group, with their people and their walks today.
fn people(plan: &AssignFile, need: &Need) -> Checked {
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
fn nearest(plan: &AssignFile, need: &Need, doors: &[Doors]) -> Checked {
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
fn again(plan: &AssignFile, need: &Need, doors: &[Doors]) -> Checked {
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
