//! Cutting lines and rings to a tile and its margin.

use super::grid::{EXTENT, MARGIN, Unit};

const LOW: f64 = -MARGIN;
const HIGH: f64 = EXTENT + MARGIN;

/// The parts of a line inside.
///
/// Reference: Y.-D. Liang and B. A. Barsky, "A new concept and method for line clipping", ACM Transactions on
/// Graphics 3, 1984.
pub(super) fn clip_line(line: Vec<Unit>) -> Vec<Vec<Unit>> {
    if line.iter().all(is_inside) {
        return if line.len() < 2 { Vec::new() } else { vec![line] };
    }
    let mut parts: Vec<Vec<Unit>> = Vec::new();
    let mut open = false;
    for pair in line.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1]) else {
            open = false;
            continue;
        };
        match parts.last_mut() {
            Some(part) if open => part.push(to),
            _ => parts.push(vec![from, to]),
        }
        open = is_inside(&pair[1]);
    }
    parts
}

fn is_inside(point: &Unit) -> bool {
    point.iter().all(|value| (LOW..=HIGH).contains(value))
}

fn clip_segment(from: Unit, to: Unit) -> Option<(Unit, Unit)> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for axis in 0..2 {
        let step = to[axis] - from[axis];
        for (toward, room) in [(-step, from[axis] - LOW), (step, HIGH - from[axis])] {
            if toward > 0.0 {
                leave = leave.min(room / toward);
            } else if toward < 0.0 {
                enter = enter.max(room / toward);
            } else if room < 0.0 {
                return None;
            }
        }
    }
    let at = |part: f64| [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * part);
    (enter <= leave).then(|| {
        let first = if enter > 0.0 { at(enter) } else { from };
        let last = if leave < 1.0 { at(leave) } else { to };
        (first, last)
    })
}

/// The part of a closed ring inside, closed; empty when there is none. Where it leaves it runs along the edge.
///
/// Reference: I. E. Sutherland and G. W. Hodgman, "Reentrant polygon clipping", Communications of the ACM 17,
/// 1974.
pub(super) fn clip_ring(mut ring: Vec<Unit>) -> Vec<Unit> {
    if ring.iter().all(is_inside) {
        return ring;
    }
    ring.pop();
    for axis in 0..2 {
        for (sign, bound) in [(1.0, HIGH), (-1.0, -LOW)] {
            ring = cut(&ring, axis, (sign, bound));
        }
    }
    ring.extend(ring.first().copied());
    ring
}

/// Keeps what has `sign × value ≤ bound` on `axis`.
fn cut(ring: &[Unit], axis: usize, (sign, bound): (f64, f64)) -> Vec<Unit> {
    let mut kept = Vec::with_capacity(ring.len() + 4);
    let over = |point: &Unit| sign * point[axis] - bound;
    let Some(mut before) = ring.last() else { return kept };
    for point in ring {
        let (a, b) = (over(before), over(point));
        if (a <= 0.0) != (b <= 0.0) {
            let part = a / (a - b);
            kept.push([0, 1].map(|i| {
                if i == axis { sign * bound } else { before[i] + (point[i] - before[i]) * part }
            }));
        }
        if b <= 0.0 {
            kept.push(*point);
        }
        before = point;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_leaves_and_returns_becomes_two() {
        let line = vec![[10.0, 10.0], [10.0, 9000.0], [500.0, 9000.0], [500.0, 10.0]];
        let parts = clip_line(line);
        assert_eq!(parts, [vec![[10.0, 10.0], [10.0, HIGH]], vec![[500.0, HIGH], [500.0, 10.0]]]);
        assert!(clip_line(vec![[-9000.0, 0.0], [-9000.0, 4000.0]]).is_empty());
    }

    #[test]
    fn a_line_across_with_both_ends_outside_is_kept() {
        let parts = clip_line(vec![[-9000.0, 100.0], [9000.0, 100.0]]);
        assert_eq!(parts, [vec![[LOW, 100.0], [HIGH, 100.0]]]);
    }

    #[test]
    fn a_ring_around_the_tile_becomes_the_tile() {
        let big = vec![[-1e5, -1e5], [1e5, -1e5], [1e5, 1e5], [-1e5, 1e5], [-1e5, -1e5]];
        let ring = clip_ring(big);
        assert_eq!(ring.len(), 5);
        assert!(ring.iter().flatten().all(|v| (v - LOW).abs() < 1e-9 || (v - HIGH).abs() < 1e-9));
        assert!(clip_ring(vec![[9e4, 9e4], [9.1e4, 9e4], [9e4, 9.1e4], [9e4, 9e4]]).is_empty());
    }
}
