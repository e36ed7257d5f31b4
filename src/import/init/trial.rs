//! A study that is about to be written, read as it will be read: what it takes, and what it would lose.

use std::path::Path;

use crate::import::brought::LayerKind;
use crate::import::columns::{ColumnMap, Role};
use crate::import::crs_detect::Reference;
use crate::import::join::find_zone_column;
use crate::import::load::people;
use crate::import::load::places::Reader;
use crate::import::load::taxonomy_of;
use crate::import::osm::OsmExtract;
use crate::import::study_file::{DemandFrom, FacilityFrom, Study, study_of};
use crate::import::table::read_table;
use crate::import::{ImportError, IssueLog};

use super::roles_of;

/// What the tables of a study came to.
#[derive(Clone, Debug, Default)]
pub struct Tried {
    /// Ids of the layers of facilities in tables, each with the places it has.
    pub facilities: Vec<(String, usize)>,
    /// Ids of demand groups with their people, when a table counts them.
    pub persons: Vec<(String, f64)>,
    /// Zones.
    pub zones: usize,
    /// The column that names the zone of a row, when people are joined to zones.
    pub zone_column: Option<String>,
    /// What was skipped, mended or noticed.
    pub issues: IssueLog,
}

/// Reads the tables of the study that `text` describes, to be written at `file`. A table of which something has to be
/// filled in first is left out.
///
/// # Errors
/// When the description or a table cannot be used, or a table loses too many rows.
pub fn try_out(
    (file, text): (&Path, &str),
    extract: &OsmExtract,
    reference: Option<&Reference<'_>>,
) -> Result<Tried, ImportError> {
    let study = study_of(file, text)?;
    let taxonomy = taxonomy_of(&study)?;
    let reader = Reader { study: &study, taxonomy: &taxonomy, reference, accept_losses: false };
    let mut tried = Tried::default();
    let zones = reader.zones(extract, &mut tried.issues)?;
    tried.zones = zones.zones.len();
    for layer in &study.facilities {
        let FacilityFrom::Table(input, columns) = &layer.from else { continue };
        let (table, _) = read_table(&input.file.path)?;
        let map =
            ColumnMap::resolve(&table, &columns.named(), roles_of((LayerKind::Facilities, true)))?;
        if map.find(Role::Function).is_some() || !layer.functions.is_empty() {
            let found = reader.rows(layer, (input, columns), &mut tried.issues)?;
            tried.facilities.push((layer.id.clone(), found.len()));
        }
    }
    if let DemandFrom::ZoneTable { table, .. } = &study.demand.from {
        let (table, _) = read_table(&table.file.path)?;
        let found = find_zone_column(&table, (&zones, study.population_level()));
        tried.zone_column = found.map(|column| table.columns[column].clone());
    }
    if counts_people(&study)
        && let Some(found) = people::rows(&reader, &zones, &mut tried.issues)?
    {
        for (rank, group) in found.groups.iter().enumerate() {
            let points = found.points.iter().map(|point| point.persons[rank].count());
            let areas = found.areas.iter().map(|area| area.persons[rank].count());
            tried.persons.push((group.id.clone(), points.chain(areas).sum()));
        }
    }
    Ok(tried)
}

/// Whether the study names the column that counts everybody.
fn counts_people(study: &Study) -> bool {
    study.demand.groups.iter().any(|source| source.group.id == "all")
}
