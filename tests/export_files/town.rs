//! A small town for the export tests: a street grid with a bent alley, steps, a one-way path, a locked gate
//! and a private estate with two gates; facilities, people and zones with everything a file must cope with
//! (commas, quotes, Chinese, halves of persons, remainders, places off every street).

use walkshed::audit::Audit;
use walkshed::coverage::Standard;
use walkshed::demand::{DemandGroup, DemandLayer, DemandPoint, DemandUnit, Zone, ZoneHierarchy};
use walkshed::export::{InputRecord, IssueCount, Provenance, Results, StudyRecord};
use walkshed::facility::{
    Facility, FacilityLayer, FacilityStatus, Function, FunctionOffer, Taxonomy,
};
use walkshed::ids::{FunctionId, ZoneId};
use walkshed::progress::Silent;
use walkshed::reach::LinkLimits;
use walkshed::scenario::{Baseline, Ingredients};
use walkshed::spatial::{Area, Front, LonLat};
use walkshed::street::{
    BarrierKind, NodeBarrier, StreetClass, StreetGraph, StreetIngredients, StreetTraits, StreetWay,
    WalkProfile,
};
use walkshed::units::{Meters, Persons};

/// Streets on a side of the grid.
const SIDE: usize = 10;
/// About 100 m in degrees at the town's latitude.
const STEP: (f64, f64) = (0.001_53, 0.000_9);

/// Everything an export is written from.
pub(crate) struct Town {
    pub(crate) baseline: Baseline,
    pub(crate) audit: Audit,
    pub(crate) provenance: Provenance,
    pub(crate) issues: Vec<IssueCount>,
}

impl Town {
    pub(crate) fn new() -> Self {
        Self::at(-4.5, 54.1)
    }

    /// The town with its south-west corner at a place; longitudes go round the antimeridian.
    pub(crate) fn at(west: f64, south: f64) -> Self {
        let ground = Ground { west, south };
        let ingredients = Ingredients {
            graph: StreetGraph::build(&streets(&ground)),
            profiles: vec![profile("adult", "allow", 1.25), profile("wheelchair", "forbid", 0.9)],
            taxonomy: taxonomy(),
            facilities: facilities(&ground),
            demand: demand(&ground),
            zones: zones(&ground),
            standards: vec![standard()],
            ..Ingredients::default()
        };
        let limits = LinkLimits { snap_distance: Meters(120.0), island_length: Meters(150.0) };
        let baseline = Baseline::new(ingredients, limits);
        let audit = Audit::run(&baseline, &Silent).expect("an audit");
        let record = StudyRecord {
            study: "Export \"town\"".to_owned(),
            study_hash: "00ff".to_owned(),
            language: "en".to_owned(),
            inputs: vec![InputRecord {
                role: "streets".to_owned(),
                path: "town.osm".to_owned(),
                attribution: "© OpenStreetMap contributors".to_owned(),
                licence: "ODbL-1.0".to_owned(),
                ..InputRecord::default()
            }],
        };
        let provenance = Provenance::new(record, &baseline);
        let issues = vec![IssueCount { kind: "snap_far".to_owned(), count: 2 }];
        Self { baseline, audit, provenance, issues }
    }

    pub(crate) fn results(&self) -> Results<'_> {
        Results {
            baseline: &self.baseline,
            audit: &self.audit,
            provenance: &self.provenance,
            issues: &self.issues,
        }
    }
}

/// What a writer writes.
pub(crate) fn written(
    write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("written");
    bytes
}

struct Ground {
    west: f64,
    south: f64,
}

impl Ground {
    /// The place `x` streets east and `y` streets north.
    fn place(&self, x: f64, y: f64) -> LonLat {
        let lon = self.west + x * STEP.0;
        LonLat::new(if lon > 180.0 { lon - 360.0 } else { lon }, self.south + y * STEP.1)
            .expect("on earth")
    }
}

/// A sequence of numbers that looks random and is always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }
}

struct Drawing {
    ingredients: StreetIngredients,
}

impl Drawing {
    fn way(&mut self, places: &[u32], class: StreetClass, traits: StreetTraits) {
        let ingredients = &mut self.ingredients;
        let first = ingredients.way_places.len();
        ingredients.way_places.extend_from_slice(places);
        ingredients.ways.push(StreetWay {
            source_id: 100 + ingredients.ways.len() as i64,
            class,
            traits,
            name: (ingredients.ways.len() % 3) as u32,
            places: first..ingredients.way_places.len(),
        });
    }

    fn place(&mut self, place: LonLat) -> u32 {
        self.ingredients.places.push(place);
        self.ingredients.places.len() as u32 - 1
    }
}

fn streets(ground: &Ground) -> StreetIngredients {
    let mut dice = Dice(7);
    let mut drawing = Drawing { ingredients: StreetIngredients::default() };
    drawing.ingredients.names = ["", "Market \"Row\", North", "解放路"].map(str::to_owned).to_vec();
    let at = |x: usize, y: usize| (y * SIDE + x) as u32;
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (dx, dy) = (dice.roll() * 0.3, dice.roll() * 0.3);
            drawing.place(ground.place(x as f64 + dx, y as f64 + dy));
        }
    }
    for y in 0..SIDE {
        for x in 0..SIDE {
            let bend = drawing.place(ground.place(x as f64 + 0.6, y as f64 + dice.roll() * 0.4));
            // One-way only where it traps nobody: away from the edges and the locked gate.
            let (class, traits) = match dice.roll() {
                luck if luck < 0.15 => (StreetClass::Steps, StreetTraits::empty()),
                luck if luck < 0.3 && (4..8).contains(&x) => {
                    (StreetClass::Footway, StreetTraits::FORWARD_ONLY)
                }
                luck if luck < 0.4 && (4..8).contains(&x) => {
                    (StreetClass::Path, StreetTraits::BACKWARD_ONLY)
                }
                _ => (StreetClass::Residential, StreetTraits::empty()),
            };
            if x + 1 < SIDE && (x, y) != (4, 4) {
                drawing.way(&[at(x, y), bend, at(x + 1, y)], class, traits);
            }
            if y + 1 < SIDE && (dice.roll() > 0.2 || (4..=8).contains(&x)) {
                drawing.way(
                    &[at(x, y), at(x, y + 1)],
                    StreetClass::Residential,
                    StreetTraits::empty(),
                );
            }
        }
    }
    // The estate: a private street between two public corners, with a dead end inside.
    let (inner, end) = (ground.place(4.6, 4.5), ground.place(4.5, 4.7));
    let (inner, end) = (drawing.place(inner), drawing.place(end));
    drawing.way(&[at(4, 4), inner, at(5, 4)], StreetClass::Service, StreetTraits::PRIVATE);
    drawing.way(&[inner, end], StreetClass::Service, StreetTraits::PRIVATE);
    let barriers = [(at(2, 2), BarrierKind::Closed), (at(7, 3), BarrierKind::Narrow)];
    drawing.ingredients.barriers =
        barriers.map(|(place, kind)| NodeBarrier::new(place, 9, kind)).to_vec();
    drawing.ingredients
}

fn profile(id: &str, steps: &str, speed: f64) -> WalkProfile {
    let text = format!(
        "id = {id:?}\nen = {id:?}\nzh = {id:?}\nsource = \"a test\"\nsteps = {steps:?}\n\
         walk_speed_m_s = {speed}\noff_street_speed_m_s = 0.77\nsteps_speed_factor = 0.5\n"
    );
    toml::from_str(&text).expect("a profile")
}

fn taxonomy() -> Taxonomy {
    let function = |id: &str, zh: &str| Function {
        id: id.to_owned(),
        en: id.to_owned(),
        zh: zh.to_owned(),
        osm: vec![],
        aliases: vec![],
        part_of: None,
    };
    Taxonomy::new(vec![function("childcare", "托育"), function("meals", "助餐")])
        .expect("functions")
}

fn facilities(ground: &Ground) -> FacilityLayer {
    let facility = |key: &str, layer: &str, functions: &[u32], doors: &[(f64, f64)]| Facility {
        key: key.to_owned(),
        layer: layer.to_owned(),
        name: format!("{key}, \"the\" 中心"),
        offers: functions
            .iter()
            .map(|&function| FunctionOffer {
                function: FunctionId(function),
                capacity: (function == 0).then_some(12.0),
                opening_hours: None,
            })
            .collect(),
        tier: None,
        status: FacilityStatus::Open,
        opening_year: Some(2020),
        place: ground.place(doors[0].0, doors[0].1),
        entrances: doors.iter().map(|&(x, y)| ground.place(x, y)).collect(),
        outline: None,
        foot: None,
        wheels: walkshed::facility::Wheels::default(),
    };
    let planned = Facility {
        status: FacilityStatus::Planned,
        ..facility("node/5", "osm", &[0], &[(8.0, 8.0)])
    };
    FacilityLayer::new(vec![
        facility("node/1", "osm", &[0], &[(1.2, 1.3)]),
        facility("way/2", "osm", &[0, 1], &[(6.4, 2.1), (6.6, 2.9)]),
        facility("node/3", "osm", &[1], &[(4.55, 4.6)]),
        facility("node/4", "osm", &[0], &[(40.0, 40.0)]),
        planned,
        facility("K-1", "own, list", &[1], &[(2.5, 7.05)]),
        facility("K-2", "own, list", &[1], &[(2.5, 7.05)]),
    ])
}

fn demand(ground: &Ground) -> DemandLayer {
    let group = |id: &str| DemandGroup {
        id: id.to_owned(),
        en: id.to_owned(),
        zh: id.to_owned(),
        estimated: false,
    };
    let mut dice = Dice(11);
    let mut points = Vec::new();
    let mut push = |x: f64, y: f64, persons: f64| {
        points.push(DemandPoint {
            key: format!("h{:04}", points.len()),
            place: ground.place(x, y),
            front: Front::Point,
            // Off every street live only grown-ups, so that a rule for children can cover all of them.
            persons: [persons, if y > 15.0 { 0.0 } else { persons * 0.25 }]
                .map(|count| Persons::from_count(count).expect("a count"))
                .to_vec(),
            zone: None,
        });
    };
    for _ in 0..400 {
        let (x, y, persons) = (dice.roll() * 9.0, dice.roll() * 9.0, (dice.roll() * 9.0).floor());
        push(x, y, persons);
    }
    // In the estate, at its facility's door, on the facility's own street, off every street, in no zone.
    for (x, y) in [(4.6, 4.52), (4.55, 4.6), (2.6, 7.05), (2.4, 7.05), (5.0, 20.0), (9.4, 9.4)] {
        push(x, y, 3.3);
    }
    let groups = vec![group("all"), group("age_0_3")].into();
    DemandLayer { groups, points: points.into(), unit: DemandUnit::Persons }
}

fn zones(ground: &Ground) -> ZoneHierarchy {
    let zone = |key: &str, level: u8, (west, east): (f64, f64)| Zone {
        key: key.to_owned(),
        name: format!("{key} \"区\", one"),
        parent: (level > 0).then_some(ZoneId(0)),
        level,
        kind: None,
        // Clockwise on purpose: files must turn it.
        area: Area::from_ring(vec![
            ground.place(west, -1.0),
            ground.place(west, 25.0),
            ground.place(east, 25.0),
            ground.place(east, -1.0),
        ]),
    };
    let zones = vec![
        zone("town", 0, (-1.0, 9.3)),
        zone("east", 1, (5.0, 9.3)),
        zone("west", 1, (-1.0, 4.0)),
    ];
    ZoneHierarchy::new(zones, vec!["town".to_owned(), "quarter".to_owned()])
}

fn standard() -> Standard {
    toml::from_str(
        r#"
        id = "test-1"
        en = "Test"
        zh = "测试"
        source = "a test"
        [[rule]]
        id = "childcare-5"
        en = "Childcare"
        zh = "托育"
        functions = ["childcare"]
        cutoff_min = 5.0
        profile = "adult"
        group = "age_0_3"
        capacity_per_1000 = 300.0
        pass_share = 0.9
        source = "a test"
        [[rule]]
        id = "meals-400"
        en = "Meals"
        zh = "助餐"
        functions = ["meals"]
        cutoff_m = 400.0
        profile = "wheelchair"
        group = "age_60_plus"
        pass_share = 0.1
        benchmark_share = 0.2
        source = "a test"
        [[rule]]
        id = "any-day"
        en = "Anything within a day"
        zh = "一天"
        functions = ["meals", "childcare"]
        cutoff_min = 1440.0
        profile = "adult"
        group = "age_0_3"
        source = "a test"
        [composite]
        en = "All"
        zh = "全"
        anchor = ["childcare-5"]
        required = ["meals-400"]
        optional = ["any-day"]
        "#,
    )
    .expect("a standard")
}
