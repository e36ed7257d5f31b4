//! What tells a cache made here from one that somebody else put there: a secret of this user on this machine, beside no study.
//! A study is copied, unpacked and shared, and so is a cache in it; sums that are right say only that it is whole.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::import::plain::open_plain;

/// Names the folder of the secret in place of the usual one.
const FOLDER_VARIABLE: &str = "WALKSHED_STATE";
const FILE: &str = "cache.key";

/// The secret.
pub(super) type Secret = [u8; 32];

/// The secret of this user; made when there is none.
///
/// # Errors
/// When there is no place for it.
pub(super) fn secret() -> io::Result<Secret> {
    let folder = folder().ok_or_else(|| {
        io::Error::other("no folder for its key is known; set WALKSHED_STATE to one of your own")
    })?;
    in_folder(&folder)
}

fn folder() -> Option<PathBuf> {
    let named =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = named(FOLDER_VARIABLE) {
        return Some(folder);
    }
    let state = named("XDG_STATE_HOME").or_else(|| Some(named("HOME")?.join(".local/state")));
    let state = if cfg!(windows) { named("LOCALAPPDATA") } else { state };
    Some(state?.join("walkshed"))
}

fn in_folder(folder: &Path) -> io::Result<Secret> {
    let path = folder.join(FILE);
    if let Some(known) = read(&path)? {
        return Ok(known);
    }
    let mut secret = Secret::default();
    getrandom::fill(&mut secret).map_err(|fault| io::Error::other(fault.to_string()))?;
    fs::create_dir_all(folder)?;
    // Only this user may read a temporary file; it is there whole or not at all.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&secret)?;
    match file.persist_noclobber(&path) {
        Ok(_) => Ok(secret),
        // Another run was quicker, or what stood there was no secret.
        Err(fault) => match read(&path)? {
            Some(known) => Ok(known),
            None => fault.file.persist(&path).map(|_| secret).map_err(Into::into),
        },
    }
}

/// The secret in a file; nothing when it is none, or others may read it.
fn read(path: &Path) -> io::Result<Option<Secret>> {
    let file = match open_plain(path) {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Ok(None);
        }
    }
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(file, 64), &mut bytes)?;
    Ok(bytes.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_never_taken_from_a_file_that_others_may_read() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("deep");
        let first = in_folder(&folder).unwrap();
        assert_eq!(in_folder(&folder).unwrap(), first);
        let path = folder.join(FILE);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert_ne!(in_folder(&folder).unwrap(), first);
        }
        fs::write(&path, "short").unwrap();
        let other = in_folder(&folder).unwrap();
        assert!(other != first && in_folder(&folder).unwrap() == other);
    }
}
