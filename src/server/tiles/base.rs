//! The base map.

use fast_mvt::MvtResult;

use crate::scenario::Baseline;
use crate::server::app::App;
use crate::server::content::{KindArea, MapContent};
use crate::server::routes::level_name;
use crate::street::StreetClass;

use super::DETAIL_ZOOM;
use super::atlas::{Atlas, TIERS, near};
use super::canvas::{Canvas, Pixel, RingRole};
use super::grid::TileId;
use super::pen::{Layer, Said, Shape};
use super::street::{Street, joined, streets};

/// Zoom from which buildings are drawn.
const BUILDING_ZOOM: u8 = 13;

/// All layers of a tile of the base map.
pub(super) fn draw(app: &App, id: TileId) -> MvtResult<Vec<u8>> {
    let (baseline, content, atlas) = (app.baseline(), app.content(), app.atlas());
    let canvas = Canvas::new(id);
    let layers = [
        water(content, atlas, &canvas)?,
        kinds("green", &canvas, near(&atlas.green, id).map(|i| &content.green[i as usize]))?,
        rail(content, atlas, &canvas)?,
        building(content, atlas, &canvas)?,
        street(baseline, (content, atlas), &canvas)?,
        boundary(baseline, atlas, &canvas)?,
        zone(baseline, atlas, &canvas)?,
        place(content, &canvas)?,
    ];
    Ok(layers.concat())
}

fn kinds<'a>(
    name: &str,
    canvas: &Canvas,
    areas: impl Iterator<Item = &'a KindArea>,
) -> MvtResult<Vec<u8>> {
    let mut layer = Layer::new(name)?;
    for KindArea { kind, area } in areas {
        layer = layer.add(&Shape::Rings(canvas.rings(area)), &[("kind", Said::Text(kind))])?;
    }
    Ok(layer.encode())
}

fn water(content: &MapContent, atlas: &Atlas, canvas: &Canvas) -> MvtResult<Vec<u8>> {
    let mut layer = Layer::new("water")?;
    for index in near(&atlas.water, canvas.id) {
        let KindArea { kind, area } = &content.water[index as usize];
        layer = layer.add(&Shape::Rings(canvas.rings(area)), &[("kind", Said::Text(kind))])?;
    }
    for index in near(&atlas.water_lines, canvas.id) {
        let water = &content.water_lines[index as usize];
        let is_small = !matches!(water.kind.as_ref(), "river" | "canal" | "coastline");
        if canvas.zoom() < 12 && is_small || canvas.zoom() < 9 {
            continue;
        }
        let lines = canvas.lines(canvas.project(&water.line));
        layer = layer.add(&Shape::Lines(lines), &[("kind", Said::Text(&water.kind))])?;
    }
    Ok(layer.encode())
}

fn rail(content: &MapContent, atlas: &Atlas, canvas: &Canvas) -> MvtResult<Vec<u8>> {
    if canvas.zoom() < 10 {
        return Ok(Vec::new());
    }
    let tracks = near(&atlas.rail, canvas.id).map(|index| &content.rail[index as usize]);
    let lines = tracks.flat_map(|track| canvas.lines(canvas.project(track))).collect();
    Ok(Layer::new("rail")?.add(&Shape::Lines(lines), &[])?.encode())
}

fn building(content: &MapContent, atlas: &Atlas, canvas: &Canvas) -> MvtResult<Vec<u8>> {
    if canvas.zoom() < BUILDING_ZOOM {
        return Ok(Vec::new());
    }
    let mut layer = Layer::new("building")?;
    for index in near(&atlas.buildings, canvas.id) {
        let rings = canvas.rings(&content.buildings[index as usize]);
        layer = layer.add(&Shape::Rings(rings), &[])?;
    }
    Ok(layer.encode())
}

/// How many tiers of streets are drawn at a zoom.
fn street_tiers(zoom: u8) -> usize {
    match zoom {
        0..=6 => 0,
        7..=9 => 1,
        10 => 2,
        11 | 12 => 3,
        _ => TIERS,
    }
}

/// Streets as lines of one class and, up close, one name.
fn street(
    baseline: &Baseline,
    (content, atlas): (&MapContent, &Atlas),
    canvas: &Canvas,
) -> MvtResult<Vec<u8>> {
    let mut layer = Layer::new("street")?;
    if canvas.zoom() >= 7 {
        let roads = near(&atlas.motorways, canvas.id).map(|i| &content.motorways[i as usize]);
        let lines = roads.flat_map(|road| canvas.lines(canvas.project(road))).collect();
        layer = layer.add(&Shape::Lines(lines), &[("class", Said::Text("major"))])?;
    }
    let edges = baseline.graph.edges();
    let name = |street: &Street| match canvas.zoom() {
        DETAIL_ZOOM.. => baseline.graph.name(street.edge),
        _ => "",
    };
    let mut drawn: Vec<(&str, &str, Street)> =
        streets(baseline, atlas, canvas, street_tiers(canvas.zoom()))
            .into_iter()
            .filter_map(|street| Some((class(edges[street.edge].class)?, name(&street), street)))
            .collect();
    drawn.sort_by(|a, b| (a.0, a.1, a.2.edge).cmp(&(b.0, b.1, b.2.edge)));
    let mut rest = drawn.into_iter().peekable();
    while let Some((class, name, first)) = rest.next() {
        let mut group = vec![first];
        while let Some((_, _, next)) = rest.next_if(|next| (next.0, next.1) == (class, name)) {
            group.push(next);
        }
        let lines = Shape::Lines(joined(baseline, canvas, group));
        let said = [("class", Said::Text(class)), ("name", Said::Text(name))];
        layer = layer.add(&lines, if name.is_empty() { &said[..1] } else { &said })?;
    }
    Ok(layer.encode())
}

/// The class drawn; `None` for ways across squares and lifts, which are no streets to the eye.
fn class(class: StreetClass) -> Option<&'static str> {
    use StreetClass as C;
    match class {
        C::Trunk | C::Primary | C::Secondary | C::Tertiary => Some("major"),
        C::Residential | C::Unclassified | C::LivingStreet | C::Pedestrian | C::Service => {
            Some("minor")
        }
        C::Steps | C::Escalator => Some("steps"),
        C::Plaza | C::Elevator | C::Gate | C::Ferry => None,
        _ => Some("path"),
    }
}

fn boundary(baseline: &Baseline, atlas: &Atlas, canvas: &Canvas) -> MvtResult<Vec<u8>> {
    let mut layer = Layer::new("boundary")?;
    for index in near(&atlas.zones, canvas.id) {
        let zone = &baseline.zones.zones.as_slice()[index as usize];
        let rings =
            zone.area.polygons.iter().flat_map(|p| std::iter::once(&p.outer).chain(&p.holes));
        let lines: Vec<Vec<Pixel>> =
            rings.flat_map(|ring| canvas.lines(canvas.project(ring))).collect();
        let level = level_name(&baseline.zones, zone.level);
        layer = layer.add(&Shape::Lines(lines), &[("level", Said::Text(level))])?;
    }
    Ok(layer.encode())
}

fn zone(baseline: &Baseline, atlas: &Atlas, canvas: &Canvas) -> MvtResult<Vec<u8>> {
    let mut layer = Layer::new("zone")?;
    for index in near(&atlas.zones, canvas.id) {
        let zone = &baseline.zones.zones.as_slice()[index as usize];
        let rings: Vec<(Vec<Pixel>, RingRole)> = canvas.rings(&zone.area);
        let said = [
            ("id", Said::Text(&zone.key)),
            ("name", Said::Text(&zone.name)),
            ("level", Said::Text(level_name(&baseline.zones, zone.level))),
        ];
        layer = layer.add(&Shape::Rings(rings), &said)?;
    }
    Ok(layer.encode())
}

fn place(content: &MapContent, canvas: &Canvas) -> MvtResult<Vec<u8>> {
    let mut layer = Layer::new("place")?;
    for name in &content.places {
        let from = match name.kind.as_ref() {
            "city" | "town" => 0,
            "village" | "suburb" => 9,
            _ => 12,
        };
        if let Some(point) = canvas.point(name.place).filter(|_| canvas.zoom() >= from) {
            let said = [("name", Said::Text(&name.name)), ("kind", Said::Text(&name.kind))];
            layer = layer.add(&Shape::Point(point), &said)?;
        }
    }
    Ok(layer.encode())
}
