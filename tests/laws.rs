//! Laws that hold on every network: more never covers less, and nothing depends on order or threads.

use crate::support;

use proptest::prelude::*;
use support::random::{self, Mix, Scene};
use support::town::Town;
use support::walkers::{adult, hasty};
use walkshed::ids::EdgeId;
use walkshed::reach::{
    CostMatrix, Ground, KNearestField, NearestField, Placed, Route, Seed, Seeds, ServiceArea,
};
use walkshed::spatial::LonLat;
use walkshed::street::{
    BarrierKind, EdgePosition, Impedance, Islands, StreetClass, StreetGraph, StreetIngredients,
    StreetTraits, StreetWay, WalkProfile,
};
use walkshed::units::{Meters, MetersPerSecond, WalkTime};

/// Time and owner at every node and at a few positions of every edge.
fn times(scene: &Scene, impedance: &Impedance, seeds: &Seeds) -> Vec<WalkTime> {
    let ground = Ground::toward(&scene.graph, impedance);
    let field = NearestField::sweep(&ground, seeds, WalkTime::LONGEST);
    let nodes = scene.graph.places().ids().map(|node| field.time(node));
    let mid = scene.graph.edges().enumerate().flat_map(|(edge, e)| {
        [0, e.length_mm / 3, e.length_mm].map(|offset_mm| EdgePosition { edge, offset_mm })
    });
    let mid =
        mid.map(|at| field.at(&ground, seeds, at).map_or(WalkTime::UNREACHABLE, |label| label.0));
    nodes.chain(mid).collect()
}

/// Whether every position of `inner` lies in `outer`.
fn is_within(inner: &ServiceArea, outer: &ServiceArea) -> bool {
    inner.parts.iter().all(|part| {
        outer
            .parts
            .iter()
            .any(|o| o.edge == part.edge && o.from_mm <= part.from_mm && part.to_mm <= o.to_mm)
    })
}

fn service_area(scene: &Scene, impedance: &Impedance, seeds: &Seeds, cutoff: u32) -> ServiceArea {
    let ground = Ground::toward(&scene.graph, impedance);
    let field = NearestField::sweep(&ground, seeds, WalkTime::from_ms(cutoff));
    ServiceArea::find(&ground, seeds, &field, WalkTime::from_ms(cutoff))
}

proptest! {
    #![proptest_config(support::cases(400))]

    #[test]
    fn many_seeds_at_once_are_the_least_of_single_searches(seed in random::seeds()) {
        let scene = random::scene(seed);
        let together = times(&scene, &scene.impedance, &scene.seeds);
        let mut least = vec![WalkTime::UNREACHABLE; together.len()];
        for &single in scene.seeds.all() {
            let alone = times(&scene, &scene.impedance, &Seeds::new(vec![single]));
            for (known, time) in least.iter_mut().zip(alone) {
                *known = (*known).min(time);
            }
        }
        prop_assert_eq!(together, least);
    }

    #[test]
    fn a_larger_cutoff_covers_a_superset(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let small = scene.dice.below(600_000);
        let large = small + scene.dice.below(300_000);
        let area = |cutoff| service_area(&scene, &scene.impedance, &scene.seeds, cutoff);
        prop_assert!(is_within(&area(small), &area(large)));
        prop_assert!(is_within(&area(small), &area(small)));
        let (small_m, large_m) =
            (area(small).length(&scene.graph), area(large).length(&scene.graph));
        prop_assert!(small_m.0 <= large_m.0 && large_m.0 <= scene.graph.street_length().0);
    }

    #[test]
    fn a_slower_walker_covers_a_subset(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let cutoff = scene.dice.below(900_000);
        let slower = MetersPerSecond(scene.profile.walk_speed_m_s * 0.77);
        let slow = Impedance::new(&scene.graph, &scene.profile.at_speed(slower));
        let fast_times = times(&scene, &scene.impedance, &scene.seeds);
        let slow_times = times(&scene, &slow, &scene.seeds);
        prop_assert!(fast_times.iter().zip(&slow_times).all(|(fast, slow)| fast <= slow));
        let area = |impedance| service_area(&scene, impedance, &scene.seeds, cutoff);
        prop_assert!(is_within(&area(&slow), &area(&scene.impedance)));
    }

    #[test]
    fn another_facility_never_lowers_coverage(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let cutoff = scene.dice.below(900_000);
        let mut more: Vec<Seed> = scene.seeds.all().to_vec();
        more.push(random::start(&scene.graph, &mut scene.dice));
        let more = Seeds::new(more);
        let before = times(&scene, &scene.impedance, &scene.seeds);
        let after = times(&scene, &scene.impedance, &more);
        prop_assert!(before.iter().zip(&after).all(|(before, after)| after <= before));
        let area = |seeds| service_area(&scene, &scene.impedance, seeds, cutoff);
        prop_assert!(is_within(&area(&scene.seeds), &area(&more)));
    }

    #[test]
    fn without_facilities_nothing_is_reached(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let none = Seeds::default();
        prop_assert!(times(&scene, &scene.impedance, &none).iter().all(|t| !t.is_reachable()));
        let area = service_area(&scene, &scene.impedance, &none, u32::MAX);
        prop_assert_eq!(area, ServiceArea::default());
        let ground = Ground::from(&scene.graph, &scene.impedance);
        let start = random::start(&scene.graph, &mut scene.dice);
        prop_assert_eq!(Route::find(&ground, &Seeds::new(vec![start]), &none, WalkTime::LONGEST), None);
        let k = KNearestField::sweep(&ground, &none, 3, WalkTime::LONGEST);
        prop_assert!(k.at(&ground, &none, start.position).is_empty());
    }

    /// Streets between ends of streets, and gates that stay a node, change no other street: exact.
    #[test]
    fn another_street_or_an_opened_gate_never_makes_a_walk_longer(seed in random::seeds()) {
        let mut network = random::network(seed, Mix::Public);
        let before = StreetGraph::build(&network.ingredients);
        let mut more = network.ingredients.clone();
        let ends: Vec<u32> = more.ways.iter()
            .flat_map(|way| [more.way_places[way.places.start], more.way_places[way.places.end - 1]])
            .collect();
        let mut draw = || ends[network.dice.below(ends.len() as u32) as usize];
        let link = [draw(), draw()];
        let start = more.way_places.len();
        more.way_places.extend(link);
        more.ways.push(StreetWay {
            source_id: 8_000,
            class: StreetClass::Footway,
            traits: StreetTraits::empty(),
            name: 0,
            places: start..start + 2,
        });
        for barrier in &mut more.barriers {
            if barrier.kind == BarrierKind::Closed && network.dice.once_in(2) {
                barrier.kind = BarrierKind::Narrow;
            }
        }
        let after = StreetGraph::build(&more);
        let walk = |graph: &StreetGraph, ways: [(i64, u32); 2]| {
            let impedance = Impedance::new(graph, &adult());
            let [home, goal] = ways.map(|(source, offset_mm)| {
                // Parts of one way keep their order among themselves by where they lie, not by id.
                let mut own: Vec<EdgeId> = graph.edges().enumerate()
                    .filter(|(_, edge)| edge.source_id == source).map(|(id, _)| id).collect();
                own.sort_by_key(|&id| graph.shape(id).to_vec());
                EdgePosition { edge: own[0], offset_mm: offset_mm.min(graph.edges()[own[0]].length_mm) }
            });
            let seeds = Seeds::new(vec![Seed { position: goal, access: WalkTime::ZERO, owner: 0 }]);
            let ground = Ground::toward(graph, &impedance);
            let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
            field.at(&ground, &seeds, home).map_or(WalkTime::UNREACHABLE, |label| label.0)
        };
        let count = network.ingredients.ways.len() as u32;
        for _ in 0..4 {
            let ways = [(); 2].map(|()| {
                (i64::from(1 + network.dice.below(count)), network.dice.below(400_000))
            });
            prop_assert!(walk(&after, ways) <= walk(&before, ways), "{:?}", ways);
        }
    }

    /// Distances depend on differences of longitude only, so a town is the same over the antimeridian.
    #[test]
    fn the_antimeridian_changes_no_time(seed in random::seeds()) {
        let network = random::network(seed, Mix::Public);
        let mut moved = network.ingredients.clone();
        for place in &mut moved.places {
            let lon = i64::from(place.lon_e7()) - 118_045_000 + 1_800_000_000;
            let lon = if lon > 1_800_000_000 { lon - 3_600_000_000 } else { lon };
            *place = LonLat::from_e7(lon as i32, place.lat_e7()).expect("on earth");
        }
        let lengths = |ingredients: &StreetIngredients| {
            let graph = StreetGraph::build(ingredients);
            let mut lengths: Vec<(i64, i32, u32)> = graph
                .edges()
                .enumerate()
                .map(|(id, edge)| {
                    let at = graph.place_at(id, edge.length_mm / 2);
                    (edge.source_id, at.lat_e7(), edge.length_mm)
                })
                .collect();
            lengths.sort_unstable();
            lengths
        };
        prop_assert_eq!(lengths(&moved), lengths(&network.ingredients));
    }
}

#[test]
fn opening_a_gate_shortens_the_way_to_what_it_was_without_it() {
    let drawing = "
A--G--D
|     |
+-----+
";
    let seconds = |kind| {
        let town = Town::draw(drawing).with_barrier('G', kind).walked_by(&adult());
        town.seconds(town.at('A', 'G', 0), &[town.at('D', 'G', 0)]).unwrap()
    };
    let plain = Town::draw(drawing).walked_by(&adult());
    let without = plain.seconds(plain.at('A', 'G', 0), &[plain.at('D', 'G', 0)]).unwrap();
    assert!(seconds(BarrierKind::Closed) > seconds(BarrierKind::Narrow));
    assert_eq!(seconds(BarrierKind::Narrow), without);
    assert_eq!(seconds(BarrierKind::Gate), without);
}

fn ingredients(places: &[(i32, i32)], ways: &[&[u32]]) -> StreetIngredients {
    let mut made = StreetIngredients { names: vec![String::new()], ..StreetIngredients::default() };
    let on_earth = |&(lon, lat): &(i32, i32)| LonLat::from_e7(lon, lat).expect("on earth");
    made.places = places.iter().map(on_earth).collect();
    for (way, source_id) in ways.iter().zip(1..) {
        let start = made.way_places.len();
        made.way_places.extend_from_slice(way);
        made.ways.push(StreetWay {
            source_id,
            class: StreetClass::Footway,
            traits: StreetTraits::empty(),
            name: 0,
            places: start..made.way_places.len(),
        });
    }
    made
}

/// Runs every kernel on `graph` from the middle of its first edge, if it has one.
fn run_everything(graph: &StreetGraph, profile: &WalkProfile) -> Vec<WalkTime> {
    let impedance = Impedance::new(graph, profile);
    let ground = &Ground::toward(graph, &impedance);
    let seeds = graph.edges().enumerate().take(1).map(|(edge, e)| Seed {
        position: EdgePosition { edge, offset_mm: e.length_mm / 2 },
        access: WalkTime::from_ms(5),
        owner: 3,
    });
    let seeds = Seeds::new(seeds.collect());
    let mut all = Vec::new();
    for bound in [WalkTime::ZERO, WalkTime::LONGEST, WalkTime::UNREACHABLE] {
        let field = NearestField::sweep(ground, &seeds, bound);
        let area = ServiceArea::find(ground, &seeds, &field, bound);
        assert!(area.parts.iter().all(|part| part.from_mm <= part.to_mm));
        KNearestField::sweep(ground, &seeds, 255, bound);
        let columns = Placed::new(graph.edge_count(), 0, Vec::new());
        assert!(
            CostMatrix::within(ground, std::slice::from_ref(&seeds), &columns, bound).is_empty()
        );
        for &start in seeds.all() {
            let from = Ground::from(graph, &impedance);
            let route = Route::find(&from, &Seeds::new(vec![start]), &seeds, bound);
            assert!(route.is_none_or(|route| route.time == WalkTime::from_ms(10)));
        }
        all.extend(graph.places().ids().map(|node| field.time(node)));
    }
    assert!(Islands::find(graph, &impedance, Meters(1_000.0)).pieces.is_empty());
    all
}

#[test]
fn hostile_networks_give_answers_and_no_panic() {
    let build =
        |places: &[(i32, i32)], ways: &[&[u32]]| StreetGraph::build(&ingredients(places, ways));
    for (graph, edges) in [
        (StreetGraph::build(&StreetIngredients::default()), 0),
        (build(&[(0, 0), (5, 5)], &[]), 0),
        (build(&[(0, 0)], &[&[0]]), 0),
        (build(&[(0, 0)], &[&[]]), 0),
        (build(&[(0, 0)], &[&[0, 0]]), 1),
        (build(&[(0, 0), (9_000, 0)], &[&[0, 1, 0]]), 1),
        (build(&[(0, 0), (9_000, 0), (9_000, 9_000)], &[&[0, 1, 2, 0]]), 1),
        (build(&[(0, 0), (0, 0)], &[&[0, 1], &[0, 1], &[1, 0]]), 3),
        (build(&[(0, 900_000_000), (1_800_000_000, 900_000_000)], &[&[0, 1]]), 1),
    ] {
        assert_eq!(graph.edge_count(), edges);
        run_everything(&graph, &adult());
    }
}

#[test]
fn a_street_too_long_for_a_time_is_not_walked() {
    // Half round the earth and back: 40,000 km cannot be kept in millimetres, nor walked in 24 days.
    let places = [(-900_000_000, 0), (0, 0), (900_000_000, 0), (1_790_000_000, 0)];
    let graph = StreetGraph::build(&ingredients(&places, &[&[0, 1, 2, 3], &[0, 1]]));
    let times = run_everything(&graph, &hasty());
    assert!(times.iter().all(|time| !time.is_reachable()), "{times:?}");
    assert!(graph.edges().iter().any(|edge| edge.length_mm == u32::MAX));
}
