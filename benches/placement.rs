//! Placement on a clustered city, seeded: 20 km by 20 km, 900 m reach. The hard case is dense overlap.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use walkshed::placement::{
    LscpOptions, MclpOptions, SearchOptions, solve_lscp, solve_mclp, verify,
};
use walkshed::progress::Silent;

#[path = "support/clustered.rs"]
mod clustered;
use clustered::city;

fn placement(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("placement");
    group.sample_size(10);
    let town = city(500, 5_000, 7);
    group.bench_function("mclp 500 x 5k, p 10", |bench| {
        let search = SearchOptions { seed: 1, work: 50_000_000 };
        let options = MclpOptions { search, ..MclpOptions::sites(10) };
        bench.iter(|| solve_mclp(black_box(&town), &options, &Silent));
    });
    group.bench_function("lscp 500 x 5k", |bench| {
        let search = SearchOptions { seed: 1, work: 50_000_000 };
        let options = LscpOptions { search, ..LscpOptions::default() };
        bench.iter(|| solve_lscp(black_box(&town), &options, &Silent));
    });
    // The hard case takes half a minute a run: only when asked for by name.
    if std::env::args().any(|argument| argument.contains("dense")) {
        let dense = city(10_000, 200_000, 7);
        group.bench_function("dense: mclp 10k x 200k, p 60", |bench| {
            let search = SearchOptions { seed: 1, work: 15_000_000_000 };
            let options = MclpOptions { search, ..MclpOptions::sites(60) };
            bench.iter(|| {
                let solution = solve_mclp(black_box(&dense), &options, &Silent);
                verify(&dense, &solution.problem, &solution).expect("the proof holds");
                solution.optimality_gap()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, placement);
criterion_main!(benches);
