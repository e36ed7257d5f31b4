//! Many promises in one run: what holds, what is broken, for whom; and how complete the layers are that say so.

mod completeness;
mod naming;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::coverage::gap::{find_gaps, left_out};
use crate::coverage::{
    CompositeAssessment, CoverageGap, CutoffError, Outcome, Rule, RuleAssessment, Standard,
};
use crate::ids::GroupId;
use crate::progress::{Cancelled, Progress, Stage};
use crate::scenario::Baseline;
use crate::units::Persons;

pub use completeness::{Completeness, FunctionRecord, StreetRecord};
pub use naming::{FullName, full_name};

/// A study's promises, assessed.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Every rule, in the order of standards and rules.
    pub rules: Vec<RuleAssessment>,
    /// The composites, in the order of standards.
    pub composites: Vec<CompositeAssessment>,
}

/// One broken promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Id of the standard.
    pub standard: String,
    /// Id of the rule.
    pub rule: String,
    /// People left out: beyond the cutoff, or without a place where places are counted.
    pub left_out_persons: Persons,
    /// Share of the others (0–1).
    pub share: f64,
    /// Share promised (0–1).
    pub pass_share: f64,
}

/// How many rules came out how. Cover, page, terminal and batch count by this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Rules with a verdict.
    pub judged: usize,
    /// Of those, kept.
    pub met: usize,
    /// Of those kept, at or above the benchmark share.
    pub benchmark: usize,
    /// Of those judged, broken.
    pub failed: usize,
    /// Rules that ask for no share.
    pub counted_only: usize,
    /// Rules without a verdict, as their numbers are not verified.
    pub unverified: usize,
    /// Rules of which no place is recorded.
    pub not_recorded: usize,
    /// Rules for which nobody is there.
    pub not_assessable: usize,
}

impl Tally {
    /// Counts `outcomes`.
    pub fn of(outcomes: impl Iterator<Item = Outcome>) -> Self {
        let mut tally = Self::default();
        for outcome in outcomes {
            let count = match outcome {
                Outcome::Benchmark => &mut tally.benchmark,
                Outcome::Pass => &mut tally.met,
                Outcome::Fail => &mut tally.failed,
                Outcome::CountedOnly => &mut tally.counted_only,
                Outcome::Unverified => &mut tally.unverified,
                Outcome::NotRecorded => &mut tally.not_recorded,
                Outcome::NotAssessable => &mut tally.not_assessable,
            };
            *count += 1;
        }
        tally.met += tally.benchmark;
        tally.judged = tally.met + tally.failed;
        tally
    }

    /// Rules in all.
    pub const fn rules(&self) -> usize {
        self.judged + self.without_verdict()
    }

    /// Rules without a verdict.
    pub const fn without_verdict(&self) -> usize {
        self.counted_only + self.unverified + self.not_recorded + self.not_assessable
    }
}

/// Why an audit cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A rule without a usable cutoff.
    #[error("standard {standard:?}: {source}")]
    Cutoff {
        /// Id of the standard.
        standard: String,
        /// What is wrong.
        source: CutoffError,
    },
    /// A rule for a walk profile that the study does not have.
    #[error(
        "standard {standard:?}, rule {rule:?}: no walk profile {profile:?} in this study; add it to `profiles` or change the rule"
    )]
    ProfileMissing {
        /// Id of the standard.
        standard: String,
        /// Id of the rule.
        rule: String,
        /// The profile asked for.
        profile: String,
    },
    /// A composite that names a rule its standard does not have.
    #[error("standard {standard:?}: its composite names a rule that the standard does not have")]
    CompositeRuleMissing {
        /// Id of the standard.
        standard: String,
    },
    /// The user asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Audit {
    /// Assesses every rule and composite of every standard of `baseline`.
    ///
    /// # Errors
    /// When a rule or composite cannot be assessed, or the user asked to stop.
    pub fn run(baseline: &Baseline, progress: &dyn Progress) -> Result<Self, AuditError> {
        let site = baseline.site();
        let standards = baseline.standards.iter();
        let asked: Vec<(&Standard, &Rule)> = standards
            .flat_map(|standard| standard.rules.iter().map(move |rule| (standard, rule)))
            .collect();
        let done = std::sync::atomic::AtomicU64::new(0);
        let rules: Result<Vec<RuleAssessment>, AuditError> = asked
            .par_iter()
            .map(|&(standard, rule)| {
                let walker = baseline.find_walker(&rule.profile).ok_or_else(|| {
                    AuditError::ProfileMissing {
                        standard: standard.id.clone(),
                        rule: rule.id.clone(),
                        profile: rule.profile.clone(),
                    }
                })?;
                let mut assessment =
                    RuleAssessment::of(&site, walker, (&standard.id, rule)).map_err(|source| {
                        AuditError::Cutoff { standard: standard.id.clone(), source }
                    })?;
                if !standard.judges(&rule.id) {
                    assessment.withhold();
                }
                let count = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                progress.step(Stage::Assessing, count, asked.len() as u64)?;
                Ok(assessment)
            })
            .collect();
        let mut rules = rules?;
        draw_unserved(baseline, &mut rules);
        let composites = baseline
            .standards
            .iter()
            .filter_map(|standard| {
                standard.composite.as_ref().map(|composite| (standard, composite))
            })
            .map(|(standard, composite)| {
                let of = (standard.id.as_str(), composite);
                let assessed = baseline
                    .walkers()
                    .first()
                    .and_then(|walker| CompositeAssessment::of(of, &rules, &site, walker));
                assessed.ok_or_else(|| AuditError::CompositeRuleMissing {
                    standard: standard.id.clone(),
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rules, composites })
    }

    /// How many rules came out how.
    pub fn tally(&self) -> Tally {
        Tally::of(self.rules.iter().map(|rule| rule.outcome))
    }

    /// The broken promises, most people left out first.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .rules
            .iter()
            .filter(|rule| rule.outcome == Outcome::Fail)
            .map(|rule| {
                let judged = rule.judged();
                Finding {
                    standard: rule.standard.clone(),
                    rule: rule.rule.id.clone(),
                    left_out_persons: judged.left_out(),
                    share: judged.share().map_or(0.0, |share| share.0),
                    pass_share: rule.rule.pass_share,
                }
            })
            .collect();
        findings.sort_by(|a, b| {
            let order = b.left_out_persons.cmp(&a.left_out_persons);
            order.then_with(|| (&a.standard, &a.rule).cmp(&(&b.standard, &b.rule)))
        });
        findings
    }
}

/// Gives every rule whose places are recorded and serve nobody its gaps, cut once for each group of people and walk.
fn draw_unserved(baseline: &Baseline, rules: &mut [RuleAssessment]) {
    let site = baseline.site();
    let mut drawn: BTreeMap<(GroupId, u32, String), Vec<CoverageGap>> = BTreeMap::new();
    for rule in rules.iter_mut().filter(|rule| rule.serving.is_empty() && rule.is_recorded) {
        let Some(walker) = baseline.find_walker(&rule.rule.profile) else { continue };
        let walk = rule.buffer.radius;
        let key = (rule.group, walk.as_mm(), rule.rule.profile.clone());
        let gaps = drawn.entry(key).or_insert_with(|| {
            let out = left_out(site.demand, rule.group, &rule.times, rule.cutoff);
            find_gaps(&site, walker, (walk, &out))
        });
        rule.gaps.clone_from(gaps);
    }
}
