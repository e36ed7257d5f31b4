//! The works W1, W2 and W2c of the anchor scripts on a folder of theirs, one JSON line each, so that
//! `scripts/peers.py` can run the peers beside it on the same graph and compare the answers.
//!
//! `anchor GRAPH_DIR w1 FACILITIES | w1u FACILITIES | w2 | w2c CANDIDATES [--runs N] [--threads N] [--answers DIR]`
//!
//! With `--limit MB` the matrix of w2c is streamed within so much memory for its rows.
//!
//! Times stand for lengths here (1 m/s), as in the anchors: a millisecond is a millimetre.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement stops at the first surprise"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use walkshed::ids::{EdgeId, Id, NodeId};
use walkshed::reach::{
    Accumulation, CostMatrix, Ground, NearestField, People, Placed, Seed, Seeds,
};
use walkshed::spatial::LonLat;
use walkshed::street::{
    EdgePosition, Impedance, StreetClass, StreetGraph, StreetIngredients, StreetTraits, StreetWay,
};
use walkshed::units::{MetersPerSecond, WalkTime};

/// 15 minutes at 80 m a minute.
const CUTOFF: WalkTime = WalkTime::from_ms(1_200_000);

/// Rows of a table of numbers, header left out.
fn table(path: &Path, rows: usize) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().skip(1).take(rows);
    lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
}

/// A city of the anchors, and its node of every row.
struct City {
    graph: StreetGraph,
    impedance: Impedance,
    nodes: Vec<NodeId>,
    build_s: f64,
    pack_s: f64,
}

fn load(folder: &Path) -> City {
    let mut ingredients =
        StreetIngredients { names: vec![String::new()], ..StreetIngredients::default() };
    for row in table(&folder.join("nodes.csv"), usize::MAX) {
        ingredients.places.push(LonLat::new(row[1], row[2]).unwrap());
    }
    let edges = table(&folder.join("edges.csv"), usize::MAX);
    let mut lengths = Vec::with_capacity(edges.len());
    for (row, edge) in edges.into_iter().enumerate() {
        let start = row * 2;
        ingredients.way_places.extend([edge[0] as u32, edge[1] as u32]);
        lengths.push((edge[2] * 1000.0).round() as u32);
        ingredients.ways.push(StreetWay {
            source_id: row as i64,
            class: StreetClass::Footway,
            traits: StreetTraits::empty(),
            name: 0,
            places: start..start + 2,
        });
    }
    let start = Instant::now();
    let graph = StreetGraph::build(&ingredients);
    let build_s = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let impedance = Impedance::from_times(&graph, MetersPerSecond(1.0), |edge| {
        [WalkTime::from_ms(lengths[graph.edges()[edge].source_id as usize]); 2]
    });
    Ground::toward(&graph, &impedance).tracks();
    let pack_s = start.elapsed().as_secs_f64();
    let mut nodes = vec![NodeId(0); ingredients.places.len()];
    for edge in graph.edges() {
        let row = edge.source_id as usize * 2;
        nodes[ingredients.way_places[row] as usize] = edge.from;
        nodes[ingredients.way_places[row + 1] as usize] = edge.to;
    }
    City { graph, impedance, nodes, build_s, pack_s }
}

impl City {
    /// A position at the node of a row.
    fn position(&self, row: usize) -> EdgePosition {
        let node = self.nodes[row];
        let edge: EdgeId = self.graph.arcs(node)[0].edge();
        let ends = self.graph.edges()[edge];
        EdgePosition { edge, offset_mm: if ends.from == node { 0 } else { ends.length_mm } }
    }

    fn seed(&self, row: usize, owner: u32) -> Seed {
        Seed { position: self.position(row), access: WalkTime::ZERO, owner }
    }
}

/// What is asked on the command line.
struct Asked {
    folder: PathBuf,
    work: String,
    count: usize,
    runs: usize,
    threads: usize,
    answers: Option<PathBuf>,
    limit_mb: Option<usize>,
}

fn asked() -> Asked {
    let mut words = std::env::args().skip(1);
    let mut asked = Asked {
        folder: words.next().unwrap().into(),
        work: words.next().unwrap(),
        count: 0,
        runs: 5,
        threads: 0,
        answers: None,
        limit_mb: None,
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => asked.runs = words.next().unwrap().parse().unwrap(),
            "--threads" => asked.threads = words.next().unwrap().parse().unwrap(),
            "--limit" => asked.limit_mb = Some(words.next().unwrap().parse().unwrap()),
            "--answers" => asked.answers = words.next().map(PathBuf::from),
            number => asked.count = number.parse().unwrap(),
        }
    }
    asked
}

/// Seconds a query took.
struct Times {
    median: f64,
    min: f64,
    processor: f64,
}

/// Seconds of processor time of the whole process so far (Linux; 0 elsewhere), to a hundredth.
fn processor_s() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Runs `query` once and then `runs` times; the last answer and how long it took.
fn measure<T>(runs: usize, mut query: impl FnMut() -> T) -> (T, Times) {
    let mut answer = query();
    let before = processor_s();
    let mut seconds: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            answer = query();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_unstable_by(f64::total_cmp);
    let processor = (processor_s() - before) / runs as f64;
    (answer, Times { median: seconds[runs / 2], min: seconds[0], processor })
}

/// Most memory the process ever held, in MB (Linux; 0 elsewhere).
fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// The answer as an array file that numpy reads, in the order of the folder's rows.
fn save(path: &Path, kind: &str, values: impl ExactSizeIterator<Item = [u8; 8]>) {
    let mut header =
        format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({},), }}", values.len());
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut file = std::io::BufWriter::new(fs::File::create(path).unwrap());
    file.write_all(b"\x93NUMPY\x01\x00").unwrap();
    file.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
    file.write_all(header.as_bytes()).unwrap();
    values.for_each(|value| file.write_all(&value).unwrap());
}

fn nearest(city: &City, asked: &Asked) -> (Times, String) {
    let rows = table(&asked.folder.join("facilities.csv"), asked.count);
    let seed = |(owner, row): (usize, &Vec<f64>)| city.seed(row[3] as usize, owner as u32);
    let seeds = Seeds::new(rows.iter().enumerate().map(seed).collect());
    let bound = if asked.work == "w1u" { WalkTime::LONGEST } else { CUTOFF };
    let ground = Ground::toward(&city.graph, &city.impedance);
    let (field, seconds) = measure(asked.runs, || NearestField::sweep(&ground, &seeds, bound));
    let time = |&node: &NodeId| field.time(node).reached().map_or(-1, |t| i64::from(t.as_ms()));
    let times: Vec<i64> = city.nodes.iter().map(time).collect();
    let reached: Vec<i64> = times.iter().copied().filter(|&time| time >= 0).collect();
    if let Some(folder) = &asked.answers {
        let graph = asked.folder.file_name().unwrap().to_string_lossy();
        let name = format!("{}_{graph}_F{}_walkshed.npy", asked.work, asked.count);
        save(&folder.join(name), "<i8", times.iter().map(|time| time.to_le_bytes()));
    }
    let sum: i64 = reached.iter().sum();
    (seconds, format!("\"reached\": {}, \"sum_mm\": {sum}", reached.len()))
}

/// People at every row's node where there are any, as the anchors hand them to the peers.
fn people(city: &City, asked: &Asked) -> Vec<(usize, i64)> {
    let mut persons = vec![0_i64; city.nodes.len()];
    for row in table(&asked.folder.join("demand.csv"), usize::MAX) {
        persons[row[3] as usize] += row[4] as i64;
    }
    persons.into_iter().enumerate().filter(|&(_, count)| count > 0).collect()
}

fn candidates(city: &City, asked: &Asked) -> (Times, String) {
    let rows = table(&asked.folder.join("candidates.csv"), asked.count);
    let seeds: Vec<Seeds> =
        rows.iter().map(|row| Seeds::new(vec![city.seed(row[3] as usize, 0)])).collect();
    // Columns are the nodes, as in the peers' lists.
    let items = (0..city.nodes.len())
        .map(|row| (city.position(row), WalkTime::ZERO, city.nodes[row].index() as u32))
        .collect();
    let columns = Placed::new(city.graph.edge_count(), city.nodes.len(), items);
    let ground = Ground::toward(&city.graph, &city.impedance);
    if let Some(limit_mb) = asked.limit_mb {
        let bound = (CUTOFF, limit_mb << 20);
        let stream =
            || CostMatrix::stream(&ground, &seeds, &columns, bound, |_, _| Ok::<_, ()>(()));
        let (report, seconds) = measure(asked.runs, || stream().unwrap());
        let (pairs, held) = (report.pairs, report.peak_bytes);
        let whole = pairs * 8;
        let told = format!("\"pairs\": {pairs}, \"matrix_bytes\": {whole}, \"held_bytes\": {held}");
        return (seconds, told);
    }
    let (matrix, seconds) =
        measure(asked.runs, || CostMatrix::within(&ground, &seeds, &columns, CUTOFF));
    let mut persons = vec![0_i64; city.nodes.len()];
    for (row, count) in people(city, asked) {
        persons[city.nodes[row].index()] += count;
    }
    let of_row = |row| matrix.row(row).iter().map(|&(node, _)| persons[node as usize]).sum::<i64>();
    let sum: i64 = (0..matrix.rows()).map(of_row).sum();
    (seconds, format!("\"pairs\": {}, \"pop_sum\": {sum}", matrix.len()))
}

fn accumulate(city: &City, asked: &Asked) -> (Times, String) {
    let people = people(city, asked);
    let micro: Vec<i64> = people.iter().map(|&(_, count)| count).collect();
    let ground = Ground::toward(&city.graph, &city.impedance);
    let start = Instant::now();
    let items = people.iter().enumerate();
    let items = items.map(|(point, &(row, _))| (city.position(row), WalkTime::ZERO, point as u32));
    let placed = Placed::new(city.graph.edge_count(), people.len(), items.collect());
    let people = People { micro: &micro, groups: 1 };
    let asking = Accumulation::new(&ground, &placed, people, (CUTOFF, None));
    let tie_s = start.elapsed().as_secs_f64();
    let first = asking.at_nodes();
    // From arrays in memory to the first answer, the graph's making included.
    let first_s = city.build_s + city.pack_s + start.elapsed().as_secs_f64();
    let (sums, seconds) = measure(asked.runs, || asking.at_nodes());
    if let Some(folder) = &asked.answers {
        let graph = asked.folder.file_name().unwrap().to_string_lossy();
        let values = city.nodes.iter().map(|node| (sums[node.index()] as f64).to_le_bytes());
        save(&folder.join(format!("w2_{graph}_0_walkshed.npy")), "<f8", values);
    }
    assert_eq!(first, sums);
    let sum: i64 = sums.iter().sum();
    (seconds, format!("\"tie_s\": {tie_s:.4}, \"first_s\": {first_s:.4}, \"pop_sum\": {sum}"))
}

fn main() {
    let asked = asked();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(asked.threads).use_current_thread();
    pool.build_global().unwrap();
    let city = load(&asked.folder);
    let (seconds, answer) = match asked.work.as_str() {
        "w1" | "w1u" => nearest(&city, &asked),
        "w2" => accumulate(&city, &asked),
        "w2c" => candidates(&city, &asked),
        other => unreachable!("no work {other}"),
    };
    let tracks = Ground::toward(&city.graph, &city.impedance).tracks().memory_bytes();
    println!(
        "{{\"work\": \"{} {}\", \"peer\": \"walkshed\", \"graph\": \"{}\", \"threads\": {}, \"build_s\": {:.4}, \
         \"prep_s\": {:.5}, \"median_s\": {:.6}, \"min_s\": {:.6}, \"cpu_s\": {:.6}, {answer}, \"graph_bytes_per_edge\": {:.1}, \
         \"packed_bytes_per_edge\": {:.1}, \"peak_rss_mb\": {}}}",
        asked.work,
        asked.count,
        asked.folder.file_name().unwrap().to_string_lossy(),
        rayon::current_num_threads(),
        city.build_s,
        city.pack_s,
        seconds.median,
        seconds.min,
        seconds.processor,
        city.graph.memory_bytes() as f64 / city.graph.edge_count() as f64,
        tracks as f64 / city.graph.edge_count() as f64,
        peak_mb(),
    );
}
