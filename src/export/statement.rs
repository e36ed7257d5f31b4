//! `statement.csv`: the full-coverage statement, line by line.

use std::io::{self, Write};

use crate::coverage::RuleAssessment;
use crate::ids::DemandPointId;
use crate::scenario::Baseline;
use crate::units::{Persons, Yardstick};

use super::table::{self, Table};
use super::{ExportResult, Results, names};

const HEADER: [&str; 13] = [
    names::STANDARD,
    names::RULE,
    "statement",
    "demand",
    "demand_key",
    names::ZONE,
    names::PERSONS,
    names::FACILITY,
    "facility_key",
    names::TIME_MS,
    "cutoff_ms",
    "length_mm",
    "cutoff_mm",
];

/// Writes, for every rule that covers everybody, each demand point with people of the group, its nearest
/// facility and its time or length beside the cutoff (`statement` is `covered`); for every other rule the
/// points left out, with the nearest facility there is, if any (`statement` is `left_out`). A rule for which
/// there is nobody has no line.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_statement(out: &mut dyn Write, results: &Results) -> ExportResult {
    let mut table = Table::new(out, &HEADER)?;
    for rule in &results.audit.rules {
        let everybody = rule.summary.total.left_out() == Persons::ZERO;
        for (point, persons) in
            crate::coverage::summary::counting(&results.baseline.demand, rule.group)
        {
            if everybody || !rule.covers(point) {
                write_line(&mut table, results.baseline, (rule, point, persons))?;
            }
        }
    }
    table.finish()
}

fn write_line(
    table: &mut Table,
    baseline: &Baseline,
    (rule, id, persons): (&RuleAssessment, DemandPointId, Persons),
) -> io::Result<()> {
    let point = &baseline.demand.points[id];
    let zone = point.zone.map_or("", |zone| baseline.zones.zones[zone].key.as_str());
    let nearest = rule.times.facility(id);
    let facility = nearest.map(|facility| &baseline.facilities.facilities[facility]);
    let (walked, cutoff) = (table::whole(rule.times.time(id)), table::whole(rule.cutoff));
    let none = String::new;
    let [time, time_cutoff, length, length_cutoff] = match rule.yardstick {
        Yardstick::Minutes => [walked, cutoff, none(), none()],
        Yardstick::Meters => [none(), none(), walked, cutoff],
    };
    table.row([
        rule.standard.clone(),
        rule.rule.id.clone(),
        if rule.covers(id) { "covered" } else { "left_out" }.to_owned(),
        table::integer(i64::from(id.0)),
        point.key.clone(),
        zone.to_owned(),
        table::persons(persons),
        nearest.map_or_else(none, |facility| table::integer(i64::from(facility.0))),
        facility.map_or_else(none, |facility| format!("{}/{}", facility.layer, facility.key)),
        time,
        time_cutoff,
        length,
        length_cutoff,
    ])
}
