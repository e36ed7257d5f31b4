//! Real extracts with ways left out: no walk gets shorter.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test says what went wrong by failing, and what it saw"
)]

use walkshed::demand::{DemandLayer, DemandPoint, DemandUnit};
use walkshed::facility::FacilityLayer;
use walkshed::ids::{DemandPointId, FacilityId, FunctionId};
use walkshed::import::osm::{
    Building, BuildingUse, OsmExtract, OsmParts, OsmWants, read_osm, standard_functions,
};
use walkshed::progress::Silent;
use walkshed::reach::ties::NEAR_M;
use walkshed::reach::{DemandTimes, LinkLimits, LinkSource, LinkedWalker};
use walkshed::spatial::{Front, LonLat};
use walkshed::street::{
    Snapped, Snapper, StreetClass, StreetGraph, StreetIngredients, StreetTraits, WalkProfile,
};
use walkshed::units::{Meters, Persons, WalkTime};

use crate::scenario::town::group;
use crate::support::random::Dice;
use crate::support::walkers::adult;

const LIMITS: LinkLimits = LinkLimits { snap_distance: Meters(250.0), island_length: Meters(0.0) };
/// Ways left out at once.
const LEFT_OUT: usize = 200;
/// Homes looked at.
const HOMES: usize = 300;
/// What cutting streets at junctions rounds, over a whole walk.
const ROUNDING_MS: u32 = 200;

/// An extract of the folder of data beside the repository; `None`, which is said, where it is not there.
fn extract(folder: &str, file: &str) -> Option<OsmExtract> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../shared/data").join(folder).join(file);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    let taxonomy = standard_functions().unwrap();
    let parts =
        OsmParts::STREETS | OsmParts::FACILITIES | OsmParts::BUILDINGS | OsmParts::OBSTACLES;
    Some(read_osm(&path, &OsmWants::new(&taxonomy, parts), &Silent).unwrap())
}

/// Homes of an extract: its buildings, or, where it has none, places 15 m north of its streets.
fn homes(extract: &OsmExtract) -> DemandLayer {
    let home = |key: String, place: LonLat, front: Front| DemandPoint {
        key,
        place,
        front,
        persons: vec![Persons::from_micro(1_000_000)],
        zone: None,
    };
    let every = |count: usize| count.div_ceil(HOMES).max(1);
    let lived_in: Vec<&Building> =
        extract.buildings.iter().filter(|b| b.usage != BuildingUse::NonResidential).collect();
    let of_building = |building: &&Building| {
        let front = if building.doors.is_empty() {
            Front::Outline(Box::new(building.outline.clone()))
        } else {
            Front::of_doors(&building.doors)
        };
        home(building.key.clone(), building.place, front)
    };
    let beside = |(number, &place): (usize, &LonLat)| {
        let north = LonLat::from_e7(place.lon_e7(), place.lat_e7() + 1_350)?;
        Some(home(format!("beside {number}"), north, Front::Point))
    };
    let points: Vec<DemandPoint> = if lived_in.len() < HOMES {
        let places = extract.streets.places.iter().enumerate();
        places.step_by(every(extract.streets.places.len())).filter_map(beside).collect()
    } else {
        lived_in.iter().step_by(every(lived_in.len())).map(of_building).collect()
    };
    DemandLayer {
        groups: vec![group("all")].into(),
        points: points.into(),
        unit: DemandUnit::Persons,
    }
}

/// A city as linked, with the times of all homes to the nearest facility of one function.
struct Linked {
    graph: StreetGraph,
    walker: LinkedWalker,
    times: DemandTimes,
}

fn link(
    streets: &StreetIngredients,
    extract: &OsmExtract,
    (facilities, demand): (&FacilityLayer, &DemandLayer),
    serving: &[FacilityId],
) -> Linked {
    let graph = StreetGraph::build(streets);
    let profile = WalkProfile { walk_speed_m_s: 1.25, ..adult() };
    let snapper = Snapper::new(&graph);
    let around = (&snapper, &extract.obstacles);
    let source = LinkSource::new(&graph, around, (facilities, demand), LIMITS);
    let walker = LinkedWalker::link(&profile, &source);
    let times = walker.nearest(&graph, &walker.impedance, serving, WalkTime::LONGEST);
    Linked { graph, walker, times }
}

/// Whether a point has no street in sight nearby, or is held by a piece that is cut off.
fn is_apart(linked: &Linked, ties: &[Snapped]) -> bool {
    let near = |tie: &Snapped| {
        let edge = tie.position.edge;
        let free = linked.walker.islands.held(edge).is_none();
        !tie.forced && f64::from(tie.access_mm) <= NEAR_M * 1000.0 && free
    };
    !ties.iter().any(near)
}

/// Where a tie leads to: the way and its class, how far along the edge, and the leg in millimetres.
type End = (i64, StreetClass, u32, u32);

/// The ties of a home and of a place.
fn ends_of(linked: &Linked, home: DemandPointId, place: FacilityId) -> Vec<End> {
    let end = |tie: &Snapped| {
        let edge = linked.graph.edges()[tie.position.edge];
        (edge.source_id, edge.class, tie.position.offset_mm, tie.access_mm)
    };
    let of_home = linked.walker.demand.of(home).iter();
    of_home.chain(linked.walker.facilities.of(place)).map(end).collect()
}

/// Compares the walks in the whole city with those after random ways were left out.
fn leave_out(folder: &str, file: &str) {
    let Some(mut extract) = extract(folder, file) else { return };
    // What is private ground depends on what is around it: a public path that only private ways still join is part of
    // their ground, whose people then walk on it.
    for way in &mut extract.streets.ways {
        way.traits.remove(StreetTraits::PRIVATE);
    }
    let facilities = FacilityLayer::new(std::mem::take(&mut extract.facilities));
    let demand = homes(&extract);
    let most = (0..60).map(FunctionId).max_by_key(|&f| facilities.offering(&[f]).len()).unwrap();
    let offering = facilities.facilities.iter().filter(|facility| facility.serves(&[most]));
    let facilities = FacilityLayer::new(offering.cloned().collect());
    let serving = facilities.offering(&[most]);
    let layers = (&facilities, &demand);
    let whole = link(&extract.streets, &extract, layers, &serving);
    let mut dice = Dice::new(13);
    let mut less = extract.streets.clone();
    for _ in 0..LEFT_OUT.min(less.ways.len() / 4) {
        let way = dice.below(less.ways.len() as u32) as usize;
        // Lines over squares are no ways: they are drawn anew for what is there.
        if !less.ways[way].traits.contains(StreetTraits::CHORD) {
            less.ways.remove(way);
        }
    }
    let less = link(&less, &extract, layers, &serving);
    let (mut compared, mut apart) = (0, 0);
    for point in demand.points.ids() {
        let (with, without) = (whole.times.time(point), less.times.time(point));
        if with <= without.plus(WalkTime::from_ms(ROUNDING_MS)) {
            compared += usize::from(without.is_reachable());
            continue;
        }
        let at = |linked: &Linked, id: DemandPointId| is_apart(linked, linked.walker.demand.of(id));
        let end = less.times.facility(point).unwrap();
        let at_place = is_apart(&whole, whole.walker.facilities.of(end))
            || is_apart(&less, less.walker.facilities.of(end));
        let told = at(&whole, point) || at(&less, point) || at_place;
        let key = &demand.points[point].key;
        let (more, less) = (ends_of(&whole, point, end), ends_of(&less, point, end));
        // A square is tied to where it is nearest alone: another line over it is another place to enter it.
        let on_squares = |ends: &[End]| -> Vec<End> {
            ends.iter().filter(|end| end.1 == StreetClass::Plaza).copied().collect()
        };
        let told = told || on_squares(&more) != on_squares(&less);
        assert!(
            told,
            "{folder}: {key} walks {with:?}, and {without:?} without some ways; ties {more:?}, {less:?}"
        );
        apart += 1;
    }
    let edges = (whole.graph.edge_count(), less.graph.edge_count());
    eprintln!("{folder}: {compared} walks compared, {apart} apart; edges {edges:?}");
    assert!(compared > demand.points.len() / 2, "{compared}");
}

#[test]
fn no_walk_in_monaco_is_shorter_without_some_ways() {
    leave_out("may-ship/monaco-2023", "monaco.osm.pbf");
}

#[test]
fn no_walk_in_helsinki_is_shorter_without_some_ways() {
    leave_out("may-ship/helsinki-centre-2019", "Helsinki.osm.pbf");
}

#[test]
fn no_walk_on_the_isle_of_man_is_shorter_without_some_ways() {
    leave_out("may-ship/isle-of-man-2020", "isle-of-man_2020-03-14.osm.pbf");
}

#[test]
fn no_walk_in_karhula_is_shorter_without_some_ways() {
    leave_out("may-ship/pyrosm-test-2019", "test.osm.pbf");
}

#[test]
fn no_walk_in_las_palmas_is_shorter_without_some_ways() {
    leave_out("develop/las-palmas-2023", "example_las_palmas_2023_osm_20230221.pbf");
}

#[test]
fn no_walk_in_london_is_shorter_without_some_ways() {
    leave_out("develop/london-2026", "london-northern-line.osm.pbf");
}
