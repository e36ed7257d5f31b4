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
