//! `/api/v1/gaps`: where the people live who are not covered, most people first.

use serde_json::{Value, json};

use super::Answer;
use crate::coverage::CoverageGap;
use crate::ids::Id;
use crate::server::app::{App, Sweep};
use crate::server::query::{Query, Selection};
use crate::server::shape;
use crate::units::WalkTime;

/// The coverage gaps of a selection.
pub(in crate::server) fn answer(app: &App, query: &Query) -> Answer {
    let asked = query.selection(app)?;
    let gaps = app.gaps(&asked);
    let sweep = app.sweep((asked.function, asked.walker));
    let features = gaps.iter().zip(1_u32..).map(|(gap, rank)| {
        let zone = gap.zone.map(|zone| app.baseline().zones.zones[zone].name.as_str());
        let properties = json!({
            "rank": rank,
            "persons": gap.persons,
            "points": gap.points.len(),
            "nearest_min": gap.nearest.and_then(shape::minutes),
            "mean_min": mean(app, (&asked, &sweep), gap).and_then(shape::minutes),
            "zone": zone,
            "lon": gap.center.lon(),
            "lat": gap.center.lat(),
        });
        shape::feature(shape::area(&gap.area), properties)
    });
    Ok(shape::collection(features.collect::<Vec<Value>>()))
}

/// Mean time of those in the gap who reach a facility at all, weighted by people, to the millisecond.
fn mean(app: &App, (asked, sweep): (&Selection, &Sweep), gap: &CoverageGap) -> Option<WalkTime> {
    let points = &app.baseline().demand.points;
    let (mut people, mut weighted) = (0_i128, 0_i128);
    for &point in &gap.points {
        if let Some(time) = sweep.times.time(point).reached() {
            let persons = i128::from(points[point].persons[asked.group.index()].as_micro());
            people += persons;
            weighted += persons * i128::from(time.as_ms());
        }
    }
    (people > 0).then(|| WalkTime::from_ms(((weighted + people / 2) / people) as u32))
}
