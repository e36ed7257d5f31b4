//! Pieces of the network that a walker cannot leave.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use crate::ids::EdgeId;
use crate::units::Meters;

use super::graph::StreetGraph;
use super::impedance::Impedance;

/// Connected pieces whose streets are shorter in all than a limit, and that are not the longest piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Islands {
    is_island: Vec<bool>,
    /// Length in millimetres and one edge of each island, by edge.
    pub pieces: Vec<(EdgeId, u64)>,
}

impl Islands {
    /// The islands of `graph` under `impedance`: pieces of less than `limit` of street.
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
        let longest = pieces.values().map(|&(id, length)| (length, std::cmp::Reverse(id))).max();
        pieces.retain(|_, &mut (id, length)| {
            (length as f64) < limit.0 * 1000.0 && longest != Some((length, std::cmp::Reverse(id)))
        });
        let mut is_island = vec![false; graph.edge_count()];
        if !pieces.is_empty() {
            for (id, edge) in walkable() {
                is_island[id.0 as usize] = pieces.contains_key(&joined.find_mut(edge.from.0));
            }
        }
        let mut pieces: Vec<(EdgeId, u64)> = pieces.into_values().collect();
        pieces.sort_unstable();
        Self { is_island, pieces }
    }

    /// Whether `edge` lies on an island.
    pub fn contains(&self, edge: EdgeId) -> bool {
        self.is_island.get(edge.0 as usize).copied().unwrap_or(false)
    }
}
