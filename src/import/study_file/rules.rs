//! Who walks and what is asked for: profiles, standards, targets.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::resolve::Draft;
use crate::coverage::{Rule, Standard};
use crate::import::toml_check::{read_text, suggestion};
use crate::import::{ImportError, profile_file, standard_file};
use crate::street::WalkProfile;

/// The profiles of the study, in its order.
pub(super) fn profiles(draft: Draft<'_>) -> Result<Vec<WalkProfile>, ImportError> {
    let mut known = profile_file::shipped();
    let mut seen = BTreeSet::new();
    for (index, change) in draft.raw.profile.iter().enumerate() {
        let profile = changed_profile(draft, &known, index, change)?;
        if !seen.insert(profile.id.clone()) {
            let keys = ["profile", &index.to_string(), "id"];
            return Err(draft.fault(&keys, format!("{:?} is there twice", profile.id)));
        }
        match known.iter_mut().find(|old| old.id == profile.id) {
            Some(old) => *old = profile,
            None => known.push(profile),
        }
    }
    let listed = &draft.raw.profiles;
    if listed.is_empty() {
        return Ok(known);
    }
    let mut chosen: Vec<WalkProfile> = Vec::new();
    for (index, id) in listed.iter().enumerate() {
        let keys = ["profiles", &index.to_string()];
        if chosen.iter().any(|profile| profile.id == *id) {
            return Err(draft.fault(&keys, format!("{id:?} is there twice")));
        }
        let Some(profile) = known.iter().find(|profile| profile.id == *id) else {
            let ids: Vec<&str> = known.iter().map(|profile| profile.id.as_str()).collect();
            let reason = format!("no profile is called {id:?}{}", suggestion(id, &ids));
            return Err(draft.fault(&keys, reason));
        };
        chosen.push(profile.clone());
    }
    Ok(chosen)
}

/// One `[[profile]]`: its keys laid over its base, or over the shipped profile with its id.
fn changed_profile(
    draft: Draft<'_>,
    known: &[WalkProfile],
    index: usize,
    change: &toml::Table,
) -> Result<WalkProfile, ImportError> {
    let index = index.to_string();
    let fault = |key: &str, reason: &str| draft.fault(&["profile", &index, key], reason);
    let text = |key: &str| change.get(key).and_then(toml::Value::as_str);
    let Some(id) = text("id") else { return Err(fault("id", "needs an `id`, a text")) };
    let base = text("base").unwrap_or(id);
    let Some(base) = known.iter().find(|profile| profile.id == base) else {
        let ids: Vec<&str> = known.iter().map(|profile| profile.id.as_str()).collect();
        let reason = format!("no profile is called {base:?}{}", suggestion(base, &ids));
        return Err(fault("base", &reason));
    };
    let mut profile = WalkProfile {
        source: format!("set in the study; otherwise as {:?}: {}", base.id, base.source),
        source_zh: format!("由研究设定；其余同 {:?}：{}", base.id, base.source_zh),
        verified: false,
        ..base.clone()
    };
    for (key, value) in change.iter().filter(|(key, _)| *key != "base") {
        profile = with_value(&profile, key, value).map_err(|reason| fault(key, &reason))?;
    }
    if change.contains_key("source") && !change.contains_key("source_zh") {
        profile.source_zh = String::new();
    }
    profile.check().map_err(|error| fault(error.field, &error.to_string()))?;
    Ok(profile)
}

/// `profile` with the field `key` set to `value`.
fn with_value(
    profile: &WalkProfile,
    key: &str,
    value: &toml::Value,
) -> Result<WalkProfile, String> {
    let mut fields = toml::Table::try_from(profile).map_err(|error| error.to_string())?;
    if !fields.contains_key(key) {
        let mut known: Vec<&str> = fields.keys().map(String::as_str).collect();
        known.push("base");
        return Err(format!("unknown key{}", suggestion(key, &known)));
    }
    fields.insert(key.to_owned(), value.clone());
    from_table(fields)
}

fn from_table<T: DeserializeOwned>(table: toml::Table) -> Result<T, String> {
    table.try_into().map_err(|error: toml::de::Error| error.message().replace('\n', "; "))
}

/// The standards of the study, with its targets in place; every rule's profile is one of `profiles`.
pub(super) fn standards(
    draft: Draft<'_>,
    profiles: &[WalkProfile],
) -> Result<Vec<Standard>, ImportError> {
    let mut standards = shipped_standards(draft)?;
    for (index, written) in draft.raw.standards.files.iter().enumerate() {
        let path = draft.folder.join(written);
        let index = index.to_string();
        if !path.is_file() {
            let reason =
                format!("there is no file {written:?}; a path counts from the folder of the study");
            return Err(draft.fault(&["standards", "files", &index], reason));
        }
        standards.push(standard_file::parse(&read_text(&path)?, &path)?);
    }
    let written_elsewhere = standards.len();
    for (index, standard) in draft.raw.standard.iter().enumerate() {
        let index = index.to_string();
        if let Some(fault) = standard_file::find_fault(standard) {
            let mut keys = vec!["standard", index.as_str()];
            keys.extend(fault.keys.iter().map(String::as_str));
            return Err(draft.fault(&keys, fault.reason));
        }
        standards.push(standard.clone());
    }
    let written_elsewhere = if standards.is_empty() {
        standards.extend(standard_file::shipped().into_iter().take(1));
        1
    } else {
        written_elsewhere
    };
    check_ids(draft, &standards)?;
    check_profiles(draft, &standards, profiles)?;
    set_targets(draft, &mut standards)?;
    withhold(draft, &mut standards[..written_elsewhere])?;
    Ok(standards)
}

/// Withholds the verdicts of unverified rules of `standards`, except of those that `accept_unverified` names: a whole
/// standard or `standard/rule`. What the study itself writes down stands on its own word.
fn withhold(draft: Draft<'_>, standards: &mut [Standard]) -> Result<(), ImportError> {
    let accepted = &draft.raw.standards.accept_unverified;
    let names: Vec<String> = standards
        .iter()
        .flat_map(|s| {
            let rules = s.rules.iter().map(move |rule| format!("{}/{}", s.id, rule.id));
            std::iter::once(s.id.clone()).chain(rules)
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (index, name) in accepted.iter().enumerate() {
        if !names.contains(&name.as_str()) {
            let reason =
                format!("no standard or rule is called {name:?}{}", suggestion(name, &names));
            let keys = ["standards", "accept_unverified", &index.to_string()];
            return Err(draft.fault(&keys, reason));
        }
    }
    for standard in standards {
        let id = standard.id.clone();
        let named = |name: &String| accepted.contains(name);
        standard.withhold(|rule| named(&id) || named(&format!("{id}/{}", rule.id)));
    }
    Ok(())
}

fn shipped_standards(draft: Draft<'_>) -> Result<Vec<Standard>, ImportError> {
    let shipped = standard_file::shipped();
    let mut standards = Vec::new();
    for (index, id) in draft.raw.standards.shipped.iter().enumerate() {
        let Some(standard) = shipped.iter().find(|standard| standard.id == *id) else {
            let ids: Vec<&str> = shipped.iter().map(|s| s.id.as_str()).collect();
            let reason = format!("no shipped standard is called {id:?}{}", suggestion(id, &ids));
            return Err(draft.fault(&["standards", "use", &index.to_string()], reason));
        };
        standards.push(standard.clone());
    }
    Ok(standards)
}

fn check_ids(draft: Draft<'_>, standards: &[Standard]) -> Result<(), ImportError> {
    let mut seen = BTreeSet::new();
    match standards.iter().find(|standard| !seen.insert(standard.id.as_str())) {
        None => Ok(()),
        Some(twice) => {
            let reason = format!("standard {:?} is there twice; rename one of the two", twice.id);
            Err(draft.fault(&["standards"], reason))
        }
    }
}

fn check_profiles(
    draft: Draft<'_>,
    standards: &[Standard],
    profiles: &[WalkProfile],
) -> Result<(), ImportError> {
    let known: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
    let rules = standards.iter().flat_map(|s| s.rules.iter().map(move |rule| (s, rule)));
    for (standard, rule) in rules {
        if !known.contains(&rule.profile.as_str()) {
            let reason = format!(
                "standard {:?}, rule {:?} walks as {:?}, which the study does not list{}",
                standard.id,
                rule.id,
                rule.profile,
                suggestion(&rule.profile, &known)
            );
            return Err(draft.fault(&["profiles"], reason));
        }
    }
    Ok(())
}

/// Lays `[targets]` and `[benchmarks]` over the shares of the rules: `standard` for all of its rules, then
/// `standard/rule` for one.
fn set_targets(draft: Draft<'_>, standards: &mut [Standard]) -> Result<(), ImportError> {
    let set_pass = |rule: &mut Rule, share: f64| rule.pass_share = share;
    let set_benchmark = |rule: &mut Rule, share: f64| rule.benchmark_share = Some(share);
    set_shares(draft, "targets", &draft.raw.targets, standards, set_pass)?;
    set_shares(draft, "benchmarks", &draft.raw.benchmarks, standards, set_benchmark)?;
    for standard in standards {
        for rule in &mut standard.rules {
            let changed = |shares: &BTreeMap<String, f64>| {
                shares.contains_key(&standard.id)
                    || shares.contains_key(&format!("{}/{}", standard.id, rule.id))
            };
            let below = rule.benchmark_share.is_some_and(|share| share < rule.pass_share);
            if below && changed(&draft.raw.benchmarks) {
                let reason = format!(
                    "the benchmark of {}/{} is less than its target {}",
                    standard.id, rule.id, rule.pass_share
                );
                return Err(draft.fault(&["benchmarks"], reason));
            }
            if below {
                // The study asks for more than the standard's benchmark: reaching the target is one.
                rule.benchmark_share = Some(rule.pass_share);
            }
        }
    }
    Ok(())
}

fn set_shares(
    draft: Draft<'_>,
    table: &str,
    shares: &BTreeMap<String, f64>,
    standards: &mut [Standard],
    set: fn(&mut Rule, f64),
) -> Result<(), ImportError> {
    // A whole standard sorts before its rules (`a` < `a/b`), so the more exact target comes last and stays.
    for (name, &share) in shares {
        if !(0.0..=1.0).contains(&share) {
            let reason = format!("{share} is not a share from 0 to 1");
            return Err(draft.fault(&[table, name], reason));
        }
        let mut found = false;
        for standard in &mut *standards {
            for rule in &mut standard.rules {
                if *name == standard.id || *name == format!("{}/{}", standard.id, rule.id) {
                    set(rule, share);
                    found = true;
                }
            }
        }
        if !found {
            let names: Vec<String> = standards
                .iter()
                .flat_map(|s| s.rules.iter().map(move |rule| format!("{}/{}", s.id, rule.id)))
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let reason = format!("no rule is called {name:?}{}", suggestion(name, &names));
            return Err(draft.fault(&[table, name], reason));
        }
    }
    Ok(())
}
