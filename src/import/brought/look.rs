//! A brought file, read with the readers of the study as it would be described.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Amendment, Brought, LayerKind, Seen};
use crate::demand::ZoneHierarchy;
use crate::facility::Taxonomy;
use crate::import::candidates::{CandidateSpec, read_candidates};
use crate::import::columns::{ColumnMap, Role};
use crate::import::crs_detect::{CrsChoice, Reference};
use crate::import::hash::file_sha256;
use crate::import::init::{TableFacts, columns_of, guess_function, roles_of};
use crate::import::load::people;
use crate::import::load::places::Reader;
use crate::import::load::{reference_of, taxonomy_of};
use crate::import::placing::find_system;
use crate::import::room::room_for;
use crate::import::study_file::{
    DemandFrom, FacilityFrom, FacilitySource, GroupFrom, Study, ZonesSource, study_of,
};
use crate::import::table::{FeatureTable, read_table};
use crate::import::whereabouts::Whereabouts;
use crate::import::{ImportError, IssueKind, IssueLog, candidates, facilities, zones};
use crate::placement::candidate::Candidate;
use crate::scenario::Baseline;
use crate::spatial::{Crs, LonLat};
use crate::units::Persons;

/// What is known when a file is looked at.
struct Looker<'a> {
    brought: &'a Brought,
    study: &'a Study,
    baseline: &'a Baseline,
    taxonomy: &'a Taxonomy,
    reference: Option<&'a Reference<'a>>,
    table: FeatureTable,
}

/// Reads `brought` as `study` would, whose streets and zones `baseline` has. Nothing is kept.
///
/// # Errors
/// When the file cannot be used, or the study could not be described with it; the file, feature or line is named.
pub fn look(brought: &Brought, study: &Study, baseline: &Baseline) -> Result<Seen, ImportError> {
    let taxonomy = taxonomy_of(study)?;
    let bounds = baseline.graph.bounding_box();
    let reference = bounds.map(|bounds| reference_of(bounds, &baseline.snapper));
    let (table, noticed) = read_table(&brought.path)?;
    // The reader of the layer reads it once more.
    let _room = room_for(&brought.path, table.memory_bytes)?;
    let encoding = table.encoding.to_owned();
    let reference = reference.as_ref();
    let mut seen = Seen { rows: table.rows.len(), encoding, ..Seen::default() };
    let facts = TableFacts::of(&table, brought.kind, &noticed);
    let looker = Looker { brought, study, baseline, taxonomy: &taxonomy, reference, table };
    if brought.kind == LayerKind::Candidates {
        // Every other reader reads the table itself and tells this again.
        seen.issues.append(noticed);
        looker.candidates(&mut seen)?;
    } else {
        looker.layer(facts, &mut seen)?;
    }
    Ok(seen)
}

/// The candidates of a file that was looked at.
///
/// # Errors
/// As [`look`].
pub fn candidates_of(
    brought: &Brought,
    study: &Study,
    baseline: &Baseline,
) -> Result<Vec<Candidate>, ImportError> {
    look(brought, study, baseline).map(|seen| seen.candidates)
}

impl Looker<'_> {
    fn layer(&self, facts: TableFacts, seen: &mut Seen) -> Result<(), ImportError> {
        let mut amendment = self.amendment(facts)?;
        let before = seen.clone();
        if let Err(fault) = self.read(&mut amendment, seen) {
            if !fault.is_lossy() {
                return Err(fault);
            }
            // What is lost is told, and whoever takes the file up accepts it.
            *seen = before;
            amendment.accept_losses = true;
            self.read(&mut amendment, seen)?;
            seen.note(IssueKind::InputLacking, (&self.table.source, ""), fault.reason());
        }
        if let Some((hypothesis, true)) = self.system(amendment.crs.as_deref(), seen)? {
            amendment.facts.found = seen
                .issues
                .issues()
                .iter()
                .find(|issue| issue.kind == IssueKind::CrsDetected)
                .map(|issue| issue.reason.clone())
                .or(Some(hypothesis));
        }
        seen.amendment = Some(amendment);
        Ok(())
    }

    /// Reads the file as the study would.
    fn read(&self, amendment: &mut Amendment, seen: &mut Seen) -> Result<(), ImportError> {
        let described = self.described(amendment)?;
        let reader = self.reader(&described);
        match self.brought.kind {
            LayerKind::Facilities => self.facilities(&reader, seen),
            LayerKind::Demand => self.people(&reader, seen),
            LayerKind::Zones | LayerKind::Candidates => {
                let zones = self.zones(&reader, amendment, seen)?;
                self.partners(amendment, &zones, seen)
            }
        }
    }

    fn reader<'s>(&'s self, study: &'s Study) -> Reader<'s> {
        let (taxonomy, reference) = (self.taxonomy, self.reference);
        Reader { study, taxonomy, reference, accept_losses: false }
    }

    /// What the study would say of the file.
    fn amendment(&self, facts: TableFacts) -> Result<Amendment, ImportError> {
        let Brought { kind, name, crs, path, .. } = self.brought;
        let roles = roles_of((*kind, facts.has_places));
        let places = ["lon", "lat"];
        let map = columns_of(&self.table, (*kind, facts.has_places));
        let columns = roles
            .iter()
            // A GeoJSON geometry goes before coordinate columns, and groups name their columns themselves.
            .filter(|role| !(self.table.has_geometries && places.contains(&role.key())))
            // The readers find people and zones by what stands in the columns.
            .filter(|role| !matches!(role, Role::Population | Role::Zone))
            .filter(|role| *kind != LayerKind::Demand || **role != Role::Name)
            .filter_map(|role| Some((role.key(), self.table.columns[map.find(*role)?].clone())))
            .collect();
        let layer = self.study.facilities.iter().find(|layer| layer.id == *name);
        if let (LayerKind::Facilities, Some(FacilitySource { from: FacilityFrom::Osm, .. })) =
            (kind, layer)
        {
            let reason = format!(
                "the layer {name:?} of this study comes from its street file; give the layer another name"
            );
            return Err(ImportError::malformed(path, reason));
        }
        Ok(Amendment {
            kind: *kind,
            name: name.clone(),
            functions: self.functions(layer),
            crs: crs.clone().or_else(|| facts.crs.clone()),
            facts,
            columns,
            keeps_levels: true,
            accept_losses: false,
        })
    }

    /// Functions that the layer is to state; those it states already stay unless others are given.
    fn functions(&self, layer: Option<&FacilitySource>) -> Option<Vec<String>> {
        let given = &self.brought.functions;
        match layer {
            _ if !given.is_empty() => Some(given.clone()),
            Some(_) => None,
            None => {
                let stem = self.brought.path.file_stem().unwrap_or_default().to_string_lossy();
                let guess = guess_function(&self.brought.name, self.taxonomy);
                let guess = guess.or_else(|| guess_function(&stem, self.taxonomy));
                Some(guess.into_iter().collect())
            }
        }
    }

    /// The study as it would be with the file.
    fn described(&self, amendment: &Amendment) -> Result<Study, ImportError> {
        let path = std::path::absolute(&self.brought.path)
            .map_err(|fault| ImportError::read(&self.brought.path, fault))?;
        let sha256 = file_sha256(&path)?;
        let text = amendment
            .write(self.study.text(), &path.to_string_lossy(), &sha256)
            .map_err(|fault| ImportError::malformed(&self.study.file, fault.to_string()))?;
        let described = study_of(&self.study.file, &text)?;
        described.check_functions(self.taxonomy)?;
        Ok(described)
    }

    fn facilities(&self, reader: &Reader<'_>, seen: &mut Seen) -> Result<(), ImportError> {
        let name = &self.brought.name;
        let layer = reader.study.facilities.iter().find(|layer| layer.id == *name);
        let Some((layer, FacilityFrom::Table(input, columns))) =
            layer.map(|layer| (layer, &layer.from))
        else {
            return Err(self.table.malformed("the study does not name the layer"));
        };
        let rows = reader.rows(layer, (input, columns), &mut seen.issues)?;
        let (taken, noticed) = layer.select(rows, self.taxonomy);
        seen.issues.append(noticed);
        let is_there = self.study.facilities.iter().any(|known| known.id == *name);
        seen.replaces = is_there.then(|| format!("facilities/{name}"));
        seen.kept = taken.len();
        seen.columns = self.meanings(&columns.named(), &facilities::ROLES)?;
        for (id, function) in self.taxonomy.functions().enumerate() {
            let offering = taken.iter().filter(|one| one.find_offer(id).is_some()).count();
            if offering > 0 {
                seen.functions.push((function.id.clone(), offering));
            }
        }
        for facility in &taken {
            let doors: Vec<LonLat> = facility.edge_places().collect();
            self.check_street((&facility.key, "it would serve nobody"), &doors, seen);
        }
        seen.places = taken.into_iter().map(|one| (one.place, one.name)).collect();
        Ok(())
    }

    fn people(&self, reader: &Reader<'_>, seen: &mut Seen) -> Result<(), ImportError> {
        let found = people::rows(reader, &self.baseline.zones, &mut seen.issues)?;
        let found = found.unwrap_or_default();
        seen.replaces = Some("demand".to_owned());
        seen.kept = found.points.len() + found.areas.len();
        for (rank, group) in found.groups.iter().enumerate() {
            let points = found.points.iter().map(|point| point.persons[rank]);
            let areas = found.areas.iter().map(|area| area.persons[rank]);
            let persons: Persons = points.chain(areas).sum();
            seen.persons.push((group.id.clone(), persons.count()));
        }
        for source in &self.study.demand.groups {
            let id = &source.group.id;
            if !reader.study.demand.groups.iter().any(|kept| kept.group.id == *id) {
                let reason = format!("no column counts the group {id:?}; the study would lose it");
                seen.note(IssueKind::InputLacking, (&self.table.source, id), reason);
            }
        }
        for point in &found.points {
            let said = (point.key.as_str(), "its people would count as not covered");
            self.check_street(said, &[point.place], seen);
            self.check_zone(&self.baseline.zones, &point.key, point.place, seen);
        }
        let named = match &reader.study.demand.from {
            DemandFrom::Table { columns, .. } | DemandFrom::ZoneTable { columns, .. } => {
                columns.named()
            }
            DemandFrom::OsmBuildings(_) | DemandFrom::Streets => BTreeMap::new(),
        };
        let has_places = matches!(reader.study.demand.from, DemandFrom::Table { .. });
        seen.columns = self.meanings(&named, roles_of((LayerKind::Demand, has_places)))?;
        for source in &reader.study.demand.groups {
            if let GroupFrom::Column(column) = &source.from
                && let Some((_, meaning)) = seen.columns.iter_mut().find(|(name, _)| name == column)
            {
                *meaning = Some(source.group.id.clone());
            }
        }
        seen.places = found.points.into_iter().map(|point| (point.place, point.key)).collect();
        Ok(())
    }

    fn zones(
        &self,
        reader: &Reader<'_>,
        amendment: &mut Amendment,
        seen: &mut Seen,
    ) -> Result<ZoneHierarchy, ImportError> {
        let ZonesSource::Table { table, columns, level_names } = &reader.study.zones else {
            return Err(self.table.malformed("the study does not name the zones"));
        };
        let mut noticed = IssueLog::default();
        let mut zones = reader.polygons(table, (columns, level_names), &mut noticed)?;
        if !level_names.is_empty() && level_names.len() != zones.level_names.len() {
            amendment.keeps_levels = false;
            noticed = IssueLog::default();
            zones = reader.polygons(table, (columns, &[]), &mut noticed)?;
            let reason = format!(
                "{} levels of zones, not the {} of the study: {}; `level_names` and `zone_level` go",
                zones.level_names.len(),
                level_names.len(),
                level_names.join(", ")
            );
            seen.note(IssueKind::InputLacking, (&self.table.source, ""), reason);
        }
        seen.issues.append(noticed);
        seen.replaces = Some("zones".to_owned());
        seen.kept = zones.zones.len();
        seen.columns = self.meanings(&columns.named(), &zones::ROLES)?;
        seen.places = zones
            .zones
            .iter()
            .filter_map(|zone| Some((zone.area.label_place()?, zone.name.clone())))
            .collect();
        Ok(zones)
    }

    /// How the people of the study fare in other zones.
    fn partners(
        &self,
        amendment: &Amendment,
        zones: &ZoneHierarchy,
        seen: &mut Seen,
    ) -> Result<(), ImportError> {
        let described = self.described(amendment)?;
        if matches!(described.demand.from, DemandFrom::ZoneTable { .. }) {
            let reader = Reader { accept_losses: true, ..self.reader(&described) };
            people::rows(&reader, zones, &mut seen.issues)?;
        } else {
            for point in &self.baseline.demand.points {
                self.check_zone(zones, &point.key, point.place, seen);
            }
        }
        Ok(())
    }

    fn candidates(&self, seen: &mut Seen) -> Result<(), ImportError> {
        let crs = choice(self.brought.crs.as_deref(), &self.brought.path)?;
        let spec = CandidateSpec { crs, ..CandidateSpec::default() };
        let (found, noticed) = read_candidates(&self.table, &spec, self.taxonomy, self.reference)?;
        seen.issues.append(noticed);
        seen.kept = found.len();
        seen.columns = self.meanings(&BTreeMap::new(), &candidates::ROLES)?;
        for candidate in &found {
            self.check_street((&candidate.key, "it cannot be chosen"), &candidate.doors, seen);
        }
        seen.places = found
            .iter()
            .map(|one| (one.place, if one.name.is_empty() { &one.key } else { &one.name }.clone()))
            .collect();
        self.system(self.brought.crs.as_deref(), seen)?;
        seen.candidates = found;
        Ok(())
    }

    /// What each column is taken to hold.
    fn meanings(
        &self,
        named: &BTreeMap<String, String>,
        roles: &[Role],
    ) -> Result<Vec<(String, Option<String>)>, ImportError> {
        let map = match self.brought.kind {
            LayerKind::Zones => zones::zone_columns(&self.table, named)?,
            _ => ColumnMap::resolve(&self.table, named, roles)?,
        };
        let held = |at: usize| {
            let role = roles.iter().find(|role| map.find(**role) == Some(at));
            role.map(|role| role.key().to_owned())
        };
        let columns = self.table.columns.iter().enumerate();
        Ok(columns.map(|(at, header)| (header.clone(), held(at))).collect())
    }

    /// Says in which system the file is read.
    fn system(
        &self,
        crs: Option<&str>,
        seen: &mut Seen,
    ) -> Result<Option<(String, bool)>, ImportError> {
        let axes = [Role::Lon, Role::Lat];
        let columns = ColumnMap::resolve(&self.table, &BTreeMap::new(), &axes)?;
        if Whereabouts::of(&self.table, &columns) == Whereabouts::Nowhere {
            return Ok(None);
        }
        let choice = choice(crs, &self.brought.path)?;
        let found = find_system(&self.table, &columns, choice, self.reference)?;
        seen.system = found.map(|(used, detected)| (used.to_string(), detected));
        Ok(seen.system.clone())
    }

    fn check_street(&self, (key, effect): (&str, &str), doors: &[LonLat], seen: &mut Seen) {
        let Baseline { graph, snapper, limits, .. } = self.baseline;
        let limit = limits.snap_distance;
        if doors.iter().all(|&door| snapper.nearest(graph, door, limit).is_none()) {
            let reason = format!(
                "no street within {} m; {effect}: check its coordinates, or raise `snap_distance_m`",
                limit.0
            );
            seen.note(IssueKind::SnapFailed, (&self.table.source, key), reason);
        }
    }

    fn check_zone(&self, zones: &ZoneHierarchy, key: &str, place: LonLat, seen: &mut Seen) {
        if !zones.zones.is_empty() && zones.find(place).is_none() {
            let reason = "lies in no zone; its people count nowhere".to_owned();
            seen.note(IssueKind::OutsideZones, (&self.table.source, key), reason);
        }
    }
}

fn choice(crs: Option<&str>, path: &Path) -> Result<CrsChoice, ImportError> {
    match crs {
        None | Some("auto") => Ok(CrsChoice::Auto),
        Some(named) => {
            let unknown = |fault: crate::spatial::CrsError| {
                ImportError::malformed(path, format!("crs: {fault}"))
            };
            named.parse::<Crs>().map(CrsChoice::Declared).map_err(unknown)
        }
    }
}
