//! People tied to the core of a network: at which core node a walk must be by when to have come to them.
#![expect(
    clippy::inline_always,
    reason = "vector code takes its caller's processor features only inlined"
)]

use rayon::prelude::*;

use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::Ground;
use super::core::{Core, join};
use super::lanes::Labels;
use super::people::Spots;

/// Reaching `node` by `by` ms reaches the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gate {
    /// Core node.
    pub(super) node: u32,
    /// Latest label at the node, inclusive.
    pub(super) by: u32,
}

/// A point seen from one of its later gates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Later {
    pub(super) point: u32,
    /// Which of the point's gates this is; at least 1.
    pub(super) gate: u32,
}

/// Points seen from a later gate whose first gates are at one node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shadow {
    /// The node of the first gates.
    pub(super) first: u32,
    /// Whoever is there by then counts none of these points here.
    pub(super) by: u32,
    /// Range of the laters.
    pub(super) range: (u32, u32),
}

/// People by core node.
#[derive(Debug)]
pub(super) struct Crowd {
    /// Gates of every point.
    first_gate: Vec<u32>,
    gates: Vec<Gate>,
    /// At every node the people whose first gate is there: (by, weights), latest by last.
    first_entry: Vec<u32>,
    entries: Vec<u32>,
    weights: Vec<i64>,
    /// Sums over the entries of every node.
    totals: Vec<i64>,
    first_shadow: Vec<u32>,
    shadows: Vec<Shadow>,
    laters: Vec<Later>,
    /// At every node the points with a gate there.
    first_point: Vec<u32>,
    points: Vec<u32>,
}

type Item = (EdgePosition, WalkTime, u32);

/// The gates of one point, by node, none that another makes needless. `found` is scratch.
fn gates_of(
    ground: &Ground,
    core: &Core,
    (places, cutoff): (&[Item], u32),
    found: &mut Vec<(u32, u32)>,
) -> Vec<Gate> {
    found.clear();
    for &(position, access, _) in places {
        for side in ground.sides(position) {
            for (node, rest) in ground.ways_in(side) {
                let rest = rest.plus(access).as_ms();
                let anchors = core.back(node.0).map(|at| (at.node, join(at.cost, rest)));
                found.extend(anchors.filter(|&(_, rest)| rest <= cutoff));
            }
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|gate| gate.0);
    let is_needed = |&(node, rest): &(u32, u32)| {
        found.len() == 1
            || !core.of(node).iter().any(|&(to, cost)| {
                let over = found.iter().find(|gate| gate.0 == to).map(|gate| gate.1);
                // Of two with nothing between them the first stays.
                over.is_some_and(|over| join(cost, over) <= rest && (over < rest || to < node))
            })
    };
    let needed = found.iter().copied().filter(is_needed);
    needed.map(|(node, rest)| Gate { node, by: cutoff - rest }).collect()
}

impl Crowd {
    /// Ties the points of `placed` that anybody is at to the core.
    pub(super) fn new(ground: &Ground, core: &Core, people: &Spots, cutoff: u32) -> Self {
        let placed = &people.placed;
        let mut items: Vec<Item> = placed.all().to_vec();
        items.par_sort_by_key(|item| item.2);
        let points: Vec<&[Item]> = items.chunk_by(|a, b| a.2 == b.2).collect();
        let gates: Vec<Vec<Gate>> = points
            .par_iter()
            .map_init(Vec::new, |found, places| gates_of(ground, core, (places, cutoff), found))
            .collect();
        let mut crowd = Self {
            first_gate: vec![0; placed.points() + 1],
            gates: Vec::with_capacity(gates.iter().map(Vec::len).sum()),
            first_entry: Vec::new(),
            entries: Vec::new(),
            weights: Vec::new(),
            totals: vec![0; core.len() * people.groups],
            first_shadow: Vec::new(),
            shadows: Vec::new(),
            laters: Vec::new(),
            first_point: Vec::new(),
            points: Vec::new(),
        };
        let mut point = 0;
        for (places, gates) in points.iter().zip(&gates) {
            let own = places[0].2 as usize;
            crowd.first_gate[point..=own].fill(crowd.gates.len() as u32);
            crowd.gates.extend_from_slice(gates);
            point = own + 1;
        }
        crowd.first_gate[point..].fill(crowd.gates.len() as u32);
        crowd.enter(core, people);
        crowd.shade(core);
        crowd
    }

    /// Sums people by their first gate.
    fn enter(&mut self, core: &Core, people: &Spots) {
        let mut entries: Vec<(Gate, u32)> = (0..self.first_gate.len() as u32 - 1)
            .filter_map(|point| Some((*self.gates(point).first()?, point)))
            .collect();
        entries.par_sort_unstable();
        self.first_entry = vec![0; core.len() + 1];
        for same in entries.chunk_by(|a, b| a.0 == b.0) {
            let Gate { node, by } = same[0].0;
            self.first_entry[node as usize + 1] += 1;
            self.entries.push(by);
            for group in 0..people.groups {
                let sum = same.iter().map(|&(_, point)| people.weight(point, group)).sum();
                self.weights.push(sum);
                self.totals[node as usize * people.groups + group] += sum;
            }
        }
        for node in 0..core.len() {
            self.first_entry[node + 1] += self.first_entry[node];
        }
    }

    /// Lists points at all their gates.
    pub(super) fn list_points(&mut self, core: &Core) {
        let mut at: Vec<(u32, u32)> = (0..self.first_gate.len() as u32 - 1)
            .flat_map(|point| self.gates(point).iter().map(move |gate| (gate.node, point)))
            .collect();
        at.par_sort_unstable();
        self.first_point = vec![0; core.len() + 1];
        for &(node, point) in &at {
            self.first_point[node as usize + 1] += 1;
            self.points.push(point);
        }
        for node in 0..core.len() {
            self.first_point[node + 1] += self.first_point[node];
        }
    }

    /// The points with a gate at a core node, once they were listed.
    pub(super) fn points(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.points[self.first_point[node] as usize..self.first_point[node + 1] as usize]
    }

    /// Lists points at their later gates.
    fn shade(&mut self, core: &Core) {
        let mut laters: Vec<(u32, u32, Later)> = Vec::new();
        for point in 0..self.first_gate.len() as u32 - 1 {
            let gates = self.gates(point);
            for (gate, at) in gates.iter().enumerate().skip(1) {
                laters.push((at.node, gates[0].node, Later { point, gate: gate as u32 }));
            }
        }
        laters.par_sort_unstable_by_key(|&(node, first, later)| (node, first, later.point));
        self.first_shadow = vec![0; core.len() + 1];
        for same in laters.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (node, first, _) = same[0];
            let by = same.iter().map(|later| self.gates(later.2.point)[0].by).min().unwrap_or(0);
            let start = self.laters.len() as u32;
            self.laters.extend(same.iter().map(|later| later.2));
            let range = (start, self.laters.len() as u32);
            self.shadows.push(Shadow { first, by, range });
            self.first_shadow[node as usize + 1] += 1;
        }
        for node in 0..core.len() {
            self.first_shadow[node + 1] += self.first_shadow[node];
        }
    }

    /// The gates of a point, first first.
    #[inline]
    pub(super) fn gates(&self, point: u32) -> &[Gate] {
        let point = point as usize;
        &self.gates[self.first_gate[point] as usize..self.first_gate[point + 1] as usize]
    }

    /// Entries of a core node: latest labels in ascending order, and where their weights begin.
    #[inline(always)]
    pub(super) fn entries(&self, node: u32) -> (&[u32], usize) {
        let node = node as usize;
        let (first, end) = (self.first_entry[node] as usize, self.first_entry[node + 1] as usize);
        (&self.entries[first..end], first)
    }

    /// Weights of entry `entry`, by group.
    #[inline(always)]
    pub(super) fn weights(&self, entry: usize, groups: usize) -> &[i64] {
        &self.weights[entry * groups..(entry + 1) * groups]
    }

    /// Sums over a node's entries, by group.
    #[inline(always)]
    pub(super) fn totals(&self, node: u32, groups: usize) -> &[i64] {
        &self.totals[node as usize * groups..(node as usize + 1) * groups]
    }

    /// Points at their later gates at a core node.
    #[inline(always)]
    pub(super) fn shadows(&self, node: u32) -> &[Shadow] {
        let node = node as usize;
        &self.shadows[self.first_shadow[node] as usize..self.first_shadow[node + 1] as usize]
    }

    /// The points of a shadow.
    #[inline(always)]
    pub(super) fn laters(&self, shadow: &Shadow) -> &[Later] {
        &self.laters[shadow.range.0 as usize..shadow.range.1 as usize]
    }
}

/// The greatest label of any lane.
#[inline(always)]
pub(super) fn latest(labels: &Labels) -> u32 {
    labels.iter().fold(0, |latest, &label| latest.max(label))
}
