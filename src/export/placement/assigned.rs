//! Files of p-median and p-center plans: sites, where everybody goes, walks by zone.

use std::io::Write;

use crate::ids::{Id, SiteId};
use crate::placement::candidate::Candidate;
use crate::placement::nearest_site::{Everybody, Served};
use crate::scenario::Baseline;
use crate::units::{Persons, WalkTime};

use super::super::feature::{Collection, feature};
use super::super::number::{push_fixed, push_integer, push_trimmed, text_of};
use super::super::provenance::Provenance;
use super::super::table::{Rows, Table, integer, persons, push_cell};
use super::super::{ExportResult, geometry, names};
use super::sites::{COST_DECIMALS, cost};

/// What the files are written from.
#[derive(Clone, Copy, Debug)]
pub struct AssignedResults<'a> {
    /// The study.
    pub baseline: &'a Baseline,
    /// Who walks.
    pub people: &'a Everybody<'a>,
    /// The candidates; a [`SiteId`] is a position here.
    pub candidates: &'a [Candidate],
    /// The chosen sites, sorted.
    pub chosen: &'a [SiteId],
    /// Where every row goes, by row.
    pub served: &'a [Served],
    /// Where it comes from.
    pub provenance: &'a Provenance,
}

/// Writes one file.
pub type AssignedWriter = fn(&mut dyn Write, &AssignedResults) -> ExportResult;

/// Walks of a set of people.
#[derive(Clone, Copy, Default)]
struct Walks {
    persons: Persons,
    /// Millionths of people times milliseconds.
    sum: i128,
    longest: Option<WalkTime>,
}

impl Walks {
    fn add(&mut self, persons: Persons, time: WalkTime) {
        self.persons += persons;
        self.sum += i128::from(persons.as_micro()) * i128::from(time.as_ms());
        self.longest = self.longest.max(Some(time));
    }

    fn mean(&self) -> String {
        let micro = self.persons.as_micro();
        if micro == 0 { String::new() } else { minutes(self.sum as f64 / micro as f64) }
    }

    fn longest(&self) -> String {
        self.longest.map_or(String::new(), |time| minutes(f64::from(time.as_ms())))
    }
}

fn minutes(ms: f64) -> String {
    text_of(|text| push_trimmed(text, (ms / 60_000.0 * 1e5).round() as i64, 5))
}

impl AssignedResults<'_> {
    fn by_site(&self) -> Vec<Walks> {
        let mut found = vec![Walks::default(); self.candidates.len()];
        for walk in self.served {
            if let Some(site) = walk.site {
                found[site.index()].add(self.people.need.persons[walk.row as usize], walk.time);
            }
        }
        found
    }

    fn zone_of(&self, site: SiteId) -> &str {
        let zone = self.candidates[site.index()].zone;
        zone.map_or("", |zone| self.baseline.zones.zones[zone].name.as_str())
    }
}

/// Writes the chosen sites as points, with who goes there and how far.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_assigned_sites(out: &mut dyn Write, results: &AssignedResults) -> ExportResult {
    let walks = results.by_site();
    let mut collection = Collection::open(out, "sites", results.provenance)?;
    collection.write_all(results.chosen.len(), |index, json| {
        let site = results.chosen[index];
        let candidate = &results.candidates[site.index()];
        feature(
            json,
            |json| geometry::point(json, candidate.place),
            |json| {
                json.key("site").string(&candidate.key);
                json.key(names::NAME).string(&candidate.name);
                json.key("standing").string(candidate.standing.id());
                json.key("cost").decimal(candidate.cost, COST_DECIMALS);
                json.key(&names::counted(results.baseline.demand.unit, names::PERSONS))
                    .persons(walks[site.index()].persons);
                json.key("mean_min").string(&walks[site.index()].mean());
                json.key("longest_min").string(&walks[site.index()].longest());
                json.key(names::ZONE_NAME).string(results.zone_of(site));
            },
        );
    })?;
    collection.close()
}

/// Writes the chosen sites as a checklist, with who goes there and how far.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_assigned_sites_csv(out: &mut dyn Write, results: &AssignedResults) -> ExportResult {
    let walks = results.by_site();
    let header = [
        "site",
        "name",
        "zone",
        "standing",
        "lon",
        "lat",
        "cost",
        "persons",
        "mean_min",
        "longest_min",
        "owner",
        "due",
        "done",
    ];
    let mut table = Table::counting(out, results.baseline.demand.unit, &header)?;
    for &site in results.chosen {
        let candidate = &results.candidates[site.index()];
        let found = &walks[site.index()];
        table.row([
            candidate.key.clone(),
            candidate.name.clone(),
            results.zone_of(site).to_owned(),
            candidate.standing.id().to_owned(),
            text_of(|text| push_fixed(text, i64::from(candidate.place.lon_e7()), 7)),
            text_of(|text| push_fixed(text, i64::from(candidate.place.lat_e7()), 7)),
            cost(candidate.cost),
            persons(found.persons),
            found.mean(),
            found.longest(),
            String::new(),
            String::new(),
            String::new(),
        ])?;
    }
    table.finish()
}

/// Writes `assigned.csv`: every home with people, its site (empty for what is open today) and the walk.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_assigned(out: &mut dyn Write, results: &AssignedResults) -> ExportResult {
    let need = &results.people.need;
    let mut rows = Rows::new(
        out,
        &names::counted(results.baseline.demand.unit, "demand,key,zone,persons,site,time_ms,min"),
    );
    for walk in results.served {
        let id = need.rows[walk.row as usize];
        let point = &results.baseline.demand.points[id];
        let zone = point.zone.map_or("", |zone| results.baseline.zones.zones[zone].key.as_str());
        let site = walk.site.map_or("", |site| results.candidates[site.index()].key.as_str());
        rows.row(|text| {
            push_integer(text, i64::from(id.0));
            text.push(b',');
            push_cell(text, &point.key);
            text.push(b',');
            push_cell(text, zone);
            text.push(b',');
            push_trimmed(text, need.persons[walk.row as usize].as_micro(), 6);
            text.push(b',');
            push_cell(text, site);
            text.push(b',');
            push_integer(text, i64::from(walk.time.as_ms()));
            text.push(b',');
            text.extend_from_slice(minutes(f64::from(walk.time.as_ms())).as_bytes());
        })?;
    }
    rows.finish()
}

/// Writes `zones.csv`: walks of everybody by zone, today and with the plan; the first row is the whole study.
/// Who is not served is not counted.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_assigned_zones(out: &mut dyn Write, results: &AssignedResults) -> ExportResult {
    let (zones, need) = (&results.baseline.zones, &results.people.need);
    let mut found = vec![[Walks::default(); 2]; zones.zones.len() + 1];
    let mut add = |row: usize, time: WalkTime, when: usize| {
        let zone = need.site.demand.points[need.rows[row]].zone;
        let above = zone.into_iter().flat_map(|zone| zones.ancestry(zone));
        for place in std::iter::once(0).chain(above.map(|zone| zone.index() + 1)) {
            found[place][when].add(need.persons[row], time);
        }
    };
    for (row, &id) in need.rows.iter().enumerate() {
        if let Some(time) = need.times.time(id).reached() {
            add(row, time, 0);
        }
    }
    for walk in results.served {
        add(walk.row as usize, walk.time, 1);
    }
    let header = [
        "zone",
        "zone_name",
        "level",
        "persons_before",
        "mean_min_before",
        "longest_min_before",
        "persons_after",
        "mean_min_after",
        "longest_min_after",
    ];
    let mut table = Table::counting(out, results.baseline.demand.unit, &header)?;
    let all = zones.zones.ids().map(Some);
    for (zone, [before, after]) in std::iter::once(None).chain(all).zip(&found) {
        let zone = zone.map(|id| &zones.zones[id]);
        table.row([
            zone.map_or(String::new(), |zone| zone.key.clone()),
            zone.map_or(String::new(), |zone| zone.name.clone()),
            zone.map_or(String::new(), |zone| integer(i64::from(zone.level))),
            persons(before.persons),
            before.mean(),
            before.longest(),
            persons(after.persons),
            after.mean(),
            after.longest(),
        ])?;
    }
    table.finish()
}
