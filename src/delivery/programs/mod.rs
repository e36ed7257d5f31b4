//! Problems beyond plain covering, each an entry: how it is planned, what its answer comes to, how its question is made
//! anew. A further one is a file here, an entry below and a row of `delivery/plan/problem`.

mod backup;
mod dispersion;

use crate::import::program_file::{ProgramFile, Work};

use super::check::{Answer, Checked, Field, Log, Reject, answer, question};
use super::plan::extended::{centers, gates, places, tiers, zones};
use super::plan::{Desk, Ended, ProblemKind, Promise};

/// A problem that is solved as a program.
pub(super) struct Program {
    pub(super) kind: ProblemKind,
    /// Finds the instance, solves, explains, writes.
    pub(super) plan: fn(&Desk, &Promise) -> anyhow::Result<Ended>,
    /// Checks the answer by itself, and what it comes to.
    pub(super) answer: fn(&Work, &mut Log) -> Answer,
    /// Makes instance and rules anew on the study, and holds the file against them.
    pub(super) question: fn(&ProgramFile, &Field, &mut Log) -> Checked,
}

const PROGRAMS: &[Program] = &[
    Program {
        kind: ProblemKind::Capacitated,
        plan: places::run,
        answer: |work, _| answer::places(work),
        question: question::capacitated,
    },
    Program {
        kind: ProblemKind::TwoTier,
        plan: tiers::run,
        answer: |work, _| answer::tiers(work),
        question: question::two_tier,
    },
    Program {
        kind: ProblemKind::Gates,
        plan: gates::run,
        answer: |work, _| answer::gates(work),
        question: question::gates_of,
    },
    Program {
        kind: ProblemKind::WorstZone,
        plan: zones::worst,
        answer: answer::zones,
        question: question::zoned,
    },
    Program {
        kind: ProblemKind::Pareto,
        plan: zones::front,
        answer: answer::zones,
        question: question::zoned,
    },
    Program {
        kind: ProblemKind::Center,
        plan: centers::run,
        answer: |work, _| answer::centers(work),
        question: question::several,
    },
    Program {
        kind: ProblemKind::LscpB,
        plan: backup::plan,
        answer: backup::answer,
        question: backup::question,
    },
    Program {
        kind: ProblemKind::PDispersion,
        plan: dispersion::plan,
        answer: dispersion::answer,
        question: dispersion::question,
    },
];

/// The program of a problem; none of plain covering and of walks to the nearest.
pub(super) fn program_of(kind: ProblemKind) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.kind == kind)
}

/// The program that a file was solved as.
pub(super) fn solved_as(work: &Work) -> Result<&'static Program, Reject> {
    let found = PROGRAMS.iter().find(|program| program.kind.id() == work.problem());
    found.ok_or_else(|| Reject("another problem".to_owned()))
}
