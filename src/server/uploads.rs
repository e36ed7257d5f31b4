//! Files that were sent and looked at, kept apart from every study until they are taken up or let go.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use super::app::App;
use super::problem::{Problem, ProblemKind};
use super::scratch;
use crate::import::ImportError;
use crate::import::brought::{Brought, LayerKind, Seen, look};
use crate::import::study_file::Study as Description;
use crate::placement::candidate::Candidate;

/// Files of one study that wait; the oldest makes room.
const WAITING_MAX: usize = 8;
/// Longest name of a file, in bytes.
const FILE_NAME_MAX: usize = 120;
/// Endings of files that are read.
const ENDINGS: [&str; 5] = ["csv", "tsv", "txt", "geojson", "json"];

/// What a sender says about a file.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// What it is to be.
    pub(super) kind: LayerKind,
    /// Name of the layer.
    pub(super) name: String,
    /// Name of the file.
    pub(super) file: String,
    /// Functions of places whose own it does not tell.
    pub(super) functions: Vec<String>,
    /// The coordinate system, when it is known.
    pub(super) crs: Option<String>,
}

/// A file that waits, and what was understood of it.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) token: String,
    pub(super) sent: Sent,
    pub(super) seen: Seen,
    folder: TempDir,
}

impl Upload {
    /// Where the file lies for now.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join(&self.sent.file)
    }

    /// What is in the file.
    pub(super) fn bytes(&self) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.path())
    }
}

/// A file that is being sent. It goes to the disk as it comes, so that many who send slowly take no memory.
#[derive(Debug)]
pub(super) struct Arriving {
    folder: TempDir,
    file: File,
}

impl Arriving {
    /// Begins a file of that name.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub(super) fn begin(name: &str) -> Result<Self, Problem> {
        let folder = scratch::folder().map_err(|fault| unkept(&fault))?;
        let file = File::create_new(folder.path().join(name)).map_err(|fault| unkept(&fault))?;
        Ok(Self { folder, file })
    }

    /// Takes the next part.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub(super) fn take(&mut self, part: &[u8]) -> Result<(), Problem> {
        self.file.write_all(part).map_err(|fault| unkept(&fault))
    }
}

fn unkept(fault: &std::io::Error) -> Problem {
    Problem::new(ProblemKind::Failed, format!("the file could not be kept: {fault}"))
}

/// The files of one study that wait.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    waiting: Mutex<Vec<Arc<Upload>>>,
}

impl Uploads {
    fn waiting(&self) -> MutexGuard<'_, Vec<Arc<Upload>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a file as the study would read it, and keeps it apart.
    ///
    /// # Errors
    /// When the file cannot be used, with the feature and the reason.
    pub(super) fn look(
        &self,
        sent: Sent,
        arriving: Arriving,
        (study, app): (&Description, &App),
    ) -> Result<Arc<Upload>, Problem> {
        let Arriving { folder, file } = arriving;
        drop(file);
        let path = folder.path().join(&sent.file);
        let brought = Brought {
            kind: sent.kind,
            name: sent.name.clone(),
            path,
            functions: sent.functions.clone(),
            crs: sent.crs.clone(),
        };
        let seen = look(&brought, study, app.baseline())
            .map_err(|fault| unusable(&fault, folder.path()))?;
        let token = scratch::letters_of(&folder);
        let upload = Arc::new(Upload { token, sent, seen, folder });
        let mut waiting = self.waiting();
        if waiting.len() >= WAITING_MAX {
            waiting.remove(0);
        }
        waiting.push(Arc::clone(&upload));
        Ok(upload)
    }

    /// The file of that token.
    pub(super) fn get(&self, token: &str) -> Result<Arc<Upload>, Problem> {
        let waiting = self.waiting();
        let found = waiting.iter().find(|upload| upload.token == token);
        found.cloned().ok_or_else(missing)
    }

    /// Lets a file go.
    pub(super) fn discard(&self, token: &str) -> Result<(), Problem> {
        let mut waiting = self.waiting();
        let at = waiting.iter().position(|upload| upload.token == token).ok_or_else(missing)?;
        waiting.remove(at);
        Ok(())
    }

    /// The candidates of the file that was sent under `token`, and the name of the file.
    ///
    /// # Errors
    /// When there is no such file, or it holds something else.
    pub(super) fn candidates(&self, token: &str) -> Result<(Vec<Candidate>, String), Problem> {
        let upload = self.get(token)?;
        if upload.sent.kind != LayerKind::Candidates {
            let detail = format!("{:?} was sent as {}", upload.sent.file, upload.sent.kind.word());
            return Err(Problem::new(ProblemKind::BadFile, detail));
        }
        Ok((upload.seen.candidates.clone(), upload.sent.file.clone()))
    }
}

fn missing() -> Problem {
    Problem::not_found("no such file waits here; the oldest makes room for new ones: send it again")
}

/// A file that cannot be used; where it lies for now is no business of its sender's.
fn unusable(fault: &ImportError, folder: &Path) -> Problem {
    let place = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
    Problem::new(ProblemKind::BadFile, fault.to_string().replace(&place, ""))
}

/// A name that a file of a study may have: the last part of `given`, without what a file system may not like.
///
/// # Errors
/// When nothing is left of it, it is too long, or its ending is none that is read.
pub(super) fn file_name(given: &str) -> Result<String, String> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or("");
    let plain = |c: char| if c.is_control() || "<>:\"|?*".contains(c) { '-' } else { c };
    let name: String = last.trim().trim_start_matches('.').chars().map(plain).collect();
    let name = name.trim_end_matches(['.', ' ']).to_owned();
    let ending = Path::new(&name).extension().and_then(|end| end.to_str()).unwrap_or("");
    if !ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)) {
        return Err(format!("{last:?} is neither .csv, .tsv, .txt, .geojson nor .json"));
    }
    if name.len() > FILE_NAME_MAX {
        return Err(format!("a file name of {} bytes; give one of {FILE_NAME_MAX}", name.len()));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_leads_nowhere_else() {
        for (given, name) in [
            ("nurseries.csv", "nurseries.csv"),
            ("../../etc/cron.d/evil.csv", "evil.csv"),
            ("C:\\Users\\me\\托育 机构.CSV", "托育 机构.CSV"),
            ("..hidden.geojson", "hidden.geojson"),
            ("a\u{0}b:c.json", "a-b-c.json"),
        ] {
            assert_eq!(file_name(given).as_deref(), Ok(name), "{given:?}");
        }
        for given in ["", "..", "study.toml", "x.csv/", ".csv", "scenarios.gpkg", "a.csv/.."] {
            assert!(file_name(given).is_err(), "{given:?}");
        }
        assert!(file_name(&format!("{}.csv", "长".repeat(60))).is_err());
    }
}
