//! Edits made and taken back on a scenario that is being worked on.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::coverage::{LiveChange, PointChange, Rule};
use crate::facility::Facility;
use crate::ids::{DemandPointId, EdgeId, FacilityId, Id};
use crate::reach::{FieldEdit, NearestField, Seed, Seeds, front_for};
use crate::street::{Snapped, Snapper, StreetChange};

use super::Baseline;
use super::edit::{Edit, EditError, Scenario, ScenarioError};
use super::plan::Action;
use super::relink::in_order;
use super::state::{
    EditEffect, Extent, FieldEffect, FieldKey, Gain, Layer, RuleEffect, ScenarioState, SeedEdit,
    Undo, view,
};

/// What an edit means for the fields.
#[derive(Debug, Default)]
struct Touch {
    raised: Vec<EdgeId>,
    lowered: Vec<EdgeId>,
    /// By field.
    seeds: Vec<SeedEdit>,
    /// By walker: demand points that stand elsewhere than before.
    moved: Vec<Vec<DemandPointId>>,
}

impl ScenarioState {
    /// The state of a whole scenario.
    ///
    /// # Errors
    /// When an edit cannot be made; it is named by its number. Or when the study's own rules cannot be assessed.
    pub fn of(
        baseline: &Baseline,
        scenario: &Scenario,
        extent: Extent,
    ) -> Result<Self, ScenarioError> {
        let (count, limit) = (scenario.edits.len(), crate::limits::EDITS_MAX);
        if count > limit {
            let scenario = scenario.name.clone();
            return Err(ScenarioError::TooManyEdits { scenario, count, limit });
        }
        let mut state = Self::new(baseline, extent)?;
        for (index, edit) in scenario.edits.iter().enumerate() {
            state.apply(baseline, edit).map_err(|reason| {
                let (scenario, number) = (scenario.name.clone(), index + 1);
                ScenarioError::Edit { scenario, number, count, reason }
            })?;
        }
        Ok(state)
    }

    /// Makes one edit.
    ///
    /// # Errors
    /// When it cannot be made; nothing is changed then.
    pub fn apply(&mut self, baseline: &Baseline, edit: &Edit) -> Result<EditEffect, EditError> {
        let effect = match self.plan(baseline, edit)? {
            Action::Facility(id, facility) => self.change_facility(baseline, id, *facility),
            Action::Link(ends, street) => {
                let change = self.streets.link(ends, &street);
                self.change_streets(baseline, change)
            }
            Action::Open(passages) => {
                let change = self.streets.open(&passages);
                self.change_streets(baseline, change)
            }
            Action::Close(street, from_mm, to_mm) => {
                let change = self.streets.close(street, from_mm, to_mm);
                self.change_streets(baseline, change)
            }
            Action::Rule(index, rule) => self.change_rule(baseline, index, &rule)?,
        };
        Ok(effect)
    }

    /// What an edit would gain and lose under each rule it touches; nothing is kept.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn newly_covered(
        &mut self,
        baseline: &Baseline,
        edit: &Edit,
    ) -> Result<Vec<Gain>, EditError> {
        self.apply(baseline, edit)?;
        let gains = self.gains(baseline);
        self.revert(baseline);
        Ok(gains)
    }

    /// Takes back the last edit; `None` when there is none left.
    pub fn revert(&mut self, baseline: &Baseline) -> Option<EditEffect> {
        let undo = self.log.pop()?;
        let position = self.log.len();
        let changes_walks =
            undo.streets.is_some() || undo.facility.is_some() || !undo.links.is_empty();
        let mut effect = EditEffect::default();
        if let Some(streets) = &undo.streets {
            effect.streets = streets.raised.iter().chain(&streets.lowered).copied().collect();
            effect.streets.sort_unstable();
            self.streets.revert(streets);
            self.follow(streets);
        }
        for link in undo.links.iter().rev() {
            self.unlink(link);
        }
        if let Some((id, before)) = undo.facility {
            if let Some(facility) = before {
                self.facilities.facilities[id] = *facility;
            } else {
                self.facilities.facilities.truncate(id.index());
                self.walkers.iter_mut().for_each(|walker| walker.facilities.pop());
            }
        }
        if let Some((index, standing)) = undo.rule {
            let now = std::mem::replace(&mut self.rules[index], *standing);
            effect.rules.push(RuleEffect {
                rule: index,
                before: now.live.total(),
                after: self.rules[index].live.total(),
                zones: baseline.zones.zones.ids().collect(),
            });
        }
        if let Some(field) = undo.new_field {
            self.drop_field(field);
        }
        for (field, change) in &undo.fields {
            if self.swept_at[*field] > position {
                continue;
            }
            self.fields[*field].1.revert(change);
            let back: Vec<PointChange> = change
                .points
                .iter()
                .map(|c| PointChange { before: c.after, after: c.before, ..*c })
                .collect();
            self.update_rules(baseline, *field, &back, &mut effect);
            effect.fields.push(field_effect(*field, change));
        }
        self.sweep_again(baseline, (position, changes_walks), &mut effect);
        Some(effect)
    }

    fn change_facility(
        &mut self,
        baseline: &Baseline,
        id: FacilityId,
        facility: Facility,
    ) -> EditEffect {
        let known = self.facilities.facilities.get(id).cloned();
        let stays = known.as_ref().is_some_and(|known| {
            let same_doors = known.front() == facility.front() && known.wheels == facility.wheels;
            same_doors && known.place == facility.place
        });
        let before = self.seeds_of(&[id], known.as_ref().map(|known| (id, known)));
        let mut undo = Undo::default();
        if known.is_none() {
            self.walkers.iter_mut().for_each(|walker| walker.facilities.push());
        }
        if !stays {
            for walker in 0..self.walkers.len() {
                let profile = &self.walkers[walker].profile;
                let front = front_for(profile, &facility, &baseline.obstacles);
                let snaps = self.tie(baseline, walker, (facility.place, &front));
                undo.links.push(self.link(walker, (Layer::Facilities, id.0), snaps));
            }
        }
        match known {
            Some(_) => self.facilities.facilities[id] = facility,
            None => {
                self.facilities.facilities.push(facility);
            }
        }
        undo.facility = Some((id, known.map(Box::new)));
        let after = self.seeds_of(&[id], None);
        let seeds = before.iter().zip(&after).map(|(b, a)| SeedEdit::between(b, a)).collect();
        self.finish(baseline, undo, &Touch { seeds, ..Touch::default() })
    }

    fn change_streets(&mut self, baseline: &Baseline, change: StreetChange) -> EditEffect {
        self.follow(&change);
        let mut undo = Undo::default();
        let mut moved = vec![Vec::new(); self.walkers.len()];
        let mut facilities: Vec<FacilityId> = Vec::new();
        let mut relinks: Vec<(usize, Layer, u32, Vec<Snapped>)> = Vec::new();
        for walker in 0..self.walkers.len() {
            for layer in [Layer::Facilities, Layer::Demand] {
                let of = (walker, layer);
                let on = self.points_on(walker, layer, &change.cut);
                let is_closed = !change.raised.is_empty();
                let mut tied: BTreeMap<u32, Vec<Snapped>> = on
                    .iter()
                    .map(|&point| (point, self.relinked(baseline, of, (point, is_closed))))
                    .collect();
                tied.extend(self.freed(baseline, of, (&change, &on)));
                for (point, further) in self.drawn_nearer(baseline, of, &change) {
                    let known = || self.snaps(walker, layer, point).to_vec();
                    let ties = tied.entry(point).or_insert_with(known);
                    ties.extend(further);
                    *ties = in_order(std::mem::take(ties));
                }
                let relink = |(point, ties)| (walker, layer, point, ties);
                relinks.extend(tied.into_iter().map(relink));
            }
        }
        for &(walker, layer, point, _) in &relinks {
            match layer {
                Layer::Facilities => facilities.push(FacilityId(point)),
                Layer::Demand => moved[walker].push(DemandPointId(point)),
            }
        }
        facilities.sort_unstable();
        facilities.dedup();
        let before = self.seeds_of(&facilities, None);
        for (walker, layer, point, snaps) in relinks {
            undo.links.push(self.link(walker, (layer, point), snaps));
        }
        let after = self.seeds_of(&facilities, None);
        let seeds = before.iter().zip(&after).map(|(b, a)| SeedEdit::between(b, a)).collect();
        let (raised, lowered) = (change.raised.clone(), change.lowered.clone());
        undo.streets = Some(change);
        self.finish(baseline, undo, &Touch { raised, lowered, seeds, moved })
    }

    fn change_rule(
        &mut self,
        baseline: &Baseline,
        index: usize,
        rule: &Rule,
    ) -> Result<EditEffect, EditError> {
        let (key, cutoff) = self.key_of(baseline, rule)?;
        let bound = self.farthest(cutoff);
        let mut undo = Undo::default();
        let mut effect = EditEffect::default();
        let found = self.fields.iter().position(|(known, _)| *known == key);
        let field = if let Some(field) = found {
            if self.fields[field].1.field().bound() < bound {
                let (key, live) = &mut self.fields[field];
                let view = view(&self.streets, &self.walkers, &self.demand_on, key);
                let change = live.rebound(&view, bound);
                self.update_rules(baseline, field, &change.points, &mut effect);
                effect.fields.push(field_effect(field, &change));
                undo.fields.push((field, change));
            }
            field
        } else {
            let swept = self.sweep(baseline, key, bound);
            let field = self.keep_field(swept);
            undo.new_field = Some(field);
            field
        };
        let standard = self.rules[index].standard.clone();
        let standing = self.stand((&standard, rule), (field, cutoff), baseline);
        let before = std::mem::replace(&mut self.rules[index], standing);
        effect.rules.retain(|other| other.rule != index && other.before != other.after);
        effect.rules.push(RuleEffect {
            rule: index,
            before: before.live.total(),
            after: self.rules[index].live.total(),
            zones: baseline.zones.zones.ids().collect(),
        });
        undo.rule = Some((index, Box::new(before)));
        self.log.push(undo);
        Ok(effect)
    }

    /// Repairs the fields that an edit touches, and the rules that read them.
    fn finish(&mut self, baseline: &Baseline, mut undo: Undo, touch: &Touch) -> EditEffect {
        let Self { streets, walkers, demand_on, fields, .. } = self;
        let on_streets = !touch.raised.is_empty() || !touch.lowered.is_empty();
        let nothing = SeedEdit::default();
        let mend =
            |(index, (key, live)): (usize, &mut (FieldKey, _))| -> Option<(usize, LiveChange)> {
                let live: &mut crate::coverage::LiveField = live;
                let seeds = touch.seeds.get(index).unwrap_or(&nothing);
                let moved = touch.moved.get(key.walker).map_or(&[][..], Vec::as_slice);
                if !on_streets && seeds.is_empty() && moved.is_empty() {
                    return None;
                }
                let view = view(streets, walkers, demand_on, key);
                let (raised, lowered) = (&touch.raised, &touch.lowered);
                let edit =
                    FieldEdit { raised, lowered, removed: &seeds.removed, added: &seeds.added };
                Some((index, live.update(&view, &edit, moved)))
            };
        let touched = touch.seeds.iter().filter(|seeds| !seeds.is_empty()).count();
        let changes: Vec<(usize, LiveChange)> = if on_streets || touched > 3 {
            fields.par_iter_mut().enumerate().filter_map(mend).collect()
        } else {
            fields.iter_mut().enumerate().filter_map(mend).collect()
        };
        let mut streets: Vec<EdgeId> = touch.raised.iter().chain(&touch.lowered).copied().collect();
        streets.sort_unstable();
        let mut effect = EditEffect { streets, ..EditEffect::default() };
        for (field, change) in &changes {
            if !change.is_empty() {
                self.update_rules(baseline, *field, &change.points, &mut effect);
                effect.fields.push(field_effect(*field, change));
            }
        }
        undo.fields = changes;
        self.log.push(undo);
        effect
    }

    /// Brings the walkers' times up to date after the streets changed.
    fn follow(&mut self, change: &StreetChange) {
        let graph = self.streets.graph();
        let changed: Vec<EdgeId> = change.changed().collect();
        for walker in &mut self.walkers {
            walker.follow(graph, &changed);
        }
        let mut added = self.streets.added_streets().peekable();
        self.added = added.peek().is_some().then(|| Snapper::over(graph, added));
    }

    /// Seeds of the facilities that serve each field; `instead` stands for a facility as it was.
    fn seeds_of(
        &self,
        facilities: &[FacilityId],
        instead: Option<(FacilityId, &Facility)>,
    ) -> Vec<Vec<Seed>> {
        let graph = self.streets.graph();
        let find = |id: FacilityId| match instead {
            Some((known, facility)) if known == id => Some(facility),
            _ => self.facilities.facilities.get(id),
        };
        self.fields
            .iter()
            .map(|(key, _)| {
                let serving: Vec<FacilityId> = facilities
                    .iter()
                    .copied()
                    .filter(|&id| find(id).is_some_and(|facility| key.is_served_by(facility)))
                    .collect();
                if serving.is_empty() {
                    return Vec::new();
                }
                let walker = &self.walkers[key.walker];
                let seeds: Seeds =
                    walker.seeds(graph, walker.impedance_in(key.yardstick), &serving);
                seeds.all().to_vec()
            })
            .collect()
    }
}

/// What changed in a field that was swept again.
pub(super) fn field_effect_of_points(
    field: usize,
    (old, new): (&NearestField, &NearestField),
    points: &[PointChange],
) -> FieldEffect {
    let nodes = new.differing(old).collect();
    FieldEffect { field, nodes, points: points.iter().map(|c| c.point).collect() }
}

fn field_effect(field: usize, change: &LiveChange) -> FieldEffect {
    let nodes = change.field.nodes().collect();
    FieldEffect { field, nodes, points: change.points.iter().map(|c| c.point).collect() }
}
