//! `…/scenarios`: made, named, listed, deleted and brought back.

use std::path::Path as FilePath;
use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::import::scenario_file::{list_scenarios, read_scenario};
use crate::scenario::{Edit, Scenario};
use crate::server::ask::{Body, Opened, Parameters, Seen, in_turn, reply};
use crate::server::describe::{IfMatch, NoParameters, StudyPath};
use crate::server::problem::{Problem, ProblemKind, Refusals};
use crate::server::scenarios::{EditShape, marks_of};
use crate::server::study::Study;
use crate::store::{At, HistoryEntry, StoredScenario, Which};

/// Longest name, in characters.
const NAME_MAX: usize = 200;
/// Longest notes, in characters.
const NOTES_MAX: usize = 20_000;

/// The scenario in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct ScenarioPath {
    /// Id of the scenario.
    scenario: String,
}

/// A scenario without its edits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct ScenarioEntry {
    id: String,
    name: String,
    notes: String,
    /// How many edits are in force.
    edits: usize,
    /// Grows with every edit, undo and redo.
    revision: u64,
    /// When it was made (RFC 3339, UTC).
    created: String,
    /// When it was changed last.
    changed: String,
}

/// The scenarios of a study.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct ScenarioList {
    /// In the order they were made.
    scenarios: Vec<ScenarioEntry>,
    /// Those that can be restored.
    deleted: Vec<ScenarioEntry>,
    /// What happened to the file of scenarios while it was open, oldest first.
    notices: Vec<String>,
    /// Files in the study's folder `scenarios`, which can be taken in with `file`.
    files: Vec<String>,
}

/// A scenario with its edits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Scenario)]
pub(in crate::server) struct ScenarioAnswer {
    id: String,
    name: String,
    notes: String,
    /// The edits in force, in order.
    #[schema(value_type = Vec<EditShape>)]
    edits: Vec<Edit>,
    revision: u64,
    created: String,
    changed: String,
    can_undo: bool,
    can_redo: bool,
}

/// What a new scenario begins with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Two nurseries", "notes": "for the spring meeting",
    "edits": [{ "edit": "open_facility", "key": "n1", "place": [-4.48, 54.15], "offers": [{ "function": "childcare" }] }]
}))]
pub(in crate::server) struct NewScenario {
    /// Its name; one that is taken gets a number. That of `from` or `file` when absent.
    name: Option<String>,
    /// Remarks.
    notes: Option<String>,
    /// Id of a scenario to copy.
    from: Option<String>,
    /// Name of a scenario file of the study to take in.
    file: Option<String>,
    /// Edits to begin with.
    #[schema(value_type = Option<Vec<EditShape>>)]
    edits: Option<Vec<Edit>>,
}

/// What is to be written differently.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct ScenarioWords {
    /// Another name.
    name: Option<String>,
    /// Other remarks.
    notes: Option<String>,
}

/// What happened to a scenario.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct History {
    /// Oldest first.
    entries: Vec<HistoryRow>,
}

/// Something that happened to a scenario.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct HistoryRow {
    revision: u64,
    /// When (RFC 3339, UTC).
    at: String,
    /// `create`, `edit`, `undo`, `redo`, `describe`, `delete` or `restore`.
    what: String,
    /// The edit it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EditShape>)]
    edit: Option<Edit>,
    /// In a few words.
    summary: String,
}

fn entry(stored: StoredScenario) -> ScenarioEntry {
    ScenarioEntry {
        id: stored.id.to_string(),
        name: stored.name,
        notes: stored.notes,
        edits: stored.applied,
        revision: stored.revision,
        created: stored.created,
        changed: stored.changed,
    }
}

pub(in crate::server) fn whole(stored: StoredScenario) -> ScenarioAnswer {
    ScenarioAnswer {
        id: stored.id.to_string(),
        can_undo: stored.applied > 0,
        can_redo: stored.edits.len() > stored.applied,
        edits: stored.scenario().edits,
        name: stored.name,
        notes: stored.notes,
        revision: stored.revision,
        created: stored.created,
        changed: stored.changed,
    }
}

/// The scenarios of a study
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/scenarios", tag = "scenarios", params(StudyPath),
    responses((status = 200, description = "The scenarios", body = ScenarioList), Refusals)
)]
pub(in crate::server) async fn list(
    Opened(study): Opened,
    _: Parameters<NoParameters>,
) -> Response {
    let work = move || {
        let store = study.scenarios().store();
        let of = |which| -> Result<Vec<ScenarioEntry>, Problem> {
            Ok(store.list(which)?.into_iter().map(entry).collect())
        };
        let files = study.folder().map(list_scenarios).unwrap_or_default();
        let (scenarios, deleted) = (of(Which::Kept)?, of(Which::Deleted)?);
        Ok(ScenarioList { scenarios, deleted, notices: store.notices(), files })
    };
    reply(StatusCode::OK, in_turn(work).await)
}

/// Make a scenario: empty, with edits, or from another or a file
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/scenarios", tag = "scenarios", params(StudyPath),
    request_body = NewScenario,
    responses((status = 201, description = "The scenario", body = ScenarioAnswer), Refusals)
)]
pub(in crate::server) async fn create(
    Opened(study): Opened,
    _: Parameters<NoParameters>,
    Body(asked): Body<NewScenario>,
) -> Response {
    reply(StatusCode::CREATED, in_turn(move || make(&study, asked)).await)
}

fn make(study: &Arc<Study>, asked: NewScenario) -> Result<ScenarioAnswer, Problem> {
    let given = [asked.from.is_some(), asked.file.is_some(), asked.edits.is_some()];
    if given.iter().filter(|given| **given).count() > 1 {
        let detail = "give one of from, file and edits";
        return Err(Problem::new(ProblemKind::CannotEdit, detail));
    }
    let mut scenario = match (&asked.from, &asked.file) {
        (Some(id), _) => study.scenarios().get(id)?.scenario(),
        (None, Some(file)) => from_file(study, file)?,
        (None, None) => Scenario { edits: asked.edits.unwrap_or_default(), ..Scenario::default() },
    };
    if let Some(name) = asked.name {
        scenario.name = name;
    }
    if let Some(notes) = asked.notes {
        scenario.notes = notes;
    }
    keep(study, scenario)
}

/// Keeps a new scenario whose edits can all be made.
pub(in crate::server) fn keep(
    study: &Study,
    mut scenario: Scenario,
) -> Result<ScenarioAnswer, Problem> {
    scenario.name = checked(&scenario.name, &scenario.notes)?;
    let marks = marks_of(study.baseline(), &scenario.edits)?;
    let store = study.scenarios().store();
    let id = store.create(&scenario, &marks)?;
    Ok(whole(store.get(id)?))
}

/// A scenario file of the study; nothing outside its folder is read.
fn from_file(study: &Study, file: &str) -> Result<Scenario, Problem> {
    let folder = study.folder().filter(|folder| list_scenarios(folder).iter().any(|f| f == file));
    let Some(folder) = folder else {
        let file: String = file.chars().take(60).collect();
        return Err(Problem::not_found(format!("no scenario file {file:?} in this study")));
    };
    read_scenario(folder, FilePath::new(file))
        .map(|read| read.scenario)
        .map_err(|fault| Problem::new(ProblemKind::CannotEdit, fault.to_string()))
}

/// A name that can be shown, and notes that are not too long.
fn checked(name: &str, notes: &str) -> Result<String, Problem> {
    let name = name.trim();
    let (length, most) = (name.chars().count(), NAME_MAX);
    let refused = |detail: String| Problem::new(ProblemKind::CannotEdit, detail);
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(refused("a scenario needs a name of visible characters".to_owned()));
    }
    if length > most {
        return Err(refused(format!("the name has {length} characters; at most {most} are kept")));
    }
    if notes.chars().count() > NOTES_MAX {
        return Err(refused(format!("the notes are longer than {NOTES_MAX} characters")));
    }
    Ok(name.to_owned())
}

/// One scenario
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/scenarios/{scenario}", tag = "scenarios",
    params(StudyPath, ScenarioPath),
    responses((status = 200, description = "The scenario", body = ScenarioAnswer), Refusals)
)]
pub(in crate::server) async fn show(
    Opened(study): Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
) -> Response {
    reply(StatusCode::OK, in_turn(move || study.scenarios().get(&id).map(whole)).await)
}

/// Give a scenario another name or other notes
#[utoipa::path(
    patch, path = "/api/v1/studies/{study}/scenarios/{scenario}", tag = "scenarios",
    params(StudyPath, ScenarioPath, IfMatch), request_body = ScenarioWords,
    responses((status = 200, description = "The scenario", body = ScenarioAnswer), Refusals)
)]
pub(in crate::server) async fn describe(
    Opened(study): Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
    seen: Seen,
    Body(words): Body<ScenarioWords>,
) -> Response {
    let work = move || {
        let stored = study.scenarios().get(&id)?;
        let notes = words.notes.as_deref().unwrap_or(&stored.notes);
        let name = checked(words.name.as_deref().unwrap_or(&stored.name), notes)?;
        let store = study.scenarios().store();
        seen.told()?.check(&id, stored.revision)?;
        store.describe(
            At { id: stored.id, revision: stored.revision },
            Some(&name),
            Some(notes),
        )?;
        Ok(whole(store.get(stored.id)?))
    };
    reply(StatusCode::OK, in_turn(work).await)
}

/// Delete a scenario; it can be restored
#[utoipa::path(
    delete, path = "/api/v1/studies/{study}/scenarios/{scenario}", tag = "scenarios",
    params(StudyPath, ScenarioPath, IfMatch),
    responses((status = 200, description = "The scenario as it was", body = ScenarioAnswer), Refusals)
)]
pub(in crate::server) async fn delete(
    Opened(study): Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
    seen: Seen,
) -> Response {
    let work = move || {
        let stored = study.scenarios().get(&id)?;
        seen.told()?.check(&id, stored.revision)?;
        study.scenarios().store().set_deleted(stored.id, Which::Deleted)?;
        Ok(whole(stored))
    };
    reply(StatusCode::OK, in_turn(work).await)
}

/// Bring a deleted scenario back
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/scenarios/{scenario}/restore", tag = "scenarios",
    params(StudyPath, ScenarioPath),
    responses((status = 200, description = "The scenario", body = ScenarioAnswer), Refusals)
)]
pub(in crate::server) async fn restore(
    Opened(study): Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
) -> Response {
    let work = move || {
        let number = crate::server::scenarios::number(&id)?;
        let store = study.scenarios().store();
        store.set_deleted(number, Which::Kept)?;
        Ok(whole(store.get(number)?))
    };
    reply(StatusCode::OK, in_turn(work).await)
}

/// Everything that happened to a scenario
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/scenarios/{scenario}/history", tag = "scenarios",
    params(StudyPath, ScenarioPath),
    responses((status = 200, description = "The history", body = History), Refusals)
)]
pub(in crate::server) async fn history(
    Opened(study): Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
) -> Response {
    let row = |entry: HistoryEntry| HistoryRow {
        revision: entry.revision,
        at: entry.at,
        what: entry.what,
        edit: entry.edit,
        summary: entry.summary,
    };
    let work = move || {
        let number = crate::server::scenarios::number(&id)?;
        let entries = study.scenarios().store().history(number)?;
        Ok(History { entries: entries.into_iter().map(row).collect() })
    };
    reply(StatusCode::OK, in_turn(work).await)
}

/// A scenario as a file for the command line
///
/// What `walkshed audit --scenario FILE` reads.
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/scenarios/{scenario}/file", tag = "scenarios",
    params(StudyPath, ScenarioPath),
    responses((status = 200, description = "The file", body = Object), Refusals)
)]
pub(in crate::server) async fn file(
    Opened(study): Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
) -> Response {
    let work = move || study.scenarios().get(&id).map(|stored| stored.scenario());
    reply(StatusCode::OK, in_turn(work).await)
}
