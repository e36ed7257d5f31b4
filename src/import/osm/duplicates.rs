//! One place mapped twice counts once: a node inside its own outline, a building inside its grounds
//! (<https://wiki.openstreetmap.org/wiki/One_feature,_one_OSM_element>).
//!
//! Two candidates that share a function are one place when
//! - one lies inside the outline of the other and their names are equal or one has none;
//! - one lies within [`NEAR_M`] of the outline of the other and their names are equal;
//! - both are points within [`SAME_SPOT_M`] and their names are equal.
//!
//! The larger outline stays (of two points the one with the lower key), takes over functions it lacks, and the
//! name when it has none.

use std::collections::BTreeMap;

use super::facilities::{Candidate, LAYER};
use super::rings::distance_to_line_m;
use crate::facility::{Facility, FunctionOffer};
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
    source: &str,
    issues: &mut IssueLog,
) -> Vec<Facility> {
    candidates.sort_by(|a, b| a.key.cmp(&b.key));
    let parents = find_parents(&candidates);
    let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for child in parents.keys().copied() {
        children.entry(root_of(&parents, child)).or_default().push(child);
    }
    for &child in parents.keys() {
        issues.note(
            IssueKind::Duplicate,
            source,
            candidates[child].key.clone(),
            format!("the same place as {}; counted once", candidates[root_of(&parents, child)].key),
        );
    }
    let mut facilities = Vec::with_capacity(candidates.len() - parents.len());
    for at in 0..candidates.len() {
        if !parents.contains_key(&at) {
            let merged = children.get(&at).map_or(&[][..], Vec::as_slice);
            facilities.push(facility_of(&mut candidates, at, merged));
        }
    }
    facilities
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

fn facility_of(candidates: &mut [Candidate<'_>], at: usize, merged: &[usize]) -> Facility {
    let mut offers = candidates[at].tag.offers();
    let mut name = candidates[at].tag.name.clone();
    for &other in merged {
        let tag = candidates[other].tag;
        add_offers(&mut offers, tag.offers());
        if name.is_empty() {
            name.clone_from(&tag.name);
        }
    }
    offers.sort_by_key(|offer| offer.function);
    let candidate = &mut candidates[at];
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
