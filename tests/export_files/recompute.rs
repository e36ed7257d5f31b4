//! Every time can be recomputed from the exported tables alone, to the millisecond.
//!
//! The recomputation reads the CSV text, knows nothing of walkshed's graph, and follows the rule that the
//! exported `README.txt` states.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use walkshed::export;
use walkshed::export::NearestExport;
use walkshed::units::WalkTime;

use super::town::{Town, written};

type Row = BTreeMap<String, String>;

fn rows(bytes: &[u8]) -> Vec<Row> {
    csv::Reader::from_reader(bytes).deserialize().map(|row| row.expect("a row")).collect()
}

fn mm(text: &str) -> u64 {
    let (whole, part) = text.split_once('.').expect("decimals");
    assert_eq!(part.len(), 3, "three decimals in {text}");
    whole.parse::<u64>().expect("a number") * 1000 + part.parse::<u64>().expect("a number")
}

fn part(time: Option<u64>, p: u64, l: u64) -> Option<u64> {
    if l == 0 { time.map(|_| 0) } else { time.map(|t| (t * p + l / 2) / l) }
}

struct Street {
    u: usize,
    v: usize,
    length: u64,
    forward: Option<u64>,
    backward: Option<u64>,
}

struct Position {
    id: u32,
    layer: String,
    edge: usize,
    offset: u64,
    access: u64,
}

fn streets(bytes: &[u8]) -> Vec<Street> {
    let street = |row: Row| Street {
        u: row["u"].parse().expect("a number"),
        v: row["v"].parse().expect("a number"),
        length: mm(&row["length_m"]),
        forward: row["forward_ms"].parse().ok(),
        backward: row["backward_ms"].parse().ok(),
    };
    rows(bytes).into_iter().map(street).collect()
}

fn positions(bytes: &[u8]) -> Vec<Position> {
    let position = |row: Row| Position {
        id: row["id"].parse().expect("a number"),
        layer: row["layer"].clone(),
        edge: row["edge"].parse().expect("a number"),
        offset: mm(&row["offset_m"]),
        access: row["access_ms"].parse().expect("a number"),
    };
    rows(bytes).into_iter().map(position).collect()
}

type Label = (u64, u32);

/// Steps 1 and 2 of the rule: the label of every node.
fn node_labels(nodes: usize, streets: &[Street], seeds: &[&Position]) -> Vec<Option<Label>> {
    let mut into: Vec<Vec<(usize, u64)>> = vec![Vec::new(); nodes];
    for street in streets {
        // Walking forward goes from u to v, so v's label is carried to u.
        if let Some(ms) = street.forward {
            into[street.v].push((street.u, ms));
        }
        if let Some(ms) = street.backward {
            into[street.u].push((street.v, ms));
        }
    }
    let mut queue = BinaryHeap::new();
    for seed in seeds {
        let street = &streets[seed.edge];
        if let Some(ms) = part(street.forward, seed.offset, street.length) {
            queue.push(Reverse((ms + seed.access, seed.id, street.u)));
        }
        if let Some(ms) = part(street.backward, street.length - seed.offset, street.length) {
            queue.push(Reverse((ms + seed.access, seed.id, street.v)));
        }
    }
    let mut labels = vec![None; nodes];
    while let Some(Reverse((time, owner, node))) = queue.pop() {
        if labels[node].is_some() {
            continue;
        }
        labels[node] = Some((time, owner));
        for &(before, ms) in &into[node] {
            queue.push(Reverse((time + ms, owner, before)));
        }
    }
    labels
}

/// Step 3 of the rule.
fn demand_label(
    streets: &[Street],
    labels: &[Option<Label>],
    seeds: &[&Position],
    home: &Position,
) -> Option<Label> {
    let street = &streets[home.edge];
    let over = |label: Option<Label>, part: Option<u64>| {
        label.zip(part).map(|((time, owner), ms)| (time + ms + home.access, owner))
    };
    let along = seeds.iter().filter(|seed| seed.edge == home.edge).filter_map(|seed| {
        let ms = match seed.offset.cmp(&home.offset) {
            std::cmp::Ordering::Less => {
                part(street.backward, home.offset - seed.offset, street.length)
            }
            std::cmp::Ordering::Greater => {
                part(street.forward, seed.offset - home.offset, street.length)
            }
            std::cmp::Ordering::Equal => Some(0),
        };
        ms.map(|ms| (ms + seed.access + home.access, seed.id))
    });
    along
        .chain(over(labels[street.u], part(street.backward, home.offset, street.length)))
        .chain(over(
            labels[street.v],
            part(street.forward, street.length - home.offset, street.length),
        ))
        .min()
}

fn within(label: Option<Label>, cutoff: u64) -> (String, String) {
    match label.filter(|&(time, _)| time <= cutoff) {
        Some((time, owner)) => (time.to_string(), owner.to_string()),
        None => (String::new(), String::new()),
    }
}

/// Compares all nodes and demand points for one layer, profile and cutoff; gives how many were reached and
/// how many demand points by their own street.
fn recompute(town: &Town, layer: &str, profile: &str, cutoff_ms: u32) -> (usize, usize) {
    let walker = town.baseline.find_walker(profile).expect("a profile");
    let baseline = &town.baseline;
    let streets = streets(&written(|out| export::write_edges_csv(out, &baseline.graph, walker)));
    let nodes = rows(&written(|out| export::write_nodes_csv(out, &baseline.graph)));
    let facilities = positions(&written(|out| export::write_facilities_csv(out, baseline, walker)));
    let homes = positions(&written(|out| export::write_demand_csv(out, baseline, walker)));
    let seeds: Vec<&Position> = facilities.iter().filter(|f| f.layer == layer).collect();
    let labels = node_labels(nodes.len(), &streets, &seeds);

    let serving = export::facilities_called(baseline, layer).expect("a layer");
    let found = NearestExport::find(baseline, walker, &serving, WalkTime::from_ms(cutoff_ms));
    let ours = rows(&written(|out| found.write_nodes(out)));
    assert_eq!(ours.len(), nodes.len());
    let mut reached = 0;
    for (index, row) in ours.iter().enumerate() {
        let (time, facility) = within(labels[index], u64::from(cutoff_ms));
        assert_eq!(
            (&row["node"], &row["time_ms"], &row["facility"]),
            (&index.to_string(), &time, &facility)
        );
        reached += usize::from(!time.is_empty());
    }
    let ours = rows(&written(|out| found.write_demand(out)));
    assert_eq!(ours.len(), baseline.demand.points.len());
    let mut by_own_street = 0;
    let mut ties: BTreeMap<u32, Vec<Position>> = BTreeMap::new();
    for tie in homes {
        ties.entry(tie.id).or_default().push(tie);
    }
    for (index, row) in ours.iter().enumerate() {
        let home = ties.get(&(index as u32)).map_or(&[][..], Vec::as_slice);
        let by_tie = home.iter().filter_map(|tie| demand_label(&streets, &labels, &seeds, tie));
        let label = by_tie.min();
        let (time, facility) = within(label, u64::from(cutoff_ms));
        assert_eq!(
            (&row["demand"], &row["time_ms"], &row["facility"]),
            (&index.to_string(), &time, &facility)
        );
        let own = |tie: &Position| seeds.iter().any(|seed| seed.edge == tie.edge);
        by_own_street += usize::from(home.iter().any(own) && !time.is_empty());
    }
    (reached, by_own_street)
}

#[test]
fn times_recomputed_from_the_tables_equal_ours_to_the_millisecond() {
    let town = Town::new();
    for profile in ["adult", "wheelchair"] {
        for layer in ["osm", "own, list"] {
            let (near, _) = recompute(&town, layer, profile, 120_000);
            let (far, by_own_street) = recompute(&town, layer, profile, i32::MAX as u32);
            assert!(near > 0 && near < far, "{layer} {profile}: {near} of {far}");
            assert!(by_own_street > 0, "{layer} {profile}: nobody on a facility's own street");
        }
    }
}

#[test]
fn a_cutoff_that_a_time_meets_exactly_includes_it_and_one_millisecond_less_does_not() {
    let town = Town::new();
    let walker = &town.baseline.walkers()[0];
    let serving = export::facilities_called(&town.baseline, "meals").expect("a function");
    let all = NearestExport::find(&town.baseline, walker, &serving, WalkTime::LONGEST);
    let times = rows(&written(|out| all.write_demand(out)));
    let (point, time) = times
        .iter()
        .find_map(|row| Some((row["demand"].clone(), row["time_ms"].parse::<u32>().ok()?)))
        .expect("a time");
    for (cutoff, expected) in [(time, time.to_string()), (time - 1, String::new())] {
        let found =
            NearestExport::find(&town.baseline, walker, &serving, WalkTime::from_ms(cutoff));
        let row = rows(&written(|out| found.write_demand(out)))
            .swap_remove(point.parse::<usize>().unwrap());
        assert_eq!(row["time_ms"], expected);
    }
}

#[test]
fn the_tables_have_the_columns_that_scripts_rely_on() {
    let town = Town::new();
    let (baseline, walker) = (&town.baseline, &town.baseline.walkers()[0]);
    let header =
        |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned();
    let nodes = written(|out| export::write_nodes_csv(out, &baseline.graph));
    assert_eq!(header(nodes.clone()), "id,lon,lat");
    assert_eq!(rows(&nodes).len(), baseline.graph.node_count());
    let edges = written(|out| export::write_edges_csv(out, &baseline.graph, walker));
    assert_eq!(header(edges.clone()), "u,v,length_m,forward_ms,backward_ms");
    assert_eq!(rows(&edges).len(), baseline.graph.edge_count());
    let facilities = written(|out| export::write_facilities_csv(out, baseline, walker));
    assert_eq!(header(facilities), "id,layer,edge,offset_m,access_m,access_ms,forced");
    let demand = written(|out| export::write_demand_csv(out, baseline, walker));
    assert_eq!(
        header(demand),
        "id,layer,edge,offset_m,access_m,access_ms,forced,persons_all,persons_age_0_3"
    );
    let found = NearestExport::find(baseline, walker, &[], WalkTime::LONGEST);
    assert_eq!(header(written(|out| found.write_nodes(out))), "node,time_ms,facility");
    assert_eq!(header(written(|out| found.write_demand(out))), "demand,time_ms,facility");
}

#[test]
fn private_ground_gives_its_facility_a_row_to_enter_by_and_closed_ones_none() {
    let town = Town::new();
    let (baseline, walker) = (&town.baseline, &town.baseline.walkers()[0]);
    let rows = rows(&written(|out| export::write_facilities_csv(out, baseline, walker)));
    let of = |key: &str| {
        let id = baseline.facilities.facilities.enumerate().find(|(_, f)| f.key == key).unwrap().0;
        rows.iter().filter(|row| row["id"] == id.0.to_string() && row["layer"] == "osm").count()
    };
    assert!(of("node/1") >= 1);
    assert!(of("way/2") >= 2, "two entrances");
    assert!(of("node/3") >= 2, "leaving and entering side");
    assert_eq!(of("node/5"), 0, "planned");
    assert_eq!(of("node/4"), 0, "off every street");
}

#[test]
fn everybody_is_in_demand_csv_or_unsnapped_csv() {
    let town = Town::new();
    let (baseline, walker) = (&town.baseline, &town.baseline.walkers()[0]);
    let snapped = rows(&written(|out| export::write_demand_csv(out, baseline, walker)));
    let unsnapped = rows(&written(|out| export::write_unsnapped_csv(out, baseline, walker)));
    assert!(unsnapped.iter().any(|row| row["layer"] == "demand" && row["key"] == "h0404"));
    assert!(unsnapped.iter().any(|row| row["layer"] == "osm" && row["key"] == "node/4"));
    let micro = |text: &String| (text.parse::<f64>().unwrap() * 1e6).round() as i64;
    let mut told = std::collections::BTreeSet::new();
    let once = snapped.iter().filter(|row| told.insert(&row["id"]));
    let sum: i64 = once
        .chain(unsnapped.iter().filter(|row| row["layer"] == "demand"))
        .map(|row| micro(&row["persons_age_0_3"]))
        .sum();
    let group = baseline.demand.find_group("age_0_3").unwrap();
    assert_eq!(sum, baseline.demand.total(group).as_micro());
}

#[test]
fn offers_let_seeds_be_picked_by_function() {
    let town = Town::new();
    let offers = rows(&written(|out| export::write_offers_csv(out, &town.baseline)));
    let mut listed: Vec<u32> = offers
        .iter()
        .filter(|row| row["function"] == "meals")
        .map(|row| row["facility"].parse().unwrap())
        .collect();
    listed.sort_unstable();
    let ours =
        export::facilities_called(&town.baseline, "助餐").expect("a function by its Chinese name");
    assert_eq!(listed, ours.iter().map(|id| id.0).collect::<Vec<_>>());
    assert_eq!(export::facilities_called(&town.baseline, "no such thing"), None);
}

#[test]
fn the_readme_says_whose_graph_it_is_and_on_whose_data() {
    let town = Town::new();
    let walker = &town.baseline.walkers()[1];
    let text = written(|out| export::write_graph_readme(out, &town.provenance, walker));
    let text = String::from_utf8(text).unwrap();
    for words in ["00ff", "wheelchair", "0.9 m/s", "OpenStreetMap contributors", "div l"] {
        assert!(text.contains(words), "{words}");
    }
}
