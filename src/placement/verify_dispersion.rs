//! Re-checks p-dispersion plans without any code of the solver.

use super::dispersion::{DispersionInstance, DispersionPlan, NO_WAY_MS};
use super::problem::SiteRules;
use super::solution::{Infeasibility, SolutionStatus};
use super::verify_tree::{
    PlanFault, Statement, check_rules, flags, is_to_blame, misfit, refused, same,
};

/// Checks sites, the least walk between them, and that no plan has them all farther apart than the bound.
///
/// # Errors
/// [`PlanFault`], the first fault found.
pub fn verify_dispersion(
    instance: &DispersionInstance,
    rules: &SiteRules,
    plan: &DispersionPlan,
) -> Result<(), PlanFault> {
    let says_nothing = plan.chosen.is_empty() && plan.value == 0;
    let (Some(asked), true) = (rules.max_sites, instance.fits()) else {
        let what = "the number of sites or the walks between them are missing";
        return refused(what, (&plan.status, says_nothing && plan.bound == -1));
    };
    if let Some(what) = misfit(&instance.cover, rules) {
        return refused(what, (&plan.status, says_nothing && plan.bound == -1));
    }
    let walks = Walks { instance, rules };
    let open = flags(&plan.chosen, instance.cover.site_count())?;
    if let SolutionStatus::Infeasible { reason } = &plan.status {
        if !says_nothing || plan.bound != -1 {
            return Err(PlanFault::NoPlan);
        }
        if *reason != Infeasibility::Together {
            let is_plain = plan.certificate.nodes.is_empty() && plan.cliques.is_empty();
            let proven = is_plain && is_to_blame(&instance.cover, rules, reason);
            return if proven { Ok(()) } else { Err(PlanFault::Status) };
        }
        return walks.nothing_beyond(plan, asked);
    }
    walks.nothing_beyond(plan, asked)?;
    let kept = walks.check(&open, asked);
    let is_unbuilt = plan.chosen.is_empty() && kept.is_err();
    if plan.status == SolutionStatus::Unsolved
        || (plan.status == SolutionStatus::Cancelled && is_unbuilt)
    {
        return if says_nothing { Ok(()) } else { Err(PlanFault::NoPlan) };
    }
    kept?;
    same("the least walk", plan.value, walks.least(&open))?;
    if plan.value > plan.bound {
        return Err(PlanFault::Bound { said: plan.bound, proven: plan.value });
    }
    if (plan.status == SolutionStatus::Optimal) != (plan.value == plan.bound) {
        return Err(PlanFault::Status);
    }
    Ok(())
}

struct Walks<'a> {
    instance: &'a DispersionInstance,
    rules: &'a SiteRules,
}

impl Walks<'_> {
    fn walk(&self, a: usize, b: usize) -> i64 {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        i64::from(self.instance.apart[high][low])
    }

    /// Milliseconds between the nearest two.
    fn least(&self, open: &[bool]) -> i64 {
        let sites: Vec<usize> = (0..open.len()).filter(|&site| open[site]).collect();
        let today = sites.iter().map(|&site| i64::from(self.instance.to_open[site]));
        let pairs = sites
            .iter()
            .flat_map(|&a| sites.iter().filter(move |&&b| b > a).map(move |&b| self.walk(a, b)));
        today.chain(pairs).min().unwrap_or(i64::from(NO_WAY_MS))
    }

    /// The rules, and as many sites as asked.
    fn check(&self, open: &[bool], asked: u32) -> Result<(), PlanFault> {
        check_rules(&self.instance.cover, self.rules, open)?;
        let count = open.iter().filter(|&&open| open).count() as u64;
        if count == u64::from(asked) { Ok(()) } else { Err(PlanFault::Rule("the number of sites")) }
    }

    /// The certificate proves that so many sites are not all farther apart than the bound.
    fn nothing_beyond(&self, plan: &DispersionPlan, asked: u32) -> Result<(), PlanFault> {
        let sites = self.instance.cover.site_count();
        let is_nothing = plan.cliques.is_empty() && plan.certificate.nodes.is_empty();
        if is_nothing {
            // Nothing is farther apart than the longest walk there is.
            let all = self.instance.apart.iter().chain(std::iter::once(&self.instance.to_open));
            let longest = all.flatten().copied().max().map_or(-1, i64::from);
            let said = plan.bound;
            return if said >= longest && longest >= 0 {
                Ok(())
            } else {
                Err(PlanFault::Bound { said, proven: longest })
            };
        }
        let mut statement =
            Statement { decisions: sites, profits: vec![1; sites], ..Statement::default() };
        for clique in &plan.cliques {
            let is_sorted = clique.is_sorted_by(|a, b| a < b);
            let is_there = clique.iter().all(|&site| (site as usize) < sites);
            let near = |a: u32, b: u32| self.walk(a as usize, b as usize) <= plan.bound;
            let is_near = is_sorted && is_there && {
                let pairs = clique.iter().enumerate();
                pairs.clone().all(|(at, &a)| clique[at + 1..].iter().all(|&b| near(a, b)))
            };
            if !is_near {
                return Err(PlanFault::Certificate("sites of a row are farther apart than said"));
            }
            statement.row(clique.iter().map(|&site| (site as usize, 1)).collect(), 1);
        }
        for (site, &today) in self.instance.to_open.iter().enumerate() {
            if i64::from(today) <= plan.bound {
                statement.row(vec![(site, 1)], 0);
            }
        }
        statement.rules(&self.instance.cover, self.rules, 0);
        let worth = |open: &[bool]| -> Option<i64> {
            check_rules(&self.instance.cover, self.rules, open).ok()?;
            let count = open.iter().filter(|&&open| open).count() as i64;
            (count == 0 || self.least(open) > plan.bound).then_some(count)
        };
        let proven = statement.proven(&plan.certificate, 1, &worth)?;
        if proven < i64::from(asked) {
            Ok(())
        } else {
            Err(PlanFault::Bound { said: plan.bound, proven: i64::from(NO_WAY_MS) })
        }
    }
}
