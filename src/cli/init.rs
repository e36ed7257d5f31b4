//! `walkshed init`: a commented study.toml, written by looking at the inputs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;

use crate::import::ImportIssue;
use crate::import::columns::{ColumnMap, Role};
use crate::import::crs_detect::{CrsChoice, Reference};
use crate::import::elevation::{self, ElevationFacts};
use crate::import::init::{InitRequest, OsmFacts, TableFacts, study_text};
use crate::import::osm::{BuildingUse, OsmParts, OsmWants, read_osm, standard_functions};
use crate::import::placing::place_rows;
use crate::import::study_file::{Language, STUDY_FILE};
use crate::import::table::read_table;
use crate::spatial::BoundingBox;
use crate::store::{write_file, write_new_file};
use crate::street::{Snapper, StreetGraph};
use crate::units::Meters;

use super::Ending;
use super::args::{InitArgs, Lang};
use super::console::Console;
use super::text::{Word, say};
use super::tongue;

/// What `init --json` prints.
#[derive(Serialize)]
struct Written<'a> {
    study: &'a Path,
    /// The tables, each with what was found in it.
    tables: Vec<&'a Looked>,
    /// Lines of the study that have to be filled in.
    fill_in: Vec<FillIn>,
}

/// A table, looked at.
#[derive(Serialize)]
struct Looked {
    path: PathBuf,
    rows: usize,
    /// Columns by what they are taken to hold.
    columns: BTreeMap<&'static str, String>,
    /// Columns that are not taken.
    not_used: Vec<String>,
    /// What was noticed: coordinates, encoding, rows left out.
    noticed: Vec<ImportIssue>,
    #[serde(skip)]
    facts: TableFacts,
}

/// A line of the study that the user has to fill in.
#[derive(Serialize)]
struct FillIn {
    line: usize,
    what: String,
}

/// Looks at the inputs and writes the description.
pub(super) fn run(args: &InitArgs, console: &Console) -> anyhow::Result<Ending> {
    let target = args.dir.join(STUDY_FILE);
    if target.exists() && !args.force {
        bail!("{} is already there; change it, or replace it with --force", target.display());
    }
    let (osm, streets) = look_at_osm(&args.osm, console)?;
    let reference = streets.reference();
    let look = |path: &PathBuf| look_at_table(path, reference.as_ref());
    let facilities = args.facilities.iter().map(look).collect::<anyhow::Result<Vec<_>>>()?;
    let demand = args.demand.as_ref().map(look).transpose()?;
    let zones = args.zones.as_ref().map(look).transpose()?;
    let taxonomy = standard_functions()?;
    let facts = |looked: &Looked| looked.facts.clone();
    let request = InitRequest {
        name: args.name.clone().unwrap_or_else(|| folder_name(&args.dir)),
        language: if console.lang_or(Lang::En) == Lang::Zh { Language::Zh } else { Language::En },
        osm,
        facilities: facilities.iter().map(facts).collect(),
        demand: demand.as_ref().map(facts),
        zones: zones.as_ref().map(facts),
        elevation: look_at_heights(&args.dem)?,
        taxonomy: &taxonomy,
    };
    std::fs::create_dir_all(&args.dir)
        .with_context(|| format!("cannot make the folder {}", args.dir.display()))?;
    let text = study_text(&args.dir, &request)?;
    if args.force {
        write_file(&target, text.as_bytes())?;
    } else {
        write_new_file(&target, text.as_bytes())?;
    }
    let written = Written {
        study: &target,
        tables: facilities.iter().chain(&demand).chain(&zones).collect(),
        fill_in: to_fill_in(&text),
    };
    if console.json() {
        console.print_json(&written)?;
    } else {
        console.print(&told(&written, &args.dir, console.lang_or(Lang::En)))?;
    }
    Ok(Ending::Fine)
}

fn folder_name(dir: &Path) -> String {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let name = absolute.file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "study".to_owned())
}

fn look_at_heights(paths: &[PathBuf]) -> anyhow::Result<Vec<(PathBuf, ElevationFacts)>> {
    let look = |path: &PathBuf| {
        let facts =
            elevation::look_at(path).with_context(|| format!("looking at {}", path.display()))?;
        Ok((path.clone(), facts))
    };
    paths.iter().map(look).collect()
}

/// The lines of a study that say that something has to be filled in.
fn to_fill_in(text: &str) -> Vec<FillIn> {
    let marked = text.lines().zip(1..).filter_map(|(line, number)| {
        let at = line.find("FILL IN")?;
        Some(FillIn { line: number, what: line[at + "FILL IN".len()..].trim().to_owned() })
    });
    marked.collect()
}

/// What the terminal shows.
fn told(written: &Written, dir: &Path, lang: Lang) -> String {
    let w = |word| say(lang, word);
    // Writing to a string cannot fail.
    let mut text = String::new();
    for table in &written.tables {
        let columns: Vec<String> =
            table.columns.iter().map(|(held, name)| format!("{held} = {name}")).collect();
        let _ = writeln!(text, "{}: {} {}", table.path.display(), table.rows, w(Word::Rows));
        let _ = writeln!(text, "  {}: {}", w(Word::Taken), columns.join(", "));
        if !table.not_used.is_empty() {
            let _ = writeln!(text, "  {}: {}", w(Word::NotTaken), table.not_used.join(", "));
        }
        for issue in &table.noticed {
            let _ = writeln!(text, "  {}", tongue::message(lang, &issue.reason));
        }
    }
    let _ = writeln!(text, "{} {}", w(Word::Wrote), written.study.display());
    for lack in &written.fill_in {
        let what = tongue::message(lang, &lack.what);
        let _ = writeln!(text, "{} ({} {}): {what}", w(Word::FillIn), w(Word::Line), lack.line);
    }
    let _ = writeln!(text, "{}: walkshed check {}", w(Word::Next), dir.display());
    text
}

/// The streets that coordinates are tried on.
struct Streets {
    bounds: Option<BoundingBox>,
    snapper: Snapper,
}

impl Streets {
    fn reference(&self) -> Option<Reference<'_>> {
        let near = |place| self.snapper.nearest_street(place, Meters(2_000.0));
        Some(Reference::new(self.bounds?, near))
    }
}

fn look_at_osm(path: &Path, console: &Console) -> anyhow::Result<(OsmFacts, Streets)> {
    let taxonomy = standard_functions()?;
    let parts =
        OsmParts::STREETS | OsmParts::FACILITIES | OsmParts::BUILDINGS | OsmParts::BOUNDARIES;
    let extract = read_osm(path, &OsmWants::new(&taxonomy, parts), console)?;
    let homes =
        extract.buildings.iter().filter(|building| building.usage != BuildingUse::NonResidential);
    let mut admin_levels: BTreeMap<u8, usize> = BTreeMap::new();
    for boundary in &extract.boundaries {
        *admin_levels.entry(boundary.admin_level).or_default() += 1;
    }
    let offering = |(id, function): (crate::ids::FunctionId, &crate::facility::Function)| {
        let count =
            extract.facilities.iter().filter(|facility| facility.find_offer(id).is_some()).count();
        (function.id.clone(), count)
    };
    let facts = OsmFacts {
        path: path.to_owned(),
        residential_buildings: homes.count(),
        admin_levels: admin_levels.into_iter().collect(),
        functions: taxonomy.functions().enumerate().map(offering).collect(),
    };
    let snapper = Snapper::new(&StreetGraph::build(&extract.streets));
    Ok((facts, Streets { bounds: extract.bounds, snapper }))
}

fn look_at_table(path: &Path, reference: Option<&Reference<'_>>) -> anyhow::Result<Looked> {
    let looking = || format!("looking at {}", path.display());
    let (table, mut issues) = read_table(path).with_context(looking)?;
    let has_places = TableFacts::of(&table, &issues).has_places;
    if has_places {
        let columns = ColumnMap::resolve(&table, &BTreeMap::new(), &[Role::Lon, Role::Lat])?;
        place_rows(&table, &columns, CrsChoice::Auto, reference, &mut issues)
            .with_context(looking)?;
    }
    let noticed = issues.issues().to_vec();
    let facts = TableFacts::of(&table, &issues);
    let mut columns = BTreeMap::new();
    let mut not_used = Vec::new();
    for (name, held) in &facts.columns {
        match held {
            Some(held) if !columns.contains_key(held) => {
                columns.insert(*held, name.clone());
            }
            _ => not_used.push(name.clone()),
        }
    }
    Ok(Looked { path: path.to_owned(), rows: facts.rows, columns, not_used, noticed, facts })
}
