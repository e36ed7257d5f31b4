//! Two scenarios of one study side by side: who gains coverage, who loses it, where.

use crate::coverage::CoverageSum;
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

/// A demand point whose time is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointDifference {
    /// The point.
    pub point: DemandPointId,
    /// Time before; unreachable beyond the extent of the state.
    pub before: WalkTime,
    /// Time after.
    pub after: WalkTime,
    /// What it means for coverage.
    pub change: Change,
}

/// One rule, compared.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleDifference {
    /// Id of the standard.
    pub standard: String,
    /// Id of the rule.
    pub rule: String,
    /// The group it counts.
    pub group: GroupId,
    /// Its total before.
    pub before: CoverageSum,
    /// Its total after.
    pub after: CoverageSum,
    /// Who of its group gains and loses.
    pub difference: Difference,
    /// The same for every group, in group order.
    pub groups: Vec<GroupDifference>,
    /// Zones where somebody gains or loses, in zone order.
    pub zones: Vec<ZoneDifference>,
    /// Points whose time is another, in point order; those outside every zone left out.
    pub points: Vec<PointDifference>,
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

fn compare_rule(
    baseline: &Baseline,
    (state_a, a): (&ScenarioState, &StandingRule),
    (state_b, b): (&ScenarioState, &StandingRule),
) -> RuleDifference {
    let (field_a, field_b) = (state_a.field(a), state_b.field(b));
    let group = b.live.group();
    let mut zones = vec![Difference::default(); baseline.zones.zones.len()];
    let mut groups = vec![Difference::default(); baseline.demand.groups.len()];
    let mut points = Vec::new();
    let mut difference = Difference::default();
    for (point, demand) in baseline.demand.points.enumerate() {
        let (before, after) = (field_a.time(point), field_b.time(point));
        let change = match (before <= a.live.cutoff(), after <= b.live.cutoff()) {
            (false, true) => Change::Gained,
            (true, false) => Change::Lost,
            _ => Change::None,
        };
        if demand.zone.is_none() || (before == after && change == Change::None) {
            continue;
        }
        points.push(PointDifference { point, before, after, change });
        let persons = demand.persons[group.index()];
        difference.add(persons, change);
        for (sum, &persons) in groups.iter_mut().zip(&demand.persons) {
            sum.add(persons, change);
        }
        let mut next = demand.zone;
        while let Some(zone) = next {
            zones[zone.index()].add(persons, change);
            next = baseline.zones.zones[zone].parent;
        }
    }
    let (before, after) = (a.live.total(), b.live.total());
    let in_groups = baseline.demand.groups.ids().zip(groups);
    let in_zones = baseline.zones.zones.ids().zip(zones);
    RuleDifference {
        standard: b.standard.clone(),
        rule: b.rule.id.clone(),
        group,
        before,
        after,
        difference,
        groups: in_groups
            .map(|(group, difference)| GroupDifference { group, difference })
            .collect(),
        zones: in_zones
            .filter(|(_, difference)| !difference.is_none())
            .map(|(zone, difference)| ZoneDifference { zone, difference })
            .collect(),
        points,
    }
}
