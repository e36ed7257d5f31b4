//! One rule, assessed: who is covered, at which speeds, how it compares, and what is left out.

use rayon::prelude::*;

use crate::demand::{DemandLayer, Quarters, ZoneHierarchy};
use crate::facility::{Facility, FacilityLayer, Taxonomy};
use crate::ids::{DemandPointId, FacilityId, FunctionId, GroupId, ZoneId};
use crate::limits::SPEEDS_SIDE_BY_SIDE_M_S;
use crate::reach::{CostMatrix, DemandTimes, Ground, LinkedWalker, Placed};
use crate::street::{Impedance, StreetGraph};
use crate::units::{Meters, MetersPerSecond, Persons, Share, WalkTime, Yardstick};

use super::buffer::BufferComparison;
use super::capacity::{CapacityAssessment, InReach};
use super::gap::{CoverageGap, find_gaps, left_out};
use super::summary::{CoverageSum, Summary, counting};
use super::{CutoffError, Rule};

/// What coverage is assessed on.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The streets.
    pub graph: &'a StreetGraph,
    /// The words for functions.
    pub taxonomy: &'a Taxonomy,
    /// The facilities.
    pub facilities: &'a FacilityLayer,
    /// The people.
    pub demand: &'a DemandLayer,
    /// The zones.
    pub zones: &'a ZoneHierarchy,
    /// What the ground is called.
    pub quarters: &'a Quarters,
}

/// How a rule came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// At or above the benchmark share.
    Benchmark,
    /// At or above the pass share.
    Pass,
    /// Below the pass share.
    Fail,
    /// It asks for no share: no verdict.
    CountedOnly,
    /// Its numbers were not checked at their source and the study does not take them all the same: no verdict.
    Unverified,
    /// The study records no place that could satisfy it, or no street where its people live: nothing is known.
    NotRecorded,
    /// Nobody to assess it for.
    NotAssessable,
}

impl Outcome {
    /// Its name in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Benchmark => "benchmark",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::CountedOnly => "counted_only",
            Self::Unverified => "unverified",
            Self::NotRecorded => "not_recorded",
            Self::NotAssessable => "not_assessable",
        }
    }

    /// Whether it is a verdict: the promise is kept or it is not.
    pub const fn is_verdict(self) -> bool {
        matches!(self, Self::Benchmark | Self::Pass | Self::Fail)
    }

    /// Whether the promise is kept; `None` when there is no verdict.
    pub const fn is_kept(self) -> Option<bool> {
        match self {
            Self::Benchmark | Self::Pass => Some(true),
            Self::Fail => Some(false),
            _ => None,
        }
    }
}

/// The share at one speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedShare {
    /// The speed.
    pub speed: MetersPerSecond,
    /// People covered at it.
    pub sum: CoverageSum,
}

/// One rule, assessed.
#[derive(Clone, Debug)]
pub struct RuleAssessment {
    /// Id of the standard the rule is part of.
    pub standard: String,
    /// The rule.
    pub rule: Rule,
    /// The group it was assessed for: the rule's, or everybody when the study lacks it.
    pub group: GroupId,
    /// Whether the study lacks the rule's group.
    pub group_lacking: bool,
    /// What the cutoff is counted in.
    pub yardstick: Yardstick,
    /// The cutoff, inclusive; under metres a millisecond stands for a millimetre.
    pub cutoff: WalkTime,
    /// Open facilities that satisfy the rule and have a street.
    pub serving: Vec<FacilityId>,
    /// Open facilities that would satisfy it but have no street within the limit: nobody is known to reach them.
    pub off_network: Vec<FacilityId>,
    /// Whether the study records any place for it, be it closed, planned or of another tier.
    pub is_recorded: bool,
    /// Whether it gets a verdict where it asks for a share.
    pub is_judged: bool,
    /// Time of every demand point to the nearest of them, however far.
    pub times: DemandTimes,
    /// Sums by zone.
    pub summary: Summary,
    /// How it came out.
    pub outcome: Outcome,
    /// The share at three speeds; empty under metres, where speed does not matter.
    pub speeds: Vec<SpeedShare>,
    /// The straight-line circle.
    pub buffer: BufferComparison,
    /// Places counted, when the rule asks for places.
    pub capacity: Option<CapacityAssessment>,
    /// Where the uncovered live; none while no place is recorded, nor for a rule whose places serve nobody, which the
    /// audit looks at.
    pub gaps: Vec<CoverageGap>,
}

impl RuleAssessment {
    /// Assesses `rule` of `standard` for `walker`. Facilities of a stated tier serve only rules of that
    /// tier or of none.
    ///
    /// # Errors
    /// When the rule has no usable cutoff.
    pub fn of(
        site: &Site,
        walker: &LinkedWalker,
        (standard, rule): (&str, &Rule),
    ) -> Result<Self, CutoffError> {
        let (yardstick, cutoff) = rule.cutoff()?;
        let (off_network, serving): (Vec<_>, Vec<_>) =
            serving(site, rule).into_iter().partition(|&id| walker.is_off_network(id));
        let is_recorded = !serving.is_empty() || is_recorded(site, rule);
        let found = site.demand.find_group(&rule.group);
        let group = found.unwrap_or(GroupId(0));
        let impedance = match yardstick {
            Yardstick::Minutes => &walker.impedance,
            Yardstick::Meters => &walker.meters,
        };
        let times = walker.nearest(site.graph, impedance, &serving, WalkTime::LONGEST);
        let summary = Summary::of(site.demand, site.zones, group, &times, cutoff);
        let radius = match yardstick {
            Yardstick::Minutes => Meters(cutoff.as_seconds() * walker.profile.walk_speed_m_s),
            Yardstick::Meters => Meters(cutoff.as_seconds()),
        };
        let left_out = left_out(site.demand, group, &times, cutoff);
        let gaps = if serving.is_empty() {
            Vec::new()
        } else {
            find_gaps(site, walker, (radius, &left_out))
        };
        let buffer = BufferComparison::of(
            (site.demand, group),
            site.facilities,
            &serving,
            (&times, cutoff),
            radius,
        );
        let capacity =
            capacity(site, (walker, &times), (rule, impedance), (&serving, group, cutoff));
        let mut assessment = Self {
            standard: standard.to_owned(),
            rule: rule.clone(),
            group,
            group_lacking: found.is_none(),
            yardstick,
            cutoff,
            outcome: Outcome::NotAssessable,
            off_network,
            is_recorded,
            is_judged: true,
            speeds: match yardstick {
                // Whatever the speed, nobody walks to no place.
                Yardstick::Minutes if serving.is_empty() => {
                    let sum = summary.total;
                    let at = |speed: f64| SpeedShare { speed: MetersPerSecond(speed), sum };
                    SPEEDS_SIDE_BY_SIDE_M_S.map(at).to_vec()
                }
                Yardstick::Minutes => speeds(site, walker, (&serving, group, cutoff)),
                Yardstick::Meters => vec![],
            },
            buffer,
            capacity,
            gaps,
            serving,
            times,
            summary,
        };
        assessment.outcome = assessment.outcome_of(&assessment.judged());
        Ok(assessment)
    }

    /// `value` when places are recorded: of anything else than who lives there nothing is known until then.
    pub fn known<T>(&self, value: T) -> Option<T> {
        self.is_recorded.then_some(value)
    }

    /// Takes the verdict back: the numbers stand for themselves.
    pub fn withhold(&mut self) {
        self.is_judged = false;
        self.outcome = self.outcome_of(&self.judged());
    }

    /// How the people of `judged` come out.
    fn outcome_of(&self, judged: &CoverageSum) -> Outcome {
        if judged.persons == Persons::ZERO {
            Outcome::NotAssessable
        } else if !self.is_recorded {
            Outcome::NotRecorded
        } else {
            match outcome(judged, &self.rule) {
                verdict if verdict.is_verdict() && !self.is_judged => Outcome::Unverified,
                outcome => outcome,
            }
        }
    }

    /// How `zone` alone comes out.
    pub fn outcome_in(&self, zone: ZoneId) -> Outcome {
        self.outcome_of(&self.judged_in(zone))
    }

    /// The people of the study area as the rule is judged: those within the cutoff, or, where it counts places,
    /// those of them who have one.
    pub fn judged(&self) -> CoverageSum {
        self.summary.total.judged(self.capacity.as_ref().map(|places| places.total))
    }

    /// As [`Self::judged`], for the people of `zone`.
    pub fn judged_in(&self, zone: ZoneId) -> CoverageSum {
        self.summary.zones[zone].judged(self.capacity.as_ref().map(|places| places.zones[zone]))
    }

    /// Whether `point` is within the cutoff.
    pub fn covers(&self, point: DemandPointId) -> bool {
        self.times.time(point) <= self.cutoff
    }
}

/// Open facilities that offer one of the rule's functions and are not of another tier.
pub fn serving(site: &Site, rule: &Rule) -> Vec<FacilityId> {
    let functions: Vec<FunctionId> =
        rule.functions.iter().filter_map(|id| site.taxonomy.find(id)).collect();
    let all = site.facilities.facilities.enumerate();
    all.filter(|(_, facility)| satisfies(facility, &functions, rule.tier.as_deref()))
        .map(|(id, _)| id)
        .collect()
}

/// Whether anything is known of `rule`: a place that serves it and has a street, or one that says that none is open.
pub fn is_known(site: &Site, walker: &LinkedWalker, rule: &Rule) -> bool {
    serving(site, rule).into_iter().any(|id| !walker.is_off_network(id)) || is_recorded(site, rule)
}

/// Whether the study knows a place that offers one of the rule's functions and is closed, planned or of another tier:
/// then it is known that none is open. A place that is open but has no street says nothing.
pub fn is_recorded(site: &Site, rule: &Rule) -> bool {
    let functions: Vec<FunctionId> =
        rule.functions.iter().filter_map(|id| site.taxonomy.find(id)).collect();
    site.facilities.facilities.iter().any(|facility| {
        functions.iter().any(|&function| facility.find_offer(function).is_some())
            && !satisfies(facility, &functions, rule.tier.as_deref())
    })
}

/// Whether a facility is open, offers one of `functions`, and is not of another tier than the one asked for.
pub fn satisfies(facility: &Facility, functions: &[FunctionId], tier: Option<&str>) -> bool {
    let is_of_tier = match (facility.tier.as_deref(), tier) {
        (Some(stated), Some(asked)) => stated == asked,
        _ => true,
    };
    is_of_tier && facility.serves(functions)
}

/// How the people of `judged` (the study, or a zone) come out under the shares that `rule` asks for, taking its places
/// as recorded; where the rule counts places, see [`CoverageSum::judged`].
fn outcome(judged: &CoverageSum, rule: &Rule) -> Outcome {
    let Some(Share(share)) = judged.share() else { return Outcome::NotRecorded };
    if rule.is_only_counted() {
        Outcome::CountedOnly
    } else if rule.benchmark_share.is_some_and(|benchmark| share >= benchmark)
        && share >= rule.pass_share
    {
        Outcome::Benchmark
    } else if share >= rule.pass_share {
        Outcome::Pass
    } else {
        Outcome::Fail
    }
}

/// Whether the people of `judged` keep what `rule` asks for, taking its places as recorded; `None` without a verdict.
pub fn is_kept_as_judged(judged: &CoverageSum, rule: &Rule) -> Option<bool> {
    outcome(judged, rule).is_kept()
}

/// Whether the people of `total` keep what `rule` asks for by their walks alone; `None` when nobody with street data is
/// there, when no share is asked for, or when places would have to be counted.
pub fn is_kept_on_foot(total: &CoverageSum, rule: &Rule) -> Option<bool> {
    if rule.counts_places() { None } else { outcome(total, rule).is_kept() }
}

fn speeds(
    site: &Site,
    walker: &LinkedWalker,
    (serving, group, cutoff): (&[FacilityId], GroupId, WalkTime),
) -> Vec<SpeedShare> {
    walker
        .at_speeds(site.graph)
        .par_iter()
        .map(|(speed, impedance)| {
            let times = walker.nearest(site.graph, impedance, serving, cutoff);
            SpeedShare {
                speed: *speed,
                sum: Summary::of(site.demand, site.zones, group, &times, cutoff).total,
            }
        })
        .collect()
}

/// The places that a facility offers for a rule's functions; `None` when it does not say.
pub fn places_of(site: &Site, rule: &Rule, facility: FacilityId) -> Option<f64> {
    let functions: Vec<_> = rule.functions.iter().filter_map(|id| site.taxonomy.find(id)).collect();
    site.facilities.facilities[facility].places(site.taxonomy, Some(&functions))
}

/// Who gets a place under `rule`, counted from scratch, of those who have a street under `times`; nothing when the rule
/// counts no places.
pub fn count_places(
    site: &Site,
    (walker, times): (&LinkedWalker, &DemandTimes),
    rule: &Rule,
) -> Option<CapacityAssessment> {
    let (yardstick, cutoff) = rule.cutoff().ok()?;
    let mut serving = serving(site, rule);
    serving.retain(|&id| !walker.is_off_network(id));
    let group = site.demand.find_group(&rule.group).unwrap_or(GroupId(0));
    let impedance = walker.impedance_in(yardstick);
    capacity(site, (walker, times), (rule, impedance), (&serving, group, cutoff))
}

/// Counts places when the rule asks for some.
fn capacity(
    site: &Site,
    (walker, times): (&LinkedWalker, &DemandTimes),
    (rule, impedance): (&Rule, &Impedance),
    (serving, group, cutoff): (&[FacilityId], GroupId, WalkTime),
) -> Option<CapacityAssessment> {
    let per_1000 = rule.capacity_per_1000.filter(|_| rule.counts_places())?;
    let serves: Vec<Option<Persons>> = serving
        .iter()
        .map(|&id| Persons::from_count(places_of(site, rule, id)? * 1000.0 / per_1000))
        .collect();
    let ground = Ground::toward(site.graph, impedance);
    let rows: Vec<_> =
        serving.iter().map(|&id| walker.seeds(site.graph, impedance, &[id])).collect();
    let columns: Vec<_> = counting(site.demand, group)
        .flat_map(|(id, _)| {
            walker
                .demand
                .of(id)
                .iter()
                .map(move |s| (s.position, impedance.access(s.access_mm), id.0))
        })
        .collect();
    let columns = Placed::new(site.graph.edge_count(), site.demand.points.len(), columns);
    let matrix = CostMatrix::within(&ground, &rows, &columns, cutoff);
    let mut reached: Vec<Vec<u32>> = vec![Vec::new(); site.demand.points.len()];
    for row in 0..matrix.rows() {
        for &(point, _) in matrix.row(row) {
            reached[point as usize].push(row as u32);
        }
    }
    let points: Vec<InReach> = counting(site.demand, group)
        .filter(|&(point, _)| times.walk(point).is_some())
        .map(|(point, persons)| InReach {
            point,
            persons,
            facilities: std::mem::take(&mut reached[point.0 as usize]),
        })
        .collect();
    Some(CapacityAssessment::of(site.demand, site.zones, &serves, &points))
}
