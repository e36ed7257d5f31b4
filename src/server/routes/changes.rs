//! `…/events`: whoever looks at a study hears of what others change, on this server or another on the same folder.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use utoipa::ToSchema;

use crate::server::ask::{Opened, Parameters};
use crate::server::describe::{NoParameters, StudyPath};
use crate::server::problem::Refusals;
use crate::server::study::Study;

/// Between two looks at the file of scenarios.
const LOOK_EVERY: Duration = Duration::from_millis(700);

/// A scenario that is another than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ScenarioChange)]
pub(in crate::server) struct Change {
    /// Its id.
    id: String,
    /// Its revision now.
    revision: u64,
    /// Whether it is deleted.
    deleted: bool,
}

/// What is changed in the scenarios of a study, as it is changed
///
/// Server-sent events `scenario`, each with id and revision of a scenario that is another than it was, whoever changed it.
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/events", tag = "scenarios", params(StudyPath),
    responses(
        (status = 200, description = "The events", body = String, content_type = "text/event-stream"),
        Refusals
    )
)]
pub(in crate::server) async fn events(
    Opened(study): Opened,
    _: Parameters<NoParameters>,
) -> Response {
    let follower = Follower { study, known: None, waiting: Vec::new() };
    let events = stream::unfold(follower, |mut follower| async move {
        let change = follower.next().await;
        let event = Event::default().event("scenario").json_data(change).ok()?;
        Some((Ok::<Event, Infallible>(event), follower))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// Revision of every scenario, and whether it is deleted.
type Known = BTreeMap<i64, (u64, bool)>;

/// Somebody who looks at a study.
struct Follower {
    study: Arc<Study>,
    known: Option<Known>,
    waiting: Vec<Change>,
}

impl Follower {
    async fn next(&mut self) -> Change {
        loop {
            if let Some(change) = self.waiting.pop() {
                return change;
            }
            if self.known.is_some() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            let study = Arc::clone(&self.study);
            let look = move || study.scenarios().store().revisions();
            // A file that cannot be read now is told by whoever asks for it.
            let Ok(Ok(found)) = tokio::task::spawn_blocking(look).await else {
                self.known.get_or_insert_default();
                continue;
            };
            if let Some(known) = &self.known {
                self.waiting = changes(known, &found);
            }
            self.known = Some(found);
        }
    }
}

/// What is another in `now` than it was `before`; the last is told first.
fn changes(before: &Known, now: &Known) -> Vec<Change> {
    let others = now.iter().filter(|(id, state)| before.get(id) != Some(state));
    let told =
        others.map(|(id, &(revision, deleted))| Change { id: id.to_string(), revision, deleted });
    told.rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_changed_or_deleted_is_told_and_nothing_else() {
        let before = Known::from([(1, (3, false)), (2, (1, false)), (3, (9, false))]);
        let now = Known::from([(1, (3, false)), (2, (1, true)), (3, (10, false)), (4, (1, false))]);
        let told: Vec<_> =
            changes(&before, &now).into_iter().rev().map(|c| (c.id, c.revision)).collect();
        assert_eq!(told, [("2".into(), 1), ("3".into(), 10), ("4".into(), 1)]);
        assert!(changes(&now, &now).is_empty());
    }
}
