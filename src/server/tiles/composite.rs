//! Homes by how many of several functions they lack.

use std::collections::BTreeMap;

use fast_mvt::MvtResult;

use crate::ids::{DemandPointId, GroupId, Id};
use crate::server::app::{App, Lacking};
use crate::units::Persons;

use super::DETAIL_ZOOM;
use super::atlas::near;
use super::canvas::{Canvas, Pixel};
use super::grid::TileId;
use super::pen::{Layer, Said, Shape};

/// Side of the cells that people are gathered in farther out, in units (6 px of 512).
const GATHER: i32 = 48;

/// Every home up close, those of one cell that lack the same farther out.
pub(super) fn draw(
    app: &App,
    (lacking, ids): (&Lacking, &[&str]),
    id: TileId,
) -> MvtResult<Vec<u8>> {
    let canvas = Canvas::new(id);
    let points = &app.baseline().demand.points;
    let everybody = GroupId(0).index();
    let mut dots: BTreeMap<(Pixel, u32, u32), (Pixel, Persons)> = BTreeMap::new();
    for number in near(&app.atlas().demand, canvas.id) {
        let point = &points[DemandPointId(number)];
        let Some(pixel) = canvas.point(point.place) else { continue };
        let persons = point.persons[everybody];
        let is_known = !lacking.lacks_street(DemandPointId(number));
        if point.zone.is_none() || persons == Persons::ZERO || !is_known {
            continue;
        }
        let missing = lacking.missing(DemandPointId(number));
        let key = if canvas.zoom() >= DETAIL_ZOOM {
            (pixel, missing, number)
        } else {
            (pixel.map(|value| value.div_euclid(GATHER)), missing, 0)
        };
        dots.entry(key).or_insert((pixel, Persons::ZERO)).1 += persons;
    }
    let mut layer = Layer::new("composite")?;
    for ((_, missing, _), (pixel, persons)) in dots {
        let lacks = |index: &usize| missing & (1 << index) != 0;
        let names: Vec<&str> = (0..ids.len()).filter(lacks).map(|index| ids[index]).collect();
        let names = names.join(",");
        let said = [
            ("missing", Said::Number(f64::from(missing.count_ones()))),
            ("persons", Said::Number(persons.count())),
            ("functions", Said::Text(&names)),
        ];
        layer = layer.add(&Shape::Point(pixel), &said)?;
    }
    Ok(layer.encode())
}
