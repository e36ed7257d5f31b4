//! The rule of private ground, searched for directly: every walk is `private* public* private*`.
//!
//! The network is built with its private streets marked by another trait, so that the graph under test and
//! this one share nothing of how private ground is made. A state is a node and how far the rule has been used
//! up; Bellman–Ford over the states finds the fastest walk that obeys.

use std::collections::{BTreeMap, BTreeSet};

use walkshed::ids::{EdgeId, NodeId};
use walkshed::spatial::{LocalFrame, PlanarPoint};
use walkshed::street::{
    BarrierKind, EdgePosition, Impedance, StreetGraph, StreetIngredients, StreetTraits,
};

use super::oracle::rounded_part;
use super::walkers::adult;

/// What stands for private in the marked network; the random networks with private ground do not use it.
const MARK: StreetTraits = StreetTraits::CONDITIONAL;
/// Before the first public street, on public streets, after the last one.
const PHASES: usize = 3;

#[derive(Debug)]
pub(crate) struct PrivateOracle {
    pub(crate) graph: StreetGraph,
    impedance: Impedance,
    is_private: Vec<bool>,
}

fn marked(ingredients: &StreetIngredients) -> StreetIngredients {
    let mut marked = ingredients.clone();
    for way in &mut marked.ways {
        if way.traits.contains(StreetTraits::PRIVATE) {
            way.traits = (way.traits - StreetTraits::PRIVATE) | MARK;
        }
    }
    for barrier in &mut marked.barriers {
        if barrier.kind == BarrierKind::Private {
            barrier.kind = BarrierKind::Conditional;
        }
    }
    marked
}

/// The piece each node lies in when only `edges` are walked: the smallest node of the piece.
fn pieces(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut piece: Vec<usize> = (0..nodes).collect();
    for _ in 0..nodes {
        for &(a, b) in edges {
            let least = piece[a].min(piece[b]);
            (piece[a], piece[b]) = (least, least);
        }
    }
    piece
}

impl PrivateOracle {
    /// `None` when two public pieces of one network spread as far and are equally long: then which one is the
    /// street network is a toss-up.
    pub(crate) fn new(ingredients: &StreetIngredients) -> Option<Self> {
        let graph = StreetGraph::build(&marked(ingredients));
        let impedance = Impedance::new(&graph, &adult());
        let ends = |id: EdgeId| {
            let edge = graph.edges()[id];
            (edge.from.0 as usize, edge.to.0 as usize)
        };
        let open: Vec<EdgeId> =
            graph.edges().ids().filter(|&id| impedance.is_walkable(id)).collect();
        let is_marked = |id: EdgeId| graph.edges()[id].traits.contains(MARK);
        let public: Vec<EdgeId> = open.iter().copied().filter(|&id| !is_marked(id)).collect();
        let list = |ids: &[EdgeId]| ids.iter().map(|&id| ends(id)).collect::<Vec<_>>();
        let whole = pieces(graph.node_count(), &list(&open));
        let piece = pieces(graph.node_count(), &list(&public));
        let mut lengths: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for &id in &public {
            let node = ends(id).0;
            *lengths.entry((whole[node], piece[node])).or_default() +=
                u64::from(graph.edges()[id].length_mm);
        }
        let frame = LocalFrame::at(*graph.places().iter().next()?);
        let mut main: BTreeMap<usize, usize> = BTreeMap::new();
        for &network in lengths.keys().map(|(network, _)| network).collect::<BTreeSet<_>>() {
            let rivals: Vec<(usize, u64)> = lengths
                .iter()
                .filter(|((of, _), _)| *of == network)
                .map(|(&(_, piece), &length)| (piece, length))
                .collect();
            let places = |member: Option<usize>| -> Vec<PlanarPoint> {
                let is_in =
                    |node: usize| whole[node] == network && member.is_none_or(|m| piece[node] == m);
                let nodes = public.iter().flat_map(|&id| [ends(id).0, ends(id).1]);
                let at = |node: usize| frame.to_planar(graph.places()[NodeId(node as u32)]);
                nodes.filter(|&n| is_in(n)).map(at).collect()
            };
            // How far places go in each of 64 directions.
            let rim = |at: &[PlanarPoint]| -> Vec<f64> {
                let turns = (0..64).map(|n| f64::from(n) * std::f64::consts::PI / 32.0);
                let far = |turn: f64| {
                    at.iter().map(|p| p.x * turn.cos() + p.y * turn.sin()).fold(f64::MIN, f64::max)
                };
                turns.map(far).collect()
            };
            let all = rim(&places(None));
            let longest = rivals.iter().map(|rival| rival.1).max()?;
            let mut ranks: Vec<(usize, u64, usize)> = rivals
                .iter()
                .filter(|rival| rival.1 * 20 > longest)
                .map(|&(member, length)| {
                    let own = rim(&places(Some(member)));
                    (own.iter().zip(&all).filter(|(a, b)| **a >= **b - 0.5).count(), length, member)
                })
                .collect();
            ranks.sort_unstable();
            let best = *ranks.last()?;
            if ranks.iter().filter(|rank| (rank.0, rank.1) == (best.0, best.1)).count() > 1 {
                return None;
            }
            main.insert(network, best.2);
        }
        let is_private = graph
            .edges()
            .ids()
            .map(|id| {
                let node = ends(id).0;
                is_marked(id) || main.get(&whole[node]).is_some_and(|&p| p != piece[node])
            })
            .collect();
        Some(Self { graph, impedance, is_private })
    }

    /// The phase after walking an edge in `phase`, if the rule allows it.
    fn after(&self, phase: usize, edge: EdgeId) -> Option<usize> {
        match (self.is_private[edge.0 as usize], phase) {
            (true, 0) => Some(0),
            (true, _) => Some(2),
            (false, 0 | 1) => Some(1),
            (false, _) => None,
        }
    }

    fn whole(&self, edge: EdgeId) -> Option<u64> {
        self.impedance.forward(edge).reached().map(|time| u64::from(time.as_ms()))
    }

    /// Milliseconds of the fastest walk that obeys the rule. The networks have no one-way streets.
    pub(crate) fn walk(&self, from: EdgePosition, to: EdgePosition) -> Option<u64> {
        let (out, into) = (self.graph.edges()[from.edge], self.graph.edges()[to.edge]);
        let part =
            |at: EdgePosition, mm: u32, length| rounded_part(self.whole(at.edge), mm, length);
        let mut best: Vec<[Option<u64>; PHASES]> = vec![[None; PHASES]; self.graph.node_count()];
        let mut better = |node: usize, phase: usize, time: u64| {
            let slot: &mut Option<u64> = &mut best[node][phase];
            let improved = slot.is_none_or(|known| time < known);
            *slot = if improved { Some(time) } else { *slot };
            (improved, *slot)
        };
        let first = usize::from(!self.is_private[from.edge.0 as usize]);
        for (node, mm) in [(out.from, from.offset_mm), (out.to, out.length_mm - from.offset_mm)] {
            if let Some(time) = part(from, mm, out.length_mm) {
                better(node.0 as usize, first, time);
            }
        }
        let mut changed = true;
        while changed {
            changed = false;
            for (id, edge) in self.graph.edges().enumerate() {
                let Some(whole) = self.whole(id) else { continue };
                for (a, b) in [(edge.from, edge.to), (edge.to, edge.from)] {
                    for phase in 0..PHASES {
                        let Some(next) = self.after(phase, id) else { continue };
                        let here = better(a.0 as usize, phase, u64::MAX / 2).1;
                        let Some(here) = here.filter(|&time| time < u64::MAX / 2) else { continue };
                        changed |= better(b.0 as usize, next, here + whole).0;
                    }
                }
            }
        }
        let mut answer = (from.edge == to.edge)
            .then(|| part(from, from.offset_mm.abs_diff(to.offset_mm), out.length_mm))
            .flatten();
        for (node, mm) in [(into.from, to.offset_mm), (into.to, into.length_mm - to.offset_mm)] {
            for phase in (0..PHASES).filter(|&phase| self.after(phase, to.edge).is_some()) {
                let here = best[node.0 as usize][phase].filter(|&time| time < u64::MAX / 2);
                let time = here.zip(part(to, mm, into.length_mm)).map(|(a, b)| a + b);
                answer = answer.into_iter().chain(time).min();
            }
        }
        answer
    }
}
