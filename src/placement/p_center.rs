//! The p-center problem: at most p sites so that the longest walk of anybody is as short as can be.
//!
//! The answer is one of the walking times of the instance, and a time `t` can be kept when at most p sites
//! cover all rows within `t` (Minieka 1970; Daskin 1995): bisection over the distinct times, each step a
//! covering problem. First greedily, which leaves a plan, then exactly: reductions (`p_center/cover.rs`),
//! a Lagrangian bound (`p_center/bound.rs`) and branch and bound (`p_center/tree.rs`). The proof kept is that
//! of the longest time that cannot be kept. Weights count only as somebody or nobody.

mod bound;
mod cover;
mod tree;

use super::assign_solution::{
    AssignCertificate, AssignEffort, AssignSolution, Budget, plain_infeasibility,
};
use super::assignment::{AssignInstance, AssignProblem};
use super::solution::{Infeasibility, Monitor, SolutionStatus};
use crate::ids::SiteId;
use crate::units::WalkTime;
use cover::Cover;
use tree::Answer;

/// Solves a p-center problem; stops early when the monitor says so or the work is used up, and then says
/// how far it came. The same instance, problem and effort give the same answer.
pub fn solve_p_center(
    instance: &AssignInstance,
    problem: &AssignProblem,
    effort: AssignEffort,
    monitor: &dyn Monitor,
) -> AssignSolution {
    if let Some(reason) = plain_infeasibility(instance, problem) {
        return AssignSolution::infeasible(*problem, reason);
    }
    let mut bisection = Bisection {
        instance,
        problem: *problem,
        times: times(instance),
        low: 0,
        high: None,
        certificate: AssignCertificate { scale: 1, ..AssignCertificate::default() },
        budget: Budget::new(effort, monitor),
    };
    bisection.greedily();
    bisection.exactly();
    bisection.finish()
}

/// The distinct times that may be the longest walk, sorted; the first is what all sites together give.
fn times(instance: &AssignInstance) -> Vec<u32> {
    let mut times = Vec::new();
    let mut least = 0;
    for row in (0..instance.row_count()).filter(|&row| instance.weight(row) > 0) {
        let existing = instance.existing_time(row).reached().map(WalkTime::as_ms);
        let nearest = instance.walks(row).first().map(|walk| walk.ms);
        least = nearest.or(existing).unwrap_or(0).max(least);
        times.extend(existing);
        times.extend(instance.walks(row).iter().map(|walk| walk.ms));
    }
    times.push(least);
    times.retain(|&time| time >= least);
    times.sort_unstable();
    times.dedup();
    times
}

struct Bisection<'a> {
    instance: &'a AssignInstance,
    problem: AssignProblem,
    /// The distinct times.
    times: Vec<u32>,
    /// All before this one cannot be kept.
    low: usize,
    /// The least time known to be kept, and how.
    high: Option<(usize, Vec<SiteId>)>,
    /// Proves `low`.
    certificate: AssignCertificate,
    budget: Budget<'a>,
}

impl Bisection<'_> {
    fn end(&self) -> usize {
        self.high.as_ref().map_or(self.times.len(), |(high, _)| *high)
    }

    /// Looks for a plan that is good, without proof.
    fn greedily(&mut self) {
        let (mut from, mut to) = (0, self.times.len());
        while from < to && !self.budget.is_over() {
            let middle = usize::midpoint(from, to);
            let cover = Cover::new(self.instance, &self.problem, self.times[middle]);
            self.budget.spend(cover.pairs());
            match cover.greedy() {
                Some(plan) => {
                    self.take(plan);
                    to = self.end().min(middle);
                }
                None => from = middle + 1,
            }
        }
    }

    fn exactly(&mut self) {
        while self.low < self.end() {
            let middle = usize::midpoint(self.low, self.end());
            let Some(time) = self.times.get(middle) else { return };
            let mut cover = Cover::new(self.instance, &self.problem, *time);
            self.budget.spend(cover.pairs());
            match tree::decide(&mut cover, &mut self.budget) {
                Answer::Plan(plan) => self.take(plan),
                Answer::NoPlan(certificate) => {
                    self.low = middle + 1;
                    self.certificate = certificate;
                    self.tell();
                }
                Answer::Unknown => return,
            }
        }
    }

    /// Takes a plan when it is better than the best.
    fn take(&mut self, mut plan: Vec<SiteId>) {
        plan.sort_unstable();
        let Some(value) = self.problem.value(self.instance, &plan) else { return };
        let at = self.times.partition_point(|&time| i64::from(time) < value);
        if at < self.end() {
            self.high = Some((at, plan));
            self.tell();
        }
    }

    fn value(&self) -> Option<i64> {
        self.high.as_ref().map(|(high, _)| i64::from(self.times[*high]))
    }

    fn bound(&self) -> i64 {
        let after = || self.times.last().map_or(0, |&last| i64::from(last) + 1);
        self.times.get(self.low).map_or_else(after, |&time| i64::from(time))
    }

    fn tell(&self) {
        let plan = self.high.as_ref().map_or(&[][..], |(_, plan)| plan);
        self.budget.tell(self.value(), self.bound(), plan);
    }

    fn finish(self) -> AssignSolution {
        let (value, bound) = (self.value(), self.bound());
        let status = match value {
            Some(value) if value == bound => SolutionStatus::Optimal,
            None if self.low == self.times.len() => {
                SolutionStatus::Infeasible { reason: Infeasibility::Together }
            }
            _ if self.budget.is_cancelled() => SolutionStatus::Cancelled,
            Some(_) => SolutionStatus::Feasible,
            None => SolutionStatus::Unsolved,
        };
        AssignSolution {
            problem: self.problem,
            chosen: self.high.map(|(_, plan)| plan).unwrap_or_default(),
            value: value.unwrap_or(0),
            bound,
            status,
            certificate: self.certificate,
        }
    }
}
