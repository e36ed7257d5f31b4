//! The map of a plan: zones by the share covered with it, who gains, who is still left out, what is open, and the
//! new sites with their numbers.

use std::fmt::Write;

use crate::spatial::LonLat;

use super::canvas::{Dot, MAP_WIDTH, PathText};
use super::escape;
use super::map::MapSheet;

/// Homes are drawn as one dot for each square of this many units.
const HOME_CELL: i32 = 7;
/// Dots of one kind at most; beyond, the squares grow.
const HOMES_MAX: usize = 12_000;
/// Half the side of a new site's sign in units.
const SIGN: i32 = 27;
/// Sites that get a number; further ones get a small sign.
const SITES_NUMBERED: usize = 99;

/// What the map of a plan shows.
pub(in crate::report) struct PlanMap<'a> {
    /// What it is, for those who cannot see it.
    pub(in crate::report) label: &'a str,
    /// Class of the color of each shown zone with the plan.
    pub(in crate::report) colors: Vec<&'static str>,
    /// Homes newly covered.
    pub(in crate::report) gained: Vec<LonLat>,
    /// Homes still left out.
    pub(in crate::report) left_out: Vec<LonLat>,
    /// What is open today.
    pub(in crate::report) facilities: Vec<LonLat>,
    /// The new sites, in order.
    pub(in crate::report) sites: Vec<LonLat>,
    /// The scale bar's text from its length in metres.
    pub(in crate::report) scale_text: &'a dyn Fn(f64) -> String,
}

impl MapSheet {
    /// Draws the map of a plan as SVG.
    pub(in crate::report) fn draw_plan(&self, plan: &PlanMap) -> String {
        let height = self.canvas.height;
        let mut svg = format!(
            "<svg class=\"map\" viewBox=\"0 0 {MAP_WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\
             <rect class=\"sheet\" width=\"{MAP_WIDTH}\" height=\"{height}\"/>",
            escape(plan.label)
        );
        for (id, color) in self.shown.iter().zip(&plan.colors) {
            let _ = write!(svg, "<use href=\"#z{}\" class=\"zone {color}\"/>", id.0);
        }
        svg.push_str(
            "<use href=\"#water\" class=\"water\"/><use href=\"#minor\" class=\"minor\"/>\
             <use href=\"#major\" class=\"major\"/>",
        );
        for (class, homes) in [("home-out", &plan.left_out), ("home-in", &plan.gained)] {
            let path = self.draw_homes(homes);
            if !path.is_empty() {
                let _ = write!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
            }
        }
        self.draw_dots(&mut svg, plan.facilities.iter().copied(), 1);
        self.draw_sites(&mut svg, &plan.sites);
        self.draw_scale(&mut svg, plan.scale_text);
        svg.push_str("</svg>");
        svg
    }

    /// One dot for each square with a home in it.
    fn draw_homes(&self, homes: &[LonLat]) -> String {
        let dots: Vec<Dot> = homes
            .iter()
            .map(|&place| self.canvas.dot(place))
            .filter(|&dot| self.canvas.shows(dot, 0))
            .collect();
        let mut cell = HOME_CELL;
        loop {
            let middle = |at: i32| at.div_euclid(cell) * cell + cell / 2;
            let mut squares: Vec<Dot> = dots.iter().map(|&(x, y)| (middle(y), middle(x))).collect();
            squares.sort_unstable();
            squares.dedup();
            if squares.len() <= HOMES_MAX {
                let mut path = PathText::default();
                for (y, x) in squares {
                    path.point((x, y));
                }
                return path.into_text();
            }
            cell *= 2;
        }
    }

    fn draw_sites(&self, svg: &mut String, sites: &[LonLat]) {
        // The first are drawn last, on top.
        for (index, &place) in sites.iter().enumerate().rev() {
            let (x, y) = self.canvas.dot(place);
            if index >= SITES_NUMBERED {
                let _ =
                    write!(svg, "<path class=\"site\" d=\"M{x} {}l12 12-12 12-12-12z\"/>", y - 12);
                continue;
            }
            let _ = write!(
                svg,
                "<path class=\"site\" d=\"M{x} {y}l-14-22h-16v-{0}h60v{0}h-16z\"/>\
                 <text class=\"site-number\" x=\"{x}\" y=\"{1}\">{2}</text>",
                2 * SIGN - 8,
                y - 33,
                index + 1
            );
        }
    }
}
