//! How long a street network takes to load from the cache beside its study, hashing of the inputs included:
//! the largest real city. The file lies beside the repository (`../shared/data`); absent, nothing is measured.
//! `WALKSHED_EXTRACTS` names further extracts to load, their paths as in `PATH`.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, criterion_group, criterion_main};
use walkshed::import::cache::{CacheUse, NetworkSource};
use walkshed::import::load::{LoadWants, MapDetail, load_streets};
use walkshed::progress::Silent;

fn bench_load(criterion: &mut Criterion) {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/develop");
    let mut cities = vec![
        ("porto".to_owned(), data.join("porto-portugal/porto_portugal.osm.pbf")),
        ("walkmix".to_owned(), data.join("walkmix/walkmix.osm.pbf")),
    ];
    let further = std::env::var_os("WALKSHED_EXTRACTS").unwrap_or_default();
    for path in std::env::split_paths(&further) {
        cities.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path));
    }
    let mut group = criterion.benchmark_group("network_cache");
    group.sample_size(10);
    for (name, osm) in cities {
        if !osm.exists() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "version = 1\nname = \"{name}\"\n[streets]\nosm = {:?}\n[demand]\nsource = \"streets\"\n",
            osm.display().to_string()
        );
        std::fs::write(folder.path().join("study.toml"), text).unwrap();
        for (way, cache) in [("inputs", CacheUse::Never), ("cache", CacheUse::BesideStudy)] {
            let wants = LoadWants { detail: MapDetail::None, cache, accept_losses: false };
            let first = load_streets(folder.path(), wants, &Silent).unwrap();
            assert_ne!(matches!(first.source, NetworkSource::Kept(_)), cache == CacheUse::Never);
            group.bench_function(format!("{name} {way}"), |bencher| {
                bencher.iter(|| load_streets(black_box(folder.path()), wants, &Silent).unwrap());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, bench_load);
criterion_main!(benches);
