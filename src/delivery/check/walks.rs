//! On the streets of the study: whom every candidate reaches, how far every claimed home walks, who is settled today.
//! Candidates are searched from one by one against the walking direction, homes walk out of their own doors along it;
//! plans search from many places side by side, with other code.

use std::collections::BTreeMap;

use crate::coverage::summary::counting;
use crate::ids::{DemandPointId, EdgeId, FacilityId, Id, SiteId};
use crate::import::assign_file::AssignRecord;
use crate::import::plan_file::{ChosenSite, InstanceRecord};
use crate::import::program_file::GateRecord;
use crate::placement::SiteStatus;
use crate::placement::candidate::{Candidate, SiteStanding};
use crate::placement::gate_reach::Gate;
use crate::placement::plan::Need;
use crate::placement::recheck::{Claim, Retrace};
use crate::placement::recheck_gates::GateWalks;
use crate::street::{EdgePosition, Snapped};
use crate::units::{Persons, WalkTime, Yardstick};

use super::super::text::count;
use super::differ::same;
use super::ground::{Doors, gap_mm};
use super::{Checked, Log, Reject, reject, told};

/// Positions of sites as files number them.
pub(in crate::delivery) fn numbers(sites: &[SiteId]) -> Vec<u32> {
    sites.iter().map(|site| site.0).collect()
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
pub(in crate::delivery) fn rows(
    place: &str,
    record: &InstanceRecord,
    (rows, persons): (&[DemandPointId], &[Persons]),
) -> Checked {
    let points: Vec<u32> = rows.iter().map(|id| id.0).collect();
    same(&format!("{place}.points"), &record.points, &points)?;
    let weights: Vec<i64> = persons.iter().map(|persons| persons.as_micro()).collect();
    same(&format!("{place}.weights"), &record.weights, &weights)
}

/// A file of version 1 does not tell who made candidates required or forbidden: its record does.
pub(super) fn follow_statuses(
    candidates: &mut [Candidate],
    record: &InstanceRecord,
    (first, version): (usize, u32),
) {
    let own = record
        .statuses
        .iter()
        .filter_map(|&(site, status)| Some(((site as usize).checked_sub(first)?, status)));
    follow(candidates, own, version);
}

/// The same for an assignment.
pub(super) fn follow_assigned(candidates: &mut [Candidate], record: &AssignRecord, version: u32) {
    let own = record.statuses.iter().map(|&(site, status)| (site as usize, status));
    follow(candidates, own, version);
}

fn follow(
    candidates: &mut [Candidate],
    statuses: impl Iterator<Item = (usize, SiteStatus)>,
    version: u32,
) {
    if version > 1 {
        return;
    }
    for (at, status) in statuses {
        let standing = match status {
            SiteStatus::Required => SiteStanding::Required,
            SiteStatus::Forbidden => SiteStanding::Forbidden,
            SiteStatus::Free | SiteStatus::Existing => continue,
        };
        if let Some(candidate) = candidates.get_mut(at) {
            candidate.standing = standing;
        }
    }
}

/// What is open today, as places that reach people.
pub(in crate::delivery) fn standing(need: &Need) -> Vec<Candidate> {
    let of = |&id: &FacilityId| {
        let facility = &need.site.facilities.facilities[id];
        let stands = need.walker.facilities.of(id).to_vec();
        Candidate { stands, ..Candidate::at(facility.key.clone(), facility.place) }
    };
    need.serving.iter().map(of).collect()
}

/// Doors of what is open today, numbered as the first sites.
pub(super) fn doors_today(need: &Need) -> Vec<Doors> {
    let doors = |(site, &id): (u32, &FacilityId)| (site, need.walker.facilities.of(id).to_vec());
    (0_u32..).zip(&need.serving).map(doors).collect()
}

/// Where the chosen sites say that they stand: for files whose candidates cannot be found again.
pub(super) fn doors_said(need: &Need, sites: &[ChosenSite]) -> Result<Vec<Doors>, Reject> {
    let graph = need.site.graph;
    let mut all = Vec::with_capacity(sites.len());
    for (at, site) in sites.iter().enumerate() {
        let fault = |what: &str| Reject(format!("sites[{at}] ({:?}) {what}", site.id));
        let place = site.place().ok_or_else(|| fault("is drawn nowhere on earth"))?;
        let mut doors = Vec::new();
        for &(edge, offset_mm, access_mm) in &site.stands {
            let whole = graph.edges().get(EdgeId(edge));
            let whole = whole.ok_or_else(|| fault("stands on a street that is not there"))?;
            if offset_mm > whole.length_mm {
                return Err(fault("stands beyond the end of its street"));
            }
            let position = EdgePosition { edge: EdgeId(edge), offset_mm };
            let at = graph.place_at(EdgeId(edge), offset_mm);
            doors.push(Snapped { access_mm, ..Snapped::on_street(position, at) });
        }
        let off = |door: &Snapped| {
            let far = crate::spatial::frame::ground_distance(place, door.place).0;
            far - f64::from(door.access_mm) / 1e3
        };
        if doors.iter().any(|door| off(door) > PARCEL_SLACK_M) {
            return Err(fault("stands too far from where it is drawn to be one place"));
        }
        all.push((site.site, doors));
    }
    all.sort_by_key(|entry| entry.0);
    Ok(all)
}

/// How far the middle of a parcel may lie from a door, in metres, where no candidate tells its outline.
const PARCEL_SLACK_M: f64 = 500.0;

/// Who stands in the lists of candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) enum Listed {
    /// Everybody within reach.
    All,
    /// Only those beyond the cutoff of what is open today.
    Unsettled,
}

/// Whom each candidate reaches is what the lists say: every candidate is searched from again, or `sample` of them.
pub(in crate::delivery) fn reach(
    (need, rows): (&Need, &[DemandPointId]),
    (place, lists, listed): (&str, &[Vec<u32>], Listed),
    (candidates, sample): (&[Candidate], Option<usize>),
    log: &mut Log,
) -> Checked {
    let (picked, found) = search_from((need, rows), (candidates, sample));
    let mut pairs = 0;
    for (&at, found) in picked.iter().zip(found) {
        let mut reached: Vec<u32> = found.into_iter().map(|(row, _)| row).collect();
        if listed == Listed::Unsettled {
            reached.retain(|&row| need.rows.binary_search(&rows[row as usize]).is_ok());
        }
        pairs += reached.len();
        let said = lists.get(at).map_or(&[][..], Vec::as_slice);
        same(&format!("{place}[{at}]"), &said, &reached.as_slice())?;
    }
    say_reach((picked.len(), candidates.len(), pairs), log);
    Ok(())
}

pub(in crate::delivery) type Reached = Vec<Vec<(u32, WalkTime)>>;

/// The candidates that are searched from, and whom each reaches.
pub(in crate::delivery) fn search_from(
    (need, rows): (&Need, &[DemandPointId]),
    (candidates, sample): (&[Candidate], Option<usize>),
) -> (Vec<usize>, Reached) {
    let count = candidates.len();
    let taken = sample.map_or(count, |sample| sample.min(count));
    let picked: Vec<usize> = (0..taken).map(|n| n * count / taken.max(1)).collect();
    let doors: Vec<&[Snapped]> = picked
        .iter()
        .map(|&at| match candidates[at].standing {
            SiteStanding::Forbidden => &[][..],
            _ => &candidates[at].stands[..],
        })
        .collect();
    let mut homes = Vec::with_capacity(rows.len());
    for (row, &id) in rows.iter().enumerate() {
        for snap in need.walker.demand.of(id) {
            homes.push((snap.position, need.impedance().access(snap.access_mm), row as u32));
        }
    }
    let found = retrace(need).reach(&doors, homes);
    (picked, found)
}

fn say_reach((taken, count, pairs): (usize, usize, usize), log: &mut Log) {
    log.holds(
        format!("the reach: {taken} of {count} candidates searched from again, one by one: {pairs} pairs"),
        format!("可达：{count} 个候选点中重新逐一搜索 {taken} 个，共 {pairs} 对"),
    );
    if taken < count {
        log.leaves(
            format!("whom {} candidates reach: --sample was asked for", count - taken),
            format!("{} 个候选点的可达名单：按 --sample 只查了样本", count - taken),
        );
    }
}

/// The walks of an assignment are those of the streets.
pub(super) fn assigned(
    (need, record): (&Need, &AssignRecord),
    (candidates, sample): (&[Candidate], Option<usize>),
    unserved: Option<WalkTime>,
    log: &mut Log,
) -> Checked {
    let (picked, found) = search_from((need, &need.rows), (candidates, sample));
    let mut said: BTreeMap<usize, Vec<(u32, u32)>> = BTreeMap::new();
    for (row, walks) in (0_u32..).zip(&record.walks) {
        for &(site, ms) in walks {
            said.entry(site as usize).or_default().push((row, ms));
        }
    }
    let mut pairs = 0;
    for (&at, found) in picked.iter().zip(found) {
        let is_nearer = |&(row, time): &(u32, WalkTime)| {
            time < need.times.time(need.rows[row as usize])
                && unserved.is_none_or(|price| time < price)
        };
        let found = found.into_iter().filter(is_nearer);
        let found: Vec<(u32, u32)> = found.map(|(row, time)| (row, time.as_ms())).collect();
        pairs += found.len();
        let own = said.remove(&at).unwrap_or_default();
        same(&format!("instance.walks to site {at}"), &own, &found)?;
    }
    say_reach((picked.len(), candidates.len(), pairs), log);
    Ok(())
}

/// Milliseconds to each place (the list) from the others, by their position: a plain search out of each by itself.
pub(in crate::delivery) fn between(need: &Need, places: &[&Candidate]) -> Vec<BTreeMap<u32, u32>> {
    let mut own = Vec::new();
    for (at, place) in (0_u32..).zip(places) {
        for stand in &place.stands {
            own.push((stand.position, need.impedance().access(stand.access_mm), at));
        }
    }
    let doors: Vec<&[Snapped]> = places.iter().map(|place| &place.stands[..]).collect();
    let found = retrace(need).reach(&doors, own).into_iter();
    found.map(|times| times.into_iter().map(|(at, time)| (at, time.as_ms())).collect()).collect()
}

/// Each claimed home walks out of its own door to its site, in the time that is said.
pub(in crate::delivery) fn claims(
    need: &Need,
    (claims, doors): (&[told::Claim], &[Doors]),
    log: &mut Log,
) -> Checked {
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
            "demand point {point} is said to be {time} ms from site {site}, but walks {}",
            walked(first.found)
        ));
    }
    let homes = all.len();
    log.holds(
        format!("the walks: {homes} homes walked again from their doors"),
        format!("步行：{homes} 处住所从门口重新步行"),
    );
    Ok(())
}

fn walked(time: WalkTime) -> String {
    time.reached().map_or("beyond the cutoff".to_owned(), |time| format!("{} ms", time.as_ms()))
}

/// Everybody said to be covered today walks to their facility again.
pub(super) fn settled(need: &Need, log: &mut Log) -> Checked {
    let today: Vec<(DemandPointId, FacilityId)> = counting(need.site.demand, need.group)
        .filter(|&(id, _)| need.times.time(id) <= need.cutoff)
        .filter_map(|(id, _)| Some((id, need.times.facility(id)?)))
        .collect();
    let claims: Vec<Claim> = today
        .iter()
        .map(|&(point, facility)| Claim {
            point,
            doors: need.walker.facilities.of(facility),
            time: Some(need.times.time(point)),
        })
        .collect();
    if let Some(first) = retrace(need).refute(&claims).first() {
        let key = &need.site.demand.points[today[first.claim].0].key;
        return reject(format!("home {key} is not covered today by the facility said to cover it"));
    }
    let homes = count(claims.len() as f64);
    log.holds(
        format!("today: {homes} homes covered already walked again"),
        format!("现状：{homes} 处已覆盖住所重新步行"),
    );
    Ok(())
}

/// Every chosen station lies within the cutoff of a chosen or standing center, on foot out of the station's door.
pub(super) fn duties(
    center: &Need,
    (stations, doors): (&[SiteId], &[Doors]),
    first: usize,
) -> Checked {
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

/// Homes covered through gates walk again: every leg by itself, the legs joined.
pub(super) fn through(
    need: &Need,
    (gates, doors, first): (&[Gate], &[Doors], usize),
    claims: &[told::Claim],
    log: &mut Log,
) -> Checked {
    let mut stands: Vec<Snapped> = Vec::new();
    for &id in &need.serving {
        stands.extend_from_slice(need.walker.facilities.of(id));
    }
    let sites = doors.iter().filter(|entry| entry.0 as usize >= first);
    stands.extend(sites.flat_map(|entry| entry.1.iter().copied()));
    let walks = GateWalks {
        graph: need.site.graph,
        impedance: need.impedance(),
        homes: &need.walker.demand,
        gates,
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
                "demand point {} is said to walk {} ms through the gates, but walks {}",
                claim.0,
                claim.2,
                walked(found)
            ));
        }
    }
    let homes = claims.len();
    log.holds(
        format!("the walks: {homes} homes walked again through the gates"),
        format!("步行：{homes} 处住所经由新开门重新步行"),
    );
    Ok(())
}

/// The gates that are open, each on a street and passed at walking speed.
pub(super) fn open_gates(
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
        let gate = Gate { from: position(spot.from)?, to: position(spot.to)?, crossing };
        let gap = f64::from(gap_mm(graph, (gate.from, gate.to)));
        let speed = match need.yardstick {
            Yardstick::Minutes => need.walker.profile.walk_speed_m_s,
            Yardstick::Meters => 1.0,
        };
        if (gap / speed - f64::from(spot.crossing_ms)).abs() > 1.0 + gap * 1e-3 {
            return Err(Reject(format!("gate {} is passed in another time than said", site.0 + 1)));
        }
        gates.push(gate);
    }
    Ok(gates)
}
