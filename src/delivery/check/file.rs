//! A plan file, read whole: what no check would read is refused.

use anyhow::bail;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::coverage::Rule;
use crate::import::assign_file::{ASSIGN_FORMAT, ASSIGN_FORMAT_VERSION, AssignFile};
use crate::import::plan_file::{
    Choice, ChosenSite, FORMAT, FORMAT_VERSION, PlanAsk, PlanFile, seal,
};
use crate::import::program_file::{PROGRAM_FORMAT, PROGRAM_FORMAT_VERSION, ProgramFile};

use super::differ::difference;
use super::{Case, Checked, Reject, reject};

/// A plan of any problem.
#[derive(Debug)]
pub(super) enum Plan {
    Cover(Box<PlanFile>),
    Assign(Box<AssignFile>),
    Program(Box<ProgramFile>),
}

/// What all plans say alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub(super) version: u32,
    pub(super) study_hash: &'a str,
    pub(super) ask: &'a PlanAsk,
    pub(super) sites: &'a [ChosenSite],
    pub(super) choices: &'a [Choice],
    pub(super) provenance: &'a Value,
    seal: &'a str,
    fingerprint: &'a str,
}

impl<'a> From<&'a PlanFile> for Head<'a> {
    fn from(file: &'a PlanFile) -> Self {
        Self {
            version: file.format_version,
            study_hash: &file.study_hash,
            ask: &file.ask,
            sites: &file.sites,
            choices: &file.choices,
            provenance: &file.provenance,
            seal: &file.seal,
            fingerprint: &file.instance.fingerprint,
        }
    }
}

impl<'a> From<&'a AssignFile> for Head<'a> {
    fn from(file: &'a AssignFile) -> Self {
        Self {
            version: file.format_version,
            study_hash: &file.study_hash,
            ask: &file.ask,
            sites: &file.sites,
            choices: &file.choices,
            provenance: &file.provenance,
            seal: &file.seal,
            fingerprint: &file.instance.fingerprint,
        }
    }
}

impl<'a> From<&'a ProgramFile> for Head<'a> {
    fn from(file: &'a ProgramFile) -> Self {
        Self {
            version: file.format_version,
            study_hash: &file.study_hash,
            ask: &file.ask,
            sites: &file.sites,
            choices: &file.choices,
            provenance: &file.provenance,
            seal: &file.seal,
            fingerprint: &file.fingerprint,
        }
    }
}

impl Plan {
    pub(super) fn head(&self) -> Head<'_> {
        match self {
            Self::Cover(file) => file.as_ref().into(),
            Self::Assign(file) => file.as_ref().into(),
            Self::Program(file) => file.as_ref().into(),
        }
    }

    /// The promises that it is to keep, the asked one first; none for a published instance.
    pub(super) fn promises(&self) -> &[Rule] {
        match self {
            Self::Program(file) => &file.promises,
            Self::Cover(_) | Self::Assign(_) => self.head().ask.rule.as_slice(),
        }
    }
}

/// Reads a plan file of this version or an older one.
///
/// # Errors
/// When it is no plan file, or of a version that is not known.
pub(super) fn read(case: &Case) -> anyhow::Result<Result<Plan, Reject>> {
    let shown = &case.shown;
    let no_plan = || format!("{shown} is not a plan that `walkshed place` wrote");
    let Ok(value) = serde_json::from_slice::<Value>(case.bytes) else { bail!(no_plan()) };
    let Some(format) = value.get("format").and_then(Value::as_str) else { bail!(no_plan()) };
    let newest = match format {
        FORMAT => FORMAT_VERSION,
        ASSIGN_FORMAT => ASSIGN_FORMAT_VERSION,
        PROGRAM_FORMAT => PROGRAM_FORMAT_VERSION,
        other => bail!(
            "{shown} is a {other:?}; this program reads {FORMAT:?}, {ASSIGN_FORMAT:?} and {PROGRAM_FORMAT:?}"
        ),
    };
    let version = value.get("format_version").and_then(Value::as_u64).unwrap_or(0);
    if !(1..=u64::from(newest)).contains(&version) {
        bail!(
            "{shown} is a {format:?} of version {version}; this program reads versions 1 to {newest}"
        );
    }
    let plan = match format {
        FORMAT => whole(case, &value).map(|file| Plan::Cover(Box::new(file))),
        ASSIGN_FORMAT => whole(case, &value).map(|file| Plan::Assign(Box::new(file))),
        _ => whole(case, &value).map(|file| Plan::Program(Box::new(file))),
    };
    Ok(plan.and_then(|plan| sealed(&plan.head()).map(|()| plan)))
}

/// The file as this program knows it; a member that it does not know, or knows otherwise, is refused.
fn whole<T: DeserializeOwned + Serialize>(case: &Case, value: &Value) -> Result<T, Reject> {
    let cannot = |fault: serde_json::Error| Reject(format!("the file cannot be read: {fault}"));
    let file: T = serde_json::from_slice(case.bytes).map_err(cannot)?;
    let known = serde_json::to_value(&file).map_err(cannot)?;
    let mut at = String::new();
    match difference(value, &known, &mut at) {
        None => Ok(file),
        Some((said, known)) => {
            Err(Reject(format!("{at} is {said}, which no check reads; it is known as {known}")))
        }
    }
}

/// Question, places and instance are those that were sealed; version 1 has neither seal nor places.
fn sealed(head: &Head) -> Checked {
    if head.version == 1 {
        let is_old = head.choices.is_empty() && head.seal.is_empty() && head.ask.terms.is_plain();
        return if is_old {
            Ok(())
        } else {
            reject("the file says version 1, but holds what only version 2 has")
        };
    }
    let found = seal(head.ask, head.choices, head.fingerprint)
        .map_err(|fault| Reject(format!("the file cannot be read: {fault}")))?;
    if found == head.seal {
        return Ok(());
    }
    reject(format!(
        "question, places or instance are not those that were sealed: the seal is {found}, the file says {}",
        head.seal
    ))
}
