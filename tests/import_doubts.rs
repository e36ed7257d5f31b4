//! What a table leaves in doubt is asked about or stops the reading; nothing is given up in silence.
#![expect(clippy::float_cmp, reason = "a test says what went wrong by failing")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use walkshed::import::brought::LayerKind;
use walkshed::import::demand::{DemandSpec, read_demand};
use walkshed::import::facilities::{FacilityLayerSpec, read_facilities};
use walkshed::import::init::TableFacts;
use walkshed::import::losses::OnLoss;
use walkshed::import::osm::standard_functions;
use walkshed::import::zones::{ZonesSpec, read_zones};
use walkshed::import::{IssueKind, IssueLog};

use super::import_offices::{table, total, zones_with};

#[test]
fn a_row_with_a_cell_too_many_is_a_lost_one() {
    let people = "编号,经度,纬度,人口\n1,118.601,24.9,100\n2,118.605,24.9,200\n3,118.61,24.9,300\n4,118.62,24.9,1,400\n";
    let read = |on_loss| {
        let spec = DemandSpec { on_loss, ..DemandSpec::default() };
        read_demand(&table("d.csv", people), &spec, None)
    };
    let error = read(OnLoss::Stop).unwrap_err().to_string();
    for part in ["1 of 4 rows", "1400 of 2000 people", "row 5", "4, 118.62, 24.9, 1, 400"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let (found, issues) = read(OnLoss::Tell).unwrap();
    assert_eq!(total(&found), 600.0);
    assert_eq!(issues.counts().get(&IssueKind::DataDamaged), None, "said where the file is read");
    // One row of twelve is few, most of the people are not.
    let mut many = "id,lon,lat,pop\n".to_owned();
    for row in 0..11 {
        writeln!(many, "{row},118.6,24.{row:02},100").unwrap();
    }
    many.push_str("x,118.6,24.9,12,500\n");
    let spec = DemandSpec { on_loss: OnLoss::Stop, ..DemandSpec::default() };
    let error = read_demand(&table("d.csv", &many), &spec, None).unwrap_err().to_string();
    assert!(error.contains("1 of 12 rows are lost, 12500 of 13600 people"), "{error}");
    let taxonomy = standard_functions().unwrap();
    let spec = FacilityLayerSpec {
        id: "own".into(),
        on_loss: OnLoss::Stop,
        ..FacilityLayerSpec::default()
    };
    let rows = "id,name,lon,lat,type\na,A,118.6,24.9,childcare\nb,B, and C,118.6,24.8,childcare\n";
    let error = read_facilities(&table("f.csv", rows), &spec, &taxonomy, None).unwrap_err();
    assert!(error.is_lossy() && error.to_string().contains("row 3"), "{error}");
}

#[test]
fn people_in_a_layer_of_zones_are_asked_about_and_never_given_up() {
    let asks = |headers: &[&str]| {
        let headers: Vec<String> = headers.iter().map(|&header| header.to_owned()).collect();
        let table = table("z.geojson", &zones_with(&headers));
        TableFacts::of(&table, LayerKind::Zones, &IssueLog::default())
    };
    for fits in [["pop_2010", "pop_2020"], ["2010年人口", "2020年人口"], ["男", "女"]] {
        let facts = asks(&["zone_id", "zone_name", fits[0], fits[1]]);
        let asked: Vec<String> = fits.map(str::to_owned).to_vec();
        assert_eq!(facts.choices, [("population", asked)]);
        assert!(facts.may_count_people() && !facts.counts_everybody());
    }
    for header in ["All Ages", "Tot_P_P", "CZRK", "rk"] {
        let facts = asks(&["zone_id", "zone_name", header]);
        assert!(facts.counts_everybody() && facts.choices.is_empty(), "{header}");
        assert_eq!(facts.groups[0].1, header);
    }
    let none = asks(&["zone_id", "zone_name", "height"]);
    assert!(none.choices.is_empty() && !none.may_count_people());
}

#[test]
fn a_code_that_zones_share_is_not_their_id() {
    let layer = |name: &str| {
        let mut features = Vec::new();
        for (at, code) in [1, 1, 2, 2].into_iter().enumerate() {
            let (west, east) = (8.0 + 0.01 * at as f64, 8.01 + 0.01 * at as f64);
            features.push(format!(
                r#"{{"type":"Feature","properties":{{"code":{code},"{name}":"甲{at}","pop":1{at}0}},"geometry":
                {{"type":"Polygon","coordinates":[[[{west},50],[{east},50],[{east},50.01],[{west},50.01],[{west},50]]]}}}}"#
            ));
        }
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        table("z.geojson", &text)
    };
    let named = layer("name");
    let facts = TableFacts::of(&named, LayerKind::Zones, &IssueLog::default());
    assert_eq!((facts.header_of("id"), facts.header_of("name")), (None, Some("name")));
    let (read, _) = read_zones(&named, &ZonesSpec::default(), None).unwrap();
    let keys: Vec<&str> = read.zones.iter().map(|zone| zone.key.as_str()).collect();
    assert_eq!(keys, ["甲0", "甲1", "甲2", "甲3"]);
    // Who says that it is the id is believed.
    let told = ZonesSpec {
        columns: BTreeMap::from([("id".to_owned(), "code".to_owned())]),
        ..ZonesSpec::default()
    };
    assert!(read_zones(&named, &told, None).unwrap().0.zones.iter().any(|zone| zone.key == "1"));
}
