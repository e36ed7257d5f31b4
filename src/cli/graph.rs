//! `walkshed graph`: what walking network an extract or a study holds.

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use crate::facility::Taxonomy;
use crate::import::cache::NetworkSource;
use crate::import::load::{MapDetail, load_streets};
use crate::import::osm::{OsmParts, OsmWants, read_osm};
use crate::import::profile_file;
use crate::limits::ISLAND_LENGTH_M;
use crate::progress::{Progress, Stage};
use crate::street::{Impedance, Islands, StreetGraph, WalkProfile};
use crate::units::Meters;

use super::Ending;
use super::args::{GraphArgs, Lang};
use super::console::Console;
use super::table::count;

/// What `graph --json` prints.
#[derive(Serialize)]
struct Network {
    nodes: usize,
    edges: usize,
    street_km: f64,
    graph_bytes: usize,
    bytes_per_edge: f64,
    /// How long the graph took to read and build, or to load from the cache.
    seconds: f64,
    /// `inputs`, `cache`, or `kept` when it was read from the inputs and kept for the next run.
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_file: Option<String>,
    walkers: Vec<Walker>,
}

/// The network as one profile sees it.
#[derive(Serialize)]
struct Walker {
    profile: String,
    walkable_edges: usize,
    islands: usize,
}

/// The streets, who walks them, and where they came from.
type Streets = (StreetGraph, Vec<WalkProfile>, NetworkSource);

/// Reads the streets of an extract, or of a study by way of its cache, and says how large the graph is for
/// each walker.
pub(super) fn run(args: &GraphArgs, console: &Console) -> anyhow::Result<Ending> {
    let start = Instant::now();
    let (graph, profiles, source) = if is_study(&args.source) {
        let streets = load_streets(&args.source, console.wants(MapDetail::None), console)?;
        (streets.graph, streets.study.profiles, streets.source)
    } else {
        read_extract(&args.source, console)?
    };
    let seconds = (start.elapsed().as_secs_f64() * 10_000.0).round() / 10_000.0;
    let walkers = profiles.into_iter().take(if args.every_profile { usize::MAX } else { 1 });
    let walkers = walkers.map(|profile| {
        let impedance = Impedance::new(&graph, &profile);
        let islands = Islands::find(&graph, &impedance, Meters(ISLAND_LENGTH_M.default));
        let walkable_edges =
            graph.edges().ids().filter(|&edge| impedance.is_walkable(edge)).count();
        Walker { profile: profile.id, walkable_edges, islands: islands.pieces.len() }
    });
    let network = Network {
        nodes: graph.node_count(),
        edges: graph.edge_count(),
        street_km: (graph.street_length().0 / 10.0).round() / 100.0,
        graph_bytes: graph.memory_bytes(),
        bytes_per_edge: (graph.memory_bytes() as f64 / graph.edge_count().max(1) as f64 * 10.0)
            .round()
            / 10.0,
        seconds,
        source: match source {
            NetworkSource::Inputs => "inputs",
            NetworkSource::Kept(_) => "kept",
            NetworkSource::Cache(_) => "cache",
        },
        cache_file: match source {
            NetworkSource::Inputs => None,
            NetworkSource::Kept(path) | NetworkSource::Cache(path) => {
                Some(path.display().to_string())
            }
        },
        walkers: walkers.collect(),
    };
    if console.json() {
        console.print_json(&network)?;
    } else {
        console.print(&text(&network, console.lang_or(Lang::En)))?;
    }
    Ok(Ending::Fine)
}

/// Whether `path` is a study and not an extract.
fn is_study(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|end| end == "toml")
}

fn read_extract(osm: &Path, console: &Console) -> anyhow::Result<Streets> {
    let no_functions = Taxonomy::default();
    let wants = OsmWants::new(&no_functions, OsmParts::STREETS);
    let extract = read_osm(osm, &wants, console)?;
    console.step(Stage::Building, 0, 1)?;
    let graph = StreetGraph::build(&extract.streets);
    console.step(Stage::Building, 1, 1)?;
    Ok((graph, profile_file::shipped(), NetworkSource::Inputs))
}

fn text(network: &Network, lang: Lang) -> String {
    let (nodes, edges) = (count(network.nodes as f64), count(network.edges as f64));
    let (km, bytes, s) = (count(network.street_km), network.bytes_per_edge, network.seconds);
    let mut text = match lang {
        Lang::En => {
            format!("{nodes} nodes, {edges} edges, {km} km of street, {bytes} bytes an edge\n")
        }
        Lang::Zh => format!("节点{nodes}个，路段{edges}条，道路{km}公里，每路段{bytes}字节\n"),
    };
    let origin = match (network.source, &network.cache_file, lang) {
        ("cache", Some(file), Lang::En) => format!("from the cache {file}"),
        ("cache", Some(file), Lang::Zh) => format!("读自缓存 {file}"),
        ("kept", Some(file), Lang::En) => format!("from the inputs, kept in {file}"),
        ("kept", Some(file), Lang::Zh) => format!("由输入数据生成，已存入 {file}"),
        (_, _, Lang::En) => "from the inputs".to_owned(),
        (_, _, Lang::Zh) => "由输入数据生成".to_owned(),
    };
    // Writing to a string cannot fail.
    let _ = match lang {
        Lang::En => writeln!(text, "{origin} in {s} s"),
        Lang::Zh => writeln!(text, "{origin}，用时{s}秒"),
    };
    for walker in &network.walkers {
        let (edges, islands) = (count(walker.walkable_edges as f64), walker.islands);
        let _ = match lang {
            Lang::En => writeln!(text, "  {:<18} {edges} edges, {islands} islands", walker.profile),
            Lang::Zh => {
                writeln!(text, "  {:<18} 路段{edges}条，孤立路段{islands}处", walker.profile)
            }
        };
    }
    text
}
