//! `gaps.geojson`: where people are left out, ranked by how many.

use std::io::Write;

use crate::coverage::{CompositeAssessment, CoverageGap, GapWords, RuleAssessment};
use crate::ids::{DemandPointId, GroupId, Id};
use crate::scenario::Baseline;
use crate::units::{Persons, Yardstick};

use super::feature::{Collection, feature};
use super::json::Json;
use super::{ExportResult, Results, geometry, names};

/// Writes the gaps of every rule, then of every composite: places, most people first, then what is scattered over
/// zones. The `id` of a gap lasts: standard, rule, zone, geohash of its ground.
///
/// A rule's gap lists under `missing` the functions any of which would do; a composite's gap the rules that
/// are broken for somebody in it, most people first, with `missing_persons` in the same order.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_gaps(out: &mut dyn Write, results: &Results) -> ExportResult {
    let Results { baseline, audit, provenance, .. } = results;
    let words = GapWords::of(&provenance.language);
    let mut collection = Collection::open(out, "gaps", provenance)?;
    for rule in &audit.rules {
        collection.write_all(rule.gaps.len(), |index, json| {
            rule_gap(json, (baseline, words), (rule, index));
        })?;
    }
    for composite in &audit.composites {
        collection.write_all(composite.gaps.len(), |index, json| {
            composite_gap(json, (baseline, words), (composite, index));
        })?;
    }
    collection.close()
}

fn rule_gap(
    json: &mut Json,
    (baseline, words): (&Baseline, GapWords),
    (rule, index): (&RuleAssessment, usize),
) {
    let gap = &rule.gaps[index];
    feature(
        json,
        |json| geometry::area(json, &gap.area),
        |json| {
            json.key(names::STANDARD).string(&rule.standard);
            json.key(names::RULE).string(&rule.rule.id);
            let group = baseline.demand.groups.get(rule.group);
            json.key(names::GROUP).string_or_null(group.map(|group| group.id.as_str()));
            json.key(names::PROFILE).string(&rule.rule.profile);
            json.key(names::ID).string(&gap_id(&rule.standard, &rule.rule.id, gap));
            common(json, (baseline, words), (gap, index));
            for (name, time) in [("nearest", gap.nearest), ("mean", gap.mean)] {
                for yardstick in [Yardstick::Minutes, Yardstick::Meters] {
                    let time = time.filter(|_| rule.yardstick == yardstick);
                    json.key(&names::in_unit(name, yardstick)).walked(yardstick, time);
                }
            }
            json.key(names::CUTOFF_MIN).value(&rule.rule.cutoff_min);
            json.key(names::CUTOFF_M).value(&rule.rule.cutoff_m);
            json.key(names::MISSING).value(&rule.rule.functions);
            let all = vec![gap.persons; rule.rule.functions.len()];
            json.key(&names::counted(baseline.demand.unit, names::MISSING_PERSONS))
                .array(|json| all.iter().for_each(|&persons| json.persons(persons)));
        },
    );
}

fn composite_gap(
    json: &mut Json,
    (baseline, words): (&Baseline, GapWords),
    (composite, index): (&CompositeAssessment, usize),
) {
    let gap = &composite.gaps[index];
    let missing = missing_in(baseline, composite, &gap.points);
    feature(
        json,
        |json| geometry::area(json, &gap.area),
        |json| {
            json.key(names::STANDARD).string(&composite.standard);
            json.key(names::RULE).string(names::COMPOSITE);
            let group = baseline.demand.groups.iter().next();
            json.key(names::GROUP).string_or_null(group.map(|group| group.id.as_str()));
            json.key(names::PROFILE).null();
            json.key(names::ID).string(&gap_id(&composite.standard, names::COMPOSITE, gap));
            common(json, (baseline, words), (gap, index));
            for name in ["nearest", "mean"] {
                for yardstick in [Yardstick::Minutes, Yardstick::Meters] {
                    json.key(&names::in_unit(name, yardstick)).null();
                }
            }
            json.key(names::CUTOFF_MIN).null();
            json.key(names::CUTOFF_M).null();
            json.key(names::MISSING)
                .array(|json| missing.iter().for_each(|(rule, _)| json.string(rule)));
            json.key(&names::counted(baseline.demand.unit, names::MISSING_PERSONS))
                .array(|json| missing.iter().for_each(|&(_, persons)| json.persons(persons)));
        },
    );
}

/// The rules broken for somebody among `points` with their people, most people first.
fn missing_in<'a>(
    baseline: &Baseline,
    composite: &'a CompositeAssessment,
    points: &[DemandPointId],
) -> Vec<(&'a str, Persons)> {
    let mut missing: Vec<(&str, Persons)> =
        composite.needed().map(|rule| (rule, Persons::ZERO)).collect();
    for &point in points {
        let persons = baseline.demand.points[point].persons[GroupId(0).index()];
        for &at in &composite.points[point.index()].missing {
            missing[usize::from(at)].1 += persons;
        }
    }
    missing.retain(|&(_, persons)| persons > Persons::ZERO);
    missing.sort_by_key(|&(_, persons)| std::cmp::Reverse(persons));
    missing
}

/// The lasting id of a gap among those of all rules.
pub fn gap_id(standard: &str, rule: &str, gap: &CoverageGap) -> String {
    format!("{standard}/{rule}/{}", gap.key)
}

fn common(
    json: &mut Json,
    (baseline, words): (&Baseline, GapWords),
    (gap, index): (&CoverageGap, usize),
) {
    json.key(names::RANK).integer(index as i64 + 1);
    json.key(names::KIND).string(gap.kind.id());
    json.key(names::NAME).string(&gap.title(words));
    json.key(&names::counted(baseline.demand.unit, names::PERSONS)).persons(gap.persons);
    json.key(names::POINTS).integer(gap.points.len() as i64);
    let zone = gap.zone.map(|zone| &baseline.zones.zones[zone]);
    json.key(names::ZONE).string_or_null(zone.map(|zone| zone.key.as_str()));
    json.key(names::ZONE_NAME).string_or_null(zone.map(|zone| zone.name.as_str()));
    json.key(names::CENTER_LON).decimal(i64::from(gap.center.lon_e7()), 7);
    json.key(names::CENTER_LAT).decimal(i64::from(gap.center.lat_e7()), 7);
}
