//! Random street networks from a seed: mid-way places, loops, multi-edges, streets of no length, one-way
//! streets, steps, lifts, barriers of all kinds and, when asked for, private ground.

use proptest::prelude::*;
use walkshed::ids::EdgeId;
use walkshed::reach::{Seed, Seeds};
use walkshed::spatial::LonLat;
use walkshed::street::{
    BarrierKind, CrossingKind, EdgePosition, Impedance, NodeBarrier, NodeCrossing, StreetClass,
    StreetGraph, StreetIngredients, StreetTraits, StreetWay, WalkProfile,
};
use walkshed::units::WalkTime;

use super::walkers::{adult, hasty, stroller};

/// The `SplitMix64` generator: small, seeded, good enough to draw towns.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound.max(1))) as u32
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }
}

/// Which networks are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mix {
    /// Everything but private ground.
    Public,
    /// Plain streets and private ones; ways never come back to a place.
    WithPrivate,
}

/// A random network with the dice left to draw positions from.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) ingredients: StreetIngredients,
    pub(crate) dice: Dice,
}

/// Networks by seed; the seed is what a failure shows.
pub(crate) fn seeds() -> impl Strategy<Value = u64> {
    any::<u64>()
}

/// A place within a square of about 1 km.
fn place(dice: &mut Dice) -> LonLat {
    let (lon, lat) = (dice.below(90_000) as i32, dice.below(90_000) as i32);
    LonLat::from_e7(118_000_000 + lon, 450_000_000 + lat).expect("on earth")
}

fn class(dice: &mut Dice) -> StreetClass {
    match dice.below(12) {
        0 => StreetClass::Steps,
        1 => StreetClass::Elevator,
        2 => StreetClass::Escalator,
        3 => StreetClass::Ferry,
        _ => StreetClass::Footway,
    }
}

fn traits(dice: &mut Dice, mix: Mix) -> StreetTraits {
    if mix == Mix::WithPrivate {
        let private = dice.below(5) < 2;
        return if private { StreetTraits::PRIVATE } else { StreetTraits::empty() };
    }
    match dice.below(14) {
        0 => StreetTraits::FORWARD_ONLY,
        1 => StreetTraits::BACKWARD_ONLY,
        2 => StreetTraits::ROUGH,
        3 => StreetTraits::NARROW,
        4 => StreetTraits::CONDITIONAL,
        5 => StreetTraits::CLOSED,
        _ => StreetTraits::empty(),
    }
}

/// The network of `seed`, of up to about 24 places.
pub(crate) fn network(seed: u64, mix: Mix) -> Network {
    let mut dice = Dice::new(seed);
    let count = 2 + dice.below(22);
    let mut ingredients =
        StreetIngredients { names: vec![String::new()], ..StreetIngredients::default() };
    for _ in 0..count {
        let known = ingredients.places.len() as u32;
        // Some places lie on one another: streets of no length.
        let again = known > 0 && dice.once_in(8);
        let next =
            if again { ingredients.places[dice.below(known) as usize] } else { place(&mut dice) };
        ingredients.places.push(next);
    }
    for source_id in 1..=i64::from(1 + dice.below(count + 10)) {
        let steps = if mix == Mix::WithPrivate { 2 } else { 2 + dice.below(4) };
        let mut line: Vec<u32> = (0..steps).map(|_| dice.below(count)).collect();
        if mix == Mix::WithPrivate && line[0] == line[1] {
            line[1] = (line[0] + 1) % count;
        }
        let start = ingredients.way_places.len();
        ingredients.way_places.extend(line);
        let class = if mix == Mix::Public { class(&mut dice) } else { StreetClass::Footway };
        let traits = traits(&mut dice, mix);
        let places = start..ingredients.way_places.len();
        ingredients.ways.push(StreetWay { source_id, class, traits, name: 0, places });
    }
    for place in 0..count {
        if dice.once_in(6) {
            let kind = barrier_kind(&mut dice, mix);
            ingredients.barriers.push(NodeBarrier::new(place, 9_000, kind));
        }
    }
    // Dice of their own, so that crossings change no other draw.
    let mut crossings = Dice::new(seed ^ 0x00C0_FFEE);
    for place in 0..count {
        if crossings.once_in(4) {
            let kind =
                if crossings.once_in(2) { CrossingKind::Signals } else { CrossingKind::Plain };
            ingredients.crossings.push(NodeCrossing { place, kind });
        }
    }
    Network { ingredients, dice }
}

fn barrier_kind(dice: &mut Dice, mix: Mix) -> BarrierKind {
    match (mix, dice.below(4)) {
        (_, 0) => BarrierKind::Gate,
        (Mix::WithPrivate, 1..=2) => BarrierKind::Private,
        (Mix::Public, 1) => BarrierKind::Narrow,
        (Mix::Public, 2) => BarrierKind::Conditional,
        _ => BarrierKind::Closed,
    }
}

/// A random network as one walker sees it, with seeds.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) graph: StreetGraph,
    pub(crate) impedance: Impedance,
    pub(crate) profile: WalkProfile,
    pub(crate) seeds: Seeds,
    pub(crate) dice: Dice,
}

/// The public scene of `seed`: a network, a walker, and up to five seeds of up to four owners.
pub(crate) fn scene(seed: u64) -> Scene {
    let Network { ingredients, mut dice } = network(seed, Mix::Public);
    let graph = StreetGraph::build(&ingredients);
    let profile = match dice.below(3) {
        0 => adult(),
        1 => stroller(),
        _ => hasty(),
    };
    let impedance = Impedance::new(&graph, &profile);
    let count = 1 + dice.below(5);
    let seeds = (0..count).map(|_| start(&graph, &mut dice)).collect();
    Scene { graph, impedance, profile, seeds: Seeds::new(seeds), dice }
}

/// A seed anywhere on `graph`.
pub(crate) fn start(graph: &StreetGraph, dice: &mut Dice) -> Seed {
    let position = position(graph, dice);
    let access = if dice.once_in(2) { 0 } else { dice.below(90_000) };
    Seed { position, access: WalkTime::from_ms(access), owner: dice.below(4) }
}

/// A position anywhere on `graph`; often at an end of an edge.
pub(crate) fn position(graph: &StreetGraph, dice: &mut Dice) -> EdgePosition {
    let edge = EdgeId(dice.below(graph.edge_count() as u32));
    let length = graph.edges()[edge].length_mm;
    let offset_mm = match dice.below(6) {
        0 => 0,
        1 => length,
        _ => dice.below(length.saturating_add(1)),
    };
    EdgePosition { edge, offset_mm }
}
