//! A covering plan checked again.

use anyhow::{Context, bail};

use crate::ids::{DemandPointId, SiteId};
use crate::import::plan_file::{FORMAT, FORMAT_VERSION, PlanFile, fingerprint};
use crate::placement::candidate::COST_UNIT;
use crate::placement::plan::Need;
use crate::placement::recheck::{Claim, Retrace};
use crate::placement::schedule::rules_in_all;
use crate::placement::verify;
use crate::placement::verify_schedule::verify_schedule;
use crate::placement::{CoverInstance, Objective, Payment, PlacementSolution};
use crate::report::sheet::Both;
use crate::units::WalkTime;

use super::super::plan::walker_of;
use super::super::text::count;
use super::ground::{Doors, doors_of, reject, same_instance, same_sites, same_study};
use super::{Against, Case, Checked, FetchStudy};

fn read(Case { bytes, shown, .. }: &Case) -> anyhow::Result<PlanFile> {
    let plan: PlanFile = serde_json::from_slice(bytes)
        .with_context(|| format!("{shown} is not a plan that `walkshed place` wrote"))?;
    if plan.format != FORMAT || plan.format_version != FORMAT_VERSION {
        bail!(
            "{shown} is a {:?} of version {}; this program reads {FORMAT:?} of version {FORMAT_VERSION}",
            plan.format,
            plan.format_version
        );
    }
    Ok(plan)
}

pub(crate) fn check(case: &Case, held: &mut Vec<Both>) -> anyhow::Result<Checked> {
    let plan = &read(case)?;
    if let Err(reason) = check_shape(plan) {
        return Ok(Err(reason));
    }
    let Some(instance) = plan.instance.build() else {
        let Against::Study(study) = case.against else {
            bail!("the instance was too large for the file; give --study STUDY to walk again");
        };
        let walked = check_on_streets(plan, (study, &case.other), held)?;
        if walked.is_ok() {
            bail!(
                "the bound cannot be checked: the instance has more pairs of site and home than a file holds; \
                 place again with fewer candidates (`grid:` with a wider mesh) to have it checked"
            );
        }
        return Ok(walked);
    };
    let checked = match instance {
        Ok(instance) => check_alone(plan, &instance, held),
        Err(error) => reject(format!("the instance in the file is none: {error}")),
    };
    match case.against {
        Against::Study(study) if checked.is_ok() => {
            check_on_streets(plan, (study, &case.other), held)
        }
        _ => Ok(checked),
    }
}

/// A value or bound of the file in people, sites or the unit of the costs.
fn amount(objective: Objective, whole: i64) -> f64 {
    let units = match objective {
        Objective::MostWeight => 1_000_000,
        Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => match payment {
            Payment::PerSite => 1,
            Payment::Cost => COST_UNIT,
        },
    };
    whole as f64 / units as f64
}

/// The parts of the file are as long as each other.
fn check_shape(plan: &PlanFile) -> Checked {
    let (record, chosen) = (&plan.instance, &plan.solution.chosen);
    let sites = record.costs.len();
    if record.lists.as_ref().is_some_and(|lists| lists.len() != sites) {
        return reject("the instance has more or fewer lists than sites");
    }
    if !record.sites.is_empty() && record.sites.len() != sites {
        return reject("the instance has more or fewer ids than sites");
    }
    if !record.points.is_empty() && record.points.len() != record.weights.len() {
        return reject("the instance has more or fewer demand points than rows");
    }
    let outside = |site: u32| site as usize >= sites;
    if record.statuses.iter().any(|entry| outside(entry.0))
        || record.bonuses.iter().any(|entry| outside(entry.0))
        || chosen.iter().any(|site| outside(site.0))
    {
        return reject("a site is named that is not in the instance");
    }
    same_sites(&plan.sites, chosen, &record.sites)
}

/// What can be checked without the study: instance, plan, bound, claims, figures.
fn check_alone(plan: &PlanFile, instance: &CoverInstance, held: &mut Vec<Both>) -> Checked {
    same_instance(&fingerprint(instance), &plan.instance.fingerprint)?;
    let (sites, homes) = (instance.site_count(), instance.row_count());
    let pairs = instance.pair_count();
    held.push(Both::new(
        format!("the instance: {sites} sites, {homes} homes, {pairs} pairs"),
        format!("算例：{sites} 个点位、{homes} 处住所、{pairs} 对"),
    ));
    let solution = &plan.solution;
    if let Err(rejection) = verify(instance, &solution.problem, solution) {
        return reject(rejection.to_string());
    }
    let [value, bound] =
        [solution.value, solution.bound].map(|whole| amount(solution.problem.objective, whole));
    let status = &plan.summary.status;
    held.push(Both::new(
        format!("the rules, the value {value}, the bound {bound} ({status})"),
        format!("规则、数值 {value} 与界 {bound}（{status}）"),
    ));
    check_phases(plan, instance, held)?;
    check_claims(plan, instance)?;
    check_figures(plan, instance)?;
    let homes = plan.claims.len();
    held.push(Both::new(
        format!("the claims: {homes} homes, each in the list of its site"),
        format!("声明：{homes} 处住所，均在其点位的可达名单中"),
    ));
    Ok(())
}

/// The years: what opens when, who is covered by then, what no plan can exceed.
fn check_phases(plan: &PlanFile, instance: &CoverInstance, held: &mut Vec<Both>) -> Checked {
    let Some(phases) = &plan.phases else { return Ok(()) };
    let rules = rules_in_all(&plan.solution.problem.rules, &phases.problem);
    let checked = verify_schedule(instance, (&rules, &plan.solution.chosen), phases);
    if let Err(fault) = checked {
        return reject(fault.to_string());
    }
    let years = phases.problem.years.len();
    let value = count(phases.plan.value as f64 / 1e6);
    let bound = count(phases.bound as f64 / 1e6);
    held.push(Both::new(
        format!("the years: {years} of them, {value} person-years of at most {bound}"),
        format!("年度：共 {years} 年，{value} 人年，至多 {bound}"),
    ));
    Ok(())
}

/// Every home that the chosen sites cover is claimed once, by a site that covers it, and no other.
fn check_claims(plan: &PlanFile, instance: &CoverInstance) -> Checked {
    let points = &plan.instance.points;
    if points.is_empty() {
        return Ok(());
    }
    let mut covered = vec![false; instance.row_count()];
    for &site in &plan.solution.chosen {
        for &row in instance.rows_of(site) {
            covered[row as usize] = true;
        }
    }
    let mut by_point: Vec<(u32, u32)> = points.iter().copied().zip(0..).collect();
    by_point.sort_unstable();
    for &(point, site, _) in &plan.claims {
        let Ok(at) = by_point.binary_search_by_key(&point, |entry| entry.0) else {
            return reject(format!("demand point {point} is claimed, but is not in the instance"));
        };
        let row = by_point[at].1;
        let chosen = plan.solution.chosen.binary_search(&SiteId(site)).is_ok();
        if !chosen || instance.rows_of(SiteId(site)).binary_search(&row).is_err() {
            return reject(format!("demand point {point} is not within reach of site {site}"));
        }
        if !std::mem::replace(&mut covered[row as usize], false) {
            return reject(format!("demand point {point} is claimed twice"));
        }
    }
    match covered.iter().position(|&left| left) {
        Some(row) => reject(format!("demand point {} is covered, but not claimed", points[row])),
        None => Ok(()),
    }
}

/// The figures of the summary follow from the rest.
fn check_figures(plan: &PlanFile, instance: &CoverInstance) -> Checked {
    let summary = &plan.summary;
    let newly = instance.covered_weight(&plan.solution.chosen) as f64 / 1e6;
    let said = summary.covered_after - summary.covered_before;
    let people = plan.instance.weight_unit.starts_with("micro-");
    if people && (newly - said).abs() > 1e-5 * (1.0 + newly) {
        return reject(format!("{said} people are said to be newly covered, but it is {newly}"));
    }
    let gains: f64 = plan.sites.iter().map(|site| site.gain_persons).sum();
    if people && (gains - newly).abs() > 1e-5 * (1.0 + newly) {
        return reject(format!("the gains of the sites add up to {gains}, but it is {newly}"));
    }
    let cost: i64 = plan.solution.chosen.iter().map(|&site| instance.cost(site)).sum();
    if (cost as f64 / 1e3 - summary.cost).abs() > 1e-6 * (1.0 + summary.cost) {
        return reject(format!(
            "the sites are said to cost {}, but it is {}",
            summary.cost,
            cost as f64 / 1e3
        ));
    }
    if summary.sites != plan.solution.chosen.len() {
        return reject(format!("{} sites are said to be chosen", summary.sites));
    }
    if summary.status != status(&plan.solution) {
        return reject(format!("the plan is said to be {}", summary.status));
    }
    if (summary.optimality_gap - plan.solution.optimality_gap()).abs() > 1e-9 {
        return reject(format!("the optimality gap is said to be {}", summary.optimality_gap));
    }
    Ok(())
}

fn status(solution: &PlacementSolution) -> &'static str {
    solution.status.id()
}

/// On the streets of the study: the people are who they are said to be, and each home walks again.
fn check_on_streets(
    plan: &PlanFile,
    (study, shown): (FetchStudy<'_>, &str),
    held: &mut Vec<Both>,
) -> anyhow::Result<Checked> {
    let baseline = match same_study(&plan.study_hash, (study, shown), held)? {
        Ok(baseline) => baseline,
        Err(reason) => return Ok(Err(reason)),
    };
    let rule = plan.ask.rule.as_ref().context("the file names no rule")?;
    let walker = walker_of(&baseline, Some(&rule.profile))?;
    let need = Need::find(baseline.site(), walker, rule)?;
    if let Err(reason) = check_rows(plan, &need) {
        return Ok(Err(reason));
    }
    Ok(doors_of(&need, &plan.sites).and_then(|doors| walk_again(plan, &need, &doors, held)))
}

/// The rows of the instance are the people who are not covered, each with their weight.
fn check_rows(plan: &PlanFile, need: &Need) -> Checked {
    let record = &plan.instance;
    if !record.points.iter().copied().eq(need.rows.iter().map(|id| id.0)) {
        return reject("the homes of the instance are not those that the study leaves uncovered");
    }
    let weights = need.persons.iter().map(|persons| persons.as_micro());
    if !record.weights.iter().copied().eq(weights) {
        return reject("the people of the instance are not those of the study");
    }
    let before = (need.covered.count() - plan.summary.covered_before).abs();
    let all = (need.total.count() - plan.summary.persons).abs();
    if before > 1e-6 || all > 1e-6 {
        return reject("the people of the study, or those covered today, are not as said");
    }
    Ok(())
}

fn walk_again(plan: &PlanFile, need: &Need, doors: &[Doors], held: &mut Vec<Both>) -> Checked {
    let retrace = Retrace {
        graph: need.site.graph,
        impedance: need.impedance(),
        homes: &need.walker.demand,
        cutoff: need.cutoff,
    };
    let mut claims = Vec::with_capacity(plan.claims.len());
    for &(point, site, time) in &plan.claims {
        let Ok(at) = doors.binary_search_by_key(&site, |entry| entry.0) else {
            return reject(format!(
                "demand point {point} is claimed by site {site}, which is not chosen"
            ));
        };
        if point as usize >= need.site.demand.points.len() {
            return reject(format!("there is no demand point {point}"));
        }
        let time = Some(WalkTime::from_ms(time));
        claims.push(Claim { point: DemandPointId(point), doors: &doors[at].1, time });
    }
    if let Some(first) = retrace.refute(&claims).first() {
        let (point, site, time) = plan.claims[first.claim];
        return reject(format!(
            "demand point {point} is said to be {time} ms from site {site}, but walks {}",
            first
                .found
                .reached()
                .map_or("beyond the cutoff".to_owned(), |t| format!("{} ms", t.as_ms()))
        ));
    }
    let homes = claims.len();
    held.push(Both::new(
        format!("the walks: {homes} newly covered homes walked again from their doors"),
        format!("步行：{homes} 处新覆盖住所各自从门口重新步行"),
    ));
    settled(need, &retrace, held)
}

/// Everybody said to be covered today walks to their facility again.
pub(crate) fn settled(need: &Need, retrace: &Retrace, held: &mut Vec<Both>) -> Checked {
    let today: Vec<(DemandPointId, crate::ids::FacilityId)> =
        crate::coverage::summary::counting(need.site.demand, need.group)
            .filter(|&(id, _)| need.times.time(id) <= need.cutoff)
            .filter_map(|(id, _)| Some((id, need.times.facility(id)?)))
            .collect();
    let claims: Vec<Claim> = today
        .iter()
        .map(|&(point, facility)| Claim {
            point,
            doors: need.walker.facilities.of(facility),
            time: Some(need.times.time(point)),
        })
        .collect();
    if let Some(first) = retrace.refute(&claims).first() {
        let key = &need.site.demand.points[today[first.claim].0].key;
        return reject(format!("home {key} is not covered today by the facility said to cover it"));
    }
    let homes = count(claims.len() as f64);
    held.push(Both::new(
        format!("today: {homes} homes covered already walked again"),
        format!("现状：{homes} 处已覆盖住所重新步行"),
    ));
    Ok(())
}
