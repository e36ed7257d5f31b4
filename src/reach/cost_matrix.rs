//! Sparse walking times between facilities (or candidate sites) and demand points within a cutoff.

use rayon::prelude::*;

use crate::ids::EdgeId;
use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::{Direction, Ground, Search, Seeds};

/// Points placed on edges, found by edge: the columns of a cost matrix.
#[derive(Clone, Debug, Default)]
pub struct Placed {
    /// (position, access leg, point), sorted by edge.
    items: Vec<(EdgePosition, WalkTime, u32)>,
    first: Vec<u32>,
    points: usize,
}

impl Placed {
    /// Points by their position and the time of their access leg; several may lie on one edge.
    pub fn new(edges: usize, points: usize, mut items: Vec<(EdgePosition, WalkTime, u32)>) -> Self {
        items.sort_unstable();
        let mut first = vec![0_u32; edges + 1];
        for (position, _, _) in &items {
            first[position.edge.0 as usize + 1] += 1;
        }
        for edge in 0..edges {
            first[edge + 1] += first[edge];
        }
        Self { items, first, points }
    }

    fn on(&self, edge: EdgeId) -> &[(EdgePosition, WalkTime, u32)] {
        let index = edge.0 as usize;
        &self.items[self.first[index] as usize..self.first[index + 1] as usize]
    }
}

/// Rows of (demand point, time), one row a facility, each row sorted by point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostMatrix {
    first: Vec<u64>,
    entries: Vec<(u32, WalkTime)>,
}

impl CostMatrix {
    /// One bounded search a row, in parallel; `cutoff` is inclusive and counts both access legs.
    pub fn within(ground: &Ground, rows: &[Seeds], columns: &Placed, cutoff: WalkTime) -> Self {
        let nodes = ground.graph.node_count();
        let lists: Vec<Vec<(u32, WalkTime)>> = rows
            .par_iter()
            .map_init(
                || Search::new(nodes),
                |search, seeds| row(ground, search, (seeds, columns, cutoff)),
            )
            .collect();
        let mut matrix =
            Self { first: vec![0], entries: Vec::with_capacity(lists.iter().map(Vec::len).sum()) };
        for list in lists {
            matrix.entries.extend(list);
            matrix.first.push(matrix.entries.len() as u64);
        }
        matrix
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.first.len().saturating_sub(1)
    }

    /// The (point, time) pairs of one row, by point.
    pub fn row(&self, row: usize) -> &[(u32, WalkTime)] {
        &self.entries[self.first[row] as usize..self.first[row + 1] as usize]
    }

    /// How many pairs lie within the cutoff.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no pair does.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

fn row(
    ground: &Ground,
    search: &mut Search,
    ask: (&Seeds, &Placed, WalkTime),
) -> Vec<(u32, WalkTime)> {
    let (seeds, columns, cutoff) = ask;
    search.run(ground, seeds, cutoff);
    let mut edges: Vec<EdgeId> = search
        .touched()
        .flat_map(|node| ground.graph.arcs(node).iter().map(|arc| arc.edge()))
        .chain(seeds.all().iter().map(|seed| seed.position.edge))
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut best: Vec<(u32, WalkTime)> = Vec::new();
    for edge in edges {
        // Whoever comes from outside to private ground is on its entering side, and points on the other.
        let home = match ground.direction {
            Direction::Toward => None,
            Direction::From => ground.graph.find_leaving_side(edge),
        };
        for &(placed, access, point) in columns.on(home.unwrap_or(edge)) {
            let position = EdgePosition { edge, ..placed };
            let ends = ground.graph.edges()[edge];
            let (beginning, end) = ground.into(position);
            let mut time =
                search.time(ends.from).plus(beginning).min(search.time(ends.to).plus(end));
            for seed in seeds.on(edge) {
                time = time.min(seed.access.plus(ground.along(
                    edge,
                    seed.position.offset_mm,
                    position.offset_mm,
                )));
            }
            let time = time.plus(access);
            if time.is_reachable() && time <= cutoff {
                best.push((point, time));
            }
        }
    }
    best.sort_unstable();
    best.dedup_by_key(|entry| entry.0);
    debug_assert!(best.iter().all(|&(point, _)| (point as usize) < columns.points));
    best
}
