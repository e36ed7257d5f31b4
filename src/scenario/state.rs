//! A scenario that is being worked on: the totals of every rule, following each edit at once.

use rayon::prelude::*;

use crate::coverage::assess::{count_places, is_recorded, satisfies, serving};
use crate::coverage::{
    CapacityAssessment, CoverageSum, LiveChange, LiveField, LiveRule, LiveView, PointChange, Rule,
    Site,
};
use crate::facility::{Facility, FacilityLayer};
use crate::ids::{DemandPointId, EdgeId, FacilityId, FunctionId, GroupId, NodeId, ZoneId};
use crate::reach::{EdgePoints, Ground, LinkedWalker, Seed};
use crate::street::{Snapped, Snapper, StreetChange, StreetGraph, StreetOverlay};
use crate::units::{Persons, WalkTime, Yardstick};

use super::Baseline;
use super::edit::{EditError, ScenarioError};

/// How far the standing fields go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Extent {
    /// To the cutoff: who is farther counts as reaching nothing. Fast; covered people are exact.
    #[default]
    Cutoff,
    /// As far as streets go, as an audit does.
    Whole,
}

/// What decides a field: who serves, and who walks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldKey {
    pub(super) functions: Vec<FunctionId>,
    pub(super) tier: Option<String>,
    pub(super) walker: usize,
    pub(super) yardstick: Yardstick,
}

impl FieldKey {
    pub(super) fn is_served_by(&self, facility: &Facility) -> bool {
        satisfies(facility, &self.functions, self.tier.as_deref())
    }
}

/// A rule with its sums.
#[derive(Clone, Debug)]
pub struct StandingRule {
    /// Id of the standard it is part of.
    pub standard: String,
    /// The rule as the scenario has it.
    pub rule: Rule,
    /// Its sums.
    pub live: LiveRule,
    /// Position of the field it reads.
    pub field: usize,
}

/// A study under edits. The baseline it was made from must be given to each call and is never changed.
#[derive(Debug)]
pub struct ScenarioState {
    pub(super) extent: Extent,
    pub(super) streets: StreetOverlay,
    /// Finds the streets that were added.
    pub(super) added: Option<Snapper>,
    pub(super) facilities: FacilityLayer,
    pub(super) walkers: Vec<LinkedWalker>,
    pub(super) demand_on: Vec<EdgePoints>,
    pub(super) facilities_on: Vec<EdgePoints>,
    pub(super) fields: Vec<(FieldKey, LiveField)>,
    /// By field: how many edits there were when it was last swept. What those did to it is in no log.
    pub(super) swept_at: Vec<usize>,
    pub(super) rules: Vec<StandingRule>,
    pub(super) watched: Vec<StandingRule>,
    pub(super) log: Vec<Undo>,
}

/// One edit, enough to take it back.
#[derive(Debug, Default)]
pub(super) struct Undo {
    pub(super) facility: Option<(FacilityId, Option<Box<Facility>>)>,
    pub(super) streets: Option<StreetChange>,
    pub(super) links: Vec<LinkUndo>,
    pub(super) fields: Vec<(usize, LiveChange)>,
    pub(super) rule: Option<(usize, Box<StandingRule>)>,
    pub(super) new_field: Option<usize>,
}

/// Which of a walker's linkages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Facilities,
    Demand,
}

/// Where a point stood before an edit, and the edges it was added to.
#[derive(Debug)]
pub(super) struct LinkUndo {
    pub(super) walker: usize,
    pub(super) layer: Layer,
    pub(super) point: u32,
    pub(super) before: Vec<Snapped>,
    pub(super) added_to: Vec<EdgeId>,
}

/// What an edit, or taking one back, changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditEffect {
    /// Rules whose sums may be others, by position.
    pub rules: Vec<RuleEffect>,
    /// Watched selections whose sums may be others.
    pub watched: Vec<WatchEffect>,
    /// Fields whose labels are others, by position.
    pub fields: Vec<FieldEffect>,
    /// Streets that are new, gone or cost another time; sorted.
    pub streets: Vec<EdgeId>,
}

/// What an edit changed in a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleEffect {
    /// Position in [`ScenarioState::rules`].
    pub rule: usize,
    /// The total before.
    pub before: CoverageSum,
    /// The total after.
    pub after: CoverageSum,
    /// Zones whose sums changed; sorted.
    pub zones: Vec<ZoneId>,
}

/// What an edit changed in a watched selection.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchEffect {
    /// Its position, as [`ScenarioState::watch`] told it.
    pub watch: usize,
    /// The total before.
    pub before: CoverageSum,
    /// The total after.
    pub after: CoverageSum,
    /// People covered who were not.
    pub gained: Persons,
    /// People not covered who were.
    pub lost: Persons,
    /// Zones whose sums changed; sorted.
    pub zones: Vec<ZoneId>,
}

/// What an edit changed in a field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldEffect {
    /// Position among the fields; see [`StandingRule::field`].
    pub field: usize,
    /// Nodes whose label is another.
    pub nodes: Vec<NodeId>,
    /// Demand points whose time or nearest facility is another; sorted.
    pub points: Vec<DemandPointId>,
}

impl EditEffect {
    /// Every street that is drawn otherwise than before: what changed itself, and what ends at a node whose
    /// label is another. Sorted.
    pub fn edges(&self, graph: &StreetGraph) -> Vec<EdgeId> {
        let nodes = self.fields.iter().flat_map(|field| &field.nodes);
        let known = nodes.filter(|node| (node.0 as usize) < graph.node_count());
        let mut edges: Vec<EdgeId> =
            known.flat_map(|&node| graph.arcs(node)).map(|arc| arc.edge()).collect();
        edges.extend(self.streets.iter().filter(|edge| (edge.0 as usize) < graph.edge_count()));
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

impl ScenarioState {
    /// The baseline itself, without edits: one sweep for every kind of facility and walker that rules ask for.
    ///
    /// # Errors
    /// When a rule of the study has no usable cutoff or asks for a profile that the study lacks.
    pub fn new(baseline: &Baseline, extent: Extent) -> Result<Self, ScenarioError> {
        let edges = baseline.graph.edge_count();
        let walkers = baseline.walkers().to_vec();
        let on = |layer: fn(&LinkedWalker) -> &crate::street::Linkage| {
            walkers.iter().map(|walker| EdgePoints::new(edges, layer(walker))).collect()
        };
        let mut state = Self {
            extent,
            streets: StreetOverlay::new(&baseline.graph),
            added: None,
            facilities: baseline.facilities.clone(),
            demand_on: on(|walker| &walker.demand),
            facilities_on: on(|walker| &walker.facilities),
            walkers,
            fields: Vec::new(),
            swept_at: Vec::new(),
            rules: Vec::new(),
            watched: Vec::new(),
            log: Vec::new(),
        };
        let mut wanted: Vec<(&str, &Rule, usize, WalkTime)> = Vec::new();
        let mut keys: Vec<(FieldKey, WalkTime)> = Vec::new();
        for standard in &baseline.standards {
            for rule in &standard.rules {
                let (key, cutoff) = state.key_of(baseline, rule).map_err(|reason| {
                    let (standard, rule) = (standard.id.clone(), rule.id.clone());
                    ScenarioError::Rule { standard, rule, reason }
                })?;
                let bound = state.farthest(cutoff);
                let known = keys.iter().position(|(known, _)| *known == key);
                let field = known.unwrap_or(keys.len());
                match known {
                    Some(field) => keys[field].1 = keys[field].1.max(bound),
                    None => keys.push((key, bound)),
                }
                wanted.push((&standard.id, rule, field, cutoff));
            }
        }
        let fields = keys.into_par_iter().map(|(key, bound)| state.sweep(baseline, key, bound));
        state.fields = fields.collect();
        state.swept_at = vec![0; state.fields.len()];
        state.rules = wanted
            .into_iter()
            .map(|(standard, rule, field, cutoff)| {
                state.stand((standard, rule), (field, cutoff), baseline)
            })
            .collect();
        Ok(state)
    }

    /// The farthest time that counts for a rule of `cutoff`.
    pub(super) fn farthest(&self, cutoff: WalkTime) -> WalkTime {
        match self.extent {
            Extent::Cutoff => cutoff,
            Extent::Whole => WalkTime::LONGEST,
        }
    }

    pub(super) fn stand(
        &self,
        (standard, rule): (&str, &Rule),
        (field, cutoff): (usize, WalkTime),
        baseline: &Baseline,
    ) -> StandingRule {
        let group = baseline.demand.find_group(&rule.group).unwrap_or(GroupId(0));
        let times = (cutoff, self.farthest(cutoff));
        let site = (&*baseline.demand, &*baseline.zones);
        let live = LiveRule::new(site, group, times, &self.fields[field].1);
        StandingRule { standard: standard.to_owned(), rule: rule.clone(), live, field }
    }

    /// What a rule reads, and its cutoff.
    pub(super) fn key_of(
        &self,
        baseline: &Baseline,
        rule: &Rule,
    ) -> Result<(FieldKey, WalkTime), EditError> {
        let (yardstick, cutoff) = rule.cutoff()?;
        let walker = self.walkers.iter().position(|walker| walker.profile.id == rule.profile);
        let walker = walker.ok_or_else(|| EditError::UnknownProfile(rule.profile.clone()))?;
        let mut functions: Vec<FunctionId> =
            rule.functions.iter().filter_map(|id| baseline.taxonomy.find(id)).collect();
        functions.sort_unstable();
        functions.dedup();
        Ok((FieldKey { functions, tier: rule.tier.clone(), walker, yardstick }, cutoff))
    }

    pub(super) fn sweep(
        &self,
        baseline: &Baseline,
        key: FieldKey,
        bound: WalkTime,
    ) -> (FieldKey, LiveField) {
        debug_assert_eq!(baseline.demand.points.len(), self.walkers[key.walker].demand.len());
        let all = self.facilities.facilities.enumerate();
        let serving: Vec<FacilityId> =
            all.filter(|(_, facility)| key.is_served_by(facility)).map(|(id, _)| id).collect();
        let field = LiveField::sweep(
            &view(&self.streets, &self.walkers, &self.demand_on, &key),
            &serving,
            bound,
        );
        (key, field)
    }

    /// The rules, in the order of the study's standards.
    pub fn rules(&self) -> &[StandingRule] {
        &self.rules
    }

    /// The field that a rule reads.
    pub fn field(&self, rule: &StandingRule) -> &LiveField {
        &self.fields[rule.field].1
    }

    /// The streets as edited; ids of the baseline keep their meaning.
    pub fn graph(&self) -> &StreetGraph {
        self.streets.graph()
    }

    /// The facilities as edited; ids of the baseline keep their meaning.
    pub fn facilities(&self) -> &FacilityLayer {
        &self.facilities
    }

    /// The walkers with everything linked as edited.
    pub fn walkers(&self) -> &[LinkedWalker] {
        &self.walkers
    }

    /// What coverage is assessed on, as edited: for answers from scratch (capacity, speeds, gaps).
    pub fn site<'a>(&'a self, baseline: &'a Baseline) -> Site<'a> {
        Site { graph: self.streets.graph(), facilities: &self.facilities, ..baseline.site() }
    }

    /// Open facilities that satisfy a rule as edited.
    pub fn serving(&self, baseline: &Baseline, rule: &StandingRule) -> Vec<FacilityId> {
        serving(&self.site(baseline), &rule.rule)
    }

    /// Who gets a place under a rule as edited, counted from scratch; nothing when it counts no places.
    pub fn places(&self, baseline: &Baseline, rule: &StandingRule) -> Option<CapacityAssessment> {
        rule.rule.capacity_per_1000.filter(|_| rule.rule.counts_places())?;
        let (key, field) = &self.fields[rule.field];
        let walker = &self.walkers[key.walker];
        count_places(&self.site(baseline), (walker, &field.times()), &rule.rule)
    }

    /// Whether any place is recorded for a rule as edited, be it closed, planned or of another tier; while none is,
    /// nothing is known of who is covered.
    pub fn is_recorded(&self, baseline: &Baseline, rule: &StandingRule) -> bool {
        !self.field(rule).seeds().all().is_empty() || is_recorded(&self.site(baseline), &rule.rule)
    }

    /// How many edits can be taken back.
    pub fn edits(&self) -> usize {
        self.log.len()
    }

    /// People whom the last edit brought within the cutoff of each rule it touched, and those it cut off.
    pub fn gains(&self, baseline: &Baseline) -> Vec<Gain> {
        let changes = self.log.last().map_or(&[][..], |undo| &undo.fields);
        let mut gains = Vec::new();
        for (rule, standing) in self.rules.iter().enumerate() {
            for (_, change) in changes.iter().filter(|&&(field, _)| field == standing.field) {
                let (gained, lost) =
                    standing.live.gained_and_lost(&baseline.demand, &change.points);
                gains.push(Gain { rule, gained, lost });
            }
        }
        gains
    }

    /// Updates the rules and watched selections that read `field` after its points changed.
    pub(super) fn update_rules(
        &mut self,
        baseline: &Baseline,
        field: usize,
        points: &[PointChange],
        effect: &mut EditEffect,
    ) {
        let site = (&*baseline.demand, &*baseline.zones);
        for (rule, standing) in self.rules.iter_mut().enumerate() {
            if standing.field == field {
                let before = standing.live.total();
                let zones = standing.live.update(site, points);
                let after = standing.live.total();
                effect.rules.push(RuleEffect { rule, before, after, zones });
            }
        }
        for (watch, standing) in self.watched.iter_mut().enumerate() {
            if standing.field == field {
                let before = standing.live.total();
                let (gained, lost) = standing.live.gained_and_lost(&baseline.demand, points);
                let zones = standing.live.update(site, points);
                let after = standing.live.total();
                effect.watched.push(WatchEffect { watch, before, after, gained, lost, zones });
            }
        }
    }
}

/// People a single edit gains and loses under one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gain {
    /// Position in [`ScenarioState::rules`].
    pub rule: usize,
    /// People covered who were not.
    pub gained: Persons,
    /// People not covered who were.
    pub lost: Persons,
}

/// Seeds that an edit took away and put in, by field.
#[derive(Debug, Default)]
pub(super) struct SeedEdit {
    pub(super) removed: Vec<Seed>,
    pub(super) added: Vec<Seed>,
}

impl SeedEdit {
    /// From the seeds before and after; what is in both stays.
    pub(super) fn between(before: &[Seed], after: &[Seed]) -> Self {
        let without = |these: &[Seed], those: &[Seed]| -> Vec<Seed> {
            these.iter().filter(|seed| !those.contains(seed)).copied().collect()
        };
        Self { removed: without(before, after), added: without(after, before) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }
}

/// What a field of `key` is read on.
pub(super) fn view<'a>(
    streets: &'a StreetOverlay,
    walkers: &'a [LinkedWalker],
    demand_on: &'a [EdgePoints],
    key: &FieldKey,
) -> LiveView<'a> {
    let walker = &walkers[key.walker];
    let impedance = walker.impedance_in(key.yardstick);
    let ground = Ground::toward(streets.graph(), impedance);
    LiveView { ground, walker, points: &demand_on[key.walker] }
}
