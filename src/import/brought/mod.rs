//! A file that is brought to a study: read as loading the study would read it, before anything is kept.
//!
//! [`look()`] writes the description the study would have, in memory, and asks the readers that it names. What they
//! say is what the study will say when the file is taken up.

mod amend;
mod look;

use std::path::PathBuf;

use crate::placement::candidate::Candidate;
use crate::spatial::LonLat;

use super::{ImportIssue, IssueKind, IssueLog};

pub use amend::Amendment;
pub use look::{candidates_of, look};

/// What a file is to be in a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// A layer of facilities.
    Facilities,
    /// Places where a site could be; never part of the study.
    Candidates,
    /// Where people are.
    Demand,
    /// What results are summed up for.
    Zones,
}

impl LayerKind {
    /// Every kind with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("facilities", Self::Facilities),
        ("candidates", Self::Candidates),
        ("demand", Self::Demand),
        ("zones", Self::Zones),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

/// A file, and what it is to be.
#[derive(Clone, Debug)]
pub struct Brought {
    /// What it is to be.
    pub kind: LayerKind,
    /// Name of the layer.
    pub name: String,
    /// Where the file lies for now.
    pub path: PathBuf,
    /// Functions of every place whose own the table does not tell; empty to guess them from the name.
    pub functions: Vec<String>,
    /// The coordinate system, when the user says it.
    pub crs: Option<String>,
}

/// What was understood of a file.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Rows or features in the file.
    pub rows: usize,
    /// Facilities, candidates, places of people or zones they became.
    pub kept: usize,
    /// The coordinate system it is read in, and whether that was found by looking.
    pub system: Option<(String, bool)>,
    /// Its text encoding.
    pub encoding: String,
    /// Columns, each with what it is taken to hold: a role, or the id of a demand group.
    pub columns: Vec<(String, Option<String>)>,
    /// Ids of functions with how many places offer each.
    pub functions: Vec<(String, usize)>,
    /// Ids of demand groups with their people.
    pub persons: Vec<(String, f64)>,
    /// What it would take the place of in the study, as the study names it.
    pub replaces: Option<String>,
    /// What was skipped, repaired or noticed.
    pub issues: IssueLog,
    /// The places, with their names.
    pub places: Vec<(LonLat, String)>,
    /// The candidates, when it holds some.
    pub candidates: Vec<Candidate>,
    /// What the study would say; nothing for candidates.
    pub amendment: Option<Amendment>,
}

impl Seen {
    fn note(&mut self, kind: IssueKind, (source, feature): (&str, &str), reason: String) {
        let (source, feature) = (source.to_owned(), feature.to_owned());
        self.issues.push(ImportIssue { kind, source, feature, reason });
    }
}

#[cfg(test)]
mod tests;
