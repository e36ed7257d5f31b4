//! The table of a standard: a row per rule.

use serde::Serialize;

use crate::coverage::RuleAssessment;
use crate::report::figure::chart::bar;
use crate::report::number;
use crate::units::Persons;

use super::Scene;
use super::words::{outcome_sign, pass_line, pass_share};

/// A standard and its rules.
#[derive(Debug, Serialize)]
pub(super) struct StandardTable {
    title: String,
    source: String,
    note: String,
    /// Whether everybody is served everywhere, or who is not.
    full_coverage: String,
    rows: Vec<RuleRow>,
    has_capacity: bool,
}

/// One rule.
#[derive(Debug, Serialize)]
pub(super) struct RuleRow {
    index: usize,
    title: String,
    /// The places it counts, when it does.
    places: Option<String>,
    functions: String,
    cutoff: String,
    walker: String,
    group: String,
    group_lacking: Option<String>,
    facilities: String,
    persons: String,
    covered: String,
    left_out: String,
    no_street: String,
    share: String,
    /// The share that the verdict rests on; that of the walks unless places are counted.
    judged: String,
    bar: String,
    pass_line: String,
    benchmark: Option<String>,
    sign: &'static str,
    outcome: String,
    /// The share at each of the speeds side by side; empty under metres.
    speeds: Vec<String>,
    radius: String,
    buffer_share: String,
    lost: String,
    lost_share: String,
    capacity: Option<CapacityRow>,
}

/// Where people stand when places are counted.
#[derive(Debug, Serialize)]
pub(super) struct CapacityRow {
    asked: String,
    parts: Vec<CapacityPart>,
    bar: String,
}

#[derive(Debug, Serialize)]
struct CapacityPart {
    class: &'static str,
    label: String,
    persons: String,
    share: String,
}

pub(super) fn standard_tables(scene: &Scene) -> Vec<StandardTable> {
    scene
        .baseline
        .standards
        .iter()
        .map(|standard| {
            let rows: Vec<RuleRow> = scene
                .audit
                .rules
                .iter()
                .enumerate()
                .filter(|(_, rule)| rule.standard == standard.id)
                .map(|(index, rule)| row(scene, index, rule))
                .collect();
            StandardTable {
                title: scene.standard_title(&standard.id),
                source: scene.texts.language.pick(&standard.source, &standard.source_zh).to_owned(),
                note: scene.texts.language.pick(&standard.note, &standard.note_zh).to_owned(),
                full_coverage: full_coverage(scene, &standard.id),
                has_capacity: rows.iter().any(|row| row.capacity.is_some()),
                rows,
            }
        })
        .collect()
}

/// Says for how many of the smallest zones nobody is left out by any rule of a standard.
fn full_coverage(scene: &Scene, standard: &str) -> String {
    let rules: Vec<&RuleAssessment> = scene
        .audit
        .rules
        .iter()
        .filter(|rule| rule.standard == standard && rule.outcome.is_verdict())
        .collect();
    let zones = &scene.baseline.zones.zones;
    let mut has_parts = vec![false; zones.len()];
    for zone in zones {
        if let Some(parent) = zone.parent {
            has_parts[parent.0 as usize] = true;
        }
    }
    let lived_in: Vec<_> = zones
        .ids()
        .filter(|&id| !has_parts[id.0 as usize])
        .filter(|&id| rules.iter().any(|r| r.summary.zones[id].assessed() > Persons::ZERO))
        .collect();
    let full = lived_in
        .iter()
        .filter(|&&id| rules.iter().all(|r| r.judged_in(id).left_out() == Persons::ZERO))
        .count();
    let key = if lived_in.is_empty() {
        "full_coverage_none"
    } else if full == lived_in.len() {
        "full_coverage_yes"
    } else {
        "full_coverage_no"
    };
    scene.texts.fill(
        key,
        &[("full", &number::whole(full as u64)), ("zones", &number::whole(lived_in.len() as u64))],
    )
}

fn row(scene: &Scene, index: usize, rule: &RuleAssessment) -> RuleRow {
    let total = rule.summary.total;
    let texts = scene.texts;
    let line = pass_share(rule);
    let walked_line = line.filter(|_| rule.capacity.is_none());
    let judged = rule.judged();
    let share = judged.share().filter(|_| rule.is_recorded).map_or(0.0, |share| share.0);
    let told = |text: String| if rule.is_recorded { text } else { "–".to_owned() };
    RuleRow {
        index,
        title: scene.rule_title(rule),
        places: rule
            .rule
            .capacity_per_1000
            .filter(|_| rule.rule.counts_places())
            .map(|places| texts.fill("places_asked", &[("n", &number::plain(places, 2))])),
        functions: scene.function_names(rule),
        cutoff: scene.cutoff(rule),
        walker: scene.walker_name(&rule.rule.profile),
        group: scene.group_name(rule.group),
        group_lacking: rule
            .group_lacking
            .then(|| texts.fill("group_lacking", &[("group", &rule.rule.group)])),
        facilities: number::whole(rule.serving.len() as u64),
        persons: number::persons(total.persons),
        covered: told(number::persons(total.covered)),
        left_out: told(number::persons(total.left_out())),
        no_street: number::persons(total.no_street),
        share: told(number::share(total.covered, total.assessed(), walked_line)),
        judged: told(number::share(judged.covered, judged.assessed(), line)),
        bar: bar(&[(share, "in")], line),
        pass_line: pass_line(rule),
        benchmark: rule.rule.benchmark_share.map(number::promised),
        sign: outcome_sign(rule.outcome),
        outcome: scene.outcome_text(rule.outcome),
        speeds: rule
            .speeds
            .iter()
            .map(|speed| told(number::share(speed.sum.covered, speed.sum.assessed(), walked_line)))
            .collect(),
        radius: number::meters(texts, rule.buffer.radius),
        buffer_share: told(number::share(rule.buffer.covered, total.assessed(), None)),
        lost: told(number::persons(rule.buffer.lost)),
        lost_share: told(number::share(rule.buffer.lost, rule.buffer.covered, None)),
        capacity: capacity(scene, rule).filter(|_| rule.is_recorded),
    }
}

/// The split of a rule that counts places.
pub(super) fn capacity(scene: &Scene, rule: &RuleAssessment) -> Option<CapacityRow> {
    let split = rule.capacity.as_ref()?.total;
    let all = split.persons();
    let parts = [
        ("served", "capacity_served", split.served),
        ("full", "capacity_full", split.full),
        ("unknown", "capacity_unknown", split.unknown),
        ("out", "capacity_out", split.out_of_reach),
    ];
    let shares: Vec<(f64, &str)> = parts
        .iter()
        .map(|&(class, _, persons)| (persons.share_of(all).map_or(0.0, |s| s.0), class))
        .collect();
    Some(CapacityRow {
        asked: number::plain(rule.rule.capacity_per_1000.unwrap_or_default(), 2),
        bar: bar(&shares, None),
        parts: parts
            .iter()
            .map(|&(class, key, persons)| CapacityPart {
                class,
                label: scene.texts.say(key),
                persons: number::persons(persons),
                share: number::share(persons, all, None),
            })
            .collect(),
    })
}
