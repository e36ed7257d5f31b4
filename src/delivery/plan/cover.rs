//! Covering plans: most people, or the least sites or cost; perhaps over several years.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::{Id, SiteId};
use crate::import::plan_file::PlanAsk;
use crate::placement::answer;
use crate::placement::explain::Explained;
use crate::placement::plan::Need;
use crate::placement::schedule::Schedule;
use crate::placement::{
    CoverInstance, CoverProblem, Improvement, Measure, Objective, PlacementSolution, Proof,
    SolutionStatus,
};
use crate::report::sheet::{Both, Sheet};
use crate::report::sheets::{ForcedSite, forced_sheet};
use crate::store::Journal;

use super::host::{Host, Made, Scale, hand_over};
use super::problem::ProblemKind;
use super::promise::{Promise, not_recorded};
use super::sources::Sources;
use super::watch::Watch;
use super::wish::{Search, Wish};
use super::{Desk, Ended, ended, phases, rules, write};

/// Finds candidates, solves, explains, writes, shows.
pub(crate) fn run(desk: &Desk) -> anyhow::Result<Ended> {
    let Desk { ground, wish, host, out } = *desk;
    let promise = Promise::find(ground.baseline, &wish.promise)?;
    let need = desk.need(&promise.rule)?;
    let mut sources = desk.candidates(&need)?;
    let reach = need.reach(&sources.candidates, host)?;
    let instance = need.instance(&sources.candidates, &reach)?;
    let zones = desk.zone_terms(&need, &sources.candidates)?;
    let own = rules::site_rules(&sources.candidates, (&wish.goal, &wish.sites), &zones)?;
    let problem = rules::problem(&need, &wish.goal, own)?;
    let (solution, schedule) = search(desk, &need, (&instance, &problem), &sources)?;
    sources.date(schedule.as_ref());
    let mut plan = Explained::of(&need, (&sources.candidates, &reach), &instance, &solution.chosen);
    if let Some(schedule) = &schedule {
        plan = plan.in_phases(schedule);
    }
    let ask = ask(wish, &promise, &sources);
    let proof = Proof::of(&solution);
    let target = phases::target(&solution, &instance);
    let mut sheets: Vec<Sheet> = desk.zone_sheet(&zones, &plan).into_iter().collect();
    sheets.extend(forced(&plan, problem.objective));
    let unit = ground.baseline.demand.unit;
    let sheets: Vec<Sheet> = sheets.into_iter().map(|sheet| sheet.counting(unit)).collect();
    let notes: Vec<Both> = not_recorded(ground.baseline, need.rule).into_iter().collect();
    let outcome = write::Outcome {
        ground,
        plan: &plan,
        proof: &proof,
        rules: &solution.problem.rules,
        schedule: schedule.as_ref().map(|schedule| (schedule, target)),
        sheets: &sheets,
        notes: &notes,
        places_per_1000: None,
        zones: &zones,
        ask: &ask,
    };
    let file = write::plan_file(&outcome, &solution, schedule.clone())?;
    let written = write::write(&outcome, &file, out, (&[], host));
    hand_over(host, &Made::Cover { outcome: &outcome, file: &file }, written)?;
    let is_phased = schedule.as_ref().is_none_or(Schedule::has_plan);
    Ok(if is_phased { ended((&solution.status, &solution.chosen)) } else { Ended::Without })
}

/// The sites that homes force which reach no other, when everybody is to be covered.
fn forced(plan: &Explained, objective: Objective) -> Option<Sheet> {
    if !matches!(objective, Objective::CoverAll { .. }) {
        return None;
    }
    let mut found: BTreeMap<SiteId, ForcedSite> = BTreeMap::new();
    let points = &plan.need.site.demand.points;
    for (row, &point) in plan.need.rows.iter().enumerate() {
        let sites = plan.instance.sites_of(row).iter().map(|&site| SiteId(site));
        let mut open = sites.filter(|&site| plan.instance.is_open_to_choice(site));
        let (Some(only), None) = (open.next(), open.next()) else { continue };
        let candidate = &plan.candidates[only.index()];
        let forced = found.entry(only).or_insert_with(|| ForcedSite {
            site: candidate.key.clone(),
            name: candidate.name.clone(),
            homes: Vec::new(),
            persons: 0,
        });
        forced.homes.push(points[point].key.clone());
        forced.persons += plan.need.persons[row].as_micro();
    }
    (!found.is_empty()).then(|| forced_sheet(found.into_values().collect()))
}

/// Searches until proven, cancelled or out of time; every better plan is on disk at once.
fn search(
    desk: &Desk,
    need: &Need,
    (instance, problem): (&CoverInstance, &CoverProblem),
    sources: &Sources,
) -> anyhow::Result<(PlacementSolution, Option<Schedule>)> {
    let candidates = sources.candidates.iter();
    let keys: Vec<String> = candidates.map(|candidate| candidate.key.clone()).collect();
    let journal = Journal::begin(&desk.out.join("progress.jsonl"))?;
    let limit = phases::time_for_sites(desk.wish);
    let mut solution =
        solved((desk.wish.search, desk.host), (instance, problem), (&keys, Some(journal), limit));
    let today = phases::Today::of(need);
    let schedule = phases::plan(desk, (instance, &keys), (&mut solution, today))?;
    Ok((solution, schedule))
}

/// Solves and tells on the way.
pub(crate) fn solved(
    (search, host): (Search, &dyn Host),
    (instance, problem): (&CoverInstance, &CoverProblem),
    (keys, journal, limit): (&[String], Option<Journal>, Duration),
) -> PlacementSolution {
    let watch = Watch::new(host, (keys, scale(problem)), limit, journal);
    let mut solution = answer::solve(instance, problem, search.seed, &watch);
    // The end of the time is no wish of the user's: the plan stands as the best found.
    if solution.status == SolutionStatus::Cancelled
        && !host.is_cancelled()
        && !solution.chosen.is_empty()
    {
        solution.status = SolutionStatus::Feasible;
    }
    watch.finish(&Improvement {
        value: solution.has_plan().then_some(solution.value),
        bound: solution.bound,
        gap: solution.optimality_gap(),
        chosen: &solution.chosen,
    });
    solution
}

/// How the values of `problem` are written.
pub(crate) fn scale(problem: &CoverProblem) -> Scale {
    Scale::of(Measure::of(problem))
}

/// What was asked, as files say it.
pub(crate) fn ask(wish: &Wish, promise: &Promise, sources: &Sources) -> PlanAsk {
    let covering = wish.goal.problem != ProblemKind::Mclp;
    PlanAsk {
        standard: promise.standard.clone(),
        rule: Some(promise.rule.clone()),
        changed: wish.promise.changed(),
        problem: wish.goal.problem.id().to_owned(),
        candidates: sources.from.clone(),
        candidate_hashes: sources.hashes.clone(),
        target_share: covering.then_some(wish.goal.share()),
        min_spacing_m: wish.sites.min_spacing_m.unwrap_or(0.0),
        terms: wish.terms(),
        seed: wish.search.seed,
        time_limit_s: wish.search.time_limit_s,
    }
}
