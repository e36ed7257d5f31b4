//! `…/layers`: a file is sent and looked at; then it is taken into the study, or let go.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::library::JobBegun;
use crate::import::IssueKind;
use crate::import::brought::{LayerKind, Seen};
use crate::report::{Catalog, Language};
use crate::server::Server;
use crate::server::ask::{Opened, Parameters, in_turn, reply};
use crate::server::describe::{Feature, FeatureCollection, NoParameters, StudyPath};
use crate::server::problem::{Problem, ProblemKind, Refusals};
use crate::server::query::{Query, unknown};
use crate::server::shape::point;
use crate::server::taking::{Replacing, name_beside};
use crate::server::uploads::{Arriving, Sent, Upload, file_name};

/// Longest name of a layer, in characters.
const NAME_MAX: usize = 80;
/// Points of a preview.
const PREVIEW_MAX: usize = 2_000;
/// Issues told one by one.
const DETAILS_MAX: usize = 1_000;

/// What a file is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct LayerQuery {
    /// `facilities`, `candidates`, `demand` or `zones`.
    #[param(inline, value_type = LayerWord, example = "facilities")]
    kind: String,
    /// Name of the layer; that of the file when absent.
    #[param(max_length = 80)]
    name: Option<String>,
    /// Name of the file, which tells CSV and GeoJSON apart for people: `.csv`, `.tsv`, `.txt`, `.geojson`, `.json`.
    #[param(
        pattern = r"^[^\s./\\][^/\\]{0,48}\.([cC][sS][vV]|[tT][sS][vV]|[tT][xX][tT]|([gG][eE][oO])?[jJ][sS][oO][nN])$",
        example = "nurseries.csv"
    )]
    file: String,
    /// Ids of functions, with commas between them, of places whose own the table does not tell; guessed from the name
    /// when absent.
    functions: Option<String>,
    /// Coordinate system: `wgs84`, `cgcs2000`, `gcj02`, `bd09`, `epsg:NUMBER`; found by looking when absent.
    crs: Option<String>,
}

/// What a file can be.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) enum LayerWord {
    /// A layer of facilities.
    Facilities,
    /// Places where a site could be.
    Candidates,
    /// Where people are.
    Demand,
    /// What results are summed up for.
    Zones,
}

/// The file that waits.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct UploadPath {
    /// Id of the study.
    study: String,
    /// Token of the file.
    token: String,
}

/// Whether something may be replaced.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct ReplaceQuery {
    /// Whether the file may take the place of what `replaces` of its report names.
    replace: Option<bool>,
}

/// A file as it is.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct FileBody(Vec<u8>);

/// What was understood of a file; nothing of it is in the study yet.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct ImportReport {
    /// Names the file while it waits.
    token: String,
    /// Name of the layer.
    layer: String,
    /// What it is.
    kind: &'static str,
    /// Rows or features of the file.
    read: usize,
    /// Facilities, candidates, places of people or zones they became.
    kept: usize,
    /// Rows that were left out or joined to others.
    skipped: usize,
    /// The coordinate system; nothing for a table without coordinates.
    crs: Option<SystemTold>,
    /// The text encoding.
    encoding: String,
    /// The columns in file order.
    columns: Vec<ColumnTold>,
    /// What places offer.
    functions: Vec<OfferTold>,
    /// People by group.
    persons: Vec<GroupTold>,
    /// What it would take the place of: `facilities/LAYER`, `demand` or `zones`.
    replaces: Option<String>,
    /// The name it would get beside the study; nothing for candidates.
    writes: Option<String>,
    /// What was skipped, repaired or noticed, by kind.
    issues: Vec<IssueTold>,
    /// The same one by one, at most 1,000.
    details: Vec<DetailTold>,
    /// Where it is, at most 2,000 points.
    #[schema(inline)]
    preview: FeatureCollection<PreviewProperties>,
}

/// A coordinate system.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct SystemTold {
    name: String,
    /// Whether it was found by looking, not stated.
    detected: bool,
}

/// A column.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct ColumnTold {
    header: String,
    /// What it is taken to hold; nothing when it is not read.
    meaning: Option<String>,
}

/// How many places offer a function.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct OfferTold {
    /// Id of the function.
    id: String,
    count: usize,
}

/// The people of a group.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct GroupTold {
    /// Id of the group.
    group: String,
    persons: f64,
}

/// Issues of one kind.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct IssueTold {
    kind: String,
    /// The kind in English.
    en: String,
    /// The kind in Chinese.
    zh: String,
    count: usize,
    /// The feature of the first.
    example: String,
    /// What happened to the first, and what to do.
    reason: String,
    /// The same in Chinese.
    reason_zh: String,
}

/// One issue.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct DetailTold {
    kind: String,
    /// Which feature: its id or row; empty for the whole file.
    feature: String,
    /// What happened and what to do.
    reason: String,
    /// The same in Chinese.
    reason_zh: String,
}

/// What a point of a preview is.
#[derive(Serialize, ToSchema)]
pub(in crate::server) struct PreviewProperties {
    name: String,
}

/// Send a file and see what is understood of it
///
/// It is read as the study would read it; nothing is changed. The token names the file until it is accepted or
/// discarded, or eight newer ones came.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/layers", tag = "library", params(StudyPath, LayerQuery),
    request_body(content = FileBody, content_type = "application/octet-stream"),
    responses((status = 200, description = "What was understood", body = ImportReport), Refusals)
)]
pub(in crate::server) async fn look(
    State(server): State<Arc<Server>>,
    Opened(study): Opened,
    Path(id): Path<String>,
    parameters: Parameters<LayerQuery>,
    request: Request,
) -> Response {
    let sent = match sent(&parameters.query) {
        Ok(sent) => sent,
        Err(problem) => return problem.into_response(),
    };
    let arriving = match received(&sent.file, request).await {
        Ok(arriving) => arriving,
        Err(problem) => return problem.into_response(),
    };
    let work = move || {
        let place = server.library.find(&id)?;
        let (described, description) = place.description()?;
        let upload = study.uploads().look(sent, arriving, (&description, study.baseline()))?;
        let writes = match upload.sent.kind {
            LayerKind::Candidates => None,
            _ => name_beside(&described.file, &upload.sent.file),
        };
        Ok(report(&upload, writes))
    };
    reply(StatusCode::OK, in_turn(work).await)
}

/// Receives a file, part by part.
async fn received(name: &str, request: Request) -> Result<Arriving, Problem> {
    let mut arriving = Arriving::begin(name)?;
    let mut parts = request.into_body().into_data_stream();
    let mut bytes = 0;
    while let Some(part) = parts.next().await {
        let part = part.map_err(|fault| {
            // What goes on beyond the limit is cut off there.
            let is_long = fault.to_string().contains("limit");
            let kind = if is_long { ProblemKind::TooLarge } else { ProblemKind::BadRequest };
            let detail = format!("the file could not be received beyond byte {bytes}: {fault}");
            Problem::new(kind, detail)
        })?;
        bytes += part.len();
        arriving.take(&part)?;
    }
    Ok(arriving)
}

/// Take a file into its study, as a job
///
/// The file is written beside the study, under a name that no file has; `study.toml` is amended, its comments kept;
/// the study is read anew. When any of that fails everything is as it was.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/layers/{token}/accept", tag = "library", params(UploadPath, ReplaceQuery),
    responses((status = 202, description = "The job", body = JobBegun), Refusals)
)]
pub(in crate::server) async fn accept(
    State(server): State<Arc<Server>>,
    Opened(study): Opened,
    Path((id, token)): Path<(String, String)>,
    parameters: Parameters<ReplaceQuery>,
) -> Response {
    let work = move || {
        let replacing = match parameters.query.text("replace") {
            None | Some("false") => Replacing::Never,
            Some("true") => Replacing::Wished,
            Some(other) => {
                return Err(Problem::parameter(format!(
                    "replace={other:?} is neither true nor false"
                )));
            }
        };
        let upload = study.uploads().get(&token)?;
        let job = server.library.find(&id)?.take(upload, replacing, &server.jobs)?;
        Ok(JobBegun { id: job.to_string() })
    };
    reply(StatusCode::ACCEPTED, in_turn(work).await)
}

/// Let a file go
#[utoipa::path(
    delete, path = "/api/v1/studies/{study}/layers/{token}", tag = "library", params(UploadPath),
    responses((status = 204, description = "It is gone"), Refusals)
)]
pub(in crate::server) async fn discard(
    Opened(study): Opened,
    Path((_, token)): Path<(String, String)>,
    _: Parameters<NoParameters>,
) -> Response {
    match study.uploads().discard(&token) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// What is said of the file.
fn sent(query: &Query) -> Result<Sent, Problem> {
    let needed = |name: &str| {
        query.text(name).ok_or_else(|| Problem::parameter(format!("{name} is needed")))
    };
    let word = needed("kind")?;
    let kind = LayerKind::WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind);
    let kind = kind.ok_or_else(|| {
        Problem::parameter(unknown("kind", word, LayerKind::WORDS.iter().map(|(word, _)| *word)))
    })?;
    let file = file_name(needed("file")?)
        .map_err(|why| Problem::parameter(format!("file: {why}; give CSV or GeoJSON")))?;
    let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
    let name = query.text("name").unwrap_or(stem).trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        let detail = format!("name must be 1 to {NAME_MAX} characters on one line");
        return Err(Problem::parameter(detail));
    }
    let functions = query.text("functions").unwrap_or("").split(',').map(str::trim);
    let functions = functions.filter(|id| !id.is_empty()).map(str::to_owned).collect();
    let crs = query.text("crs").map(str::to_owned);
    Ok(Sent { kind, name, file, functions, crs })
}

fn report(upload: &Upload, writes: Option<String>) -> ImportReport {
    let Upload { token, sent, seen, .. } = upload;
    let columns = seen.columns.iter().cloned();
    let functions = seen.functions.iter().cloned();
    let persons = seen.persons.iter().cloned();
    let places =
        seen.places.iter().take(PREVIEW_MAX).map(|(place, name)| {
            Feature::new(point(*place), PreviewProperties { name: name.clone() })
        });
    let details = seen.issues.issues().iter().take(DETAILS_MAX).map(|issue| DetailTold {
        kind: word_of(issue.kind),
        feature: issue.feature.clone(),
        reason: issue.reason.clone(),
        reason_zh: issue.reason_zh(),
    });
    ImportReport {
        token: token.clone(),
        layer: sent.name.clone(),
        kind: sent.kind.word(),
        read: seen.rows,
        kept: seen.kept,
        skipped: seen.rows.saturating_sub(seen.kept),
        crs: seen.system.clone().map(|(name, detected)| SystemTold { name, detected }),
        encoding: seen.encoding.clone(),
        columns: columns.map(|(header, meaning)| ColumnTold { header, meaning }).collect(),
        functions: functions.map(|(id, count)| OfferTold { id, count }).collect(),
        persons: persons.map(|(group, persons)| GroupTold { group, persons }).collect(),
        replaces: seen.replaces.clone(),
        writes,
        issues: issues(seen),
        details: details.collect(),
        preview: FeatureCollection::new(places.collect()),
    }
}

fn issues(seen: &Seen) -> Vec<IssueTold> {
    let texts: BTreeMap<&str, Option<Catalog>> = [("en", Language::En), ("zh", Language::Zh)]
        .map(|(word, language)| (word, Catalog::load(language).ok()))
        .into();
    let said = |language: &str, kind: &str| {
        let catalog = texts.get(language).and_then(Option::as_ref);
        let text = catalog.and_then(|texts| texts.find(&format!("issue_{kind}")));
        text.unwrap_or(kind).to_owned()
    };
    let told = |(&kind, &count): (&IssueKind, &usize)| {
        let first = seen.issues.issues().iter().find(|issue| issue.kind == kind);
        let word = word_of(kind);
        IssueTold {
            en: said("en", &word),
            zh: said("zh", &word),
            kind: word,
            count,
            example: first.map_or_else(String::new, |issue| issue.feature.clone()),
            reason: first.map_or_else(String::new, |issue| issue.reason.clone()),
            reason_zh: first.map_or_else(String::new, crate::import::ImportIssue::reason_zh),
        }
    };
    seen.issues.counts().iter().map(told).collect()
}

/// The word of a kind, as files have it.
fn word_of(kind: IssueKind) -> String {
    let word = serde_json::to_value(kind).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
