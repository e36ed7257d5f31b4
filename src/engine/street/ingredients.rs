//! What a street graph is built from: places, ways over them, and barriers.

use std::ops::Range;

use super::{BarrierKind, CrossingKind, StreetClass, StreetTraits};
use crate::spatial::LonLat;

/// A walkable way over places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreetWay {
    /// Id of the way at its source, for messages and exports.
    pub source_id: i64,
    /// What it is.
    pub class: StreetClass,
    /// What matters to some walkers.
    pub traits: StreetTraits,
    /// Position of its name in [`StreetIngredients::names`]; 0 is the empty name.
    pub name: u32,
    /// Its places, as a range of [`StreetIngredients::way_places`]; at least two.
    pub places: Range<usize>,
}

/// A barrier on a place of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeBarrier {
    /// Position of the place in [`StreetIngredients::places`].
    pub place: u32,
    /// Id of the node at its source.
    pub source_id: i64,
    /// What stands there.
    pub kind: BarrierKind,
    /// What it means to wheels besides.
    pub traits: StreetTraits,
}

impl NodeBarrier {
    /// A barrier of `kind` that means nothing more to wheels.
    pub const fn new(place: u32, source_id: i64, kind: BarrierKind) -> Self {
        Self { place, source_id, kind, traits: StreetTraits::empty() }
    }
}

/// A place where a carriageway is crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeCrossing {
    /// Position of the place in [`StreetIngredients::places`].
    pub place: u32,
    /// How it is crossed.
    pub kind: CrossingKind,
}

/// A network before it is a graph. Two ways meet where they share a place (an index, not a coordinate).
#[derive(Clone, Debug, Default)]
pub struct StreetIngredients {
    /// Places, each once.
    pub places: Vec<LonLat>,
    /// The ways, sorted by `source_id` (ties by order of making), so that any reading order gives the same graph.
    pub ways: Vec<StreetWay>,
    /// Positions in [`Self::places`], way by way.
    pub way_places: Vec<u32>,
    /// Barriers, sorted by place.
    pub barriers: Vec<NodeBarrier>,
    /// Crossings, sorted by place.
    pub crossings: Vec<NodeCrossing>,
    /// Street names; the first is empty.
    pub names: Vec<String>,
}
