//! Streets for a map: the important first, one that adds no ink left out, until they fit a budget of bytes.

use crate::ids::{EdgeId, Id};
use crate::street::{StreetClass, StreetGraph};

use super::canvas::{Canvas, Dot, MAP_WIDTH, PathText, simplify};

/// Bytes that all streets of a report may take.
const STREET_BYTES_MAX: usize = 800_000;
/// Widths in units within which a street that runs beside drawn ones is left out.
const INK_CELLS: [i32; 8] = [2, 3, 4, 6, 9, 14, 22, 40];

/// The streets as two path texts.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct StreetPaths {
    /// Primary, secondary, tertiary.
    pub(in crate::report) major: String,
    /// The rest.
    pub(in crate::report) minor: String,
}

/// Draws the streets of `graph` that meet the sheet.
pub(in crate::report) fn draw_streets(graph: &StreetGraph, canvas: &Canvas) -> StreetPaths {
    let drawing = Drawing::new(graph, canvas);
    let mut paths = StreetPaths::default();
    for cell in INK_CELLS {
        let kept = drawing.choose(cell);
        paths = drawing.write(&kept, cell);
        if paths.major.len() + paths.minor.len() <= STREET_BYTES_MAX {
            return paths;
        }
    }
    if paths.major.len() + paths.minor.len() > STREET_BYTES_MAX {
        paths.minor = String::new();
    }
    if paths.major.len() > STREET_BYTES_MAX {
        paths.major = String::new();
    }
    paths
}

struct Drawing<'a> {
    graph: &'a StreetGraph,
    height: i32,
    /// Edges on the sheet, most important first, ties by id.
    edges: Vec<(u8, EdgeId)>,
    first_dot: Vec<usize>,
    dots: Vec<Dot>,
}

impl<'a> Drawing<'a> {
    fn new(graph: &'a StreetGraph, canvas: &Canvas) -> Self {
        let mut drawing = Self {
            graph,
            height: canvas.height,
            edges: Vec::new(),
            first_dot: vec![0],
            dots: Vec::new(),
        };
        for (id, edge) in graph.edges().enumerate() {
            let start = drawing.dots.len();
            drawing.dots.extend(graph.shape(id).iter().map(|&place| canvas.dot(place)));
            let seen = drawing.dots[start..].iter().any(|&dot| canvas.shows(dot, 20));
            match rank(edge.class) {
                Some(rank) if seen && graph.street_mm(id) > 0 => drawing.edges.push((rank, id)),
                _ => drawing.dots.truncate(start),
            }
            drawing.first_dot.push(drawing.dots.len());
        }
        drawing.edges.sort_unstable();
        drawing
    }

    fn dots(&self, edge: EdgeId) -> &[Dot] {
        &self.dots[self.first_dot[edge.index()]..self.first_dot[edge.index() + 1]]
    }

    /// Which edges bring new ink: at least a third of the cells they pass are still white.
    fn choose(&self, cell: i32) -> Vec<bool> {
        let columns = MAP_WIDTH / cell + 1;
        let rows = self.height / cell + 1;
        let mut ink = vec![false; (columns * rows) as usize];
        let mut kept = vec![false; self.graph.edge_count()];
        let mut cells: Vec<usize> = Vec::new();
        for &(_, edge) in &self.edges {
            cells.clear();
            for pair in self.dots(edge).windows(2) {
                walk(pair[0], pair[1], cell, &mut |(x, y)| {
                    if x >= 0 && y >= 0 && x < columns * cell && y < rows * cell {
                        cells.push(((y / cell) * columns + x / cell) as usize);
                    }
                });
            }
            cells.dedup();
            let fresh = cells.iter().filter(|&&at| !ink[at]).count();
            if fresh > 0 && fresh * 3 >= cells.len() {
                kept[edge.index()] = true;
                for &at in &cells {
                    ink[at] = true;
                }
            }
        }
        kept
    }

    /// Strings the kept edges together and writes them.
    fn write(&self, kept: &[bool], cell: i32) -> StreetPaths {
        let mut open = kept.to_vec();
        let mut is_major = vec![false; open.len()];
        for &(rank, edge) in &self.edges {
            is_major[edge.index()] = rank <= 1;
        }
        let (mut major, mut minor) = (PathText::default(), PathText::default());
        let tolerance = (f64::from(cell) / 4.0).max(0.7);
        let mut ids: Vec<EdgeId> = self.edges.iter().map(|&(_, id)| id).collect();
        ids.sort_unstable();
        for id in ids {
            if !open[id.index()] {
                continue;
            }
            let line = simplify(&self.string(id, &mut open, &is_major), tolerance);
            if line.len() >= 2 {
                let path = if is_major[id.index()] { &mut major } else { &mut minor };
                path.line(&line);
            }
        }
        StreetPaths { major: major.into_text(), minor: minor.into_text() }
    }

    /// The line from the beginning of `first` on over open edges of its kind, which it closes.
    fn string(&self, first: EdgeId, open: &mut [bool], is_major: &[bool]) -> Vec<Dot> {
        let mut line = self.dots(first).to_vec();
        open[first.index()] = false;
        let mut at = self.graph.edges()[first].to;
        while let Some(arc) = self.graph.arcs(at).iter().find(|arc| {
            let edge = arc.edge();
            open[edge.index()] && is_major[edge.index()] == is_major[first.index()]
        }) {
            let dots = self.dots(arc.edge());
            if arc.is_forward() {
                line.extend_from_slice(dots);
            } else {
                line.extend(dots.iter().rev());
            }
            open[arc.edge().index()] = false;
            at = arc.target;
        }
        line
    }
}

/// How much a street matters on a map, least number first; `None` for what is not drawn.
fn rank(class: StreetClass) -> Option<u8> {
    use StreetClass as C;
    match class {
        C::Trunk | C::Primary => Some(0),
        C::Secondary | C::Tertiary => Some(1),
        C::Residential | C::Unclassified | C::LivingStreet | C::Pedestrian => Some(2),
        C::Service | C::Footway | C::Path | C::Steps | C::Track | C::Cycleway | C::Bridleway => {
            Some(3)
        }
        C::Elevator | C::Escalator | C::Corridor | C::Plaza | C::Ferry | C::Gate | C::Platform => {
            None
        }
    }
}

/// Visits dots along a segment, at most `cell` apart, ends included; a segment far off the sheet is cut short.
fn walk(from: Dot, to: Dot, cell: i32, visit: &mut dyn FnMut(Dot)) {
    let (dx, dy) = (i64::from(to.0 - from.0), i64::from(to.1 - from.1));
    let steps = (dx.abs().max(dy.abs()) / i64::from(cell) + 1).min(20_000);
    for step in 0..=steps {
        visit((from.0 + (dx * step / steps) as i32, from.1 + (dy * step / steps) as i32));
    }
}
