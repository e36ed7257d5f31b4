//! Options of `walkshed place`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, ValueEnum};

use crate::limits::CUTOFF_MIN;
use crate::units::Ranged;

use crate::delivery::plan::{
    Goal, Least, ProblemKind, PromiseWish, Search, SiteTerms, Wish, YearsWish, share,
};

use super::extended_args::ExtendedArgs;

/// Seconds a search may take.
pub(in crate::cli) const TIME_LIMIT_S: Ranged = Ranged { min: 0.0, default: 30.0, max: 1e6 };

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct PlaceArgs {
    /// A study folder, or its study.toml
    #[arg(required_unless_present = "instance", conflicts_with = "instance")]
    pub(super) study: Option<PathBuf>,
    /// Place in the study as edited by this scenario: a file, or its name in the study's folder `scenarios`
    #[arg(long, value_name = "FILE", requires = "study")]
    pub(super) scenario: Option<PathBuf>,
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
    /// The report on A4 pages too: plan.pdf
    #[arg(long, requires = "study")]
    pub(super) pdf: bool,
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
    /// The same, as plans are asked.
    pub(in crate::cli) fn wish(&self) -> PromiseWish {
        PromiseWish {
            rule: self.rule.clone(),
            function: self.function.clone(),
            profile: self.profile.clone(),
            cutoff_min: self.cutoff_min,
            cutoff_m: self.cutoff_m,
            group: self.group.clone(),
        }
    }
}

/// What the plan is to reach.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "The goal")]
pub(super) struct GoalArgs {
    /// The problem to solve (default for `--format orlib-pmed`: p-median)
    #[arg(long, value_parser = problem(), default_value = "mclp",
        default_value_if("format", "orlib-pmed", "p-median"))]
    pub(super) problem: ProblemKind,
    /// Open at most this many sites
    #[arg(long, short = 'p', value_name = "P")]
    pub(super) sites: Option<u32>,
    /// Spend at most this much, in the unit of the candidates' `cost` column (1 a site without one)
    #[arg(long, value_name = "COST")]
    pub(super) budget: Option<f64>,
    /// For lscp, lscp-b and cost-to-target: the share of people to be covered, those covered today included
    /// (default: everybody)
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(super) target_share: Option<f64>,
    /// For lscp and lscp-b: what is to be least (default: sites)
    #[arg(long, value_enum)]
    pub(super) least: Option<LeastArg>,
    /// For p-median and p-center: the longest walk to a candidate that is looked at, in minutes (default 60)
    #[arg(long, value_name = "MIN", value_parser = cutoff_min)]
    pub(super) reach_min: Option<f64>,
    /// For p-median: whoever reaches no site counts as if walking so many minutes, --reach-min or more (default:
    /// --reach-min)
    #[arg(long, value_name = "MIN", value_parser = cutoff_min)]
    pub(super) unserved_min: Option<f64>,
    #[command(flatten)]
    pub(super) phases: PhaseArgs,
}

/// The years.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Phases")]
pub(super) struct PhaseArgs {
    /// Open the sites over so many years, those that bring most people-years first; nothing closes
    #[arg(long, value_name = "YEARS", value_parser = clap::value_parser!(u32).range(1..=30))]
    pub(super) phases: Option<u32>,
    /// Sites to open in each year, for example 2,2,3 (default: the same number every year, the rest early); what
    /// one year leaves may open later
    #[arg(long, value_name = "N,N,…", value_delimiter = ',')]
    pub(super) yearly_sites: Vec<u32>,
    /// Money of each year; what one year leaves may be spent later
    #[arg(long, value_name = "COST,COST,…", value_delimiter = ',')]
    pub(super) yearly_budget: Vec<f64>,
    /// Calendar year of the first phase
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u32).range(1..=9999))]
    pub(super) first_year: Option<u32>,
    /// A share of people, those covered today included, that is to be covered by the end of a year (its number, or
    /// the calendar year); may be given several times
    #[arg(long, value_name = "YEAR=SHARE")]
    pub(super) milestone: Vec<String>,
}

impl PhaseArgs {
    fn wish(&self) -> YearsWish {
        YearsWish {
            phases: self.phases,
            yearly_sites: self.yearly_sites.clone(),
            yearly_budget: self.yearly_budget.clone(),
            first_year: self.first_year,
            milestone: self.milestone.clone(),
        }
    }
}

/// The words for the problems, each with its help.
fn problem() -> impl TypedValueParser<Value = ProblemKind> {
    let word =
        |kind: ProblemKind| PossibleValue::new(kind.id()).aliases(kind.also()).help(kind.words().0);
    let known = PossibleValuesParser::new(ProblemKind::ALL.map(word));
    known.map(|word| ProblemKind::named(&word).unwrap_or_default())
}

/// What a covering plan keeps least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LeastArg {
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
    /// streets). Default: junctions, thinned to 1,500 (150 for problems beyond plain covering and walks)
    #[arg(long, value_name = "FROM")]
    pub(super) candidates: Vec<String>,
    /// Coordinate system of candidate files: auto, wgs84, cgcs2000, gcj02, bd09, epsg:NUMBER (default: auto)
    #[arg(long, value_name = "CRS")]
    pub(super) candidates_crs: Option<String>,
    /// Leave out parcels of less ground, in square metres
    #[arg(long, value_name = "M2")]
    pub(super) area_min_m2: Option<f64>,
    /// Ids of candidates that must be chosen
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(super) required: Vec<String>,
    /// Ids of candidates that must not be chosen
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(super) forbidden: Vec<String>,
    /// Least straight-line distance between two chosen sites, in metres
    #[arg(long, value_name = "M")]
    pub(super) min_spacing_m: Option<f64>,
    /// Least number of chosen sites in a zone (key or name); `*=N` for every zone of the deepest level
    #[arg(long, value_name = "ZONE=N")]
    pub(super) zone_min: Vec<String>,
    /// Greatest number of chosen sites in a zone; `*=N` for every zone of the deepest level
    #[arg(long, value_name = "ZONE=N")]
    pub(super) zone_max: Vec<String>,
    /// For --zone-min and --zone-max: what is open today and serves the promise counts too
    #[arg(long)]
    pub(super) zone_counts_open: bool,
}

impl SiteArgs {
    fn terms(&self) -> SiteTerms {
        SiteTerms {
            candidates: self.candidates.clone(),
            candidates_crs: self.candidates_crs.clone(),
            area_min_m2: self.area_min_m2,
            required: self.required.clone(),
            forbidden: self.forbidden.clone(),
            min_spacing_m: self.min_spacing_m,
            zone_min: self.zone_min.clone(),
            zone_max: self.zone_max.clone(),
            zone_counts_open: self.zone_counts_open,
            ..SiteTerms::default()
        }
    }
}

impl PlaceArgs {
    /// What is asked.
    pub(super) fn wish(&self) -> Wish {
        let goal = &self.goal;
        Wish {
            promise: self.promise.wish(),
            goal: Goal {
                problem: goal.problem,
                sites: goal.sites,
                budget: goal.budget,
                target_share: goal.target_share,
                least: goal.least.map(|least| match least {
                    LeastArg::Sites => Least::Sites,
                    LeastArg::Cost => Least::Cost,
                }),
                reach_min: goal.reach_min,
                unserved_min: goal.unserved_min,
                phases: goal.phases.wish(),
            },
            sites: self.sites.terms(),
            extended: self.extended.wish(),
            search: Search { time_limit_s: self.search.time_limit_s, seed: self.search.seed },
        }
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
    #[arg(long, value_name = "R", requires = "instance")]
    pub(super) radius: Option<f64>,
    /// For mclp-xy: how straight lines are measured (default: euclidean)
    #[arg(long, value_enum, requires = "instance")]
    pub(super) metric: Option<Metric>,
}

impl InstanceArgs {
    /// An option beside the file that is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let all = [
            ("--format", self.format.is_some()),
            ("--radius", self.radius.is_some()),
            ("--metric", self.metric.is_some()),
        ];
        all.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
    }
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

fn in_range(text: &str, range: Ranged, unit: &str) -> Result<f64, String> {
    let value: f64 = text.trim().parse().map_err(|fault| format!("{fault}"))?;
    let said = || format!("must lie in {} to {} {unit}", range.min, range.max);
    range.check(value).ok_or_else(said)
}
