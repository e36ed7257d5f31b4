//! Random small instances of the extended placement problems with our optima, one JSON object a line, for
//! `scripts/extended_peers.py`, which solves them with HiGHS. `cargo run --release --example extended_peers -- 200`.

use std::io::Write;

use serde_json::{Value, json};
use walkshed::ids::{SiteId, ZoneId};
use walkshed::placement::capacitated::{
    CapacitatedInstance, CapacitatedProblem, CapacitatedSite, solve_capacitated,
};
use walkshed::placement::equity::{EquityInstance, ZoneShare, solve_worst_zone};
use walkshed::placement::gates::{GateInstance, solve_gates};
use walkshed::placement::multi_function::{
    Housing, Module, MultiFunctionInstance, MultiFunctionProblem, solve_multi_function,
};
use walkshed::placement::phases::{PhasesProblem, Unspent, Year, solve_phases};
use walkshed::placement::program::Effort;
use walkshed::placement::two_tier::{TwoTierInstance, TwoTierProblem, solve_two_tier};
use walkshed::placement::{CoverInstance, SiteFacts, SiteRules, SiteStatus, SolutionStatus};
use walkshed::progress::Silent;

type Failure = Box<dyn std::error::Error>;

/// Numbers that look random, from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn maybe(&mut self, percent: u64, end: u64) -> Option<u64> {
        let value = self.below(end);
        self.chance(percent).then_some(value)
    }
}

/// Demand rows and sites in a unit square.
struct City {
    weights: Vec<i64>,
    rows: Vec<Vec<u32>>,
    facts: Vec<SiteFacts>,
}

impl City {
    fn random(dice: &mut Dice, (rows, sites): (u32, u32), radius: u64) -> Self {
        let spot = |dice: &mut Dice| (dice.below(1000) as i64, dice.below(1000) as i64);
        let homes: Vec<(i64, i64)> = (0..rows).map(|_| spot(dice)).collect();
        let weights = (0..rows).map(|_| dice.below(50) as i64).collect();
        let mut reached = Vec::new();
        let mut facts = Vec::new();
        for _ in 0..sites {
            let (x, y) = spot(dice);
            let near = |&row: &u32| {
                let (a, b) = homes[row as usize];
                (a - x).pow(2) + (b - y).pow(2) <= (radius * radius) as i64
            };
            reached.push((0..rows).filter(near).collect());
            let status = match dice.below(16) {
                0 => SiteStatus::Existing,
                1 => SiteStatus::Forbidden,
                2 => SiteStatus::Required,
                _ => SiteStatus::Free,
            };
            facts.push(SiteFacts { cost: 1 + dice.below(9) as i64, bonus: 0, status });
        }
        Self { weights, rows: reached, facts }
    }

    fn instance(&self) -> Result<CoverInstance, Failure> {
        let mut builder = CoverInstance::builder(self.weights.clone())?;
        for (rows, &facts) in self.rows.iter().zip(&self.facts) {
            builder.add_site(rows, facts)?;
        }
        Ok(builder.build())
    }

    fn json(&self) -> Value {
        let sites = self.rows.iter().zip(&self.facts);
        sites
            .map(
                |(rows, facts)| json!({ "rows": rows, "cost": facts.cost, "status": facts.status }),
            )
            .collect()
    }
}

fn rules(dice: &mut Dice) -> SiteRules {
    SiteRules {
        max_sites: dice.maybe(60, 6).map(|most| most as u32),
        budget: dice.maybe(40, 30).map(|most| most as i64),
        ..SiteRules::default()
    }
}

fn rules_json(rules: &SiteRules) -> Value {
    json!({ "max_sites": rules.max_sites, "budget": rules.budget })
}

/// The value when it is proven the best, nothing when proven that there is none.
fn proven(value: i64, status: &SolutionStatus) -> Result<Option<i64>, Failure> {
    match status {
        SolutionStatus::Optimal => Ok(Some(value)),
        SolutionStatus::Infeasible { .. } => Ok(None),
        other => Err(format!("not proven: {other:?}").into()),
    }
}

fn capacitated(dice: &mut Dice) -> Result<Value, Failure> {
    let city = City::random(dice, (25, 8), 350);
    let serves: Vec<Option<i64>> =
        (0..8).map(|_| dice.maybe(90, 160).map(|most| most as i64)).collect();
    let sites: Vec<CapacitatedSite> = (0..8)
        .map(|s| CapacitatedSite {
            rows: city.rows[s].clone(),
            serves: serves[s],
            facts: city.facts[s],
        })
        .collect();
    let rules = rules(dice);
    let asked = rules_json(&rules);
    let instance = CapacitatedInstance::new(city.weights.clone(), &sites)?;
    let plan =
        solve_capacitated(&instance, &CapacitatedProblem { rules }, Effort::default(), &Silent);
    let mut sites = city.json();
    for (site, serves) in sites.as_array_mut().ok_or("a list")?.iter_mut().zip(&serves) {
        site["serves"] = json!(serves);
    }
    let ours = proven(plan.served, &plan.status)?;
    Ok(json!({ "problem": "capacitated", "ours": ours, "weights": city.weights, "sites": sites,
        "rules": asked }))
}

fn phases(dice: &mut Dice) -> Result<Value, Failure> {
    let city = City::random(dice, (30, 9), 250);
    let everybody: i64 = city.weights.iter().sum();
    let years: Vec<Year> = (0..3)
        .map(|_| Year {
            sites: dice.maybe(70, 4).map(|most| most as u32),
            budget: dice.maybe(60, 15).map(|most| most as i64),
            worth: 1 + dice.below(3) as i64,
            milestone: dice.maybe(20, 50).map(|share| share as i64 * everybody / 100),
        })
        .collect();
    let carried = dice.chance(50);
    let unspent = if carried { Unspent::CarriedOver } else { Unspent::Lapses };
    let listed: Value = years
        .iter()
        .map(|y| json!({ "sites": y.sites, "budget": y.budget, "worth": y.worth, "milestone": y.milestone }))
        .collect();
    let problem = PhasesProblem { years, unspent, ..PhasesProblem::default() };
    let plan = solve_phases(&city.instance()?, &problem, Effort::default(), &Silent);
    let ours = proven(plan.value, &plan.status)?;
    Ok(json!({ "problem": "phases", "ours": ours, "weights": city.weights, "sites": city.json(),
        "years": listed, "carried": carried }))
}

fn two_tier(dice: &mut Dice) -> Result<Value, Failure> {
    let stations = City::random(dice, (30, 10), 180);
    let mut centers = City::random(dice, (30, 5), 400);
    centers.weights.clone_from(&stations.weights);
    let over: Vec<Vec<SiteId>> =
        (0..10).map(|_| (0..5).filter(|_| dice.chance(35)).map(SiteId).collect()).collect();
    let problem = TwoTierProblem {
        station_worth: 1 + dice.below(3) as i64,
        center_worth: dice.below(3) as i64,
        stations: rules(dice),
        centers: rules(dice),
        budget: dice.maybe(50, 40).map(|most| most as i64),
    };
    let nested: Value =
        over.iter().map(|over| over.iter().map(|center| center.0).collect::<Value>()).collect();
    let instance =
        TwoTierInstance { stations: stations.instance()?, centers: centers.instance()?, over };
    let plan = solve_two_tier(&instance, &problem, Effort::default(), &Silent);
    let ours = proven(plan.value, &plan.status)?;
    Ok(json!({ "problem": "two_tier", "ours": ours, "weights": stations.weights,
        "stations": stations.json(), "centers": centers.json(), "over": nested,
        "station_worth": problem.station_worth, "center_worth": problem.center_worth,
        "station_rules": rules_json(&problem.stations),
        "center_rules": rules_json(&problem.centers), "budget": problem.budget }))
}

fn worst_zone(dice: &mut Dice) -> Result<Value, Failure> {
    let city = City::random(dice, (25, 9), 250);
    let zones: Vec<Option<u32>> = (0..25).map(|_| dice.maybe(90, 4).map(|z| z as u32)).collect();
    let rules = rules(dice);
    let instance = EquityInstance {
        cover: city.instance()?,
        zone_of: zones.iter().map(|zone| zone.map(ZoneId)).collect(),
        zones: 4,
    };
    let plan = solve_worst_zone(&instance, &rules, Effort::default(), &Silent);
    let ours = proven(plan.worst.map_or(1_000_000_000, ZoneShare::ppb), &plan.worst_status)?;
    Ok(json!({ "problem": "worst_zone", "ours": ours, "weights": city.weights,
        "sites": city.json(), "zone_of": zones, "rules": rules_json(&rules) }))
}

fn multi_function(dice: &mut Dice) -> Result<Value, Failure> {
    let mut cities = vec![City::random(dice, (15, 6), 350)];
    for _ in 0..2 {
        let mut city = City::random(dice, (15, 6), 350);
        city.facts.clone_from(&cities[0].facts);
        cities.push(city);
    }
    let mut modules = Vec::new();
    for site in 0..6 {
        for function in 0..3 {
            if dice.chance(60) {
                modules.push(Module { site: SiteId(site), function, cost: dice.below(4) as i64 });
            }
        }
    }
    let housing = if dice.chance(50) { Housing::All } else { Housing::Some };
    let problem = MultiFunctionProblem {
        worths: (0..3).map(|_| dice.below(3) as i64).collect(),
        required: (0..3).filter(|_| dice.chance(60)).collect(),
        complete_worth: dice.below(5) as i64,
        housing,
        rules: rules(dice),
    };
    let functions: Value = cities
        .iter()
        .map(|city| json!({ "weights": city.weights, "sites": city.json() }))
        .collect();
    let listed: Value = modules
        .iter()
        .map(|m| json!({ "site": m.site.0, "function": m.function, "cost": m.cost }))
        .collect();
    let persons = cities[0].weights.clone();
    let covers: Result<Vec<CoverInstance>, Failure> = cities.iter().map(City::instance).collect();
    let instance = MultiFunctionInstance { functions: covers?, modules, persons: persons.clone() };
    let plan = solve_multi_function(&instance, &problem, Effort::default(), &Silent);
    let ours = proven(plan.value, &plan.status)?;
    Ok(json!({ "problem": "multi_function", "ours": ours, "functions": functions,
        "modules": listed, "persons": persons, "worths": problem.worths,
        "required": problem.required, "complete_worth": problem.complete_worth,
        "all": housing == Housing::All, "rules": rules_json(&problem.rules) }))
}

fn gates(dice: &mut Dice) -> Result<Value, Failure> {
    let weights: Vec<i64> = (0..40).map(|_| dice.below(50) as i64).collect();
    let mut ways: Vec<Vec<Vec<u32>>> = Vec::new();
    for _ in 0..40 {
        let count = dice.below(4);
        let way = |dice: &mut Dice| {
            let size = 1 + dice.below(3);
            (0..size).map(|_| dice.below(14) as u32).collect()
        };
        ways.push((0..count).map(|_| way(dice)).collect());
    }
    let most = 1 + dice.below(5) as u32;
    let facts = [SiteFacts::default(); 14];
    let instance = GateInstance::new(weights.clone(), ways.clone(), (14, &facts))?;
    let rules = SiteRules { max_sites: Some(most), ..SiteRules::default() };
    let plan = solve_gates(&instance, &rules, Effort::default(), &Silent);
    let ours = proven(plan.value, &plan.status)?;
    Ok(json!({ "problem": "gates", "ours": ours, "weights": weights, "ways": ways, "choices": 14,
        "most": most }))
}

fn main() -> Result<(), Failure> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(200), |count| count.parse())?;
    let mut out = std::io::stdout().lock();
    for seed in 0..count {
        for problem in [capacitated, phases, two_tier, worst_zone, multi_function, gates] {
            writeln!(out, "{}", problem(&mut Dice(seed))?)?;
        }
    }
    Ok(())
}
