//! The composite (1+6+X): a home is complete only when everything required is in reach.

use crate::ids::{DemandPointId, GroupId};
use crate::reach::{DemandTimes, LinkedWalker};
use crate::units::{Meters, WalkTime};

use super::Composite;
use super::assess::{RuleAssessment, Site};
use super::gap::{CoverageGap, LeftOut, find_gaps};
use super::summary::{CoverageSum, Summary, counting};

/// How one demand point stands to a composite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompositePoint {
    /// Positions (in the composite's own list: anchor, then required) of what is not in reach.
    pub missing: Vec<u8>,
    /// How many of the optional functions are in reach.
    pub optional: u8,
    /// Time to the farthest of what is required, when it is all counted in minutes and all reached.
    pub farthest: Option<WalkTime>,
    /// Whether something may be in reach or not, as there is no street data for the walk, and nothing else is missing.
    pub is_unknown: bool,
}

impl CompositePoint {
    /// Whether everything that is recorded is known to be in reach.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && !self.is_unknown
    }
}

/// A composite, assessed.
#[derive(Clone, Debug)]
pub struct CompositeAssessment {
    /// Id of the standard.
    pub standard: String,
    /// What was asked.
    pub composite: Composite,
    /// Ids of the anchor and required rules of which no place is recorded: whether anybody has everything is not known
    /// then, and the rest tells of what is recorded only.
    pub not_recorded: Vec<String>,
    /// Every demand point.
    pub points: Vec<CompositePoint>,
    /// People who have everything that is recorded, by zone.
    pub summary: Summary,
    /// People by how many of the recorded functions are missing: the first entry misses none. Those without street
    /// data stand in no entry.
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
        let times = DemandTimes::of_walks(points.iter().map(|point| {
            if point.is_unknown {
                None
            } else if point.missing.is_empty() {
                Some(point.farthest.unwrap_or(WalkTime::ZERO))
            } else {
                Some(WalkTime::UNREACHABLE)
            }
        }));
        let summary = Summary::of(demand, zones, everybody, &times, WalkTime::LONGEST);
        let recorded = needed.iter().filter(|rule| rule.is_recorded).count();
        let mut persons_by_missing = vec![crate::units::Persons::ZERO; recorded + 1];
        let mut left_out: Vec<LeftOut> = Vec::new();
        for (id, persons) in counting(demand, everybody) {
            let CompositePoint { missing, is_unknown: false, .. } = &points[id.0 as usize] else {
                continue;
            };
            let missing = missing.len();
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
        let unrecorded = needed.iter().filter(|rule| !rule.is_recorded);
        Some(Self {
            standard: standard.to_owned(),
            composite,
            not_recorded: unrecorded.map(|rule| rule.rule.id.clone()).collect(),
            points,
            summary,
            persons_by_missing,
            gaps,
        })
    }

    /// Whether it can be said who has everything: every anchor and required function is recorded.
    pub fn is_recorded(&self) -> bool {
        self.not_recorded.is_empty()
    }

    /// People who are known to have everything; `None` when that cannot be said.
    pub fn complete(&self) -> Option<CoverageSum> {
        self.is_recorded().then_some(self.summary.total)
    }

    /// Mean time of those who have everything to the farthest of it; `None` when that is not known or not all of it is
    /// counted in minutes.
    pub fn mean_farthest(&self) -> Option<WalkTime> {
        let is_timed = self.points.iter().any(|point| point.farthest.is_some());
        self.complete().filter(|_| is_timed)?.mean_time()
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
    let recorded = || (0_u8..).zip(needed).filter(|(_, rule)| rule.is_recorded);
    let walk = |rule: &RuleAssessment| rule.times.walk(point);
    let missing: Vec<u8> = recorded()
        .filter(|(_, rule)| walk(rule).is_some_and(|time| time > rule.cutoff))
        .map(|(index, _)| index)
        .collect();
    let is_unknown = missing.is_empty() && recorded().any(|(_, rule)| walk(rule).is_none());
    let in_minutes = needed.iter().all(|rule| rule.yardstick == crate::units::Yardstick::Minutes);
    let farthest =
        recorded().map(|(_, rule)| rule.times.time(point)).max().and_then(WalkTime::reached);
    CompositePoint {
        missing,
        optional: optional.iter().filter(|rule| rule.covers(point)).count() as u8,
        farthest: farthest.filter(|_| in_minutes),
        is_unknown,
    }
}
