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

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId};

use super::instance::{CoverInstance, InstanceError, SiteFacts, SiteStatus};
use super::outcome::{Relay, blame, chosen_from, status};
use super::problem::SiteRules;
use super::program::rules::{
    add_rules, better, classes, common_unit, greedy_guide, keeps_rules, take_in_order,
};
use super::program::{BranchTree, Effort, Found, Judge, Program, search};
use super::solution::{Infeasibility, Monitor, SolutionStatus};

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
    let relay = Relay { monitor, sites: &new_sites };
    let mut guide = greedy_guide(&instance.cover);
    // A site without places serves nobody, however many live near it.
    for (part, _) in guide.iter_mut().zip(&instance.serves).filter(|(_, serves)| **serves == 0) {
        *part = 0.0;
    }
    let start = judge.round(&guide);
    let found = search(&program, &judge, (start, unit), effort, &relay);
    plan(instance, &judge, found)
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

/// A maximum flow from classes of people to open sites.
///
/// Shortest augmenting paths (J. Edmonds and R. M. Karp, "Theoretical improvements in algorithmic efficiency for
/// network flow problems", J. ACM 19, 1972), found backwards from sites with room.
struct Flow {
    /// People of each class sent to each of its sites.
    sent: Vec<Vec<i64>>,
    served: i64,
}

impl Flow {
    fn most(classes: &[(Vec<u32>, i64)], serves: &[i64], open: &[bool]) -> Self {
        let mut sent: Vec<Vec<i64>> = classes.iter().map(|class| vec![0; class.0.len()]).collect();
        let mut room: Vec<i64> =
            serves.iter().zip(open).map(|(&most, &open)| if open { most } else { 0 }).collect();
        let mut left: Vec<i64> = classes.iter().map(|class| class.1).collect();
        let mut guests: Vec<Vec<(usize, usize)>> = vec![Vec::new(); serves.len()];
        for (class, (sites, _)) in classes.iter().enumerate() {
            for (place, &site) in sites.iter().enumerate() {
                if open[site as usize] {
                    guests[site as usize].push((class, place));
                }
            }
        }
        for (class, (sites, _)) in classes.iter().enumerate() {
            for (place, &site) in sites.iter().enumerate() {
                let taken = left[class].min(room[site as usize]);
                sent[class][place] += taken;
                left[class] -= taken;
                room[site as usize] -= taken;
            }
        }
        while let Some((class, path)) = path(classes, &guests, (&sent, &left, &room)) {
            let mut amount = left[class];
            for &(_, _, back) in &path {
                if let Some((class, place)) = back {
                    amount = amount.min(sent[class][place]);
                }
            }
            let Some(&(_, last, _)) = path.last() else { break };
            amount = amount.min(room[last]);
            for &((class, place), _, back) in &path {
                if let Some((class, place)) = back {
                    sent[class][place] -= amount;
                }
                sent[class][place] += amount;
            }
            left[class] -= amount;
            room[last] -= amount;
        }
        let total = sent.iter().flatten().sum();
        Self { sent, served: total }
    }
}

/// How a site was come to: the pair of class and place that would bring people, and the pair that gave them up.
type Came = (usize, usize, Option<(usize, usize)>);

/// A step of an augmenting path: the pair that gets people, its site, and the pair that gives the people up.
type Step = ((usize, usize), usize, Option<(usize, usize)>);

/// A shortest path from a class with people left to a site with room, over sites that pass people on.
fn path(
    classes: &[(Vec<u32>, i64)],
    guests: &[Vec<(usize, usize)>],
    (sent, left, room): (&[Vec<i64>], &[i64], &[i64]),
) -> Option<(usize, Vec<Step>)> {
    const UNSEEN: usize = usize::MAX;
    // How a site was come to: the pair that would bring people, and the pair that gave them up.
    let mut came: Vec<Came> = vec![(UNSEEN, 0, None); guests.len()];
    let mut class_seen = vec![false; classes.len()];
    let mut open = vec![false; guests.len()];
    for (site, guests) in guests.iter().enumerate() {
        open[site] = !guests.is_empty();
    }
    let mut queue: std::collections::VecDeque<(usize, Option<(usize, usize)>)> =
        (0..classes.len()).filter(|&class| left[class] > 0).map(|class| (class, None)).collect();
    for &(class, _) in &queue {
        class_seen[class] = true;
    }
    while let Some((class, gave)) = queue.pop_front() {
        for (place, &site) in classes[class].0.iter().enumerate() {
            let site = site as usize;
            if !open[site] || came[site].0 != UNSEEN {
                continue;
            }
            came[site] = (class, place, gave);
            if room[site] > 0 {
                return Some(trace(&came, classes, site));
            }
            for &(guest, place) in &guests[site] {
                if sent[guest][place] > 0 && !class_seen[guest] {
                    class_seen[guest] = true;
                    queue.push_back((guest, Some((guest, place))));
                }
            }
        }
    }
    None
}

fn trace(came: &[Came], classes: &[(Vec<u32>, i64)], last: usize) -> (usize, Vec<Step>) {
    let mut steps = Vec::new();
    let mut site = last;
    loop {
        let (class, place, gave) = came[site];
        steps.push(((class, place), site, gave));
        let Some((_, from)) = gave else {
            steps.reverse();
            return (class, steps);
        };
        site = classes[class].0[from] as usize;
    }
}

fn plan(instance: &CapacitatedInstance, judge: &CapacitatedJudge, found: Found) -> CapacitatedPlan {
    let status = why(instance, judge.rules).map_or_else(
        || status(&found),
        |reason| match found.best {
            None => SolutionStatus::Infeasible { reason },
            Some(_) => status(&found),
        },
    );
    let Found { best, bound, tree, .. } = found;
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
