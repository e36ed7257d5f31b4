//! New centers that offer several functions each (1+6+X).
//!
//! A site `j` that is built can house modules `(j, f)`, each with its own reach, people and cost:
//!
//! ```text
//! max  Σ_f worth_f Σ_i w_fi y_fi + complete_worth Σ_i w_i Y_i
//!      y_fi ≤ Σ_{(j,f) reaches i} v_jf              function f within reach
//!      Y_i ≤ y_fi   for every required f             complete: all required functions within reach
//!      v_jf ≤ x_j   (and x_j ≤ v_jf when a site opens with all its modules)
//!      Σ_j c_j x_j + Σ_jf m_jf v_jf ≤ budget;  the rules on sites;  x, v ∈ {0, 1},  0 ≤ y, Y ≤ 1
//! ```
//!
//! Functions that standing facilities offer are settled, so a home that lacks one function only needs that one.
//! Source: D. A. Schilling, D. J. Elzinga, J. Cohon, R. L. Church and C. ReVelle, "The TEAM/FLEET models for
//! simultaneous facility and equipment siting", Transportation Science 13, 1979.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId};

use super::instance::{CoverInstance, SUM_LIMIT, SiteStatus};
use super::outcome::{Relay, blame, chosen_from, status};
use super::problem::SiteRules;
use super::program::rules::{add_rules, better, common_unit, keeps_rules, take_in_order};
use super::program::{BranchTree, Effort, Found, Judge, Program, search};
use super::solution::{Infeasibility, Monitor, SolutionStatus};

/// A function a site can house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Module {
    /// The site.
    pub site: SiteId,
    /// Position of the function in [`MultiFunctionInstance::functions`].
    pub function: u32,
    /// Its cost beside that of the site, not negative.
    pub cost: i64,
}

/// Sites, functions and people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiFunctionInstance {
    /// For each function, who would be reached by it from each site, with the people who want it. All have the
    /// same rows and sites; costs and states of the sites are those of the first.
    pub functions: Vec<CoverInstance>,
    /// What can be housed where, sorted, no pair of site and function twice.
    pub modules: Vec<Module>,
    /// People at each row for whom completeness counts.
    pub persons: Vec<i64>,
}

/// Whether a site opens with all its modules or with some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Housing {
    /// A site opens with all its modules.
    #[default]
    All,
    /// Each module is a choice of its own.
    Some,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MultiFunctionProblem {
    /// What a micro-person newly reached by each function counts, not negative.
    pub worths: Vec<i64>,
    /// Functions that make a home complete, sorted.
    pub required: Vec<u32>,
    /// What a micro-person counts who becomes complete, not negative.
    pub complete_worth: i64,
    /// How sites open.
    pub housing: Housing,
    /// Rules on sites; their budget covers sites and modules.
    pub rules: SiteRules,
}

/// A plan of sites and functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MultiFunctionPlan {
    /// Sites to build, sorted.
    pub chosen: Vec<SiteId>,
    /// What they house, sorted.
    pub modules: Vec<Module>,
    /// Micro-persons newly reached by each function.
    pub reached: Vec<i64>,
    /// Micro-persons who become complete.
    pub completed: i64,
    /// All of it, each times its worth.
    pub value: i64,
    /// No plan has a larger value.
    pub bound: i64,
    /// How far the solver came.
    pub status: SolutionStatus,
    /// What proves the bound. Decisions: sites, then modules as given. Rows: by function, each demand row some
    /// module reaches; then, demand row by demand row and required function by function, completeness; then
    /// the modules, each below its site, with [`Housing::All`] each followed by its site below it; the budget;
    /// the other rules on sites.
    pub certificate: BranchTree,
}

/// The plan of the highest value; streams to `monitor`, which may stop it and keep the best plan.
pub fn solve_multi_function(
    instance: &MultiFunctionInstance,
    problem: &MultiFunctionProblem,
    effort: Effort,
    monitor: &dyn Monitor,
) -> MultiFunctionPlan {
    if let Some(reason) = why(instance, problem) {
        return MultiFunctionPlan {
            chosen: Vec::new(),
            modules: Vec::new(),
            reached: vec![0; instance.functions.len()],
            completed: 0,
            value: 0,
            bound: 0,
            status: SolutionStatus::Infeasible { reason },
            certificate: BranchTree::default(),
        };
    }
    let judge = MultiFunctionJudge::new(instance, problem);
    let program = judge.program();
    let sites = |plan: &[bool]| chosen_from(plan, 0, judge.sites());
    let relay = Relay { monitor, sites: &sites };
    let start = judge.round(&judge.reach());
    judge.plan(search(&program, &judge, (start, judge.unit()), effort, &relay))
}

fn why(instance: &MultiFunctionInstance, problem: &MultiFunctionProblem) -> Option<Infeasibility> {
    let Some(first) = instance.functions.first() else { return Some(Infeasibility::RulesDoNotFit) };
    let (rows, sites, functions) =
        (first.row_count(), first.site_count(), instance.functions.len());
    let worths = problem.worths.iter().zip(&instance.functions);
    let total: i128 = worths
        .map(|(&worth, cover)| i128::from(worth) * i128::from(cover.total_weight()))
        .sum::<i128>()
        + i128::from(problem.complete_worth)
            * instance.persons.iter().map(|&p| i128::from(p)).sum::<i128>();
    let fits = instance.functions.iter().all(|f| f.row_count() == rows && f.site_count() == sites)
        && instance.persons.len() == rows
        && instance.persons.iter().all(|&persons| persons >= 0)
        && problem.worths.len() == functions
        && problem.worths.iter().all(|&worth| worth >= 0)
        && problem.complete_worth >= 0
        && total <= i128::from(SUM_LIMIT)
        && problem.required.is_sorted_by(|a, b| a < b)
        && problem.required.iter().all(|&f| (f as usize) < functions)
        && instance.modules.is_sorted_by(|a, b| (a.site, a.function) < (b.site, b.function))
        && instance
            .modules
            .iter()
            .all(|m| m.site.index() < sites && (m.function as usize) < functions && m.cost >= 0);
    if fits { blame(first, &problem.rules) } else { Some(Infeasibility::RulesDoNotFit) }
}

struct MultiFunctionJudge<'a> {
    instance: &'a MultiFunctionInstance,
    problem: &'a MultiFunctionProblem,
    /// The rules without the budget, which covers modules too.
    rules: SiteRules,
    /// For each function, the modules that reach each row.
    reach: Vec<BTreeMap<u32, Vec<u32>>>,
    /// Rows that can become complete, with the required functions each lacks.
    lacking: Vec<(u32, Vec<u32>)>,
}

impl<'a> MultiFunctionJudge<'a> {
    fn new(instance: &'a MultiFunctionInstance, problem: &'a MultiFunctionProblem) -> Self {
        let mut reach = vec![BTreeMap::<u32, Vec<u32>>::new(); instance.functions.len()];
        for (index, module) in instance.modules.iter().enumerate() {
            let cover = &instance.functions[module.function as usize];
            if !instance.functions[0].is_open_to_choice(module.site) {
                continue;
            }
            for &row in cover.rows_of(module.site) {
                reach[module.function as usize].entry(row).or_default().push(index as u32);
            }
        }
        let mut lacking = Vec::new();
        for row in 0..instance.functions[0].row_count() {
            let lacks: Vec<u32> = problem
                .required
                .iter()
                .copied()
                .filter(|&f| !instance.functions[f as usize].is_settled(row))
                .collect();
            let can = lacks.iter().all(|&f| reach[f as usize].contains_key(&(row as u32)));
            if can && !lacks.is_empty() && instance.persons[row] > 0 {
                lacking.push((row as u32, lacks));
            }
        }
        let rules = SiteRules { budget: None, ..problem.rules.clone() };
        Self { instance, problem, rules, reach, lacking }
    }

    fn sites(&self) -> usize {
        self.instance.functions[0].site_count()
    }

    fn unit(&self) -> i64 {
        let by_function = self.instance.functions.iter().zip(&self.problem.worths);
        let single = by_function
            .flat_map(|(cover, &worth)| cover.weights().iter().map(move |&weight| weight * worth));
        let complete = self.instance.persons.iter().map(|&p| p * self.problem.complete_worth);
        common_unit(single.chain(complete))
    }

    fn program(&self) -> Program {
        let mut program = Program::new();
        let sites = self.sites() as u32;
        for _ in 0..sites + self.instance.modules.len() as u32 {
            program.decide(0);
        }
        let mut parts: Vec<BTreeMap<u32, u32>> = Vec::new();
        for (function, reach) in self.reach.iter().enumerate() {
            let cover = &self.instance.functions[function];
            let mut of_row = BTreeMap::new();
            for (&row, modules) in reach {
                let profit = cover.weight(row as usize) * self.problem.worths[function];
                let part = program.part(profit);
                let open = modules.iter().map(|&module| (sites + module, -1));
                program.at_most(open.chain([(part, 1)]), 0);
                of_row.insert(row, part);
            }
            parts.push(of_row);
        }
        for (row, lacks) in &self.lacking {
            let persons = self.instance.persons[*row as usize];
            let whole = program.part(persons * self.problem.complete_worth);
            for &function in lacks {
                program.at_most([(whole, 1), (parts[function as usize][row], -1)], 0);
            }
        }
        for (index, module) in self.instance.modules.iter().enumerate() {
            let housed = sites + index as u32;
            program.at_most([(housed, 1), (module.site.0, -1)], 0);
            if self.problem.housing == Housing::All {
                program.at_most([(module.site.0, 1), (housed, -1)], 0);
            }
        }
        if let Some(budget) = self.problem.rules.budget {
            let first = &self.instance.functions[0];
            let build = first.sites().map(|site| (site.0, first.cost(site)));
            let house = self.instance.modules.iter().enumerate();
            let house = house.map(|(index, module)| (sites + index as u32, module.cost));
            program.at_most(build.chain(house).filter(|term| term.1 != 0), budget);
        }
        add_rules(&mut program, &self.instance.functions[0], &self.rules, 0);
        program
    }

    fn reached(&self, plan: &[bool]) -> (Vec<i64>, i64) {
        let housed = &plan[self.sites()..];
        let is_reached = |function: usize, row: u32| {
            self.reach[function]
                .get(&row)
                .is_some_and(|modules| modules.iter().any(|&module| housed[module as usize]))
        };
        let by_function = (0..self.reach.len())
            .map(|function| {
                let rows = self.reach[function].keys().filter(|&&row| is_reached(function, row));
                rows.map(|&row| self.instance.functions[function].weight(row as usize)).sum()
            })
            .collect();
        let complete = self
            .lacking
            .iter()
            .filter(|(row, lacks)| lacks.iter().all(|&f| is_reached(f as usize, *row)));
        (by_function, complete.map(|(row, _)| self.instance.persons[*row as usize]).sum())
    }

    fn worth(&self, (by_function, complete): &(Vec<i64>, i64)) -> i64 {
        let single: i64 = by_function.iter().zip(&self.problem.worths).map(|(n, w)| n * w).sum();
        single + complete * self.problem.complete_worth
    }

    fn cost(&self, plan: &[bool]) -> i64 {
        let first = &self.instance.functions[0];
        let build: i64 =
            first.sites().filter(|s| plan[s.index()]).map(|site| first.cost(site)).sum();
        let modules = self.instance.modules.iter().zip(&plan[self.sites()..]);
        build + modules.filter(|(_, housed)| **housed).map(|(module, _)| module.cost).sum::<i64>()
    }

    /// A guide for the first plan: what each module reaches alone, and each site with all its modules.
    fn reach(&self) -> Vec<f64> {
        let mut reach = vec![0.0; self.sites() + self.instance.modules.len()];
        for (index, module) in self.instance.modules.iter().enumerate() {
            let cover = &self.instance.functions[module.function as usize];
            let worth = self.problem.worths[module.function as usize].max(1);
            let alone = cover.covered_weight(&[module.site]) as f64 * worth as f64;
            reach[self.sites() + index] = alone;
            reach[module.site.index()] += alone;
        }
        let most = reach.iter().copied().fold(1.0, f64::max);
        reach.iter().map(|reach| reach / most).collect()
    }

    /// Every open site with its modules: all of them, or in order of the guide while they can be paid.
    fn house(&self, open: &[bool], guide: &[f64]) -> Vec<bool> {
        let mut plan = open.to_vec();
        plan.resize(self.sites() + self.instance.modules.len(), false);
        let mut order: Vec<usize> = (0..self.instance.modules.len())
            .filter(|&module| open[self.instance.modules[module].site.index()])
            .collect();
        order.sort_by(|&a, &b| {
            guide[self.sites() + b].total_cmp(&guide[self.sites() + a]).then(a.cmp(&b))
        });
        for module in order {
            plan[self.sites() + module] = true;
            let budget = self.problem.rules.budget;
            if self.problem.housing == Housing::Some
                && budget.is_some_and(|most| self.cost(&plan) > most)
            {
                plan[self.sites() + module] = false;
            }
        }
        plan
    }

    /// Sites in order of the guide, each with its modules, while all of it can be paid.
    fn affordable(&self, guide: &[f64]) -> Vec<bool> {
        let first = &self.instance.functions[0];
        let taken = take_in_order(first, &self.rules, &guide[..self.sites()]);
        let mut order: Vec<usize> = (0..self.sites()).filter(|&site| taken[site]).collect();
        order.sort_by(|&a, &b| {
            let must = |s: usize| first.status(SiteId(s as u32)) == SiteStatus::Required;
            must(b).cmp(&must(a)).then(guide[b].total_cmp(&guide[a])).then(a.cmp(&b))
        });
        let mut open = vec![false; self.sites()];
        for site in order {
            open[site] = true;
            let cost = self.cost(&self.house(&open, guide));
            if self.problem.rules.budget.is_some_and(|most| cost > most) {
                open[site] = false;
            }
        }
        self.house(&open, guide)
    }

    fn plan(&self, found: Found) -> MultiFunctionPlan {
        let status = status(&found);
        let nothing = || vec![false; self.sites() + self.instance.modules.len()];
        let plan = found.best.map_or_else(nothing, |best| best.0);
        let reached = self.reached(&plan);
        let modules = self.instance.modules.iter().zip(&plan[self.sites()..]);
        MultiFunctionPlan {
            chosen: chosen_from(&plan, 0, self.sites()),
            modules: modules.filter(|(_, housed)| **housed).map(|(module, _)| *module).collect(),
            value: self.worth(&reached),
            reached: reached.0,
            completed: reached.1,
            bound: found.bound.max(0),
            status,
            certificate: found.tree,
        }
    }
}

impl Judge for MultiFunctionJudge<'_> {
    fn value(&self, plan: &[bool]) -> Option<i64> {
        let (open, housed) = plan.split_at(self.sites());
        let together = self.instance.modules.iter().zip(housed).all(|(module, &housed)| {
            let open = open[module.site.index()];
            housed == open || (!housed && self.problem.housing == Housing::Some)
        });
        let allowed = together
            && self.problem.rules.budget.is_none_or(|most| self.cost(plan) <= most)
            && keeps_rules(&self.instance.functions[0], &self.rules, open);
        allowed.then(|| self.worth(&self.reached(plan)))
    }

    fn round(&self, guide: &[f64]) -> Option<Vec<bool>> {
        let plan = self.affordable(guide);
        self.value(&plan)?;
        let pairs: usize = self.instance.functions.iter().map(CoverInstance::pair_count).sum();
        Some(match self.problem.housing {
            Housing::Some => better(self, plan, 2_000_000 / (pairs + 1) + 50),
            Housing::All => {
                let sites = SitesOnly { judge: self, guide };
                let open = plan[..self.sites()].to_vec();
                self.house(&better(&sites, open, 2_000_000 / (pairs + 1) + 50), guide)
            }
        })
    }
}

/// Judges sites that open with all their modules.
struct SitesOnly<'a, 'b> {
    judge: &'a MultiFunctionJudge<'b>,
    guide: &'a [f64],
}

impl Judge for SitesOnly<'_, '_> {
    fn value(&self, open: &[bool]) -> Option<i64> {
        self.judge.value(&self.judge.house(open, self.guide))
    }

    fn round(&self, _: &[f64]) -> Option<Vec<bool>> {
        None
    }
}
