//! One walker's streets with both layers tied to them.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::demand::{DemandLayer, DemandPoint};
use crate::facility::FacilityLayer;
use crate::ids::{DemandPointId, EdgeId, FacilityId};
use crate::limits::SPEEDS_SIDE_BY_SIDE_M_S;
use crate::spatial::Front;
use crate::street::{
    Impedance, Islands, Linkage, Nearest, Obstacles, Snapped, Snapper, StreetGraph, WalkProfile,
    Walkable,
};
use crate::units::{Meters, MetersPerSecond, WalkTime, Yardstick};

use super::doors::{front_for, home_front};
use super::{Ground, NearestField, Seeds, TieFinder, TieGround};

/// Finders made for one layer at most: each has room for all nodes.
const FINDERS: usize = 64;

/// How far points are snapped and what is an island.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkLimits {
    /// Longest access leg, inclusive.
    pub snap_distance: Meters,
    /// Pieces of less street than this are islands.
    pub island_length: Meters,
}

/// A profile on a graph, with facilities and demand tied to the streets it may use.
#[derive(Clone, Debug)]
pub struct LinkedWalker {
    /// Who walks.
    pub profile: WalkProfile,
    /// Walking times in minutes' yardstick.
    pub impedance: Impedance,
    /// The same streets in the metre yardstick: milliseconds stand for millimetres.
    pub meters: Impedance,
    /// What is cut off.
    pub islands: Islands,
    /// Facilities, each by its entrances.
    pub facilities: Linkage,
    /// Demand points.
    pub demand: Linkage,
    /// What has no street for any walker of the study.
    unmapped: Arc<Unmapped>,
    /// Times at the speeds shown side by side, made when first asked for.
    at_speeds: OnceLock<Vec<(MetersPerSecond, Impedance)>>,
}

/// Both layers and what they are tied to, looked at once for all profiles.
#[derive(Debug)]
pub struct LinkSource<'a> {
    ties: TieGround<'a>,
    facilities: &'a FacilityLayer,
    demand: &'a DemandLayer,
    /// The nearest street, whoever may use it, of demand points that stand for streets.
    at_streets: Vec<Option<Nearest>>,
    island_length: Meters,
}

impl<'a> LinkSource<'a> {
    /// Both layers on `graph`, whose streets `snapper` finds, among `obstacles`.
    pub fn new(
        graph: &'a StreetGraph,
        (snapper, obstacles): (&'a Snapper, &'a Obstacles),
        (facilities, demand): (&'a FacilityLayer, &'a DemandLayer),
        limits: LinkLimits,
    ) -> Self {
        let LinkLimits { snap_distance: limit, island_length } = limits;
        let near = |point: &DemandPoint| match point.front {
            Front::Street => snapper.nearest(graph, point.place, limit),
            _ => None,
        };
        let at_streets = demand.points.as_slice().par_iter().map(near).collect();
        let ties = TieGround { graph, map: snapper, snappers: vec![snapper], obstacles, limit };
        Self { ties, facilities, demand, at_streets, island_length }
    }
}

/// The ties of every point for each of so many walkers, as a linkage of each.
fn linkages(mut ties: Vec<Vec<Vec<Snapped>>>, walkers: usize) -> Vec<Linkage> {
    let of = |at: usize| Linkage::new(ties.iter_mut().map(|ties| std::mem::take(&mut ties[at])));
    (0..walkers).map(of).collect()
}

impl LinkedWalker {
    /// Ties both layers to the streets of `profile`.
    pub fn link(profile: &WalkProfile, source: &LinkSource) -> Self {
        let walker = Self::unlinked(profile, source);
        let mut linked = Self::tie_all(vec![walker], source);
        linked.swap_remove(0)
    }

    /// Ties both layers to the streets of each of `profiles`: every place is looked around from once for all of them.
    pub fn link_all(profiles: &[WalkProfile], source: &LinkSource) -> Vec<Self> {
        let walkers = profiles.par_iter().map(|profile| Self::unlinked(profile, source)).collect();
        Self::tie_all(walkers, source)
    }

    /// A walker whose layers are tied to nothing yet.
    fn unlinked(profile: &WalkProfile, source: &LinkSource) -> Self {
        let graph = source.ties.graph;
        let impedance = Impedance::new(graph, profile);
        let islands = Islands::find(graph, &impedance, source.island_length);
        let meters = Impedance::new(graph, &profile.metre_yardstick());
        Self {
            profile: profile.clone(),
            impedance,
            meters,
            islands,
            facilities: Linkage::default(),
            demand: Linkage::default(),
            unmapped: Arc::default(),
            at_speeds: OnceLock::new(),
        }
    }

    fn tie_all(mut walkers: Vec<Self>, source: &LinkSource) -> Vec<Self> {
        let LinkSource { ties: ground, facilities, demand, at_streets, .. } = source;
        let finders = || {
            TieFinder::of_all(
                ground,
                walkers.iter().map(|walker| (&walker.impedance, &walker.islands)),
            )
        };
        let facilities: Vec<Vec<Vec<Snapped>>> = facilities
            .facilities
            .as_slice()
            .par_iter()
            .with_min_len(facilities.facilities.len().div_ceil(FINDERS))
            .map_init(finders, |finders, facility| {
                let of_each = walkers.iter().zip(finders.iter_mut());
                let ties = |(walker, finder): (&Self, &mut TieFinder)| {
                    let front = front_for(&walker.profile, facility, ground.obstacles);
                    finder.ties(facility.place, &front)
                };
                of_each.map(ties).collect()
            })
            .collect();
        let on_street = |walker: &Self, (point, near): (&DemandPoint, Option<Nearest>)| {
            let Self { impedance, islands, .. } = walker;
            let walkable = Walkable { graph: ground.graph, impedance, islands };
            ground.snappers[0].snap_from(&walkable, point.place, ground.limit, near)
        };
        let points = demand.points.as_slice();
        let is_street = |point: &DemandPoint| point.front == Front::Street;
        let demand: Vec<Linkage> = if points.iter().all(is_street) {
            let of = |walker: &Self| -> Vec<Option<Snapped>> {
                let snap = |(point, &near)| on_street(walker, (point, near));
                points.par_iter().zip(at_streets).map(snap).collect()
            };
            walkers.iter().map(|walker| Linkage::new(of(walker))).collect()
        } else {
            let ties: Vec<Vec<Vec<Snapped>>> = points
                .par_iter()
                .zip(at_streets)
                .with_min_len(points.len().div_ceil(FINDERS))
                .map_init(finders, |finders, (point, &near)| {
                    let of_each = walkers.iter().zip(finders.iter_mut());
                    let ties = |(walker, finder): (&Self, &mut TieFinder)| {
                        if is_street(point) {
                            on_street(walker, (point, near)).into_iter().collect()
                        } else {
                            let front = home_front(&walker.profile, point, ground.obstacles);
                            finder.ties(point.place, &front)
                        }
                    };
                    of_each.map(ties).collect()
                })
                .collect();
            linkages(ties, walkers.len())
        };
        let facilities = linkages(facilities, walkers.len());
        for (walker, (facilities, demand)) in
            walkers.iter_mut().zip(facilities.into_iter().zip(demand))
        {
            walker.facilities = facilities;
            walker.demand = demand;
        }
        walkers
    }

    /// Notes on each of `walkers`, who share both layers, what has no street for any of them: there the map lacks a
    /// street, where one of them alone has none the way is closed to that one.
    pub fn note_unmapped(walkers: &mut [Self]) {
        let Some(first) = walkers.first() else { return };
        let lacking = |layer: fn(&Self) -> &Linkage| {
            let others = |&point: &u32| {
                walkers.iter().all(|walker| layer(walker).unlinked.binary_search(&point).is_ok())
            };
            layer(first).unlinked.iter().copied().filter(others).collect()
        };
        let unmapped = Arc::new(Unmapped {
            facilities: lacking(|walker| &walker.facilities),
            demand: lacking(|walker| &walker.demand),
        });
        for walker in walkers {
            walker.unmapped = Arc::clone(&unmapped);
        }
    }

    /// Whether `facility` has no street within the limit, for any walker: it is known, but no walk to it is.
    pub fn is_off_network(&self, facility: FacilityId) -> bool {
        self.facilities.of(facility).is_empty()
            && self.unmapped.facilities.binary_search(&facility.0).is_ok()
    }

    /// Whether `point` has a street within the limit, be it for another walker only.
    pub fn has_street(&self, point: DemandPointId) -> bool {
        !self.demand.of(point).is_empty() || self.unmapped.demand.binary_search(&point.0).is_err()
    }

    /// What `point` is labeled with when no time is found.
    pub(super) fn nothing_found(&self, point: DemandPointId) -> (WalkTime, u32) {
        let owner = if self.has_street(point) { u32::MAX } else { NO_STREET };
        (WalkTime::UNREACHABLE, owner)
    }

    /// Brings all times up to date after `graph` gained or lost its last edges, or `changed` edges changed.
    pub fn follow(&mut self, graph: &StreetGraph, changed: &[EdgeId]) {
        self.impedance.follow(graph, &self.profile, changed);
        self.meters.follow(graph, &self.profile.metre_yardstick(), changed);
        self.at_speeds = OnceLock::new();
    }

    /// The walking speeds of [`SPEEDS_SIDE_BY_SIDE_M_S`], each with the times of the streets at it.
    pub fn at_speeds(&self, graph: &StreetGraph) -> &[(MetersPerSecond, Impedance)] {
        self.at_speeds.get_or_init(|| {
            let at = |&speed: &f64| {
                let speed = MetersPerSecond(speed);
                (speed, Impedance::new(graph, &self.profile.at_speed(speed)))
            };
            // One by one: a thread that waits here must not be handed work that asks for the same times.
            SPEEDS_SIDE_BY_SIDE_M_S.iter().map(at).collect()
        })
    }

    /// The times of the streets in a yardstick.
    pub const fn impedance_in(&self, yardstick: Yardstick) -> &Impedance {
        match yardstick {
            Yardstick::Minutes => &self.impedance,
            Yardstick::Meters => &self.meters,
        }
    }

    /// Seeds at all entrances of `serving`; the owner is the facility id.
    pub fn seeds(
        &self,
        graph: &StreetGraph,
        impedance: &Impedance,
        serving: &[FacilityId],
    ) -> Seeds {
        let snaps = serving
            .iter()
            .flat_map(|&id| self.facilities.of(id).iter().map(move |snap| (id.0, snap)));
        Seeds::of_snaps(graph, impedance, snaps)
    }

    /// Time of every demand point to its nearest facility of `serving` within `bound`, both access legs
    /// counted.
    pub fn nearest(
        &self,
        graph: &StreetGraph,
        impedance: &Impedance,
        serving: &[FacilityId],
        bound: WalkTime,
    ) -> DemandTimes {
        let ground = Ground::toward(graph, impedance);
        let seeds = self.seeds(graph, impedance, serving);
        let field = NearestField::sweep(&ground, &seeds, bound);
        self.read(&ground, &seeds, &field)
    }

    /// Reads a swept field at every demand point, adding its access leg; beyond the field's bound nothing is
    /// reached.
    pub fn read(&self, ground: &Ground, seeds: &Seeds, field: &NearestField) -> DemandTimes {
        let found = (0..self.demand.len() as u32)
            .into_par_iter()
            .map(|point| {
                let point = DemandPointId(point);
                let best = self.demand.of(point).iter().filter_map(|snap| {
                    let (time, owner) = field.at(ground, seeds, snap.position)?;
                    let time = time.plus(ground.impedance.access(snap.access_mm));
                    (time <= field.bound()).then_some((time, owner))
                });
                best.min().unwrap_or_else(|| self.nothing_found(point))
            })
            .collect();
        DemandTimes(found)
    }
}

/// Points of both layers with no street within the limit for any walker of a study, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Unmapped {
    facilities: Vec<u32>,
    demand: Vec<u32>,
}

/// Owner in the label of a demand point that has no street within the limit.
const NO_STREET: u32 = u32::MAX - 1;

/// The walk that a label of time and owner tells of: `None` where there is no street to walk on, an unreachable time
/// where there is one but no way.
pub fn walk_of((time, owner): (WalkTime, u32)) -> Option<WalkTime> {
    (owner != NO_STREET).then_some(time)
}

/// For every demand point, the time to its nearest facility and which that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemandTimes(Vec<(WalkTime, u32)>);

impl DemandTimes {
    /// Times without facilities; unreachable where nothing is found.
    pub fn new(times: impl IntoIterator<Item = WalkTime>) -> Self {
        Self(times.into_iter().map(|time| (time, u32::MAX)).collect())
    }

    /// Times without facilities of points some of which have no street: those with `None`.
    pub fn of_walks(walks: impl IntoIterator<Item = Option<WalkTime>>) -> Self {
        let label = |walk: Option<WalkTime>| match walk {
            Some(time) => (time, u32::MAX),
            None => (WalkTime::UNREACHABLE, NO_STREET),
        };
        Self(walks.into_iter().map(label).collect())
    }

    /// The shorter of these times and of `others`, point by point; who has no street here has none.
    #[must_use]
    pub fn shortened(&self, others: impl IntoIterator<Item = WalkTime>) -> Self {
        let both = self.0.iter().copied().zip(others);
        Self::of_walks(both.map(|(label, other)| walk_of(label).map(|time| time.min(other))))
    }

    /// Times for points that all reach nothing.
    pub fn unreached(points: usize) -> Self {
        Self(vec![(WalkTime::UNREACHABLE, u32::MAX); points])
    }

    /// Time of `point`; unreachable when nothing was found.
    pub fn time(&self, point: DemandPointId) -> WalkTime {
        self.0[point.0 as usize].0
    }

    /// As [`Self::time`]; `None` where there is no street to walk on.
    pub fn walk(&self, point: DemandPointId) -> Option<WalkTime> {
        walk_of(self.0[point.0 as usize])
    }

    /// The nearest facility of `point`.
    pub fn facility(&self, point: DemandPointId) -> Option<FacilityId> {
        let (time, owner) = self.0[point.0 as usize];
        (time.is_reachable() && owner < NO_STREET).then_some(FacilityId(owner))
    }
}
