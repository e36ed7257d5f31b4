//! `walkshed place`: which few sites mend the circle, with a proof of how good the answer is.

mod args;
mod assign;
mod assign_text;
mod assign_write;
mod pmed;
mod default_sites;
mod extended;
mod phases;
mod promise;
mod published;
mod reason;
mod rules;
mod sources;
mod table;
mod watch;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::ids::SiteId;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::plan_file::PlanAsk;
use crate::placement::answer;
use crate::placement::candidate::{Candidate, SiteStanding};
use crate::placement::explain::Explained;
use crate::placement::plan::Need;
use crate::placement::schedule::Schedule;
use crate::placement::{
    CoverInstance, CoverProblem, Improvement, Measure, PlacementSolution, Proof, SolutionStatus,
};
use crate::progress::Progress;
use crate::store::Journal;

use super::Ending;
use super::audit::study_lang;
use super::console::Console;

pub(super) use args::{PlaceArgs, PromiseArgs};
pub(super) use promise::Promise;
pub(super) use published::read as read_instance;

pub(super) use assign_write::{summary as assign_summary, units as assign_units};
pub(super) use pmed::instance_again as assign_instance;
use sources::Sources;
use watch::{Scale, Watch};

/// Loads, finds candidates, solves, explains, writes, prints.
pub(super) fn run(args: &PlaceArgs, console: &Console) -> anyhow::Result<Ending> {
    if let Some(path) = &args.published.instance {
        return published::run(args, path, console);
    }
    let study = args.study.as_deref().context("name a study")?;
    let detail = match args.goal.problem {
        // Gates lead through no building and no water.
        args::ProblemKind::Gates => MapDetail::Full,
        _ => MapDetail::None,
    };
    let loaded = load_study(study, detail, console)?;
    if args.goal.problem.serves_nearest() {
        return assign::run(args, &loaded, console);
    }
    if !args.goal.problem.covers() {
        return extended::run(args, &loaded, console);
    }
    let promise = Promise::find(&loaded, &args.promise)?;
    let baseline = &loaded.baseline;
    let walker = super::export::walker_of(&loaded, Some(&promise.rule.profile))?;
    let need = Need::find(baseline.site(), walker, &promise.rule)?;
    let mut sources = candidates(&loaded, &need, args, console)?;
    let reach = need.reach(&sources.candidates, console)?;
    let instance = need.instance(&sources.candidates, &reach)?;
    let problem = rules::problem(&loaded, (&need, &sources.candidates), (&args.goal, &args.sites))?;
    let out = folder(&loaded, args.out.as_deref());
    let (solution, schedule) =
        search((args, &need), console, (&instance, &problem), (&sources, &out))?;
    sources.date(schedule.as_ref());
    let mut plan = Explained::of(&need, (&sources.candidates, &reach), &instance, &solution.chosen);
    if let Some(schedule) = &schedule {
        plan = plan.in_phases(schedule);
    }
    let ask = ask(args, &promise, &sources);
    let lang = console.lang_or(study_lang(&loaded.study));
    let proof = Proof::of(&solution);
    let target = phases::target(&solution, &instance);
    let outcome = write::Outcome {
        loaded: &loaded,
        plan: &plan,
        proof: &proof,
        rules: &solution.problem.rules,
        schedule: schedule.as_ref().map(|schedule| (schedule, target)),
        sheets: &[],
        ask: &ask,
    };
    let file = write::plan_file(&outcome, &solution, schedule.clone())?;
    write::write(&outcome, &file, (&out, lang), (&[], console))?;
    write::say(&outcome, &write::short(&file), (&out, lang), console)?;
    let is_phased = schedule.as_ref().is_none_or(Schedule::has_plan);
    Ok(if is_phased { ending((&solution.status, &solution.chosen)) } else { Ending::Findings })
}

/// The candidates that the options name, when there are people and sites to choose from.
fn candidates(
    loaded: &LoadedStudy,
    need: &Need,
    args: &PlaceArgs,
    console: &Console,
) -> anyhow::Result<Sources> {
    if need.total == crate::units::Persons::ZERO {
        let group = &need.rule.group;
        bail!("nobody of group {group:?} lives in the study; there is nobody to cover");
    }
    let most = default_sites::most_for(args.goal.problem);
    let sources = sources::find(loaded, need, (&args.sites, most), console)?;
    if sources.candidates.is_empty() {
        bail!(
            "there are no candidates in {}; add places to the file, or take `--candidates junctions`",
            sources.from.join(", ")
        );
    }
    let forbidden = |candidate: &Candidate| candidate.standing == SiteStanding::Forbidden;
    if sources.candidates.iter().all(forbidden) {
        bail!("all {} candidates are forbidden; nothing can be placed", sources.candidates.len());
    }
    Ok(sources)
}

/// Findings when there is no plan that keeps all rules.
fn ending((status, chosen): (&SolutionStatus, &[SiteId])) -> Ending {
    match status {
        SolutionStatus::Optimal | SolutionStatus::Feasible => Ending::Fine,
        SolutionStatus::Cancelled if !chosen.is_empty() => Ending::Fine,
        _ => Ending::Findings,
    }
}

fn folder(loaded: &LoadedStudy, out: Option<&Path>) -> PathBuf {
    let own = || loaded.study.folder.join(&loaded.study.output).join("plan");
    out.map_or_else(own, Path::to_path_buf)
}

/// Searches until proven, cancelled or out of time; every better plan is on disk at once.
fn search(
    (args, need): (&PlaceArgs, &Need),
    console: &Console,
    (instance, problem): (&CoverInstance, &CoverProblem),
    (sources, out): (&Sources, &Path),
) -> anyhow::Result<(PlacementSolution, Option<Schedule>)> {
    let candidates = sources.candidates.iter();
    let keys: Vec<String> = candidates.map(|candidate| candidate.key.clone()).collect();
    let journal = Journal::begin(&out.join("progress.jsonl"))?;
    let limit = phases::time_for_sites(args);
    let mut solution = solved(args, console, (instance, problem), (&keys, Some(journal), limit));
    let today = phases::Today::of(need);
    let schedule = phases::plan(args, console, (instance, &keys), (&mut solution, today))?;
    Ok((solution, schedule))
}

/// Solves and tells on the way.
fn solved(
    args: &PlaceArgs,
    console: &Console,
    (instance, problem): (&CoverInstance, &CoverProblem),
    (keys, journal, limit): (&[String], Option<Journal>, Duration),
) -> PlacementSolution {
    let watch = Watch::new(console, (keys, scale(problem)), limit, journal);
    let mut solution = answer::solve(instance, problem, args.search.seed, &watch);
    // The end of the time is no wish of the user's: the plan stands as the best found.
    if solution.status == SolutionStatus::Cancelled
        && !console.is_cancelled()
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
fn scale(problem: &CoverProblem) -> Scale {
    Scale::of(Measure::of(problem))
}

fn ask(args: &PlaceArgs, promise: &Promise, sources: &Sources) -> PlanAsk {
    let covering = args.goal.problem != args::ProblemKind::Mclp;
    PlanAsk {
        standard: promise.standard.clone(),
        rule: Some(promise.rule.clone()),
        problem: args.goal.problem.id().to_owned(),
        candidates: sources.from.clone(),
        candidate_hashes: sources.hashes.clone(),
        target_share: covering.then_some(args.goal.target_share),
        min_spacing_m: args.sites.min_spacing_m,
        seed: args.search.seed,
        time_limit_s: args.search.time_limit_s,
    }
}
