//! Files written together.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use super::StoreError;
use super::moves::{self, HOLD, NEW, PREFIX, SUFFIX, is_one_disk, is_plain, sweep};
use super::target::{Target, target_of, write_stream};

const BUFFER_BYTES: usize = 1 << 18;

/// Whether a file of a run is written to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Begun,
    Finished,
}

type States = Arc<Mutex<BTreeMap<String, State>>>;

/// The files of one run, invisible until [`Outputs::commit`]. Dropping it takes them all back.
#[derive(Debug)]
pub struct Outputs {
    folder: PathBuf,
    /// Locked as long as the run lasts; closed before the staged files are taken back.
    _hold: File,
    staging: TempDir,
    states: States,
}

impl Outputs {
    /// Begins a run that writes into `folder`, which need not exist yet.
    ///
    /// # Errors
    /// When `folder` is a file or its surroundings cannot be written to.
    pub fn begin(folder: &Path) -> Result<Self, StoreError> {
        let (folder, near) = surroundings(folder)?;
        // Beside the folder, which can then be exchanged as a whole; else inside.
        if let Some(beside) = folder.parent().filter(|beside| near == folder && beside.is_dir()) {
            sweep(beside);
            if is_one_disk(beside, &near)
                && let Ok(run) = Self::staged_in(beside, &folder)
            {
                return Ok(run);
            }
        }
        Self::staged_in(&near, &folder)
    }

    /// Begins a run that writes a few files of many into `folder`.
    fn inside(folder: &Path) -> Result<Self, StoreError> {
        let (folder, near) = surroundings(folder)?;
        Self::staged_in(&near, &folder)
    }

    fn staged_in(near: &Path, folder: &Path) -> Result<Self, StoreError> {
        let refused = |error| StoreError::io("write into", near, error);
        let staging = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .tempdir_in(near)
            .map_err(refused)?;
        let hold = hold(staging.path()).map_err(refused)?;
        fs::create_dir(staging.path().join(NEW)).map_err(refused)?;
        let folder = folder.to_owned();
        Ok(Self { folder, _hold: hold, staging, states: States::default() })
    }

    /// The folder the files will be in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Begins the file `name`, a plain name or a relative path with `/`. Several files may be written at once.
    ///
    /// # Errors
    /// When the name leaves the folder or was begun before, or the file cannot be created.
    pub fn create(&self, name: &str) -> Result<OutputFile, StoreError> {
        if !is_plain(name) {
            return Err(StoreError::BadName(name.to_owned()));
        }
        if lock(&self.states).insert(name.to_owned(), State::Begun).is_some() {
            return Err(StoreError::Twice(name.to_owned()));
        }
        let staged = self.staging.path().join(NEW).join(name);
        let shown = self.folder.join(name);
        let parent = staged.parent().unwrap_or(self.staging.path());
        fs::create_dir_all(parent).map_err(|error| StoreError::io("create", &shown, error))?;
        let file =
            File::create(&staged).map_err(|error| StoreError::io("create", &shown, error))?;
        Ok(OutputFile {
            writer: BufWriter::with_capacity(BUFFER_BYTES, file),
            name: name.to_owned(),
            shown,
            states: Arc::clone(&self.states),
        })
    }

    /// Writes the file `name` in one go.
    ///
    /// # Errors
    /// As [`Outputs::create`] and [`OutputFile::finish`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let mut file = self.create(name)?;
        file.write_all(bytes).map_err(|error| file.error(error))?;
        file.finish()
    }

    /// Puts all files into the folder, over older ones of the same names; other files there stay. The folder changes
    /// in one step where the system can do that. Else files move one by one by a list on the disk: when one cannot be
    /// moved, those moved before are put back, and what a killed run has not moved the next one moves.
    ///
    /// # Errors
    /// When a file was not finished or the system refuses; the folder is then as it was.
    pub fn commit(self) -> Result<(), StoreError> {
        let names: Vec<String> = lock(&self.states).keys().cloned().collect();
        if let Some((name, _)) = lock(&self.states).iter().find(|(_, s)| **s == State::Begun) {
            return Err(StoreError::Unfinished(name.clone()));
        }
        moves::settle(self.staging.path(), &self.folder, &names)
    }
}

/// `folder` from the root, and itself or the nearest one above it that is there, where what killed runs have left is
/// brought to an end.
fn surroundings(folder: &Path) -> Result<(PathBuf, PathBuf), StoreError> {
    let folder =
        std::path::absolute(folder).map_err(|error| StoreError::io("find", folder, error))?;
    let near = folder.ancestors().find(|above| above.exists()).unwrap_or(&folder).to_owned();
    if near == folder && !near.is_dir() {
        return Err(StoreError::io("write into", &near, io::ErrorKind::NotADirectory.into()));
    }
    sweep(&near);
    Ok((folder, near))
}

/// The lock of a run that stages its files in `staging`. It gets its name when it is locked already, so that
/// nobody takes a run that begins for one that was killed.
fn hold(staging: &Path) -> io::Result<File> {
    let path = staging.join(".hold-new");
    let file = File::create(&path)?;
    // Where a file system knows no locks, nothing is ever swept away.
    if file.lock().is_ok() {
        fs::rename(&path, staging.join(HOLD))?;
    }
    Ok(file)
}

/// One file being written. It counts only after [`OutputFile::finish`].
#[derive(Debug)]
pub struct OutputFile {
    writer: BufWriter<File>,
    name: String,
    shown: PathBuf,
    states: States,
}

impl OutputFile {
    /// Writes what is still held back and waits until it is on the disk.
    ///
    /// # Errors
    /// When the disk is full or the system refuses.
    pub fn finish(mut self) -> Result<(), StoreError> {
        let flushed = self.writer.flush().and_then(|()| self.writer.get_ref().sync_all());
        flushed.map_err(|error| self.error(error))?;
        lock(&self.states).insert(self.name.clone(), State::Finished);
        Ok(())
    }

    /// Names the file in an error that writing to it gave.
    pub fn error(&self, error: io::Error) -> StoreError {
        StoreError::io("write", &self.shown, error)
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Writes the single file `path`: wholly or not at all, over an older one. A link is followed, a device or a pipe is
/// written into, folders are made.
///
/// # Errors
/// When the disk is full or the system refuses.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let bad = || StoreError::BadName(path.display().to_string());
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(bad)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if path.exists() && target_of(path)? == Target::Stream {
        return write_stream(path, bytes);
    }
    let outputs = Outputs::inside(folder)?;
    outputs.write(name, bytes)?;
    outputs.commit()
}

/// Writes the single file `path` unless there is one.
///
/// # Errors
/// [`StoreError::Exists`] when there is one; else as [`write_file`].
pub fn write_new_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    if path.symlink_metadata().is_ok() {
        return Err(StoreError::Exists(path.to_owned()));
    }
    write_file(path, bytes)
}

fn lock(states: &States) -> MutexGuard<'_, BTreeMap<String, State>> {
    // The map is whole between any two operations, also after a panic elsewhere.
    states.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the new names last through a power failure; where a folder cannot be synced there is no more to do.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(opened) = File::open(folder) {
        let _ = opened.sync_all();
    }
}
