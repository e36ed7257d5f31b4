//! `walkshed init`: a commented study.toml, written by looking at the inputs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;

use crate::import::ImportIssue;
use crate::import::brought::LayerKind;
use crate::import::columns::{ColumnMap, Role};
use crate::import::crs_detect::{CrsChoice, Reference};
use crate::import::elevation::{self, ElevationFacts};
use crate::import::init::{InitRequest, OsmFacts, TableFacts, Tried, study_text, try_out};
use crate::import::osm::{
    BuildingUse, OsmExtract, OsmParts, OsmWants, read_osm, standard_functions,
};
use crate::import::placing::place_rows;
use crate::import::study_file::{Language, STUDY_FILE};
use crate::import::table::read_table;
use crate::store::{write_file, write_new_file};
use crate::street::{Snapper, StreetGraph};
use crate::units::Meters;

use super::Ending;
use super::args::{InitArgs, Lang};
use super::check::{unknown_functions, unrecognized};
use super::console::Console;
use super::table::count as number;
use super::text::{Word, say};
use super::tongue;

/// What `init --json` prints.
#[derive(Serialize)]
struct Written<'a> {
    study: &'a Path,
    /// The tables, each with what was found in it.
    tables: Vec<ToldTable<'a>>,
    /// Ids of the layers of facilities from tables, each with the places it has.
    facilities: BTreeMap<String, usize>,
    /// People by group, when a table counts them.
    persons: BTreeMap<String, f64>,
    /// Words for functions that are not known, each with how often it was met.
    unknown_functions: Vec<(String, usize)>,
    /// Lines of the study that have to be filled in.
    fill_in: Vec<FillIn>,
}

/// A table, looked at.
struct Looked {
    /// What was noticed: coordinates, encoding, rows left out.
    noticed: Vec<ImportIssue>,
    facts: TableFacts,
}

/// What is told of a table.
#[derive(Serialize)]
struct ToldTable<'a> {
    path: &'a Path,
    rows: usize,
    /// Columns by what they are taken to hold; those that count people by the group.
    columns: BTreeMap<&'a str, &'a str>,
    /// Columns that are not taken.
    not_used: Vec<&'a str>,
    /// What was noticed: coordinates, encoding, rows left out.
    noticed: &'a [ImportIssue],
}

impl Looked {
    fn told(&self) -> ToldTable<'_> {
        let facts = &self.facts;
        let mut columns = BTreeMap::new();
        for (name, held) in &facts.columns {
            if let Some(held) = held {
                columns.insert(*held, name.as_str());
            }
        }
        for (group, name) in &facts.groups {
            let held = if group == "all" { "population" } else { group.as_str() };
            columns.insert(held, name);
        }
        let is_used = |name: &&str| columns.values().any(|used| used == name);
        let names = facts.columns.iter().map(|(name, _)| name.as_str());
        ToldTable {
            path: &facts.path,
            rows: facts.rows,
            not_used: names.filter(|name| !is_used(name)).collect(),
            columns,
            noticed: &self.noticed,
        }
    }
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
    let look = |kind| {
        let reference = reference.as_ref();
        move |path: &PathBuf| look_at_table(path, kind, reference)
    };
    let facilities = args.facilities.iter().map(look(LayerKind::Facilities));
    let facilities = facilities.collect::<anyhow::Result<Vec<_>>>()?;
    let mut demand = args.demand.as_ref().map(look(LayerKind::Demand)).transpose()?;
    let mut zones = args.zones.as_ref().map(look(LayerKind::Zones)).transpose()?;
    if let (Some(_), Some(zones)) = (&demand, &mut zones) {
        zones.facts.groups.clear();
    }
    let taxonomy = standard_functions()?;
    let facts = |looked: &Looked| looked.facts.clone();
    let mut request = InitRequest {
        name: args.name.clone().unwrap_or_else(|| folder_name(&args.dir)),
        language: if console.lang_or(Lang::En) == Lang::Zh { Language::Zh } else { Language::En },
        osm,
        facilities: facilities.iter().map(facts).collect(),
        demand: demand.as_ref().map(facts),
        zones: zones.as_ref().map(facts),
        elevation: look_at_heights(&args.dem)?,
        taxonomy: &taxonomy,
        accept_losses: console.accepts_losses(),
    };
    let new = Folder::make(&args.dir)?;
    // Heights may lack a system that is still to be filled in, and no table needs them.
    let flat = InitRequest { elevation: Vec::new(), ..request.clone() };
    let flat = study_text(&args.dir, &flat)?;
    let tried = try_out((target.as_path(), flat.as_str()), &streets.extract, reference.as_ref())?;
    if let (Some(header), Some(demand)) = (&tried.zone_column, &mut demand) {
        demand.facts.set_zone(header);
        request.demand = Some(demand.facts.clone());
    }
    let text = study_text(&args.dir, &request)?;
    new.keep();
    if args.force {
        write_file(&target, text.as_bytes())?;
    } else {
        write_new_file(&target, text.as_bytes())?;
    }
    let written = Written {
        study: &target,
        tables: facilities.iter().chain(&demand).chain(&zones).map(Looked::told).collect(),
        facilities: tried.facilities.iter().cloned().collect(),
        persons: tried.persons.iter().cloned().collect(),
        unknown_functions: unknown_functions(&tried.issues),
        fill_in: to_fill_in(&text),
    };
    if console.json() {
        console.print_json(&written)?;
    } else {
        console.print(&told(&written, &tried, &args.dir, console.lang_or(Lang::En)))?;
    }
    Ok(if written.fill_in.is_empty() { Ending::Fine } else { Ending::Findings })
}

/// A folder that goes again if nothing comes to lie in it.
struct Folder<'a> {
    path: &'a Path,
    is_new: bool,
}

impl<'a> Folder<'a> {
    fn make(path: &'a Path) -> anyhow::Result<Self> {
        let is_new = !path.exists();
        std::fs::create_dir_all(path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self { path, is_new })
    }

    fn keep(mut self) {
        self.is_new = false;
    }
}

impl Drop for Folder<'_> {
    fn drop(&mut self) {
        if self.is_new {
            // Only an empty folder is removed; one that cannot be removed harms nobody.
            let _ = std::fs::remove_dir(self.path);
        }
    }
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
fn told(written: &Written, tried: &Tried, dir: &Path, lang: Lang) -> String {
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
        for issue in table.noticed {
            let _ = writeln!(text, "  {}", tongue::message(lang, &told_of(issue)));
        }
    }
    if !written.persons.is_empty() {
        let persons: Vec<String> = written
            .persons
            .iter()
            .map(|(group, count)| format!("{group} {}", number(*count)))
            .collect();
        let _ = writeln!(text, "{}: {}", w(Word::Inhabitants), persons.join(", "));
    }
    for (layer, places) in &written.facilities {
        let _ = writeln!(text, "{} {layer}: {places}", w(Word::Services));
    }
    text.push_str(&unrecognized(&tried.issues, lang));
    let _ = writeln!(text, "{} {}", w(Word::Wrote), written.study.display());
    for lack in &written.fill_in {
        let what = tongue::message(lang, &lack.what);
        let _ = writeln!(text, "{} ({} {}): {what}", w(Word::FillIn), w(Word::Line), lack.line);
    }
    let _ = writeln!(text, "{}: walkshed check {}", w(Word::Next), dir.display());
    text
}

/// What was noticed, behind the file and the row that it is about.
fn told_of(issue: &ImportIssue) -> String {
    if issue.feature.is_empty() {
        return issue.reason.clone();
    }
    format!("{}: {}: {}", issue.source, issue.feature, issue.reason)
}

/// The streets that coordinates are tried on, and all else the file holds.
struct Streets {
    extract: OsmExtract,
    snapper: Snapper,
}

impl Streets {
    fn reference(&self) -> Option<Reference<'_>> {
        let near = |place| self.snapper.nearest_street(place, Meters(2_000.0));
        Some(Reference::new(self.extract.bounds?, near))
    }
}

fn look_at_osm(path: &Path, console: &Console) -> anyhow::Result<(OsmFacts, Streets)> {
    let taxonomy = standard_functions()?;
    let parts = OsmParts::STREETS
        | OsmParts::FACILITIES
        | OsmParts::BUILDINGS
        | OsmParts::BOUNDARIES
        | OsmParts::BASEMAP;
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
    Ok((facts, Streets { extract, snapper }))
}

fn look_at_table(
    path: &Path,
    kind: LayerKind,
    reference: Option<&Reference<'_>>,
) -> anyhow::Result<Looked> {
    let looking = || format!("looking at {}", path.display());
    let (table, mut issues) = read_table(path).with_context(looking)?;
    let has_places = TableFacts::of(&table, kind, &issues).has_places;
    if has_places || kind != LayerKind::Demand {
        let columns = ColumnMap::resolve(&table, &BTreeMap::new(), &[Role::Lon, Role::Lat])?;
        place_rows(&table, &columns, CrsChoice::Auto, reference, &mut issues)
            .with_context(looking)?;
    }
    let facts = TableFacts::of(&table, kind, &issues);
    Ok(Looked { noticed: issues.issues().to_vec(), facts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::IssueKind;

    #[test]
    fn what_is_noticed_names_its_file_and_row() {
        let issue = |feature: &str, reason: &str| ImportIssue {
            kind: IssueKind::TableUnderstood,
            source: "dem.csv".to_owned(),
            feature: feature.to_owned(),
            reason: reason.to_owned(),
        };
        let total =
            told_of(&issue("row 5", "is a total (\"合计\"), not a row of its own; left out"));
        assert_eq!(
            tongue::message(Lang::Zh, &total),
            "dem.csv：第 5 行：是合计行（\"合计\"），不单独计入"
        );
        let whole = told_of(&issue("", "the row below the column names holds units"));
        assert_eq!(whole, "the row below the column names holds units");
    }
}
