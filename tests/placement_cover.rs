//! Covering problems against brute force, on seeded random instances; every answer is verified.

use walkshed::ids::SiteId;
use walkshed::placement::{
    CoverInstance, CoverProblem, Coverage, GroupRule, LscpOptions, MclpOptions, Objective, Payment,
    PlacementSolution, SiteFacts, SiteRules, SiteStatus, SolutionStatus, solve_lscp, solve_mclp,
    verify,
};
use walkshed::progress::Silent;

struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// A small instance; `mixed`: with costs, bonuses and states of every kind.
fn random_instance(dice: &mut Dice, mixed: bool) -> CoverInstance {
    let (rows, sites) = (1 + dice.below(14), dice.below(10));
    let weights = (0..rows).map(|_| dice.below(20) as i64).collect();
    let mut builder = CoverInstance::builder(weights).unwrap();
    let density = 2 + dice.below(5);
    for _ in 0..sites {
        let covered: Vec<u32> = (0..rows as u32).filter(|_| dice.one_in(density)).collect();
        let mut facts = SiteFacts { cost: 1 + dice.below(6) as i64, ..SiteFacts::default() };
        if mixed {
            facts.bonus = if dice.one_in(3) { dice.below(8) as i64 } else { 0 };
            facts.status = match dice.below(12) {
                0 => SiteStatus::Required,
                1 => SiteStatus::Forbidden,
                2 => SiteStatus::Existing,
                _ => SiteStatus::Free,
            };
        }
        builder.add_site(&covered, facts).unwrap();
    }
    builder.build()
}

fn random_rules(dice: &mut Dice, instance: &CoverInstance, mixed: bool) -> SiteRules {
    let sites = instance.site_count() as u64;
    let mut rules = SiteRules { max_sites: Some(dice.below(5) as u32), ..SiteRules::default() };
    if !mixed {
        return rules;
    }
    if dice.one_in(3) {
        rules.max_sites = None;
    }
    if dice.one_in(2) {
        rules.budget = Some(dice.below(16) as i64);
    }
    if sites > 1 && dice.one_in(2) {
        for _ in 0..dice.below(6) {
            let (a, b) = (dice.below(sites) as u32, dice.below(sites) as u32);
            if a != b {
                rules.conflicts.push((SiteId(a), SiteId(b)));
            }
        }
    }
    if sites > 0 && dice.one_in(2) {
        for _ in 0..=dice.below(2) {
            let members = instance.sites().filter(|_| dice.one_in(2)).collect();
            let min = dice.below(2) as u32;
            rules.groups.push(GroupRule { sites: members, min, max: min + dice.below(3) as u32 });
        }
    }
    rules
}

/// The best value over all subsets that keep every rule.
fn brute_force(instance: &CoverInstance, problem: &CoverProblem) -> Option<i64> {
    let sites: Vec<SiteId> = instance.sites().collect();
    let mut best: Option<i64> = None;
    for subset in 0_u32..1 << sites.len() {
        let chosen: Vec<SiteId> =
            sites.iter().copied().filter(|site| subset >> site.0 & 1 == 1).collect();
        if let Some(value) = value_of(instance, problem, &chosen) {
            let is_better =
                |best: i64| if problem.maximizes() { value > best } else { value < best };
            if best.is_none_or(is_better) {
                best = Some(value);
            }
        }
    }
    best
}

fn value_of(instance: &CoverInstance, problem: &CoverProblem, chosen: &[SiteId]) -> Option<i64> {
    let rules = &problem.rules;
    let has = |site: &SiteId| chosen.contains(site);
    let states = instance.sites().all(|site| match instance.status(site) {
        SiteStatus::Free => true,
        SiteStatus::Required => has(&site),
        SiteStatus::Forbidden | SiteStatus::Existing => !has(&site),
    });
    let cost: i64 = chosen.iter().map(|&site| instance.cost(site)).sum();
    let counts = rules.max_sites.is_none_or(|most| chosen.len() <= most as usize);
    let apart = rules.conflicts.iter().all(|(a, b)| !(has(a) && has(b)));
    let grouped = rules.groups.iter().all(|group| {
        let count = group.sites.iter().filter(|site| has(site)).count() as u32;
        (group.min..=group.max).contains(&count)
    });
    if !(states && counts && apart && grouped && rules.budget.is_none_or(|budget| cost <= budget)) {
        return None;
    }
    let is_covered =
        |row: usize| chosen.iter().any(|&site| instance.rows_of(site).contains(&(row as u32)));
    let rows: Vec<usize> =
        (0..instance.row_count()).filter(|row| !instance.is_settled(*row)).collect();
    let weight: i64 =
        rows.iter().filter(|row| is_covered(**row)).map(|row| instance.weight(*row)).sum();
    let pay = |payment| if payment == Payment::Cost { cost } else { chosen.len() as i64 };
    match problem.objective {
        Objective::MostWeight => {
            Some(weight + chosen.iter().map(|&site| instance.bonus(site)).sum::<i64>())
        }
        Objective::CoverAll { payment } => {
            rows.iter().all(|row| is_covered(*row)).then(|| pay(payment))
        }
        Objective::CoverWeight { target, payment } => (weight >= target).then(|| pay(payment)),
    }
}

fn check(instance: &CoverInstance, solution: &PlacementSolution, case: u64) {
    let problem = solution.problem.clone();
    verify(instance, &problem, solution)
        .unwrap_or_else(|reason| panic!("case {case}: {reason}: {solution:?}"));
    match brute_force(instance, &problem) {
        Some(best) => {
            assert_eq!(solution.status, SolutionStatus::Optimal, "case {case}: {solution:?}");
            assert_eq!(solution.value, best, "case {case}: {solution:?}");
        }
        None => assert!(
            matches!(solution.status, SolutionStatus::Infeasible { .. }),
            "case {case}: {solution:?}"
        ),
    }
}

#[test]
fn most_weight_equals_brute_force() {
    for case in 0..300 {
        let mut dice = Dice(case);
        let mixed = case % 3 != 0;
        let instance = random_instance(&mut dice, mixed);
        let rules = random_rules(&mut dice, &instance, mixed);
        let options = MclpOptions { rules, ..MclpOptions::default() };
        check(&instance, &solve_mclp(&instance, &options, &Silent), case);
    }
}

#[test]
fn full_cover_equals_brute_force() {
    for case in 1000..1300 {
        let mut dice = Dice(case);
        let mixed = case % 3 == 0;
        let instance = random_instance(&mut dice, mixed);
        let rules =
            if mixed { random_rules(&mut dice, &instance, true) } else { SiteRules::default() };
        let payment = if case % 2 == 0 { Payment::PerSite } else { Payment::Cost };
        let options = LscpOptions { rules, payment, ..LscpOptions::default() };
        check(&instance, &solve_lscp(&instance, &options, &Silent), case);
    }
}

#[test]
fn partial_cover_equals_brute_force() {
    for case in 2000..2300 {
        let mut dice = Dice(case);
        let mixed = case % 3 == 0;
        let instance = random_instance(&mut dice, mixed);
        let rules =
            if mixed { random_rules(&mut dice, &instance, true) } else { SiteRules::default() };
        let payment = if case % 2 == 0 { Payment::PerSite } else { Payment::Cost };
        let coverage = if case % 5 == 0 {
            Coverage::Weight(dice.below(60) as i64)
        } else {
            Coverage::PartsPerMillion(dice.below(1_000_001) as u32)
        };
        let options = LscpOptions { coverage, rules, payment, ..LscpOptions::default() };
        check(&instance, &solve_lscp(&instance, &options, &Silent), case);
    }
}
