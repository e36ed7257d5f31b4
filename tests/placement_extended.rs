//! The placement problems solved over programs, judged by trying every plan of small random cities.

use walkshed::ids::SiteId;
use walkshed::placement::capacitated::{
    CapacitatedInstance, CapacitatedProblem, CapacitatedSite, solve_capacitated,
};
use walkshed::placement::earliest::{EarliestYear, earliest_year};
use walkshed::placement::multi_function::{
    Housing, Module, MultiFunctionInstance, MultiFunctionProblem, solve_multi_function,
};
use walkshed::placement::phases::{PhasesProblem, Unspent, Year, solve_phases};
use walkshed::placement::program::Effort;
use walkshed::placement::two_tier::{TwoTierInstance, TwoTierProblem, solve_two_tier};
use walkshed::placement::verify_capacitated::verify_capacitated;
use walkshed::placement::verify_multi_function::verify_multi_function;
use walkshed::placement::verify_phases::verify_phases;
use walkshed::placement::verify_two_tier::verify_two_tier;
use walkshed::placement::{
    CoverInstance, Infeasibility, Monitor, SiteFacts, SiteRules, SiteStatus, SolutionStatus,
};
use walkshed::progress::Silent;

use small_city::{City, Dice, PERSON, subsets};

use crate::support::small_city;

fn capacitated(dice: &mut Dice) -> (Vec<i64>, Vec<CapacitatedSite>, SiteRules) {
    let (rows, sites) = (3 + dice.below(15), 2 + dice.below(6));
    let weights = (0..rows).map(|_| dice.below(30) as i64 * PERSON).collect();
    let sites = (0..sites)
        .map(|_| CapacitatedSite {
            rows: (0..rows as u32).filter(|_| dice.chance(35)).collect(),
            serves: dice.chance(85).then(|| dice.below(60) as i64 * PERSON),
            facts: SiteFacts {
                cost: 1 + dice.below(9) as i64,
                bonus: 0,
                status: match dice.below(10) {
                    0 => SiteStatus::Existing,
                    1 => SiteStatus::Forbidden,
                    2 => SiteStatus::Required,
                    _ => SiteStatus::Free,
                },
            },
        })
        .collect();
    let rules = SiteRules {
        max_sites: dice.chance(60).then(|| 1 + dice.below(3) as u32),
        budget: dice.chance(50).then(|| 3 + dice.below(15) as i64),
        ..SiteRules::default()
    };
    (weights, sites, rules)
}

/// The most people served by the open sites: the least cut over all subsets of sites (max-flow min-cut).
fn served(weights: &[i64], sites: &[CapacitatedSite], open: &[bool]) -> i64 {
    subsets(sites.len())
        .map(|inside| {
            let cut: i64 = (0..sites.len())
                .filter(|&s| open[s] && inside[s])
                .map(|s| sites[s].serves.unwrap_or(i64::MAX / 100))
                .sum();
            let rest: i64 = weights
                .iter()
                .enumerate()
                .filter(|&(row, _)| {
                    (0..sites.len())
                        .any(|s| open[s] && !inside[s] && sites[s].rows.contains(&(row as u32)))
                })
                .map(|(_, weight)| weight)
                .sum();
            cut + rest
        })
        .min()
        .unwrap_or(0)
}

#[test]
fn the_most_people_find_a_place_as_when_every_plan_is_tried() {
    let mut dice = Dice(41);
    let (mut solved, mut refused) = (0, 0);
    for case in 0..120 {
        let (weights, sites, rules) = capacitated(&mut dice);
        let best = subsets(sites.len())
            .filter(|open| {
                let new: Vec<usize> = (0..sites.len())
                    .filter(|&s| open[s] && sites[s].facts.status != SiteStatus::Existing)
                    .collect();
                (0..sites.len()).all(|s| match sites[s].facts.status {
                    SiteStatus::Free => true,
                    SiteStatus::Forbidden => !open[s],
                    SiteStatus::Required | SiteStatus::Existing => open[s],
                }) && rules.max_sites.is_none_or(|most| new.len() <= most as usize)
                    && rules.budget.is_none_or(|most| {
                        new.iter().map(|&s| sites[s].facts.cost).sum::<i64>() <= most
                    })
            })
            .map(|open| served(&weights, &sites, &open))
            .max();
        let instance = CapacitatedInstance::new(weights.clone(), &sites).unwrap();
        let problem = CapacitatedProblem { rules };
        let plan = solve_capacitated(&instance, &problem, Effort::default(), &Silent);
        let verdict = verify_capacitated(&instance, &problem, &plan);
        assert_eq!(verdict, Ok(()), "case {case}: {plan:?}");
        if let Some(best) = best {
            assert_eq!((plan.served, plan.bound), (best, best), "case {case}");
            assert_eq!(plan.status, SolutionStatus::Optimal, "case {case}");
            let sent: i64 = plan.allocation.iter().map(|a| a.persons).sum();
            assert_eq!(sent, best);
            let everybody: i64 = weights.iter().sum();
            assert_eq!(plan.served + plan.full + plan.out_of_reach, everybody);
            solved += 1;
        } else {
            assert!(matches!(plan.status, SolutionStatus::Infeasible { .. }), "case {case}");
            refused += 1;
        }
    }
    assert!(solved > 80 && refused > 5, "{solved} {refused}");
}

fn phases_problem(dice: &mut Dice, city: &City) -> PhasesProblem {
    let everybody: i64 = city.weights.iter().sum();
    let years = (0..3)
        .map(|_| Year {
            sites: dice.chance(70).then(|| dice.below(3) as u32),
            budget: dice.chance(60).then(|| dice.below(12) as i64),
            worth: 1 + dice.below(3) as i64,
            milestone: dice.chance(20).then(|| (dice.below(50) as i64 * everybody) / 100),
        })
        .collect();
    PhasesProblem {
        rules: SiteRules::default(),
        years,
        unspent: if dice.chance(50) { Unspent::Lapses } else { Unspent::CarriedOver },
    }
}

/// The best value over every way to give each site a year or none.
fn best_phases(city: &City, problem: &PhasesProblem) -> Option<i64> {
    let sites = city.facts.len();
    let years = problem.years.len();
    let mut best = None;
    for code in 0..(years + 1).pow(sites as u32) {
        let year_of = |site: usize| code / (years + 1).pow(site as u32) % (years + 1);
        if !city.states_allow(|site| year_of(site) < years) {
            continue;
        }
        let (mut value, mut allowed, mut left) = (0, true, (Some(0), Some(0)));
        for (t, year) in problem.years.iter().enumerate() {
            let count = (0..sites).filter(|&site| year_of(site) == t).count() as i64;
            let cost = city.cost(|site| year_of(site) == t);
            if problem.unspent == Unspent::Lapses {
                left = (Some(0), Some(0));
            }
            let add = |left: Option<i64>, more: Option<i64>| Some(left? + more?);
            left = (add(left.0, year.sites.map(i64::from)), add(left.1, year.budget));
            allowed &= left.0.is_none_or(|l| count <= l) && left.1.is_none_or(|l| cost <= l);
            left = (left.0.map(|l| l - count), left.1.map(|l| l - cost));
            let covered = city.weight(&city.newly(|site| year_of(site) <= t));
            allowed &= year.milestone.is_none_or(|asked| covered >= asked);
            value += covered * year.worth;
        }
        if allowed {
            best = best.max(Some(value));
        }
    }
    best
}

#[test]
fn phased_plans_are_the_best_of_all_and_never_worse_than_year_by_year() {
    let mut dice = Dice(7);
    let (mut solved, mut refused, mut beaten) = (0, 0, 0);
    for case in 0..50 {
        let city = City::random(&mut dice, 12, 5, 30);
        let problem = phases_problem(&mut dice, &city);
        let plan = solve_phases(&city.instance(), &problem, Effort::default(), &Silent);
        assert_eq!(verify_phases(&city.instance(), &problem, &plan), Ok(()), "case {case}");
        if let Some(best) = best_phases(&city, &problem) {
            assert_eq!((plan.value, plan.bound), (best, best), "case {case}");
            assert_eq!(plan.status, SolutionStatus::Optimal, "case {case}");
            assert!(plan.year_by_year.is_none_or(|greedy| greedy <= best));
            beaten += usize::from(plan.year_by_year.is_some_and(|greedy| greedy < best));
            solved += 1;
        } else {
            assert!(matches!(plan.status, SolutionStatus::Infeasible { .. }), "case {case}");
            refused += 1;
        }
    }
    assert!(solved > 25 && refused > 3 && beaten > 0, "{solved} {refused} {beaten}");
}

#[test]
fn two_tier_plans_are_the_best_of_all() {
    let mut dice = Dice(13);
    let (mut solved, mut refused) = (0, 0);
    for case in 0..150 {
        let stations = City::random(&mut dice, 12, 6, 20);
        let mut centers = City::random(&mut dice, 12, 4, 45);
        centers.weights.clone_from(&stations.weights);
        let over: Vec<Vec<SiteId>> =
            (0..6).map(|_| (0..4).filter(|_| dice.chance(40)).map(SiteId).collect()).collect();
        let rules = |dice: &mut Dice| SiteRules {
            max_sites: dice.chance(50).then(|| dice.below(4) as u32),
            budget: dice.chance(30).then(|| dice.below(15) as i64),
            ..SiteRules::default()
        };
        let problem = TwoTierProblem {
            station_worth: 1 + dice.below(3) as i64,
            center_worth: dice.below(3) as i64,
            stations: rules(&mut dice),
            centers: rules(&mut dice),
            budget: dice.chance(50).then(|| dice.below(25) as i64),
        };
        let best = subsets(10)
            .filter(|open| {
                let (s, c) = (|site: usize| open[site], |site: usize| open[6 + site]);
                let fits = |city: &City, rules: &SiteRules, open: &dyn Fn(usize) -> bool| {
                    let count = (0..city.facts.len()).filter(|&site| open(site)).count();
                    city.states_allow(open)
                        && rules.max_sites.is_none_or(|most| count <= most as usize)
                        && rules.budget.is_none_or(|most| city.cost(open) <= most)
                };
                fits(&stations, &problem.stations, &s)
                    && fits(&centers, &problem.centers, &c)
                    && problem.budget.is_none_or(|b| stations.cost(s) + centers.cost(c) <= b)
                    && (0..6).filter(|&station| s(station)).all(|station| {
                        over[station].iter().any(|center| {
                            let center = center.0 as usize;
                            c(center) || centers.facts[center].status == SiteStatus::Existing
                        })
                    })
            })
            .map(|open| {
                stations.weight(&stations.newly(|site| open[site])) * problem.station_worth
                    + centers.weight(&centers.newly(|site| open[6 + site])) * problem.center_worth
            })
            .max();
        let instance =
            TwoTierInstance { stations: stations.instance(), centers: centers.instance(), over };
        let plan = solve_two_tier(&instance, &problem, Effort::default(), &Silent);
        assert_eq!(verify_two_tier(&instance, &problem, &plan), Ok(()), "case {case}");
        if let Some(best) = best {
            assert_eq!((plan.value, plan.bound), (best, best), "case {case}");
            assert_eq!(plan.status, SolutionStatus::Optimal, "case {case}");
            solved += 1;
        } else {
            assert!(matches!(plan.status, SolutionStatus::Infeasible { .. }), "case {case}");
            refused += 1;
        }
    }
    assert!(solved > 70 && refused > 5, "{solved} {refused}");
}

/// The best value over every set of sites and modules.
fn best_functions(
    cities: &[City],
    modules: &[Module],
    problem: &MultiFunctionProblem,
) -> Option<i64> {
    subsets(4 + modules.len())
        .filter(|plan| {
            let cost = cities[0].cost(|site| plan[site])
                + (0..modules.len()).filter(|&m| plan[4 + m]).map(|m| modules[m].cost).sum::<i64>();
            let count = (0..4).filter(|&site| plan[site]).count();
            cities[0].states_allow(|site| plan[site])
                && problem.rules.max_sites.is_none_or(|most| count <= most as usize)
                && problem.rules.budget.is_none_or(|most| cost <= most)
                && modules.iter().enumerate().all(|(m, module)| {
                    let open = plan[module.site.0 as usize];
                    plan[4 + m] == open || (!plan[4 + m] && problem.housing == Housing::Some)
                })
        })
        .map(|plan| worth_of_functions(cities, modules, problem, &plan))
        .max()
}

/// The value of sites and modules, counted row by row.
fn worth_of_functions(
    cities: &[City],
    modules: &[Module],
    problem: &MultiFunctionProblem,
    plan: &[bool],
) -> i64 {
    let reached: Vec<Vec<usize>> = (0..3)
        .map(|f| {
            let housed = |site: usize| {
                modules.iter().enumerate().any(|(m, module)| {
                    plan[4 + m] && module.function == f as u32 && module.site.0 as usize == site
                })
            };
            cities[f].newly(housed)
        })
        .collect();
    let single: i64 = (0..3).map(|f| cities[f].weight(&reached[f]) * problem.worths[f]).sum();
    let settled = |f: usize, row: usize| {
        cities[f].existing().iter().any(|&s| cities[f].rows[s].contains(&(row as u32)))
    };
    let complete: i64 = (0..8)
        .filter(|&row| {
            let has = |f: &u32| settled(*f as usize, row) || reached[*f as usize].contains(&row);
            let before = |f: &u32| settled(*f as usize, row);
            problem.required.iter().all(has) && !problem.required.iter().all(before)
        })
        .map(|row| cities[0].weights[row])
        .sum();
    single + complete * problem.complete_worth
}

#[test]
fn several_functions_at_a_site_are_the_best_of_all() {
    let mut dice = Dice(17);
    let (mut solved, mut refused) = (0, 0);
    for case in 0..150 {
        let cities: Vec<City> = {
            let first = City::random(&mut dice, 8, 4, 40);
            let others = (0..2).map(|_| {
                let mut city = City::random(&mut dice, 8, 4, 40);
                city.facts.clone_from(&first.facts);
                city
            });
            let others: Vec<City> = others.collect();
            [vec![first], others].concat()
        };
        let mut modules = Vec::new();
        for site in 0..4 {
            for function in 0..3 {
                if dice.chance(60) {
                    let cost = dice.below(4) as i64;
                    modules.push(Module { site: SiteId(site), function, cost });
                }
            }
        }
        let housing = if dice.chance(50) { Housing::All } else { Housing::Some };
        let problem = MultiFunctionProblem {
            worths: (0..3).map(|_| dice.below(3) as i64).collect(),
            required: (0..3).filter(|_| dice.chance(60)).collect(),
            complete_worth: dice.below(5) as i64,
            housing,
            rules: SiteRules {
                max_sites: dice.chance(50).then(|| 1 + dice.below(3) as u32),
                budget: dice.chance(70).then(|| 2 + dice.below(20) as i64),
                ..SiteRules::default()
            },
        };
        let persons = cities[0].weights.clone();
        let best = best_functions(&cities, &modules, &problem);
        let functions = cities.iter().map(City::instance).collect();
        let instance = MultiFunctionInstance { functions, modules, persons };
        let plan = solve_multi_function(&instance, &problem, Effort::default(), &Silent);
        assert_eq!(verify_multi_function(&instance, &problem, &plan), Ok(()), "case {case}");
        if let Some(best) = best {
            assert_eq!((plan.value, plan.bound), (best, best), "case {case}");
            assert_eq!(plan.status, SolutionStatus::Optimal, "case {case}");
            solved += 1;
        } else {
            assert!(matches!(plan.status, SolutionStatus::Infeasible { .. }), "case {case}");
            refused += 1;
        }
    }
    assert!(solved > 100 && refused > 3, "{solved} {refused}");
}

#[test]
fn nothing_to_choose_from_gives_clear_answers() {
    let no_sites = CoverInstance::builder(vec![PERSON]).unwrap().build();
    let years = PhasesProblem { years: vec![Year::default()], ..PhasesProblem::default() };
    let plan = solve_phases(&no_sites, &years, Effort::default(), &Silent);
    assert_eq!((plan.value, plan.bound, plan.status), (0, 0, SolutionStatus::Optimal));
    let no_years = solve_phases(&no_sites, &PhasesProblem::default(), Effort::default(), &Silent);
    let reason = Infeasibility::RulesDoNotFit;
    assert_eq!(no_years.status, SolutionStatus::Infeasible { reason });
    let all = Year { milestone: Some(PERSON), ..Year::default() };
    let asked = PhasesProblem { years: vec![all], ..PhasesProblem::default() };
    let plan = solve_phases(&no_sites, &asked, Effort::default(), &Silent);
    let reason = Infeasibility::TargetOutOfReach { reachable: 0 };
    assert_eq!(plan.status, SolutionStatus::Infeasible { reason });
    let full = CapacitatedSite { rows: vec![0], serves: Some(0), facts: SiteFacts::default() };
    let instance = CapacitatedInstance::new(vec![PERSON], std::slice::from_ref(&full)).unwrap();
    let problem = CapacitatedProblem::default();
    let plan = solve_capacitated(&instance, &problem, Effort::default(), &Silent);
    assert_eq!((plan.served, plan.bound, plan.out_of_reach), (0, 0, PERSON));
    let negative = CapacitatedSite { serves: Some(-1), ..full };
    assert!(CapacitatedInstance::new(vec![PERSON], &[negative]).is_err());
}

#[test]
fn the_earliest_year_of_full_coverage_is_the_first_in_which_money_so_far_suffices() {
    let city = City {
        weights: vec![PERSON; 4],
        rows: vec![vec![0, 1], vec![2], vec![3], vec![0]],
        facts: vec![SiteFacts::default(); 4],
    };
    let year = Year { sites: Some(1), ..Year::default() };
    let problem = PhasesProblem { years: vec![year; 4], ..PhasesProblem::default() };
    let silent: (Effort, &dyn Monitor) = (Effort::default(), &Silent);
    match earliest_year(&city.instance(), &problem, 4 * PERSON, silent) {
        EarliestYear::Reached { year, plan } => {
            assert_eq!((year, plan.covered[2]), (2, 4 * PERSON));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        earliest_year(&city.instance(), &problem, 5 * PERSON, silent),
        EarliestYear::NotWithin
    );
}
