//! How edits look on a map, and in a list.

use crate::facility::Facility;
use crate::scenario::{Edit, EditEffect, ScenarioState};
use crate::spatial::LonLat;
use crate::store::{EditMark, MarkShape};
use crate::street::StreetTraits;

/// The facility that an edit names, as it is before the edit.
pub(super) fn facility_of(state: &ScenarioState, edit: &Edit) -> Option<Facility> {
    let (Edit::CloseFacility { facility: key, layer }
    | Edit::MoveFacility { facility: key, layer, .. }
    | Edit::UpgradeFacility { facility: key, layer, .. }) = edit
    else {
        return None;
    };
    let is_it = |known: &&Facility| {
        known.key == *key && layer.as_ref().is_none_or(|layer| known.layer == *layer)
    };
    state.facilities().facilities.iter().find(is_it).cloned()
}

/// How an edit that was just made is shown.
pub(in crate::server) fn mark_of(
    state: &ScenarioState,
    edit: &Edit,
    (before, effect): (Option<Facility>, &EditEffect),
) -> EditMark {
    let site = |place: LonLat, change: &str| EditMark {
        key: before.as_ref().map_or_else(String::new, |facility| facility.key.clone()),
        name: before.as_ref().map_or_else(String::new, |facility| facility.name.clone()),
        ..bare(MarkShape::Site(place), change)
    };
    let known = || before.as_ref().map(|facility| facility.place);
    match edit {
        Edit::OpenFacility { key, name, place, offers, .. } => {
            let functions: Vec<&str> = offers.iter().map(|offer| offer.function.as_str()).collect();
            let (key, name) = (key.clone(), name.clone());
            let mark = bare(MarkShape::Site(*place), "opened");
            EditMark { key, name, functions: functions.join(","), ..mark }
        }
        Edit::CloseFacility { .. } => {
            known().map_or_else(|| bare(MarkShape::None, "closed"), |place| site(place, "closed"))
        }
        Edit::MoveFacility { place, .. } => site(*place, "moved"),
        Edit::UpgradeFacility { .. } => known()
            .map_or_else(|| bare(MarkShape::None, "upgraded"), |place| site(place, "upgraded")),
        Edit::OpenGate { sides } => bare(MarkShape::Streets(vec![sides.to_vec()]), "opened"),
        Edit::OpenBarrier { place } => bare(MarkShape::Site(*place), "opened"),
        Edit::CloseStreet { .. } => closed(state, effect),
        Edit::AddStreet { line, .. } => bare(MarkShape::Streets(vec![line.clone()]), "added"),
        Edit::ChangeRule { standard, rule, .. } => {
            EditMark { key: format!("{standard}/{rule}"), ..bare(MarkShape::None, "changed") }
        }
    }
}

fn bare(shape: MarkShape, change: &str) -> EditMark {
    let (key, name, functions) = (String::new(), String::new(), String::new());
    EditMark { shape, change: change.to_owned(), key, name, functions }
}

/// The streets nobody may walk any more, and the name of the first.
fn closed(state: &ScenarioState, effect: &EditEffect) -> EditMark {
    let graph = state.graph();
    let is_closed = |edge: &&crate::ids::EdgeId| {
        !graph.is_entering_side(**edge)
            && graph.edges()[**edge].traits.contains(StreetTraits::CLOSED)
    };
    let edges: Vec<_> = effect.streets.iter().filter(is_closed).copied().collect();
    // A stretch is a piece of its own beside the whole street; the shortest closed part says where.
    let shortest = edges.iter().map(|&edge| graph.edges()[edge].length_mm).min().unwrap_or(0);
    let drawn = edges.iter().filter(|&&edge| graph.edges()[edge].length_mm == shortest);
    let lines = drawn.map(|&edge| graph.shape(edge).to_vec()).collect();
    let name = edges.first().map_or("", |&edge| graph.name(edge)).to_owned();
    EditMark { name, ..bare(MarkShape::Streets(lines), "closed") }
}

/// An edit in a few words.
pub(in crate::server) fn summary_of(edit: &Edit, mark: &EditMark) -> String {
    let what = match edit {
        Edit::OpenFacility { .. } => "open",
        Edit::CloseFacility { .. } => "close",
        Edit::MoveFacility { .. } => "move",
        Edit::UpgradeFacility { .. } => "upgrade",
        Edit::OpenGate { .. } => "open a gate",
        Edit::OpenBarrier { .. } => "open a barrier",
        Edit::CloseStreet { .. } => "close the street",
        Edit::AddStreet { .. } => "add a street",
        Edit::ChangeRule { .. } => "change the rule",
    };
    let name = if mark.name.is_empty() { &mark.key } else { &mark.name };
    format!("{what} {name}").trim_end().to_owned()
}
