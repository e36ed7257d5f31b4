//! The gain surface: how many more people one more site would cover, wherever it stood.

use rayon::prelude::*;

use crate::ids::{Id, IdVec, NodeId};
use crate::progress::{Progress, Stage};
use crate::reach::{Ground, Search, Seed, Seeds};
use crate::units::Persons;

use super::plan::{Need, PlanError};

/// Homes searched from between two looks at whether to stop.
const BATCH: usize = 8_192;

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
    /// When the user asked to stop.
    pub fn find(need: &Need, progress: &dyn Progress) -> Result<Self, PlanError> {
        let graph = need.site.graph;
        let ground = Ground::from(graph, need.impedance());
        let nodes = graph.node_count();
        let homes: Vec<(Seeds, Persons)> =
            (0..need.rows.len()).map(|row| (need.starts(row), need.persons[row])).collect();
        let mut gains = vec![0_i64; nodes];
        for (batch, some) in homes.chunks(BATCH).enumerate() {
            progress.step(Stage::Reaching, (batch * BATCH) as u64, homes.len() as u64)?;
            // Whole millionths add up to the same in any order.
            let sums = some
                .par_iter()
                .fold(
                    || (Search::new(nodes), vec![0_i64; nodes]),
                    |(mut search, mut sums), (starts, persons)| {
                        search.run(&ground, starts, need.cutoff);
                        for node in search.touched() {
                            sums[node.index()] += persons.as_micro();
                        }
                        (search, sums)
                    },
                )
                .map(|(_, sums)| sums);
            gains = add(gains, sums.reduce(|| vec![0; nodes], add));
        }
        let gains: Vec<Persons> = gains.into_iter().map(Persons::from_micro).collect();
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

fn add(mut all: Vec<i64>, more: Vec<i64>) -> Vec<i64> {
    for (all, more) in all.iter_mut().zip(more) {
        *all += more;
    }
    all
}

impl Need<'_> {
    /// Where the people of `row` start walking.
    fn starts(&self, row: usize) -> Seeds {
        let snaps = self.walker.demand.of(self.rows[row]).iter();
        let starts = snaps.map(|snap| Seed {
            position: snap.position,
            access: self.impedance().access(snap.access_mm),
            owner: 0,
        });
        Seeds::new(starts.collect())
    }
}
