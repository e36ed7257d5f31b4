//! `…/place` and what can be done with its plan: take it into a scenario, check it again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::audit::Started;
use super::jobs::{JobPath, find, finished};
use super::scenarios::{ScenarioAnswer, keep};
use crate::scenario::Scenario;
use crate::server::Server;
use crate::server::ask::{Body, MaybeBody, Opened, Parameters, in_turn, reply};
use crate::server::describe::{NoParameters, StudyPath};
use crate::server::jobs::{Busy, JobKind};
use crate::server::plans::{PlaceRequest, Plan, Verified, run};
use crate::server::problem::{Problem, ProblemKind, Refusals};

/// Look for sites as a job
///
/// Its events tell every better value and bound; its result is the plan.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/place", tag = "jobs", params(StudyPath), request_body = PlaceRequest,
    responses((status = 202, description = "The job", body = Started), Refusals)
)]
pub(in crate::server) async fn start(
    State(server): State<Arc<Server>>,
    Opened(study): Opened,
    Path(id): Path<String>,
    _: Parameters<NoParameters>,
    Body(request): Body<PlaceRequest>,
) -> Response {
    let work = move || {
        let ask = request.understood(&study)?;
        let job = server.jobs.start(JobKind::Place, Some(id), move |handle| run(ask, handle));
        let job = job.map_err(|Busy(why)| Problem::new(ProblemKind::Busy, why))?;
        Ok(Started { id: job.to_string() })
    };
    reply(StatusCode::ACCEPTED, in_turn(work).await)
}

/// Where the sites go.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct Acceptance {
    /// Name of the new scenario; one that is taken gets a number.
    name: Option<String>,
}

fn plan_of(server: &Server, job: &str) -> Result<(Arc<Plan>, String), Problem> {
    let record = find(server, job)?;
    let plan = finished(&record)?.plan.clone();
    let study = record.status().study.unwrap_or_default();
    let plan = plan.ok_or_else(|| Problem::not_found("this job made no plan"))?;
    Ok((plan, study))
}

/// Take the sites of a plan into a new scenario
///
/// It begins with the edits of the scenario that the plan was made for.
#[utoipa::path(
    post, path = "/api/v1/jobs/{job}/accept", tag = "jobs", params(JobPath), request_body = Option<Acceptance>,
    responses((status = 201, description = "The scenario", body = ScenarioAnswer), Refusals)
)]
pub(in crate::server) async fn accept(
    State(server): State<Arc<Server>>,
    Path(job): Path<String>,
    _: Parameters<NoParameters>,
    MaybeBody(asked): MaybeBody<Acceptance>,
) -> Response {
    let work = move || {
        let (plan, study) = plan_of(&server, &job)?;
        let study = server.library.open_study(&study)?;
        let mut scenario = match &plan.scenario {
            Some(id) => study.scenarios().get(id)?.scenario(),
            None => Scenario::default(),
        };
        scenario.edits.extend(plan.edits()?);
        scenario.name = asked.name.unwrap_or_else(|| format!("Plan {job}"));
        keep(&study, scenario)
    };
    reply(StatusCode::CREATED, in_turn(work).await)
}

/// Check a plan again, without the solver
#[utoipa::path(
    post, path = "/api/v1/jobs/{job}/verify", tag = "jobs", params(JobPath),
    responses((status = 200, description = "What holds", body = Verified), Refusals)
)]
pub(in crate::server) async fn verify(
    State(server): State<Arc<Server>>,
    Path(job): Path<String>,
    _: Parameters<NoParameters>,
) -> Response {
    let work = move || Ok(plan_of(&server, &job)?.0.verified());
    reply(StatusCode::OK, in_turn(work).await)
}
