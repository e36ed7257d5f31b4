//! From a request to what a plan is asked: every bound checked, whatever the problem.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ask::{COUNT_MAX, PlaceHouse, PlaceLanguage, PlaceLeast, PlaceRequest};
use super::words::in_members;
use crate::delivery::plan::{
    Basis, Further, GivenTable, Goal, Least, Limit, ProblemKind as Kind, Promise, PromiseWish,
    Search, SiteTerms, Wish, YearsWish, check_options, check_terms,
};
use crate::limits::{CUTOFF_MIN, GATE_LENGTH_M};
use crate::placement::candidate::Candidate;
use crate::placement::multi_function::Housing;
use crate::report::Language;
use crate::server::app::App;
use crate::server::problem::{Problem, ProblemKind};
use crate::server::query::{Query, unknown};
use crate::server::study::Study;

/// Longest search, in seconds.
const TIME_LIMIT_MAX_S: f64 = 3_600.0;
/// Search time when none is named, in seconds.
const TIME_LIMIT_S: f64 = 30.0;
/// Years of a programme at most.
const YEARS_MAX: usize = 30;
/// Greatest cost or budget.
const COST_MAX: f64 = 1e12;
/// What given candidates are called.
const GIVEN: &str = "candidates_given";

/// A request that was understood.
#[derive(Debug)]
pub(in crate::server) struct Ask {
    /// The study, as the scenario has it.
    pub(super) app: Arc<App>,
    /// The study without edits.
    pub(super) base: Arc<App>,
    pub(super) scenario: Option<String>,
    pub(super) wish: Wish,
    pub(super) language: Language,
}

pub(super) fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::CannotRead, detail.into())
}

impl PlaceRequest {
    /// Checks everything that can be checked without searching.
    ///
    /// # Errors
    /// What cannot be used, and what could.
    pub(in crate::server) fn understood(self, study: &Study) -> Result<Ask, Problem> {
        let app = study.as_in(self.scenario.as_deref())?;
        self.check_amounts()?;
        self.check_counts()?;
        let said = |fault: anyhow::Error| refused(in_members(&format!("{fault:#}")));
        let promise = self.promise(&app)?;
        let found = Promise::find(app.baseline(), &promise).map_err(said)?;
        let kind = found.problem_for(self.problem.kind()).map_err(said)?;
        let mut wish = self.wish(promise, study)?;
        wish.goal.problem = kind;
        check_options(&wish, Basis::Study).map_err(said)?;
        self.check_limits(kind)?;
        if kind == Kind::Capacitated
            && self.places_per_1000.or(found.rule.capacity_per_1000).is_none()
        {
            return Err(refused(
                "how many places do 1000 people need? the rule does not say; give places_per_1000",
            ));
        }
        let is_zh = match self.language {
            Some(language) => language == PlaceLanguage::Zh,
            None => app.meta().language == "zh",
        };
        let language = if is_zh { Language::Zh } else { Language::En };
        check_terms(app.baseline(), &wish).map_err(said)?;
        let base = Arc::clone(study.baseline());
        Ok(Ask { app, base, scenario: self.scenario, wish, language })
    }

    /// Every number lies where it is said to.
    fn check_amounts(&self) -> Result<(), Problem> {
        let minutes = CUTOFF_MIN.max;
        let amounts = [
            ("cutoff_min", self.cutoff_min, minutes),
            ("budget", self.budget, COST_MAX),
            ("target_share", self.target_share, 1.0),
            ("reach_min", self.reach_min, minutes),
            ("unserved_min", self.unserved_min, minutes),
            ("area_min_m2", self.area_min_m2, 1e9),
            ("min_spacing_m", self.min_spacing_m, 1e6),
            ("places_per_1000", self.places_per_1000, 1e9),
            ("capacity", self.capacity, 1e9),
            ("gate_cost", self.gate_cost, 1e9),
            ("gate_gap_m", self.gate_gap_m, GATE_LENGTH_M),
            ("gate_walk_m", self.gate_walk_m, 1e6),
            ("time_limit_s", self.time_limit_s, TIME_LIMIT_MAX_S),
        ];
        let bonuses = self.bonuses.values().map(|&bonus| ("bonuses", Some(bonus), 1e9));
        let yearly = self.yearly_budget.iter().map(|&cost| ("yearly_budget", Some(cost), COST_MAX));
        let also = self.also.iter().map(|also| ("the cost of also", also.cost, COST_MAX));
        let shares =
            self.milestones.iter().map(|one| ("the share of milestones", Some(one.share), 1.0));
        for (name, value, most) in
            amounts.into_iter().chain(bonuses).chain(yearly).chain(also).chain(shares)
        {
            if let Some(value) = value
                && !(0.0..=most).contains(&value)
            {
                return Err(refused(format!("{name} must lie in 0 to {most}, not {value}")));
            }
        }
        Ok(())
    }

    /// Every count lies where it is said to.
    fn check_counts(&self) -> Result<(), Problem> {
        let counts = [
            ("sites", self.sites, (0, COUNT_MAX)),
            ("centers", self.centers, (0, COUNT_MAX)),
            ("gates", self.gates, (0, COUNT_MAX)),
            ("gates_most", self.gates_most, (1, COUNT_MAX)),
            ("phases", self.phases, (1, YEARS_MAX as u32)),
            ("first_year", self.first_year, (1, 9_999)),
            ("complete_worth", self.complete_worth, (0, 1_000)),
        ];
        let yearly =
            self.yearly_sites.iter().map(|&sites| ("yearly_sites", Some(sites), (0, COUNT_MAX)));
        let years = self
            .milestones
            .iter()
            .map(|one| ("the year of milestones", Some(one.year), (1, 9_999)));
        let zones = self.zone_min.values().chain(self.zone_max.values());
        let zones = zones.map(|&sites| ("zone_min and zone_max", Some(sites), (0, COUNT_MAX)));
        for (name, value, (least, most)) in
            counts.into_iter().chain(yearly).chain(years).chain(zones)
        {
            if let Some(value) = value
                && !(least..=most).contains(&value)
            {
                return Err(refused(format!("{name} must lie in {least} to {most}, not {value}")));
            }
        }
        let lists = [
            ("yearly_sites", self.yearly_sites.len()),
            ("yearly_budget", self.yearly_budget.len()),
            ("milestones", self.milestones.len()),
        ];
        match lists.into_iter().find(|(_, length)| *length > YEARS_MAX) {
            Some((name, length)) => {
                Err(refused(format!("{name} may name {YEARS_MAX} years, not {length}")))
            }
            None => Ok(()),
        }
    }

    /// What the problem cannot do without is there.
    fn check_limits(&self, kind: Kind) -> Result<(), Problem> {
        let limited = self.sites.is_some() || self.budget.is_some();
        let yearly = !self.yearly_sites.is_empty() || !self.yearly_budget.is_empty();
        let lacking = match kind {
            Kind::Mclp if !limited && !yearly => {
                Some("the most people for how much? give sites, budget or both")
            }
            kind if kind.limit() == Limit::Sites && self.sites.is_none() => {
                Some("how many sites may be opened? give sites")
            }
            Kind::Gates if self.gates.is_none() && self.budget.is_none() => {
                Some("how many gates may open? give gates, budget or both")
            }
            kind if kind.limit() == Limit::SitesOrMoney && !kind.covers() && !limited => {
                Some("within what limit? give sites, budget or both")
            }
            Kind::TwoTier if self.center_rule.is_none() => {
                Some("which promise do centers keep? give center_rule")
            }
            Kind::Center if self.also.is_empty() => {
                Some("which further promises does a center keep? give also")
            }
            _ => None,
        };
        lacking.map_or(Ok(()), |said| Err(refused(said)))
    }

    /// The promise: a rule of the study, or what is on screen.
    fn promise(&self, app: &App) -> Result<PromiseWish, Problem> {
        let nearest = self.problem.kind().serves_nearest();
        let Some(rule) = &self.rule else {
            let given = [
                ("function", self.function.clone()),
                ("profile", self.profile.clone()),
                ("group", self.group.clone()),
                ("cutoff_min", self.cutoff_min.map(|min| min.to_string())),
            ];
            let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
            let chosen = app.rule_of(&Query::of(given).selection(app)?.key());
            return Ok(PromiseWish {
                function: chosen.functions.first().cloned(),
                profile: Some(chosen.profile),
                group: Some(chosen.group),
                cutoff_min: self.cutoff_min.or(chosen.cutoff_min.filter(|_| !nearest)),
                ..PromiseWish::default()
            });
        };
        check_rule(app, rule)?;
        for other in self.center_rule.iter().chain(self.also.iter().map(|also| &also.rule)) {
            check_rule(app, other)?;
        }
        Ok(PromiseWish {
            rule: Some(rule.clone()),
            profile: self.profile.clone(),
            group: self.group.clone(),
            cutoff_min: self.cutoff_min,
            ..PromiseWish::default()
        })
    }

    fn wish(&self, promise: PromiseWish, study: &Study) -> Result<Wish, Problem> {
        Ok(Wish {
            promise,
            goal: self.goal(),
            sites: self.terms(study)?,
            extended: self.further(),
            search: Search {
                time_limit_s: self.time_limit_s.unwrap_or(TIME_LIMIT_S),
                seed: self.seed.unwrap_or(1),
            },
        })
    }

    fn goal(&self) -> Goal {
        let milestone = |one: &super::ask::PlaceMilestone| format!("{}={}", one.year, one.share);
        Goal {
            problem: self.problem.kind(),
            sites: self.sites,
            budget: self.budget,
            target_share: self.target_share,
            least: self.least.map(|least| match least {
                PlaceLeast::Cost => Least::Cost,
                PlaceLeast::Sites => Least::Sites,
            }),
            reach_min: self.reach_min,
            unserved_min: self.unserved_min,
            phases: YearsWish {
                phases: self.phases,
                yearly_sites: self.yearly_sites.clone(),
                yearly_budget: self.yearly_budget.clone(),
                first_year: self.first_year,
                milestone: self.milestones.iter().map(milestone).collect(),
            },
        }
    }

    fn terms(&self, study: &Study) -> Result<SiteTerms, Problem> {
        let given = match &self.candidates_given {
            None | Some(serde_json::Value::Null) => Vec::new(),
            Some(collection) => {
                if collection.get("type").and_then(|kind| kind.as_str())
                    != Some("FeatureCollection")
                {
                    return Err(refused(format!("{GIVEN} must be a GeoJSON FeatureCollection")));
                }
                let bytes = serde_json::to_vec(collection);
                let bytes = bytes.map_err(|fault| refused(fault.to_string()))?;
                vec![GivenTable { name: GIVEN.to_owned(), bytes }]
            }
        };
        let zone = |(zone, count): (&String, &u32)| format!("{zone}={count}");
        Ok(SiteTerms {
            candidates: self.candidates.clone(),
            sent: self.sent(study)?,
            given,
            // Files are those of the study, and no others.
            folder: Some(study.folder().map(std::path::Path::to_path_buf).unwrap_or_default()),
            candidates_crs: self.candidates_crs.clone(),
            area_min_m2: self.area_min_m2,
            required: self.required.clone(),
            forbidden: self.forbidden.clone(),
            bonuses: self.bonuses.clone(),
            min_spacing_m: self.min_spacing_m,
            zone_min: self.zone_min.iter().map(zone).collect(),
            zone_max: self.zone_max.iter().map(zone).collect(),
            zone_counts_open: self.zone_counts_open,
        })
    }

    /// The candidates of the files that words name: `file:TOKEN`.
    fn sent(&self, study: &Study) -> Result<BTreeMap<String, (Vec<Candidate>, String)>, Problem> {
        let words = self.candidates.iter().chain(&self.center_candidates);
        let tokens = words.filter_map(|word| Some((word, word.strip_prefix("file:")?)));
        tokens.map(|(word, token)| Ok((word.clone(), study.uploads().candidates(token)?))).collect()
    }

    fn further(&self) -> Further {
        let also = |also: &super::ask::PlaceAlso| match also.cost {
            Some(cost) => format!("{}={cost}", also.rule),
            None => also.rule.clone(),
        };
        Further {
            places_per_1000: self.places_per_1000,
            capacity: self.capacity,
            center_rule: self.center_rule.clone(),
            centers: self.centers,
            center_candidates: self.center_candidates.clone(),
            gates: self.gates,
            gate_cost: self.gate_cost,
            gate_gap_m: self.gate_gap_m,
            gate_walk_m: self.gate_walk_m,
            gates_most: self.gates_most.map(|most| most as usize),
            also: self.also.iter().map(also).collect(),
            complete_worth: self.complete_worth,
            house: self.house.map(|house| match house {
                PlaceHouse::Some => Housing::Some,
                PlaceHouse::All => Housing::All,
            }),
        }
    }
}

/// The study has a rule of that name.
fn check_rule(app: &App, name: &str) -> Result<(), Problem> {
    let standards = app.baseline().standards.iter();
    let known: Vec<String> = standards
        .flat_map(|standard| {
            standard.rules.iter().map(|rule| format!("{}/{}", standard.id, rule.id))
        })
        .collect();
    if known.iter().any(|known| known == name) {
        return Ok(());
    }
    Err(Problem::not_found(unknown("rule", name, known.iter().map(String::as_str))))
}
