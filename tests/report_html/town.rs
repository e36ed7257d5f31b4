//! A made-up town of a bent street grid cut by a river with two bridges, with hostile names.

use walkshed::audit::Audit;
use walkshed::coverage::{Composite, Rule, Standard};
use walkshed::demand::{DemandGroup, DemandLayer, DemandPoint, DemandUnit, Zone, ZoneHierarchy};
use walkshed::facility::{
    Facility, FacilityLayer, FacilityStatus, Function, FunctionOffer, Taxonomy,
};
use walkshed::ids::{FunctionId, IdVec, ZoneId};
use walkshed::import::issue::IssueKind;
use walkshed::progress::Silent;
use walkshed::reach::LinkLimits;
use walkshed::report::{InputRow, ReportSource};
use walkshed::scenario::{Baseline, Ingredients};
use walkshed::spatial::{Area, Front, LonLat};
use walkshed::street::{
    Permission, Slope, StreetClass, StreetIngredients, StreetTraits, StreetWay, WalkProfile,
};
use walkshed::units::{Meters, Persons};

/// What a hostile mapper would call things.
pub(crate) const HOSTILE: &str = "<script>alert('x')</script> & \"Sons\"";

/// Junctions along one side of the town, 100 m apart.
#[derive(Clone, Copy)]
pub(crate) struct TownSize(pub(crate) usize);

const WEST: f64 = 118.55;
const SOUTH: f64 = 24.86;
const LON_STEP: f64 = 0.000_99;
const LAT_STEP: f64 = 0.000_902;

/// A number that looks like chance but is the same every time.
fn scatter(x: usize, y: usize, salt: u64) -> f64 {
    let mut state = (x as u64) << 32 ^ (y as u64) << 8 ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3 {
        state ^= state >> 33;
        state = state.wrapping_mul(0xff51_afd7_ed55_8ccd);
    }
    (state >> 11) as f64 / (1_u64 << 53) as f64
}

fn place(x: f64, y: f64) -> LonLat {
    let bend = (y / 9.0).sin() * 0.8;
    LonLat::new(WEST + (x + bend) * LON_STEP, SOUTH + (y + (x / 11.0).cos()) * LAT_STEP)
        .expect("a place on earth")
}

/// Column of the river at row `y`.
fn river(size: usize, y: usize) -> f64 {
    size as f64 * 0.55 + (y as f64 / 7.0).sin() * 1.2
}

fn streets(size: usize) -> StreetIngredients {
    let mut streets = StreetIngredients { names: vec![String::new()], ..Default::default() };
    for y in 0..size {
        for x in 0..size {
            let wobble = |salt| (scatter(x, y, salt) - 0.5) * 0.35;
            streets.places.push(place(x as f64 + wobble(1), y as f64 + wobble(2)));
        }
    }
    let mut source_id = 0;
    let mut join = |a: usize, b: usize, class| {
        source_id += 1;
        let first = streets.way_places.len();
        streets.way_places.extend([a as u32, b as u32]);
        streets.ways.push(StreetWay {
            source_id,
            class,
            traits: StreetTraits::empty(),
            name: 0,
            places: first..first + 2,
        });
    };
    let class = |at: usize, x, y| match at {
        at if at % 16 == 3 => StreetClass::Primary,
        at if at % 8 == 3 => StreetClass::Tertiary,
        _ if scatter(x, y, 3) < 0.3 => StreetClass::Footway,
        _ => StreetClass::Residential,
    };
    for y in 0..size {
        for x in 0..size {
            let at = y * size + x;
            let bridge = y == size / 5 || y == size * 4 / 5;
            let crosses = (x as f64) < river(size, y) && (x + 1) as f64 >= river(size, y);
            let missing = scatter(x, y, 4) < 0.12 && y % 8 != 3;
            if x + 1 < size && (bridge || (!crosses && !missing)) {
                join(at, at + 1, class(y, x, y));
            }
            if y + 1 < size && (scatter(x, y, 5) >= 0.12 || x % 8 == 3) {
                join(at, at + size, class(x, x, y));
            }
        }
    }
    streets
}

fn profile(id: &str, en: &str, zh: &str, speed: f64) -> WalkProfile {
    WalkProfile {
        id: id.to_owned(),
        en: en.to_owned(),
        zh: zh.to_owned(),
        walk_speed_m_s: speed,
        off_street_speed_m_s: speed * 0.9,
        source: "Measured by nobody; for tests".to_owned(),
        source_zh: "无人测过；供测试".to_owned(),
        signal_wait_s: 0.0,
        crossing_wait_s: 0.0,
        verified: id == "adult",
        steps: Permission::Allow,
        steps_speed_factor: 1.0,
        stroller_ramp_on_steps: false,
        wheelchair_ramp_on_steps: false,
        elevator: Permission::Allow,
        elevator_s: 0.0,
        escalator: Permission::Allow,
        ferry: Permission::Forbid,
        ferry_wait_s: 0.0,
        narrow: Permission::Allow,
        no_sidewalk: Permission::Allow,
        conditional: Permission::Allow,
        wheelchair_no: Permission::Allow,
        rough: Permission::Allow,
        rough_speed_factor: 1.0,
        indoor: Permission::Allow,
        raised_curb: Permission::Allow,
        ford: Permission::Allow,
        off_road: Permission::Allow,
        steep: Permission::Allow,
        tight: Permission::Allow,
        sidewalk_apart: Permission::Allow,
        expressway: Permission::Allow,
        slope: Slope::default(),
    }
}

const FUNCTIONS: [(&str, &str, &str, usize); 8] = [
    ("centre", "neighborhood center", "邻里中心", 16),
    ("childcare", "childcare", "托育", 30),
    ("elder_care", "elder care", "养老服务", 34),
    ("health", "clinic", "卫生服务", 40),
    ("meals", "canteen", "助餐", 90),
    ("culture", "culture and sports", "文体活动", 44),
    ("affairs", "service counter", "政务服务", 22),
    ("park", "park", "公园", 48),
];

fn taxonomy() -> Taxonomy {
    let function = |(id, en, zh, _): &(&str, &str, &str, usize)| Function {
        id: (*id).to_owned(),
        en: (*en).to_owned(),
        zh: (*zh).to_owned(),
        osm: vec![],
        aliases: vec![],
        part_of: None,
    };
    Taxonomy::new(FUNCTIONS.iter().map(function).collect()).expect("ids that differ")
}

fn facilities(size: usize) -> FacilityLayer {
    let mut all = Vec::new();
    for (index, (id, _, zh, count)) in FUNCTIONS.iter().enumerate() {
        for n in 0..*count {
            let x = scatter(n, index, 6).powf(1.4) * (size - 1) as f64;
            let y = scatter(n, index, 7) * (size - 1) as f64;
            let place = place(x, y);
            let name = if n == 0 { HOSTILE.to_owned() } else { format!("{zh}{n}号") };
            all.push(Facility {
                key: format!("{id}/{n}"),
                layer: "town".to_owned(),
                name,
                offers: vec![FunctionOffer {
                    function: FunctionId(index as u32),
                    capacity: (*id == "childcare" && n % 4 != 3).then_some(60.0),
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
            });
        }
    }
    FacilityLayer::new(all)
}

fn group(id: &str, en: &str, zh: &str) -> DemandGroup {
    let estimated = id == "age_0_3";
    DemandGroup { id: id.to_owned(), en: en.to_owned(), zh: zh.to_owned(), estimated }
}

fn demand(size: usize) -> DemandLayer {
    let mut points = Vec::new();
    for y in 0..size - 1 {
        for x in 0..size - 1 {
            if scatter(x, y, 8) < 0.15 {
                continue;
            }
            let all = (8.0 + scatter(x, y, 9) * 90.0 * (1.2 - x as f64 / size as f64)).round();
            let persons = [all, all * 0.035, all * 0.21];
            points.push(DemandPoint {
                key: format!("home/{y:04}/{x:04}"),
                place: place(x as f64 + 0.4, y as f64 + 0.12),
                front: Front::Point,
                persons: persons
                    .iter()
                    .map(|&n| Persons::from_count(n).expect("a count"))
                    .collect(),
                zone: None,
            });
        }
    }
    let groups: IdVec<_, _> = vec![
        group("all", "everybody", "全部人口"),
        group("age_0_3", "age 0–3", "0–3岁"),
        group("age_60_plus", "age 60+", "60岁以上"),
    ]
    .into();
    DemandLayer { groups, points: points.into(), unit: DemandUnit::Persons }
}

fn block(from: (f64, f64), to: (f64, f64)) -> Area {
    let mut ring = Vec::new();
    let steps = 12;
    let between = |a: f64, b: f64, n: usize| a + (b - a) * n as f64 / f64::from(steps as u32);
    for n in 0..steps {
        ring.push(place(between(from.0, to.0, n), from.1));
    }
    for n in 0..steps {
        ring.push(place(to.0, between(from.1, to.1, n)));
    }
    for n in 0..steps {
        ring.push(place(between(to.0, from.0, n), to.1));
    }
    for n in 0..steps {
        ring.push(place(from.0, between(to.1, from.1, n)));
    }
    Area::from_ring(ring)
}

const STREETS: [&str; 4] = ["开元街道", "鲤中街道", "海滨街道", "临江街道"];
const COMMUNITIES: [&str; 9] =
    ["梅山", "东升", "泉山", "升平", "清净", "和平", "通淮", "文庙", "凤池"];

fn zones(size: usize) -> ZoneHierarchy {
    let mut zones: IdVec<ZoneId, Zone> = IdVec::new();
    let half = size as f64 / 2.0;
    let corner = |n: usize| ((n % 2) as f64 * half - 0.7, (n / 2) as f64 * half - 1.2);
    for (n, name) in STREETS.iter().enumerate() {
        let (x, y) = corner(n);
        zones.push(Zone {
            key: format!("s{n}"),
            name: (*name).to_owned(),
            parent: None,
            level: 0,
            kind: None,
            area: block((x, y), (x + half, y + half)),
        });
    }
    for n in 0..STREETS.len() {
        for (part, community) in COMMUNITIES.iter().enumerate() {
            if n == 3 && part == 8 {
                continue;
            }
            let (x, y) = corner(n);
            let third = half / 3.0;
            let (x, y) = (x + (part % 3) as f64 * third, y + (part / 3) as f64 * third);
            let hostile = n == 1 && part == 2;
            zones.push(Zone {
                key: format!("s{n}/c{part}"),
                name: if hostile { HOSTILE.to_owned() } else { format!("{community}社区") },
                parent: Some(walkshed::ids::ZoneId(n as u32)),
                level: 1,
                kind: None,
                area: block((x, y), (x + third, y + third)),
            });
        }
    }
    ZoneHierarchy::new(zones.into_inner(), vec!["street".to_owned(), "community".to_owned()])
}

fn rule(id: &str, titles: (&str, &str), function: &str, who: (&str, &str)) -> Rule {
    Rule {
        id: id.to_owned(),
        en: titles.0.to_owned(),
        zh: titles.1.to_owned(),
        functions: vec![function.to_owned()],
        tier: None,
        cutoff_min: Some(15.0),
        cutoff_m: None,
        profile: who.0.to_owned(),
        group: who.1.to_owned(),
        capacity_per_1000: None,
        pass_share: 0.85,
        benchmark_share: Some(0.99),
        source: "A guide of a made-up district, 2022, p. 4".to_owned(),
        source_zh: "虚构城区导则，2022 年，第 4 页".to_owned(),
        verified: id != "meals",
    }
}

fn standards() -> Vec<Standard> {
    let rules = vec![
        rule("centre", ("1: neighborhood center", "1：邻里中心"), "centre", ("adult", "all")),
        rule("child", ("Children cared for", "幼有所育"), "childcare", ("adult", "age_0_3")),
        rule(
            "elder",
            ("Older people cared for", "老有所养"),
            "elder_care",
            ("elder", "age_60_plus"),
        ),
        rule("health", ("The ill treated", "病有所医"), "health", ("elder", "all")),
        rule("meals", ("Safe food", "食有所安"), "meals", ("elder", "all")),
        rule("leisure", ("Culture and sports", "居有所乐"), "culture", ("adult", "all")),
        rule("affairs", ("Affairs settled", "事有所办"), "affairs", ("adult", "workers")),
        Rule { pass_share: 0.0, ..rule("park", ("Park", "公园"), "park", ("adult", "all")) },
    ];
    let ids = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<String>>();
    let composite = Composite {
        en: "Complete home: 1 center, 6 services".to_owned(),
        zh: "“1+6+X”完整服务".to_owned(),
        anchor: ids(&["centre"]),
        required: ids(&["child", "elder", "health", "meals", "leisure", "affairs"]),
        optional: ids(&["park"]),
    };
    let meters = Rule {
        cutoff_min: None,
        cutoff_m: Some(500.0),
        ..rule("park-500", ("Park within 500 m", "公园500米"), "park", ("adult", "all"))
    };
    let places = Rule {
        capacity_per_1000: Some(120.0),
        pass_share: 0.5,
        ..rule("places", ("Childcare places", "托位"), "childcare", ("adult", "age_0_3"))
    };
    let easy = Rule {
        cutoff_min: Some(45.0),
        ..rule("far", ("Canteen within 45 minutes", "45分钟助餐"), "meals", ("adult", "all"))
    };
    let standard = |id: &str, en: &str, zh: &str, rules, composite| Standard {
        id: id.to_owned(),
        en: en.to_owned(),
        zh: zh.to_owned(),
        source: "A made-up district, 2022".to_owned(),
        source_zh: "虚构城区，2022 年".to_owned(),
        note: "Which functions fulfil each of the six is a reading, not a citation.".to_owned(),
        note_zh: "六项各由哪些功能满足是一种理解，并无出处。".to_owned(),
        rules,
        composite,
        withheld: Vec::new(),
    };
    vec![
        standard(
            "one-six-x",
            "1+6+X neighborhood centers",
            "“1+6+X”邻里中心",
            rules,
            Some(composite),
        ),
        standard("tiers", "Tiers", "分级配套", vec![meters, places], None),
        standard("easy", "Food in reach", "助餐可达", vec![easy], None),
    ]
}

/// The town as a baseline.
pub(crate) fn baseline(size: TownSize) -> Baseline {
    with(size, Meters(250.0))
}

/// The town with access legs so short that some homes have no street.
pub(crate) fn with_homes_off_the_streets(size: TownSize) -> Baseline {
    with(size, Meters(20.0))
}

fn with(size: TownSize, snap_distance: Meters) -> Baseline {
    let size = size.0;
    let streets = streets(size);
    let ingredients = Ingredients {
        graph: walkshed::street::StreetGraph::build(&streets),
        profiles: vec![
            profile("adult", "Adult", "成年人", 1.25),
            profile("elder", "Older person", "老年人", 0.8),
        ],
        taxonomy: taxonomy(),
        facilities: facilities(size),
        demand: demand(size),
        zones: zones(size),
        standards: standards(),
        ..Ingredients::default()
    };
    let limits = LinkLimits { snap_distance, island_length: Meters(1_000.0) };
    Baseline::new(ingredients, limits)
}

/// The river.
pub(crate) fn water(size: TownSize) -> Vec<Area> {
    let bank = |y: usize, side: f64| place(river(size.0, y) + side, y as f64 - 2.0);
    let mut ring: Vec<LonLat> = (0..size.0 + 4).map(|y| bank(y, -0.2)).collect();
    ring.extend((0..size.0 + 4).rev().map(|y| bank(y, 0.5)));
    vec![Area::from_ring(ring)]
}

/// The audit of a town.
pub(crate) fn audit(baseline: &Baseline) -> Audit {
    Audit::run(baseline, &Silent).expect("an audit")
}

/// Where the town's numbers come from.
pub(crate) fn source() -> ReportSource {
    let input = |role: &str, path: &str, licence: &str, attribution: &str| InputRow {
        role: role.to_owned(),
        path: path.to_owned(),
        sha256: "0f343b0931126a20f133d67c2b018a3b1f0b3d0a5b9d1f7c2f2b6f0e3f9b1c55".to_owned(),
        licence: licence.to_owned(),
        attribution: attribution.to_owned(),
    };
    ReportSource {
        study_name: format!("江城试点 {HOSTILE}"),
        study_hash: "9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de".to_owned(),
        version: "0.1.0".to_owned(),
        inputs: vec![
            input("streets", "town.osm.pbf", "ODbL 1.0", "© OpenStreetMap contributors, ODbL 1.0"),
            input("demand", "people.csv", "CC BY 4.0", "District office <b>A</b>"),
        ],
        attribution: vec!["© OpenStreetMap contributors, ODbL 1.0".to_owned()],
        issue_counts: vec![(IssueKind::SnapFar, 12), (IssueKind::Duplicate, 1_234)],
        notes: vec!["The town is made up.".to_owned()],
    }
}
