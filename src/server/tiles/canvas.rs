//! Shapes on the earth as shapes on a tile: projected, clipped, simplified, in whole units.

use crate::spatial::{Area, LonLat};

use super::DETAIL_ZOOM;
use super::clip::{clip_line, clip_ring};
use super::grid::{EXTENT, MARGIN, TileId, Unit};
use super::simplify::simplify;

/// A point in whole tile units.
pub(super) type Pixel = [i32; 2];

/// A tile to draw on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Canvas {
    /// Which tile.
    pub(super) id: TileId,
    /// Points nearer to the line without them are left out, in units.
    tolerance: f64,
    /// Rings of less ground are left out, in square units; a square pixel of 512 has 64.
    least_area: f64,
}

impl Canvas {
    /// An empty tile.
    pub(super) fn new(id: TileId) -> Self {
        let tolerance = match id.zoom() {
            16.. => 0.7,
            14 | 15 => 1.5,
            10..=13 => 3.0,
            _ => 4.0,
        };
        let least_area = if id.zoom() >= DETAIL_ZOOM { 32.0 } else { 96.0 };
        Self { id, tolerance, least_area }
    }

    /// The zoom.
    pub(super) fn zoom(&self) -> u8 {
        self.id.zoom()
    }

    /// A line in units, not yet clipped.
    pub(super) fn project(&self, line: &[LonLat]) -> Vec<Unit> {
        line.iter().map(|&place| self.id.project(place)).collect()
    }

    /// A line of units as it is seen: its parts inside, those of no length left out.
    pub(super) fn lines(&self, line: Vec<Unit>) -> Vec<Vec<Pixel>> {
        clip_line(line)
            .into_iter()
            .map(|part| whole(&simplify(&part, self.tolerance)))
            .filter(|part| part.len() >= 2)
            .collect()
    }

    /// A place as it is seen, when it lies on the tile or its margin.
    pub(super) fn point(&self, place: LonLat) -> Option<Pixel> {
        let unit = self.id.project(place);
        let seen = unit.iter().all(|value| (-MARGIN..=EXTENT + MARGIN).contains(value));
        seen.then(|| unit.map(|value| value.round() as i32))
    }

    /// An area as it is seen: rings, each an outer one or a hole of the one before; empty when it is too
    /// small to see.
    pub(super) fn rings(&self, area: &Area) -> Vec<(Vec<Pixel>, RingRole)> {
        let mut rings = Vec::new();
        for polygon in &area.polygons {
            let Some(outer) = self.ring(&polygon.outer) else { continue };
            rings.push((outer, RingRole::Outer));
            let holes = polygon.holes.iter().filter_map(|hole| self.ring(hole));
            rings.extend(holes.map(|hole| (hole, RingRole::Hole)));
        }
        rings
    }

    fn ring(&self, ring: &[LonLat]) -> Option<Vec<Pixel>> {
        let clipped = clip_ring(self.project(ring));
        if clipped.len() < 4 || twice_area(&clipped).abs() < 2.0 * self.least_area {
            return None;
        }
        let ring = whole(&simplify(&clipped, self.tolerance));
        let doubled =
            ring.windows(2).map(|pair| cross(pair[0].map(f64::from), pair[1].map(f64::from)));
        (ring.len() >= 4 && doubled.sum::<f64>().abs() > 0.5).then_some(ring)
    }
}

/// What a ring bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RingRole {
    /// The area.
    Outer,
    /// A hole in it.
    Hole,
}

fn cross(a: Unit, b: Unit) -> f64 {
    a[0] * b[1] - b[0] * a[1]
}

fn twice_area(ring: &[Unit]) -> f64 {
    ring.windows(2).map(|pair| cross(pair[0], pair[1])).sum()
}

/// Rounded to whole units; points that fall together are one.
fn whole(line: &[Unit]) -> Vec<Pixel> {
    let mut line: Vec<Pixel> =
        line.iter().map(|point| point.map(|value| value.round() as i32)).collect();
    line.dedup();
    line
}
