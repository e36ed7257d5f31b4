//! A candidate more never makes an optimum worse, and one forbidden never makes it better: for every problem, on small
//! random towns whose optima are proven, and against trying every plan where zones no candidate reaches count.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use walkshed::ids::{SiteId, ZoneId};
use walkshed::placement::capacitated::{
    CapacitatedInstance, CapacitatedProblem, CapacitatedSite, solve_capacitated,
};
use walkshed::placement::equity::{EquityInstance, solve_worst_zone};
use walkshed::placement::gates::{GateInstance, solve_gates};
use walkshed::placement::multi_function::{
    Housing, Module, MultiFunctionInstance, MultiFunctionProblem, solve_multi_function,
};
use walkshed::placement::pareto::{Ceiling, pareto_front};
use walkshed::placement::program::Effort;
use walkshed::placement::two_tier::{TwoTierInstance, TwoTierProblem, solve_two_tier};
use walkshed::placement::{
    AssignEffort, AssignGoal, AssignInstance, AssignProblem, LscpOptions, MclpOptions, Payment,
    SiteRules, SiteStatus, solve_lscp, solve_mclp, solve_p_center, solve_p_median,
};
use walkshed::placement::{Coverage, SearchOptions};
use walkshed::progress::Silent;
use walkshed::units::WalkTime;

use small_city::{City, Dice, PERSON, subsets};

use crate::support::small_city;

/// A value that is better when larger; nothing when no plan keeps all rules.
type Value = Option<i64>;

/// Asks `solve` for `city` as it is and with each site forbidden that might be chosen: never a better value.
fn holds(city: &City, name: &str, case: u64, solve: &dyn Fn(&City) -> Value) -> usize {
    let whole = solve(city);
    let mut worse = 0;
    for site in 0..city.facts.len() {
        if city.facts[site].status != SiteStatus::Free {
            continue;
        }
        let mut less = city.clone();
        less.facts[site].status = SiteStatus::Forbidden;
        let without = solve(&less);
        assert!(
            without <= whole,
            "{name} {case}, site {site}: {without:?} is better than {whole:?}"
        );
        worse += usize::from(without < whole);
    }
    worse
}

fn rules(dice: &mut Dice) -> SiteRules {
    SiteRules {
        max_sites: dice.chance(70).then(|| 1 + dice.below(3) as u32),
        budget: dice.chance(40).then(|| 2 + dice.below(15) as i64),
        ..SiteRules::default()
    }
}

#[test]
fn covering_plans() {
    let mut dice = Dice(101);
    let mut worse = [0; 3];
    for case in 0..60 {
        let city = City::random(&mut dice, 12, 6, 30);
        let rules = rules(&mut dice);
        let search = SearchOptions::default();
        let most = MclpOptions { rules: rules.clone(), search };
        worse[0] += holds(&city, "mclp", case, &|city| {
            let plan = solve_mclp(&city.instance(), &most, &Silent);
            plan.has_plan().then_some(plan.value)
        });
        let target = dice.below(80) as i64 * PERSON;
        for (at, coverage) in [(1, Coverage::Everyone), (2, Coverage::Weight(target))] {
            let payment = if dice.chance(50) { Payment::PerSite } else { Payment::Cost };
            let rules = SiteRules::default();
            let least = LscpOptions { coverage, payment, rules, search };
            worse[at] += holds(&city, "lscp", case, &|city| {
                let plan = solve_lscp(&city.instance(), &least, &Silent);
                plan.has_plan().then_some(-plan.value)
            });
        }
    }
    assert!(worse.iter().all(|&worse| worse > 10), "{worse:?}");
}

/// Walks that are the farther the more the numbers of row and site differ, within the reach of the city's lists.
fn walks(city: &City) -> AssignInstance {
    let weights = city.weights.iter().map(|weight| weight / PERSON).collect();
    let mut builder = AssignInstance::builder(weights).unwrap();
    for (site, (rows, facts)) in city.rows.iter().zip(&city.facts).enumerate() {
        let time = |&row: &u32| (row, WalkTime::from_ms(1 + (row * 7 + site as u32 * 13) % 50));
        let times: Vec<(u32, WalkTime)> = rows.iter().map(time).collect();
        builder.add_site(&times, facts.status).unwrap();
    }
    builder.build().unwrap()
}

#[test]
fn walks_to_the_nearest_site() {
    let mut dice = Dice(103);
    let mut worse = [0; 2];
    for case in 0..60 {
        let percent = 25 + dice.below(50);
        let city = City::random(&mut dice, 10, 6, percent);
        let max_sites = 1 + dice.below(4) as u32;
        let effort = AssignEffort { seed: 1, work: u64::MAX };
        // Whoever reaches nothing counts, at the price, with every choice of candidates.
        let goal = AssignGoal::Median { unserved: Some(WalkTime::from_ms(60)) };
        let median = AssignProblem { goal, max_sites };
        worse[0] += holds(&city, "p-median", case, &|city| {
            let plan = solve_p_median(&walks(city), &median, effort, &Silent);
            plan.has_plan().then_some(-plan.value)
        });
        let center = AssignProblem::center(max_sites);
        worse[1] += holds(&city, "p-center", case, &|city| {
            let plan = solve_p_center(&walks(city), &center, effort, &Silent);
            plan.has_plan().then_some(-plan.value)
        });
    }
    assert!(worse[0] > 30 && worse[1] > 5, "{worse:?}");
}

#[test]
fn places_and_tiers() {
    let mut dice = Dice(107);
    let mut worse = [0; 2];
    for case in 0..14 {
        let city = City::random(&mut dice, 10, 6, 35);
        let serves: Vec<i64> = (0..6).map(|_| dice.below(50) as i64 * PERSON).collect();
        let problem = CapacitatedProblem { rules: rules(&mut dice) };
        worse[0] += holds(&city, "capacitated", case, &|city| {
            let site = |at: usize| CapacitatedSite {
                rows: city.rows[at].clone(),
                serves: Some(serves[at]),
                facts: city.facts[at],
            };
            let sites: Vec<CapacitatedSite> = (0..6).map(site).collect();
            let instance = CapacitatedInstance::new(city.weights.clone(), &sites).unwrap();
            let plan = solve_capacitated(&instance, &problem, Effort::default(), &Silent);
            plan.status.has_plan().then_some(plan.served)
        });
        let centers = City::random(&mut dice, 10, 4, 40);
        let over: Vec<Vec<SiteId>> =
            (0..6).map(|_| (0..4).filter(|_| dice.chance(45)).map(SiteId).collect()).collect();
        let problem = TwoTierProblem {
            stations: rules(&mut dice),
            centers: rules(&mut dice),
            budget: dice.chance(50).then(|| dice.below(25) as i64),
            ..TwoTierProblem::default()
        };
        let tiers = |stations: &City, centers: &City| {
            let instance = TwoTierInstance {
                stations: stations.instance(),
                centers: centers.instance(),
                over: over.clone(),
            };
            let plan = solve_two_tier(&instance, &problem, Effort::default(), &Silent);
            plan.status.has_plan().then_some(plan.value)
        };
        worse[1] += holds(&city, "stations", case, &|city| tiers(city, &centers));
        worse[1] += holds(&centers, "centers", case, &|centers| tiers(&city, centers));
    }
    assert!(worse.iter().all(|&worse| worse > 8), "{worse:?}");
}

#[test]
fn gates_and_several_functions() {
    let mut dice = Dice(109);
    let mut worse = [0; 2];
    for case in 0..50 {
        let mut city = City::random(&mut dice, 9, 5, 35);
        // A gate that stands is a street.
        for facts in &mut city.facts {
            if facts.status == SiteStatus::Existing {
                facts.status = SiteStatus::Free;
            }
        }
        let pairs: Vec<[u32; 2]> =
            (0..9).map(|_| [dice.below(5) as u32, dice.below(5) as u32]).collect();
        let limits = rules(&mut dice);
        worse[0] += holds(&city, "gates", case, &|city| {
            let way = |row: usize| {
                let alone = (0..5).filter(|&s| city.rows[s as usize].contains(&(row as u32)));
                let mut both = pairs[row].to_vec();
                both.sort_unstable();
                both.dedup();
                alone.map(|s| vec![s]).chain([both]).collect::<Vec<Vec<u32>>>()
            };
            let ways = (0..9).map(way).collect();
            let instance = GateInstance::new(city.weights.clone(), ways, (3, &city.facts)).unwrap();
            let plan = solve_gates(&instance, &limits, Effort::default(), &Silent);
            plan.status.has_plan().then_some(plan.value)
        });
        let mut second = City::random(&mut dice, 9, 5, 35);
        second.weights.clone_from(&city.weights);
        let modules: Vec<Module> = (0..5)
            .flat_map(|site| {
                [0, 1].map(|function| Module { site: SiteId(site), function, cost: 1 })
            })
            .filter(|_| dice.chance(80))
            .collect();
        let problem = MultiFunctionProblem {
            worths: vec![1; 2],
            required: vec![0, 1],
            complete_worth: 1,
            housing: Housing::All,
            rules: limits.clone(),
        };
        worse[1] += holds(&city, "center", case, &|city| {
            let other = City { facts: city.facts.clone(), ..second.clone() };
            let instance = MultiFunctionInstance {
                functions: vec![city.instance(), other.instance()],
                modules: modules.clone(),
                persons: city.weights.clone(),
            };
            let plan = solve_multi_function(&instance, &problem, Effort::default(), &Silent);
            plan.status.has_plan().then_some(plan.value)
        });
    }
    assert!(worse.iter().all(|&worse| worse > 20), "{worse:?}");
}

/// The best least share of all zones with people, in billionths, over every plan.
fn best_worst(city: &City, zone_of: &[Option<ZoneId>], rules: &SiteRules) -> Value {
    let settled =
        |row: usize| city.existing().iter().any(|&site| city.rows[site].contains(&(row as u32)));
    let least = |open: &[bool]| {
        let newly = city.newly(|site| open[site]);
        let zones = (0..4).filter_map(|zone| {
            let inside = (0..city.weights.len()).filter(|&row| zone_of[row] == Some(ZoneId(zone)));
            let rows: Vec<usize> = inside.collect();
            let all: i64 = rows.iter().map(|&row| city.weights[row]).sum();
            let covered = rows.iter().filter(|&&row| settled(row) || newly.contains(&row));
            let covered: i64 = covered.map(|&row| city.weights[row]).sum();
            (all > 0).then(|| (i128::from(covered) * 1_000_000_000 / i128::from(all)) as i64)
        });
        zones.min().unwrap_or(1_000_000_000)
    };
    let fits = |open: &Vec<bool>| {
        let count = open.iter().filter(|open| **open).count();
        city.states_allow(|site| open[site])
            && rules.max_sites.is_none_or(|most| count <= most as usize)
            && rules.budget.is_none_or(|most| city.cost(|site| open[site]) <= most)
    };
    subsets(city.facts.len()).filter(fits).map(|open| least(&open)).max()
}

#[test]
fn zones_that_no_candidate_reaches_count_too() {
    let mut dice = Dice(113);
    let (mut worse, mut stuck) = ([0; 2], 0);
    for case in 0..14 {
        let percent = 12 + dice.below(30);
        let city = City::random(&mut dice, 14, 6, percent);
        let zone = |dice: &mut Dice| dice.chance(90).then(|| ZoneId(dice.below(4) as u32));
        let zone_of: Vec<Option<ZoneId>> = (0..14).map(|_| zone(&mut dice)).collect();
        let rules = rules(&mut dice);
        let worst = |city: &City| {
            let instance =
                EquityInstance { cover: city.instance(), zone_of: zone_of.clone(), zones: 4 };
            let plan = solve_worst_zone(&instance, &rules, Effort::default(), &Silent);
            let proof = plan.proof();
            (plan.worst_status.has_plan().then_some(proof.value), plan.not_helped.len())
        };
        assert_eq!(worst(&city).0, best_worst(&city, &zone_of, &rules), "case {case}");
        stuck += usize::from(worst(&city).1 > 0);
        worse[0] += holds(&city, "worst-zone", case, &|city| worst(city).0);
        let ceiling = Ceiling { sites: rules.max_sites.or(Some(6)), budget: None };
        worse[1] += holds(&city, "pareto", case, &|city| {
            let instance =
                EquityInstance { cover: city.instance(), zone_of: zone_of.clone(), zones: 4 };
            let asked = (&[ceiling][..], 40);
            let front = pareto_front(&instance, &rules, asked, (Effort::default(), &Silent));
            front.points.iter().map(|point| point.people).max()
        });
    }
    assert!(worse.iter().all(|&worse| worse > 2) && stuck > 1, "{worse:?} {stuck}");
}
