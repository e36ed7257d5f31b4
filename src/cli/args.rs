//! The command line, defined once: parser, help, completions and manual come from here.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::limits::CUTOFF_MIN;
use crate::spatial::LonLat;

use super::place::PromiseArgs;

/// Planner for 15-minute walking service circles: who is covered on foot, who is not, and where the gaps are.
#[derive(Debug, Parser)]
#[command(name = "walkshed", version, about, long_about = LONG_ABOUT, after_help = AFTER_HELP, max_term_width = 100)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

const LONG_ABOUT: &str = "walkshed (一刻圈) reads a city's streets, services and people and answers, for each \
service standard, who lives within the walking cutoff, who does not, and where the coverage gaps are.";

const AFTER_HELP: &str = "Exit codes, the same for every command:\n  \
0  done, and nothing to mend: promises kept, inputs read as they stand, plan valid\n  \
1  done, with findings: a promise broken, an input with faults, lines to fill in, a plan rejected\n  \
2  not done: a wrong command line, an input that cannot be used, a result that cannot be written\n\n\
Start with `walkshed demo`, then `walkshed init my-city --osm my-city.osm.pbf`.";

/// Options of every command.
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Common {
    /// Threads to use (default: one per core); results are the same for any number
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Language of tables and reports (default: the study's)
    #[arg(long, global = true, value_enum, env = "WALKSHED_LANG", value_name = "LANG")]
    pub(super) lang: Option<Lang>,
    /// No progress messages
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Read streets from the inputs, without the network cache in the study's .walkshed folder
    #[arg(long, global = true, env = "WALKSHED_NO_CACHE", value_parser = FalseyValueParser::new())]
    pub(super) no_cache: bool,
    /// Go on with lists of which more than a tenth of the rows come to nothing
    #[arg(long, global = true)]
    pub(super) accept_losses: bool,
}

/// A language of tables and reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Lang {
    /// Chinese
    Zh,
    /// English
    En,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a commented study.toml by looking at the inputs
    Init(InitArgs),
    /// Read and link all inputs of a study without assessing anything, and list what is wrong with them
    Check(StudyArgs),
    /// Assess every standard of a study; write tables, layers and a report
    Audit(AuditArgs),
    /// Isochrones, street service area or route at a place, as GeoJSON
    Reach(ReachArgs),
    /// Write the street graph, nearest-facility times or timed streets
    Export(ExportArgs),
    /// Read the streets of an extract or a study, build the walking graph, and say how large it is
    Graph(GraphArgs),
    /// Find the few sites that cover most people, or the fewest that cover enough, with a proof of how good that is
    Place(Box<super::place::PlaceArgs>),
    /// Check a plan again without the solver, and walk every home it claims to cover
    Verify(VerifyArgs),
    /// Open the map of a study on this machine
    Serve(ServeArgs),
    /// Who gains and who loses between two scenarios of a study, or the baseline and one
    Compare(CompareArgs),
    /// Audit many studies into one summary, worst first
    Batch(BatchArgs),
    /// Audit the shipped city, print the table, write the files, open the map
    Demo(DemoArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
    /// Print the description of the server's routes, for makers of clients
    Openapi,
}

#[derive(Debug, ClapArgs)]
pub(super) struct StudyArgs {
    /// A study folder, or its study.toml
    pub(super) study: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(super) struct InitArgs {
    /// Folder of the new study; made when it is not there
    pub(super) dir: PathBuf,
    /// OpenStreetMap extract with the streets (.osm.pbf, .osm, .osm.gz, .osm.bz2)
    #[arg(long, value_name = "FILE")]
    pub(super) osm: PathBuf,
    /// Facilities as CSV or GeoJSON; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(super) facilities: Vec<PathBuf>,
    /// People as CSV or GeoJSON
    #[arg(long, value_name = "FILE")]
    pub(super) demand: Option<PathBuf>,
    /// Zones as GeoJSON
    #[arg(long, value_name = "FILE")]
    pub(super) zones: Option<PathBuf>,
    /// Heights as GeoTIFF or SRTM tile (.hgt, .hgt.gz, .hgt.zip); may be given several times
    #[arg(long, value_name = "FILE")]
    pub(super) dem: Vec<PathBuf>,
    /// Name of the study (default: the folder's)
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Replace a study.toml that is already there
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct AuditArgs {
    /// A study folder, or its study.toml
    pub(super) study: PathBuf,
    /// Folder for the results (default: the study's `output`, with the scenario's name behind it if there is one)
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Audit the study as edited by this scenario: a file, or its name in the study's folder `scenarios`
    #[arg(long, value_name = "FILE")]
    pub(super) scenario: Option<PathBuf>,
    /// Files to write besides the usual ones
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT")]
    pub(super) format: Vec<AuditFormat>,
}

/// A file that an audit writes when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum AuditFormat {
    /// All layers in one GeoPackage for QGIS: walkshed.gpkg
    Gpkg,
    /// Tables for a spreadsheet program: tables.xlsx
    Xlsx,
    /// The report on A4 pages: report.pdf
    Pdf,
}

#[derive(Debug, ClapArgs)]
pub(super) struct CompareArgs {
    /// A study folder, or its study.toml
    pub(super) study: PathBuf,
    /// The first scenario: a file, or its name in the study's folder `scenarios`. Alone, it is compared with the
    /// baseline before it
    #[arg(value_name = "A")]
    pub(super) scenario: PathBuf,
    /// The second scenario
    #[arg(value_name = "B")]
    pub(super) other: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ReachArgs {
    /// A study folder, or its study.toml
    pub(super) study: PathBuf,
    /// The place, in WGS 84 degrees
    #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true)]
    pub(super) at: LonLat,
    /// Cutoffs in minutes, inclusive
    #[arg(long, value_name = "MIN", value_delimiter = ',', default_value = "15", value_parser = cutoff_min)]
    pub(super) cutoff_min: Vec<f64>,
    /// Walk profile (default: the study's first)
    #[arg(long, short)]
    pub(super) profile: Option<String>,
    /// What to answer with
    #[arg(long, value_enum, default_value_t = ReachKind::Isochrone)]
    pub(super) what: ReachKind,
    /// For a route: the function to walk to (its nearest facility)
    #[arg(long, value_name = "FUNCTION", required_if_eq("what", "route"))]
    pub(super) to: Option<String>,
    /// Count the walk from the place, not to it
    #[arg(long)]
    pub(super) outward: bool,
}

/// What `reach` answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReachKind {
    /// Polygons, one a cutoff
    Isochrone,
    /// Street parts within the largest cutoff
    Streets,
    /// The walk to the nearest facility of a function
    Route,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    pub(super) what: ExportKind,
}

#[derive(Debug, Subcommand)]
pub(super) enum ExportKind {
    /// nodes.csv, edges.csv, facilities.csv and demand.csv of one walk profile, and recheck.py to recheck every number
    Graph {
        /// A study folder, or its study.toml
        study: PathBuf,
        /// Walk profile (default: the study's first)
        #[arg(long, short)]
        profile: Option<String>,
        /// Folder for the files
        #[arg(long, short, value_name = "DIR")]
        out: PathBuf,
    },
    /// Time and nearest facility of every node, and beside it of every demand point
    Nearest {
        /// A study folder, or its study.toml
        study: PathBuf,
        #[command(flatten)]
        field: FieldArgs,
        /// File for the nodes; the demand points go to FILE with `.demand` before its ending. `-` prints the nodes
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
    },
    /// The gain surface: how many more people one more site would cover, at every street node
    Gain {
        /// A study folder, or its study.toml
        study: PathBuf,
        #[command(flatten)]
        promise: PromiseArgs,
        /// The file: GeoJSON, or a table when its name ends in .csv; `-` prints the GeoJSON
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
    },
    /// Streets with the minutes to the nearest facility, as GeoJSON
    Streets {
        /// A study folder, or its study.toml
        study: PathBuf,
        #[command(flatten)]
        field: FieldArgs,
        /// The GeoJSON file; `-` prints it
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Which field of nearest times is meant.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct FieldArgs {
    /// Facilities: a function (childcare …) or the id of a facility layer of the study
    #[arg(long, short)]
    pub(super) layer: String,
    /// Walk profile (default: the study's first)
    #[arg(long, short)]
    pub(super) profile: Option<String>,
    /// Cutoff in minutes, inclusive
    #[arg(long, value_name = "MIN", default_value = "15", value_parser = cutoff_min)]
    pub(super) cutoff_min: f64,
}

#[derive(Debug, ClapArgs)]
pub(super) struct GraphArgs {
    /// OpenStreetMap extract (.osm.pbf, .osm, .osm.gz, .osm.bz2), or a study
    pub(super) source: PathBuf,
    /// For every walk profile (shipped, or of the study), not only the first
    #[arg(long)]
    pub(super) every_profile: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct VerifyArgs {
    /// A `solution.json` that `walkshed place` wrote
    pub(super) file: PathBuf,
    /// The study it is for: homes are walked again on its streets
    #[arg(long, value_name = "STUDY")]
    pub(super) study: Option<PathBuf>,
    /// The scenario of the study it is for: a file, or its name in the study's folder `scenarios`
    #[arg(long, value_name = "FILE", requires = "study")]
    pub(super) scenario: Option<PathBuf>,
    /// Search again from so many candidates only, evenly over the list, and say so (all of them without it)
    #[arg(long, value_name = "N", requires = "study")]
    pub(super) sample: Option<usize>,
    /// The orlib-pmed file it is for: its distances are worked out again
    #[arg(long, value_name = "FILE", conflicts_with = "study")]
    pub(super) instance: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ServeArgs {
    /// A study folder, its study.toml, or a folder with several studies below it
    pub(super) study: PathBuf,
    /// Port; 0 takes a free one
    #[arg(long, default_value_t = 8731)]
    pub(super) port: u16,
    /// Answer on another address of this machine than 127.0.0.1; needs --token
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(super) listen: std::net::IpAddr,
    /// What everybody must show who asks: at least 16 letters, digits or -_
    #[arg(long, env = "WALKSHED_TOKEN", hide_env_values = true, value_parser = token)]
    pub(super) token: Option<String>,
    /// Refuse every change: for sharing
    #[arg(long)]
    pub(super) read_only: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct BatchArgs {
    /// Study folders or study.toml files
    #[arg(required = true)]
    pub(super) studies: Vec<PathBuf>,
    /// Folder for the results: one folder a study, and the summary
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(super) struct DemoArgs {
    /// Folder for the results
    #[arg(long, short, value_name = "DIR", default_value = "out/isle-of-man")]
    pub(super) out: PathBuf,
    /// Folder of the shipped study; unpacked there when it is not there yet
    #[arg(long, value_name = "DIR", default_value = "data/isle-of-man")]
    pub(super) study: PathBuf,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8731)]
    pub(super) port: u16,
    /// Stop after the files are written
    #[arg(long)]
    pub(super) no_serve: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

fn place(text: &str) -> Result<LonLat, String> {
    let (lon, lat) =
        text.split_once(',').ok_or("write it as LON,LAT, for example -4.4821,54.1501")?;
    let number =
        |text: &str| text.trim().parse::<f64>().map_err(|fault| format!("{text:?}: {fault}"));
    LonLat::new(number(lon)?, number(lat)?).map_err(|fault| fault.to_string())
}

fn token(text: &str) -> Result<String, String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if text.len() < 16 || !text.chars().all(is_plain) {
        return Err("give at least 16 letters, digits or -_".to_owned());
    }
    Ok(text.to_owned())
}

fn cutoff_min(text: &str) -> Result<f64, String> {
    let minutes: f64 = text.trim().parse().map_err(|fault| format!("{fault}"))?;
    let range = || format!("must lie in {} to {} minutes", CUTOFF_MIN.min, CUTOFF_MIN.max);
    CUTOFF_MIN.check(minutes).ok_or_else(range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_western_longitude_is_not_taken_for_an_option() {
        let words = ["walkshed", "reach", "study", "--at", "-4.48,54.15", "--cutoff-min", "5,10"];
        let Command::Reach(reach) = Args::try_parse_from(words).unwrap().command else {
            panic!("reach")
        };
        assert_eq!(
            (reach.at, reach.cutoff_min),
            (LonLat::new(-4.48, 54.15).unwrap(), vec![5.0, 10.0])
        );
    }

    #[test]
    fn nonsense_is_refused_with_the_range() {
        for (at, minutes) in
            [("200,0", "15"), ("0;0", "15"), ("nan,0", "15"), ("0,0", "-3"), ("0,0", "nan")]
        {
            let words = ["walkshed", "reach", "s", "--at", at, "--cutoff-min", minutes];
            assert!(Args::try_parse_from(words).is_err(), "{at} {minutes}");
        }
    }
}
