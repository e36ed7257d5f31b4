//! Heights from GeoTIFF and SRTM files, whole and broken.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use tiff::encoder::colortype::{ColorType, Gray8, Gray32Float, GrayI16};
use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, TiffValue};
use tiff::tags::Tag;

use super::*;
use crate::import::study_file::InputFile;
use crate::spatial::LocalFrame;

fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).unwrap()
}

fn source(path: PathBuf) -> ElevationSource {
    let written = path.file_name().unwrap().to_string_lossy().into_owned();
    let file = InputFile {
        path,
        written,
        sha256: None,
        license: String::new(),
        attribution: String::new(),
    };
    ElevationSource { file, crs: None, unit_m: None }
}

fn box_of(low: (f64, f64), high: (f64, f64)) -> BoundingBox {
    BoundingBox::around([at(low.0, low.1), at(high.0, high.1)]).unwrap()
}

/// Where a fixture lies, and what it says of itself.
struct Fixture {
    scale: f64,
    corner: (f64, f64),
    keys: Vec<u16>,
    void: Option<&'static str>,
    compression: Compression,
}

/// `GTRasterTypeGeoKey` of numbers that stand for areas, and of numbers that stand for points.
const AREA: u16 = 1;
const POINT: u16 = 2;

/// The keys of a file in `crs`, its numbers standing for points or areas.
fn keys(crs: u16, stands_for: u16) -> Vec<u16> {
    let (model, key) = if crs == 4326 { (2, 2048) } else { (1, 3072) };
    vec![1, 1, 0, 3, 1024, 0, 1, model, 1025, 0, 1, stands_for, key, 0, 1, crs]
}

/// Writes a GeoTIFF of 60 columns and 40 rows in strips of seven.
fn write<C: ColorType>(
    folder: &Path,
    fixture: &Fixture,
    cell: impl Fn(usize, usize) -> C::Inner,
) -> PathBuf
where
    [C::Inner]: TiffValue,
{
    let path = folder.join("heights.tif");
    let numbers: Vec<C::Inner> = (0..60 * 40).map(|n| cell(n % 60, n / 60)).collect();
    let file = File::create(&path).unwrap();
    let mut encoder = TiffEncoder::new(file).unwrap().with_compression(fixture.compression);
    let mut image = encoder.new_image::<C>(60, 40).unwrap();
    image.rows_per_strip(7).unwrap();
    let (x, y) = fixture.corner;
    let tags = image.encoder();
    tags.write_tag(Tag::ModelPixelScaleTag, &[fixture.scale, fixture.scale, 0.0][..]).unwrap();
    tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, x, y, 0.0][..]).unwrap();
    tags.write_tag(Tag::GeoKeyDirectoryTag, &fixture.keys[..]).unwrap();
    if let Some(void) = fixture.void {
        tags.write_tag(Tag::GdalNodata, void).unwrap();
    }
    image.write_data(&numbers).unwrap();
    path
}

fn in_degrees(compression: Compression) -> Fixture {
    Fixture {
        scale: 0.000_5,
        corner: (10.0, 50.0),
        keys: keys(4326, AREA),
        void: Some("-999"),
        compression,
    }
}

#[test]
fn a_tiff_in_degrees_is_read_whatever_packs_it_and_whatever_its_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = box_of((10.01, 49.99), (10.02, 49.995));
    let packings =
        [Compression::Uncompressed, Compression::Lzw, Compression::Deflate(DeflateLevel::Balanced)];
    for compression in packings {
        let fixture = in_degrees(compression);
        let floats = write::<Gray32Float>(folder.path(), &fixture, |x, y| (x * 3 + y) as f32 + 0.5);
        let found = read(&source(floats), bounds).unwrap().unwrap();
        // Middle of column 25, row 12.
        let height = found.raster.sample(at(10.012_75, 49.993_75)).unwrap();
        assert!((height - 87.5).abs() < 1e-3, "{height}");
        assert_eq!(found.doubts, Vec::<String>::new());
        let whole = write::<GrayI16>(folder.path(), &fixture, |x, y| (x * 3 + y) as i16 - 200);
        let found = read(&source(whole), bounds).unwrap().unwrap();
        let height = found.raster.sample(at(10.013, 49.993_75)).unwrap();
        assert!((height + 200.0 - 88.5).abs() < 1e-3, "{height}");
    }
}

#[test]
fn a_number_for_a_point_lies_on_its_corner() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture { keys: keys(4326, POINT), ..in_degrees(Compression::Uncompressed) };
    let file = write::<Gray32Float>(folder.path(), &fixture, |x, _| x as f32);
    let found = read(&source(file), box_of((10.01, 49.99), (10.02, 49.995))).unwrap().unwrap();
    let height = found.raster.sample(at(10.015, 49.992)).unwrap();
    assert!((height - 30.0).abs() < 1e-3, "{height}");
}

#[test]
fn a_tiff_in_a_projected_system_lies_where_its_streets_are() {
    let folder = tempfile::tempdir().unwrap();
    // EPSG:32650, cells of 25 m; heights rise 10 % eastward and fall 4 % northward.
    let transform = Crs::Epsg(32_650).transform().unwrap();
    let middle = at(118.6, 24.9);
    let (x, y) = transform.from_wgs84(middle).unwrap();
    let fixture = Fixture {
        scale: 25.0,
        corner: (x - 750.0, y + 500.0),
        keys: keys(32_650, AREA),
        void: None,
        compression: Compression::Deflate(DeflateLevel::Fast),
    };
    let height = |x: usize, y: usize| (x as f32 * 2.5) + (y as f32 * 1.0) + 30.0;
    let file = write::<Gray32Float>(folder.path(), &fixture, height);
    let bounds = BoundingBox::around([middle]).unwrap().with(at(118.601, 24.901));
    let found = read(&source(file), bounds).unwrap().unwrap();
    assert_eq!(found.raster.crs(), Crs::Epsg(32_650));
    let sampled = found.raster.sample(middle).unwrap();
    // 750 m east and 500 m south of the corner of the first cell: 29.5 columns, 19.5 rows.
    assert!((sampled - (29.5 * 2.5 + 19.5 + 30.0)).abs() < 0.01, "{sampled}");
}

#[test]
fn cells_finer_than_ten_meters_are_averaged() {
    let folder = tempfile::tempdir().unwrap();
    // About 3.3 m by 2.1 m: three to a side.
    let fixture = Fixture { scale: 0.000_03, ..in_degrees(Compression::Uncompressed) };
    let cell = |x: usize, y: usize| if (x + y).is_multiple_of(2) { 10.0 } else { 40.0 };
    let file = write::<Gray32Float>(folder.path(), &fixture, cell);
    let found =
        read(&source(file), box_of((10.000_3, 49.999), (10.001_5, 49.999_7))).unwrap().unwrap();
    for cell in found.raster.cells() {
        assert!((20.0..30.0).contains(cell), "{cell}");
    }
}

#[test]
fn unknown_and_impossible_numbers_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = in_degrees(Compression::Uncompressed);
    let cell = |x: usize, y: usize| match (x, y) {
        (20..30, 10..15) => -999.0,
        (30, 14) => f32::NAN,
        (40, 20) => 54_321.0,
        _ => 7.0,
    };
    let file = write::<Gray32Float>(folder.path(), &fixture, cell);
    let found = read(&source(file), box_of((10.0, 49.98), (10.03, 50.0))).unwrap().unwrap();
    assert_eq!(found.raster.sample(at(10.012, 49.993_75)), None);
    let known = found.raster.sample(at(10.005, 49.993_75)).unwrap();
    assert!((known - 7.0).abs() < 1e-9, "{known}");
    assert!(
        found.doubts.len() == 1 && found.doubts[0].starts_with("1 cells"),
        "{:?}",
        found.doubts
    );
    assert!(
        found
            .raster
            .cells()
            .iter()
            .all(|&cell| cell.is_nan() || cell.to_bits() == 7.0_f32.to_bits())
    );
}

#[test]
fn shades_and_feet_are_not_taken_for_meters_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = box_of((10.01, 49.99), (10.02, 49.995));
    let fixture = in_degrees(Compression::Uncompressed);
    let mut shades = source(write::<Gray8>(folder.path(), &fixture, |x, _| x as u8));
    assert!(read(&shades, bounds).unwrap().unwrap().doubts[0].contains("8 bits"));
    shades.unit_m = Some(2.0);
    let found = read(&shades, bounds).unwrap().unwrap();
    assert_eq!(found.doubts, Vec::<String>::new());
    let height = found.raster.sample(at(10.012_75, 49.993_75)).unwrap();
    assert!((height - 50.0).abs() < 1e-6, "{height}");
    let mut feet = keys(4326, AREA);
    feet[3] = 4;
    feet.extend([4099, 0, 1, 9002]);
    let fixture = Fixture { keys: feet, ..fixture };
    let feet = source(write::<Gray32Float>(folder.path(), &fixture, |_, _| 100.0));
    let height = read(&feet, bounds).unwrap().unwrap().raster.sample(at(10.012, 49.993)).unwrap();
    assert!((height - 30.48).abs() < 1e-5, "{height}");
}

#[test]
fn files_that_cannot_be_used_are_refused_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = box_of((10.01, 49.99), (10.02, 49.995));
    let fixture = Fixture { keys: vec![1, 1, 0, 0], ..in_degrees(Compression::Uncompressed) };
    let nowhere = write::<Gray8>(folder.path(), &fixture, |_, _| 1);
    let error = read(&source(nowhere.clone()), bounds).unwrap_err().to_string();
    assert!(error.contains("state it with `crs"), "{error}");
    let stated = ElevationSource { crs: Some(Crs::Wgs84), ..source(nowhere.clone()) };
    assert!(read(&stated, bounds).unwrap().is_some());
    assert!(read(&stated, box_of((20.0, 20.0), (20.1, 20.1))).unwrap().is_none());
    // Every shortened file is an error or is read, and nothing worse.
    let bytes = std::fs::read(&nowhere).unwrap();
    for length in (0..bytes.len()).step_by(37) {
        std::fs::write(&nowhere, &bytes[..length]).unwrap();
        let _ = read(&stated, bounds);
    }
    std::fs::write(&nowhere, b"heights").unwrap();
    let error = read(&stated, bounds).unwrap_err().to_string();
    assert!(error.contains("neither a GeoTIFF nor an SRTM tile"), "{error}");
}

/// An SRTM tile that rises by a metre a row from its northern edge, with one hole.
fn tile() -> Vec<u8> {
    let number = |n: usize| if n == 600 * 1201 + 600 { i16::MIN } else { (n / 1201) as i16 };
    (0..1201 * 1201).flat_map(|n| number(n).to_be_bytes()).collect()
}

fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    let packed = packed.finish().unwrap();
    let mut zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    zip.extend((packed.len() as u32).to_le_bytes());
    zip.extend((bytes.len() as u32).to_le_bytes());
    zip.extend((name.len() as u16).to_le_bytes());
    zip.extend([0, 0]);
    zip.extend(name.as_bytes());
    zip.extend(packed);
    zip
}

#[test]
fn an_srtm_tile_is_read_plain_and_packed() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = box_of((7.4, 43.4), (7.6, 43.6));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&tile()).unwrap();
    let mut two = zipped("readme.txt", b"not this one");
    two.extend(zipped("N43E007.hgt", &tile()));
    let files =
        [("N43E007.hgt", tile()), ("N43E007.hgt.gz", gzip.finish().unwrap()), ("tile.zip", two)];
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let found = read(&source(path.clone()), bounds).unwrap().unwrap();
        // 44° is row 0 and 43° is row 1200.
        let height = found.raster.sample(at(7.55, 43.55)).unwrap();
        assert!((height - 540.0).abs() < 1e-3, "{name} {height}");
        assert_eq!(found.raster.sample(at(7.5, 43.5)), None);
        assert_eq!(look_at(&path).unwrap().size, (1201, 1201));
    }
    let unnamed = folder.path().join("heights.hgt");
    std::fs::write(&unnamed, tile()).unwrap();
    let error = read(&source(unnamed), bounds).unwrap_err().to_string();
    assert!(error.contains("N43E007.hgt"), "{error}");
}

/// A real file, when it is there.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/develop").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

/// Metres of `raster` at a place.
fn height(found: &Elevation, place: LonLat) -> f64 {
    found.raster.sample(place).unwrap()
}

#[test]
fn monaco_rises_from_the_sea_to_the_tete_de_chien() {
    let Some(path) = shared("monaco-elevation/N43E007.hgt.zip") else { return };
    let found = read(&source(path), box_of((7.39, 43.71), (7.45, 43.77))).unwrap().unwrap();
    assert!(height(&found, at(7.436, 43.727)).abs() < 15.0);
    // The rock above Cap-d'Ail, some 550 m high.
    let rock = height(&found, at(7.405_5, 43.732_5));
    assert!((350.0..600.0).contains(&rock), "{rock}");
}

#[test]
fn portland_rises_west_of_the_river() {
    let Some(path) = shared("portland-2015/portland-ned.tif") else { return };
    let facts = look_at(&path).unwrap();
    assert_eq!((facts.size, facts.crs), ((864, 648), Some(Crs::Epsg(4269))));
    let found = read(&source(path), box_of((-122.70, 45.50), (-122.64, 45.54))).unwrap().unwrap();
    assert_eq!(found.doubts, Vec::<String>::new());
    // Waterfront Park on the Willamette, and Council Crest's slopes to the south-west (above 200 m).
    let (river, hill) =
        (height(&found, at(-122.671, 45.515)), height(&found, at(-122.699, 45.503)));
    assert!((0.0..25.0).contains(&river), "{river}");
    assert!(hill > 100.0 && hill < 350.0, "{hill}");
}

#[test]
fn the_shades_of_porto_alegre_are_doubted() {
    let Some(path) = shared("porto-alegre-2020/poa_elevation.tif") else { return };
    assert!(look_at(&path).unwrap().is_8_bit);
    let found = read(&source(path), box_of((-51.25, -30.1), (-51.15, -30.0))).unwrap().unwrap();
    assert!(found.doubts.iter().any(|doubt| doubt.contains("8 bits")), "{:?}", found.doubts);
}

#[test]
fn streets_beyond_the_model_are_flat_and_said_so() {
    use crate::street::{StreetClass, StreetIngredients, StreetTraits, StreetWay};
    let folder = tempfile::tempdir().unwrap();
    let file = write::<Gray32Float>(folder.path(), &in_degrees(Compression::Lzw), |x, _| x as f32);
    let corner = LocalFrame::at(at(10.0, 49.99));
    let spot = |x: f64| corner.to_lonlat(crate::spatial::PlanarPoint { x, y: 0.0 }).unwrap();
    let way = |places, source_id| StreetWay {
        source_id,
        class: StreetClass::Footway,
        traits: StreetTraits::empty(),
        name: 0,
        places,
    };
    let streets = StreetIngredients {
        places: vec![spot(-500.0), spot(200.0), spot(900.0)],
        ways: vec![way(0..2, 1), way(2..4, 2)],
        way_places: vec![0, 1, 1, 2],
        barriers: Vec::new(),
        crossings: Vec::new(),
        names: vec![String::new()],
    };
    let mut issues = IssueLog::default();
    let graph = StreetGraph::build(&streets);
    let graph = raise(graph, &[source(file)], &mut issues, &crate::progress::Silent).unwrap();
    assert_eq!(issues.counts().get(&IssueKind::ElevationMissing), Some(&1));
    let reason = &issues.issues()[0].reason;
    assert!(
        reason.starts_with("no height is known for 1 edges (0.7 of 1.4 km of street)"),
        "{reason}"
    );
    let sloping = graph.edges().ids().filter(|&edge| graph.heights_along(edge).is_some());
    assert_eq!(sloping.count(), 1);
}
