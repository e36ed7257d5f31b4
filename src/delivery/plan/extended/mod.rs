//! Problems beyond plain covering: places counted, two tiers, gates, zones, the front, several functions.
//!
//! Each file finds its instance, solves it, and hands over what is written: the plan explained, the further tables,
//! the work with its certificate. What follows a search is [`crate::progress::Silent`]: whoever stops it still gets the plan.

pub(crate) mod centers;
pub(crate) mod gates;
pub(crate) mod places;
pub(crate) mod tiers;
pub(crate) mod zones;

use std::time::Duration;

use anyhow::bail;

use crate::coverage::Rule;
use crate::ids::SiteId;
use crate::import::plan_file::{Choice, ChosenSite, PlanAsk, seal};
use crate::import::program_file::{
    HomeClaim, PROGRAM_FORMAT, PROGRAM_FORMAT_VERSION, ProgramFile, Work,
};
use crate::placement::candidate::Candidate;
use crate::placement::explain::Explained;
use crate::placement::program::Effort;
use crate::placement::{Measure, Proof, SiteRules, SolutionStatus};
use crate::report::sheet::{Both, Sheet};
use crate::store::Journal;

use super::super::programs::program_of;
use super::host::{Made, Scale, hand_over};
use super::opening::Opening;
use super::problem::Limit;
use super::promise::{Promise, not_recorded};
use super::rules::ZoneTerm;
use super::sources::Sources;
use super::watch::Watch;
use super::wish::Wish;
use super::{Desk, Ended, cover, rules, write};

/// The clock ends the search, not a count of steps; the proof stays of a size that a file can hold.
pub(in crate::delivery) const EFFORT: Effort =
    Effort { nodes: u64::MAX, iterations: 20_000, proof_numbers: 20_000_000 };

/// Finds candidates, solves, explains, writes, shows.
pub(crate) fn run(desk: &Desk) -> anyhow::Result<Ended> {
    check_limits(desk.wish)?;
    let promise = Promise::find(desk.ground.baseline, &desk.wish.promise)?;
    let asked = desk.wish.goal.problem;
    match program_of(asked) {
        Some(program) => (program.plan)(desk, &promise),
        None => bail!("{} is a plain covering problem", asked.id()),
    }
}

/// What limits the plan is told.
fn check_limits(wish: &Wish) -> anyhow::Result<()> {
    let goal = &wish.goal;
    let limited = goal.sites.is_some() || goal.budget.is_some();
    match goal.problem.limit() {
        Limit::GatesOrMoney if wish.extended.gates.is_none() && goal.budget.is_none() => {
            bail!("how many gates may open? give --gates K, --budget B or both")
        }
        Limit::SitesOrMoney if !limited => {
            bail!("{} within what limit? give --sites P, --budget B or both", goal.problem.id())
        }
        Limit::Sites if goal.sites.is_none() => {
            bail!("how many sites may be opened? give --sites P")
        }
        _ => Ok(()),
    }
}

/// What a problem hands over, beside the plan explained.
pub(in crate::delivery) struct Answer {
    pub(in crate::delivery) proof: Proof,
    pub(in crate::delivery) rules: SiteRules,
    pub(in crate::delivery) zones: Vec<ZoneTerm>,
    pub(in crate::delivery) notes: Vec<Both>,
    pub(in crate::delivery) sheets: Vec<Sheet>,
    pub(in crate::delivery) further: Vec<(&'static str, String)>,
    pub(in crate::delivery) promises: Vec<Rule>,
    pub(in crate::delivery) choices: Vec<Choice>,
    pub(in crate::delivery) sites: Vec<ChosenSite>,
    pub(in crate::delivery) opens: Vec<Opening>,
    pub(in crate::delivery) claims: Vec<Vec<HomeClaim>>,
    pub(in crate::delivery) work: Work,
}

impl Desk<'_> {
    pub(in crate::delivery) fn rules(
        &self,
        candidates: &[Candidate],
        zones: &[ZoneTerm],
    ) -> anyhow::Result<SiteRules> {
        rules::site_rules(candidates, (&self.wish.goal, &self.wish.sites), zones)
    }

    /// Runs `solve` under a watch that keeps better plans on the disk; `names` are those of the choices.
    pub(in crate::delivery) fn watched<T>(
        &self,
        names: &[String],
        measure: Measure,
        solve: impl FnOnce(&Watch) -> T,
    ) -> anyhow::Result<T> {
        let journal = Journal::begin(&self.out.join("progress.jsonl"))?;
        let limit = Duration::from_secs_f64(self.wish.search.time_limit_s);
        let watch = Watch::new(self.host, (names, Scale::of(measure)), limit, Some(journal));
        let found = solve(&watch);
        watch.close();
        Ok(found)
    }

    /// The end of the time is no wish of the user's: the plan stands as the best found.
    pub(in crate::delivery) fn settle(&self, status: &mut SolutionStatus, chosen: &[SiteId]) {
        if *status == SolutionStatus::Cancelled && !self.host.is_cancelled() {
            let none = chosen.is_empty();
            *status = if none { SolutionStatus::Unsolved } else { SolutionStatus::Feasible };
        }
    }

    pub(in crate::delivery) fn ask(&self, promise: &Promise, sources: &Sources) -> PlanAsk {
        PlanAsk { target_share: None, ..cover::ask(self.wish, promise, sources) }
    }

    /// Writes and prints.
    pub(in crate::delivery) fn finish(
        &self,
        plan: &Explained,
        ask: &PlanAsk,
        answer: Answer,
    ) -> anyhow::Result<Ended> {
        let fingerprint = answer.work.fingerprint()?;
        let Answer {
            proof,
            rules,
            zones,
            mut notes,
            mut sheets,
            further,
            promises,
            sites,
            choices,
            opens,
            claims,
            work,
        } = answer;
        sheets.extend(self.zone_sheet(&zones, plan));
        let unit = self.ground.baseline.demand.unit;
        let sheets: Vec<Sheet> = sheets.into_iter().map(|sheet| sheet.counting(unit)).collect();
        notes.splice(0..0, not_recorded(self.ground.baseline, plan.need.rule));
        let outcome = write::Outcome {
            ground: self.ground,
            plan,
            proof: &proof,
            rules: &rules,
            schedule: None,
            sheets: &sheets,
            notes: &notes,
            places_per_1000: places_of(&work),
            zones: &zones,
            ask,
        };
        let file = ProgramFile {
            format: PROGRAM_FORMAT.to_owned(),
            format_version: PROGRAM_FORMAT_VERSION,
            study_hash: self.ground.study_hash().to_owned(),
            ask: ask.clone(),
            promises,
            summary: write::summary(plan, &proof),
            sites,
            claims,
            seal: seal(ask, &choices, &fingerprint)?,
            choices,
            fingerprint,
            work,
            provenance: serde_json::to_value(self.ground.provenance())?,
        };
        let written = write::write(&outcome, &file, self.out, (&further, self.host));
        let made = Made::Program { outcome: &outcome, file: &file, opens: &opens };
        hand_over(self.host, &made, written)?;
        let chosen: Vec<SiteId> = file.sites.iter().map(|site| SiteId(site.site)).collect();
        Ok(super::ended((&proof.status, &chosen)))
    }
}

/// The summary of a plan that was solved as a program.
pub(crate) fn short(file: &ProgramFile, proof: &Proof) -> serde_json::Value {
    serde_json::json!({
        "study_hash": file.study_hash, "ask": file.ask, "summary": file.summary,
        "status": proof.status, "value": proof.value, "bound": proof.bound, "sites": file.sites,
    })
}

/// Places that 1000 people need, where they were counted.
const fn places_of(work: &Work) -> Option<f64> {
    match work {
        Work::Capacitated { instance, .. } => Some(instance.per_1000),
        _ => None,
    }
}

/// Ids of candidates.
pub(crate) fn keys(candidates: &[Candidate]) -> Vec<String> {
    candidates.iter().map(|candidate| candidate.key.clone()).collect()
}

/// A site that what is open today is counted as.
pub(crate) fn with_today(mut keys: Vec<String>) -> Vec<String> {
    keys.push("open today".to_owned());
    keys
}

/// More pairs than a file holds.
pub(in crate::delivery) fn too_many() -> anyhow::Error {
    anyhow::anyhow!(
        "more pairs of site and home lie within the cutoff than a file holds; take fewer candidates (`grid:` \
         with a wider mesh) or a smaller cutoff"
    )
}

/// The chosen sites of a plan in the order in which they bring most, each at `first` plus its position.
pub(in crate::delivery) fn chosen_sites(plan: &Explained, first: u32) -> Vec<ChosenSite> {
    let steps = plan.steps.iter().map(|step| write::chosen(plan.candidates, step));
    steps.map(|site| ChosenSite { site: site.site + first, ..site }).collect()
}
