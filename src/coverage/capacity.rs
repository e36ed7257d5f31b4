//! Served, in reach but full, out of reach: who gets a place when places are counted.
//!
//! A rule asks for `capacity_per_1000` places per 1000 people, so a facility of `c` places serves
//! `c × 1000 / capacity_per_1000` people. As many people as possible are served: a maximum flow from people
//! to facilities within the cutoff, independent of any order of allocation (Dinic, "Algorithm for solution
//! of a problem of maximum flow in networks with power estimation", Soviet Math. Dokl. 11, 1970).

use std::collections::{BTreeMap, VecDeque};

use crate::ids::DemandPointId;
use crate::units::Persons;

/// Where the people of a rule stand when places are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CapacitySplit {
    /// In reach of a place.
    pub served: Persons,
    /// In reach of facilities of known capacity, all full.
    pub full: Persons,
    /// In reach only of facilities whose capacity is not known, beyond what the known ones serve.
    pub unknown: Persons,
    /// Beyond the cutoff.
    pub out_of_reach: Persons,
}

/// A facility by how many people it can serve; `None` when its capacity is not known.
pub type Serves = Option<Persons>;

/// One demand point: people, and the facilities within the cutoff, by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InReach {
    /// Which point.
    pub point: DemandPointId,
    /// How many people.
    pub persons: Persons,
    /// Positions of the facilities it reaches, sorted.
    pub facilities: Vec<u32>,
}

/// The split with the most people served.
pub fn allocate(serves: &[Serves], points: &[InReach]) -> CapacitySplit {
    let mut split = CapacitySplit::default();
    // People who reach the same facilities of known capacity are one, exactly.
    let mut alike: BTreeMap<(Vec<u32>, bool), Persons> = BTreeMap::new();
    for point in points {
        let known: Vec<u32> =
            point.facilities.iter().copied().filter(|&f| serves[f as usize].is_some()).collect();
        let also_unknown = known.len() < point.facilities.len();
        if point.facilities.is_empty() {
            split.out_of_reach += point.persons;
        } else if known.is_empty() {
            split.unknown += point.persons;
        } else {
            *alike.entry((known, also_unknown)).or_default() += point.persons;
        }
    }
    // People who could also go where the capacity is unknown are served last, so that none is called full
    // while someone with that way out holds a place.
    let mut flow = Flow::new(serves);
    for wanted in [false, true] {
        for ((known, also_unknown), &persons) in &alike {
            if *also_unknown == wanted {
                flow.add_group(known, persons);
            }
        }
        let before = flow.served();
        flow.augment();
        let placed = flow.served() - before;
        let asked: Persons =
            alike.iter().filter(|((_, unknown), _)| *unknown == wanted).map(|(_, &p)| p).sum();
        split.served += placed;
        if wanted { split.unknown += asked - placed } else { split.full += asked - placed }
    }
    split
}

/// A flow network: source → groups → facilities → sink, in millionths of a person.
struct Flow {
    heads: Vec<Vec<usize>>,
    arcs: Vec<(usize, i64)>,
    facilities: usize,
    sent: i64,
}

const SOURCE: usize = 0;
const SINK: usize = 1;

impl Flow {
    fn new(serves: &[Serves]) -> Self {
        let mut flow = Self {
            heads: vec![Vec::new(); serves.len() + 2],
            arcs: Vec::new(),
            facilities: 2,
            sent: 0,
        };
        for (index, serve) in serves.iter().enumerate() {
            if let Some(persons) = serve {
                flow.connect(flow.facilities + index, SINK, persons.as_micro());
            }
        }
        flow
    }

    fn connect(&mut self, from: usize, to: usize, room: i64) {
        self.heads[from].push(self.arcs.len());
        self.arcs.push((to, room));
        self.heads[to].push(self.arcs.len());
        self.arcs.push((from, 0));
    }

    fn add_group(&mut self, known: &[u32], persons: Persons) {
        let group = self.heads.len();
        self.heads.push(Vec::new());
        self.connect(SOURCE, group, persons.as_micro());
        for &facility in known {
            self.connect(group, self.facilities + facility as usize, persons.as_micro());
        }
    }

    fn served(&self) -> Persons {
        Persons::from_micro(self.sent)
    }

    /// Sends as much more as fits.
    fn augment(&mut self) {
        while let Some(levels) = self.levels() {
            let mut next = vec![0; self.heads.len()];
            loop {
                let sent = self.send(SOURCE, i64::MAX, &levels, &mut next);
                if sent == 0 {
                    break;
                }
                self.sent += sent;
            }
        }
    }

    /// Distance of every node from the source over arcs with room; `None` when the sink is out of reach.
    fn levels(&self) -> Option<Vec<u32>> {
        let mut levels = vec![u32::MAX; self.heads.len()];
        levels[SOURCE] = 0;
        let mut queue = VecDeque::from([SOURCE]);
        while let Some(node) = queue.pop_front() {
            for &arc in &self.heads[node] {
                let (to, room) = self.arcs[arc];
                if room > 0 && levels[to] == u32::MAX {
                    levels[to] = levels[node] + 1;
                    queue.push_back(to);
                }
            }
        }
        (levels[SINK] != u32::MAX).then_some(levels)
    }

    /// One augmenting path along the levels; an explicit stack keeps long paths off the call stack.
    fn send(&mut self, from: usize, most: i64, levels: &[u32], next: &mut [usize]) -> i64 {
        let mut path: Vec<usize> = Vec::new();
        let mut node = from;
        loop {
            if node == SINK {
                let room = path.iter().map(|&arc| self.arcs[arc].1).min().unwrap_or(0).min(most);
                for &arc in &path {
                    self.arcs[arc].1 -= room;
                    self.arcs[arc ^ 1].1 += room;
                }
                return room;
            }
            let open = self.heads[node][next[node]..].iter().position(|&arc| {
                let (to, room) = self.arcs[arc];
                room > 0 && levels[to] == levels[node] + 1
            });
            if let Some(skip) = open {
                next[node] += skip;
                let arc = self.heads[node][next[node]];
                path.push(arc);
                node = self.arcs[arc].0;
            } else {
                next[node] = self.heads[node].len();
                let Some(back) = path.pop() else { return 0 };
                node = self.arcs[back ^ 1].0;
                next[node] += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persons(count: f64) -> Persons {
        Persons::from_count(count).unwrap()
    }

    fn point(id: u32, count: f64, facilities: &[u32]) -> InReach {
        InReach {
            point: DemandPointId(id),
            persons: persons(count),
            facilities: facilities.to_vec(),
        }
    }

    #[test]
    fn as_many_as_possible_are_served_whatever_the_order() {
        // Point 0 reaches both, point 1 only the first: 0 must go to the second for all to be served.
        let serves = [Some(persons(10.0)), Some(persons(10.0))];
        let points = [point(0, 10.0, &[0, 1]), point(1, 10.0, &[0])];
        let split = allocate(&serves, &points);
        assert_eq!(split, CapacitySplit { served: persons(20.0), ..CapacitySplit::default() });
        let turned = [points[1].clone(), points[0].clone()];
        assert_eq!(allocate(&serves, &turned), split);
    }

    #[test]
    fn the_four_parts_add_up_to_everybody() {
        let serves = [Some(persons(5.0)), None];
        let points =
            [point(0, 8.0, &[0]), point(1, 4.0, &[1]), point(2, 3.0, &[]), point(3, 2.0, &[0, 1])];
        let split = allocate(&serves, &points);
        assert_eq!(split.served, persons(5.0));
        assert_eq!(split.full, persons(3.0));
        assert_eq!(split.unknown, persons(6.0));
        assert_eq!(split.out_of_reach, persons(3.0));
    }

    #[test]
    fn no_places_serve_nobody() {
        let split = allocate(&[Some(Persons::ZERO)], &[point(0, 1.0, &[0])]);
        assert_eq!((split.served, split.full), (Persons::ZERO, persons(1.0)));
    }
}
