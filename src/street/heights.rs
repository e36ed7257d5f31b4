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
