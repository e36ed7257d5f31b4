//! What cannot be crossed off the streets: walls, water, tracks, buildings.

use std::ops::ControlFlow;

use crate::spatial::frame::ground_distance;
use crate::spatial::index::SegmentPiece;
use crate::spatial::look::Look;
use crate::spatial::{Area, BoundingBox, BoxIndex, LonLat, SegmentIndex};
use crate::units::Meters;

use super::StreetTraits;

/// How far from its ends a look is not blocked, in metres: a door lies on its own wall, a street may run on one,
/// and places are rounded to a centimetre.
const TOUCH_M: f64 = 0.05;
/// No building.
const NO_BUILDING: u32 = u32::MAX;

/// What stands in the way, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ObstacleKind {
    /// A fence or hedge.
    Fence,
    /// A building: one may know a way through.
    Building,
    /// A wall.
    Wall,
    /// Tracks of trains.
    Rail,
    /// A river, canal, lake or the sea.
    Water,
    /// A motorway.
    Motorway,
}

impl ObstacleKind {
    /// Every kind, each at the position of its number.
    pub const ALL: [Self; 6] =
        [Self::Fence, Self::Building, Self::Wall, Self::Rail, Self::Water, Self::Motorway];

    /// The kind with this number (`kind as u8`).
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// Something stands there that is no weaker than what was asked for.
pub(crate) struct TooStrong;

/// A building on the ground.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Its outline.
    pub outline: Area,
    /// Doors mapped on it.
    pub doors: Vec<LonLat>,
}

/// What cannot be crossed off the streets.
#[derive(Debug, Default)]
pub struct Obstacles {
    lines: Vec<(ObstacleKind, Vec<LonLat>)>,
    waters: Vec<Area>,
    buildings: Vec<Footprint>,
    limits: Vec<(LonLat, StreetTraits)>,
    index: SegmentIndex,
    /// Kind of each indexed line, and the building it is a ring of.
    rings: Vec<(ObstacleKind, u32)>,
    boxes: BoxIndex,
    water_boxes: BoxIndex,
}

impl Obstacles {
    /// Lines (tracks, motorways, walls, rivers), areas of water and buildings that only streets cross.
    pub fn new(
        lines: Vec<(ObstacleKind, Vec<LonLat>)>,
        waters: Vec<Area>,
        buildings: Vec<Footprint>,
    ) -> Self {
        let mut rings: Vec<(ObstacleKind, u32)> = Vec::new();
        let mut shapes: Vec<&[LonLat]> = Vec::new();
        for (kind, line) in &lines {
            rings.push((*kind, NO_BUILDING));
            shapes.push(line);
        }
        for ring in waters.iter().flat_map(Area::rings) {
            rings.push((ObstacleKind::Water, NO_BUILDING));
            shapes.push(ring);
        }
        for (building, number) in buildings.iter().zip(0_u32..) {
            for ring in building.outline.rings() {
                rings.push((ObstacleKind::Building, number));
                shapes.push(ring);
            }
        }
        let index = SegmentIndex::new((0..).zip(shapes));
        let bounds = |(building, number): (&Footprint, u32)| {
            Some((number, building.outline.bounding_box()?))
        };
        let boxes = BoxIndex::new(buildings.iter().zip(0_u32..).filter_map(bounds));
        let bounds = |(water, number): (&Area, u32)| Some((number, water.bounding_box()?));
        let water_boxes = BoxIndex::new(waters.iter().zip(0_u32..).filter_map(bounds));
        Self { lines, waters, buildings, limits: Vec::new(), index, rings, boxes, water_boxes }
    }

    /// The same, with what doors and gates are to who goes in by them, where not everybody gets in at all times.
    #[must_use]
    pub fn with_limits(mut self, mut limits: Vec<(LonLat, StreetTraits)>) -> Self {
        limits.sort_unstable();
        self.limits = limits;
        self
    }

    /// The doors and gates that not everybody gets in by at all times, sorted by place.
    pub fn limits(&self) -> &[(LonLat, StreetTraits)] {
        &self.limits
    }

    /// What a door or gate is to who goes in by it.
    pub fn limits_at(&self, door: LonLat) -> StreetTraits {
        let first = self.limits.partition_point(|limit| limit.0 < door);
        let here = self.limits[first..].iter().take_while(|limit| limit.0 == door);
        here.fold(StreetTraits::empty(), |all, limit| all | limit.1)
    }

    /// The lines with their kinds.
    pub fn lines(&self) -> &[(ObstacleKind, Vec<LonLat>)] {
        &self.lines
    }

    /// Areas of water.
    pub fn waters(&self) -> &[Area] {
        &self.waters
    }

    /// The buildings.
    pub fn buildings(&self) -> &[Footprint] {
        &self.buildings
    }

    /// Every straight piece of a line or of the outline of water; buildings are left out.
    pub fn pieces(&self) -> impl Iterator<Item = [LonLat; 2]> {
        let outlines = self.waters.iter().flat_map(Area::rings);
        let lines = self.lines.iter().map(|(_, line)| line.as_slice());
        lines.chain(outlines).flat_map(|line| line.windows(2).map(|pair| [pair[0], pair[1]]))
    }

    /// The buildings that `place` lies inside, not on the outline of; in order.
    pub fn buildings_around(&self, place: LonLat) -> Vec<u32> {
        if self.boxes.is_empty() {
            return Vec::new();
        }
        let window = BoundingBox { min: place, max: place };
        let mut found = self.boxes.touching(window);
        found.retain(|&number| self.buildings[number as usize].outline.holds_inside(place));
        found
    }

    /// Whether anything stands between two places but the walls of the buildings `within`.
    pub fn blocks(&self, from: LonLat, to: LonLat, within: &[u32]) -> bool {
        let mut is_blocked = false;
        self.each_between(from, to, within, |_, _| {
            is_blocked = true;
            ControlFlow::Break(())
        });
        is_blocked || self.lies_through(from, to, within).is_some()
    }

    /// The strongest thing between two places but the walls of the buildings `within`; `None` when one sees the
    /// other.
    pub fn between(&self, from: LonLat, to: LonLat, within: &[u32]) -> Option<ObstacleKind> {
        let mut strongest: Option<ObstacleKind> = None;
        self.each_between(from, to, within, |kind, _| {
            strongest = strongest.max(Some(kind));
            ControlFlow::Continue(())
        });
        strongest.or_else(|| self.lies_through(from, to, within))
    }

    /// As [`Obstacles::between`], when it is weaker than `limit`; an error when something as strong stands there.
    pub(crate) fn between_weaker(
        &self,
        (from, to): (LonLat, LonLat),
        within: &[u32],
        (limit, blockers): (ObstacleKind, &mut Blockers),
    ) -> Result<Option<ObstacleKind>, TooStrong> {
        let is_too_strong = |line: u32| self.rings[line as usize].0 >= limit;
        if self.is_blocked_again((from, to), within, (is_too_strong, blockers)) {
            return Err(TooStrong);
        }
        let mut strongest: Option<ObstacleKind> = None;
        self.each_between(from, to, within, |kind, piece| {
            strongest = strongest.max(Some(kind));
            if kind < limit {
                return ControlFlow::Continue(());
            }
            blockers.remember(piece);
            ControlFlow::Break(())
        });
        strongest = strongest.or_else(|| self.lies_through(from, to, within));
        if strongest.is_some_and(|kind| kind >= limit) { Err(TooStrong) } else { Ok(strongest) }
    }

    /// As [`Obstacles::blocks`], of looks that begin near each other: what blocked one is tried first.
    pub(crate) fn blocks_known(
        &self,
        from: LonLat,
        to: LonLat,
        within: &[u32],
        blockers: &mut Blockers,
    ) -> bool {
        if self.is_blocked_again((from, to), within, (|_| true, blockers)) {
            return true;
        }
        let mut is_blocked = false;
        self.each_between(from, to, within, |_, piece| {
            is_blocked = true;
            blockers.remember(piece);
            ControlFlow::Break(())
        });
        is_blocked || self.lies_through(from, to, within).is_some()
    }

    /// What a look that crosses no line lies in: it leads from one side of a building to another, or of a lake. Who
    /// is on the water, as on a pier, looks over it.
    fn lies_through(&self, from: LonLat, to: LonLat, within: &[u32]) -> Option<ObstacleKind> {
        if ground_distance(from, to).0 <= 2.0 * TOUCH_M {
            return None;
        }
        let middle = BoundingBox::around([from, to])?.center();
        let window = BoundingBox { min: middle, max: middle };
        let holds = |water: u32, place| self.waters[water as usize].holds_inside(place);
        let deep = |area: &Area| area.holds_deep(middle, Meters(TOUCH_M));
        let over = |&water: &u32| {
            deep(&self.waters[water as usize]) && !(holds(water, from) && holds(water, to))
        };
        if !self.water_boxes.is_empty() && self.water_boxes.touching(window).iter().any(over) {
            return Some(ObstacleKind::Water);
        }
        let through = |&number: &u32| {
            !within.contains(&number) && deep(&self.buildings[number as usize].outline)
        };
        self.boxes.touching(window).iter().any(through).then_some(ObstacleKind::Building)
    }

    /// Whether a piece that blocked a look before, of a line that `accept` takes, blocks this one.
    fn is_blocked_again(
        &self,
        (from, to): (LonLat, LonLat),
        within: &[u32],
        (accept, blockers): (impl Fn(u32) -> bool, &mut Blockers),
    ) -> bool {
        if from == to {
            return false;
        }
        let (look, length) = (Look::new(from, to), ground_distance(from, to).0);
        let blocks = |piece: &SegmentPiece| {
            let crossed = || look.crossed(piece.from, piece.to);
            accept(piece.line)
                && crossed()
                    .is_some_and(|along| self.stands_at(piece.line, (along, length), within))
        };
        let Some(index) = blockers.recent.iter().position(blocks) else { return false };
        blockers.recent[..=index].rotate_right(1);
        true
    }

    /// Whether a line that is crossed so far along a look stands in the way of it.
    fn stands_at(&self, line: u32, (along, length): (f64, f64), within: &[u32]) -> bool {
        let at = along * length;
        at > TOUCH_M && at < length - TOUCH_M && !within.contains(&self.rings[line as usize].1)
    }

    fn each_between(
        &self,
        from: LonLat,
        to: LonLat,
        within: &[u32],
        mut each: impl FnMut(ObstacleKind, SegmentPiece) -> ControlFlow<()>,
    ) {
        if self.rings.is_empty() || from == to {
            return;
        }
        let length = ground_distance(from, to).0;
        self.index.each_crossed(from, to, |piece, along| {
            if self.stands_at(piece.line, (along, length), within) {
                return each(self.rings[piece.line as usize].0, piece);
            }
            ControlFlow::Continue(())
        });
    }
}

/// What blocked the last looks from one place, the last first.
#[derive(Debug, Default)]
pub(crate) struct Blockers {
    recent: Vec<SegmentPiece>,
}

impl Blockers {
    /// As many as are tried in less time than what they save.
    const MOST: usize = 24;

    fn remember(&mut self, piece: SegmentPiece) {
        self.recent.truncate(Self::MOST - 1);
        self.recent.insert(0, piece);
    }

    /// Forgets everything, as for another place.
    pub(crate) fn forget(&mut self) {
        self.recent.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: i32, lat: i32) -> LonLat {
        LonLat::from_e7(lon, lat).unwrap()
    }

    /// A building of 10 m or so to a side, with a wall 20 m east of it.
    fn yard() -> Obstacles {
        let ring = [(0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000)];
        let outline = Area::from_ring(ring.iter().map(|&(x, y)| at(x, y)).collect());
        let wall = vec![at(3_000, -5_000), at(3_000, 0), at(3_000, 5_000)];
        let buildings = vec![Footprint { outline, doors: vec![at(500, 1_000)] }];
        Obstacles::new(vec![(ObstacleKind::Wall, wall)], Vec::new(), buildings)
    }

    #[test]
    fn a_look_is_blocked_by_what_it_crosses_and_nothing_else() {
        let yard = yard();
        let building = Some(ObstacleKind::Building);
        // From the door to the north, and through the house to the south.
        assert_eq!(yard.between(at(500, 1_000), at(500, 4_000), &[]), None);
        assert_eq!(yard.between(at(500, 1_000), at(500, -4_000), &[]), building);
        // From a room: its own walls do not count, the wall in the yard does.
        assert_eq!(yard.between(at(500, 500), at(2_900, 500), &[0]), None);
        assert_eq!(yard.between(at(500, 500), at(4_000, 500), &[0]), Some(ObstacleKind::Wall));
        // Through the joint of the wall; up to a street on the wall.
        assert_eq!(yard.between(at(2_000, 0), at(4_000, 0), &[0]), Some(ObstacleKind::Wall));
        assert_eq!(yard.between(at(2_000, 700), at(3_000, 700), &[]), None);
    }

    #[test]
    fn a_door_on_the_outline_is_not_inside() {
        let yard = yard();
        assert_eq!(yard.buildings_around(at(500, 500)), [0]);
        assert_eq!(yard.buildings_around(at(500, 1_000)), [0_u32; 0]);
        assert_eq!(yard.buildings_around(at(1_500, 500)), [0_u32; 0]);
    }

    #[test]
    fn nothing_is_seen_through_the_house_itself_or_over_a_lake() {
        let yard = yard();
        let building = Some(ObstacleKind::Building);
        // From its northern side to a path that ends on its southern one; along the wall.
        assert_eq!(yard.between(at(500, 1_000), at(500, 0), &[]), building);
        assert!(yard.blocks(at(0, 500), at(1_000, 500), &[]));
        assert!(yard.blocks_known(at(0, 500), at(1_000, 500), &[], &mut Blockers::default()));
        assert_eq!(yard.between(at(0, 0), at(1_000, 0), &[]), None);
        let shore = [(0, 0), (9_000, 0), (9_000, 9_000), (0, 9_000)];
        let lake = Area::from_ring(shore.iter().map(|&(x, y)| at(x, y)).collect());
        let lake = Obstacles::new(Vec::new(), vec![lake], Vec::new());
        let water = Some(ObstacleKind::Water);
        assert_eq!(lake.between(at(4_000, 0), at(4_000, 9_000), &[]), water);
        assert_eq!(lake.between(at(4_000, 4_000), at(4_500, 4_000), &[]), None, "on a pier");
    }

    #[test]
    fn a_look_over_the_antimeridian_meets_a_wall_there() {
        let wall = vec![at(1_799_999_000, -9_000), at(1_799_999_000, 9_000)];
        let strait = Obstacles::new(vec![(ObstacleKind::Wall, wall)], Vec::new(), Vec::new());
        let blocked = strait.between(at(1_799_990_000, 0), at(-1_799_990_000, 0), &[]);
        assert_eq!(blocked, Some(ObstacleKind::Wall));
        assert_eq!(strait.between(at(1_799_999_500, 0), at(-1_799_990_000, 0), &[]), None);
    }
}
