//! What is told of a plan where everybody walks to the nearest site.

use super::rows::{self, Site, Table};
use super::{Drawn, Shown, Standing, Told, plain_status};
use crate::delivery::plan::{
    AssignOutcome, MINUTE, PERSON, assign_notes, assign_sentence, counted_means, forced,
};
use crate::import::assign_file::{AssignFile, WalkFigures};
use crate::placement::{AssignGoal, SolutionStatus};
use crate::report::walks_line;
use crate::server::plans::words::in_members;

/// Shapes a plan.
pub(super) fn told(
    shown: Shown,
    (outcome, file): (&AssignOutcome, &AssignFile),
    seconds: f64,
) -> Told {
    let solution = outcome.solution;
    let (unit, divisor) = match solution.problem.goal {
        AssignGoal::Median { .. } => ("person_min", PERSON * MINUTE),
        AssignGoal::Center => ("min", MINUTE),
    };
    let has_plan = solution.has_plan();
    let (status, reason) = match &solution.status {
        SolutionStatus::Infeasible { reason } => {
            let said = assign_sentence(outcome, reason, shown.language);
            ("infeasible", Some(in_members(&said)))
        }
        SolutionStatus::Cancelled if !has_plan => {
            plain_status(&SolutionStatus::Unsolved, shown.language)
        }
        status => plain_status(status, shown.language),
    };
    let persons = file.summary.persons;
    let (mut before, mut after) = (file.summary.before, file.summary.after);
    if let Some(means) = counted_means(outcome) {
        (before.mean, after.mean) = means;
    }
    let forced = forced(outcome);
    Told {
        problem: file.ask.problem.clone(),
        unit,
        value: has_plan.then_some(solution.value as f64 / divisor),
        bound: has_plan.then_some(solution.bound as f64 / divisor),
        gap: has_plan.then(|| solution.optimality_gap()),
        optimal: solution.status == SolutionStatus::Optimal,
        status,
        reason,
        seconds,
        persons,
        before: standing(&before, persons),
        after: standing(&after, persons),
        promise: walks_line(&outcome.people.need, shown.language).unwrap_or_default(),
        headline: Vec::new(),
        notes: (assign_notes(outcome).iter())
            .map(|note| note.pick(shown.language).to_owned())
            .collect(),
        cost: file.sites.iter().map(|site| site.cost).sum(),
        sites: sites(shown, (outcome, file)),
        curve: Vec::new(),
        phases: Vec::new(),
        years: None,
        runners_up: Vec::new(),
        zones: Vec::new(),
        sensitivity: Vec::new(),
        tables: forced.iter().map(|sheet| Table::of(sheet, shown.language)).collect(),
        candidates: Drawn {
            count: outcome.candidates.len(),
            from: outcome.from.join(", "),
            places: rows::places(outcome.candidates),
        },
    }
}

fn standing(walks: &WalkFigures, persons: f64) -> Standing {
    Standing {
        covered_persons: walks.served,
        share: (persons > 0.0).then(|| walks.served / persons),
        mean_min: walks.mean,
        longest_min: walks.longest,
    }
}

/// The sites, those that most people go to first.
fn sites(shown: Shown, (outcome, file): (&AssignOutcome, &AssignFile)) -> Vec<Site> {
    let mut chosen: Vec<_> = file.sites.iter().collect();
    chosen.sort_by(|a, b| {
        b.gain_persons.total_cmp(&a.gain_persons).then_with(|| a.site.cmp(&b.site))
    });
    let sites = chosen.into_iter().enumerate().map(|(index, one)| Site {
        served_persons: Some(one.gain_persons),
        phase: None,
        ..rows::site(shown.app, &outcome.candidates[one.site as usize], index + 1)
    });
    sites.collect()
}
