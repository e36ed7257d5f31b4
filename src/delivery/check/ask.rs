//! What a file says was asked is what was solved: the question stands in one place, and the words beside it follow.

use crate::import::plan_file::PlanSummary;
use crate::import::program_file::Work;
use crate::placement::{AssignGoal, Objective, Payment};

use super::super::plan::ProblemKind;
use super::file::Plan;
use super::{Checked, reject};

/// The ids of the problems whose question the file holds, and whether a share of people is its goal.
fn problems(plan: &Plan) -> (Vec<&'static str>, bool) {
    match plan {
        Plan::Cover(file) => match file.solution.problem.objective {
            Objective::MostWeight => (vec!["mclp"], false),
            Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => {
                match payment {
                    Payment::PerSite => (vec!["lscp"], true),
                    Payment::Cost => (vec!["cost-to-target", "lscp"], true),
                }
            }
        },
        Plan::Assign(file) => match file.solution.problem.goal {
            AssignGoal::Median { .. } => (vec!["p-median"], false),
            AssignGoal::Center => (vec!["p-center"], false),
        },
        Plan::Program(file) => {
            let id = file.work.problem();
            let has_target = ProblemKind::named(id).is_some_and(ProblemKind::has_target);
            (vec![id], has_target)
        }
    }
}

/// Weight that a share of everybody comes to beside what is covered today, both in millionths.
fn weight_of(share: f64, (everybody, covered): (f64, f64)) -> i64 {
    let goal = ((everybody * 1e6).round() * share).ceil() as i64;
    (goal - (covered * 1e6).round() as i64).max(0)
}

/// What a covering plan is to reach, and its figures.
fn covered(plan: &Plan) -> Option<(Objective, &PlanSummary)> {
    match plan {
        Plan::Cover(file) => Some((file.solution.problem.objective, &file.summary)),
        Plan::Program(file) => match &file.work {
            Work::Backup { plan, .. } => Some((plan.first.problem.objective, &file.summary)),
            _ => None,
        },
        Plan::Assign(_) => None,
    }
}

/// Problem, share, promise and spacing are those of the question.
pub(super) fn alone(plan: &Plan) -> Checked {
    let ask = plan.head().ask;
    let (ids, has_share) = problems(plan);
    if !ids.contains(&ask.problem.as_str()) {
        return reject(format!(
            "ask.problem is said to be {:?}, but what was solved is {}",
            ask.problem,
            ids.join(" or ")
        ));
    }
    if ask.target_share.is_some() != has_share {
        return reject("ask.target_share does not go with the problem that was solved");
    }
    if let (Some(share), Some((objective, summary))) = (ask.target_share, covered(plan)) {
        let said = match objective {
            Objective::CoverWeight { target, .. } => Some(target),
            _ => None,
        };
        let people = (summary.persons, summary.covered_before);
        let found = (share < 1.0).then(|| weight_of(share, people));
        // The people of the summary are rounded; with the study the target is worked out from it.
        let near = match (said, found) {
            (Some(said), Some(found)) => said.abs_diff(found) <= 2,
            (said, found) => said == found,
        };
        if !(0.0..=1.0).contains(&share) || !near {
            return reject("ask.target_share is not the share that was solved for");
        }
    }
    if let Plan::Program(file) = plan {
        let mut asked = file.ask.rule.clone();
        if let (Some(rule), Work::Capacitated { instance, .. }) = (&mut asked, &file.work)
            && file.format_version > 1
        {
            // The promise says by which number places were counted.
            rule.capacity_per_1000 = Some(instance.per_1000);
        }
        if asked.as_ref() != file.promises.first() {
            return reject("ask.rule is not the first promise that was solved for");
        }
    }
    let is_study = ask.rule.is_some();
    if !is_study && !plan.head().choices.is_empty() {
        return reject("choices are places of a study, but ask.rule names no promise of one");
    }
    Ok(())
}
