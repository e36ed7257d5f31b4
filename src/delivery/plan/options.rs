//! Which option is for which problem: one table for the command line and the API.
//!
//! An option that a problem does not know is refused, never dropped.

use anyhow::bail;

use super::problem::ProblemKind;
use super::wish::Wish;

/// What a plan is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    /// A study: streets, people, zones.
    Study,
    /// A published instance: demand and distances, nothing else.
    Instance,
}

/// An option, whether a wish gives it, and which problems know it.
struct Choice {
    option: &'static str,
    given: fn(&Wish) -> bool,
    known: fn(ProblemKind) -> bool,
    /// Whether a published instance knows it too.
    on_instance: bool,
}

const fn choice(
    option: &'static str,
    given: fn(&Wish) -> bool,
    known: fn(ProblemKind) -> bool,
) -> Choice {
    Choice { option, given, known, on_instance: false }
}

const fn also_on_instance(
    option: &'static str,
    given: fn(&Wish) -> bool,
    known: fn(ProblemKind) -> bool,
) -> Choice {
    Choice { option, given, known, on_instance: true }
}

const fn all(_: ProblemKind) -> bool {
    true
}

const fn within_cutoff(kind: ProblemKind) -> bool {
    !kind.serves_nearest()
}

const fn is_capacitated(kind: ProblemKind) -> bool {
    matches!(kind, ProblemKind::Capacitated)
}

const fn is_nested(kind: ProblemKind) -> bool {
    matches!(kind, ProblemKind::TwoTier)
}

const fn opens_gates(kind: ProblemKind) -> bool {
    matches!(kind, ProblemKind::Gates)
}

const fn is_center(kind: ProblemKind) -> bool {
    matches!(kind, ProblemKind::Center)
}

const CHOICES: &[Choice] = &[
    choice("--rule", |w| w.promise.rule.is_some(), all),
    choice("--function", |w| w.promise.function.is_some(), all),
    choice("--profile", |w| w.promise.profile.is_some(), all),
    choice("--group", |w| w.promise.group.is_some(), all),
    choice("--cutoff-min", |w| w.promise.cutoff_min.is_some(), within_cutoff),
    choice("--cutoff-m", |w| w.promise.cutoff_m.is_some(), within_cutoff),
    also_on_instance("--sites", |w| w.goal.sites.is_some(), all),
    also_on_instance("--budget", |w| w.goal.budget.is_some(), within_cutoff),
    also_on_instance("--target-share", |w| w.goal.target_share.is_some(), ProblemKind::has_target),
    also_on_instance(
        "--least",
        |w| w.goal.least.is_some(),
        |k| matches!(k, ProblemKind::Lscp | ProblemKind::LscpB),
    ),
    choice("--reach-min", |w| w.goal.reach_min.is_some(), ProblemKind::serves_nearest),
    choice(
        "--unserved-min",
        |w| w.goal.unserved_min.is_some(),
        |k| matches!(k, ProblemKind::PMedian),
    ),
    choice("--phases", |w| w.goal.phases.phases.is_some(), ProblemKind::covers),
    choice("--yearly-sites", |w| !w.goal.phases.yearly_sites.is_empty(), ProblemKind::covers),
    choice("--yearly-budget", |w| !w.goal.phases.yearly_budget.is_empty(), ProblemKind::covers),
    choice("--first-year", |w| w.goal.phases.first_year.is_some(), ProblemKind::covers),
    choice("--milestone", |w| !w.goal.phases.milestone.is_empty(), ProblemKind::covers),
    choice("--candidates", |w| !w.sites.name_none(), all),
    choice("--candidates-crs", |w| w.sites.candidates_crs.is_some(), all),
    choice("--area-min-m2", |w| w.sites.area_min_m2.is_some(), all),
    also_on_instance("--required", |w| !w.sites.required.is_empty(), all),
    also_on_instance("--forbidden", |w| !w.sites.forbidden.is_empty(), all),
    choice("bonuses", |w| !w.sites.bonuses.is_empty(), |k| matches!(k, ProblemKind::Mclp)),
    choice("--min-spacing-m", |w| w.sites.min_spacing_m.is_some(), within_cutoff),
    choice("--zone-min", |w| !w.sites.zone_min.is_empty(), within_cutoff),
    choice("--zone-max", |w| !w.sites.zone_max.is_empty(), within_cutoff),
    choice("--zone-counts-open", |w| w.sites.zone_counts_open, within_cutoff),
    choice("--places-per-1000", |w| w.extended.places_per_1000.is_some(), is_capacitated),
    choice("--capacity", |w| w.extended.capacity.is_some(), is_capacitated),
    choice("--center-rule", |w| w.extended.center_rule.is_some(), is_nested),
    choice("--centers", |w| w.extended.centers.is_some(), is_nested),
    choice("--center-candidates", |w| !w.extended.center_candidates.is_empty(), is_nested),
    choice("--gates", |w| w.extended.gates.is_some(), opens_gates),
    choice("--gate-cost", |w| w.extended.gate_cost.is_some(), opens_gates),
    choice("--gate-gap-m", |w| w.extended.gate_gap_m.is_some(), opens_gates),
    choice("--gate-walk-m", |w| w.extended.gate_walk_m.is_some(), opens_gates),
    choice("--gates-most", |w| w.extended.gates_most.is_some(), opens_gates),
    choice("--also", |w| !w.extended.also.is_empty(), is_center),
    choice("--complete-worth", |w| w.extended.complete_worth.is_some(), is_center),
    choice("--house", |w| w.extended.house.is_some(), is_center),
];

/// Options that only sites need, which gates are opened without.
const OF_SITES: &[&str] = &[
    "--candidates",
    "--candidates-crs",
    "--area-min-m2",
    "--required",
    "--forbidden",
    "--min-spacing-m",
    "--zone-min",
    "--zone-max",
    "--zone-counts-open",
];

/// Refuses an option that the problem does not know, or that nothing is there for.
pub(crate) fn check(wish: &Wish, basis: Basis) -> anyhow::Result<()> {
    let kind = wish.goal.problem;
    let given = || CHOICES.iter().filter(|choice| (choice.given)(wish));
    if let Some(choice) = given().find(|choice| !(choice.known)(kind)) {
        let knows: Vec<&str> = ProblemKind::ALL
            .into_iter()
            .filter(|&other| (choice.known)(other))
            .map(ProblemKind::id)
            .collect();
        bail!(
            "{} knows no {}: that is for {}; leave it out",
            kind.id(),
            choice.option,
            knows.join(", ")
        );
    }
    if basis == Basis::Instance {
        if !kind.serves_nearest() && !kind.covers() {
            bail!("{} needs a study, not an instance file", kind.id());
        }
        if let Some(choice) = given().find(|choice| !choice.on_instance) {
            bail!(
                "a published instance knows no {}: that is for a study; leave it out",
                choice.option
            );
        }
        return Ok(());
    }
    let without_sites = kind == ProblemKind::Gates && wish.goal.sites.unwrap_or(0) == 0;
    if let Some(choice) = given().find(|choice| without_sites && OF_SITES.contains(&choice.option))
    {
        bail!("{} is for sites beside the gates; give --sites too, or leave it out", choice.option);
    }
    let first_year = wish.goal.phases.first_year.is_some();
    if first_year && wish.goal.phases.phases.is_none() && !wish.goal.phases.have_limits() {
        bail!(
            "--first-year is of several years; give --phases, --yearly-sites or --yearly-budget too"
        );
    }
    let tables = ["--candidates-crs", "--area-min-m2"];
    if let Some(choice) = given().find(|choice| tables.contains(&choice.option))
        && !wish.sites.name_tables(&wish.extended.center_candidates)
    {
        bail!("{} is for a file of candidates, and none is named; leave it out", choice.option);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::wish::{Further, Goal, SiteTerms};
    use super::*;

    fn wish(problem: ProblemKind) -> Wish {
        Wish { goal: Goal { problem, ..Goal::default() }, ..Wish::default() }
    }

    #[test]
    fn every_option_is_known_to_some_problem_and_named_once() {
        let mut names: Vec<&str> = CHOICES.iter().map(|choice| choice.option).collect();
        for choice in CHOICES {
            assert!(ProblemKind::ALL.into_iter().any(choice.known), "{}", choice.option);
            assert!(!(choice.given)(&Wish::default()), "{} is given by nobody", choice.option);
        }
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        assert!(OF_SITES.iter().all(|option| names.binary_search(option).is_ok()));
    }

    #[test]
    fn what_a_problem_does_not_know_is_refused_with_those_that_do() {
        let mut median = wish(ProblemKind::PMedian);
        median.goal.phases.phases = Some(3);
        let said = check(&median, Basis::Study).unwrap_err().to_string();
        assert_eq!(
            said,
            "p-median knows no --phases: that is for mclp, lscp, cost-to-target; leave it out"
        );
        let mut most = wish(ProblemKind::Mclp);
        most.extended = Further { gate_cost: Some(1.0), ..Further::default() };
        assert!(check(&most, Basis::Study).is_err(), "even when it is what it would be anyway");
        let zoned = SiteTerms { zone_max: vec!["*=1".to_owned()], ..SiteTerms::default() };
        let most = Wish { sites: zoned, ..wish(ProblemKind::Mclp) };
        assert!(check(&most, Basis::Study).is_ok());
        let said = check(&most, Basis::Instance).unwrap_err().to_string();
        assert!(said.starts_with("a published instance knows no --zone-max"), "{said}");
        assert!(check(&wish(ProblemKind::Gates), Basis::Instance).is_err());
    }

    #[test]
    fn what_nothing_is_there_for_is_refused_too() {
        let mut gates = wish(ProblemKind::Gates);
        gates.sites.required = vec!["a".to_owned()];
        assert!(check(&gates, Basis::Study).is_err(), "no sites are asked for");
        gates.goal.sites = Some(1);
        assert!(check(&gates, Basis::Study).is_ok());
        let mut most = wish(ProblemKind::Mclp);
        most.goal.phases.first_year = Some(2027);
        assert!(check(&most, Basis::Study).is_err(), "one year is no programme");
        let mut parcels = wish(ProblemKind::Mclp);
        parcels.sites.area_min_m2 = Some(100.0);
        parcels.sites.candidates = vec!["grid:200".to_owned(), "junctions".to_owned()];
        assert!(check(&parcels, Basis::Study).is_err(), "no file of parcels is named");
        parcels.sites.candidates.push("parcels.csv".to_owned());
        assert!(check(&parcels, Basis::Study).is_ok());
    }
}
