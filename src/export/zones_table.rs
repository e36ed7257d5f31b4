//! `zones.csv`: one row for each rule and zone, so that any sheet can pivot it.

use std::io::{self, Write};

use crate::coverage::assess::outcome;
use crate::coverage::{CapacityAssessment, CapacitySplit, CoverageSum, Rule, Summary};
use crate::demand::ZoneHierarchy;
use crate::units::Yardstick;

use super::table::{self, Table};
use super::zones::level_name;
use super::{ExportResult, Results, names};

const HEADER: [&str; 19] = [
    names::STANDARD,
    names::RULE,
    names::GROUP,
    names::LEVEL,
    names::LEVEL_NAME,
    names::ZONE,
    names::NAME,
    names::PARENT,
    names::PERSONS,
    names::COVERED_PERSONS,
    names::LEFT_OUT_PERSONS,
    names::SHARE,
    "mean_min",
    "mean_m",
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
    promise: Option<(&'a Rule, Yardstick)>,
    summary: &'a Summary,
    places: Option<&'a CapacityAssessment>,
}

/// Writes one block of rows a rule and composite: first the whole study (no zone, no level), then every zone
/// in id order, parents before parts. A zone's outcome compares its own share with the rule's shares; a
/// composite states none. The last four columns are empty unless the rule counts places.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_zones_csv(out: &mut dyn Write, results: &Results) -> ExportResult {
    let groups = &results.baseline.demand.groups;
    let mut table = Table::new(out, &HEADER)?;
    for rule in &results.audit.rules {
        let block = Block {
            standard: &rule.standard,
            rule: &rule.rule.id,
            group: groups.get(rule.group).map_or("", |group| group.id.as_str()),
            promise: Some((&rule.rule, rule.yardstick)),
            summary: &rule.summary,
            places: rule.capacity.as_ref(),
        };
        write_block(&mut table, &block, &results.baseline.zones)?;
    }
    for composite in &results.audit.composites {
        let block = Block {
            standard: &composite.standard,
            rule: names::COMPOSITE,
            group: groups.iter().next().map_or("", |group| group.id.as_str()),
            promise: None,
            summary: &composite.summary,
            places: None,
        };
        write_block(&mut table, &block, &results.baseline.zones)?;
    }
    table.finish()
}

fn write_block(table: &mut Table, block: &Block, zones: &ZoneHierarchy) -> io::Result<()> {
    let study = ["", "", "", "total", ""].map(str::to_owned);
    let total = block.places.map(|places| places.total);
    write_row(table, block, (study, &block.summary.total, total))?;
    for (id, zone) in zones.zones.enumerate() {
        let place = [
            table::integer(i64::from(zone.level)),
            level_name(zones, zone.level).to_owned(),
            zone.key.clone(),
            zone.name.clone(),
            zone.parent.map_or_else(String::new, |parent| zones.zones[parent].key.clone()),
        ];
        let split = block.places.map(|places| places.zones[id]);
        write_row(table, block, (place, &block.summary.zones[id], split))?;
    }
    Ok(())
}

fn write_row(
    table: &mut Table,
    block: &Block,
    (place, sum, split): ([String; 5], &CoverageSum, Option<CapacitySplit>),
) -> io::Result<()> {
    let mean = sum.mean_time();
    let judged = sum.judged(split);
    let (mean_min, mean_m, verdict) = match block.promise {
        None => (String::new(), String::new(), String::new()),
        Some((rule, Yardstick::Minutes)) => {
            (table::minutes(mean), String::new(), outcome(&judged, rule).id().to_owned())
        }
        Some((rule, Yardstick::Meters)) => {
            let mean = mean.map_or_else(String::new, |length| table::meters(length.as_ms()));
            (String::new(), mean, outcome(&judged, rule).id().to_owned())
        }
    };
    let what = [block.standard, block.rule, block.group].map(str::to_owned);
    let numbers = [
        table::persons(sum.persons),
        table::persons(sum.covered),
        table::persons(sum.left_out()),
        table::share(sum.share()),
        mean_min,
        mean_m,
        verdict,
    ];
    let split = split.map_or_else(Default::default, |split| split.parts().map(table::persons));
    table.row(what.into_iter().chain(place).chain(numbers).chain(split))
}
