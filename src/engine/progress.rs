//! How a long step tells how far it is and asks whether to go on.

use std::fmt;

/// The stages a study goes through, in the order a planner sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Reading the inputs.
    Reading,
    /// Building the street graph.
    Building,
    /// Snapping facilities and demand to the streets.
    Linking,
    /// Walking times.
    Reaching,
    /// Coverage, gaps and summaries.
    Assessing,
    /// Writing the results.
    Writing,
}

/// Told how far a step is; may ask it to stop.
pub trait Progress: Sync {
    /// `done` of `total` parts of `stage` are ready.
    fn report(&self, stage: Stage, done: u64, total: u64);
    /// Whether the step should stop as soon as it can.
    fn is_cancelled(&self) -> bool;

    /// Says something that is not an issue of the inputs and changes no result.
    fn say(&self, _: &str) {}

    /// Reports, then stops with [`Cancelled`] when asked to.
    ///
    /// # Errors
    /// [`Cancelled`] when the user asked to stop.
    fn step(&self, stage: Stage, done: u64, total: u64) -> Result<(), Cancelled> {
        self.report(stage, done, total);
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// Hears nothing and never cancels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _: Stage, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// The step was stopped by the user; nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("cancelled; nothing was written")
    }
}

impl std::error::Error for Cancelled {}
