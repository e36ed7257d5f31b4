//! A facility and the set of them.

use serde::{Deserialize, Serialize};

use crate::ids::{FacilityId, FunctionId, IdVec};
use crate::spatial::{Area, LonLat};

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
    /// Where one enters; never empty (the `place` itself when nothing better is known).
    pub entrances: Vec<LonLat>,
    /// Its outline, when it is drawn as one.
    pub outline: Option<Area>,
}

impl Facility {
    /// The offer of `function`, if it is offered.
    pub fn find_offer(&self, function: FunctionId) -> Option<&FunctionOffer> {
        self.offers.iter().find(|offer| offer.function == function)
    }

    /// Whether it is open and offers any of `functions`.
    pub fn serves(&self, functions: &[FunctionId]) -> bool {
        self.status == FacilityStatus::Open
            && functions.iter().any(|&f| self.find_offer(f).is_some())
    }
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
