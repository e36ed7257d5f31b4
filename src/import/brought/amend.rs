//! `study.toml` with a brought file in it: what the user wrote stays, comments too.

use std::fmt::Write as _;

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::LayerKind;
use crate::import::init::{TableFacts, quoted};

/// What a study would say about a file.
#[derive(Clone, Debug)]
pub struct Amendment {
    pub(super) kind: LayerKind,
    /// Name of the layer of facilities.
    pub(super) name: String,
    /// What the file holds.
    pub(super) facts: TableFacts,
    /// Columns by what they hold, as the study writes them.
    pub(super) columns: Vec<(&'static str, String)>,
    /// Functions of places whose own the table does not tell; `None` leaves those the study states.
    pub(super) functions: Option<Vec<String>>,
    /// The coordinate system that the user stated, else the one the file names.
    pub(super) crs: Option<String>,
    /// Whether the names of the levels of zones still hold.
    pub(super) keeps_levels: bool,
    /// Whether the file is taken although it loses many rows.
    pub(super) accept_losses: bool,
}

/// Why a description cannot be amended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmendError {
    /// It is no TOML.
    #[error("study.toml cannot be read: {0}")]
    Unreadable(String),
    /// Something in it is written another way than can be amended.
    #[error("`{0}` in study.toml is no table; write it as one, or add the file by hand")]
    OtherShape(&'static str),
}

impl Amendment {
    /// `text`, the description of a study, with the file at `path` (as the description is to write it).
    ///
    /// # Errors
    /// When `text` is no TOML, or what is to be amended is not written as a table.
    pub fn write(&self, text: &str, path: &str, sha256: &str) -> Result<String, AmendError> {
        let mut document: DocumentMut = text
            .parse()
            .map_err(|e: toml_edit::TomlError| AmendError::Unreadable(e.to_string()))?;
        match self.kind {
            LayerKind::Candidates => return Ok(text.to_owned()),
            LayerKind::Facilities => {
                let Some(layer) = find_layer(&mut document, &self.name) else {
                    // A study that names no layer has that of its map; named, it stays.
                    let of_map = "\n[[facilities]]\nid = \"osm\"\nsource = \"osm\"\n";
                    let usual = document.get("facilities").map_or(of_map, |_| "");
                    return Ok(format!("{text}{usual}{}", self.block(path, sha256)));
                };
                self.input(layer, path, sha256);
                if let Some(functions) = &self.functions {
                    set(layer, "functions", functions.iter().collect::<Value>());
                }
            }
            LayerKind::Demand => self.demand(table(&mut document, "demand")?, path, sha256),
            LayerKind::Zones => {
                let zones = table(&mut document, "zones")?;
                let mut gone = vec!["admin_levels"];
                if !self.keeps_levels {
                    gone.push("level_names");
                }
                set(zones, "source", "file".into());
                self.input_without(zones, (path, sha256), &gone);
                if !self.keeps_levels && document.get("demand").is_some() {
                    take_out(table(&mut document, "demand")?, "zone_level");
                }
            }
        }
        Ok(document.to_string())
    }

    /// A new layer of facilities, as `walkshed init` writes one.
    fn block(&self, path: &str, sha256: &str) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let TableFacts { rows, encoding, found, .. } = &self.facts;
        let _ = writeln!(text, "\n# Brought in through the page: {rows} rows, read as {encoding}.");
        let _ =
            writeln!(text, "[[facilities]]\nid = {}\npath = {}", quoted(&self.name), quoted(path));
        let _ = writeln!(text, "sha256 = {}", quoted(sha256));
        let _ = writeln!(
            text,
            "license = \"\"                      # fill in: what may be done with it"
        );
        let _ = writeln!(text, "attribution = \"\"                  # fill in: who must be named");
        if self.accept_losses {
            let _ = writeln!(text, "accept_losses = true");
        }
        let _ = writeln!(text, "crs = {}", quoted(self.crs.as_deref().unwrap_or("auto")));
        if let Some(found) = found {
            let _ = writeln!(text, "# {}", found.replace(['\n', '\r'], " "));
        }
        let functions: Vec<String> =
            self.functions.iter().flatten().map(|function| quoted(function)).collect();
        let _ = writeln!(text, "functions = [{}]", functions.join(", "));
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|(role, header)| format!("{role} = {}", quoted(header)))
            .collect();
        if !columns.is_empty() {
            let _ = writeln!(text, "columns = {{ {} }}", columns.join(", "));
        }
        text
    }

    fn demand(&self, demand: &mut dyn TableLike, path: &str, sha256: &str) {
        let has_places = self.facts.has_places;
        let mut gone = vec!["total_persons", "totals", "floor_area_per_person_m2"];
        if has_places {
            gone.push("zone_level");
        }
        set(demand, "source", if has_places { "file" } else { "population" }.into());
        self.input_without(demand, (path, sha256), &gone);
        let Some(groups) = demand.get_mut("group").and_then(Item::as_array_of_tables_mut) else {
            return;
        };
        let mut kept = ArrayOfTables::new();
        for mut group in std::mem::take(groups) {
            if self.fits(&mut group) {
                kept.push(group);
            }
        }
        if kept.is_empty() {
            demand.remove("group");
        } else {
            *groups = kept;
        }
    }

    /// Whether the file still has the people of a group; its column is put right.
    fn fits(&self, group: &mut Table) -> bool {
        let text = |key: &str| group.get(key).and_then(Item::as_str).map(str::to_owned);
        let (Some(id), Some(column)) = (text("id"), text("column")) else { return true };
        let same = |(header, _): &&(String, Option<&str>)| {
            *header == column || header.to_lowercase() == column.to_lowercase()
        };
        if self.facts.columns.iter().any(|header| same(&header)) {
            return true;
        }
        let found = self.facts.groups.iter().find(|(group, _)| *group == id);
        match found {
            Some((_, header)) => set(group, "column", header.as_str().into()),
            // The readers look for the column of everybody themselves.
            None if id == "all" => take_out(group, "column"),
            None => return false,
        }
        true
    }

    fn input_without(
        &self,
        table: &mut dyn TableLike,
        (path, sha256): (&str, &str),
        gone: &[&str],
    ) {
        for key in gone {
            take_out(table, key);
        }
        self.input(table, path, sha256);
    }

    /// What every input says: its file, its hash, what may be done with it, its system, its columns.
    fn input(&self, table: &mut dyn TableLike, path: &str, sha256: &str) {
        set(table, "path", path.into());
        set(table, "sha256", sha256.into());
        // What was said of the file before does not hold for another.
        set(table, "license", "".into());
        set(table, "attribution", "".into());
        if self.accept_losses {
            set(table, "accept_losses", true.into());
        } else {
            take_out(table, "accept_losses");
        }
        if self.facts.has_places {
            set(table, "crs", self.crs.as_deref().unwrap_or("auto").into());
        } else {
            take_out(table, "crs");
        }
        if self.columns.is_empty() {
            take_out(table, "columns");
            return;
        }
        let mut columns = InlineTable::new();
        for (role, header) in &self.columns {
            columns.insert(*role, header.as_str().into());
        }
        if table.get("columns").is_some_and(|columns| !columns.is_inline_table()) {
            table.remove("columns");
        }
        set(table, "columns", Value::InlineTable(columns));
    }
}

/// The table of the layer of facilities called `name`.
fn find_layer<'a>(document: &'a mut DocumentMut, name: &str) -> Option<&'a mut dyn TableLike> {
    let layers = document.get_mut("facilities")?.as_array_of_tables_mut()?;
    let is_it = |layer: &&mut Table| layer.get("id").and_then(Item::as_str) == Some(name);
    layers.iter_mut().find(is_it).map(|layer| layer as &mut dyn TableLike)
}

/// The table `key`, made when it is not there.
fn table<'a>(
    document: &'a mut DocumentMut,
    key: &'static str,
) -> Result<&'a mut dyn TableLike, AmendError> {
    let item = document.entry(key).or_insert_with(toml_edit::table);
    item.as_table_like_mut().ok_or(AmendError::OtherShape(key))
}

/// Sets a key; what is written around its value stays.
fn set(table: &mut dyn TableLike, key: &str, mut value: Value) {
    if let Some(old) = table.get_mut(key).and_then(Item::as_value_mut) {
        *value.decor_mut() = old.decor().clone();
        *old = value;
    } else {
        table.insert(key, Item::Value(value));
    }
}

/// Removes a key; comments above it stay, above the next key.
fn take_out(table: &mut dyn TableLike, key: &str) {
    let above = |key: &toml_edit::Key| {
        let decor = key.leaf_decor().prefix().and_then(|raw| raw.as_str());
        decor.unwrap_or("").to_owned()
    };
    let comment = table.key(key).map(above).filter(|text| text.contains('#'));
    let next = {
        let values = table.iter().filter(|(_, item)| item.is_value()).map(|(key, _)| key);
        values.skip_while(|known| *known != key).nth(1).map(str::to_owned)
    };
    table.remove(key);
    if let (Some(comment), Some(next)) = (comment, next)
        && let Some(mut next) = table.key_mut(&next)
    {
        let decor = next.leaf_decor_mut();
        let own = decor.prefix().and_then(|raw| raw.as_str()).unwrap_or("").to_owned();
        decor.set_prefix(format!("{comment}{own}"));
    }
}
