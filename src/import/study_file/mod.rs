//! `study.toml`: the reproducible description of a study.

mod description;
mod fingerprint;
mod people;
mod raw;
mod resolve;
mod rules;
mod select;

use std::path::{Path, PathBuf};

pub use description::{
    DemandColumns, DemandFrom, DemandSource, ElevationSource, FacilityColumns, FacilityFrom,
    FacilitySource, FloorAreaSource, GroupFrom, GroupSource, InputFile, Language, Spread,
    StreetsSource, Study, StudyLimits, TableInput, ZoneColumns, ZonesSource,
};
pub use fingerprint::{Fingerprint, InputHash};

use super::ImportError;
use super::toml_check::{TomlText, read_text, suggestion};
use crate::facility::{Function, Taxonomy, TaxonomyError};

/// Name of the file that makes a folder a study.
pub const STUDY_FILE: &str = "study.toml";

/// The `study.toml` meant by `study`, a folder or the file itself.
pub fn study_file_of(study: &Path) -> PathBuf {
    if study.is_dir() { study.join(STUDY_FILE) } else { study.to_owned() }
}

/// Reads the study in the folder, or described by the file, `study`. No input is read, but each must be there.
///
/// # Errors
/// When there is no study; when its description has an unknown key or word (the nearest known one is named),
/// a value of the wrong type or out of range, a file that is not there, or names a profile, standard, rule or
/// level that does not exist. File and line are named.
pub fn read_study(study: &Path) -> Result<Study, ImportError> {
    let file = study_file_of(study);
    if !file.is_file() {
        let reason = "there is no such study; write one with `walkshed init DIR --osm FILE`";
        return Err(ImportError::malformed(&file, reason));
    }
    let text = read_text(&file)?;
    resolve::resolve(&file, &text)
}

/// The study that `text` describes as if it were written in `file`. Every input it names must be there.
///
/// # Errors
/// As [`read_study`].
pub fn study_of(file: &Path, text: &str) -> Result<Study, ImportError> {
    resolve::resolve(file, text)
}

impl Study {
    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every input with the role it plays: `streets`, `elevation/<number>`, `facilities/<id>`, `demand`, `zones`.
    pub fn inputs(&self) -> Vec<(String, &InputFile)> {
        let mut inputs = vec![("streets".to_owned(), &self.streets.osm)];
        for (number, source) in (1..).zip(&self.elevation) {
            inputs.push((format!("elevation/{number}"), &source.file));
        }
        for layer in &self.facilities {
            if let FacilityFrom::Table(table, _) = &layer.from {
                inputs.push((format!("facilities/{}", layer.id), &table.file));
            }
        }
        match &self.demand.from {
            DemandFrom::Table { table, .. } | DemandFrom::ZoneTable { table, .. } => {
                inputs.push(("demand".to_owned(), &table.file));
            }
            DemandFrom::OsmBuildings(_) | DemandFrom::Streets => {}
        }
        if let ZonesSource::Table { table, .. } = &self.zones {
            inputs.push(("zones".to_owned(), &table.file));
        }
        inputs
    }

    /// Who must be named wherever results are shown, each once, in the order of [`Study::inputs`]; with the
    /// license behind a comma where one is stated.
    pub fn attributions(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for (_, input) in self.inputs() {
            let parts = [input.attribution.as_str(), input.license.as_str()];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let line = parts.join(", ");
            if !line.is_empty() && !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }

    /// Depth (0 is the coarsest) of the zones that a table of people is joined to, or that totals are given for;
    /// `None` when the study does not say: the deepest.
    pub fn population_level(&self) -> Option<u8> {
        let name = match &self.demand.from {
            DemandFrom::ZoneTable { zone_level, .. } => zone_level.as_ref()?,
            DemandFrom::OsmBuildings(buildings) => buildings.zone_level.as_ref()?,
            DemandFrom::Table { .. } | DemandFrom::Streets => return None,
        };
        let (ZonesSource::Osm { level_names, .. } | ZonesSource::Table { level_names, .. }) =
            &self.zones
        else {
            return None;
        };
        let depth = level_names.iter().position(|level| level == name)?;
        u8::try_from(depth).ok()
    }

    /// The functions of the study: `shipped`, with its own added or in place of those with the same id.
    ///
    /// # Errors
    /// When `shipped` has an id twice.
    pub fn taxonomy(&self, shipped: Vec<Function>) -> Result<Taxonomy, TaxonomyError> {
        let mut functions = shipped;
        for own in &self.functions {
            match functions.iter_mut().find(|function| function.id == own.id) {
                Some(function) => function.clone_from(own),
                None => functions.push(own.clone()),
            }
        }
        Taxonomy::new(functions)
    }

    /// Checks that every function the study speaks of (layers, rules) is in `taxonomy`.
    ///
    /// # Errors
    /// The first that is not, with its line and the nearest known one.
    pub fn check_functions(&self, taxonomy: &Taxonomy) -> Result<(), ImportError> {
        let known: Vec<&str> = taxonomy.functions().iter().map(|f| f.id.as_str()).collect();
        let toml = TomlText::new(&self.file, &self.text);
        for (index, layer) in self.facilities.iter().enumerate() {
            for (list, words) in [("functions", &layer.functions), ("exclude", &layer.exclude)] {
                if let Some(word) = words.iter().find(|word| !known.contains(&word.as_str())) {
                    let reason = format!("unknown function {word:?}{}", suggestion(word, &known));
                    return Err(toml.fault(&["facilities", &index.to_string(), list], &reason));
                }
            }
        }
        for standard in &self.standards {
            for rule in &standard.rules {
                let unknown = rule.functions.iter().find(|word| !known.contains(&word.as_str()));
                if let Some(word) = unknown {
                    let reason = format!(
                        "standard {:?}, rule {:?}: unknown function {word:?}{}",
                        standard.id,
                        rule.id,
                        suggestion(word, &known)
                    );
                    return Err(ImportError::malformed(&self.file, reason));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
