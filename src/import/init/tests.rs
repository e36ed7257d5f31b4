//! What `init` writes, read back.

use super::*;
use std::fs;

use crate::facility::Function;
use crate::import::study_file::{
    DemandFrom, FacilityFrom, GroupFrom, STUDY_FILE, Study, ZonesSource, read_study,
};

fn taxonomy() -> Taxonomy {
    let childcare = Function {
        id: "childcare".to_owned(),
        en: "Childcare".to_owned(),
        zh: "托育".to_owned(),
        osm: Vec::new(),
        aliases: vec!["nursery".to_owned()],
        part_of: None,
    };
    Taxonomy::new(vec![childcare]).unwrap()
}

fn table(path: PathBuf, columns: &[(&str, Option<&'static str>)]) -> TableFacts {
    fs::write(&path, "x").unwrap();
    TableFacts {
        path,
        rows: 7,
        columns: columns.iter().map(|(name, held)| ((*name).to_owned(), *held)).collect(),
        has_places: columns.iter().any(|(_, held)| *held == Some("lon")),
        encoding: "gb18030".to_owned(),
        ..TableFacts::default()
    }
}

fn request<'a>(inputs: &Path, taxonomy: &'a Taxonomy) -> InitRequest<'a> {
    let path = inputs.join("城区 \"north\".osm.pbf");
    fs::write(&path, "x").unwrap();
    InitRequest {
        name: "鲤城 \"old town\"\nx".to_owned(),
        language: Language::Zh,
        osm: OsmFacts {
            path,
            residential_buildings: 9,
            admin_levels: vec![(2, 3), (6, 1), (8, 24), (10, 80)],
            functions: vec![("childcare".to_owned(), 5)],
        },
        facilities: Vec::new(),
        demand: None,
        zones: None,
        elevation: Vec::new(),
        taxonomy,
        accept_losses: false,
    }
}

fn written(folder: &Path, request: &InitRequest<'_>) -> (Study, String) {
    let text = study_text(folder, request).unwrap();
    fs::write(folder.join(STUDY_FILE), &text).unwrap();
    (read_study(folder).unwrap(), text)
}

#[test]
fn a_study_written_from_an_osm_file_alone_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let taxonomy = taxonomy();
    let (study, text) = written(folder.path(), &request(folder.path(), &taxonomy));
    assert_eq!(study.streets.osm.written, "城区 \"north\".osm.pbf");
    assert!(study.streets.osm.sha256.is_some());
    assert_eq!(study.language, Language::Zh);
    let ZonesSource::Osm { admin_levels, .. } = &study.zones else { panic!("osm zones") };
    assert_eq!(admin_levels, &[8, 10]);
    assert!(matches!(study.demand.from, DemandFrom::OsmBuildings(_)));
    assert!(text.contains("#   childcare: 5"));
}

#[test]
fn a_study_written_from_tables_maps_their_columns_and_groups() {
    let folder = tempfile::tempdir().unwrap();
    let (inside, taxonomy) = (folder.path(), taxonomy());
    let mut request = request(inside, &taxonomy);
    let places = [("机构名称", Some("name")), ("经度", Some("lon")), ("纬度", Some("lat"))];
    request.facilities = vec![
        table(inside.join("nurseries_nursery.csv"), &[&places[..], &[("备注", None)]].concat()),
        table(inside.join("osm.csv"), &places),
    ];
    let columns =
        [("社区", Some("zone")), ("常住人口", Some("population")), ("0-3岁", None), ("60+", None)];
    let mut people = table(inside.join("people.csv"), &columns);
    people.groups = [("all", "常住人口"), ("age_0_3", "0-3岁"), ("age_60_plus", "60+")]
        .map(|(group, header)| (group.to_owned(), header.to_owned()))
        .to_vec();
    request.demand = Some(people);
    request.zones = Some(table(inside.join("z.geojson"), &[("名称", Some("name"))]));
    let (study, text) = written(inside, &request);
    assert_eq!(study.facilities.len(), 3);
    assert_eq!(study.facilities[1].functions, ["childcare"]);
    assert_eq!(study.facilities[2].id, "osm-2");
    let FacilityFrom::Table(_, columns) = &study.facilities[1].from else { panic!("a table") };
    assert_eq!(columns.lon.as_deref(), Some("经度"));
    assert!(text.contains("# not used: \"备注\"") && text.contains("# 7 rows, read as gb18030"));
    assert!(matches!(study.demand.from, DemandFrom::ZoneTable { .. }));
    let groups: Vec<(&str, &GroupFrom)> =
        study.demand.groups.iter().map(|g| (g.group.id.as_str(), &g.from)).collect();
    let column = |name: &str| GroupFrom::Column(name.to_owned());
    assert_eq!(
        groups,
        [
            ("all", &column("常住人口")),
            ("age_0_3", &column("0-3岁")),
            ("age_60_plus", &column("60+"))
        ]
    );
    assert!(matches!(study.zones, ZonesSource::Table { .. }));
}

#[test]
fn near_inputs_are_named_from_the_folder_and_far_ones_in_full() {
    let root = tempfile::tempdir().unwrap();
    let (near, deep) = (root.path().join("a"), root.path().join("b/c/d/e/f"));
    fs::create_dir_all(&near).unwrap();
    fs::create_dir_all(&deep).unwrap();
    let input = root.path().join("in.csv");
    fs::write(&input, "x").unwrap();
    assert_eq!(reference(&near, &input).unwrap(), "../in.csv");
    let far = reference(&deep, &input).unwrap();
    assert!(Path::new(&far).is_absolute(), "{far}");
    assert_eq!(reference(&root.path().join("new"), &input).unwrap(), "../in.csv");
}

#[test]
fn without_homes_or_boundaries_streets_and_places_stand_in() {
    let folder = tempfile::tempdir().unwrap();
    let taxonomy = taxonomy();
    let mut request = request(folder.path(), &taxonomy);
    request.osm.residential_buildings = 0;
    request.osm.admin_levels = vec![(2, 1)];
    let (study, _) = written(folder.path(), &request);
    assert_eq!(study.demand.from, DemandFrom::Streets);
    assert_eq!(study.zones, ZonesSource::Auto);
}

#[test]
fn an_input_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taxonomy = taxonomy();
    let mut request = request(folder.path(), &taxonomy);
    request.osm.path = folder.path().join("gone.pbf");
    let error = study_text(folder.path(), &request).unwrap_err().to_string();
    assert!(error.contains("gone.pbf"), "{error}");
}
