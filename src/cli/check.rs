//! `walkshed check`: are the description and all inputs right?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Serialize;

use crate::demand::DemandUnit;
use crate::export::names;
use crate::ids::GroupId;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::reason::understand;
use crate::import::{ImportIssue, IssueKind, IssueLog};
use crate::report::{Catalog, Language};

use super::Ending;
use super::args::{Lang, StudyArgs};
use super::audit::pick;
use super::console::Console;
use super::table::{count, padded};
use super::text::{Said, Word, said, say};
use super::tongue;

/// Most sorts of reason shown of one kind of issue.
const SORTS_SHOWN: usize = 5;

/// One in so many homes or places may have no street before that is a finding.
const OFF_STREETS_SHARE: usize = 100;
/// How many facilities were not recognized, and their words.
const UNRECOGNIZED: (&str, &str) =
    ("{} facilities were not recognized and are not counted: {}", "{}处设施未被识别，未计入：{}");
/// Most words for unknown functions that the last line names.
const WORDS_SHOWN: usize = 12;

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
        let unit = loaded.baseline.demand.unit;
        console.print_json(&names::members(unit, serde_json::to_value(&checked)?))?;
    } else {
        let lang = console.lang_of(&loaded.study);
        console.print(&format!(
            "{}{}",
            overview(&checked, loaded.baseline.demand.unit, lang),
            issue_table(&loaded.issues, lang)
        ))?;
    }
    Ok(if has_findings(&loaded) { Ending::Findings } else { Ending::Fine })
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

fn overview(checked: &Checked, unit: DemandUnit, lang: Lang) -> String {
    let list = |pairs: &BTreeMap<&str, usize>| {
        pairs.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    };
    let persons: Vec<String> = checked
        .persons
        .iter()
        .map(|(group, persons)| format!("{group} {}", count(*persons)))
        .collect();
    let streets = [
        count(checked.street_km),
        count(checked.edges as f64),
        count(checked.nodes as f64),
        checked.islands.to_string(),
    ];
    let people = [persons.join(", "), count(checked.demand_points as f64)];
    let inhabitants = match unit {
        DemandUnit::Persons | DemandUnit::PersonsEstimated => say(lang, Word::Inhabitants),
        DemandUnit::StreetMeters => said(lang, Said::MetersOfStreet),
    };
    let rows = [
        (say(lang, Word::Streets), filled(say(lang, Word::StreetCounts), &streets)),
        (say(lang, Word::Services), list(&checked.facilities)),
        (inhabitants, filled(say(lang, Word::PeopleCounts), &people)),
        (say(lang, Word::Zones), list(&checked.zones)),
        (say(lang, Word::Profiles), checked.profiles.join(", ")),
        (say(lang, Word::Standards), checked.standards.join(", ")),
    ];
    let hash = checked.study_hash.get(..12).unwrap_or(checked.study_hash);
    let mut text = format!("{}  ({hash})\n", checked.study);
    for (word, told) in rows {
        let _ = writeln!(text, "  {}  {told}", padded(word, 10));
    }
    text
}

/// `text` with its gaps filled in order.
pub(super) fn filled(text: &str, gaps: &[String]) -> String {
    gaps.iter().fold(text.to_owned(), |text, gap| text.replacen("{}", gap, 1))
}

/// The issues by kind, each sort of reason with its first example and how often it was met.
pub(super) fn issue_table(issues: &IssueLog, lang: Lang) -> String {
    if issues.total() == 0 {
        return String::new();
    }
    let mut text = format!("\n{}\n", say(lang, Word::Issues));
    // In English the kinds keep their ids, which --json has too.
    let labels = (lang == Lang::Zh).then(|| Catalog::load(Language::Zh).ok()).flatten();
    for (kind, &total) in issues.counts() {
        let id = serde_json::to_value(kind)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default();
        let label = labels.as_ref().and_then(|texts| texts.find(&format!("issue_{id}")));
        let name = padded(label.unwrap_or(&id), 18);
        let sorts = sorts_of(issues, *kind);
        let mut told = 0;
        for (example, times) in sorts.iter().take(SORTS_SHOWN) {
            told += times;
            let _ =
                writeln!(text, "  {:>6}  {name}  {}", count(*times as f64), line(example, lang));
        }
        if told < total {
            let more = say(lang, Word::MoreIssues);
            let _ = writeln!(text, "  {:>6}  {name}  {more}", count((total - told) as f64));
        }
    }
    text.push_str(&unrecognized(issues, lang));
    text
}

/// One line that ends a list of issues: how many facilities were not recognized, and the words they were called by.
pub(super) fn unrecognized(issues: &IssueLog, lang: Lang) -> String {
    let words = unknown_functions(issues);
    let total = issues
        .issues()
        .iter()
        .filter(|issue| {
            issue.kind == IssueKind::FunctionUnknown && issue.reason.contains("skipped")
        })
        .count();
    if total == 0 && words.is_empty() {
        return String::new();
    }
    let mut told: Vec<String> = words
        .iter()
        .take(WORDS_SHOWN)
        .map(|(word, times)| if *times > 1 { format!("{word} ×{times}") } else { word.clone() })
        .collect();
    if words.len() > WORDS_SHOWN {
        told.push("…".to_owned());
    }
    let gaps = [count(total as f64), told.join(", ")];
    format!("{}\n", filled(pick(lang, UNRECOGNIZED.0, UNRECOGNIZED.1), &gaps))
}

/// Words for functions that are not known, each with how often it was met, the most frequent first.
pub(super) fn unknown_functions(issues: &IssueLog) -> Vec<(String, usize)> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for issue in issues.issues().iter().filter(|issue| issue.kind == IssueKind::FunctionUnknown) {
        let words =
            understand(&issue.reason).filter(|understood| understood.key == "unknown_function");
        for word in words.iter().flat_map(|understood| understood.values[0].split(", ")) {
            *times.entry(word.to_owned()).or_default() += 1;
        }
    }
    let mut words: Vec<(String, usize)> = times.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words
}

/// Where an issue is and what it says.
fn line(issue: &ImportIssue, lang: Lang) -> String {
    let reason = tongue::message(lang, &issue.reason);
    let feature = tongue::message(lang, &issue.feature);
    match (issue.source.is_empty(), feature.is_empty()) {
        (_, true) => format!("{}: {reason}", issue.source),
        (true, false) => format!("{feature}: {reason}"),
        (false, false) => format!("{} {feature}: {reason}", issue.source),
    }
}

/// The first issue of `kind` for each source and sort of reason, with how many there are, in the order noted.
fn sorts_of(issues: &IssueLog, kind: IssueKind) -> Vec<(&ImportIssue, usize)> {
    let mut places: BTreeMap<(&str, bool, String), usize> = BTreeMap::new();
    let mut sorts: Vec<(&ImportIssue, usize)> = Vec::new();
    for issue in issues.issues().iter().filter(|issue| issue.kind == kind) {
        let key = (issue.source.as_str(), issue.feature.is_empty(), sort_of(&issue.reason));
        let at = *places.entry(key).or_insert(sorts.len());
        match sorts.get_mut(at) {
            Some((_, times)) => *times += 1,
            None => sorts.push((issue, 1)),
        }
    }
    sorts
}

/// A reason without its numbers and quoted names.
fn sort_of(reason: &str) -> String {
    let plain = reason.split('"').step_by(2).flat_map(str::chars);
    plain.filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | '-')).collect()
}

/// Whether something was lost that the user can mend; cut ways, islands and a few homes off the streets of an extract
/// are its nature.
fn has_findings(loaded: &LoadedStudy) -> bool {
    let nature = [
        IssueKind::CrsDetected,
        IssueKind::EncodingDetected,
        IssueKind::TableUnderstood,
        IssueKind::Estimated,
        IssueKind::ReferenceMissing,
        IssueKind::Duplicate,
        IssueKind::Island,
        IssueKind::SnapFar,
        IssueKind::LegForced,
        IssueKind::GeometryInvalid,
    ];
    loaded.issues.counts().keys().any(|kind| match kind {
        IssueKind::SnapFailed => is_much_off_the_streets(loaded),
        kind => !nature.contains(kind),
    })
}

/// Whether more than one in a hundred of the homes, or of the places of a layer, have no street.
fn is_much_off_the_streets(loaded: &LoadedStudy) -> bool {
    let mut failed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for issue in loaded.issues.issues().iter().filter(|issue| issue.kind == IssueKind::SnapFailed) {
        failed.entry(&issue.source).or_default().insert(&issue.feature);
    }
    let layers = &loaded.baseline.facilities.facilities;
    failed.iter().any(|(source, features)| {
        let all = match source.strip_prefix("facilities/") {
            Some(layer) => layers.iter().filter(|facility| facility.layer == layer).count(),
            None => loaded.baseline.demand.points.len(),
        };
        features.len() * OFF_STREETS_SHARE > all
    })
}
