//! Plans for the worst-off and the front, judged by trying every plan of small random cities.

use walkshed::ids::ZoneId;
use walkshed::placement::equity::{EquityInstance, ZoneShare, deciles, solve_worst_zone};
use walkshed::placement::pareto::{Ceiling, pareto_front};
use walkshed::placement::program::Effort;
use walkshed::placement::verify_equity::{verify_front_point, verify_worst_zone};
use walkshed::placement::{SiteRules, SiteStatus, SolutionStatus};
use walkshed::progress::Silent;

use small_city::{City, Dice, PERSON, subsets};

use crate::support::small_city;

/// All plans of a city with zones: cost, people, worst counted share as (covered, people), and the plan.
type Seen = Vec<(i64, i64, (i64, i64), Vec<bool>)>;

fn plans_with_zones(
    city: &City,
    zone_of: &[Option<ZoneId>],
    zones: u32,
    rules: &SiteRules,
) -> Seen {
    let all =
        |site: usize| matches!(city.facts[site].status, SiteStatus::Free | SiteStatus::Required);
    let in_zone = |zone: u32, rows: &[usize]| -> Vec<usize> {
        rows.iter().copied().filter(|&row| zone_of[row] == Some(ZoneId(zone))).collect()
    };
    let everyone: Vec<usize> = (0..city.weights.len()).collect();
    let existing = city.existing();
    let settled: Vec<usize> = everyone
        .iter()
        .copied()
        .filter(|&row| existing.iter().any(|&site| city.rows[site].contains(&(row as u32))))
        .collect();
    let counted: Vec<u32> =
        (0..zones).filter(|&zone| city.weight(&in_zone(zone, &city.newly(all))) > 0).collect();
    subsets(city.facts.len())
        .filter(|open| {
            let count = open.iter().filter(|&&open| open).count();
            city.states_allow(|site| open[site])
                && rules.max_sites.is_none_or(|most| count <= most as usize)
                && rules.budget.is_none_or(|most| city.cost(|site| open[site]) <= most)
        })
        .map(|open| {
            let newly = city.newly(|site| open[site]);
            let worst = counted
                .iter()
                .map(|&zone| {
                    let covered =
                        city.weight(&in_zone(zone, &newly)) + city.weight(&in_zone(zone, &settled));
                    (covered, city.weight(&in_zone(zone, &everyone)))
                })
                .min_by(|a, b| (a.0 * (b.1 / PERSON)).cmp(&(b.0 * (a.1 / PERSON))))
                .unwrap_or((1, 1));
            (city.cost(|site| open[site]), city.weight(&newly), worst, open)
        })
        .collect()
}

fn higher(a: (i64, i64), b: (i64, i64)) -> bool {
    i128::from(a.0) * i128::from(b.1) > i128::from(b.0) * i128::from(a.1)
}

fn zoned(dice: &mut Dice) -> (City, Vec<Option<ZoneId>>) {
    let city = City::random(dice, 14, 6, 25);
    let zones = (0..14).map(|_| dice.chance(90).then(|| ZoneId(dice.below(4) as u32))).collect();
    (city, zones)
}

#[test]
fn the_worst_zone_is_lifted_as_far_as_any_plan_lifts_it() {
    let mut dice = Dice(23);
    let mut lifted = 0;
    for case in 0..50 {
        let (city, zone_of) = zoned(&mut dice);
        let rules = SiteRules {
            max_sites: dice.chance(70).then(|| 1 + dice.below(4) as u32),
            budget: dice.chance(30).then(|| dice.below(20) as i64),
            ..SiteRules::default()
        };
        let seen = plans_with_zones(&city, &zone_of, 4, &rules);
        let instance = EquityInstance { cover: city.instance(), zone_of, zones: 4 };
        let plan = solve_worst_zone(&instance, &rules, Effort::default(), &Silent);
        assert_eq!(verify_worst_zone(&instance, &rules, &plan), Ok(()), "case {case}");
        let Some(best) = seen.iter().map(|s| s.2).reduce(|a, b| if higher(b, a) { b } else { a })
        else {
            assert!(matches!(plan.worst_status, SolutionStatus::Infeasible { .. }), "case {case}");
            continue;
        };
        // Plans whose worst shares are the same billionth are equal to the first search.
        let ppb = |share: (i64, i64)| i128::from(share.0) * 1_000_000_000 / i128::from(share.1);
        let worst = plan.worst.map_or((1, 1), |worst| (worst.covered, worst.persons));
        assert_eq!(
            (ppb(worst), i128::from(plan.worst_bound_ppb)),
            (ppb(best), ppb(best)),
            "case {case}"
        );
        let people = seen.iter().filter(|s| !higher(worst, s.2)).map(|s| s.1).max().unwrap();
        assert_eq!((plan.people, plan.people_bound), (people, people), "case {case}");
        lifted += usize::from(worst.0 > 0 && worst != (1, 1));
    }
    assert!(lifted > 12, "{lifted}");
}

#[test]
fn the_front_holds_every_plan_no_other_beats() {
    let mut dice = Dice(29);
    let mut longest = 0;
    for case in 0..5 {
        let (city, zone_of) = zoned(&mut dice);
        let seen = plans_with_zones(&city, &zone_of, 4, &SiteRules::default());
        let instance = EquityInstance { cover: city.instance(), zone_of, zones: 4 };
        let costs: std::collections::BTreeSet<i64> = seen.iter().map(|s| s.0).collect();
        let ceilings: Vec<Ceiling> =
            costs.iter().map(|&budget| Ceiling { budget: Some(budget), sites: None }).collect();
        let front = pareto_front(
            &instance,
            &SiteRules::default(),
            (&ceilings, 50),
            (Effort::default(), &Silent),
        );
        assert!(front.complete);
        for point in &front.points {
            assert_eq!(verify_front_point(&instance, &SiteRules::default(), point), Ok(()));
        }
        let beats = |a: &(i64, i64, (i64, i64)), b: &(i64, i64, (i64, i64))| {
            a.0 <= b.0 && a.1 >= b.1 && !higher(b.2, a.2)
        };
        let mut want: Vec<(i64, i64, i64)> = Vec::new();
        for (at, s) in seen.iter().enumerate() {
            let key = (s.0, s.1, s.2);
            let beaten = seen.iter().enumerate().any(|(other, o)| {
                let o = (o.0, o.1, o.2);
                other != at && beats(&o, &key) && !beats(&key, &o)
            });
            if !beaten {
                want.push((
                    s.0,
                    s.1,
                    (i128::from(s.2.0) * 1_000_000_000 / i128::from(s.2.1)) as i64,
                ));
            }
        }
        want.sort_unstable();
        want.dedup();
        let mut got: Vec<(i64, i64, i64)> = front
            .points
            .iter()
            .map(|p| (p.cost, p.people, p.worst.map_or(1_000_000_000, ZoneShare::ppb)))
            .collect();
        got.sort_unstable();
        assert_eq!(got, want, "case {case}");
        longest = longest.max(got.len());
    }
    assert!(longest > 5, "{longest}");
}

#[test]
fn deciles_hold_everybody_and_the_worst_off_come_first() {
    let share = |zone: u32, covered: i64| ZoneShare { zone: ZoneId(zone), covered, persons: 100 };
    let before: Vec<ZoneShare> =
        (0..20).map(|zone| share(zone, i64::from(19 - zone) * 5)).collect();
    let after: Vec<ZoneShare> = (0..20).map(|zone| share(zone, 100)).collect();
    let deciles = deciles(&before, &after);
    assert!(deciles.iter().all(|decile| decile.zones == 2 && decile.persons == 200));
    assert_eq!((deciles[0].before, deciles[0].after), (5, 200));
    assert_eq!(deciles[9].before, 90 + 95);
}
