//! Places are counted: served, in reach but full, out of reach.

use anyhow::{Context, bail};

use crate::coverage::Rule;
use crate::demand::DemandUnit;
use crate::ids::{Id, SiteId};
use crate::import::program_file::{HomeClaim, PlacesRecord, Work, record_of};
use crate::placement::candidate::Candidate;
use crate::placement::capacitated::{CapacitatedPlan, CapacitatedProblem, solve_capacitated};
use crate::placement::explain::Explained;
use crate::placement::places::{Places, PlacesAsked, PlacesSplit};
use crate::placement::{GroupRule, Infeasibility, Measure, Proof, SiteRules, SolutionStatus};
use crate::progress::Silent;
use crate::report::sheets::{places_sheet, split_sheet};

use super::super::opening::Opening;
use super::super::promise::Promise;
use super::super::write::choices;
use super::{Answer, Desk, EFFORT, Ended, chosen_sites, keys, too_many};

pub(crate) fn run(desk: &Desk, promise: &Promise) -> anyhow::Result<Ended> {
    if desk.ground.baseline.demand.unit == DemandUnit::StreetMeters {
        bail!(
            "places for 1,000 people cannot be counted: this study counts metres of street in place of people; give it \
             a population under [demand]"
        );
    }
    let need = desk.need(&promise.rule)?;
    let mut sources = desk.candidates(&need)?;
    let asked = asked(desk, promise)?;
    give_places(desk, &mut sources.candidates)?;
    let candidates = &sources.candidates;
    let places = Places::find(&need, candidates, asked, desk.host)?;
    say_unknown(desk, &places);
    let zones = desk.zone_terms(&need, candidates)?;
    let own = desk.rules(candidates, &zones)?;
    let problem = CapacitatedProblem { rules: shifted(&own, places.serving.len() as u32) };
    let names = names(&places, &keys(candidates));
    let instance = &places.instance;
    let mut plan = desk.watched(&names, Measure::Served, |watch| {
        solve_capacitated(instance, &problem, EFFORT, watch)
    })?;
    desk.settle(&mut plan.status, &plan.chosen);
    let status = in_candidates(&plan.status, places.serving.len() as u32);
    let chosen: Vec<SiteId> =
        plan.chosen.iter().filter_map(|&site| places.candidate_of(site)).collect();
    let reach = need.reach(candidates, &Silent)?;
    let cover = need.instance(candidates, &reach)?;
    let explained = places.told(Explained::of(&need, (candidates, &reach), &cover, &chosen), &plan);
    let baseline = desk.ground.baseline;
    let split = split_sheet(places.today(), PlacesSplit::of(&plan));
    // The file says by which number places were counted.
    let rule = Rule { capacity_per_1000: Some(asked.per_1000), ..promise.rule.clone() };
    let answer = Answer {
        proof: Proof::of_most(&status, (plan.served, plan.bound), Measure::Served),
        rules: own,
        zones,
        notes: Vec::new(),
        sheets: vec![split, places_sheet(baseline, (&places, candidates), &plan)],
        further: Vec::new(),
        promises: vec![rule],
        choices: choices(desk.ground, candidates),
        sites: chosen_sites(&explained, places.serving.len() as u32),
        opens: Opening::sites(candidates, &chosen, 0),
        claims: vec![claims(&places, &plan)],
        work: Work::Capacitated {
            instance: PlacesRecord {
                capacity: desk.wish.extended.capacity,
                ..record(&places, asked, names)?
            },
            problem,
            plan,
        },
    };
    desk.finish(&explained, &desk.ask(promise, &sources), answer)
}

fn asked(desk: &Desk, promise: &Promise) -> anyhow::Result<PlacesAsked> {
    let extended = &desk.wish.extended;
    let Some(per_1000) = extended.places_per_1000.or(promise.rule.capacity_per_1000) else {
        bail!(
            "how many places do 1000 people need? the rule {:?} does not say; give --places-per-1000",
            promise.rule.id
        );
    };
    Ok(PlacesAsked { per_1000 })
}

/// Gives the candidates that do not say how many places they have those that the option says.
fn give_places(desk: &Desk, candidates: &mut [Candidate]) -> anyhow::Result<()> {
    if let Some(places) = desk.wish.extended.capacity {
        for candidate in candidates.iter_mut() {
            candidate.capacity.get_or_insert(places);
        }
    }
    let silent = candidates.iter().filter(|candidate| candidate.capacity.is_none()).count();
    if silent == candidates.len() {
        bail!(
            "no candidate says how many places it would have, so none would serve anybody: give --capacity N, or a file \
             of candidates with a column capacity"
        );
    }
    if silent > 0 {
        desk.host.say(&format!(
            "{silent} of {} candidates do not say how many places they would have; they are counted as having none \
             (--capacity gives them some)",
            candidates.len()
        ));
    }
    Ok(())
}

/// A reason with sites numbered as the candidates are, which follow `first` others.
fn in_candidates(status: &SolutionStatus, first: u32) -> SolutionStatus {
    let own = |site: SiteId| SiteId(site.0.saturating_sub(first));
    match status {
        SolutionStatus::Infeasible { reason: Infeasibility::RequiredTooClose { sites } } => {
            let sites = (own(sites.0), own(sites.1));
            SolutionStatus::Infeasible { reason: Infeasibility::RequiredTooClose { sites } }
        }
        other => other.clone(),
    }
}

fn say_unknown(desk: &Desk, places: &Places) {
    if places.unknown() > 0 {
        desk.host.say(&format!(
            "{} of {} open facilities do not say how many places they have; they are counted as having none",
            places.unknown(),
            places.serving.len()
        ));
    }
}

/// The rules with the candidates numbered after what is open today.
pub(crate) fn shifted(rules: &SiteRules, first: u32) -> SiteRules {
    let shift = |site: SiteId| SiteId(site.0 + first);
    let groups = rules.groups.iter().map(|group| GroupRule {
        sites: group.sites.iter().map(|&site| shift(site)).collect(),
        ..group.clone()
    });
    SiteRules {
        conflicts: rules.conflicts.iter().map(|&(a, b)| (shift(a), shift(b))).collect(),
        groups: groups.collect(),
        ..rules.clone()
    }
}

/// Ids of what is open today, then of the candidates.
pub(crate) fn names(places: &Places, keys: &[String]) -> Vec<String> {
    let facilities = &places.need.site.facilities.facilities;
    let today = places.serving.iter().map(|&id| facilities[id].key.clone());
    today.chain(keys.iter().cloned()).collect()
}

fn claims(places: &Places, plan: &CapacitatedPlan) -> Vec<HomeClaim> {
    let claim = |sent: &crate::placement::capacitated::Allocation| {
        let list = places.reach.of(sent.site);
        let at = list.binary_search_by_key(&sent.row, |pair| pair.0).ok()?;
        let point = places.need.rows[sent.row as usize];
        Some((point.0, sent.site.0, list[at].1.as_ms()))
    };
    plan.allocation.iter().filter_map(claim).collect()
}

/// What was solved, as files hold it.
pub(crate) fn record(
    places: &Places,
    asked: PlacesAsked,
    names: Vec<String>,
) -> anyhow::Result<PlacesRecord> {
    let cover = places.instance.cover();
    let cover = record_of(cover, &places.need.rows, names).with_context(too_many)?;
    Ok(PlacesRecord {
        serves: (0..places.instance.site_count())
            .map(|site| places.instance.serves(SiteId::from_index(site)))
            .collect(),
        facilities: places.serving.iter().map(|id| id.0).collect(),
        per_1000: asked.per_1000,
        capacity: None,
        cover,
    })
}
