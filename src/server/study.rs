//! One open study: its baseline as answers are asked of it, and its scenarios.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::app::{App, AppError, AppInput};
use super::problem::Problem;
use super::query::Query;
use super::scenarios::Scenarios;
use super::uploads::Uploads;
use crate::store::ScenarioStoreError;

/// A loaded study.
#[derive(Debug)]
pub(super) struct Study {
    app: Arc<App>,
    folder: Option<PathBuf>,
    scenarios: Scenarios,
    uploads: Arc<Uploads>,
}

/// Why a study cannot be served.
#[derive(Debug, thiserror::Error)]
pub(super) enum StudyError {
    /// Something is missing in it.
    #[error(transparent)]
    App(#[from] AppError),
    /// Scenarios cannot be kept.
    #[error(transparent)]
    Scenarios(#[from] ScenarioStoreError),
}

impl Study {
    /// A study, nothing of it worked out before it is asked for.
    ///
    /// # Errors
    /// When it has no profile, function or group.
    pub(super) fn new(
        input: AppInput,
        folder: Option<PathBuf>,
        uploads: Arc<Uploads>,
    ) -> Result<Self, StudyError> {
        let scenarios = Scenarios::of(folder.as_deref())?;
        Ok(Self { app: Arc::new(App::new(input)?), folder, scenarios, uploads })
    }

    /// The study without edits.
    pub(super) fn baseline(&self) -> &Arc<App> {
        &self.app
    }

    /// Its scenarios.
    pub(super) fn scenarios(&self) -> &Scenarios {
        &self.scenarios
    }

    /// Files that were sent for it and wait.
    pub(super) fn uploads(&self) -> &Uploads {
        &self.uploads
    }

    /// The folder that it was loaded from.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What a query is asked of: the scenario that it names, or the baseline.
    ///
    /// # Errors
    /// When there is no such scenario, or it no longer fits the study.
    pub(super) fn asked_of(&self, query: &Query) -> Result<Arc<App>, Problem> {
        self.as_in(query.text("scenario"))
    }

    /// The study as a scenario has it; as it is when there is none.
    ///
    /// # Errors
    /// When there is no such scenario, or it no longer fits the study.
    pub(super) fn as_in(&self, scenario: Option<&str>) -> Result<Arc<App>, Problem> {
        match scenario {
            None => Ok(Arc::clone(&self.app)),
            Some(id) => self.scenarios.view(&self.app, id),
        }
    }
}
