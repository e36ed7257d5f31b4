//! Searches from neighboring sources side by side: one scan of a node relaxes its arcs for all of them.
#![expect(
    clippy::inline_always,
    reason = "vector code takes its caller's processor features only inlined"
)]

use super::core::Core;

/// Sources side by side: their labels of one node fill two cache lines. With 16 the arcs are read twice as often,
/// which costs 7 % more on Porto and 16 % more on a city of a million nodes.
pub(super) const LANES: usize = 32;

/// One label a source, in ms; above the cutoff where a source did not come.
pub(super) type Labels = [u32; LANES];

const NOT_QUEUED: u32 = u32::MAX;
/// Buckets a cutoff is divided into, about: wide ones let the lanes' labels of a node come together.
const BUCKETS: u32 = 12;

/// A node that was reached.
#[derive(Clone, Copy, Debug)]
struct Place {
    node: u32,
    /// Least time of any lane when it was last queued.
    least: u32,
    /// The bucket it waits in.
    bucket: u32,
}

/// Reusable state: only what the last searches touched is held.
///
/// Labels are corrected until no lane improves, so they are exact whatever the order. Reference: M. Then et al.,
/// "The more the merrier: efficient multi-source graph traversal", VLDB 2015, for weighted arcs.
#[derive(Debug)]
pub(super) struct Lanes {
    cutoff: u32,
    shift: u32,
    /// Position of every core node among the places, `u32::MAX` where no lane came.
    slot: Vec<u32>,
    places: Vec<Place>,
    labels: Vec<Labels>,
    buckets: Vec<Vec<u32>>,
}

impl Lanes {
    /// State for searches of `cutoff` ms (inclusive) over a core of `nodes` nodes.
    pub(super) fn new(nodes: usize, cutoff: u32) -> Self {
        let shift = (cutoff / BUCKETS).checked_ilog2().unwrap_or(0);
        let buckets = vec![Vec::new(); (cutoff >> shift) as usize + 1];
        Self {
            cutoff,
            shift,
            slot: vec![u32::MAX; nodes],
            places: Vec::new(),
            labels: Vec::new(),
            buckets,
        }
    }

    /// Forgets the last searches.
    pub(super) fn clear(&mut self) {
        for place in &self.places {
            self.slot[place.node as usize] = u32::MAX;
        }
        self.places.clear();
        self.labels.clear();
    }

    /// Starts the search of `lane` at `node`, `time` ms on its way.
    pub(super) fn start(&mut self, lane: usize, node: u32, time: u32) {
        if time > self.cutoff {
            return;
        }
        let slot = self.slot_of(node);
        let label = &mut self.labels[slot][lane];
        if time < *label {
            *label = time;
            self.enqueue(slot, time);
        }
    }

    #[inline(always)]
    fn slot_of(&mut self, node: u32) -> usize {
        let slot = &mut self.slot[node as usize];
        if *slot == u32::MAX {
            *slot = self.places.len() as u32;
            self.places.push(Place { node, least: u32::MAX, bucket: NOT_QUEUED });
            self.labels.push([self.cutoff + 1; LANES]);
        }
        *slot as usize
    }

    #[inline(always)]
    fn enqueue(&mut self, slot: usize, key: u32) {
        let place = &mut self.places[slot];
        place.least = place.least.min(key);
        let bucket = key >> self.shift;
        if bucket < place.bucket {
            place.bucket = bucket;
            self.buckets[bucket as usize].push(slot as u32);
        }
    }

    /// Runs all lanes to the cutoff.
    #[inline(always)]
    pub(super) fn run(&mut self, core: &Core) {
        for bucket in 0..self.buckets.len() {
            let mut next = 0;
            while next < self.buckets[bucket].len() {
                let slot = self.buckets[bucket][next] as usize;
                next += 1;
                let place = self.places[slot];
                if place.bucket == bucket as u32 {
                    self.places[slot].bucket = NOT_QUEUED;
                    let key = place.least.max((bucket as u32) << self.shift);
                    self.scan(core, (slot, place.node, key));
                }
            }
            self.buckets[bucket].clear();
        }
    }

    #[inline(always)]
    fn scan(&mut self, core: &Core, (slot, node, key): (usize, u32, u32)) {
        let from = self.labels[slot];
        for &(target, cost) in core.of(node) {
            // No lane can come within the cutoff over an arc this long.
            if cost > self.cutoff {
                continue;
            }
            let target = self.slot_of(target);
            if relax(&from, cost, &mut self.labels[target]) {
                self.enqueue(target, (key + cost).min(self.cutoff));
            }
        }
    }

    /// Core nodes that some lane reached, each with the lanes' labels.
    pub(super) fn reached(&self) -> impl Iterator<Item = (u32, &Labels)> {
        self.places.iter().zip(&self.labels).map(|(place, labels)| (place.node, labels))
    }

    /// The labels of `node`, if some lane came.
    #[inline(always)]
    pub(super) fn of(&self, node: u32) -> Option<&Labels> {
        self.labels.get(self.slot[node as usize] as usize)
    }
}

/// Improves `to` by the labels `from` carried over an arc; whether any lane improved.
#[inline(always)]
fn relax(from: &Labels, cost: u32, to: &mut Labels) -> bool {
    let mut better = 0;
    for lane in 0..LANES {
        let label = from[lane] + cost;
        better |= u32::from(label < to[lane]);
        to[lane] = to[lane].min(label);
    }
    better != 0
}
