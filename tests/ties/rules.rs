//! Where ties may lead, each rule on streets a few lines long.

use walkshed::ids::EdgeId;
use walkshed::reach::{Comer, front_through};
use walkshed::spatial::frame::ground_distance;
use walkshed::spatial::{Area, Front, LonLat};
use walkshed::street::{
    Footprint, Impedance, Islands, ObstacleKind, Obstacles, Permission, Snapped, StreetClass,
    StreetGraph, StreetIngredients, StreetTraits, WalkProfile,
};
use walkshed::units::Meters;

use super::{Tied, push_way, spot, walker};
use crate::support::walkers::{stroller, wheelchair};

/// A street from west to east at `y`, 700 m long.
fn street(streets: &mut StreetIngredients, y: f64, class: StreetClass, traits: StreetTraits) {
    let first = streets.places.len() as u32;
    streets.places.extend([spot(-300.0, y), spot(100.0, y), spot(400.0, y)]);
    push_way(streets, &[first, first + 1, first + 2], class, traits);
}

/// Streets at the given distances north, joined at their western ends.
fn comb(rows: &[(f64, StreetClass, StreetTraits)]) -> StreetIngredients {
    let mut streets = StreetIngredients { names: vec![String::new()], ..Default::default() };
    for &(y, class, traits) in rows {
        street(&mut streets, y, class, traits);
    }
    let spine: Vec<u32> = (0..rows.len() as u32).map(|row| row * 3).collect();
    push_way(&mut streets, &spine, StreetClass::Residential, StreetTraits::empty());
    streets
}

const PLAIN: StreetTraits = StreetTraits::empty();

fn legs(
    streets: &StreetIngredients,
    obstacles: &Obstacles,
    home: (LonLat, Front),
    profile: &WalkProfile,
) -> Vec<(i64, u32, bool)> {
    let tied = Tied::new(streets, profile, obstacles, (&[home], Vec::new()));
    let row = |tie: &Snapped| {
        let way = tied.graph.edges()[tie.position.edge].source_id;
        (way, (f64::from(tie.access_mm) / 1000.0).round() as u32, tie.forced)
    };
    let mut legs: Vec<_> = tied.home(0).iter().map(row).collect();
    legs.sort_unstable();
    legs
}

#[test]
fn lines_off_the_ground_take_only_doors_on_them() {
    let rows = [
        (0.0, StreetClass::Residential, StreetTraits::OFF_GROUND),
        (60.0, StreetClass::Residential, PLAIN),
    ];
    let (streets, none) = (comb(&rows), Obstacles::default());
    let at = |y: f64| (spot(200.0, y), Front::Point);
    assert_eq!(legs(&streets, &none, at(20.0), &walker()), [(2, 40, false)]);
    let on_it = (spot(200.0, 20.0), Front::of_doors(&[spot(200.0, 0.0)]));
    let found = legs(&streets, &none, on_it, &walker());
    assert!(found.contains(&(1, 0, false)), "{found:?}");
    // Nothing else in reach: the line off the ground is the last resort.
    let alone = comb(&rows[..1]);
    assert_eq!(legs(&alone, &none, at(20.0), &walker()), [(1, 20, true)]);
}

#[test]
fn who_stands_on_a_line_over_a_square_stands_on_no_street() {
    let found = |traits: StreetTraits| {
        let rows = [
            (0.0, StreetClass::Plaza, traits),
            (20.0, StreetClass::Residential, StreetTraits::empty()),
        ];
        let home = (spot(200.0, 0.0), Front::Listed);
        legs(&comb(&rows), &Obstacles::default(), home, &walker())
    };
    assert_eq!(found(PLAIN), [(1, 0, false)]);
    assert_eq!(found(StreetTraits::CHORD), [(1, 0, false), (2, 20, false)]);
}

#[test]
fn private_ground_takes_who_is_near_it_or_has_nothing_else() {
    let rows = [
        (0.0, StreetClass::Service, StreetTraits::PRIVATE),
        (40.0, StreetClass::Residential, PLAIN),
    ];
    let (streets, none) = (comb(&rows), Obstacles::default());
    let ways = |y: f64| -> Vec<(i64, u32, bool)> {
        legs(&streets, &none, (spot(200.0, y), Front::Point), &walker())
    };
    assert_eq!(ways(-20.0), [(1, 20, false), (2, 60, false)]);
    assert_eq!(ways(-32.0), [(2, 72, false)]);
    let alone = comb(&rows[..1]);
    let home = (spot(200.0, -60.0), Front::Point);
    assert_eq!(legs(&alone, &none, home, &walker()), [(1, 60, false)]);
}

#[test]
fn private_ground_takes_nobody_past_a_public_street_as_near() {
    let rows = [
        (0.0, StreetClass::Residential, PLAIN),
        (15.0, StreetClass::Service, StreetTraits::PRIVATE),
    ];
    let (streets, none) = (comb(&rows), Obstacles::default());
    let ways = |x: f64, y: f64, front: Front| legs(&streets, &none, (spot(x, y), front), &walker());
    // Beyond the public street, 20 m from the private one; between both, nearer to the private one.
    assert_eq!(ways(200.0, -5.0, Front::Point), [(1, 5, false)]);
    assert_eq!(ways(200.0, 9.0, Front::Point), [(1, 9, false), (2, 6, false)]);
    // Where the private street joins the public spine, one stands on the spine.
    assert_eq!(ways(-300.0, 15.0, Front::Listed), [(3, 0, false)]);
}

#[test]
fn a_long_outline_is_left_at_both_ends_whichever_way_the_street_is_drawn() {
    let corners = [(150.0, 10.0), (250.0, 10.0), (250.0, 40.0), (150.0, 40.0)];
    let outline = Area::from_ring(corners.map(|(x, y)| spot(x, y)).to_vec());
    let front = Front::Outline(Box::new(outline));
    let streets = comb(&[(0.0, StreetClass::Residential, PLAIN)]);
    let mut turned = streets.clone();
    turned.way_places[..3].reverse();
    for streets in [streets, turned] {
        let home = (spot(200.0, 25.0), front.clone());
        let tied = Tied::new(&streets, &walker(), &Obstacles::default(), (&[home], Vec::new()));
        let near = |x: f64| {
            let end = spot(x, 0.0);
            let is_there = |tie: &&Snapped| ground_distance(tie.place, end).0 < 0.1;
            tied.home(0).iter().filter(is_there).count()
        };
        assert_eq!([150.0, 250.0].map(near), [1; 2]);
        assert!(tied.home(0).iter().all(|tie| tie.access_mm.abs_diff(10_000) < 20));
    }
}

#[test]
fn the_weakest_obstacle_is_crossed_where_nothing_is_in_sight() {
    let rows = [(0.0, StreetClass::Residential, PLAIN), (100.0, StreetClass::Residential, PLAIN)];
    let line = |y: f64| vec![spot(-400.0, y), spot(500.0, y)];
    let obstacles = Obstacles::new(
        vec![(ObstacleKind::Wall, line(30.0)), (ObstacleKind::Fence, line(70.0))],
        Vec::new(),
        Vec::new(),
    );
    // 40 m from the street behind the wall, 60 m from the one behind the fence; west of all streets.
    let home = (spot(200.0, 40.0), Front::Point);
    let mut streets = comb(&rows);
    streets.ways.pop();
    assert_eq!(legs(&streets, &obstacles, home, &walker()), [(2, 60, true)]);
}

#[test]
fn a_room_uses_the_doors_of_its_building() {
    let rows = [(0.0, StreetClass::Residential, PLAIN), (60.0, StreetClass::Residential, PLAIN)];
    let corners = [(150.0, 10.0), (250.0, 10.0), (250.0, 50.0), (200.0, 50.0), (150.0, 50.0)];
    let outline = Area::from_ring(corners.map(|(x, y)| spot(x, y)).to_vec());
    let room = (spot(200.0, 22.0), Front::Point);
    let with = |doors: Vec<LonLat>| {
        let building = Footprint { outline: outline.clone(), doors };
        Obstacles::new(Vec::new(), Vec::new(), vec![building])
    };
    let streets = comb(&rows);
    // 28 m to the door in the northern wall and 10 m from there.
    let by_door = legs(&streets, &with(vec![spot(200.0, 50.0)]), room.clone(), &walker());
    assert!(by_door.contains(&(2, 38, false)), "{by_door:?}");
    assert!(by_door.iter().all(|leg| leg.0 != 1), "no way through the southern wall: {by_door:?}");
    let without = legs(&streets, &with(Vec::new()), room, &walker());
    assert!(without.contains(&(1, 22, false)) && without.contains(&(2, 38, false)), "{without:?}");
}

#[test]
fn a_place_off_the_ground_is_tied_to_the_line_of_its_level() {
    let rows = [
        (0.0, StreetClass::Residential, PLAIN),
        (30.0, StreetClass::Corridor, StreetTraits::OFF_GROUND | StreetTraits::INDOOR),
    ];
    let (streets, none) = (comb(&rows), Obstacles::default());
    let shop = |front| (spot(200.0, 33.0), front);
    assert_eq!(legs(&streets, &none, shop(Front::Point), &walker()), [(1, 33, false)]);
    let level = || shop(Front::Level(spot(200.0, 30.0)));
    assert_eq!(legs(&streets, &none, level(), &walker()), [(2, 3, false)]);
    // Who does not walk there has no other way to it.
    let outside = WalkProfile { indoor: Permission::Forbid, ..walker() };
    assert_eq!(legs(&streets, &none, level(), &outside), []);
}

#[test]
fn a_door_is_used_by_those_who_get_in_by_it() {
    let rows = [(0.0, StreetClass::Residential, PLAIN), (60.0, StreetClass::Residential, PLAIN)];
    let corners = [(150.0, 10.0), (250.0, 10.0), (250.0, 50.0), (150.0, 50.0)];
    let outline = Area::from_ring(corners.map(|(x, y)| spot(x, y)).to_vec());
    let [south, north] = [spot(200.0, 10.0), spot(200.0, 50.0)];
    let with = |traits: StreetTraits| {
        let building = Footprint { outline: outline.clone(), doors: vec![south, north] };
        Obstacles::new(Vec::new(), Vec::new(), vec![building]).with_limits(vec![(south, traits)])
    };
    let night = WalkProfile { conditional: Permission::Forbid, ..walker() };
    let front = |profile: &WalkProfile, comer, front: &Front, limits: StreetTraits| {
        let at = (spot(200.0, 30.0), front);
        front_through(profile, comer, at, &with(limits)).into_owned()
    };
    let by_north = || Front::Inside([north].into());
    for (limits, refused) in [
        (StreetTraits::CONDITIONAL, &night),
        (StreetTraits::WHEELCHAIR_NO, &wheelchair()),
        (StreetTraits::RAISED_CURB, &wheelchair()),
    ] {
        for comer in [Comer::Resident, Comer::Visitor] {
            assert_eq!(front(refused, comer, &Front::Point, limits), by_north());
            let mapped = Front::of_doors(&[south, north]);
            assert_eq!(front(refused, comer, &mapped, limits), Front::of_doors(&[north]));
            let last = Front::of_doors(&[south]);
            assert_eq!(front(refused, comer, &last, limits), Front::Nowhere);
        }
        let both = Front::Inside([south, north].into());
        assert_eq!(front(&walker(), Comer::Visitor, &Front::Point, limits), both);
    }
    let private = StreetTraits::PRIVATE;
    assert_eq!(front(&walker(), Comer::Visitor, &Front::Point, private), by_north());
    let both = Front::Inside([south, north].into());
    assert_eq!(front(&walker(), Comer::Resident, &Front::Point, private), both);
    // A home goes out by the other door: 20 m to it and 10 m from there.
    let room = (spot(200.0, 30.0), Front::Point);
    let found = legs(&comb(&rows), &with(StreetTraits::CONDITIONAL), room, &night);
    assert!(found.contains(&(2, 30, false)) && found.iter().all(|leg| leg.0 != 1), "{found:?}");
}

#[test]
fn coordinates_on_a_street_stand_on_it() {
    let rows = [(0.0, StreetClass::Residential, PLAIN), (20.0, StreetClass::Residential, PLAIN)];
    let (streets, none) = (comb(&rows), Obstacles::default());
    let ways = |y: f64, front: Front| legs(&streets, &none, (spot(200.0, y), front), &walker());
    assert_eq!(ways(20.0, Front::Listed), [(2, 0, false)]);
    assert_eq!(ways(20.0, Front::Point), [(1, 20, false), (2, 0, false)]);
    assert_eq!(ways(18.0, Front::Listed), [(1, 18, false), (2, 2, false)]);
    // On a line off the ground one stands under or over it.
    let rows = [
        (0.0, StreetClass::Residential, PLAIN),
        (20.0, StreetClass::Footway, StreetTraits::OFF_GROUND),
    ];
    let home = (spot(200.0, 20.0), Front::Listed);
    let found = legs(&comb(&rows), &none, home, &walker());
    assert!(found.contains(&(1, 20, false)), "{found:?}");
}

#[test]
fn no_leg_goes_along_or_over_steps_that_are_not_for_the_walker() {
    // A path from the west, steps of 10 m, a path to the east; a way round far south.
    let mut streets = StreetIngredients { names: vec![String::new()], ..Default::default() };
    let corners =
        [(0.0, 0.0), (50.0, 0.0), (60.0, 0.0), (110.0, 0.0), (110.0, -400.0), (0.0, -400.0)];
    streets.places.extend(corners.map(|(x, y)| spot(x, y)));
    push_way(&mut streets, &[0, 1], StreetClass::Footway, PLAIN);
    push_way(&mut streets, &[1, 2], StreetClass::Steps, PLAIN);
    push_way(&mut streets, &[2, 3], StreetClass::Footway, PLAIN);
    push_way(&mut streets, &[3, 4, 5, 0], StreetClass::Residential, PLAIN);
    let none = Obstacles::default();
    let far = |x: f64, y: f64| {
        let found = legs(&streets, &none, (spot(x, y), Front::Point), &stroller());
        found.iter().any(|leg| leg.0 == 1)
    };
    assert!(!far(105.0, 0.0), "along the steps");
    assert!(!far(64.0, -3.0) || far(64.0, 3.0), "one side as the other");
    assert!(far(45.0, 3.0), "beside the path itself");
}

/// A street of 400 m in the south; steps lead from it to a path `length_m` long that comes back to it within 100 m.
fn above_steps(length_m: f64) -> StreetIngredients {
    let mut streets = StreetIngredients { names: vec![String::new()], ..Default::default() };
    let mut place = |x: f64, y: f64| {
        streets.places.push(spot(x, y));
        streets.places.len() as u32 - 1
    };
    let (a, b, c) = (place(0.0, 0.0), place(200.0, 0.0), place(2_000.0, 0.0));
    let (top, far) = (place(200.0, 20.0), place(200.0, 60.0));
    let end = place(200.0 - (length_m - 40.0), 60.0);
    push_way(&mut streets, &[a, b, c], StreetClass::Residential, PLAIN);
    push_way(&mut streets, &[b, top], StreetClass::Steps, PLAIN);
    push_way(&mut streets, &[top, far, end], StreetClass::Footway, PLAIN);
    streets
}

#[test]
fn steps_hold_who_lives_behind_them_however_long_the_path() {
    let none = Obstacles::default();
    let home = (spot(200.0, 55.0), Front::Point);
    for length_m in [170.0, 990.0, 1_010.0] {
        let streets = above_steps(length_m);
        let held = legs(&streets, &none, home.clone(), &stroller());
        assert_eq!(held.iter().map(|leg| leg.0).max(), Some(3), "{held:?}");
        assert!(held.iter().all(|leg| leg.0 == 3), "{length_m} m: {held:?}");
        // On foot the steps hold nobody, and from the street below nobody gets past them on wheels.
        let free = legs(&streets, &none, home.clone(), &walker());
        assert!(free.iter().any(|leg| leg.0 == 3), "{free:?}");
        let below = legs(&streets, &none, (spot(190.0, 5.0), Front::Point), &stroller());
        assert!(below.iter().all(|leg| leg.0 == 1), "{below:?}");
        // A piece that is only not joined holds nobody.
        let mut loose = streets.clone();
        loose.ways.remove(1);
        let both = legs(&loose, &none, home.clone(), &stroller());
        assert!(both.iter().any(|leg| leg.0 == 1) && both.iter().any(|leg| leg.0 == 3), "{both:?}");
    }
}

#[test]
fn islands_that_something_holds_are_told_whatever_their_length() {
    let graph = StreetGraph::build(&above_steps(1_500.0));
    let impedance = Impedance::new(&graph, &stroller());
    let islands = Islands::find(&graph, &impedance, Meters(1_000.0));
    assert_eq!(islands.pieces.len(), 1);
    let path = graph.edges().enumerate().find(|(_, edge)| edge.source_id == 3).unwrap().0;
    assert!(islands.contains(path) && islands.held(path).is_some());
    assert_eq!(islands.held(EdgeId(u32::MAX)), None);
}
