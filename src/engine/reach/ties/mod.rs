//! Where homes and places meet the streets: each by several ties.
//!
//! A *tie* is a straight access leg from a door to a street. A door is tied to every street within [`NEAR_M`] that it
//! sees (within the limit, when there is none), at each place where the street comes nearest; a tie is left out only
//! when another one with the way along the streets between both is no longer for the walker, either way. So a
//! further street never lengthens a walk. Where ties may lead:
//!
//! - Past nothing that stands in the way ([`Obstacles`]), nor over steps and squares that are not for the walker.
//! - To a square where it is nearest and at the ends of the ways over it, not to each of those that cross there.
//! - To a line off the ground (bridge, tunnel, another level) only from a door on it.
//! - From a place on such a level only to the line of that level.
//! - From coordinates on a street of the map ([`Front::Listed`]) only to that street.
//! - To private ground only from within [`PRIVATE_M`] and past no public street as near: such people live or stand
//!   on it.
//! - On a piece that something holds ([`Islands::held`]) only from doors whose nearest street in sight is on it, and
//!   from those to no other piece.
//!
//! Only where that leaves nothing, one tie of last resort is made: to private ground in sight, else to the nearest
//! street on the ground behind the weakest obstacle, else to a line off the ground. The last two are *forced*.

mod around;
mod local;
mod outline;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use crate::ids::{EdgeId, NodeId};
use crate::spatial::frame::ground_distance;
use crate::spatial::{Front, LonLat};
use crate::street::obstacles::Blockers;
use crate::street::{
    Edge, EdgePosition, Foot, Impedance, Islands, ObstacleKind, Obstacles, Snapped, Snapper,
    StreetClass, StreetGraph, StreetTraits, Walkable,
};
use crate::units::Meters;

use super::Ground;
use around::{Around, At, Depth, Leg, LegKey, PieceKey, comes_nearer};
use local::LocalSearch;

/// How far people go off the streets (a yard, a lawn) while a street is as near as that, in metres: who stands on a
/// street walks around the block, not over it.
pub const NEAR_M: f64 = 75.0;
/// How near private ground is to who lives or stands on it, in metres.
pub const PRIVATE_M: f64 = 30.0;
/// A door this near a line lies on it, in millimetres.
const ON_LINE_MM: u32 = 50;

/// What ties lead over and to, whoever walks.
#[derive(Clone, Debug)]
pub struct TieGround<'a> {
    /// The streets.
    pub graph: &'a StreetGraph,
    /// Finds those of the map, with what was changed on it.
    pub map: &'a Snapper,
    /// Each finds some of those that ties may lead to.
    pub snappers: Vec<&'a Snapper>,
    /// What stands in the way.
    pub obstacles: &'a Obstacles,
    /// Longest access leg, inclusive.
    pub limit: Meters,
}

/// Ties points to the streets of one walker, one after the other.
#[derive(Debug)]
pub struct TieFinder<'a> {
    ground: &'a TieGround<'a>,
    walkable: Walkable<'a>,
    searches: Vec<LocalSearch<'a>>,
    around: Rc<RefCell<Around<'a>>>,
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
    /// Whether a public street is tied to.
    is_public: bool,
}

/// What a tie of last resort leads past, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Behind {
    Nothing,
    /// Steps or a square that are not for this walker.
    Barred,
    Obstacle(ObstacleKind),
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
        let around = Rc::new(RefCell::new(Around::new(ground)));
        Self { ground, walkable, searches, around }
    }

    /// One finder for each walker; what one of them looks at, the next of them knows when it is asked for the same
    /// place.
    pub fn of_all(
        ground: &'a TieGround<'a>,
        walkers: impl IntoIterator<Item = (&'a Impedance, &'a Islands)>,
    ) -> Vec<Self> {
        let around = Rc::new(RefCell::new(Around::new(ground)));
        let finder = |(impedance, islands)| Self {
            around: Rc::clone(&around),
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
        if let Front::Level(foot) = *front {
            let tie = self.on_level(place, foot);
            return tie.filter(|_| known.is_empty()).into_iter().collect();
        }
        if let Some(tie) = self.stood_on(place, front) {
            return if known.is_empty() { self.with_others(place, tie) } else { Vec::new() };
        }
        let around = Rc::clone(&self.around);
        let mut around = around.borrow_mut();
        around.stand(place, front);
        let mut found = Found::default();
        self.searches.iter_mut().for_each(LocalSearch::clear);
        for tie in known {
            self.seed(tie);
            found.is_placed = true;
            found.is_public |= !self.is_private(tie.position.edge);
            found.hold = self.walkable.islands.held(tie.position.edge);
        }
        let is_lost = |found: &Found| found.ties.is_empty() && known.is_empty();
        self.look_around(&mut around, is_lost, &mut found);
        if is_lost(&found) && around.stand_at_gates(place, front) {
            self.look_around(&mut around, is_lost, &mut found);
            found.ties.iter_mut().for_each(|tie| tie.forced = true);
            around.stand(place, front);
        }
        if is_lost(&found) {
            found.ties.extend(self.last_resort(&mut around));
        }
        let mut ties = found.ties;
        ties.sort_unstable_by_key(|tie| (tie.position, tie.access_mm));
        ties.dedup_by_key(|tie| tie.position);
        ties
    }

    /// Makes the ties of near legs, of far ones where there are none.
    fn look_around(
        &mut self,
        around: &mut Around,
        is_lost: impl Fn(&Found) -> bool,
        found: &mut Found,
    ) {
        self.look((around, Depth::Near), found);
        if is_lost(found) && self.ground.limit.0 > NEAR_M {
            self.look((around, Depth::Far), found);
        }
    }

    /// Makes the ties of legs as long as `depth` lets them be, nearest first.
    fn look(&mut self, (around, depth): (&mut Around, Depth), found: &mut Found) {
        let count = around.look(depth);
        // Legs from further corners of an outline, found on the way.
        let mut turned: BinaryHeap<Reverse<(LegKey, At)>> = BinaryHeap::new();
        let mut next = At { index: 0, is_turned: false };
        loop {
            let ahead = (next.index < count).then(|| around.leg(depth, next).key());
            let at = match turned.peek() {
                Some(&Reverse((key, at))) if ahead.is_none_or(|ahead| key < ahead) => {
                    turned.pop();
                    at
                }
                _ if ahead.is_some() => {
                    next.index += 1;
                    At { index: next.index - 1, ..next }
                }
                _ => break,
            };
            let other = self.weigh((around, depth), at, found);
            turned.extend(other.map(|key| Reverse((key, At { is_turned: true, ..at }))));
        }
    }

    /// The tie of who stands on a street by coordinates: there is no yard to step out of the other way. A line over a
    /// square is no street: from there one walks any way.
    fn stood_on(&self, place: LonLat, front: &Front) -> Option<Snapped> {
        if *front != Front::Listed {
            return None;
        }
        let near = Meters(0.001 * f64::from(ON_LINE_MM));
        let graph = self.ground.graph;
        let on = |accept: &dyn Fn(EdgeId) -> bool| {
            let accept = |edge| self.walkable.impedance.is_walkable(edge) && accept(edge);
            self.ground.map.nearest_where(graph, place, near, accept)
        };
        // At a junction with private ground one stands on the public street.
        let is_public = |edge| !self.is_private(edge) && !is_over_square(&graph.edges()[edge]);
        let tie = on(&is_public).or_else(|| on(&|_| true))?;
        let tie = Snapped { on_island: self.walkable.islands.contains(tie.position.edge), ..tie };
        let edge = graph.edges()[tie.position.edge];
        let is_outside = !edge.traits.contains(StreetTraits::OFF_GROUND)
            && !is_over_square(&edge)
            && self.ground.obstacles.buildings_around(place).is_empty();
        is_outside.then_some(tie)
    }

    /// The tie of who stands on a street, and those to other streets through the same spot that the first does not
    /// lead to as well: streets that cross without a junction, one drawn upon another, one-way streets that end there.
    fn with_others(&mut self, place: LonLat, first: Snapped) -> Vec<Snapped> {
        let graph = self.ground.graph;
        let near = Meters(0.001 * f64::from(ON_LINE_MM));
        let is_like_it = |edge: EdgeId| {
            let traits = graph.edges()[edge].traits;
            self.walkable.impedance.is_walkable(edge)
                && self.is_private(edge) == self.is_private(first.position.edge)
                && self.walkable.islands.held(edge)
                    == self.walkable.islands.held(first.position.edge)
                && !traits.intersects(StreetTraits::OFF_GROUND | StreetTraits::CHORD)
        };
        let mut others: Vec<Foot> = Vec::new();
        self.ground.map.each_foot(place, near, |foot| {
            if is_like_it(foot.edge) {
                others.push(foot);
            }
        });
        let order = |foot: &Foot| (foot.distance.as_mm(), foot.edge, foot.piece);
        others.sort_unstable_by_key(order);
        self.searches.iter_mut().for_each(LocalSearch::clear);
        self.seed(&first);
        let mut ties = vec![first];
        for foot in others {
            let position = foot.position(graph);
            let access_mm = foot.distance.as_mm();
            let access = self.walkable.impedance.access(access_mm);
            if self.searches.iter_mut().all(|search| search.outruns(position, access)) {
                continue;
            }
            let on_island = self.walkable.islands.contains(foot.edge);
            let on = Snapped::on_street(position, foot.place);
            let tie = Snapped { access_mm, on_island, door: place, ..on };
            self.seed(&tie);
            ties.push(tie);
        }
        ties.sort_unstable_by_key(|tie| (tie.position, tie.access_mm));
        ties.dedup_by_key(|tie| tie.position);
        ties
    }

    /// The tie of a place off the ground to the line of its level.
    fn on_level(&self, place: LonLat, foot: LonLat) -> Option<Snapped> {
        let near = Meters(0.001 * f64::from(ON_LINE_MM));
        let tie = self.ground.map.snap(&self.walkable, foot, near)?;
        let edge = self.ground.graph.edges()[tie.position.edge];
        let is_off_ground = edge.traits.contains(StreetTraits::OFF_GROUND);
        let access_mm = ground_distance(place, foot).as_mm();
        is_off_ground.then_some(Snapped { access_mm, door: place, ..tie })
    }

    /// The nearest street that may be walked.
    fn nearest(&self, place: LonLat) -> Option<Snapped> {
        let snappers = self.ground.snappers.iter();
        let found = snappers.filter_map(|s| s.snap(&self.walkable, place, self.ground.limit));
        found.min_by_key(|snap| (snap.access_mm, snap.position))
    }

    /// Makes a tie of a leg, unless it is needless or something stands in the way; then tells where in the order the
    /// leg from another corner comes, if one leads there.
    fn weigh(
        &mut self,
        (around, depth): (&mut Around, Depth),
        at: At,
        found: &mut Found,
    ) -> Option<LegKey> {
        let leg = around.leg(depth, at);
        let (impedance, edge) = (self.walkable.impedance, leg.foot.edge);
        let held = self.walkable.islands.held(edge);
        if !impedance.is_walkable(edge)
            || found.is_placed && found.hold != held
            || found.is_public && self.is_private(edge)
            || around.is_known_shut(depth, at)
        {
            return None;
        }
        let node = leg.foot.end(self.ground.graph);
        let square = self.square_of(&leg.foot).filter(|_| node.is_none());
        if node.is_some_and(|node| found.nodes.contains(&node))
            || square.is_some_and(|square| found.squares.contains(&square))
        {
            return None;
        }
        let position = around.position(depth, at);
        let access = impedance.access(leg.mm);
        let needless = self.searches.iter_mut().all(|search| search.outruns(position, access));
        // Last, for a corner of a square has as many ways as it has corners in sight.
        if needless
            || around.is_passed(depth, at)
            || node.is_some_and(|node| self.goes_on_nearer((around, depth), node, &leg))
        {
            return None;
        }
        if around.is_blocked(depth, at) {
            return around.turn(depth, at);
        }
        if self.is_barred(&leg) {
            return None;
        }
        if impedance.forward(edge).is_reachable() && impedance.backward(edge).is_reachable() {
            found.nodes.extend(node);
        }
        found.squares.extend(square);
        (found.is_placed, found.hold) = (true, held);
        found.is_public |= !self.is_private(edge);
        let tie = self.tie(&leg, (position, false));
        self.seed(&tie);
        found.ties.push(tie);
        None
    }

    fn tie(&self, leg: &Leg, (position, forced): (EdgePosition, bool)) -> Snapped {
        Snapped {
            position,
            access_mm: leg.mm,
            place: leg.foot.place,
            on_island: self.walkable.islands.contains(position.edge),
            door: leg.door,
            forced,
        }
    }

    fn is_private(&self, edge: EdgeId) -> bool {
        self.ground.graph.edges()[edge].traits.contains(StreetTraits::PRIVATE)
    }

    /// Whether a leg goes over steps or a square that are not for this walker.
    fn is_barred(&self, leg: &Leg) -> bool {
        let bars = |edge: EdgeId| {
            let Edge { class, traits, .. } = self.ground.graph.edges()[edge];
            (class == StreetClass::Steps || traits.contains(StreetTraits::CHORD))
                && !self.walkable.impedance.is_walkable(edge)
        };
        self.ground.map.is_barred(leg.door, leg.foot.place, bars)
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

    /// Whether the way that a leg leads to the end of comes nearer beyond that `node`, in sight.
    fn goes_on_nearer(
        &self,
        (around, depth): (&mut Around, Depth),
        node: NodeId,
        leg: &Leg,
    ) -> bool {
        let graph = self.ground.graph;
        let own = graph.edges()[leg.foot.edge];
        let corner = graph.places()[node];
        graph.arcs(node).iter().any(|arc| {
            let edge = graph.edges()[arc.edge()];
            let same_way = edge.source_id == own.source_id
                && arc.edge() != leg.foot.edge
                && edge.class == own.class
                && !is_over_square(&edge)
                && self.walkable.impedance.is_walkable(arc.edge());
            let shape = graph.shape(arc.edge());
            let last = shape.len() - 2;
            let (next, piece) =
                if arc.is_forward() { (shape[1], 0) } else { (shape[last], last as u32) };
            let key = PieceKey { start: leg.start, edge: arc.edge(), piece };
            same_way
                && comes_nearer(corner, leg.door, next)
                && around.sees(depth, key).unwrap_or(true)
        })
    }

    /// The tie of a point that has none otherwise: behind as little as can be, then the shortest.
    fn last_resort(&self, around: &mut Around) -> Option<Snapped> {
        let (legs, starts, blockers) = around.all_legs();
        let is_walkable = |leg: &&Leg| self.walkable.impedance.is_walkable(leg.foot.edge);
        let is_off_ground = |leg: &&Leg| {
            let traits = self.ground.graph.edges()[leg.foot.edge].traits;
            traits.contains(StreetTraits::OFF_GROUND)
        };
        let (off_ground, legs): (Vec<&Leg>, Vec<&Leg>) =
            legs.iter().filter(is_walkable).partition(is_off_ground);
        let is_forced = legs.is_empty();
        let mut best: Option<(Behind, &Leg)> = None;
        for leg in if is_forced { off_ground } else { legs } {
            let within = &starts[leg.start as usize].within;
            let known = best.map(|(behind, _)| behind);
            if let Some(behind) = self.behind(leg, (within, blockers), known) {
                best = Some((behind, leg));
            }
            if matches!(best, Some((Behind::Nothing, _))) {
                break;
            }
        }
        let (behind, leg) = best?;
        let position = leg.foot.position(self.ground.graph);
        Some(self.tie(leg, (position, is_forced || behind != Behind::Nothing)))
    }

    /// What a leg leads past, when that is less than `than`.
    fn behind(
        &self,
        leg: &Leg,
        (within, blockers): (&[u32], &mut Blockers),
        than: Option<Behind>,
    ) -> Option<Behind> {
        let obstacles = self.ground.obstacles;
        let (from, to) = (leg.door, leg.foot.place);
        let strongest = match than {
            None => obstacles.between(from, to, within),
            Some(Behind::Obstacle(kind)) => {
                obstacles.between_weaker((from, to), within, (kind, blockers)).ok()?
            }
            Some(_) if obstacles.blocks_known(from, to, within, blockers) => return None,
            Some(_) => None,
        };
        let behind = match strongest {
            Some(kind) => Behind::Obstacle(kind),
            None if self.is_barred(leg) => Behind::Barred,
            None => Behind::Nothing,
        };
        than.is_none_or(|than| behind < than).then_some(behind)
    }
}

/// Whether an edge is a line over open ground, not a street.
fn is_over_square(edge: &Edge) -> bool {
    edge.traits.contains(StreetTraits::CHORD)
}
