//! What a street part is, independent of who walks it.

use serde::{Deserialize, Serialize};

/// The kind of a street part, from `highway=*` and its relatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum StreetClass {
    /// `highway=footway`, pavements, crossings.
    Footway,
    /// `highway=pedestrian`.
    Pedestrian,
    /// `highway=path`.
    Path,
    /// `highway=steps`.
    Steps,
    /// `highway=elevator` drawn as a way, or a lift joining levels.
    Elevator,
    /// A moving stair (`conveying=*` on steps).
    Escalator,
    /// `highway=corridor` and other indoor ways.
    Corridor,
    /// A way across an open square, made from its outline (`area=yes`).
    Plaza,
    /// `highway=living_street`.
    LivingStreet,
    /// `highway=residential`.
    Residential,
    /// `highway=service`.
    Service,
    /// `highway=unclassified` or `road`.
    Unclassified,
    /// `highway=tertiary` and its links.
    Tertiary,
    /// `highway=secondary` and its links.
    Secondary,
    /// `highway=primary` and its links.
    Primary,
    /// `highway=trunk` and its links.
    Trunk,
    /// `highway=track`.
    Track,
    /// `highway=cycleway` where walking is allowed.
    Cycleway,
    /// `highway=bridleway` where walking is allowed.
    Bridleway,
    /// `route=ferry`.
    Ferry,
    /// The passage through a barrier: a street part of no length (gate, stile …).
    Gate,
    /// `railway=platform` or `public_transport=platform` drawn as a way.
    Platform,
}

impl StreetClass {
    /// Every class, each at the position of its number.
    pub const ALL: [Self; 22] = [
        Self::Footway,
        Self::Pedestrian,
        Self::Path,
        Self::Steps,
        Self::Elevator,
        Self::Escalator,
        Self::Corridor,
        Self::Plaza,
        Self::LivingStreet,
        Self::Residential,
        Self::Service,
        Self::Unclassified,
        Self::Tertiary,
        Self::Secondary,
        Self::Primary,
        Self::Trunk,
        Self::Track,
        Self::Cycleway,
        Self::Bridleway,
        Self::Ferry,
        Self::Gate,
        Self::Platform,
    ];

    /// The class with this number (`class as u8`).
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

bitflags::bitflags! {
    /// What matters to some walkers on a street part; each profile says which it refuses.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
    pub struct StreetTraits: u32 {
        /// Nobody may pass (a wall, a locked gate); kept so that it can be opened.
        const CLOSED = 1;
        /// Private ground: one may leave from or arrive on it, not pass through.
        const PRIVATE = 1 << 1;
        /// A motor road without pavement (`sidewalk=no|none` and no sidewalk tagged, class secondary and up).
        const NO_SIDEWALK = 1 << 2;
        /// Inside a building.
        const INDOOR = 1 << 3;
        /// Only open at times or under conditions (`access:conditional`, `opening_hours`).
        const CONDITIONAL = 1 << 4;
        /// `wheelchair=no`.
        const WHEELCHAIR_NO = 1 << 5;
        /// `wheelchair=yes|designated`, or a ramp tagged for wheelchairs.
        const WHEELCHAIR_YES = 1 << 6;
        /// A ramp that a stroller can use (`ramp:stroller=yes`, `ramp=yes`).
        const STROLLER_RAMP = 1 << 7;
        /// Loose or bad ground (`surface` or `smoothness` bad for small wheels).
        const ROUGH = 1 << 8;
        /// In a tunnel or covered.
        const TUNNEL = 1 << 9;
        /// On a bridge.
        const BRIDGE = 1 << 10;
        /// Walkers may go along the way only in its direction (`oneway:foot=yes`, escalators).
        const FORWARD_ONLY = 1 << 11;
        /// Walkers may go along the way only against its direction.
        const BACKWARD_ONLY = 1 << 12;
        /// A stile, turnstile, kissing gate, cycle barrier …: on foot only, nothing on wheels.
        const NARROW = 1 << 13;
        /// Demanding mountain path (`sac_scale` beyond hiking).
        const ALPINE = 1 << 14;
        /// Under construction or not yet open.
        const PLANNED = 1 << 15;
        /// Drawn over a carriageway (`footway=crossing` and its relatives).
        const CROSSING_WAY = 1 << 16;
        /// Such a way over signals.
        const SIGNALS_WAY = 1 << 17;
        /// The part begins on a carriageway that is crossed there without signals.
        const CROSSING_AT_FROM = 1 << 18;
        /// The part ends on a carriageway that is crossed there without signals.
        const CROSSING_AT_TO = 1 << 19;
        /// The part begins on a carriageway that is crossed there with signals.
        const SIGNALS_AT_FROM = 1 << 20;
        /// The part ends on a carriageway that is crossed there with signals.
        const SIGNALS_AT_TO = 1 << 21;
        /// A kerb higher than 3 cm, or rolled.
        const RAISED_CURB = 1 << 22;
        /// Water that one wades through.
        const FORD = 1 << 23;
        /// Ground for off-road wheels at most (`smoothness=horrible` and worse).
        const OFF_ROAD = 1 << 30;
        /// Tagged steeper than 1:12 over 9 m and more.
        const STEEP = 1 << 25;
        /// Less than 0.9 m of clear width.
        const TIGHT = 1 << 26;
        /// A carriageway whose pavement is drawn beside it.
        const SIDEWALK_APART = 1 << 27;
        /// A fast road without anything for walkers, not closed to them by law as a motorway is.
        const EXPRESSWAY = 1 << 28;
        /// A straight line over open ground: one walks there, but it is no street and has no length of street.
        const CHORD = 1 << 29;
        /// Above or below the ground or inside a building: a bridge, a tunnel, another level. One comes to it only
        /// by streets, or by a door on it.
        const OFF_GROUND = 1 << 24;
    }
}

impl StreetTraits {
    /// What a part meets where it begins.
    pub const AT_FROM: Self = Self::CROSSING_AT_FROM.union(Self::SIGNALS_AT_FROM);
    /// What a part meets where it ends.
    pub const AT_TO: Self = Self::CROSSING_AT_TO.union(Self::SIGNALS_AT_TO);
}

impl StreetClass {
    /// Whether it is a carriageway that walkers on ways of their own have to cross.
    pub fn is_carriageway(self) -> bool {
        matches!(
            self,
            Self::LivingStreet
                | Self::Residential
                | Self::Service
                | Self::Unclassified
                | Self::Tertiary
                | Self::Secondary
                | Self::Primary
                | Self::Trunk
                | Self::Track
        )
    }

    /// Whether it is a way of walkers (or cyclists) that may run over a carriageway.
    pub fn is_own_way(self) -> bool {
        matches!(
            self,
            Self::Footway
                | Self::Pedestrian
                | Self::Path
                | Self::Plaza
                | Self::Cycleway
                | Self::Bridleway
        )
    }
}

/// How a carriageway is crossed at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrossingKind {
    /// Without signals, marked or not.
    Plain,
    /// With signals.
    Signals,
}

/// What stands in the way at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarrierKind {
    /// An opening one walks through with anything on wheels (bollard, gate, entrance, lift gate …).
    Gate,
    /// A passage on foot only (stile, kissing gate, turnstile, cycle barrier …).
    Narrow,
    /// Private: only who lives or visits behind it may pass.
    Private,
    /// Open at times only.
    Conditional,
    /// Nobody passes (wall, locked gate, `access=no`).
    Closed,
}
