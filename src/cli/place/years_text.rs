//! The years of a plan, as the terminal shows them.

use std::fmt::Write as _;

use crate::delivery::plan::no_years;
use crate::delivery::text::{count, percent};
use crate::demand::DemandUnit;
use crate::placement::SolutionStatus;
use crate::placement::candidate::COST_UNIT;
use crate::placement::explain::Explained;
use crate::placement::schedule::{Schedule, Scope};
use crate::units::Persons;

use super::super::args::Lang;
use super::super::results::report_language;
use super::super::table::{Align, Table};

/// The years as text.
pub(super) fn text((found, plan): (&Schedule, &Explained), target: i64, lang: Lang) -> String {
    let pick = |en: &'static str, zh: &'static str| match lang {
        Lang::En => en,
        Lang::Zh => zh,
    };
    if let SolutionStatus::Infeasible { reason } = &found.plan.status {
        return no_years(reason, found, report_language(lang));
    }
    let need = plan.need;
    let mut table = Table::new(&[
        (pick("year", "年度"), Align::Right),
        (pick("sites", "点位"), Align::Right),
        (pick("cost", "造价"), Align::Right),
        (pick("newly covered", "新增覆盖"), Align::Right),
        (pick("in all", "累计"), Align::Right),
        (pick("covered", "覆盖率"), Align::Right),
        (pick("at most", "上界"), Align::Right),
        (pick("gap", "差距"), Align::Right),
    ]);
    let people = |micro: i64| count(Persons::from_micro(micro).count());
    let share = |micro: i64| {
        let covered = need.covered + Persons::from_micro(micro);
        percent(covered.share_of(need.total).map(|share| share.0))
    };
    let points = |micro: i64| {
        let points = micro as f64 / need.total.as_micro().max(1) as f64 * 100.0;
        format!("{points:.2} {}", pick("points", "个百分点"))
    };
    for row in &plan.phases {
        table.push(vec![
            row.year.unwrap_or(row.phase).to_string(),
            row.sites.to_string(),
            (row.cost as f64 / COST_UNIT as f64).to_string(),
            people(row.gain),
            people(row.cumulative),
            share(row.cumulative),
            share(row.bound),
            points(row.bound - row.cumulative),
        ]);
    }
    let mut text = table.render();
    let _ = writeln!(text, "{}", verdict(found, need.site.demand.unit, lang));
    let _ = writeln!(text, "{}", milestone(found, (target, &share(target)), lang));
    text
}

fn verdict(found: &Schedule, unit: DemandUnit, lang: Lang) -> String {
    let (unit_en, unit_zh) = match unit {
        DemandUnit::Persons | DemandUnit::PersonsEstimated => ("person-years", "人年"),
        DemandUnit::StreetMeters => ("metre-years of street", "米·年（街道）"),
    };
    let value = count(found.plan.value as f64 / 1e6);
    let greedy = found.plan.year_by_year.map_or("–".to_owned(), |g| count(g as f64 / 1e6));
    let (en, zh) = match (found.is_proven(), found.scope) {
        (true, Scope::Order) => (
            "proven: no order of these sites is better".to_owned(),
            "已证明：这些点位没有更好的先后次序".to_owned(),
        ),
        (true, Scope::Sites) => (
            "proven: no choice of sites and years is better".to_owned(),
            "已证明：没有更好的选点与时序".to_owned(),
        ),
        (false, _) => {
            let gap = found.optimality_gap() * 100.0;
            let bound = count(found.bound as f64 / 1e6);
            (
                format!("no plan has more than {bound} (gap {gap:.2} %)"),
                format!("任何方案都不超过 {bound}（差距 {gap:.2} %）"),
            )
        }
    };
    match lang {
        Lang::En => {
            format!("{value} {unit_en}; year by year without looking ahead {greedy}; {en}")
        }
        Lang::Zh => format!("{value} {unit_zh}；逐年贪心 {greedy} {unit_zh}；{zh}"),
    }
}

/// When the target is met, and when it could be at the earliest.
fn milestone(found: &Schedule, (target, share): (i64, &str), lang: Lang) -> String {
    let (met, earliest) = found.first_year(target);
    let year = |phase: u32| found.first_year.map_or(phase, |first| first + phase - 1).to_string();
    match (met.map(year), earliest.map(year), lang) {
        (Some(met), Some(could), Lang::En) if met == could => {
            format!("{share} covered by the end of year {met}, and no earlier year is possible")
        }
        (Some(met), Some(could), Lang::Zh) if met == could => {
            format!("第 {met} 年末覆盖率达到 {share}，已证明不可能更早")
        }
        (Some(met), could, Lang::En) => {
            format!(
                "{share} covered by the end of year {met}; not before year {}",
                could.unwrap_or_default()
            )
        }
        (Some(met), could, Lang::Zh) => {
            format!("第 {met} 年末覆盖率达到 {share}；不会早于第 {} 年", could.unwrap_or_default())
        }
        (None, Some(could), Lang::En) => {
            format!(
                "{share} is not covered within these years; not before year {could} in any plan"
            )
        }
        (None, Some(could), Lang::Zh) => {
            format!("这些年度内未达到 {share}；任何方案都不早于第 {could} 年")
        }
        (None, None, Lang::En) => format!("{share} cannot be covered within these years: proven"),
        (None, None, Lang::Zh) => format!("这些年度内不可能达到 {share}：已证明"),
    }
}
