//! `walkshed verify`: a plan checked again, without the solver and without trusting its file.
//!
//! Exit 0: everything in the file holds. 1: rejected, with the first thing found wrong. 2: it cannot be checked.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, bail};

use crate::delivery::check::{Against, Case, Lent, Log, Serving, Studied, Wanted, check};
use crate::import::hash::text_sha256;
use crate::import::load::{MapDetail, load_study};
use crate::import::plain::open_plain;
use crate::limits::TEXT_BYTES_MAX;

use super::Ending;
use super::args::{Lang, VerifyArgs};
use super::audit::pick;
use super::console::Console;
use super::results::papers_of;
use super::stored::find_scenario;

/// Checks and says what holds.
pub(super) fn run(args: &VerifyArgs, console: &Console) -> anyhow::Result<Ending> {
    let bytes = bytes_of(&args.file)?;
    let study = |wanted: Wanted| {
        let study = args.study.as_deref().context("name the study")?;
        let detail = match wanted {
            Wanted::Plain => MapDetail::None,
            Wanted::Fixed => MapDetail::Full,
        };
        let mut loaded = load_study(study, console.fresh(detail), console)?;
        if let Some(words) = &args.scenario {
            loaded = loaded.edited(find_scenario(study, words)?)?;
        }
        let papers = papers_of(&loaded);
        let water = loaded.basemap.water_areas.iter().map(|water| water.area.clone());
        let houses = loaded.buildings.iter().map(|building| building.outline.clone());
        let fixed = water.chain(houses).collect();
        Ok(Studied { baseline: Lent::Own(Box::new(loaded.baseline)), papers, fixed })
    };
    let instance = |serving: Serving| {
        let path = args.instance.as_deref().context("name the instance")?;
        let text = super::place::read_instance(path)?;
        Ok((text_sha256(&text), super::place::instance_again(path, &text, serving)?))
    };
    let other = args.study.as_ref().or(args.instance.as_ref());
    let case = Case {
        bytes: &bytes,
        shown: args.file.display().to_string(),
        against: match (&args.study, &args.instance) {
            (Some(_), _) => Against::Study(&study),
            (None, Some(_)) => Against::Instance(&instance),
            (None, None) => Against::Itself,
        },
        other: other.map_or_else(String::new, |path| path.display().to_string()),
        sample: args.sample,
    };
    let mut log = Log::default();
    let outcome = check(&case, &mut log);
    let lang = console.lang_or(Lang::En);
    let holds = pick(lang, "holds: ", "成立：");
    for line in &log.held {
        console.print(&format!("{holds}{}\n", pick(lang, &line.en, &line.zh)))?;
    }
    let unchecked = pick(lang, "not checked: ", "未核对：");
    for line in &log.unchecked {
        console.print(&format!("{unchecked}{}\n", pick(lang, &line.en, &line.zh)))?;
    }
    match outcome? {
        Ok(()) => {
            console.print(pick(lang, "the plan is valid\n", "方案有效\n"))?;
            Ok(Ending::Fine)
        }
        Err(reject) => {
            let rejected = pick(lang, "rejected: ", "不予采信：");
            let reason = reject.both();
            console.print(&format!("{rejected}{}\n", pick(lang, &reason.en, &reason.zh)))?;
            Ok(Ending::Findings)
        }
    }
}

fn bytes_of(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let found = std::fs::metadata(path).with_context(|| format!("cannot read {shown}"))?;
    if found.len() > TEXT_BYTES_MAX {
        bail!("{shown} is larger than {} MB", TEXT_BYTES_MAX >> 20);
    }
    let mut bytes = Vec::new();
    let read = open_plain(path).and_then(|mut file| file.read_to_end(&mut bytes));
    read.with_context(|| format!("cannot read {shown}"))?;
    Ok(bytes)
}
