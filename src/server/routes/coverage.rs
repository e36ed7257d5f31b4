//! `…/coverage`: who is within the cutoff of a function, in all and by zone.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::audit::FunctionRecord;
use crate::coverage::{CoverageSum, Summary, summary::counting};
use crate::ids::{Id, ZoneId};
use crate::server::app::{App, Sweep};
use crate::server::ask::{Asked, JSON};
use crate::server::describe::{SelectionQuery, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::{Query, Selection};
use crate::server::shape::minutes;
use crate::units::{Meters, MetersPerSecond, Persons, Share, WalkTime};

/// Minutes that the histogram tells apart; beyond is one bin.
const HISTOGRAM_MIN: u32 = 60;

/// Who is covered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Coverage {
    /// Id of the function.
    function: String,
    /// Id of the walk profile.
    profile: String,
    /// Id of the demand group.
    group: String,
    /// The cutoff in minutes, inclusive.
    cutoff_min: f64,
    /// Open facilities that offer the function and have a street within the limit.
    facilities: usize,
    /// Open facilities that offer it but have no street within the limit.
    off_network_facilities: usize,
    /// Whether any place is recorded that says whether the function is there; without, no share is told.
    recorded: bool,
    /// Everybody of the group.
    #[schema(value_type = f64)]
    persons: Persons,
    /// Those within the cutoff.
    #[schema(value_type = f64)]
    covered_persons: Persons,
    /// Those without street data: nothing is known of their walks.
    #[schema(value_type = f64)]
    no_street_persons: Persons,
    /// Share of those within the cutoff among those with street data; nothing where there are none, or no place is
    /// recorded.
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
    /// The same at three speeds.
    speeds: Vec<AtSpeed>,
    /// Straight-line circles instead of walks, to compare.
    buffer: Buffer,
    /// People by minutes; a bin includes its upper end.
    histogram: Vec<Bin>,
    /// By zone, coarsest level first.
    zones: Vec<ZoneCoverage>,
}

/// Coverage at one speed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct AtSpeed {
    #[schema(value_type = f64)]
    walk_speed_m_s: MetersPerSecond,
    #[schema(value_type = f64)]
    covered_persons: Persons,
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
}

/// Coverage by circles.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Buffer {
    #[schema(value_type = f64)]
    radius_m: Meters,
    #[schema(value_type = f64)]
    covered_persons: Persons,
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
}

/// People within some minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Bin {
    /// More than this, in minutes.
    from_min: u32,
    /// Up to this; nothing for the last, which has no end.
    to_min: Option<u32>,
    #[schema(value_type = f64)]
    persons: Persons,
}

/// Coverage of a zone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct ZoneCoverage {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Name of its level.
    level: String,
    /// Id of the zone it is part of.
    parent: Option<String>,
    #[schema(value_type = f64)]
    persons: Persons,
    #[schema(value_type = f64)]
    covered_persons: Persons,
    #[schema(value_type = f64)]
    no_street_persons: Persons,
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
    /// Mean minutes of those who reach a facility at all.
    mean_min: Option<f64>,
}

/// Who is within the cutoff of a function
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/coverage", tag = "results", params(StudyPath, SelectionQuery),
    responses((status = 200, description = "Totals and zones", body = Coverage), Refusals)
)]
pub(in crate::server) async fn show(asked: Asked<SelectionQuery>) -> Response {
    asked.answer(JSON, answer).await
}

/// Totals, three speeds, the straight-line circle, a histogram and every zone.
fn answer(app: &App, query: &Query) -> Result<Coverage, Problem> {
    let asked = query.selection(app)?;
    let Selection { function, walker, group, cutoff } = asked;
    let baseline = app.baseline();
    let sweep = app.sweep((function, walker));
    let of = |times| Summary::of(&baseline.demand, &baseline.zones, group, times, cutoff.time);
    let summary = of(&sweep.times);
    let record = FunctionRecord::of(baseline, function);
    let recorded = !record.is_missing();
    let speeds = app.speeds((function, walker));
    let speeds = speeds.iter().map(|at| {
        let total = of(&at.times).total;
        let share = total.share().filter(|_| recorded);
        AtSpeed { walk_speed_m_s: at.speed, covered_persons: total.covered, share }
    });
    let profile = &app.walker(walker).profile;
    let radius_m = Meters(cutoff.time.as_seconds() * profile.walk_speed_m_s);
    let circled = app.straight(function).covered((&baseline.demand, group), &sweep.times, radius_m);
    Ok(Coverage {
        function: baseline.taxonomy.functions()[function].id.clone(),
        profile: profile.id.clone(),
        group: baseline.demand.groups[group].id.clone(),
        cutoff_min: cutoff.min,
        facilities: record.open,
        off_network_facilities: record.off_network,
        recorded,
        persons: summary.total.persons,
        covered_persons: summary.total.covered,
        no_street_persons: summary.total.no_street,
        share: summary.total.share().filter(|_| recorded),
        speeds: speeds.collect(),
        buffer: Buffer {
            radius_m,
            covered_persons: circled,
            share: circled.share_of(summary.total.assessed()).filter(|_| recorded),
        },
        histogram: histogram(app, &asked, &sweep),
        zones: zones(app, (&summary, recorded)),
    })
}

/// People with street data by whole minutes; a bin includes its upper end, as a cutoff does.
fn histogram(app: &App, asked: &Selection, sweep: &Sweep) -> Vec<Bin> {
    let mut bins = vec![Persons::ZERO; HISTOGRAM_MIN as usize + 1];
    for (point, persons) in counting(&app.baseline().demand, asked.group) {
        if let Some(time) = sweep.times.walk(point) {
            bins[bin(time)] += persons;
        }
    }
    let upper = |from: u32| (from < HISTOGRAM_MIN).then_some(from + 1);
    let bins = bins.into_iter().zip(0_u32..);
    bins.map(|(persons, from)| Bin { from_min: from, to_min: upper(from), persons }).collect()
}

fn bin(time: WalkTime) -> usize {
    (time.as_ms().div_ceil(60_000).saturating_sub(1)).min(HISTOGRAM_MIN) as usize
}

fn zones(app: &App, (summary, recorded): (&Summary, bool)) -> Vec<ZoneCoverage> {
    let hierarchy = &app.baseline().zones;
    let row = |(id, zone): (ZoneId, &crate::demand::Zone)| {
        let sum: &CoverageSum = &summary.zones[id];
        ZoneCoverage {
            id: zone.key.clone(),
            name: zone.name.clone(),
            level: level_name(hierarchy, zone.level).to_owned(),
            parent: zone.parent.map(|parent| hierarchy.zones[parent].key.clone()),
            persons: sum.persons,
            covered_persons: sum.covered,
            no_street_persons: sum.no_street,
            share: sum.share().filter(|_| recorded),
            mean_min: sum.mean_time().and_then(minutes),
        }
    };
    let mut rows: Vec<_> = hierarchy.zones.enumerate().collect();
    rows.sort_by_key(|(id, zone)| (zone.level, id.index()));
    rows.into_iter().map(row).collect()
}

/// Name of a level; the deepest named one for the remainders below it.
pub(in crate::server) fn level_name(zones: &crate::demand::ZoneHierarchy, level: u8) -> &str {
    let names = &zones.level_names;
    names.get(usize::from(level)).or(names.last()).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_includes_its_upper_end() {
        for (ms, expected) in
            [(0, 0), (60_000, 0), (60_001, 1), (3_600_000, 59), (3_600_001, 60), (u32::MAX, 60)]
        {
            assert_eq!(bin(WalkTime::from_ms(ms)), expected, "{ms} ms");
        }
    }
}
