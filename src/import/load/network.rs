//! The streets of a study and all else its extract holds: from the cache when it is true, else from the inputs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::facility::Taxonomy;
use crate::import::ImportError;
use crate::import::cache::{self, CACHE_FOLDER, CacheUse, Key, Network, NetworkSource, Unfit};
use crate::import::elevation;
use crate::import::hash::{file_blake3, file_sha256, text_digest};
use crate::import::osm::{OsmExtract, OsmParts, OsmWants, read_osm};
use crate::import::study_file::{DemandFrom, FacilityFrom, InputFile, Spread, Study, ZonesSource};
use crate::progress::{Progress, Stage};
use crate::street::StreetGraph;

use super::{LoadWants, MapDetail};

/// The network, and where it came from.
pub(super) struct ReadNetwork {
    pub(super) network: Network,
    pub(super) source: NetworkSource,
}

/// What is asked of the street source.
#[derive(Clone, Copy)]
struct Asked<'a> {
    study: &'a Study,
    taxonomy: &'a Taxonomy,
    parts: OsmParts,
    /// Those of the parts that only a map is drawn from.
    map_only: OsmParts,
}

/// Reads the network of `study`.
pub(super) fn read(
    study: &Study,
    taxonomy: &Taxonomy,
    wants: LoadWants,
    progress: &dyn Progress,
) -> Result<ReadNetwork, ImportError> {
    let parts = parts_of(study, wants.detail);
    let map_only = parts.difference(parts_of(study, MapDetail::None));
    let asked = Asked { study, taxonomy, parts, map_only };
    if wants.cache == CacheUse::Never {
        return Ok(ReadNetwork { network: asked.make(progress)?, source: NetworkSource::Inputs });
    }
    // The contents of the inputs are hashed while the cache is read.
    let path = asked.cache_path();
    let (key, kept) = rayon::join(|| asked.key(), || asked.recall(&path));
    let key = key?;
    match kept.and_then(|(was, network)| was.check(key).map(|()| network)) {
        Ok(network) => Ok(ReadNetwork { network, source: NetworkSource::Cache(path) }),
        Err(unfit) => {
            tell(&path, unfit, progress);
            let network = asked.make(progress)?;
            let source = keep(path, key, &network, progress);
            Ok(ReadNetwork { network, source })
        }
    }
}

/// Says why a cache that is there was not used.
fn tell(path: &Path, unfit: Unfit, progress: &dyn Progress) {
    if unfit != Unfit::Absent {
        progress.say(&format!("the network cache {} is made anew: {unfit}", path.display()));
    }
}

fn keep(path: PathBuf, key: Key, network: &Network, progress: &dyn Progress) -> NetworkSource {
    match cache::keep(&path, key, network) {
        Ok(()) => NetworkSource::Kept(path),
        Err(error) => {
            progress.say(&format!(
                "the network cache {} cannot be written ({error}); the next run reads the inputs again, \
                 --no-cache does not try",
                path.display()
            ));
            NetworkSource::Inputs
        }
    }
}

impl<'a> Asked<'a> {
    /// One file for each study file of the folder and each set of parts.
    fn cache_path(self) -> PathBuf {
        let study = self.study.file.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{study}-{:02x}.cache", self.parts.bits());
        self.study.folder.join(CACHE_FOLDER).join(name)
    }

    fn recall(self, path: &Path) -> Result<(Key, Network), Unfit> {
        cache::recall(path, self.taxonomy.functions().len())
    }

    /// Reads the extract and makes the graph, while the inputs are hashed for what results say of them.
    fn make(self, progress: &dyn Progress) -> Result<Network, ImportError> {
        let hash = |(role, input): (String, &InputFile)| Ok((role, file_sha256(&input.path)?));
        let hash_all = || self.inputs().map(hash).collect::<Result<Vec<_>, ImportError>>();
        let (hashes, made) = rayon::join(hash_all, || self.build(progress));
        let (graph, extract) = made?;
        Ok(Network { graph, extract, hashes: hashes? })
    }

    /// The inputs that decide what the network is, with their roles.
    fn inputs(self) -> impl Iterator<Item = (String, &'a InputFile)> {
        let inputs = self.study.inputs().into_iter();
        inputs.filter(|(role, _)| role == "streets" || role.starts_with("elevation/"))
    }

    fn build(self, progress: &dyn Progress) -> Result<(StreetGraph, OsmExtract), ImportError> {
        let wants =
            OsmWants { taxonomy: self.taxonomy, parts: self.parts, map_only: self.map_only };
        let mut extract = read_osm(&self.study.streets.osm.path, &wants, progress)?;
        progress.step(Stage::Building, 0, 1)?;
        let graph = StreetGraph::build(&std::mem::take(&mut extract.streets));
        let heights = &self.study.elevation;
        let graph = elevation::raise(graph, heights, &mut extract.issues, progress)?;
        Ok((graph, extract))
    }

    /// What the network is made from. File names count, for issues name them.
    fn key(self) -> Result<Key, ImportError> {
        let mut settings =
            format!("parts {:02x}, drawn {:02x}\n", self.parts.bits(), self.map_only.bits());
        if self.parts.contains(OsmParts::FACILITIES) {
            for function in self.taxonomy.functions() {
                // Every field is a text or a list of texts, so this cannot fail.
                let json = serde_json::to_string(function).unwrap_or_default();
                settings.extend(["function ", &json, "\n"]);
            }
        }
        for source in &self.study.elevation {
            let name = &source.file.written;
            // Writing to a string cannot fail.
            let _ = writeln!(settings, "elevation {name:?} {:?} {:?}", source.crs, source.unit_m);
        }
        let mut inputs = String::new();
        for (role, input) in self.inputs() {
            let name = input.path.file_name().unwrap_or_default().to_string_lossy();
            let _ = writeln!(inputs, "{role} {} {name:?}", file_blake3(&input.path)?);
        }
        Ok(Key {
            rules: cache::rules(),
            settings: text_digest(&settings),
            inputs: text_digest(&inputs),
        })
    }
}

/// What is taken from the extract of `study`.
fn parts_of(study: &Study, detail: MapDetail) -> OsmParts {
    let mut parts = OsmParts::STREETS | OsmParts::OBSTACLES;
    parts.set(
        OsmParts::FACILITIES,
        study.facilities.iter().any(|layer| layer.from == FacilityFrom::Osm),
    );
    let spreads = match &study.demand.from {
        DemandFrom::Table { spread, .. } | DemandFrom::ZoneTable { spread, .. } => {
            *spread == Spread::Buildings
        }
        DemandFrom::OsmBuildings(_) => true,
        DemandFrom::Streets => false,
    };
    parts.set(OsmParts::COMPOUNDS, study.demand.from != DemandFrom::Streets);
    parts.set(OsmParts::BUILDINGS, spreads || detail == MapDetail::Full);
    parts.set(
        OsmParts::BOUNDARIES,
        matches!(study.zones, ZonesSource::Auto | ZonesSource::Osm { .. }),
    );
    parts.set(OsmParts::BASEMAP, detail != MapDetail::None || study.zones == ZonesSource::Auto);
    parts
}
