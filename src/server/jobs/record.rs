//! What is known of one job.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;
use utoipa::ToSchema;

use super::files::JobFiles;
use crate::server::places::without_places;
use crate::server::plans::Plan;

/// Points of a trail that are kept; later ones take the place of the last.
const TRAIL_MAX: usize = 2_000;

/// Number of a job since the server started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::server) struct JobId(pub(super) u64);

impl fmt::Display for JobId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::server) enum JobKind {
    /// Loads a study.
    Open,
    /// Looks for sites.
    Place,
    /// Assesses every rule and writes the files.
    Audit,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::server) enum JobState {
    /// Waits for its turn.
    Queued,
    /// Works.
    Running,
    /// Ended with a result.
    Done,
    /// Stopped on wish; the best so far is its result, if there was any.
    Cancelled,
    /// Ended with a reason instead of a result.
    Failed,
}

impl JobState {
    /// Whether nothing more happens.
    pub(in crate::server) const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }
}

/// The best value found so far, and the bound nobody can beat.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub(in crate::server) struct TrailPoint {
    /// Seconds since the job began.
    pub(in crate::server) s: f64,
    /// The best value so far.
    pub(in crate::server) value: f64,
    /// The proven bound, once there is one.
    pub(in crate::server) bound: Option<f64>,
    /// How far the value may be from the bound, 0 to 1.
    pub(in crate::server) gap: Option<f64>,
}

/// A job as the page sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(in crate::server) struct JobStatus {
    /// Its id.
    pub(in crate::server) id: String,
    /// What it does.
    pub(in crate::server) kind: JobKind,
    /// The study it works on.
    pub(in crate::server) study: Option<String>,
    /// How far it is.
    pub(in crate::server) state: JobState,
    /// What it is doing, a word: `reading`, `building`, `linking`, `reaching`, `assessing`, `writing`, `solving`.
    pub(in crate::server) step: Option<String>,
    /// Parts of the step that are ready.
    pub(in crate::server) done: u64,
    /// Parts of the step.
    pub(in crate::server) total: u64,
    /// Seconds since it began to work; until it ended.
    pub(in crate::server) elapsed_s: f64,
    /// Why it failed.
    pub(in crate::server) problem: Option<String>,
    /// What is to be known of the result besides: files left out, letters that no font has. In the language of
    /// the job where it has one.
    pub(in crate::server) notes: Vec<String>,
    /// Values and bounds as they were found.
    pub(in crate::server) trail: Vec<TrailPoint>,
}

/// A result as JSON text: as a tree it would take ten times the memory, and many jobs are kept.
#[derive(Clone, Debug)]
pub(in crate::server) enum Outcome {
    /// It.
    Text(Box<str>),
    /// What the file of that name holds.
    InFile(&'static str),
}

impl Default for Outcome {
    fn default() -> Self {
        Self::Text("null".into())
    }
}

impl Outcome {
    /// A result.
    pub(in crate::server) fn of(result: &Value) -> Self {
        Self::Text(result.to_string().into())
    }
}

/// What a job ends with.
#[derive(Clone, Debug, Default)]
pub(in crate::server) struct Finished {
    /// The result.
    pub(in crate::server) result: Outcome,
    /// The files it wrote.
    pub(in crate::server) files: Option<Arc<JobFiles>>,
    /// The plan it found.
    pub(in crate::server) plan: Option<Arc<Plan>>,
}

impl Finished {
    /// A result.
    pub(in crate::server) fn of(result: &Value) -> Self {
        Self { result: Outcome::of(result), ..Self::default() }
    }

    /// The result as JSON text.
    ///
    /// # Errors
    /// When its file is gone.
    pub(in crate::server) fn json(&self) -> std::io::Result<Vec<u8>> {
        let name = match &self.result {
            Outcome::Text(text) => return Ok(text.as_bytes().to_vec()),
            Outcome::InFile(name) => name,
        };
        let read = self.files.as_ref().and_then(|files| files.read(name));
        read.map_or_else(|| Err(std::io::ErrorKind::NotFound.into()), |(_, bytes)| bytes)
    }
}

/// One job, shared by the thread that works and those who ask.
#[derive(Debug)]
pub(in crate::server) struct Record {
    inner: Mutex<Inner>,
    /// Counts what happened, so that those who follow are woken.
    ticks: watch::Sender<u64>,
}

#[derive(Debug)]
struct Inner {
    id: JobId,
    status: JobStatus,
    began: Option<Instant>,
    in_queue: bool,
    is_cancelled: bool,
    finished: Option<Arc<Finished>>,
}

impl Record {
    pub(super) fn new(id: JobId, kind: JobKind, study: Option<String>) -> Self {
        let status = JobStatus {
            id: id.to_string(),
            kind,
            study,
            state: JobState::Queued,
            step: None,
            done: 0,
            total: 0,
            elapsed_s: 0.0,
            problem: None,
            notes: Vec::new(),
            trail: Vec::new(),
        };
        let inner =
            Inner { id, status, began: None, in_queue: true, is_cancelled: false, finished: None };
        Self { inner: Mutex::new(inner), ticks: watch::Sender::new(0) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known and wakes those who follow.
    pub(super) fn change(&self, change: impl FnOnce(&mut JobStatus)) {
        change(&mut self.inner().status);
        self.ticks.send_modify(|ticks| *ticks += 1);
    }

    pub(super) fn id(&self) -> JobId {
        self.inner().id
    }

    /// How far it is; a job that was given its turn no longer counts as queued.
    pub(in crate::server) fn state(&self) -> JobState {
        let inner = self.inner();
        if inner.status.state == JobState::Queued && !inner.in_queue {
            JobState::Running
        } else {
            inner.status.state
        }
    }

    pub(super) fn leave_queue(&self) {
        self.inner().in_queue = false;
    }

    pub(super) fn begin(&self) {
        self.inner().began = Some(Instant::now());
        self.change(|status| status.state = JobState::Running);
    }

    pub(super) fn seconds(&self) -> f64 {
        self.inner().began.map_or(0.0, |began| began.elapsed().as_secs_f64())
    }

    pub(super) fn push(&self, point: TrailPoint) {
        self.change(|status| {
            if status.trail.len() >= TRAIL_MAX {
                status.trail.pop();
            }
            status.trail.push(point);
        });
    }

    pub(super) fn end(&self, done: Result<Finished, String>) {
        let elapsed_s = self.seconds();
        let mut inner = self.inner();
        let is_cancelled = inner.is_cancelled;
        let state = match done {
            Ok(finished) => {
                inner.finished = Some(Arc::new(finished));
                if is_cancelled { JobState::Cancelled } else { JobState::Done }
            }
            Err(_) if is_cancelled => JobState::Cancelled,
            Err(why) => {
                inner.status.problem = Some(without_places(&why));
                JobState::Failed
            }
        };
        drop(inner);
        self.change(|status| {
            status.state = state;
            status.elapsed_s = elapsed_s;
        });
    }

    pub(super) fn cancel(&self) {
        self.inner().is_cancelled = true;
        self.ticks.send_modify(|ticks| *ticks += 1);
    }

    /// Whether it was asked to stop.
    pub(in crate::server) fn is_cancelled(&self) -> bool {
        self.inner().is_cancelled
    }

    /// How it stands now.
    pub(in crate::server) fn status(&self) -> JobStatus {
        let inner = self.inner();
        let mut status = inner.status.clone();
        if let (false, Some(began)) = (status.state.is_over(), inner.began) {
            status.elapsed_s = began.elapsed().as_secs_f64();
        }
        status
    }

    /// What it ended with.
    pub(in crate::server) fn finished(&self) -> Option<Arc<Finished>> {
        self.inner().finished.clone()
    }

    /// Wakes whenever something happened.
    pub(in crate::server) fn follow(&self) -> watch::Receiver<u64> {
        self.ticks.subscribe()
    }
}
