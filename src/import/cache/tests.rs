//! The network cache: what is kept comes back, what is torn, stale or foreign is never believed.

use super::*;
use crate::facility::{Facility, FacilityStatus, FunctionOffer, Wheels};
use crate::ids::{EdgeId, FunctionId, NodeId};
use crate::import::osm::tags::Tags;
use crate::import::osm::tags::basemap::{base_of, kind_named};
use crate::import::osm::{
    BaseArea, BaseLine, Basemap, Boundary, Building, BuildingUse, Compound, Grade, Names,
    OsmExtract, OsmStats, PlaceName,
};
use crate::import::{IssueKind, IssueLog};
use crate::spatial::{Area, BoundingBox, LonLat};
use crate::street::{
    BarrierKind, Footprint, GraphParts, Heights, NodeBarrier, ObstacleKind, Obstacles, StreetClass,
    StreetGraph, StreetIngredients, StreetTraits, StreetWay,
};

const KEY: Key = Key { rules: 7, settings: [1; 32], inputs: [2; 32] };
const FUNCTIONS: usize = 3;

fn at(x: i32, y: i32) -> LonLat {
    LonLat::from_e7(x * 10_000, 500_000_000 + y * 10_000).unwrap()
}

/// A grid of streets with a private quarter and a narrow gate.
fn graph() -> StreetGraph {
    let side = 5;
    let places = (0..side * side).map(|n| at(n % side, n / side)).collect();
    let mut streets = StreetIngredients {
        places,
        names: vec![String::new(), "一刻圈路".to_owned()],
        ..StreetIngredients::default()
    };
    let traits = |row: i32| if row == 2 { StreetTraits::PRIVATE } else { StreetTraits::empty() };
    for row in 0..side {
        let across = (0..side).map(|column| (row * side + column) as u32);
        let along = (0..side).map(|column| (column * side + row) as u32);
        for line in [across.collect::<Vec<_>>(), along.collect()] {
            let start = streets.way_places.len();
            streets.way_places.extend(line);
            streets.ways.push(StreetWay {
                source_id: i64::from(streets.ways.len() as u32) - 3,
                class: StreetClass::Residential,
                traits: traits(row),
                name: (row % 2) as u32,
                places: start..streets.way_places.len(),
            });
        }
    }
    streets.barriers.push(NodeBarrier::new(7, 9, BarrierKind::Narrow));
    StreetGraph::build(&streets)
}

fn with_heights(graph: &StreetGraph) -> StreetGraph {
    let mut parts = graph.parts();
    parts.heights = Some(Heights {
        nodes_cm: (0..parts.places.len() as i32).map(|n| n * 31 - 200).collect(),
        first: (0..=parts.edges.len() as u32).collect(),
        inner_cm: (0..parts.edges.len() as i32).collect(),
    });
    StreetGraph::from_parts(parts).unwrap()
}

fn basemap(square: &Area, names: &Names) -> Basemap {
    let area = |kind| BaseArea { kind, name: "湖".to_owned(), area: square.clone() };
    let line = |kind| BaseLine {
        kind,
        name: String::new(),
        line: vec![at(0, 0), at(3, 3)],
        grade: Grade::Bridge,
    };
    let place = PlaceName {
        key: "node/2".to_owned(),
        kind: "suburb",
        names: names.clone(),
        place: at(0, 3),
    };
    Basemap {
        water_areas: vec![area("water")],
        water_lines: vec![line("river")],
        green: vec![area("park")],
        rails: vec![line("tram")],
        walls: vec![line("wall")],
        motorways: vec![line("motorway")],
        places: vec![place],
    }
}

fn building(square: &Area) -> Building {
    Building {
        key: "way/3".to_owned(),
        place: at(2, 2),
        outline: square.clone(),
        floor_area_m2: 123.25,
        levels: Some(3.0),
        usage: BuildingUse::Unknown,
        doors: vec![at(2, 3)],
    }
}

fn network() -> Network {
    let square = Area::from_ring(vec![at(0, 0), at(1, 0), at(1, 1)]);
    let names = Names { name: "卫生站".to_owned(), zh: None, en: Some("Clinic".to_owned()) };
    let offer = FunctionOffer {
        function: FunctionId(2),
        capacity: Some(12.5),
        opening_hours: Some("Mo-Fr 08:00-17:00".to_owned()),
    };
    let facility = Facility {
        key: "node/1".to_owned(),
        layer: "osm".to_owned(),
        name: names.name.clone(),
        offers: vec![offer],
        tier: None,
        status: FacilityStatus::Planned,
        opening_year: Some(2031),
        place: at(1, 1),
        entrances: vec![at(1, 1), at(1, 2)],
        outline: Some(square.clone()),
        foot: Some(at(2, 1)),
        wheels: Wheels { refused: true },
    };
    let building = building(&square);
    let basemap = basemap(&square, &names);
    let mut issues = IssueLog::default();
    for n in 0..1_005 {
        issues.note(IssueKind::Duplicate, "a.pbf", format!("way/{n}"), "skipped");
    }
    issues.note(IssueKind::ElevationMissing, "a.tif", "", "skipped");
    let extract = OsmExtract {
        streets: StreetIngredients::default(),
        obstacles: Obstacles::new(
            vec![(ObstacleKind::Rail, vec![at(0, 0), at(3, 3)])],
            vec![square.clone()],
            vec![Footprint { outline: square.clone(), doors: vec![at(1, 0)] }],
        )
        .with_limits(vec![(at(1, 0), StreetTraits::PRIVATE | StreetTraits::RAISED_CURB)]),
        facilities: vec![facility],
        buildings: vec![building],
        compounds: vec![Compound {
            key: "way/8".to_owned(),
            area: square.clone(),
            gates: vec![at(0, 0)],
        }],
        boundaries: vec![Boundary {
            key: "relation/8".to_owned(),
            names,
            admin_level: 9,
            area: square,
        }],
        basemap,
        issues,
        bounds: BoundingBox::around([at(0, 0), at(4, 4)]),
        stats: OsmStats {
            nodes: 1,
            ways: 2,
            relations: 3,
            highways: 4,
            walkable_ways: 5,
            lift_places: 6,
        },
    };
    let hashes = vec![("streets".to_owned(), "ab".repeat(32))];
    Network { graph: with_heights(&graph()), extract, hashes }
}

const SECRET: [u8; 32] = [5; 32];

/// A whole file.
fn whole(network: &Network) -> Vec<u8> {
    let payload = network.to_bytes();
    let mut bytes = file::wrap(KEY, &payload, &SECRET).to_vec();
    bytes.extend(payload);
    bytes
}

/// What a file would be taken for.
fn taken(bytes: &[u8]) -> Result<Network, Unfit> {
    let (key, payload) = file::unwrap(bytes, KEY.rules, &SECRET)?;
    key.check(KEY)?;
    Ok(Network::from_bytes(payload, FUNCTIONS)?)
}

#[test]
fn a_network_comes_back_as_it_went() {
    let network = network();
    let back = taken(&whole(&network)).unwrap();
    assert_eq!(back.graph.parts(), network.graph.parts());
    assert_eq!(back.graph.heights(), network.graph.heights());
    for node in network.graph.places().ids() {
        assert_eq!(back.graph.arcs(node), network.graph.arcs(node));
    }
    for edge in network.graph.edges().ids() {
        assert_eq!(back.graph.find_twin(edge), network.graph.find_twin(edge));
        assert_eq!(back.graph.find_leaving_side(edge), network.graph.find_leaving_side(edge));
    }
    assert!(!network.graph.twins().is_empty());
    let (was, is) = (&network.extract, &back.extract);
    assert_eq!((&is.facilities, &is.buildings), (&was.facilities, &was.buildings));
    let stand = |of: &OsmExtract| {
        (
            of.obstacles.lines().to_vec(),
            of.obstacles.waters().to_vec(),
            of.obstacles.buildings().to_vec(),
        )
    };
    assert_eq!(stand(is), stand(was));
    assert_eq!((&is.basemap, &is.issues), (&was.basemap, &was.issues));
    assert_eq!((is.bounds, is.stats), (was.bounds, was.stats));
    assert_eq!(back.hashes, network.hashes);
    let zone = |extract: &OsmExtract| {
        let zone = &extract.boundaries[0];
        (zone.key.clone(), zone.names.clone(), zone.admin_level, zone.area.clone())
    };
    assert_eq!(zone(is), zone(was));
    assert_eq!(whole(&back), whole(&network));
}

#[test]
fn every_shortened_file_is_refused() {
    let bytes = whole(&network());
    for length in 0..bytes.len() {
        assert!(taken(&bytes[..length]).is_err(), "{length}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(taken(&longer).unwrap_err(), Unfit::Damaged("it is shorter or longer than it says"));
}

#[test]
fn every_flipped_bit_is_found() {
    let bytes = whole(&network());
    let header = bytes.len() - network().to_bytes().len();
    // Every bit of the header, and one of each byte of the payload.
    for bit in 0..bytes.len() * 8 {
        if bit >= header * 8 && bit % 8 != bit / 8 % 8 {
            continue;
        }
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(taken(&changed).is_err(), "bit {bit}");
    }
}

/// A stream of numbers that is the same every time (SplitMix64).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

#[test]
fn contents_that_add_up_but_make_no_sense_are_refused_or_harmless() {
    let payload = network().to_bytes();
    let mut state = 1;
    let mut refused = 0;
    for _ in 0..2_500 {
        let mut forged = payload.clone();
        for _ in 0..=random(&mut state) % 3 {
            let place = random(&mut state) as usize % forged.len();
            let width = [1, 4, 8][random(&mut state) as usize % 3];
            let value = [0, u64::MAX, random(&mut state), 1][random(&mut state) as usize % 4];
            for (byte, new) in forged[place..].iter_mut().zip(value.to_le_bytes()).take(width) {
                *byte = new;
            }
        }
        if random(&mut state).is_multiple_of(4) {
            forged.truncate(random(&mut state) as usize % forged.len());
        }
        // The sums are right, so that only the sense of the contents is left to judge by.
        let mut bytes = file::wrap(KEY, &forged, &SECRET).to_vec();
        bytes.extend(&forged);
        match taken(&bytes) {
            Err(_) => refused += 1,
            Ok(network) => walk_everything(&network),
        }
    }
    assert!(refused > 600, "{refused}");
}

/// Looks at everything a study would.
fn walk_everything(network: &Network) {
    let graph = &network.graph;
    let snapper = crate::street::Snapper::new(graph);
    let _ = snapper.nearest_street(at(1, 1), crate::units::Meters(50.0));
    for (id, edge) in graph.edges().enumerate() {
        let _ = (graph.name(id), graph.find_twin(id), graph.arcs(edge.from), graph.arcs(edge.to));
        let _ = graph.shape_between(id, edge.length_mm / 3, edge.length_mm / 2);
        assert!(graph.heights_along(id).is_none_or(|along| along.height(along.parts()) > i32::MIN));
    }
    let (extract, mut issues) = (&network.extract, IssueLog::default());
    issues.append(extract.issues.clone());
    assert!(extract.facilities.iter().all(|facility| facility.edge_places().count() > 1));
    let areas = extract
        .buildings
        .iter()
        .map(|b| &b.outline)
        .chain(extract.boundaries.iter().map(|b| &b.area));
    for area in areas {
        let _ = (area.area_m2(), area.label_place());
    }
}

/// Makes nonsense of parts.
type Spoil = fn(&mut GraphParts);

#[test]
fn parts_that_make_no_graph_are_refused() {
    let parts = with_heights(&graph()).parts();
    let spoil: [(&str, Spoil); 9] = [
        ("an edge from nowhere", |parts| parts.edges[0].from = NodeId(99_999)),
        ("an edge between other nodes", |parts| parts.edges[0].to = parts.edges[9].to),
        ("a name that is not there", |parts| parts.edges[1].name = 2),
        ("too few shapes", |parts| parts.shape_counts.truncate(1)),
        ("a shape of one place", |parts| parts.shape_counts[0] = 1),
        ("shapes that are too long", |parts| parts.shape_counts[0] = u32::MAX),
        ("a twin that is not there", |parts| parts.twins[0].1 = EdgeId(99_999)),
        ("twins out of order", |parts| parts.twins.reverse()),
        ("heights of another town", |parts| {
            parts.heights = Some(Heights { first: vec![0], ..Heights::default() });
        }),
    ];
    for (what, spoil) in spoil {
        let mut spoiled = parts.clone();
        spoil(&mut spoiled);
        assert!(StreetGraph::from_parts(spoiled).is_err(), "{what}");
    }
    assert!(StreetGraph::from_parts(parts).is_ok());
}

#[test]
fn files_of_others_are_told_apart() {
    let bytes = whole(&network());
    let (key, _) = file::unwrap(&bytes, KEY.rules, &SECRET).unwrap();
    assert_eq!(file::unwrap(&bytes, 8, &SECRET).unwrap_err(), Unfit::OtherRules);
    // Whole, with right sums, and still not made here.
    assert_eq!(file::unwrap(&bytes, KEY.rules, &[7; 32]).unwrap_err(), Unfit::OtherHand);
    assert_eq!(key.check(Key { rules: 8, ..KEY }), Err(Unfit::OtherRules));
    assert_eq!(key.check(Key { settings: [3; 32], ..KEY }), Err(Unfit::OtherSettings));
    assert_eq!(key.check(Key { inputs: [3; 32], ..KEY }), Err(Unfit::OtherInputs));
    assert_eq!(key.check(KEY), Ok(()));
    assert_eq!(taken(b"PK\x03\x04 some other file").unwrap_err(), Unfit::Foreign);
    assert_eq!(taken(&[0; 4096]).unwrap_err(), Unfit::Foreign);
    assert_eq!(taken(b"").unwrap_err(), Unfit::Foreign);
    let mut newer = bytes;
    newer[8] = 200;
    assert_eq!(taken(&newer).unwrap_err(), Unfit::OtherRules);
}

#[test]
fn two_writers_at_once_leave_one_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(CACHE_FOLDER).join("study.toml-01.cache");
    let key = Key { rules: rules(), ..KEY };
    let network = network();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    keep(&path, key, &network).unwrap();
                    assert!(recall(&path, FUNCTIONS).is_ok());
                }
            });
        }
    });
    let mut left: Vec<String> = std::fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, [".gitignore", "CACHEDIR.TAG", "study.toml-01.cache"]);
}

#[test]
fn every_kind_on_the_map_is_known_by_its_name() {
    for (key, value) in
        [("natural", "coastline"), ("barrier", "hedge"), ("highway", "motorway_link")]
    {
        let kind = base_of(Tags::new(&[(key, value)])).unwrap().kind;
        assert_eq!(kind_named(kind), Some(kind));
    }
    assert_eq!(kind_named("neighbourhood"), Some("neighbourhood"));
    assert_eq!(kind_named("castle"), None);
}

#[test]
fn every_class_has_the_number_of_its_place() {
    for (number, class) in (0_u8..).zip(StreetClass::ALL) {
        assert_eq!((class as u8, StreetClass::from_number(number)), (number, Some(class)));
    }
    assert_eq!(StreetClass::from_number(22), None);
}
