//! p-median and p-center against brute force, OR-Library's optima, and proofs that were tampered with.

use walkshed::ids::SiteId;
use walkshed::placement::{
    AssignEffort, AssignGoal, AssignInstance, AssignProblem, AssignSolution, SiteStatus,
    SolutionStatus, solve_p_center, solve_p_median, verify_assignment,
};
use walkshed::progress::Silent;
use walkshed::units::WalkTime;

/// A small seeded generator (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}

/// A small instance of any shape: sparse or full, all states, equal rows and sites, weights 0.
fn small(random: &mut Random) -> AssignInstance {
    let rows = random.below(13) as usize;
    let sites = random.below(9) as usize;
    let most_weight = 1 + random.below(5);
    let most_ms = 1 + random.below(30);
    let reach = 40 + random.below(61);
    let plain = random.below(2) == 0;
    let weights = (0..rows).map(|_| random.below(most_weight + 1) as i64).collect();
    let mut builder = AssignInstance::builder(weights).unwrap();
    for _ in 0..sites {
        let status = match random.below(if plain { 5 } else { 10 }) {
            9 => SiteStatus::Existing,
            8 => SiteStatus::Required,
            7 => SiteStatus::Forbidden,
            _ => SiteStatus::Free,
        };
        let times: Vec<(u32, WalkTime)> = (0..rows as u32)
            .map(|row| (row, random.below(100), random.below(most_ms) as u32))
            .filter(|&(_, chance, _)| chance < reach)
            .map(|(row, _, ms)| (row, WalkTime::from_ms(ms)))
            .collect();
        builder.add_site(&times, status).unwrap();
    }
    builder.build().unwrap()
}

/// The best of all plans, slow and plain.
fn brute(instance: &AssignInstance, problem: &AssignProblem) -> Option<i64> {
    let sites = instance.site_count();
    let keeps_rules = |set: &u32| {
        let allowed = |site: usize| match instance.status(SiteId(site as u32)) {
            SiteStatus::Free => true,
            SiteStatus::Required => set >> site & 1 == 1,
            SiteStatus::Forbidden | SiteStatus::Existing => set >> site & 1 == 0,
        };
        set.count_ones() <= problem.max_sites && (0..sites).all(allowed)
    };
    let value = |set: u32| {
        let mut sum = 0_i64;
        let mut longest = 0_i64;
        for row in (0..instance.row_count()).filter(|&row| instance.weight(row) > 0) {
            let mut least = instance.existing_time(row).as_ms();
            if let AssignGoal::Median { unserved: Some(time) } = problem.goal {
                least = least.min(time.as_ms());
            }
            for walk in instance.walks(row).iter().filter(|walk| set >> walk.site.0 & 1 == 1) {
                least = least.min(walk.ms);
            }
            if least == u32::MAX {
                return None;
            }
            sum += instance.weight(row) * i64::from(least);
            longest = longest.max(i64::from(least));
        }
        Some(if problem.goal == AssignGoal::Center { longest } else { sum })
    };
    (0..1_u32 << sites).filter(keeps_rules).filter_map(value).min()
}

fn agrees(
    instance: &AssignInstance,
    problem: &AssignProblem,
    solution: &AssignSolution,
    case: u64,
) {
    let expected = brute(instance, problem);
    match expected {
        None => {
            assert!(matches!(solution.status, SolutionStatus::Infeasible { .. }), "case {case}")
        }
        Some(value) => {
            assert_eq!(solution.status, SolutionStatus::Optimal, "case {case}");
            assert_eq!((solution.value, solution.bound), (value, value), "case {case}");
        }
    }
    assert_eq!(verify_assignment(instance, solution), Ok(()), "case {case}: {solution:?}");
}

#[test]
fn the_median_is_the_best_of_all_plans() {
    let mut random = Random(11);
    for case in 0..1500 {
        let instance = small(&mut random);
        let unserved = (random.below(4) == 0).then(|| WalkTime::from_ms(random.below(40) as u32));
        let problem = AssignProblem {
            goal: AssignGoal::Median { unserved },
            max_sites: random.below(6) as u32,
        };
        let solution = solve_p_median(&instance, &problem, AssignEffort::default(), &Silent);
        agrees(&instance, &problem, &solution, case);
    }
}

#[test]
fn the_center_is_the_best_of_all_plans() {
    let mut random = Random(12);
    for case in 0..1500 {
        let instance = small(&mut random);
        let problem = AssignProblem::center(random.below(6) as u32);
        let solution = solve_p_center(&instance, &problem, AssignEffort::default(), &Silent);
        agrees(&instance, &problem, &solution, case);
    }
}
