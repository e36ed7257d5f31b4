//! `/api/v1/route`: the walk that explains a time.

use serde_json::{Value, json};

use super::Answer;
use super::place::{Walked, arrival, doors, must_snap, start};
use crate::ids::FacilityId;
use crate::reach::{Ground, LinkedWalker, Route, RouteTree};
use crate::server::app::App;
use crate::server::problem::{Problem, ProblemKind};
use crate::server::query::Query;
use crate::server::shape;
use crate::spatial::LonLat;
use crate::street::{Snapped, Walkable};
use crate::units::WalkTime;

/// The fastest walk from a place to the best entrance of a facility.
pub(in crate::server) fn answer(app: &App, query: &Query) -> Answer {
    let (place, walker_id) = (query.place()?, query.walker(app)?);
    let id = facility(app, query)?;
    let (walker, baseline) = (app.walker(walker_id), app.baseline());
    let snapped = must_snap(app, walker, place)?;
    let ground = Ground::from(&baseline.graph, &walker.impedance);
    let ends = doors(app, (walker, &walker.impedance), id);
    let from = start(&walker.impedance, &snapped);
    let tree = RouteTree::grow(&ground, from, WalkTime::LONGEST);
    let route = tree.route_to(&ends).ok_or_else(|| unreachable(app, walker, (place, id)))?;
    let length = Walked::of(app, walker, (&route, &snapped, id));
    let facility = &baseline.facilities.facilities[id];
    let properties = json!({
        "facility": id.0,
        "name": facility.name,
        "min": route.time.as_minutes(),
        "m": length.whole_m(),
        "access_m": length.access_m(),
        "streets": streets(app, &route),
    });
    let mut line = vec![place, snapped.place];
    for leg in &route.legs {
        line.extend(baseline.graph.shape_between(leg.edge, leg.from_mm, leg.to_mm));
    }
    line.extend(arrival(app, walker, (&route, id)).map(|end| end.place));
    line.extend(door(app, walker, (&route, id)));
    line.dedup();
    Ok(shape::feature(shape::line(&line), properties))
}

fn facility(app: &App, query: &Query) -> Result<FacilityId, Problem> {
    let text = query.text("facility");
    let text = text.ok_or_else(|| Problem::parameter("facility is missing; give its id"))?;
    let layer = &app.baseline().facilities.facilities;
    let found = text.parse().ok().map(FacilityId).filter(|&id| layer.get(id).is_some());
    found.ok_or_else(|| {
        let text: String = text.chars().take(60).collect();
        let last = layer.len().saturating_sub(1);
        Problem::parameter(format!("facility is {text:?}; give an id from 0 to {last}"))
    })
}

fn unreachable(app: &App, walker: &LinkedWalker, (place, id): (LonLat, FacilityId)) -> Problem {
    let facility = &app.baseline().facilities.facilities[id];
    let profile = &walker.profile.id;
    let why = if walker.facilities.of(id).is_empty() {
        "it has no walkable street within the snap distance"
    } else {
        "no walkable streets join the two"
    };
    let detail = format!(
        "no walk for profile {profile:?} leads from {place} to facility {} ({:?}): {why}",
        id.0, facility.name
    );
    Problem::new(ProblemKind::Unreachable, detail)
}

/// The entrance that the walk ends at, as a place.
fn door(app: &App, walker: &LinkedWalker, (route, id): (&Route, FacilityId)) -> Option<LonLat> {
    let baseline = app.baseline();
    let end: &Snapped = arrival(app, walker, (route, id))?;
    let ground =
        Walkable { graph: &baseline.graph, impedance: &walker.impedance, islands: &walker.islands };
    let limit = baseline.limits.snap_distance;
    let entrances = &baseline.facilities.facilities[id].entrances;
    let snapped = |place: LonLat| baseline.snapper.snap(&ground, place, limit);
    entrances.iter().copied().find(|&place| snapped(place).as_ref() == Some(end))
}

/// The streets walked, in order; parts of one name in a row are one.
fn streets(app: &App, route: &Route) -> Vec<Value> {
    let graph = &app.baseline().graph;
    let mut streets: Vec<(&str, u64, WalkTime)> = Vec::new();
    for leg in &route.legs {
        let (name, mm) = (graph.name(leg.edge), u64::from(leg.from_mm.abs_diff(leg.to_mm)));
        match streets.last_mut() {
            Some(last) if last.0 == name => *last = (name, last.1 + mm, last.2.plus(leg.time)),
            _ => streets.push((name, mm, leg.time)),
        }
    }
    streets
        .into_iter()
        .map(|(name, mm, time)| {
            let name = (!name.is_empty()).then_some(name);
            json!({ "name": name, "m": mm as f64 / 1000.0, "min": time.as_minutes() })
        })
        .collect()
}
