//! `walkshed graph`: what walking network an extract holds.

use std::fmt::Write;

use serde::Serialize;

use crate::facility::Taxonomy;
use crate::import::osm::{OsmParts, OsmWants, read_osm};
use crate::import::profile_file;
use crate::limits::ISLAND_LENGTH_M;
use crate::progress::{Progress, Stage};
use crate::street::{Impedance, Islands, StreetGraph};
use crate::units::Meters;

use super::Ending;
use super::args::GraphArgs;
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
    walkers: Vec<Walker>,
}

/// The network as one profile sees it.
#[derive(Serialize)]
struct Walker {
    profile: String,
    walkable_edges: usize,
    islands: usize,
}

/// Reads the streets of an extract, builds the graph, and says how large it is for each walker.
pub(super) fn run(args: &GraphArgs, console: &Console) -> anyhow::Result<Ending> {
    let wants = OsmWants { taxonomy: &Taxonomy::default(), parts: OsmParts::STREETS };
    let extract = read_osm(&args.osm, &wants, console)?;
    console.step(Stage::Building, 0, 1)?;
    let graph = StreetGraph::build(&extract.streets);
    drop(extract);
    console.step(Stage::Building, 1, 1)?;
    let walkers =
        profile_file::shipped().into_iter().take(if args.every_profile { usize::MAX } else { 1 });
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
        walkers: walkers.collect(),
    };
    if console.json() {
        console.print_json(&network)?;
    } else {
        console.print(&text(&network))?;
    }
    Ok(Ending::Fine)
}

fn text(network: &Network) -> String {
    let mut text = format!(
        "{} nodes, {} edges, {} km of street, {} bytes an edge\n",
        count(network.nodes as f64),
        count(network.edges as f64),
        count(network.street_km),
        network.bytes_per_edge
    );
    for walker in &network.walkers {
        let edges = count(walker.walkable_edges as f64);
        let _ =
            writeln!(text, "  {:<18} {edges} edges, {} islands", walker.profile, walker.islands);
    }
    text
}
