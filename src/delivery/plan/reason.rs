//! Why there is no plan, in words.

use crate::ids::{Id, SiteId};
use crate::placement::Infeasibility;
use crate::placement::candidate::SiteStanding;
use crate::placement::schedule::Schedule;
use crate::report::Language;
use crate::report::sheet::Both;
use crate::units::Persons;

use super::super::text::{count, percent};
use super::assign::MINUTE;
use super::assign_write::{Outcome, persons_of};
use super::promise::people_word;
use super::write::Outcome as Planned;

/// Homes that are named when nothing reaches them.
const HOMES_NAMED: usize = 5;

/// The reason as a sentence.
pub(crate) fn sentence(reason: &Infeasibility, outcome: &Planned, language: Language) -> String {
    let (en, zh) =
        rule_to_blame(reason, outcome).unwrap_or_else(|| people_to_blame(reason, outcome));
    match language {
        Language::En => format!("there is no such plan: {en}"),
        Language::Zh => format!("无可行方案：{zh}"),
    }
}

/// The rule on sites that no plan keeps, with the sites and zones that it names.
fn rule_to_blame(reason: &Infeasibility, outcome: &Planned) -> Option<(String, String)> {
    let rules = outcome.rules;
    let required = || named(outcome, |_| true);
    Some(match reason {
        Infeasibility::RequiredOverCount { required: count } => {
            let (most, which) = (rules.max_sites.unwrap_or(0), required());
            (
                format!("{count} sites are required ({which}), but only {most} may be opened"),
                format!("必选点位有 {count} 个（{which}），但最多只能开设 {most} 个"),
            )
        }
        Infeasibility::RequiredOverBudget { cost } => {
            let (cost, budget) = (*cost as f64 / 1e3, rules.budget.unwrap_or(0) as f64 / 1e3);
            let which = required();
            (
                format!("the required sites ({which}) cost {cost}, the budget is {budget}"),
                format!("必选点位（{which}）造价 {cost}，超过预算 {budget}"),
            )
        }
        Infeasibility::RequiredTooClose { sites } => {
            let (a, b) = (key(outcome, sites.0), key(outcome, sites.1));
            (
                format!(
                    "the required sites {a} and {b} stand nearer to each other than --min-spacing-m"
                ),
                format!("必选点位 {a} 与 {b} 的间距小于 --min-spacing-m"),
            )
        }
        Infeasibility::GroupTooSmall { group } | Infeasibility::GroupOverfull { group } => {
            let small = matches!(reason, Infeasibility::GroupTooSmall { .. });
            group_to_blame(outcome, (*group as usize, small))
        }
        Infeasibility::NoCenterOver { station } => {
            let station = key(outcome, *station);
            (
                format!("the required station {station} has no center it could hang under"),
                format!("必选站点 {station} 没有可以依附的中心"),
            )
        }
        _ => return None,
    })
}

/// A zone with too few candidates for its least number, or with more required ones than may be opened.
fn group_to_blame(outcome: &Planned, (group, small): (usize, bool)) -> (String, String) {
    let first = outcome.rules.groups.len() - outcome.zones.len();
    let Some(term) = group.checked_sub(first).and_then(|at| outcome.zones.get(at)) else {
        let count = outcome.rules.groups.get(group).map_or(0, |group| group.max);
        return (
            format!("more are required than the {count} that may be opened of their kind"),
            format!("必选数量多于允许开设的 {count} 个"),
        );
    };
    let zone = &outcome.ground.baseline.zones.zones[term.zone].name;
    let (rule, open) = (term.options(zone), term.open);
    let inside = |site: SiteId| term.sites.binary_search(&site).is_ok();
    if small {
        let may = |&&site: &&SiteId| {
            outcome
                .plan
                .candidates
                .get(site.index())
                .is_some_and(|candidate| candidate.standing != SiteStanding::Forbidden)
        };
        let count = term.sites.iter().filter(may).count();
        return (
            format!(
                "{rule}: zone {zone:?} has {count} candidates that may be chosen and {open} open places that count"
            ),
            format!("{rule}：片区“{zone}”可选的候选点有 {count} 个，计入的现有设施有 {open} 处"),
        );
    }
    let which = named(outcome, inside);
    (
        format!("{rule}: in zone {zone:?} {which} are required, and {open} open places count"),
        format!("{rule}：片区“{zone}”中必选点位为 {which}，计入的现有设施有 {open} 处"),
    )
}

/// Required candidates that are named.
const REQUIRED_NAMED: usize = 8;

/// The ids of the required candidates that `which` holds for.
fn named(outcome: &Planned, which: impl Fn(SiteId) -> bool) -> String {
    let all = (0_u32..).zip(outcome.plan.candidates);
    let required = all.filter(|(at, candidate)| {
        candidate.standing == SiteStanding::Required && which(SiteId(*at))
    });
    let keys: Vec<&str> = required.map(|(_, candidate)| candidate.key.as_str()).collect();
    let more = if keys.len() > REQUIRED_NAMED { " …" } else { "" };
    format!("{}{more}", keys[..keys.len().min(REQUIRED_NAMED)].join(", "))
}

/// What a site is called; its number where it is none of the candidates.
fn key(outcome: &Planned, site: SiteId) -> String {
    let found = outcome.plan.candidates.get(site.index());
    found.map_or_else(|| (site.0 + 1).to_string(), |candidate| candidate.key.clone())
}

/// Rules on zones that are named.
const ZONE_RULES_NAMED: usize = 8;

/// The rules on the sites as they were given: number, money, required sites, zones.
fn rules_kept(outcome: &Planned) -> Vec<String> {
    let rules = outcome.rules;
    let zones = &outcome.ground.baseline.zones.zones;
    let required = named(outcome, |_| true);
    let said = |option: &str, value: String| format!("{option} {value}");
    let sites = rules.max_sites.map(|most| said("--sites", most.to_string()));
    let budget = rules.budget.map(|budget| said("--budget", (budget as f64 / 1e3).to_string()));
    let required = (!required.is_empty()).then(|| said("--required", required));
    let spacing = (!rules.conflicts.is_empty()).then(|| "--min-spacing-m".to_owned());
    let terms = outcome.zones.iter().take(ZONE_RULES_NAMED);
    let terms = terms.map(|term| term.options(&zones[term.zone].name));
    let more = (outcome.zones.len() > ZONE_RULES_NAMED).then(|| "…".to_owned());
    sites
        .into_iter()
        .chain(budget)
        .chain(required)
        .chain(spacing)
        .chain(terms)
        .chain(more)
        .collect()
}

fn people_to_blame(reason: &Infeasibility, outcome: &Planned) -> (String, String) {
    let need = outcome.plan.need;
    match reason {
        Infeasibility::UnreachedRows { rows } => {
            let of = |&row: &u32| need.persons.get(row as usize).copied().unwrap_or(Persons::ZERO);
            let persons: Persons = rows.iter().map(of).sum();
            let (homes, persons) = (rows.len(), count(persons.count()));
            let Both { en, zh } = people_word(need.site.demand.unit);
            (
                format!("no candidate reaches {homes} homes ({persons} {en})"),
                format!("{homes} 处住所（{persons} {zh}）没有任何候选点可达"),
            )
        }
        Infeasibility::TargetOutOfReach { reachable } => {
            let most = need.covered + Persons::from_micro(*reachable);
            let most = percent(most.share_of(need.total).map(|share| share.0));
            let newly = count(Persons::from_micro(*reachable).count());
            (
                format!(
                    "all candidates together newly cover {newly} people: {most} of everybody at most"
                ),
                format!("全部候选点合计最多新增覆盖 {newly} 人，覆盖率至多 {most}"),
            )
        }
        Infeasibility::Together => {
            let rules = rules_kept(outcome);
            let (en, zh) = if rules.is_empty() {
                (String::new(), String::new())
            } else {
                (format!(": {}", rules.join("; ")), format!("：{}", rules.join("；")))
            };
            (
                format!(
                    "each rule can be kept, but not all together{en} (the certificate rules every choice out)"
                ),
                format!("各项条件单独可以满足，但不能同时满足{zh}（证书排除了所有选择）"),
            )
        }
        _ => ("the rules do not fit the candidates".to_owned(), "条件与候选点不相符".to_owned()),
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
    let required = outcome.candidates.iter().filter(|one| one.standing == SiteStanding::Required);
    let which = required.map(|one| one.key.as_str()).collect::<Vec<&str>>().join(", ");
    match (reason, language) {
        (Infeasibility::UnreachedRows { rows }, _) => unreached(outcome, rows, language),
        (Infeasibility::RequiredOverCount { required }, Language::En) => {
            format!(
                "there is no such plan: {required} sites are required ({which}), but only {most} may be opened"
            )
        }
        (Infeasibility::RequiredOverCount { required }, Language::Zh) => {
            format!("无可行方案：必选点位有 {required} 个（{which}），但只能开设 {most} 个")
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
    let Both { en, zh } = people_word(outcome.ground.baseline.demand.unit);
    let (least, _) = outcome.people.least_reach(outcome.candidates, rows);
    let (homes, named, persons) = (rows.len(), named.join(", "), persons.count());
    if !least.is_reachable() {
        return match language {
            Language::En => format!(
                "there is no such plan: no way on foot leads from {homes} homes ({persons:.1} {en}) to any candidate: \
                 {named}{more}\n  add a candidate there, or take p-median with --unserved-min"
            ),
            Language::Zh => format!(
                "无可行方案：{homes} 处住所（{persons:.1} {zh}）步行到不了任何候选点：{named}{more}\n  \
                 请在那里增加候选点，或改用 p-median 并给出 --unserved-min"
            ),
        };
    }
    // Rounded up, so that a reach that is read off here is large enough.
    let least = (f64::from(least.as_ms()) / MINUTE * 10.0).ceil() / 10.0;
    match language {
        Language::En => format!(
            "there is no such plan: no candidate is within the reach of {homes} homes ({persons:.1} {en}): \
             {named}{more}\n  --reach-min {least} would do, or --unserved-min for p-median"
        ),
        Language::Zh => format!(
            "无可行方案：{homes} 处住所（{persons:.1} {zh}）的搜索范围内没有候选点：{named}{more}\n  \
             可把 --reach-min 放宽到 {least}，p-median 也可给出 --unserved-min"
        ),
    }
}
