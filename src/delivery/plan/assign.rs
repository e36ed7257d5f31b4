//! p-median and p-center: everybody of a study walks to the nearest open or chosen site.

use std::path::Path;
use std::time::Duration;

use anyhow::bail;

use crate::import::plan_file::PlanAsk;
use crate::placement::nearest_site::{Everybody, WhoCounts};
use crate::placement::{
    AssignEffort, AssignGoal, AssignInstance, AssignProblem, AssignSolution, Improvement,
    SolutionStatus, solve_p_center, solve_p_median,
};
use crate::store::Journal;
use crate::units::WalkTime;

use super::host::{Host, Made, Scale, hand_over};
use super::problem::ProblemKind;
use super::promise::Promise;
use super::sources::Sources;
use super::watch::Watch;
use super::wish::{Search, Wish};
use super::{Desk, Ended, assign_write, ended};

/// Longest walk to a candidate that is looked at, in minutes, unless said otherwise.
const REACH_MIN: f64 = 60.0;
/// Milliseconds in a minute.
pub(crate) const MINUTE: f64 = 60_000.0;
/// Weights of a study are thousandths of a person.
pub(crate) const PERSON: f64 = 1e3;

/// Finds candidates, solves, writes, shows.
pub(crate) fn run(desk: &Desk) -> anyhow::Result<Ended> {
    let Desk { ground, wish, host, out } = *desk;
    check_candidates(wish)?;
    let mut promise = Promise::find(ground.baseline, &wish.promise)?;
    let reach_min = wish.goal.reach_min.unwrap_or(REACH_MIN);
    (promise.rule.cutoff_min, promise.rule.cutoff_m) = (Some(reach_min), None);
    let need = desk.need(&promise.rule)?.of_everybody();
    let sources = desk.candidates(&need)?;
    let problem = problem(wish, reach_min)?;
    let people = Everybody::find(need, WhoCounts::of(&problem));
    if people.need.rows.is_empty() {
        bail!("nobody of the group lives by a street");
    }
    let instance = people.instance(&sources.candidates, problem.unserved(), host)?;
    let mut keys: Vec<String> = sources.candidates.iter().map(|one| one.key.clone()).collect();
    // The last site of the instance stands for everything that is open.
    keys.push("open today".to_owned());
    let scale = match problem.goal {
        AssignGoal::Median { .. } => Scale { divisor: PERSON * MINUTE, unit: "person-minutes" },
        AssignGoal::Center => Scale { divisor: MINUTE, unit: "minutes" },
    };
    let solution = solve((wish.search, host), (&instance, problem), (&keys, scale, out))?;
    let outcome = assign_write::Outcome {
        ground,
        people: &people,
        candidates: &sources.candidates,
        instance: &instance,
        solution: &solution,
        from: &sources.from,
        ask: ask(wish, &promise, &sources),
    };
    let file = assign_write::file_of(&outcome, keys)?;
    let written = assign_write::write(&outcome, &file, (out, host));
    hand_over(host, &Made::Assigned { outcome: &outcome, file: &file }, written)?;
    Ok(ended((&solution.status, &solution.chosen)))
}

/// Where these problems have their best plans.
fn check_candidates(wish: &Wish) -> anyhow::Result<()> {
    if wish.sites.candidates.iter().any(|from| from == "network") {
        let named = wish.goal.problem.id();
        bail!("{named} has a best plan at junctions (Hakimi 1964); give --candidates junctions");
    }
    Ok(())
}

fn problem(wish: &Wish, reach_min: f64) -> anyhow::Result<AssignProblem> {
    let goal = &wish.goal;
    let Some(max_sites) = goal.sites else { bail!("how many sites may be opened? give --sites P") };
    let minutes = |minutes: f64| WalkTime::from_ms((minutes * MINUTE).round() as u32);
    let goal = match (goal.problem, goal.unserved_min) {
        (ProblemKind::PCenter, _) => AssignGoal::Center,
        (_, Some(price)) if price < reach_min => bail!(
            "--unserved-min {price} is less than the reach of {reach_min} minutes; who walks that far would \
             count as farther than who reaches nothing"
        ),
        // Whoever reaches nothing counts as if walking as far as candidates are looked for.
        (_, price) => AssignGoal::Median { unserved: Some(minutes(price.unwrap_or(reach_min))) },
    };
    Ok(AssignProblem { goal, max_sites })
}

/// Solves until proven, cancelled or out of time; every better plan is on disk at once.
pub(crate) fn solve(
    (search, host): (Search, &dyn Host),
    (instance, problem): (&AssignInstance, AssignProblem),
    (keys, scale, out): (&[String], Scale, &Path),
) -> anyhow::Result<AssignSolution> {
    let journal = Journal::begin(&out.join("progress.jsonl"))?;
    let limit = Duration::from_secs_f64(search.time_limit_s);
    let watch = Watch::new(host, (keys, scale), limit, Some(journal));
    // The clock ends the search, not a count of steps.
    let effort = AssignEffort { seed: search.seed, work: u64::MAX };
    let mut solution = match problem.goal {
        AssignGoal::Median { .. } => solve_p_median(instance, &problem, effort, &watch),
        AssignGoal::Center => solve_p_center(instance, &problem, effort, &watch),
    };
    // The end of the time is no wish of the user's: the plan stands as the best found.
    if solution.status == SolutionStatus::Cancelled && !host.is_cancelled() {
        solution.status =
            if solution.has_plan() { SolutionStatus::Feasible } else { SolutionStatus::Unsolved };
    }
    watch.finish(&Improvement {
        value: solution.has_plan().then_some(solution.value),
        bound: solution.bound,
        gap: solution.optimality_gap(),
        chosen: &solution.chosen,
    });
    Ok(solution)
}

fn ask(wish: &Wish, promise: &Promise, sources: &Sources) -> PlanAsk {
    PlanAsk {
        standard: promise.standard.clone(),
        rule: Some(promise.rule.clone()),
        changed: wish.promise.changed(),
        problem: wish.goal.problem.id().to_owned(),
        candidates: sources.from.clone(),
        candidate_hashes: sources.hashes.clone(),
        terms: wish.terms(),
        seed: wish.search.seed,
        time_limit_s: wish.search.time_limit_s,
        ..PlanAsk::default()
    }
}
