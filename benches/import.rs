//! How long an extract takes to read: the streets of the largest real city, and everything of the demo island.
//! The files lie beside the repository (`../shared/data`); what is not there is skipped.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, criterion_group, criterion_main};
use walkshed::import::osm::{OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::progress::Silent;

fn bench_read(criterion: &mut Criterion) {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let taxonomy = standard_functions().unwrap();
    let cases = [
        ("porto streets", "develop/porto-portugal/porto_portugal.osm.pbf", OsmParts::STREETS),
        (
            "isle of man all",
            "may-ship/isle-of-man-2020/isle-of-man_2020-03-14.osm.pbf",
            OsmParts::all(),
        ),
        ("walkmix streets", "develop/walkmix/walkmix.osm.pbf", OsmParts::STREETS),
    ];
    let mut group = criterion.benchmark_group("read_osm");
    group.sample_size(10);
    for (name, file, parts) in cases {
        let path = data.join(file);
        if !path.exists() {
            continue;
        }
        let wants = OsmWants::new(&taxonomy, parts);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let extract = read_osm(black_box(&path), &wants, &Silent).unwrap();
                assert!(extract.streets.ways.len() > 1_000);
                extract
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench_read);
criterion_main!(benches);
