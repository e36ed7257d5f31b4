//! `demand.geojson`: every demand point with its people and, rule by rule, how far it has to walk.

use std::io::Write;

use crate::ids::DemandPointId;
use crate::scenario::Baseline;

use super::feature::{Collection, feature};
use super::json::{Json, quoted_key};
use super::{ExportResult, Results, geometry, names};

/// How much is said about a demand point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DemandDetail {
    /// Time, whether covered and the nearest facility, for each rule.
    #[default]
    Full,
    /// Only the time, and only for rules that some facility serves: a third of the size or less.
    Times,
}

/// Writes all demand points in id order: `id` (the number used in `demand.csv`), `key`, `zone`,
/// `persons_<group>`, and for each rule `<standard>.<rule>.min` (or `.m`), `.covered` and `.facility` (the
/// `id` of a feature of `facilities.geojson`), and `.served_persons` where places are counted; for each composite `.complete`, `.missing`, `.optional` and
/// `.farthest_min`. A time is `null` where no facility is reached at all.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_demand(out: &mut dyn Write, results: &Results, detail: DemandDetail) -> ExportResult {
    let Results { baseline, audit, provenance, .. } = results;
    let groups: Vec<Vec<u8>> = baseline
        .demand
        .groups
        .iter()
        .map(|group| quoted_key(&names::persons_of(&group.id)))
        .collect();
    let rules: Vec<_> = audit
        .rules
        .iter()
        .filter(|rule| detail == DemandDetail::Full || !rule.serving.is_empty())
        .map(|rule| {
            let key = |what| quoted_key(&names::of_rule(&rule.standard, &rule.rule.id, what));
            let time = key(names::unit(rule.yardstick));
            (rule, time, key(names::COVERED), key(names::FACILITY), key(names::SERVED_PERSONS))
        })
        .collect();
    let composites: Vec<_> = audit
        .composites
        .iter()
        .map(|composite| {
            let key =
                |what| quoted_key(&names::of_rule(&composite.standard, names::COMPOSITE, what));
            let keys = [names::COMPLETE, names::MISSING, names::OPTIONAL, "farthest_min"].map(key);
            let needed: Vec<&str> = composite.needed().collect();
            (composite, keys, needed)
        })
        .collect();
    let mut collection = Collection::open(out, "demand", provenance)?;
    collection.write_all(baseline.demand.points.len(), |index, json| {
        let id = DemandPointId(index as u32);
        let point = &baseline.demand.points[id];
        feature(
            json,
            |json| geometry::point(json, point.place),
            |json| {
                identity(json, baseline, id);
                for (key, &persons) in groups.iter().zip(&point.persons) {
                    json.ready_key(key).persons(persons);
                }
                for (rule, time, covered, facility, served) in &rules {
                    json.ready_key(time).walked(rule.yardstick, Some(rule.times.time(id)));
                    if detail == DemandDetail::Full {
                        json.ready_key(covered).value(&rule.covers(id));
                        match rule.times.facility(id) {
                            Some(nearest) => {
                                json.ready_key(facility).integer(i64::from(nearest.0));
                            }
                            None => json.ready_key(facility).null(),
                        }
                        if let Some(places) = &rule.capacity {
                            json.ready_key(served).persons(places.served[id]);
                        }
                    }
                }
                for (composite, [complete, missing, optional, farthest], needed) in &composites {
                    let stand = &composite.points[index];
                    json.ready_key(complete).value(&stand.missing.is_empty());
                    json.ready_key(missing).array(|json| {
                        stand.missing.iter().for_each(|&at| json.string(needed[usize::from(at)]));
                    });
                    json.ready_key(optional).integer(i64::from(stand.optional));
                    json.ready_key(farthest)
                        .walked(crate::units::Yardstick::Minutes, stand.farthest);
                }
            },
        );
    })?;
    collection.close()
}

fn identity(json: &mut Json, baseline: &Baseline, id: DemandPointId) {
    let point = &baseline.demand.points[id];
    json.key(names::ID).integer(i64::from(id.0));
    json.key(names::KEY).string(&point.key);
    json.key(names::ZONE)
        .string_or_null(point.zone.map(|zone| baseline.zones.zones[zone].key.as_str()));
}
