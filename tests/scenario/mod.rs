//! Scenarios: after any edits the totals are those of an assessment from scratch, and taking edits back leaves
//! no trace.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use crate::support;
pub(crate) mod town;
mod watch;

use support::random::Dice;
use town::{baseline_of, facility, place, random_town};
use walkshed::coverage::{RuleAssessment, Summary};
use walkshed::facility::FacilityStatus;
use walkshed::ids::{DemandPointId, FacilityId, Id};
use walkshed::scenario::{
    Baseline, Comparison, Edit, EditError, Extent, NewOffer, Scenario, ScenarioState,
};
use walkshed::spatial::LonLat;
use walkshed::street::{Impedance, StreetClass, StreetIngredients};
use walkshed::units::{Persons, WalkTime, Yardstick};

fn offers(dice: &mut Dice) -> Vec<NewOffer> {
    let function = if dice.once_in(2) { "childcare" } else { "meals" };
    vec![NewOffer { function: function.into(), capacity: None }]
}

/// An edit of any kind; about as often as not it names something that is not there.
fn draw(dice: &mut Dice, number: usize) -> Edit {
    let any = |dice: &mut Dice| match dice.below(8) {
        index @ 0..=5 => (format!("f{index}"), None),
        _ => (format!("new{}", dice.below(number as u32 + 1)), Some("scenario".to_owned())),
    };
    match dice.below(12) {
        0 | 1 => Edit::OpenFacility {
            key: format!("new{number}"),
            name: String::new(),
            place: place(dice),
            entrances: (0..dice.below(3)).map(|_| place(dice)).collect(),
            offers: offers(dice),
            tier: dice.once_in(3).then(|| "15min".to_owned()),
        },
        2 => {
            let (facility, layer) = any(dice);
            Edit::CloseFacility { facility, layer }
        }
        3 => {
            let (facility, layer) = any(dice);
            Edit::MoveFacility { facility, layer, place: place(dice), entrances: vec![] }
        }
        4 => {
            let (facility, layer) = any(dice);
            let tier = Some(if dice.once_in(2) { "15min" } else { "5min" }.to_owned());
            let status = dice.once_in(2).then_some(FacilityStatus::Open);
            Edit::UpgradeFacility { facility, layer, offers: offers(dice), tier, status }
        }
        5 | 6 => Edit::OpenGate { sides: nearby(dice) },
        7 => Edit::OpenBarrier { place: place(dice) },
        8 | 9 => {
            let [place, other] = nearby(dice);
            Edit::CloseStreet { place, to: dice.once_in(2).then_some(other) }
        }
        10 => Edit::AddStreet {
            line: (0..2 + dice.below(2)).map(|_| place(dice)).collect(),
            class: if dice.once_in(3) { StreetClass::Steps } else { StreetClass::Footway },
        },
        _ => {
            let rules = ["near", "far", "stroller", "metres", "tiered"];
            Edit::ChangeRule {
                standard: "test".into(),
                rule: rules[dice.below(5) as usize].into(),
                cutoff_min: dice.once_in(2).then(|| f64::from(dice.below(20))),
                cutoff_m: None,
                profile: dice
                    .once_in(2)
                    .then(|| ["adult", "stroller"][dice.below(2) as usize].into()),
            }
        }
    }
}

fn nearby(dice: &mut Dice) -> [LonLat; 2] {
    let one = place(dice);
    let shift = |dice: &mut Dice| dice.below(8_000) as i32 - 4_000;
    let (lon, lat) = (one.lon_e7() + shift(dice), one.lat_e7() + shift(dice));
    [one, LonLat::from_e7(lon, lat).unwrap()]
}

/// Every sum and every time of a state, recomputed with the kernels that know nothing of edits.
fn assert_is_from_scratch(baseline: &Baseline, state: &ScenarioState, extent: Extent, told: &str) {
    for walker in state.walkers() {
        let times = Impedance::new(state.graph(), &walker.profile);
        for edge in state.graph().edges().ids() {
            assert_eq!(times.forward(edge), walker.impedance.forward(edge), "{told}");
            assert_eq!(times.backward(edge), walker.impedance.backward(edge), "{told}");
        }
    }
    let site = state.site(baseline);
    for standing in state.rules().iter().chain(state.watched()) {
        let rule = &standing.rule;
        let walker = state.walkers().iter().find(|w| w.profile.id == rule.profile).unwrap();
        let (yardstick, cutoff) = rule.cutoff().unwrap();
        let serving = state.serving(baseline, standing);
        let summary = match extent {
            Extent::Whole => RuleAssessment::of(&site, walker, ("test", rule)).unwrap().summary,
            Extent::Cutoff => {
                let impedance = walker.impedance_in(yardstick);
                let times = walker.nearest(state.graph(), impedance, &serving, cutoff);
                let group = standing.live.group();
                Summary::of(&baseline.demand, &baseline.zones, group, &times, cutoff)
            }
        };
        assert_eq!(*standing.live.summary(), summary, "{told}, rule {}", rule.id);
        let field = state.field(standing);
        let times = walker.nearest(
            state.graph(),
            walker.impedance_in(yardstick),
            &serving,
            field.field().bound(),
        );
        for point in baseline.demand.points.ids() {
            assert_eq!(field.time(point), times.time(point), "{told}, {point:?}");
            let facility = field.nearest(point).map(|(_, facility)| facility);
            assert_eq!(facility, times.facility(point), "{told}, {point:?}");
        }
    }
}

/// Everything that can be seen of two states is the same.
fn assert_same(baseline: &Baseline, a: &ScenarioState, b: &ScenarioState, told: &str) {
    assert_eq!(format!("{:?}", a.graph().edges()), format!("{:?}", b.graph().edges()), "{told}");
    assert_eq!(a.facilities().facilities, b.facilities().facilities, "{told}");
    for (a, b) in a.walkers().iter().zip(b.walkers()) {
        for point in baseline.demand.points.ids() {
            assert_eq!(a.demand.of(point), b.demand.of(point), "{told}");
        }
        assert_eq!(a.facilities.len(), b.facilities.len());
        for facility in (0..a.facilities.len() as u32).map(FacilityId) {
            assert_eq!(a.facilities.of(facility), b.facilities.of(facility), "{told}");
        }
        assert_eq!(a.demand.unlinked, b.demand.unlinked, "{told}");
    }
    for (a, b) in a.rules().iter().zip(b.rules()) {
        assert_eq!(a.live, b.live, "{told}");
    }
}

#[test]
fn totals_after_any_edits_are_those_from_scratch_and_nothing_is_left_of_edits_taken_back() {
    let (mut made, mut refused) = (0, 0);
    for seed in 0..150 {
        let (baseline, mut dice) = random_town(seed);
        let extent = if seed % 2 == 0 { Extent::Whole } else { Extent::Cutoff };
        let mut state = ScenarioState::new(&baseline, extent).unwrap();
        let mut kept: Vec<Edit> = Vec::new();
        for number in 0..16 {
            let edit = draw(&mut dice, number);
            let told = format!("seed {seed}, edit {number} {edit:?}");
            match state.apply(&baseline, &edit) {
                Ok(_) => {
                    made += 1;
                    kept.push(edit);
                    assert_is_from_scratch(&baseline, &state, extent, &told);
                }
                Err(_) => refused += 1,
            }
            assert_eq!(state.edits(), kept.len());
            if dice.once_in(3) && state.revert(&baseline).is_some() {
                kept.pop();
                assert_is_from_scratch(&baseline, &state, extent, &format!("{told} taken back"));
            }
        }
        let scenario = Scenario { name: "again".into(), notes: String::new(), edits: kept };
        let again = ScenarioState::of(&baseline, &scenario, extent).unwrap();
        assert_same(&baseline, &state, &again, &format!("seed {seed}"));
        while state.revert(&baseline).is_some() {}
        let fresh = ScenarioState::new(&baseline, extent).unwrap();
        assert_same(&baseline, &state, &fresh, &format!("seed {seed}, all taken back"));
    }
    assert!(made > 800 && refused > 200, "{made} edits made, {refused} refused");
}

#[test]
fn what_is_opened_never_takes_coverage_away_and_is_measured_without_being_kept() {
    let mut gains = 0;
    for seed in 0..150 {
        let (baseline, mut dice) = random_town(seed);
        let mut state = ScenarioState::new(&baseline, Extent::Cutoff).unwrap();
        for number in 0..12 {
            let edit = draw(&mut dice, number);
            let opens = matches!(
                edit,
                Edit::OpenFacility { .. }
                    | Edit::OpenGate { .. }
                    | Edit::OpenBarrier { .. }
                    | Edit::AddStreet { .. }
            );
            let before: Vec<Summary> =
                state.rules().iter().map(|rule| rule.live.summary().clone()).collect();
            let Ok(told) = state.newly_covered(&baseline, &edit) else { continue };
            let same = state.rules().iter().map(|rule| rule.live.summary());
            assert!(same.eq(&before), "seed {seed}: nothing is kept of {edit:?}");
            if let Edit::ChangeRule { .. } = edit {
                continue;
            }
            state.apply(&baseline, &edit).unwrap();
            for gain in told {
                let (was, is) = (before[gain.rule].total, state.rules()[gain.rule].live.total());
                assert_eq!(is.covered, was.covered + gain.gained - gain.lost);
                assert!(!opens || gain.lost == Persons::ZERO, "seed {seed}: {edit:?}");
                gains += i32::from(opens && gain.gained > Persons::ZERO);
            }
        }
    }
    assert!(gains > 100, "only {gains} gains");
}

#[test]
fn a_resolved_baseline_answers_as_the_state_does() {
    for seed in 0..60 {
        let (baseline, mut dice) = random_town(seed);
        let mut state = ScenarioState::new(&baseline, Extent::Whole).unwrap();
        for number in 0..10 {
            let _ = state.apply(&baseline, &draw(&mut dice, number));
        }
        let told: Vec<Summary> =
            state.rules().iter().map(|rule| rule.live.summary().clone()).collect();
        let resolved = state.into_baseline(baseline);
        let site = resolved.site();
        for (rule, told) in resolved.standards[0].rules.iter().zip(told) {
            let walker = resolved.find_walker(&rule.profile).unwrap();
            let assessed = RuleAssessment::of(&site, walker, ("test", rule)).unwrap();
            assert_eq!(assessed.summary, told, "seed {seed}, rule {}", rule.id);
        }
    }
}

#[test]
fn a_comparison_is_the_difference_point_by_point() {
    for seed in 0..60 {
        let (baseline, mut dice) = random_town(seed);
        let before = ScenarioState::new(&baseline, Extent::Whole).unwrap();
        let mut after = ScenarioState::new(&baseline, Extent::Whole).unwrap();
        for number in 0..8 {
            let _ = after.apply(&baseline, &draw(&mut dice, number));
        }
        let compared = Comparison::of(&baseline, &before, &after);
        for ((told, a), b) in compared.rules.iter().zip(before.rules()).zip(after.rules()) {
            let covered = |state: &ScenarioState, rule, point| {
                let rule: &walkshed::scenario::StandingRule = rule;
                state.field(rule).time(point) <= rule.live.cutoff()
            };
            if !told.is_known() {
                assert!(told.difference.is_none() && told.zones.is_empty(), "seed {seed}");
                continue;
            }
            let mut groups = [(Persons::ZERO, Persons::ZERO); 2];
            for (point, home) in baseline.demand.points.enumerate() {
                if home.zone.is_none() {
                    continue;
                }
                for (sum, &persons) in groups.iter_mut().zip(&home.persons) {
                    match (covered(&before, a, point), covered(&after, b, point)) {
                        (false, true) => sum.0 += persons,
                        (true, false) => sum.1 += persons,
                        _ => {}
                    }
                }
            }
            for (told, sum) in told.groups.iter().zip(groups) {
                assert_eq!((told.difference.gained, told.difference.lost), sum, "seed {seed}");
            }
            let own = groups[told.group.index()];
            assert_eq!((told.difference.gained, told.difference.lost), own);
            let net = told.after.walks.covered - told.before.walks.covered;
            assert_eq!(net.as_micro(), told.difference.net_micro());
            for zone in &told.zones {
                let sums = [a, b].map(|rule| rule.live.summary().zones[zone.zone].covered);
                assert_eq!((sums[1] - sums[0]).as_micro(), zone.difference.net_micro());
            }
        }
    }
}

/// Two parallel streets 60 m apart and about 787 m long, joined at their west ends only.
fn two_streets() -> StreetIngredients {
    let at = |lon: i32, lat: i32| LonLat::from_e7(118_000_000 + lon, 450_000_000 + lat).unwrap();
    let mut streets =
        StreetIngredients { names: vec![String::new()], ..StreetIngredients::default() };
    streets.places = vec![at(0, 0), at(100_000, 0), at(0, 5_400), at(100_000, 5_400)];
    for (source_id, line) in [(1, [0, 1]), (2, [2, 3]), (3, [0, 2])] {
        let start = streets.way_places.len();
        streets.way_places.extend(line);
        streets.ways.push(walkshed::street::StreetWay {
            source_id,
            class: StreetClass::Footway,
            traits: walkshed::street::StreetTraits::empty(),
            name: 0,
            places: start..streets.way_places.len(),
        });
    }
    streets
}

fn on(lon: i32, lat: i32) -> LonLat {
    LonLat::from_e7(118_000_000 + lon, 450_000_000 + lat).unwrap()
}

/// One kindergarten on the south street near its east end, one home right across on the north street.
fn two_street_town() -> Baseline {
    let homes = [(on(70_000, 5_400), 10.0)];
    baseline_of(&two_streets(), vec![facility("f0".into(), 0, on(70_000, 0))], &homes)
}

fn time_of(state: &ScenarioState, rule: usize) -> WalkTime {
    state.field(&state.rules()[rule]).time(DemandPointId(0))
}

#[test]
fn a_gate_between_two_streets_saves_the_way_around() {
    let baseline = two_street_town();
    let mut state = ScenarioState::new(&baseline, Extent::Whole).unwrap();
    // 0.007 degrees of longitude at 45 degrees north are 551.9 m, 0.00054 of latitude 60.0 m; 1 m takes 1 s.
    let before = time_of(&state, 1);
    let around = before.as_seconds();
    assert!((around - (2.0 * 551.9 + 60.0)).abs() < 0.5, "{around} s around");
    let gate = Edit::OpenGate { sides: [on(60_000, 100), on(60_000, 5_300)] };
    state.apply(&baseline, &gate).unwrap();
    // 0.001 degrees are 78.84 m, walked there and back.
    let through = time_of(&state, 1).as_seconds();
    assert!((through - (2.0 * 78.84 + 60.0)).abs() < 0.5, "{through} s through the gate");
    // A second gate right there; then the first street is closed between the two gates, west of which all is
    // as if nothing had been closed.
    let second = Edit::OpenGate { sides: [on(70_000, 100), on(70_000, 5_300)] };
    state.apply(&baseline, &second).unwrap();
    assert!((time_of(&state, 1).as_seconds() - 60.0).abs() < 0.2);
    let shut = Edit::CloseStreet { place: on(65_000, 0), to: Some(on(80_000, 0)) };
    state.apply(&baseline, &shut).unwrap();
    // The kindergarten's own street is shut: it is entered from the nearest that is not, across the block.
    let across = time_of(&state, 1).as_seconds();
    assert!((across - 60.0).abs() < 0.2, "{across} s to the door across the block");
    for _ in 0..3 {
        state.revert(&baseline).unwrap();
    }
    assert_eq!(time_of(&state, 1), before);
}

#[test]
fn a_new_street_serves_the_homes_it_is_nearer_to() {
    // A home 100 m north of the kindergarten's street, which it does not meet within the limit.
    let homes = [(on(70_000, 19_000), 10.0)];
    let streets = two_streets();
    let baseline = baseline_of(&streets, vec![facility("f0".into(), 0, on(70_000, 5_400))], &homes);
    let mut state = ScenarioState::new(&baseline, Extent::Whole).unwrap();
    assert!(!time_of(&state, 1).is_reachable());
    let line = vec![on(70_000, 5_400), on(70_000, 20_000), on(90_000, 20_000), on(90_000, 5_400)];
    let class = StreetClass::Footway;
    let effect = state.apply(&baseline, &Edit::AddStreet { line, class }).unwrap();
    let straight = time_of(&state, 1).as_seconds();
    assert!((straight - 151.1).abs() < 0.5, "{straight} s down the new street");
    assert!(effect.rules.iter().any(|rule| rule.after.covered > rule.before.covered));
    // A gate may open on the new street, and a facility stand on it.
    let offers = vec![NewOffer { function: "meals".into(), capacity: None }];
    let (key, name, tier) = ("canteen".to_owned(), String::new(), None);
    let place = on(80_000, 20_010);
    let entrances = Vec::new();
    let open = Edit::OpenFacility { key, name, place, entrances, offers, tier };
    state.apply(&baseline, &open).unwrap();
    let metres = state.field(&state.rules()[3]).time(DemandPointId(0));
    assert!((metres.as_seconds() - 90.0).abs() < 2.0, "{} m", metres.as_seconds());
    assert_eq!(state.rules()[3].rule.cutoff().unwrap().0, Yardstick::Meters);
}

#[test]
fn an_edit_that_cannot_be_made_is_named_with_its_number_and_a_way_out() {
    let baseline = two_street_town();
    let close = |key: &str| Edit::CloseFacility { facility: key.into(), layer: None };
    let refuse = |edit: Edit| {
        let scenario = Scenario {
            name: "plan".into(),
            notes: String::new(),
            edits: vec![Edit::OpenGate { sides: [on(60_000, 0), on(60_000, 5_400)] }, edit],
        };
        ScenarioState::of(&baseline, &scenario, Extent::Cutoff).unwrap_err().to_string()
    };
    let said = refuse(close("f1"));
    assert!(said.starts_with("scenario \"plan\", edit 2 of 2: no facility \"f1\""), "{said}");
    assert!(said.contains("\"f0\""), "{said}");
    let said = refuse(Edit::OpenGate { sides: [on(60_000, 0), on(60_000, 50_000)] });
    assert!(said.contains("no street that any profile may walk within 50 m"), "{said}");
    let said = refuse(Edit::OpenGate { sides: [on(30_000, 0), on(60_000, 5_400)] });
    assert!(said.contains("apart") && said.contains("100 m"), "{said}");
    let said = refuse(Edit::OpenBarrier { place: on(30_000, 0) });
    assert!(said.contains("no barrier"), "{said}");
    let said = refuse(Edit::CloseStreet { place: on(30_000, 0), to: Some(on(30_000, 5_400)) });
    assert!(said.contains("way 1") && said.contains("way 2"), "{said}");
    let said = refuse(Edit::ChangeRule {
        standard: "test".into(),
        rule: "near".into(),
        cutoff_min: Some(1e9),
        cutoff_m: None,
        profile: None,
    });
    assert!(said.contains("outside"), "{said}");
    let mut state = ScenarioState::new(&baseline, Extent::Cutoff).unwrap();
    state.apply(&baseline, &close("f0")).unwrap();
    let again = state.apply(&baseline, &close("f0"));
    assert_eq!(again.unwrap_err(), EditError::AlreadyClosed("f0".into()));
}

#[test]
fn a_scenario_reads_as_it_was_written() {
    let text = r#"{
        "name": "three sites",
        "notes": "first draft",
        "edits": [
            {"edit": "open_facility", "key": "a", "place": [11.8, 45.0], "offers": [{"function": "childcare", "capacity": 40}]},
            {"edit": "close_facility", "facility": "node/1"},
            {"edit": "move_facility", "facility": "node/2", "layer": "osm", "place": [11.8, 45.0]},
            {"edit": "upgrade_facility", "facility": "node/3", "tier": "15min"},
            {"edit": "open_gate", "sides": [[11.8, 45.0], [11.8, 45.0005]]},
            {"edit": "open_barrier", "place": [11.8, 45.0]},
            {"edit": "close_street", "place": [11.8, 45.0]},
            {"edit": "add_street", "line": [[11.8, 45.0], [11.9, 45.0]]},
            {"edit": "change_rule", "standard": "test", "rule": "near", "cutoff_min": 10}
        ]
    }"#;
    let scenario: Scenario = serde_json::from_str(text).unwrap();
    assert_eq!(scenario.edits.len(), 9);
    let again: Scenario = serde_json::from_str(&serde_json::to_string(&scenario).unwrap()).unwrap();
    assert_eq!(again, scenario);
    let unknown = text.replace("\"sides\"", "\"side\"");
    assert!(serde_json::from_str::<Scenario>(&unknown).is_err());
    let abroad = text.replacen("[11.8, 45.0]", "[11.8, 145.0]", 1);
    assert!(serde_json::from_str::<Scenario>(&abroad).is_err());
}
