//! One open study: its baseline as answers are asked of it.

use std::path::PathBuf;
use std::sync::Arc;

use super::app::{App, AppError, AppInput};
use super::problem::Problem;
use super::query::Query;

/// A loaded study.
#[derive(Debug)]
pub(super) struct Study {
    app: Arc<App>,
    folder: Option<PathBuf>,
}

impl Study {
    /// A study, nothing of it worked out before it is asked for.
    ///
    /// # Errors
    /// When it has no profile, function or group.
    pub(super) fn new(input: AppInput, folder: Option<PathBuf>) -> Result<Self, AppError> {
        Ok(Self { app: Arc::new(App::new(input)?), folder })
    }

    /// The study without edits.
    pub(super) fn baseline(&self) -> &Arc<App> {
        &self.app
    }

    /// What a query is asked of: the baseline.
    ///
    /// # Errors
    /// When it names a scenario that is not there.
    pub(super) fn asked_of(&self, query: &Query) -> Result<Arc<App>, Problem> {
        match query.text("scenario") {
            None => Ok(Arc::clone(&self.app)),
            Some(id) => {
                Err(Problem::not_found(super::query::unknown("scenario", id, [].into_iter())))
            }
        }
    }

    /// The folder that it was loaded from.
    #[expect(dead_code, reason = "scenarios are kept there")]
    pub(super) fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_deref()
    }
}
