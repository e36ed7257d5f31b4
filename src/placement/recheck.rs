//! Every home that a plan claims to cover, walked again: one search a home, in the other direction.
//!
//! The plan's times come from searches out of the sites against the walking direction, many homes at once. Here
//! each home walks out of its own door along the walking direction, and its time must come out the same.

use rayon::prelude::*;

use crate::ids::{DemandPointId, EdgeId};
use crate::reach::{Ground, Search, Seed, Seeds};
use crate::street::{EdgePosition, Impedance, Linkage, Snapped, StreetGraph};
use crate::units::WalkTime;

/// What is walked on.
#[derive(Clone, Copy, Debug)]
pub struct Retrace<'a> {
    /// The streets.
    pub graph: &'a StreetGraph,
    /// The walker's times.
    pub impedance: &'a Impedance,
    /// Where homes meet the streets.
    pub homes: &'a Linkage,
    /// The cutoff, inclusive.
    pub cutoff: WalkTime,
}

/// A home that a plan claims to cover.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// The home.
    pub point: DemandPointId,
    /// The doors it is said to reach.
    pub doors: &'a [Snapped],
    /// How far it is said to be; `None` when only "within the cutoff" is claimed.
    pub time: Option<WalkTime>,
}

/// A claim that did not come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FalseClaim {
    /// Position of the claim.
    pub claim: usize,
    /// How far the home really is from the doors; unreachable beyond the cutoff.
    pub found: WalkTime,
}

impl Retrace<'_> {
    /// The claims that do not come out, in order.
    pub fn refute(&self, claims: &[Claim]) -> Vec<FalseClaim> {
        let nodes = self.graph.node_count();
        claims
            .par_iter()
            .enumerate()
            .map_init(
                || Search::new(nodes),
                |search, (index, claim)| {
                    let found = self.walk(search, claim);
                    let holds = found <= self.cutoff && claim.time.is_none_or(|said| said == found);
                    (!holds).then_some(FalseClaim { claim: index, found })
                },
            )
            .flatten()
            .collect()
    }

    /// For each place (its doors) the homes within the cutoff with their times, by their number: one search out of
    /// each place by itself, against the walking direction. `homes` are where they meet the streets, the time of
    /// that access leg, and the number.
    pub fn reach(
        &self,
        places: &[&[Snapped]],
        mut homes: Vec<(EdgePosition, WalkTime, u32)>,
    ) -> Vec<Vec<(u32, WalkTime)>> {
        homes.sort_unstable();
        let nodes = self.graph.node_count();
        let places = places.par_iter();
        let found = places
            .map_init(|| Search::new(nodes), |search, doors| self.around(search, doors, &homes));
        found.collect()
    }

    fn around(
        &self,
        search: &mut Search,
        doors: &[Snapped],
        homes: &[(EdgePosition, WalkTime, u32)],
    ) -> Vec<(u32, WalkTime)> {
        let ground = &Ground::toward(self.graph, self.impedance);
        let doors = doors.iter().map(|door| (0, door));
        let seeds = Seeds::of_snaps(self.graph, self.impedance, doors);
        search.run(ground, &seeds, self.cutoff);
        let met = search.touched().flat_map(|node| self.graph.arcs(node)).map(|arc| arc.edge());
        let own = seeds.all().iter().map(|seed| seed.position.edge);
        let mut edges: Vec<EdgeId> = met.chain(own).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut found = Vec::new();
        for edge in edges {
            let first = homes.partition_point(|home| home.0.edge < edge);
            let here = homes[first..].iter().take_while(|home| home.0.edge == edge);
            for &(position, access, home) in here {
                let time = arrival(ground, search, &seeds, position).plus(access);
                if time <= self.cutoff {
                    found.push((home, time));
                }
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|pair| pair.0);
        found
    }

    /// Time from the home to the nearest of the doors, unreachable beyond the cutoff.
    fn walk(&self, search: &mut Search, claim: &Claim) -> WalkTime {
        self.between(search, self.homes.of(claim.point), claim.doors)
    }

    /// Time from the nearest of `starts` to the nearest of `doors`, unreachable beyond the cutoff.
    pub fn walk_from(&self, starts: &[Snapped], doors: &[Snapped]) -> WalkTime {
        self.between(&mut Search::new(self.graph.node_count()), starts, doors)
    }

    fn between(&self, search: &mut Search, starts: &[Snapped], doors: &[Snapped]) -> WalkTime {
        let ground = &Ground::from(self.graph, self.impedance);
        let starts = starts.iter().map(|snap| Seed {
            position: snap.position,
            access: self.impedance.access(snap.access_mm),
            owner: 0,
        });
        let starts = Seeds::new(starts.collect());
        search.run(ground, &starts, self.cutoff);
        let mut best = WalkTime::UNREACHABLE;
        for door in doors {
            let access = self.impedance.access(door.access_mm);
            for position in ground.sides(door.position) {
                best = best.min(arrival(ground, search, &starts, position).plus(access));
            }
        }
        if best <= self.cutoff { best } else { WalkTime::UNREACHABLE }
    }
}

/// Time to a position on a street after a search out of `starts`.
pub(super) fn arrival(
    ground: &Ground,
    search: &Search,
    starts: &Seeds,
    position: EdgePosition,
) -> WalkTime {
    let edge = ground.graph.edges()[position.edge];
    let (beginning, end) = ground.into(position);
    let over = search.time(edge.from).plus(beginning);
    let mut time = over.min(search.time(edge.to).plus(end));
    for start in starts.on(position.edge) {
        let along = ground.along(position.edge, start.position.offset_mm, position.offset_mm);
        time = time.min(start.access.plus(along));
    }
    time
}
