//! What lies around one place, looked at once: a leg and what stands in its way are the same for everybody who walks.

use crate::ids::EdgeId;
use crate::spatial::frame::ground_distance;
use crate::spatial::{Front, LocalFrame, LonLat, PlanarPoint};
use crate::street::obstacles::Blockers;
use crate::street::{EdgePosition, Foot, StreetGraph, StreetTraits};
use crate::units::Meters;

use super::outline::Outline;
use super::{NEAR_M, ON_LINE_MM, PRIVATE_M, TieGround};

/// Where an access leg begins.
pub(super) struct Start {
    place: LonLat,
    /// The way to there from the place itself, inside a building.
    before_mm: u32,
    /// Buildings it lies in, whose walls do not count.
    pub(super) within: Vec<u32>,
    outline: Option<Outline>,
}

/// A straight way from a door to a street.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub(super) foot: Foot,
    pub(super) door: LonLat,
    /// Its length with what is before it.
    pub(super) mm: u32,
    pub(super) start: u32,
    /// Whether it begins at a stop of a long outline, besides the nearest place.
    is_further: bool,
}

/// Orders legs by length, then by street.
pub(super) type LegKey = (u32, EdgeId, u32, u32);

impl Leg {
    pub(super) fn key(&self) -> LegKey {
        (self.mm, self.foot.edge, self.foot.piece, self.start)
    }
}

/// A piece of a street as it is seen from a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PieceKey {
    pub(super) start: u32,
    pub(super) edge: EdgeId,
    pub(super) piece: u32,
}

/// A street place that a leg may lead to, with what was found out of it so far.
struct Sight {
    leg: Leg,
    position: Option<EdgePosition>,
    is_blocked: Option<bool>,
    turned: Turned,
    /// Where the leg ends at a corner beyond which the street comes nearer: the piece beyond.
    beyond: Option<u32>,
}

/// The leg from another corner of the outline, sought when the nearest place of the outline sees nothing.
#[derive(Clone, Copy, Debug)]
enum Turned {
    NotSought,
    /// No corner sees the street.
    Nowhere,
    Found(Leg),
}

impl Turned {
    fn leg(self) -> Option<Leg> {
        match self {
            Self::Found(leg) => Some(leg),
            Self::NotSought | Self::Nowhere => None,
        }
    }
}

/// How far is looked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Depth {
    /// [`NEAR_M`].
    Near,
    /// The limit of access legs.
    Far,
}

/// A street place among those around: which, and whether the leg from another corner is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) index: usize,
    pub(super) is_turned: bool,
}

/// The streets around one place.
pub(super) struct Around<'a> {
    ground: &'a TieGround<'a>,
    stand: Option<(LonLat, Front)>,
    starts: Vec<Start>,
    /// By depth, each in order of its legs.
    sights: [Option<Vec<Sight>>; 2],
    /// By depth, once asked for: start, edge and piece of each of them with its place in the list, sorted.
    found_at: [Option<Vec<(PieceKey, u32)>>; 2],
    /// The legs to all that is within the limit, in order.
    legs: Option<Vec<Leg>>,
    blockers: Blockers,
}

impl std::fmt::Debug for Around<'_> {
    fn fmt(&self, form: &mut std::fmt::Formatter) -> std::fmt::Result {
        form.debug_struct("Around").field("stand", &self.stand).finish_non_exhaustive()
    }
}

impl<'a> Around<'a> {
    pub(super) fn new(ground: &'a TieGround<'a>) -> Self {
        Self {
            ground,
            stand: None,
            starts: Vec::new(),
            sights: [None, None],
            found_at: [None, None],
            legs: None,
            blockers: Blockers::default(),
        }
    }

    /// Stands at a place; what is known of it stays known when it is the same as before.
    pub(super) fn stand(&mut self, place: LonLat, front: &Front) {
        if self.stand.as_ref().is_some_and(|(at, before)| *at == place && before == front) {
            return;
        }
        self.forget();
        self.stand = Some((place, front.clone()));
        self.starts = self.starts_of(place, front);
    }

    /// Stands at the gates of a compound, however far they are and whatever lies before them: who has no other way out
    /// goes there. False where there are none.
    pub(super) fn stand_at_gates(&mut self, place: LonLat, front: &Front) -> bool {
        let Front::Walled(_, gates) = front else { return false };
        self.forget();
        let start = |&at: &LonLat| Start {
            place: at,
            before_mm: ground_distance(place, at).as_mm(),
            within: self.ground.obstacles.buildings_around(at),
            outline: None,
        };
        self.starts = gates.iter().map(start).collect();
        true
    }

    fn forget(&mut self) {
        self.stand = None;
        self.sights = [None, None];
        self.found_at = [None, None];
        self.legs = None;
        self.blockers.forget();
    }

    /// Where a leg begins.
    pub(super) fn start(&self, leg: &Leg) -> &Start {
        &self.starts[leg.start as usize]
    }

    /// Where legs begin.
    fn starts_of(&self, place: LonLat, front: &Front) -> Vec<Start> {
        let obstacles = self.ground.obstacles;
        let door = |door: LonLat, before_mm: u32| Start {
            place: door,
            before_mm,
            within: obstacles.buildings_around(door),
            outline: None,
        };
        match front {
            Front::Outline(area) => {
                let outline = Outline::new(area);
                let place = outline.as_ref().map_or(place, Outline::middle);
                vec![Start { place, before_mm: 0, within: Vec::new(), outline }]
            }
            Front::Doors(doors) => doors.iter().map(|&at| door(at, 0)).collect(),
            // The way to a gate leads over the own ground of the compound, as far as a leg does and past nothing.
            Front::Walled(inner, gates) => {
                let within = obstacles.buildings_around(place);
                let is_seen = |&&at: &&LonLat| {
                    ground_distance(place, at).0 <= self.ground.limit.0
                        && !obstacles.blocks(place, at, &within)
                };
                let to_gate = |&at: &LonLat| door(at, ground_distance(place, at).as_mm());
                let mut starts = self.starts_of(place, inner);
                starts.extend(gates.iter().filter(is_seen).map(to_gate));
                starts
            }
            Front::Nowhere | Front::Level(_) => Vec::new(),
            Front::Point | Front::Listed | Front::Street | Front::Inside(_) => {
                let within = obstacles.buildings_around(place);
                let known = within.iter().flat_map(|&b| &obstacles.buildings()[b as usize].doors);
                let doors: Vec<LonLat> = match front {
                    Front::Inside(doors) => doors.to_vec(),
                    _ => known.copied().collect(),
                };
                let inside = |at: LonLat| door(at, ground_distance(place, at).as_mm());
                let starts: Vec<Start> = doors.into_iter().map(inside).collect();
                if starts.is_empty() {
                    vec![Start { place, before_mm: 0, within, outline: None }]
                } else {
                    starts
                }
            }
        }
    }

    fn limit(&self, depth: Depth) -> Meters {
        match depth {
            Depth::Near => Meters(self.ground.limit.0.min(NEAR_M)),
            Depth::Far => self.ground.limit,
        }
    }

    /// The legs to every piece of a street within `limit`, whatever is in their way, in order.
    fn legs_within(&self, limit: Meters) -> Vec<Leg> {
        let mut legs = Vec::new();
        for (start, number) in self.starts.iter().zip(0_u32..) {
            let radius = start.outline.as_ref().map_or(0.0, Outline::radius);
            for snapper in &self.ground.snappers {
                snapper.each_foot(start.place, Meters(limit.0 + radius), |foot| {
                    match &start.outline {
                        None if foot.distance.0 > limit.0 => {}
                        None => {
                            let mm = start.before_mm + foot.distance.as_mm();
                            let door = start.place;
                            legs.push(Leg { foot, door, mm, start: number, is_further: false });
                        }
                        Some(outline) => self.legs_from(outline, &foot, limit, |leg| {
                            legs.push(Leg { start: number, ..leg });
                        }),
                    }
                });
            }
        }
        legs.sort_unstable_by(|a, b| {
            let key = |leg: &Leg| (leg.key(), leg.is_further);
            key(a).cmp(&key(b)).then(a.foot.along.total_cmp(&b.foot.along))
        });
        legs
    }

    /// The legs to every piece of a street within the limit, whatever is in their way, in order; with what remembers
    /// what blocked those that were looked along.
    pub(super) fn all_legs(&mut self) -> (&[Leg], &[Start], &mut Blockers) {
        if self.legs.is_none() {
            self.legs = Some(self.legs_within(self.ground.limit));
        }
        (self.legs.as_deref().unwrap_or_default(), &self.starts, &mut self.blockers)
    }

    /// The legs from an outline to a piece of a street: from its nearest place and, of a long one, from its stops.
    fn legs_from(&self, outline: &Outline, foot: &Foot, limit: Meters, mut each: impl FnMut(Leg)) {
        let piece = piece_of(self.ground.graph, foot);
        let leg = |(door, along, place), is_further| {
            let distance = ground_distance(door, place);
            let foot = Foot { along, distance, place, ..*foot };
            let mm = distance.as_mm();
            (distance.0 <= limit.0).then_some(Leg { foot, door, mm, start: 0, is_further })
        };
        let Some(nearest) = outline.nearest(piece, limit.0 + 0.05) else { return };
        leg(nearest, false).into_iter().for_each(&mut each);
        outline.stop_legs(piece, limit.0).filter_map(|stop| leg(stop, true)).for_each(each);
    }

    /// Whether a leg may lead there but as a last resort.
    fn takes(&self, leg: &Leg) -> bool {
        let traits = self.ground.graph.edges()[leg.foot.edge].traits;
        let near = leg.foot.distance;
        // What lies under or over an outline crosses it on paper only.
        let is_on_line = near.as_mm() <= ON_LINE_MM && self.start(leg).outline.is_none();
        !(traits.contains(StreetTraits::OFF_GROUND) && !is_on_line
            || traits.contains(StreetTraits::PRIVATE) && near.0 > PRIVATE_M)
    }

    /// Makes the list of what legs may lead to as deep as `depth`, and says how much there is.
    pub(super) fn look(&mut self, depth: Depth) -> usize {
        if self.sights[depth as usize].is_none() {
            let legs = match depth {
                Depth::Near => self.legs_within(self.limit(depth)),
                Depth::Far => self.all_legs().0.to_vec(),
            };
            let sight = |leg: Leg| {
                let beyond = match corner_of(self.ground.graph, &leg) {
                    Corner::None => None,
                    Corner::Passed(piece) if !leg.is_further => Some(piece),
                    Corner::Passed(_) | Corner::Doubled => return None,
                };
                // Of a street that is not seen the nearest place of the outline turns, the others do not.
                let turned = if leg.is_further || beyond.is_some() {
                    Turned::Nowhere
                } else {
                    Turned::NotSought
                };
                Some(Sight { leg, position: None, is_blocked: None, turned, beyond })
            };
            let taken = legs.into_iter().filter(|leg| self.takes(leg));
            let found = taken.filter_map(sight).collect();
            self.sights[depth as usize] = Some(found);
        }
        self.sights[depth as usize].as_ref().map_or(0, Vec::len)
    }

    fn sight(&self, depth: Depth, index: usize) -> &Sight {
        &self.sights[depth as usize].as_ref().expect("looked at before")[index]
    }

    fn sight_mut(&mut self, depth: Depth, index: usize) -> &mut Sight {
        &mut self.sights[depth as usize].as_mut().expect("looked at before")[index]
    }

    /// The leg to a street place.
    pub(super) fn leg(&self, depth: Depth, at: At) -> Leg {
        let sight = self.sight(depth, at.index);
        sight.turned.leg().filter(|_| at.is_turned).unwrap_or(sight.leg)
    }

    /// Where on its street the leg to a street place ends.
    pub(super) fn position(&mut self, depth: Depth, at: At) -> EdgePosition {
        let graph = self.ground.graph;
        if at.is_turned {
            return self.leg(depth, at).foot.position(graph);
        }
        let sight = self.sight_mut(depth, at.index);
        *sight.position.get_or_insert_with(|| sight.leg.foot.position(graph))
    }

    /// Whether it is known that neither this leg nor one from another corner leads there.
    pub(super) fn is_known_shut(&self, depth: Depth, at: At) -> bool {
        let sight = self.sight(depth, at.index);
        !at.is_turned && sight.is_blocked == Some(true) && matches!(sight.turned, Turned::Nowhere)
    }

    /// Whether something stands in the way of a leg.
    pub(super) fn is_blocked(&mut self, depth: Depth, at: At) -> bool {
        if at.is_turned {
            return false;
        }
        let Sight { leg, is_blocked, .. } = self.sight(depth, at.index);
        let Leg { door, foot, start, .. } = *leg;
        let known = is_blocked.unwrap_or_else(|| {
            let within = &self.starts[start as usize].within;
            self.ground.obstacles.blocks_known(door, foot.place, within, &mut self.blockers)
        });
        self.sight_mut(depth, at.index).is_blocked = Some(known);
        known
    }

    /// Whether a leg ends at a corner beyond which the street comes nearer, in sight: that leg leads there.
    pub(super) fn is_passed(&mut self, depth: Depth, at: At) -> bool {
        let Sight { leg, beyond, .. } = self.sight(depth, at.index);
        let (start, edge) = (leg.start, leg.foot.edge);
        beyond
            .filter(|_| !at.is_turned)
            .is_some_and(|piece| self.sees(depth, PieceKey { start, edge, piece }).unwrap_or(false))
    }

    /// Whether a piece of a street, or one that it comes nearer on, is in sight; `None` where no leg leads there.
    pub(super) fn sees(&mut self, depth: Depth, mut key: PieceKey) -> Option<bool> {
        let (mut known, mut is_rising) = (None, None);
        while let Some(index) = self.find(depth, key) {
            let at = At { index, is_turned: false };
            if !self.is_blocked(depth, at) || self.turn(depth, at).is_some() {
                return Some(true);
            }
            known = Some(false);
            let beyond = self.sight(depth, index).beyond;
            let Some(piece) = beyond
                .filter(|&next| *is_rising.get_or_insert(next > key.piece) == (next > key.piece))
            else {
                break;
            };
            key.piece = piece;
        }
        known
    }

    /// The sight of the nearest place of a piece.
    fn find(&mut self, depth: Depth, key: PieceKey) -> Option<usize> {
        let sights = self.sights[depth as usize].as_ref()?;
        let found_at = self.found_at[depth as usize].get_or_insert_with(|| {
            let nearest = sights.iter().zip(0_u32..).filter(|(sight, _)| !sight.leg.is_further);
            let place = |(Sight { leg, .. }, at): (&Sight, u32)| {
                let Leg { foot: Foot { edge, piece, .. }, start, .. } = *leg;
                (PieceKey { start, edge, piece }, at)
            };
            let mut all: Vec<(PieceKey, u32)> = nearest.map(place).collect();
            all.sort_unstable();
            all
        });
        let at = found_at.binary_search_by_key(&key, |entry| entry.0).ok()?;
        Some(found_at[at].1 as usize)
    }

    /// The leg from the nearest corner of an outline that sees the street, as its place in the order.
    pub(super) fn turn(&mut self, depth: Depth, at: At) -> Option<LegKey> {
        let sight = self.sight(depth, at.index);
        if matches!(sight.turned, Turned::NotSought) {
            let leg = sight.leg;
            let found = self.turned(leg, self.limit(depth));
            self.sight_mut(depth, at.index).turned = found.map_or(Turned::Nowhere, Turned::Found);
        }
        self.sight(depth, at.index).turned.leg().map(|leg| leg.key())
    }

    fn turned(&mut self, leg: Leg, limit: Meters) -> Option<Leg> {
        let (graph, obstacles) = (self.ground.graph, self.ground.obstacles);
        let outline = self.starts[leg.start as usize].outline.as_ref()?;
        let legs = outline.corner_legs(piece_of(graph, &leg.foot), limit.0);
        let blockers = &mut self.blockers;
        let sees = |&(door, _, place): &(LonLat, f64, LonLat)| {
            !obstacles.blocks_known(door, place, &[], blockers)
        };
        let (door, along, place) = legs.into_iter().find(sees)?;
        let distance = ground_distance(door, place);
        let foot = Foot { along, distance, place, ..leg.foot };
        let turned = Leg { foot, door, mm: distance.as_mm(), ..leg };
        let is_there = matches!(corner_of(graph, &turned), Corner::None);
        (distance.0 <= limit.0 && self.takes(&turned) && is_there).then_some(turned)
    }
}

/// The ends of the piece of a street that a foot lies on.
fn piece_of(graph: &StreetGraph, foot: &Foot) -> (LonLat, LonLat) {
    let (shape, piece) = (graph.shape(foot.edge), foot.piece as usize);
    (shape[piece], shape[piece + 1])
}

/// Whether `next` is nearer to `eye` than a street's corner is, as far as one sees from the corner.
pub(super) fn comes_nearer(corner: LonLat, eye: LonLat, next: LonLat) -> bool {
    let frame = LocalFrame::at(corner);
    let (PlanarPoint { x, y }, eye) = (frame.to_planar(next), frame.to_planar(eye));
    x * eye.x + y * eye.y > 0.0
}

/// Whether a leg ends at a corner of a street that is no end of it.
enum Corner {
    /// It does not, or the street goes away on both sides.
    None,
    /// The street comes nearer beyond, on this piece.
    Passed(u32),
    /// The piece before the corner speaks of it.
    Doubled,
}

fn corner_of(graph: &StreetGraph, Leg { foot, door, .. }: &Leg) -> Corner {
    let (shape, piece) = (graph.shape(foot.edge), foot.piece as usize);
    if foot.along <= 0.0 && piece > 0 {
        if comes_nearer(shape[piece], *door, shape[piece - 1]) {
            Corner::Passed(foot.piece - 1)
        } else {
            Corner::Doubled
        }
    } else if foot.along >= 1.0
        && piece + 2 < shape.len()
        && comes_nearer(shape[piece + 1], *door, shape[piece + 2])
    {
        Corner::Passed(foot.piece + 1)
    } else {
        Corner::None
    }
}
