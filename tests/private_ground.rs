//! Gates, barriers and private ground: one may leave it or arrive in it, never pass through.

use crate::support;

use std::collections::BTreeMap;

use petgraph::algo::dijkstra;
use proptest::prelude::*;
use support::random::{self, Mix};
use support::town::{Town, Walked, snapped};
use support::walkers::{adult, stroller};
use walkshed::ids::EdgeId;
use walkshed::reach::{
    CostMatrix, Ground, KNearestField, NearestField, Placed, Seed, Seeds, ServiceArea,
};
use walkshed::street::{
    BarrierKind, EdgePosition, Impedance, StreetClass, StreetGraph, StreetTraits, WalkView,
};
use walkshed::units::WalkTime;

/// A main street with a way round: A to D is 600 m by G, 200 + 600 + 200 m by the way round.
const TWO_WAYS: &str = "
A--G--D
|     |
+-----+
";

#[test]
fn a_closed_gate_cuts_the_street() {
    // From 100 m past A straight through G to D it is 500 m; with G shut, 100 m back to A and 1,000 m round.
    for (kind, seconds) in [
        (BarrierKind::Gate, 500),
        (BarrierKind::Narrow, 500),
        (BarrierKind::Conditional, 500),
        (BarrierKind::Closed, 1_100),
    ] {
        let town = Town::draw(TWO_WAYS).with_barrier('G', kind).walked_by(&adult());
        assert_eq!(town.seconds(town.at('A', 'G', 100), &[town.at('D', 'G', 0)]), Some(seconds));
    }
}

#[test]
fn a_closed_gate_on_the_only_way_leaves_nothing_behind_it_in_reach() {
    let town = Town::draw("A--G--D").with_barrier('G', BarrierKind::Closed).walked_by(&adult());
    assert_eq!(town.seconds(town.at('A', 'G', 0), &[town.at('D', 'G', 0)]), None);
    // Both sides of the gate can still be walked up to.
    assert_eq!(town.seconds(town.at('A', 'G', 0), &[town.at('A', 'G', 300)]), Some(300));
    assert_eq!(town.seconds(town.at('D', 'G', 0), &[town.at('D', 'G', 300)]), Some(300));
}

#[test]
fn a_closed_gate_at_a_crossing_parts_all_its_arms() {
    let town = Town::draw(
        "
  N
  |
W-G-E
  |
  S
",
    )
    .with_barrier('G', BarrierKind::Closed)
    .walked_by(&adult());
    for (a, b) in [('N', 'S'), ('N', 'E'), ('W', 'E'), ('S', 'W')] {
        assert_eq!(town.seconds(town.at(a, 'G', 0), &[town.at(b, 'G', 0)]), None, "{a} to {b}");
    }
}

/// A street W–E, drawn as one way over J, and a lane N–J that ends on it.
fn side_lane(kind: BarrierKind, traits: StreetTraits, lane: StreetClass) -> Walked {
    let mut town = Town::draw("W  J  E\n\n   N");
    let [west, junction, east, north] = ['W', 'J', 'E', 'N'].map(|letter| town.index(letter));
    town.push_way(&[west, junction, east], StreetClass::Residential, StreetTraits::empty());
    town.push_way(&[north, junction], lane, StreetTraits::empty());
    town.with_barrier('J', kind).with_wheels('J', traits).walked_by(&stroller())
}

#[test]
fn a_gate_on_a_junction_stands_in_the_lane_and_the_street_goes_on() {
    // 600 m of street at 0.83 m/s; the lane is shut off.
    for kind in [BarrierKind::Closed, BarrierKind::Narrow] {
        let town = side_lane(kind, StreetTraits::empty(), StreetClass::Service);
        let (west, east) = (town.at('W', 'J', 0), town.at('E', 'J', 0));
        assert_eq!(town.seconds(west, &[east]), Some(723), "{kind:?}");
        assert_eq!(town.seconds(town.at('N', 'J', 0), &[east]), None, "{kind:?}");
    }
}

#[test]
fn a_kerb_on_a_crossing_is_met_across_the_road_and_not_along_it() {
    let curb = StreetTraits::NARROW;
    let town = side_lane(BarrierKind::Gate, curb, StreetClass::Footway);
    let (west, east) = (town.at('W', 'J', 0), town.at('E', 'J', 0));
    assert_eq!(town.seconds(west, &[east]), Some(723));
    assert_eq!(town.seconds(town.at('N', 'J', 0), &[east]), None);
}

#[test]
fn a_narrow_gate_stops_a_stroller_and_not_an_adult() {
    let town = Town::draw(TWO_WAYS).with_barrier('G', BarrierKind::Narrow);
    let on_foot = town.walked_by(&adult());
    let with_wheels = town.walked_by(&stroller());
    let ask = |w: &Walked| w.seconds(w.at('A', 'G', 0), &[w.at('D', 'G', 0)]);
    assert_eq!(ask(&on_foot), Some(600));
    // 200 + 600 + 200 m at 0.83 m/s.
    assert_eq!(ask(&with_wheels), Some(1_205));
}

#[test]
fn a_private_street_with_one_exit_is_walked_like_any_other() {
    let town = Town::draw(
        "
A--B--C
   !
   P
",
    )
    .walked_by(&adult());
    assert_eq!(town.seconds(town.at('P', 'B', 0), &[town.at('C', 'B', 0)]), Some(500));
    assert_eq!(town.seconds(town.at('C', 'B', 0), &[town.at('P', 'B', 0)]), Some(500));
    assert_eq!(town.graph.edge_count(), 3, "one way out needs no second side");
}

/// A private estate B–P–Q–E between two public streets. A is at column 0, F at column 16: through the estate
/// it would be 1,600 m, the public way round is 200 + 1,600 + 200 m.
const ESTATE: &str = "
A--B==P===Q==E--F
|               |
+---------------+
";

fn estate() -> Walked {
    Town::draw(ESTATE).walked_by(&adult())
}

#[test]
fn nobody_passes_through_an_estate_with_two_gates() {
    let town = estate();
    assert_eq!(town.seconds(town.at('A', 'B', 0), &[town.at('F', 'E', 0)]), Some(2_000));
    // From gate to gate it is the public way too: 300 back to A, 2,000 round, 300 on from F.
    assert_eq!(town.seconds(town.at('B', 'A', 0), &[town.at('E', 'F', 0)]), Some(2_600));
}

#[test]
fn homes_inside_leave_by_either_gate() {
    // A home 100 m east of P is 400 m from B and 600 m from E.
    let town = estate();
    let home = town.at('P', 'Q', 100);
    assert_eq!(town.seconds(home, &[town.at('B', 'A', 0)]), Some(400));
    assert_eq!(town.seconds(home, &[town.at('E', 'F', 0)]), Some(600));
    assert_eq!(town.seconds(home, &[town.at('F', 'E', 0)]), Some(900));
}

#[test]
fn visitors_arrive_at_a_facility_inside_by_either_gate() {
    let town = estate();
    let clinic = [town.at('P', 'Q', 100)];
    assert_eq!(town.seconds(town.at('A', 'B', 0), &clinic), Some(700));
    assert_eq!(town.seconds(town.at('F', 'E', 0), &clinic), Some(900));
}

#[test]
fn neighbors_inside_reach_it_without_leaving() {
    let town = estate();
    let clinic = [town.at('P', 'Q', 100)];
    assert_eq!(town.seconds(town.at('B', 'P', 200), &clinic), Some(200));
    assert_eq!(town.seconds(town.at('Q', 'E', 100), &clinic), Some(400));
    assert_eq!(town.seconds(town.at('P', 'Q', 350), &clinic), Some(250), "on the same street");
    assert_eq!(town.seconds(town.at('P', 'Q', 100), &clinic), Some(0), "next door");
}

#[test]
fn one_estate_is_left_and_another_entered_in_one_walk() {
    // From P out at B (200 m), along the public street to C (300 m), in to R (200 m).
    let town = Town::draw(
        "
+==P==B--C==R==+
|     |  |     |
+-----+--+-----+
",
    )
    .walked_by(&adult());
    let (p, r) = (town.at('P', 'B', 100), town.at('R', 'C', 100));
    assert_eq!(town.seconds(p, &[r]), Some(200 + 300 + 200));
}

/// Public streets M–N–O–R behind two private gates G and H.
const COMPOUND: &str = "
A--G--M---N--H--F
|     |   |     |
|     O---R     |
|               |
+---------------+
";

#[test]
fn an_estate_longer_inside_than_the_streets_around_it_is_private_all_the_same() {
    // A lane of 2,400 m to the south makes the inside 3,000 m long, the streets around it 2,600 m.
    let lane = "      |\n".repeat(23);
    let drawing = format!("+-------------+\n|             |\nA--G--M--H----F\n{lane}      X\n");
    let town = Town::draw(&drawing)
        .with_barrier('G', BarrierKind::Private)
        .with_barrier('H', BarrierKind::Private)
        .walked_by(&adult());
    // Round by the north: 200 + 1,400 + 200 m; through it would be 1,400 m.
    let (west, east) = (town.at('A', 'G', 0), town.at('F', 'H', 0));
    assert_eq!(town.seconds(west, &[east]), Some(1_800));
    // Who lives inside goes out by the own gate.
    assert_eq!(town.seconds(town.at('M', 'X', 0), &[east]), Some(800));
    assert_eq!(town.seconds(town.at('M', 'X', 100), &[west]), Some(700));
}

#[test]
fn public_streets_behind_private_gates_behave_as_private() {
    let town = Town::draw(COMPOUND)
        .with_barrier('G', BarrierKind::Private)
        .with_barrier('H', BarrierKind::Private)
        .walked_by(&adult());
    // Through the compound it would be 1,600 m; round it is 400 + 1,600 + 400 = 2,400 m.
    assert_eq!(town.seconds(town.at('A', 'G', 0), &[town.at('F', 'H', 0)]), Some(2_400));
    // Who lives inside leaves by either gate, whoever visits comes in by either.
    let inside = town.at('M', 'N', 200);
    assert_eq!(town.seconds(inside, &[town.at('A', 'G', 0)]), Some(800));
    assert_eq!(town.seconds(inside, &[town.at('F', 'H', 0)]), Some(800));
    assert_eq!(town.seconds(town.at('A', 'G', 0), &[inside]), Some(800));
    assert_eq!(town.seconds(town.at('F', 'H', 0), &[inside]), Some(800));
    assert_eq!(town.seconds(town.at('O', 'R', 0), &[inside]), Some(400), "neighbors");
    // Open gates make it a part of the town.
    let open = Town::draw(COMPOUND)
        .with_barrier('G', BarrierKind::Private)
        .with_barrier('H', BarrierKind::Gate)
        .walked_by(&adult());
    assert_eq!(open.seconds(open.at('F', 'H', 0), &[open.at('M', 'N', 200)]), Some(800));
}

#[test]
fn steps_out_of_an_estate_serve_only_those_who_climb_them() {
    let town = Town::draw(
        "
A--B===P~~E--F
|            |
+------------+
",
    );
    // Public steps: the estate has one private street and two ways out, one of them by steps.
    let on_foot = town.walked_by(&adult());
    assert_eq!(on_foot.seconds(on_foot.at('P', 'B', 0), &[on_foot.at('E', 'F', 0)]), Some(600));
    let with_wheels = town.walked_by(&stroller());
    let meters = 400 + 300 + 200 + 1_300 + 200 + 300;
    let seconds = with_wheels.seconds(with_wheels.at('P', 'B', 0), &[with_wheels.at('E', 'F', 0)]);
    assert_eq!(seconds, Some((f64::from(meters) / 0.83).round() as u32));
}

#[test]
fn homes_and_streets_inside_are_reached_from_outside() {
    // Counted outward from A: the home in the estate is 700 m away, 100 m east of P. Within 700 s come
    // A-B, 400 m of the estate, the 200 m down from A and 500 m of the way round.
    let town = estate();
    let ground = Ground::from(&town.graph, &town.impedance);
    let position = town.at('A', 'B', 0);
    let seeds = Seeds::new(vec![Seed { position, access: WalkTime::ZERO, owner: 0 }]);
    let cutoff = WalkTime::from_ms(700_000);
    let field = NearestField::sweep(&ground, &seeds, cutoff);
    let (time, _) = field.at(&ground, &seeds, town.at('P', 'Q', 99)).unwrap();
    assert!(time.as_ms().abs_diff(699_000) < 100);
    let streets = ServiceArea::find(&ground, &seeds, &field, cutoff).length(&town.graph);
    assert!((streets.0 - (300.0 + 400.0 + 200.0 + 500.0)).abs() < 0.1, "{streets:?}");
}

/// Time from a position to the nearest seed by petgraph's own search on the walking graph, which knows
/// nothing of private ground.
fn by_petgraph(
    graph: &StreetGraph,
    imp: &Impedance,
    home: EdgePosition,
    seeds: &Seeds,
) -> Option<u32> {
    let ground = &Ground::from(graph, imp);
    let ends = graph.edges()[home.edge];
    let (to_from, to_to) = ground.out_of(home);
    let mut best: Option<u32> = None;
    let mut offer = |time: WalkTime| {
        best = best.into_iter().chain(time.reached().map(WalkTime::as_ms)).min();
    };
    for (node, out) in [(ends.from, to_from), (ends.to, to_to)] {
        let times = dijkstra(WalkView::new(graph, imp), node, None, |arc| {
            *petgraph::visit::EdgeRef::weight(&arc)
        });
        for seed in seeds.all() {
            let edge = graph.edges()[seed.position.edge];
            let (beginning, end) = ground.into(seed.position);
            for (goal, into) in [(edge.from, beginning), (edge.to, end)] {
                if let Some(&time) = times.get(&goal) {
                    offer(out.plus(WalkTime::from_ms(time)).plus(into).plus(seed.access));
                }
            }
        }
    }
    for seed in seeds.on(home.edge) {
        offer(ground.along(home.edge, home.offset_mm, seed.position.offset_mm).plus(seed.access));
    }
    best
}

#[test]
fn the_drawn_estates_give_the_same_times_to_a_tool_without_the_rule() {
    let town = estate();
    let homes = [('A', 'B', 0), ('B', 'P', 120), ('P', 'Q', 330), ('Q', 'E', 10), ('F', 'E', 70)];
    let positions: Vec<EdgePosition> = homes.iter().map(|&(a, b, m)| town.at(a, b, m)).collect();
    for &home in &positions {
        for &goal in &positions {
            let by_tool = by_petgraph(&town.graph, &town.impedance, home, &town.seeds(&[goal]));
            let seconds = by_tool.map(|ms| (f64::from(ms) / 1000.0).round() as u32);
            assert_eq!(seconds, town.seconds(home, &[goal]));
        }
    }
}

/// Counted from the home, every kernel finds the goal at the same time, although the goal is named by the
/// side that homes lie on.
fn check_outward(
    graph: &StreetGraph,
    impedance: &Impedance,
    [home, goal]: [EdgePosition; 2],
    expected: Option<u64>,
) -> Result<(), TestCaseError> {
    let ground = Ground::from(graph, impedance);
    let seed = Seed { position: home, access: WalkTime::ZERO, owner: 0 };
    let seeds = Seeds::new(vec![seed]);
    let ms = |(time, _): (WalkTime, u32)| u64::from(time.as_ms());
    let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
    prop_assert_eq!(field.at(&ground, &seeds, goal).map(ms), expected);
    let field = KNearestField::sweep(&ground, &seeds, 2, WalkTime::LONGEST);
    prop_assert_eq!(field.at(&ground, &seeds, goal).into_iter().map(ms).next(), expected);
    let columns = Placed::new(graph.edge_count(), 1, vec![(goal, WalkTime::ZERO, 0)]);
    let matrix = CostMatrix::within(&ground, &[seeds], &columns, WalkTime::LONGEST);
    let found = matrix.row(0).first().map(|&(_, time)| u64::from(time.as_ms()));
    prop_assert_eq!(found, expected);
    Ok(())
}

proptest! {
    #![proptest_config(support::cases(1_500))]

    /// Random private streets and gates: the fastest walk is the fastest one of the form
    /// `private* public* private*`, and petgraph finds it on the plain graph.
    #[test]
    fn a_walk_never_passes_through_private_ground(seed in random::seeds()) {
        let mut network = random::network(seed, Mix::WithPrivate);
        let Some(oracle) = support::private_oracle::PrivateOracle::new(&network.ingredients) else {
            return Err(TestCaseError::reject("two equally long public pieces"));
        };
        let graph = StreetGraph::build(&network.ingredients);
        let impedance = Impedance::new(&graph, &adult());
        let by_source: BTreeMap<i64, EdgeId> = graph
            .edges()
            .enumerate()
            .filter(|&(id, _)| !graph.is_entering_side(id))
            .map(|(id, edge)| (edge.source_id, id))
            .collect();
        let streets: Vec<EdgeId> = oracle.graph.edges().enumerate()
            .filter(|(_, edge)| (1..9_000).contains(&edge.source_id)).map(|(id, _)| id).collect();
        let ground = Ground::toward(&graph, &impedance);
        for _ in 0..6 {
            let mut draw = || {
                let edge = streets[network.dice.below(streets.len() as u32) as usize];
                let length = oracle.graph.edges()[edge].length_mm;
                EdgePosition { edge, offset_mm: network.dice.below(length + 1) }
            };
            let (home, goal) = (draw(), draw());
            let expected = oracle.walk(home, goal);
            let here = |at: EdgePosition| EdgePosition {
                edge: by_source[&oracle.graph.edges()[at.edge].source_id],
                offset_mm: at.offset_mm,
            };
            let snap = snapped(&graph, here(goal));
            let seeds = Seeds::of_snaps(&graph, &impedance, [(0, &snap)]);
            let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
            let found = field.at(&ground, &seeds, here(home)).map(|(t, _)| u64::from(t.as_ms()));
            prop_assert_eq!(found, expected, "{:?} to {:?}", home, goal);
            check_outward(&graph, &impedance, [here(home), here(goal)], expected)?;
            let tool = by_petgraph(&graph, &impedance, here(home), &seeds).map(u64::from);
            prop_assert_eq!(tool, expected);
        }
    }

    /// Taking the privacy away never makes a walk longer.
    #[test]
    fn private_ground_only_ever_costs_time(seed in random::seeds()) {
        let mut network = random::network(seed, Mix::WithPrivate);
        let private = StreetGraph::build(&network.ingredients);
        let mut open = network.ingredients.clone();
        for way in &mut open.ways {
            way.traits.remove(StreetTraits::PRIVATE);
        }
        for barrier in &mut open.barriers {
            if barrier.kind == BarrierKind::Private {
                barrier.kind = BarrierKind::Conditional;
            }
        }
        let open = StreetGraph::build(&open);
        let time = |graph: &StreetGraph, ways: [(i64, u32); 2]| {
            let impedance = Impedance::new(graph, &adult());
            let [home, goal] = ways.map(|(source, offset_mm)| {
                let streets = graph.edges().enumerate();
                let mut own = streets
                    .filter(|&(id, e)| e.source_id == source && !graph.is_entering_side(id));
                EdgePosition { edge: own.next().expect("every way has an edge").0, offset_mm }
            });
            let snap = snapped(graph, goal);
            let seeds = Seeds::of_snaps(graph, &impedance, [(0, &snap)]);
            let ground = Ground::toward(graph, &impedance);
            let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
            field.at(&ground, &seeds, home).map_or(WalkTime::UNREACHABLE, |label| label.0)
        };
        for _ in 0..4 {
            let ways = [(); 2].map(|()| {
                let count = network.ingredients.ways.len() as u32;
                (i64::from(1 + network.dice.below(count)), network.dice.below(1_000))
            });
            prop_assert!(time(&open, ways) <= time(&private, ways), "{:?}", ways);
        }
    }
}
