//! `sites.geojson` and `sites.csv`: the chosen sites, as features and as a checklist. The gain surface.

use std::io::Write;

use crate::ids::{Id, NodeId};
use crate::placement::explain::Step;
use crate::placement::gain::GainSurface;
use crate::scenario::Baseline;
use crate::units::Persons;

use super::super::feature::{Collection, feature};
use super::super::json::Json;
use super::super::number::{push_fixed, push_integer, push_trimmed, text_of};
use super::super::provenance::Provenance;
use super::super::table::{Rows, Table, integer, persons};
use super::super::{ExportResult, geometry, names};
use super::PlanResults;

/// Decimals of a cost.
pub(super) const COST_DECIMALS: u32 = 3;

/// A cost from thousandths.
pub(super) fn cost(thousandths: i64) -> String {
    text_of(|text| push_trimmed(text, thousandths, COST_DECIMALS))
}

/// Cost of one newly covered person; empty when nobody is.
pub(super) fn cost_per_person(thousandths: i64, gain: i64) -> String {
    let each = || thousandths as f64 / 1e3 / (gain as f64 / 1e6);
    if gain > 0 { format!("{:.4}", each()) } else { String::new() }
}

/// Writes the chosen sites as points, in the order in which they bring most.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_sites(out: &mut dyn Write, results: &PlanResults) -> ExportResult {
    let plan = results.plan;
    let mut collection = Collection::open(out, "sites", results.provenance)?;
    collection.write_all(plan.steps.len(), |index, json| {
        let step = &plan.steps[index];
        let place = plan.candidates[step.site.index()].place;
        feature(
            json,
            |json| geometry::point(json, place),
            |json| site_properties(json, results, (index, step)),
        );
    })?;
    collection.close()
}

fn site_properties(json: &mut Json, results: &PlanResults, (index, step): (usize, &Step)) {
    let candidate = &results.plan.candidates[step.site.index()];
    json.key("order").integer(index as i64 + 1);
    json.key("site").string(&candidate.key);
    json.key(names::NAME).string(&candidate.name);
    json.key("standing").string(candidate.standing.id());
    match candidate.phase {
        Some(phase) => json.key("phase").integer(i64::from(phase)),
        None => json.key("phase").null(),
    }
    json.key("cost").decimal(step.cost, COST_DECIMALS);
    let counted = |name| names::counted(results.baseline.demand.unit, name);
    json.key(&counted("gain_persons")).persons(Persons::from_micro(step.gain));
    json.key(&counted("cumulative_persons")).persons(Persons::from_micro(step.cumulative));
    json.key("cumulative_cost").decimal(step.cumulative_cost, COST_DECIMALS);
    let zone = candidate.zone.map(|zone| &results.baseline.zones.zones[zone]);
    json.key(names::ZONE).string_or_null(zone.map(|zone| zone.key.as_str()));
    json.key(names::ZONE_NAME).string_or_null(zone.map(|zone| zone.name.as_str()));
    json.key("street").string(&street_of(results, step));
    if let Some(stand) = candidate.nearest_stand() {
        json.key(names::SNAPPED_LON).decimal(i64::from(stand.place.lon_e7()), 7);
        json.key(names::SNAPPED_LAT).decimal(i64::from(stand.place.lat_e7()), 7);
        json.key(names::ACCESS_M).decimal(i64::from(stand.access_mm), 3);
    }
}

/// The name of the street a site stands on; may be empty.
fn street_of(results: &PlanResults, step: &Step) -> String {
    let candidate = &results.plan.candidates[step.site.index()];
    candidate
        .nearest_stand()
        .map_or(String::new(), |stand| results.baseline.graph.name(stand.position.edge).to_owned())
}

/// Writes the checklist: a row a site with its phase, place, cost and gain, and empty cells for who, when and
/// how far it is.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_sites_csv(out: &mut dyn Write, results: &PlanResults) -> ExportResult {
    let mut table = Table::counting(
        out,
        results.baseline.demand.unit,
        &[
            "order",
            "site",
            "name",
            "street",
            "zone",
            "phase",
            "standing",
            "lon",
            "lat",
            "cost",
            "gain_persons",
            "cumulative_persons",
            "cumulative_cost",
            "cost_per_person",
            "owner",
            "due",
            "done",
        ],
    )?;
    for (index, step) in results.plan.steps.iter().enumerate() {
        let candidate = &results.plan.candidates[step.site.index()];
        let zone = candidate.zone.map(|zone| results.baseline.zones.zones[zone].name.clone());
        table.row([
            integer(index as i64 + 1),
            candidate.key.clone(),
            candidate.name.clone(),
            street_of(results, step),
            zone.unwrap_or_default(),
            candidate.phase.map_or(String::new(), |phase| phase.to_string()),
            candidate.standing.id().to_owned(),
            text_of(|text| push_fixed(text, i64::from(candidate.place.lon_e7()), 7)),
            text_of(|text| push_fixed(text, i64::from(candidate.place.lat_e7()), 7)),
            cost(step.cost),
            persons(Persons::from_micro(step.gain)),
            persons(Persons::from_micro(step.cumulative)),
            cost(step.cumulative_cost),
            cost_per_person(step.cost, step.gain),
            String::new(),
            String::new(),
            String::new(),
        ])?;
    }
    table.finish()
}

/// Writes the gain surface as points: every street node where one more site would cover somebody new.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_gain_surface(
    out: &mut dyn Write,
    (baseline, surface): (&Baseline, &GainSurface),
    provenance: &Provenance,
) -> ExportResult {
    let nodes = gaining(surface);
    let mut collection = Collection::open(out, "gain", provenance)?;
    collection.write_all(nodes.len(), |index, json| {
        let (node, gain) = nodes[index];
        feature(
            json,
            |json| geometry::point(json, baseline.graph.places()[node]),
            |json| {
                json.key("node").integer(i64::from(node.0));
                json.key(&names::counted(baseline.demand.unit, "gain_persons")).persons(gain);
            },
        );
    })?;
    collection.close()
}

/// Writes the gain surface as a table: node, place, people.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_gain_csv(
    out: &mut dyn Write,
    (baseline, surface): (&Baseline, &GainSurface),
) -> ExportResult {
    let mut rows =
        Rows::new(out, &names::counted(baseline.demand.unit, "node,lon,lat,gain_persons"));
    for (node, gain) in gaining(surface) {
        let place = baseline.graph.places()[node];
        rows.row(|text| {
            push_integer(text, i64::from(node.0));
            text.push(b',');
            push_fixed(text, i64::from(place.lon_e7()), 7);
            text.push(b',');
            push_fixed(text, i64::from(place.lat_e7()), 7);
            text.push(b',');
            push_trimmed(text, gain.as_micro(), 6);
        })?;
    }
    rows.finish()
}

fn gaining(surface: &GainSurface) -> Vec<(NodeId, Persons)> {
    surface.nodes().filter(|&(_, gain)| gain > Persons::ZERO).collect()
}
