//! `facilities.geojson`: every facility, what it offers, and where it meets the streets.

use std::io::Write;

use crate::facility::{Facility, Taxonomy};
use crate::ids::FacilityId;
use crate::street::Snapped;

use super::feature::{Collection, feature};
use super::json::Json;
use super::{ExportResult, Results, geometry, names};

/// Writes all facilities in id order, also those that do not count. Where they meet the streets is told for
/// the study's first profile: the entrance with the shortest access leg; `null` when there is no street
/// within the limit (`has_street` tells whether there is one for anybody).
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_facilities(out: &mut dyn Write, results: &Results) -> ExportResult {
    let Results { baseline, provenance, .. } = results;
    let walker = baseline.walkers().first();
    let mut collection = Collection::open(out, "facilities", provenance)?;
    collection.write_all(baseline.facilities.facilities.len(), |index, json| {
        let id = FacilityId(index as u32);
        let facility = &baseline.facilities.facilities[id];
        let snaps = walker.map_or(&[][..], |walker| walker.facilities.of(id));
        let snap = snaps.iter().min_by_key(|snap| (snap.on_island, snap.access_mm, snap.position));
        feature(
            json,
            |json| geometry::point(json, facility.place),
            |json| {
                json.key(names::ID).integer(i64::from(id.0));
                describe(json, facility, &baseline.taxonomy);
                json.key(names::PROFILE)
                    .string_or_null(walker.map(|walker| walker.profile.id.as_str()));
                let has_street = !walker.is_some_and(|walker| walker.is_off_network(id));
                json.key(names::HAS_STREET).value(&has_street);
                snapped(json, snap);
            },
        );
    })?;
    collection.close()
}

fn describe(json: &mut Json, facility: &Facility, taxonomy: &Taxonomy) {
    let function = |id| taxonomy.functions().get(id).map_or("", |function| function.id.as_str());
    json.key(names::KEY).string(&facility.key);
    json.key(names::LAYER).string(&facility.layer);
    json.key(names::NAME).string(&facility.name);
    json.key(names::FUNCTIONS)
        .array(|json| facility.offers.iter().for_each(|o| json.string(function(o.function))));
    json.key(names::CAPACITY).value(&facility.places(taxonomy, None));
    for offer in facility.offers.iter().filter(|offer| offer.capacity.is_some()) {
        json.key(&names::capacity_of(function(offer.function))).value(&offer.capacity);
    }
    json.key(names::TIER).string_or_null(facility.tier.as_deref());
    json.key(names::STATUS).value(&facility.status);
    json.key(names::OPENING_YEAR).value(&facility.opening_year);
    json.key(names::ENTRANCES).integer(facility.entrances.len() as i64);
}

fn snapped(json: &mut Json, snap: Option<&Snapped>) {
    let Some(snap) = snap else {
        for name in [names::SNAPPED_LON, names::SNAPPED_LAT, names::ACCESS_M, names::ON_ISLAND] {
            json.key(name).null();
        }
        return;
    };
    json.key(names::SNAPPED_LON).decimal(i64::from(snap.place.lon_e7()), 7);
    json.key(names::SNAPPED_LAT).decimal(i64::from(snap.place.lat_e7()), 7);
    json.key(names::ACCESS_M).decimal(i64::from(snap.access_mm), 3);
    json.key(names::ON_ISLAND).value(&snap.on_island);
}
