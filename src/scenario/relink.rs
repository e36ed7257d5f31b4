//! Where facilities and homes stand after streets were cut, closed or added.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::ids::{DemandPointId, EdgeId, FacilityId};
use crate::reach::{TieFinder, TieGround, front_for, home_front};
use crate::spatial::{BoundingBox, Front, LonLat};
use crate::street::{EdgePosition, Snapped, Snapper, StreetChange};
use crate::units::Meters;

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

    pub(super) fn snaps(&self, walker: usize, layer: Layer, point: u32) -> &[Snapped] {
        match layer {
            Layer::Facilities => self.walkers[walker].facilities.of(FacilityId(point)),
            Layer::Demand => self.walkers[walker].demand.of(DemandPointId(point)),
        }
    }

    /// Where a point stands after its street was cut: on every open piece too. Where a street was closed it is tied
    /// anew, for what that street made needless may be needed now.
    pub(super) fn relinked(
        &self,
        baseline: &Baseline,
        (walker, layer): (usize, Layer),
        (point, is_closed): (u32, bool),
    ) -> Vec<Snapped> {
        let (place, front) = self.stand_of(baseline, (walker, layer), point);
        if is_closed && *front != Front::Street {
            return self.tie(baseline, walker, (place, &front));
        }
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
            snaps.extend(self.tie(baseline, walker, (place, &front)));
        }
        in_order(snaps)
    }

    /// Points beside closed streets that are tied otherwise now: ties that the streets made needless are needed.
    pub(super) fn freed(
        &self,
        baseline: &Baseline,
        (walker, layer): (usize, Layer),
        (change, known): (&StreetChange, &[u32]),
    ) -> Vec<(u32, Vec<Snapped>)> {
        if change.raised.is_empty() {
            return Vec::new();
        }
        let profile = &self.walkers[walker].profile;
        // As far as one gets along streets while another walks the longest leg.
        let ratio = (profile.walk_speed_m_s / profile.off_street_speed_m_s).max(1.0);
        let reach = Meters(baseline.limits.snap_distance.0 * ratio);
        let near = self.points_near(baseline, (walker, layer), (&change.cut, reach));
        let ground = self.tie_ground(baseline);
        let linked = &self.walkers[walker];
        let finder = || TieFinder::new(&ground, &linked.impedance, &linked.islands);
        near.into_par_iter()
            .filter(|point| known.binary_search(point).is_err())
            .map_init(finder, |finder, point| {
                let (place, front) = self.stand_of(baseline, (walker, layer), point);
                let ties = self.on_pieces(finder.ties(place, &front));
                (ties != self.snaps(walker, layer, point)).then_some((point, ties))
            })
            .flatten()
            .collect()
    }

    /// Points that may have ties of their own within `reach` of some streets, in order.
    fn points_near(
        &self,
        baseline: &Baseline,
        (walker, layer): (usize, Layer),
        (streets, reach): (&[EdgeId], Meters),
    ) -> Vec<u32> {
        let graph = self.streets.graph();
        let shape = streets.iter().flat_map(|&edge| graph.shape(edge)).copied();
        let Some(bounds) = BoundingBox::around(shape) else { return Vec::new() };
        let bounds = bounds.grown(reach);
        let linked = &self.walkers[walker];
        match layer {
            Layer::Facilities => {
                let near = |&point: &u32| {
                    let facility = &self.facilities.facilities[FacilityId(point)];
                    facility.edge_places().any(|place| bounds.contains(place))
                };
                (0..linked.facilities.len() as u32).filter(near).collect()
            }
            Layer::Demand => {
                let near = |&point: &u32| {
                    let home = &baseline.demand.points[DemandPointId(point)];
                    home.front != Front::Street && bounds.contains(home.place)
                };
                (0..linked.demand.len() as u32).filter(near).collect()
            }
        }
    }

    /// Where a point lies, and where people step out of it.
    fn stand_of<'a>(
        &self,
        baseline: &'a Baseline,
        (walker, layer): (usize, Layer),
        point: u32,
    ) -> (LonLat, Cow<'a, Front>) {
        let profile = &self.walkers[walker].profile;
        match layer {
            Layer::Facilities => {
                let facility = &self.facilities.facilities[FacilityId(point)];
                (facility.place, Cow::Owned(front_for(profile, facility, &baseline.obstacles)))
            }
            Layer::Demand => {
                let home = &baseline.demand.points[DemandPointId(point)];
                (home.place, home_front(profile, home, &baseline.obstacles))
            }
        }
    }

    /// Points that a new street ties to itself, with the ties they get besides those they have.
    pub(super) fn drawn_nearer(
        &self,
        baseline: &Baseline,
        (walker, layer): (usize, Layer),
        change: &StreetChange,
    ) -> Vec<(u32, Vec<Snapped>)> {
        let graph = self.streets.graph();
        let new: Vec<EdgeId> =
            self.streets.added_streets().filter(|edge| change.lowered.contains(edge)).collect();
        let limit = baseline.limits.snap_distance;
        let near = self.points_near(baseline, (walker, layer), (&new, limit));
        let snapper = Snapper::over(graph, new);
        let ground = TieGround { snappers: vec![&snapper], ..self.tie_ground(baseline) };
        let linked = &self.walkers[walker];
        let finder = || TieFinder::new(&ground, &linked.impedance, &linked.islands);
        near.into_par_iter()
            .map_init(finder, |finder, point| {
                let known = self.snaps(walker, layer, point);
                let (place, front) = self.stand_of(baseline, (walker, layer), point);
                let further = self.on_pieces(finder.further(place, &front, known));
                (!further.is_empty()).then_some((point, further))
            })
            .flatten()
            .collect()
    }

    /// What ties lead to now: the streets of the baseline and those that were added.
    fn tie_ground<'a>(&'a self, baseline: &'a Baseline) -> TieGround<'a> {
        let mut snappers = vec![&*baseline.snapper];
        snappers.extend(&self.added);
        TieGround {
            graph: self.streets.graph(),
            map: &baseline.snapper,
            snappers,
            obstacles: &baseline.obstacles,
            limit: baseline.limits.snap_distance,
        }
    }

    /// Ties of a place to the streets that a walker may use now: on the whole streets and on their pieces.
    pub(super) fn tie(
        &self,
        baseline: &Baseline,
        walker: usize,
        (place, front): (LonLat, &Front),
    ) -> Vec<Snapped> {
        let (ground, linked) = (self.tie_ground(baseline), &self.walkers[walker]);
        let mut finder = TieFinder::new(&ground, &linked.impedance, &linked.islands);
        self.on_pieces(finder.ties(place, front))
    }

    /// The same ties on whole streets and on their pieces, sorted.
    fn on_pieces(&self, ties: Vec<Snapped>) -> Vec<Snapped> {
        let pieces = |tie: Snapped| {
            let positions = self.streets.positions(tie.position).into_iter();
            positions.map(move |position| Snapped { position, ..tie })
        };
        in_order(ties.into_iter().flat_map(pieces).collect())
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

/// Ties by position, the shortest of each.
pub(super) fn in_order(mut ties: Vec<Snapped>) -> Vec<Snapped> {
    ties.sort_unstable_by_key(|tie| (tie.position, tie.access_mm));
    ties.dedup_by_key(|tie| tie.position);
    ties
}
