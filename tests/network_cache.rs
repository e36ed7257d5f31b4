//! The network cache of a study: nothing in a result tells whether it was used, and nothing false is believed.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops at the first surprise and says what it skips"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use walkshed::import::cache::{CACHE_FOLDER, CacheUse, NetworkSource};
use walkshed::import::load::{LoadWants, LoadedStudy, MapDetail, load_streets, load_study};
use walkshed::progress::{Progress, Silent, Stage};
use walkshed::street::StreetGraph;

/// Hears what is said.
#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Progress for Ear {
    fn report(&self, _: Stage, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
    fn say(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

const STUDY: &str = "version = 1\nname = \"Karhula\"\n\
                     [streets]\nosm = \"k.osm.pbf\"\n[demand]\nsource = \"osm_buildings\"\n";

/// The smallest shipped extract as a study in a folder of its own.
fn study() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shipped =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/karhula/karhula_2019-04.osm.pbf");
    fs::copy(shipped, folder.path().join("k.osm.pbf")).unwrap();
    fs::write(folder.path().join("study.toml"), STUDY).unwrap();
    folder
}

fn wants(cache: CacheUse) -> LoadWants {
    LoadWants { detail: MapDetail::Full, cache, accept_losses: false }
}

/// Loads by way of the cache; what was loaded and what was said.
fn load(folder: &Path) -> (LoadedStudy, Vec<String>) {
    let ear = Ear::default();
    let loaded = load_study(folder, wants(CacheUse::BesideStudy), &ear).unwrap();
    (loaded, ear.0.into_inner().unwrap())
}

fn cache_file(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder.join(CACHE_FOLDER)).unwrap();
    let mut files = entries.map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|end| end == "cache")).unwrap()
}

/// Everything that can be seen of a graph.
fn seen(graph: &StreetGraph) -> impl PartialEq + std::fmt::Debug + use<> {
    let arcs: Vec<_> = graph.places().ids().map(|node| graph.arcs(node).to_vec()).collect();
    (graph.parts(), arcs, graph.memory_bytes())
}

#[test]
fn a_study_from_the_cache_is_the_study_from_its_inputs() {
    let folder = study();
    let plain = load_study(folder.path(), MapDetail::Full, &Silent).unwrap();
    assert_eq!(plain.source, NetworkSource::Inputs);
    assert!(!folder.path().join(CACHE_FOLDER).exists());
    let (first, said) = load(folder.path());
    let file = cache_file(folder.path());
    assert_eq!((&first.source, said), (&NetworkSource::Kept(file.clone()), Vec::new()));
    let (second, said) = load(folder.path());
    assert_eq!((&second.source, said), (&NetworkSource::Cache(file), Vec::new()));
    assert!(plain.baseline.facilities.facilities.len() > 3 && !plain.buildings.is_empty());
    for loaded in [&first, &second] {
        assert_eq!(seen(&loaded.baseline.graph), seen(&plain.baseline.graph));
        assert_eq!(loaded.baseline.facilities.facilities, plain.baseline.facilities.facilities);
        assert_eq!(loaded.fingerprint, plain.fingerprint);
        assert_eq!((&loaded.issues, loaded.stats), (&plain.issues, plain.stats));
        assert_eq!((&loaded.basemap, &loaded.buildings), (&plain.basemap, &plain.buildings));
        for (walker, other) in loaded.baseline.walkers().iter().zip(plain.baseline.walkers()) {
            assert_eq!((&walker.facilities, &walker.demand), (&other.facilities, &other.demand));
        }
    }
}

#[test]
fn a_cache_that_is_no_longer_true_is_made_anew_and_said_so() {
    let folder = study();
    let (first, _) = load(folder.path());
    let file = cache_file(folder.path());
    let whole = fs::read(&file).unwrap();
    let spoil = |bytes: Vec<u8>, reason: &str| {
        fs::write(&file, bytes).unwrap();
        let (again, said) = load(folder.path());
        assert_eq!(again.source, NetworkSource::Kept(file.clone()), "{reason}");
        assert_eq!(seen(&again.baseline.graph), seen(&first.baseline.graph));
        assert!(said.len() == 1 && said[0].contains(reason), "{reason}: {said:?}");
        assert_eq!(fs::read(&file).unwrap(), whole);
    };
    spoil(whole[..whole.len() / 2].to_vec(), "is made anew: it is damaged");
    spoil(b"something else entirely".to_vec(), "it is not a walkshed cache");
    let mut flipped = whole.clone();
    flipped[whole.len() - 9] ^= 4;
    spoil(flipped, "it is damaged: its contents do not add up");
    // The cache of a study with other functions.
    let own =
        "[[function]]\nid = \"sauna\"\nen = \"Sauna\"\nzh = \"桑拿\"\nosm = [\"leisure=sauna\"]\n";
    fs::write(folder.path().join("study.toml"), format!("{STUDY}{own}")).unwrap();
    let (_, said) = load(folder.path());
    assert!(said[0].contains("it was made for other settings"), "{said:?}");
    // The same file name with other contents.
    let monaco = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/may-ship/monaco-2023");
    let Ok(entries) = fs::read_dir(monaco) else { return };
    let other = entries
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with(".pbf"));
    fs::copy(other.unwrap(), folder.path().join("k.osm.pbf")).unwrap();
    let (changed, said) = load(folder.path());
    assert!(said[0].contains("the inputs have changed since"), "{said:?}");
    assert_ne!(seen(&changed.baseline.graph), seen(&first.baseline.graph));
}

#[test]
fn where_nothing_can_be_written_the_inputs_are_read_and_one_line_says_so() {
    let folder = study();
    // A file where the folder would be cannot be written into by anybody.
    fs::write(folder.path().join(CACHE_FOLDER), "in the way").unwrap();
    let (loaded, said) = load(folder.path());
    assert_eq!(loaded.source, NetworkSource::Inputs);
    assert!(said.len() == 1 && said[0].contains("cannot be written"), "{said:?}");
}

#[test]
fn a_city_loads_from_its_cache_in_a_moment() {
    let porto = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/develop/porto-portugal/porto_portugal.osm.pbf");
    if !porto.exists() {
        eprintln!("skipped: {} is not there", porto.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let text = STUDY.replace("k.osm.pbf", &porto.display().to_string());
    fs::write(folder.path().join("study.toml"), text.replace("osm_buildings", "streets")).unwrap();
    let wants =
        LoadWants { detail: MapDetail::None, cache: CacheUse::BesideStudy, accept_losses: false };
    let timed = || {
        let start = std::time::Instant::now();
        (load_streets(folder.path(), wants, &Silent).unwrap(), start.elapsed())
    };
    let (first, built) = timed();
    let mut seconds: Vec<_> = (0..7)
        .map(|_| timed())
        .map(|(again, time)| {
            assert!(matches!(again.source, NetworkSource::Cache(_)));
            assert_eq!(again.graph.edge_count(), first.graph.edge_count());
            time
        })
        .collect();
    seconds.sort_unstable();
    let bytes = fs::metadata(cache_file(folder.path())).unwrap().len();
    eprintln!(
        "{} nodes, {} edges: read and built in {built:?}, from the cache in {:?} (median), {} bytes an edge",
        first.graph.node_count(),
        first.graph.edge_count(),
        seconds[3],
        bytes / first.graph.edge_count() as u64
    );
    // Loose, for a busy machine and an unoptimized build: the bench is exact.
    assert!(seconds[0] * 2 < built, "{:?} {built:?}", seconds[0]);
}
