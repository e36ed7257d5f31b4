//! The tables, the curve and the limits of a plan's report.

use crate::coverage::summary::CoverageSum;
use crate::demand::DemandUnit;
use crate::ids::{GroupId, Id, SiteId, ZoneId};
use crate::placement::Measure;
use crate::placement::candidate::COST_UNIT;
use crate::placement::explain::{Step, ZoneGain};
use crate::spatial::LonLat;
use crate::units::Persons;

use super::super::figure::chart::{HistogramBar, histogram};
use super::super::language::Catalog;
use super::super::number;
use super::super::sheet::Sheet;
use super::super::source::InputRow;
use super::super::view::limits_of_times;
use super::{BARS, RUNNERS_LISTED, SITES_LISTED, ZONES_LISTED};
use super::{Desk, GainRow, Input, RunnerRow, SheetColumn, SheetView, SiteRow, YearRow};

impl Desk<'_> {
    pub(super) fn sites(&self) -> Vec<SiteRow> {
        let steps = self.input.plan.steps.iter().enumerate().take(SITES_LISTED);
        steps.map(|(index, step)| self.site(index, step)).collect()
    }

    pub(super) fn site(&self, index: usize, step: &Step) -> SiteRow {
        let candidate = self.candidate(step.site);
        let (name, street) = self.names(step.site);
        let people = self.input.plan.headline.people();
        let covered = Persons::from_micro(people.before.covered + step.cumulative);
        SiteRow {
            order: index + 1,
            name,
            street,
            zone: candidate.zone.map_or(String::new(), |zone| self.zone(zone)),
            place: place_text(candidate.place),
            phase: candidate.phase.map_or(String::new(), |phase| phase.to_string()),
            standing: self.texts.say(&format!("plan_standing_{}", candidate.standing.id())),
            cost: cost(step.cost),
            gain: number::persons(Persons::from_micro(step.gain)),
            cumulative: number::persons(Persons::from_micro(step.cumulative)),
            share: self.share(covered),
            each: each(step.cost, step.gain),
        }
    }

    pub(super) fn phases(&self) -> Vec<YearRow> {
        let covered = |micro: i64| self.input.plan.need.covered + Persons::from_micro(micro);
        let rows = self.input.plan.phases.iter();
        rows.map(|row| YearRow {
            year: row.year.unwrap_or(row.phase).to_string(),
            sites: number::whole(row.sites as u64),
            cost: cost(row.cost),
            gain: number::persons(Persons::from_micro(row.gain)),
            cumulative: number::persons(Persons::from_micro(row.cumulative)),
            share: self.share(covered(row.cumulative)),
            most: self.share(covered(row.bound)),
            gap: self.points(row.bound - row.cumulative),
        })
        .collect()
    }

    /// So many people as points of the share of everybody.
    fn points(&self, micro: i64) -> String {
        let total = self.input.plan.need.total.as_micro().max(1);
        let points = micro as f64 / total as f64 * 100.0;
        self.texts.fill("points", &[("n", &format!("{points:.2}"))])
    }

    pub(super) fn sheets(&self) -> Vec<SheetView> {
        self.input.sheets.iter().map(|sheet| sheet_view(self.texts, sheet)).collect()
    }

    pub(super) fn zone(&self, zone: ZoneId) -> String {
        let found = &self.input.baseline.zones.zones[zone];
        if found.key == "study" && self.input.baseline.zones.zones.len() == 1 {
            self.texts.say("zone_study")
        } else if found.name.trim().is_empty() {
            found.key.clone()
        } else {
            found.name.clone()
        }
    }

    pub(super) fn more(&self, all: usize, listed: usize) -> Option<String> {
        let n = number::whole(all.saturating_sub(listed) as u64);
        (all > listed).then(|| self.texts.fill("plan_sites_more", &[("n", &n)]))
    }

    pub(super) fn curve(&self) -> Option<String> {
        let plan = self.input.plan;
        let in_plan: std::collections::BTreeSet<SiteId> =
            plan.steps.iter().map(|step| step.site).collect();
        let bars: Vec<HistogramBar> = plan
            .curve
            .iter()
            .take(BARS.max(plan.steps.len().min(2 * BARS)))
            .enumerate()
            .map(|(index, step)| {
                let gain = Persons::from_micro(step.gain);
                let n = (index + 1).to_string();
                HistogramBar {
                    value: gain.count(),
                    class: if in_plan.contains(&step.site) { "in" } else { "out" },
                    title: self.texts.fill(
                        "plan_curve_bar",
                        &[
                            ("n", &n),
                            ("gain", &self.count(gain)),
                            ("site", &self.names(step.site).0),
                        ],
                    ),
                    text: n,
                    is_apart: false,
                }
            })
            .collect();
        (!bars.is_empty()).then(|| {
            let axis = |value: f64| number::whole(value.round().max(0.0) as u64);
            let here = (plan.steps.len(), self.texts.say("plan_curve_here"));
            histogram(&bars, &self.texts.say("plan_curve_label"), &axis, (here.0, &here.1))
        })
    }

    pub(super) fn zones(&self) -> Vec<GainRow> {
        let plan = self.input.plan;
        let zones = &self.input.baseline.zones.zones;
        let mut has_parts = vec![false; zones.len()];
        for zone in zones {
            if let Some(parent) = zone.parent {
                has_parts[parent.index()] = true;
            }
        }
        let mut rows: Vec<(&ZoneGain, ZoneId)> = plan
            .zones
            .iter()
            .filter(|gain| gain.group == plan.need.group)
            .filter_map(|gain| Some((gain, gain.zone?)))
            .filter(|(gain, zone)| {
                !has_parts[zone.index()] && gain.after.covered > gain.before.covered
            })
            .collect();
        rows.sort_by_key(|(gain, zone)| {
            (std::cmp::Reverse(gain.after.covered - gain.before.covered), *zone)
        });
        rows.truncate(ZONES_LISTED);
        let row = |(gain, zone): (&ZoneGain, ZoneId)| {
            gain_row(self.zone(zone), &gain.before, &gain.after)
        };
        rows.into_iter().map(row).collect()
    }

    pub(super) fn groups(&self) -> Vec<GainRow> {
        let groups = &self.input.baseline.demand.groups;
        let name =
            |id: GroupId| self.texts.language.pick(&groups[id].en, &groups[id].zh).to_owned();
        let whole = self.input.plan.zones.iter().filter(|gain| gain.zone.is_none());
        whole.map(|gain| gain_row(name(gain.group), &gain.before, &gain.after)).collect()
    }

    pub(super) fn speeds(&self) -> Vec<GainRow> {
        let speeds = self.input.plan.speeds.iter();
        let name = |speed: f64| number::speed(self.texts, speed);
        speeds.map(|at| gain_row(name(at.speed.0), &at.before, &at.after)).collect()
    }

    pub(super) fn runners_up(&self) -> Vec<RunnerRow> {
        let runners = self.input.plan.runners_up.iter().take(RUNNERS_LISTED);
        let called = |site: SiteId| {
            let (name, key) = self.names(site);
            if key.is_empty() { name } else { format!("{name} ({key})") }
        };
        let row = |runner: &crate::placement::explain::RunnerUp| RunnerRow {
            name: called(runner.site),
            place: place_text(self.candidate(runner.site).place),
            instead: runner.instead_of.map_or("–".to_owned(), called),
            lost: signed(runner.loss),
            extra: cost(runner.extra_cost),
            on_top: number::persons(Persons::from_micro(runner.on_top)),
        };
        runners.map(row).collect()
    }

    pub(super) fn limits(&self) -> Vec<String> {
        let baseline = self.input.baseline;
        let need = self.input.plan.need;
        let mut keys = vec!["plan_limit_candidates"];
        if self.input.proof.measure != Measure::Served {
            keys.push("plan_limit_capacity");
        }
        match baseline.demand.unit {
            DemandUnit::Persons => {}
            DemandUnit::PersonsEstimated => keys.push("limit_estimated"),
            DemandUnit::StreetMeters => keys.push("limit_street_meters"),
        }
        keys.push("limit_map_data");
        keys.extend(limits_of_times(baseline));
        let mut limits: Vec<String> = keys.into_iter().map(|key| self.texts.say(key)).collect();
        if need.group_lacking {
            let group = [("group", need.rule.group.as_str())];
            limits.insert(0, self.texts.fill("group_lacking", &group));
        }
        if !need.rule.verified {
            limits.insert(0, self.texts.say("dagger"));
        }
        limits
    }
}

/// A sheet as a section of the page.
pub(super) fn sheet_view(texts: &Catalog, sheet: &Sheet) -> SheetView {
    let language = texts.language;
    SheetView {
        name: sheet.name,
        title: sheet.title.pick(language).to_owned(),
        text: sheet.text.pick(language).to_owned(),
        columns: (sheet.columns.iter().enumerate())
            .map(|(at, column)| SheetColumn {
                name: language.pick(column.en, column.zh),
                is_number: sheet.is_number(at),
            })
            .collect(),
        rows: (sheet.rows.iter().take(SITES_LISTED))
            .map(|row| row.iter().map(|cell| cell.shown(language)).collect())
            .collect(),
        more: (sheet.rows.len() > SITES_LISTED).then(|| {
            let file = format!("{}.csv", sheet.name);
            texts.fill("plan_sheet_more", &[("file", &file)])
        }),
    }
}

/// A file that the numbers come from.
pub(super) fn input_row(texts: &Catalog, input: &InputRow) -> Input {
    let known = input.role.split('/').next().unwrap_or_default();
    let role = texts.find(&format!("role_{known}"));
    Input {
        role: role.unwrap_or(&input.role).to_owned(),
        path: input.path.clone(),
        sha256: input.sha256.clone(),
        licence: input.licence.clone(),
        attribution: input.attribution.clone(),
    }
}

fn gain_row(name: String, before: &CoverageSum, after: &CoverageSum) -> GainRow {
    let share = |sum: &CoverageSum| number::share(sum.covered, sum.assessed(), None);
    GainRow {
        name,
        persons: number::persons(before.persons),
        before: share(before),
        after: share(after),
        gain: number::persons(after.covered - before.covered),
    }
}

/// A cost from thousandths, with at most two decimals.
pub(super) fn cost(thousandths: i64) -> String {
    let value = thousandths as f64 / COST_UNIT as f64;
    if thousandths % COST_UNIT == 0 && thousandths >= 0 {
        number::whole((thousandths / COST_UNIT) as u64)
    } else {
        number::plain(value, 2)
    }
}

/// Cost of one newly covered person; a dash when nobody is.
fn each(thousandths: i64, gain: i64) -> String {
    let value = || thousandths as f64 / COST_UNIT as f64 / (gain as f64 / 1e6);
    if gain > 0 { number::plain(value(), 4) } else { "–".to_owned() }
}

/// People from millionths, also below nobody.
fn signed(micro: i64) -> String {
    let text = number::persons(Persons::from_micro(micro.abs()));
    if micro < 0 { format!("−{text}") } else { text }
}

fn place_text(place: LonLat) -> String {
    format!("{:.5}, {:.5}", place.lon(), place.lat())
}
