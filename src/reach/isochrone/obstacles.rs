//! What cannot be crossed off the streets.

use crate::spatial::{Area, LonLat};

/// What cannot be crossed off the streets.
#[derive(Debug, Default)]
pub struct Obstacles {
    lines: Vec<Vec<LonLat>>,
    areas: Vec<Area>,
}

impl Obstacles {
    /// Lines (rails, motorways, walls, streams) and areas (water) that only streets cross.
    pub fn new(lines: Vec<Vec<LonLat>>, areas: Vec<Area>) -> Self {
        Self { lines, areas }
    }

    /// The areas.
    pub(super) fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// Every straight piece of a line or of an area's outline.
    pub(super) fn pieces(&self) -> impl Iterator<Item = [LonLat; 2]> {
        let outlines = self.areas.iter().flat_map(rings);
        let lines = self.lines.iter().map(Vec::as_slice);
        lines.chain(outlines).flat_map(|line| line.windows(2).map(|pair| [pair[0], pair[1]]))
    }
}

/// All rings of an area.
pub(super) fn rings(area: &Area) -> impl Iterator<Item = &[LonLat]> {
    area.polygons.iter().flat_map(|polygon| {
        std::iter::once(&polygon.outer).chain(&polygon.holes).map(Vec::as_slice)
    })
}
