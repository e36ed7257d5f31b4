//! Lists and layers as offices, map vendors and statistical offices write them: read as they were meant, or refused by
//! the name of their format.
#![expect(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::print_stderr,
    reason = "a test says what went wrong by failing"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use walkshed::demand::ZoneHierarchy;
use walkshed::facility::{Facility, Taxonomy};
use walkshed::import::brought::LayerKind;
use walkshed::import::crs_detect::{CrsChoice, Reference};
use walkshed::import::demand::{DemandIngredients, DemandSpec, read_demand};
use walkshed::import::facilities::{FacilityLayerSpec, read_facilities};
use walkshed::import::init::TableFacts;
use walkshed::import::join::join_population;
use walkshed::import::losses::OnLoss;
use walkshed::import::osm::{OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::import::table::{FeatureTable, parse_table, read_table};
use walkshed::import::zones::{ZonesSpec, read_zones};
use walkshed::import::{ImportError, IssueKind, IssueLog};
use walkshed::progress::Silent;
use walkshed::spatial::frame::ground_distance;
use walkshed::spatial::{BoundingBox, Crs, LonLat, SegmentIndex};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

pub(crate) fn table(name: &str, text: &str) -> FeatureTable {
    parse_table(Path::new(name), text.as_bytes().to_vec()).unwrap().0
}

/// Facilities of a table whose rows are childcare unless they say otherwise; losses stop the reading.
fn facilities(path: &Path) -> Result<Vec<Facility>, ImportError> {
    let taxonomy = standard_functions().unwrap();
    let spec = FacilityLayerSpec {
        id: "own".into(),
        functions: vec![taxonomy.find("childcare").unwrap()],
        crs: CrsChoice::Declared(Crs::Wgs84),
        on_loss: OnLoss::Stop,
        ..FacilityLayerSpec::default()
    };
    let (table, _) = read_table(path)?;
    read_facilities(&table, &spec, &taxonomy, None).map(|(found, _)| found)
}

fn functions(found: &[Facility], taxonomy: &Taxonomy) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for offer in found.iter().flat_map(|facility| &facility.offers) {
        *counts.entry(taxonomy.functions()[offer.function].id.clone()).or_default() += 1;
    }
    counts
}

#[test]
fn every_list_of_an_office_is_read_right_or_refused_by_its_name() {
    let Some(folder) = shared("cases/tables") else { return };
    let truth = facilities(&folder.join("fac.csv")).unwrap();
    assert_eq!(truth.len(), 12);
    for name in [
        "fac_bom.csv",
        "fac_gbk.csv",
        "fac_utf16.csv",
        "fac_titled.csv",
        "fac_twoheads.csv",
        "fac_onecol.csv",
        "fac.geojson",
    ] {
        let found = facilities(&folder.join(name)).unwrap();
        assert_eq!(found.len(), truth.len(), "{name}");
        for (found, truth) in found.iter().zip(&truth) {
            assert_eq!((&found.key, &found.name), (&truth.key, &truth.name), "{name}");
            assert_eq!(found.offers, truth.offers, "{name}");
            assert!(ground_distance(found.place, truth.place).0 < 0.2, "{name} {}", found.key);
        }
    }
    for (name, said) in [
        ("fac.xlsx", "Excel workbook"),
        ("fac_merged.xlsx", "Excel workbook"),
        ("fac.ods", "OpenDocument spreadsheet"),
        ("fac.gpkg", "GeoPackage"),
        ("fac.kml", "KML"),
        ("fac.kmz", "KMZ"),
        ("fac.gml", "GML"),
        ("fac.gpx", "GPX"),
        ("fac.fgb", "FlatGeobuf"),
        ("fac.parquet", "Parquet"),
        ("fac.topojson", "TopoJSON"),
        ("fac_shp.zip", "zipped shapefile"),
        ("fac_wkt.csv", "WKT"),
        ("fac_wkb.csv", "WKB"),
        ("fac_dms.csv", "degrees, minutes and seconds"),
        ("fac_dms_zh.csv", "degrees, minutes and seconds"),
        ("fac_addr.csv", "only addresses"),
        ("worldpop.tif", "GeoTIFF"),
        ("overpass.json", "Overpass"),
        ("zones.kml", "KML"),
        ("zones.fgb", "FlatGeobuf"),
        ("zones.gpkg", "GeoPackage"),
        ("zones.topojson", "TopoJSON"),
    ] {
        let error = facilities(&folder.join(name)).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains(name), "{name}: {error}");
        assert!(!error.contains("at byte"), "{name}: {error}");
    }
    for entry in std::fs::read_dir(folder.join("shp")).unwrap() {
        let path = entry.unwrap().path();
        let error = facilities(&path).err().map(|error| error.to_string());
        assert!(error.is_some(), "{} is read as a list", path.display());
    }
}

#[test]
fn the_last_level_of_a_vendors_type_counts_and_its_location_is_a_place() {
    let Some(folder) = shared("cases/tables") else { return };
    let taxonomy = standard_functions().unwrap();
    for name in ["amap_location.csv", "amap_lonlat.csv", "baidu.csv"] {
        let found = facilities(&folder.join(name)).unwrap();
        assert_eq!(found.len(), 40, "{name}");
        let counts = functions(&found, &taxonomy);
        let expected = [
            ("childcare", 6),
            ("health", 6),
            ("kindergarten", 6),
            ("market", 6),
            ("neighborhood_centre", 6),
            ("pharmacy", 5),
            ("sports", 5),
        ];
        let expected = expected.map(|(id, count)| (id.to_owned(), count)).into();
        assert_eq!(counts, expected, "{name}");
    }
    let categories = facilities(&folder.join("overture.geojson")).unwrap();
    assert_eq!(categories[0].name, "N 0");
    assert_eq!(functions(&categories, &taxonomy).len(), 1);
}

fn zones(path: &Path) -> ZoneHierarchy {
    read_zones(&read_table(path).unwrap().0, &ZonesSpec::default(), None).unwrap().0
}

fn joined(
    path: &Path,
    zones: &ZoneHierarchy,
    on_loss: OnLoss,
) -> Result<(DemandIngredients, IssueLog), ImportError> {
    let spec = DemandSpec { on_loss, ..DemandSpec::default() };
    join_population(&read_table(path)?.0, &spec, (zones, None))
}

pub(crate) fn total(found: &DemandIngredients) -> f64 {
    let areas = found.areas.iter().map(|area| area.persons[0].count());
    areas.chain(found.points.iter().map(|point| point.persons[0].count())).sum()
}

#[test]
fn people_by_zone_are_the_same_however_the_sheet_is_made_up() {
    let Some(folder) = shared("cases/tables") else { return };
    let zones = zones(&folder.join("zones.geojson"));
    assert_eq!(zones.zones.len(), 16);
    assert!(
        zones.zones.iter().all(|zone| zone.key.starts_with('Z') && zone.name.starts_with("社区"))
    );
    // The sum of the sixteen rows; the total row of pop_total.csv says something else and is not counted.
    let everybody = 21_295.0;
    for name in ["pop_by_zone.csv", "pop_thousands.csv", "pop_titled.csv", "pop_total.csv"] {
        let (found, issues) = joined(&folder.join(name), &zones, OnLoss::Stop).unwrap();
        assert_eq!((total(&found), found.areas.len()), (everybody, 16), "{name}");
        assert_eq!(issues.counts().get(&IssueKind::JoinMissing), None, "{name}");
    }
    let (table, _) = read_table(&folder.join("zones.geojson")).unwrap();
    let (found, _) = read_demand(&table, &DemandSpec::default(), None).unwrap();
    assert_eq!(total(&found), everybody);
    // Three counts of sixteen cannot be read: rows, values and sums are named; with leave they are nobody.
    let dirty = folder.join("pop_dirty.csv");
    let error = joined(&dirty, &zones, OnLoss::Stop).unwrap_err().to_string();
    for part in
        ["3 of 16 rows", "row 4", "\"—\"", "row 5", "\"<5\"", "row 6", "未统计", "--accept-losses"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
    let (found, _) = joined(&dirty, &zones, OnLoss::Tell).unwrap();
    assert_eq!(total(&found), everybody - 451.0 - 886.0 - 1_151.0 - 2_072.0 + 1_200.0);
}

#[test]
fn ten_thousands_of_people_are_converted_and_said() {
    let squares = |header: &str, count: &str| {
        let mut features = Vec::new();
        for at in 0..4 {
            let (west, east) = (8.0 + 0.01 * f64::from(at), 8.01 + 0.01 * f64::from(at));
            features.push(format!(
                r#"{{"type":"Feature","properties":{{"code":"A{at}","名称":"名{at}","{header}":{count}}},"geometry":
                {{"type":"Polygon","coordinates":[[[{west},50],[{east},50],[{east},50.01],[{west},50.01],[{west},50]]]}}}}"#
            ));
        }
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
    };
    for (header, count, people, kind) in [
        ("人口数（万人）", "0.15", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("常住人口(千人)", "1.5", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("人口(万)", "0.15", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("常住人口（万）", "0.15", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("人口数_万", "0.15", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("人口_千", "1.5", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("人口(百人)", "15", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("population (10k)", "0.15", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("POP (x1000)", "1.5", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("万人", "0.15", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("人口（万人）", "\"0.15万\"", 6_000.0, Some(IssueKind::TableUnderstood)),
        ("总人口（人）", "1500", 6_000.0, None),
        ("总户数", "100", 1_048.0, Some(IssueKind::Estimated)),
    ] {
        let text = squares(header, count);
        let (found, issues) =
            read_demand(&table("z.geojson", &text), &DemandSpec::default(), None).unwrap();
        assert!((total(&found) - people).abs() < 1e-6, "{header}: {}", total(&found));
        let said = issues.issues().iter().find(|issue| issue.reason.contains(" counts in "));
        assert_eq!(said.map(|issue| issue.kind), kind, "{header}");
    }
    // A remark above the table, and a row of units below the names.
    let remark = "某区人口,,,\n单位：万人,,,\n编号,人口,经度,纬度\na,0.5,8,50\nb,0.7,8.1,50\n";
    let row = "编号,人口,经度,纬度\n,万人,°,°\na,0.5,8,50\nb,0.7,8.1,50\n";
    for text in [remark, row] {
        let (found, _) = read_demand(&table("p.csv", text), &DemandSpec::default(), None).unwrap();
        assert_eq!((total(&found), found.points.len()), (12_000.0, 2));
    }
    if let Some(folder) = shared("cases/tables") {
        let (wan, _) = read_table(&folder.join("wan.geojson")).unwrap();
        let (found, _) = read_demand(&wan, &DemandSpec::default(), None).unwrap();
        assert!((total(&found) - 24_000.0).abs() < 1e-6, "{}", total(&found));
    }
}

/// Six zones side by side with these properties: an id, a name, people, then whatever counts.
pub(crate) fn zones_with(headers: &[String]) -> String {
    let mut features = Vec::new();
    for at in 0..6 {
        let (west, east) = (8.0 + 0.01 * f64::from(at), 8.01 + 0.01 * f64::from(at));
        let mut properties = format!(r#""{}":"ID{at:02}","{}":"甲{at}""#, headers[0], headers[1]);
        for (rank, header) in headers.iter().enumerate().skip(2) {
            write!(properties, r#","{header}":{}"#, 1_000 * (at + 1) / rank as i32).unwrap();
        }
        features.push(format!(
            r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":
            [[[{west},50],[{east},50],[{east},50.01],[{west},50.01],[{west},50]]]}}}}"#
        ));
    }
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

#[test]
fn headers_of_statistical_offices_tell_id_name_and_people() {
    let mut sets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if let Some(path) = shared("cases/tables/headers.json") {
        sets = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert!(!sets.is_empty());
    }
    for (name, headers) in [
        ("ONS", ["LSOA21CD", "LSOA21NM", "Total population"]),
        ("Destatis", ["AGS", "GEN", "EWZ"]),
        ("CBS", ["BU_CODE", "BU_NAAM", "AANT_INW"]),
        ("INE", ["CUSEC", "NMUN", "POB_TOTAL"]),
        ("IBGE", ["CD_SETOR", "NM_BAIRRO", "POP2022"]),
        ("乡镇", ["乡镇代码", "乡镇名称", "户籍人口（人）"]),
    ] {
        sets.insert(name.to_owned(), headers.map(str::to_owned).to_vec());
    }
    for (name, headers) in sets {
        let table = table("z.geojson", &zones_with(&headers));
        let zones = TableFacts::of(&table, LayerKind::Zones, &IssueLog::default());
        let people = TableFacts::of(&table, LayerKind::Demand, &IssueLog::default());
        assert_eq!(zones.header_of("id"), Some(headers[0].as_str()), "{name}");
        assert_eq!(zones.header_of("name"), Some(headers[1].as_str()), "{name}");
        assert_eq!(people.groups[0], ("all".to_owned(), headers[2].clone()), "{name}");
        assert!(zones.choices.is_empty() && people.choices.is_empty(), "{name}");
        // The readers take the same columns.
        let (read, _) = read_zones(&table, &ZonesSpec::default(), None).unwrap();
        assert_eq!(
            (read.zones[walkshed::ids::ZoneId(0)].key.as_str(), read.zones.len()),
            ("ID00", 6),
            "{name}"
        );
        let (read, _) = read_demand(&table, &DemandSpec::default(), None).unwrap();
        let groups: Vec<&str> = read.groups.iter().map(|group| group.id.as_str()).collect();
        let known: Vec<&str> = people.groups.iter().map(|(group, _)| group.as_str()).collect();
        assert_eq!(groups, known, "{name}");
    }
}

#[test]
fn a_unique_column_names_zones_and_two_counts_are_asked_about() {
    let headers = ["k7", "beschr", "pop_2011", "pop_2021"].map(str::to_owned);
    let table = table("z.geojson", &zones_with(&headers));
    let (read, _) = read_zones(&table, &ZonesSpec::default(), None).unwrap();
    assert!(read.zones.iter().all(|zone| !zone.key.starts_with("feature")));
    let facts = TableFacts::of(&table, LayerKind::Demand, &IssueLog::default());
    let asked = vec!["pop_2011".to_owned(), "pop_2021".to_owned()];
    assert_eq!(facts.choices, [("population", asked)]);
    let error = read_demand(&table, &DemandSpec::default(), None).unwrap_err().to_string();
    assert!(error.contains("\"pop_2011\", \"pop_2021\""), "{error}");
}

#[test]
fn zones_that_only_touch_do_not_overlap() {
    let square = |id: usize, west: f64, south: f64, side: f64| {
        let (east, north) = (west + side, south + side);
        format!(
            r#"{{"type":"Feature","properties":{{"id":"{id}","name":"z{id}"}},"geometry":{{"type":"Polygon","coordinates":
            [[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
        )
    };
    // Five columns: places tried across a large square lie on the borders of the small ones beside it.
    let mut features: Vec<String> = (0..25)
        .map(|at| square(at, 8.0 + 0.01 * (at % 5) as f64, 50.0 + 0.01 * (at / 5) as f64, 0.01))
        .collect();
    features.push(square(25, 8.05, 50.0, 0.05));
    let text = |features: &[String]| {
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
    };
    let overlaps = |features: &[String]| {
        let (_, issues) =
            read_zones(&table("z.geojson", &text(features)), &ZonesSpec::default(), None).unwrap();
        issues.counts().get(&IssueKind::GeometryInvalid).copied().unwrap_or(0)
    };
    assert_eq!(overlaps(&features), 0);
    features.push(square(26, 8.052, 50.002, 0.01));
    assert_eq!(overlaps(&features), 1, "one that does is told");
    if let Some(path) = shared("cases/numbers/toy/zones.geojson") {
        let (_, issues) =
            read_zones(&read_table(&path).unwrap().0, &ZonesSpec::default(), None).unwrap();
        assert_eq!(issues.counts().get(&IssueKind::GeometryInvalid), None);
    }
}

/// A street along the equator of a town in China, and the function that finds it.
fn one_street(index: &SegmentIndex) -> Reference<'_> {
    let at = |lon, lat| LonLat::new(lon, lat).unwrap();
    let bounds = BoundingBox::around([at(118.59, 24.89), at(118.64, 24.91)]).unwrap();
    Reference::over_index(bounds, index)
}

#[test]
fn an_undeclared_geojson_is_wgs_84_unless_evidence_is_strong() {
    let line = [LonLat::new(118.59, 24.9).unwrap(), LonLat::new(118.64, 24.9).unwrap()];
    let index = SegmentIndex::new([(0, &line[..])]);
    let reference = one_street(&index);
    // Corners 300 m off the street: moved as GCJ-02 would, one side comes to lie on it.
    let corner = |lon: f64, lat: f64| {
        let east = lon + 0.004;
        format!(
            r#"{{"type":"Feature","properties":{{"id":"{lon}"}},"geometry":{{"type":"Polygon","coordinates":
            [[[{lon},{lat}],[{east},{lat}],[{east},24.8972917],[{lon},24.8972917],[{lon},{lat}]]]}}}}"#
        )
    };
    let features: Vec<String> =
        (0..10).map(|at| corner(118.595 + 0.004 * f64::from(at), 24.902_708_3)).collect();
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let (found, _) =
        read_zones(&table("z.geojson", &text), &ZonesSpec::default(), Some(&reference)).unwrap();
    let first = found.zones.iter().next().unwrap().area.polygons[0].outer[0];
    assert!((first.lon() - 118.595).abs() < 1e-6, "{first}");
    if let Some(folder) = shared("cases/numbers/d5") {
        let taxonomy = standard_functions().unwrap();
        let wants = OsmWants::new(&taxonomy, OsmParts::STREETS);
        let streets = read_osm(&folder.join("toy.osm"), &wants, &Silent).unwrap().streets;
        let graph = walkshed::street::StreetGraph::build(&streets);
        let snapper = walkshed::street::Snapper::new(&graph);
        let near = |place| snapper.nearest_street(place, walkshed::units::Meters(2_000.0));
        let reference = Reference::new(graph.bounding_box().unwrap(), near);
        let (table, _) = read_table(&folder.join("people.csv")).unwrap();
        let (found, _) = read_demand(&table, &DemandSpec::default(), Some(&reference)).unwrap();
        assert_eq!((total(&found), found.points.len()), (410.0, 41));
        assert!(found.points.iter().all(|point| (point.place.lat() - 24.9).abs() < 0.001));
        let (table, _) = read_table(&folder.join("zones.geojson")).unwrap();
        let (zones, _) = read_zones(&table, &ZonesSpec::default(), Some(&reference)).unwrap();
        assert!(found.points.iter().all(|point| zones.find(point.place).is_some()));
    }
}

#[test]
fn one_number_of_places_for_two_functions_counts_once() {
    let taxonomy = standard_functions().unwrap();
    let text = "编号,名称,经度,纬度,功能,托位数\nL1,中心一,118.61,24.9,托育;养老服务,30\n\
                L2,中心二,118.62,24.9,托育,30\nL2,中心二,118.62,24.9,养老服务,12\n";
    let spec = FacilityLayerSpec { id: "own".into(), ..FacilityLayerSpec::default() };
    let (found, issues) = read_facilities(&table("f.csv", text), &spec, &taxonomy, None).unwrap();
    assert_eq!(found[0].places(&taxonomy, None), Some(30.0));
    assert_eq!(
        found[0].offers.iter().map(|offer| offer.capacity).collect::<Vec<_>>(),
        [Some(15.0); 2]
    );
    assert_eq!(found[1].places(&taxonomy, None), Some(42.0), "a row each: no sharing");
    let said = issues.issues().iter().find(|issue| issue.kind == IssueKind::Estimated).unwrap();
    assert!(
        said.reason.contains("childcare 15") && said.reason.contains("elder_care 15"),
        "{}",
        said.reason
    );
}

#[test]
fn losing_more_than_a_tenth_of_a_list_stops_it() {
    let mut text = "id,name,lon,lat,type\n".to_owned();
    for row in 0..18 {
        writeln!(text, "{row},n{row},118.6,24.{row:02},childcare").unwrap();
    }
    let taxonomy = standard_functions().unwrap();
    let read = |text: &str, on_loss| {
        let spec = FacilityLayerSpec { id: "own".into(), on_loss, ..FacilityLayerSpec::default() };
        read_facilities(&table("f.csv", text), &spec, &taxonomy, None).map(|(found, _)| found.len())
    };
    // One of nineteen is told; two of twenty are a tenth and told; three of twenty-one stop.
    text.push_str("a,x,,,childcare\n");
    assert_eq!(read(&text, OnLoss::Stop).unwrap(), 18);
    text.push_str("b,y,118.6,24.9,laundromat of dreams\n");
    assert_eq!(read(&text, OnLoss::Stop).unwrap(), 18);
    text.push_str("c,z,here,there,childcare\n");
    let error = read(&text, OnLoss::Stop).unwrap_err();
    assert!(error.is_lossy());
    let error = error.to_string();
    for part in ["3 of 21 rows", "row 20", "row 21", "laundromat of dreams", "row 22", "here there"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert_eq!(read(&text, OnLoss::Tell).unwrap(), 18);
}
