//! `…/scenarios/{scenario}/edits`, `preview`, `undo`, `redo`: the scenario follows at once.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::scenarios::ScenarioPath;
use crate::scenario::Edit;
use crate::server::app::App;
use crate::server::ask::{Body, MaybeBody, Opened, Parameters, Seen, at_once, reply};
use crate::server::describe::{IfMatch, NoParameters, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::{Query, Selection};
use crate::server::scenarios::{BASELINE, EditShape, EffectAnswer, Step};

/// The selection on screen; what is absent is the study's default.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct OnScreen {
    /// Id of a function.
    function: Option<String>,
    /// Id of a walk profile.
    profile: Option<String>,
    /// Id of a demand group.
    group: Option<String>,
    /// Cutoff in minutes, inclusive.
    #[schema(minimum = 0, maximum = 1440)]
    cutoff_min: Option<f64>,
}

/// An edit, and the selection on screen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "edit": {
        "edit": "open_facility", "key": "new-nursery", "place": [-4.48, 54.15],
        "offers": [{ "function": "childcare", "capacity": 60.0 }]
    },
    "function": "childcare", "profile": "adult", "group": "all", "cutoff_min": 15.0
}))]
pub(in crate::server) struct EditRequest {
    #[schema(value_type = EditShape)]
    edit: Edit,
    /// Id of a function.
    function: Option<String>,
    /// Id of a walk profile.
    profile: Option<String>,
    /// Id of a demand group.
    group: Option<String>,
    /// Cutoff in minutes, inclusive.
    #[schema(minimum = 0, maximum = 1440)]
    cutoff_min: Option<f64>,
}

impl OnScreen {
    fn selection(self, app: &App) -> Result<Selection, Problem> {
        let cutoff = self.cutoff_min.map(|min| min.to_string());
        let given = [
            ("function", self.function),
            ("profile", self.profile),
            ("group", self.group),
            ("cutoff_min", cutoff),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Query::of(given).selection(app)
    }
}

impl EditRequest {
    fn parts(self) -> (Edit, OnScreen) {
        let Self { edit, function, profile, group, cutoff_min } = self;
        (edit, OnScreen { function, profile, group, cutoff_min })
    }
}

/// What an edit would do; nothing is kept. `baseline` in place of a scenario is the study as it stands
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/scenarios/{scenario}/preview", tag = "scenarios",
    params(StudyPath, ScenarioPath), request_body = EditRequest,
    responses((status = 200, description = "What it would do", body = EffectAnswer), Refusals)
)]
pub(in crate::server) async fn preview(
    Opened(study): Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
    Body(request): Body<EditRequest>,
) -> Response {
    let work = move || {
        let app = study.baseline();
        let (edit, on_screen) = request.parts();
        let asked = on_screen.selection(app)?;
        if id == BASELINE {
            return study.scenarios().with_standing(app, |live| live.preview(app, &edit, &asked));
        }
        study.scenarios().with_live(app, &id, |live, _| live.preview(app, &edit, &asked))
    };
    reply(StatusCode::OK, at_once(work).await)
}

/// Make an edit; when this is answered, it is on the disk
///
/// With `If-Match` it is made on that revision or refused (412).
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/scenarios/{scenario}/edits", tag = "scenarios",
    params(StudyPath, ScenarioPath, IfMatch), request_body = EditRequest,
    responses((status = 200, description = "What it did", body = EffectAnswer), Refusals)
)]
pub(in crate::server) async fn push(
    Opened(study): Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
    seen: Seen,
    Body(request): Body<EditRequest>,
) -> Response {
    let work = move || {
        let app = study.baseline();
        let (edit, on_screen) = request.parts();
        let asked = on_screen.selection(app)?;
        let made = |live: &mut crate::server::scenarios::Live, store: &_| {
            seen.check(&id, live.revision())?;
            live.push((app, store), &edit, &asked)
        };
        study.scenarios().with_live(app, &id, made)
    };
    reply(StatusCode::OK, at_once(work).await)
}

/// Take the last edit back
///
/// On the revision that `If-Match` tells and on no other, so that nobody takes back what somebody else did.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/scenarios/{scenario}/undo", tag = "scenarios",
    params(StudyPath, ScenarioPath, IfMatch), request_body = Option<OnScreen>,
    responses((status = 200, description = "What that did", body = EffectAnswer), Refusals)
)]
pub(in crate::server) async fn undo(
    opened: Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
    seen: Seen,
    MaybeBody(on_screen): MaybeBody<OnScreen>,
) -> Response {
    step(opened, (id, seen), (Step::Undo, on_screen)).await
}

/// Make the edit again that was taken back last
///
/// On the revision that `If-Match` tells and on no other, so that nobody takes back what somebody else did.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/scenarios/{scenario}/redo", tag = "scenarios",
    params(StudyPath, ScenarioPath, IfMatch), request_body = Option<OnScreen>,
    responses((status = 200, description = "What that did", body = EffectAnswer), Refusals)
)]
pub(in crate::server) async fn redo(
    opened: Opened,
    Path((_, id)): Path<(String, String)>,
    _: Parameters<NoParameters>,
    seen: Seen,
    MaybeBody(on_screen): MaybeBody<OnScreen>,
) -> Response {
    step(opened, (id, seen), (Step::Redo, on_screen)).await
}

async fn step(
    Opened(study): Opened,
    (id, seen): (String, Seen),
    (step, on_screen): (Step, OnScreen),
) -> Response {
    let work = move || {
        let app = study.baseline();
        let asked = on_screen.selection(app)?;
        let made = |live: &mut crate::server::scenarios::Live, store: &_| {
            seen.told()?.check(&id, live.revision())?;
            live.step((app, store), step, &asked)
        };
        study.scenarios().with_live(app, &id, made)
    };
    reply(StatusCode::OK, at_once(work).await)
}
