//! Facilities and zones of a study, from the extract and from tables.

use std::collections::BTreeMap;

use crate::demand::ZoneHierarchy;
use crate::demand::zone::{NamedArea, hierarchy_from_areas};
use crate::facility::{Facility, Taxonomy};
use crate::ids::FunctionId;
use crate::import::crs_detect::{CrsChoice, Reference};
use crate::import::facilities::{FacilityLayerSpec, read_facilities};
use crate::import::losses::OnLoss;
use crate::import::osm::{Boundary, OsmExtract};
use crate::import::study_file::{
    FacilityColumns, FacilityFrom, FacilitySource, Study, TableInput, ZoneColumns, ZonesSource,
};
use crate::import::table::{FeatureTable, read_table};
use crate::import::zones::{ZonesSpec, read_zones};
use crate::import::{ImportError, IssueKind, IssueLog};
use crate::spatial::Crs;

/// Levels of boundaries that make sensible zones by themselves, deepest first: quarters to municipalities.
const ZONE_LEVELS: std::ops::RangeInclusive<u8> = 6..=11;
/// How many levels of boundaries are taken when the study names none.
const AUTO_LEVELS: usize = 2;

/// What tables are read with.
pub(in crate::import) struct Reader<'a> {
    pub(in crate::import) study: &'a Study,
    pub(in crate::import) taxonomy: &'a Taxonomy,
    pub(in crate::import) reference: Option<&'a Reference<'a>>,
    /// Whether every list is read whatever it loses.
    pub(in crate::import) accept_losses: bool,
}

impl Reader<'_> {
    /// Reads a table and says what was noticed.
    pub(in crate::import) fn table(
        input: &TableInput,
        issues: &mut IssueLog,
    ) -> Result<(FeatureTable, CrsChoice), ImportError> {
        let (table, noticed) = read_table(&input.file.path)?;
        issues.append(noticed);
        let crs = match input.crs.as_str() {
            "auto" => CrsChoice::Auto,
            named => CrsChoice::Declared(
                named.parse::<Crs>().map_err(|error| table.malformed(error.to_string()))?,
            ),
        };
        Ok((table, crs))
    }

    /// What happens when `input` loses many rows.
    pub(in crate::import) fn on_loss(&self, input: &TableInput) -> OnLoss {
        if self.accept_losses || input.accept_losses { OnLoss::Tell } else { OnLoss::Stop }
    }

    /// Facilities of all layers, each under its layer's name.
    pub(super) fn facilities(
        &self,
        extract: &mut OsmExtract,
        issues: &mut IssueLog,
    ) -> Result<Vec<Facility>, ImportError> {
        let found = std::mem::take(&mut extract.facilities);
        let mut all = Vec::new();
        for layer in &self.study.facilities {
            let offered = match &layer.from {
                FacilityFrom::Osm => found.clone(),
                FacilityFrom::Table(input, columns) => {
                    self.rows(layer, (input, columns), issues)?
                }
            };
            let (taken, noticed) = layer.select(offered, self.taxonomy);
            issues.append(noticed);
            all.extend(taken);
        }
        Ok(all)
    }

    /// Facilities of the table of one layer, before the study has chosen from them.
    pub(in crate::import) fn rows(
        &self,
        layer: &FacilitySource,
        (input, columns): (&TableInput, &FacilityColumns),
        issues: &mut IssueLog,
    ) -> Result<Vec<Facility>, ImportError> {
        let (table, crs) = Self::table(input, issues)?;
        let spec = FacilityLayerSpec {
            id: layer.id.clone(),
            functions: self.ids(&layer.functions),
            columns: columns.named(),
            crs,
            tier: layer.tier.clone(),
            on_loss: self.on_loss(input),
        };
        let (read, noticed) = read_facilities(&table, &spec, self.taxonomy, self.reference)?;
        issues.append(noticed);
        Ok(read)
    }

    fn ids(&self, words: &[String]) -> Vec<FunctionId> {
        words.iter().filter_map(|word| self.taxonomy.find(word)).collect()
    }

    /// The zones of the study.
    pub(in crate::import) fn zones(
        &self,
        extract: &OsmExtract,
        issues: &mut IssueLog,
    ) -> Result<ZoneHierarchy, ImportError> {
        match &self.study.zones {
            ZonesSource::Whole => Ok(ZoneHierarchy::default()),
            ZonesSource::Osm { admin_levels, level_names } => {
                let zones = from_boundaries(&extract.boundaries, admin_levels);
                if zones.zones.is_empty() {
                    let reason = format!(
                        "no whole boundary of admin_level {admin_levels:?}; one zone for all"
                    );
                    issues.note(
                        IssueKind::InputLacking,
                        self.study.streets.osm.written.clone(),
                        "zones",
                        reason,
                    );
                }
                Ok(named(zones, level_names))
            }
            ZonesSource::Auto => Ok(self.find_zones(extract, issues)),
            ZonesSource::Table { table: input, columns, level_names } => {
                self.polygons(input, (columns, level_names), issues)
            }
        }
    }

    /// The zones of a table.
    pub(in crate::import) fn polygons(
        &self,
        input: &TableInput,
        (columns, level_names): (&ZoneColumns, &[String]),
        issues: &mut IssueLog,
    ) -> Result<ZoneHierarchy, ImportError> {
        let (table, crs) = Self::table(input, issues)?;
        let level_names = level_names.to_vec();
        let spec =
            ZonesSpec { columns: columns.named(), level_names, crs, on_loss: self.on_loss(input) };
        let (zones, noticed) = read_zones(&table, &spec, self.reference)?;
        issues.append(noticed);
        Ok(zones)
    }

    /// The deepest levels of boundaries with at least two zones on the network; else places; else one zone.
    fn find_zones(&self, extract: &OsmExtract, issues: &mut IssueLog) -> ZoneHierarchy {
        let Some(bounds) = extract.bounds else { return ZoneHierarchy::default() };
        let mut count: BTreeMap<u8, usize> = BTreeMap::new();
        for boundary in extract.boundaries.iter().filter(|b| ZONE_LEVELS.contains(&b.admin_level)) {
            if boundary.area.label_place().is_some_and(|place| bounds.contains(place)) {
                *count.entry(boundary.admin_level).or_default() += 1;
            }
        }
        let mut levels: Vec<u8> =
            count.into_iter().filter(|&(_, zones)| zones >= 2).map(|(level, _)| level).collect();
        let levels = levels.split_off(levels.len().saturating_sub(AUTO_LEVELS));
        let source = self.study.streets.osm.written.clone();
        if levels.is_empty() {
            let zones = around_places(extract);
            let reason = if zones.zones.is_empty() {
                "no administrative boundaries and no place names; one zone for all".to_owned()
            } else {
                format!(
                    "no administrative boundaries; {} zones drawn around place names",
                    zones.zones.len()
                )
            };
            issues.note(IssueKind::InputLacking, source, "zones", reason);
            return zones;
        }
        from_boundaries(&extract.boundaries, &levels)
    }
}

fn from_boundaries(boundaries: &[Boundary], levels: &[u8]) -> ZoneHierarchy {
    let areas = boundaries.iter().filter(|boundary| levels.contains(&boundary.admin_level)).map(
        |boundary| NamedArea {
            key: boundary.key.clone(),
            name: boundary.names.name.clone(),
            admin_level: boundary.admin_level,
            area: boundary.area.clone(),
        },
    );
    hierarchy_from_areas(areas.collect())
}

fn named(mut zones: ZoneHierarchy, level_names: &[String]) -> ZoneHierarchy {
    if zones.level_names.len() == level_names.len() {
        zones.level_names = level_names.to_vec();
    }
    zones
}

/// One zone around each place name: the ground nearer to it than to any other.
fn around_places(extract: &OsmExtract) -> ZoneHierarchy {
    let Some(bounds) = extract.bounds else { return ZoneHierarchy::default() };
    let places: Vec<_> =
        extract.basemap.places.iter().filter(|place| bounds.contains(place.place)).collect();
    if places.len() < 2 {
        return ZoneHierarchy::default();
    }
    let cells = crate::spatial::voronoi::cells(
        &places.iter().map(|place| place.place).collect::<Vec<_>>(),
        bounds,
    );
    let areas = places.iter().zip(cells).filter(|(_, area)| !area.polygons.is_empty()).map(
        |(place, area)| NamedArea {
            key: place.key.clone(),
            name: place.names.name.clone(),
            admin_level: 10,
            area,
        },
    );
    let mut zones = hierarchy_from_areas(areas.collect());
    zones.level_names = vec!["place".to_owned()];
    zones
}
