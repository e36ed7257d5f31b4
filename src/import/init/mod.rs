//! A first `study.toml`, written by looking at the inputs.

mod facts;
mod trial;

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use super::elevation::ElevationFacts;
use super::hash::file_sha256;
use super::study_file::Language;
use super::{ImportError, profile_file, standard_file};
use crate::facility::Taxonomy;

pub use facts::{OsmFacts, TableFacts};
pub(super) use facts::{columns_of, guess_function, roles_of};
pub use trial::{Tried, try_out};

/// Most steps up (`..`) in a relative path; farther inputs are named by their full path.
const STEPS_UP_MAX: usize = 3;
/// Boundaries of one level that are still zones one reads in a table.
const ZONES_MAX: usize = 5_000;
/// Levels of boundaries that are taken, the finest first.
const LEVELS_MAX: usize = 3;
/// What an OSM file must be accompanied by.
const OSM_LICENSE: &str = "ODbL 1.0";
const OSM_ATTRIBUTION: &str = "© OpenStreetMap contributors";

/// What is known about the inputs of a study that is to be written.
#[derive(Clone, Debug)]
pub struct InitRequest<'a> {
    /// Title of the study.
    pub name: String,
    /// Language of its reports.
    pub language: Language,
    /// The OSM file.
    pub osm: OsmFacts,
    /// Tables of facilities.
    pub facilities: Vec<TableFacts>,
    /// The table of people, when there is one.
    pub demand: Option<TableFacts>,
    /// The polygons of zones, when there are some.
    pub zones: Option<TableFacts>,
    /// Files of heights, each with what it says about itself.
    pub elevation: Vec<(PathBuf, ElevationFacts)>,
    /// The functions that are known.
    pub taxonomy: &'a Taxonomy,
    /// Whether the study is to take its lists whatever they lose.
    pub accept_losses: bool,
}

/// The text of a commented `study.toml` for `folder`. Nothing is written and nothing is copied: inputs are named
/// by their path from `folder` when they are near it, else by their full path, each with its SHA-256.
///
/// # Errors
/// When an input cannot be read or its path is not UTF-8.
pub fn study_text(folder: &Path, request: &InitRequest<'_>) -> Result<String, ImportError> {
    let mut page = Page { text: String::new(), folder, accept_losses: request.accept_losses };
    page.head(request);
    page.streets(&request.osm)?;
    page.elevation(&request.elevation)?;
    page.facilities(request)?;
    page.demand(request)?;
    page.zones(request)?;
    page.rules();
    Ok(page.text)
}

struct Page<'a> {
    text: String,
    folder: &'a Path,
    accept_losses: bool,
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn set(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {}", quoted(value)));
    }

    fn list(&mut self, key: &str, values: &[&str]) {
        let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        self.line(&format!("{key} = [{}]", values.join(", ")));
    }

    fn head(&mut self, request: &InitRequest<'_>) {
        self.line("# A walkshed study, written by `walkshed init` from what it found in the inputs. Change it at will:");
        self.line("# an unknown key is an error that names the nearest known one. data/isle-of-man/study.toml of");
        self.line("# walkshed shows every option. Next: `walkshed check`, then `walkshed audit`.");
        self.line("");
        self.line("version = 1");
        self.set("name", &request.name);
        self.line(match request.language {
            Language::En => "language = \"en\"                   # of reports: en or zh",
            Language::Zh => "language = \"zh\"                   # of reports: en or zh",
        });
        self.line("# Who walks; change one with a [[profile]] (base, walk_speed_m_s, steps …).");
        let profiles = profile_file::shipped();
        let ids: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
        self.list("profiles", &ids);
    }

    fn streets(&mut self, osm: &OsmFacts) -> Result<(), ImportError> {
        self.line("\n[streets]");
        self.file("osm", &osm.path)?;
        self.set("license", OSM_LICENSE);
        self.set("attribution", OSM_ATTRIBUTION);
        Ok(())
    }

    fn elevation(&mut self, files: &[(PathBuf, ElevationFacts)]) -> Result<(), ImportError> {
        for (path, facts) in files {
            self.line(
                "\n# Heights: walkers go slower uphill. The first file that knows a place counts.",
            );
            self.line("[[elevation]]");
            self.file("path", path)?;
            self.line("license = \"\"                      # fill in: what may be done with it");
            self.line("attribution = \"\"                  # fill in: who must be named");
            let (width, height) = facts.size;
            self.line(&format!("# {width} x {height} cells"));
            match facts.crs {
                Some(crs) => self.line(&format!("# crs = {}", quoted(&crs.to_string()))),
                None => self.line(
                    "crs = \"epsg:…\"                   # FILL IN: the file does not name it",
                ),
            }
            match facts.unit_m {
                _ if facts.is_8_bit => {
                    self.line("# CHECK: heights of 8 bits are mostly shades, not metres.");
                    self.line("# unit_m = 1.0");
                }
                Some(unit) => self.line(&format!("# unit_m = {unit}")),
                None => self.line("# unit_m = 1.0                     # 0.3048 for feet"),
            }
        }
        Ok(())
    }

    fn file(&mut self, key: &str, path: &Path) -> Result<(), ImportError> {
        let reference = reference(self.folder, path)?;
        self.set(key, &reference);
        self.set("sha256", &file_sha256(path)?);
        Ok(())
    }

    fn table(&mut self, table: &TableFacts) -> Result<(), ImportError> {
        self.file("path", &table.path)?;
        self.line("license = \"\"                      # fill in: what may be done with it");
        self.line("attribution = \"\"                  # fill in: who must be named");
        if self.accept_losses {
            self.line("# More than a tenth of its rows may come to nothing; without this, reading stops then.");
            self.line("accept_losses = true");
        }
        if !table.has_places {
            return Ok(());
        }
        match &table.crs {
            Some(crs) => {
                self.line("# Found by looking; auto looks each time and says what it finds.");
                self.set("crs", crs);
            }
            None => self.line(
                "crs = \"auto\"                      # or wgs84, cgcs2000, gcj02, bd09, epsg:<number>",
            ),
        }
        if let Some(found) = &table.found {
            self.line(&format!("# {}", found.replace(['\n', '\r'], " ")));
        }
        Ok(())
    }

    /// The headers that are taken for one of `roles`, written out; the others in a comment.
    fn columns(&mut self, table: &TableFacts, roles: &[&str], used: &[&str]) {
        let mut found = Vec::new();
        let mut others = Vec::new();
        for (header, held) in &table.columns {
            match held {
                Some(role) if roles.contains(role) => {
                    found.push(format!("{role} = {}", quoted(header)));
                }
                Some("lon,lat") => {
                    self.line(&format!(
                        "# Places are read from both numbers in {}.",
                        quoted(header)
                    ));
                }
                _ if used.contains(&header.as_str()) => {}
                _ => others.push(quoted(header)),
            }
        }
        let encoding = if table.encoding.is_empty() {
            String::new()
        } else {
            format!(", read as {}", table.encoding)
        };
        self.line(&format!("# {} rows{encoding}", table.rows));
        if !found.is_empty() {
            self.line(&format!("columns = {{ {} }}", found.join(", ")));
        }
        if !others.is_empty() {
            self.line(&format!("# not used: {}", others.join(", ")));
        }
        for (role, fits) in table.choices.iter().filter(|(role, _)| roles.contains(role)) {
            let fits: Vec<String> = fits.iter().map(|header| quoted(header)).collect();
            self.line(&format!(
                "# FILL IN columns.{role}, for no header says so; one of {}",
                fits.join(", ")
            ));
        }
    }

    fn facilities(&mut self, request: &InitRequest<'_>) -> Result<(), ImportError> {
        self.line("\n[[facilities]]\nid = \"osm\"\nsource = \"osm\"");
        self.line("# Found in the file; a function listed in `exclude` is not taken, `skip` leaves out single places.");
        for (function, count) in &request.osm.functions {
            self.line(&format!("#   {function}: {count}"));
        }
        self.line("exclude = []");
        self.line("skip = []");
        let mut ids = vec!["osm".to_owned()];
        for table in &request.facilities {
            let id = layer_id(&table.path, &ids);
            self.line("\n[[facilities]]");
            self.set("id", &id);
            ids.push(id);
            self.table(table)?;
            self.functions(table, request.taxonomy);
            let roles = ["id", "name", "lon", "lat", "function", "capacity", "hours", "tier"];
            self.columns(table, &[&roles[..], &["status", "year"]].concat(), &[]);
        }
        Ok(())
    }

    fn functions(&mut self, table: &TableFacts, taxonomy: &Taxonomy) {
        let function = guess_function(&file_stem(&table.path), taxonomy);
        match function {
            Some(function) => {
                self.line("# Guessed from the file name: what a place offers when the table does not say.");
                self.list("functions", &[&function]);
            }
            None if table.header_of("function").is_some() => self.line("functions = []"),
            None => {
                let known: Vec<&str> =
                    taxonomy.functions().iter().map(|function| function.id.as_str()).collect();
                self.line("# FILL IN what these places offer, for the table does not say. Known:");
                self.line(&format!("#   {}", known.join(", ")));
                self.line("functions = []");
            }
        }
    }

    fn demand(&mut self, request: &InitRequest<'_>) -> Result<(), ImportError> {
        self.line("\n[demand]");
        let counts = |zones: &&TableFacts| zones.counts_everybody() || zones.may_count_people();
        let of_zones = request.zones.as_ref().filter(counts);
        let Some(table) = request.demand.as_ref().or(of_zones) else {
            self.demand_without_table(&request.osm);
            return Ok(());
        };
        if request.demand.is_none() {
            self.line("# The layer of zones counts people.");
        }
        if table.has_places {
            self.line("source = \"file\"");
        } else {
            self.line("# No coordinates: joined to the zones by name or id.");
            self.line("source = \"population\"");
        }
        self.table(table)?;
        self.line(
            "spread = \"buildings\"              # of a polygon's people; or streets, center",
        );
        self.line("# origin = \"gate\"                 # walks from walled compounds begin at their gate, not at the door");
        let groups = &table.groups;
        let used: Vec<&str> = groups.iter().map(|(_, header)| header.as_str()).collect();
        let roles: &[&str] = if table.has_places { &["id", "lon", "lat"] } else { &["zone"] };
        self.columns(table, roles, &used);
        if let Some((_, fits)) = table.choices.iter().find(|(role, _)| *role == "population") {
            let fits: Vec<String> = fits.iter().map(|header| quoted(header)).collect();
            let fits = fits.join(", ");
            self.line(&format!("# FILL IN the column that counts everybody, for no header is sure to; one of {fits}"));
            self.line("# [[demand.group]]\n# id = \"all\"\n# column = \"…\"");
        }
        for (group, header) in groups {
            self.line("\n[[demand.group]]");
            self.set("id", group);
            self.set("column", header);
        }
        Ok(())
    }

    fn demand_without_table(&mut self, osm: &OsmFacts) {
        if osm.residential_buildings == 0 {
            self.line(
                "# No table of people and no homes in the OSM file: metres of street stand in.",
            );
            self.line("source = \"streets\"");
            return;
        }
        self.line(&format!(
            "# No table of people: estimated from the floor area of {} buildings.",
            osm.residential_buildings
        ));
        self.line("source = \"osm_buildings\"");
        self.line("# total_persons = 100000            # everybody, when known; per zone under [demand.totals]");
        self.line("floor_area_per_person_m2 = 40.0     # where no total is known");
    }

    fn zones(&mut self, request: &InitRequest<'_>) -> Result<(), ImportError> {
        self.line("\n[zones]");
        if let Some(table) = &request.zones {
            self.line("source = \"file\"");
            self.table(table)?;
            let counted: Vec<&str> = match &request.demand {
                None => table.groups.iter().map(|(_, header)| header.as_str()).collect(),
                Some(_) => Vec::new(),
            };
            self.columns(table, &["id", "name", "parent", "level", "kind"], &counted);
            return Ok(());
        }
        let mut levels: Vec<(u8, usize)> = request.osm.admin_levels.clone();
        levels.sort_unstable();
        let usable: Vec<(u8, usize)> = levels
            .iter()
            .copied()
            .filter(|(level, count)| (2..=ZONES_MAX).contains(count) && *level > 2)
            .collect();
        if usable.is_empty() {
            self.line("# Too few boundaries in the OSM file: its places, else one zone for all.");
            self.line("source = \"auto\"");
            return Ok(());
        }
        let taken = &usable[usable.len().saturating_sub(LEVELS_MAX)..];
        self.line("source = \"osm\"");
        for (level, count) in &levels {
            self.line(&format!("#   admin_level {level}: {count} boundaries"));
        }
        let numbers: Vec<String> = taken.iter().map(|(level, _)| level.to_string()).collect();
        self.line(&format!("admin_levels = [{}]            # coarsest first", numbers.join(", ")));
        let names: Vec<String> =
            numbers.iter().map(|level| format!("admin_level {level}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.list("level_names", &names);
        Ok(())
    }

    fn rules(&mut self) {
        self.line("\n[standards]");
        self.line("# Shipped:");
        for standard in standard_file::shipped() {
            self.line(&format!("#   {}: {} / {}", standard.id, standard.en, standard.zh));
        }
        self.line("use = [\"plain-15\", \"childcare-15\"]");
        self.line(
            "# files = [\"our-city.toml\"]         # your own, written like the shipped ones",
        );
        self.line("\n# Shares of people to be covered that differ from the standard's.\n[targets]");
        self.line("# \"plain-15\" = 0.85\n# \"plain-15/park\" = 0.9");
        self.line("\n[limits]");
        self.line("snap_distance_m = 250.0           # farthest a home or facility may lie from its street");
        self.line("island_length_m = 1000.0          # shorter street pieces cut off from the rest are islands");
        self.line("\n[output]\nfolder = \"out\"                    # unless --out says otherwise");
    }
}

/// `text` as a TOML string on one line.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.replace(['\n', '\r'], " ")).to_string()
}

fn file_stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn layer_id(path: &Path, taken: &[String]) -> String {
    let stem = file_stem(path);
    let mut id = stem.clone();
    let mut number = 2;
    while taken.contains(&id) {
        id = String::new();
        // Writing to a string cannot fail.
        let _ = write!(id, "{stem}-{number}");
        number += 1;
    }
    id
}

/// `path` as a study in `folder` writes it.
fn reference(folder: &Path, path: &Path) -> Result<String, ImportError> {
    let target = path.canonicalize().map_err(|error| ImportError::read(path, error))?;
    let folder = real_folder(folder)?;
    let common = folder.components().zip(target.components()).take_while(|(a, b)| a == b).count();
    let steps_up = folder.components().count() - common;
    let reference = if steps_up <= STEPS_UP_MAX && common > 1 {
        let down = target.components().skip(common);
        std::iter::repeat_n(Component::ParentDir, steps_up).chain(down).collect()
    } else {
        target
    };
    match reference.to_str() {
        Some(text) => Ok(text.replace('\\', "/")),
        None => {
            Err(ImportError::malformed(path, "its path is not UTF-8; rename the file or folder"))
        }
    }
}

/// `folder` without links, also when it does not exist yet.
fn real_folder(folder: &Path) -> Result<PathBuf, ImportError> {
    let unreadable = |error| ImportError::read(folder, error);
    let full = std::path::absolute(folder).map_err(unreadable)?;
    let there = full.ancestors().find(|above| above.exists()).unwrap_or(&full);
    let rest = full.strip_prefix(there).unwrap_or(Path::new(""));
    Ok(there.canonicalize().map_err(unreadable)?.join(rest))
}

#[cfg(test)]
mod tests;
