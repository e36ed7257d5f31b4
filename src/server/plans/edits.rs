//! What a plan opens, as edits of a scenario.

use std::collections::BTreeSet;

use super::told::name_of;
use crate::coverage::Rule;
use crate::delivery::plan::{Made, Opening};
use crate::facility::FacilityStatus;
use crate::placement::candidate::Candidate;
use crate::scenario::{Edit, NewOffer};
use crate::server::app::App;

/// The edits that open everything that `made` opens.
pub(super) fn of(app: &App, made: &Made<'_>) -> Vec<Edit> {
    match made {
        Made::Cover { outcome, .. } => {
            let rule = &outcome.plan.need.rule;
            let sites = outcome
                .plan
                .steps
                .iter()
                .map(|step| site(app, &outcome.plan.candidates[step.site.0 as usize], &[rule]));
            sites.collect()
        }
        Made::Assigned { outcome, .. } => {
            let rule = &outcome.people.need.rule;
            let chosen = outcome.solution.chosen.iter();
            chosen.map(|one| site(app, &outcome.candidates[one.0 as usize], &[rule])).collect()
        }
        Made::Program { file, opens, .. } => {
            let open = |opening: &Opening| match opening {
                Opening::Gate { sides, .. } => Edit::OpenGate { sides: *sides },
                Opening::Site { candidate, promises } => {
                    let rules: Vec<&Rule> = promises.iter().map(|&at| &file.promises[at]).collect();
                    site(app, candidate, &rules)
                }
            };
            opens.iter().map(open).collect()
        }
    }
}

/// A site that keeps `rules`.
fn site(app: &App, candidate: &Candidate, rules: &[&Rule]) -> Edit {
    let functions = rules.iter().filter_map(|rule| rule.functions.first());
    let functions: BTreeSet<&String> = functions.collect();
    let offer =
        |function: &String| NewOffer { function: function.clone(), capacity: candidate.capacity };
    let offers: Vec<NewOffer> = functions.into_iter().map(offer).collect();
    let tier = rules.iter().find_map(|rule| rule.tier.clone());
    let facilities = &app.baseline().facilities.facilities;
    match candidate.facility.and_then(|id| facilities.get(id)) {
        Some(facility) => Edit::UpgradeFacility {
            facility: facility.key.clone(),
            layer: Some(facility.layer.clone()),
            offers,
            tier,
            status: (facility.status != FacilityStatus::Open).then_some(FacilityStatus::Open),
        },
        None => Edit::OpenFacility {
            key: format!("plan/{}", candidate.key),
            name: name_of(app, candidate),
            place: candidate.place,
            entrances: if candidate.doors == [candidate.place] {
                Vec::new()
            } else {
                candidate.doors.clone()
            },
            offers,
            tier,
        },
    }
}

/// The edits with keys that neither `taken` nor each other has.
pub(super) fn with_own_keys(edits: &[Edit], taken: &[Edit]) -> Vec<Edit> {
    let key_of = |edit: &Edit| match edit {
        Edit::OpenFacility { key, .. } => Some(key.clone()),
        _ => None,
    };
    let mut known: BTreeSet<String> = taken.iter().filter_map(key_of).collect();
    let mut own = edits.to_vec();
    for edit in &mut own {
        if let Edit::OpenFacility { key, .. } = edit {
            let plain = key.clone();
            let mut number = 2;
            while !known.insert(key.clone()) {
                *key = format!("{plain}-{number}");
                number += 1;
            }
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::LonLat;

    #[test]
    fn a_key_that_is_taken_gets_a_number() {
        let open = |key: &str| Edit::OpenFacility {
            key: key.to_owned(),
            name: String::new(),
            place: LonLat::new(1.0, 1.0).expect("a place"),
            entrances: Vec::new(),
            offers: Vec::new(),
            tier: None,
        };
        let keys: Vec<String> =
            with_own_keys(&[open("plan/a"), open("plan/a"), open("b")], &[open("plan/a")])
                .into_iter()
                .filter_map(|edit| match edit {
                    Edit::OpenFacility { key, .. } => Some(key),
                    _ => None,
                })
                .collect();
        assert_eq!(keys, ["plan/a-2", "plan/a-3", "b"]);
    }
}
