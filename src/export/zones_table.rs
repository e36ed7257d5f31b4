//! `zones.csv`: one row for each rule and zone, so that any sheet can pivot it.

use std::io::{self, Write};

use crate::coverage::{CapacitySplit, CoverageSum, Outcome, RuleAssessment, Summary};
use crate::demand::ZoneHierarchy;
use crate::units::Yardstick;

use super::table::{self, Table};
use super::zones::level_name;
use super::{ExportResult, Results, names};

const HEADER: [&str; 25] = [
    names::STANDARD,
    names::RULE,
    names::PROFILE,
    names::GROUP,
    names::CUTOFF_MIN,
    names::CUTOFF_M,
    names::CAPACITY_PER_1000,
    names::LEVEL,
    names::LEVEL_NAME,
    names::ZONE,
    names::NAME,
    names::PARENT,
    names::PERSONS,
    names::COVERED_PERSONS,
    names::LEFT_OUT_PERSONS,
    names::NO_STREET_PERSONS,
    names::SHARE,
    "mean_min",
    "mean_m",
    names::JUDGED_SHARE,
    names::OUTCOME,
    names::SERVED_PERSONS,
    names::FULL_PERSONS,
    names::UNKNOWN_PERSONS,
    names::OUT_OF_REACH_PERSONS,
];

/// What a block of rows is about.
struct Block<'a> {
    standard: &'a str,
    rule: &'a str,
    group: &'a str,
    promise: Option<&'a RuleAssessment>,
    summary: &'a Summary,
}

/// Writes one block of rows a rule and composite: first the whole study (no zone, no level), then every zone
/// in id order, parents before parts. A zone's outcome compares its own judged share with the rule's shares; a
/// composite states none, and while it misses a function that is not recorded nobody's.
/// Covered, left out and shares are empty while no place is recorded. The last four columns are empty unless the rule counts places.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_zones_csv(out: &mut dyn Write, results: &Results) -> ExportResult {
    let groups = &results.baseline.demand.groups;
    let header = HEADER.map(|name| names::counted(results.baseline.demand.unit, name));
    let mut table = Table::new(out, &header.each_ref().map(AsRef::as_ref))?;
    for rule in &results.audit.rules {
        let block = Block {
            standard: &rule.standard,
            rule: &rule.rule.id,
            group: groups.get(rule.group).map_or("", |group| group.id.as_str()),
            promise: Some(rule),
            summary: &rule.summary,
        };
        write_block(&mut table, &block, &results.baseline.zones)?;
    }
    for composite in results.audit.composites.iter().filter(|it| it.is_recorded()) {
        let block = Block {
            standard: &composite.standard,
            rule: names::COMPOSITE,
            group: groups.iter().next().map_or("", |group| group.id.as_str()),
            promise: None,
            summary: &composite.summary,
        };
        write_block(&mut table, &block, &results.baseline.zones)?;
    }
    table.finish()
}

fn write_block(table: &mut Table, block: &Block, zones: &ZoneHierarchy) -> io::Result<()> {
    let study = ["", "", "", "total", ""].map(str::to_owned);
    let places = block.promise.and_then(|rule| rule.capacity.as_ref());
    let (total, outcome) =
        (places.map(|places| places.total), block.promise.map(|rule| rule.outcome));
    write_row(table, block, (study, &block.summary.total), (total, outcome))?;
    for (id, zone) in zones.zones.enumerate() {
        let place = [
            table::integer(i64::from(zone.level)),
            level_name(zones, zone.level).to_owned(),
            zone.key.clone(),
            zone.name.clone(),
            zone.parent.map_or_else(String::new, |parent| zones.zones[parent].key.clone()),
        ];
        let split = places.map(|places| places.zones[id]);
        let outcome = block.promise.map(|rule| rule.outcome_in(id));
        write_row(table, block, (place, &block.summary.zones[id]), (split, outcome))?;
    }
    Ok(())
}

fn write_row(
    table: &mut Table,
    block: &Block,
    (place, sum): ([String; 5], &CoverageSum),
    (split, outcome): (Option<CapacitySplit>, Option<Outcome>),
) -> io::Result<()> {
    let mean = sum.mean_time();
    let (mean_min, mean_m) = match block.promise.map(|rule| rule.yardstick) {
        None => (String::new(), String::new()),
        Some(Yardstick::Minutes) => (table::minutes(mean), String::new()),
        Some(Yardstick::Meters) => {
            (String::new(), mean.map_or_else(String::new, |mean| table::meters(mean.as_ms())))
        }
    };
    // While no place is recorded nothing is known but who lives there.
    let is_known = block.promise.is_none_or(|rule| rule.is_recorded);
    let told = |text: String| if is_known { text } else { String::new() };
    let judged = sum.judged(split).share().filter(|_| block.promise.is_some());
    let split = split.filter(|_| is_known);
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let rule = block.promise.map(|promise| &promise.rule);
    let what = [
        block.standard.to_owned(),
        block.rule.to_owned(),
        rule.map_or_else(String::new, |rule| rule.profile.clone()),
        block.group.to_owned(),
        number(rule.and_then(|rule| rule.cutoff_min)),
        number(rule.and_then(|rule| rule.cutoff_m)),
        number(rule.and_then(|rule| rule.capacity_per_1000.filter(|_| rule.counts_places()))),
    ];
    let numbers = [
        table::persons(sum.persons),
        told(table::persons(sum.covered)),
        told(table::persons(sum.left_out())),
        table::persons(sum.no_street),
        told(table::share(sum.share())),
        mean_min,
        mean_m,
        told(table::share(judged)),
        outcome.map_or_else(String::new, |outcome| outcome.id().to_owned()),
    ];
    let split = split.map_or_else(Default::default, |split| split.parts().map(table::persons));
    table.row(what.into_iter().chain(place).chain(numbers).chain(split))
}
