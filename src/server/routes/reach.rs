//! `/api/v1/reach`: how far one gets from a place, and how many people live there.

use serde_json::{Map, Value, json};

use super::Answer;
use super::place::{must_snap, start};
use crate::coverage::summary::counting;
use crate::reach::isochrone::Scene;
use crate::reach::{
    DemandTimes, Ground, Isochrone, IsochroneOptions, NearestField, Seeds, ServiceArea,
};
use crate::server::app::App;
use crate::server::problem::Problem;
use crate::server::query::{Cutoff, Query, cutoff};
use crate::server::shape;
use crate::units::{Persons, Ranged, WalkTime};

/// Cutoffs that may be drawn, in minutes.
const REACH_MIN: Ranged = Ranged { min: 0.0, default: 15.0, max: 120.0 };
/// How many may be drawn at once.
const CUTOFFS_MAX: usize = 6;

/// One drawing a cutoff, largest first, with the people whose walk from the place is within it.
pub(in crate::server) fn answer(app: &App, query: &Query) -> Answer {
    let (place, walker_id) = (query.place()?, query.walker(app)?);
    let mut cutoffs = cutoffs(query)?;
    cutoffs.sort_by_key(|cutoff| std::cmp::Reverse(cutoff.time));
    cutoffs.dedup_by_key(|cutoff| cutoff.time);
    let (walker, baseline) = (app.walker(walker_id), app.baseline());
    let snapped = must_snap(app, walker, place)?;
    let ground = Ground::from(&baseline.graph, &walker.impedance);
    let seeds = Seeds::new(vec![start(&walker.impedance, &snapped)]);
    let farthest = cutoffs.first().map_or(WalkTime::ZERO, |cutoff| cutoff.time);
    let field = NearestField::sweep(&ground, &seeds, farthest);
    let times = walker.read(&ground, &seeds, &field);
    let reached: Vec<(WalkTime, ServiceArea)> = cutoffs
        .iter()
        .map(|cutoff| (cutoff.time, ServiceArea::find(&ground, &seeds, &field, cutoff.time)))
        .collect();
    let areas: Vec<_> = reached.iter().map(|(cutoff, area)| (*cutoff, area)).collect();
    let scene = Scene { graph: &baseline.graph, seeds: &seeds, origin: place };
    let drawn = Isochrone::draw(&scene, &baseline.obstacles, &areas, IsochroneOptions::default());
    let features = cutoffs.iter().zip(&reached).zip(drawn).map(|((cutoff, reached), isochrone)| {
        let properties = json!({
            "cutoff_min": cutoff.min,
            "persons": persons(app, &times, cutoff.time),
            "street_km": reached.1.length(&baseline.graph).0 / 1000.0,
            "cell_m": isochrone.cell.0,
            "tolerance_m": isochrone.tolerance().0,
        });
        shape::feature(shape::area(&isochrone.area), properties)
    });
    Ok(shape::collection(features.collect()))
}

fn cutoffs(query: &Query) -> Result<Vec<Cutoff>, Problem> {
    let text = query.text("cutoff_min").unwrap_or("5,10,15");
    let parts: Vec<&str> = text.split(',').collect();
    if parts.len() > CUTOFFS_MAX {
        let count = parts.len();
        let detail = format!("cutoff_min has {count} values; give at most {CUTOFFS_MAX}");
        return Err(Problem::parameter(detail));
    }
    parts.into_iter().map(|part| cutoff("cutoff_min", part, REACH_MIN)).collect()
}

/// People of every group within the cutoff, counted on the streets.
fn persons(app: &App, times: &DemandTimes, cutoff: WalkTime) -> Value {
    let demand = &app.baseline().demand;
    let row = demand.groups.enumerate().map(|(id, group)| {
        let within = counting(demand, id).filter(|(point, _)| times.time(*point) <= cutoff);
        let sum: Persons = within.map(|(_, persons)| persons).sum();
        (group.id.clone(), sum.count().into())
    });
    Value::Object(row.collect::<Map<String, Value>>())
}
