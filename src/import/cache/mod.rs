//! The network cache: what was read from the street source, kept beside the study for the next run.
//!
//! Reading an extract and making its graph takes most of the time of loading a study, and gives the same
//! every time. The answer is kept in one file, `.walkshed/<study file>-<parts>.cache` in the folder of the
//! study: a header that says which rules, settings and inputs it was made from (all by hash of their contents,
//! never by date), checksums, and flat arrays. It is used only when all of that is what it would be made from
//! now, and sealed by this user on this machine; else it is made anew, and the user is told why. It is never needed: where it cannot be written, or is
//! not wanted, everything is read from the inputs, with the same results to the byte.
//!
//! It lives in `import`, not in `store`: it is no result, and what is loaded decides whether it is true.

mod checksum;
mod codec;
mod file;
mod record;
mod secret;

use std::path::{Path, PathBuf};

use crate::street::StreetGraph;

pub(in crate::import) use file::{Key, Unfit};
pub(in crate::import) use record::Network;

/// Folder of the caches of a study.
pub const CACHE_FOLDER: &str = ".walkshed";

/// Whether the network cache of a study is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CacheUse {
    /// Neither.
    #[default]
    Never,
    /// Both, beside the study.
    BesideStudy,
}

/// Where the streets of a study came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkSource {
    /// From the inputs; nothing is kept.
    Inputs,
    /// From the inputs, and kept in this file.
    Kept(PathBuf),
    /// From this cache.
    Cache(PathBuf),
}

/// The hash of the program's rules: of every source that decides what is read from an extract.
pub(in crate::import) fn rules() -> u64 {
    u64::from_str_radix(env!("WALKSHED_RULES"), 16).unwrap_or(0)
}

/// The network kept at `path`, with what it was made from. Whether that is what is wanted is left to ask.
///
/// # Errors
/// When there is none, or it is not a whole one of this program.
pub(in crate::import) fn recall(path: &Path, functions: usize) -> Result<(Key, Network), Unfit> {
    let bytes = file::read(path)?;
    // Without a secret none was ever kept, which is said where it would be.
    let secret = secret::secret().map_err(|_nowhere| Unfit::Absent)?;
    let (key, payload) = file::unwrap(&bytes, rules(), &secret)?;
    Ok((key, Network::from_bytes(payload, functions)?))
}

/// Keeps `network`, made from `key`, at `path`.
///
/// # Errors
/// When it cannot be written there.
pub(in crate::import) fn keep(path: &Path, key: Key, network: &Network) -> std::io::Result<()> {
    let secret = secret::secret()?;
    let payload = network.to_bytes();
    file::write(path, &file::wrap(key, &payload, &secret), &payload)
}

/// The streets of a kept network without its head; `None` when `payload` is none. For fuzzing: whatever the bytes are, they
/// are refused or make a graph that can be walked.
pub fn graph_of(payload: &[u8], functions: usize) -> Option<StreetGraph> {
    Network::from_bytes(payload, functions).ok().map(|network| network.graph)
}

#[cfg(test)]
mod tests;
