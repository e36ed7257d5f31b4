//! Many promises in one run: what holds, what is broken, for whom.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::coverage::gap::{find_gaps, left_out};
use crate::coverage::{CompositeAssessment, CoverageGap, CutoffError, Outcome, RuleAssessment};
use crate::ids::GroupId;
use crate::progress::{Cancelled, Progress, Stage};
use crate::scenario::Baseline;
use crate::units::Persons;

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
        let asked: Vec<(&str, &crate::coverage::Rule)> = baseline
            .standards
            .iter()
            .flat_map(|standard| standard.rules.iter().map(|rule| (standard.id.as_str(), rule)))
            .collect();
        let done = std::sync::atomic::AtomicU64::new(0);
        let rules: Result<Vec<RuleAssessment>, AuditError> = asked
            .par_iter()
            .map(|&(standard, rule)| {
                let walker = baseline.find_walker(&rule.profile).ok_or_else(|| {
                    AuditError::ProfileMissing {
                        standard: standard.to_owned(),
                        rule: rule.id.clone(),
                        profile: rule.profile.clone(),
                    }
                })?;
                let assessment =
                    RuleAssessment::of(&site, walker, (standard, rule)).map_err(|source| {
                        AuditError::Cutoff { standard: standard.to_owned(), source }
                    })?;
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

/// Gives every rule that no facility serves its gaps, cut once for each group of people and walk.
fn draw_unserved(baseline: &Baseline, rules: &mut [RuleAssessment]) {
    let site = baseline.site();
    let mut drawn: BTreeMap<(GroupId, u32, String), Vec<CoverageGap>> = BTreeMap::new();
    for rule in rules.iter_mut().filter(|rule| rule.serving.is_empty()) {
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
