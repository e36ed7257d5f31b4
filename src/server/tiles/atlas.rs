//! Where everything lies that tiles are drawn from.

use crate::ids::EdgeId;
use crate::scenario::Baseline;
use crate::server::content::MapContent;
use crate::spatial::{Area, BoundingBox, BoxIndex, LonLat};
use crate::street::{StreetClass, StreetGraph};

use super::grid::TileId;

/// How important a street is on the map: the smaller, the farther out it is drawn.
pub(super) const TIERS: usize = 4;

/// Indexes over every shape, made once when the first tile is asked for.
#[derive(Debug)]
pub(in crate::server) struct Atlas {
    streets: [BoxIndex; TIERS],
    pub(super) demand: BoxIndex,
    pub(super) zones: BoxIndex,
    pub(super) water: BoxIndex,
    pub(super) water_lines: BoxIndex,
    pub(super) green: BoxIndex,
    pub(super) rail: BoxIndex,
    pub(super) motorways: BoxIndex,
    pub(super) buildings: BoxIndex,
}

impl Atlas {
    /// Indexes over a study and its base map.
    pub(in crate::server) fn new(baseline: &Baseline, content: &MapContent) -> Self {
        let points = &baseline.demand.points;
        let at = |place: LonLat| Some(BoundingBox { min: place, max: place });
        Self {
            streets: [0, 1, 2, 3].map(|tier| street_index(&baseline.graph, tier)),
            demand: index(points.iter().map(|point| at(point.place))),
            zones: areas(baseline.zones.zones.iter().map(|zone| &zone.area)),
            water: areas(content.water.iter().map(|water| &water.area)),
            water_lines: lines(content.water_lines.iter().map(|water| &water.line)),
            green: areas(content.green.iter().map(|green| &green.area)),
            rail: lines(&content.rail),
            motorways: lines(&content.motorways),
            buildings: areas(&content.buildings),
        }
    }

    /// Street parts of the first `tiers` tiers near a tile, most important first, then by id.
    pub(super) fn streets(&self, tile: TileId, tiers: usize) -> Vec<EdgeId> {
        let found = |index: &BoxIndex| near(index, tile).map(EdgeId).collect::<Vec<_>>();
        self.streets.iter().take(tiers).flat_map(found).collect()
    }
}

/// Numbers of what may be seen on a tile, in order.
pub(super) fn near(index: &BoxIndex, tile: TileId) -> impl Iterator<Item = u32> + use<> {
    tile.window().map(|window| index.touching(window)).unwrap_or_default().into_iter()
}

fn index(boxes: impl Iterator<Item = Option<BoundingBox>>) -> BoxIndex {
    BoxIndex::new((0_u32..).zip(boxes).filter_map(|(number, bounds)| Some((number, bounds?))))
}

fn areas<'a>(areas: impl IntoIterator<Item = &'a Area>) -> BoxIndex {
    index(areas.into_iter().map(Area::bounding_box))
}

fn lines<'a>(lines: impl IntoIterator<Item = &'a Vec<LonLat>>) -> BoxIndex {
    index(lines.into_iter().map(|line| box_of(line)))
}

/// The box of a line; `None` when it is drawn the long way round at the antimeridian.
fn box_of(line: &[LonLat]) -> Option<BoundingBox> {
    let bounds = BoundingBox::around(line.iter().copied())?;
    (bounds.max.lon_e7().abs_diff(bounds.min.lon_e7()) < 1_800_000_000).then_some(bounds)
}

fn street_index(graph: &StreetGraph, tier: usize) -> BoxIndex {
    let drawn = graph
        .edges()
        .enumerate()
        .filter(|&(id, edge)| tier_of(edge.class) == Some(tier) && graph.street_mm(id) > 0);
    BoxIndex::new(drawn.filter_map(|(id, _)| Some((id.0, box_of(graph.shape(id))?))))
}

/// The tier of a street class; `None` when it is not drawn.
fn tier_of(class: StreetClass) -> Option<usize> {
    use StreetClass as C;
    match class {
        C::Trunk | C::Primary | C::Secondary => Some(0),
        C::Tertiary => Some(1),
        C::Residential | C::Unclassified | C::LivingStreet | C::Pedestrian => Some(2),
        C::Elevator | C::Gate | C::Ferry => None,
        _ => Some(3),
    }
}
