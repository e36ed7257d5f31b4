//! The streets of a study and all else its extract holds: from the cache when it is true, else from the inputs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::facility::Taxonomy;
use crate::import::cache::{self, CACHE_FOLDER, CacheUse, Key, Network, NetworkSource, Unfit};
use crate::import::elevation;
use crate::import::hash::text_digest;
use crate::import::osm::{OsmParts, OsmWants, read_osm};
use crate::import::study_file::{
    DemandFrom, FacilityFrom, Fingerprint, Spread, Study, ZonesSource,
};
use crate::import::{ImportError, IssueLog};
use crate::progress::{Progress, Silent, Stage};
use crate::street::StreetGraph;

use super::{LoadWants, MapDetail};

/// The network, what was noticed about the files, and where it came from.
pub(super) struct ReadNetwork {
    pub(super) fingerprint: Fingerprint,
    /// What was noticed about the files themselves; what is in them is noted in the network.
    pub(super) issues: IssueLog,
    pub(super) network: Network,
    pub(super) source: NetworkSource,
}

/// What is asked of the street source.
#[derive(Clone, Copy)]
struct Asked<'a> {
    study: &'a Study,
    taxonomy: &'a Taxonomy,
    parts: OsmParts,
}

/// Reads the network of `study`.
pub(super) fn read(
    study: &Study,
    taxonomy: &Taxonomy,
    wants: LoadWants,
    progress: &dyn Progress,
) -> Result<ReadNetwork, ImportError> {
    let asked = Asked { study, taxonomy, parts: parts_of(study, wants.detail) };
    let path = (wants.cache == CacheUse::BesideStudy).then(|| asked.cache_path());
    // The inputs are hashed while the cache, or what is in them, is read.
    let (hashed, found) = rayon::join(
        || study.fingerprint(&Silent),
        || {
            let kept = path.as_deref().map_or(Err(Unfit::Absent), |path| asked.recall(path));
            match kept {
                Ok(kept) => Ok::<_, ImportError>((None, Ok(kept))),
                Err(unfit) => Ok((Some(asked.make(progress)?), Err(unfit))),
            }
        },
    );
    let (fingerprint, issues) = hashed?;
    let (made, kept): (Option<Network>, Result<(Key, Network), Unfit>) = found?;
    let key = asked.key(&fingerprint);
    let kept = kept.and_then(|(was, network)| was.check(key).map(|()| network));
    let done = |network, source| Ok(ReadNetwork { fingerprint, issues, network, source });
    let unfit = match (kept, &path) {
        (Ok(network), Some(path)) => return done(network, NetworkSource::Cache(path.clone())),
        (Ok(network), None) => return done(network, NetworkSource::Inputs),
        (Err(unfit), _) => unfit,
    };
    let network = match made {
        Some(network) => network,
        None => asked.make(progress)?,
    };
    let source = path.map_or(NetworkSource::Inputs, |path| {
        tell(&path, unfit, progress);
        keep(path, key, &network, progress)
    });
    done(network, source)
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

impl Asked<'_> {
    /// One file for each study file of the folder and each set of parts.
    fn cache_path(self) -> PathBuf {
        let study = self.study.file.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{study}-{:02x}.cache", self.parts.bits());
        self.study.folder.join(CACHE_FOLDER).join(name)
    }

    fn recall(self, path: &Path) -> Result<(Key, Network), Unfit> {
        cache::recall(path, self.taxonomy.functions().len())
    }

    /// Reads the extract and makes the graph.
    fn make(self, progress: &dyn Progress) -> Result<Network, ImportError> {
        let wants = OsmWants { taxonomy: self.taxonomy, parts: self.parts };
        let mut extract = read_osm(&self.study.streets.osm.path, &wants, progress)?;
        progress.step(Stage::Building, 0, 1)?;
        let graph = StreetGraph::build(&std::mem::take(&mut extract.streets));
        let heights = &self.study.elevation;
        let graph = elevation::raise(graph, heights, &mut extract.issues, progress)?;
        Ok(Network { graph, extract })
    }

    /// What the network is made from. File names count, for issues name them.
    fn key(self, fingerprint: &Fingerprint) -> Key {
        let mut settings = format!("parts {:02x}\n", self.parts.bits());
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
        for input in fingerprint.inputs.iter().filter(|input| makes_streets(&input.role)) {
            // Writing to a string cannot fail.
            let _ = writeln!(inputs, "{} {} {:?}", input.role, input.sha256, input.file);
        }
        Key {
            rules: cache::rules(),
            settings: text_digest(&settings),
            inputs: text_digest(&inputs),
        }
    }
}

/// Whether an input of this role decides what the network is.
fn makes_streets(role: &str) -> bool {
    role == "streets" || role.starts_with("elevation")
}

/// What is taken from the extract of `study`.
fn parts_of(study: &Study, detail: MapDetail) -> OsmParts {
    let mut parts = OsmParts::STREETS;
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
    parts.set(OsmParts::BUILDINGS, spreads || detail == MapDetail::Full);
    parts.set(
        OsmParts::BOUNDARIES,
        matches!(study.zones, ZonesSource::Auto | ZonesSource::Osm { .. }),
    );
    parts.set(OsmParts::BASEMAP, detail != MapDetail::None || study.zones == ZonesSource::Auto);
    parts
}
