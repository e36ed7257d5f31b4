//! Which few gates to open, alone or beside new sites.
//!
//! A *choice* is a gate or a candidate site. A home may need several at once: two gates in a row, or a site and
//! the gate that leads to it. So each demand row has *ways*: smallest sets of choices that together bring it
//! within the cutoff. With `x_c = 1` when choice `c` is taken and `z_h` the part of way `h` that is there:
//!
//! ```text
//! max  Σ w_i y_i
//!      y_i ≤ Σ_{h of i} z_h;   z_h ≤ x_c for every c of h;   the rules on choices
//!      x ∈ {0, 1},  0 ≤ y, z ≤ 1
//! ```
//!
//! Coverage by gates is not submodular (the second gate of two in a row gains nothing alone), so greedy proves
//! nothing here; the program's bound does, and on few gates the branching tree closes it. This is maximal
//! covering with joint coverage: O. Berman, Z. Drezner and D. Krass, "Cooperative cover location problems: the
//! planar case", IIE Transactions 42, 2010, on sets given explicitly.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId};

use super::instance::{CoverInstance, InstanceError, SiteFacts, SiteStatus};
use super::outcome::{Relay, blame, chosen_from, status};
use super::problem::{GroupRule, SiteRules};
use super::program::rules::{add_rules, better, common_unit, keeps_rules, take_in_order};
use super::program::{BranchTree, Effort, Found, Judge, Program, search};
use super::solution::{Infeasibility, Monitor, SolutionStatus};

/// Says who is covered when some choices are taken.
pub trait GateEvaluator {
    /// How many choices there are.
    fn choices(&self) -> usize;
    /// Micro-persons covered, beside those covered without any choice, when those of `taken` are taken; never
    /// less with more taken.
    fn newly_covered(&self, taken: &[SiteId]) -> i64;
}

/// Demand rows with their ways. Choices are numbered as sites: first the gates, then candidate sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateInstance {
    /// Micro-persons of each row.
    weights: Vec<i64>,
    /// For each row its ways, each a sorted set of choices; no way holds another. None for a row that is
    /// covered already.
    ways: Vec<Vec<Vec<u32>>>,
    gates: u32,
    facts: CoverInstance,
}

impl GateInstance {
    /// An instance over rows of `weights` with `ways` each; `facts` of the choices, of which the first `gates` are
    /// gates. Ways that hold another of their row are dropped; an existing choice is not a choice and must not be
    /// named by a way.
    ///
    /// # Errors
    /// [`InstanceError`] for negative or too large numbers, and ways that name a choice that is not there.
    pub fn new(
        weights: Vec<i64>,
        ways: Vec<Vec<Vec<u32>>>,
        (gates, facts): (u32, &[SiteFacts]),
    ) -> Result<Self, InstanceError> {
        CoverInstance::builder(weights.clone())?;
        let mut builder = CoverInstance::builder(Vec::new())?;
        for &facts in facts {
            builder.add_site(&[], facts)?;
        }
        for (row, ways) in ways.iter().enumerate() {
            let out = ways.iter().flatten().find(|&&choice| choice as usize >= facts.len());
            if let Some(&choice) = out {
                return Err(InstanceError::RowOutOfRange {
                    site: choice as usize,
                    row: row as u32,
                    rows: weights.len(),
                });
            }
        }
        let mut ways: Vec<Vec<Vec<u32>>> = ways.into_iter().map(smallest).collect();
        ways.resize(weights.len(), Vec::new());
        Ok(Self { weights, ways, gates, facts: builder.build() })
    }

    /// How many of the choices are gates.
    pub fn gate_count(&self) -> usize {
        self.gates as usize
    }

    /// The ways of `row`.
    pub fn ways(&self, row: usize) -> &[Vec<u32>] {
        &self.ways[row]
    }

    /// Micro-persons of each row.
    pub fn weights(&self) -> &[i64] {
        &self.weights
    }

    /// Cost and state of the choices, as the sites of an instance without rows.
    pub fn facts(&self) -> &CoverInstance {
        &self.facts
    }

    /// Rules for at most `gates` gates and at most `sites` sites, each `None` for no limit.
    pub fn at_most(&self, gates: Option<u32>, sites: Option<u32>) -> SiteRules {
        let (first, all) =
            (self.gates.min(self.facts.site_count() as u32), self.facts.site_count());
        let group = |range: std::ops::Range<u32>, max: Option<u32>| {
            max.map(|max| GroupRule { sites: range.map(SiteId).collect(), min: 0, max })
        };
        let groups = [group(0..first, gates), group(first..all as u32, sites)];
        SiteRules { groups: groups.into_iter().flatten().collect(), ..SiteRules::default() }
    }
}

/// The sets that hold no other, sorted.
pub(super) fn smallest(mut sets: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    for set in &mut sets {
        set.sort_unstable();
        set.dedup();
    }
    sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    sets.dedup();
    let mut kept: Vec<Vec<u32>> = Vec::new();
    for set in sets {
        if !kept.iter().any(|small| small.iter().all(|c| set.binary_search(c).is_ok())) {
            kept.push(set);
        }
    }
    kept
}

impl GateEvaluator for GateInstance {
    fn choices(&self) -> usize {
        self.facts.site_count()
    }

    fn newly_covered(&self, taken: &[SiteId]) -> i64 {
        let mut open = vec![false; self.choices()];
        for &choice in taken {
            open[choice.index()] = true;
        }
        let is_there = |way: &Vec<u32>| way.iter().all(|&choice| open[choice as usize]);
        let covered = (0..self.weights.len())
            .filter(|&row| !self.ways[row].iter().any(Vec::is_empty))
            .filter(|&row| self.ways[row].iter().any(is_there));
        covered.map(|row| self.weights[row]).sum()
    }
}

/// What a gate is worth by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateRank {
    /// The choice.
    pub choice: SiteId,
    /// Micro-persons newly covered when only it is taken.
    pub alone: i64,
    /// Micro-persons lost when all choices are taken but it.
    pub last: i64,
}

/// All choices, those that alone newly cover most people first, ties by smaller id.
pub fn rank_gates(evaluator: &dyn GateEvaluator) -> Vec<GateRank> {
    let all: Vec<SiteId> = (0..evaluator.choices()).map(SiteId::from_index).collect();
    let everything = evaluator.newly_covered(&all);
    let mut ranks: Vec<GateRank> = all
        .iter()
        .map(|&choice| {
            let others: Vec<SiteId> = all.iter().copied().filter(|&c| c != choice).collect();
            GateRank {
                choice,
                alone: evaluator.newly_covered(&[choice]),
                last: everything - evaluator.newly_covered(&others),
            }
        })
        .collect();
    ranks.sort_by(|a, b| {
        b.alone.cmp(&a.alone).then(b.last.cmp(&a.last)).then(a.choice.cmp(&b.choice))
    });
    ranks
}

/// Gates to open, and sites to build with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatePlan {
    /// Choices taken, sorted.
    pub chosen: Vec<SiteId>,
    /// Micro-persons newly covered.
    pub value: i64,
    /// No plan covers more.
    pub bound: i64,
    /// How far the solver came.
    pub status: SolutionStatus,
    /// What proves the bound. Decisions: choices. Variables: the ways of two or more choices, in the order met
    /// row by row; then the classes of rows with the same ways, in the order of their first row. Rows: each such
    /// way below each of its choices; the classes; the rules on choices.
    pub certificate: BranchTree,
}

/// The choices that newly cover most people; streams to `monitor`, which may stop it and keep the best plan.
pub fn solve_gates(
    instance: &GateInstance,
    rules: &SiteRules,
    effort: Effort,
    monitor: &dyn Monitor,
) -> GatePlan {
    let judge = GateJudge::new(instance, rules);
    if let Some(reason) = refuse(instance, rules) {
        let mut plan = judge.plan(Found::refused());
        plan.status = SolutionStatus::Infeasible { reason };
        return plan;
    }
    let program = judge.program();
    let unit = common_unit(judge.classes.iter().map(|class| class.1));
    let sites = |plan: &[bool]| chosen_from(plan, 0, plan.len());
    let relay = Relay { monitor, sites: &sites };
    let start = judge.round(&judge.reach());
    judge.plan(search(&program, &judge, (start, unit), effort, &relay))
}

fn refuse(instance: &GateInstance, rules: &SiteRules) -> Option<Infeasibility> {
    let standing = |&choice: &u32| instance.facts.status(SiteId(choice)) == SiteStatus::Existing;
    if instance.ways.iter().flatten().flatten().any(standing) {
        return Some(Infeasibility::RulesDoNotFit);
    }
    blame(&instance.facts, rules)
}

struct GateJudge<'a> {
    instance: &'a GateInstance,
    rules: &'a SiteRules,
    /// Ways that can be had, with the people of all rows that have just these.
    classes: Vec<(Vec<Vec<u32>>, i64)>,
}

impl<'a> GateJudge<'a> {
    fn new(instance: &'a GateInstance, rules: &'a SiteRules) -> Self {
        let mut seen: BTreeMap<Vec<Vec<u32>>, usize> = BTreeMap::new();
        let mut classes: Vec<(Vec<Vec<u32>>, i64)> = Vec::new();
        for (row, all) in instance.ways.iter().enumerate() {
            let may = |way: &&Vec<u32>| {
                way.iter().all(|&choice| instance.facts.is_open_to_choice(SiteId(choice)))
            };
            let ways: Vec<Vec<u32>> = all.iter().filter(may).cloned().collect();
            if ways.is_empty() || ways[0].is_empty() || instance.weights[row] == 0 {
                continue;
            }
            let class = *seen.entry(ways.clone()).or_insert_with(|| {
                classes.push((ways, 0));
                classes.len() - 1
            });
            classes[class].1 += instance.weights[row];
        }
        Self { instance, rules, classes }
    }

    fn program(&self) -> Program {
        let mut program = Program::new();
        for _ in 0..self.instance.choices() {
            program.decide(0);
        }
        let mut joint: BTreeMap<&Vec<u32>, u32> = BTreeMap::new();
        for (ways, _) in &self.classes {
            for way in ways.iter().filter(|way| way.len() > 1) {
                joint.entry(way).or_insert_with(|| {
                    let part = program.part(0);
                    for &choice in way {
                        program.at_most([(part, 1), (choice, -1)], 0);
                    }
                    part
                });
            }
        }
        for (ways, weight) in &self.classes {
            let part = program.part(*weight);
            let there = ways.iter().map(|way| match way.as_slice() {
                [single] => (*single, -1),
                _ => (joint[way], -1),
            });
            program.at_most(there.chain([(part, 1)]), 0);
        }
        add_rules(&mut program, &self.instance.facts, self.rules, 0);
        program
    }

    fn covered(&self, open: &[bool]) -> i64 {
        let is_there = |way: &Vec<u32>| way.iter().all(|&choice| open[choice as usize]);
        let covered = self.classes.iter().filter(|(ways, _)| ways.iter().any(is_there));
        covered.map(|class| class.1).sum()
    }

    /// A guide for the first plan: a choice counts with the people of its ways, each shared among the way.
    fn reach(&self) -> Vec<f64> {
        let mut reach = vec![0.0; self.instance.choices()];
        for (ways, weight) in &self.classes {
            for way in ways {
                for &choice in way {
                    reach[choice as usize] += *weight as f64 / way.len() as f64;
                }
            }
        }
        let most = reach.iter().copied().fold(1.0, f64::max);
        reach.iter().map(|reach| reach / most).collect()
    }

    fn plan(&self, found: Found) -> GatePlan {
        let status = status(&found);
        let plan = found.best.map_or_else(|| vec![false; self.instance.choices()], |best| best.0);
        GatePlan {
            chosen: chosen_from(&plan, 0, plan.len()),
            value: self.covered(&plan),
            bound: found.bound.max(0),
            status,
            certificate: found.tree,
        }
    }
}

impl Judge for GateJudge<'_> {
    fn value(&self, plan: &[bool]) -> Option<i64> {
        keeps_rules(&self.instance.facts, self.rules, plan).then(|| self.covered(plan))
    }

    fn round(&self, guide: &[f64]) -> Option<Vec<bool>> {
        let plan = take_in_order(&self.instance.facts, self.rules, guide);
        self.value(&plan)?;
        let ways: usize = self.classes.iter().map(|class| class.0.len()).sum();
        Some(better(self, plan, 2_000_000 / (ways + 1) + 50))
    }
}
