//! Centers that keep several promises at once.

use anyhow::{Context, bail};

use crate::coverage::Rule;
use crate::ids::{Id, SiteId};
use crate::import::program_file::{HomeClaim, SeveralRecord, Work, record_of};
use crate::placement::candidate::{COST_UNIT, Candidate};
use crate::placement::explain::{Explained, gained};
use crate::placement::headline::{Change, Counted, Headline};
use crate::placement::multi_function::{
    Housing, MultiFunctionInstance, MultiFunctionPlan, MultiFunctionProblem, solve_multi_function,
};
use crate::placement::several::{Promised, Several, gather};
use crate::placement::{Measure, Proof};
use crate::progress::Silent;
use crate::report::sheets::functions_sheet;

use super::super::opening::Opening;
use super::super::promise::Promise;
use super::super::sources::Sources;
use super::super::write::choices;
use super::{Answer, Desk, EFFORT, Ended, chosen_sites, keys, too_many, with_today};

pub(crate) fn run(desk: &Desk, promise: &Promise) -> anyhow::Result<Ended> {
    let further = further(desk)?;
    let mut promises = vec![Promised { need: desk.need(&promise.rule)?, cost: 0 }];
    for (rule, cost) in &further {
        promises.push(Promised { need: desk.need(rule)?, cost: *cost });
    }
    let sources = desk.candidates(&promises[0].need)?;
    let candidates = &sources.candidates;
    let zones = desk.zone_terms(&promises[0].need, candidates)?;
    let several = gather(&promises, candidates, desk.host)?;
    let problem = MultiFunctionProblem {
        worths: vec![1; promises.len()],
        required: (0..promises.len() as u32).collect(),
        complete_worth: i64::from(desk.wish.extended.complete_worth.unwrap_or(1)),
        housing: desk.wish.extended.house.unwrap_or(Housing::All),
        rules: desk.rules(candidates, &zones)?,
    };
    let names = with_today(keys(candidates));
    let mut plan = desk.watched(&names, Measure::Promises, |watch| {
        solve_multi_function(&several.instance, &problem, EFFORT, watch)
    })?;
    desk.settle(&mut plan.status, &plan.chosen);
    let need = &promises[0].need;
    let reach = need.reach(candidates, &Silent)?;
    let cover = need.instance(candidates, &reach)?;
    let explained = Explained::of(need, (candidates, &reach), &cover, &plan.chosen);
    let explained = all_promises(explained, &promises, (&several.instance, &plan));
    let answer = Answer {
        proof: Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::Promises),
        rules: problem.rules.clone(),
        zones,
        notes: Vec::new(),
        sheets: vec![functions_sheet(&promises, &several.instance, &plan)],
        further: Vec::new(),
        promises: promises.iter().map(|promised| promised.need.rule.clone()).collect(),
        choices: choices(desk.ground, candidates),
        sites: chosen_sites(&explained, 0),
        opens: opens(candidates, &plan),
        claims: claims((&promises, &sources), &plan)?,
        work: Work::Centers { instance: record(&several, &names)?, problem, plan },
    };
    desk.finish(&explained, &desk.ask(promise, &sources), answer)
}

/// The plan told of everybody who has all promises kept, then of each promise; what it costs with all parts.
fn all_promises<'a>(
    plan: Explained<'a>,
    promises: &[Promised],
    (instance, found): (&MultiFunctionInstance, &MultiFunctionPlan),
) -> Explained<'a> {
    let total = promises[0].need.total.as_micro();
    let has_all = |row: usize| instance.functions.iter().all(|function| function.is_settled(row));
    let lacking = (0..instance.persons.len()).filter(|&row| !has_all(row));
    let before = total - lacking.map(|row| instance.persons[row]).sum::<i64>();
    let mut changes = vec![Change::of(Counted::All, total, (before, before + found.completed))];
    for (promised, &reached) in promises.iter().zip(&found.reached) {
        let need = &promised.need;
        let (en, zh) = (need.rule.en.clone(), need.rule.zh.clone());
        let today = need.covered.as_micro();
        changes.push(Change::of(
            Counted::Promise { en, zh },
            need.total.as_micro(),
            (today, today + reached),
        ));
    }
    let cost = plan.headline.cost + found.modules.iter().map(|module| module.cost).sum::<i64>();
    let sites = plan.headline.sites;
    plan.told_as(Headline { changes, sites, cost })
}

/// The sites that open, each with the functions it houses.
fn opens(candidates: &[Candidate], plan: &MultiFunctionPlan) -> Vec<Opening> {
    let housed = |site: SiteId| plan.modules.iter().filter(move |module| module.site == site);
    let open = |&site: &SiteId| Opening::Site {
        candidate: candidates[site.index()].clone(),
        promises: housed(site).map(|module| module.function as usize).collect(),
    };
    plan.chosen.iter().map(open).collect()
}

/// The rules of `--also` with the costs of their parts in thousandths.
fn further(desk: &Desk) -> anyhow::Result<Vec<(Rule, i64)>> {
    if desk.wish.extended.also.is_empty() {
        bail!("which further promises does a center keep? give --also STANDARD/RULE[=COST]");
    }
    let mut found = Vec::new();
    for text in &desk.wish.extended.also {
        let (name, cost) = match text.rsplit_once('=') {
            None => (text.as_str(), 0.0),
            Some((name, cost)) => {
                let cost: f64 = cost.trim().parse().with_context(|| format!("--also {text:?}"))?;
                (name, cost)
            }
        };
        if !(0.0..=1e12).contains(&cost) {
            bail!("--also {text:?}: a cost must lie in 0 to 1e12");
        }
        let beside = desk.wish.promise.beside(name.trim().to_owned());
        let promise = Promise::find(desk.ground.baseline, &beside)?;
        promise.without_places(desk.wish.goal.problem)?;
        found.push((promise.rule, (cost * COST_UNIT as f64).round() as i64));
    }
    Ok(found)
}

/// Who is newly reached by each promise, at the nearest site that houses it.
fn claims(
    (promises, sources): (&[Promised], &Sources),
    plan: &MultiFunctionPlan,
) -> anyhow::Result<Vec<Vec<HomeClaim>>> {
    let mut claims = Vec::new();
    for (function, promised) in (0_u32..).zip(promises) {
        let housing = plan.modules.iter().filter(|module| module.function == function);
        let sites: Vec<_> = housing.map(|module| module.site).collect();
        let reach = promised.need.reach(&sources.candidates, &Silent)?;
        let found = gained(&promised.need, &reach, &sites);
        claims.push(found.iter().map(|g| (g.point.0, g.site.0, g.time.as_ms())).collect());
    }
    Ok(claims)
}

/// What was solved, as files hold it.
pub(crate) fn record(several: &Several, names: &[String]) -> anyhow::Result<SeveralRecord> {
    let instance = &several.instance;
    let functions = instance
        .functions
        .iter()
        .map(|function| record_of(function, &several.rows, names.to_vec()).with_context(too_many));
    Ok(SeveralRecord {
        functions: functions.collect::<anyhow::Result<_>>()?,
        modules: instance.modules.clone(),
        persons: instance.persons.clone(),
    })
}
