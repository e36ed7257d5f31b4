//! The worst-off zone first, and the front of cost, people and worst-off.

use anyhow::{Context, bail};

use crate::ids::{SiteId, ZoneId};
use crate::import::program_file::{Work, ZonedRecord, record_of};
use crate::placement::equity::{ZoneShare, solve_worst_zone, worst_of};
use crate::placement::explain::Explained;
use crate::placement::headline::{Change, Counted, Part};
use crate::placement::pareto::{Ceiling, ParetoFront, pareto_front};
use crate::placement::zoned::Zoned;
use crate::placement::{Measure, Proof, SiteRules, SolutionStatus};
use crate::progress::Silent;
use crate::report::sheet::{Both, Sheet};
use crate::report::sheets::{deciles_sheet, front_sheet, shares_sheet};

use super::super::super::text::count;
use super::super::opening::Opening;
use super::super::promise::Promise;
use super::super::rules::ZoneTerm;
use super::super::sources::Sources;
use super::super::write::choices;
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
    let terms = desk.zone_terms(&need, &sources.candidates)?;
    let rules = desk.rules(&sources.candidates, &terms)?;
    let names = with_today(keys(&sources.candidates));
    let mut plan = desk.watched(&names, Measure::WorstShare, |watch| {
        solve_worst_zone(&zoned.instance, &rules, EFFORT, watch)
    })?;
    desk.settle(&mut plan.worst_status, &plan.chosen);
    desk.settle(&mut plan.people_status, &plan.chosen);
    let chosen = plan.chosen.clone();
    let proof = plan.proof();
    let instance = record(&zoned, names)?;
    let work = Work::WorstZone { instance, rules: rules.clone(), plan };
    let found = Found { zoned: &zoned, chosen, rules, terms, proof, sheets: Vec::new(), work };
    finish(desk, (promise, &sources), found)
}

pub(crate) fn front(desk: &Desk, promise: &Promise) -> anyhow::Result<Ended> {
    let need = desk.need(&promise.rule)?;
    let sources = desk.candidates(&need)?;
    let zoned = Zoned::find(&need, &sources.candidates, desk.host)?;
    let terms = desk.zone_terms(&need, &sources.candidates)?;
    let rules = desk.rules(&sources.candidates, &terms)?;
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
    let point = front.point((&zoned.instance, &rules), picked);
    let (chosen, status, value) = point.unwrap_or(none);
    let proof = Proof::of_most(&status, value, Measure::People);
    let instance = record(&zoned, names)?;
    let work = Work::Pareto { instance, rules: rules.clone(), front, picked };
    let found = Found { zoned: &zoned, chosen, rules, terms, proof, sheets: vec![sheet], work };
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
    terms: Vec<ZoneTerm>,
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
    let worst = worst_zones((&before, &after), found.zoned);
    let mut headline = explained.headline.clone();
    if found.proof.measure == Measure::WorstShare {
        headline.changes.splice(0..0, worst);
    } else {
        headline.changes.extend(worst);
    }
    let explained = explained.told_as(headline);
    let mut sheets = found.sheets;
    sheets.push(deciles_sheet(&before, &after));
    sheets.push(shares_sheet(desk.ground.baseline, &before, &after));
    let answer = Answer {
        proof: found.proof,
        rules: found.rules,
        zones: found.terms,
        notes: notes(&found.zoned.stuck(), (desk, &found.work)),
        sheets,
        further: Vec::new(),
        promises: vec![promise.rule.clone()],
        choices: choices(desk.ground, candidates),
        sites: chosen_sites(&explained, 0),
        opens: Opening::sites(candidates, &found.chosen, 0),
        claims: vec![super::write::claims(&explained)],
        work: found.work,
    };
    desk.finish(&explained, &desk.ask(promise, sources), answer)
}

/// Zones that are named when no candidate reaches them.
const ZONES_NAMED: usize = 5;

/// Which zones nothing helps, and how firm the second aim is.
fn notes(stuck: &[ZoneId], (desk, work): (&Desk, &Work)) -> Vec<Both> {
    let mut notes = Vec::new();
    if !stuck.is_empty() {
        let zones = &desk.ground.baseline.zones.zones;
        let named = stuck.iter().take(ZONES_NAMED).map(|&zone| zones[zone].name.as_str());
        let more = if stuck.len() > ZONES_NAMED { " …" } else { "" };
        let (count, named) = (stuck.len(), named.collect::<Vec<&str>>().join(", "));
        notes.push(Both::new(
            format!("{count} zones keep their share whatever is built, as no candidate reaches anybody there: {named}{more}"),
            format!("{count} 个片区无论如何都不变，因为没有候选点能到达那里的人：{named}{more}"),
        ));
    }
    if let Work::WorstZone { plan, .. } = work
        && plan.people_status.has_plan()
    {
        let most = count(plan.people_bound as f64 / 1e6);
        notes.push(if plan.people_status == SolutionStatus::Optimal {
            Both::new(
                "among such plans: proven that none covers more people",
                "在这样的方案中：已证明没有能覆盖更多人的",
            )
        } else {
            Both::new(
                format!("among such plans none newly covers more than {most} people"),
                format!("在这样的方案中，新增覆盖至多 {most} 人"),
            )
        });
    }
    notes
}

/// The worst-off zone of all with people, and of those that some candidate reaches where these are fewer.
fn worst_zones((before, after): (&[ZoneShare], &[ZoneShare]), zoned: &Zoned) -> Vec<Change> {
    let helped = zoned.helped();
    let is_helped = |share: &&ZoneShare| helped.binary_search(&share.zone).is_ok();
    let lacks = |share: &&ZoneShare| share.covered < share.persons;
    let part = |worst: Option<&ZoneShare>| {
        worst.map_or_else(Part::default, |worst| Part {
            covered: worst.covered,
            persons: worst.persons,
            zone: Some(worst.zone),
        })
    };
    let all = Change {
        counted: Counted::WorstZone,
        before: part(worst_of(before.iter())),
        after: part(worst_of(after.iter())),
    };
    let out_of_reach = before.iter().filter(lacks).any(|share| !is_helped(&share));
    let reached = out_of_reach.then(|| Change {
        counted: Counted::WorstReached,
        before: part(worst_of(before.iter().filter(is_helped))),
        after: part(worst_of(after.iter().filter(is_helped))),
    });
    std::iter::once(all).chain(reached).collect()
}

/// What was solved, as files hold it.
pub(crate) fn record(zoned: &Zoned, names: Vec<String>) -> anyhow::Result<ZonedRecord> {
    let instance = &zoned.instance;
    let zones = zoned.need.site.zones.zones.iter();
    Ok(ZonedRecord {
        cover: record_of(&instance.cover, &zoned.need.rows, names).with_context(too_many)?,
        zone_of: instance.zone_of.clone(),
        zones: zones.map(|zone| zone.key.clone()).collect(),
    })
}
