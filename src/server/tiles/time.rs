//! Walking times: streets and homes by the minutes to the nearest facility.

use std::collections::BTreeMap;

use fast_mvt::MvtResult;

use crate::ids::{DemandPointId, EdgeId, GroupId, Id};
use crate::server::app::{App, Sweep, SweepKey};
use crate::units::{Persons, WalkTime};

use super::DETAIL_ZOOM;
use super::atlas::{TIERS, near};
use super::canvas::{Canvas, Pixel};
use super::grid::TileId;
use super::pen::{Layer, Said, Shape};
use super::street::{Street, joined, streets};

/// Zoom from which people are drawn.
const DEMAND_ZOOM: u8 = 11;
/// Side of the cells that people are gathered in farther out, in units (6 px of 512).
const GATHER: i32 = 48;

/// All layers of a tile of times.
pub(super) fn draw(app: &App, key: SweepKey, id: TileId) -> MvtResult<Vec<u8>> {
    let (canvas, sweep) = (Canvas::new(id), app.sweep(key));
    Ok([street_time(app, (key, &sweep), &canvas)?, demand(app, &sweep, &canvas)?].concat())
}

/// Times at the ends of a street part in tenths of minutes, rounded up: the nearer, then the farther.
/// `None` where the walker may not go or an end is not reached.
type Ends = Option<(u32, u32)>;

/// Streets by time. Up close each part has both its ends' times; farther out whole minutes of the farther.
fn street_time(app: &App, (key, sweep): (SweepKey, &Sweep), canvas: &Canvas) -> MvtResult<Vec<u8>> {
    let (baseline, walker) = (app.baseline(), app.walker(key.1));
    let ends = |edge: EdgeId| -> Ends {
        let ends = baseline.graph.edges()[edge];
        let (a, b) = (sweep.field.time(ends.from), sweep.field.time(ends.to));
        let walkable = walker.impedance.is_walkable(edge);
        (walkable && a.max(b).is_reachable()).then(|| match canvas.zoom() {
            DETAIL_ZOOM.. => (tenths(a.min(b)), tenths(a.max(b))),
            _ => (0, tenths(a.max(b)).div_ceil(10) * 10),
        })
    };
    let mut drawn: Vec<(Ends, Street)> =
        streets(baseline, app.atlas(), canvas, street_tiers(canvas.zoom()))
            .into_iter()
            .map(|street| (ends(street.edge), street))
            .collect();
    drawn.sort_by_key(|(ends, street)| (*ends, street.edge));
    let mut layer = Layer::new("street_time")?;
    let mut rest = drawn.into_iter().peekable();
    while let Some((ends, first)) = rest.next() {
        let mut group = vec![first];
        while let Some((_, next)) = rest.next_if(|next| next.0 == ends) {
            group.push(next);
        }
        let lines = Shape::Lines(joined(baseline, canvas, group));
        let said = ends.map(|(near, far)| {
            [("min", Said::Number(minutes(far))), ("min_a", Said::Number(minutes(near)))]
        });
        let told = if canvas.zoom() >= DETAIL_ZOOM { 2 } else { 1 };
        layer = layer.add(&lines, said.as_ref().map_or(&[], |said| &said[..told]))?;
    }
    Ok(layer.encode())
}

/// How many tiers of streets are drawn at a zoom.
fn street_tiers(zoom: u8) -> usize {
    match zoom {
        0..=6 => 1,
        7..=9 => 2,
        10 | 11 => 3,
        _ => TIERS,
    }
}

fn tenths(time: WalkTime) -> u32 {
    time.as_ms().div_ceil(6_000)
}

fn minutes(tenths: u32) -> f64 {
    f64::from(tenths) / 10.0
}

/// People by time: every demand point up close, farther out those of one cell and one whole minute together.
fn demand(app: &App, sweep: &Sweep, canvas: &Canvas) -> MvtResult<Vec<u8>> {
    let mut layer = Layer::new("demand")?;
    if canvas.zoom() < DEMAND_ZOOM {
        return Ok(layer.encode());
    }
    for (point, persons, time) in gathered(app, sweep, canvas) {
        let said = [
            ("persons", Said::Number(persons.count())),
            ("min", Said::Number(time.map_or(0.0, minutes))),
        ];
        let told = if time.is_some() { &said[..] } else { &said[..1] };
        layer = layer.add(&Shape::Point(point), told)?;
    }
    Ok(layer.encode())
}

fn gathered(
    app: &App,
    sweep: &Sweep,
    canvas: &Canvas,
) -> impl Iterator<Item = (Pixel, Persons, Option<u32>)> + use<> {
    let points = &app.baseline().demand.points;
    let all = GroupId(0).index();
    let mut dots: BTreeMap<(Pixel, Option<u32>, u32), (Pixel, Persons)> = BTreeMap::new();
    for number in near(&app.atlas().demand, canvas.id) {
        let point = &points[DemandPointId(number)];
        let persons = point.persons[all];
        let Some(pixel) = canvas.point(point.place) else { continue };
        if point.zone.is_none() || persons == Persons::ZERO {
            continue;
        }
        let time = sweep.times.time(DemandPointId(number)).reached().map(tenths);
        let key = if canvas.zoom() >= DETAIL_ZOOM {
            (pixel, time, number)
        } else {
            let cell = pixel.map(|value| value.div_euclid(GATHER));
            (cell, time.map(|time| time.div_ceil(10) * 10), 0)
        };
        dots.entry(key).or_insert((pixel, Persons::ZERO)).1 += persons;
    }
    dots.into_iter().map(|((_, time, _), (pixel, persons))| (pixel, persons, time))
}
