//! Drawings of what is reached: valid, nested, never over an obstacle without a way across.

use crate::support;

use proptest::prelude::*;
use support::random::{self, Dice};
use support::town::{Town, Walked, spot};
use support::walkers::adult;
use walkshed::reach::isochrone::{Scene, draw_many};
use walkshed::reach::{
    Ground, Isochrone, IsochroneOptions, NearestField, Seed, Seeds, ServiceArea, Sheet,
};
use walkshed::spatial::{Area, LonLat};
use walkshed::street::{EdgePosition, Impedance, ObstacleKind, Obstacles, StreetGraph};
use walkshed::units::WalkTime;

/// What a drawing is made of, apart from the cutoffs.
struct Draft {
    graph: StreetGraph,
    impedance: Impedance,
    seeds: Seeds,
    obstacles: Obstacles,
    origin: LonLat,
}

impl Draft {
    /// Drawings of `cutoffs` in ms, with a field swept just as far as they need.
    fn draw(&self, cutoffs: &[u32]) -> Vec<Isochrone> {
        self.draw_with(cutoffs, IsochroneOptions::default())
    }

    fn draw_with(&self, cutoffs: &[u32], options: IsochroneOptions) -> Vec<Isochrone> {
        let ground = Ground::from(&self.graph, &self.impedance);
        let cutoffs: Vec<WalkTime> = cutoffs.iter().copied().map(WalkTime::from_ms).collect();
        let bound = cutoffs.iter().copied().max().unwrap_or_default();
        let field = NearestField::sweep(&ground, &self.seeds, bound);
        let scene = Scene { graph: &self.graph, seeds: &self.seeds, origin: self.origin };
        let within =
            |&cutoff: &WalkTime| (cutoff, ServiceArea::find(&ground, &self.seeds, &field, cutoff));
        let reached: Vec<(WalkTime, ServiceArea)> = cutoffs.iter().map(within).collect();
        let reached: Vec<_> = reached.iter().map(|(cutoff, area)| (*cutoff, area)).collect();
        let alone = Isochrone::draw(&scene, &self.obstacles, &reached, options);
        // On a sheet over all streets, from a search: the same to the last digit.
        let sheet = Sheet::lay(&self.graph, &self.obstacles, options);
        let starts = [(self.origin, self.seeds.clone())];
        let many = draw_many((&sheet, &self.obstacles), &ground, &starts, &cutoffs);
        assert_eq!(many, [alone.as_slice()]);
        alone
    }

    /// Places along all that is reached, 2 m apart.
    fn reached_places(&self, cutoff: u32) -> Vec<LonLat> {
        let ground = Ground::from(&self.graph, &self.impedance);
        let cutoff = WalkTime::from_ms(cutoff);
        let field = NearestField::sweep(&ground, &self.seeds, cutoff);
        let area = ServiceArea::find(&ground, &self.seeds, &field, cutoff);
        let along = area
            .parts
            .iter()
            .flat_map(|part| (part.from_mm..=part.to_mm).step_by(2_000).map(|mm| (part.edge, mm)));
        along.map(|(edge, mm)| self.graph.place_at(edge, mm)).collect()
    }
}

fn blocking(walls: Vec<Vec<LonLat>>, waters: Vec<Area>) -> Obstacles {
    let walls = walls.into_iter().map(|wall| (ObstacleKind::Wall, wall)).collect();
    Obstacles::new(walls, waters, Vec::new())
}

fn random_obstacles(dice: &mut Dice) -> Obstacles {
    let mut place = || {
        let (lon, lat) = (dice.below(90_000) as i32, dice.below(90_000) as i32);
        (118_000_000 + lon, 450_000_000 + lat)
    };
    let on_earth = |(lon, lat): (i32, i32)| LonLat::from_e7(lon, lat).expect("on earth");
    let lines = (0..3).map(|_| vec![on_earth(place()), on_earth(place()), on_earth(place())]);
    let lines = lines.collect();
    let areas = (0..2).map(|_| {
        let ((west, south), (dx, dy)) = (place(), place());
        let (dx, dy) = ((dx - 118_000_000) / 3, (dy - 450_000_000) / 20);
        let corners = [(0, 0), (dx, 0), (dx, dy), (0, dy)];
        Area::from_ring(corners.map(|(x, y)| on_earth((west + x, south + y))).to_vec())
    });
    blocking(lines, areas.collect())
}

fn random_draft(seed: u64, obstacles: impl Fn(&mut Dice) -> Obstacles) -> (Draft, Dice) {
    let random::Scene { graph, impedance, mut dice, .. } = random::scene(seed);
    let mut position = random::position(&graph, &mut dice);
    for _ in 0..20 {
        if !impedance.is_walkable(position.edge) {
            position = random::position(&graph, &mut dice);
        }
    }
    let foot = graph.place_at(position.edge, position.offset_mm);
    let away = |dice: &mut Dice| dice.below(6_000) as i32 - 3_000;
    let (lon, lat) = (foot.lon_e7() + away(&mut dice), foot.lat_e7() + away(&mut dice));
    let origin = LonLat::from_e7(lon, lat).expect("on earth");
    let leg = walkshed::spatial::frame::ground_distance(origin, foot);
    let seed = Seed { position, access: impedance.access(leg.as_mm()), owner: 0 };
    let obstacles = obstacles(&mut dice);
    (Draft { graph, impedance, seeds: Seeds::new(vec![seed]), obstacles, origin }, dice)
}

fn cutoffs(dice: &mut Dice) -> [u32; 3] {
    let mut cutoffs = [dice.below(120_000), dice.below(600_000), dice.below(900_000)];
    cutoffs.sort_unstable();
    cutoffs
}

/// Valid, nested, around the origin, and the same when asked for one by one.
fn check_laws(draft: &Draft, cutoffs: [u32; 3]) -> Result<(), TestCaseError> {
    let drawings = draft.draw(&cutoffs);
    for (drawing, cutoff) in drawings.iter().zip(cutoffs) {
        prop_assert_eq!(drawing.cutoff, WalkTime::from_ms(cutoff));
        prop_assert_eq!(drawing.area.find_fault(), None);
        prop_assert!(drawing.area.contains(draft.origin));
        let alone = draft.draw(&[cutoff]);
        prop_assert_eq!(&alone[0], drawing, "asked for alone");
    }
    for pair in drawings.windows(2) {
        let (inner, outer) = (&pair[0].area, &pair[1].area);
        let vertices =
            inner.polygons.iter().flat_map(|p| p.outer.iter().chain(p.holes.iter().flatten()));
        for &vertex in vertices {
            prop_assert!(outer.contains(vertex), "{} sticks out", vertex);
        }
        prop_assert!(inner.area_m2() <= outer.area_m2() + 1e-6);
    }
    Ok(())
}

proptest! {
    #![proptest_config(support::cases(60))]

    #[test]
    fn drawings_are_valid_nested_and_hold_the_origin(seed in random::seeds()) {
        let (draft, mut dice) = random_draft(seed, |_| Obstacles::default());
        let cutoffs = cutoffs(&mut dice);
        check_laws(&draft, cutoffs)?;
    }

    #[test]
    fn the_laws_hold_among_walls_and_water(seed in random::seeds()) {
        let (draft, mut dice) = random_draft(seed, random_obstacles);
        check_laws(&draft, cutoffs(&mut dice))?;
    }
}

/// Streets that cross at every angle every few metres; real cities are held to more in `isochrone_cities.rs`.
#[test]
fn nearly_all_that_is_reached_lies_inside_with_and_without_walls() {
    let kinds: [fn(&mut Dice) -> Obstacles; 2] = [|_| Obstacles::default(), random_obstacles];
    for walls in kinds {
        let (mut inside, mut all) = (0, 0);
        for seed in 0..30 {
            let (draft, _) = random_draft(seed, walls);
            let places = draft.reached_places(600_000);
            let drawing = &draft.draw(&[600_000])[0];
            inside += places.iter().filter(|&&place| drawing.area.contains(place)).count();
            all += places.len();
        }
        assert!(all > 10_000);
        assert!(inside as f64 >= 0.985 * all as f64, "{inside} of {all}");
    }
}

#[test]
fn the_same_drawing_comes_out_twice() {
    let (draft, _) = random_draft(5, random_obstacles);
    assert_eq!(draft.draw(&[300_000, 600_000]), draft.draw(&[300_000, 600_000]));
}

/// Two streets 900 m long and 30 m apart, joined at their eastern ends.
const BANKS: &str = "
A--------B
         |
C--------D
";

fn banks() -> Walked {
    let mut town = Town::draw(BANKS);
    for place in &mut town.ingredients.places {
        if *place != spot(0.0, 0.0) && *place != spot(9.0, 0.0) {
            let column = f64::from(place.lon_e7() - 100_000_000) / 8_983.0;
            *place = spot(column, 0.3);
        }
    }
    let graph = StreetGraph::build(&town.ingredients);
    let impedance = Impedance::new(&graph, &adult());
    Walked { town, graph, impedance }
}

/// The draft of a walk from A, with what lies between the streets.
fn from_a(town: Walked, obstacles: Obstacles) -> Draft {
    let position = town.at('A', 'B', 0);
    let seeds = Seeds::new(vec![Seed { position, access: WalkTime::ZERO, owner: 0 }]);
    let origin = town.town.place('A');
    Draft { graph: town.graph, impedance: town.impedance, seeds, obstacles, origin }
}

/// A band of water from `north` to `south` metres south of the street A–B.
fn river(north: f64, south: f64) -> Area {
    let corners = [(-3.0, north), (12.0, north), (12.0, south), (-3.0, south)];
    Area::from_ring(corners.map(|(column, m)| spot(column, m / 100.0)).to_vec())
}

/// A buffer twice as wide as the gap between the banks.
const WIDE: IsochroneOptions = IsochroneOptions { cell_m: 20.0, buffer_m: 60.0 };

/// How many of the places 1 m apart on the other bank, from `west` to `east` metres, lie inside.
fn inside_on_the_other_bank(drawing: &Isochrone, west: u32, east: u32) -> usize {
    let places = (west..=east).map(|m| spot(f64::from(m) / 100.0, 0.3));
    places.filter(|&place| drawing.area.contains(place)).count()
}

#[test]
fn without_a_river_a_street_that_is_not_reached_keeps_its_half_of_the_ground() {
    let draft = from_a(banks(), Obstacles::default());
    let drawing = &draft.draw_with(&[300_000], WIDE)[0];
    for column in [0.5, 1.5, 2.5] {
        assert!(drawing.area.contains(spot(column, 0.12)), "12 m of 30");
        assert!(!drawing.area.contains(spot(column, 0.18)), "18 m of 30");
        assert!(drawing.area.contains(spot(column, -0.5)), "nobody else's");
    }
}

#[test]
fn the_other_bank_is_not_inside_before_the_bridge_is_reached() {
    let wall = |south: f64| vec![vec![spot(-3.0, south / 100.0), spot(12.0, south / 100.0)]];
    for (name, obstacles) in [
        ("a river", blocking(Vec::new(), vec![river(10.0, 20.0)])),
        ("a river narrower than a cell", blocking(Vec::new(), vec![river(13.0, 15.0)])),
        ("a river along the street", blocking(Vec::new(), vec![river(3.0, 20.0)])),
        ("a wall midway", blocking(wall(15.0), Vec::new())),
        ("a wall along the street", blocking(wall(4.0), Vec::new())),
        ("a wall along the other street", blocking(wall(26.0), Vec::new())),
    ] {
        let draft = from_a(banks(), obstacles);
        // Up to 870 m of 900 along the street: nobody has crossed.
        for cutoff in [60_000, 300_000, 870_000] {
            let drawing = &draft.draw_with(&[cutoff], WIDE)[0];
            let reached = f64::from(cutoff) / 100_000.0;
            assert!(drawing.area.contains(spot(reached - 0.25, 0.0)), "{name}");
            assert_eq!(inside_on_the_other_bank(drawing, 0, 900), 0, "{name}, {cutoff} ms");
        }
        // 900 m along, 30 m over the bridge, 200 m back on the other side.
        let drawing = &draft.draw_with(&[1_130_000], WIDE)[0];
        assert!(inside_on_the_other_bank(drawing, 700, 890) > 188, "{name}");
        assert_eq!(inside_on_the_other_bank(drawing, 0, 620), 0, "{name}");
    }
}

#[test]
fn a_street_along_a_wall_still_grows_on_its_own_side() {
    let wall = vec![vec![spot(-3.0, 0.04), spot(12.0, 0.04)]];
    let drawing = &from_a(banks(), blocking(wall, Vec::new())).draw_with(&[600_000], WIDE)[0];
    assert!(drawing.area.contains(spot(3.0, -0.15)), "15 m north, on the street's side");
    assert!(!drawing.area.contains(spot(3.0, 0.15)), "15 m south, behind the wall");
}

#[test]
fn on_a_causeway_far_from_any_shore_only_the_street_is_drawn() {
    let sea = [(-900.0, -900.0), (900.0, -900.0), (900.0, 900.0), (-900.0, 900.0)];
    let sea = Area::from_ring(sea.map(|(column, row)| spot(column, row)).to_vec());
    let drawing = &from_a(banks(), blocking(Vec::new(), vec![sea])).draw_with(&[600_000], WIDE)[0];
    assert!(drawing.area.contains(spot(3.0, 0.0)));
    assert!(!drawing.area.contains(spot(3.0, 0.15)));
    // An island in that sea is dry: its shore is a hole's ring.
    let mut with_island = Area::from_ring(vec![
        spot(-900.0, -900.0),
        spot(900.0, -900.0),
        spot(900.0, 900.0),
        spot(-900.0, 900.0),
    ]);
    let shore = [(-3.0, -0.5), (12.0, -0.5), (12.0, 0.15), (-3.0, 0.15), (-3.0, -0.5)];
    with_island.polygons[0].holes.push(shore.map(|(column, row)| spot(column, row)).to_vec());
    let obstacles = blocking(Vec::new(), vec![with_island]);
    let drawing = &from_a(banks(), obstacles).draw_with(&[600_000], WIDE)[0];
    assert!(drawing.area.contains(spot(3.0, -0.2)), "ashore");
    assert_eq!(inside_on_the_other_bank(drawing, 0, 600), 0, "afloat");
}

#[test]
fn a_cutoff_shorter_than_the_access_leg_draws_the_part_of_it_that_fits() {
    let town = banks();
    // From 200 m north of the street: 200 s of access.
    let origin = spot(4.0, -2.0);
    let position = town.at('A', 'B', 400);
    let access = WalkTime::from_ms(200_000);
    let seeds = Seeds::new(vec![Seed { position, access, owner: 0 }]);
    let (graph, impedance) = (town.graph, town.impedance);
    let draft = Draft { graph, impedance, seeds, obstacles: Obstacles::default(), origin };
    let drawing = &draft.draw(&[100_000])[0];
    // To the last line of the lattice that the part crosses: at most a square short of 100 m.
    assert!(drawing.area.contains(origin) && drawing.area.contains(spot(4.0, -1.21)));
    assert!(!drawing.area.contains(spot(4.0, -0.98)), "two seconds farther");
    assert!(!drawing.area.contains(spot(4.0, 0.0)), "the street is 200 s away");
    assert!(draft.draw(&[200_000])[0].area.contains(spot(4.0, -0.21)));
}

#[test]
fn a_drawing_of_a_huge_reach_or_of_odd_options_stays_bounded() {
    let mut town = Town::draw("A--B");
    town.ingredients.places = vec![spot(0.0, 0.0), spot(1_000.0, 1_000.0)];
    let graph = StreetGraph::build(&town.ingredients);
    let impedance = Impedance::new(&graph, &adult());
    let position = EdgePosition { edge: walkshed::ids::EdgeId(0), offset_mm: 0 };
    let seeds = Seeds::new(vec![Seed { position, access: WalkTime::ZERO, owner: 0 }]);
    let origin = town.place('A');
    let draft = Draft { graph, impedance, seeds, obstacles: Obstacles::default(), origin };
    let drawing = &draft.draw(&[u32::MAX / 2])[0];
    assert!(drawing.area.contains(spot(900.0, 900.0)));
    assert!(drawing.cell.0 > IsochroneOptions::default().cell_m, "wider squares, and it says so");
    let options = IsochroneOptions { cell_m: 0.0, buffer_m: -5.0 };
    let drawing = &draft.draw_with(&[60_000], options)[0];
    assert!(drawing.area.contains(origin));
    // Without any start there is nothing to draw.
    let nothing = Draft { seeds: Seeds::default(), ..draft };
    assert!(nothing.draw(&[60_000])[0].area.polygons.is_empty());
}
