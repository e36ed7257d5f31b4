//! A published benchmark instance, solved without a study: outsiders can run it, and verify what came out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::delivery::check::{Published as Again, Serving, WITHIN};
use crate::delivery::plan::{
    Basis, ProblemKind, Wish, budget, check_options, covering, ended, scale, solved,
};
use crate::import::hash::text_sha256;
use crate::import::instance_graph::parse_graph;
use crate::import::instance_kind::{InstanceKind, kind_of};
use crate::import::instance_pmed::{PmedFile, read_pmed};
use crate::import::instance_table::read_distances;
use crate::import::instance_xy::parse_xy;
use crate::import::plan_file::{
    ChosenSite, FORMAT, FORMAT_VERSION, InstanceRecord, PlanAsk, PlanFile, PlanSummary, seal,
};
use crate::import::table::read_table;
use crate::limits::TEXT_BYTES_MAX;
use crate::placement::candidate::{COST_UNIT, CandidateError, SiteStanding};
use crate::placement::distances::DistanceTable;
use crate::placement::explain::in_order;
use crate::placement::planar::PlanarInstance;
use crate::placement::{
    CoverInstance, CoverProblem, Objective, PlacementSolution, SiteRules, SiteStatus,
};
use crate::store::{Journal, Outputs};

use super::super::Ending;
use super::super::args::Lang;
use super::super::console::Console;
use super::super::tongue::message;
use super::args::{InstanceFormat, Metric, PlaceArgs};
use super::pmed;
use super::terminal::Terminal;

/// Weights of published instances are counted in millionths.
const MICRO: f64 = 1e6;

/// A published instance as it was read.
pub(in crate::cli) enum Published {
    Plane(PlanarInstance),
    Table(DistanceTable),
    Pmed(PmedFile),
}

/// Reads the instance in the format that is named, or that its first lines tell.
pub(super) fn instance_of(
    path: &Path,
    text: &str,
    (format, metric): (Option<InstanceFormat>, Option<Metric>),
) -> anyhow::Result<Published> {
    let shown = path.display();
    let format = match format {
        Some(format) => format,
        None => match kind_of(text) {
            Ok(InstanceKind::Plane) => InstanceFormat::MclpXy,
            Ok(InstanceKind::Pmed) => InstanceFormat::OrlibPmed,
            Ok(InstanceKind::Graph) => InstanceFormat::MclpGraph,
            Ok(InstanceKind::Distances) => InstanceFormat::Distances,
            Err(reason) => {
                bail!("{shown} is no instance that is known: {reason}; --format names one")
            }
        },
    };
    if metric.is_some() && format != InstanceFormat::MclpXy {
        bail!("--metric is for instances of the format mclp-xy, and {shown} is none; leave it out");
    }
    Ok(match format {
        InstanceFormat::MclpXy => {
            let planar = parse_xy(path, text)?;
            Published::Plane(match metric {
                None | Some(Metric::Euclidean) => planar,
                Some(Metric::Geographic) => planar.in_meters().with_context(|| {
                    format!(
                        "{shown}: --metric geographic needs `latitude longitude demand` in degrees"
                    )
                })?,
            })
        }
        InstanceFormat::MclpGraph => Published::Table(parse_graph(path, text)?),
        InstanceFormat::OrlibPmed => {
            Published::Pmed(read_pmed(text).with_context(|| format!("{shown} read as orlib-pmed"))?)
        }
        InstanceFormat::Distances => Published::Table(read_distances(path, &read_table(path)?.0)?),
    })
}

/// Where sites are called and drawn.
struct Spots {
    keys: Vec<String>,
    places: Vec<(f64, f64)>,
}

/// Reads, solves, writes, prints.
pub(super) fn run(args: &PlaceArgs, path: &Path, console: &Console) -> anyhow::Result<Ending> {
    let published = &args.published;
    let text = read(path)?;
    let found = instance_of(path, &text, (published.format, published.metric))?;
    let mut wish = args.wish();
    for (option, given) in [("--scenario", args.scenario.is_some()), ("--pdf", args.pdf)] {
        if given {
            bail!("a published instance knows no {option}: that is for a study; leave it out");
        }
    }
    let is_default = wish.goal.problem == ProblemKind::Mclp && published.radius.is_none();
    if is_default && matches!(found, Published::Pmed(_)) {
        wish.goal.problem = ProblemKind::PMedian;
    }
    check_options(&wish, Basis::Instance)?;
    let goal = &wish.goal;
    if goal.problem.serves_nearest() {
        if published.radius.is_some() {
            bail!(
                "{} knows no --radius: everybody goes to the nearest; leave it out",
                goal.problem.id()
            );
        }
        return pmed::run((args, &wish), (path, &text), found, console);
    }
    let radius = published.radius.with_context(|| {
        let named = goal.problem.id();
        format!(
            "{named} covers within a distance: give --radius; or --problem p-median or p-center"
        )
    })?;
    if !(0.0..=1e12).contains(&radius) {
        bail!("--radius must lie in 0 to 1e12, not {radius}");
    }
    let (instance, spots) = within(found, (path, &text), radius)?;
    let statuses = statuses(&spots.keys, &wish)?;
    let instance = instance.with_statuses(&statuses)?;
    cover((args, &wish), (path, &text), (&instance, &spots), console)
}

/// Who is within `radius` of which site.
fn within(
    found: Published,
    (path, text): (&Path, &str),
    radius: f64,
) -> anyhow::Result<(CoverInstance, Spots)> {
    match found {
        Published::Plane(planar) => {
            let keys = (0..planar.sites.len()).map(|site| site.to_string()).collect();
            let places = planar.sites.iter().map(|spot| (spot.x, spot.y)).collect();
            Ok((planar.within(radius)?, Spots { keys, places }))
        }
        Published::Table(table) => on_table(&table, radius),
        Published::Pmed(_) => on_table(&parse_graph(path, text)?, radius),
    }
}

/// The instance again, by every way of measuring that its file allows, for `walkshed verify --instance`.
pub(in crate::cli) fn again(
    path: &Path,
    text: &str,
    serving: Serving,
) -> anyhow::Result<Vec<Again>> {
    let plain = instance_of(path, text, (None, None))?;
    let turned = match &plain {
        Published::Plane(planar) => planar.in_meters().map(Published::Plane),
        _ => None,
    };
    let read = |found| match serving {
        Serving::Nearest => Ok(Again::Nearest(pmed::ready(found)?.instance)),
        Serving::Within(radius) => {
            let (instance, spots) = within(found, (path, text), radius)?;
            Ok(Again::Within(instance, spots.keys))
        }
    };
    std::iter::once(plain).chain(turned).map(read).collect()
}

/// The sites that must, and must not, be chosen, by their ids.
pub(super) fn statuses(keys: &[String], wish: &Wish) -> anyhow::Result<Vec<(u32, SiteStatus)>> {
    let (required, forbidden) = (&wish.sites.required, &wish.sites.forbidden);
    if let Some(both) = required.iter().find(|key| forbidden.contains(key)) {
        bail!("{}", CandidateError::BothNamed(both.clone()));
    }
    let at = |key: &String| {
        let at = keys.iter().position(|known| known == key);
        at.map(|at| at as u32).ok_or_else(|| CandidateError::UnknownKey(key.clone()))
    };
    let all = [(required, SiteStatus::Required), (forbidden, SiteStatus::Forbidden)];
    let named = all.iter().flat_map(|(keys, status)| keys.iter().map(move |key| (key, *status)));
    named.map(|(key, status)| Ok((at(key)?, status))).collect()
}

fn on_table(table: &DistanceTable, radius: f64) -> anyhow::Result<(CoverInstance, Spots)> {
    let places = vec![(0.0, 0.0); table.sites.len()];
    Ok((table.within(radius)?, Spots { keys: table.sites.clone(), places }))
}

/// Solves a covering problem, writes `solution.json` and `sites.csv`.
fn cover(
    (args, wish): (&PlaceArgs, &Wish),
    (path, text): (&Path, &str),
    (instance, spots): (&CoverInstance, &Spots),
    console: &Console,
) -> anyhow::Result<Ending> {
    let problem = problem(wish, instance)?;
    let out = out_of(args, path);
    let journal = Journal::begin(&out.join("progress.jsonl"))?;
    let limit = std::time::Duration::from_secs_f64(wish.search.time_limit_s);
    let host = Terminal { console, lang: console.lang_or(Lang::En), out: &out };
    let solution =
        solved((wish.search, &host), (instance, &problem), (&spots.keys, Some(journal), limit));
    let file = plan_file((args, wish), (spots, instance), &solution, text_sha256(text))?;
    let outputs = Outputs::begin(&out)?;
    let mut bytes = outputs.create("solution.json")?;
    serde_json::to_writer(&mut bytes, &file)?;
    bytes.finish()?;
    outputs.write("sites.csv", sites_csv(&file).as_bytes())?;
    outputs.commit()?;
    if console.json() {
        console.print_json(&serde_json::json!({
            "ask": file.ask, "summary": file.summary, "value": solution.value,
            "bound": solution.bound, "sites": file.sites,
        }))?;
    } else {
        console.print(&said(&file, &solution, console.lang_or(Lang::En)))?;
    }
    console.say(&format!("written to {}", out.display()));
    Ok(super::ending(ended((&solution.status, &solution.chosen))))
}

/// The folder of the results: named, or `out` and the name of the file.
pub(super) fn out_of(args: &PlaceArgs, path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    args.out.clone().unwrap_or_else(|| Path::new("out").join(stem))
}

pub(in crate::cli) fn read(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let found = std::fs::metadata(path).with_context(|| format!("cannot read {shown}"))?;
    if found.len() > TEXT_BYTES_MAX {
        bail!("{shown} is larger than {} MB", TEXT_BYTES_MAX >> 20);
    }
    std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))
}

fn problem(wish: &Wish, instance: &CoverInstance) -> anyhow::Result<CoverProblem> {
    let goal = &wish.goal;
    let objective = match goal.problem {
        ProblemKind::Mclp if goal.sites.is_none() && goal.budget.is_none() => {
            bail!("the most demand for how much? give --sites P, --budget B or both")
        }
        ProblemKind::Mclp => Objective::MostWeight,
        ProblemKind::Lscp | ProblemKind::CostToTarget => {
            let share = goal.share();
            let target = (instance.total_weight() as f64 * share).ceil() as i64;
            covering(goal, (share < 1.0).then_some(target))
        }
        other => bail!("{} needs a study, not an instance file", other.id()),
    };
    let rules = SiteRules { max_sites: goal.sites, budget: budget(goal)?, ..SiteRules::default() };
    Ok(CoverProblem { objective, rules })
}

fn plan_file(
    (args, wish): (&PlaceArgs, &Wish),
    (spots, instance): (&Spots, &CoverInstance),
    solution: &PlacementSolution,
    hash: String,
) -> serde_json::Result<PlanFile> {
    let steps = in_order(instance, &solution.chosen);
    let covered = instance.covered_weight(&solution.chosen);
    let total = instance.total_weight();
    let share = |part: i64| (total > 0).then(|| part as f64 / total as f64);
    let cost: i64 = steps.iter().map(|step| step.cost).sum();
    let sites = steps.iter().map(|step| {
        let at = step.site.0 as usize;
        ChosenSite {
            site: step.site.0,
            id: spots.keys[at].clone(),
            name: String::new(),
            lon: spots.places[at].0,
            lat: spots.places[at].1,
            standing: standing_of(instance, step.site).to_owned(),
            cost: step.cost as f64 / COST_UNIT as f64,
            gain_persons: step.gain as f64 / MICRO,
            stands: Vec::new(),
        }
    });
    let ask = PlanAsk {
        problem: wish.goal.problem.id().to_owned(),
        candidates: vec![format!("{WITHIN}{}", args.published.radius.unwrap_or(0.0))],
        candidate_hashes: vec![hash.clone()],
        target_share: (wish.goal.problem != ProblemKind::Mclp).then(|| wish.goal.share()),
        seed: wish.search.seed,
        time_limit_s: wish.search.time_limit_s,
        ..PlanAsk::default()
    };
    let record = InstanceRecord {
        sites: spots.keys.clone(),
        ..InstanceRecord::of(instance, "micro-demand")
    };
    Ok(PlanFile {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        study_hash: hash,
        seal: seal(&ask, &[], &record.fingerprint)?,
        ask,
        summary: PlanSummary {
            status: solution.status.id().to_owned(),
            persons: total as f64 / MICRO,
            covered_before: 0.0,
            covered_after: covered as f64 / MICRO,
            share_before: share(0),
            share_after: share(covered),
            sites: solution.chosen.len(),
            cost: cost as f64 / COST_UNIT as f64,
            optimality_gap: solution.optimality_gap(),
        },
        sites: sites.collect(),
        claims: Vec::new(),
        choices: Vec::new(),
        instance: record,
        phases: None,
        solution: solution.clone(),
        provenance: serde_json::Value::Null,
    })
}

/// The state of a chosen site in files.
fn standing_of(instance: &CoverInstance, site: crate::ids::SiteId) -> &'static str {
    let is_required = instance.status(site) == SiteStatus::Required;
    if is_required { SiteStanding::Required } else { SiteStanding::Candidate }.id()
}

fn sites_csv(file: &PlanFile) -> String {
    let mut text = "order,site,x,y,cost,gain\n".to_owned();
    for (index, site) in file.sites.iter().enumerate() {
        let ChosenSite { id, lon, lat, cost, gain_persons, .. } = site;
        let _ = writeln!(text, "{},{id},{lon},{lat},{cost},{gain_persons}", index + 1);
    }
    text
}

fn said(file: &PlanFile, solution: &PlacementSolution, lang: Lang) -> String {
    let PlanSummary { status, covered_after, persons, sites, optimality_gap, .. } = &file.summary;
    let divisor = scale(&solution.problem).divisor;
    let (value, bound) = (solution.value as f64 / divisor, solution.bound as f64 / divisor);
    let gap = optimality_gap * 100.0;
    match lang {
        Lang::En => format!(
            "{status}: {covered_after} of {persons} demand covered by {sites} sites\n\
             value {value}  bound {bound}  gap {gap:.4} %\n"
        ),
        Lang::Zh => format!(
            "{}：{sites}个点位覆盖需求 {persons} 中的 {covered_after}\n\
             数值 {value}　理论上限（下限）{bound}　差距 {gap:.4}%\n",
            message(lang, status)
        ),
    }
}
