//! The placement problems solved over programs, judged by trying every plan of small random cities.

use walkshed::ids::{SiteId, ZoneId};
use walkshed::placement::capacitated::{
    CapacitatedInstance, CapacitatedPlan, CapacitatedProblem, CapacitatedSite, solve_capacitated,
};
use walkshed::placement::equity::{
    Ceiling, EquityInstance, ZoneShare, deciles, pareto_front, solve_worst_zone,
};
use walkshed::placement::multi_function::{
    Housing, Module, MultiFunctionInstance, MultiFunctionProblem, solve_multi_function,
};
use walkshed::placement::phases::{
    EarliestYear, PhasedPlan, PhasesProblem, Unspent, Year, earliest_year, solve_phases,
};
use walkshed::placement::program::{Effort, Leaf, TreeNode};
use walkshed::placement::two_tier::{TwoTierInstance, TwoTierProblem, solve_two_tier};
use walkshed::placement::verify_capacitated::verify_capacitated;
use walkshed::placement::verify_equity::{verify_front_point, verify_worst_zone};
use walkshed::placement::verify_multi_function::verify_multi_function;
use walkshed::placement::verify_phases::verify_phases;
use walkshed::placement::verify_two_tier::verify_two_tier;
use walkshed::placement::{
    CoverInstance, Infeasibility, Monitor, SiteFacts, SiteRules, SiteStatus, SolutionStatus,
};
use walkshed::progress::Silent;

/// Numbers that look random, from a seed (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Every subset of `count` things.
fn subsets(count: usize) -> impl Iterator<Item = Vec<bool>> {
    (0..1_u32 << count).map(move |bits| (0..count).map(|at| bits >> at & 1 == 1).collect())
}

const PERSON: i64 = 1_000_000;

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
        assert_eq!(verify_capacitated(&instance, &problem, &plan), Ok(()), "case {case}");
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

/// A covering instance as plain lists.
#[derive(Clone, Debug)]
struct City {
    weights: Vec<i64>,
    rows: Vec<Vec<u32>>,
    facts: Vec<SiteFacts>,
}

impl City {
    fn random(dice: &mut Dice, rows: u64, sites: u64, percent: u64) -> Self {
        let weights = (0..rows).map(|_| dice.below(30) as i64 * PERSON).collect();
        let reached = (0..sites)
            .map(|_| (0..rows as u32).filter(|_| dice.chance(percent)).collect())
            .collect();
        let facts = (0..sites)
            .map(|_| SiteFacts {
                cost: 1 + dice.below(9) as i64,
                bonus: 0,
                status: match dice.below(14) {
                    0 => SiteStatus::Existing,
                    1 => SiteStatus::Forbidden,
                    2 => SiteStatus::Required,
                    _ => SiteStatus::Free,
                },
            })
            .collect();
        Self { weights, rows: reached, facts }
    }

    fn instance(&self) -> CoverInstance {
        let mut builder = CoverInstance::builder(self.weights.clone()).unwrap();
        for (rows, &facts) in self.rows.iter().zip(&self.facts) {
            builder.add_site(rows, facts).unwrap();
        }
        builder.build()
    }

    fn existing(&self) -> Vec<usize> {
        let all = 0..self.facts.len();
        all.filter(|&site| self.facts[site].status == SiteStatus::Existing).collect()
    }

    /// Rows covered by `open` and not by existing sites.
    fn newly(&self, open: impl Fn(usize) -> bool) -> Vec<usize> {
        let covers = |site: usize, row: usize| self.rows[site].contains(&(row as u32));
        (0..self.weights.len())
            .filter(|&row| !self.existing().iter().any(|&site| covers(site, row)))
            .filter(|&row| (0..self.rows.len()).any(|site| open(site) && covers(site, row)))
            .collect()
    }

    fn weight(&self, rows: &[usize]) -> i64 {
        rows.iter().map(|&row| self.weights[row]).sum()
    }

    /// Whether the states of the sites allow these to be open (existing ones left out).
    fn states_allow(&self, open: impl Fn(usize) -> bool) -> bool {
        (0..self.facts.len()).all(|site| match self.facts[site].status {
            SiteStatus::Free => true,
            SiteStatus::Required => open(site),
            SiteStatus::Forbidden | SiteStatus::Existing => !open(site),
        })
    }

    fn cost(&self, open: impl Fn(usize) -> bool) -> i64 {
        (0..self.facts.len()).filter(|&s| open(s)).map(|s| self.facts[s].cost).sum()
    }
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
    assert!(solved > 25 && refused > 3 && beaten > 3, "{solved} {refused} {beaten}");
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
        let persons: Vec<i64> = cities[0].weights.clone();
        let best = subsets(4 + modules.len())
            .filter(|plan| {
                let cost = cities[0].cost(|site| plan[site])
                    + (0..modules.len())
                        .filter(|&m| plan[4 + m])
                        .map(|m| modules[m].cost)
                        .sum::<i64>();
                let count = (0..4).filter(|&site| plan[site]).count();
                cities[0].states_allow(|site| plan[site])
                    && problem.rules.max_sites.is_none_or(|most| count <= most as usize)
                    && problem.rules.budget.is_none_or(|most| cost <= most)
                    && modules.iter().enumerate().all(|(m, module)| {
                        let open = plan[module.site.0 as usize];
                        plan[4 + m] == open || (!plan[4 + m] && housing == Housing::Some)
                    })
            })
            .map(|plan| {
                let reached: Vec<Vec<usize>> = (0..3)
                    .map(|f| {
                        let housed = |site: usize| {
                            modules.iter().enumerate().any(|(m, module)| {
                                plan[4 + m]
                                    && module.function == f as u32
                                    && module.site.0 as usize == site
                            })
                        };
                        cities[f].newly(housed)
                    })
                    .collect();
                let single: i64 =
                    (0..3).map(|f| cities[f].weight(&reached[f]) * problem.worths[f]).sum();
                let settled = |f: usize, row: usize| {
                    cities[f].existing().iter().any(|&s| cities[f].rows[s].contains(&(row as u32)))
                };
                let complete: i64 = (0..8)
                    .filter(|&row| {
                        let has = |f: &u32| {
                            settled(*f as usize, row) || reached[*f as usize].contains(&row)
                        };
                        let before = |f: &u32| settled(*f as usize, row);
                        problem.required.iter().all(has) && !problem.required.iter().all(before)
                    })
                    .map(|row| persons[row])
                    .sum();
                single + complete * problem.complete_worth
            })
            .max();
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
            .map(|p| (p.cost, p.people, p.worst.map_or(1_000_000_000, |worst| worst.ppb())))
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

/// A plan and a problem that are known, for forging.
fn honest_phases() -> (City, PhasesProblem) {
    let mut dice = Dice(3);
    let mut city = City::random(&mut dice, 30, 8, 25);
    city.facts.iter_mut().for_each(|facts| facts.status = SiteStatus::Free);
    let year = Year { sites: Some(1), budget: Some(6), ..Year::default() };
    (city, PhasesProblem { years: vec![year; 3], ..PhasesProblem::default() })
}

#[test]
fn forged_phased_plans_are_refused() {
    let (city, problem) = honest_phases();
    let instance = city.instance();
    let plan = solve_phases(&instance, &problem, Effort::default(), &Silent);
    assert_eq!(verify_phases(&instance, &problem, &plan), Ok(()));
    assert!(plan.openings.len() >= 2 && plan.status == SolutionStatus::Optimal);
    let forgeries: Vec<(&str, Box<dyn Fn(&mut PhasedPlan)>)> = vec![
        ("a site more", Box::new(|p| p.openings.push((2, SiteId(7))))),
        ("a site less", Box::new(|p| p.openings.truncate(p.openings.len() - 1))),
        ("a site that is not there", Box::new(|p| p.openings[0].1 = SiteId(99))),
        ("a site twice", Box::new(|p| p.openings[1].1 = p.openings[0].1)),
        ("a year that is not there", Box::new(|p| p.openings[0].0 = 3)),
        ("another year", Box::new(|p| p.openings[0].0 += 1)),
        ("more people", Box::new(|p| p.covered[0] += PERSON)),
        ("less money", Box::new(|p| p.spent[0] -= 1)),
        ("a higher value", Box::new(|p| p.value += PERSON)),
        ("a lower bound", Box::new(|p| p.bound -= PERSON)),
        (
            "a bound and a value too low",
            Box::new(|p| (p.bound, p.value) = (p.bound - 1, p.value - 1)),
        ),
        ("a proof that is not said", Box::new(|p| p.status = SolutionStatus::Feasible)),
        ("no proof", Box::new(|p| p.certificate.nodes.clear())),
        (
            "multipliers of nothing",
            Box::new(|p| p.certificate.multipliers.iter_mut().for_each(Vec::clear)),
        ),
        ("multipliers left out", Box::new(|p| p.certificate.multipliers.clear())),
        (
            "a negative multiplier",
            Box::new(|p| {
                p.certificate.multipliers.iter_mut().flatten().for_each(|m| m.1 = -m.1);
            }),
        ),
        (
            "a multiplier of no row",
            Box::new(|p| {
                p.certificate.multipliers.iter_mut().flatten().for_each(|m| m.0 += 100_000);
            }),
        ),
        (
            "huge multipliers",
            Box::new(|p| {
                p.certificate.multipliers.iter_mut().flatten().for_each(|m| m.1 = i64::MAX);
            }),
        ),
        (
            "a leaf that fixes nothing",
            Box::new(|p| {
                p.certificate.nodes[0] = TreeNode::Leaf(Leaf::Complete);
            }),
        ),
        (
            "a tree that bites its tail",
            Box::new(|p| {
                p.certificate.nodes[0] = TreeNode::Branch { decision: 0, zero: 0, one: 0 };
            }),
        ),
        (
            "a branch on a covered part",
            Box::new(|p| {
                p.certificate.nodes[0] = TreeNode::Branch { decision: 5_000, zero: 1, one: 2 };
            }),
        ),
        (
            "a branch without children",
            Box::new(|p| {
                p.certificate.nodes.truncate(1);
                p.certificate.nodes[0] = TreeNode::Branch { decision: 0, zero: 1, one: 2 };
            }),
        ),
        (
            "impossible, they say",
            Box::new(|p| {
                p.status = SolutionStatus::Infeasible { reason: Infeasibility::Together };
            }),
        ),
        (
            "out of reach, they say",
            Box::new(|p| {
                let reason = Infeasibility::TargetOutOfReach { reachable: 1 };
                p.status = SolutionStatus::Infeasible { reason };
            }),
        ),
    ];
    for (what, forge) in &forgeries {
        let mut forged = plan.clone();
        forge(&mut forged);
        assert_ne!(forged, plan, "{what}");
        assert!(verify_phases(&instance, &problem, &forged).is_err(), "{what}");
    }
}

#[test]
fn forged_allocations_duties_and_shares_are_refused() {
    let mut dice = Dice(77);
    let weights: Vec<i64> = (0..20).map(|_| (1 + dice.below(30) as i64) * PERSON).collect();
    let site = |dice: &mut Dice| CapacitatedSite {
        rows: (0..20).filter(|_| dice.chance(40)).collect(),
        serves: Some(60 * PERSON),
        facts: SiteFacts::default(),
    };
    let sites: Vec<CapacitatedSite> = (0..5).map(|_| site(&mut dice)).collect();
    let instance = CapacitatedInstance::new(weights, &sites).unwrap();
    let rules = SiteRules { max_sites: Some(2), ..SiteRules::default() };
    let problem = CapacitatedProblem { rules };
    let plan = solve_capacitated(&instance, &problem, Effort::default(), &Silent);
    assert_eq!(verify_capacitated(&instance, &problem, &plan), Ok(()));
    let forgeries: Vec<Box<dyn Fn(&mut CapacitatedPlan)>> = vec![
        Box::new(|p| p.allocation[0].persons += 1),
        Box::new(|p| p.allocation[0].persons = -1),
        Box::new(|p| p.allocation.truncate(p.allocation.len() - 1)),
        Box::new(|p| p.allocation[0].site = SiteId(4 - p.allocation[0].site.0)),
        Box::new(|p| p.allocation[0].row = 1_000),
        Box::new(|p| p.full += 1),
        Box::new(|p| p.out_of_reach -= 1),
        Box::new(|p| p.served += 1),
        Box::new(|p| p.bound = 0),
        Box::new(|p| p.chosen = vec![SiteId(0), SiteId(1), SiteId(2)]),
    ];
    for (which, forge) in forgeries.iter().enumerate() {
        let mut forged = plan.clone();
        forge(&mut forged);
        assert!(verify_capacitated(&instance, &problem, &forged).is_err(), "{which}");
    }
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
