//! Scenarios by name: a file, or one that was made on the page and is kept beside the study.

use std::path::Path;

use crate::import::scenario_file::{ScenarioFile, as_file, read_scenario};
use crate::import::study_file::study_file_of;
use crate::store::{SCENARIOS_FILE, ScenarioStore};

/// The scenario that `words` name: a file, the name of one in the study's folder `scenarios`, or the name or id of
/// one that is kept in the study's `scenarios.gpkg`.
pub(super) fn find_scenario(study: &Path, words: &Path) -> anyhow::Result<ScenarioFile> {
    let refused = match read_scenario(study, words) {
        Ok(file) => return Ok(file),
        Err(refused) => refused,
    };
    let folder = study_file_of(study).parent().map(Path::to_owned).unwrap_or_default();
    let store = ScenarioStore::at(&folder.join(SCENARIOS_FILE));
    let found = match words.to_str() {
        Some(words) => store.find(words)?,
        None => None,
    };
    let Some(stored) = found else { return Err(refused.into()) };
    let name = format!("{SCENARIOS_FILE}#{}", stored.id);
    Ok(as_file(stored.scenario(), name)?)
}
