//! A published instance where everybody goes to the nearest site, solved without a study.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};

use crate::delivery::plan::{
    ProblemKind, Scale, Wish, assign_file, assign_published, assign_short, assign_units, ended,
    solve_assignment,
};
use crate::import::assign_file::ASSIGN_PAIRS_MAX;
use crate::import::hash::text_sha256;
use crate::import::plan_file::PlanAsk;
use crate::placement::{AssignGoal, AssignInstance, AssignProblem};
use crate::store::Outputs;

use super::super::Ending;
use super::super::args::Lang;
use super::super::console::Console;
use super::args::PlaceArgs;
use super::published::Published;
use super::terminal::Terminal;
use super::{assign_text, published};

/// An assignment instance with how its numbers read.
pub(super) struct Ready {
    pub(super) instance: AssignInstance,
    /// What weights and distances are counted in.
    unit: &'static str,
    sites: Vec<String>,
    customers: Vec<String>,
    max_sites: Option<u32>,
}

/// The instance of a published file for problems of the nearest site.
pub(super) fn ready(found: Published) -> anyhow::Result<Ready> {
    let table = match found {
        Published::Pmed(file) => {
            // Vertices are called as in the file, from 1.
            let count = file.instance.site_count();
            let keys: Vec<String> = (1..=count).map(|one| one.to_string()).collect();
            return Ok(Ready {
                unit: "demand",
                sites: keys.clone(),
                customers: keys,
                max_sites: Some(file.max_sites),
                instance: file.instance,
            });
        }
        Published::Plane(planar) => {
            let pairs = planar.sites.len().saturating_mul(planar.customers.len());
            check_pairs(pairs)?;
            planar.distances()
        }
        Published::Table(table) => table,
    };
    check_pairs(table.pairs())?;
    let is_whole = (table.demand_parts() - 1.0).abs() < 0.5;
    Ok(Ready {
        instance: table.assignment()?,
        unit: if is_whole { "demand, milli-distance" } else { "milli-demand, milli-distance" },
        sites: table.sites,
        customers: table.customers,
        max_sites: None,
    })
}

fn check_pairs(pairs: usize) -> anyhow::Result<()> {
    if pairs > ASSIGN_PAIRS_MAX {
        bail!("{pairs} pairs of site and customer; at most {ASSIGN_PAIRS_MAX} fit a plan's file");
    }
    Ok(())
}

/// Solves, writes `solution.json`, `sites.csv` and `assigned.csv`, prints.
pub(super) fn run(
    (args, wish): (&PlaceArgs, &Wish),
    (path, text): (&Path, &str),
    found: Published,
    console: &Console,
) -> anyhow::Result<Ending> {
    let problem = match wish.goal.problem {
        ProblemKind::PCenter => ProblemKind::PCenter,
        _ => ProblemKind::PMedian,
    };
    let goal = match problem {
        ProblemKind::PCenter => AssignGoal::Center,
        _ => AssignGoal::Median { unserved: None },
    };
    let mut ready = ready(found)?;
    let statuses = published::statuses(&ready.sites, wish)?;
    ready.instance = ready.instance.with_statuses(&statuses)?;
    let most = wish.goal.sites.or(ready.max_sites);
    let most = most.context("how many sites may be opened? give --sites P")?;
    let asked = AssignProblem { goal, max_sites: most };
    let out = published::out_of(args, path);
    let scale = Scale { divisor: 1.0, unit: "distance" };
    let host = Terminal { console, lang: console.lang_or(Lang::En), out: &out };
    let solution = solve_assignment(
        (wish.search, &host),
        (&ready.instance, asked),
        (&ready.sites, scale, &out),
    )?;
    let hash = text_sha256(text);
    let ask = PlanAsk {
        problem: problem.id().to_owned(),
        candidates: vec![format!("instance, p = {most}")],
        candidate_hashes: vec![hash.clone()],
        seed: wish.search.seed,
        time_limit_s: wish.search.time_limit_s,
        ..PlanAsk::default()
    };
    let plan = assign_published(
        (&ready.instance, ready.unit),
        &solution,
        (ready.sites.clone(), ask, hash),
    )?;
    let parts = assign_units(ready.unit).1;
    let mut sites = "vertex,demand\n".to_owned();
    for site in &plan.sites {
        let _ = writeln!(sites, "{},{}", site.id, site.gain_persons);
    }
    let mut assigned = "vertex,site,distance\n".to_owned();
    for &(row, site, distance) in &plan.claims {
        let site = site.map_or("", |site| ready.sites[site as usize].as_str());
        let customer = &ready.customers[row as usize];
        let _ = writeln!(assigned, "{customer},{site},{}", f64::from(distance) / parts);
    }
    let outputs = Outputs::begin(&out)?;
    assign_file(&outputs, &plan)?;
    outputs.write("sites.csv", sites.as_bytes())?;
    outputs.write("assigned.csv", assigned.as_bytes())?;
    outputs.commit()?;
    if console.json() {
        console.print_json(&assign_short(&plan))?;
    } else {
        console.print(&assign_text::published(&plan, console.lang_or(Lang::En)))?;
    }
    console.say(&format!("written to {}", out.display()));
    Ok(super::ending(ended((&solution.status, &solution.chosen))))
}
