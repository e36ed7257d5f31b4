//! p-median and p-center against brute force, OR-Library's optima, and proofs that were tampered with.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test says what went wrong by failing"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use walkshed::ids::SiteId;
use walkshed::import::instance_pmed::{PmedFile, read_pmed};
use walkshed::placement::certificate::ProofNode;
use walkshed::placement::{
    AssignEffort, AssignError, AssignGoal, AssignInstance, AssignProblem, AssignSolution,
    Improvement, Infeasibility, Monitor, SiteStatus, SolutionStatus, solve_p_center,
    solve_p_median, verify_assignment,
};
use walkshed::progress::Silent;
use walkshed::units::WalkTime;

/// A small seeded generator (`SplitMix64`).
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
            assert!(matches!(solution.status, SolutionStatus::Infeasible { .. }), "case {case}");
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

fn solve(instance: &AssignInstance, problem: &AssignProblem) -> AssignSolution {
    match problem.goal {
        AssignGoal::Median { .. } => {
            solve_p_median(instance, problem, AssignEffort::default(), &Silent)
        }
        AssignGoal::Center => solve_p_center(instance, problem, AssignEffort::default(), &Silent),
    }
}

/// A full instance of points in a square: rows and sites apart.
fn town(random: &mut Random, rows: usize, sites: usize) -> AssignInstance {
    let mut points = |count: usize| -> Vec<(i64, i64)> {
        (0..count).map(|_| (random.below(10_000) as i64, random.below(10_000) as i64)).collect()
    };
    let (homes, places) = (points(rows), points(sites));
    let time = |a: &(i64, i64), b: &(i64, i64)| {
        WalkTime::from_ms(((a.0 - b.0).abs() + (a.1 - b.1).abs()) as u32)
    };
    let times: Vec<WalkTime> =
        homes.iter().flat_map(|home| places.iter().map(move |place| time(home, place))).collect();
    let weights = (0..rows).map(|_| 1 + random.below(9) as i64).collect();
    AssignInstance::from_table(&times, weights, &vec![SiteStatus::Free; sites]).unwrap()
}

fn pmed(number: u32) -> Option<PmedFile> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/placement/orlib-pmed");
    let Ok(text) = std::fs::read_to_string(folder.join(format!("pmed{number}.txt"))) else {
        eprintln!("skipped: OR-Library's pmed{number} is not there");
        return None;
    };
    Some(read_pmed(&text).unwrap())
}

#[test]
fn or_library_medians_are_proven_optimal() {
    for (number, optimum) in
        [(1, 5819), (2, 4093), (5, 1355), (6, 7824), (10, 1255), (14, 2968), (20, 1789)]
    {
        let Some(file) = pmed(number) else { return };
        let solution = solve(&file.instance, &AssignProblem::median(file.max_sites));
        assert_eq!((solution.value, solution.bound), (optimum, optimum), "pmed{number}");
        assert_eq!(solution.status, SolutionStatus::Optimal);
        assert_eq!(verify_assignment(&file.instance, &solution), Ok(()));
    }
}

#[test]
fn or_library_centers_are_proven_optimal() {
    for (number, optimum) in [(1, 127), (2, 98), (6, 84), (10, 20), (15, 18)] {
        let Some(file) = pmed(number) else { return };
        let solution = solve(&file.instance, &AssignProblem::center(file.max_sites));
        assert_eq!((solution.value, solution.bound), (optimum, optimum), "pmed{number}");
        assert_eq!(verify_assignment(&file.instance, &solution), Ok(()));
    }
}

/// Ways to spoil a solution, each with a name.
type Tamper = (&'static str, fn(&mut AssignSolution));

const TAMPERS: [Tamper; 17] = [
    ("a better value", |s| s.value -= 1),
    ("a worse value", |s| s.value += 1),
    ("value and bound better", |s| (s.value, s.bound) = (s.value - 1, s.bound - 1)),
    ("a higher bound", |s| s.bound += 1),
    ("value and bound higher", |s| (s.value, s.bound) = (s.value + 1, s.bound + 1)),
    ("optimal with a gap", |s| s.bound -= 1),
    ("feasible without a gap", |s| s.status = SolutionStatus::Feasible),
    ("infeasible beside a plan", |s| {
        s.status = SolutionStatus::Infeasible { reason: Infeasibility::Together };
    }),
    ("unsolved beside a plan", |s| s.status = SolutionStatus::Unsolved),
    ("a site less", |s| s.chosen.truncate(s.chosen.len() - 1)),
    ("a site more than allowed", |s| s.problem.max_sites -= 1),
    ("an unknown site", |s| s.chosen.push(SiteId(1_000_000))),
    ("sites out of order", |s| s.chosen.reverse()),
    ("a site twice", |s| s.chosen[1] = s.chosen[0]),
    ("no proof", |s| s.certificate.nodes.clear()),
    ("a scale of 0", |s| s.certificate.scale = 0),
    ("another problem", |s| s.problem.max_sites += 1),
];

const PROOF_TAMPERS: [Tamper; 12] = [
    ("no prices", |s| s.certificate.prices.clear()),
    ("a price list too short", |s| s.certificate.prices[0].truncate(1)),
    ("a price below 0", |s| s.certificate.prices[0][0] = -1),
    ("prices of nothing", |s| s.certificate.prices.iter_mut().for_each(|list| list.fill(0))),
    ("prices doubled in one place", |s| {
        for list in &mut s.certificate.prices {
            let most = list.iter().copied().max().unwrap();
            let at = list.iter().position(|&price| price == most).unwrap();
            list[at] *= 1000;
        }
    }),
    ("a node too many", |s| s.certificate.nodes.push(ProofNode::OverCount)),
    ("a node cut off", |s| s.certificate.nodes.truncate(s.certificate.nodes.len() - 1)),
    ("a root that claims too many sites", |s| s.certificate.nodes = vec![ProofNode::OverCount]),
    ("a root that claims an unreached row", |s| {
        s.certificate.nodes = vec![ProofNode::RowUnreached { row: 0 }];
    }),
    ("a list that is not there", |s| {
        s.certificate.nodes = vec![ProofNode::Bounded { multipliers: 1_000_000 }];
    }),
    ("a node that is its own child", |s| {
        s.certificate.nodes = vec![ProofNode::Branch { site: SiteId(0), inside: 0, outside: 0 }];
    }),
    ("all sites fixed outside", |s| {
        let sites = (0..60).map(|site| (SiteId(site), false)).collect();
        s.certificate.nodes = vec![
            ProofNode::Fix { multipliers: 0, sites, then: 1 },
            ProofNode::Bounded { multipliers: 0 },
        ];
    }),
];

fn rejects(instance: &AssignInstance, problem: &AssignProblem) {
    let solution = solve(instance, problem);
    assert_eq!(solution.status, SolutionStatus::Optimal);
    assert_eq!(verify_assignment(instance, &solution), Ok(()));
    assert!(solution.certificate.nodes.len() > 1 && !solution.certificate.prices.is_empty());
    for (name, tamper) in TAMPERS.iter().chain(&PROOF_TAMPERS) {
        let mut spoiled = solution.clone();
        tamper(&mut spoiled);
        assert!(
            verify_assignment(instance, &spoiled).is_err(),
            "accepted: {name} ({:?})",
            problem.goal
        );
    }
}

/// An instance whose proof needs a tree.
fn hard_town(goal: fn(u32) -> AssignProblem) -> (AssignInstance, AssignProblem) {
    let mut random = Random(5);
    let problem = goal(6);
    loop {
        let instance = town(&mut random, 120, 60);
        let certificate = solve(&instance, &problem).certificate;
        if certificate.nodes.len() > 4 && !certificate.prices.is_empty() {
            return (instance, problem);
        }
    }
}

#[test]
fn tampered_medians_are_rejected() {
    let (instance, problem) = hard_town(AssignProblem::median);
    rejects(&instance, &problem);
}

#[test]
fn tampered_centers_are_rejected() {
    let (instance, problem) = hard_town(AssignProblem::center);
    rejects(&instance, &problem);
    let mut solution = solve(&instance, &problem);
    let by = SiteId(0);
    solution.certificate.dominated = (1..60)
        .map(|site| walkshed::placement::assign_solution::Dominance { site: SiteId(site), by })
        .collect();
    assert!(verify_assignment(&instance, &solution).is_err());
}

/// Counts what it hears; stops after so many questions.
struct Stopper {
    asked: AtomicUsize,
    heard: AtomicUsize,
    patience: usize,
}

impl Monitor for Stopper {
    fn improved(&self, best: &Improvement<'_>) {
        assert!(best.value.is_none_or(|value| value >= best.bound));
        self.heard.fetch_add(1, Ordering::Relaxed);
    }
    fn is_cancelled(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) >= self.patience
    }
}

#[test]
fn a_cancelled_run_keeps_its_best_plan_with_a_valid_bound() {
    for goal in [AssignProblem::median, AssignProblem::center] {
        let (instance, problem) = hard_town(goal);
        let optimum = solve(&instance, &problem).value;
        let mut finished = 0;
        for patience in [0, 1, 5, 20, 60, 150, 400, 1000, 1_000_000] {
            let stopper =
                Stopper { asked: AtomicUsize::new(0), heard: AtomicUsize::new(0), patience };
            let effort = AssignEffort::default();
            let solution = match problem.goal {
                AssignGoal::Center => solve_p_center(&instance, &problem, effort, &stopper),
                AssignGoal::Median { .. } => solve_p_median(&instance, &problem, effort, &stopper),
            };
            assert_eq!(verify_assignment(&instance, &solution), Ok(()), "patience {patience}");
            assert!(solution.bound <= optimum);
            if solution.has_plan() {
                assert!(solution.value >= optimum);
                assert!(stopper.heard.load(Ordering::Relaxed) > 0);
            }
            finished += usize::from(solution.status == SolutionStatus::Optimal);
        }
        assert!((1..9).contains(&finished), "{finished}");
    }
}

#[test]
fn little_work_ends_with_a_plan_and_a_bound() {
    let (instance, problem) = hard_town(AssignProblem::median);
    let optimum = solve(&instance, &problem).value;
    for work in [1, 10_000, 100_000, 1_000_000] {
        let effort = AssignEffort { seed: 1, work };
        let solution = solve_p_median(&instance, &problem, effort, &Silent);
        assert_eq!(verify_assignment(&instance, &solution), Ok(()));
        assert!(solution.bound <= optimum);
    }
}

#[test]
fn the_same_seed_gives_the_same_answer_and_another_the_same_value() {
    let (instance, problem) = hard_town(AssignProblem::median);
    let run = |seed| {
        let effort = AssignEffort { seed, ..AssignEffort::default() };
        solve_p_median(&instance, &problem, effort, &Silent)
    };
    assert_eq!(run(7), run(7));
    assert_eq!(run(7).value, run(8).value);
}

#[test]
fn odd_questions_get_clear_answers() {
    let far = WalkTime::UNREACHABLE;
    let near = WalkTime::from_ms(5);
    let table = [near, far, far, near, far, far];
    let instance =
        AssignInstance::from_table(&table, vec![1, 2, 3], &[SiteStatus::Free; 2]).unwrap();
    for problem in [AssignProblem::median(2), AssignProblem::center(2)] {
        let solution = solve(&instance, &problem);
        let reason = Infeasibility::UnreachedRows { rows: vec![2] };
        assert_eq!(solution.status, SolutionStatus::Infeasible { reason });
        assert_eq!(verify_assignment(&instance, &solution), Ok(()));
    }
    let instance =
        AssignInstance::from_table(&table[..4], vec![1, 2], &[SiteStatus::Free; 2]).unwrap();
    for (sites, value) in [(0, None), (1, None), (2, Some(15)), (9, Some(15))] {
        let solution = solve(&instance, &AssignProblem::median(sites));
        assert_eq!(solution.has_plan().then_some(solution.value), value, "p = {sites}");
        assert_eq!(verify_assignment(&instance, &solution), Ok(()));
    }
    let forbidden =
        AssignInstance::from_table(&table[..4], vec![0, 2], &[SiteStatus::Forbidden; 2]).unwrap();
    let reason = Infeasibility::UnreachedRows { rows: vec![1] };
    let status = solve(&forbidden, &AssignProblem::center(2)).status;
    assert_eq!(status, SolutionStatus::Infeasible { reason });
    let required =
        AssignInstance::from_table(&table[..4], vec![1, 2], &[SiteStatus::Required; 2]).unwrap();
    let reason = Infeasibility::RequiredOverCount { required: 2 };
    let status = solve(&required, &AssignProblem::median(1)).status;
    assert_eq!(status, SolutionStatus::Infeasible { reason });
    let huge = AssignInstance::from_table(&[WalkTime::LONGEST], vec![1 << 40], &[SiteStatus::Free]);
    assert!(matches!(huge, Err(AssignError::SumTooLarge { .. })));
    let negative = AssignInstance::from_table(&[near], vec![-1], &[SiteStatus::Free]);
    assert_eq!(negative, Err(AssignError::NegativeWeight { row: 0, weight: -1 }));
    let shape = AssignInstance::from_table(&[near], vec![1, 1], &[SiteStatus::Free]);
    assert_eq!(shape, Err(AssignError::TableShape { expected: 2, found: 1 }));
}
