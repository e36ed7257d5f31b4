//! Stations nested under centers.

use anyhow::Context;

use crate::ids::SiteId;
use crate::import::plan_file::ChosenSite;
use crate::import::program_file::{NestedRecord, Work, record_of};
use crate::placement::candidate::{Candidate, SiteStanding};
use crate::placement::explain::{Explained, Gained, gained, in_order};
use crate::placement::headline::{Change, Counted};
use crate::placement::nested::{Nested, nest};
use crate::placement::plan::Need;
use crate::placement::two_tier::{TwoTierInstance, TwoTierPlan, TwoTierProblem, solve_two_tier};
use crate::placement::{Measure, Proof, SiteRules};
use crate::report::sheets::{centers_sheet, stations_sheet};
use crate::units::Persons;

use super::super::opening::Opening;
use super::super::promise::Promise;
use super::super::rules::ZoneTerm;
use super::super::write::{choices, chosen};
use super::{Answer, Desk, EFFORT, Ended, chosen_sites, keys, too_many};

pub(crate) fn run(desk: &Desk, promise: &Promise) -> anyhow::Result<Ended> {
    let above = center_promise(desk)?;
    let (need, center) = (desk.need(&promise.rule)?, desk.need(&above.rule)?);
    let sources = desk.candidates(&need)?;
    let stations = &sources.candidates;
    let own = center_candidates(desk, &center, stations)?;
    let tiers = nest((&need, &center), (stations, &own), desk.host)?;
    let zones = desk.zone_terms(&need, stations)?;
    let problem = problem(desk, (stations, &zones), &own)?;
    let names: Vec<String> = keys(stations).into_iter().chain(keys(&own)).collect();
    let mut plan = desk.watched(&names, Measure::Promises, |watch| {
        solve_two_tier(&tiers.instance, &problem, EFFORT, watch)
    })?;
    let any = [plan.stations.as_slice(), plan.centers.as_slice()].concat();
    desk.settle(&mut plan.status, &any);
    let cover = &tiers.instance.stations;
    let explained = Explained::of(&need, (stations, &tiers.stations), cover, &plan.stations);
    let baseline = desk.ground.baseline;
    let below = stations_sheet(baseline, (&tiers.instance, stations), (&own, &plan));
    let mut sites = chosen_sites(&explained, 0);
    sites.extend(center_sites((&tiers, &own), &plan, stations.len() as u32));
    let further = gained(&center, &tiers.centers, &plan.centers);
    let explained = both_tiers((explained, &further), &center, (&tiers.instance, &plan));
    let first = stations.len() as u32;
    let far = further.iter().map(|g| (g.point.0, g.site.0 + first, g.time.as_ms())).collect();
    let answer = Answer {
        proof: Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::Promises),
        rules: SiteRules { budget: problem.budget, ..problem.stations.clone() },
        zones,
        notes: Vec::new(),
        sheets: vec![centers_sheet(baseline, (&tiers.instance, &own), &plan), below],
        further: Vec::new(),
        promises: vec![promise.rule.clone(), above.rule.clone()],
        choices: [choices(desk.ground, stations), choices(desk.ground, &own)].concat(),
        sites,
        opens: [
            Opening::sites(stations, &plan.stations, 0),
            Opening::sites(&own, &plan.centers, 1),
        ]
        .concat(),
        claims: vec![super::write::claims(&explained), far],
        work: Work::TwoTier {
            instance: record((&need, &center), (stations, &own), &tiers)?,
            problem,
            plan,
        },
    };
    desk.finish(&explained, &desk.ask(promise, &sources), answer)
}

/// The plan told of both tiers: two promises, all sites, all costs.
fn both_tiers<'a>(
    (stations, further): (Explained<'a>, &[Gained]),
    center: &Need,
    (instance, plan): (&TwoTierInstance, &TwoTierPlan),
) -> Explained<'a> {
    let mut headline = stations.headline.clone();
    let below = stations.need.rule;
    headline.changes[0].counted = Counted::Promise { en: below.en.clone(), zh: below.zh.clone() };
    let newly: Persons = further.iter().map(|gained| gained.persons).sum();
    let reach = (center.covered.as_micro(), (center.covered + newly).as_micro());
    let above = Counted::Promise { en: center.rule.en.clone(), zh: center.rule.zh.clone() };
    headline.changes.push(Change::of(above, center.total.as_micro(), reach));
    headline.sites += plan.centers.len();
    headline.cost += plan.centers.iter().map(|&site| instance.centers.cost(site)).sum::<i64>();
    stations.told_as(headline)
}

/// The promise of the centers: named by `--center-rule`, for its own walker and group unless the options name others.
fn center_promise(desk: &Desk) -> anyhow::Result<Promise> {
    let rule = desk.wish.extended.center_rule.clone();
    let rule = rule.context("which promise do centers keep? give --center-rule STANDARD/RULE")?;
    let promise = Promise::find(desk.ground.baseline, &desk.wish.promise.beside(rule))?;
    promise.without_places(desk.wish.goal.problem)?;
    Ok(promise)
}

/// The places of stations as those of centers: `--required` is for stations, like `--sites`.
pub(crate) fn as_centers(stations: &[Candidate]) -> Vec<Candidate> {
    let free = |station: &Candidate| Candidate {
        standing: match station.standing {
            SiteStanding::Required => SiteStanding::Candidate,
            other => other,
        },
        ..station.clone()
    };
    stations.iter().map(free).collect()
}

/// Where centers could be: what `--center-candidates` names, else where stations could be.
fn center_candidates(
    desk: &Desk,
    center: &Need,
    stations: &[Candidate],
) -> anyhow::Result<Vec<Candidate>> {
    let named = &desk.wish.extended.center_candidates;
    if named.is_empty() {
        return Ok(as_centers(stations));
    }
    let sites = desk.wish.sites.with_candidates(named.clone());
    let asked = (&sites, named.len());
    let mut found = super::super::sources::find(desk.ground, center, asked, desk.host)?.candidates;
    for candidate in &mut found {
        candidate.key = format!("center-{}", candidate.key);
    }
    Ok(found)
}

/// `--sites` and zone rules are for stations, `--centers` for centers, `--budget` for both.
fn problem(
    desk: &Desk,
    (stations, zones): (&[Candidate], &[ZoneTerm]),
    centers: &[Candidate],
) -> anyhow::Result<TwoTierProblem> {
    let mut below = desk.rules(stations, zones)?;
    let budget = below.budget.take();
    // Spacing holds within each tier; zone rules speak of stations.
    let above = SiteRules {
        max_sites: desk.wish.extended.centers,
        budget: None,
        ..desk.rules(centers, &[])?
    };
    Ok(TwoTierProblem { stations: below, centers: above, budget, ..TwoTierProblem::default() })
}

/// The chosen centers, numbered after all stations.
fn center_sites(
    (tiers, centers): (&Nested, &[Candidate]),
    plan: &TwoTierPlan,
    first: u32,
) -> Vec<ChosenSite> {
    let steps = in_order(&tiers.instance.centers, &plan.centers);
    let sites = steps.iter().map(|step| chosen(centers, step));
    sites.map(|site| ChosenSite { site: site.site + first, ..site }).collect()
}

/// What was solved, as files hold it.
pub(crate) fn record(
    (need, center): (&Need, &Need),
    (stations, centers): (&[Candidate], &[Candidate]),
    tiers: &Nested,
) -> anyhow::Result<NestedRecord> {
    let facilities = &need.site.facilities.facilities;
    let today = center.serving.iter().map(|&id| facilities[id].key.clone());
    let above = keys(centers).into_iter().chain(today).collect();
    let instance = &tiers.instance;
    let below = record_of(&instance.stations, &need.rows, keys(stations));
    Ok(NestedRecord {
        stations: below.with_context(too_many)?,
        centers: record_of(&instance.centers, &center.rows, above).with_context(too_many)?,
        over: instance
            .over
            .iter()
            .map(|list| list.iter().map(|site: &SiteId| site.0).collect())
            .collect(),
        facilities: center.serving.iter().map(|id| id.0).collect(),
    })
}
