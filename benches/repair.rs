//! From an edit to new totals of every rule it touches, on real cities: how long each kind of edit takes, and
//! that the answers are those from scratch.
//!
//! `cargo bench --bench repair` prints percentiles by city and kind. `cargo bench --bench repair -- check 10000`
//! makes that many random edits a city, taking about half of them back, and compares every rule with an
//! assessment from scratch after every 25 of them. Cities lie beside the repository (`../shared/data`); what is
//! not there is skipped. Porto brings no facilities: 150 of each function are drawn at random.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints and stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use walkshed::coverage::Summary;
use walkshed::facility::{Facility, FacilityLayer, FacilityStatus, FunctionOffer};
use walkshed::ids::{FunctionId, Id, NodeId};
use walkshed::import::load::{MapDetail, load_study};
use walkshed::progress::Silent;
use walkshed::scenario::{Baseline, Edit, Extent, Ingredients, NewOffer, ScenarioState};
use walkshed::spatial::LonLat;
use walkshed::units::WalkTime;

/// Edits of each kind that are timed.
const TIMED: usize = 200;
/// Times each edit is made and taken back; the least counts, so that a busy machine does not.
const TRIES: usize = 5;
/// Facilities of each function where a city brings none.
const DRAWN: u32 = 150;

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((word ^ (word >> 31)) % bound.max(1) as u64) as usize
    }
}

fn load(extract: &Path) -> Baseline {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "version = 1\nname = \"bench\"\n[streets]\nosm = {:?}\n[standards]\nuse = [\"plain-15\", \"childcare-15\", \"gb50180-2018\"]\n",
        extract.canonicalize().unwrap().display().to_string()
    );
    std::fs::write(folder.path().join("study.toml"), text).unwrap();
    let loaded = load_study(folder.path(), MapDetail::None, &Silent).unwrap();
    let (baseline, profiles) = (loaded.baseline, loaded.study.profiles);
    if baseline.facilities.facilities.len() > 500 {
        return baseline;
    }
    let mut dice = Dice(7);
    let mut drawn = Vec::new();
    for function in functions(&baseline) {
        for number in 0..DRAWN {
            let place = anywhere(&baseline, &mut dice);
            drawn.push(Facility {
                foot: None,
                key: format!("{}/{number}", function.0),
                layer: "drawn".into(),
                name: String::new(),
                offers: vec![FunctionOffer { function, capacity: None, opening_hours: None }],
                tier: None,
                status: FacilityStatus::Open,
                opening_year: None,
                place,
                entrances: vec![place],
                outline: None,
                wheels: walkshed::facility::Wheels::default(),
            });
        }
    }
    let Baseline {
        graph,
        snapper,
        taxonomy,
        demand,
        zones,
        standards,
        origin,
        obstacles,
        quarters,
        limits,
        ..
    } = baseline;
    let facilities = FacilityLayer::new(drawn);
    let ingredients = Ingredients {
        graph,
        snapper: Arc::into_inner(snapper),
        profiles,
        taxonomy,
        facilities,
        demand: Arc::into_inner(demand).unwrap_or_default(),
        zones: Arc::into_inner(zones).unwrap_or_default(),
        standards,
        origin,
        obstacles: Arc::into_inner(obstacles).unwrap_or_default(),
        quarters: Arc::into_inner(quarters).unwrap_or_default(),
    };
    Baseline::new(ingredients, limits)
}

/// The functions that rules ask for.
fn functions(baseline: &Baseline) -> Vec<FunctionId> {
    let rules = baseline.standards.iter().flat_map(|standard| &standard.rules);
    let mut all: Vec<FunctionId> = rules
        .flat_map(|rule| &rule.functions)
        .filter_map(|id| baseline.taxonomy.find(id))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn anywhere(baseline: &Baseline, dice: &mut Dice) -> LonLat {
    let places = baseline.graph.places();
    places[NodeId::from_index(dice.below(places.len()))]
}

fn shifted(place: LonLat, dice: &mut Dice, most: usize) -> LonLat {
    let shift = |dice: &mut Dice| dice.below(2 * most) as i32 - most as i32;
    let (lon, lat) = (place.lon_e7() + shift(dice), place.lat_e7() + shift(dice));
    LonLat::from_e7(lon, lat).unwrap()
}

fn an_open_facility(state: &ScenarioState, asked: &[FunctionId], dice: &mut Dice) -> Facility {
    let serving: Vec<&Facility> =
        state.facilities().facilities.iter().filter(|facility| facility.serves(asked)).collect();
    serving[dice.below(serving.len())].clone()
}

fn draw(kind: &str, state: &ScenarioState, baseline: &Baseline, dice: &mut Dice) -> Edit {
    let asked = functions(baseline);
    match kind {
        "open" => {
            let function = asked[dice.below(asked.len())];
            let function = baseline.taxonomy.functions()[function].id.clone();
            Edit::OpenFacility {
                key: format!("new{}", state.facilities().facilities.len()),
                name: String::new(),
                place: anywhere(baseline, dice),
                entrances: vec![],
                offers: vec![NewOffer { function, capacity: None }],
                tier: None,
            }
        }
        "close" => {
            let facility = an_open_facility(state, &asked, dice);
            Edit::CloseFacility { facility: facility.key, layer: Some(facility.layer) }
        }
        "move" => {
            let facility = an_open_facility(state, &asked, dice);
            // A drag: up to about 200 m.
            let place = shifted(facility.place, dice, 20_000);
            let (facility, layer) = (facility.key, Some(facility.layer));
            Edit::MoveFacility { facility, layer, place, entrances: vec![] }
        }
        "gate" => {
            let side = anywhere(baseline, dice);
            Edit::OpenGate { sides: [side, shifted(side, dice, 7_000)] }
        }
        "street" => {
            Edit::CloseStreet { place: shifted(anywhere(baseline, dice), dice, 3_000), to: None }
        }
        "new street" => {
            let side = anywhere(baseline, dice);
            let class = walkshed::street::StreetClass::Footway;
            Edit::AddStreet { line: vec![side, shifted(side, dice, 20_000)], class }
        }
        _ => unreachable!("{kind} is no kind of edit"),
    }
}

const KINDS: [&str; 6] = ["open", "close", "move", "gate", "street", "new street"];

fn time(name: &str, baseline: &Baseline, extent: Extent) {
    let begin = Instant::now();
    let mut state = ScenarioState::new(baseline, extent).unwrap();
    println!(
        "{name}, {extent:?}: {} nodes, {} edges, {} demand points, {} facilities, {} rules, state in {:.0} ms",
        baseline.graph.node_count(),
        baseline.graph.edge_count(),
        baseline.demand.points.len(),
        baseline.facilities.facilities.len(),
        state.rules().len(),
        begin.elapsed().as_secs_f64() * 1e3
    );
    let mut dice = Dice(1);
    for kind in KINDS {
        let (mut made, mut undone, mut nodes) = (Vec::new(), Vec::new(), 0);
        while made.len() < TIMED {
            let edit = draw(kind, &state, baseline, &mut dice);
            let (mut least_made, mut least_undone) = (Duration::MAX, Duration::MAX);
            let mut labels = None;
            for _ in 0..TRIES {
                let begin = Instant::now();
                let Ok(effect) = state.apply(baseline, &edit) else { break };
                least_made = least_made.min(begin.elapsed());
                labels = Some(effect.fields.iter().map(|field| field.nodes.len()).sum::<usize>());
                let begin = Instant::now();
                state.revert(baseline).unwrap();
                least_undone = least_undone.min(begin.elapsed());
            }
            let Some(labels) = labels else { continue };
            nodes += labels;
            made.push(least_made);
            undone.push(least_undone);
        }
        println!(
            "  {kind:<10} p50 {:>6.2}  p95 {:>6.2}  max {:>6.2} ms   taken back p95 {:>5.2} ms   {} labels changed a time",
            at(&mut made, 50),
            at(&mut made, 95),
            at(&mut made, 100),
            at(&mut undone, 95),
            nodes / TIMED
        );
    }
}

fn at(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let last = times.len() - 1;
    times[(times.len() * percent / 100).min(last)].as_secs_f64() * 1e3
}

/// Every rule of a state equals an assessment by kernels that know nothing of edits.
fn is_from_scratch(baseline: &Baseline, state: &ScenarioState) {
    let mut known: BTreeMap<usize, walkshed::reach::DemandTimes> = BTreeMap::new();
    for standing in state.rules() {
        let (yardstick, cutoff) = standing.rule.cutoff().unwrap();
        let times = known.entry(standing.field).or_insert_with(|| {
            let mut walkers = state.walkers().iter();
            let walker = walkers.find(|w| w.profile.id == standing.rule.profile).unwrap();
            let impedance = walker.impedance_in(yardstick);
            let bound = state.field(standing).field().bound();
            walker.nearest(state.graph(), impedance, &state.serving(baseline, standing), bound)
        });
        let field = state.field(standing);
        let mut clipped = Vec::with_capacity(baseline.demand.points.len());
        for point in baseline.demand.points.ids() {
            assert_eq!(field.time(point), times.time(point), "rule {}", standing.rule.id);
            assert_eq!(field.nearest(point).map(|(_, id)| id), times.facility(point));
            let time = times.time(point);
            clipped.push(if time <= cutoff { time } else { WalkTime::UNREACHABLE });
        }
        let times = walkshed::reach::DemandTimes::new(clipped);
        let group = standing.live.group();
        let summary = Summary::of(&baseline.demand, &baseline.zones, group, &times, cutoff);
        assert_eq!(*standing.live.summary(), summary, "rule {}", standing.rule.id);
    }
}

fn check(name: &str, baseline: &Baseline, edits: usize) {
    let begin = Instant::now();
    let mut state = ScenarioState::new(baseline, Extent::Cutoff).unwrap();
    let mut dice = Dice(2);
    let mut made = 0;
    while made < edits {
        let kind = KINDS[dice.below(KINDS.len())];
        let edit = draw(kind, &state, baseline, &mut dice);
        if state.apply(baseline, &edit).is_err() {
            continue;
        }
        made += 1;
        if dice.below(2) == 0 {
            state.revert(baseline).unwrap();
        }
        if made % 25 == 0 || made == edits {
            is_from_scratch(baseline, &state);
        }
    }
    let left = state.edits();
    while state.revert(baseline).is_some() {}
    is_from_scratch(baseline, &state);
    println!(
        "{name}: {made} edits, {left} of them kept, equal to from scratch every 25 edits and after taking all back ({:.0} s)",
        begin.elapsed().as_secs_f64()
    );
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let data = std::env::var_os("WALKSHED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let cities = [
        ("Isle of Man", "may-ship/isle-of-man-2020/isle-of-man_2020-03-14.osm.pbf"),
        ("Las Palmas", "develop/las-palmas-2023/example_las_palmas_2023_osm_20230221.pbf"),
        ("Porto", "develop/porto-portugal/porto_portugal.osm.pbf"),
    ];
    for (name, file) in cities {
        let extract = data.join(file);
        if !extract.exists() {
            println!("{name}: not here, skipped");
            continue;
        }
        let baseline = load(&extract);
        match words.as_slice() {
            [word, edits] if word == "check" => check(name, &baseline, edits.parse().unwrap()),
            _ => {
                time(name, &baseline, Extent::Cutoff);
                time(name, &baseline, Extent::Whole);
            }
        }
    }
}
