//! Gates to open, judged by building the streets anew with every set of gates in them.

use walkshed::ids::{Id, NodeId, SiteId};
use walkshed::placement::gate_candidates::{Fixed, GateSearch, find_gates};
use walkshed::placement::gate_reach::{Gate, GateStreets, WayLimits};
use walkshed::placement::gates::{GateEvaluator, GateInstance, GatePlan, rank_gates, solve_gates};
use walkshed::placement::program::Effort;
use walkshed::placement::verify_gates::verify_gates;
use walkshed::placement::{SiteFacts, SolutionStatus};
use walkshed::progress::Silent;
use walkshed::reach::{Ground, NearestField, Seed, Seeds};
use walkshed::spatial::frame::ground_distance;
use walkshed::spatial::{Area, LonLat};
use walkshed::street::{
    EdgePosition, Impedance, Snapped, Snapper, StreetClass, StreetGraph, StreetIngredients,
    StreetTraits, StreetWay,
};
use walkshed::units::{Meters, MetersPerSecond, WalkTime};

use support::walkers::adult;

use crate::support;

const SIDE: u32 = 5;
const CUTOFF: WalkTime = WalkTime::from_ms(403_000);

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

/// A town of crossings 90 m apart one way and 110 m the other, each street with a place in its middle.
struct WalledTown {
    places: Vec<LonLat>,
    streets: Vec<[u32; 3]>,
    /// Closed gates, between places.
    gates: Vec<(u32, u32)>,
    facility: u32,
    sites: Vec<u32>,
    weights: Vec<i64>,
}

impl WalledTown {
    fn random(dice: &mut Dice) -> Self {
        let at = |column: i32, row: i32| LonLat::from_e7(column, row).expect("a small town");
        let mut places: Vec<LonLat> = (0..SIDE * SIDE)
            .map(|p| at((p % SIDE) as i32 * 8_085, (p / SIDE) as i32 * 9_948))
            .collect();
        let (mut streets, mut gates) = (Vec::new(), Vec::new());
        for p in 0..SIDE * SIDE {
            for (q, inside) in [(p + 1, p % SIDE + 1 < SIDE), (p + SIDE, p / SIDE + 1 < SIDE)] {
                if inside && dice.below(100) < 60 {
                    let (a, b) = (places[p as usize], places[q as usize]);
                    let middle = at(
                        i32::midpoint(a.lon_e7(), b.lon_e7()),
                        i32::midpoint(a.lat_e7(), b.lat_e7()),
                    );
                    places.push(middle);
                    streets.push([p, places.len() as u32 - 1, q]);
                }
            }
        }
        while gates.len() < 6 {
            let used = |dice: &mut Dice| streets[dice.below(streets.len() as u64) as usize];
            let (a, b) = (used(dice)[dice.below(3) as usize], used(dice)[dice.below(3) as usize]);
            let far = ground_distance(places[a as usize], places[b as usize]).0;
            if a != b && far < 130.0 {
                gates.push((a, b));
            }
        }
        let node = |dice: &mut Dice| streets[dice.below(streets.len() as u64) as usize][0];
        let facility = node(dice);
        let sites = vec![node(dice), node(dice)];
        let weights = (0..SIDE * SIDE).map(|_| dice.below(40) as i64).collect();
        Self { places, streets, gates, facility, sites, weights }
    }

    fn graph(&self, open: &[usize]) -> StreetGraph {
        let mut ingredients = StreetIngredients {
            names: vec![String::new()],
            places: self.places.clone(),
            ..StreetIngredients::default()
        };
        let streets = self.streets.iter().map(|street| street.to_vec());
        let gates = open.iter().map(|&gate| vec![self.gates[gate].0, self.gates[gate].1]);
        for (way, source_id) in streets.chain(gates).zip(1..) {
            let start = ingredients.way_places.len();
            ingredients.way_places.extend(way);
            ingredients.ways.push(StreetWay {
                source_id,
                class: StreetClass::Residential,
                traits: StreetTraits::empty(),
                name: 0,
                places: start..ingredients.way_places.len(),
            });
        }
        StreetGraph::build(&ingredients)
    }

    /// A position of a place on some street.
    fn position(&self, graph: &StreetGraph, place: u32) -> Option<EdgePosition> {
        let place = self.places[place as usize];
        graph.edges().enumerate().find_map(|(edge, facts)| {
            let at = graph.shape(edge).iter().position(|&p| p == place)?;
            let last = graph.shape(edge).len() - 1;
            let offset_mm = if at == 0 {
                0
            } else if at == last {
                facts.length_mm
            } else {
                facts.length_mm / 2
            };
            Some(EdgePosition { edge, offset_mm })
        })
    }

    fn seeds(&self, graph: &StreetGraph, places: &[u32]) -> Seeds {
        let seed = |&place: &u32| {
            let position = self.position(graph, place)?;
            Some(Seed { position, access: WalkTime::ZERO, owner: 0 })
        };
        Seeds::new(places.iter().filter_map(seed).collect())
    }

    /// Whether each crossing is covered with these gates and sites, on streets built anew.
    fn covered(&self, gates: &[usize], sites: &[u32]) -> Vec<bool> {
        let graph = self.graph(gates);
        let impedance = Impedance::new(&graph, &adult());
        let ground = Ground::toward(&graph, &impedance);
        let seeds = self.seeds(&graph, &[&[self.facility], sites].concat());
        let field = NearestField::sweep(&ground, &seeds, CUTOFF);
        let node = |place: u32| {
            graph
                .places()
                .ids()
                .find(|&n: &NodeId| graph.places()[n] == self.places[place as usize])
        };
        (0..SIDE * SIDE)
            .map(|place| node(place).is_some_and(|node| field.time(node) <= CUTOFF))
            .collect()
    }
}

fn homes(town: &WalledTown, graph: &StreetGraph) -> Vec<(Vec<Snapped>, i64)> {
    let home = |place: u32| {
        let at = town.places[place as usize];
        let snap = town.position(graph, place).map(|position| Snapped::on_street(position, at));
        (snap.into_iter().collect(), town.weights[place as usize])
    };
    (0..SIDE * SIDE).map(home).collect()
}

fn gates(town: &WalledTown, graph: &StreetGraph) -> Vec<Gate> {
    let side = |place: u32| town.position(graph, place).expect("gates stand on streets");
    let gate = |&(a, b): &(u32, u32)| {
        let length = ground_distance(town.places[a as usize], town.places[b as usize]);
        let crossing = MetersPerSecond(1.0).time_for_mm(length.as_mm());
        Gate { from: side(a), to: side(b), crossing }
    };
    town.gates.iter().map(gate).collect()
}

#[test]
fn the_best_gates_and_sites_are_those_that_trying_all_on_real_streets_finds() {
    let mut dice = Dice(3);
    let mut helped = 0;
    for case in 0..12 {
        let town = WalledTown::random(&mut dice);
        let graph = town.graph(&[]);
        let impedance = Impedance::new(&graph, &adult());
        let (homes, gates) = (homes(&town, &graph), gates(&town, &graph));
        let facilities = town.seeds(&graph, &[town.facility]);
        let sites: Vec<Seeds> =
            town.sites.iter().map(|&site| town.seeds(&graph, &[site])).collect();
        let streets = GateStreets {
            graph: &graph,
            impedance: &impedance,
            gates: &gates,
            facilities: &facilities,
            sites: &sites,
            homes: &homes,
            cutoff: CUTOFF,
        };
        let ways = streets.ways(WayLimits { gates: 6, ..WayLimits::default() });
        assert!(ways.complete);
        let instance =
            GateInstance::new(town.weights.clone(), ways.of_home, (6, &[SiteFacts::default(); 8]))
                .unwrap();
        let before = town.covered(&[], &[]);
        let mut best = [[0; 3]; 4];
        for set in 0..256_usize {
            let taken: Vec<usize> = (0..8).filter(|choice| set >> choice & 1 == 1).collect();
            let open: Vec<usize> = taken.iter().copied().filter(|&c| c < 6).collect();
            let built: Vec<u32> =
                taken.iter().filter(|&&c| c >= 6).map(|&c| town.sites[c - 6]).collect();
            let after = town.covered(&open, &built);
            let newly: i64 = (0..before.len())
                .filter(|&row| after[row] && !before[row])
                .map(|row| town.weights[row])
                .sum();
            let choices: Vec<SiteId> = taken.iter().map(|&c| SiteId::from_index(c)).collect();
            assert_eq!(instance.newly_covered(&choices), newly, "case {case}, {taken:?}");
            if set % 16 == 5 {
                assert_eq!(streets.newly_covered(&choices), newly, "case {case}, {taken:?}");
            }
            for row in best.iter_mut().skip(open.len()) {
                for cell in row.iter_mut().skip(built.len()) {
                    *cell = newly.max(*cell);
                }
            }
        }
        for (k, row) in best.iter().enumerate() {
            for (p, &best) in row.iter().enumerate() {
                let rules = instance.at_most(Some(k as u32), Some(p as u32));
                let plan = solve_gates(&instance, &rules, Effort::default(), &Silent);
                assert_eq!(
                    (plan.value, plan.bound),
                    (best, best),
                    "case {case}, {k} gates, {p} sites"
                );
                assert_eq!(plan.status, SolutionStatus::Optimal);
                assert_eq!(verify_gates(&instance, &rules, &plan), Ok(()));
            }
        }
        let ranks = rank_gates(&instance);
        helped += usize::from(ranks[0].alone > 0);
        assert!(ranks.is_sorted_by(|a, b| a.alone >= b.alone));
    }
    assert!(helped > 6, "{helped}");
}

#[test]
fn gates_are_found_where_streets_lie_close_but_walk_far_apart() {
    // Two lanes 20 m apart, joined at their far west ends only.
    let at = |east_m: f64, north_m: f64| {
        LonLat::from_e7((east_m * 89.83) as i32, (north_m * 90.43) as i32).unwrap()
    };
    let places = vec![at(0.0, 0.0), at(500.0, 0.0), at(0.0, 20.0), at(500.0, 20.0)];
    let ways = [vec![0_u32, 1], vec![2, 3], vec![0, 2]];
    let mut ingredients =
        StreetIngredients { names: vec![String::new()], places, ..StreetIngredients::default() };
    for (way, source_id) in ways.into_iter().zip(1..) {
        let start = ingredients.way_places.len();
        ingredients.way_places.extend(way);
        ingredients.ways.push(StreetWay {
            source_id,
            class: StreetClass::Residential,
            traits: StreetTraits::empty(),
            name: 0,
            places: start..ingredients.way_places.len(),
        });
    }
    let graph = StreetGraph::build(&ingredients);
    let meters = Impedance::new(&graph, &adult().metre_yardstick());
    let snapper = Snapper::new(&graph);
    let wanted = GateSearch::default();
    let found = find_gates((&graph, &meters), &snapper, &Fixed::new(&[]), wanted);
    // 400 m and more apart on foot: 190 m and more from the west end; the longest walk, at the east end, first.
    assert!(found[0].walk.is_some_and(|walk| walk.0 > 1_000.0), "{:?}", found[0]);
    assert!(found.len() >= 5 && found.iter().all(|gate| gate.gap.0 < 20.5));
    assert!(found.iter().all(|gate| gate.walk.is_some_and(|walk| walk.0 >= 400.0)));
    let gate = found[0].gate(MetersPerSecond(1.0));
    assert!(gate.crossing.as_seconds() > 19.0 && gate.crossing.as_seconds() < 21.0);
    // A building between the lanes leaves gates only beside it.
    let ring = [at(300.0, 5.0), at(600.0, 5.0), at(600.0, 15.0), at(300.0, 15.0), at(300.0, 5.0)];
    let building = [Area::from_ring(ring.to_vec())];
    let beside = find_gates((&graph, &meters), &snapper, &Fixed::new(&building), wanted);
    assert!(!beside.is_empty() && beside.len() < found.len());
    assert!(beside.iter().all(|gate| gate.places.0.lon_e7() < at(301.0, 0.0).lon_e7()));
    // Nothing is close when the gap asked for is smaller.
    let narrow = GateSearch { gap: Meters(10.0), ..wanted };
    assert!(find_gates((&graph, &meters), &snapper, &Fixed::new(&[]), narrow).is_empty());
}

/// Each two places in turn are the ends of a lane.
fn lanes(places: &[LonLat]) -> StreetGraph {
    let mut ingredients = StreetIngredients {
        names: vec![String::new()],
        places: places.to_vec(),
        ..StreetIngredients::default()
    };
    for lane in 0..places.len() as u32 / 2 {
        let start = ingredients.way_places.len();
        ingredients.way_places.extend([lane * 2, lane * 2 + 1]);
        ingredients.ways.push(StreetWay {
            source_id: i64::from(lane) + 1,
            class: StreetClass::Residential,
            traits: StreetTraits::empty(),
            name: 0,
            places: start..start + 2,
        });
    }
    StreetGraph::build(&ingredients)
}

#[test]
fn two_gates_in_a_row_count_only_together() {
    // Three lanes that meet nowhere: the facility on the first, a gate to the second, another to the third.
    let at = |east_m: f64, north_m: f64| {
        LonLat::from_e7((east_m * 89.83) as i32, (north_m * 90.43) as i32).unwrap()
    };
    let places: Vec<LonLat> =
        (0..3).flat_map(|lane| [0.0, 200.0].map(|x| at(x, f64::from(lane) * 20.0))).collect();
    let town = WalledTown {
        places,
        streets: Vec::new(),
        gates: Vec::new(),
        facility: 0,
        sites: Vec::new(),
        weights: vec![1, 10, 100],
    };
    let graph = lanes(&town.places);
    let impedance = Impedance::new(&graph, &adult());
    let on = |place: u32| town.position(&graph, place).unwrap();
    let crossing = WalkTime::from_ms(20_000);
    let gates =
        [Gate { from: on(1), to: on(3), crossing }, Gate { from: on(4), to: on(2), crossing }];
    let home = |place: u32, weight: i64| {
        let place_of = town.places[place as usize];
        let snap = Snapped::on_street(on(place), place_of);
        (vec![snap], weight)
    };
    // 200 m and the gate; then 200 m back and the other gate; then 200 m on.
    let homes = [home(1, 1), home(2, 10), home(5, 100)];
    let facilities = town.seeds(&graph, &[0]);
    let cutoff = WalkTime::from_ms(660_000);
    let streets = GateStreets {
        graph: &graph,
        impedance: &impedance,
        gates: &gates,
        facilities: &facilities,
        sites: &[],
        homes: &homes,
        cutoff,
    };
    let ways = streets.ways(WayLimits::default());
    assert_eq!(ways.of_home, [vec![vec![]], vec![vec![0]], vec![vec![0, 1]]]);
    // With one gate a way at most, the far home has none.
    let single = streets.ways(WayLimits { gates: 1, ..WayLimits::default() });
    assert_eq!(single.of_home, [vec![vec![]], vec![vec![0]], vec![]]);
    let none: Vec<Vec<Vec<u32>>> = vec![vec![vec![]], vec![vec![0]], vec![]];
    let near = GateStreets { cutoff: WalkTime::from_ms(630_000), ..streets.clone() };
    assert_eq!(near.ways(WayLimits::default()).of_home, none);
    let facts = [SiteFacts::default(); 2];
    let instance = GateInstance::new(town.weights.clone(), ways.of_home, (2, &facts)).unwrap();
    let all = [SiteId(0), SiteId(1)];
    assert_eq!((instance.newly_covered(&all[1..]), instance.newly_covered(&all)), (0, 110));
    assert_eq!(streets.newly_covered(&all), 110);
    let ranks = rank_gates(&instance);
    assert_eq!((ranks[0].alone, ranks[0].last, ranks[1].alone, ranks[1].last), (10, 110, 0, 100));
    for (k, best) in [(0, 0), (1, 10), (2, 110)] {
        let rules = instance.at_most(Some(k), None);
        let plan = solve_gates(&instance, &rules, Effort::default(), &Silent);
        assert_eq!((plan.value, plan.bound), (best, best));
        assert_eq!(verify_gates(&instance, &rules, &plan), Ok(()));
        let forged = GatePlan { value: best + 1, ..plan };
        assert!(verify_gates(&instance, &rules, &forged).is_err());
    }
}
