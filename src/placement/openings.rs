//! From a study to gates: where one could open, which homes need which gates and sites, who is covered then.

use crate::ids::{Id, SiteId};
use crate::reach::{DemandTimes, Seeds};
use crate::units::{MetersPerSecond, WalkTime};

use super::candidate::Candidate;
use super::explain::{Explained, Gained, RUNNERS_UP_MAX, RunnerUp, Step, by_zone};
use super::gate_candidates::{Fixed, GateCandidate, GateSearch, find_gates};
use super::gate_reach::{Gate, GateStreets, WayLimits};
use super::gates::{GateEvaluator, GateInstance, rank_gates};
use super::instance::{InstanceError, SiteFacts, SiteStatus};
use super::plan::{Need, ReachLists};

/// Gates and sites of a study: the choices are the gates, then the sites.
#[derive(Debug)]
pub struct Openings<'a> {
    /// Who needs one.
    pub need: &'a Need<'a>,
    /// Where a gate could open, those that save the longest walk first.
    pub found: Vec<GateCandidate>,
    /// The same as they are walked through.
    pub gates: Vec<Gate>,
    facilities: Seeds,
    sites: Vec<Seeds>,
    homes: Vec<(Vec<crate::street::Snapped>, i64)>,
}

impl<'a> Openings<'a> {
    /// Looks for gates where none of `fixed` is in the way, at most `most` of them, beside `candidates`.
    pub fn find(
        need: &'a Need<'a>,
        candidates: &[Candidate],
        (fixed, snapper): (&Fixed, &crate::street::Snapper),
        (wanted, most): (GateSearch, usize),
    ) -> Self {
        let meters = need.walker.impedance_in(crate::units::Yardstick::Meters);
        let mut found = find_gates((need.site.graph, meters), snapper, fixed, wanted);
        found.truncate(most);
        let speed = match need.yardstick {
            crate::units::Yardstick::Minutes => MetersPerSecond(need.walker.profile.walk_speed_m_s),
            crate::units::Yardstick::Meters => MetersPerSecond(1.0),
        };
        let gates = found.iter().map(|gate| gate.gate(speed)).collect();
        let homes = need.rows.iter().zip(&need.persons);
        let homes = homes.map(|(&id, p)| (need.walker.demand.of(id).to_vec(), p.as_micro()));
        Self {
            found,
            gates,
            facilities: need.walker.seeds(need.site.graph, need.impedance(), &need.serving),
            sites: candidates.iter().map(|candidate| need.seeds(candidate, 0)).collect(),
            homes: homes.collect(),
            need,
        }
    }

    /// Streets, gates and homes as the search sees them.
    pub fn streets(&self) -> GateStreets<'_> {
        GateStreets {
            graph: self.need.site.graph,
            impedance: self.need.impedance(),
            gates: &self.gates,
            facilities: &self.facilities,
            sites: &self.sites,
            homes: &self.homes,
            cutoff: self.need.cutoff,
        }
    }

    /// The instance, and whether no way was left out for the limits.
    ///
    /// # Errors
    /// When numbers do not fit.
    pub fn instance(
        &self,
        limits: WayLimits,
        facts: &[SiteFacts],
    ) -> Result<(GateInstance, bool), InstanceError> {
        let ways = self.streets().ways(limits);
        let weights = self.homes.iter().map(|home| home.1).collect();
        let instance = GateInstance::new(weights, ways.of_home, (self.gates.len() as u32, facts))?;
        Ok((instance, ways.complete))
    }

    /// Time of every demand point when `chosen` are taken, no longer than today.
    pub fn times(&self, chosen: &[SiteId]) -> DemandTimes {
        let found = self.streets().times(chosen);
        let mut of_point = vec![WalkTime::UNREACHABLE; self.need.site.demand.points.len()];
        for (&id, time) in self.need.rows.iter().zip(found) {
            of_point[id.index()] = time;
        }
        self.need.times.shortened(of_point)
    }
}

impl Openings<'_> {
    /// All choices as places: the gates, drawn at one side and costing `gate_cost` thousandths each, then the sites.
    pub fn choices(&self, candidates: &[Candidate], gate_cost: i64) -> Vec<Candidate> {
        let gates = self.found.iter().zip(1..).map(|(gate, number)| Candidate {
            cost: gate_cost,
            zone: self.need.site.zones.find(gate.places.0),
            ..Candidate::on_street(format!("gate-{number}"), self.need.site.graph, gate.from)
        });
        gates.chain(candidates.iter().cloned()).collect()
    }
}

/// The plan of gates and sites explained: steps, who gains and when, zones, what else could have been chosen.
pub fn explained<'a>(
    need: &'a Need<'a>,
    (choices, instance): (&'a [Candidate], &'a GateInstance),
    order: &[Taken],
    after: DemandTimes,
) -> Explained<'a> {
    let mut steps: Vec<Step> = Vec::new();
    for taken in order {
        let (cumulative, cumulative_cost) =
            steps.last().map_or((0, 0), |step| (step.cumulative, step.cumulative_cost));
        let cost = instance.facts().cost(taken.choice);
        steps.push(Step {
            site: taken.choice,
            gain: taken.gain,
            cumulative: cumulative + taken.gain,
            cost,
            cumulative_cost: cumulative_cost + cost,
        });
    }
    let chosen: Vec<SiteId> = order.iter().map(|taken| taken.choice).collect();
    let gained = gained(need, instance, (&chosen, &after));
    Explained {
        headline: need.headline(&gained, &steps),
        gained,
        zones: by_zone(need, &after),
        speeds: Vec::new(),
        runners_up: runners_up(instance, &chosen),
        curve: Vec::new(),
        unreached: None,
        phases: Vec::new(),
        reach: ReachLists::none(),
        instance: instance.facts(),
        candidates: choices,
        steps,
        after,
        need,
    }
}

/// Who gains, each with the first choice of the smallest set that does it.
fn gained(
    need: &Need,
    instance: &GateInstance,
    (chosen, after): (&[SiteId], &DemandTimes),
) -> Vec<Gained> {
    let is_there = |way: &&Vec<u32>| way.iter().all(|&choice| chosen.contains(&SiteId(choice)));
    let rows = need.rows.iter().zip(&need.persons).enumerate();
    let found = rows.filter_map(|(row, (&point, &persons))| {
        let way = instance.ways(row).iter().find(is_there)?;
        Some(Gained { point, persons, site: SiteId(*way.first()?), time: after.time(point) })
    });
    found.collect()
}

/// Choices that could best stand in for one of `chosen`, least loss first.
fn runners_up(instance: &GateInstance, chosen: &[SiteId]) -> Vec<RunnerUp> {
    let facts = instance.facts();
    let value = instance.newly_covered(chosen);
    let mut ranks = rank_gates(instance);
    ranks.retain(|rank| {
        !chosen.contains(&rank.choice) && facts.is_open_to_choice(rank.choice) && rank.alone > 0
    });
    ranks.truncate(RUNNERS_UP_MAX);
    let mut found: Vec<RunnerUp> = ranks
        .iter()
        .map(|rank| {
            let mut all = chosen.to_vec();
            all.push(rank.choice);
            let on_top = instance.newly_covered(&all) - value;
            let instead = |gone: &SiteId| {
                let mut kept: Vec<SiteId> = all.clone();
                kept.retain(|choice| choice != gone);
                (value - instance.newly_covered(&kept), *gone)
            };
            let free = |gone: &&SiteId| facts.status(**gone) != SiteStatus::Required;
            let best = chosen.iter().filter(free).map(instead).min();
            RunnerUp {
                site: rank.choice,
                instead_of: best.map(|(_, gone)| gone),
                loss: best.map_or(0, |(loss, _)| loss),
                on_top,
                extra_cost: facts.cost(rank.choice) - best.map_or(0, |(_, gone)| facts.cost(gone)),
            }
        })
        .collect();
    found.sort_by_key(|runner| (runner.loss, runner.site));
    found
}

/// A choice in the order in which they bring most: what it adds to those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The choice.
    pub choice: SiteId,
    /// Micro-persons it adds.
    pub gain: i64,
}

/// The choices of `chosen`, each time the one next that adds most; ties by smaller id.
pub fn taken_in_order(instance: &GateInstance, chosen: &[SiteId]) -> Vec<Taken> {
    let mut left = chosen.to_vec();
    let (mut taken, mut order, mut before) = (Vec::new(), Vec::new(), 0);
    while !left.is_empty() {
        let with = |choice: SiteId| {
            let mut all: Vec<SiteId> = taken.clone();
            all.push(choice);
            instance.newly_covered(&all)
        };
        let values: Vec<(i64, std::cmp::Reverse<SiteId>)> =
            left.iter().map(|&choice| (with(choice), std::cmp::Reverse(choice))).collect();
        let Some(&(value, std::cmp::Reverse(choice))) = values.iter().max() else { break };
        order.push(Taken { choice, gain: value - before });
        before = value;
        taken.push(choice);
        left.retain(|&other| other != choice);
    }
    order
}
