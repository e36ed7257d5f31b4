//! Published covering instances on a network: `vertices edges …`, then `vertex vertex length` an edge, the demand of
//! the i-th vertex behind the i-th edge (Beasley 1990, Galvão and ReVelle 1996); without demands every vertex has 1.
//!
//! Distances are shortest paths; every vertex is a customer and a site.

use std::path::Path;

use crate::placement::distances::DistanceTable;

use super::ImportError;
use super::instance_pmed::{FAR, MOST_VERTICES, shortest_paths};

/// Largest length or demand that is believed.
const NUMBER_MAX: f64 = 1e9;

/// Reads the text of a network instance; `path` only names it in messages.
///
/// # Errors
/// When a line is no edge, or there are more or fewer edges than the first line says; the line is named.
pub fn parse_graph(path: &Path, text: &str) -> Result<DistanceTable, ImportError> {
    let mut lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let malformed = |reason: String| ImportError::malformed(path, reason);
    let (head, _) = lines.next().ok_or_else(|| malformed("the file is empty".to_owned()))?;
    let counts: Vec<usize> = head.split_whitespace().map_while(|word| word.parse().ok()).collect();
    let &[vertices, edges, ..] = counts.as_slice() else {
        return Err(malformed(format!("line 1: not `vertices edges …`: {head:?}")));
    };
    if vertices == 0 || vertices > MOST_VERTICES {
        return Err(malformed(format!("{vertices} vertices; 1 to {MOST_VERTICES} can be read")));
    }
    let mut table = vec![FAR; vertices * vertices];
    let mut demands: Vec<f64> = Vec::new();
    let mut found = 0;
    for (line, number) in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let edge = edge(&words, vertices);
        let Some((from, to, length)) = edge.filter(|_| words.len() <= 4) else {
            let what =
                format!("line {number}: not `vertex vertex length` with vertices 1 to {vertices}");
            return Err(malformed(format!("{what}: {line:?}")));
        };
        table[from * vertices + to] = length;
        table[to * vertices + from] = length;
        if let Some(word) = words.get(3) {
            let demand = word.parse().ok().filter(|demand| (0.0..=NUMBER_MAX).contains(demand));
            demands.push(demand.ok_or_else(|| {
                malformed(format!("line {number}: a demand is a number of 0 or more: {line:?}"))
            })?);
        }
        found += 1;
    }
    if found != edges {
        return Err(malformed(format!("the first line counts {edges} edges, but {found} follow")));
    }
    if !demands.is_empty() && demands.len() != vertices {
        let count = demands.len();
        return Err(malformed(format!("{count} demands stand behind edges, not {vertices}")));
    }
    for vertex in 0..vertices {
        table[vertex * vertices + vertex] = 0;
    }
    shortest_paths(&mut table, vertices);
    demands.resize(vertices, 1.0);
    let names: Vec<String> = (1..=vertices).map(|vertex| vertex.to_string()).collect();
    let reached = |&distance: &u32| (distance < FAR).then_some(f64::from(distance));
    let rows = table.chunks(vertices).map(|row| row.iter().map(reached).collect());
    Ok(DistanceTable {
        sites: names.clone(),
        costs: vec![1.0; vertices],
        customers: names,
        demands,
        distances: rows.collect(),
    })
}

fn edge(words: &[&str], vertices: usize) -> Option<(usize, usize, u32)> {
    let vertex = |word: &str| {
        let number: usize = word.parse().ok()?;
        (1..=vertices).contains(&number).then(|| number - 1)
    };
    let [from, to, length, ..] = words else { return None };
    let length = length.parse().ok().filter(|&length| length < FAR)?;
    Some((vertex(from)?, vertex(to)?, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DistanceTable, String> {
        parse_graph(Path::new("t.txt"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn demands_stand_behind_edges_and_distances_are_shortest_paths() {
        let table = parse("3\t3\t0\t0\n1\t2\t5\t7.5\n2\t3\t4\t1\r\n1\t3\t20\t0\t\n").unwrap();
        assert_eq!(table.demands, [7.5, 1.0, 0.0]);
        assert_eq!(table.distances[0], [Some(0.0), Some(5.0), Some(9.0)]);
        let instance = table.within(5.0).unwrap();
        assert_eq!(instance.weights(), [7_500_000, 1_000_000, 0]);
        assert_eq!(instance.rows_of(crate::ids::SiteId(2)), [1, 2]);
        assert_eq!(parse("2 1 1\n1 2 3\n").unwrap().demands, [1.0, 1.0]);
    }

    #[test]
    fn bad_lines_are_named() {
        for (text, said) in [
            ("", "empty"),
            ("x\n", "not `vertices edges"),
            ("2 1\n1 3 4\n", "line 2: not `vertex vertex length` with vertices 1 to 2"),
            ("2 1\n1 2 -4\n", "line 2: not `vertex"),
            ("2 2\n1 2 4\n", "counts 2 edges, but 1 follow"),
            ("2 1\n1 2 4 x\n", "line 2: a demand"),
            ("2 1\n1 2 4 1\n", "1 demands stand behind edges, not 2"),
            ("0 0\n", "0 vertices"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }
}
