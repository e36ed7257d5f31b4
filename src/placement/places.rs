//! From a study to sites with places: what is open today, with its places, beside the candidates.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::coverage::assess::places_of;
use crate::coverage::capacity::{CapacityAssessment, CapacitySplit, InReach, Serves};
use crate::coverage::summary::CoverageSum;
use crate::ids::{FacilityId, Id, SiteId};
use crate::progress::{Progress, Silent};
use crate::units::Persons;

use super::candidate::{Candidate, SiteStanding};
use super::capacitated::{
    CapacitatedInstance, CapacitatedPlan, CapacitatedProblem, CapacitatedSite, solve_capacitated,
};
use super::explain::{Explained, Gained, Step, ZoneGain};
use super::headline::{Change, Counted, Headline};
use super::instance::{SiteFacts, SiteStatus};
use super::plan::{Need, PlanError, ReachLists};
use super::problem::SiteRules;
use super::program::Effort;

/// How places are counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacesAsked {
    /// Places that 1000 people need, more than 0.
    pub per_1000: f64,
}

impl PlacesAsked {
    /// The people that so many places serve.
    fn serve(self, places: f64) -> Persons {
        let people = Persons::from_count(places * 1000.0 / self.per_1000);
        people.unwrap_or(Persons::from_micro(i64::MAX))
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
    /// How many people each site has places for; `None` when it does not say: then nobody is served there.
    pub offers: Vec<Serves>,
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
pub(super) fn standing(need: &Need, id: FacilityId) -> Candidate {
    let facility = &need.site.facilities.facilities[id];
    let stands = need.walker.facilities.of(id).to_vec();
    Candidate { stands, ..Candidate::at(facility.key.clone(), facility.place) }
}

/// Sites in the order in which they serve most more, each with what it adds: as people without a place count
/// down, no site adds more later than it would at first.
pub fn served_in_order(instance: &CapacitatedInstance, chosen: &[SiteId]) -> Vec<(SiteId, i64)> {
    let serve = instance.evaluator();
    let (mut taken, mut before) = (Vec::new(), serve(&[]));
    let mut known: BinaryHeap<(i64, Reverse<SiteId>)> =
        chosen.iter().map(|&site| (i64::MAX, Reverse(site))).collect();
    let mut order = Vec::with_capacity(chosen.len());
    while let Some((last, Reverse(site))) = known.pop() {
        taken.push(site);
        let gain = serve(&taken) - before;
        if gain < last && known.peek().is_some_and(|next| next.0 > gain) {
            taken.pop();
            known.push((gain, Reverse(site)));
            continue;
        }
        before += gain;
        order.push((site, gain));
    }
    order
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
        let existing = SiteFacts { status: SiteStatus::Existing, ..SiteFacts::default() };
        let today = serving.iter().map(|&id| (places_of(&need.site, need.rule, id), existing));
        let new = candidates.iter().map(|one| {
            let may = one.standing != SiteStanding::Forbidden;
            (one.capacity.filter(|_| may), one.facts())
        });
        let mut offers: Vec<Serves> = Vec::with_capacity(sites.capacity());
        for (places, facts) in today.chain(new) {
            let offer = places.map(|places| asked.serve(places));
            // What does not say how many places it has is counted as having none.
            let serves = Some(offer.map_or(0, Persons::as_micro));
            sites.push(CapacitatedSite { rows: rows(sites.len()), serves, facts });
            offers.push(offer);
        }
        let weights = need.persons.iter().map(|persons| persons.as_micro()).collect();
        let instance = CapacitatedInstance::new(weights, &sites)?;
        Ok(Self { need, serving, reach, instance, offers })
    }

    /// Where the people stand with what is open today.
    pub fn today(&self) -> PlacesSplit {
        let rules = SiteRules { max_sites: Some(0), ..SiteRules::default() };
        let nothing = Effort { nodes: 0, iterations: 0, proof_numbers: 0 };
        let only = self.instance.of_existing();
        let plan = solve_capacitated(&only, &CapacitatedProblem { rules }, nothing, &Silent);
        PlacesSplit::of(&plan)
    }

    /// Open facilities that do not say how many places they have.
    pub fn unknown(&self) -> usize {
        self.offers[..self.serving.len()].iter().filter(|offer| offer.is_none()).count()
    }

    /// Where people stand, as an audit says it, when `chosen` of the instance are open beside what is open today.
    pub fn assessment(&self, chosen: &[SiteId]) -> CapacityAssessment {
        let mut reached: Vec<Vec<u32>> = vec![Vec::new(); self.need.rows.len()];
        let today = (0..self.serving.len()).map(SiteId::from_index);
        for site in today.chain(chosen.iter().copied()) {
            for &(row, _) in self.reach.of(site) {
                reached[row as usize].push(site.0);
            }
        }
        let rows = self.need.rows.iter().zip(&self.need.persons).zip(reached);
        let points: Vec<InReach> = rows
            .map(|((&point, &persons), mut facilities)| {
                facilities.sort_unstable();
                InReach { point, persons, facilities }
            })
            .collect();
        let site = &self.need.site;
        CapacityAssessment::of(site.demand, site.zones, &self.offers, &points)
    }

    /// `plan` told by who has a place, today and with `found`: steps, who is served where, zones of the group.
    pub fn told<'e>(&self, plan: Explained<'e>, found: &CapacitatedPlan) -> Explained<'e> {
        let (before, after) = (self.assessment(&[]), self.assessment(&found.chosen));
        let first = self.serving.len() as u32;
        let mut steps: Vec<Step> = Vec::with_capacity(found.chosen.len());
        for (site, gain) in served_in_order(&self.instance, &found.chosen) {
            let (cumulative, so_far) =
                steps.last().map_or((0, 0), |step| (step.cumulative, step.cumulative_cost));
            let cost = self.instance.cover().cost(site);
            steps.push(Step {
                site: SiteId(site.0 - first),
                gain,
                cumulative: cumulative + gain,
                cost,
                cumulative_cost: so_far + cost,
            });
        }
        let people = |split: &CapacitySplit| CoverageSum::served(split.persons(), split.served);
        let group = self.need.group;
        let whole = ZoneGain {
            zone: None,
            group,
            before: people(&before.total),
            after: people(&after.total),
        };
        let zones = before.zones.enumerate().map(|(zone, split)| ZoneGain {
            zone: Some(zone),
            group,
            before: people(split),
            after: people(&after.zones[zone]),
        });
        let served = (before.total.served.as_micro(), after.total.served.as_micro());
        Explained {
            headline: Headline {
                changes: vec![Change::of(Counted::Served, self.need.total.as_micro(), served)],
                sites: steps.len(),
                cost: steps.iter().map(|step| step.cost).sum(),
            },
            steps,
            gained: self.gained(found),
            zones: std::iter::once(whole).chain(zones).collect(),
            // These speak of walks alone.
            speeds: Vec::new(),
            runners_up: Vec::new(),
            curve: Vec::new(),
            ..plan
        }
    }

    /// Who is sent to which new site.
    fn gained(&self, found: &CapacitatedPlan) -> Vec<Gained> {
        let sent = found.allocation.iter().filter_map(|sent| {
            let list = self.reach.of(sent.site);
            let at = list.binary_search_by_key(&sent.row, |pair| pair.0).ok()?;
            Some(Gained {
                point: self.need.rows[sent.row as usize],
                persons: Persons::from_micro(sent.persons),
                site: self.candidate_of(sent.site)?,
                time: list[at].1,
            })
        });
        sent.collect()
    }

    /// The candidate that a site of the instance is; `None` for what is open today.
    pub fn candidate_of(&self, site: SiteId) -> Option<SiteId> {
        site.0.checked_sub(self.serving.len() as u32).map(SiteId)
    }
}
