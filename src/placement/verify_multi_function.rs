//! Re-checks a plan of sites and functions.

use crate::ids::{Id, SiteId};

use super::multi_function::{
    Housing, MultiFunctionInstance, MultiFunctionPlan, MultiFunctionProblem,
};
use super::problem::SiteRules;
use super::solution::{Infeasibility, SolutionStatus};
use super::verify_tree::{
    Claim, PlanFault, Statement, check_rules, divisor, flags, is_to_blame, same,
};

/// Checks sites, modules, money, people, value and the bound of `plan`. The instance and the problem must fit each
/// other: a plan refused because they do not is taken at its word.
///
/// # Errors
/// [`PlanFault`], the first fault found.
pub fn verify_multi_function(
    instance: &MultiFunctionInstance,
    problem: &MultiFunctionProblem,
    plan: &MultiFunctionPlan,
) -> Result<(), PlanFault> {
    if let SolutionStatus::Infeasible { reason } = &plan.status
        && *reason != Infeasibility::Together
    {
        let odd = *reason == Infeasibility::RulesDoNotFit;
        let blamed = odd || is_to_blame(&instance.functions[0], &problem.rules, reason);
        return if blamed { Ok(()) } else { Err(PlanFault::Status) };
    }
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
        known: i64::MAX,
        unit: divisor(&numbers),
        kept: check.kept(&decisions),
    }
    .check(&check.statement(), |_| false, &value_of)
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
