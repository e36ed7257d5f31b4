//! The full name of a rule: one wording wherever it stands.

use crate::coverage::Rule;
use crate::scenario::Baseline;

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullName {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// What `rule` asks for, so that no other rule can be meant: title, walker, group, cutoff and the places it counts.
pub fn full_name(baseline: &Baseline, rule: &Rule) -> FullName {
    let walker = baseline.find_walker(&rule.profile).map(|walker| &walker.profile);
    let demand = &baseline.demand;
    let found = demand.find_group(&rule.group);
    let group = found.or_else(|| demand.groups.ids().next()).and_then(|id| demand.groups.get(id));
    let (lacking_en, lacking_zh) = if found.is_none() {
        (format!(" (no numbers for {})", rule.group), "（缺该人群数据，按全体评估）")
    } else {
        (String::new(), "")
    };
    let (cutoff_en, cutoff_zh) = match (rule.cutoff_min, rule.cutoff_m) {
        (Some(minutes), _) => (format!("{minutes} min"), format!("{minutes}分钟")),
        (None, Some(meters)) => (format!("{meters} m"), format!("{meters}米")),
        (None, None) => (String::new(), String::new()),
    };
    let places = rule.capacity_per_1000.filter(|_| rule.counts_places());
    let places_en = places.map(|n| format!(" · {n} places per 1,000")).unwrap_or_default();
    let places_zh = places.map(|n| format!(" · 每千人口{n}个名额")).unwrap_or_default();
    let pick = |one: Option<&String>, other: &str| {
        let one = one.map_or("", String::as_str);
        if one.trim().is_empty() { other.to_owned() } else { one.to_owned() }
    };
    let title_en = pick(Some(&rule.en), &rule.id);
    let title_zh = pick(Some(&rule.zh), &title_en);
    let walker_en = pick(walker.map(|walker| &walker.en), &rule.profile);
    let walker_zh = pick(walker.map(|walker| &walker.zh), &walker_en);
    let group_en = pick(group.map(|group| &group.en), &rule.group);
    let group_zh = pick(group.map(|group| &group.zh), &group_en);
    FullName {
        en: format!("{title_en} · {walker_en} · {group_en}{lacking_en} · {cutoff_en}{places_en}"),
        zh: format!("{title_zh} · {walker_zh} · {group_zh}{lacking_zh} · {cutoff_zh}{places_zh}"),
    }
}
