//! The immutable street graph.

use crate::ids::{EdgeId, Id, IdVec, NodeId};
use crate::spatial::{BoundingBox, LonLat};
use crate::units::Meters;

use super::heights::{Along, Heights};
use super::{StreetClass, StreetTraits};

/// A direction along an edge as seen from a node: which edge, and whether it is walked in its own direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arc {
    /// The node at the other end.
    pub target: NodeId,
    /// `edge × 2`, plus 1 when leaving against the edge's direction: an index into interleaved costs.
    pub slot: u32,
}

impl Arc {
    /// The edge walked.
    pub const fn edge(self) -> EdgeId {
        EdgeId(self.slot >> 1)
    }

    /// Whether the edge is left in its own direction.
    pub const fn is_forward(self) -> bool {
        self.slot & 1 == 0
    }
}

/// A street part between two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it begins.
    pub from: NodeId,
    /// Where it ends.
    pub to: NodeId,
    /// Its length in whole millimetres.
    pub length_mm: u32,
    /// What it is.
    pub class: StreetClass,
    /// What matters to some walkers.
    pub traits: StreetTraits,
    /// Position of its name in the graph's names.
    pub name: u32,
    /// Id of the way it is part of, at its source.
    pub source_id: i64,
}

/// A walkable street network: nodes in space-filling-curve order, edges in node order, adjacency as
/// compressed rows, geometry apart. Nothing in it ever changes.
#[derive(Clone, Debug, Default)]
pub struct StreetGraph {
    pub(super) places: IdVec<NodeId, LonLat>,
    pub(super) edges: IdVec<EdgeId, Edge>,
    pub(super) first_arc: Vec<u32>,
    /// Where each node's row ends, once an overlay has moved rows; empty while each ends where the next begins.
    pub(super) row_end: Vec<u32>,
    pub(super) arcs: Vec<Arc>,
    pub(super) first_shape: Vec<u32>,
    pub(super) shapes: Vec<LonLat>,
    pub(super) names: Vec<String>,
    /// Edges of private ground that one only leaves, with the edge of the same ground that one only enters;
    /// sorted.
    pub(super) twins: Vec<(EdgeId, EdgeId)>,
    /// The same pairs the other way round, entering edge first; sorted.
    pub(super) entering: Vec<(EdgeId, EdgeId)>,
    /// How high the streets lie, when the study says.
    pub(super) heights: Option<Heights>,
}

impl StreetGraph {
    /// Places of the nodes.
    pub fn places(&self) -> &IdVec<NodeId, LonLat> {
        &self.places
    }

    /// The edges.
    pub fn edges(&self) -> &IdVec<EdgeId, Edge> {
        &self.edges
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.places.len()
    }

    /// How many edges there are.
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// The arcs that leave `node`, in edge order.
    pub fn arcs(&self, node: NodeId) -> &[Arc] {
        let index = node.index();
        let end = match self.row_end.get(index) {
            Some(&end) => end,
            None => self.first_arc[index + 1],
        };
        &self.arcs[self.first_arc[index] as usize..end as usize]
    }

    /// The places along `edge`, both ends included.
    pub fn shape(&self, edge: EdgeId) -> &[LonLat] {
        let index = edge.index();
        &self.shapes[self.first_shape[index] as usize..self.first_shape[index + 1] as usize]
    }

    /// The street name of `edge`; may be empty.
    pub fn name(&self, edge: EdgeId) -> &str {
        self.names.get(self.edges[edge].name as usize).map_or("", String::as_str)
    }

    /// The street names; the first is empty.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The edge on which walkers from outside arrive at the ground that `edge` only lets out of.
    pub fn find_twin(&self, edge: EdgeId) -> Option<EdgeId> {
        let found = self.twins.binary_search_by_key(&edge, |&(out, _)| out).ok()?;
        Some(self.twins[found].1)
    }

    /// The streets of private ground with two sides: the edge one leaves by, and the edge one enters by.
    pub fn twins(&self) -> &[(EdgeId, EdgeId)] {
        &self.twins
    }

    /// Whether `edge` is the entering side of private ground: homes are never snapped to it.
    pub fn is_entering_side(&self, edge: EdgeId) -> bool {
        self.find_leaving_side(edge).is_some()
    }

    /// The edge on which homes lie on the ground that `edge` only lets in to.
    pub fn find_leaving_side(&self, edge: EdgeId) -> Option<EdgeId> {
        let found = self.entering.binary_search_by_key(&edge, |&(into, _)| into).ok()?;
        Some(self.entering[found].1)
    }

    /// How high the streets lie, when the study says.
    pub fn heights(&self) -> Option<&Heights> {
        self.heights.as_ref()
    }

    /// The heights along `edge`, where they are known.
    pub fn heights_along(&self, edge: EdgeId) -> Option<Along<'_>> {
        let Edge { from, to, .. } = self.edges[edge];
        self.heights.as_ref()?.along(edge, (from, to))
    }

    /// Length of all streets, each counted once (entering sides, barrier passages and lines over open ground
    /// left out).
    pub fn street_length(&self) -> Meters {
        let mm: u64 = self.edges.ids().map(|id| self.street_mm(id)).sum();
        Meters(mm as f64 / 1000.0)
    }

    /// Millimetres of street that `edge` is: none on the entering side of private ground, which is there once, and
    /// on lines over open ground.
    pub fn street_mm(&self, edge: EdgeId) -> u64 {
        let street = &self.edges[edge];
        if street.traits.contains(StreetTraits::CHORD) || self.is_entering_side(edge) {
            0
        } else {
            u64::from(street.length_mm)
        }
    }

    /// The box around all nodes and shapes.
    pub fn bounding_box(&self) -> Option<BoundingBox> {
        BoundingBox::around(self.shapes.iter().copied())
    }

    /// Bytes held by the arrays.
    pub fn memory_bytes(&self) -> usize {
        self.places.len() * size_of::<LonLat>()
            + self.edges.len() * (size_of::<Edge>() + 4)
            + (self.first_arc.len() + self.row_end.len()) * 4
            + self.arcs.len() * size_of::<Arc>()
            + self.shapes.len() * size_of::<LonLat>()
            + self.names.iter().map(|name| name.len() + size_of::<String>()).sum::<usize>()
            + self.heights.as_ref().map_or(0, Heights::memory_bytes)
    }

    /// The place `offset_mm` along `edge`, measured on the ground from its beginning.
    pub fn place_at(&self, edge: EdgeId, offset_mm: u32) -> LonLat {
        let shape = self.shape(edge);
        let (piece, along) = self.locate(edge, offset_mm);
        let (a, b) = (shape[piece], shape[(piece + 1).min(shape.len() - 1)]);
        interpolate(a, b, along)
    }

    /// The places along `edge` from `from_mm` to `to_mm`, ends included; reversed when `from_mm > to_mm`.
    pub fn shape_between(&self, edge: EdgeId, from_mm: u32, to_mm: u32) -> Vec<LonLat> {
        if from_mm > to_mm {
            let mut line = self.shape_between(edge, to_mm, from_mm);
            line.reverse();
            return line;
        }
        let shape = self.shape(edge);
        let (first, _) = self.locate(edge, from_mm);
        let (last, _) = self.locate(edge, to_mm);
        let mut line = vec![self.place_at(edge, from_mm)];
        line.extend_from_slice(
            &shape[(first + 1).min(shape.len())..(last + 1).max(first + 1).min(shape.len())],
        );
        line.push(self.place_at(edge, to_mm));
        line.dedup();
        line
    }

    /// Segment of the shape of `edge` that holds `offset_mm`, and how far along it (0 to 1).
    fn locate(&self, edge: EdgeId, offset_mm: u32) -> (usize, f64) {
        let shape = self.shape(edge);
        let length = f64::from(self.edges[edge].length_mm);
        let ground: Vec<f64> = shape
            .windows(2)
            .map(|pair| crate::spatial::frame::ground_distance(pair[0], pair[1]).0)
            .collect();
        let total: f64 = ground.iter().sum();
        if total <= 0.0 || length <= 0.0 {
            return (0, 0.0);
        }
        let mut left = f64::from(offset_mm) / length * total;
        for (piece, &part) in ground.iter().enumerate() {
            if left <= part || piece + 1 == ground.len() {
                return (piece, if part > 0.0 { (left / part).clamp(0.0, 1.0) } else { 0.0 });
            }
            left -= part;
        }
        (0, 0.0)
    }
}

/// The place `along` (0 to 1) the straight line from `a` to `b`, over the antimeridian when that is shorter.
pub(super) fn interpolate(a: LonLat, b: LonLat, along: f64) -> LonLat {
    const TURN_E7: i64 = 3_600_000_000;
    let between = |from: i32, to: i64| {
        (f64::from(from) + (to - i64::from(from)) as f64 * along).round() as i64
    };
    let lon_b = match i64::from(b.lon_e7()) - i64::from(a.lon_e7()) {
        difference if difference > TURN_E7 / 2 => i64::from(b.lon_e7()) - TURN_E7,
        difference if difference < -TURN_E7 / 2 => i64::from(b.lon_e7()) + TURN_E7,
        _ => i64::from(b.lon_e7()),
    };
    let lon = match between(a.lon_e7(), lon_b) {
        lon if lon > TURN_E7 / 2 => lon - TURN_E7,
        lon if lon < -TURN_E7 / 2 => lon + TURN_E7,
        lon => lon,
    };
    let lat = between(a.lat_e7(), i64::from(b.lat_e7()));
    LonLat::from_e7(lon as i32, lat as i32).unwrap_or(a)
}
