//! The gain surface: how many more people one more site would cover, wherever it stood.

use crate::ids::{IdVec, NodeId};
use crate::progress::{Progress, Stage};
use crate::reach::{Accumulation, Ground, People, Placed};
use crate::units::Persons;

use super::plan::{Need, PlanError};

/// For every street node, the people newly covered by one site there.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct GainSurface {
    gains: IdVec<NodeId, Persons>,
}

impl GainSurface {
    /// Counts for every node the people of `need` who walk there within the cutoff: their access leg counts, a
    /// site at the node has none.
    ///
    /// # Errors
    /// When the user asked to stop before it began.
    pub fn find(need: &Need, progress: &dyn Progress) -> Result<Self, PlanError> {
        let graph = need.site.graph;
        let nodes = graph.node_count() as u64;
        progress.step(Stage::Reaching, 0, nodes)?;
        let ground = Ground::toward(graph, need.impedance());
        let homes = Placed::new(graph.edge_count(), need.rows.len(), need.homes());
        let micro: Vec<i64> = need.persons.iter().map(|persons| persons.as_micro()).collect();
        let people = People { micro: &micro, groups: 1 };
        let sums = Accumulation::new(&ground, &homes, people, (need.cutoff, None)).at_nodes();
        progress.step(Stage::Reaching, nodes, nodes)?;
        let gains: Vec<Persons> = sums.into_iter().map(Persons::from_micro).collect();
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
