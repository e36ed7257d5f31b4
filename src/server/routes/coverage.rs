//! `/api/v1/coverage`: who is within the cutoff of a function, in all and by zone.

use serde_json::{Value, json};

use super::Answer;
use crate::coverage::{CoverageSum, Summary, summary::counting};
use crate::ids::Id;
use crate::server::app::{App, Sweep};
use crate::server::query::{Query, Selection};
use crate::server::shape::minutes;
use crate::units::{Meters, Persons, WalkTime};

/// Minutes that the histogram tells apart; beyond is one bin.
const HISTOGRAM_MIN: u32 = 60;

/// Totals, three speeds, the straight-line circle, a histogram and every zone.
pub(in crate::server) fn answer(app: &App, query: &Query) -> Answer {
    let asked = query.selection(app)?;
    let Selection { function, walker, group, cutoff } = asked;
    let baseline = app.baseline();
    let sweep = app.sweep((function, walker));
    let of = |times| Summary::of(&baseline.demand, &baseline.zones, group, times, cutoff.time);
    let summary = of(&sweep.times);
    let speeds: Vec<Value> = app
        .speeds((function, walker))
        .iter()
        .map(|at| {
            let total = of(&at.times).total;
            json!({
                "walk_speed_m_s": at.speed.0,
                "covered_persons": total.covered,
                "share": total.share(),
            })
        })
        .collect();
    let profile = &app.walker(walker).profile;
    let radius = Meters(cutoff.time.as_seconds() * profile.walk_speed_m_s);
    let circled = app.straight(function).covered(&baseline.demand, group, radius);
    Ok(json!({
        "function": baseline.taxonomy.functions()[function].id,
        "profile": profile.id,
        "group": baseline.demand.groups[group].id,
        "cutoff_min": cutoff.min,
        "facilities": sweep.serving.len(),
        "persons": summary.total.persons,
        "covered_persons": summary.total.covered,
        "share": summary.total.share(),
        "speeds": speeds,
        "buffer": {
            "radius_m": radius,
            "covered_persons": circled,
            "share": circled.share_of(summary.total.persons),
        },
        "histogram": histogram(app, &asked, &sweep),
        "zones": zones(app, &summary),
    }))
}

/// People by whole minutes; a bin includes its upper end, as a cutoff does.
fn histogram(app: &App, asked: &Selection, sweep: &Sweep) -> Vec<Value> {
    let mut bins = vec![Persons::ZERO; HISTOGRAM_MIN as usize + 1];
    for (point, persons) in counting(&app.baseline().demand, asked.group) {
        bins[bin(sweep.times.time(point))] += persons;
    }
    let upper = |from: u32| (from < HISTOGRAM_MIN).then_some(from + 1);
    bins.iter()
        .zip(0_u32..)
        .map(|(persons, from)| json!({ "from_min": from, "to_min": upper(from), "persons": persons }))
        .collect()
}

fn bin(time: WalkTime) -> usize {
    (time.as_ms().div_ceil(60_000).saturating_sub(1)).min(HISTOGRAM_MIN) as usize
}

fn zones(app: &App, summary: &Summary) -> Vec<Value> {
    let hierarchy = &app.baseline().zones;
    let row = |(id, zone): (crate::ids::ZoneId, &crate::demand::Zone)| {
        let sum: &CoverageSum = &summary.zones[id];
        json!({
            "id": zone.key,
            "name": zone.name,
            "level": level_name(hierarchy, zone.level),
            "parent": zone.parent.map(|parent| hierarchy.zones[parent].key.as_str()),
            "persons": sum.persons,
            "covered_persons": sum.covered,
            "share": sum.share(),
            "mean_min": sum.mean_time().and_then(minutes),
        })
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
