//! From degrees to whole units on paper: a tenth of a millimetre on a sheet of 170 mm.

use std::fmt::Write;

use crate::spatial::{BoundingBox, LocalFrame, LonLat, PlanarPoint};

/// Width of every map in units.
pub(in crate::report) const MAP_WIDTH: i32 = 1_700;
/// Lowest and greatest height of a map as a part of its width.
const HEIGHT_RATIO: (f64, f64) = (0.55, 0.95);
/// White around the mapped ground, as a part of the width.
const MARGIN: f64 = 0.03;

/// A point in units, right and down from the upper left corner.
pub(in crate::report) type Dot = (i32, i32);

/// Where the ground lies on the map.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Canvas {
    frame: LocalFrame,
    middle: PlanarPoint,
    /// Metres a unit stands for.
    pub(in crate::report) meters_per_unit: f64,
    /// Height in units.
    pub(in crate::report) height: i32,
}

impl Canvas {
    /// A map that shows all of `bounds`.
    pub(in crate::report) fn around(bounds: BoundingBox) -> Self {
        let frame = LocalFrame::at(bounds.center());
        let (low, high) = (frame.to_planar(bounds.min), frame.to_planar(bounds.max));
        let (wide, tall) = ((high.x - low.x).max(200.0), (high.y - low.y).max(200.0));
        let ratio = (tall / wide).clamp(HEIGHT_RATIO.0, HEIGHT_RATIO.1);
        let shown = wide.max(tall / ratio) * (1.0 + 2.0 * MARGIN);
        Self {
            frame,
            middle: PlanarPoint {
                x: f64::midpoint(low.x, high.x),
                y: f64::midpoint(low.y, high.y),
            },
            meters_per_unit: shown / f64::from(MAP_WIDTH),
            height: (f64::from(MAP_WIDTH) * ratio).round() as i32,
        }
    }

    /// Where `place` is drawn; may lie off the sheet.
    pub(in crate::report) fn dot(&self, place: LonLat) -> Dot {
        let point = self.frame.to_planar(place);
        let right = (point.x - self.middle.x) / self.meters_per_unit;
        let up = (point.y - self.middle.y) / self.meters_per_unit;
        let unit = |value: f64| value.round().clamp(-1e8, 1e8) as i32;
        (unit(right + f64::from(MAP_WIDTH) / 2.0), unit(f64::from(self.height) / 2.0 - up))
    }

    /// Whether a dot is on the sheet, or not farther than `slack` units off it.
    pub(in crate::report) fn shows(&self, dot: Dot, slack: i32) -> bool {
        (-slack..=MAP_WIDTH + slack).contains(&dot.0)
            && (-slack..=self.height + slack).contains(&dot.1)
    }
}

/// The `d` of a path: relative whole numbers, no blank that can be left out.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct PathText {
    text: String,
    pen: Dot,
    start: Dot,
}

impl PathText {
    /// Adds an open line.
    pub(in crate::report) fn line(&mut self, dots: &[Dot]) {
        let Some((&first, rest)) = dots.split_first() else { return };
        self.step('m', first);
        self.start = first;
        for (index, &dot) in rest.iter().enumerate() {
            self.step(if index == 0 { 'l' } else { ' ' }, dot);
        }
    }

    /// Adds a closed ring; the last dot may repeat the first.
    pub(in crate::report) fn ring(&mut self, dots: &[Dot]) {
        let open = if dots.first() == dots.last() && dots.len() > 1 {
            &dots[..dots.len() - 1]
        } else {
            dots
        };
        if open.len() >= 3 {
            self.line(open);
            self.text.push('z');
            self.pen = self.start;
        }
    }

    /// Adds a line of no length: a dot under a round pen.
    pub(in crate::report) fn point(&mut self, dot: Dot) {
        self.step('m', dot);
        self.text.push_str("h0");
    }

    fn step(&mut self, command: char, to: Dot) {
        let (dx, dy) = (to.0 - self.pen.0, to.1 - self.pen.1);
        if command != ' ' {
            self.text.push(command);
        } else if dx >= 0 {
            self.text.push(' ');
        }
        let gap = if dy >= 0 { " " } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{dx}{gap}{dy}");
        self.pen = to;
    }

    /// Whether nothing was drawn.
    pub(in crate::report) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text for `d`.
    pub(in crate::report) fn into_text(self) -> String {
        self.text
    }
}

/// `dots` without those that lie within `tolerance` units of the line through the kept ones, and without
/// repeats (Douglas and Peucker 1973). Ends stay.
pub(in crate::report) fn simplify(dots: &[Dot], tolerance: f64) -> Vec<Dot> {
    let mut line = dots.to_vec();
    line.dedup();
    if line.len() < 3 {
        return line;
    }
    let mut keep = vec![false; line.len()];
    keep[0] = true;
    keep[line.len() - 1] = true;
    let mut parts = vec![(0, line.len() - 1)];
    while let Some((from, to)) = parts.pop() {
        let farthest = (from + 1..to)
            .map(|at| (distance_to_segment(line[at], line[from], line[to]), at))
            .fold((tolerance, 0), |best, found| if found.0 > best.0 { found } else { best });
        if farthest.1 > 0 {
            keep[farthest.1] = true;
            parts.push((from, farthest.1));
            parts.push((farthest.1, to));
        }
    }
    line.iter().zip(keep).filter(|(_, keep)| *keep).map(|(&dot, _)| dot).collect()
}

fn distance_to_segment(dot: Dot, from: Dot, to: Dot) -> f64 {
    let (px, py) = (f64::from(dot.0 - from.0), f64::from(dot.1 - from.1));
    let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
    let square = dx * dx + dy * dy;
    let along = if square > 0.0 { ((px * dx + py * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
    (px - along * dx).hypot(py - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_and_terse() {
        let mut path = PathText::default();
        path.line(&[(10, 10), (15, 7), (12, 7)]);
        path.ring(&[(0, 0), (4, 0), (4, 4), (0, 0)]);
        path.point((5, 5));
        assert_eq!(path.into_text(), "m10 10l5-3-3 0m-12-7l4 0 0 4zm5 5h0");
    }

    #[test]
    fn simplifying_keeps_ends_and_corners() {
        let line = [(0, 0), (5, 0), (10, 0), (10, 1), (10, 10)];
        assert_eq!(simplify(&line, 0.5), vec![(0, 0), (10, 0), (10, 10)]);
        assert_eq!(simplify(&[(1, 1), (1, 1)], 1.0), vec![(1, 1)]);
    }

    #[test]
    fn the_whole_box_is_on_the_sheet_with_north_up() {
        let at = |lon, lat| LonLat::new(lon, lat).unwrap();
        let bounds = BoundingBox { min: at(118.5, 24.8), max: at(118.7, 25.3) };
        let canvas = Canvas::around(bounds);
        let (south_west, north_east) = (canvas.dot(bounds.min), canvas.dot(bounds.max));
        assert!(canvas.shows(south_west, 0) && canvas.shows(north_east, 0));
        assert!(north_east.1 < south_west.1 && north_east.0 > south_west.0);
    }
}
