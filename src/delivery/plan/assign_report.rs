//! The report of a p-median or p-center plan.

use std::collections::BTreeMap;

use crate::ids::{Id, SiteId};
use crate::placement::AssignGoal;
use crate::placement::nearest_site::{Served, at_price};
use crate::report::sheet::{Both, Cell, Sheet, column};
use crate::report::sheets::{ForcedSite, forced_sheet};
use crate::report::{AssignedReportInput, render_assigned_html};
use crate::units::{Persons, WalkTime};

use super::super::text::count;
use super::assign::{MINUTE, PERSON};
use super::assign_write::{Outcome, summary};
use super::promise::{not_recorded, people_word};

/// People and their walks.
#[derive(Clone, Copy, Default)]
struct Walks {
    persons: Persons,
    sum: f64,
    longest: Option<WalkTime>,
}

impl Walks {
    fn add(&mut self, persons: Persons, time: WalkTime) {
        self.persons += persons;
        self.sum += persons.as_micro() as f64 * f64::from(time.as_ms());
        self.longest = self.longest.max(Some(time));
    }

    fn cells(&self) -> [Cell; 3] {
        let micro = self.persons.as_micro();
        let mean = (micro > 0).then(|| self.sum / micro as f64 / MINUTE);
        let longest = self.longest.map(|time| f64::from(time.as_ms()) / MINUTE);
        [Cell::People(micro), Cell::Minutes(mean), Cell::Minutes(longest)]
    }
}

/// The page.
pub(super) fn report(outcome: &Outcome, served: &[Served]) -> anyhow::Result<String> {
    let solution = outcome.solution;
    let found = summary(outcome.instance, solution, "milli-persons");
    let minutes = |time: Option<f64>| time.map_or("–".to_owned(), |time| format!("{time:.2}"));
    let is_center = matches!(solution.problem.goal, AssignGoal::Center);
    let (asked, bound) = if is_center {
        let least = minutes(Some(solution.bound as f64 / MINUTE));
        (
            Both::new("p-center · the least longest walk", "p-center · 最远步行最短"),
            Both::new(format!("a longest walk of {least} min"), format!("最远步行 {least} 分钟")),
        )
    } else {
        let least = solution.bound as f64 / PERSON / MINUTE / found.persons.max(1e-9);
        let least = minutes(Some(least));
        (
            Both::new("p-median · the least mean walk", "p-median · 平均步行最短"),
            Both::new(format!("a mean walk of {least} min"), format!("平均步行 {least} 分钟")),
        )
    };
    let (sites, mut before, mut after) = (found.sites, found.before, found.after);
    if let Some(means) = counted_means(outcome) {
        (before.mean, after.mean) = (means.0, means.1);
    }
    let lead = Both::new(
        format!(
            "{sites} new sites: mean walk {} min today, {} min with the plan; longest {} min today, {} min with the plan.",
            minutes(before.mean),
            minutes(after.mean),
            minutes(before.longest),
            minutes(after.longest),
        ),
        format!(
            "新增 {sites} 个点位：平均步行现状 {} 分钟，规划后 {} 分钟；最远步行现状 {} 分钟，规划后 {} 分钟。",
            minutes(before.mean),
            minutes(after.mean),
            minutes(before.longest),
            minutes(after.longest),
        ),
    );
    let unit = outcome.ground.baseline.demand.unit;
    let numbers = [
        (count(found.persons), people_word(unit)),
        (minutes(before.mean), Both::new("mean minutes today", "现状平均分钟")),
        (minutes(after.mean), Both::new("mean minutes with the plan", "规划后平均分钟")),
        (minutes(before.longest), Both::new("longest minutes today", "现状最远分钟")),
        (minutes(after.longest), Both::new("longest minutes with the plan", "规划后最远分钟")),
        (sites.to_string(), Both::new("new sites", "新增点位")),
    ];
    let sheets = sheets(outcome, served);
    Ok(render_assigned_html(&AssignedReportInput {
        baseline: outcome.ground.baseline,
        people: outcome.people,
        candidates: outcome.candidates,
        chosen: &solution.chosen,
        served,
        asked: &asked,
        lead: &lead,
        bound: (&bound, solution.optimality_gap()),
        status: &solution.status,
        proven: &proven(solution.problem.goal),
        numbers: &numbers,
        sheets: &sheets,
        notes: &notes(outcome),
        from: &outcome.ask.candidates.join(", "),
        source: &outcome.ground.papers.source,
        language: outcome.ground.language,
        water: outcome.ground.water,
    })?)
}

/// What is proven when a plan is.
pub(crate) fn proven(goal: AssignGoal) -> Both {
    match goal {
        AssignGoal::Median { .. } => Both::new(
            "optimal: proven that no plan of so many of these candidates has a shorter mean walk",
            "最优：已证明在这些候选点中，同样数量的方案没有平均步行更短的",
        ),
        AssignGoal::Center => Both::new(
            "optimal: proven that no plan of so many of these candidates has a shorter longest walk",
            "最优：已证明在这些候选点中，同样数量的方案没有最远步行更短的",
        ),
    }
}

/// The mean walk of everybody today and with the plan, whoever reaches nothing at the price; in minutes.
pub(crate) fn counted_means(outcome: &Outcome) -> Option<(Option<f64>, Option<f64>)> {
    let (instance, problem) = (outcome.instance, &outcome.solution.problem);
    problem.unserved()?;
    let mean = |chosen: &[SiteId]| {
        let total = instance.total_weight();
        let value = problem.value(instance, chosen).filter(|_| total > 0)?;
        Some(value as f64 / total as f64 / MINUTE)
    };
    Some((mean(&[]), mean(&outcome.solution.chosen)))
}

/// Who counts at the price instead of a walk, today and with the plan.
fn price_note(outcome: &Outcome) -> Option<Both> {
    let (instance, problem) = (outcome.instance, &outcome.solution.problem);
    let price = f64::from(problem.unserved()?.as_ms()) / MINUTE;
    let people = |weight: i64| {
        let people = weight as f64 / PERSON;
        if people < 10.0 { format!("{people:.1}") } else { count(people) }
    };
    let (_, today) = at_price(instance, problem, &[]);
    let (homes, then) = at_price(instance, problem, &outcome.solution.chosen);
    let (today, then) = (people(today), people(then));
    let Both { en, zh } = people_word(outcome.ground.baseline.demand.unit);
    Some(Both::new(
        format!(
            "whoever reaches no site within {price} min counts as walking {price} min: {today} {en} today, {then} with \
             the plan ({homes} homes)"
        ),
        format!(
            "{price} 分钟内到不了任何点位者按步行 {price} 分钟计：现状 {today} {zh}，规划后 {then} {zh}（{homes} 处住所）"
        ),
    ))
}

/// The tables, their columns named after what is counted.
fn sheets(outcome: &Outcome, served: &[Served]) -> Vec<Sheet> {
    let mut sheets = vec![sites_sheet(outcome, served), zones_sheet(outcome, served)];
    sheets.extend(forced(outcome));
    let unit = outcome.ground.baseline.demand.unit;
    sheets.into_iter().map(|sheet| sheet.counting(unit)).collect()
}

/// What is to be known beside the verdict.
pub(crate) fn notes(outcome: &Outcome) -> Vec<Both> {
    let unknown = not_recorded(outcome.ground.baseline, outcome.people.need.rule);
    unknown.into_iter().chain(price_note(outcome)).collect()
}

/// The sites that homes force which reach no other: everybody must be reached.
pub(crate) fn forced(outcome: &Outcome) -> Option<Sheet> {
    let (instance, need) = (outcome.instance, &outcome.people.need);
    if !outcome.solution.problem.serves_everybody() {
        return None;
    }
    let mut found: BTreeMap<SiteId, ForcedSite> = BTreeMap::new();
    for (row, &point) in need.rows.iter().enumerate() {
        let [only] = instance.walks(row) else { continue };
        if instance.existing_time(row).is_reachable() || instance.weight(row) == 0 {
            continue;
        }
        let candidate = &outcome.candidates[only.site.index()];
        let forced = found.entry(only.site).or_insert_with(|| ForcedSite {
            site: candidate.key.clone(),
            name: candidate.name.clone(),
            homes: Vec::new(),
            persons: 0,
        });
        forced.homes.push(need.site.demand.points[point].key.clone());
        forced.persons += need.persons[row].as_micro();
    }
    (!found.is_empty()).then(|| forced_sheet(found.into_values().collect()))
}

fn sites_sheet(outcome: &Outcome, served: &[Served]) -> Sheet {
    let need = &outcome.people.need;
    let mut goes: BTreeMap<SiteId, Walks> = BTreeMap::new();
    for walk in served {
        if let Some(site) = walk.site {
            goes.entry(site).or_default().add(need.persons[walk.row as usize], walk.time);
        }
    }
    let zones = &outcome.ground.baseline.zones.zones;
    let row = |(at, site): (usize, &SiteId)| {
        let candidate = &outcome.candidates[site.index()];
        let named = if candidate.name.is_empty() { &candidate.key } else { &candidate.name };
        let zone = candidate.zone.map_or(String::new(), |zone| zones[zone].name.clone());
        let place = format!("{:.5}, {:.5}", candidate.place.lon(), candidate.place.lat());
        let mut cells = vec![Cell::Count(at as i64 + 1)];
        cells.extend([named.clone(), zone, place].map(Cell::Text));
        cells.extend(goes.get(site).copied().unwrap_or_default().cells());
        cells
    };
    Sheet {
        name: "sites",
        title: Both::new("The sites, and who goes there", "点位与到访人数"),
        text: Both::default(),
        columns: vec![
            column("order", "no.", "序号"),
            column("site", "site", "点位"),
            column("zone", "zone", "片区"),
            column("place", "longitude, latitude", "经度，纬度"),
            column("people", "people", "人"),
            column("mean_min", "mean minutes", "平均分钟"),
            column("longest_min", "longest minutes", "最远分钟"),
        ],
        rows: outcome.solution.chosen.iter().enumerate().map(row).collect(),
    }
}

fn zones_sheet(outcome: &Outcome, served: &[Served]) -> Sheet {
    let need = &outcome.people.need;
    let baseline = outcome.ground.baseline;
    let mut found: BTreeMap<_, (Walks, Walks)> = BTreeMap::new();
    for walk in served {
        let point = need.rows[walk.row as usize];
        let Some(zone) = baseline.demand.points[point].zone else { continue };
        let (before, after) = found.entry(zone).or_default();
        let persons = need.persons[walk.row as usize];
        after.add(persons, walk.time);
        if need.times.time(point).is_reachable() {
            before.add(persons, need.times.time(point));
        }
    }
    let row = |(zone, (before, after)): (_, (Walks, Walks))| {
        let name = Cell::Text(baseline.zones.zones[zone].name.clone());
        let [_, mean_before, longest_before] = before.cells();
        let [people, mean_after, longest_after] = after.cells();
        vec![name, people, mean_before, mean_after, longest_before, longest_after]
    };
    Sheet {
        name: "zones",
        title: Both::new("Walks by zone", "各片区步行"),
        text: Both::new(
            "Minutes to the nearest open or new site.",
            "到最近的现有或新增点位的分钟数。",
        ),
        columns: vec![
            column("zone", "zone", "片区"),
            column("people", "people", "人"),
            column("mean_before", "mean today", "现状平均"),
            column("mean_after", "mean with the plan", "规划后平均"),
            column("longest_before", "longest today", "现状最远"),
            column("longest_after", "longest with the plan", "规划后最远"),
        ],
        rows: found.into_iter().map(row).collect(),
    }
}
