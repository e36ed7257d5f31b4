//! A drawn town behind the router, and how it is asked.
//!
//! Nine columns and five rows of streets, 0.001° apart on the equator (about 111 m); a second piece of street
//! two kilometres east that nothing joins; steps that cut a corner. Numbers follow from the core, asked apart.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use walkshed::coverage::Standard;
use walkshed::delivery::Papers;
use walkshed::demand::{
    DemandGroup, DemandLayer, DemandPoint, DemandUnit, Quarters, Zone, ZoneHierarchy,
};
use walkshed::facility::{
    Facility, FacilityLayer, FacilityStatus, Function, FunctionOffer, Taxonomy,
};
use walkshed::ids::{FunctionId, ZoneId};
use walkshed::progress::Progress;
use walkshed::reach::LinkLimits;
use walkshed::scenario::baseline::{Baseline, Ingredients};
use walkshed::server::{
    Access, AppInput, KindArea, KindLine, MapContent, PlaceName, Server, Shelf, StudyMeta, router,
};
use walkshed::spatial::{Area, Front, LonLat};
use walkshed::street::{
    Obstacles, StreetClass, StreetGraph, StreetIngredients, StreetTraits, StreetWay, WalkProfile,
};
use walkshed::units::{Meters, Persons};

pub(crate) const COLUMNS: u32 = 9;
pub(crate) const ROWS: u32 = 5;

/// A place by column and row of the town; fractions lie between streets.
pub(crate) fn spot(column: f64, row: f64) -> LonLat {
    LonLat::new(10.0 + column * 0.001, row * 0.001).unwrap()
}

fn streets() -> StreetIngredients {
    let mut names = vec![String::new()];
    let mut places: Vec<LonLat> = Vec::new();
    for row in 0..ROWS {
        places.extend((0..COLUMNS).map(|column| spot(f64::from(column), f64::from(row))));
    }
    let node = |column: u32, row: u32| row * COLUMNS + column;
    let mut lines: Vec<(StreetClass, String, Vec<u32>)> = Vec::new();
    for row in 0..ROWS {
        let class = if row == 0 { StreetClass::Primary } else { StreetClass::Residential };
        lines.push((class, format!("Row {row}"), (0..COLUMNS).map(|c| node(c, row)).collect()));
    }
    for column in 0..COLUMNS {
        let line = (0..ROWS).map(|row| node(column, row)).collect();
        lines.push((StreetClass::Footway, String::new(), line));
    }
    lines.push((StreetClass::Steps, "Cut".to_owned(), vec![node(3, 3), node(4, 4)]));
    let far = places.len() as u32;
    places.extend([spot(28.0, 1.0), spot(48.0, 1.0)]);
    lines.push((StreetClass::Residential, "Far Lane".to_owned(), vec![far, far + 1]));
    let mut ingredients = StreetIngredients { places, ..StreetIngredients::default() };
    for (id, (class, name, line)) in lines.into_iter().enumerate() {
        let start = ingredients.way_places.len();
        ingredients.way_places.extend(line);
        let known = names.iter().position(|known| *known == name);
        let name = known.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        ingredients.ways.push(StreetWay {
            source_id: id as i64 + 1,
            class,
            traits: StreetTraits::empty(),
            name: name as u32,
            places: start..ingredients.way_places.len(),
        });
    }
    ingredients.names = names;
    ingredients
}

fn profile(id: &str, speed: f64, steps: &str) -> WalkProfile {
    serde_json::from_value(json!({
        "id": id, "en": id, "zh": "步行者", "walk_speed_m_s": speed, "off_street_speed_m_s": speed,
        "source": "test", "steps": steps,
    }))
    .unwrap()
}

fn function(id: &str, zh: &str) -> Function {
    Function {
        id: id.into(),
        en: id.into(),
        zh: zh.into(),
        osm: vec![],
        aliases: vec![],
        part_of: None,
    }
}

fn facility(key: &str, offers: &[(u32, Option<f64>)], place: LonLat) -> Facility {
    let offers = offers.iter().map(|&(function, capacity)| FunctionOffer {
        function: FunctionId(function),
        capacity,
        opening_hours: None,
    });
    Facility {
        key: key.into(),
        layer: "test".into(),
        name: format!("House {key}"),
        offers: offers.collect(),
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

fn facilities() -> FacilityLayer {
    let planned =
        Facility { status: FacilityStatus::Planned, ..facility("d", &[(0, None)], spot(4.0, 2.0)) };
    let doors = vec![spot(7.9, 4.1), spot(8.1, 3.5)];
    let two_doors = Facility {
        entrances: doors,
        ..facility("b", &[(0, Some(30.0)), (1, None)], spot(8.2, 4.2))
    };
    FacilityLayer::new(vec![
        facility("a", &[(0, Some(12.0))], spot(0.3, 0.2)),
        two_doors,
        facility("c", &[(1, None)], spot(35.0, 1.1)),
        planned,
    ])
}

fn group(id: &str) -> DemandGroup {
    let estimated = id != "all";
    DemandGroup { id: id.into(), en: id.into(), zh: "人".into(), estimated }
}

fn demand() -> DemandLayer {
    let mut points = Vec::new();
    let mut add = |place: LonLat, all: f64| {
        points.push(DemandPoint {
            key: format!("p{:03}", points.len()),
            place,
            front: Front::Point,
            persons: [all, all / 4.0].map(|count| Persons::from_count(count).unwrap()).to_vec(),
            zone: None,
        });
    };
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let nudge = 0.17 + 0.01 * f64::from(column);
            add(
                spot(f64::from(column) + nudge, f64::from(row) + 0.2),
                f64::from(row * 3 + column) + 0.5,
            );
        }
    }
    add(spot(45.0, 1.2), 40.0);
    add(spot(20.0, 1.0), 7.0);
    add(spot(0.5, -3.0), 1000.0);
    DemandLayer {
        groups: vec![group("all"), group("age_0_3")].into(),
        points: points.into(),
        unit: DemandUnit::Persons,
    }
}

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Area {
    Area::from_ring(vec![
        spot(west, south),
        spot(east, south),
        spot(east, north),
        spot(west, north),
    ])
}

fn zones() -> ZoneHierarchy {
    let zone = |key: &str, parent: Option<u32>, area: Area| Zone {
        key: key.into(),
        name: format!("Zone {key}"),
        parent: parent.map(ZoneId),
        level: u8::from(parent.is_some()),
        kind: None,
        area,
    };
    let zones = vec![
        zone("city", None, rectangle(-1.0, -1.0, 60.0, 6.0)),
        zone("east", Some(0), rectangle(4.5, -1.0, 10.0, 6.0)),
        zone("west", Some(0), rectangle(-1.0, -1.0, 4.5, 6.0)),
    ];
    ZoneHierarchy::new(zones, vec!["city".into(), "quarter".into()])
}

fn standards() -> Vec<Standard> {
    let standard = json!({
        "id": "test-15", "en": "Test", "zh": "测试", "source": "drawn", "note": "unverified",
        "rule": [
            { "id": "childcare", "en": "Childcare", "zh": "托育", "functions": ["childcare"],
              "cutoff_min": 5.0, "profile": "adult", "group": "age_0_3", "source": "drawn" },
            { "id": "clinic", "en": "Clinic", "zh": "诊所", "functions": ["clinic"],
              "cutoff_m": 600.0, "profile": "wheelchair", "pass_share": 0.8, "source": "drawn" },
        ],
    });
    vec![serde_json::from_value(standard).unwrap()]
}

pub(crate) fn baseline() -> Baseline {
    let ingredients = Ingredients {
        graph: StreetGraph::build(&streets()),
        snapper: None,
        profiles: vec![profile("adult", 1.25, "allow"), profile("wheelchair", 0.8, "forbid")],
        taxonomy: Taxonomy::new(vec![
            function("childcare", "托育"),
            function("clinic", "诊所"),
            function("library", "图书馆"),
        ])
        .unwrap(),
        facilities: facilities(),
        demand: demand(),
        zones: zones(),
        standards: standards(),
        origin: walkshed::demand::Origin::Door,
        obstacles: Obstacles::default(),
        quarters: Quarters::default(),
    };
    let limits = LinkLimits { snap_distance: Meters(250.0), island_length: Meters(100.0) };
    Baseline::new(ingredients, limits)
}

fn content() -> MapContent {
    let kind_area = |kind: &'static str, area| KindArea { kind: kind.into(), area };
    MapContent {
        water: vec![kind_area("water", rectangle(2.2, 1.2, 2.8, 1.8))],
        water_lines: vec![KindLine {
            kind: "stream".into(),
            line: vec![spot(-1.0, 2.5), spot(10.0, 2.4)],
        }],
        green: vec![kind_area("park", rectangle(5.2, 2.2, 5.8, 2.8))],
        rail: vec![vec![spot(-1.0, 5.0), spot(10.0, 5.0)]],
        motorways: vec![vec![spot(-1.0, 5.5), spot(10.0, 5.5)]],
        buildings: vec![rectangle(1.2, 1.2, 1.5, 1.5)],
        places: vec![PlaceName {
            name: "Drawnton".into(),
            kind: "town".into(),
            place: spot(4.0, 2.0),
        }],
    }
}

/// What `audit.json` holds.
pub(crate) const AUDIT: &str = "{\"rules\":[]}\n";

/// The town as a study.
pub(crate) fn input() -> AppInput {
    let meta = StudyMeta {
        id: "drawnton".into(),
        name: "Drawnton".into(),
        language: "en".into(),
        version: "0.1.0".into(),
        study_hash: "abc".into(),
        attribution: vec!["© nobody".into()],
        issue_counts: vec![("snap_far".into(), 3), ("duplicate".into(), 1)],
        ..StudyMeta::default()
    };
    let audit_json = Some(AUDIT.as_bytes().to_vec());
    AppInput {
        baseline: baseline(),
        audit_json,
        content: content(),
        meta,
        papers: Papers::default(),
    }
}

/// A library with the town, and a study that cannot be opened.
pub(crate) fn closed() -> Arc<Server> {
    closed_with(Access::default())
}

/// The same, for some.
pub(crate) fn closed_with(access: Access) -> Arc<Server> {
    let shelf = |id: &str, name: &str| Shelf {
        id: id.into(),
        name: name.into(),
        folder: None,
        described: None,
        open: Arc::new(|_: &dyn Progress| Ok(input())),
    };
    let broken = Shelf {
        open: Arc::new(|_: &dyn Progress| Err("streets.osm.pbf is not there".into())),
        ..shelf("broken", "Broken")
    };
    Arc::new(Server::new(vec![shelf("drawnton", "Drawnton"), broken]).with_access(access))
}

/// The town open, its scenarios kept in `folder`.
pub(crate) fn in_folder(folder: &std::path::Path) -> Arc<Server> {
    let shelf = Shelf {
        id: "drawnton".into(),
        name: "Drawnton".into(),
        folder: Some(folder.to_owned()),
        described: None,
        open: Arc::new(|_: &dyn Progress| Ok(input())),
    };
    let server = Server::new(vec![shelf]);
    server.put("drawnton", input()).unwrap();
    Arc::new(server)
}

/// The town open to some.
pub(crate) fn app_with(access: Access) -> Arc<Server> {
    let shelf = Shelf {
        id: "drawnton".into(),
        name: "Drawnton".into(),
        folder: None,
        described: None,
        open: Arc::new(|_: &dyn Progress| Ok(input())),
    };
    let server = Server::new(vec![shelf]).with_access(access);
    server.put("drawnton", input()).unwrap();
    Arc::new(server)
}

/// The same with the town open.
pub(crate) fn app() -> Arc<Server> {
    let server = closed();
    server.put("drawnton", input()).unwrap();
    server
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) async fn send(app: &Arc<Server>, request: Request<Body>) -> Answer {
    let response = router(Arc::clone(app)).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

pub(crate) async fn ask(app: &Arc<Server>, uri: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(uri).header(header::HOST, "127.0.0.1:8787");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(app, request.body(Body::empty()).unwrap()).await
}

/// The JSON at `uri`, which must be there.
pub(crate) async fn get(app: &Arc<Server>, uri: &str) -> Value {
    let answer = ask(app, uri, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{uri}: {}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// What is answered to a request with a JSON body, or none.
pub(crate) async fn call(
    app: &Arc<Server>,
    method: &str,
    uri: &str,
    body: Option<Value>,
) -> (StatusCode, Value) {
    let mut request = Request::builder().method(method).uri(uri).header(header::HOST, "localhost");
    if method != "GET" {
        // On whatever is there: only who tests revisions tells one.
        request = request.header(header::IF_MATCH, "*");
    }
    let body = match body {
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    let answer = send(app, request.body(body).unwrap()).await;
    (answer.status, answer.json())
}
