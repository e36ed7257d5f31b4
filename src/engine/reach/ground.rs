//! What a search walks on, and which way.

use crate::ids::{EdgeId, NodeId};
use crate::street::{Arc, EdgePosition, Impedance, StreetGraph, Tracks, part_of};
use crate::units::WalkTime;

use super::Seed;

/// Which way walking times are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Direction {
    /// From anywhere to the seeds: people walk to a facility.
    #[default]
    Toward,
    /// From the seeds to anywhere.
    From,
}

/// The streets under one walker, seen in one direction.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The streets.
    pub graph: &'a StreetGraph,
    /// The walker's times.
    pub impedance: &'a Impedance,
    /// Which way times are counted.
    pub direction: Direction,
}

impl<'a> Ground<'a> {
    /// The streets as walked toward facilities.
    pub fn toward(graph: &'a StreetGraph, impedance: &'a Impedance) -> Self {
        Self { graph, impedance, direction: Direction::Toward }
    }

    /// The streets as walked away from origins.
    pub fn from(graph: &'a StreetGraph, impedance: &'a Impedance) -> Self {
        Self { graph, impedance, direction: Direction::From }
    }

    /// The packed arcs that labels are carried over, away from the seeds; made once an impedance.
    pub fn tracks(&self) -> &'a Tracks {
        match self.direction {
            Direction::Toward => self.impedance.arriving_tracks(self.graph),
            Direction::From => self.impedance.leaving_tracks(self.graph),
        }
    }

    /// Whether every edge takes the same time both ways.
    pub(super) fn is_even(&self) -> bool {
        self.impedance.is_even(self.graph)
    }

    /// Cost of carrying a label over `arc`, away from the seeds.
    pub fn step(&self, arc: Arc) -> WalkTime {
        match self.direction {
            Direction::Toward => self.impedance.arriving(arc),
            Direction::From => self.impedance.leaving(arc),
        }
    }

    /// Time of the whole `edge` walked in its own direction / against it, as the direction of counting asks:
    /// first for a label carried from the edge's end to its beginning, then from its beginning to its end.
    fn label_times(&self, edge: EdgeId) -> (WalkTime, WalkTime) {
        let (forward, backward) = (self.impedance.forward(edge), self.impedance.backward(edge));
        match self.direction {
            // A walker toward a seed at the end walks forward, while the label travels to the beginning.
            Direction::Toward => (forward, backward),
            Direction::From => (backward, forward),
        }
    }

    /// Cost between a position and the edge's beginning, then its end, for a label that starts there.
    pub fn out_of(&self, position: EdgePosition) -> (WalkTime, WalkTime) {
        let length = self.graph.edges()[position.edge].length_mm;
        let (to_beginning, to_end) = self.label_times(position.edge);
        (
            part_of(to_beginning, position.offset_mm, length),
            part_of(to_end, length - position.offset_mm.min(length), length),
        )
    }

    /// The two ends of a seed's edge, each with the time of a label that starts at the seed, access leg included.
    pub fn ways_out(&self, seed: &Seed) -> [(NodeId, WalkTime); 2] {
        let edge = self.graph.edges()[seed.position.edge];
        let (beginning, end) = self.out_of(seed.position);
        [(edge.from, seed.access.plus(beginning)), (edge.to, seed.access.plus(end))]
    }

    /// Cost between the edge's beginning, then its end, and a position, for a label that arrives there.
    pub fn into(&self, position: EdgePosition) -> (WalkTime, WalkTime) {
        let length = self.graph.edges()[position.edge].length_mm;
        let (to_beginning, to_end) = self.label_times(position.edge);
        (
            part_of(to_end, position.offset_mm, length),
            part_of(to_beginning, length - position.offset_mm.min(length), length),
        )
    }

    /// The two ends of a position's edge, each with the time of a label from there to the position.
    pub fn ways_in(&self, position: EdgePosition) -> [(NodeId, WalkTime); 2] {
        let edge = self.graph.edges()[position.edge];
        let (beginning, end) = self.into(position);
        [(edge.from, beginning), (edge.to, end)]
    }

    /// Where homes lie on the ground that `edge` only lets in to, when labels travel there ([`Ground::sides`]).
    pub(super) fn home(&self, edge: EdgeId) -> Option<EdgeId> {
        match self.direction {
            Direction::Toward => None,
            Direction::From => self.graph.find_leaving_side(edge),
        }
    }

    /// The positions at which a walk may be at `position`: homes lie on the leaving side of private ground,
    /// and whoever walks there from outside arrives on its entering side.
    pub fn sides(&self, position: EdgePosition) -> impl Iterator<Item = EdgePosition> + use<> {
        let twin = match self.direction {
            Direction::Toward => None,
            Direction::From => self.graph.find_twin(position.edge),
        };
        let arrival = twin.map(|edge| EdgePosition { edge, ..position });
        std::iter::once(position).chain(arrival)
    }

    /// Cost of carrying a label along one edge from offset `from_mm` to offset `to_mm`.
    pub fn along(&self, edge: EdgeId, from_mm: u32, to_mm: u32) -> WalkTime {
        let length = self.graph.edges()[edge].length_mm;
        let (to_beginning, to_end) = self.label_times(edge);
        if from_mm == to_mm {
            return WalkTime::ZERO;
        }
        let whole = if to_mm > from_mm { to_end } else { to_beginning };
        part_of(whole, to_mm.abs_diff(from_mm), length)
    }
}
