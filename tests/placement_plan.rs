//! From a study to a plan: candidates, who reaches them, what explains a plan, and the walk back.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeSet;

use crate::support;

use support::random::{self, Dice, Mix};
use support::town::{Town, spot};
use support::walkers::{adult, hasty, stroller};
use walkshed::coverage::{Rule, Site};
use walkshed::demand::{
    DemandGroup, DemandLayer, DemandPoint, DemandUnit, Quarters, ZoneHierarchy,
};
use walkshed::facility::{
    Facility, FacilityLayer, FacilityStatus, Function, FunctionOffer, Taxonomy,
};
use walkshed::ids::{DemandPointId, FunctionId, Id, SiteId, ZoneId};
use walkshed::placement::CoverInstance;
use walkshed::placement::candidate::{
    Candidate, CandidateGround, SiteStanding, check_keys, too_near,
};
use walkshed::placement::explain::{Unreached, gained};
use walkshed::placement::gain::GainSurface;
use walkshed::placement::plan::{Need, ReachLists};
use walkshed::placement::recheck::{Claim, Retrace};
use walkshed::progress::Silent;
use walkshed::reach::{Ground, LinkLimits, LinkSource, LinkedWalker, NearestField};
use walkshed::spatial::{BoundingBox, Front, LonLat};
use walkshed::street::{
    EdgePosition, Obstacles, Snapped, Snapper, StreetGraph, StreetIngredients, WalkProfile,
};
use walkshed::units::{Meters, Persons, WalkTime};

/// A study small enough to be checked by hand or by brute force.
struct Study {
    quarters: Quarters,
    graph: StreetGraph,
    snapper: Snapper,
    obstacles: Obstacles,
    taxonomy: Taxonomy,
    facilities: FacilityLayer,
    demand: DemandLayer,
    zones: ZoneHierarchy,
    walker: LinkedWalker,
    rule: Rule,
}

const LIMITS: LinkLimits = LinkLimits { snap_distance: Meters(400.0), island_length: Meters(0.0) };

fn function() -> Function {
    serde_json::from_value(serde_json::json!({"id": "childcare", "en": "Childcare", "zh": "托育"}))
        .unwrap()
}

fn facility(index: usize, place: LonLat) -> Facility {
    Facility {
        key: format!("f{index}"),
        layer: "test".to_owned(),
        name: String::new(),
        offers: vec![FunctionOffer {
            function: FunctionId(0),
            capacity: None,
            opening_hours: None,
        }],
        tier: None,
        status: FacilityStatus::Open,
        opening_year: None,
        place,
        entrances: vec![place],
        outline: None,
        foot: None,
        wheels: walkshed::facility::Wheels::default(),
    }
}

impl Study {
    fn new(
        ingredients: &StreetIngredients,
        profile: &WalkProfile,
        (homes, open): (&[(LonLat, f64)], &[LonLat]),
        cutoff_min: f64,
    ) -> Self {
        let graph = StreetGraph::build(ingredients);
        let snapper = Snapper::new(&graph);
        let facilities =
            FacilityLayer::new(open.iter().enumerate().map(|(i, &at)| facility(i, at)).collect());
        let points = homes.iter().enumerate().map(|(index, &(place, persons))| DemandPoint {
            key: format!("h{index:04}"),
            place,
            front: Front::Point,
            persons: vec![Persons::from_count(persons).unwrap()],
            zone: Some(ZoneId(0)),
        });
        let all = DemandGroup {
            id: "all".to_owned(),
            en: "Everybody".to_owned(),
            zh: "全部".to_owned(),
            estimated: false,
        };
        let demand = DemandLayer {
            groups: vec![all].into(),
            points: points.collect(),
            unit: DemandUnit::Persons,
        };
        let obstacles = Obstacles::default();
        let source =
            LinkSource::new(&graph, (&snapper, &obstacles), (&facilities, &demand), LIMITS);
        let walker = LinkedWalker::link(profile, &source);
        drop(source);
        let rule: Rule = serde_json::from_value(serde_json::json!({
            "id": "r", "en": "", "zh": "", "functions": ["childcare"], "cutoff_min": cutoff_min,
            "profile": profile.id, "source": "test",
        }))
        .unwrap();
        let taxonomy = Taxonomy::new(vec![function()]).unwrap();
        let zone = walkshed::demand::Zone {
            key: "z".to_owned(),
            name: "Zone".to_owned(),
            parent: None,
            level: 0,
            kind: None,
            area: walkshed::spatial::Area::default(),
        };
        let zones = ZoneHierarchy::new(vec![zone], vec!["zone".to_owned()]);
        Self {
            quarters: Quarters::default(),
            graph,
            snapper,
            obstacles,
            taxonomy,
            facilities,
            demand,
            zones,
            walker,
            rule,
        }
    }

    /// A random network with homes and facilities beside its places.
    fn random(seed: u64) -> Self {
        let mix = if seed.is_multiple_of(2) { Mix::Public } else { Mix::WithPrivate };
        let mut network = random::network(seed, mix);
        let dice = &mut network.dice;
        let places = network.ingredients.places.clone();
        let near = |dice: &mut Dice| {
            let place = places[dice.below(places.len() as u32) as usize];
            let mut off = || dice.below(6_000) as i32 - 3_000;
            LonLat::from_e7(place.lon_e7() + off(), place.lat_e7() + off()).unwrap()
        };
        let homes: Vec<(LonLat, f64)> =
            (0..12).map(|_| (near(dice), f64::from(1 + dice.below(9)))).collect();
        let open: Vec<LonLat> = (0..dice.below(2)).map(|_| near(dice)).collect();
        let cutoff = 1.0 + f64::from(dice.below(120)) / 10.0;
        let profile = [adult(), stroller(), hasty()][dice.below(3) as usize].clone();
        Self::new(&network.ingredients, &profile, (&homes, &open), cutoff)
    }

    fn need(&self) -> Need<'_> {
        let site = Site {
            graph: &self.graph,
            taxonomy: &self.taxonomy,
            facilities: &self.facilities,
            demand: &self.demand,
            zones: &self.zones,
            quarters: &self.quarters,
        };
        Need::find(site, &self.walker, &self.rule).unwrap()
    }

    fn ground(&self) -> CandidateGround<'_> {
        CandidateGround {
            graph: &self.graph,
            snapper: &self.snapper,
            obstacles: &self.obstacles,
            walker: &self.walker,
            limit: LIMITS.snap_distance,
        }
    }

    /// Candidates at the doors of every other home.
    fn candidates(&self) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = self
            .demand
            .points
            .iter()
            .step_by(2)
            .map(|point| Candidate::at(format!("c-{}", point.key), point.place))
            .collect();
        self.ground().link(&mut found);
        found
    }
}

/// Time from every row to a candidate, by one sweep for that candidate alone.
fn oracle(need: &Need, candidate: &Candidate) -> Vec<(u32, WalkTime)> {
    let ground = Ground::toward(need.site.graph, need.impedance());
    let seeds = need.seeds(candidate, 0);
    let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
    let times = need.walker.read(&ground, &seeds, &field);
    (0..)
        .zip(&need.rows)
        .map(|(row, &point)| (row, times.time(point)))
        .filter(|&(_, time)| time <= need.cutoff)
        .collect()
}

fn plan_of(need: &Need, candidates: &[Candidate]) -> (ReachLists, CoverInstance) {
    let reach = need.reach(candidates, &Silent).unwrap();
    let instance = need.instance(candidates, &reach).unwrap();
    (reach, instance)
}

#[test]
fn a_candidate_reaches_exactly_whom_a_sweep_from_it_finds() {
    for seed in 0..150 {
        let study = Study::random(seed);
        let need = study.need();
        let candidates = study.candidates();
        let (reach, instance) = plan_of(&need, &candidates);
        for (site, candidate) in (0..).map(SiteId).zip(&candidates) {
            let expected = oracle(&need, candidate);
            assert_eq!(reach.of(site), expected, "seed {seed} {site:?}");
            let rows: Vec<u32> = expected.iter().map(|pair| pair.0).collect();
            assert_eq!(instance.rows_of(site), rows, "seed {seed} {site:?}");
        }
        // Rows are those whom nothing open covers.
        for (id, _) in study.demand.points.enumerate() {
            let is_row = need.rows.contains(&id);
            assert_eq!(is_row, need.times.time(id) > need.cutoff, "seed {seed} {id:?}");
        }
    }
}

#[test]
fn every_claim_of_a_plan_walks_back_and_a_false_one_is_refuted() {
    let mut claimed = 0;
    for seed in 0..200 {
        let study = Study::random(seed);
        let need = study.need();
        let candidates = study.candidates();
        let (reach, instance) = plan_of(&need, &candidates);
        let chosen: Vec<SiteId> = instance.sites().filter(|site| site.0 % 2 == 0).collect();
        let retrace = Retrace {
            graph: &study.graph,
            impedance: need.impedance(),
            homes: &study.walker.demand,
            cutoff: need.cutoff,
        };
        let found = gained(&need, &reach, &chosen);
        let claims: Vec<Claim> = found
            .iter()
            .map(|gained| Claim {
                point: gained.point,
                doors: &candidates[gained.site.index()].stands,
                time: Some(gained.time),
            })
            .collect();
        assert_eq!(retrace.refute(&claims), [], "seed {seed}");
        claimed += claims.len();
        for (index, claim) in claims.iter().enumerate() {
            let faster = found[index].time.as_ms().wrapping_sub(1);
            let wrong = Claim { time: Some(WalkTime::from_ms(faster)), ..claim.clone() };
            assert_eq!(retrace.refute(&[wrong]).len(), 1, "seed {seed}");
            let nowhere = Claim { doors: &[], time: None, ..claim.clone() };
            assert_eq!(retrace.refute(&[nowhere])[0].found, WalkTime::UNREACHABLE);
        }
        // A home beyond the cutoff of a site cannot be claimed for it.
        for (row, &point) in need.rows.iter().enumerate() {
            for (site, candidate) in (0..).map(SiteId).zip(&candidates) {
                if reach.of(site).binary_search_by_key(&(row as u32), |pair| pair.0).is_err() {
                    let claim = Claim { point, doors: &candidate.stands, time: None };
                    assert_eq!(retrace.refute(&[claim]).len(), 1, "seed {seed} row {row}");
                }
            }
        }
    }
    assert!(claimed > 300, "{claimed}");
}

#[test]
fn no_position_on_the_streets_covers_what_no_network_candidate_covers() {
    let mut kept = 0;
    for seed in 0..120 {
        let study = Study::random(seed);
        let need = study.need();
        let mut candidates =
            study.ground().network(need.impedance(), &need.homes(), need.cutoff).unwrap();
        check_keys(&candidates).unwrap();
        study.ground().link(&mut candidates);
        kept += candidates.len();
        let (reach, _) = plan_of(&need, &candidates);
        let sets: Vec<Vec<u32>> = (0..candidates.len() as u32)
            .map(|site| reach.of(SiteId(site)).iter().map(|pair| pair.0).collect())
            .collect();
        for (edge, whole) in study.graph.edges().enumerate() {
            if !study.ground().draws_site(edge) {
                continue;
            }
            let step = (whole.length_mm / 37).max(1) as usize;
            let covered_at = |offset_mm: u32| -> BTreeSet<u32> {
                let place = study.graph.place_at(edge, offset_mm);
                let stand = Snapped::on_street(EdgePosition { edge, offset_mm }, place);
                let here =
                    Candidate { stands: vec![stand], ..Candidate::at("x".to_owned(), place) };
                oracle(&need, &here).iter().map(|pair| pair.0).collect()
            };
            for offset_mm in (0..=whole.length_mm).step_by(step) {
                // Whoever is reached from it and from 40 mm to either side.
                let around = [offset_mm.saturating_sub(40), (offset_mm + 40).min(whole.length_mm)];
                let mut covered = covered_at(offset_mm);
                for beside in around.map(covered_at) {
                    covered.retain(|row| beside.contains(row));
                }
                // Where another street is drawn upon this one, and public, a site stands on that.
                let place = study.graph.place_at(edge, offset_mm);
                let mut drawn = [Candidate::at("y".to_owned(), place)];
                study.ground().link(&mut drawn);
                if !drawn[0].stands.iter().any(|stand| stand.position.edge == edge) {
                    continue;
                }
                let holds = |set: &Vec<u32>| covered.iter().all(|row| set.contains(row));
                assert!(
                    covered.is_empty() || sets.iter().any(holds),
                    "seed {seed} {edge:?} {offset_mm} covers {covered:?}"
                );
            }
        }
    }
    assert!(kept > 500, "{kept}");
}

#[test]
fn the_gain_surface_says_what_a_site_at_the_node_would_bring() {
    for seed in 0..120 {
        let study = Study::random(seed);
        let need = study.need();
        let surface = GainSurface::find(&need, &Silent).unwrap();
        for (node, gain) in surface.nodes() {
            // People walk to the node when a sweep away from their home labels it within the cutoff.
            let home = |point: DemandPointId| {
                let starts =
                    study.walker.demand.of(point).iter().map(|snap| walkshed::reach::Seed {
                        position: snap.position,
                        access: need.impedance().access(snap.access_mm),
                        owner: 0,
                    });
                walkshed::reach::Seeds::new(starts.collect())
            };
            let away = Ground::from(&study.graph, need.impedance());
            let expected: Persons = need
                .rows
                .iter()
                .zip(&need.persons)
                .filter(|&(&point, _)| {
                    let field = NearestField::sweep(&away, &home(point), need.cutoff);
                    field.time(node) <= need.cutoff
                })
                .map(|(_, &persons)| persons)
                .sum();
            assert_eq!(gain, expected, "seed {seed} {node:?}");
        }
        let best = surface.nodes().map(|(_, gain)| gain).max().unwrap_or(Persons::ZERO);
        assert_eq!(surface.best().map_or(Persons::ZERO, |(_, gain)| gain), best);
    }
}

#[test]
fn the_least_cutoff_reaches_everybody_and_a_millisecond_less_does_not() {
    let mut told = 0;
    for seed in 0..150 {
        let mut study = Study::random(seed);
        let candidates = study.candidates();
        let need = study.need();
        let (_, instance) = plan_of(&need, &candidates);
        let Some(unreached) = Unreached::find(&need, &candidates, &instance) else { continue };
        let persons: Persons =
            unreached.rows.iter().map(|&(row, _)| need.persons[row as usize]).sum();
        assert_eq!(persons, unreached.persons);
        let Some(least) = unreached.least_cutoff else { continue };
        told += 1;
        let cut_off = unreached.rows.iter().filter(|(_, time)| !time.is_reachable()).count();
        for (late, all_reached) in [(0, true), (1, false)] {
            let ms = f64::from(least.as_ms() - late);
            study.rule.cutoff_min = Some(ms / 60_000.0);
            let need = study.need();
            let (_, instance) = plan_of(&need, &candidates);
            let left = Unreached::find(&need, &candidates, &instance);
            let left = left.map_or(0, |unreached| unreached.rows.len());
            assert_eq!(left == cut_off, all_reached, "seed {seed}: {left} left of {cut_off}");
        }
    }
    assert!(told > 10, "{told}");
}

#[test]
fn sites_at_the_doors_of_the_unreached_reach_them_all() {
    let mut added = 0;
    for seed in 0..150 {
        let study = Study::random(seed);
        let need = study.need();
        let mut candidates: Vec<Candidate> = study.candidates().into_iter().take(1).collect();
        let (_, instance) = plan_of(&need, &candidates);
        let Some(unreached) = Unreached::find(&need, &candidates, &instance) else { continue };
        assert_eq!(unreached.extra_at.len(), unreached.extra_sites);
        for &row in &unreached.extra_at {
            let snaps = study.walker.demand.of(need.rows[row as usize]);
            let stands = snaps.iter().map(|snap| Snapped { access_mm: 0, ..*snap }).collect();
            candidates
                .push(Candidate { stands, ..Candidate::at(format!("x{row}"), snaps[0].place) });
            added += 1;
        }
        let (_, instance) = plan_of(&need, &candidates);
        let left = Unreached::find(&need, &candidates, &instance);
        for (row, _) in left.map_or(Vec::new(), |unreached| unreached.rows) {
            // Whoever is still left has no street, or lives farther from it than the cutoff.
            let snaps = study.walker.demand.of(need.rows[row as usize]);
            let near = |snap: &Snapped| need.impedance().access(snap.access_mm) <= need.cutoff;
            assert!(!snaps.iter().any(near), "seed {seed} row {row}");
        }
    }
    assert!(added > 50, "{added}");
}

#[test]
fn junctions_midblocks_and_a_grid_stand_where_the_drawing_says() {
    let town = Town::draw(
        "
A---B---C
|   |   |
D---E---F
    |
    G",
    );
    let study = Study::new(
        &town.ingredients,
        &adult(),
        (&[(spot(0.0, 0.0), 1.0), (spot(8.0, 4.0), 1.0)], &[]),
        5.0,
    );
    let ground = study.ground();
    let junctions = ground.junctions().unwrap();
    let at = |letter: char| town.place(letter);
    let mut places: Vec<LonLat> = junctions.iter().map(|junction| junction.place).collect();
    places.sort_unstable();
    let mut expected = vec![at('B'), at('E')];
    expected.sort_unstable();
    assert_eq!(places, expected);
    // Eight streets of 200 m or 400 m, each with a middle.
    assert_eq!(ground.midblocks().unwrap().len(), 8);
    let bounds = BoundingBox::around([at('A'), at('F')]).unwrap();
    let mut grid = ground.grid(bounds, Meters(100.0)).unwrap();
    check_keys(&grid).unwrap();
    ground.link(&mut grid);
    assert!(grid.len() > 15, "{}", grid.len());
    assert!(grid.iter().all(|candidate| candidate.stands.iter().any(|stand| stand.access_mm == 0)));
    assert!(ground.grid(bounds, Meters(1.0)).is_err());
}

#[test]
fn candidates_too_near_to_each_other_are_found_as_by_trying_all_pairs() {
    let mut dice = Dice::new(3);
    for _ in 0..40 {
        let mut at = || {
            let (lon, lat) = (dice.below(40_000) as i32, dice.below(40_000) as i32);
            LonLat::from_e7(118_000_000 + lon, 450_000_000 + lat).unwrap()
        };
        let candidates: Vec<Candidate> =
            (0..30).map(|index| Candidate::at(index.to_string(), at())).collect();
        let spacing = Meters(120.0);
        let mut expected = Vec::new();
        for a in 0..30_u32 {
            for b in a + 1..30 {
                let (a_at, b_at) = (candidates[a as usize].place, candidates[b as usize].place);
                if walkshed::spatial::frame::ground_distance(a_at, b_at).0 < spacing.0 {
                    expected.push((a, b));
                }
            }
        }
        assert_eq!(too_near(&candidates, spacing), expected);
    }
    assert_eq!(too_near(&[], Meters(10.0)), []);
}

#[test]
fn a_forbidden_candidate_covers_nobody_and_two_of_one_id_are_an_error() {
    let study = Study::random(4);
    let need = study.need();
    let mut candidates = study.candidates();
    for candidate in &mut candidates {
        candidate.standing = SiteStanding::Forbidden;
    }
    let (reach, instance) = plan_of(&need, &candidates);
    assert!(reach.is_empty() && instance.sites().all(|site| !instance.is_open_to_choice(site)));
    candidates[1].key = candidates[0].key.clone();
    assert!(check_keys(&candidates).is_err());
}
