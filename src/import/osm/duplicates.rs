//! One place mapped twice counts once: a node inside its own outline, a building inside its grounds
//! (<https://wiki.openstreetmap.org/wiki/One_feature,_one_OSM_element>).
//!
//! Two candidates that share a function are one place when
//! - one lies inside the outline of the other and their names are equal or one has none;
//! - one lies within [`NEAR_M`] of the outline of the other and their names are equal;
//! - both are points within [`SAME_SPOT_M`] and their names are equal.
//!
//! The larger outline stays (of two points the one with the lower key), takes over functions it lacks, and the
//! name when it has none. A plot without a name that holds places of different names is none of them: those stay,
//! each with its own places, and the plot only keeps what none of them offers.

use std::collections::BTreeMap;

use super::facilities::{Candidate, LAYER};
use super::rings::distance_to_line_m;
use crate::facility::{Facility, FunctionOffer, Taxonomy, Wheels, share_places};
use crate::ids::FunctionId;
use crate::import::{IssueKind, IssueLog};
use crate::spatial::PointIndex;
use crate::spatial::frame::ground_distance;
use crate::units::Meters;

/// How far a namesake may lie from an outline, in metres.
const NEAR_M: f64 = 30.0;
/// How far two points of one name may lie apart, in metres.
const SAME_SPOT_M: f64 = 10.0;

/// Facilities sorted by key, each place once.
pub(super) fn merge(
    mut candidates: Vec<Candidate<'_>>,
    taxonomy: &Taxonomy,
    source: &str,
    issues: &mut IssueLog,
) -> Vec<Facility> {
    candidates.sort_by(|a, b| a.key.cmp(&b.key));
    let parents = find_parents(&candidates);
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..candidates.len() {
        let root = root_of(&parents, at);
        let group = groups.entry(root).or_default();
        if at != root {
            group.push(at);
        }
    }
    let mut facilities = Vec::with_capacity(groups.len());
    for (root, others) in groups {
        for place in places_of(&candidates, root, others, source, issues) {
            for &child in &place.merged {
                let reason = format!("the same place as {}; counted once", place.key);
                issues.note(IssueKind::Duplicate, source, candidates[child].key.clone(), reason);
            }
            note_shared(&candidates[place.at], taxonomy, source, issues);
            facilities.push(facility_of(&mut candidates, taxonomy, place));
        }
    }
    facilities.sort_by(|a, b| a.key.cmp(&b.key));
    facilities
}

/// A place: the candidate that stays, those that are the same, and what it offers if not all it is tagged with.
struct Place {
    at: usize,
    key: String,
    merged: Vec<usize>,
    only: Option<Vec<FunctionId>>,
}

/// The places that one outline (or point) and what lies in it are: one, unless the outline has no name and what lies
/// in it has several.
fn places_of(
    candidates: &[Candidate<'_>],
    root: usize,
    others: Vec<usize>,
    source: &str,
    issues: &mut IssueLog,
) -> Vec<Place> {
    let name = |at: usize| candidates[at].tag.name.trim().to_lowercase();
    let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &at in others.iter().filter(|&&at| !name(at).is_empty()) {
        named.entry(name(at)).or_default().push(at);
    }
    let place = |at: usize, merged: Vec<usize>, only| Place {
        at,
        key: candidates[at].key.clone(),
        merged,
        only,
    };
    if !name(root).is_empty() || named.len() < 2 {
        return vec![place(root, others, None)];
    }
    let offered = |function: &FunctionId| {
        named.values().flatten().any(|&at| candidates[at].tag.functions.contains(function))
    };
    let left = candidates[root].tag.functions.iter().filter(|function| !offered(function));
    let left: Vec<FunctionId> = left.copied().collect();
    let mut found = Vec::new();
    for group in named.into_values() {
        let larger = |a: &usize, b: &usize| {
            candidates[*a].area_m2.total_cmp(&candidates[*b].area_m2).then(b.cmp(a))
        };
        let Some(stays) = group.iter().copied().max_by(larger) else { continue };
        found.push(place(stays, group.into_iter().filter(|&at| at != stays).collect(), None));
    }
    let keys: Vec<&str> = found.iter().map(|place| place.key.as_str()).collect();
    let reason = format!("the plot of {}, which are counted in its place", keys.join(", "));
    let gone = others.iter().filter(|&&at| name(at).is_empty()).chain(std::iter::once(&root));
    for &at in gone {
        issues.note(IssueKind::Duplicate, source, candidates[at].key.clone(), reason.clone());
    }
    if !left.is_empty() {
        found.push(place(root, Vec::new(), Some(left)));
    }
    found
}

/// Says how one number of places is shared by several functions.
fn note_shared(
    candidate: &Candidate<'_>,
    taxonomy: &Taxonomy,
    source: &str,
    issues: &mut IssueLog,
) {
    let Some(places) = candidate.tag.capacity else { return };
    let shares = share_places(taxonomy, &candidate.tag.functions, places);
    let parts = shares.iter().filter(|(_, share)| *share < places);
    let told: Vec<String> =
        parts.map(|(id, share)| format!("{} {share}", taxonomy.functions()[*id].id)).collect();
    if !told.is_empty() {
        let reason =
            format!("{places} places for {} functions count once: {}", told.len(), told.join(", "));
        issues.note(IssueKind::Estimated, source, candidate.key.clone(), reason);
    }
}

fn root_of(parents: &BTreeMap<usize, usize>, child: usize) -> usize {
    let mut root = child;
    while let Some(&parent) = parents.get(&root) {
        root = parent;
    }
    root
}

/// For each candidate that is another one, which: always a larger one, so that there is no circle.
fn find_parents(candidates: &[Candidate<'_>]) -> BTreeMap<usize, usize> {
    let index = PointIndex::new(candidates.iter().map(|candidate| candidate.place));
    let mut best: BTreeMap<usize, (bool, f64, usize)> = BTreeMap::new();
    for (at, large) in candidates.iter().enumerate() {
        let reach = match large.outline.as_ref().and_then(crate::spatial::Area::bounding_box) {
            // From the label, the farthest corner is at most the diagonal away.
            Some(bounds) => ground_distance(bounds.min, bounds.max).0 * 1.01 + NEAR_M,
            None => SAME_SPOT_M,
        };
        for (other, _) in index.within(large.place, Meters(reach)) {
            let (small_at, small) = (other as usize, &candidates[other as usize]);
            let ranks = (small.area_m2, at) < (large.area_m2, small_at);
            if small_at == at || !ranks || !is_same_place(small, large) {
                continue;
            }
            // A namesake comes first, then the smaller outline, then the lower key.
            let rank = (!same_name(small, large), large.area_m2, at);
            let entry = best.entry(small_at).or_insert(rank);
            if rank < *entry {
                *entry = rank;
            }
        }
    }
    best.into_iter().map(|(small, (_, _, large))| (small, large)).collect()
}

fn same_name(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    let (a, b) = (a.tag.name.trim(), b.tag.name.trim());
    !a.is_empty() && a.to_lowercase() == b.to_lowercase()
}

fn is_same_place(small: &Candidate<'_>, large: &Candidate<'_>) -> bool {
    if !small.tag.functions.iter().any(|function| large.tag.functions.contains(function)) {
        return false;
    }
    let named = same_name(small, large);
    let unnamed = small.tag.name.trim().is_empty() || large.tag.name.trim().is_empty();
    let Some(outline) = &large.outline else {
        return named && small.outline.is_none();
    };
    (named || unnamed) && outline.contains(small.place)
        || named
            && outline
                .polygons
                .iter()
                .any(|part| distance_to_line_m(small.place, &part.outer) <= NEAR_M)
}

fn facility_of(candidates: &mut [Candidate<'_>], taxonomy: &Taxonomy, place: Place) -> Facility {
    let told = |at: usize| candidates[at].tag.wheelchair;
    let refused = told(place.at).or_else(|| place.merged.iter().find_map(|&other| told(other)))
        == Some(false);
    let mut offers = candidates[place.at].tag.offers(taxonomy);
    let mut name = candidates[place.at].tag.name.clone();
    for other in place.merged {
        let tag = candidates[other].tag;
        add_offers(&mut offers, tag.offers(taxonomy));
        if name.is_empty() {
            name.clone_from(&tag.name);
        }
    }
    if let Some(only) = place.only {
        offers.retain(|offer| only.contains(&offer.function));
    }
    offers.sort_by_key(|offer| offer.function);
    let candidate = &mut candidates[place.at];
    Facility {
        key: std::mem::take(&mut candidate.key),
        layer: LAYER.to_owned(),
        name,
        offers,
        tier: None,
        status: candidate.tag.status,
        opening_year: candidate.tag.opening_year,
        place: candidate.place,
        entrances: std::mem::take(&mut candidate.entrances),
        outline: candidate.outline.take(),
        foot: candidate.foot,
        wheels: Wheels { refused },
    }
}

/// Adds the functions that are not offered yet, and capacities that are not known yet.
fn add_offers(offers: &mut Vec<FunctionOffer>, others: Vec<FunctionOffer>) {
    for other in others {
        match offers.iter_mut().find(|offer| offer.function == other.function) {
            Some(offer) => {
                offer.capacity = offer.capacity.or(other.capacity);
                offer.opening_hours = offer.opening_hours.take().or(other.opening_hours);
            }
            None => offers.push(other),
        }
    }
}
