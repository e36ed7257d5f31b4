//! Tables of a plan: who is newly covered, zones before and after, the marginal-gain curve, runners-up, speeds.

use std::io::Write;

use crate::coverage::summary::CoverageSum;
use crate::ids::Id;
use crate::units::Persons;

use super::super::number::{push_integer, push_trimmed, text_of};
use super::super::table::{Rows, Table, integer, persons, push_cell, push_time, share};
use super::super::{ExportResult, names};
use super::PlanResults;
use super::sites::{cost, cost_per_person};

/// Writes `covered.csv`: every demand point that is newly covered, with its people, site and time. Times are in
/// whole milliseconds (`time_ms`) or millimetres (`length_mm`), and in minutes or metres.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_covered(out: &mut dyn Write, results: &PlanResults) -> ExportResult {
    let plan = results.plan;
    let unit = names::unit(plan.need.yardstick);
    let whole = if unit == "m" { "length_mm" } else { "time_ms" };
    let decimals = if unit == "m" { 1_000.0 } else { 60_000.0 };
    let mut rows = Rows::new(
        out,
        &names::counted(
            results.baseline.demand.unit,
            &format!("demand,key,zone,persons,site,{whole},{unit}"),
        ),
    );
    for gained in &plan.gained {
        let point = &results.baseline.demand.points[gained.point];
        let zone = point.zone.map_or("", |zone| results.baseline.zones.zones[zone].key.as_str());
        rows.row(|text| {
            push_integer(text, i64::from(gained.point.0));
            text.push(b',');
            push_cell(text, &point.key);
            text.push(b',');
            push_cell(text, zone);
            text.push(b',');
            push_trimmed(text, gained.persons.as_micro(), 6);
            text.push(b',');
            push_cell(text, &plan.candidates[gained.site.index()].key);
            text.push(b',');
            push_time(text, gained.time);
            text.push(b',');
            let value = f64::from(gained.time.as_ms()) / decimals;
            push_trimmed(text, (value * 1e5).round() as i64, 5);
        })?;
    }
    rows.finish()
}

/// Writes `zones.csv`: people covered before and after, by zone and group; the first rows are the whole study.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_gain_zones(out: &mut dyn Write, results: &PlanResults) -> ExportResult {
    let header = [&["zone", "zone_name", "level", "group"], BEFORE_AND_AFTER.as_slice()].concat();
    let mut table = Table::counting(out, results.baseline.demand.unit, &header)?;
    for gain in &results.plan.zones {
        if gain.before.persons == Persons::ZERO {
            continue;
        }
        let zone = gain.zone.map(|zone| &results.baseline.zones.zones[zone]);
        let mut row = vec![
            zone.map_or(String::new(), |zone| zone.key.clone()),
            zone.map_or("*".to_owned(), |zone| zone.name.clone()),
            zone.map_or(String::new(), |zone| zone.level.to_string()),
            results.baseline.demand.groups[gain.group].id.clone(),
        ];
        row.extend(before_and_after(&gain.before, &gain.after));
        table.row(row)?;
    }
    table.finish()
}

/// The columns of [`before_and_after`].
const BEFORE_AND_AFTER: [&str; 6] =
    ["persons", "covered_before", "covered_after", "gain_persons", "share_before", "share_after"];

fn before_and_after(before: &CoverageSum, after: &CoverageSum) -> [String; 6] {
    [
        persons(before.persons),
        persons(before.covered),
        persons(after.covered),
        persons(after.covered - before.covered),
        share(before.share()),
        share(after.share()),
    ]
}

/// Writes `phases.csv`: what opens in each year, who is covered by its end, and what no plan in scope can
/// exceed. Without phases there is only the header.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_phases(out: &mut dyn Write, results: &PlanResults) -> ExportResult {
    let header = [
        "phase",
        "year",
        "sites",
        "cost",
        "gain_persons",
        "newly_covered_persons",
        "covered_persons",
        "share",
        "bound_persons",
        "bound_share",
        "optimality_gap",
    ];
    let mut table = Table::counting(out, results.baseline.demand.unit, &header)?;
    let need = results.plan.need;
    for row in &results.plan.phases {
        let covered = need.covered + Persons::from_micro(row.cumulative);
        let most = need.covered + Persons::from_micro(row.bound);
        table.row([
            integer(i64::from(row.phase)),
            row.year.map_or(String::new(), |year| year.to_string()),
            integer(row.sites as i64),
            cost(row.cost),
            persons(Persons::from_micro(row.gain)),
            persons(Persons::from_micro(row.cumulative)),
            persons(covered),
            share(covered.share_of(need.total)),
            persons(most),
            share(most.share_of(need.total)),
            format!("{:.6}", row.optimality_gap()),
        ])?;
    }
    table.finish()
}

/// Writes `curve.csv`: what the next site brings when sites are opened one after the other, each the one that
/// brings most, from none on; and what one newly covered person costs.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_curve(out: &mut dyn Write, results: &PlanResults) -> ExportResult {
    let header = [
        "sites",
        "site",
        "gain_persons",
        "newly_covered_persons",
        "share",
        "cost",
        "cumulative_cost",
        "cost_per_person",
        "cumulative_cost_per_person",
        "in_plan",
    ];
    let mut table = Table::counting(out, results.baseline.demand.unit, &header)?;
    let plan = results.plan;
    let chosen: std::collections::BTreeSet<_> = plan.steps.iter().map(|step| step.site).collect();
    for (index, step) in plan.curve.iter().enumerate() {
        let covered = plan.need.covered + Persons::from_micro(step.cumulative);
        table.row([
            integer(index as i64 + 1),
            plan.candidates[step.site.index()].key.clone(),
            persons(Persons::from_micro(step.gain)),
            persons(Persons::from_micro(step.cumulative)),
            share(covered.share_of(plan.need.total)),
            cost(step.cost),
            cost(step.cumulative_cost),
            cost_per_person(step.cost, step.gain),
            cost_per_person(step.cumulative_cost, step.cumulative),
            if chosen.contains(&step.site) { "yes" } else { "no" }.to_owned(),
        ])?;
    }
    table.finish()
}

/// Writes `runners_up.csv`: sites that were not chosen, the chosen one each could best stand in for, and what
/// that costs in people and money; least first.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_runners_up(out: &mut dyn Write, results: &PlanResults) -> ExportResult {
    let header = [
        "rank",
        "site",
        "name",
        "lon",
        "lat",
        "instead_of",
        "persons_lost",
        "extra_cost",
        "persons_on_top",
    ];
    let mut table = Table::counting(out, results.baseline.demand.unit, &header)?;
    let plan = results.plan;
    for (index, runner) in plan.runners_up.iter().enumerate() {
        let candidate = &plan.candidates[runner.site.index()];
        let instead = runner.instead_of.map(|gone| plan.candidates[gone.index()].key.clone());
        table.row([
            integer(index as i64 + 1),
            candidate.key.clone(),
            candidate.name.clone(),
            format!("{:.7}", candidate.place.lon()),
            format!("{:.7}", candidate.place.lat()),
            instead.unwrap_or_default(),
            text_of(|text| push_trimmed(text, runner.loss, 6)),
            cost(runner.extra_cost),
            persons(Persons::from_micro(runner.on_top)),
        ])?;
    }
    table.finish()
}

/// Writes `sensitivity.csv`: the same sites at 0.8, 1.0 and 1.25 m/s. Under metres there is only the header.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_sensitivity(out: &mut dyn Write, results: &PlanResults) -> ExportResult {
    let header = [&["walk_speed_m_s"], BEFORE_AND_AFTER.as_slice()].concat();
    let mut table = Table::counting(out, results.baseline.demand.unit, &header)?;
    for speed in &results.plan.speeds {
        let mut row = vec![speed.speed.0.to_string()];
        row.extend(before_and_after(&speed.before, &speed.after));
        table.row(row)?;
    }
    table.finish()
}
