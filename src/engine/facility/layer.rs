//! A facility and the set of them.

use serde::{Deserialize, Serialize};

use super::Taxonomy;

use crate::ids::{FacilityId, FunctionId, IdVec};
use crate::spatial::{Area, Front, LonLat};

/// Whether a facility counts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FacilityStatus {
    /// Running: counts.
    #[default]
    Open,
    /// Not yet there: does not count.
    Planned,
    /// Shut: does not count.
    Closed,
}

/// One function a facility offers.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionOffer {
    /// What is offered.
    pub function: FunctionId,
    /// Places (of children, beds, seats …), when known.
    pub capacity: Option<f64>,
    /// Opening hours as written at the source.
    pub opening_hours: Option<String>,
}

/// A place that offers a set of functions.
#[derive(Clone, Debug, PartialEq)]
pub struct Facility {
    /// Id at the source: `node/123`, `way/5`, `relation/7`, or the id column of a table. Unique in its layer.
    pub key: String,
    /// Name of the layer it came in with: `osm`, or the `id` of the layer in `study.toml`.
    pub layer: String,
    /// Name as written at the source; may be empty.
    pub name: String,
    /// The functions it offers; at least one, sorted, each once.
    pub offers: Vec<FunctionOffer>,
    /// Level in a hierarchy (`station`, `center`, `15min` …), when known.
    pub tier: Option<String>,
    /// Whether it counts.
    pub status: FacilityStatus,
    /// Year it opened or will open, when known.
    pub opening_year: Option<i32>,
    /// Where it is drawn.
    pub place: LonLat,
    /// Where one enters, as mapped; empty when only the outline is known, the `place` itself when not even that is.
    pub entrances: Vec<LonLat>,
    /// Its outline, when it is drawn as one.
    pub outline: Option<Area>,
    /// Where it stands on a line of its own level, when that is another one than the ground.
    pub foot: Option<LonLat>,
    /// What is told of wheelchairs.
    pub wheels: Wheels,
}

/// What is told of wheelchairs at a facility (`wheelchair=*`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wheels {
    /// Whether they do not get in at all.
    pub refused: bool,
}

impl Facility {
    /// Where one steps from it onto streets.
    pub fn front(&self) -> Front {
        if let Some(foot) = self.foot {
            return Front::Level(foot);
        }
        match &self.outline {
            _ if self.entrances == [self.place] => {
                // A node of a map may be a corner of a path as well, and is one of the building it is at.
                if self.key.starts_with("node/") { Front::Point } else { Front::Listed }
            }
            Some(outline) if self.entrances.is_empty() => Front::Outline(Box::new(outline.clone())),
            _ => Front::of_doors(&self.entrances),
        }
    }

    /// Its place and where one may enter: doors, else the corners of its outline.
    pub fn edge_places(&self) -> impl Iterator<Item = LonLat> {
        let outline = self.outline.iter().filter(|_| self.entrances.is_empty());
        let corners = outline.flat_map(Area::rings).flatten();
        std::iter::once(self.place).chain(self.entrances.iter().chain(corners).copied())
    }

    /// The offer of `function`, if it is offered.
    pub fn find_offer(&self, function: FunctionId) -> Option<&FunctionOffer> {
        self.offers.iter().find(|offer| offer.function == function)
    }

    /// The places it offers of `functions`; of none listed, of all it offers. `None` when it does not say. A function
    /// that is a kind of another one counted here adds nothing.
    pub fn places(&self, taxonomy: &Taxonomy, functions: Option<&[FunctionId]>) -> Option<f64> {
        let asked = |id: FunctionId| functions.is_none_or(|asked| asked.contains(&id));
        let known: Vec<&FunctionOffer> = self
            .offers
            .iter()
            .filter(|offer| asked(offer.function) && offer.capacity.is_some())
            .collect();
        let is_within = |offer: &&&FunctionOffer| {
            let wider = taxonomy.wider(offer.function);
            wider.is_some_and(|wider| known.iter().any(|other| other.function == wider))
        };
        let places = known.iter().filter(|offer| !is_within(offer));
        (!known.is_empty()).then(|| places.filter_map(|offer| offer.capacity).sum())
    }

    /// Whether it is open and offers any of `functions`.
    pub fn serves(&self, functions: &[FunctionId]) -> bool {
        self.status == FacilityStatus::Open
            && functions.iter().any(|&f| self.find_offer(f).is_some())
    }
}

/// One number of places for several functions, each function with its part: whole places when they are whole, the
/// first functions one more when they do not come out even. A function that is a kind of another one has a part of
/// that one's, not one beside it.
pub fn share_places(
    taxonomy: &Taxonomy,
    functions: &[FunctionId],
    places: f64,
) -> Vec<(FunctionId, f64)> {
    let wider = |id: FunctionId| taxonomy.wider(id).filter(|wider| functions.contains(wider));
    let mut shares = Vec::new();
    let mut open: Vec<(Option<FunctionId>, f64)> = vec![(None, places)];
    while let Some((above, places)) = open.pop() {
        let level: Vec<FunctionId> =
            functions.iter().copied().filter(|&id| wider(id) == above).collect();
        for (rank, &id) in level.iter().enumerate() {
            let share = part_of(places, rank, level.len());
            shares.push((id, share));
            open.push((Some(id), share));
        }
    }
    shares.sort_by_key(|share| share.0);
    shares
}

/// The part of `places` that the function at `rank` of `count` has.
fn part_of(places: f64, rank: usize, count: usize) -> f64 {
    let count_f = count as f64;
    if places.fract() != 0.0 || places < count_f {
        return places / count_f;
    }
    let even = (places / count_f).floor();
    if (rank as f64) < places - even * count_f { even + 1.0 } else { even }
}

/// All facilities of a study, sorted by layer then key.
#[derive(Clone, Debug, Default)]
pub struct FacilityLayer {
    /// The facilities; the id is the position.
    pub facilities: IdVec<FacilityId, Facility>,
}

impl FacilityLayer {
    /// A layer in its one order: by layer name, then key.
    pub fn new(mut facilities: Vec<Facility>) -> Self {
        facilities.sort_by(|a, b| (&a.layer, &a.key).cmp(&(&b.layer, &b.key)));
        Self { facilities: facilities.into() }
    }

    /// Ids of the open facilities that offer any of `functions`.
    pub fn offering(&self, functions: &[FunctionId]) -> Vec<FacilityId> {
        self.facilities.enumerate().filter(|(_, f)| f.serves(functions)).map(|(id, _)| id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::Function;

    fn taxonomy() -> Taxonomy {
        let function = |id: &str, part_of: Option<&str>| Function {
            id: id.into(),
            en: id.into(),
            zh: id.into(),
            osm: Vec::new(),
            aliases: Vec::new(),
            part_of: part_of.map(str::to_owned),
        };
        let all = [("a", None), ("b", None), ("health", None), ("hospital", Some("health"))];
        Taxonomy::new(all.into_iter().map(|(id, part_of)| function(id, part_of)).collect()).unwrap()
    }

    #[test]
    fn places_are_shared_once_and_a_kind_of_a_function_has_no_more() {
        let [a, b, health, hospital] = [0, 1, 2, 3].map(FunctionId);
        let taxonomy = taxonomy();
        let share = |functions: &[FunctionId], places| share_places(&taxonomy, functions, places);
        assert_eq!(share(&[a, b], 30.0), [(a, 15.0), (b, 15.0)]);
        assert_eq!(share(&[a, b], 25.0), [(a, 13.0), (b, 12.0)]);
        assert_eq!(share(&[a, b], 1.0), [(a, 0.5), (b, 0.5)]);
        assert_eq!(share(&[health, hospital], 500.0), [(health, 500.0), (hospital, 500.0)]);
        assert_eq!(share(&[a, health, hospital], 9.0), [(a, 5.0), (health, 4.0), (hospital, 4.0)]);
    }

    #[test]
    fn the_places_of_a_facility_count_a_kind_of_a_function_once() {
        let place = LonLat::new(8.0, 50.0).unwrap();
        let taxonomy = taxonomy();
        let functions = [0, 2, 3].map(FunctionId);
        let offer = |(function, places)| FunctionOffer {
            function,
            capacity: Some(places),
            opening_hours: None,
        };
        let facility = Facility {
            key: "k".into(),
            layer: "l".into(),
            name: String::new(),
            offers: share_places(&taxonomy, &functions, 9.0).into_iter().map(offer).collect(),
            tier: None,
            status: FacilityStatus::Open,
            opening_year: None,
            place,
            entrances: vec![place],
            outline: None,
            foot: None,
            wheels: Wheels::default(),
        };
        assert_eq!(facility.places(&taxonomy, None), Some(9.0));
        assert_eq!(facility.places(&taxonomy, Some(&functions[1..])), Some(4.0));
        assert_eq!(facility.places(&taxonomy, Some(&[FunctionId(1)])), None);
    }
}
