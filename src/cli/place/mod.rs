//! `walkshed place`: which few sites mend the circle, with a proof of how good the answer is.

mod args;
mod assign_text;
mod extended_args;
mod pmed;
mod published;
mod table;
mod terminal;
mod years_text;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::delivery::plan::{Desk, Ended, PlanGround, ProblemKind, make};
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::report::{FontBook, PDF_SAMPLES};
use crate::spatial::Area;

use super::Ending;
use super::console::Console;
use super::results::{papers_of, report_language};
use super::stored::find_scenario;

pub(super) use args::{PlaceArgs, PromiseArgs};
pub(super) use published::{again as instance_again, read as read_instance};
use terminal::Terminal;

/// Loads, then has the plan made, written and printed.
pub(super) fn run(args: &PlaceArgs, console: &Console) -> anyhow::Result<Ending> {
    if let Some(path) = &args.published.instance {
        return published::run(args, path, console);
    }
    let study = args.study.as_deref().context("name a study")?;
    if let Some(option) = args.published.given() {
        bail!("{option} is of a published instance, and a study is named; leave it out");
    }
    let wish = args.wish();
    let detail = match wish.goal.problem {
        // Gates lead through no building and no water.
        ProblemKind::Gates => MapDetail::Full,
        _ => MapDetail::Obstacles,
    };
    let loaded = load_study(study, console.fresh(detail), console)?;
    let loaded = match &args.scenario {
        Some(words) => loaded.edited(find_scenario(study, words)?)?,
        None => loaded,
    };
    let lang = console.lang_of(&loaded.study);
    let water = loaded.basemap.water_areas.iter().map(|water| water.area.clone());
    let houses = loaded.buildings.iter().map(|building| building.outline.clone());
    let (water, houses): (Vec<Area>, Vec<Area>) = (water.collect(), houses.collect());
    let papers = papers_of(&loaded);
    let fonts = args.pdf.then(FontBook::find);
    if let Some(fonts) = &fonts {
        // Before the search, not after it.
        fonts.check(report_language(lang).pick(PDF_SAMPLES.0, PDF_SAMPLES.1))?;
    }
    let ground = PlanGround {
        baseline: &loaded.baseline,
        papers: &papers,
        water: &water,
        buildings: &houses,
        language: report_language(lang),
        fonts: fonts.as_ref(),
    };
    let out = folder(&loaded, args.out.as_deref());
    let host = Terminal { console, lang, out: &out };
    let desk = Desk { ground: &ground, wish: &wish, host: &host, out: &out };
    Ok(ending(make(&desk)?))
}

/// Findings when there is no plan that keeps all rules.
const fn ending(ended: Ended) -> Ending {
    match ended {
        Ended::WithPlan => Ending::Fine,
        Ended::Without => Ending::Findings,
    }
}

fn folder(loaded: &LoadedStudy, out: Option<&Path>) -> PathBuf {
    let own = || loaded.study.output.join("plan");
    out.map_or_else(own, Path::to_path_buf)
}
