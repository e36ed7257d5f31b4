//! `/tiles/{study}`: vector tiles of the base map and of walking times.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use utoipa::IntoParams;

use super::composite::read_needed;
use crate::server::app::App;
use crate::server::ask::{Asked, in_turn};
use crate::server::describe::{NoParameters, ScenarioOnly, StudyPath};
use crate::server::problem::{Problem, ProblemKind, Refusals};
use crate::server::query::Query;
use crate::server::study::Study;
use crate::server::tiles::{Coding, TileId, TileKey, TileSet};

/// Media type of a tile.
const MVT: &str = "application/vnd.mapbox-vector-tile";

/// Which tile.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct TilePath {
    /// Zoom.
    #[param(minimum = 0, maximum = 16)]
    z: u32,
    /// Column, from the west.
    x: u32,
    /// Row from the north, with the ending `.mvt`.
    #[param(pattern = r"^\d{1,6}\.mvt$")]
    y: String,
}

/// Times to what, for whom.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct TimePath {
    /// Id of a function.
    function: String,
    /// Id of a walk profile.
    profile: String,
}

/// A tile of the base map
#[utoipa::path(
    get,
    path = "/tiles/{study}/base/{z}/{x}/{y}",
    tag = "tiles",
    params(StudyPath, TilePath),
    responses(TileAnswer, Refusals)
)]
pub(in crate::server) async fn base(
    asked: Asked<NoParameters>,
    Path((_, z, x, y)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let key = move |_: &App| Ok(TileKey { set: TileSet::Base, id: tile_id(&[&z, &x, &y])? });
    answer((asked.study, asked.query), key, headers).await
}

/// A tile of walking times to a function
#[utoipa::path(
    get,
    path = "/tiles/{study}/time/{function}/{profile}/{z}/{x}/{y}",
    tag = "tiles",
    params(StudyPath, TimePath, TilePath, ScenarioOnly),
    responses(TileAnswer, Refusals)
)]
pub(in crate::server) async fn time(
    asked: Asked<ScenarioOnly>,
    Path((_, function, profile, z, x, y)): Path<(String, String, String, String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let key = move |app: &App| {
        let function = app.find_function(&function).map_err(Problem::not_found)?;
        let walker = app.find_walker(&profile).map_err(Problem::not_found)?;
        Ok(TileKey { set: TileSet::Time(function, walker), id: tile_id(&[&z, &x, &y])? })
    };
    answer((asked.study, asked.query), key, headers).await
}

/// Where one more site would help, under what.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct GainPath {
    /// Id of a function.
    function: String,
    /// Id of a walk profile.
    profile: String,
    /// Id of a demand group.
    group: String,
    /// Cutoff in minutes, inclusive.
    #[param(minimum = 0, maximum = 1440)]
    cutoff_min: f64,
}

/// Which functions homes lack.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct CompositePath {
    /// Ids of functions, joined by commas; at most 12.
    functions: String,
    /// Id of a walk profile.
    profile: String,
    /// Cutoff in minutes, inclusive.
    #[param(minimum = 0, maximum = 1440)]
    cutoff_min: f64,
}

/// A tile of what one more site would gain
#[utoipa::path(
    get,
    path = "/tiles/{study}/gain/{function}/{profile}/{group}/{cutoff_min}/{z}/{x}/{y}",
    tag = "tiles",
    params(StudyPath, GainPath, TilePath, ScenarioOnly),
    responses(TileAnswer, Refusals)
)]
pub(in crate::server) async fn gain(
    asked: Asked<ScenarioOnly>,
    Path(parts): Path<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let key = move |app: &App| {
        let of = |name: &'static str| (name, part(&parts, name).to_owned());
        let words = ["function", "profile", "group", "cutoff_min"].map(of);
        let selection = Query::of(words).selection(app)?;
        app.gains(&selection.key())?;
        let id = tile_id(&[part(&parts, "z"), part(&parts, "x"), part(&parts, "y")])?;
        Ok(TileKey { set: TileSet::Gain(selection.key()), id })
    };
    answer((asked.study, asked.query), key, headers).await
}

/// A tile of homes by how many functions they lack
#[utoipa::path(
    get,
    path = "/tiles/{study}/composite/{functions}/{profile}/{cutoff_min}/{z}/{x}/{y}",
    tag = "tiles",
    params(StudyPath, CompositePath, TilePath, ScenarioOnly),
    responses(TileAnswer, Refusals)
)]
pub(in crate::server) async fn composite(
    asked: Asked<ScenarioOnly>,
    Path(parts): Path<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let key = move |app: &App| {
        let of = |name: &'static str| (name, part(&parts, name).to_owned());
        let query = Query::of(["profile", "cutoff_min"].map(of));
        let needed = read_needed(app, part(&parts, "functions"))?;
        let set = TileSet::Composite(needed, query.walker(app)?, query.cutoff(app)?.time);
        let id = tile_id(&[part(&parts, "z"), part(&parts, "x"), part(&parts, "y")])?;
        Ok(TileKey { set, id })
    };
    answer((asked.study, asked.query), key, headers).await
}

fn part<'a>(parts: &'a BTreeMap<String, String>, name: &str) -> &'a str {
    parts.get(name).map_or("", String::as_str)
}

/// Reads `z`, `x`, `y.mvt`.
fn tile_id([z, x, y]: &[&str; 3]) -> Result<TileId, Problem> {
    let number = |text: &str| text.parse::<u32>().ok();
    let y = y.strip_suffix(".mvt").and_then(number);
    let id = number(z).zip(number(x)).zip(y).and_then(|((z, x), y)| TileId::new(z, x, y));
    id.ok_or_else(|| {
        let most = TileId::DEEPEST;
        Problem::not_found(format!(
            "no such tile; ask for z/x/y.mvt with z from 0 to {most} and x and y below 2^z"
        ))
    })
}

async fn answer(
    (study, query): (Arc<Study>, Query),
    key: impl FnOnce(&App) -> Result<TileKey, Problem> + Send + 'static,
    headers: HeaderMap,
) -> Response {
    let coding = if accepts_gzip(&headers) { Coding::Gzip } else { Coding::Plain };
    let known = headers.get(header::IF_NONE_MATCH).cloned();
    let work = move || {
        let app = study.asked_of(&query)?;
        let found = app.tile(&key(&app)?);
        let failed = |fault: String| Problem::new(ProblemKind::Failed, fault);
        let tile = match found.as_ref() {
            Ok(Some(tile)) => tile,
            Ok(None) => return Ok(Reply::Empty),
            Err(fault) => return Err(failed(fault.to_string())),
        };
        let tag = tile.tag(coding);
        if known.is_some_and(|known| names(&known, &tag)) {
            return Ok(Reply::Unchanged(tag));
        }
        Ok(Reply::Whole(tag, tile.bytes(coding).map_err(|fault| failed(fault.to_string()))?))
    };
    match in_turn(work).await {
        Ok(reply) => send(reply, coding),
        Err(problem) => problem.into_response(),
    }
}

/// What any tile may be answered with, for its description.
struct TileAnswer;

impl utoipa::IntoResponses for TileAnswer {
    fn responses() -> BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
        use utoipa::openapi::{Content, KnownFormat, ObjectBuilder, RefOr, ResponseBuilder};
        use utoipa::openapi::{SchemaFormat, Type};
        let bytes = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        let content = Content::builder().schema(Some(bytes)).build();
        let whole = ResponseBuilder::new().description("The tile").content(MVT, content).build();
        let rows = [("204", "Nothing is on it"), ("304", "It is as it was, by its ETag")];
        let bare = rows.map(|(status, said)| {
            (status.to_owned(), RefOr::T(ResponseBuilder::new().description(said).build()))
        });
        bare.into_iter().chain([("200".to_owned(), RefOr::T(whole))]).collect()
    }
}

/// What is sent back.
enum Reply {
    Empty,
    Unchanged(String),
    Whole(String, Bytes),
}

fn send(reply: Reply, coding: Coding) -> Response {
    let (status, tag, body) = match reply {
        Reply::Empty => (StatusCode::NO_CONTENT, None, None),
        Reply::Unchanged(tag) => (StatusCode::NOT_MODIFIED, Some(tag), None),
        Reply::Whole(tag, body) => (StatusCode::OK, Some(tag), Some(body)),
    };
    let has_body = body.is_some();
    let mut response = (status, body.unwrap_or_default()).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    let mut put = |name, value| headers.insert(name, HeaderValue::from_static(value));
    put(header::CACHE_CONTROL, "no-cache");
    put(header::VARY, "accept-encoding");
    if has_body {
        put(header::CONTENT_TYPE, MVT);
        if coding == Coding::Gzip {
            put(header::CONTENT_ENCODING, "gzip");
        }
    }
    if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Whether `If-None-Match` names the tag; a weak mark makes no difference there (RFC 9110, 13.1.2).
fn names(known: &HeaderValue, tag: &str) -> bool {
    known.to_str().is_ok_and(|known| {
        known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
    })
}

/// Whether gzip is asked for and not refused with `q=0`.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let asked = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    asked.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named =
            parts.next().is_some_and(|name| name == "*" || name.eq_ignore_ascii_case("gzip"));
        let refused = parts.any(|weight| {
            weight.strip_prefix("q=").is_some_and(|q| q.parse::<f64>().is_ok_and(|q| q <= 0.0))
        });
        named && !refused
    })
}
