//! `walkshed check`: are the description and all inputs right?

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::ids::GroupId;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::{ImportIssue, IssueKind, IssueLog};

use super::Ending;
use super::args::{Lang, StudyArgs};
use super::audit::study_lang;
use super::console::Console;
use super::table::count;
use super::text::{Word, say};

/// What `check --json` prints.
#[derive(Serialize)]
struct Checked<'a> {
    study: &'a str,
    study_hash: &'a str,
    nodes: usize,
    edges: usize,
    street_km: f64,
    islands: usize,
    facilities: BTreeMap<&'a str, usize>,
    demand_points: usize,
    persons: BTreeMap<&'a str, f64>,
    zones: BTreeMap<&'a str, usize>,
    profiles: Vec<&'a str>,
    standards: Vec<&'a str>,
    issue_counts: &'a BTreeMap<IssueKind, usize>,
    issues: &'a [ImportIssue],
}

/// Reads and links everything, and says what was found.
pub(super) fn run(args: &StudyArgs, console: &Console) -> anyhow::Result<Ending> {
    let loaded = load_study(&args.study, console.wants(MapDetail::None), console)?;
    let checked = look(&loaded);
    if console.json() {
        console.print_json(&checked)?;
    } else {
        let lang = console.lang_or(study_lang(&loaded.study));
        console.print(&format!("{}{}", overview(&checked), issue_table(&loaded.issues, lang)))?;
    }
    Ok(if has_findings(&loaded.issues) { Ending::Findings } else { Ending::Fine })
}

fn look(loaded: &LoadedStudy) -> Checked<'_> {
    let baseline = &loaded.baseline;
    let mut facilities: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, function) in baseline.taxonomy.functions().enumerate() {
        let offering = baseline.facilities.offering(&[id]).len();
        if offering > 0 {
            facilities.insert(&function.id, offering);
        }
    }
    let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
    for zone in &baseline.zones.zones {
        let level =
            baseline.zones.level_names.get(usize::from(zone.level)).map_or("rest", String::as_str);
        *zones.entry(level).or_default() += 1;
    }
    let persons =
        baseline.demand.groups.enumerate().map(|(id, group): (GroupId, _)| {
            (group.id.as_str(), baseline.demand.total(id).count())
        });
    Checked {
        study: &loaded.study.name,
        study_hash: &loaded.fingerprint.study_hash,
        nodes: baseline.graph.node_count(),
        edges: baseline.graph.edge_count(),
        street_km: (baseline.graph.street_length().0 / 10.0).round() / 100.0,
        islands: baseline.walkers().first().map_or(0, |walker| walker.islands.pieces.len()),
        facilities,
        demand_points: baseline.demand.points.len(),
        persons: persons.collect(),
        zones,
        profiles: baseline.walkers().iter().map(|walker| walker.profile.id.as_str()).collect(),
        standards: baseline.standards.iter().map(|standard| standard.id.as_str()).collect(),
        issue_counts: loaded.issues.counts(),
        issues: loaded.issues.issues(),
    }
}

fn overview(checked: &Checked) -> String {
    let list = |pairs: &BTreeMap<&str, usize>| {
        pairs.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    };
    let persons: Vec<String> = checked
        .persons
        .iter()
        .map(|(group, persons)| format!("{group} {}", count(*persons)))
        .collect();
    format!(
        "{}  ({})\n  streets     {} km, {} edges, {} nodes, {} islands\n  facilities  {}\n  people      {} at {} points\n  \
         zones       {}\n  profiles    {}\n  standards   {}\n",
        checked.study,
        checked.study_hash.get(..12).unwrap_or(checked.study_hash),
        count(checked.street_km),
        count(checked.edges as f64),
        count(checked.nodes as f64),
        checked.islands,
        list(&checked.facilities),
        persons.join(", "),
        count(checked.demand_points as f64),
        list(&checked.zones),
        checked.profiles.join(", "),
        checked.standards.join(", "),
    )
}

/// The issues by kind, each with its first example.
pub(super) fn issue_table(issues: &IssueLog, lang: Lang) -> String {
    if issues.total() == 0 {
        return String::new();
    }
    let mut text = format!("\n{}\n", say(lang, Word::Issues));
    for (kind, total) in issues.counts() {
        let name = serde_json::to_value(kind)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default();
        let first = issues.issues().iter().find(|issue| issue.kind == *kind);
        let example =
            first.map_or(String::new(), |i| format!("{} {}: {}", i.source, i.feature, i.reason));
        let _ = writeln!(text, "  {:>6}  {name:<18}  {example}", count(*total as f64));
    }
    text
}

/// Whether something was lost that the user can mend; cut ways and islands of an extract are its nature.
fn has_findings(issues: &IssueLog) -> bool {
    let nature = [
        IssueKind::CrsDetected,
        IssueKind::EncodingDetected,
        IssueKind::Estimated,
        IssueKind::ReferenceMissing,
        IssueKind::Duplicate,
        IssueKind::Island,
        IssueKind::SnapFar,
        IssueKind::GeometryInvalid,
    ];
    issues.counts().keys().any(|kind| !nature.contains(kind))
}
