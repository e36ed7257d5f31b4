//! Covering problems against brute force, on seeded random instances; every answer is verified.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

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

/// What a random case has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mix {
    /// Free sites and a number of sites at most.
    Plain,
    /// States, bonuses and rules of every kind.
    Everything,
}

/// A small instance.
fn random_instance(dice: &mut Dice, mix: Mix) -> CoverInstance {
    let (rows, sites) = (1 + dice.below(14), dice.below(10));
    let weights = (0..rows).map(|_| dice.below(20) as i64).collect();
    let mut builder = CoverInstance::builder(weights).unwrap();
    let density = 2 + dice.below(5);
    for _ in 0..sites {
        let covered: Vec<u32> = (0..rows as u32).filter(|_| dice.one_in(density)).collect();
        let mut facts = SiteFacts { cost: 1 + dice.below(6) as i64, ..SiteFacts::default() };
        if mix == Mix::Everything {
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

fn random_rules(dice: &mut Dice, instance: &CoverInstance, mix: Mix) -> SiteRules {
    let sites = instance.site_count() as u64;
    let mut rules = SiteRules { max_sites: Some(dice.below(5) as u32), ..SiteRules::default() };
    if mix == Mix::Plain {
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
        let mix = if case % 3 == 0 { Mix::Plain } else { Mix::Everything };
        let instance = random_instance(&mut dice, mix);
        let rules = random_rules(&mut dice, &instance, mix);
        let options = MclpOptions { rules, ..MclpOptions::default() };
        check(&instance, &solve_mclp(&instance, &options, &Silent), case);
    }
}

#[test]
fn full_cover_equals_brute_force() {
    for case in 1000..1300 {
        let mut dice = Dice(case);
        let mix = if case % 3 == 0 { Mix::Everything } else { Mix::Plain };
        let instance = random_instance(&mut dice, mix);
        let rules = if mix == Mix::Everything {
            random_rules(&mut dice, &instance, mix)
        } else {
            SiteRules::default()
        };
        let payment = if case % 2 == 0 { Payment::PerSite } else { Payment::Cost };
        let options = LscpOptions { rules, payment, ..LscpOptions::default() };
        check(&instance, &solve_lscp(&instance, &options, &Silent), case);
    }
}

#[test]
fn partial_cover_equals_brute_force() {
    for case in 2000..2300 {
        let mut dice = Dice(case);
        let mix = if case % 3 == 0 { Mix::Everything } else { Mix::Plain };
        let instance = random_instance(&mut dice, mix);
        let rules = if mix == Mix::Everything {
            random_rules(&mut dice, &instance, mix)
        } else {
            SiteRules::default()
        };
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

/// `sites` sites in a row along `rows` rows, each covering three neighbors.
fn street(rows: u32, status: SiteStatus) -> CoverInstance {
    let mut builder =
        CoverInstance::builder((0..rows).map(|row| i64::from(row % 5) + 1).collect()).unwrap();
    for at in 0..rows {
        let covered: Vec<u32> = (at.saturating_sub(1)..=(at + 1).min(rows - 1)).collect();
        builder.add_site(&covered, SiteFacts { status, ..SiteFacts::default() }).unwrap();
    }
    builder.build()
}

#[test]
fn nothing_to_choose_from_gives_an_empty_plan_or_a_reason() {
    let none = CoverInstance::builder(vec![5, 6]).unwrap().build();
    let forbidden = street(9, SiteStatus::Forbidden);
    for instance in [&none, &forbidden] {
        let most = solve_mclp(instance, &MclpOptions::sites(3), &Silent);
        assert_eq!(
            (most.status.clone(), most.value, most.chosen.len()),
            (SolutionStatus::Optimal, 0, 0)
        );
        assert_eq!(verify(instance, &most.problem.clone(), &most), Ok(()));
        let full = solve_lscp(instance, &LscpOptions::default(), &Silent);
        let rows = (0..instance.row_count() as u32).collect();
        let reason = walkshed::placement::Infeasibility::UnreachedRows { rows };
        assert_eq!(full.status, SolutionStatus::Infeasible { reason });
        assert_eq!(verify(instance, &full.problem.clone(), &full), Ok(()));
    }
}

#[test]
fn no_money_no_places_and_more_places_than_sites_are_answered() {
    let instance = street(12, SiteStatus::Free);
    let broke = SiteRules { budget: Some(0), ..SiteRules::default() };
    let solution =
        solve_mclp(&instance, &MclpOptions { rules: broke, ..MclpOptions::default() }, &Silent);
    assert_eq!((solution.status, solution.value), (SolutionStatus::Optimal, 0));
    let solution = solve_mclp(&instance, &MclpOptions::sites(0), &Silent);
    assert_eq!((solution.status, solution.value), (SolutionStatus::Optimal, 0));
    let solution = solve_mclp(&instance, &MclpOptions::sites(1000), &Silent);
    assert_eq!(
        (solution.status, solution.value),
        (SolutionStatus::Optimal, instance.total_weight())
    );
    let none = LscpOptions { coverage: Coverage::PartsPerMillion(0), ..LscpOptions::default() };
    let solution = solve_lscp(&instance, &none, &Silent);
    assert_eq!((solution.status, solution.value), (SolutionStatus::Optimal, 0));
}

#[test]
fn rows_without_weight_count_only_when_all_must_be_covered() {
    let mut builder = CoverInstance::builder(vec![0; 6]).unwrap();
    for at in 0..3_u32 {
        builder.add_site(&[2 * at, 2 * at + 1], SiteFacts::default()).unwrap();
    }
    let instance = builder.build();
    let most = solve_mclp(&instance, &MclpOptions::sites(2), &Silent);
    assert_eq!((most.status.clone(), most.value), (SolutionStatus::Optimal, 0));
    let full = solve_lscp(&instance, &LscpOptions::default(), &Silent);
    assert_eq!((full.status.clone(), full.value), (SolutionStatus::Optimal, 3));
    assert_eq!(verify(&instance, &full.problem.clone(), &full), Ok(()));
}

/// Cancels after so many questions; keeps what it heard.
struct Impatient {
    asked: std::sync::atomic::AtomicU32,
    patience: u32,
    heard: std::sync::Mutex<Vec<(Option<i64>, i64)>>,
}

impl walkshed::placement::Monitor for Impatient {
    fn improved(&self, best: &walkshed::placement::Improvement<'_>) {
        self.heard.lock().unwrap().push((best.value, best.bound));
    }
    fn is_cancelled(&self) -> bool {
        self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= self.patience
    }
}

fn tangle(dice: &mut Dice) -> CoverInstance {
    let mut builder =
        CoverInstance::builder((0..300).map(|_| 1 + dice.below(40) as i64).collect()).unwrap();
    for _ in 0..90 {
        let rows: Vec<u32> = (0..300).filter(|_| dice.one_in(9)).collect();
        builder.add_site(&rows, SiteFacts::default()).unwrap();
    }
    builder.build()
}

#[test]
fn a_cancelled_search_keeps_what_it_streamed_and_its_proof_holds() {
    let instance = tangle(&mut Dice(5));
    for patience in [0, 3, 20] {
        let monitor = Impatient { asked: 0.into(), patience, heard: std::sync::Mutex::default() };
        let solution = solve_mclp(&instance, &MclpOptions::sites(9), &monitor);
        assert_eq!(solution.status, SolutionStatus::Cancelled);
        assert_eq!(verify(&instance, &solution.problem.clone(), &solution), Ok(()));
        let heard = monitor.heard.lock().unwrap();
        let best = heard.iter().filter_map(|(value, _)| *value).max();
        assert!(best.is_none_or(|best| solution.value >= best));
        let lowest = heard.iter().map(|(_, bound)| *bound).min();
        assert!(
            lowest.is_none_or(|lowest| solution.bound <= lowest),
            "{lowest:?} {}",
            solution.bound
        );
    }
}

#[test]
fn a_work_budget_gives_the_same_answer_each_time() {
    let instance = tangle(&mut Dice(6));
    let search = walkshed::placement::SearchOptions { seed: 3, work: 3_000_000 };
    let options = MclpOptions { search, ..MclpOptions::sites(9) };
    let first = solve_mclp(&instance, &options, &Silent);
    assert_eq!(first.status, SolutionStatus::Feasible);
    assert_eq!(first, solve_mclp(&instance, &options, &Silent));
    assert_eq!(verify(&instance, &first.problem.clone(), &first), Ok(()));
}
