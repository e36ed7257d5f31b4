//! Sites as far apart as may be, judged by trying every plan of small random cities.

use walkshed::ids::SiteId;
use walkshed::placement::dispersion::{
    DispersionInstance, DispersionPlan, NO_WAY_MS, solve_dispersion,
};
use walkshed::placement::program::Effort;
use walkshed::placement::verify_dispersion::verify_dispersion;
use walkshed::placement::{GroupRule, SiteRules, SolutionStatus};
use walkshed::progress::Silent;

use small_city::{City, Dice, subsets};

use crate::support::small_city;

const SITES: u64 = 8;

/// Sites with walks between them, some without a way, and what is asked.
fn question(dice: &mut Dice) -> (City, DispersionInstance, SiteRules) {
    let city = City::random(dice, 6, SITES, 40);
    let mut walk = |longest: u64| match dice.below(20) {
        0 => NO_WAY_MS,
        _ => dice.below(longest) as u32,
    };
    let apart = (0..SITES).map(|site| (0..site).map(|_| walk(30)).collect()).collect();
    let to_open = (0..SITES).map(|_| walk(60)).collect();
    let rules = SiteRules {
        max_sites: Some(1 + dice.below(5) as u32),
        budget: dice.chance(20).then(|| 5 + dice.below(20) as i64),
        conflicts: if dice.chance(20) { vec![(SiteId(1), SiteId(2))] } else { Vec::new() },
        groups: if dice.chance(20) {
            vec![GroupRule { sites: vec![SiteId(3), SiteId(5)], min: 1, max: 1 }]
        } else {
            Vec::new()
        },
    };
    (city.clone(), DispersionInstance { cover: city.instance(), apart, to_open }, rules)
}

/// The least walk of a plan that keeps all rules.
fn worth(
    city: &City,
    (instance, rules): (&DispersionInstance, &SiteRules),
    open: &[bool],
) -> Option<u32> {
    let sites: Vec<usize> = (0..open.len()).filter(|&site| open[site]).collect();
    let kept = city.states_allow(|site| open[site])
        && rules.max_sites == Some(sites.len() as u32)
        && rules.budget.is_none_or(|most| city.cost(|site| open[site]) <= most)
        && rules.conflicts.iter().all(|&(a, b)| !(open[a.0 as usize] && open[b.0 as usize]))
        && rules.groups.iter().all(|group| {
            let inside = group.sites.iter().filter(|site| open[site.0 as usize]).count() as u32;
            (group.min..=group.max).contains(&inside)
        });
    let mut least = NO_WAY_MS;
    for &a in &sites {
        least = least.min(instance.to_open[a]);
        for &b in sites.iter().filter(|&&b| b < a) {
            least = least.min(instance.apart[a][b]);
        }
    }
    kept.then_some(least)
}

#[test]
fn no_plan_has_its_nearest_two_farther_apart() {
    let mut dice = Dice(47);
    let mut found = 0;
    for case in 0..1_000 {
        let (city, instance, rules) = question(&mut dice);
        let plan = solve_dispersion(&instance, &rules, Effort::default(), &Silent);
        assert_eq!(verify_dispersion(&instance, &rules, &plan), Ok(()), "case {case}");
        let all = subsets(SITES as usize);
        let best = all.filter_map(|open| worth(&city, (&instance, &rules), &open)).max();
        let Some(best) = best else {
            let status = &plan.status;
            assert!(matches!(status, SolutionStatus::Infeasible { .. }), "case {case}: {status:?}");
            continue;
        };
        let best = i64::from(best);
        assert_eq!((plan.value, plan.bound), (best, best), "case {case}");
        let open: Vec<bool> =
            (0..SITES as u32).map(|site| plan.chosen.contains(&SiteId(site))).collect();
        let told = worth(&city, (&instance, &rules), &open);
        assert_eq!(told.map(i64::from), Some(best), "case {case}");
        found += 1;
    }
    assert!(found > 400, "{found}");
}

/// What is forged, and what the refusal says.
type Forgery = (&'static str, fn(&mut DispersionPlan), &'static str);

#[test]
fn forged_plans_are_refused_with_the_reason() {
    let forgeries: [Forgery; 9] = [
        ("a longer walk", |p| p.value += 1, "the least walk is said to be"),
        ("a lower bound", |p| p.bound -= 1, ""),
        ("a lower value and bound", |p| (p.value, p.bound) = (p.value - 1, p.bound - 1), ""),
        ("a higher bound, still optimal", |p| p.bound += 1, ""),
        ("no proof", |p| p.certificate.nodes.clear(), "the certificate is broken"),
        ("a status", |p| p.status = SolutionStatus::Feasible, "the status does not follow"),
        ("a site less", |p| p.chosen.truncate(p.chosen.len() - 1), "breaks a rule"),
        ("no such site", |p| p.chosen.push(SiteId(77)), "is not there"),
        (
            "a row of sites far apart",
            |p| p.cliques.push((0..SITES as u32).collect()),
            "farther apart than said",
        ),
    ];
    let mut dice = Dice(53);
    let mut tried = 0;
    while tried < 20 {
        let (_, instance, rules) = question(&mut dice);
        let plan = solve_dispersion(&instance, &rules, Effort::default(), &Silent);
        let farther = instance.apart.iter().flatten().any(|&ms| i64::from(ms) > plan.value);
        if plan.chosen.len() < 3 || plan.cliques.is_empty() || plan.value < 1 || !farther {
            continue;
        }
        tried += 1;
        for (name, forge, why) in forgeries {
            let mut forged = plan.clone();
            forge(&mut forged);
            let said = verify_dispersion(&instance, &rules, &forged);
            let said = said.map_err(|fault| fault.to_string());
            assert!(said.as_ref().is_err_and(|said| said.contains(why)), "{name}: {said:?}");
        }
    }
}
