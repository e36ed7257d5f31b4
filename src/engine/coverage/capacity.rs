//! Served, in reach but full, out of reach: who gets a place when places are counted.
//!
//! A rule asks for `capacity_per_1000` places per 1000 people, so a facility of `c` places serves
//! `c × 1000 / capacity_per_1000` people. As many people as possible are served: a maximum flow from people
//! to facilities within the cutoff (Dinic, "Algorithm for solution of a problem of maximum flow in networks with
//! power estimation", Soviet Math. Dokl. 11, 1970). That total is one number, but many ways of handing out the
//! places reach it. They are handed out in [`ROUNDS`] equal rounds: in each, every home may get one more part of
//! its people served, as far as places reach. Those who compete for the same places therefore get like shares,
//! to within one round, and a home that can get no more in one round never can in a later one.

use std::collections::{BTreeMap, VecDeque};
use std::ops::AddAssign;

use crate::demand::{DemandLayer, ZoneHierarchy};
use crate::ids::{DemandPointId, IdVec, ZoneId};
use crate::units::Persons;

/// Rounds in which places are handed out.
pub const ROUNDS: u32 = 20;

/// Where people stand when places are counted.
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

impl CapacitySplit {
    /// Everybody with street data.
    pub fn persons(self) -> Persons {
        self.served + self.full + self.unknown + self.out_of_reach
    }

    /// Served, full, unknown, out of reach.
    pub const fn parts(self) -> [Persons; 4] {
        [self.served, self.full, self.unknown, self.out_of_reach]
    }

    /// Those who are in reach of no place that is known to be theirs.
    pub fn not_served(self) -> Persons {
        self.persons() - self.served
    }
}

impl AddAssign for CapacitySplit {
    fn add_assign(&mut self, part: Self) {
        self.served += part.served;
        self.full += part.full;
        self.unknown += part.unknown;
        self.out_of_reach += part.out_of_reach;
    }
}

/// Where the people of a rule stand, everywhere and zone by zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapacityAssessment {
    /// The whole study area.
    pub total: CapacitySplit,
    /// Each zone, its parts included.
    pub zones: IdVec<ZoneId, CapacitySplit>,
    /// People served at each demand point.
    pub served: IdVec<DemandPointId, Persons>,
}

impl CapacityAssessment {
    /// Hands out the places of facilities that serve as many as `serves` says to `points`, which all lie in a
    /// zone.
    pub fn of(
        demand: &DemandLayer,
        zones: &ZoneHierarchy,
        serves: &[Serves],
        points: &[InReach],
    ) -> Self {
        let mut assessment = Self {
            total: CapacitySplit::default(),
            zones: vec![CapacitySplit::default(); zones.zones.len()].into(),
            served: vec![Persons::ZERO; demand.points.len()].into(),
        };
        for (point, split) in points.iter().zip(allocate(serves, points)) {
            assessment.served[point.point] = split.served;
            if let Some(zone) = demand.points[point.point].zone {
                assessment.zones[zone] += split;
            }
        }
        for zone in zones.zones.ids().rev() {
            let part = assessment.zones[zone];
            match zones.zones[zone].parent {
                Some(parent) => assessment.zones[parent] += part,
                None => assessment.total += part,
            }
        }
        assessment
    }
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

/// The split of each point, with the most people served in all.
pub fn allocate(serves: &[Serves], points: &[InReach]) -> Vec<CapacitySplit> {
    let mut splits = vec![CapacitySplit::default(); points.len()];
    // People who reach the same facilities of known capacity are one group, exactly.
    let mut alike: BTreeMap<(Vec<u32>, bool), Vec<usize>> = BTreeMap::new();
    for (index, point) in points.iter().enumerate() {
        let known: Vec<u32> =
            point.facilities.iter().copied().filter(|&f| serves[f as usize].is_some()).collect();
        let also_unknown = known.len() < point.facilities.len();
        if point.facilities.is_empty() {
            splits[index].out_of_reach = point.persons;
        } else if known.is_empty() {
            splits[index].unknown = point.persons;
        } else {
            alike.entry((known, also_unknown)).or_default().push(index);
        }
    }
    // People who could also go where the capacity is unknown are served last, so that none is called full
    // while someone with that way out holds a place.
    let mut flow = Flow::new(serves);
    for wanted in [false, true] {
        let groups: Vec<(Group, &Vec<usize>)> = alike
            .iter()
            .filter(|((_, also_unknown), _)| *also_unknown == wanted)
            .map(|((known, _), members)| {
                let persons = members.iter().map(|&index| points[index].persons).sum();
                (flow.add_group(known, persons), members)
            })
            .collect();
        flow.hand_out(&groups.iter().map(|&(group, _)| group).collect::<Vec<_>>());
        for (group, members) in groups {
            let served = share_out(flow.served(group), group.persons, points, members);
            for (&index, served) in members.iter().zip(served) {
                let rest = points[index].persons - served;
                splits[index].served = served;
                if wanted { splits[index].unknown = rest } else { splits[index].full = rest }
            }
        }
    }
    splits
}

/// `served` of the `persons` of a group, divided among its members in proportion; what does not divide goes to
/// the first of them, a millionth each.
fn share_out(
    served: Persons,
    persons: Persons,
    points: &[InReach],
    members: &[usize],
) -> Vec<Persons> {
    let (served, persons) = (i128::from(served.as_micro()), i128::from(persons.as_micro()));
    let whole = |index: usize| i128::from(points[index].persons.as_micro());
    let mut parts: Vec<i128> =
        members.iter().map(|&index| served * whole(index) / persons.max(1)).collect();
    let mut left = served - parts.iter().sum::<i128>();
    for (part, &index) in parts.iter_mut().zip(members) {
        let more = left.min(1).min(whole(index) - *part);
        *part += more;
        left -= more;
    }
    parts.into_iter().map(|part| Persons::from_micro(part as i64)).collect()
}

/// People who reach the same facilities of known capacity.
#[derive(Clone, Copy, Debug)]
struct Group {
    /// The arc from the source to them.
    arc: usize,
    persons: Persons,
}

/// A flow network: source → groups → facilities → sink, in millionths of a person.
#[derive(Clone)]
struct Flow {
    heads: Vec<Vec<usize>>,
    arcs: Vec<(usize, i64)>,
    facilities: usize,
}

const SOURCE: usize = 0;
const SINK: usize = 1;

impl Flow {
    fn new(serves: &[Serves]) -> Self {
        let mut flow =
            Self { heads: vec![Vec::new(); serves.len() + 2], arcs: Vec::new(), facilities: 2 };
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

    /// A group that may not be served yet.
    fn add_group(&mut self, known: &[u32], persons: Persons) -> Group {
        let group = self.heads.len();
        let arc = self.arcs.len();
        self.heads.push(Vec::new());
        self.connect(SOURCE, group, 0);
        for &facility in known {
            self.connect(group, self.facilities + facility as usize, persons.as_micro());
        }
        Group { arc, persons }
    }

    /// How many of a group are served: the room of the way back.
    fn served(&self, group: Group) -> Persons {
        Persons::from_micro(self.arcs[group.arc ^ 1].1)
    }

    /// Lets `part` of [`ROUNDS`] parts of a group be served.
    fn allow(&mut self, group: Group, part: u32) {
        let most = i128::from(group.persons.as_micro()) * i128::from(part) / i128::from(ROUNDS);
        self.arcs[group.arc].1 = most as i64 - self.arcs[group.arc ^ 1].1;
    }

    /// Serves the groups, in rounds unless all can be served.
    fn hand_out(&mut self, groups: &[Group]) {
        let is_stuck = |flow: &Self, group: &Group| flow.arcs[group.arc].1 > 0;
        let mut at_once = self.clone();
        for &group in groups {
            at_once.allow(group, ROUNDS);
        }
        at_once.augment();
        if !groups.iter().any(|group| is_stuck(&at_once, group)) {
            *self = at_once;
            return;
        }
        let mut open = groups.to_vec();
        for round in 1..=ROUNDS {
            for &group in &open {
                self.allow(group, round);
            }
            self.augment();
            open.retain(|group| !is_stuck(self, group));
        }
    }

    /// Sends as much more as fits.
    fn augment(&mut self) {
        while let Some(levels) = self.levels() {
            let mut next = vec![0; self.heads.len()];
            while self.send(SOURCE, i64::MAX, &levels, &mut next) > 0 {}
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

    /// Everybody's split together.
    fn total(serves: &[Serves], points: &[InReach]) -> CapacitySplit {
        let mut sum = CapacitySplit::default();
        for split in allocate(serves, points) {
            sum += split;
        }
        sum
    }

    #[test]
    fn as_many_as_possible_are_served_whatever_the_order() {
        // Point 0 reaches both, point 1 only the first: 0 must go to the second for all to be served.
        let serves = [Some(persons(10.0)), Some(persons(10.0))];
        let points = [point(0, 10.0, &[0, 1]), point(1, 10.0, &[0])];
        let split = total(&serves, &points);
        assert_eq!(split, CapacitySplit { served: persons(20.0), ..CapacitySplit::default() });
        let turned = [points[1].clone(), points[0].clone()];
        assert_eq!(total(&serves, &turned), split);
    }

    #[test]
    fn the_four_parts_add_up_to_everybody() {
        let serves = [Some(persons(5.0)), None];
        let points =
            [point(0, 8.0, &[0]), point(1, 4.0, &[1]), point(2, 3.0, &[]), point(3, 2.0, &[0, 1])];
        let split = total(&serves, &points);
        assert_eq!(split.served, persons(5.0));
        assert_eq!(split.full, persons(3.0));
        assert_eq!(split.unknown, persons(6.0));
        assert_eq!(split.out_of_reach, persons(3.0));
        for (point, split) in points.iter().zip(allocate(&serves, &points)) {
            assert_eq!(split.persons(), point.persons);
        }
    }

    #[test]
    fn no_places_serve_nobody() {
        let split = total(&[Some(Persons::ZERO)], &[point(0, 1.0, &[0])]);
        assert_eq!((split.served, split.full), (Persons::ZERO, persons(1.0)));
    }

    #[test]
    fn those_who_compete_get_like_shares() {
        // 30 places for 10 + 20 + 30 people who reach them by different sets of facilities; the second
        // facility has no places, it only keeps the groups apart.
        let serves = [Some(persons(30.0)), Some(Persons::ZERO)];
        let points = [point(0, 10.0, &[0]), point(1, 20.0, &[0, 1]), point(2, 30.0, &[0])];
        let splits = allocate(&serves, &points);
        let shares: Vec<f64> = points
            .iter()
            .zip(&splits)
            .map(|(point, split)| split.served.count() / point.persons.count())
            .collect();
        let step = 1.0 / f64::from(ROUNDS);
        assert!(shares.iter().all(|share| (share - 0.5).abs() <= step), "{shares:?}");
        // Points 0 and 2 reach the same places and share alike to the millionth.
        assert!((shares[0] - shares[2]).abs() < 1e-6, "{shares:?}");
    }

    #[test]
    fn what_does_not_divide_is_lost_by_nobody() {
        let serves = [Some(Persons::from_micro(10))];
        let points: Vec<InReach> = (0..7)
            .map(|id| InReach {
                point: DemandPointId(id),
                persons: Persons::from_micro(3),
                facilities: vec![0],
            })
            .collect();
        let splits = allocate(&serves, &points);
        let served: Vec<i64> = splits.iter().map(|split| split.served.as_micro()).collect();
        assert_eq!(served.iter().sum::<i64>(), 10);
        assert!(served.iter().all(|&micro| micro == 1 || micro == 2), "{served:?}");
    }
}
