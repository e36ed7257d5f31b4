//! Plans that are solved as a program: instance and rules made anew, problem by problem.

use crate::coverage::summary::counting;
use crate::ids::{DemandPointId, EdgeId, SiteId};
use crate::import::plan_file::{Choice, ChosenSite, InstanceRecord};
use crate::import::program_file::{GateRecord, GateSought, ProgramFile, Work};
use crate::placement::candidate::{Candidate, SiteStanding, too_near};
use crate::placement::gate_candidates::{Fixed, GateSearch};
use crate::placement::gate_reach::WayLimits;
use crate::placement::nested::nest;
use crate::placement::openings::Openings;
use crate::placement::places::{Places, PlacesAsked};
use crate::placement::plan::Need;
use crate::placement::several::{Promised, gather};
use crate::placement::zoned::Zoned;
use crate::placement::{GroupRule, SiteFacts, SiteRules};
use crate::progress::Silent;
use crate::units::{Meters, Persons};

use super::super::super::plan::extended::{centers, gates, keys, places, tiers, with_today, zones};
use super::super::super::plan::{ProblemKind, most_for};
use super::super::super::programs::solved_as;
use super::super::differ::same;
use super::super::walks::Listed;
use super::super::{Checked, Log, Reject, ground, reject, walks};
use super::{Field, lost};

/// A plan that holds by itself, against the question made anew.
pub(super) fn check(file: &ProgramFile, field: &Field, log: &mut Log) -> Checked {
    let before = match &file.work {
        // Follows from the rows and the places, which are compared.
        Work::Capacitated { .. } => field.needs[0].covered.count(),
        Work::Centers { .. } => {
            let all = with_all(field.needs).count();
            let said = file.summary.covered_before;
            same("summary.covered_before", &said, &all)?;
            field.needs[0].covered.count()
        }
        _ => file.summary.covered_before,
    };
    field.people((file.summary.persons, before))?;
    (solved_as(&file.work)?.question)(file, field, log)?;
    walks::settled(&field.needs[0], log)
}

/// The people of the first promise's group who are within reach of all of them today.
fn with_all(needs: &[Need]) -> Persons {
    let all = counting(needs[0].site.demand, needs[0].group);
    let has = |id: DemandPointId| needs.iter().all(|need| need.times.time(id) <= need.cutoff);
    all.filter(|&(id, _)| has(id)).map(|(_, persons)| persons).sum()
}

/// The most candidates that are taken by default for what is solved as a program.
fn most() -> usize {
    most_for(ProblemKind::Capacitated)
}

pub(in crate::delivery) fn capacitated(
    file: &ProgramFile,
    field: &Field,
    log: &mut Log,
) -> Checked {
    let Work::Capacitated { instance: record, problem, plan } = &file.work else { return Ok(()) };
    let need = &field.needs[0];
    let all = need.clone().of_everybody();
    walks::rows("work.instance.cover", &record.cover, (&all.rows, &all.persons))?;
    let serving: Vec<u32> = need.serving.iter().map(|id| id.0).collect();
    same("work.instance.facilities", &record.facilities, &serving)?;
    let first = record.facilities.len();
    let ids = record.cover.sites.get(first..).unwrap_or_default();
    let found = field.candidates((&file.choices, ids), (need, most()), log)?;
    let Some(mut candidates) = found else {
        let mut doors = walks::doors_said(need, field.head.sites)?;
        doors.extend(walks::doors_today(need));
        doors.sort_by_key(|entry| entry.0);
        return walks::claims(need, (&file.claims[0], &doors), log);
    };
    walks::follow_statuses(&mut candidates, &record.cover, (first, field.head.version));
    let asked = PlacesAsked { per_1000: record.per_1000 };
    let places = Places::find(need, &candidates, asked, &Silent).map_err(|fault| lost(&fault))?;
    let names = places::names(&places, &keys(&candidates));
    let mut again = places::record(&places, asked, names).map_err(|fault| lost(&fault))?;
    again.capacity = record.capacity;
    if field.head.version == 1 {
        // Version 1 does not tell the places of candidates.
        again.serves[first..].clone_from_slice(&record.serves[first..]);
    }
    same("work.instance", record, &again)?;
    field.drawn((first as u32, &candidates))?;
    field.rules(&problem.rules, (first as u32, &candidates))?;
    let lists = record.cover.lists.as_deref().unwrap_or_default();
    let (today, beside) = lists.split_at(first.min(lists.len()));
    let standing = walks::standing(need);
    walks::reach(
        (&all, &all.rows),
        ("work.instance.cover.lists", today, Listed::All),
        (&standing, None),
        log,
    )?;
    let listed = ("work.instance.cover.lists", beside, Listed::All);
    walks::reach((&all, &all.rows), listed, (&candidates, field.sample), log)?;
    let mut doors = ground::doors_of(&walks::numbers(&plan.chosen), (first as u32, &candidates));
    doors.extend(walks::doors_today(need));
    doors.sort_by_key(|entry| entry.0);
    walks::claims(need, (&file.claims[0], &doors), log)
}

pub(in crate::delivery) fn two_tier(file: &ProgramFile, field: &Field, log: &mut Log) -> Checked {
    let Work::TwoTier { instance: record, problem, plan } = &file.work else { return Ok(()) };
    let [need, above] = field.needs else { return reject("two tiers keep two promises") };
    let (stations, centers) = (&record.stations, &record.centers);
    walks::rows("work.instance.stations", stations, (&need.rows, &need.persons))?;
    walks::rows("work.instance.centers", centers, (&above.rows, &above.persons))?;
    let first = stations.costs.len();
    let free = centers.costs.len().saturating_sub(record.facilities.len());
    let (below_choices, above_choices) = file.choices.split_at(first.min(file.choices.len()));
    let found = field.candidates((below_choices, &stations.sites), (need, most()), log)?;
    let center_ids = &centers.sites[..free];
    let own = tiers_above(field, (above_choices, center_ids), (above, found.as_deref()), log)?;
    let (Some(mut below), Some(mut own)) = (found, own) else {
        let doors = walks::doors_said(need, field.head.sites)?;
        walks::duties(above, (&plan.stations, &doors), first)?;
        walks::claims(need, (&file.claims[0], &doors), log)?;
        return walks::claims(above, (&file.claims[1], &doors), log);
    };
    walks::follow_statuses(&mut below, stations, (0, field.head.version));
    walks::follow_statuses(&mut own, centers, (0, field.head.version));
    let nested = nest((need, above), (&below, &own), &Silent).map_err(|fault| lost(&fault))?;
    let again = tiers::record((need, above), (&below, &own), &nested).map_err(|f| lost(&f))?;
    same("work.instance", record, &again)?;
    let all = [below.clone(), own.clone()].concat();
    field.drawn((0, &all))?;
    field.rules(&problem.stations, (0, &below))?;
    let may = |own: &Candidate| own.standing != SiteStanding::Forbidden;
    let spaced = field.head.ask.min_spacing_m;
    let pairs = too_near(&own, Meters(spaced));
    let pairs: Vec<(SiteId, SiteId)> = pairs
        .into_iter()
        .filter(|&(a, b)| may(&own[a as usize]) && may(&own[b as usize]))
        .map(|(a, b)| (SiteId(a), SiteId(b)))
        .collect();
    same("work.problem.centers.conflicts", &problem.centers.conflicts, &pairs)?;
    let lists = |record: &InstanceRecord| record.lists.clone().unwrap_or_default();
    let (low, high) = (lists(stations), lists(centers));
    let listed = ("work.instance.stations.lists", &low[..], Listed::All);
    walks::reach((need, &need.rows), listed, (&below, field.sample), log)?;
    let listed = ("work.instance.centers.lists", &high[..free], Listed::All);
    walks::reach((above, &above.rows), listed, (&own, field.sample), log)?;
    let chosen = walks::numbers(&plan.stations);
    let over = plan.centers.iter().map(|center| first as u32 + center.0);
    let chosen: Vec<u32> = chosen.into_iter().chain(over).collect();
    let doors = ground::doors_of(&chosen, (0, &all));
    walks::duties(above, (&plan.stations, &doors), first)?;
    walks::claims(need, (&file.claims[0], &doors), log)?;
    walks::claims(above, (&file.claims[1], &doors), log)
}

/// The candidates for centers: listed, or where they are not, those of the stations when they are called so.
fn tiers_above(
    field: &Field,
    (choices, ids): (&[Choice], &[String]),
    (above, stations): (&Need, Option<&[Candidate]>),
    log: &mut Log,
) -> Result<Option<Vec<Candidate>>, Reject> {
    if field.head.version > 1 {
        if field.head.ask.terms.center_candidates.is_empty() {
            let own = tiers::as_centers(stations.unwrap_or_default());
            let taxonomy = &field.studied.baseline.taxonomy;
            let found: Vec<Choice> = own.iter().map(|one| Choice::of(one, taxonomy)).collect();
            same("choices of centers", &choices, &&found[..])?;
            return Ok(Some(own));
        }
        let listed = ground::listed(choices, (above, field.studied))?;
        let named: Vec<&String> = listed.iter().map(|candidate| &candidate.key).collect();
        same("choices of centers", &named, &ids.iter().collect::<Vec<_>>())?;
        log.leaves(
            "centers beside their list in the file: where they could be was asked for apart",
            "中心候选点（文件名单之外）：其来源另行给出",
        );
        return Ok(Some(listed));
    }
    let same_keys = stations.filter(|own| own.iter().map(|one| &one.key).eq(ids));
    Ok(same_keys.map(<[Candidate]>::to_vec))
}

pub(in crate::delivery) fn zoned(file: &ProgramFile, field: &Field, log: &mut Log) -> Checked {
    let (record, rules, chosen) = match &file.work {
        Work::WorstZone { instance, rules, plan } => (instance, rules, plan.chosen.as_slice()),
        Work::Pareto { instance, rules, front, picked } => {
            let point = front.points.get(*picked);
            (instance, rules, point.map_or(&[][..], |point| &point.chosen))
        }
        _ => return Ok(()),
    };
    let again = |need: &Need, candidates: &[Candidate], _: &mut Log| {
        let zoned = Zoned::find(need, candidates, &Silent).map_err(|fault| lost(&fault))?;
        let names = with_today(keys(candidates));
        let again = zones::record(&zoned, names).map_err(|fault| lost(&fault))?;
        same("work.instance", record, &again)
    };
    let today = Today { record: &record.cover, rules, chosen, again: &again };
    beside_today(file, field, &today, log)
}

/// A plan of everybody and of candidates beside all that is open today, as one last site.
pub(in crate::delivery) struct Today<'a> {
    pub(in crate::delivery) record: &'a InstanceRecord,
    pub(in crate::delivery) rules: &'a SiteRules,
    pub(in crate::delivery) chosen: &'a [SiteId],
    /// Makes the instance of these candidates anew and compares it.
    pub(in crate::delivery) again: &'a dyn Fn(&Need, &[Candidate], &mut Log) -> Checked,
}

pub(in crate::delivery) fn beside_today(
    file: &ProgramFile,
    field: &Field,
    today: &Today,
    log: &mut Log,
) -> Checked {
    let (record, need) = (today.record, &field.needs[0]);
    let all = need.clone().of_everybody();
    walks::rows("work.instance.cover", record, (&all.rows, &all.persons))?;
    let ids = record.sites.split_last().map_or(&[][..], |(_, ids)| ids);
    let found = field.candidates((&file.choices, ids), (need, most()), log)?;
    let Some(mut candidates) = found else {
        let doors = walks::doors_said(need, field.head.sites)?;
        return walks::claims(need, (&file.claims[0], &doors), log);
    };
    walks::follow_statuses(&mut candidates, record, (0, field.head.version));
    (today.again)(need, &candidates, log)?;
    field.drawn((0, &candidates))?;
    field.rules(today.rules, (0, &candidates))?;
    let lists = record.lists.as_deref().unwrap_or_default();
    let lists = lists.split_last().map_or(&[][..], |(_, lists)| lists);
    let listed = ("work.instance.cover.lists", lists, Listed::Unsettled);
    walks::reach((need, &all.rows), listed, (&candidates, field.sample), log)?;
    let doors = ground::doors_of(&walks::numbers(today.chosen), (0, &candidates));
    walks::claims(need, (&file.claims[0], &doors), log)
}

pub(in crate::delivery) fn several(file: &ProgramFile, field: &Field, log: &mut Log) -> Checked {
    let Work::Centers { instance: record, problem, plan } = &file.work else { return Ok(()) };
    let ids = record.functions[0].sites.split_last().map_or(&[][..], |(_, ids)| ids);
    let need = &field.needs[0];
    let found = field.candidates((&file.choices, ids), (need, most()), log)?;
    let Some(mut candidates) = found else {
        let doors = walks::doors_said(need, field.head.sites)?;
        for (need, claims) in field.needs.iter().zip(&file.claims) {
            walks::claims(need, (claims, &doors), log)?;
        }
        return Ok(());
    };
    walks::follow_statuses(&mut candidates, &record.functions[0], (0, field.head.version));
    // What a part of a center costs is part of the question.
    let cost = |function: usize| {
        let own = record.modules.iter().find(|module| module.function as usize == function);
        own.map_or(0, |module| module.cost)
    };
    let promises = field.needs.iter().enumerate();
    let promises: Vec<Promised> =
        promises.map(|(at, need)| Promised { need: need.clone(), cost: cost(at) }).collect();
    let several = gather(&promises, &candidates, &Silent).map_err(|fault| lost(&fault))?;
    let names = with_today(keys(&candidates));
    let again = centers::record(&several, &names).map_err(|fault| lost(&fault))?;
    same("work.instance", record, &again)?;
    let all: Vec<u32> = (0..field.needs.len() as u32).collect();
    same("work.problem.required", &problem.required, &all)?;
    same("work.problem.worths", &problem.worths, &vec![1; all.len()])?;
    field.drawn((0, &candidates))?;
    field.rules(&problem.rules, (0, &candidates))?;
    let doors = ground::doors_of(&walks::numbers(&plan.chosen), (0, &candidates));
    for (at, (need, claims)) in field.needs.iter().zip(&file.claims).enumerate() {
        let lists = record.functions[at].lists.as_deref().unwrap_or_default();
        let lists = lists.split_last().map_or(&[][..], |(_, lists)| lists);
        let place = format!("work.instance.functions[{at}].lists");
        let listed = (place.as_str(), lists, Listed::Unsettled);
        walks::reach((need, &several.rows), listed, (&candidates, field.sample), log)?;
        walks::claims(need, (claims, &doors), log)?;
    }
    Ok(())
}

pub(in crate::delivery) fn gates_of(file: &ProgramFile, field: &Field, log: &mut Log) -> Checked {
    let Work::Gates { instance: record, rules, plan } = &file.work else { return Ok(()) };
    let need = &field.needs[0];
    walks::rows("work.instance.choices", &record.choices, (&need.rows, &need.persons))?;
    let first = record.gates.len();
    let ids = record.choices.sites.get(first..).unwrap_or_default();
    let has_sites = !ids.is_empty() || field.head.ask.candidates != ["gates"];
    let found = if has_sites {
        field.candidates((&file.choices, ids), (need, most()), log)?
    } else {
        Some(Vec::new())
    };
    let gates = walks::open_gates(need, (record, &plan.chosen))?;
    let Some(mut candidates) = found else {
        let doors = walks::doors_said(need, field.head.sites)?;
        return walks::through(need, (&gates, &doors, first), &file.claims[0], log);
    };
    walks::follow_statuses(&mut candidates, &record.choices, (first, field.head.version));
    gates_again(record, (field, &candidates), log)?;
    gates_drawn(record, field)?;
    field.drawn((first as u32, &candidates))?;
    let own = field.zones(rules, (first as u32, &candidates))?;
    counted_apart(&rules.groups[..own], (first as u32, record.choices.costs.len() as u32))?;
    let doors = ground::doors_of(&walks::numbers(&plan.chosen), (first as u32, &candidates));
    walks::through(need, (&gates, &doors, first), &file.claims[0], log)
}

/// Gates are looked for again, and so is who needs which of them and of the sites.
fn gates_again(
    record: &GateRecord,
    (field, candidates): (&Field, &[Candidate]),
    log: &mut Log,
) -> Checked {
    let Some(GateSought { gap_m, walk_m, most }) = record.search else {
        if field.head.version > 1 {
            return reject("work.instance.search is missing: how gates were looked for");
        }
        log.leaves(
            "whether other gates could open, and who needs which: a file of version 1 does not say how they were looked \
             for, so the bound is relative to the ways in the file",
            "是否还能开其他门、谁需要哪些门：版本 1 的文件没有写明查找方式，界只相对于文件中的通路",
        );
        return Ok(());
    };
    let fixed = Fixed::new(&field.studied.fixed);
    let wanted = GateSearch { gap: Meters(gap_m), walk: Meters(walk_m), ..GateSearch::default() };
    let snapper = &field.studied.baseline.snapper;
    let need = &field.needs[0];
    let openings = Openings::find(need, candidates, (&fixed, snapper), (wanted, most));
    let cost = record.choices.costs.first().copied().unwrap_or(0);
    let choices = openings.choices(candidates, cost);
    let facts: Vec<SiteFacts> = choices.iter().map(Candidate::facts).collect();
    let (instance, complete) =
        openings.instance(WayLimits::default(), &facts).map_err(|fault| lost(&fault))?;
    let again = gates::record((&openings, &instance), keys(&choices)).map_err(|f| lost(&f))?;
    let again = GateRecord { complete, search: record.search, ..again };
    same("work.instance", record, &again)?;
    let count = openings.found.len();
    log.holds(
        format!("the gates: {count} looked for again, and who needs which"),
        format!("开门：重新查找得 {count} 处，以及谁需要哪些门"),
    );
    Ok(())
}

/// A limit on gates counts all gates, one on sites all sites; what else is limited are zones.
fn counted_apart(own: &[GroupRule], (first, all): (u32, u32)) -> Checked {
    for (at, group) in own.iter().enumerate() {
        let sites = || group.sites.iter().map(|site| site.0);
        if !sites().eq(0..first) && !sites().eq(first..all) {
            return reject(format!(
                "work.rules.groups[{at}] counts neither all gates nor all sites"
            ));
        }
    }
    Ok(())
}

/// Gates that open are told where they stand.
fn gates_drawn(record: &GateRecord, field: &Field) -> Checked {
    let graph = field.needs[0].site.graph;
    for (at, site) in field.head.sites.iter().enumerate() {
        let Some(spot) = record.gates.get(site.site as usize) else { continue };
        let (edge, offset_mm) = spot.from;
        let place = graph.place_at(EdgeId(edge), offset_mm);
        let found = ChosenSite {
            name: String::new(),
            lon: place.lon(),
            lat: place.lat(),
            standing: "candidate".to_owned(),
            stands: vec![(edge, offset_mm, 0)],
            ..site.clone()
        };
        same(&format!("sites[{at}]"), site, &found)?;
    }
    Ok(())
}
