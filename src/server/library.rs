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
    /// Why it could not be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    /// The job that opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<String>,
}

#[derive(Debug)]
pub(super) enum Standing {
    Closed,
    Opening(JobId),
    Open(Arc<Study>),
    Failed(String),
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
                standing: Mutex::new(Standing::Closed),
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
        let detail = match &*place.standing() {
            Standing::Open(study) => return Ok(Arc::clone(study)),
            Standing::Failed(why) => format!("study {id:?} could not be opened: {why}"),
            Standing::Opening(_) => format!("study {id:?} is being opened; wait for its job"),
            Standing::Closed => {
                format!("study {id:?} is closed; POST /api/v1/studies/{id}/open first")
            }
        };
        Err(Problem::new(ProblemKind::StudyClosed, detail))
    }

    /// Puts a loaded study in its place.
    pub(super) fn put(&self, id: &str, input: AppInput) -> Result<Result<(), StudyError>, Problem> {
        let place = self.find(id)?;
        let put = |study| *place.standing() = Standing::Open(Arc::new(study));
        Ok(place.study_of(input).map(put))
    }

    /// Opens a study as a job, or tells the job that does; an open one is opened again from its files when
    /// `again`.
    ///
    /// # Errors
    /// When there is no such study, or too many jobs wait.
    pub(super) fn open(&self, id: &str, jobs: &Arc<Jobs>) -> Result<JobId, Problem> {
        let place = Arc::clone(self.find(id)?);
        let mut standing = place.standing();
        if let Standing::Opening(job) = &*standing {
            return Ok(*job);
        }
        let work_place = Arc::clone(&place);
        let job = jobs.start(JobKind::Open, Some(id.to_owned()), move |handle| {
            let files = work_place.files();
            let opened = (work_place.shelf.open)(handle)
                .and_then(|input| work_place.study_of(input).map_err(|e| e.to_string()));
            let (now, said) = match opened {
                Ok(study) => {
                    (Standing::Open(Arc::new(study)), Ok(Finished::of(serde_json::Value::Null)))
                }
                Err(_) if handle.is_cancelled() => (Standing::Closed, Err("cancelled".to_owned())),
                Err(why) => (Standing::Failed(why.clone()), Err(why)),
            };
            *work_place.standing() = now;
            drop(files);
            said
        });
        let job = job.map_err(|Busy(why)| Problem::new(ProblemKind::Busy, why))?;
        *standing = Standing::Opening(job);
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
    let (state, detail, job) = match &*place.standing() {
        Standing::Closed => (StudyState::Closed, None, None),
        Standing::Opening(job) => (StudyState::Opening, None, Some(job.to_string())),
        Standing::Open(_) => (StudyState::Open, None, None),
        Standing::Failed(why) => (StudyState::Failed, Some(why.clone()), None),
    };
    Entry { id: place.shelf.id.clone(), name: place.shelf.name.clone(), state, detail, job }
}

/// An id that needs no escapes in addresses.
fn plain(id: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let id: String = id.chars().map(plain).collect();
    if id.trim_matches('.').is_empty() { "study".to_owned() } else { id }
}
