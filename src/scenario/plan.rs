//! From the words of an edit to ids and positions, or the reason why it cannot be made. Nothing is changed.

use crate::coverage::Rule;
use crate::facility::{Facility, FacilityStatus, FunctionOffer};
use crate::ids::{EdgeId, FacilityId, FunctionId};
use crate::limits::{GATE_LENGTH_M, STREET_EDIT_DISTANCE_M};
use crate::spatial::LonLat;
use crate::spatial::frame::ground_distance;
use crate::street::{EdgePosition, NewStreet, Snapped, StreetClass, StreetTraits, Walkable};
use crate::units::Meters;

use super::Baseline;
use super::edit::{Edit, EditError, NewOffer, SCENARIO_LAYER};
use super::state::ScenarioState;

/// An edit with everything found that it names.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// A facility becomes another; a new one has the id after the last.
    Facility(FacilityId, Box<Facility>),
    Link([EdgePosition; 2], NewStreet),
    Open(Vec<EdgeId>),
    Close(EdgeId, u32, u32),
    Rule(usize, Box<Rule>),
}

impl ScenarioState {
    /// What `edit` means now.
    pub(super) fn plan(&self, baseline: &Baseline, edit: &Edit) -> Result<Action, EditError> {
        match edit {
            Edit::OpenFacility { key, name, place, entrances, offers, tier } => {
                let words = (key.as_str(), name.as_str());
                let facility =
                    self.new_facility(baseline, words, (*place, entrances), (offers, tier))?;
                let id = FacilityId(self.facilities.facilities.len() as u32);
                Ok(Action::Facility(id, Box::new(facility)))
            }
            Edit::CloseFacility { facility, layer } => {
                let (id, known) = self.find(facility, layer.as_deref())?;
                if known.status == FacilityStatus::Closed {
                    return Err(EditError::AlreadyClosed(facility.clone()));
                }
                let shut = Facility { status: FacilityStatus::Closed, ..known.clone() };
                Ok(Action::Facility(id, Box::new(shut)))
            }
            Edit::MoveFacility { facility, layer, place, entrances } => {
                let (id, known) = self.find(facility, layer.as_deref())?;
                let entrances = self.doors(baseline, *place, entrances)?;
                let (place, outline, foot) = (*place, None, None);
                let moved = Facility { place, entrances, outline, foot, ..known.clone() };
                Ok(Action::Facility(id, Box::new(moved)))
            }
            Edit::UpgradeFacility { facility, layer, offers, tier, status } => {
                let (id, known) = self.find(facility, layer.as_deref())?;
                let mut better = known.clone();
                add_offers(&mut better, Self::offers(baseline, offers)?);
                better.tier = tier.clone().or(better.tier);
                better.status = status.unwrap_or(better.status);
                if better == *known {
                    return Err(EditError::NothingToChange);
                }
                Ok(Action::Facility(id, Box::new(better)))
            }
            Edit::OpenGate { sides } => self.gate(baseline, *sides),
            Edit::OpenBarrier { place } => self.barrier(*place),
            Edit::CloseStreet { place, to } => self.stretch(baseline, *place, *to),
            Edit::AddStreet { line, class } => self.street(baseline, line, *class),
            Edit::ChangeRule { standard, rule, .. } => {
                let found = self.rules.iter().position(|standing| {
                    standing.standard == *standard && standing.rule.id == *rule
                });
                let index = found.ok_or_else(|| EditError::UnknownRule {
                    standard: standard.clone(),
                    rule: rule.clone(),
                })?;
                self.changed_rule(index, edit).map(|rule| Action::Rule(index, Box::new(rule)))
            }
        }
    }

    fn changed_rule(&self, index: usize, edit: &Edit) -> Result<Rule, EditError> {
        let mut rule = self.rules[index].rule.clone();
        if let Edit::ChangeRule { cutoff_min, cutoff_m, profile, .. } = edit {
            if cutoff_min.is_none() && cutoff_m.is_none() && profile.is_none() {
                return Err(EditError::NothingToChange);
            }
            if cutoff_min.is_some() || cutoff_m.is_some() {
                (rule.cutoff_min, rule.cutoff_m) = (*cutoff_min, *cutoff_m);
            }
            rule.profile = profile.clone().unwrap_or(rule.profile);
        }
        rule.cutoff()?;
        if !self.walkers.iter().any(|walker| walker.profile.id == rule.profile) {
            return Err(EditError::UnknownProfile(rule.profile));
        }
        Ok(rule)
    }

    fn find(&self, key: &str, layer: Option<&str>) -> Result<(FacilityId, &Facility), EditError> {
        let all = self.facilities.facilities.enumerate();
        let found: Vec<(FacilityId, &Facility)> = all
            .filter(|(_, known)| known.key == key && layer.is_none_or(|layer| known.layer == layer))
            .collect();
        match found[..] {
            [one] => Ok(one),
            [] => {
                let keys = self.facilities.facilities.iter().map(|known| known.key.as_str());
                Err(EditError::UnknownFacility { key: key.to_owned(), nearest: alike(key, keys) })
            }
            _ => {
                let layers: Vec<&str> =
                    found.iter().map(|(_, known)| known.layer.as_str()).collect();
                let (key, layers) = (key.to_owned(), layers.join(", "));
                Err(EditError::AmbiguousFacility { key, layers })
            }
        }
    }

    fn new_facility(
        &self,
        baseline: &Baseline,
        (key, name): (&str, &str),
        (place, entrances): (LonLat, &[LonLat]),
        (offers, tier): (&[NewOffer], &Option<String>),
    ) -> Result<Facility, EditError> {
        let is_same = |known: &Facility| known.key == key && known.layer == SCENARIO_LAYER;
        if self.facilities.facilities.iter().any(is_same) {
            return Err(EditError::KeyTaken(key.to_owned()));
        }
        if offers.is_empty() {
            return Err(EditError::NoOffers);
        }
        let mut facility = Facility {
            key: key.to_owned(),
            layer: SCENARIO_LAYER.to_owned(),
            name: name.to_owned(),
            offers: Vec::new(),
            tier: tier.clone(),
            status: FacilityStatus::Open,
            opening_year: None,
            place,
            entrances: self.doors(baseline, place, entrances)?,
            outline: None,
            foot: None,
            wheels: crate::facility::Wheels::default(),
        };
        add_offers(&mut facility, Self::offers(baseline, offers)?);
        Ok(facility)
    }

    fn offers(baseline: &Baseline, offers: &[NewOffer]) -> Result<Vec<FunctionOffer>, EditError> {
        let taxonomy = &baseline.taxonomy;
        let find = |word: &str| -> Result<FunctionId, EditError> {
            taxonomy.find(word).or_else(|| taxonomy.find_word(word)).ok_or_else(|| {
                let ids = taxonomy.functions().iter().map(|function| function.id.as_str());
                EditError::UnknownFunction { word: word.to_owned(), nearest: alike(word, ids) }
            })
        };
        let bad = offers
            .iter()
            .filter_map(|offer| offer.capacity)
            .find(|&places| !(places.is_finite() && (0.0..=1.0e9).contains(&places)));
        if let Some(capacity) = bad {
            return Err(EditError::BadCapacity(capacity));
        }
        let offer = |new: &NewOffer| {
            let function = find(&new.function)?;
            Ok(FunctionOffer { function, capacity: new.capacity, opening_hours: None })
        };
        offers.iter().map(offer).collect()
    }

    /// The entrances of a place, of which at least one must meet a street that some profile walks.
    fn doors(
        &self,
        baseline: &Baseline,
        place: LonLat,
        entrances: &[LonLat],
    ) -> Result<Vec<LonLat>, EditError> {
        let doors = if entrances.is_empty() { vec![place] } else { entrances.to_vec() };
        let limit_m = baseline.limits.snap_distance.0;
        let meets = |door: &LonLat| self.find_street(baseline, *door, limit_m).is_some();
        if doors.iter().any(meets) { Ok(doors) } else { Err(EditError::TooFar { place, limit_m }) }
    }

    fn gate(&self, baseline: &Baseline, sides: [LonLat; 2]) -> Result<Action, EditError> {
        let [a, b] = sides.map(|side| self.street_near(baseline, side));
        let (a, b) = (a?, b?);
        let length = ground_distance(a.place, b.place);
        if length.0 > GATE_LENGTH_M {
            let (length_m, limit_m) = (length.0, GATE_LENGTH_M);
            return Err(EditError::GateTooLong { length_m, limit_m });
        }
        if a.position == b.position {
            return Err(EditError::SamePosition(a.place));
        }
        let shape = vec![a.place, b.place];
        let (class, traits, length_mm) = (StreetClass::Gate, StreetTraits::empty(), length.as_mm());
        let way = NewStreet { class, traits, length_mm, shape };
        Ok(Action::Link([a.position, b.position], way))
    }

    fn barrier(&self, place: LonLat) -> Result<Action, EditError> {
        let graph = self.streets.graph();
        let is_shut =
            |edge: EdgeId| self.walkers.iter().any(|walker| !walker.impedance.is_walkable(edge));
        let passages = graph
            .edges()
            .enumerate()
            .filter(|(id, edge)| edge.class == StreetClass::Gate && is_shut(*id))
            .map(|(id, edge)| (ground_distance(graph.places()[edge.from], place), id));
        let nearest = passages
            .filter(|(distance, _)| distance.0 <= STREET_EDIT_DISTANCE_M)
            .min_by(|a, b| a.0.0.total_cmp(&b.0.0).then(a.1.cmp(&b.1)));
        let Some((_, found)) = nearest else {
            return Err(EditError::NoBarrier { place, limit_m: STREET_EDIT_DISTANCE_M });
        };
        // A barrier where several streets meet is one passage for each of them.
        let at = |id: EdgeId| graph.places()[graph.edges()[id].from];
        let same = graph.edges().enumerate().filter(|&(id, edge)| {
            edge.class == StreetClass::Gate && is_shut(id) && at(id) == at(found)
        });
        Ok(Action::Open(same.map(|(id, _)| id).collect()))
    }

    fn stretch(
        &self,
        baseline: &Baseline,
        place: LonLat,
        to: Option<LonLat>,
    ) -> Result<Action, EditError> {
        let graph = self.streets.graph();
        let begin = self.streets.whole(self.street_near(baseline, place)?.position);
        let street = graph.edges()[begin.edge];
        let Some(to) = to else {
            return Ok(Action::Close(begin.edge, 0, street.length_mm));
        };
        let end = self.streets.whole(self.street_near(baseline, to)?.position);
        if end.edge != begin.edge {
            let to_way = graph.edges()[end.edge].source_id;
            return Err(EditError::StretchOverJunction { from_way: street.source_id, to_way });
        }
        let (from_mm, to_mm) =
            (begin.offset_mm.min(end.offset_mm), begin.offset_mm.max(end.offset_mm));
        if from_mm == to_mm {
            return Err(EditError::EmptyStretch);
        }
        Ok(Action::Close(begin.edge, from_mm, to_mm))
    }

    fn street(
        &self,
        baseline: &Baseline,
        line: &[LonLat],
        class: StreetClass,
    ) -> Result<Action, EditError> {
        let [first, .., last] = line else { return Err(EditError::ShortLine(line.len())) };
        let (a, b) = (self.street_near(baseline, *first)?, self.street_near(baseline, *last)?);
        if a.position == b.position {
            return Err(EditError::SamePosition(a.place));
        }
        let mut shape = vec![a.place];
        shape.extend_from_slice(line);
        shape.push(b.place);
        shape.dedup();
        let length: f64 = shape.windows(2).map(|pair| ground_distance(pair[0], pair[1]).0).sum();
        let (traits, length_mm) = (StreetTraits::empty(), Meters(length).as_mm());
        let way = NewStreet { class, traits, length_mm, shape };
        Ok(Action::Link([a.position, b.position], way))
    }

    fn street_near(&self, baseline: &Baseline, place: LonLat) -> Result<Snapped, EditError> {
        let limit_m = STREET_EDIT_DISTANCE_M;
        self.find_street(baseline, place, limit_m).ok_or(EditError::TooFar { place, limit_m })
    }

    /// The nearest street that some walker may use.
    fn find_street(&self, baseline: &Baseline, place: LonLat, limit_m: f64) -> Option<Snapped> {
        let all = (0..self.walkers.len())
            .filter_map(|walker| self.snap(baseline, walker, (place, Meters(limit_m))));
        all.min_by_key(|snap| (snap.access_mm, snap.position))
    }

    /// Where a place meets the streets that a walker may use as they are now: on a whole street.
    pub(super) fn snap(
        &self,
        baseline: &Baseline,
        walker: usize,
        (place, limit): (LonLat, Meters),
    ) -> Option<Snapped> {
        let walker = &self.walkers[walker];
        let graph = self.streets.graph();
        let (impedance, islands) = (&walker.impedance, &walker.islands);
        let ground = Walkable { graph, impedance, islands };
        let known = baseline.snapper.snap(&ground, place, limit);
        let new = self.added.as_ref().and_then(|added| added.snap(&ground, place, limit));
        known.into_iter().chain(new).min_by_key(|s| (s.on_island, s.access_mm, s.position))
    }
}

/// Puts offers into a facility; one for a function it offers already takes its place.
fn add_offers(facility: &mut Facility, offers: Vec<FunctionOffer>) {
    for offer in offers {
        match facility.offers.iter_mut().find(|known| known.function == offer.function) {
            Some(known) => known.capacity = offer.capacity.or(known.capacity),
            None => facility.offers.push(offer),
        }
    }
    facility.offers.sort_by_key(|offer| offer.function);
}

/// The known word that takes the fewest letters to change, unless nearly all must be.
fn alike<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let best = known.map(|other| (letters_changed(word, other), other)).min()?;
    (best.0 < word.chars().count().max(2)).then(|| best.1.to_owned())
}

/// Letters to insert, drop or replace (V. I. Levenshtein, "Binary codes capable of correcting deletions,
/// insertions, and reversals", Soviet Physics Doklady 10, 1966).
fn letters_changed(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
