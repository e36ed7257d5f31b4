//! Every routing kernel against slow oracles on random networks, to the millisecond.

use crate::support;

use petgraph::algo::dijkstra;
use petgraph::visit::EdgeRef;
use proptest::prelude::*;
use support::city::GridCity;
use support::oracle::{Oracle, nearest, ranked};
use support::random::{self, Scene};
use support::walkers::adult;
use walkshed::ids::EdgeId;
use walkshed::reach::{
    CostMatrix, Direction, Ground, KNearestField, NearestField, Placed, Route, Seed, Seeds,
    ServiceArea,
};
use walkshed::street::{EdgePosition, Impedance, StreetGraph, WalkView};
use walkshed::units::WalkTime;

const DIRECTIONS: [Direction; 2] = [Direction::Toward, Direction::From];

fn ms((time, owner): (WalkTime, u32)) -> (u64, u32) {
    (u64::from(time.as_ms()), owner)
}

fn ground(scene: &Scene, direction: Direction) -> Ground<'_> {
    Ground { graph: &scene.graph, impedance: &scene.impedance, direction }
}

/// The oracle's time between a seed and a position, without the seed's access leg.
fn walk(oracle: &Oracle, direction: Direction, seed: &Seed, at: EdgePosition) -> Option<u64> {
    match direction {
        Direction::Toward => oracle.walk(at, seed.position),
        Direction::From => oracle.walk(seed.position, at),
    }
}

#[test]
fn times_in_a_city_of_blocks_follow_from_arithmetic() {
    let city = GridCity::new(12, 9);
    let graph = StreetGraph::build(&city.ingredients);
    assert_eq!((graph.node_count(), graph.edge_count()), (12 * 9, 11 * 9 + 12 * 8));
    let impedance = Impedance::new(&graph, &adult());
    let edge_between = |a: (i32, i32), b: (i32, i32)| {
        let (a, b) = (GridCity::node(&graph, a.0, a.1), GridCity::node(&graph, b.0, b.1));
        graph.arcs(a).iter().find(|arc| arc.target == b).expect("neighbors").edge()
    };
    let (wide, high) = (edge_between((0, 0), (1, 0)), edge_between((0, 0), (0, 1)));
    let (wide_ms, high_ms) = (impedance.forward(wide).as_ms(), impedance.forward(high).as_ms());
    assert!(wide_ms.abs_diff(90_000) < 20 && high_ms.abs_diff(110_000) < 20);
    let edge = edge_between((4, 3), (5, 3));
    let offset_mm =
        if graph.edges()[edge].from == GridCity::node(&graph, 4, 3) { 0 } else { wide_ms };
    let position = EdgePosition { edge, offset_mm };
    let seeds = Seeds::new(vec![Seed { position, access: WalkTime::ZERO, owner: 0 }]);
    let ground = Ground::toward(&graph, &impedance);
    let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
    for column in 0..city.columns {
        for row in 0..city.rows {
            let expected = column.abs_diff(4) * wide_ms + row.abs_diff(3) * high_ms;
            let time = field.time(GridCity::node(&graph, column, row));
            assert_eq!(time, WalkTime::from_ms(expected), "crossing {column},{row}");
        }
    }
}

#[test]
fn a_cost_matrix_is_the_same_for_any_number_of_threads() {
    let Scene { graph, impedance, mut dice, .. } = random::scene(11);
    let ground = Ground::toward(&graph, &impedance);
    let rows: Vec<Seeds> =
        (0..200).map(|_| Seeds::new(vec![random::start(&graph, &mut dice)])).collect();
    let items = (0..300).map(|point| (random::position(&graph, &mut dice), WalkTime::ZERO, point));
    let columns = Placed::new(graph.edge_count(), 300, items.collect());
    let with_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| CostMatrix::within(&ground, &rows, &columns, WalkTime::from_ms(600_000)))
    };
    let alone = with_threads(1);
    assert!(!alone.is_empty());
    for threads in [2, 3, 8] {
        assert_eq!(with_threads(threads), alone);
    }
}

proptest! {
    #![proptest_config(support::cases(600))]

    #[test]
    fn the_nearest_sweep_equals_the_oracle_at_nodes_and_mid_edge(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let oracle = Oracle::new(&scene.graph, &scene.impedance);
        let bound = if scene.dice.once_in(2) { u32::MAX / 2 } else { scene.dice.below(900_000) };
        let mut dice = scene.dice.clone();
        let keep = |label: Option<(u64, u32)>| label.filter(|&(t, _)| t <= u64::from(bound));
        for direction in DIRECTIONS {
            let ground = ground(&scene, direction);
            let field = NearestField::sweep(&ground, &scene.seeds, WalkTime::from_ms(bound));
            for node in scene.graph.places().ids() {
                let expected = nearest(&scene.seeds, |seed| match direction {
                    Direction::Toward => oracle.walk_from_node(node, seed.position),
                    Direction::From => oracle.walk_to_node(seed.position, node),
                });
                prop_assert_eq!(field.label(node).map(ms), keep(expected), "{:?}", node);
            }
            for _ in 0..12 {
                let at = random::position(&scene.graph, &mut dice);
                let expected = nearest(&scene.seeds, |seed| walk(&oracle, direction, seed, at));
                let found = field.at(&ground, &scene.seeds, at).map(ms);
                prop_assert_eq!(found, keep(expected), "{:?}", at);
            }
        }
    }

    #[test]
    fn the_k_nearest_equal_the_sorted_single_searches(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let oracle = Oracle::new(&scene.graph, &scene.impedance);
        let k = 1 + scene.dice.below(4) as usize;
        let bound = if scene.dice.once_in(2) { u32::MAX / 2 } else { scene.dice.below(900_000) };
        let mut dice = scene.dice.clone();
        for direction in DIRECTIONS {
            let ground = ground(&scene, direction);
            let bound_time = WalkTime::from_ms(bound);
            let field = KNearestField::sweep(&ground, &scene.seeds, k as u8, bound_time);
            let keep = |mut labels: Vec<(u64, u32)>| {
                labels.retain(|&(time, _)| time <= u64::from(bound));
                labels.truncate(k);
                labels
            };
            for node in scene.graph.places().ids() {
                let expected = ranked(&scene.seeds, |seed| match direction {
                    Direction::Toward => oracle.walk_from_node(node, seed.position),
                    Direction::From => oracle.walk_to_node(seed.position, node),
                });
                let found: Vec<(u64, u32)> = field.of(node).iter().copied().map(ms).collect();
                prop_assert_eq!(found, keep(expected));
            }
            for _ in 0..8 {
                let at = random::position(&scene.graph, &mut dice);
                let expected = ranked(&scene.seeds, |seed| walk(&oracle, direction, seed, at));
                let found: Vec<(u64, u32)> =
                    field.at(&ground, &scene.seeds, at).into_iter().map(ms).collect();
                prop_assert_eq!(found, keep(expected));
            }
        }
    }

    #[test]
    fn the_cost_matrix_equals_the_oracle_with_an_inclusive_cutoff(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let oracle = Oracle::new(&scene.graph, &scene.impedance);
        let mut dice = scene.dice.clone();
        let points = 6;
        let items: Vec<(EdgePosition, WalkTime, u32)> = (0..10)
            .map(|_| {
                let access = WalkTime::from_ms(dice.below(60_000));
                (random::position(&scene.graph, &mut dice), access, dice.below(points))
            })
            .collect();
        let rows: Vec<Seeds> = (0..3)
            .map(|_| {
                let count = dice.below(3);
                Seeds::new((0..count).map(|_| random::start(&scene.graph, &mut dice)).collect())
            })
            .collect();
        let columns = Placed::new(scene.graph.edge_count(), points as usize, items.clone());
        let time = |direction, row: &Seeds, point: u32| {
            let own = items.iter().filter(|item| item.2 == point);
            own.filter_map(|&(at, access, _)| {
                let found = nearest(row, |seed| walk(&oracle, direction, seed, at))?;
                Some(found.0 + u64::from(access.as_ms()))
            })
            .min()
        };
        for direction in DIRECTIONS {
            // The cutoff is one of the times itself, and then one millisecond less.
            let times: Vec<u64> = rows.iter()
                .flat_map(|row| (0..points).filter_map(move |point| time(direction, row, point)))
                .collect();
            if times.is_empty() {
                continue;
            }
            let exact = times[scene.dice.below(times.len() as u32) as usize];
            for cutoff in [exact, exact.saturating_sub(1)] {
                let cutoff_time = WalkTime::from_ms(cutoff as u32);
                let ground = ground(&scene, direction);
                let matrix = CostMatrix::within(&ground, &rows, &columns, cutoff_time);
                for (index, row) in rows.iter().enumerate() {
                    let expected: Vec<(u32, u64)> = (0..points)
                        .filter_map(|point| Some((point, time(direction, row, point)?)))
                        .filter(|&(_, time)| time <= cutoff)
                        .collect();
                    let found: Vec<(u32, u64)> = matrix.row(index).iter()
                        .map(|&(point, time)| (point, u64::from(time.as_ms()))).collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }

    #[test]
    fn a_route_can_be_walked_and_takes_the_time_of_the_sweep(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let toward = Ground::toward(&scene.graph, &scene.impedance);
        let from = Ground::from(&scene.graph, &scene.impedance);
        let field = NearestField::sweep(&toward, &scene.seeds, WalkTime::LONGEST);
        for _ in 0..8 {
            let start = Seed { owner: 0, ..random::start(&scene.graph, &mut scene.dice) };
            let route = Route::find(&from, &Seeds::new(vec![start]), &scene.seeds, WalkTime::LONGEST);
            let label = field.at(&toward, &scene.seeds, start.position);
            let expected = label.map(|(time, _)| time.plus(start.access));
            prop_assert_eq!(route.as_ref().map(|route| route.time), expected);
            let Some(route) = route else { continue };
            check_route(&scene, start, &route)?;
            // The bound is inclusive: the route's own time lets it through, a millisecond less does not.
            let find = |bound| Route::find(&from, &Seeds::new(vec![start]), &scene.seeds, bound).map(|r| r.time);
            prop_assert_eq!(find(route.time), Some(route.time));
            if let Some(less) = route.time.as_ms().checked_sub(1) {
                prop_assert_eq!(find(WalkTime::from_ms(less)), None);
            }
        }
    }

    #[test]
    fn petgraph_on_the_view_gives_the_times_of_the_oracle(seed in random::seeds()) {
        let scene = random::scene(seed);
        let oracle = Oracle::new(&scene.graph, &scene.impedance);
        let view = WalkView::new(&scene.graph, &scene.impedance);
        for node in scene.graph.places().ids() {
            let times = dijkstra(view, node, None, |arc| u64::from(*arc.weight()));
            for other in scene.graph.places().ids() {
                prop_assert_eq!(times.get(&other).copied(), oracle.between(node, other));
            }
        }
    }

    #[test]
    fn the_service_area_is_exactly_the_positions_within_the_cutoff(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let cutoff = WalkTime::from_ms(scene.dice.below(900_000));
        for direction in DIRECTIONS {
            let ground = ground(&scene, direction);
            let sweep = |bound| NearestField::sweep(&ground, &scene.seeds, bound);
            let area = ServiceArea::find(&ground, &scene.seeds, &sweep(cutoff), cutoff);
            let farther = ServiceArea::find(&ground, &scene.seeds, &sweep(WalkTime::LONGEST), cutoff);
            prop_assert_eq!(&area, &farther, "a field swept farther gives the same parts");
            let oracle = Oracle::new(&scene.graph, &scene.impedance);
            let is_reached = |at: EdgePosition| {
                nearest(&scene.seeds, |seed| walk(&oracle, direction, seed, at))
                    .is_some_and(|(time, _)| time <= u64::from(cutoff.as_ms()))
            };
            let mut dice = scene.dice.clone();
            check_service_area(&scene, &area, &mut dice, is_reached)?;
        }
    }

    #[test]
    fn under_the_metre_yardstick_milliseconds_are_millimetres_of_the_path(seed in random::seeds()) {
        let mut scene = random::scene(seed);
        let impedance = Impedance::new(&scene.graph, &scene.profile.metre_yardstick());
        let ground = Ground::from(&scene.graph, &impedance);
        for _ in 0..8 {
            let start = Seed { access: WalkTime::ZERO, ..random::start(&scene.graph, &mut scene.dice) };
            if let Some(route) = Route::find(&ground, &Seeds::new(vec![start]), &scene.seeds, WalkTime::LONGEST) {
                let street_ms = route.time.as_ms() - route.end_access.as_ms();
                prop_assert_eq!(u64::from(street_ms), route.street_mm());
            }
        }
        prop_assert_eq!(impedance.access(12_345), WalkTime::from_ms(12_345));
    }
}

/// The legs add up, follow one another, and each takes what the impedance says.
fn check_route(scene: &Scene, start: Seed, route: &Route) -> Result<(), TestCaseError> {
    let edges = scene.graph.edges();
    let legs: u64 = route.legs.iter().map(|leg| u64::from(leg.time.as_ms())).sum();
    let access = u64::from(route.start_access.as_ms()) + u64::from(route.end_access.as_ms());
    prop_assert_eq!(legs + access, u64::from(route.time.as_ms()));
    prop_assert!(scene.seeds.all().contains(&route.end));
    let place = |edge: EdgeId, offset_mm: u32| -> Vec<Result<u32, EdgePosition>> {
        // A node where the offset is an end, else the position itself.
        let mut here = vec![Err(EdgePosition { edge, offset_mm })];
        here.extend((offset_mm == 0).then_some(Ok(edges[edge].from.0)));
        here.extend((offset_mm == edges[edge].length_mm).then_some(Ok(edges[edge].to.0)));
        here
    };
    let mut at = place(start.position.edge, start.position.offset_mm);
    for leg in &route.legs {
        let begin = place(leg.edge, leg.from_mm);
        // Barrier passages take no time and are left out of the legs: two nodes at one place are one.
        let touches = at.iter().any(|a| {
            begin.iter().any(|b| match (a, b) {
                (Ok(a), Ok(b)) => same_place(scene, *a, *b),
                (a, b) => a == b,
            })
        });
        prop_assert!(touches, "{:?} does not begin where the leg before it ends", leg);
        let length = edges[leg.edge].length_mm;
        let forward = leg.to_mm >= leg.from_mm;
        let (there, back) = (scene.impedance.forward(leg.edge), scene.impedance.backward(leg.edge));
        let rounded = |whole: WalkTime| {
            let whole = whole.reached().map(|time| u64::from(time.as_ms()));
            let part = leg.from_mm.abs_diff(leg.to_mm);
            if length == 0 { whole } else { support::oracle::rounded_part(whole, part, length) }
        };
        let expected = if forward { rounded(there) } else { rounded(back) };
        let other = if length == 0 { rounded(back) } else { expected };
        let time = Some(u64::from(leg.time.as_ms()));
        prop_assert!(time == expected || time == other, "{:?} should take {:?}", leg, expected);
        at = place(leg.edge, leg.to_mm);
    }
    let end = place(route.end.position.edge, route.end.position.offset_mm);
    let arrives = at.iter().any(|a| {
        end.iter().any(|b| match (a, b) {
            (Ok(a), Ok(b)) => same_place(scene, *a, *b),
            (a, b) => a == b,
        })
    });
    prop_assert!(arrives, "the route ends elsewhere");
    Ok(())
}

fn same_place(scene: &Scene, a: u32, b: u32) -> bool {
    let places = scene.graph.places().as_slice();
    places[a as usize] == places[b as usize]
}

/// Parts are sorted, apart, begin and end where the times say so, and random positions agree.
fn check_service_area(
    scene: &Scene,
    area: &ServiceArea,
    dice: &mut random::Dice,
    is_reached: impl Fn(EdgePosition) -> bool,
) -> Result<(), TestCaseError> {
    for pair in area.parts.windows(2) {
        let apart = pair[0].edge < pair[1].edge || pair[0].to_mm + 1 < pair[1].from_mm;
        prop_assert!(apart, "{:?} and {:?} touch", pair[0], pair[1]);
    }
    for part in &area.parts {
        let edge = part.edge;
        let length = scene.graph.edges()[edge].length_mm;
        prop_assert!(part.from_mm <= part.to_mm && part.to_mm <= length);
        for offset_mm in [part.from_mm, part.to_mm, u32::midpoint(part.from_mm, part.to_mm)] {
            prop_assert!(is_reached(EdgePosition { edge, offset_mm }), "{:?} {}", part, offset_mm);
        }
        let before = part.from_mm.checked_sub(1);
        let after = (part.to_mm < length).then_some(part.to_mm + 1);
        for offset_mm in before.into_iter().chain(after) {
            prop_assert!(!is_reached(EdgePosition { edge, offset_mm }), "{:?} {}", part, offset_mm);
        }
    }
    for _ in 0..20 {
        let at = random::position(&scene.graph, dice);
        let covered = area.parts.iter().any(|part| {
            part.edge == at.edge && (part.from_mm..=part.to_mm).contains(&at.offset_mm)
        });
        prop_assert_eq!(covered, is_reached(at), "{:?}", at);
    }
    Ok(())
}
