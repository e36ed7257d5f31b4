//! What is told of the years of a plan.

use serde::Serialize;

use super::{Shown, people};
use crate::delivery::plan::no_years;
use crate::placement::SolutionStatus;
use crate::placement::explain::Explained;
use crate::placement::schedule::Schedule;
use crate::server::plans::words::in_members;
use crate::units::Persons;

/// One year.
#[derive(Debug, Serialize)]
pub(super) struct Phase {
    #[serde(rename = "phase")]
    number: u32,
    year: Option<u32>,
    sites: usize,
    cost: f64,
    gained_persons: f64,
    covered_persons: f64,
    share: Option<f64>,
    bound_persons: f64,
    bound_share: Option<f64>,
    gap: f64,
    /// Share that is to be covered by the end of the year, today's where that is more.
    milestone_share: Option<f64>,
}

/// The programme as a whole.
#[derive(Debug, Serialize)]
pub(super) struct Years {
    /// `optimal`, `feasible`, `infeasible` or `unsolved`.
    status: &'static str,
    reason: Option<String>,
    /// People newly covered, summed over the ends of the years.
    #[serde(rename = "person_years")]
    value: f64,
    /// No plan has more.
    #[serde(rename = "bound_person_years")]
    bound: f64,
    gap: f64,
    /// What opening year by year without looking ahead comes to.
    #[serde(rename = "year_by_year_person_years")]
    year_by_year: Option<f64>,
    /// Share that the goal asks for.
    target_share: Option<f64>,
    /// Year (its number, or the calendar year) at whose end that is met; none when it is not.
    met: Option<u32>,
    /// The first year at whose end any plan could meet it.
    earliest: Option<u32>,
}

/// What each year brings.
pub(super) fn phases(plan: &Explained, found: Option<&Schedule>) -> Vec<Phase> {
    let need = plan.need;
    let share = |covered: Persons| covered.share_of(need.total).map(|share| share.0);
    let years = found.map_or(&[][..], |found| &found.problem.years);
    let milestone = |phase: u32| {
        let asked = years.get(phase as usize - 1)?.milestone?;
        share(need.covered + Persons::from_micro(asked))
    };
    let rows = plan.phases.iter().map(|row| {
        let covered = need.covered + Persons::from_micro(row.cumulative);
        Phase {
            number: row.phase,
            year: row.year,
            sites: row.sites,
            cost: row.cost as f64 / 1e3,
            gained_persons: people(row.gain),
            covered_persons: covered.count(),
            share: share(covered),
            bound_persons: (need.covered + Persons::from_micro(row.bound)).count(),
            bound_share: share(need.covered + Persons::from_micro(row.bound)),
            gap: row.optimality_gap(),
            milestone_share: milestone(row.phase),
        }
    });
    rows.collect()
}

impl Years {
    pub(super) fn of(shown: Shown, plan: &Explained, (found, target): (&Schedule, i64)) -> Self {
        let need = plan.need;
        let (status, reason) = match &found.plan.status {
            SolutionStatus::Infeasible { reason } => {
                let said = no_years(reason, found, shown.language);
                ("infeasible", Some(in_members(said.trim())))
            }
            SolutionStatus::Unsolved => ("unsolved", None),
            _ if found.is_proven() => ("optimal", None),
            _ => ("feasible", None),
        };
        let (met, earliest) = found.first_year(target);
        let year = |phase: u32| found.first_year.map_or(phase, |first| first + phase - 1);
        let goal = need.covered + Persons::from_micro(target);
        Self {
            status,
            reason,
            value: people(found.plan.value),
            bound: people(found.bound),
            gap: found.optimality_gap(),
            year_by_year: found.plan.year_by_year.map(people),
            target_share: goal.share_of(need.total).map(|share| share.0),
            met: met.map(year),
            earliest: earliest.map(year),
        }
    }
}
