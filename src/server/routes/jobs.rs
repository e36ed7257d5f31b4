//! `/api/v1/jobs`: work under way, its events, its result.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::server::Server;
use crate::server::ask::{JSON, Parameters, fresh, in_turn, reply};
use crate::server::describe::NoParameters;
use crate::server::jobs::{JobState, JobStatus, Record};
use crate::server::problem::{Problem, ProblemKind, Refusals};

/// The job in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct JobPath {
    /// Id of the job.
    job: String,
}

/// All jobs.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct JobList {
    /// Newest first.
    jobs: Vec<JobStatus>,
}

/// The job `id`.
pub(in crate::server) fn find(server: &Server, id: &str) -> Result<Arc<Record>, Problem> {
    server.jobs.find(id).ok_or_else(|| {
        Problem::not_found("no such job; ended ones are forgotten after a while, see /api/v1/jobs")
    })
}

/// All jobs, newest first
#[utoipa::path(
    get, path = "/api/v1/jobs", tag = "jobs",
    responses((status = 200, description = "The jobs", body = JobList), Refusals)
)]
pub(in crate::server) async fn list(
    State(server): State<Arc<Server>>,
    _: Parameters<NoParameters>,
) -> Response {
    reply(StatusCode::OK, Ok(JobList { jobs: server.jobs.all() }))
}

/// One job
#[utoipa::path(
    get, path = "/api/v1/jobs/{job}", tag = "jobs", params(JobPath),
    responses((status = 200, description = "The job", body = JobStatus), Refusals)
)]
pub(in crate::server) async fn show(
    State(server): State<Arc<Server>>,
    axum::extract::Path(job): axum::extract::Path<String>,
    _: Parameters<NoParameters>,
) -> Response {
    reply(StatusCode::OK, find(&server, &job).map(|record| record.status()))
}

/// Ask a job to stop; the best so far is kept
#[utoipa::path(
    delete, path = "/api/v1/jobs/{job}", tag = "jobs", params(JobPath),
    responses((status = 202, description = "The job, asked to stop", body = JobStatus), Refusals)
)]
pub(in crate::server) async fn cancel(
    State(server): State<Arc<Server>>,
    axum::extract::Path(job): axum::extract::Path<String>,
    _: Parameters<NoParameters>,
) -> Response {
    let cancelled = find(&server, &job).map(|record| {
        server.jobs.cancel(&record);
        record.status()
    });
    reply(StatusCode::ACCEPTED, cancelled)
}

/// What a job ended with
///
/// Its shape depends on the kind of the job.
#[utoipa::path(
    get, path = "/api/v1/jobs/{job}/result", tag = "jobs", params(JobPath),
    responses((status = 200, description = "The result", body = Object), Refusals)
)]
pub(in crate::server) async fn result(
    State(server): State<Arc<Server>>,
    axum::extract::Path(job): axum::extract::Path<String>,
    _: Parameters<NoParameters>,
) -> Response {
    let work = move || {
        let json = finished(&*find(&server, &job)?)?.json();
        json.map_err(|fault| {
            let detail = format!("the result cannot be read any more: {fault}; run the job again");
            Problem::new(ProblemKind::Failed, detail)
        })
    };
    match in_turn(work).await {
        Ok(json) => fresh(JSON, json.into()),
        Err(problem) => problem.into_response(),
    }
}

/// What a job ended with, or why there is nothing.
pub(in crate::server) fn finished(
    record: &Record,
) -> Result<Arc<crate::server::jobs::Finished>, Problem> {
    record.finished().ok_or_else(|| {
        let status = record.status();
        let detail = match status.state {
            JobState::Failed => format!("the job failed: {}", status.problem.unwrap_or_default()),
            JobState::Cancelled => "the job was cancelled before there was a result".to_owned(),
            _ => "the job has not ended; follow its events".to_owned(),
        };
        Problem::new(ProblemKind::Conflict, detail)
    })
}

/// What happens in a job, as it happens
///
/// Server-sent events `progress`, `improvement` and, at last, `end`; each has the job as its data.
#[utoipa::path(
    get, path = "/api/v1/jobs/{job}/events", tag = "jobs", params(JobPath),
    responses(
        (status = 200, description = "The events", body = String, content_type = "text/event-stream"),
        Refusals
    )
)]
pub(in crate::server) async fn events(
    State(server): State<Arc<Server>>,
    axum::extract::Path(job): axum::extract::Path<String>,
    _: Parameters<NoParameters>,
) -> Response {
    let record = match find(&server, &job) {
        Ok(record) => record,
        Err(problem) => return problem.into_response(),
    };
    let follower =
        Follower { ticks: record.follow(), record, seen: 0, is_first: true, over: false };
    let events = stream::unfold(follower, |mut follower| async move {
        follower.next().await.map(|event| (Ok::<Event, Infallible>(event), follower))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// Somebody who follows a job.
struct Follower {
    record: Arc<Record>,
    ticks: tokio::sync::watch::Receiver<u64>,
    /// Points of the trail that were told.
    seen: usize,
    is_first: bool,
    over: bool,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        if !std::mem::replace(&mut self.is_first, false) {
            self.ticks.changed().await.ok()?;
            // What comes thick and fast is told together.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        self.ticks.mark_unchanged();
        let status = self.record.status();
        let name = if status.state.is_over() {
            self.over = true;
            "end"
        } else if status.trail.len() > self.seen {
            "improvement"
        } else {
            "progress"
        };
        self.seen = status.trail.len();
        Event::default().event(name).json_data(status).ok()
    }
}
