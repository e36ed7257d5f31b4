//! Selections that are followed beside the study's own rules: what somebody has on screen while editing.
//!
//! A watched selection may come at any time, also after edits were made. Its field is then swept as the streets
//! are; taking back edits from before that sweeps it again, as no log says what they did to it.

use crate::coverage::{LiveField, PointChange, Rule};
use crate::ids::DemandPointId;

use super::Baseline;
use super::apply::field_effect_of_points;
use super::edit::EditError;
use super::state::{EditEffect, FieldKey, ScenarioState, StandingRule, view};

/// Selections watched at once; the one asked for longest ago makes room.
const WATCHED_MAX: usize = 8;

impl ScenarioState {
    /// Follows a rule from now on; its position in [`ScenarioState::watched`], until the next call.
    ///
    /// # Errors
    /// When it has no usable cutoff or asks for a profile that the study lacks.
    pub fn watch(&mut self, baseline: &Baseline, rule: &Rule) -> Result<usize, EditError> {
        if let Some(known) = self.watched.iter().position(|standing| standing.rule == *rule) {
            return Ok(known);
        }
        let (key, cutoff) = self.key_of(baseline, rule)?;
        let bound = self.farthest(cutoff);
        let field = if let Some(field) = self.fields.iter().position(|(known, _)| *known == key) {
            if self.fields[field].1.field().bound() < bound {
                let (key, live) = &mut self.fields[field];
                let view = view(&self.streets, &self.walkers, &self.demand_on, key);
                let change = live.rebound(&view, bound);
                self.swept_at[field] = self.log.len();
                self.update_rules(baseline, field, &change.points, &mut EditEffect::default());
            } else if self.is_stretched(field) {
                self.swept_at[field] = self.log.len();
            }
            field
        } else {
            let swept = self.sweep(baseline, key, bound);
            self.keep_field(swept)
        };
        if self.watched.len() >= WATCHED_MAX {
            self.watched.remove(0);
        }
        let standing = self.stand(("", rule), (field, cutoff), baseline);
        self.watched.push(standing);
        Ok(self.watched.len() - 1)
    }

    /// The selections that are followed.
    pub fn watched(&self) -> &[StandingRule] {
        &self.watched
    }

    /// How many fields are kept up to date with every edit.
    pub fn standing_fields(&self) -> usize {
        self.fields.len()
    }

    /// Whether an edit that can be taken back took the field farther than it was.
    fn is_stretched(&self, field: usize) -> bool {
        let stretches = self.log.iter().filter(|undo| undo.rule.is_some());
        stretches.flat_map(|undo| &undo.fields).any(|(stretched, _)| *stretched == field)
    }

    /// Keeps a field that was swept as everything is now.
    pub(super) fn keep_field(&mut self, swept: (FieldKey, LiveField)) -> usize {
        self.fields.push(swept);
        self.swept_at.push(self.log.len());
        self.fields.len() - 1
    }

    /// Forgets the last field, unless something else reads it by now; positions of others stay as they are.
    pub(super) fn drop_field(&mut self, field: usize) {
        let mut readers = self.rules.iter().chain(&self.watched);
        if field + 1 == self.fields.len() && !readers.any(|standing| standing.field == field) {
            self.fields.pop();
            self.swept_at.pop();
        }
    }

    /// After the edit at `position` was taken back: sweeps the fields that were swept later than that.
    pub(super) fn sweep_again(
        &mut self,
        baseline: &Baseline,
        (position, changes_walks): (usize, bool),
        effect: &mut EditEffect,
    ) {
        for field in 0..self.fields.len() {
            if self.swept_at[field] <= position {
                continue;
            }
            self.swept_at[field] = position;
            if !changes_walks {
                continue;
            }
            let (key, old) = &self.fields[field];
            let (key, new) = self.sweep(baseline, key.clone(), old.field().bound());
            let ids = baseline.demand.points.ids();
            let points: Vec<PointChange> =
                ids.filter_map(|point| changed(point, old, &new)).collect();
            effect.fields.push(field_effect_of_points(field, (old.field(), new.field()), &points));
            self.fields[field] = (key, new);
            self.update_rules(baseline, field, &points, effect);
        }
    }
}

fn changed(point: DemandPointId, old: &LiveField, new: &LiveField) -> Option<PointChange> {
    let (before, after) = (old.label(point), new.label(point));
    (before != after).then_some(PointChange { point, before, after })
}
