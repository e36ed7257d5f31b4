//! Counts of areas, spread over where people live inside them; sums stay exact.

use std::collections::BTreeMap;

use super::DemandPoint;
use crate::spatial::{Area, AreaLocator, Front, LonLat};
use crate::units::Persons;

/// Weights are kept in whole thousandths.
const WEIGHT_STEPS: f64 = 1000.0;
/// Heaviest carrier, so that products with any count of people fit 128 bits.
const WEIGHT_MAX: f64 = 1e15;
/// Shares are kept in whole billionths.
const SHARE_STEPS: f64 = 1e9;

/// People known for an area as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct DemandArea {
    /// Id at the source, unique among the areas.
    pub key: String,
    /// The ground they live on.
    pub area: Area,
    /// How many, group by group.
    pub persons: Vec<Persons>,
}

/// Something that people live in or along.
#[derive(Clone, Debug, PartialEq)]
pub struct Carrier {
    /// Id, unique among the carriers: `way/5`.
    pub key: String,
    /// Where it is.
    pub place: LonLat,
    /// Where people step out of it.
    pub front: Front,
    /// How much it carries against others: square metres of floor, metres of street.
    pub weight: f64,
}

/// What an area's people were spread over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpreadOver {
    /// Buildings, by floor area.
    Buildings,
    /// Streets, by length, as no building lies in the area.
    Streets,
    /// One place inside the area, as neither lies in it.
    LabelPlace,
    /// Nothing: the area has no place inside. Its people are lost and must be said.
    Nothing,
}

/// The spread of some areas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    /// The demand points, sorted by key; those with nobody are left out.
    pub points: Vec<DemandPoint>,
    /// Key of each area and what it was spread over, in the order of the areas.
    pub over: Vec<(String, SpreadOver)>,
}

/// Spreads the people of each area over the `buildings` inside it by weight, else over the `streets` inside it,
/// else puts them at a place inside it.
///
/// A carrier on the boundary of several areas goes to the one with the first key. For every area and group the
/// sum over its points is the area's count, to the millionth of a person; what does not divide goes to the
/// largest remainders, ties to the first key. Keys of the points are `area#carrier`, or `area` at its own place.
pub fn spread(areas: &[DemandArea], buildings: &[Carrier], streets: &[Carrier]) -> Spread {
    let locator = AreaLocator::new(areas.iter().map(|area| &area.area));
    let by_area = |carriers| carriers_by_area(areas, &locator, carriers);
    let (buildings, streets) = (by_area(buildings), by_area(streets));
    let mut result = Spread::default();
    for (at, area) in areas.iter().enumerate() {
        let inside = [(&buildings, SpreadOver::Buildings), (&streets, SpreadOver::Streets)]
            .into_iter()
            .find_map(|(carriers, over)| Some((carriers.get(&at)?, over)));
        let over = match inside {
            Some((carriers, over)) => {
                result.points.extend(spread_area(area, carriers));
                over
            }
            None => match area.area.label_place() {
                Some(place) => {
                    let home = (place, Front::Point);
                    result.points.extend(point(area.key.clone(), home, area.persons.clone()));
                    SpreadOver::LabelPlace
                }
                None => SpreadOver::Nothing,
            },
        };
        result.over.push((area.key.clone(), over));
    }
    result.points.sort_by(|a, b| a.key.cmp(&b.key));
    result
}

/// The carriers in each area, sorted by key.
fn carriers_by_area<'a>(
    areas: &[DemandArea],
    locator: &AreaLocator,
    carriers: &'a [Carrier],
) -> BTreeMap<usize, Vec<&'a Carrier>> {
    let mut by_area: BTreeMap<usize, Vec<&Carrier>> = BTreeMap::new();
    for carrier in carriers {
        let holders = locator.containing(carrier.place).into_iter().map(|at| at as usize);
        if let Some(first) = holders.min_by(|&a, &b| areas[a].key.cmp(&areas[b].key)) {
            by_area.entry(first).or_default().push(carrier);
        }
    }
    for inside in by_area.values_mut() {
        inside.sort_by(|a, b| a.key.cmp(&b.key));
    }
    by_area
}

fn spread_area(area: &DemandArea, carriers: &[&Carrier]) -> Vec<DemandPoint> {
    let weights: Vec<f64> = carriers.iter().map(|carrier| carrier.weight).collect();
    let by_group: Vec<Vec<Persons>> =
        area.persons.iter().map(|&count| apportion(count, &weights)).collect();
    carriers
        .iter()
        .enumerate()
        .filter_map(|(at, carrier)| {
            let persons = by_group.iter().map(|group| group[at]).collect();
            let home = (carrier.place, carrier.front.clone());
            point(format!("{}#{}", area.key, carrier.key), home, persons)
        })
        .collect()
}

fn point(
    key: String,
    (place, front): (LonLat, Front),
    persons: Vec<Persons>,
) -> Option<DemandPoint> {
    let anybody = persons.iter().any(|&group| group > Persons::ZERO);
    anybody.then_some(DemandPoint { key, place, front, persons, zone: None })
}

/// `count` in parts proportional to `weights`, which sum to it exactly: the largest remainders get what does not
/// divide, ties to the first. Weights that are not above zero get nothing, unless all are so: then all are equal.
pub fn apportion(count: Persons, weights: &[f64]) -> Vec<Persons> {
    let step = |weight: &f64| {
        if *weight > 0.0 { (weight.min(WEIGHT_MAX) * WEIGHT_STEPS).round() as i128 } else { 0 }
    };
    let mut whole: Vec<i128> = weights.iter().map(step).collect();
    if whole.iter().all(|&weight| weight == 0) {
        whole.fill(1);
    }
    largest_remainders(count, &whole)
}

/// `share` of each of `all`, so that the parts sum to `share` of the total, rounded to the millionth; ties to the
/// first. A share outside 0..1 is cut to it.
pub fn share_out(all: &[Persons], share: f64) -> Vec<Persons> {
    let steps = (share.clamp(0.0, 1.0) * SHARE_STEPS).round() as i128;
    let total: i128 = all.iter().map(|count| i128::from(count.as_micro())).sum();
    let target = (total * steps + SHARE_STEPS as i128 / 2) / SHARE_STEPS as i128;
    let weights: Vec<i128> = all.iter().map(|count| i128::from(count.as_micro())).collect();
    largest_remainders(Persons::from_micro(target as i64), &weights)
}

/// `count` over whole `weights` of 0 or more; all zeros when the weights are.
fn largest_remainders(count: Persons, weights: &[i128]) -> Vec<Persons> {
    let total: i128 = weights.iter().sum();
    if total == 0 {
        return vec![Persons::ZERO; weights.len()];
    }
    let count = i128::from(count.as_micro());
    let mut parts: Vec<i128> = weights.iter().map(|weight| count * weight / total).collect();
    let left = count - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(count * weights[at] % total), at));
    for &at in order.iter().take(left as usize) {
        parts[at] += 1;
    }
    parts.into_iter().map(|micro| Persons::from_micro(micro as i64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square(key: &str, west: f64, persons: &[i64]) -> DemandArea {
        let ring = [(0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01)]
            .map(|(x, y)| LonLat::new(west + x, y).unwrap());
        let persons = persons.iter().map(|&micro| Persons::from_micro(micro)).collect();
        DemandArea { key: key.into(), area: Area::from_ring(ring.to_vec()), persons }
    }

    fn carrier(key: usize, lon: f64, lat: f64, weight: f64) -> Carrier {
        let (place, front) = (LonLat::new(lon, lat).unwrap(), Front::Point);
        Carrier { key: format!("way/{key}"), place, front, weight }
    }

    fn sums(spread: &Spread, area: &str, groups: usize) -> Vec<Persons> {
        let prefix = format!("{area}#");
        let mine = |key: &str| key == area || key.starts_with(&prefix);
        (0..groups)
            .map(|g| spread.points.iter().filter(|p| mine(&p.key)).map(|p| p.persons[g]).sum())
            .collect()
    }

    proptest! {
        #[test]
        fn every_area_keeps_its_count_to_the_millionth(
            counts in prop::collection::vec(0..9_000_000_000_000_i64, 6),
            carriers in prop::collection::vec((0.0..0.03_f64, 0.0..0.01_f64, -1.0..500.0_f64), 0..80),
        ) {
            let areas: Vec<DemandArea> = ["a", "b", "c"]
                .iter()
                .enumerate()
                .map(|(at, key)| square(key, at as f64 * 0.01, &counts[at * 2..at * 2 + 2]))
                .collect();
            let carriers: Vec<Carrier> =
                carriers.iter().enumerate().map(|(i, &(x, y, w))| carrier(i, x, y, w)).collect();
            let spread = spread(&areas, &carriers, &[]);
            for area in &areas {
                prop_assert_eq!(sums(&spread, &area.key, 2), area.persons.clone());
            }
        }

        #[test]
        fn a_share_of_all_is_exact_in_sum(
            all in prop::collection::vec(0..5_000_000_000_i64, 1..50),
            share in 0.0..1.0_f64,
        ) {
            let all: Vec<Persons> = all.into_iter().map(Persons::from_micro).collect();
            let total: i64 = all.iter().map(|count| count.as_micro()).sum();
            let parts = share_out(&all, share);
            let sum: i64 = parts.iter().map(|count| count.as_micro()).sum();
            let exact = (total as f64) * ((share * 1e9).round() / 1e9);
            prop_assert!((sum as f64 - exact).abs() <= 1.0);
            prop_assert!(parts.iter().zip(&all).all(|(part, whole)| part <= whole));
        }
    }

    #[test]
    fn people_go_to_buildings_by_floor_area() {
        let parts = spread(
            &[square("a", 0.0, &[100_000_000])],
            &[carrier(1, 0.002, 0.002, 300.0), carrier(2, 0.004, 0.002, 100.0)],
            &[carrier(9, 0.005, 0.005, 1e6)],
        );
        let persons: Vec<i64> = parts.points.iter().map(|p| p.persons[0].as_micro()).collect();
        assert_eq!(persons, [75_000_000, 25_000_000]);
        assert_eq!(parts.over, [("a".to_owned(), SpreadOver::Buildings)]);
    }

    #[test]
    fn streets_stand_in_for_buildings_and_the_label_place_for_streets() {
        let areas = [square("a", 0.0, &[10]), square("b", 1.0, &[10])];
        let parts = spread(&areas, &[], &[carrier(1, 0.005, 0.005, 10.0)]);
        assert_eq!(parts.over[0].1, SpreadOver::Streets);
        assert_eq!(parts.over[1].1, SpreadOver::LabelPlace);
        assert!(areas[1].area.contains(parts.points[1].place));
    }

    #[test]
    fn a_carrier_on_a_shared_boundary_goes_to_the_first_key_only() {
        let areas = [square("b", 0.01, &[8]), square("a", 0.0, &[6])];
        let parts = spread(&areas, &[carrier(1, 0.01, 0.005, 1.0)], &[]);
        let keys: Vec<&str> = parts.points.iter().map(|p| p.key.as_str()).collect();
        assert_eq!(keys, ["a#way/1", "b"]);
    }

    #[test]
    fn what_does_not_divide_goes_to_the_first_of_equal_remainders() {
        let parts = apportion(Persons::from_micro(5), &[1.0, 1.0, 1.0]);
        assert_eq!(parts.iter().map(|p| p.as_micro()).collect::<Vec<_>>(), [2, 2, 1]);
        let unweighted = apportion(Persons::from_micro(4), &[f64::NAN, -1.0]);
        assert_eq!(unweighted.iter().map(|p| p.as_micro()).collect::<Vec<_>>(), [2, 2]);
    }
}
