//! The fewest sites with most backup, judged by trying every plan of small random cities.

use walkshed::ids::SiteId;
use walkshed::placement::answer::solve;
use walkshed::placement::backup::{BackupInstance, BackupPlan, solve_backup};
use walkshed::placement::program::Effort;
use walkshed::placement::verify_backup::verify_backup;
use walkshed::placement::{
    CoverProblem, GroupRule, Objective, Payment, SiteRules, SiteStatus, SolutionStatus,
};
use walkshed::progress::Silent;

use small_city::{City, Dice, PERSON, subsets};

use crate::support::small_city;

const ROWS: u64 = 9;
const SITES: u64 = 7;

/// A city, of which some homes are within reach of two open facilities, and what is asked.
fn question(dice: &mut Dice) -> (City, BackupInstance, CoverProblem) {
    let mut city = City::random(dice, ROWS, SITES, 45);
    if dice.chance(50) {
        city.facts[0].status = SiteStatus::Existing;
    }
    let open = city.existing();
    let reach = |row: u32| open.iter().filter(|&&site| city.rows[site].contains(&row)).count();
    let twice: Vec<u32> = (0..ROWS as u32).filter(|&row| reach(row) > 1).collect();
    let once = |row: &u32| reach(*row) == 1;
    let listed = |site: usize| match city.facts[site].status {
        SiteStatus::Existing => Vec::new(),
        _ => city.rows[site].iter().copied().filter(once).collect(),
    };
    let again = (0..city.rows.len()).map(listed).collect();
    let payment = if dice.chance(30) { Payment::Cost } else { Payment::PerSite };
    let objective = if dice.chance(50) {
        Objective::CoverAll { payment }
    } else {
        let all: Vec<usize> = (0..ROWS as usize).collect();
        Objective::CoverWeight { target: city.weight(&all) * dice.below(10) as i64 / 10, payment }
    };
    let rules = SiteRules {
        max_sites: dice.chance(20).then(|| 2 + dice.below(4) as u32),
        budget: dice.chance(10).then(|| 5 + dice.below(20) as i64),
        conflicts: if dice.chance(20) { vec![(SiteId(1), SiteId(2))] } else { Vec::new() },
        groups: if dice.chance(20) {
            vec![GroupRule { sites: vec![SiteId(3), SiteId(5)], min: 1, max: 1 }]
        } else {
            Vec::new()
        },
    };
    let instance = BackupInstance { cover: city.instance(), twice, again };
    (city, instance, CoverProblem { objective, rules })
}

/// Payment and new backup of a plan that keeps all rules and covers enough.
fn worth(city: &City, problem: &CoverProblem, open: &[bool]) -> Option<(i64, i64)> {
    let rules = &problem.rules;
    let count = open.iter().filter(|&&open| open).count();
    let cost = city.cost(|site| open[site]);
    let kept = city.states_allow(|site| open[site])
        && rules.max_sites.is_none_or(|most| count <= most as usize)
        && rules.budget.is_none_or(|most| cost <= most)
        && rules.conflicts.iter().all(|&(a, b)| !(open[a.0 as usize] && open[b.0 as usize]))
        && rules.groups.iter().all(|group| {
            let inside = group.sites.iter().filter(|site| open[site.0 as usize]).count() as u32;
            (group.min..=group.max).contains(&inside)
        });
    let reach = |row: usize, by: &dyn Fn(usize) -> bool| {
        (0..city.rows.len()).filter(|&s| by(s) && city.rows[s].contains(&(row as u32))).count()
    };
    let (mut newly, mut backup, mut all) = (0, 0, true);
    for row in 0..city.weights.len() {
        let today = reach(row, &|s| city.facts[s].status == SiteStatus::Existing);
        let then = today + reach(row, &|s| open[s]);
        all &= then > 0;
        newly += if today == 0 && then > 0 { city.weights[row] } else { 0 };
        backup += if today < 2 && then > 1 { city.weights[row] } else { 0 };
    }
    let (enough, payment) = match problem.objective {
        Objective::CoverWeight { target, payment } => (newly >= target, payment),
        Objective::CoverAll { payment } => (all, payment),
        Objective::MostWeight => (false, Payment::PerSite),
    };
    let paid = if payment == Payment::Cost { cost } else { count as i64 };
    (kept && enough).then_some((paid, backup))
}

fn solved(instance: &BackupInstance, problem: &CoverProblem) -> BackupPlan {
    let first = solve(&instance.cover, problem, 1, &Silent);
    solve_backup(instance, first, Effort::default(), &Silent)
}

#[test]
fn no_plan_of_so_few_sites_has_more_backup() {
    let mut dice = Dice(41);
    let (mut found, mut told_apart) = (0, 0);
    for case in 0..1_000 {
        let (city, instance, problem) = question(&mut dice);
        let plan = solved(&instance, &problem);
        assert_eq!(verify_backup(&instance, &plan), Ok(()), "case {case}");
        let all: Vec<(i64, i64)> =
            subsets(SITES as usize).filter_map(|open| worth(&city, &problem, &open)).collect();
        let Some(least) = all.iter().map(|seen| seen.0).min() else {
            let status = &plan.first.status;
            assert!(matches!(status, SolutionStatus::Infeasible { .. }), "case {case}: {status:?}");
            assert!(plan.chosen.is_empty() && plan.backup == 0, "case {case}");
            continue;
        };
        let as_cheap = || all.iter().filter(|seen| seen.0 == least).map(|seen| seen.1);
        let most = as_cheap().max().unwrap_or(0);
        assert_eq!((plan.first.value, plan.first.bound), (least, least), "case {case}");
        assert_eq!((plan.backup, plan.backup_bound), (most, most), "case {case}");
        let open: Vec<bool> =
            (0..SITES as u32).map(|site| plan.chosen.contains(&SiteId(site))).collect();
        assert_eq!(worth(&city, &problem, &open), Some((least, most)), "case {case}");
        found += 1;
        told_apart += usize::from(as_cheap().min() != Some(most));
    }
    assert!(found > 500 && told_apart > 100, "{found}, of which {told_apart} are told apart");
}

/// What is forged, and what the refusal says.
type Forgery = (&'static str, fn(&mut BackupPlan), &'static str);

#[test]
fn forged_plans_are_refused_with_the_reason() {
    let forgeries: [Forgery; 10] = [
        ("more backup", |p| p.backup += PERSON, "the backup is said to be"),
        ("a lower bound", |p| p.backup_bound -= PERSON, "the certificate proves only"),
        ("no proof", |p| p.backup_certificate.nodes.clear(), "the certificate is broken"),
        ("a status", |p| p.backup_status = SolutionStatus::Feasible, "the status does not follow"),
        ("no status", |p| p.backup_status = SolutionStatus::Unsolved, "the status does not follow"),
        ("a site less", |p| p.chosen.truncate(p.chosen.len() - 1), "breaks a rule"),
        ("every site", |p| p.chosen = (0..SITES as u32).map(SiteId).collect(), "breaks a rule"),
        ("no such site", |p| p.chosen.push(SiteId(77)), "is not there"),
        ("fewer sites", |p| p.first.value -= 1, "the fewest sites"),
        ("no first stage", |p| p.first.status = SolutionStatus::Unsolved, "the fewest sites"),
    ];
    let mut dice = Dice(43);
    let mut tried = 0;
    while tried < 20 {
        let (_, instance, problem) = question(&mut dice);
        let plan = solved(&instance, &problem);
        let full = matches!(problem.objective, Objective::CoverAll { .. });
        if !full
            || problem.rules != SiteRules::default()
            || plan.backup == 0
            || plan.chosen.len() < 2
        {
            continue;
        }
        tried += 1;
        for (name, forge, why) in forgeries {
            let mut forged = plan.clone();
            forge(&mut forged);
            let said = verify_backup(&instance, &forged).map_err(|fault| fault.to_string());
            assert!(said.as_ref().is_err_and(|said| said.contains(why)), "{name}: {said:?}");
        }
    }
}
