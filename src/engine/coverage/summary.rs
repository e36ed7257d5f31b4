//! Sums by zone, exact at every level.

use super::capacity::CapacitySplit;
use crate::demand::{DemandLayer, ZoneHierarchy};
use crate::ids::{DemandPointId, GroupId, Id, IdVec, ZoneId};
use crate::reach::DemandTimes;
use crate::units::{Persons, Share, WalkTime};

/// People of one zone (or of the study) and how many of them are covered. Everybody is covered, left out, or where
/// there is no street data, which is not known to be either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoverageSum {
    /// Everybody of the group.
    pub persons: Persons,
    /// Those within the cutoff.
    pub covered: Persons,
    /// Those who live where the map has no street within the limit: nothing is known of their walks.
    pub no_street: Persons,
    /// Those who reach a facility at all.
    pub reaching: Persons,
    /// Sum over those of people × milliseconds, in millionths of a person-millisecond.
    weighted_ms: i128,
}

impl CoverageSum {
    /// People and those of them with a place; walks are not summed.
    pub fn served(persons: Persons, served: Persons) -> Self {
        Self { persons, covered: served, reaching: served, ..Self::default() }
    }

    fn add(&mut self, persons: Persons, walk: Option<WalkTime>, cutoff: WalkTime) {
        self.persons += persons;
        let Some(time) = walk else {
            self.no_street += persons;
            return;
        };
        if time.is_reachable() {
            self.reaching += persons;
            self.weighted_ms += i128::from(persons.as_micro()) * i128::from(time.as_ms());
        }
        if time <= cutoff {
            self.covered += persons;
        }
    }

    /// Moves people from one walk to another.
    fn shift(&mut self, persons: Persons, (before, after): Walks, cutoff: WalkTime) {
        let mut gone = Self::default();
        gone.add(persons, before, cutoff);
        self.covered -= gone.covered;
        self.no_street -= gone.no_street;
        self.reaching -= gone.reaching;
        self.weighted_ms -= gone.weighted_ms;
        self.add(persons, after, cutoff);
        self.persons -= persons;
    }

    fn merge(&mut self, part: Self) {
        self.persons += part.persons;
        self.covered += part.covered;
        self.no_street += part.no_street;
        self.reaching += part.reaching;
        self.weighted_ms += part.weighted_ms;
    }

    /// People with street data: those of whom it is known whether they are covered.
    pub fn assessed(&self) -> Persons {
        self.persons - self.no_street
    }

    /// The covered share of those with street data; `None` where there are none.
    pub fn share(&self) -> Option<Share> {
        self.covered.share_of(self.assessed())
    }

    /// The sum that a rule is judged by: itself, or, where places are counted, only those who have one covered.
    #[must_use]
    pub fn judged(self, places: Option<CapacitySplit>) -> Self {
        places.map_or(self, |split| Self { covered: split.served, ..self })
    }

    /// Those with street data who are beyond the cutoff or cut off.
    pub fn left_out(&self) -> Persons {
        self.assessed() - self.covered
    }

    /// Mean time of those who reach a facility at all, rounded to the millisecond.
    pub fn mean_time(&self) -> Option<WalkTime> {
        let reaching = i128::from(self.reaching.as_micro());
        (reaching > 0)
            .then(|| WalkTime::from_ms(((self.weighted_ms + reaching / 2) / reaching) as u32))
    }
}

/// A walk before and after: `None` where there is no street data.
pub type Walks = (Option<WalkTime>, Option<WalkTime>);

/// Sums for the study area and each of its zones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The whole study area.
    pub total: CoverageSum,
    /// Each zone, its parts included.
    pub zones: IdVec<ZoneId, CoverageSum>,
}

impl Summary {
    /// Sums of `group` under `times`; covered means `time <= cutoff`. Points outside every zone count
    /// nowhere.
    pub fn of(
        demand: &DemandLayer,
        zones: &ZoneHierarchy,
        group: GroupId,
        times: &DemandTimes,
        cutoff: WalkTime,
    ) -> Self {
        let mut sums: IdVec<ZoneId, CoverageSum> =
            vec![CoverageSum::default(); zones.zones.len()].into();
        for (id, point) in demand.points.enumerate() {
            if let Some(zone) = point.zone {
                sums[zone].add(point.persons[group.index()], times.walk(id), cutoff);
            }
        }
        let mut total = CoverageSum::default();
        for zone in zones.zones.ids().rev() {
            let sum = sums[zone];
            match zones.zones[zone].parent {
                Some(parent) => sums[parent].merge(sum),
                None => total.merge(sum),
            }
        }
        Self { total, zones: sums }
    }

    /// Moves people of `zone` from one walk to another, in the zone, in all it is part of, and in the total:
    /// as exact as summing up anew.
    pub fn shift(
        &mut self,
        zones: &ZoneHierarchy,
        (zone, persons): (ZoneId, Persons),
        walks: Walks,
        cutoff: WalkTime,
    ) {
        let mut next = Some(zone);
        while let Some(zone) = next {
            self.zones[zone].shift(persons, walks, cutoff);
            next = zones.zones[zone].parent;
        }
        self.total.shift(persons, walks, cutoff);
    }
}

/// Who of `group` counts: points with a zone and people.
pub fn counting(
    demand: &DemandLayer,
    group: GroupId,
) -> impl Iterator<Item = (DemandPointId, Persons)> + '_ {
    demand.points.enumerate().filter(|(_, point)| point.zone.is_some()).filter_map(
        move |(id, point)| {
            let persons = point.persons[group.index()];
            (persons > Persons::ZERO).then_some((id, persons))
        },
    )
}
