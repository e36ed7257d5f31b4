//! `zones.geojson`: every zone with its people and, rule by rule, who of them is covered.

use std::io::Write;

use crate::demand::{DemandLayer, ZoneHierarchy};
use crate::ids::{IdVec, ZoneId};
use crate::units::{Persons, Yardstick};

use super::feature::{Collection, feature};
use super::json::{Json, quoted_key};
use super::{ExportResult, Results, geometry, names};

/// Writes all zones in id order. Zones without ground (the remainder of a zone with parts) have no geometry.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_zones(out: &mut dyn Write, results: &Results) -> ExportResult {
    let Results { baseline, audit, provenance, .. } = results;
    let persons = persons_by_zone(&baseline.demand, &baseline.zones);
    let unit = baseline.demand.unit;
    let group_key = |group: &str| names::counted(unit, &names::persons_of(group)).into_owned();
    let groups: Vec<String> =
        baseline.demand.groups.iter().map(|group| group_key(&group.id)).collect();
    let keys = |standard: &str, rule: &str, mean: Option<Yardstick>| {
        let quoted =
            |what: &str| quoted_key(&names::of_rule(standard, rule, &names::counted(unit, what)));
        let mean = mean.map(|yardstick| (quoted(&names::in_unit("mean", yardstick)), yardstick));
        let people = [names::COVERED_PERSONS, names::NO_STREET_PERSONS].map(quoted);
        (quoted(names::SHARE), people, mean)
    };
    let columns: Vec<_> = audit
        .rules
        .iter()
        .map(|rule| {
            let keys = keys(&rule.standard, &rule.rule.id, Some(rule.yardstick));
            (keys, &rule.summary.zones, rule.is_recorded)
        })
        .chain(audit.composites.iter().filter(|it| it.is_recorded()).map(|composite| {
            (keys(&composite.standard, names::COMPOSITE, None), &composite.summary.zones, true)
        }))
        .collect();
    let places: Vec<_> = audit
        .rules
        .iter()
        .filter_map(|rule| {
            let key = |what| {
                let what = names::counted(unit, what);
                quoted_key(&names::of_rule(&rule.standard, &rule.rule.id, &what))
            };
            Some((names::CAPACITY_SPLIT.map(key), &rule.capacity.as_ref()?.zones, rule.is_recorded))
        })
        .collect();
    let mut collection = Collection::open(out, "zones", provenance)?;
    collection.write_all(baseline.zones.zones.len(), |index, json| {
        let id = ZoneId(index as u32);
        let zone = &baseline.zones.zones[id];
        feature(
            json,
            |json| geometry::area(json, &zone.area),
            |json| {
                identity(json, &baseline.zones, id);
                for (name, &count) in groups.iter().zip(&persons[id]) {
                    json.key(name).persons(count);
                }
                for ((share, [covered, no_street], mean), sums, is_known) in &columns {
                    json.ready_key(share).share(sums[id].share().filter(|_| *is_known));
                    people(json.ready_key(covered), is_known.then_some(sums[id].covered));
                    json.ready_key(no_street).persons(sums[id].no_street);
                    if let Some((mean, yardstick)) = mean {
                        json.ready_key(mean).walked(*yardstick, sums[id].mean_time());
                    }
                }
                for (keys, splits, is_known) in &places {
                    for (key, persons) in keys.iter().zip(splits[id].parts()) {
                        people(json.ready_key(key), is_known.then_some(persons));
                    }
                }
            },
        );
    })?;
    collection.close()
}

/// People, or nothing while no place is recorded.
fn people(json: &mut Json, persons: Option<Persons>) {
    match persons {
        Some(persons) => json.persons(persons),
        None => json.null(),
    }
}

fn identity(json: &mut Json, zones: &ZoneHierarchy, id: ZoneId) {
    let zone = &zones.zones[id];
    json.key(names::ID).string(&zone.key);
    json.key(names::NAME).string(&zone.name);
    json.key(names::LEVEL).integer(i64::from(zone.level));
    json.key(names::LEVEL_NAME).string(level_name(zones, zone.level));
    json.key(names::PARENT)
        .string_or_null(zone.parent.map(|parent| zones.zones[parent].key.as_str()));
    json.key(names::KIND).string_or_null(zone.kind.as_deref());
}

/// The name of a level; empty when it has none.
pub(super) fn level_name(zones: &ZoneHierarchy, level: u8) -> &str {
    zones.level_names.get(usize::from(level)).map_or("", String::as_str)
}

/// People of every group by zone, parts included, in group order.
pub(super) fn persons_by_zone(
    demand: &DemandLayer,
    zones: &ZoneHierarchy,
) -> IdVec<ZoneId, Vec<Persons>> {
    let nobody = vec![Persons::ZERO; demand.groups.len()];
    let mut sums: IdVec<ZoneId, Vec<Persons>> = vec![nobody; zones.zones.len()].into();
    for point in &demand.points {
        if let Some(zone) = point.zone {
            add(&mut sums[zone], &point.persons);
        }
    }
    for zone in zones.zones.ids().rev() {
        if let Some(parent) = zones.zones[zone].parent {
            let part = sums[zone].clone();
            add(&mut sums[parent], &part);
        }
    }
    sums
}

fn add(sums: &mut [Persons], parts: &[Persons]) {
    for (sum, &part) in sums.iter_mut().zip(parts) {
        *sum += part;
    }
}
