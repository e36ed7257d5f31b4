//! `walkshed demo`: the main job on the shipped city.

use anyhow::bail;

use crate::import::load::{MapDetail, load_study};

use super::Ending;
use super::args::DemoArgs;
use super::audit::assess_and_write;
use super::console::Console;
use super::results::audit_text;
use super::serve::{Door, serve};

/// Audits the shipped study, writes the files and opens the map.
pub(super) fn run(args: &DemoArgs, console: &Console) -> anyhow::Result<Ending> {
    if !args.study.exists() {
        bail!(
            "{} is not here; run the demo from the project's folder, or start with `walkshed init`",
            args.study.display()
        );
    }
    let loaded = load_study(&args.study, console.wants(MapDetail::Full), console)?;
    let audit = assess_and_write(&loaded, (&args.out, &[]), console)?;
    if args.no_serve {
        return Ok(Ending::Fine);
    }
    let text = audit_text(&loaded, &audit)?;
    serve(loaded, text, Door::at_home(args.port), console)
}
