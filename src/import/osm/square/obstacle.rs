//! What stands on squares: buildings, water, walls, fences and tracks on the ground, and stairs on their own storey.

use rayon::prelude::*;

use super::grid::{Point, side};
use super::outline::bounds_of;
use super::{Plaza, Spots};
use crate::import::osm::obstacles::{blocking, stands};
use crate::import::osm::rings::slot_rings;
use crate::import::osm::scan::Meaning;
use crate::import::osm::streets::Piece;
use crate::import::osm::tags::basemap::Extent;
use crate::spatial::{BoundingBox, BoxIndex};
use crate::street::{ObstacleKind, StreetClass, StreetTraits};

/// Places on the rim of a square that are asked whether they lie inside something.
const RIM_ASKED: usize = 9;

/// What something on a square is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nothing that one walks on.
    Blocking(ObstacleKind),
    /// Stairs, which are walked by themselves.
    Stairs,
}

/// Something that one walks around.
pub(super) struct Obstacle {
    kind: Kind,
    /// Storey in halves.
    level: i16,
    /// Whether it has an inside.
    pub(super) is_area: bool,
    /// Its rings or lines, in slots.
    lines: Vec<Vec<u32>>,
    /// The box around it.
    pub(super) bounds: BoundingBox,
}

/// Kind, storey, and whether it has an inside.
type What = (Kind, i16, bool);

impl Obstacle {
    /// Its straight pieces.
    pub(super) fn edges(&self) -> impl Iterator<Item = [u32; 2]> {
        self.lines.iter().flat_map(|line| line.windows(2).map(|pair| [pair[0], pair[1]]))
    }

    /// Whether one of its edges may run over ground within `bounds`.
    pub(super) fn touches(&self, spots: &Spots<'_>, bounds: BoundingBox) -> bool {
        self.edges().any(|edge| edge_touches(spots, edge, bounds))
    }

    /// Whether it stands in the way on a square with these places on its rim: on one storey; not a building or
    /// water that the square itself is on, nor what a bridge or pier leads over.
    pub(super) fn stands_on(&self, spots: &Spots<'_>, plaza: &Piece, rim: &[Point]) -> bool {
        let is_on = |what: StreetTraits| plaza.traits.intersects(what);
        let in_the_way = match self.kind {
            Kind::Stairs => !is_stairs(plaza.class),
            Kind::Blocking(ObstacleKind::Building) => {
                let inside = StreetTraits::TUNNEL | StreetTraits::INDOOR | StreetTraits::BRIDGE;
                !is_on(inside) && !self.is_around(spots, rim)
            }
            Kind::Blocking(ObstacleKind::Water) => {
                let is_over = is_on(StreetTraits::BRIDGE) || plaza.class != StreetClass::Plaza;
                !is_over && !self.is_around(spots, rim)
            }
            Kind::Blocking(ObstacleKind::Fence | ObstacleKind::Wall) => true,
            Kind::Blocking(_) => !is_on(StreetTraits::BRIDGE),
        };
        in_the_way && self.level == plaza.level
    }

    /// Whether most of some places on the rim of a square lie inside.
    fn is_around(&self, spots: &Spots<'_>, rim: &[Point]) -> bool {
        let holds = |place: &Point| {
            let passed = self.edges().filter(|edge| {
                let [a, b] = edge.map(|slot| spots.point(slot));
                let is_left = || (side(a, b, *place) > 0) == (b.1 > a.1);
                (a.1 > place.1) != (b.1 > place.1) && is_left()
            });
            passed.count() % 2 == 1
        };
        let step = rim.len().div_ceil(RIM_ASKED).max(1);
        let asked = || rim.iter().step_by(step);
        self.is_area && asked().filter(|&place| holds(place)).count() * 2 > asked().count()
    }
}

/// Whether the box of an edge shares a place with `bounds`.
pub(super) fn edge_touches(spots: &Spots<'_>, edge: [u32; 2], bounds: BoundingBox) -> bool {
    let places = edge.into_iter().filter_map(|slot| spots.place(slot));
    BoundingBox::around(places).is_some_and(|around| around.shared(bounds).is_some())
}

fn is_stairs(class: StreetClass) -> bool {
    matches!(class, StreetClass::Steps | StreetClass::Escalator)
}

/// All obstacles whose boxes touch that of a square, in order of their ids.
pub(super) fn find_obstacles(
    spots: &Spots<'_>,
    lines: &[Piece],
    plazas: &[Plaza],
) -> Vec<Obstacle> {
    let bounds = plazas.iter().map(|plaza| bounds_of(spots, plaza));
    let index = BoxIndex::new((0_u32..).zip(bounds).filter_map(|(at, bounds)| Some((at, bounds?))));
    let is_near = |obstacle: &Obstacle| !index.touching(obstacle.bounds).is_empty();
    let ground = spots.ground;
    let of_ways = ground.ways.par_iter().flat_map_iter(|way| {
        let slots = ground.slots(way);
        let is_closed = slots.len() >= 4 && slots.first() == slots.last();
        let kinds = kinds_of((&way.meaning, is_closed));
        kinds.filter_map(move |what| obstacle_of(spots, what, vec![slots.to_vec()]))
    });
    let mut found: Vec<Obstacle> = of_ways.filter(is_near).collect();
    for relation in &ground.relations {
        for what in kinds_of((&relation.meaning, true)).filter(|what| what.2) {
            let (rings, _) = slot_rings(ground, relation);
            found.extend(obstacle_of(spots, what, rings).filter(is_near));
        }
    }
    for line in lines.iter().filter(|line| is_stairs(line.class)) {
        let what = (Kind::Stairs, line.level, false);
        found.extend(obstacle_of(spots, what, vec![line.slots.clone()]).filter(is_near));
    }
    for plaza in plazas.iter().filter(|plaza| is_stairs(plaza.template.class)) {
        let what = (Kind::Stairs, plaza.template.level, true);
        found.extend(obstacle_of(spots, what, plaza.rings.clone()));
    }
    found
}

/// What the tags of a way or multipolygon put in the way.
fn kinds_of((meaning, is_closed): (&Meaning, bool)) -> impl Iterator<Item = What> {
    let building = Kind::Blocking(ObstacleKind::Building);
    let built = (is_closed && stands(meaning)).then_some((building, 0, true));
    let on_ground = blocking(meaning).filter(|(base, _)| base.kind != "subway");
    let drawn = on_ground.filter_map(move |(base, kind)| {
        let is_area = is_closed && base.extent != Extent::Line;
        (is_area || base.extent != Extent::Area).then_some((Kind::Blocking(kind), 0, is_area))
    });
    built.into_iter().chain(drawn)
}

/// An obstacle over the slots that are in the file: lines are cut where one is missing, areas need all of a ring.
fn obstacle_of(
    spots: &Spots<'_>,
    (kind, level, is_area): What,
    lines: Vec<Vec<u32>>,
) -> Option<Obstacle> {
    let is_there = |slot: &u32| spots.place(*slot).is_some();
    let lines: Vec<Vec<u32>> = if is_area {
        lines.into_iter().filter(|ring| ring.iter().all(is_there)).collect()
    } else {
        let runs = lines.iter().flat_map(|line| line.split(move |slot| !is_there(slot)));
        runs.filter(|run| run.len() > 1).map(<[u32]>::to_vec).collect()
    };
    let places = lines.iter().flatten().filter_map(|&slot| spots.place(slot));
    // Over the antimeridian it would span the earth.
    let spans = |bounds: &BoundingBox| bounds.min.lon_e7().abs_diff(bounds.max.lon_e7());
    let bounds = BoundingBox::around(places).filter(|bounds| spans(bounds) < 1_800_000_000)?;
    Some(Obstacle { kind, level, is_area, lines, bounds })
}
