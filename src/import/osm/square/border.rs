//! Which parts of the outline of a square are walked along: not those that something stands on.

use std::collections::BTreeSet;

use super::grid::Point;
use super::sight::{Course, Sight};
use crate::spatial::LonLat;

/// How far from what crosses an outline its parts end, in 1e-7 degrees: a hand's breadth.
const GAP: f64 = 10.0;

/// A place on an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Spot {
    /// A corner of it.
    Slot(u32),
    /// A place of its own.
    Place(LonLat),
}

/// A part of one edge of a ring.
#[derive(Debug)]
struct Part {
    edge: usize,
    /// Where it begins and ends on the edge, from 0 to 1.
    from: f64,
    to: f64,
    is_kept: bool,
    /// Whether a line crosses the ring where it begins, and where it ends.
    is_cut: [bool; 2],
}

/// The parts of a closed `ring` that one walks along. What runs below something that stands there stays when a way
/// in `entries` ends on it: there is a passage.
pub(super) fn open_parts(
    sight: &Sight,
    ring: &[(u32, Point)],
    entries: &BTreeSet<u32>,
) -> Vec<Vec<Spot>> {
    let mut parts = parts_of(sight, ring, entries);
    keep_passages(&mut parts, ring, entries);
    let mut lines: Vec<Vec<Spot>> = Vec::new();
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| part.is_kept) {
        let edge = [ring[part.edge], ring[part.edge + 1]];
        let goes_on = at > 0 && parts[at - 1].is_kept && !part.is_cut[0];
        if !goes_on {
            let is_corner = part.from <= 0.0 && !part.is_cut[0];
            lines.push(Vec::new());
            push(&mut lines, spot(edge, (part.from, is_corner, 1.0)));
        }
        let is_last = at + 1 == parts.len() || !parts[at + 1].is_kept;
        let is_corner = part.to >= 1.0 && !part.is_cut[1];
        let back = if part.is_cut[1] || is_last { -1.0 } else { 0.0 };
        push(&mut lines, spot(edge, (part.to, is_corner, back)));
    }
    lines.retain(|line| line.len() > 1);
    lines
}

fn push(lines: &mut [Vec<Spot>], spot: Option<Spot>) {
    if let Some(line) = lines.last_mut() {
        line.extend(spot);
    }
}

/// The place `along` an edge, where it is no corner moved by [`GAP`] times `gaps`.
fn spot([from, to]: [(u32, Point); 2], (along, is_corner, gaps): (f64, bool, f64)) -> Option<Spot> {
    if is_corner {
        return Some(Spot::Slot(if along <= 0.0 { from.0 } else { to.0 }));
    }
    let (east, north) = ((to.1.0 - from.1.0) as f64, (to.1.1 - from.1.1) as f64);
    let along = along + gaps * gap_of([from, to]);
    let lon = from.1.0 + (east * along).round() as i64;
    let lat = from.1.1 + (north * along).round() as i64;
    LonLat::from_e7(lon as i32, lat as i32).map(Spot::Place)
}

/// [`GAP`] as a share of an edge.
fn gap_of([from, to]: [(u32, Point); 2]) -> f64 {
    let (east, north) = ((to.1.0 - from.1.0) as f64, (to.1.1 - from.1.1) as f64);
    GAP / east.hypot(north).max(1.0)
}

/// The parts of a ring between the places where something begins or ends on it.
fn parts_of(sight: &Sight, ring: &[(u32, Point)], entries: &BTreeSet<u32>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut is_cut = false;
    for (edge, pair) in ring.windows(2).enumerate() {
        let ends = [pair[0], pair[1]];
        let course = sight.course(ends.map(|end| end.1));
        let is_way = |end: (u32, Point)| entries.contains(&end.0);
        is_cut |= course.is_cut[0] && !is_way(ends[0]);
        let short = 3.0 * gap_of(ends);
        let mut from = 0.0;
        for (to, cuts) in course.breaks.iter().copied().chain([(1.0, false)]) {
            let cuts = cuts || to >= 1.0 && course.is_cut[1] && !is_way(ends[1]);
            if to - from < short && (from, to) != (0.0, 1.0) && !cuts && to < 1.0 {
                continue;
            }
            if to - from >= short || (from, to) == (0.0, 1.0) {
                let is_kept = is_walked(sight, &course, (from, to));
                parts.push(Part { edge, from, to, is_kept, is_cut: [is_cut, cuts] });
                is_cut = cuts;
            } else if let Some(last) = parts.last_mut().filter(|last| last.edge == edge && !cuts) {
                // A hand's breadth before the corner.
                last.to = to;
            } else {
                is_cut = true;
            }
            from = to;
        }
    }
    if let Some(first) = parts.first_mut() {
        first.is_cut[0] |= is_cut;
    }
    for at in 1..parts.len() {
        parts[at - 1].is_cut[1] |= parts[at].is_cut[0];
    }
    parts
}

fn is_walked(sight: &Sight, course: &Course, (from, to): (f64, f64)) -> bool {
    !sight.is_stood_on(course, f64::midpoint(from, to))
}

/// Keeps the parts in a row below which a way ends.
fn keep_passages(parts: &mut [Part], ring: &[(u32, Point)], entries: &BTreeSet<u32>) {
    let count = parts.len();
    let begins = |part: &Part| part.is_kept || part.is_cut[0];
    let first = parts.iter().position(begins).unwrap_or(0);
    let is_whole = !parts.iter().any(begins);
    let order: Vec<usize> = (0..count).map(|at| (first + at) % count).collect();
    let runs = order.chunk_by(|_, &next| !begins(&parts[next]));
    let is_passage = |run: &&[usize]| {
        let below = run.iter().map(|&at| &parts[at]).filter(|part| !part.is_kept);
        // The first one begins where the run does, which is no place below.
        let mut inner = below.skip(usize::from(!is_whole)).filter(|part| part.from <= 0.0);
        inner.any(|part| entries.contains(&ring[part.edge].0))
    };
    let passages: BTreeSet<usize> = runs.filter(is_passage).flatten().copied().collect();
    for at in passages {
        parts[at].is_kept = true;
    }
}
