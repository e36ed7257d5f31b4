//! What is said of a plan of any problem: its value, what no plan can exceed, and what both count.

use super::problem::{CoverProblem, Objective, Payment};
use super::solution::{PlacementSolution, SolutionStatus, optimality_gap, relative_gap};

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Millionths of a person newly covered.
    People,
    /// Millionths of a person served with a place.
    Served,
    /// Billionths of the people of the worst-off zone.
    WorstShare,
    /// Millionths of a person, each counted once for every promise that is newly kept, by its worth.
    Promises,
    /// Sites.
    Sites,
    /// Thousandths of a cost.
    Cost,
    /// Milliseconds between the nearest two places.
    Apart,
}

impl Measure {
    /// What the value of a covering problem counts.
    pub const fn of(problem: &CoverProblem) -> Self {
        match problem.objective {
            Objective::MostWeight => Self::People,
            Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => {
                match payment {
                    Payment::PerSite => Self::Sites,
                    Payment::Cost => Self::Cost,
                }
            }
        }
    }

    /// What one unit of value is divided by to be read.
    pub const fn divisor(self) -> f64 {
        match self {
            Self::People | Self::Served | Self::Promises => 1e6,
            Self::WorstShare => 1e7,
            Self::Sites => 1.0,
            Self::Cost => 1e3,
            Self::Apart => 6e4,
        }
    }

    /// What is then counted.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Served => "people served",
            Self::WorstShare => "% of the worst-off zone",
            Self::Promises => "people, once for each promise",
            Self::Sites => "sites",
            Self::Cost => "cost",
            Self::Apart => "min between the nearest two",
        }
    }
}

/// How good a plan is.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// How far the solver came.
    pub status: SolutionStatus,
    /// What the plan reaches.
    pub value: i64,
    /// No plan is better.
    pub bound: i64,
    /// The relative gap between the two.
    pub gap: f64,
    /// What both count.
    pub measure: Measure,
}

impl Proof {
    /// Of a covering plan.
    pub fn of(solution: &PlacementSolution) -> Self {
        Self {
            status: solution.status.clone(),
            value: solution.value,
            bound: solution.bound,
            gap: optimality_gap(&solution.problem, solution.value, solution.bound),
            measure: Measure::of(&solution.problem),
        }
    }

    /// Of a plan whose value is to be as large as may be.
    pub fn of_most(status: &SolutionStatus, (value, bound): (i64, i64), measure: Measure) -> Self {
        let gap = relative_gap(value, bound, bound);
        Self { status: status.clone(), value, bound, gap, measure }
    }

    /// Whether there is a plan at all.
    pub fn has_plan(&self) -> bool {
        self.status.has_plan()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_part_of_the_bound() {
        let proof = Proof::of_most(&SolutionStatus::Feasible, (75, 100), Measure::People);
        assert!((proof.gap - 0.25).abs() < 1e-12 && proof.has_plan());
        let none = Proof::of_most(&SolutionStatus::Unsolved, (0, 0), Measure::Served);
        assert!(none.gap.abs() < 1e-12 && !none.has_plan());
    }
}
