//! How long an isochrone takes in a city of 200 × 200 crossings: the sheet once, then each drawing from the
//! search to the polygon.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use walkshed::ids::EdgeId;
use walkshed::import::profile_file::shipped;
use walkshed::reach::isochrone::Scene;
use walkshed::reach::{Ground, IsochroneOptions, Pen, Search, Seed, Seeds, ServiceArea, Sheet};
use walkshed::spatial::LonLat;
use walkshed::street::{
    EdgePosition, Impedance, Obstacles, StreetClass, StreetGraph, StreetIngredients, StreetTraits,
    StreetWay,
};
use walkshed::units::WalkTime;

/// Crossings to a side, about 90 m apart.
const SIDE: i32 = 200;

fn city() -> StreetGraph {
    let mut town = StreetIngredients { names: vec![String::new()], ..StreetIngredients::default() };
    for row in 0..SIDE {
        for column in 0..SIDE {
            // Bent, so that streets run at all angles to the lattice.
            let (lon, lat) = (8_085 * column + 900 * (row % 7), 8_141 * row + 700 * (column % 5));
            town.places.push(LonLat::from_e7(lon, lat).unwrap());
        }
    }
    let place = |column: i32, row: i32| (row * SIDE + column) as u32;
    for line in 0..SIDE {
        for crossings in [
            (0..SIDE).map(|at| place(at, line)).collect::<Vec<_>>(),
            (0..SIDE).map(|at| place(line, at)).collect(),
        ] {
            let start = town.way_places.len();
            town.way_places.extend(crossings);
            town.ways.push(StreetWay {
                source_id: town.ways.len() as i64 + 1,
                class: StreetClass::Residential,
                traits: StreetTraits::empty(),
                name: 0,
                places: start..town.way_places.len(),
            });
        }
    }
    StreetGraph::build(&town)
}

fn bench_isochrone(criterion: &mut Criterion) {
    let graph = city();
    let impedance = Impedance::new(&graph, &shipped()[0]);
    let ground = Ground::from(&graph, &impedance);
    let obstacles = Obstacles::default();
    let options = IsochroneOptions::default();
    let mut group = criterion.benchmark_group("isochrone");
    group.sample_size(10);
    group.bench_function("sheet", |bencher| {
        bencher.iter(|| Sheet::lay(black_box(&graph), &obstacles, options));
    });
    let sheet = Sheet::lay(&graph, &obstacles, options);
    let position = EdgePosition { edge: EdgeId(graph.edge_count() as u32 / 2), offset_mm: 10_000 };
    let origin = graph.place_at(position.edge, position.offset_mm);
    let seeds = Seeds::new(vec![Seed { position, access: WalkTime::ZERO, owner: 0 }]);
    let scene = Scene { graph: &graph, seeds: &seeds, origin };
    let (mut search, mut pen) = (Search::new(graph.node_count()), Pen::default());
    for minutes in [5.0, 15.0, 60.0] {
        let cutoff = WalkTime::from_minutes(minutes).unwrap();
        group.bench_function(format!("{minutes} min"), |bencher| {
            bencher.iter(|| {
                search.run(&ground, black_box(&seeds), cutoff);
                let reached = ServiceArea::of_search(&ground, &seeds, &search, cutoff);
                let drawn = pen.draw(&sheet, &scene, (&reached, cutoff));
                assert!(!drawn.area.polygons.is_empty());
                drawn
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench_isochrone);
criterion_main!(benches);
