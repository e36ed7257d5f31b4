//! The scenarios of one study: kept on disk by the store, and some of them live in memory, where an edit costs
//! only what it touches.
//!
//! The file is the truth. Before anything is asked of a live scenario its revision is compared with the file's,
//! and it is built anew when another program changed it. An edit is made in memory first, then kept; when it
//! cannot be kept it is taken back.

mod effect;
mod live;
mod marks;
mod shapes;

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub(super) use effect::EffectAnswer;
pub(super) use live::{Live, Step};
pub(super) use shapes::EditShape;

use super::app::App;
use super::problem::{Problem, ProblemKind};
use crate::coverage::assess::{is_kept_as_judged, is_kept_on_foot};
use crate::coverage::{CoverageSum, Rule};
use crate::scenario::{
    Baseline, Edit, EditError, Extent, Scenario, ScenarioError, ScenarioState, StandingRule,
};
use crate::store::{SCENARIOS_FILE, ScenarioStore, ScenarioStoreError, StoredScenario};

/// Scenarios that are live at once; each costs a copy of the streets and its views.
const LIVE_MAX: usize = 4;

/// The place of the study as it stands among what is live; stored scenarios are counted from 1.
const STANDING: i64 = 0;
/// What stands for the study as it is where a scenario could be named.
pub(super) const BASELINE: &str = "baseline";

type Slot = Arc<Mutex<Option<Live>>>;

/// The scenarios of a study.
#[derive(Debug)]
pub(super) struct Scenarios {
    store: ScenarioStore,
    live: Mutex<Vec<(i64, Slot)>>,
    /// The rules of the baseline, summed once.
    rules: OnceLock<Vec<RuleStanding>>,
}

/// How a rule stands.
#[derive(Clone, Debug)]
pub(super) struct RuleStanding {
    /// Id of its standard.
    pub(super) standard: String,
    /// The rule as the scenario has it.
    pub(super) rule: Rule,
    /// Its total as it is judged: those with a place where it counts places; nothing while no place is recorded.
    pub(super) total: Option<CoverageSum>,
    /// Whether it is kept; nothing without a verdict.
    pub(super) pass: Option<bool>,
}

fn standing_of(baseline: &Baseline, state: &ScenarioState) -> Vec<RuleStanding> {
    let row = |standing: &StandingRule| {
        let places = state.places(baseline, standing).map(|places| places.total);
        let total = Some(standing.live.total().judged(places))
            .filter(|_| state.is_recorded(baseline, standing));
        let is_judged = judges(baseline, standing);
        RuleStanding {
            standard: standing.standard.clone(),
            rule: standing.rule.clone(),
            total,
            pass: total
                .filter(|_| is_judged)
                .and_then(|sum| is_kept_as_judged(&sum, &standing.rule)),
        }
    };
    state.rules().iter().map(row).collect()
}

/// Whether the study gives the rule a verdict.
fn judges(baseline: &Baseline, standing: &StandingRule) -> bool {
    let standard = baseline.standards.iter().find(|standard| standard.id == standing.standard);
    standard.is_none_or(|standard| standard.judges(&standing.rule.id))
}

/// Whether a rule is kept by walks alone; nothing when it gets no verdict, or while no place is recorded for it.
fn is_kept(baseline: &Baseline, state: &ScenarioState, standing: &StandingRule) -> Option<bool> {
    is_kept_on_foot(&standing.live.total(), &standing.rule)
        .filter(|_| judges(baseline, standing) && state.is_recorded(baseline, standing))
}

impl Scenarios {
    /// Those kept in a study's folder; without a folder they are forgotten with the program.
    ///
    /// # Errors
    /// When there is no memory.
    pub(super) fn of(folder: Option<&Path>) -> Result<Self, ScenarioStoreError> {
        let store = match folder {
            Some(folder) => ScenarioStore::at(&folder.join(SCENARIOS_FILE)),
            None => ScenarioStore::in_memory()?,
        };
        Ok(Self { store, live: Mutex::default(), rules: OnceLock::new() })
    }

    /// Where they are kept.
    pub(super) fn store(&self) -> &ScenarioStore {
        &self.store
    }

    /// The stored scenario that an address or parameter names; one that was deleted is not there.
    pub(super) fn get(&self, id: &str) -> Result<StoredScenario, Problem> {
        let stored = self.store.get(number(id)?)?;
        if stored.is_deleted { Err(missing(id)) } else { Ok(stored) }
    }

    /// Works on a live scenario that is what the file says. Whoever asks for one that is in use waits.
    pub(super) fn with_live<T>(
        &self,
        app: &Arc<App>,
        id: &str,
        work: impl FnOnce(&mut Live, &ScenarioStore) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let id = number(id)?;
        let revision = self.store.revision(id)?;
        let slot = self.slot(id);
        let mut live = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = live.as_ref().is_some_and(|live| live.is_at(revision));
        if !is_fresh {
            let last = live.take().and_then(Live::into_last_view);
            let stored = self.store.get(id)?;
            *live = Some(Live::new(app, &stored, last)?);
        }
        match &mut *live {
            Some(live) => work(live, &self.store),
            None => Err(missing(&id.to_string())),
        }
    }

    /// Works on the study as it stands, live like a scenario of no edits: for what would begin one.
    pub(super) fn with_standing<T>(
        &self,
        app: &Arc<App>,
        work: impl FnOnce(&mut Live) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let slot = self.slot(STANDING);
        let mut live = slot.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *live {
            Some(live) => work(live),
            None => work(live.insert(Live::new(app, &nothing_edited(), None)?)),
        }
    }

    /// The study as a scenario has it.
    pub(super) fn view(&self, app: &Arc<App>, id: &str) -> Result<Arc<App>, Problem> {
        self.with_live(app, id, |live, _| Ok(live.view(app)))
    }

    /// How the rules stand in a scenario, or in the baseline.
    pub(super) fn rules(
        &self,
        app: &Arc<App>,
        id: Option<&str>,
    ) -> Result<Vec<RuleStanding>, Problem> {
        if let Some(id) = id {
            return self
                .with_live(app, id, |live, _| Ok(standing_of(app.baseline(), live.state())));
        }
        if let Some(known) = self.rules.get() {
            return Ok(known.clone());
        }
        let state = ScenarioState::new(app.baseline(), Extent::Cutoff)?;
        let found = standing_of(app.baseline(), &state);
        Ok(self.rules.get_or_init(|| found).clone())
    }

    /// The place of a live scenario; the one used longest ago makes room.
    fn slot(&self, id: i64) -> Slot {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = live.iter().position(|(known, _)| *known == id) {
            let used = live.remove(found);
            live.push(used);
        } else {
            if live.len() >= LIVE_MAX {
                live.remove(0);
            }
            live.push((id, Slot::default()));
        }
        live.last().map(|(_, slot)| Arc::clone(slot)).unwrap_or_default()
    }
}

/// A scenario of no edits that is kept nowhere.
fn nothing_edited() -> StoredScenario {
    StoredScenario {
        id: STANDING,
        name: String::new(),
        notes: String::new(),
        revision: 0,
        applied: 0,
        edits: Vec::new(),
        created: String::new(),
        changed: String::new(),
        is_deleted: false,
    }
}

/// Reads the id of a scenario.
pub(super) fn number(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_no_number| missing(id))
}

fn missing(id: &str) -> Problem {
    let id: String = id.chars().take(60).collect();
    Problem::not_found(format!("no scenario {id:?}; GET …/scenarios lists them"))
}

impl From<ScenarioStoreError> for Problem {
    fn from(error: ScenarioStoreError) -> Self {
        use ScenarioStoreError as E;
        let kind = match &error {
            E::Missing(_) => ProblemKind::NotFound,
            E::Stale { .. } | E::NameTaken(_) | E::Nothing(_) => ProblemKind::Conflict,
            E::File { .. } | E::TooNew { .. } | E::Foreign(_) | E::Contradiction { .. } => {
                ProblemKind::Failed
            }
        };
        Self::new(kind, error.to_string())
    }
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        Self::new(ProblemKind::CannotEdit, error.to_string())
    }
}

impl From<ScenarioError> for Problem {
    fn from(error: ScenarioError) -> Self {
        Self::new(ProblemKind::CannotEdit, error.to_string())
    }
}

/// Checks that `edits` can be made one after the other, and tells how each is shown.
pub(super) fn marks_of(app: &App, edits: &[Edit]) -> Result<Vec<crate::store::EditMark>, Problem> {
    let scenario = Scenario { edits: edits.to_vec(), ..Scenario::default() };
    if edits.is_empty() {
        return Ok(Vec::new());
    }
    // Refuses too long lists, and names the edit that cannot be made by its number.
    drop(ScenarioState::of(app.baseline(), &scenario, Extent::Cutoff)?);
    let mut state = ScenarioState::new(app.baseline(), Extent::Cutoff)?;
    let mut marks = Vec::with_capacity(edits.len());
    for edit in edits {
        let before = marks::facility_of(&state, edit);
        let effect = state.apply(app.baseline(), edit)?;
        marks.push(marks::mark_of(&state, edit, (before, &effect)));
    }
    Ok(marks)
}
