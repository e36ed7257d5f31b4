//! The search from a few seeds over a small part of the streets, made over and over.

use crate::ids::{Id, NodeId};
use crate::street::Tracks;
use crate::units::WalkTime;

use super::buckets::{BucketQueue, finite};
use super::{Ground, Seeds};

/// Reusable state of a search; cleaning up costs only what the last search touched.
///
/// Reference: E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1,
/// 1959, on buckets: a label that turns out too late is corrected and carried on again.
#[derive(Debug)]
pub struct Search {
    times: Vec<u32>,
    touched: Vec<u32>,
    queue: BucketQueue<u32>,
}

impl Search {
    /// State for a graph of `nodes` nodes.
    pub fn new(nodes: usize) -> Self {
        Self { times: vec![u32::MAX; nodes], touched: Vec::new(), queue: BucketQueue::new(0) }
    }

    /// Labels every node within `bound` (inclusive) of the nearest seed with its time.
    pub fn run(&mut self, ground: &Ground, seeds: &Seeds, bound: WalkTime) {
        let tracks = ground.tracks();
        self.clear(tracks.mean_ms());
        let bound = finite(bound);
        for seed in seeds.all() {
            for (node, time) in ground.ways_out(seed) {
                self.offer((node.0, 1), time.as_ms(), bound);
            }
        }
        self.spread(tracks, bound);
    }

    fn spread(&mut self, tracks: &Tracks, bound: u32) {
        while let Some((time, node)) = self.queue.pop() {
            if self.times[node as usize] != time {
                continue;
            }
            for track in tracks.of(node) {
                self.offer((track.target, track.goes_on()), time + track.cost(), bound);
            }
        }
    }

    /// Time of `node` in the last search; [`WalkTime::UNREACHABLE`] beyond its bound.
    pub fn time(&self, node: NodeId) -> WalkTime {
        WalkTime::from_ms(self.times[node.index()])
    }

    /// Nodes labelled by the last search, in the order they were first touched.
    pub fn touched(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.touched.iter().map(|&node| NodeId(node))
    }

    /// Takes a label if it is less than the one there; it is carried on `goes_on` times, once or not at all.
    #[inline]
    fn offer(&mut self, (node, goes_on): (u32, u32), time: u32, bound: u32) {
        let label = &mut self.times[node as usize];
        if time <= bound && time < *label {
            if *label == u32::MAX {
                self.touched.push(node);
            }
            *label = time;
            self.queue.push_times(goes_on, time, node);
        }
    }

    fn clear(&mut self, mean_ms: u32) {
        for &node in &self.touched {
            self.times[node as usize] = u32::MAX;
        }
        self.touched.clear();
        self.queue.restart(mean_ms);
    }
}
