//! Moving a point to where it meets the street network: mid-edge, with a costed and capped access leg.

use std::collections::BTreeMap;

use crate::ids::{EdgeId, Id, NodeId};
use crate::spatial::frame::ground_distance;
use crate::spatial::index::SegmentHit;
use crate::spatial::{LonLat, SegmentIndex};
use crate::units::Meters;

use super::StreetClass;
use super::graph::StreetGraph;
use super::impedance::Impedance;
use super::islands::Islands;

/// A position on an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgePosition {
    /// The edge.
    pub edge: EdgeId,
    /// Millimetres from its beginning, 0 to its length.
    pub offset_mm: u32,
}

/// Where a point was moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapped {
    /// Where on the network.
    pub position: EdgePosition,
    /// Length of the access leg in whole millimetres.
    pub access_mm: u32,
    /// The same position as a place.
    pub place: LonLat,
    /// Whether it lies on an island.
    pub on_island: bool,
    /// Where the access leg begins: the place itself, its door, or the nearest place on its outline.
    pub door: LonLat,
    /// Whether the access leg goes over an obstacle, or to a street off the ground, because nothing else was within
    /// the limit.
    pub forced: bool,
}

impl Foot {
    /// Where on the edge.
    pub fn position(&self, graph: &StreetGraph) -> EdgePosition {
        position_on(graph, self.edge, self.piece, self.along)
    }

    /// The node that it lies at.
    pub(crate) fn end(&self, graph: &StreetGraph) -> Option<NodeId> {
        let edge = graph.edges()[self.edge];
        let last = graph.shape(self.edge).len() as u32 - 2;
        if self.along <= 0.0 && self.piece == 0 {
            Some(edge.from)
        } else {
            (self.along >= 1.0 && self.piece == last).then_some(edge.to)
        }
    }
}

impl Snapped {
    /// A point that stands on the street, at `place`.
    pub const fn on_street(position: EdgePosition, place: LonLat) -> Self {
        Self { position, access_mm: 0, place, on_island: false, door: place, forced: false }
    }
}

/// The place of an edge's straight piece that is nearest to where it was looked for from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foot {
    /// The edge.
    pub edge: EdgeId,
    /// Which piece of its shape, from 0.
    pub piece: u32,
    /// How far along the piece, 0 to 1.
    pub along: f64,
    /// How far away.
    pub distance: Meters,
    /// The place.
    pub place: LonLat,
}

/// The nearest street of a point, whoever may use it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest(Snapped);

/// Finds where points meet the streets.
#[derive(Debug)]
pub struct Snapper {
    index: SegmentIndex,
}

impl Snapper {
    /// A snapper for `graph`. Lifts, moving stairs, ferries, barrier passages and the entering sides of
    /// private ground take no points.
    pub fn new(graph: &StreetGraph) -> Self {
        Self::over(graph, graph.edges().ids().filter(|&edge| Self::takes_points(graph, edge)))
    }

    /// Whether points are snapped to `edge`.
    pub fn takes_points(graph: &StreetGraph, edge: EdgeId) -> bool {
        let class = graph.edges()[edge].class;
        let moving = matches!(
            class,
            StreetClass::Elevator | StreetClass::Escalator | StreetClass::Ferry | StreetClass::Gate
        );
        !moving && !graph.is_entering_side(edge)
    }

    /// A snapper for some edges of `graph` only.
    pub fn over(graph: &StreetGraph, edges: impl IntoIterator<Item = EdgeId>) -> Self {
        let lines = edges.into_iter().map(|edge| (edge.0, graph.shape(edge)));
        Self { index: SegmentIndex::new(lines) }
    }

    /// The nearest position within `limit` (inclusive) on a street that the walker may use.
    pub fn snap(&self, ground: &Walkable, place: LonLat, limit: Meters) -> Option<Snapped> {
        self.snap_from(ground, place, limit, self.nearest(ground.graph, place, limit))
    }

    /// The nearest position on any street within `limit` (inclusive), whoever may use it.
    pub fn nearest(&self, graph: &StreetGraph, place: LonLat, limit: Meters) -> Option<Nearest> {
        let hit = self.index.nearest_within(place, limit, |_| true)?;
        Some(Nearest(to_snapped(graph, place, &hit)))
    }

    /// The nearest position within `limit` (inclusive) on a street that `accept` takes.
    pub fn nearest_where(
        &self,
        graph: &StreetGraph,
        place: LonLat,
        limit: Meters,
        accept: impl Fn(EdgeId) -> bool,
    ) -> Option<Snapped> {
        let hit = self.index.nearest_within(place, limit, |line| accept(EdgeId(line)))?;
        Some(to_snapped(graph, place, &hit))
    }

    /// As [`Snapper::snap`], for a point whose nearest street of all is known: when the walker may use that
    /// one, nothing needs to be looked for.
    pub fn snap_from(
        &self,
        ground: &Walkable,
        place: LonLat,
        limit: Meters,
        nearest: Option<Nearest>,
    ) -> Option<Snapped> {
        let Nearest(nearest) = nearest?;
        let walkable = |line: u32| ground.impedance.is_walkable(EdgeId(line));
        let snapped = if walkable(nearest.position.edge.0) {
            nearest
        } else {
            let hit = self.index.nearest_within(place, limit, walkable)?;
            to_snapped(ground.graph, place, &hit)
        };
        Some(Snapped { on_island: ground.islands.contains(snapped.position.edge), ..snapped })
    }

    /// Calls `each` with the nearest place of every piece of a street within `limit` (inclusive).
    pub fn each_foot(&self, place: LonLat, limit: Meters, mut each: impl FnMut(Foot)) {
        self.index.each_within(place, limit, |hit| {
            let SegmentHit { line, piece, along, distance, place } = hit;
            each(Foot { edge: EdgeId(line), piece, along, distance, place });
        });
    }

    /// Whether the straight way between two places crosses or runs along an edge that `bars` takes.
    pub fn is_barred(&self, from: LonLat, to: LonLat, bars: impl Fn(EdgeId) -> bool) -> bool {
        self.index.is_met(from, to, |line| bars(EdgeId(line)))
    }

    /// Distance to the nearest street within `limit` (inclusive), whoever may use it.
    pub fn nearest_street(&self, place: LonLat, limit: Meters) -> Option<Meters> {
        self.index.nearest_within(place, limit, |_| true).map(|hit| hit.distance)
    }

    /// Edges near `place`, whoever may use them; sorted.
    pub fn edges_near(&self, place: LonLat, radius: Meters) -> Vec<EdgeId> {
        self.index.lines_near(place, radius).into_iter().map(EdgeId).collect()
    }
}

/// What decides where points may be snapped to: the graph, who walks, and what is cut off for them.
#[derive(Clone, Copy, Debug)]
pub struct Walkable<'a> {
    /// The streets.
    pub graph: &'a StreetGraph,
    /// Who walks.
    pub impedance: &'a Impedance,
    /// What is cut off for them.
    pub islands: &'a Islands,
}

/// The position `along` (0 to 1) a piece of the shape of `edge`.
fn position_on(graph: &StreetGraph, edge: EdgeId, piece: u32, along: f64) -> EdgePosition {
    let shape = graph.shape(edge);
    let ground = |pair: &[LonLat]| ground_distance(pair[0], pair[1]).0;
    let piece = piece as usize;
    let before: f64 = shape[..=piece].windows(2).map(ground).sum();
    let part = ground(&shape[piece..piece + 2]) * along;
    let offset_mm = Meters(before + part).as_mm().min(graph.edges()[edge].length_mm);
    EdgePosition { edge, offset_mm }
}

fn to_snapped(graph: &StreetGraph, door: LonLat, hit: &SegmentHit) -> Snapped {
    let position = position_on(graph, EdgeId(hit.line), hit.piece, hit.along);
    let access_mm = hit.distance.as_mm();
    Snapped { access_mm, door, ..Snapped::on_street(position, hit.place) }
}

/// The points of a layer, snapped; a point may have several positions (entrances) or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linkage {
    first: Vec<u32>,
    snaps: Vec<Snapped>,
    /// Points with no street within the limit, in order.
    pub unlinked: Vec<u32>,
    /// Points of which a scenario changed the positions, with those they have now.
    moved: BTreeMap<u32, Vec<Snapped>>,
}

impl Linkage {
    /// A linkage from each point's positions.
    pub fn new<Snaps: IntoIterator<Item = Snapped>>(
        points: impl IntoIterator<Item = Snaps>,
    ) -> Self {
        let mut linkage = Self { first: vec![0], ..Self::default() };
        for (point, snaps) in points.into_iter().enumerate() {
            let before = linkage.snaps.len();
            linkage.snaps.extend(snaps);
            if linkage.snaps.len() == before {
                linkage.unlinked.push(point as u32);
            }
            linkage.first.push(linkage.snaps.len() as u32);
        }
        linkage
    }

    /// How many points there are, snapped or not.
    pub fn len(&self) -> usize {
        self.first.len().saturating_sub(1)
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where `point` was moved to.
    pub fn of(&self, point: impl Id) -> &[Snapped] {
        let index = point.index();
        if let Some(moved) = self.find_moved(index as u32) {
            return moved;
        }
        &self.snaps[self.first[index] as usize..self.first[index + 1] as usize]
    }

    fn find_moved(&self, point: u32) -> Option<&[Snapped]> {
        if self.moved.is_empty() { None } else { self.moved.get(&point).map(Vec::as_slice) }
    }

    /// Gives `point` other positions; its old ones are returned.
    pub fn set(&mut self, point: impl Id, snaps: Vec<Snapped>) -> Vec<Snapped> {
        let index = point.index() as u32;
        let old = self.of(point).to_vec();
        match (self.unlinked.binary_search(&index), snaps.is_empty()) {
            (Ok(at), false) => {
                self.unlinked.remove(at);
            }
            (Err(at), true) => self.unlinked.insert(at, index),
            _ => {}
        }
        self.moved.insert(index, snaps);
        old
    }

    /// Appends a point; it has no position yet.
    pub fn push(&mut self) {
        if self.first.is_empty() {
            self.first.push(0);
        }
        self.unlinked.push(self.len() as u32);
        self.first.push(self.snaps.len() as u32);
    }

    /// Takes the last point away.
    pub fn pop(&mut self) {
        self.first.pop();
        let last = self.len() as u32;
        self.moved.remove(&last);
        self.unlinked.retain(|&point| point != last);
        let kept = self.first.last().map_or(0, |&end| end as usize);
        self.snaps.truncate(kept);
    }
}
