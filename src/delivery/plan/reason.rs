//! Why there is no plan, in words.

use crate::ids::SiteId;
use crate::placement::schedule::Schedule;
use crate::placement::{Infeasibility, SiteRules};
use crate::report::Language;
use crate::units::Persons;

use super::super::text::{count, percent};
use super::assign::MINUTE;
use super::assign_write::{Outcome, persons_of};
use crate::placement::plan::Need;

/// Homes that are named when nothing reaches them.
const HOMES_NAMED: usize = 5;

/// The reason as a sentence; `key` names a site.
pub(crate) fn sentence(
    reason: &Infeasibility,
    (need, rules): (&Need, &SiteRules),
    key: &dyn Fn(SiteId) -> String,
    language: Language,
) -> String {
    let (en, zh) = both(reason, (need, rules), key);
    match language {
        Language::En => format!("there is no such plan: {en}"),
        Language::Zh => format!("无可行方案：{zh}"),
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
pub(crate) fn no_years(reason: &Infeasibility, found: &Schedule, language: Language) -> String {
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
    match language {
        Language::En => format!("no phases: {en}\n"),
        Language::Zh => format!("无法分期：{zh}\n"),
    }
}

/// Why no plan serves everybody, as a sentence.
pub(crate) fn assign_sentence(
    outcome: &Outcome,
    reason: &Infeasibility,
    language: Language,
) -> String {
    let most = outcome.solution.problem.max_sites;
    match (reason, language) {
        (Infeasibility::UnreachedRows { rows }, _) => unreached(outcome, rows, language),
        (Infeasibility::RequiredOverCount { required }, Language::En) => {
            format!(
                "there is no such plan: {required} sites are required, but only {most} may be opened"
            )
        }
        (Infeasibility::RequiredOverCount { required }, Language::Zh) => {
            format!("无可行方案：必选点位有 {required} 个，但只能开设 {most} 个")
        }
        (Infeasibility::RulesDoNotFit, Language::En) => {
            "there is no such plan: the numbers are too large; give a smaller --unserved-min"
                .to_owned()
        }
        (Infeasibility::RulesDoNotFit, Language::Zh) => {
            "无可行方案：数值过大，请减小 --unserved-min".to_owned()
        }
        (_, Language::En) => format!(
            "there is no such plan: {most} sites cannot serve everybody within the reach (the certificate rules \
             every choice out); raise --sites or --reach-min, or give --unserved-min"
        ),
        (_, Language::Zh) => format!(
            "无可行方案：{most} 个点位无法在搜索范围内服务所有人（证书已排除所有选择）；请增加 --sites 或 --reach-min，\
             或给出 --unserved-min"
        ),
    }
}

/// Which homes nothing reaches, and what would do.
fn unreached(outcome: &Outcome, rows: &[u32], language: Language) -> String {
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
    match language {
        Language::En => format!(
            "there is no such plan: no candidate is within the reach of {homes} homes ({persons:.1} people): \
             {named}{more}\n  --reach-min {least} would do, or --unserved-min for p-median"
        ),
        Language::Zh => format!(
            "无可行方案：{homes} 处住所（{persons:.1} 人）的搜索范围内没有候选点：{named}{more}\n  \
             可把 --reach-min 放宽到 {least}，p-median 也可给出 --unserved-min"
        ),
    }
}
