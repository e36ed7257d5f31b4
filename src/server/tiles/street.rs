//! The street parts of a tile, thinned far out.

use crate::ids::EdgeId;
use crate::scenario::Baseline;

use super::DETAIL_ZOOM;
use super::atlas::Atlas;
use super::canvas::{Canvas, Pixel};
use super::grid::Unit;
use super::join::{Piece, join};
use super::thin::Thinning;

/// A street part on a tile.
#[derive(Clone, Debug)]
pub(super) struct Street {
    /// Which.
    pub(super) edge: EdgeId,
    /// Its points in tile units.
    pub(super) line: Vec<Unit>,
}

/// The street parts of the first `tiers` tiers on a tile; below [`DETAIL_ZOOM`] those that would lie on more
/// important ones are left out.
pub(super) fn streets(
    baseline: &Baseline,
    atlas: &Atlas,
    canvas: &Canvas,
    tiers: usize,
) -> Vec<Street> {
    // Two pixels of 512 in the nearest of the far views, three in all farther ones.
    let cell = if canvas.zoom() + 1 == DETAIL_ZOOM { 16.0 } else { 24.0 };
    let mut thinning = (canvas.zoom() < DETAIL_ZOOM).then(|| Thinning::new(cell));
    atlas
        .streets(canvas.id, tiers)
        .into_iter()
        .map(|edge| Street { edge, line: canvas.project(baseline.graph.shape(edge)) })
        .filter(|street| thinning.as_mut().is_none_or(|drawn| drawn.take(&street.line)))
        .collect()
}

/// Lines of `streets`, joined where they continue each other.
pub(super) fn joined(
    baseline: &Baseline,
    canvas: &Canvas,
    streets: impl IntoIterator<Item = Street>,
) -> Vec<Vec<Pixel>> {
    let piece = |street: Street| {
        let edge = baseline.graph.edges()[street.edge];
        Piece { from: edge.from.0, to: edge.to.0, line: street.line }
    };
    let pieces = streets.into_iter().map(piece).collect();
    join(pieces).into_iter().flat_map(|line| canvas.lines(line)).collect()
}
