//! Files that are sent: looked at, taken into the study on disk, or let go.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use walkshed::delivery::Papers;
use walkshed::import::load::{LoadedStudy, MapDetail, load_described, load_study};
use walkshed::import::study_file::study_of;
use walkshed::progress::{Progress, Silent};
use walkshed::server::{Access, AppInput, Described, MapContent, Server, Shelf, StudyMeta};

use super::town::{call, get, send};

const STUDY: &str = "# Our town.\nversion = 1\nname = \"Town\"\n\n[streets]\nosm = \"town.osm\"  # a street\n\n\
    # Who looks after children.\n[[facilities]]\nid = \"nurseries\"\npath = \"nurseries.csv\"\n\
    functions = [\"childcare\"]\n\n[demand]\nsource = \"file\"\npath = \"people.csv\"\n";
const LAYERS: &str = "/api/v1/studies/town/layers";

fn input(loaded: LoadedStudy) -> AppInput {
    let meta = StudyMeta { id: "town".into(), name: "Town".into(), ..StudyMeta::default() };
    AppInput {
        baseline: loaded.baseline,
        audit_json: None,
        content: MapContent::default(),
        meta,
        papers: Papers::default(),
    }
}

fn write_study(folder: &Path) {
    let node = |id: u32, lon: f64| format!("<node id=\"{id}\" lon=\"{lon}\" lat=\"0.0\"/>\n");
    let osm = format!(
        "<osm version=\"0.6\">\n{}{}<way id=\"9\"><nd ref=\"1\"/><nd ref=\"2\"/>\
         <tag k=\"highway\" v=\"residential\"/></way>\n</osm>\n",
        node(1, 0.0),
        node(2, 0.02)
    );
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("town.osm", &osm);
    write("nurseries.csv", "id,name,lon,lat\na,First,0.001,0.0\n");
    write("people.csv", "id,lon,lat,persons\n1,0.002,0.0,10\n2,0.0199,0.0,30\n");
    write("study.toml", STUDY);
}

fn served(folder: &Path, access: Access) -> Arc<Server> {
    let file: PathBuf = folder.join("study.toml");
    let loaded = load_study(folder, MapDetail::None, &Silent).unwrap();
    let (opened, amended) = (file.clone(), file.clone());
    let open = move |progress: &dyn Progress| {
        let loaded = load_study(&opened, MapDetail::None, progress);
        loaded.map(input).map_err(|fault| fault.to_string())
    };
    let open_as = move |text: &str, progress: &dyn Progress| {
        let loaded = study_of(&amended, text)
            .and_then(|study| load_described(study, MapDetail::None, progress));
        loaded.map(input).map_err(|fault| fault.to_string())
    };
    let shelf = Shelf {
        id: "town".into(),
        name: "Town".into(),
        folder: Some(folder.to_owned()),
        described: Some(Described { file, open_as: Arc::new(open_as) }),
        open: Arc::new(open),
    };
    let server = Server::new(vec![shelf]).with_access(access);
    server.put("town", input(loaded)).unwrap();
    Arc::new(server)
}

fn town() -> (tempfile::TempDir, Arc<Server>) {
    let folder = tempfile::tempdir().unwrap();
    write_study(folder.path());
    let server = served(folder.path(), Access::default());
    (folder, server)
}

async fn sent(server: &Arc<Server>, query: &str, file: impl Into<Body>) -> (StatusCode, Value) {
    let request = Request::post(format!("{LAYERS}?{query}")).header(header::HOST, "localhost");
    let answer = send(server, request.body(file.into()).unwrap()).await;
    (answer.status, answer.json())
}

/// The job of an acceptance when it is over.
async fn taken(server: &Arc<Server>, token: &Value, more: &str) -> Value {
    let uri = format!("{LAYERS}/{}/accept{more}", token.as_str().unwrap());
    let (status, begun) = call(server, "POST", &uri, None).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
    for _ in 0..500 {
        let job = get(server, &format!("/api/v1/jobs/{}", begun["id"].as_str().unwrap())).await;
        if ["done", "failed", "cancelled"].contains(&job["state"].as_str().unwrap()) {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    unreachable!("the job does not end")
}

async fn covered(server: &Arc<Server>) -> f64 {
    let uri = "/api/v1/studies/town/coverage?function=childcare&cutoff_min=15";
    get(server, uri).await["covered_persons"].as_f64().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_layer_is_looked_at_first_and_taken_into_the_study_when_accepted() {
    let (folder, server) = town();
    assert!((covered(&server).await - 10.0).abs() < 1e-9);
    let before = names(folder.path());
    let file = "id,name,lon,lat,function\nx,New,0.0195,0.0,childcare\ny,Lost,,,childcare\nz,Odd,0.01,0.0,zeppelin\n";
    let (status, report) = sent(&server, "kind=facilities&file=more.csv&name=more", file).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    assert_eq!(
        (&report["read"], &report["kept"], &report["skipped"]),
        (&json!(3), &json!(1), &json!(2))
    );
    assert_eq!(report["functions"], json!([{ "id": "childcare", "count": 1 }]));
    assert_eq!(report["writes"], "more.csv");
    assert_eq!(report["replaces"], Value::Null);
    assert_eq!(report["crs"], json!({ "name": "WGS84", "detected": true }));
    let rows: Vec<(&str, &str)> = report["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["kind"].as_str().unwrap(), row["feature"].as_str().unwrap()))
        .collect();
    assert!(rows.contains(&("geometry_missing", "row 3")), "{rows:?}");
    assert!(rows.contains(&("function_unknown", "row 4")), "{rows:?}");
    let kinds = report["issues"].as_array().unwrap();
    let missing = kinds.iter().find(|row| row["kind"] == "geometry_missing").unwrap();
    assert_eq!((&missing["count"], &missing["zh"]), (&json!(1), &json!("没有可用的几何")));
    assert_eq!(names(folder.path()), before, "nothing is kept before it is accepted");
    let job = taken(&server, &report["token"], "").await;
    assert_eq!((&job["state"], &job["kind"]), (&json!("done"), &json!("open")), "{job}");
    assert!((covered(&server).await - 40.0).abs() < 1e-9, "the other home is served now");
    let text = fs::read_to_string(folder.path().join("study.toml")).unwrap();
    assert!(text.starts_with(STUDY), "what the user wrote stays: {text}");
    assert_eq!(fs::read_to_string(folder.path().join("more.csv")).unwrap(), file);
    let anew = load_study(folder.path(), MapDetail::None, &Silent).unwrap();
    assert_eq!(anew.baseline.facilities.facilities.len(), 2);
    let (gone, _) = call(
        &server,
        "POST",
        &format!("{LAYERS}/{}/accept", report["token"].as_str().unwrap()),
        None,
    )
    .await;
    assert_eq!(gone, StatusCode::NOT_FOUND, "a token serves once");
}

#[tokio::test]
async fn a_layer_of_that_name_is_replaced_only_when_that_is_said() {
    let (folder, server) = town();
    let file = "id,name,lon,lat\nb,Second,0.0195,0.0\n";
    let query = "kind=facilities&file=nurseries.csv";
    let (_, report) = sent(&server, query, file).await;
    assert_eq!(report["replaces"], "facilities/nurseries");
    assert_eq!(report["writes"], "nurseries-2.csv", "the user's file is not written over");
    let uri = format!("{LAYERS}/{}/accept", report["token"].as_str().unwrap());
    let (status, refused) = call(&server, "POST", &uri, None).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(refused["detail"].as_str().unwrap().contains("replace=true"), "{refused}");
    let job = taken(&server, &report["token"], "?replace=true").await;
    assert_eq!(job["state"], "done", "{job}");
    assert!((covered(&server).await - 30.0).abs() < 1e-9);
    let old = fs::read_to_string(folder.path().join("nurseries.csv")).unwrap();
    assert!(old.contains("First"));
    let text = fs::read_to_string(folder.path().join("study.toml")).unwrap();
    assert!(text.contains("# Who looks after children.") && text.contains("nurseries-2.csv"));
    assert_eq!(text.matches("[[facilities]]").count(), 1);
}

#[tokio::test]
async fn when_taking_it_up_fails_the_study_is_as_before() {
    let (folder, server) = town();
    let (_, report) =
        sent(&server, "kind=facilities&file=childcare.csv", "id,lon,lat\nx,0.0195,0.0\n").await;
    // The people's file goes between looking and accepting: the study cannot be loaded.
    let people = folder.path().join("people.csv");
    let text = fs::read_to_string(&people).unwrap();
    fs::write(&people, "").unwrap();
    let before = names(folder.path());
    let job = taken(&server, &report["token"], "").await;
    assert_eq!(job["state"], "failed", "{job}");
    assert!(job["problem"].as_str().unwrap().contains("people.csv"), "{job}");
    assert_eq!(names(folder.path()), before, "no file is left");
    assert_eq!(fs::read_to_string(folder.path().join("study.toml")).unwrap(), STUDY);
    assert!((covered(&server).await - 10.0).abs() < 1e-9, "the study still answers");
    fs::write(&people, text).unwrap();
    assert_eq!(taken(&server, &report["token"], "").await["state"], "done", "once more");
}

#[tokio::test]
async fn people_and_zones_can_be_sent_too() {
    let (_folder, server) = town();
    let (status, report) =
        sent(&server, "kind=demand&file=census.csv", "id,lon,lat,population\n1,0.002,0.0,7\n")
            .await;
    assert_eq!(status, StatusCode::OK, "{report}");
    assert_eq!(report["persons"][0], json!({ "group": "all", "persons": 7.0 }));
    assert_eq!(report["replaces"], "demand");
    assert_eq!(taken(&server, &report["token"], "?replace=true").await["state"], "done");
    assert!((covered(&server).await - 7.0).abs() < 1e-9);
    let ring = json!([[[-0.1, -0.1], [0.1, -0.1], [0.1, 0.1], [-0.1, 0.1], [-0.1, -0.1]]]);
    let zone = json!({ "type": "Feature", "properties": { "id": "w", "name": "West" },
        "geometry": { "type": "Polygon", "coordinates": ring } });
    let file = json!({ "type": "FeatureCollection", "features": [zone] }).to_string();
    let (status, report) = sent(&server, "kind=zones&file=z.geojson", file).await;
    assert_eq!((status, &report["kept"]), (StatusCode::OK, &json!(1)), "{report}");
    assert_eq!(taken(&server, &report["token"], "?replace=true").await["state"], "done");
    let zones = get(&server, "/api/v1/studies/town/zones").await;
    assert!(zones.to_string().contains("West"), "{zones}");
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_with_file_feature_and_reason() {
    let (folder, server) = town();
    let refused = [
        ("kind=facilities&file=childcare.csv", "", StatusCode::UNPROCESSABLE_ENTITY, "empty"),
        (
            "kind=facilities&file=childcare.csv",
            "a\nb\n",
            StatusCode::UNPROCESSABLE_ENTITY,
            "no coordinates",
        ),
        (
            "kind=facilities&file=x.csv",
            "id,lon,lat\n1,0,0\n",
            StatusCode::UNPROCESSABLE_ENTITY,
            "no functions",
        ),
        (
            "kind=facilities&file=x.csv&functions=zeppelin",
            "id,lon,lat\n1,0,0\n",
            StatusCode::UNPROCESSABLE_ENTITY,
            "zeppelin",
        ),
        (
            "kind=facilities&file=childcare.csv&crs=epsg:1",
            "id,lon,lat\n1,0,0\n",
            StatusCode::UNPROCESSABLE_ENTITY,
            "epsg",
        ),
        (
            "kind=zones&file=z.csv",
            "id,lon,lat\n1,0,0\n",
            StatusCode::UNPROCESSABLE_ENTITY,
            "polygons",
        ),
        (
            "kind=candidates&file=c.csv",
            "id,lon,lat,cost\n1,0,0,much\n",
            StatusCode::UNPROCESSABLE_ENTITY,
            "row 2",
        ),
        ("kind=streets&file=x.csv", "a", StatusCode::BAD_REQUEST, "kind"),
        ("kind=facilities", "a", StatusCode::BAD_REQUEST, "file"),
        ("kind=facilities&file=study.toml", "a", StatusCode::BAD_REQUEST, ".csv"),
    ];
    for (query, file, status, said) in refused {
        let (told, problem) = sent(&server, query, file).await;
        assert_eq!(told, status, "{query}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.to_lowercase().contains(said), "{query}: {detail}");
        assert!(!detail.contains("/tmp/walkshed-"), "{detail}");
    }
    let (status, _) = call(&server, "POST", &format!("{LAYERS}/nothing/accept"), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let long = "x".repeat((64 << 20) + 1);
    let (status, problem) = sent(&server, "kind=facilities&file=childcare.csv", long).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{problem}");
    assert_eq!(fs::read_to_string(folder.path().join("study.toml")).unwrap(), STUDY);
}

#[tokio::test]
async fn a_file_of_candidates_waits_to_be_searched_and_can_be_let_go() {
    let (_folder, server) = town();
    let file = "id,name,lon,lat,cost\na,Hall,0.0195,0.0,2\n";
    let (_, report) = sent(&server, "kind=candidates&file=sites.csv", file).await;
    let token = report["token"].as_str().unwrap();
    assert_eq!((&report["writes"], &report["replaces"]), (&Value::Null, &Value::Null));
    let (status, _) = call(&server, "POST", &format!("{LAYERS}/{token}/accept"), None).await;
    assert_eq!(status, StatusCode::CONFLICT, "candidates are no part of a study");
    let ask = json!({ "problem": "mclp", "sites": 1, "function": "childcare", "profile": "adult",
        "group": "all", "cutoff_min": 15, "candidates": [format!("file:{token}")] });
    let place = "/api/v1/studies/town/place";
    let (status, begun) = call(&server, "POST", place, Some(ask.clone())).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
    let gone = Request::delete(format!("{LAYERS}/{token}")).header(header::HOST, "localhost");
    let answer = send(&server, gone.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let (status, _) = call(&server, "POST", place, Some(ask)).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it was let go");
}

#[tokio::test]
async fn a_server_that_only_shows_takes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    write_study(folder.path());
    let server = served(folder.path(), Access { token: None, read_only: true });
    let (status, _) =
        sent(&server, "kind=facilities&file=childcare.csv", "id,lon,lat\n1,0,0\n").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}
