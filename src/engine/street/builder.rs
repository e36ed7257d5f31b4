//! From ingredients to a graph.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::ids::{EdgeId, IdVec, NodeId};
use crate::spatial::LonLat;
use crate::spatial::frame::ground_distance;
use crate::units::Meters;

use super::graph::{Arc, Edge, StreetGraph};
use super::{BarrierKind, NodeBarrier, StreetClass, StreetIngredients, StreetTraits};
use super::{crossings, private};

/// An edge before nodes and edges have their final order.
#[derive(Clone, Debug)]
pub(super) struct RawEdge {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) length_mm: u32,
    pub(super) class: StreetClass,
    pub(super) traits: StreetTraits,
    pub(super) name: u32,
    pub(super) source_id: i64,
    pub(super) shape: std::ops::Range<u32>,
}

/// A graph in the making: places, and edges between positions in them.
#[derive(Debug, Default)]
pub(super) struct RawGraph {
    pub(super) places: Vec<LonLat>,
    pub(super) edges: Vec<RawEdge>,
    pub(super) shapes: Vec<LonLat>,
    /// Pairs (edge that one leaves by, edge that one enters by) of private ground.
    pub(super) twins: Vec<(u32, u32)>,
}

impl RawGraph {
    /// A street part of no length between two nodes at one place.
    pub(super) fn push_passage(
        &mut self,
        from: u32,
        to: u32,
        traits: StreetTraits,
        source_id: i64,
    ) {
        let start = self.shapes.len() as u32;
        let place = self.places[from as usize];
        self.shapes.extend([place, place]);
        let shape = start..self.shapes.len() as u32;
        let class = StreetClass::Gate;
        self.edges.push(RawEdge {
            from,
            to,
            length_mm: 0,
            class,
            traits,
            name: 0,
            source_id,
            shape,
        });
    }

    /// A new node at the place of `node`.
    pub(super) fn copy_node(&mut self, node: u32) -> u32 {
        self.places.push(self.places[node as usize]);
        self.places.len() as u32 - 1
    }
}

impl StreetGraph {
    /// The graph of `ingredients`: nodes where ways meet or end and at barriers, edges between them.
    ///
    /// A barrier becomes a passage of no length that each profile may or may not use; private ground with
    /// more than one way out is made such that one may leave it or arrive in it but not pass through.
    pub fn build(ingredients: &StreetIngredients) -> Self {
        let mut raw = split_ways(ingredients);
        crossings::mark_waits(&mut raw, ingredients);
        raise_barriers(&mut raw, ingredients);
        private::forbid_passing_through(&mut raw);
        finish(raw, ingredients.names.clone())
    }
}

/// How often each place is used: 2 or more, or an end of a way, makes it a node.
fn find_nodes(ingredients: &StreetIngredients) -> Vec<bool> {
    let mut used = vec![0_u8; ingredients.places.len()];
    for way in &ingredients.ways {
        let places = &ingredients.way_places[way.places.clone()];
        for &place in places {
            let count = &mut used[place as usize];
            *count = count.saturating_add(1);
        }
        for end in [places.first(), places.last()].into_iter().flatten() {
            used[*end as usize] = 2;
        }
    }
    for barrier in &ingredients.barriers {
        if binds(barrier) {
            used[barrier.place as usize] = 2;
        }
    }
    crossings::note_nodes(ingredients, &mut used);
    used.into_iter().map(|count| count >= 2).collect()
}

/// A part of a way between two nodes: the way, and where its places stand among the places of all ways.
struct WayPart {
    way: u32,
    places: std::ops::Range<usize>,
    /// Where its shape begins among all shapes.
    shape: u32,
}

/// Cuts every way at the nodes.
fn split_ways(ingredients: &StreetIngredients) -> RawGraph {
    let parts = way_parts(ingredients);
    let at = |place: u32| ingredients.places[place as usize];
    let edge_of = |part: &WayPart| {
        let way = &ingredients.ways[part.way as usize];
        let places = &ingredients.way_places[part.places.clone()];
        let length: f64 =
            places.windows(2).map(|pair| ground_distance(at(pair[0]), at(pair[1])).0).sum();
        RawEdge {
            from: places[0],
            to: places[places.len() - 1],
            length_mm: Meters(length).as_mm(),
            class: way.class,
            traits: way.traits,
            name: way.name,
            source_id: way.source_id,
            shape: part.shape..part.shape + places.len() as u32,
        }
    };
    let shapes_of = || {
        let mut shapes = Vec::with_capacity(ingredients.way_places.len() + parts.len());
        for part in &parts {
            let places = &ingredients.way_places[part.places.clone()];
            shapes.extend(places.iter().map(|&place| at(place)));
        }
        (shapes, ingredients.places.clone())
    };
    let (edges, (shapes, places)) =
        rayon::join(|| parts.par_iter().map(edge_of).collect(), shapes_of);
    RawGraph { places, edges, shapes, twins: Vec::new() }
}

/// The parts of all ways, way by way.
fn way_parts(ingredients: &StreetIngredients) -> Vec<WayPart> {
    let is_node = find_nodes(ingredients);
    let mut parts = Vec::with_capacity(ingredients.ways.len());
    let mut shape = 0;
    for (way, number) in ingredients.ways.iter().zip(0_u32..) {
        let mut start = way.places.start;
        for index in way.places.start + 1..way.places.end {
            let is_end = index + 1 == way.places.end;
            if is_end || is_node[ingredients.way_places[index] as usize] {
                parts.push(WayPart { way: number, places: start..index + 1, shape });
                shape += (index + 1 - start) as u32;
                start = index;
            }
        }
    }
    parts
}

/// Whether somebody is stopped there: an opening for all is no barrier.
fn binds(barrier: &NodeBarrier) -> bool {
    !traits_at(barrier).is_empty()
}

/// What a walker meets at a barrier.
fn traits_at(barrier: &NodeBarrier) -> StreetTraits {
    let by_kind = match barrier.kind {
        BarrierKind::Gate => StreetTraits::empty(),
        BarrierKind::Narrow => StreetTraits::NARROW,
        BarrierKind::Private => StreetTraits::PRIVATE,
        BarrierKind::Conditional => StreetTraits::CONDITIONAL,
        BarrierKind::Closed => StreetTraits::CLOSED,
    };
    by_kind | barrier.traits
}

/// The end of an edge at a barrier.
type Arm = (usize, EndOf);

/// Puts a passage of no length into every barrier: each street part that it stops gets a node of its own.
fn raise_barriers(raw: &mut RawGraph, ingredients: &StreetIngredients) {
    let mut barrier_at = BTreeMap::new();
    for barrier in ingredients.barriers.iter().filter(|barrier| binds(barrier)) {
        barrier_at.insert(barrier.place, (*barrier, Vec::<Arm>::new()));
    }
    if barrier_at.is_empty() {
        return;
    }
    for (index, edge) in raw.edges.iter().enumerate() {
        for (node, end) in [(edge.from, EndOf::From), (edge.to, EndOf::To)] {
            if let Some((_, arms)) = barrier_at.get_mut(&node) {
                arms.push((index, end));
            }
        }
    }
    for (place, (barrier, arms)) in barrier_at {
        for (edge, end) in stopped_arms(raw, &barrier, arms) {
            let copy = raw.copy_node(place);
            match end {
                EndOf::From => raw.edges[edge].from = copy,
                EndOf::To => raw.edges[edge].to = copy,
            }
            raw.push_passage(place, copy, traits_at(&barrier), barrier.source_id);
        }
    }
}

/// The arms that a barrier parts from its place. Of two one is enough. Where more meet, the barrier is not the
/// junction's: a kerb is met by who walks across a carriageway, not along it; a gate stands in the way that ends at
/// a street, and the street that goes on as one way, or under one name, goes on. What is no clearer than that parts every arm
/// (<https://wiki.openstreetmap.org/wiki/Key:barrier#Routing>).
fn stopped_arms(raw: &RawGraph, barrier: &NodeBarrier, arms: Vec<Arm>) -> Vec<Arm> {
    if arms.len() <= 2 {
        return arms.into_iter().skip(1).collect();
    }
    let edge_of = |arm: &Arm| &raw.edges[arm.0];
    let goes_on = |arm: &Arm| {
        arms.iter().filter(|other| is_one_street(edge_of(arm), edge_of(other))).count() > 1
    };
    let for_wheels = barrier.kind == BarrierKind::Gate;
    let is_stopped =
        |arm: &&Arm| if for_wheels { edge_of(arm).class.is_own_way() } else { !goes_on(arm) };
    let some: Vec<Arm> = arms.iter().filter(is_stopped).copied().collect();
    if some.is_empty() { arms } else { some }
}

/// Whether two edges are parts of one street: of one way, or of ways of one name and class.
fn is_one_street(a: &RawEdge, b: &RawEdge) -> bool {
    a.source_id == b.source_id || a.name != 0 && (a.name, a.class) == (b.name, b.class)
}

#[derive(Clone, Copy, Debug)]
enum EndOf {
    From,
    To,
}

/// Gives nodes and edges their final order and builds the adjacency.
fn finish(raw: RawGraph, names: Vec<String>) -> StreetGraph {
    let RawGraph { places, edges, shapes, twins } = raw;
    let mut used = vec![false; places.len()];
    for edge in &edges {
        used[edge.from as usize] = true;
        used[edge.to as usize] = true;
    }
    let mut order: Vec<(u64, u32)> = (0..places.len() as u32)
        .into_par_iter()
        .filter(|&node| used[node as usize])
        .map(|node| (places[node as usize].hilbert(), node))
        .collect();
    order.par_sort_unstable();
    let mut new_node = vec![u32::MAX; places.len()];
    for (new, &(_, old)) in order.iter().enumerate() {
        new_node[old as usize] = new as u32;
    }
    let edge_order = order_edges(&edges, &new_node, order.len());
    let mut graph = StreetGraph {
        places: order.iter().map(|&(_, old)| places[old as usize]).collect(),
        names,
        ..StreetGraph::default()
    };
    let lay_edges = || {
        let edge_of = |&(to, old): &(u32, u32)| {
            let RawEdge { from, length_mm, class, traits, name, source_id, .. } =
                edges[old as usize];
            let (from, to) = (NodeId(new_node[from as usize]), NodeId(to));
            Edge { from, to, length_mm, class, traits, name, source_id }
        };
        graph.edges = IdVec::from(edge_order.par_iter().map(edge_of).collect::<Vec<_>>());
        connect(&mut graph);
    };
    let lay_shapes = || {
        let mut first_shape = Vec::with_capacity(edges.len() + 1);
        let mut laid = Vec::with_capacity(shapes.len());
        first_shape.push(0);
        for &(_, old) in &edge_order {
            let std::ops::Range { start, end } = edges[old as usize].shape;
            laid.extend_from_slice(&shapes[start as usize..end as usize]);
            first_shape.push(laid.len() as u32);
        }
        (first_shape, laid)
    };
    let ((), (first_shape, laid)) = rayon::join(lay_edges, lay_shapes);
    (graph.first_shape, graph.shapes) = (first_shape, laid);
    if !twins.is_empty() {
        let mut new_edge = vec![0_u32; edges.len()];
        for (&(_, old), new) in edge_order.iter().zip(0_u32..) {
            new_edge[old as usize] = new;
        }
        let renumbered = |&(out, into): &(u32, u32)| {
            (EdgeId(new_edge[out as usize]), EdgeId(new_edge[into as usize]))
        };
        graph.twins = twins.iter().map(renumbered).collect();
        graph.twins.sort_unstable();
        graph.entering = graph.twins.iter().map(|&(out, into)| (into, out)).collect();
        graph.entering.sort_unstable();
    }
    graph
}

/// The edges as (new end, old index), sorted by their new ends, then by old index.
fn order_edges(edges: &[RawEdge], new_node: &[u32], nodes: usize) -> Vec<(u32, u32)> {
    let mut next = vec![0_u32; nodes + 1];
    for edge in edges {
        next[new_node[edge.from as usize] as usize + 1] += 1;
    }
    for node in 0..nodes {
        next[node + 1] += next[node];
    }
    let mut order = vec![(0, 0); edges.len()];
    for (edge, old) in edges.iter().zip(0_u32..) {
        let free = &mut next[new_node[edge.from as usize] as usize];
        order[*free as usize] = (new_node[edge.to as usize], old);
        *free += 1;
    }
    // What was the start of each row is the start of the next now.
    let mut start = 0;
    for end in next.into_iter().take(nodes) {
        order[start..end as usize].sort_unstable();
        start = end as usize;
    }
    order
}

/// Builds the adjacency rows from the edges.
pub(super) fn connect(graph: &mut StreetGraph) {
    let nodes = graph.places.len();
    let mut first = vec![0_u32; nodes + 1];
    for edge in &graph.edges {
        first[edge.from.0 as usize + 1] += 1;
        first[edge.to.0 as usize + 1] += 1;
    }
    for node in 0..nodes {
        first[node + 1] += first[node];
    }
    let mut next = first.clone();
    let mut arcs = vec![Arc { target: NodeId(0), slot: 0 }; graph.edges.len() * 2];
    for (id, edge) in graph.edges.enumerate() {
        for (at, target, slot) in
            [(edge.from, edge.to, id.0 * 2), (edge.to, edge.from, id.0 * 2 + 1)]
        {
            let free = &mut next[at.0 as usize];
            arcs[*free as usize] = Arc { target, slot };
            *free += 1;
        }
    }
    graph.first_arc = first;
    graph.arcs = arcs;
}
