//! Where one enters what is drawn as an outline.
//!
//! The first of these that gives anything: doors and gates tagged on the outline, and gates in the fence around
//! it (within [`FENCE_M`]); places where the walking network runs over the outline; places spread along the
//! outline, one every [`SPREAD_M`] (4 to 24), so that the nearest edges to the outline are found.

use super::locate::Ground;
use super::rings::{self, Rings};
use crate::spatial::frame::ground_distance;
use crate::spatial::{Area, LonLat, PointIndex};
use crate::units::Meters;

/// How far a gate may stand from the outline it belongs to, in metres.
const FENCE_M: f64 = 10.0;
/// One place every so many metres of outline.
const SPREAD_M: f64 = 60.0;
/// Fewest and most places spread along an outline.
const SPREAD_COUNT: (usize, usize) = (4, 24);

/// Doors, gates and street places, ready to be asked.
pub(super) struct Doors {
    /// By slot: one enters there.
    way_in: Vec<Option<LonLat>>,
    /// By slot: where a street runs.
    street: Vec<Option<LonLat>>,
    gates: PointIndex,
    gate_places: Vec<LonLat>,
}

impl Doors {
    pub(super) fn new(ground: &Ground, on_street: &[bool]) -> Self {
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
        let street = (0_u32..)
            .zip(on_street)
            .map(|(slot, &is)| if is { ground.place(slot) } else { None })
            .collect();
        Self { way_in, street, gates: PointIndex::new(gate_places.iter().copied()), gate_places }
    }

    /// The entrances found on or around an outline, in the order of the outline; may be none.
    pub(super) fn of_outline(&self, rings: &Rings, area: &Area) -> Vec<LonLat> {
        let slots = || rings.outer.iter().chain(&rings.inner).flatten();
        let at = |table: &[Option<LonLat>]| -> Vec<LonLat> {
            let found = slots().filter_map(|&slot| table.get(slot as usize).copied().flatten());
            once_each(found.collect())
        };
        let mut found = at(&self.way_in);
        found.extend(self.gates_around(area));
        let found = once_each(found);
        if found.is_empty() { thin(at(&self.street)) } else { found }
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

fn once_each(places: Vec<LonLat>) -> Vec<LonLat> {
    let mut seen = std::collections::BTreeSet::new();
    places.into_iter().filter(|&place| seen.insert(place)).collect()
}

/// At most as many as are spread along an outline, evenly taken.
fn thin(places: Vec<LonLat>) -> Vec<LonLat> {
    let most = SPREAD_COUNT.1;
    if places.len() <= most {
        return places;
    }
    (0..most).map(|at| places[at * places.len() / most]).collect()
}

/// Places along a closed ring, evenly spread.
pub(super) fn spread_along(ring: &[LonLat]) -> Vec<LonLat> {
    let total = rings::length_m(ring);
    let count = ((total / SPREAD_M) as usize).clamp(SPREAD_COUNT.0, SPREAD_COUNT.1);
    let step = total / count as f64;
    let (mut places, mut walked, mut next) = (Vec::with_capacity(count), 0.0, 0.0);
    for pair in ring.windows(2) {
        let length = ground_distance(pair[0], pair[1]).0;
        while next < walked + length && places.len() < count {
            places.extend(between(pair[0], pair[1], (next - walked) / length));
            next += step;
        }
        walked += length;
    }
    if places.is_empty() {
        places.extend(ring.first());
    }
    once_each(places)
}

/// The place `along` (0 to 1) the way from `from` to `to`.
fn between(from: LonLat, to: LonLat, along: f64) -> Option<LonLat> {
    let mix = |a: i32, b: i32| a + ((f64::from(b) - f64::from(a)) * along).round() as i32;
    LonLat::from_e7(mix(from.lon_e7(), to.lon_e7()), mix(from.lat_e7(), to.lat_e7()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn places_are_spread_evenly_along_an_outline() {
        // A square of about 111 m a side on the equator: 443 m around, so 7 places 63 m apart.
        let ring = [at(0.0, 0.0), at(0.001, 0.0), at(0.001, 0.001), at(0.0, 0.001), at(0.0, 0.0)];
        let places = spread_along(&ring);
        assert_eq!(places.len(), 7);
        for pair in places.windows(2) {
            assert!(ground_distance(pair[0], pair[1]).0 <= 64.0);
        }
        for place in places {
            assert!(rings::distance_to_line_m(place, &ring) < 0.02);
        }
    }

    #[test]
    fn a_tiny_outline_still_has_an_entrance() {
        let ring = [at(0.0, 0.0), at(0.0, 0.0), at(0.0, 0.0), at(0.0, 0.0)];
        assert_eq!(spread_along(&ring), [at(0.0, 0.0)]);
    }
}
