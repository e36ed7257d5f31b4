//! Where a result really goes: through links, into streams, never over a device.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::StoreError;

/// Most links that are followed one after another.
const LINKS_MAX: usize = 32;

/// What stands at the path of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A plain file, or nothing yet, at this path without links.
    File(PathBuf),
    /// Something to write into, not to replace: a device, a pipe, `/dev/stdout`.
    Stream,
}

/// Finds out what stands at `path`.
pub(super) fn target_of(path: &Path) -> Result<Target, StoreError> {
    let refused = |fault: io::Error| StoreError::io("write over", path, fault);
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(refused(io::ErrorKind::IsADirectory.into())),
        Ok(found) if !found.is_file() || path.starts_with("/dev") => Ok(Target::Stream),
        Ok(_) => path.canonicalize().map(Target::File).map_err(refused),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {
            let mut real = path.to_owned();
            for _ in 0..LINKS_MAX {
                let Ok(next) = fs::read_link(&real) else { return Ok(Target::File(real)) };
                real = real.parent().unwrap_or(Path::new("")).join(next);
            }
            Err(refused(io::Error::other("too many links")))
        }
        Err(fault) => Err(refused(fault)),
    }
}

/// Writes `bytes` into the device or pipe at `path`.
pub(super) fn write_stream(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let refused = |fault| StoreError::io("write into", path, fault);
    let mut stream = fs::File::options().write(true).open(path).map_err(refused)?;
    stream.write_all(bytes).and_then(|()| stream.flush()).map_err(refused)
}

/// Writes the file at `from` to `real`, which a link leads to and which may lie on another disk, in one step.
pub(super) fn write_through(from: &Path, real: &Path) -> io::Result<()> {
    let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut staged = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(&mut fs::File::open(from)?, &mut staged)?;
    let permissions = fs::metadata(real).or_else(|_| fs::metadata(from))?.permissions();
    staged.as_file().set_permissions(permissions)?;
    staged.as_file().sync_all()?;
    staged.persist(real).map_err(|fault| fault.error)?;
    Ok(())
}
