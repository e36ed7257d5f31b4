//! `reach`: isochrones, service areas and routes as one feature collection.

use std::io::Write;

use crate::demand::DemandLayer;
use crate::ids::FacilityId;
use crate::reach::{DemandTimes, Isochrone, Route, ServiceArea};
use crate::scenario::Baseline;
use crate::spatial::LonLat;
use crate::units::{Meters, Persons, WalkTime, Yardstick};

use super::feature::{Collection, feature};
use super::json::Json;
use super::provenance::Provenance;
use super::{ExportResult, geometry, names};

/// What is within one cutoff.
#[derive(Clone, Debug)]
pub struct ReachedArea {
    /// The drawing, which holds the cutoff.
    pub isochrone: Isochrone,
    /// The street parts; none when they are not asked for.
    pub service_area: Option<ServiceArea>,
    /// Length of the street parts.
    pub street: Meters,
    /// People by group within the cutoff, counted on the streets (see [`persons_within`]).
    pub persons: Vec<Persons>,
}

/// A walk to be drawn.
#[derive(Clone, Debug)]
pub struct RouteLine {
    /// The walk.
    pub route: Route,
    /// Where it begins, off the streets.
    pub from: LonLat,
    /// Where it ends, off the streets.
    pub to: LonLat,
    /// The facility it leads to, if to one.
    pub facility: Option<FacilityId>,
}

/// What a reach answer is made of.
#[derive(Clone, Copy, Debug)]
pub struct ReachExport<'a> {
    /// The study.
    pub baseline: &'a Baseline,
    /// Where it comes from.
    pub provenance: &'a Provenance,
    /// Id of the walk profile.
    pub profile: &'a str,
    /// The place asked about.
    pub origin: LonLat,
    /// What is reached, one entry a cutoff.
    pub areas: &'a [ReachedArea],
    /// Walks.
    pub routes: &'a [RouteLine],
}

/// People of each group whose time is within `cutoff` (inclusive), in group order. Who lies in no zone counts
/// nowhere.
pub fn persons_within(demand: &DemandLayer, times: &DemandTimes, cutoff: WalkTime) -> Vec<Persons> {
    let mut sums = vec![Persons::ZERO; demand.groups.len()];
    for (id, point) in demand.points.enumerate() {
        if point.zone.is_some() && times.time(id) <= cutoff {
            for (sum, &persons) in sums.iter_mut().zip(&point.persons) {
                *sum += persons;
            }
        }
    }
    sums
}

/// Writes the isochrones (largest cutoff first, so that smaller ones are drawn on top; one that was not drawn beside a
/// service area is left out), the service areas in the same order, and the routes. `what` tells them apart.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_reach(out: &mut dyn Write, answer: &ReachExport) -> ExportResult {
    let mut collection = Collection::open(out, "reach", answer.provenance)?;
    let mut areas: Vec<&ReachedArea> = answer.areas.iter().collect();
    areas.sort_by_key(|area| std::cmp::Reverse(area.isochrone.cutoff));
    let is_drawn = |area: &&&ReachedArea| {
        area.service_area.is_none() || !area.isochrone.area.polygons.is_empty()
    };
    for area in areas.iter().filter(is_drawn) {
        collection.write_one(|json| {
            feature(
                json,
                |json| geometry::area(json, &area.isochrone.area),
                |json| {
                    area_properties(json, answer, ("isochrone", area));
                    let whole_cm = |meters: Meters| (meters.0 * 100.0).round() as i64;
                    json.key(names::CELL_M).decimal(whole_cm(area.isochrone.cell), 2);
                    json.key(names::TOLERANCE_M).decimal(whole_cm(area.isochrone.tolerance()), 2);
                },
            );
        })?;
    }
    for area in areas {
        let Some(parts) = &area.service_area else { continue };
        collection.write_one(|json| {
            feature(
                json,
                |json| service_area(json, answer, parts),
                |json| area_properties(json, answer, ("service_area", area)),
            );
        })?;
    }
    for line in answer.routes {
        collection.write_one(|json| {
            feature(
                json,
                |json| geometry::line(json, &places_of(answer.baseline, line)),
                |json| route_properties(json, answer, line),
            );
        })?;
    }
    collection.close()
}

fn head(json: &mut Json, answer: &ReachExport, what: &str) {
    json.key(names::WHAT).string(what);
    json.key(names::PROFILE).string(answer.profile);
    json.key(names::ORIGIN).place(answer.origin);
}

fn area_properties(json: &mut Json, answer: &ReachExport, (what, area): (&str, &ReachedArea)) {
    head(json, answer, what);
    json.key(names::CUTOFF_MIN).walked(Yardstick::Minutes, Some(area.isochrone.cutoff));
    json.key(names::STREET_KM).decimal((area.street.0 * 1000.0).round() as i64, 6);
    for (group, &persons) in answer.baseline.demand.groups.iter().zip(&area.persons) {
        json.key(&names::counted(answer.baseline.demand.unit, &names::persons_of(&group.id)))
            .persons(persons);
    }
}

/// The street parts as lines; the second drawing of private ground and single positions are left out.
fn service_area(json: &mut Json, answer: &ReachExport, area: &ServiceArea) {
    let graph = &answer.baseline.graph;
    let lines: Vec<Vec<LonLat>> = area
        .parts
        .iter()
        .filter(|part| !graph.is_entering_side(part.edge) && part.to_mm > part.from_mm)
        .map(|part| graph.shape_between(part.edge, part.from_mm, part.to_mm))
        .filter(|line| line.len() > 1)
        .collect();
    geometry::lines(json, lines.iter().map(Vec::as_slice));
}

/// The whole walk with both access legs, each place once.
fn places_of(baseline: &Baseline, line: &RouteLine) -> Vec<LonLat> {
    let mut places = vec![line.from];
    for leg in &line.route.legs {
        places.extend(baseline.graph.shape_between(leg.edge, leg.from_mm, leg.to_mm));
    }
    if line.route.legs.is_empty() {
        let end = line.route.end.position;
        places.push(baseline.graph.place_at(end.edge, end.offset_mm));
    }
    places.push(line.to);
    places.dedup();
    places
}

fn route_properties(json: &mut Json, answer: &ReachExport, line: &RouteLine) {
    let graph = &answer.baseline.graph;
    let whole = |time: WalkTime| i64::from(time.as_ms());
    head(json, answer, "route");
    json.key(names::TIME_MS).integer(whole(line.route.time));
    json.key(names::TIME_MIN).walked(Yardstick::Minutes, Some(line.route.time));
    json.key("street_m").decimal(line.route.street_mm() as i64, 3);
    json.key("start_access_ms").integer(whole(line.route.start_access));
    json.key("end_access_ms").integer(whole(line.route.end_access));
    let facility = line.facility.map(|id| (id, &answer.baseline.facilities.facilities[id]));
    json.key(names::FACILITY).value(&facility.map(|(id, _)| id.0));
    json.key("facility_key")
        .value(&facility.map(|(_, facility)| format!("{}/{}", facility.layer, facility.key)));
    json.key("facility_name").string_or_null(facility.map(|(_, facility)| facility.name.as_str()));
    json.key("legs").array(|json| {
        for leg in &line.route.legs {
            let edge = &graph.edges()[leg.edge];
            json.object(|json| {
                json.key(names::EDGE).integer(i64::from(leg.edge.0));
                json.key(names::WAY).integer(edge.source_id);
                json.key(names::NAME).string(graph.name(leg.edge));
                json.key(names::CLASS).value(&edge.class);
                json.key(names::LENGTH_M).decimal(i64::from(leg.from_mm.abs_diff(leg.to_mm)), 3);
                json.key(names::TIME_MS).integer(whole(leg.time));
            });
        }
    });
}
