//! What the terminal shows of a p-median or p-center plan.

use std::fmt::Write as _;

use crate::delivery::plan::{
    AssignOutcome as Outcome, MINUTE, PERSON, assign_notes, assign_proven, assign_sentence,
    assign_summary as summary, assign_units as units, counted_means, forced, people_word,
};
use crate::delivery::text::count;
use crate::import::assign_file::{AssignFile, AssignSummary, WalkFigures};
use crate::placement::nearest_site::served;
use crate::placement::{AssignGoal, SolutionStatus};
use crate::report::walks_line;

use super::super::args::Lang;
use super::super::results::report_language;
use super::super::table::{Align, Table};
use super::super::tongue::message;
use super::table::{pick, sheet_text};

/// Sites shown on the terminal.
const SITES_SHOWN: usize = 40;

/// The plan as text: walks before and after, the sites, how good it is.
pub(super) fn plan(outcome: &Outcome, lang: Lang) -> String {
    let need = &outcome.people.need;
    let title = pick(lang, &need.rule.en, &need.rule.zh);
    let found = summary(outcome.instance, outcome.solution, "milli-persons");
    let mut text = format!("{} · {title}\n", outcome.ground.papers.record.study);
    let language = report_language(lang);
    if let Ok(line) = walks_line(need, language) {
        let _ = writeln!(text, "{line}");
    }
    let group = &outcome.ground.baseline.demand.groups[need.group].id;
    let word = people_word(outcome.ground.baseline.demand.unit);
    let word = word.pick(language);
    let _ = writeln!(text, "{} {word} ({group})", count(found.persons));
    text.push_str(&figures(&found.before, (pick(lang, "today", "现状"), word), lang));
    if outcome.solution.has_plan() {
        text.push_str(&figures(&found.after, (pick(lang, "plan", "规划后"), word), lang));
    }
    if let Some((Some(today), Some(then))) = counted_means(outcome) {
        let _ = match lang {
            Lang::En => writeln!(text, "mean walk of everybody: {today:.2} → {then:.2} min"),
            Lang::Zh => writeln!(text, "所有人的平均步行：{today:.2} → {then:.2} 分钟"),
        };
    }
    for note in assign_notes(outcome) {
        let _ = writeln!(text, "{}", note.pick(language));
    }
    let _ = writeln!(text, "{}", verdict(outcome, lang));
    if !outcome.solution.chosen.is_empty() {
        text.push_str(&sites(outcome, lang));
    }
    if let Some(forced) = forced(outcome) {
        let forced = forced.counting(outcome.ground.baseline.demand.unit);
        text.push_str(&sheet_text(&forced, lang));
    }
    text
}

fn figures(found: &WalkFigures, (when, word): (&str, &str), lang: Lang) -> String {
    let minutes =
        |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.2}"));
    let (mean, longest, served) =
        (minutes(found.mean), minutes(found.longest), count(found.served));
    match lang {
        Lang::En => {
            format!("{when}: mean walk {mean} min, longest {longest} min, {served} {word} served\n")
        }
        Lang::Zh => {
            format!("{when}：平均步行 {mean} 分钟，最远 {longest} 分钟，可达 {served} {word}\n")
        }
    }
}

fn verdict(outcome: &Outcome, lang: Lang) -> String {
    let solution = outcome.solution;
    let gap = solution.optimality_gap() * 100.0;
    match &solution.status {
        SolutionStatus::Optimal => {
            assign_proven(solution.problem.goal).pick(report_language(lang)).to_owned()
        }
        SolutionStatus::Feasible | SolutionStatus::Cancelled if solution.has_plan() => match lang {
            Lang::En => format!("best plan found; no plan is better by more than {gap:.3} %"),
            Lang::Zh => format!("当前最好方案；任何方案至多再优 {gap:.3} %"),
        },
        SolutionStatus::Infeasible { reason } => {
            assign_sentence(outcome, reason, report_language(lang))
        }
        _ => pick(
            lang,
            "no plan that serves everybody was found in the time given, and none was ruled out; raise --time-limit-s",
            "在给定时间内未找到服务所有人的方案，也未能排除；请加大 --time-limit-s",
        )
        .to_owned(),
    }
}

fn sites(outcome: &Outcome, lang: Lang) -> String {
    let mut goes = vec![(0_i64, 0_i128); outcome.instance.site_count()];
    for walk in served(outcome.instance, &outcome.solution.chosen) {
        if let Some(site) = walk.site {
            let weight = outcome.instance.weight(walk.row as usize);
            let sums = &mut goes[site.0 as usize];
            sums.0 += weight;
            sums.1 += i128::from(weight) * i128::from(walk.time.as_ms());
        }
    }
    let word = people_word(outcome.ground.baseline.demand.unit);
    let mut table = Table::new(&[
        (pick(lang, "site", "点位"), Align::Left),
        (pick(lang, "name", "名称"), Align::Left),
        (pick(lang, "zone", "片区"), Align::Left),
        (pick(lang, "lon", "经度"), Align::Right),
        (pick(lang, "lat", "纬度"), Align::Right),
        (word.pick(report_language(lang)), Align::Right),
        (pick(lang, "mean min", "平均分钟"), Align::Right),
    ]);
    let zones = &outcome.ground.baseline.zones.zones;
    for site in outcome.solution.chosen.iter().take(SITES_SHOWN) {
        let candidate = &outcome.candidates[site.0 as usize];
        let (weight, sum) = goes[site.0 as usize];
        let mean = (weight > 0).then(|| sum as f64 / weight as f64 / MINUTE);
        table.push(vec![
            candidate.key.clone(),
            candidate.name.clone(),
            candidate.zone.map_or(String::new(), |zone| zones[zone].name.clone()),
            format!("{:.5}", candidate.place.lon()),
            format!("{:.5}", candidate.place.lat()),
            count(weight as f64 / PERSON),
            mean.map_or(String::new(), |mean| format!("{mean:.2}")),
        ]);
    }
    let mut text = table.render();
    if outcome.solution.chosen.len() > SITES_SHOWN {
        let _ = writeln!(text, "… {} (sites.csv)", outcome.solution.chosen.len() - SITES_SHOWN);
    }
    text
}

/// A published instance's plan in two lines.
pub(super) fn published(plan: &AssignFile, lang: Lang) -> String {
    let AssignSummary { status, sites, optimality_gap, .. } = &plan.summary;
    let (people, walk) = units(&plan.instance.weight_unit);
    // The value of p-center is a distance, that of p-median demand times distance.
    let parts = match plan.solution.problem.goal {
        AssignGoal::Center => walk,
        AssignGoal::Median { .. } => people * walk,
    };
    let vertices: Vec<&str> = plan.sites.iter().map(|site| site.id.as_str()).collect();
    let (vertices, gap) = (vertices.join(" "), optimality_gap * 100.0);
    let value = plan.solution.value as f64 / parts;
    let bound = plan.solution.bound as f64 / parts;
    match lang {
        Lang::En => format!(
            "{status}: {sites} sites at the vertices {vertices}\nvalue {value}  bound {bound}  gap {gap:.4} %\n"
        ),
        Lang::Zh => format!(
            "{}：{sites}个点位，位于顶点 {vertices}\n数值 {value}　理论下限 {bound}　差距 {gap:.4}%\n",
            message(lang, status)
        ),
    }
}
