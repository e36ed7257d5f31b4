//! How much work a solver may still do, and whether the user wants it to stop.

use serde::{Deserialize, Serialize};

use super::solution::Monitor;

/// How hard to try. A unit of work is about one visit of a pair of site and row (a nanosecond or a few).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SearchOptions {
    /// Seed of every random choice.
    pub seed: u64,
    /// Units of work; the result depends on nothing else when it is not cancelled.
    pub work: u64,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self { seed: 1, work: u64::MAX }
    }
}

/// Counts work down.
pub(super) struct Effort<'a> {
    left: u64,
    spent: u64,
    monitor: &'a dyn Monitor,
    cancelled: bool,
}

impl<'a> Effort<'a> {
    pub(super) fn new(options: SearchOptions, monitor: &'a dyn Monitor) -> Self {
        Self { left: options.work, spent: 0, monitor, cancelled: false }
    }

    /// Notes `units` of work done; whether to go on.
    pub(super) fn spend(&mut self, units: u64) -> bool {
        self.left = self.left.saturating_sub(units);
        self.spent = self.spent.saturating_add(units);
        self.goes_on()
    }

    pub(super) fn goes_on(&mut self) -> bool {
        self.cancelled = self.cancelled || self.monitor.is_cancelled();
        self.left > 0 && !self.cancelled
    }

    pub(super) const fn spent(&self) -> u64 {
        self.spent
    }

    pub(super) const fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    pub(super) const fn monitor(&self) -> &'a dyn Monitor {
        self.monitor
    }
}
