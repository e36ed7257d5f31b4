//! The studies that are served: known by name at once, loaded on first use as a job.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;

use crate::progress::Progress;

use super::app::AppInput;
use super::jobs::{Busy, Finished, JobId, JobKind, Jobs};
use super::places::{keep_to_ourselves, without_places};
use super::problem::{Problem, ProblemKind};
use super::study::{Study, StudyError};
use super::uploads::Uploads;

/// Loads a study; what it says when it fails is shown to the user.
pub type Opener = Arc<dyn Fn(&dyn Progress) -> Result<AppInput, String> + Send + Sync>;

/// Loads a study as another text of its description has it.
pub type OpenerAs = Arc<dyn Fn(&str, &dyn Progress) -> Result<AppInput, String> + Send + Sync>;

/// The description of a study, which files that are sent are written into.
#[derive(Clone)]
pub struct Described {
    /// The `study.toml`.
    pub file: PathBuf,
    /// Loads the study as another text of it has it.
    pub open_as: OpenerAs,
}

/// A study that may be served.
#[derive(Clone)]
pub struct Shelf {
    /// Short name, unique in the library; part of addresses.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// Folder of the study, where its scenarios are kept; none keeps them in memory.
    pub folder: Option<PathBuf>,
    /// Its description on disk; without one no file can be added.
    pub described: Option<Described>,
    /// Loads it.
    pub open: Opener,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Shelf")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Whether a study can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StudyState {
    /// Not loaded yet.
    Closed,
    /// Being loaded.
    Opening,
    /// Loaded.
    Open,
    /// It could not be loaded; `detail` says why.
    Failed,
}

/// A study of the library.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StudyEntry)]
pub(super) struct Entry {
    /// Its id, as addresses name it.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// Whether it can be asked.
    pub(super) state: StudyState,
    /// Why it could not be opened the last time; one that was open before is open still.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    /// The job that opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<String>,
}

/// How a study stands. One that is open answers on while it is opened again, and when that fails.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// The study as it was loaded last.
    study: Option<Arc<Study>>,
    /// The job that loads it.
    opening: Option<JobId>,
    /// Why it could not be loaded the last time.
    failed: Option<String>,
}

impl Standing {
    /// Puts a loaded study in its place.
    pub(super) fn opened(&mut self, study: Study) {
        self.study = Some(Arc::new(study));
        self.failed = None;
    }
}

/// Whether a study that is open may be opened again from its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reopening {
    /// Yes.
    Wished,
    /// Only one that is closed is opened.
    Never,
}

/// A study and how it stands.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) shelf: Shelf,
    pub(super) uploads: Arc<Uploads>,
    standing: Mutex<Standing>,
    /// Held while the files of the study are read or written.
    files: Mutex<()>,
}

impl Place {
    pub(super) fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody reads or writes the files of the study.
    pub(super) fn files(&self) -> MutexGuard<'_, ()> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A study of this place.
    pub(super) fn study_of(&self, input: AppInput) -> Result<Study, StudyError> {
        Study::new(input, self.shelf.folder.clone(), Arc::clone(&self.uploads))
    }
}

/// Every study of a server, by id.
#[derive(Debug, Default)]
pub(super) struct Library {
    places: Vec<Arc<Place>>,
}

impl Library {
    /// A library of `shelves`; an id that occurs twice gets a number.
    pub(super) fn new(shelves: Vec<Shelf>) -> Self {
        let mut taken = BTreeSet::new();
        let places = shelves.into_iter().map(|mut shelf| {
            shelf.folder.iter().for_each(|folder| keep_to_ourselves(folder));
            let id = plain(&shelf.id);
            shelf.id.clone_from(&id);
            let mut number = 2;
            while !taken.insert(shelf.id.clone()) {
                shelf.id = format!("{id}-{number}");
                number += 1;
            }
            Arc::new(Place {
                shelf,
                uploads: Arc::default(),
                standing: Mutex::default(),
                files: Mutex::default(),
            })
        });
        Self { places: places.collect() }
    }

    /// All studies, in order.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.places.iter().map(|place| entry(place)).collect()
    }

    /// The study called `id`.
    ///
    /// # Errors
    /// When there is none, or it is not open.
    pub(super) fn open_study(&self, id: &str) -> Result<Arc<Study>, Problem> {
        let place = self.find(id)?;
        let standing = place.standing();
        let detail = match &*standing {
            Standing { study: Some(study), .. } => return Ok(Arc::clone(study)),
            Standing { opening: Some(_), .. } => {
                format!("study {id:?} is being opened; wait for its job")
            }
            Standing { failed: Some(why), .. } => {
                format!("study {id:?} could not be opened: {why}")
            }
            _ => format!("study {id:?} is closed; POST /api/v1/studies/{id}/open first"),
        };
        Err(Problem::new(ProblemKind::StudyClosed, detail))
    }

    /// Puts a loaded study in its place.
    pub(super) fn put(&self, id: &str, input: AppInput) -> Result<Result<(), StudyError>, Problem> {
        let place = self.find(id)?;
        let put = |study| place.standing().opened(study);
        Ok(place.study_of(input).map(put))
    }

    /// Opens a study as a job, or tells the job that does. One that is open is opened again from its files, and
    /// answers on until that went well; not where nothing may be changed.
    ///
    /// # Errors
    /// When there is no such study, it is open and may not be opened again, or too many jobs wait.
    pub(super) fn open(
        &self,
        id: &str,
        again: Reopening,
        jobs: &Arc<Jobs>,
    ) -> Result<JobId, Problem> {
        let place = Arc::clone(self.find(id)?);
        let mut standing = place.standing();
        if let Some(job) = standing.opening {
            return Ok(job);
        }
        if again == Reopening::Never && standing.study.is_some() {
            let detail = "this server is read-only and the study is open; nothing was changed";
            return Err(Problem::new(ProblemKind::ReadOnly, detail));
        }
        let work_place = Arc::clone(&place);
        let job = jobs.start(JobKind::Open, Some(id.to_owned()), move |handle| {
            let files = work_place.files();
            let opened = (work_place.shelf.open)(handle)
                .and_then(|input| work_place.study_of(input).map_err(|e| e.to_string()));
            let mut standing = work_place.standing();
            standing.opening = None;
            let said = match opened {
                Ok(study) => {
                    standing.opened(study);
                    Ok(Finished::default())
                }
                Err(_) if handle.is_cancelled() => Err("cancelled".to_owned()),
                Err(why) => {
                    standing.failed = Some(without_places(&why));
                    Err(why)
                }
            };
            drop((standing, files));
            said
        });
        let job = job.map_err(|Busy(why)| Problem::new(ProblemKind::Busy, why))?;
        standing.opening = Some(job);
        Ok(job)
    }

    /// The place of a study.
    ///
    /// # Errors
    /// When there is no such study.
    pub(super) fn find(&self, id: &str) -> Result<&Arc<Place>, Problem> {
        self.places.iter().find(|place| place.shelf.id == id).ok_or_else(|| {
            let known = self.places.iter().map(|place| place.shelf.id.as_str());
            Problem::not_found(super::query::unknown("study", id, known))
        })
    }
}

fn entry(place: &Place) -> Entry {
    let standing = place.standing();
    let state = match &*standing {
        Standing { study: Some(_), .. } => StudyState::Open,
        Standing { opening: Some(_), .. } => StudyState::Opening,
        Standing { failed: Some(_), .. } => StudyState::Failed,
        _ => StudyState::Closed,
    };
    Entry {
        id: place.shelf.id.clone(),
        name: place.shelf.name.clone(),
        state,
        detail: standing.failed.clone(),
        job: standing.opening.map(|job| job.to_string()),
    }
}

/// An id that needs no escapes in addresses.
fn plain(id: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let id: String = id.chars().map(plain).collect();
    if id.trim_matches('.').is_empty() { "study".to_owned() } else { id }
}
