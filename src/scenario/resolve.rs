//! A scenario as a baseline of its own, for everything that asks a baseline: audits, reports, exports.

use crate::ids::EdgeId;
use crate::street::Snapper;

use super::Baseline;
use super::state::ScenarioState;

impl ScenarioState {
    /// The baseline as edited. Ids keep their meaning; what was opened or added comes after what was there.
    #[must_use]
    pub fn into_baseline(self, baseline: Baseline) -> Baseline {
        let Self { streets, facilities, walkers, rules, .. } = self;
        let is_rebuilt = streets.graph().edge_count() > baseline.graph.edge_count();
        let mut edited = baseline.with_walkers(walkers);
        let places = edited.standards.iter_mut().flat_map(|standard| &mut standard.rules);
        for (place, standing) in places.zip(rules) {
            *place = standing.rule;
        }
        if is_rebuilt {
            // What is asked from now on stands on the pieces of cut streets, which know their gates.
            let graph = streets.graph();
            let takes =
                |&edge: &EdgeId| !streets.is_cut(edge) && Snapper::takes_points(graph, edge);
            edited.snapper = Snapper::over(graph, graph.edges().ids().filter(takes));
        }
        edited.graph = streets.into_graph();
        edited.facilities = facilities;
        edited
    }
}
