//! Any point of the street network as a candidate: a finite dominating set.
//!
//! For covering within a cutoff it is enough to look at finitely many points of a network: the nodes and the
//! points that lie exactly at the cutoff from some demand point, the *network intersect points* (R. L. Church
//! and M. E. Meadows, "Location modeling utilizing maximum service distance criteria", Geographical Analysis 11,
//! 1979). Along one street a demand point covers an interval from either end, and one around itself if it lives
//! there; of the intersect points only those are kept at which an interval ends and another has begun since the
//! last one kept: every other position covers a subset of what one of them covers. Positions are whole
//! millimetres; but a site is written down to 1e-7 degrees, so that intervals end 15 mm before a cutoff
//! does: whoever is reached from a point is reached from where it is drawn.

use rayon::prelude::*;

use crate::ids::{EdgeId, NodeId};
use crate::reach::{CostMatrix, Ground, Placed, Seed, Seeds};
use crate::street::{EdgePosition, Impedance, StreetGraph};
use crate::units::WalkTime;

use super::candidate::{Candidate, CandidateGround};

/// Most points of the network that one plan takes.
pub const NETWORK_POINTS_MAX: usize = 200_000;
/// Streets whose searches are held at once.
const BATCH: usize = 1_024;

/// What a place that is written down to 1e-7 degrees may be off, in millimetres along its street and beside it.
const DRAWN_MM: u32 = 15;

/// Homes on the streets: position, access time, row.
pub type PlacedHomes = [(EdgePosition, WalkTime, u32)];

/// More points than a plan takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the streets have {0} or more points where somebody's cutoff ends and no other point covers more, beyond \
     the {NETWORK_POINTS_MAX} that can be weighed; take `junctions`, `midblocks` or `grid:<metres>`, or a \
     smaller study area"
)]
pub struct TooManyPoints(pub usize);

impl CandidateGround<'_> {
    /// The points of the network among which the best covering sites are, whatever they cover: at least one
    /// optimal choice of any number of sites on the network is among them, as far as each can be moved 15 mm along
    /// its street without losing anybody.
    ///
    /// `homes` are the demand points to be covered; `cutoff` is inclusive and counts their access legs.
    ///
    /// # Errors
    /// When there are more than [`NETWORK_POINTS_MAX`].
    pub fn network(
        &self,
        impedance: &Impedance,
        homes: &PlacedHomes,
        cutoff: WalkTime,
    ) -> Result<Vec<Candidate>, TooManyPoints> {
        let rows = homes.iter().map(|home| home.2 as usize + 1).max().unwrap_or(0);
        let columns = Placed::new(self.graph.edge_count(), rows, homes.to_vec());
        let mut by_edge = homes.to_vec();
        by_edge.sort_unstable();
        let edges: Vec<EdgeId> =
            self.graph.edges().ids().filter(|&edge| self.draws_site(edge)).collect();
        let street = Street { graph: self.graph, impedance, homes: &by_edge, cutoff };
        let mut at_nodes: Vec<(NodeId, EdgePosition)> = Vec::new();
        let mut between: Vec<EdgePosition> = Vec::new();
        for batch in edges.chunks(BATCH) {
            for position in street.batch(batch, &columns).into_iter().flatten() {
                match street.node_at(position) {
                    Some(node) if street.is_plain(position) => at_nodes.push((node, position)),
                    _ => between.push(position),
                }
            }
            if between.len() > NETWORK_POINTS_MAX {
                return Err(TooManyPoints(between.len()));
            }
        }
        at_nodes.sort_unstable();
        at_nodes.dedup_by_key(|found| found.0);
        if at_nodes.len() + between.len() > NETWORK_POINTS_MAX {
            return Err(TooManyPoints(at_nodes.len() + between.len()));
        }
        let nodes = at_nodes
            .into_par_iter()
            .map(|(node, at)| Candidate::on_street(format!("node-{}", node.0), self.graph, at));
        let points = between.into_par_iter().map(|at| {
            let key = format!("street-{}-{}", at.edge.0, at.offset_mm);
            match street.node_at(at) {
                Some(_) => Candidate::on_street(key, self.graph, at),
                None => Candidate::drawn(key, self.graph, at),
            }
        });
        Ok(nodes.chain(points).collect())
    }
}

/// Rows that reach the end of a street, with their times.
type Reached<'a> = &'a [(u32, WalkTime)];

struct Street<'a> {
    graph: &'a StreetGraph,
    impedance: &'a Impedance,
    homes: &'a PlacedHomes,
    cutoff: WalkTime,
}

impl Street<'_> {
    /// The points kept on each of `edges`. Private ground with two sides is reached over either.
    fn batch(&self, edges: &[EdgeId], columns: &Placed) -> Vec<Vec<EdgePosition>> {
        let ground = Ground::toward(self.graph, self.impedance);
        let with_twin = |edge: EdgeId| std::iter::once(edge).chain(self.graph.find_twin(edge));
        let sides: Vec<EdgeId> = edges.iter().flat_map(|&edge| with_twin(edge)).collect();
        let at = |edge, offset_mm| EdgePosition { edge, offset_mm };
        let seeds: Vec<Seeds> = sides
            .iter()
            .flat_map(|&edge| [at(edge, 0), at(edge, self.graph.edges()[edge].length_mm)])
            .map(|position| Seeds::new(vec![Seed { position, access: WalkTime::ZERO, owner: 0 }]))
            .collect();
        let matrix = CostMatrix::within(&ground, &seeds, columns, self.cutoff);
        let mut first = 0;
        let firsts = edges.iter().map(|&edge| {
            first += with_twin(edge).count();
            first - with_twin(edge).count()
        });
        let firsts: Vec<usize> = firsts.collect();
        edges
            .par_iter()
            .zip(firsts)
            .map(|(&edge, first)| {
                let mut intervals = Vec::new();
                for (side, row) in with_twin(edge).zip((2 * first..).step_by(2)) {
                    self.add_intervals(
                        side,
                        (matrix.row(row), matrix.row(row + 1)),
                        &mut intervals,
                    );
                }
                let offsets = last_chances(intervals);
                offsets.into_iter().map(|offset_mm| at(edge, offset_mm)).collect()
            })
            .collect()
    }

    /// Adds the stretches of `edge` within the cutoff of some home, in millimetres, both ends included.
    fn add_intervals(
        &self,
        edge: EdgeId,
        (beginning, end): (Reached<'_>, Reached<'_>),
        intervals: &mut Vec<(u32, u32)>,
    ) {
        let length = self.graph.edges()[edge].length_mm;
        let (forward, backward) = (self.impedance.forward(edge), self.impedance.backward(edge));
        for &(_, time) in beginning {
            if let Some(far) = self.farthest(time, forward, length) {
                intervals.push((0, short_of(far, length)));
            }
        }
        for &(_, time) in end {
            if let Some(far) = self.farthest(time, backward, length) {
                intervals.push((length - short_of(far, length), length));
            }
        }
        let first = self.homes.partition_point(|home| home.0.edge < edge);
        for &(position, access, _) in
            self.homes[first..].iter().take_while(|home| home.0.edge == edge)
        {
            if access <= self.cutoff {
                let at = position.offset_mm;
                // Who lives on a one-way street is not reached from a step past the door.
                let low = match self.farthest(access, backward, length) {
                    Some(back) => at - short_of(back, at),
                    None if at == 0 => 0,
                    None => (at + DRAWN_MM).min(length),
                };
                let high = match self.farthest(access, forward, length) {
                    Some(ahead) => at + short_of(ahead, length - at),
                    None if at == length => length,
                    None => at.saturating_sub(DRAWN_MM),
                };
                intervals.push(if low <= high { (low, high) } else { (at, at) });
            }
        }
    }

    /// The most millimetres of an edge of `length` that can be walked within what `time` leaves of the cutoff,
    /// when the whole takes `whole`: the inverse of [`crate::street::part_of`].
    fn farthest(&self, time: WalkTime, whole: WalkTime, length: u32) -> Option<u32> {
        if !whole.is_reachable() || time > self.cutoff {
            return None;
        }
        if whole == WalkTime::ZERO {
            return Some(length);
        }
        let left = u64::from(self.cutoff.as_ms() - time.as_ms());
        let length = u64::from(length);
        // floor((whole · x + length / 2) / length) <= left
        let most = ((left + 1) * length - length / 2 - 1) / u64::from(whole.as_ms());
        Some(most.min(length) as u32)
    }

    fn node_at(&self, position: EdgePosition) -> Option<NodeId> {
        let edge = &self.graph.edges()[position.edge];
        match position.offset_mm {
            0 => Some(edge.from),
            offset if offset == edge.length_mm => Some(edge.to),
            _ => None,
        }
    }

    /// Whether the end of a street stands for the node itself: whoever comes to the node comes to it. Not so
    /// where the street may only be walked towards the node, nor where somebody lives at the very end.
    fn is_plain(&self, position: EdgePosition) -> bool {
        let EdgePosition { edge, offset_mm } = position;
        let from_node = if offset_mm == 0 {
            self.impedance.forward(edge)
        } else {
            self.impedance.backward(edge)
        };
        let first = self.homes.partition_point(|home| home.0 < position);
        let lives_there = self.homes.get(first).is_some_and(|home| home.0 == position);
        from_node.is_reachable() && !lives_there
    }
}

/// How far of `far` millimetres a site may be drawn, when the street ends after `end`: a node is drawn where it is.
const fn short_of(far: u32, end: u32) -> u32 {
    if far >= end { end } else { far.saturating_sub(DRAWN_MM) }
}

/// The ends of intervals at which the set of intervals is not contained in that of another position: ends with a
/// beginning since the last one kept.
fn last_chances(mut intervals: Vec<(u32, u32)>) -> Vec<u32> {
    intervals.sort_unstable();
    intervals.dedup();
    let mut ends: Vec<u32> = intervals.iter().map(|interval| interval.1).collect();
    ends.sort_unstable();
    let mut kept = Vec::new();
    let (mut begun, mut at) = (false, 0);
    for end in ends {
        while at < intervals.len() && intervals[at].0 <= end {
            begun = true;
            at += 1;
        }
        if begun {
            kept.push(end);
            begun = false;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covering(intervals: &[(u32, u32)], at: u32) -> Vec<usize> {
        let holds = |interval: &(u32, u32)| (interval.0..=interval.1).contains(&at);
        (0..intervals.len()).filter(|&index| holds(&intervals[index])).collect()
    }

    #[test]
    fn every_position_is_dominated_by_one_that_is_kept() {
        let mut state = 7_u32;
        let mut next = |most: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % most
        };
        for _ in 0..300 {
            let count = 1 + next(9);
            let intervals: Vec<(u32, u32)> = (0..count)
                .map(|_| {
                    let (a, b) = (next(30), next(30));
                    (a.min(b), a.max(b))
                })
                .collect();
            let kept = last_chances(intervals.clone());
            for at in 0..30 {
                let here = covering(&intervals, at);
                let dominated = kept.iter().any(|&end| {
                    let there = covering(&intervals, end);
                    here.iter().all(|one| there.contains(one))
                });
                assert!(dominated || here.is_empty(), "{intervals:?} {at} {kept:?}");
            }
            // None of the kept positions is dominated by another.
            for (index, &a) in kept.iter().enumerate() {
                for &b in &kept[index + 1..] {
                    let (a, b) = (covering(&intervals, a), covering(&intervals, b));
                    assert!(!a.iter().all(|one| b.contains(one)), "{intervals:?} {kept:?}");
                    assert!(!b.iter().all(|one| a.contains(one)), "{intervals:?} {kept:?}");
                }
            }
        }
    }
}
