//! What the terminal shows of a plan.

use std::fmt::Write as _;

use crate::delivery::plan::{Outcome, not_recorded, people_word, sentence};
use crate::delivery::text::{count, percent};
use crate::demand::DemandUnit;
use crate::ids::Id;
use crate::placement::explain::Unreached;
use crate::placement::headline::Part;
use crate::placement::schedule::{Schedule, Scope};
use crate::placement::{Infeasibility, Measure, SolutionStatus};
use crate::report::sheet::Sheet;
use crate::report::{change_line, counted_label, newly_label, promise_line, proven};
use crate::units::{Persons, WalkTime, Yardstick};

use super::super::args::Lang;
use super::super::results::report_language;
use super::super::table::{Align, Table};

/// Sites shown on the terminal.
const SITES_SHOWN: usize = 40;

pub(super) fn pick<'a>(lang: Lang, en: &'a str, zh: &'a str) -> &'a str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The plan as text: the promise, before and after, the sites, how good it is.
pub(super) fn plan(outcome: &Outcome, lang: Lang) -> String {
    let plan = outcome.plan;
    let need = plan.need;
    let title = pick(lang, &need.rule.en, &need.rule.zh);
    let group = &outcome.ground.baseline.demand.groups[need.group].id;
    let language = report_language(lang);
    let mut text = format!("{} · {title}\n", outcome.ground.papers.record.study);
    if let Ok(line) = promise_line(need, outcome.places_per_1000, language) {
        let _ = writeln!(text, "{line}");
    }
    let people = plan.headline.people();
    let share = |part: Part| percent(part.share());
    let _ = writeln!(
        text,
        "{} {} ({group}), {} {} → {} {}, +{} {}",
        count(need.total.count()),
        people_word(outcome.ground.baseline.demand.unit).pick(language),
        counted_label(&people.counted).pick(language),
        if not_recorded(outcome.ground.baseline, need.rule).is_some() {
            "–".to_owned()
        } else {
            share(people.before)
        },
        share(people.after),
        pick(lang, "with the plan", "（规划后）"),
        count(Persons::from_micro(people.gain().max(0)).count()),
        newly_label(&people.counted).pick(language),
    );
    let zones = &outcome.ground.baseline.zones.zones;
    let called = |zone| zones[zone].name.clone();
    for change in plan.headline.changes.iter().filter(|change| **change != people) {
        let _ = writeln!(text, "{}", change_line(change, &called, language));
    }
    let (opened, cost) = (plan.headline.sites, plan.headline.cost as f64 / 1e3);
    let _ = match lang {
        Lang::En => writeln!(text, "{opened} new in all, cost {cost}"),
        Lang::Zh => writeln!(text, "共新增 {opened} 处，造价 {cost}"),
    };
    let together = |years: &Schedule| years.scope == Scope::Sites && years.has_plan();
    if !outcome.schedule.is_some_and(|(years, _)| together(years)) {
        let _ = writeln!(text, "{}", verdict(outcome, lang));
    }
    for note in outcome.notes {
        let _ = writeln!(text, "{}", note.pick(language));
    }
    if !plan.steps.is_empty() {
        text.push_str(&sites(outcome, lang));
    }
    for sheet in outcome.sheets {
        text.push_str(&sheet_text(sheet, lang));
    }
    if let Some((schedule, target)) = outcome.schedule {
        text.push_str(&super::years_text::text((schedule, plan), target, lang));
    }
    for speed in &plan.speeds {
        let _ = writeln!(
            text,
            "{} m/s: {} → {}",
            speed.speed.0,
            percent(speed.before.share().map(|share| share.0)),
            percent(speed.after.share().map(|share| share.0))
        );
    }
    if let Some(unreached) = &plan.unreached {
        text.push_str(&unreached_text(outcome, unreached, lang));
    }
    text
}

/// A further table under its title.
pub(super) fn sheet_text(sheet: &Sheet, lang: Lang) -> String {
    let language = report_language(lang);
    let align = |at: usize| if sheet.is_number(at) { Align::Right } else { Align::Left };
    let columns: Vec<(&str, Align)> = (sheet.columns.iter().enumerate())
        .map(|(at, column)| (pick(lang, column.en, column.zh), align(at)))
        .collect();
    let mut table = Table::new(&columns);
    for row in sheet.rows.iter().take(SITES_SHOWN) {
        table.push(row.iter().map(|cell| cell.shown(language)).collect());
    }
    let mut text = format!("\n{}\n{}", sheet.title.pick(language), table.render());
    if sheet.rows.len() > SITES_SHOWN {
        let _ = writeln!(text, "… {} ({}.csv)", sheet.rows.len() - SITES_SHOWN, sheet.name);
    }
    text
}

fn sites(outcome: &Outcome, lang: Lang) -> String {
    let plan = outcome.plan;
    let mut table = Table::new(&[
        ("#", Align::Right),
        (pick(lang, "site", "点位"), Align::Left),
        (pick(lang, "name", "名称"), Align::Left),
        (pick(lang, "zone", "片区"), Align::Left),
        (pick(lang, "lon", "经度"), Align::Right),
        (pick(lang, "lat", "纬度"), Align::Right),
        (pick(lang, "phase", "阶段"), Align::Right),
        (pick(lang, "cost", "造价"), Align::Right),
        (pick(lang, "gain", "新增"), Align::Right),
        (pick(lang, "in all", "累计"), Align::Right),
    ]);
    let zones = &outcome.ground.baseline.zones.zones;
    for (index, step) in plan.steps.iter().take(SITES_SHOWN).enumerate() {
        let candidate = &plan.candidates[step.site.index()];
        let street = candidate
            .nearest_stand()
            .map_or("", |stand| outcome.ground.baseline.graph.name(stand.position.edge));
        let name = if candidate.name.is_empty() { street } else { &candidate.name };
        table.push(vec![
            (index + 1).to_string(),
            candidate.key.clone(),
            name.to_owned(),
            candidate.zone.map_or(String::new(), |zone| zones[zone].name.clone()),
            format!("{:.5}", candidate.place.lon()),
            format!("{:.5}", candidate.place.lat()),
            candidate.phase.map_or(String::new(), |phase| phase.to_string()),
            (step.cost as f64 / 1e3).to_string(),
            count(Persons::from_micro(step.gain).count()),
            count(Persons::from_micro(step.cumulative).count()),
        ]);
    }
    let mut text = table.render();
    if plan.steps.len() > SITES_SHOWN {
        let _ = writeln!(text, "… {} (sites.csv)", plan.steps.len() - SITES_SHOWN);
    }
    text
}

/// How good the plan is, in one line.
fn verdict(outcome: &Outcome, lang: Lang) -> String {
    let proof = outcome.proof;
    let gap = proof.gap * 100.0;
    let bound = proof.bound as f64 / proof.measure.divisor();
    match &proof.status {
        SolutionStatus::Optimal => proven(proof.measure, outcome.ground.baseline.demand.unit).pick(report_language(lang)).to_owned(),
        SolutionStatus::Feasible | SolutionStatus::Cancelled => match lang {
            Lang::En => format!(
                "best plan found; no plan can do better than {bound:.1} {} (gap {gap:.2} %)",
                unit_of(proof.measure, outcome.ground.baseline.demand.unit)
            ),
            Lang::Zh => format!("当前最好方案；任何方案都不会优于 {bound:.1}（差距 {gap:.2} %）"),
        },
        SolutionStatus::Unsolved => pick(
            lang,
            "no plan that keeps all rules was found in the time given, and none was ruled out; raise --time-limit-s",
            "在给定时间内未找到满足全部条件的方案，也未能排除；请加大 --time-limit-s",
        )
        .to_owned(),
        SolutionStatus::Infeasible { reason } => infeasible(outcome, reason, lang),
    }
}

/// What the value of a plan counts, with metres of street called so.
fn unit_of(measure: Measure, unit: DemandUnit) -> String {
    match unit {
        DemandUnit::Persons | DemandUnit::PersonsEstimated => measure.unit().to_owned(),
        DemandUnit::StreetMeters => measure.unit().replace("people", "m of street"),
    }
}

fn infeasible(outcome: &Outcome, reason: &Infeasibility, lang: Lang) -> String {
    sentence(reason, outcome, report_language(lang))
}

/// Who is reached by no candidate, and what would help: one line a fact.
fn unreached_text(outcome: &Outcome, unreached: &Unreached, lang: Lang) -> String {
    let need = outcome.plan.need;
    let shown = |time: WalkTime| match need.yardstick {
        // Rounded up, so that a cutoff that is read off here is large enough.
        Yardstick::Minutes => {
            let minutes = (time.as_minutes() * 10.0).ceil() / 10.0;
            format!("{minutes:.1} {}", pick(lang, "min", "分钟"))
        }
        Yardstick::Meters => {
            format!("{:.0} {}", time.as_seconds().ceil(), pick(lang, "m", "米"))
        }
    };
    let (homes, people) = (unreached.rows.len(), persons_text(unreached.persons));
    let word = people_word(outcome.ground.baseline.demand.unit);
    let word = word.pick(report_language(lang));
    let mut text = match lang {
        Lang::En => format!("{homes} homes ({people} {word}) are reached by no candidate\n"),
        Lang::Zh => format!("{homes} 处住所（{people} {word}）没有任何候选点可达\n"),
    };
    if let Some(least) = unreached.least_cutoff.map(shown) {
        let _ = match lang {
            Lang::En => writeln!(text, "  a cutoff of {least} would reach all that have a way"),
            Lang::Zh => writeln!(text, "  把限值放宽到 {least} 可到达其中所有有路可走的住所"),
        };
    }
    if unreached.extra_sites > 0 {
        let extra = unreached.extra_sites;
        let _ = match lang {
            Lang::En => {
                writeln!(text, "  {extra} more candidate sites, at doors of theirs, would do")
            }
            Lang::Zh => writeln!(text, "  或在其中住所门口再增加 {extra} 个候选点"),
        };
    }
    if unreached.cut_off > Persons::ZERO {
        let people = persons_text(unreached.cut_off);
        let _ = match lang {
            Lang::En => writeln!(text, "  no way on foot to any candidate: {people} {word}"),
            Lang::Zh => writeln!(text, "  没有通往任何候选点的道路：{people} {word}"),
        };
    }
    text
}

/// People, with a decimal when there are few.
fn persons_text(persons: Persons) -> String {
    if persons.count() < 10.0 { format!("{:.1}", persons.count()) } else { count(persons.count()) }
}
