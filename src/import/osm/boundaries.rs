//! Administrative boundaries, as zones when a study brings none
//! (<https://wiki.openstreetmap.org/wiki/Tag:boundary=administrative>).

use std::collections::BTreeSet;

use super::feature::{BoundaryTag, Names};
use super::locate::Ground;
use super::rings::{self, Rings};
use crate::import::{IssueKind, IssueLog};
use crate::spatial::Area;

/// An administrative area whose outline is whole in the extract.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// `relation/62269`, or `way/5`.
    pub key: String,
    /// Its names.
    pub names: Names,
    /// `admin_level`: 2 is a country, 8 mostly a municipality, 10 a quarter.
    pub admin_level: u8,
    /// Its ground.
    pub area: Area,
}

/// Finds the boundaries, sorted by level, then key.
pub(super) fn find_boundaries(
    ground: &Ground,
    source: &str,
    issues: &mut IssueLog,
) -> Vec<Boundary> {
    let mut found = Vec::new();
    let mut known: BTreeSet<(u8, String)> = BTreeSet::new();
    for relation in &ground.relations {
        let Some(tag) = relation.meaning.extra.as_ref().and_then(|x| x.boundary.as_ref()) else {
            continue;
        };
        let key = format!("relation/{}", relation.id);
        let rings = rings::rings_of(ground, relation);
        if rings.faults > 0 {
            let reason = format!(
                "{}: {} pieces of its outline are not in the file; left out as a zone",
                tag.names.name, rings.faults
            );
            issues.note(IssueKind::ReferenceMissing, source, key, reason);
            continue;
        }
        known.insert((tag.admin_level, tag.names.name.clone()));
        found.extend(boundary_of(ground, (key, tag), &rings, source, issues));
    }
    for way in &ground.ways {
        let Some(tag) = way.meaning.extra.as_ref().and_then(|x| x.boundary.as_ref()) else {
            continue;
        };
        let slots = ground.slots(way);
        let is_ring = slots.len() >= 4 && slots.first() == slots.last() && ground.is_whole(way);
        if !is_ring || !known.insert((tag.admin_level, tag.names.name.clone())) {
            continue;
        }
        let rings = Rings { outer: vec![slots.to_vec()], ..Rings::default() };
        let key = format!("way/{}", way.id);
        found.extend(boundary_of(ground, (key, tag), &rings, source, issues));
    }
    found.sort_by(|a, b| (a.admin_level, &a.key).cmp(&(b.admin_level, &b.key)));
    found
}

fn boundary_of(
    ground: &Ground,
    (key, tag): (String, &BoundaryTag),
    rings: &Rings,
    source: &str,
    issues: &mut IssueLog,
) -> Option<Boundary> {
    let name = &tag.names.name;
    let Some(mut area) = rings::area_of(ground, rings) else {
        let reason = format!("{name}: it has no outline; left out as a zone");
        issues.note(IssueKind::GeometryMissing, source, key, reason);
        return None;
    };
    if let Some(fault) = area.find_fault() {
        let Some(mended) = area.mended() else {
            let reason = format!("{name}: {fault}; it cannot be mended and is left out");
            issues.note(IssueKind::GeometryInvalid, source, key, reason);
            return None;
        };
        let reason = format!("{name}: {fault}; mended");
        issues.note(IssueKind::GeometryInvalid, source, key.clone(), reason);
        area = mended;
    }
    Some(Boundary { key, names: tag.names.clone(), admin_level: tag.admin_level, area })
}
