//! What stands on squares: stairs on their own storey, which are walked by themselves.

use super::outline::bounds_of;
use super::{Plaza, Spots};
use crate::import::osm::streets::Piece;
use crate::spatial::{BoundingBox, BoxIndex};
use crate::street::StreetClass;

/// Something that one walks around.
pub(super) struct Obstacle {
    /// Storey in halves.
    level: i16,
    /// Whether it has an inside.
    pub(super) is_area: bool,
    /// Its rings or lines, in slots.
    lines: Vec<Vec<u32>>,
    /// The box around it.
    pub(super) bounds: BoundingBox,
}

impl Obstacle {
    /// Its straight pieces.
    pub(super) fn edges(&self) -> impl Iterator<Item = [u32; 2]> {
        self.lines.iter().flat_map(|line| line.windows(2).map(|pair| [pair[0], pair[1]]))
    }

    /// Whether it stands in the way on a square.
    pub(super) fn stands_on(&self, plaza: &Piece) -> bool {
        self.level == plaza.level && !is_stairs(plaza.class)
    }
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
    let of_lines = lines.iter().filter(|line| is_stairs(line.class)).filter_map(|line| {
        obstacle_of(spots, (false, line.level), vec![line.slots.clone()]).filter(is_near)
    });
    let of_areas = plazas
        .iter()
        .filter(|plaza| is_stairs(plaza.template.class))
        .filter_map(|plaza| obstacle_of(spots, (true, plaza.template.level), plaza.rings.clone()));
    of_lines.chain(of_areas).collect()
}

fn obstacle_of(
    spots: &Spots<'_>,
    (is_area, level): (bool, i16),
    lines: Vec<Vec<u32>>,
) -> Option<Obstacle> {
    let places = lines.iter().flatten().filter_map(|&slot| spots.place(slot));
    let bounds = BoundingBox::around(places)?;
    Some(Obstacle { level, is_area, lines, bounds })
}
