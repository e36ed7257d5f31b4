//! Scenario files: `STUDY/scenarios/NAME.json` or `.toml`.
//!
//! A file has `name`, `notes` and a list of `edits`, each with a word `edit` that says what it is
//! (`open_facility`, `close_facility`, `move_facility`, `upgrade_facility`, `open_gate`, `open_barrier`,
//! `close_street`, `add_street`, `change_rule`); see [`Edit`](crate::scenario::Edit) for what each takes.

use std::path::{Path, PathBuf};

use super::ImportError;
use super::hash::text_sha256;
use super::study_file::{InputHash, study_file_of};
use super::toml_check::{TomlText, read_text};
use crate::scenario::Scenario;

/// Folder of a study's scenarios, beside its description.
const FOLDER: &str = "scenarios";

/// A scenario as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioFile {
    /// What it says.
    pub scenario: Scenario,
    /// Its file and hash, told with the inputs of results.
    pub input: InputHash,
}

/// Reads a scenario: a file, or the name of one in the study's folder `scenarios`.
///
/// # Errors
/// When there is no such file, or it is not a scenario; the line is named.
pub fn read_scenario(study: &Path, words: &Path) -> Result<ScenarioFile, ImportError> {
    let path = find(study, words)?;
    let text = read_text(&path)?;
    let is_toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let mut scenario: Scenario = if is_toml {
        TomlText::new(&path, &text).parse()?
    } else {
        serde_json::from_str(&text)
            .map_err(|error| ImportError::malformed(&path, format!("is no scenario: {error}")))?
    };
    let stem =
        path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    if scenario.name.trim().is_empty() {
        scenario.name = stem;
    }
    let file = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let input = InputHash {
        role: "scenario".to_owned(),
        file,
        bytes: text.len() as u64,
        sha256: text_sha256(&text),
        license: String::new(),
        attribution: String::new(),
    };
    Ok(ScenarioFile { scenario, input })
}

/// A scenario that is kept elsewhere, as if it had been read from a file of that name.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn as_file(scenario: Scenario, file: String) -> Result<ScenarioFile, ImportError> {
    let text = serde_json::to_string(&scenario)
        .map_err(|error| ImportError::malformed(Path::new(&file), error.to_string()))?;
    let input = InputHash {
        role: "scenario".to_owned(),
        file,
        bytes: text.len() as u64,
        sha256: text_sha256(&text),
        license: String::new(),
        attribution: String::new(),
    };
    Ok(ScenarioFile { scenario, input })
}

/// Names of the scenario files in the study's folder `scenarios`, sorted.
pub fn list_scenarios(study: &Path) -> Vec<String> {
    let description = study_file_of(study);
    let folder = description.parent().unwrap_or(Path::new(".")).join(FOLDER);
    let is_file = |path: &PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        path.is_file() && matches!(ending, Some("json" | "toml"))
    };
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(is_file);
    let name = |path: PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut names: Vec<String> = files.filter_map(name).collect();
    names.sort();
    names
}

fn find(study: &Path, words: &Path) -> Result<PathBuf, ImportError> {
    if words.is_file() {
        return Ok(words.to_owned());
    }
    let description = study_file_of(study);
    let folder = description.parent().unwrap_or(Path::new(".")).join(FOLDER);
    let named = |ending: &str| {
        let mut name = words.as_os_str().to_owned();
        name.push(ending);
        folder.join(name)
    };
    let tried = [folder.join(words), named(".json"), named(".toml")];
    if let Some(path) = tried.into_iter().find(|path| path.is_file()) {
        return Ok(path);
    }
    let known: Vec<String> = std::fs::read_dir(&folder)
        .map(|entries| {
            let files = entries.flatten().map(|entry| entry.file_name());
            let mut files: Vec<String> =
                files.map(|file| file.to_string_lossy().into_owned()).collect();
            files.sort();
            files
        })
        .unwrap_or_default();
    let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
    let reason = format!("no scenario file of that name; {} holds {known}", folder.display());
    Err(ImportError::malformed(words, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_found_by_name_and_read_from_json_or_toml() {
        let study = tempfile::tempdir().unwrap();
        let folder = study.path().join(FOLDER);
        std::fs::create_dir(&folder).unwrap();
        let json = r#"{"name": "", "edits": [{"edit": "close_facility", "facility": "node/1"}]}"#;
        std::fs::write(folder.join("one.json"), json).unwrap();
        let toml = "name = \"two\"\n[[edits]]\nedit = \"close_facility\"\nfacility = \"node/1\"\n";
        std::fs::write(folder.join("two.toml"), toml).unwrap();
        let one = read_scenario(study.path(), Path::new("one")).unwrap();
        let two = read_scenario(study.path(), Path::new("two")).unwrap();
        assert_eq!(one.scenario.name, "one");
        assert_eq!(two.scenario.name, "two");
        assert_eq!(one.scenario.edits, two.scenario.edits);
        assert_eq!(one.input.sha256, text_sha256(json));
        let by_path = read_scenario(study.path(), &folder.join("one.json")).unwrap();
        assert_eq!(by_path, one);
    }

    #[test]
    fn what_is_no_scenario_is_said_with_its_line_and_what_there_is() {
        let study = tempfile::tempdir().unwrap();
        let folder = study.path().join(FOLDER);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("bad.json"), "{\"name\": \"x\",\n\"edit\": []}").unwrap();
        let said = read_scenario(study.path(), Path::new("bad")).unwrap_err().to_string();
        assert!(said.contains("unknown field `edit`") && said.contains("line 2"), "{said}");
        let said = read_scenario(study.path(), Path::new("good")).unwrap_err().to_string();
        assert!(said.contains("bad.json"), "{said}");
    }
}
