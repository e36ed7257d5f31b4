//! Watched selections follow every edit, whenever they came, and equal an assessment from scratch.

use walkshed::scenario::{EditEffect, Extent, ScenarioState};
use walkshed::units::Persons;

use super::town::{random_town, rule};
use super::{assert_is_from_scratch, draw};
use crate::support::random::Dice;

/// Some selection: a function, a walker, and a cutoff nearer or farther than those of the rules.
fn selection(dice: &mut Dice) -> walkshed::coverage::Rule {
    let function = if dice.once_in(2) { "childcare" } else { "meals" };
    let profile = if dice.once_in(2) { "adult" } else { "stroller" };
    rule("asked", &[function], (Some(f64::from(2 + dice.below(25))), None), profile)
}

fn gained_and_lost(effect: &EditEffect, watch: usize) -> (Persons, Persons) {
    let found = effect.watched.iter().find(|found| found.watch == watch);
    found.map_or((Persons::ZERO, Persons::ZERO), |found| (found.gained, found.lost))
}

#[test]
fn a_watched_selection_is_that_from_scratch_after_any_edits_and_any_taken_back() {
    let (mut moved, mut taken_back) = (0, 0);
    for seed in 0..120 {
        let (baseline, mut dice) = random_town(seed);
        let mut state = ScenarioState::new(&baseline, Extent::Cutoff).unwrap();
        for number in 0..20 {
            let asked = selection(&mut dice);
            let watch = state.watch(&baseline, &asked).unwrap();
            assert_eq!(state.watched()[watch].rule, asked);
            let before = state.watched()[watch].live.total();
            let back = dice.once_in(3);
            let edit = draw(&mut dice, number);
            let told = format!("seed {seed}, step {number} {edit:?}, back {back}");
            let effect =
                if back { state.revert(&baseline) } else { state.apply(&baseline, &edit).ok() };
            let Some(effect) = effect else { continue };
            assert_is_from_scratch(&baseline, &state, Extent::Cutoff, &told);
            let after = state.watched()[watch].live.total();
            let (gained, lost) = gained_and_lost(&effect, watch);
            assert_eq!(after.covered, before.covered + gained - lost, "{told}");
            moved += i32::from(after != before);
            taken_back += i32::from(back && after != before);
        }
        while state.revert(&baseline).is_some() {}
        assert_is_from_scratch(&baseline, &state, Extent::Cutoff, &format!("seed {seed}, bare"));
    }
    assert!(moved > 150 && taken_back > 50, "{moved} moved, {taken_back} by taking back");
}

#[test]
fn what_was_watched_longest_ago_makes_room() {
    let (baseline, _) = random_town(1);
    let mut state = ScenarioState::new(&baseline, Extent::Cutoff).unwrap();
    let fields = state.standing_fields();
    for minutes in 1..40 {
        let asked = rule("asked", &["childcare"], (Some(f64::from(minutes)), None), "adult");
        let watch = state.watch(&baseline, &asked).unwrap();
        assert_eq!(state.watched()[watch].rule, asked);
    }
    assert_eq!(state.watched().len(), 8);
    assert_eq!(state.standing_fields(), fields, "one field serves every cutoff");
    let wrong = rule("asked", &["childcare"], (Some(5.0), None), "nobody");
    assert!(state.watch(&baseline, &wrong).is_err());
}
