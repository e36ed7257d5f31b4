//! Streets edited over a graph that stays as it is: gates opened, streets closed and added, all undoable.
//!
//! An overlay owns a copy of the graph and only ever appends to it or changes traits, so the ids of the
//! baseline's nodes and edges keep their meaning. A position that becomes a junction (the side of a gate) cuts
//! its street into two *pieces*, edges of their own beside the whole street, which stays: whoever walks past
//! walks the whole street as before, and no time ever grows because something was opened. Points on a cut
//! street stand on the street and on its pieces at once.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use crate::ids::{EdgeId, Id, NodeId};
use crate::spatial::LonLat;

use super::graph::{Arc, Edge, StreetGraph};
use super::{EdgePosition, StreetClass, StreetTraits};

/// A graph under edits.
#[derive(Clone, Debug)]
pub struct StreetOverlay {
    graph: StreetGraph,
    base_edges: u32,
    /// For each appended edge: the street it is a piece of (itself when it is none), and where on that
    /// street it begins, in millimetres.
    parts: Vec<(EdgeId, u32)>,
    /// The pieces of each cut street, oldest first.
    pieces: BTreeMap<EdgeId, Vec<EdgeId>>,
}

/// A street to be added between two positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStreet {
    /// What it is.
    pub class: StreetClass,
    /// What matters to some walkers.
    pub traits: StreetTraits,
    /// Its length in whole millimetres.
    pub length_mm: u32,
    /// Its places, both ends included.
    pub shape: Vec<LonLat>,
}

/// What one edit did to the streets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreetChange {
    /// Edges that cost more than before or can no longer be walked.
    pub raised: Vec<EdgeId>,
    /// Edges that cost less than before or are new.
    pub lowered: Vec<EdgeId>,
    /// Streets whose points stand elsewhere than before: cut, or closed in part or whole.
    pub cut: Vec<EdgeId>,
    undo: Undo,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Undo {
    nodes: usize,
    edges: usize,
    shapes: usize,
    arcs: usize,
    twins: usize,
    rows: Vec<(NodeId, u32, u32)>,
    traits: Vec<(EdgeId, StreetTraits)>,
}

impl StreetChange {
    /// Edges whose times must be computed again: those that were there before and changed.
    pub fn changed(&self) -> impl Iterator<Item = EdgeId> + '_ {
        self.undo.traits.iter().map(|&(edge, _)| edge)
    }
}

/// The nodes of a position: where one leaves by and where one arrives; the same but on private ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Junction {
    leaving: NodeId,
    entering: NodeId,
}

impl StreetOverlay {
    /// An overlay of `base` without edits.
    pub fn new(base: &StreetGraph) -> Self {
        let mut graph = base.clone();
        if graph.row_end.is_empty() && !graph.first_arc.is_empty() {
            graph.row_end = graph.first_arc[1..].to_vec();
            graph.first_arc.pop();
        }
        let base_edges = graph.edge_count() as u32;
        Self { graph, base_edges, parts: Vec::new(), pieces: BTreeMap::new() }
    }

    /// The streets as edited.
    pub fn graph(&self) -> &StreetGraph {
        &self.graph
    }

    /// Whether streets were cut or added.
    pub fn is_rebuilt(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The streets as edited, for good.
    pub fn into_graph(self) -> StreetGraph {
        self.graph
    }

    /// Added streets that are no pieces of others, in the order they were added.
    pub fn added_streets(&self) -> impl Iterator<Item = EdgeId> + '_ {
        (self.base_edges..).map(EdgeId).zip(&self.parts).filter_map(|(edge, &(whole, _))| {
            let is_street = self.graph.edges()[edge].class != StreetClass::Gate;
            (edge == whole && is_street && !self.graph.is_entering_side(edge)).then_some(edge)
        })
    }

    /// The same position on the whole street, when it is given on a piece.
    pub fn whole(&self, position: EdgePosition) -> EdgePosition {
        let (edge, begins_mm) = self.part(position.edge);
        EdgePosition { edge, offset_mm: begins_mm + position.offset_mm }
    }

    /// Every position that a place on a street has: on the whole street, if that can be walked, and on each
    /// of its pieces. Empty where the street was closed.
    pub fn positions(&self, position: EdgePosition) -> Vec<EdgePosition> {
        let at = self.whole(position);
        let is_open =
            |edge: EdgeId| !self.graph.edges()[edge].traits.contains(StreetTraits::CLOSED);
        self.and_pieces(at.edge)
            .filter(|&edge| is_open(edge))
            .filter_map(|edge| {
                let begins_mm = self.part(edge).1;
                let offset_mm = at.offset_mm.checked_sub(begins_mm)?;
                (offset_mm <= self.graph.edges()[edge].length_mm)
                    .then_some(EdgePosition { edge, offset_mm })
            })
            .collect()
    }

    /// The street an edge is a piece of and where on it it begins; any other edge is all of itself.
    fn part(&self, edge: EdgeId) -> (EdgeId, u32) {
        match edge.0.checked_sub(self.base_edges) {
            Some(index) => self.parts[index as usize],
            None => (edge, 0),
        }
    }

    /// A street and its pieces.
    pub fn and_pieces(&self, street: EdgeId) -> impl Iterator<Item = EdgeId> + '_ {
        std::iter::once(street).chain(self.pieces.get(&street).into_iter().flatten().copied())
    }

    /// Whether shorter pieces stand beside `edge`.
    pub fn is_cut(&self, edge: EdgeId) -> bool {
        let (street, from_mm) = self.part(edge);
        let to_mm = from_mm + self.graph.edges()[edge].length_mm;
        self.pieces.get(&street).is_some_and(|pieces| {
            pieces.iter().any(|&piece| {
                let (begins_mm, length_mm) =
                    (self.part(piece).1, self.graph.edges()[piece].length_mm);
                piece > edge && begins_mm >= from_mm && begins_mm + length_mm <= to_mm
            })
        })
    }

    fn begin(&self) -> StreetChange {
        let undo = Undo {
            nodes: self.graph.places.len(),
            edges: self.graph.edges.len(),
            shapes: self.graph.shapes.len(),
            arcs: self.graph.arcs.len(),
            twins: self.graph.twins.len(),
            ..Undo::default()
        };
        StreetChange { undo, ..StreetChange::default() }
    }

    fn finish(&self, mut change: StreetChange) -> StreetChange {
        change.lowered.extend((change.undo.edges..self.graph.edges.len()).map(EdgeId::from_index));
        for list in [&mut change.raised, &mut change.lowered, &mut change.cut] {
            list.sort_unstable();
            list.dedup();
        }
        // A piece made and closed at once was never walked.
        change.raised.retain(|edge| edge.index() < change.undo.edges);
        change
    }

    /// Joins two positions by a street. Where one lies on private ground, the street lets out of it and in
    /// to it, but not through.
    pub fn link(&mut self, ends: [EdgePosition; 2], street: &NewStreet) -> StreetChange {
        let mut change = self.begin();
        let [a, b] = ends.map(|end| self.junction(end, &mut change));
        let back: Vec<LonLat> = street.shape.iter().rev().copied().collect();
        let edge = |from: NodeId, to: NodeId, traits: StreetTraits| {
            let &NewStreet { class, length_mm, .. } = street;
            Edge { from, to, length_mm, class, traits, name: 0, source_id: 0 }
        };
        let is_private = [a, b].map(|side| side.leaving != side.entering);
        if is_private == [false, false] {
            self.push_street(edge(a.leaving, b.leaving, street.traits), &street.shape, &mut change);
        } else if is_private == [true, true] && self.same_ground(a.leaving, b.leaving) {
            let (out, into) = (edge(a.leaving, b.leaving, street.traits), self.graph.edges.len());
            self.push_street(out, &street.shape, &mut change);
            let inside = edge(a.entering, b.entering, street.traits);
            self.push_street(inside, &street.shape, &mut change);
            self.pair(EdgeId::from_index(into), EdgeId::from_index(into + 1));
        } else {
            let one_way = street.traits | StreetTraits::PRIVATE | StreetTraits::FORWARD_ONLY;
            self.push_street(edge(a.leaving, b.entering, one_way), &street.shape, &mut change);
            self.push_street(edge(b.leaving, a.entering, one_way), &back, &mut change);
        }
        self.finish(change)
    }

    /// Closes the stretch of `street` from `from_mm` to `to_mm` (its own or a piece's whole street's
    /// millimetres); all of it when the stretch is all of it.
    pub fn close(&mut self, street: EdgeId, from_mm: u32, to_mm: u32) -> StreetChange {
        let mut change = self.begin();
        let length = self.graph.edges[street].length_mm;
        for offset_mm in [from_mm, to_mm] {
            if offset_mm > 0 && offset_mm < length {
                self.junction(EdgePosition { edge: street, offset_mm }, &mut change);
            }
        }
        let shut: Vec<EdgeId> = self
            .and_pieces(street)
            .filter(|&edge| {
                let begins_mm = self.part(edge).1;
                let ends_mm = begins_mm + self.graph.edges[edge].length_mm;
                (begins_mm < to_mm && ends_mm > from_mm) || length == 0
            })
            .flat_map(|edge| std::iter::once(edge).chain(self.graph.find_twin(edge)))
            .collect();
        for edge in shut {
            let traits = self.graph.edges[edge].traits;
            self.set_traits(edge, traits | StreetTraits::CLOSED, &mut change);
            change.raised.push(edge);
        }
        change.cut.push(street);
        self.finish(change)
    }

    /// Makes existing passages passable for everybody.
    pub fn open(&mut self, passages: &[EdgeId]) -> StreetChange {
        const STANDING: StreetTraits = StreetTraits::CLOSED
            .union(StreetTraits::PLANNED)
            .union(StreetTraits::NARROW)
            .union(StreetTraits::CONDITIONAL)
            .union(StreetTraits::WHEELCHAIR_NO);
        let mut change = self.begin();
        for &edge in passages {
            let traits = self.graph.edges[edge].traits.difference(STANDING);
            self.set_traits(edge, traits, &mut change);
            change.lowered.push(edge);
        }
        self.finish(change)
    }

    /// Takes back the last change that was not taken back.
    pub fn revert(&mut self, change: &StreetChange) {
        let undo = &change.undo;
        let graph = &mut self.graph;
        for &(edge, traits) in undo.traits.iter().rev() {
            graph.edges[edge].traits = traits;
        }
        for &(node, first, end) in undo.rows.iter().rev() {
            graph.first_arc[node.index()] = first;
            graph.row_end[node.index()] = end;
        }
        graph.places.truncate(undo.nodes);
        graph.first_arc.truncate(undo.nodes);
        graph.row_end.truncate(undo.nodes);
        graph.edges.truncate(undo.edges);
        graph.first_shape.truncate(undo.edges + 1);
        graph.shapes.truncate(undo.shapes);
        graph.arcs.truncate(undo.arcs);
        graph.twins.truncate(undo.twins);
        graph.entering.truncate(undo.twins);
        if let Some(heights) = &mut graph.heights {
            heights.truncate(undo.nodes, undo.edges);
        }
        let edges = undo.edges;
        self.parts.truncate(edges - self.base_edges as usize);
        for pieces in self.pieces.values_mut() {
            pieces.retain(|piece| piece.index() < edges);
        }
        self.pieces.retain(|_, pieces| !pieces.is_empty());
    }

    /// The nodes at a position, made where there are none.
    fn junction(&mut self, position: EdgePosition, change: &mut StreetChange) -> Junction {
        let at = self.whole(position);
        let leaving = self.cut(at, change);
        let Some(twin) = self.graph.find_twin(at.edge) else {
            return Junction { leaving, entering: leaving };
        };
        let before = self.graph.edges.len();
        let entering = self.cut(EdgePosition { edge: twin, ..at }, change);
        // Both sides are always cut alike, the entering side right after the leaving one.
        if self.graph.edges.len() == before + 2 {
            for (out, into) in [(before - 2, before), (before - 1, before + 1)] {
                self.pair(EdgeId::from_index(out), EdgeId::from_index(into));
            }
        }
        Junction { leaving, entering }
    }

    /// The node at an offset of a whole street; cuts the shortest piece there when there is none.
    fn cut(&mut self, at: EdgePosition, change: &mut StreetChange) -> NodeId {
        let street = self.graph.edges[at.edge];
        if at.offset_mm == 0 {
            return street.from;
        }
        if at.offset_mm >= street.length_mm {
            return street.to;
        }
        let mut shortest = (street.length_mm, at.edge);
        for edge in self.and_pieces(at.edge) {
            let (piece, begins_mm) = (self.graph.edges[edge], self.part(edge).1);
            let ends_mm = begins_mm + piece.length_mm;
            if at.offset_mm == begins_mm {
                return piece.from;
            }
            if at.offset_mm == ends_mm {
                return piece.to;
            }
            if (begins_mm..ends_mm).contains(&at.offset_mm) && piece.length_mm < shortest.0 {
                shortest = (piece.length_mm, edge);
            }
        }
        let (edge, begins_mm) = (shortest.1, self.part(shortest.1).1);
        let along = self.graph.heights_along(at.edge);
        let height = along.map(|along| along.height_at(at.offset_mm, street.length_mm));
        let node = self.push_node(self.graph.place_at(at.edge, at.offset_mm), height);
        let whole = self.graph.edges[edge];
        let ends_mm = begins_mm + whole.length_mm;
        let halves = [
            (
                Edge { to: node, traits: whole.traits - StreetTraits::AT_TO, ..whole },
                begins_mm,
                at.offset_mm,
            ),
            (
                Edge { from: node, traits: whole.traits - StreetTraits::AT_FROM, ..whole },
                at.offset_mm,
                ends_mm,
            ),
        ];
        for (half, from_mm, to_mm) in halves {
            let shape = self.graph.shape_between(at.edge, from_mm, to_mm);
            let half = Edge { length_mm: to_mm - from_mm, ..half };
            let along = self.graph.heights_along(at.edge);
            let inner = along.map(|along| along.inner_of_piece((from_mm, to_mm), street.length_mm));
            let id = self.push_edge(half, (&shape, &inner.unwrap_or_default()), change);
            self.parts.push((at.edge, from_mm));
            self.pieces.entry(at.edge).or_default().push(id);
        }
        change.cut.push(at.edge);
        node
    }

    fn push_node(&mut self, place: LonLat, height_cm: Option<i32>) -> NodeId {
        if let Some(heights) = &mut self.graph.heights {
            heights.push_node(height_cm);
        }
        let end = self.graph.arcs.len() as u32;
        self.graph.first_arc.push(end);
        self.graph.row_end.push(end);
        self.graph.places.push(place)
    }

    fn push_street(&mut self, edge: Edge, shape: &[LonLat], change: &mut StreetChange) {
        // Between its ends an added street rises evenly.
        let id = self.push_edge(edge, (shape, &[]), change);
        self.parts.push((id, 0));
    }

    fn push_edge(
        &mut self,
        edge: Edge,
        (shape, inner_cm): (&[LonLat], &[i32]),
        change: &mut StreetChange,
    ) -> EdgeId {
        if let Some(heights) = &mut self.graph.heights {
            heights.push_edge(inner_cm);
        }
        let id = self.graph.edges.push(edge);
        self.graph.shapes.extend_from_slice(shape);
        if shape.len() < 2 {
            // A street of no length still has two ends.
            self.graph
                .shapes
                .extend(std::iter::repeat_n(self.graph.places[edge.to], 2 - shape.len()));
        }
        self.graph.first_shape.push(self.graph.shapes.len() as u32);
        self.push_arc(edge.from, Arc { target: edge.to, slot: id.0 * 2 }, change);
        self.push_arc(edge.to, Arc { target: edge.from, slot: id.0 * 2 + 1 }, change);
        id
    }

    /// Adds an arc to a row, moving the row to the end of all rows where there is room.
    fn push_arc(&mut self, node: NodeId, arc: Arc, change: &mut StreetChange) {
        let graph = &mut self.graph;
        let index = node.index();
        let (first, end) = (graph.first_arc[index], graph.row_end[index]);
        change.undo.rows.push((node, first, end));
        if end as usize != graph.arcs.len() {
            graph.first_arc[index] = graph.arcs.len() as u32;
            graph.arcs.extend_from_within(first as usize..end as usize);
        }
        graph.arcs.push(arc);
        graph.row_end[index] = graph.arcs.len() as u32;
    }

    fn pair(&mut self, leaving: EdgeId, entering: EdgeId) {
        self.graph.twins.push((leaving, entering));
        self.graph.entering.push((entering, leaving));
    }

    fn set_traits(&mut self, edge: EdgeId, traits: StreetTraits, change: &mut StreetChange) {
        let known = std::mem::replace(&mut self.graph.edges[edge].traits, traits);
        change.undo.traits.push((edge, known));
    }

    /// Whether two nodes of leaving sides lie on one connected private ground.
    fn same_ground(&self, a: NodeId, b: NodeId) -> bool {
        let mut joined = UnionFind::<u32>::new(self.graph.node_count());
        for &(leaving, _) in &self.graph.twins {
            let edge = self.graph.edges[leaving];
            joined.union(edge.from.0, edge.to.0);
        }
        joined.equiv(a.0, b.0)
    }
}
