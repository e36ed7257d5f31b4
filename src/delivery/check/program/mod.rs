//! `walkshed verify` of plans that are solved as a program: by themselves, then on the streets of their study.

mod alone;
mod streets;

use anyhow::{Context, bail};

use crate::import::program_file::{PROGRAM_FORMAT_VERSION, ProgramFile};
use crate::report::sheet::Both;

use super::ground::reject;
use super::{Against, Case, Checked};

/// Checks the file by itself, then on the streets of its study when one is named.
pub(crate) fn check(case: &Case, held: &mut Vec<Both>) -> anyhow::Result<Checked> {
    let Case { bytes, shown, .. } = case;
    let plan: ProgramFile = serde_json::from_slice(bytes)
        .with_context(|| format!("{shown} is not a plan that `walkshed place` wrote"))?;
    if plan.format_version != PROGRAM_FORMAT_VERSION {
        bail!(
            "{shown} is of version {}; this program reads {PROGRAM_FORMAT_VERSION}",
            plan.format_version
        );
    }
    if plan.work.fingerprint()? != plan.fingerprint {
        return Ok(reject("the instance or the question is another than the plan was made for"));
    }
    let checked = alone::check(&plan, held);
    match case.against {
        Against::Study(study) if checked.is_ok() => {
            streets::check(&plan, (study, &case.other), held)
        }
        _ => Ok(checked),
    }
}
