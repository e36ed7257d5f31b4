//! Gates to open in walls and fences, alone or beside sites.

use anyhow::{Context, bail};

use crate::ids::{Id, SiteId};
use crate::import::program_file::{GateRecord, GateSought, GateSpot, HomeClaim, Work, record_of};
use crate::placement::candidate::{COST_UNIT, Candidate};
use crate::placement::gate_candidates::Fixed;
use crate::placement::gate_reach::WayLimits;
use crate::placement::gates::{GateInstance, rank_gates, solve_gates};
use crate::placement::openings::{Openings, explained, taken_in_order};
use crate::placement::plan::Need;
use crate::placement::{Measure, Proof, SiteFacts, SiteRules};
use crate::report::sheets::{gate_rank_sheet, gates_sheet};

use super::super::opening::Opening;
use super::super::promise::Promise;
use super::super::rules::ZoneTerm;
use super::super::sources::Sources;
use super::super::write;
use super::{Answer, Desk, EFFORT, Ended, chosen_sites, keys, too_many};

pub(crate) fn run(desk: &Desk, promise: &Promise) -> anyhow::Result<Ended> {
    let need = desk.need(&promise.rule)?;
    let sources = sites(desk, &need)?;
    let openings = find(desk, &need, &sources.candidates)?;
    let choices = openings.choices(&sources.candidates, gate_cost(desk));
    let facts: Vec<SiteFacts> = choices.iter().map(Candidate::facts).collect();
    let (instance, complete) = openings.instance(WayLimits::default(), &facts)?;
    if !complete {
        bail!(
            "too many ways through gates and sites to weigh them all; take fewer gates (--gates-most, a shorter \
             --gate-gap-m, a longer --gate-walk-m) or fewer candidates"
        );
    }
    let zones = desk.zone_terms(&need, &sources.candidates)?;
    let rules = rules(desk, &instance, (&sources.candidates, &zones))?;
    let names = keys(&choices);
    let mut plan = desk
        .watched(&names, Measure::People, |watch| solve_gates(&instance, &rules, EFFORT, watch))?;
    desk.settle(&mut plan.status, &plan.chosen);
    let order = taken_in_order(&instance, &plan.chosen);
    let after = openings.times(&plan.chosen);
    let story = explained(&need, (&choices, &instance), &order, after);
    let proof = Proof::of_most(&plan.status, (plan.value, plan.bound), Measure::People);
    let ranks = rank_gates(&instance);
    let claims: Vec<HomeClaim> =
        story.gained.iter().map(|g| (g.point.0, g.site.0, g.time.as_ms())).collect();
    let answer = Answer {
        proof,
        rules: rules.clone(),
        zones: zones.into_iter().map(|term| term.shifted(instance.gate_count() as u32)).collect(),
        notes: Vec::new(),
        sheets: vec![gates_sheet(&openings, &order), gate_rank_sheet(&openings, &ranks)],
        further: vec![("gates.geojson", geojson(&openings, &plan.chosen))],
        promises: vec![promise.rule.clone()],
        choices: write::choices(desk.ground, &sources.candidates),
        sites: chosen_sites(&story, 0),
        opens: opens(&openings, (&choices, &plan.chosen)),
        claims: vec![claims],
        work: Work::Gates {
            instance: GateRecord {
                complete,
                search: Some(searched(desk)),
                ..record((&openings, &instance), names)?
            },
            rules,
            plan,
        },
    };
    desk.finish(&story, &desk.ask(promise, &sources), answer)
}

/// Candidate sites when `--sites` asks for some.
fn sites(desk: &Desk, need: &Need) -> anyhow::Result<Sources> {
    if desk.wish.goal.sites.unwrap_or(0) > 0 {
        return desk.candidates(need);
    }
    Ok(Sources { candidates: Vec::new(), hashes: Vec::new(), from: vec!["gates".to_owned()] })
}

fn find<'a>(
    desk: &Desk<'a>,
    need: &'a Need<'a>,
    candidates: &[Candidate],
) -> anyhow::Result<Openings<'a>> {
    let areas = [desk.ground.water, desk.ground.buildings].concat();
    let fixed = Fixed::new(&areas);
    let (wanted, most) = (desk.wish.extended.gate_search(), desk.wish.extended.most_gates());
    let snapper = &desk.ground.baseline.snapper;
    let openings = Openings::find(need, candidates, (&fixed, snapper), (wanted, most));
    if openings.found.is_empty() && candidates.is_empty() {
        bail!(
            "no two street parts within {} m of each other are a walk of {} m apart where homes could gain; give a \
             wider --gate-gap-m or a shorter --gate-walk-m",
            wanted.gap.0,
            wanted.walk.0
        );
    }
    desk.host.say(&format!("candidates: {} gates", openings.found.len()));
    Ok(openings)
}

/// The gates and the sites that open.
fn opens(openings: &Openings, (choices, chosen): (&[Candidate], &[SiteId])) -> Vec<Opening> {
    let open = |choice: &SiteId| match openings.found.get(choice.index()) {
        Some(gate) => Opening::Gate {
            key: choices[choice.index()].key.clone(),
            sides: [gate.places.0, gate.places.1],
        },
        None => Opening::Site { candidate: choices[choice.index()].clone(), promises: vec![0] },
    };
    chosen.iter().map(open).collect()
}

fn gate_cost(desk: &Desk) -> i64 {
    (desk.wish.extended.gate_cost.unwrap_or(1.0) * COST_UNIT as f64).round() as i64
}

/// So many gates, so many sites, one budget for both.
fn rules(
    desk: &Desk,
    instance: &GateInstance,
    (candidates, zones): (&[Candidate], &[ZoneTerm]),
) -> anyhow::Result<SiteRules> {
    let first = instance.gate_count() as u32;
    let own = desk.rules(candidates, zones)?;
    let shifted = super::places::shifted(&own, first);
    let counted = instance.at_most(desk.wish.extended.gates, desk.wish.goal.sites);
    Ok(SiteRules {
        max_sites: None,
        budget: own.budget,
        conflicts: shifted.conflicts,
        groups: [counted.groups, shifted.groups].concat(),
    })
}

/// The gates as lines from side to side.
fn geojson(openings: &Openings, chosen: &[SiteId]) -> String {
    let features: Vec<serde_json::Value> = openings
        .found
        .iter()
        .enumerate()
        .map(|(at, gate)| {
            let (a, b) = gate.places;
            serde_json::json!({
                "type": "Feature",
                "geometry": {
                    "type": "LineString",
                    "coordinates": [[a.lon(), a.lat()], [b.lon(), b.lat()]],
                },
                "properties": {
                    "gate": format!("gate-{}", at + 1),
                    "chosen": chosen.binary_search(&SiteId::from_index(at)).is_ok(),
                    "gap_m": gate.gap.0,
                    "walk_m": gate.walk.map(|walk| walk.0),
                },
            })
        })
        .collect();
    serde_json::json!({ "type": "FeatureCollection", "features": features }).to_string()
}

/// What was solved, as files hold it.
pub(crate) fn record(
    (openings, instance): (&Openings, &GateInstance),
    names: Vec<String>,
) -> anyhow::Result<GateRecord> {
    let spot = |gate: &crate::placement::gate_reach::Gate| GateSpot {
        from: (gate.from.edge.0, gate.from.offset_mm),
        to: (gate.to.edge.0, gate.to.offset_mm),
        crossing_ms: gate.crossing.as_ms(),
    };
    let mut choices =
        record_of(instance.facts(), &openings.need.rows, names).with_context(too_many)?;
    choices.weights = instance.weights().to_vec();
    Ok(GateRecord {
        choices,
        ways: (0..instance.weights().len()).map(|row| instance.ways(row).to_vec()).collect(),
        gates: openings.gates.iter().map(spot).collect(),
        complete: true,
        search: None,
    })
}

/// How gates were looked for, as files say it.
fn searched(desk: &Desk) -> GateSought {
    let wanted = desk.wish.extended.gate_search();
    let most = desk.wish.extended.most_gates();
    GateSought { gap_m: wanted.gap.0, walk_m: wanted.walk.0, most }
}
