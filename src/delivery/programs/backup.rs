//! LSCP-B: the fewest sites for everybody or a share of people, and of all such plans the one with most people within
//! reach of two.

use std::time::{Duration, Instant};

use crate::ids::SiteId;
use crate::import::plan_file::PlanAsk;
use crate::import::program_file::{BackupRecord, ProgramFile, Work, record_of};
use crate::placement::backed::{Backed, InReach};
use crate::placement::backup::{BackupPlan, solve_backup};
use crate::placement::candidate::Candidate;
use crate::placement::explain::{Explained, in_order};
use crate::placement::headline::{Change, Counted};
use crate::placement::plan::Need;
use crate::placement::verify_backup::verify_backup;
use crate::placement::{
    CoverProblem, Infeasibility, Measure, PlacementSolution, Proof, SolutionStatus,
};
use crate::progress::Silent;
use crate::report::sheet::{Both, Cell, Sheet, column};
use crate::store::Journal;

use super::super::check::answer::{Found, cost_of, other, reached, told_of};
use super::super::check::question::{Today, beside_today, target};
use super::super::check::{Checked, Field, Log, Reject, differ, form, lost, walks};
use super::super::plan::extended::{
    Answer as Planned, EFFORT, chosen_sites, keys, too_many, with_today,
};
use super::super::plan::{
    Desk, Ended, Opening, Promise, Scale, Watch, choices, claims, objective, solved,
};
use super::super::text::count;

/// The part of the time that the fewest sites may take; the rest is for the backup.
const TIME_FOR_FEWEST: f64 = 0.5;

pub(super) fn plan(desk: &Desk, promise: &Promise) -> anyhow::Result<Ended> {
    let need = desk.need(&promise.rule)?;
    let sources = desk.candidates(&need)?;
    let candidates = &sources.candidates;
    let backed = Backed::find(&need, candidates, desk.host)?;
    let terms = desk.zone_terms(&need, candidates)?;
    let rules = desk.rules(candidates, &terms)?;
    let problem =
        CoverProblem { objective: objective(&need, &desk.wish.goal)?, rules: rules.clone() };
    let names = with_today(keys(candidates));
    let plan = search(desk, (&backed, &problem), &names)?;
    let reach = need.reach(candidates, &Silent)?;
    let cover = need.instance(candidates, &reach)?;
    let explained = Explained::of(&need, (candidates, &reach), &cover, &plan.chosen);
    let (before, after) = (backed.in_reach(&[]), backed.in_reach(&plan.chosen));
    let mut headline = explained.headline.clone();
    let everybody = need.total.as_micro();
    headline.changes.push(Change::of(Counted::Twice, everybody, (before.more, after.more)));
    let explained = explained.told_as(headline);
    let answer = Planned {
        proof: proof(&plan.first, (&need, &backed.need)),
        rules,
        zones: terms,
        notes: note(&plan).into_iter().collect(),
        sheets: vec![sheet((before, after), everybody)],
        further: Vec::new(),
        promises: vec![promise.rule.clone()],
        choices: choices(desk.ground, candidates),
        sites: chosen_sites(&explained, 0),
        opens: Opening::sites(candidates, &plan.chosen, 0),
        claims: vec![claims(&explained)],
        work: Work::Backup { instance: record(&backed, names)?, plan },
    };
    let share = desk.wish.goal.share();
    let ask = PlanAsk { target_share: Some(share), ..desk.ask(promise, &sources) };
    desk.finish(&explained, &ask, answer)
}

/// First the fewest sites, then the most backup with the time that is left.
fn search(
    desk: &Desk,
    (backed, problem): (&Backed, &CoverProblem),
    names: &[String],
) -> anyhow::Result<BackupPlan> {
    let begun = Instant::now();
    let all = Duration::from_secs_f64(desk.wish.search.time_limit_s);
    let journal = Journal::begin(&desk.out.join("progress.jsonl"))?;
    let asked = (desk.wish.search, desk.host);
    let limit = all.mul_f64(TIME_FOR_FEWEST);
    let cover = &backed.instance.cover;
    let first = solved(asked, (cover, problem), (names, Some(journal), limit));
    // The backup counts people, not what the first search counts: it is told aside.
    let left = all.saturating_sub(begun.elapsed());
    let watch = Watch::new(desk.host, (names, Scale::of(Measure::People)), left, None);
    let mut plan = solve_backup(&backed.instance, first, EFFORT, &watch);
    if plan.first.has_plan() {
        desk.settle(&mut plan.backup_status, &plan.chosen);
    }
    Ok(plan)
}

/// How good the first stage is; homes that nothing reaches are named as those of `need`.
fn proof(first: &PlacementSolution, (need, everybody): (&Need, &Need)) -> Proof {
    let mut proof = Proof::of(first);
    if let SolutionStatus::Infeasible { reason: Infeasibility::UnreachedRows { rows } } =
        &mut proof.status
    {
        let of = |row: &u32| need.rows.binary_search(&everybody.rows[*row as usize]).ok();
        *rows = rows.iter().filter_map(of).map(|row| row as u32).collect();
    }
    proof
}

/// How firm the second aim is.
fn note(plan: &BackupPlan) -> Option<Both> {
    if !plan.first.has_plan() {
        return None;
    }
    let most = count(plan.backup_bound as f64 / 1e6);
    Some(if plan.backup_status == SolutionStatus::Optimal {
        Both::new(
            "with so many sites or so much money: proven that no plan brings more people within reach of two",
            "在同样的点数或费用下：已证明没有方案能使更多的人两处以上可达",
        )
    } else {
        Both::new(
            format!(
                "with so many sites or so much money no plan brings more than {most} people within reach of two"
            ),
            format!("在同样的点数或费用下，新增两处以上可达至多 {most} 人"),
        )
    })
}

/// Who has nothing, one place, or more in reach, today and with the plan.
fn sheet((before, after): (InReach, InReach), everybody: i64) -> Sheet {
    let share = |part: i64| Cell::Share((everybody > 0).then(|| part as f64 / everybody as f64));
    let row = |label: Both, (before, after): (i64, i64)| {
        let people = [Cell::People(before), share(before), Cell::People(after), share(after)];
        std::iter::once(Cell::Words(label)).chain(people).collect()
    };
    Sheet {
        name: "backup",
        title: Both::new("Open places in reach", "可达的设施数"),
        text: Both::new(
            "A second place in reach stands in when the first is closed or full; what is open today counts.",
            "可达第二处设施时，一处关闭或满员仍有后备；现有设施计算在内。",
        ),
        columns: vec![
            column("in_reach", "in reach", "可达"),
            column("people_before", "people today", "现状人数"),
            column("share_before", "share today", "现状比例"),
            column("people_after", "people with the plan", "方案人数"),
            column("share_after", "share with the plan", "方案比例"),
        ],
        rows: vec![
            row(Both::new("nothing", "无"), (before.none, after.none)),
            row(Both::new("one place", "一处"), (before.one, after.one)),
            row(Both::new("two or more", "两处以上"), (before.more, after.more)),
        ],
    }
}

/// What was solved, as files hold it.
fn record(backed: &Backed, names: Vec<String>) -> anyhow::Result<BackupRecord> {
    let cover = record_of(&backed.instance.cover, &backed.need.rows, names);
    Ok(BackupRecord {
        cover: cover.ok_or_else(too_many)?,
        twice: backed.instance.twice.clone(),
        again: backed.instance.again.clone(),
    })
}

pub(super) fn answer(work: &Work, log: &mut Log) -> Result<Found, Reject> {
    let Work::Backup { instance: record, plan } = work else { return Err(other()) };
    let instance = record.build().map_err(|error| form::none(&error))?;
    let cover = &instance.cover;
    form::program("work.instance.cover", &record.cover, cover)?;
    verify_backup(&instance, plan).map_err(|fault| Reject(fault.to_string()))?;
    if plan.first.has_plan() {
        let (found, most) = (plan.backup as f64 / 1e6, plan.backup_bound as f64 / 1e6);
        let (found, most) = (count(found), count(most));
        log.holds(
            format!("the backup: {found} people come within reach of two, of at most {most}"),
            format!("后备：新增两处以上可达 {found} 人，至多 {most} 人"),
        );
    }
    Ok(Found {
        told: told_of(&in_order(cover, &plan.chosen), cover, (0, &record.cover.sites)),
        proof: Proof::of(&plan.first),
        counted: (plan.chosen.len(), cost_of(cover, &plan.chosen)),
        newly: cover.covered_weight(&plan.chosen),
        today: None,
        homes: vec![reached((&record.cover, cover), &plan.chosen, 0)],
        first: 0,
    })
}

pub(super) fn question(file: &ProgramFile, field: &Field, log: &mut Log) -> Checked {
    let Work::Backup { instance: record, plan } = &file.work else { return Ok(()) };
    let asked = &plan.first.problem;
    let place = "work.plan.first.problem.objective.target";
    target(file.ask.target_share, (place, asked.objective), &field.needs[0])?;
    let again = |need: &Need, candidates: &[Candidate], log: &mut Log| {
        let backed = Backed::find(need, candidates, &Silent).map_err(|fault| lost(&fault))?;
        let again = self::record(&backed, with_today(keys(candidates)));
        differ::same("work.instance", record, &again.map_err(|fault| lost(&fault))?)?;
        let once = twice_today(need, record, log)?;
        covered_again((need, &once), record, (candidates, field.sample))
    };
    let chosen: &[SiteId] = &plan.chosen;
    let today = Today { record: &record.cover, rules: &asked.rules, chosen, again: &again };
    beside_today(file, field, &today, log)
}

/// Whom each candidate covers of those that one open facility covers: searched from again, by itself.
fn covered_again(
    (need, once): (&Need, &[bool]),
    record: &BackupRecord,
    (candidates, sample): (&[Candidate], Option<usize>),
) -> Checked {
    let all = need.clone().of_everybody();
    let (picked, found) = walks::search_from((&all, &all.rows), (candidates, sample));
    for (at, found) in picked.into_iter().zip(found) {
        let rows = found.into_iter().map(|(row, _)| row);
        let rows: Vec<u32> = rows.filter(|&row| once[row as usize]).collect();
        differ::same(&format!("work.instance.again[{at}]"), &record.again[at], &rows)?;
    }
    Ok(())
}

/// Who is within reach of two open facilities: each is searched from again, by itself. Tells who has just one.
fn twice_today(need: &Need, record: &BackupRecord, log: &mut Log) -> Result<Vec<bool>, Reject> {
    let all = need.clone().of_everybody();
    let (_, found) = walks::search_from((&all, &all.rows), (&walks::standing(need), None));
    let mut counts = vec![0_u32; all.rows.len()];
    for (row, _) in found.into_iter().flatten() {
        counts[row as usize] += 1;
    }
    let twice: Vec<u32> =
        (0_u32..).zip(&counts).filter(|&(_, &count)| count > 1).map(|(row, _)| row).collect();
    differ::same("work.instance.twice", &record.twice, &twice)?;
    let (homes, places) = (twice.len(), need.serving.len());
    log.holds(
        format!("today: {homes} homes within reach of two or more, searched from all {places} open places again"),
        format!("现状：{homes} 处住所两处以上可达，由全部 {places} 处现有设施重新搜索"),
    );
    Ok(counts.into_iter().map(|count| count == 1).collect())
}
