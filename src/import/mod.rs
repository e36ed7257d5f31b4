//! Files → ingredients, always with the list of what was skipped or repaired.

pub mod issue;
pub mod toml_check;
pub mod hash;
pub mod profile_file;
pub mod standard_file;
pub mod study_file;
pub mod init;

pub use issue::{ImportError, ImportIssue, IssueKind, IssueLog};
