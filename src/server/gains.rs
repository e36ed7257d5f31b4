//! What one more site would gain, kept for lists and tiles.

use crate::ids::{Id, NodeId};
use crate::placement::gain::GainSurface;
use crate::placement::plan::{Need, PlanError};
use crate::progress::Silent;
use crate::spatial::frame::ground_distance;
use crate::units::Persons;

use super::app::{App, SelectionKey};

/// Places told.
const BEST_TOLD: usize = 10;

/// The gain surface of a selection.
#[derive(Debug)]
pub(super) struct Gains {
    pub(super) surface: GainSurface,
    pub(super) left_out: Persons,
    /// The best places, most people first, apart from each other.
    pub(super) best: Vec<(NodeId, Persons)>,
}

impl Gains {
    /// Counts it for every street node.
    pub(super) fn find(app: &App, key: &SelectionKey) -> Result<Self, PlanError> {
        let rule = app.rule_of(key);
        let baseline = app.baseline();
        let need = Need::find(baseline.site(), app.walker(key.walker), &rule)?;
        let surface = GainSurface::find(&need, &Silent)?;
        let apart_m = key.cutoff.as_seconds() * app.walker(key.walker).profile.walk_speed_m_s / 2.0;
        let mut all: Vec<(NodeId, Persons)> =
            surface.nodes().filter(|(_, gained)| *gained > Persons::ZERO).collect();
        all.sort_by_key(|&(node, gained)| (std::cmp::Reverse(gained), node.index()));
        let places = baseline.graph.places();
        let mut best: Vec<(NodeId, Persons)> = Vec::new();
        for (node, gained) in all {
            if best.len() >= BEST_TOLD {
                break;
            }
            let is_apart = |&(other, _): &(NodeId, Persons)| {
                ground_distance(places[other], places[node]).0 >= apart_m
            };
            if best.iter().all(is_apart) {
                best.push((node, gained));
            }
        }
        let left_out = need.persons.iter().copied().sum();
        Ok(Self { surface, left_out, best })
    }
}
