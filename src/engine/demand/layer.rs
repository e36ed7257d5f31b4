//! Demand points with people by group.

use serde::{Deserialize, Serialize};

use crate::ids::{DemandPointId, GroupId, IdVec, ZoneId};
use crate::spatial::{Front, LonLat};
use crate::units::Persons;

/// Where the walk from a home behind the wall of a compound begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// At its door; the gates of the compound are ways out.
    #[default]
    Door,
    /// At the gate of the compound, as some local standards count (DB4106/T 91-2022).
    Gate,
}

impl Origin {
    /// The word that files and the study have.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Door => "door",
            Self::Gate => "gate",
        }
    }
}

/// A group of people: `all`, `age_0_3`, `age_60_plus`, `workers` …
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemandGroup {
    /// Short name used in files; the first group of a layer is `all`.
    pub id: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// Whether the numbers were estimated by walkshed or a stated rule, not counted.
    pub estimated: bool,
}

/// What a demand weight counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DemandUnit {
    /// People, counted at the source.
    #[default]
    Persons,
    /// People, estimated from building floor area.
    PersonsEstimated,
    /// No people known: metres of street stand in.
    StreetMeters,
}

/// A place where people are.
#[derive(Clone, Debug, PartialEq)]
pub struct DemandPoint {
    /// Id at the source, unique in the layer.
    pub key: String,
    /// Where they are (a building's door or label point, a grid cell's middle …).
    pub place: LonLat,
    /// Where they step out.
    pub front: Front,
    /// How many, group by group, in the order of [`DemandLayer::groups`].
    pub persons: Vec<Persons>,
    /// The deepest zone it lies in; `None` outside the study area (it then counts nowhere).
    pub zone: Option<ZoneId>,
}

/// All demand of a study.
#[derive(Clone, Debug, Default)]
pub struct DemandLayer {
    /// The groups; the first is `all`.
    pub groups: IdVec<GroupId, DemandGroup>,
    /// The points, sorted by key.
    pub points: IdVec<DemandPointId, DemandPoint>,
    /// What the weights count.
    pub unit: DemandUnit,
}

impl DemandLayer {
    /// The group called `id`.
    pub fn find_group(&self, id: &str) -> Option<GroupId> {
        self.groups.enumerate().find(|(_, group)| group.id == id).map(|(found, _)| found)
    }

    /// Everybody of a group, inside the study area or not.
    pub fn total(&self, group: GroupId) -> Persons {
        self.points.iter().map(|point| point.persons[crate::ids::Id::index(group)]).sum()
    }
}
