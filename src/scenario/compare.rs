//! Two scenarios of one study side by side: who gains coverage, who loses it, where.

use std::cmp::Ordering;

use crate::coverage::{CapacityAssessment, CapacitySplit, CoverageSum, LiveField, Rule};
use crate::ids::{DemandPointId, GroupId, Id, ZoneId};
use crate::units::{Persons, WalkTime};

use super::Baseline;
use super::state::{ScenarioState, StandingRule};

/// People covered after who were not before, and the other way round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Covered after, not before.
    pub gained: Persons,
    /// Covered before, not after.
    pub lost: Persons,
}

impl Difference {
    fn add(&mut self, persons: Persons, change: Change) {
        match change {
            Change::Gained => self.gained += persons,
            Change::Lost => self.lost += persons,
            Change::None => {}
        }
    }

    /// Whether nobody gains or loses.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Gained less lost, in millionths of a person.
    pub fn net_micro(&self) -> i64 {
        self.gained.as_micro() - self.lost.as_micro()
    }
}

/// What became of a demand point under a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Covered after, not before.
    Gained,
    /// Covered before, not after.
    Lost,
    /// Covered in both or neither; the time is another.
    None,
}

/// The people of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupDifference {
    /// The group.
    pub group: GroupId,
    /// Who of it gains and loses.
    pub difference: Difference,
}

/// The people of one zone, its parts included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneDifference {
    /// The zone.
    pub zone: ZoneId,
    /// Who of the rule's group gains and loses.
    pub difference: Difference,
}

/// A demand point whose time is another, or who has a place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointDifference {
    /// The point.
    pub point: DemandPointId,
    /// Time before; unreachable beyond the extent of the state.
    pub before: WalkTime,
    /// Time after.
    pub after: WalkTime,
    /// What it means for those who are judged: whether they are covered, or how many have a place.
    pub change: Change,
}

/// How a rule stands on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleSide {
    /// Its total by walks.
    pub walks: CoverageSum,
    /// Who has a place, when it counts places.
    pub places: Option<CapacitySplit>,
    /// Whether any place is recorded for it.
    pub is_recorded: bool,
}

impl RuleSide {
    /// The people as the rule is judged, as in an audit; nothing while no place is recorded.
    pub fn judged(&self) -> Option<CoverageSum> {
        self.is_recorded.then(|| self.walks.judged(self.places))
    }
}

/// One rule, compared.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleDifference {
    /// Id of the standard.
    pub standard: String,
    /// The rule as it is after.
    pub rule: Rule,
    /// The group it counts.
    pub group: GroupId,
    /// How it stands before.
    pub before: RuleSide,
    /// How it stands after.
    pub after: RuleSide,
    /// Who of its group gains and loses, as it is judged: a place where places are counted. Nobody while one side is
    /// not recorded.
    pub difference: Difference,
    /// The same by walks alone.
    pub on_foot: Difference,
    /// The same as [`Self::difference`] for every group, in group order; where places are counted only for the rule's
    /// own, to whom they are given, and none while one side is not recorded.
    pub groups: Vec<GroupDifference>,
    /// Zones where somebody gains or loses, in zone order.
    pub zones: Vec<ZoneDifference>,
    /// Points whose time or number of people with a place is another, in point order; those outside every zone left
    /// out.
    pub points: Vec<PointDifference>,
}

impl RuleDifference {
    /// Whether places are recorded on both sides: else nobody can be said to gain or lose.
    pub fn is_known(&self) -> bool {
        self.before.is_recorded && self.after.is_recorded
    }

    /// Whether places are counted on one of the sides.
    pub fn counts_places(&self) -> bool {
        self.before.places.is_some() || self.after.places.is_some()
    }
}

/// Every rule of two scenarios, in the order of the study's standards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// The rules.
    pub rules: Vec<RuleDifference>,
}

impl Comparison {
    /// Compares two states of `baseline`, each with the rules as it has them.
    pub fn of(baseline: &Baseline, before: &ScenarioState, after: &ScenarioState) -> Self {
        let rules = before.rules().iter().zip(after.rules());
        let rules = rules.map(|(a, b)| compare_rule(baseline, (before, a), (after, b))).collect();
        Self { rules }
    }
}

/// A rule on one side: its walks, and the places it counts.
struct Side<'a> {
    field: &'a LiveField,
    cutoff: WalkTime,
    group: GroupId,
    places: Option<CapacityAssessment>,
    told: RuleSide,
}

impl<'a> Side<'a> {
    fn of(baseline: &Baseline, state: &'a ScenarioState, rule: &StandingRule) -> Self {
        let places = state.places(baseline, rule);
        let told = RuleSide {
            walks: rule.live.total(),
            places: places.as_ref().map(|places| places.total),
            is_recorded: state.is_recorded(baseline, rule),
        };
        let (cutoff, group) = (rule.live.cutoff(), rule.live.group());
        Self { field: state.field(rule), cutoff, group, places, told }
    }

    fn covers(&self, point: DemandPointId) -> bool {
        self.field.time(point) <= self.cutoff
    }

    /// How many people of `point` the rule is kept for.
    fn kept(&self, baseline: &Baseline, point: DemandPointId) -> Persons {
        match &self.places {
            Some(places) => places.served[point],
            None if self.covers(point) => baseline.demand.points[point].persons[self.group.index()],
            None => Persons::ZERO,
        }
    }
}

/// Sums of who gains and loses, as the points of a rule come up.
struct Sums {
    total: Difference,
    on_foot: Difference,
    groups: Vec<Difference>,
    zones: Vec<Difference>,
}

impl Sums {
    fn of(baseline: &Baseline) -> Self {
        let none = Difference::default();
        let zones = vec![none; baseline.zones.zones.len()];
        let groups = vec![none; baseline.demand.groups.len()];
        Self { total: none, on_foot: none, groups, zones }
    }

    fn add(&mut self, baseline: &Baseline, zone: ZoneId, (persons, change): (Persons, Change)) {
        self.total.add(persons, change);
        let mut next = Some(zone);
        while let Some(zone) = next {
            self.zones[zone.index()].add(persons, change);
            next = baseline.zones.zones[zone].parent;
        }
    }
}

fn change_of<T: Ord>(before: &T, after: &T) -> Change {
    match before.cmp(after) {
        Ordering::Less => Change::Gained,
        Ordering::Greater => Change::Lost,
        Ordering::Equal => Change::None,
    }
}

fn compare_rule(
    baseline: &Baseline,
    (state_a, a): (&ScenarioState, &StandingRule),
    (state_b, b): (&ScenarioState, &StandingRule),
) -> RuleDifference {
    let (rule, a) = (b, Side::of(baseline, state_a, a));
    let b = Side::of(baseline, state_b, rule);
    let counts_places = a.places.is_some() || b.places.is_some();
    let is_known = a.told.is_recorded && b.told.is_recorded;
    let group = b.group;
    let mut sums = Sums::of(baseline);
    let mut points = Vec::new();
    for (point, demand) in baseline.demand.points.enumerate() {
        let Some(zone) = demand.zone else { continue };
        let walks = (a.field.time(point), b.field.time(point));
        let on_foot = change_of(&a.covers(point), &b.covers(point));
        let kept = (a.kept(baseline, point), b.kept(baseline, point));
        let change = match (is_known, counts_places) {
            (false, _) => Change::None,
            (true, false) => on_foot,
            (true, true) => change_of(&kept.0, &kept.1),
        };
        if walks.0 != walks.1 || change != Change::None {
            points.push(PointDifference { point, before: walks.0, after: walks.1, change });
        }
        let persons = demand.persons[group.index()];
        if is_known {
            sums.on_foot.add(persons, on_foot);
        }
        if counts_places {
            let moved = kept.0.max(kept.1) - kept.0.min(kept.1);
            sums.add(baseline, zone, (moved, change));
            sums.groups[group.index()].add(moved, change);
        } else {
            sums.add(baseline, zone, (persons, change));
            for (sum, &persons) in sums.groups.iter_mut().zip(&demand.persons) {
                sum.add(persons, change);
            }
        }
    }
    let in_groups = baseline.demand.groups.ids().zip(sums.groups);
    let in_zones = baseline.zones.zones.ids().zip(sums.zones);
    RuleDifference {
        standard: rule.standard.clone(),
        rule: rule.rule.clone(),
        group,
        before: a.told,
        after: b.told,
        difference: sums.total,
        on_foot: sums.on_foot,
        groups: in_groups
            .filter(|&(id, _)| is_known && (!counts_places || id == group))
            .map(|(group, difference)| GroupDifference { group, difference })
            .collect(),
        zones: in_zones
            .filter(|(_, difference)| !difference.is_none())
            .map(|(zone, difference)| ZoneDifference { zone, difference })
            .collect(),
        points,
    }
}
