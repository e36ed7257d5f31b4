//! One walker's streets with both layers snapped to them.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::demand::DemandLayer;
use crate::facility::FacilityLayer;
use crate::ids::{DemandPointId, EdgeId, FacilityId};
use crate::limits::SPEEDS_SIDE_BY_SIDE_M_S;
use crate::spatial::LonLat;
use crate::street::{
    EdgePosition, Impedance, Islands, Linkage, Nearest, Snapped, Snapper, StreetGraph, WalkProfile,
    Walkable,
};
use crate::units::{Meters, MetersPerSecond, WalkTime, Yardstick};

use super::{Ground, NearestField, Seeds};

/// How far points are snapped and what is an island.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkLimits {
    /// Longest access leg, inclusive.
    pub snap_distance: Meters,
    /// Pieces of less street than this are islands.
    pub island_length: Meters,
}

/// A profile on a graph, with facilities and demand snapped to the streets it may use.
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
    /// Times at the speeds shown side by side, made when first asked for.
    at_speeds: OnceLock<Vec<(MetersPerSecond, Impedance)>>,
}

/// Both layers with the nearest street of every point, whoever may use it: looked up once for all profiles.
#[derive(Debug)]
pub struct NearestStreets<'a> {
    snapper: &'a Snapper,
    facilities: &'a FacilityLayer,
    demand: &'a DemandLayer,
    at_facilities: Vec<Vec<Option<Nearest>>>,
    at_demand: Vec<Option<Nearest>>,
    limits: LinkLimits,
}

impl<'a> NearestStreets<'a> {
    /// Looks up the nearest street of every entrance and demand point, in parallel.
    pub fn find(
        (graph, snapper): (&StreetGraph, &'a Snapper),
        (facilities, demand): (&'a FacilityLayer, &'a DemandLayer),
        limits: LinkLimits,
    ) -> Self {
        let near = |place: LonLat| snapper.nearest(graph, place, limits.snap_distance);
        let at_facilities = facilities
            .facilities
            .as_slice()
            .par_iter()
            .map(|facility| facility.entrances.iter().map(|&door| near(door)).collect())
            .collect();
        let at_demand =
            demand.points.as_slice().par_iter().map(|point| near(point.place)).collect();
        Self { snapper, facilities, demand, at_facilities, at_demand, limits }
    }
}

impl LinkedWalker {
    /// Snaps both layers for `profile`.
    pub fn link(graph: &StreetGraph, profile: &WalkProfile, streets: &NearestStreets) -> Self {
        let impedance = Impedance::new(graph, profile);
        let islands = Islands::find(graph, &impedance, streets.limits.island_length);
        let ground = Walkable { graph, impedance: &impedance, islands: &islands };
        let limit = streets.limits.snap_distance;
        let snap = |place: LonLat, near: Option<Nearest>| {
            streets.snapper.snap_from(&ground, place, limit, near)
        };
        let facilities: Vec<Vec<Snapped>> = streets
            .facilities
            .facilities
            .as_slice()
            .par_iter()
            .zip(&streets.at_facilities)
            .map(|(facility, near)| {
                let doors = facility.entrances.iter().zip(near);
                let mut snaps: Vec<Snapped> =
                    doors.filter_map(|(&door, &near)| snap(door, near)).collect();
                snaps.sort_unstable_by_key(|s| (s.position, s.access_mm));
                snaps.dedup_by_key(|s| s.position);
                snaps
            })
            .collect();
        let demand: Vec<Option<Snapped>> = streets
            .demand
            .points
            .as_slice()
            .par_iter()
            .zip(&streets.at_demand)
            .map(|(point, &near)| snap(point.place, near))
            .collect();
        let meters = Impedance::new(graph, &profile.metre_yardstick());
        let (facilities, demand) = (Linkage::new(facilities), Linkage::new(demand));
        Self {
            profile: profile.clone(),
            impedance,
            meters,
            islands,
            facilities,
            demand,
            at_speeds: OnceLock::new(),
        }
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
                let best = self.demand.of(DemandPointId(point)).iter().filter_map(|snap| {
                    let (time, owner) = field.at(ground, seeds, snap.position)?;
                    let time = time.plus(ground.impedance.access(snap.access_mm));
                    (time <= field.bound()).then_some((time, owner))
                });
                best.min().unwrap_or((WalkTime::UNREACHABLE, u32::MAX))
            })
            .collect();
        DemandTimes(found)
    }

    /// The position of a demand point, when it was snapped.
    pub fn demand_position(&self, point: DemandPointId) -> Option<EdgePosition> {
        self.demand.of(point).first().map(|snap| snap.position)
    }
}

/// For every demand point, the time to its nearest facility and which that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemandTimes(Vec<(WalkTime, u32)>);

impl DemandTimes {
    /// Times without facilities; unreachable where nothing is found.
    pub fn new(times: impl IntoIterator<Item = WalkTime>) -> Self {
        Self(times.into_iter().map(|time| (time, u32::MAX)).collect())
    }

    /// Times for points that all reach nothing.
    pub fn unreached(points: usize) -> Self {
        Self(vec![(WalkTime::UNREACHABLE, u32::MAX); points])
    }

    /// Time of `point`; unreachable when nothing was found.
    pub fn time(&self, point: DemandPointId) -> WalkTime {
        self.0[point.0 as usize].0
    }

    /// The nearest facility of `point`.
    pub fn facility(&self, point: DemandPointId) -> Option<FacilityId> {
        let (time, owner) = self.0[point.0 as usize];
        (time.is_reachable() && owner != u32::MAX).then_some(FacilityId(owner))
    }
}
