//! What heights do to walking times: on planes whose grade is known, everything follows by hand.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use crate::support;

use support::walkers::adult;
use walkshed::ids::EdgeId;
use walkshed::spatial::{LocalFrame, LonLat, PlanarPoint};
use walkshed::street::{
    BarrierKind, HeightsFound, Impedance, NodeBarrier, Slope, SlopeModel, StreetClass, StreetGraph,
    StreetIngredients, StreetTraits, StreetWay, WalkProfile,
};

/// The place `x` metres east and `y` metres north of a corner in Quanzhou.
fn spot(x: f64, y: f64) -> LonLat {
    let corner = LonLat::new(118.6, 24.9).unwrap();
    LocalFrame::at(corner).to_lonlat(PlanarPoint { x, y }).unwrap()
}

/// Metres east and north of the corner.
fn meters(place: LonLat) -> PlanarPoint {
    LocalFrame::at(LonLat::new(118.6, 24.9).unwrap()).to_planar(place)
}

/// A street through the places given in metres.
fn street(line: &[(f64, f64)], class: StreetClass, traits: StreetTraits) -> StreetIngredients {
    let mut streets =
        StreetIngredients { names: vec![String::new()], ..StreetIngredients::default() };
    add(&mut streets, line, class, traits);
    streets
}

/// One more street; places at the same spot are one place.
fn add(
    streets: &mut StreetIngredients,
    line: &[(f64, f64)],
    class: StreetClass,
    traits: StreetTraits,
) {
    let start = streets.way_places.len();
    for &(x, y) in line {
        let place = spot(x, y);
        let known = streets.places.iter().position(|&other| other == place);
        let index = known.unwrap_or_else(|| {
            streets.places.push(place);
            streets.places.len() - 1
        });
        streets.way_places.push(index as u32);
    }
    streets.ways.push(StreetWay {
        source_id: streets.ways.len() as i64 + 1,
        class,
        traits,
        name: 0,
        places: start..streets.way_places.len(),
    });
}

fn walker(model: SlopeModel) -> WalkProfile {
    WalkProfile { slope: Slope { model, ..Slope::default() }, ..adult() }
}

fn raised(streets: &StreetIngredients, height: impl Fn(PlanarPoint) -> f64 + Sync) -> StreetGraph {
    StreetGraph::build(streets).with_heights(&|place| Some(height(meters(place)))).0
}

/// Milliseconds along the only street, from its southern or western end and back.
fn times(graph: &StreetGraph, profile: &WalkProfile) -> [u32; 2] {
    let impedance = Impedance::new(graph, profile);
    let edge = EdgeId(0);
    let ms = [impedance.forward(edge).as_ms(), impedance.backward(edge).as_ms()];
    let shape = graph.shape(edge);
    if shape[0] <= shape[shape.len() - 1] { ms } else { [ms[1], ms[0]] }
}

fn assert_near(found: u32, expected_s: f64) {
    let expected = expected_s * 1000.0;
    assert!((f64::from(found) - expected).abs() < expected * 0.002, "{found} ms, not {expected}");
}

#[test]
fn a_walk_up_a_plane_takes_what_tobler_says_by_hand() {
    // 90 m at 1 m/s on the level. Up 10 %: 90 · exp(0.35) = 127.7 s; down 10 % as on the level; up 20 %:
    // 90 · exp(0.7) = 181.2 s; down 20 %: 90 · exp(0.35) again; down 5 %: 90 · exp(−0.175) = 75.5 s.
    let line = street(&[(0.0, 0.0), (0.0, 90.0)], StreetClass::Footway, StreetTraits::empty());
    let tobler = walker(SlopeModel::Tobler);
    for (grade, up_s, down_s) in
        [(0.1, 127.716, 90.0), (0.2, 181.238, 127.716), (0.05, 107.212, 75.551)]
    {
        let [up, down] = times(&raised(&line, |at| 12.0 + grade * at.y), &tobler);
        assert_near(up, up_s);
        assert_near(down, down_s);
        assert!(up > down);
    }
}

#[test]
fn a_walk_up_a_plane_takes_what_naismith_and_langmuir_say_by_hand() {
    // Up 12 % takes twice as long; down 12 % (6.8°): 1 − 0.12 · 2 / 0.72 = 2/3; down 30 % (16.7°): 22/12.
    let line = street(&[(0.0, 0.0), (0.0, 90.0)], StreetClass::Footway, StreetTraits::empty());
    let rule = walker(SlopeModel::NaismithLangmuir);
    for (grade, up_s, down_s) in [(0.12, 180.0, 60.0), (0.3, 315.0, 165.0)] {
        let [up, down] = times(&raised(&line, |at| grade * at.y), &rule);
        assert_near(up, up_s);
        assert_near(down, down_s);
    }
}

#[test]
fn a_bent_street_on_a_plane_climbs_along_its_own_length() {
    // East along the contour, then north up 10 %: 100 s and 60 · exp(0.35) s.
    let line = [(0.0, 0.0), (100.0, 0.0), (100.0, 60.0)];
    let line = street(&line, StreetClass::Residential, StreetTraits::empty());
    let graph = raised(&line, |at| 50.0 + 0.1 * at.y);
    let [up, down] = times(&graph, &walker(SlopeModel::Tobler));
    // The bend falls inside a part and the samples are means over 24 m, so a little of the slope is spread.
    assert!((f64::from(up) / 1000.0 - 185.14).abs() < 2.0, "{up}");
    assert!(down < up);
    let climb = graph.heights_along(EdgeId(0)).unwrap().climb();
    assert!(climb == (600, 0) || climb == (0, 600), "{climb:?}");
}

#[test]
fn a_hill_that_hides_between_two_ends_is_seen() {
    // 20 m up and down again over 400 m: the ends are level.
    let line = street(&[(0.0, 0.0), (400.0, 0.0)], StreetClass::Footway, StreetTraits::empty());
    let graph = raised(&line, |at| 20.0 - (at.x - 200.0).abs() * 0.1);
    let [there, back] = times(&graph, &walker(SlopeModel::Tobler));
    assert!(there > 430_000 && there.abs_diff(back) < 200, "{there} {back}");
    let (up, down) = graph.heights_along(EdgeId(0)).unwrap().climb();
    assert!((1900..=2000).contains(&up) && (1900..=2000).contains(&down));
}

/// A town with a little of everything.
fn town() -> StreetIngredients {
    let mut streets =
        street(&[(0.0, 0.0), (400.0, 3.0)], StreetClass::Footway, StreetTraits::empty());
    add(
        &mut streets,
        &[(400.0, 3.0), (400.0, 90.0), (333.3, 190.7)],
        StreetClass::Path,
        StreetTraits::ROUGH,
    );
    add(&mut streets, &[(0.0, 0.0), (-40.0, 20.0)], StreetClass::Steps, StreetTraits::empty());
    add(
        &mut streets,
        &[(0.0, 0.0), (17.0, -120.0)],
        StreetClass::Residential,
        StreetTraits::BRIDGE,
    );
    add(
        &mut streets,
        &[(17.0, -120.0), (17.0, -121.0)],
        StreetClass::Elevator,
        StreetTraits::empty(),
    );
    add(
        &mut streets,
        &[(17.0, -121.0), (90.0, -300.0)],
        StreetClass::Track,
        StreetTraits::FORWARD_ONLY,
    );
    streets.barriers.push(NodeBarrier::new(1, 5, BarrierKind::Narrow));
    streets
}

fn all_times(graph: &StreetGraph, profile: &WalkProfile) -> Vec<(u32, u32)> {
    let impedance = Impedance::new(graph, profile);
    let times = |edge| (impedance.forward(edge).as_ms(), impedance.backward(edge).as_ms());
    graph.edges().ids().map(times).collect()
}

/// Walkers with every slope setting, at speeds that make every time need rounding.
fn walkers() -> Vec<WalkProfile> {
    let limits = Slope {
        soft_limit: Some(0.0),
        soft_penalty: 0.3,
        hard_limit: Some(0.05),
        ..Slope::default()
    };
    [SlopeModel::None, SlopeModel::Tobler, SlopeModel::NaismithLangmuir]
        .into_iter()
        .flat_map(|model| [Slope { model, ..Slope::default() }, Slope { model, ..limits.clone() }])
        .map(|slope| WalkProfile { slope, walk_speed_m_s: 1.37, ..adult() })
        .collect()
}

#[test]
fn on_level_ground_every_time_is_that_without_heights() {
    let flat = StreetGraph::build(&town());
    for height in [0.0, 817.37, -3.1] {
        let level = raised(&town(), |_| height);
        for profile in walkers() {
            assert_eq!(
                all_times(&level, &profile),
                all_times(&flat, &profile),
                "{height} {profile:?}"
            );
        }
    }
}

#[test]
fn without_heights_slope_settings_change_nothing() {
    let flat = StreetGraph::build(&town());
    let (unknown, found) = StreetGraph::build(&town()).with_heights(&|_| None);
    assert_eq!(found.unknown_edges, flat.edge_count());
    let plain = WalkProfile { slope: Slope::default(), walk_speed_m_s: 1.37, ..adult() };
    for profile in walkers() {
        assert_eq!(all_times(&flat, &profile), all_times(&flat, &plain));
        assert_eq!(all_times(&unknown, &profile), all_times(&flat, &plain));
    }
}

#[test]
fn steps_and_lifts_keep_their_own_times_on_a_slope() {
    let (flat, hill) = (StreetGraph::build(&town()), raised(&town(), |at| at.y * 0.2 + at.x * 0.1));
    let profile = walker(SlopeModel::Tobler);
    let (level, sloping) = (all_times(&flat, &profile), all_times(&hill, &profile));
    let mut changed = 0;
    for (id, edge) in flat.edges().enumerate() {
        let same = level[id.0 as usize] == sloping[id.0 as usize];
        let own =
            [StreetClass::Steps, StreetClass::Elevator, StreetClass::Gate].contains(&edge.class);
        assert!(same || !own, "{edge:?}");
        changed += usize::from(!same);
    }
    // The footway, the path and the track. The bridge is level: it hangs on its one end on the ground, for the lift
    // at the other may lead down any number of storeys.
    assert_eq!(changed, 3);
}

#[test]
fn nothing_that_leads_down_from_a_bridge_brings_it_down() {
    // A valley 8 m deep between x = 50 and x = 150, a bridge over it as one way, and from its middle stairs, a lift
    // or a ramp to the path below.
    let valley = |at: PlanarPoint| if at.x > 51.0 && at.x < 149.0 { -8.0 } else { 0.0 };
    for class in [StreetClass::Steps, StreetClass::Elevator, StreetClass::Footway] {
        let mut streets =
            street(&[(0.0, 0.0), (50.0, 0.0)], StreetClass::Footway, StreetTraits::empty());
        let deck = [(50.0, 0.0), (100.0, 0.0), (150.0, 0.0)];
        add(&mut streets, &deck, StreetClass::Footway, StreetTraits::BRIDGE);
        let none = StreetTraits::empty();
        add(&mut streets, &[(150.0, 0.0), (200.0, 0.0)], StreetClass::Footway, none);
        add(&mut streets, &[(100.0, 0.0), (100.0, 80.0)], class, none);
        add(&mut streets, &[(100.0, 80.0), (100.0, 200.0)], StreetClass::Path, none);
        let graph = raised(&streets, valley);
        let heights = graph.heights().unwrap();
        for (node, &place) in graph.places().enumerate() {
            let at = meters(place);
            let right = if at.y > 1.0 { -800 } else { 0 };
            assert_eq!(heights.node(node), Some(right), "{class:?} at {at:?}");
        }
        // The ramp rises evenly, 8 m over 80 m.
        let times = all_times(&graph, &walker(SlopeModel::Tobler));
        let ramp = graph.edges().enumerate().find(|(_, edge)| edge.source_id == 4).unwrap().0;
        let (there, back) = times[ramp.0 as usize];
        if class == StreetClass::Footway {
            assert_near(there.max(back), 80.0 * 0.35_f64.exp());
        }
    }
}

#[test]
fn a_bridge_does_not_go_down_into_the_valley() {
    // A gorge 30 m deep between x = 100 and x = 300; the bridge is in two pieces that meet above it.
    let gorge = |at: PlanarPoint| if at.x > 99.0 && at.x < 301.0 { -30.0 } else { 0.1 * at.x };
    let mut streets =
        street(&[(0.0, 0.0), (98.0, 0.0)], StreetClass::Footway, StreetTraits::empty());
    for line in
        [[(98.0, 0.0), (180.0, 0.0)], [(180.0, 0.0), (302.0, 0.0)], [(180.0, 0.0), (180.0, 60.0)]]
    {
        add(&mut streets, &line, StreetClass::Footway, StreetTraits::BRIDGE);
    }
    add(&mut streets, &[(302.0, 0.0), (400.0, 0.0)], StreetClass::Footway, StreetTraits::empty());
    let graph = raised(&streets, gorge);
    let heights = graph.heights().unwrap();
    let mut lowest = i32::MAX;
    for (node, &place) in graph.places().enumerate() {
        let at = meters(place);
        let height = heights.node(node).unwrap();
        lowest = lowest.min(height);
        if at.x > 100.0 && at.x < 300.0 {
            // Even rise between 9.8 m at x = 98 and 30.2 m at x = 302; the dead end hangs on its middle.
            assert!((f64::from(height) / 100.0 - 18.0).abs() < 0.05, "{height} at {at:?}");
        }
    }
    assert_eq!(lowest, 0);
    for (id, edge) in
        graph.edges().enumerate().filter(|(_, e)| e.traits.contains(StreetTraits::BRIDGE))
    {
        assert_eq!(graph.heights_along(id).unwrap().parts(), 1, "{edge:?}");
    }
}

#[test]
fn a_street_steeper_than_the_hard_limit_is_closed_both_ways() {
    let slope = Slope { hard_limit: Some(0.08), hard_run_m: 20.0, ..Slope::default() };
    let wheels = WalkProfile { slope, ..adult() };
    let time = |length: f64, grade: f64| {
        let line =
            street(&[(0.0, 0.0), (0.0, length)], StreetClass::Footway, StreetTraits::empty());
        times(&raised(&line, |at| grade * at.y), &wheels)
    };
    assert_eq!(time(200.0, 0.09), [u32::MAX; 2]);
    assert_eq!(time(25.0, -0.09), [u32::MAX; 2]);
    assert_near(time(200.0, 0.07)[0], 200.0);
    // Too short to matter.
    assert_near(time(15.0, 0.3)[0], 15.0);
    // Steep only in its middle: 60 m at 20 % between level stretches.
    let line = street(&[(0.0, 0.0), (0.0, 300.0)], StreetClass::Footway, StreetTraits::empty());
    let ramp = |at: PlanarPoint| (at.y - 120.0).clamp(0.0, 60.0) * 0.2;
    assert_eq!(times(&raised(&line, ramp), &wheels), [u32::MAX; 2]);
    // The meter yardstick keeps the streets that may be used, and only that.
    let yardstick = wheels.metre_yardstick();
    assert_eq!(times(&raised(&line, ramp), &yardstick), [u32::MAX; 2]);
    assert_near(times(&raised(&line, |at| at.y * 0.07), &yardstick)[1], 300.0);
}

#[test]
fn what_sampling_found_is_told() {
    let graph = StreetGraph::build(&town());
    let east_only = |place: LonLat| (meters(place).x > -10.0).then(|| meters(place).x * 0.9);
    let (_, found) = graph.clone().with_heights(&east_only);
    let HeightsFound { unknown_edges, unknown_mm, total_mm, steep_mm, range_cm } = found;
    assert_eq!(unknown_edges, 1);
    assert!((44_000..46_000).contains(&unknown_mm) && total_mm > 800_000);
    assert!(steep_mm > 390_000 && steep_mm < total_mm);
    let (low, high) = range_cm.unwrap();
    assert!((-2..=2).contains(&low) && (35_990..36_010).contains(&high));
}

#[test]
fn the_same_streets_get_the_same_heights_on_any_number_of_threads() {
    let wild = |at: PlanarPoint| (at.x * 0.07).sin() * 9.0 + (at.y * 0.11).cos() * 4.0;
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let one = pool(1).install(|| raised(&town(), wild));
    let four = pool(4).install(|| raised(&town(), wild));
    assert_eq!(one.heights(), four.heights());
}
