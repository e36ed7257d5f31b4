//! `walkshed compare`: two scenarios of a study, or one and the baseline, side by side.

use serde::Serialize;

use crate::coverage::CoverageSum;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::scenario_file::ScenarioFile;
use crate::scenario::{
    Change, Comparison, Difference, Extent, RuleDifference, Scenario, ScenarioState,
};

use super::Ending;
use super::args::{CompareArgs, Lang};
use super::console::Console;
use super::stored::find_scenario;
use super::table::{Align, Table, count, percent};
use super::text::{Word, say};

/// Zones shown on the terminal.
const ZONES_SHOWN: usize = 10;

/// What `compare --json` prints.
#[derive(Serialize)]
struct Compared<'a> {
    study: &'a str,
    study_hash: &'a str,
    before: Side<'a>,
    after: Side<'a>,
    rules: Vec<RuleRow<'a>>,
}

#[derive(Serialize)]
struct Side<'a> {
    scenario: &'a str,
    edits: usize,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct RuleRow<'a> {
    standard: &'a str,
    rule: &'a str,
    group: &'a str,
    persons: f64,
    covered_before: f64,
    covered_after: f64,
    share_before: Option<f64>,
    share_after: Option<f64>,
    #[serde(flatten)]
    people: People,
    groups: Vec<Part<'a>>,
    zones: Vec<Part<'a>>,
    demand_points: Vec<PointRow<'a>>,
}

#[derive(Serialize)]
struct People {
    gained_persons: f64,
    lost_persons: f64,
}

#[derive(Serialize)]
struct Part<'a> {
    id: &'a str,
    #[serde(flatten)]
    people: People,
}

#[derive(Serialize)]
struct PointRow<'a> {
    id: &'a str,
    /// Seconds, or metres for a rule in metres; nothing when no facility is reached at all.
    before: Option<f64>,
    /// The same after.
    after: Option<f64>,
    change: &'static str,
}

/// Loads the study once, makes both scenarios, prints who gains and who loses.
pub(super) fn run(args: &CompareArgs, console: &Console) -> anyhow::Result<Ending> {
    let read = |words| find_scenario(&args.study, words);
    let first = read(&args.scenario)?;
    let second = args.other.as_deref().map(read).transpose()?;
    let (before, after) = match second {
        Some(second) => (Some(first), second),
        None => (None, first),
    };
    let loaded = load_study(&args.study, console.fresh(MapDetail::None), console)?;
    let baseline = &loaded.baseline;
    let untouched = Scenario { name: "baseline".to_owned(), ..Scenario::default() };
    let told = before.as_ref().map_or(&untouched, |file| &file.scenario);
    let state_before = ScenarioState::of(baseline, told, Extent::Whole)?;
    let state_after = ScenarioState::of(baseline, &after.scenario, Extent::Whole)?;
    let comparison = Comparison::of(baseline, &state_before, &state_after);
    if console.json() {
        let sides = (side(told, before.as_ref()), side(&after.scenario, Some(&after)));
        console.print_json(&compared(&loaded, sides, &comparison))?;
    } else {
        let lang = console.lang_of(&loaded.study);
        let names = format!("{}: {} → {}\n", loaded.study.name, told.name, after.scenario.name);
        console.print(&format!("{names}{}", tables(&loaded, &comparison, lang)))?;
    }
    Ok(Ending::Fine)
}

fn side<'a>(scenario: &'a Scenario, file: Option<&'a ScenarioFile>) -> Side<'a> {
    let sha256 = file.map(|file| file.input.sha256.as_str());
    Side { scenario: &scenario.name, edits: scenario.edits.len(), sha256 }
}

fn people(difference: Difference) -> People {
    People { gained_persons: difference.gained.count(), lost_persons: difference.lost.count() }
}

fn share(sum: &CoverageSum) -> Option<f64> {
    sum.share().map(|share| share.0)
}

fn compared<'a>(
    loaded: &'a LoadedStudy,
    (before, after): (Side<'a>, Side<'a>),
    comparison: &'a Comparison,
) -> Compared<'a> {
    Compared {
        study: &loaded.study.name,
        study_hash: &loaded.fingerprint.study_hash,
        before,
        after,
        rules: comparison.rules.iter().map(|rule| rule_row(loaded, rule)).collect(),
    }
}

fn rule_row<'a>(loaded: &'a LoadedStudy, rule: &'a RuleDifference) -> RuleRow<'a> {
    let (demand, zones) = (&loaded.baseline.demand, &loaded.baseline.zones.zones);
    let groups = rule
        .groups
        .iter()
        .map(|part| Part { id: &demand.groups[part.group].id, people: people(part.difference) });
    let zones = rule
        .zones
        .iter()
        .map(|part| Part { id: &zones[part.zone].key, people: people(part.difference) });
    let points = rule.points.iter().map(|point| PointRow {
        id: &demand.points[point.point].key,
        before: point.before.reached().map(crate::units::WalkTime::as_seconds),
        after: point.after.reached().map(crate::units::WalkTime::as_seconds),
        change: match point.change {
            Change::Gained => "gained",
            Change::Lost => "lost",
            Change::None => "none",
        },
    });
    RuleRow {
        standard: &rule.standard,
        rule: &rule.rule,
        group: &demand.groups[rule.group].id,
        persons: rule.after.persons.count(),
        covered_before: rule.before.covered.count(),
        covered_after: rule.after.covered.count(),
        share_before: share(&rule.before),
        share_after: share(&rule.after),
        people: people(rule.difference),
        groups: groups.collect(),
        zones: zones.collect(),
        demand_points: points.collect(),
    }
}

fn tables(loaded: &LoadedStudy, comparison: &Comparison, lang: Lang) -> String {
    let w = |word| say(lang, word);
    let mut rules = Table::new(&[
        (w(Word::Rule), Align::Left),
        (w(Word::Before), Align::Right),
        (w(Word::After), Align::Right),
        (w(Word::Gained), Align::Right),
        (w(Word::Lost), Align::Right),
    ]);
    let mut zones = Table::new(&[
        (w(Word::Rule), Align::Left),
        (w(Word::Zone), Align::Left),
        (w(Word::Gained), Align::Right),
        (w(Word::Lost), Align::Right),
    ]);
    let mut shown: Vec<(i64, Vec<String>)> = Vec::new();
    for rule in &comparison.rules {
        let name = format!("{}/{}", rule.standard, rule.rule);
        let (gained, lost) = (rule.difference.gained.count(), rule.difference.lost.count());
        rules.push(vec![
            name.clone(),
            percent(share(&rule.before)),
            percent(share(&rule.after)),
            format!("+{}", count(gained)),
            format!("−{}", count(lost)),
        ]);
        for part in &rule.zones {
            let zone = &loaded.baseline.zones.zones[part.zone];
            let (gained, lost) = (part.difference.gained.count(), part.difference.lost.count());
            let row = vec![
                name.clone(),
                zone.name.clone(),
                format!("+{}", count(gained)),
                format!("−{}", count(lost)),
            ];
            shown.push((part.difference.net_micro().abs(), row));
        }
    }
    // The largest first; the sort is stable, so ties stay in the order of rules and zones.
    shown.sort_by_key(|(net, _)| std::cmp::Reverse(*net));
    if shown.is_empty() {
        return rules.render();
    }
    for (_, row) in shown.into_iter().take(ZONES_SHOWN) {
        zones.push(row);
    }
    format!("{}\n{}", rules.render(), zones.render())
}
