//! One sentence per standard, and the few numbers one remembers.

use serde::Serialize;

use crate::audit::Tally;
use crate::coverage::{CompositeAssessment, Outcome, RuleAssessment, Standard};
use crate::facility::FacilityStatus;
use crate::ids::{GroupId, Id};
use crate::report::number;
use crate::units::Persons;

use super::Scene;
use super::words::outcome_sign;

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
        scene.audit.rules.iter().filter(|rule| rule.standard == standard.id).collect();
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

/// A standard fails with its worst rule; it is a benchmark only when every rule with a verdict is. Without a single
/// verdict it is what keeps most of its rules from one.
fn overall(rules: &[&RuleAssessment]) -> Outcome {
    let tally = tally(rules);
    let without = [
        (tally.not_recorded, Outcome::NotRecorded),
        (tally.unverified, Outcome::Unverified),
        (tally.counted_only, Outcome::CountedOnly),
        (tally.not_assessable, Outcome::NotAssessable),
    ];
    if tally.failed > 0 {
        Outcome::Fail
    } else if tally.judged == 0 {
        let most = without.iter().map(|&(count, _)| count).max();
        let found = without.iter().find(|&&(count, _)| Some(count) == most);
        found.map_or(Outcome::NotAssessable, |&(_, outcome)| outcome)
    } else if tally.benchmark == tally.judged {
        Outcome::Benchmark
    } else {
        Outcome::Pass
    }
}

fn tally(rules: &[&RuleAssessment]) -> Tally {
    Tally::of(rules.iter().map(|rule| rule.outcome))
}

fn sentence(scene: &Scene, rules: &[&RuleAssessment]) -> String {
    let tally = tally(rules);
    let n = number::whole(tally.judged as u64);
    let without = without_verdict(scene, &tally);
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
        let key = if tally.judged == 0 { "verdict_none" } else { "verdict_all" };
        return scene.texts.fill(key, &[("n", &n), ("without", &without)]);
    };
    let total = worst.judged();
    let key = if worst.rule.counts_places() { "verdict_some_places" } else { "verdict_some" };
    scene.texts.fill(
        key,
        &[
            ("n", &n),
            ("without", &without),
            ("failed", &number::whole(failed.len() as u64)),
            ("rule", &scene.rule_title(worst)),
            ("left_out", &scene.count(total.left_out())),
            ("share", &number::share(total.left_out(), total.assessed(), None)),
            ("cutoff", &scene.cutoff(worst)),
        ],
    )
}

/// Why rules have no verdict, each reason with its number; empty when all have one.
fn without_verdict(scene: &Scene, tally: &Tally) -> String {
    let reasons = [
        (tally.not_recorded, Outcome::NotRecorded),
        (tally.unverified, Outcome::Unverified),
        (tally.counted_only, Outcome::CountedOnly),
        (tally.not_assessable, Outcome::NotAssessable),
    ];
    let told: Vec<String> = reasons
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|&(count, outcome)| {
            let n = number::whole(count as u64);
            let word = scene.outcome_text(outcome);
            scene.texts.fill("without_one", &[("n", &n), ("word", &word)])
        })
        .collect();
    if told.is_empty() {
        return String::new();
    }
    scene.texts.fill("without_verdict", &[("list", &told.join(&scene.texts.say("list_and")))])
}

fn composite_sentence(scene: &Scene, composite: &CompositeAssessment) -> String {
    let title = scene.texts.language.pick(&composite.composite.en, &composite.composite.zh);
    let Some(total) = composite.complete() else {
        let lacking = scene.titles_of(&composite.standard, &composite.not_recorded);
        return scene
            .texts
            .fill("verdict_composite_unknown", &[("title", title), ("lacking", &lacking)]);
    };
    scene.texts.fill(
        "verdict_composite",
        &[
            ("title", title),
            ("covered", &scene.count(total.covered)),
            ("share", &number::share(total.covered, total.assessed(), None)),
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
    let tally = scene.audit.tally();
    let walker = baseline.walkers().first();
    let open = baseline
        .facilities
        .facilities
        .enumerate()
        .filter(|(_, facility)| facility.status == FacilityStatus::Open)
        .filter(|&(id, _)| !walker.is_some_and(|walker| walker.is_off_network(id)))
        .count();
    let of = scene.texts.fill(
        "of",
        &[("part", &number::whole(tally.met as u64)), ("all", &number::whole(tally.judged as u64))],
    );
    let entry = |value: String, key: &str| KeyNumber { value, label: scene.texts.say(key) };
    let mut numbers = vec![KeyNumber {
        value: number::persons(counted),
        label: scene.texts.fill("number_counted", &[("unit", &scene.unit())]),
    }];
    let streets = crate::audit::Completeness::of(baseline).streets;
    if streets.no_street > Persons::ZERO {
        numbers.push(KeyNumber {
            value: number::persons(streets.no_street),
            label: scene.texts.fill(
                "number_no_street",
                &[
                    ("unit", &scene.unit()),
                    ("share", &number::share(streets.no_street, streets.persons, None)),
                ],
            ),
        });
    }
    numbers.push(entry(of, "number_rules_met"));
    for composite in &scene.audit.composites {
        let value = composite.complete().map_or_else(
            || "–".to_owned(),
            |total| number::share(total.covered, total.assessed(), None),
        );
        numbers.push(entry(value, "number_complete"));
    }
    numbers.push(entry(number::whole(open as u64), "number_facilities"));
    let zones = baseline.zones.zones.iter().filter(|z| !z.area.polygons.is_empty()).count();
    numbers.push(entry(number::whole(zones as u64), "number_zones"));
    let streets = number::kilometers(scene.texts, baseline.graph.street_length());
    numbers.push(entry(streets, "number_streets"));
    numbers
}
