//! What a study was made of, in hashes: the same study and inputs give the same hash on any machine.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::Study;
use super::raw::StudyToml;
use crate::import::hash::{file_sha256, text_sha256};
use crate::import::{ImportError, IssueKind, IssueLog};
use crate::progress::{Progress, Stage};

/// The hash of a study and of each of its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fingerprint {
    /// SHA-256 over the description, the profiles, the standards and the inputs; not over names of folders,
    /// comments or the output folder.
    pub study_hash: String,
    /// The inputs, in the order of [`Study::inputs`].
    pub inputs: Vec<InputHash>,
}

/// One input and its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputHash {
    /// What it is used for: `streets`, `elevation/<number>`, `facilities/<id>`, `demand`, `zones`.
    pub role: String,
    /// Its file name, without folders.
    pub file: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower case.
    pub sha256: String,
    /// Its license, as the study states it.
    pub license: String,
    /// Its attribution, as the study states it.
    pub attribution: String,
}

impl Study {
    /// Hashes every input.
    ///
    /// # Errors
    /// As [`Study::fingerprint_knowing`].
    pub fn fingerprint(
        &self,
        progress: &dyn Progress,
    ) -> Result<(Fingerprint, IssueLog), ImportError> {
        self.fingerprint_knowing(&[], progress)
    }

    /// Hashes every input but those whose role and SHA-256 are `known`. One that differs from the SHA-256 the study states is an issue, not an error: the
    /// results are those of the file that is there.
    ///
    /// # Errors
    /// When an input cannot be read or the user asked to stop.
    pub fn fingerprint_knowing(
        &self,
        known: &[(String, String)],
        progress: &dyn Progress,
    ) -> Result<(Fingerprint, IssueLog), ImportError> {
        let mut issues = IssueLog::default();
        let mut hashes = Vec::new();
        let mut lines = self.canonical.clone();
        let inputs = self.inputs();
        let total = inputs.len() as u64;
        for (done, (role, input)) in inputs.into_iter().enumerate() {
            progress.step(Stage::Reading, done as u64, total)?;
            let sha256 = match known.iter().find(|(other, _)| *other == role) {
                Some((_, sha256)) => sha256.clone(),
                None => file_sha256(&input.path)?,
            };
            if let Some(stated) = input.sha256.as_ref().filter(|stated| **stated != sha256) {
                let reason = format!(
                    "is not the file the study was written for: its SHA-256 is {sha256}, the study \
                     states {stated}; restore the file or correct `sha256`"
                );
                issues.note(IssueKind::InputChanged, input.written.as_str(), "", reason);
            }
            lines.extend(["input ", &role, " ", &sha256, "\n"]);
            hashes.push(InputHash {
                role,
                file: file_name(&input.written),
                bytes: fs::metadata(&input.path).map_or(0, |found| found.len()),
                sha256,
                license: input.license.clone(),
                attribution: input.attribution.clone(),
            });
        }
        progress.step(Stage::Reading, total, total)?;
        Ok((Fingerprint { study_hash: text_sha256(&lines), inputs: hashes }, issues))
    }
}

fn file_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The description in one form: no comments, no folders, no order of keys; profiles and standards in full.
pub(super) fn canonical(raw: &StudyToml, study: &Study) -> String {
    let mut raw = raw.clone();
    raw.output.folder = None;
    raw.streets.osm = file_name(&raw.streets.osm);
    raw.streets.sha256 = None;
    for source in &mut raw.elevation {
        source.path = file_name(&source.path);
        source.sha256 = None;
    }
    for layer in &mut raw.facilities {
        layer.path = layer.path.as_deref().map(file_name);
        layer.sha256 = None;
    }
    for (path, sha256) in [
        (&mut raw.demand.path, &mut raw.demand.sha256),
        (&mut raw.zones.path, &mut raw.zones.sha256),
    ] {
        *path = path.as_deref().map(file_name);
        *sha256 = None;
    }
    for file in &mut raw.standards.files {
        *file = file_name(file);
    }
    let mut lines = "walkshed study 1\n".to_owned();
    push(&mut lines, "study", &raw);
    for profile in &study.profiles {
        push(&mut lines, "profile", profile);
    }
    for standard in &study.standards {
        push(&mut lines, "standard", standard);
    }
    lines
}

fn push(lines: &mut String, what: &str, value: &impl Serialize) {
    // Every field is a text, a number, a list or a map with text keys, so this cannot fail.
    let json = serde_json::to_string(value).unwrap_or_default();
    lines.extend([what, " ", &json, "\n"]);
}
