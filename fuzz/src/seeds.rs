//! Small files that the readers accept, so that fuzzing begins behind the first check. What is text stands in `seeds/` and
//! among the fixtures of the tests; what is packed or has tables of bytes is made here.

use std::io::{Cursor, Write as _};
use std::path::Path;

use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, colortype};
use tiff::tags::Tag;
use walkshed::import::cache::{CACHE_FOLDER, CacheUse};
use walkshed::import::load::{LoadWants, MapDetail, load_streets};
use walkshed::progress::Silent;
use walkshed::scenario::{Edit, Scenario};
use walkshed::store::{At, EditMark, KeptEdit, MarkShape, ScenarioStore};

use super::readers::root;

/// Bytes before the network in a file of the cache.
const CACHE_HEAD: usize = 140;

/// The seeds of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let town = || read("fuzz/seeds/town.osm");
    let mut seeds = match target {
        "pbf" => vec![with(0, &pbf_block()), with(1, &pbf_file(&pbf_block()))],
        "osm_xml" => vec![town()],
        "osm_gz" => vec![with(0, &town()), with(1, &gz(&town()))],
        "osm_bz2" => vec![with(0, &town()), with(1, &bz2(&town()))],
        "csv" => toy(&["cand.csv", "fac.csv", "people.csv"]),
        "geojson" => toy(&["zones.geojson"]),
        "toml" => {
            [toy(&["study.toml"]), below("data/standards", 4), below("data/profiles", 2)].concat()
        }
        "scenario" => below("tests/fixtures/toy/scenarios", 9),
        "plan" => below("tests/fixtures/plans/v2", 20),
        "geopackage" => vec![geopackage()],
        "cache" => vec![cached()],
        "geotiff" => {
            vec![tiff(Compression::Uncompressed), tiff(Compression::Deflate(DeflateLevel::Fast))]
        }
        "hgt" => vec![with(0, &[0, 7, 1, 2]), with(1, &gz(&tile())), with(1, &zip(&tile()))],
        _ => Vec::new(),
    };
    seeds.extend(below(&format!("fuzz/seeds/{target}"), usize::MAX));
    seeds
}

fn with(first: u8, rest: &[u8]) -> Vec<u8> {
    [&[first], rest].concat()
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(root().join(name)).unwrap_or_else(|fault| unreachable!("{name}: {fault}"))
}

fn toy(names: &[&str]) -> Vec<Vec<u8>> {
    names.iter().map(|name| read(&format!("tests/fixtures/toy/{name}"))).collect()
}

/// The first files in a folder, by name.
fn below(folder: &str, most: usize) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return Vec::new() };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths.iter().take(most).filter_map(|path| std::fs::read(path).ok()).collect()
}

/// `text` in gzip.
pub fn gz(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text).and_then(|()| packer.finish()).expect("memory")
}

/// `text` in bzip2.
pub fn bz2(text: &[u8]) -> Vec<u8> {
    let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    packer.write_all(text).and_then(|()| packer.finish()).expect("memory")
}

/// A number as protocol buffers write it.
pub fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A field that holds a number.
pub fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

/// A field that holds bytes.
pub fn bytes(field: u64, value: &[u8]) -> Vec<u8> {
    [varint((field << 3) | 2), varint(value.len() as u64), value.to_vec()].concat()
}

/// A field that holds numbers with a sign.
pub fn packed(field: u64, values: &[i64]) -> Vec<u8> {
    let values: Vec<u8> =
        values.iter().flat_map(|v| varint(((v << 1) ^ (v >> 63)) as u64)).collect();
    bytes(field, &values)
}

fn plain(field: u64, values: &[u64]) -> Vec<u8> {
    bytes(field, &values.iter().flat_map(|v| varint(*v)).collect::<Vec<_>>())
}

fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let raw = bytes(1, content);
    let header = [bytes(1, kind.as_bytes()), number(3, raw.len() as u64)].concat();
    [(header.len() as u32).to_be_bytes().to_vec(), header, raw].concat()
}

/// A file with one block, unpacked.
pub fn pbf_file(block: &[u8]) -> Vec<u8> {
    let features = [bytes(4, b"OsmSchema-V0.6"), bytes(4, b"DenseNodes")].concat();
    [blob("OSMHeader", &features), blob("OSMData", block)].concat()
}

/// Four nodes, a street, a house with a door, a relation.
fn pbf_block() -> Vec<u8> {
    let words = [
        "",
        "highway",
        "residential",
        "building",
        "yes",
        "type",
        "multipolygon",
        "outer",
        "entrance",
        "amenity",
        "kindergarten",
        "name",
        "A",
    ];
    let strings: Vec<u8> = words.iter().flat_map(|word| bytes(1, word.as_bytes())).collect();
    let dense = [
        packed(1, &[1, 1, 1, 1, 1]),
        packed(8, &[0, 0, 10_000, 0, -5_000]),
        packed(9, &[0, 10_000, 0, -10_000, 5_000]),
        plain(10, &[0, 0, 0, 8, 4, 0, 9, 10, 11, 12, 0]),
    ]
    .concat();
    let way = |id: u64, keys: &[u64], values: &[u64], refs: &[i64]| {
        [number(1, id), plain(2, keys), plain(3, values), packed(8, refs)].concat()
    };
    let relation = [
        number(1, 9),
        plain(2, &[5, 3]),
        plain(3, &[6, 4]),
        plain(8, &[7]),
        packed(9, &[11]),
        plain(10, &[1]),
    ]
    .concat();
    let groups = [
        bytes(2, &bytes(2, &dense)),
        bytes(2, &bytes(3, &way(10, &[1], &[2], &[1, 1, 1, 1]))),
        bytes(2, &bytes(3, &way(11, &[3], &[4], &[1, 1, 1, 1, -3]))),
        bytes(2, &bytes(4, &relation)),
    ];
    [bytes(1, &strings), groups.concat()].concat()
}

/// The network of the toy as the cache keeps it.
fn cached() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("town.osm"), read("fuzz/seeds/town.osm")).expect("a file");
    let study = "version = 1\nid = \"town\"\nname = \"Town\"\n[streets]\nosm = \"town.osm\"\n";
    std::fs::write(folder.path().join("study.toml"), study).expect("a file");
    let wants =
        LoadWants { detail: MapDetail::Full, cache: CacheUse::BesideStudy, accept_losses: false };
    load_streets(folder.path(), wants, &Silent).expect("the town");
    let kept = std::fs::read_dir(folder.path().join(CACHE_FOLDER)).expect("the cache").flatten();
    let is_cache = |path: &Path| path.extension().is_some_and(|end| end == "cache");
    let path = kept.map(|entry| entry.path()).find(|path| is_cache(path)).expect("a cache");
    std::fs::read(path).expect("the cache")[CACHE_HEAD..].to_vec()
}

/// A scenario with an edit taken back.
fn geopackage() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scenarios.gpkg");
    let store = ScenarioStore::at(&path);
    let edits: Vec<Edit> = below("tests/fixtures/toy/scenarios", 9)
        .iter()
        .filter_map(|text| read_scenario(text))
        .flat_map(|scenario| scenario.edits)
        .collect();
    let mark = EditMark {
        shape: MarkShape::None,
        change: "closed".to_owned(),
        key: "c1".to_owned(),
        name: String::new(),
        functions: String::new(),
    };
    let id = store
        .create(&Scenario { name: "A".to_owned(), ..Scenario::default() }, &[])
        .expect("a scenario");
    let mut revision = store.revision(id).expect("a scenario");
    for edit in &edits {
        let kept = KeptEdit { edit, mark: &mark, summary: "s" };
        revision = store.push(At { id, revision }, kept).expect("an edit");
    }
    store.undo(At { id, revision }).expect("an edit taken back");
    drop(store);
    std::fs::read(path).expect("the file")
}

fn read_scenario(text: &[u8]) -> Option<Scenario> {
    let folder = tempfile::tempdir().ok()?;
    let path = folder.path().join("s.json");
    std::fs::write(&path, text).ok()?;
    walkshed::import::scenario_file::read_scenario(folder.path(), &path)
        .ok()
        .map(|read| read.scenario)
}

/// Heights around the toy.
fn tiff(compression: Compression) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).expect("memory").with_compression(compression);
    let mut image = encoder.new_image::<colortype::Gray16>(20, 10).expect("memory");
    image.rows_per_strip(4).expect("memory");
    let keys: [u16; 16] = [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326];
    let tags = image.encoder();
    tags.write_tag(Tag::ModelPixelScaleTag, &[0.01, 0.01, 0.0][..]).expect("memory");
    tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, 118.5, 24.95, 0.0][..]).expect("memory");
    tags.write_tag(Tag::GeoKeyDirectoryTag, &keys[..]).expect("memory");
    tags.write_tag(Tag::GdalNodata, "-999").expect("memory");
    let cells: Vec<u16> = (0..200).collect();
    image.write_data(&cells).expect("memory");
    file.into_inner()
}

fn tile() -> Vec<u8> {
    vec![0; 1201 * 1201 * 2]
}

/// A zip with one packed file.
fn zip(content: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    let packed = packer.write_all(content).and_then(|()| packer.finish()).expect("memory");
    let name = b"N24E118.hgt";
    let mut file = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    file.extend((packed.len() as u32).to_le_bytes());
    file.extend((content.len() as u32).to_le_bytes());
    file.extend((name.len() as u16).to_le_bytes());
    file.extend([0, 0]);
    file.extend(name);
    file.extend(packed);
    file
}
