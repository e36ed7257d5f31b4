//! A file of the user's written anew in one step.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::StoreError;

/// Writes `bytes` over the file at `path`, which must be there, in one step: whatever happens, the file is the old
/// one or the new one. It keeps its permissions; a link keeps pointing at what it points at.
///
/// # Errors
/// When there is no such file, the disk is full or the system refuses; the file is then as it was.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let real = path.canonicalize().map_err(|fault| StoreError::io("find", path, fault))?;
    let refused = |fault| StoreError::io("write", path, fault);
    let permissions = fs::metadata(&real).map_err(refused)?.permissions();
    let folder = real.parent().unwrap_or(Path::new("."));
    let mut staged = tempfile::NamedTempFile::new_in(folder).map_err(refused)?;
    staged.write_all(bytes).map_err(refused)?;
    staged.as_file().set_permissions(permissions).map_err(refused)?;
    staged.as_file().sync_all().map_err(refused)?;
    staged.persist(&real).map_err(|fault| refused(fault.error))?;
    super::outputs::sync_folder(folder);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_anew_with_its_permissions_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.toml");
        fs::write(&path, "old").unwrap();
        let before = fs::metadata(&path).unwrap().permissions();
        replace_file(&path, b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.toml");
        assert!(matches!(replace_file(&path, b"new"), Err(StoreError::Io { .. })));
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_still_points_at_the_file_it_pointed_at() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.toml"), folder.path().join("link.toml"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace_file(&link, b"new").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(link.is_symlink());
    }
}
