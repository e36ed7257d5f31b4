//! Options of `walkshed place`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use crate::limits::CUTOFF_MIN;
use crate::units::Ranged;

use super::extended::ExtendedArgs;
use super::phases::PhaseArgs;

/// Seconds a search may take.
pub(in crate::cli) const TIME_LIMIT_S: Ranged = Ranged { min: 0.0, default: 30.0, max: 1e6 };

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct PlaceArgs {
    /// A study folder, or its study.toml
    #[arg(required_unless_present = "instance", conflicts_with = "instance")]
    pub(super) study: Option<PathBuf>,
    #[command(flatten)]
    pub(super) promise: PromiseArgs,
    #[command(flatten)]
    pub(super) goal: GoalArgs,
    #[command(flatten)]
    pub(super) sites: SiteArgs,
    #[command(flatten)]
    pub(super) extended: ExtendedArgs,
    #[command(flatten)]
    pub(super) search: SearchArgs,
    #[command(flatten)]
    pub(super) published: InstanceArgs,
    /// Folder for the results (default: `plan` in the study's output folder)
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

/// The promise that sites are placed for.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "The promise")]
pub(in crate::cli) struct PromiseArgs {
    /// A rule of the study's standards; its title, group, profile and cutoff are taken
    #[arg(long, value_name = "STANDARD/RULE", conflicts_with_all = ["function"])]
    pub(super) rule: Option<String>,
    /// A function instead of a rule (childcare …)
    #[arg(long, value_name = "FUNCTION")]
    pub(super) function: Option<String>,
    /// Walk profile (default: the rule's, or the study's first)
    #[arg(long, value_name = "ID")]
    pub(super) profile: Option<String>,
    /// Cutoff in minutes, inclusive (default: the rule's, or 15)
    #[arg(long, value_name = "MIN", value_parser = cutoff_min, conflicts_with = "cutoff_m")]
    pub(super) cutoff_min: Option<f64>,
    /// Cutoff in metres, inclusive
    #[arg(long, value_name = "M")]
    pub(super) cutoff_m: Option<f64>,
    /// Demand group (default: the rule's, or everybody)
    #[arg(long, value_name = "ID")]
    pub(super) group: Option<String>,
}

impl PromiseArgs {
    /// A rule as it is.
    pub(super) fn of_rule(rule: String) -> Self {
        let (function, profile, group) = (None, None, None);
        Self { rule: Some(rule), function, profile, group, cutoff_min: None, cutoff_m: None }
    }
}

/// What the plan is to reach.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "The goal")]
pub(super) struct GoalArgs {
    /// The problem to solve (default for `--format orlib-pmed`: p-median)
    #[arg(long, value_enum, default_value_t = ProblemKind::Mclp,
        default_value_if("format", "orlib-pmed", "p-median"))]
    pub(super) problem: ProblemKind,
    /// Open at most this many sites
    #[arg(long, short = 'p', value_name = "P")]
    pub(super) sites: Option<u32>,
    /// Spend at most this much, in the unit of the candidates' `cost` column (1 a site without one)
    #[arg(long, value_name = "COST")]
    pub(super) budget: Option<f64>,
    /// For lscp and cost-to-target: the share of people to be covered, those covered today included
    #[arg(long, value_name = "SHARE", default_value = "1.0", value_parser = share)]
    pub(super) target_share: f64,
    /// For lscp: what is to be least
    #[arg(long, value_enum, default_value_t = Least::Sites)]
    pub(super) least: Least,
    /// For p-median and p-center: the longest walk to a candidate that is looked at, in minutes (default 60)
    #[arg(long, value_name = "MIN", value_parser = cutoff_min)]
    pub(super) reach_min: Option<f64>,
    /// For p-median: whoever reaches no site counts as if walking so many minutes, --reach-min or more; without
    /// it everybody must be served
    #[arg(long, value_name = "MIN", value_parser = cutoff_min)]
    pub(super) unserved_min: Option<f64>,
    #[command(flatten)]
    pub(super) phases: PhaseArgs,
}

/// The problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ProblemKind {
    /// Most people for a number of sites or a budget (maximal covering)
    Mclp,
    /// Fewest sites, or least cost, for everybody or a share of people (set covering)
    Lscp,
    /// Least mean walk of everybody to the nearest site (p-median)
    PMedian,
    /// Least longest walk of anybody to the nearest site (p-center)
    PCenter,
    /// Least cost for everybody or a share of people: lscp with `--least cost`
    CostToTarget,
    /// Most people served with a place, when places are counted (capacitated maximal covering)
    Capacitated,
    /// Stations nested under centers, both chosen together (hierarchical covering)
    TwoTier,
    /// Which gates to open in walls and fences, alone or beside sites
    Gates,
    /// The zone of the least share lifted as far as it goes, then most people (max-min)
    #[value(alias = "max-min", alias = "deciles")]
    WorstZone,
    /// The front of cost, people and the worst-off zone
    Pareto,
    /// Centers that keep several promises at once (1+6+X)
    #[value(alias = "centre")]
    Center,
}

impl ProblemKind {
    /// Whether everybody counts with the walk to the nearest site, instead of within a cutoff or not.
    pub(super) const fn serves_nearest(self) -> bool {
        matches!(self, Self::PMedian | Self::PCenter)
    }

    /// Whether it is a covering problem: most people, or the least sites or cost.
    pub(super) const fn covers(self) -> bool {
        matches!(self, Self::Mclp | Self::Lscp | Self::CostToTarget)
    }

    /// Its name in files.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Mclp => "mclp",
            Self::Lscp => "lscp",
            Self::PMedian => "p-median",
            Self::PCenter => "p-center",
            Self::CostToTarget => "cost-to-target",
            Self::Capacitated => "capacitated",
            Self::TwoTier => "two-tier",
            Self::Gates => "gates",
            Self::WorstZone => "worst-zone",
            Self::Pareto => "pareto",
            Self::Center => "center",
        }
    }
}

/// What a covering plan keeps least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Least {
    /// The number of sites
    Sites,
    /// Their cost
    Cost,
}

/// Which sites there are to choose from.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "Candidate sites")]
pub(super) struct SiteArgs {
    /// Where a site could be; may be given several times: a CSV or GeoJSON FILE, `junctions`, `midblocks`,
    /// `grid:METRES`, `facilities:LAYER` (places there already, to be upgraded), `network` (any point of the
    /// streets). Default: junctions, thinned to 1,500 (150 for capacitated, two-tier, worst-zone, pareto, center)
    #[arg(long, value_name = "FROM")]
    pub(super) candidates: Vec<String>,
    /// Coordinate system of candidate files: auto, wgs84, cgcs2000, gcj02, bd09, epsg:NUMBER
    #[arg(long, value_name = "CRS", default_value = "auto")]
    pub(super) candidates_crs: String,
    /// Leave out parcels of less ground, in square metres
    #[arg(long, value_name = "M2", default_value_t = 0.0)]
    pub(super) area_min_m2: f64,
    /// Ids of candidates that must be chosen
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(super) required: Vec<String>,
    /// Ids of candidates that must not be chosen
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(super) forbidden: Vec<String>,
    /// Least straight-line distance between two chosen sites, in metres
    #[arg(long, value_name = "M", default_value_t = 0.0)]
    pub(super) min_spacing_m: f64,
    /// Least number of chosen sites in a zone (key or name); `*=N` for every zone of the deepest level
    #[arg(long, value_name = "ZONE=N")]
    pub(super) zone_min: Vec<String>,
    /// Greatest number of chosen sites in a zone; `*=N` for every zone of the deepest level
    #[arg(long, value_name = "ZONE=N")]
    pub(super) zone_max: Vec<String>,
}

impl SiteArgs {
    /// Other places under the same terms, none of them required or forbidden.
    pub(super) fn with_candidates(&self, candidates: Vec<String>) -> Self {
        let (required, forbidden) = (Vec::new(), Vec::new());
        Self { candidates, required, forbidden, ..self.clone() }
    }
}

/// How long and how the search goes.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "The search")]
pub(super) struct SearchArgs {
    /// Stop after this many seconds with the best plan and bound so far
    #[arg(long, value_name = "S", default_value_t = TIME_LIMIT_S.default, value_parser = time_limit)]
    pub(super) time_limit_s: f64,
    /// Seed of the search; the same seed gives the same plan
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
}

/// A published benchmark instance instead of a study.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "A published instance instead of a study")]
pub(super) struct InstanceArgs {
    /// Instance file
    #[arg(long, value_name = "FILE")]
    pub(super) instance: Option<PathBuf>,
    /// Format of the instance file (default: told by its first lines)
    #[arg(long, value_enum, requires = "instance")]
    pub(super) format: Option<InstanceFormat>,
    /// Covering radius in the unit of the file, inclusive
    #[arg(long, value_name = "R")]
    pub(super) radius: Option<f64>,
    /// For mclp-xy: how straight lines are measured
    #[arg(long, value_enum, default_value_t = Metric::Euclidean)]
    pub(super) metric: Metric,
}

/// Formats of published instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InstanceFormat {
    /// SJC, ZDS, PCB, Maximo (`x y demand` a line) and BDS (`F`/`C` lines)
    MclpXy,
    /// Beasley, G&R (`vertices edges …`, then `vertex vertex length [demand]` lines)
    MclpGraph,
    /// pmed1 to pmed40 of OR-Library (`vertices edges p`, then `vertex vertex cost` lines)
    OrlibPmed,
    /// A CSV table of distances with columns of sites, customers, distances and perhaps demands
    Distances,
}

/// How straight lines are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Metric {
    /// In the unit of the coordinates
    Euclidean,
    /// In metres along the ground, of latitude and longitude in degrees
    Geographic,
}

fn cutoff_min(text: &str) -> Result<f64, String> {
    in_range(text, CUTOFF_MIN, "minutes")
}

fn time_limit(text: &str) -> Result<f64, String> {
    in_range(text, TIME_LIMIT_S, "seconds")
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    let percent = text.trim().strip_suffix('%').map(str::trim);
    let number: f64 = percent.unwrap_or(text.trim()).parse().map_err(|fault| format!("{fault}"))?;
    let share = if percent.is_some() { number / 100.0 } else { number };
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("must lie in 0 to 1, or 0% to 100%".to_owned())
    }
}

fn in_range(text: &str, range: Ranged, unit: &str) -> Result<f64, String> {
    let value: f64 = text.trim().parse().map_err(|fault| format!("{fault}"))?;
    let said = || format!("must lie in {} to {} {unit}", range.min, range.max);
    range.check(value).ok_or_else(said)
}
