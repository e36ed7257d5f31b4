//! Where walkers wait: the parts of their own ways that end on a carriageway to be crossed.
//!
//! A way of walkers that runs over a carriageway is cut at the crossing. Each part that ends there costs half
//! of the wait, so that whoever crosses waits once, whoever walks along the road does not, and every time is
//! that of plain edges.

use std::collections::BTreeMap;

use super::builder::RawGraph;
use super::{CrossingKind, StreetClass, StreetIngredients, StreetTraits};

/// Makes a node of each crossing that a way of walkers runs over.
pub(super) fn note_nodes(ingredients: &StreetIngredients, used: &mut [u8]) {
    let kinds = kinds_of(ingredients);
    if kinds.is_empty() {
        return;
    }
    for way in ingredients.ways.iter().filter(|way| way.class.is_own_way()) {
        for place in &ingredients.way_places[way.places.clone()] {
            if kinds.contains_key(place) {
                used[*place as usize] = 2;
            }
        }
    }
}

fn kinds_of(ingredients: &StreetIngredients) -> BTreeMap<u32, CrossingKind> {
    ingredients.crossings.iter().map(|crossing| (crossing.place, crossing.kind)).collect()
}

/// Marks the ends of street parts that lie on a carriageway to be crossed: the place is tagged as a crossing,
/// or the way is drawn as one and meets a carriageway there.
pub(super) fn mark_waits(raw: &mut RawGraph, ingredients: &StreetIngredients) {
    let kinds = kinds_of(ingredients);
    let is_drawn = |traits: StreetTraits| traits.contains(StreetTraits::CROSSING_WAY);
    if kinds.is_empty() && !raw.edges.iter().any(|edge| is_drawn(edge.traits)) {
        return;
    }
    let mut on_carriageway = vec![false; raw.places.len()];
    for edge in raw.edges.iter().filter(|edge| edge.class.is_carriageway()) {
        on_carriageway[edge.from as usize] = true;
        on_carriageway[edge.to as usize] = true;
    }
    let crossed = |place: u32, class: StreetClass, traits: StreetTraits| {
        if !class.is_own_way() {
            return None;
        }
        let drawn = is_drawn(traits) && on_carriageway[place as usize];
        let signals = traits.contains(StreetTraits::SIGNALS_WAY);
        let by_way =
            drawn.then_some(if signals { CrossingKind::Signals } else { CrossingKind::Plain });
        kinds.get(&place).copied().max(by_way)
    };
    for edge in &mut raw.edges {
        let ends = [
            (edge.from, [StreetTraits::CROSSING_AT_FROM, StreetTraits::SIGNALS_AT_FROM]),
            (edge.to, [StreetTraits::CROSSING_AT_TO, StreetTraits::SIGNALS_AT_TO]),
        ];
        let tagged = edge.traits;
        for (place, [plain, signals]) in ends {
            match crossed(place, edge.class, tagged) {
                None => {}
                Some(CrossingKind::Plain) => edge.traits |= plain,
                Some(CrossingKind::Signals) => edge.traits |= signals,
            }
        }
    }
}
