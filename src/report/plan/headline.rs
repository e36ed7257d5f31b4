//! What a plan changes and what it was asked, as every place that tells a plan says it.

use crate::demand::DemandUnit;
use crate::ids::ZoneId;
use crate::placement::Measure;
use crate::placement::headline::{Change, Counted, Part};
use crate::placement::plan::Need;
use crate::report::html::ReportError;
use crate::report::language::{Catalog, Language};
use crate::report::number;
use crate::report::sheet::Both;
use crate::units::Persons;

/// What is counted, in a few words.
pub fn counted_label(counted: &Counted) -> Both {
    match counted {
        Counted::Covered => Both::new("covered", "覆盖"),
        Counted::Served => Both::new("served with a place", "有名额"),
        Counted::Promise { en, zh } => Both::new(en, zh),
        Counted::All => Both::new("all promises kept", "全部承诺兑现"),
        Counted::Twice => Both::new("within reach of two or more", "两处以上可达"),
        Counted::WorstZone => Both::new("worst-off zone", "最差片区"),
        Counted::WorstReached => {
            Both::new("worst-off zone that a candidate reaches", "候选点可达的最差片区")
        }
    }
}

/// What those who come to it are called.
pub fn newly_label(counted: &Counted) -> Both {
    match counted {
        Counted::Served => Both::new("newly served", "新增有名额"),
        _ => Both::new("newly covered", "新增覆盖"),
    }
}

/// The share of a part in percent, with its zone where it is of one, which `called` names.
pub(super) fn part_text(part: Part, called: &dyn Fn(ZoneId) -> String) -> String {
    let people = |micro| Persons::from_micro(micro);
    let share = number::share(people(part.covered), people(part.persons), None);
    part.zone.map_or_else(|| share.clone(), |zone| format!("{share} ({})", called(zone)))
}

/// A change as a line: what is counted, today and with the plan, and how many that is.
pub fn change_line(
    change: &Change,
    called: &dyn Fn(ZoneId) -> String,
    language: Language,
) -> String {
    let label = counted_label(&change.counted);
    let (before, after) = (part_text(change.before, called), part_text(change.after, called));
    let line = format!("{}: {before} → {after}", label.pick(language));
    if change.is_of_zone() {
        return line;
    }
    let gain = number::persons(Persons::from_micro(change.gain().max(0)));
    format!("{line}, +{gain}")
}

/// The promise in one line: what, how far, who walks, for whom, and whether places are counted.
///
/// # Errors
/// When the shipped texts do not fit together; no study can cause it.
pub fn promise_line(
    need: &Need,
    places_per_1000: Option<f64>,
    language: Language,
) -> Result<String, ReportError> {
    Ok(asked(need, places_per_1000, &Catalog::load(language)?))
}

/// The same of a plan where everybody walks to the nearest, however far.
///
/// # Errors
/// When the shipped texts do not fit together; no study can cause it.
pub fn walks_line(need: &Need, language: Language) -> Result<String, ReportError> {
    Ok(walks(need, &Catalog::load(language)?))
}

pub(super) fn walks(need: &Need, texts: &Catalog) -> String {
    let (functions, walker, group) = words(need, texts);
    texts.fill(
        "assigned_asked",
        &[
            ("functions", &functions),
            ("cutoff", &number::cutoff(texts, need.yardstick, need.cutoff)),
            ("walker", walker),
            ("group", group),
            ("facilities", &number::whole(need.serving.len() as u64)),
        ],
    )
}

/// What is asked for, who walks, for whom.
fn words<'a>(need: &'a Need, texts: &Catalog) -> (String, &'a str, &'a str) {
    let language = texts.language;
    let taxonomy = need.site.taxonomy;
    let functions: Vec<String> = need
        .rule
        .functions
        .iter()
        .map(|id| {
            let found = taxonomy.find(id).map(|found| &taxonomy.functions()[found]);
            found.map_or(id.clone(), |f| language.pick(&f.en, &f.zh).to_owned())
        })
        .collect();
    let profile = &need.walker.profile;
    let group = &need.site.demand.groups[need.group];
    (
        functions.join(&texts.say("list_or")),
        language.pick(&profile.en, &profile.zh),
        language.pick(&group.en, &group.zh),
    )
}

pub(super) fn asked(need: &Need, places_per_1000: Option<f64>, texts: &Catalog) -> String {
    let (functions, walker, group) = words(need, texts);
    let places = match places_per_1000 {
        Some(n) => texts.fill("plan_places_counted", &[("n", &number::plain(n, 3))]),
        None => texts.say("plan_places_not_counted"),
    };
    texts.fill(
        "plan_asked",
        &[
            ("functions", &functions),
            ("cutoff", &number::cutoff(texts, need.yardstick, need.cutoff)),
            ("walker", walker),
            ("group", group),
            ("places", &places),
            ("facilities", &number::whole(need.serving.len() as u64)),
        ],
    )
}

/// What is proven when a plan is: no plan is better in what its problem counts, and nothing else.
pub fn proven(measure: Measure, unit: DemandUnit) -> Both {
    match measure {
        Measure::People if unit == DemandUnit::StreetMeters => Both::new(
            "optimal: proven that no plan under these rules covers more metres of street",
            "最优：已证明在这些条件下没有方案能覆盖更长的街道",
        ),
        Measure::People => Both::new(
            "optimal: proven that no plan under these rules covers more people",
            "最优：已证明在这些条件下没有方案能覆盖更多的人",
        ),
        Measure::Served => Both::new(
            "optimal: proven that no plan under these rules serves more people with a place",
            "最优：已证明在这些条件下没有方案能使更多的人有名额",
        ),
        Measure::WorstShare => Both::new(
            "optimal: proven that no plan under these rules lifts the worst-off zone higher",
            "最优：已证明在这些条件下没有方案能把最差片区提得更高",
        ),
        Measure::Promises => Both::new(
            "optimal: proven that no plan under these rules newly keeps more promises, each person counted once for each",
            "最优：已证明在这些条件下没有方案能新兑现更多承诺（按人按项计）",
        ),
        Measure::Sites => Both::new(
            "optimal: proven that no plan under these rules needs fewer sites",
            "最优：已证明在这些条件下没有方案用更少的点位",
        ),
        Measure::Cost => Both::new(
            "optimal: proven that no plan under these rules costs less",
            "最优：已证明在这些条件下没有方案造价更低",
        ),
        Measure::Apart => Both::new(
            "optimal: proven that no plan under these rules has its nearest two places farther apart",
            "最优：已证明在这些条件下没有方案能使相距最近的两处离得更远",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_both_shares_and_the_gain_and_a_zone_its_name() {
        let change = Change::of(Counted::Served, 200_000_000, (0, 110_000_000));
        let called = |zone: ZoneId| format!("zone {}", zone.0);
        assert_eq!(
            change_line(&change, &called, Language::En),
            "served with a place: 0.0% → 55.0%, +110"
        );
        let zoned = |covered, zone| Part { zone: Some(ZoneId(zone)), ..Part::of(covered, 10) };
        let worst = Change { counted: Counted::WorstZone, before: zoned(0, 1), after: zoned(5, 2) };
        assert_eq!(
            change_line(&worst, &called, Language::Zh),
            "最差片区: 0.0% (zone 1) → 50.0% (zone 2)"
        );
    }
}
