//! Plans made by jobs: what is asked, the search, what is told of it, and what can be done with it afterwards.

mod ask;
mod check;
mod edits;
mod search;
mod told;
mod understood;
mod words;

use std::sync::{Arc, Weak};

pub(super) use ask::PlaceRequest;
pub(super) use check::Verified;
pub(super) use search::run;

use super::app::App;
use super::jobs::JobFiles;
use super::problem::{Problem, ProblemKind};
use crate::delivery::Papers;
use crate::report::Language;
use crate::scenario::{Edit, Extent, Scenario, ScenarioState};

/// The file that holds a plan with its proof.
const SOLUTION: &str = "solution.json";

/// A plan as it was found, with its files.
#[derive(Debug)]
pub(super) struct Plan {
    /// The study without edits, as long as it is not opened anew: many plans are kept, and a study is large.
    base: Weak<App>,
    /// The scenario that it was made for, as it was then.
    made_for: Option<Scenario>,
    /// Id of that scenario.
    pub(super) scenario: Option<String>,
    /// The language of its report.
    pub(super) language: Language,
    /// What opens it.
    edits: Vec<Edit>,
    /// Where its numbers come from.
    papers: Papers,
    /// Its files, the proof among them.
    files: Arc<JobFiles>,
}

impl Plan {
    /// The study, as the scenario had it.
    ///
    /// # Errors
    /// When the study was opened anew since.
    fn app(&self) -> Result<Arc<App>, Problem> {
        let Some(base) = self.base.upgrade() else {
            let detail = "the study was opened anew since this plan was made; search again";
            return Err(Problem::new(ProblemKind::Conflict, detail));
        };
        let Some(scenario) = &self.made_for else { return Ok(base) };
        let state = ScenarioState::of(base.baseline(), scenario, Extent::Cutoff)?;
        Ok(Arc::new(base.edited(state.to_baseline(base.baseline()))))
    }

    /// The edits that open its sites beside those of a scenario.
    ///
    /// # Errors
    /// When it opens nothing.
    pub(super) fn edits_beside(&self, taken: &[Edit]) -> Result<Vec<Edit>, Problem> {
        if self.edits.is_empty() {
            let detail = "the plan opens nothing; there is nothing to take into a scenario";
            return Err(Problem::new(ProblemKind::CannotEdit, detail));
        }
        Ok(edits::with_own_keys(&self.edits, taken))
    }
}
