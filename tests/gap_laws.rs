//! Laws of coverage gaps: an edit changes only gaps with a home whose walk it changed, a gap keeps its id, one site could
//! serve it, its name is its own, and together they hold everybody left out.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use crate::support;
use crate::support::random::Dice;
use crate::support::walkers::adult;

use proptest::prelude::*;
use walkshed::coverage::gap::{GAP_PERSONS_MIN, LeftOut, find_gaps, widest};
use walkshed::coverage::{CoverageGap, GapKind, GapWords};
use walkshed::demand::{
    DemandGroup, DemandLayer, DemandPoint, DemandUnit, Quarters, Zone, ZoneDraft, ZoneHierarchy,
};
use walkshed::ids::{DemandPointId, ZoneId};
use walkshed::reach::LinkLimits;
use walkshed::scenario::{Baseline, Ingredients};
use walkshed::spatial::frame::ground_distance;
use walkshed::spatial::{Area, Front, LonLat};
use walkshed::street::{StreetClass, StreetGraph, StreetIngredients, StreetTraits, StreetWay};
use walkshed::units::{Meters, Persons, WalkTime};

/// South-west corner of the town, in 1e-7 degrees; a step of 100 is about a metre.
const CORNER: [i32; 2] = [1_000_000_000, 100_000_000];
/// Side of the town in metres.
const SIDE_M: i32 = 4_000;

fn at(east_m: i32, north_m: i32) -> LonLat {
    LonLat::from_e7(CORNER[0] + east_m * 92, CORNER[1] + north_m * 90).unwrap()
}

fn square(west: i32, south: i32, side: i32) -> Area {
    let corners = [(0, 0), (side, 0), (side, side), (0, side)];
    Area::from_ring(corners.map(|(x, y)| at(west + x, south + y)).to_vec())
}

fn draft(key: String, level: u8, name: String, area: Area) -> ZoneDraft {
    ZoneDraft { key, name, level, area, ..ZoneDraft::default() }
}

/// A borough; communities of 700 m, some lacking and some of one name; census cells of 140 m in a few of them.
fn zones(dice: &mut Dice) -> ZoneHierarchy {
    let mut drafts = vec![draft("b".into(), 0, "Borough".into(), square(0, 0, SIDE_M))];
    for (x, y) in (0..5).flat_map(|x| (0..5).map(move |y| (x, y))) {
        if dice.once_in(4) {
            continue;
        }
        let name = if dice.once_in(3) { "First".to_owned() } else { format!("C{x}{y}") };
        drafts.push(draft(format!("c{x}{y}"), 1, name, square(x * 700, y * 700, 700)));
        if dice.once_in(3) {
            for (i, j) in (0..5).flat_map(|i| (0..5).map(move |j| (i, j))) {
                let cell = square(x * 700 + i * 140, y * 700 + j * 140, 140);
                drafts.push(draft(format!("c{x}{y}/{i}{j}"), 2, format!("{x}{y}{i}{j}"), cell));
            }
        }
    }
    ZoneHierarchy::from_drafts(drafts, vec!["b".into(), "c".into(), "g".into()]).unwrap()
}

/// Streets every 500 m west to east, named, and nameless ones across.
fn streets() -> StreetIngredients {
    let mut made = StreetIngredients { names: vec![String::new()], ..StreetIngredients::default() };
    let lines = SIDE_M / 500 + 1;
    let node = |x: i32, y: i32| (y * lines + x) as u32;
    for (y, x) in (0..lines).flat_map(|y| (0..lines).map(move |x| (y, x))) {
        made.places.push(at(x * 500, y * 500));
    }
    for line in 0..lines {
        made.names.push(format!("Street {line}"));
        for (name, run) in [
            (line as u32 + 1, (0..lines).map(|x| node(x, line)).collect::<Vec<u32>>()),
            (0, (0..lines).map(|y| node(line, y)).collect()),
        ] {
            let start = made.way_places.len();
            made.way_places.extend(run);
            made.ways.push(StreetWay {
                source_id: made.ways.len() as i64,
                class: StreetClass::Residential,
                traits: StreetTraits::empty(),
                name,
                places: start..made.way_places.len(),
            });
        }
    }
    made
}

fn town(dice: &mut Dice, zones: ZoneHierarchy) -> Baseline {
    let home = |index: u32, dice: &mut Dice| DemandPoint {
        key: format!("p{index:04}"),
        place: at(dice.below(SIDE_M as u32) as i32, dice.below(SIDE_M as u32) as i32),
        front: Front::Point,
        persons: vec![Persons::from_micro(10_000 << dice.below(10))],
        zone: None,
    };
    let points: Vec<DemandPoint> = (0..700).map(|index| home(index, dice)).collect();
    let group =
        DemandGroup { id: "all".into(), en: "all".into(), zh: "all".into(), estimated: false };
    let quarters = [("Old Town", (300, 300)), ("Mill", (2_600, 1_900)), ("", (3_000, 3_000))];
    let quarters = quarters.map(|(name, (x, y))| (name.to_owned(), at(x, y)));
    let ingredients = Ingredients {
        graph: StreetGraph::build(&streets()),
        profiles: vec![adult()],
        demand: DemandLayer {
            groups: vec![group].into(),
            points: points.into(),
            unit: DemandUnit::Persons,
        },
        zones,
        quarters: Quarters::new(quarters),
        ..Ingredients::default()
    };
    let limits = LinkLimits { snap_distance: Meters(300.0), island_length: Meters(0.0) };
    Baseline::new(ingredients, limits)
}

fn cut(town: &Baseline, walk: f64, left_out: &[LeftOut]) -> Vec<CoverageGap> {
    find_gaps(&town.site(), &town.walkers()[0], (Meters(walk), left_out))
}

/// Everybody with a walk beyond 15 minutes who lives farther than `radius_m` from `open`.
fn left_out(town: &Baseline, open: &[(LonLat, f64)]) -> Vec<LeftOut> {
    let far = |point: &DemandPoint| {
        let mut near =
            open.iter().map(|&(site, radius)| (ground_distance(site, point.place).0, radius));
        near.all(|(distance, radius)| distance > radius)
    };
    let all = town.demand.points.enumerate();
    all.filter(|(_, point)| point.zone.is_some() && far(point))
        .map(|(id, point)| (id, point.persons[0], WalkTime::from_ms(900_001 + id.0)))
        .collect()
}

/// A zone and those around it.
fn chain(zones: &ZoneHierarchy, zone: Option<ZoneId>) -> Vec<ZoneId> {
    std::iter::successors(zone, |&zone| zones.zones[zone].parent).collect()
}

proptest! {
    #![proptest_config(support::cases(60))]

    #[test]
    fn an_edit_changes_only_gaps_with_a_home_it_touched(seed in any::<u64>(), walk in 150.0..1_800.0_f64) {
        let mut dice = Dice::new(seed);
        let zones = if dice.once_in(4) { ZoneHierarchy::default() } else { zones(&mut dice) };
        let town = town(&mut dice, zones);
        let mut site = || at(dice.below(SIDE_M as u32) as i32, dice.below(SIDE_M as u32) as i32);
        let mut open = vec![(site(), 700.0), (site(), 900.0)];
        let before = left_out(&town, &open);
        open.push((site(), 800.0));
        let after = left_out(&town, &open);
        let stayed: BTreeSet<DemandPointId> = after.iter().map(|home| home.0).collect();
        let touched: Vec<DemandPointId> =
            before.iter().map(|home| home.0).filter(|id| !stayed.contains(id)).collect();
        let (old, new) = (cut(&town, walk, &before), cut(&town, walk, &after));
        let by_key = |gaps: &[CoverageGap]| -> BTreeMap<String, CoverageGap> {
            gaps.iter().map(|gap| (gap.key.clone(), gap.clone())).collect()
        };
        let (old, new) = (by_key(&old), by_key(&new));
        let touched_zones: BTreeSet<ZoneId> = touched
            .iter()
            .flat_map(|&id| chain(&town.zones, town.demand.points[id].zone))
            .collect();
        for key in old.keys().chain(new.keys()) {
            let (was, is) = (old.get(key), new.get(key));
            if was == is {
                continue;
            }
            let kind = was.or(is).unwrap().kind;
            if kind == GapKind::Place {
                // A place may shrink or go, never grow, and only where somebody was touched.
                let was = was.expect("closing nothing makes no new place");
                prop_assert!(was.points.iter().any(|id| touched.contains(id)), "{key}");
            } else {
                // Scattered over a zone with somebody touched, or over the study.
                let zone = key.strip_suffix("/scattered");
                let of_zone = |id: &ZoneId| Some(town.zones.zones[*id].key.as_str()) == zone;
                prop_assert!(key == "scattered" || touched_zones.iter().any(of_zone), "{key}");
            }
        }
    }

    #[test]
    fn gaps_hold_everybody_once_and_one_site_serves_each(seed in any::<u64>(), walk in 150.0..1_800.0_f64) {
        let mut dice = Dice::new(seed);
        let zones = if dice.once_in(4) { ZoneHierarchy::default() } else { zones(&mut dice) };
        let town = town(&mut dice, zones);
        let left_out = left_out(&town, &[(at(2_000, 2_000), 600.0)]);
        let gaps = cut(&town, walk, &left_out);
        let held: BTreeSet<DemandPointId> = gaps.iter().flat_map(|gap| gap.points.clone()).collect();
        prop_assert_eq!(held.len(), gaps.iter().map(|gap| gap.points.len()).sum::<usize>());
        prop_assert_eq!(held, left_out.iter().map(|home| home.0).collect::<BTreeSet<_>>());
        let persons = |points: &[DemandPointId]| -> Persons {
            points.iter().map(|&id| town.demand.points[id].persons[0]).sum()
        };
        let names: BTreeSet<String> = gaps.iter().map(|gap| gap.title(GapWords::CHINESE)).collect();
        let keys: BTreeSet<&str> = gaps.iter().map(|gap| gap.key.as_str()).collect();
        prop_assert_eq!((names.len(), keys.len()), (gaps.len(), gaps.len()), "{:?}", names);
        for gap in &gaps {
            prop_assert_eq!(gap.persons, persons(&gap.points));
            let homes: Vec<LonLat> = gap.points.iter().map(|&id| town.demand.points[id].place).collect();
            prop_assert!(homes.iter().all(|&home| gap.area.contains(home)), "{}", gap.key);
            prop_assert_eq!(gap.area.find_fault(), None);
            if gap.kind == GapKind::Place {
                prop_assert!(gap.persons >= GAP_PERSONS_MIN);
                for (&a, &b) in homes.iter().flat_map(|a| homes.iter().map(move |b| (a, b))) {
                    prop_assert!(ground_distance(a, b).0 <= widest(Meters(walk)).0, "{}", gap.key);
                }
            }
        }
        // Places first, most people first; at most one remainder of less than a person: that of the study.
        let order: Vec<(GapKind, i64)> =
            gaps.iter().map(|gap| (gap.kind, -gap.persons.as_micro())).collect();
        prop_assert!(order.is_sorted());
        let crumbs = gaps.iter().filter(|gap| gap.persons < GAP_PERSONS_MIN);
        prop_assert!(crumbs.map(|gap| gap.key.as_str()).all(|key| key == "scattered"));
    }
}

/// A zone that is the whole of a study, for gaps worked out by hand.
fn one_zone(name: &str, area: Area) -> Zone {
    Zone { key: "z".into(), name: name.into(), parent: None, level: 0, kind: None, area }
}

#[test]
fn the_walk_of_a_gap_is_the_mean_of_its_people_beside_that_of_its_best_home() {
    let mut dice = Dice::new(7);
    let zones = ZoneHierarchy::new(vec![one_zone("Ward", square(0, 0, SIDE_M))], vec![]);
    let mut town = town(&mut dice, zones);
    let demand = std::sync::Arc::get_mut(&mut town.demand).unwrap();
    for (index, (place, persons)) in
        [(at(1_010, 1_010), 1), (at(1_020, 1_010), 3), (at(1_030, 1_010), 2)]
            .into_iter()
            .enumerate()
    {
        let point = &mut demand.points[DemandPointId(index as u32)];
        point.place = place;
        point.persons = vec![Persons::from_micro(persons * 1_000_000)];
    }
    let home = |id: u32, persons: i64, time: WalkTime| {
        (DemandPointId(id), Persons::from_micro(persons * 1_000_000), time)
    };
    let left_out = [
        home(0, 1, WalkTime::from_ms(901_000)),
        home(1, 3, WalkTime::from_ms(1_001_001)),
        home(2, 2, WalkTime::UNREACHABLE),
    ];
    let gaps = cut(&town, 900.0, &left_out);
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].nearest, Some(WalkTime::from_ms(901_000)));
    // (1 × 901,000 + 3 × 1,001,001) / 4 = 976,000.75.
    assert_eq!(gaps[0].mean, Some(WalkTime::from_ms(976_001)));
    assert_eq!(gaps[0].center, at(1_020, 1_010));
    assert!(gaps[0].name.locale.starts_with("Street"), "{:?}", gaps[0].name);
}
