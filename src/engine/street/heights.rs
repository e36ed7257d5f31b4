//! Heights along the streets, in whole centimetres.

use crate::ids::{EdgeId, Id, NodeId};

use super::parts::PartsError;

/// A height that nobody knows.
pub(super) const UNKNOWN: i32 = i32::MIN;

/// How high the streets lie: at every node, and at even steps along the edges between them.
///
/// An edge with `n` inner heights is divided into `n + 1` parts of equal length; between two heights it rises
/// evenly. An edge with an end of unknown height is taken as flat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heights {
    /// Of each node; `i32::MIN` where unknown.
    pub nodes_cm: Vec<i32>,
    /// Where the inner heights of each edge begin, and where the last ones end.
    pub first: Vec<u32>,
    /// Inner heights, edge by edge, in the direction of the edge.
    pub inner_cm: Vec<i32>,
}

/// The heights along an edge, in centimetres, at steps of equal length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Along<'a> {
    start: i32,
    inner: &'a [i32],
    end: i32,
}

impl Along<'_> {
    /// How many parts of equal length the edge is divided into; at least one.
    pub fn parts(self) -> usize {
        self.inner.len() + 1
    }

    /// The height after `part` parts, 0 to [`Along::parts`].
    pub fn height(self, part: usize) -> i32 {
        if part == 0 { self.start } else { self.inner.get(part - 1).copied().unwrap_or(self.end) }
    }

    /// The height `offset_mm` along an edge of `length_mm` millimetres, rounded to the centimetre.
    pub fn height_at(self, offset_mm: u32, length_mm: u32) -> i32 {
        if length_mm == 0 {
            return self.start;
        }
        let place = u64::from(offset_mm.min(length_mm)) * self.parts() as u64;
        let (part, rest) = (place / u64::from(length_mm), place % u64::from(length_mm));
        let (low, high) = (self.height(part as usize), self.height(part as usize + 1));
        let rise = (i64::from(high) - i64::from(low)) as f64;
        low + (rise * rest as f64 / f64::from(length_mm)).round() as i32
    }

    /// The inner heights of the piece from `from_mm` to `to_mm` of an edge of `length_mm` millimetres, at steps
    /// no longer than the edge's own.
    pub fn inner_of_piece(self, (from_mm, to_mm): (u32, u32), length_mm: u32) -> Vec<i32> {
        let run = u64::from(to_mm.saturating_sub(from_mm));
        let parts = (run * self.parts() as u64).div_ceil(u64::from(length_mm.max(1))).max(1);
        let offset = |part: u64| from_mm + (run * part / parts) as u32;
        (1..parts).map(|part| self.height_at(offset(part), length_mm)).collect()
    }

    /// Centimetres climbed and centimetres come down in the direction of the edge, both 0 or more.
    pub fn climb(self) -> (u64, u64) {
        (0..self.parts()).fold((0, 0), |(up, down), part| {
            let rise = i64::from(self.height(part + 1)) - i64::from(self.height(part));
            (up + rise.max(0).unsigned_abs(), down + rise.min(0).unsigned_abs())
        })
    }
}

impl Heights {
    /// Height of `node` in centimetres, where known.
    pub fn node(&self, node: NodeId) -> Option<i32> {
        self.nodes_cm.get(node.index()).copied().filter(|&height| height != UNKNOWN)
    }

    /// The heights along `edge` in centimetres, from the height of `from` to that of `to`, with steps of equal
    /// length between them; `None` where an end is unknown.
    pub fn along(&self, edge: EdgeId, (from, to): (NodeId, NodeId)) -> Option<Along<'_>> {
        let (start, end) = (self.node(from)?, self.node(to)?);
        let index = edge.index();
        let (&first, &last) = (self.first.get(index)?, self.first.get(index + 1)?);
        Some(Along { start, inner: &self.inner_cm[first as usize..last as usize], end })
    }

    /// A node more; unknown without a height.
    pub(super) fn push_node(&mut self, height_cm: Option<i32>) {
        self.nodes_cm.push(height_cm.unwrap_or(UNKNOWN));
    }

    /// An edge more, with its inner heights.
    pub(super) fn push_edge(&mut self, inner_cm: &[i32]) {
        self.inner_cm.extend_from_slice(inner_cm);
        self.first.push(self.inner_cm.len() as u32);
    }

    /// Forgets all but the first `nodes` nodes and `edges` edges.
    pub(super) fn truncate(&mut self, nodes: usize, edges: usize) {
        self.nodes_cm.truncate(nodes);
        self.first.truncate(edges + 1);
        self.inner_cm.truncate(self.first.last().map_or(0, |&end| end as usize));
    }

    /// Checks that the arrays fit `nodes` nodes and `edges` edges.
    pub(super) fn check(&self, nodes: usize, edges: usize) -> Result<(), PartsError> {
        let rising = self.first.windows(2).all(|pair| pair[0] <= pair[1]);
        let whole = self.first.first() == Some(&0)
            && self.first.last().is_some_and(|&end| end as usize == self.inner_cm.len());
        if self.nodes_cm.len() == nodes && self.first.len() == edges + 1 && rising && whole {
            Ok(())
        } else {
            Err(PartsError("heights that do not fit the streets"))
        }
    }

    /// Bytes held by the arrays.
    pub fn memory_bytes(&self) -> usize {
        (self.nodes_cm.len() + self.first.len() + self.inner_cm.len()) * 4
    }
}
