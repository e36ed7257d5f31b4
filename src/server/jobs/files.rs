//! Files that a job wrote: kept as long as the job is, in a folder of its own.

use std::io;
use std::path::Path;

use serde::Serialize;
use tempfile::TempDir;
use utoipa::ToSchema;

/// A file that can be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::server) struct JobFile {
    /// Its name.
    pub(in crate::server) name: String,
    /// Its size.
    pub(in crate::server) bytes: u64,
    /// Its media type.
    pub(in crate::server) media_type: String,
}

/// The files of a job; they go when it is forgotten.
#[derive(Debug)]
pub(in crate::server) struct JobFiles {
    stored: Stored,
    files: Vec<JobFile>,
}

/// Where they are.
#[derive(Debug)]
enum Stored {
    /// On the disk.
    Folder(TempDir),
    /// One, in memory: the disk did not take it.
    Held(Vec<u8>),
}

impl JobFiles {
    /// The files in `folder`, by name.
    ///
    /// # Errors
    /// When the system does not let it be read.
    pub(in crate::server) fn of(folder: TempDir) -> io::Result<Self> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder.path())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file() {
                let media_type = media_type(&name).to_owned();
                files.push(JobFile { bytes: entry.metadata()?.len(), media_type, name });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { stored: Stored::Folder(folder), files })
    }

    /// One file that is kept in memory.
    pub(in crate::server) fn held(name: &str, content: Vec<u8>) -> Self {
        let media_type = media_type(name).to_owned();
        let file = JobFile { name: name.to_owned(), bytes: content.len() as u64, media_type };
        Self { stored: Stored::Held(content), files: vec![file] }
    }

    /// What there is.
    pub(in crate::server) fn list(&self) -> &[JobFile] {
        &self.files
    }

    /// A file and what is in it; `None` when there is none of that name.
    pub(in crate::server) fn read(&self, name: &str) -> Option<(&JobFile, io::Result<Vec<u8>>)> {
        let file = self.files.iter().find(|file| file.name == name)?;
        let content = match &self.stored {
            Stored::Folder(folder) => std::fs::read(folder.path().join(&file.name)),
            Stored::Held(content) => Ok(content.clone()),
        };
        Some((file, content))
    }
}

fn media_type(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|end| end.to_str()).unwrap_or("") {
        "json" => "application/json",
        "geojson" => "application/geo+json",
        "csv" => "text/csv; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "pdf" => "application/pdf",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "gpkg" => "application/geopackage+sqlite3",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
