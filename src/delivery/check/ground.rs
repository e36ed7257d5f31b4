//! The study that a plan is held against, and the places among which was chosen: each is one place, and it is there.

use std::path::Path;

use anyhow::Context;

use crate::export::Provenance;
use crate::ids::{EdgeId, FacilityId};
use crate::import::hash::file_sha256;
use crate::import::plan_file::{Choice, PlanAsk, stand_of};
use crate::placement::candidate::{Candidate, CandidateGround};
use crate::placement::plan::Need;
use crate::progress::{Progress, Stage};
use crate::report::Language;
use crate::spatial::LonLat;
use crate::spatial::frame::ground_distance;
use crate::street::{EdgePosition, Snapped, StreetGraph};
use crate::units::Persons;

use super::super::plan::{Host, Made, News, PlanGround, SiteTerms, find_sources};
use super::differ::same;
use super::file::Head;
use super::{Case, Checked, FetchStudy, Log, Reject, Studied, Wanted, reject};

/// A chosen site and where it meets the streets.
pub(super) type Doors = (u32, Vec<Snapped>);

/// How far a door of a parcel may lie from its middle, in metres: what no file of candidates vouches for is no larger.
const PARCEL_M: f64 = 2_000.0;

/// Hears nothing.
pub(super) struct Mute;

impl Progress for Mute {
    fn report(&self, _: Stage, _: u64, _: u64) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Host for Mute {
    fn improved(&self, _: &News) {}

    fn show(&self, _: &Made<'_>) -> anyhow::Result<()> {
        Ok(())
    }

    fn rescue(&self, _: &Made<'_>) -> anyhow::Result<()> {
        Ok(())
    }
}

/// The study, when it is the one that the plan was made for and the numbers come from where they are said to.
pub(super) fn fetch<'a>(
    head: &Head,
    (case, study, wanted): (&Case, FetchStudy<'a>, Wanted),
    log: &mut Log,
) -> anyhow::Result<Result<Studied<'a>, Reject>> {
    let studied = study(wanted)?;
    let (said, shown) = (head.study_hash, &case.other);
    let hash = &studied.papers.record.study_hash;
    if hash != said {
        let reason =
            format!("the plan is for another study: its hash is {said}, that of {shown} is {hash}");
        return Ok(Err(Reject(reason)));
    }
    log.holds(format!("the study: {said}"), format!("研究项目：{said}"));
    let found = Provenance::new(studied.papers.record.clone(), &studied.baseline);
    let found = serde_json::to_value(found).context("the provenance of the study")?;
    Ok(provenance(head, found, log).map(|()| studied))
}

/// Where the numbers come from is as the study says; another version of the program may word the rest otherwise.
fn provenance(head: &Head, mut found: serde_json::Value, log: &mut Log) -> Checked {
    let said = head.provenance;
    let version = said.get("version").cloned().unwrap_or_default();
    log.leaves(
        "the version of the program, the seed and the time limit of the search: they change no proof",
        "程序版本、搜索的随机种子与时限：不影响证明",
    );
    if found.get("version") == Some(&version) {
        return same("provenance", said, &found);
    }
    found["version"] = version;
    let member = |of: &serde_json::Value, key: &str| of.get(key).cloned().unwrap_or_default();
    for key in ["study", "study_hash", "program", "inputs"] {
        same(&format!("provenance.{key}"), &member(said, key), &member(&found, key))?;
    }
    log.leaves(
        "profiles, standards and licenses in provenance: another version of the program wrote them",
        "来源中的步行者、标准与许可：由另一版本的程序写出",
    );
    Ok(())
}

/// What a plan is made of, for making its question anew.
pub(super) fn plan_ground<'a>(studied: &'a Studied) -> PlanGround<'a> {
    PlanGround {
        baseline: &studied.baseline,
        papers: &studied.papers,
        water: &studied.fixed,
        buildings: &[],
        language: Language::En,
        fonts: None,
    }
}

/// The places of `choices` as candidates; each stands on the streets where it is said to.
pub(super) fn listed(
    choices: &[Choice],
    (need, studied): (&Need, &Studied),
) -> Result<Vec<Candidate>, Reject> {
    let ground = candidate_ground(need, studied);
    let mut found = Vec::with_capacity(choices.len());
    for (at, choice) in choices.iter().enumerate() {
        let named = format!("choices[{at}] ({:?})", choice.id);
        let fault = |what: &str| Reject(format!("{named} {what}"));
        let mut candidate = candidate(choice, need).map_err(fault)?;
        let is_upgrade = candidate.facility.is_some_and(|id| {
            let facility = &need.site.facilities.facilities[id];
            candidate.place == facility.place
                && candidate.name == facility.name
                && candidate.doors == facility.entrances
        });
        if candidate.facility.is_some() && !is_upgrade {
            return Err(fault("is not the facility of the study that it would upgrade"));
        }
        let stands = stands(choice, need.site.graph).map_err(fault)?;
        let is_corner = match stands.as_slice() {
            [only] => {
                only.access_mm == 0
                    && only.place == candidate.place
                    && candidate.doors == [candidate.place]
                    && ground.takes_site(only.position.edge)
            }
            _ => false,
        };
        if is_corner {
            candidate.stands = stands;
        } else {
            ground.link(std::slice::from_mut(&mut candidate));
            let snapped: Vec<_> = candidate.stands.iter().map(stand_of).collect();
            same(&format!("choices[{at}].stands"), &choice.stands, &snapped)?;
        }
        candidate.zone = need.site.zones.find(candidate.place);
        found.push(candidate);
    }
    Ok(found)
}

fn candidate_ground<'a>(need: &Need<'a>, studied: &'a Studied) -> CandidateGround<'a> {
    CandidateGround {
        graph: need.site.graph,
        snapper: &studied.baseline.snapper,
        walker: need.walker,
        limit: studied.baseline.limits.snap_distance,
        obstacles: &studied.baseline.obstacles,
    }
}

/// A choice as a candidate that is not linked yet.
fn candidate(choice: &Choice, need: &Need) -> Result<Candidate, &'static str> {
    let place_of = |&(lon, lat): &(i32, i32)| LonLat::from_e7(lon, lat);
    let place = place_of(&choice.place).ok_or("is drawn nowhere on earth")?;
    let mut doors: Vec<LonLat> = Vec::new();
    for door in &choice.doors {
        let door = place_of(door).ok_or("has a door nowhere on earth")?;
        if ground_distance(place, door).0 > PARCEL_M {
            return Err("has a door that is too far from where it is drawn to be one place");
        }
        doors.push(door);
    }
    if let [only] = doors.as_slice()
        && (choice.facility.is_none() || *only == place)
    {
        return Err("has one door, which is not where it is drawn");
    }
    if doors.is_empty() {
        doors.push(place);
    }
    let functions = choice.functions.iter().map(|id| need.site.taxonomy.find(id));
    let functions: Option<Vec<_>> = functions.collect();
    let facilities = need.site.facilities.facilities.len();
    if choice.facility.is_some_and(|id| id as usize >= facilities) {
        return Err("would upgrade a facility that the study does not have");
    }
    Ok(Candidate {
        name: choice.name.clone(),
        doors,
        standing: choice.standing,
        cost: choice.cost,
        capacity: choice.capacity,
        bonus: Persons::from_micro(choice.bonus.unwrap_or(0)),
        functions: functions.ok_or("names a function that the study does not know")?,
        facility: choice.facility.map(FacilityId),
        ..Candidate::at(choice.id.clone(), place)
    })
}

/// Where a choice is said to stand, as far as there are such streets.
fn stands(choice: &Choice, graph: &StreetGraph) -> Result<Vec<Snapped>, &'static str> {
    let mut found = Vec::new();
    for &(edge, offset_mm, access_mm) in &choice.stands {
        let Some(whole) = graph.edges().get(EdgeId(edge)) else {
            return Err("stands on a street that is not there");
        };
        if offset_mm > whole.length_mm {
            return Err("stands beyond the end of its street");
        }
        let position = EdgePosition { edge: EdgeId(edge), offset_mm };
        let place = graph.place_at(EdgeId(edge), offset_mm);
        found.push(Snapped { access_mm, ..Snapped::on_street(position, place) });
    }
    Ok(found)
}

/// Words that propose places from the study alone.
fn proposes(word: &str) -> bool {
    ["junctions", "midblocks", "network"].contains(&word)
        || word.starts_with("grid:")
        || word.starts_with("facilities:")
}

/// Whether every word of `ask` still gives its candidates: it proposes them from the study, or is a file that is here as
/// it was (a file of version 1 does not tell how it was read).
fn can_ask_again(ask: &PlanAsk, version: u32) -> bool {
    let is_file = |word: &&String| {
        let hash = file_sha256(Path::new(word.as_str()));
        hash.is_ok_and(|hash| ask.candidate_hashes.contains(&hash))
    };
    ask.candidates
        .iter()
        .all(|word| proposes(word) || by_default(ask) || (version > 1 && is_file(&word)))
}

/// Whether nobody named candidates: junctions, perhaps thinned.
fn by_default(ask: &PlanAsk) -> bool {
    matches!(ask.candidates.as_slice(), [only] if only.starts_with("junctions"))
}

/// The candidates that the words of `ask` give again, called as `ids` where there are several ways to read the words;
/// `None` when a file of them is not here as it was.
pub(super) fn again(
    (ask, version, most): (&PlanAsk, u32, usize),
    (need, studied): (&Need, &Studied),
    ids: &[String],
) -> Result<Option<Vec<Candidate>>, Reject> {
    if !can_ask_again(ask, version) || ask.candidates.is_empty() {
        return Ok(None);
    }
    let ground = plan_ground(studied);
    let fault = |fault: anyhow::Error| {
        Reject(format!("the candidates that were asked for cannot be found again: {fault:#}"))
    };
    let terms = SiteTerms::of(ask);
    if by_default(ask) {
        let plain = SiteTerms { candidates: Vec::new(), ..terms.clone() };
        let found = find_sources(&ground, need, (&plain, most), &Mute).map_err(fault)?;
        let is_it = found.candidates.iter().map(|one| &one.key).eq(ids);
        if found.from == ask.candidates && (is_it || ask.candidates != ["junctions"]) {
            return Ok(Some(found.candidates));
        }
    }
    let found = find_sources(&ground, need, (&terms, most), &Mute).map_err(fault)?;
    if found.hashes != ask.candidate_hashes {
        return reject("ask.candidate_hashes are not those of the files").map(|()| None);
    }
    Ok(Some(found.candidates))
}

/// Where the chosen sites stand, in site order: as their candidates do.
pub(in crate::delivery) fn doors_of(
    chosen: &[u32],
    (first, candidates): (u32, &[Candidate]),
) -> Vec<Doors> {
    let mut doors: Vec<Doors> = chosen
        .iter()
        .filter_map(|&site| {
            let candidate = candidates.get(site.checked_sub(first)? as usize)?;
            Some((site, candidate.stands.clone()))
        })
        .collect();
    doors.sort_by_key(|entry| entry.0);
    doors
}

/// The straight line between two places of a street, in millimetres.
pub(super) fn gap_mm(graph: &StreetGraph, (from, to): (EdgePosition, EdgePosition)) -> u32 {
    let place = |at: EdgePosition| graph.place_at(at.edge, at.offset_mm);
    ground_distance(place(from), place(to)).as_mm()
}
