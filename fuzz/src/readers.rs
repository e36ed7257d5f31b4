//! The readers, each a function of bytes that gives back whether they were taken. None may panic, hang or take memory
//! without bound, whatever the bytes are.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;
use walkshed::facility::Taxonomy;
use walkshed::ids::FunctionId;
use walkshed::import::candidates::{CandidateSpec, read_candidates};
use walkshed::import::demand::{DemandSpec, read_demand};
use walkshed::import::facilities::{FacilityLayerSpec, read_facilities};
use walkshed::import::instance_kind::{InstanceKind, kind_of};
use walkshed::import::join::join_population;
use walkshed::import::load::load_streets;
use walkshed::import::osm::{OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::import::study_file::study_of;
use walkshed::import::table::parse_table;
use walkshed::import::zones::{ZonesSpec, read_zones};
use walkshed::import::{
    cache, elevation, instance_graph, instance_pmed, instance_table, instance_xy, profile_file,
    scenario_file, standard_file,
};
use walkshed::progress::Silent;
use walkshed::scenario::Scenario;
use walkshed::store::{At, EditMark, KeptEdit, MarkShape, ScenarioStore, Which};
use walkshed::street::{Impedance, Snapper, StreetGraph};

use super::seeds;

/// A target and what it does.
pub type Reader = (&'static str, fn(&[u8]) -> bool);

/// All of them.
pub const ALL: [Reader; 14] = [
    ("pbf", |data| pbf(data)),
    ("osm_xml", |data| osm_xml(data)),
    ("osm_gz", |data| osm_gz(data)),
    ("osm_bz2", |data| osm_bz2(data)),
    ("csv", |data| csv(data)),
    ("geojson", |data| geojson(data)),
    ("toml", |data| toml(data)),
    ("scenario", |data| scenario(data)),
    ("plan", |data| plan(data)),
    ("geopackage", |data| geopackage(data)),
    ("cache", |data| cache(data)),
    ("geotiff", |data| geotiff(data)),
    ("hgt", |data| hgt(data)),
    ("instance", |data| instance(data)),
];

/// The repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_above = here.join("fuzz/Cargo.toml").exists();
    if is_above { here.to_owned() } else { here.join("..") }
}

/// A folder of this process, in memory where there is such a place.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let made = FOLDER.get_or_init(|| {
        let quick = Path::new("/dev/shm");
        let builder = || tempfile::Builder::new().prefix("walkshed-fuzz-").to_owned();
        let made = builder().tempdir_in(quick);
        made.or_else(|_| builder().tempdir()).expect("a folder for the files that are read")
    });
    made.path()
}

/// A file of this process that holds `data`.
fn file(name: &str, data: &[u8]) -> PathBuf {
    // Tests run side by side in one process.
    let path = folder().join(format!("{:?}-{name}", std::thread::current().id()));
    std::fs::write(&path, data).expect("a file that can be written");
    path
}

fn taxonomy() -> &'static Taxonomy {
    static TAXONOMY: OnceLock<Taxonomy> = OnceLock::new();
    TAXONOMY.get_or_init(|| standard_functions().expect("the shipped functions"))
}

fn osm(data: &[u8]) -> bool {
    let wants = OsmWants::new(taxonomy(), OsmParts::all());
    let Ok(extract) = read_osm(&file("x.osm", data), &wants, &Silent) else { return false };
    walk(&StreetGraph::build(&extract.streets));
    true
}

/// Does with a graph what every study does.
fn walk(graph: &StreetGraph) {
    for profile in profile_file::shipped() {
        let _ = Impedance::new(graph, &profile);
    }
    let _ = Snapper::new(graph);
}

/// The bytes after the first, and whether that one is even: then they are what stands inside the container.
fn inner(data: &[u8]) -> (bool, &[u8]) {
    data.split_first().map_or((false, data), |(first, rest)| (first % 2 == 0, rest))
}

/// OSM PBF: a whole file, or one block in a sound file.
pub fn pbf(data: &[u8]) -> bool {
    match inner(data) {
        (true, block) => osm(&seeds::pbf_file(block)),
        (false, file) => osm(file),
    }
}

/// OSM XML.
pub fn osm_xml(data: &[u8]) -> bool {
    osm(data)
}

/// OSM XML in gzip: the packed file, or what is packed.
pub fn osm_gz(data: &[u8]) -> bool {
    match inner(data) {
        (true, text) => osm(&seeds::gz(text)),
        (false, file) => osm(file),
    }
}

/// OSM XML in bzip2: the packed file, or what is packed.
pub fn osm_bz2(data: &[u8]) -> bool {
    match inner(data) {
        (true, text) => osm(&seeds::bz2(text)),
        (false, file) => osm(file),
    }
}

/// A table as each layer reads it.
fn layers(name: &str, data: &[u8]) -> bool {
    let Ok((table, _)) = parse_table(Path::new(name), data.to_vec()) else { return false };
    let spec = FacilityLayerSpec {
        id: "layer".into(),
        functions: vec![FunctionId(0)],
        ..FacilityLayerSpec::default()
    };
    let found = read_facilities(&table, &spec, taxonomy(), None).is_ok();
    let people = read_demand(&table, &DemandSpec::default(), None).is_ok();
    let spec = CandidateSpec::default();
    let candidates = read_candidates(&table, &spec, taxonomy(), None).is_ok();
    let zones = read_zones(&table, &ZonesSpec::default(), None);
    if let Ok((zones, _)) = &zones {
        let _ = join_population(&table, &DemandSpec::default(), (zones, None));
    }
    found || people || candidates || zones.is_ok()
}

/// CSV: facilities, people, candidates, people of zones.
pub fn csv(data: &[u8]) -> bool {
    layers("x.csv", data)
}

/// GeoJSON: facilities, people, candidates, zones.
pub fn geojson(data: &[u8]) -> bool {
    layers("x.geojson", data)
}

/// What people write by hand: a study, a standard, a walk profile.
pub fn toml(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let toy = root().join("tests/fixtures/toy/study.toml");
    let study = study_of(&toy, text);
    if let Ok(study) = &study {
        let _ = study.check_functions(taxonomy());
        let _ = (study.inputs(), study.attributions(), study.population_level());
    }
    let standard = standard_file::parse(text, Path::new("x.toml"));
    if let Ok(standard) = &standard {
        let _ = standard_file::find_fault(standard);
    }
    study.is_ok() || standard.is_ok() || profile_file::parse(text, Path::new("x.toml")).is_ok()
}

/// A scenario, as JSON or TOML.
pub fn scenario(data: &[u8]) -> bool {
    let read = |name| scenario_file::read_scenario(folder(), &file(name, data));
    let (json, toml) = (read("x.json"), read("x.toml"));
    if let Ok(found) = &json {
        let again = serde_again(&found.scenario);
        assert!(again, "a scenario that was read is written and read again");
    }
    json.is_ok() || toml.is_ok()
}

fn serde_again(scenario: &Scenario) -> bool {
    let Ok(kept) = scenario_file::as_file(scenario.clone(), "x.json".to_owned()) else {
        return false;
    };
    kept.scenario == *scenario
}

/// A plan, checked by its file alone.
pub fn plan(data: &[u8]) -> bool {
    walkshed::delivery::holds_alone(data)
}

/// The scenarios of a study in a GeoPackage.
pub fn geopackage(data: &[u8]) -> bool {
    let path = file("x.gpkg", data);
    for log in ["x.gpkg-wal", "x.gpkg-shm", "x.gpkg-journal"] {
        let _ =
            std::fs::remove_file(folder().join(format!("{:?}-{log}", std::thread::current().id())));
    }
    let store = ScenarioStore::at(&path);
    let Ok(all) = store.list(Which::Kept) else { return false };
    let _ = store.list(Which::Deleted);
    for stored in &all {
        let _ = store.history(stored.id);
        let revision = stored.revision;
        if let Some(edit) = stored.edits.first() {
            let mark = EditMark {
                shape: MarkShape::None,
                change: String::new(),
                key: String::new(),
                name: String::new(),
                functions: String::new(),
            };
            let kept = KeptEdit { edit, mark: &mark, summary: "" };
            let _ = store.push(At { id: stored.id, revision }, kept);
        }
        if let Ok(revision) = store.revision(stored.id) {
            let _ = store.undo(At { id: stored.id, revision });
        }
        if let Ok(revision) = store.revision(stored.id) {
            let _ = store.redo(At { id: stored.id, revision });
        }
        let _ = store.set_deleted(stored.id, Which::Deleted);
        let _ = store.set_deleted(stored.id, Which::Kept);
    }
    true
}

/// The network cache, behind its checksums.
pub fn cache(data: &[u8]) -> bool {
    let Some(graph) = cache::graph_of(data, taxonomy().functions().len()) else { return false };
    walk(&graph);
    true
}

/// Streets to be raised.
fn flat() -> &'static StreetGraph {
    static FLAT: OnceLock<StreetGraph> = OnceLock::new();
    FLAT.get_or_init(|| {
        let toy = root().join("tests/fixtures/toy");
        load_streets(&toy, walkshed::import::load::MapDetail::None, &Silent).expect("the toy").graph
    })
}

fn heights(name: &str, data: &[u8]) -> bool {
    let path = folder().join(name);
    std::fs::File::create(&path)
        .and_then(|mut file| file.write_all(data))
        .expect("a file that can be written");
    let looked = elevation::look_at(&path).is_ok();
    let file = walkshed::import::study_file::InputFile {
        path,
        written: name.to_owned(),
        sha256: None,
        license: String::new(),
        attribution: String::new(),
    };
    let source = walkshed::import::study_file::ElevationSource { file, crs: None, unit_m: None };
    let mut issues = walkshed::import::IssueLog::default();
    elevation::raise(flat().clone(), &[source], &mut issues, &Silent).is_ok() && looked
}

/// Heights as GeoTIFF.
pub fn geotiff(data: &[u8]) -> bool {
    heights("x.tif", data)
}

/// Heights as an SRTM tile: packed, or what is packed, which is drawn out to the length of a tile.
pub fn hgt(data: &[u8]) -> bool {
    match inner(data) {
        (true, cells) => {
            let mut tile = vec![0; 1201 * 1201 * 2];
            let length = cells.len().min(tile.len());
            tile[..length].copy_from_slice(&cells[..length]);
            heights("N24E118.hgt", &tile)
        }
        (false, packed) => heights("N24E118.hgt", packed),
    }
}

/// Published instances of every layout.
pub fn instance(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let path = Path::new("x.txt");
    match kind_of(text) {
        Ok(InstanceKind::Plane) => instance_xy::parse_xy(path, text).is_ok(),
        Ok(InstanceKind::Pmed) => instance_pmed::read_pmed(text).is_ok(),
        Ok(InstanceKind::Graph) => instance_graph::parse_graph(path, text).is_ok(),
        Ok(InstanceKind::Distances) => parse_table(path, data.to_vec())
            .and_then(|(table, _)| instance_table::read_distances(path, &table))
            .is_ok(),
        Err(_) => false,
    }
}
