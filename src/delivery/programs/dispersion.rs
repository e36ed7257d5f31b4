//! p-dispersion: so many sites, the least walk between any two, what is open today counting, as long as may be.

use anyhow::bail;

use crate::ids::{Id, SiteId};
use crate::import::program_file::{DispersionRecord, ProgramFile, Work, record_of};
use crate::placement::apart::Apart;
use crate::placement::candidate::Candidate;
use crate::placement::dispersion::{
    DispersionInstance, DispersionPlan, NO_WAY_MS, solve_dispersion,
};
use crate::placement::explain::{Explained, in_order};
use crate::placement::plan::Need;
use crate::placement::verify_dispersion::verify_dispersion;
use crate::placement::{Measure, Proof, SolutionStatus};
use crate::progress::Silent;
use crate::report::sheet::{Both, Cell, Sheet, column};
use crate::units::{WalkTime, Yardstick};

use super::super::check::answer::{Found, cost_of, faulty, other, reached, told_of};
use super::super::check::{Checked, Field, Log, Reject, differ, form, ground, lost, walks};
use super::super::plan::extended::{Answer as Planned, EFFORT, chosen_sites, keys, too_many};
use super::super::plan::{Desk, Ended, Opening, ProblemKind, Promise, choices, claims, most_for};

/// Candidates whose walks to each other a file holds.
const CANDIDATES_MAX: usize = 2_000;
const MINUTE: f64 = 60_000.0;

pub(super) fn plan(desk: &Desk, promise: &Promise) -> anyhow::Result<Ended> {
    let need = desk.need(&promise.rule)?;
    let sources = desk.candidates(&need)?;
    let candidates = &sources.candidates;
    let count = candidates.len();
    if count > CANDIDATES_MAX {
        bail!(
            "{count} candidates are too many for all walks between them; take at most {CANDIDATES_MAX} (`grid:` with a wider mesh)"
        );
    }
    let asked = desk.wish.goal.sites.unwrap_or(0);
    if asked == 0 || (asked == 1 && need.serving.is_empty()) {
        bail!("one place alone is apart from nothing: give --sites 2 or more");
    }
    let apart = Apart::find(&need, candidates, desk.host)?;
    let terms = desk.zone_terms(&need, candidates)?;
    let rules = desk.rules(candidates, &terms)?;
    let names = keys(candidates);
    let mut plan = desk.watched(&names, Measure::Apart, |watch| {
        solve_dispersion(&apart.instance, &rules, EFFORT, watch)
    })?;
    desk.settle(&mut plan.status, &plan.chosen);
    let cover = &apart.instance.cover;
    let explained = Explained::of(&need, (candidates, &apart.reach), cover, &plan.chosen);
    let answer = Planned {
        proof: proof(&plan),
        rules: rules.clone(),
        zones: terms,
        notes: note(&plan).into_iter().collect(),
        sheets: vec![sheet((&need, candidates), &apart, &plan)],
        further: Vec::new(),
        promises: vec![promise.rule.clone()],
        choices: choices(desk.ground, candidates),
        sites: chosen_sites(&explained, 0),
        opens: Opening::sites(candidates, &plan.chosen, 0),
        claims: vec![claims(&explained)],
        work: Work::Dispersion { instance: record(&need, &apart.instance, names)?, rules, plan },
    };
    desk.finish(&explained, &desk.ask(promise, &sources), answer)
}

fn proof(plan: &DispersionPlan) -> Proof {
    Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::Apart)
}

/// How far apart, and how far it could be.
fn note(plan: &DispersionPlan) -> Option<Both> {
    if !plan.status.has_plan() || plan.chosen.is_empty() {
        return None;
    }
    let minutes = |ms: i64| {
        if ms >= i64::from(NO_WAY_MS) {
            Both::new("no way on foot", "步行不相通")
        } else {
            let minutes = format!("{:.1}", ms as f64 / MINUTE);
            Both::new(format!("{minutes} min"), format!("{minutes} 分钟"))
        }
    };
    let (least, most) = (minutes(plan.value), minutes(plan.bound));
    Some(if plan.status == SolutionStatus::Optimal {
        Both::new(
            format!("the nearest two, what is open today counting: {}", least.en),
            format!("相距最近的两处（计入现有设施）：{}", least.zh),
        )
    } else {
        Both::new(
            format!(
                "the nearest two, what is open today counting: {}, at most {}",
                least.en, most.en
            ),
            format!("相距最近的两处（计入现有设施）：{}，至多 {}", least.zh, most.zh),
        )
    })
}

/// Each chosen site with the nearest other one, new or open today.
fn sheet((need, candidates): (&Need, &[Candidate]), apart: &Apart, plan: &DispersionPlan) -> Sheet {
    let facilities = &need.site.facilities.facilities;
    let called = |at: usize| match candidates.get(at) {
        Some(candidate) => candidate.key.clone(),
        None => facilities[need.serving[at - candidates.len()]].key.clone(),
    };
    let row = |&site: &SiteId| {
        let nearest = apart.nearest(site, &plan.chosen);
        let walk = nearest.filter(|&(_, ms)| ms < NO_WAY_MS).map(|(_, ms)| f64::from(ms) / MINUTE);
        let is_open = nearest.is_some_and(|(at, _)| at >= candidates.len());
        let state =
            if is_open { Both::new("open today", "现有") } else { Both::new("new", "新增") };
        let other = nearest.map_or_else(String::new, |(at, _)| called(at));
        vec![
            Cell::Text(candidates[site.index()].key.clone()),
            Cell::Text(other),
            Cell::Words(state),
            Cell::Minutes(walk),
        ]
    };
    Sheet {
        name: "apart",
        title: Both::new("How far apart", "相距多远"),
        text: Both::new(
            "Walking time door to door to the nearest other place, new or open today: the lesser of both directions.",
            "到最近的另一处（新增或现有）的门到门步行时间，取两个方向中较短者。",
        ),
        columns: vec![
            column("site", "site", "点位"),
            column("nearest", "nearest other", "最近的另一处"),
            column("state", "it is", "性质"),
            column("walk_min", "walk", "步行"),
        ],
        rows: plan.chosen.iter().map(row).collect(),
    }
}

/// What was solved, as files hold it.
fn record(
    need: &Need,
    instance: &DispersionInstance,
    names: Vec<String>,
) -> anyhow::Result<DispersionRecord> {
    let cover = record_of(&instance.cover, &need.rows, names);
    Ok(DispersionRecord {
        cover: cover.ok_or_else(too_many)?,
        apart: instance.apart.clone(),
        to_open: instance.to_open.clone(),
    })
}

pub(super) fn answer(work: &Work, _: &mut Log) -> Result<Found, Reject> {
    let Work::Dispersion { instance: record, rules, plan } = work else { return Err(other()) };
    let instance = record.build().map_err(|error| form::none(&error))?;
    let cover = &instance.cover;
    form::program("work.instance.cover", &record.cover, cover)?;
    verify_dispersion(&instance, rules, plan).map_err(|fault| faulty(&fault))?;
    Ok(Found {
        told: told_of(&in_order(cover, &plan.chosen), cover, (0, &record.cover.sites)),
        proof: proof(plan),
        counted: (plan.chosen.len(), cost_of(cover, &plan.chosen)),
        newly: cover.covered_weight(&plan.chosen),
        today: None,
        homes: vec![reached((&record.cover, cover), &plan.chosen, 0)],
        first: 0,
    })
}

pub(super) fn question(file: &ProgramFile, field: &Field, log: &mut Log) -> Checked {
    let Work::Dispersion { instance: record, rules, plan } = &file.work else { return Ok(()) };
    let need = &field.needs[0];
    walks::rows("work.instance.cover", &record.cover, (&need.rows, &need.persons))?;
    let most = most_for(ProblemKind::PDispersion);
    let found = field.candidates((&file.choices, &record.cover.sites), (need, most), log)?;
    // Only files of version 1 lack their candidates, and these know no p-dispersion.
    let candidates = found.ok_or_else(other)?;
    let apart = Apart::find(need, &candidates, &Silent).map_err(|fault| lost(&fault))?;
    let again = self::record(need, &apart.instance, keys(&candidates));
    differ::same("work.instance", record, &again.map_err(|fault| lost(&fault))?)?;
    field.drawn((0, &candidates))?;
    field.rules(rules, (0, &candidates))?;
    walked_again(need, (record, &candidates), field.sample, log)?;
    let lists = record.cover.lists.as_deref().unwrap_or_default();
    let listed = ("work.instance.cover.lists", lists, walks::Listed::All);
    walks::reach((need, &need.rows), listed, (&candidates, field.sample), log)?;
    let doors = ground::doors_of(&walks::numbers(&plan.chosen), (0, &candidates));
    walks::claims(need, (&file.claims[0], &doors), log)
}

/// The walks between places: out of each place by itself, with the plain search.
fn walked_again(
    need: &Need,
    (record, candidates): (&DispersionRecord, &[Candidate]),
    sample: Option<usize>,
    log: &mut Log,
) -> Checked {
    let timed = Need { yardstick: Yardstick::Minutes, cutoff: WalkTime::LONGEST, ..need.clone() };
    let today = walks::standing(need);
    let places: Vec<&Candidate> = candidates.iter().chain(&today).collect();
    let found = walks::between(&timed, &places);
    let far = |a: usize, b: usize| -> u32 {
        if places[a].stands.is_empty() || places[b].stands.is_empty() {
            return 0;
        }
        let one = found[a].get(&(b as u32)).copied().unwrap_or(NO_WAY_MS);
        one.min(found[b].get(&(a as u32)).copied().unwrap_or(NO_WAY_MS))
    };
    let count = candidates.len();
    let taken = sample.map_or(count, |sample| sample.min(count));
    for at in (0..taken).map(|n| n * count / taken.max(1)) {
        let walks: Vec<u32> = (0..at).map(|b| far(at, b)).collect();
        differ::same(&format!("work.instance.apart[{at}]"), &record.apart[at], &walks)?;
        let today = (count..places.len()).map(|b| far(at, b)).min().unwrap_or(NO_WAY_MS);
        differ::same(&format!("work.instance.to_open[{at}]"), &record.to_open[at], &today)?;
    }
    log.holds(
        format!("the walks between places: {taken} of {count} candidates walked again, one by one"),
        format!("点位之间的步行：{count} 个候选点中重新逐一步行 {taken} 个"),
    );
    Ok(())
}
