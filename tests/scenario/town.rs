//! Towns for scenarios: made of random streets, or by hand.

use crate::support::random::{self, Dice, Mix};
use crate::support::walkers::{adult, stroller};
use walkshed::coverage::{Rule, Standard};
use walkshed::demand::{DemandGroup, DemandLayer, DemandPoint, DemandUnit, Zone, ZoneHierarchy};
use walkshed::facility::{
    Facility, FacilityLayer, FacilityStatus, Function, FunctionOffer, Taxonomy,
};
use walkshed::ids::{FunctionId, ZoneId};
use walkshed::reach::LinkLimits;
use walkshed::scenario::{Baseline, Ingredients};
use walkshed::spatial::{Area, Front, LonLat};
use walkshed::street::{StreetGraph, StreetIngredients};
use walkshed::units::{Meters, Persons};

pub(crate) fn function(id: &str) -> Function {
    Function {
        id: id.into(),
        en: id.into(),
        zh: id.into(),
        osm: vec![],
        aliases: vec![],
        part_of: None,
    }
}

pub(crate) fn taxonomy() -> Taxonomy {
    Taxonomy::new(vec![function("childcare"), function("meals")]).unwrap()
}

pub(crate) fn rule(
    id: &str,
    functions: &[&str],
    cutoff: (Option<f64>, Option<f64>),
    profile: &str,
) -> Rule {
    Rule {
        id: id.into(),
        en: id.into(),
        zh: id.into(),
        functions: functions.iter().map(|&f| f.to_owned()).collect(),
        tier: (id == "tiered").then(|| "15min".to_owned()),
        cutoff_min: cutoff.0,
        cutoff_m: cutoff.1,
        profile: profile.into(),
        group: if id == "near" { "few".into() } else { "all".into() },
        capacity_per_1000: None,
        pass_share: 0.9,
        benchmark_share: None,
        source: "made up".into(),
        source_zh: String::new(),
        verified: false,
    }
}

pub(crate) fn standard() -> Standard {
    Standard {
        id: "test".into(),
        en: "test".into(),
        zh: "test".into(),
        source: "made up".into(),
        source_zh: String::new(),
        note: String::new(),
        note_zh: String::new(),
        rules: vec![
            rule("near", &["childcare"], (Some(5.0), None), "adult"),
            rule("far", &["childcare"], (Some(15.0), None), "adult"),
            rule("stroller", &["childcare", "meals"], (Some(8.0), None), "stroller"),
            rule("metres", &["meals"], (None, Some(500.0)), "adult"),
            rule("tiered", &["meals"], (Some(10.0), None), "stroller"),
        ],
        composite: None,
        withheld: Vec::new(),
    }
}

pub(crate) fn place(dice: &mut Dice) -> LonLat {
    let (lon, lat) = (dice.below(90_000) as i32, dice.below(90_000) as i32);
    LonLat::from_e7(118_000_000 + lon, 450_000_000 + lat).unwrap()
}

pub(crate) fn facility(key: String, function: u32, place: LonLat) -> Facility {
    let (capacity, opening_hours) = (None, None);
    let function = FunctionId(function);
    Facility {
        key,
        layer: "test".into(),
        name: String::new(),
        offers: vec![FunctionOffer { function, capacity, opening_hours }],
        tier: None,
        status: FacilityStatus::Open,
        opening_year: None,
        place,
        entrances: vec![place],
        outline: None,
        foot: None,
        wheels: walkshed::facility::Wheels::default(),
    }
}

pub(crate) fn zones() -> ZoneHierarchy {
    let corner =
        |lon: i32, lat: i32| LonLat::from_e7(118_000_000 + lon, 450_000_000 + lat).unwrap();
    let area = |east: i32| {
        Area::from_ring(vec![
            corner(-10, -10),
            corner(east, -10),
            corner(east, 90_010),
            corner(-10, 90_010),
        ])
    };
    let zone = |key: &str, parent: Option<u32>, east: i32| Zone {
        key: key.into(),
        name: key.into(),
        parent: parent.map(ZoneId),
        level: u8::from(parent.is_some()),
        kind: None,
        area: area(east),
    };
    ZoneHierarchy::new(
        vec![zone("town", None, 80_000), zone("west", Some(0), 40_000)],
        vec!["town".into(), "part".into()],
    )
}

pub(crate) fn group(id: &str) -> DemandGroup {
    DemandGroup { id: id.into(), en: id.into(), zh: id.into(), estimated: false }
}

pub(crate) fn baseline_of(
    streets: &StreetIngredients,
    facilities: Vec<Facility>,
    homes: &[(LonLat, f64)],
) -> Baseline {
    let points = homes.iter().enumerate().map(|(index, &(place, count))| DemandPoint {
        key: format!("p{index:03}"),
        place,
        front: Front::Listed,
        persons: [count, count / 3.0].map(|count| Persons::from_count(count).unwrap()).to_vec(),
        zone: None,
    });
    let demand = DemandLayer {
        groups: vec![group("all"), group("few")].into(),
        points: points.collect(),
        unit: DemandUnit::Persons,
    };
    let ingredients = Ingredients {
        graph: StreetGraph::build(streets),
        profiles: vec![adult(), stroller()],
        taxonomy: taxonomy(),
        facilities: FacilityLayer::new(facilities),
        demand,
        zones: zones(),
        standards: vec![standard()],
        ..Ingredients::default()
    };
    let limits = LinkLimits { snap_distance: Meters(150.0), island_length: Meters(0.0) };
    Baseline::new(ingredients, limits)
}

pub(crate) fn random_town(seed: u64) -> (Baseline, Dice) {
    let mix = if seed.is_multiple_of(3) { Mix::WithPrivate } else { Mix::Public };
    let random::Network { ingredients, mut dice } = random::network(seed, mix);
    let facilities = (0..=dice.below(6))
        .map(|index| facility(format!("f{index}"), dice.below(2), place(&mut dice)))
        .collect();
    let homes: Vec<(LonLat, f64)> = (0..4 + dice.below(20))
        .map(|_| (place(&mut dice), f64::from(dice.below(500)) / 7.0))
        .collect();
    (baseline_of(&ingredients, facilities, &homes), dice)
}
