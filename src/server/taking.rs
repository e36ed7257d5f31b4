//! A file that was sent becomes part of its study: written beside it, named in its description, and the study
//! loaded anew, or nothing of all that.
//!
//! The file is written under a name that nothing has. The study is loaded as its new description has it while the
//! old one answers on; only when that went well is `study.toml` replaced, in one step. Whatever fails or is killed
//! before that leaves the study as it was.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::jobs::{Busy, Finished, JobHandle, JobId, JobKind, Jobs};
use super::library::{Described, Place};
use super::problem::{Problem, ProblemKind};
use super::uploads::{Sent, Upload};
use crate::import::brought::LayerKind;
use crate::import::hash::{bytes_sha256, file_sha256};
use crate::import::study_file::{Study as Description, read_study};
use crate::import::toml_check::read_text;
use crate::store::{replace_file, write_new_file};

/// Most files of one name, numbered, in one folder.
const NUMBERS_MAX: usize = 1_000;

/// Whether what is there already may be taken the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replacing {
    /// Yes.
    Wished,
    /// Only something new is added.
    Never,
}

impl Place {
    /// The description of the study on disk.
    ///
    /// # Errors
    /// When it has none, or it cannot be read.
    pub(super) fn description(&self) -> Result<(&Described, Description), Problem> {
        let described = self.shelf.described.as_ref().ok_or_else(|| {
            let detail = "this study is not served from a study.toml; nothing can be added to it";
            Problem::new(ProblemKind::Conflict, detail)
        })?;
        let study = read_study(&described.file)
            .map_err(|fault| Problem::new(ProblemKind::Conflict, fault.to_string()))?;
        Ok((described, study))
    }

    /// Takes up a file as a job.
    ///
    /// # Errors
    /// When it is no layer of a study, something is in its place, or too many jobs wait.
    pub(super) fn take(
        self: &Arc<Self>,
        upload: Arc<Upload>,
        replacing: Replacing,
        jobs: &Arc<Jobs>,
    ) -> Result<JobId, Problem> {
        let (_, study) = self.description()?;
        check(&study, &upload.sent, replacing)?;
        let place = Arc::clone(self);
        let job = jobs.start(JobKind::Open, Some(self.shelf.id.clone()), move |handle| {
            place.taken(&upload, replacing, handle)
        });
        job.map_err(|Busy(why)| Problem::new(ProblemKind::Busy, why))
    }

    fn taken(
        &self,
        upload: &Upload,
        replacing: Replacing,
        handle: &JobHandle,
    ) -> Result<Finished, String> {
        let _files = self.files();
        let (described, study) = self.description().map_err(|problem| problem.detail)?;
        // Another file may have been taken up since this job was asked for.
        check(&study, &upload.sent, replacing).map_err(|problem| problem.detail)?;
        let bytes = upload.bytes().map_err(|fault| fault.to_string())?;
        let laid = Laid::beside(&described.file, &upload.sent.file, &bytes)?;
        let amendment = upload.seen.amendment.as_ref();
        let text = read_text(&described.file).map_err(|fault| fault.to_string())?;
        let amended = amendment
            .ok_or_else(|| "candidates are no part of a study".to_owned())?
            .write(&text, &laid.name, &laid.sha256)
            .map_err(|fault| fault.to_string())?;
        let input = (described.open_as)(&amended, handle)?;
        let opened = self.study_of(input).map_err(|fault| fault.to_string())?;
        if handle.is_cancelled() {
            return Err("cancelled; nothing was changed".to_owned());
        }
        if read_text(&described.file).map_err(|fault| fault.to_string())? != text {
            return Err("study.toml was changed by somebody else meanwhile; try again".to_owned());
        }
        replace_file(&described.file, amended.as_bytes()).map_err(|fault| fault.to_string())?;
        let name = laid.keep();
        self.standing().opened(opened);
        // Gone already when somebody let it go meanwhile.
        let _ = self.uploads.discard(&upload.token);
        Ok(Finished::of(&json!({ "layer": upload.sent.name, "file": name })))
    }
}

/// Refuses what is no layer, and what would take the place of something unasked.
fn check(study: &Description, sent: &Sent, replacing: Replacing) -> Result<(), Problem> {
    if sent.kind == LayerKind::Candidates {
        let detail = "candidates are no part of a study; name them in POST …/place as file:TOKEN";
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let Some(there) = in_its_place(study, sent) else { return Ok(()) };
    if replacing == Replacing::Wished {
        return Ok(());
    }
    let detail =
        format!("the study has {there} already; accept with replace=true to take its place");
    Err(Problem::new(ProblemKind::Conflict, detail))
}

/// What of a study a file would take the place of.
pub(super) fn in_its_place(study: &Description, sent: &Sent) -> Option<String> {
    match sent.kind {
        LayerKind::Candidates => None,
        LayerKind::Demand => Some("demand".to_owned()),
        LayerKind::Zones => Some("zones".to_owned()),
        LayerKind::Facilities => {
            let is_there = study.facilities.iter().any(|layer| layer.id == sent.name);
            is_there.then(|| format!("facilities/{}", sent.name))
        }
    }
}

/// A file laid beside a study; it goes again unless it is kept.
struct Laid {
    name: String,
    sha256: String,
    remove: Option<PathBuf>,
}

impl Laid {
    /// Writes `bytes` beside the study under `name`, or that name with a number when another file has it. The same
    /// file is not written twice.
    fn beside(study: &Path, name: &str, bytes: &[u8]) -> Result<Self, String> {
        let folder = study.parent().unwrap_or(Path::new("."));
        let sha256 = bytes_sha256(bytes);
        for name in names(name) {
            let path = folder.join(&name);
            if path.symlink_metadata().is_err() {
                write_new_file(&path, bytes).map_err(|fault| fault.to_string())?;
                return Ok(Self { name, sha256, remove: Some(path) });
            }
            if path.is_file() && file_sha256(&path).is_ok_and(|found| found == sha256) {
                return Ok(Self { name, sha256, remove: None });
            }
        }
        Err(format!("{NUMBERS_MAX} files beside the study are called like {name:?}; rename it"))
    }

    fn keep(mut self) -> String {
        self.remove = None;
        std::mem::take(&mut self.name)
    }
}

impl Drop for Laid {
    fn drop(&mut self) {
        if let Some(path) = self.remove.take() {
            // What cannot be removed is a file that no description names.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// `name`, then the same with a number before its ending.
fn names(name: &str) -> impl Iterator<Item = String> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let numbered = move |number: usize| {
        if number == 1 { name.to_owned() } else { format!("{stem}-{number}.{ending}") }
    };
    (1..=NUMBERS_MAX).map(numbered)
}

/// The name that a file sent as `name` would get beside the study.
pub(super) fn name_beside(study: &Path, name: &str) -> Option<String> {
    let folder = study.parent().unwrap_or(Path::new("."));
    names(name).find(|name| folder.join(name).symlink_metadata().is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_users_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let study = folder.path().join("study.toml");
        let theirs = folder.path().join("a.csv");
        std::fs::write(&theirs, "theirs").unwrap();
        assert_eq!(name_beside(&study, "a.csv").as_deref(), Some("a-2.csv"));
        let laid = Laid::beside(&study, "a.csv", b"ours").unwrap();
        assert_eq!(laid.name, "a-2.csv");
        drop(laid);
        assert!(!folder.path().join("a-2.csv").exists(), "taken back unless it is kept");
        assert_eq!(Laid::beside(&study, "a.csv", b"ours").unwrap().keep(), "a-2.csv");
        let same = Laid::beside(&study, "a.csv", b"theirs").unwrap();
        assert_eq!(same.name, "a.csv", "the same file is there already");
        drop(same);
        assert_eq!(std::fs::read_to_string(&theirs).unwrap(), "theirs");
    }
}
