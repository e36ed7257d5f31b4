//! The search itself: candidates, whom they reach, the solver, and its news on the way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Plan;
use super::ask::{Ask, PlaceProblem};
use super::told::told;
use crate::ids::FunctionId;
use crate::placement::answer::solve;
use crate::placement::candidate::{
    Candidate, CandidateGround, SiteStanding, check_keys, set_standing, upgrades,
};
use crate::placement::explain::Explained;
use crate::placement::plan::Need;
use crate::placement::thinning::{CANDIDATES_BY_DEFAULT, thinned};
use crate::placement::{
    CoverProblem, Improvement, Monitor, Objective, Payment, SiteRules, SolutionStatus,
};
use crate::server::jobs::{Finished, JobHandle};
use crate::spatial::BoundingBox;
use crate::units::{Meters, Persons};

/// Bounds that follow each other faster are not told one by one.
const PAUSE: Duration = Duration::from_millis(100);

/// Finds a plan and tells it.
///
/// # Errors
/// Why there is nothing to search, in a sentence.
pub(in crate::server) fn run(ask: Ask, handle: &JobHandle) -> Result<Finished, String> {
    let begun = Instant::now();
    let app = Arc::clone(&ask.app);
    let baseline = app.baseline();
    let walker = baseline
        .find_walker(&ask.rule.profile)
        .ok_or_else(|| format!("nobody walks as {:?} in this study", ask.rule.profile))?;
    handle.name_step("reaching");
    let need = Need::find(baseline.site(), walker, &ask.rule).map_err(|fault| fault.to_string())?;
    if need.total == Persons::ZERO {
        return Err("nobody of this group lives in the study; there is nobody to cover".to_owned());
    }
    let (candidates, from) = candidates(&ask, &need)?;
    let reach = need.reach(&candidates, handle).map_err(|fault| fault.to_string())?;
    let instance = need.instance(&candidates, &reach).map_err(|fault| fault.to_string())?;
    let problem = problem(&ask, &need);
    handle.name_step("solving");
    let divisor = divisor(&problem);
    let watch = Watch {
        handle,
        divisor,
        begun: Instant::now(),
        limit: ask.time_limit_s,
        told: std::sync::Mutex::default(),
    };
    let mut solution = solve(&instance, &problem, ask.seed, &watch);
    // The end of the time is no wish of the user's: the plan stands as the best found.
    if solution.status == SolutionStatus::Cancelled
        && !handle.is_cancelled()
        && !solution.chosen.is_empty()
    {
        solution.status = SolutionStatus::Feasible;
    }
    if solution.has_plan() {
        handle.improve(solution.value as f64 / divisor, Some(solution.bound as f64 / divisor));
    }
    let plan = Explained::of(&need, (&candidates, &reach), &instance, &solution.chosen);
    let result = told((app.as_ref(), &plan), &solution, (&from, begun.elapsed().as_secs_f64()));
    let result = serde_json::to_value(&result).map_err(|fault| fault.to_string())?;
    drop(plan);
    let Ask { scenario, rule, .. } = ask;
    let plan = Plan { app: Arc::clone(&app), scenario, rule, candidates, instance, solution };
    Ok(Finished { result, plan: Some(Arc::new(plan)), ..Finished::default() })
}

/// What a value of the problem is divided by to count people, sites or money.
pub(super) fn divisor(problem: &CoverProblem) -> f64 {
    match problem.objective {
        Objective::MostWeight => 1e6,
        Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => match payment {
            Payment::PerSite => 1.0,
            Payment::Cost => 1e3,
        },
    }
}

fn problem(ask: &Ask, need: &Need) -> CoverProblem {
    let rules = SiteRules { max_sites: ask.sites, budget: ask.budget, ..SiteRules::default() };
    let payment = Payment::PerSite;
    let objective = match ask.problem {
        PlaceProblem::Mclp => Objective::MostWeight,
        PlaceProblem::Lscp if ask.target_share >= 1.0 => Objective::CoverAll { payment },
        PlaceProblem::Lscp => {
            let goal = (need.total.as_micro() as f64 * ask.target_share).ceil() as i64;
            Objective::CoverWeight { target: (goal - need.covered.as_micro()).max(0), payment }
        }
    };
    CoverProblem { objective, rules }
}

/// The candidates that are named, linked to the streets, and where they come from.
fn candidates(ask: &Ask, need: &Need) -> Result<(Vec<Candidate>, String), String> {
    let baseline = ask.app.baseline();
    let ground = CandidateGround {
        graph: &baseline.graph,
        snapper: &baseline.snapper,
        walker: need.walker,
        limit: baseline.limits.snap_distance,
    };
    let places = need.rows.iter().map(|&id| need.site.demand.points[id].place);
    let bounds = BoundingBox::around(places)
        .ok_or_else(|| "everybody is covered already; there is nothing to place".to_owned())?;
    let mut found = Vec::new();
    let named =
        |word: &String| ask.sent.get(word).map_or_else(|| word.clone(), |(_, file)| file.clone());
    let mut from = ask.candidates.iter().map(named).collect::<Vec<_>>().join(", ");
    if ask.candidates.is_empty() {
        let all = ground.junctions().map_err(|fault| fault.to_string())?;
        let (few, side) = thinned(all, bounds, CANDIDATES_BY_DEFAULT);
        from = side.map_or_else(
            || "junctions".to_owned(),
            |side| format!("junctions, one in each square of {side} m"),
        );
        found = few;
    }
    for word in &ask.candidates {
        found.append(&mut called(word, (ask, need), (&ground, bounds))?);
    }
    if found.is_empty() {
        return Err(format!("there are no candidates in {from}; take others, or junctions"));
    }
    check_keys(&found).map_err(|fault| fault.to_string())?;
    set_standing(&mut found, &ask.required, SiteStanding::Required)
        .map_err(|fault| fault.to_string())?;
    set_standing(&mut found, &ask.forbidden, SiteStanding::Forbidden)
        .map_err(|fault| fault.to_string())?;
    for candidate in &mut found {
        if let Some(bonus) = ask.bonuses.get(&candidate.key).copied().and_then(Persons::from_count)
        {
            candidate.bonus = bonus;
        }
        candidate.zone = baseline.zones.find(candidate.place);
    }
    ground.link(&mut found);
    Ok((found, from))
}

/// The candidates that a word calls.
fn called(
    word: &str,
    (ask, need): (&Ask, &Need),
    (ground, bounds): (&CandidateGround, BoundingBox),
) -> Result<Vec<Candidate>, String> {
    if let Some((sent, _)) = ask.sent.get(word) {
        return Ok(sent.clone());
    }
    let of_ground = match word {
        "junctions" => ground.junctions(),
        "midblocks" => ground.midblocks(),
        "network" => {
            let found = ground.network(need.impedance(), &need.homes(), need.cutoff);
            return found.map_err(|fault| fault.to_string());
        }
        word => match (word.strip_prefix("grid:"), word.strip_prefix("facilities:")) {
            (Some(mesh), _) => {
                let meters = mesh.trim_end_matches('m').parse::<f64>().ok();
                let wrong = || format!("{word:?}: write grid:METRES, for example grid:200");
                ground.grid(bounds, Meters(meters.ok_or_else(wrong)?))
            }
            (_, Some(layer)) => Ok(of_layer(ask, need, layer)),
            _ => {
                return Err(format!(
                    "no candidates {word:?}: give junctions, midblocks, network, grid:METRES, facilities:LAYER or file:TOKEN"
                ));
            }
        },
    };
    of_ground.map_err(|fault| fault.to_string())
}

fn of_layer(ask: &Ask, need: &Need, layer: &str) -> Vec<Candidate> {
    let baseline = ask.app.baseline();
    let function: Option<FunctionId> = baseline.taxonomy.find(layer);
    let is_meant = |facility: &crate::facility::Facility| {
        facility.layer == layer || function.is_some_and(|id| facility.find_offer(id).is_some())
    };
    upgrades(&baseline.facilities, is_meant, &need.serving)
}

/// Tells the job of every better plan and bound, and ends the search with its time.
struct Watch<'a> {
    handle: &'a JobHandle,
    divisor: f64,
    begun: Instant,
    limit: f64,
    told: std::sync::Mutex<(Option<i64>, Option<Instant>)>,
}

impl Monitor for Watch<'_> {
    fn improved(&self, best: &Improvement<'_>) {
        let Some(value) = best.value else { return };
        let Ok(mut told) = self.told.lock() else { return };
        let is_soon = told.1.is_some_and(|last| last.elapsed() < PAUSE);
        if told.0 == Some(value) && is_soon {
            return;
        }
        *told = (Some(value), Some(Instant::now()));
        self.handle.improve(value as f64 / self.divisor, Some(best.bound as f64 / self.divisor));
    }

    fn is_cancelled(&self) -> bool {
        self.handle.is_cancelled() || self.begun.elapsed().as_secs_f64() >= self.limit
    }
}
