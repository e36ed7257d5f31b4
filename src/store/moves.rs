//! How staged files come into their folder: all at once, or one by one by a list that outlives the run.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::outputs::sync_folder;
use super::target::{Target, target_of, write_through};

/// How folders of staged files are called.
pub(super) const PREFIX: &str = ".walkshed-";
pub(super) const SUFFIX: &str = ".part";
/// The file in such a folder that its run keeps locked.
pub(super) const HOLD: &str = ".hold";
/// The folder in it that holds the files.
pub(super) const NEW: &str = "new";
/// The list in it of what is being moved.
const LIST: &str = ".moves";
/// Files of others in a folder that is exchanged as a whole, at most.
const OTHERS_MAX: usize = 64;

/// What is being moved: written before the first file moves, gone after the last.
#[derive(Debug, Serialize, Deserialize)]
struct List {
    /// The folder moved to, below the one that holds the staged files; empty is that one.
    folder: String,
    names: Vec<String>,
}

/// Where a test ends the program, as a power failure would.
fn may_die() {
    #[cfg(test)]
    super::killed::may_die();
}

/// Whether `name` is a plain name or a relative path with `/` that leaves no folder.
pub(super) fn is_plain(name: &str) -> bool {
    let normal = |part| matches!(part, Component::Normal(_));
    !name.is_empty() && !name.contains('\\') && Path::new(name).components().all(normal)
}

/// Whether a folder can be moved from one to the other by its name alone.
pub(super) fn is_one_disk(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let disk = |path: &Path| fs::metadata(path).ok().map(|found| found.dev());
        disk(a).is_some() && disk(a) == disk(b)
    }
    #[cfg(not(unix))]
    {
        let _ = (a, b);
        false
    }
}

/// Puts the files `names` staged in `staging` into `folder`.
pub(super) fn settle(staging: &Path, folder: &Path, names: &[String]) -> Result<(), StoreError> {
    for name in names {
        let target = folder.join(name);
        if target_of(&target)? == Target::Stream {
            let reason = "it is a device or a pipe, which no file takes the place of";
            return Err(StoreError::io("write over", &target, io::Error::other(reason)));
        }
    }
    if exchange(staging, folder, names)? {
        return Ok(());
    }
    let mut moves = Moves::default();
    let moved = move_listed(staging, folder, names, &mut moves);
    if moved.is_err() {
        moves.undo();
    }
    // Without its list nobody goes on with what is done, or was taken back.
    let _ = fs::remove_file(staging.join(LIST));
    moved
}

/// Exchanges the folder for the staged one, with its other files, in one step; says whether that could be done.
/// Where it could not, nothing was changed.
fn exchange(staging: &Path, folder: &Path, names: &[String]) -> Result<bool, StoreError> {
    let staged = staging.join(NEW);
    let is_new =
        matches!(fs::symlink_metadata(folder), Err(e) if e.kind() == io::ErrorKind::NotFound);
    if is_new {
        let mut moves = Moves::default();
        moves.create_folders(folder.parent().unwrap_or(Path::new("/")))?;
        let moved = moves.rename(&staged, folder);
        match moved {
            Ok(()) => sync_folder(folder.parent().unwrap_or(folder)),
            Err(_) => moves.undo(),
        }
        return moved.map(|()| true);
    }
    if names.len() < 2 || staging.starts_with(folder) || !take_others_along(folder, &staged) {
        return Ok(false);
    }
    sync_folder(&staged);
    may_die();
    let exchanged = swap(&staged, folder);
    may_die();
    if exchanged {
        sync_folder(folder.parent().unwrap_or(folder));
    }
    Ok(exchanged)
}

/// Gives the files in `folder` that are not replaced a second name in `staged`. Says no where the folder is more than a
/// folder of results: with links, folders of others, a study, somebody else's, or one that this program stands in.
fn take_others_along(folder: &Path, staged: &Path) -> bool {
    let Ok(real) = folder.canonicalize() else { return false };
    let is_plain_folder = fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir());
    let stands_inside = std::env::current_dir()
        .and_then(|here| here.canonicalize())
        .map_or(true, |here| here.starts_with(&real));
    if !is_plain_folder || stands_inside || folder.join("study.toml").exists() {
        return false;
    }
    let mut others = 0;
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        let (from, to) = (folder.join(&below), staged.join(&below));
        if !to.is_dir() || !take_manners(&from, &to) {
            return false;
        }
        let Ok(entries) = fs::read_dir(&from) else { return false };
        for entry in entries {
            let Ok(entry) = entry else { return false };
            let (Ok(kind), name) = (entry.file_type(), below.join(entry.file_name())) else {
                return false;
            };
            let new = staged.join(&name);
            if kind.is_dir() {
                open.push(name);
            } else if !kind.is_file() || new.is_dir() {
                return false;
            } else if !new.exists() {
                others += 1;
                if others > OTHERS_MAX || fs::hard_link(entry.path(), &new).is_err() {
                    return false;
                }
            }
        }
    }
    true
}

/// Gives `to` the rights of the folder `from`; says no when it belongs to somebody else.
fn take_manners(from: &Path, to: &Path) -> bool {
    let (Ok(old), Ok(new)) = (fs::metadata(from), fs::metadata(to)) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if (old.uid(), old.gid(), old.dev()) != (new.uid(), new.gid(), new.dev()) {
            return false;
        }
    }
    old.permissions() == new.permissions() || fs::set_permissions(to, old.permissions()).is_ok()
}

/// Exchanges the names of two folders in one step, where the system can.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn swap(a: &Path, b: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn swap(_: &Path, _: &Path) -> bool {
    false
}

/// Moves the files one by one, each in one step over what was there, by a list that the next run goes on with.
pub(super) fn move_listed(
    staging: &Path,
    folder: &Path,
    names: &[String],
    moves: &mut Moves,
) -> Result<(), StoreError> {
    let refused = |error| StoreError::io("write into", staging, error);
    if names.len() > 1 {
        let near = staging.parent().unwrap_or(staging);
        let below = folder.strip_prefix(near).ok().and_then(Path::to_str);
        if let Some(below) = below {
            let list = List { folder: below.to_owned(), names: names.to_vec() };
            write_list(staging, &list).map_err(refused)?;
        }
    }
    let replaced = staging.join(".old");
    fs::create_dir_all(&replaced).map_err(refused)?;
    for (index, name) in names.iter().enumerate() {
        let target = folder.join(name);
        moves.create_folders(target.parent().unwrap_or(folder))?;
        let staged = staging.join(NEW).join(name);
        let kept = replaced.join(index.to_string());
        match target_of(&target)? {
            Target::File(real) if target.is_symlink() => {
                moves.write_through(&staged, &real, kept)?;
            }
            _ => moves.replace(&staged, &target, kept)?,
        }
    }
    sync_folder(folder);
    Ok(())
}

fn write_list(staging: &Path, list: &List) -> io::Result<()> {
    let new = staging.join(".moves-new");
    let mut file = File::create(&new)?;
    file.write_all(&serde_json::to_vec(list)?)?;
    file.sync_all()?;
    may_die();
    fs::rename(new, staging.join(LIST))?;
    may_die();
    sync_folder(staging);
    Ok(())
}

/// Goes on with what runs that were killed have left in `near`, staged files whose lock nobody holds: those that had
/// begun to move are moved, the others are taken away.
pub(super) fn sweep(near: &Path) {
    let Ok(entries) = fs::read_dir(near) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_staging =
            name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if is_staging
            && let Ok(left) = File::open(entry.path().join(HOLD))
            && left.try_lock().is_ok()
        {
            drop(left);
            if finish_moving(near, &entry.path()).is_ok() {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// Moves what a killed run had listed and not moved yet.
fn finish_moving(near: &Path, staging: &Path) -> Result<(), StoreError> {
    let Ok(text) = fs::read(staging.join(LIST)) else { return Ok(()) };
    let Ok(List { folder, names }) = serde_json::from_slice(&text) else { return Ok(()) };
    if !(folder.is_empty() || is_plain(&folder)) || !names.iter().all(|name| is_plain(name)) {
        return Ok(());
    }
    let folder = near.join(folder);
    let left: Vec<String> =
        names.into_iter().filter(|name| staging.join(NEW).join(name).is_file()).collect();
    move_listed(staging, &folder, &left, &mut Moves::default())
}

/// What was moved and made so far, to be undone.
#[derive(Debug, Default)]
pub(super) struct Moves {
    renamed: Vec<(PathBuf, PathBuf)>,
    /// Files that were replaced, each with the old one when there was one.
    replaced: Vec<(PathBuf, Option<PathBuf>)>,
    /// Files that links lead to, each with its old content when there was one.
    rewritten: Vec<(PathBuf, Option<PathBuf>)>,
    created: Vec<PathBuf>,
}

impl Moves {
    fn rename(&mut self, from: &Path, to: &Path) -> Result<(), StoreError> {
        may_die();
        fs::rename(from, to).map_err(|error| StoreError::io("move a result to", to, error))?;
        may_die();
        self.renamed.push((from.to_owned(), to.to_owned()));
        Ok(())
    }

    /// Moves `staged` over `target` in one step; what was there is kept at `old` until all is done.
    fn replace(&mut self, staged: &Path, target: &Path, old: PathBuf) -> Result<(), StoreError> {
        let refused = |error| StoreError::io("move a result to", target, error);
        let is_there = target.exists();
        if is_there && fs::hard_link(target, &old).is_err() {
            // Of a run that was killed, or where a file has one name only.
            let _ = fs::remove_file(&old);
            fs::copy(target, &old).map_err(refused)?;
        }
        may_die();
        fs::rename(staged, target).map_err(refused)?;
        may_die();
        self.replaced.push((target.to_owned(), is_there.then_some(old)));
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
        for (target, old) in self.replaced.iter().rev() {
            let _ = match old {
                Some(old) => fs::rename(old, target),
                None => fs::remove_file(target),
            };
        }
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
