//! Files that are broken, cut off or made to harm: a clear error or an issue, never a panic, never much memory.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first surprise and says what it skips"
)]

use std::io::Write;
use std::path::PathBuf;

use proptest::prelude::*;
use walkshed::import::ImportError;
use walkshed::import::osm::{OsmExtract, OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::progress::Silent;

use crate::fuzz_seeds::seeds::{bytes, number, packed};

fn read(bytes: &[u8]) -> Result<OsmExtract, ImportError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let taxonomy = standard_functions().unwrap();
    read_osm(file.path(), &OsmWants::new(&taxonomy, OsmParts::all()), &Silent)
}

/// The reason a file is refused for; it must be a fault of the file.
fn refusal(bytes: &[u8]) -> String {
    match read(bytes) {
        Err(ImportError::Malformed { reason, .. }) => reason,
        other => panic!("not refused: {other:?}"),
    }
}

/// A blob with its header; `size` when another one is declared than is true.
fn blob(kind: &str, content: &[u8], size: Option<u64>) -> Vec<u8> {
    let size = size.unwrap_or(content.len() as u64);
    let header = [bytes(1, kind.as_bytes()), number(3, size)].concat();
    [(header.len() as u32).to_be_bytes().to_vec(), header, content.to_vec()].concat()
}

fn raw(content: &[u8]) -> Vec<u8> {
    bytes(1, content)
}

fn zlib(content: &[u8], size: u64) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    [number(2, size), bytes(3, &encoder.finish().unwrap())].concat()
}

fn file_header() -> Vec<u8> {
    let features = [bytes(4, b"OsmSchema-V0.6"), bytes(4, b"DenseNodes")].concat();
    blob("OSMHeader", &raw(&features), None)
}

/// Strings, then groups.
fn block(strings: &[&str], groups: &[Vec<u8>]) -> Vec<u8> {
    let table: Vec<u8> = strings.iter().flat_map(|text| bytes(1, text.as_bytes())).collect();
    let groups: Vec<u8> = groups.iter().flat_map(|group| bytes(2, group)).collect();
    [bytes(1, &table), groups].concat()
}

/// Two dense nodes and a path over them.
fn small_block() -> Vec<u8> {
    let dense = [packed(1, &[1, 1]), packed(8, &[0, 10_000]), packed(9, &[0, 10_000])].concat();
    let way = [number(1, 5), bytes(2, &[1]), bytes(3, &[2]), packed(8, &[1, 1])].concat();
    block(&["", "highway", "path"], &[bytes(2, &dense), bytes(3, &way)])
}

fn small_file() -> Vec<u8> {
    let block = small_block();
    let blob = blob("OSMData", &zlib(&block, block.len() as u64), None);
    [file_header(), blob].concat()
}

fn with_block(content: &[u8]) -> Vec<u8> {
    [file_header(), blob("OSMData", &raw(content), None)].concat()
}

#[test]
fn the_small_file_is_whole() {
    let extract = read(&small_file()).unwrap();
    assert_eq!((extract.streets.places.len(), extract.streets.ways.len()), (2, 1));
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let file = small_file();
    let header = file_header().len();
    for length in 0..file.len() {
        if length == header {
            continue;
        }
        let reason = refusal(&file[..length]);
        let said = reason.contains("ends inside") || reason.contains("empty");
        assert!(said, "cut at {length}: {reason}");
    }
    // A header and no data is a whole, empty map.
    assert_eq!(read(&file[..header]).unwrap().stats.ways, 0);
}

#[test]
fn the_byte_of_the_damage_is_named() {
    let mut file = small_file();
    let at = file_header().len();
    let last = file.len() - 3;
    file[last] ^= 0xff;
    let reason = refusal(&file);
    assert!(reason.contains(&format!("byte {at}")), "{reason}");
}

#[test]
fn damage_after_good_blobs_is_still_an_error() {
    let block = small_block();
    let good = blob("OSMData", &raw(&block), None);
    let bad = blob("OSMData", &raw(&[0x12, 0x7f, 1]), None);
    let file = [file_header(), good, bad].concat();
    assert!(refusal(&file).contains("is damaged"));
}

#[test]
fn sizes_beyond_the_format_are_refused_before_anything_is_read() {
    let declared = |size| [file_header(), blob("OSMData", &[], Some(size))].concat();
    for size in [10_000_000_000, u64::MAX, 1 << 31, (32 << 20) + 1] {
        assert!(refusal(&declared(size)).contains("33,554,432"), "{size}");
    }
    // A header of 16 MiB.
    let file = [vec![0x00, 0xff, 0xff, 0xff], vec![0; 64]].concat();
    assert!(refusal(&file).contains("65,536"));
}

#[test]
fn content_must_be_as_long_as_declared() {
    let block = small_block();
    for size in [0, 1, block.len() as u64 - 1, block.len() as u64 + 1, 10_000_000_000] {
        let file = [file_header(), blob("OSMData", &zlib(&block, size), None)].concat();
        assert!(refusal(&file).contains("declare"), "{size}");
    }
}

#[test]
fn a_zlib_bomb_is_refused() {
    // 30 MiB of empty fields in 30 KiB, many times over.
    let zeros = [bytes(99, &vec![0; 30 << 20])].concat();
    let bomb = blob("OSMData", &zlib(&zeros, zeros.len() as u64), None);
    let file = [file_header(), bomb.repeat(12)].concat();
    assert!(refusal(&file).contains("32 times"));
}

#[test]
fn unknown_packing_features_and_types_are_named() {
    let zstd = [file_header(), blob("OSMData", &bytes(7, b"x"), None)].concat();
    assert!(refusal(&zstd).contains("zstd"));
    let header = |feature: &str| blob("OSMHeader", &raw(&bytes(4, feature.as_bytes())), None);
    assert!(refusal(&header("HistoricalInformation")).contains("history"));
    assert!(refusal(&header("Teleportation")).contains("Teleportation"));
    assert!(
        refusal(&blob("OSMData", &raw(&small_block()), None)).contains("before the file header")
    );
    // A blob of another type is skipped, as the format asks for.
    let extra = [small_file(), blob("MyIndex", b"anything", None)].concat();
    assert_eq!(read(&extra).unwrap().streets.ways.len(), 1);
}

#[test]
fn references_out_of_the_string_table_are_refused() {
    let way = [number(1, 5), bytes(2, &[9]), bytes(3, &[2]), packed(8, &[1, 1])].concat();
    let file = with_block(&block(&["", "highway"], &[bytes(3, &way)]));
    assert!(refusal(&file).contains("string table"));
    let node = [number(1, 2), bytes(2, &[1]), bytes(3, &[]), number(8, 0)].concat();
    let file = with_block(&block(&["", "highway"], &[bytes(1, &node)]));
    refusal(&file);
}

#[test]
fn coordinates_off_the_earth_are_left_out_and_said() {
    let dense = [
        packed(1, &[1, 1, 1]),
        packed(8, &[0, i64::MAX / 4, 910_000_000]),
        packed(9, &[0, 0, i64::MIN / 4]),
    ]
    .concat();
    let way = [number(1, 5), bytes(2, &[1]), bytes(3, &[2]), packed(8, &[1, 1, 1])].concat();
    let file = with_block(&block(&["", "highway", "path"], &[bytes(2, &dense), bytes(3, &way)]));
    let extract = read(&file).unwrap();
    assert!(extract.streets.ways.is_empty());
    assert!(extract.issues.issues().iter().any(|issue| issue.reason.contains("not on earth")));
}

#[test]
fn a_granularity_that_makes_no_sense_is_refused() {
    for granularity in [0, u64::MAX, 1 << 40] {
        let content = [small_block(), number(17, granularity)].concat();
        assert!(refusal(&with_block(&content)).contains("granularity"));
    }
}

#[test]
fn text_that_is_not_utf8_is_taken_as_empty_and_said() {
    let mut content = bytes(
        1,
        &[bytes(1, b""), bytes(1, b"highway"), bytes(1, b"path"), bytes(1, &[0xff])].concat(),
    );
    let dense = [packed(1, &[1, 1]), packed(8, &[0, 9]), packed(9, &[0, 9])].concat();
    let way = [number(1, 5), bytes(2, &[1]), bytes(3, &[2]), packed(8, &[1, 1])].concat();
    content.extend(bytes(2, &bytes(2, &dense)));
    content.extend(bytes(2, &bytes(3, &way)));
    let extract = read(&with_block(&content)).unwrap();
    assert_eq!(extract.streets.ways.len(), 1);
    assert!(extract.issues.issues().iter().any(|issue| issue.reason.contains("UTF-8")));
}

#[test]
fn the_same_way_twice_counts_once() {
    let blob = blob("OSMData", &raw(&small_block()), None);
    let extract = read(&[file_header(), blob.clone(), blob].concat()).unwrap();
    assert_eq!((extract.streets.places.len(), extract.streets.ways.len()), (2, 1));
    assert!(extract.issues.issues().iter().any(|issue| issue.reason.contains("twice")));
}

#[test]
fn what_is_no_map_is_refused() {
    for (content, word) in [
        (&b""[..], "empty"),
        (b"PK\x03\x04 a zip", "zip file"),
        (b"%PDF-1.4", "a PDF"),
        (b"id,lon,lat\n1,2,3\n", "neither"),
        (b"{\"type\":\"FeatureCollection\"}", "JSON"),
        (b"<html><body>404</body></html>", "a web page"),
        (b"<osmChange version='0.6'/>", "an OpenStreetMap change file"),
        (b"<?xml version='1.0'?>", "<osm>"),
        (b"\x00\x00\x00\x00\x00\x00", "65,536"),
    ] {
        let reason = refusal(content);
        assert!(reason.contains(word), "{reason}");
    }
    assert!(matches!(
        read_osm(
            &PathBuf::from("no/such/file.osm.pbf"),
            &OsmWants::new(&standard_functions().unwrap(), OsmParts::all()),
            &Silent
        ),
        Err(ImportError::Read { .. })
    ));
}

#[test]
fn broken_xml_is_refused_near_its_byte() {
    for text in [
        "<osm><node id='1' lon='0' lat='0'>",
        "<osm><node id='x' lon='0' lat='0'/></osm>",
        "<osm><way id='1'><nd ref=''/></way></osm>",
        "<osm><way id='1'><node id='2' lon='0' lat='0'/></way></osm>",
        "<osm></node></osm>",
        "<osm><node id='1' lon='0' lat='0'/><way id='1'",
        "<osm><way id='1'><tag k='&nope;' v='1'/></way></osm>",
        "<osm><relation id='1'><member type='thing' ref='1'/></relation></osm>",
    ] {
        let reason = refusal(text.as_bytes());
        assert!(reason.contains("near byte"), "{text}: {reason}");
    }
}

#[test]
fn xml_nodes_without_a_place_are_left_out_and_said() {
    let text = "<osm><node id='1' lon='NaN' lat='0'/><node id='2' lat='0'/><node id='3' lon='500' lat='1'/>\
                </osm>";
    let extract = read(text.as_bytes()).unwrap();
    assert!(extract.issues.issues().iter().any(|issue| issue.reason.contains("3 nodes")));
}

#[test]
fn an_xml_bomb_in_gzip_is_refused() {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(b"<osm><node id='").unwrap();
    for _ in 0..64 {
        gz.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let reason = refusal(&gz.finish().unwrap());
    assert!(reason.contains("longer than 1 MiB"), "{reason}");
    // Cut off, and not gzip at all behind its first bytes.
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(b"<osm></osm>").unwrap();
    let whole = gz.finish().unwrap();
    refusal(&whole[..whole.len() - 6]);
    refusal(b"\x1f\x8bnonsense");
    refusal(b"BZhnonsense");
}

#[test]
fn a_tag_rule_that_cannot_be_read_is_named() {
    let function = walkshed::facility::Function {
        id: "x".into(),
        en: String::new(),
        zh: String::new(),
        osm: vec!["amenity".into()],
        aliases: Vec::new(),
        part_of: None,
    };
    let taxonomy = walkshed::facility::Taxonomy::new(vec![function]).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&small_file()).unwrap();
    let wants = OsmWants::new(&taxonomy, OsmParts::all());
    let error = read_osm(file.path(), &wants, &Silent).unwrap_err().to_string();
    assert!(error.contains("key=value"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn flipped_bytes_never_panic(flips in prop::collection::vec((0usize..4096, any::<u8>()), 1..6)) {
        let content = small_block();
        let mut file = [file_header(), blob("OSMData", &raw(&content), None)].concat();
        for (at, value) in flips {
            let at = at % file.len();
            file[at] = value;
        }
        let _ = read(&file);
    }

    #[test]
    fn any_block_never_panics(content in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&with_block(&content));
    }

    #[test]
    fn any_xml_never_panics(text in "[<>/= '\"a-z0-9&;]{0,120}") {
        let _ = read(format!("<osm>{text}").as_bytes());
    }
}

#[test]
fn a_real_file_with_flipped_bytes_never_panics() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/may-ship/pyrosm-test-2019/test.osm.pbf");
    let Ok(file) = std::fs::read(&path) else {
        eprintln!("skipped: the Karhula extract is not here");
        return;
    };
    let mut state = 12_345_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize
    };
    for _ in 0..60 {
        let mut bytes = file.clone();
        for _ in 0..3 {
            let at = random() % bytes.len();
            bytes[at] = random() as u8;
        }
        assert!(read(&bytes).is_err(), "zlib checks its sum, headers their sizes");
    }
}
