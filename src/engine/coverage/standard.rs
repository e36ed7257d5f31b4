//! Service standards as data: which function, how far, for whom, how much, on whose word.

use serde::{Deserialize, Serialize};

use crate::limits::{CUTOFF_M, CUTOFF_MIN};
use crate::units::{WalkTime, Yardstick};

/// A set of rules from one source. One file per standard under `data/standards`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// Short name used in files: `gb50180-2018`, `childcare-15` …
    pub id: String,
    /// English title.
    pub en: String,
    /// Chinese title.
    pub zh: String,
    /// Where the rules are written: title, year, place. In English, or in the only language there is.
    pub source: String,
    /// The same in Chinese.
    #[serde(default)]
    pub source_zh: String,
    /// Remarks a reader must know (what is unverified, what is left out). In English, or in the only language
    /// there is.
    #[serde(default)]
    pub note: String,
    /// The same in Chinese.
    #[serde(default)]
    pub note_zh: String,
    /// The rules.
    #[serde(rename = "rule", default)]
    pub rules: Vec<Rule>,
    /// The composite, when the standard has one (1+6+X).
    #[serde(default)]
    pub composite: Option<Composite>,
    /// Ids of the rules that get no verdict: their numbers were not checked at their source, and the study did not say
    /// that it takes them all the same.
    #[serde(skip)]
    pub withheld: Vec<String>,
}

impl Standard {
    /// Withholds the verdict of every rule that is not verified, except of those that `is_accepted` by the study.
    pub fn withhold(&mut self, is_accepted: impl Fn(&Rule) -> bool) {
        let open = self.rules.iter().filter(|rule| !rule.verified && !is_accepted(rule));
        self.withheld = open.map(|rule| rule.id.clone()).collect();
    }

    /// Whether the rule `id` gets a verdict.
    pub fn judges(&self, id: &str) -> bool {
        !self.withheld.iter().any(|withheld| withheld == id)
    }
}

/// One promise: everybody of `group` reaches one of `functions` within the cutoff, on foot.
///
/// Tiers never stand in for each other: a facility that states a tier serves only rules of that tier (or
/// rules without one).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Short name, unique in the standard.
    pub id: String,
    /// English title.
    pub en: String,
    /// Chinese title.
    pub zh: String,
    /// Functions that satisfy it, any one of them.
    pub functions: Vec<String>,
    /// Tier that the facility must be of when it states one (`5min`, `10min`, `15min`, `station`, `center`).
    #[serde(default)]
    pub tier: Option<String>,
    /// Longest walk that still counts, in minutes, inclusive. Either this or `cutoff_m`.
    #[serde(default)]
    pub cutoff_min: Option<f64>,
    /// Longest way that still counts, in metres, inclusive. Either this or `cutoff_min`.
    #[serde(default)]
    pub cutoff_m: Option<f64>,
    /// Who walks: id of a walk profile.
    pub profile: String,
    /// For whom: id of a demand group; when the study has no such group, `all` is taken and said.
    #[serde(default = "all")]
    pub group: String,
    /// Places that must be there per 1000 people of `group`. With it the shares below are those of people who have
    /// a place, and facilities that do not say how many they have supply none.
    #[serde(default)]
    pub capacity_per_1000: Option<f64>,
    /// Share (0–1) that must be covered; with 0 the rule is counted only and gets no verdict.
    #[serde(default = "everybody")]
    pub pass_share: f64,
    /// Share (0–1) from which the result is a benchmark.
    #[serde(default)]
    pub benchmark_share: Option<f64>,
    /// Where the number is written. In English, or in the only language there is.
    pub source: String,
    /// The same in Chinese.
    #[serde(default)]
    pub source_zh: String,
    /// Whether the number was checked at its source.
    #[serde(default)]
    pub verified: bool,
}

/// A home is complete only when the anchor and every required function are in reach; `optional` is counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Composite {
    /// English title.
    pub en: String,
    /// Chinese title.
    pub zh: String,
    /// Rule ids that are the anchor: the "1".
    pub anchor: Vec<String>,
    /// Rule ids that are all required: the "6".
    pub required: Vec<String>,
    /// Rule ids that are counted but not required: the "X".
    #[serde(default)]
    pub optional: Vec<String>,
}

fn all() -> String {
    "all".to_owned()
}

fn everybody() -> f64 {
    1.0
}

/// Why a rule has no usable cutoff.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CutoffError {
    /// Neither or both given.
    #[error("rule {0:?} must give either cutoff_min or cutoff_m")]
    OneOfTwo(String),
    /// Out of range.
    #[error("rule {rule:?}: cutoff {value} is outside {min} to {max}")]
    Range {
        /// Id of the rule.
        rule: String,
        /// The value.
        value: f64,
        /// Least value.
        min: f64,
        /// Greatest value.
        max: f64,
    },
}

impl Rule {
    /// Whether places are counted: then only those who have one count as kept.
    pub fn counts_places(&self) -> bool {
        self.capacity_per_1000.is_some_and(|places| places > 0.0)
    }

    /// Whether it asks for no share: whatever comes, only its numbers tell something.
    pub fn is_only_counted(&self) -> bool {
        self.pass_share <= 0.0
    }

    /// The yardstick and the cutoff in it (under metres, one millisecond stands for one millimetre).
    ///
    /// # Errors
    /// When neither or both cutoffs are given, or one is out of range.
    pub fn cutoff(&self) -> Result<(Yardstick, WalkTime), CutoffError> {
        let (yardstick, value, range, seconds) = match (self.cutoff_min, self.cutoff_m) {
            (Some(minutes), None) => (Yardstick::Minutes, minutes, CUTOFF_MIN, minutes * 60.0),
            (None, Some(meters)) => (Yardstick::Meters, meters, CUTOFF_M, meters),
            _ => return Err(CutoffError::OneOfTwo(self.id.clone())),
        };
        let error =
            || CutoffError::Range { rule: self.id.clone(), value, min: range.min, max: range.max };
        range.check(value).ok_or_else(error)?;
        Ok((yardstick, WalkTime::from_seconds(seconds).ok_or_else(error)?))
    }
}
