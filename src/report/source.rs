//! What a report says about where its numbers come from.

use crate::import::issue::IssueKind;

/// One input of the study.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputRow {
    /// What it is for: `streets`, `facilities`, `demand`, `zones` … or free text.
    pub role: String,
    /// File name or path, as it should be printed.
    pub path: String,
    /// SHA-256 of its bytes in lower-case hexadecimal.
    pub sha256: String,
    /// Licence, as stated.
    pub licence: String,
    /// Attribution, as demanded.
    pub attribution: String,
}

/// Where a study's numbers come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportSource {
    /// Name of the study.
    pub study_name: String,
    /// Hash of the study: description and inputs.
    pub study_hash: String,
    /// Version of walkshed.
    pub version: String,
    /// The inputs.
    pub inputs: Vec<InputRow>,
    /// Attribution lines of the whole, each once.
    pub attribution: Vec<String>,
    /// How many things were skipped, repaired or noticed, by kind.
    pub issue_counts: Vec<(IssueKind, usize)>,
    /// Further remarks a reader must know.
    pub notes: Vec<String>,
}
