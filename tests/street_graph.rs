//! What a graph is made of: nodes, edges, shapes, islands, and where points are snapped to.

use crate::support;

use proptest::prelude::*;
use support::random::{self, Dice, Mix};
use support::town::{Town, spot};
use support::walkers::{adult, stroller};
use walkshed::ids::EdgeId;
use walkshed::spatial::frame::ground_distance;
use walkshed::spatial::{LocalFrame, LonLat, PlanarPoint};
use walkshed::street::{
    BarrierKind, Impedance, Islands, Snapped, Snapper, StreetClass, StreetGraph, StreetIngredients,
    StreetTraits, Walkable,
};
use walkshed::units::Meters;

#[test]
fn nodes_stand_where_ways_meet_and_nowhere_else() {
    // B and the crosses are bends or crossings of drawn ways; every letter and plus ends a way.
    let graph = StreetGraph::build(
        &Town::draw(
            "
A--B--C
   |
   D
",
        )
        .ingredients,
    );
    assert_eq!((graph.node_count(), graph.edge_count()), (4, 3));
    assert!((graph.street_length().0 - 800.0).abs() < 0.1);
}

#[test]
fn a_place_inside_one_way_only_is_no_node() {
    let mut town = Town::draw("A--B--C");
    town.ingredients.ways.truncate(1);
    town.ingredients.ways[0].places = 0..3;
    town.ingredients.way_places = vec![0, 1, 2];
    let graph = StreetGraph::build(&town.ingredients);
    assert_eq!((graph.node_count(), graph.edge_count()), (2, 1));
    assert_eq!(graph.shape(EdgeId(0)).len(), 3);
    // A barrier makes it one, an open gate does not.
    for (kind, nodes, edges) in [(BarrierKind::Gate, 2, 1), (BarrierKind::Closed, 4, 3)] {
        let graph = StreetGraph::build(&town.clone().with_barrier('B', kind).ingredients);
        assert_eq!((graph.node_count(), graph.edge_count()), (nodes, edges), "{kind:?}");
    }
}

/// `ingredients` with its places in another order.
fn shuffled(ingredients: &StreetIngredients, dice: &mut Dice) -> StreetIngredients {
    let count = ingredients.places.len();
    let mut order: Vec<usize> = (0..count).collect();
    for index in (1..count).rev() {
        order.swap(index, dice.below(index as u32 + 1) as usize);
    }
    let mut other = ingredients.clone();
    for (old, &new) in order.iter().enumerate() {
        other.places[new] = ingredients.places[old];
    }
    for place in &mut other.way_places {
        *place = order[*place as usize] as u32;
    }
    for barrier in &mut other.barriers {
        barrier.place = order[barrier.place as usize] as u32;
    }
    other.barriers.sort_by_key(|barrier| barrier.place);
    for crossing in &mut other.crossings {
        crossing.place = order[crossing.place as usize] as u32;
    }
    other.crossings.sort_by_key(|crossing| crossing.place);
    other
}

/// Everything a graph says, as text.
fn told(graph: &StreetGraph) -> String {
    use std::fmt::Write;
    let mut text = format!("{:?}\n", graph.places().as_slice());
    for (id, edge) in graph.edges().enumerate() {
        let twin = graph.find_twin(id);
        writeln!(text, "{edge:?} {:?} {twin:?}", graph.shape(id)).expect("text takes text");
    }
    for node in graph.places().ids() {
        writeln!(text, "{:?}", graph.arcs(node)).expect("text takes text");
    }
    text
}

fn has_twice(places: &[LonLat]) -> bool {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

proptest! {
    #![proptest_config(support::cases(400))]

    #[test]
    fn the_graph_does_not_depend_on_the_order_of_places(seed in random::seeds()) {
        for mix in [Mix::Public, Mix::WithPrivate] {
            let mut network = random::network(seed, mix);
            if has_twice(&network.ingredients.places) {
                continue;
            }
            let other = shuffled(&network.ingredients, &mut network.dice);
            let graph = StreetGraph::build(&network.ingredients);
            prop_assert_eq!(told(&graph), told(&StreetGraph::build(&other)));
        }
    }

    #[test]
    fn every_edge_has_its_arcs_its_shape_and_its_length(seed in random::seeds()) {
        for mix in [Mix::Public, Mix::WithPrivate] {
            let graph = StreetGraph::build(&random::network(seed, mix).ingredients);
            let mut arcs = 0;
            for node in graph.places().ids() {
                for arc in graph.arcs(node) {
                    let edge = graph.edges()[arc.edge()];
                    let (here, there) =
                        if arc.is_forward() { (edge.from, edge.to) } else { (edge.to, edge.from) };
                    prop_assert_eq!((here, there), (node, arc.target));
                    arcs += 1;
                }
            }
            prop_assert_eq!(arcs, 2 * graph.edge_count());
            for (id, edge) in graph.edges().enumerate() {
                let shape = graph.shape(id);
                prop_assert_eq!(shape[0], graph.places()[edge.from]);
                prop_assert_eq!(shape[shape.len() - 1], graph.places()[edge.to]);
                let length: f64 =
                    shape.windows(2).map(|pair| ground_distance(pair[0], pair[1]).0).sum();
                prop_assert_eq!(edge.length_mm, Meters(length).as_mm());
                prop_assert_eq!(graph.place_at(id, 0), shape[0]);
                prop_assert_eq!(graph.place_at(id, edge.length_mm), shape[shape.len() - 1]);
            }
        }
    }

    #[test]
    fn a_stretch_of_a_shape_is_as_long_as_its_offsets_say(seed in random::seeds()) {
        let mut network = random::network(seed, Mix::Public);
        let graph = StreetGraph::build(&network.ingredients);
        for _ in 0..10 {
            let at = random::position(&graph, &mut network.dice);
            let to_mm = network.dice.below(graph.edges()[at.edge].length_mm + 1);
            let line = graph.shape_between(at.edge, at.offset_mm, to_mm);
            prop_assert_eq!(line.first(), Some(&graph.place_at(at.edge, at.offset_mm)));
            prop_assert_eq!(line.last(), Some(&graph.place_at(at.edge, to_mm)));
            let length: f64 = line.windows(2).map(|pair| ground_distance(pair[0], pair[1]).0).sum();
            let expected = f64::from(at.offset_mm.abs_diff(to_mm)) / 1000.0;
            prop_assert!((length - expected).abs() < 0.05, "{} for {}", length, expected);
        }
    }

    #[test]
    fn a_point_is_snapped_to_the_nearest_street_it_may_use(seed in random::seeds()) {
        let mut network = random::network(seed, Mix::Public);
        let graph = StreetGraph::build(&network.ingredients);
        let profile = if network.dice.once_in(2) { adult() } else { stroller() };
        let impedance = Impedance::new(&graph, &profile);
        let islands = Islands::find(&graph, &impedance, Meters(500.0));
        let ground = Walkable { graph: &graph, impedance: &impedance, islands: &islands };
        let snapper = Snapper::new(&graph);
        for _ in 0..6 {
            let (lon, lat) = (network.dice.below(110_000) as i32, network.dice.below(110_000) as i32);
            let place = LonLat::from_e7(117_990_000 + lon, 449_990_000 + lat).expect("on earth");
            let limit = Meters(f64::from(network.dice.below(400)));
            let best = brute_force(&ground, place).filter(|&m| m <= limit.0);
            let snapped = snapper.snap(&ground, place, limit);
            prop_assert_eq!(snapped.is_some(), best.is_some());
            let Some(snapped) = snapped else { continue };
            check_snapped(&ground, place, &snapped)?;
            let expected = best.unwrap_or(f64::NAN) * 1000.0;
            prop_assert!((f64::from(snapped.access_mm) - expected).abs() <= 1.0);
        }
    }
}

/// Metres to the nearest street that takes points, and may be walked.
fn brute_force(ground: &Walkable, place: LonLat) -> Option<f64> {
    let frame = LocalFrame::at(place);
    let takes_points = |id: EdgeId| {
        use StreetClass::{Elevator, Escalator, Ferry, Gate};
        !matches!(ground.graph.edges()[id].class, Elevator | Escalator | Ferry | Gate)
    };
    let ids = ground.graph.edges().ids();
    ids.filter(|&id| takes_points(id) && ground.impedance.is_walkable(id))
        .flat_map(|id| ground.graph.shape(id).windows(2))
        .map(|pair| distance_to(frame.to_planar(pair[0]), frame.to_planar(pair[1])))
        .min_by(f64::total_cmp)
}

/// Distance from the frame's origin to a segment: by thirds, until nothing is left of it.
fn distance_to(mut a: PlanarPoint, mut b: PlanarPoint) -> f64 {
    let between = |a: PlanarPoint, b: PlanarPoint, t: f64| PlanarPoint {
        x: a.x + (b.x - a.x) * t,
        y: a.y + (b.y - a.y) * t,
    };
    let far = |p: PlanarPoint| p.x.hypot(p.y);
    for _ in 0..60 {
        let (near, next) = (between(a, b, 1.0 / 3.0), between(a, b, 2.0 / 3.0));
        if far(near) < far(next) { b = next } else { a = near }
    }
    far(a)
}

fn check_snapped(ground: &Walkable, place: LonLat, s: &Snapped) -> Result<(), TestCaseError> {
    let position = s.position;
    prop_assert!(ground.impedance.is_walkable(position.edge));
    prop_assert_eq!(ground.islands.contains(position.edge), s.on_island);
    let there = ground.graph.place_at(position.edge, position.offset_mm);
    prop_assert!(ground_distance(there, s.place).0 < 0.03, "offset and place agree to 3 cm");
    let access = ground_distance(place, s.place).0;
    prop_assert!((access - f64::from(s.access_mm) / 1000.0).abs() < 0.03);
    Ok(())
}

/// A point `meters` south of the middle of the street A–B.
fn south_of_the_street(meters: f64) -> LonLat {
    spot(2.0, meters / 100.003)
}

#[test]
fn the_snapping_limit_is_inclusive() {
    let town = Town::draw("A---B").walked_by(&adult());
    let islands = Islands::default();
    let ground = Walkable { graph: &town.graph, impedance: &town.impedance, islands: &islands };
    let snapper = Snapper::new(&town.graph);
    let place = south_of_the_street(80.0);
    let exact = brute_force(&ground, place).unwrap();
    assert!((exact - 80.0).abs() < 0.02);
    assert!(snapper.snap(&ground, place, Meters(exact)).is_some());
    assert!(snapper.snap(&ground, place, Meters(exact - 0.001)).is_none());
}

#[test]
fn a_point_goes_past_streets_it_may_not_use() {
    // North to south: the mainland, an island 100 m below, a closed street 200 m below.
    let mut town = Town::draw(
        "
A--------------B

C----D

E----F
",
    );
    town.ingredients.ways[2].traits = StreetTraits::CLOSED;
    let town = town.walked_by(&adult());
    let islands = Islands::find(&town.graph, &town.impedance, Meters(1_000.0));
    assert_eq!(islands.pieces.len(), 1);
    let ground = Walkable { graph: &town.graph, impedance: &town.impedance, islands: &islands };
    let snapper = Snapper::new(&town.graph);
    let place = spot(2.0, 3.9);
    let snap = |limit| snapper.snap(&ground, place, Meters(limit));
    let island = snap(300.0).unwrap();
    assert_eq!((island.position.edge, island.on_island), (town.street('C', 'D'), true));
    assert_eq!(snap(100.0), None, "the closed street 10 m away takes no one");
}

#[test]
fn an_island_is_short_and_cut_off_and_never_the_longest_piece() {
    let town = Town::draw(
        "
A-----B   C--D

E-------F
",
    );
    let islands = |town: &support::town::Walked, limit| {
        let found = Islands::find(&town.graph, &town.impedance, Meters(limit));
        let mut of = Vec::new();
        for (a, b) in [('A', 'B'), ('C', 'D'), ('E', 'F')] {
            of.push(found.contains(town.street(a, b)));
        }
        of
    };
    let apart = town.walked_by(&adult());
    assert_eq!(islands(&apart, 1_000.0), [true, true, false], "the longest is no island");
    assert_eq!(islands(&apart, 500.0), [false, true, false]);
    assert_eq!(islands(&apart, 0.0), [false; 3]);
    let joined = town.with_street('A', 'E', StreetTraits::NARROW);
    assert_eq!(islands(&joined.walked_by(&adult()), 1_000.0), [false, true, false]);
    assert_eq!(islands(&joined.walked_by(&stroller()), 1_000.0), [true, true, false]);
}

#[test]
fn private_ground_with_two_sides_is_counted_once() {
    let town = Town::draw(
        "
A--B=====E--F   G------H
|           |
+-----------+
",
    )
    .walked_by(&adult());
    assert!(town.graph.find_twin(town.street('B', 'E')).is_some());
    assert!((town.graph.street_length().0 - (1_200.0 + 1_600.0 + 700.0)).abs() < 0.2);
    let islands = Islands::find(&town.graph, &town.impedance, Meters(1_000.0));
    let lengths: Vec<u64> = islands.pieces.iter().map(|&(_, mm)| mm).collect();
    assert!(matches!(lengths.as_slice(), [mm] if mm.abs_diff(700_000) < 100));
}

#[test]
fn points_are_snapped_over_the_antimeridian() {
    let at = |lon: f64, lat: f64| LonLat::new(lon, lat).unwrap();
    let mut town = Town::draw("A--B");
    town.ingredients.places = vec![at(179.999_5, -16.5), at(-179.999_5, -16.5)];
    let graph = StreetGraph::build(&town.ingredients);
    let impedance = Impedance::new(&graph, &adult());
    let islands = Islands::default();
    let ground = Walkable { graph: &graph, impedance: &impedance, islands: &islands };
    let snapper = Snapper::new(&graph);
    for lon in [179.999_8, -179.999_8, 180.0, -180.0, 179.999_2] {
        let found = snapper.snap(&ground, at(lon, -16.499_9), Meters(50.0)).unwrap();
        check_snapped(&ground, at(lon, -16.499_9), &found).unwrap();
    }
}
