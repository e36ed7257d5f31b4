//! Problems beyond plain covering: places counted, two tiers, gates, zones, the front, several functions.
//!
//! Each file finds its instance, solves it, and hands over what is written: the plan explained, the further tables,
//! the work with its certificate. What follows a search is [`crate::progress::Silent`]: whoever stops it still gets the plan.

mod args;
mod centers;
mod gates;
mod places;
mod tiers;
mod zones;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;

use crate::coverage::Rule;
use crate::ids::SiteId;
use crate::import::load::LoadedStudy;
use crate::import::plan_file::{ChosenSite, PlanAsk};
use crate::import::program_file::{
    HomeClaim, PROGRAM_FORMAT, PROGRAM_FORMAT_VERSION, ProgramFile, Work,
};
use crate::placement::candidate::Candidate;
use crate::placement::explain::Explained;
use crate::placement::plan::Need;
use crate::placement::program::Effort;
use crate::placement::{Measure, Proof, SiteRules, SolutionStatus};
use crate::progress::Progress;
use crate::report::sheet::Sheet;
use crate::store::Journal;

use super::super::Ending;
use super::super::args::Lang;
use super::super::audit::study_lang;
use super::super::console::Console;
use super::super::results::provenance_of;
use super::args::{PlaceArgs, ProblemKind};
use super::promise::Promise;
use super::sources::Sources;
use super::watch::{Scale, Watch};
use super::{rules, write};

pub(super) use args::ExtendedArgs;

/// The clock ends the search, not a count of steps; the proof stays of a size that a file can hold.
const EFFORT: Effort = Effort { nodes: u64::MAX, iterations: 20_000, proof_numbers: 20_000_000 };

/// Finds candidates, solves, explains, writes, prints.
pub(super) fn run(
    args: &PlaceArgs,
    loaded: &LoadedStudy,
    console: &Console,
) -> anyhow::Result<Ending> {
    check_options(args)?;
    let promise = Promise::find(loaded, &args.promise)?;
    let desk = Desk {
        args,
        loaded,
        console,
        out: super::folder(loaded, args.out.as_deref()),
        lang: console.lang_or(study_lang(&loaded.study)),
    };
    match args.goal.problem {
        ProblemKind::Capacitated => places::run(&desk, &promise),
        ProblemKind::TwoTier => tiers::run(&desk, &promise),
        ProblemKind::Gates => gates::run(&desk, &promise),
        ProblemKind::WorstZone => zones::worst(&desk, &promise),
        ProblemKind::Pareto => zones::front(&desk, &promise),
        ProblemKind::Center => centers::run(&desk, &promise),
        other => bail!("{} is a plain covering problem", other.id()),
    }
}

/// Nothing is asked that these problems do not know.
fn check_options(args: &PlaceArgs) -> anyhow::Result<()> {
    let goal = &args.goal;
    let named = goal.problem.id();
    if goal.phases.are_asked() {
        bail!("{named} knows no years; leave --phases and the yearly options out");
    }
    if goal.reach_min.is_some() || goal.unserved_min.is_some() {
        bail!("--reach-min and --unserved-min are for p-median and p-center, not for {named}");
    }
    let limited = goal.sites.is_some() || goal.budget.is_some();
    let extended = &args.extended;
    let gates = goal.problem == ProblemKind::Gates;
    if gates && extended.gates.is_none() && goal.budget.is_none() {
        bail!("how many gates may open? give --gates K, --budget B or both");
    }
    if !gates && !limited {
        bail!("{named} within what limit? give --sites P, --budget B or both");
    }
    Ok(())
}

/// What every problem needs.
struct Desk<'a> {
    args: &'a PlaceArgs,
    loaded: &'a LoadedStudy,
    console: &'a Console,
    out: PathBuf,
    lang: Lang,
}

/// What a problem hands over, beside the plan explained.
struct Answer {
    proof: Proof,
    rules: SiteRules,
    sheets: Vec<Sheet>,
    further: Vec<(&'static str, String)>,
    promises: Vec<Rule>,
    sites: Vec<ChosenSite>,
    claims: Vec<Vec<HomeClaim>>,
    work: Work,
}

impl<'a> Desk<'a> {
    fn need(&self, rule: &'a Rule) -> anyhow::Result<Need<'a>> {
        let walker = super::super::export::walker_of(self.loaded, Some(&rule.profile))?;
        Ok(Need::find(self.loaded.baseline.site(), walker, rule)?)
    }

    fn candidates(&self, need: &Need) -> anyhow::Result<Sources> {
        super::candidates(self.loaded, need, self.args, self.console)
    }

    fn rules(&self, candidates: &[Candidate]) -> anyhow::Result<SiteRules> {
        rules::site_rules(self.loaded, candidates, (&self.args.goal, &self.args.sites))
    }

    /// Runs `solve` under a watch that keeps better plans on the disk; `names` are those of the choices.
    fn watched<T>(
        &self,
        names: &[String],
        measure: Measure,
        solve: impl FnOnce(&Watch) -> T,
    ) -> anyhow::Result<T> {
        let journal = Journal::begin(&self.out.join("progress.jsonl"))?;
        let limit = Duration::from_secs_f64(self.args.search.time_limit_s);
        let watch = Watch::new(self.console, (names, Scale::of(measure)), limit, Some(journal));
        let found = solve(&watch);
        watch.close();
        Ok(found)
    }

    /// The end of the time is no wish of the user's: the plan stands as the best found.
    fn settle(&self, status: &mut SolutionStatus, chosen: &[SiteId]) {
        if *status == SolutionStatus::Cancelled && !self.console.is_cancelled() {
            let none = chosen.is_empty();
            *status = if none { SolutionStatus::Unsolved } else { SolutionStatus::Feasible };
        }
    }

    fn ask(&self, promise: &Promise, sources: &Sources) -> PlanAsk {
        PlanAsk { target_share: None, ..super::ask(self.args, promise, sources) }
    }

    /// Writes and prints.
    fn finish(&self, plan: &Explained, ask: &PlanAsk, answer: Answer) -> anyhow::Result<Ending> {
        let Answer { proof, rules, sheets, further, promises, sites, claims, work } = answer;
        let outcome = write::Outcome {
            loaded: self.loaded,
            plan,
            proof: &proof,
            rules: &rules,
            schedule: None,
            sheets: &sheets,
            ask,
        };
        let file = ProgramFile {
            format: PROGRAM_FORMAT.to_owned(),
            format_version: PROGRAM_FORMAT_VERSION,
            study_hash: self.loaded.fingerprint.study_hash.clone(),
            ask: ask.clone(),
            promises,
            summary: write::summary(plan, &proof),
            sites,
            claims,
            fingerprint: work.fingerprint()?,
            work,
            provenance: serde_json::to_value(provenance_of(self.loaded))?,
        };
        let place = (self.out.as_path(), self.lang);
        write::write(&outcome, &file, place, (&further, self.console))?;
        let short = serde_json::json!({
            "study_hash": file.study_hash, "ask": file.ask, "summary": file.summary,
            "status": proof.status, "value": proof.value, "bound": proof.bound, "sites": file.sites,
        });
        write::say(&outcome, &short, place, self.console)?;
        let chosen: Vec<SiteId> = file.sites.iter().map(|site| SiteId(site.site)).collect();
        Ok(super::ending((&proof.status, &chosen)))
    }
}

/// Ids of candidates.
fn keys(candidates: &[Candidate]) -> Vec<String> {
    candidates.iter().map(|candidate| candidate.key.clone()).collect()
}

/// A site that what is open today is counted as.
fn with_today(mut keys: Vec<String>) -> Vec<String> {
    keys.push("open today".to_owned());
    keys
}

/// More pairs than a file holds.
fn too_many() -> anyhow::Error {
    anyhow::anyhow!(
        "more pairs of site and home lie within the cutoff than a file holds; take fewer candidates (`grid:` \
         with a wider mesh) or a smaller cutoff"
    )
}

/// The chosen sites of a plan in the order in which they bring most, each at `first` plus its position.
fn chosen_sites(plan: &Explained, first: u32) -> Vec<ChosenSite> {
    let steps = plan.steps.iter().map(|step| write::chosen(plan.candidates, step));
    steps.map(|site| ChosenSite { site: site.site + first, ..site }).collect()
}
