//! How a request becomes a question: the study it names, its parameters (those that the description of the
//! route has, no others), its body. Every refusal is a problem.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::Server;
use super::app::App;
use super::problem::{Problem, ProblemKind};
use super::query::Query;
use super::study::Study;

/// Media type of most answers.
pub(super) const JSON: &str = "application/json";
/// Media type of answers that a map can draw.
pub(super) const GEOJSON: &str = "application/geo+json";

/// The parameters of a request, of the names that `P` describes.
#[derive(Debug)]
pub(super) struct Parameters<P> {
    /// Them.
    pub(super) query: Query,
    names: PhantomData<fn() -> P>,
}

impl<P: IntoParams, S: Sync> FromRequestParts<S> for Parameters<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let described = P::into_params(|| None);
        let names: Vec<&str> = described.iter().map(|one| one.name.as_str()).collect();
        let query = Query::read(&parts.uri, &names)?;
        Ok(Self { query, names: PhantomData })
    }
}

/// The open study that the address names.
#[derive(Clone, Debug)]
pub(super) struct Opened(pub(super) Arc<Study>);

impl FromRequestParts<Arc<Server>> for Opened {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Problem> {
        let id = path_value(parts, server, "study").await?;
        server.library.open_study(&id).map(Self)
    }
}

/// A part of the address.
pub(super) async fn path_value(
    parts: &mut Parts,
    server: &Arc<Server>,
    name: &str,
) -> Result<String, Problem> {
    let values = RawPathParams::from_request_parts(parts, server)
        .await
        .map_err(|fault| Problem::new(ProblemKind::BadRequest, fault.body_text()))?;
    let value = values.iter().find(|(known, _)| *known == name);
    value
        .map(|(_, value)| value.to_owned())
        .ok_or_else(|| Problem::not_found("nothing at this address"))
}

/// A question to an open study: parameters of the names that `P` describes.
#[derive(Debug)]
pub(super) struct Asked<P> {
    /// The study.
    pub(super) study: Arc<Study>,
    /// The parameters.
    pub(super) query: Query,
    names: PhantomData<fn() -> P>,
}

impl<P: IntoParams> FromRequestParts<Arc<Server>> for Asked<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Problem> {
        let Opened(study) = Opened::from_request_parts(parts, server).await?;
        let Parameters { query, .. } = Parameters::<P>::from_request_parts(parts, server).await?;
        Ok(Self { study, query, names: PhantomData })
    }
}

impl<P> Asked<P> {
    /// Answers with what `answer` says of the study as the query has it.
    pub(super) async fn answer<T: Serialize + Send + 'static>(
        self,
        media_type: &'static str,
        answer: impl FnOnce(&App, &Query) -> Result<T, Problem> + Send + 'static,
    ) -> Response {
        let Self { study, query, .. } = self;
        let work = move || {
            let app = study.asked_of(&query)?;
            to_json(&answer(&app, &query)?)
        };
        match in_turn(work).await {
            Ok(body) => fresh(media_type, body),
            Err(problem) => problem.into_response(),
        }
    }
}

impl<P> Asked<P> {
    /// Answers with what `answer` says of the study and its scenarios.
    pub(super) async fn answer_of_study<T: Serialize + Send + 'static>(
        self,
        media_type: &'static str,
        answer: impl FnOnce(&Study, &Query) -> Result<T, Problem> + Send + 'static,
    ) -> Response {
        let Self { study, query, .. } = self;
        match in_turn(move || to_json(&answer(&study, &query)?)).await {
            Ok(body) => fresh(media_type, body),
            Err(problem) => problem.into_response(),
        }
    }
}

/// The revision of a scenario that a change was made on, where the sender tells it (`If-Match: "7"`).
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen {
    /// This one.
    Revision(u64),
    /// Whatever is there (`*`).
    Any,
    /// Nothing was said.
    Untold,
}

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(told) = parts.headers.get(header::IF_MATCH) else { return Ok(Self::Untold) };
        let told = told.to_str().unwrap_or("").trim();
        if told == "*" {
            return Ok(Self::Any);
        }
        let number = told.trim_matches('"').parse();
        number.map(Self::Revision).map_err(|_no_number| {
            let detail =
                format!("If-Match is {told:?}; send the revision of the scenario, such as \"7\"");
            Problem::new(ProblemKind::BadRequest, detail)
        })
    }
}

impl Seen {
    /// The same, for a change that takes away what others may have made: it has to be told.
    ///
    /// # Errors
    /// When nothing was said.
    pub(super) fn told(self) -> Result<Self, Problem> {
        if matches!(self, Self::Untold) {
            let detail = "send If-Match with the revision of the scenario that this is made on, such as \"7\", or * for any";
            return Err(Problem::new(ProblemKind::Unconditional, detail));
        }
        Ok(self)
    }

    /// Refuses a change that was made on another revision than `found`.
    ///
    /// # Errors
    /// When the sender told a revision and the scenario has another.
    pub(super) fn check(self, scenario: &str, found: u64) -> Result<(), Problem> {
        match self {
            Self::Revision(seen) if seen != found => {
                let detail = format!(
                    "scenario {scenario} was changed in the meantime: its revision is {found}, the change was made on \
                     {seen}; look at it again"
                );
                Err(Problem::new(ProblemKind::Outdated, detail))
            }
            _ => Ok(()),
        }
    }
}

/// A JSON body.
#[derive(Clone, Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let told = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let media_type = told.unwrap_or("").split(';').next().unwrap_or("").trim();
        let is_json = media_type.eq_ignore_ascii_case(JSON) || media_type.ends_with("+json");
        if !is_json {
            let detail = format!("the body is {media_type:?}; send application/json");
            return Err(Problem::new(ProblemKind::UnsupportedMedia, detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|fault| {
            let kind = ProblemKind::of_status(fault.status());
            Problem::new(kind, format!("the body could not be read: {}", fault.body_text()))
        })?;
        read_json(&bytes).map(Self)
    }
}

/// A JSON body that may be left out.
#[derive(Clone, Debug)]
pub(super) struct MaybeBody<T>(pub(super) T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for MaybeBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(Self(T::default()));
        }
        let Body(told) = Body::<Option<T>>::from_request(request, state).await?;
        Ok(Self(told.unwrap_or_default()))
    }
}

/// Reads a JSON body; a fault is told with its place.
fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        // A list of the right length would pass for an object.
        let detail = "the body is a list; send an object";
        return Err(Problem::new(ProblemKind::CannotRead, detail));
    }
    serde_json::from_slice(bytes).map_err(|fault| {
        // Text that is JSON but says something else than is asked for was understood.
        let kind = if fault.is_data() { ProblemKind::CannotRead } else { ProblemKind::BadRequest };
        Problem::new(kind, format!("the body cannot be used: {fault}"))
    })
}

/// `answer` as JSON.
pub(super) fn to_json(answer: &impl Serialize) -> Result<Bytes, Problem> {
    serde_json::to_vec(answer)
        .map(Bytes::from)
        .map_err(|fault| Problem::new(ProblemKind::Failed, fault.to_string()))
}

/// An answer that is asked for anew every time.
pub(super) fn fresh(media_type: &'static str, body: Bytes) -> Response {
    with_status(StatusCode::OK, media_type, body)
}

/// The same with another status.
pub(super) fn with_status(status: StatusCode, media_type: &'static str, body: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, body).into_response()
}

/// `answer` as JSON with `status`, or the refusal.
pub(super) fn reply<T: Serialize>(status: StatusCode, answer: Result<T, Problem>) -> Response {
    match answer.and_then(|answer| to_json(&answer)) {
        Ok(body) => with_status(status, JSON, body),
        Err(problem) => problem.into_response(),
    }
}

/// Works on a thread that may block, without waiting for others: for what follows a drag.
pub(super) async fn at_once<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    blocking(work).await
}

/// Works on a thread that may block, a few at once.
pub(super) async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let failed = |what: &str| Problem::new(ProblemKind::Failed, what.to_owned());
    let turn = super::TURNS.acquire().await.map_err(|closed| failed(&closed.to_string()))?;
    blocking(move || {
        let _turn = turn;
        work()
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_panicked| {
        let detail =
            "the program failed on this request; please report it with the address asked for";
        Problem::new(ProblemKind::Failed, detail)
    })?
}
