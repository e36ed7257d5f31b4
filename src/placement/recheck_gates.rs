//! Homes that are covered through gates, walked again: each leg by a search of its own along the walking direction,
//! the legs joined afterwards. Shares nothing with the label search that found them.

use rayon::prelude::*;

use crate::ids::DemandPointId;
use crate::reach::{Ground, Search, Seed, Seeds};
use crate::street::{EdgePosition, Impedance, Linkage, Snapped, StreetGraph};
use crate::units::WalkTime;

use super::gate_reach::Gate;
use super::recheck::arrival;

/// What is walked on, and through.
#[derive(Clone, Copy, Debug)]
pub struct GateWalks<'a> {
    /// The streets.
    pub graph: &'a StreetGraph,
    /// The walker's times.
    pub impedance: &'a Impedance,
    /// Where homes meet the streets.
    pub homes: &'a Linkage,
    /// The gates that are open.
    pub gates: &'a [Gate],
    /// Where one arrives: doors of what is open and of new sites.
    pub doors: &'a [Snapped],
    /// The cutoff, inclusive.
    pub cutoff: WalkTime,
}

/// A gate in one direction: where one leaves the street, where one is then, and the time from there on to a door.
struct Passage {
    enter: EdgePosition,
    exit: EdgePosition,
    onward: WalkTime,
}

/// Times after one search: to the enter of every passage, and to the nearest door.
struct Legs {
    to_passages: Vec<WalkTime>,
    to_door: WalkTime,
}

impl GateWalks<'_> {
    /// Time of each of `points` to the nearest door through any of the gates; unreachable beyond the cutoff.
    pub fn times(&self, points: &[DemandPointId]) -> Vec<WalkTime> {
        let passages = self.passages();
        let nodes = self.graph.node_count();
        let walk = |search: &mut Search, point: &DemandPointId| {
            let starts = self.homes.of(*point).iter().map(|snap| Seed {
                position: snap.position,
                access: self.impedance.access(snap.access_mm),
                owner: 0,
            });
            let legs = self.legs(search, &Seeds::new(starts.collect()), &passages);
            let best = join(&legs, &passages);
            if best <= self.cutoff { best } else { WalkTime::UNREACHABLE }
        };
        points.par_iter().map_init(|| Search::new(nodes), walk).collect()
    }

    fn passages(&self) -> Vec<Passage> {
        let inside = |at: EdgePosition| match self.graph.find_twin(at.edge) {
            Some(edge) => EdgePosition { edge, ..at },
            None => at,
        };
        let mut passages = Vec::new();
        for gate in self.gates {
            for (enter, exit) in [(gate.from, gate.to), (gate.to, gate.from)] {
                let onward = WalkTime::UNREACHABLE;
                passages.push(Passage { enter, exit: inside(exit), onward });
            }
        }
        let mut search = Search::new(self.graph.node_count());
        let legs: Vec<Legs> = passages
            .iter()
            .map(|passage| {
                let seed = Seed { position: passage.exit, access: WalkTime::ZERO, owner: 0 };
                self.legs(&mut search, &Seeds::new(vec![seed]), &passages)
            })
            .collect();
        // Each round lets one more gate follow; a way through all of them is found in as many rounds.
        for _ in 0..passages.len() {
            for (at, legs) in legs.iter().enumerate() {
                let crossing = self.gates[at / 2].crossing;
                let onward = crossing.plus(join(legs, &passages));
                passages[at].onward = passages[at].onward.min(onward);
            }
        }
        passages
    }

    fn legs(&self, search: &mut Search, starts: &Seeds, passages: &[Passage]) -> Legs {
        let ground = &Ground::from(self.graph, self.impedance);
        search.run(ground, starts, self.cutoff);
        let reach = |position: EdgePosition| arrival(ground, search, starts, position);
        let mut to_door = WalkTime::UNREACHABLE;
        for door in self.doors {
            let access = self.impedance.access(door.access_mm);
            for position in ground.sides(door.position) {
                to_door = to_door.min(reach(position).plus(access));
            }
        }
        Legs { to_passages: passages.iter().map(|passage| reach(passage.enter)).collect(), to_door }
    }
}

fn join(legs: &Legs, passages: &[Passage]) -> WalkTime {
    let through = legs.to_passages.iter().zip(passages);
    through.fold(legs.to_door, |best, (time, passage)| best.min(time.plus(passage.onward)))
}
