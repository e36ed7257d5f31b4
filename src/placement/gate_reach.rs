//! Which sets of gates (and sites) bring which home within the cutoff.
//!
//! One search from all facilities and candidate sites over the streets and all gates at once. A label is a time
//! with the set of choices it rests on; it is dropped where another is no later and rests on a subset. Labels
//! leave the queue in order of time, so each one kept is final (label setting with dominance: P. Hansen,
//! "Bicriterion path problems", 1980). What is left at a home are its smallest sets of choices, exactly.
//! Only labels that beat what is there without them are carried on, so the search stays near the gates.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::ids::{EdgeId, Id, NodeId, SiteId};
use crate::reach::{Ground, Seeds};
use crate::street::{EdgePosition, Impedance, Snapped, StreetGraph};
use crate::units::WalkTime;

use super::gates::{GateEvaluator, smallest};

/// A gate: two positions on streets that would be joined, and how long it takes to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gate {
    /// One side.
    pub from: EdgePosition,
    /// The other side.
    pub to: EdgePosition,
    /// Time from one to the other.
    pub crossing: WalkTime,
}

/// Streets, gates that could open, facilities that stand and sites that could.
#[derive(Clone, Debug)]
pub struct GateStreets<'a> {
    /// The streets.
    pub graph: &'a StreetGraph,
    /// The walker's times.
    pub impedance: &'a Impedance,
    /// The gates: the first choices.
    pub gates: &'a [Gate],
    /// Seeds of facilities that stand.
    pub facilities: &'a Seeds,
    /// Seeds of each candidate site: the other choices.
    pub sites: &'a [Seeds],
    /// Homes by their positions (any one counts) and people.
    pub homes: &'a [(Vec<Snapped>, i64)],
    /// Longest time that counts, inclusive, both access legs counted.
    pub cutoff: WalkTime,
}

/// How much the search may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WayLimits {
    /// Most gates that a way may need.
    pub gates: usize,
    /// Most labels in all.
    pub labels: usize,
}

impl Default for WayLimits {
    fn default() -> Self {
        Self { gates: 3, labels: 20_000_000 }
    }
}

/// The ways found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// For each home its smallest sets of choices; one empty set when it is covered as things stand.
    pub of_home: Vec<Vec<Vec<u32>>>,
    /// Whether no way of at most the allowed number of gates is missing: else bounds built on these hold for
    /// the ways found only.
    pub complete: bool,
}

impl GateStreets<'_> {
    /// The ways of every home that need at most `limits.gates` gates.
    pub fn ways(&self, limits: WayLimits) -> Ways {
        let mut labels = Labels::new(self, Choice::Named(limits));
        let complete = labels.run();
        Ways { of_home: labels.read(), complete }
    }
}

impl GateStreets<'_> {
    /// Time of every home when just the choices of `taken` are taken; unreachable beyond the cutoff.
    pub fn times(&self, taken: &[SiteId]) -> Vec<WalkTime> {
        let mut open = vec![false; self.choices()];
        for choice in taken {
            open[choice.index()] = true;
        }
        let mut labels = Labels::new(self, Choice::Open(open));
        labels.run();
        self.homes.iter().map(|(snaps, _)| labels.soonest(snaps)).collect()
    }
}

impl GateEvaluator for GateStreets<'_> {
    fn choices(&self) -> usize {
        self.gates.len() + self.sites.len()
    }

    fn newly_covered(&self, taken: &[SiteId]) -> i64 {
        let covered = |taken: &[SiteId]| -> Vec<bool> {
            self.times(taken).iter().map(|time| time.is_reachable()).collect()
        };
        let (before, after) = (covered(&[]), covered(taken));
        let newly = self.homes.iter().zip(before.iter().zip(&after));
        newly.filter(|(_, (before, after))| **after && !**before).map(|(home, _)| home.1).sum()
    }
}

/// How choices are treated: each named in the labels that rest on it, or simply there or not.
enum Choice {
    Named(WayLimits),
    Open(Vec<bool>),
}

/// A side of a gate on a street, a place beside the nodes of the graph.
struct End {
    position: EdgePosition,
    /// Ends that a label here is carried to through the gate.
    hops: Vec<u32>,
    gate: u32,
}

struct Labels<'a> {
    streets: &'a GateStreets<'a>,
    ground: Ground<'a>,
    choice: Choice,
    ends: Vec<End>,
    ends_on: BTreeMap<EdgeId, Vec<u32>>,
    /// Interned sets of choices; 0 is the empty one.
    sets: Vec<Vec<u32>>,
    numbers: BTreeMap<Vec<u32>, u32>,
    /// Labels kept at each node, then at each end: those along its street, those through its gate.
    kept: Vec<Vec<(WalkTime, u32)>>,
    queue: BinaryHeap<Reverse<(WalkTime, usize, u32, u32)>>,
    /// Seeds in use, with the set each rests on, by edge.
    seeds: BTreeMap<EdgeId, Vec<(EdgePosition, WalkTime, u32)>>,
    count: usize,
}

impl<'a> Labels<'a> {
    fn new(streets: &'a GateStreets<'a>, choice: Choice) -> Self {
        let mut labels = Self {
            streets,
            ground: Ground::toward(streets.graph, streets.impedance),
            choice,
            ends: Vec::new(),
            ends_on: BTreeMap::new(),
            sets: vec![Vec::new()],
            numbers: BTreeMap::from([(Vec::new(), 0)]),
            kept: Vec::new(),
            queue: BinaryHeap::new(),
            seeds: BTreeMap::new(),
            count: 0,
        };
        for (index, gate) in streets.gates.iter().enumerate() {
            labels.add_gate(index as u32, gate);
        }
        labels.kept = vec![Vec::new(); streets.graph.node_count() + 2 * labels.ends.len()];
        labels.add_seeds(streets.facilities, 0);
        for (site, seeds) in streets.sites.iter().enumerate() {
            if let Some(set) = labels.resting(0, (streets.gates.len() + site) as u32) {
                labels.add_seeds(seeds, set);
            }
        }
        labels
    }

    /// Whoever walks through leaves one side where homes lie and arrives on the other where one enters: on
    /// private ground with two sides these are two streets.
    fn add_gate(&mut self, index: u32, gate: &Gate) {
        let mut sides = Vec::new();
        for position in [gate.from, gate.to] {
            let leaving = self.add_end(position, index);
            let entering = self
                .streets
                .graph
                .find_twin(position.edge)
                .map_or(leaving, |edge| self.add_end(EdgePosition { edge, ..position }, index));
            sides.push((leaving, entering));
        }
        self.ends[sides[1].1 as usize].hops.push(sides[0].0);
        self.ends[sides[0].1 as usize].hops.push(sides[1].0);
    }

    fn add_end(&mut self, position: EdgePosition, gate: u32) -> u32 {
        let end = self.ends.len() as u32;
        self.ends.push(End { position, hops: Vec::new(), gate });
        self.ends_on.entry(position.edge).or_default().push(end);
        end
    }

    fn add_seeds(&mut self, seeds: &Seeds, set: u32) {
        for seed in seeds.all() {
            let entry = (seed.position, seed.access, set);
            self.seeds.entry(seed.position.edge).or_default().push(entry);
            self.leave(seed.position, seed.access, set);
        }
    }

    /// The set of a label that also rests on `choice`; `None` when it may not.
    fn resting(&mut self, set: u32, choice: u32) -> Option<u32> {
        let limits = match &self.choice {
            Choice::Open(open) => return open[choice as usize].then_some(set),
            Choice::Named(limits) => *limits,
        };
        let mut named = self.sets[set as usize].clone();
        let Err(place) = named.binary_search(&choice) else { return Some(set) };
        named.insert(place, choice);
        let gates = named.partition_point(|&c| (c as usize) < self.streets.gates.len());
        if gates > limits.gates {
            return None;
        }
        if let Some(&number) = self.numbers.get(&named) {
            return Some(number);
        }
        let number = self.sets.len() as u32;
        self.sets.push(named.clone());
        self.numbers.insert(named, number);
        Some(number)
    }

    fn offer(&mut self, place: u32, time: WalkTime, set: u32) {
        if time <= self.streets.cutoff && time.is_reachable() {
            self.queue.push(Reverse((time, self.sets[set as usize].len(), set, place)));
        }
    }

    /// The place of labels that come to an end along its street. They only go on through the gate: along the street
    /// they went on by themselves, and two parts of a street may round to less than the whole.
    fn place_of(&self, end: u32) -> u32 {
        self.streets.graph.node_count() as u32 + 2 * end
    }

    /// The place of labels that come to an end through its gate.
    fn beyond(&self, end: u32) -> u32 {
        self.place_of(end) + 1
    }

    /// Carries a label from a position to both ends of its street and to the gates on it.
    fn leave(&mut self, position: EdgePosition, time: WalkTime, set: u32) {
        let edge = self.streets.graph.edges()[position.edge];
        let (beginning, end) = self.ground.out_of(position);
        self.offer(edge.from.0, time.plus(beginning), set);
        self.offer(edge.to.0, time.plus(end), set);
        for other in self.ends_on.get(&position.edge).cloned().unwrap_or_default() {
            let to = self.ends[other as usize].position.offset_mm;
            let along = self.ground.along(position.edge, position.offset_mm, to);
            self.offer(self.place_of(other), time.plus(along), set);
        }
    }

    /// Runs to the end; whether it got there within the limit on labels.
    fn run(&mut self) -> bool {
        let most = match &self.choice {
            Choice::Named(limits) => limits.labels,
            Choice::Open(_) => usize::MAX,
        };
        while let Some(Reverse((time, _, set, place))) = self.queue.pop() {
            if self.is_beaten(place, set) {
                continue;
            }
            if self.count >= most {
                return false;
            }
            self.count += 1;
            self.kept[place as usize].push((time, set));
            let nodes = self.streets.graph.node_count() as u32;
            if place < nodes {
                self.leave_node(NodeId(place), time, set);
            } else {
                let end = (place - nodes) / 2;
                if (place - nodes).is_multiple_of(2) {
                    self.pass(end, time, set);
                } else {
                    self.leave(self.ends[end as usize].position, time, set);
                }
            }
        }
        true
    }

    /// Whether a label kept at `place`, none of which is later, rests on a subset of `set`.
    fn is_beaten(&self, place: u32, set: u32) -> bool {
        let set = &self.sets[set as usize];
        self.kept[place as usize].iter().any(|&(_, other)| {
            self.sets[other as usize].iter().all(|choice| set.binary_search(choice).is_ok())
        })
    }

    fn leave_node(&mut self, node: NodeId, time: WalkTime, set: u32) {
        let (graph, ground) = (self.streets.graph, &Ground { ..self.ground });
        for &arc in graph.arcs(node) {
            self.offer(arc.target.0, time.plus(self.ground.step(arc)), set);
            let Some(ends) = self.ends_on.get(&arc.edge()) else { continue };
            for end in ends.clone() {
                let (beginning, last) = ground.into(self.ends[end as usize].position);
                let edge = graph.edges()[arc.edge()];
                let part = if edge.from == node { beginning } else { last };
                self.offer(self.place_of(end), time.plus(part), set);
                if edge.from == edge.to {
                    self.offer(self.place_of(end), time.plus(last), set);
                }
            }
        }
    }

    /// Carries a label through the gate of an end.
    fn pass(&mut self, end: u32, time: WalkTime, set: u32) {
        let gate = self.ends[end as usize].gate;
        let crossing = self.streets.gates[gate as usize].crossing;
        if let Some(set) = self.resting(set, gate) {
            for other in self.ends[end as usize].hops.clone() {
                self.offer(self.beyond(other), time.plus(crossing), set);
            }
        }
    }

    /// The smallest sets within the cutoff of every home.
    fn read(&self) -> Vec<Vec<Vec<u32>>> {
        let cutoff = self.streets.cutoff;
        let homes = self.streets.homes.iter().map(|(snaps, _)| {
            let mut sets: Vec<u32> = Vec::new();
            for snap in snaps {
                let access = self.streets.impedance.access(snap.access_mm);
                let mut keep = |time: WalkTime, set: u32| {
                    if time.plus(access) <= cutoff {
                        sets.push(set);
                    }
                };
                self.arrive(snap.position, &mut keep);
            }
            sets.sort_unstable();
            sets.dedup();
            smallest(sets.iter().map(|&set| self.sets[set as usize].clone()).collect())
        });
        homes.collect()
    }

    /// The least time to a home within the cutoff.
    fn soonest(&self, snaps: &[Snapped]) -> WalkTime {
        let mut best = WalkTime::UNREACHABLE;
        for snap in snaps {
            let access = self.streets.impedance.access(snap.access_mm);
            self.arrive(snap.position, &mut |time, _| best = best.min(time.plus(access)));
        }
        if best <= self.streets.cutoff { best } else { WalkTime::UNREACHABLE }
    }

    /// All labels that reach a position.
    fn arrive(&self, position: EdgePosition, keep: &mut dyn FnMut(WalkTime, u32)) {
        let edge = self.streets.graph.edges()[position.edge];
        let ground = &self.ground;
        let (beginning, end) = ground.into(position);
        for (node, part) in [(edge.from, beginning), (edge.to, end)] {
            for &(time, set) in &self.kept[node.index()] {
                keep(time.plus(part), set);
            }
        }
        let along = |from: EdgePosition| {
            self.ground.along(position.edge, from.offset_mm, position.offset_mm)
        };
        for &other in self.ends_on.get(&position.edge).into_iter().flatten() {
            for &(time, set) in &self.kept[self.beyond(other) as usize] {
                keep(time.plus(along(self.ends[other as usize].position)), set);
            }
        }
        for &(seed, access, set) in self.seeds.get(&position.edge).into_iter().flatten() {
            keep(access.plus(along(seed)), set);
        }
    }
}
