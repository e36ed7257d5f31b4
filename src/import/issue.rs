//! What went wrong in an input without stopping it, and what did stop it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::reason::find_chinese;
#[cfg(test)]
use super::reason::understand;
use crate::limits::ISSUES_KEPT_MAX;

/// What was skipped, repaired or noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// The coordinate system was found by looking, not declared.
    CrsDetected,
    /// The coordinates do not fit the declared system.
    CrsWrong,
    /// Longitude and latitude were swapped, and put right.
    AxesSwapped,
    /// No usable geometry.
    GeometryMissing,
    /// Geometry that is not valid; mended when possible.
    GeometryInvalid,
    /// A reference to something that is not in the file.
    ReferenceMissing,
    /// A value that cannot be read.
    ValueUnreadable,
    /// How a table was understood: rows above its columns, units, totals.
    TableUnderstood,
    /// A capacity that is empty, zero or negative.
    CapacityBad,
    /// A number of people that is empty, negative or not a number.
    PopulationBad,
    /// The same thing twice; counted once.
    Duplicate,
    /// A word that no function is known by.
    FunctionUnknown,
    /// The text encoding was found by looking.
    EncodingDetected,
    /// A part of the file is damaged.
    DataDamaged,
    /// An input is not the file whose hash the study states.
    InputChanged,
    /// A piece of the street network cut off from the rest.
    Island,
    /// Snapped, but far from any street.
    SnapFar,
    /// Joined to a street over an obstacle, or to one off the ground, because nothing else is near.
    LegForced,
    /// Not snapped: farther than the limit from any street.
    SnapFailed,
    /// Outside every zone; not counted.
    OutsideZones,
    /// A join that found no partner.
    JoinMissing,
    /// Something an input lacks and the study does without (said once a kind).
    InputLacking,
    /// A number that was estimated, or what the data leave open and was decided.
    Estimated,
    /// No height is known there; the streets are taken as flat.
    ElevationMissing,
    /// Heights that are hardly metres above the sea.
    ElevationDoubtful,
}

/// One thing noticed about an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ImportIssue {
    /// What sort of thing.
    pub kind: IssueKind,
    /// Where: file name or layer.
    pub source: String,
    /// Which feature: its id, or `row 12`; empty for the whole file.
    pub feature: String,
    /// What happened and what to do, in one line.
    pub reason: String,
}

impl ImportIssue {
    /// The reason in Chinese; in English when the table of reasons does not have it.
    pub fn reason_zh(&self) -> String {
        find_chinese(&self.reason).unwrap_or_else(|| self.reason.clone())
    }
}

/// Whatever a test meets with is in the table of reasons.
#[cfg(test)]
fn must_be_told(reason: &str) {
    assert!(understand(reason).is_some(), "src/import/reasons.toml lacks {reason:?}");
}

/// Issues, kept in full up to a limit per kind and counted beyond.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueLog {
    issues: Vec<ImportIssue>,
    counts: BTreeMap<IssueKind, usize>,
}

impl IssueLog {
    /// Notes one issue.
    pub fn note(
        &mut self,
        kind: IssueKind,
        source: impl Into<String>,
        feature: impl Into<String>,
        reason: impl Into<String>,
    ) {
        let reason = reason.into();
        #[cfg(test)]
        must_be_told(&reason);
        self.push(ImportIssue { kind, source: source.into(), feature: feature.into(), reason });
    }

    /// Notes one issue.
    pub fn push(&mut self, issue: ImportIssue) {
        let count = self.counts.entry(issue.kind).or_default();
        *count += 1;
        if *count <= ISSUES_KEPT_MAX {
            self.issues.push(issue);
        }
    }

    /// The log with these issues kept and these counts of all.
    pub(super) fn counted(
        issues: Vec<ImportIssue>,
        counts: impl IntoIterator<Item = (IssueKind, usize)>,
    ) -> Self {
        Self { issues, counts: counts.into_iter().collect() }
    }

    /// Takes over all of `other`.
    pub fn append(&mut self, other: Self) {
        let mut extra = other.counts;
        for issue in other.issues {
            if let Some(count) = extra.get_mut(&issue.kind) {
                *count -= 1;
            }
            self.push(issue);
        }
        for (kind, count) in extra {
            *self.counts.entry(kind).or_default() += count;
        }
    }

    /// The issues kept, in the order they were noted.
    pub fn issues(&self) -> &[ImportIssue] {
        &self.issues
    }

    /// How many there were of each kind, also those not kept.
    pub fn counts(&self) -> &BTreeMap<IssueKind, usize> {
        &self.counts
    }

    /// How many there were in all.
    pub fn total(&self) -> usize {
        self.counts.values().sum()
    }
}

/// Why an input cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, where in the file, and what to do.
        reason: String,
    },
    /// A list of which too many rows come to nothing.
    #[error("{}: {reason}", path.display())]
    Lossy {
        /// The file.
        path: PathBuf,
        /// Which rows, with values and sums, and what to do.
        reason: String,
    },
    /// The user asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

impl ImportError {
    /// A file that is not what it should be.
    pub fn malformed(path: &Path, reason: impl Into<String>) -> Self {
        Self::Malformed { path: path.to_owned(), reason: reason.into() }
    }

    /// Whether the file could be used if its losses were accepted.
    pub fn is_lossy(&self) -> bool {
        matches!(self, Self::Lossy { .. })
    }

    /// What is wrong, without the file.
    pub fn reason(&self) -> String {
        match self {
            Self::Malformed { reason, .. } | Self::Lossy { reason, .. } => reason.clone(),
            Self::Read { source, .. } => source.to_string(),
            Self::Cancelled(cancelled) => cancelled.to_string(),
        }
    }

    /// A file that cannot be read.
    pub fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }
}
