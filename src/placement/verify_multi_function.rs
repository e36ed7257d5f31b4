//! Re-checks a plan of sites and functions.

use crate::ids::{Id, SiteId};

use super::instance::SUM_LIMIT;
use super::multi_function::{
    Housing, Module, MultiFunctionInstance, MultiFunctionPlan, MultiFunctionProblem,
};
use super::problem::SiteRules;
use super::solution::Infeasibility;
use super::verify_tree::{
    Claim, PlanFault, Statement, check_rules, divisor, flags, is_to_blame, misfit, refused, same,
};

/// Checks sites, modules, money, people, value and the bound of `plan`.
///
/// # Errors
/// [`PlanFault`], the first fault found.
pub fn verify_multi_function(
    instance: &MultiFunctionInstance,
    problem: &MultiFunctionProblem,
    plan: &MultiFunctionPlan,
) -> Result<(), PlanFault> {
    let nothing = plan.chosen.is_empty() && plan.modules.is_empty();
    if let Some(what) = misfit_of(instance, problem) {
        let zero = plan.reached.iter().chain([&plan.completed, &plan.value, &plan.bound]);
        return refused(
            what,
            (&plan.status, nothing && zero.into_iter().all(|&number| number == 0)),
        );
    }
    let blame =
        |reason: &Infeasibility| is_to_blame(&instance.functions[0], &problem.rules, reason);
    let check = Check { instance, problem };
    let mut decisions = flags(&plan.chosen, check.sites())?;
    for module in &instance.modules {
        decisions.push(plan.modules.contains(module));
    }
    if !plan.modules.is_sorted_by(|a, b| a < b)
        || plan.modules.iter().any(|module| !instance.modules.contains(module))
    {
        return Err(PlanFault::Rule("a module that is not there"));
    }
    let (reached, completed) = check.reached(&decisions);
    if plan.reached != reached {
        return Err(PlanFault::Rule("the people reached by each function"));
    }
    same("the people who become complete", plan.completed, completed)?;
    same("the value", plan.value, check.worth(&decisions))?;
    let mut numbers: Vec<i64> = Vec::new();
    for (cover, &worth) in instance.functions.iter().zip(&problem.worths) {
        numbers.extend(cover.weights().iter().map(|weight| weight * worth));
    }
    numbers.extend(instance.persons.iter().map(|persons| persons * problem.complete_worth));
    let value_of = |decisions: &[bool]| -> Option<i64> {
        check.kept(decisions).ok()?;
        Some(check.worth(decisions))
    };
    Claim {
        value: plan.value,
        bound: plan.bound,
        status: &plan.status,
        tree: &plan.certificate,
        is_empty: nothing,
        known: i64::MAX,
        unit: divisor(&numbers),
        kept: check.kept(&decisions),
    }
    .check(&check.statement(), blame, &value_of)
}

/// Why the question is none on this instance.
fn misfit_of(
    instance: &MultiFunctionInstance,
    problem: &MultiFunctionProblem,
) -> Option<&'static str> {
    let Some(first) = instance.functions.first() else { return Some("there is no function") };
    let (rows, sites) = (first.row_count(), first.site_count());
    let functions = instance.functions.len();
    if instance.functions.iter().any(|f| f.row_count() != rows || f.site_count() != sites)
        || instance.persons.len() != rows
    {
        return Some("the functions speak of different homes or sites");
    }
    let there = |module: &Module| {
        module.site.index() < sites
            && (module.function as usize) < functions
            && (0..=SUM_LIMIT).contains(&module.cost)
    };
    let in_order = |a: &Module, b: &Module| (a.site, a.function) < (b.site, b.function);
    if !instance.modules.iter().all(there) || !instance.modules.is_sorted_by(in_order) {
        return Some("a module names what is not there, or is out of order");
    }
    let required = &problem.required;
    if !required.is_sorted_by(|a, b| a < b)
        || required.last().is_some_and(|&last| last as usize >= functions)
    {
        return Some("a function is required that is not there, or twice");
    }
    let costs = instance.modules.iter().map(|module| i128::from(module.cost)).sum::<i128>();
    let people: i128 = instance.persons.iter().map(|&p| i128::from(p)).sum();
    let worths = problem.worths.iter().zip(&instance.functions);
    let single = worths.map(|(&w, cover)| i128::from(w) * i128::from(cover.total_weight()));
    let total = single.sum::<i128>() + i128::from(problem.complete_worth) * people;
    let negative = problem.worths.iter().chain([&problem.complete_worth]).any(|&worth| worth < 0)
        || instance.persons.iter().any(|&persons| persons < 0);
    let limit = i128::from(SUM_LIMIT);
    if problem.worths.len() != functions || negative || total > limit || costs > limit {
        return Some("what a person counts is below 0 or too large");
    }
    misfit(first, &problem.rules)
}

struct Check<'a> {
    instance: &'a MultiFunctionInstance,
    problem: &'a MultiFunctionProblem,
}

impl Check<'_> {
    fn sites(&self) -> usize {
        self.instance.functions[0].site_count()
    }

    /// Modules that reach `row` with `function`, as decisions.
    fn reaching(&self, function: usize, row: usize) -> Vec<usize> {
        let modules = self.instance.modules.iter().enumerate();
        modules
            .filter(|(_, module)| module.function as usize == function)
            .filter(|(_, module)| self.instance.functions[0].is_open_to_choice(module.site))
            .filter(|(_, module)| {
                let rows = self.instance.functions[function].rows_of(module.site);
                rows.binary_search(&(row as u32)).is_ok()
            })
            .map(|(index, _)| self.sites() + index)
            .collect()
    }

    fn is_reached(&self, function: usize, row: usize, decisions: &[bool]) -> bool {
        self.reaching(function, row).into_iter().any(|module| decisions[module])
    }

    /// Required functions that `row` lacks; none when it is complete already.
    fn lacks(&self, row: usize) -> Vec<usize> {
        let required = self.problem.required.iter().map(|&function| function as usize);
        required.filter(|&f| !self.instance.functions[f].is_settled(row)).collect()
    }

    fn reached(&self, decisions: &[bool]) -> (Vec<i64>, i64) {
        let rows = self.instance.functions[0].row_count();
        let reached = (0..self.instance.functions.len())
            .map(|function| {
                let rows = (0..rows).filter(|&row| self.is_reached(function, row, decisions));
                rows.map(|row| self.instance.functions[function].weight(row)).sum()
            })
            .collect();
        let complete = (0..rows).filter(|&row| {
            let lacks = self.lacks(row);
            !lacks.is_empty() && lacks.iter().all(|&f| self.is_reached(f, row, decisions))
        });
        (reached, complete.map(|row| self.instance.persons[row]).sum())
    }

    fn worth(&self, decisions: &[bool]) -> i64 {
        let (reached, completed) = self.reached(decisions);
        let single: i64 = reached.iter().zip(&self.problem.worths).map(|(n, w)| n * w).sum();
        single + completed * self.problem.complete_worth
    }

    fn kept(&self, decisions: &[bool]) -> Result<(), PlanFault> {
        let (open, housed) = decisions.split_at(self.sites());
        let first = &self.instance.functions[0];
        let rules = SiteRules { budget: None, ..self.problem.rules.clone() };
        check_rules(first, &rules, open)?;
        let mut cost: i64 =
            first.sites().filter(|site| open[site.index()]).map(|site| first.cost(site)).sum();
        for (module, &housed) in self.instance.modules.iter().zip(housed) {
            let open = open[module.site.index()];
            if housed && !open {
                return Err(PlanFault::Rule("a module at a site that is not built"));
            }
            if open && !housed && self.problem.housing == Housing::All {
                return Err(PlanFault::Rule("a site without all its modules"));
            }
            cost += if housed { module.cost } else { 0 };
        }
        if self.problem.rules.budget.is_some_and(|most| cost > most) {
            return Err(PlanFault::Rule("the budget"));
        }
        Ok(())
    }

    fn statement(&self) -> Statement {
        let (sites, first) = (self.sites(), &self.instance.functions[0]);
        let mut statement = Statement::with_decisions(sites + self.instance.modules.len());
        let mut parts = vec![vec![None; first.row_count()]; self.instance.functions.len()];
        for (function, cover) in self.instance.functions.iter().enumerate() {
            for (row, part) in parts[function].iter_mut().enumerate() {
                let by = self.reaching(function, row);
                if !by.is_empty() {
                    let profit = cover.weight(row) * self.problem.worths[function];
                    *part = Some(statement.covered(profit, by.into_iter()));
                }
            }
        }
        for (row, &persons) in self.instance.persons.iter().enumerate() {
            let lacks = self.lacks(row);
            let needed: Option<Vec<usize>> = lacks.iter().map(|&f| parts[f][row]).collect();
            let Some(needed) = needed.filter(|n| !n.is_empty() && persons > 0) else {
                continue;
            };
            let whole = statement.variable(persons * self.problem.complete_worth);
            for part in needed {
                statement.row(vec![(whole, 1), (part, -1)], 0);
            }
        }
        for (index, module) in self.instance.modules.iter().enumerate() {
            let (housed, site) = (sites + index, module.site.index());
            statement.row(vec![(housed, 1), (site, -1)], 0);
            if self.problem.housing == Housing::All {
                statement.row(vec![(site, 1), (housed, -1)], 0);
            }
        }
        if let Some(most) = self.problem.rules.budget {
            let build = (0..sites).map(|site| (site, first.cost(SiteId::from_index(site))));
            let modules = self.instance.modules.iter().enumerate();
            let house = modules.map(|(index, module)| (sites + index, module.cost));
            statement.row(build.chain(house).collect(), most);
        }
        let rules = SiteRules { budget: None, ..self.problem.rules.clone() };
        statement.rules(first, &rules, 0);
        statement
    }
}
