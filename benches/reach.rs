//! The reach kernels on the streets of a real city (Porto, from `../shared/data`; skipped when it is not there):
//! a nearest sweep, k nearest, a cost matrix, its stream, and people within the cutoff of every node.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, criterion_group, criterion_main};
use walkshed::ids::EdgeId;
use walkshed::import::osm::{OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::progress::Silent;
use walkshed::reach::{
    Accumulation, CostMatrix, Decay, Ground, KNearestField, NearestField, People, Placed, Seed,
    Seeds,
};
use walkshed::street::{EdgePosition, Impedance, StreetGraph, WalkProfile};
use walkshed::units::WalkTime;

const CUTOFF: WalkTime = WalkTime::from_ms(900_000);
const POINTS: u32 = 20_000;

fn profile() -> WalkProfile {
    serde_json::from_str(
        r#"{"id": "adult", "en": "Adult", "zh": "成人", "source": "a bench", "walk_speed_m_s": 1.25,
            "off_street_speed_m_s": 1.0, "steps_speed_factor": 0.5}"#,
    )
    .unwrap()
}

/// Positions spread over the edges of a graph.
fn position(graph: &StreetGraph, number: u32) -> EdgePosition {
    let edge = EdgeId((u64::from(number) * 2_654_435_761 % graph.edge_count() as u64) as u32);
    let length = u64::from(graph.edges()[edge].length_mm) + 1;
    EdgePosition { edge, offset_mm: (u64::from(number) * 40_503 % length) as u32 }
}

fn bench_reach(criterion: &mut Criterion) {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/develop/porto-portugal/porto_portugal.osm.pbf");
    if !data.exists() {
        return;
    }
    let taxonomy = standard_functions().unwrap();
    let wants = OsmWants::new(&taxonomy, OsmParts::STREETS);
    let graph = StreetGraph::build(&read_osm(&data, &wants, &Silent).unwrap().streets);
    let impedance = Impedance::new(&graph, &profile());
    let ground = Ground::toward(&graph, &impedance);
    let seed =
        |owner| Seed { position: position(&graph, owner + 1), access: WalkTime::ZERO, owner };
    let seeds = Seeds::new((0..200).map(seed).collect());
    let rows: Vec<Seeds> = (0..1_000).map(|row| Seeds::new(vec![seed(row)])).collect();
    let access = |point: u32| WalkTime::from_ms(point % 60 * 1_000);
    let items = (0..POINTS).map(|point| (position(&graph, point + 7_000), access(point), point));
    let placed = Placed::new(graph.edge_count(), POINTS as usize, items.collect());
    let micro = vec![1_000_000; POINTS as usize];
    let people = People { micro: &micro, groups: 1 };
    let decay = Decay::linear(WalkTime::from_ms(1_000), CUTOFF);
    let mut group = criterion.benchmark_group("reach");
    group.sample_size(10);
    group.bench_function("nearest of 200", |bencher| {
        bencher.iter(|| NearestField::sweep(&ground, black_box(&seeds), CUTOFF));
    });
    group.bench_function("3 nearest of 200", |bencher| {
        bencher.iter(|| KNearestField::sweep(&ground, black_box(&seeds), 3, CUTOFF));
    });
    group.bench_function("cost matrix, 1,000 sites, 20,000 points", |bencher| {
        bencher.iter(|| CostMatrix::within(&ground, black_box(&rows), &placed, CUTOFF));
    });
    group.bench_function("the same streamed within 8 MB", |bencher| {
        bencher.iter(|| {
            let ask = (CUTOFF, 8 << 20);
            CostMatrix::stream(&ground, &rows, &placed, ask, |_, row| {
                black_box(row);
                Ok::<(), ()>(())
            })
        });
    });
    for (name, decay) in [("people around every node", None), ("the same with decay", Some(&decay))]
    {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                Accumulation::new(&ground, &placed, black_box(people), (CUTOFF, decay)).at_nodes()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench_reach);
criterion_main!(benches);
