//! Descriptions that are read, and those that are refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::import::IssueKind;
use crate::progress::Silent;
use crate::units::Persons;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

/// A folder with a study of `text` and the inputs `a.osm.pbf`, `b.csv`, `c.geojson`, all empty.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.osm.pbf", "b.csv", "c.geojson"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    fs::write(folder.path().join(STUDY_FILE), text).unwrap();
    folder
}

const HEAD: &str = "version = 1\nname = \"Town\"\n";
const STREETS: &str = "[streets]\nosm = \"a.osm.pbf\"\n";

/// The study of `text`, which follows name and streets (line 4 is the last of these).
fn read(text: &str) -> Result<Study, ImportError> {
    read_study(folder(&format!("{HEAD}{STREETS}{text}")).path())
}

fn error(text: &str) -> String {
    let message = read(text).unwrap_err().to_string();
    message.split_once("study.toml: ").unwrap().1.to_owned()
}

fn error_before_streets(text: &str) -> String {
    let study = folder(&format!("{HEAD}{text}{STREETS}"));
    read_study(study.path())
        .unwrap_err()
        .to_string()
        .split_once("study.toml: ")
        .unwrap()
        .1
        .to_owned()
}

#[test]
fn the_demo_study_is_read() {
    let study = read_study(&data("isle-of-man")).unwrap();
    assert_eq!((study.id.as_str(), study.language), ("isle-of-man", Language::En));
    assert_eq!(study.profiles.len(), 5);
    assert_eq!(study.standards.len(), 4);
    let groups: Vec<&str> = study.demand.groups.iter().map(|g| g.group.id.as_str()).collect();
    assert_eq!(groups, ["all", "age_0_3", "age_3_6", "age_0_14", "age_60_plus", "age_65_plus"]);
    assert!(study.demand.groups[1..].iter().all(|g| g.group.estimated && !g.source.is_empty()));
    let ZonesSource::Osm { admin_levels, level_names } = &study.zones else { panic!("osm zones") };
    assert_eq!((admin_levels.as_slice(), level_names.len()), ([6, 8].as_slice(), 2));
    assert_eq!(study.population_level(), Some(1));
    let bus = study.standards[0].rules.iter().find(|rule| rule.id == "bus-stop").unwrap();
    assert!((bus.pass_share - 0.9).abs() < 1e-12);
    assert_eq!(
        study.attributions(),
        [
            "© OpenStreetMap contributors, ODbL 1.0",
            "Isle of Man Government census 2016, census counts (facts)"
        ]
    );
}

#[test]
fn the_inputs_of_the_shipped_studies_are_those_they_were_written_for() {
    for name in ["isle-of-man", "karhula"] {
        let study = read_study(&data(name).join(STUDY_FILE)).unwrap();
        let (fingerprint, issues) = study.fingerprint(&Silent).unwrap();
        assert_eq!(issues.total(), 0, "{name}: {:?}", issues.issues());
        assert_eq!(fingerprint.study_hash.len(), 64);
        assert!(study.inputs().iter().all(|(_, input)| input.sha256.is_some()), "{name}");
    }
}

#[test]
fn the_population_of_the_demo_adds_up_to_the_census() {
    let text = fs::read_to_string(data("isle-of-man/population.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|row| row.split(',').collect()).collect();
    assert_eq!(rows.len(), 24);
    assert_eq!(rows.iter().map(|row| row[1].parse::<u32>().unwrap()).sum::<u32>(), 83_314);
    let estimated: u32 = rows
        .iter()
        .filter(|row| row[2] == "estimated")
        .map(|row| row[1].parse::<u32>().unwrap())
        .sum();
    assert_eq!(estimated, 7_637);
}

#[test]
fn the_age_shares_of_the_demo_follow_from_the_stated_counts() {
    let study = read_study(&data("isle-of-man")).unwrap();
    let all = 83_314.0;
    let (young, old) = (13_300.0, 17_200.0);
    let expected: BTreeMap<&str, f64> = [
        ("age_0_3", young * 3.0 / 15.0 / all),
        ("age_3_6", young * 3.0 / 15.0 / all),
        ("age_0_14", young / all),
        ("age_60_plus", (old + (all - young - old) * 5.0 / 50.0) / all),
        ("age_65_plus", old / all),
    ]
    .into();
    for group in &study.demand.groups[1..] {
        let GroupFrom::ShareOfAll(share) = group.from else { panic!("a share") };
        assert!((share - expected[group.group.id.as_str()]).abs() < 1e-6, "{}", group.group.id);
    }
}

#[test]
fn every_option_the_demo_shows_in_a_comment_is_a_real_one() {
    let text = fs::read_to_string(data("isle-of-man/study.toml")).unwrap();
    // The commented tables of the tour, switched on: `# key = …` and `# [table]` lines.
    let mut lines = Vec::new();
    let mut shown = false;
    for line in text.lines() {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        shown = if bare.starts_with('[') {
            line.starts_with("# [")
        } else {
            shown && line.starts_with("# ")
        };
        lines.push(if shown { bare } else { line });
    }
    let text =
        lines.join("\n").replace("sha256 = \"…\"", "").replace("nurseries.csv", "population.csv");
    // These belong to another source than the one the demo uses.
    let text = text.replace("[demand.totals]", "").replace("Douglas = 26997", "");
    let folder = tempfile::tempdir().unwrap();
    for name in ["population.csv", "isle-of-man_2020-03-14.osm.pbf"] {
        fs::copy(data("isle-of-man").join(name), folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join(STUDY_FILE), text).unwrap();
    let study = read_study(folder.path()).unwrap();
    assert_eq!(study.standards.last().unwrap().id, "our-promise");
    assert_eq!(study.facilities.len(), 2);
    assert_eq!(study.functions.len(), 1);
}

#[test]
fn the_least_study_is_a_name_and_a_street_file() {
    let study = read("").unwrap();
    assert_eq!(study.id, "Town");
    assert_eq!(study.profiles.len(), 5);
    assert_eq!(study.standards[0].id, "plain-15");
    assert_eq!(study.facilities[0].from, FacilityFrom::Osm);
    assert_eq!(study.zones, ZonesSource::Auto);
    let DemandFrom::OsmBuildings(buildings) = &study.demand.from else { panic!("buildings") };
    assert!(buildings.total_persons.is_none());
    assert!(study.demand.groups.is_empty());
    assert_eq!(study.population_level(), None);
    assert!((study.limits.snap_distance_m - 250.0).abs() < f64::EPSILON);
    assert!(study.output.ends_with("out"));
}

#[test]
fn an_unknown_key_anywhere_is_named_with_its_line() {
    let line = |text| error(text);
    assert!(
        line("sha265 = \"\"\n")
            .starts_with("line 5: unknown key \"sha265\" in streets; did you mean \"sha256\"?")
    );
    assert!(
        line("[limit]\n").starts_with("line 5: unknown key \"limit\"; did you mean \"limits\"?")
    );
    assert!(
        line("[[facilities]]\nid = \"a\"\nsuorce = \"osm\"\n")
            .contains("line 7: unknown key \"suorce\" in facilities[1]; did you mean \"source\"?")
    );
    assert!(
        line("[[demand.group]]\nid = \"all\"\nshare = 1\n")
            .contains("line 7: unknown key \"share\" in demand.group[1]")
    );
    assert!(
        line("[demand]\npath = \"b.csv\"\ncolumns = { lng = \"x\" }\n")
            .contains("line 7: unknown key \"lng\" in demand.columns")
    );
    assert!(line("[[profile]]\nid = \"elder\"\nwalk_speed = 0.7\n").starts_with(
        "line 7: profile[1].walk_speed: unknown key; did you mean \"walk_speed_m_s\"?"
    ));
    assert!(
        line("[[function]]\nid = \"a\"\nen = \"a\"\nzh = \"a\"\nalias = []\n")
            .contains("did you mean \"aliases\"?")
    );
    assert!(
        line("[zones]\nsource = \"osmm\"\n")
            .starts_with("line 6: unknown word \"osmm\" in zones.source; did you mean \"osm\"?")
    );
}

#[test]
fn a_wrong_type_is_named_with_its_line() {
    assert!(
        error("[limits]\nsnap_distance_m = \"far\"\n")
            .starts_with("line 6: invalid type: string \"far\"")
    );
    assert!(
        error("[[profile]]\nid = \"elder\"\nwalk_speed_m_s = \"slow\"\n")
            .starts_with("line 7: profile[1].walk_speed_m_s: invalid type")
    );
    assert!(error_before_streets("profiles = \"adult\"\n").starts_with("line 3: invalid type"));
}

#[test]
fn a_file_that_is_not_there_is_named_with_its_line() {
    assert!(
        error("[demand]\npath = \"people.csv\"\n")
            .starts_with("line 6: demand.path: there is no file \"people.csv\"")
    );
    assert!(
        error("[zones]\npath = \"z.geojson\"\n")
            .starts_with("line 6: zones.path: there is no file")
    );
    assert!(
        error("[standards]\nfiles = [\n  \"s.toml\"]\n")
            .starts_with("line 7: standards.files[1]: there is no file")
    );
    let nowhere = read_study(Path::new("no/such/folder")).unwrap_err().to_string();
    assert!(nowhere.contains("walkshed init"), "{nowhere}");
}

#[test]
fn words_that_name_nothing_are_answered_with_the_nearest() {
    assert!(
        error_before_streets("profiles = [\"adlut\"]\n").contains(
            "line 3: profiles[1]: no profile is called \"adlut\"; did you mean \"adult\"?"
        )
    );
    assert!(error("[standards]\nuse = [\"plain15\"]\n").contains("line 6: standards.use[1]: no shipped standard is called \"plain15\"; did you mean \"plain-15\"?"));
    assert!(
        error("[targets]\n\"plain-15/childcar\" = 0.5\n")
            .contains("did you mean \"plain-15/childcare\"?")
    );
    let zones = "[zones]\nadmin_levels = [8]\nlevel_names = [\"district\"]\n";
    let demand = "[demand]\nsource = \"population\"\npath = \"b.csv\"\nzone_level = \"distict\"\n";
    assert!(error(&format!("{zones}{demand}")).contains("line 11: demand.zone_level: no zone level is called \"distict\"; did you mean \"district\"?"));
}

#[test]
fn a_rule_walks_only_as_a_profile_of_the_study() {
    let message = error_before_streets("profiles = [\"adult\"]\n");
    assert!(message.starts_with("line 3: profiles: standard \"plain-15\", rule \"childcare\" walks as \"child_with_carer\""), "{message}");
}

#[test]
fn a_profile_changes_its_base_and_is_no_longer_verified() {
    let study = read("[[profile]]\nid = \"elder\"\nwalk_speed_m_s = 0.7\n[[profile]]\nid = \"brisk\"\nbase = \"adult\"\nwalk_speed_m_s = 1.5\nsource = \"measured\"\nverified = true\n").unwrap();
    let find = |id: &str| study.profiles.iter().find(|profile| profile.id == id).unwrap();
    let elder = find("elder");
    assert!((elder.walk_speed_m_s - 0.7).abs() < 1e-12 && !elder.verified);
    assert!(elder.source.starts_with("set in the study"));
    let brisk = find("brisk");
    assert!(brisk.verified && brisk.source == "measured");
    assert_eq!(study.profiles.len(), 6);
    let message = error("[[profile]]\nid = \"elder\"\nwalk_speed_m_s = 70\n");
    assert!(message.starts_with("line 7: profile[1].walk_speed_m_s: "), "{message}");
}

#[test]
fn targets_go_from_the_standard_to_the_rule() {
    let study = read("[targets]\n\"plain-15\" = 0.5\n\"plain-15/park\" = 1\n[benchmarks]\n\"plain-15/health\" = 0.6\n").unwrap();
    let rule = |id: &str| study.standards[0].rules.iter().find(|rule| rule.id == id).unwrap();
    assert_eq!(rule("park").pass_share.to_bits(), 1.0_f64.to_bits());
    assert_eq!(rule("park").benchmark_share.map(f64::to_bits), Some(1.0_f64.to_bits()));
    assert_eq!(rule("culture").pass_share.to_bits(), 0.5_f64.to_bits());
    assert_eq!(rule("health").benchmark_share.map(f64::to_bits), Some(0.6_f64.to_bits()));
    assert!(
        error("[targets]\n\"plain-15\" = 85\n")
            .starts_with("line 6: targets.plain-15: 85 is not a share")
    );
    assert!(error("[benchmarks]\n\"plain-15\" = 0.5\n").contains("less than its target"));
}

#[test]
fn a_key_that_would_do_nothing_is_refused() {
    assert!(
        error("[demand]\nsource = \"streets\"\ntotal_persons = 5\n")
            .contains("line 7: demand.total_persons: does nothing")
    );
    assert!(
        error("[demand]\npath = \"b.csv\"\n[demand.totals]\nA = 5\n")
            .contains("demand.totals: does nothing")
    );
    assert!(
        error("[[facilities]]\nid = \"a\"\nsource = \"osm\"\ncrs = \"gcj02\"\n")
            .contains("line 8: facilities[1].crs: does nothing")
    );
    assert!(
        error("[zones]\npath = \"c.geojson\"\nadmin_levels = [8]\n")
            .contains("zones.admin_levels: does nothing")
    );
}

#[test]
fn a_column_that_would_do_nothing_is_refused() {
    let file = error("[demand]\npath = \"b.csv\"\ncolumns = { zone = \"z\" }\n");
    assert!(file.starts_with("line 7: demand.columns.zone: does nothing"), "{file}");
    let joined = "[demand]\nsource = \"population\"\npath = \"b.csv\"\ncolumns = { lon = \"x\" }\n";
    assert!(error(joined).starts_with("line 8: demand.columns.lon: does nothing"));
}

#[test]
fn numbers_out_of_range_are_refused() {
    assert!(error("[limits]\nsnap_distance_m = 0\n").contains("0 is outside 1 to 5000"));
    assert!(error("[limits]\nisland_length_m = nan\n").contains("NaN is outside"));
    assert!(error("[zones]\nadmin_levels = [8, 6]\n").contains("coarsest first"));
    assert!(
        error("[demand]\nsource = \"osm_buildings\"\ntotal_persons = -1\n")
            .contains("not a number of people")
    );
    assert!(
        error("[demand]\nsource = \"osm_buildings\"\ntotal_persons = 5\n[demand.totals]\nA = 6\n")
            .contains("less than the 6 people")
    );
    assert!(
        error("[[demand.group]]\nid = \"age_0_3\"\nshare_of_all = 3\n")
            .contains("3 is not a share")
    );
    assert!(
        error("[[demand.group]]\nid = \"age_0_3\"\n").contains("either `column` or `share_of_all`")
    );
    assert!(error("[[demand.group]]\nid = \"age_0_3\"\ncolumn = \"a\"\n").contains("has no table"));
    let old = folder("version = 2\nname = \"a\"\n[streets]\nosm = \"a.osm.pbf\"\n");
    assert!(
        read_study(old.path())
            .unwrap_err()
            .to_string()
            .contains("line 1: version: this walkshed reads version 1")
    );
}

#[test]
fn coordinate_systems_have_one_spelling() {
    let layer = |crs: &str| {
        read(&format!("[[facilities]]\nid = \"a\"\npath = \"b.csv\"\ncrs = \"{crs}\"\n"))
    };
    for (written, plain) in [("WGS 84", "wgs84"), ("GCJ-02", "gcj02"), ("EPSG:4490", "epsg:4490")] {
        let study = layer(written).unwrap();
        let FacilityFrom::Table(table, _) = &study.facilities[0].from else { panic!("a table") };
        assert_eq!(table.crs, plain);
    }
    let message = layer("mars").unwrap_err().to_string();
    assert!(message.contains("line 8: facilities[1].crs: unknown"), "{message}");
}

#[test]
fn named_columns_go_by_what_they_hold() {
    let columns = "columns = { x = \"经度\", lat = \"纬度\", opening_hours = \"开放时间\" }";
    let study =
        read(&format!("[[facilities]]\nid = \"a\"\npath = \"b.csv\"\n{columns}\n")).unwrap();
    let FacilityFrom::Table(_, columns) = &study.facilities[0].from else { panic!("a table") };
    let named: Vec<(String, String)> = columns.named().into_iter().collect();
    let named: Vec<(&str, &str)> = named.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(named, [("hours", "开放时间"), ("lat", "纬度"), ("lon", "经度")]);
}

#[test]
fn functions_of_the_study_are_added_or_take_the_place_of_shipped_ones() {
    let own = |id: &str| format!("[[function]]\nid = \"{id}\"\nen = \"own\"\nzh = \"a\"\n");
    let study = read(&format!("{}{}", own("library"), own("park"))).unwrap();
    let shipped = |id: &str| Function {
        id: id.to_owned(),
        en: "shipped".to_owned(),
        zh: "a".to_owned(),
        osm: Vec::new(),
        aliases: Vec::new(),
        part_of: None,
    };
    let taxonomy = study.taxonomy(vec![shipped("park"), shipped("health")]).unwrap();
    let names: Vec<(&str, &str)> =
        taxonomy.functions().iter().map(|f| (f.id.as_str(), f.en.as_str())).collect();
    assert_eq!(names, [("park", "own"), ("health", "shipped"), ("library", "own")]);
    assert!(error(&format!("{0}{0}", own("a"))).contains("function[2].id: \"a\" is there twice"));
}

#[test]
fn a_function_that_is_not_in_the_vocabulary_is_named() {
    let health = Function {
        id: "health".to_owned(),
        en: "Health".to_owned(),
        zh: "医疗".to_owned(),
        osm: Vec::new(),
        aliases: Vec::new(),
        part_of: None,
    };
    let taxonomy = Taxonomy::new(vec![health]).unwrap();
    let study =
        read("[[facilities]]\nid = \"a\"\nsource = \"osm\"\nfunctions = [\"helth\"]\n").unwrap();
    let message = study.check_functions(&taxonomy).unwrap_err().to_string();
    assert!(
        message.contains(
            "line 8: facilities[1].functions: unknown function \"helth\"; did you mean \"health\"?"
        ),
        "{message}"
    );
    let message = read("").unwrap().check_functions(&taxonomy).unwrap_err().to_string();
    assert!(
        message.contains("standard \"plain-15\", rule \"childcare\": unknown function"),
        "{message}"
    );
}

#[test]
fn an_input_that_changed_is_said_aloud_and_changes_the_hash() {
    let stated = format!("{HEAD}{STREETS}sha256 = \"{}\"\n", "0".repeat(64));
    let study = folder(&stated);
    let (first, issues) = read_study(study.path()).unwrap().fingerprint(&Silent).unwrap();
    assert_eq!(issues.counts()[&IssueKind::InputChanged], 1);
    assert!(issues.issues()[0].reason.contains(&first.inputs[0].sha256));
    fs::write(study.path().join("a.osm.pbf"), "x").unwrap();
    let (second, _) = read_study(study.path()).unwrap().fingerprint(&Silent).unwrap();
    assert_ne!(first.study_hash, second.study_hash);
    assert!(error("sha256 = \"12\"\n").contains("line 5: streets.sha256: a SHA-256 has 64"));
}

#[test]
fn comments_folders_and_output_do_not_change_the_hash_but_rules_do() {
    let hash = |text: &str| {
        let study = folder(&format!("{HEAD}{STREETS}{text}"));
        read_study(study.path()).unwrap().fingerprint(&Silent).unwrap().0.study_hash
    };
    let plain = hash("");
    assert_eq!(plain, hash("# a comment\n[output]\nfolder = \"elsewhere\"\n"));
    assert_ne!(plain, hash("[targets]\n\"plain-15\" = 0.5\n"));
    assert_ne!(plain, hash("[limits]\nsnap_distance_m = 100\n"));
    assert_ne!(plain, hash("[[profile]]\nid = \"elder\"\nwalk_speed_m_s = 0.7\n"));
}

#[test]
fn all_comes_first_and_totals_are_people() {
    let study = read("[demand]\npath = \"b.csv\"\n[[demand.group]]\nid = \"workers\"\ncolumn = \"w\"\n[[demand.group]]\nid = \"all\"\ncolumn = \"p\"\n").unwrap();
    assert_eq!(study.demand.groups[0].from, GroupFrom::Column("p".to_owned()));
    assert_eq!(study.demand.groups[1].group.zh, "就业人员");
    assert!(!study.demand.groups[1].group.estimated);
    let study =
        read("[demand]\nsource = \"osm_buildings\"\n[demand.totals]\nB = 7\nA = 5\n").unwrap();
    let DemandFrom::OsmBuildings(buildings) = study.demand.from else { panic!("buildings") };
    assert_eq!(buildings.zone_totals, [("A".to_owned(), 5.0), ("B".to_owned(), 7.0)]);
    assert!(Persons::from_count(buildings.zone_totals[0].1).is_some());
}
