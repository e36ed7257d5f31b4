//! The gain surface: how many more people one more site would cover, wherever it stood.

use rayon::prelude::*;

use crate::ids::{Id, IdVec, NodeId};
use crate::progress::{Progress, Stage};
use crate::reach::{CostMatrix, Ground, Placed, Seed, Seeds};
use crate::street::EdgePosition;
use crate::units::{Persons, WalkTime};

use super::plan::{Need, PlanError};

/// Nodes searched from at once.
const BATCH: usize = 4_096;

/// For every street node, the people newly covered by one site there.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct GainSurface {
    gains: IdVec<NodeId, Persons>,
}

impl GainSurface {
    /// Counts for every node the people of `need` who are within the cutoff of it: their access leg counts, a
    /// site at the node has none.
    ///
    /// # Errors
    /// When the user asked to stop.
    pub fn find(need: &Need, progress: &dyn Progress) -> Result<Self, PlanError> {
        let graph = need.site.graph;
        let ground = Ground::toward(graph, need.impedance());
        let columns = Placed::new(graph.edge_count(), need.rows.len(), need.homes());
        let nodes: Vec<NodeId> = graph.places().ids().collect();
        let mut gains = Vec::with_capacity(nodes.len());
        for (batch, some) in nodes.chunks(BATCH).enumerate() {
            progress.step(Stage::Reaching, (batch * BATCH) as u64, nodes.len() as u64)?;
            let seeds: Vec<Seeds> = some.iter().map(|&node| need.seeds_at(node)).collect();
            let matrix = CostMatrix::within(&ground, &seeds, &columns, need.cutoff);
            let sums = (0..some.len()).into_par_iter().map(|row| {
                let reached = matrix.row(row).iter();
                reached.map(|&(row, _)| need.persons[row as usize]).sum::<Persons>()
            });
            gains.extend(sums.collect::<Vec<Persons>>());
        }
        Ok(Self { gains: gains.into() })
    }

    /// People newly covered by one site at `node`.
    pub fn at(&self, node: NodeId) -> Persons {
        self.gains[node]
    }

    /// All nodes with their gains, in order.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, Persons)> + '_ {
        self.gains.enumerate().map(|(node, &gain)| (node, gain))
    }

    /// The node where one more site would cover most, ties by smaller id; `None` when nobody is gained anywhere.
    pub fn best(&self) -> Option<(NodeId, Persons)> {
        let best = self.nodes().max_by_key(|&(node, gain)| (gain, std::cmp::Reverse(node)))?;
        (best.1 > Persons::ZERO).then_some(best)
    }
}

impl Need<'_> {
    /// Seeds of a site at `node`: the end of every street there that can be walked towards it.
    fn seeds_at(&self, node: NodeId) -> Seeds {
        let graph = self.site.graph;
        let ends = graph.arcs(node).iter().map(|arc| {
            let edge = arc.edge();
            let offset_mm = if arc.is_forward() { 0 } else { graph.edges()[edge].length_mm };
            let position = EdgePosition { edge, offset_mm };
            Seed { position, access: WalkTime::ZERO, owner: node.index() as u32 }
        });
        Seeds::new(ends.collect())
    }
}
