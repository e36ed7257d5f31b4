//! A graph taken apart into plain arrays and put together again, for storing it.

use crate::ids::{EdgeId, IdVec, NodeId};
use crate::spatial::LonLat;

use super::builder::connect;
use super::graph::{Edge, StreetGraph};
use super::heights::Heights;

/// Everything a graph is made from; the rest follows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GraphParts {
    /// Places of the nodes.
    pub places: Vec<LonLat>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// How many places the shape of each edge has; one number an edge.
    pub shape_counts: Vec<u32>,
    /// The places along all edges, edge by edge.
    pub shapes: Vec<LonLat>,
    /// Street names.
    pub names: Vec<String>,
    /// Leaving and entering sides of private ground, sorted.
    pub twins: Vec<(EdgeId, EdgeId)>,
    /// Heights along the streets, when there are some.
    pub heights: Option<Heights>,
}

/// What is wrong with parts that make no graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the parts make no street graph: {0}")]
pub struct PartsError(pub(super) &'static str);

impl PartsError {
    /// What is wrong, without more words.
    pub fn reason(self) -> &'static str {
        self.0
    }
}

impl StreetGraph {
    /// The arrays the graph is made from.
    pub fn parts(&self) -> GraphParts {
        GraphParts {
            places: self.places.as_slice().to_vec(),
            edges: self.edges.as_slice().to_vec(),
            shape_counts: self.first_shape.windows(2).map(|pair| pair[1] - pair[0]).collect(),
            shapes: self.shapes.clone(),
            names: self.names.clone(),
            twins: self.twins.clone(),
            heights: self.heights.clone(),
        }
    }

    /// The graph made from `parts`, equal to the one that [`StreetGraph::parts`] was asked of.
    ///
    /// # Errors
    /// When an id points nowhere, a shape is missing, too short or does not begin and end at its nodes, or
    /// arrays do not fit together. A graph that is made can be walked without a fault.
    pub fn from_parts(parts: GraphParts) -> Result<Self, PartsError> {
        let first_shape = check_shapes(&parts)?;
        check_edges(&parts, &first_shape)?;
        check_twins(&parts)?;
        if let Some(heights) = &parts.heights {
            heights.check(parts.places.len(), parts.edges.len())?;
        }
        let GraphParts { places, edges, shapes, names, twins, heights, .. } = parts;
        let mut entering: Vec<_> = twins.iter().map(|&(out, into)| (into, out)).collect();
        entering.sort_unstable();
        let mut graph = Self {
            places: IdVec::from(places),
            edges: IdVec::from(edges),
            first_shape,
            shapes,
            names,
            twins,
            entering,
            heights,
            ..Self::default()
        };
        connect(&mut graph);
        Ok(graph)
    }
}

/// Where the shape of each edge begins, and where the last one ends.
fn check_shapes(parts: &GraphParts) -> Result<Vec<u32>, PartsError> {
    if parts.shape_counts.len() != parts.edges.len() || parts.edges.len() > (u32::MAX / 2) as usize
    {
        return Err(PartsError("not one shape an edge"));
    }
    let mut first = Vec::with_capacity(parts.edges.len() + 1);
    let mut end = 0_u32;
    first.push(0);
    for &count in &parts.shape_counts {
        if count < 2 {
            return Err(PartsError("a shape of fewer than two places"));
        }
        end = end.checked_add(count).ok_or(PartsError("shapes that are too long"))?;
        first.push(end);
    }
    if end as usize == parts.shapes.len() {
        Ok(first)
    } else {
        Err(PartsError("shapes of another length than stated"))
    }
}

fn check_edges(parts: &GraphParts, first_shape: &[u32]) -> Result<(), PartsError> {
    let place = |node: NodeId| parts.places.get(node.0 as usize);
    for (edge, bounds) in parts.edges.iter().zip(first_shape.windows(2)) {
        let shape = &parts.shapes[bounds[0] as usize..bounds[1] as usize];
        if place(edge.from) != shape.first() || place(edge.to) != shape.last() {
            return Err(PartsError("an edge that does not end at its nodes"));
        }
        if edge.name as usize >= parts.names.len() {
            return Err(PartsError("an edge with a name that is not there"));
        }
    }
    Ok(())
}

fn check_twins(parts: &GraphParts) -> Result<(), PartsError> {
    let known = |edge: EdgeId| (edge.0 as usize) < parts.edges.len();
    let sorted = parts.twins.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if sorted && parts.twins.iter().all(|&(out, into)| known(out) && known(into)) {
        Ok(())
    } else {
        Err(PartsError("sides of private ground that are not there or not in order"))
    }
}
