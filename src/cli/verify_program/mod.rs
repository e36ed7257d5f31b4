//! `walkshed verify` of plans that are solved as a program: by themselves, then on the streets of their study.

mod alone;
mod streets;

use anyhow::{Context, bail};

use crate::import::program_file::{PROGRAM_FORMAT_VERSION, ProgramFile};

use super::args::VerifyArgs;
use super::console::Console;
use super::verify_ground::{Checked, reject};

/// Checks the file by itself, then on the streets of its study when one is named.
pub(super) fn check(
    bytes: &[u8],
    args: &VerifyArgs,
    console: &Console,
    held: &mut Vec<String>,
) -> anyhow::Result<Checked> {
    let shown = args.file.display();
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
    match &args.study {
        Some(study) if checked.is_ok() => streets::check(&plan, study, console, held),
        _ => Ok(checked),
    }
}
