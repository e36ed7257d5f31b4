//! Service standards from TOML: the shipped ones and those of a study, checked rule by rule.

use std::collections::BTreeSet;
use std::path::Path;

use super::ImportError;
use super::toml_check::{TomlText, suggestion};
use crate::coverage::{Rule, Standard};

/// The shipped standard files, in the order they are shown: file name and text.
pub const SHIPPED: [(&str, &str); 4] = [
    ("plain-15.toml", include_str!("../../data/standards/plain-15.toml")),
    ("childcare-15.toml", include_str!("../../data/standards/childcare-15.toml")),
    ("one-six-x.toml", include_str!("../../data/standards/one-six-x.toml")),
    ("gb50180-2018.toml", include_str!("../../data/standards/gb50180-2018.toml")),
];

/// Where in a standard something is wrong, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandardFault {
    /// The way to the key: names, and positions of items in arrays.
    pub keys: Vec<String>,
    /// What is wrong and what to do.
    pub reason: String,
}

/// The shipped standards, in the order they are shown.
pub fn shipped() -> Vec<Standard> {
    // A test parses every one of them, so none is ever left out here.
    SHIPPED.iter().filter_map(|(name, text)| parse(text, Path::new(name)).ok()).collect()
}

/// The standard that `text` describes, its rules checked.
///
/// # Errors
/// When the text is not a standard or a rule of it cannot be applied; `path` and the line are named.
pub fn parse(text: &str, path: &Path) -> Result<Standard, ImportError> {
    let toml = TomlText::new(path, text);
    let standard: Standard = toml.parse()?;
    match find_fault(&standard) {
        None => Ok(standard),
        Some(fault) => {
            let keys: Vec<&str> = fault.keys.iter().map(String::as_str).collect();
            Err(toml.fault(&keys, &fault.reason))
        }
    }
}

/// The first thing that keeps `standard` from being applied, if there is one: no rules, a rule twice, no
/// functions, a cutoff or share out of range, a composite that names no rule.
pub fn find_fault(standard: &Standard) -> Option<StandardFault> {
    if standard.rules.is_empty() {
        return Some(fault(&["rule"], "a standard needs at least one [[rule]]"));
    }
    let mut seen = BTreeSet::new();
    for (index, rule) in standard.rules.iter().enumerate() {
        let index = index.to_string();
        let at = |key: &str, reason: String| Some(fault(&["rule", &index, key], reason));
        if !seen.insert(rule.id.as_str()) {
            return at("id", format!("{:?} is there twice; rename one of the two", rule.id));
        }
        if let Some((key, reason)) = rule_fault(rule) {
            return at(key, reason);
        }
    }
    composite_fault(standard)
}

fn fault(keys: &[&str], reason: impl Into<String>) -> StandardFault {
    StandardFault { keys: keys.iter().map(|&key| key.to_owned()).collect(), reason: reason.into() }
}

fn rule_fault(rule: &Rule) -> Option<(&'static str, String)> {
    if rule.functions.is_empty() {
        return Some(("functions", "must name at least one function".to_owned()));
    }
    if let Err(error) = rule.cutoff() {
        let key = if rule.cutoff_m.is_some() { "cutoff_m" } else { "cutoff_min" };
        return Some((key, error.to_string()));
    }
    let shares = [("pass_share", Some(rule.pass_share)), ("benchmark_share", rule.benchmark_share)];
    for (key, share) in shares {
        if let Some(share) = share.filter(|share| !(0.0..=1.0).contains(share)) {
            return Some((key, format!("{share} is not a share from 0 to 1")));
        }
    }
    if let Some(share) = rule.benchmark_share.filter(|&share| share < rule.pass_share) {
        let reason = format!("{share} is less than pass_share {}", rule.pass_share);
        return Some(("benchmark_share", reason));
    }
    match rule.capacity_per_1000 {
        Some(places) if !(places > 0.0 && places.is_finite()) => {
            Some(("capacity_per_1000", format!("{places} must be more than 0")))
        }
        _ => None,
    }
}

fn composite_fault(standard: &Standard) -> Option<StandardFault> {
    let composite = standard.composite.as_ref()?;
    let known: Vec<&str> = standard.rules.iter().map(|rule| rule.id.as_str()).collect();
    let lists = [
        ("anchor", &composite.anchor),
        ("required", &composite.required),
        ("optional", &composite.optional),
    ];
    let mut seen = BTreeSet::new();
    for (list, ids) in lists {
        for (index, id) in ids.iter().enumerate() {
            let keys = ["composite", list, &index.to_string()];
            if !known.contains(&id.as_str()) {
                let tail = suggestion(id, &known);
                return Some(fault(&keys, format!("no rule is called {id:?}{tail}")));
            }
            if !seen.insert(id) {
                return Some(fault(&keys, format!("{id:?} is in the composite twice")));
            }
        }
    }
    if composite.anchor.is_empty() && composite.required.is_empty() {
        return Some(fault(&["composite"], "needs an anchor or a required rule"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::profile_file;
    use crate::units::{WalkTime, Yardstick};

    const FUNCTIONS: [&str; 22] = [
        "childcare",
        "kindergarten",
        "primary_school",
        "secondary_school",
        "school",
        "elder_care",
        "elder_meals",
        "neighborhood_centre",
        "health",
        "hospital",
        "pharmacy",
        "culture",
        "sports",
        "park",
        "market",
        "convenience",
        "daily_services",
        "eating",
        "public_toilet",
        "community_service",
        "playground",
        "bus_stop",
    ];
    const GROUPS: [&str; 7] =
        ["all", "age_0_3", "age_3_6", "age_0_14", "age_60_plus", "age_65_plus", "workers"];

    fn standard(id: &str) -> Standard {
        shipped().into_iter().find(|standard| standard.id == id).unwrap()
    }

    fn error(text: &str) -> String {
        parse(text, Path::new("s.toml")).unwrap_err().to_string()
    }

    #[test]
    fn every_shipped_standard_is_read_and_named_like_its_file() {
        for (name, text) in SHIPPED {
            let standard = parse(text, Path::new(name)).unwrap();
            assert_eq!(format!("{}.toml", standard.id), name);
        }
        assert_eq!(shipped().len(), SHIPPED.len());
    }

    #[test]
    fn every_shipped_rule_speaks_of_known_profiles_functions_and_groups() {
        let profiles: Vec<String> =
            profile_file::shipped().into_iter().map(|profile| profile.id).collect();
        for standard in shipped() {
            for rule in &standard.rules {
                let name = format!("{}/{}", standard.id, rule.id);
                assert!(profiles.contains(&rule.profile), "{name}: {}", rule.profile);
                assert!(GROUPS.contains(&rule.group.as_str()), "{name}: {}", rule.group);
                for function in &rule.functions {
                    assert!(FUNCTIONS.contains(&function.as_str()), "{name}: {function}");
                }
                assert!(!rule.source.is_empty() && !rule.zh.is_empty(), "{name}");
                assert!(!(rule.verified && rule.source.contains("UNVERIFIED")), "{name}");
            }
        }
    }

    #[test]
    fn no_number_of_gb_50180_is_called_verified_and_each_rule_has_a_tier() {
        let rules = standard("gb50180-2018").rules;
        assert!(rules.iter().all(|rule| !rule.verified));
        for (tier, meters) in [("15min", 1000), ("10min", 500), ("5min", 300)] {
            let of_tier: Vec<&Rule> =
                rules.iter().filter(|rule| rule.tier.as_deref() == Some(tier)).collect();
            assert!(of_tier.len() >= 5, "{tier}");
            let cutoff = (Yardstick::Meters, WalkTime::from_ms(meters * 1000));
            assert!(of_tier.iter().all(|rule| rule.cutoff() == Ok(cutoff)), "{tier}");
        }
        assert!(rules.iter().all(|rule| rule.tier.is_some()));
    }

    #[test]
    fn the_childcare_circle_asks_for_places_of_all_people() {
        let rules = standard("childcare-15").rules;
        let places: Vec<&Rule> =
            rules.iter().filter(|rule| rule.capacity_per_1000 == Some(4.5)).collect();
        assert_eq!(places.len(), 1);
        assert_eq!(places[0].group, "all");
    }

    #[test]
    fn one_six_x_has_one_anchor_and_six_required() {
        let composite = standard("one-six-x").composite.unwrap();
        assert_eq!((composite.anchor.len(), composite.required.len()), (1, 6));
        assert!(!composite.optional.is_empty());
    }

    const HEAD: &str = "id = \"a\"\nen = \"a\"\nzh = \"a\"\nsource = \"a\"\n";
    const RULE: &str = "[[rule]]\nid = \"r\"\nen = \"a\"\nzh = \"a\"\nfunctions = [\"health\"]\n\
                        profile = \"adult\"\nsource = \"a\"\ncutoff_min = 15\n";

    #[test]
    fn a_rule_that_cannot_be_applied_names_its_line() {
        let with = |line: &str| error(&format!("{HEAD}{RULE}{line}\n"));
        assert!(with("cutoff_m = 500").starts_with("s.toml: line 13: rule[1].cutoff_m: "));
        assert!(with("pass_share = 85").contains("line 13: rule[1].pass_share: 85 is not a share"));
        assert!(with("pass_share = nan").contains("is not a share"));
        assert!(with("benchmark_share = 0.9").contains("less than pass_share 1"));
        assert!(with("capacity_per_1000 = 0").contains("must be more than 0"));
        assert!(with("cutof = 1").contains("did you mean \"cutoff_m\"?"));
        assert!(error(HEAD).contains("at least one [[rule]]"));
        assert!(error(&format!("{HEAD}{RULE}{RULE}")).contains("line 14: rule[2].id: \"r\""));
        let far = RULE.replace("= 15", "= -1");
        assert!(error(&format!("{HEAD}{far}")).contains("cutoff -1 is outside 0 to 1440"));
        let none = RULE.replace("[\"health\"]", "[]");
        assert!(error(&format!("{HEAD}{none}")).contains("at least one function"));
    }

    #[test]
    fn a_composite_names_only_rules_that_exist() {
        let composite =
            "[composite]\nen = \"a\"\nzh = \"a\"\nanchor = [\"r\"]\nrequired = [\"s\"]\n";
        let message = error(&format!("{HEAD}{RULE}{composite}"));
        assert!(message.contains("line 17: composite.required[1]: no rule is called \"s\""));
        let twice = composite.replace("[\"s\"]", "[\"r\"]");
        assert!(error(&format!("{HEAD}{RULE}{twice}")).contains("in the composite twice"));
    }
}
