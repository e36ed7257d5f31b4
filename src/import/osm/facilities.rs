//! Tagged nodes, closed ways and multipolygons → facilities.

use rayon::prelude::*;

use super::duplicates;
use super::entrances::Doors;
use super::feature::FacilityTag;
use super::levels;
use super::locate::Ground;
use super::rings::{self, Rings};
use super::scan::{KeptRelation, KeptWay};
use crate::facility::{Facility, Taxonomy};
use crate::import::{IssueKind, IssueLog};
use crate::spatial::{Area, LonLat};

/// Name of the layer facilities from an extract come in with.
pub const LAYER: &str = "osm";

/// A facility before duplicates are merged.
pub(super) struct Candidate<'a> {
    pub(super) key: String,
    pub(super) tag: &'a FacilityTag,
    pub(super) place: LonLat,
    pub(super) entrances: Vec<LonLat>,
    pub(super) outline: Option<Area>,
    /// Where it stands on a line of its own level.
    pub(super) foot: Option<LonLat>,
    /// Ground area of the outline; 0 for a point.
    pub(super) area_m2: f64,
}

/// Finds the facilities.
pub(super) fn find_facilities(
    ground: &Ground,
    taxonomy: &Taxonomy,
    source: &str,
    issues: &mut IssueLog,
) -> Vec<Facility> {
    let doors = Doors::new(ground);
    let mut candidates: Vec<Candidate<'_>> = ground
        .nodes
        .iter()
        .filter_map(|node| {
            Some(from_point(format!("node/{}", node.id), node.facility.as_deref()?, node.place))
        })
        .collect();
    let ways: Vec<Result<Candidate<'_>, String>> = ground
        .ways
        .par_iter()
        .filter_map(|way| {
            let tag = way.meaning.extra.as_ref()?.facility.as_ref()?;
            Some(from_way(ground, &doors, way, tag))
        })
        .collect();
    let relations: Vec<Result<Candidate<'_>, String>> = ground
        .relations
        .par_iter()
        .filter_map(|relation| {
            let tag = relation.meaning.extra.as_ref()?.facility.as_ref()?;
            Some(from_relation(ground, &doors, relation, tag))
        })
        .collect();
    for found in ways.into_iter().chain(relations) {
        match found {
            Ok(candidate) => candidates.push(candidate),
            Err(key) => issues.note(
                IssueKind::GeometryMissing,
                source,
                key,
                "none of its nodes is in the file; the facility is left out",
            ),
        }
    }
    levels::find_feet(ground, &mut candidates);
    note_capacities(&candidates, source, issues);
    duplicates::merge(candidates, taxonomy, source, issues)
}

fn note_capacities(candidates: &[Candidate<'_>], source: &str, issues: &mut IssueLog) {
    for candidate in candidates {
        if let Some(text) = &candidate.tag.bad_capacity {
            issues.note(
                IssueKind::CapacityBad,
                source,
                candidate.key.clone(),
                format!("capacity {text:?} is not a number above 0; taken as not known"),
            );
        }
    }
}

fn from_point(key: String, tag: &FacilityTag, place: LonLat) -> Candidate<'_> {
    Candidate { key, tag, place, entrances: vec![place], outline: None, foot: None, area_m2: 0.0 }
}

fn from_way<'a>(
    ground: &Ground,
    doors: &Doors,
    way: &KeptWay,
    tag: &'a FacilityTag,
) -> Result<Candidate<'a>, String> {
    let key = format!("way/{}", way.id);
    let slots = ground.slots(way);
    let is_closed = slots.first() == slots.last();
    if is_closed && ground.is_whole(way) {
        let rings = Rings { outer: vec![slots.to_vec()], ..Rings::default() };
        if let Some(area) = rings::area_of(ground, &rings) {
            return Ok(from_area(key, tag, doors, &rings, area));
        }
    }
    from_line(key, tag, &ground.line(way))
}

fn from_relation<'a>(
    ground: &Ground,
    doors: &Doors,
    relation: &KeptRelation,
    tag: &'a FacilityTag,
) -> Result<Candidate<'a>, String> {
    let key = format!("relation/{}", relation.id);
    let rings = rings::rings_of(ground, relation);
    let [own_doors, others] = ground.site_places(relation);
    let mut candidate = if let Some(area) = rings::area_of(ground, &rings) {
        from_area(key, tag, doors, &rings, area)
    } else {
        let loose = rings.loose.iter().filter_map(|&slot| ground.place(slot));
        let places: Vec<LonLat> = loose.chain(own_doors.iter().copied()).chain(others).collect();
        from_line(key, tag, &places)?
    };
    // A site names its doors itself (https://wiki.openstreetmap.org/wiki/Relation:site).
    if !own_doors.is_empty() {
        candidate.entrances = own_doors;
    }
    Ok(candidate)
}

fn from_area<'a>(
    key: String,
    tag: &'a FacilityTag,
    doors: &Doors,
    rings: &Rings,
    area: Area,
) -> Candidate<'a> {
    let place = area.label_place().unwrap_or(area.polygons[0].outer[0]);
    let entrances = doors.of_outline(rings, &area);
    let area_m2 = area.area_m2();
    Candidate { key, tag, place, entrances, outline: Some(area), foot: None, area_m2 }
}

/// Something drawn as a line, or as an area that is not whole: its middle, entered at both ends.
fn from_line<'a>(
    key: String,
    tag: &'a FacilityTag,
    line: &[LonLat],
) -> Result<Candidate<'a>, String> {
    let (Some(&first), Some(&last)) = (line.first(), line.last()) else { return Err(key) };
    let mut entrances = vec![first];
    if last != first {
        entrances.push(last);
    }
    let place = line[line.len() / 2];
    Ok(Candidate { key, tag, place, entrances, outline: None, foot: None, area_m2: 0.0 })
}
