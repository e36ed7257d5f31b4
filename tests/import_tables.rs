//! Facilities, people and zones read from tables as planners have them.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test says what went wrong by failing"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use walkshed::demand::{DemandLayer, SpreadOver, ZoneHierarchy};
use walkshed::facility::{Facility, FacilityStatus, Function, Taxonomy};
use walkshed::ids::{FunctionId, GroupId};
use walkshed::import::demand::{DemandIngredients, DemandSpec, GroupSpec, read_demand};
use walkshed::import::facilities::{FacilityLayerSpec, read_facilities};
use walkshed::import::join::join_population;
use walkshed::import::table::{FeatureTable, parse_table, read_table};
use walkshed::import::zones::{ZonesSpec, read_zones};
use walkshed::import::{ImportError, IssueKind, IssueLog};
use walkshed::spatial::{Front, LonLat};

fn table(name: &str, text: &str) -> FeatureTable {
    parse_table(Path::new(name), text.as_bytes().to_vec()).unwrap().0
}

fn columns(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(key, name)| (key.to_owned(), name.to_owned())).collect()
}

fn count(issues: &IssueLog, kind: IssueKind) -> usize {
    issues.counts().get(&kind).copied().unwrap_or(0)
}

fn data(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

fn taxonomy() -> Taxonomy {
    let function = |id: &str, en: &str, zh: &str| Function {
        id: id.into(),
        en: en.into(),
        zh: zh.into(),
        osm: vec![],
        aliases: vec![],
        part_of: None,
    };
    Taxonomy::new(vec![
        function("childcare", "Childcare", "托育"),
        function("elder_care", "Elder care", "养老服务"),
        function("meals", "Meals", "助餐"),
    ])
    .unwrap()
}

const CHILDCARE: FunctionId = FunctionId(0);
const MEALS: FunctionId = FunctionId(2);

fn facilities(text: &str) -> Result<(Vec<Facility>, IssueLog), ImportError> {
    let spec = FacilityLayerSpec {
        id: "own".into(),
        functions: vec![CHILDCARE],
        ..FacilityLayerSpec::default()
    };
    read_facilities(&table("f.csv", text), &spec, &taxonomy(), None)
}

#[test]
fn a_chinese_list_of_nurseries_becomes_facilities() {
    let (found, issues) = facilities(
        "机构编号;机构名称;经度;纬度;托位数;服务类型;状态;级别;开办年份;营业时间\n\
         350502-1;海滨托育园;118.5801;24.9012;60;托育、助餐;运营中;社区;2019年9月;Mo-Fr 08:00-18:00\n\
         350502-2;临江托育园;118.5902;24.9112;30;托育;在建;社区;2027;\n\
         350502-3;开元托育园;118.6002;24.9212;20;托育;停用;;;\n",
    )
    .unwrap();
    assert_eq!(found.len(), 3);
    let first = &found[0];
    assert_eq!(
        (first.key.as_str(), first.layer.as_str(), first.name.as_str()),
        ("350502-1", "own", "海滨托育园")
    );
    assert_eq!(first.offers.iter().map(|o| o.function).collect::<Vec<_>>(), [CHILDCARE, MEALS]);
    // One number of places for two functions counts once, and that is said.
    assert_eq!(first.offers.iter().map(|o| o.capacity).collect::<Vec<_>>(), [Some(30.0); 2]);
    assert_eq!(count(&issues, IssueKind::Estimated), 1);
    assert_eq!(first.offers[0].opening_hours.as_deref(), Some("Mo-Fr 08:00-18:00"));
    assert_eq!((first.tier.as_deref(), first.opening_year), (Some("社区"), Some(2019)));
    assert_eq!(first.entrances, [first.place]);
    let status: Vec<FacilityStatus> = found.iter().map(|f| f.status).collect();
    assert_eq!(status, [FacilityStatus::Open, FacilityStatus::Planned, FacilityStatus::Closed]);
    assert_eq!(count(&issues, IssueKind::CrsDetected), 1);
    assert_eq!(issues.total(), 2);
}

#[test]
fn bad_capacities_are_unknown_and_said() {
    let (found, issues) = facilities(
        "id,lon,lat,capacity\na,1,1,\nb,2,1,0\nc,3,1,-5\nd,4,1,many\ne,5,1,1e9\nf,6,1,\"1,200\"\n",
    )
    .unwrap();
    let capacities: Vec<Option<f64>> = found.iter().map(|f| f.offers[0].capacity).collect();
    assert_eq!(capacities, [None, None, None, None, None, Some(1200.0)]);
    assert_eq!(count(&issues, IssueKind::CapacityBad), 5);
}

#[test]
fn an_unknown_function_falls_back_to_the_layer_or_skips_the_row() {
    let text = "id,lon,lat,type\na,1,1,托育/洗衣\nb,2,1,laundry\nc,3,1,\n";
    let (found, issues) = facilities(text).unwrap();
    assert_eq!((found.len(), count(&issues, IssueKind::FunctionUnknown)), (3, 2));
    let bare = FacilityLayerSpec { id: "own".into(), ..FacilityLayerSpec::default() };
    let (found, issues) = read_facilities(&table("f.csv", text), &bare, &taxonomy(), None).unwrap();
    assert_eq!((found.len(), count(&issues, IssueKind::FunctionUnknown)), (1, 3));
}

#[test]
fn one_place_listed_twice_is_one_facility_with_both_functions() {
    let (found, issues) = facilities(
        "id,name,lon,lat,type\n1,Centre,8.0,50.0,meals\n1,Centre,8.0,50.0,childcare\n\
         2,Centre,8.00001,50.0,elder_care\n1,Other,8.1,50.0,meals\n3,Centre,8.01,50.0,meals\n",
    )
    .unwrap();
    let keys: Vec<&str> = found.iter().map(|f| f.key.as_str()).collect();
    assert_eq!(keys, ["1", "1 (row 5)", "3"]);
    assert_eq!(found[0].offers.len(), 3);
    assert_eq!(count(&issues, IssueKind::Duplicate), 3);
}

#[test]
fn a_park_keeps_its_outline_and_is_entered_from_it() {
    let (found, _) = facilities(
        r#"{"type":"Feature","id":"park","properties":{},"geometry":{"type":"Polygon","coordinates":
           [[[8,50],[8.01,50],[8.01,50.01],[8,50.01],[8,50]]]}}"#,
    )
    .unwrap();
    let park = &found[0];
    let outline = park.outline.as_ref().unwrap();
    assert_eq!((park.key.as_str(), park.entrances.len()), ("park", 0));
    assert!(outline.contains(park.place));
    assert_eq!(park.front(), Front::Outline(Box::new(outline.clone())));
}

fn persons(found: &DemandIngredients, group: usize) -> Vec<f64> {
    found.points.iter().map(|point| point.persons[group].count()).collect()
}

#[test]
fn groups_are_known_by_their_columns() {
    let text = "编号,经度,纬度,常住人口,0-3岁,60岁及以上人口\na,118.5,24.9,1000,30,200\nb,118.6,24.9,500,10,90\n";
    let (found, _) = read_demand(&table("d.csv", text), &DemandSpec::default(), None).unwrap();
    let ids: Vec<&str> = found.groups.iter().map(|group| group.id.as_str()).collect();
    assert_eq!(ids, ["all", "age_0_3", "age_60_plus"]);
    assert_eq!((persons(&found, 0), persons(&found, 1)), (vec![1000.0, 500.0], vec![30.0, 10.0]));
}

#[test]
fn a_share_of_everybody_is_estimated_exactly_and_said() {
    let spec = DemandSpec {
        groups: vec![GroupSpec {
            id: "age_60_plus".into(),
            share_of_all: Some(0.2),
            ..GroupSpec::default()
        }],
        ..DemandSpec::default()
    };
    let text = "id,lon,lat,pop\na,1,1,7\nb,1,2,11\n";
    let (found, issues) = read_demand(&table("d.csv", text), &spec, None).unwrap();
    assert!(found.groups[GroupId(1)].estimated);
    assert_eq!(persons(&found, 1), [1.4, 2.2]);
    assert_eq!(count(&issues, IssueKind::Estimated), 1);
}

#[test]
fn a_table_without_everybody_is_refused() {
    let text = "id,lon,lat,age_0_3\na,1,1,7\n";
    let error = read_demand(&table("d.csv", text), &DemandSpec::default(), None).unwrap_err();
    assert!(error.to_string().contains("columns.population"), "{error}");
    let text = "id,lon,lat,pop_2011,pop_2021\na,1,1,7,8\n";
    assert!(read_demand(&table("d.csv", text), &DemandSpec::default(), None).is_err());
}

fn zone(id: &str, name: &str, extra: &str, west: f64, side: f64) -> String {
    let east = west + side;
    format!(
        r#"{{"type":"Feature","properties":{{"id":"{id}","name":"{name}"{extra}}},"geometry":{{"type":"Polygon",
        "coordinates":[[[{west},50],[{east},50],[{east},{n}],[{west},{n}],[{west},50]]]}}}}"#,
        n = 50.0 + side
    )
}

fn zones(features: &[String], spec: &ZonesSpec) -> Result<(ZoneHierarchy, IssueLog), ImportError> {
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    read_zones(&table("z.geojson", &text), spec, None)
}

fn parents(zones: &ZoneHierarchy) -> Vec<(String, u8, Option<String>)> {
    let parent = |zone: &walkshed::demand::Zone| zone.parent.map(|id| zones.zones[id].key.clone());
    zones.zones.iter().map(|zone| (zone.key.clone(), zone.level, parent(zone))).collect()
}

fn is(key: &str, level: u8, parent: Option<&str>) -> (String, u8, Option<String>) {
    (key.into(), level, parent.map(str::to_owned))
}

#[test]
fn levels_by_number_find_their_parents_by_place() {
    let features = [
        zone("s", "Street", r#","level":8"#, 8.0, 0.1),
        zone("c1", "One", r#","level":10"#, 8.0, 0.04),
        zone("c2", "Two", r#","level":10"#, 8.05, 0.04),
    ];
    let (found, issues) = zones(&features, &ZonesSpec::default()).unwrap();
    assert_eq!(parents(&found), [is("s", 0, None), is("c1", 1, Some("s")), is("c2", 1, Some("s"))]);
    assert_eq!(found.level_names, ["8", "10"]);
    assert_eq!(issues.total(), 1, "{issues:?}");
}

#[test]
fn levels_by_name_follow_the_study_or_the_size() {
    let features = [
        zone("c1", "One", r#","level":"社区""#, 8.0, 0.04),
        zone("s", "Street", r#","level":"街道""#, 8.0, 0.1),
    ];
    let by_size = zones(&features, &ZonesSpec::default()).unwrap();
    let told = ZonesSpec {
        level_names: vec!["街道".into(), "社区".into(), "网格".into()],
        ..ZonesSpec::default()
    };
    let by_study = zones(&features, &told).unwrap();
    for (found, _) in [&by_size, &by_study] {
        assert_eq!(parents(found), [is("s", 0, None), is("c1", 1, Some("s"))]);
        assert_eq!(found.level_names, ["街道", "社区"]);
    }
    assert_eq!(count(&by_size.1, IssueKind::InputLacking), 1);
    assert_eq!(count(&by_study.1, IssueKind::InputLacking), 0);
}

#[test]
fn named_parents_make_levels_and_a_circle_is_refused() {
    let features = [
        zone("g", "Grid", r#","parent":"One""#, 8.0, 0.01),
        zone("c", "One", r#","parent":"s""#, 8.0, 0.04),
        zone("s", "Street", "", 8.0, 0.1),
    ];
    let (found, _) = zones(&features, &ZonesSpec::default()).unwrap();
    assert_eq!(parents(&found), [is("s", 0, None), is("c", 1, Some("s")), is("g", 2, Some("c"))]);
    let circle = [
        zone("a", "A", r#","parent":"b""#, 8.0, 0.1),
        zone("b", "B", r#","parent":"a""#, 9.0, 0.1),
    ];
    let error = zones(&circle, &ZonesSpec::default()).unwrap_err().to_string();
    assert!(error.contains("a → b → a"), "{error}");
}

#[test]
fn overlaps_duplicates_and_lost_parents_of_zones_are_said() {
    let features = [
        zone("a", "A", r#","level":1"#, 8.0, 0.1),
        zone("b", "B", r#","level":1"#, 8.05, 0.1),
        zone("a", "A", r#","level":1"#, 8.0, 0.1),
        zone("c", "C", r#","level":1"#, 9.0, 0.1),
        zone("c", "C", r#","level":1"#, 9.2, 0.1),
        zone("d", "D", r#","level":2,"parent":"nobody""#, 8.0, 0.01),
        zone("e", "E", r#","level":2"#, 20.0, 0.01),
    ];
    let (found, issues) = zones(&features, &ZonesSpec::default()).unwrap();
    assert_eq!(found.zones.len(), 5);
    let c = found.zones.iter().find(|zone| zone.key == "c").unwrap();
    assert_eq!(c.area.polygons.len(), 2);
    assert_eq!(count(&issues, IssueKind::Duplicate), 2);
    assert_eq!(count(&issues, IssueKind::GeometryInvalid), 1);
    assert_eq!(count(&issues, IssueKind::ReferenceMissing), 2);
    let d = found.zones.iter().find(|zone| zone.key == "d").unwrap();
    assert_eq!(d.parent.map(|id| found.zones[id].key.as_str()), Some("a"));
}

#[test]
fn people_by_zone_are_joined_by_id_or_name_and_never_twice() {
    let features = [
        zone("s", "Old Town", r#","level":1"#, 8.0, 0.1),
        zone("c1", "金山社区居委会", r#","level":2"#, 8.0, 0.04),
        zone("c2", "Two", r#","level":2"#, 8.05, 0.02),
        zone("c3", "Three", r#","level":2"#, 8.08, 0.01),
    ];
    let (found, _) = zones(&features, &ZonesSpec::default()).unwrap();
    let text = "社区,人口\nold town,900\n金山社区,300\nc2,500\nTotal,900\n";
    let (joined, issues) =
        join_population(&table("p.csv", text), &DemandSpec::default(), (&found, None)).unwrap();
    let counts: Vec<(&str, f64)> =
        joined.areas.iter().map(|area| (area.key.as_str(), area.persons[0].count())).collect();
    assert_eq!(counts, [("c1", 300.0), ("c2", 500.0)]);
    assert_eq!(count(&issues, IssueKind::JoinMissing), 1, "{issues:?}");
    assert_eq!(count(&issues, IssueKind::Duplicate), 1);
    let (layer, over) = joined.into_layer(&[], &[], &found);
    assert_eq!(layer.total(GroupId(0)).count() as i64, 800);
    assert!(over.iter().all(|(_, over)| *over == SpreadOver::LabelPlace));
    assert!(layer.points.iter().all(|point| point.zone.is_some()));
}

#[test]
fn helsinki_squares_and_boston_schools_are_read_as_they_come() {
    if let Some(path) = data("develop/helsinki-population/derived/population_grid.geojson") {
        let (table, _) = read_table(&path).unwrap();
        let (found, issues) = read_demand(&table, &DemandSpec::default(), None).unwrap();
        assert_eq!(found.areas.len(), table.rows.len());
        assert_eq!(count(&issues, IssueKind::GeometryInvalid), 0);
        let all: f64 = found.areas.iter().map(|area| area.persons[0].count()).sum();
        let (layer, _) = found.into_layer(&[], &[], &ZoneHierarchy::default());
        assert!((layer_total(&layer) - all).abs() < 1e-3 && all > 10_000.0, "{all}");
    }
    if let Some(path) = data("develop/boston-cambridge/schools.geojson") {
        let (table, _) = read_table(&path).unwrap();
        let spec = FacilityLayerSpec {
            id: "schools".into(),
            functions: vec![CHILDCARE],
            columns: columns(&[("id", "SCHID"), ("function", "GRADES")]),
            ..FacilityLayerSpec::default()
        };
        let (found, _) = read_facilities(&table, &spec, &taxonomy(), None).unwrap();
        let somerville = LonLat::new(-71.1, 42.39).unwrap();
        let far = |f: &&Facility| {
            walkshed::spatial::frame::ground_distance(f.place, somerville).0 > 6_000.0
        };
        assert!(found.len() > 5 && !found.iter().any(|f| far(&f)));
    }
}

fn layer_total(layer: &DemandLayer) -> f64 {
    layer.total(GroupId(0)).count()
}

#[test]
fn porto_alegre_hexagons_and_the_canary_projection_are_read() {
    if let Some(path) = data("develop/porto-alegre-2020/poa_hexgrid.csv") {
        let (table, _) = read_table(&path).unwrap();
        let (found, issues) = read_demand(&table, &DemandSpec::default(), None).unwrap();
        assert_eq!(found.points.len(), 1_227);
        let ids: Vec<&str> = found.groups.iter().map(|group| group.id.as_str()).collect();
        // SOURCE.md: 812,935 people; five hexagons on the water have no count of jobs.
        assert_eq!((ids, count(&issues, IssueKind::PopulationBad)), (vec!["all", "workers"], 5));
        assert_eq!(persons(&found, 0).iter().sum::<f64>() as i64, 812_935);
    }
    let file = "develop/las-palmas-2023/Las_Palmas_excerpt-_gobcan_educacion_areainfluenciacentrosecundaria.geojson";
    if let Some(path) = data(file) {
        let (table, _) = read_table(&path).unwrap();
        assert_eq!(table.crs.as_deref(), Some("urn:ogc:def:crs:EPSG::5635"));
        let (found, _) = read_zones(&table, &ZonesSpec::default(), None).unwrap();
        let las_palmas = LonLat::new(-15.43, 28.12).unwrap();
        let bounds = found.zones.iter().filter_map(|zone| zone.area.bounding_box());
        assert!(bounds.clone().all(|b| {
            walkshed::spatial::frame::ground_distance(b.center(), las_palmas).0 < 40_000.0
        }));
        assert!(bounds.count() > 3);
    }
}
