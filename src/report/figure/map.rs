//! Maps: zones colored by share, streets, facilities, numbered coverage gaps, scale bar and north arrow.

use std::fmt::Write;

use crate::coverage::{CoverageGap, CoverageSum};
use crate::ids::ZoneId;
use crate::scenario::Baseline;
use crate::spatial::{Area, BoundingBox, LonLat};
use crate::units::{Persons, Share};

use super::canvas::{Canvas, Dot, MAP_WIDTH, PathText};
use super::escape;
use super::ground::{draw_gaps, draw_water, draw_zones, zones_to_show};
use super::streets::draw_streets;

/// Least share of the colors, lowest first; the last is for everybody.
pub(in crate::report) const COLOR_STEPS: [f64; 5] = [0.0, 0.5, 0.75, 0.9, 1.0];
/// Bytes that the coverage gaps on all maps of a report may take.
const GAP_BYTES_MAX: usize = 700_000;
/// Coverage gaps that get a number on the map.
pub(in crate::report) const GAPS_NUMBERED: usize = 10;
/// Radius of a number's disc in units.
const DISC: i32 = 26;
/// Facility dots that all maps of a report may show; a map beyond shows every second, third …
const DOTS_MAX: usize = 4_000;

/// What all maps of a report share.
#[derive(Debug)]
pub(in crate::report) struct MapSheet {
    pub(super) canvas: Canvas,
    /// The zones that are colored.
    pub(in crate::report) shown: Vec<ZoneId>,
    /// Shapes used by every map, once a document.
    pub(in crate::report) defs: String,
}

/// What one map shows.
pub(in crate::report) struct MapPlan<'a> {
    /// What it is, for those who cannot see it.
    pub(in crate::report) label: &'a str,
    /// Class of the color of each shown zone.
    pub(in crate::report) colors: Vec<&'static str>,
    /// The coverage gaps, most people first.
    pub(in crate::report) gaps: &'a [CoverageGap],
    /// Where the facilities are.
    pub(in crate::report) facilities: Vec<LonLat>,
    /// How many maps share the budget of bytes.
    pub(in crate::report) maps: usize,
    /// The scale bar's text from its length in metres.
    pub(in crate::report) scale_text: &'a dyn Fn(f64) -> String,
}

/// A drawn map.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct MapDrawing {
    /// The SVG.
    pub(in crate::report) svg: String,
    /// Small coverage gaps that were not drawn.
    pub(in crate::report) gaps_not_drawn: usize,
}

impl MapSheet {
    /// The sheet for a study; `None` when nothing in it has a place.
    pub(in crate::report) fn new(baseline: &Baseline, water: &[Area]) -> Option<Self> {
        let shown = zones_to_show(&baseline.zones);
        let zones = shown.iter().filter_map(|&id| baseline.zones.zones[id].area.bounding_box());
        let bounds = zones
            .reduce(|all, one| all.with(one.min).with(one.max))
            .or_else(|| BoundingBox::around(baseline.demand.points.iter().map(|p| p.place)))
            .or_else(|| baseline.graph.bounding_box())?;
        let canvas = Canvas::around(bounds);
        let mut defs = String::new();
        let paths = draw_zones(&baseline.zones, &shown, &canvas);
        for (id, path) in shown.iter().zip(&paths) {
            let _ = write!(defs, "<path id=\"z{}\" d=\"{path}\"/>", id.0);
        }
        let streets = draw_streets(&baseline.graph, &canvas);
        let _ = write!(
            defs,
            "<path id=\"water\" d=\"{}\"/><path id=\"minor\" d=\"{}\"/><path id=\"major\" d=\"{}\"/>",
            draw_water(water, &canvas),
            streets.minor,
            streets.major
        );
        Some(Self { canvas, shown, defs })
    }

    /// Draws one map.
    pub(in crate::report) fn draw(&self, plan: &MapPlan) -> MapDrawing {
        let height = self.canvas.height;
        let mut svg = format!(
            "<svg class=\"map\" viewBox=\"0 0 {MAP_WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\
             <rect class=\"sheet\" width=\"{MAP_WIDTH}\" height=\"{height}\"/>",
            escape(plan.label)
        );
        for (id, color) in self.shown.iter().zip(&plan.colors) {
            let _ = write!(svg, "<use href=\"#z{}\" class=\"zone {color}\"/>", id.0);
        }
        svg.push_str("<use href=\"#water\" class=\"water\"/>");
        svg.push_str(
            "<use href=\"#minor\" class=\"minor\"/><use href=\"#major\" class=\"major\"/>",
        );
        let bytes = GAP_BYTES_MAX / plan.maps.max(1);
        let (paths, gaps_not_drawn) = draw_gaps(plan.gaps, &self.canvas, bytes);
        for (class, paths) in [("gap", &paths[..]), ("gap-edge", &paths[..])] {
            let _ = write!(svg, "<path class=\"{class}\" d=\"{}\"/>", super::ground::join(paths));
        }
        self.draw_dots(&mut svg, plan.facilities.iter().copied(), plan.maps);
        self.draw_numbers(&mut svg, plan.gaps);
        self.draw_scale(&mut svg, plan.scale_text);
        svg.push_str("</svg>");
        MapDrawing { svg, gaps_not_drawn }
    }

    /// Facilities as dots, no two on one spot, thinned when `maps` of them would be too much.
    pub(super) fn draw_dots(
        &self,
        svg: &mut String,
        places: impl Iterator<Item = LonLat>,
        maps: usize,
    ) {
        let mut dots: Vec<Dot> = places
            .map(|place| self.canvas.dot(place))
            .filter(|&dot| self.canvas.shows(dot, 0))
            .collect();
        dots.sort_unstable();
        dots.dedup();
        let most = (DOTS_MAX / maps.max(1)).max(300);
        let every = dots.len().div_ceil(most).max(1);
        let mut path = PathText::default();
        for dot in dots.into_iter().step_by(every) {
            path.point(dot);
        }
        if !path.is_empty() {
            let path = path.into_text();
            let _ = write!(
                svg,
                "<path class=\"halo\" d=\"{path}\"/><path class=\"dots\" d=\"{path}\"/>"
            );
        }
    }

    /// Numbered discs for the first coverage gaps, moved apart where they would overlap.
    fn draw_numbers(&self, svg: &mut String, gaps: &[CoverageGap]) {
        let mut taken: Vec<Dot> = Vec::new();
        for (index, gap) in gaps.iter().take(GAPS_NUMBERED).enumerate() {
            let at = self.canvas.dot(gap.center);
            let dot = self.find_room(at, &taken);
            taken.push(dot);
            let ((x0, y0), (x, y)) = (at, dot);
            if at != dot {
                let _ = write!(svg, "<path class=\"lead\" d=\"M{x0} {y0}L{x} {y}\"/>");
            }
            let _ = write!(
                svg,
                "<circle class=\"disc\" cx=\"{x}\" cy=\"{y}\" r=\"{DISC}\"/><text class=\"number\" x=\"{x}\" y=\"{}\">{}</text>",
                y + 12,
                index + 1
            );
        }
    }

    fn find_room(&self, at: Dot, taken: &[Dot]) -> Dot {
        let free = |dot: Dot| {
            self.canvas.shows(dot, -DISC)
                && taken.iter().all(|&(x, y)| {
                    let (dx, dy) = (i64::from(x - dot.0), i64::from(y - dot.1));
                    dx * dx + dy * dy >= i64::from(4 * DISC * DISC)
                })
        };
        let around = (1..=4).flat_map(|ring| {
            let far = ring * (2 * DISC + 6);
            let slant = far * 7 / 10;
            [
                (0, -far),
                (far, 0),
                (0, far),
                (-far, 0),
                (slant, -slant),
                (slant, slant),
                (-slant, slant),
                (-slant, -slant),
            ]
        });
        std::iter::once((0, 0))
            .chain(around)
            .map(|(dx, dy)| (at.0 + dx, at.1 + dy))
            .find(|&dot| free(dot))
            .unwrap_or(at)
    }

    /// A bar of a round length in the lower left corner, a north arrow in the upper right one.
    pub(super) fn draw_scale(&self, svg: &mut String, scale_text: &dyn Fn(f64) -> String) {
        let meters = round_length(f64::from(MAP_WIDTH) * 0.22 * self.canvas.meters_per_unit);
        let long = (meters / self.canvas.meters_per_unit).round() as i32;
        let (x, y) = (40, self.canvas.height - 40);
        let half = long / 2;
        let _ = write!(
            svg,
            "<rect class=\"plate\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"78\"/>\
             <path class=\"scale\" d=\"M{x} {y}h{half}v-12h-{half}z\"/>\
             <path class=\"scale-edge\" d=\"M{x} {y}h{long}v-12h-{long}z\"/>\
             <text class=\"scale-text\" x=\"{x}\" y=\"{}\">0</text>\
             <text class=\"scale-text end\" x=\"{}\" y=\"{}\">{}</text>",
            x - 16,
            y - 58,
            long + 32,
            y - 24,
            x + long,
            y - 24,
            escape(&scale_text(meters)),
        );
        let right = MAP_WIDTH - 60;
        let _ = write!(
            svg,
            "<path class=\"north\" d=\"M{right} 34l22 64-22-14-22 14z\"/><text class=\"north-text\" x=\"{right}\" y=\"134\">N</text>"
        );
    }
}

/// The class of a share's color.
fn color(share: Option<Share>) -> &'static str {
    let Some(Share(share)) = share else { return "cn" };
    let step = COLOR_STEPS.iter().rposition(|&least| share >= least).unwrap_or(0);
    ["c0", "c1", "c2", "c3", "c4"][step]
}

/// The class of the color of a zone: where somebody lives and nobody has street data, one of its own.
pub(in crate::report) fn color_of(sum: &CoverageSum) -> &'static str {
    if sum.persons > Persons::ZERO && sum.assessed() == Persons::ZERO {
        "cx"
    } else {
        color(sum.share())
    }
}

/// The greatest 1, 2 or 5 times a power of ten that is not above `most`.
fn round_length(most: f64) -> f64 {
    let power = 10_f64.powf(most.max(1.0).log10().floor());
    [5.0, 2.0, 1.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&length| length <= most)
        .unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_everybody_gets_the_color_of_everybody() {
        assert_eq!(color(Some(Share(1.0))), "c4");
        assert_eq!(color(Some(Share(0.999_999))), "c3");
        assert_eq!(color(Some(Share(0.5))), "c1");
        assert_eq!(color(Some(Share(0.0))), "c0");
        assert_eq!(color(None), "cn");
    }

    #[test]
    fn scale_bars_are_round() {
        for (most, length) in [(999.0, 500.0), (1000.0, 1000.0), (2400.0, 2000.0), (7.0, 5.0)] {
            assert!((round_length(most) - length).abs() < 1e-6, "{most}");
        }
    }
}
