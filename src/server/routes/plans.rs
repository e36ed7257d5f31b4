//! `…/place` and what can be done with its plan: take it into a scenario, check it again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::audit::{Started, scenario_of};
use super::jobs::{JobPath, find, finished};
use super::scenarios::{ScenarioAnswer, keep, whole};
use crate::scenario::Scenario;
use crate::server::Server;
use crate::server::ask::{Body, MaybeBody, Opened, Parameters, in_turn, reply};
use crate::server::describe::{NoParameters, StudyPath};
use crate::server::jobs::{Busy, JobHandle, JobKind};
use crate::server::plans::{PlaceRequest, Plan, Verified, run};
use crate::server::problem::{Problem, ProblemKind, Refusals};
use crate::server::study::Study;

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
        let scenario = scenario_of(&study, request.scenario())?;
        let ask = request.understood(&study)?;
        let work = move |handle: &JobHandle| run(ask, scenario.as_ref(), handle);
        let job = server.jobs.start(JobKind::Place, Some(id), work);
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
    /// Id of a scenario that takes the sites instead of a new one; what it has stays.
    scenario: Option<String>,
}

fn plan_of(server: &Server, job: &str) -> Result<(Arc<Plan>, String), Problem> {
    let record = find(server, job)?;
    let plan = finished(&record)?.plan.clone();
    let study = record.status().study.unwrap_or_default();
    let plan = plan.ok_or_else(|| Problem::not_found("this job made no plan"))?;
    Ok((plan, study))
}

/// Take the sites of a plan into a scenario
///
/// A new one begins with the edits of the scenario that the plan was made for. With `scenario` the sites are added to
/// that one, each as an edit that can be taken back.
#[utoipa::path(
    post, path = "/api/v1/jobs/{job}/accept", tag = "jobs", params(JobPath), request_body = Option<Acceptance>,
    responses(
        (status = 200, description = "The scenario that took the sites", body = ScenarioAnswer),
        (status = 201, description = "The new scenario", body = ScenarioAnswer),
        Refusals
    )
)]
pub(in crate::server) async fn accept(
    State(server): State<Arc<Server>>,
    Path(job): Path<String>,
    _: Parameters<NoParameters>,
    MaybeBody(asked): MaybeBody<Acceptance>,
) -> Response {
    let status = if asked.scenario.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    let work = move || {
        let (plan, study) = plan_of(&server, &job)?;
        let study = server.library.open_study(&study)?;
        match (&asked.scenario, asked.name) {
            (Some(_), Some(_)) => {
                let detail = "name is for a new scenario, scenario for one that is there; give one of the two";
                Err(Problem::new(ProblemKind::CannotRead, detail))
            }
            (Some(id), None) => add(&study, id, &plan),
            (None, name) => {
                let mut scenario = match &plan.scenario {
                    Some(id) => study.scenarios().get(id)?.scenario(),
                    None => Scenario::default(),
                };
                scenario.edits.extend(plan.edits_beside(&scenario.edits)?);
                scenario.name = name.unwrap_or_else(|| format!("Plan {job}"));
                keep(&study, scenario)
            }
        }
    };
    reply(status, in_turn(work).await)
}

/// Adds the sites to a scenario that is there; all of them or, when one cannot be made, none.
fn add(study: &Study, id: &str, plan: &Plan) -> Result<ScenarioAnswer, Problem> {
    let known = study.scenarios().get(id)?.scenario();
    let edits = plan.edits_beside(&known.edits)?;
    let app = study.baseline();
    study.scenarios().with_live(app, id, |live, store| live.push_all((app, store), &edits))?;
    Ok(whole(study.scenarios().get(id)?))
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
    let work = move || plan_of(&server, &job)?.0.verified();
    reply(StatusCode::OK, in_turn(work).await)
}
