//! The worst-off first: max-min of zone shares.
//!
//! The share of a zone is its covered people (by existing sites too) over all its people. Max-min:
//!
//! ```text
//! max  10⁹ θ
//!      θ P_z − Σ_{i in z} w_i y_i ≤ settled_z       for every zone a candidate can help
//!      y_i ≤ Σ_{j covers i} x_j;  the rules on sites;  x ∈ {0, 1},  0 ≤ y, θ ≤ 1
//! ```
//!
//! so value and bound are whole billionths. Zones no candidate can help are left out here, as nothing built
//! changes them, and named; what is told and proven is the least share of all zones ([`EquityPlan::proof`]). Then people: most covered with every counted share at least that of
//! the worst zone found; [`super::pareto`] weighs that against cost and people.
//! Source of the objective: M. T. Marsh and D. A. Schilling, "Equity measurement in facility location analysis",
//! European J. Operational Research 74, 1994.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId, ZoneId};

use super::instance::CoverInstance;
use super::outcome::{Relay, blame, chosen_from, status};
use super::problem::SiteRules;
use super::program::rules::{
    add_rules, better, common_unit, greedy_guide, keeps_rules, take_in_order,
};
use super::program::{BranchTree, Effort, Found, Judge, Program, search};
use super::proof::{Measure, Proof};
use super::solution::{Infeasibility, Monitor, SolutionStatus};

/// A share of this many billionths is everybody.
pub const WHOLE_PPB: i64 = 1_000_000_000;

/// Who lives in which zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquityInstance {
    /// Sites and demand rows.
    pub cover: CoverInstance,
    /// The zone of each row; rows in none count for people, not for shares.
    pub zone_of: Vec<Option<ZoneId>>,
    /// How many zones there are.
    pub zones: usize,
}

/// Covered people of a zone, of all its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneShare {
    /// The zone.
    pub zone: ZoneId,
    /// Covered micro-persons, by existing sites too.
    pub covered: i64,
    /// All micro-persons of the zone, more than 0.
    pub persons: i64,
}

impl ZoneShare {
    /// The share in whole billionths, rounded down.
    pub fn ppb(self) -> i64 {
        (i128::from(self.covered) * i128::from(WHOLE_PPB) / i128::from(self.persons)) as i64
    }

    /// Covered people that give a zone of `persons` at least this share.
    fn same_in(self, persons: i64) -> i64 {
        let product = i128::from(self.covered) * i128::from(persons);
        let whole = i128::from(self.persons);
        ((product + whole - 1) / whole) as i64
    }

    /// Covered people that give a zone of `persons` more than this share.
    pub(super) fn more_in(self, persons: i64) -> i64 {
        (i128::from(self.covered) * i128::from(persons) / i128::from(self.persons)) as i64 + 1
    }

    /// Whether its share is smaller than `other`'s, or equal in a zone of smaller id.
    fn is_worse_than(self, other: Self) -> bool {
        let (a, b) = (
            i128::from(self.covered) * i128::from(other.persons),
            i128::from(other.covered) * i128::from(self.persons),
        );
        (a, self.zone) < (b, other.zone)
    }
}

/// The plan that lifts the worst zone most, and among those covers most people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquityPlan {
    /// Sites to add, sorted.
    pub chosen: Vec<SiteId>,
    /// The worst counted zone under the plan; `None` when no zone can be helped.
    pub worst: Option<ZoneShare>,
    /// No plan lifts the least counted share above this, in billionths.
    pub worst_bound_ppb: i64,
    /// Whether the least share is proven the best there is.
    pub worst_status: SolutionStatus,
    /// What proves it. Decisions: sites. Rows: classes of rows with the same zone and sites, in the order of their
    /// first row; the counted zones in order; the rules on sites. The share is the last variable.
    pub worst_certificate: BranchTree,
    /// Micro-persons newly covered.
    pub people: i64,
    /// No plan with all counted shares at least as high as the worst one here covers more people.
    pub people_bound: i64,
    /// Whether the people are proven the most.
    pub people_status: SolutionStatus,
    /// What proves it; the rows are those above, each zone's asking for its people instead.
    pub people_certificate: BranchTree,
    /// Zones no candidate can help, sorted; they are not counted.
    pub not_helped: Vec<ZoneId>,
    /// The share of every zone with people under the plan, in zone order.
    pub shares: Vec<ZoneShare>,
}

/// Lifts the worst zone as far as it goes, then covers as many people as that allows.
pub fn solve_worst_zone(
    instance: &EquityInstance,
    rules: &SiteRules,
    effort: Effort,
    monitor: &dyn Monitor,
) -> EquityPlan {
    let view = View::new(instance);
    let refused = refuse(instance, rules);
    let first = if refused.is_some() {
        Found::refused()
    } else {
        let (program, judge) = (view.worst_program(rules), WorstJudge { view: &view, rules });
        let start = judge.round(&view.reach());
        run((&program, &judge), (start, 1), effort, monitor)
    };
    let worst_status =
        refused.map_or_else(|| status(&first), |reason| SolutionStatus::Infeasible { reason });
    let lifted = first.best.as_ref().map(|best| best.0.clone());
    let floor = lifted.as_ref().and_then(|plan| view.worst(plan));
    let needs = view.needs(floor, ZoneShare::same_in);
    let second = match &lifted {
        None => Found::refused(),
        Some(plan) => {
            let (program, judge) = (
                view.people_program(rules, &needs),
                PeopleJudge { view: &view, rules, needs: &needs },
            );
            run((&program, &judge), (Some(plan.clone()), view.unit()), effort, monitor)
        }
    };
    let people_status = if lifted.is_some() { status(&second) } else { worst_status.clone() };
    let plan = second
        .best
        .as_ref()
        .map_or_else(|| vec![false; instance.cover.site_count()], |best| best.0.clone());
    EquityPlan {
        chosen: chosen_from(&plan, 0, plan.len()),
        worst: view.worst(&plan),
        worst_bound_ppb: if lifted.is_some() { first.bound.min(WHOLE_PPB) } else { 0 },
        worst_status,
        worst_certificate: first.tree,
        people: view.people(&plan),
        people_bound: second.bound.max(0),
        people_status,
        people_certificate: second.tree,
        not_helped: view.not_helped.clone(),
        shares: view.shares(&plan),
    }
}

impl EquityPlan {
    /// The least share of all zones with people, and what no plan can lift it above: a zone that no candidate reaches
    /// keeps its share, so a candidate more never makes the value worse, and one less never better.
    pub fn proof(&self) -> Proof {
        let stuck = self.shares.iter().filter(|share| self.not_helped.contains(&share.zone));
        let stuck = stuck.map(|share| share.ppb()).min().unwrap_or(WHOLE_PPB);
        let value = self.worst.map_or(WHOLE_PPB, ZoneShare::ppb).min(stuck);
        let bound = self.worst_bound_ppb.min(stuck);
        let status = match &self.worst_status {
            SolutionStatus::Feasible if value == bound => &SolutionStatus::Optimal,
            other => other,
        };
        Proof::of_most(status, (value, bound), Measure::WorstShare)
    }
}

/// The worst-off of some zones; of several equal ones that of the smallest id.
pub fn worst_of<'a>(shares: impl Iterator<Item = &'a ZoneShare>) -> Option<&'a ZoneShare> {
    shares.reduce(|worst, share| if share.is_worse_than(*worst) { share } else { worst })
}

/// A tenth of the people, by the share their zone had before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decile {
    /// Zones in it.
    pub zones: u32,
    /// Their people.
    pub persons: i64,
    /// Covered before.
    pub before: i64,
    /// Covered under the plan.
    pub after: i64,
}

/// Ten groups of zones, worst share before first, a zone standing where the middle of its people falls.
/// `before` and `after` hold the same zones in the same order.
pub fn deciles(before: &[ZoneShare], after: &[ZoneShare]) -> [Decile; 10] {
    let mut order: Vec<usize> = (0..before.len()).collect();
    order.sort_by(|&a, &b| {
        let worse = before[a].is_worse_than(before[b]);
        if worse { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater }
    });
    let everybody: i128 = before.iter().map(|zone| i128::from(zone.persons)).sum();
    let mut deciles = [Decile::default(); 10];
    let mut passed: i128 = 0;
    for at in order {
        let persons = i128::from(before[at].persons);
        let middle = (2 * passed + persons) * 10 / (2 * everybody).max(1);
        let decile = &mut deciles[(middle as usize).min(9)];
        decile.zones += 1;
        decile.persons += before[at].persons;
        decile.before += before[at].covered;
        decile.after += after.get(at).map_or(0, |zone| zone.covered);
        passed += persons;
    }
    deciles
}

pub(super) fn refuse(instance: &EquityInstance, rules: &SiteRules) -> Option<Infeasibility> {
    let zoned = instance.zone_of.iter().flatten().all(|zone| zone.index() < instance.zones);
    if instance.zone_of.len() != instance.cover.row_count() || !zoned {
        return Some(Infeasibility::RulesDoNotFit);
    }
    blame(&instance.cover, rules)
}

pub(super) fn run(
    (program, judge): (&Program, &dyn Judge),
    (start, unit): (Option<Vec<bool>>, i64),
    effort: Effort,
    monitor: &dyn Monitor,
) -> Found {
    let sites = |plan: &[bool]| chosen_from(plan, 0, plan.len());
    let relay = Relay { monitor, sites: &sites };
    search(program, judge, (start, unit), effort, &relay)
}

/// Rows of one zone with the same sites.
struct Class {
    sites: Vec<u32>,
    zone: Option<ZoneId>,
    weight: i64,
}

pub(super) struct View<'a> {
    pub(super) cover: &'a CoverInstance,
    classes: Vec<Class>,
    persons: Vec<i64>,
    settled: Vec<i64>,
    counted: Vec<ZoneId>,
    not_helped: Vec<ZoneId>,
}

impl<'a> View<'a> {
    pub(super) fn new(instance: &'a EquityInstance) -> Self {
        let cover = &instance.cover;
        let mut seen: BTreeMap<(Option<ZoneId>, Vec<u32>), usize> = BTreeMap::new();
        let mut classes: Vec<Class> = Vec::new();
        let (mut persons, mut settled) = (vec![0; instance.zones], vec![0; instance.zones]);
        for row in 0..cover.row_count() {
            let zone = instance.zone_of.get(row).copied().flatten();
            let zone = zone.filter(|zone| zone.index() < instance.zones);
            let weight = cover.weight(row);
            if let Some(zone) = zone {
                persons[zone.index()] += weight;
                settled[zone.index()] += if cover.is_settled(row) { weight } else { 0 };
            }
            let mut sites = cover.sites_of(row).to_vec();
            sites.retain(|&site| cover.is_open_to_choice(SiteId(site)));
            if sites.is_empty() || weight == 0 {
                continue;
            }
            let class = *seen.entry((zone, sites.clone())).or_insert_with(|| {
                classes.push(Class { sites, zone, weight: 0 });
                classes.len() - 1
            });
            classes[class].weight += weight;
        }
        let helped: std::collections::BTreeSet<ZoneId> =
            classes.iter().filter_map(|class| class.zone).collect();
        let lacking = (0..instance.zones)
            .filter(|&zone| settled[zone] < persons[zone])
            .map(ZoneId::from_index);
        let not_helped = lacking.filter(|zone| !helped.contains(zone)).collect();
        Self { cover, classes, persons, settled, counted: helped.into_iter().collect(), not_helped }
    }

    pub(super) fn unit(&self) -> i64 {
        common_unit(self.classes.iter().map(|class| class.weight))
    }

    fn is_covered(class: &Class, plan: &[bool]) -> bool {
        class.sites.iter().any(|&site| plan[site as usize])
    }

    pub(super) fn people(&self, plan: &[bool]) -> i64 {
        let covered = self.classes.iter().filter(|class| Self::is_covered(class, plan));
        covered.map(|class| class.weight).sum()
    }

    /// Covered people of every zone.
    fn covered(&self, plan: &[bool]) -> Vec<i64> {
        let mut covered = self.settled.clone();
        for class in self.classes.iter().filter(|class| Self::is_covered(class, plan)) {
            if let Some(zone) = class.zone {
                covered[zone.index()] += class.weight;
            }
        }
        covered
    }

    fn shares(&self, plan: &[bool]) -> Vec<ZoneShare> {
        let covered = self.covered(plan);
        (0..self.persons.len())
            .filter(|&zone| self.persons[zone] > 0)
            .map(|zone| ZoneShare {
                zone: ZoneId::from_index(zone),
                covered: covered[zone],
                persons: self.persons[zone],
            })
            .collect()
    }

    pub(super) fn worst(&self, plan: &[bool]) -> Option<ZoneShare> {
        let covered = self.covered(plan);
        let counted = self.counted.iter().map(|&zone| ZoneShare {
            zone,
            covered: covered[zone.index()],
            persons: self.persons[zone.index()],
        });
        counted.reduce(|worst, share| if share.is_worse_than(worst) { share } else { worst })
    }

    /// People each counted zone needs, newly covered, to have a share at least, or more than, `floor`'s.
    pub(super) fn needs(
        &self,
        floor: Option<ZoneShare>,
        need: fn(ZoneShare, i64) -> i64,
    ) -> Vec<i64> {
        let needed = |&zone: &ZoneId| {
            let asked = floor.map_or(0, |floor| need(floor, self.persons[zone.index()]));
            (asked - self.settled[zone.index()]).max(0)
        };
        self.counted.iter().map(needed).collect()
    }

    pub(super) fn reach(&self) -> Vec<f64> {
        greedy_guide(self.cover)
    }

    /// Decisions, covered parts with a profit of `profit` each micro-person, and their rows.
    fn covering(&self, profit: i64) -> (Program, Vec<u32>) {
        let mut program = Program::new();
        for _ in 0..self.cover.site_count() {
            program.decide(0);
        }
        let parts = self.classes.iter().map(|class| {
            let part = program.part(profit * class.weight);
            let open = class.sites.iter().map(|&site| (site, -1));
            program.at_most(open.chain([(part, 1)]), 0);
            part
        });
        let parts = parts.collect();
        (program, parts)
    }

    fn in_zone(&self, zone: ZoneId, parts: &[u32]) -> Vec<(u32, i64)> {
        let classes = self.classes.iter().zip(parts).filter(|(class, _)| class.zone == Some(zone));
        classes.map(|(class, &part)| (part, class.weight)).collect()
    }

    fn worst_program(&self, rules: &SiteRules) -> Program {
        let (mut program, parts) = self.covering(0);
        let share = program.part(WHOLE_PPB);
        for &zone in &self.counted {
            let covered = self.in_zone(zone, &parts).into_iter().map(|(part, w)| (part, -w));
            let people = self.persons[zone.index()];
            program.at_most(covered.chain([(share, people)]), self.settled[zone.index()]);
        }
        add_rules(&mut program, self.cover, rules, 0);
        program
    }

    pub(super) fn people_program(&self, rules: &SiteRules, needs: &[i64]) -> Program {
        let (mut program, parts) = self.covering(1);
        for (&zone, &need) in self.counted.iter().zip(needs) {
            program.at_least(self.in_zone(zone, &parts), need);
        }
        add_rules(&mut program, self.cover, rules, 0);
        program
    }

    fn tries(&self) -> usize {
        3_000_000 / (self.cover.pair_count() + 1) + 50
    }
}

struct WorstJudge<'a> {
    view: &'a View<'a>,
    rules: &'a SiteRules,
}

impl Judge for WorstJudge<'_> {
    fn value(&self, plan: &[bool]) -> Option<i64> {
        keeps_rules(self.view.cover, self.rules, plan)
            .then(|| self.view.worst(plan).map_or(WHOLE_PPB, ZoneShare::ppb))
    }

    fn round(&self, guide: &[f64]) -> Option<Vec<bool>> {
        let plan = take_in_order(self.view.cover, self.rules, guide);
        self.value(&plan)?;
        Some(better(self, plan, self.view.tries()))
    }
}

pub(super) struct PeopleJudge<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) rules: &'a SiteRules,
    pub(super) needs: &'a [i64],
}

impl Judge for PeopleJudge<'_> {
    fn value(&self, plan: &[bool]) -> Option<i64> {
        if !keeps_rules(self.view.cover, self.rules, plan) {
            return None;
        }
        let covered = self.view.covered(plan);
        let enough =
            self.view.counted.iter().zip(self.needs).all(|(zone, &need)| {
                covered[zone.index()] - self.view.settled[zone.index()] >= need
            });
        enough.then(|| self.view.people(plan))
    }

    fn round(&self, guide: &[f64]) -> Option<Vec<bool>> {
        let plan = take_in_order(self.view.cover, self.rules, guide);
        self.value(&plan)?;
        Some(better(self, plan, self.view.tries()))
    }
}
