//! What a search for sites is asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::coverage::Rule;
use crate::placement::candidate::Candidate;
use crate::server::app::App;
use crate::server::problem::{Problem, ProblemKind};
use crate::server::query::Query;
use crate::server::study::Study;

/// Longest search, in seconds.
const TIME_LIMIT_MAX_S: f64 = 3_600.0;
/// Search time when none is named, in seconds.
const TIME_LIMIT_S: f64 = 30.0;

/// Which problem is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::server) enum PlaceProblem {
    /// The most people with so many sites or so much money.
    Mclp,
    /// The fewest sites that cover everybody, or a share.
    Lscp,
}

/// What is looked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct PlaceRequest {
    /// The promise, as `standard/rule`; else the four after it.
    rule: Option<String>,
    /// Id of a function.
    function: Option<String>,
    /// Id of a walk profile.
    profile: Option<String>,
    /// Id of a demand group.
    group: Option<String>,
    /// Cutoff in minutes, inclusive.
    #[schema(minimum = 0, maximum = 1440)]
    cutoff_min: Option<f64>,
    /// Which problem.
    problem: PlaceProblem,
    /// Sites at most.
    sites: Option<u32>,
    /// Money at most, in the unit of the candidates' cost (1 where none is told).
    budget: Option<f64>,
    /// Share that is to be covered, 0 to 1; everybody when absent.
    target_share: Option<f64>,
    /// Where a site could be: `junctions`, `midblocks`, `network`, `grid:METRES`, `facilities:LAYER`,
    /// `file:TOKEN` (a file sent as `kind=candidates`); junctions, thinned, when empty.
    #[serde(default)]
    candidates: Vec<String>,
    /// Ids of candidates that must be chosen.
    #[serde(default)]
    required: Vec<String>,
    /// Ids of candidates that must not.
    #[serde(default)]
    forbidden: Vec<String>,
    /// People that count for a candidate besides those it covers, by id.
    #[serde(default)]
    bonuses: BTreeMap<String, f64>,
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
    /// Longest search in seconds.
    time_limit_s: Option<f64>,
    /// Begins the chance that searches use; the same seed gives the same plan when the search is proven.
    seed: Option<u64>,
}

/// A request that was understood.
#[derive(Debug)]
pub(in crate::server) struct Ask {
    pub(super) app: Arc<App>,
    pub(super) scenario: Option<String>,
    pub(super) rule: Rule,
    pub(super) problem: PlaceProblem,
    pub(super) sites: Option<u32>,
    /// In thousandths.
    pub(super) budget: Option<i64>,
    pub(super) target_share: f64,
    pub(super) candidates: Vec<String>,
    /// Candidates of files that were sent, by the word that names each: `file:TOKEN`.
    pub(super) sent: BTreeMap<String, (Vec<Candidate>, String)>,
    pub(super) required: Vec<String>,
    pub(super) forbidden: Vec<String>,
    pub(super) bonuses: BTreeMap<String, f64>,
    pub(super) time_limit_s: f64,
    pub(super) seed: u64,
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::CannotRead, detail.into())
}

/// The candidates of the files that `words` name.
fn sent(
    study: &Study,
    words: &[String],
) -> Result<BTreeMap<String, (Vec<Candidate>, String)>, Problem> {
    let tokens = words.iter().filter_map(|word| Some((word, word.strip_prefix("file:")?)));
    tokens.map(|(word, token)| Ok((word.clone(), study.uploads().candidates(token)?))).collect()
}

impl PlaceRequest {
    /// Checks everything that can be checked without searching.
    ///
    /// # Errors
    /// What cannot be used, and what could.
    pub(in crate::server) fn understood(self, study: &Study) -> Result<Ask, Problem> {
        let app = study.as_in(self.scenario.as_deref())?;
        let rule = self.rule(&app)?;
        let amount = |name: &str, value: Option<f64>, most: f64| match value {
            Some(value) if !(0.0..=most).contains(&value) => {
                Err(refused(format!("{name} must lie in 0 to {most}, not {value}")))
            }
            value => Ok(value),
        };
        let budget = amount("budget", self.budget, 1e12)?;
        let target_share = amount("target_share", self.target_share, 1.0)?;
        let time_limit_s = amount("time_limit_s", self.time_limit_s, TIME_LIMIT_MAX_S)?;
        if self.problem == PlaceProblem::Mclp && self.sites.is_none() && budget.is_none() {
            return Err(refused("the most people for how much? give sites, budget or both"));
        }
        for (key, bonus) in &self.bonuses {
            amount(&format!("the bonus of {key:?}"), Some(*bonus), 1e9)?;
        }
        Ok(Ask {
            app,
            scenario: self.scenario,
            rule,
            problem: self.problem,
            sites: self.sites,
            budget: budget.map(|budget| (budget * 1e3).round() as i64),
            target_share: target_share.unwrap_or(1.0),
            sent: sent(study, &self.candidates)?,
            candidates: self.candidates,
            required: self.required,
            forbidden: self.forbidden,
            bonuses: self.bonuses,
            time_limit_s: time_limit_s.unwrap_or(TIME_LIMIT_S),
            seed: self.seed.unwrap_or(1),
        })
    }

    fn rule(&self, app: &App) -> Result<Rule, Problem> {
        let Some(name) = &self.rule else {
            let cutoff = self.cutoff_min.map(|min| min.to_string());
            let given = [
                ("function", self.function.clone()),
                ("profile", self.profile.clone()),
                ("group", self.group.clone()),
                ("cutoff_min", cutoff),
            ];
            let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
            return Ok(app.rule_of(&Query::of(given).selection(app)?.key()));
        };
        let standards = &app.baseline().standards;
        let mut rules = standards.iter().flat_map(|standard| {
            standard.rules.iter().map(move |rule| (format!("{}/{}", standard.id, rule.id), rule))
        });
        let found = rules.clone().find(|(known, _)| known == name);
        found.map(|(_, rule)| rule.clone()).ok_or_else(|| {
            let known: Vec<String> = rules.by_ref().map(|(name, _)| name).collect();
            let known = known.iter().map(String::as_str);
            Problem::not_found(crate::server::query::unknown("rule", name, known))
        })
    }
}
