//! Why there is no plan, in words.

use crate::ids::SiteId;
use crate::placement::schedule::Schedule;
use crate::placement::{Infeasibility, SiteRules};
use crate::units::Persons;

use super::super::args::Lang;
use super::super::table::{count, percent};
use crate::placement::plan::Need;

/// The reason as a sentence; `key` names a site.
pub(super) fn sentence(
    reason: &Infeasibility,
    (need, rules): (&Need, &SiteRules),
    key: &dyn Fn(SiteId) -> String,
    lang: Lang,
) -> String {
    let (en, zh) = both(reason, (need, rules), key);
    match lang {
        Lang::En => format!("there is no such plan: {en}"),
        Lang::Zh => format!("无可行方案：{zh}"),
    }
}

fn both(
    reason: &Infeasibility,
    (need, rules): (&Need, &SiteRules),
    key: &dyn Fn(SiteId) -> String,
) -> (String, String) {
    let people = |weight: i64| count(Persons::from_micro(weight).count());
    match reason {
        Infeasibility::UnreachedRows { rows } => {
            let of = |&row: &u32| need.persons.get(row as usize).copied().unwrap_or(Persons::ZERO);
            let persons: Persons = rows.iter().map(of).sum();
            let (homes, persons) = (rows.len(), count(persons.count()));
            (
                format!("no candidate reaches {homes} homes ({persons} people)"),
                format!("{homes} 处住所（{persons} 人）没有任何候选点可达"),
            )
        }
        Infeasibility::TargetOutOfReach { reachable } => {
            let most = need.covered + Persons::from_micro(*reachable);
            let most = percent(most.share_of(need.total).map(|share| share.0));
            let newly = people(*reachable);
            (
                format!(
                    "all candidates together newly cover {newly} people: {most} of everybody at most"
                ),
                format!("全部候选点合计最多新增覆盖 {newly} 人，覆盖率至多 {most}"),
            )
        }
        Infeasibility::RequiredOverCount { required } => {
            let most = rules.max_sites.unwrap_or(0);
            (
                format!("{required} sites are required, but only {most} may be opened"),
                format!("必选点位有 {required} 个，但最多只能开设 {most} 个"),
            )
        }
        Infeasibility::RequiredOverBudget { cost } => {
            let (cost, budget) = (*cost as f64 / 1e3, rules.budget.unwrap_or(0) as f64 / 1e3);
            (
                format!("the required sites cost {cost}, the budget is {budget}"),
                format!("必选点位造价 {cost}，超过预算 {budget}"),
            )
        }
        Infeasibility::RequiredTooClose { sites } => {
            let (a, b) = (key(sites.0), key(sites.1));
            (
                format!(
                    "the required sites {a} and {b} stand nearer to each other than --min-spacing-m"
                ),
                format!("必选点位 {a} 与 {b} 的间距小于 --min-spacing-m"),
            )
        }
        Infeasibility::GroupTooSmall { group } => (
            format!("zone rule {} asks for more sites than its zone has candidates", group + 1),
            format!("第 {} 条片区规则要求的点位数多于该片区的候选点", group + 1),
        ),
        Infeasibility::GroupOverfull { group } => (
            format!("zone rule {} allows fewer sites than are required there", group + 1),
            format!("第 {} 条片区规则允许的点位数少于该片区的必选点位", group + 1),
        ),
        Infeasibility::NoCenterOver { station } => {
            let station = key(*station);
            (
                format!("the required station {station} has no center it could hang under"),
                format!("必选站点 {station} 没有可以依附的中心"),
            )
        }
        Infeasibility::RulesDoNotFit => {
            ("the rules do not fit the candidates".to_owned(), "条件与候选点不相符".to_owned())
        }
        Infeasibility::Together => (
            "each rule can be kept, but not all together (the certificate rules every choice out)"
                .to_owned(),
            "各项条件单独可以满足，但不能同时满足（证书排除了所有选择）".to_owned(),
        ),
    }
}

/// Why the sites cannot open within the years.
pub(super) fn no_years(reason: &Infeasibility, found: &Schedule, lang: Lang) -> String {
    let rules = &found.problem.rules;
    let (en, zh) = match reason {
        Infeasibility::RequiredOverCount { required } => {
            let most = rules.max_sites.unwrap_or(0);
            (
                format!(
                    "{required} sites are needed, but the years together open only {most}: raise --yearly-sites"
                ),
                format!(
                    "需要 {required} 个点位，但各年合计只能开设 {most} 个：请加大 --yearly-sites"
                ),
            )
        }
        Infeasibility::RequiredOverBudget { cost } => {
            let (cost, most) = (*cost as f64 / 1e3, rules.budget.unwrap_or(0) as f64 / 1e3);
            (
                format!(
                    "the sites cost {cost}, but the years together have only {most}: raise --yearly-budget"
                ),
                format!("点位造价共 {cost}，但各年预算合计只有 {most}：请加大 --yearly-budget"),
            )
        }
        _ => (
            "the rules, the years and their milestones cannot be kept together by these sites"
                .to_owned(),
            "这些点位无法同时满足条件、年度限额与阶段目标".to_owned(),
        ),
    };
    match lang {
        Lang::En => format!("no phases: {en}\n"),
        Lang::Zh => format!("无法分期：{zh}\n"),
    }
}
