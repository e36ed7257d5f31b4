//! What a plan is asked for: the promise, the goal, where sites could be, how long to search.
//!
//! The command line and the API fill the same wish, each in its own words.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::coverage::Rule;
use crate::import::plan_file::{PlanAsk, RuleAsk, SiteAsk};
use crate::placement::candidate::Candidate;
use crate::placement::gate_candidates::GateSearch;
use crate::placement::multi_function::Housing;
use crate::units::Meters;

use super::problem::ProblemKind;

/// Candidate gates that are weighed at most, unless said otherwise.
const GATES_MOST: usize = 2_000;

/// Everything that is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub(crate) promise: PromiseWish,
    pub(crate) goal: Goal,
    pub(crate) sites: SiteTerms,
    pub(crate) extended: Further,
    pub(crate) search: Search,
}

impl Wish {
    /// The further terms on the sites, as files say them.
    pub(crate) fn terms(&self) -> SiteAsk {
        let sites = &self.sites;
        let crs = sites.candidates_crs.clone().filter(|crs| crs != "auto");
        SiteAsk {
            required: sites.required.clone(),
            forbidden: sites.forbidden.clone(),
            bonuses: sites.bonuses.clone(),
            zone_min: sites.zone_min.clone(),
            zone_max: sites.zone_max.clone(),
            zone_counts_open: sites.zone_counts_open,
            candidates_crs: crs.unwrap_or_default(),
            area_min_m2: sites.area_min_m2.filter(|&area| area > 0.0),
            center_candidates: self.extended.center_candidates.clone(),
        }
    }
}

impl SiteTerms {
    /// The terms that a file says were asked.
    pub(crate) fn of(ask: &PlanAsk) -> Self {
        let terms = ask.terms.clone();
        Self {
            candidates: ask.candidates.clone(),
            candidates_crs: Some(terms.candidates_crs).filter(|crs| !crs.is_empty()),
            area_min_m2: terms.area_min_m2,
            zone_counts_open: terms.zone_counts_open,
            required: terms.required,
            forbidden: terms.forbidden,
            bonuses: terms.bonuses,
            min_spacing_m: Some(ask.min_spacing_m).filter(|&spacing| spacing > 0.0),
            zone_min: terms.zone_min,
            zone_max: terms.zone_max,
            ..Self::default()
        }
    }
}

/// The promise that sites are placed for.
#[derive(Clone, Debug, Default)]
pub(crate) struct PromiseWish {
    /// `STANDARD/RULE`, or the id of a rule that only one standard has.
    pub(crate) rule: Option<String>,
    /// A function instead of a rule.
    pub(crate) function: Option<String>,
    /// Id of a walk profile.
    pub(crate) profile: Option<String>,
    /// Cutoff in minutes, inclusive.
    pub(crate) cutoff_min: Option<f64>,
    /// Cutoff in metres, inclusive.
    pub(crate) cutoff_m: Option<f64>,
    /// Id of a demand group.
    pub(crate) group: Option<String>,
}

impl PromiseWish {
    /// Another rule, for the walker and the group that are named here, if any.
    pub(crate) fn beside(&self, rule: String) -> Self {
        let (profile, group) = (self.profile.clone(), self.group.clone());
        Self { rule: Some(rule), profile, group, ..Self::default() }
    }

    /// What is asked otherwise than the rule is written, as files say it.
    pub(crate) fn changed(&self) -> RuleAsk {
        RuleAsk {
            profile: self.profile.clone(),
            group: self.group.clone(),
            cutoff_min: self.cutoff_min,
            cutoff_m: self.cutoff_m,
        }
    }

    /// The promise that a file says was asked; a file of version 1 does not say what was changed of its rule.
    pub(crate) fn of(ask: &PlanAsk, rule: &Rule, version: u32) -> Self {
        let said = RuleAsk {
            profile: Some(rule.profile.clone()),
            group: Some(rule.group.clone()),
            cutoff_min: rule.cutoff_min,
            cutoff_m: rule.cutoff_m,
        };
        let RuleAsk { profile, group, cutoff_min, cutoff_m } =
            if version == 1 { said } else { ask.changed.clone() };
        let is_rule = !ask.standard.is_empty();
        Self {
            rule: is_rule.then(|| format!("{}/{}", ask.standard, rule.id)),
            function: (!is_rule).then(|| rule.id.clone()),
            profile,
            group,
            cutoff_min,
            cutoff_m,
        }
    }
}

/// What a covering plan keeps least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Least {
    /// The number of sites.
    #[default]
    Sites,
    /// Their cost.
    Cost,
}

/// What the plan is to reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct Goal {
    pub(crate) problem: ProblemKind,
    /// Sites at most.
    pub(crate) sites: Option<u32>,
    /// Money at most, in the unit of the candidates' cost.
    pub(crate) budget: Option<f64>,
    /// Share of people to be covered, those covered today included, 0 to 1.
    /// Everybody when it is not told.
    pub(crate) target_share: Option<f64>,
    pub(crate) least: Option<Least>,
    /// Longest walk to a candidate that is looked at, in minutes.
    pub(crate) reach_min: Option<f64>,
    /// Whoever reaches no site counts as if walking so many minutes.
    pub(crate) unserved_min: Option<f64>,
    pub(crate) phases: YearsWish,
}

impl Goal {
    /// The share of people to be covered, those covered today included.
    pub(crate) fn share(&self) -> f64 {
        self.target_share.unwrap_or(1.0)
    }
}

/// The years in which sites open.
#[derive(Clone, Debug, Default)]
pub(crate) struct YearsWish {
    /// How many years.
    pub(crate) phases: Option<u32>,
    /// Sites to open in each year.
    pub(crate) yearly_sites: Vec<u32>,
    /// Money of each year.
    pub(crate) yearly_budget: Vec<f64>,
    /// Calendar year of the first.
    pub(crate) first_year: Option<u32>,
    /// `YEAR=SHARE` that is to be covered by the end of a year.
    pub(crate) milestone: Vec<String>,
}

/// A table of candidates that came with the question.
#[derive(Clone, Debug)]
pub(crate) struct GivenTable {
    /// What it is called where it is spoken of.
    pub(crate) name: String,
    /// CSV or `GeoJSON`.
    pub(crate) bytes: Vec<u8>,
}

/// Which sites there are to choose from.
#[derive(Clone, Debug, Default)]
pub(crate) struct SiteTerms {
    /// Files, `junctions`, `midblocks`, `grid:METRES`, `facilities:LAYER`, `network`; a default when empty.
    pub(crate) candidates: Vec<String>,
    /// Tables beside those.
    pub(crate) given: Vec<GivenTable>,
    /// Candidates that were read before, by the word among `candidates` that names them, and what they are called.
    pub(crate) sent: BTreeMap<String, (Vec<Candidate>, String)>,
    /// The folder that files are looked for in, and that they must not leave; without one, any file is read.
    pub(crate) folder: Option<PathBuf>,
    /// Coordinate system of the tables: auto, wgs84, cgcs2000, gcj02, bd09, epsg:NUMBER; auto when it is not told.
    pub(crate) candidates_crs: Option<String>,
    /// Parcels of less ground are left out, in square metres.
    pub(crate) area_min_m2: Option<f64>,
    /// Ids of candidates that must be chosen.
    pub(crate) required: Vec<String>,
    /// Ids of candidates that must not be chosen.
    pub(crate) forbidden: Vec<String>,
    /// People that count for a candidate beside those it covers, by id.
    pub(crate) bonuses: BTreeMap<String, f64>,
    /// Least straight-line distance between two chosen sites, in metres.
    pub(crate) min_spacing_m: Option<f64>,
    /// `ZONE=N`: least number of chosen sites in a zone.
    pub(crate) zone_min: Vec<String>,
    /// `ZONE=N`: greatest number of chosen sites in a zone.
    pub(crate) zone_max: Vec<String>,
    /// Whether what is open today counts in both.
    pub(crate) zone_counts_open: bool,
}

impl SiteTerms {
    /// Other places under the same terms, none of them required or forbidden.
    pub(crate) fn with_candidates(&self, candidates: Vec<String>) -> Self {
        let own = Self { given: Vec::new(), bonuses: BTreeMap::new(), ..self.clone() };
        Self { candidates, required: Vec::new(), forbidden: Vec::new(), ..own }
    }

    /// Whether a table of candidates is named here or among `others`.
    pub(crate) fn name_tables(&self, others: &[String]) -> bool {
        let proposed = |word: &String| {
            let words = ["junctions", "midblocks", "network"];
            let begins = ["grid:", "facilities:"];
            words.contains(&word.as_str()) || begins.iter().any(|begin| word.starts_with(begin))
        };
        !self.given.is_empty() || self.candidates.iter().chain(others).any(|word| !proposed(word))
    }

    /// Whether nobody names any candidates.
    pub(crate) fn name_none(&self) -> bool {
        self.candidates.is_empty() && self.given.is_empty()
    }
}

/// What further problems are told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Further {
    /// Places that 1000 people need.
    pub(crate) places_per_1000: Option<f64>,
    /// Places of a candidate that does not say how many it has.
    pub(crate) capacity: Option<f64>,
    /// The promise that centers keep, as `STANDARD/RULE`.
    pub(crate) center_rule: Option<String>,
    /// Centers at most.
    pub(crate) centers: Option<u32>,
    /// Where centers could be, as [`SiteTerms::candidates`].
    pub(crate) center_candidates: Vec<String>,
    /// Gates at most.
    pub(crate) gates: Option<u32>,
    /// What a gate costs.
    pub(crate) gate_cost: Option<f64>,
    /// Longest straight line between the two sides of a gate, in metres.
    pub(crate) gate_gap_m: Option<f64>,
    /// Shortest walk today between the two sides, in metres.
    pub(crate) gate_walk_m: Option<f64>,
    /// Candidate gates that are weighed at most.
    pub(crate) gates_most: Option<usize>,
    /// `STANDARD/RULE[=COST]`: further promises that a center keeps.
    pub(crate) also: Vec<String>,
    /// What one person counts who has all functions within reach.
    pub(crate) complete_worth: Option<u32>,
    pub(crate) house: Option<Housing>,
}

impl Further {
    /// Candidate gates that are weighed at most.
    pub(crate) fn most_gates(&self) -> usize {
        self.gates_most.unwrap_or(GATES_MOST)
    }

    /// What makes two street parts close, and far.
    pub(crate) fn gate_search(&self) -> GateSearch {
        let own = GateSearch::default();
        GateSearch {
            gap: self.gate_gap_m.map_or(own.gap, Meters),
            walk: self.gate_walk_m.map_or(own.walk, Meters),
            ..own
        }
    }
}

/// How long and how the search goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search {
    /// Seconds after which the best plan and bound so far stand.
    pub(crate) time_limit_s: f64,
    /// The same seed gives the same plan.
    pub(crate) seed: u64,
}

impl Default for Search {
    fn default() -> Self {
        Self { time_limit_s: 30.0, seed: 1 }
    }
}
