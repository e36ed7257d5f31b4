//! Every kind of tampering is told apart.

use super::*;
use crate::ids::SiteId;
use crate::placement::certificate::{Certificate, Multipliers, ProofNode, Reduction};
use crate::placement::instance::{SiteFacts, SiteStatus};
use crate::placement::lscp::{Coverage, LscpOptions, solve_lscp};
use crate::placement::mclp::{MclpOptions, solve_mclp};
use crate::placement::problem::{GroupRule, SiteRules};
use crate::progress::Silent;

/// Overlapping sites around a ring of rows, so that the linear relaxation is not whole: a real branch tree.
fn ring() -> CoverInstance {
    let mut builder = CoverInstance::builder(vec![3, 4, 5, 3, 4, 5, 4]).unwrap();
    for at in 0..7_u32 {
        builder
            .add_site(&[at, (at + 1) % 7], SiteFacts { cost: 2, ..SiteFacts::default() })
            .unwrap();
    }
    builder
        .add_site(&[0, 3, 5], SiteFacts { status: SiteStatus::Forbidden, ..SiteFacts::default() })
        .unwrap();
    builder
        .add_site(&[], SiteFacts { status: SiteStatus::Existing, ..SiteFacts::default() })
        .unwrap();
    builder
        .add_site(&[2], SiteFacts { status: SiteStatus::Required, ..SiteFacts::default() })
        .unwrap();
    builder.build()
}

fn rules() -> SiteRules {
    SiteRules {
        max_sites: Some(3),
        budget: Some(9),
        conflicts: vec![(SiteId(0), SiteId(1)), (SiteId(5), SiteId(9))],
        groups: vec![
            GroupRule { sites: vec![SiteId(3), SiteId(4)], min: 1, max: 1 },
            GroupRule { sites: vec![SiteId(0), SiteId(2), SiteId(6)], min: 0, max: 1 },
        ],
    }
}

fn solved() -> (CoverInstance, PlacementSolution) {
    let instance = ring();
    let options = MclpOptions { rules: rules(), ..MclpOptions::default() };
    let solution = solve_mclp(&instance, &options, &Silent);
    assert_eq!(solution.status, SolutionStatus::Optimal);
    assert_eq!(verify(&instance, &solution.problem, &solution), Ok(()));
    (instance, solution)
}

fn tampered(change: impl FnOnce(&mut PlacementSolution)) -> Rejection {
    let (instance, mut solution) = solved();
    let problem = solution.problem.clone();
    change(&mut solution);
    verify(&instance, &problem, &solution).unwrap_err()
}

fn sites(ids: &[u32]) -> Vec<SiteId> {
    ids.iter().map(|&id| SiteId(id)).collect()
}

#[test]
fn plans_that_break_a_rule_are_rejected_by_the_rule() {
    let with = |ids: &'static [u32]| tampered(move |solution| solution.chosen = sites(ids));
    assert_eq!(with(&[9, 99]), Rejection::UnknownSite { site: SiteId(99) });
    assert_eq!(with(&[3, 3, 9]), Rejection::DuplicateSite { site: SiteId(3) });
    assert_eq!(with(&[9, 3]), Rejection::UnsortedSites { site: SiteId(3) });
    assert_eq!(with(&[7, 9]), Rejection::ForbiddenSite { site: SiteId(7) });
    assert_eq!(with(&[8, 9]), Rejection::ExistingSite { site: SiteId(8) });
    assert_eq!(with(&[3, 4]), Rejection::MissingRequired { site: SiteId(9) });
    assert_eq!(with(&[0, 1, 3, 9]), Rejection::TooManySites { chosen: 4, allowed: 3 });
    assert_eq!(with(&[0, 1, 9]), Rejection::TooClose { sites: (SiteId(0), SiteId(1)) });
    assert_eq!(with(&[0, 9]), Rejection::GroupBelowMinimum { group: 0, chosen: 0 });
    assert_eq!(with(&[3, 4, 9]), Rejection::GroupAboveMaximum { group: 0, chosen: 2 });
}

#[test]
fn a_plan_over_the_budget_is_rejected() {
    let instance = ring();
    let rules = SiteRules { budget: Some(5), ..SiteRules::default() };
    let mut solution =
        solve_mclp(&instance, &MclpOptions { rules, ..MclpOptions::default() }, &Silent);
    solution.chosen = sites(&[0, 2, 4, 9]);
    let problem = solution.problem.clone();
    assert_eq!(
        verify(&instance, &problem, &solution),
        Err(Rejection::OverBudget { cost: 7, budget: 5 })
    );
}

#[test]
fn a_plan_that_covers_too_little_is_rejected() {
    let instance = ring();
    let mut solution = solve_lscp(&instance, &LscpOptions::default(), &Silent);
    let problem = solution.problem.clone();
    assert_eq!(verify(&instance, &problem, &solution), Ok(()));
    solution.chosen = sites(&[1, 9]);
    assert_eq!(verify(&instance, &problem, &solution), Err(Rejection::RowUncovered { row: 0 }));
    let options = LscpOptions { coverage: Coverage::Weight(20), ..LscpOptions::default() };
    let mut solution = solve_lscp(&instance, &options, &Silent);
    let problem = solution.problem.clone();
    assert_eq!(verify(&instance, &problem, &solution), Ok(()));
    solution.chosen = sites(&[9]);
    let missed = Rejection::TargetMissed { covered: 5, target: 20 };
    assert_eq!(verify(&instance, &problem, &solution), Err(missed));
}

#[test]
fn claims_beyond_the_plan_are_rejected() {
    let wrong = tampered(|solution| solution.value += 1);
    assert!(matches!(wrong, Rejection::WrongValue { .. }));
    assert!(matches!(tampered(|solution| solution.bound -= 1), Rejection::BoundBeaten { .. }));
    assert!(matches!(tampered(|solution| solution.bound += 1), Rejection::OptimalWithGap { .. }));
    let other = tampered(|solution| solution.problem.rules.max_sites = Some(4));
    assert_eq!(other, Rejection::OtherProblem);
    let unsolved = tampered(|solution| solution.status = SolutionStatus::Unsolved);
    assert_eq!(unsolved, Rejection::PlanWithoutPlan);
    let reason = Infeasibility::UnreachedRows { rows: vec![0] };
    let status = SolutionStatus::Infeasible { reason };
    let infeasible = tampered(|solution| {
        solution.chosen.clear();
        solution.status = status.clone();
    });
    assert_eq!(infeasible, Rejection::PlanWithoutPlan);
    let silent = tampered(|solution| {
        solution.chosen.clear();
        (solution.value, solution.bound) = (0, 0);
        solution.certificate = Certificate::default();
        solution.status = status;
    });
    assert_eq!(silent, Rejection::ReasonDoesNotHold);
}

#[test]
fn a_worse_plan_called_optimal_is_rejected_by_the_tree() {
    let worse = tampered(|solution| {
        solution.chosen = sites(&[3, 9]);
        solution.value = 12;
        solution.bound = 12;
    });
    assert!(
        matches!(worse, Rejection::LeafTooWeak { .. } | Rejection::UnprovenFix { .. }),
        "{worse:?}"
    );
}

fn with_certificate(change: impl FnOnce(&mut Certificate)) -> Rejection {
    tampered(|solution| change(&mut solution.certificate))
}

#[test]
fn broken_certificates_are_told_apart() {
    assert_eq!(with_certificate(|proof| proof.scale = 0), Rejection::BadScale { scale: 0 });
    let negative = with_certificate(|proof| proof.multipliers[0].rows[0] = -1);
    assert_eq!(negative, Rejection::NegativeMultiplier { set: 0 });
    let unknown = with_certificate(|proof| proof.multipliers[0].maxima.push((9, 1)));
    assert_eq!(unknown, Rejection::UnknownRule { set: 0 });
    assert_eq!(
        with_certificate(|proof| proof.multipliers[0].target = 1),
        Rejection::UnknownRule { set: 0 }
    );
    assert_eq!(
        with_certificate(|proof| proof.multipliers[0].objective = 2),
        Rejection::BadObjective { set: 0 }
    );
    let count = with_certificate(|proof| proof.classes.push(0));
    assert_eq!(count, Rejection::WrongClassCount { found: 8, rows: 7 });
    let unequal = with_certificate(|proof| proof.classes[3] = proof.classes[1]);
    assert_eq!(unequal, Rejection::UnequalClass { row: 3 });
    let step = Reduction::Dominated { site: SiteId(0), by: SiteId(3) };
    assert_eq!(
        with_certificate(|proof| proof.reductions = vec![step]),
        Rejection::BadReduction { step: 0 }
    );
    let implied = Reduction::Implied { row: 0, by: 1 };
    assert_eq!(
        with_certificate(|proof| proof.reductions = vec![implied]),
        Rejection::BadReduction { step: 0 }
    );
    assert!(matches!(with_certificate(|proof| proof.nodes.clear()), Rejection::NoProof { .. }));
}

/// Replaces the tree.
fn with_tree(nodes: Vec<ProofNode>) -> Rejection {
    with_certificate(|proof| {
        proof.reductions.clear();
        proof.nodes = nodes;
    })
}

#[test]
fn broken_branch_trees_are_told_apart() {
    let leaf = || ProofNode::Bounded { multipliers: 0 };
    let branch = |site, inside, outside| ProofNode::Branch { site: SiteId(site), inside, outside };
    assert_eq!(
        with_tree(vec![branch(0, 1, 9), ProofNode::OverCount]),
        Rejection::RuleAllows { node: 1 }
    );
    assert_eq!(
        with_tree(vec![ProofNode::Fix { multipliers: 0, sites: vec![], then: 5 }]),
        Rejection::DanglingNode { node: 0 }
    );
    assert_eq!(
        with_tree(vec![ProofNode::Bounded { multipliers: 999 }]),
        Rejection::DanglingNode { node: 0 }
    );
    let to_itself = ProofNode::Propagate { sites: vec![], then: 0 };
    assert_eq!(with_tree(vec![to_itself]), Rejection::BrokenTree { node: 0 });
    let required_again = vec![branch(9, 1, 2), leaf(), leaf()];
    assert_eq!(with_tree(required_again), Rejection::DecidedTwice { node: 0, site: SiteId(9) });
    let no_reason = ProofNode::Propagate { sites: vec![(SiteId(1), false)], then: 1 };
    assert_eq!(
        with_tree(vec![no_reason, leaf()]),
        Rejection::UnprovenFix { node: 0, site: SiteId(1) }
    );
    for rule in [
        ProofNode::OverBudget,
        ProofNode::TargetMissed,
        ProofNode::RowUnreached { row: 0 },
        ProofNode::Conflict { conflict: 0 },
        ProofNode::GroupCount { group: 0 },
    ] {
        assert_eq!(with_tree(vec![rule]), Rejection::RuleAllows { node: 0 });
    }
    let weak = with_certificate(|proof| {
        proof.multipliers = vec![Multipliers { objective: 1, ..Multipliers::default() }];
        proof.nodes = vec![leaf()];
    });
    assert_eq!(weak, Rejection::LeafTooWeak { node: 0 });
    let orphan = with_certificate(|proof| proof.nodes.push(leaf()));
    assert!(matches!(orphan, Rejection::BrokenTree { .. }));
}

#[test]
fn a_tree_that_leaves_out_the_better_side_of_a_branch_is_rejected() {
    let (instance, solution) = solved();
    let problem = solution.problem.clone();
    for node in 0..solution.certificate.nodes.len() {
        if let ProofNode::Branch { inside, .. } = solution.certificate.nodes[node] {
            let mut copy = solution.clone();
            copy.certificate.nodes[node] = ProofNode::Propagate { sites: vec![], then: inside };
            assert!(verify(&instance, &problem, &copy).is_err());
        }
    }
}

#[test]
fn each_reason_for_no_plan_is_checked() {
    let instance = ring();
    let cases = [
        (
            SiteRules { max_sites: Some(0), ..SiteRules::default() },
            Infeasibility::RequiredOverCount { required: 1 },
        ),
        (
            SiteRules { budget: Some(0), ..SiteRules::default() },
            Infeasibility::RequiredOverBudget { cost: 1 },
        ),
        (
            SiteRules {
                groups: vec![GroupRule { sites: sites(&[7, 8]), min: 1, max: 2 }],
                ..SiteRules::default()
            },
            Infeasibility::GroupTooSmall { group: 0 },
        ),
        (
            SiteRules {
                groups: vec![GroupRule { sites: sites(&[9]), min: 0, max: 0 }],
                ..SiteRules::default()
            },
            Infeasibility::GroupOverfull { group: 0 },
        ),
        (
            SiteRules { conflicts: vec![(SiteId(1), SiteId(1))], ..SiteRules::default() },
            Infeasibility::RulesDoNotFit,
        ),
    ];
    for (rules, reason) in cases {
        let solution =
            solve_mclp(&instance, &MclpOptions { rules, ..MclpOptions::default() }, &Silent);
        assert_eq!(solution.status, SolutionStatus::Infeasible { reason });
        assert_eq!(verify(&instance, &solution.problem.clone(), &solution), Ok(()));
        let free = CoverProblem { rules: SiteRules::default(), ..solution.problem.clone() };
        let moved = PlacementSolution { problem: free.clone(), ..solution };
        assert_eq!(verify(&instance, &free, &moved), Err(Rejection::ReasonDoesNotHold));
    }
}
