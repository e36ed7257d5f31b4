//! The gain surface: for every street node how many more people one more site there would cover, on generated
//! cities of 62,500 and 1,000,000 crossings (`-- million` for the large one), 1200 m to walk, nobody covered yet.
//!
//! Crossings are 110 m apart, jittered; about two in three streets between them exist, as in Porto's network of
//! 1.35 streets a crossing, where a walk of 1200 m reaches 195 crossings.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use criterion::{Criterion, criterion_group, criterion_main};
use walkshed::coverage::{Rule, Site};
use walkshed::demand::{
    DemandGroup, DemandLayer, DemandPoint, DemandUnit, Quarters, Zone, ZoneHierarchy,
};
use walkshed::facility::{FacilityLayer, Function, Taxonomy};
use walkshed::ids::ZoneId;
use walkshed::import::profile_file::shipped;
use walkshed::placement::gain::GainSurface;
use walkshed::placement::plan::Need;
use walkshed::progress::Silent;
use walkshed::reach::{LinkLimits, LinkSource, LinkedWalker};
use walkshed::spatial::{Area, Front, LonLat};
use walkshed::street::{
    Obstacles, Snapper, StreetClass, StreetGraph, StreetIngredients, StreetTraits, StreetWay,
};
use walkshed::units::{Meters, Persons};

/// Between two crossings, in 1e-7 degrees at the equator: about 110 m.
const MESH: i32 = 9_900;
/// The most a crossing is moved, likewise.
const JITTER: i32 = 2_500;
/// Of a hundred possible streets so many exist.
const KEPT: u64 = 68;

/// Seeded numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn off(&mut self, most: i32) -> i32 {
        self.below(2 * most as u64) as i32 - most
    }
}

/// The streets of a city of `side` × `side` crossings.
fn streets(side: i32, dice: &mut Dice) -> StreetIngredients {
    let mut town = StreetIngredients { names: vec![String::new()], ..StreetIngredients::default() };
    for at in 0..side * side {
        let (column, row) = (at % side, at / side);
        let place =
            LonLat::from_e7(MESH * column + dice.off(JITTER), MESH * row + dice.off(JITTER));
        town.places.push(place.unwrap());
    }
    for at in 0..side * side {
        let beside = [(at % side + 1 < side, at + 1), (at / side + 1 < side, at + side)];
        for (_, other) in beside.into_iter().filter(|(exists, _)| *exists) {
            if dice.below(100) < KEPT {
                let start = town.way_places.len();
                town.way_places.extend([at as u32, other as u32]);
                town.ways.push(StreetWay {
                    source_id: town.ways.len() as i64 + 1,
                    class: StreetClass::Residential,
                    traits: StreetTraits::empty(),
                    name: 0,
                    places: start..start + 2,
                });
            }
        }
    }
    town
}

/// Homes within about 40 m of random crossings, sorted as a layer is.
fn people(town: &StreetIngredients, count: usize, dice: &mut Dice) -> DemandLayer {
    let home = |index: usize, dice: &mut Dice| {
        let at = town.places[dice.below(town.places.len() as u64) as usize];
        let place = LonLat::from_e7(at.lon_e7() + dice.off(3_000), at.lat_e7() + dice.off(3_000));
        DemandPoint {
            key: format!("h{index:07}"),
            place: place.unwrap(),
            front: Front::Point,
            persons: vec![Persons::from_count((1 + dice.below(12)) as f64).unwrap()],
            zone: Some(ZoneId(0)),
        }
    };
    let all = DemandGroup {
        id: "all".to_owned(),
        en: "Everybody".to_owned(),
        zh: "全部".to_owned(),
        estimated: false,
    };
    let points: Vec<DemandPoint> = (0..count).map(|index| home(index, dice)).collect();
    DemandLayer { groups: vec![all].into(), points: points.into(), unit: DemandUnit::Persons }
}

fn measure(criterion: &mut Criterion, name: &str, (side, homes): (i32, usize)) {
    let mut dice = Dice(1);
    let town = streets(side, &mut dice);
    let graph = StreetGraph::build(&town);
    let snapper = Snapper::new(&graph);
    let (facilities, demand) = (FacilityLayer::default(), people(&town, homes, &mut dice));
    let limits = LinkLimits { snap_distance: Meters(400.0), island_length: Meters(0.0) };
    let obstacles = Obstacles::default();
    let source = LinkSource::new(&graph, (&snapper, &obstacles), (&facilities, &demand), limits);
    let walker = LinkedWalker::link(&shipped()[0], &source);
    let childcare = serde_json::json!({"id": "childcare", "en": "Childcare", "zh": "托育"});
    let function: Function = serde_json::from_value(childcare).unwrap();
    let taxonomy = Taxonomy::new(vec![function]).unwrap();
    let rule: Rule = serde_json::from_value(serde_json::json!({
        "id": "r", "en": "", "zh": "", "functions": ["childcare"], "cutoff_m": 1200.0,
        "profile": "adult", "source": "a bench",
    }))
    .unwrap();
    let zone = Zone {
        key: "z".to_owned(),
        name: String::new(),
        parent: None,
        level: 0,
        kind: None,
        area: Area::default(),
    };
    let zones = ZoneHierarchy::new(vec![zone], vec!["zone".to_owned()]);
    let quarters = Quarters::default();
    let site = Site {
        graph: &graph,
        taxonomy: &taxonomy,
        facilities: &facilities,
        demand: &demand,
        zones: &zones,
        quarters: &quarters,
    };
    let need = Need::find(site, &walker, &rule).unwrap();
    assert_eq!(need.rows.len(), homes);
    let mut group = criterion.benchmark_group("gain surface");
    group.sample_size(10);
    let nodes = graph.node_count();
    group.bench_function(format!("{name}: {nodes} nodes, {homes} homes"), |bencher| {
        bencher.iter(|| GainSurface::find(&need, &Silent));
    });
    group.finish();
}

fn gain(criterion: &mut Criterion) {
    measure(criterion, "city", (250, 60_000));
    // The large one takes a minute to prepare: only when asked for by name.
    if std::env::args().any(|argument| argument.contains("million")) {
        measure(criterion, "a million", (1_000, 1_000_000));
    }
}

criterion_group!(benches, gain);
criterion_main!(benches);
