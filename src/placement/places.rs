//! From a study to sites with places: what is open today, with its places, beside the candidates.

use crate::coverage::assess::places_of;
use crate::ids::{FacilityId, SiteId};
use crate::progress::{Progress, Silent};
use crate::units::Persons;

use super::candidate::{Candidate, SiteStanding};
use super::capacitated::{
    CapacitatedInstance, CapacitatedPlan, CapacitatedProblem, CapacitatedSite, solve_capacitated,
};
use super::instance::{SiteFacts, SiteStatus};
use super::plan::{Need, PlanError, ReachLists};
use super::problem::SiteRules;
use super::program::Effort;

/// How places are counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacesAsked {
    /// Places that 1000 people need, more than 0.
    pub per_1000: f64,
    /// Places of a candidate that does not say how many it has; `None` when it serves whoever comes.
    pub capacity: Option<f64>,
}

impl PlacesAsked {
    /// The people that so many places serve.
    fn serve(&self, places: f64) -> i64 {
        let people = Persons::from_count(places * 1000.0 / self.per_1000);
        people.map_or(i64::MAX, Persons::as_micro)
    }
}

/// Everybody of a group, what is open today and the candidates, each with its places.
#[derive(Debug)]
pub struct Places<'a> {
    /// The rows are everybody of the group.
    pub need: Need<'a>,
    /// The first sites of the instance: what is open today.
    pub serving: Vec<FacilityId>,
    /// Whom each site reaches: what is open today, then the candidates.
    pub reach: ReachLists,
    /// Rows and time of the instance.
    pub instance: CapacitatedInstance,
    /// Open facilities that do not say how many places they have; they are taken to serve whoever comes.
    pub unknown: usize,
}

/// Where the people stand when places are counted, in millionths of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlacesSplit {
    /// Served with a place.
    pub served: i64,
    /// In reach, but all is full.
    pub full: i64,
    /// Out of reach of everything open.
    pub out_of_reach: i64,
}

impl PlacesSplit {
    /// That of a plan.
    pub const fn of(plan: &CapacitatedPlan) -> Self {
        Self { served: plan.served, full: plan.full, out_of_reach: plan.out_of_reach }
    }

    /// Everybody.
    pub const fn total(&self) -> i64 {
        self.served + self.full + self.out_of_reach
    }
}

/// A facility of today as a site: where one enters.
fn standing(need: &Need, id: FacilityId) -> Candidate {
    let facility = &need.site.facilities.facilities[id];
    let stands = need.walker.facilities.of(id).to_vec();
    Candidate { stands, ..Candidate::at(facility.key.clone(), facility.place) }
}

impl<'a> Places<'a> {
    /// Counts places of what is open under the need's rule and of `candidates`.
    ///
    /// # Errors
    /// When there are too many pairs, a number does not fit, or the user asked to stop.
    pub fn find(
        need: &Need<'a>,
        candidates: &[Candidate],
        asked: PlacesAsked,
        progress: &dyn Progress,
    ) -> Result<Self, PlanError> {
        let need = need.clone().of_everybody();
        let serving = need.serving.clone();
        let today: Vec<Candidate> = serving.iter().map(|&id| standing(&need, id)).collect();
        let mut reach = need.reach(&today, progress)?;
        let further = need.reach(candidates, progress)?;
        for site in 0..candidates.len() {
            reach.push(further.of(SiteId(site as u32)));
        }
        let rows = |site: usize| -> Vec<u32> {
            reach.of(SiteId(site as u32)).iter().map(|&(row, _)| row).collect()
        };
        let mut sites = Vec::with_capacity(serving.len() + candidates.len());
        let mut unknown = 0;
        for &id in &serving {
            let places = places_of(&need.site, need.rule, id);
            unknown += usize::from(places.is_none());
            let facts = SiteFacts { status: SiteStatus::Existing, ..SiteFacts::default() };
            let serves = places.map(|places| asked.serve(places));
            sites.push(CapacitatedSite { rows: rows(sites.len()), serves, facts });
        }
        for candidate in candidates {
            let places = candidate.capacity.or(asked.capacity);
            let is_shut = candidate.standing == SiteStanding::Forbidden;
            let serves = if is_shut { Some(0) } else { places.map(|places| asked.serve(places)) };
            let facts = candidate.facts();
            sites.push(CapacitatedSite { rows: rows(sites.len()), serves, facts });
        }
        let weights = need.persons.iter().map(|persons| persons.as_micro()).collect();
        let instance = CapacitatedInstance::new(weights, &sites)?;
        Ok(Self { need, serving, reach, instance, unknown })
    }

    /// Where the people stand with what is open today.
    pub fn today(&self) -> PlacesSplit {
        let rules = SiteRules { max_sites: Some(0), ..SiteRules::default() };
        let nothing = Effort { nodes: 0, iterations: 0, proof_numbers: 0 };
        let only = self.instance.of_existing();
        let plan = solve_capacitated(&only, &CapacitatedProblem { rules }, nothing, &Silent);
        PlacesSplit::of(&plan)
    }

    /// The candidate that a site of the instance is; `None` for what is open today.
    pub fn candidate_of(&self, site: SiteId) -> Option<SiteId> {
        site.0.checked_sub(self.serving.len() as u32).map(SiteId)
    }
}
