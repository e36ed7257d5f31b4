//! A plan checked again, without the solver and without trusting its file: alike for the command line and the page.

mod assign;
mod cover;
mod ground;
mod program;

use std::ops::Deref;

use anyhow::Context;

use crate::import::assign_file::ASSIGN_FORMAT;
use crate::import::program_file::PROGRAM_FORMAT;
use crate::placement::AssignInstance;
use crate::report::sheet::Both;
use crate::scenario::Baseline;

/// Why a plan is not believed.
#[derive(Clone, Debug)]
pub(crate) struct Reject(pub(crate) String);

/// The first thing wrong with a plan, if there is one.
pub(crate) type Checked = Result<(), Reject>;

/// A study that a plan is held against.
pub(crate) struct Studied<'a> {
    pub(crate) baseline: Lent<'a>,
    /// Its hash.
    pub(crate) hash: String,
}

/// A study of one's own, or somebody else's.
pub(crate) enum Lent<'a> {
    Own(Box<Baseline>),
    Other(&'a Baseline),
}

impl Deref for Lent<'_> {
    type Target = Baseline;

    fn deref(&self) -> &Baseline {
        match self {
            Self::Own(baseline) => baseline,
            Self::Other(baseline) => baseline,
        }
    }
}

/// Fetches a study.
pub(crate) type FetchStudy<'a> = &'a dyn Fn() -> anyhow::Result<Studied<'a>>;

/// What a plan is held against, fetched when its file alone holds.
pub(crate) enum Against<'a> {
    /// Nothing but its own file.
    Itself,
    /// A study, on whose streets homes are walked again.
    Study(FetchStudy<'a>),
    /// A published instance, with its hash.
    Instance(&'a dyn Fn() -> anyhow::Result<(String, AssignInstance)>),
}

/// A file that is to be checked.
pub(crate) struct Case<'a> {
    pub(crate) bytes: &'a [u8],
    /// What the file is called.
    pub(crate) shown: String,
    pub(crate) against: Against<'a>,
    /// What the study or the instance is called.
    pub(crate) other: String,
}

/// What a file says it is.
#[derive(serde::Deserialize)]
struct Kind {
    format: String,
}

/// Checks a plan; `held` is told what holds, in order.
///
/// # Errors
/// When it cannot be checked.
pub(crate) fn check(case: &Case, held: &mut Vec<Both>) -> anyhow::Result<Checked> {
    let Case { bytes, shown, .. } = case;
    let kind: Kind = serde_json::from_slice(bytes)
        .with_context(|| format!("{shown} is not a plan that `walkshed place` wrote"))?;
    if kind.format == ASSIGN_FORMAT {
        assign::check(case, held)
    } else if kind.format == PROGRAM_FORMAT {
        program::check(case, held)
    } else {
        cover::check(case, held)
    }
}
