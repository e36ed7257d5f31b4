//! A plan, made alike for the command line and the map page: candidates, search, explanation, files.

mod assign;
mod assign_report;
mod assign_write;
mod cover;
mod default_sites;
pub(crate) mod extended;
mod host;
mod opening;
mod options;
mod phases;
mod problem;
mod promise;
mod reason;
mod rules;
mod sources;
mod watch;
mod wish;
mod write;

use std::path::Path;

use anyhow::bail;

use crate::coverage::Rule;
use crate::ids::SiteId;
use crate::placement::SolutionStatus;
use crate::placement::candidate::{Candidate, SiteStanding};
use crate::placement::explain::Explained;
use crate::placement::plan::Need;
use crate::report::sheet::Sheet;
use crate::report::sheets::{ZoneCount, zone_rules_sheet};

pub(crate) use assign::{MINUTE, PERSON, solve as solve_assignment};
pub(crate) use assign_report::{
    counted_means, forced, notes as assign_notes, proven as assign_proven,
};
pub(crate) use assign_write::{
    Outcome as AssignOutcome, published as assign_published, short as assign_short,
    solution_file as assign_file, summary as assign_summary, units as assign_units,
};
pub(crate) use cover::{scale, solved};
pub(crate) use default_sites::most_for;
pub(crate) use extended::short as program_short;
pub(crate) use host::{Host, Made, News, PLAN_PDF, PlanGround, Question, Scale, walker_of};
pub(crate) use opening::Opening;
pub(crate) use options::{Basis, check as check_options};
pub(crate) use phases::share;
pub(crate) use problem::{Limit, ProblemKind};
pub(crate) use promise::{Promise, not_recorded, people_word};
pub(crate) use reason::{assign_sentence, no_years, sentence};
use rules::ZoneTerm;
pub(crate) use rules::{budget, check_terms, covering, objective, site_rules, zone_terms};
pub(crate) use sources::{Sources, find as find_sources};
pub(in crate::delivery) use watch::Watch;
pub(crate) use wish::{
    Further, GivenTable, Goal, Least, PromiseWish, Search, SiteTerms, Wish, YearsWish,
};
pub(crate) use write::{Outcome, short as cover_short};
pub(in crate::delivery) use write::{choices, claims};

/// Whether a search came to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// There is one.
    WithPlan,
    /// No plan keeps all rules, or none was found.
    Without,
}

/// What a plan is made with.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) ground: &'a PlanGround<'a>,
    pub(crate) wish: &'a Wish,
    pub(crate) host: &'a dyn Host,
    /// The folder of the files.
    pub(crate) out: &'a Path,
}

/// Finds candidates, solves, explains, writes every file, shows the plan.
///
/// # Errors
/// When what is wished for cannot be understood, or a file not be written.
pub(crate) fn make(desk: &Desk) -> anyhow::Result<Ended> {
    let promise = Promise::find(desk.ground.baseline, &desk.wish.promise)?;
    let asked = &desk.wish.goal;
    let problem = promise.problem_for(asked.problem)?;
    if problem != asked.problem {
        let rule = &promise.rule.id;
        desk.host.say(&format!("{rule:?} counts places: planned with places, as capacitated"));
    }
    let wish = Wish { goal: Goal { problem, ..asked.clone() }, ..desk.wish.clone() };
    options::check(&wish, Basis::Study)?;
    let desk = &Desk { wish: &wish, ..*desk };
    if problem.serves_nearest() {
        assign::run(desk)
    } else if problem.covers() {
        cover::run(desk)
    } else {
        extended::run(desk)
    }
}

impl<'a> Desk<'a> {
    /// The candidates that are named, when there are people and sites to choose from.
    pub(in crate::delivery) fn candidates(&self, need: &Need) -> anyhow::Result<Sources> {
        if need.total == crate::units::Persons::ZERO {
            let group = &need.rule.group;
            bail!("nobody of group {group:?} lives in the study; there is nobody to cover");
        }
        let most = default_sites::most_for(self.wish.goal.problem);
        let sources = sources::find(self.ground, need, (&self.wish.sites, most), self.host)?;
        let area_min = self.wish.sites.area_min_m2.filter(|&area| area > 0.0);
        if let (true, Some(area)) = (sources.candidates.is_empty(), area_min) {
            bail!(
                "no candidate in {} has the {area} m² that --area-min-m2 asks for; ask for less, or add places",
                sources.from.join(", ")
            );
        }
        if sources.candidates.is_empty() {
            bail!(
                "there are no candidates in {}; add places to the file, or take `--candidates junctions`",
                sources.from.join(", ")
            );
        }
        let forbidden = |standing: SiteStanding| standing == SiteStanding::Forbidden;
        if sources.candidates.iter().all(|candidate| forbidden(candidate.standing)) {
            bail!(
                "all {} candidates are forbidden; nothing can be placed",
                sources.candidates.len()
            );
        }
        Ok(sources)
    }

    /// What is asked of zones.
    pub(in crate::delivery) fn zone_terms(
        &self,
        need: &Need,
        candidates: &[Candidate],
    ) -> anyhow::Result<Vec<ZoneTerm>> {
        let asked = (&self.wish.sites, need.serving.as_slice());
        rules::zone_terms(self.ground.baseline, candidates, asked)
    }

    /// The table of what is asked of zones and how the plan keeps it; none when nothing is.
    fn zone_sheet(&self, terms: &[ZoneTerm], plan: &Explained) -> Option<Sheet> {
        let zones = &self.ground.baseline.zones.zones;
        let chosen = |term: &ZoneTerm| {
            plan.steps.iter().filter(|step| term.sites.binary_search(&step.site).is_ok()).count()
        };
        let count = |term: &ZoneTerm| ZoneCount {
            zone: zones[term.zone].name.clone(),
            least: term.asked.0,
            most: term.asked.1,
            open: term.open,
            chosen: chosen(term) as u32,
            candidates: term.sites.len() as u32,
        };
        let counts: Vec<ZoneCount> = terms.iter().map(count).collect();
        (!counts.is_empty()).then(|| zone_rules_sheet(&counts))
    }

    pub(in crate::delivery) fn need<'r>(&self, rule: &'r Rule) -> anyhow::Result<Need<'r>>
    where
        'a: 'r,
    {
        let walker = self.ground.walker_of(Some(&rule.profile))?;
        Ok(Need::find(self.ground.baseline.site(), walker, rule)?)
    }
}

/// Without a plan when there is none that keeps all rules.
pub(crate) fn ended((status, chosen): (&SolutionStatus, &[SiteId])) -> Ended {
    match status {
        SolutionStatus::Optimal | SolutionStatus::Feasible => Ended::WithPlan,
        SolutionStatus::Cancelled if !chosen.is_empty() => Ended::WithPlan,
        _ => Ended::Without,
    }
}
