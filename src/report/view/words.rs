//! What things are called: rules, groups, walkers, zones, outcomes.

use crate::audit::full_name;
use crate::coverage::{Outcome, RuleAssessment};
use crate::demand::DemandUnit;
use crate::ids::{DemandPointId, FacilityId, GroupId, ZoneId};
use crate::report::number;
use crate::units::Persons;

use super::Scene;

impl Scene<'_> {
    /// What is counted, as a column title.
    pub(in crate::report) fn unit(&self) -> String {
        self.texts.say(match self.baseline.demand.unit {
            DemandUnit::Persons => "unit_persons",
            DemandUnit::PersonsEstimated => "unit_persons_estimated",
            DemandUnit::StreetMeters => "unit_street_meters",
        })
    }

    /// A number of what is counted, in a sentence.
    pub(in crate::report) fn count(&self, persons: Persons) -> String {
        let key = match self.baseline.demand.unit {
            DemandUnit::Persons | DemandUnit::PersonsEstimated => "count_persons",
            DemandUnit::StreetMeters => "count_street_meters",
        };
        self.texts.fill(key, &[("n", &number::persons(persons))])
    }

    /// Title of a rule; `†` when its number was not checked at the source.
    pub(in crate::report) fn rule_title(&self, assessed: &RuleAssessment) -> String {
        let title = self.texts.language.pick(&assessed.rule.en, &assessed.rule.zh);
        let title = if title.trim().is_empty() { &assessed.rule.id } else { title };
        if assessed.rule.verified { title.to_owned() } else { format!("{title}†") }
    }

    /// What a rule asks for in full, as everywhere else; `†` as in its title.
    pub(in crate::report) fn full_name(&self, assessed: &RuleAssessment) -> String {
        let name = full_name(self.baseline, &assessed.rule);
        let name = self.texts.language.pick(&name.en, &name.zh);
        if assessed.rule.verified { name.to_owned() } else { format!("{name}†") }
    }

    /// Titles of the rules `ids` of a standard.
    pub(super) fn titles_of(&self, standard: &str, ids: &[String]) -> String {
        let rules = &self.audit.rules;
        let find = |id: &String| {
            rules.iter().find(|rule| rule.standard == standard && rule.rule.id == *id)
        };
        let titles: Vec<String> =
            ids.iter().filter_map(find).map(|rule| self.rule_title(rule)).collect();
        titles.join(&self.texts.say("list_and"))
    }

    /// Title of the standard with this id.
    pub(in crate::report) fn standard_title(&self, id: &str) -> String {
        let found = self.baseline.standards.iter().find(|standard| standard.id == id);
        let title = found.map_or(id, |s| self.texts.language.pick(&s.en, &s.zh));
        if title.trim().is_empty() { id.to_owned() } else { title.to_owned() }
    }

    /// What a group is called.
    pub(in crate::report) fn group_name(&self, id: GroupId) -> String {
        self.baseline
            .demand
            .groups
            .get(id)
            .map_or_else(String::new, |g| self.texts.language.pick(&g.en, &g.zh).to_owned())
    }

    /// What a walk profile is called.
    pub(in crate::report) fn walker_name(&self, id: &str) -> String {
        self.baseline.find_walker(id).map_or_else(
            || id.to_owned(),
            |walker| self.texts.language.pick(&walker.profile.en, &walker.profile.zh).to_owned(),
        )
    }

    /// The functions of a rule, any of which satisfies it.
    pub(in crate::report) fn function_names(&self, assessed: &RuleAssessment) -> String {
        let taxonomy = &self.baseline.taxonomy;
        let names: Vec<String> = assessed
            .rule
            .functions
            .iter()
            .map(|id| {
                taxonomy.find(id).map_or_else(
                    || id.clone(),
                    |found| {
                        let function = &taxonomy.functions()[found];
                        self.texts.language.pick(&function.en, &function.zh).to_owned()
                    },
                )
            })
            .collect();
        names.join(&self.texts.say("list_or"))
    }

    /// The cutoff of a rule with its unit.
    pub(super) fn cutoff(&self, assessed: &RuleAssessment) -> String {
        number::cutoff(self.texts, assessed.yardstick, assessed.cutoff)
    }

    /// What a zone is called; remainders and the study as a whole are said in the report's language.
    pub(in crate::report) fn zone_name(&self, id: ZoneId) -> String {
        let zones = &self.baseline.zones;
        let Some(zone) = zones.zones.get(id) else { return String::new() };
        if zone.area.polygons.is_empty()
            && let Some(parent) = zone.parent
            && zone.key.ends_with("/rest")
        {
            return self.texts.fill("zone_rest", &[("zone", &zones.zones[parent].name)]);
        }
        if zones.is_made_up() {
            return self.texts.say("zone_study");
        }
        if zone.name.trim().is_empty() { zone.key.clone() } else { zone.name.clone() }
    }

    /// What a facility is called.
    pub(in crate::report) fn facility_name(&self, id: FacilityId) -> String {
        let Some(facility) = self.baseline.facilities.facilities.get(id) else {
            return String::new();
        };
        if facility.name.trim().is_empty() {
            self.texts.fill("unnamed", &[("key", &facility.key)])
        } else {
            facility.name.clone()
        }
    }

    /// What a gap lacks of other rules: titles of those among `rules` that leave out at least half of its people.
    pub(super) fn lacking(
        &self,
        points: &[DemandPointId],
        rules: &mut dyn Iterator<Item = &RuleAssessment>,
    ) -> Vec<String> {
        let living: Vec<Persons> = points
            .iter()
            .map(|&point| self.baseline.demand.points[point].persons.first().copied())
            .map(Option::unwrap_or_default)
            .collect();
        let all: Persons = living.iter().copied().sum();
        let left_out_of = |rule: &RuleAssessment| -> Persons {
            if !rule.is_recorded {
                return Persons::ZERO;
            }
            if rule.serving.is_empty() {
                return all;
            }
            let out = points.iter().zip(&living).filter(|(point, _)| !rule.covers(**point));
            out.map(|(_, &persons)| persons).sum()
        };
        let mut found: Vec<(Persons, String)> = rules
            .filter_map(|rule| {
                let out = left_out_of(rule);
                let half = out.as_micro() * 2 >= all.as_micro() && out > Persons::ZERO;
                half.then(|| (out, self.rule_title(rule)))
            })
            .collect();
        found.sort_by_key(|entry| std::cmp::Reverse(entry.0));
        found.into_iter().map(|(_, title)| title).collect()
    }

    /// A list of titles that names the first `most` and counts the rest.
    pub(super) fn shortlist(&self, titles: &[String], most: usize) -> String {
        let and = self.texts.say("list_and");
        if titles.len() <= most + 1 {
            return titles.join(&and);
        }
        let n = number::whole((titles.len() - most) as u64);
        self.texts.fill("and_more", &[("list", &titles[..most].join(&and)), ("n", &n)])
    }

    /// The word for an outcome.
    pub(in crate::report) fn outcome_text(&self, outcome: Outcome) -> String {
        self.texts.say(outcome_key(outcome))
    }
}

/// The text that names an outcome.
pub(in crate::report) const fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Benchmark => "outcome_benchmark",
        Outcome::Pass => "outcome_pass",
        Outcome::Fail => "outcome_fail",
        Outcome::CountedOnly => "outcome_counted",
        Outcome::Unverified => "outcome_unverified",
        Outcome::NotRecorded => "outcome_not_recorded",
        Outcome::NotAssessable => "outcome_not_assessable",
    }
}

/// The share a rule promises, when it promises one.
pub(super) fn pass_share(assessed: &RuleAssessment) -> Option<f64> {
    Some(assessed.rule.pass_share).filter(|_| !assessed.rule.is_only_counted())
}

/// The share a rule promises in percent, a dash when it promises none.
pub(super) fn pass_line(assessed: &RuleAssessment) -> String {
    pass_share(assessed).map_or_else(|| "–".to_owned(), number::promised)
}

/// Name of the sign of an outcome: its shape says what its color says.
pub(super) fn outcome_sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Benchmark => "benchmark",
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::CountedOnly
        | Outcome::Unverified
        | Outcome::NotRecorded
        | Outcome::NotAssessable => "none",
    }
}
