//! Homes behind the wall of a compound go out by its gate; where their walk begins is a setting, told in results.

use std::fmt::Write as _;

use walkshed::ids::{DemandPointId, FacilityId};
use walkshed::import::load::{LoadedStudy, MapDetail, load_study};
use walkshed::progress::Silent;
use walkshed::spatial::{Front, LonLat};
use walkshed::units::WalkTime;

/// A compound of 200 m or so a side without a street in it, its gate in the south wall with a lane of 0.001° to the
/// main street, a pharmacy 0.004° along that one, and another beyond that a wheelchair gets into.
const NODES: [(i64, f64, f64, &str); 10] = [
    (1, 0.0, 0.0, ""),
    (2, 0.002, 0.0, ""),
    (3, 0.002, 0.002, ""),
    (4, 0.0, 0.002, ""),
    (5, 0.001, 0.0, "barrier=gate access=private"),
    (6, 0.001, -0.001, ""),
    (7, -0.003, -0.001, ""),
    (8, 0.007, -0.001, ""),
    (9, 0.005, -0.001, "amenity=pharmacy wheelchair=no"),
    (10, 0.007, -0.001, "amenity=pharmacy wheelchair=yes name=B"),
];
const WAYS: [(i64, &[i64], &str); 3] = [
    (20, &[1, 5, 2, 3, 4, 1], "landuse=residential barrier=wall"),
    (21, &[5, 6], "highway=residential"),
    (22, &[7, 6, 9, 8], "highway=residential"),
];

fn tags(text: &str) -> String {
    let tag = |tag: &str| tag.split_once('=').map(|(k, v)| format!("<tag k='{k}' v='{v}'/>"));
    text.split_whitespace().filter_map(tag).collect()
}

fn study(setting: &str) -> LoadedStudy {
    study_walled("landuse=residential barrier=wall", setting)
}

/// As [`study`], the compound with these tags.
fn study_walled(compound: &str, setting: &str) -> LoadedStudy {
    let folder = tempfile::tempdir().expect("a folder");
    let mut osm = String::from("<osm version='0.6'>");
    for (id, lon, lat, told) in NODES {
        let _ = write!(osm, "<node id='{id}' lon='{lon:.7}' lat='{lat:.7}'>{}</node>", tags(told));
    }
    for (id, refs, told) in WAYS {
        let _ = write!(osm, "<way id='{id}'>");
        for at in refs {
            let _ = write!(osm, "<nd ref='{at}'/>");
        }
        let told = if id == 20 { compound } else { told };
        let _ = write!(osm, "{}</way>", tags(told));
    }
    osm.push_str("</osm>");
    let toml = format!(
        "version = 1\nid = \"c\"\nname = \"C\"\n[streets]\nosm = \"c.osm\"\n\
         [[facilities]]\nid = \"osm\"\nsource = \"osm\"\n[demand]\nsource = \"file\"\npath = \"p.csv\"\n{setting}\
         [zones]\nsource = \"none\"\n[standards]\nuse = [\"plain-15\"]\n"
    );
    let files = [
        ("c.osm", osm),
        ("p.csv", "id,lon,lat,population\nH,0.001,0.001,30\n".to_owned()),
        ("study.toml", toml),
    ];
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    load_study(folder.path(), MapDetail::None, &Silent).expect("a study")
}

/// Seconds from the home to the nearest pharmacy.
fn seconds(study: &LoadedStudy, profile: &str) -> f64 {
    let graph = &study.baseline.graph;
    let walker = study.baseline.find_walker(profile).expect("a walker");
    let all: Vec<FacilityId> = study.baseline.facilities.facilities.ids().collect();
    let times = walker.nearest(graph, &walker.impedance, &all, WalkTime::from_ms(3_600_000));
    f64::from(times.time(DemandPointId(0)).as_ms()) / 1000.0
}

fn assert_near(found: f64, right: f64) {
    assert!((found - right).abs() < 1.5, "{found} s, right is {right} s");
}

#[test]
fn from_the_door_one_walks_to_the_own_gate_first() {
    // 110.6 m of compound at 1 m/s, then 110.6 m of lane and 445.3 m of street at 1.25 m/s.
    let study = study("");
    assert_near(seconds(&study, "adult"), 110.6 + (110.6 + 445.3) / 1.25);
    assert!(!study.issues.issues().iter().any(|issue| issue.reason.contains("origin")));
}

#[test]
fn from_the_gate_the_way_through_the_compound_is_not_counted_and_that_is_said() {
    let study = study("origin = \"gate\"\n");
    assert_near(seconds(&study, "adult"), (110.6 + 445.3) / 1.25);
    let told = study.issues.issues().iter().filter(|issue| issue.reason.contains("origin")).count();
    assert_eq!(told, 1);
}

#[test]
fn a_wheelchair_goes_on_to_the_place_that_lets_it_in() {
    // 0.8 m/s off the streets, 1.1 m/s on them; the place it may enter is 222.6 m farther.
    let study = study("");
    assert_near(seconds(&study, "wheelchair"), 110.6 / 0.8 + (110.6 + 445.3 + 222.6) / 1.1);
}

#[test]
fn a_wall_around_anything_is_left_by_the_gate_in_it() {
    for compound in ["barrier=wall", "amenity=kindergarten barrier=fence"] {
        let study = study_walled(compound, "");
        let gate = LonLat::new(0.001, 0.0).expect("a place");
        let home = &study.baseline.demand.points[DemandPointId(0)];
        assert_eq!(home.front, Front::walled(Front::Listed, &[gate]), "{compound}");
    }
}
