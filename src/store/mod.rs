//! Results on disk: all of them or none, never half of one.
//!
//! Files are written to a hidden folder beside their place, flushed to the disk, and put into place together by
//! [`Outputs::commit`]: the whole folder in one step where the system can exchange two, else file by file by a list that
//! the next run goes on with when this one is killed. A run that fails or is cancelled before that leaves the folder as
//! it was.

mod journal;
mod moves;
mod outputs;
mod replace;
mod scenarios;
mod target;

use std::io;
use std::path::{Path, PathBuf};

pub use journal::Journal;
pub use outputs::{OutputFile, Outputs, write_file, write_new_file};
pub use replace::replace_file;
pub use scenarios::{
    At, EditMark, HistoryEntry, KeptEdit, MarkShape, SCENARIOS_FILE, ScenarioStore,
    ScenarioStoreError, StoredScenario, Which,
};

/// Why results could not be written. Nothing that was there before is changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room left.
    #[error("disk full while writing {}: free some space and run again; nothing was changed", .0.display())]
    DiskFull(PathBuf),
    /// The system refused.
    #[error("cannot {action} {}: {source}; nothing was changed", path.display())]
    Io {
        /// What was tried: `create`, `write`, `move` …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The name of an output would leave its folder.
    #[error("output name {0:?} is not a plain relative path")]
    BadName(String),
    /// A file of that name was already begun in this run.
    #[error("output {0:?} is written twice in one run")]
    Twice(String),
    /// A file was dropped before [`OutputFile::finish`].
    #[error("output {0:?} was not written to its end; nothing was changed")]
    Unfinished(String),
    /// The file is there and may not be overwritten.
    #[error("{} is already there; remove it first or choose another place", .0.display())]
    Exists(PathBuf),
}

impl StoreError {
    fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull(path.to_owned())
            }
            _ => Self::Io { action, path: path.to_owned(), source },
        }
    }
}

#[cfg(test)]
mod killed;
#[cfg(test)]
mod tests;
