//! What a scenario says: one change after another, in words that outlive ids.

use serde::{Deserialize, Serialize};

use crate::facility::FacilityStatus;
use crate::spatial::LonLat;
use crate::street::StreetClass;

/// A named list of edits over a baseline that stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Remarks of the planner.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// The edits, in the order they are made.
    #[serde(default)]
    pub edits: Vec<Edit>,
}

/// One change. Facilities are named by their key (and layer, where a key occurs in several), places are
/// `[longitude, latitude]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// A new facility.
    OpenFacility {
        /// Its key; unique among the facilities that scenarios open.
        key: String,
        /// Its name.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// Where it is.
        place: LonLat,
        /// Where one enters; the place itself when empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        entrances: Vec<LonLat>,
        /// What it offers; at least one function.
        offers: Vec<NewOffer>,
        /// Its level, when rules ask for one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
    },
    /// A facility that serves nobody any more.
    CloseFacility {
        /// Its key.
        facility: String,
        /// Its layer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        layer: Option<String>,
    },
    /// A facility elsewhere.
    MoveFacility {
        /// Its key.
        facility: String,
        /// Its layer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        layer: Option<String>,
        /// Where it is from now on.
        place: LonLat,
        /// Where one enters; the place itself when empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        entrances: Vec<LonLat>,
    },
    /// More functions or places, another level, or a planned facility that opens.
    UpgradeFacility {
        /// Its key.
        facility: String,
        /// Its layer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        layer: Option<String>,
        /// Functions added, or offered with other places than before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        offers: Vec<NewOffer>,
        /// Its new level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
        /// Its new status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<FacilityStatus>,
    },
    /// A way through between two streets that lie close together.
    OpenGate {
        /// A place near the street on either side.
        sides: [LonLat; 2],
    },
    /// A barrier that some or all may not pass, opened for everybody.
    OpenBarrier {
        /// A place near it.
        place: LonLat,
    },
    /// A street nobody may walk any more, from junction to junction or a stretch of it.
    CloseStreet {
        /// A place near it; where the stretch begins when `to` is given.
        place: LonLat,
        /// Where the stretch ends, on the same street part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<LonLat>,
    },
    /// A new street; its ends meet the streets nearest to them.
    AddStreet {
        /// Its places, from end to end; at least two.
        line: Vec<LonLat>,
        /// What it is; a footway when not said.
        #[serde(default = "footway")]
        class: StreetClass,
    },
    /// A rule counted otherwise.
    ChangeRule {
        /// Id of its standard.
        standard: String,
        /// Its id.
        rule: String,
        /// Another cutoff in minutes, inclusive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cutoff_min: Option<f64>,
        /// Another cutoff in metres, inclusive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cutoff_m: Option<f64>,
        /// Another walk profile of the study.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
}

/// The words that say what an edit is.
pub const EDIT_WORDS: [&str; 9] = [
    "open_facility",
    "close_facility",
    "move_facility",
    "upgrade_facility",
    "open_gate",
    "open_barrier",
    "close_street",
    "add_street",
    "change_rule",
];

/// A function that a facility is to offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOffer {
    /// Its id or name in the study's taxonomy.
    pub function: String,
    /// Places (of children, beds, seats …), when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
}

fn footway() -> StreetClass {
    StreetClass::Footway
}

/// Layer name of the facilities that scenarios open.
pub const SCENARIO_LAYER: &str = "scenario";

/// Why an edit cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// No facility of that key.
    #[error("no facility {key:?}{}", nearest.as_ref().map(|known| format!("; the most similar key is {known:?}")).unwrap_or_default())]
    UnknownFacility {
        /// The key asked for.
        key: String,
        /// The known key most like it.
        nearest: Option<String>,
    },
    /// The key occurs in several layers.
    #[error("facility {key:?} is in the layers {layers}; name one with `layer`")]
    AmbiguousFacility {
        /// The key asked for.
        key: String,
        /// The layers, joined by commas.
        layers: String,
    },
    /// A new facility with a key that is taken.
    #[error("a facility {0:?} was already opened by this scenario; give the new one another key")]
    KeyTaken(String),
    /// The facility is shut already.
    #[error("facility {0:?} is closed already")]
    AlreadyClosed(String),
    /// A word that is no function.
    #[error("no function {word:?} in this study{}", nearest.as_ref().map(|known| format!("; the most similar is {known:?}")).unwrap_or_default())]
    UnknownFunction {
        /// The word.
        word: String,
        /// The known id most like it.
        nearest: Option<String>,
    },
    /// A new facility that offers nothing.
    #[error("a new facility needs at least one entry in `offers`")]
    NoOffers,
    /// A capacity that is no number of places.
    #[error("capacity {0} is not a number of places; give 0 or more")]
    BadCapacity(f64),
    /// Nothing to change.
    #[error("the edit changes nothing; give at least one new value")]
    NothingToChange,
    /// A place without a street.
    #[error("no street that any profile may walk within {limit_m} m of {place}")]
    TooFar {
        /// The place.
        place: LonLat,
        /// The limit in metres.
        limit_m: f64,
    },
    /// The sides of a gate are too far apart.
    #[error(
        "the streets on the two sides of the gate are {length_m:.0} m apart; at most {limit_m} m can be a gate, more is a street to add"
    )]
    GateTooLong {
        /// How far.
        length_m: f64,
        /// The limit in metres.
        limit_m: f64,
    },
    /// Both ends on one position.
    #[error("both ends meet the streets at the same position {0}; place them on different streets")]
    SamePosition(LonLat),
    /// No barrier near.
    #[error("no barrier that some profile may not pass within {limit_m} m of {place}")]
    NoBarrier {
        /// The place.
        place: LonLat,
        /// The limit in metres.
        limit_m: f64,
    },
    /// The ends of a stretch lie on different street parts.
    #[error(
        "the stretch begins on way {from_way} and ends on another street part (way {to_way}); close each part on its own"
    )]
    StretchOverJunction {
        /// Source id of the street it begins on.
        from_way: i64,
        /// Source id of the street it ends on.
        to_way: i64,
    },
    /// A stretch of no length.
    #[error("the stretch to close has no length; leave `to` out to close the whole street part")]
    EmptyStretch,
    /// A line of fewer than two places.
    #[error("a street needs at least two places, this one has {0}")]
    ShortLine(usize),
    /// No such rule.
    #[error("no rule {rule:?} in standard {standard:?} of this study")]
    UnknownRule {
        /// Id of the standard.
        standard: String,
        /// Id of the rule.
        rule: String,
    },
    /// No such profile.
    #[error("no walk profile {0:?} in this study; add it to `profiles`")]
    UnknownProfile(String),
    /// No usable cutoff.
    #[error(transparent)]
    Cutoff(#[from] crate::coverage::CutoffError),
}

/// Why a scenario cannot be resolved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScenarioError {
    /// One of its edits cannot be made.
    #[error("scenario {scenario:?}, edit {number} of {count}: {reason}")]
    Edit {
        /// Name of the scenario.
        scenario: String,
        /// Which edit, from 1.
        number: usize,
        /// How many there are.
        count: usize,
        /// Why.
        reason: EditError,
    },
    /// More edits than a scenario may have.
    #[error("scenario {scenario:?} has {count} edits; at most {limit} are taken")]
    TooManyEdits {
        /// Name of the scenario.
        scenario: String,
        /// How many there are.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// A rule of the study itself cannot be assessed.
    #[error("standard {standard:?}, rule {rule:?}: {reason}")]
    Rule {
        /// Id of the standard.
        standard: String,
        /// Id of the rule.
        rule: String,
        /// Why.
        reason: EditError,
    },
}
