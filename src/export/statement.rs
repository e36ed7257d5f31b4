//! `statement.csv`: the full-coverage statement, line by line.

use std::io::Write;

use crate::coverage::summary::counting;
use crate::coverage::{Outcome, RuleAssessment};
use crate::ids::DemandPointId;
use crate::scenario::Baseline;
use crate::units::{Persons, Yardstick};

use super::number::{push_integer, push_trimmed};
use super::ordered::write_ordered;
use super::table::{push_cell, push_time};
use super::{ExportResult, Results, names};

const HEADER: &str = "standard,rule,statement,demand,demand_key,zone,persons,facility,facility_key,\
                      time_ms,cutoff_ms,length_mm,cutoff_mm\n";

/// Writes, for every rule that covers everybody, each demand point with people of the group, its nearest
/// facility and its time or length beside the cutoff (`statement` is `covered`); for every other rule the
/// points left out, with the nearest facility there is, if any (`statement` is `left_out`). Points without street data
/// follow in place among them (`statement` is `no_street`): nothing is known of their walks. A rule for which there is
/// nobody has no line; one of whose places none is open has a single line (`statement` is `no_facility`) with all the
/// people it leaves out, one of which no place is recorded a single line (`statement` is `not_recorded`) with all it
/// is for. A rule that counts places is told here by its walks alone.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_statement(out: &mut dyn Write, results: &Results) -> ExportResult {
    out.write_all(names::counted(results.baseline.demand.unit, HEADER).as_bytes())?;
    for rule in &results.audit.rules {
        let total = &rule.summary.total;
        let everybody = total.left_out() == Persons::ZERO;
        if rule.outcome == Outcome::NotRecorded && !rule.is_recorded {
            push_of_all(out, rule, ("not_recorded", total.persons))?;
            continue;
        }
        if rule.serving.is_empty() && !everybody {
            push_of_all(out, rule, ("no_facility", total.left_out()))?;
            continue;
        }
        let listed: Vec<(DemandPointId, Persons)> = counting(&results.baseline.demand, rule.group)
            .filter(|&(point, _)| everybody || !rule.covers(point))
            .collect();
        let mut head = Vec::new();
        for cell in [&rule.standard, &rule.rule.id] {
            push_cell(&mut head, cell);
            head.push(b',');
        }
        let known: &[u8] = if everybody { b"covered," } else { b"left_out," };
        write_ordered(out, listed.len(), |range| {
            let mut text = Vec::new();
            for &line in &listed[range] {
                text.extend_from_slice(&head);
                let has_street = rule.times.walk(line.0).is_some();
                text.extend_from_slice(if has_street { known } else { b"no_street," });
                push_line(&mut text, results.baseline, (rule, line));
            }
            text
        })?;
    }
    out.flush()
}

/// The one line of a rule that nobody can be told apart for.
fn push_of_all(
    out: &mut dyn Write,
    rule: &RuleAssessment,
    (statement, persons): (&str, Persons),
) -> ExportResult {
    let mut text = Vec::new();
    for cell in [&rule.standard, &rule.rule.id] {
        push_cell(&mut text, cell);
        text.push(b',');
    }
    text.extend_from_slice(statement.as_bytes());
    text.extend_from_slice(b",,,,");
    push_trimmed(&mut text, persons.as_micro(), 6);
    text.extend_from_slice(if rule.yardstick == Yardstick::Minutes { b",,,," } else { b",,,,,," });
    push_time(&mut text, rule.cutoff);
    text.extend_from_slice(if rule.yardstick == Yardstick::Minutes { b",,\n" } else { b"\n" });
    out.write_all(&text)
}

fn push_line(
    text: &mut Vec<u8>,
    baseline: &Baseline,
    (rule, (id, persons)): (&RuleAssessment, (DemandPointId, Persons)),
) {
    let point = &baseline.demand.points[id];
    push_integer(text, i64::from(id.0));
    text.push(b',');
    push_cell(text, &point.key);
    text.push(b',');
    push_cell(text, point.zone.map_or("", |zone| baseline.zones.zones[zone].key.as_str()));
    text.push(b',');
    push_trimmed(text, persons.as_micro(), 6);
    text.push(b',');
    match rule.times.facility(id) {
        None => text.push(b','),
        Some(nearest) => {
            let facility = &baseline.facilities.facilities[nearest];
            push_integer(text, i64::from(nearest.0));
            text.push(b',');
            push_cell(text, &format!("{}/{}", facility.layer, facility.key));
        }
    }
    text.extend_from_slice(if rule.yardstick == Yardstick::Minutes { b"," } else { b",,," });
    push_time(text, rule.times.time(id));
    text.push(b',');
    push_time(text, rule.cutoff);
    text.extend_from_slice(if rule.yardstick == Yardstick::Minutes { b",,\n" } else { b"\n" });
}
