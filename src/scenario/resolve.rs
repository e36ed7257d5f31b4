//! A scenario as a baseline of its own, for everything that asks a baseline: audits, reports, exports.

use crate::coverage::Rule;
use crate::ids::EdgeId;
use crate::street::{Snapper, StreetOverlay};

use super::Baseline;
use super::state::ScenarioState;

impl ScenarioState {
    /// The baseline as edited. Ids keep their meaning; what was opened or added comes after what was there.
    #[must_use]
    pub fn into_baseline(self, baseline: Baseline) -> Baseline {
        let Self { streets, facilities, walkers, rules, .. } = self;
        let mut edited = baseline.with_walkers(walkers);
        let rules = rules.into_iter().map(|standing| standing.rule);
        put(&mut edited, &streets, rules);
        edited.graph = streets.into_graph();
        edited.facilities = facilities;
        edited
    }

    /// A copy of the baseline as edited so far.
    #[must_use]
    pub fn to_baseline(&self, baseline: &Baseline) -> Baseline {
        let Self { streets, facilities, walkers, rules, .. } = self;
        let mut edited = baseline.edited((streets.graph(), facilities), walkers);
        put(&mut edited, streets, rules.iter().map(|standing| standing.rule.clone()));
        edited
    }
}

/// Puts the rules in place, and finds streets anew where some were cut or added.
fn put(edited: &mut Baseline, streets: &StreetOverlay, rules: impl Iterator<Item = Rule>) {
    let places = edited.standards.iter_mut().flat_map(|standard| &mut standard.rules);
    for (place, rule) in places.zip(rules) {
        *place = rule;
    }
    if streets.is_rebuilt() {
        // What is asked from now on stands on the pieces of cut streets, which know their gates.
        let graph = streets.graph();
        let takes = |&edge: &EdgeId| !streets.is_cut(edge) && Snapper::takes_points(graph, edge);
        edited.snapper = Snapper::over(graph, graph.edges().ids().filter(takes)).into();
    }
}
