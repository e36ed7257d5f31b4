//! The straight-line circle, for comparison only: what a map with compasses would have claimed.

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
    /// People inside the circle of a facility.
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
        let places = serving.iter().flat_map(|&id| {
            let facility = &facilities.facilities[id];
            std::iter::once(facility.place).chain(facility.entrances.iter().copied())
        });
        let index = PointIndex::new(places);
        let (mut covered, mut lost) = (Persons::ZERO, Persons::ZERO);
        for (id, persons) in counting(demand.0, demand.1) {
            if index.nearest_within(demand.0.points[id].place, radius).is_some() {
                covered += persons;
                if times.time(id) > cutoff {
                    lost += persons;
                }
            }
        }
        Self { radius, covered, lost }
    }
}
