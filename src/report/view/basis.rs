//! What the numbers rest on: walkers, groups, rules with their sources, limits, inputs, issues.

use serde::Serialize;

use crate::coverage::{Outcome, RuleAssessment};
use crate::demand::{DemandUnit, Origin};
use crate::ids::{DemandPointId, GroupId, Id};
use crate::reach::LinkedWalker;
use crate::report::number;
use crate::scenario::{Baseline, LinkIssue};
use crate::units::Persons;

use super::Scene;

/// What the numbers rest on.
#[derive(Debug, Serialize)]
pub(super) struct Basis {
    snap_distance: String,
    walkers: Vec<WalkerRow>,
    groups: Vec<GroupRow>,
    rules: Vec<RuleSource>,
    limits: Vec<String>,
    inputs: Vec<InputView>,
    attribution: Vec<String>,
    issues: Vec<IssueRow>,
}

#[derive(Debug, Serialize)]
struct WalkerRow {
    name: String,
    speed: String,
    off_street: String,
    waits: String,
    is_verified: bool,
    source: String,
    unlinked: String,
    unlinked_facilities: String,
}

#[derive(Debug, Serialize)]
struct GroupRow {
    name: String,
    persons: String,
    is_estimated: bool,
}

#[derive(Debug, Serialize)]
struct RuleSource {
    title: String,
    number: String,
    source: String,
    is_verified: bool,
}

#[derive(Debug, Serialize)]
struct InputView {
    role: String,
    path: String,
    sha256: String,
    licence: String,
    attribution: String,
}

#[derive(Debug, Serialize)]
struct IssueRow {
    label: String,
    count: String,
}

impl Basis {
    pub(super) fn new(scene: &Scene) -> Self {
        Self {
            snap_distance: number::meters(scene.texts, scene.baseline.limits.snap_distance),
            walkers: scene.baseline.walkers().iter().map(|w| walker_row(scene, w)).collect(),
            groups: groups(scene),
            rules: scene
                .audit
                .rules
                .iter()
                .map(|rule| RuleSource {
                    title: scene.full_name(rule),
                    number: scene.cutoff(rule),
                    source: pick(scene, &rule.rule.source, &rule.rule.source_zh),
                    is_verified: rule.rule.verified,
                })
                .collect(),
            limits: limits(scene),
            inputs: inputs(scene),
            attribution: attribution(scene),
            issues: issues(scene),
        }
    }
}

/// The one of two texts in the report's language.
fn pick(scene: &Scene, en: &str, zh: &str) -> String {
    scene.texts.language.pick(en, zh).to_owned()
}

/// People of everybody at these points, inside the study area.
fn persons_at(scene: &Scene, points: impl Iterator<Item = DemandPointId>) -> Persons {
    points
        .map(|id| &scene.baseline.demand.points[id])
        .filter(|point| point.zone.is_some())
        .filter_map(|point| point.persons.first())
        .copied()
        .sum()
}

fn walker_row(scene: &Scene, walker: &LinkedWalker) -> WalkerRow {
    let profile = &walker.profile;
    let unlinked = walker.demand.unlinked.iter().map(|&point| DemandPointId(point));
    WalkerRow {
        name: scene.texts.language.pick(&profile.en, &profile.zh).to_owned(),
        speed: number::speed(scene.texts, profile.walk_speed_m_s),
        off_street: number::speed(scene.texts, profile.off_street_speed_m_s),
        is_verified: profile.verified,
        waits: number::waits(scene.texts, profile.signal_wait_s, profile.crossing_wait_s),
        source: pick(scene, &profile.source, &profile.source_zh),
        unlinked: number::persons(persons_at(scene, unlinked)),
        unlinked_facilities: number::whole(walker.facilities.unlinked.len() as u64),
    }
}

fn groups(scene: &Scene) -> Vec<GroupRow> {
    let demand = &scene.baseline.demand;
    demand
        .groups
        .enumerate()
        .map(|(id, group)| {
            let counted = demand.points.iter().filter(|point| point.zone.is_some());
            GroupRow {
                name: scene.group_name(id),
                persons: number::persons(counted.map(|p| p.persons[id.index()]).sum()),
                is_estimated: group.estimated || demand.unit == DemandUnit::PersonsEstimated,
            }
        })
        .collect()
}

/// What a reader must know before relying on the numbers, most weighty first.
fn limits(scene: &Scene) -> Vec<String> {
    let texts = scene.texts;
    let demand = &scene.baseline.demand;
    let rules = &scene.audit.rules;
    let mut limits = Vec::new();
    let mut say = |key: &str, n: usize| {
        if n > 0 {
            limits.push(texts.fill(key, &[("n", &number::whole(n as u64))]));
        }
    };
    say("limit_unverified_rules", rules.iter().filter(|rule| !rule.rule.verified).count());
    let walkers = scene.baseline.walkers();
    say("limit_unverified_walkers", walkers.iter().filter(|w| !w.profile.verified).count());
    say("limit_street_meters", usize::from(demand.unit == DemandUnit::StreetMeters));
    let estimated = demand.unit == DemandUnit::PersonsEstimated;
    say("limit_estimated", usize::from(estimated));
    let groups = demand.groups.iter().filter(|group| group.estimated && !estimated).count();
    say("limit_estimated_groups", groups);
    say("limit_from_gate", usize::from(scene.baseline.origin == Origin::Gate));
    say("limit_group_lacking", rules.iter().filter(|rule| rule.group_lacking).count());
    let none_open = |rule: &&RuleAssessment| rule.serving.is_empty() && rule.is_recorded;
    say("limit_no_facility", rules.iter().filter(none_open).count());
    say("limit_not_recorded", rules.iter().filter(|rule| !rule.is_recorded).count());
    let nobody = rules.iter().filter(|rule| rule.outcome == Outcome::NotAssessable).count();
    say("limit_nobody", nobody);
    let unknown =
        |places: &crate::coverage::CapacityAssessment| places.total.unknown > Persons::ZERO;
    say(
        "limit_capacity_unknown",
        rules.iter().filter(|rule| rule.capacity.as_ref().is_some_and(unknown)).count(),
    );
    limits.extend(limits_of_linking(scene));
    limits.push(texts.say("limit_map_data"));
    limits.extend(limits_of_times(scene.baseline).map(|key| texts.say(key)));
    limits.extend(scene.source.notes.iter().cloned());
    limits
}

/// What the walking times leave out.
pub(in crate::report) fn limits_of_times(
    baseline: &Baseline,
) -> impl Iterator<Item = &'static str> {
    let profiles = || baseline.walkers().iter().map(|walker| &walker.profile);
    let is_level = baseline.graph.heights().is_none() || profiles().all(|p| p.slope.is_level());
    let waits_not = profiles().all(|p| p.signal_wait_s + p.crossing_wait_s <= 0.0);
    let said = [(is_level, "limit_slope"), (waits_not, "limit_waits"), (true, "limit_weather")];
    said.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| key)
}

/// Who could not be put on the streets, under the first profile.
fn limits_of_linking(scene: &Scene) -> Vec<String> {
    let demand = &scene.baseline.demand;
    let everybody = GroupId(0).index();
    let outside: Persons = demand
        .points
        .iter()
        .filter(|point| point.zone.is_none())
        .filter_map(|point| point.persons.get(everybody))
        .copied()
        .sum();
    let mut limits = Vec::new();
    let mut say = |key: &str, persons: Persons, walker: &str| {
        if persons > Persons::ZERO {
            let count = scene.count(persons);
            limits.push(scene.texts.fill(key, &[("count", &count), ("walker", walker)]));
        }
    };
    say("limit_outside", outside, "");
    for walker in scene.baseline.walkers() {
        let name = scene.walker_name(&walker.profile.id);
        let unlinked = walker.demand.unlinked.iter().map(|&point| DemandPointId(point));
        let unlinked = unlinked.filter(|&point| walker.has_street(point));
        say("limit_unlinked", persons_at(scene, unlinked), &name);
        let issues = scene.baseline.link_issues(walker);
        let on_islands = issues.iter().filter_map(|issue| match issue {
            LinkIssue::DemandOnIsland(point) => Some(*point),
            _ => None,
        });
        say("limit_island", persons_at(scene, on_islands), &name);
    }
    limits
}

fn inputs(scene: &Scene) -> Vec<InputView> {
    scene
        .source
        .inputs
        .iter()
        .map(|input| InputView {
            role: scene
                .texts
                .find(&format!("role_{}", input.role))
                .map_or_else(|| input.role.clone(), str::to_owned),
            path: input.path.clone(),
            sha256: input.sha256.clone(),
            licence: input.licence.clone(),
            attribution: input.attribution.clone(),
        })
        .collect()
}

/// Every attribution once, in the order it is first named.
fn attribution(scene: &Scene) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let of_inputs = scene.source.inputs.iter().map(|input| &input.attribution);
    for line in scene.source.attribution.iter().chain(of_inputs) {
        if !line.trim().is_empty() && !lines.contains(line) {
            lines.push(line.clone());
        }
    }
    lines
}

/// The issue counts, most first, under the names the catalogue has for their kinds.
fn issues(scene: &Scene) -> Vec<IssueRow> {
    let mut counts = scene.source.issue_counts.clone();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    counts
        .into_iter()
        .filter(|&(_, count)| count > 0)
        .map(|(kind, count)| {
            let word = serde_json::to_value(kind)
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned))
                .unwrap_or_default();
            let label = scene.texts.find(&format!("issue_{word}")).map_or(word, str::to_owned);
            IssueRow { label, count: number::whole(count as u64) }
        })
        .collect()
}
