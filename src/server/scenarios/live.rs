//! One scenario being worked on.

use std::sync::Arc;

use super::effect::{EffectAnswer, Obstacle, effect_of};
use super::marks::{facility_of, mark_of, summary_of};
use crate::limits::EDITS_MAX;
use crate::scenario::{Edit, EditEffect, Extent, Scenario, ScenarioState};
use crate::server::app::App;
use crate::server::problem::{Problem, ProblemKind};
use crate::server::query::Selection;
use crate::store::{At, KeptEdit, ScenarioStore, ScenarioStoreError, StoredScenario};

/// Fields beside those of the rules after which a live scenario is built anew without them.
const EXTRA_FIELDS_MAX: usize = 12;

/// A scenario with its totals, following each edit.
#[derive(Debug)]
pub(in crate::server) struct Live {
    id: i64,
    revision: u64,
    state: ScenarioState,
    /// Fields that the study's own rules read.
    own_fields: usize,
    /// Edits in force.
    made: Vec<Edit>,
    /// Edits that were undone and can be redone, the next first.
    undone: Vec<Edit>,
    /// The study as the scenario has it now, once somebody asked.
    view: Option<Arc<App>>,
    /// The last view that was made: tiles that did not change are taken from it.
    last: Option<Arc<App>>,
}

/// A step along the edits that were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum Step {
    /// Takes the last edit back.
    Undo,
    /// Makes it again.
    Redo,
}

impl Live {
    /// The scenario as it is kept.
    pub(super) fn new(
        app: &Arc<App>,
        stored: &StoredScenario,
        last: Option<Arc<App>>,
    ) -> Result<Self, Problem> {
        let state = ScenarioState::of(app.baseline(), &stored.scenario(), Extent::Cutoff)?;
        Ok(Self {
            id: stored.id,
            revision: stored.revision,
            own_fields: state.standing_fields(),
            state,
            made: stored.edits[..stored.applied].to_vec(),
            undone: stored.edits[stored.applied..].to_vec(),
            view: None,
            last,
        })
    }

    /// Whether nobody changed the scenario since.
    pub(super) fn is_at(&self, revision: u64) -> bool {
        self.revision == revision
    }

    /// The view made last.
    pub(super) fn into_last_view(self) -> Option<Arc<App>> {
        self.view.or(self.last)
    }

    /// Its revision.
    pub(in crate::server) fn revision(&self) -> u64 {
        self.revision
    }

    /// How many edits are in force, and how many can be redone.
    pub(in crate::server) fn counts(&self) -> (usize, usize) {
        (self.made.len(), self.undone.len())
    }

    /// Its totals.
    pub(in crate::server) fn state(&self) -> &ScenarioState {
        &self.state
    }

    /// The study as the scenario has it.
    pub(super) fn view(&mut self, app: &Arc<App>) -> Arc<App> {
        let state = &self.state;
        let last = self.last.take();
        let view = self.view.get_or_insert_with(|| {
            let before = last.unwrap_or_else(|| Arc::clone(app));
            Arc::new(before.edited(state.to_baseline(app.baseline())))
        });
        Arc::clone(view)
    }

    /// What `edit` would do; nothing is kept. A place that it cannot be made at, as one passes in a drag, is no refusal.
    pub(in crate::server) fn preview(
        &mut self,
        app: &App,
        edit: &Edit,
        asked: &Selection,
    ) -> Result<EffectAnswer, Problem> {
        let watch = self.watch(app, asked)?;
        let effect = match self.state.apply(app.baseline(), edit) {
            Ok(effect) => effect,
            Err(error) => {
                let Some(obstacle) = Obstacle::of(&error) else { return Err(error.into()) };
                let mut answer = effect_of(app, self, (&EditEffect::default(), watch));
                answer.hindered(obstacle);
                return Ok(answer);
            }
        };
        let mut answer = effect_of(app, self, (&effect, watch));
        self.state.revert(app.baseline());
        answer.will_be(self.revision);
        Ok(answer)
    }

    /// Makes an edit, and keeps it.
    pub(in crate::server) fn push(
        &mut self,
        (app, store): (&App, &ScenarioStore),
        edit: &Edit,
        asked: &Selection,
    ) -> Result<EffectAnswer, Problem> {
        let watch = self.watch(app, asked)?;
        let effect = self.make((app, store), edit)?;
        Ok(effect_of(app, self, (&effect, watch)))
    }

    /// Makes several edits, one after the other, and keeps them; when one of them cannot be made, none is.
    pub(in crate::server) fn push_all(
        &mut self,
        (app, store): (&App, &ScenarioStore),
        edits: &[Edit],
    ) -> Result<(), Problem> {
        let mut tried = 0;
        let fault = edits.iter().find_map(|edit| {
            let fault = self.state.apply(app.baseline(), edit).err();
            tried += usize::from(fault.is_none());
            fault
        });
        for _ in 0..tried {
            self.state.revert(app.baseline());
        }
        if let Some(fault) = fault {
            return Err(fault.into());
        }
        self.check_room(edits.len())?;
        edits.iter().try_for_each(|edit| self.make((app, store), edit).map(|_| ()))
    }

    fn check_room(&self, more: usize) -> Result<(), Problem> {
        if self.made.len() + more > EDITS_MAX {
            let detail = format!("a scenario takes at most {EDITS_MAX} edits; begin another");
            return Err(Problem::new(ProblemKind::CannotEdit, detail));
        }
        Ok(())
    }

    /// Makes an edit and keeps it.
    fn make(
        &mut self,
        (app, store): (&App, &ScenarioStore),
        edit: &Edit,
    ) -> Result<EditEffect, Problem> {
        self.check_room(1)?;
        let before = facility_of(&self.state, edit);
        let effect = self.state.apply(app.baseline(), edit)?;
        let mark = mark_of(&self.state, edit, (before, &effect));
        let at = At { id: self.id, revision: self.revision };
        let kept = KeptEdit { edit, mark: &mark, summary: &summary_of(edit, &mark) };
        match store.push(at, kept) {
            Ok(revision) => {
                self.moved_to(revision);
                self.made.push(edit.clone());
                self.undone.clear();
                Ok(effect)
            }
            Err(error) => {
                self.state.revert(app.baseline());
                Err(error.into())
            }
        }
    }

    /// Takes the last edit back or makes it again, and keeps that.
    pub(in crate::server) fn step(
        &mut self,
        (app, store): (&App, &ScenarioStore),
        step: Step,
        asked: &Selection,
    ) -> Result<EffectAnswer, Problem> {
        let watch = self.watch(app, asked)?;
        let at = At { id: self.id, revision: self.revision };
        let effect = match step {
            Step::Undo => {
                let revision = store.undo(at)?;
                self.undone.splice(0..0, self.made.pop());
                self.moved_to(revision);
                self.state.revert(app.baseline()).unwrap_or_default()
            }
            Step::Redo => {
                let Some(edit) = self.undone.first().cloned() else {
                    return Err(ScenarioStoreError::Nothing("redo").into());
                };
                let effect = self.state.apply(app.baseline(), &edit)?;
                let revision = store.redo(at).inspect_err(|_| {
                    self.state.revert(app.baseline());
                })?;
                self.made.push(self.undone.remove(0));
                self.moved_to(revision);
                effect
            }
        };
        Ok(effect_of(app, self, (&effect, watch)))
    }

    fn moved_to(&mut self, revision: u64) {
        self.revision = revision;
        if let Some(view) = self.view.take() {
            self.last = Some(view);
        }
    }

    /// Follows a selection beside the rules; its position among those that are watched.
    pub(in crate::server) fn watch(
        &mut self,
        app: &App,
        asked: &Selection,
    ) -> Result<usize, Problem> {
        let rule = app.rule_of(&asked.key());
        let watch = self.state.watch(app.baseline(), &rule)?;
        if self.state.standing_fields() <= self.own_fields + EXTRA_FIELDS_MAX {
            return Ok(watch);
        }
        // Too much is followed that nobody looks at any more.
        let scenario = Scenario { edits: self.made.clone(), ..Scenario::default() };
        self.state = ScenarioState::of(app.baseline(), &scenario, Extent::Cutoff)?;
        Ok(self.state.watch(app.baseline(), &rule)?)
    }
}
