//! Files → ingredients, always with the list of what was skipped or repaired.

pub mod issue;
pub mod osm;

pub use issue::{ImportError, ImportIssue, IssueKind, IssueLog};
