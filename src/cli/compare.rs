//! `walkshed compare`: two scenarios of a study, or one and the baseline, side by side.

use serde::Serialize;

use crate::audit::full_name;
use crate::coverage::CoverageSum;
use crate::demand::DemandUnit;
use crate::export::names;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::scenario_file::ScenarioFile;
use crate::scenario::{
    Change, Comparison, Difference, Extent, RuleDifference, RuleSide, Scenario, ScenarioState,
};
use crate::units::Persons;

use super::Ending;
use super::args::{CompareArgs, Lang};
use super::audit::pick;
use super::console::Console;
use super::stored::find_scenario;
use super::table::{Align, Table, count, percent};
use super::text::{Said, Word, said, say};

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
    /// What it asks for in full, in English, as the audit names it.
    name_en: String,
    /// The same in Chinese.
    name_zh: String,
    group: &'a str,
    persons: f64,
    /// As the rule is judged: those with a place where it counts places. Nothing while no place is recorded.
    covered_before: Option<f64>,
    covered_after: Option<f64>,
    share_before: Option<f64>,
    share_after: Option<f64>,
    /// Nothing where one side is not recorded.
    gained_persons: Option<f64>,
    lost_persons: Option<f64>,
    /// The walks of a rule that counts places.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_foot: Option<OnFoot>,
    groups: Vec<Part<'a>>,
    zones: Vec<Part<'a>>,
    demand_points: Vec<PointRow<'a>>,
}

/// Who is within the cutoff, whether there is a place or not.
#[derive(Serialize)]
struct OnFoot {
    covered_before: f64,
    covered_after: f64,
    share_before: Option<f64>,
    share_after: Option<f64>,
    #[serde(flatten)]
    people: People,
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
        let told = serde_json::to_value(compared(&loaded, sides, &comparison))?;
        console.print_json(&names::members(loaded.baseline.demand.unit, told))?;
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
    let name = full_name(&loaded.baseline, &rule.rule);
    let covered = |side: &RuleSide| side.judged().map(|sum| sum.covered.count());
    let people = Some(people(rule.difference)).filter(|_| rule.is_known());
    RuleRow {
        standard: &rule.standard,
        rule: &rule.rule.id,
        name_en: name.en,
        name_zh: name.zh,
        group: &demand.groups[rule.group].id,
        persons: rule.after.walks.persons.count(),
        covered_before: covered(&rule.before),
        covered_after: covered(&rule.after),
        share_before: rule.before.judged().as_ref().and_then(share),
        share_after: rule.after.judged().as_ref().and_then(share),
        gained_persons: people.as_ref().map(|people| people.gained_persons),
        lost_persons: people.as_ref().map(|people| people.lost_persons),
        on_foot: Some(rule).filter(|rule| rule.counts_places() && rule.is_known()).map(on_foot),
        groups: groups.collect(),
        zones: zones.collect(),
        demand_points: points.collect(),
    }
}

fn on_foot(rule: &RuleDifference) -> OnFoot {
    let (before, after) = (&rule.before.walks, &rule.after.walks);
    OnFoot {
        covered_before: before.covered.count(),
        covered_after: after.covered.count(),
        share_before: share(before),
        share_after: share(after),
        people: people(rule.on_foot),
    }
}

/// The share that a side is judged by, or that nothing is recorded.
fn told_share(side: &RuleSide, lang: Lang) -> String {
    side.judged()
        .map_or_else(|| said(lang, Said::NotRecorded).to_owned(), |sum| percent(share(&sum)))
}

fn tables(loaded: &LoadedStudy, comparison: &Comparison, lang: Lang) -> String {
    let w = |word| say(lang, word);
    let unit = match loaded.baseline.demand.unit {
        DemandUnit::Persons | DemandUnit::PersonsEstimated => String::new(),
        DemandUnit::StreetMeters => format!(" ({})", said(lang, Said::MetersOfStreet)),
    };
    let (gained, lost) = (w(Word::Gained), w(Word::Lost));
    let (gained, lost) = (format!("{gained}{unit}"), format!("{lost}{unit}"));
    let mut rules = Table::new(&[
        (w(Word::Rule), Align::Left),
        (w(Word::Before), Align::Right),
        (w(Word::After), Align::Right),
        (&gained, Align::Right),
        (&lost, Align::Right),
    ]);
    let mut zones = Table::new(&[
        (w(Word::Rule), Align::Left),
        (w(Word::Zone), Align::Left),
        (&gained, Align::Right),
        (&lost, Align::Right),
    ]);
    let mut shown: Vec<(i64, Vec<String>)> = Vec::new();
    for rule in &comparison.rules {
        let name = full_name(&loaded.baseline, &rule.rule);
        let name = pick(lang, &name.en, &name.zh).to_owned();
        let told = |sign, people: Persons| {
            if rule.is_known() {
                format!("{sign}{}", count(people.count()))
            } else {
                "–".to_owned()
            }
        };
        rules.push(vec![
            name.clone(),
            told_share(&rule.before, lang),
            told_share(&rule.after, lang),
            told("+", rule.difference.gained),
            told("−", rule.difference.lost),
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
