//! Work that takes longer than an answer may: queued, a few at once, told about as it goes, cancelled on wish.

mod files;
mod handle;
mod record;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

pub(super) use files::{JobFile, JobFiles};
pub(super) use handle::JobHandle;
pub(super) use record::{Finished, JobId, JobKind, JobState, JobStatus, Outcome, Record};

/// Jobs that work at once; more wait.
const RUNNING_MAX: usize = 2;
/// Memory that has to be free for a job to begin beside another.
const BESIDE_BYTES: u64 = 512 << 20;
/// Jobs that may wait.
const WAITING_MAX: usize = 32;
/// Ended jobs that are kept, with their results.
const ENDED_KEPT: usize = 64;

/// Why a job is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Busy(pub(super) String);

/// Every job since the server started, up to a number of ended ones.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    kept: Mutex<Kept>,
    turn: Condvar,
}

#[derive(Debug, Default)]
struct Kept {
    next: u64,
    running: usize,
    records: BTreeMap<JobId, Arc<Record>>,
}

impl Jobs {
    /// Queues `work`. What it returns is the result; an error is told as the reason why it failed. When it was
    /// cancelled and still returns something, that is kept as the best so far.
    ///
    /// # Errors
    /// When too many jobs wait already.
    pub(super) fn start(
        self: &Arc<Self>,
        kind: JobKind,
        study: Option<String>,
        work: impl FnOnce(&JobHandle) -> Result<Finished, String> + Send + 'static,
    ) -> Result<JobId, Busy> {
        let mut kept = self.kept();
        let waiting = kept.records.values().filter(|r| r.state() == JobState::Queued).count();
        if waiting >= WAITING_MAX {
            return Err(Busy(format!(
                "{waiting} jobs wait already; cancel one or try again later"
            )));
        }
        kept.next += 1;
        let id = JobId(kept.next);
        let record = Arc::new(Record::new(id, kind, study));
        kept.records.insert(id, Arc::clone(&record));
        forget_oldest(&mut kept.records);
        drop(kept);
        let jobs = Arc::clone(self);
        let started = std::thread::Builder::new().name(format!("job-{}", id.0)).spawn(move || {
            jobs.wait_turn(&record);
            let handle = JobHandle::new(Arc::clone(&record));
            let done = if record.is_cancelled() {
                Err(String::new())
            } else {
                record.begin();
                std::panic::catch_unwind(AssertUnwindSafe(|| work(&handle))).unwrap_or_else(|_| {
                    Err("the program failed on this job; please report what was asked".to_owned())
                })
            };
            record.end(done);
            jobs.kept().running -= 1;
            jobs.turn.notify_all();
        });
        started.map(|_| id).map_err(|fault| {
            self.kept().records.remove(&id);
            Busy(format!("no thread could be started for the job: {fault}"))
        })
    }

    /// The job of that id.
    pub(super) fn find(&self, id: &str) -> Option<Arc<Record>> {
        let id = JobId(id.parse().ok()?);
        self.kept().records.get(&id).cloned()
    }

    /// All jobs, newest first.
    pub(super) fn all(&self) -> Vec<JobStatus> {
        self.kept().records.values().rev().map(|record| record.status()).collect()
    }

    /// Takes a place among those that work, oldest first.
    fn wait_turn(&self, record: &Record) {
        let mut kept = self.kept();
        loop {
            let queued = |r: &&Arc<Record>| r.state() == JobState::Queued;
            let first = kept.records.values().find(queued).map(|first| first.id());
            let is_next = record.is_cancelled() || first == Some(record.id());
            let has_room = kept.running == 0
                || kept.running < RUNNING_MAX && crate::import::room::is_free(BESIDE_BYTES);
            if is_next && has_room || record.is_cancelled() {
                kept.running += 1;
                record.leave_queue();
                self.turn.notify_all();
                return;
            }
            kept = self.turn.wait(kept).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Asks a job to stop; one that waits ends at once.
    pub(super) fn cancel(&self, record: &Record) {
        record.cancel();
        let _kept = self.kept();
        self.turn.notify_all();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_oldest(records: &mut BTreeMap<JobId, Arc<Record>>) {
    let ended: Vec<JobId> =
        records.values().filter(|record| record.state().is_over()).map(|r| r.id()).collect();
    for id in ended.iter().take(ended.len().saturating_sub(ENDED_KEPT)) {
        records.remove(id);
    }
}

#[cfg(test)]
mod tests;
