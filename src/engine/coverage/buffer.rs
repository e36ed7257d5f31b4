//! The straight-line circle, for comparison only: what a map with compasses would have claimed.

use rayon::prelude::*;

use crate::demand::DemandLayer;
use crate::facility::FacilityLayer;
use crate::ids::{FacilityId, GroupId};
use crate::reach::DemandTimes;
use crate::spatial::PointIndex;
use crate::units::{Meters, Persons, WalkTime};

use super::summary::counting;

/// Straight-line coverage beside walking coverage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BufferComparison {
    /// Radius of the circle in metres: the cutoff in metres, or the cutoff in minutes at walking speed.
    pub radius: Meters,
    /// People inside the circle of a facility; those without street data stay out of the comparison.
    pub covered: Persons,
    /// Of those, people who are not covered on foot: what the circle promises and the streets do not keep.
    pub lost: Persons,
}

impl BufferComparison {
    /// Compares circles of `radius` around the places and entrances of `serving` with walking `times`.
    pub fn of(
        demand: (&DemandLayer, GroupId),
        facilities: &FacilityLayer,
        serving: &[FacilityId],
        (times, cutoff): (&DemandTimes, WalkTime),
        radius: Meters,
    ) -> Self {
        if serving.is_empty() {
            return Self { radius, covered: Persons::ZERO, lost: Persons::ZERO };
        }
        let index = doors(facilities, serving);
        let places = demand.0.points.as_slice().par_iter();
        let inside: Vec<bool> = places.map(|point| index.has_within(point.place, radius)).collect();
        let (mut covered, mut lost) = (Persons::ZERO, Persons::ZERO);
        for (id, persons) in counting(demand.0, demand.1) {
            if inside[id.0 as usize] && times.walk(id).is_some() {
                covered += persons;
                if times.time(id) > cutoff {
                    lost += persons;
                }
            }
        }
        Self { radius, covered, lost }
    }
}

/// The places and entrances of `serving`, to be found by distance.
fn doors(facilities: &FacilityLayer, serving: &[FacilityId]) -> PointIndex {
    PointIndex::new(serving.iter().flat_map(|&id| facilities.facilities[id].edge_places()))
}

/// The straight-line distance of every demand point to its nearest facility, measured once so that circles of
/// any radius up to a farthest one can be compared at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StraightDistances(Vec<Option<Meters>>);

impl StraightDistances {
    /// Distances to the places and entrances of `serving`, up to `farthest` (inclusive).
    pub fn of(
        demand: &DemandLayer,
        facilities: &FacilityLayer,
        serving: &[FacilityId],
        farthest: Meters,
    ) -> Self {
        let index = doors(facilities, serving);
        let distance = |place| index.nearest_within(place, farthest).map(|(_, distance)| distance);
        Self(demand.points.as_slice().par_iter().map(|point| distance(point.place)).collect())
    }

    /// People of `group` inside circles of `radius` (inclusive); equals [`BufferComparison::covered`].
    pub fn covered(
        &self,
        (demand, group): (&DemandLayer, GroupId),
        times: &DemandTimes,
        radius: Meters,
    ) -> Persons {
        counting(demand, group)
            .filter(|(id, _)| times.walk(*id).is_some())
            .filter(|(id, _)| self.0[id.0 as usize].is_some_and(|distance| distance.0 <= radius.0))
            .map(|(_, persons)| persons)
            .sum()
    }
}
