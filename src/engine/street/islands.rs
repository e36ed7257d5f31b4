//! Pieces of the network that a walker cannot leave.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use crate::ids::EdgeId;
use crate::units::Meters;

use super::StreetTraits;
use super::graph::StreetGraph;
use super::impedance::Impedance;

/// Connected pieces that are not the longest one and are short, or that something cuts off which is there: steps
/// or a gate that the walker cannot pass join them to another piece. Whoever lives on the latter is *held*: no way
/// off the streets leads past what holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Islands {
    /// By edge: 1 on a short island that nothing holds, 2 and more the number of a piece that is held, [`APART`] on a
    /// long piece that is neither.
    piece_of: Vec<u32>,
    /// One edge of each island and its length in millimetres, by edge.
    pub pieces: Vec<(EdgeId, u64)>,
}

/// On no island.
const MAINLAND: u32 = 0;
/// On a short island that nothing holds.
const LOOSE: u32 = 1;

/// On a long piece that is not joined to the longest one.
const APART: u32 = u32::MAX;

impl Islands {
    /// The islands of `graph` under `impedance`: pieces of less than `limit` of street, and held ones of any length.
    pub fn find(graph: &StreetGraph, impedance: &Impedance, limit: Meters) -> Self {
        let mut joined = UnionFind::<u32>::new(graph.node_count());
        let walkable = || graph.edges().enumerate().filter(|&(id, _)| impedance.is_walkable(id));
        for (_, edge) in walkable() {
            joined.union(edge.from.0, edge.to.0);
        }
        let mut pieces: BTreeMap<u32, (EdgeId, u64)> = BTreeMap::new();
        for (id, edge) in walkable() {
            let entry = pieces.entry(joined.find_mut(edge.from.0)).or_insert((id, 0));
            entry.1 += graph.street_mm(id);
        }
        let longest = pieces.iter().max_by_key(|&(_, &(id, mm))| (mm, std::cmp::Reverse(id)));
        let Some(longest) = longest.map(|(&root, _)| root) else { return Self::default() };
        pieces.remove(&longest);
        if pieces.is_empty() {
            return Self::default();
        }
        let held = held_pieces(graph, impedance, &mut joined);
        pieces.retain(|root, &mut (_, mm)| {
            held.binary_search(root).is_ok() || (mm as f64) < limit.0 * 1000.0
        });
        let mut number: BTreeMap<u32, u32> = BTreeMap::new();
        for (&root, next) in pieces.keys().zip(LOOSE + 1..) {
            number.insert(root, if held.binary_search(&root).is_ok() { next } else { LOOSE });
        }
        let mut piece_of = vec![MAINLAND; graph.edge_count()];
        for (id, edge) in walkable() {
            let root = joined.find_mut(edge.from.0);
            let other = if root == longest { MAINLAND } else { APART };
            piece_of[id.0 as usize] = number.get(&root).copied().unwrap_or(other);
        }
        let mut pieces: Vec<(EdgeId, u64)> = pieces.into_values().collect();
        pieces.sort_unstable();
        Self { piece_of, pieces }
    }

    /// Whether `edge` lies on an island.
    pub fn contains(&self, edge: EdgeId) -> bool {
        !matches!(self.number(edge), MAINLAND | APART)
    }

    /// Whether `edge` lies on the longest piece of all.
    pub fn is_main(&self, edge: EdgeId) -> bool {
        self.number(edge) == MAINLAND
    }

    /// The piece that holds whoever lives on `edge`, when one does.
    pub fn held(&self, edge: EdgeId) -> Option<u32> {
        Some(self.number(edge)).filter(|&number| number > LOOSE && number != APART)
    }

    fn number(&self, edge: EdgeId) -> u32 {
        self.piece_of.get(edge.0 as usize).copied().unwrap_or(MAINLAND)
    }
}

/// The pieces that streets which are there but cannot be walked join to another piece, sorted.
fn held_pieces(
    graph: &StreetGraph,
    impedance: &Impedance,
    joined: &mut UnionFind<u32>,
) -> Vec<u32> {
    let barred = || {
        let there = |traits: StreetTraits| !traits.contains(StreetTraits::PLANNED);
        let edges = graph.edges().enumerate();
        edges.filter(move |&(id, edge)| !impedance.is_walkable(id) && there(edge.traits))
    };
    let mut over = UnionFind::<u32>::new(graph.node_count());
    for (_, edge) in barred() {
        over.union(edge.from.0, edge.to.0);
    }
    let mut is_walked = vec![false; graph.node_count()];
    for (id, edge) in graph.edges().enumerate() {
        if impedance.is_walkable(id) {
            is_walked[edge.from.0 as usize] = true;
            is_walked[edge.to.0 as usize] = true;
        }
    }
    let mut met: Vec<(u32, u32)> = barred()
        .flat_map(|(_, edge)| [edge.from.0, edge.to.0])
        .filter(|&node| is_walked[node as usize])
        .map(|node| (over.find_mut(node), joined.find_mut(node)))
        .collect();
    met.sort_unstable();
    met.dedup();
    let mut held: Vec<u32> = Vec::new();
    for same in met.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        held.extend(same.iter().map(|&(_, piece)| piece));
    }
    held.sort_unstable();
    held.dedup();
    held
}
