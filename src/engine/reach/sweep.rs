//! One sweep over all streets from many seeds: labels (time, owner), by one thread or several.

use rayon::prelude::*;

use crate::street::Tracks;

use super::buckets::BucketQueue;
use super::{Ground, Seed, Seeds};

/// No owner.
pub(super) const NOBODY: u32 = u32::MAX;
/// The label of a node that nobody reaches: neither a time nor an owner.
pub(super) const NO_LABEL: u64 = u64::MAX;
/// Nodes a batch of seeds spreads over: what stays in a core's own cache.
const BATCH_NODES: usize = 1 << 13;
/// Below this many nodes one thread is soonest done.
const SHARED_NODES: usize = 200_000;
/// Threads beyond this many would only add arrays of labels to draw together.
const SHARES_MAX: usize = 8;

/// Time in the upper half, owner in the lower: one comparison orders by both, and one addition carries it on.
pub(super) const fn pack((time, owner): (u32, u32)) -> u64 {
    (time as u64) << 32 | owner as u64
}

/// Time and owner of a label.
pub(super) const fn unpack(label: u64) -> (u32, u32) {
    ((label >> 32) as u32, label as u32)
}

/// Carries labels on from `seeds` until none improves: every label within `bound` becomes the least there is,
/// whatever was there before.
fn spread(
    labels: &mut [u64],
    queue: &mut BucketQueue<u32>,
    (ground, tracks): (&Ground, &Tracks),
    (seeds, bound): (&[Seed], u32),
) {
    let limit = pack((bound, NOBODY));
    for seed in seeds {
        for (node, time) in ground.ways_out(seed) {
            let label = pack((time.as_ms(), seed.owner));
            let known = &mut labels[node.0 as usize];
            if label <= limit && label < *known {
                *known = label;
                queue.push(time.as_ms(), node.0);
            }
        }
    }
    while let Some((time, node)) = queue.pop() {
        let label = labels[node as usize];
        if unpack(label).0 != time {
            continue;
        }
        for track in tracks.of(node) {
            let arrival = label + (u64::from(track.cost()) << 32);
            let known = &mut labels[track.target as usize];
            if arrival < *known && arrival <= limit {
                *known = arrival;
                if track.goes_on() == 1 {
                    queue.push(unpack(arrival).0, track.target);
                }
            }
        }
    }
}

/// The labels of all nodes within `bound` ms (inclusive) of the nearest seed.
pub(super) fn sweep(ground: &Ground, seeds: &Seeds, bound: u32) -> Vec<u64> {
    let tracks = ground.tracks();
    let batches = batches(tracks, seeds.all(), bound, ground);
    let threads = rayon::current_num_threads().min(SHARES_MAX).min(batches.len());
    if tracks.node_count() >= SHARED_NODES && threads > 1 {
        return sweep_shared((ground, tracks), &batches, (threads, bound));
    }
    sweep_alone((ground, tracks), &batches, bound)
}

fn sweep_alone(ground: (&Ground, &Tracks), batches: &[&[Seed]], bound: u32) -> Vec<u64> {
    let tracks = ground.1;
    let mut labels = vec![NO_LABEL; tracks.node_count()];
    let mut queue = BucketQueue::new(tracks.mean_ms());
    for batch in batches {
        if batches.len() > 1 {
            read_ahead(ground, batch, &labels);
        }
        queue.restart(tracks.mean_ms());
        spread(&mut labels, &mut queue, ground, (batch, bound));
    }
    labels
}

/// Reads the ground of a batch in a row, which the processor foresees, before it is needed in another order.
fn read_ahead((ground, tracks): (&Ground, &Tracks), batch: &[Seed], labels: &[u64]) {
    // Streets that a scenario adds are the last edges, wherever they begin: a batch need not be in order.
    let from = |seed: &Seed| ground.graph.edges()[seed.position.edge].from.0 as usize;
    let (first, last) = (batch.iter().map(from).min(), batch.iter().map(from).max());
    let (Some(first), Some(last)) = (first, last) else { return };
    let nodes = first..last + 1;
    let labels = labels[nodes.clone()].iter().step_by(8).fold(0, |sum, label| sum ^ label);
    std::hint::black_box((tracks.read_ahead(nodes), labels));
}

/// Every thread sweeps from a share of the batches that lies together, over labels of its own; the least of all
/// is what one thread would have found.
fn sweep_shared(
    ground: (&Ground, &Tracks),
    batches: &[&[Seed]],
    (threads, bound): (usize, u32),
) -> Vec<u64> {
    let shares = batches.par_chunks(batches.len().div_ceil(threads));
    let swept: Vec<Vec<u64>> = shares.map(|share| sweep_alone(ground, share, bound)).collect();
    let mut swept = swept.into_iter();
    let mut labels = swept.next().unwrap_or_default();
    for others in swept {
        let pairs = labels.par_iter_mut().with_min_len(1 << 14).zip(&others);
        pairs.for_each(|(label, &other)| *label = (*label).min(other));
    }
    labels
}

/// The seeds in one batch, or in batches whose surroundings stay in a core's own cache: seeds are sorted by edge and
/// edges along a space-filling curve, so neighbors in the list are neighbors on the ground.
///
/// A batch spreads beyond its own ground as far as the bound; where that would be most of its work there is one
/// batch.
fn batches<'a>(tracks: &Tracks, seeds: &'a [Seed], bound: u32, ground: &Ground) -> Vec<&'a [Seed]> {
    let nodes = tracks.node_count();
    // Arcs in a row within the bound; the nodes within it are about half the square of that.
    let radius = u64::from(bound) / u64::from(tracks.mean_ms().max(1));
    let ball = radius.saturating_mul(radius) / 2;
    let size = (ball.saturating_mul(32).min(u64::from(u32::MAX)) as usize).max(BATCH_NODES);
    if size > nodes / 2 {
        return vec![seeds];
    }
    let edges = ground.graph.edges();
    let ground_of = |seed: &Seed| edges[seed.position.edge].from.0 as usize / size;
    seeds.chunk_by(|a, b| ground_of(a) == ground_of(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::LonLat;
    use crate::street::{
        EdgePosition, Impedance, StreetClass, StreetGraph, StreetIngredients, StreetTraits,
        StreetWay,
    };
    use crate::units::{MetersPerSecond, WalkTime};

    const SIDE: u32 = 60;

    /// A square of blocks; times are few, so that many ways take equally long.
    fn blocks() -> (StreetGraph, Impedance) {
        let mut city = StreetIngredients { names: vec![String::new()], ..Default::default() };
        for place in 0..SIDE * SIDE {
            let (column, row) = ((place % SIDE) as i32, (place / SIDE) as i32);
            city.places.push(LonLat::from_e7(column * 9_000, row * 9_000).unwrap());
            for (next, is_there) in
                [(place + 1, column + 1 < SIDE as i32), (place + SIDE, row + 1 < SIDE as i32)]
            {
                if is_there {
                    let start = city.way_places.len();
                    city.way_places.extend([place, next]);
                    city.ways.push(StreetWay {
                        source_id: city.ways.len() as i64,
                        class: StreetClass::Footway,
                        traits: StreetTraits::empty(),
                        name: 0,
                        places: start..start + 2,
                    });
                }
            }
        }
        let graph = StreetGraph::build(&city);
        let impedance = Impedance::from_times(&graph, MetersPerSecond(1.0), |edge| {
            [edge.0 % 3 * 40_000, edge.0 % 5 * 30_000].map(WalkTime::from_ms)
        });
        (graph, impedance)
    }

    #[test]
    fn batches_and_threads_change_no_label() {
        let (graph, impedance) = blocks();
        let seed = |n: u32| Seed {
            position: EdgePosition {
                edge: crate::ids::EdgeId(n * 7_919 % graph.edge_count() as u32),
                offset_mm: n % 50_000,
            },
            access: WalkTime::from_ms(n % 4 * 1_000),
            owner: n % 40,
        };
        let seeds = Seeds::new((0..200).map(seed).collect());
        for ground in [Ground::toward(&graph, &impedance), Ground::from(&graph, &impedance)] {
            for bound in [0, 90_000, 400_000, i32::MAX as u32] {
                let tracks = ground.tracks();
                let alone = sweep_alone((&ground, tracks), &[seeds.all()], bound);
                assert_eq!(sweep(&ground, &seeds, bound), alone);
                // As they stand, and as added streets have them: out of order.
                let turned: Vec<Seed> = seeds.all().iter().rev().copied().collect();
                for (threads, size) in [(1, 7), (2, 1), (4, 30)] {
                    for all in [seeds.all(), &turned] {
                        let batches: Vec<&[Seed]> = all.chunks(size).collect();
                        let shared = sweep_shared((&ground, tracks), &batches, (threads, bound));
                        assert_eq!(shared, alone);
                    }
                }
            }
        }
    }
}
