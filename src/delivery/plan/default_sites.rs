//! How many candidates are taken when nobody names any.

use crate::placement::thinning::CANDIDATES_BY_DEFAULT;

use super::problem::ProblemKind;

/// The same for problems that are solved as a program.
const CANDIDATES_OF_PROGRAMS: usize = 150;

/// Candidates that are taken for a problem when none are named, at most.
pub(crate) const fn most_for(problem: ProblemKind) -> usize {
    if problem.covers() || problem.serves_nearest() {
        CANDIDATES_BY_DEFAULT
    } else {
        CANDIDATES_OF_PROGRAMS
    }
}
