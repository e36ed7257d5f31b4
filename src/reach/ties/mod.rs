//! Where homes and places meet the streets: each by several ties.
//!
//! A *tie* is a straight access leg from a door to a street. A door is tied to every street within [`NEAR_M`] that it
//! sees (within the limit, when there is none), at each place where the street comes nearest; a tie is left out only
//! when another one with the way along the streets between both is no longer for the walker, either way. So a
//! further street never lengthens a walk. Where ties may lead:
//!
//! - Past nothing that stands in the way ([`Obstacles`]).
//! - To a square where it is nearest and at the ends of the ways over it, not to each of those that cross there.
//! - To a line off the ground (bridge, tunnel, another level) only from a door on it.
//! - To private ground only from within [`PRIVATE_M`]: who is nearer lives or stands on it.
//! - On a piece that something holds ([`Islands::held`]) only from doors whose nearest street in sight is on it, and
//!   from those to no other piece.
//!
//! Only where that leaves nothing, one tie of last resort is made: to private ground in sight, else to the nearest
//! street on the ground behind the weakest obstacle, else to a line off the ground. The last two are *forced*.

mod local;
mod outline;
mod sights;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use crate::ids::NodeId;
use crate::spatial::frame::ground_distance;
use crate::spatial::{Front, LocalFrame, LonLat, PlanarPoint};
use crate::street::{
    Edge, EdgePosition, Foot, Impedance, Islands, ObstacleKind, Obstacles, Snapped, Snapper,
    StreetGraph, StreetTraits, Walkable,
};
use crate::units::Meters;

use super::Ground;
use local::LocalSearch;
use outline::Outline;
use sights::Sights;

/// How far people go off the streets (a yard, a lawn) while a street is as near as that, in metres: who stands on a
/// street walks around the block, not over it.
pub const NEAR_M: f64 = 75.0;
/// How near one is who lives or stands on private ground, in metres.
pub const PRIVATE_M: f64 = 30.0;
/// A door this near a line lies on it, in millimetres.
const ON_LINE_MM: u32 = 50;

/// What ties lead over and to, whoever walks.
#[derive(Clone, Debug)]
pub struct TieGround<'a> {
    /// The streets.
    pub graph: &'a StreetGraph,
    /// Each finds some of them.
    pub snappers: Vec<&'a Snapper>,
    /// What stands in the way.
    pub obstacles: &'a Obstacles,
    /// Longest access leg, inclusive.
    pub limit: Meters,
}

/// Where an access leg begins.
struct Start {
    place: LonLat,
    /// The way to there from the place itself, inside a building.
    before_mm: u32,
    /// Buildings it lies in, whose walls do not count.
    within: Vec<u32>,
    outline: Option<Outline>,
}

/// A street place that a leg may lead to, by length.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    foot: Foot,
    start: u32,
    /// Length of the leg with what is before it; at least this while the leg is not `exact`.
    leg_mm: u32,
    exact: bool,
    /// Whether it begins at a corner of an outline because the nearest place of the outline sees nothing.
    is_turned: bool,
    door: LonLat,
}

/// Ties points to the streets of one walker, one after the other.
#[derive(Debug)]
pub struct TieFinder<'a> {
    ground: &'a TieGround<'a>,
    walkable: Walkable<'a>,
    searches: Vec<LocalSearch<'a>>,
    sights: Rc<Sights>,
}

/// What was found for one point so far.
#[derive(Default)]
struct Found {
    ties: Vec<Snapped>,
    /// Nodes with a tie.
    nodes: Vec<NodeId>,
    /// Squares with a tie other than at an end of one of their ways.
    squares: Vec<i64>,
    /// Whether a street was seen, and the piece of it that holds the point.
    is_placed: bool,
    hold: Option<u32>,
}

impl<'a> TieFinder<'a> {
    /// A finder for whoever walks at `impedance` with these `islands`.
    pub fn new(ground: &'a TieGround<'a>, impedance: &'a Impedance, islands: &'a Islands) -> Self {
        let graph = ground.graph;
        let from = Ground::from(graph, impedance);
        let mut searches = vec![LocalSearch::new(from)];
        if !from.is_even() {
            searches.push(LocalSearch::new(Ground::toward(graph, impedance)));
        }
        let walkable = Walkable { graph, impedance, islands };
        Self { ground, walkable, searches, sights: Rc::default() }
    }

    /// One finder for each walker; what one of them looks at, the next of them knows when it is asked for the same
    /// place.
    pub fn of_all(
        ground: &'a TieGround<'a>,
        walkers: impl IntoIterator<Item = (&'a Impedance, &'a Islands)>,
    ) -> Vec<Self> {
        let sights: Rc<Sights> = Rc::default();
        let finder = |(impedance, islands)| Self {
            sights: Rc::clone(&sights),
            ..Self::new(ground, impedance, islands)
        };
        walkers.into_iter().map(finder).collect()
    }

    /// The ties of a place, sorted by position, each position once; empty when no street is within the limit.
    pub fn ties(&mut self, place: LonLat, front: &Front) -> Vec<Snapped> {
        self.further(place, front, &[])
    }

    /// As [`TieFinder::ties`], of a place that has `known` ties: those that are found besides and are not made
    /// needless by them, and no last resort.
    pub fn further(&mut self, place: LonLat, front: &Front, known: &[Snapped]) -> Vec<Snapped> {
        if *front == Front::Street {
            return self.nearest(place).into_iter().collect();
        }
        if *front == Front::Nowhere {
            return Vec::new();
        }
        self.sights.stand(place, front);
        let starts = self.starts(place, front);
        let mut found = Found::default();
        self.searches.iter_mut().for_each(LocalSearch::clear);
        for tie in known {
            self.seed(tie);
            found.is_placed = true;
            found.hold = self.walkable.islands.held(tie.position.edge);
        }
        let limit = self.ground.limit;
        self.look(&starts, Meters(limit.0.min(NEAR_M)), &mut found);
        if found.ties.is_empty() && known.is_empty() && limit.0 > NEAR_M {
            self.look(&starts, limit, &mut found);
        }
        if found.ties.is_empty() && known.is_empty() {
            found.ties.extend(self.last_resort(&starts));
        }
        let mut ties = found.ties;
        ties.sort_unstable_by_key(|tie| (tie.position, tie.access_mm));
        ties.dedup_by_key(|tie| tie.position);
        ties
    }

    /// Makes the ties of legs within `limit`, nearest first.
    fn look(&mut self, starts: &[Start], limit: Meters, found: &mut Found) {
        let mut waiting = self.candidates(starts, limit);
        while let Some(Reverse(next)) = waiting.pop() {
            if next.0.exact {
                let turned = self.weigh(starts, &next.0, (limit, &mut *found));
                waiting.extend(turned.map(|turned| Reverse(ByLeg(turned))));
            } else if let Some(exact) = self.exact(starts, &next.0, limit) {
                waiting.push(Reverse(ByLeg(exact)));
            }
        }
    }

    /// The nearest street that may be walked.
    fn nearest(&self, place: LonLat) -> Option<Snapped> {
        let snappers = self.ground.snappers.iter();
        let found = snappers.filter_map(|s| s.snap(&self.walkable, place, self.ground.limit));
        found.min_by_key(|snap| (snap.access_mm, snap.position))
    }

    /// Where legs begin.
    fn starts(&self, place: LonLat, front: &Front) -> Vec<Start> {
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
            // The way to a gate leads over the own ground of the compound.
            Front::Walled(inner, gates) => {
                let to_gate = |&at: &LonLat| door(at, ground_distance(place, at).as_mm());
                let mut starts = self.starts(place, inner);
                starts.extend(gates.iter().map(to_gate));
                starts
            }
            Front::Nowhere => Vec::new(),
            Front::Point | Front::Street => {
                let within = obstacles.buildings_around(place);
                let doors = within.iter().flat_map(|&b| &obstacles.buildings()[b as usize].doors);
                let inside = |&at: &LonLat| door(at, ground_distance(place, at).as_mm());
                let starts: Vec<Start> = doors.map(inside).collect();
                if starts.is_empty() {
                    vec![Start { place, before_mm: 0, within, outline: None }]
                } else {
                    starts
                }
            }
        }
    }

    /// Every street place within `limit` that may be walked and may be tied, nearest first.
    fn candidates(&self, starts: &[Start], limit: Meters) -> BinaryHeap<Reverse<ByLeg>> {
        let mut all: Vec<Reverse<ByLeg>> = Vec::new();
        self.each_walkable((starts, limit), |candidate| {
            let near = candidate.foot.distance.0;
            if !candidate.exact || self.takes(&candidate) && near <= limit.0 {
                all.push(Reverse(ByLeg(candidate)));
            }
        });
        BinaryHeap::from(all)
    }

    fn each_walkable(&self, (starts, limit): (&[Start], Meters), mut each: impl FnMut(Candidate)) {
        for (start, number) in starts.iter().zip(0_u32..) {
            let radius = start.outline.as_ref().map_or(0.0, Outline::radius);
            let reach = Meters(limit.0 + radius);
            for snapper in &self.ground.snappers {
                snapper.each_foot(start.place, reach, |foot| {
                    if self.walkable.impedance.is_walkable(foot.edge) {
                        let near = Meters((foot.distance.0 - radius).max(0.0));
                        each(Candidate {
                            foot,
                            start: number,
                            leg_mm: start.before_mm + near.as_mm(),
                            exact: start.outline.is_none(),
                            is_turned: false,
                            door: start.place,
                        });
                    }
                });
            }
        }
    }

    /// The leg from an outline, when it is within `limit` and to a street that it may lead to.
    fn exact(&self, starts: &[Start], candidate: &Candidate, limit: Meters) -> Option<Candidate> {
        let exact = self.exact_leg(starts, candidate, limit)?;
        // What lies under or over an outline crosses it on paper only.
        let traits = self.ground.graph.edges()[exact.foot.edge].traits;
        let is_on_ground = !traits.contains(StreetTraits::OFF_GROUND);
        let is_near = exact.foot.distance.0 <= limit.0;
        (is_on_ground && is_near && self.takes(&exact)).then_some(exact)
    }

    fn exact_leg(
        &self,
        starts: &[Start],
        candidate: &Candidate,
        Meters(limit): Meters,
    ) -> Option<Candidate> {
        let outline = starts[candidate.start as usize].outline.as_ref()?;
        let shape = self.ground.graph.shape(candidate.foot.edge);
        let piece = candidate.foot.piece as usize;
        let (door, along, place) =
            self.sights.leg((candidate.foot.edge, candidate.foot.piece, limit), || {
                outline.nearest((shape[piece], shape[piece + 1]), limit + 0.05)
            })?;
        let distance = ground_distance(door, place);
        let foot = Foot { along, distance, place, ..candidate.foot };
        Some(Candidate { foot, leg_mm: distance.as_mm(), exact: true, door, ..*candidate })
    }

    /// Whether a leg may lead there but as a last resort.
    fn takes(&self, candidate: &Candidate) -> bool {
        let traits = self.ground.graph.edges()[candidate.foot.edge].traits;
        let near = candidate.foot.distance;
        !(traits.contains(StreetTraits::OFF_GROUND) && near.as_mm() > ON_LINE_MM
            || traits.contains(StreetTraits::PRIVATE) && near.0 > PRIVATE_M)
    }

    /// Makes a tie of a candidate, unless it is needless or something stands in the way; then, from an outline, the
    /// leg from its nearest corner with nothing in the way.
    fn weigh(
        &mut self,
        starts: &[Start],
        candidate: &Candidate,
        (limit, found): (Meters, &mut Found),
    ) -> Option<Candidate> {
        let Candidate { foot, leg_mm, door, .. } = *candidate;
        let held = self.walkable.islands.held(foot.edge);
        if found.is_placed && found.hold != held {
            return None;
        }
        let node = self.end_of(&foot);
        let square = self.square_of(&foot).filter(|_| node.is_none());
        if node.is_some_and(|node| found.nodes.contains(&node))
            || square.is_some_and(|square| found.squares.contains(&square))
            || self.comes_nearer(&foot, door)
        {
            return None;
        }
        let position = foot.position(self.ground.graph);
        let leg = self.walkable.impedance.access(leg_mm);
        let needless = self.searches.iter_mut().all(|search| search.outruns(position, leg));
        if needless {
            return None;
        }
        let start = &starts[candidate.start as usize];
        if self.is_blocked((door, foot.place), &start.within) {
            return self.turned(start, candidate, limit);
        }
        let (impedance, edge) = (self.walkable.impedance, foot.edge);
        if impedance.forward(edge).is_reachable() && impedance.backward(edge).is_reachable() {
            found.nodes.extend(node);
        }
        found.squares.extend(square);
        (found.is_placed, found.hold) = (true, held);
        let tie = self.tie(candidate, (position, false));
        self.seed(&tie);
        found.ties.push(tie);
        None
    }

    /// The leg from the nearest corner of an outline that sees the street.
    fn turned(&self, start: &Start, candidate: &Candidate, limit: Meters) -> Option<Candidate> {
        let outline = start.outline.as_ref().filter(|_| !candidate.is_turned)?;
        let shape = self.ground.graph.shape(candidate.foot.edge);
        let piece = candidate.foot.piece as usize;
        let legs = outline.corner_legs((shape[piece], shape[piece + 1]), limit.0);
        let sees = |&(door, _, place): &(LonLat, f64, LonLat)| !self.is_blocked((door, place), &[]);
        let (door, along, place) = legs.into_iter().find(sees)?;
        let distance = ground_distance(door, place);
        let foot = Foot { along, distance, place, ..candidate.foot };
        let leg_mm = distance.as_mm();
        let turned = Candidate { foot, leg_mm, door, is_turned: true, ..*candidate };
        (distance.0 <= limit.0 && self.takes(&turned)).then_some(turned)
    }

    /// Whether something stands between two places but the walls of the buildings `within`.
    fn is_blocked(&self, leg: (LonLat, LonLat), within: &[u32]) -> bool {
        self.sights.blocked((leg.0, leg.1, within.is_empty()), || {
            self.ground.obstacles.between(leg.0, leg.1, within).is_some()
        })
    }

    fn tie(&self, candidate: &Candidate, (position, forced): (EdgePosition, bool)) -> Snapped {
        Snapped {
            position,
            access_mm: candidate.leg_mm,
            place: candidate.foot.place,
            on_island: self.walkable.islands.contains(position.edge),
            door: candidate.door,
            forced,
        }
    }

    fn seed(&mut self, tie: &Snapped) {
        let access = self.walkable.impedance.access(tie.access_mm);
        self.searches.iter_mut().for_each(|search| search.seed(tie.position, access));
    }

    /// The square that a foot lies on a way over.
    fn square_of(&self, foot: &Foot) -> Option<i64> {
        let edge = self.ground.graph.edges()[foot.edge];
        is_over_square(&edge).then_some(edge.source_id)
    }

    /// The node that a foot lies at.
    fn end_of(&self, foot: &Foot) -> Option<NodeId> {
        let edge = self.ground.graph.edges()[foot.edge];
        let last = self.ground.graph.shape(foot.edge).len() as u32 - 2;
        if foot.along <= 0.0 && foot.piece == 0 {
            Some(edge.from)
        } else {
            (foot.along >= 1.0 && foot.piece == last).then_some(edge.to)
        }
    }

    /// Whether the way that a foot is an end of a piece of comes nearer beyond that end.
    fn comes_nearer(&self, foot: &Foot, door: LonLat) -> bool {
        if foot.along > 0.0 && foot.along < 1.0 {
            return false;
        }
        let graph = self.ground.graph;
        let shape = graph.shape(foot.edge);
        let piece = foot.piece as usize;
        let corner = if foot.along <= 0.0 { piece } else { piece + 1 };
        let frame = LocalFrame::at(shape[corner]);
        let eye = frame.to_planar(door);
        let nearer = |next: LonLat| {
            let PlanarPoint { x, y } = frame.to_planar(next);
            x * eye.x + y * eye.y > 0.0
        };
        match self.end_of(foot) {
            // Of a corner the piece before it speaks.
            None if foot.along <= 0.0 => true,
            None => nearer(shape[corner + 1]),
            Some(node) => graph.arcs(node).iter().any(|arc| {
                let (own, edge) = (graph.edges()[foot.edge], graph.edges()[arc.edge()]);
                let same_way = edge.source_id == own.source_id
                    && arc.edge() != foot.edge
                    && edge.class == own.class
                    && !is_over_square(&edge)
                    && self.walkable.impedance.is_walkable(arc.edge());
                let shape = graph.shape(arc.edge());
                same_way && nearer(if arc.is_forward() { shape[1] } else { shape[shape.len() - 2] })
            }),
        }
    }

    /// The tie of a point that has none otherwise.
    fn last_resort(&self, starts: &[Start]) -> Option<Snapped> {
        let mut best: Option<((u8, Option<ObstacleKind>), Candidate)> = None;
        self.each_walkable((starts, self.ground.limit), |candidate| {
            let exact = if candidate.exact {
                Some(candidate)
            } else {
                self.exact_leg(starts, &candidate, self.ground.limit)
            };
            let Some(candidate) = exact.filter(|c| c.foot.distance.0 <= self.ground.limit.0) else {
                return;
            };
            let Candidate { foot, door, start, .. } = candidate;
            let within = &starts[start as usize].within;
            let blocked = self.ground.obstacles.between(door, foot.place, within);
            let traits = self.ground.graph.edges()[foot.edge].traits;
            let rank = match blocked {
                _ if traits.contains(StreetTraits::OFF_GROUND) => 2,
                Some(_) => 1,
                None => 0,
            };
            let key = (rank, blocked);
            let worse = best.as_ref().is_some_and(|(known, other)| {
                (known, ByLeg(*other).key()) <= (&key, ByLeg(candidate).key())
            });
            if !worse {
                best = Some((key, candidate));
            }
        });
        let ((rank, _), candidate) = best?;
        let position = candidate.foot.position(self.ground.graph);
        Some(self.tie(&candidate, (position, rank > 0)))
    }
}

/// Whether an edge is a line over open ground, not a street.
fn is_over_square(edge: &Edge) -> bool {
    edge.traits.contains(StreetTraits::CHORD)
}

/// Orders candidates by leg, ties by street.
#[derive(Clone, Copy, Debug)]
struct ByLeg(Candidate);

impl ByLeg {
    fn key(&self) -> (u32, u32, u32, u32) {
        let Candidate { foot, start, leg_mm, .. } = self.0;
        (leg_mm, foot.edge.0, foot.piece, start)
    }
}

impl Ord for ByLeg {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for ByLeg {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ByLeg {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for ByLeg {}
