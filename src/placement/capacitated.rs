//! Most people served when places are counted (capacitated MCLP).
//!
//! A site of `c` places serves at most so many people. With `x_j = 1` when site `j` is open (existing ones
//! are) and `f_ij` the part of the people of class `i` sent to `j`:
//!
//! ```text
//! max  Σ w_i f_ij
//!      Σ_j f_ij ≤ 1                     nobody is served twice
//!      Σ_i w_i f_ij ≤ c_j x_j           places
//!      f_ij ≤ x_j                       only within the cutoff, only at open sites
//!      the rules on sites;  x_j ∈ {0, 1},  0 ≤ f_ij ≤ 1
//! ```
//!
//! People are divisible (the rule of [`crate::coverage::capacity`]), so for given sites the best allocation is
//! a maximum flow and its value a whole number of micro-persons. Source: J. R. Current and J. E. Storbeck,
//! "Capacitated covering models", Environment and Planning B 15, 1988; the rows `f_ij ≤ x_j` are implied, but
//! make the bound far tighter.

mod flow;

use std::cell::Cell;

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId};

use flow::Flow;

use super::effort::SearchOptions;
use super::instance::{CoverInstance, InstanceError, SiteFacts, SiteStatus};
use super::mclp::{MclpOptions, solve_mclp};
use super::outcome::{Relay, blame, chosen_from, status};
use super::problem::SiteRules;
use super::program::rules::{
    add_rules, better, classes, common_unit, greedy_guide, keeps_rules, take_in_order,
};
use super::program::{BranchTree, Effort, Found, Judge, Program, Signal, search};
use super::solution::{Improvement, Infeasibility, Monitor, PlacementSolution, SolutionStatus};

/// Work on the problem without places for each iteration that is allowed on the program.
const WORK_PER_ITERATION: u64 = 50_000;

/// A site with places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapacitatedSite {
    /// Demand rows within the cutoff.
    pub rows: Vec<u32>,
    /// Most micro-persons it can serve; `None` when it serves whoever comes.
    pub serves: Option<i64>,
    /// Cost, bonus (not used here) and state. An existing site is open, costs nothing and is not counted.
    pub facts: SiteFacts,
}

/// People, and sites with places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapacitatedInstance {
    pub(super) cover: CoverInstance,
    pub(super) existing: Vec<bool>,
    pub(super) serves: Vec<i64>,
    pub(super) costs: Vec<i64>,
}

impl CapacitatedInstance {
    /// An instance over demand rows of `weights` micro-persons.
    ///
    /// # Errors
    /// [`InstanceError`] for negative or too large numbers and rows that are not there.
    pub fn new(weights: Vec<i64>, sites: &[CapacitatedSite]) -> Result<Self, InstanceError> {
        let total: i64 = weights.iter().fold(0, |sum: i64, &w| sum.saturating_add(w));
        let mut builder = CoverInstance::builder(weights)?;
        let mut existing = Vec::with_capacity(sites.len());
        let mut serves = Vec::with_capacity(sites.len());
        for (site, given) in sites.iter().enumerate() {
            let stands = given.facts.status == SiteStatus::Existing;
            let mut facts = given.facts;
            if stands {
                facts = SiteFacts { cost: 0, bonus: 0, status: SiteStatus::Required };
            }
            builder.add_site(&given.rows, facts)?;
            existing.push(stands);
            let most = given.serves.unwrap_or(total).min(total);
            if most < 0 {
                return Err(InstanceError::NegativeCapacity { site, serves: most });
            }
            serves.push(most);
        }
        let cover = builder.build();
        let costs = cover.sites().map(|site| cover.cost(site)).collect();
        Ok(Self { cover, existing, serves, costs })
    }

    /// People and sites without their places; existing sites are required there.
    pub fn cover(&self) -> &CoverInstance {
        &self.cover
    }

    /// How many sites there are, existing ones included.
    pub fn site_count(&self) -> usize {
        self.existing.len()
    }

    /// The same people with what stands already and nothing else; sites keep their order.
    pub(super) fn of_existing(&self) -> Self {
        let sites: Vec<CapacitatedSite> = self
            .cover
            .sites()
            .filter(|&site| self.is_existing(site))
            .map(|site| CapacitatedSite {
                rows: self.cover.rows_of(site).to_vec(),
                serves: Some(self.serves(site)),
                facts: SiteFacts { status: SiteStatus::Existing, ..SiteFacts::default() },
            })
            .collect();
        // A part of an instance is one.
        Self::new(self.cover.weights().to_vec(), &sites).unwrap_or_else(|_| self.clone())
    }

    /// Micro-persons served when new sites are open beside what stands already, for any of them.
    pub fn evaluator(&self) -> impl Fn(&[SiteId]) -> i64 + '_ {
        let classes = classes(&self.cover);
        move |chosen| {
            let mut open = self.existing.clone();
            for site in chosen {
                open[site.index()] = true;
            }
            Flow::most(&classes, &self.serves, &open).served
        }
    }

    /// Whether `site` stands already.
    pub fn is_existing(&self, site: SiteId) -> bool {
        self.existing[site.index()]
    }

    /// Most micro-persons `site` can serve.
    pub fn serves(&self, site: SiteId) -> i64 {
        self.serves[site.index()]
    }
}

/// What is asked: the rules; the number of sites and the groups count new sites only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacitatedProblem {
    /// The rules.
    pub rules: SiteRules,
}

/// People sent from a demand row to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Allocation {
    /// The demand row.
    pub row: u32,
    /// The site.
    pub site: SiteId,
    /// How many micro-persons.
    pub persons: i64,
}

/// A plan with places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacitatedPlan {
    /// New sites, sorted.
    pub chosen: Vec<SiteId>,
    /// Micro-persons served.
    pub served: i64,
    /// In reach of an open site, but all are full.
    pub full: i64,
    /// Beyond the cutoff of every open site.
    pub out_of_reach: i64,
    /// No plan serves more.
    pub bound: i64,
    /// How far the solver came.
    pub status: SolutionStatus,
    /// Who goes where, sorted; sums to `served`.
    pub allocation: Vec<Allocation>,
    /// What proves the bound: rows of the program are, class by class, "served once"; then, site by site, the
    /// places; then the pairs of class and site, class by class; then the rules on sites.
    pub certificate: BranchTree,
    /// The best plan when places are not counted, with its own certificate: its bound holds with places too, and is
    /// the smaller one where places are plenty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_places: Option<PlacementSolution>,
}

/// Most people served under `problem`; streams to `monitor`, which may stop it and keep the best plan.
pub fn solve_capacitated(
    instance: &CapacitatedInstance,
    problem: &CapacitatedProblem,
    effort: Effort,
    monitor: &dyn Monitor,
) -> CapacitatedPlan {
    let rules = rules_with_existing(instance, &problem.rules);
    let classes = classes(&instance.cover);
    let program = program(instance, &classes, &rules);
    let judge = CapacitatedJudge { instance, rules: &rules, classes: &classes };
    let unit =
        common_unit(classes.iter().map(|class| class.1).chain(instance.serves.iter().copied()));
    let new_sites = |plan: &[bool]| judge.new_sites(plan);
    let eased = without_places(instance, &rules, effort, monitor);
    let capped = Capped {
        relay: Relay { monitor, sites: &new_sites },
        cap: eased.as_ref().map_or(i64::MAX, |eased| eased.bound),
        reached: Cell::new(false),
    };
    let mut guide = greedy_guide(&instance.cover);
    // A site without places serves nobody, however many live near it.
    for (part, _) in guide.iter_mut().zip(&instance.serves).filter(|(_, serves)| **serves == 0) {
        *part = 0.0;
    }
    let mut start = judge.round(&guide);
    if let Some(eased) = &eased {
        let mut open = vec![false; instance.site_count()];
        eased.chosen.iter().for_each(|site| open[site.index()] = true);
        let value = |plan: &Option<Vec<bool>>| plan.as_ref().and_then(|plan| judge.value(plan));
        start = Some(open).filter(|open| judge.value(open) > value(&start)).or(start);
        capped.reached.set(value(&start).is_some_and(|value| value >= capped.cap));
    }
    let mut found = search(&program, &judge, (start, unit), effort, &capped);
    if let Some((_, value)) = found.best {
        found.bound = found.bound.min(capped.cap).max(value);
    }
    plan(instance, &judge, (found, eased))
}

/// The covering problem that is left when nobody counts places; nothing when no work may be done, or nothing was found.
fn without_places(
    instance: &CapacitatedInstance,
    rules: &SiteRules,
    effort: Effort,
    monitor: &dyn Monitor,
) -> Option<PlacementSolution> {
    if effort.nodes == 0 {
        return None;
    }
    let work = effort.iterations.saturating_mul(WORK_PER_ITERATION);
    let search = SearchOptions { seed: 1, work };
    let options = MclpOptions { rules: rules.clone(), search };
    let found = solve_mclp(&instance.cover, &options, &Quiet(monitor));
    (found.has_plan() && !found.chosen.is_empty()).then_some(found)
}

/// Passes on the wish to stop and nothing else.
struct Quiet<'a>(&'a dyn Monitor);

impl Monitor for Quiet<'_> {
    fn improved(&self, _: &Improvement<'_>) {}

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

/// Tells no bound above `cap`, which is known to hold, and stops when a plan is as good.
struct Capped<'a> {
    relay: Relay<'a>,
    cap: i64,
    reached: Cell<bool>,
}

impl Signal for Capped<'_> {
    fn improved(&self, value: Option<i64>, bound: i64, plan: &[bool]) {
        self.reached.set(self.reached.get() || value.is_some_and(|value| value >= self.cap));
        self.relay.improved(value, bound.min(self.cap), plan);
    }

    fn stop(&self) -> bool {
        self.reached.get() || self.relay.stop()
    }
}

/// The rules with room for the existing sites, which are decisions of the program too.
pub(super) fn rules_with_existing(instance: &CapacitatedInstance, rules: &SiteRules) -> SiteRules {
    let mut rules = rules.clone();
    let standing = |site: SiteId| instance.existing[site.index()];
    let count = instance.existing.iter().filter(|&&stands| stands).count() as u32;
    rules.max_sites = rules.max_sites.map(|most| most.saturating_add(count));
    for group in &mut rules.groups {
        let inside = group.sites.iter().filter(|&&site| standing(site)).count() as u32;
        group.min = group.min.saturating_add(inside);
        group.max = group.max.saturating_add(inside);
    }
    rules
}

fn program(
    instance: &CapacitatedInstance,
    classes: &[(Vec<u32>, i64)],
    rules: &SiteRules,
) -> Program {
    let mut program = Program::new();
    let sites = instance.site_count();
    for _ in 0..sites {
        program.decide(0);
    }
    let mut sent: Vec<Vec<(u32, i64)>> = vec![Vec::new(); sites];
    let mut pairs = Vec::new();
    for (reached, weight) in classes {
        let parts: Vec<u32> = reached.iter().map(|_| program.part(*weight)).collect();
        program.at_most(parts.iter().map(|&part| (part, 1)), 1);
        for (&site, &part) in reached.iter().zip(&parts) {
            sent[site as usize].push((part, *weight));
            pairs.push((part, site));
        }
    }
    for (site, mut terms) in sent.into_iter().enumerate() {
        let reach: i64 = terms.iter().map(|term| term.1).sum();
        terms.push((site as u32, -instance.serves[site].min(reach)));
        program.at_most(terms, 0);
    }
    for (part, site) in pairs {
        program.at_most([(part, 1), (site, -1)], 0);
    }
    add_rules(&mut program, &instance.cover, rules, 0);
    program
}

struct CapacitatedJudge<'a> {
    instance: &'a CapacitatedInstance,
    rules: &'a SiteRules,
    classes: &'a [(Vec<u32>, i64)],
}

impl CapacitatedJudge<'_> {
    fn new_sites(&self, plan: &[bool]) -> Vec<SiteId> {
        let mut sites = chosen_from(plan, 0, self.instance.site_count());
        sites.retain(|&site| !self.instance.is_existing(site));
        sites
    }

    fn flow(&self, open: &[bool]) -> Flow {
        let serves: Vec<i64> = self.instance.serves.clone();
        Flow::most(self.classes, &serves, open)
    }
}

impl Judge for CapacitatedJudge<'_> {
    fn value(&self, plan: &[bool]) -> Option<i64> {
        keeps_rules(&self.instance.cover, self.rules, plan).then(|| self.flow(plan).served)
    }

    fn round(&self, guide: &[f64]) -> Option<Vec<bool>> {
        let plan = take_in_order(&self.instance.cover, self.rules, guide);
        self.value(&plan)?;
        let pairs: usize = self.classes.iter().map(|class| class.0.len()).sum();
        Some(better(self, plan, 2_000_000 / (pairs + 1)))
    }
}

fn plan(
    instance: &CapacitatedInstance,
    judge: &CapacitatedJudge,
    (found, without_places): (Found, Option<PlacementSolution>),
) -> CapacitatedPlan {
    let status = why(instance, judge.rules).map_or_else(
        || status(&found),
        |reason| match found.best {
            None => SolutionStatus::Infeasible { reason },
            Some(_) => status(&found),
        },
    );
    let Found { best, bound, tree, .. } = found;
    // What rules alone exclude needs no tree.
    let is_plain = matches!(&status, SolutionStatus::Infeasible { reason } if *reason != Infeasibility::Together);
    let tree = if is_plain { BranchTree::default() } else { tree };
    let open = best.as_ref().map_or_else(|| instance.existing.clone(), |best| best.0.clone());
    let flow = judge.flow(&open);
    let cover = &instance.cover;
    let reached: i64 = (0..cover.row_count())
        .filter(|&row| cover.sites_of(row).iter().any(|&site| open[site as usize]))
        .map(|row| cover.weight(row))
        .sum();
    CapacitatedPlan {
        chosen: judge.new_sites(&open),
        served: flow.served,
        full: reached - flow.served,
        out_of_reach: cover.total_weight() - reached,
        bound: bound.max(0),
        status,
        allocation: allocation(instance, judge.classes, flow.sent),
        certificate: tree,
        without_places,
    }
}

/// Deals the people of each class out to its rows, in row and site order.
fn allocation(
    instance: &CapacitatedInstance,
    classes: &[(Vec<u32>, i64)],
    mut sent: Vec<Vec<i64>>,
) -> Vec<Allocation> {
    let cover = &instance.cover;
    let class_of: std::collections::BTreeMap<&[u32], usize> =
        classes.iter().enumerate().map(|(class, (sites, _))| (sites.as_slice(), class)).collect();
    let mut dealt = Vec::new();
    for row in 0..cover.row_count() {
        let sites: Vec<u32> = cover
            .sites_of(row)
            .iter()
            .copied()
            .filter(|&site| cover.is_open_to_choice(SiteId(site)))
            .collect();
        let Some(&class) = class_of.get(sites.as_slice()) else { continue };
        let mut left = cover.weight(row);
        for (place, &site) in sites.iter().enumerate() {
            let persons = left.min(sent[class][place]);
            if persons > 0 {
                sent[class][place] -= persons;
                left -= persons;
                dealt.push(Allocation { row: row as u32, site: SiteId(site), persons });
            }
        }
    }
    dealt
}

/// A single rule that no plan can keep, if there is one.
fn why(instance: &CapacitatedInstance, rules: &SiteRules) -> Option<Infeasibility> {
    blame(&instance.cover, rules)
}
