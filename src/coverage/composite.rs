//! The composite (1+6+X): a home is complete only when everything required is in reach.

use crate::ids::{DemandPointId, GroupId};
use crate::reach::{DemandTimes, LinkedWalker};
use crate::units::{Meters, WalkTime};

use super::Composite;
use super::assess::{RuleAssessment, Site};
use super::gap::{CoverageGap, LeftOut, find_gaps};
use super::summary::{Summary, counting};

/// How one demand point stands to a composite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompositePoint {
    /// Positions (in the composite's own list: anchor, then required) of what is not in reach.
    pub missing: Vec<u8>,
    /// How many of the optional functions are in reach.
    pub optional: u8,
    /// Time to the farthest of what is required, when it is all counted in minutes and all reached.
    pub farthest: Option<WalkTime>,
}

/// A composite, assessed.
#[derive(Clone, Debug)]
pub struct CompositeAssessment {
    /// Id of the standard.
    pub standard: String,
    /// What was asked.
    pub composite: Composite,
    /// Every demand point.
    pub points: Vec<CompositePoint>,
    /// People who have everything, by zone.
    pub summary: Summary,
    /// People by how many of the required functions are missing: the first entry misses none.
    pub persons_by_missing: Vec<crate::units::Persons>,
    /// Where people lack something.
    pub gaps: Vec<CoverageGap>,
}

impl CompositeAssessment {
    /// Assesses a composite from its rules' assessments, for everybody; its gaps are called after the streets of
    /// `walker`. `None` when a rule it names is not among `rules`.
    pub fn of(
        (standard, composite): (&str, &Composite),
        rules: &[RuleAssessment],
        site: &Site,
        walker: &LinkedWalker,
    ) -> Option<Self> {
        let Site { demand, zones, .. } = *site;
        let find = |id: &String| rules.iter().find(|r| r.standard == standard && r.rule.id == *id);
        let needed: Vec<&RuleAssessment> =
            composite.anchor.iter().chain(&composite.required).map(find).collect::<Option<_>>()?;
        let optional: Vec<&RuleAssessment> =
            composite.optional.iter().map(find).collect::<Option<_>>()?;
        let points: Vec<CompositePoint> =
            demand.points.ids().map(|point| stand(point, &needed, &optional)).collect();
        let everybody = GroupId(0);
        // A complete home takes no time at all and any other is never reached: the shares then follow as ever.
        let times = DemandTimes::new(points.iter().map(|point| {
            if point.missing.is_empty() {
                point.farthest.unwrap_or(WalkTime::ZERO)
            } else {
                WalkTime::UNREACHABLE
            }
        }));
        let summary = Summary::of(demand, zones, everybody, &times, WalkTime::LONGEST);
        let mut persons_by_missing = vec![crate::units::Persons::ZERO; needed.len() + 1];
        let mut left_out: Vec<LeftOut> = Vec::new();
        for (id, persons) in counting(demand, everybody) {
            let missing = points[id.0 as usize].missing.len();
            persons_by_missing[missing] += persons;
            if missing > 0 {
                left_out.push((id, persons, WalkTime::UNREACHABLE));
            }
        }
        // One site that offers everything serves as far as the shortest of the walks.
        let walk = needed.iter().map(|rule| rule.buffer.radius.0).fold(f64::INFINITY, f64::min);
        let walk = Meters(if walk.is_finite() { walk } else { 0.0 });
        let gaps = find_gaps(site, walker, (walk, &left_out));
        let composite = composite.clone();
        Some(Self {
            standard: standard.to_owned(),
            composite,
            points,
            summary,
            persons_by_missing,
            gaps,
        })
    }

    /// Rule ids of what a point's `missing` positions mean.
    pub fn needed(&self) -> impl Iterator<Item = &str> {
        self.composite.anchor.iter().chain(&self.composite.required).map(String::as_str)
    }
}

fn stand(
    point: DemandPointId,
    needed: &[&RuleAssessment],
    optional: &[&RuleAssessment],
) -> CompositePoint {
    let missing = (0_u8..)
        .zip(needed)
        .filter(|(_, rule)| !rule.covers(point))
        .map(|(index, _)| index)
        .collect();
    let in_minutes = needed.iter().all(|rule| rule.yardstick == crate::units::Yardstick::Minutes);
    let farthest =
        needed.iter().map(|rule| rule.times.time(point)).max().and_then(WalkTime::reached);
    CompositePoint {
        missing,
        optional: optional.iter().filter(|rule| rule.covers(point)).count() as u8,
        farthest: farthest.filter(|_| in_minutes),
    }
}
