//! The queue of all searches: items by time, in buckets.

use crate::units::WalkTime;

/// How many buckets lie ahead of the one in hand; a power of two.
const RING: usize = 256;

/// A queue of (time, item): a ring of buckets of equal width, and a list of what lies beyond the ring, which is
/// turned to when the ring is empty.
///
/// Items come out by bucket, in no set order within one: searches on it *correct* labels, so their answers
/// depend on neither the width nor the order. Reference: R. B. Dial, "Algorithm 360: shortest-path
/// forest with topological ordering", CACM 12, 1969; U. Meyer and P. Sanders, "Δ-stepping", 2003.
#[derive(Clone, Debug)]
pub(super) struct BucketQueue<T> {
    ring: Box<[Bucket<T>; RING]>,
    far: Vec<(u32, T)>,
    /// Bucket number (time shifted) of the bucket in hand.
    current: u32,
    shift: u32,
    near: usize,
}

/// A stack that always has room for one more, so that putting something on it or not needs no branch.
#[derive(Clone, Debug)]
struct Bucket<T> {
    /// What lies beyond `len` is left over.
    items: Vec<(u32, T)>,
    len: usize,
}

impl<T: Copy + Default> Bucket<T> {
    fn new() -> Self {
        Self { items: Vec::new(), len: 0 }
    }

    #[cold]
    fn grow(&mut self) {
        self.items.resize((self.items.len() * 2).max(32), (0, T::default()));
    }
}

impl<T: Copy + Default> Default for BucketQueue<T> {
    fn default() -> Self {
        Self::new(0)
    }
}

impl<T: Copy + Default> BucketQueue<T> {
    /// An empty queue for arcs of `mean_ms` on average.
    pub(super) fn new(mean_ms: u32) -> Self {
        let ring = Box::new(std::array::from_fn(|_| Bucket::new()));
        let mut queue = Self { ring, far: Vec::new(), current: 0, shift: 0, near: 0 };
        queue.restart(mean_ms);
        queue
    }

    /// Empties the queue and sets its width for arcs of `mean_ms` on average.
    pub(super) fn restart(&mut self, mean_ms: u32) {
        if self.near > 0 {
            self.ring.iter_mut().for_each(|bucket| bucket.len = 0);
        }
        self.far.clear();
        // Half a mean arc or less: few labels are corrected after they were carried on, few buckets are empty.
        self.shift = (mean_ms / 2).checked_ilog2().unwrap_or(0);
        (self.current, self.near) = (0, 0);
    }

    /// Adds an item; its time must not be less than that of the bucket in hand.
    #[inline]
    pub(super) fn push(&mut self, time: u32, item: T) {
        self.push_times(1, time, item);
    }

    /// Adds an item when `times` is 1, and does nothing when it is 0.
    #[inline]
    pub(super) fn push_times(&mut self, times: u32, time: u32, item: T) {
        let number = (time >> self.shift).max(self.current);
        if number - self.current < RING as u32 {
            let bucket = &mut self.ring[number as usize % RING];
            if bucket.len == bucket.items.len() {
                bucket.grow();
            }
            bucket.items[bucket.len] = (time, item);
            bucket.len += times as usize;
            self.near += times as usize;
        } else if times > 0 {
            self.far.push((time, item));
        }
    }

    /// Takes an item of the first bucket that holds one.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<(u32, T)> {
        loop {
            let bucket = &mut self.ring[self.current as usize % RING];
            if bucket.len > 0 {
                bucket.len -= 1;
                self.near -= 1;
                return bucket.items.get(bucket.len).copied();
            }
            if self.near > 0 {
                self.current += 1;
            } else {
                self.bring_near()?;
            }
        }
    }

    /// Moves the ring to the first item beyond it.
    #[cold]
    fn bring_near(&mut self) -> Option<()> {
        let least = self.far.iter().map(|&(time, _)| time).min()?;
        self.current = least >> self.shift;
        for (time, item) in std::mem::take(&mut self.far) {
            self.push(time, item);
        }
        Some(())
    }
}

/// The bound as a search uses it: the longest time when there is none.
pub(super) fn finite(bound: WalkTime) -> u32 {
    bound.min(WalkTime::LONGEST).as_ms()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_out_by_bucket_however_far_apart() {
        let mut queue = BucketQueue::new(4_000);
        let mut state = 7_u32;
        let mut times: Vec<u32> = (0..2_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state >> (1 + state % 13)
            })
            .collect();
        for &time in &times {
            queue.push(time, time);
        }
        let width = 1 << (2_000_u32.ilog2());
        let (mut out, mut last) = (Vec::new(), 0);
        while let Some((time, item)) = queue.pop() {
            assert_eq!(time, item);
            assert!(time / width >= last / width, "{time} after {last}");
            last = time;
            out.push(time);
        }
        out.sort_unstable();
        times.sort_unstable();
        assert_eq!(out, times);
    }
}
