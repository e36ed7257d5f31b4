//! What one more site would gain, as streets by the people it would newly cover.

use std::collections::BTreeMap;

use fast_mvt::MvtResult;

use crate::server::app::App;
use crate::server::gains::Gains;

use super::atlas::TIERS;
use super::canvas::Canvas;
use super::grid::TileId;
use super::pen::{Layer, Said, Shape};
use super::street::{Street, joined, streets};

/// Steps that the gain is told in, from nobody to the most.
const STEPS: f64 = 64.0;

/// Streets where a site would gain somebody, by how many: the mean of both ends.
pub(super) fn draw(app: &App, gains: &Gains, id: TileId) -> MvtResult<Vec<u8>> {
    let canvas = Canvas::new(id);
    let graph = &app.baseline().graph;
    let most = gains.surface.best().map_or(0.0, |(_, gained)| gained.count());
    let tiers = match id.zoom() {
        0..=6 => 1,
        7..=9 => 2,
        10 | 11 => 3,
        _ => TIERS,
    };
    let mut groups: BTreeMap<u32, Vec<Street>> = BTreeMap::new();
    for street in streets(app.baseline(), app.atlas(), &canvas, tiers) {
        let ends = graph.edges()[street.edge];
        let of = |node| gains.surface.at(node).count();
        let gained = f64::midpoint(of(ends.from), of(ends.to));
        if gained > 0.0 {
            groups.entry((gained / most * STEPS).ceil() as u32).or_default().push(street);
        }
    }
    let mut layer = Layer::new("gain")?;
    for (step, group) in groups {
        let lines = Shape::Lines(joined(app.baseline(), &canvas, group));
        let gained = (f64::from(step) / STEPS * most * 10.0).round() / 10.0;
        let share = f64::from(step) / STEPS;
        let said = [("gained_persons", Said::Number(gained)), ("share", Said::Number(share))];
        layer = layer.add(&lines, &said)?;
    }
    Ok(layer.encode())
}
