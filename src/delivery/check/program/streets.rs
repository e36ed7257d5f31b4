//! On the streets of the study: people, zones, places and duties are as said, and every claim walks again.

use anyhow::Context;

use crate::coverage::Rule;
use crate::coverage::assess::places_of;
use crate::coverage::summary::counting;
use crate::ids::{DemandPointId, EdgeId, FacilityId, Id, SiteId};
use crate::import::plan_file::InstanceRecord;
use crate::import::program_file::{
    GateRecord, HomeClaim, PlacesRecord, ProgramFile, SeveralRecord, Work,
};
use crate::placement::gate_reach::Gate;
use crate::placement::plan::Need;
use crate::placement::recheck::{Claim, Retrace};
use crate::placement::recheck_gates::GateWalks;
use crate::reach::{Ground, NearestField, Seeds};
use crate::report::sheet::Both;
use crate::scenario::Baseline;
use crate::street::{EdgePosition, Snapped};
use crate::units::{Persons, WalkTime};

use super::super::super::plan::walker_of;
use super::super::cover::settled;
use super::super::ground::{Doors, doors_of, gap_mm, reject, same_study};
use super::super::{Checked, FetchStudy, Reject};

pub(crate) fn check(
    plan: &ProgramFile,
    (study, shown): (FetchStudy<'_>, &str),
    held: &mut Vec<Both>,
) -> anyhow::Result<Checked> {
    let baseline = match same_study(&plan.study_hash, (study, shown), held)? {
        Ok(baseline) => baseline,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut needs = Vec::new();
    for rule in &plan.promises {
        needs.push(need(&baseline, rule)?);
    }
    Ok(check_all(plan, &needs, held))
}

fn need<'a>(baseline: &'a Baseline, rule: &'a Rule) -> anyhow::Result<Need<'a>> {
    let walker = walker_of(baseline, Some(&rule.profile))?;
    Need::find(baseline.site(), walker, rule).context("the promise of the file")
}

fn check_all(plan: &ProgramFile, needs: &[Need], held: &mut Vec<Both>) -> Checked {
    let first = &needs[0];
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6;
    let summary = &plan.summary;
    let is_today = match &plan.work {
        // Follows from the rows and the places, which are checked.
        Work::Capacitated { .. } => true,
        Work::Centers { .. } => near(summary.covered_before, with_all(needs).count()),
        _ => near(summary.covered_before, first.covered.count()),
    };
    if !near(summary.persons, first.total.count()) || !is_today {
        return reject("the people of the study, or those covered today, are not as said");
    }
    let doors = doors_of(first, &plan.sites)?;
    match &plan.work {
        Work::Capacitated { instance, plan: found, .. } => {
            check_places(instance, first)?;
            let all = with_facilities(first, instance, &doors);
            let open: Vec<u32> = (0..instance.facilities.len() as u32)
                .chain(found.chosen.iter().map(|site| site.0))
                .collect();
            check_reach(first, (&instance.cover, &open), &all)?;
            walk(first, &plan.claims[0], &all, held)?;
        }
        Work::TwoTier { instance, plan: found, .. } => {
            check_rows(&instance.stations, first, &first.rows)?;
            check_rows(&instance.centers, &needs[1], &needs[1].rows)?;
            if !same_facilities(&instance.facilities, &needs[1].serving) {
                return reject("the centers of today are others");
            }
            check_duties(&needs[1], (&found.stations, &doors), instance.stations.costs.len())?;
            walk(first, &plan.claims[0], &doors, held)?;
            walk(&needs[1], &plan.claims[1], &doors, held)?;
        }
        Work::Gates { instance, plan: found, .. } => {
            check_rows(&instance.choices, first, &first.rows)?;
            walk_gates(first, (instance, &found.chosen), (&plan.claims[0], &doors), held)?;
        }
        Work::WorstZone { instance, .. } | Work::Pareto { instance, .. } => {
            let all = first.clone().of_everybody();
            check_rows(&instance.cover, &all, &all.rows)?;
            let points = &first.site.demand.points;
            let zones = all.rows.iter().map(|&id| points[id].zone);
            let keys = first.site.zones.zones.iter().map(|zone| &zone.key);
            if !zones.eq(instance.zone_of.iter().copied()) || !keys.eq(instance.zones.iter()) {
                return reject("the zones of the homes are not those of the study");
            }
            check_settled(&instance.cover, &all)?;
            walk(first, &plan.claims[0], &doors, held)?;
        }
        Work::Centers { instance, .. } => check_centers(instance, needs, (plan, &doors), held)?,
    }
    let retrace = retrace(first);
    settled(first, &retrace, held)
}

/// The people of the first promise's group who are within reach of all of them today.
fn with_all(needs: &[Need]) -> Persons {
    let all = counting(needs[0].site.demand, needs[0].group);
    let has = |id: DemandPointId| needs.iter().all(|need| need.times.time(id) <= need.cutoff);
    all.filter(|&(id, _)| has(id)).map(|(_, persons)| persons).sum()
}

/// People, those settled and the claims, promise by promise.
fn check_centers(
    instance: &SeveralRecord,
    needs: &[Need],
    (plan, doors): (&ProgramFile, &[Doors]),
    held: &mut Vec<Both>,
) -> Checked {
    let mut rows: Vec<DemandPointId> =
        needs.iter().flat_map(|need| need.rows.iter().copied()).collect();
    rows.sort_unstable();
    rows.dedup();
    for ((need, record), claims) in needs.iter().zip(&instance.functions).zip(&plan.claims) {
        let points = &need.site.demand.points;
        let of_group = |&id: &DemandPointId| points[id].persons[need.group.index()];
        let persons = rows.iter().map(of_group).collect();
        let all = Need { rows: rows.clone(), persons, ..need.clone() };
        check_rows(record, &all, &rows)?;
        check_settled(record, &all)?;
        walk(need, claims, doors, held)?;
    }
    Ok(())
}

fn retrace<'a>(need: &Need<'a>) -> Retrace<'a> {
    Retrace {
        graph: need.site.graph,
        impedance: need.impedance(),
        homes: &need.walker.demand,
        cutoff: need.cutoff,
    }
}

/// The rows of a record are these people, each with their weight.
fn check_rows(record: &InstanceRecord, need: &Need, rows: &[DemandPointId]) -> Checked {
    if !record.points.iter().copied().eq(rows.iter().map(|id| id.0)) {
        return reject("the homes of the instance are not those of the study");
    }
    let weights = need.persons.iter().map(|persons| persons.as_micro());
    if !record.weights.iter().copied().eq(weights) {
        return reject("the people of the instance are not those of the study");
    }
    Ok(())
}

/// The last site of a record covers just those who are covered today.
fn check_settled(record: &InstanceRecord, need: &Need) -> Checked {
    let today = record.lists.as_ref().and_then(|lists| lists.last());
    let covered = (0_u32..).zip(&need.rows).filter(|&(_, &id)| need.times.time(id) <= need.cutoff);
    let weighed =
        covered.map(|(row, _)| row).filter(|&row| need.persons[row as usize] > Persons::ZERO);
    let said = today.into_iter().flatten().copied();
    let said = said.filter(|&row| {
        need.persons.get(row as usize).is_none_or(|&persons| persons > Persons::ZERO)
    });
    if today.is_none() || !weighed.eq(said) {
        return reject("those covered today are others than the file says");
    }
    Ok(())
}

fn same_facilities(said: &[u32], found: &[FacilityId]) -> bool {
    said.iter().copied().eq(found.iter().map(|id| id.0))
}

/// People and places of today are those of the study.
fn check_places(record: &PlacesRecord, need: &Need) -> Checked {
    let all = need.clone().of_everybody();
    check_rows(&record.cover, &all, &all.rows)?;
    if !same_facilities(&record.facilities, &need.serving) {
        return reject("what is open today is not what the file says");
    }
    let everybody: i64 = record.cover.weights.iter().sum();
    for (&id, &said) in need.serving.iter().zip(&record.serves) {
        let places = places_of(&need.site, need.rule, id);
        let served = places.map(|p| Persons::from_count(p * 1000.0 / record.per_1000));
        let served = served.map_or(0, |s| s.map_or(i64::MAX, Persons::as_micro));
        if served.min(everybody) != said {
            return reject(format!("facility {} has other places in the study", id.0));
        }
    }
    Ok(())
}

/// Doors of what is open today, then of the chosen sites.
fn with_facilities(need: &Need, record: &PlacesRecord, doors: &[Doors]) -> Vec<Doors> {
    let today = (0_u32..).zip(&record.facilities);
    let stands =
        today.map(|(site, &id)| (site, need.walker.facilities.of(FacilityId(id)).to_vec()));
    stands.chain(doors.iter().cloned()).collect()
}

/// Who is within the cutoff of something open is just who the instance says: one sweep out of all of it.
fn check_reach(need: &Need, (record, open): (&InstanceRecord, &[u32]), doors: &[Doors]) -> Checked {
    let (graph, impedance) = (need.site.graph, need.impedance());
    let ground = Ground::toward(graph, impedance);
    let stands = doors.iter().flat_map(|(site, all)| all.iter().map(move |stand| (*site, stand)));
    let seeds = Seeds::of_snaps(graph, impedance, stands);
    let field = NearestField::sweep(&ground, &seeds, need.cutoff);
    let times = need.walker.read(&ground, &seeds, &field);
    let mut reached = vec![false; record.points.len()];
    let lists = record.lists.as_deref().unwrap_or_default();
    for &row in open.iter().filter_map(|&site| lists.get(site as usize)).flatten() {
        reached[row as usize] = true;
    }
    let differs = |&(row, &point): &(usize, &u32)| {
        (times.time(DemandPointId(point)) <= need.cutoff) != reached[row]
    };
    match record.points.iter().enumerate().find(differs) {
        Some((_, point)) => reject(format!("demand point {point} reaches more or less than said")),
        None => Ok(()),
    }
}

/// Every chosen station lies within the cutoff of a chosen or standing center, on foot out of the station's door.
fn check_duties(center: &Need, (stations, doors): (&[SiteId], &[Doors]), first: usize) -> Checked {
    let of = |site: u32| doors.iter().find(|entry| entry.0 == site).map(|entry| &entry.1);
    let mut above: Vec<Snapped> =
        doors.iter().filter(|entry| entry.0 as usize >= first).flat_map(|e| e.1.clone()).collect();
    for &id in &center.serving {
        above.extend_from_slice(center.walker.facilities.of(id));
    }
    for &station in stations {
        let stands = of(station.0).map_or(&[][..], Vec::as_slice);
        if !retrace(center).walk_from(stands, &above).is_reachable() {
            return reject(format!("station {} lies within the cutoff of no center", station.0));
        }
    }
    Ok(())
}

/// Each claimed home walks out of its own door to its site, in the time that is said.
fn walk(need: &Need, claims: &[HomeClaim], doors: &[Doors], held: &mut Vec<Both>) -> Checked {
    let mut all = Vec::with_capacity(claims.len());
    for &(point, site, time) in claims {
        let Ok(at) = doors.binary_search_by_key(&site, |entry| entry.0) else {
            return reject(format!("site {site} is claimed, but is not chosen"));
        };
        if point as usize >= need.site.demand.points.len() {
            return reject(format!("there is no demand point {point}"));
        }
        let time = Some(WalkTime::from_ms(time));
        all.push(Claim { point: DemandPointId(point), doors: &doors[at].1, time });
    }
    if let Some(first) = retrace(need).refute(&all).first() {
        let (point, site, time) = claims[first.claim];
        return reject(format!(
            "demand point {point} is said to be {time} ms from site {site}, but is not"
        ));
    }
    let homes = all.len();
    held.push(Both::new(
        format!("the walks: {homes} homes walked again from their doors"),
        format!("步行：{homes} 处住所从门口重新步行"),
    ));
    Ok(())
}

/// Homes covered through gates walk again: every leg by itself, the legs joined.
fn walk_gates(
    need: &Need,
    (record, chosen): (&GateRecord, &[SiteId]),
    (claims, doors): (&[HomeClaim], &[Doors]),
    held: &mut Vec<Both>,
) -> Checked {
    let graph = need.site.graph;
    let gates = open_gates(need, (record, chosen))?;
    let mut stands: Vec<Snapped> = Vec::new();
    for &id in &need.serving {
        stands.extend_from_slice(need.walker.facilities.of(id));
    }
    let sites = doors.iter().filter(|entry| entry.0 as usize >= record.gates.len());
    stands.extend(sites.flat_map(|entry| entry.1.iter().copied()));
    let walks = GateWalks {
        graph,
        impedance: need.impedance(),
        homes: &need.walker.demand,
        gates: &gates,
        doors: &stands,
        cutoff: need.cutoff,
    };
    let points: Vec<DemandPointId> = claims.iter().map(|claim| DemandPointId(claim.0)).collect();
    if let Some(point) = points.iter().find(|id| id.index() >= need.site.demand.points.len()) {
        return reject(format!("there is no demand point {}", point.0));
    }
    for (claim, found) in claims.iter().zip(walks.times(&points)) {
        if found.reached().map(WalkTime::as_ms) != Some(claim.2) {
            return reject(format!(
                "demand point {} is said to walk {} ms through the gates, but {}",
                claim.0,
                claim.2,
                found.reached().map_or_else(
                    || "reaches nothing".to_owned(),
                    |time| format!("walks {} ms", time.as_ms())
                )
            ));
        }
    }
    let homes = claims.len();
    held.push(Both::new(
        format!("the walks: {homes} homes walked again through the gates"),
        format!("步行：{homes} 处住所经由新开门重新步行"),
    ));
    Ok(())
}

/// The gates that are open, each on a street and passed at walking speed.
fn open_gates(
    need: &Need,
    (record, chosen): (&GateRecord, &[SiteId]),
) -> Result<Vec<Gate>, Reject> {
    let graph = need.site.graph;
    let mut gates = Vec::new();
    for site in chosen.iter().filter(|site| site.index() < record.gates.len()) {
        let spot = &record.gates[site.index()];
        let position = |(edge, offset_mm): (u32, u32)| -> Result<EdgePosition, Reject> {
            let found = graph.edges().get(EdgeId(edge)).filter(|edge| offset_mm <= edge.length_mm);
            let edge = EdgeId(edge);
            found
                .map(|_| EdgePosition { edge, offset_mm })
                .ok_or_else(|| Reject(format!("gate {} stands on no street", site.0 + 1)))
        };
        let crossing = WalkTime::from_ms(spot.crossing_ms);
        gates.push(Gate { from: position(spot.from)?, to: position(spot.to)?, crossing });
        let gap = gap_mm(graph, &gates[gates.len() - 1]);
        let speed = match need.yardstick {
            crate::units::Yardstick::Minutes => need.walker.profile.walk_speed_m_s,
            crate::units::Yardstick::Meters => 1.0,
        };
        if (f64::from(gap) / speed - f64::from(spot.crossing_ms)).abs()
            > 1.0 + f64::from(gap) * 1e-3
        {
            let said = format!("gate {} is passed in another time than said", site.0 + 1);
            return Err(Reject(said));
        }
    }
    Ok(gates)
}
