//! Where one enters what is drawn as an outline.
//!
//! Doors and gates tagged on the outline, and gates in the fence around it (within [`FENCE_M`]). Where there is none
//! one enters anywhere on the outline.

use super::locate::Ground;
use super::rings::{self, Rings};
use crate::spatial::frame::ground_distance;
use crate::spatial::{Area, LonLat, PointIndex};
use crate::units::Meters;

/// How far a gate may stand from the outline it belongs to, in metres.
const FENCE_M: f64 = 10.0;

/// Doors and gates, ready to be asked.
pub(super) struct Doors {
    /// By slot: one enters there.
    way_in: Vec<Option<LonLat>>,
    gates: PointIndex,
    gate_places: Vec<LonLat>,
}

impl Doors {
    pub(super) fn new(ground: &Ground) -> Self {
        let mut way_in = vec![None; ground.slot_count()];
        let mut gate_places = Vec::new();
        for node in ground.nodes.iter().filter(|node| node.way_in) {
            if node.barrier.is_some() {
                gate_places.push(node.place);
            }
            if let Some(slot) = node.slot {
                way_in[slot as usize] = Some(node.place);
            }
        }
        Self { way_in, gates: PointIndex::new(gate_places.iter().copied()), gate_places }
    }

    /// The entrances found on or around an outline, sorted; may be none.
    pub(super) fn of_outline(&self, rings: &Rings, area: &Area) -> Vec<LonLat> {
        let slots = rings.outer.iter().chain(&rings.inner).flatten();
        let at = |&slot: &u32| self.way_in.get(slot as usize).copied().flatten();
        let mut found: Vec<LonLat> = slots.filter_map(at).collect();
        found.extend(self.gates_around(area));
        once_each(found)
    }

    fn gates_around(&self, area: &Area) -> Vec<LonLat> {
        let Some(bounds) = area.bounding_box() else { return Vec::new() };
        let reach = ground_distance(bounds.center(), bounds.max).0 * 1.01 + FENCE_M;
        self.gates
            .within(bounds.center(), Meters(reach))
            .into_iter()
            .map(|(gate, _)| self.gate_places[gate as usize])
            .filter(|&gate| {
                area.polygons
                    .iter()
                    .any(|part| rings::distance_to_line_m(gate, &part.outer) <= FENCE_M)
            })
            .collect()
    }
}

fn once_each(mut places: Vec<LonLat>) -> Vec<LonLat> {
    places.sort_unstable();
    places.dedup();
    places
}
