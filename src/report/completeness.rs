//! How complete the layers of a study are, in sentences: they stand before the verdicts.

use crate::audit::{Audit, Completeness, FunctionRecord};
use crate::demand::DemandUnit;
use crate::scenario::Baseline;
use crate::units::Persons;

use super::language::Catalog;
use super::number;

/// What is recorded and what is not, a sentence each, the streets first.
pub fn completeness_lines(baseline: &Baseline, audit: &Audit, texts: &Catalog) -> Vec<String> {
    let found = Completeness::of(baseline);
    let mut lines = vec![street_line(baseline, &found, texts)];
    if found.unit == DemandUnit::StreetMeters {
        lines.insert(0, texts.say("limit_street_meters"));
    }
    let and = texts.say("list_and");
    let name = |record: &FunctionRecord| {
        let function = baseline.taxonomy.functions().get(record.function);
        function.map_or("", |it| texts.language.pick(&it.en, &it.zh)).to_owned()
    };
    let list = |parts: Vec<String>| parts.join(&and);
    let missing: Vec<String> =
        found.functions.iter().filter(|record| record.is_missing()).map(name).collect();
    let rules = audit.rules.iter().filter(|rule| !rule.is_recorded).count();
    if missing.is_empty() {
        lines.push(texts.say("recorded_places_all"));
    } else {
        let n = number::whole(rules as u64);
        let functions = list(missing);
        lines.push(texts.fill("recorded_places_none", &[("functions", &functions), ("n", &n)]));
    }
    let part = |record: &FunctionRecord, part: usize| {
        let all = number::whole((record.open + record.off_network) as u64);
        let part = number::whole(part as u64);
        format!("{} {}", name(record), texts.fill("of", &[("part", &part), ("all", &all)]))
    };
    let off = found.functions.iter().filter(|record| record.off_network > 0);
    let off = list(off.map(|record| part(record, record.off_network)).collect());
    if !off.is_empty() {
        lines.push(texts.fill("recorded_places_off", &[("list", &off)]));
    }
    let counting = audit.rules.iter().filter(|rule| rule.rule.counts_places());
    let counting: Vec<&String> = counting.flat_map(|rule| &rule.rule.functions).collect();
    let is_counted = |record: &&FunctionRecord| {
        let function = baseline.taxonomy.functions().get(record.function);
        record.open > record.with_capacity
            && function.is_some_and(|function| counting.contains(&&function.id))
    };
    let unknown = found.functions.iter().filter(is_counted);
    let unknown =
        list(unknown.map(|record| part(record, record.open - record.with_capacity)).collect());
    if !unknown.is_empty() {
        lines.push(texts.fill("recorded_capacity_lacking", &[("list", &unknown)]));
    }
    lines
}

fn street_line(baseline: &Baseline, found: &Completeness, texts: &Catalog) -> String {
    let distance = number::meters(texts, baseline.limits.snap_distance);
    let streets = &found.streets;
    if streets.no_street == Persons::ZERO {
        return texts.fill("recorded_streets_all", &[("distance", &distance)]);
    }
    let key = match found.unit {
        DemandUnit::Persons | DemandUnit::PersonsEstimated => "count_persons",
        DemandUnit::StreetMeters => "count_street_meters",
    };
    let count = texts.fill(key, &[("n", &number::persons(streets.no_street))]);
    texts.fill(
        "recorded_streets_lacking",
        &[
            ("count", &count),
            ("share", &number::share(streets.no_street, streets.persons, None)),
            ("distance", &distance),
            ("zones", &number::whole(streets.zones_without as u64)),
        ],
    )
}
