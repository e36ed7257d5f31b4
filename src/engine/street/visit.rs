//! petgraph's algorithms on a street graph: a view of it under one impedance.

use petgraph::visit::{
    Data, EdgeRef, GraphBase, GraphProp, GraphRef, IntoEdgeReferences, IntoEdges, IntoNeighbors,
    IntoNodeIdentifiers, NodeCount, NodeIndexable, VisitMap, Visitable,
};

use crate::ids::{EdgeId, Id, NodeId};

use super::graph::{Arc, StreetGraph};
use super::impedance::Impedance;

/// A street graph as one walker sees it: a directed graph weighted in whole milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct WalkView<'a> {
    graph: &'a StreetGraph,
    impedance: &'a Impedance,
}

impl<'a> WalkView<'a> {
    /// The view of `graph` under `impedance`.
    pub fn new(graph: &'a StreetGraph, impedance: &'a Impedance) -> Self {
        Self { graph, impedance }
    }
}

/// A walkable direction of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkArc {
    source: NodeId,
    arc: Arc,
    ms: u32,
}

impl EdgeRef for WalkArc {
    type NodeId = NodeId;
    type EdgeId = EdgeId;
    type Weight = u32;

    fn source(&self) -> NodeId {
        self.source
    }

    fn target(&self) -> NodeId {
        self.arc.target
    }

    fn weight(&self) -> &u32 {
        &self.ms
    }

    fn id(&self) -> EdgeId {
        self.arc.edge()
    }
}

/// Nodes seen, one bit each.
#[derive(Clone, Debug, Default)]
pub struct Seen(Vec<bool>);

impl VisitMap<NodeId> for Seen {
    fn visit(&mut self, node: NodeId) -> bool {
        !std::mem::replace(&mut self.0[node.index()], true)
    }

    fn is_visited(&self, node: &NodeId) -> bool {
        self.0[node.index()]
    }

    fn unvisit(&mut self, node: NodeId) -> bool {
        std::mem::replace(&mut self.0[node.index()], false)
    }
}

impl GraphBase for WalkView<'_> {
    type NodeId = NodeId;
    type EdgeId = EdgeId;
}

impl GraphRef for WalkView<'_> {}

impl Data for WalkView<'_> {
    type NodeWeight = ();
    type EdgeWeight = u32;
}

impl GraphProp for WalkView<'_> {
    type EdgeType = petgraph::Directed;
}

impl Visitable for WalkView<'_> {
    type Map = Seen;

    fn visit_map(&self) -> Seen {
        Seen(vec![false; self.graph.node_count()])
    }

    fn reset_map(&self, map: &mut Seen) {
        map.0.clear();
        map.0.resize(self.graph.node_count(), false);
    }
}

impl NodeCount for WalkView<'_> {
    fn node_count(&self) -> usize {
        self.graph.node_count()
    }
}

impl NodeIndexable for WalkView<'_> {
    fn node_bound(&self) -> usize {
        self.graph.node_count()
    }

    fn to_index(&self, node: NodeId) -> usize {
        node.index()
    }

    fn from_index(&self, index: usize) -> NodeId {
        NodeId::from_index(index)
    }
}

impl<'a> IntoNodeIdentifiers for WalkView<'a> {
    type NodeIdentifiers = Box<dyn Iterator<Item = NodeId> + 'a>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        Box::new(self.graph.places().ids())
    }
}

impl<'a> IntoNeighbors for WalkView<'a> {
    type Neighbors = Box<dyn Iterator<Item = NodeId> + 'a>;

    fn neighbors(self, node: NodeId) -> Self::Neighbors {
        Box::new(self.edges(node).map(|arc| arc.target()))
    }
}

impl<'a> IntoEdgeReferences for WalkView<'a> {
    type EdgeRef = WalkArc;
    type EdgeReferences = Box<dyn Iterator<Item = WalkArc> + 'a>;

    fn edge_references(self) -> Self::EdgeReferences {
        Box::new(self.graph.places().ids().flat_map(move |node| self.edges(node)))
    }
}

impl<'a> IntoEdges for WalkView<'a> {
    type Edges = Box<dyn Iterator<Item = WalkArc> + 'a>;

    fn edges(self, node: NodeId) -> Self::Edges {
        let walkable = self.graph.arcs(node).iter().filter_map(move |&arc| {
            let time = self.impedance.leaving(arc).reached()?;
            Some(WalkArc { source: node, arc, ms: time.as_ms() })
        });
        Box::new(walkable)
    }
}
