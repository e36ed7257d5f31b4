//! Floyd–Warshall over the edges, and every start and end joined to it by hand.

use walkshed::ids::{EdgeId, NodeId};
use walkshed::reach::{Seed, Seeds};
use walkshed::street::{EdgePosition, Impedance, StreetGraph};

/// Walking times between all nodes in milliseconds, `None` where there is no way.
#[derive(Debug)]
pub(crate) struct Oracle<'a> {
    graph: &'a StreetGraph,
    impedance: &'a Impedance,
    times: Vec<Vec<Option<u64>>>,
}

fn least(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

fn sum(parts: &[Option<u64>]) -> Option<u64> {
    parts.iter().copied().sum()
}

/// The documented rule, told another way: `whole × part ÷ length` to the nearest whole, halves up.
pub(crate) fn rounded_part(whole: Option<u64>, part_mm: u32, length_mm: u32) -> Option<u64> {
    let whole = u128::from(whole?);
    if part_mm == 0 || length_mm == 0 {
        return Some(0);
    }
    let (part, length) = (u128::from(part_mm), u128::from(length_mm));
    Some(((2 * whole * part + length) / (2 * length)) as u64)
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(graph: &'a StreetGraph, impedance: &'a Impedance) -> Self {
        let count = graph.node_count();
        let mut times = vec![vec![None; count]; count];
        for (node, row) in times.iter_mut().enumerate() {
            row[node] = Some(0);
        }
        let oracle = Self { graph, impedance, times: Vec::new() };
        for (id, edge) in graph.edges().enumerate() {
            let (from, to) = (edge.from.0 as usize, edge.to.0 as usize);
            times[from][to] = least(times[from][to], oracle.forward(id));
            times[to][from] = least(times[to][from], oracle.backward(id));
        }
        for by in 0..count {
            for from in 0..count {
                for to in 0..count {
                    let over = sum(&[times[from][by], times[by][to]]);
                    times[from][to] = least(times[from][to], over);
                }
            }
        }
        Self { times, ..oracle }
    }

    fn forward(&self, edge: EdgeId) -> Option<u64> {
        self.impedance.forward(edge).reached().map(|time| u64::from(time.as_ms()))
    }

    fn backward(&self, edge: EdgeId) -> Option<u64> {
        self.impedance.backward(edge).reached().map(|time| u64::from(time.as_ms()))
    }

    /// Milliseconds from one node to another.
    pub(crate) fn between(&self, from: NodeId, to: NodeId) -> Option<u64> {
        self.times[from.0 as usize][to.0 as usize]
    }

    /// Ways out of a position: an end of its edge and the time to it.
    fn exits(&self, at: EdgePosition) -> [(NodeId, Option<u64>); 2] {
        let edge = self.graph.edges()[at.edge];
        let rest = edge.length_mm - at.offset_mm;
        [
            (edge.from, rounded_part(self.backward(at.edge), at.offset_mm, edge.length_mm)),
            (edge.to, rounded_part(self.forward(at.edge), rest, edge.length_mm)),
        ]
    }

    /// Ways into a position: an end of its edge and the time from it.
    fn entries(&self, at: EdgePosition) -> [(NodeId, Option<u64>); 2] {
        let edge = self.graph.edges()[at.edge];
        let rest = edge.length_mm - at.offset_mm;
        [
            (edge.from, rounded_part(self.forward(at.edge), at.offset_mm, edge.length_mm)),
            (edge.to, rounded_part(self.backward(at.edge), rest, edge.length_mm)),
        ]
    }

    /// Milliseconds from one position to another.
    pub(crate) fn walk(&self, from: EdgePosition, to: EdgePosition) -> Option<u64> {
        let mut best = None;
        if from.edge == to.edge {
            let length = self.graph.edges()[from.edge].length_mm;
            let part = from.offset_mm.abs_diff(to.offset_mm);
            best = match to.offset_mm.cmp(&from.offset_mm) {
                std::cmp::Ordering::Equal => Some(0),
                std::cmp::Ordering::Greater => rounded_part(self.forward(from.edge), part, length),
                std::cmp::Ordering::Less => rounded_part(self.backward(from.edge), part, length),
            };
        }
        for (exit, out) in self.exits(from) {
            for (entry, into) in self.entries(to) {
                best = least(best, sum(&[out, self.between(exit, entry), into]));
            }
        }
        best
    }

    /// Milliseconds from a node to a position.
    pub(crate) fn walk_from_node(&self, from: NodeId, to: EdgePosition) -> Option<u64> {
        self.entries(to)
            .into_iter()
            .map(|(entry, into)| sum(&[self.between(from, entry), into]))
            .fold(None, least)
    }

    /// Milliseconds from a position to a node.
    pub(crate) fn walk_to_node(&self, from: EdgePosition, to: NodeId) -> Option<u64> {
        self.exits(from)
            .into_iter()
            .map(|(exit, out)| sum(&[out, self.between(exit, to)]))
            .fold(None, least)
    }
}

/// The least (time, owner) over all seeds, `walk` giving the time between a seed and the place asked for.
pub(crate) fn nearest(seeds: &Seeds, walk: impl Fn(&Seed) -> Option<u64>) -> Option<(u64, u32)> {
    let timed = seeds.all().iter().filter_map(|seed| {
        walk(seed).map(|time| (time + u64::from(seed.access.as_ms()), seed.owner))
    });
    timed.min()
}

/// Every owner with its least time, nearest first, ties by owner.
pub(crate) fn ranked(seeds: &Seeds, walk: impl Fn(&Seed) -> Option<u64>) -> Vec<(u64, u32)> {
    let mut owners: Vec<u32> = seeds.all().iter().map(|seed| seed.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let mut found: Vec<(u64, u32)> = owners
        .into_iter()
        .filter_map(|owner| {
            let own = seeds.all().iter().filter(|seed| seed.owner == owner).copied().collect();
            nearest(&Seeds::new(own), &walk)
        })
        .collect();
    found.sort_unstable();
    found
}
