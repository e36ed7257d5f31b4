//! Stations and the centers above them.

use crate::ids::{Id, SiteId};
use crate::placement::candidate::Candidate;
use crate::placement::two_tier::{TwoTierInstance, TwoTierPlan};
use crate::scenario::Baseline;

use super::super::sheet::{Both, Cell, Sheet};
use super::{COST, LAT, LON, NAME, SITE, ZONE, called, column, degree, text};

/// The new centers: where, what each newly covers alone, how many new stations may hang under it.
pub fn centers_sheet(
    baseline: &Baseline,
    (instance, centers): (&TwoTierInstance, &[Candidate]),
    plan: &TwoTierPlan,
) -> Sheet {
    let rows = plan.centers.iter().map(|&site| {
        let candidate = &centers[site.index()];
        let under = plan.stations.iter().filter(|s| instance.over[s.index()].contains(&site));
        let mut cells = Vec::from(called(baseline, candidate));
        cells.extend([
            degree(candidate.place.lon()),
            degree(candidate.place.lat()),
            Cell::Cost(candidate.cost),
            Cell::People(instance.centers.covered_weight(&[site])),
            Cell::Count(under.count() as i64),
        ]);
        cells
    });
    Sheet {
        name: "centers",
        title: Both::new("New centers", "新建中心"),
        text: Both::new(
            "People that each center alone newly brings within the center's promise; new stations within its \
             cutoff.",
            "各中心单独新增覆盖的人数；其限值内的新建驿站数。",
        ),
        columns: vec![
            SITE,
            NAME,
            ZONE,
            LON,
            LAT,
            COST,
            column("gain_persons", "newly covered alone", "单独新增覆盖"),
            column("stations", "stations below", "所辖驿站"),
        ],
        rows: rows.collect(),
    }
}

/// Under which center each new station hangs: an open one of today when there is one, else a new one.
pub fn stations_sheet(
    baseline: &Baseline,
    (instance, stations): (&TwoTierInstance, &[Candidate]),
    (centers, plan): (&[Candidate], &TwoTierPlan),
) -> Sheet {
    let rows = plan.stations.iter().map(|&site| {
        let candidate = &stations[site.index()];
        let over = &instance.over[site.index()];
        let is_new = |center: &&SiteId| plan.centers.binary_search(center).is_ok();
        let new = over.iter().find(is_new).map(|center| text(&centers[center.index()].key));
        let standing = over.iter().any(|center| center.index() >= centers.len());
        let under = match (standing, new) {
            (true, _) => Cell::Words(Both::new("open today", "现有中心")),
            (false, Some(key)) => key,
            (false, None) => text(""),
        };
        let mut cells = Vec::from(called(baseline, candidate));
        cells.extend([under, Cell::Cost(candidate.cost)]);
        cells
    });
    Sheet {
        name: "stations",
        title: Both::new("New stations and their centers", "新建驿站及其所属中心"),
        text: Both::new(
            "Every station lies within the center's cutoff, on foot from door to door.",
            "每个驿站都在所属中心的步行限值之内（门到门）。",
        ),
        columns: vec![SITE, NAME, ZONE, column("center", "center", "所属中心"), COST],
        rows: rows.collect(),
    }
}
