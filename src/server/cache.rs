//! Answers kept for the next time: bounded, and never worked out twice at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

type Slot<V> = Arc<OnceLock<Arc<V>>>;

/// Keeps the answers used last, up to a number of them. Whoever asks for an answer in the making waits for it.
///
/// Asking blocks, so it belongs on a thread that may block.
#[derive(Debug)]
pub(super) struct Cache<K, V> {
    room: usize,
    kept: Mutex<Kept<K, V>>,
}

#[derive(Debug)]
struct Kept<K, V> {
    clock: u64,
    slots: BTreeMap<K, (u64, Slot<V>)>,
}

impl<K: Ord + Clone, V> Cache<K, V> {
    /// A cache for `room` answers (at least one).
    pub(super) fn new(room: usize) -> Self {
        let kept = Kept { clock: 0, slots: BTreeMap::new() };
        Self { room: room.max(1), kept: Mutex::new(kept) }
    }

    /// The answer to `key`, from `make` when it is not kept.
    pub(super) fn get_or_make(&self, key: &K, make: impl FnOnce() -> V) -> Arc<V> {
        let slot = self.slot(key);
        Arc::clone(slot.get_or_init(|| Arc::new(make())))
    }

    /// The answer to `key`, when it is kept and made.
    pub(super) fn find(&self, key: &K) -> Option<Arc<V>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.slots.get(key).and_then(|(_, slot)| slot.get().cloned())
    }

    /// How many answers are kept or in the making.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).slots.len()
    }

    fn slot(&self, key: &K) -> Slot<V> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clock += 1;
        let now = kept.clock;
        if let Some((used, slot)) = kept.slots.get_mut(key) {
            *used = now;
            return Arc::clone(slot);
        }
        while kept.slots.len() >= self.room {
            let oldest = kept.slots.iter().min_by_key(|(_, (used, _))| *used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            kept.slots.remove(&oldest);
        }
        let slot = Slot::default();
        kept.slots.insert(key.clone(), (now, Arc::clone(&slot)));
        slot
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let cache = Cache::new(2);
        for key in [1, 2, 1, 3] {
            cache.get_or_make(&key, || key * 10);
        }
        assert_eq!(cache.len(), 2);
        assert_eq!(*cache.get_or_make(&1, || 0), 10);
        assert_eq!(*cache.get_or_make(&2, || 99), 99);
    }

    #[test]
    fn an_answer_asked_for_by_many_at_once_is_made_once() {
        let (cache, made) = (Cache::new(4), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    cache.get_or_make(&"key", || {
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        made.fetch_add(1, Ordering::Relaxed)
                    })
                });
            }
        });
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }
}
