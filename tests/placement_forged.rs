//! Forged plans, each of which the checks refuse.

use walkshed::ids::SiteId;
use walkshed::placement::capacitated::{
    CapacitatedInstance, CapacitatedPlan, CapacitatedProblem, CapacitatedSite, solve_capacitated,
};
use walkshed::placement::phases::{PhasedPlan, PhasesProblem, Year, solve_phases};
use walkshed::placement::program::{Effort, Leaf, TreeNode};
use walkshed::placement::verify_capacitated::verify_capacitated;
use walkshed::placement::verify_phases::verify_phases;
use walkshed::placement::{
    Infeasibility, PlacementSolution, SiteFacts, SiteRules, SiteStatus, SolutionStatus,
};
use walkshed::progress::Silent;

use small_city::{City, Dice, PERSON};

use crate::support::small_city;

/// What is forged, and how.
type Forgery<P> = (&'static str, Box<dyn Fn(&mut P)>);

/// A plan and a problem that are known, for forging.
fn honest_phases() -> (City, PhasesProblem) {
    let mut dice = Dice(3);
    let mut city = City::random(&mut dice, 30, 8, 25);
    city.facts.iter_mut().for_each(|facts| facts.status = SiteStatus::Free);
    let year = Year { sites: Some(1), budget: Some(6), ..Year::default() };
    (city, PhasesProblem { years: vec![year; 3], ..PhasesProblem::default() })
}

/// Forged sites, years and numbers.
fn of_the_plan() -> Vec<Forgery<PhasedPlan>> {
    vec![
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
    ]
}

/// Forged proofs.
fn of_the_proof() -> Vec<Forgery<PhasedPlan>> {
    vec![
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
    ]
}

#[test]
fn forged_phased_plans_are_refused() {
    let (city, problem) = honest_phases();
    let instance = city.instance();
    let plan = solve_phases(&instance, &problem, Effort::default(), &Silent);
    assert_eq!(verify_phases(&instance, &problem, &plan), Ok(()));
    assert!(plan.openings.len() >= 2 && plan.status == SolutionStatus::Optimal);
    for (what, forge) in &of_the_plan().into_iter().chain(of_the_proof()).collect::<Vec<_>>() {
        let mut forged = plan.clone();
        forge(&mut forged);
        assert_ne!(forged, plan, "{what}");
        assert!(verify_phases(&instance, &problem, &forged).is_err(), "{what}");
    }
}

/// Two of five sites over twenty homes; each site has places for `places` people.
#[expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]
fn honest_places(places: i64) -> (CapacitatedInstance, CapacitatedProblem) {
    let mut dice = Dice(77);
    let weights: Vec<i64> = (0..20).map(|_| (1 + dice.below(30) as i64) * PERSON).collect();
    let site = |dice: &mut Dice| CapacitatedSite {
        rows: (0..20).filter(|_| dice.chance(40)).collect(),
        serves: Some(places * PERSON),
        facts: SiteFacts::default(),
    };
    let sites: Vec<CapacitatedSite> = (0..5).map(|_| site(&mut dice)).collect();
    let instance = CapacitatedInstance::new(weights, &sites).unwrap();
    let rules = SiteRules { max_sites: Some(2), ..SiteRules::default() };
    (instance, CapacitatedProblem { rules })
}

#[test]
fn plenty_of_places_are_proven_without_counting_them_and_forgeries_of_that_are_refused() {
    let (instance, problem) = honest_places(10_000);
    // Too little work for the program: the bound is the one of the plan without places.
    let effort = Effort { nodes: 1, iterations: 1, proof_numbers: 1_000 };
    let plan = solve_capacitated(&instance, &problem, effort, &Silent);
    assert_eq!(verify_capacitated(&instance, &problem, &plan), Ok(()));
    assert_eq!(plan.status, SolutionStatus::Optimal);
    let without = plan.without_places.clone().unwrap();
    assert_eq!((plan.served, plan.bound), (without.value, without.bound));
    let with = |change: fn(&mut PlacementSolution)| {
        let mut forged = plan.clone();
        forged.without_places.as_mut().map(change).unwrap();
        verify_capacitated(&instance, &problem, &forged)
    };
    assert!(with(|p| (p.bound, p.value) = (p.bound - 1, p.value - 1)).is_err(), "a smaller bound");
    assert!(with(|p| p.problem.rules.max_sites = Some(1)).is_err(), "another question");
    assert!(with(|p| p.chosen.clear()).is_err(), "no plan");
    assert!(with(|p| p.status = SolutionStatus::Unsolved).is_err(), "a bound nobody checks");
    assert!(with(|p| p.certificate.nodes.clear()).is_err(), "no proof");
    let mut forged = plan.clone();
    forged.without_places = None;
    assert!(verify_capacitated(&instance, &problem, &forged).is_err(), "the tree proves less");
}

#[test]
fn forged_allocations_are_refused() {
    let (instance, problem) = honest_places(60);
    let plan = solve_capacitated(&instance, &problem, Effort::default(), &Silent);
    assert_eq!(verify_capacitated(&instance, &problem, &plan), Ok(()));
    let forgeries: Vec<Forgery<CapacitatedPlan>> = vec![
        ("more people", Box::new(|p| p.allocation[0].persons += 1)),
        ("fewer than nobody", Box::new(|p| p.allocation[0].persons = -1)),
        ("one less", Box::new(|p| p.allocation.truncate(p.allocation.len() - 1))),
        ("another site", Box::new(|p| p.allocation[0].site = SiteId(4 - p.allocation[0].site.0))),
        ("another row", Box::new(|p| p.allocation[0].row = 1_000)),
        ("more are full", Box::new(|p| p.full += 1)),
        ("fewer out of reach", Box::new(|p| p.out_of_reach -= 1)),
        ("more served", Box::new(|p| p.served += 1)),
        ("no bound", Box::new(|p| p.bound = 0)),
        ("a site too many", Box::new(|p| p.chosen = vec![SiteId(0), SiteId(1), SiteId(2)])),
    ];
    for (what, forge) in &forgeries {
        let mut forged = plan.clone();
        forge(&mut forged);
        assert!(verify_capacitated(&instance, &problem, &forged).is_err(), "{what}");
    }
}
