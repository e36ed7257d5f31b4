//! Where facilities and homes stand after streets were cut, closed or added.

use crate::ids::{DemandPointId, EdgeId, FacilityId};
use crate::spatial::{BoundingBox, LonLat};
use crate::street::{EdgePosition, Snapped, Snapper, StreetChange, Walkable};

use super::Baseline;
use super::state::{Layer, LinkUndo, ScenarioState};

impl ScenarioState {
    /// Facilities or demand points that stand on some streets or their pieces; sorted.
    pub(super) fn points_on(&self, walker: usize, layer: Layer, streets: &[EdgeId]) -> Vec<u32> {
        let on = match layer {
            Layer::Facilities => &self.facilities_on[walker],
            Layer::Demand => &self.demand_on[walker],
        };
        let edges = streets.iter().flat_map(|&street| self.streets.and_pieces(street));
        let mut points: Vec<u32> = edges.flat_map(|edge| on.on(edge)).collect();
        points.sort_unstable();
        points.dedup();
        points
    }

    fn snaps(&self, walker: usize, layer: Layer, point: u32) -> &[Snapped] {
        match layer {
            Layer::Facilities => self.walkers[walker].facilities.of(FacilityId(point)),
            Layer::Demand => self.walkers[walker].demand.of(DemandPointId(point)),
        }
    }

    /// Where a point stands after its street was cut or closed: on every open piece, and where the street is
    /// closed, on the nearest that is not.
    pub(super) fn relinked(
        &self,
        baseline: &Baseline,
        (walker, layer): (usize, Layer),
        point: u32,
    ) -> Vec<Snapped> {
        let mut roots: Vec<(EdgePosition, Snapped)> = Vec::new();
        for snap in self.snaps(walker, layer, point) {
            let whole = self.streets.whole(snap.position);
            if !roots.iter().any(|(known, s)| *known == whole && s.access_mm == snap.access_mm) {
                roots.push((whole, *snap));
            }
        }
        let mut snaps: Vec<Snapped> = Vec::new();
        let mut is_shut = false;
        for (whole, snap) in roots {
            let positions = self.streets.positions(whole);
            is_shut |= positions.is_empty();
            snaps.extend(positions.into_iter().map(|position| Snapped { position, ..snap }));
        }
        if is_shut {
            snaps.extend(self.snap_all(baseline, walker, self.doors_of(baseline, layer, point)));
        }
        snaps.sort_unstable_by_key(|snap| (snap.position, snap.access_mm));
        snaps.dedup_by_key(|snap| snap.position);
        snaps
    }

    fn doors_of<'a>(&'a self, baseline: &'a Baseline, layer: Layer, point: u32) -> &'a [LonLat] {
        match layer {
            Layer::Facilities => &self.facilities.facilities[FacilityId(point)].entrances,
            Layer::Demand => {
                std::slice::from_ref(&baseline.demand.points[DemandPointId(point)].place)
            }
        }
    }

    /// Points to which a new street is nearer than the one they stand on: they stand on both then, so that
    /// nobody loses by it.
    pub(super) fn drawn_nearer(
        &self,
        baseline: &Baseline,
        (walker, layer): (usize, Layer),
        change: &StreetChange,
    ) -> Vec<(usize, Layer, u32, Vec<Snapped>)> {
        let graph = self.streets.graph();
        let new: Vec<EdgeId> =
            self.streets.added_streets().filter(|edge| change.lowered.contains(edge)).collect();
        let limit = baseline.limits.snap_distance;
        let shape = new.iter().flat_map(|&edge| graph.shape(edge)).copied();
        let Some(bounds) = BoundingBox::around(shape) else { return Vec::new() };
        let bounds = bounds.grown(limit);
        let snapper = Snapper::over(graph, new.iter().copied());
        let linked = &self.walkers[walker];
        let (impedance, islands) = (&linked.impedance, &linked.islands);
        let ground = Walkable { graph, impedance, islands };
        let count = match layer {
            Layer::Facilities => linked.facilities.len(),
            Layer::Demand => linked.demand.len(),
        };
        let near = |&point: &u32| {
            let doors = self.doors_of(baseline, layer, point);
            doors.iter().any(|&door| bounds.contains(door))
        };
        (0..count as u32)
            .filter(near)
            .filter_map(|point| {
                let known = self.snaps(walker, layer, point);
                let best = known.iter().map(|snap| snap.access_mm).min().unwrap_or(u32::MAX);
                let doors = self.doors_of(baseline, layer, point).iter();
                let nearer: Vec<Snapped> = doors
                    .filter_map(|&door| snapper.snap(&ground, door, limit))
                    .filter(|snap| snap.access_mm < best)
                    .collect();
                if nearer.is_empty() {
                    return None;
                }
                let snaps = known.iter().copied().chain(nearer).collect();
                Some((walker, layer, point, snaps))
            })
            .collect()
    }

    /// Where doors meet the streets that a walker may use now: on the whole streets and on their pieces.
    pub(super) fn snap_all(
        &self,
        baseline: &Baseline,
        walker: usize,
        doors: &[LonLat],
    ) -> Vec<Snapped> {
        let limit = baseline.limits.snap_distance;
        let mut snaps: Vec<Snapped> = doors
            .iter()
            .filter_map(|&door| self.snap(baseline, walker, (door, limit)))
            .flat_map(|snap| {
                let positions = self.streets.positions(snap.position).into_iter();
                positions.map(move |position| Snapped { position, ..snap })
            })
            .collect();
        snaps.sort_unstable_by_key(|snap| (snap.position, snap.access_mm));
        snaps.dedup_by_key(|snap| snap.position);
        snaps
    }

    pub(super) fn link(
        &mut self,
        walker: usize,
        (layer, point): (Layer, u32),
        snaps: Vec<Snapped>,
    ) -> LinkUndo {
        let known: Vec<EdgeId> =
            self.snaps(walker, layer, point).iter().map(|snap| snap.position.edge).collect();
        let mut added_to: Vec<EdgeId> = snaps.iter().map(|snap| snap.position.edge).collect();
        added_to.sort_unstable();
        added_to.dedup();
        added_to.retain(|edge| !known.contains(edge));
        let (linked, on) = match layer {
            Layer::Facilities => (&mut self.walkers[walker].facilities, &mut self.facilities_on),
            Layer::Demand => (&mut self.walkers[walker].demand, &mut self.demand_on),
        };
        for &edge in &added_to {
            on[walker].add(edge, point);
        }
        let before = linked.set(FacilityId(point), snaps);
        LinkUndo { walker, layer, point, before, added_to }
    }

    pub(super) fn unlink(&mut self, link: &LinkUndo) {
        let (linked, on) = match link.layer {
            Layer::Facilities => {
                (&mut self.walkers[link.walker].facilities, &mut self.facilities_on)
            }
            Layer::Demand => (&mut self.walkers[link.walker].demand, &mut self.demand_on),
        };
        linked.set(FacilityId(link.point), link.before.clone());
        for &edge in &link.added_to {
            on[link.walker].take(edge);
        }
    }
}
