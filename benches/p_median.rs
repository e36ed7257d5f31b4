//! p-median and p-center on OR-Library's graphs, with proof. The files lie beside the repository
//! (`../shared/data`); what is not there is skipped.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, criterion_group, criterion_main};
use walkshed::import::instance_pmed::read_pmed;
use walkshed::placement::{AssignEffort, AssignProblem, solve_p_center, solve_p_median};
use walkshed::progress::Silent;

fn bench_pmed(criterion: &mut Criterion) {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/placement/orlib-pmed");
    let mut group = criterion.benchmark_group("assignment");
    group.sample_size(10);
    for number in [1, 10, 15, 16, 30] {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("pmed{number}.txt"))) else {
            continue;
        };
        let file = read_pmed(&text).unwrap();
        let effort = AssignEffort::default();
        group.bench_function(format!("median pmed{number}"), |bencher| {
            let problem = AssignProblem::median(file.max_sites);
            bencher.iter(|| black_box(solve_p_median(&file.instance, &problem, effort, &Silent)));
        });
        group.bench_function(format!("center pmed{number}"), |bencher| {
            let problem = AssignProblem::center(file.max_sites);
            bencher.iter(|| black_box(solve_p_center(&file.instance, &problem, effort, &Silent)));
        });
    }
    group.finish();
}

criterion_group!(benches, bench_pmed);
criterion_main!(benches);
