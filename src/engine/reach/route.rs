//! The path that explains a time.

use crate::ids::{EdgeId, Id, NodeId};
use crate::street::Arc;
use crate::units::WalkTime;

use super::buckets::BucketQueue;
use super::{Ground, Seed, Seeds};

/// A stretch of one edge, walked from one offset to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteLeg {
    /// The edge.
    pub edge: EdgeId,
    /// Where the stretch begins, in millimetres from the edge's beginning.
    pub from_mm: u32,
    /// Where it ends; smaller than `from_mm` when walked against the edge's direction.
    pub to_mm: u32,
    /// Its time.
    pub time: WalkTime,
}

/// A walk from a start to the nearest of several ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The whole time, both access legs included.
    pub time: WalkTime,
    /// Access leg at the start.
    pub start_access: WalkTime,
    /// Access leg at the end.
    pub end_access: WalkTime,
    /// The start that was taken.
    pub start: Seed,
    /// The end that was taken.
    pub end: Seed,
    /// The streets, in walking order; empty when both lie at one position.
    pub legs: Vec<RouteLeg>,
}

impl Route {
    /// The fastest walk on `ground` (seen in direction [`super::Direction::From`]) from any of `starts` to any of
    /// `ends`, or `None` when none is reached within `bound` (inclusive).
    pub fn find(ground: &Ground, starts: &Seeds, ends: &Seeds, bound: WalkTime) -> Option<Self> {
        RouteTree::grow(ground, starts, bound).route_to(ends.all())
    }

    /// Length of the streets walked, in millimetres.
    pub fn street_mm(&self) -> u64 {
        self.legs.iter().map(|leg| u64::from(leg.from_mm.abs_diff(leg.to_mm))).sum()
    }
}

#[derive(Clone, Copy, Debug)]
enum Approach {
    Direct(Seed),
    Over(NodeId),
}

/// What a node was reached from.
#[derive(Clone, Copy, Debug)]
enum By {
    /// Straight from a start, by the beginning of its edge or by the end.
    Start(Seed, End),
    /// From a node, by an arc.
    Node(NodeId, Arc),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Beginning,
    Ending,
}

/// How a node was reached: when, and from where.
#[derive(Clone, Copy, Debug)]
struct Reached {
    time: WalkTime,
    by: Option<By>,
}

/// The fastest walks from one place, by any of its starts, to everywhere within a bound; grown once and asked for
/// many ends.
#[derive(Clone, Debug)]
pub struct RouteTree<'a> {
    ground: Ground<'a>,
    starts: Seeds,
    bound: WalkTime,
    nodes: Vec<Reached>,
}

impl<'a> RouteTree<'a> {
    /// Walks from `starts` on `ground` (seen in direction [`super::Direction::From`]) as far as `bound`
    /// (inclusive).
    pub fn grow(ground: &Ground<'a>, starts: &Seeds, bound: WalkTime) -> Self {
        let unreached = Reached { time: WalkTime::UNREACHABLE, by: None };
        let nodes = vec![unreached; ground.graph.node_count()];
        let mut tree = Self { ground: *ground, starts: starts.clone(), bound, nodes };
        let mut queue = BucketQueue::new(ground.tracks().mean_ms());
        for seed in starts.all() {
            for ((node, time), end) in
                ground.ways_out(seed).into_iter().zip([End::Beginning, End::Ending])
            {
                tree.offer(&mut queue, node, (time, By::Start(*seed, end)));
            }
        }
        while let Some((ms, node)) = queue.pop() {
            let (time, node) = (WalkTime::from_ms(ms), NodeId(node));
            if tree.nodes[node.index()].time < time {
                continue;
            }
            for &arc in ground.graph.arcs(node) {
                let arrival = time.plus(ground.step(arc));
                tree.offer(&mut queue, arc.target, (arrival, By::Node(node, arc)));
            }
        }
        tree
    }

    fn offer(&mut self, queue: &mut BucketQueue<u32>, node: NodeId, (time, by): (WalkTime, By)) {
        if time <= self.bound && time < self.nodes[node.index()].time {
            self.nodes[node.index()] = Reached { time, by: Some(by) };
            queue.push(time.as_ms(), node.0);
        }
    }

    /// The ways to `end`, each with its whole time.
    fn approaches(&self, end: Seed) -> impl Iterator<Item = (WalkTime, Approach)> + '_ {
        let (ground, at) = (&self.ground, end.position);
        let direct = self.starts.on(at.edge).iter().map(move |start| {
            let along = ground.along(at.edge, start.position.offset_mm, at.offset_mm);
            (start.access.plus(along), Approach::Direct(*start))
        });
        let edge = ground.graph.edges()[at.edge];
        let (beginning, ending) = ground.into(at);
        let over = [(edge.from, beginning), (edge.to, ending)]
            .map(|(node, part)| (self.nodes[node.index()].time.plus(part), Approach::Over(node)));
        direct
            .chain(over)
            .map(move |(time, approach)| (time.plus(end.access), approach))
            .filter(|&(time, _)| time.is_reachable() && time <= self.bound)
    }

    /// Time of the walk to `end`, both access legs counted; unreachable beyond the bound.
    pub fn time_to(&self, end: Seed) -> WalkTime {
        self.approaches(end).map(|(time, _)| time).min().unwrap_or(WalkTime::UNREACHABLE)
    }

    /// The fastest walk to any of `ends`, ties by end; `None` when none lies within the bound.
    pub fn route_to(&self, ends: &[Seed]) -> Option<Route> {
        let mut best: Option<(WalkTime, Seed, Approach)> = None;
        for &end in ends {
            for (time, approach) in self.approaches(end) {
                if best.as_ref().is_none_or(|(known, seed, _)| (time, end) < (*known, *seed)) {
                    best = Some((time, end, approach));
                }
            }
        }
        let (time, end, approach) = best?;
        let (start, legs) = trace(&self.ground, &self.nodes, (end, approach))?;
        let (start_access, end_access) = (start.access, end.access);
        Some(Route { time, start_access, end_access, start, end, legs })
    }
}

fn trace(
    ground: &Ground,
    nodes: &[Reached],
    (end, approach): (Seed, Approach),
) -> Option<(Seed, Vec<RouteLeg>)> {
    let leg = |edge: EdgeId, from_mm: u32, to_mm: u32| RouteLeg {
        edge,
        from_mm,
        to_mm,
        time: ground.along(edge, from_mm, to_mm),
    };
    let last = match approach {
        Approach::Over(last) => last,
        Approach::Direct(start) => {
            let (from_mm, to_mm) = (start.position.offset_mm, end.position.offset_mm);
            let direct = (from_mm != to_mm).then(|| leg(start.position.edge, from_mm, to_mm));
            return Some((start, direct.into_iter().collect()));
        }
    };
    let edges = ground.graph.edges();
    let mut legs = Vec::new();
    let into = edges[end.position.edge];
    let entry = if last == into.from { 0 } else { into.length_mm };
    // On a loop both ends are one node: enter by the cheaper side, as the search did.
    let (beginning, ending) = ground.into(end.position);
    let entry = if into.from == into.to && ending < beginning { into.length_mm } else { entry };
    legs.push(leg(end.position.edge, entry, end.position.offset_mm));
    let mut node = last;
    let (start, exit) = loop {
        let (before, arc) = match nodes[node.index()].by? {
            By::Start(start, exit) => break (start, exit),
            By::Node(before, arc) => (before, arc),
        };
        let length = edges[arc.edge()].length_mm;
        let (from_mm, to_mm) = if arc.is_forward() { (0, length) } else { (length, 0) };
        legs.push(RouteLeg { edge: arc.edge(), from_mm, to_mm, time: ground.step(arc) });
        node = before;
    };
    let whole = edges[start.position.edge].length_mm;
    let exit = if exit == End::Beginning { 0 } else { whole };
    legs.push(leg(start.position.edge, start.position.offset_mm, exit));
    legs.reverse();
    legs.retain(|leg| leg.from_mm != leg.to_mm || leg.time > WalkTime::ZERO);
    Some((start, legs))
}
