//! The worst-off zone first, and the front of cost, people and worst-off.

use anyhow::{Context, bail};

use crate::ids::SiteId;
use crate::import::program_file::{Work, ZonedRecord, record_of};
use crate::placement::equity::solve_worst_zone;
use crate::placement::explain::Explained;
use crate::placement::pareto::{Ceiling, ParetoFront, pareto_front};
use crate::placement::zoned::Zoned;
use crate::placement::{Measure, Proof, SiteRules, SolutionStatus};
use crate::progress::Silent;
use crate::report::sheet::Sheet;
use crate::report::sheets::{deciles_sheet, front_sheet, shares_sheet};

use super::super::opening::Opening;
use super::super::promise::Promise;
use super::super::sources::Sources;
use super::{Answer, Desk, EFFORT, Ended, chosen_sites, keys, too_many, with_today};

/// Ceilings that a front has at most.
const CEILINGS_MAX: u32 = 50;
/// Searches under one ceiling at most.
const POINTS_MAX: usize = 40;
/// Ceilings of a budget: so many equal parts of it.
const BUDGET_PARTS: i64 = 8;

pub(crate) fn worst(desk: &Desk, promise: &Promise) -> anyhow::Result<Ended> {
    let need = desk.need(&promise.rule)?;
    let sources = desk.candidates(&need)?;
    let zoned = Zoned::find(&need, &sources.candidates, desk.host)?;
    let rules = desk.rules(&sources.candidates)?;
    let names = with_today(keys(&sources.candidates));
    let mut plan = desk.watched(&names, Measure::WorstShare, |watch| {
        solve_worst_zone(&zoned.instance, &rules, EFFORT, watch)
    })?;
    desk.settle(&mut plan.worst_status, &plan.chosen);
    desk.settle(&mut plan.people_status, &plan.chosen);
    let value = plan.worst.map_or(0, crate::placement::equity::ZoneShare::ppb);
    let chosen = plan.chosen.clone();
    let proof =
        Proof::of_most(&plan.worst_status, (value, plan.worst_bound_ppb), Measure::WorstShare);
    let instance = record(&zoned, names)?;
    let work = Work::WorstZone { instance, rules: rules.clone(), plan };
    let found = Found { zoned: &zoned, chosen, rules, proof, sheets: Vec::new(), work };
    finish(desk, (promise, &sources), found)
}

pub(crate) fn front(desk: &Desk, promise: &Promise) -> anyhow::Result<Ended> {
    let need = desk.need(&promise.rule)?;
    let sources = desk.candidates(&need)?;
    let zoned = Zoned::find(&need, &sources.candidates, desk.host)?;
    let rules = desk.rules(&sources.candidates)?;
    let names = with_today(keys(&sources.candidates));
    let ceilings = ceilings(desk, &rules)?;
    let mut front = desk.watched(&names, Measure::People, |watch| {
        pareto_front(&zoned.instance, &rules, (&ceilings, POINTS_MAX), (EFFORT, watch))
    })?;
    for point in &mut front.points {
        desk.settle(&mut point.status, &point.chosen);
    }
    let picked = picked(&front);
    let sheet = front_sheet(desk.ground.baseline, (&front, &sources.candidates), picked);
    let none = (Vec::new(), SolutionStatus::Unsolved, (0, 0));
    let (chosen, status, value) = front.points.get(picked).map_or(none, |point| {
        (point.chosen.clone(), point.status.clone(), (point.people, point.people_bound))
    });
    let proof = Proof::of_most(&status, value, Measure::People);
    let instance = record(&zoned, names)?;
    let work = Work::Pareto { instance, rules: rules.clone(), front, picked };
    let found = Found { zoned: &zoned, chosen, rules, proof, sheets: vec![sheet], work };
    finish(desk, (promise, &sources), found)
}

/// One ceiling for every number of sites, or for equal parts of the budget.
fn ceilings(desk: &Desk, rules: &SiteRules) -> anyhow::Result<Vec<Ceiling>> {
    if let Some(most) = rules.max_sites {
        if most > CEILINGS_MAX {
            bail!("a front goes up to {CEILINGS_MAX} sites, not {most}; give a smaller --sites");
        }
        let ceiling = |sites| Ceiling { sites: Some(sites), budget: None };
        return Ok((1..=most.max(1)).map(ceiling).collect());
    }
    let budget = rules.budget.context("give --sites P or --budget B")?;
    desk.host.say(&format!("ceilings: {BUDGET_PARTS} equal parts of the budget"));
    let ceiling = |part| Ceiling { sites: None, budget: Some(budget * part / BUDGET_PARTS) };
    Ok((1..=BUDGET_PARTS).map(ceiling).collect())
}

/// The point that the files of the plan tell of: most people, and of those the best for the worst-off.
fn picked(front: &ParetoFront) -> usize {
    let points = front.points.iter().enumerate();
    let best = points.max_by_key(|(at, point)| {
        let worst = point.worst.map_or(0, crate::placement::equity::ZoneShare::ppb);
        (point.people, worst, std::cmp::Reverse(*at))
    });
    best.map_or(0, |(at, _)| at)
}

struct Found<'a> {
    zoned: &'a Zoned<'a>,
    chosen: Vec<SiteId>,
    rules: SiteRules,
    proof: Proof,
    sheets: Vec<Sheet>,
    work: Work,
}

fn finish(
    desk: &Desk,
    (promise, sources): (&Promise, &Sources),
    found: Found,
) -> anyhow::Result<Ended> {
    let need = desk.need(&promise.rule)?;
    let candidates = &sources.candidates;
    let reach = need.reach(candidates, &Silent)?;
    let cover = need.instance(candidates, &reach)?;
    let explained = Explained::of(&need, (candidates, &reach), &cover, &found.chosen);
    let (before, after) = (found.zoned.shares(&[]), found.zoned.shares(&found.chosen));
    let mut sheets = found.sheets;
    sheets.push(deciles_sheet(&before, &after));
    sheets.push(shares_sheet(desk.ground.baseline, &before, &after));
    let answer = Answer {
        proof: found.proof,
        rules: found.rules,
        sheets,
        further: Vec::new(),
        promises: vec![promise.rule.clone()],
        sites: chosen_sites(&explained, 0),
        opens: Opening::sites(candidates, &found.chosen, 0),
        claims: vec![super::write::claims(&explained)],
        work: found.work,
    };
    desk.finish(&explained, &desk.ask(promise, sources), answer)
}

fn record(zoned: &Zoned, names: Vec<String>) -> anyhow::Result<ZonedRecord> {
    let instance = &zoned.instance;
    let zones = zoned.need.site.zones.zones.iter();
    Ok(ZonedRecord {
        cover: record_of(&instance.cover, &zoned.need.rows, names).with_context(too_many)?,
        zone_of: instance.zone_of.clone(),
        zones: zones.map(|zone| zone.key.clone()).collect(),
    })
}
