//! One file a resource: check the parameters, ask the core once, shape the answer.

pub(super) mod audit;
pub(super) mod coverage;
pub(super) mod facilities;
pub(super) mod gaps;
pub(super) mod place;
pub(super) mod reach;
pub(super) mod route;
pub(super) mod study;
pub(super) mod tiles;
pub(super) mod why;
pub(super) mod zones;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde_json::Value;

use super::app::App;
use super::problem::{Problem, ProblemKind};
use super::query::Query;
pub(super) use coverage::level_name;

/// What a resource answers.
pub(super) type Answer = Result<Value, Problem>;

/// A resource: the parameters it takes and how it answers.
#[derive(Clone, Copy)]
struct Resource {
    parameters: &'static [&'static str],
    answer: fn(&App, &Query) -> Answer,
    media_type: &'static str,
}

const JSON: &str = "application/json";
const GEOJSON: &str = "application/geo+json";

/// All resources and tiles.
pub(super) fn router() -> Router<Arc<App>> {
    let mut router = Router::new();
    for (path, resource) in table() {
        router = router.route(path, method(resource));
    }
    router
        .route("/api/v1/audit", get(audit::answer))
        .route("/tiles/base/{z}/{x}/{y}", get(tiles::base))
        .route("/tiles/time/{function}/{profile}/{z}/{x}/{y}", get(tiles::time))
}

/// Every resource that is worked out.
fn table() -> [(&'static str, Resource); 8] {
    let json = |parameters, answer| Resource { parameters, answer, media_type: JSON };
    let geojson = |parameters, answer| Resource { parameters, answer, media_type: GEOJSON };
    let selection: &[&str] = &["function", "profile", "group", "cutoff_min"];
    let at_place: &[&str] = &["lon", "lat", "profile", "cutoff_min"];
    [
        ("/api/v1/study", json(&[], study::answer)),
        ("/api/v1/coverage", json(selection, coverage::answer)),
        ("/api/v1/gaps", geojson(selection, gaps::answer)),
        ("/api/v1/zones", geojson(&[], zones::answer)),
        ("/api/v1/facilities", geojson(&["function"], facilities::answer)),
        ("/api/v1/why", json(at_place, why::answer)),
        ("/api/v1/route", geojson(&["lon", "lat", "facility", "profile"], route::answer)),
        ("/api/v1/reach", geojson(at_place, reach::answer)),
    ]
}

fn method(resource: Resource) -> MethodRouter<Arc<App>> {
    get(move |State(app): State<Arc<App>>, uri: Uri| async move {
        let work = move |app: &App| {
            let query = Query::read(&uri, resource.parameters)?;
            let answer = (resource.answer)(app, &query)?;
            serde_json::to_vec(&answer)
                .map_err(|fault| Problem::new(ProblemKind::Failed, fault.to_string()))
        };
        match in_turn(app, work).await {
            Ok(body) => fresh(resource.media_type, Bytes::from(body)),
            Err(problem) => problem.into_response(),
        }
    })
}

/// An answer that is asked for anew every time.
fn fresh(media_type: &'static str, body: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body).into_response()
}

/// Works on a thread that may block, a few at once.
async fn in_turn<T: Send + 'static>(
    app: Arc<App>,
    work: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let failed = |what: &str| Problem::new(ProblemKind::Failed, what.to_owned());
    let turn = Arc::clone(&app.turns)
        .acquire_owned()
        .await
        .map_err(|closed| failed(&closed.to_string()))?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work(&app)
    });
    done.await.map_err(|_panicked| {
        failed("the program failed on this request; please report it with the address asked for")
    })?
}
