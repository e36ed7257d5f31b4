//! A job as its own work sees it.

use std::sync::Arc;

use super::record::{Record, TrailPoint};
use crate::progress::{Progress, Stage};
use crate::server::places::without_places;

/// Tells how far the work is, and whether it should stop.
#[derive(Clone, Debug)]
pub(in crate::server) struct JobHandle {
    record: Arc<Record>,
}

impl JobHandle {
    pub(super) fn new(record: Arc<Record>) -> Self {
        Self { record }
    }

    /// Whether the user asked to stop.
    pub(in crate::server) fn is_cancelled(&self) -> bool {
        self.record.is_cancelled()
    }

    /// Tells a better value, or a better bound with the gap between the two, 0 to 1, as the plan's file has it.
    pub(in crate::server) fn improve(&self, value: f64, (bound, gap): (f64, f64)) {
        let (bound, gap) = (Some(bound), Some(gap));
        self.record.push(TrailPoint { s: self.record.seconds(), value, bound, gap });
    }

    /// Seconds since the work began.
    pub(in crate::server) fn seconds(&self) -> f64 {
        self.record.seconds()
    }

    /// Names what is being done, a word.
    pub(in crate::server) fn name_step(&self, step: &str) {
        self.record.change(|status| {
            status.step = Some(step.to_owned());
            (status.done, status.total) = (0, 0);
        });
    }
}

impl Progress for JobHandle {
    fn report(&self, stage: Stage, done: u64, total: u64) {
        let step = step_name(stage);
        self.record.change(|status| {
            status.step = Some(step.to_owned());
            (status.done, status.total) = (done, total);
        });
    }

    fn is_cancelled(&self) -> bool {
        self.record.is_cancelled()
    }

    fn say(&self, text: &str) {
        self.record.change(|status| status.notes.push(without_places(text)));
    }
}

const fn step_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Reading => "reading",
        Stage::Building => "building",
        Stage::Linking => "linking",
        Stage::Reaching => "reaching",
        Stage::Assessing => "assessing",
        Stage::Writing => "writing",
    }
}
