//! A study, loaded: every input read, everything linked.

mod compounds;
mod linking;
mod network;
pub(super) mod people;
pub(super) mod places;

use std::path::Path;

use crate::demand::Quarters;
use crate::facility::{FacilityLayer, Function, Taxonomy};
use crate::progress::{Progress, Silent, Stage};
use crate::reach::LinkLimits;
use crate::scenario::{Baseline, Extent, Ingredients, ScenarioError, ScenarioState};
use crate::spatial::BoundingBox;
use crate::street::{Snapper, StreetGraph};
use crate::units::Meters;

use super::cache::{CacheUse, Network, NetworkSource};
use super::crs_detect::Reference;
use super::osm::{Basemap, Building, OsmExtract, OsmStats, standard_functions};
use super::scenario_file::ScenarioFile;
use super::study_file::{Fingerprint, Study, read_study};
use super::{ImportError, IssueKind, IssueLog};

/// What is loaded besides what every command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MapDetail {
    /// Nothing more.
    #[default]
    None,
    /// What the maps of reports show: water, rail, walls.
    Obstacles,
    /// Everything a map shows.
    Full,
}

/// What is loaded, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LoadWants {
    /// What besides what every command needs.
    pub detail: MapDetail,
    /// Whether the network cache beside the study is used.
    pub cache: CacheUse,
    /// Whether lists are read although more than a tenth of their rows come to nothing.
    pub accept_losses: bool,
}

/// The detail, straight from the inputs.
impl From<MapDetail> for LoadWants {
    fn from(detail: MapDetail) -> Self {
        Self { detail, cache: CacheUse::Never, accept_losses: false }
    }
}

/// The streets of a study, before anything is linked to them.
#[derive(Debug)]
pub struct LoadedStreets {
    /// The description of the study.
    pub study: Study,
    /// The graph.
    pub graph: StreetGraph,
    /// Where it came from.
    pub source: NetworkSource,
}

/// Reads the streets of the study in the folder, or described by the file, `study`.
///
/// # Errors
/// When the description or the street source cannot be used, or the user asked to stop.
pub fn load_streets(
    study: &Path,
    wants: impl Into<LoadWants>,
    progress: &dyn Progress,
) -> Result<LoadedStreets, ImportError> {
    let study = read_study(study)?;
    let taxonomy = taxonomy_of(&study)?;
    let read = network::read(&study, &taxonomy, wants.into(), progress)?;
    Ok(LoadedStreets { study, graph: read.network.graph, source: read.source })
}

/// A study with everything read and linked.
#[derive(Debug)]
pub struct LoadedStudy {
    /// Its description.
    pub study: Study,
    /// Its hash and those of its inputs.
    pub fingerprint: Fingerprint,
    /// Streets, facilities, people, zones and promises, linked.
    pub baseline: Baseline,
    /// The map below; empty unless asked for.
    pub basemap: Basemap,
    /// Outlines of buildings; empty unless asked for.
    pub buildings: Vec<Building>,
    /// What was skipped, repaired or noticed.
    pub issues: IssueLog,
    /// What the extract holds.
    pub stats: OsmStats,
    /// Where the streets came from.
    pub source: NetworkSource,
    /// The scenario that the baseline was edited by, if any.
    pub scenario: Option<ScenarioFile>,
}

impl LoadedStudy {
    /// The study as a scenario edits it.
    ///
    /// # Errors
    /// When an edit cannot be made; it is named by its number.
    pub fn edited(self, file: ScenarioFile) -> Result<Self, ScenarioError> {
        let state = ScenarioState::of(&self.baseline, &file.scenario, Extent::Cutoff)?;
        let baseline = state.into_baseline(self.baseline);
        Ok(Self { baseline, scenario: Some(file), ..self })
    }
}

/// Reads the study in the folder, or described by the file, `study`, and all its inputs. The result is the same
/// with and without the cache.
///
/// # Errors
/// When the description or an input cannot be used, or the user asked to stop.
pub fn load_study(
    study: &Path,
    wants: impl Into<LoadWants>,
    progress: &dyn Progress,
) -> Result<LoadedStudy, ImportError> {
    load_described(read_study(study)?, wants, progress)
}

/// Reads all inputs of a study that is described already.
///
/// # Errors
/// As [`load_study`].
pub fn load_described(
    study: Study,
    wants: impl Into<LoadWants>,
    progress: &dyn Progress,
) -> Result<LoadedStudy, ImportError> {
    let wants = wants.into();
    let taxonomy = taxonomy_of(&study)?;
    study.check_functions(&taxonomy)?;
    let read = network::read(&study, &taxonomy, wants, progress)?;
    let network::ReadNetwork { network: Network { graph, mut extract, hashes }, source } = read;
    let (fingerprint, mut issues) = study.fingerprint_knowing(&hashes, &Silent)?;
    issues.append(std::mem::take(&mut extract.issues));
    progress.step(Stage::Building, 0, 1)?;
    let snapper = Snapper::new(&graph);
    progress.step(Stage::Building, 1, 1)?;
    let bounds = extract.bounds.or_else(|| graph.bounding_box());
    let reference = bounds.map(|bounds| reference_of(bounds, &snapper));
    let (zones, facilities, demand) = {
        let reader = places::Reader {
            study: &study,
            taxonomy: &taxonomy,
            reference: reference.as_ref(),
            accept_losses: wants.accept_losses,
        };
        let zones = reader.zones(&extract, &mut issues)?;
        let facilities = FacilityLayer::new(reader.facilities(&mut extract, &mut issues)?);
        let mut demand = people::read(&reader, (&graph, &extract.buildings, &zones), &mut issues)?;
        let origin = (study.demand.origin, study.id.as_str());
        compounds::let_out(&mut demand, &extract.compounds, origin, &mut issues);
        (zones, facilities, demand)
    };
    drop(reference);
    note_empty(&study, &facilities, &mut issues);
    progress.step(Stage::Linking, 0, 1)?;
    let limits = LinkLimits {
        snap_distance: Meters(study.limits.snap_distance_m),
        island_length: Meters(study.limits.island_length_m),
    };
    let ingredients = Ingredients {
        graph,
        snapper: Some(snapper),
        profiles: study.profiles.clone(),
        taxonomy,
        facilities,
        demand,
        zones,
        standards: study.standards.clone(),
        origin: study.demand.origin,
        obstacles: std::mem::take(&mut extract.obstacles),
        quarters: quarters_of(&extract.basemap),
    };
    let baseline = Baseline::new(ingredients, limits);
    linking::note(&baseline, &study.id, &mut issues);
    progress.step(Stage::Linking, 1, 1)?;
    let OsmExtract { basemap, buildings, stats, .. } = extract;
    let basemap = if wants.detail == MapDetail::None { Basemap::default() } else { basemap };
    let buildings = if wants.detail == MapDetail::Full { buildings } else { Vec::new() };
    let scenario = None;
    Ok(LoadedStudy {
        study,
        fingerprint,
        baseline,
        basemap,
        buildings,
        issues,
        stats,
        source,
        scenario,
    })
}

/// The shipped functions with the study's own in place.
pub(super) fn taxonomy_of(study: &Study) -> Result<Taxonomy, ImportError> {
    let malformed = |reason: String| ImportError::malformed(&study.file, reason);
    let shipped = standard_functions().map_err(|error| malformed(error.to_string()))?;
    let shipped: Vec<Function> = shipped.functions().iter().cloned().collect();
    study.taxonomy(shipped).map_err(|error| malformed(error.to_string()))
}

/// The streets, for finding out which coordinate system a file is in.
pub(super) fn reference_of(bounds: BoundingBox, snapper: &Snapper) -> Reference<'_> {
    Reference::new(bounds, move |place| snapper.nearest_street(place, Meters(2_000.0)))
}

/// What ground is called, cities left out: they are too wide to name a place in.
fn quarters_of(basemap: &Basemap) -> Quarters {
    let named = basemap.places.iter().filter(|place| place.kind != "city");
    Quarters::new(named.map(|place| (place.names.name.clone(), place.place)))
}

/// Says which functions that rules ask for nobody offers.
fn note_empty(study: &Study, facilities: &FacilityLayer, issues: &mut IssueLog) {
    if facilities.facilities.is_empty() {
        let reason = "no facility was found; nothing is known of coverage, and an audit gives no verdict, until one is added as a [[facilities]] layer";
        issues.note(IssueKind::InputLacking, study.id.clone(), "facilities", reason);
    }
}
