//! A file that only grows, a line at a time, each on the disk before the next is begun.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::StoreError;

/// Lines that survive whatever happens to the program that writes them.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Begins the file at `path` anew; its folder is made when it is not there.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn begin(path: &Path) -> Result<Self, StoreError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            fs::create_dir_all(folder).map_err(|error| StoreError::io("create", folder, error))?;
        }
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(path)
            .map_err(|error| StoreError::io("create", path, error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Appends `line`, which must hold no line break, in one write, and waits until it is on the disk.
    ///
    /// # Errors
    /// When the disk is full or the system refuses.
    pub fn push(&mut self, line: &str) -> Result<(), StoreError> {
        let text = format!("{line}\n");
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| StoreError::io("write", &self.path, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_on_the_disk_before_the_journal_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/progress.jsonl");
        let mut journal = Journal::begin(&path).unwrap();
        for (count, line) in ["{\"a\":1}", "{\"a\":2}"].into_iter().enumerate() {
            journal.push(line).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), count + 1);
        }
        drop(Journal::begin(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }
}
