//! Why these sites: what each one brings, what comes next, what another would cost, how firm the plan is.

use std::collections::BinaryHeap;

use rayon::prelude::*;

use crate::coverage::Summary;
use crate::coverage::summary::CoverageSum;
use crate::ids::{DemandPointId, GroupId, Id, SiteId, ZoneId};
use crate::limits::SPEEDS_SIDE_BY_SIDE_M_S;
use crate::reach::DemandTimes;
use crate::street::Impedance;
use crate::units::{MetersPerSecond, Persons, WalkTime, Yardstick};

use super::CoverInstance;
use super::candidate::Candidate;
use super::headline::{Change, Counted, Headline};
use super::plan::{Need, ReachLists};
use super::schedule::{PhaseRow, Schedule};

/// Steps of a marginal-gain curve at most.
pub const CURVE_MAX: usize = 1_000;
/// Runner-up sites listed at most.
pub const RUNNERS_UP_MAX: usize = 50;

/// One site of a plan, in the order in which they bring most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The site.
    pub site: SiteId,
    /// Weight it covers that no step before did, in millionths of a person.
    pub gain: i64,
    /// Weight covered by it and all steps before.
    pub cumulative: i64,
    /// What it costs, in thousandths.
    pub cost: i64,
    /// What it and all steps before cost.
    pub cumulative_cost: i64,
}

/// The sites of `chosen`, each time the one next that newly covers most; ties by smaller id.
pub fn in_order(instance: &CoverInstance, chosen: &[SiteId]) -> Vec<Step> {
    greedy(instance, chosen.to_vec(), chosen.len())
}

/// The sites of each phase in turn, within a phase each time the one next that newly covers most.
pub fn in_phases(instance: &CoverInstance, phases: &[Vec<SiteId>]) -> Vec<Step> {
    let mut covered = vec![false; instance.row_count()];
    let mut steps: Vec<Step> = Vec::new();
    for sites in phases {
        let before = steps.last().map_or((0, 0), |step| (step.cumulative, step.cumulative_cost));
        let next = greedy_beyond(instance, &mut covered, (sites.clone(), sites.len()));
        steps.extend(next.into_iter().map(|step| Step {
            cumulative: before.0 + step.cumulative,
            cumulative_cost: before.1 + step.cumulative_cost,
            ..step
        }));
    }
    steps
}

/// The marginal-gain curve: all sites that may be chosen, each time the one next that newly covers most, until
/// nothing is gained or [`CURVE_MAX`] is reached. It is what one gets by opening one site after the other
/// without looking ahead.
pub fn marginal_curve(instance: &CoverInstance) -> Vec<Step> {
    let open = instance.sites().filter(|&site| instance.is_open_to_choice(site)).collect();
    let mut steps = greedy(instance, open, CURVE_MAX);
    steps.retain(|step| step.gain > 0);
    steps
}

/// Lazy greedy (M. Minoux, "Accelerated greedy algorithms for maximizing submodular set functions", 1978): a
/// gain only falls as others are taken, so the top of the heap that is up to date is the best.
fn greedy(instance: &CoverInstance, sites: Vec<SiteId>, most: usize) -> Vec<Step> {
    let mut covered = vec![false; instance.row_count()];
    greedy_beyond(instance, &mut covered, (sites, most))
}

/// At most `most` of `sites`, where some rows are covered before; marks what they cover.
fn greedy_beyond(
    instance: &CoverInstance,
    covered: &mut [bool],
    (sites, most): (Vec<SiteId>, usize),
) -> Vec<Step> {
    let gain_of = |site: SiteId, covered: &[bool]| -> i64 {
        let rows = instance.rows_of(site).iter();
        rows.filter(|&&row| !covered[row as usize]).map(|&row| instance.weight(row as usize)).sum()
    };
    let mut heap: BinaryHeap<(i64, std::cmp::Reverse<SiteId>)> =
        sites.into_iter().map(|site| (gain_of(site, covered), std::cmp::Reverse(site))).collect();
    let mut steps = Vec::new();
    let (mut cumulative, mut cumulative_cost) = (0, 0);
    while let Some((known, std::cmp::Reverse(site))) = heap.pop() {
        if steps.len() == most {
            break;
        }
        let gain = gain_of(site, covered);
        if gain < known {
            heap.push((gain, std::cmp::Reverse(site)));
            continue;
        }
        for &row in instance.rows_of(site) {
            covered[row as usize] = true;
        }
        let cost = instance.cost(site);
        cumulative += gain;
        cumulative_cost += cost;
        steps.push(Step { site, gain, cumulative, cost, cumulative_cost });
    }
    steps
}

/// A site that was not chosen, and what choosing it instead would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunnerUp {
    /// The site.
    pub site: SiteId,
    /// The chosen site it would best stand in for; `None` when nothing that is chosen may go.
    pub instead_of: Option<SiteId>,
    /// Weight the plan would cover less for the exchange, in millionths of a person; negative when it would
    /// cover more.
    pub loss: i64,
    /// Weight it would newly cover on top of the plan, with nothing taken away.
    pub on_top: i64,
    /// What it costs more than the site it stands in for, in thousandths.
    pub extra_cost: i64,
}

/// The sites that could best stand in for a chosen one, least loss first, ties by smaller id; at most `most`.
pub fn runners_up(instance: &CoverInstance, chosen: &[SiteId], most: usize) -> Vec<RunnerUp> {
    let mut times = vec![0_u32; instance.row_count()];
    let mut only = vec![u32::MAX; instance.row_count()];
    for (position, &site) in chosen.iter().enumerate() {
        for &row in instance.rows_of(site) {
            times[row as usize] += 1;
            only[row as usize] = position as u32;
        }
    }
    let weight = |row: u32| instance.weight(row as usize);
    let alone: Vec<i64> = chosen
        .iter()
        .map(|&site| {
            let rows = instance.rows_of(site).iter();
            rows.filter(|&&row| times[row as usize] == 1).map(|&row| weight(row)).sum()
        })
        .collect();
    let may_go: Vec<bool> =
        chosen.iter().map(|&site| instance.status(site) != super::SiteStatus::Required).collect();
    let is_chosen = |site: SiteId| chosen.binary_search(&site).is_ok();
    let mut found: Vec<RunnerUp> = (0..instance.site_count())
        .into_par_iter()
        .map(SiteId::from_index)
        .filter(|&site| instance.is_open_to_choice(site) && !is_chosen(site))
        .map_init(
            || vec![0_i64; chosen.len()],
            |shared, site| {
                let mut on_top = 0;
                let mut met: Vec<usize> = Vec::new();
                for &row in instance.rows_of(site) {
                    match times[row as usize] {
                        0 => on_top += weight(row),
                        1 => {
                            let position = only[row as usize] as usize;
                            if shared[position] == 0 {
                                met.push(position);
                            }
                            shared[position] += weight(row);
                        }
                        _ => {}
                    }
                }
                let best = (0..chosen.len())
                    .filter(|&position| may_go[position])
                    .map(|position| (alone[position] - shared[position] - on_top, position))
                    .min();
                for position in met {
                    shared[position] = 0;
                }
                let instead_of = best.map(|(_, position)| chosen[position]);
                let saved = instead_of.map_or(0, |gone| instance.cost(gone));
                RunnerUp {
                    site,
                    instead_of,
                    loss: best.map_or(0, |(loss, _)| loss),
                    on_top,
                    extra_cost: instance.cost(site) - saved,
                }
            },
        )
        .filter(|runner| !instance.rows_of(runner.site).is_empty())
        .collect();
    found.sort_unstable_by_key(|runner| (runner.loss, runner.site));
    found.truncate(most);
    found
}

/// A demand point that gains from a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gained {
    /// Who.
    pub point: DemandPointId,
    /// People of the plan's group.
    pub persons: Persons,
    /// The nearest chosen site.
    pub site: SiteId,
    /// How far, at most the cutoff.
    pub time: WalkTime,
}

/// Everybody newly covered by `chosen`, by demand point, each with the nearest of the chosen sites; ties by
/// smaller id.
pub fn gained(need: &Need, reach: &ReachLists, chosen: &[SiteId]) -> Vec<Gained> {
    let mut best: Vec<Option<(WalkTime, SiteId)>> = vec![None; need.rows.len()];
    for &site in chosen {
        for &(row, time) in reach.of(site) {
            let entry = &mut best[row as usize];
            *entry = Some(entry.map_or((time, site), |known| known.min((time, site))));
        }
    }
    let rows = need.rows.iter().zip(&need.persons).zip(best);
    rows.filter_map(|((&point, &persons), best)| {
        let (time, site) = best?;
        Some(Gained { point, persons, site, time })
    })
    .collect()
}

/// How the people of one group in one zone (or in all) come out before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneGain {
    /// The zone; `None` for the whole study.
    pub zone: Option<ZoneId>,
    /// The group.
    pub group: GroupId,
    /// Today.
    pub before: CoverageSum,
    /// With the plan.
    pub after: CoverageSum,
}

/// Sums of every group by zone before and after: the whole study first, then zones by id.
pub fn by_zone(need: &Need, after: &DemandTimes) -> Vec<ZoneGain> {
    let Need { site, cutoff, times, .. } = need;
    let groups: Vec<GroupId> = site.demand.groups.ids().collect();
    let sums: Vec<(Summary, Summary)> = groups
        .par_iter()
        .map(|&group| {
            let of = |times| Summary::of(site.demand, site.zones, group, times, *cutoff);
            (of(times), of(after))
        })
        .collect();
    let places = std::iter::once(None).chain(site.zones.zones.ids().map(Some));
    let mut gains = Vec::new();
    for zone in places {
        for (&group, (before, after)) in groups.iter().zip(&sums) {
            let pick = |summary: &Summary| zone.map_or(summary.total, |zone| summary.zones[zone]);
            gains.push(ZoneGain { zone, group, before: pick(before), after: pick(after) });
        }
    }
    gains
}

/// The plan at another walking speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedGain {
    /// The speed.
    pub speed: MetersPerSecond,
    /// Today.
    pub before: CoverageSum,
    /// With the plan.
    pub after: CoverageSum,
}

/// The same plan at 0.8, 1.0 and 1.25 m/s; empty under metres, where speed does not matter.
pub fn at_speeds(need: &Need, candidates: &[Candidate], chosen: &[SiteId]) -> Vec<SpeedGain> {
    if need.yardstick == Yardstick::Meters {
        return Vec::new();
    }
    let Need { site, walker, serving, group, cutoff, .. } = need;
    SPEEDS_SIDE_BY_SIDE_M_S
        .par_iter()
        .map(|&speed| {
            let speed = MetersPerSecond(speed);
            let impedance = Impedance::new(site.graph, &walker.profile.at_speed(speed));
            let today = walker.nearest(site.graph, &impedance, serving, *cutoff);
            let planned = need.planned_under(&impedance, candidates, (chosen, *cutoff));
            let points = site.demand.points.ids();
            let both = today.shortened(points.map(|point| planned.time(point)));
            let sum = |times| Summary::of(site.demand, site.zones, *group, times, *cutoff).total;
            SpeedGain { speed, before: sum(&today), after: sum(&both) }
        })
        .collect()
}

/// Why some people cannot be covered by any candidate, and what would help.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Unreached {
    /// The rows that no candidate reaches, with the time to the nearest candidate or open facility, however far.
    pub rows: Vec<(u32, WalkTime)>,
    /// Their people.
    pub persons: Persons,
    /// People among them who reach no candidate at all: no street near, or an island.
    pub cut_off: Persons,
    /// The least cutoff at which all others would reach one.
    pub least_cutoff: Option<WalkTime>,
    /// Further sites, at the doors of those very homes, with which all of them who have a street would be
    /// covered: so many suffice (chosen greedily).
    pub extra_sites: usize,
    /// The rows at whose doors these sites would stand.
    pub extra_at: Vec<u32>,
}

impl Unreached {
    /// Who is reached by no candidate that may be chosen; `None` when everybody is reached by some.
    pub fn find(need: &Need, candidates: &[Candidate], instance: &CoverInstance) -> Option<Self> {
        let open: Vec<SiteId> =
            instance.sites().filter(|&site| instance.is_open_to_choice(site)).collect();
        let mut reached = vec![false; need.rows.len()];
        for &site in &open {
            for &row in instance.rows_of(site) {
                reached[row as usize] = true;
            }
        }
        let left: Vec<u32> =
            (0..need.rows.len() as u32).filter(|&row| !reached[row as usize]).collect();
        if left.is_empty() {
            return None;
        }
        let nearest = need.planned(candidates, &open);
        let mut found = Self::default();
        for row in left {
            let point = need.rows[row as usize];
            let time = nearest.time(point).min(need.times.time(point));
            found.persons += need.persons[row as usize];
            if time.is_reachable() {
                found.least_cutoff = found.least_cutoff.max(Some(time));
            } else {
                found.cut_off += need.persons[row as usize];
            }
            found.rows.push((row, time));
        }
        found.extra_at = need.sites_at_doors(&found.rows);
        found.extra_sites = found.extra_at.len();
        Some(found)
    }
}

impl Need<'_> {
    /// Who is covered today and with `gained` too, by the sites of `steps`.
    pub(super) fn headline(&self, gained: &[Gained], steps: &[Step]) -> Headline {
        let newly: Persons = gained.iter().map(|gained| gained.persons).sum();
        let (before, after) = (self.covered.as_micro(), (self.covered + newly).as_micro());
        Headline {
            changes: vec![Change::of(Counted::Covered, self.total.as_micro(), (before, after))],
            sites: steps.len(),
            cost: steps.iter().map(|step| step.cost).sum(),
        }
    }

    /// Rows of `left` at whose doors sites would cover all of `left` that have a street: greedily few.
    fn sites_at_doors(&self, left: &[(u32, WalkTime)]) -> Vec<u32> {
        let homes: Vec<(u32, &[crate::street::Snapped])> = left
            .iter()
            .map(|&(row, _)| (row, self.walker.demand.of(self.rows[row as usize])))
            .filter(|(_, snaps)| !snaps.is_empty())
            .collect();
        let doors: Vec<Candidate> = homes
            .iter()
            .map(|(row, snaps)| {
                let place = snaps[0].place;
                let stands = snaps.iter().map(|s| crate::street::Snapped { access_mm: 0, ..*s });
                Candidate { stands: stands.collect(), ..Candidate::at(row.to_string(), place) }
            })
            .collect();
        let of_left = |row: u32| left.binary_search_by_key(&row, |entry| entry.0).is_ok();
        let Ok(reach) = self.reach(&doors, &crate::progress::Silent) else { return Vec::new() };
        let mut lists: Vec<Vec<u32>> = Vec::new();
        for site in 0..doors.len() {
            let rows = reach.of(SiteId(site as u32)).iter().map(|&(row, _)| row);
            lists.push(rows.filter(|&row| of_left(row)).collect());
        }
        let Ok(mut builder) = CoverInstance::builder(vec![1; self.rows.len()]) else {
            return Vec::new();
        };
        for rows in &lists {
            if builder.add_site(rows, super::SiteFacts::default()).is_err() {
                return Vec::new();
            }
        }
        let steps = greedy(
            &builder.build(),
            (0..doors.len()).map(SiteId::from_index).collect(),
            doors.len(),
        );
        steps
            .iter()
            .take_while(|step| step.gain > 0)
            .map(|step| homes[step.site.index()].0)
            .collect()
    }
}

/// A plan with everything that explains it.
#[derive(Clone, Debug)]
pub struct Explained<'a> {
    /// Who needed a site.
    pub need: &'a Need<'a>,
    /// The candidates; a [`SiteId`] is a position here.
    pub candidates: &'a [Candidate],
    /// Whom each candidate reaches.
    pub reach: &'a ReachLists,
    /// What was solved.
    pub instance: &'a CoverInstance,
    /// The chosen sites, in the order in which they bring most.
    pub steps: Vec<Step>,
    /// Who gains.
    pub gained: Vec<Gained>,
    /// Time of every demand point with the plan.
    pub after: DemandTimes,
    /// Before and after by zone and group.
    pub zones: Vec<ZoneGain>,
    /// Before and after at three speeds.
    pub speeds: Vec<SpeedGain>,
    /// What else could have been chosen.
    pub runners_up: Vec<RunnerUp>,
    /// The marginal-gain curve.
    pub curve: Vec<Step>,
    /// Whom no candidate reaches.
    pub unreached: Option<Unreached>,
    /// What each yearly phase brings; empty without phases.
    pub phases: Vec<PhaseRow>,
    /// What it changes, as its problem counts it.
    pub headline: Headline,
}

impl<'a> Explained<'a> {
    /// Explains the plan that opens `chosen` (sorted).
    pub fn of(
        need: &'a Need<'a>,
        (candidates, reach): (&'a [Candidate], &'a ReachLists),
        instance: &'a CoverInstance,
        chosen: &[SiteId],
    ) -> Self {
        let after = need.times_with(candidates, chosen);
        let (steps, gained) = (in_order(instance, chosen), gained(need, reach, chosen));
        Self {
            headline: need.headline(&gained, &steps),
            steps,
            gained,
            zones: by_zone(need, &after),
            speeds: at_speeds(need, candidates, chosen),
            runners_up: runners_up(instance, chosen, RUNNERS_UP_MAX),
            curve: marginal_curve(instance),
            unreached: Unreached::find(need, candidates, instance),
            phases: Vec::new(),
            after,
            need,
            candidates,
            reach,
            instance,
        }
    }

    /// The same plan told phase by phase: the steps in the order of the years; as it is when no years were found.
    #[must_use]
    pub fn in_phases(mut self, schedule: &Schedule) -> Self {
        if !schedule.has_plan() {
            return self;
        }
        self.steps = in_phases(self.instance, &schedule.sites_by_year());
        self.phases = schedule.rows(self.instance);
        self
    }

    /// The same with another headline.
    #[must_use]
    pub fn told_as(self, headline: Headline) -> Self {
        Self { headline, ..self }
    }

    /// People newly covered.
    pub fn gain(&self) -> Persons {
        self.gained.iter().map(|gained| gained.persons).sum()
    }

    /// What the chosen sites cost, in thousandths.
    pub fn cost(&self) -> i64 {
        self.steps.iter().map(|step| step.cost).sum()
    }
}
