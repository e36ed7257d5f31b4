//! A record has one form: what is out of order, named twice or beside its instance is refused by its place.

use crate::ids::{DemandPointId, Id, SiteId};
use crate::import::assign_file::{AssignFile, AssignRecord};
use crate::import::plan_file::{InstanceRecord, PlanFile};
use crate::import::program_file::{
    GateRecord, NestedRecord, PlacesRecord, RecordError, SeveralRecord, ZonedRecord, record_of,
};
use crate::placement::capacitated::CapacitatedInstance;
use crate::placement::equity::EquityInstance;
use crate::placement::gates::GateInstance;
use crate::placement::multi_function::MultiFunctionInstance;
use crate::placement::two_tier::TwoTierInstance;
use crate::placement::{AssignInstance, CoverInstance};

use super::differ::same;
use super::{Checked, Reject, reject};

/// What weights are counted in where they are people of a study.
const PEOPLE: &str = "micro-persons";
const THOUSANDTHS: &str = "milli-persons";
/// What they are counted in where they are not.
const DEMAND: &str = "micro-demand";
const DEMANDS: [&str; 3] = ["demand", "demand, milli-distance", "milli-demand, milli-distance"];

pub(in crate::delivery) fn none(error: &impl ToString) -> Reject {
    Reject(format!("the instance in the file is none: {}", error.to_string()))
}

/// Homes in order, each once; as many ids as sites.
fn named(
    (place, points, sites): (&str, &[u32], &[String]),
    (rows, all): (usize, usize),
) -> Checked {
    if points.len() != rows || !points.is_sorted_by(|a, b| a < b) {
        return reject(format!(
            "{place}.points are not as many as rows, out of order or named twice"
        ));
    }
    if sites.len() != all {
        return reject(format!("{place}.sites are not as many as sites"));
    }
    Ok(())
}

/// The instance of a covering plan; `None` when the file was too small for its lists.
pub(super) fn cover(file: &PlanFile) -> Result<Option<CoverInstance>, Reject> {
    let record = &file.instance;
    let is_study = file.ask.rule.is_some();
    let rows = if is_study { record.weights.len() } else { 0 };
    named(("instance", &record.points, &record.sites), (rows, record.costs.len()))?;
    let Some(instance) = record.build() else { return Ok(None) };
    let instance = instance.map_err(|error| none(&error))?;
    let unit = if is_study { PEOPLE } else { DEMAND };
    let (points, sites) = (record.points.clone(), record.sites.clone());
    same(
        "instance",
        record,
        &InstanceRecord { points, sites, ..InstanceRecord::of(&instance, unit) },
    )?;
    Ok(Some(instance))
}

/// The instance of an assignment plan.
pub(super) fn assign(file: &AssignFile) -> Result<AssignInstance, Reject> {
    let record = &file.instance;
    let (is_study, unit) = (file.ask.rule.is_some(), record.weight_unit.as_str());
    let rows = if is_study { record.weights.len() } else { 0 };
    let instance = record.build().map_err(|error| none(&error))?;
    let keys = if is_study { &record.sites[..] } else { &[] };
    named(("instance", &record.points, keys), (rows, keys.len()))?;
    let known = if is_study { unit == THOUSANDTHS } else { DEMANDS.contains(&unit) };
    if !known {
        return reject(format!(
            "instance.weight_unit is said to be {unit:?}, which counts nothing here"
        ))
        .map(|()| instance);
    }
    let found = AssignRecord::of(&instance, unit, record.sites.clone());
    same("instance", record, &AssignRecord { points: record.points.clone(), ..found })?;
    Ok(instance)
}

/// The record of an instance is in its one form.
pub(in crate::delivery) fn program(
    place: &str,
    record: &InstanceRecord,
    instance: &CoverInstance,
) -> Checked {
    let (rows, all) = (record.weights.len(), record.costs.len());
    named((place, &record.points, &record.sites), (rows, all))?;
    let points: Vec<DemandPointId> = record.points.iter().map(|&id| DemandPointId(id)).collect();
    match record_of(instance, &points, record.sites.clone()) {
        Some(found) => same(place, record, &found),
        None => reject(format!("{place} has more pairs than a file holds")),
    }
}

fn built<T>(found: Result<T, RecordError>) -> Result<T, Reject> {
    found.map_err(|error| none(&error))
}

/// The instance of a plan with places.
pub(super) fn places(record: &PlacesRecord) -> Result<CapacitatedInstance, Reject> {
    let instance = built(record.build())?;
    program("work.instance.cover", &record.cover, instance.cover())?;
    let serves: Vec<i64> =
        (0..instance.site_count()).map(|site| instance.serves(SiteId::from_index(site))).collect();
    same("work.instance.serves", &record.serves, &serves)?;
    if !(record.per_1000 > 0.0 && record.per_1000.is_finite()) {
        return reject("work.instance.per_1000 is no number of places").map(|()| instance);
    }
    Ok(instance)
}

/// The instance of a plan in two tiers.
pub(super) fn nested(record: &NestedRecord) -> Result<TwoTierInstance, Reject> {
    let instance = built(record.build())?;
    program("work.instance.stations", &record.stations, &instance.stations)?;
    program("work.instance.centers", &record.centers, &instance.centers)?;
    let mut over = record.over.clone();
    for list in &mut over {
        list.sort_unstable();
        list.dedup();
    }
    same("work.instance.over", &record.over, &over)?;
    Ok(instance)
}

/// The instance of a plan of gates.
pub(super) fn gates(record: &GateRecord) -> Result<GateInstance, Reject> {
    let instance = built(record.build())?;
    let choices = &record.choices;
    let weights = choices.weights.clone();
    named(
        ("work.instance.choices", &choices.points, &choices.sites),
        (weights.len(), choices.costs.len()),
    )?;
    let (points, sites) = (choices.points.clone(), choices.sites.clone());
    let plain = InstanceRecord::of(instance.facts(), PEOPLE);
    same("work.instance.choices", choices, &InstanceRecord { weights, points, sites, ..plain })?;
    let ways: Vec<&[Vec<u32>]> = (0..record.ways.len()).map(|row| instance.ways(row)).collect();
    same("work.instance.ways", &record.ways.iter().map(Vec::as_slice).collect(), &ways)?;
    if !record.complete {
        return reject("work.instance.complete says that ways are missing").map(|()| instance);
    }
    Ok(instance)
}

/// The instance of a plan for zones.
pub(super) fn zoned(record: &ZonedRecord) -> Result<EquityInstance, Reject> {
    let instance = built(record.build())?;
    program("work.instance.cover", &record.cover, &instance.cover)?;
    Ok(instance)
}

/// The instance of centers with several functions.
pub(super) fn several(record: &SeveralRecord) -> Result<MultiFunctionInstance, Reject> {
    let instance = built(record.build())?;
    for (at, (record, found)) in record.functions.iter().zip(&instance.functions).enumerate() {
        program(&format!("work.instance.functions[{at}]"), record, found)?;
    }
    Ok(instance)
}
