//! One sentence per standard, and the few numbers one remembers.

use serde::Serialize;

use crate::coverage::{CompositeAssessment, Outcome, RuleAssessment, Standard};
use crate::facility::FacilityStatus;
use crate::ids::{GroupId, Id};
use crate::report::number;
use crate::units::Persons;

use super::Scene;
use super::words::{is_only_counted, outcome_sign};

/// How a standard came out.
#[derive(Debug, Serialize)]
pub(super) struct Verdict {
    sign: &'static str,
    outcome: String,
    title: String,
    sentence: String,
    /// A second sentence for a composite.
    composite: Option<String>,
}

/// A number one remembers.
#[derive(Debug, Serialize)]
pub(super) struct KeyNumber {
    value: String,
    label: String,
}

pub(super) fn verdicts(scene: &Scene) -> Vec<Verdict> {
    scene.baseline.standards.iter().map(|standard| verdict(scene, standard)).collect()
}

fn verdict(scene: &Scene, standard: &Standard) -> Verdict {
    let rules: Vec<&RuleAssessment> =
        promises(scene).filter(|rule| rule.standard == standard.id).collect();
    let outcome = overall(&rules);
    let composite = scene.audit.composites.iter().find(|c| c.standard == standard.id);
    Verdict {
        sign: outcome_sign(outcome),
        outcome: scene.outcome_text(outcome),
        title: scene.standard_title(&standard.id),
        sentence: sentence(scene, &rules),
        composite: composite.map(|composite| composite_sentence(scene, composite)),
    }
}

/// The rules that promise something, those that are only counted left out.
fn promises<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a RuleAssessment> {
    scene.audit.rules.iter().filter(|rule| !is_only_counted(rule))
}

/// A standard fails with its worst rule; it is a benchmark only when every assessable rule is.
fn overall(rules: &[&RuleAssessment]) -> Outcome {
    let assessable = || rules.iter().map(|r| r.outcome).filter(|&o| o != Outcome::NotAssessable);
    if assessable().any(|outcome| outcome == Outcome::Fail) {
        Outcome::Fail
    } else if assessable().next().is_none() {
        Outcome::NotAssessable
    } else if assessable().all(|outcome| outcome == Outcome::Benchmark) {
        Outcome::Benchmark
    } else {
        Outcome::Pass
    }
}

fn sentence(scene: &Scene, rules: &[&RuleAssessment]) -> String {
    let n = number::whole(rules.len() as u64);
    let failed: Vec<&&RuleAssessment> =
        rules.iter().filter(|rule| rule.outcome == Outcome::Fail).collect();
    let mut worst: Option<&RuleAssessment> = None;
    for rule in &failed {
        let out = rule.judged().left_out();
        if worst.is_none_or(|so_far| out > so_far.judged().left_out()) {
            worst = Some(rule);
        }
    }
    let Some(worst) = worst else {
        let none = rules.iter().all(|rule| rule.outcome == Outcome::NotAssessable);
        return scene.texts.fill(if none { "verdict_none" } else { "verdict_all" }, &[("n", &n)]);
    };
    let total = worst.judged();
    let key = if worst.rule.counts_places() { "verdict_some_places" } else { "verdict_some" };
    scene.texts.fill(
        key,
        &[
            ("n", &n),
            ("failed", &number::whole(failed.len() as u64)),
            ("rule", &scene.rule_title(worst)),
            ("left_out", &scene.count(total.left_out())),
            ("share", &number::share(total.left_out(), total.persons, None)),
            ("cutoff", &scene.cutoff(worst)),
        ],
    )
}

fn composite_sentence(scene: &Scene, composite: &CompositeAssessment) -> String {
    let total = composite.summary.total;
    let title = scene.texts.language.pick(&composite.composite.en, &composite.composite.zh);
    scene.texts.fill(
        "verdict_composite",
        &[
            ("title", title),
            ("covered", &scene.count(total.covered)),
            ("share", &number::share(total.covered, total.persons, None)),
        ],
    )
}

pub(super) fn key_numbers(scene: &Scene) -> Vec<KeyNumber> {
    let baseline = scene.baseline;
    let everybody = GroupId(0);
    let counted: Persons = baseline
        .demand
        .points
        .iter()
        .filter(|point| point.zone.is_some())
        .filter_map(|point| point.persons.get(everybody.index()))
        .copied()
        .sum();
    let met = promises(scene)
        .filter(|rule| matches!(rule.outcome, Outcome::Pass | Outcome::Benchmark))
        .count();
    let assessable = promises(scene).filter(|rule| rule.outcome != Outcome::NotAssessable).count();
    let open = baseline
        .facilities
        .facilities
        .iter()
        .filter(|facility| facility.status == FacilityStatus::Open)
        .count();
    let of = scene.texts.fill(
        "of",
        &[("part", &number::whole(met as u64)), ("all", &number::whole(assessable as u64))],
    );
    let entry = |value: String, key: &str| KeyNumber { value, label: scene.texts.say(key) };
    let mut numbers = vec![
        KeyNumber {
            value: number::persons(counted),
            label: scene.texts.fill("number_counted", &[("unit", &scene.unit())]),
        },
        entry(of, "number_rules_met"),
    ];
    for composite in &scene.audit.composites {
        let total = composite.summary.total;
        let value = number::share(total.covered, total.persons, None);
        numbers.push(entry(value, "number_complete"));
    }
    numbers.push(entry(number::whole(open as u64), "number_facilities"));
    let zones = baseline.zones.zones.iter().filter(|z| !z.area.polygons.is_empty()).count();
    numbers.push(entry(number::whole(zones as u64), "number_zones"));
    let streets = number::kilometers(scene.texts, baseline.graph.street_length());
    numbers.push(entry(streets, "number_streets"));
    numbers
}
