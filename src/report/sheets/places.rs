//! Served, in reach but full, out of reach; and how full each site is.

use std::collections::BTreeMap;

use crate::ids::SiteId;
use crate::placement::candidate::Candidate;
use crate::placement::capacitated::CapacitatedPlan;
use crate::placement::places::{Places, PlacesSplit};
use crate::scenario::Baseline;

use super::super::sheet::{Both, Cell, Sheet};
use super::{NAME, SITE, ZONE, called, column, share, text, zone_name};

/// The three-way split of everybody, today and with the plan.
pub fn split_sheet(today: PlacesSplit, after: PlacesSplit) -> Sheet {
    let row = |en: &str, zh: &str, split: PlacesSplit| {
        let mut cells = vec![Cell::Words(Both::new(en, zh))];
        for part in [split.served, split.full, split.out_of_reach] {
            cells.push(Cell::People(part));
        }
        cells.push(share(split.served, split.total()));
        cells
    };
    Sheet {
        name: "split",
        title: Both::new("Who has a place", "名额供给情况"),
        text: Both::new(
            "As many people as possible are served, whoever they are; places are not booked for anybody. Full: \
             within the cutoff of something open, but all its places are taken.",
            "在可达范围内尽可能多地安排人员，不预留名额。“已满”指限值内有开放设施，但名额用尽。",
        ),
        columns: vec![
            column("when", "when", "时点"),
            column("served", "served", "有名额"),
            column("full", "in reach, but full", "可达但已满"),
            column("out_of_reach", "out of reach", "不可达"),
            column("share_served", "share served", "有名额占比"),
        ],
        rows: vec![row("today", "现状", today), row("with the plan", "规划后", after)],
    }
}

/// How many of its places each open site has taken.
pub fn places_sheet(
    baseline: &Baseline,
    (places, candidates): (&Places, &[Candidate]),
    plan: &CapacitatedPlan,
) -> Sheet {
    let mut taken: BTreeMap<SiteId, i64> = BTreeMap::new();
    for sent in &plan.allocation {
        *taken.entry(sent.site).or_default() += sent.persons;
    }
    let today = (0..places.serving.len() as u32).map(SiteId);
    let rows = plan.chosen.iter().copied().chain(today).map(|site| {
        let (state, mut cells) = if let Some(candidate) = places.candidate_of(site) {
            let candidate = &candidates[candidate.0 as usize];
            (Both::new("new", "新增"), Vec::from(called(baseline, candidate)))
        } else {
            let facility = &baseline.facilities.facilities[places.serving[site.0 as usize]];
            let zone = zone_name(baseline, baseline.zones.find(facility.place));
            let cells = vec![text(&facility.key), text(&facility.name), zone];
            (Both::new("open today", "现有"), cells)
        };
        let (served, serves) =
            (taken.get(&site).copied().unwrap_or(0), places.instance.serves(site));
        cells.push(Cell::Words(state));
        cells.extend([Cell::People(serves), Cell::People(served), share(served, serves)]);
        cells
    });
    Sheet {
        name: "places",
        title: Both::new("How full each site is", "各点位名额使用情况"),
        text: Both::new(
            "People that its places can serve, and those whom the plan sends there. A site that does not say how \
             many places it has is counted as having none.",
            "名额可服务的人数与方案安排的人数。未注明名额的点位按无名额计。",
        ),
        columns: vec![
            SITE,
            NAME,
            ZONE,
            column("state", "state", "状态"),
            column("serves", "can serve", "可服务"),
            column("served", "serves", "实际服务"),
            column("share_taken", "taken", "使用率"),
        ],
        rows: rows.collect(),
    }
}
