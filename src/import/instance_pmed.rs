//! p-median instances of J. E. Beasley's OR-Library: `vertices edges p`, then `vertex vertex cost` an edge.
//!
//! Every vertex is a demand row of weight 1 and a candidate site; distances are shortest paths. Of a repeated
//! edge the last cost counts (Beasley 1985, "A note on solving large p-median problems"; so say the files'
//! notes). Costs are read as whole milliseconds.

use crate::placement::assignment::{AssignError, AssignInstance};
use crate::placement::instance::SiteStatus;
use crate::units::WalkTime;

/// All pairs are kept, so more vertices than this are refused (a table of 400 MB).
pub const MOST_VERTICES: usize = 10_000;

/// Why a p-median file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PmedError {
    /// A number is missing or not a whole number.
    #[error("line {line}: expected {expected}, found {found:?}")]
    Number {
        /// Line, counted from 1.
        line: usize,
        /// What should be there.
        expected: &'static str,
        /// What is there; empty at the end of the file.
        found: String,
    },
    /// A vertex number is 0 or above the number of vertices.
    #[error("line {line}: vertex {vertex} is not one of 1 to {vertices}")]
    Vertex {
        /// Line, counted from 1.
        line: usize,
        /// The number found.
        vertex: u32,
        /// How many vertices there are.
        vertices: usize,
    },
    /// More vertices than [`MOST_VERTICES`].
    #[error("{vertices} vertices are too many for a table of all pairs; at most {MOST_VERTICES}")]
    TooLarge {
        /// How many the file announces.
        vertices: usize,
    },
    /// The times do not make an instance.
    #[error(transparent)]
    Instance(#[from] AssignError),
}

/// A p-median file: the instance and how many sites it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PmedFile {
    /// Every vertex as row and as site.
    pub instance: AssignInstance,
    /// `p`.
    pub max_sites: u32,
}

/// Reads the text of an OR-Library p-median file.
///
/// # Errors
/// [`PmedError`] with the line at fault.
pub fn read_pmed(text: &str) -> Result<PmedFile, PmedError> {
    let mut words =
        Words { rest: text.lines().enumerate(), line: 0, on_line: "".split_whitespace() };
    let vertices = words.number("the number of vertices")? as usize;
    let edges = words.number("the number of edges")?;
    let max_sites = words.number("p")?;
    if vertices > MOST_VERTICES {
        return Err(PmedError::TooLarge { vertices });
    }
    let mut table = vec![FAR; vertices * vertices];
    for _ in 0..edges {
        let from = words.vertex(vertices)?;
        let to = words.vertex(vertices)?;
        let cost = words.number("the cost of an edge")?.min(FAR);
        table[from * vertices + to] = cost;
        table[to * vertices + from] = cost;
    }
    for vertex in 0..vertices {
        table[vertex * vertices + vertex] = 0;
    }
    shortest_paths(&mut table, vertices);
    let time = |&ms: &u32| if ms >= FAR { WalkTime::UNREACHABLE } else { WalkTime::from_ms(ms) };
    let times: Vec<WalkTime> = table.iter().map(time).collect();
    let statuses = vec![SiteStatus::Free; vertices];
    let instance = AssignInstance::from_table(&times, vec![1; vertices], &statuses)?;
    Ok(PmedFile { instance, max_sites })
}

/// No path: more than any time, and the sum of two still fits.
pub(super) const FAR: u32 = 1 << 31;

/// All pairs in place (Floyd 1962, Warshall 1962), row by row so that the inner loop is one of vectors.
pub(super) fn shortest_paths(table: &mut [u32], vertices: usize) {
    let mut through = vec![0_u32; vertices];
    for middle in 0..vertices {
        through.copy_from_slice(&table[middle * vertices..(middle + 1) * vertices]);
        for row in table.chunks_exact_mut(vertices) {
            let first = row[middle];
            if first < FAR {
                for (time, &second) in row.iter_mut().zip(&through) {
                    *time = (*time).min(first.saturating_add(second));
                }
            }
        }
    }
}

struct Words<'a> {
    rest: std::iter::Enumerate<std::str::Lines<'a>>,
    line: usize,
    on_line: std::str::SplitWhitespace<'a>,
}

impl Words<'_> {
    fn number(&mut self, expected: &'static str) -> Result<u32, PmedError> {
        loop {
            if let Some(word) = self.on_line.next() {
                let wrong =
                    |_| PmedError::Number { line: self.line, expected, found: word.to_owned() };
                return word.parse().map_err(wrong);
            }
            let Some((index, line)) = self.rest.next() else {
                return Err(PmedError::Number { line: self.line, expected, found: String::new() });
            };
            self.line = index + 1;
            self.on_line = line.split_whitespace();
        }
    }

    fn vertex(&mut self, vertices: usize) -> Result<usize, PmedError> {
        let vertex = self.number("a vertex")?;
        if vertex == 0 || vertex as usize > vertices {
            return Err(PmedError::Vertex { line: self.line, vertex, vertices });
        }
        Ok(vertex as usize - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_cost_of_a_repeated_edge_counts_and_paths_are_shortest() {
        let file = read_pmed(" 4 4 2\n1 2 9\n2 3 5\n\n 2 1 3\n1 3 100\n").unwrap();
        assert_eq!(file.max_sites, 2);
        let far: Vec<(u32, u32)> =
            file.instance.walks(0).iter().map(|walk| (walk.site.0, walk.ms)).collect();
        assert_eq!(far, [(0, 0), (1, 3), (2, 8)]);
        assert_eq!(file.instance.walks(3).len(), 1);
    }

    #[test]
    fn bad_files_name_the_line() {
        let wrong = |text: &str| read_pmed(text).unwrap_err().to_string();
        assert_eq!(wrong(""), "line 0: expected the number of vertices, found \"\"");
        assert_eq!(wrong("2 1 1\n1 x 4"), "line 2: expected a vertex, found \"x\"");
        assert_eq!(wrong("2 1 1\n1 3 4"), "line 2: vertex 3 is not one of 1 to 2");
        assert_eq!(wrong("2 1 1\n1 0 4"), "line 2: vertex 0 is not one of 1 to 2");
        assert_eq!(wrong("2 2 1\n1 2 4\n"), "line 2: expected a vertex, found \"\"");
        assert!(wrong("99999 1 1").contains("too many"));
        assert_eq!(wrong("2 1 1\n1 2 -1"), "line 2: expected the cost of an edge, found \"-1\"");
    }
}
