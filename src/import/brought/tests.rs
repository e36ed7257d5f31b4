//! Descriptions amended, and files looked at, in a town of one street.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::import::hash::text_sha256;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::study_file::{FacilityFrom, GroupFrom, study_of};
use crate::progress::Silent;

const STUDY: &str = r#"# Our town.
version = 1
name = "Town"   # its name

[streets]
osm = "town.osm"

# Who looks after children.
[[facilities]]
id = "nurseries"
path = "nurseries.csv"   # from the council
sha256 = "00"            # old
# What they offer.
functions = ["childcare"]
skip = ["gone"]

[demand]
# Counted in 2020.
source = "file"
path = "people.csv"

# Everybody.
[[demand.group]]
id = "all"
column = "persons"

[[demand.group]]
id = "age_0_3"
column = "kids"

[[demand.group]]
id = "age_60_plus"
share_of_all = 0.2
"#;

fn town() -> (TempDir, LoadedStudy) {
    let folder = tempfile::tempdir().unwrap();
    let node = |id: u32, lon: f64| format!("<node id=\"{id}\" lon=\"{lon}\" lat=\"0.0\"/>\n");
    let osm = format!(
        "<osm version=\"0.6\">\n{}{}<way id=\"9\"><nd ref=\"1\"/><nd ref=\"2\"/>\
         <tag k=\"highway\" v=\"residential\"/></way>\n</osm>\n",
        node(1, 0.0),
        node(2, 0.02)
    );
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("town.osm", &osm);
    write("nurseries.csv", "id,name,lon,lat\na,First,0.001,0.0\n");
    write("people.csv", "id,lon,lat,persons,kids\n1,0.005,0.0,10,1\n2,0.01,0.0,20,2\n");
    write("study.toml", &STUDY.replace("sha256 = \"00\"            # old\n", ""));
    let loaded = load_study(folder.path(), MapDetail::None, &Silent).unwrap();
    (folder, loaded)
}

/// The file `name` with `text`, looked at as the layer `layer`.
fn looked(
    loaded: &LoadedStudy,
    (kind, layer): (LayerKind, &str),
    (name, text): (&str, &str),
) -> Result<Seen, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let brought = Brought { kind, name: layer.to_owned(), path, functions: vec![], crs: None };
    look(&brought, &loaded.study, &loaded.baseline).map_err(|fault| fault.to_string())
}

/// Lays the file beside the study and writes the study anew, as taking it up does; then loads it.
fn taken(folder: &Path, seen: &Seen, (name, text): (&str, &str)) -> LoadedStudy {
    fs::write(folder.join(name), text).unwrap();
    let description = fs::read_to_string(folder.join("study.toml")).unwrap();
    let amendment = seen.amendment.as_ref().unwrap();
    let amended = amendment.write(&description, name, &text_sha256(text)).unwrap();
    fs::write(folder.join("study.toml"), amended).unwrap();
    load_study(folder, MapDetail::None, &Silent).unwrap()
}

#[test]
fn a_new_layer_is_appended_and_every_line_of_the_user_stays() {
    let (folder, loaded) = town();
    let rows: Vec<String> = (1..9).map(|n| format!("{n},House {n},0.00{n},0.0001")).collect();
    let rows = rows.join("\n");
    let rows = format!("id,name,lon,lat\n{rows}\nx,Nowhere,,\ny,Far,0.5,0.5\n");
    let unnamed = looked(&loaded, (LayerKind::Facilities, "houses"), ("houses.csv", &rows));
    assert!(unnamed.unwrap_err().contains("has no functions"), "nothing says what they offer");
    let file = ("clinics.csv", rows.as_str());
    let seen = looked(&loaded, (LayerKind::Facilities, "clinics"), file);
    let seen = seen.unwrap();
    assert_eq!((seen.rows, seen.kept, seen.replaces.clone()), (10, 9, None));
    let kinds: Vec<IssueKind> = seen.issues.counts().keys().copied().collect();
    assert!(kinds.contains(&IssueKind::GeometryMissing), "{kinds:?}");
    assert!(kinds.contains(&IssueKind::SnapFailed), "{kinds:?}");
    assert!(kinds.contains(&IssueKind::CrsDetected), "{kinds:?}");
    assert_eq!(seen.system, Some(("WGS84".to_owned(), true)));
    let before = fs::read_to_string(folder.path().join("study.toml")).unwrap();
    let after = taken(folder.path(), &seen, ("new.csv", file.1));
    let text = fs::read_to_string(folder.path().join("study.toml")).unwrap();
    assert!(text.starts_with(&before), "nothing above the new layer is touched");
    assert!(text.contains("# no system declared; read as WGS84"), "{text}");
    assert_eq!(after.baseline.facilities.facilities.len(), 10);
    assert!(after.issues.counts().keys().all(|kind| *kind != IssueKind::InputChanged));
}

#[test]
fn a_study_that_names_no_layer_keeps_those_of_its_map() {
    let (folder, _) = town();
    let text = "version = 1\nname = \"Town\"\n[streets]\nosm = \"town.osm\"\n";
    fs::write(folder.path().join("study.toml"), text).unwrap();
    let loaded = load_study(folder.path(), MapDetail::None, &Silent).unwrap();
    let file = ("childcare.csv", "name,lon,lat\nNew,0.003,0.0\n");
    let seen = looked(&loaded, (LayerKind::Facilities, "childcare"), file).unwrap();
    assert_eq!(seen.functions, [("childcare".to_owned(), 1)]);
    let after = taken(folder.path(), &seen, file);
    let ids: Vec<&str> = after.study.facilities.iter().map(|layer| layer.id.as_str()).collect();
    assert_eq!(ids, ["osm", "childcare"]);
    assert_eq!(after.study.facilities[0].from, FacilityFrom::Osm);
    let refused = looked(&after, (LayerKind::Facilities, "osm"), file).unwrap_err();
    assert!(refused.contains("another name"), "{refused}");
}

#[test]
fn a_layer_that_is_replaced_keeps_its_comments_and_choices() {
    let (folder, loaded) = town();
    let file = ("fresh.csv", "编号,名称,x,y\nb,Second,0.004,0.0\ngone,Third,0.005,0.0\n");
    let seen = looked(&loaded, (LayerKind::Facilities, "nurseries"), file).unwrap();
    assert_eq!(seen.replaces.as_deref(), Some("facilities/nurseries"));
    assert_eq!(seen.kept, 1, "the study skips the other");
    let after = taken(folder.path(), &seen, file);
    let text = fs::read_to_string(folder.path().join("study.toml")).unwrap();
    for comment in [
        "# Our town.",
        "# its name",
        "# Who looks after",
        "# from the council",
        "# What they offer.",
    ] {
        assert!(text.contains(comment), "{comment} is gone:\n{text}");
    }
    assert!(text.contains("path = \"fresh.csv\"   # from the council"), "{text}");
    assert!(
        text.contains("columns = { id = \"编号\", name = \"名称\", lon = \"x\", lat = \"y\" }"),
        "{text}"
    );
    assert_eq!(after.baseline.facilities.facilities.len(), 1);
}

#[test]
fn other_people_keep_the_groups_that_the_file_has() {
    let (folder, loaded) = town();
    let file = ("census.csv", "id,lon,lat,population\n1,0.005,0.0,100\n2,0.015,0.0,-5\n");
    let seen = looked(&loaded, (LayerKind::Demand, "demand"), file).unwrap();
    assert_eq!(seen.replaces.as_deref(), Some("demand"));
    assert_eq!(seen.persons, [("all".to_owned(), 100.0), ("age_60_plus".to_owned(), 20.0)]);
    let reasons: Vec<&str> = seen.issues.issues().iter().map(|i| i.reason.as_str()).collect();
    assert!(reasons.iter().any(|reason| reason.contains("age_0_3")), "{reasons:?}");
    assert!(seen.issues.counts().contains_key(&IssueKind::PopulationBad));
    let after = taken(folder.path(), &seen, file);
    let text = fs::read_to_string(folder.path().join("study.toml")).unwrap();
    for comment in ["# Counted in 2020.", "# Everybody."] {
        assert!(text.contains(comment), "{comment} is gone:\n{text}");
    }
    let groups = &after.study.demand.groups;
    assert_eq!(
        groups.iter().map(|g| g.group.id.as_str()).collect::<Vec<_>>(),
        ["all", "age_60_plus"]
    );
    assert_eq!(groups[0].from, GroupFrom::Column("population".to_owned()));
    assert_eq!(after.baseline.demand.points.len(), 2);
}

#[test]
fn other_zones_are_read_and_people_outside_are_told() {
    let (folder, loaded) = town();
    let ring = "[[[-0.01,-0.01],[0.007,-0.01],[0.007,0.01],[-0.01,0.01],[-0.01,-0.01]]]";
    let text = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{\"id\":\"w\",\
         \"name\":\"West\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{ring}}}}}]}}"
    );
    let file = ("zones.geojson", text.as_str());
    let seen = looked(&loaded, (LayerKind::Zones, "zones"), file).unwrap();
    assert_eq!((seen.kept, seen.replaces.as_deref()), (1, Some("zones")));
    assert_eq!(seen.issues.counts().get(&IssueKind::OutsideZones), Some(&1));
    let after = taken(folder.path(), &seen, file);
    assert!(after.baseline.zones.zones.iter().any(|zone| zone.name == "West"));
    let refused = looked(&loaded, (LayerKind::Zones, "zones"), ("z.csv", "id,name\n1,a\n"));
    assert!(refused.unwrap_err().contains("zones need polygons"));
}

#[test]
fn what_is_left_out_of_a_table_leaves_its_comments_above_the_next_key() {
    let (_folder, loaded) = town();
    let ring = "[[[-1.0,-1.0],[1.0,-1.0],[1.0,1.0],[-1.0,1.0],[-1.0,-1.0]]]";
    let text = format!(
        "{{\"type\":\"Feature\",\"properties\":{{\"name\":\"All\"}},\"geometry\":{{\"type\":\"Polygon\",\
         \"coordinates\":{ring}}}}}"
    );
    let seen = looked(&loaded, (LayerKind::Zones, "zones"), ("z.geojson", &text)).unwrap();
    let zones = "\n[zones]\n# From the map.\nsource = \"osm\"\n# Coarsest first.\nadmin_levels = [6]\n\
                 level_names = [\"town\"] # one\n";
    let amended =
        seen.amendment.unwrap().write(&format!("{STUDY}{zones}"), "z.geojson", "ab").unwrap();
    assert!(!amended.contains("admin_levels"), "{amended}");
    let lines: Vec<&str> = amended.lines().collect();
    let at = lines.iter().position(|line| *line == "# Coarsest first.").unwrap();
    assert!(lines[at + 1].starts_with("level_names"), "{amended}");
    assert!(study_of(Path::new("no/study.toml"), &amended).is_err(), "files are looked for");
}

#[test]
fn a_file_that_is_no_table_is_refused_with_its_reason() {
    let (_folder, loaded) = town();
    for (name, text, said) in [
        ("a.csv", "", "the file is empty"),
        ("a.csv", "\u{0}\u{1}\u{2}", "give a list as CSV (UTF-8 text)"),
        ("childcare.csv", "name\nNo place\n", "no coordinates"),
        ("a.geojson", "{\"type\":\"FeatureCollection\",\"features\":[", "a.geojson"),
    ] {
        let refused =
            looked(&loaded, (LayerKind::Facilities, "childcare"), (name, text)).unwrap_err();
        assert!(refused.contains(said), "{name}: {refused}");
    }
}

#[test]
fn candidates_are_read_with_their_costs() {
    let (_folder, loaded) = town();
    let file = ("sites.csv", "id,name,lon,lat,cost\na,Hall,0.003,0.0,2\nb,,0.3,0.3,1\n");
    let seen = looked(&loaded, (LayerKind::Candidates, "sites"), file).unwrap();
    assert_eq!((seen.kept, seen.candidates.len()), (2, 2));
    assert!(seen.amendment.is_none() && seen.replaces.is_none());
    assert_eq!(seen.issues.counts().get(&IssueKind::SnapFailed), Some(&1));
    assert_eq!(seen.places[1].1, "b");
}
