//! One sweep over all streets from many seeds: labels (time, owner), alone or by several threads at once.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::street::Tracks;

use super::buckets::BucketQueue;
use super::{Ground, Seed, Seeds};

/// No owner.
pub(super) const NOBODY: u32 = u32::MAX;
/// Nodes a batch of seeds spreads over: what stays in a core's own cache.
const BATCH_NODES: usize = 1 << 13;
/// Below this many nodes one thread is soonest done.
const SHARED_NODES: usize = 200_000;

/// Labels that a sweep improves: the lexicographically least (time, owner) of every node.
trait Labels {
    /// The label of `node`.
    fn get(&self, node: u32) -> (u32, u32);
    /// Takes the label if it is less than the one there, and says so.
    fn improve(&mut self, node: u32, label: (u32, u32)) -> bool;
}

/// Labels of one thread.
struct Own<'a> {
    times: &'a mut [u32],
    owners: &'a mut [u32],
}

impl Labels for Own<'_> {
    #[inline]
    fn get(&self, node: u32) -> (u32, u32) {
        (self.times[node as usize], self.owners[node as usize])
    }

    #[inline]
    fn improve(&mut self, node: u32, (time, owner): (u32, u32)) -> bool {
        let known = &mut self.times[node as usize];
        if time > *known || (time == *known && owner >= self.owners[node as usize]) {
            return false;
        }
        *known = time;
        self.owners[node as usize] = owner;
        true
    }
}

/// Labels of several threads: time in the upper half, owner in the lower, so that one comparison orders both.
///
/// Whoever lowers a label carries it on, so when all threads are done every label is the least there is,
/// whatever the order in which they came.
struct Shared<'a>(&'a [AtomicU64]);

impl Labels for Shared<'_> {
    #[inline]
    fn get(&self, node: u32) -> (u32, u32) {
        let label = self.0[node as usize].load(Ordering::Relaxed);
        ((label >> 32) as u32, label as u32)
    }

    #[inline]
    fn improve(&mut self, node: u32, (time, owner): (u32, u32)) -> bool {
        let cell = &self.0[node as usize];
        let label = u64::from(time) << 32 | u64::from(owner);
        cell.load(Ordering::Relaxed) > label && cell.fetch_min(label, Ordering::Relaxed) > label
    }
}

fn spread(
    labels: &mut impl Labels,
    queue: &mut BucketQueue<u32>,
    (ground, tracks): (&Ground, &Tracks),
    seeds: &[Seed],
    bound: u32,
) {
    for seed in seeds {
        for (node, time) in ground.ways_out(seed) {
            let time = time.as_ms();
            if time <= bound && labels.improve(node.0, (time, seed.owner)) {
                queue.push(time, node.0);
            }
        }
    }
    while let Some((time, node)) = queue.pop() {
        let (known, owner) = labels.get(node);
        if known != time {
            continue;
        }
        for track in tracks.of(node) {
            let arrival = time + track.cost;
            if arrival <= bound && labels.improve(track.target, (arrival, owner)) {
                queue.push(arrival, track.target);
            }
        }
    }
}

/// Times and owners of all nodes within `bound` ms (inclusive) of the nearest seed.
pub(super) fn sweep(ground: &Ground, seeds: &Seeds, bound: u32) -> (Vec<u32>, Vec<u32>) {
    let tracks = ground.tracks();
    let nodes = tracks.node_count();
    let batches = batches(tracks, seeds.all(), bound, ground);
    if nodes >= SHARED_NODES && batches.len() > 1 && rayon::current_num_threads() > 1 {
        return sweep_shared((ground, tracks), &batches, bound);
    }
    let (mut times, mut owners) = (vec![u32::MAX; nodes], vec![NOBODY; nodes]);
    let mut labels = Own { times: &mut times, owners: &mut owners };
    let mut queue = BucketQueue::new(tracks.mean_ms());
    for batch in batches {
        queue.restart(tracks.mean_ms());
        spread(&mut labels, &mut queue, (ground, tracks), batch, bound);
    }
    (times, owners)
}

fn sweep_shared(
    (ground, tracks): (&Ground, &Tracks),
    batches: &[&[Seed]],
    bound: u32,
) -> (Vec<u32>, Vec<u32>) {
    let mut cells = Vec::new();
    cells.resize_with(tracks.node_count(), || AtomicU64::new(u64::MAX));
    batches.par_iter().for_each_init(
        || BucketQueue::new(tracks.mean_ms()),
        |queue, batch| {
            queue.restart(tracks.mean_ms());
            spread(&mut Shared(&cells), queue, (ground, tracks), batch, bound);
        },
    );
    let label = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
    cells.par_iter().map(|cell| ((label(cell) >> 32) as u32, label(cell) as u32)).unzip()
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
                let alone = {
                    let (mut times, mut owners) =
                        (vec![u32::MAX; graph.node_count()], vec![NOBODY; graph.node_count()]);
                    let mut labels = Own { times: &mut times, owners: &mut owners };
                    let mut queue = BucketQueue::new(tracks.mean_ms());
                    spread(&mut labels, &mut queue, (&ground, tracks), seeds.all(), bound);
                    (times, owners)
                };
                assert_eq!(sweep(&ground, &seeds, bound), alone);
                for (threads, size) in [(1, 7), (2, 1), (4, 30)] {
                    let batches: Vec<&[Seed]> = seeds.all().chunks(size).collect();
                    let pool =
                        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                    let shared = pool.install(|| sweep_shared((&ground, tracks), &batches, bound));
                    assert_eq!(shared, alone);
                }
            }
        }
    }
}
