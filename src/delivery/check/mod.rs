//! A plan checked again, without the solver and without trusting its file: alike for the command line and the page.
//!
//! One order of checks for all problems: the file is read whole (`file`), what was asked is what was solved (`ask`), the
//! record is in its one form (`form`), the answer is verified (`answer`, `assign`; `placement/verify*`), sites, claims
//! and figures follow from it (`told`). With a study the question is made anew from what was asked and must come out
//! the same (`question`), and every candidate and every home walks again (`walks`).

pub(in crate::delivery) mod answer;
mod ask;
mod assign;
pub(in crate::delivery) mod differ;
mod file;
pub(in crate::delivery) mod form;
pub(in crate::delivery) mod ground;
mod published;
pub(in crate::delivery) mod question;
mod told;
pub(in crate::delivery) mod walks;

#[cfg(test)]
mod tests;

use std::ops::Deref;

use anyhow::bail;

use crate::delivery::Papers;
use crate::import::reason::find_chinese;
use crate::placement::{AssignInstance, CoverInstance};
use crate::report::sheet::Both;
use crate::scenario::Baseline;
use crate::spatial::Area;

pub(in crate::delivery) use answer::Answer;
use file::Plan;
pub(crate) use published::WITHIN;
pub(in crate::delivery) use question::{Field, lost};

/// Why a plan is not believed.
#[derive(Clone, Debug)]
pub(crate) struct Reject(pub(crate) String);

impl Reject {
    /// In both languages.
    pub(crate) fn both(&self) -> Both {
        let zh = find_chinese(&self.0).unwrap_or_else(|| self.0.clone());
        Both::new(self.0.clone(), zh)
    }
}

/// The first thing wrong with a plan, if there is one.
pub(crate) type Checked = Result<(), Reject>;

fn reject(reason: impl Into<String>) -> Checked {
    Err(Reject(reason.into()))
}

/// What came of checking, in order.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// What holds.
    pub(crate) held: Vec<Both>,
    /// What nobody checked, and why.
    pub(crate) unchecked: Vec<Both>,
}

impl Log {
    pub(in crate::delivery) fn holds(&mut self, en: impl Into<String>, zh: impl Into<String>) {
        self.held.push(Both::new(en, zh));
    }

    pub(in crate::delivery) fn leaves(&mut self, en: impl Into<String>, zh: impl Into<String>) {
        self.unchecked.push(Both::new(en, zh));
    }
}

/// A study that a plan is held against.
pub(crate) struct Studied<'a> {
    pub(crate) baseline: Lent<'a>,
    /// Where its numbers come from.
    pub(crate) papers: Papers,
    /// Water and buildings: no gate leads through them. Only for plans with gates.
    pub(crate) fixed: Vec<Area>,
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

/// What of a study has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Streets, people and places.
    Plain,
    /// Water and buildings too.
    Fixed,
}

/// Fetches a study.
pub(crate) type FetchStudy<'a> = &'a dyn Fn(Wanted) -> anyhow::Result<Studied<'a>>;

/// What a plan is held against, fetched when its file alone holds.
pub(crate) enum Against<'a> {
    /// Nothing but its own file.
    Itself,
    /// A study, on whose streets homes are walked again.
    Study(FetchStudy<'a>),
    /// A published instance.
    Instance(FetchPublished<'a>),
}

/// How a plan serves the rows of a published instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Serving {
    /// Each by its nearest site.
    Nearest,
    /// Each by sites within a distance in the unit of the file, inclusive.
    Within(f64),
}

/// What a published instance is when it is read again.
pub(crate) enum Published {
    Nearest(AssignInstance),
    /// With the ids of its sites.
    Within(CoverInstance, Vec<String>),
}

/// Reads a published instance again: its hash, and what it is by each way of measuring that its file allows.
pub(crate) type FetchPublished<'a> =
    &'a dyn Fn(Serving) -> anyhow::Result<(String, Vec<Published>)>;

/// A file that is to be checked.
pub(crate) struct Case<'a> {
    pub(crate) bytes: &'a [u8],
    /// What the file is called.
    pub(crate) shown: String,
    pub(crate) against: Against<'a>,
    /// What the study or the instance is called.
    pub(crate) other: String,
    /// Only so many candidates walk again, evenly over the list; all of them when `None`.
    pub(crate) sample: Option<usize>,
}

/// Whether `bytes` are a plan that holds by its file alone.
pub fn holds_alone(bytes: &[u8]) -> bool {
    let case = Case {
        bytes,
        shown: "solution.json".to_owned(),
        against: Against::Itself,
        other: String::new(),
        sample: None,
    };
    matches!(check(&case, &mut Log::default()), Ok(Ok(())))
}

/// Checks a plan; `log` is told what holds and what was not checked.
///
/// # Errors
/// When it cannot be checked.
pub(crate) fn check(case: &Case, log: &mut Log) -> anyhow::Result<Checked> {
    let plan = match file::read(case)? {
        Ok(plan) => plan,
        Err(reason) => return Ok(Err(reason)),
    };
    let checked = ask::alone(&plan).and_then(|()| match &plan {
        Plan::Cover(file) => answer::cover(file, log),
        Plan::Program(file) => answer::program(file, log),
        Plan::Assign(file) => assign::alone(file, log),
    });
    if checked.is_err() {
        return Ok(checked);
    }
    let is_cut = matches!(&plan, Plan::Cover(file) if file.instance.lists.is_none());
    match case.against {
        Against::Study(study) => {
            let checked = question::on_study(&plan, case, study, log)?;
            if is_cut && checked.is_ok() {
                bail!(
                    "the bound cannot be checked: the instance has more pairs of site and home than a file holds; \
                     place again with fewer candidates (`grid:` with a wider mesh) to have it checked"
                );
            }
            Ok(checked)
        }
        Against::Itself if is_cut => {
            bail!("the instance was too large for the file; give --study STUDY to walk again")
        }
        Against::Instance(found) => published::agrees(&plan, (found, &case.other), log),
        Against::Itself => {
            log.leaves(
                "streets and people: give --study; the bound is relative to the lists in the file",
                "街道与人口：请用 --study 给出研究项目；界只相对于文件中的名单",
            );
            Ok(checked)
        }
    }
}
