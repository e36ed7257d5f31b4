//! `demand.geojson`: every demand point with its people and, rule by rule, how far it has to walk.

use std::io::Write;

use crate::coverage::CompositeAssessment;
use crate::ids::DemandPointId;
use crate::scenario::Baseline;
use crate::units::Yardstick;

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
/// `persons_<group>`, `has_street`, and for each rule `<standard>.<rule>.min` (or `.m`), `.covered` and `.facility` (the
/// `id` of a feature of `facilities.geojson`), and `.served_persons` where places are counted; for each composite `.complete`, `.missing`, `.optional` and
/// `.farthest_min`. A time is `null` where no facility is reached at all, and
/// `.covered`, `.served_persons` and `.complete` where that is not known.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_demand(out: &mut dyn Write, results: &Results, detail: DemandDetail) -> ExportResult {
    let Results { baseline, audit, provenance, .. } = results;
    let unit = baseline.demand.unit;
    let groups: Vec<Vec<u8>> = baseline
        .demand
        .groups
        .iter()
        .map(|group| quoted_key(&names::counted(unit, &names::persons_of(&group.id))))
        .collect();
    let rules: Vec<_> = audit
        .rules
        .iter()
        .filter(|rule| detail == DemandDetail::Full || !rule.serving.is_empty())
        .map(|rule| {
            let key = |what: &str| quoted_key(&names::of_rule(&rule.standard, &rule.rule.id, what));
            let time = key(names::unit(rule.yardstick));
            let served = names::counted(unit, names::SERVED_PERSONS);
            (rule, time, key(names::COVERED), key(names::FACILITY), key(&served))
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
                let has_street = baseline.walkers().iter().any(|walker| walker.has_street(id));
                json.key(names::HAS_STREET).value(&has_street);
                for (rule, time, covered, facility, served) in &rules {
                    json.ready_key(time).walked(rule.yardstick, Some(rule.times.time(id)));
                    if detail == DemandDetail::Full {
                        json.ready_key(covered).value(&rule.known(rule.covers(id)));
                        match rule.times.facility(id) {
                            Some(nearest) => {
                                json.ready_key(facility).integer(i64::from(nearest.0));
                            }
                            None => json.ready_key(facility).null(),
                        }
                        match rule.capacity.as_ref().map(|places| rule.known(places.served[id])) {
                            Some(Some(people)) => json.ready_key(served).persons(people),
                            Some(None) => json.ready_key(served).null(),
                            None => {}
                        }
                    }
                }
                for (composite, keys, needed) in &composites {
                    stand(json, (*composite, index), keys, needed);
                }
            },
        );
    })?;
    collection.close()
}

/// How a point stands to a composite.
fn stand(
    json: &mut Json,
    (composite, index): (&CompositeAssessment, usize),
    [complete, missing, optional, farthest]: &[Vec<u8>; 4],
    needed: &[&str],
) {
    let stand = &composite.points[index];
    let is_known = composite.is_recorded() || !stand.missing.is_empty();
    let is_complete = (is_known && !stand.is_unknown).then(|| stand.is_complete());
    json.ready_key(complete).value(&is_complete);
    json.ready_key(missing)
        .array(|json| stand.missing.iter().for_each(|&at| json.string(needed[usize::from(at)])));
    json.ready_key(optional).integer(i64::from(stand.optional));
    json.ready_key(farthest).walked(Yardstick::Minutes, stand.farthest);
}

fn identity(json: &mut Json, baseline: &Baseline, id: DemandPointId) {
    let point = &baseline.demand.points[id];
    json.key(names::ID).integer(i64::from(id.0));
    json.key(names::KEY).string(&point.key);
    json.key(names::ZONE)
        .string_or_null(point.zone.map(|zone| baseline.zones.zones[zone].key.as_str()));
}
