//! How complete the layers of a study are, said before any verdict that rests on them.

use std::collections::BTreeMap;

use crate::coverage::CoverageSum;
use crate::demand::DemandUnit;
use crate::facility::FacilityStatus;
use crate::ids::{FacilityId, FunctionId, GroupId, Id};
use crate::scenario::Baseline;
use crate::units::Persons;

/// What is recorded of one function that some rule asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionRecord {
    /// The function.
    pub function: FunctionId,
    /// Places recorded, in whatever state.
    pub places: usize,
    /// Of those, open and with a street within the limit.
    pub open: usize,
    /// Of those, open but with no street within the limit.
    pub off_network: usize,
    /// Of those open with a street, such as say how many places they have.
    pub with_capacity: usize,
}

/// Where people live who have no street within the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreetRecord {
    /// Everybody in the study area.
    pub persons: Persons,
    /// Of those, people without street data.
    pub no_street: Persons,
    /// Lowest zones in which somebody lives and nobody has street data.
    pub zones_without: usize,
}

/// How complete the layers of a study are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completeness {
    /// What the demand counts.
    pub unit: DemandUnit,
    /// The streets, as everybody meets them.
    pub streets: StreetRecord,
    /// The functions that rules ask for, in the order of the vocabulary.
    pub functions: Vec<FunctionRecord>,
}

impl Completeness {
    /// How complete the layers of `baseline` are.
    pub fn of(baseline: &Baseline) -> Self {
        let rules = baseline.standards.iter().flat_map(|standard| &standard.rules);
        let mut asked: Vec<FunctionId> = rules
            .flat_map(|rule| &rule.functions)
            .filter_map(|id| baseline.taxonomy.find(id))
            .collect();
        asked.sort_unstable();
        asked.dedup();
        Self {
            unit: baseline.demand.unit,
            streets: street_record(baseline),
            functions: asked.into_iter().map(|id| FunctionRecord::of(baseline, id)).collect(),
        }
    }

    /// The functions asked for of which nothing open is recorded with a street.
    pub fn not_recorded(&self) -> impl Iterator<Item = FunctionId> + '_ {
        self.functions.iter().filter(|record| record.is_missing()).map(|record| record.function)
    }

    /// Open places, of whatever function asked for, that have no street within the limit.
    pub fn off_network(&self) -> usize {
        self.functions.iter().map(|record| record.off_network).sum()
    }
}

impl FunctionRecord {
    /// What `baseline` records of `function`.
    pub fn of(baseline: &Baseline, function: FunctionId) -> Self {
        let walker = baseline.walkers().first();
        let is_off = |id: FacilityId| walker.is_some_and(|walker| walker.is_off_network(id));
        let mut record = Self { function, places: 0, open: 0, off_network: 0, with_capacity: 0 };
        for (id, facility) in baseline.facilities.facilities.enumerate() {
            let Some(offer) = facility.find_offer(function) else { continue };
            record.places += 1;
            match facility.status {
                FacilityStatus::Open if is_off(id) => record.off_network += 1,
                FacilityStatus::Open => {
                    record.open += 1;
                    record.with_capacity += usize::from(offer.capacity.is_some());
                }
                _ => {}
            }
        }
        record
    }

    /// Whether no place is recorded that says whether the function is there: none at all, or only open ones without
    /// a street.
    pub const fn is_missing(&self) -> bool {
        self.places == self.off_network
    }
}

fn street_record(baseline: &Baseline) -> StreetRecord {
    let Some(walker) = baseline.walkers().first() else { return StreetRecord::default() };
    let mut record = StreetRecord::default();
    let mut by_zone: BTreeMap<_, CoverageSum> = BTreeMap::new();
    for (id, point) in baseline.demand.points.enumerate() {
        let Some(zone) = point.zone else { continue };
        let persons = point.persons.get(GroupId(0).index()).copied().unwrap_or_default();
        let has_street = walker.has_street(id);
        let lacking = if has_street { Persons::ZERO } else { persons };
        record.persons += persons;
        record.no_street += lacking;
        let sum = by_zone.entry(zone).or_default();
        sum.persons += persons;
        sum.no_street += lacking;
    }
    let is_without =
        |sum: &&CoverageSum| sum.persons > Persons::ZERO && sum.assessed() == Persons::ZERO;
    record.zones_without = by_zone.values().filter(is_without).count();
    record
}
