//! What the terminal shows of a p-median or p-center plan.

use std::fmt::Write as _;

use crate::import::assign_file::{AssignFile, AssignSummary, WalkFigures};
use crate::placement::nearest_site::served;
use crate::placement::{AssignGoal, Infeasibility, SolutionStatus};
use crate::units::Persons;

use super::super::args::Lang;
use super::super::table::{Align, Table, count};
use super::assign::{MINUTE, PERSON};
use super::assign_write::{Outcome, persons_of, summary, units};
use super::table::pick;

/// Homes that are named when nothing reaches them.
const HOMES_NAMED: usize = 5;
/// Sites shown on the terminal.
const SITES_SHOWN: usize = 40;

/// The plan as text: walks before and after, the sites, how good it is.
pub(super) fn plan(outcome: &Outcome, lang: Lang) -> String {
    let need = &outcome.people.need;
    let title = pick(lang, &need.rule.en, &need.rule.zh);
    let found = summary(outcome.instance, outcome.solution, "milli-persons");
    let mut text = format!("{} · {title}\n", outcome.loaded.study.name);
    let group = &outcome.loaded.baseline.demand.groups[need.group].id;
    let _ = writeln!(text, "{} {} ({group})", count(found.persons), pick(lang, "people", "人"));
    text.push_str(&figures(&found.before, pick(lang, "today", "现状"), lang));
    if outcome.solution.has_plan() {
        text.push_str(&figures(&found.after, pick(lang, "plan", "规划后"), lang));
    }
    let _ = writeln!(text, "{}", verdict(outcome, lang));
    if !outcome.solution.chosen.is_empty() {
        text.push_str(&sites(outcome, lang));
    }
    text
}

fn figures(found: &WalkFigures, when: &str, lang: Lang) -> String {
    let minutes =
        |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.2}"));
    let (mean, longest, served) =
        (minutes(found.mean), minutes(found.longest), count(found.served));
    match lang {
        Lang::En => {
            format!("{when}: mean walk {mean} min, longest {longest} min, {served} people served\n")
        }
        Lang::Zh => {
            format!("{when}：平均步行 {mean} 分钟，最远 {longest} 分钟，可达 {served} 人\n")
        }
    }
}

fn verdict(outcome: &Outcome, lang: Lang) -> String {
    let solution = outcome.solution;
    let gap = solution.optimality_gap() * 100.0;
    match &solution.status {
        SolutionStatus::Optimal => pick(
            lang,
            "optimal: proven that no plan of so many of these candidates is better",
            "最优：已证明在这些候选点中没有更好的方案",
        )
        .to_owned(),
        SolutionStatus::Feasible | SolutionStatus::Cancelled if solution.has_plan() => match lang {
            Lang::En => format!("best plan found; no plan is better by more than {gap:.3} %"),
            Lang::Zh => format!("当前最好方案；任何方案至多再优 {gap:.3} %"),
        },
        SolutionStatus::Infeasible { reason } => infeasible(outcome, reason, lang),
        _ => pick(
            lang,
            "no plan that serves everybody was found in the time given, and none was ruled out; raise --time-limit-s",
            "在给定时间内未找到服务所有人的方案，也未能排除；请加大 --time-limit-s",
        )
        .to_owned(),
    }
}

fn infeasible(outcome: &Outcome, reason: &Infeasibility, lang: Lang) -> String {
    let most = outcome.solution.problem.max_sites;
    match (reason, lang) {
        (Infeasibility::UnreachedRows { rows }, _) => unreached(outcome, rows, lang),
        (Infeasibility::RequiredOverCount { required }, Lang::En) => {
            format!(
                "there is no such plan: {required} sites are required, but only {most} may be opened"
            )
        }
        (Infeasibility::RequiredOverCount { required }, Lang::Zh) => {
            format!("无可行方案：必选点位有 {required} 个，但只能开设 {most} 个")
        }
        (Infeasibility::RulesDoNotFit, Lang::En) => {
            "there is no such plan: the numbers are too large; give a smaller --unserved-min"
                .to_owned()
        }
        (Infeasibility::RulesDoNotFit, Lang::Zh) => {
            "无可行方案：数值过大，请减小 --unserved-min".to_owned()
        }
        (_, Lang::En) => format!(
            "there is no such plan: {most} sites cannot serve everybody within the reach (the certificate rules \
             every choice out); raise --sites or --reach-min, or give --unserved-min"
        ),
        (_, Lang::Zh) => format!(
            "无可行方案：{most} 个点位无法在搜索范围内服务所有人（证书已排除所有选择）；请增加 --sites 或 --reach-min，\
             或给出 --unserved-min"
        ),
    }
}

/// Which homes nothing reaches, and what would do.
fn unreached(outcome: &Outcome, rows: &[u32], lang: Lang) -> String {
    let need = &outcome.people.need;
    let points = &need.site.demand.points;
    let named: Vec<&str> = rows
        .iter()
        .take(HOMES_NAMED)
        .map(|&row| points[need.rows[row as usize]].key.as_str())
        .collect();
    let more = if rows.len() > HOMES_NAMED { " …" } else { "" };
    let persons: Persons = persons_of(outcome, rows);
    let (least, _) = outcome.people.least_reach(outcome.candidates, rows);
    // Rounded up, so that a reach that is read off here is large enough.
    let least = (f64::from(least.as_ms()) / MINUTE * 10.0).ceil() / 10.0;
    let (homes, named, persons) = (rows.len(), named.join(", "), persons.count());
    match lang {
        Lang::En => format!(
            "there is no such plan: no candidate is within the reach of {homes} homes ({persons:.1} people): \
             {named}{more}\n  --reach-min {least} would do, or --unserved-min for p-median"
        ),
        Lang::Zh => format!(
            "无可行方案：{homes} 处住所（{persons:.1} 人）的搜索范围内没有候选点：{named}{more}\n  \
             可把 --reach-min 放宽到 {least}，p-median 也可给出 --unserved-min"
        ),
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
    let mut table = Table::new(&[
        (pick(lang, "site", "点位"), Align::Left),
        (pick(lang, "name", "名称"), Align::Left),
        (pick(lang, "zone", "片区"), Align::Left),
        (pick(lang, "lon", "经度"), Align::Right),
        (pick(lang, "lat", "纬度"), Align::Right),
        (pick(lang, "people", "人"), Align::Right),
        (pick(lang, "mean min", "平均分钟"), Align::Right),
    ]);
    let zones = &outcome.loaded.baseline.zones.zones;
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
pub(super) fn published(plan: &AssignFile) -> String {
    let AssignSummary { status, sites, optimality_gap, .. } = &plan.summary;
    let (people, walk) = units(&plan.instance.weight_unit);
    // The value of p-center is a distance, that of p-median demand times distance.
    let parts = match plan.solution.problem.goal {
        AssignGoal::Center => walk,
        AssignGoal::Median { .. } => people * walk,
    };
    let vertices: Vec<&str> = plan.sites.iter().map(|site| site.id.as_str()).collect();
    format!(
        "{status}: {sites} sites at the vertices {}\nvalue {}  bound {}  gap {:.4} %\n",
        vertices.join(" "),
        plan.solution.value as f64 / parts,
        plan.solution.bound as f64 / parts,
        optimality_gap * 100.0
    )
}
