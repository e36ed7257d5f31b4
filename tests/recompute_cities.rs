//! Times on real cities, recomputed by petgraph from the exported CSV text alone: equal to the millisecond.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test says what went wrong by failing"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, NodeIndex};
use walkshed::export::{NearestExport, facilities_called, write_edges_csv, write_facilities_csv};
use walkshed::ids::EdgeId;
use walkshed::import::load::{LoadedStudy, MapDetail, load_study};
use walkshed::progress::Silent;
use walkshed::reach::LinkedWalker;
use walkshed::units::WalkTime;

type Row = BTreeMap<String, String>;

fn rows(bytes: &[u8]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(bytes);
    reader.deserialize().map(Result::unwrap).collect()
}

/// Whole millimetres of a length with three decimals.
fn mm(text: &str) -> u64 {
    text.replace('.', "").parse().unwrap()
}

/// `whole × part ÷ length`, rounded half up.
fn part(whole: u64, piece: u64, length: u64) -> u64 {
    (whole * piece + length / 2).checked_div(length).unwrap_or(0)
}

fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

/// Time of every node to the nearest facility of `layer`, by petgraph on the reversed exported graph.
fn recompute(loaded: &LoadedStudy, walker: &LinkedWalker, layer: &str) -> Vec<Option<u64>> {
    let baseline = &loaded.baseline;
    let (mut edges, mut facilities) = (Vec::new(), Vec::new());
    write_edges_csv(&mut edges, &baseline.graph, walker).unwrap();
    write_facilities_csv(&mut facilities, baseline, walker).unwrap();
    let edges = rows(&edges);
    let mut graph: DiGraph<(), u64> = DiGraph::new();
    let nodes: Vec<NodeIndex> =
        (0..baseline.graph.node_count()).map(|_| graph.add_node(())).collect();
    let node = |text: &str| nodes[text.parse::<usize>().unwrap()];
    for edge in &edges {
        let (u, v) = (node(&edge["u"]), node(&edge["v"]));
        // Reversed: from where one arrives to where one left.
        for (from, to, time) in [(v, u, &edge["forward_ms"]), (u, v, &edge["backward_ms"])] {
            if let Some(time) = number(time) {
                graph.add_edge(from, to, time);
            }
        }
    }
    let goal = graph.add_node(());
    for facility in rows(&facilities).iter().filter(|row| row["layer"] == layer) {
        let edge = &edges[facility["edge"].parse::<usize>().unwrap()];
        let (length, at) = (mm(&edge["length_m"]), mm(&facility["offset_m"]));
        let entrance = graph.add_node(());
        graph.add_edge(goal, entrance, number(&facility["access_ms"]).unwrap());
        if let Some(forward) = number(&edge["forward_ms"]) {
            graph.add_edge(entrance, node(&edge["u"]), part(forward, at, length));
        }
        if let Some(backward) = number(&edge["backward_ms"]) {
            graph.add_edge(entrance, node(&edge["v"]), part(backward, length - at, length));
        }
    }
    let times = dijkstra(&graph, goal, None, |edge| *edge.weight());
    nodes.iter().map(|node| times.get(node).copied()).collect()
}

fn agrees(study: &Path, layer: &str) {
    let loaded = load_study(study, MapDetail::None, &Silent).unwrap();
    let cutoff = WalkTime::from_minutes(30.0).unwrap();
    for walker in loaded.baseline.walkers() {
        let profile = walker.profile.id.as_str();
        if !["adult", "elder", "wheelchair", "waiting"].contains(&profile) {
            continue;
        }
        let serving = facilities_called(&loaded.baseline, layer).unwrap();
        let mut text = Vec::new();
        NearestExport::find(&loaded.baseline, walker, &serving, cutoff)
            .write_nodes(&mut text)
            .unwrap();
        let ours: Vec<Option<u64>> =
            rows(&text).iter().map(|row| number(&row["time_ms"])).collect();
        let theirs: Vec<Option<u64>> = recompute(&loaded, walker, layer)
            .into_iter()
            .map(|time| time.filter(|&time| time <= u64::from(cutoff.as_ms())))
            .collect();
        assert!(ours.iter().flatten().count() > 100, "{profile}: something is reached");
        assert_eq!(ours, theirs, "{} as {profile}", study.display());
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_isle_of_man_agrees_with_petgraph() {
    agrees(&root().join("data/isle-of-man"), "pharmacy");
}

/// What is read for the map must not change what is counted: a gate in a fence is one, drawn or not.
#[test]
fn what_is_read_for_the_map_leaves_places_and_people_as_they_are() {
    for city in ["isle-of-man", "karhula"] {
        let study = root().join("data").join(city);
        let [bare, full] = [MapDetail::None, MapDetail::Full]
            .map(|detail| load_study(&study, detail, &Silent).unwrap());
        assert_eq!(bare.issues, full.issues, "{city}");
        let told = bare
            .issues
            .issues()
            .iter()
            .any(|issue| issue.reason.contains("a wall or fence runs over"));
        assert_eq!(told, city == "isle-of-man", "{city}: walls over streets are told");
        let [bare, full] = [bare.baseline, full.baseline];
        let both = bare.facilities.facilities.iter().zip(full.facilities.facilities.iter());
        for (without, with) in both {
            assert_eq!(without, with, "{city}");
        }
        assert_eq!(bare.facilities.facilities.len(), full.facilities.facilities.len(), "{city}");
        assert!(bare.demand.points.iter().eq(full.demand.points.iter()), "{city}");
        assert_eq!(bare.graph.places(), full.graph.places(), "{city}");
    }
}

#[test]
fn karhula_agrees_with_petgraph() {
    agrees(&root().join("data/karhula"), "osm");
}

/// A study of one extract, with a walker who waits at crossings.
fn study_of(extract: &Path, folder: &Path) {
    let text = format!(
        "version = 1\nname = \"a city\"\n[streets]\nosm = {:?}\n[standards]\nuse = [\"plain-15\"]\n\
         [[profile]]\nid = \"waiting\"\nbase = \"adult\"\nsignal_wait_s = 20.0\ncrossing_wait_s = 5.001\n",
        extract.canonicalize().unwrap().display().to_string()
    );
    std::fs::write(folder.join("study.toml"), text).unwrap();
}

#[test]
fn waits_on_the_isle_of_man_agree_with_petgraph() {
    let folder = tempfile::tempdir().unwrap();
    study_of(&root().join("data/isle-of-man/isle-of-man_2020-03-14.osm.pbf"), folder.path());
    agrees(folder.path(), "pharmacy");
    let loaded = load_study(folder.path(), MapDetail::None, &Silent).unwrap();
    let [with, without] =
        ["waiting", "adult"].map(|id| &loaded.baseline.find_walker(id).unwrap().impedance);
    let slower = |&edge: &EdgeId| with.forward(edge) > without.forward(edge);
    assert!(loaded.baseline.graph.edges().ids().filter(slower).count() > 10, "somebody waits");
}

#[test]
fn las_palmas_agrees_with_petgraph() {
    let extract = root()
        .join("../shared/data/develop/las-palmas-2023/example_las_palmas_2023_osm_20230221.pbf");
    if !extract.exists() {
        eprintln!("skipped: the Las Palmas extract is not here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    study_of(&extract, folder.path());
    agrees(folder.path(), "kindergarten");
}
