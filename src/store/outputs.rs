//! Files written together.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use super::StoreError;
use super::target::{Target, target_of, write_stream, write_through};

const BUFFER_BYTES: usize = 1 << 18;
/// How folders of staged files are called.
const PREFIX: &str = ".walkshed-";
const SUFFIX: &str = ".part";
/// The file in such a folder that its run keeps locked.
const HOLD: &str = ".hold";

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
        // Staged in the folder itself or the nearest one above that exists, so that moving is only renaming.
        let absolute =
            std::path::absolute(folder).map_err(|error| StoreError::io("find", folder, error))?;
        let near = absolute.ancestors().find(|above| above.exists()).unwrap_or(&absolute);
        let refused = |error| StoreError::io("write into", near, error);
        sweep(near);
        let staging = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .tempdir_in(near)
            .map_err(refused)?;
        let hold = hold(staging.path()).map_err(refused)?;
        Ok(Self { folder: absolute, _hold: hold, staging, states: States::default() })
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
        let is_plain =
            Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if name.is_empty() || !is_plain || name.contains('\\') {
            return Err(StoreError::BadName(name.to_owned()));
        }
        if lock(&self.states).insert(name.to_owned(), State::Begun).is_some() {
            return Err(StoreError::Twice(name.to_owned()));
        }
        let staged = self.staging.path().join(name);
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

    /// Moves all files into the folder, over older ones of the same names; other files there stay. When one
    /// cannot be moved, those moved before are put back.
    ///
    /// # Errors
    /// When a file was not finished or the system refuses; the folder is then as it was.
    pub fn commit(self) -> Result<(), StoreError> {
        let names: Vec<String> = lock(&self.states).keys().cloned().collect();
        if let Some((name, _)) = lock(&self.states).iter().find(|(_, s)| **s == State::Begun) {
            return Err(StoreError::Unfinished(name.clone()));
        }
        let replaced = tempfile::Builder::new()
            .prefix(".old-")
            .tempdir_in(self.staging.path())
            .map_err(|error| StoreError::io("write into", &self.folder, error))?;
        let mut moves = Moves::default();
        let result = self.move_all(&names, replaced.path(), &mut moves);
        if result.is_err() {
            moves.undo();
        }
        result
    }

    fn move_all(
        &self,
        names: &[String],
        replaced: &Path,
        moves: &mut Moves,
    ) -> Result<(), StoreError> {
        for (index, name) in names.iter().enumerate() {
            let target = self.folder.join(name);
            moves.create_folders(target.parent().unwrap_or(&self.folder))?;
            let staged = self.staging.path().join(name);
            let kept = replaced.join(index.to_string());
            match target_of(&target)? {
                Target::File(real) if target.is_symlink() => {
                    moves.write_through(&staged, &real, kept)?;
                }
                Target::File(_) => {
                    if target.exists() {
                        moves.rename(&target, &kept)?;
                    }
                    moves.rename(&staged, &target)?;
                }
                Target::Stream => {
                    let reason = "it is a device or a pipe, which no file takes the place of";
                    return Err(StoreError::io("write over", &target, io::Error::other(reason)));
                }
            }
        }
        sync_folder(&self.folder);
        Ok(())
    }
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

/// Removes what runs that were killed have left in `folder`: staged files whose lock nobody holds.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_staging =
            name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if is_staging
            && let Ok(left) = File::open(entry.path().join(HOLD))
            && left.try_lock().is_ok()
        {
            drop(left);
            let _ = fs::remove_dir_all(entry.path());
        }
    }
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

/// What was moved and made so far, to be undone.
#[derive(Debug, Default)]
struct Moves {
    renamed: Vec<(PathBuf, PathBuf)>,
    /// Files that links lead to, each with its old content when there was one.
    rewritten: Vec<(PathBuf, Option<PathBuf>)>,
    created: Vec<PathBuf>,
}

impl Moves {
    fn rename(&mut self, from: &Path, to: &Path) -> Result<(), StoreError> {
        fs::rename(from, to).map_err(|error| StoreError::io("move a result to", to, error))?;
        self.renamed.push((from.to_owned(), to.to_owned()));
        Ok(())
    }

    /// Writes `staged` to `real`, which a link leads to; what was there is kept at `old` until all is done.
    fn write_through(
        &mut self,
        staged: &Path,
        real: &Path,
        old: PathBuf,
    ) -> Result<(), StoreError> {
        let refused = |error| StoreError::io("write", real, error);
        let old = if real.exists() {
            fs::copy(real, &old).map_err(refused)?;
            Some(old)
        } else {
            None
        };
        write_through(staged, real).map_err(refused)?;
        self.rewritten.push((real.to_owned(), old));
        Ok(())
    }

    fn create_folders(&mut self, folder: &Path) -> Result<(), StoreError> {
        let missing: Vec<&Path> = folder.ancestors().take_while(|above| !above.exists()).collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder).map_err(|error| StoreError::io("create", folder, error))?;
            self.created.push(folder.to_owned());
        }
        Ok(())
    }

    /// Puts back as much as can be put back.
    fn undo(self) {
        for (from, to) in self.renamed.iter().rev() {
            let _ = fs::rename(to, from);
        }
        for (real, old) in self.rewritten.iter().rev() {
            let _ = match old {
                Some(old) => write_through(old, real),
                None => fs::remove_file(real),
            };
        }
        for folder in self.created.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
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
    let outputs = Outputs::begin(folder)?;
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
