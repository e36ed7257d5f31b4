//! Opening what a study, a plan or a command names: a plain file.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Opens a file to read. Devices and pipes are refused before they are opened: they may never begin, or never end.
///
/// # Errors
/// When there is none, it is no plain file, or the system refuses. Of a folder the reader tells.
pub fn open_plain(path: &Path) -> io::Result<File> {
    let about = fs::metadata(path)?;
    if about.is_file() || about.is_dir() {
        return File::open(path);
    }
    Err(io::Error::other("it is a device or a pipe; give a plain file"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for endless in [Path::new("/dev/zero"), &pipe] {
            let said = open_plain(endless).unwrap_err().to_string();
            assert!(said.contains("device or a pipe"), "{said}");
            assert!(crate::import::hash::file_sha256(endless).is_err());
        }
    }
}
