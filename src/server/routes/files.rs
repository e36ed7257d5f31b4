//! `/api/v1/jobs/{job}/files`: what a job wrote, to be taken away.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::jobs::{JobPath, find, finished};
use crate::server::Server;
use crate::server::ask::{Parameters, in_turn, reply};
use crate::server::describe::NoParameters;
use crate::server::jobs::{JobFile, JobFiles};
use crate::server::problem::{Problem, ProblemKind, Refusals};

/// The file in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct FilePath {
    /// Id of the job.
    job: String,
    /// Name of the file.
    name: String,
}

/// The files of a job.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct FileList {
    /// By name.
    files: Vec<JobFile>,
}

fn files_of(server: &Server, job: &str) -> Result<Arc<JobFiles>, Problem> {
    let finished = finished(&*find(server, job)?)?;
    finished.files.clone().ok_or_else(|| Problem::not_found("this job wrote no files"))
}

/// The files that a job wrote
#[utoipa::path(
    get, path = "/api/v1/jobs/{job}/files", tag = "jobs", params(JobPath),
    responses((status = 200, description = "The files", body = FileList), Refusals)
)]
pub(in crate::server) async fn list(
    State(server): State<Arc<Server>>,
    Path(job): Path<String>,
    _: Parameters<NoParameters>,
) -> Response {
    let files = files_of(&server, &job).map(|files| FileList { files: files.list().to_vec() });
    reply(StatusCode::OK, files)
}

/// A file that a job wrote
#[utoipa::path(
    get, path = "/api/v1/jobs/{job}/files/{name}", tag = "jobs", params(FilePath),
    responses(
        (status = 200, description = "The file, of the media type that the list states", content(
            (Vec<u8> = "application/octet-stream"), (Value = "application/json"), (Value = "application/geo+json"),
            (String = "text/csv"), (String = "text/html"), (Vec<u8> = "application/pdf"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/geopackage+sqlite3"), (Vec<u8> = "application/zip")
        )),
        Refusals
    )
)]
pub(in crate::server) async fn show(
    State(server): State<Arc<Server>>,
    Path((job, name)): Path<(String, String)>,
    _: Parameters<NoParameters>,
) -> Response {
    let work = move || {
        let files = files_of(&server, &job)?;
        let (file, bytes) = files.read(&name).ok_or_else(|| {
            let known: Vec<&str> = files.list().iter().map(|file| file.name.as_str()).collect();
            Problem::not_found(format!(
                "this job wrote no such file; it wrote {}",
                known.join(", ")
            ))
        })?;
        let bytes = bytes.map_err(|fault| {
            let detail =
                format!("{} cannot be read any more: {fault}; run the job again", file.name);
            Problem::new(ProblemKind::Failed, detail)
        })?;
        Ok((file.clone(), bytes))
    };
    match in_turn(work).await {
        Ok((file, bytes)) => sent(&file, bytes),
        Err(problem) => problem.into_response(),
    }
}

fn sent(file: &JobFile, bytes: Vec<u8>) -> Response {
    let mut response = Bytes::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let shown = format!("attachment; filename=\"{}\"", file.name);
    for (name, value) in
        [(header::CONTENT_TYPE, &file.media_type), (header::CONTENT_DISPOSITION, &shown)]
    {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}
