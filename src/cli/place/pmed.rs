//! A p-median instance of OR-Library, solved without a study.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};

use crate::import::assign_file::ASSIGN_PAIRS_MAX;
use crate::import::hash::text_sha256;
use crate::import::instance_pmed::read_pmed;
use crate::import::plan_file::PlanAsk;
use crate::placement::{AssignGoal, AssignProblem};
use crate::store::Outputs;

use super::super::Ending;
use super::super::console::Console;
use super::args::{PlaceArgs, ProblemKind};
use super::watch::Scale;
use super::{assign, assign_text, assign_write, published};

/// Reads, solves, writes `solution.json`, `sites.csv` and `assigned.csv`, prints.
pub(super) fn run(args: &PlaceArgs, path: &Path, console: &Console) -> anyhow::Result<Ending> {
    // Without --format the file is one of these for want of a --radius; then the default problem fits it too.
    let problem = match (args.goal.problem, args.published.format) {
        (ProblemKind::Mclp, None) => ProblemKind::PMedian,
        (problem, _) => problem,
    };
    let goal = match problem {
        ProblemKind::PCenter => AssignGoal::Center,
        ProblemKind::PMedian => AssignGoal::Median { unserved: None },
        other => bail!(
            "{} is a covering problem: give the --radius of an mclp-xy instance, or --problem p-median or \
             p-center of an orlib-pmed one",
            other.id()
        ),
    };
    let text = published::read(path)?;
    let shown = path.display();
    let file = read_pmed(&text).with_context(|| format!("{shown} read as orlib-pmed"))?;
    let pairs = file.instance.pair_count();
    if pairs > ASSIGN_PAIRS_MAX {
        bail!(
            "{shown} has {pairs} pairs of vertices; at most {ASSIGN_PAIRS_MAX} fit a plan's file"
        );
    }
    let asked = AssignProblem { goal, max_sites: args.goal.sites.unwrap_or(file.max_sites) };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let out = args.out.clone().unwrap_or_else(|| Path::new("out").join(stem));
    // Vertices are called as in the file, from 1.
    let keys: Vec<String> = (1..=file.instance.site_count()).map(|one| one.to_string()).collect();
    let scale = Scale { divisor: 1.0, unit: "distance" };
    let solution = assign::solve(args, console, (&file.instance, asked), (&keys, scale, &out))?;
    let hash = text_sha256(&text);
    let ask = PlanAsk {
        problem: problem.id().to_owned(),
        candidates: vec![format!("orlib-pmed, p = {}", asked.max_sites)],
        candidate_hashes: vec![hash.clone()],
        seed: args.search.seed,
        time_limit_s: args.search.time_limit_s,
        ..PlanAsk::default()
    };
    let plan = assign_write::published(&file.instance, &solution, (keys, ask, hash));
    let mut sites = "vertex,demand\n".to_owned();
    for site in &plan.sites {
        let _ = writeln!(sites, "{},{}", site.id, site.gain_persons);
    }
    let mut assigned = "vertex,site,distance\n".to_owned();
    for &(row, site, distance) in &plan.claims {
        let site = site.map_or(String::new(), |site| (site + 1).to_string());
        let _ = writeln!(assigned, "{},{site},{distance}", row + 1);
    }
    let outputs = Outputs::begin(&out)?;
    assign_write::solution_file(&outputs, &plan)?;
    outputs.write("sites.csv", sites.as_bytes())?;
    outputs.write("assigned.csv", assigned.as_bytes())?;
    outputs.commit()?;
    if console.json() {
        console.print_json(&assign_write::short(&plan))?;
    } else {
        console.print(&assign_text::published(&plan))?;
    }
    console.say(&format!("written to {}", out.display()));
    Ok(super::ending((&solution.status, &solution.chosen)))
}
