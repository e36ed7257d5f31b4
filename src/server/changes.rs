//! Where a map of times is drawn otherwise than before an edit.

use crate::ids::{DemandPointId, EdgeId, Id};
use crate::spatial::{BoundingBox, LonLat};
use crate::units::WalkTime;

use super::app::{App, SweepKey};

/// Boxes around every street and home whose time is another in `after` than in `before`.
pub(super) fn between(before: &App, after: &App, key: SweepKey) -> Vec<BoundingBox> {
    let (old, new) = (before.sweep(key), after.sweep(key));
    let graph = &after.baseline().graph;
    let mut is_other = vec![false; graph.node_count()];
    for node in new.field.differing(&old.field) {
        if let Some(other) = is_other.get_mut(node.index()) {
            *other = true;
        }
    }
    let gone = &before.baseline().graph;
    let known = gone.edge_count();
    let (walked, walks) = (&before.walker(key.1).impedance, &after.walker(key.1).impedance);
    let differs = |id: EdgeId| {
        let edge = graph.edges()[id];
        is_other[edge.from.index()]
            || is_other[edge.to.index()]
            || id.index() >= known
            || gone.edges()[id] != edge
            || walked.is_walkable(id) != walks.is_walkable(id)
    };
    let shapes = graph.edges().ids().filter(|&id| differs(id)).map(|id| graph.shape(id));
    let removed = (graph.edge_count()..known).map(|id| gone.shape(EdgeId(id as u32)));
    let streets =
        shapes.chain(removed).filter_map(|line| BoundingBox::around(line.iter().copied()));
    let time = |point: DemandPointId| -> (WalkTime, WalkTime) {
        (old.times.time(point), new.times.time(point))
    };
    let points = after.baseline().demand.points.enumerate();
    let homes = points.filter(|&(id, _)| time(id).0 != time(id).1).map(|(_, point)| point.place);
    let at = |place: LonLat| BoundingBox { min: place, max: place };
    streets.chain(homes.map(at)).collect()
}
