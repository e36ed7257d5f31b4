//! What explains a plan: runners-up, the order of its sites, the marginal-gain curve.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use crate::support;

use support::random::Dice;
use walkshed::ids::SiteId;
use walkshed::placement::explain::{in_order, marginal_curve, runners_up};
use walkshed::placement::{CoverInstance, SiteFacts, SiteStatus};

fn random_instance(dice: &mut Dice) -> CoverInstance {
    let rows = 4 + dice.below(12);
    let weights = (0..rows).map(|_| i64::from(dice.below(9))).collect();
    let mut builder = CoverInstance::builder(weights).unwrap();
    for _ in 0..(3 + dice.below(8)) {
        let list: Vec<u32> = (0..rows).filter(|_| dice.once_in(3)).collect();
        let status = match dice.below(8) {
            0 => SiteStatus::Forbidden,
            1 => SiteStatus::Required,
            _ => SiteStatus::Free,
        };
        let cost = i64::from(dice.below(5));
        builder.add_site(&list, SiteFacts { cost, status, ..SiteFacts::default() }).unwrap();
    }
    builder.build()
}

#[test]
fn what_an_exchange_costs_equals_trying_it() {
    for seed in 0..400 {
        let mut dice = Dice::new(seed);
        let instance = random_instance(&mut dice);
        let chosen: Vec<SiteId> = instance
            .sites()
            .filter(|&site| {
                instance.status(site) == SiteStatus::Required
                    || (instance.is_open_to_choice(site) && dice.once_in(2))
            })
            .collect();
        let value = instance.covered_weight(&chosen);
        let runners = runners_up(&instance, &chosen, usize::MAX);
        let expected = instance.sites().filter(|site| {
            let open = instance.is_open_to_choice(*site) && !chosen.contains(site);
            open && !instance.rows_of(*site).is_empty()
        });
        assert_eq!(runners.len(), expected.count(), "seed {seed}");
        for runner in runners {
            let on_top: Vec<SiteId> = chosen.iter().copied().chain([runner.site]).collect();
            assert_eq!(runner.on_top, instance.covered_weight(&on_top) - value, "seed {seed}");
            let exchanges = chosen
                .iter()
                .filter(|&&site| instance.status(site) != SiteStatus::Required)
                .map(|&gone| {
                    let others = chosen.iter().copied().filter(|&site| site != gone);
                    let after: Vec<SiteId> = others.chain([runner.site]).collect();
                    value - instance.covered_weight(&after)
                });
            match exchanges.min() {
                Some(least) => assert_eq!(runner.loss, least, "seed {seed}"),
                None => assert_eq!(runner.instead_of, None),
            }
        }
    }
}

#[test]
fn steps_bring_together_what_the_plan_covers_and_never_more_than_the_step_before() {
    for seed in 0..400 {
        let mut dice = Dice::new(seed);
        let instance = random_instance(&mut dice);
        let chosen: Vec<SiteId> = instance.sites().filter(|_| dice.once_in(2)).collect();
        let steps = in_order(&instance, &chosen);
        let mut sites: Vec<SiteId> = steps.iter().map(|step| step.site).collect();
        sites.sort_unstable();
        assert_eq!(sites, chosen);
        let sum: i64 = steps.iter().map(|step| step.gain).sum();
        assert_eq!(sum, instance.covered_weight(&chosen), "seed {seed}");
        let curve = marginal_curve(&instance);
        assert!(curve.windows(2).all(|pair| pair[0].gain >= pair[1].gain), "seed {seed}");
        let open: Vec<SiteId> =
            instance.sites().filter(|&site| instance.is_open_to_choice(site)).collect();
        let last = curve.last().map_or(0, |step| step.cumulative);
        assert_eq!(last, instance.covered_weight(&open), "seed {seed}");
    }
}
